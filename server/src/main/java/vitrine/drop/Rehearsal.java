package vitrine.drop;

import static java.time.temporal.ChronoUnit.MICROS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import vitrine.drop.ClaimSql.Locked;
import vitrine.drop.ClaimSql.Wish;
import vitrine.identity.CollectorId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.Job;

/**
 * A crowd's first second should not be the first second in which this process does what a crowd wants: then nothing is compiled, no
 * connection is open and no statement has a plan. So when a drop is announced each node goes through it once with nobody there: it asks
 * at its own door with passes that are too early, and writes claims that it takes back before they are committed.
 */
@Component
class Rehearsal implements Job {

    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

    /** Whoever comes nearer to the opening needs the machine himself. */
    private static final Duration BEFORE_OPENING = Duration.ofSeconds(60);

    /** After a start there is first something to answer. */
    private static final long AFTER_START_NANOS = Duration.ofSeconds(20).toNanos();

    private static final int ASKED = 12_000;
    private static final int AT_ONCE = 64;
    private static final int BATCHES = 150;
    private static final int BATCH = 60;

    private final DropPlans plans;
    private final ClaimPasses passes;
    private final ClaimConnections connections;
    private final Ids ids;
    private final BusinessClock clock;
    private final Environment environment;
    private final boolean wanted;
    private final long startedAt = System.nanoTime();
    private boolean done;

    /** @param jobs {@code manual} where somebody else decides what runs: then there is none */
    Rehearsal(
            DropPlans plans,
            ClaimPasses passes,
            ClaimConnections connections,
            Ids ids,
            BusinessClock clock,
            Environment environment,
            @Value("${vitrine.jobs:running}") String jobs) {
        this.plans = plans;
        this.passes = passes;
        this.connections = connections;
        this.ids = ids;
        this.clock = clock;
        this.environment = environment;
        this.wanted = jobs.equals("running");
    }

    @Override
    public String name() {
        return "drop.rehearsal";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(5);
    }

    /** Once in the life of a process, for what it is about is the process. */
    @Override
    public boolean run() {
        String port = environment.getProperty("local.server.port");
        if (!wanted || done || port == null || System.nanoTime() - startedAt < AFTER_START_NANOS) return false;
        Instant early = clock.now().plus(BEFORE_OPENING);
        for (Drop drop : plans.published()) {
            Stage stage = drop.stages().getFirst();
            if (drop.state() != Drop.State.PUBLISHED || stage.opensAt().isBefore(early)) continue;
            done = true;
            long begin = System.nanoTime();
            try {
                ask(drop, stage, Integer.parseInt(port));
                write(drop, stage);
                log.info("drop.rehearsed drop={} ms={}", drop.slug(), (System.nanoTime() - begin) / 1_000_000);
            } catch (SQLException | RuntimeException e) {
                log.info("drop.rehearsal-failed drop={} ({})", drop.slug(), e.getMessage());
            }
            return false;
        }
        return false;
    }

    private CollectorId nobody() {
        return new CollectorId(UUID.randomUUID());
    }

    /** Too early, as each of them hears. */
    private void ask(Drop drop, Stage stage, int port) {
        URI door = URI.create("http://127.0.0.1:" + port + ClaimDoor.PATH);
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build()) {
            for (int asked = 0; asked < ASKED; asked += AT_ONCE) {
                List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>(AT_ONCE);
                for (int n = 0; n < AT_ONCE; n++) {
                    String pass = passes.write(passes.of(drop.id(), stage.id(), nobody(), null, stage.limit()));
                    answers.add(http.sendAsync(
                            HttpRequest.newBuilder(door)
                                    .timeout(Duration.ofSeconds(5))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"pass\":\"" + pass + "\",\"n\":1}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding()));
                }
                CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                        .join();
            }
        }
    }

    /** With people who do not exist; nothing of it is ever committed. */
    private void write(Drop drop, Stage stage) throws SQLException {
        for (int n = 0; n < BATCHES; n++) {
            List<Wish> wishes = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                CollectorId nobody = nobody();
                byte[] key = ClaimPasses.key(passes.of(drop.id(), stage.id(), nobody, null, stage.limit()), 1);
                wishes.add(new Wish(ids.next(), nobody.value(), key, null, stage.limit(), null, null));
            }
            try (Connection connection = connections.open()) {
                try {
                    Locked found = ClaimSql.lock(connection, drop.id(), stage);
                    if (found.state() != Drop.State.PUBLISHED) return;
                    ClaimSql.claim(
                            connection,
                            drop.id(),
                            stage,
                            found,
                            wishes,
                            clock.now().truncatedTo(MICROS));
                } finally {
                    connection.rollback();
                }
            }
        }
    }
}
