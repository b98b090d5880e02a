package vitrine.demo;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

/**
 * Loads the demonstration once: the festival's brands, designs and campaigns through the modules' own doors, then nine weeks of
 * orders, which the sandbox's shops send, sign, double, delay and take back like real ones. Nothing of it is written by SQL.
 */
@Component
class Demo {

    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    /** A month of the festival, and before it as many ordinary days for its campaigns' reports to compare with. */
    private static final Duration BEHIND = Duration.ofDays(66);

    /**
     * Days that the shops live through, one stretch after the other; the seed says who comes, and what becomes of each order.
     */
    private record Stretch(String step, long seed, int orders, int days) {}

    private static final List<Stretch> STRETCHES = List.of(
            new Stretch("play-before", 11, 130, 32),
            new Stretch("play-doors", 17, 250, 21),
            new Stretch("play-lamps", 13, 270, 11));

    private final Settings settings;
    private final Steps steps;
    private final DemoCatalog catalog;
    private final DemoShops shops;
    private final DemoCampaigns campaigns;
    private final DemoGallery gallery;
    private final DemoPeople people;
    private final DemoDrops drops;
    private final DemoPay pay;
    private final DemoFile file;
    private final BusinessClock business;
    private final Clock clock;
    private final JdbcClient db;
    private volatile boolean ending;

    Demo(
            Settings settings,
            Steps steps,
            DemoCatalog catalog,
            DemoShops shops,
            DemoCampaigns campaigns,
            DemoGallery gallery,
            DemoPeople people,
            DemoDrops drops,
            DemoPay pay,
            DemoFile file,
            BusinessClock business,
            Clock clock,
            JdbcClient db) {
        this.settings = settings;
        this.steps = steps;
        this.catalog = catalog;
        this.shops = shops;
        this.campaigns = campaigns;
        this.gallery = gallery;
        this.people = people;
        this.drops = drops;
        this.pay = pay;
        this.file = file;
        this.business = business;
        this.clock = clock;
        this.db = db;
    }

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        if (settings.on(Setting.DEMO)) Thread.ofPlatform().daemon().name("demo").start(this::load);
    }

    @EventListener(ContextClosedEvent.class)
    void end() {
        ending = true;
    }

    private void load() {
        try {
            String sandboxUrl = settings.get(Setting.SANDBOX_URL);
            Festival festival = read();
            steps.once("clock", () -> business.beginBehind(BEHIND));
            BrandId house = catalog.house(festival);
            Map<String, BrandId> brands = catalog.brands(festival);
            var connected = shops.connect(festival, brands, sandboxUrl);
            Map<String, Bilingual> earns = earns(festival);
            file.writeSandbox(
                    connected, earns, pay.connect(sandboxUrl)); // the sandbox starts as soon as it knows whom to play
            if (!steps.isDone("people")) {
                var staff = people.hire(festival, house, brands);
                file.keepStaff(staff);
                steps.once("people", () -> {});
            }
            steps.once("designs", () -> catalog.designs(festival, house, brands));
            steps.once("campaigns", () -> campaigns.publish(festival, house, brands, clock.instant()));
            steps.once("gallery", () -> gallery.hang(house, brands, sandboxUrl, clock.instant()));
            if (!steps.isDone("play")) {
                for (Stretch stretch : STRETCHES) if (!steps.isDone(stretch.step())) play(stretch, sandboxUrl);
                steps.once("play", () -> {});
            }
            steps.once("today", this::comeToToday);
            steps.once("feeds", () -> gallery.readFeeds(brands, sandboxUrl));
            if (!steps.isDone("room")) {
                settle();
                steps.once("room", people::showRoom);
            }
            steps.once("drops", () -> drops.publish(business.now()));
            file.writeDemo(connected, earns, sandboxUrl);
            file.writeWitnesses(sandboxUrl);
            steps.once("ready", () -> {});
            log.info(
                    "demo.ready brands={} designs={}",
                    festival.brands().size(),
                    festival.designs().size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // The server works without its demonstration; the next start goes on where this one stopped.
            if (ending) log.info("demo.interrupted", e);
            else log.error("demo.failed", e);
        }
    }

    private void play(Stretch stretch, String sandboxUrl) throws Exception {
        var sandbox = new Sandbox(sandboxUrl);
        log.info("demo.waiting-for-sandbox url={}", sandboxUrl);
        while (!sandbox.isUp()) LockSupport.parkNanos(200_000_000);
        String happened = sandbox.play(stretch.seed(), stretch.orders(), stretch.days());
        log.info("demo.played {}", happened.replaceAll("\\s+", " "));
        settle();
        steps.once(stretch.step(), () -> {});
    }

    /** From here on the demo's time is today's, until somebody moves it. */
    private void comeToToday() {
        Instant now = business.now();
        if (now.isBefore(clock.instant())) business.advance(Duration.between(now, clock.instant()));
    }

    /** Waits until what came in was read and judged, and what was due given. */
    private void settle() {
        long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (System.nanoTime() < until && waiting() > 0) LockSupport.parkNanos(100_000_000);
    }

    private long waiting() {
        return db.sql("""
                select (select count(*) from deliveries_waiting) + (select count(*) from order_changes)
                    + (select count(*) from shop_feeds where asked_at is not null)
                    + (select count(*) from entitlements where state = 'ripe' or state = 'pending' and due_at <= :now)
                    + (select count(*) from pieces p where state = 'owned' and not exists (
                        select from collector_pieces c where c.collector_id = p.owner_id and c.brand_id = p.brand_id
                            and c.collectible_id = p.collectible_id and c.serial = p.serial))
                """)
                .param("now", Timestamp.from(business.now()))
                .query(Long.class)
                .single();
    }

    /** What each of the goods brings by itself, by the name of the collectible. */
    private static Map<String, Bilingual> earns(Festival festival) {
        Map<String, Bilingual> designs = new HashMap<>();
        for (Festival.Design design : festival.designs()) designs.put(design.key(), design.name());
        Map<String, Bilingual> earns = new HashMap<>();
        for (Festival.Plan plan : festival.campaigns()) {
            for (Festival.PlannedOffer offer : plan.offers()) {
                if (offer.when().get("product") instanceof List<?> goods) {
                    Bilingual design = designs.get(offer.design());
                    if (design == null) throw new IllegalStateException("no design " + offer.design());
                    for (Object sku : goods) earns.putIfAbsent(String.valueOf(sku), design);
                }
            }
        }
        return earns;
    }

    private static Festival read() {
        return JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build()
                .readValue(DemoCatalog.read("festival.json"), Festival.class);
    }
}
