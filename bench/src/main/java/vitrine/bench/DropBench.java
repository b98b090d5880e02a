package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.drop.BareSql;
import vitrine.drop.Crowds;
import vitrine.drop.OtherServer;
import vitrine.platform.BrandId;

/**
 * A crowd that wants the same pieces, on one machine: server, database and driver share it. What each line means stands in
 * docs/performance.md. In the end what people were told is held against the rows, and the books are audited.
 */
final class DropBench {

    private static final long REST_WITHIN_SECONDS = 900;

    /** Of a person who heard two numbers. */
    private static final int ANOTHER = -2;

    private static final int CONNECTIONS = 128;

    /** Claims before the first run of each design that is compared. */
    private static final int WARM_BESIDE = 100_000;

    /** With so many claims holds must have ended while they were made. */
    private static final int ENOUGH_FOR_HOLDS = 100_000;

    /** For so many who claim there is one whose hold ends meanwhile, and whose unit goes back. */
    private static final int HELD_EVERY = 50;

    /** Each can be measured by itself. */
    enum Part {
        CROWDS,
        COMPARED,
        FIRST_SECOND,
        AIRDROP,
        LIST;

        static Optional<Part> named(String text) {
            return Arrays.stream(values())
                    .filter(part -> part.name()
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-')
                            .equals(text))
                    .findFirst();
        }
    }

    /**
     * @param compared claims in each run beside another design
     * @param runs of each, in turns; their median counts
     * @param idle seconds between the announcement and the first second
     * @param lines of the airdrop's file, and of a list's
     */
    record Plan(
            Set<Part> parts,
            int nodes,
            int supply,
            int claims,
            int warmUp,
            int compared,
            int runs,
            int idle,
            int lines) {
        static Plan whole() {
            return new Plan(EnumSet.allOf(Part.class), 1, 10_000, 150_000, 250_000, 15_000, 5, 300, 1_000_000);
        }

        Plan brief() {
            return new Plan(parts, nodes, 200, 1_000, 500, 500, 1, 5, 5_000);
        }

        /** The parts beside others are of one node. */
        Plan withNodes(int number) {
            Set<Part> fewer = number == 1 ? parts : EnumSet.of(Part.CROWDS);
            return new Plan(fewer, number, supply, claims, warmUp, compared, runs, idle, lines);
        }

        Plan withIdle(int number) {
            return new Plan(parts, nodes, supply, claims, warmUp, compared, runs, number, lines);
        }

        Plan withSupply(int number) {
            return new Plan(parts, nodes, number, claims, warmUp, compared, runs, idle, lines);
        }

        Plan withClaims(int number) {
            return new Plan(parts, nodes, supply, number, warmUp, compared, runs, idle, lines);
        }

        Plan only(Part part) {
            return new Plan(EnumSet.of(part), nodes, supply, claims, warmUp, compared, runs, idle, lines);
        }
    }

    private final Plan plan;
    private final Consumer<String> out;
    private final Map<String, Crowds.Crowd> crowds = new HashMap<>();
    /** Those who may have won, and what they were told. */
    private final List<Asked> all = new ArrayList<>();

    private long winnersToldSoldOut;
    private boolean measuredRight = true;

    private record Asked(Claimers claimers, Crowds.Crowd crowd) {}

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

    /** The first second comes last: then the driver has nothing to compile that would take the machine from the server. */
    private boolean run() throws IOException, InterruptedException, SQLException {
        boolean right = Set.of(Part.AIRDROP, Part.LIST).containsAll(plan.parts) || crowds();
        if (plan.parts.contains(Part.FIRST_SECOND)) right &= firstSecond();
        if (plan.parts.contains(Part.AIRDROP)) right &= AirdropBench.run(plan.lines, out);
        if (plan.parts.contains(Part.LIST)) right &= GuestsBench.run(plan.lines, out);
        return right;
    }

