package vitrine.ledger;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.Keys;
import vitrine.proof.NoteSigner;
import vitrine.proof.SignedNote;
import vitrine.proof.SignerKey;
import vitrine.proof.VerifierKey;

/**
 * The keys that sign checkpoints; the log's origin is their name (C2SP tlog-checkpoint). Which key signs which log stands in the
 * database, the private halves lie beside it: the key {@code log}, the keys that came later ({@link Keys#later}), or one in a
 * device ({@link LogToken}).
 */
@Component
public class LogKeys {

    private final JdbcClient db;
    private final Keys keys;
    private final LogToken token;

    LogKeys(JdbcClient db, Keys keys, LogToken token) {
        this.db = db;
        this.keys = keys;
        this.token = token;
    }

    /**
     * A key of a log.
     *
     * @param announcedAt the index of the record that says so; null for a log's first key and for one that is not sealed yet
     * @param bothFrom when it and the key before it first signed together; null: not yet, or it is the first
     */
    public record LogKey(
            int nth,
            VerifierKey verifier,
            @Nullable Long announcedAt,
            @Nullable Duration overlap,
            @Nullable Instant bothFrom,
            Instant addedAt) {

        boolean signs(long size) {
            return nth == 1 || announcedAt != null && announcedAt < size;
        }

        /** Until when the key before this one signs as well; null: it does not end yet. */
        public @Nullable Instant bothUntil() {
            return bothFrom == null || overlap == null ? null : bothFrom.plus(overlap);
        }
    }

    /** All keys of a log, the first first. */
    public List<LogKey> of(LogId log) {
        return db.sql("""
                select l.origin, k.nth, k.public_key, r.leaf_index, k.overlap_days, k.both_from, k.added_at
                from log_keys k join logs l on l.log_id = k.log_id
                left join log_records r on r.log_id = k.log_id and r.record_id = k.record_id
                where k.log_id = :log order by k.nth
                """)
                .param("log", log.value())
                .query((row, n) -> {
                    Timestamp both = row.getTimestamp("both_from");
                    Integer days = row.getObject("overlap_days", Integer.class);
                    return new LogKey(
                            row.getInt("nth"),
                            new VerifierKey(row.getString("origin"), row.getBytes("public_key")),
                            row.getObject("leaf_index", Long.class),
                            days == null ? null : Duration.ofDays(days),
                            both == null ? null : both.toInstant(),
                            row.getTimestamp("added_at").toInstant());
                })
                .list();
    }

    /** What a stranger pins: print it, put it on paper, give it away. The newest key that has signed a checkpoint. */
    public VerifierKey verifier(LogId log) {
        return of(log).stream()
                .filter(key -> key.nth() == 1 || key.bothFrom() != null)
                .reduce((one, other) -> other)
                .orElseThrow()
                .verifier();
    }

    /** Every key that ever signed, for who checks our own checkpoints of any age. */
    public List<VerifierKey> verifiers(LogId log) {
        return of(log).stream().map(LogKey::verifier).toList();
    }

    /** The newest key that stands under this checkpoint. */
    public VerifierKey under(LogId log, SignedNote note) {
        return verifiers(log).reversed().stream()
                .filter(key -> note.signatures().stream().anyMatch(line -> line.claims(key)))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Who signs a head of this size now: the newest key that is announced below it, and with it the one before, until the overlap
     * is over.
     */
    public List<LogKey> signing(LogId log, long size, Instant now) {
        List<LogKey> announced = of(log).stream().filter(key -> key.signs(size)).toList();
        LogKey newest = announced.getLast();
        if (newest.nth() == 1) return List.of(newest);
        Instant until = newest.bothUntil();
        if (until != null && !now.isBefore(until)) return List.of(newest);
        return announced.subList(announced.size() - 2, announced.size());
    }

    /** @throws LogKeyMissing when the private half is not on this node */
    NoteSigner signer(LogId log, VerifierKey key) {
        for (NoteSigner inDevice : token.signers(key.name())) {
            if (inDevice.verifier().equals(key)) return inDevice;
        }
        for (byte[] seed : seeds()) {
            var signer = new SignerKey(key.name(), seed);
            if (signer.verifier().equals(key)) return signer;
        }
        throw new LogKeyMissing(log, key);
    }

    /** Where the private half of a key is: {@code token}, {@code file}, or {@code missing}. */
    public String source(VerifierKey key) {
        if (token.signers(key.name()).stream()
                .anyMatch(inDevice -> inDevice.verifier().equals(key))) return "token";
        return seeds().stream()
                        .anyMatch(seed ->
                                new SignerKey(key.name(), seed).verifier().equals(key))
                ? "file"
                : "missing";
    }

    /** The first key of an installation. */
    byte[] first(String origin) {
        if (token.isThere()) return unused(origin);
        return new SignerKey(origin, keys.key("log")).verifier().publicKey();
    }

    /**
     * A key that signed no log yet: one that lies ready, or a new one, which is on disk, or in the device, before this returns.
     */
    byte[] unused(String origin) {
        List<byte[]> used =
                db.sql("select public_key from log_keys").query(byte[].class).list();
        if (token.isThere()) {
            return token.signers(origin).stream()
                    .map(inDevice -> inDevice.verifier().publicKey())
                    .filter(key -> used.stream().noneMatch(other -> Arrays.equals(other, key)))
                    .findFirst()
                    .orElseGet(() -> token.make(origin).verifier().publicKey());
        }
        for (byte[] seed : seeds()) {
            byte[] key = new SignerKey(origin, seed).verifier().publicKey();
            if (used.stream().noneMatch(other -> Arrays.equals(other, key))) return key;
        }
        return new SignerKey(origin, keys.makeLater("log")).verifier().publicKey();
    }

    private List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(keys.key("log"));
        seeds.addAll(keys.later("log"));
        return seeds;
    }
}
