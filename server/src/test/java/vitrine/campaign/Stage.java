package vitrine.campaign;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.rules.Verdict;
import vitrine.campaign.rules.VerdictJson;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Drops;
import vitrine.drop.Stock;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Jobs;
import vitrine.proof.Json;
import vitrine.shop.Order;
import vitrine.shop.OrderId;
import vitrine.shop.OrderLine;
import vitrine.shop.OrderRef;
import vitrine.shop.ShopId;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/**
 * The stage of these tests: the brand Lumen with its design Moonrise, Ada and Bo who buy lamps, a server whose workers and whose
 * clock are moved by hand. Each stage is a Lumen of its own on the one server, so its buyers are nobody else's. It is noon of 18
 * June 2026 in Shanghai; Moonrise Nights run from 1 to 18 June.
 */
final class Stage {

    static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final AtomicInteger STAGES = new AtomicInteger();
    private static final HandClock CLOCK = new HandClock();
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final TestServer SERVER = start(beans -> {});

    final TestServer server;
    final HandClock clock = CLOCK;
    final BrandId lumen;
    final CollectibleId moonrise;
    final int nth;
    private final Map<Integer, Order> told;

    /** A clock that stands still until it is moved. */
    static final class HandClock extends Clock {
        private volatile Instant now = day(18);

