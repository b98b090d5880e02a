package vitrine.bench;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.CollectibleId;
import vitrine.launch.Node;
import vitrine.platform.BrandId;

/**
 * A file of people that a server works through: it is killed at half, and another one goes on.
 *
 * @param name what its numbers are printed under
 */
record LongFile(String name, int lines, Consumer<String> out) {

    private static final long DONE_WITHIN_SECONDS = 1_800;

    /** Each hundredth names somebody who was named before. */
    private static final int AGAIN_EVERY = 100;

    Stream<String> text() {
        return IntStream.range(0, lines)
                .mapToObj(n -> "guest" + (n % AGAIN_EVERY == AGAIN_EVERY - 1 ? n - 1 : n) + "@home.example");
    }

    int people() {
        return lines - lines / AGAIN_EVERY;
    }

    static CollectibleId moonrise(Node node) {
        return node.bean(JdbcClient.class)
                .sql("select brand_id, collectible_id from collectibles where slug = 'moonrise'")
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .single();
    }

    /**
     * Until all of it is done. Returns the server that did the second half, which still runs.
     *
     * @param done how much is, as SQL
     */
    Installation.Server killedAtHalf(Installation installation, String done, long all) throws InterruptedException {
        Installation.Server server = installation.start(List.of());
        try {
            long half = until(installation.database(), done, all / 2);
            server.kill();
            say("killed_at", half);
            long away = System.nanoTime();
            server = installation.start(List.of());
            say("seconds_until_it_went_on", seconds(away));
            until(installation.database(), done, all);
            return server;
        } catch (RuntimeException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private static long until(DataSource database, String done, long wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DONE_WITHIN_SECONDS);
        while (true) {
            long now = number(database, done);
            if (now >= wanted) return now;
            if (System.nanoTime() > end) throw new IllegalStateException("only " + now + " of " + wanted);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    void say(String what, Object value) {
        out.accept(name + "_" + what + ": " + value);
    }

    static String seconds(long since) {
        return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - since) / 1e9);
    }

    static long number(DataSource database, String sql) {
        return JdbcClient.create(database).sql(sql).query(Long.class).single();
    }
}
