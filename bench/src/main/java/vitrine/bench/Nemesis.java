package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.CallHistory;
import vitrine.books.CallHistory.Call;
import vitrine.books.ClaimHistory;
import vitrine.books.Violation;
import vitrine.drop.ClaimsByHand;
import vitrine.drop.Crowds;
import vitrine.drop.FreeHolds;
import vitrine.launch.Node;
import vitrine.platform.BrandId;

/**
 * Two real servers and a real PostgreSQL, and somebody who breaks them while people claim: a server is killed or frozen, its way to the
 * database is cut or silent, its clock is set, the database is stopped without a word. In the end every call is held against the rows.
 */
public final class Nemesis {

    private static final int NODES = 2;
    private static final int SUPPLY = 200;
    private static final int PEOPLE = 300;
    /** Of drops that want a code, and of two drops of the same pieces, of which one holds. */
    private static final int FEWER = 100;

    private static final int ROUND = PEOPLE + 3 * FEWER;
    private static final int SHARED = 60;
    private static final Duration HOLD = Duration.ofSeconds(4);
    private static final int SHUT_OUT = 40;
    private static final Duration OPENS_LATER = Duration.ofHours(5);
    private static final Duration OPEN_FOR = Duration.ofSeconds(20);
    /** What was let in before the end may be written for some seconds more. */
    private static final Duration OVER_AFTER = Duration.ofSeconds(10);

    private static final long SECOND = 1_000_000_000L;
    static final long SILENT_AT_MOST_NANOS = 2 * SECOND;

    /** Where each fault is done once: so often in all, if it stops the other server for too long. */
    private static final int TRIES = 3;

    /** What is broken. */
    public enum Fault {
        /** A server is ended as by a loss of power, and started again. */
        KILL,
        /** A server stands still, and goes on as if nothing had been. */
        FREEZE,
        /** All connections of a server to the database are reset. */
        CUT,
        /** A server and the database hear nothing of each other for a while; then all that was said arrives. */
        SILENCE,
        /** The database ends without finishing anything, and recovers. */
        DATABASE,
        /** A server's clock is set ahead into a drop that has not opened, then back into one that has closed, and then right. */
        CLOCK
    }

    /**
     * @param seed of what is broken, when, and for how long; how the processes run meanwhile is nobody's to say
     * @param minutes until no fault is begun any more; 0: one of each
     * @param perSecond people who come for the first time in a second
     */
    public record Plan(long seed, int minutes, int perSecond) {
        /** A pass lasts for half an hour. */
        public static final int MINUTES_MAX = 20;

        public static Plan of(long seed, int minutes) {
            return new Plan(seed, minutes, 60);
        }

        private int drops() {
            return (Math.max(120, minutes * 60 + 60) * perSecond + ROUND - 1) / ROUND;
        }

        /** Where each is done once it lasts longer than anybody may be stopped for: else it would tell nothing. */
        private double leastSeconds() {
            return minutes == 0 ? 3 : 0.5;
        }
    }

    /** What was broken, and how long the other server then decided nothing; of the database: how long either did when it was back. */
    public record Blow(Fault fault, int node, long silenceNanos) {}

    public record Outcome(Plan plan, Map<String, Long> numbers, List<Blow> blows, List<Violation> violations) {
        public long count(Fault fault) {
            return blows.stream().filter(blow -> blow.fault == fault).count();
        }

        /** The least of its tries. */
        long silenceNanos(Fault fault) {
            return blows.stream()
                    .filter(blow -> blow.fault == fault)
                    .mapToLong(Blow::silenceNanos)
                    .min()
                    .orElseThrow();
        }

        /** That stopped the other server for too long; where each was done once, and again if it did: each time. */
        private List<Blow> tooSilent() {
            return blows.stream()
                    .filter(blow ->
                            (plan.minutes == 0 ? silenceNanos(blow.fault) : blow.silenceNanos) > SILENT_AT_MOST_NANOS)
                    .toList();
        }
    }

