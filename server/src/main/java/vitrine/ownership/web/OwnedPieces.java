package vitrine.ownership.web;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** Reads pieces for pages, each with its design, its owner's public name and how far its record is, in one row. */
@Component
public class OwnedPieces {
    /** Of the pieces {@code p}, which whoever asks picks first. */
    private static final String PIECE = """
            select p.brand_id, p.collectible_id, p.serial, p.state, p.owner_id, p.gift_policy, p.granted_at, p.opened_at, p.shared_on, p.last_leaf,
                c.slug, c.supply, c.name_zh, c.name_en, c.matter_zh, c.matter_en, c.about_zh, c.about_en, c.alt_zh, c.alt_en,
                c.issuer_kind, c.year, c.wall, b.slug as brand_slug, b.name_zh as brand_zh, b.name_en as brand_en,
                cr.name_zh as creator_zh, cr.name_en as creator_en, se.name_zh as series_zh, se.name_en as series_en, se.slug as series_slug,
                coalesce(encode(u.picture, 'hex'), i.image) as image, coalesce(um.type <> 'image/jpeg' and um.width = um.height, i.cutout) as cutout,
                u.name_zh as own_zh, u.name_en as own_en, mo.model, r.leaf_index, who.display_name,
                case when who.public_since is not null and who.closed_at is null and p.opened_at is not null and pl.hidden_at is null
                    then who.handle end as handle
            from p
            join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
            join brands b on b.brand_id = p.brand_id
            left join creators cr on cr.brand_id = coalesce(c.creator_brand, c.brand_id) and cr.creator_id = c.creator_id
            left join series se on se.brand_id = c.brand_id and se.series_id = c.series_id
            left join collectors o on o.collector_id = p.owner_id
            left join collectors who on who.collector_id = coalesce(o.joined_into, o.collector_id)
            left join room_places pl on pl.collector_id = who.collector_id and pl.brand_id = p.brand_id
                and pl.collectible_id = p.collectible_id and pl.serial = p.serial
            left join lateral (
                select lr.leaf_index from log_records lr join logs l on l.log_id = lr.log_id
                where lr.record_id = p.last_record_id and lr.leaf_index < l.published_size limit 1) r on true
            left join lateral (
                select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                from collectible_media cm join media m on m.sha256 = cm.sha256
                where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image'
                order by cm.position limit 1) i on true
            left join lateral (
                select encode(cm.sha256, 'hex') as model from collectible_media cm
                where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'model'
                order by cm.position limit 1) mo on true
            left join unique_pieces u on u.brand_id = p.brand_id and u.collectible_id = p.collectible_id and u.serial = p.serial
            left join media um on um.sha256 = u.picture
            """;

    private final JdbcClient db;

    OwnedPieces(JdbcClient db) {
        this.db = db;
    }

    /** One step in a piece's life. {@code sealed}: it stands in the signed log. */
    public record Step(String kind, Instant at, boolean sealed) {}

    public Optional<OwnedPiece> piece(PieceNumber number) {
        return db.sql("""
                with p as materialized (
                    select * from pieces where brand_id = :brand and collectible_id = :id and serial = :serial)
                """ + PIECE)
                .param("brand", number.collectible().brand().value())
                .param("id", number.collectible().value())
                .param("serial", number.serial())
                .query(OwnedPieces::piece)
                .optional();
    }

    /** That somebody has a piece: as much as decides where it hangs. */
    public record Holding(PieceNumber number, boolean wrapped, Instant granted) {}

