package vitrine.campaign;

import java.nio.charset.StandardCharsets;
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
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.MapPropertySource;
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
 * The stage of these tests: Lumen with its design Moonrise, Ada and Bo who buy lamps, a server whose workers and whose clock are
 * moved by hand. It is 1 June 2026, noon in Shanghai; Moonrise Nights run from 1 to 18 June.
 */
final class Stage implements AutoCloseable {

    static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    static final String UNTIL = "2026-06-19T00:00:00+08:00";

    final TestDatabase database;
    final TestServer server;
    final HandClock clock;
    final BrandId lumen;
    final CollectibleId moonrise;
    private final boolean owns;
    private final Map<Integer, Order> told = new java.util.HashMap<>();

    /** A clock that stands still until it is moved. */
    static final class HandClock extends Clock {
        private volatile Instant now = at("2026-06-01T12:00");

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
        database = TestDatabase.fresh();
        clock = new HandClock();
        server = start(database, clock);
        owns = true;
        lumen = catalog().addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), words("lamps"), "night");
        moonrise = publish(lumen, "moonrise", supply);
    }

    private Stage(Stage other) {
        database = other.database;
        clock = other.clock;
        server = start(database, clock);
        owns = false;
        lumen = other.lumen;
        moonrise = other.moonrise;
    }

    /** A second server on the same database. */
    Stage secondNode() {
        return new Stage(this);
    }

    private static TestServer start(TestDatabase database, HandClock clock) {
        return TestServer.start(database, beans -> {
            beans.registerBean(Clock.class, () -> clock);
            beans.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("workers", Map.of("vitrine.jobs", "manual")));
        });
    }

    // ---- the plan

    CollectibleId publish(BrandId brand, String slug, @Nullable Integer supply) {
        CollectibleId id = catalog()
                .draft(new CollectibleDraft(
                        brand,
                        slug,
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
        return switch (campaigns().draft(brand, slug, plan)) {
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

    // ---- orders

    Buying order(int number, String buyer) {
        return new Buying(number, buyer);
    }

    /** Looks at the orders as the worker does: one batch, one transaction of Lumen. */
    void hear(Order... orders) {
        hear(lumen, orders);
    }

    void hear(BrandId audience, Order... orders) {
        server.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> server.bean(Matching.class).judge(audience, List.of(orders)));
    }

    void hear(Buying order) {
        hear(order.paid());
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
        return db().sql("select state from entitlements order by paid_at, entitlement_id")
                .query(String.class)
                .list();
    }

    Verdict verdict(int number) {
        return db().sql("select code, numbers from verdicts where order_id = :id")
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

    @Override
    public void close() {
        server.close();
        if (owns) database.close();
    }

    static OrderRef ref(BrandId brand, int number) {
        return new OrderRef(brand, new OrderId(id(1_000 + number)));
    }

    static UUID id(long n) {
        return new UUID(0x0193_a000_0000_7000L, 0x8000_0000_0000_0000L | n);
    }

    /** Local time in Shanghai. */
    static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(CHINA).toInstant();
    }

    static Instant day(int dayOfJune) {
        return LocalDate.of(2026, 6, dayOfJune).atTime(12, 0).atZone(CHINA).toInstant();
    }

    static BuyerKey key(String name) {
        return new BuyerKey(BuyerKey.Kind.EMAIL, (name + "@example.com").getBytes(StandardCharsets.UTF_8));
    }

    private static Bilingual words(String text) {
        return new Bilingual(text, text);
    }
}
