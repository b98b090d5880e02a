package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import vitrine.books.Books;
import vitrine.books.Violation;

/**
 * From a shop's signed delivery to the piece in a signed checkpoint, on one machine: server, database and driver share it. What each
 * line means stands in docs/performance.md. In the end everything is counted: what was acknowledged against orders, pieces and log.
 */
final class OrdersBench {

    /** Orders on their way from "taken" to "in a signed checkpoint": more than that is a backlog that grows. */
    private static final int BACKLOG_MAX = 5_000;

    private static final long REST_WITHIN_SECONDS = 900;

    /** The names of the lines, in their order. */
    record Plan(
            int warmUpSeconds,
            int intakeSeconds,
            int sustainedSeconds,
            int lagPerSecond,
            int lagSeconds,
            int burstPerSecond,
            int burstSeconds,
            int connections,
            boolean keep) {

        static Plan whole() {
            return new Plan(25, 10, 60, 500, 30, 5_000, 10, 128, false);
        }

        /** Without the two phases of the open loop: for who profiles. */
        Plan steady() {
            return new Plan(
                    warmUpSeconds,
                    intakeSeconds,
                    sustainedSeconds,
                    lagPerSecond,
                    0,
                    burstPerSecond,
                    0,
                    connections,
                    keep);
        }

        /** Some seconds: it says whether all comes through, and nothing of speed. */
        Plan brief() {
            return new Plan(1, 1, 2, 50, 2, 200, 1, 16, keep);
        }

        Plan sustained(int seconds) {
            return new Plan(
                    warmUpSeconds,
                    intakeSeconds,
                    seconds,
                    lagPerSecond,
                    lagSeconds,
                    burstPerSecond,
                    burstSeconds,
                    connections,
                    keep);
        }

        Plan kept() {
            return new Plan(
                    warmUpSeconds,
                    intakeSeconds,
                    sustainedSeconds,
                    lagPerSecond,
                    lagSeconds,
                    burstPerSecond,
                    burstSeconds,
                    connections,
                    true);
        }
    }

    record Outcome(long taken, long lost, long doubled, List<Violation> violations) {
        boolean balances() {
            return taken > 0 && lost == 0 && doubled == 0 && violations.isEmpty();
        }
    }

    private final Plan plan;
    private final Consumer<String> out;
    private final Installation installation;
    private final OrderBodies bodies;
    private long peakMegabytes;

    private OrdersBench(Plan plan, Consumer<String> out, Installation installation, OrderBodies bodies) {
        this.plan = plan;
        this.out = out;
        this.installation = installation;
        this.bodies = bodies;
    }

