package vitrine.identity;

import static java.util.stream.Collectors.joining;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
 * the rest carries an address at which one press ends it, with or without an account. What tells her of something that she did is
 * sent until she says no; what a brand wants to tell her is advertising, and waits for her yes.
 */
@Component
public class News {

    public enum Topic {
        /** A gift was announced, waits, or its place was given back. */
        GIFT_PROGRESS(true),
        /** What became of a gift to a friend. */
        FRIENDS(true),
        /** What brands and creators whom she follows show and begin: to follow is to ask for it. */
        FOLLOWED(true),
        /** What a brand writes to those who hold its pieces. */
        HOLDERS(false);

        private final boolean unasked;

        /** @param unasked it is sent to who was never asked */
        Topic(boolean unasked) {
            this.unasked = unasked;
        }

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
        return answers(collector).getOrDefault(topic, topic.unasked);
    }

    /** Whether she said yes or no to this kind; what was never asked is not there. Whatever part of her said no, she did. */
    public Map<Topic, Boolean> answers(CollectorId collector) {
        Map<Topic, Boolean> answers = new EnumMap<>(Topic.class);
        db.sql("select topic, bool_and(answer = 'yes') from news_answers where collector_id = any(:ids) group by topic")
                .param(
                        "ids",
                        collectors.family(collectors.root(collector)).stream()
                                .map(CollectorId::value)
                                .toArray(UUID[]::new))
                .query(row -> {
                    for (Topic topic : Topic.values())
                        if (topic.text().equals(row.getString(1))) answers.put(topic, row.getBoolean(2));
                });
        return answers;
    }

    /** What she said last counts, for whatever part of her it was said before. */
    public void answer(CollectorId collector, Topic topic, boolean yes) {
        CollectorId root = collectors.root(collector);
        for (CollectorId id : collectors.family(root)) {
            db.sql("delete from news_answers where collector_id = :id and topic = :topic and collector_id <> :root")
                    .param("id", id.value())
                    .param("topic", topic.text())
                    .param("root", root.value())
                    .update();
        }
        db.sql("""
                insert into news_answers (collector_id, topic, answer, answered_at) values (:id, :topic, :answer, :now)
                on conflict on constraint news_answers_pk do update set answer = excluded.answer, answered_at = excluded.answered_at
                """)
                .param("id", root.value())
                .param("topic", topic.text())
                .param("answer", yes ? "yes" : "no")
                .param("now", Timestamp.from(clock.instant()))
                .update();
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
