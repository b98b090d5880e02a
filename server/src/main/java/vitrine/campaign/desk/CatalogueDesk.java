package vitrine.campaign.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.MediaWords;
import vitrine.catalog.Series;
import vitrine.catalog.SlugTaken;
import vitrine.catalog.Slugs;
import vitrine.drop.Allotments;
import vitrine.drop.Drops;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Mark;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/** What a brand may give: series, creators and collectibles, from the first draft to the manifest in the log. */
@Controller
@Requires(Permission.SEE)
public class CatalogueDesk {

    public static final long UPLOAD_MAX = Uploads.BYTES_MAX;

    private static final int PRESET_SUPPLY = 100;
    public static final int NAME_MAX = 120;
    /** A sentence or two: it stands under the creator's name wherever that is listed. */
    public static final int ABOUT_MAX = 400;

    private final Desks desks;
    private final Catalog catalog;
    private final MediaLibrary library;
    private final MediaWords words;
    private final Drops drops;
    private final Allotments allotments;
    private final Heres heres;
    private final BusinessClock clock;
    private final JdbcClient db;

    CatalogueDesk(
            Desks desks,
            Catalog catalog,
            MediaLibrary library,
            MediaWords words,
            Drops drops,
            Allotments allotments,
            Heres heres,
            BusinessClock clock,
            JdbcClient db) {
        this.desks = desks;
        this.catalog = catalog;
        this.library = library;
        this.words = words;
        this.drops = drops;
        this.allotments = allotments;
        this.heres = heres;
        this.clock = clock;
        this.db = db;
    }

    /** @param supply null: a draft, which has no stock */
    public record Row(
            UUID id,
            String slug,
            Bilingual name,
            @Nullable Bilingual series,
            @Nullable Integer planned,
            @Nullable String image,
            @Nullable Instant publishedAt,
            @Nullable Supply supply) {}

    /** As it was typed. */
    public record Typed(String nameZh, String nameEn, String slug) {
        static final Typed NOTHING = new Typed("", "", "");
    }

    /** A series or a creator, as it was typed; a series has no more than a name. @param id null: a new one */
    public record Named(
            String kind,
            @Nullable UUID id,
            String nameZh,
            String nameEn,
            String aboutZh,
            String aboutEn,
            boolean virtual) {

        static Named of(Creator c) {
            return new Named(
                    "creators",
                    c.id(),
                    c.name().zh(),
                    c.name().en(),
                    c.about().zh(),
                    c.about().en(),
                    c.virtual());
        }

        static Named of(Series s) {
            return new Named("series", s.id(), s.name().zh(), s.name().en(), "", "", false);
        }

        static Named fresh(String kind) {
            return new Named(kind, null, "", "", "", "", false);
        }

        public boolean isCreator() {
            return kind.equals("creators");
        }

        Bilingual name() {
            return new Bilingual(nameZh.strip(), nameEn.strip());
        }

        Bilingual about() {
            return new Bilingual(aboutZh.strip(), aboutEn.strip());
        }

        /** The code of what is wrong with it; null: nothing. */
        @Nullable
        String flaw() {
            if (name().zh().isEmpty() || name().en().isEmpty()) return "catalog.no-name";
            boolean tooLong = Math.max(name().zh().length(), name().en().length()) > NAME_MAX
                    || Math.max(about().zh().length(), about().en().length()) > ABOUT_MAX;
            return tooLong ? "catalog.too-long" : null;
        }
    }

    /** @param named a series or a creator that was refused, as typed; null: none was */
    public record Listing(
            List<Row> rows,
            boolean first,
            @Nullable String older,
            List<Series> series,
            List<Creator> creators,
            Typed typed,
            @Nullable Named named,
            @Nullable String refusal) {

        /** As it is, or as somebody wanted it and was refused. */
        public Named typed(Creator creator) {
            return typed(Named.of(creator));
        }

        public Named typed(Series series) {
            return typed(Named.of(series));
        }

        public Named fresh(String kind) {
            return typed(Named.fresh(kind));
        }

        public boolean isRefused(Named one) {
            return one.equals(named);
        }

        private Named typed(Named one) {
            return named != null && named.kind().equals(one.kind()) && Objects.equals(named.id(), one.id())
                    ? named
                    : one;
        }
    }

