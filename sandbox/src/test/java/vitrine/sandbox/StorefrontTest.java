package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo shop as a browser without script sees it. */
class StorefrontTest {
    @TempDir
    static Path folder;

    private static RunningSandbox shops;

    @BeforeAll
    static void open() throws Exception {
        shops = new RunningSandbox(folder.resolve("data"));
    }

    @AfterAll
    static void close() {
        shops.close();
    }

    @Test
    void theStreetShowsEveryShop() throws Exception {
        var page = shops.get("/?lang=en").body();
        for (var source : Source.values()) {
            assertThat(page).contains("href=\"/shops/" + source.wire() + "\"");
        }
        assertThat(page)
                .as("names are escaped")
                .contains("Lumen &lt;shopify&gt;")
                .doesNotContain("<shopify>");
    }

    @Test
    void eachShopHasAProductFeedWithIdsAndPicturesAsItsKindWritesThem() throws Exception {
        var shopify = shops.get("/shops/shopify/products.xml");
        assertThat(shopify.body())
                .contains("xmlns:g=\"http://base.google.com/ns/1.0\"", "<g:id>shopify_CN_101_1000101</g:id>")
                .contains("<g:item_group_id>101</g:item_group_id>", "<g:price>199.00 CNY</g:price>")
                .contains("/shops/shopify/art/101.png</g:image_link>");
        assertThat(shops.get("/shops/woocommerce/products.xml").body()).contains("<g:id>gla_101</g:id>");
        assertThat(shops.get("/shops/standard/products.tsv").body())
                .startsWith("id\ttitle\t")
                .contains("\tin_stock\t");
        assertThat(Art.path("M0 0c0 10 10 10 10 0s10-10 10 0z").getBounds2D().getWidth())
                .as("a smooth curve goes on as the one before")
                .isEqualTo(20);
        assertThat(Art.shape(thing("Twin-bell alarm clock", "Clocks")))
                .as("what has no drawing is no other thing, but a bag")
                .isEqualTo(Art.shape(thing("Small clay teapot", "Teaware")))
                .isEqualTo(Art.shape(thing("Round tortoise-pattern frame", "Frames")))
                .isNotEqualTo(Art.shape(thing("Bedside night light", "灯具 Lamps")))
                .isNotEqualTo(Art.shape(thing("White porcelain cup", "Teaware")));
        // Every kind of thing there is can be drawn.
        for (var kind :
                List.of("pendant", "bulb", "lamp", "cup", "vase", "book", "toy", "print", "soap", "salt", "silk")) {
            var picture = ImageIO.read(new ByteArrayInputStream(Art.png(thing(kind, kind))));
            assertThat(picture.getWidth()).isEqualTo(480);
        }
    }

    private static Product thing(String name, String category) {
        return new Product("1", name, Text.same(name), category, "Lumen", 100, null);
    }

    @Test
    void buyingDeliveringAndReturningNeedNoMoreThanForms() throws Exception {
        var bought = shops.form(
                "/shops/standard/buy", "email=bo%40example.com&phone=&code=TENOFF&quantity-101=2&product=101");
        assertThat(bought.statusCode()).isEqualTo(303);
        var order = bought.headers().firstValue("Location").orElseThrow();
        var number = order.substring(order.lastIndexOf('/') + 1);
        assertThat(shops.get(order + "?lang=en").body())
                .contains("See your gift", "Deliver it now", "Return one", "Cancel the order", "−¥39.80", "¥358.20")
                .contains("/pickup?source=standard&amp;shop=standard&amp;order=" + number + "&amp;lang=en");

        assertThat(shops.form(order + "/deliver", "").statusCode()).isEqualTo(303);
        assertThat(shops.get(order + "?lang=en").body()).contains("Arrived").doesNotContain("Cancel the order");
        shops.form(order + "/return-one", "line=0");
        assertThat(shops.get(order + "?lang=en").body()).contains("Returned 1 of 2");
        shops.form(order + "/return-all", "");
        var page = shops.get(order + "?lang=zh").body();
        assertThat(page).contains("已退货").doesNotContain("退一件");
        shops.quiet();
        assertThat(shops.receiver.received().stream()
                        .filter(m -> m.path().equals("/in/standard/standard"))
                        .filter(m -> m.json()
                                .path("data")
                                .path("order")
                                .path("number")
                                .asString()
                                .equals(number))
                        .map(m -> m.json().path("type").asString()))
                .containsExactly(
                        "order.updated",
                        "order.paid",
                        "order.fulfilled",
                        "order.delivered",
                        "order.refunded",
                        "order.refunded");
    }

    @Test
    void theShopRemembersWhoBoughtLast() throws Exception {
        var bought = shops.form("/shops/shopify/buy", "email=&phone=%2B86+100+0000+0009&product=102");
        var cookie = bought.headers().firstValue("Set-Cookie").orElseThrow();
        var page = shops.get("/shops/shopify", "Cookie", cookie.substring(0, cookie.indexOf(';')))
                .body();
        assertThat(page).contains("value=\"+86 100 0000 0009\"").doesNotContain("ada@example.com");
        assertThat(shops.get("/shops/shopify", "Cookie", "buyer=%%%").body()).contains("ada@example.com");
    }

