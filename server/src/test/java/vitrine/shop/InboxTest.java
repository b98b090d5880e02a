package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import vitrine.platform.BrandId;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Deliveries over real HTTP into a whole server. */
class InboxTest {

    private static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    static TestDatabase database;
    static TestServer server;
    static HttpClient http;
    static BrandId lumen;

    @BeforeAll
    static void start() {
        System.setProperty("vitrine.jobs", "manual");
        database = TestDatabase.fresh();
        server = TestServer.start(database);
        http = HttpClient.newHttpClient();
        lumen = new BrandId(UUID.randomUUID());
        shop("shopify", "lumen", "USD", "the shop's secret");
        shop("woocommerce", "lumen", "USD", "woo secret");
        shop("standard", "lumen", "CNY", WHSEC);
    }

    @AfterAll
    static void stop() {
        System.clearProperty("vitrine.jobs");
        http.close();
        server.close();
        database.close();
    }

    static Shop shop(String source, String slug, String currency, String secret) {
        var created = server.bean(Shops.class)
                .create(new Shops.NewShop(
                        lumen, source, slug, "Lumen", Currency.getInstance(currency), 7, secret, null, null));
        return ((Shops.Creation.Created) created).shop();
    }

    @Test
    void aPaidOrderOfShopifyIsKeptAndBecomesAnOrder() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-fulfilled-1073459978.json");
        assertThat(shopify("delivery-1", "orders/fulfilled", body, sign("the shop's secret", body))
                        .statusCode())
                .isEqualTo(200);
        // The fold alone: a campaign would take what it announces.
        server.bean(vitrine.platform.Jobs.class).all().stream()
                .filter(job -> job.name().equals("orders-fold"))
                .forEach(vitrine.platform.Job::run);
        Order order = order("#1002", "1073459978");
        assertThat(order.lines()).hasSize(1);
        assertThat(order.lines().getFirst().paidMinor()).isEqualTo(199_00);
        assertThat(order.paidAt()).isEqualTo(Instant.parse("2024-10-02T14:04:38Z"));
        assertThat(order.receiptAt()).isEqualTo(Instant.parse("2024-10-09T14:04:38Z"));
        var changes = server.bean(OrderChanges.class);
        assertThat(changes.audiences()).contains(lumen);
    }

    @Test
    void anOrderOfAnyOtherShopIsKeptAndBecomesAnOrder() throws Exception {
        byte[] body = """
                {"type": "order.paid", "timestamp": "2026-06-01T04:01:00Z", "data": {"order": {
                    "id": "ord_7", "number": "7", "currency": "CNY", "created_at": "2026-06-01T04:00:00Z",
                    "updated_at": "2026-06-01T04:01:00Z", "paid_at": "2026-06-01T04:01:00Z", "test": false,
                    "buyer": {"id": "cus_7", "email": null, "phone": "+8613800000000"},
                    "lines": [{"id": "l1", "sku": "CUP-1", "product_id": "101", "title": "青釉盖碗", "category": "tea",
                        "vendor": "Lumen", "quantity": 3, "total": "587.00"}]}}}
                """.getBytes(StandardCharsets.UTF_8);
        assertThat(standard("msg_7", Instant.now(), body).statusCode()).isEqualTo(200);
        drain();
        Order order = order("7", "ord_7");
        assertThat(order.lines().getFirst().paidMinor()).isEqualTo(587_00);
        assertThat(order.buyer()).isNotNull();
        var shop = server.bean(Shops.class).find("standard", "lumen").orElseThrow();
        assertThat(server.bean(Orders.class).pickUp(shop, "7", "0000")).contains(order);
        assertThat(server.bean(Orders.class).pickUp(shop, "7", "0001")).isEmpty();
    }

    @Test
    void whatAShopSaysLaterOfAnErasedBuyersOrderBringsNoContactBack() throws Exception {
        String said = """
                {"type": "order.paid", "timestamp": "2026-06-01T04:0%d:00Z", "data": {"order": {
                    "id": "ord_9", "number": "9", "currency": "CNY", "created_at": "2026-06-01T04:00:00Z",
                    "updated_at": "2026-06-01T04:0%d:00Z", "paid_at": "2026-06-01T04:01:00Z", "test": false,
                    "buyer": {"id": "cus_9", "email": null, "phone": "+8613900000009"},
                    "lines": [{"id": "l1", "sku": "CUP-1", "product_id": "101", "title": "青釉盖碗", "category": "tea",
                        "vendor": "Lumen", "quantity": %d, "total": "587.00"}]}}}
                """;
        standard("msg_9", Instant.now(), said.formatted(1, 1, 1).getBytes(StandardCharsets.UTF_8));
        drain();
        Order order = order("9", "ord_9");
        var orders = server.bean(Orders.class);
        var shop = server.bean(Shops.class).find("standard", "lumen").orElseThrow();
        var ref = new OrderRef(lumen, order.id());
        assertThat(orders.contact(ref)).isPresent();

        orders.forget(List.of(java.util.Objects.requireNonNull(order.buyer())));
        assertThat(orders.contact(ref)).isEmpty();
        assertThat(orders.pickUp(shop, "9", "0009")).isEmpty();
        assertThat(bodies("ord_9")).isZero();

        standard("msg_10", Instant.now(), said.formatted(5, 5, 2).getBytes(StandardCharsets.UTF_8));
        drain();
        assertThat(orders.find(ref).orElseThrow().version()).isGreaterThan(order.version());
        assertThat(orders.contact(ref)).isEmpty();
        assertThat(database.jdbc()
                        .sql("select facts from orders where order_id = :id")
                        .param("id", order.id().value())
                        .query(String.class)
                        .single())
                .contains("CUP-1")
                .doesNotContain("\"to\"");
        // What came since is read and then thrown away; read again it stays as it stands.
        server.bean(Deliveries.class).replay(lumen, shop.id(), "msg_10");
        server.bean(ForgottenOrders.class).run();
        assertThat(bodies("ord_9")).isZero();
        assertThat(server.bean(Deliveries.class).replay(lumen, shop.id(), "msg_10"))
                .isInstanceOf(Deliveries.Replay.Unknown.class);
        assertThat(orders.find(ref).orElseThrow().buyer())
                .as("three years are not over")
                .isEqualTo(order.buyer());

        database.jdbc()
                .sql("update orders set received_at = received_at - interval '3 years 1 day' where order_id = :id")
                .param("id", order.id().value())
                .update();
        server.bean(ForgottenOrders.class).run();
        assertThat(orders.find(ref).orElseThrow().buyer()).isNull();
        assertThat(orders.find(ref).orElseThrow().lines()).isNotEmpty();
    }

    private static int bodies(String orderKey) {
        return database.jdbc()
                .sql(
                        "select count(*) from delivery_bodies join deliveries using (brand_id, shop_id, delivery_id) where order_key = :key")
                .param("key", orderKey)
                .query(Integer.class)
                .single();
    }

    @Test
    void aShopWhoseSecretCannotBeReadIsAskedToComeAgainAndTheOthersGoOn() throws Exception {
        Shop dented = shop("shopify", "dented", "USD", "dented secret");
        database.jdbc()
                .sql("update shops set secret_sealed = decode(repeat('00', 40), 'hex') where shop_id = :shop")
                .param("shop", dented.id().value())
                .update();
        shop("shopify", "next-door", "USD", "next-door secret"); // its making lets the list be read anew
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        var refused = shopifyAt("dented", "dented-1", "orders/paid", body, sign("dented secret", body));
        assertRefused(refused, 503, "shop.secret-unreadable");
        assertThat(refused.headers().firstValue("Retry-After")).contains("60");
        assertThat(shopifyAt("next-door", "next-1", "orders/paid", body, sign("next-door secret", body))
                        .statusCode())
                .isEqualTo(200);
        server.bean(Refusals.class).run();
        assertThat(server.bean(Refusals.class).of(lumen, Instant.EPOCH, 100))
                .anySatisfy(refusal -> assertThat(refusal.code()).isEqualTo("shop.secret-unreadable"));

        assertThat(server.bean(Shops.class).rotateSecret(lumen, dented.id(), "a new secret", Duration.ofDays(1)))
                .isNull();
        assertThat(shopifyAt("dented", "dented-1", "orders/paid", body, sign("a new secret", body))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aForgedAStaleAndAnUnsignedDeliveryAreRefusedAndCounted() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        assertRefused(
                shopify("forged-1", "orders/paid", body, sign("another secret", body)), 401, "shop.signature-wrong");
        byte[] flipped = body.clone();
        flipped[100] ^= 1;
        assertRefused(
                shopify("forged-2", "orders/paid", flipped, sign("the shop's secret", body)),
                401,
                "shop.signature-wrong");
        assertRefused(shopify("forged-3", "orders/paid", body, "no base64 !"), 401, "shop.signature-wrong");
        assertRefused(post("shopify/lumen", Map.of(), body), 401, "shop.signature-missing");
        var stale = standard("msg_old", Instant.now().minusSeconds(301), body);
        assertRefused(stale, 401, "shop.timestamp-out-of-range");
        assertThat(json(stale).path("secondsMax").intValue()).isEqualTo(300);
        assertThat(stale.body()).doesNotContain("Red Leather", WHSEC);
        drain();
        assertThat(server.bean(Refusals.class).of(lumen, Instant.now().minusSeconds(7200), 100))
                .extracting(Refusals.Refusal::code)
                .contains("shop.signature-wrong", "shop.signature-missing", "shop.timestamp-out-of-range");
        assertThat(deliveries(null))
                .extracting(Delivery::id)
                .doesNotContain("forged-1", "forged-2", "forged-3", "msg_old");
    }

    @Test
    void anAddressThatIsNoShopsIsUnknown() throws Exception {
        for (String address : List.of("shopify/nobody", "nothing/lumen", "shopify", "shopify/lumen/more", "")) {
            assertRefused(post(address, Map.of(), new byte[] {'{', '}'}), 404, "shop.unknown");
        }
        drain();
        assertThat(server.bean(Refusals.class).of(Refusals.NOBODY, Instant.now().minusSeconds(7200), 100))
                .extracting(Refusals.Refusal::code)
                .containsOnly("shop.unknown");
    }

    @Test
    void whatIsTooLargeOrNoJsonIsRefused() throws Exception {
        byte[] large = new byte[Inbox.BODY_MAX + 1];
        assertRefused(shopify("large", "orders/paid", large, sign("the shop's secret", large)), 413, "shop.too-large");
        for (String text : List.of("", "nonsense", "{\"id\": 1", "{} {}")) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            assertRefused(
                    shopify("no-json", "orders/paid", body, sign("the shop's secret", body)), 400, "shop.not-json");
        }
    }

    @Test
    void whoFindsEveryPlaceTakenIsAskedToComeAgainAndIsKeptThen() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        var writer = server.bean(InboxWriter.class);
        int places = 0;
        while (writer.enter()) places++;
        try {
            var refused = shopify("patient-1", "orders/paid", body, sign("the shop's secret", body));
            assertRefused(refused, 503, "shop.busy");
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        } finally {
            for (int i = 0; i < places; i++) writer.leave();
        }
        assertThat(places).isEqualTo(1500);
        assertThat(deliveries(null)).extracting(Delivery::id).doesNotContain("patient-1");
        assertThat(shopify("patient-1", "orders/paid", body, sign("the shop's secret", body))
                        .statusCode())
                .isEqualTo(200);
        assertThat(deliveries(null)).extracting(Delivery::id).contains("patient-1");
    }

    @Test
    void aRepeatedDeliveryIsAnsweredAlikeAndKeptOnce() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-updated-450789469-partially_refunded.json");
        for (int i = 0; i < 3; i++) {
            assertThat(shopify("again-1", "orders/updated", body, sign("the shop's secret", body))
                            .statusCode())
                    .isEqualTo(200);
            drain();
        }
        assertThat(deliveries(null))
                .filteredOn(d -> d.id().equals("again-1"))
                .hasSize(1)
                .allSatisfy(d -> {
                    assertThat(d.state()).isEqualTo(Delivery.State.FOLDED);
                    assertThat(d.orderKey()).isEqualTo("450789469");
                });
        assertThat(order("#1001", "450789469").version()).isEqualTo(1);
    }

    @Test
    void whatTheReaderDoesNotUnderstandIsKeptInWordsAndCanBeReadAgain() throws Exception {
        byte[] body = "{\"currency\": \"USD\", \"note\": \"call me at 138\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(shopify("odd-1", "orders/paid", body, sign("the shop's secret", body))
                        .statusCode())
                .isEqualTo(200);
        byte[] product = "{\"id\": 1}".getBytes(StandardCharsets.UTF_8);
        assertThat(shopify("odd-2", "products/update", product, sign("the shop's secret", product))
                        .statusCode())
                .isEqualTo(200);
        assertThat(deliveries(Delivery.State.UNREADABLE)).anySatisfy(d -> {
            assertThat(d.id()).isEqualTo("odd-1");
            assertThat(d.reason()).isEqualTo("the order has no id");
        });
        assertThat(deliveries(Delivery.State.IGNORED)).extracting(Delivery::id).contains("odd-2");
        Shop shop = server.bean(Shops.class).find("shopify", "lumen").orElseThrow();
        var replayed = server.bean(Deliveries.class).replay(lumen, shop.id(), "odd-1");
        assertThat(replayed).isInstanceOfSatisfying(Deliveries.Replay.Replayed.class, again -> assertThat(
                        again.delivery().state())
                .isEqualTo(Delivery.State.UNREADABLE));
        assertThat(server.bean(Deliveries.class).maskedBody(lumen, shop.id(), "odd-1"))
                .hasValueSatisfying(text -> assertThat(text).contains("USD").doesNotContain("138"));
        assertThat(server.bean(Deliveries.class).replay(lumen, shop.id(), "never came"))
                .isInstanceOf(Deliveries.Replay.Unknown.class);
    }

    @Test
    void aReplayPutsAnOrderTogetherAnewFromAllThatWasSaidOfIt() throws Exception {
        byte[] paid = new String(Messages.read("01-shopify/doc-orders-paid-1073459962.json"), StandardCharsets.UTF_8)
                .replace("1073459962", "555000111")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(shopify("replay-1", "orders/paid", paid, sign("the shop's secret", paid))
                        .statusCode())
                .isEqualTo(200);
        drain();
        Order before = order("#1002", "555000111");
        // As if an older reader had misread it.
        database.jdbc()
                .sql(
                        "update orders set lines = '[]', facts = '{\"k\": \"555000111\"}', paid_at = null where order_key = '555000111'")
                .update();
        Shop shop = server.bean(Shops.class).find("shopify", "lumen").orElseThrow();
        server.bean(Deliveries.class).replay(lumen, shop.id(), "replay-1");
        Order after = order("#1002", "555000111");
        assertThat(after.lines()).isEqualTo(before.lines());
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.paidAt()).isEqualTo(before.paidAt());
        assertThat(after.version()).isEqualTo(before.version() + 1);
    }

    @Test
    void staffSeeTheMessageWithoutTheBuyer() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-updated-450789469-refunded.json");
        assertThat(shopify("mask-1", "orders/updated", body, sign("the shop's secret", body))
                        .statusCode())
                .isEqualTo(200);
        Shop shop = server.bean(Shops.class).find("shopify", "lumen").orElseThrow();
        String shown = server.bean(Deliveries.class)
                .maskedBody(lumen, shop.id(), "mask-1")
                .orElseThrow();
        assertThat(shown)
                .contains("IPOD2008GREEN", "199.00", "450789469", "Free Shipping")
                .doesNotContain("Norman", "bob.norman", "Chestnut", "40202", "+557734881234", "imasecretipod");
        byte[] kept = database.jdbc()
                .sql("select body from delivery_bodies where delivery_id = 'mask-1'")
                .query(byte[].class)
                .single();
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain("Norman");
        assertThat(kept.length).isLessThan(body.length / 3);
        assertThat(database.jdbc()
                        .sql(
                                "select facts::text from orders where order_key = '450789469' union all select facts::text from deliveries_waiting")
                        .query(String.class)
                        .list())
                .isNotEmpty()
                .allSatisfy(facts -> assertThat(facts).doesNotContain("norman", "@", "Bob"));
    }

    @Test
    void wooCommercesGreetingIsAnsweredAndKeptNowhere() throws Exception {
        var hello = post(
                "woocommerce/lumen",
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                "webhook_id=11".getBytes(StandardCharsets.UTF_8));
        assertThat(hello.statusCode()).isEqualTo(200);
        Shop shop = server.bean(Shops.class).find("woocommerce", "lumen").orElseThrow();
        assertThat(server.bean(Deliveries.class)
                        .page(lumen, new Deliveries.Filter(null, shop.id(), "", false), null, 10))
                .isEmpty();
    }

    @Test
    void anOldSecretIsGoodForAsLongAsTheShopSaysAndThenNoLonger() throws Exception {
        Shop shop = shop("shopify", "rotating", "USD", "old secret");
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        var shops = server.bean(Shops.class);
        shops.rotateSecret(lumen, shop.id(), "new secret", java.time.Duration.ofHours(1));
        for (String secret : List.of("old secret", "new secret")) {
            assertThat(post(
                                    "shopify/rotating",
                                    Map.of(
                                            "X-Shopify-Hmac-SHA256",
                                            sign(secret, body),
                                            "X-Shopify-Topic",
                                            "orders/paid"),
                                    body)
                            .statusCode())
                    .isEqualTo(200);
        }
        shops.rotateSecret(lumen, shop.id(), "newest secret", java.time.Duration.ZERO);
        assertRefused(
                post("shopify/rotating", Map.of("X-Shopify-Hmac-SHA256", sign("new secret", body)), body),
                401,
                "shop.signature-wrong");
    }

    @Test
    void thousandDeliveriesAtOnceAreAllKeptOnce() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        String text = new String(body, StandardCharsets.UTF_8);
        List<java.util.concurrent.CompletableFuture<Integer>> answers = new java.util.ArrayList<>();
        try (var senders = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                int n = i % 500; // each twice
                answers.add(java.util.concurrent.CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                byte[] one =
                                        text.replace("1073459962", "77000" + n).getBytes(StandardCharsets.UTF_8);
                                return shopify("many-" + n, "orders/paid", one, sign("the shop's secret", one))
                                        .statusCode();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        senders));
            }
        }
        // 503 says "not kept, come again" and is no loss; everything else is kept.
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isIn(200, 503));
        long kept = answers.stream().filter(answer -> answer.join() == 200).count();
        drain();
        long rows = database.jdbc()
                .sql(
                        "select count(*) from deliveries d join delivery_bodies b using (brand_id, shop_id, delivery_id) where delivery_id like 'many-%'")
                .query(Long.class)
                .single();
        long orders = database.jdbc()
                .sql("select count(*) from orders where order_key like '77000%'")
                .query(Long.class)
                .single();
        assertThat(rows).isEqualTo(orders).isBetween(kept / 2, 500L);
    }

    @Test
    void aTestGoesThroughTheFrontDoorAndMakesATestOrderOnly() {
        for (String source : List.of("shopify", "woocommerce", "standard")) {
            Shop shop = shop(source, "tried", source.equals("standard") ? "CNY" : "USD", WHSEC);
            var sent = server.bean(TestDeliveries.class).send(lumen, shop.id());
            assertThat(sent)
                    .as(source)
                    .isInstanceOfSatisfying(
                            TestDeliveries.Result.Arrived.class,
                            arrived -> assertThat(arrived.delivery().state()).isEqualTo(Delivery.State.RECEIVED));
            drain();
            UUID id = database.jdbc()
                    .sql("select order_id from orders where shop_id = :shop")
                    .param("shop", shop.id().value())
                    .query(UUID.class)
                    .single();
            Order order = server.bean(Orders.class)
                    .find(new OrderRef(lumen, new OrderId(id)))
                    .orElseThrow();
            assertThat(order.test()).isTrue();
            assertThat(order.paidAt()).isNull();
        }
        assertThat(server.bean(TestDeliveries.class)
                        .send(lumen, shop("saleor", "tried", "USD", "").id()))
                .isEqualTo(new TestDeliveries.Result.OnlyTheShopCanSign());
    }

    @Test
    void everySetupStepAndEveryRefusalHasWordsInBothLanguages() {
        var phrases = server.bean(vitrine.platform.web.Phrases.class);
        var shops = server.bean(Shops.class);
        for (String source : shops.sources()) {
            assertThat(shops.setupSteps(source)).hasSize(5);
            for (var language : vitrine.platform.web.Language.values()) {
                assertThat(phrases.keys(language)).containsAll(shops.setupSteps(source));
                assertThat(phrases.keys(language)).contains("shop.signature-wrong", "shop.busy", "shop.unknown");
            }
        }
    }

    private static void assertRefused(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(json(response).path("code").stringValue()).isEqualTo(code);
        assertThat(json(response).path("status").intValue()).isEqualTo(status);
    }

    private static List<Delivery> deliveries(Delivery.@Nullable State state) {
        return server.bean(Deliveries.class).page(lumen, Deliveries.Filter.of(state), null, 2000);
    }

    private static Order order(String number, String key) {
        UUID id = database.jdbc()
                .sql("select order_id from orders where order_key = :key and number = :number")
                .param("key", key)
                .param("number", number)
                .query(UUID.class)
                .single();
        return server.bean(Orders.class)
                .find(new OrderRef(lumen, new OrderId(id)))
                .orElseThrow();
    }

    static void drain() {
        server.bean(vitrine.platform.Jobs.class).drain();
    }

    static HttpResponse<String> shopify(String id, String topic, byte[] body, String signature) throws Exception {
        return shopifyAt("lumen", id, topic, body, signature);
    }

    static HttpResponse<String> shopifyAt(String slug, String id, String topic, byte[] body, String signature)
            throws Exception {
        var headers = new LinkedHashMap<String, String>();
        headers.put("X-Shopify-Topic", topic);
        headers.put("X-Shopify-Webhook-Id", id);
        headers.put("X-Shopify-Hmac-SHA256", signature);
        return post("shopify/" + slug, headers, body);
    }

    static HttpResponse<String> standard(String id, Instant at, byte[] body) throws Exception {
        String head = id + "." + at.getEpochSecond() + ".";
        byte[] signed = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.UTF_8), 0, signed, 0, head.length());
        System.arraycopy(body, 0, signed, head.length(), body.length);
        String mac = sign(Base64.getDecoder().decode(WHSEC.substring(6)), signed);
        return post(
                "standard/lumen",
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        String.valueOf(at.getEpochSecond()),
                        "webhook-signature",
                        "v1," + mac),
                body);
    }

    static HttpResponse<String> post(String address, Map<String, String> headers, byte[] body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.address() + "/in/" + address))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static String sign(String secret, byte[] body) throws Exception {
        return sign(secret.getBytes(StandardCharsets.UTF_8), body);
    }

    static String sign(byte[] secret, byte[] body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }
}