    private boolean crowds() throws IOException, InterruptedException, SQLException {
        try (Installation installation = Installation.found(wholeSecond(), false, node -> {
            BrandId lumen = lumen(node);
            crowd(node, lumen, "warm-up", plan.warmUp, plan.warmUp);
            crowd(node, lumen, "rush", plan.supply, 3 * plan.supply);
            if (plan.parts.contains(Part.CROWDS)) {
                int held = plan.claims / HELD_EVERY;
                crowd(node, lumen, "closed", plan.claims + held, plan.claims);
                var same = crowd("closed").stage().collectible();
                crowds.put("held", Crowds.crowd(node, same, "held", 1, Duration.ZERO, Duration.ofMinutes(10), held));
                crowd(node, lumen, "open", plan.claims + held, plan.claims);
                var open = crowd("open").stage().collectible();
                crowds.put(
                        "held-open",
                        Crowds.crowd(node, open, "held-open", 1, Duration.ZERO, Duration.ofMinutes(10), held));
            }
            if (!plan.parts.contains(Part.COMPARED)) return;
            crowd(node, lumen, "warm-row-lock", plan.compared, plan.compared);
            int beside = Math.min(plan.warmUp, WARM_BESIDE);
            for (String other : List.of("ours", "redis", "two", "bare-sql"))
                crowd(node, lumen, "warm-" + other, beside, beside);
            for (int n = 0; n < plan.runs; n++) {
                for (String kind : List.of("ours", "row-lock", "redis", "two", "bare-sql"))
                    crowd(node, lumen, slug(kind, n), plan.compared, plan.compared);
            }
        })) {
            return measure(installation);
        }
    }

    private static String slug(String kind, int run) {
        return kind + "-run" + run;
    }

    private static Instant wholeSecond() {
        return Instant.ofEpochSecond(Instant.now().getEpochSecond());
    }

    private static BrandId lumen(vitrine.launch.Node node) {
        return new BrandId(node.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
    }

    private void crowd(vitrine.launch.Node node, BrandId brand, String slug, int supply, int people) {
        crowds.put(slug, Crowds.crowd(node, brand, slug, supply, 1, Duration.ZERO, null, people));
    }

    /**
     * The second that a drop is about, as it comes in life: a server that heard of the drop, warmed up by itself and then had nothing to
     * do; tables that nobody has counted yet; ten thousand who ask in the first second over connections that are open already.
     */
    private boolean firstSecond() throws InterruptedException {
        int people = plan.supply;
        Duration until = Duration.ofSeconds(plan.idle + 45L);
        try (Installation installation = Installation.found(
                        wholeSecond(),
                        false,
                        node -> crowds.put(
                                "first", Crowds.crowd(node, lumen(node), "first", people, 1, until, null, people)));
                Installation.Server server = installation.start(List.of())) {
            var crowd = java.util.Objects.requireNonNull(crowds.remove("first"));
            Claimers claimers = new Claimers(List.of(server.port()), crowd.passes());
            Instant opens = crowd.opensAt();
            long wait = Duration.between(Instant.now(), opens.minusSeconds(5)).toMillis();
            say("first_second_idle_seconds", Math.max(0, wait / 1000));
            if (wait > 0) Thread.sleep(wait);
            Histogram histogram = claimers.openLoop(
                    1_000,
                    people,
                    1,
                    0,
                    () -> System.nanoTime()
                            + Math.max(0, Duration.between(Instant.now(), opens).toNanos())
                            + 10_000_000L);
            out.accept("first_second_p50_ms: " + ms(histogram.getValueAtPercentile(50)));
            out.accept("first_second_p99_ms: " + ms(histogram.getValueAtPercentile(99)));
            say("first_second_won", claimers.won());
            rest(installation.database());
            Compared compared = compared(installation.database(), List.of(new Asked(claimers, crowd)));
            say("first_second_lost_acknowledged", compared.lost);
            say("first_second_unexplained", compared.unexplained + claimers.others());
            List<Violation> violations = new Books(installation.database()).audit();
            violations.forEach(violation -> out.accept(violation.toString()));
            say("first_second_violations", violations.size());
            return claimers.won() == people && compared.holds() && claimers.others() == 0 && violations.isEmpty();
        }
    }

    private static String ms(long micros) {
        return String.format(Locale.ROOT, "%.1f", micros / 1e3);
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
            asked(ports, "warm-up").closedLoop(CONNECTIONS, seconds(120));
            // A crowd keeps those before it waiting for half a minute at most: they have their pieces before it comes.
            rest(database);
            if (plan.parts.contains(Part.CROWDS)) {
                long perSecond = closed(database, servers, ports);
                rest(database); // what is measured is the claims, not the granting of those before
                open(database, installation.folder(), ports, (int) (perSecond / 2));
            }
            Claimers rush = rush(ports);
            long peak = 0;
            for (Installation.Server server : servers) peak = Math.max(peak, Usage.peakMegabytes(server.pid()));
            say("server_rss_mb", peak);
            if (plan.parts.contains(Part.COMPARED)) compare(installation, servers, rush);
            say("measured_wrongly", measuredRight ? 0 : 1);
            rest(database);
            return settle(database);
        } finally {
            for (Installation.Server server : servers.reversed()) server.close();
        }
    }

