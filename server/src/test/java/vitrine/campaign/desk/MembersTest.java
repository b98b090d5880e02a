package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Browser;
import vitrine.platform.BuyerKeys;

/** A brand brings a list of its members, of which hashes stay, and thanks them alone. */
class MembersTest {

    private static final String PAGE = "/desk/lumen/members";

    private static Workplace lumen;
    private static Browser wen;
    private static JdbcClient db;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        db = lumen.server.bean(JdbcClient.class);
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    private static void settle() {
        for (int round = 0; round < 4; round++) lumen.drain();
    }

    private static String verdict(String number) {
        return db.sql("select v.code from verdicts v join orders o on o.order_id = v.order_id where o.number = :number")
                .param("number", number)
                .query(String.class)
                .single();
    }

    @Test
    void onlyMembersOrdersCountTheListMayGrowAndWhatItGaveStaysWhenItShrinks() {
        String read = Workplace.send(
                        wen, PAGE, PAGE, Map.of("typed", "name,address\nAda,ADA@home.example\nnobody\n", "do", "add"))
                .body();
        assertThat(read).contains("1 address read; the list has 1 now.").contains("2 lines held neither");
        assertThat(db.sql("select count(*) from brand_members where length(buyer_hash) = 32")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);

        Map<String, String> plan = new HashMap<>(Feast.plan(lumen, 300, 0));
        plan.put("offers[0].buyers", "members");
        Feast.published(wen, "thanks", plan);
        assertThat(new Browser(lumen.server.address())
                        .get("/campaigns/thanks?lang=en")
                        .body())
                .contains("For members of the brand.");
        lumen.order(901, "ada", "300.00", Instant.now());
        lumen.order(902, "bo", "300.00", Instant.now());
        settle();
        assertThat(verdict("901")).isEqualTo("campaign.counted");
        assertThat(verdict("902")).isEqualTo("campaign.not-member");
        assertThat(wen.get("/desk/lumen/orders?number=902").body()).contains("This is for members of the brand");

        Workplace.send(wen, PAGE, PAGE, Map.of("typed", "bo@home.example", "do", "replace", "sure", "1-1"));
        settle();
        assertThat(verdict("902"))
                .as("who comes onto the list is looked at again")
                .isEqualTo("campaign.counted");
        lumen.order(901, "ada", "320.00", Instant.now());
        settle();
        assertThat(verdict("901")).as("what counted stays").isEqualTo("campaign.counted");
        assertThat(db.sql("select count(*) from pieces where state = 'owned'")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
        lumen.order(903, "ada", "300.00", Instant.now());
        settle();
        assertThat(verdict("903"))
                .as("a new order of whom is no member any more")
                .isEqualTo("campaign.not-member");
        assertThat(Workplace.send(wen, PAGE, PAGE, Map.of("typed", "nothing here", "do", "replace"))
                        .statusCode())
                .as("what holds no address replaces nothing")
                .isEqualTo(422);
    }

    @Test
    void nobodyIsTakenOffTheListByOnePressNorByAFileThatWasReadInPart() {
        var oren = lumen.team("Oren", Workplace.OTHER);
        oren.get("/desk/other?lang=en");
        String page = "/desk/other/members";
        String first = "a@home.example\nb@home.example\nc@home.example\n";
        assertThat(Workplace.send(oren, page, page, Map.of("typed", first, "do", "replace"))
                        .body())
                .as("an empty list loses nobody")
                .contains("the list has 3 now.");

        var asked = Workplace.send(oren, page, page, Map.of("typed", "d@home.example", "do", "replace"));
        assertThat(asked.statusCode()).isEqualTo(422);
        assertThat(asked.body())
                .contains("3 addresses in the list now, 1 afterwards", "d@home.example</textarea>", "value=\"3-1\"");
        assertThat(Workplace.send(oren, page, page, Map.of("do", "clear")).body())
                .contains("3 addresses in the list now, 0 afterwards");
        assertThat(Workplace.send(
                                oren,
                                page,
                                page,
                                Map.of("typed", "d@home.example\ne@home.example", "do", "replace", "sure", "3-1"))
                        .body())
                .as("she said yes to other numbers")
                .contains("3 addresses in the list now, 2 afterwards");

        String stray = "name,address\nZed,z@home.example\n\"Ada,ada@home.example\nBo,bo@home.example\n";
        var broken = Workplace.send(oren, page, page, Map.of("typed", stray, "do", "replace", "sure", "3-1"));
        assertThat(broken.statusCode()).isEqualTo(422);
        assertThat(broken.body()).contains("quotation mark in line 3", "Bo,bo@home.example");
        assertThat(oren.get(page).body()).contains(">3</b>");
        String letters = "\"3 Pier Road\nSeatown\",d@home.example\n";
        assertThat(Workplace.send(oren, page, page, Map.of("typed", letters, "do", "replace", "sure", "3-1"))
                        .body())
                .as("an address of several lines is no stray quotation mark")
                .contains("1 address read; the list has 1 now.");
        String uneven =
                "name;address;note\n\"Ada\";\"f@home.example\"\nBo;g@home.example;first;second\nh@home.example,Wen\n";
        assertThat(Workplace.send(oren, page, page, Map.of("typed", uneven, "do", "replace", "sure", "1-3"))
                        .body())
                .as("whatever stands between the columns, and however many a line has")
                .contains("3 addresses read; the list has 3 now.");
        var key = lumen.server
                .bean(BuyerKeys.class)
                .email("f@home.example")
                .orElseThrow()
                .hash();
        assertThat(db.sql("select count(*) from brand_members where buyer_hash = :key")
                        .param("key", key)
                        .query(Long.class)
                        .single())
                .isOne();
        assertThat(Workplace.send(oren, page, page, Map.of("do", "clear", "sure", "3-0"))
                        .body())
                .contains("the list has 0 now.");
    }
}
