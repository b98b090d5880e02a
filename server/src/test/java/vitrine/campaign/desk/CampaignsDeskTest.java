package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Who;
import vitrine.platform.api.Permission;

/** A marketer makes a campaign with nothing but the forms that she is shown. */
class CampaignsDeskTest {

    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final LocalDateTime TODAY = LocalDateTime.now(CHINA).truncatedTo(ChronoUnit.DAYS);
    private static final Pattern HIDDEN_ID = Pattern.compile("name=\"offers\\[0].id\" value=\"([^\"]+)\"");
    private static final Pattern FIGURE = Pattern.compile("<dd>([0-9,]+)</dd>");

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        Instant now = Instant.now();
        lumen.order(601, "ada", "320.00", now.minusSeconds(600));
        lumen.order(602, "bo", "120.00", now.minusSeconds(500));
        lumen.order(603, "bo", "640.00", now.minusSeconds(400));
        lumen.order(604, "cy", "299.99", now.minusSeconds(300));
        lumen.drain();
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    /** 300 gives 1, 600 gives 3; two for one person. */
    private static Map<String, String> nights() {
        Map<String, String> form = new HashMap<>();
        form.put("name.zh", "月升之夜");
        form.put("name.en", "Moonrise Nights");
        form.put("about.zh", "");
        form.put("about.en", "");
        form.put("currency", "CNY");
        form.put("zone", "Asia/Shanghai");
        form.put("from", TODAY.minusDays(1).toString());
        form.put("until", TODAY.plusDays(20).toString());
        form.put("offers[0].id", "");
        form.put("offers[0].name.zh", "月升");
        form.put("offers[0].name.en", "Lamps bring Moonrise");
        form.put("offers[0].collectible", Workplace.LUMEN + "/" + lumen.moonrise.value());
        form.put("offers[0].goods", "");
        form.put("offers[0].categories", "Lamp, lantern");
        form.put("offers[0].vendors", "");
        form.put("offers[0].measure", "amount");
        form.put("offers[0].basis", "order");
        form.put("offers[0].way", "tiers");
        form.put("offers[0].every", "");
        form.put("offers[0].tiers[0].from", "300");
        form.put("offers[0].tiers[0].pieces", "1");
        form.put("offers[0].tiers[1].from", "600.00");
        form.put("offers[0].tiers[1].pieces", "3");
        form.put("offers[0].perCollector", "2");
        form.put("offers[0].piecesMax", "");
        form.put("offers[0].waiting.days", "0");
        form.put("offers[0].waiting.calendar", "cn");
        form.put("offers[0].gift", "never");
        form.put("offers[0].giftDays", "");
        return form;
    }

    /** Begins the campaign and returns its desk's address. */
    private static String begin(String slug) {
        var begun = Workplace.send(
                wen,
                "/desk/lumen/campaigns",
                "/desk/lumen/campaigns",
                Map.of("nameZh", "月升之夜", "nameEn", "Moonrise Nights", "slug", slug));
        assertThat(begun.statusCode()).isEqualTo(303);
        return "/desk/lumen/campaigns/" + slug;
    }

    private static String press(String page, Map<String, String> form, String button) {
        Map<String, String> all = new HashMap<>(form);
        all.put("do", button);
        var sent = Workplace.send(wen, page, page, all);
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
        return wen.get(Workplace.location(sent).replaceFirst("#.*", "")).body();
    }