    /** What these collectors have, the newest first: all ids of one person at once. */
    public List<Holding> holdings(Collection<CollectorId> family) {
        // First which pieces, by the collectors' own key; a planner that is left to choose reads all pieces of all
        // collectors.
        return db.sql("""
                select p.brand_id, p.collectible_id, p.serial, p.opened_at is null, p.granted_at
                from collector_pieces cp cross join lateral (
                    select * from pieces p
                    where p.brand_id = cp.brand_id and p.collectible_id = cp.collectible_id and p.serial = cp.serial
                    and p.owner_id = cp.collector_id and p.state = 'owned' offset 0) p
                where cp.collector_id = any(:family)
                order by cp.got_at desc, p.collectible_id, p.serial
                """)
                .param(
                        "family",
                        new SqlArrayValue(
                                "uuid", family.stream().map(CollectorId::value).toArray()))
                .query((row, n) -> new Holding(
                        new PieceNumber(
                                new CollectibleId(
                                        new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                                row.getInt(3)),
                        row.getBoolean(4),
                        row.getTimestamp(5).toInstant()))
                .list();
    }

    /** These pieces in this order; what nobody has any more is left out. */
    public List<OwnedPiece> pieces(List<PieceNumber> numbers) {
        if (numbers.isEmpty()) return List.of();
        return db.sql("""
                with p as materialized (
                    select p.*, w.nth from unnest(:brands::uuid[], :ids::uuid[], :serials::int[]) with ordinality
                        as w (brand_id, collectible_id, serial, nth)
                    cross join lateral (
                        select * from pieces p where p.brand_id = w.brand_id and p.collectible_id = w.collectible_id
                            and p.serial = w.serial and p.state = 'owned' offset 0) p)
                """ + PIECE + "order by p.nth")
                .param(
                        "brands",
                        column("uuid", numbers, n -> n.collectible().brand().value()))
                .param("ids", column("uuid", numbers, n -> n.collectible().value()))
                .param("serials", column("int4", numbers, PieceNumber::serial))
                .query(OwnedPieces::piece)
                .list();
    }

    private static SqlArrayValue column(
            String type, List<PieceNumber> numbers, java.util.function.Function<PieceNumber, Object> each) {
        return new SqlArrayValue(type, numbers.stream().map(each).toArray());
    }

    public List<Step> life(PieceNumber number) {
        return db.sql("""
                select pr.kind, pr.happened_at, exists (
                    select 1 from log_records lr join logs l on l.log_id = lr.log_id
                    where lr.record_id = pr.record_id and lr.leaf_index < l.published_size) as sealed
                from piece_records pr
                where pr.brand_id = :brand and pr.collectible_id = :id and pr.serial = :serial order by pr.nth desc
                """)
                .param("brand", number.collectible().brand().value())
                .param("id", number.collectible().value())
                .param("serial", number.serial())
                .query((row, n) ->
                        new Step(row.getString(1), row.getTimestamp(2).toInstant(), row.getBoolean(3)))
                .list();
    }

    private static OwnedPiece piece(ResultSet row, int n) throws SQLException {
        return new OwnedPiece(
                row.getObject("brand_id", UUID.class),
                row.getObject("collectible_id", UUID.class),
                row.getString("slug"),
                row.getInt("serial"),
                (Integer) row.getObject("supply"),
                row.getString("brand_slug"),
                both(row, "brand"),
                both(row, "name"),
                row.getString("own_zh") == null || row.getString("own_zh").isEmpty() ? null : both(row, "own"),
                both(row, "matter"),
                both(row, "about"),
                both(row, "alt"),
                row.getString("creator_zh") == null ? null : both(row, "creator"),
                row.getString("series_zh") == null ? null : both(row, "series"),
                row.getString("series_slug"),
                row.getString("issuer_kind"),
                row.getInt("year"),
                row.getString("wall"),
                row.getString("image"),
                row.getBoolean("cutout"),
                row.getString("model"),
                row.getString("state"),
                row.getObject("owner_id", UUID.class),
                row.getString("handle"),
                row.getString("display_name"),
                row.getString("gift_policy"),
                row.getTimestamp("granted_at").toInstant(),
                instant(row, "opened_at"),
                row.getObject("shared_on", LocalDate.class),
                row.getBytes("last_leaf"),
                (Long) row.getObject("leaf_index"));
    }

    private static Bilingual both(ResultSet row, String column) throws SQLException {
        return new Bilingual(row.getString(column + "_zh"), row.getString(column + "_en"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
