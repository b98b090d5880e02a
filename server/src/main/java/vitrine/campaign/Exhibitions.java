package vitrine.campaign;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Slugs;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.Mark;

/**
 * Works hung around one motif. Of many brands, where each shows one picture; or chosen and spoken to by a creator who is host, a
 * virtual human as well as any other.
 */
@Component
public class Exhibitions {

    public static final int WORKS_MAX = 60;
    public static final int SAID_MAX = 400;

    private final JdbcClient db;
    private final JdbcTemplate batch;
    private final Ids ids;
    private final BusinessClock clock;
    private final Catalog catalog;

    Exhibitions(JdbcClient db, JdbcTemplate batch, Ids ids, BusinessClock clock, Catalog catalog) {
        this.db = db;
        this.batch = batch;
        this.ids = ids;
        this.clock = clock;
        this.catalog = catalog;
    }

    /** Who leads through it. */
    public record Host(BrandId brand, UUID creator, String slug, Bilingual name, Bilingual about, boolean virtual) {}

    /** @param campaign what can be earned beside it; null: it is only to be looked at */
    public record Exhibition(
            BrandId brand,
            UUID id,
            String slug,
            Bilingual name,
            Bilingual motif,
            Bilingual about,
            String wall,
            @Nullable Host host,
            @Nullable String campaign,
            Instant from,
            Instant until,
            @Nullable Instant openedAt) {

        public String href() {
            return "/x/" + slug;
        }

        public boolean over(Instant now) {
            return !now.isBefore(until);
        }

        public boolean begun(Instant now) {
            return !now.isBefore(from);
        }
    }

    /** What staff write of one. */
    public record Plan(
            Bilingual name,
            Bilingual motif,
            Bilingual about,
            String wall,
            @Nullable UUID hostBrand,
            @Nullable UUID host,
            @Nullable UUID campaign,
            Instant from,
            Instant until) {}

    /** A work, and what is said of it there. */
    public record Work(CollectibleId collectible, Bilingual said) {}

    /** One on show, as a card tells of it. */
    public record Card(
            String slug,
            Bilingual name,
            Bilingual motif,
            String wall,
            @Nullable Bilingual host,
            boolean virtual,
            int works,
            int brands,
            Instant from,
            Instant until,
            List<String> images,
            List<Boolean> cutouts) {
        public String href() {
            return "/x/" + slug;
        }
    }

    public sealed interface Drafting {
        record Drafted(UUID id) implements Drafting {}

        record SlugTaken(String slug) implements Drafting {}

        record NotASlug(String slug) implements Drafting {}

        /** It would end before it begins. */
        record NoTime() implements Drafting {}
    }

    @Transactional
    public Drafting draft(BrandId brand, String slug, Plan plan) {
        if (!Slugs.valid(slug)) return new Drafting.NotASlug(slug);
        if (!plan.from().isBefore(plan.until())) return new Drafting.NoTime();
        UUID id = ids.next();
        int taken = db.sql("""
                insert into addresses (kind, slug, brand_id, id) values ('exhibition', :slug, :brand, :id)
                on conflict on constraint addresses_taken do nothing
                """)
                .param("slug", slug)
                .param("brand", brand.value())
                .param("id", id)
                .update();
        if (taken == 0) return new Drafting.SlugTaken(slug);
        written(db.sql("""
                insert into exhibitions (brand_id, exhibition_id, slug, name_zh, name_en, motif_zh, motif_en, about_zh, about_en,
                    wall, host_brand_id, host_id, campaign_id, from_at, until_at, created_at, changes)
                values (:brand, :id, :slug, :nameZh, :nameEn, :motifZh, :motifEn, :aboutZh, :aboutEn,
                    :wall, :hostBrand::uuid, :host::uuid, :campaign::uuid, :from, :until, :now, 0)
                """), brand, id, plan)
                .param("slug", slug)
                .param("now", Timestamp.from(clock.now()))
                .update();
        return new Drafting.Drafted(id);
    }

    /** False: it would end before it begins, or is not there. */
    @Transactional
    public boolean change(BrandId brand, UUID id, Plan plan) {
        if (!plan.from().isBefore(plan.until())) return false;
        Optional<Hosting> was = host(brand, id);
        int changed = written(db.sql("""
                update exhibitions set name_zh = :nameZh, name_en = :nameEn, motif_zh = :motifZh, motif_en = :motifEn,
                    about_zh = :aboutZh, about_en = :aboutEn, wall = :wall, host_brand_id = :hostBrand::uuid,
                    host_id = :host::uuid, campaign_id = :campaign::uuid, from_at = :from, until_at = :until, changes = changes + 1
                where brand_id = :brand and exhibition_id = :id
                """), brand, id, plan).update();
        was.ifPresent(this::foundAnew);
        host(brand, id).ifPresent(this::foundAnew);
        return changed == 1;
    }

