package vitrine.drop;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * A crowd's first second should not be the first second in which this process does what a crowd wants: then nothing is compiled, no
 * connection is open and no statement has a plan. So before an announced drop opens each node goes through it once with nobody there. People
 * who do not exist claim from a drop that nobody sees, at the node's own door and the whole way behind it; what the writer wrote under the
 * locks of the announced drop is taken back before it is committed. They claim as from a stage that is for everybody; where it asks for a code
 * or a number, that statement is prepared as well.
 */
@Component
class WarmUp implements Job {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /** Whoever comes nearer to the opening needs the machine himself. */
    private static final Duration BEFORE_OPENING = Duration.ofSeconds(60);

    /** What is compiled stays so for hours, and whoever starts a server a week before does not want to wait for it. */
    private static final Duration NEAR = Duration.ofHours(1);

    /** After a start there is first something to answer. */
    private static final long AFTER_START_NANOS = Duration.ofSeconds(20).toNanos();

    private static final long AT_MOST_NANOS = Duration.ofSeconds(20).toNanos();
    private static final int CLAIMS = 40_000;
    private static final int AT_ONCE = 1_000;

    /** An answer can fail once: a garbage collection, a database that was away. What fails again has a reason that stays. */
    private static final int TRIES = 3;

    private final DropPlans plans;
    private final LiveDrops lives;
    private final Claims claims;
    private final ClaimPasses passes;
    private final BusinessClock clock;
    private final Environment environment;
    private final boolean wanted;
    private final int most;
    private final long quietUntil;
    private int tries;
    private @Nullable UUID warmedUp;

    /** @param jobs {@code manual} where somebody else decides what runs: then there is none */
    @Autowired
    WarmUp(
            DropPlans plans,
            LiveDrops lives,
            Claims claims,
            ClaimPasses passes,
            BusinessClock clock,
            Environment environment,
            @Value("${vitrine.jobs:running}") String jobs) {
        this(plans, lives, claims, passes, clock, environment, jobs.equals("running"), AFTER_START_NANOS, CLAIMS);
    }

    /**
     * @param afterNanos how long after now there is something else to do first
     * @param most claims
     */
    WarmUp(
            DropPlans plans,
            LiveDrops lives,
            Claims claims,
            ClaimPasses passes,
            BusinessClock clock,
            Environment environment,
            boolean wanted,
            long afterNanos,
            int most) {
        this.plans = plans;
        this.lives = lives;
        this.claims = claims;
        this.passes = passes;
        this.clock = clock;
        this.environment = environment;
        this.wanted = wanted;
        this.most = most;
        this.quietUntil = System.nanoTime() + afterNanos;
    }

    @Override
    public String name() {
        return "drop.warm-up";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(5);
    }