    static Outcome run(Plan plan, Consumer<String> out) {
        Instant paidAt = Instant.ofEpochSecond(Instant.now().getEpochSecond()).minus(Duration.ofMinutes(5));
        var bodies = new OrderBodies(OrderBodies.shop(Installation.SHOP, Installation.SECRET), paidAt, 5, 7);
        for (long number = OrderBodies.FIRST; number < OrderBodies.FIRST + 5_000; number += 997) {
            if (!bodies.same(number))
                throw new IllegalStateException("order " + number + " is not as the shop writes it");
        }
        try (Installation installation = Installation.found(paidAt, plan.keep)) {
            return new OrdersBench(plan, out, installation, bodies).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Outcome run() throws InterruptedException, IOException, SQLException {
        say("body_bytes", Math.round(bodies.averageBytes()));
        long next = intake();
        try (var server = installation.start(List.of());
                var seals = new SealWatch(server.port())) {
            DataSource database = installation.database();
            long before = next - OrderBodies.FIRST;
            // The log began with a collectible and the rules; what the intake left behind is worked off first.
            long base = count(database, "select count(*) from collectibles")
                    + count(database, "select count(*) from rules_versions");
            if (!seals.await(base + before, REST_WITHIN_SECONDS))
                throw new IllegalStateException("the intake is not sealed");
            var driver = new Driver(server.port(), bodies, seals, next);
            long sealedBefore = base + before;
            warmUp(driver, sealedBefore);
            sustained(server, driver, seals, sealedBefore);
            if (plan.lagSeconds > 0) lag(driver, seals, sealedBefore, database);
            if (plan.burstSeconds > 0) burst(driver, seals, sealedBefore);
            peakMegabytes = Math.max(peakMegabytes, Usage.peakMegabytes(server.pid()));
            say("server_rss_mb", peakMegabytes);
            rest(database);
            return settle(database, before + driver.taken());
        }
    }

    // ---- the phases

    /** The inbox alone: the workers stand still, and find everything when the server starts again. Returns the next order's number. */
    private long intake() throws InterruptedException, IOException, SQLException {
        try (var server = installation.start(List.of("-Dvitrine.jobs=manual"));
                var seals = new SealWatch(server.port())) {
            say("fsync", fsync(installation.database()));
            var driver = new Driver(server.port(), bodies, seals, OrderBodies.FIRST);
            driver.closedLoop(plan.connections, seconds(plan.warmUpSeconds), 0, Long.MAX_VALUE);
            long warm = driver.taken();
            Usage before = server.usage();
            long begin = System.nanoTime();
            driver.closedLoop(plan.connections, seconds(plan.intakeSeconds), 0, Long.MAX_VALUE);
            long delivered = driver.taken() - warm;
            Usage used = server.usage().since(before);
            say("deliveries_per_second", perSecond(delivered, System.nanoTime() - begin));
            say("cpu_us_per_delivery", used.platformMicros() / Math.max(1, delivered));
            peakMegabytes = Usage.peakMegabytes(server.pid());
            return driver.next();
        }
    }

    private void warmUp(Driver driver, long base) throws InterruptedException {
        driver.closedLoop(plan.connections, seconds(plan.warmUpSeconds), base, BACKLOG_MAX);
    }

    private void sustained(Installation.Server server, Driver driver, SealWatch seals, long base)
            throws InterruptedException {
        awaitAll(driver, seals, base);
        long ordersBefore = driver.taken();
        Usage before = server.usage();
        long begin = System.nanoTime();
        driver.closedLoop(plan.connections, seconds(plan.sustainedSeconds), base, BACKLOG_MAX);
        awaitAll(driver, seals, base);
        long took = seals.seen().getLast().atNanos() - begin;
        long orders = driver.taken() - ordersBefore;
        Usage used = server.usage().since(before);
        say("orders_to_sealed_per_second", perSecond(orders, took));
        say("cpu_us_per_order", used.platformMicros() / orders);
        say("cpu_us_per_order_server", used.serverMicros() / orders);
        say("cpu_us_per_order_postgres", used.postgresMicros() / orders);
        out.accept("driver_cpu_share: " + String.format(Locale.ROOT, "%.3f", used.driverShare()));
    }

    private void lag(Driver driver, SealWatch seals, long base, DataSource database)
            throws InterruptedException, SQLException {
        long first = driver.next();
        driver.openLoop(4 * plan.connections, plan.lagPerSecond, plan.lagSeconds);
        awaitAll(driver, seals, base);
        TreeMap<Long, Long> seenAt = new TreeMap<>();
        for (SealWatch.Seen seen : seals.seen()) seenAt.put(seen.size(), seen.atNanos());
        var histogram = new Histogram(TimeUnit.MINUTES.toMillis(30), 3);
        for (Map.Entry<Long, Long> order : leaves(database, first).entrySet()) {
            // The first checkpoint that is larger than its place has it.
            long at = seenAt.higherEntry(order.getValue()).getValue();
            histogram.recordValue(TimeUnit.NANOSECONDS.toMillis(at - driver.dueNanos(order.getKey())));
        }
        say("lag_p50_ms", histogram.getValueAtPercentile(50));
        say("lag_p99_ms", histogram.getValueAtPercentile(99));
        say("lag_max_ms", histogram.getMaxValue());
    }

    private void burst(Driver driver, SealWatch seals, long base) throws InterruptedException {
        long first = driver.next();
        long refused = driver.refused();
        // So many that what does not fit is refused, and does not wait unsent for a free connection.
        Driver.Offered offered = driver.openLoop(16 * plan.connections, plan.burstPerSecond, plan.burstSeconds);
        long end = driver.dueNanos(first) + seconds(plan.burstSeconds);
        awaitAll(driver, seals, base);
        long caughtUp = Math.max(0, seals.seen().getLast().atNanos() - end);
        say("burst_offered_per_second", offered.sent() / plan.burstSeconds);
        say("burst_offered_late_ms", offered.lateMillis());
        say("burst_refused_and_sent_again", driver.refused() - refused);
        out.accept("burst_catch_up_seconds: " + String.format(Locale.ROOT, "%.1f", caughtUp / 1e9));
    }

    private static void awaitAll(Driver driver, SealWatch seals, long base) throws InterruptedException {
        if (!seals.await(base + driver.taken(), REST_WITHIN_SECONDS)) {
            throw new IllegalStateException(
                    "of " + driver.taken() + " orders only " + (seals.size() - base) + " were sealed");
        }
    }

    // ---- the books

    /** Until every reader of events has read and nothing waits anywhere. */
    private static void rest(DataSource database) throws SQLException {
        long end = System.nanoTime() + seconds((int) REST_WITHIN_SECONDS);
        while (count(database, """
                        select (select count(*) from deliveries_waiting) + (select count(*) from order_changes)
                            + (select count(*) from log_pending) + (select count(*) from events_outbox)
                            + (select count(*) from joins_to_check)
                            + (select count(*) from event_heads h join event_cursors c using (brand_id)
                               where c.consumer = 'collector-pieces' and c.seq < h.last_seq)
                            + (select count(*) from logs where signed_size < size)
                        """) > 0) {
            if (System.nanoTime() > end) throw new IllegalStateException("it does not come to rest");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private Outcome settle(DataSource database, long taken) throws SQLException {
        // Every number from the first on was taken, or the driver would have given up.
        var delivered = new BitSet();
        var sealed = new BitSet();
        long doubled = 0;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("""
                    select d.delivery_id from deliveries d join delivery_bodies b using (brand_id, shop_id, delivery_id)
                    """)) {
                while (row.next()) doubled += once(delivered, OrderBodies.number(row.getString(1)));
            }
            // One row for each time that an order has a piece, and each time that the piece's grant stands in a signed
            // head.
            try (ResultSet row = statement.executeQuery("""
                    select o.number from orders o
                    join entitlements e on e.order_brand_id = o.brand_id and e.order_id = o.order_id and e.state = 'granted'
                    join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id
                        and p.serial = e.serial and p.owner_id = e.collector_id
                    join piece_records r on r.brand_id = p.brand_id and r.collectible_id = p.collectible_id
                        and r.serial = p.serial and r.kind = 'granted'
                    join log_records l on l.record_id = r.record_id
                    join logs on logs.log_id = l.log_id and l.leaf_index < logs.signed_size
                    """)) {
                while (row.next()) doubled += once(sealed, number(row.getString(1)));
            }
        }
        delivered.and(sealed);
        long lost = taken - Math.min(taken, delivered.cardinality());
        List<Violation> violations = new Books(database).audit();
        violations.forEach(violation -> out.accept(violation.toString()));
        say("orders", taken);
        say("lost", lost);
        say("doubled", doubled);
        say("violations", violations.size());
        return new Outcome(taken, lost, doubled, violations);
    }

    /** 1 where it was there already. */
    private static int once(BitSet seen, long number) {
        int index = (int) (number - OrderBodies.FIRST);
        if (seen.get(index)) return 1;
        seen.set(index);
        return 0;
    }

    private static long number(String orderNumber) {
        return Long.parseLong(orderNumber.substring(orderNumber.indexOf('#') + 1));
    }

    /** Where in the log the pieces of the orders from this number on stand. */
    private static Map<Long, Long> leaves(DataSource database, long first) throws SQLException {
        Map<Long, Long> leaves = new TreeMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select o.number, l.leaf_index from orders o
                        join entitlements e on e.order_brand_id = o.brand_id and e.order_id = o.order_id
                        join piece_records r on r.brand_id = e.collectible_brand_id and r.collectible_id = e.collectible_id
                            and r.serial = e.serial
                        join log_records l on l.record_id = r.record_id
                        """)) {
            while (row.next()) {
                long number = number(row.getString(1));
                if (number >= first) leaves.put(number, row.getLong(2));
            }
        }
        return leaves;
    }

    private static String fsync(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show fsync")) {
            row.next();
            return row.getString(1);
        }
    }

    private static long count(DataSource database, String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long perSecond(long n, long nanos) {
        return Math.round(n * 1e9 / nanos);
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private void say(String name, Object value) {
        out.accept(name + ": " + value);
    }
}
