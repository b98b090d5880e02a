package vitrine.drop;

import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BusinessClock;
import vitrine.proof.Hash32;

/**
 * Who came too late for a stage and would take a piece that comes back, in order of asking. A stage that sold out stays so, and nobody is
 * written to: such a piece is given by hand, and the list says to whom first. Whoever was given one since, took as many as one may or was
 * refused has left it.
 */
@Component
public class WaitingLists {

    /** All ids of whoever a row {@code w} names: a piece, a claim and a refusal of any of them are hers. */
    private static final String FAMILY = """
            any(array(
                select f.collector_id from collectors c
                join collectors f on f.collector_id = coalesce(c.joined_into, c.collector_id) or f.joined_into = coalesce(c.joined_into, c.collector_id)
                where c.collector_id = w.collector_id))
            """;

    /** Of a row {@code w}: given by an airdrop of the same pieces, this list's or any other, or about to be. */
    private static final String GIVEN = "(" + since("l.serial is not null", "l.given_at") + " or "
            + since("l.problem is null and l.serial is null and l.collector_id is not null", "a.begun_at") + ")";

    /** The same, or named in one that staff have prepared and may yet begin. */
    private static final String NAMED = "(" + since("l.serial is not null", "l.given_at") + " or "
            + since(
                    "l.problem is null and l.serial is null and l.collector_id is not null",
                    "coalesce(a.begun_at, a.made_at)")
            + ")";

    /** Of a row {@code w}: she may have one as far as the drop's limit and the brand's word go. */
    private static final String MAY_HAVE = """
            not exists (
                select from claim_reviews r
                where r.brand_id = w.brand_id and r.drop_id = w.drop_id and r.decision = 'refused' and r.collector_id =
            """ + FAMILY + """
            ) and (
                select count(*) from claims k where k.brand_id = w.brand_id and k.drop_id = w.drop_id and k.collector_id =
            """ + FAMILY + """
            ) < (
                select s.limit_each from drop_stages s
                where s.brand_id = w.brand_id and s.drop_id = w.drop_id and s.stage_id = w.stage_id)
            """;

    private static final String WAITING = """
             from drop_waiting w
             where w.brand_id = :brand and w.drop_id = :drop and w.stage_id = :stage and w.about = 'returned' and
            """ + MAY_HAVE + " and not " + NAMED;

    /** Each kind of lines has an index of its own, which the planner finds by these very words. */
    private static String since(String lines, String when) {
        return """
                exists (
                    select from drop_stages s
                    join airdrops a on a.brand_id = s.brand_id and a.collectible_id = s.collectible_id
                    join airdrop_lines l on l.brand_id = a.brand_id and l.airdrop_id = a.airdrop_id and %s and l.collector_id = %s
                    where s.brand_id = w.brand_id and s.drop_id = w.drop_id and s.stage_id = w.stage_id and %s >= w.asked_at)
                """.formatted(lines, FAMILY, when);
    }

    private final JdbcClient db;
    private final Collectors collectors;
    private final SecureRandom random;
    private final BusinessClock clock;

    WaitingLists(JdbcClient db, Collectors collectors, SecureRandom random, BusinessClock clock) {
        this.db = db;
        this.collectors = collectors;
        this.random = random;
        this.clock = clock;
    }

    /** @param entry names whoever it is in a file for an airdrop, and tells nobody who that is */
    public record Waiting(String entry, Instant since) {}

    /** A second time changes nothing, unless she was given one: then she asks anew, behind all others. */
    public void ask(DropId drop, Stage stage, CollectorId person) {
        byte[] entry = new byte[Hash32.LENGTH];
        random.nextBytes(entry);
        of("""
                insert into drop_waiting as w (brand_id, drop_id, stage_id, collector_id, about, asked_at, entry)
                values (:brand, :drop, :stage, :root, 'returned', :now, :entry)
                on conflict on constraint drop_waiting_once do update set asked_at = excluded.asked_at, entry = excluded.entry
                where
                """ + GIVEN, drop)
                .param("stage", stage.id())
                .param("root", collectors.root(person).value())
                .param("now", Timestamp.from(clock.now()))
                .param("entry", entry)
                .update();
    }

    /** She would not take one any more, of whichever stage: the drop's page is about another one by then, perhaps. */
    public void leave(DropId drop, CollectorId person) {
        hers("""
                delete from drop_waiting
                where brand_id = :brand and drop_id = :drop and collector_id = any(:family) and about = 'returned'
                    and stage_id in (select stage_id from drop_stages where brand_id = :brand and drop_id = :drop)
                """, drop, person).update();
    }

    /** On which of its stages' lists she stands, by their ids, and when she is forgotten there at the latest. */
    public Map<UUID, Instant> asked(Drop drop, CollectorId person) {
        Instant over = drop.stages().stream()
                .map(Stage::closesAt)
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        Map<UUID, Instant> asked = new HashMap<>();
        hers("""
                select w.stage_id, w.asked_at from drop_stages d
                join drop_waiting w on w.brand_id = d.brand_id and w.drop_id = d.drop_id and w.stage_id = d.stage_id
                where d.brand_id = :brand and d.drop_id = :drop and w.collector_id = any(:family) and w.about = 'returned' and
                """ + MAY_HAVE + " and not " + GIVEN, drop.id(), person).query(row -> {
            Instant since = row.getTimestamp(2).toInstant();
            asked.put(row.getObject(1, UUID.class), (since.isAfter(over) ? since : over).plus(Erasures.LISTS_LAST));
        });
        return asked;
    }

    private JdbcClient.StatementSpec hers(String sql, DropId drop, CollectorId person) {
        return of(sql, drop)
                .param(
                        "family",
                        collectors.family(collectors.root(person)).stream()
                                .map(CollectorId::value)
                                .toArray(UUID[]::new));
    }

    private JdbcClient.StatementSpec of(String sql, DropId drop) {
        return db.sql(sql).param("brand", drop.brand().value()).param("drop", drop.value());
    }

    /** Who is named in a prepared airdrop is not counted, nor read below: prepared twice it names the next. */
    public int count(DropId drop, UUID stage) {
        return of("select count(*)" + WAITING, drop)
                .param("stage", stage)
                .query(Integer.class)
                .single();
    }

    /** In order of asking; inside a transaction they are read in portions. @param most no more than so many */
    public void of(DropId drop, UUID stage, int most, Consumer<Waiting> each) {
        try (var rows = of(
                "select w.entry, w.asked_at" + WAITING + " order by w.asked_at, w.collector_id limit :most", drop)
                .withFetchSize(1_000)
                .param("stage", stage)
                .param("most", most)
                .query((row, n) -> new Waiting(
                        Hash32.of(row.getBytes(1)).hex(), row.getTimestamp(2).toInstant()))
                .stream()) {
            rows.forEach(each);
        }
    }
}