    /** Once in the life of a process, for what it is about is the process; again where it came to nothing. */
    @Override
    public boolean run() {
        String port = environment.getProperty("local.server.port");
        if (!wanted || warmedUp != null || tries >= TRIES || port == null || System.nanoTime() - quietUntil < 0)
            return false;
        if (claims.rushed()) return false;
        Instant now = clock.now();
        for (Drop drop : plans.published()) {
            if (drop.state() != Drop.State.PUBLISHED) continue;
            Stage next = next(drop, now);
            if (next == null || next.opensAt().isAfter(now.plus(NEAR))) continue;
            long begin = System.nanoTime();
            try {
                int claimed = warmUp(drop, next, Integer.parseInt(port), most);
                if (claimed == 0) continue; // nothing is left of it
                warmedUp = next.id();
                log.info(
                        "drop.warmed-up drop={} claims={} ms={}",
                        drop.slug(),
                        claimed,
                        (System.nanoTime() - begin) / 1_000_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                tries++;
                log.info("drop.warm-up-failed drop={} ({})", drop.slug(), e.getMessage());
            }
            return false;
        }
        return false;
    }

    /** Which stage it was for; null: it has not come to it. */
    @Nullable
    UUID warmedUp() {
        return warmedUp;
    }

    /** The stage that opens next; null: none does, or one is open or about to, whose people have the drop's locks first. */
    private static @Nullable Stage next(Drop drop, Instant now) {
        for (Stage stage : drop.stages()) {
            if (stage.openAt(now)) return null;
            if (stage.opensAt().isAfter(now)) return stage.opensAt().isAfter(now.plus(BEFORE_OPENING)) ? stage : null;
        }
        return null;
    }

    /** As {@link #warmUp(Drop, Stage, int, int)}, for its first stage. */
    int warmUp(Drop drop, int port, int most) throws InterruptedException {
        return warmUp(drop, drop.stages().getFirst(), port, most);
    }

    /**
     * @param most claims, unless the time is over before
     * @return how many were made, answered and taken back; 0: nothing is left that could be claimed
     * @throws IllegalStateException one was refused
     */
    private int warmUp(Drop drop, Stage stage, int port, int most) throws InterruptedException {
        LiveDrops.Live announced = lives.of(drop.id());
        int room = announced == null ? 0 : announced.count(stage).room();
        if (room < 1) return 0;
        var nowhere = new DropId(drop.id().brand(), UUID.randomUUID());
        Stage pretended = forEverybody(stage, UUID.randomUUID(), clock.now().minusSeconds(60));
        var live = new LiveDrops.Live(
                new Drop(
                        nowhere,
                        drop.slug(),
                        drop.name(),
                        drop.about(),
                        Drop.State.PUBLISHED,
                        List.of(pretended),
                        null,
                        null),
                Map.of(pretended.id(), new LiveDrops.Count(0, room, false, null)));
        claims.warmUp(live, drop.id(), forEverybody(stage, stage.id(), stage.opensAt()));
        try {
            int claimed = crowd(nowhere, pretended, Math.min(AT_ONCE, room), port, most);
            if (stage.entry() == Stage.Entry.CODE || stage.chosen()) claims.prepare(drop.id(), stage);
            return claimed;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            claims.endWarmUp();
        }
    }

    private static Stage forEverybody(Stage stage, UUID id, Instant opensAt) {
        return new Stage(
                id,
                1,
                stage.name(),
                stage.collectible(),
                opensAt,
                stage.closesAt(),
                null,
                1,
                Stage.Entry.EVERYONE,
                null,
                stage.hold(),
                stage.giftPolicy(),
                false,
                false,
                Stage.Mode.RACE,
                null,
                null,
                null);
    }

    /** @param atOnce no more than there are pieces: then each of them gets one, again and again */
    private int crowd(DropId drop, Stage stage, int atOnce, int port, int most) throws InterruptedException {
        URI door = URI.create("http://127.0.0.1:" + port + ClaimDoor.PATH);
        long end = System.nanoTime() + AT_MOST_NANOS;
        var free = new Semaphore(atOnce);
        var failed = new AtomicReference<@Nullable Throwable>();
        int claimed = 0;
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build()) {
            while (claimed < most && System.nanoTime() < end && failed.get() == null) {
                free.acquire();
                var nobody = new CollectorId(UUID.randomUUID());
                String pass = passes.write(passes.of(drop, stage.id(), nobody, null, stage.limit()));
                claimed++;
                http.sendAsync(
                                HttpRequest.newBuilder(door)
                                        .timeout(Duration.ofSeconds(5))
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(
                                                "{\"pass\":\"" + pass + "\",\"n\":1}"))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .whenComplete((answer, e) -> {
                            if (e != null) failed.set(e);
                            else if (answer.statusCode() != 200)
                                failed.set(new IllegalStateException("answered " + answer.statusCode()));
                            free.release();
                        });
            }
            free.acquire(atOnce);
        }
        Throwable why = failed.get();
        if (why != null) throw new IllegalStateException(why.toString(), why);
        return claimed;
    }
}
