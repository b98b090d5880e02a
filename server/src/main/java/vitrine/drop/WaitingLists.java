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

    /**
     * Who waits for which stage, of those rows {@code w} that are asked for. A piece, a claim and a refusal of any id of a person are hers,
     * also where they came together later, and then she waits since the first of her askings. In sets: a list may have a hundred thousand.
     */
    private static final String WAITING = """
            with waiting as materialized (
                select distinct on (w.stage_id, p.person) w.stage_id, w.asked_at, w.entry, p.person, s.limit_each, s.collectible_id
                from drop_waiting w
                join drop_stages s on s.brand_id = w.brand_id and s.drop_id = w.drop_id and s.stage_id = w.stage_id
                join collectors c on c.collector_id = w.collector_id
                cross join lateral (select coalesce(c.joined_into, c.collector_id) as person) p
                where w.brand_id = :brand and w.drop_id = :drop and w.about = 'returned' and %s
                order by w.stage_id, p.person, w.asked_at),
            ids as materialized (
                select w.*, w.person as id from waiting w
                union all
                select w.*, c.collector_id from waiting w join collectors c on c.joined_into = w.person),
            gone as (
                select i.stage_id, i.person from ids i
                join claim_reviews r on r.brand_id = :brand and r.drop_id = :drop and r.collector_id = i.id and r.decision = 'refused'
                union
                select i.stage_id, i.person from ids i
                join claims k on k.brand_id = :brand and k.drop_id = :drop and k.collector_id = i.id
                group by i.stage_id, i.person, i.limit_each having count(*) >= i.limit_each
                union
                select i.stage_id, i.person from ids i
                join airdrops a on a.brand_id = :brand and a.collectible_id = i.collectible_id
                join airdrop_lines l on l.brand_id = :brand and l.airdrop_id = a.airdrop_id and l.collector_id = i.id
                    and l.serial is not null and l.given_at >= i.asked_at
                union
                -- about to be given: that their airdrop is prepared is enough for staff, who would name them again
                select i.stage_id, i.person from ids i
                join airdrops a on a.brand_id = :brand and a.collectible_id = i.collectible_id
                    and coalesce(a.begun_at, %s) >= i.asked_at
                join airdrop_lines l on l.brand_id = :brand and l.airdrop_id = a.airdrop_id and l.collector_id = i.id
                    and l.problem is null and l.serial is null and l.collector_id is not null)
            select %s from waiting w left join gone g on g.stage_id = w.stage_id and g.person = w.person where g.person is null
            """;

    private static final String STAGE = "w.stage_id = :stage";
    private static final String PREPARED = "a.made_at";

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
    public void ask(Drop drop, Stage stage, CollectorId person) {
        if (asked(drop, person).containsKey(stage.id())) return;
        byte[] entry = new byte[Hash32.LENGTH];
        random.nextBytes(entry);
        hers("""
                with before as (
                    delete from drop_waiting
                    where brand_id = :brand and drop_id = :drop and stage_id = :stage and collector_id = any(:family) and collector_id <> :person and about = 'returned')
                insert into drop_waiting (brand_id, drop_id, stage_id, collector_id, about, asked_at, entry)
                values (:brand, :drop, :stage, :person, 'returned', :now, :entry)
                on conflict on constraint drop_waiting_once do update set asked_at = excluded.asked_at, entry = excluded.entry
                """, drop.id(), person)
                .param("stage", stage.id())
                .param("person", collectors.root(person).value())
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
        hers(WAITING.formatted("w.collector_id = any(:family)", "null", "w.stage_id, w.asked_at"), drop.id(), person)
                .query(row -> {
                    Instant since = row.getTimestamp(2).toInstant();
                    asked.put(
                            row.getObject(1, UUID.class),
                            (since.isAfter(over) ? since : over).plus(Erasures.LISTS_LAST));
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
        return of(WAITING.formatted(STAGE, PREPARED, "count(*)"), drop)
                .param("stage", stage)
                .query(Integer.class)
                .single();
    }

    /** In order of asking; inside a transaction they are read in portions. @param most no more than so many */
    public void of(DropId drop, UUID stage, int most, Consumer<Waiting> each) {
        try (var rows = of(
                WAITING.formatted(STAGE, PREPARED, "w.entry, w.asked_at")
                        + " order by w.asked_at, w.person limit :most",
                drop)
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
