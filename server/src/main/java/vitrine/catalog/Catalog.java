package vitrine.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.NewRecord;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/**
 * What exists: brands, creators, series and collectibles. A published collectible is read once and kept, until it is revised: its
 * words may be corrected and its supply lowered ({@link Revisions}).
 */
@Component
public class Catalog {

    private final JdbcClient db;
    private final Ledger ledger;
    private final Events events;
    private final Ids ids;
    private final BusinessClock clock;
    private final Findables findables;
    private final Published published;

    Catalog(
            JdbcClient db,
            Ledger ledger,
            Events events,
            Ids ids,
            BusinessClock clock,
            Findables findables,
            Published published) {
        this.db = db;
        this.ledger = ledger;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.findables = findables;
        this.published = published;
    }

    // ---- brands

    /** @throws SlugTaken when another brand has this address */
    @Transactional
    public BrandId addBrand(Brand.Kind kind, String slug, Bilingual name, Bilingual about, String wall) {
        if (!Slugs.valid(slug)) throw new IllegalArgumentException("not an address: " + slug);
        UUID id = ids.next();
        try {
            db.sql("""
                    insert into brands (brand_id, kind, slug, name_zh, name_en, about_zh, about_en, wall, created_at)
                    values (:id, :kind, :slug, :nameZh, :nameEn, :aboutZh, :aboutEn, :wall, :now)
                    """)
                    .param("id", id)
                    .param("kind", kind.name().toLowerCase(Locale.ROOT))
                    .param("slug", slug)
                    .param("nameZh", name.zh())
                    .param("nameEn", name.en())
                    .param("aboutZh", about.zh())
                    .param("aboutEn", about.en())
                    .param("wall", wall)
                    .param("now", Timestamp.from(clock.now()))
                    .update();
        } catch (DuplicateKeyException e) {
            throw new SlugTaken(slug);
        }
        findables.renew(new BrandId(id), id);
        return new BrandId(id);
    }

    /** How a brand calls itself and the paint behind its things. The log and certificates keep the name they were written under. */
    @Transactional
    public void changeBrand(BrandId brand, Bilingual name, Bilingual about, String wall) {
        db.sql("""
                update brands set name_zh = :nameZh, name_en = :nameEn, about_zh = :aboutZh, about_en = :aboutEn, wall = :wall
                where brand_id = :id
                """)
                .param("nameZh", name.zh())
                .param("nameEn", name.en())
                .param("aboutZh", about.zh())
                .param("aboutEn", about.en())
                .param("wall", wall)
                .param("id", brand.value())
                .update();
        findables.renew(brand, null);
        // They are kept with the brand's name.
        db.sql(
                        "update collectibles set revised_at = clock_timestamp() where brand_id = :id and published_at is not null")
                .param("id", brand.value())
                .update();
        published.forgetAfterCommit(id -> id.brand().equals(brand));
    }

    public List<Brand> brands() {
        return db.sql("select * from brands order by kind desc, created_at, brand_id")
                .query(Catalog::brand)
                .list();
    }

    public Optional<Brand> brand(String slug) {
        return db.sql("select * from brands where slug = :slug")
                .param("slug", slug)
                .query(Catalog::brand)
                .optional();
    }

    public Brand brand(BrandId id) {
        return db.sql("select * from brands where brand_id = :id")
                .param("id", id.value())
                .query(Catalog::brand)
                .single();
    }

    public Optional<Brand> house() {
        return db.sql("select * from brands where kind = 'house' limit 1")
                .query(Catalog::brand)
                .optional();
    }

    // ---- creators, series

    /** Under an address of its own: where that is taken by somebody of the same name, letters are added. */
    @Transactional
    public Creator addCreator(BrandId brand, String slug, Bilingual name, Bilingual about, boolean virtual) {
        UUID id = ids.next();
        var creator = new Creator(brand, id, address("creator", slug, brand, id), name, about, virtual);
        db.sql("""
                insert into creators (brand_id, creator_id, slug, name_zh, name_en, about_zh, about_en, is_virtual)
                values (:brand, :id, :slug, :nameZh, :nameEn, :aboutZh, :aboutEn, :virtual)
                """)
                .param("brand", brand.value())
                .param("id", creator.id())
                .param("slug", creator.slug())
                .param("nameZh", name.zh())
                .param("nameEn", name.en())
                .param("aboutZh", about.zh())
                .param("aboutEn", about.en())
                .param("virtual", virtual)
                .update();
        return creator;
    }

