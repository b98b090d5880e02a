package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.Entrances;
import vitrine.drop.Reviews;
import vitrine.drop.Stage;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.Bilingual;
import vitrine.platform.BuyerKeys;
import vitrine.proof.Hash32;
import vitrine.rulebook.Rules;

/** Staff watch a line fill, see who came in three pictures, hold whom they doubt, and take the entries home. */
class LineDeskTest {

    private static final String DESK = "/desk/lumen/drops/by-lot";

    private static final Bilingual NAME = new Bilingual("抽签", "By lot");

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        publish("by-lot");
        publish("many");
        for (String picture : List.of("ages", "networks", "pace")) publish(picture);
    }

    private static void publish(String slug) {
        String desk = "/desk/lumen/drops/" + slug;
        Map<String, String> form = new HashMap<>(Map.of("slug", slug, "nameZh", "抽签", "nameEn", "By lot"));
        Workplace.send(wen, "/desk/lumen/drops", "/desk/lumen/drops", form);
        LocalDateTime opens = LocalDateTime.now(ZoneId.of("Asia/Shanghai")).plusMinutes(30);
        form.putAll(Map.of(
                "s0-collectible", lumen.moonrise.value().toString(),
                "s0-opens", opens.toString().substring(0, 16),
                "s0-closes", opens.plusDays(1).toString().substring(0, 16),
                "s0-cap", "1",
                "s0-limit", "1",
                "s0-giftPolicy", "never",
                "s0-entry", "everyone",
                "s0-mode", "window",
                "s0-hold", "10",
                "do", "publish"));
        form.put("sure", "yes");
        assertThat(Workplace.send(wen, desk, desk, form).body()).contains("nothing is claimed in it");
        form.put("s0-mode", "queue");
        form.put("s0-hold", "");
        assertThat(Workplace.location(Workplace.send(wen, desk, desk, form))).endsWith("said=published");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void whoeverComesIsCountedAndWhoIsDoubtedIsHeld() {
        var guest = new Browser(lumen.server.address());
        assertThat(guest.get("/d/by-lot?lang=en").body()).contains("Waiting room", "Sign in and come in");
        Browser ada = lumen.signedIn("ada@home.example");
        ada.get("/d/by-lot?lang=en");
        assertThat(ada.post("/d/by-lot/pass", Map.of()).statusCode())
                .as("nobody has a ticket before the opening")
                .isEqualTo(409);
        var joined = ada.post("/d/by-lot/join", Map.of());
        assertThat(Workplace.location(joined)).endsWith("said=drop.joined");
        String page = ada.get("/d/by-lot?lang=en").body();
        assertThat(page).contains("You are in", "http-equiv=\"refresh\"").doesNotContain("action=\"/d/by-lot/join\"");
        assertThat(ada.get("/d/by-lot/line.json").body())
                .contains("salt", "arrival")
                .doesNotContain("place");
        var far = ada.get("/d/by-lot/queue.json");
        assertThat(far.body()).contains("\"state\":\"gathering\"", "\"arrivals\":");
        assertThat(far.headers().firstValue("Cache-Control"))
                .as("one answer serves all who wait")
                .hasValue("public, max-age=1");
        assertThat(far.headers().map()).as("and is nobody's own").doesNotContainKey("set-cookie");
        assertThat(guest.get("/d/by-lot/arrivals.txt").statusCode())
                .as("the list is nobody's while it is open")
                .isEqualTo(404);

        String desk = wen.get(DESK + "/line").body();
        assertThat(desk).contains("The line", "How old the accounts are", "From which networks", "Nobody is held");
        assertThat(Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "bring", "signature", "00"))
                        .body())
                .contains("The relays still have time");
        var held = Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "young", "what", "PT1H"));
        assertThat(Workplace.location(held)).endsWith("said=saved");
        assertThat(wen.get(DESK + "/line").body()).contains("Your account was made shortly before", "Let go");
        assertThat(Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "young", "what", "PT1H"))
                        .body())
                .contains("Nobody was held");
        assertThat(Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "network", "what", "no hash"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(wen.get(DESK + "/entries.csv").body().lines()).hasSize(2);
        assertThat(lumen.team("Otto", Workplace.OTHER).get(DESK + "/line").statusCode())
                .isEqualTo(403);
    }

    /** Sixty come from two networks within one moment: the pictures count them, a page shows fifty, and one act meets them all. */
    @Test
    void manyWhoAreHeldAreLetGoOrRefusedTogetherWithAReason() {
        String line = "/desk/lumen/drops/many/line";
        Drop drop = lumen.server.bean(DropPlans.class).at("many").orElseThrow();
        List<CollectorId> people = new ArrayList<>();
        byte[] ones = HexFormat.of().parseHex("01".repeat(16));
        byte[] twos = HexFormat.of().parseHex("02".repeat(16));
        for (int n = 0; n < 60; n++) {
            CollectorId who = lumen.server
                    .bean(Collectors.class)
                    .signedIn(
                            lumen.server
                                    .bean(BuyerKeys.class)
                                    .email("many" + n + "@home.example")
                                    .orElseThrow(),
                            "en");
            lumen.server.bean(Entrances.class).come(drop, who, n < 40 ? ones : twos);
            people.add(who);
        }
        String seen = wen.get(line).body();
        assertThat(numbers(seen, "ages")).containsExactly(60, 0, 0, 0, 0);
        assertThat(numbers(seen, "networks")).containsExactly(40, 20);
        assertThat(numbers(seen, "pace").stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(60);
        String moment = seen.replaceAll("(?s).*id=\"moment\" name=\"what\"><option value=\"([^\"]+)\".*", "$1");
        assertThat(Workplace.location(
                        Workplace.send(wen, line, line, Map.of("do", "network", "what", "01".repeat(16)))))
                .contains("said=saved");
        Workplace.send(wen, line, line, Map.of("do", "moment", "what", moment));
        Workplace.send(wen, line, line, Map.of("do", "young", "what", "PT1H"));
        String held = wen.get(line).body();
        assertThat(held).contains("60 are held.");
        assertThat(held.split("name=\"row\"", -1)).hasSize(51);
        assertThat(wen.get(line + "?page=1").body().split("name=\"row\"", -1)).hasSize(11);
        assertThat(wen.get(line + "?reason=crowded-network").body()).contains("40 are held.");
        assertThat(wen.get(line + "?network=" + "02".repeat(16)).body()).contains("20 are held.");
        assertThat(wen.get(line + "?younger=PT1H").body()).contains("60 are held.");
        for (String never : List.of("PT2562047788015215H", "-PT1H", "P4000D"))
            assertThat(wen.get(line + "?younger=" + never).statusCode())
                    .as(never)
                    .isEqualTo(404);
        assertThat(wen.get(line + "?reason=no-reason").statusCode()).isEqualTo(404);

        Map<String, String> refusal = Map.of("all", "yes", "reason", "crowded-network", "act", "refuse");
        String early = Workplace.location(Workplace.send(wen, line, "/desk/lumen/drops/many/held", refusal));
        assertThat(wen.get(early).body()).contains("She has a day to answer first.");
        lumen.database
                .jdbc()
                .sql(
                        "update claim_reviews set appeal = 'It was I.', appealed_at = held_at where reason = 'crowded-network'")
                .update();
        var chosen = Workplace.send(wen, line, "/desk/lumen/drops/many/held", refusal);
        String act = Workplace.location(chosen);
        assertThat(wen.get(act).body()).contains("Refuse 40", "Cannot be undone", "One person with many accounts");
        assertThat(Workplace.send(wen, act, act + "/begin", Map.of()).statusCode())
                .as("without a reason")
                .isEqualTo(422);
        Workplace.send(wen, act, act + "/begin", Map.of("reason", "one-for-many"));
        lumen.drain();
        assertThat(wen.get(act).body()).contains("40").contains("value=\"100\"");
        assertThat(wen.get(line).body()).contains("20 are held.");

        CollectorId one = people.getLast();
        String ticked = Workplace.location(Workplace.send(
                wen,
                line,
                "/desk/lumen/drops/many/held",
                Map.of("row", one.value().toString(), "act", "let-go")));
        assertThat(wen.get(ticked).body()).contains("Let 1 go");
        Workplace.send(wen, ticked, ticked + "/begin", Map.of("reason", "looked-at"));
        lumen.drain();
        assertThat(wen.get(line).body()).contains("19 are held.");
        var again = Workplace.send(
                wen,
                line,
                "/desk/lumen/drops/many/held",
                Map.of("row", one.value().toString(), "act", "let-go"));
        assertThat(Workplace.location(again)).as("she is held no more").endsWith("said=none-chosen");
        assertThat(wen.get("/desk/lumen/drops/many/entries.csv").body())
                .contains(",refused")
                .contains(",released")
                .contains(",held");
        assertThat(wen.get("/desk/lumen/audit").body()).contains("refused many held claims", "let many held claims go");
    }

    /** Ada and Bo are new and came together from one network; Cai's account is old, and she came earlier and from elsewhere. */
    @Test
    void eachOfTheThreePicturesHoldsWhomItShowsAndNobodyElse() {
        byte[] ones = HexFormat.of().parseHex("0a".repeat(16));
        byte[] twos = HexFormat.of().parseHex("0b".repeat(16));
        CollectorId ada = somebody("ada-of-three");
        CollectorId bo = somebody("bo-of-three");
        CollectorId cai = somebody("cai-of-three");
        for (String slug : List.of("ages", "networks", "pace")) {
            Drop drop = lumen.server.bean(DropPlans.class).at(slug).orElseThrow();
            for (CollectorId who : List.of(ada, bo, cai))
                lumen.server.bean(Entrances.class).come(drop, who, who.equals(cai) ? twos : ones);
        }
        lumen.database
                .jdbc()
                .sql(
                        "update collectors set created_at = created_at - interval '60 days', claimed_at = claimed_at - interval '60 days' where collector_id = :cai")
                .param("cai", cai.value())
                .update();
        lumen.database
                .jdbc()
                .sql(
                        "update queue_arrivals set arrived_at = arrived_at - interval '40 minutes' where collector_id = :cai")
                .param("cai", cai.value())
                .update();

        String ages = wen.get("/desk/lumen/drops/ages/line").body();
        assertThat(numbers(ages, "ages"))
                .as("two of this hour, one of long ago")
                .containsExactly(2, 0, 0, 0, 1);
        assertThat(held("ages", "young", "PT1H"))
                .isEqualTo(Map.of(ada, Reviews.Reason.YOUNG_ACCOUNT, bo, Reviews.Reason.YOUNG_ACCOUNT));
        assertThat(numbers(wen.get("/desk/lumen/drops/networks/line").body(), "networks"))
                .containsExactly(2, 1);
        assertThat(held("networks", "network", "0b".repeat(16))).isEqualTo(Map.of(cai, Reviews.Reason.CROWDED_NETWORK));
        String pace = wen.get("/desk/lumen/drops/pace/line").body();
        assertThat(numbers(pace, "pace")).containsExactly(1, 2);
        List<String> moments = Pattern.compile("<option value=\"([^\"]+)\"")
                .matcher(pace.replaceAll("(?s).*id=\"moment\" name=\"what\">(.*?)</select>.*", "$1"))
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
        assertThat(held("pace", "moment", moments.getLast()))
                .isEqualTo(Map.of(ada, Reviews.Reason.SUDDEN_CROWD, bo, Reviews.Reason.SUDDEN_CROWD));
    }

    private static CollectorId somebody(String name) {
        return lumen.server
                .bean(Collectors.class)
                .signedIn(
                        lumen.server
                                .bean(BuyerKeys.class)
                                .email(name + "@home.example")
                                .orElseThrow(),
                        "en");
    }

    /** Whom a picture's act holds, and for which reason. */
    private static Map<CollectorId, Reviews.Reason> held(String slug, String act, String what) {
        String line = "/desk/lumen/drops/" + slug + "/line";
        assertThat(Workplace.location(Workplace.send(wen, line, line, Map.of("do", act, "what", what))))
                .contains("said=saved");
        Drop drop = lumen.server.bean(DropPlans.class).at(slug).orElseThrow();
        Map<CollectorId, Reviews.Reason> held = new HashMap<>();
        lumen.server
                .bean(Reviews.class)
                .open(drop.id(), Reviews.Filter.ALL, 0, 50)
                .forEach(one -> held.put(one.collector(), one.reason()));
        return held;
    }

    @Test
    void theEntriesOfEachStageAreItsOwn() {
        DropPlans plans = lumen.server.bean(DropPlans.class);
        Instant opens = Instant.now().plus(Duration.ofMinutes(30));
        var drafted = (DropPlans.Drafting.Drafted) plans.draft(
                Workplace.LUMEN,
                "two-lists",
                new DropDraft(
                        NAME,
                        NAME,
                        List.of(stage(opens, Stage.Mode.QUEUE), stage(opens.plusSeconds(90_000), Stage.Mode.WINDOW))));
        Drop drop = ((DropPlans.Publishing.Published) plans.publish(drafted.id())).drop();
        lumen.server.bean(Entrances.class).come(drop, somebody("of-the-first"), null);
        String line = "/desk/lumen/drops/two-lists/line";
        String second = drop.stages().getLast().id().toString();
        assertThat(wen.get(line + "?stage=" + second).body())
                .contains("entries.csv?stage=" + second)
                .doesNotContain("entries.csv\"");
        String entries = "/desk/lumen/drops/two-lists/entries.csv";
        assertThat(wen.get(entries + "?stage=" + drop.stages().getFirst().id())
                        .body()
                        .lines())
                .hasSize(2);
        assertThat(wen.get(entries + "?stage=" + second).body().lines())
                .as("nobody entered there")
                .hasSize(1);
    }

    private static DropDraft.StageDraft stage(Instant opens, Stage.Mode mode) {
        return new DropDraft.StageDraft(
                        null,
                        NAME,
                        lumen.moonrise.value(),
                        opens,
                        opens.plusSeconds(80_000),
                        1,
                        1,
                        "everyone",
                        null,
                        null,
                        "never",
                        false,
                        false)
                .by(mode);
    }

    @Test
    void whatWasFrozenIsReadAsItsHashInTheLogWasMadeFrom() {
        Drop drop = lumen.server.bean(DropPlans.class).at("by-lot").orElseThrow();
        var guest = new Browser(lumen.server.address());
        assertThat(guest.get("/d/by-lot?lang=en").body()).contains("href=\"/d/by-lot/rules.json\"");
        String text = guest.get("/d/by-lot/rules.json").body();
        assertThat(text).contains("\"places\":\"vitrine/places/v1\"", "\"mode\":\"queue\"");
        assertThat(Hash32.sha256(text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(lumen.server
                        .bean(Rules.class)
                        .named(Objects.requireNonNull(drop.rules()))
                        .orElseThrow()
                        .version()
                        .sha256());
    }

    /** What a picture's table counts, row by row. */
    private static List<Integer> numbers(String page, String plot) {
        var table = Pattern.compile("(?s)data-plot=\"" + plot + "\".*?</table>").matcher(page);
        assertThat(table.find()).as(plot).isTrue();
        return Pattern.compile("data-v=\"(\\d+)\"")
                .matcher(table.group())
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
    }

    @Test
    void whoeverAsksTooOftenHearsWhenToComeAgain() {
        Browser bo = lumen.signedIn("bo@home.example");
        int refused = 0;
        for (int n = 0; n < 40 && refused == 0; n++) {
            var answer = bo.get("/d/by-lot/line.json");
            if (answer.statusCode() != 429) continue;
            refused++;
            assertThat(answer.body()).contains("drop.too-often");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        assertThat(refused).isEqualTo(1);
    }
}
