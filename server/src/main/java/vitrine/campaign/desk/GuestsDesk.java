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
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.Guests;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/**
 * The list of a stage: what is uploaded or pasted is read and counted, a second act brings it to the list, and what became of each line
 * comes home as a table. Nobody can be looked up here: of an address only a keyed hash is kept.
 */
@Controller
@Requires(Permission.SEE)
public class GuestsDesk {

    private final Desks desks;
    private final Guests guests;
    private final DropPlans plans;

    GuestsDesk(Desks desks, Guests guests, DropPlans plans) {
        this.desks = desks;
        this.guests = guests;
        this.plans = plans;
    }

    /**
     * @param people who stand on the list
     * @param open the file that is looked at; null: all of them
     * @param problems its lines that name nobody new, by the reason
     */
    public record Shown(
            Drop drop,
            UUID stage,
            Bilingual name,
            int people,
            List<Guests.File> all,
            Guests.@Nullable File open,
            Map<String, Integer> problems,
            @Nullable String refusal) {

        public String path() {
            return "drops/" + drop.slug() + "/guests/" + stage;
        }

        /** Whoever was promised to be let in is not taken from the list again. */
        public boolean mayReplace() {
            return drop.state() == Drop.State.DRAFT;
        }
    }

    @GetMapping("/desk/{brand}/drops/{slug}/guests/{stage}")
    ModelAndView list(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable UUID stage,
            @RequestParam(required = false) @Nullable String refused,
            Texts t) {
        return Desks.page(
                "guests",
                desks.of(brand, null),
                shown(
                        find(brand, slug),
                        stage,
                        null,
                        Uploads.TOO_LARGE.equals(refused) ? t.get("desk.airdrop.too-large") : null));
    }

    @GetMapping("/desk/{brand}/drops/{slug}/guests/{stage}/{id}")
    ModelAndView one(
            @PathVariable BrandId brand, @PathVariable String slug, @PathVariable UUID stage, @PathVariable UUID id) {
        Drop drop = find(brand, slug);
        return Desks.page("guests", desks.of(brand, null), shown(drop, stage, find(drop, stage, id), null));
    }

    /** How far it is: read again each second by the page that watches. */
    @GetMapping("/desk/{brand}/drops/{slug}/guests/{stage}/{id}/far")
    ModelAndView far(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable UUID stage,
            @PathVariable UUID id,
            HttpServletResponse response) {
        Guests.File file = find(find(brand, slug), stage, id);
        if (file.doneAt() != null) response.setHeader("HX-Refresh", "true");
        return new ModelAndView("desk/guests-far", "it", file);
    }

    /** A file, or lines in its place. */
    @PostMapping("/desk/{brand}/drops/{slug}/guests/{stage}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView read(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable UUID stage,
            @RequestParam(name = "file", required = false) @Nullable MultipartFile file,
            @RequestParam(name = "guests", defaultValue = "") String typed,
            Texts t) {
        Drop drop = find(brand, slug);
        MultipartFile uploaded = file == null || file.isEmpty() ? null : file;
        Guests.Reading reading = desks.audited(
                brand,
                "drop.guests-read",
                slug,
                Json.object("bytes", Json.of(uploaded == null ? typed.length() : uploaded.getSize())),
                () -> uploaded == null
                        ? guests.read(drop, stage, typed.lines())
                        : AddressFile.read(uploaded, lines -> guests.read(drop, stage, lines)),
                done -> done instanceof Guests.Reading.Read);
        return switch (reading) {
            case Guests.Reading.Read(Guests.File read) -> Desks.to(path(brand, read, slug));
            case Guests.Reading.TooLong(int most) -> refused(drop, stage, null, t.get("desk.airdrop.too-long", most));
            case Guests.Reading.Nobody no -> refused(drop, stage, null, t.get("desk.guests.nobody"));
            case Guests.Reading.NoList no -> throw Refused.notFound();
        };
    }

    @PostMapping("/desk/{brand}/drops/{slug}/guests/{stage}/{id}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView begin(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable UUID stage,
            @PathVariable UUID id,
            @RequestParam(name = "do", defaultValue = "add") String act,
            Texts t) {
        Drop drop = find(brand, slug);
        Guests.File file = find(drop, stage, id);
        boolean replaces = act.equals("replace");
        Guests.Beginning begun = desks.audited(
                brand,
                replaces ? "drop.guests-replaced" : "drop.guests",
                slug,
                Json.object("people", Json.of(file.people())),
                () -> guests.begin(file, replaces),
                done -> done instanceof Guests.Beginning.Begun);
        return switch (begun) {
            case Guests.Beginning.Begun b -> Desks.to(path(brand, file, slug));
            case Guests.Beginning.Frozen no -> refused(drop, stage, file, t.get("desk.guests.frozen"));
            case Guests.Beginning.OneAtATime no -> refused(drop, stage, file, t.get("desk.guests.one-at-a-time"));
            case Guests.Beginning.NotNow no -> refused(drop, stage, file, t.get("desk.drop.not-now"));
        };
    }

    /** By line of the file: whoever has the file knows who is meant, and nobody else does. */
    @GetMapping("/desk/{brand}/drops/{slug}/guests/{stage}/{id}/lines.csv")
    @Requires(Permission.CAMPAIGNS)
    void export(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable UUID stage,
            @PathVariable UUID id,
            HttpServletResponse response)
            throws IOException {
        Guests.File file = find(find(brand, slug), stage, id);
        response.setContentType("text/csv;charset=utf-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"" + slug + "-guests-" + id + ".csv\"");
        response.setHeader("Cache-Control", "no-store");
        var out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        try (CsvWriter csv = CsvWriter.builder().build(out)) {
            csv.writeRecord("line", "outcome");
            desks.inOneTransaction(() -> {
                guests.lines(file, line -> csv.writeRecord(String.valueOf(line.line()), line.outcome()));
                return true;
            });
        }
    }

    private Shown shown(Drop drop, UUID stage, Guests.@Nullable File open, @Nullable String refusal) {
        Bilingual name = guests.lists(drop).get(stage);
        if (name == null) throw Refused.notFound();
        return new Shown(
                drop,
                stage,
                name,
                guests.count(drop.id(), stage),
                open == null ? guests.of(drop.id(), stage) : List.of(),
                open,
                open == null ? Map.of() : guests.problems(open),
                refusal);
    }

    private ModelAndView refused(Drop drop, UUID stage, Guests.@Nullable File file, String words) {
        return Desks.page(
                "guests",
                desks.of(drop.id().brand(), null),
                shown(drop, stage, file, words),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private String path(BrandId brand, Guests.File file, String slug) {
        return desks.of(brand, null).path("drops/" + slug + "/guests/" + file.stage() + "/" + file.id());
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }

    private Guests.File find(Drop drop, UUID stage, UUID id) {
        return guests.find(drop.id().brand(), id)
                .filter(f -> f.drop().equals(drop.id()) && f.stage().equals(stage))
                .orElseThrow(Refused::notFound);
    }
}
