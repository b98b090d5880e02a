package vitrine.catalog;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;

/**
 * Keeps what words lead to: published collectibles, the brands, creators and series that have one, and hosts of open exhibitions.
 * Written with what it describes, so that nobody finds by its name what is not shown yet.
 */
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

    /** What a word may lead to, under whose name it is listed. */
    record Subject(BrandId brand, UUID id) {}

    /** A work, and the brand, the series and the creator that are shown because of it. */
    List<Subject> around(CollectibleId work) {
        return db.sql("""
                select brand_id, collectible_id as id from collectibles where brand_id = :brand and collectible_id = :id
                union all
                select :brand, :brand
                union all
                select brand_id, series_id from collectibles
                where brand_id = :brand and collectible_id = :id and series_id is not null
                union all
                select creator_brand, creator_id from collectibles
                where brand_id = :brand and collectible_id = :id and creator_id is not null
                """)
                .param("brand", work.brand().value())
                .param("id", work.value())
                .query((row, n) -> new Subject(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("id", UUID.class)))
                .list();
    }

    /** In one order, whoever renews them: two works of a brand may be published at once. */
    void renew(Collection<Subject> subjects) {
        subjects.stream()
                .distinct()
                .sorted(Comparator.comparing(Subject::id))
                .forEach(each -> renew(each.brand(), each.id()));
    }

    /** @param only this brand, creator, series or collectible; null: all that the brand has */
    void renew(BrandId brand, @Nullable UUID only) {
        List<Found> all = db.sql("""
                select f.* from (
                    select b.brand_id, 'brand' as kind, b.brand_id as id, b.slug, b.name_zh, b.name_en,
                           array[b.about_zh, b.about_en] as texts
                    from brands b where b.brand_id = :brand and
                """ + Brand.IS_SHOWN + """
                    union all
                    select cr.brand_id, 'creator', cr.creator_id, cr.slug, cr.name_zh, cr.name_en, array[cr.about_zh, cr.about_en]
                    from creators cr where cr.brand_id = :brand and
                """ + Creator.IS_SHOWN + """
                    union all
                    select s.brand_id, 'series', s.series_id, b.slug || '/series/' || s.slug, s.name_zh, s.name_en,
                           array[b.name_zh, b.name_en]
                    from series s join brands b on b.brand_id = s.brand_id where s.brand_id = :brand and exists (
                        select from collectibles w where w.brand_id = s.brand_id and w.series_id = s.series_id
                        and w.published_at is not null)
                    union all
                    select c.brand_id, 'collectible', c.collectible_id, c.slug, c.name_zh, c.name_en,
                           array[b.name_zh, b.name_en, cr.name_zh, cr.name_en, s.name_zh, s.name_en, c.matter_zh, c.matter_en,
                                 c.about_zh, c.about_en]
                    from collectibles c join brands b on b.brand_id = c.brand_id
                    left join series s on s.brand_id = c.brand_id and s.series_id = c.series_id
                    left join creators cr on cr.brand_id = c.creator_brand and cr.creator_id = c.creator_id
                    where c.brand_id = :brand and c.published_at is not null) f
                where :only::uuid is null or f.id = :only::uuid order by f.id
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
        db.sql("""
                delete from findables where brand_id = :brand and (:only::uuid is null or subject_id = :only::uuid)
                and subject_id <> all(:there)
                """)
                .param("brand", brand.value())
                .param("only", only, Types.OTHER)
                .param("there", all.stream().map(Found::id).toArray(UUID[]::new))
                .update();
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
