package vitrine.drop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/**
 * Codes for a pop-up store: eighty bits, sixteen signs that are not mistaken for one another. A code follows from its batch, its
 * place in it and a key, so that a sheet can be printed again; the database knows it by its hash alone. It is used up by the claim
 * that it lets in, in the claim's own transaction, and is free again with a hold that ends.
 */
@Component
public class DropCodes {

    /** At a time; a sheet of that many has 84 pages. */
    public static final int CODES_MAX = 2_000;

    public static final int USES_MAX = 1_000;

    private static final int SIGNS = 16;
    /** Crockford's: no I, L, O and U. */
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private final JdbcClient db;
    private final Keys keys;
    private final Ids ids;
    private final BusinessClock clock;

    DropCodes(JdbcClient db, Keys keys, Ids ids, BusinessClock clock) {
        this.db = db;
        this.keys = keys;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * @param uses how often each may be used
     * @param used how often they were, all together
     */
    public record Batch(UUID id, DropId drop, UUID stage, int codes, int uses, int used, Instant madeAt) {}

    public sealed interface Making {
        record Made(UUID batch) implements Making {}

        /** Not in the numbers that there may be, or a stage that wants none. */
        record NotSo() implements Making {}
    }

    @Transactional
    public Making make(Drop drop, UUID stage, int codes, int uses) {
        boolean wants = drop.stages().stream().anyMatch(s -> s.id().equals(stage) && s.entry() == Stage.Entry.CODE);
        if (!wants || codes < 1 || codes > CODES_MAX || uses < 1 || uses > USES_MAX) return new Making.NotSo();
        UUID batch = ids.next();
        db.sql("""
                insert into drop_code_batches (brand_id, drop_id, batch_id, stage_id, codes, uses, made_at)
                values (:brand, :drop, :batch, :stage, :codes, :uses, :now)
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("batch", batch)
                .param("stage", stage)
                .param("codes", codes)
                .param("uses", uses)
                .param("now", Timestamp.from(clock.now()))
                .update();
        byte[][] hashes = codes(batch, codes).map(DropCodes::hash).toArray(byte[][]::new);
        db.sql("""
                insert into drop_codes (brand_id, drop_id, stage_id, code_hash, batch_id, uses, used)
                select :brand, :drop, :stage, hash, :batch, :uses, 0 from unnest(:hashes::bytea[]) as c (hash)
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("stage", stage)
                .param("batch", batch)
                .param("uses", uses)
                .param("hashes", new SqlArrayValue("bytea", (Object[]) hashes))
                .update();
        return new Making.Made(batch);
    }

    /** The newest first. */
    public List<Batch> of(DropId drop) {
        return db.sql("""
                select b.batch_id, b.stage_id, b.codes, b.uses, b.made_at, (
                    select sum(c.used) from drop_codes c
                    where c.brand_id = b.brand_id and c.drop_id = b.drop_id and c.stage_id = b.stage_id and c.batch_id = b.batch_id)
                from drop_code_batches b where b.brand_id = :brand and b.drop_id = :drop order by b.batch_id desc
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query((row, n) -> new Batch(
                        row.getObject(1, UUID.class),
                        drop,
                        row.getObject(2, UUID.class),
                        row.getInt(3),
                        row.getInt(4),
                        row.getInt(6),
                        row.getTimestamp(5).toInstant()))
                .list();
    }

    public Optional<Batch> find(DropId drop, UUID batch) {
        return of(drop).stream().filter(b -> b.id().equals(batch)).findFirst();
    }

    /** As they are printed: {@code 7F3K-92QX-0BZM-HT4A}. */
    public Stream<String> codes(Batch batch) {
        return codes(batch.id(), batch.codes());
    }

    private Stream<String> codes(UUID batch, int count) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(keys.key(KeyName.DROP_CODE.text()), "HmacSHA256"));
            return IntStream.range(0, count)
                    .mapToObj(n -> text(mac.doFinal(ByteBuffer.allocate(20)
                            .putLong(batch.getMostSignificantBits())
                            .putLong(batch.getLeastSignificantBits())
                            .putInt(n)
                            .array())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] bits) {
        StringBuilder text = new StringBuilder();
        for (int sign = 0; sign < SIGNS; sign++) {
            if (sign > 0 && sign % 4 == 0) text.append('-');
            int value = 0;
            for (int bit = sign * 5; bit < sign * 5 + 5; bit++) value = value << 1 | bits[bit / 8] >> (7 - bit % 8) & 1;
            text.append(ALPHABET.charAt(value));
        }
        return text.toString();
    }

    /** Null: that has not the form of a code. Spaces, hyphens and small letters are as good; what looks alike is alike. */
    static byte @Nullable [] hash(@Nullable String typed) {
        if (typed == null || typed.length() > 4 * SIGNS) return null;
        String code = typed.replaceAll("[\\s\\p{Pd}]", "")
                .toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        if (code.length() != SIGNS || !code.chars().allMatch(sign -> ALPHABET.indexOf(sign) >= 0)) return null;
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(("vitrine drop code " + code).getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
