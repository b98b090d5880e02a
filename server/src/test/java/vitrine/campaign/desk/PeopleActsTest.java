package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Browser;
import vitrine.platform.BusinessClock;

/** Staff do one thing for many people. */
class PeopleActsTest {

    private static Workplace lumen;
    private static Browser wen;
    private static JdbcClient db;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        db = lumen.server.bean(JdbcClient.class);
        Feast.published(lumen, wen, "feast", 300, 0);
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void whoHasAGiftStillWrappedIsToldOfItAgainAndNobodyTwiceInAWeek() {
        for (int n = 0; n < 3; n++)
            lumen.order(3_000 + n, "wrapped" + n, "300.00", Instant.now().minusSeconds(5_000 - n));
        lumen.settle();
        String wrapped = "/desk/lumen/people?who=wrapped";
        assertThat(Workplace.rows(wen, wrapped)).hasSizeGreaterThanOrEqualTo(3);
        String soon = Workplace.choose(wen, "people", List.of(Map.entry("all", "yes"), Map.entry("who", "wrapped")));
        assertThat(wen.get(soon).body())
                .contains("Was told within the last seven days")
                .contains("0 can be done");

        lumen.server.bean(BusinessClock.class).advance(Duration.ofDays(8));
        var first = lumen.signedIn("wrapped0@home.example");
        var gift =
                Pattern.compile("/p/([a-z0-9-]+)/open").matcher(first.get("/me").body());
        assertThat(gift.find()).isTrue();
        String piece = "/p/" + gift.group(1);
        int before = mails();
        List<String> three = db.sql("""
                select e.collector_id::text from entitlements e join orders o on o.order_id = e.order_id
                where o.number in ('3000', '3001', '3002') order by o.number
                """).query(String.class).list();
        List<Map.Entry<String, String>> form = new ArrayList<>();
        three.forEach(person -> form.add(Map.entry("row", person)));
        form.add(Map.entry("row", "018f0000-0000-7000-8000-000000000001"));
        String act = Workplace.choose(wen, "people", form);
        assertThat(wen.get(act).body())
                .contains("Rows chosen: 3")
                .contains("3 can be done")
                .contains("A mail that has gone cannot be called back");
        // One of them opens hers before it is begun.
        first.post(piece + "/open", Map.of());
        Workplace.send(wen, act, act + "/begin", Map.of());
        lumen.settle();
        assertThat(wen.get(act).body())
                .contains("2 done")
                .contains("Nothing that an order brought is still wrapped")
                .contains("A mail that has gone cannot be called back");
        assertThat(mails() - before).as("one mail each").isEqualTo(2);
        assertThat(wen.get(Workplace.choose(wen, "people", form.subList(1, 3))).body())
                .contains("0 can be done");
        var other = lumen.team("Oren", Workplace.OTHER);
        String theirs = "/desk/other/people";
        assertThat(Workplace.send(other, theirs, "/desk/lumen/people/bulk", Map.of("row", three.getLast()))
                        .statusCode())
                .isIn(403, 404);
        var chosen = Workplace.send(other, theirs, theirs + "/bulk", Map.of("row", three.getLast()));
        assertThat(Workplace.location(chosen)).as("she never bought there").endsWith(theirs + "?said=none-chosen");

        var table = wen.get("/desk/lumen/people.csv?who=wrapped").body();
        assertThat(table).startsWith("\uFEFFperson,signed in,").doesNotContain("@");
        assertThat(table.lines().count())
                .isEqualTo(1 + Workplace.rows(wen, wrapped).size());
    }

