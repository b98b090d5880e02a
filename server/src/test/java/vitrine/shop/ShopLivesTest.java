package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BrandId;
import vitrine.platform.Jobs;
import vitrine.sandbox.Buyer;
import vitrine.sandbox.Message;
import vitrine.sandbox.Messages;
import vitrine.sandbox.Product;
import vitrine.sandbox.Sandbox;
import vitrine.sandbox.SandboxOrder;
import vitrine.sandbox.ShopConfig;
import vitrine.sandbox.Source;
import vitrine.sandbox.Text;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Whole lives of orders in all four kinds of shop, told by the sandbox, which shares no code with the server. */
class ShopLivesTest {

    private static final String SECRET = "a shop's own secret";
    private static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Instant NOON = Instant.parse("2026-06-01T04:00:00Z");
    private static final List<Product> PRODUCTS = List.of(
            new Product("101", "CUP-1", new Text("青釉盖碗", "Celadon cup"), "tea", "Lumen", 199_00, null),
            new Product("102", "POT-1", new Text("听雨壶", "Rain pot"), "tea", "Lumen", 459_00, null),
            new Product("103", "CARD-1", new Text("明信片", "Postcard"), "paper", "Lumen Press", 0, null));

    @TempDir
    static Path folder;

    static TestDatabase database;
    static TestServer server;
    static Sandbox sandbox;
    static HttpClient http;
    static BrandId lumen;
    static String rsa;

    @BeforeAll
    static void start() throws Exception {
        System.setProperty("vitrine.jobs", "manual");
        database = TestDatabase.fresh();
        server = TestServer.start(database);
        http = HttpClient.newHttpClient();
        lumen = new BrandId(UUID.randomUUID());
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
        Path config = Files.writeString(folder.resolve("sandbox.json"), config().toString());
        sandbox = Sandbox.start("127.0.0.1", 0, config, folder.resolve("sandbox"), null);
        for (Source source : Source.values()) {
            for (String slug : List.of("straight", "mixed", "lossy", "asked")) register(source, slug);
        }
    }

    @AfterAll
    static void stop() {
        System.clearProperty("vitrine.jobs");
        sandbox.close();
        http.close();
        server.close();
        database.close();
    }

    private static ObjectNode config() {
        ObjectNode config = Json.MAPPER.createObjectNode();
        config.put("server", server.address().toString());
        config.put("retryScale", 0.0);
        var shops = config.putArray("shops");
        for (Source source : Source.values()) {
            for (String slug : List.of("straight", "mixed", "lossy", "asked")) {
                ObjectNode shop = shops.addObject();
                shop.put("source", source.wire()).put("shop", slug + "-" + source.wire());
                shop.put("currency", "CNY").put("secret", secret(source));
                shop.putObject("name").put("zh", "流明").put("en", "Lumen");
                shop.put("apiToken", source == Source.WOOCOMMERCE ? "ck_1:cs_1" : "token");
                var products = shop.putArray("products");
                for (Product product : PRODUCTS) {
                    ObjectNode one = products.addObject();
                    one.put("id", product.id()).put("sku", product.sku()).put("category", product.category());
                    one.putObject("name")
                            .put("zh", product.name().zh())
                            .put("en", product.name().en());
                    one.put("vendor", product.vendor())
                            .put(
                                    "price",
                                    java.math.BigDecimal.valueOf(product.price(), 2)
                                            .toString());
                }
            }
        }
        return config;
    }

    private static String secret(Source source) {
        return switch (source) {
            case SHOPIFY, WOOCOMMERCE -> SECRET;
            case SALEOR -> rsa;
            case STANDARD -> WHSEC;
        };
    }

    private static void register(Source source, String slug) {
        String name = slug + "-" + source.wire();
        var created = server.bean(Shops.class)
                .create(new Shops.NewShop(
                        lumen,
                        source.wire(),
                        name,
                        "Lumen",
                        Currency.getInstance("CNY"),
                        7,
                        source == Source.SALEOR ? "" : secret(source),
                        "http://localhost:" + sandbox.port() + "/shops/" + name,
                        source == Source.WOOCOMMERCE ? "ck_1:cs_1" : "token"));
        assertThat(created).isInstanceOf(Shops.Creation.Created.class);
    }

