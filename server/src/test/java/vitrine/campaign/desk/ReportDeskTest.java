package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.platform.BusinessClock;
import vitrine.shop.Shops;

/**
 * Lumen's marketer answers five questions and reads afterwards what came of it. Before the campaign the shop sold a lamp of 100 a
 * day, in it one of 320; ten buyers come once each.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReportDeskTest {

    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final Instant BEGAN = Instant.now()
            .truncatedTo(ChronoUnit.MINUTES)
            .minus(Duration.ofDays(10))
            .minus(Duration.ofHours(2));

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        for (int day = 1; day <= 10; day++) {
            lumen.order(
                    700 + day,
                    "old" + day,
                    "100.00",
                    BEGAN.minus(Duration.ofDays(day)).plusSeconds(3_600));
            lumen.order(
                    800 + day,
                    "buyer" + day,
                    "320.00",
                    BEGAN.plus(Duration.ofDays(day - 1)).plusSeconds(3_600));
        }
        // She had bought before, and comes back for less than a piece takes.
        lumen.order(900, "old1", "0.01", BEGAN.plusSeconds(7_200));
        odd(901, "T901", true);
        odd(902, "=1+1", false);
        lumen.drain();
    }

    /** An order of 50 in the campaign's unfinished day: a test, or one with a number that a spreadsheet would run. */
    private static void odd(int id, String number, boolean test) {
        lumen.deliver("msg-" + id, """
                {"type": "order.delivered", "timestamp": "%3$s", "data": {"order": {
                    "id": "ord_%1$d", "number": "%2$s", "currency": "CNY", "created_at": "%3$s",
                    "updated_at": "%3$s", "paid_at": "%3$s", "received_at": "%3$s", "test": %4$s,
                    "buyer": {"id": "cus_%1$d", "email": "odd%1$d@home.example", "email_verified": true},
                    "lines": [{"id": "l1", "sku": "LUM-1", "product_id": "8100", "title": "Lamp", "category": "lamp",
                        "vendor": "Lumen", "quantity": 1, "total": "50.00"}]}}}
                """.formatted(
                        id, number, BEGAN.plus(Duration.ofDays(10)).plusSeconds(600), test));
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    private static Map<String, String> answers() {
        Map<String, String> form = new HashMap<>();
        form.put("template", "gift");
        form.put("collectible", Workplace.LUMEN + "/" + lumen.moonrise.value());
        form.put("from1", "300");
        form.put("goods", "");
        form.put("currency", "CNY");
        form.put("from", BEGAN.atZone(CHINA).toLocalDateTime().toString());
        form.put(
                "until",
                BEGAN.plus(Duration.ofDays(30)).atZone(CHINA).toLocalDateTime().toString());
        form.put("perCollector", "1");
        form.put("piecesMax", "");
        form.put("nameZh", "");
        form.put("nameEn", "");
        return form;
    }

    @Test
    @Order(0)
    void theOverviewBeginsWithTheNumberAndSaysWhatItStillNeeds() {
        var overview = wen.get("/desk/lumen").body();
        assertThat(overview).contains("it takes a published campaign").doesNotContain("headline__number");
        assertThat(overview.indexOf("id=\"headline\"")).isLessThan(overview.indexOf("<dl class=\"kpis\">"));
    }

    @Test
    @Order(1)
    void whatIsMissingIsSaidAndNothingIsDrafted() {
        var form = answers();
        form.put("collectible", "");
        form.put("from1", "much");
        var sent = Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign", form);
        assertThat(sent.statusCode()).isEqualTo(422);
        assertThat(sent.body())
                .contains("Before there is a draft:")
                .containsPattern("<a href=\"#from1\">[^<]*much")
                .containsPattern(
                        "<input id=\"from1\"[^>]* value=\"much\"[^>]* aria-invalid=\"true\" aria-describedby=\"from1-said\"")
                .containsPattern("id=\"from1-said\">[^<]*much")
                .containsPattern("<select id=\"collectible\"[^>]* aria-describedby=\"collectible-said\"");
        assertThat(Workplace.deadAnchors(sent.body())).isEmpty();
        assertThat(wen.get("/desk/lumen/campaigns").body()).contains("No campaign yet");
    }

    @Test
    @Order(2)
    void theEstimateOfTwoStepsMovesBothAndNeverGivesMoreForADearerOffer() {
        var form = answers();
        form.putAll(Map.of("template", "tiers", "from1", "100", "from2", "300", "pieces2", "3", "perCollector", ""));
        var look = Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign/look", form)
                .body();
        var pieces = Pattern.compile("data-v=\"(\\d+)\"")
                .matcher(look)
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
        // At 40 and 120 the order of 50 has a piece as well; ten of 320 have three each, until the second step costs
        // more.
        assertThat(pieces)
                .hasSize(8)
                .isSortedAccordingTo(java.util.Comparator.reverseOrder())
                .startsWith(41, 40, 40, 40, 10);
    }

    @Test
    @Order(2)
    void thePhoneShowsTheOfferAndLastMonthsOrdersSayWhatItWouldCost() {
        var look = Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign/look", answers())
                .body();
        assertThat(look)
                .contains("Moonrise with your order")
                .contains("¥300 brings 1")
                .contains("22 paid orders of the last 30 days would have earned 10 pieces")
                .contains("There are 10.");
        // At a third of the sum the ten of 100 would have earned one as well; at 360 nobody.
        assertThat(look).containsPattern("¥120</td>|¥120\\b").containsPattern("data-v=\"0\"");
        var dear = answers();
        dear.put("from1", "90");
        assertThat(Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign/look", dear)
                        .body())
                .contains("would have earned 20 pieces")
                .contains("10 pieces more than there are");
    }

    @Test
    @Order(2)
    void aSumWithACommaIsEstimatedAsTheDraftWillReadIt() {
        var thousand = answers();
        thousand.put("from1", "1,000");
        assertThat(Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign/look", thousand)
                        .body())
                .contains("¥1,000 brings 1", "22 paid orders of the last 30 days would have earned 0 pieces");
        var unclear = answers();
        unclear.put("from1", "1,5");
        var sent = Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign", unclear);
        assertThat(sent.statusCode()).as("one and a half, or fifteen").isEqualTo(422);
        assertThat(sent.body()).contains("value=\"1,5\"").doesNotContain("¥15");
    }

    @Test
    @Order(3)
    void fiveAnswersAreACampaignAndItGivesWhatTheEstimateSaid() {
        var sent = Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign", answers());
        assertThat(Workplace.location(sent)).startsWith("/desk/lumen/campaigns/moonrise-with-your-order?");
        assertThat(wen.get("/desk/lumen/campaigns/moonrise-with-your-order/report")
                        .body())
                .contains("Never published");
        String page = "/desk/lumen/campaigns/moonrise-with-your-order";
        assertThat(Workplace.send(wen, page + "/publish", page + "/publish", Map.of())
                        .statusCode())
                .isEqualTo(303);
        lumen.drain();
        assertThat(lumen.server
                        .bean(JdbcClient.class)
                        .sql("select count(*) from entitlements")
                        .query(Integer.class)
                        .single())
                .isEqualTo(10);
    }

    @Test
    @Order(4)
    void theReportSaysWhatAPieceBroughtAndAgainstWhat() {
        var report =
                wen.get("/desk/lumen/campaigns/moonrise-with-your-order/report").body();
        // Ten days of 320 and a cent, less ten days of 100, over ten pieces.
        assertThat(report)
                .contains("+¥220")
                .contains(
                        "The shops took ¥3,200.01 in the 10 whole days of the campaign and ¥1,000 in as many days before it")
                .contains("over 10 pieces")
                .contains("not with buyers who were kept out");
        assertThat(report).containsPattern("New buyers</dt><dd>11 ").containsPattern("Bought before</dt><dd>1 ");
    }

    @Test
    @Order(5)
    void theFunnelCountsOrdersAndLeavesOutTests() {
        var report =
                wen.get("/desk/lumen/campaigns/moonrise-with-your-order/report").body();
        assertThat(report)
                .containsPattern("Orders seen</span>(?s:.{0,120})<b>12</b>")
                .containsPattern("Goods fit</span>(?s:.{0,120})<b>12</b>")
                .containsPattern("Earned</span>(?s:.{0,120})<b>10</b>");
    }

    @Test
    @Order(6)
    void theTablesOpenInASpreadsheetAndRunNothingThere() {
        var days = wen.get("/desk/lumen/campaigns/moonrise-with-your-order/days.csv");
        assertThat(days.headers().firstValue("Content-Type")).hasValue("text/csv;charset=utf-8");
        assertThat(days.body().lines()).hasSize(1 + 10 + 10 + 1);
        assertThat(days.body())
                .startsWith("\uFEFFdate,")
                .contains(",1,true,1,320.00,")
                .contains(",-1,true,1,100.00,");
        var orders = wen.get("/desk/lumen/campaigns/moonrise-with-your-order/orders.csv");
        assertThat(orders.body())
                .contains(",'=1+1,")
                .contains("campaign.counted,32000,1")
                .doesNotContain(",=1+1");
    }

    @Test
    @Order(7)
    void theOverviewShowsWhatRunsAndWhatAPieceBrings() {
        assertThat(wen.get("/desk/lumen").body())
                .contains("Running now")
                .containsPattern("headline__number\">\\+¥220<")
                .contains("How it is computed")
                .contains("22 paid orders and");
        var db = lumen.server.bean(JdbcClient.class);
        db.sql("update campaigns set state = 'paused' where state = 'published'")
                .update();
        assertThat(wen.get("/desk/lumen").body())
                .as("what pauses does not run")
                .doesNotContain("Running now")
                .contains("headline__number");
        db.sql("update campaigns set state = 'published' where state = 'paused'")
                .update();
    }

    @Test
    @Order(8)
    void aCopyHasTheSameOffersUnderAnotherNameAndNoDates() {
        String page = "/desk/lumen/campaigns/moonrise-with-your-order";
        var copied = Workplace.send(wen, page, page + "/copy", Map.of());
        assertThat(Workplace.location(copied)).isEqualTo(page + "-2?said=copied");
        assertThat(wen.get(page + "-2?check=1").body())
                .contains("¥300 brings 1")
                .doesNotContain(BEGAN.atZone(CHINA).toLocalDateTime().toString());
        assertThat(wen.get("/desk/lumen/audit").body()).contains("copied a campaign");
    }

    @Test
    @Order(9)
    void aCampaignWithNoOrdersBeforeItHasNoNumber() {
        var early = answers();
        early.put(
                "from",
                BEGAN.minus(Duration.ofDays(9)).atZone(CHINA).toLocalDateTime().toString());
        early.put("nameEn", "Too long ago");
        early.put("nameZh", "太早");
        Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign", early);
        String page = "/desk/lumen/campaigns/too-long-ago";
        Workplace.send(wen, page + "/publish", page + "/publish", Map.of());
        lumen.drain();
        assertThat(wen.get(page + "/report").body())
                .contains("No number yet")
                .contains("cannot be compared")
                .doesNotContain("headline__number");
    }

    @Test
    @Order(13)
    void aJointCampaignCountsTheBrandsThatWereTickedAndNobodyBefore() {
        var olga = lumen.hired(
                "Olga", new vitrine.platform.BrandId(vitrine.identity.Identities.HOUSE), Colleagues.Role.OPERATOR);
        olga.get("/desk/house?lang=en");
        String asks = "/desk/house/new-campaign";
        assertThat(olga.get(asks).body())
                .contains("Whose shops count?", "All brands, those that join later too")
                .doesNotContainPattern("name=\"(brands|everyBrand)\"[^>]*checked");
        var form = answers();
        form.put("template", "joint");
        form.put("nameEn", "Joint nights");
        form.put("nameZh", "联合之夜");
        var nobody = Workplace.send(olga, asks, asks, form);
        assertThat(nobody.statusCode()).isEqualTo(422);
        assertThat(nobody.body()).contains("<a href=\"#brands\">Choose whose shops count");
        assertThat(Workplace.send(olga, asks, asks + "/look", form).body())
                .as("no estimate over everybody")
                .doesNotContain("would have earned");
        form.put("brands", Workplace.LUMEN.toString());
        var drafted = Workplace.send(olga, asks, asks, form);
        assertThat(olga.get(Workplace.location(drafted)).body())
                .containsPattern("name=\"offers\\[0].brands\" value=\"" + Workplace.LUMEN + "\" checked")
                .doesNotContainPattern("name=\"offers\\[0].brands\" value=\"" + Workplace.OTHER + "\" checked");
    }

    @Test
    @Order(14)
    void eachFigureOfTheOverviewCountsWhatItsListShows() {
        var overview = wen.get("/desk/lumen").body();
        assertThat(overview)
                .contains("href=\"/desk/lumen/pieces?state=owned\">0</a>")
                .contains("href=\"/desk/lumen/entitlements?state=promised\">10</a>");
        assertThat(wen.get("/desk/lumen/pieces?state=owned").body()).doesNotContain("№");
        var right = java.util.regex.Pattern.compile("href=\"/desk/lumen/entitlements/[0-9a-f-]{36}\"");
        assertThat(right.matcher(wen.get("/desk/lumen/entitlements?state=promised")
                                .body())
                        .results())
                .hasSize(10);
    }

    @Test
    @Order(11)
    void aShopThatBeganAfterwardsIsLeftOutAndNamed() {
        var town = ((Shops.Creation.Created) lumen.server
                        .bean(Shops.class)
                        .create(new Shops.NewShop(
                                Workplace.LUMEN,
                                "standard",
                                "town",
                                "Lumen in town",
                                java.util.Currency.getInstance("CNY"),
                                0,
                                Workplace.SECRET,
                                null,
                                null)))
                .shop();
        for (int day = 1; day <= 3; day++)
            lumen.order(
                    town,
                    1_000 + day,
                    "town" + day,
                    "5000.00",
                    BEGAN.plus(Duration.ofDays(day)).plusSeconds(3_600));
        lumen.drain();
        assertThat(wen.get("/desk/lumen/campaigns/moonrise-with-your-order/report")
                        .body())
                .as("15,000 of a shop without days before, and its three waiting for a piece, change nothing")
                .contains("+¥220")
                .contains("over 10 pieces")
                .contains("this shop’s orders do not reach back", "<li>Lumen · Lumen in town</li>")
                .contains("the others are named and left out");
    }

    @Test
    @Order(12)
    void aLongCampaignsLastDaysStandAgainstTheDaysBeforeItBegan() {
        Instant began = BEGAN.minus(Duration.ofDays(290));
        lumen.order(1_101, "early1", "100.00", began.minus(Duration.ofDays(180)).plusSeconds(3_600));
        lumen.order(1_102, "early2", "100.00", began.minus(Duration.ofDays(1)).plusSeconds(3_600));
        // Between the two: neither before the campaign nor among its last days.
        lumen.order(1_103, "middle", "9000.00", began.plus(Duration.ofDays(50)).plusSeconds(3_600));
        lumen.drain();
        var form = answers();
        form.put("from", began.atZone(CHINA).toLocalDateTime().toString());
        form.put("nameEn", "All year");
        form.put("nameZh", "全年");
        Workplace.send(wen, "/desk/lumen/new-campaign", "/desk/lumen/new-campaign", form);
        String page = "/desk/lumen/campaigns/all-year";
        Workplace.send(wen, page + "/publish", page + "/publish", Map.of());
        lumen.drain();
        // 180 days with ten orders of 100, ten of 320 and a cent, less two of 100, over the ten pieces of the 320.
        assertThat(wen.get(page + "/report").body())
                .contains("+¥400")
                .contains("its last 180 whole days")
                .contains("¥4,200.01 in the 180 whole days of the campaign and ¥200 in as many days before it")
                .contains("over 10 pieces");
    }

    @Test
    @Order(10)
    void anAgencyReadsTheReportAndAnotherBrandDoesNot() {
        var tang = lumen.hired("Tang", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(tang.get("/desk/lumen/campaigns/moonrise-with-your-order/report")
                        .statusCode())
                .isEqualTo(200);
        var other = lumen.team("Oren", Workplace.OTHER);
        for (String place : new String[] {"report", "funnel.csv", "days.csv", "orders.csv"})
            assertThat(other.get("/desk/lumen/campaigns/moonrise-with-your-order/" + place)
                            .statusCode())
                    .isIn(403, 404);
    }

    /** The last one: a month goes by, and with it what the others count. */
    @Test
    @Order(20)
    void aPieceThatItsOwnerPassesOnCountsOnceInTheFunnel() {
        lumen.server.bean(BusinessClock.class).advance(Duration.ofDays(30));
        lumen.drain();
        var buyer = lumen.signedIn("buyer1@home.example");
        var found = Pattern.compile("/p/(moonrise-[0-9]+)/open")
                .matcher(buyer.get("/me?lang=en").body());
        assertThat(found.find()).isTrue();
        String piece = "/p/" + found.group(1);
        assertThat(buyer.post(piece + "/share", Map.of()).statusCode()).isEqualTo(303);
        assertThat(funnel()).as("a gift that is still wrapped").contains("\nshared,0,");
        buyer.post(piece + "/open", Map.of());
        for (int n = 0; n < 3; n++) {
            var shared = buyer.post(piece + "/share", Map.of());
            assertThat(buyer.get(Workplace.location(shared).replaceFirst("#.*", ""))
                            .body())
                    .contains("id=\"passed\"", "<svg");
        }
        var stranger = lumen.signedIn("stranger@home.example");
        assertThat(stranger.post(piece + "/share", Map.of()).statusCode()).isEqualTo(403);
        assertThat(funnel())
                .containsPattern("\ngranted,10,[0-9]+,")
                .containsPattern("\nopened,1,[0-9]+,10\n")
                .containsPattern("\nshared,1,[0-9]+,100\n")
                .contains("\ngiven-on,0,0,0");
        String certificate = piece.replace("/p/", "/c/");
        buyer.post(certificate + "/share", Map.of());
        assertThat(funnel()).as("once, from whichever page").containsPattern("\nshared,1,[0-9]+,100\n");
        assertThat(stranger.post(certificate + "/share", Map.of()).statusCode()).isEqualTo(403);
        assertThat(stranger.get(certificate).body()).doesNotContain(certificate + "/share");
        assertThat(wen.get("/desk/lumen/campaigns/moonrise-with-your-order/report")
                        .body())
                .containsPattern("Shared</span>(?s:.{0,120})<b>1</b>");
    }

    @Test
    @Order(21)
    void aCertificateThatItsOwnerPassesOnCountsLikeThePiece() {
        var buyer = lumen.signedIn("buyer2@home.example");
        var found = Pattern.compile("/p/(moonrise-[0-9]+)/open")
                .matcher(buyer.get("/me?lang=en").body());
        assertThat(found.find()).isTrue();
        String certificate = "/c/" + found.group(1);
        assertThat(buyer.get(certificate).body())
                .as("of a gift that is still wrapped nothing is counted")
                .doesNotContain(certificate + "/share");
        buyer.post("/p/" + found.group(1) + "/open", Map.of());
        assertThat(buyer.get(certificate).body()).contains("action=\"" + certificate + "/share\"");
        var shared = buyer.post(certificate + "/share", Map.of());
        assertThat(shared.statusCode()).isEqualTo(303);
        assertThat(Workplace.location(shared)).isEqualTo(certificate + "#passed");
        assertThat(buyer.get(certificate).body()).contains("id=\"passed\"", "<svg");
        assertThat(funnel()).containsPattern("\nshared,2,[0-9]+,100\n");
    }

    @Test
    @Order(22)
    void aPieceThatWasGivenOnStaysOpenedAndShared() {
        var giver = lumen.signedIn("buyer3@home.example");
        var found = Pattern.compile("/p/(moonrise-[0-9]+)/open")
                .matcher(giver.get("/me?lang=en").body());
        assertThat(found.find()).isTrue();
        String piece = found.group(1);
        giver.post("/p/" + piece + "/open", Map.of());
        assertThat(funnel()).contains("\nopened,3,").contains("\nshared,2,");
        var friend = lumen.signedIn("friend@home.example");
        lumen.givesOn(giver, piece, friend);
        assertThat(friend.get("/me").body()).as("wrapped for him").contains("/p/" + piece + "/open");
        assertThat(funnel()).contains("\nopened,3,").contains("\nshared,3,").contains("\ngiven-on,1,");
    }

    @Test
    @Order(23)
    void aNumberThatWentBackAndWasGrantedAnewIsNoGiftToAFriend() {
        int[] before = counts("granted", "opened", "shared", "given-on");
        lumen.deliver("msg-804-cancelled", """
                {"type": "order.cancelled", "timestamp": "%2$s", "data": {"order": {
                    "id": "ord_804", "number": "804", "currency": "CNY", "created_at": "%1$s",
                    "updated_at": "%2$s", "paid_at": "%1$s", "received_at": "%1$s", "cancelled_at": "%2$s", "test": false,
                    "buyer": {"id": "cus_buyer4", "email": "buyer4@home.example", "email_verified": true},
                    "lines": [{"id": "l1", "sku": "LUM-1", "product_id": "8100", "title": "Lamp", "category": "lamp",
                        "vendor": "Lumen", "quantity": 1, "total": "320.00"}]}}}
                """.formatted(
                        BEGAN.plus(Duration.ofDays(3)).plusSeconds(3_600),
                        BEGAN.plus(Duration.ofDays(3)).plusSeconds(7_200)));
        lumen.settle();
        assertThat(lumen.server
                        .bean(JdbcClient.class)
                        .sql("""
                                select count(*) from (select from piece_records where kind = 'granted'
                                    group by collectible_id, serial having count(*) > 1) again
                                """)
                        .query(Integer.class)
                        .single())
                .isOne();
        assertThat(counts("granted", "opened", "shared", "given-on"))
                .as("whoever waited for one has it now, still wrapped")
                .isEqualTo(before);
    }

    /** Of all campaigns together. */
    private static int[] counts(String... steps) {
        return java.util.Arrays.stream(steps)
                .mapToInt(step -> lumen
                        .server
                        .bean(JdbcClient.class)
                        .sql("select slug from campaigns where version > 0 order by slug")
                        .query(String.class)
                        .list()
                        .stream()
                        .mapToInt(slug -> count(
                                wen.get("/desk/lumen/campaigns/" + slug + "/funnel.csv")
                                        .body(),
                                step))
                        .sum())
                .toArray();
    }

    private static int count(String funnel, String step) {
        var found = Pattern.compile("(?m)^" + step + ",([0-9]+),").matcher(funnel);
        assertThat(found.find()).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private static String funnel() {
        return wen.get("/desk/lumen/campaigns/moonrise-with-your-order/funnel.csv")
                .body()
                .replace("\r", "");
    }
}
