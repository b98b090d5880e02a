package vitrine.drop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;

/** What is stored of what a person did in drops, of all brands, for her own file. Each list has the newest first. */
@Component
public class DropsOnFile {

    private final JdbcClient db;

    DropsOnFile(JdbcClient db) {
        this.db = db;
    }

    /**
     * @param serial null: held, and not confirmed yet, or ended
     * @param ended when a hold ended that was not paid for, or a claim was taken back
     */
    public record Claimed(
            Bilingual drop,
            Instant at,
            @Nullable Integer serial,
            @Nullable Instant heldUntil,
            @Nullable Instant ended) {}

    /**
     * A line of a waiting room's list. Its salt is hers: with it, her id and the stage's, anybody computes the arrival.
     *
     * @param salt in hex
     * @param arrival what stands in the list, in hex
     * @param place null: the lot is still to be drawn
     */
    public record Place(
            Bilingual drop,
            UUID stage,
            UUID collector,
            Instant at,
            @Nullable String salt,
            String arrival,
            @Nullable Integer place) {}

    /** Somebody who wants to be told, or would take a piece that comes back. @param about {@code opening}, {@code free} or {@code returned} */
    public record Asked(
            Bilingual drop,
            Bilingual stage,
            String about,
            Instant at,
            @Nullable Instant told) {}

    /**
     * A claim that staff looked at.
     *
     * @param reason {@code young-account}, {@code crowded-network} or {@code sudden-crowd}
     * @param appeal in her own words
     */
    public record Reviewed(
            Bilingual drop,
            String reason,
            Instant at,
            @Nullable String appeal,
            @Nullable String decision) {}

    public List<Claimed> claims(Collection<CollectorId> family) {
        return db.sql("""
                select d.name_zh, d.name_en, k.claimed_at, k.serial, k.hold_until, null::timestamptz as ended_at from drops d
                join claims k on k.brand_id = d.brand_id and k.drop_id = d.drop_id and k.collector_id = any(:family)
                union all
                select d.name_zh, d.name_en, k.claimed_at, null, null, k.ended_at from drops d
                join claims_ended k on k.brand_id = d.brand_id and k.drop_id = d.drop_id and k.collector_id = any(:family)
                order by claimed_at desc
                """)
                .param("family", uuids(family))
                .query((row, n) -> new Claimed(
                        name(row),
                        row.getTimestamp("claimed_at").toInstant(),
                        (Integer) row.getObject("serial"),
                        instant(row, "hold_until"),
                        instant(row, "ended_at")))
                .list();
    }

    public List<Place> places(Collection<CollectorId> family) {
        return db.sql("""
                select d.name_zh, d.name_en, a.* from drop_stages s
                join drops d on d.brand_id = s.brand_id and d.drop_id = s.drop_id
                join queue_arrivals a on a.brand_id = s.brand_id and a.drop_id = s.drop_id and a.stage_id = s.stage_id
                    and a.collector_id = any(:family)
                order by a.arrived_at desc
                """)
                .param("family", uuids(family))
                .query((row, n) -> new Place(
                        name(row),
                        row.getObject("stage_id", UUID.class),
                        row.getObject("collector_id", UUID.class),
                        row.getTimestamp("arrived_at").toInstant(),
                        hex(row.getBytes("salt")),
                        HexFormat.of().formatHex(row.getBytes("arrival")),
                        (Integer) row.getObject("place")))
                .list();
    }

    public List<Asked> asked(Collection<CollectorId> family) {
        return db.sql("""
                select d.name_zh, d.name_en, s.name_zh as stage_zh, s.name_en as stage_en, w.about, w.asked_at, w.told_at
                from drops d
                join drop_waiting w on w.brand_id = d.brand_id and w.drop_id = d.drop_id and w.collector_id = any(:family)
                join drop_stages s on s.brand_id = w.brand_id and s.drop_id = w.drop_id and s.stage_id = w.stage_id
                order by w.asked_at desc
                """)
                .param("family", uuids(family))
                .query((row, n) -> new Asked(
                        name(row),
                        new Bilingual(row.getString("stage_zh"), row.getString("stage_en")),
                        row.getString("about"),
                        row.getTimestamp("asked_at").toInstant(),
                        instant(row, "told_at")))
                .list();
    }

    public List<Reviewed> reviews(Collection<CollectorId> family) {
        return db.sql("""
                select d.name_zh, d.name_en, r.reason, r.held_at, r.appeal, r.decision from drops d
                join claim_reviews r on r.brand_id = d.brand_id and r.drop_id = d.drop_id and r.collector_id = any(:family)
                order by r.held_at desc
                """)
                .param("family", uuids(family))
                .query((row, n) -> new Reviewed(
                        name(row),
                        row.getString("reason"),
                        row.getTimestamp("held_at").toInstant(),
                        row.getString("appeal"),
                        row.getString("decision")))
                .list();
    }

    private static UUID[] uuids(Collection<CollectorId> family) {
        return family.stream().map(CollectorId::value).toArray(UUID[]::new);
    }

    private static Bilingual name(ResultSet row) throws SQLException {
        return new Bilingual(row.getString("name_zh"), row.getString("name_en"));
    }

    private static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
