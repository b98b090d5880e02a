package vitrine.campaign.desk;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Exhibitions;
import vitrine.campaign.Exhibitions.Exhibition;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.Creator;
import vitrine.catalog.Slugs;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Exhibitions: a motif, who is host, which works hang in which order, and what is said of each. */
@Controller
@Requires(Permission.SEE)
public class ExhibitionsDesk {

    private static final int TEXT_MAX = 400;
    /** Empty rows below the works; each saving brings as many again. */
    private static final int ROOM_FOR_MORE = 3;
    /** So many a list can still be looked through; what is not offered is hung by its address as well. */
    private static final int CHOICES_MAX = 500;

    private static final List<String> WALLS = List.of("plain", "moss", "indigo", "ochre", "lotus", "night");

    private final Desks desks;
    private final Exhibitions exhibitions;
    private final Campaigns campaigns;
    private final Catalog catalog;

    ExhibitionsDesk(Desks desks, Exhibitions exhibitions, Campaigns campaigns, Catalog catalog) {
        this.desks = desks;
        this.exhibitions = exhibitions;
        this.campaigns = campaigns;
        this.catalog = catalog;
    }

    /**
     * A work as it was typed.
     *
     * @param place its number among them, or where it should go
     * @param work the collectible's address
     */
    public record TypedWork(String place, String work, String zh, String en) {
        static final TypedWork NOTHING = new TypedWork("", "", "", "");
    }

    /** As it was typed. */
    public record Typed(
            String slug,
            String nameZh,
            String nameEn,
            String motifZh,
            String motifEn,
            String aboutZh,
            String aboutEn,
            String wall,
            String host,
            String campaign,
            String from,
            String until,
            List<TypedWork> works) {
        static final Typed NOTHING = new Typed("", "", "", "", "", "", "", "plain", "", "", "", "", List.of());

        /** Those that hang, and room for more. */
        public List<TypedWork> rows() {
            List<TypedWork> rows = new ArrayList<>(works);
            for (int n = 0; n < ROOM_FOR_MORE && rows.size() < Exhibitions.WORKS_MAX; n++) rows.add(TypedWork.NOTHING);
            return rows;
        }
    }

    /** What may be hung: by its address, which a field offers. */
    public record Choice(String slug, Bilingual name) {}

    /**
     * @param open the exhibition that is being changed; null: a new one
     * @param seen how it stood when its reader saw it, who may have typed since
     */
    public record Editor(
            List<Exhibition> all,
            @Nullable Exhibition open,
            Typed typed,
            Mark seen,
            List<Creator> hosts,
            List<Choice> choices,
            List<Campaign> campaigns,
            List<String> walls,
            @Nullable String refusal) {

        /** What hangs by this address; blank: nothing that is offered. */
        public Bilingual named(String slug) {
            return choices.stream()
                    .filter(choice -> choice.slug().equals(slug))
                    .findFirst()
                    .map(Choice::name)
                    .orElse(new Bilingual("", ""));
        }
    }