    @Test
    void aMarketerMakesACampaignTriesItAndPublishesItAndWhatComesIsWhatWasTried() {
        String page = begin("nights");
        String saved = press(page, nights(), "save");
        assertThat(saved)
                .contains("The draft is complete.")
                .contains("¥300 brings 1")
                .contains("¥600 bring 3");

        Map<String, String> unclear = nights();
        unclear.put("offers[0].tiers[0].from", "300,00");
        assertThat(press(page, unclear, "save"))
                .as("whether it means three hundred or thirty thousand nobody knows")
                .contains("value=\"300,00\"")
                .doesNotContain("The draft is complete.");
        Map<String, String> nowhere = nights();
        nowhere.put("zone", "Mars/Olympus");
        nowhere.put("name.zh", "");
        nowhere.put("offers[0].giftDays", "soon");
        nowhere.put("offers[0].gift", "from");
        nowhere.put("offers[0].waiting.days", "soon");
        String refused = press(page, nowhere, "save");
        assertThat(refused)
                .contains("“Mars/Olympus” is no time zone.")
                .containsPattern("<input id=\"zone\"[^>]* list=\"zones\" aria-invalid=\"true\"")
                .as("times of day are none in no zone, which is said once")
                .doesNotContain("href=\"#from\"", "href=\"#until\"");
        assertThat(Workplace.deadAnchors(refused)).isEmpty();
        Map<String, String> berlin = nights();
        berlin.put("zone", "Europe/Berlin");
        assertThat(press(page, berlin, "save"))
                .contains("The draft is complete.", "value=\"Europe/Berlin\"", "value=\"" + nights().get("from"));
        assertThat(lumen.server
                        .bean(JdbcClient.class)
                        .sql("select (draft::jsonb ->> 'from')::timestamptz at time zone 'Europe/Berlin'"
                                + " from campaigns where slug = 'nights'")
                        .query(LocalDateTime.class)
                        .single())
                .as("what was typed is a time of day in Berlin")
                .isEqualTo(LocalDateTime.parse(nights().get("from")));
        assertThat(press(page, nights(), "save")).contains("The draft is complete.");

        String tried = press(page, nights(), "preview");
        var figures = FIGURE.matcher(tried).results().map(m -> m.group(1)).toList();
        // Four orders of three buyers; Ada has a right to one, Bo to two by the limit, Cy is a cent short.
        assertThat(figures).containsExactly("4", "3", "3", "3", "0");

        assertThat(press(page, nights(), "freeze"))
                .contains("At most 2 each")
                .contains("May not be given on")
                .contains("action=\"/desk/lumen/campaigns/nights/publish\"");
        var published = Workplace.send(wen, page + "/publish", page + "/publish", Map.of());
        assertThat(Workplace.send(
                                wen,
                                "/desk/lumen/catalogue/moonrise/supply",
                                "/desk/lumen/catalogue/moonrise/supply",
                                Map.of("supply", "9", "why.zh", "少做些。", "why.en", "Fewer.", "sure", "yes"))
                        .body())
                .as("what a campaign promises is not lowered under it")
                .contains("is not over");
        assertThat(wen.get(Workplace.location(published)).body())
                .contains("Version 1, frozen")
                .containsPattern("<code>[0-9a-f]{64}</code>");
        lumen.drain();

        assertThat(lumen.server
                        .bean(JdbcClient.class)
                        .sql("select count(*) from entitlements e join offers o using (brand_id, offer_id) "
                                + "join campaigns c using (brand_id, campaign_id) where c.slug = 'nights'")
                        .query(Integer.class)
                        .single())
                .as("preview = outcome")
                .isEqualTo(3);
        var rights = wen.get("/desk/lumen/entitlements?state=granted&campaign=nights")
                .body();
        assertThat(rights).contains("601").contains("603").contains("¥320.00").contains("moonrise-");
        var one = Pattern.compile("/desk/lumen/entitlements/[0-9a-f-]{36}").matcher(rights);
        assertThat(one.find()).isTrue();
        assertThat(wen.get(one.group()).body()).contains("version 1").contains("Lamp");
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 100).stream()
                        .filter(e -> e.subject().equals("nights"))
                        .map(Audit.Entry::act))
                .contains("campaign.drafted", "campaign.saved", "campaign.published");

        thenAHurtfulChangeIsRefusedInWordsWithNumbers(page);
        thenItPausesWithAMessageInBothLanguages(page);
        thenItDoesNotEndBeforeItsTime(page);
    }

    private void thenAHurtfulChangeIsRefusedInWordsWithNumbers(String page) {
        var changed = nights();
        var id = HIDDEN_ID.matcher(wen.get(page).body());
        assertThat(id.find()).isTrue();
        changed.put("offers[0].id", id.group(1));
        changed.put("offers[0].tiers[0].from", "400");
        changed.put("offers[0].perCollector", "1");
        press(page, changed, "freeze");
        var refused = Workplace.send(wen, page + "/publish", page + "/publish", Map.of());
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("Not published")
                .contains("3 entitlements have been earned")
                .contains("¥300 for 1 piece")
                .contains("would fall from 2 to 1");
        assertThat(wen.get(page).body()).contains("Version 1, frozen");

        changed.put("offers[0].tiers[0].from", "250");
        changed.put("offers[0].perCollector", "3");
        press(page, changed, "freeze");
        var better = Workplace.send(wen, page + "/publish", page + "/publish", Map.of());
        assertThat(wen.get(Workplace.location(better)).body()).contains("Version 2, frozen");
    }

    private void thenItPausesWithAMessageInBothLanguages(String page) {
        var speechless = Workplace.send(wen, page, page + "/pause", Map.of("messageZh", "暂停", "messageEn", ""));
        assertThat(speechless.statusCode()).isEqualTo(422);
        assertThat(speechless.body())
                .contains("Say to shoppers why, in Chinese and in English.")
                .as("and what was typed stands in its field")
                .contains(">暂停</textarea>");
        var paused = Workplace.send(
                wen, page, page + "/pause", Map.of("messageZh", "灯坏了", "messageEn", "The lamps are being mended"));
        assertThat(wen.get(Workplace.location(paused)).body())
                .contains("The lamps are being mended")
                .contains("paused");
        var resumed = Workplace.send(wen, page, page + "/resume", Map.of());
        assertThat(wen.get(Workplace.location(resumed)).body()).contains("running");
    }

    private void thenItDoesNotEndBeforeItsTime(String page) {
        assertThat(wen.get(page).body())
                .as("the end is not one press away")
                .containsPattern(
                        "action=\"" + page + "/end\">\\s*<input[^>]*>\\s*<details[^>]*><summary>End it</summary>");
        var ended = Workplace.send(wen, page, page + "/end", Map.of());
        assertThat(ended.statusCode()).isEqualTo(422);
        assertThat(ended.body()).contains("It was promised until");
        lumen.server
                .bean(JdbcClient.class)
                .sql(
                        "update campaigns set from_at = from_at - interval '1 year', until_at = until_at - interval '1 year'"
                                + " where slug = :slug")
                .param("slug", page.replaceFirst(".*/", ""))
                .update();
        assertThat(wen.get(page).body()).contains("<span class=\"chip \">days are over</span>");
    }

    @Test
    void whatIsMissingIsSaidBesideItsField() {
        String page = begin("unfinished");
        var form = nights();
        form.put("until", "");
        form.put("offers[0].collectible", "");
        form.put("offers[0].tiers[0].from", "many");
        String shown = press(page, form, "freeze");
        assertThat(shown)
                .contains("Not published yet: what is missing")
                .contains("Choose the day and time on which it ends.")
                .contains("Choose the collectible that this offer gives.")
                .contains("value=\"many\"")
                .containsPattern("id=\"offers\\[0].tiers\\[0].from-said\">[^<]*whole number");
        assertThat(press(page, form, "preview")).contains("cannot be tried");
    }

    @Test
    void theSentenceIsSaidAsTheFormStandsAndNothingIsSaved() {
        String page = begin("spoken");
        var form = nights();
        form.put("until", "");
        form.put("offers[0].tiers[0].from", "88");
        var said = Workplace.send(wen, page, page + "/say", form);
        assertThat(said.statusCode()).isEqualTo(200);
        assertThat(said.body())
                .contains("id=\"say-0\" hx-swap-oob=\"true\"")
                .contains("¥88 brings 1")
                .contains("“Moonrise”")
                .contains("Choose the day and time on which it ends.");
        form.put("offers[0].tiers[0].from", "");
        assertThat(Workplace.send(wen, page, page + "/say", form).body()).contains("a sentence stands here");
        assertThat(wen.get(page).body()).doesNotContain("value=\"88\"");
    }

    @Test
    void offersAndStepsAreAddedAndTakenOutByButtons() {
        String page = begin("buttons");
        assertThat(press(page, nights(), "tier-add:0")).contains("offers[0].tiers[2].from");
        assertThat(press(page, nights(), "offer-add")).contains("offers[1].measure");
        var one = nights();
        assertThat(press(page, one, "tier-drop:0:0"))
                .contains("value=\"600\"")
                .doesNotContain("value=\"300\"")
                .doesNotContain("offers[0].tiers[1].from");
    }

    @Test
    void anAddressIsTakenOnce() {
        begin("taken");
        var again = Workplace.send(
                wen,
                "/desk/lumen/campaigns",
                "/desk/lumen/campaigns",
                Map.of("nameZh", "又", "nameEn", "Again", "slug", "taken"));
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(again.body()).contains("is taken").contains("value=\"Again\"");
    }

    @Test
    void whoSavesACampaignThatWasEndedMeanwhileKeepsWhatSheTyped() {
        String page = begin("ended-meanwhile");
        var form = nights();
        form.put("until", TODAY.minusDays(1).plusHours(1).toString());
        press(page, form, "save");
        String token = Workplace.token(wen, page);
        Workplace.send(wen, page + "/publish", page + "/publish", Map.of());
        assertThat(Workplace.location(Workplace.send(wen, page, page + "/end", Map.of())))
                .endsWith("said=ended");
        form.put("about.en", "Three evenings of writing.");
        form.put("_csrf", token);
        form.put("do", "save");
        var late = wen.post(page, form);
        assertThat(late.statusCode()).isEqualTo(422);
        assertThat(late.body()).contains("This campaign was ended meanwhile", "Three evenings of writing.");
        assertThat(wen.post(page + "/publish", Map.of("_csrf", token)).body())
                .contains("This campaign was ended meanwhile");
    }

    @Test
    void whoSavesADraftThatAColleagueSavedMeanwhileKeepsWhatSheTypedAndIsTold() {
        String page = begin("two-desks");
        press(page, nights(), "save");
        var yan = lumen.team("Yan", Workplace.LUMEN);
        yan.get("/desk/lumen?lang=en");
        String seen = Workplace.seen(yan, page);
        String seenToPublish = Workplace.seen(yan, page + "/publish");
        var hers = nights();
        hers.put("seen", seen);
        hers.put("about.en", "Written by the colleague.");
        press(page, hers, "save");

        var mine = nights();
        mine.put("seen", seen);
        mine.put("name.en", "Evenings by the pier");
        mine.put("do", "save");
        var late = Workplace.send(yan, page, page, mine);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body())
                .contains("role=\"alert\"", "This was saved after you opened it", "value=\"Evenings by the pier\"");
        assertThat(wen.get(page).body()).contains("Written by the colleague.").doesNotContain("Evenings by the pier");

        var unread = Workplace.send(yan, page + "/publish", page + "/publish", Map.of("seen", seenToPublish));
        assertThat(unread.statusCode())
                .as("nobody freezes what she has not read")
                .isEqualTo(409);
        assertThat(unread.body()).contains("nothing was published");
        assertThat(wen.get(page).body()).contains("Never published");

        mine.put("seen", Workplace.seen(yan, page));
        assertThat(Workplace.send(yan, page, page, mine).statusCode())
                .as("once she has seen it she may")
                .isEqualTo(303);
        assertThat(wen.get(page).body()).contains("Evenings by the pier");
    }

    @Test
    void whatGoesWrongAtTheDeskLeadsBackToTheDesk() {
        var nowhere = wen.get(
                "/desk/lumen/campaigns/no-such-one", "Referer", lumen.server.address() + "/desk/lumen/campaigns?x=1");
        assertThat(nowhere.statusCode()).isEqualTo(404);
        assertThat(nowhere.body())
                .contains("href=\"/desk/lumen/campaigns?x=1\"", "Back to where you were")
                .doesNotContain("To my showroom");
        assertThat(wen.get("/desk/lumen/campaigns/no-such-one", "Referer", "https://evil.example/desk//evil")
                        .body())
                .as("the way within this place alone")
                .doesNotContain("evil.example")
                .contains("href=\"/desk\"");
        var agent = lumen.hired("Ken", Workplace.LUMEN, vitrine.identity.Colleagues.Role.AGENCY);
        agent.get("/desk/lumen?lang=en");
        assertThat(agent.get("/desk/lumen/log").body()).contains("Your role does not allow this");
    }

    @Test
    void anotherBrandsCampaignIsNotThere() {
        begin("ours");
        var other = lumen.team("Iris", Workplace.OTHER);
        assertThat(other.get("/desk/lumen/campaigns/ours").statusCode()).isEqualTo(403);
        assertThat(other.get("/desk/other/campaigns/ours").statusCode()).isEqualTo(404);
    }

    @Test
    void anAgencyMakesCampaignsAndDoesNotSeeTheTeam() {
        var agent = lumen.hired("Tang", Workplace.LUMEN, Colleagues.Role.AGENCY);
        var page = agent.get("/desk/lumen/campaigns?lang=en").body();
        assertThat(page).contains("Begin a draft").doesNotContain("/desk/lumen/team");
        for (var closed : List.of("team", "keys", "audit"))
            assertThat(agent.get("/desk/lumen/" + closed).statusCode()).isEqualTo(403);
    }

    @Test
    void whoMayOnlySeeIsOfferedNothingThatIsRefusedToHer() {
        String page = begin("to-look-at");
        var colleagues = lumen.server.bean(Colleagues.class);
        var sue = colleagues.add("Sue", "sue@work.example");
        for (var brand : List.of(Workplace.LUMEN, Workplace.OTHER))
            colleagues.join(
                    brand,
                    sue,
                    Colleagues.Role.AGENCY,
                    EnumSet.of(Permission.SEE),
                    Instant.now().plusSeconds(3_600),
                    new Who.Guest());
        var looks = lumen.signedIn("sue@work.example");
        assertThat(looks.get(page + "?lang=en").body())
                .contains("offers[0].tiers[0].from")
                .doesNotContain("name=\"do\"");
        assertThat(looks.get("/desk/other").body())
                .contains("id=\"first-gift\"")
                .doesNotContain("/desk/other/shops#new");
    }

    @Test
    void whatWasNotDoneDoesNotLookAsIfItWere() {
        assertThat(wen.get("/desk/lumen/people?said=none-chosen").body())
                .contains("<div class=\"note note--wait\" role=\"alert\">")
                .doesNotContain("note--good");
        assertThat(wen.get("/desk/lumen/people?said=saved").body()).contains("note--good");
    }
}
