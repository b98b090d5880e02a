package vitrine.campaign.desk;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.Revisions;
import vitrine.drop.Drops;
import vitrine.drop.Stock;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** What may still change of a published collectible: its words, and how many there will be. Both for good and before everybody's eyes. */
@Controller
@Requires(Permission.CAMPAIGNS)
public class RevisionsDesk {

    private final Desks desks;
    private final Catalog catalog;
    private final Revisions revisions;
    private final Drops drops;
    private final JdbcClient db;
    private final BusinessClock clock;

    RevisionsDesk(Desks desks, Catalog catalog, Revisions revisions, Drops drops, JdbcClient db, BusinessClock clock) {
        this.desks = desks;
        this.catalog = catalog;
        this.revisions = revisions;
        this.drops = drops;
        this.db = db;
        this.clock = clock;
    }

    /**
     * @param said by field: what could not be read, or is missing
     * @param changes what the collectible would read afterwards; null: not looked at yet
     * @param seen how it stands, with these changes
     */
    public record Amending(
            Collectible collectible,
            DesignForm form,
            String whyZh,
            String whyEn,
            List<CatalogueDesk.Choice> series,
            List<CatalogueDesk.Choice> creators,
            Map<String, String> said,
            @Nullable List<Revisions.Change> changes,
            Mark seen) {

        public String said(String field) {
            return said.getOrDefault(field, "");
        }
    }

    /** @param refusal in words; null: none */
    public record Lowering(
            Collectible collectible,
            Stock stock,
            int least,
            String supply,
            String whyZh,
            String whyEn,
            @Nullable String refusal) {}

    // ---- its words

    @GetMapping("/desk/{brand}/catalogue/{slug}/amend")
    ModelAndView amending(@PathVariable BrandId brand, @PathVariable String slug) {
        Collectible c = find(brand, slug);
        return Desks.page(
                "design-amend",
                desks.of(brand, null),
                amending(c, DesignForm.of(catalog.draft(c.id())), "", "", Map.of(), null));
    }

    /** {@code do=look} shows what would change; {@code do=amend} with the tick does it. */
    @PostMapping("/desk/{brand}/catalogue/{slug}/amend")
    ModelAndView amend(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam MultiValueMap<String, String> fields,
            @RequestParam(name = "do", defaultValue = "look") String act,
            @RequestParam(defaultValue = "") String sure,
            @RequestParam(name = Mark.FIELD, defaultValue = "") String seen,
            Texts t) {
        Collectible c = find(brand, slug);
        CollectibleDraft current = catalog.draft(c.id());
        DesignForm form = DesignForm.sent(fields).inWordsOver(DesignForm.of(current));
        var why = new Bilingual(text(fields, "why.zh"), text(fields, "why.en"));
        Map<String, String> said = new HashMap<>();
        var reading = form.read(brand, slug, catalog.series(brand), catalog.creatorsFor(brand), act, current.media());
        if (reading instanceof DesignForm.Reading.Unreadable(Map<String, String> codes)) {
            codes.forEach((field, code) -> said.put(field, t.get(code)));
            return unchanged(c, form, why, said, null);
        }
        CollectibleDraft draft = ((DesignForm.Reading.Whole) reading).draft();
        if (act.startsWith("trait-")) {
            return Desks.page(
                    "design-amend",
                    desks.of(brand, null),
                    amending(c, form.withTraits(form.traitsAfter(act)), why.zh(), why.en(), Map.of(), null));
        }
        draft.flaws().forEach(flaw -> said.put(flaw.where(), t.get(flaw.code())));
        if (!Revisions.reasoned(why)) said.put("why", t.get("catalog.why", Revisions.WHY_MAX));
        List<Revisions.Change> changes = revisions.changes(c.id(), draft);
        if (!said.isEmpty()) return unchanged(c, form, why, said, changes);
        if (changes.isEmpty()) {
            said.put("changes", t.get("catalog.nothing-changed"));
            return unchanged(c, form, why, said, changes);
        }
        if (!act.equals("amend")) {
            return Desks.page(
                    "design-amend", desks.of(brand, null), amending(c, form, why.zh(), why.en(), said, changes));
        }
        if (!sure.equals("yes")) {
            said.put("sure", t.get("desk.drop.sure"));
            return unchanged(c, form, why, said, changes);
        }
        boolean amended = desks.unlessChanged(
                brand,
                "collectible.amended",
                slug,
                Json.object("why", Json.of(why.en())),
                new Mark(seen),
                () -> revisions.lockedMark(c.id(), draft),
                () -> revisions.amend(c.id(), draft, why));
        if (!amended) {
            said.put("sure", t.get("desk.design.amend-otherwise"));
            return Desks.page(
                    "design-amend",
                    desks.of(brand, null),
                    amending(c, form, why.zh(), why.en(), said, revisions.changes(c.id(), draft)),
                    HttpStatus.CONFLICT);
        }
        return Desks.to(desks.of(brand, null).path("catalogue/" + slug) + "?said=design-amended");
    }