    private Claimers claimers(List<Integer> ports, String slug) {
        return new Claimers(ports, crowd(slug).passes());
    }

    /** The same, and what they are told is held against the rows in the end. */
    private Claimers asked(List<Integer> ports, String slug) {
        Claimers claimers = claimers(ports, slug);
        all.add(new Asked(claimers, crowd(slug)));
        return claimers;
    }

    /** As fast as it goes, a fifth of them twice; holds on the same pieces end all the while. */
    private long closed(DataSource database, List<Installation.Server> servers, List<Integer> ports)
            throws InterruptedException {
        Claimers held = held(database, ports, "held");
        Claimers claimers = asked(ports, "closed");
        Usage before = usage(servers);
        long compiled = compilingMicros(servers);
        long begin = System.nanoTime();
        claimers.closedLoop(CONNECTIONS, seconds(120));
        long took = System.nanoTime() - begin;
        Usage used = usage(servers).since(before);
        compiled = compilingMicros(servers) - compiled;
        long perSecond = claimers.won() * 1_000_000_000L / took;
        say("claims_per_second", perSecond);
        say("answers_per_second", claimers.answers() * 1_000_000_000L / took);
        say("cpu_us_per_claim", used.platformMicros() / Math.max(1, claimers.won()));
        say("cpu_us_per_claim_server", used.serverMicros() / Math.max(1, claimers.won()));
        say("cpu_us_per_claim_compiling", compiled / Math.max(1, claimers.won()));
        say("cpu_us_per_claim_postgres", used.postgresMicros() / Math.max(1, claimers.won()));
        out.accept("driver_cpu_share: " + String.format(Locale.ROOT, "%.3f", used.driverShare()));
        say("holds", held.held());
        endedMeanwhile(database, "held", "holds_ended_meanwhile");
        return perSecond;
    }

    /** People who hold something that is over within the seconds that are measured. */
    private Claimers held(DataSource database, List<Integer> ports, String slug) throws InterruptedException {
        Claimers held = claimers(ports, slug);
        held.closedLoop(CONNECTIONS, seconds(20));
        // Nobody waits ten minutes here: their clocks are set to those seconds.
        text(database, """
                with soon as (
                    update claims set hold_until = clock_timestamp() + random() * interval '8 seconds'
                    where drop_id = '%s' returning 1)
                select count(*) from soon
                """.formatted(crowd(slug).drop().value()));
        return held;
    }

    private void endedMeanwhile(DataSource database, String slug, String line) {
        long ended = Long.parseLong(text(
                database,
                "select count(*) from claims_ended where drop_id = '"
                        + crowd(slug).drop().value() + "'"));
        say(line, ended);
        if (plan.claims >= ENOUGH_FOR_HOLDS && ended == 0) measuredRight = false;
    }

