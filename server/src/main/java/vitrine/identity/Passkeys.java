package vitrine.identity;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.VerificationException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;

/**
 * Ways in with a key that a phone or a computer keeps and unlocks by a finger, a face or a number. Nobody can be talked out of one: it
 * answers to this site's name alone. Losing the device loses nothing; the mail code works as before.
 */
@Component
public class Passkeys {

    static final int MOST = 10;
    static final int TRIES_PER_NETWORK = 300;
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final long PATIENCE_MS = Duration.ofMinutes(5).toMillis();

    /** The ones that browsers' own keys have: P-256, Ed25519, RSA of older Windows. */
    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.RS256);

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    /** @param id as addresses and forms write it */
    public record Passkey(
            String id,
            String name,
            Instant madeAt,
            @Nullable Instant usedAt) {}

    /** How adding one ended. */
    public sealed interface Adding {
        record Added(String name) implements Adding {}

        /** {@code passkey.not-good}: too late, of another site, or not what was asked for. */
        record NotGood() implements Adding {}

        /** {@code passkey.too-many}. */
        record TooMany(int allowed) implements Adding {}
    }

    /** How signing in with one ended. */
    public sealed interface Entered {
        record In(CollectorId person, @Nullable StaffId staff) implements Entered {}

        /** {@code passkey.unknown}: removed, of another site, too late, or a copy. */
        record Unknown() implements Entered {}

        /** {@code sign-in.too-often}. */
        record TooOften(int allowed, Duration retryAfter) implements Entered {}
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Collectors collectors;
    private final Colleagues colleagues;
    private final Attempts attempts;
    private final Messages messages;
    private final Readers readers;
    private final SecureRandom random;
    private final Clock clock;
    private final String site;
    private final Origin origin;
    private final boolean offered;
    private final ObjectConverter converter = new ObjectConverter();
    private final WebAuthnManager webAuthn = WebAuthnManager.createNonStrictWebAuthnManager(converter);
    private final AttestedCredentialDataConverter stored = new AttestedCredentialDataConverter(converter);

    Passkeys(
            JdbcClient db,
            TransactionTemplate transactions,
            Collectors collectors,
            Colleagues colleagues,
            Attempts attempts,
            Messages messages,
            Readers readers,
            Settings settings,
            SecureRandom random,
            Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.collectors = collectors;
        this.colleagues = colleagues;
        this.attempts = attempts;
        this.messages = messages;
        this.readers = readers;
        this.random = random;
        this.clock = clock;
        var base = settings.baseUrl();
        this.site = base.getHost();
        this.origin = Origin.create(base.getScheme() + "://" + base.getRawAuthority());
        // Browsers keep no key for a bare number, and none for a page that came over the open wire.
        this.offered = (base.getScheme().equals("https") || site.equals("localhost")) && !site.matches("[0-9.]+|\\[.*");
    }

    /** Whether a browser could keep a key for this installation's address at all. */
    public boolean offered() {
        return offered;
    }

    public List<Passkey> of(CollectorId person) {
        return db.sql(
                        "select credential_id, name, made_at, last_used_at from passkeys where collector_id = :id order by made_at")
                .param("id", person.value())
                .query((row, n) -> new Passkey(
                        BASE64.encodeToString(row.getBytes(1)),
                        row.getString(2),
                        row.getTimestamp(3).toInstant(),
                        row.getTimestamp(4) == null ? null : row.getTimestamp(4).toInstant()))
                .list();
    }

    /** What a browser needs to make a key for her; the challenge comes back signed. */
    Map<String, Object> toMake(CollectorId person, String challenge) {
        Collector collector = collectors.find(person).orElseThrow();
        String name = collectors.contact(person).map(Address::masked).orElse("Vitrine");
        String shown = Objects.requireNonNullElse(collector.displayName(), name);
        return Map.of(
                "challenge",
                challenge,
                "rp",
                Map.of("id", site, "name", "Vitrine"),
                "user",
                Map.of("id", BASE64.encodeToString(bytes(person)), "name", name, "displayName", shown),
                "pubKeyCredParams",
                ALGORITHMS.stream()
                        .map(algorithm -> Map.of("type", "public-key", "alg", algorithm.getValue()))
                        .toList(),
                "excludeCredentials",
                of(person).stream()
                        .map(passkey -> Map.of("type", "public-key", "id", passkey.id()))
                        .toList(),
                "authenticatorSelection",
                Map.of("residentKey", "required", "userVerification", "required"),
                "attestation",
                "none",
                "timeout",
                PATIENCE_MS);
    }

    /** What a browser needs to ask its owner for any key of this site. */
    Map<String, Object> toUse(String challenge) {
        return Map.of("challenge", challenge, "rpId", site, "userVerification", "required", "timeout", PATIENCE_MS);
    }

    String challenge() {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        return BASE64.encodeToString(bits);
    }

    /** @param credential the browser's answer as JSON */
    Adding add(CollectorId person, String challenge, String credential, String name) {
        if (of(person).size() >= MOST) return new Adding.TooMany(MOST);
        try {
            var made = webAuthn.verifyRegistrationResponseJSON(
                    credential,
                    new RegistrationParameters(
                            here(challenge),
                            ALGORITHMS.stream()
                                    .map(algorithm -> new PublicKeyCredentialParameters(
                                            PublicKeyCredentialType.PUBLIC_KEY, algorithm))
                                    .toList(),
                            true));
            var said = Objects.requireNonNull(made.getAttestationObject()).getAuthenticatorData();
            var key = Objects.requireNonNull(said.getAttestedCredentialData());
            boolean fresh = Boolean.TRUE.equals(transactions.execute(status -> {
                // passkey_ids_pkey: one device's key is one person's.
                int won = db.sql(
                                "insert into passkey_ids (credential_id, collector_id) values (:key, :id) on conflict do nothing")
                        .param("key", key.getCredentialId())
                        .param("id", person.value())
                        .update();
                if (won == 0) return false;
                db.sql("""
                        insert into passkeys (collector_id, credential_id, name, public_key, signature_count, backup_eligible, made_at)
                        values (:id, :credential, :name, :key, :count, :backup, :now)
                        """)
                        .param("id", person.value())
                        .param("credential", key.getCredentialId())
                        .param("name", name)
                        .param("key", stored.convert(key))
                        .param("count", said.getSignCount())
                        .param("backup", said.isFlagBE())
                        .param("now", Timestamp.from(clock.instant()))
                        .update();
                tell(person, name);
                return true;
            }));
            return fresh ? new Adding.Added(name) : new Adding.NotGood();
        } catch (DataConversionException | VerificationException | IllegalArgumentException e) {
            return new Adding.NotGood();
        }
    }

    /** Somebody who got into a session must not stay by a key of his own, unseen. */
    private void tell(CollectorId person, String name) {
        readers.of(person)
                .ifPresent(reader -> messages.write(
                        reader.to(),
                        reader.t().get("mail.passkey.subject"),
                        reader.t().get("mail.passkey.text", name)));
    }

    Entered enter(String challenge, String credential, String network) {
        if (attempts.count("passkey.network", Attempts.network(network), TRIES_PER_NETWORK, WINDOW)
                instanceof Attempts.Counted.TooMany many)
            return new Entered.TooOften(many.allowed(), many.retryAfter());
        try {
            var answer = webAuthn.parseAuthenticationResponseJSON(credential);
            byte[] id = answer.getCredentialId();
            Kept kept = kept(id).orElse(null);
            // Whose key it is says the row; what the device says beside it must be the same.
            if (kept == null || !Arrays.equals(answer.getUserHandle(), bytes(kept.person())))
                return new Entered.Unknown();
            var record = new CredentialRecordImpl(
                    new NoneAttestationStatement(),
                    true,
                    kept.backup(),
                    null,
                    kept.count(),
                    stored.convert(kept.key()),
                    null,
                    null,
                    null,
                    null);
            webAuthn.verify(answer, new AuthenticationParameters(here(challenge), record, null, true));
            long count = Objects.requireNonNull(answer.getAuthenticatorData()).getSignCount();
            // Of two answers to one count, one is a copy's: the count only ever goes up, or stays where a device keeps
            // none.
            int used = db.sql("""
                    update passkeys set signature_count = :count, last_used_at = :now
                    where collector_id = :id and credential_id = :key and signature_count = :before
                    """)
                    .param("count", count)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("id", kept.person().value())
                    .param("key", id)
                    .param("before", kept.count())
                    .update();
            if (used == 0) return new Entered.Unknown();
            StaffId staff = colleagues.of(collectors.provenKeys(kept.person())).orElse(null);
            return new Entered.In(kept.person(), staff);
        } catch (DataConversionException | VerificationException | IllegalArgumentException e) {
            return new Entered.Unknown();
        }
    }

    private record Kept(CollectorId person, byte[] key, long count, boolean backup) {}

    private Optional<Kept> kept(byte[] credential) {
        return db.sql("""
                select p.collector_id, p.public_key, p.signature_count, p.backup_eligible from passkey_ids i
                join passkeys p on p.collector_id = i.collector_id and p.credential_id = i.credential_id
                where i.credential_id = :id
                """)
                .param("id", credential)
                .query((row, n) -> new Kept(
                        new CollectorId(row.getObject(1, UUID.class)),
                        row.getBytes(2),
                        row.getLong(3),
                        row.getBoolean(4)))
                .optional();
    }

    /** Only a key of hers; another one's changes nothing. */
    void rename(CollectorId person, String passkey, String name) {
        byte[] id = decoded(passkey);
        if (id == null) return;
        db.sql("update passkeys set name = :name where collector_id = :id and credential_id = :key")
                .param("name", name)
                .param("id", person.value())
                .param("key", id)
                .update();
    }

    void remove(CollectorId person, String passkey) {
        byte[] id = decoded(passkey);
        if (id == null) return;
        transactions.executeWithoutResult(status -> {
            for (String table : List.of("passkeys", "passkey_ids")) {
                db.sql("delete from " + table + " where collector_id = :id and credential_id = :key")
                        .param("id", person.value())
                        .param("key", id)
                        .update();
            }
        });
    }

    private ServerProperty here(String challenge) {
        byte[] bits = decoded(challenge);
        return new ServerProperty(origin, site, new DefaultChallenge(bits == null ? new byte[0] : bits));
    }

    private static byte[] bytes(CollectorId person) {
        return ByteBuffer.allocate(16)
                .putLong(person.value().getMostSignificantBits())
                .putLong(person.value().getLeastSignificantBits())
                .array();
    }

    private static byte @Nullable [] decoded(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
