package vitrine.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Ids;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;

/**
 * Signing in without a password: a link and a six-digit code go to the address, either is good once, for 15 minutes. What
 * happens and what is said is the same whether the address is known or not. A mail scanner that follows the link changes
 * nothing: it shows a button.
 */
@Component
public class SignIns {

    static final Duration GOOD_FOR = Duration.ofMinutes(15);
    static final int CODE_TRIES = 5;
    static final int ASKED_PER_ADDRESS = 6;
    /** A whole festival may stand behind one address of the network. */
    static final int ASKED_PER_NETWORK = 300;

    static final int CODES_PER_NETWORK = 600;
    private static final Duration WINDOW = Duration.ofHours(1);

    public sealed interface Asked {
        record Sent(UUID signIn, Address to) implements Asked {}

        /** @param reachable whether such an address could be reached at all: text messages need a provider */
        record NotAnAddress(boolean reachable) implements Asked {}

        record TooOften(int allowed, Duration retryAfter) implements Asked {}
    }

    public sealed interface Entered {
        /** @param proven unclaimed collectors that the browser had proven which asked for it */
        record In(CollectorId collector, @Nullable StaffId staff, String backTo, List<CollectorId> proven)
                implements Entered {}

        record WrongCode(int triesLeft) implements Entered {}

        /** Used, too old, five times wrong, or never there: which of them is nobody's business. */
        record Over() implements Entered {}

        record TooOften(int allowed, Duration retryAfter) implements Entered {}
    }

    private record Pending(
            UUID id,
            byte[] codeHash,
            byte[] addressKey,
            BuyerKey.Kind kind,
            byte[] addressSealed,
            String language,
            String backTo,
            List<CollectorId> proven) {}

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Keys keys;
    private final Ids ids;
    private final Clock clock;
    private final SecureRandom random;
    private final BuyerKeys buyerKeys;
    private final Attempts attempts;
    private final Messages messages;
    private final Collectors collectors;
    private final Colleagues colleagues;
    private final Heres heres;
    private final Settings settings;

    SignIns(
            JdbcClient db,
            TransactionTemplate transactions,
            Keys keys,
            Ids ids,
            Clock clock,
            SecureRandom random,
            BuyerKeys buyerKeys,
            Attempts attempts,
            Messages messages,
            Collectors collectors,
            Colleagues colleagues,
            Heres heres,
            Settings settings) {
        this.db = db;
        this.transactions = transactions;
        this.keys = keys;
        this.ids = ids;
        this.clock = clock;
        this.random = random;
        this.buyerKeys = buyerKeys;
        this.attempts = attempts;
        this.messages = messages;
        this.collectors = collectors;
        this.colleagues = colleagues;
        this.heres = heres;
        this.settings = settings;
    }

