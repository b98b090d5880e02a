package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import vitrine.drop.Airdrops;
import vitrine.drop.Airdrops.Airdrop;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Airdrops: a file is read and counted, a second act gives its pieces or throws it away, and what became of each line comes home as a table. */
@Controller
@Requires(Permission.SEE)
public class AirdropsDesk {

    public static final long FILE_MAX = Uploads.BYTES_MAX;

    private final Desks desks;
    private final Airdrops airdrops;
    private final Catalog catalog;

    AirdropsDesk(Desks desks, Airdrops airdrops, Catalog catalog) {
        this.desks = desks;
        this.airdrops = airdrops;
        this.catalog = catalog;
    }

    public record Row(Airdrop airdrop, Bilingual name) {}

    /** A new one as its form was filled in; browsers keep no file. */
    public record Typed(String collectible, String policy, boolean mails) {
        static final Typed NOTHING = new Typed("", "never", true);
    }

    /**
     * @param open the one that is looked at; null: the list
     * @param problems lines that get nothing, by the reason
     */
    public record Shown(
            List<Row> all,
            @Nullable Row open,
            Map<String, Integer> problems,
            List<Collectible> collectibles,
            Typed typed,
            @Nullable String refusal) {}

    @GetMapping("/desk/{brand}/airdrops")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String refused,
            Texts t) {
        return Desks.page(
                "airdrops",
                desks.of(brand, said),
                shown(
                        brand,
                        null,
                        Typed.NOTHING,
                        Uploads.TOO_LARGE.equals(refused) ? t.get("desk.airdrop.too-large") : null));
    }

    @GetMapping("/desk/{brand}/airdrops/{id}")
    ModelAndView one(
            @PathVariable BrandId brand, @PathVariable UUID id, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("airdrops", desks.of(brand, said), shown(brand, find(brand, id), Typed.NOTHING, null));
    }

    /** How far it is: read again each second by the page that watches. */
    @GetMapping("/desk/{brand}/airdrops/{id}/far")
    ModelAndView far(@PathVariable BrandId brand, @PathVariable UUID id, HttpServletResponse response) {
        Airdrop airdrop = find(brand, id);
        // What it counted changed with it, and there is nothing more to watch.
        if (airdrop.doneAt() != null) response.setHeader("HX-Refresh", "true");
        return new ModelAndView("desk/airdrop-far", "it", airdrop);
    }

    private Shown shown(BrandId brand, @Nullable Airdrop open, Typed typed, @Nullable String refusal) {
        return new Shown(
                open == null ? airdrops.of(brand).stream().map(this::row).toList() : List.of(),
                open == null ? null : row(open),
                open == null ? Map.of() : airdrops.problems(brand, open.id()),
                open == null
                        ? catalog.collectibles(brand).stream()
                                .filter(c -> c.publishedAt() != null)
                                .toList()
                        : List.of(),
                typed,
                refusal);
    }

    private Row row(Airdrop airdrop) {
        return new Row(airdrop, catalog.collectible(airdrop.collectible()).name());
    }

    @PostMapping("/desk/{brand}/airdrops")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView read(
            @PathVariable BrandId brand,
            @RequestParam(name = "file", required = false) @Nullable MultipartFile file,
            @RequestParam(defaultValue = "") String collectible,
            @RequestParam(defaultValue = "never") String giftPolicy,
            @RequestParam(defaultValue = "") String mails,
            Texts t) {
        var typed = new Typed(collectible, giftPolicy, mails.equals("yes"));
        Collectible of = catalog.collectibles(brand).stream()
                .filter(c -> c.id().value().toString().equals(collectible))
                .findFirst()
                .orElse(null);
        if (of == null || file == null || file.isEmpty())
            return refused(brand, typed, t.get("desk.airdrop.what-and-whom"));
        GiftPolicy policy;
        try {
            policy = GiftPolicy.of(giftPolicy);
        } catch (IllegalArgumentException e) {
            throw Refused.notFound();
        }
        Airdrops.Reading reading = desks.audited(
                brand,
                "airdrop.read",
                of.slug(),
                Json.object("bytes", Json.of(file.getSize())),
                () -> AddressFile.read(file, lines -> airdrops.read(of.id(), policy, typed.mails(), lines)),
                done -> done instanceof Airdrops.Reading.Read);
        return switch (reading) {
            case Airdrops.Reading.Read(Airdrop airdrop) ->
                Desks.to(desks.of(brand, null).path("airdrops/" + airdrop.id()));
            case Airdrops.Reading.TooLong(int most) -> refused(brand, typed, t.get("desk.airdrop.too-long", most));
            case Airdrops.Reading.NoCollectible no -> refused(brand, typed, t.get("desk.airdrop.what-and-whom"));
            case Airdrops.Reading.Nobody no -> refused(brand, typed, t.get("desk.airdrop.nobody"));
        };
    }

    @PostMapping("/desk/{brand}/airdrops/{id}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView begin(
            @PathVariable BrandId brand,
            @PathVariable UUID id,
            @RequestParam(name = "do", defaultValue = "give") String act,
            @RequestParam(defaultValue = "") String sure,
            Texts t) {
        Airdrop airdrop = find(brand, id);
        if (act.equals("discard")) return discard(airdrop, t);
        if (!sure.equals("yes")) return refused(brand, airdrop, t.get("desk.drop.sure"));
        Airdrops.Beginning begun = desks.audited(
                brand,
                "airdrop.begun",
                id.toString(),
                Json.object("people", Json.of(airdrop.people())),
                () -> airdrops.begin(brand, id),
                done -> done instanceof Airdrops.Beginning.Begun);
        return switch (begun) {
            case Airdrops.Beginning.Begun b -> Desks.to(desks.of(brand, null).path("airdrops/" + id));
            case Airdrops.Beginning.TooFew(int there, int wanted) ->
                refused(brand, airdrop, t.get("desk.airdrop.too-few", there, wanted));
            case Airdrops.Beginning.Promised(String drop, int free, int wanted) ->
                refused(brand, airdrop, t.get("desk.airdrop.promised", drop, free, wanted));
            case Airdrops.Beginning.NotNow no -> refused(brand, airdrop, t.get("desk.drop.not-now"));
        };
    }

    private ModelAndView discard(Airdrop airdrop, Texts t) {
        boolean gone = desks.audited(
                airdrop.brand(),
                "airdrop.discarded",
                airdrop.id().toString(),
                Json.object("people", Json.of(airdrop.people())),
                () -> airdrops.discard(airdrop.brand(), airdrop.id()),
                done -> done);
        return gone
                ? Desks.to(desks.of(airdrop.brand(), null).path("airdrops") + "?said=airdrop-discarded")
                : refused(airdrop.brand(), airdrop, t.get("desk.drop.not-now"));
    }

    /** By line of the file: whoever has the file knows who is meant, and nobody else does. */
    @GetMapping("/desk/{brand}/airdrops/{id}/lines.csv")
    @Requires(Permission.CAMPAIGNS)
    void export(@PathVariable BrandId brand, @PathVariable UUID id, HttpServletResponse response) throws IOException {
        Airdrop airdrop = find(brand, id);
        desks.audited(brand, "airdrop.taken-home", id.toString(), Json.object(), () -> airdrop, taken -> true);
        response.setContentType("text/csv;charset=utf-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"airdrop-" + id + ".csv\"");
        response.setHeader("Cache-Control", "no-store");
        var out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        try (CsvWriter csv = CsvWriter.builder().build(out)) {
            csv.writeRecord("line", "outcome", "number", "gift link");
            desks.inOneTransaction(() -> {
                airdrops.lines(
                        brand,
                        id,
                        line -> csv.writeRecord(
                                String.valueOf(line.line()),
                                line.problem() != null ? line.problem() : line.serial() == null ? "waiting" : "given",
                                line.serial() == null ? "" : line.serial().toString(),
                                line.link() == null ? "" : line.link()));
                return true;
            });
        }
    }

    private ModelAndView refused(BrandId brand, Airdrop airdrop, String words) {
        return refused(brand, shown(brand, airdrop, Typed.NOTHING, words));
    }

    private ModelAndView refused(BrandId brand, Typed typed, String words) {
        return refused(brand, shown(brand, null, typed, words));
    }

    private ModelAndView refused(BrandId brand, Shown shown) {
        return Desks.page("airdrops", desks.of(brand, null), shown, HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private Airdrop find(BrandId brand, UUID id) {
        return airdrops.find(brand, id).orElseThrow(Refused::notFound);
    }
}
