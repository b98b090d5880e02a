package vitrine.bench;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Airdrops;
import vitrine.launch.Node;
import vitrine.ownership.GiftPolicy;

/**
 * A piece for each line of a file: how long the file takes to read, and how fast its pieces are given by a server that is killed at half
 * and started again. What each line means stands in docs/performance.md.
 */
final class AirdropBench {

    private static final long RESTS_WITHIN_SECONDS = 1_800;

    private final LongFile file;
    private final Consumer<String> out;

    private AirdropBench(int lines, Consumer<String> out) {
        this.file = new LongFile("airdrop", lines, out);
        this.out = out;
    }

    /** True: everybody of the file has one piece, and its number is in the signed log. */
    static boolean run(int lines, Consumer<String> out) throws InterruptedException {
        return new AirdropBench(lines, out).run();
    }

    private boolean run() throws InterruptedException {
        Instant second = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        try (Installation installation = Installation.found(second, false, this::read)) {
            return give(installation);
        }
    }

    private void read(Node node) {
        CollectibleId moonrise = LongFile.moonrise(node);
        Airdrops airdrops = node.bean(Airdrops.class);
        long begin = System.nanoTime();
        if (!(airdrops.read(moonrise, GiftPolicy.of("never"), false, file.text())
                instanceof Airdrops.Reading.Read read)) throw new IllegalStateException("not read");
        file.say("lines", file.lines());
        file.say("read_seconds", LongFile.seconds(begin));
        if (!(airdrops.begin(moonrise.brand(), read.airdrop().id()) instanceof Airdrops.Beginning.Begun))
            throw new IllegalStateException("not begun");
    }

    private boolean give(Installation installation) throws InterruptedException {
        long begin = System.nanoTime();
        try (Installation.Server server =
                file.killedAtHalf(installation, "select given from airdrops", file.people())) {
            file.say("given_per_second", file.people() * 1_000_000_000L / (System.nanoTime() - begin));
            rest(installation.database());
            file.say("sealed_seconds", LongFile.seconds(begin));
            file.say("server_rss_mb", Usage.peakMegabytes(server.pid()));
            return settle(installation.database());
        }
    }

    private static void rest(DataSource database) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RESTS_WITHIN_SECONDS);
        while (LongFile.number(database, """
                        select (select count(*) from airdrops where done_at is null) + (select count(*) from log_pending)
                            + (select count(*) from logs where signed_size < size)
                        """) > 0) {
            if (System.nanoTime() > end) throw new IllegalStateException("it does not come to rest");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    private boolean settle(DataSource database) {
        long owners = LongFile.number(database, "select count(distinct owner_id) from pieces");
        long pieces = LongFile.number(database, "select count(*) from pieces");
        long twice = LongFile.number(database, "select count(*) from airdrop_lines where problem = 'twice'");
        int people = file.people();
        file.say("lost", people - owners);
        file.say("doubled", pieces - owners);
        file.say("named_again", twice);
        List<Violation> violations = new Books(database).audit();
        violations.forEach(violation -> out.accept(violation.toString()));
        file.say("violations", violations.size());
        return owners == people && pieces == people && twice == file.lines() - people && violations.isEmpty();
    }
}