    /**
     * Sends a link and a code to whatever the visitor wrote: an e-mail address, or a phone number where text messages can be
     * sent.
     *
     * @param proven unclaimed collectors that this browser has proven; whoever signs in by this joins them
     */
    public Asked ask(String written, Language language, String network, String backTo, List<CollectorId> proven) {
        Optional<Address> address = address(written);
        if (address.isEmpty()) return new Asked.NotAnAddress(true);
        Address to = address.get();
        if (!messages.reaches(to.kind())) return new Asked.NotAnAddress(false);
        BuyerKey key = key(to);
        if (attempts.count("sign-in.network", Attempts.network(network), ASKED_PER_NETWORK, WINDOW)
                instanceof Attempts.Counted.TooMany many) return new Asked.TooOften(many.allowed(), many.retryAfter());
        if (attempts.count("sign-in.address", key.kind() + to.value(), ASKED_PER_ADDRESS, WINDOW)
                instanceof Attempts.Counted.TooMany many) return new Asked.TooOften(many.allowed(), many.retryAfter());

        UUID id = ids.next();
        String code = String.format(Locale.ROOT, "%06d", random.nextInt(1_000_000));
        String token = token();
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            db.sql("""
                    insert into sign_ins (sign_in_id, token_hash, code_hash, address_key, kind, address_sealed, language,
                        back_to, proven, made_at, good_until)
                    values (:id, :token, :code, :key, :kind, :address, :language, :back, :proven, :now, :until)
                    """)
                    .param("id", id)
                    .param("token", sha256(token))
                    .param("code", codeHash(id, code))
                    .param("key", key.hash())
                    .param("kind", Collectors.kind(key.kind()))
                    .param("address", keys.seal("address", to.value().getBytes(StandardCharsets.UTF_8)))
                    .param("language", language.code())
                    .param("back", backTo)
                    .param("proven", proven.stream().map(CollectorId::value).toArray(UUID[]::new))
                    .param("now", Timestamp.from(now))
                    .param("until", Timestamp.from(now.plus(GOOD_FOR)))
                    .update();
            write(to, language, code, token);
        });
        return new Asked.Sent(id, to);
    }

    /** Where the code of this sign-in went, as far as its owner may see it on a screen; empty when it is over. */
    public Optional<Address> sentTo(UUID signIn) {
        return db.sql(
                        "select kind, address_sealed from sign_ins where sign_in_id = :id and used_at is null and good_until > :now")
                .param("id", signIn)
                .param("now", Timestamp.from(clock.instant()))
                .query(this::readAddress)
                .optional();
    }

    /** Whom pressing the link's button will sign in; empty: the link is over. Looking changes nothing. */
    public Optional<Address> linkTo(String token) {
        return db.sql(
                        "select kind, address_sealed from sign_ins where token_hash = :hash and used_at is null and good_until > :now")
                .param("hash", sha256(token))
                .param("now", Timestamp.from(clock.instant()))
                .query(this::readAddress)
                .optional();
    }

    public Entered link(String token) {
        Optional<Pending> taken = db.sql("""
                        update sign_ins set used_at = :now
                        where token_hash = :hash and used_at is null and good_until > :now
                        returning *
                        """)
                .param("now", Timestamp.from(clock.instant()))
                .param("hash", sha256(token))
                .query(SignIns::pending)
                .optional();
        return taken.isPresent() ? enter(taken.get()) : new Entered.Over();
    }

    public Entered code(UUID signIn, String code, String network) {
        if (attempts.count("code.network", Attempts.network(network), CODES_PER_NETWORK, WINDOW)
                instanceof Attempts.Counted.TooMany many)
            return new Entered.TooOften(many.allowed(), many.retryAfter());
        Timestamp now = Timestamp.from(clock.instant());
        // The try is spent before the code is compared: two at once are two tries.
        Optional<Integer> tries = db.sql("""
                        update sign_ins set tries = tries + 1
                        where sign_in_id = :id and tries < :most and used_at is null and good_until > :now
                        returning tries
                        """)
                .param("id", signIn)
                .param("most", CODE_TRIES)
                .param("now", now)
                .query(Integer.class)
                .optional();
        if (tries.isEmpty()) return new Entered.Over();
        Pending pending = db.sql("select * from sign_ins where sign_in_id = :id")
                .param("id", signIn)
                .query(SignIns::pending)
                .single();
        byte[] given = codeHash(signIn, code.replaceAll("\\s", ""));
        if (!MessageDigest.isEqual(given, pending.codeHash()))
            return tries.get() == CODE_TRIES ? new Entered.Over() : new Entered.WrongCode(CODE_TRIES - tries.get());
        int used = db.sql("update sign_ins set used_at = :now where sign_in_id = :id and used_at is null")
                .param("now", now)
                .param("id", signIn)
                .update();
        return used == 1 ? enter(pending) : new Entered.Over();
    }

    void forget(Instant before) {
        db.sql("delete from sign_ins where good_until < :old")
                .param("old", Timestamp.from(before))
                .update();
    }

    private Entered enter(Pending pending) {
        var key = new BuyerKey(pending.kind(), pending.addressKey());
        CollectorId person = collectors.signedIn(key, pending.language());
        db.sql("update collectors set contact_sealed = :address where collector_id = :id and contact_sealed is null")
                .param("address", pending.addressSealed())
                .param("id", person.value())
                .update();
        StaffId staff = colleagues.of(key).orElse(null);
        return new Entered.In(person, staff, pending.backTo(), pending.proven());
    }

    private void write(Address to, Language language, String code, String token) {
        var t = heres.texts(language);
        String link = settings.baseUrl() + "/sign-in/link/" + token;
        long minutes = GOOD_FOR.toMinutes();
        switch (to.kind()) {
            case EMAIL ->
                messages.writeFirst(
                        to, t.get("mail.sign-in.subject", code), t.get("mail.sign-in.text", code, link, minutes));
            case PHONE -> messages.writeFirst(to, "", t.get("text.sign-in", code, minutes));
        }
    }

    private Optional<Address> address(String written) {
        if (written.length() > 254) return Optional.empty();
        return written.indexOf('@') >= 0
                ? BuyerKeys.normalEmail(written).map(Address::email)
                : BuyerKeys.normalPhone(written).map(Address::phone);
    }

    private BuyerKey key(Address to) {
        return Objects.requireNonNull(
                        switch (to.kind()) {
                            case EMAIL -> buyerKeys.email(to.value());
                            case PHONE -> buyerKeys.phone(to.value());
                        })
                .orElseThrow();
    }

    private Address readAddress(ResultSet row, int n) throws SQLException {
        String value = new String(keys.unseal("address", row.getBytes("address_sealed")), StandardCharsets.UTF_8);
        return row.getString("kind").equals("email") ? Address.email(value) : Address.phone(value);
    }

    private static Pending pending(ResultSet row, int n) throws SQLException {
        return new Pending(
                row.getObject("sign_in_id", UUID.class),
                row.getBytes("code_hash"),
                row.getBytes("address_key"),
                row.getString("kind").equals("email") ? BuyerKey.Kind.EMAIL : BuyerKey.Kind.PHONE,
                row.getBytes("address_sealed"),
                row.getString("language"),
                row.getString("back_to"),
                Arrays.stream((UUID[]) row.getArray("proven").getArray())
                        .map(CollectorId::new)
                        .toList());
    }

    /** Six digits are soon tried out by whoever has the table, so their hash is keyed. */
    private byte[] codeHash(UUID signIn, String code) {
        return keys.mac("sign-in", (signIn + "\n" + code).getBytes(StandardCharsets.UTF_8));
    }

    private String token() {
        byte[] bits = new byte[24];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
