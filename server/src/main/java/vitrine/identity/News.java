package vitrine.identity;

import static java.util.stream.Collectors.joining;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Texts;

/**
 * Which news somebody wants by mail. What she has to know (a code, a gift that is ready, somebody accepted her piece) is always sent;
 * the rest carries an address at which one press ends it, with or without an account.
 */
@Component
public class News {

    public enum Topic {
        /** A gift was announced, waits, or its place was given back. */
        GIFT_PROGRESS,
        /** What became of a gift to a friend. */
        FRIENDS,
        /** What brands and creators whom she follows show and begin. */
        FOLLOWED,
        /** What a brand writes to those who hold its pieces. */
        HOLDERS;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whom an unsubscribing address is about. */
    public record Subscription(CollectorId collector, Topic topic) {}

    private static final int MAC = 12;

    private final JdbcClient db;
    private final Keys keys;
    private final Collectors collectors;
    private final Messages messages;
    private final Settings settings;
    private final Clock clock;

    News(JdbcClient db, Keys keys, Collectors collectors, Messages messages, Settings settings, Clock clock) {
        this.db = db;
        this.keys = keys;
        this.collectors = collectors;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    public boolean wanted(CollectorId collector, Topic topic) {
        return !unwanted(collector).contains(topic);
    }

    public Set<Topic> unwanted(CollectorId collector) {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        db.sql("select topic from unwanted_news where collector_id = any(:ids)")
                .param(
                        "ids",
                        collectors.family(collectors.root(collector)).stream()
                                .map(CollectorId::value)
                                .toArray(UUID[]::new))
                .query(String.class)
                .list()
                .forEach(text -> Arrays.stream(Topic.values())
                        .filter(topic -> topic.text().equals(text))
                        .forEach(topics::add));
        return topics;
    }

    public void stop(CollectorId collector, Topic topic) {
        db.sql("""
                insert into unwanted_news (collector_id, topic, since) values (:id, :topic, :now) on conflict do nothing
                """)
                .param("id", collectors.root(collector).value())
                .param("topic", topic.text())
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    public void start(CollectorId collector, Topic topic) {
        // Whatever part of her once said no.
        for (CollectorId id : collectors.family(collectors.root(collector))) {
            db.sql("delete from unwanted_news where collector_id = :id and topic = :topic")
                    .param("id", id.value())
                    .param("topic", topic.text())
                    .update();
        }
    }

    /**
     * Writes to her, unless she wants no such news; at the end of the mail, and in its head, stands how to end them.
     *
     * @param languages those that the text is in
     */
    public void write(
            CollectorId collector, Topic topic, Address to, String subject, String text, List<Texts> languages) {
        if (collectors.away(collector) || !wanted(collector, topic)) return;
        send(collector, topic, to, subject, text, languages);
    }

    /** The same, whatever she wants: for who tries such a mail on herself. */
    public void send(
            CollectorId collector, Topic topic, Address to, String subject, String text, List<Texts> languages) {
        String stop = unsubscribe(collector, topic);
        String said = languages.stream().map(t -> t.get("mail.stop")).collect(joining(" / ", "", ":"));
        messages.write(to, subject, text + "\n\n" + said + "\n" + stop, stop);
    }

    /** The address that goes into a mail; it says who and what by itself, so that no table of tokens is kept. */
    public String unsubscribe(CollectorId collector, Topic topic) {
        byte[] said = said(collector, topic);
        byte[] mac = keys.mac(KeyName.NEWS_LINK.text(), said);
        byte[] token = Arrays.copyOf(said, said.length + MAC);
        System.arraycopy(mac, 0, token, said.length, MAC);
        return settings.baseUrl() + "/unsubscribe/"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    public Optional<Subscription> read(String token) {
        byte[] bytes = decoded(token);
        if (bytes == null || bytes.length != 17 + MAC) return Optional.empty();
        byte[] said = Arrays.copyOf(bytes, 17);
        byte[] mac = Arrays.copyOf(keys.mac(KeyName.NEWS_LINK.text(), said), MAC);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(bytes, 17, bytes.length))) return Optional.empty();
        var buffer = ByteBuffer.wrap(said);
        var id = new CollectorId(new UUID(buffer.getLong(), buffer.getLong()));
        int topic = buffer.get();
        return topic < 0 || topic >= Topic.values().length
                ? Optional.empty()
                : Optional.of(new Subscription(id, Topic.values()[topic]));
    }

    private static byte[] said(CollectorId collector, Topic topic) {
        return ByteBuffer.allocate(17)
                .putLong(collector.value().getMostSignificantBits())
                .putLong(collector.value().getLeastSignificantBits())
                .put((byte) topic.ordinal())
                .array();
    }

    private static byte @Nullable [] decoded(String token) {
        try {
            return Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
