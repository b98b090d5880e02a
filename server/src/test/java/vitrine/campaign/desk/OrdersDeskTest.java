package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.drop.Allotments;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Identities;
import vitrine.platform.BrandId;

/** Staff find an order and the reason for its gift or none; who waits stands in line; the house answers for all. */
class OrdersDeskTest {

    private static final LocalDateTime TODAY =
            LocalDateTime.now(ZoneId.of("Asia/Shanghai")).truncatedTo(ChronoUnit.DAYS);
    private static final Pattern ORDER_NUMBER = Pattern.compile("entitlements/[0-9a-f-]{36}\">([0-9]+)<");
    private static final Pattern PERSON = Pattern.compile("href=\"(/desk/lumen/people/[0-9a-f-]{36})\"");
    private static final Pattern OLDER = Pattern.compile("href=\"([^\"]+)\" rel=\"next\"");

    private static Workplace lumen;
    private static Browser wen;
    private static Browser ops;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        ops = lumen.hired("Olga", new BrandId(Identities.HOUSE), Colleagues.Role.OPERATOR);
        ops.get("/desk?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    private static List<Map.Entry<String, String>> plan(String tierFrom, String... brands) {
        Map<String, String> form = new HashMap<>();
        form.put("name.zh", "灯节");
        form.put("name.en", "Lantern feast");
        form.put("about.zh", "");
        form.put("about.en", "");
        form.put("currency", "CNY");
        form.put("zone", "Asia/Shanghai");
        form.put("from", TODAY.minusDays(1).toString());
        form.put("until", TODAY.plusDays(20).toString());
        form.put("offers[0].id", "");
        form.put("offers[0].name.zh", "");
        form.put("offers[0].name.en", "");
        form.put("offers[0].collectible", Workplace.LUMEN + "/" + lumen.moonrise.value());
        form.put("offers[0].goods", "");
        form.put("offers[0].categories", "lamp");
        form.put("offers[0].vendors", "");
        form.put("offers[0].measure", "amount");
        form.put("offers[0].basis", brands.length == 0 ? "order" : "cumulative");
        form.put("offers[0].way", "tiers");
        form.put("offers[0].every", "");
        form.put("offers[0].tiers[0].from", tierFrom);
        form.put("offers[0].tiers[0].pieces", "1");
        form.put("offers[0].perCollector", "1");
        form.put("offers[0].piecesMax", "");
        form.put("offers[0].waiting.days", "0");
        form.put("offers[0].waiting.calendar", "cn");
        form.put("offers[0].gift", "never");
        form.put("offers[0].giftDays", "");
        List<Map.Entry<String, String>> fields = new ArrayList<>(form.entrySet());
        for (String brand : brands) fields.add(Map.entry("offers[0].brands", brand));
        return fields;
    }

    /** A job that took less than a full batch says that it is done, and what it wrote is for the next round. */
    private static void settle() {
        for (int round = 0; round < 4; round++) lumen.drain();
    }

    /** Drafts, saves and publishes; returns the page of the builder after saving. */
    private static String published(Browser who, String desk, String slug, List<Map.Entry<String, String>> plan) {
        Workplace.send(
                who,
                desk + "/campaigns",
                desk + "/campaigns",
                Map.of("nameZh", "灯节", "nameEn", "Lantern feast", "slug", slug));
        String page = desk + "/campaigns/" + slug;
        List<Map.Entry<String, String>> fields = new ArrayList<>(plan);
        fields.add(Map.entry("_csrf", Workplace.token(who, page)));
        fields.add(Map.entry("do", "save"));
        var saved = who.post(page, fields);
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(303);
        String shown = who.get(Workplace.location(saved)).body();
        assertThat(shown).contains("The draft is complete.");
        var frozen = Workplace.send(who, page + "/publish", page + "/publish", Map.of());
        assertThat(who.get(Workplace.location(frozen)).body()).contains("Version 1, frozen");
        return shown;
    }

    @Test
    void staffFindWhyAnOrderBroughtSomethingOrNothingAndWhoWaitsStandsInTheOrderOfPayment() {
        published(wen, "/desk/lumen", "feast", plan("300"));
        Instant now = Instant.now();
        // Ten pieces. Who paid later is told of first, so that coming and paying are different orders.
        for (int n = 0; n < 10; n++) lumen.order(700 + n, "first" + n, "300.00", now.minusSeconds(9_000 - n));
        settle();
        int waiting = Desks.PAGE + 4;
        for (int n = waiting; n >= 1; n--)
            lumen.order(1_000 + n, "late" + n, "300.00", now.minusSeconds(8_000 - n * 10L));
        lumen.order(900, "short", "120.00", now.minusSeconds(60));
        settle();

        assertThat(wen.get("/desk/lumen/orders?number=900").body())
                .contains("¥120.00 of ¥300.00 counted")
                .doesNotContain("There is no order");
        assertThat(wen.get("/desk/lumen/orders?number=%23700").body()).contains("class=\"serial\"");
        assertThat(wen.get("/desk/lumen/orders?number=4711").body()).contains("There is no order “4711”.");
        assertThat(wen.get("/desk/lumen/orders").body())
                .contains("rel=\"next\"")
                .contains(">900<");

        List<Integer> line = new ArrayList<>();
        String next = "/desk/lumen/entitlements?state=waiting";
        while (next != null) {
            String page = wen.get(next).body();
            ORDER_NUMBER.matcher(page).results().forEach(m -> line.add(Integer.parseInt(m.group(1))));
            var older = OLDER.matcher(page);
            next = older.find() ? older.group(1).replace("&amp;", "&") : null;
        }
        assertThat(line).hasSize(waiting).isSorted().startsWith(1_001).endsWith(1_000 + waiting);

        assertThat(ops.get("/desk/house/orders?number=900").body())
                .as("the house finds any brand's order")
                .contains("Lumen")
                .contains("¥120.00 of ¥300.00 counted");
        var other = lumen.team("Iris", Workplace.OTHER);
        other.get("/desk/other?lang=en");
        assertThat(other.get("/desk/other/orders?number=900").body()).contains("There is no order “900”.");
    }