    @Test
    void theSameLifeInAnyOrderAndTwiceGivesTheSameOrder() throws Exception {
        long seed = new Random().nextLong();
        for (Source source : Source.values()) {
            List<SandboxOrder.Step> life = life("straight-" + source.wire());
            SandboxOrder end = life.getLast().order();
            List<Message> straight = messages(source, "straight", life);
            for (Message message : straight) assertThat(send(message)).isEqualTo(200);
            drain();
            Order told = order(source, "straight", end.number());

            List<Message> mixed = messages(source, "mixed", life("mixed-" + source.wire()));
            mixed.addAll(List.copyOf(mixed));
            Collections.shuffle(mixed, new Random(seed));
            for (Message message : mixed) {
                assertThat(send(message)).isEqualTo(200);
                drain(); // each message is folded by itself
            }
            Order retold = order(source, "mixed", end.number());
            assertThat(retold.lines())
                    .as("%s, seed %d", source, seed)
                    .usingRecursiveComparison()
                    .ignoringFields("id", "grew.at")
                    .isEqualTo(told.lines());
            assertThat(retold.paidAt()).as("%s, seed %d", source, seed).isEqualTo(told.paidAt());
            assertThat(retold.receiptAt()).as("%s, seed %d", source, seed).isEqualTo(told.receiptAt());
        }
    }

    @Test
    void whatIsCountedIsWhatTheShopItselfCallsPaidForGoods() throws Exception {
        for (Source source : Source.values()) {
            List<SandboxOrder.Step> life = life("straight-" + source.wire());
            SandboxOrder end = life.getLast().order();
            for (Message message : messages(source, "straight", life))
                assertThat(send(message)).isEqualTo(200);
            drain();
            Order told = order(source, "straight", end.number());
            assertThat(told.paidAt()).as(source.wire()).isEqualTo(end.paidAt());
            assertThat(counted(told)).as(source.wire()).isEqualTo(end.goodsPaid());
            assertThat(told.buyer()).as(source.wire()).isNotNull();
            Instant delivered = end.fulfilments().getFirst().deliveredAt();
            Instant fulfilled = end.fulfilments().getFirst().at();
            assertThat(told.receiptAt())
                    .as(source.wire())
                    .isEqualTo(
                            switch (source) {
                                case SHOPIFY, STANDARD -> delivered;
                                case SALEOR -> fulfilled.plus(Duration.ofDays(7)); // it knows no delivery
                                case WOOCOMMERCE -> fulfilled; // its people call it completed
                            });
            assertThat(told.lines())
                    .as(source.wire())
                    .allSatisfy(line -> assertThat(line.category()).isIn("tea", "paper"))
                    .anySatisfy(line -> assertThat(line.vendor()).isEqualTo("Lumen Press"));
        }
    }

    @Test
    void whatWasLostOnItsWayIsReadFromTheShopsOwnList() throws Exception {
        for (Source source : Source.values()) {
            String shop = "lossy-" + source.wire();
            control("/control/shops/" + shop + "/switches", "{\"dropPercent\": 100}");
            String at = "\"at\": \"" + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\"";
            for (int i = 0; i < 3; i++) {
                control("/control/shops/" + shop + "/orders", """
                        {"buyer": {"email": "ada@example.com"}, "lines": [{"product": "CUP-1", "quantity": 3},
                            {"product": "POT-1", "quantity": 1}], %s}
                        """.formatted(at));
            }
            control("/control/shops/" + shop + "/orders/1002/fulfil", "{}");
            control("/control/shops/" + shop + "/orders/1002/return", "{\"lines\": [{\"line\": 0, \"quantity\": 1}]}");
            control("/control/shops/" + shop + "/orders/1003/cancel", "{}");
        }
        control("/control/wait", "{\"seconds\": 30}");
        dueAgain();
        drain();
        assertThat(server.bean(Shops.class).health(lumen))
                .allSatisfy(health -> assertThat(health.reconcileFailed()).isNull());
        for (Source source : Source.values()) {
            assertThat(counted(order(source, "lossy", 1001))).as(source.wire()).isEqualTo(3 * 199_00 + 459_00);
            Order returned = order(source, "lossy", 1002);
            assertThat(counted(returned)).as(source.wire()).isEqualTo(2 * 199_00 + 459_00);
            assertThat(returned.lines().getFirst().returned()).as(source.wire()).isEqualTo(1);
            assertThat(returned.receiptAt()).as(source.wire()).isNotNull();
            Order cancelled = order(source, "lossy", 1003);
            assertThat(counted(cancelled)).as(source.wire()).isZero();
            Shop shop = server.bean(Shops.class)
                    .find(source.wire(), "lossy-" + source.wire())
                    .orElseThrow();
            assertThat(server.bean(Shops.class)
                            .find(lumen, shop.id())
                            .orElseThrow()
                            .reconciledUntil())
                    .as(source.wire())
                    .isNotNull();
            assertThat(server.bean(Deliveries.class)
                            .page(lumen, new Deliveries.Filter(null, shop.id(), "", false), null, 100))
                    .as(source.wire())
                    .hasSize(3)
                    .allSatisfy(delivery -> assertThat(delivery.id()).startsWith("reconcile:"));
        }

        // The same list once more says nothing new.
        long before = count();
        dueAgain();
        drain();
        assertThat(count()).isEqualTo(before);
    }

