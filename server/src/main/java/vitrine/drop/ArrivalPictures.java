package vitrine.drop;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Who came, in three pictures: how old the accounts are, from which networks, and how suddenly. Nobody can be told from them. In a race
 * nobody waits, so there they are of those who claimed, and no network is known: a claim is too quick to write one down.
 */
@Component
public class ArrivalPictures {

    private static final int NETWORKS = 8;
    private static final int STEPS = 90;

    /** The oldest of each class of age, in seconds; whoever is older is in the last. */
    private static final long[] AGES = {3_600, 86_400, 7 * 86_400, 30 * 86_400};

    private final JdbcClient db;

    ArrivalPictures(JdbcClient db) {
        this.db = db;
    }

    /** @param below how young; zero: older than all the others */
    public record Age(Duration below, int people) {}

    /** @param hash in hexadecimal; it is kept for this drop alone */
    public record Network(String hash, int people) {}

    public record Moment(Instant from, int people) {}

    public record Pictures(List<Age> ages, List<Network> networks, List<Moment> moments, Duration step) {}

    public Pictures of(DropId drop, Stage stage) {
        Duration step = step(stage);
        return new Pictures(ages(drop, stage), networks(drop, stage), moments(drop, stage, step), step);
    }

    /** Of the third picture. */
    public Duration step(Stage stage) {
        return Duration.ofMinutes(stage.mode() == Stage.Mode.WINDOW ? 60 : 1);
    }

    /** Whoever came to this stage, once each: in the list, or where there is none by the first claim. */
    static String came(Stage stage) {
        return stage.mode() == Stage.Mode.RACE ? """
                (select brand_id, drop_id, stage_id, collector_id, min(claimed_at) as arrived_at, cast(null as bytea) as network,
                    cast('' as bytea) as salt from claims group by brand_id, drop_id, stage_id, collector_id)""" : "queue_arrivals";
    }

    private List<Age> ages(DropId drop, Stage stage) {
        return java.util.stream.IntStream.rangeClosed(0, AGES.length)
                .mapToObj(n -> new Age(
                        n < AGES.length ? Duration.ofSeconds(AGES[n]) : Duration.ZERO,
                        age(
                                drop,
                                stage,
                                n == 0 ? 0 : AGES[n - 1],
                                n < AGES.length ? AGES[n] : Long.MAX_VALUE / 1_000_000)))
                .toList();
    }

    private int age(DropId drop, Stage stage, long from, long to) {
        return of("""
                select count(*)::int from %s a
                join collectors c on c.collector_id = a.collector_id
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage
                    and extract(epoch from a.arrived_at - coalesce(c.claimed_at, c.created_at)) >= :from
                    and extract(epoch from a.arrived_at - coalesce(c.claimed_at, c.created_at)) < :to
                """.formatted(came(stage)), drop, stage)
                .param("from", from)
                .param("to", to)
                .query(Integer.class)
                .single();
    }

    private List<Network> networks(DropId drop, Stage stage) {
        return of("""
                select a.network, count(*)::int as people from %s a
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage and a.network is not null
                group by a.network order by 2 desc, 1 limit :most
                """.formatted(came(stage)), drop, stage)
                .param("most", NETWORKS)
                .query((row, n) -> new Network(HexFormat.of().formatHex(row.getBytes(1)), row.getInt(2)))
                .list();
    }

    private List<Moment> moments(DropId drop, Stage stage, Duration step) {
        return of("""
                select floor(extract(epoch from a.arrived_at) / :step)::bigint as at, count(*)::int as people from %s a
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage
                group by 1 order by 1 desc limit :most
                """.formatted(came(stage)), drop, stage)
                .param("step", step.toSeconds())
                .param("most", STEPS)
                .query((row, n) -> new Moment(Instant.ofEpochSecond(row.getLong(1) * step.toSeconds()), row.getInt(2)))
                .list()
                .reversed();
    }

    private JdbcClient.StatementSpec of(String sql, DropId drop, Stage stage) {
        return db.sql(sql)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id());
    }

    /**
     * An entry of the list.
     *
     * @param place null: none was drawn
     * @param review {@code held}, {@code released} or {@code refused}; empty: nobody doubted it
     */
    public record Entry(
            String arrival,
            Instant arrivedAt,
            @org.jspecify.annotations.Nullable Integer place,
            String review) {}

    /** All of them, in the order of their hashes, which is that of the tree in the log; inside a transaction they are read in portions. */
    public void entries(DropId drop, Stage stage, Consumer<Entry> each) {
        try (var rows = of("""
                select a.arrival, a.arrived_at, a.place,
                    case when r.collector_id is null then '' else coalesce(r.decision, 'held') end
                from queue_arrivals a
                left join claim_reviews r on r.brand_id = a.brand_id and r.drop_id = a.drop_id and r.collector_id = a.collector_id
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage order by a.arrival
                """, drop, stage)
                .withFetchSize(1_000)
                .query((row, n) -> new Entry(
                        HexFormat.of().formatHex(row.getBytes(1)),
                        row.getTimestamp(2).toInstant(),
                        (Integer) row.getObject(3),
                        row.getString(4)))
                .stream()) {
            rows.forEach(each);
        }
    }
}
