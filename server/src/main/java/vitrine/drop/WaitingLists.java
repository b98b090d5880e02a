package vitrine.drop;

import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Instant;
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
 * written to: such a piece is given by hand, and the list says to whom first. Whoever was given one since has left it.
 */
@Component
public class WaitingLists {

    /** Of a row {@code w}, or about to be given, by an airdrop of the same pieces: this list's, or any other. */
    private static final String GIVEN_SINCE = """
            exists (
                select from drop_stages s
                join airdrops a on a.brand_id = s.brand_id and a.collectible_id = s.collectible_id
                join airdrop_lines l on l.brand_id = a.brand_id and l.airdrop_id = a.airdrop_id and l.collector_id = w.collector_id
                where s.brand_id = w.brand_id and s.drop_id = w.drop_id and s.stage_id = w.stage_id and coalesce(l.given_at, a.begun_at) >= w.asked_at)
            """;

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
        hers("""
                insert into drop_waiting as w (brand_id, drop_id, stage_id, collector_id, about, asked_at, entry)
                values (:brand, :drop, :stage, :person, 'returned', :now, :entry)
                on conflict on constraint drop_waiting_once do update set asked_at = excluded.asked_at, entry = excluded.entry
                where
                """ + GIVEN_SINCE, drop, stage, person)
                .param("now", Timestamp.from(clock.now()))
                .param("entry", entry)
                .update();
    }

    /** She would not take one any more, of whichever stage: the drop's page is about another one by then, perhaps. */
    public void leave(DropId drop, CollectorId person) {
        hers("""
                delete from drop_waiting
                where brand_id = :brand and drop_id = :drop and collector_id = :person and about = 'returned'
                    and stage_id in (select stage_id from drop_stages where brand_id = :brand and drop_id = :drop)
                """, drop, person).update();
    }

    /** Whether she is on the list of any of its stages. */
    public boolean asked(DropId drop, CollectorId person) {
        return hers("""
                select exists (
                    select from drop_stages d
                    join drop_waiting w on w.brand_id = d.brand_id and w.drop_id = d.drop_id and w.stage_id = d.stage_id
                    where d.brand_id = :brand and d.drop_id = :drop and w.collector_id = :person and w.about = 'returned' and not
                """ + GIVEN_SINCE + ")", drop, person).query(Boolean.class).single();
    }

    public boolean asked(DropId drop, Stage stage, CollectorId person) {
        return hers("""
                select exists (
                    select from drop_waiting w
                    where w.brand_id = :brand and w.drop_id = :drop and w.stage_id = :stage and w.collector_id = :person
                        and w.about = 'returned' and not
                """ + GIVEN_SINCE + ")", drop, stage, person)
                .query(Boolean.class)
                .single();
    }

    private JdbcClient.StatementSpec hers(String sql, DropId drop, Stage stage, CollectorId person) {
        return hers(sql, drop, person).param("stage", stage.id());
    }

    private JdbcClient.StatementSpec hers(String sql, DropId drop, CollectorId person) {
        return of(sql, drop).param("person", collectors.root(person).value());
    }

    private JdbcClient.StatementSpec of(String sql, DropId drop, UUID stage) {
        return of(sql, drop).param("stage", stage);
    }

    private JdbcClient.StatementSpec of(String sql, DropId drop) {
        return db.sql(sql).param("brand", drop.brand().value()).param("drop", drop.value());
    }

    public int count(DropId drop, UUID stage) {
        return of("""
                select count(*) from drop_waiting w
                where w.brand_id = :brand and w.drop_id = :drop and w.stage_id = :stage and w.about = 'returned' and not
                """ + GIVEN_SINCE, drop, stage).query(Integer.class).single();
    }

    /** In order of asking; inside a transaction they are read in portions. @param most no more than so many */
    public void of(DropId drop, UUID stage, int most, Consumer<Waiting> each) {
        try (var rows = of("""
                select w.entry, w.asked_at from drop_waiting w
                where w.brand_id = :brand and w.drop_id = :drop and w.stage_id = :stage and w.about = 'returned' and not
                """ + GIVEN_SINCE + "order by w.asked_at, w.collector_id limit :most", drop, stage)
                .withFetchSize(1_000)
                .param("most", most)
                .query((row, n) -> new Waiting(
                        Hash32.of(row.getBytes(1)).hex(), row.getTimestamp(2).toInstant()))
                .stream()) {
            rows.forEach(each);
        }
    }
}