    /** Placed in the morning, paid by transfer at noon, sent in the evening; of all that only the last message comes. */
    private static List<Message> onlySent(String slug, long number) {
        List<SandboxOrder.Step> life = life(slug + "-shopify", number).subList(0, 4);
        List<Message> messages = messages(Source.SHOPIFY, slug, life);
        return messages.subList(messages.size() - 1, messages.size());
    }

    @Test
    void anOrderWhosePaymentNobodyDatedCountsOnceTheShopHasToldWhenItWas() throws Exception {
        String shop = "asked-shopify";
        control("/control/shops/" + shop + "/switches", "{\"dropPercent\": 100}");
        String placed = "/control/shops/" + shop + "/orders";
        Instant morning = Instant.now().minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.SECONDS);
        control(placed, """
                {"buyer": {"email": "ada@example.com"}, "lines": [{"product": "POT-1", "quantity": 1}], "pay": false, "at": "%s"}
                """.formatted(morning));
        Instant noon = morning.plus(Duration.ofHours(4));
        control(placed + "/1001/pay", "{\"at\": \"" + noon + "\"}");
        control(placed + "/1001/fulfil", "{\"at\": \"" + morning.plus(Duration.ofHours(8)) + "\"}");
        control("/control/wait", "{\"seconds\": 30}");
        dueAgain();
        server.bean(Reconcile.class).run();
        server.bean(OrdersFold.class).run();
        // Its list says that it is paid; whether that was before the campaign began it does not say, so nothing is
        // promised yet.
        assertThat(order(Source.SHOPIFY, "asked", 1001).paidAt()).isNull();
        drain();
        assertThat(order(Source.SHOPIFY, "asked", 1001).paidAt()).isEqualTo(noon);
        assertThat(waitingForAnAnswer()).isZero();
    }

    @Test
    void whereTheShopCannotTellTheLikeliestInstantStandsUntilAMessageKnowsBetter() throws Exception {
        // The sandbox does not know this order, as a shop that lost it would not.
        for (Message message : onlySent("asked", 8001))
            assertThat(send(message)).isEqualTo(200);
        drain();
        assertThat(order(Source.SHOPIFY, "asked", 8001).paidAt()).isEqualTo(NOON);
        assertThat(waitingForAnAnswer()).isZero();
        // The message of the payment was only late.
        List<SandboxOrder.Step> life = life("asked-shopify", 8001);
        for (Message message : messages(Source.SHOPIFY, "asked", life.subList(0, 2)))
            assertThat(send(message)).isEqualTo(200);
        drain();
        assertThat(order(Source.SHOPIFY, "asked", 8001).paidAt())
                .isEqualTo(life.get(1).order().paidAt());
    }

    private static long waitingForAnAnswer() {
        return database.jdbc()
                .sql("select count(*) from payments_to_ask")
                .query(Long.class)
                .single();
    }

    /** A quarter of an hour later. */
    private static void dueAgain() {
        database.jdbc().sql("update shops set reconcile_next = null").update();
    }

    @Test
    void twoFoldsAtOnceAddEveryMessageOnce() throws Exception {
        List<Message> messages = new ArrayList<>();
        List<SandboxOrder> ends = new ArrayList<>();
        for (int number = 7001; number <= 7020; number++) {
            List<SandboxOrder.Step> life = life("straight-shopify", number);
            ends.add(life.getLast().order());
            messages.addAll(messages(Source.SHOPIFY, "straight", life));
        }
        Collections.shuffle(messages, new Random());
        // What keeps two folds apart lies in the database, so two threads are as good as two nodes.
        OrdersFold fold = server.bean(OrdersFold.class);
        List<Thread> folds = new ArrayList<>();
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        for (int n = 0; n < 2; n++) {
            List<Message> half = new ArrayList<>();
            for (int i = n; i < messages.size(); i += 2) half.add(messages.get(i));
            folds.add(Thread.ofVirtual().start(() -> {
                try {
                    for (Message message : half) {
                        assertThat(send(message)).isEqualTo(200);
                        fold.run();
                    }
                } catch (Throwable e) {
                    failed.add(e);
                }
            }));
        }
        for (Thread one : folds) one.join();
        assertThat(failed).isEmpty();
        drain();
        for (SandboxOrder end : ends) {
            Order told = order(Source.SHOPIFY, "straight", end.number());
            assertThat(counted(told)).isEqualTo(end.goodsPaid());
            assertThat(told.receiptAt()).isEqualTo(end.fulfilments().getFirst().deliveredAt());
        }
    }

    private static long count() {
        return database.jdbc()
                .sql("select count(*) from deliveries")
                .query(Long.class)
                .single();
    }

    /** Bought at a discount, paid, grown by an edit, sent, delivered, one cup returned, and some money back for a chipped pot. */
    private static List<SandboxOrder.Step> life(String shop) {
        return life(shop, 5001);
    }

    private static List<SandboxOrder.Step> life(String shop, long number) {
        List<SandboxOrder.Step> life = new ArrayList<>();
        life.add(SandboxOrder.buy(
                shop,
                number,
                "CNY",
                Buyer.withEmail(7, "Ada", "Lin", "ada@example.com", HOME),
                List.of(
                        new SandboxOrder.Wish(PRODUCTS.get(0), 3),
                        new SandboxOrder.Wish(PRODUCTS.get(1), 1),
                        new SandboxOrder.Wish(PRODUCTS.get(2), 1)),
                new SandboxOrder.Discount("TENOFF", 10_00),
                10_00,
                false,
                NOON));
        then(life, SandboxOrder::pay);
        then(life, (order, at) -> order.edit(at, 0, 4));
        then(life, SandboxOrder::fulfil);
        then(life, (order, at) -> order.deliver(at, 0));
        then(life, (order, at) -> order.giveBack(at, List.of(new SandboxOrder.Part(0, 1)), "too small"));
        then(life, (order, at) -> order.giveBackAmount(at, 20_00, "chipped, keep it"));
        return life;
    }

    private static final Buyer.Address HOME =
            new Buyer.Address("示例路 1 号", "静安区", "上海市", "Shanghai", "SH", "200000", "China", "CN");

    private static void then(List<SandboxOrder.Step> life, BiFunction<SandboxOrder, Instant, SandboxOrder.Step> verb) {
        SandboxOrder now = life.getLast().order();
        life.add(verb.apply(now, now.updatedAt().plus(Duration.ofHours(5))));
    }

    private static List<Message> messages(Source source, String slug, List<SandboxOrder.Step> life) {
        ShopConfig shop = ShopConfig.of(
                source,
                slug + "-" + source.wire(),
                "CNY",
                secret(source),
                server.address().toString(),
                PRODUCTS);
        List<Message> messages = new ArrayList<>();
        for (SandboxOrder.Step step : life) {
            for (var event : Messages.events(shop, step)) messages.add(Messages.of(shop, event, Instant.now()));
        }
        return messages;
    }

    /** What a campaign counts: paid for goods, grown by edits, less what went back. */
    private static long counted(Order order) {
        if (order.paidAt() == null) return 0;
        return order.lines().stream()
                .mapToLong(line -> line.paidMinor() + grown(line.grew()) - line.refundedMinor())
                .sum();
    }

    private static long grown(OrderLine.@Nullable Growth grew) {
        return grew == null ? 0 : grew.minor();
    }

    private static Order order(Source source, String slug, long number) {
        Shop shop = server.bean(Shops.class)
                .find(source.wire(), slug + "-" + source.wire())
                .orElseThrow();
        return server.bean(Orders.class).byNumber(lumen, String.valueOf(number)).stream()
                .filter(order -> order.shop().equals(shop.id()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(source + " has no order " + number));
    }

    private static int send(Message message) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(message.url()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(message.body()));
        message.headers().forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static JsonNode control(String path, String json) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + sandbox.port() + path))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json.getBytes(StandardCharsets.UTF_8)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isLessThan(300);
        return Json.MAPPER.readTree(answer.body());
    }

    private static void drain() {
        server.bean(Jobs.class).drain();
    }
}
