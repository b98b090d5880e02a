package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shops over HTTP: what leaves them, what the switches do to it, and what a restart remembers. */
class RunningShopsTest {
    @TempDir
    Path folder;

    private RunningSandbox shops;

    @BeforeEach
    void open() throws Exception {
        shops = new RunningSandbox(folder.resolve("data"));
    }

    @AfterEach
    void close() {
        shops.close();
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void aWholeLifeReachesTheInboxAndEveryMessageVerifies(Source source) throws Exception {
        var orders = "/control/shops/" + source.wire() + "/orders/";
        var number = shops.buy(source.wire());
        shops.post(orders + number + "/edit", "{\"line\": 0, \"quantity\": 3}");
        shops.post(orders + number + "/deliver", "{}");
        shops.post(orders + number + "/return", "{\"lines\": [{\"line\": 0, \"quantity\": 1}]}");
        shops.post(orders + number + "/return", "{\"amount\": \"1.50\"}");
        shops.post(orders + number + "/return", "{}");
        shops.quiet();

        var jwks = Json.read(shops.get("/shops/saleor/.well-known/jwks.json").body());
        var secret = source == Source.STANDARD ? Fixtures.WHSEC + " " + Fixtures.WHSK : RunningSandbox.SECRET;
        assertThat(shops.receiver.received()).hasSizeGreaterThanOrEqualTo(7);
        for (var message : shops.receiver.received()) {
            assertThat(message.path()).isEqualTo("/in/" + source.wire() + "/" + source.wire());
            assertThat(IndependentCheck.verifies(source, secret, jwks, message::header, message.body()))
                    .isTrue();
        }
    }

    @Test
    void bodiesCarryTheBusinessTimeOfTheServersClock() throws Exception {
        shops.post("/control/clock", "{\"advance\": \"P10D\"}");
        shops.buy("standard");
        shops.quiet();
        assertThat(shops.receiver.received().getFirst().json().path("timestamp").asString())
                .isEqualTo("2026-06-11T04:00:00Z");
        assertThat(shops.receiver.clockMoves()).containsExactly("PT240H");
    }

    @Test
    void aMessageThatIsRefusedComesAgainUnchangedAndUnderTheSameIdentity() throws Exception {
        shops.receiver.answerNext(500, 503);
        var number = shops.buy("shopify");
        shops.post("/control/shops/shopify/orders/" + number + "/cancel", "{}");
        shops.quiet();
        var creates = shops.receiver.received().stream()
                .filter(m -> m.header("X-Shopify-Topic").equals("orders/create"))
                .toList();
        assertThat(creates.size()).isGreaterThanOrEqualTo(2);
        assertThat(creates).allSatisfy(again -> {
            assertThat(again.header("X-Shopify-Webhook-Id"))
                    .isEqualTo(creates.getFirst().header("X-Shopify-Webhook-Id"));
            assertThat(again.body()).isEqualTo(creates.getFirst().body());
        });
        assertThat(creates.getFirst().json().path("cancelled_at").isNull()).isTrue();
    }

    @Test
    void eachKindOfShopGivesUpInItsOwnWay() throws Exception {
        shops.receiver.answerNext(500);
        shops.post("/control/shops/woocommerce/orders", order("false"));
        assertThat(shops.quiet()
                        .path("shops")
                        .path("woocommerce")
                        .path("gave_up")
                        .asInt())
                .isEqualTo(1);

        shops.receiver.answerNext(401);
        shops.post("/control/shops/saleor/orders", order("false"));
        assertThat(shops.quiet().path("shops").path("saleor").path("gave_up").asInt())
                .isEqualTo(1);

        shops.receiver.answerNext(410);
        shops.post("/control/shops/standard/orders", order("false"));
        assertThat(shops.quiet().path("shops").path("standard").path("gave_up").asInt())
                .isEqualTo(1);

        shops.receiver.answerNext(500, 500, 500, 500, 500, 500, 500, 500, 500);
        shops.post("/control/shops/shopify/orders", order("false"));
        var counts = shops.quiet().path("shops").path("shopify");
        assertThat(counts.path("repeated").asInt()).isEqualTo(8);
        assertThat(counts.path("gave_up").asInt()).isEqualTo(1);
        assertThat(counts.path("accepted").asInt()).isZero();
    }

    private static String order(String pay) {
        return "{\"pay\": " + pay
                + ", \"buyer\": {\"phone\": \"+8610000000001\"}, \"lines\": [{\"product\": \"101\"}]}";
    }

    @Test
    void aLostMessageIsSentByNobodyAndKnownToTheShop() throws Exception {
        shops.post("/control/shops/standard/switches", "{\"dropNext\": 2}");
        var number = shops.buy("standard");
        var counts = shops.quiet().path("shops").path("standard");
        assertThat(counts.path("dropped").asInt()).isEqualTo(2);
        assertThat(shops.receiver.received()).isEmpty();
        var known = Json.read(shops.get("/shops/standard/orders", "Authorization", "Bearer token")
                .body());
        assertThat(known.path("orders").path(0).path("number").asString()).isEqualTo(number);
    }

    @Test
    void aDoubledMessageIsTheSameMessageTwice() throws Exception {
        shops.post("/control/switches", "{\"doublePercent\": 100}");
        shops.post("/control/shops/woocommerce/orders", order("false"));
        shops.quiet();
        var received = shops.receiver.received();
        assertThat(received).hasSize(2);
        assertThat(received.get(1).header("X-WC-Webhook-Delivery-ID"))
                .isEqualTo(received.get(0).header("X-WC-Webhook-Delivery-ID"));
        assertThat(received.get(1).body()).isEqualTo(received.get(0).body());
    }

    @Test
    void swappedMessagesArriveInTheWrongOrder() throws Exception {
        shops.post("/control/shops/standard/switches", "{\"reorderPercent\": 100}");
        shops.buy("standard");
        shops.quiet();
        assertThat(shops.receiver.received())
                .extracting(m -> m.json().path("type").asString())
                .containsExactly("order.paid", "order.updated");
    }

    @Test
    void aSpoiltSignatureDoesNotVerifyAndTheNextOneDoes() throws Exception {
        shops.post("/control/shops/shopify/switches", "{\"badSignatureNext\": 1}");
        shops.buy("shopify");
        shops.quiet();
        var verdicts = new java.util.ArrayList<Boolean>();
        for (var message : shops.receiver.received()) {
            verdicts.add(IndependentCheck.verifies(
                    Source.SHOPIFY, RunningSandbox.SECRET, Json.object(), message::header, message.body()));
        }
        assertThat(verdicts).containsExactly(false, true, true);
    }

    @Test
    void aBurstArrivesWhole() throws Exception {
        var counts = shops.post("/control/burst", "{\"shop\": \"woocommerce\", \"orders\": 200, \"rate\": 5000}");
        assertThat(counts.path("quiet").asBoolean(false)).isTrue();
        var ids = shops.receiver.received().stream()
                .map(m -> m.json().path("number").asString())
                .distinct()
                .count();
        assertThat(ids).isEqualTo(200);
    }

    @Test
    void aCrowdIsPlayedAndAllOfItArrives() throws Exception {
        var counts = shops.post("/control/play", "{\"seed\": 5, \"orders\": 120, \"fromDay\": -20, \"days\": 20}");
        assertThat(counts.path("quiet").asBoolean(false)).isTrue();
        assertThat(counts.path("steps").path("bought").asInt()).isEqualTo(120);
        assertThat(counts.path("total").path("accepted").asInt())
                .isEqualTo(shops.receiver.received().size());
        var rough = counts.path("rough").asString();
        assertThat(counts.path("shops").path(rough).path("doubled").asInt()).isPositive();
        assertThat(shops.receiver.clockMoves()).as("the past needs no clock").isEmpty();
    }

    @Test
    void aCrowdOfTheComingDaysTakesTheClockAlong() throws Exception {
        shops.post("/control/play", "{\"seed\": 6, \"orders\": 20, \"fromDay\": 0, \"days\": 9, \"roughly\": false}");
        var last = shops.receiver.received().stream()
                .filter(m -> m.path().contains("standard"))
                .map(m -> java.time.Instant.parse(m.json().path("timestamp").asString()))
                .max(java.util.Comparator.naturalOrder())
                .orElseThrow();
        assertThat(shops.receiver.now()).isAfter(Fixtures.NOON.plus(java.time.Duration.ofDays(5)));
        assertThat(last).isBefore(shops.receiver.now().plus(java.time.Duration.ofHours(2)));
    }

    @Test
    void aRestartKnowsTheOldOrdersAndCutsOffATornLine() throws Exception {
        var number = shops.buy("shopify");
        shops.quiet();
        var before = shops.get("/control/shops/shopify/orders/" + number).body();
        var jwks = shops.get("/shops/saleor/.well-known/jwks.json").body();
        shops.close();
        Files.writeString(
                folder.resolve("data/orders.jsonl"), "{\"shop\":\"shopify\",\"num", StandardOpenOption.APPEND);

        shops = new RunningSandbox(folder.resolve("data"));
        assertThat(withoutPage(
                        shops.get("/control/shops/shopify/orders/" + number).body()))
                .isEqualTo(withoutPage(before));
        assertThat(shops.get("/shops/saleor/.well-known/jwks.json").body()).isEqualTo(jwks);
        shops.post("/control/shops/shopify/orders/" + number + "/deliver", "{}");
        assertThat(Integer.parseInt(shops.buy("shopify"))).isEqualTo(Integer.parseInt(number) + 1);
        assertThat(Files.readString(folder.resolve("data/orders.jsonl"), StandardCharsets.UTF_8))
                .doesNotContain("\"num{");
    }

    /** The port differs from run to run. */
    private static String withoutPage(String json) {
        return json.replaceAll("\"page\":\"[^\"]*\"", "");
    }

    @Test
    void aSecondSandboxOnTheSameFolderIsRefused() {
        assertThatThrownBy(() -> new RunningSandbox(folder.resolve("data")))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("data.in-use"));
    }

