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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.drop.Crowds;
import vitrine.platform.BrandId;

/**
 * A crowd that wants the same pieces, on one machine: server, database and driver share it. What each line means stands in
 * docs/performance.md. In the end what people were told is held against the rows, and the books are audited.
 */
final class DropBench {

    private static final long REST_WITHIN_SECONDS = 900;
    private static final int CONNECTIONS = 128;

    record Plan(int nodes, int supply, int claims, int warmUp, boolean keep) {
        static Plan whole() {
            return new Plan(1, 10_000, 150_000, 100_000, false);
        }

        Plan brief() {
            return new Plan(nodes, 200, 1_000, 500, keep);
        }
    }

    private final Plan plan;
    private final Consumer<String> out;
    private final Map<String, Crowds.Crowd> crowds = new HashMap<>();

    private DropBench(Plan plan, Consumer<String> out) {
        this.plan = plan;
        this.out = out;
    }

    /** True: everything that must be 0 is. */
    static boolean run(Plan plan, Consumer<String> out) {
        try {
            return new DropBench(plan, out).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean run() throws IOException, InterruptedException, SQLException {
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        try (Installation installation = Installation.found(now, plan.keep, node -> {
            BrandId lumen = new BrandId(node.bean(JdbcClient.class)
                    .sql("select brand_id from brands where slug = 'lumen'")
                    .query(java.util.UUID.class)
                    .single());
            crowd(node, lumen, "warm-up", plan.warmUp, plan.warmUp);
            crowd(node, lumen, "closed", plan.claims, plan.claims);
            crowd(node, lumen, "open", plan.claims, plan.claims);
            crowd(node, lumen, "rush", plan.supply, 3 * plan.supply);
        })) {
            return measure(installation);
        }
    }

    private void crowd(vitrine.launch.Node node, BrandId brand, String slug, int supply, int people) {
        crowds.put(slug, Crowds.crowd(node, brand, slug, supply, 1, Duration.ZERO, null, people));
    }

    private boolean measure(Installation installation) throws IOException, InterruptedException, SQLException {
        List<Installation.Server> servers = new ArrayList<>();
        try {
            servers.add(installation.start(List.of()));
            for (int n = 1; n < plan.nodes; n++) servers.add(installation.second(servers.getFirst()));
            List<Integer> ports =
                    servers.stream().map(Installation.Server::port).toList();
            DataSource database = installation.database();
            say("fsync", text(database, "show fsync"));
            say("nodes", plan.nodes);
            List<Claimers> all = new ArrayList<>();
            all.add(claimers(ports, "warm-up"));
            all.getLast().closedLoop(CONNECTIONS, seconds(120));
            long perSecond = closed(servers, ports, all);
            open(ports, all, (int) (perSecond / 2));
            rush(ports, all);
            long peak = 0;
            for (Installation.Server server : servers) peak = Math.max(peak, Usage.peakMegabytes(server.pid()));
            say("server_rss_mb", peak);
            rest(database);
            return settle(database, all);
        } finally {
            for (Installation.Server server : servers.reversed()) server.close();
        }
    }

    private Claimers claimers(List<Integer> ports, String slug) {
        return new Claimers(
                ports, java.util.Objects.requireNonNull(crowds.get(slug)).passes());
    }

    /** As fast as it goes, a fifth of them twice. */
    private long closed(List<Installation.Server> servers, List<Integer> ports, List<Claimers> all)
            throws InterruptedException {
        Claimers claimers = claimers(ports, "closed");
        all.add(claimers);
        Usage before = usage(servers);
        long begin = System.nanoTime();
        claimers.closedLoop(CONNECTIONS, seconds(120));
        long took = System.nanoTime() - begin;
        Usage used = usage(servers).since(before);
        long perSecond = claimers.won() * 1_000_000_000L / took;
        say("claims_per_second", perSecond);
        say("answers_per_second", claimers.answers() * 1_000_000_000L / took);
        say("cpu_us_per_claim", used.platformMicros() / Math.max(1, claimers.won()));
        say("cpu_us_per_claim_server", used.serverMicros() / Math.max(1, claimers.won()));
        say("cpu_us_per_claim_postgres", used.postgresMicros() / Math.max(1, claimers.won()));
        out.accept("driver_cpu_share: " + String.format(Locale.ROOT, "%.3f", used.driverShare()));
        return perSecond;
    }

    private void open(List<Integer> ports, List<Claimers> all, int perSecond) throws InterruptedException {
        Claimers claimers = claimers(ports, "open");
        all.add(claimers);
        int seconds = Math.max(1, Math.min(10, plan.claims / Math.max(1, perSecond)));
        Histogram histogram = claimers.openLoop(4 * CONNECTIONS, Math.max(1, perSecond), seconds);
        out.accept("p50_ms: " + String.format(Locale.ROOT, "%.1f", histogram.getValueAtPercentile(50) / 1e3));
        out.accept("p99_ms: " + String.format(Locale.ROOT, "%.1f", histogram.getValueAtPercentile(99) / 1e3));
    }

    /** Three for each piece, at once; then those who came too late, again and again. */
    private void rush(List<Integer> ports, List<Claimers> all) throws InterruptedException {
        Claimers claimers = claimers(ports, "rush");
        all.add(claimers);
        long begin = System.nanoTime();
        claimers.closedLoop(CONNECTIONS, seconds(60));
        long took = System.nanoTime() - begin;
        out.accept("seconds_for_the_rush: " + String.format(Locale.ROOT, "%.2f", took / 1e9));
        long answered = claimers.answers();
        begin = System.nanoTime();
        Claimers late = new Claimers(
                ports, java.util.Objects.requireNonNull(crowds.get("rush")).passes());
        late.closedLoop(CONNECTIONS, seconds(20));
        say("sold_out_per_second", late.answers() * 1_000_000_000L / (System.nanoTime() - begin));
        say("rush_answers", answered);
        all.add(late);
    }

    private static Usage usage(List<Installation.Server> servers) {
        Usage first = servers.getFirst().usage();
        long server = first.serverMicros();
        for (Installation.Server more : servers.subList(1, servers.size()))
            server += more.usage().serverMicros();
        return new Usage(server, first.postgresMicros(), first.driverMicros());
    }

    // ---- the books

    private static void rest(DataSource database) throws SQLException {
        long end = System.nanoTime() + seconds((int) REST_WITHIN_SECONDS);
        while (!text(database, """
                        select (select count(*) from claims where granted_at is null) + (select count(*) from log_pending)
                            + (select count(*) from logs where signed_size < size)
                        """).equals("0")) {
            if (System.nanoTime() > end) throw new IllegalStateException("it does not come to rest");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private boolean settle(DataSource database, List<Claimers> all) throws SQLException {
        long acknowledged = 0;
        long winnersToldSoldOut = 0;
        long changed = 0;
        long others = 0;
        for (Claimers claimers : all.subList(0, all.size() - 1)) {
            acknowledged += claimers.won();
            others += claimers.others();
            for (int n = 0; n < claimers.people(); n++) if (claimers.told(n) == -2) changed++;
        }
        // The last ones are the rush again: whoever had won must have heard the same number.
        Claimers rush = all.get(all.size() - 2);
        Claimers late = all.getLast();
        for (int n = 0; n < rush.people(); n++) {
            if (rush.told(n) > 0 && late.told(n) != rush.told(n)) winnersToldSoldOut++;
        }
        for (Claimers claimers : all) winnersToldSoldOut += claimers.winnersToldSoldOut();
        long claims = Long.parseLong(text(database, "select count(*) from claims"));
        say("claims", claims);
        say("lost_acknowledged", Math.max(0, acknowledged - claims));
        say("unexplained", Math.max(0, claims - acknowledged) + others);
        long oversold = Long.parseLong(text(database, """
                select coalesce(sum(greatest(0, granted + held - supply)), 0) from stock where supply is not null
                """));
        long duplicates = changed + Long.parseLong(text(database, """
                        select count(*) from (
                            select 1 from claims group by drop_id, collector_id having count(*) > 1
                            union all select 1 from claims group by collectible_id, serial having count(*) > 1) twice
                        """));
        long gaps = Long.parseLong(text(database, """
                select coalesce(sum(s.last_serial - c.n), 0) from stock s
                cross join lateral (select count(distinct serial) as n from claims c where c.collectible_id = s.collectible_id) c
                where exists (select from claims c where c.collectible_id = s.collectible_id)
                """));
        say("oversold", oversold);
        say("duplicates", duplicates);
        say("gaps", gaps);
        say("winners_told_sold_out", winnersToldSoldOut);
        List<Violation> violations = new Books(database).audit();
        violations.forEach(violation -> out.accept(violation.toString()));
        say("violations", violations.size());
        return acknowledged == claims
                && others == 0
                && oversold == 0
                && duplicates == 0
                && gaps == 0
                && winnersToldSoldOut == 0
                && violations.isEmpty();
    }

    private static String text(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private void say(String name, Object value) {
        out.accept(name + ": " + value);
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