    public record Choice(String value, Bilingual name) {}

    /**
     * A file of the design.
     *
     * @param picture what is shown of it; null: no picture
     */
    public record MediaFile(
            String role,
            String sha256,
            String type,
            long bytes,
            @Nullable Picture picture,
            MediaWords.@Nullable Words words) {

        /** Whether there is something to hear in it. */
        public boolean sounds() {
            return role.equals("video") || role.equals("sound");
        }
    }

    public record Finding(String where, String words) {

        /** Which part of the page to go to: what is said in two languages has two fields. */
        public String anchor() {
            return switch (where) {
                case "name", "about", "alt", "matter", "licence" -> where + ".zh";
                default -> where.startsWith("traits[") ? where + ".name.zh" : where;
            };
        }
    }

    /**
     * @param findings what keeps it from being published
     * @param unread what could not be read of the form that was sent; then nothing was saved
     * @param refusals files that were not taken, in words
     * @param refusal why nothing of the form was saved; null: it was, or nothing was sent
     * @param supply where the pieces are; null: a draft
     * @param allotted units that the house may promise in its campaigns, in all
     * @param lost what somebody typed while a colleague published it; null: nothing
     * @param seen how the draft stood that whoever sends the form has read
     */
    public record Editor(
            Collectible collectible,
            DesignForm form,
            boolean checked,
            List<Finding> findings,
            List<Finding> unread,
            List<Choice> series,
            List<Choice> creators,
            List<MediaFile> files,
            List<String> refusals,
            @Nullable String refusal,
            @Nullable Supply supply,
            int allotted,
            int allottedFree,
            boolean house,
            @Nullable DesignForm lost,
            Mark seen) {

        /** What is to be said beside this field. */
        public String said(String field) {
            List<String> words = new ArrayList<>();
            for (Finding each : unread) if (each.where().equals(field)) words.add(each.words());
            if (checked) for (Finding each : findings) if (each.where().equals(field)) words.add(each.words());
            return String.join(" ", words);
        }

        public boolean published() {
            return collectible.publishedAt() != null;
        }

        public @Nullable Picture picture() {
            return first(files);
        }

        public @Nullable String model() {
            for (MediaFile each : files) if (each.role().equals("model")) return each.sha256();
            return null;
        }
    }

    /**
     * What is about to be frozen.
     *
     * @param seen how all of it stood that whoever publishes it has read
     */
    public record Freezing(
            Collectible collectible,
            List<MediaFile> files,
            Mark seen,
            @Nullable String refusal) {
        public @Nullable Picture picture() {
            return first(files);
        }
    }

    private static @Nullable Picture first(List<MediaFile> files) {
        for (MediaFile each : files) if (each.role().equals("image")) return each.picture();
        return null;
    }

    // ---- the list

