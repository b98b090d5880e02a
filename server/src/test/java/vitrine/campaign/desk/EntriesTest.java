package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.drop.Airdrops;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Entrances;
import vitrine.drop.LiveDrops;
import vitrine.drop.Reviews;
import vitrine.drop.Stage;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKeys;

/** A drop of two windows, one after the other: who entered which, whom the draw elsewhere chose, and who is doubted before it. */
class EntriesTest {

    private static final Bilingual NIGHT = new Bilingual("长夜", "Two nights");
    private static final String DESK = "/desk/lumen/drops/two-nights";

    private Workplace lumen;
    private Browser wen;
    private Drop drop;

    @BeforeEach
    void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        Instant first =
                lumen.server.bean(BusinessClock.class).now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
        Instant second = first.plus(Duration.ofDays(1));
        DropPlans plans = lumen.server.bean(DropPlans.class);
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(
                        Workplace.LUMEN,
                        "two-nights",
                        new DropDraft(
                                NIGHT,
                                NIGHT,
                                List.of(window(first, second), window(second, second.plus(Duration.ofDays(1)))))))
                .id();
        drop = ((DropPlans.Publishing.Published) plans.publish(id)).drop();
        later(Duration.ofMinutes(2));
    }

    private DropDraft.StageDraft window(Instant opens, Instant closes) {
        return new DropDraft.StageDraft(
                        null,
                        NIGHT,
                        lumen.moonrise.value(),
                        opens,
                        closes,
                        null,
                        1,
                        "everyone",
                        null,
                        null,
                        "never",
                        false,
                        false)
                .by(Stage.Mode.WINDOW);
    }

    @AfterEach
    void close() {
        lumen.close();
    }

    private void later(Duration by) {
        lumen.server.bean(BusinessClock.class).advance(by);
        lumen.server.bean(LiveDrops.class).changed();
        lumen.drain();
    }

    private CollectorId enters(String name) {
        CollectorId who = lumen.server
                .bean(Collectors.class)
                .signedIn(
                        lumen.server
                                .bean(BuyerKeys.class)
                                .email(name + "@home.example")
                                .orElseThrow(),
                        "en");
        assertThat(lumen.server.bean(Entrances.class).come(drop, who, null).code())
                .isEqualTo("drop.joined");
        return who;
    }

    private List<String> entries(int nth) {
        String page =
                wen.get(DESK + "/line?stage=" + drop.stages().get(nth).id()).body();
        String link = page.replaceAll("(?s).*href=\"([^\"]*entries\\.csv[^\"]*)\".*", "$1")
                .replace("&amp;", "&");
        return wen.get(link).body().lines().skip(1).toList();
    }

    @Test
    void theRowsThatADrawElsewhereChoseAreTheFileOfTheAirdropThatReachesThem() {
        CollectorId ada = enters("ada");
        CollectorId bo = enters("bo");
        enters("cai");
        later(Duration.ofDays(1));
        enters("dee");
        assertThat(entries(0)).as("though its window is closed").hasSize(3);
        assertThat(entries(1)).hasSize(1);
        later(Duration.ofDays(1));
        assertThat(entries(0)).as("though the drop is over").hasSize(3);

        // Whoever draws knows hashes alone; here it is known whose they are.
        List<String> chosen = entries(0).stream()
                .filter(row -> List.of(arrival(ada), arrival(bo)).contains(row.split(",")[0]))
                .toList();
        assertThat(chosen).hasSize(2);
        Airdrops airdrops = lumen.server.bean(Airdrops.class);
        var read = (Airdrops.Reading.Read) airdrops.read(
                lumen.moonrise,
                GiftPolicy.of("never"),
                false,
                Stream.concat(chosen.stream(), Stream.of("ab".repeat(32))));
        assertThat(read.airdrop().people()).as("a hash of no entry is nobody").isEqualTo(2);
        assertThat(airdrops.begin(Workplace.LUMEN, read.airdrop().id())).isInstanceOf(Airdrops.Beginning.Begun.class);
        lumen.settle();
        assertThat(owners()).containsExactlyInAnyOrder(ada.value(), bo.value());
    }

    @Test
    void whoIsHeldBeforeADrawSeesWhyAndUntilWhenAndMayAnswer() {
        Browser ada = lumen.signedIn("ada@home.example");
        ada.get("/d/two-nights?lang=en");
        assertThat(Workplace.location(ada.post("/d/two-nights/join", Map.of()))).endsWith("said=drop.joined");
        Reviews reviews = lumen.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(drop.id(), drop.stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(1);
        String page = ada.get("/d/two-nights").body();
        assertThat(page)
                .contains(
                        "Somebody is looking at your entry",
                        "Your account was made shortly before",
                        "it counts like everybody",
                        "action=\"/d/two-nights/appeal\"");
        ada.post("/d/two-nights/appeal", Map.of("words", "I moved here last week"));
        assertThat(ada.get("/d/two-nights").body()).contains("Your words were sent");
        assertThat(wen.get(DESK + "/line").body()).contains("I moved here last week", "yours to decide until");
        assertThat(entries(0)).singleElement().asString().endsWith(",held");
        later(Reviews.DECIDED_WITHIN.minusHours(1));
        assertThat(entries(0)).singleElement().asString().endsWith(",held");
        later(Duration.ofHours(1));
        assertThat(entries(0))
                .as("nobody decided in time")
                .singleElement()
                .asString()
                .endsWith(",released");
    }

    private String arrival(CollectorId who) {
        return Objects.requireNonNull(lumen.server
                        .bean(Entrances.class)
                        .line(drop, drop.stages().getFirst(), who))
                .arrival()
                .hex();
    }

    private List<UUID> owners() {
        return lumen.database
                .jdbc()
                .sql("select owner_id from pieces where state = 'owned'")
                .query(UUID.class)
                .list();
    }
}