    @GetMapping("/desk/{brand}/exhibitions")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("exhibitions", desks.of(brand, said), editor(brand, null, Typed.NOTHING, Mark.NONE, null));
    }

    @GetMapping("/desk/{brand}/exhibitions/{slug}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            Texts t) {
        Exhibition one = find(brand, slug);
        // Before the rest is read: who comes in between has not been seen.
        Mark seen = exhibitions.mark(one);
        return Desks.page("exhibitions", desks.of(brand, said), editor(brand, one, typed(one, t), seen, null));
    }

    private Editor editor(BrandId brand, @Nullable Exhibition one, Typed typed, Mark seen, @Nullable String refusal) {
        return new Editor(
                exhibitions.of(brand),
                one,
                typed,
                seen,
                hosts(brand),
                choices(brand),
                campaigns.of(brand).stream().filter(c -> c.version() > 0).toList(),
                WALLS,
                refusal);
    }

    /** Creators of the brand, and those whom the house lists. */
    private List<Creator> hosts(BrandId brand) {
        Optional<BrandId> house = catalog.house().map(Brand::id).filter(h -> !h.equals(brand));
        return Stream.concat(
                        catalog.creators(brand).stream(), house.stream().flatMap(h -> catalog.creators(h).stream()))
                .toList();
    }

    /** A brand hangs its own; the house hangs everybody's. */
    private List<Choice> choices(BrandId brand) {
        List<BrandId> whose = desks.of(brand, null).isHouse()
                ? catalog.brands().stream().map(Brand::id).toList()
                : List.of(brand);
        return whose.stream()
                .flatMap(id -> catalog.collectibles(id).stream())
                .filter(c -> c.publishedAt() != null)
                .limit(CHOICES_MAX)
                .map(c -> new Choice(c.slug(), c.name()))
                .toList();
    }

    private Typed typed(Exhibition one, Texts t) {
        var host = one.host();
        List<TypedWork> works = new ArrayList<>();
        for (var hung : exhibitions.works(one.brand(), one.id())) {
            works.add(new TypedWork(
                    String.valueOf(works.size() + 1),
                    catalog.collectible(hung.collectible()).slug(),
                    hung.said().zh(),
                    hung.said().en()));
        }
        return new Typed(
                one.slug(),
                one.name().zh(),
                one.name().en(),
                one.motif().zh(),
                one.motif().en(),
                one.about().zh(),
                one.about().en(),
                one.wall(),
                host == null ? "" : host.creator().toString(),
                one.campaign() == null ? "" : one.campaign(),
                t.local(one.from()).toLocalDate().toString(),
                t.local(one.until().minusMillis(1)).toLocalDate().toString(),
                works);
    }

    @PostMapping("/desk/{brand}/exhibitions")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView draft(@PathVariable BrandId brand, @RequestParam Map<String, String> form, Texts t) {
        Typed typed = read(form);
        String address = Slugs.typedOr(typed.slug(), typed.nameEn());
        return switch (plan(brand, typed, t)) {
            case Read.Refusal(String words) -> refused(brand, typed, words);
            case Read.Whole(Exhibitions.Plan plan, List<Exhibitions.Work> works) -> {
                var drafted = desks.audited(
                        brand,
                        "exhibition.drafted",
                        address,
                        Json.object(),
                        () -> {
                            var made = exhibitions.draft(brand, address, plan);
                            if (made instanceof Exhibitions.Drafting.Drafted(UUID id))
                                exhibitions.hang(brand, id, works);
                            return made;
                        },
                        made -> made instanceof Exhibitions.Drafting.Drafted);
                yield switch (drafted) {
                    case Exhibitions.Drafting.Drafted(UUID id) ->
                        Desks.to(desks.of(brand, null).path("exhibitions/" + address) + "?said=saved");
                    case Exhibitions.Drafting.SlugTaken(String slug) ->
                        refused(brand, typed, t.get("desk.exhibition.taken", slug));
                    case Exhibitions.Drafting.NotASlug(String slug) ->
                        refused(brand, typed, t.get("desk.exhibition.no-slug"));
                    case Exhibitions.Drafting.NoTime() -> refused(brand, typed, t.get("desk.exhibition.no-dates"));
                };
            }
        };
    }

    @PostMapping("/desk/{brand}/exhibitions/{slug}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView change(
            @PathVariable BrandId brand, @PathVariable String slug, @RequestParam Map<String, String> form, Texts t) {
        Exhibition one = find(brand, slug);
        Typed typed = read(form);
        var seen = new Mark(text(form, Mark.FIELD));
        return switch (plan(brand, typed, t)) {
            case Read.Refusal(String words) -> shown(brand, one, typed, seen, words, HttpStatus.UNPROCESSABLE_CONTENT);
            case Read.Whole(Exhibitions.Plan plan, List<Exhibitions.Work> works) -> {
                boolean saved = desks.unlessChanged(
                        brand,
                        "exhibition.changed",
                        slug,
                        Json.object(),
                        seen,
                        () -> exhibitions.lockedMark(brand, one.id()),
                        () -> {
                            exhibitions.change(brand, one.id(), plan);
                            exhibitions.hang(brand, one.id(), works);
                            String act = form.getOrDefault("do", "save");
                            if (act.equals("open")) exhibitions.open(brand, one.id());
                            if (act.equals("close")) exhibitions.close(brand, one.id());
                        });
                if (saved) yield Desks.to(desks.of(brand, null).path("exhibitions/" + slug) + "?said=saved");
                Exhibition now = find(brand, slug);
                yield shown(
                        brand, now, typed, exhibitions.mark(now), t.get("desk.changed-meanwhile"), HttpStatus.CONFLICT);
            }
        };
    }

    private sealed interface Read {
        record Whole(Exhibitions.Plan plan, List<Exhibitions.Work> works) implements Read {}

        record Refusal(String words) implements Read {}
    }

    private static Typed read(Map<String, String> form) {
        return new Typed(
                text(form, "slug"),
                text(form, "nameZh"),
                text(form, "nameEn"),
                text(form, "motifZh"),
                text(form, "motifEn"),
                text(form, "aboutZh"),
                text(form, "aboutEn"),
                text(form, "wall"),
                text(form, "host"),
                text(form, "campaign"),
                text(form, "from"),
                text(form, "until"),
                works(form));
    }

    /** Row by row, in the order that the places ask for; a row that moves goes before the one whose place it takes. */
    private static List<TypedWork> works(Map<String, String> form) {
        record Placed(double at, TypedWork work) {}
        List<Placed> placed = new ArrayList<>();
        for (int n = 0; n < Exhibitions.WORKS_MAX && form.containsKey("w" + n + "-work"); n++) {
            String row = "w" + n + "-";
            var typed = new TypedWork(
                    text(form, row + "place"),
                    text(form, row + "work"),
                    line(form, row + "zh"),
                    line(form, row + "en"));
            if ((typed.work() + typed.zh() + typed.en()).isEmpty()) continue;
            int was = n + 1;
            int to = typed.place().matches("[1-9][0-9]{0,2}") ? Integer.parseInt(typed.place()) : was;
            placed.add(new Placed(to < was ? to - 0.5 : to > was ? to + 0.5 : to, typed));
        }
        placed.sort(Comparator.comparingDouble(Placed::at));
        return placed.stream().map(Placed::work).toList();
    }

    /** Written over several lines, it is one sentence after another. */
    private static String line(Map<String, String> form, String name) {
        return text(form, name).replaceAll("\\R+", " ");
    }

    private static String text(Map<String, String> form, String name) {
        return form.getOrDefault(name, "").strip();
    }

    private Read plan(BrandId brand, Typed typed, Texts t) {
        if (typed.nameZh().isEmpty() || typed.nameEn().isEmpty())
            return new Read.Refusal(t.get("desk.exhibition.no-name"));
        if (Stream.of(
                        typed.nameZh(),
                        typed.nameEn(),
                        typed.motifZh(),
                        typed.motifEn(),
                        typed.aboutZh(),
                        typed.aboutEn())
                .anyMatch(text -> text.length() > TEXT_MAX)) return new Read.Refusal(t.get("catalog.too-long"));
        LocalDate first = Desks.day(typed.from());
        LocalDate last = Desks.day(typed.until());
        if (first == null || last == null) return new Read.Refusal(t.get("desk.exhibition.no-dates"));
        Instant from = first.atStartOfDay(t.zone()).toInstant();
        Instant until = last.plusDays(1).atStartOfDay(t.zone()).toInstant();
        if (!from.isBefore(until)) return new Read.Refusal(t.get("desk.exhibition.no-dates"));
        List<Exhibitions.Work> works = new ArrayList<>();
        for (TypedWork typedWork : typed.works()) {
            Optional<Collectible> work = catalog.collectible(typedWork.work()).filter(c -> c.publishedAt() != null);
            // A brand hangs its own; the house hangs everybody's.
            boolean may = work.isPresent()
                    && (desks.of(brand, null).isHouse()
                            || work.get().id().brand().equals(brand));
            if (!may) return new Read.Refusal(t.get("desk.exhibition.no-work", typedWork.work()));
            // Two rows of one work would be one, and the words of the first would be lost.
            if (works.stream().anyMatch(w -> w.collectible().equals(work.get().id())))
                return new Read.Refusal(
                        t.get("desk.exhibition.twice", t.of(work.get().name())));
            if (Math.max(typedWork.zh().length(), typedWork.en().length()) > Exhibitions.SAID_MAX)
                return new Read.Refusal(t.get("catalog.too-long"));
            works.add(new Exhibitions.Work(work.get().id(), new Bilingual(typedWork.zh(), typedWork.en())));
        }
        Creator host = hosts(brand).stream()
                .filter(c -> c.id().toString().equals(typed.host()))
                .findFirst()
                .orElse(null);
        UUID campaign = campaigns
                .bySlug(typed.campaign())
                .filter(c -> c.id().brand().equals(brand))
                .map(c -> c.id().value())
                .orElse(null);
        return new Read.Whole(
                new Exhibitions.Plan(
                        new Bilingual(typed.nameZh(), typed.nameEn()),
                        new Bilingual(typed.motifZh(), typed.motifEn()),
                        new Bilingual(typed.aboutZh(), typed.aboutEn()),
                        WALLS.contains(typed.wall()) ? typed.wall() : "plain",
                        host == null ? null : host.brand().value(),
                        host == null ? null : host.id(),
                        campaign,
                        from,
                        until),
                works);
    }

    private ModelAndView refused(BrandId brand, Typed typed, String words) {
        return shown(brand, null, typed, Mark.NONE, words, HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private ModelAndView shown(
            BrandId brand, @Nullable Exhibition one, Typed typed, Mark seen, String words, HttpStatus status) {
        return Desks.page("exhibitions", desks.of(brand, null), editor(brand, one, typed, seen, words), status);
    }

    private Exhibition find(BrandId brand, String slug) {
        return exhibitions.find(slug).filter(e -> e.brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
