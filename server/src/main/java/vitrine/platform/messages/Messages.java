package vitrine.platform.messages;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.platform.Keys;

/**
 * The outbox of mail and text messages. A message is written in the transaction that it tells of and carried afterwards, so
 * neither is there without the other. Address and text are encrypted, and gone once the message was carried, except
 * where the demo's page is the carrier.
 */
@Component
public class Messages implements Job {

    private static final Logger log = LoggerFactory.getLogger(Messages.class);
    private static final int BATCH = 20;
    private static final int TRIES_MAX = 12;
    /** Longer than any carrier's timeouts: until then a node that took a message may still be at it. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final Duration KEPT = Duration.ofDays(14);

    /** Nothing waits longer: it would be forgotten. */
    private static final Duration BEFORE_ALL = KEPT;

    private final JdbcClient db;
    private final Keys keys;
    private final Ids ids;
    private final Clock clock;
    private final Carrier carrier;

    Messages(JdbcClient db, Keys keys, Ids ids, Clock clock, Carrier carrier) {
        this.db = db;
        this.keys = keys;
        this.ids = ids;
        this.clock = clock;
        this.carrier = carrier;
    }

    /** Whether a message to such an address would go anywhere. */
    public boolean reaches(Address.Kind kind) {
        return carrier.reaches(kind);
    }

    public UUID write(Address to, String subject, String text) {
        return write(to, subject, text, null);
    }

    /**
     * @param unsubscribe the address at which one press ends mails of this kind; null: this one has to reach her
     * @return by which {@link #carried} knows it
     */
    public UUID write(Address to, String subject, String text, @Nullable String unsubscribe) {
        return write(to, subject, text, unsubscribe, clock.instant());
    }

    /** For what somebody waits for at a page: it goes before all that waits, be that a hundred thousand reminders. */
    public UUID writeFirst(Address to, String subject, String text) {
        return write(to, subject, text, null, clock.instant().minus(BEFORE_ALL));
    }

    private UUID write(Address to, String subject, String text, @Nullable String unsubscribe, Instant due) {
        UUID id = ids.next();
        db.sql("""
                insert into messages (message_id, kind, address_sealed, subject_sealed, text_sealed, unsubscribe_sealed,
                    written_at, next_try_at)
                values (:id, :kind, :to, :subject, :text, :unsubscribe, :now, :due)
                """)
                .param("id", id)
                .param("kind", to.kind().name().toLowerCase(Locale.ROOT))
                .param("to", seal(to.value()))
                .param("subject", seal(subject))
                .param("text", seal(text))
                .param("unsubscribe", unsubscribe == null ? null : seal(unsubscribe), java.sql.Types.BINARY)
                .param("now", Timestamp.from(clock.instant()))
                .param("due", Timestamp.from(due))
                .update();
        return id;
    }

    /** Of these those that a carrier took, with the moment in which it did; none is known longer than it is kept. */
    public Map<UUID, Instant> carried(Collection<UUID> those) {
        Map<UUID, Instant> carried = new HashMap<>();
        db.sql("select message_id, carried_at from messages where message_id = any(:ids) and carried_at is not null")
                .param("ids", those.toArray(UUID[]::new))
                .query(row -> {
                    carried.put(
                            row.getObject(1, UUID.class), row.getTimestamp(2).toInstant());
                });
        return carried;
    }

    /** The newest first: what the demo's page of messages shows. What a real carrier took is not here any more. */
    public List<Message> newest(int most) {
        return db.sql("""
                select * from messages where text_sealed is not null order by message_id desc limit :most
                """).param("most", most).query(this::message).list();
    }

    public Optional<Message> find(UUID id) {
        return db.sql("select * from messages where message_id = :id and text_sealed is not null")
                .param("id", id)
                .query(this::message)
                .optional();
    }

    @Override
    public String name() {
        return "messages";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        Instant now = clock.instant();
        // Leased, not locked: a mail server may take its time, a transaction may not.
        List<Message> taken = db.sql("""
                        update messages set next_try_at = :lease, tries = tries + 1
                        where message_id in (
                            select message_id from messages where carried_at is null and given_up_at is null and next_try_at <= :now
                            order by next_try_at limit :most for update skip locked)
                        returning *
                        """)
                .param("lease", Timestamp.from(now.plus(LEASE)))
                .param("now", Timestamp.from(now))
                .param("most", BATCH)
                .query(this::message)
                .list();
        for (Message message : taken) carry(message);
        if (taken.isEmpty()) forget(now);
        return taken.size() == BATCH;
    }

    private void carry(Message message) {
        try {
            carrier.carry(message);
            boolean shown = carrier instanceof DemoPageCarrier;
            db.sql("""
                    update messages set carried_at = :now,
                        address_sealed = case when :shown then address_sealed end,
                        subject_sealed = case when :shown then subject_sealed end,
                        text_sealed = case when :shown then text_sealed end,
                        unsubscribe_sealed = case when :shown then unsubscribe_sealed end
                    where message_id = :id
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("shown", shown)
                    .param("id", message.id())
                    .update();
        } catch (Carrier.NotCarried e) {
            log.warn("message.not-carried message={} why=\"{}\"", message.id(), e.getMessage());
            // 15 s, 30 s, 1 min … an hour at most; after the last try it is given up, and an operator sees it at the
            // house's desk.
            db.sql("""
                    update messages set
                        next_try_at = :now::timestamptz + least(interval '1 hour', interval '15 seconds' * power(2, tries - 1)),
                        given_up_at = case when tries >= :most then :now::timestamptz end,
                        failure = :failure
                    where message_id = :id
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("most", TRIES_MAX)
                    .param("failure", e.getMessage())
                    .param("id", message.id())
                    .update();
        }
    }

    /**
     * A message that no carrier took.
     *
     * @param to masked
     * @param failure what the carrier said at the last try
     */
    public record GivenUp(String to, Instant writtenAt, Instant givenUpAt, String failure) {}

    /** The newest first. They are kept as long as any other message, and forgotten with it. */
    public List<GivenUp> givenUp(int most) {
        return db.sql("""
                select * from messages where given_up_at is not null order by given_up_at desc, message_id desc limit :most
                """)
                .param("most", most)
                .query((row, n) -> {
                    Message message = message(row, n);
                    return new GivenUp(
                            message.to().masked(),
                            message.writtenAt(),
                            row.getTimestamp("given_up_at").toInstant(),
                            row.getString("failure"));
                })
                .list();
    }

    /** Has all that were given up tried again from the beginning. @return how many */
    public int carryGivenUp() {
        return db.sql(
                        "update messages set given_up_at = null, tries = 0, next_try_at = :now where given_up_at is not null")
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    private void forget(Instant now) {
        db.sql("delete from messages where written_at < :old")
                .param("old", Timestamp.from(now.minus(KEPT)))
                .update();
    }

    private Message message(ResultSet row, int n) throws SQLException {
        return new Message(
                row.getObject("message_id", UUID.class),
                new Address(
                        Address.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                        open(row.getBytes("address_sealed"))),
                open(row.getBytes("subject_sealed")),
                open(row.getBytes("text_sealed")),
                row.getBytes("unsubscribe_sealed") == null ? null : open(row.getBytes("unsubscribe_sealed")),
                row.getTimestamp("written_at").toInstant());
    }

    private byte[] seal(String text) {
        return keys.seal("messages", text.getBytes(StandardCharsets.UTF_8));
    }

    private String open(byte[] sealed) {
        return new String(keys.unseal("messages", sealed), StandardCharsets.UTF_8);
    }
}