    /** The first second of a crowd has a measurement of its own; here it has been there for a while. */
    private void open(DataSource database, Path folder, List<Integer> ports, int perSecond)
            throws IOException, InterruptedException {
        held(database, ports, "held-open");
        Claimers claimers = asked(ports, "open");
        int seconds = Math.max(1, Math.min(12, plan.claims / Math.max(1, perSecond)));
        int leadIn = seconds / 6;
        try (var disk = new DiskProbe(folder)) {
            Histogram histogram = claimers.openLoop(4 * CONNECTIONS, Math.max(1, perSecond), seconds, leadIn);
            out.accept("p50_ms: " + ms(histogram.getValueAtPercentile(50)));
            out.accept("p99_ms: " + ms(histogram.getValueAtPercentile(99)));
            out.accept("disk_p99_ms: " + ms(disk.micros().getValueAtPercentile(99)));
            out.accept("disk_longest_ms: " + ms(disk.micros().getMaxValue()));
            endedMeanwhile(database, "held-open", "open_holds_ended_meanwhile");
        }
    }

    /** Three for each piece, at once; then those who came too late, again and again. */
    private Claimers rush(List<Integer> ports) throws InterruptedException {
        Claimers claimers = asked(ports, "rush");
        long begin = System.nanoTime();
        claimers.closedLoop(CONNECTIONS, seconds(60));
        long took = System.nanoTime() - begin;
        out.accept("seconds_to_sell_" + plan.supply + ": "
                + String.format(Locale.ROOT, "%.2f", (claimers.lastWinAt() - begin) / 1e9));
        out.accept("seconds_for_the_rush: " + String.format(Locale.ROOT, "%.2f", took / 1e9));
        begin = System.nanoTime();
        Claimers late = new Claimers(
                ports, java.util.Objects.requireNonNull(crowds.get("rush")).passes());
        late.closedLoop(CONNECTIONS, seconds(20));
        say("sold_out_and_winners_per_second", late.answers() * 1_000_000_000L / (System.nanoTime() - begin));
        // Whoever had won must have heard the same number.
        for (int n = 0; n < claimers.people(); n++) {
            if (claimers.told(n) > 0 && late.told(n) != claimers.told(n)) winnersToldSoldOut++;
        }
        return claimers;
    }

    // ---- beside other designs, in the same run

    /**
     * Each design on a server of its own that makes no pieces: those are made between the runs, by the first node, which stands still
     * while one is measured.
     */
    private void compare(Installation installation, List<Installation.Server> servers, Claimers rush)
            throws IOException, InterruptedException, SQLException {
        Installation.Server first = servers.getFirst();
        Installation.Server ours = other(installation, first, servers, "ours", List.of());
        Installation.Server rowLock = other(installation, first, servers, "row-lock", List.of());
        Installation.Server second = installation.second(first);
        servers.add(second);
        List<Integer> one = List.of(ours.port());
        List<Integer> two = List.of(ours.port(), second.port());
        try (Redis redis = Redis.startOrNull(installation.folder())) {
            Map<String, Run> designs = new LinkedHashMap<>();
            designs.put("ours", slug -> won(installation, one, slug));
            designs.put("bare-sql", slug -> BareSql.claimsPerSecond(installation.database(), crowd(slug)));
            if (redis != null) {
                String at = "-Dvitrine.bench.redis=" + redis.port();
                List<Integer> usual = List.of(other(installation, first, servers, "redis", List.of(at))
                        .port());
                designs.put("redis", slug -> won(installation, usual, slug));
            }
            designs.put("two", slug -> won(installation, two, slug));
            designs.put("row-lock", slug -> won(installation, List.of(rowLock.port()), slug));

            for (var design : designs.entrySet()) {
                String warmUp = "warm-" + design.getKey();
                if (crowds.containsKey(warmUp))
                    alone(installation, first, () -> design.getValue().run(warmUp));
            }
            alone(installation, first, () -> soldOut(one, rush));
            Map<String, Long> median = new HashMap<>();
            Map<String, List<Long>> runs = new LinkedHashMap<>();
            for (int n = 0; n < plan.runs; n++) {
                for (var design : designs.entrySet()) {
                    String slug = slug(design.getKey(), n);
                    runs.computeIfAbsent(design.getKey(), k -> new ArrayList<>())
                            .add(alone(
                                    installation, first, () -> design.getValue().run(slug)));
                }
            }
            runs.forEach((design, rates) -> {
                median.put(design, middle(rates));
                say(design.replace('-', '_') + "_claims_per_second", middle(rates));
            });
            long rate = median.getOrDefault("ours", 0L);
            ratio("claims_vs_bare_sql", rate, median.getOrDefault("bare-sql", 0L));
            ratio("claims_vs_sixteen_connections", rate, median.getOrDefault("row-lock", 0L));
            if (redis != null) ratio("claims_vs_redis_lua", rate, median.getOrDefault("redis", 0L));
            else out.accept("claims_vs_redis_lua: not measured, there is no redis-server on this machine");
            ratio("two_nodes_vs_one", median.getOrDefault("two", 0L), rate);
        }
    }

