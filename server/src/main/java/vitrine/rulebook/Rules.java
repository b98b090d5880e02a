package vitrine.rulebook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.NewRecord;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogRecord.RulesPublished;

/** Published rules: a version is a row whose hash is in the public log. Nothing updates it; a change is the next version. */
@Component
public class Rules {

    private final JdbcClient db;
    private final Ledger ledger;
    private final Ids ids;
    private final BusinessClock clock;

    /** What was committed never changes, so it may be remembered for as long as we run. */
    private final ConcurrentHashMap<Key, RulesVersion> known = new ConcurrentHashMap<>();

    private record Key(BrandId brand, UUID rules, int version) {}

    Rules(JdbcClient db, Ledger ledger, Ids ids, BusinessClock clock) {
        this.db = db;
        this.ledger = ledger;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * The next version, with its record in the log, in the caller's transaction. Who publishes one thing's rules holds that thing's
     * row; {@code rules_versions_pk} refuses a second version of the same number.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public RulesVersion publish(BrandId brand, UUID rules, Json document) {
        byte[] bytes = document.bytes();
        Hash32 sha256 = Hash32.sha256(bytes);
        RulesVersion before = newest(brand, rules).orElse(null);
        int version = before == null ? 1 : before.version() + 1;
        LogId log = ledger.main();
        var published = new RulesPublished(ledger.originOf(log), rules.toString(), version, sha256);
        // It follows on the version before: a seal has no order of its own, and versions have one.
        NewRecord record = before == null
                ? NewRecord.of(ids.next(), null, published)
                : NewRecord.of(ids.nextAfter(before.record()), before.record(), published);
        Instant now = clock.now();
        db.sql("""
                insert into rules_versions (brand_id, rules_id, version, document, hash, record_id, leaf, published_at)
                values (:brand, :rules, :version, :document, :hash, :record, :leaf, :now)
                """)
                .param("brand", brand.value())
                .param("rules", rules)
                .param("version", version)
                .param("document", bytes)
                .param("hash", sha256.bytes())
                .param("record", record.id())
                .param("leaf", record.leaf().bytes())
                .param("now", Timestamp.from(now))
                .update();
        ledger.append(log, List.of(record));
        return new RulesVersion(brand, rules, version, document, sha256, record.leaf(), record.id(), now);
    }

    public Optional<RulesVersion> version(BrandId brand, UUID rules, int version) {
        Key key = new Key(brand, rules, version);
        RulesVersion remembered = known.get(key);
        if (remembered != null) return Optional.of(remembered);
        Optional<RulesVersion> found = db.sql("""
                select * from rules_versions where brand_id = :brand and rules_id = :rules and version = :version
                """)
                .param("brand", brand.value())
                .param("rules", rules)
                .param("version", version)
                .query(Rules::version)
                .optional();
        // Our own transaction may see a version that it will not commit; only what others see is remembered.
        if (!org.springframework.transaction.support.TransactionSynchronizationManager.isActualTransactionActive()) {
            found.ifPresent(v -> known.put(key, v));
        }
        return found;
    }

    public Optional<RulesVersion> newest(BrandId brand, UUID rules) {
        return db.sql("""
                select * from rules_versions where brand_id = :brand and rules_id = :rules order by version desc limit 1
                """)
                .param("brand", brand.value())
                .param("rules", rules)
                .query(Rules::version)
                .optional();
    }

    /** The version that the records of pieces name by this leaf hash. */
    public Optional<RulesVersion> named(Hash32 leaf) {
        return db.sql("select * from rules_versions where leaf = :leaf")
                .param("leaf", leaf.bytes())
                .query(Rules::version)
                .optional();
    }

    /** All versions, the first first. */
    public List<RulesVersion> versions(BrandId brand, UUID rules) {
        return db.sql("select * from rules_versions where brand_id = :brand and rules_id = :rules order by version")
                .param("brand", brand.value())
                .param("rules", rules)
                .query(Rules::version)
                .list();
    }

    private static RulesVersion version(ResultSet row, int n) throws SQLException {
        return new RulesVersion(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("rules_id", UUID.class),
                row.getInt("version"),
                Json.parse(row.getBytes("document")).orThrow(),
                Hash32.of(row.getBytes("hash")),
                Hash32.of(row.getBytes("leaf")),
                row.getObject("record_id", UUID.class),
                row.getTimestamp("published_at").toInstant());
    }
}