    private ModelAndView unchanged(
            Collectible c,
            DesignForm form,
            Bilingual why,
            Map<String, String> said,
            @Nullable List<Revisions.Change> changes) {
        return Desks.page(
                "design-amend",
                desks.of(c.id().brand(), null),
                amending(c, form, why.zh(), why.en(), said, changes),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private Amending amending(
            Collectible c,
            DesignForm form,
            String whyZh,
            String whyEn,
            Map<String, String> said,
            @Nullable List<Revisions.Change> changes) {
        BrandId brand = c.id().brand();
        return new Amending(
                c,
                form,
                whyZh,
                whyEn,
                catalog.series(brand).stream()
                        .map(s -> new CatalogueDesk.Choice(s.id().toString(), s.name()))
                        .toList(),
                catalog.creatorsFor(brand).stream()
                        .map(m -> new CatalogueDesk.Choice(DesignForm.value(m), m.name()))
                        .toList(),
                said,
                changes,
                revisions.mark(c.id(), changes == null ? List.of() : changes));
    }

    // ---- how many

    @GetMapping("/desk/{brand}/catalogue/{slug}/supply")
    ModelAndView lowering(@PathVariable BrandId brand, @PathVariable String slug) {
        return Desks.page("design-supply", desks.of(brand, null), lowering(find(brand, slug), "", "", "", null));
    }

    @PostMapping("/desk/{brand}/catalogue/{slug}/supply")
    ModelAndView lower(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam MultiValueMap<String, String> fields,
            Texts t) {
        Collectible c = find(brand, slug);
        String typed = text(fields, "supply");
        var why = new Bilingual(text(fields, "why.zh"), text(fields, "why.en"));
        String refusal = refusal(c, typed, why, text(fields, "sure"), t);
        if (refusal != null) {
            return Desks.page(
                    "design-supply",
                    desks.of(brand, null),
                    lowering(c, typed, why.zh(), why.en(), refusal),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return Desks.to(desks.of(brand, null).path("catalogue/" + slug) + "?said=design-lowered");
    }

    /** Null: it is done. */
    private @Nullable String refusal(Collectible c, String typed, Bilingual why, String sure, Texts t) {
        if (!typed.matches("[0-9]{1,9}") || Integer.parseInt(typed) < 1) return t.get("catalog.supply");
        if (!Revisions.reasoned(why)) return t.get("catalog.why", Revisions.WHY_MAX);
        if (!sure.equals("yes")) return t.get("desk.drop.sure");
        var promising = promising(c);
        if (promising != null) return t.get("supply.promised", t.quoted(promising));
        var outcome = desks.audited(
                c.id().brand(),
                "collectible.supply-lowered",
                c.slug(),
                Json.object("supply", Json.of(Integer.parseInt(typed)), "why", Json.of(why.en())),
                () -> drops.lower(c.id(), Integer.parseInt(typed), why),
                Drops.Lowered.Done.class::isInstance);
        return switch (outcome) {
            case Drops.Lowered.Done done -> null;
            case Drops.Lowered.NotLower(int supply) -> t.get("supply.not-lower", t.number(supply));
            case Drops.Lowered.Taken(int least) -> t.get("supply.taken", t.number(least));
            case Drops.Lowered.Promised(String drop) -> t.get("supply.promised", t.quoted(drop));
        };
    }

    /** A campaign that was announced with the units that there are, and is not over; null: none. */
    private @Nullable String promising(Collectible c) {
        return db.sql("""
                select c.slug from offers o join campaigns c on c.brand_id = o.brand_id and c.campaign_id = o.campaign_id
                where o.collectible_brand_id = :brand and o.collectible_id = :id
                    and c.state in ('published', 'paused') and c.until_at > :now limit 1
                """)
                .param("brand", c.id().brand().value())
                .param("id", c.id().value())
                .param("now", Timestamp.from(clock.now()))
                .query(String.class)
                .optional()
                .orElse(null);
    }

    private Lowering lowering(Collectible c, String supply, String whyZh, String whyEn, @Nullable String refusal) {
        Stock stock = desks.inOneTransaction(() -> drops.stock(c.id()));
        return new Lowering(c, stock, stock.leastSupply(), supply, whyZh, whyEn, refusal);
    }

    private static String text(MultiValueMap<String, String> fields, String name) {
        String value = fields.getFirst(name);
        return value == null ? "" : value.strip();
    }

    private Collectible find(BrandId brand, String slug) {
        return catalog.collectible(slug)
                .filter(c -> c.id().brand().equals(brand) && c.publishedAt() != null)
                .orElseThrow(Refused::notFound);
    }
}
