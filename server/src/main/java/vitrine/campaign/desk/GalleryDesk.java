package vitrine.campaign.desk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.ShelfPlaces;
import vitrine.campaign.ShelfPlaces.Place;
import vitrine.campaign.ShelfPlaces.Shelf;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Creator;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.shop.Goods;
import vitrine.shop.Shop;
import vitrine.shop.ShopId;
import vitrine.shop.Shops;

/** How the gallery is hung: the order of the shelves, what stands behind the curtain, where the shop shows its goods. */
@Controller
@Requires(Permission.SEE)
public class GalleryDesk {

    private static final int MOST = 500;

    private final Desks desks;
    private final ShelfPlaces shelves;
    private final Catalog catalog;
    private final Shops shops;
    private final Goods goods;
    private final JdbcClient db;

    GalleryDesk(Desks desks, ShelfPlaces shelves, Catalog catalog, Shops shops, Goods goods, JdbcClient db) {
        this.desks = desks;
        this.shelves = shelves;
        this.catalog = catalog;
        this.shops = shops;
        this.goods = goods;
        this.db = db;
    }

    public record Row(
            UUID owner,
            UUID subject,
            Bilingual name,
            @Nullable String image,
            boolean hidden) {
        public String place() {
            return owner + "/" + subject;
        }
    }

    /** @param seen how it stood when its reader saw it, who may have ordered it since */
    public record Arranged(String shelf, List<Row> rows, Mark seen) {}

    /** @param url as staff wrote it, empty: they did not */
    public record Front(Shop shop, String url) {}

    /**
     * @param choices what the house may hang in its museum and has not
     * @param pick what was typed to be hung, and is not there
     * @param models the works that have a model, whose points are written on a page of their own ({@link PointsDesk})
     */
    public record Gallery(
            List<Arranged> shelves,
            List<Front> fronts,
            List<Model> models,
            List<ExhibitionsDesk.Choice> choices,
            String pick,
            @Nullable String refusal) {}

    /** @param points how many are written */
    public record Model(
            String slug, Bilingual name, @Nullable String image, int points) {}

    @GetMapping("/desk/{brand}/gallery")
    ModelAndView gallery(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        return Desks.page("gallery", desk, gallery(desk, Map.of(), Map.of(), "", null));
    }

    /**
     * @param typed where a shop shows its goods, as it was typed and refused
     * @param meant shelves as somebody ordered them, which are not kept
     */
    private Gallery gallery(
            Desk desk,
            Map<ShopId, String> typed,
            Map<Shelf, List<Place>> meant,
            String pick,
            @Nullable String refusal) {
        BrandId brand = desk.brand().id();
        var fronts = goods.fronts(brand);
        return new Gallery(
                shelvesOf(desk).stream()
                        .map(shelf -> {
                            // Before the rows are read: who comes in between has not been seen.
                            Mark seen = shelves.mark(brand, shelf);
                            return new Arranged(shelf.code(), rows(brand, shelf, meant), seen);
                        })
                        .toList(),
                shops.of(brand).stream()
                        .map(shop -> new Front(shop, typed.getOrDefault(shop.id(), fronts.getOrDefault(shop.id(), ""))))
                        .toList(),
                models(brand),
                desk.isHouse() ? choices(brand) : List.of(),
                pick,
                refusal);
    }

    /** Everybody's, the newest first: the list beside a field is for finding, and the field takes any. */
    private List<ExhibitionsDesk.Choice> choices(BrandId house) {
        return db.sql("""
                select c.slug, c.name_zh, c.name_en from collectibles c
                where c.published_at is not null and not exists (
                    select from shelf_places p where p.brand_id = :house and p.shelf = 'museum'
                        and p.subject_brand_id = c.brand_id and p.subject_id = c.collectible_id)
                order by c.published_at desc, c.collectible_id limit :most
                """)
                .param("house", house.value())
                .param("most", MOST)
                .query((row, n) -> new ExhibitionsDesk.Choice(
                        row.getString("slug"), new Bilingual(row.getString("name_zh"), row.getString("name_en"))))
                .list();
    }

