package vitrine.campaign.desk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.UniquePieces;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/** A table that says what each piece of a collectible is by itself. */
@Controller
@Requires(Permission.SEE)
public class UniqueDesk {

    private static final int SHOWN = 50;

    private final Desks desks;
    private final Catalog catalog;
    private final UniquePieces unique;
    private final MediaLibrary library;

    UniqueDesk(Desks desks, Catalog catalog, UniquePieces unique, MediaLibrary library) {
        this.desks = desks;
        this.catalog = catalog;
        this.unique = unique;
        this.library = library;
    }

    /**
     * @param table the file in the manifest; null: the pieces are all alike
     * @param next the first number of the next page; 0: none
     */
    public record Table(
            Collectible collectible,
            Collectible.@Nullable MediaUse table,
            int count,
            List<UniquePieces.Unique> pieces,
            int next,
            List<String> refusals) {
        public boolean published() {
            return collectible.publishedAt() != null;
        }
    }

    @GetMapping("/desk/{brand}/catalogue/{slug}/pieces")
    ModelAndView table(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String refused,
            @RequestParam(defaultValue = "1") String from,
            Texts t) {
        Collectible c = find(brand, slug);
        // Published and all alike: there is nothing to show, and nothing to add any more.
        if (c.publishedAt() != null && c.first(UniquePieces.ROLE) == null)
            return Desks.to(desks.of(brand, null).path("catalogue/" + slug));
        int first = from.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(from) : 1;
        List<String> refusals = Uploads.TOO_LARGE.equals(refused)
                ? List.of(t.get("media.request-too-large", CatalogueDesk.megabytes(Uploads.BYTES_MAX)))
                : List.of();
        return Desks.page("design-pieces", desks.of(brand, said), shown(c, first, refusals));
    }

    private Table shown(Collectible c, int first, List<String> refusals) {
        List<UniquePieces.Unique> found = unique.from(c.id(), first, SHOWN + 1);
        return new Table(
                c,
                c.first(UniquePieces.ROLE),
                unique.count(c.id()),
                found.subList(0, Math.min(SHOWN, found.size())),
                found.size() > SHOWN ? found.get(SHOWN).serial() : 0,
                refusals);
    }

    @PostMapping("/desk/{brand}/catalogue/{slug}/pieces")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView upload(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(name = "table", required = false) @Nullable MultipartFile table,
            @RequestParam(name = "pictures", required = false) @Nullable List<MultipartFile> pictures,
            Texts t) {
        Collectible c = find(brand, slug);
        if (c.publishedAt() != null) return tooLate(brand, slug, t);
        List<String> refusals = new ArrayList<>();
        Map<String, Hash32> named = new HashMap<>();
        for (MultipartFile picture : Optional.ofNullable(pictures).orElse(List.of())) {
            if (picture.isEmpty()) continue;
            String name = called(picture);
            switch (library.add(CatalogueDesk.bytes(picture))) {
                case MediaLibrary.Adding.Added added
                when added.type().startsWith("image/") -> named.put(name, added.sha256());
                case MediaLibrary.Adding.Added added -> refusals.add(t.get("pieces.not-a-picture", t.quoted(name)));
                case MediaLibrary.Adding.Refused(String code, String got, String want) ->
                    refusals.add(t.get(code, t.quoted(name), got, want));
            }
        }
        if (table == null || table.isEmpty()) refusals.add(t.get("pieces.no-file"));
        if (refusals.isEmpty() && table != null) {
            switch (unique.read(CatalogueDesk.bytes(table), named)) {
                case UniquePieces.Reading.Bad(List<UniquePieces.Problem> problems) ->
                    problems.forEach(problem -> refusals.add(words(problem, t)));
                case UniquePieces.Reading.Whole whole -> {
                    var filing = desks.audited(
                            brand,
                            "collectible.pieces-listed",
                            slug,
                            Json.object("pieces", Json.of(whole.pieces().size())),
                            () -> unique.put(c.id(), whole),
                            Catalog.Filing.DONE::equals);
                    switch (filing) {
                        case DONE -> {
                            return Desks.to(desks.of(brand, null).path("catalogue/" + slug + "/pieces")
                                    + "?said=pieces-listed");
                        }
                        case PUBLISHED -> {
                            return tooLate(brand, slug, t);
                        }
                        case TOO_MANY ->
                            refusals.add(t.get("media.too-many", vitrine.catalog.CollectibleDraft.MEDIA_MAX));
                    }
                }
            }
        }
        return Desks.page(
                "design-pieces", desks.of(brand, null), shown(c, 1, refusals), HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** A colleague published it meanwhile, so a table changes nothing any more. */
    private ModelAndView tooLate(BrandId brand, String slug, Texts t) {
        return Desks.page(
                "design-pieces",
                desks.of(brand, null),
                shown(find(brand, slug), 1, List.of(t.get("desk.design.published-meanwhile"))),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private static String words(UniquePieces.Problem problem, Texts t) {
        String said = t.get(problem.code(), t.quoted(problem.got()));
        return problem.line() == 0 ? said : t.get("pieces.line", problem.line(), said);
    }

    private static String called(MultipartFile file) {
        String name = file.getOriginalFilename();
        if (name == null) return "?";
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    private Collectible find(BrandId brand, String slug) {
        return catalog.collectible(slug)
                .filter(c -> c.id().brand().equals(brand))
                .orElseThrow(Refused::notFound);
    }
}