    @Test
    void whatIsWrongIsAnsweredWithACode() throws Exception {
        var number = shops.buy("standard");
        var orders = "/control/shops/standard/orders";
        for (var wrong : List.of(
                List.of("POST", orders, "not json", "400", "json.invalid"),
                List.of("POST", orders, "[]", "400", "json.invalid"),
                List.of("POST", orders, "{\"buyer\":{\"email\":\"a@example.com\"}}", "400", "order.empty"),
                List.of("POST", orders, "{\"lines\":[{\"product\":\"101\"}]}", "400", "buyer.invalid"),
                List.of(
                        "POST",
                        orders,
                        "{\"buyer\":{\"email\":\"a@example.com\"},\"lines\":[{\"product\":\"999\"}]}",
                        "400",
                        "product.unknown"),
                List.of(
                        "POST",
                        orders,
                        "{\"buyer\":{\"email\":\"a@example.com\"},\"lines\":[{\"product\":\"101\",\"quantity\":0}]}",
                        "400",
                        "quantity.invalid"),
                List.of("POST", "/control/shops/nobody/orders", "{}", "404", "shop.unknown"),
                List.of("POST", orders + "/77/deliver", "{}", "404", "order.unknown"),
                List.of("POST", orders + "/" + number + "/juggle", "{}", "404", "verb.unknown"),
                List.of("POST", orders + "/" + number + "/pay", "{}", "409", "order.paid"),
                List.of("POST", orders + "/" + number + "/return", "{\"amount\":\"1e99\"}", "400", "amount.invalid"),
                List.of(
                        "POST",
                        orders + "/" + number + "/return",
                        "{\"amount\":\"9999.00\"}",
                        "409",
                        "refund.too-much"),
                List.of("POST", orders + "/" + number + "/cancel", "{\"at\":\"yesterday\"}", "400", "at.invalid"),
                List.of("POST", "/control/switches", "{\"dropPercent\":101}", "400", "switch.invalid"),
                List.of("POST", "/control/switches", "{\"explode\":1}", "400", "switch.unknown"),
                List.of("POST", "/control/clock", "{\"advance\":\"-P1D\"}", "400", "clock.invalid"),
                List.of("POST", "/control/clock", "{\"advance\":\"soon\"}", "400", "duration.invalid"),
                List.of("POST", "/control/burst", "{\"shop\":\"standard\",\"rate\":0}", "400", "rate.invalid"),
                List.of("POST", "/control/play", "{\"orders\":0}", "400", "orders.invalid"),
                List.of("POST", "/control/nothing", "{}", "404", "control.unknown"))) {
            var answer = shops.postRaw(wrong.get(1), wrong.get(2));
            assertThat(answer.statusCode()).as(wrong + answer.body()).isEqualTo(Integer.parseInt(wrong.get(3)));
            assertThat(Json.read(answer.body()).path("code").asString())
                    .as(wrong.toString())
                    .isEqualTo(wrong.get(4));
        }
        assertThat(shops.get("/control/deliveries?limit=0").statusCode()).isEqualTo(400);
    }
}
