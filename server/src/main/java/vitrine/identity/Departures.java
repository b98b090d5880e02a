package vitrine.identity;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.messages.Messages;

/**
 * How somebody leaves. Closing is a door that she can come back through for thirty days; erasing deletes the one secret on which the
 * keys of all her pieces depend, and every way from her to them. Others hear {@code collectors.erased} and put away what they keep.
 */
@Component
public class Departures {

    /** So long a closed account can be opened again, by signing in. */
    public static final Duration BACK_WITHIN = Duration.ofDays(30);

    private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final vitrine.identity.Collectors collectors;
    private final Colleagues colleagues;
    private final Messages messages;
    private final Readers readers;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    Departures(
            JdbcClient db,
            TransactionTemplate transactions,
            vitrine.identity.Collectors collectors,
            Colleagues colleagues,
            Messages messages,
            Readers readers,
            Events events,
            Ids ids,
            Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.collectors = collectors;
        this.colleagues = colleagues;
        this.messages = messages;
        this.readers = readers;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** Stops the account: its room is shut, it gets no news. Whoever calls signs her out. Doing it twice changes nothing. */
    public void close(CollectorId person) {
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            // While it is open she can be written to, and afterwards no more.
            tell(person, "mail.closed", now.plus(BACK_WITHIN));
            db.sql("""
                    update collectors set closed_at = :now
                    where collector_id = :id and closed_at is null and erased_at is null
                    """)
                    .param("now", Timestamp.from(now))
                    .param("id", person.value())
                    .update();
        });
    }

    /**
     * She signed in again. Called at every sign-in; an account that was not closed stays as it is.
     *
     * @return false: it is being erased, and nobody opens it any more
     */
    boolean reopen(CollectorId person) {
        return db.sql(
                                "update collectors set closed_at = null where collector_id = :id and erasing_at is null and erased_at is null")
                        .param("id", person.value())
                        .update()
                == 1;
    }

    /** Who closed her account so long ago that it is to be erased, and whose erasing stopped on the way. */
    public List<CollectorId> due() {
        return db
                .sql("""
                select collector_id from collectors where (closed_at <= :then or erasing_at is not null) and erased_at is null
                order by coalesce(erasing_at, closed_at) limit 100
                """)
                .param("then", Timestamp.from(clock.instant().minus(BACK_WITHIN)))
                .query(UUID.class)
                .list()
                .stream()
                .map(CollectorId::new)
                .toList();
    }

    /** She wants to be gone. From here on nobody signs in as her, and what has begun is ended, if need be by a worker. */
    public void begin(CollectorId person) {
        db.sql("""
                update collectors set erasing_at = :now
                where collector_id = :id and erasing_at is null and erased_at is null
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("id", person.value())
                .update();
    }

    /**
     * The same for one that is {@link #due}. Her row decides between this and her coming back: who is second finds what the first
     * did.
     *
     * @return false: she came back meanwhile, or is gone already
     */
    public boolean beginDue(CollectorId person) {
        return db.sql("""
                        update collectors set erasing_at = coalesce(erasing_at, :now)
                        where collector_id = :id and (closed_at <= :then or erasing_at is not null) and erased_at is null
                        """)
                        .param("now", Timestamp.from(clock.instant()))
                        .param("then", Timestamp.from(clock.instant().minus(BACK_WITHIN)))
                        .param("id", person.value())
                        .update()
                == 1;
    }

    /**
     * Deletes her secret, her names, her addresses and every way in. There is no way back. Whoever buys with the same address
     * later is somebody new.
     */
    public void erase(CollectorId person) {
        transactions.executeWithoutResult(status -> {
            UUID[] family =
                    collectors.family(person).stream().map(CollectorId::value).toArray(UUID[]::new);
            // In order of id, as a join takes them: the two must not wait for each other.
            List<UUID> there =
                    db.sql("""
                    select collector_id from collectors where collector_id = any(:ids) and erased_at is null
                    order by collector_id for update
                    """).param("ids", family).query(UUID.class).list();
            if (there.isEmpty()) return;
            Instant now = clock.instant();
            tell(person, "mail.erased", now);
            db.sql("""
                    update collectors set erased_at = :now, secret_sealed = null, handle = null, display_name = null,
                        contact_sealed = null, public_since = null, closed_at = null, language = 'zh'
                    where collector_id = any(:ids)
                    """).param("now", Timestamp.from(now)).param("ids", family).update();
            // An address that came along with a gift is somebody else's, who may be waiting for her code.
            db.sql("""
                    delete from sign_ins where address_key in (
                        select buyer_key from buyer_keys where collector_id = any(:ids) and proven_at is not null)
                    """).param("ids", family).update();
            colleagues.forget(family);
            for (String table : List.of(
                    "buyer_keys",
                    "handles",
                    "recovery_codes",
                    "news_answers",
                    "follows",
                    "follow_mails",
                    "passkeys",
                    "passkey_ids",
                    "person_checks")) {
                db.sql("delete from " + table + " where collector_id = any(:ids)")
                        .param("ids", family)
                        .update();
            }
            db.sql("update gift_links set withdrawn_at = :now where collector_id = any(:ids) and withdrawn_at is null")
                    .param("now", Timestamp.from(now))
                    .param("ids", family)
                    .update();
            events.publish(List.of(new Event(
                    Houses.house(db),
                    ids.next(),
                    "collectors.erased",
                    person.toString(),
                    there.stream()
                            .map(id -> "\"" + id + "\"")
                            .collect(Collectors.joining(",", "{\"collectors\":[", "]}")),
                    now)));
        });
    }

    /** Whose account this event says was erased, with all ids that were hers; empty: it is another event. */
    public static List<CollectorId> erased(Event event) {
        if (!event.type().equals("collectors.erased")) return List.of();
        return UUIDS.matcher(event.body())
                .results()
                .map(id -> new CollectorId(UUID.fromString(id.group())))
                .toList();
    }

    private void tell(CollectorId person, String key, Instant day) {
        readers.of(person)
                .ifPresent(reader -> messages.write(
                        reader.to(),
                        reader.t().get(key + ".subject"),
                        reader.t().get(key + ".text", reader.t().date(day))));
    }
}