    /** Locks it and says how it stands: nobody else changes it before this transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(BrandId brand, UUID id) {
        db.sql("select exhibition_id from exhibitions where brand_id = :brand and exhibition_id = :id for update")
                .param("brand", brand.value())
                .param("id", id)
                .query(UUID.class)
                .single();
        return mark(db.sql(SELECT + " where e.brand_id = :brand and e.exhibition_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .query(Exhibitions::exhibition)
                .single());
    }

    /** What staff write of it. That visitors pass its pictures on changes nothing for them. */
    public Mark mark(Exhibition it) {
        Host host = it.host();
        return Mark.of(List.of(
                it.name(),
                it.motif(),
                it.about(),
                it.wall(),
                host == null ? "" : host.creator(),
                String.valueOf(it.campaign()),
                it.from(),
                it.until(),
                String.valueOf(it.openedAt()),
                works(it.brand(), it.id()).stream()
                        .map(hung -> new Work(hung.collectible(), hung.said()))
                        .toList()));
    }

    private record Hosting(BrandId brand, UUID creator) {}

    private Optional<Hosting> host(BrandId brand, UUID id) {
        return db.sql("""
                select host_brand_id, host_id from exhibitions
                where brand_id = :brand and exhibition_id = :id and host_id is not null
                """)
                .param("brand", brand.value())
                .param("id", id)
                .query((row, n) -> new Hosting(
                        new BrandId(row.getObject("host_brand_id", UUID.class)), row.getObject("host_id", UUID.class)))
                .optional();
    }

    /** A host may be shown by nothing but this. */
    private void foundAnew(Hosting host) {
        catalog.findAnew(host.brand(), host.creator());
    }

    private static JdbcClient.StatementSpec written(
            JdbcClient.StatementSpec statement, BrandId brand, UUID id, Plan plan) {
        return statement
                .param("brand", brand.value())
                .param("id", id)
                .param("nameZh", plan.name().zh())
                .param("nameEn", plan.name().en())
                .param("motifZh", plan.motif().zh())
                .param("motifEn", plan.motif().en())
                .param("aboutZh", plan.about().zh())
                .param("aboutEn", plan.about().en())
                .param("wall", plan.wall())
                .param("hostBrand", plan.hostBrand())
                .param("host", plan.host())
                .param("campaign", plan.campaign())
                .param("from", Timestamp.from(plan.from()))
                .param("until", Timestamp.from(plan.until()));
    }

    /** Hangs these works, in this order. A work that stays keeps how often it was shared. */
    @Transactional
    public void hang(BrandId brand, UUID id, List<Work> works) {
        List<Work> most = works.subList(0, Math.min(WORKS_MAX, works.size()));
        db.sql("""
                delete from exhibition_works where brand_id = :brand and exhibition_id = :id and collectible_id <> all(:kept)
                """)
                .param("brand", brand.value())
                .param("id", id)
                .param(
                        "kept",
                        new org.springframework.jdbc.support.SqlArrayValue(
                                "uuid",
                                most.stream().map(w -> w.collectible().value()).toArray()))
                .update();
        int[] position = {0};
        batch.batchUpdate("""
                insert into exhibition_works (brand_id, exhibition_id, collectible_id, collectible_brand_id, position, said_zh, said_en)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict on constraint exhibition_works_pk do update set position = excluded.position,
                    said_zh = excluded.said_zh, said_en = excluded.said_en
                """, most, WORKS_MAX, (row, work) -> {
            row.setObject(1, brand.value());
            row.setObject(2, id);
            row.setObject(3, work.collectible().value());
            row.setObject(4, work.collectible().brand().value());
            row.setInt(5, position[0]++);
            row.setString(6, work.said().zh());
            row.setString(7, work.said().en());
        });
    }

