package vitrine.campaign;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.certificate.Gallery;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.LiveDrops;
import vitrine.identity.Browser;
import vitrine.identity.Members;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKeys;
import vitrine.platform.web.Freshness;

/** What a drop's page says to whoever may not take one: the reason that is hers, and what she can do about it. */
class WhoMayTakeTest {

    private static final Bilingual NIGHT = new Bilingual("夜航", "Night");

    private static Gallery gallery;
    private static CollectibleId moonrise;

    @BeforeAll
    static void open() {
        gallery = new Gallery();
        moonrise = gallery.moonrise();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void whoeverMayNotEnterHearsForWhomTheStageIs() {
        var tides =
                gallery.server.bean(Catalog.class).addSeries(moonrise.brand(), "tides", new Bilingual("潮汐", "Tides"));
        gallery.publish("ebb", NIGHT, NIGHT, 10, null, tides.id());
        open("for-a-list", stage(works("listed", 5), 1, "list", null));
        open("for-holders", stage(works("held", 5), 1, "holders", moonrise.value()));
        open("for-a-series", stage(works("rowed", 5), 1, "holders", tides.id()));
        open("for-members", stage(works("joined", 5), 1, "members", null));
        Browser ada = gallery.signedIn("ada");
        assertThat(page(ada, "for-a-list")).contains("This one is for those on its list.");
        assertThat(page(ada, "for-holders")).contains("This one is for holders of Moonrise, and you hold none.");
        assertThat(page(ada, "for-a-series"))
                .contains("for holders of any piece of the series Tides, and you hold none");
        assertThat(page(ada, "for-members")).contains("This one is for members of Lumen.");
        assertThat(ada.get("/d/for-members?said=drop.not-eligible", "Accept-Language", "zh")
                        .body())
                .contains("这一场只对流明的会员开放。");
        gallery.server
                .bean(Members.class)
                .add(
                        moonrise.brand(),
                        List.of(gallery.server
                                .bean(BuyerKeys.class)
                                .email("ada@example.com")
                                .orElseThrow()));
        assertThat(page(ada, "for-members")).contains("data-claim").doesNotContain("for members of Lumen.");
    }

    @Test
    void whoDoesNotFollowYetFollowsFromThatPageAndMayTakeOne() {
        open(
                "for-followers",
                stage(works("followed", 5), 1, "followers", moonrise.brand().value()));
        open("for-wens", stage(works("by-wen", 5), 1, "followers", gallery.wen().id()));
        Browser bo = gallery.signedIn("bo");
        for (var each : Map.of("for-followers", "Lumen", "for-wens", "Wen").entrySet()) {
            String shown = page(bo, each.getKey());
            assertThat(shown)
                    .contains("This one is for followers of " + each.getValue() + ": follow, and you may enter.")
                    .doesNotContain("data-claim");
            String action = shown.substring(shown.indexOf("/d/" + each.getKey() + "/follow?stage="));
            assertThat(Gallery.press(bo, action.substring(0, action.indexOf('"')), Map.of("on", "yes"))
                            .headers()
                            .firstValue("Location"))
                    .hasValue("/d/" + each.getKey());
            assertThat(page(bo, each.getKey())).contains("data-claim").doesNotContain("for followers of");
        }
    }

    @Test
    void whoHasOneOfTheFirstStageAndMayNotEnterTheSecondHearsThatAndNotOfALimit() {
        var first = stage(works("two-stages", 5), 2, "everyone", null);
        Instant closes = requireNonNull(first.closesAt());
        var second = new StageDraft(
                null,
                NIGHT,
                first.collectible(),
                closes,
                closes.plus(Duration.ofDays(1)),
                null,
                2,
                "list",
                null,
                null,
                "free",
                false,
                false);
        open("two-stages", first, second);
        Browser cem = gallery.signedIn("cem");
        press(cem, "two-stages", "claim");
        gallery.server.bean(BusinessClock.class).advance(Duration.ofDays(1));
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(page(cem, "two-stages"))
                .contains("This one is for those on its list.", "id=\"mine\"")
                .doesNotContain("You have as many as one person may take here.");
    }

    @Test
    void whoIsTurnedAwayByOneStageSeesAllOfThemAndIsToldOfTheOneThatIsHers() {
        CollectibleId gives = works("list-then-all", 5);
        var first = named("First night", stage(gives, 1, "list", null));
        Instant closes = requireNonNull(first.closesAt());
        Drop drop = open(
                "list-then-all",
                first,
                named("For friends", at(closes, stage(gives, 1, "holders", moonrise.value()))),
                named("For all", at(closes.plus(Duration.ofDays(1)), stage(gives, 1, "everyone", null))));
        String guest = page(guest(), "list-then-all");
        assertThat(guest)
                .contains("First night", "For friends", "For all")
                .contains("Those on the list", "Holders of Moonrise", "Every collector");
        Browser ida = gallery.signedIn("ida");
        assertThat(page(ida, "list-then-all"))
                .contains("This one is for those on its list.")
                .containsOnlyOnce("/d/list-then-all/wait");
        assertThat(press(ida, "list-then-all", "wait")).isEqualTo("/d/list-then-all?said=drop.asked");
        assertThat(waitsFor(drop)).as("not for the one of others").containsExactly("For all");
        assertThat(page(ida, "list-then-all"))
                .contains("You will get a mail before it opens.")
                .doesNotContain("/d/list-then-all/wait");
        gallery.server.bean(DropPlans.class).end(drop.id());
    }

    @Test
    void aStageThatSoldOutDoesNotHideTheNextOne() {
        othersEnd();
        CollectibleId early = works("early-light", 1);
        CollectibleId late = works("late-light", 5);
        var first = named("Early", stage(early, 1, "everyone", null));
        Instant closes = requireNonNull(first.closesAt());
        Drop drop = open("two-lights", first, named("Late", at(closes, stage(late, 1, "everyone", null))));
        press(gallery.signedIn("jon"), "two-lights", "claim");
        gallery.server.bean(LiveDrops.class).changed();
        Browser kim = gallery.signedIn("kim");
        assertThat(page(kim, "two-lights")).contains("All taken", "Late", "Opens soon", "/d/two-lights/wait");
        assertThat(press(kim, "two-lights", "wait")).isEqualTo("/d/two-lights?said=drop.asked");
        assertThat(waitsFor(drop)).containsExactly("Late");
        assertThat(ways("late-light")).as("before the first has closed").contains("/d/two-lights", "Opens ");
        assertThat(ways("early-light")).contains("/d/two-lights", "All taken").doesNotContain("Open now");
        assertThat(zone()).contains("/d/two-lights");
        gallery.server.bean(DropPlans.class).end(drop.id());
    }

    @Test
    void whatSheTookIsTheWorkOfItsOwnStageAlsoWhenThePageIsAboutAnother() {
        othersEnd();
        var first = named("Dawn", stage(works("dawn-light", 3), 1, "everyone", null));
        Instant closes = requireNonNull(first.closesAt());
        Drop drop =
                open("two-works", first, named("Dusk", at(closes, stage(works("dusk-light", 3), 2, "everyone", null))));
        Browser lea = gallery.signedIn("lea");
        press(lea, "two-works", "claim");
        assertThat(page(lea, "two-works")).contains("/p/dawn-light-1\"");
        gallery.server.bean(BusinessClock.class).advance(Duration.ofDays(1));
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(page(lea, "two-works"))
                .contains("Dusk", "id=\"mine\"", "/p/dawn-light-1\"")
                .doesNotContain("/p/dusk-light-1\"");
        gallery.server.bean(DropPlans.class).end(drop.id());
    }

    @Test
    void whatIsSoldOutOrPausedIsNowhereCalledOpen() {
        othersEnd();
        Drop gone = open("all-gone", stage(works("all-gone", 1), 1, "everyone", null));
        assertThat(ways("all-gone")).contains("Open now");
        assertThat(zone()).contains("/d/all-gone");
        press(gallery.signedIn("lou"), "all-gone", "claim");
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(ways("all-gone")).contains("/d/all-gone", "All taken").doesNotContain("Open now");
        assertThat(zone()).doesNotContain("/d/all-gone");
        Drop paused = open("on-pause", stage(works("on-pause", 1), 1, "everyone", null));
        gallery.server.bean(DropPlans.class).pause(paused.id(), NIGHT);
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(ways("on-pause")).contains("/d/on-pause", "Paused").doesNotContain("Open now");
        gallery.server.bean(DropPlans.class).end(gone.id());
        gallery.server.bean(DropPlans.class).end(paused.id());
    }

    @Test
    void aPassLastsAsLongHoweverFarADemonstrationMovedItsClock() {
        Drop drop = open("far-ahead", stage(works("far-ahead", 2), 1, "everyone", null));
        Browser mae = gallery.signedIn("mae");
        gallery.server.bean(BusinessClock.class).advance(Duration.ofHours(5));
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(page(mae, "far-ahead")).contains("data-lasts=\"1800\"");
        assertThat(Gallery.press(mae, "/d/far-ahead/pass", Map.of()).body()).contains("\"lasts\":1800");
        gallery.server.bean(DropPlans.class).end(drop.id());
    }

    private static List<String> waitsFor(Drop drop) {
        return gallery.database
                .jdbc()
                .sql(
                        "select s.name_en from drop_waiting w join drop_stages s using (brand_id, drop_id, stage_id) where drop_id = :drop")
                .param("drop", drop.id().value())
                .query(String.class)
                .list();
    }

    /** What a collectible's page says of the ways to it. */
    private static String ways(String slug) {
        String page = guest().get("/o/" + slug, "Accept-Language", "en").body();
        String from = page.substring(page.indexOf("id=\"ways\""));
        return from.substring(0, from.indexOf("</section>"));
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }

    /** Four stand in the zone: no other test's is among them. */
    private static void othersEnd() {
        var plans = gallery.server.bean(DropPlans.class);
        for (Drop other : plans.published()) plans.end(other.id());
    }

    private static String zone() {
        gallery.server.bean(Freshness.class).drop();
        return guest().get("/", "Accept-Language", "en").body();
    }

    private static StageDraft named(String name, StageDraft stage) {
        return anew(new Bilingual(name, name), requireNonNull(stage.opensAt()), stage);
    }

    /** The same, for a day from another hour on. */
    private static StageDraft at(Instant opensAt, StageDraft stage) {
        return anew(stage.name(), opensAt, stage);
    }

    private static StageDraft anew(Bilingual name, Instant opensAt, StageDraft stage) {
        return new StageDraft(
                null,
                name,
                stage.collectible(),
                opensAt,
                opensAt.plus(Duration.ofDays(1)),
                null,
                stage.limit(),
                stage.entry(),
                stage.entryId(),
                null,
                "free",
                false,
                false);
    }

    @Test
    void onlyWhoCouldTakeOneAsksToBeToldOfIt() {
        announced("soon-listed", stage(works("soon-listed", 5), 1, "list", null));
        Drop free = open("for-all", stage(works("for-all", 5), 1, "everyone", null));
        Browser dea = gallery.signedIn("dea");
        assertThat(page(dea, "soon-listed"))
                .contains("This one is for those on its list.")
                .doesNotContain("/d/soon-listed/wait");
        assertThat(press(dea, "soon-listed", "wait")).isEqualTo("/d/soon-listed?said=drop.not-eligible");
        press(dea, "for-all", "claim");
        assertThat(page(dea, "for-all")).doesNotContain("/d/for-all/wait");
        assertThat(press(dea, "for-all", "wait")).isEqualTo("/d/for-all?said=drop.limit-reached");
        assertThat(waiting()).isZero();
        assertThat(press(gallery.signedIn("eli"), "for-all", "wait")).isEqualTo("/d/for-all?said=drop.asked");
        assertThat(waiting()).as("who may take one of " + free.slug()).isOne();
        // No mail of it comes between the codes of those who sign in later.
        gallery.server.bean(DropPlans.class).end(free.id());
    }

    @Test
    void aFreeStageSaysThatAllAreHeldWhenAnotherDropHoldsTheLast() {
        CollectibleId last = works("last-of-two", 1);
        Drop sale = open("holds-it", stage(last, 1, "everyone", null));
        // What is held without a price cannot be published; here nobody pays, and the hold is what it is about.
        gallery.database
                .jdbc()
                .sql("update drop_stages set hold_seconds = 600 where drop_id = :drop")
                .param("drop", sale.id().value())
                .update();
        Drop free = open("free-of-it", stage(last, 1, "everyone", null));
        assertThat(press(gallery.signedIn("fay"), "holds-it", "claim")).isEqualTo("/d/holds-it#mine");
        gallery.server.bean(LiveDrops.class).changed();
        Browser gus = gallery.signedIn("gus");
        assertThat(page(gus, "free-of-it"))
                .containsPattern("<div class=\"stack-s\" data-in=\"all-held\"\\s*>")
                .contains("Each one is held by somebody", "/d/free-of-it/wait");
        assertThat(press(gus, "free-of-it", "wait")).isEqualTo("/d/free-of-it?said=drop.asked");
        gallery.server.bean(DropPlans.class).end(free.id());
    }

    private static int waiting() {
        return gallery.database
                .jdbc()
                .sql(
                        "select count(*) from drop_waiting w join drops d using (brand_id, drop_id) where d.slug in ('soon-listed', 'for-all')")
                .query(Integer.class)
                .single();
    }

    private static String page(Browser browser, String slug) {
        return browser.get("/d/" + slug, "Accept-Language", "en").body();
    }

    /** Returns where it leads. */
    private static String press(Browser browser, String slug, String act) {
        return Gallery.press(browser, "/d/" + slug + "/" + act, Map.of())
                .headers()
                .firstValue("Location")
                .orElse("nowhere");
    }

    private static CollectibleId works(String slug, int supply) {
        return gallery.publish(slug, NIGHT, NIGHT, supply);
    }

    /** In a minute, and for a day. */
    private static StageDraft stage(CollectibleId gives, int limit, String entry, @Nullable UUID of) {
        Instant now = gallery.server.bean(BusinessClock.class).now();
        return new StageDraft(
                null,
                NIGHT,
                gives.value(),
                now.plusSeconds(60),
                now.plus(Duration.ofDays(1)),
                null,
                limit,
                entry,
                of,
                null,
                "free",
                false,
                false);
    }

    private static Drop announced(String slug, StageDraft... stages) {
        var plans = gallery.server.bean(DropPlans.class);
        var made = (DropPlans.Drafting.Drafted)
                plans.draft(moonrise.brand(), slug, new DropDraft(NIGHT, NIGHT, List.of(stages)));
        Drop drop = ((DropPlans.Publishing.Published) plans.publish(made.id())).drop();
        gallery.server.bean(LiveDrops.class).changed();
        return drop;
    }

    private static Drop open(String slug, StageDraft... stages) {
        Drop drop = announced(slug, stages);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(2));
        gallery.server.bean(LiveDrops.class).changed();
        return drop;
    }
}