    /** What the judge looks at, while the rows are there. */
    public record Ended(DataSource rows, ClaimHistory.Known known, CallHistory.Terms terms, List<Call> calls) {}

    private final Plan plan;
    private final Consumer<Ended> look;
    private final Random random;
    /** Those of one list come at the same time. */
    private final List<List<HardCrowd.Guests>> crowds = new ArrayList<>();

    private final List<CallHistory.Pieces> pieces = new ArrayList<>();
    private final Set<UUID> holding = new HashSet<>();
    private final Map<UUID, String> codes = new HashMap<>();
    /** Drops that are never open while people come: one opens hours later, one closes before they come. */
    private final Map<Crowds.Crowd, String> shut = new LinkedHashMap<>();

    private final SteppedServer.Hand[] clocks = new SteppedServer.Hand[NODES];
    private final Path[] hands = new Path[NODES];
    private final Installation.Server[] servers = new Installation.Server[NODES];
    private final CutProxy[] ways = new CutProxy[NODES];
    private final List<Blow> blows = new ArrayList<>();

    private Nemesis(Plan plan, Consumer<Ended> look) {
        this.plan = plan;
        this.look = look;
        this.random = new Random(plan.seed);
    }

    /** Prints as {@code name: value}. True: everything that must be 0 is. */
    public static boolean run(Plan plan, Consumer<String> out) {
        Outcome outcome = play(plan, ended -> {});
        out.accept("seed: " + plan.seed);
        outcome.numbers.forEach((name, value) -> out.accept(name + ": " + value));
        List<Violation> violations = new ArrayList<>(outcome.violations);
        for (Blow blow : outcome.tooSilent())
            violations.add(new Violation(
                    "silence", blow.fault + " of " + blow.node + ": " + millis(blow.silenceNanos) + " ms"));
        for (Violation violation : violations) out.accept("violation: seed " + plan.seed + " " + violation);
        out.accept("laws: " + Books.laws());
        out.accept("violations: " + violations.size());
        return violations.isEmpty();
    }

