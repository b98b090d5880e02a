package vitrine.drop;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/**
 * Makes and reads claim passes: base64url of version, fields and the first 16 bytes of an HMAC-SHA-256 over them (RFC 2104). Any
 * node of the installation reads them without asking anybody.
 */
@Component
final class ClaimPasses {

    static final Duration LASTS = Duration.ofMinutes(30);

    private static final byte VERSION = 1;
    private static final int FIELDS = 1 + 16 + 16 + 16 + 16 + 16 + 1 + 4 + 8 + 4;
    private static final int MAC = 16;
    private static final int MACS = 64;
    private static final byte[] NOBODY = new byte[16];

    private final Keys keys;
    private final Clock clock;

    /** A Mac costs more to set up than to use, and virtual threads are too many to keep one each. */
    private final ArrayBlockingQueue<Mac> macs = new ArrayBlockingQueue<>(MACS);

    ClaimPasses(Keys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    ClaimPass of(DropId drop, UUID stage, CollectorId collector, byte @Nullable [] person, int limit) {
        ByteBuffer whose = ByteBuffer.allocate(33).put((byte) 'n');
        put(whose, drop.value());
        put(whose, collector.value());
        return pass(drop, stage, collector, person, limit, 0, whose);
    }

    /**
     * Of somebody whose place was called. Its nonce is of the stage, and its one claim is the first: so it admits once, whatever she
     * has of other stages, and however often she asks for it again.
     */
    ClaimPass ticket(DropId drop, UUID stage, CollectorId collector, byte @Nullable [] person, int limit, int place) {
        ByteBuffer whose = ByteBuffer.allocate(49).put((byte) 'q');
        put(whose, drop.value());
        put(whose, stage);
        put(whose, collector.value());
        return pass(drop, stage, collector, person, limit, place, whose);
    }

    private ClaimPass pass(
            DropId drop,
            UUID stage,
            CollectorId collector,
            byte @Nullable [] person,
            int limit,
            int ticket,
            ByteBuffer whose) {
        long nonce = ByteBuffer.wrap(mac(whose.array(), whose.capacity())).getLong();
        return new ClaimPass(
                drop,
                stage,
                collector,
                person,
                limit,
                ticket,
                nonce,
                clock.instant().plus(LASTS));
    }

    String write(ClaimPass pass) {
        ByteBuffer bytes = ByteBuffer.allocate(FIELDS + MAC).put(VERSION);
        put(bytes, pass.drop().brand().value());
        put(bytes, pass.drop().value());
        put(bytes, pass.stage());
        put(bytes, pass.collector().value());
        byte[] person = pass.person();
        bytes.put(person == null ? NOBODY : person);
        bytes.put((byte) pass.limit())
                .putInt(pass.ticket())
                .putLong(pass.nonce())
                .putInt((int) pass.end().getEpochSecond());
        bytes.put(mac(bytes.array(), FIELDS), 0, MAC);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** Null: not ours. Whether it has ended is for the caller to see: who claimed with it before hears so nevertheless. */
    @Nullable
    ClaimPass read(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (bytes.length != FIELDS + MAC || bytes[0] != VERSION) return null;
        byte[] mac = Arrays.copyOf(mac(bytes, FIELDS), MAC);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(bytes, FIELDS, bytes.length))) return null;
        ByteBuffer fields = ByteBuffer.wrap(bytes, 1, FIELDS - 1);
        UUID brand = uuid(fields);
        UUID drop = uuid(fields);
        UUID stage = uuid(fields);
        UUID collector = uuid(fields);
        byte[] person = new byte[16];
        fields.get(person);
        int limit = fields.get();
        int ticket = fields.getInt();
        long nonce = fields.getLong();
        Instant end = Instant.ofEpochSecond(fields.getInt());
        return new ClaimPass(
                new DropId(new BrandId(brand), drop),
                stage,
                new CollectorId(collector),
                Arrays.equals(person, NOBODY) ? null : person,
                limit,
                ticket,
                nonce,
                end);
    }

    /** 12 bytes: whose, and which of his tries. */
    static byte[] key(ClaimPass pass, int nth) {
        return ByteBuffer.allocate(12).putLong(pass.nonce()).putInt(nth).array();
    }

    private byte[] mac(byte[] bytes, int length) {
        Mac mac = macs.poll();
        try {
            if (mac == null) {
                mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(keys.key(KeyName.CLAIM_PASS.text()), "HmacSHA256"));
            }
            mac.update(bytes, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            if (mac != null) macs.offer(mac);
        }
    }

    private static void put(ByteBuffer bytes, UUID id) {
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer bytes) {
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
