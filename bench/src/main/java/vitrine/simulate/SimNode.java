package vitrine.simulate;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import vitrine.drop.ClaimsByHand;
import vitrine.drop.LineByHand;
import vitrine.ledger.HighWater;
import vitrine.ledger.Ledger;
import vitrine.payment.NoticesByHand;
import vitrine.platform.BrandId;
import vitrine.platform.DataFolder;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.platform.Jobs;
import vitrine.platform.Keys;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.shop.InboxByHand;

/**
 * One server of the world: the real beans of every module, without pages and without threads of their own. Its workers run when the
 * world says so, its clock is the world's, and its wire to the database is the world's to cut.
 */
final class SimNode implements AutoCloseable {

    /** All modules; the pages stay outside, and what guards them. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration")
    @ComponentScan(
            basePackages = "vitrine",
            excludeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern = {
                                "vitrine\\.VitrineServer",
                                "vitrine\\.(simulate|bench|books|launch)\\..*",
                                "vitrine\\.demo\\..*",
                                ".*FirstOperator",
                                "vitrine\\.campaign\\.GiftMails",
                                ".*PageConfiguration.*",
                                ".*SecurityChains.*",
                                "vitrine\\.drop\\.ClaimConnections",
                                "vitrine\\.shop\\.Inbox\\$Registration"
                            }))
    static class Modules {}

    static final String BASE_URL = "https://simulated.example";
    /** Mails are written, and nobody carries them. */
    private static final String NO_SERVER = "smtp://127.0.0.1:9";

    /** Workers that have no part in how an order becomes a piece. */
    static final String RECONCILE = "shops-reconcile";

    private static final Set<String> BESIDE = Set.of(
            "applications",
            "drop.review-mails",
            "identity-janitor",
            "messages",
            "given-answers",
            "outgoing-queue",
            "outgoing-send",
            "session-visits",
            "shop-last-deliveries",
            "shop-refusals");

    private final String name;
    private final SimDatabase database;
    private final HandClock clock;
    private final DataFolder folder;
    private final Keys keys;
    private final long seed;
    private final Map<String, String> outside;
    private int lives;
    private @Nullable ConfigurableApplicationContext context;
    private @Nullable Wire wire;
    private @Nullable InboxByHand inbox;
    private @Nullable ClaimsByHand claims;
    private @Nullable LineByHand line;
    private @Nullable NoticesByHand notices;
    private List<Job> jobs = List.of();
    private @Nullable Job reconcile;
    private SeededRandom random = new SeededRandom(0);
    private final Later idClock = new Later();

    /** Ids rise from world to world, though each world begins on the same day. */
    private final class Later extends Clock {
        private volatile long worlds;

        @Override
        public java.time.Instant instant() {
            return clock.instant().plus(java.time.Duration.ofDays(200 * worlds));
        }

        @Override
        public java.time.ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }

    /** @param outside what the node is told of the world outside */
    SimNode(
            String name,
            SimDatabase database,
            HandClock clock,
            DataFolder folder,
            Keys keys,
            long seed,
            Map<String, String> outside) {
        this.name = name;
        this.outside = outside;
        this.database = database;
        this.clock = clock;
        this.folder = folder;
        this.keys = keys;
        this.seed = seed;
    }

