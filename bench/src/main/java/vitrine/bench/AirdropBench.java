package vitrine.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Airdrops;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.BrandId;

/**
 * A piece for each line of a file: how long the file takes to read, and how fast its pieces are given by a server that is killed at half
 * and started again. What each line means stands in docs/performance.md.
 */
final class AirdropBench {

    private static final long GIVEN_WITHIN_SECONDS = 1_800;

    /** Each hundredth names somebody who was named before. */
    private static final int AGAIN_EVERY = 100;

    private final int lines;
    private final Consumer<String> out;

    private AirdropBench(int lines, Consumer<String> out) {
        this.lines = lines;
        this.out = out;
    }

    /** True: everybody of the file has one piece, and its number is in the signed log. */
    static boolean run(int lines, Consumer<String> out) throws InterruptedException {
        return new AirdropBench(lines, out).run();
    }

    private boolean run() throws InterruptedException {
        List<String> begun = new ArrayList<>();
        Instant second = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        try (Installation installation = Installation.found(second, false, node -> {
            var moonrise = node.bean(JdbcClient.class)
                    .sql("select brand_id, collectible_id from collectibles where slug = 'moonrise'")
                    .query((row, n) -> new CollectibleId(
                            new BrandId(row.getObject(1, java.util.UUID.class)),
                            row.getObject(2, java.util.UUID.class)))
                    .single();
            Airdrops airdrops = node.bean(Airdrops.class);
            long begin = System.nanoTime();
            if (!(airdrops.read(moonrise, GiftPolicy.of("never"), false, file()) instanceof Airdrops.Reading.Read read))
                throw new IllegalStateException("not read");
            begun.add(seconds(begin));
            if (!(airdrops.begin(moonrise.brand(), read.airdrop().id()) instanceof Airdrops.Beginning.Begun))
                throw new IllegalStateException("not begun");
        })) {
            out.accept("airdrop_lines: " + lines);
            out.accept("airdrop_read_seconds: " + begun.getFirst());
            return give(installation);
        }
    }

    private Stream<String> file() {
        return IntStream.range(0, lines)
                .mapToObj(n -> "guest" + (n % AGAIN_EVERY == AGAIN_EVERY - 1 ? n - 1 : n) + "@home.example");
    }

    private boolean give(Installation installation) throws InterruptedException {
        int people = lines - lines / AGAIN_EVERY;
        long begin = System.nanoTime();
        Installation.Server server = installation.start(List.of());
        try {
            long half = until(installation.database(), people / 2);
            server.kill();
            out.accept("airdrop_killed_at: " + half);
            long away = System.nanoTime();
            server = installation.start(List.of());
            out.accept("airdrop_seconds_until_it_went_on: " + seconds(away));
            until(installation.database(), people);
            long took = System.nanoTime() - begin;
            out.accept("airdrop_given_per_second: " + people * 1_000_000_000L / took);
            rest(installation.database());
            out.accept("airdrop_sealed_seconds: " + seconds(begin));
            out.accept("airdrop_server_rss_mb: " + Usage.peakMegabytes(server.pid()));
            return settle(installation.database(), people);
        } finally {
            server.close();
        }
    }

    private static long until(DataSource database, long wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GIVEN_WITHIN_SECONDS);
        while (true) {
            long given = number(database, "select given from airdrops");
            if (given >= wanted) return given;
            if (System.nanoTime() > end) throw new IllegalStateException("only " + given + " were given");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private static void rest(DataSource database) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GIVEN_WITHIN_SECONDS);
        while (number(database, """
                        select (select count(*) from airdrops where done_at is null) + (select count(*) from log_pending)
                            + (select count(*) from logs where signed_size < size)
                        """) > 0) {
            if (System.nanoTime() > end) throw new IllegalStateException("it does not come to rest");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    private boolean settle(DataSource database, int people) {
        long owners = number(database, "select count(distinct owner_id) from pieces");
        long pieces = number(database, "select count(*) from pieces");
        long twice = number(database, "select count(*) from airdrop_lines where problem = 'twice'");
        out.accept("airdrop_lost: " + (people - owners));
        out.accept("airdrop_doubled: " + (pieces - owners));
        out.accept("airdrop_named_again: " + twice);
        List<Violation> violations = new Books(database).audit();
        violations.forEach(violation -> out.accept(violation.toString()));
        out.accept("airdrop_violations: " + violations.size());
        return owners == people && pieces == people && twice == lines - people && violations.isEmpty();
    }

    static String seconds(long since) {
        return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - since) / 1e9);
    }

    static long number(DataSource database, String sql) {
        return JdbcClient.create(database).sql(sql).query(Long.class).single();
    }
}
