package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Publication;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.identity.Browser;
import vitrine.platform.Bilingual;
import vitrine.platform.Targets;
import vitrine.proof.Json;
import vitrine.shop.Shops;

/** What a shop sells stands beside the works, as the shop's own product feed says, and a feed that is not right costs nothing. */
class ProductFeedsTest {

    private static final String FEED = "/desk/lumen/shops/standard/lumen/feed";
    private static final String PAGE = "/b/lumen";

    private static final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private static volatile String feed = "";
    private static volatile int status = 200;
    private static volatile String answeredMatch = "";
    private static volatile Color lamp = Color.BLACK;
    private static HttpServer shop;
    private static Workplace lumen;
    private static Browser wen;
    private static Browser guest;

    @BeforeAll
    static void open() throws IOException {
        shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", ProductFeedsTest::answer);
        shop.start();
        lumen = new Workplace(beans -> beans.registerBean(Targets.class, () -> new Targets(true)));
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        guest = new Browser(lumen.server.address());
        guest.get("/?lang=en");
        oneOfTheseBringsMoonrise("LUM-1", "8200");
    }

    @AfterAll
    static void close() {
        lumen.close();
        shop.stop(0);
    }

    @BeforeEach
    void nothingYet() {
        status = 200;
        asked.clear();
        Workplace.send(wen, FEED, FEED, Map.of("url", ""));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            asked.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
            byte[] body = feed.getBytes(StandardCharsets.UTF_8);
            String etag = "\"" + feed.hashCode() + "\"";
            switch (path) {
                case "/elsewhere" -> {
                    exchange.getResponseHeaders().set("Location", "/feed.xml");
                    exchange.sendResponseHeaders(302, -1);
                    return;
                }
                case "/round" -> {
                    exchange.getResponseHeaders().set("Location", "/round");
                    exchange.sendResponseHeaders(302, -1);
                    return;
                }
                case "/endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] air = new byte[1 << 20];
                    for (int i = 0; i < 80; i++) exchange.getResponseBody().write(air);
                    return;
                }
                case "/lamp.png" -> body = png();
                case "/marked.png", "/dated.png" -> {
                    body = png();
                    String mark = path.equals("/marked.png")
                            ? "\"" + lamp.getRGB() + "\""
                            : DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                    Instant.ofEpochSecond(lamp.getRGB() & 0xffffff)
                                            .atZone(ZoneOffset.UTC));
                    String asks = path.equals("/marked.png") ? "If-None-Match" : "If-Modified-Since";
                    if (mark.equals(exchange.getRequestHeaders().getFirst(asks))) {
                        asked.computeIfAbsent(path + " the same", key -> new AtomicInteger())
                                .incrementAndGet();
                        exchange.sendResponseHeaders(304, -1);
                        return;
                    }
                    exchange.getResponseHeaders().set(path.equals("/marked.png") ? "ETag" : "Last-Modified", mark);
                }
                case "/lamp.svg" -> body = "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8);
                default -> {
                    answeredMatch = Objects.requireNonNullElse(
                            exchange.getRequestHeaders().getFirst("If-None-Match"), "");
                    if (answeredMatch.equals(etag)) {
                        exchange.sendResponseHeaders(304, -1);
                        return;
                    }
                    exchange.getResponseHeaders().set("ETag", etag);
                }
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // Whoever asked has heard enough.
        }
    }

    private static byte[] png() throws IOException {
        var out = new ByteArrayOutputStream();
        var picture = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
        var g = picture.createGraphics();
        g.setColor(lamp);
        g.fillRect(0, 0, 640, 480);
        g.dispose();
        ImageIO.write(picture, "png", out);
        return out.toByteArray();
    }

    /** How often the shop was asked for it. */
    private static int times(String path) {
        AtomicInteger times = asked.get(path);
        return times == null ? 0 : times.get();
    }

    private static String at(String path) {
        return "http://localhost:" + shop.getAddress().getPort() + path;
    }

    private static String feed(String... items) {
        return "<rss xmlns:g=\"http://base.google.com/ns/1.0\" version=\"2.0\"><channel>\n" + String.join("\n", items)
                + "\n</channel></rss>";
    }

    private static String item(String id, String title, String more) {
        return "<item><g:id>" + id + "</g:id><title>" + title + "</title><link>" + at("/p/" + id) + "</link>"
                + (more.contains("g:price") ? "" : "<g:price>320.00 CNY</g:price>")
                + (more.contains("g:availability") ? "" : "<g:availability>in_stock</g:availability>") + more
                + "</item>";
    }

    private static void read(String path) {
        Workplace.send(wen, FEED, FEED, Map.of("url", at(path)));
        lumen.drain();
    }

    private static String goods(String page) {
        String body = guest.get(page).body();
        int from = body.indexOf("<ul class=\"goods\">");
        return from < 0 ? "" : body.substring(from, body.indexOf("</ul>", from));
    }

    private static void oneOfTheseBringsMoonrise(String... goods) {
        Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS);
        var text = Json.object("zh", Json.of("灯"), "en", Json.of("Lamps"));
        var plan = Json.object(
                "name", text,
                "about", text,
                "currency", Json.of("CNY"),
                "zone", Json.of("Asia/Shanghai"),
                "from", Json.of(day.minus(2, ChronoUnit.DAYS).toString()),
                "until", Json.of(day.plus(20, ChronoUnit.DAYS).toString()),
                "offers",
                        Json.of(List.of(Json.object(
                                "name", text,
                                "collectible",
                                        Json.object(
                                                "brand", Json.of(Workplace.LUMEN.toString()),
                                                "id",
                                                        Json.of(lumen.moonrise
                                                                .value()
                                                                .toString())),
                                "when",
                                        Json.object(
                                                "goods",
                                                Json.of(Arrays.stream(goods)
                                                        .map(Json::of)
                                                        .toList())),
                                "measure", Json.of("quantity"),
                                "basis", Json.of("order"),
                                "every", Json.of(1),
                                "waiting", Json.object("days", Json.of(0), "calendar", Json.of("cn")),
                                "giftPolicy", Json.of("never")))));
        var campaigns = lumen.server.bean(Campaigns.class);
        var drafting = campaigns.draft(Workplace.LUMEN, "lamps", plan);
        assertThat(drafting).isInstanceOf(Campaigns.Drafting.Drafted.class);
        assertThat(campaigns.publish(((Campaigns.Drafting.Drafted) drafting).id()))
                .isInstanceOf(Publication.Published.class);
    }

    @Test
    void whatTheFeedSaysStandsBesideTheWorksWithPriceStockAndWhatItBrings() {
        feed = feed(
                item(
                        "LUM-9",
                        "Night candle",
                        "<g:price>59.90 CNY</g:price><g:availability>out_of_stock</g:availability>"),
                item(
                        "LUM-1",
                        "Pier lamp",
                        "<g:price>320.00 CNY</g:price><g:sale_price>288.00 CNY</g:sale_price><g:shipping><g:price>12.00 CNY</g:price></g:shipping>"));
        read("/feed.xml");
        assertThat(wen.get(FEED).body())
                .contains("Products taken")
                .contains(">2</dd>")
                .as("and staff see them as visitors do")
                .contains("The first 2, of 2 that were taken", "Pier lamp", "¥288", "Night candle", "goods__pic");
        String goods = goods(PAGE);
        assertThat(goods.indexOf("Pier lamp"))
                .as("what brings something first")
                .isLessThan(goods.indexOf("Night candle"));
        assertThat(goods)
                .contains("¥288", "¥320", "¥59.90", "out of stock", at("/p/LUM-1"), "/o/moonrise")
                .doesNotContain("¥12");
        assertThat(goods("/o/moonrise")).contains("Pier lamp").doesNotContain("Night candle");
        var zh = new Browser(lumen.server.address());
        zh.get("/?lang=zh");
        assertThat(zh.get(PAGE).body()).contains("暂时缺货", "购买可得", "原价");
    }

    @Test
    void variantsThatBringTheSameAreOneWithTheLowestPrice() {
        feed = feed(
                item(
                        "LUM-8-S",
                        "Tide lamp, small",
                        "<g:item_group_id>8200</g:item_group_id><g:price>99.00 CNY</g:price>"),
                item(
                        "LUM-8-L",
                        "Tide lamp, large",
                        "<g:item_group_id>8200</g:item_group_id><g:price>199.00 CNY</g:price>"),
                item("LUM-1", "Pier lamp, brass", "<g:item_group_id>8100</g:item_group_id>"),
                item("LUM-3", "Pier lamp, steel", "<g:item_group_id>8100</g:item_group_id>"));
        read("/feed.xml");
        String goods = goods(PAGE);
        assertThat(goods).contains("Tide lamp, small", "from ¥99").doesNotContain("Tide lamp, large");
        assertThat(goods).as("only one of the two brings a piece").contains("Pier lamp, brass", "Pier lamp, steel");
        assertThat(goods("/o/moonrise"))
                .contains("Pier lamp, brass", "Tide lamp")
                .doesNotContain("Pier lamp, steel");
    }

    @Test
    void whatOrdersToldAndWhatTheFeedSaysIsOneThing() {
        lumen.order(701, "ada", "320.00", Instant.now().minusSeconds(600));
        lumen.drain();
        assertThat(goods(PAGE)).as("as the order calls it").contains("<b>Lamp</b>");
        feed = feed(item("LUM-1", "As the feed calls it", ""), item("LUM-NEW", "Not sold yet", ""));
        read("/feed.xml");
        assertThat(goods(PAGE))
                .contains("As the feed calls it", "Not sold yet")
                .as("once")
                .doesNotContain("<b>Lamp</b>");
        feed = feed(item("8100", "By the product's number", ""));
        again();
        assertThat(goods("/o/moonrise")).contains("By the product").doesNotContain("<b>Lamp</b>");
        feed = feed(item("LUM-NEW", "Not sold yet", ""));
        again();
        assertThat(goods(PAGE)).as("a feed may leave things out").contains("Not sold yet", "<b>Lamp</b>");
    }

    @Test
    void aFeedThatBreaksOffComesEmptyOrIsGoneLeavesTheGoodsAndSaysWhy() {
        feed = feed(item("LUM-1", "Pier lamp", ""));
        read("/feed.xml");
        String whole = feed;
        feed = whole.replace("</channel></rss>", "<item><g:id>LUM-2");
        again();
        assertThat(wen.get(FEED).body()).contains("breaks off or is damaged", "(line 3)", "stay as they were");
        feed = feed();
        again();
        assertThat(wen.get(FEED).body()).contains("The feed is empty.");
        feed = feed(item("LUM-1", "", ""), item("LUM-2", "", ""));
        again();
        assertThat(wen.get(FEED).body()).contains("No row of the feed could be taken.", "It has no title.");
        status = 410;
        again();
        assertThat(wen.get(FEED).body()).contains("The address answered 410.");
        assertThat(goods(PAGE)).contains("Pier lamp");
        status = 200;
        feed = whole;
        itsTurnHasCome();
        lumen.drain();
        assertThat(wen.get(FEED).body()).as("it is tried again by itself").doesNotContain("answered 410");
    }

    /** As hours later. */
    private static void itsTurnHasCome() {
        lumen.database
                .jdbc()
                .sql("update shop_feeds set next_at = next_at - interval '7 hours'")
                .update();
    }

    private static void again() {
        Workplace.send(wen, FEED, FEED + "/read", Map.of());
        assertThat(wen.get(FEED).body()).contains("The feed is being read");
        lumen.drain();
    }

    @Test
    void aRowThatIsNotRightIsNamedWithItsLineAndTheOthersAreTaken() {
        feed = feed(item("LUM-1", "Pier lamp", ""), item("LUM-2", "Candle", "<g:price>12,50 €</g:price>"));
        read("/feed.xml");
        assertThat(wen.get(FEED).body())
                .contains("1 row was refused")
                .containsPattern("(?s)>3</td>\\s*<td><code>LUM-2</code></td>\\s*<td>[^<]*12,50 €");
        assertThat(goods(PAGE)).contains("Pier lamp").doesNotContain("Candle");
    }

    @Test
    void aFeedThatDidNotChangeIsNotSentAgain() {
        feed = feed(item("LUM-1", "Pier lamp", ""));
        read("/feed.xml");
        assertThat(answeredMatch).isEmpty();
        itsTurnHasCome();
        lumen.drain();
        assertThat(times("/feed.xml")).isEqualTo(2);
        assertThat(answeredMatch).isEqualTo("\"" + feed.hashCode() + "\"");
        assertThat(wen.get(FEED).body()).contains(">1</dd>");
        assertThat(goods(PAGE)).contains("Pier lamp");
    }

    @Test
    void aPictureIsFetchedByUsAndNoPageAsksTheShop() {
        feed = feed(
                item("LUM-1", "Pier lamp", "<g:image_link>" + at("/lamp.png") + "</g:image_link>"),
                item("LUM-2", "Drawn", "<g:image_link>" + at("/lamp.svg") + "</g:image_link>"));
        read("/feed.xml");
        assertThat(goods(PAGE)).as("a page waits for no picture").doesNotContain("<img");
        assertThat(asked).doesNotContainKey("/lamp.png");
        lumen.drain();
        String goods = goods(PAGE);
        assertThat(goods).containsPattern("<img class=\"goods__pic\" src=\"/media/[0-9a-f]{64}/w/320\\.webp\"");
        assertThat(Pattern.compile("<img").matcher(goods).results())
                .as("a drawing may run scripts")
                .hasSize(1);
        assertThat(guest.get(PAGE).body()).doesNotContain("lamp.png");
        lumen.drain();
        again();
        guest.get(PAGE);
        lumen.drain();
        assertThat(times("/lamp.png")).isOne();
        assertThat(times("/lamp.svg")).isOne();
    }

    @Test
    void aPictureThatAShopChangesWithoutANewAddressIsSeenADayLater() {
        lamp = Color.ORANGE;
        List<String> pictures = List.of("/lamp.png", "/marked.png", "/dated.png");
        feed = feed(pictures.stream()
                .map(path ->
                        item("LUM" + path.replace("/", "-"), path, "<g:image_link>" + at(path) + "</g:image_link>"))
                .toArray(String[]::new));
        read("/feed.xml");
        looked();
        List<String> orange = shownPictures();
        assertThat(orange).as("three goods, one picture").hasSize(3);
        looked();
        assertThat(pictures).as("once a day at most").allMatch(path -> times(path) == 1);

        aDayGoesBy();
        looked();
        assertThat(pictures).allMatch(path -> times(path) == 2);
        assertThat(times("/marked.png the same")).as("it is not sent again").isOne();
        assertThat(times("/dated.png the same")).isOne();
        assertThat(shownPictures()).isEqualTo(orange);

        lamp = Color.BLUE;
        looked();
        assertThat(shownPictures()).as("not before a day is over").isEqualTo(orange);
        aDayGoesBy();
        looked();
        List<String> blue = shownPictures();
        assertThat(blue).hasSize(3).doesNotContainAnyElementsOf(orange);

        status = 503;
        lamp = Color.GREEN;
        aDayGoesBy();
        looked();
        assertThat(pictures).allMatch(path -> times(path) == 4);
        assertThat(shownPictures()).as("a shop that is away costs no picture").isEqualTo(blue);
        status = 200;
        aDayGoesBy();
        looked();
        assertThat(shownPictures()).hasSize(3).doesNotContainAnyElementsOf(blue);
    }

    /** Somebody looks at the page, and what it shows is looked at in the background. */
    private static void looked() {
        guest.get(PAGE);
        lumen.drain();
    }

    private static List<String> shownPictures() {
        return Pattern.compile("<img class=\"goods__pic\" src=\"([^\"]+)\"")
                .matcher(goods(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static void aDayGoesBy() {
        lumen.database
                .jdbc()
                .sql("update goods_pictures set next_at = next_at - interval '24 hours'")
                .update();
    }

    @Test
    void anAddressMayLeadOnButNotRoundAndNotWithoutEnd() {
        feed = feed(item("LUM-1", "Pier lamp", ""));
        read("/elsewhere");
        assertThat(goods(PAGE)).contains("Pier lamp");
        read("/round");
        assertThat(wen.get(FEED).body()).contains("leads on and on");
        read("/endless");
        assertThat(wen.get(FEED).body()).contains("larger than 64 MB");
        assertThat(goods(PAGE)).contains("Pier lamp");
    }

    @Test
    void twoShopsOfABrandHaveTheirOwnFeedsAndOneThatGoesTakesItsGoodsOnly() {
        String second = "/desk/lumen/shops/standard/harbour";
        if (lumen.server.bean(Shops.class).find("standard", "harbour").isEmpty())
            lumen.server
                    .bean(Shops.class)
                    .create(new Shops.NewShop(
                            Workplace.LUMEN,
                            "standard",
                            "harbour",
                            "Harbour",
                            Currency.getInstance("EUR"),
                            0,
                            Workplace.SECRET,
                            null,
                            null));
        feed = feed(item("LUM-1", "Pier lamp", ""));
        read("/feed.xml");
        feed = feed(item("LUM-1", "Harbour lamp", "<g:price>41.00 EUR</g:price>"));
        Workplace.send(wen, second + "/feed", second + "/feed", Map.of("url", at("/other.xml")));
        lumen.drain();
        assertThat(goods(PAGE)).contains("Pier lamp", "Harbour lamp", "€41");
        assertThat(goods("/o/moonrise")).contains("Pier lamp", "Harbour lamp");
        Workplace.send(wen, second + "/feed", second + "/feed", Map.of("url", ""));
        assertThat(goods(PAGE)).contains("Pier lamp").doesNotContain("Harbour lamp");
        assertThat(wen.get(FEED).body()).contains(">1</dd>");
    }

    @Test
    void aFileStaffSendIsReadLikeAFeed() {
        String token = Workplace.token(wen, FEED);
        String table =
                "id\ttitle\tlink\tprice\tavailability\nLUM-1\tPier lamp\thttps://lumen.example/1\t320 CNY\tin stock\n"
                        + "LUM-2\tCandle\thttps://lumen.example/2\t\tin stock\n";
        var sent = wen.upload(
                FEED + "/file",
                Map.of("_csrf", token),
                "file",
                Map.of("goods.tsv", table.getBytes(StandardCharsets.UTF_8)));
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(wen.get(FEED).body()).contains("1 row was refused", "LUM-2");
        assertThat(goods(PAGE)).contains("Pier lamp", "https://lumen.example/1");
    }

    @Test
    void anAddressThatIsNoneIsRefusedAndStaysInTheField() {
        var refused = Workplace.send(wen, FEED, FEED, Map.of("url", "ftp://lumen.example/feed"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("begins with https://", "value=\"ftp://lumen.example/feed\"");
    }

    @Test
    void whereARuleWantsSkusProductsArePickedByName() {
        feed = feed(item("LUM-1", "Pier lamp", ""), item("LUM-7", "Reed lamp", ""));
        read("/feed.xml");
        assertThat(wen.get("/desk/lumen/new-campaign").body())
                .containsPattern("name=\"goods\" value=\"LUM-7\"><span>Reed lamp");
        var picked = wen.get("/desk/lumen/new-campaign?goods=lum-1&goods=LUM-7").body();
        assertThat(picked)
                .contains("value=\"lum-1, LUM-7\"")
                .as("what is named is not offered again")
                .doesNotContain("name=\"goods\" value=\"LUM-7\"");
    }

    @Test
    void aSeriesIsFollowedAndStandsInTheListOfWhomIFollow() {
        Catalog catalog = lumen.server.bean(Catalog.class);
        Bilingual name = new Bilingual("潮汐", "Tides");
        lumen.publish(catalog.draft(new CollectibleDraft(
                Workplace.LUMEN,
                "ebb",
                catalog.addSeries(Workplace.LUMEN, "tides", name).id(),
                null,
                "brand",
                name,
                name,
                name,
                name,
                2026,
                "plain",
                name,
                5,
                0,
                List.of(),
                List.of())));
        String page = "/b/lumen/series/tides";
        assertThat(new Browser(lumen.server.address())
                        .post(page + "/follow", Map.of("on", "yes"))
                        .headers()
                        .firstValue("Location"))
                .hasValue("/sign-in?to=" + page);
        Browser ada = lumen.signedIn("ada@example.com");
        ada.post(page + "/follow", Map.of("on", "yes"));
        assertThat(ada.get("/me/following?lang=en").body()).contains(page, "Tides");
        ada.post(page + "/follow", Map.of("on", "no"));
        assertThat(ada.get("/me/following?lang=en").body()).doesNotContain(page);
    }
}
