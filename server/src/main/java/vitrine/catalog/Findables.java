package vitrine.catalog;

import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;

/** Keeps what words lead to: brands, creators, series and published collectibles. Written with what it describes. */
@Component
class Findables {

    private static final int BATCH = 200;

    private final JdbcClient db;
    private final JdbcTemplate batch;

    Findables(JdbcClient db, JdbcTemplate batch) {
        this.db = db;
        this.batch = batch;
    }

    private record Found(
            UUID brand, String kind, UUID id, String slug, String nameZh, String nameEn, List<String> texts) {}

    /** @param only this brand, creator, series or collectible; null: all that the brand has */
    void renew(BrandId brand, @Nullable UUID only) {
        List<Found> all = db.sql("""
                select f.* from (
                    select b.brand_id, 'brand' as kind, b.brand_id as id, b.slug, b.name_zh, b.name_en,
                           array[b.about_zh, b.about_en] as texts
                    from brands b where b.brand_id = :brand
                    union all
                    select c.brand_id, 'creator', c.creator_id, c.slug, c.name_zh, c.name_en, array[c.about_zh, c.about_en]
                    from creators c where c.brand_id = :brand
                    union all
                    select s.brand_id, 'series', s.series_id, b.slug || '/series/' || s.slug, s.name_zh, s.name_en,
                           array[b.name_zh, b.name_en]
                    from series s join brands b on b.brand_id = s.brand_id where s.brand_id = :brand
                    union all
                    select c.brand_id, 'collectible', c.collectible_id, c.slug, c.name_zh, c.name_en,
                           array[b.name_zh, b.name_en, cr.name_zh, cr.name_en, s.name_zh, s.name_en, c.matter_zh, c.matter_en,
                                 c.about_zh, c.about_en]
                    from collectibles c join brands b on b.brand_id = c.brand_id
                    left join series s on s.brand_id = c.brand_id and s.series_id = c.series_id
                    left join creators cr on cr.brand_id = c.creator_brand and cr.creator_id = c.creator_id
                    where c.brand_id = :brand and c.published_at is not null) f
                where :only::uuid is null or f.id = :only::uuid
                """)
                .param("brand", brand.value())
                .param("only", only, Types.OTHER)
                .query((row, n) -> {
                    List<String> texts = new ArrayList<>(List.of(row.getString("name_zh"), row.getString("name_en")));
                    for (String text : (String[]) row.getArray("texts").getArray()) if (text != null) texts.add(text);
                    return new Found(
                            row.getObject("brand_id", UUID.class),
                            row.getString("kind"),
                            row.getObject("id", UUID.class),
                            row.getString("slug"),
                            row.getString("name_zh"),
                            row.getString("name_en"),
                            texts);
                })
                .list();
        batch.batchUpdate("""
                insert into findables (brand_id, kind, subject_id, slug, name_zh, name_en, grams) values (?, ?, ?, ?, ?, ?, ?)
                on conflict on constraint findables_pk do update set slug = excluded.slug, name_zh = excluded.name_zh,
                    name_en = excluded.name_en, grams = excluded.grams
                """, all, BATCH, (row, found) -> {
            row.setObject(1, found.brand());
            row.setString(2, found.kind());
            row.setObject(3, found.id());
            row.setString(4, found.slug());
            row.setString(5, found.nameZh());
            row.setString(6, found.nameEn());
            row.setArray(
                    7,
                    row.getConnection()
                            .createArrayOf("text", Grams.of(found.texts()).toArray()));
        });
    }
}