    @Test
    void everyPageIsInBothLanguagesAndWithoutScript() throws Exception {
        var number = shops.buy("woocommerce");
        for (var path : List.of(
                "/",
                "/shops/shopify",
                "/shops/woocommerce/orders",
                "/shops/woocommerce/orders/" + number,
                "/engineers",
                "/person?state=s&back=" + shops.receiver.url() + "/")) {
            var zh = shops.get(path, "Accept-Language", "zh-CN,zh;q=0.9");
            var en = shops.get(path, "Accept-Language", "en-GB");
            assertThat(zh.statusCode()).as(path).isEqualTo(200);
            assertThat(zh.body()).contains("lang=\"zh-CN\"", "现在是").doesNotContain("<script");
            assertThat(en.body()).contains("<html lang=\"en\"", "It is now").doesNotContain("<script");
            assertThat(en.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'");
        }
    }

    @Test
    void bothLanguagesHaveTheSameTexts() {
        assertThat(Words.in("zh").texts().keySet())
                .isEqualTo(Words.in("en").texts().keySet());
    }

    @Test
    void theClockStripMovesTheServersClockAndComesBack() throws Exception {
        var before = shops.receiver.now();
        var moved = shops.form("/clock", "move=P7D&back=%2Fshops%2Fshopify");
        assertThat(moved.headers().firstValue("Location")).contains("/shops/shopify");
        assertThat(shops.receiver.now()).isEqualTo(before.plus(java.time.Duration.ofDays(7)));

        var number = shops.buy("saleor");
        shops.form("/clock", "move=deliver&back=/");
        assertThat(shops.get("/shops/saleor/orders/" + number + "?lang=en").body())
                .contains("Arrived");
        assertThat(shops.form("/clock", "move=P1D&back=//elsewhere.example").statusCode())
                .isEqualTo(400);
    }

    @Test
    void theEngineersPageSetsSwitches() throws Exception {
        shops.form("/engineers/switches", "shop=saleor&delayMillis=20&dropPercent=5");
        assertThat(shops.get("/engineers?lang=en").body()).contains("Delay, ms 20; Lost, % 5");
        shops.form("/engineers/switches", "shop=");
        assertThat(shops.get("/engineers?lang=en").body()).doesNotContain("Lost, % 5");
    }

    @Test
    void aRefusalIsAPageWithAWayOn() throws Exception {
        var lost = shops.get("/shops/shopify/orders/99999", "Accept", "text/html");
        assertThat(lost.statusCode()).isEqualTo(404);
        assertThat(lost.body()).contains("order.unknown", "href=\"/\"");
        assertThat(shops.get("/nowhere", "Accept", "text/html").statusCode()).isEqualTo(404);
        assertThat(shops.form("/shops/shopify/buy", "email=nobody&product=101").statusCode())
                .isEqualTo(400);
        assertThat(shops.form("/shops/shopify/buy", "email=a%40example.com&product=101&code=FREE")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void whoSaysThatSheIsAdaGoesBackWithASignedAnswerAndNoName() throws Exception {
        var back = shops.receiver.url() + "/me/account/person/answer?to=/d/night";
        var page = shops.get("/person?lang=en&state=s-1&back=" + URLEncoder.encode(back, StandardCharsets.UTF_8));
        assertThat(page.body()).contains("Ada, 18 or older", "/person?state=s-1&amp;back=");
        var links = Pattern.compile("href=\"([^\"]*person/answer[^\"]*)\"").matcher(page.body());
        assertThat(links.find()).isTrue();
        var answer = links.group(1).replace("&amp;", "&");
        assertThat(answer).startsWith(back + "&state=s-1&person=").doesNotContain("Ada");
        var said = new HashMap<String, String>();
        for (var pair : answer.substring(answer.indexOf('?') + 1).split("&")) {
            said.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("a key of two".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        var signed = "vitrine person 1\ns-1\n" + said.get("person") + "\n18\n" + said.get("at");
        assertThat(Base64.getUrlDecoder().decode(said.get("mac")))
                .isEqualTo(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        assertThat(said.get("person")).matches("[0-9a-f]{32}");
        assertThat(shops.get("/person?state=s&back=https%3A%2F%2Felsewhere.example%2F", "Accept", "text/html")
                        .statusCode())
                .as("a way to somebody else's page")
                .isEqualTo(400);
    }

    @Test
    void formsOfOtherSitesAreNotTaken() throws Exception {
        var answer =
                shops.form("/shops/shopify/buy", "email=a%40example.com&product=101", "Sec-Fetch-Site", "cross-site");
        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @Test
    void everyProductHasItsPicture() throws Exception {
        var picture = shops.get("/shops/shopify/art/101.svg");
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/svg+xml");
    }
}
