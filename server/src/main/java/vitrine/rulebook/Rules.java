package vitrine.rulebook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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

    /**
     * What was committed never changes, so it may be remembered for as long as we run. In which other logs a version stands may still
     * grow, and only for brands of which it gives nothing.
     */
    private final ConcurrentHashMap<Key, RulesVersion> known = new ConcurrentHashMap<>();

    private static final String VERSION = """
            select v.*, array(select log_brand_id from rules_elsewhere e where e.brand_id = v.brand_id
                    and e.rules_id = v.rules_id and e.version = v.version order by log_brand_id) as elsewhere,
                array(select leaf from rules_elsewhere e where e.brand_id = v.brand_id
                    and e.rules_id = v.rules_id and e.version = v.version order by log_brand_id) as elsewhere_leaves
            from rules_versions v
            """;

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
     *
     * @param givers the brands whose collectibles the rules give: those with a log of their own have the record there, too
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public RulesVersion publish(BrandId brand, UUID rules, Json document, Set<BrandId> givers) {
        byte[] bytes = document.bytes();
        Hash32 sha256 = Hash32.sha256(bytes);
        RulesVersion before = newest(brand, rules).orElse(null);
        int version = before == null ? 1 : before.version() + 1;
        LogId log = ledger.of(brand);
        NewRecord record = record(log, rules, version, sha256, before == null ? null : before.record());
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
        ledger.own(givers).forEach((giver, own) -> {
            if (!own.equals(log)) publishElsewhere(brand, rules, giver, own);
        });
        return newest(brand, rules).orElseThrow();
    }

    /** A log has all versions from the first on: those before a brand's collectible came in are written there now. */
    private void publishElsewhere(BrandId brand, UUID rules, BrandId giver, LogId log) {
        record There(int version, UUID recordId) {}
        There last = db.sql("""
                select version, record_id from rules_elsewhere
                where brand_id = :brand and rules_id = :rules and log_brand_id = :giver order by version desc limit 1
                """)
                .param("brand", brand.value())
                .param("rules", rules)
                .param("giver", giver.value())
                .query(There.class)
                .optional()
                .orElse(null);
        UUID before = last == null ? null : last.recordId();
        List<NewRecord> records = new ArrayList<>();
        for (RulesVersion version : versions(brand, rules)) {
            if (last != null && version.version() <= last.version()) continue;
            NewRecord record = record(log, rules, version.version(), version.sha256(), before);
            db.sql("""
                    insert into rules_elsewhere (brand_id, rules_id, version, log_brand_id, record_id, leaf)
                    values (:brand, :rules, :version, :giver, :record, :leaf)
                    """)
                    .param("brand", brand.value())
                    .param("rules", rules)
                    .param("version", version.version())
                    .param("giver", giver.value())
                    .param("record", record.id())
                    .param("leaf", record.leaf().bytes())
                    .update();
            records.add(record);
            before = record.id();
        }
        ledger.append(log, records);
    }

    /** It follows on the version before: a seal has no order of its own, and versions have one. */
    private NewRecord record(LogId log, UUID rules, int version, Hash32 sha256, @Nullable UUID before) {
        var published = new RulesPublished(ledger.originOf(log), rules.toString(), version, sha256);
        return before == null
                ? NewRecord.of(ids.next(), null, published)
                : NewRecord.of(ids.nextAfter(before), before, published);
    }

    public Optional<RulesVersion> version(BrandId brand, UUID rules, int version) {
        Key key = new Key(brand, rules, version);
        RulesVersion remembered = known.get(key);
        if (remembered != null) return Optional.of(remembered);
        Optional<RulesVersion> found = db.sql(
                        VERSION + "where brand_id = :brand and rules_id = :rules and version = :version")
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
        return db.sql(VERSION + "where brand_id = :brand and rules_id = :rules order by version desc limit 1")
                .param("brand", brand.value())
                .param("rules", rules)
                .query(Rules::version)
                .optional();
    }

    /**
     * The record by which pieces name these rules, and what it publishes.
     *
     * @param id of that record, in whichever log
     */
    public record Named(UUID id, RulesVersion version) {}

    /** What the records of pieces name by this leaf hash. */
    public Optional<Named> named(Hash32 leaf) {
        return db.sql("""
                select brand_id, rules_id, version, record_id from rules_versions where leaf = :leaf
                union all select brand_id, rules_id, version, record_id from rules_elsewhere where leaf = :leaf
                """)
                .param("leaf", leaf.bytes())
                .query((row, n) -> new Named(
                        row.getObject(4, UUID.class),
                        version(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class), row.getInt(3))
                                .orElseThrow()))
                .optional();
    }

    /** All versions, the first first. */
    public List<RulesVersion> versions(BrandId brand, UUID rules) {
        return db.sql(VERSION + "where brand_id = :brand and rules_id = :rules order by version")
                .param("brand", brand.value())
                .param("rules", rules)
                .query(Rules::version)
                .list();
    }

    private static RulesVersion version(ResultSet row, int n) throws SQLException {
        UUID[] brands = (UUID[]) row.getArray("elsewhere").getArray();
        byte[][] leaves = (byte[][]) row.getArray("elsewhere_leaves").getArray();
        Map<BrandId, Hash32> elsewhere = new HashMap<>();
        for (int i = 0; i < brands.length; i++) elsewhere.put(new BrandId(brands[i]), Hash32.of(leaves[i]));
        return new RulesVersion(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("rules_id", UUID.class),
                row.getInt("version"),
                Json.parse(row.getBytes("document")).orThrow(),
                Hash32.of(row.getBytes("hash")),
                Hash32.of(row.getBytes("leaf")),
                row.getObject("record_id", UUID.class),
                row.getTimestamp("published_at").toInstant(),
                Map.copyOf(elsewhere));
    }
}
