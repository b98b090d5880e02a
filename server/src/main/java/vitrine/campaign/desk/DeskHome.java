package vitrine.campaign.desk;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaigns;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.SlugTaken;
import vitrine.catalog.Slugs;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Where a colleague begins: the brands, what runs and what is stuck in them. */
@Controller
@Requires(Permission.SEE)
public class DeskHome {

    private static final int NAME_MAX = 120;
    private static final int ABOUT_MAX = 2_000;

    private final Desks desks;
    private final Catalog catalog;
    private final Campaigns campaigns;
    private final Snags snags;

    DeskHome(Desks desks, Catalog catalog, Campaigns campaigns, Snags snags) {
        this.desks = desks;
        this.catalog = catalog;
        this.campaigns = campaigns;
        this.snags = snags;
    }

    /** @param running campaigns that run now */
    public record Row(Brand brand, int running, Snags.Stuck stuck) {}

    /** As it was typed. */
    public record NewBrand(String nameZh, String nameEn, String slug) {
        static final NewBrand NOTHING = new NewBrand("", "", "");
    }

    /** @param house where orders of all brands are found; null: the reader does not work for the house */
    public record Home(
            List<Row> rows,
            boolean operator,
            @Nullable String house,
            NewBrand typed,
            @Nullable String refusal) {

        /** Nothing but the house is there: an operator is led to the first brand, and from it to its first gift. */
        public boolean isFirstRun() {
            return operator && rows.stream().allMatch(row -> row.brand().kind() == Brand.Kind.HOUSE);
        }
    }

    public record Profile(
            String nameZh,
            String nameEn,
            String aboutZh,
            String aboutEn,
            String wall,
            @Nullable String refusal) {}

    @GetMapping("/desk")
    ModelAndView home() {
        List<Brand> mine = desks.mine();
        if (mine.size() == 1 && !desks.isOperator())
            return Desks.to("/desk/" + mine.getFirst().slug());
        return home(mine, NewBrand.NOTHING, null);
    }

    private ModelAndView home(List<Brand> mine, NewBrand typed, @Nullable String refusal) {
        Map<BrandId, Integer> running = campaigns.running();
        Map<BrandId, Snags.Stuck> stuck = snags.of(mine.stream().map(Brand::id).toList());
        return new ModelAndView(
                "desk/home",
                "it",
                new Home(
                        mine.stream()
                                .map(b -> new Row(
                                        b,
                                        running.getOrDefault(b.id(), 0),
                                        stuck.getOrDefault(b.id(), Snags.Stuck.NOTHING)
                                                .within(desks.may(b.id()))))
                                .sorted(Comparator.comparing(row -> !row.stuck().isAnything()))
                                .toList(),
                        desks.isOperator(),
                        mine.stream()
                                .filter(b -> b.kind() == Brand.Kind.HOUSE)
                                .map(Brand::slug)
                                .findFirst()
                                .orElse(null),
                        typed,
                        refusal));
    }

    /** Brands join by the operator's hand. */
    @PostMapping("/desk")
    @Requires(Permission.MANAGE)
    ModelAndView add(
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String slug,
            Texts t) {
        if (!desks.isOperator()) throw new Refused(HttpStatus.FORBIDDEN, "access.closed", null);
        var typed = new NewBrand(nameZh.strip(), nameEn.strip(), slug.strip());
        String address = Slugs.typedOr(typed.slug(), typed.nameEn());
        String refusal = typed.nameZh().isEmpty() || typed.nameEn().isEmpty()
                ? t.get("catalog.no-name")
                : typed.nameZh().length() > NAME_MAX || typed.nameEn().length() > NAME_MAX
                        ? t.get("catalog.too-long")
                        : !Slugs.valid(address) ? t.get("desk.catalogue.not-a-slug", address) : null;
        if (refusal == null) {
            try {
                desks.inOneTransaction(() -> {
                    BrandId added = catalog.addBrand(
                            Brand.Kind.BRAND,
                            address,
                            new Bilingual(typed.nameZh(), typed.nameEn()),
                            new Bilingual("", ""),
                            "plain");
                    desks.note(added, "brand.added", address, Json.object());
                    return added;
                });
                return Desks.to("/desk/" + address + "?said=brand-added");
            } catch (SlugTaken taken) {
                refusal = t.get("desk.catalogue.slug-taken", address);
            }
        }
        ModelAndView page = home(desks.mine(), typed, refusal);
        page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }

    @GetMapping("/desk/{brand}/profile")
    @Requires(Permission.MANAGE)
    ModelAndView profile(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        Brand b = desk.brand();
        return Desks.page(
                "profile",
                desk,
                new Profile(
                        b.name().zh(), b.name().en(), b.about().zh(), b.about().en(), b.wall(), null));
    }

    @PostMapping("/desk/{brand}/profile")
    @Requires(Permission.MANAGE)
    ModelAndView change(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String aboutZh,
            @RequestParam(defaultValue = "") String aboutEn,
            @RequestParam(defaultValue = "") String wall,
            Texts t) {
        Desk desk = desks.of(brand, null);
        var name = new Bilingual(nameZh.strip(), nameEn.strip());
        var about = new Bilingual(aboutZh.strip(), aboutEn.strip());
        String painted = DesignForm.WALLS.contains(wall) ? wall : "plain";
        String refusal = name.zh().isEmpty() || name.en().isEmpty()
                ? t.get("catalog.no-name")
                : Math.max(name.zh().length(), name.en().length()) > NAME_MAX
                                || Math.max(about.zh().length(), about.en().length()) > ABOUT_MAX
                        ? t.get("catalog.too-long")
                        : null;
        if (refusal != null) {
            return Desks.page(
                    "profile",
                    desk,
                    new Profile(name.zh(), name.en(), about.zh(), about.en(), painted, refusal),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        desks.audited(brand, "brand.changed", desk.brand().slug(), Json.object(), () -> {
            catalog.changeBrand(brand, name, about, painted);
            return true;
        });
        return Desks.to(desk.path("profile") + "?said=saved");
    }
}