    /** One measurement. */
    private interface Run {
        long run(String crowd) throws InterruptedException, SQLException;
    }

    private interface Measured {
        long run() throws InterruptedException, SQLException;
    }

    private static Installation.Server other(
            Installation installation,
            Installation.Server first,
            List<Installation.Server> servers,
            String design,
            List<String> properties) {
        servers.add(installation.beside(first, design, properties, List.of("vitrine.drop.OtherServer", design)));
        return servers.getLast();
    }

    /** While nothing is left to be granted from what was measured before, and nobody grants. */
    private static long alone(Installation installation, Installation.Server granting, Measured measured)
            throws InterruptedException, SQLException {
        rest(installation.database());
        Nemesis.signal("STOP", granting.pid());
        try {
            return measured.run();
        } finally {
            Nemesis.signal("CONT", granting.pid());
        }
    }

    private static long middle(List<Long> rates) {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }

    /** Claims a second of a whole crowd; the clock stops when all that was told stands in the database. */
    private long won(Installation installation, List<Integer> ports, String slug) throws InterruptedException {
        Claimers claimers = asked(ports, slug);
        long begin = System.nanoTime();
        claimers.closedLoop(CONNECTIONS, seconds(120));
        // One row, which each design counts in: looking at all claims again and again would cost the design that is
        // waited for.
        Crowds.Crowd crowd = crowd(slug);
        String taken = "select taken from drop_stages where brand_id = '%s' and drop_id = '%s' and stage_id = '%s'"
                .formatted(
                        crowd.drop().brand().value(),
                        crowd.drop().value(),
                        crowd.stage().id());
        while (Long.parseLong(text(installation.database(), taken)) < claimers.won()) LockSupport.parkNanos(2_000_000L);
        long took = System.nanoTime() - begin;
        String written = "select count(*) from claims where brand_id = '%s' and drop_id = '%s'"
                .formatted(crowd.drop().brand().value(), crowd.drop().value());
        if (Long.parseLong(text(installation.database(), written)) < claimers.won()) measuredRight = false;
        return claimers.won() * 1_000_000_000L / took;
    }

    /** Those who came too late, beside a servlet of the same server that says the same to everybody. */
    private long soldOut(List<Integer> ports, Claimers rush) throws InterruptedException {
        List<String> passes = crowd("rush").passes();
        List<String> losers = new ArrayList<>();
        for (int n = 0; n < passes.size(); n++) if (rush.told(n) < 0) losers.add(passes.get(n));
        List<Long> here = new ArrayList<>();
        List<Long> there = new ArrayList<>();
        for (int n = 0; n <= plan.runs; n++) {
            here.add(soldOutAnswers(new Claimers(ports, losers)));
            there.add(soldOutAnswers(new Claimers(ports, losers, OtherServer.BARE)));
        }
        say("sold_out_per_second", middle(here));
        ratio("sold_out_vs_bare_servlet", middle(here), middle(there));
        return middle(here);
    }

    /** Whoever hears anything but "sold out", and be it "busy", was not answered. */
    private long soldOutAnswers(Claimers claimers) throws InterruptedException {
        long begin = System.nanoTime();
        claimers.closedLoop(CONNECTIONS, seconds(20));
        long took = System.nanoTime() - begin;
        if (claimers.others() > 0 || claimers.won() > 0 || claimers.busy() > 0) measuredRight = false;
        return claimers.answers() * 1_000_000_000L / took;
    }

    private Crowds.Crowd crowd(String slug) {
        return java.util.Objects.requireNonNull(crowds.get(slug));
    }