    /** Starts the process: nothing in its memory, its own file of the log's height on its disk. */
    void start() {
        lives++;
        random = new SeededRandom(seed * 31 + lives);
        Settings settings = Settings.of(List.of("--no-demo"), Map.of())
                .with(Setting.BASE_URL, BASE_URL)
                .with(Setting.SMTP_URL, NO_SERVER)
                .with(Setting.DATA, folder.path().toString());
        Map<String, Object> properties = new HashMap<>(outside);
        properties.put("vitrine.jobs", "manual");
        properties.put("vitrine.data", folder.path().toString());
        properties.put("vitrine.base-url", BASE_URL);
        properties.put("vitrine.inbox.writers", "0");
        properties.put("vitrine.drop.by-hand", "on");
        properties.put("vitrine.clock.check", "off");
        properties.put("vitrine.drop.grants-wait-seconds", "0");
        properties.put("spring.flyway.enabled", "false");
        properties.put("spring.jmx.enabled", "false");
        var application = new SpringApplication(Modules.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        application.setLazyInitialization(true);
        application.setLogStartupInfo(false);
        application.setBannerMode(org.springframework.boot.Banner.Mode.OFF);
        application.addInitializers(each -> {
            var beans = (GenericApplicationContext) each;
            beans.getEnvironment().getPropertySources().addFirst(new MapPropertySource("simulation", properties));
            Wire own = new Wire(database.pool(), database.meetings);
            wire = own;
            beans.registerBean(DataSource.class, () -> own, definition -> definition.setDestroyMethodName(""));
            ClaimsByHand.wire(beans, own);
            beans.registerBean(Clock.class, () -> clock);
            beans.registerBean(SecureRandom.class, () -> random);
            beans.registerBean(Ids.class, () -> new Ids(idClock, random));
            beans.registerBean(Settings.class, () -> settings);
            beans.registerBean(DataFolder.class, () -> folder, definition -> definition.setDestroyMethodName(""));
            beans.registerBean(Keys.class, () -> keys);
        });
        // Said here, they are known before the first line is logged.
        ConfigurableApplicationContext started =
                application.run("--logging.level.root=error", "--logging.level.vitrine=error");
        context = started;
        inbox = new InboxByHand(started::getBean);
        claims = new ClaimsByHand(started::getBean);
        line = new LineByHand(started::getBean);
        notices = new NoticesByHand(started::getBean);
        jobs = new ArrayList<>(bean(Jobs.class).all());
        jobs.removeIf(job -> BESIDE.contains(job.name()));
        reconcile = jobs.stream()
                .filter(job -> job.name().equals(RECONCILE))
                .findFirst()
                .orElseThrow();
        jobs.remove(reconcile);
        jobs.sort(java.util.Comparator.comparing(Job::name));
    }

    /** Like kill -9 and a new start: what was in memory is gone, what was on disk is there. */
    void startAgain() {
        close();
        start();
    }

    /** Another world begins on the same process: nothing of the last one may reach it. */
    void beginWorld(long worldSeed) {
        idClock.worlds++;
        random.beginAgain(worldSeed * 31 + seed);
        wire().fates(null);
        wire().mischief(Wire.Mischief.NONE);
        wire().revive();
        claims().forget();
        line().lookAgain();
    }

    /** What an operator does with a new node's empty disk, before anything was published. */
    void acceptEmptyLog() {
        bean(HighWater.class).raise(bean(Ledger.class).main(), 0);
    }

    void acceptEmptyLog(BrandId own) {
        bean(HighWater.class).raise(bean(Ledger.class).of(own), 0);
    }

    String name() {
        return name;
    }

    List<Job> jobs() {
        return jobs;
    }

    /** Reads the shops' own lists; not one of the usual jobs, or no message would ever be news. */
    Job reconcile() {
        return java.util.Objects.requireNonNull(reconcile);
    }

    Job job(String wanted) {
        return jobs.stream().filter(j -> j.name().equals(wanted)).findFirst().orElseThrow();
    }

    InboxByHand inbox() {
        return java.util.Objects.requireNonNull(inbox);
    }

    ClaimsByHand claims() {
        return java.util.Objects.requireNonNull(claims);
    }

    LineByHand line() {
        return java.util.Objects.requireNonNull(line);
    }

    /** The door for what payment hosts tell. */
    NoticesByHand notices() {
        return java.util.Objects.requireNonNull(notices);
    }

    Wire wire() {
        return java.util.Objects.requireNonNull(wire);
    }

    <T> T bean(Class<T> type) {
        return java.util.Objects.requireNonNull(context).getBean(type);
    }

    @Override
    public void close() {
        if (context != null) context.close();
        context = null;
    }
}