    @GetMapping("/desk/{brand}/catalogue")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(defaultValue = "") String after) {
        return Desks.page("catalogue", desks.of(brand, said), listing(brand, after, Typed.NOTHING, null, null));
    }

    private Listing listing(BrandId brand, String after, Typed typed, @Nullable Named named, @Nullable String refusal) {
        Cursor from = Cursor.of(after, 1);
        List<Row> found = rows(brand, from == null ? null : from.uuid(0));
        List<Row> shown = found.subList(0, Math.min(found.size(), Desks.PAGE));
        String older = found.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desks.of(brand, null).path("catalogue"),
                        "after",
                        Cursor.at(shown.getLast().id()));
        return new Listing(
                shown, after.isEmpty(), older, catalog.series(brand), catalog.creators(brand), typed, named, refusal);
    }

    private List<Row> rows(BrandId brand, @Nullable UUID before) {
        return db.sql("""
                select c.collectible_id, c.slug, c.name_zh, c.name_en, c.supply as planned, c.published_at, s.*,
                    se.name_zh as series_zh, se.name_en as series_en,
                    (select encode(m.sha256, 'hex') from collectible_media m where m.brand_id = c.brand_id
                        and m.collectible_id = c.collectible_id and m.role = 'image' order by m.position limit 1) as image
                from collectibles c
                left join series se on se.brand_id = c.brand_id and se.series_id = c.series_id
                left join stock s on s.brand_id = c.brand_id and s.collectible_id = c.collectible_id
                where c.brand_id = :brand and (:before::uuid is null or c.collectible_id < :before::uuid)
                order by c.collectible_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("before", before)
                .param("most", Desks.PAGE + 1)
                .query((row, n) -> {
                    var publishedAt = row.getTimestamp("published_at");
                    Integer planned = row.getObject("planned", Integer.class);
                    return new Row(
                            row.getObject("collectible_id", UUID.class),
                            row.getString("slug"),
                            new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                            row.getString("series_zh") == null
                                    ? null
                                    : new Bilingual(row.getString("series_zh"), row.getString("series_en")),
                            planned,
                            row.getString("image"),
                            publishedAt == null ? null : publishedAt.toInstant(),
                            publishedAt == null
                                    ? null
                                    : new Supply(
                                            planned,
                                            row.getInt("granted"),
                                            row.getInt("held"),
                                            row.getInt("available"),
                                            row.getInt("withheld"),
                                            row.getInt("retired")));
                })
                .list();
    }

    /** A draft needs a name; everything else is asked for on its own page. */
    @PostMapping("/desk/{brand}/catalogue")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView draft(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String slug,
            Texts t) {
        Desk desk = desks.of(brand, null);
        var typed = new Typed(nameZh.strip(), nameEn.strip(), slug.strip());
        String address = Slugs.typedOr(typed.slug(), typed.nameEn());
        String refusal = null;
        if (typed.nameZh().isEmpty() || typed.nameEn().isEmpty()) refusal = t.get("catalog.no-name");
        else if (typed.nameZh().length() > NAME_MAX || typed.nameEn().length() > NAME_MAX)
            refusal = t.get("catalog.too-long");
        else if (!Slugs.valid(address)) refusal = t.get("desk.catalogue.not-a-slug", address);
        if (refusal != null) return refused(desk, typed, refusal);
        try {
            desks.audited(
                    brand,
                    "collectible.drafted",
                    address,
                    Json.object(),
                    () -> catalog.draft(fresh(desk.brand(), address, typed)));
        } catch (SlugTaken taken) {
            return refused(desk, typed, t.get("desk.catalogue.slug-taken", address));
        }
        return Desks.to(desk.path("catalogue/" + address));
    }

    private ModelAndView refused(Desk desk, Typed typed, String refusal) {
        return Desks.page(
                "catalogue",
                desk,
                listing(desk.brand().id(), "", typed, null, refusal),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private CollectibleDraft fresh(Brand brand, String slug, Typed typed) {
        return new CollectibleDraft(
                brand.id(),
                slug,
                null,
                null,
                brand.kind() == Brand.Kind.HOUSE ? "house" : "brand",
                new Bilingual(typed.nameZh(), typed.nameEn()),
                new Bilingual("", ""),
                new Bilingual("", ""),
                new Bilingual("", ""),
                heres.texts(Language.ZH).local(clock.now()).getYear(),
                brand.wall(),
                new Bilingual(
                        heres.texts(Language.ZH).get("desk.design.licence-preset"),
                        heres.texts(Language.EN).get("desk.design.licence-preset")),
                PRESET_SUPPLY,
                0,
                List.of(),
                List.of());
    }

    /** A new series, or, with an id, another name for one that there is. */
    @PostMapping({"/desk/{brand}/catalogue/series", "/desk/{brand}/catalogue/series/{id}"})
    @Requires(Permission.CAMPAIGNS)
    ModelAndView series(
            @PathVariable BrandId brand,
            @PathVariable(required = false) @Nullable UUID id,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            Texts t) {
        Desk desk = desks.of(brand, null);
        var typed = new Named("series", id, nameZh, nameEn, "", "", false);
        String flaw = typed.flaw();
        if (flaw != null) return refused(desk, typed, t.get(flaw));
        if (id == null) addSeries(brand, typed.name());
        else changed(brand, "series.changed", typed, () -> catalog.changeSeries(brand, id, typed.name()));
        return Desks.to(desk.path("catalogue") + "?said=" + (id == null ? "series-added" : "saved") + "#shelves");
    }

    @PostMapping({"/desk/{brand}/catalogue/creators", "/desk/{brand}/catalogue/creators/{id}"})
    @Requires(Permission.CAMPAIGNS)
    ModelAndView creator(
            @PathVariable BrandId brand,
            @PathVariable(required = false) @Nullable UUID id,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String aboutZh,
            @RequestParam(defaultValue = "") String aboutEn,
            @RequestParam(required = false) @Nullable String virtual,
            Texts t) {
        Desk desk = desks.of(brand, null);
        var typed = new Named("creators", id, nameZh, nameEn, aboutZh, aboutEn, virtual != null);
        String flaw = typed.flaw();
        if (flaw != null) return refused(desk, typed, t.get(flaw));
        if (id == null) addCreator(brand, typed.name(), typed.about(), typed.virtual());
        else
            changed(
                    brand,
                    "creator.changed",
                    typed,
                    () -> catalog.changeCreator(brand, id, typed.name(), typed.about(), typed.virtual()));
        return Desks.to(desk.path("catalogue") + "?said=" + (id == null ? "creator-added" : "saved") + "#shelves");
    }

    private void changed(BrandId brand, String act, Named typed, Supplier<Boolean> deed) {
        boolean there = desks.audited(brand, act, typed.name().en(), Json.object(), deed, done -> done);
        if (!there) throw Refused.notFound();
    }

    private ModelAndView refused(Desk desk, Named typed, String refusal) {
        return Desks.page(
                "catalogue",
                desk,
                listing(desk.brand().id(), "", Typed.NOTHING, typed, refusal),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private Series addSeries(BrandId brand, Bilingual name) {
        return desks.audited(
                brand,
                "series.added",
                name.en(),
                Json.object(),
                () -> catalog.addSeries(brand, Slugs.of(name.en()), name));
    }

    private Creator addCreator(BrandId brand, Bilingual name, Bilingual about, boolean virtual) {
        return desks.audited(
                brand,
                "creator.added",
                name.en(),
                Json.object(),
                () -> catalog.addCreator(brand, Slugs.of(name.en()), name, about, virtual));
    }

    // ---- one of them

    @GetMapping("/desk/{brand}/catalogue/{slug}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String check,
            @RequestParam(required = false) @Nullable String refused,
            Texts t) {
        Collectible collectible = find(brand, slug);
        List<String> refusals = Uploads.TOO_LARGE.equals(refused)
                ? List.of(t.get("media.request-too-large", megabytes(Uploads.BYTES_MAX)))
                : List.of();
        return Desks.page(
                "design",
                desks.of(brand, said),
                editor(collectible, null, check != null || !refusals.isEmpty(), Map.of(), refusals, null, null, t));
    }

    /** @param seen as the form brought it, which was not taken; null: as it stands now */
    private Editor editor(
            Collectible c,
            @Nullable DesignForm typed,
            boolean checked,
            Map<String, String> unread,
            List<String> refusals,
            @Nullable String refusal,
            @Nullable Mark seen,
            Texts t) {
        CollectibleDraft draft = catalog.draft(c.id());
        BrandId brand = c.id().brand();
        boolean published = c.publishedAt() != null;
        Optional<BrandId> house = catalog.house().map(Brand::id);
        return new Editor(
                c,
                typed == null ? DesignForm.of(draft) : typed,
                checked,
                published
                        ? List.of()
                        : flaws(c.id()).stream()
                                .map(f -> new Finding(f.where(), t.get(f.code())))
                                .toList(),
                unread.entrySet().stream()
                        .map(e -> new Finding(e.getKey(), t.get(e.getValue())))
                        .toList(),
                catalog.series(brand).stream()
                        .map(s -> new Choice(s.id().toString(), s.name()))
                        .toList(),
                catalog.creatorsFor(brand).stream()
                        .map(m -> new Choice(DesignForm.value(m), m.name()))
                        .toList(),
                files(c, t),
                refusals,
                refusal,
                published ? supply(c) : null,
                house.map(h -> allotments.inAll(h, c.id())).orElse(0),
                house.map(h -> allotments.free(h, c.id())).orElse(0),
                house.map(brand::equals).orElse(false),
                published ? typed : null,
                seen == null ? draft.markOfForm() : seen);
    }

    /** A colleague published it meanwhile: nothing was saved, and what was typed stays in sight. */
    private ModelAndView tooLate(BrandId brand, String slug, @Nullable DesignForm typed, Texts t) {
        return Desks.page(
                "design",
                desks.of(brand, null),
                editor(
                        find(brand, slug),
                        typed,
                        false,
                        Map.of(),
                        List.of(),
                        t.get("desk.design.published-meanwhile"),
                        null,
                        t),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** What keeps a draft from being published. */
    private List<CollectibleDraft.Flaw> flaws(CollectibleId id) {
        List<CollectibleDraft.Flaw> flaws = new ArrayList<>(catalog.draft(id).flaws());
        if (words.filmUnheard(id)) flaws.add(new CollectibleDraft.Flaw("media", "catalog.film-unheard"));
        return flaws;
    }

    private List<MediaFile> files(Collectible c, Texts t) {
        var heard = words.of(c.id());
        String alt = t.of(c.alt()).isBlank() ? t.of(c.name()) : t.of(c.alt());
        return db.sql("""
                select u.role, encode(m.sha256, 'hex') as sha256, m.type, m.bytes,
                    m.type <> 'image/jpeg' and m.width = m.height as cutout
                from collectible_media u join media m on m.sha256 = u.sha256
                where u.brand_id = :brand and u.collectible_id = :id order by u.position
                """)
                .param("brand", c.id().brand().value())
                .param("id", c.id().value())
                .query((row, n) -> new MediaFile(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getString(1).equals("image") ? new Picture(row.getString(2), alt, row.getBoolean(5)) : null,
                        heard.get(row.getString(2))))
                .list();
    }

    private Supply supply(Collectible c) {
        var stock = db.sql("""
                        select supply, available, held, granted, withheld, retired, last_serial from stock
                        where brand_id = :brand and collectible_id = :id
                        """)
                .param("brand", c.id().brand().value())
                .param("id", c.id().value())
                .query(vitrine.drop.Stock.class)
                .single();
        Integer available = stock.available();
        return new Supply(
                stock.supply(),
                stock.granted(),
                stock.held(),
                available == null ? 0 : available,
                stock.withheld(),
                stock.retired());
    }

    private enum Saving {
        DONE,
        PUBLISHED,
        CHANGED_MEANWHILE
    }

    /** Every button of the form saves first. */
    @PostMapping("/desk/{brand}/catalogue/{slug}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView save(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam MultiValueMap<String, String> fields,
            @RequestParam(name = "do", defaultValue = "save") String act,
            @RequestParam(name = Mark.FIELD, defaultValue = "") String seen,
            Texts t) {
        Collectible collectible = find(brand, slug);
        Desk desk = desks.of(brand, null);
        var read = new Mark(seen);
        DesignForm form = DesignForm.sent(fields);
        List<CollectibleDraft.DraftMedia> files =
                catalog.draft(collectible.id()).media();
        var reading = form.read(brand, slug, catalog.series(brand), catalog.creatorsFor(brand), act, files);
        if (reading instanceof DesignForm.Reading.Unreadable(Map<String, String> codes)) {
            return Desks.page(
                    "design",
                    desk,
                    editor(collectible, form, true, codes, List.of(), null, read, t),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        CollectibleDraft draft = ((DesignForm.Reading.Whole) reading).draft();
        Saving saved = desks.audited(
                brand,
                "collectible.changed",
                slug,
                Json.object(),
                () -> {
                    Optional<CollectibleDraft> now = catalog.lockedDraft(collectible.id());
                    if (now.isEmpty()) return Saving.PUBLISHED;
                    if (read.differs(now.get().markOfForm())) return Saving.CHANGED_MEANWHILE;
                    var series = form.asksForASeries()
                            ? addSeries(brand, new Bilingual(form.newSeriesZh(), form.newSeriesEn()))
                            : null;
                    var creator = form.asksForACreator()
                            ? addCreator(
                                    brand,
                                    new Bilingual(form.newCreatorZh(), form.newCreatorEn()),
                                    new Bilingual("", ""),
                                    form.newCreatorVirtual())
                            : null;
                    catalog.change(collectible.id(), draft.by(series, creator));
                    return Saving.DONE;
                },
                Saving.DONE::equals);
        if (saved == Saving.PUBLISHED) return tooLate(brand, slug, form, t);
        if (saved == Saving.CHANGED_MEANWHILE) {
            return Desks.page(
                    "design",
                    desk,
                    editor(
                            find(brand, slug),
                            form,
                            false,
                            Map.of(),
                            List.of(),
                            t.get("desk.changed-meanwhile"),
                            null,
                            t),
                    HttpStatus.CONFLICT);
        }
        String here = desk.path("catalogue/" + slug);
        if (act.equals("publish")) {
            return flaws(collectible.id()).isEmpty()
                    ? Desks.to(here + "/publish")
                    : Desks.to(Desks.address(here, "check", 1, "said", "design-unfinished"));
        }
        return act.startsWith("trait-")
                ? Desks.to(here + "#traits")
                : Desks.to(Desks.address(here, "check", 1, "said", "saved"));
    }

    // ---- its files

    @PostMapping("/desk/{brand}/catalogue/{slug}/media")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView upload(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(name = "files", required = false) @Nullable List<MultipartFile> files,
            Texts t) {
        Collectible collectible = find(brand, slug);
        Desk desk = desks.of(brand, null);
        List<String> refusals = new ArrayList<>();
        int taken = 0;
        for (MultipartFile file : files == null ? List.<MultipartFile>of() : files) {
            if (file.isEmpty()) continue;
            String refusal = take(collectible, file, t);
            if (refusal == null) taken++;
            else if (!refusals.contains(refusal)) refusals.add(refusal);
        }
        if (taken == 0 && refusals.isEmpty()) refusals.add(t.get("media.none-chosen"));
        if (refusals.isEmpty()) return Desks.to(desk.path("catalogue/" + slug) + "?said=media-added#media");
        return Desks.page(
                "design",
                desk,
                editor(find(brand, slug), null, false, Map.of(), refusals, null, null, t),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** Null: it was taken. */
    private @Nullable String take(Collectible collectible, MultipartFile file, Texts t) {
        return switch (library.add(bytes(file))) {
            case MediaLibrary.Adding.Refused refused -> said(refused, file, t);
            case MediaLibrary.Adding.Added added -> {
                String role = role(added.type());
                var filing = desks.audited(
                        collectible.id().brand(),
                        "collectible.media-added",
                        collectible.slug(),
                        Json.object("sha256", Json.of(added.sha256().hex()), "type", Json.of(added.type())),
                        () -> catalog.attach(collectible.id(), role, added.sha256()),
                        Catalog.Filing.DONE::equals);
                yield switch (filing) {
                    case DONE -> null;
                    case PUBLISHED -> t.get("desk.design.published-meanwhile");
                    case TOO_MANY -> t.get("media.too-many", CollectibleDraft.MEDIA_MAX);
                };
            }
        };
    }

    static String said(MediaLibrary.Adding.Refused refused, MultipartFile file, Texts t) {
        String code = refused.code();
        return t.get(code, t.quoted(called(file)), readable(code, refused.got()), readable(code, refused.want()));
    }

    static byte[] bytes(MultipartFile file) {
        try {
            return file.getBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A browser may send a whole path; only its end is a name, and only so much of it is shown. */
    private static String called(MultipartFile file) {
        String name = file.getOriginalFilename();
        if (name == null || name.isBlank()) return "?";
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return last.length() <= 60 ? last : last.substring(0, 57) + "…";
    }

    private static String role(String type) {
        return type.startsWith("image/")
                ? "image"
                : type.startsWith("video/") ? "video" : type.startsWith("audio/") ? "sound" : "model";
    }

    /** Sizes come as bytes, or as a number of pixels. */
    private static String readable(String code, String number) {
        if (!number.matches("[0-9]+")) return number;
        long plain = Long.parseLong(number);
        return switch (code) {
            case "media.too-large" -> megabytes(plain);
            case "media.too-many-pixels" -> String.valueOf(plain / 1_000_000);
            default -> number;
        };
    }

    public static String megabytes(long bytes) {
        return String.format(java.util.Locale.ROOT, "%.1f", bytes / 1048576.0).replaceAll("\\.0$", "");
    }

    /** {@code 340 kB}, {@code 2.4 MB}: the units are the same in every language. */
    public static String size(long bytes) {
        return bytes < 1 << 20 ? Math.max(1, bytes >> 10) + " kB" : megabytes(bytes) + " MB";
    }

    @PostMapping("/desk/{brand}/catalogue/{slug}/media/{sha256}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView file(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable String sha256,
            @RequestParam(name = "do", defaultValue = "") String act,
            Texts t) {
        Collectible collectible = find(brand, slug);
        Hash32 hash = Hash32.hexOrNull(sha256);
        if (hash == null) throw Refused.notFound();
        boolean first = act.equals("first");
        var filing = desks.audited(
                brand,
                first ? "collectible.media-moved" : "collectible.media-removed",
                slug,
                Json.object("sha256", Json.of(sha256)),
                () -> first ? catalog.putFirst(collectible.id(), hash) : catalog.detach(collectible.id(), hash),
                Catalog.Filing.DONE::equals);
        if (filing == Catalog.Filing.PUBLISHED) return tooLate(brand, slug, null, t);
        return Desks.to(desks.of(brand, null).path("catalogue/" + slug) + "?said="
                + (first ? "media-first" : "media-removed") + "#media");
    }

    /** What is heard in a film or a sound; after publishing too, for no manifest says it. */
    @PostMapping("/desk/{brand}/catalogue/{slug}/media/{sha256}/words")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView heard(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable String sha256,
            @RequestParam(defaultValue = "") String silent,
            @RequestParam(name = "said-zh", defaultValue = "") String saidZh,
            @RequestParam(name = "said-en", defaultValue = "") String saidEn,
            MultipartHttpServletRequest request,
            Texts t) {
        Collectible collectible = find(brand, slug);
        Hash32 hash = Hash32.hexOrNull(sha256);
        if (hash == null) throw Refused.notFound();
        Desk desk = desks.of(brand, null);
        List<String> refusals = new ArrayList<>();
        var before = words.of(collectible.id()).getOrDefault(sha256, MediaWords.Words.NONE_SPOKEN);
        String zh = captions(request, "captions-zh", before.zh(), refusals, t);
        String en = captions(request, "captions-en", before.en(), refusals, t);
        for (String text : List.of(saidZh, saidEn)) {
            if (text.length() > MediaWords.TEXT_MAX)
                refusals.add(t.get("media.text-too-long", text.length(), MediaWords.TEXT_MAX));
        }
        boolean film = collectible.media().stream()
                .anyMatch(m -> m.sha256().equals(hash) && m.role().equals("video"));
        var said = !film
                ? new MediaWords.Words(textOrNull(saidZh), textOrNull(saidEn))
                : silent.equals("yes") ? MediaWords.Words.NONE_SPOKEN : new MediaWords.Words(zh, en);
        if (film && said.noneSpoken() && !silent.equals("yes") && refusals.isEmpty())
            refusals.add(t.get("media.captions-none"));
        if (!refusals.isEmpty()) {
            return Desks.page(
                    "design",
                    desk,
                    editor(collectible, null, false, Map.of(), refusals, null, null, t),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        boolean there = desks.audited(
                brand,
                "collectible.media-heard",
                slug,
                Json.object("sha256", Json.of(sha256)),
                () -> words.say(collectible.id(), hash, said),
                Boolean::booleanValue);
        if (!there) throw Refused.notFound();
        return Desks.to(desk.path("catalogue/" + slug) + "?said=saved#media");
    }

    /** The file that was chosen, else what is there. Its field is named with the film, so that a page of several has no name twice. */
    private static @Nullable String captions(
            MultipartHttpServletRequest request,
            String field,
            @Nullable String before,
            List<String> refusals,
            Texts t) {
        for (var each : request.getFileMap().entrySet()) {
            MultipartFile file = each.getValue();
            if (!each.getKey().startsWith(field) || file.isEmpty()) continue;
            switch (MediaWords.read(bytes(file))) {
                case MediaWords.Reading.Read(String text) -> {
                    return text;
                }
                case MediaWords.Reading.TooLarge(long bytes, long most) ->
                    refusals.add(t.get("media.captions-too-large", t.quoted(called(file)), bytes >> 10, most >> 10));
                case MediaWords.Reading.NotCaptions() ->
                    refusals.add(t.get("media.captions-unreadable", t.quoted(called(file))));
            }
        }
        return before;
    }

    private static @Nullable String textOrNull(String text) {
        return text.isBlank() ? null : text.strip();
    }

    // ---- for good

    @GetMapping("/desk/{brand}/catalogue/{slug}/publish")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView publishing(@PathVariable BrandId brand, @PathVariable String slug, Texts t) {
        Collectible collectible = find(brand, slug);
        Desk desk = desks.of(brand, null);
        if (collectible.publishedAt() != null) return Desks.to(desk.path("catalogue/" + slug));
        if (!flaws(collectible.id()).isEmpty()) {
            return Desks.to(desk.path("catalogue/" + slug) + "?check=1&said=design-unfinished");
        }
        return Desks.page("design-publish", desk, freezing(collectible, null, t));
    }

    private Freezing freezing(Collectible collectible, @Nullable String refusal, Texts t) {
        return new Freezing(
                collectible,
                files(collectible, t),
                catalog.draft(collectible.id()).mark(),
                refusal);
    }

    @PostMapping("/desk/{brand}/catalogue/{slug}/publish")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView publish(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(name = Mark.FIELD, defaultValue = "") String seen,
            Texts t) {
        Collectible collectible = find(brand, slug);
        Desk desk = desks.of(brand, null);
        String here = desk.path("catalogue/" + slug);
        if (collectible.publishedAt() != null) return Desks.to(here);
        if (!flaws(collectible.id()).isEmpty()) {
            return Desks.to(here + "?check=1&said=design-unfinished");
        }
        Saving done = desks.audited(
                brand,
                "collectible.published",
                slug,
                Json.object(),
                () -> {
                    // Nobody freezes what she has not read; a second press finds it published.
                    Optional<CollectibleDraft> now = catalog.lockedDraft(collectible.id());
                    if (now.isEmpty()) return Saving.PUBLISHED;
                    if (new Mark(seen).differs(now.get().mark())) return Saving.CHANGED_MEANWHILE;
                    drops.publish(collectible.id());
                    return Saving.DONE;
                },
                Saving.DONE::equals);
        if (done == Saving.CHANGED_MEANWHILE) {
            return Desks.page(
                    "design-publish",
                    desk,
                    freezing(find(brand, slug), t.get("desk.publish.changed-meanwhile"), t),
                    HttpStatus.CONFLICT);
        }
        return Desks.to(here + "?said=design-published");
    }

    @PostMapping("/desk/{brand}/catalogue/{slug}/discard")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView discard(@PathVariable BrandId brand, @PathVariable String slug, Texts t) {
        Collectible collectible = find(brand, slug);
        boolean gone = desks.audited(
                brand,
                "collectible.discarded",
                slug,
                Json.object(),
                () -> catalog.discard(collectible.id()),
                Boolean::booleanValue);
        if (!gone) return tooLate(brand, slug, null, t);
        return Desks.to(desks.of(brand, null).path("catalogue") + "?said=design-discarded");
    }

    /** Units for the campaigns of the house: a total, so that a second press changes nothing. */
    @PostMapping("/desk/{brand}/catalogue/{slug}/allot")
    @Requires(Permission.MANAGE)
    ModelAndView allot(
            @PathVariable BrandId brand, @PathVariable String slug, @RequestParam(defaultValue = "") String units) {
        Collectible collectible = find(brand, slug);
        Optional<BrandId> house = catalog.house().map(Brand::id).filter(h -> !h.equals(brand));
        String here = desks.of(brand, null).path("catalogue/" + slug);
        if (collectible.publishedAt() == null || house.isEmpty()) throw Refused.notFound();
        if (!units.strip().matches("[0-9]{1,9}")) return Desks.to(here + "#house");
        int wanted = Integer.parseInt(units.strip());
        int before = allotments.inAll(house.get(), collectible.id());
        int now = allotments.allot(house.get(), collectible.id(), wanted);
        desks.note(brand, "collectible.allotted", slug, Json.object("units", Json.of(now)));
        String said = now >= wanted ? (wanted < before ? "allotted-no-less" : "allotted") : "allotted-fewer";
        return Desks.to(here + "?said=" + said + "#house");
    }

    private Collectible find(BrandId brand, String slug) {
        return catalog.collectible(slug)
                .filter(c -> c.id().brand().equals(brand))
                .orElseThrow(Refused::notFound);
    }
}