    /**
     * How a creator is called and described; the address stays, and the log and certificates keep the name they were written under.
     * False: this brand lists no such creator.
     */
    @Transactional
    public boolean changeCreator(BrandId brand, UUID id, Bilingual name, Bilingual about, boolean virtual) {
        int changed = db.sql("""
                update creators set name_zh = :nameZh, name_en = :nameEn, about_zh = :aboutZh, about_en = :aboutEn,
                    is_virtual = :virtual
                where brand_id = :brand and creator_id = :id
                """)
                .param("nameZh", name.zh())
                .param("nameEn", name.en())
                .param("aboutZh", about.zh())
                .param("aboutEn", about.en())
                .param("virtual", virtual)
                .param("brand", brand.value())
                .param("id", id)
                .update();
        if (changed == 0) return false;
        findables.renew(brand, id);
        toldAnew("creator_brand = :brand and creator_id = :id", brand, id);
        return true;
    }

    /** Called when something that is not in this catalogue shows a creator, or does so no more: an exhibition that has her as host. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void findAnew(BrandId brand, UUID creator) {
        findables.renew(brand, creator);
    }

    /** How a series is called, as {@link #changeCreator}. False: the brand has no such series. */
    @Transactional
    public boolean changeSeries(BrandId brand, UUID id, Bilingual name) {
        int changed = db.sql("""
                update series set name_zh = :zh, name_en = :en where brand_id = :brand and series_id = :id
                """)
                .param("zh", name.zh())
                .param("en", name.en())
                .param("brand", brand.value())
                .param("id", id)
                .update();
        if (changed == 0) return false;
        findables.renew(brand, id);
        toldAnew("brand_id = :brand and series_id = :id", brand, id);
        return true;
    }

    /** Published works are kept, and found, with the names of their series and creator: a creator of the house has them in many brands. */
    private void toldAnew(String which, BrandId brand, UUID id) {
        Set<CollectibleId> works = Set.copyOf(db.sql("update collectibles set revised_at = clock_timestamp() where "
                        + which + " and published_at is not null returning brand_id, collectible_id")
                .param("brand", brand.value())
                .param("id", id)
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .list());
        works.stream().map(CollectibleId::brand).distinct().forEach(each -> findables.renew(each, null));
        published.forgetAfterCommit(works::contains);
    }

    private String address(String kind, String wanted, BrandId brand, UUID id) {
        for (int n = 0; ; n++) {
            String slug = n == 0 && !wanted.isBlank()
                    ? wanted
                    : (wanted.isBlank() ? kind : wanted) + "-" + id.toString().substring(36 - 4 - n) + "x";
            int taken = db.sql("""
                    insert into addresses (kind, slug, brand_id, id) values (:kind, :slug, :brand, :id) on conflict do nothing
                    """)
                    .param("kind", kind)
                    .param("slug", slug)
                    .param("brand", brand.value())
                    .param("id", id)
                    .update();
            if (taken == 1) return slug;
        }
    }

    /** Under an address that no other series of the brand has. */
    @Transactional
    public Series addSeries(BrandId brand, String wanted, Bilingual name) {
        UUID id = ids.next();
        boolean free = !wanted.isBlank()
                && series(brand).stream().noneMatch(s -> s.slug().equals(wanted));
        String slug = free
                ? wanted
                : (wanted.isBlank() ? "series" : wanted) + "-" + id.toString().substring(30) + "x";
        var series = new Series(brand, id, slug, name);
        db.sql("""
                insert into series (brand_id, series_id, slug, name_zh, name_en) values (:brand, :id, :slug, :zh, :en)
                """)
                .param("brand", brand.value())
                .param("id", series.id())
                .param("slug", slug)
                .param("zh", name.zh())
                .param("en", name.en())
                .update();
        return series;
    }

    public List<Creator> creators(BrandId brand) {
        return db.sql("select * from creators where brand_id = :brand order by slug")
                .param("brand", brand.value())
                .query((row, n) -> new Creator(
                        brand,
                        row.getObject("creator_id", UUID.class),
                        row.getString("slug"),
                        bilingual(row, "name"),
                        bilingual(row, "about"),
                        row.getBoolean("is_virtual")))
                .list();
    }

