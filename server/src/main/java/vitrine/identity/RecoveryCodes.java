package vitrine.identity;

import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Ways in for whoever cannot read her mail any more: written down once, each good once. */
@Component
public class RecoveryCodes {

    static final int CODES = 8;
    static final int TRIES_PER_NETWORK = 20;
    private static final Duration WINDOW = Duration.ofHours(1);

    /** Without signs that are taken for each other. */
    private static final String SIGNS = "abcdefghjkmnpqrstuvwxyz23456789";

    private static final int LENGTH = 20;

    /** How entering one ended. */
    public sealed interface Entered {
        record In(CollectorId person) implements Entered {}

        /** {@code recovery.wrong}: no such code, or used. */
        record Wrong() implements Entered {}

        /** {@code recovery.too-often}. */
        record TooOften(int allowed, Duration retryAfter) implements Entered {}
    }

    private final JdbcClient db;
    private final Attempts attempts;
    private final Collectors collectors;
    private final SecureRandom random;
    private final Clock clock;

    RecoveryCodes(JdbcClient db, Attempts attempts, Collectors collectors, SecureRandom random, Clock clock) {
        this.db = db;
        this.attempts = attempts;
        this.collectors = collectors;
        this.random = random;
        this.clock = clock;
    }

    /**
     * New ones, shown this once; the ones before are good no more.
     *
     * @param instead {@link #which} codes she had when she asked; empty: others by now, so her form was sent before
     */
    @Transactional
    public Optional<List<String>> make(CollectorId person, String instead) {
        // Of a form that is sent twice at once the second sees what the first made.
        db.sql("select true from collectors where collector_id = :id for update")
                .param("id", person.value())
                .query(Boolean.class)
                .single();
        if (!which(person).equals(instead)) return Optional.empty();
        forget(person);
        List<String> codes = new ArrayList<>();
        for (int n = 0; n < CODES; n++) {
            String code = code();
            db.sql("insert into recovery_codes (code_hash, collector_id, made_at) values (:hash, :id, :now)")
                    .param("hash", SignIns.sha256(normal(code)))
                    .param("id", person.value())
                    .param("now", Timestamp.from(clock.instant()))
                    .update();
            codes.add(code);
        }
        return Optional.of(codes);
    }

    public int left(CollectorId person) {
        return db.sql("select count(*) from recovery_codes where collector_id = :id and used_at is null")
                .param("id", person.value())
                .query(Integer.class)
                .single();
    }

    /** Another word for each making; empty: she has none. */
    public String which(CollectorId person) {
        return db.sql("""
                        select encode(code_hash, 'hex') from recovery_codes where collector_id = :id
                        order by code_hash limit 1
                        """)
                .param("id", person.value())
                .query(String.class)
                .optional()
                .orElse("");
    }

    public Entered enter(String code, String network) {
        if (attempts.count("recovery.network", Attempts.network(network), TRIES_PER_NETWORK, WINDOW)
                instanceof Attempts.Counted.TooMany many)
            return new Entered.TooOften(many.allowed(), many.retryAfter());
        // One statement: of two who enter the same code at once one is in.
        Optional<UUID> person = db.sql("""
                        update recovery_codes set used_at = :now where code_hash = :hash and used_at is null
                        returning collector_id
                        """)
                .param("now", Timestamp.from(clock.instant()))
                .param("hash", SignIns.sha256(normal(code)))
                .query(UUID.class)
                .optional();
        return person.<Entered>map(id -> new Entered.In(collectors.root(new CollectorId(id))))
                .orElseGet(Entered.Wrong::new);
    }

    void forget(CollectorId person) {
        db.sql("delete from recovery_codes where collector_id = :id")
                .param("id", person.value())
                .update();
    }

    /** {@code xxxxx-xxxxx-xxxxx-xxxxx}: 99 bits. */
    private String code() {
        var code = new StringBuilder();
        for (int n = 0; n < LENGTH; n++) {
            if (n > 0 && n % 5 == 0) code.append('-');
            code.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
        }
        return code.toString();
    }

    private static String normal(String code) {
        return code.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