    /** From now on it is found; a second time changes nothing. */
    @Transactional
    public void open(BrandId brand, UUID id) {
        db.sql("""
                update exhibitions set opened_at = :now where brand_id = :brand and exhibition_id = :id and opened_at is null
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("id", id)
                .update();
        host(brand, id).ifPresent(this::foundAnew);
    }

    /** Takes it off the wall again; its address stays its own. */
    @Transactional
    public void close(BrandId brand, UUID id) {
        db.sql("update exhibitions set opened_at = null where brand_id = :brand and exhibition_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .update();
        host(brand, id).ifPresent(this::foundAnew);
    }

    /** Somebody passed this picture on. False: it does not hang there. */
    public boolean shared(BrandId brand, UUID id, UUID collectible) {
        return db.sql("""
                update exhibition_works set shares = shares + 1
                where brand_id = :brand and exhibition_id = :id and collectible_id = :collectible
                """)
                        .param("brand", brand.value())
                        .param("id", id)
                        .param("collectible", collectible)
                        .update()
                == 1;
    }

    // ---- reading

    private static final String SELECT = """
            select e.*, c.slug as host_slug, c.name_zh as host_zh, c.name_en as host_en, c.about_zh as host_about_zh,
                   c.about_en as host_about_en, c.is_virtual, ca.slug as campaign_slug
            from exhibitions e
            left join creators c on c.brand_id = e.host_brand_id and c.creator_id = e.host_id
            left join campaigns ca on ca.brand_id = e.brand_id and ca.campaign_id = e.campaign_id and ca.version > 0
            """;

    /** Open or not. */
    public Optional<Exhibition> find(String slug) {
        return db.sql(SELECT + """
                where (e.brand_id, e.exhibition_id) in (select brand_id, id from addresses where kind = 'exhibition' and slug = :slug)
                """)
                .param("slug", slug)
                .query(Exhibitions::exhibition)
                .optional();
    }

    /** The newest first. */
    public List<Exhibition> of(BrandId brand) {
        return db.sql(SELECT + " where e.brand_id = :brand order by e.created_at desc, e.exhibition_id")
                .param("brand", brand.value())
                .query(Exhibitions::exhibition)
                .list();
    }

    /** The open one that goes with a campaign. */
    public Optional<Exhibition> beside(CampaignId campaign) {
        return db.sql(SELECT + """
                where e.brand_id = :brand and e.campaign_id = :campaign and e.opened_at is not null order by e.opened_at limit 1
                """)
                .param("brand", campaign.brand().value())
                .param("campaign", campaign.value())
                .query(Exhibitions::exhibition)
                .optional();
    }

    /** What is on, the one that ends first before the others. */
    public List<Card> onShow(Instant now, int most) {
        return cards("e.from_at <= :now and e.until_at > :now", now, null, most);
    }

    /** Whose host is this creator, also what is over. */
    public List<Card> hostedBy(UUID creator, Instant now, int most) {
        return cards("e.host_id = :host", now, creator, most);
    }

    private List<Card> cards(String where, Instant now, @Nullable UUID host, int most) {
        return db.sql("""
                select e.slug, e.name_zh, e.name_en, e.motif_zh, e.motif_en, e.wall, e.from_at, e.until_at,
                       c.name_zh as host_zh, c.name_en as host_en, coalesce(c.is_virtual, false) as is_virtual,
                       n.works, n.brands, p.images, p.cutouts
                from exhibitions e
                left join creators c on c.brand_id = e.host_brand_id and c.creator_id = e.host_id
                join lateral (select count(*)::int as works, count(distinct w.collectible_brand_id)::int as brands
                    from exhibition_works w where w.brand_id = e.brand_id and w.exhibition_id = e.exhibition_id) n on true
                join lateral (
                    select coalesce(array_agg(x.image), '{}') as images, coalesce(array_agg(x.cutout), '{}') as cutouts from (
                        select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                        from exhibition_works w
                        join collectible_media cm on cm.brand_id = w.collectible_brand_id and cm.collectible_id = w.collectible_id
                            and cm.role = 'image' and cm.position = 0
                        join media m on m.sha256 = cm.sha256
                        where w.brand_id = e.brand_id and w.exhibition_id = e.exhibition_id order by w.position limit 3) x) p on true
                where e.opened_at is not null and
                """ + where + " order by e.until_at, e.exhibition_id limit :most")
                .param("now", Timestamp.from(now))
                .param("host", host)
                .param("most", most)
                .query((row, n) -> new Card(
                        row.getString("slug"),
                        both(row, "name"),
                        both(row, "motif"),
                        row.getString("wall"),
                        row.getString("host_zh") == null ? null : both(row, "host"),
                        row.getBoolean("is_virtual"),
                        row.getInt("works"),
                        row.getInt("brands"),
                        row.getTimestamp("from_at").toInstant(),
                        row.getTimestamp("until_at").toInstant(),
                        List.of((String[]) row.getArray("images").getArray()),
                        List.of((Boolean[]) row.getArray("cutouts").getArray())))
                .list();
    }

    /** A work on the wall, by its design's id. */
    public record Hung(CollectibleId collectible, Bilingual said, int shares) {}

    public List<Hung> works(BrandId brand, UUID id) {
        return db.sql("""
                select * from exhibition_works where brand_id = :brand and exhibition_id = :id order by position, collectible_id
                """)
                .param("brand", brand.value())
                .param("id", id)
                .query((row, n) -> new Hung(
                        new CollectibleId(
                                new BrandId(row.getObject("collectible_brand_id", UUID.class)),
                                row.getObject("collectible_id", UUID.class)),
                        both(row, "said"),
                        row.getInt("shares")))
                .list();
    }

    private static Exhibition exhibition(ResultSet row, int n) throws SQLException {
        Timestamp opened = row.getTimestamp("opened_at");
        return new Exhibition(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("exhibition_id", UUID.class),
                row.getString("slug"),
                both(row, "name"),
                both(row, "motif"),
                both(row, "about"),
                row.getString("wall"),
                row.getString("host_slug") == null
                        ? null
                        : new Host(
                                new BrandId(row.getObject("host_brand_id", UUID.class)),
                                row.getObject("host_id", UUID.class),
                                row.getString("host_slug"),
                                both(row, "host"),
                                both(row, "host_about"),
                                row.getBoolean("is_virtual")),
                row.getString("campaign_slug"),
                row.getTimestamp("from_at").toInstant(),
                row.getTimestamp("until_at").toInstant(),
                opened == null ? null : opened.toInstant());
    }

    private static Bilingual both(ResultSet row, String column) throws SQLException {
        return new Bilingual(row.getString(column + "_zh"), row.getString(column + "_en"));
    }
}