    /** Whom the brand lists, and whom the house lists for all. */
    public List<Creator> creatorsFor(BrandId brand) {
        List<Creator> creators = new ArrayList<>(creators(brand));
        house().map(Brand::id)
                .filter(house -> !house.equals(brand))
                .ifPresent(house -> creators.addAll(creators(house)));
        return creators;
    }

    public List<Series> series(BrandId brand) {
        return db.sql("select * from series where brand_id = :brand order by slug")
                .param("brand", brand.value())
                .query((row, n) -> new Series(
                        brand, row.getObject("series_id", UUID.class), row.getString("slug"), bilingual(row, "name")))
                .list();
    }

    // ---- collectibles

    /** @throws SlugTaken when another collectible has this address */
    @Transactional
    public CollectibleId draft(CollectibleDraft draft) {
        if (!Slugs.valid(draft.slug())) throw new IllegalArgumentException("not an address: " + draft.slug());
        var id = new CollectibleId(draft.brand(), ids.next());
        try {
            db.sql("insert into addresses (kind, slug, brand_id, id) values ('collectible', :slug, :brand, :id)")
                    .param("slug", draft.slug())
                    .param("brand", draft.brand().value())
                    .param("id", id.value())
                    .update();
        } catch (DuplicateKeyException e) {
            throw new SlugTaken(draft.slug());
        }
        written(db.sql("""
                insert into collectibles (brand_id, collectible_id, slug, series_id, creator_brand, creator_id, issuer_kind,
                    name_zh, name_en, matter_zh, matter_en, about_zh, about_en, alt_zh, alt_en, year, wall,
                    licence_zh, licence_en, supply, withheld, traits, created_at)
                values (:brand, :id, :slug, :series, :creatorBrand, :creator, :issuer,
                    :nameZh, :nameEn, :matterZh, :matterEn, :aboutZh, :aboutEn, :altZh, :altEn, :year, :wall,
                    :licenceZh, :licenceEn, :supply, :withheld, :traits::jsonb, :now)
                """), id, draft)
                .param("slug", draft.slug())
                .param("now", Timestamp.from(clock.now()))
                .update();
        file(id, draft.media());
        return id;
    }

    private static JdbcClient.StatementSpec written(
            JdbcClient.StatementSpec statement, CollectibleId id, CollectibleDraft draft) {
        Creator creator = draft.creator();
        return statement
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("series", draft.series())
                .param("creatorBrand", creator == null ? null : creator.brand().value())
                .param("creator", creator == null ? null : creator.id())
                .param("issuer", draft.issuer())
                .param("nameZh", draft.name().zh())
                .param("nameEn", draft.name().en())
                .param("matterZh", draft.matter().zh())
                .param("matterEn", draft.matter().en())
                .param("aboutZh", draft.about().zh())
                .param("aboutEn", draft.about().en())
                .param("altZh", draft.alt().zh())
                .param("altEn", draft.alt().en())
                .param("year", draft.year())
                .param("wall", draft.wall())
                .param("licenceZh", draft.licence().zh())
                .param("licenceEn", draft.licence().en())
                .param("supply", draft.supply())
                .param("withheld", draft.withheld())
                .param("traits", Traits.json(draft.traits()).text());
    }