    private void ratio(String name, long of, long to) {
        out.accept(name + ": " + String.format(Locale.ROOT, "%.2f", (double) of / Math.max(1, to)));
    }

    private static Usage usage(List<Installation.Server> servers) {
        Usage first = servers.getFirst().usage();
        long server = first.serverMicros();
        for (Installation.Server more : servers.subList(1, servers.size()))
            server += more.usage().serverMicros();
        return new Usage(server, first.postgresMicros(), first.driverMicros());
    }

    private static long compilingMicros(List<Installation.Server> servers) {
        return servers.stream()
                .mapToLong(server -> Usage.compilingMicros(server.pid()))
                .sum();
    }

    // ---- the books

    private static void rest(DataSource database) {
        long end = System.nanoTime() + seconds((int) REST_WITHIN_SECONDS);
        while (!text(database, """
                        select (select count(*) from claims where granted_at is null or hold_until is not null) + (select count(*) from log_pending)
                            + (select count(*) from logs where signed_size < size) + (select count(*) from events_outbox)
                            + (select count(*) from event_heads h join event_cursors c using (brand_id) where c.seq < h.last_seq)
                        """).equals("0")) {
            if (System.nanoTime() > end) throw new IllegalStateException("it does not come to rest");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    /** @param lost people who were told a number that is not theirs in the rows; @param unexplained rows of people who were told none */
    private record Compared(long lost, long unexplained) {
        boolean holds() {
            return lost == 0 && unexplained == 0;
        }
    }

    /** Person by person: her number as she was told it, and as it stands in the rows. */
    private static Compared compared(DataSource database, List<Asked> all) {
        long lost = 0;
        long unexplained = 0;
        for (Asked asked : all) {
            Map<UUID, Integer> rows = new HashMap<>();
            JdbcClient.create(database)
                    .sql("select collector_id, serial from claims where drop_id = :drop and serial is not null")
                    .param("drop", asked.crowd.drop().value())
                    .query(row -> {
                        rows.put(row.getObject(1, UUID.class), row.getInt(2));
                    });
            for (int n = 0; n < asked.claimers.people(); n++) {
                int told = asked.claimers.told(n);
                Integer row = rows.get(asked.crowd.people().get(n).value());
                if (told > 0 ? row == null || row != told : told == ANOTHER) lost++;
                else if (told <= 0 && row != null) unexplained++;
            }
        }
        return new Compared(lost, unexplained);
    }

    private boolean settle(DataSource database) {
        long others = 0;
        for (Asked asked : all) {
            others += asked.claimers.others();
            winnersToldSoldOut += asked.claimers.winnersToldSoldOut();
        }
        Compared compared = compared(database, all);
        say("claims", text(database, "select count(*) from claims"));
        say("lost_acknowledged", compared.lost);
        say("unexplained", compared.unexplained + others);
        // Of the rows that people have: the stock's own sums cannot say it, since their constraint holds them to the
        // supply.
        long oversold = Long.parseLong(text(database, """
                with given as (
                    select collectible_id, count(*) as n from (
                        select collectible_id from claims
                        union all select p.collectible_id from pieces p
                        where p.state <> 'returned'
                            and not exists (select from claims c where (c.collectible_id, c.serial) = (p.collectible_id, p.serial))) unit
                    group by 1),
                entered as (select drop_id, stage_id, count(*) as n from claims group by 1, 2)
                select coalesce((select sum(greatest(0, g.n - (s.supply - s.withheld))) from given g join stock s using (collectible_id)), 0)
                    + coalesce((select sum(greatest(0, e.n - st.cap)) from entered e join drop_stages st using (drop_id, stage_id)), 0)
                """));
        long duplicates = Long.parseLong(text(database, """
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
        return measuredRight
                && compared.holds()
                && others == 0
                && oversold == 0
                && duplicates == 0
                && gaps == 0
                && winnersToldSoldOut == 0
                && violations.isEmpty();
    }

    private static String text(DataSource database, String sql) {
        return String.valueOf(JdbcClient.create(database).sql(sql).query().singleValue());
    }

    private void say(String name, Object value) {
        out.accept(name + ": " + value);
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
