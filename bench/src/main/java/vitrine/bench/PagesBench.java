package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Pages of a platform that is grown up ({@link Crowd}), asked for by guests while orders come in: two in five the zone, two in five a
 * room full of pieces, one in five a page that was hardly ever asked for. What each line means stands in docs/performance.md.
 */
final class PagesBench {

    record Plan(
            Crowd.Size size,
            int warmUpSeconds,
            int warmUpRounds,
            int seconds,
            int perSecond,
            int ordersPerSecond,
            int connections,
            boolean keep) {
        static Plan whole() {
            return new Plan(Crowd.Size.whole(), 30, 8, 40, 200, 20, 32, false);
        }

        /** Some seconds: it says whether all comes through, and nothing of speed. */
        Plan brief() {
            return new Plan(size.brief(), 1, 1, 2, 40, 5, 8, keep);
        }

        Plan kept() {
            return new Plan(size, warmUpSeconds, warmUpRounds, seconds, perSecond, ordersPerSecond, connections, true);
        }
    }

    private enum Kind {
        ZONE,
        SHOWROOM,
        COLD
    }

    private record Page(Kind kind, String path) {}

    private final Plan plan;
    private final Consumer<String> out;
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    private PagesBench(Plan plan, Consumer<String> out) {
        this.plan = plan;
        this.out = out;
    }

    /** @return whether every page was there, and the pieces are as many as their stock says */
    static boolean run(Plan plan, Consumer<String> out) {
        Instant paidAt = Instant.ofEpochSecond(Instant.now().getEpochSecond()).minus(Duration.ofMinutes(5));
        var bodies = new OrderBodies(OrderBodies.shop(Installation.SHOP, Installation.SECRET), paidAt, 5, 7);
        try (Installation installation =
                        Installation.found(paidAt, plan.keep, node -> new Crowd(plan.size).gather(node));
                var server = installation.start(List.of());
                var seals = new SealWatch(server.port());
                Connection db = installation.database().getConnection()) {
            return new PagesBench(plan, out)
                    .run(server, db, new Driver(server.port(), bodies, seals, OrderBodies.FIRST));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean run(Installation.Server server, Connection db, Driver orders)
            throws InterruptedException, SQLException {
        out.accept("brands: " + plan.size.brands());
        out.accept("pieces: " + count(db, "select count(*) from pieces"));
        out.accept("collectors: " + count(db, "select count(*) from collectors"));
        out.accept("showroom_pieces: " + plan.size.starPieces());
        // Orders come in here, too: what they take is not to be compiled first while pages are measured.
        double compiling = 1;
        for (int round = 1; round <= plan.warmUpRounds && compiling > Usage.COMPILED; round++) {
            var random = new Random(-round);
            compiling = Usage.compilingShare(server, () -> beside(orders, server.port(), plan.warmUpSeconds, random));
        }
        long ordersBefore = orders.taken();
        Usage before = server.usage();
        long compiled = Usage.compilingMicros(server.pid());
        Histogram[] took = beside(orders, server.port(), plan.seconds, new Random(2));
        compiled = Usage.compilingMicros(server.pid()) - compiled;
        Usage used = server.usage().since(before);
        for (Kind kind : Kind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            out.accept(LogBench.figure(name + "_p50_ms", took[kind.ordinal()].getValueAtPercentile(50) / 1e3, 1));
            out.accept(LogBench.figure(name + "_p99_ms", took[kind.ordinal()].getValueAtPercentile(99) / 1e3, 1));
        }
        out.accept("orders_meanwhile: " + (orders.taken() - ordersBefore));
        out.accept("cpu_us_per_page: " + used.platformMicros() / ((long) plan.perSecond * plan.seconds));
        out.accept("cpu_us_per_page_compiling: " + compiled / ((long) plan.perSecond * plan.seconds));
        out.accept("pages_per_second: " + closedLoop(server.port()));
        out.accept("server_rss_mb: " + Usage.peakMegabytes(server.pid()));
        boolean balances = count(db, "select count(*) from pieces where state = 'owned'")
                == count(db, "select sum(granted) from stock");
        out.accept("books_balance: " + (balances ? "yes" : "no"));
        out.accept("wrong_answers: " + wrong.size());
        wrong.stream().limit(5).forEach(out);
        return balances && wrong.isEmpty();
    }

    private Page page(Random random) {
        int n = random.nextInt(5);
        if (n < 2) return new Page(Kind.ZONE, "/");
        if (n < 4) return new Page(Kind.SHOWROOM, "/@" + Crowd.STAR);
        return new Page(
                Kind.COLD,
                switch (random.nextInt(3)) {
                    case 0 -> "/b/" + Crowd.brand(random.nextInt(plan.size.brands()));
                    case 1 -> "/o/" + Crowd.design(random.nextInt(plan.size.designs()));
                    default -> "/@" + Crowd.handle(1 + random.nextInt(plan.size.collectors() - 1));
                });
    }

    private interface Work {
        void run(KeptConnection connection, int n) throws IOException;
    }

    private Histogram[] beside(Driver orders, int port, int seconds, Random random) throws InterruptedException {
        Thread writes = Thread.ofPlatform().start(() -> {
            try {
                orders.openLoop(4, plan.ordersPerSecond, seconds);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Histogram[] took = openLoop(port, seconds, random);
        writes.join();
        return took;
    }

    /** Each page is due at its time, whatever became of the others; lateness counts. In microseconds, by kind. */
    private Histogram[] openLoop(int port, int seconds, Random random) throws InterruptedException {
        int pages = plan.perSecond * seconds;
        List<Page> order = new ArrayList<>();
        for (int i = 0; i < pages; i++) order.add(page(random));
        Histogram[] took = new Histogram[Kind.values().length];
        for (int i = 0; i < took.length; i++) took[i] = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);
        var timetable = new Timetable(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200), plan.perSecond, pages);
        each(port, (connection, n) -> {
            for (int i = timetable.next(); i >= 0; i = timetable.next()) {
                Page page = order.get(i);
                ask(connection, page);
                took[page.kind.ordinal()].recordValue(
                        TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - timetable.due(i)));
            }
        });
        return took;
    }

    private long closedLoop(int port) throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(plan.seconds / 2);
        var asked = new AtomicLong();
        each(port, (connection, n) -> {
            var random = new Random(n);
            while (n < 8 && System.nanoTime() < end) {
                ask(connection, page(random));
                asked.incrementAndGet();
            }
        });
        return asked.get() * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
    }

    private void each(int port, Work work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int n = 0; n < plan.connections; n++) {
            int each = n;
            threads.add(Thread.ofVirtual().start(() -> {
                try (var connection = new KeptConnection(port)) {
                    work.run(connection, each);
                } catch (IOException e) {
                    wrong.add(e.toString());
                }
            }));
        }
        for (Thread thread : threads) thread.join();
    }

    private void ask(KeptConnection connection, Page page) throws IOException {
        int status = connection.get(page.path);
        if (status != 200) wrong.add(page.path + ": " + status);
        else if (page.kind == Kind.SHOWROOM && !connection.body().contains("藏家0"))
            wrong.add(page.path + ": not her room");
        // Her wall does not end where the page does.
        else if (page.path.equals("/@" + Crowd.STAR)
                && plan.size.starPieces() > 60
                && !connection.body().contains("?from=60"))
            wrong.add(page.path + ": her other pieces cannot be reached");
    }

    private static long count(Connection db, String sql) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
