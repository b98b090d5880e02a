package vitrine.identity;

import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/**
 * Which accounts are one human's, as far as somebody confirmed it. We know that two keys are the same and no more; a key is another for
 * each purpose, so what a human took here does not tell what she took there.
 */
@Component
public class Persons {

    /** So long a question may be answered. */
    static final Duration LASTS = Duration.ofMinutes(10);

    private static final int KEY = 16;
    private static final int MAC = 16;
    private static final int STATE = Long.BYTES + MAC;
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    private final JdbcClient db;
    private final Collectors collectors;
    private final Keys keys;
    private final Clock clock;
    private final @Nullable PersonCheck check;

    Persons(
            JdbcClient db,
            Collectors collectors,
            Keys keys,
            Clock clock,
            @Value("${vitrine.person-check-url:}") String url,
            @Value("${vitrine.person-check-key:}") String key) {
        this.db = db;
        this.collectors = collectors;
        this.keys = keys;
        this.clock = clock;
        if (url.isEmpty() != key.isEmpty())
            throw new IllegalStateException(
                    "VITRINE_PERSON_CHECK_URL and VITRINE_PERSON_CHECK_KEY are set together or not at all");
        this.check = url.isEmpty() ? null : new SignedPersonCheck(url, key);
    }

    /** @param ageLeast the lower end of the age band; 0: not said */
    public record Confirmed(int ageLeast, Instant at) {}

    public sealed interface Confirming {
        /** The last part of the page's words, too. */
        String code();

        record Done(Confirmed confirmed) implements Confirming {
            @Override
            public String code() {
                return "person.confirmed";
            }
        }

        /** The answer is not the provider's, or the question was not this collector's. */
        record NotGood() implements Confirming {
            @Override
            public String code() {
                return "person.not-good";
            }
        }

        record TooLate() implements Confirming {
            @Override
            public String code() {
                return "person.too-late";
            }
        }

        /** This question, or a later one, was answered already. */
        record AnsweredBefore() implements Confirming {
            @Override
            public String code() {
                return "person.answered-before";
            }
        }

        /** Another human confirmed behind this account. */
        record AnotherHuman() implements Confirming {
            @Override
            public String code() {
                return "person.another-human";
            }
        }
    }

    /** Whether there is somebody who can be asked. */
    public boolean offered() {
        return check != null;
    }

    /** Where she confirms. Nothing is kept of the question: it carries when and by whom it was put. */
    public URI ask(CollectorId who, URI back, String language) {
        byte[] put = ByteBuffer.allocate(Long.BYTES)
                .putLong(clock.instant().toEpochMilli())
                .array();
        byte[] state = Arrays.copyOf(put, STATE);
        System.arraycopy(mac("question", collectors.root(who).value(), put), 0, state, Long.BYTES, MAC);
        return Objects.requireNonNull(check)
                .ask(Base64.getUrlEncoder().withoutPadding().encodeToString(state), back, language);
    }

    @Transactional
    public Confirming confirm(CollectorId who, String state, Map<String, String> answer) {
        CollectorId person = collectors.root(who);
        Instant asked = asked(person, state);
        if (check == null || asked == null) return new Confirming.NotGood();
        PersonCheck.Said said = check.read(state, answer).orElse(null);
        if (said == null) return new Confirming.NotGood();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        if (asked.plus(LASTS).isBefore(now)
                || said.at().plus(LASTS).isBefore(now)
                || said.at().isAfter(now.plus(CLOCKS))) return new Confirming.TooLate();
        byte[] key = Arrays.copyOf(keys.mac(KeyName.PERSON.text(), said.person()), KEY);
        // Whoever is being erased holds her row: what comes afterwards finds nobody.
        int kept = db.sql("""
                insert into person_checks (collector_id, person_key, age_least, asked_at, confirmed_at)
                select c.collector_id, :key, :age, :asked, :now from collectors c
                where c.collector_id = :id and c.erased_at is null for share
                on conflict on constraint person_checks_pk do update
                set age_least = excluded.age_least, asked_at = excluded.asked_at, confirmed_at = excluded.confirmed_at
                where person_checks.asked_at < excluded.asked_at and person_checks.person_key = excluded.person_key
                """)
                .param("id", person.value())
                .param("key", key)
                .param("age", said.ageLeast())
                .param("asked", Timestamp.from(asked))
                .param("now", Timestamp.from(now))
                .update();
        if (kept > 0) return new Confirming.Done(new Confirmed(said.ageLeast(), now));
        byte[] there = key(person);
        return there != null && !Arrays.equals(there, key)
                ? new Confirming.AnotherHuman()
                : new Confirming.AnsweredBefore();
    }

    /** When she was sent with this state; null: that was not she, or not we. */
    private @Nullable Instant asked(CollectorId person, String state) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(state);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (bytes.length != STATE) return null;
        byte[] put = Arrays.copyOf(bytes, Long.BYTES);
        byte[] mac = Arrays.copyOf(mac("question", person.value(), put), MAC);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(bytes, Long.BYTES, STATE))) return null;
        return Instant.ofEpochMilli(ByteBuffer.wrap(put).getLong());
    }

    /** Empty: nobody confirmed. */
    public Optional<Confirmed> of(CollectorId who) {
        return db.sql("select age_least, confirmed_at from person_checks where collector_id = :id")
                .param("id", collectors.root(who).value())
                .query((row, n) -> new Confirmed(
                        row.getInt("age_least"),
                        row.getTimestamp("confirmed_at").toInstant()))
                .optional();
    }

    /**
     * The 16 bytes by which her accounts are one in this matter, and in no other; null: nobody confirmed.
     *
     * @param matter what it is for, as in a drop's id
     */
    public byte @Nullable [] keyFor(CollectorId who, UUID matter) {
        byte[] key = key(collectors.root(who));
        return key == null ? null : Arrays.copyOf(mac("matter", matter, key), KEY);
    }

    private byte @Nullable [] key(CollectorId person) {
        return db.sql("select person_key from person_checks where collector_id = :id")
                .param("id", person.value())
                .query(byte[].class)
                .optional()
                .orElse(null);
    }

    private byte[] mac(String use, UUID id, byte[] bytes) {
        ByteBuffer message = ByteBuffer.allocate(use.length() + 16 + bytes.length)
                .put(use.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .put(bytes);
        return keys.mac(KeyName.PERSON.text(), message.array());
    }
}