        void moveTo(Instant then) {
            now = then;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Lumen has so many of Moonrise to give. */
    static Stage of(int supply) {
        return new Stage(supply);
    }

    private Stage(int supply) {
        server = SERVER;
        nth = STAGES.incrementAndGet();
        told = new ConcurrentHashMap<>();
        clock.moveTo(day(18));
        lumen = catalog()
                .addBrand(Brand.Kind.BRAND, "lumen" + nth, new Bilingual("流明", "Lumen"), words("lamps"), "night");
        moonrise = publish(lumen, "moonrise", supply);
    }

    private Stage(Stage other, TestServer second) {
        server = second;
        nth = other.nth;
        told = other.told;
        lumen = other.lumen;
        moonrise = other.moonrise;
    }

    /** The same stage, seen from a second server on the same database. */
    Stage on(TestServer second) {
        return new Stage(this, second);
    }

    /** Another server on the same database, with the same keys: a second node of one installation. */
    static TestServer start(Consumer<GenericApplicationContext> more) {
        return TestServer.start(DATABASE, Map.of("vitrine.jobs", "manual"), beans -> {
            beans.registerBean(Clock.class, () -> CLOCK);
            more.accept(beans);
        });
    }

    // ---- the plan

    CollectibleId publish(BrandId brand, String slug, @Nullable Integer supply) {
        CollectibleId id = catalog()
                .draft(new CollectibleDraft(
                        brand,
                        slug + nth,
                        null,
                        null,
                        "brand",
                        words(slug),
                        words(slug),
                        words(slug),
                        words(slug),
                        2026,
                        "night",
                        words(slug),
                        supply,
                        0,
                        List.of(),
                        List.of()));
        inOneTransaction(() -> server.bean(Drops.class).publish(id));
        return id;
    }

    /** Moonrise Nights: each order with a lamp gives one. */
    CampaignId anyLamp() {
        return publish("moonrise-nights", offer("quantity", "order", tier(1, 1)));
    }

    /** Moonrise Nights: lamps for 300.00 over all orders give one. */
    CampaignId sumOf300() {
        return publish("moonrise-nights", offer("amount", "cumulative", tier(30_000, 1)));
    }

    CampaignId publish(String slug, Json.Obj... offers) {
        CampaignId id = draft(slug, offers);
        if (!(campaigns().publish(id) instanceof Publication.Published)) {
            throw new AssertionError(campaigns().publish(id));
        }
        return id;
    }

    CampaignId draft(String slug, Json.Obj... offers) {
        return draft(lumen, slug, plan(offers));
    }

    CampaignId draft(BrandId brand, String slug, Json.Obj plan) {
        return switch (campaigns().draft(brand, slug + nth, plan)) {
            case Campaigns.Drafting.Drafted(CampaignId id) -> id;
            case Campaigns.Drafting other -> throw new AssertionError(other);
        };
    }

    static Json.Obj plan(Json.Obj... offers) {
        return Json.object(
                "name",
                Json.object("zh", Json.of("月升之夜"), "en", Json.of("Moonrise Nights")),
                "about",
                Json.object("zh", Json.of(""), "en", Json.of("")),
                "currency",
                Json.of("CNY"),
                "zone",
                Json.of("Asia/Shanghai"),
                "from",
                Json.of(at("2026-06-01T00:00").toString()),
                "until",
                Json.of(at("2026-06-19T00:00").toString()),
                "offers",
                Json.of(List.of(offers)));
    }

    Json.Obj offer(String measure, String basis, Json.Obj... tiers) {
        return Json.object(
                "name",
                Json.object("zh", Json.of("月升"), "en", Json.of("A lamp brings Moonrise")),
                "collectible",
                collectible(moonrise),
                "when",
                Json.object("categories", Json.of(List.of(Json.of("lamp")))),
                "measure",
                Json.of(measure),
                "basis",
                Json.of(basis),
                "tiers",
                Json.of(List.of(tiers)),
                "waiting",
                Json.object("days", Json.of(0), "calendar", Json.of("cn")),
                "giftPolicy",
                Json.of("never"));
    }

    static Json.Obj collectible(CollectibleId id) {
        return Json.object(
                "brand",
                Json.of(id.brand().toString()),
                "id",
                Json.of(id.value().toString()));
    }

    static Json.Obj tier(long from, int pieces) {
        return Json.object("from", Json.of(from), "pieces", Json.of(pieces));
    }

    static Json.Obj with(Json.Obj object, String member, Json value) {
        var members = new java.util.TreeMap<>(object.members());
        members.put(member, value);
        return new Json.Obj(members);
    }

    /** There is one house; whoever needs it first founds it. */
    BrandId house() {
        var house = catalog().house();
        if (house.isPresent()) return house.get().id();
        return catalog().addBrand(Brand.Kind.HOUSE, "isle", new Bilingual("灯屿", "Isle"), words("isle"), "plain");
    }

    /** Two buyers turn out to be one person. */
    void join(String from, String into) {
        var joined = server.bean(Collectors.class).join(collector(from), collector(into));
        if (!(joined instanceof Collectors.Joining.Joined)) throw new AssertionError(joined);
    }

    // ---- orders

    Buying order(int number, String buyer) {
        return new Buying(number, buyer);
    }

    /** The shops' orders as they are now, all told in one batch; Lumen's campaigns look at them. */
    void hear(Order... orders) {
        tell(lumen, orders);
        match();
    }

    /** The orders' rows, and that this audience has not looked yet. */
    void tell(BrandId audience, Order... orders) {
        for (Order order : orders) {
            db().sql("""
                    insert into orders (brand_id, order_id, shop_id, order_key, number, buyer_kind, buyer_key, currency,
                        first_batch_id, received_at, paid_at, receipt_at, cancelled_at, is_test, lines, facts, version)
                    values (:brand, :id, :shop, :key, :number, :kind, :buyer, 'CNY', :batch, :received, :paid, :receipt,
                        :cancelled, false, :lines, '{}', :version)
                    on conflict (brand_id, order_id) do update set paid_at = excluded.paid_at,
                        receipt_at = excluded.receipt_at, cancelled_at = excluded.cancelled_at, lines = excluded.lines,
                        buyer_kind = excluded.buyer_kind, buyer_key = excluded.buyer_key, version = excluded.version
                    """)
                    .param("brand", order.brand().value())
                    .param("id", order.id().value())
                    .param("shop", order.shop().value())
                    .param("key", order.key())
                    .param("number", order.number())
                    .param("kind", order.buyer() == null ? null : "email")
                    .param("buyer", order.buyer() == null ? null : order.buyer().hash())
                    .param("batch", order.batch())
                    .param("received", Timestamp.from(order.receivedAt()))
                    .param("paid", timestamp(order.paidAt()))
                    .param("receipt", timestamp(order.receiptAt()))
                    .param("cancelled", timestamp(order.cancelledAt()))
                    .param("lines", lines(order.lines()))
                    .param("version", order.version())
                    .update();
            db().sql("""
                    insert into order_changes (brand_id, order_brand_id, order_id, batch_id)
                    values (:audience, :brand, :id, :batch) on conflict do nothing
                    """)
                    .param("audience", audience.value())
                    .param("brand", order.brand().value())
                    .param("id", order.id().value())
                    .param("batch", order.batch())
                    .update();
        }
    }

    void hear(Buying... orders) {
        hear(java.util.Arrays.stream(orders).map(Buying::paid).toArray(Order[]::new));
    }

    /** As the worker judges, with orders that it loaded a moment ago. */
    void judge(BrandId audience, Order... orders) {
        inOneTransaction(() -> server.bean(Matching.class).judge(audience, List.of(orders)));
    }

    void match() {
        run("campaign-look-back");
        while (run("campaign-match")) {}
    }

    /** One batch of one worker. */
    boolean run(String job) {
        return server.bean(Jobs.class).all().stream()
                .filter(j -> j.name().equals(job))
                .findFirst()
                .orElseThrow()
                .run();
    }

    private static String lines(List<OrderLine> lines) {
        return Json.of(lines.stream()
                        .map(l -> Json.object(
                                "id",
                                Json.of(l.id()),
                                "sku",
                                Json.of(l.sku()),
                                "product",
                                Json.of(l.product()),
                                "title",
                                Json.of(l.title()),
                                "category",
                                Json.of(l.category()),
                                "vendor",
                                Json.of(l.vendor()),
                                "quantity",
                                Json.of(l.quantity()),
                                "paid",
                                Json.of(l.paidMinor()),
                                "returned",
                                Json.of(l.returned()),
                                "refunded",
                                Json.of(l.refundedMinor())))
                        .toList())
                .text();
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant at) {
        return at == null ? null : Timestamp.from(at);
    }

    /** What the shop now says of an order that it told before. */
    Buying again(int number, String buyer) {
        return new Buying(number, buyer);
    }

    final class Buying {
        private final int number;
        private final String buyer;
        private final List<OrderLine> lines = new ArrayList<>();
        private BrandId brand = lumen;
        private int day;
        private int batch;
        private @Nullable Instant receiptAt;
        private @Nullable Instant cancelledAt;
        private boolean unknownBuyer;

        private Buying(int number, String buyer) {
            this.number = number;
            this.buyer = buyer;
            this.day = Math.min(number, 18);
            this.batch = number;
        }

        Buying lamp(long paidMinor) {
            return line("lamp", 1, paidMinor, 0);
        }

        Buying line(String category, int quantity, long paidMinor, long refundedMinor) {
            lines.add(new OrderLine(
                    "l" + lines.size(),
                    "LUM-1",
                    "8100",
                    "A lamp",
                    category,
                    "Lumen",
                    quantity,
                    paidMinor,
                    0,
                    refundedMinor,
                    null));
            return this;
        }

        Buying on(int dayOfJune) {
            day = dayOfJune;
            return this;
        }

        /** In which batch of deliveries it reached us. */
        Buying batch(int batch) {
            this.batch = batch;
            return this;
        }

        Buying from(BrandId shop) {
            this.brand = shop;
            return this;
        }

        Buying received() {
            return received(day(day));
        }

        Buying received(Instant at) {
            receiptAt = at;
            return this;
        }

        Buying cancelled() {
            cancelledAt = day(day);
            return this;
        }

        Buying byNobodyWeKnow() {
            unknownBuyer = true;
            return this;
        }

        Order paid() {
            return build(day(day));
        }

        Order unpaid() {
            return build(null);
        }

        private Order build(@Nullable Instant paidAt) {
            Order before = told.get(number);
            Order order = new Order(
                    brand,
                    new OrderId(id(1_000 + number)),
                    new ShopId(id(5)),
                    "k" + number,
                    "#" + number,
                    unknownBuyer ? null : key(buyer),
                    Currency.getInstance("CNY"),
                    id(2_000 + batch),
                    day(day),
                    paidAt,
                    receiptAt,
                    cancelledAt,
                    false,
                    List.copyOf(lines),
                    before == null ? 1 : before.version() + 1);
            told.put(number, order);
            return order;
        }
    }

    // ---- what came of it

    /** All of the collector's entitlements as "reason state", without the shop's id, the oldest first. */
    List<String> entitlements(String buyer) {
        return db().sql("""
                select reason, state from entitlements where collector_id = :id order by entitlement_id
                """)
                .param("id", collector(buyer).value())
                .query((row, n) ->
                        row.getString("reason").replace(id(5) + "/", "").replaceAll("sum:[^#]*", "sum") + " "
                                + row.getString("state"))
                .list();
    }

    List<String> states() {
        return db().sql("select state from entitlements where brand_id = :brand order by paid_at, entitlement_id")
                .param("brand", lumen.value())
                .query(String.class)
                .list();
    }

    List<Integer> serials(String buyer) {
        return db().sql("select serial from pieces where owner_id = :id order by serial")
                .param("id", collector(buyer).value())
                .query(Integer.class)
                .list();
    }

    List<String> history() {
        return db().sql(
                        "select nth || ' ' || code from verdict_history where brand_id = :brand order by judged_at, nth")
                .param("brand", lumen.value())
                .query(String.class)
                .list();
    }

    long count(String table) {
        return db().sql("select count(*) from " + table + " where brand_id = :brand")
                .param("brand", lumen.value())
                .query(Long.class)
                .single();
    }

    Verdict verdict(int number) {
        return db().sql("select code, numbers from verdicts where order_id = :id order by judged_at desc limit 1")
                .param("id", id(1_000 + number))
                .query((row, n) -> VerdictJson.verdict(row.getString("code"), row.getString("numbers")))
                .single();
    }

    Stock stock() {
        return stock(moonrise);
    }

    Stock stock(CollectibleId id) {
        Stock stock = server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(Drops.class).stock(id));
        if (stock == null) throw new AssertionError();
        return stock;
    }