    private static List<Shelf> shelvesOf(Desk desk) {
        return desk.isHouse() ? List.of(Shelf.MUSEUM, Shelf.BRANDS, Shelf.CREATORS, Shelf.WORKS) : List.of(Shelf.WORKS);
    }

    private static final String PICTURE = """
            left join lateral (
                select encode(cm.sha256, 'hex') as image from collectible_media cm
                where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image' and cm.position = 0) i on true
            """;

    /** Those with points first: they are what one comes back to. */
    private List<Model> models(BrandId brand) {
        return db.sql("""
                select c.slug, c.name_zh, c.name_en, i.image, (select count(*) from hotspots h where h.brand_id = c.brand_id
                    and h.collectible_id = c.collectible_id) as points
                from collectibles c
                """ + PICTURE + """
                where c.brand_id = :brand and exists (select from collectible_media m where m.brand_id = c.brand_id
                    and m.collectible_id = c.collectible_id and m.role = 'model')
                order by points desc, c.name_en, c.slug limit :most
                """)
                .param("brand", brand.value())
                .param("most", MOST)
                .query((row, n) -> new Model(
                        row.getString("slug"),
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getString("image"),
                        row.getInt("points")))
                .list();
    }

    /** As it stands, or as somebody means it to stand: who has a place there first. */
    private List<Row> rows(BrandId whose, Shelf shelf, Map<Shelf, List<Place>> meant) {
        List<Row> there = rows(whose, shelf);
        List<Place> places = meant.get(shelf);
        if (places == null) return there;
        Map<String, Row> rows = new LinkedHashMap<>();
        for (Place place : places) {
            for (Row row : there) {
                if (row.place().equals(place.owner() + "/" + place.subject())) {
                    rows.put(row.place(), new Row(row.owner(), row.subject(), row.name(), row.image(), place.hidden()));
                }
            }
        }
        for (Row row : there) rows.putIfAbsent(row.place(), row);
        return List.copyOf(rows.values());
    }

    /** Who has a place in its order, then who has none. */
    private List<Row> rows(BrandId whose, Shelf shelf) {
        String subjects =
                switch (shelf) {
                    case BRANDS -> """
                        select b.brand_id as owner, b.brand_id as subject, b.name_zh, b.name_en, null::text as image from brands b
                        where
                        """ + Brand.HAS_WORKS;
                    case CREATORS -> """
                        select cr.brand_id as owner, cr.creator_id as subject, cr.name_zh, cr.name_en, null::text as image from creators cr
                        where
                        """ + Creator.IS_SHOWN;
                    case MUSEUM ->
                        "select c.brand_id as owner, c.collectible_id as subject, c.name_zh, c.name_en, i.image "
                                + "from shelf_places m join collectibles c on c.brand_id = m.subject_brand_id "
                                + "and c.collectible_id = m.subject_id and c.published_at is not null " + PICTURE
                                + " where m.brand_id = :whose and m.shelf = 'museum'";
                    case WORKS ->
                        "select c.brand_id as owner, c.collectible_id as subject, c.name_zh, c.name_en, i.image "
                                + "from collectibles c " + PICTURE
                                + " where c.brand_id = :whose and c.published_at is not null";
                };
        return db.sql("select s.*, p.hidden_at is not null as hidden from (" + subjects + ") s " + """
                left join shelf_places p on p.brand_id = :whose and p.shelf = :shelf and p.subject_id = s.subject
                order by p.position nulls last, s.name_en, s.subject limit :most
                """)
                .param("whose", whose.value())
                .param("shelf", shelf.code())
                .param("most", MOST)
                .query((row, n) -> new Row(
                        row.getObject("owner", UUID.class),
                        row.getObject("subject", UUID.class),
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getString("image"),
                        row.getBoolean("hidden")))
                .list();
    }

