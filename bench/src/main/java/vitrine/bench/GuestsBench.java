package vitrine.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.Guests;
import vitrine.launch.Node;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/**
 * A stage's list from a file: how long it takes to read, and how fast its people are brought to the list by a server that is killed at
 * half and started again. What each line means stands in docs/performance.md.
 */
final class GuestsBench {

    private static final Bilingual DAWN = new Bilingual("破晓", "Dawn");
    private static final long BROUGHT_WITHIN_SECONDS = 1_800;

    /** Each hundredth names somebody who was named before. */
    private static final int AGAIN_EVERY = 100;

    private final int lines;
    private final Consumer<String> out;

    private GuestsBench(int lines, Consumer<String> out) {
        this.lines = lines;
        this.out = out;
    }

    /** True: everybody of the file is on the list, once. */
    static boolean run(int lines, Consumer<String> out) throws InterruptedException {
        return new GuestsBench(lines, out).run();
    }

    private boolean run() throws InterruptedException {
        Instant second = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        try (Installation installation = Installation.found(second, false, this::read)) {
            return bring(installation);
        }
    }

    private void read(Node node) {
        CollectibleId moonrise = node.bean(JdbcClient.class)
                .sql("select brand_id, collectible_id from collectibles where slug = 'moonrise'")
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .single();
        Instant opens = Instant.now().plus(Duration.ofDays(1));
        var stage = new DropDraft.StageDraft(
                null,
                DAWN,
                moonrise.value(),
                opens,
                opens.plus(Duration.ofDays(1)),
                null,
                1,
                "list",
                null,
                null,
                "never",
                false,
                false);
        DropPlans plans = node.bean(DropPlans.class);
        if (!(plans.draft(moonrise.brand(), "dawn", new DropDraft(DAWN, DAWN, List.of(stage)))
                instanceof DropPlans.Drafting.Drafted drafted)) throw new IllegalStateException("no draft");
        Drop drop = plans.find(drafted.id()).orElseThrow();
        Guests guests = node.bean(Guests.class);
        UUID list = guests.lists(drop).keySet().iterator().next();
        long begin = System.nanoTime();
        if (!(guests.read(drop, list, file()) instanceof Guests.Reading.Read(Guests.File file)))
            throw new IllegalStateException("not read");
        out.accept("list_lines: " + lines);
        out.accept("list_read_seconds: " + AirdropBench.seconds(begin));
        if (!(guests.begin(file, true) instanceof Guests.Beginning.Begun)) throw new IllegalStateException("not begun");
    }

    private Stream<String> file() {
        return IntStream.range(0, lines)
                .mapToObj(n -> "guest" + (n % AGAIN_EVERY == AGAIN_EVERY - 1 ? n - 1 : n) + "@home.example");
    }

    private boolean bring(Installation installation) throws InterruptedException {
        int people = lines - lines / AGAIN_EVERY;
        long begin = System.nanoTime();
        Installation.Server server = installation.start(List.of());
        try {
            long half = until(installation.database(), lines / 2);
            server.kill();
            out.accept("list_killed_at: " + half);
            long away = System.nanoTime();
            server = installation.start(List.of());
            out.accept("list_seconds_until_it_went_on: " + AirdropBench.seconds(away));
            until(installation.database(), lines);
            out.accept("list_brought_per_second: " + people * 1_000_000_000L / (System.nanoTime() - begin));
            long guests = AirdropBench.number(installation.database(), "select count(*) from drop_guests");
            long twice = AirdropBench.number(
                    installation.database(), "select count(*) from guest_lines where problem = 'twice'");
            out.accept("list_lost: " + (people - guests));
            out.accept("list_named_again: " + twice);
            return guests == people && twice == lines - people;
        } finally {
            server.close();
        }
    }

    private static long until(DataSource database, long wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BROUGHT_WITHIN_SECONDS);
        while (true) {
            long upto = AirdropBench.number(database, "select upto from guest_files");
            if (upto >= wanted) return upto;
            if (System.nanoTime() > end) throw new IllegalStateException("only " + upto + " were brought");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