    void open(int serial) {
        server.bean(Pieces.class).open(new PieceNumber(moonrise, serial));
    }

    CollectorId collector(String buyer) {
        return server.bean(Collectors.class)
                .forBuyerKeys(List.of(key(buyer)))
                .values()
                .iterator()
                .next();
    }

    void drain() {
        server.bean(Jobs.class).drain();
    }

    JdbcClient db() {
        return server.bean(JdbcClient.class);
    }

    Campaigns campaigns() {
        return server.bean(Campaigns.class);
    }

    Catalog catalog() {
        return server.bean(Catalog.class);
    }

    void inOneTransaction(Runnable act) {
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> act.run());
    }

    OrderRef ref(BrandId brand, int number) {
        return new OrderRef(brand, new OrderId(id(1_000 + number)));
    }

    UUID id(long n) {
        return new UUID(0x0193_a000_0000_7000L, 0x8000_0000_0000_0000L | (long) nth << 32 | n);
    }

    /** Local time in Shanghai. */
    static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(CHINA).toInstant();
    }

    static Instant day(int dayOfJune) {
        return LocalDate.of(2026, 6, dayOfJune).atTime(12, 0).atZone(CHINA).toInstant();
    }

    BuyerKey key(String name) {
        return new BuyerKey(BuyerKey.Kind.EMAIL, (name + nth + "@example.com").getBytes(StandardCharsets.UTF_8));
    }

    private static Bilingual words(String text) {
        return new Bilingual(text, text);
    }
}