    /**
     * The whole shelf as the page had it, and one act on it: {@code up}, {@code down}, {@code first}, {@code hide}, {@code show} or
     * {@code drop}, each with a place; {@code pick}; or {@code save} after it was ordered by hand.
     */
    @PostMapping("/desk/{brand}/gallery/{shelf}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView arrange(
            @PathVariable BrandId brand,
            @PathVariable String shelf,
            @RequestParam MultiValueMap<String, String> form,
            Texts t) {
        Desk desk = desks.of(brand, null);
        Shelf which = shelvesOf(desk).stream()
                .filter(s -> s.code().equals(shelf))
                .findFirst()
                .orElseThrow(Refused::notFound);
        List<Row> there = rows(brand, which);
        List<Place> places = new ArrayList<>();
        List<String> hidden = form.getOrDefault("hidden", List.of());
        for (String sent : form.getOrDefault("place", List.of())) {
            // Only what may stand on this shelf: a form is not believed.
            there.stream()
                    .filter(row -> row.place().equals(sent))
                    .findFirst()
                    .ifPresent(row -> places.add(new Place(row.owner(), row.subject(), hidden.contains(sent))));
        }
        String act = String.valueOf(form.getFirst("do"));
        String refusal = null;
        if (act.equals("pick")) {
            var picked = catalog.collectible(
                            String.valueOf(form.getFirst("pick")).strip().toLowerCase(Locale.ROOT))
                    .filter(c -> c.publishedAt() != null);
            if (which != Shelf.MUSEUM || picked.isEmpty()) refusal = t.get("desk.gallery.no-such");
            else picked.ifPresent(c -> places.add(0, new Place(c.id().brand().value(), c.id().value(), false)));
        } else act(places, act);
        String pick = form.getOrDefault("pick", List.of("")).getFirst();
        if (refusal != null) {
            return Desks.page(
                    "gallery",
                    desk,
                    gallery(desk, Map.of(), Map.of(), pick, refusal),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        boolean saved = desks.unlessChanged(
                brand,
                "shelf.arranged",
                shelf,
                Json.object(),
                new Mark(form.getOrDefault(Mark.FIELD, List.of("")).getFirst()),
                () -> shelves.lockedMark(brand, which),
                () -> shelves.arrange(brand, which, places));
        if (!saved) {
            return Desks.page(
                    "gallery",
                    desk,
                    gallery(desk, Map.of(), Map.of(which, places), pick, t.get("desk.gallery.changed-meanwhile")),
                    HttpStatus.CONFLICT);
        }
        return Desks.to(desk.path("gallery") + "?said=arranged#" + shelf);
    }

    private static void act(List<Place> places, String act) {
        int colon = act.indexOf(':');
        if (colon < 0) return;
        String what = act.substring(0, colon);
        String place = act.substring(colon + 1);
        int at = -1;
        for (int i = 0; i < places.size(); i++) {
            if ((places.get(i).owner() + "/" + places.get(i).subject()).equals(place)) at = i;
        }
        if (at < 0) return;
        Place one = places.get(at);
        switch (what) {
            case "up" -> Collections.swap(places, at, Math.max(0, at - 1));
            case "down" -> Collections.swap(places, at, Math.min(places.size() - 1, at + 1));
            case "first" -> {
                places.remove(at);
                places.addFirst(one);
            }
            case "hide" -> places.set(at, new Place(one.owner(), one.subject(), true));
            case "show" -> places.set(at, new Place(one.owner(), one.subject(), false));
            case "drop" -> places.remove(at);
            default -> {}
        }
    }

    @PostMapping("/desk/{brand}/gallery/shops/{source}/{slug}")
    @Requires(Permission.SHOPS)
    ModelAndView front(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String url,
            Texts t) {
        Desk desk = desks.of(brand, null);
        Shop shop =
                shops.find(source, slug).filter(s -> s.brand().equals(brand)).orElseThrow(Refused::notFound);
        boolean taken = desks.audited(
                brand,
                "shop.front",
                source + "/" + slug,
                Json.object(),
                () -> goods.showsAt(brand, shop.id(), url.strip()),
                done -> done);
        if (!taken) {
            return Desks.page(
                    "gallery",
                    desk,
                    gallery(desk, Map.of(shop.id(), url), Map.of(), "", t.get("desk.gallery.no-url")),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return Desks.to(desk.path("gallery") + "?said=arranged#fronts");
    }
}
