package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.certificate.Gallery;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.LiveDrops;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Follows;
import vitrine.identity.News;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.messages.Message;

/** What a follower hears of whom she follows. */
class FollowMailsTest {

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
    void whatIsHungOnOneDayIsOneMailAndTheNextDayBringsTheNext() {
        gallery.signedIn("ada");
        follow("ada");
        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(1));
        hang("reed", "芦苇", "Reed");
        hang("pond", "池", "Pond");
        assertThat(told("ada")).as("more may be hung at once").isZero();
        pass(Duration.ofHours(1));
        assertThat(told("ada")).isOne();
        assertThat(last("ada").text())
                .contains("/o/reed", "/o/pond", "一天最多一封", "/unsubscribe/")
                .doesNotContain("/o/moonrise");
        hang("heron", "鹭", "Heron");
        pass(Duration.ofHours(2));
        assertThat(told("ada")).as("not twice on a day").isOne();
        pass(Duration.ofDays(1).plusMinutes(1));
        assertThat(told("ada")).isEqualTo(2);
        assertThat(last("ada").text()).contains("/o/heron").doesNotContain("/o/reed");
        pass(Duration.ofDays(2));
        assertThat(told("ada")).as("nothing is new").isEqualTo(2);
    }

    @Test
    void whoChoosesEnglishIsWrittenToInEnglish() {
        Browser fay = gallery.signedIn("fay");
        follow("fay");
        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(1));
        hang("moss", "苔", "Moss");
        pass(Duration.ofHours(2));
        assertThat(last("fay").text()).contains("苔").doesNotContain("Moss");

        var chosen = Gallery.press(fay, "/me/account/language", Map.of("language", "en"));
        assertThat(chosen.headers().firstValue("Location")).hasValue("/me/account?lang=en#looks");
        fay.get("/me/account?lang=en");
        assertThat(fay.get("/me/account").body()).as("the pages too").contains("Language and light");
        hang("fern", "蕨", "Fern");
        pass(Duration.ofDays(1).plusHours(1));
        assertThat(last("fay").text()).contains("Fern").doesNotContain("蕨");
    }

    @Test
    void whoFollowsASeriesHearsOfItsNextWorkAndOfNoOther() {
        var tides =
                gallery.server.bean(Catalog.class).addSeries(moonrise.brand(), "tides", new Bilingual("潮汐", "Tides"));
        gallery.signedIn("eve");
        assertThat(gallery.server
                        .bean(Follows.class)
                        .follow(gallery.collector("eve"), Follows.Followed.series(moonrise.brand(), tides.id())))
                .isTrue();
        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(1));
        hang("alone", "独", "Alone");
        gallery.publish("ebb", new Bilingual("退潮", "Ebb"), new Bilingual("可展示。", "To show."), 10, null, tides.id());
        pass(Duration.ofHours(2));
        assertThat(told("eve")).isOne();
        assertThat(last("eve").text()).contains("/o/ebb").doesNotContain("/o/alone");
    }

    @Test
    void whoEndedTheseMailsGetsNone() {
        gallery.signedIn("bo");
        follow("bo");
        gallery.server.bean(News.class).answer(gallery.collector("bo"), News.Topic.FOLLOWED, false);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(1));
        hang("stone", "石", "Stone");
        pass(Duration.ofHours(2));
        assertThat(told("bo")).isZero();
    }

    @Test
    void whoCameTooLateFollowsFromThatPageAndHearsOfTheNextDrop() {
        var lastOne =
                gallery.publish("last-one", new Bilingual("末班", "Last one"), new Bilingual("可展示。", "To show."), 1);
        drop("last-one", new Bilingual("末班", "Last one"), lastOne);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(2));
        var live = gallery.server.bean(LiveDrops.class);
        live.changed();
        Browser cem = gallery.signedIn("cem");
        assertThat(Gallery.press(cem, "/d/last-one/claim", Map.of()).headers().firstValue("Location"))
                .hasValue("/d/last-one#mine");
        pass(Duration.ofSeconds(5));
        live.changed();

        Browser dea = gallery.signedIn("dea");
        assertThat(dea.get("/d/last-one").body())
                .contains("/d/last-one/follow", "/d/last-one/waiting-list")
                .doesNotContain("/d/last-one/wait\"");
        assertThat(Gallery.press(dea, "/d/last-one/wait", Map.of()).headers().firstValue("Location"))
                .as("a stage that sold out never opens again")
                .hasValue("/d/last-one?said=drop.sold-out");
        assertThat(new Browser(gallery.server.address())
                        .post("/d/last-one/follow", Map.of("on", "yes"))
                        .headers()
                        .firstValue("Location"))
                .hasValue("/sign-in?to=/d/last-one");
        assertThat(Gallery.press(dea, "/d/last-one/follow", Map.of("on", "yes"))
                        .headers()
                        .firstValue("Location"))
                .hasValue("/d/last-one");
        assertThat(dea.get("/d/last-one", "Accept-Language", "en").body())
                .contains("You follow Lumen: its next drop is announced to you by mail.");
        gallery.server.bean(News.class).answer(gallery.collector("dea"), News.Topic.FOLLOWED, false);
        assertThat(dea.get("/d/last-one", "Accept-Language", "en").body())
                .contains("have such mails switched off", "/me/account#news");
        gallery.server.bean(News.class).answer(gallery.collector("dea"), News.Topic.FOLLOWED, true);

        gallery.server.bean(BusinessClock.class).advance(Duration.ofMinutes(1));
        drop("next-one", new Bilingual("头班", "First of the day"), moonrise);
        pass(Duration.ofHours(2));
        Message told = written("dea").getLast();
        assertThat(told.text()).contains("/d/next-one", "/unsubscribe/").doesNotContain("/d/last-one");
        pass(Duration.ofDays(2));
        assertThat(written("dea").getLast()).as("nothing is new").isEqualTo(told);
    }

    @Test
    void anExhibitionIsInTheCalendar() {
        var exhibitions = gallery.server.bean(Exhibitions.class);
        var now = gallery.server.bean(BusinessClock.class).now();
        var words = new Bilingual("灯能照到的地方", "Where the lamp reaches");
        var drafted = (Exhibitions.Drafting.Drafted) exhibitions.draft(
                moonrise.brand(),
                "where-it-reaches",
                new Exhibitions.Plan(
                        words, words, words, "plain", null, null, null, now, now.plus(Duration.ofDays(9))));
        var guest = new Browser(gallery.server.address());
        assertThat(guest.get("/ics/en/all.ics").body()).as("a draft").doesNotContain("Where the lamp reaches");
        assertThat(guest.get("/ics/en/x/where-it-reaches.ics").statusCode()).isEqualTo(404);
        exhibitions.open(moonrise.brand(), drafted.id());
        assertThat(guest.get("/ics/en/all.ics").body())
                .contains("SUMMARY:Where the lamp reaches · Lumen", "/x/where-it-reaches");
        assertThat(guest.get("/ics/zh/x/where-it-reaches.ics").body()).contains("灯能照到的地方");

        int before = sequence("/x/where-it-reaches");
        assertThat(sequence("/x/where-it-reaches")).as("nothing changed").isEqualTo(before);
        exhibitions.change(
                moonrise.brand(),
                drafted.id(),
                new Exhibitions.Plan(
                        words, words, words, "plain", null, null, null, now, now.plus(Duration.ofDays(12))));
        assertThat(sequence("/x/where-it-reaches"))
                .as("a calendar that knows the earlier end takes the later")
                .isGreaterThan(before);
    }

    @Test
    void aDropThatEndsBeforeItsDayIsAnotherEntryInTheCalendar() {
        DropId id = drop("cut-short", new Bilingual("短", "Cut short"), moonrise);
        pass(Duration.ofMinutes(2));
        var guest = new Browser(gallery.server.address());
        String until = guest.get("/ics/en/d/cut-short.ics").body().replaceFirst("(?s).*(DTEND:\\S+).*", "$1");
        int before = sequence("/d/cut-short");
        gallery.server.bean(DropPlans.class).end(id);
        pass(Duration.ofMinutes(1));
        assertThat(guest.get("/ics/en/d/cut-short.ics").body()).doesNotContain(until);
        assertThat(sequence("/d/cut-short")).isGreaterThan(before);
    }

    private static int sequence(String page) {
        return Integer.parseInt(new Browser(gallery.server.address())
                .get("/ics/en" + page + ".ics")
                .body()
                .replaceFirst("(?s).*SEQUENCE:(\\d+).*", "$1"));
    }

    private static void follow(String name) {
        CollectorId who = gallery.collector(name);
        assertThat(gallery.server.bean(Follows.class).follow(who, Follows.Followed.brand(moonrise.brand())))
                .isTrue();
    }

    private static void hang(String slug, String zh, String en) {
        gallery.publish(slug, new Bilingual(zh, en), new Bilingual("可展示。", "To show."));
        pass(Duration.ofSeconds(1));
    }

    /** Opens in a minute, gives a piece at once, and is over in a day. */
    private static DropId drop(String slug, Bilingual name, CollectibleId gives) {
        var plans = gallery.server.bean(DropPlans.class);
        var now = gallery.server.bean(BusinessClock.class).now();
        var stage = new DropDraft.StageDraft(
                null,
                name,
                gives.value(),
                now.plusSeconds(60),
                now.plus(Duration.ofDays(1)),
                null,
                1,
                "everyone",
                null,
                null,
                "free",
                false,
                false);
        var made = plans.draft(moonrise.brand(), slug, new DropDraft(name, name, List.of(stage)));
        DropId id = ((DropPlans.Drafting.Drafted) made).id();
        assertThat(plans.publish(id)).isInstanceOf(DropPlans.Publishing.Published.class);
        return id;
    }

    private static void pass(Duration time) {
        gallery.server.bean(BusinessClock.class).advance(time);
        gallery.seal();
    }

    private static long told(String name) {
        return mails(name).size();
    }

    private static Message last(String name) {
        return mails(name).getLast();
    }

    private static List<Message> mails(String name) {
        return written(name).stream()
                .filter(mail -> mail.text().contains("/o/"))
                .toList();
    }

    private static List<Message> written(String name) {
        return gallery.postbox.received.stream()
                .filter(mail -> mail.to().value().equals(name + "@example.com"))
                .toList();
    }
}