    @Test
    void whatSheGaveToAFriendIsNoLongerHersToUnwrap() {
        lumen.order(3_100, "giver", "300.00", Instant.now().minusSeconds(4_000));
        lumen.settle();
        var giver = lumen.signedIn("giver@home.example");
        giver.get("/?lang=en");
        var gift =
                Pattern.compile("/p/([a-z0-9-]+)/open").matcher(giver.get("/me").body());
        assertThat(gift.find()).isTrue();
        String piece = gift.group(1);
        giver.post("/p/" + piece + "/open", Map.of());
        assertThat(giver.get("/me/orders").body()).contains("href=\"/p/" + piece + "\"", ">Given<");
        var friend = lumen.signedIn("friend@home.example");
        lumen.givesOn(giver, piece, friend);

        String wrappedForBo = "/p/" + piece + "/open";
        assertThat(friend.get("/me").body()).contains(wrappedForBo);
        String person = db.sql("""
                select e.collector_id::text from entitlements e join orders o on o.order_id = e.order_id where o.number = '3100'
                """).query(String.class).single();
        for (String when : List.of("while he has not unwrapped it", "afterwards")) {
            assertThat(giver.get("/me/orders").body())
                    .as(when)
                    .contains("You gave it to a friend", "This order brought")
                    .doesNotContain("still wrapped", "action=\"/p/" + piece + "/open\"", "href=\"/p/" + piece + "\"");
            assertThat(Workplace.rows(wen, "/desk/lumen/people?who=wrapped"))
                    .as(when)
                    .doesNotContain(person);
            friend.post(wrappedForBo, Map.of());
        }
        assertThat(friend.get("/me/orders?lang=en").body())
                .contains("From a friend, on", "href=\"/p/" + piece + "\"")
                .doesNotContain("No order yet");
        assertThat(giver.get("/me/orders").body())
                .as("what an order brought stands there")
                .doesNotContain("id=\"gifts\"");
        String list = "/desk/lumen/people";
        String holder = Workplace.location(Workplace.send(wen, list, list, Map.of("sought", "friend@home.example")));
        assertThat(wen.get(holder).body()).contains("/p/" + piece + "\"", ">friend’s gift</td>");
        assertThat(wen.get(list + "/" + person).body())
                .as("whoever gave it on holds it no longer")
                .doesNotContain("href=\"/p/" + piece + "\"");
    }

    @Test
    void whatWentBackWasNotGivenToAFriendWhoeverHasItsNumberNow() {
        Instant paid = Instant.now().minusSeconds(4_000);
        lumen.order(3_200, "returner", "300.00", paid);
        lumen.settle();
        lumen.cancelled(3_200, "returner", "300.00", paid);
        lumen.settle();
        lumen.order(3_201, "next", "300.00", paid);
        lumen.settle();
        assertThat(db.sql("""
                        select count(distinct e.serial) = 1 and count(*) = 2 from entitlements e join orders o on o.order_id = e.order_id
                        where o.number in ('3200', '3201')
                        """).query(Boolean.class).single())
                .as("the next buyer has the number that went back")
                .isTrue();
        var returner = lumen.signedIn("returner@home.example");
        assertThat(returner.get("/me/orders?lang=en").body())
                .contains("Went back. The order was cancelled.")
                .doesNotContain("You gave it to a friend", "still wrapped", "/open\"");
    }

    @Test
    void aFollowerHearsOfACampaignThatIsPublishedAfterItsOwnBeginning() {
        var fan = lumen.signedIn("fan@home.example");
        fan.post("/b/lumen/follow", Map.of("on", "yes"));
        lumen.server.bean(BusinessClock.class).advance(Duration.ofMinutes(1));
        Feast.published(lumen, wen, "late-feast", 900_000, 0);
        lumen.server.bean(BusinessClock.class).advance(Duration.ofHours(2));
        lumen.settle();
        assertThat(lumen.postbox.received)
                .filteredOn(mail -> mail.to().value().equals("fan@home.example"))
                .anySatisfy(mail -> assertThat(mail.text()).contains("/campaigns/late-feast"));
    }

    private static int mails() {
        return db.sql("select count(*) from messages").query(Integer.class).single();
    }
}