    /** @param look for who wants to see more than the judge, before the rows are gone */
    public static Outcome play(Plan plan, Consumer<Ended> look) {
        try {
            return new Nemesis(plan, look).play();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome play() throws IOException, InterruptedException {
        try (Installation installation = Installation.found(
                        Instant.ofEpochSecond(Instant.now().getEpochSecond()), false, this::furnish);
                Installation.Database database = installation.databaseAlone();
                Node till = installation.inside("till", database.port())) {
            try {
                for (int n = 0; n < NODES; n++) {
                    ways[n] = new CutProxy(database.port());
                    hands[n] = Files.createTempFile("vitrine-clock-", "");
                    clocks[n] = SteppedServer.Hand.at(hands[n]);
                }
                CompletableFuture<?>[] starting = new CompletableFuture<?>[NODES];
                for (int n = 0; n < NODES; n++) {
                    int node = n;
                    starting[n] = CompletableFuture.runAsync(() -> start(installation, node));
                }
                CompletableFuture.allOf(starting).join();
                return struck(installation, database, new ClaimsByHand(till::bean));
            } finally {
                for (Installation.Server server : servers) if (server != null) server.kill();
                for (CutProxy way : ways) if (way != null) way.close();
                for (Path hand : hands) if (hand != null) Files.deleteIfExists(hand);
            }
        }
    }

    private void furnish(Node node) {
        BrandId lumen = new BrandId(node.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        for (int n = 0; n < plan.drops(); n++) {
            Crowds.Crowd free = Crowds.crowd(node, lumen, "dawn" + n, SUPPLY, 1, Duration.ZERO, null, PEOPLE);
            Crowds.Coded coded = Crowds.coded(node, lumen, "card" + n, SUPPLY, FEWER);
            Crowds.Crowd held =
                    Crowds.crowd(node, lumen, "held" + n, SHARED, 1, Duration.ZERO, Duration.ofMinutes(1), FEWER);
            FreeHolds.hold(node.bean(JdbcClient.class), held.drop(), held.stage(), HOLD);
            Crowds.Crowd rest =
                    Crowds.crowd(node, held.stage().collectible(), "rest" + n, 1, Duration.ZERO, null, FEWER);
            crowds.add(List.of(
                    HardCrowd.Guests.of(free),
                    new HardCrowd.Guests(coded.crowd(), coded.codes()),
                    HardCrowd.Guests.of(held),
                    HardCrowd.Guests.of(rest)));
            pieces.add(new CallHistory.Pieces(SUPPLY, Set.of(free.drop().value())));
            pieces.add(
                    new CallHistory.Pieces(SUPPLY, Set.of(coded.crowd().drop().value())));
            pieces.add(new CallHistory.Pieces(
                    SHARED, Set.of(held.drop().value(), rest.drop().value())));
            holding.add(held.drop().value());
            for (int who = 0; who < FEWER; who++)
                codes.put(coded.crowd().people().get(who).value(), coded.codes().get(who));
        }
        shut.put(Crowds.crowd(node, lumen, "dusk", SUPPLY, 1, OPENS_LATER, null, SHUT_OUT), "drop.not-open");
        shut.put(Crowds.brief(node, lumen, "noon", SUPPLY, OPEN_FOR, SHUT_OUT), "drop.closed");
    }

    /** Where it was before, if it was anywhere. */
    private void start(Installation installation, int node) {
        Installation.Server before = servers[node];
        servers[node] = installation.node(
                "node-" + node,
                before == null ? 0 : before.port(),
                ways[node].port(),
                List.of(),
                List.of(SteppedServer.class.getName(), hands[node].toString()));
    }

    private Outcome struck(Installation installation, Installation.Database database, ClaimsByHand till)
            throws InterruptedException {
        for (Crowds.Crowd crowd : shut.keySet())
            if (crowd.stage().closesAt().isBefore(Instant.now().plus(OPEN_FOR)))
                Thread.sleep(Math.max(
                        0,
                        Duration.between(Instant.now(), crowd.stage().closesAt().plus(OVER_AFTER))
                                .toMillis()));
        long begun = System.nanoTime();
        long late = Math.max(10 * SECOND, plan.minutes * 20 * SECOND);
        var crowd = new HardCrowd(
                crowds,
                List.copyOf(shut.keySet()),
                node -> servers[node].port(),
                NODES,
                plan.perSecond,
                late,
                (of, who, claim) -> till.confirm(of.drop(), who, claim));
        crowd.start(new Random(random.nextLong()));
        for (int node = 0; node < NODES; node++) answers(crowd, node, begun);
        List<Fault> due = new ArrayList<>();
        do {
            if (due.isEmpty()) {
                due.addAll(List.of(Fault.values()));
                Collections.shuffle(due, random);
            }
            rest(0.3, 1);
            strike(due.removeLast(), random.nextInt(NODES), installation, database, crowd);
        } while (plan.minutes == 0
                ? !due.isEmpty()
                : System.nanoTime() - begun < TimeUnit.MINUTES.toNanos(plan.minutes));
        if (plan.minutes == 0) again(installation, database, crowd);
        boolean all = crowd.finish(random, 180 * SECOND);
        DataSource rows = installation.database();
        boolean rests = settled(rows);
        List<Call> calls = crowd.calls();
        var terms = new CallHistory.Terms(shutDrops(), pieces, holding, codes, crowd.payable(), crowd.paid());
        List<Violation> violations =
                new ArrayList<>(new CallHistory(JdbcClient.create(rows), known(), terms, calls).audit());
        violations.addAll(new Books(rows).audit());
        look.accept(new Ended(rows, known(), terms, calls));
        if (!all) violations.add(new Violation("unanswered", "somebody has no answer after three minutes of peace"));
        if (!rests) violations.add(new Violation("restless", "claims without a piece, or records without a seal"));
        return new Outcome(plan, numbers(rows, terms, calls, begun), blows, violations);
    }

    private ClaimHistory.Known known() {
        Map<UUID, Integer> units = new HashMap<>();
        List<ClaimHistory.Window> windows = new ArrayList<>();
        Stream<Crowds.Crowd> open = crowds.stream().flatMap(List::stream).map(HardCrowd.Guests::crowd);
        for (Crowds.Crowd crowd : Stream.concat(open, shut.keySet().stream()).toList()) {
            units.put(crowd.stage().collectible().value(), units(crowd));
            windows.add(new ClaimHistory.Window(
                    crowd.stage().id(),
                    crowd.drop().value(),
                    crowd.stage().opensAt(),
                    crowd.stage().closesAt(),
                    null,
                    1,
                    null));
        }
        return new ClaimHistory.Known(units, units, windows, List.of(), Map.of());
    }

    private int units(Crowds.Crowd crowd) {
        return pieces.stream()
                .filter(each -> each.drops().contains(crowd.drop().value()))
                .mapToInt(CallHistory.Pieces::units)
                .findFirst()
                .orElse(SUPPLY);
    }

    /** What one is told of them, and nothing else but Busy. */
    private Map<UUID, String> shutDrops() {
        Map<UUID, String> drops = new HashMap<>();
        shut.forEach((crowd, code) -> drops.put(crowd.drop().value(), code));
        return drops;
    }

    // ---- what is broken

    /**
     * A machine that is busy with something else adds seconds to one try, by chance; what waits for whoever fell waits for it in each. So
     * a fault that stopped the other server for too long is done again, as hard as before.
     */
    private void again(Installation installation, Installation.Database database, HardCrowd crowd)
            throws InterruptedException {
        for (int n = 1; n < TRIES; n++) {
            for (Fault fault : Fault.values()) {
                if (blows.stream()
                        .noneMatch(blow -> blow.fault == fault && blow.silenceNanos <= SILENT_AT_MOST_NANOS)) {
                    rest(0.3, 1);
                    strike(fault, random.nextInt(NODES), installation, database, crowd);
                }
            }
        }
    }

    private void strike(
            Fault fault, int node, Installation installation, Installation.Database database, HardCrowd crowd)
            throws InterruptedException {
        int other = (node + 1) % NODES;
        long from = System.nanoTime();
        switch (fault) {
            case KILL -> {
                servers[node].kill();
                rest(0, 1);
                start(installation, node);
            }
            case FREEZE -> {
                signal("STOP", servers[node].pid());
                rest(plan.leastSeconds(), 6);
                signal("CONT", servers[node].pid());
            }
            case CUT -> {
                for (int n = 1 + random.nextInt(3); n > 0; n--) {
                    ways[node].cut();
                    rest(0.1, 0.5);
                }
            }
            case SILENCE -> {
                ways[node].silence();
                rest(plan.leastSeconds(), 6);
                if (random.nextBoolean()) ways[node].cut();
                ways[node].speak();
            }
            case CLOCK -> {
                for (Crowds.Crowd closed : shut.keySet()) {
                    Instant inside = closed.stage().opensAt().plus(OPEN_FOR.dividedBy(4));
                    clocks[node].set(Duration.between(Instant.now(), inside).toMillis());
                    rest(1, 4);
                }
                clocks[node].set(0);
            }
            case DATABASE -> {
                signal("QUIT", database.pid()); // what pg_ctl stop -m immediate sends
                rest(0.1, 0.2);
                from = back(installation.database());
            }
        }
        if (fault != Fault.DATABASE) {
            // What it held may hold up the other one for a while after it fell.
            LockSupport.parkNanos(Math.max(0, from + 2 * SECOND - System.nanoTime()));
        }
        for (int each = 0; each < NODES; each++) answers(crowd, each, System.nanoTime());
        long until = System.nanoTime();
        long silence = fault == Fault.DATABASE
                ? Math.max(crowd.decidedAfter(node, from), crowd.decidedAfter(other, from)) - from
                : crowd.silence(other, from, until);
        blows.add(new Blow(fault, node, silence));
        System.err.println("blow: " + fault + " of " + node + ", silence " + millis(silence) + " ms, over after "
                + millis(until - from) + " ms");
    }

    /** Until this node decides again; it has a minute, and what it does not decide by then is a breach at the end. */
    private static void answers(HardCrowd crowd, int node, long since) {
        long end = System.nanoTime() + 60 * SECOND;
        while (crowd.decidedAfter(node, since) == Long.MAX_VALUE && System.nanoTime() < end)
            LockSupport.parkNanos(20_000_000);
    }

    /** When the database answered again. */
    private static long back(DataSource database) {
        while (true) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select 1");
                return System.nanoTime();
            } catch (SQLException e) {
                LockSupport.parkNanos(20_000_000); // it recovers
            }
        }
    }

    private void rest(double fromSeconds, double untilSeconds) throws InterruptedException {
        Thread.sleep((long) (1_000 * (fromSeconds + random.nextDouble() * (untilSeconds - fromSeconds))));
    }

    /** @param name of the signal, as {@code kill} knows it */
    static void signal(String name, long pid) throws InterruptedException {
        try {
            int said = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (said != 0) throw new IllegalStateException("kill -" + name + " " + pid + " ended with " + said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what came of it

    /** Every claim has its piece, and every record its seal and signature. */
    private static boolean settled(DataSource rows) {
        long end = System.nanoTime() + 300 * SECOND;
        while (System.nanoTime() < end) {
            if (JdbcClient.create(rows).sql("""
                    select (select count(*) from claims where granted_at is null) + (select count(*) from log_pending)
                        + (select count(*) from logs where signed_size < size)
                    """).query(Long.class).single() == 0) return true;
            LockSupport.parkNanos(200_000_000);
        }
        return false;
    }

    private Map<String, Long> numbers(DataSource rows, CallHistory.Terms terms, List<Call> calls, long begun) {
        Map<String, Long> numbers = new java.util.TreeMap<>();
        Map<Fault, Integer> each = new EnumMap<>(Fault.class);
        for (Blow blow : blows) each.merge(blow.fault, 1, Integer::sum);
        each.forEach((fault, n) -> numbers.put("faults_" + fault.name().toLowerCase(Locale.ROOT), (long) n));
        numbers.put("calls", (long) calls.size());
        numbers.put(
                "calls_without_answer",
                calls.stream()
                        .filter(call -> call.code().equals(CallHistory.BROKEN))
                        .count());
        numbers.put(
                "calls_busy",
                calls.stream().filter(call -> call.code().equals("drop.busy")).count());
        JdbcClient db = JdbcClient.create(rows);
        numbers.put("claims", count(db, "select count(*) from claims"));
        numbers.put("codes_used", count(db, "select count(*) from claims where code_hash is not null"));
        numbers.put("holds_ended", count(db, "select count(*) from claims_ended"));
        numbers.put("holds_paid", (long) terms.paid().size());
        numbers.put(
                "longest_silence_ms",
                millis(blows.stream()
                        .filter(blow -> blow.fault != Fault.DATABASE)
                        .mapToLong(Blow::silenceNanos)
                        .max()
                        .orElse(0)));
        numbers.put(
                "longest_silence_after_database_ms",
                millis(blows.stream()
                        .filter(blow -> blow.fault == Fault.DATABASE)
                        .mapToLong(Blow::silenceNanos)
                        .max()
                        .orElse(0)));
        numbers.put("seconds", (System.nanoTime() - begun) / SECOND);
        return numbers;
    }

    private static long count(JdbcClient db, String sql) {
        return db.sql(sql).query(Long.class).single();
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