    /** As staff wrote it, with its files. Of a published one too: a copy begins with it. */
    public CollectibleDraft draft(CollectibleId id) {
        Collectible c = read(id);
        UUID series = db.sql("select series_id from collectibles where brand_id = :brand and collectible_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query((row, n) -> Optional.ofNullable(row.getObject(1, UUID.class)))
                .single()
                .orElse(null);
        return new CollectibleDraft(
                id.brand(),
                c.slug(),
                series,
                c.creator(),
                c.issuer(),
                c.name(),
                c.matter(),
                c.about(),
                c.alt(),
                c.year(),
                c.wall(),
                c.licence(),
                c.supply(),
                c.withheld(),
                c.traits(),
                c.media().stream()
                        .map(m -> new CollectibleDraft.DraftMedia(m.role(), m.sha256()))
                        .toList());
    }

    /** Locks a draft and says how it stands: nobody else changes it before this transaction ends. Empty: it is published, or gone. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<CollectibleDraft> lockedDraft(CollectibleId id) {
        return lockDraft(id) ? Optional.of(draft(id)) : Optional.empty();
    }

    /** Writes all but the address and the files anew. False: it is published, and nothing changed. */
    @Transactional
    public boolean change(CollectibleId id, CollectibleDraft draft) {
        boolean changed = written(db.sql("""
                update collectibles set series_id = :series, creator_brand = :creatorBrand, creator_id = :creator,
                    issuer_kind = :issuer, name_zh = :nameZh, name_en = :nameEn, matter_zh = :matterZh, matter_en = :matterEn,
                    about_zh = :aboutZh, about_en = :aboutEn, alt_zh = :altZh, alt_en = :altEn, year = :year, wall = :wall,
                    licence_zh = :licenceZh, licence_en = :licenceEn, supply = :supply, withheld = :withheld,
                    traits = :traits::jsonb
                where brand_id = :brand and collectible_id = :id and published_at is null
                """), id, draft).update() == 1;
        if (changed) supplyOfTable(id);
        return changed;
    }

    /** Where each piece is one of a table, there are as many as the table has. */
    void supplyOfTable(CollectibleId id) {
        db.sql("""
                update collectibles c set supply = t.pieces, withheld = least(withheld, t.pieces)
                from (select count(*)::int as pieces from unique_pieces where brand_id = :brand and collectible_id = :id) t
                where brand_id = :brand and collectible_id = :id and published_at is null and t.pieces > 0
                """).param("brand", id.brand().value()).param("id", id.value()).update();
    }

    /** The words of a published one: {@link Revisions} decides which, and writes down that it did. */
    void rewrite(CollectibleId id, CollectibleDraft draft) {
        written(db.sql("""
                update collectibles set series_id = :series, creator_brand = :creatorBrand, creator_id = :creator,
                    name_zh = :nameZh, name_en = :nameEn, matter_zh = :matterZh, matter_en = :matterEn,
                    about_zh = :aboutZh, about_en = :aboutEn, alt_zh = :altZh, alt_en = :altEn, year = :year, wall = :wall,
                    traits = :traits::jsonb
                where brand_id = :brand and collectible_id = :id
                """), id, draft).update();
    }

    /** How the files of a draft were changed. */
    public enum Filing {
        DONE,
        /** What is published is what its manifest says. */
        PUBLISHED,
        TOO_MANY
    }

    /** Adds a file that is in the media library; the same one twice is once. */
    @Transactional
    public Filing attach(CollectibleId id, String role, Hash32 sha256) {
        if (!lockDraft(id)) return Filing.PUBLISHED;
        List<Collectible.MediaUse> there = media(id);
        if (there.stream().anyMatch(m -> m.sha256().equals(sha256))) return Filing.DONE;
        if (there.size() >= CollectibleDraft.MEDIA_MAX) return Filing.TOO_MANY;
        var files = new ArrayList<>(there.stream()
                .map(m -> new CollectibleDraft.DraftMedia(m.role(), m.sha256()))
                .toList());
        files.add(new CollectibleDraft.DraftMedia(role, sha256));
        refile(id, files);
        return Filing.DONE;
    }

    /** Like {@link #attach}, in place of what the draft has in this role. */
    @Transactional
    Filing attachInPlace(CollectibleId id, String role, Hash32 sha256) {
        if (!lockDraft(id)) return Filing.PUBLISHED;
        var files = new ArrayList<>(media(id).stream()
                .filter(m -> !m.role().equals(role))
                .map(m -> new CollectibleDraft.DraftMedia(m.role(), m.sha256()))
                .toList());
        if (files.size() >= CollectibleDraft.MEDIA_MAX) return Filing.TOO_MANY;
        files.add(new CollectibleDraft.DraftMedia(role, sha256));
        refile(id, files);
        return Filing.DONE;
    }

    @Transactional
    public Filing detach(CollectibleId id, Hash32 sha256) {
        if (!lockDraft(id)) return Filing.PUBLISHED;
        refile(
                id,
                media(id).stream()
                        .filter(m -> !m.sha256().equals(sha256))
                        .map(m -> new CollectibleDraft.DraftMedia(m.role(), m.sha256()))
                        .toList());
        return Filing.DONE;
    }

    /** The first picture is the one on the plinth. */
    @Transactional
    public Filing putFirst(CollectibleId id, Hash32 sha256) {
        if (!lockDraft(id)) return Filing.PUBLISHED;
        refile(
                id,
                media(id).stream()
                        .sorted(Comparator.comparing(m -> !m.sha256().equals(sha256)))
                        .map(m -> new CollectibleDraft.DraftMedia(m.role(), m.sha256()))
                        .toList());
        return Filing.DONE;
    }

    /** Throws a draft away; its address is free again, for nobody ever saw it. False: it is published. */
    @Transactional
    public boolean discard(CollectibleId id) {
        if (!lockDraft(id)) return false;
        refile(id, List.of());
        db.sql("delete from collectibles where brand_id = :brand and collectible_id = :id and published_at is null")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        db.sql("delete from addresses where kind = 'collectible' and brand_id = :brand and id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        return true;
    }

    private boolean lockDraft(CollectibleId id) {
        return db.sql("""
                select collectible_id from collectibles
                where brand_id = :brand and collectible_id = :id and published_at is null for update
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(UUID.class)
                .optional()
                .isPresent();
    }

    private void refile(CollectibleId id, List<CollectibleDraft.DraftMedia> files) {
        db.sql("delete from collectible_media where brand_id = :brand and collectible_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        file(id, files);
        db.sql("""
                delete from media_words where brand_id = :brand and collectible_id = :id and sha256 not in (
                    select sha256 from collectible_media where brand_id = :brand and collectible_id = :id)
                """).param("brand", id.brand().value()).param("id", id.value()).update();
        if (files.stream().noneMatch(m -> m.role().equals(UniquePieces.ROLE))) {
            db.sql("delete from unique_pieces where brand_id = :brand and collectible_id = :id")
                    .param("brand", id.brand().value())
                    .param("id", id.value())
                    .update();
        }
    }

    private void file(CollectibleId id, List<CollectibleDraft.DraftMedia> files) {
        int position = 0;
        for (CollectibleDraft.DraftMedia media : files) {
            db.sql("""
                    insert into collectible_media (brand_id, collectible_id, role, position, sha256)
                    values (:brand, :id, :role, :position, :sha256)
                    """)
                    .param("brand", id.brand().value())
                    .param("id", id.value())
                    .param("role", media.role())
                    .param("position", position++)
                    .param("sha256", media.sha256().bytes())
                    .update();
        }
    }

    /**
     * Writes the manifest into the log: from here on the collectible never changes. A second call changes nothing. Called by
     * {@code drop}, which opens the stock in the same transaction.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Collectible publish(CollectibleId id) {
        // The brand's row is shared with other publications and with nobody who begins a log for it (BrandLogs): from
        // its first
        // collectible on a brand's records have one place.
        db.sql("""
                select c.collectible_id from collectibles c join brands b on b.brand_id = c.brand_id
                where c.brand_id = :brand and c.collectible_id = :id for update of c for share of b
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(UUID.class)
                .single();
        Collectible draft = read(id);
        if (draft.leaf() != null) return draft;
        LogId log = ledger.of(id.brand());
        NewRecord record = NewRecord.of(ids.next(), null, Manifests.of(ledger.originOf(log), draft));
        ledger.append(log, List.of(record));
        db.sql("""
                update collectibles set published_at = :now, manifest_leaf = :leaf, manifest_record = :record,
                    last_leaf = :leaf, last_record = :record
                where brand_id = :brand and collectible_id = :id
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("leaf", record.leaf().bytes())
                .param("record", record.id())
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        findables.renew(findables.around(id));
        events.publish(List.of(new Event(
                id.brand(),
                ids.next(),
                "collectible.published",
                draft.slug(),
                Json.object(
                                "collectible",
                                Json.of(draft.slug()),
                                "log_record",
                                Json.of(record.leaf().hex()))
                        .text(),
                clock.now())));
        return read(id);
    }

    /** @throws org.springframework.dao.EmptyResultDataAccessException when there is none */
    public Collectible collectible(CollectibleId id) {
        Collectible known = published.get(id);
        if (known != null) return known;
        Collectible read = read(id);
        published.keep(read);
        return read;
    }

    public Optional<Collectible> find(CollectibleId id) {
        boolean there = published.get(id) != null
                || db.sql("select exists (select from collectibles where brand_id = :brand and collectible_id = :id)")
                        .param("brand", id.brand().value())
                        .param("id", id.value())
                        .query(Boolean.class)
                        .single();
        return there ? Optional.of(collectible(id)) : Optional.empty();
    }

    public Optional<Collectible> collectible(String slug) {
        return db.sql("select brand_id, id from addresses where kind = 'collectible' and slug = :slug")
                .param("slug", slug)
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .optional()
                .map(this::collectible);
    }

    /** {@code moonrise-17} → № 17 of moonrise, whether it was given or not. */
    public Optional<PieceNumber> piece(String text) {
        int dash = text.lastIndexOf('-');
        if (dash < 1 || !text.substring(dash + 1).matches("[1-9][0-9]{0,8}")) return Optional.empty();
        int serial = Integer.parseInt(text.substring(dash + 1));
        return collectible(text.substring(0, dash)).map(c -> new PieceNumber(c.id(), serial));
    }

    public List<Collectible> collectibles(BrandId brand) {
        return db
                .sql(
                        "select collectible_id from collectibles where brand_id = :brand order by created_at, collectible_id")
                .param("brand", brand.value())
                .query(UUID.class)
                .list()
                .stream()
                .map(id -> collectible(new CollectibleId(brand, id)))
                .toList();
    }

    /** As it is stored now. */
    Collectible read(CollectibleId id) {
        return db.sql("""
                select c.*, b.name_zh as brand_zh, b.name_en as brand_en, s.name_zh as series_zh, s.name_en as series_en,
                       a.slug as creator_slug, a.name_zh as creator_zh, a.name_en as creator_en,
                       a.about_zh as creator_about_zh, a.about_en as creator_about_en, a.is_virtual
                from collectibles c
                join brands b on b.brand_id = c.brand_id
                left join series s on s.brand_id = c.brand_id and s.series_id = c.series_id
                left join creators a on a.brand_id = c.creator_brand and a.creator_id = c.creator_id
                where c.brand_id = :brand and c.collectible_id = :id
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query((row, n) -> collectible(id, row))
                .single();
    }

    private Collectible collectible(CollectibleId id, ResultSet row) throws SQLException {
        byte[] leaf = row.getBytes("manifest_leaf");
        Timestamp publishedAt = row.getTimestamp("published_at");
        UUID creator = row.getObject("creator_id", UUID.class);
        return new Collectible(
                id,
                row.getString("slug"),
                bilingual(row, "brand"),
                row.getString("series_zh") == null ? null : bilingual(row, "series"),
                creator == null
                        ? null
                        : new Creator(
                                new BrandId(row.getObject("creator_brand", UUID.class)),
                                creator,
                                row.getString("creator_slug"),
                                bilingual(row, "creator"),
                                bilingual(row, "creator_about"),
                                row.getBoolean("is_virtual")),
                row.getString("issuer_kind"),
                bilingual(row, "name"),
                bilingual(row, "matter"),
                bilingual(row, "about"),
                bilingual(row, "alt"),
                row.getInt("year"),
                row.getString("wall"),
                bilingual(row, "licence"),
                supply(row),
                row.getInt("withheld"),
                Traits.of(row.getString("traits")),
                media(id),
                publishedAt == null ? null : publishedAt.toInstant(),
                leaf == null ? null : Hash32.of(leaf),
                row.getObject("manifest_record", UUID.class));
    }

    private List<Collectible.MediaUse> media(CollectibleId id) {
        return new ArrayList<>(db.sql("""
                select u.role, m.sha256, m.type, m.bytes from collectible_media u join media m on m.sha256 = u.sha256
                where u.brand_id = :brand and u.collectible_id = :id order by u.position
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query((row, n) -> new Collectible.MediaUse(
                        row.getString(1), Hash32.of(row.getBytes(2)), row.getString(3), row.getLong(4)))
                .list());
    }

    private static @Nullable Integer supply(ResultSet row) throws SQLException {
        int supply = row.getInt("supply");
        return row.wasNull() ? null : supply;
    }

    private static Brand brand(ResultSet row, int n) throws SQLException {
        return new Brand(
                new BrandId(row.getObject("brand_id", UUID.class)),
                Brand.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("slug"),
                bilingual(row, "name"),
                bilingual(row, "about"),
                row.getString("wall"));
    }

    private static Bilingual bilingual(ResultSet row, String what) throws SQLException {
        return new Bilingual(row.getString(what + "_zh"), row.getString(what + "_en"));
    }
}