    @Test
    void staffFindABuyerByWhatHerOrderSaidAndSeeNothingButTheirOwn() {
        published(wen, "/desk/lumen", "buyers", plan("50"));
        Instant now = Instant.now();
        for (int n = 0; n < 3; n++) lumen.order(3_000 + n, "ada", "60.00", now.minusSeconds(600 - n));
        lumen.order(3_010, "bo", "20.00", now.minusSeconds(500));
        settle();

        String list = "/desk/lumen/people";
        var found = Workplace.send(wen, list, list, Map.of("sought", "Ada@Home.example"));
        String ada = Workplace.location(found);
        assertThat(ada).matches("/desk/lumen/people/[0-9a-f-]{36}");
        assertThat(wen.get(ada).body())
                .contains("a…@h…")
                .doesNotContain("ada@home")
                .contains(">3000<", ">3001<", ">3002<")
                .doesNotContain(">3010<");
        assertThat(Workplace.location(Workplace.send(wen, list, list, Map.of("sought", "3001"))))
                .as("by the number of an order")
                .isEqualTo(ada);
        String bo = Workplace.location(Workplace.send(wen, list, list, Map.of("sought", "3010")));
        assertThat(wen.get(bo).body()).contains("Nothing so far");
        String nobody = Workplace.location(Workplace.send(wen, list, list, Map.of("sought", "cleo@home.example")));
        assertThat(wen.get(nobody).body()).contains("Nobody whose order a campaign of yours looked at");

        List<String> newest = people("");
        List<String> eldest = people("?sort=eldest");
        assertThat(newest).doesNotHaveDuplicates().contains(ada, bo);
        assertThat(eldest).containsExactlyElementsOf(newest.reversed());
        assertThat(people("?who=earned")).contains(ada).doesNotContain(bo);

        var other = lumen.team("Ivo", Workplace.OTHER);
        other.get("/desk/other?lang=en");
        assertThat(other.get(ada.replace("lumen", "other")).statusCode())
                .as("another brand's staff do not find her")
                .isEqualTo(404);
        String theirs = "/desk/other/people";
        assertThat(Workplace.location(Workplace.send(other, theirs, theirs, Map.of("sought", "ada@home.example"))))
                .isEqualTo(theirs + "?sought=nobody");
        assertThat(wen.get("/desk/lumen/audit").body())
                .contains("looked for a buyer")
                .doesNotContain("ada@home");
    }

    /** The addresses of all that the list shows, page by page. */
    private static List<String> people(String filter) {
        List<String> all = new ArrayList<>();
        String next = "/desk/lumen/people" + filter;
        while (next != null) {
            String page = wen.get(next).body();
            PERSON.matcher(page).results().forEach(m -> all.add(m.group(1)));
            var older = OLDER.matcher(page);
            next = older.find() ? older.group(1).replace("&amp;", "&") : null;
        }
        return all;
    }

    @Test
    void staffFindAPieceByItsNumberAndThoseThatCameBack() {
        published(wen, "/desk/lumen", "numbers", plan("40"));
        for (int n = 0; n < 2; n++)
            lumen.order(4_000 + n, "dot" + n, "45.00", Instant.now().minusSeconds(60));
        settle();
        assertThat(wen.get("/desk/lumen/pieces?of=moonrise").body())
                .contains("moonrise-1\"", ">order</td>")
                .containsPattern(PERSON);
        assertThat(wen.get("/desk/lumen/pieces?of=moonrise&from=2").body())
                .doesNotContain("moonrise-1\"")
                .contains("moonrise-2\"");
        assertThat(wen.get("/desk/lumen/pieces?of=moonrise&state=returned").body())
                .contains("Nothing here with these filters");
        assertThat(wen.get("/desk/lumen/pieces?from=everything").statusCode()).isEqualTo(200);
    }

    @Test
    void theHousesFormSumsOverTheBrandsThatItNamesAndGivesWhatWasAllotted() {
        String page = "/desk/lumen/catalogue/moonrise";
        Workplace.send(wen, page, page + "/allot", Map.of("units", "3"));
        int allotted = lumen.server.bean(Allotments.class).inAll(new BrandId(Identities.HOUSE), lumen.moonrise);
        String builder = published(
                ops, "/desk/house", "isle", plan("200", Workplace.LUMEN.toString(), Workplace.OTHER.toString()));
        assertThat(builder)
                .contains("over all your orders")
                .contains("¥200 brings 1")
                .containsPattern("value=\"" + Workplace.LUMEN + "\" checked")
                .containsPattern("value=\"" + Workplace.OTHER + "\" checked")
                .contains("Orders of Lumen and Other count.")
                .contains(allotted + " given over, " + allotted + " of them free");
        Instant now = Instant.now();
        lumen.order(2_001, "sum", "120.00", now.minusSeconds(120));
        settle();
        assertThat(ops.get("/desk/house/orders?number=2001").body()).contains("¥120.00 of ¥200.00 counted");
        lumen.order(2_002, "sum", "90.00", now.minusSeconds(60));
        settle();
        assertThat(ops.get("/desk/house/entitlements?order=2002").body())
                .contains("2002")
                .contains("Moonrise");
    }
}
