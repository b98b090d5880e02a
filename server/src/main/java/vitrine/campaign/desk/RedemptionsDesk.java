package vitrine.campaign.desk;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;
import vitrine.fulfilment.Fulfilment;
import vitrine.fulfilment.Fulfilments;
import vitrine.fulfilment.Fulfilments.Step;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** What holders redeemed: perks to hand over against their receipt, parcels to pack, and a table that says what became of many at once. */
@Controller
@Requires(Permission.SHOPS)
public class RedemptionsDesk {

    private static final int LIST_MOST = 200;
    private static final int EXPORT_MOST = 100_000;
    private static final int LINES_MOST = 10_000;
    private static final int PROBLEMS_SHOWN = 50;

    private final Desks desks;
    private final Fulfilments fulfilments;

    RedemptionsDesk(Desks desks, Fulfilments fulfilments) {
        this.desks = desks;
        this.fulfilments = fulfilments;
    }

    /** A line of a table that changed nothing. @param line counted from 1, the head included */
    public record Problem(long line, String receipt, String code) {}

    /**
     * @param receipt what was looked for; empty: nothing was
     * @param found what has this receipt; null: nothing, or none was looked for
     * @param carrier as typed for a step that was refused, with {@code tracking}
     * @param changed how many lines of a table changed something; null: no table was read
     * @param corrected the receipts of those that replaced a carrier or a number
     */
    public record Shown(
            List<Fulfilment> all,
            String receipt,
            @Nullable Fulfilment found,
            String carrier,
            String tracking,
            @Nullable Integer changed,
            List<String> corrected,
            List<Problem> problems,
            @Nullable String refusal) {}

    @GetMapping("/desk/{brand}/redemptions")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String receipt,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String refused,
            Texts t) {
        String typed = receipt.strip();
        return Desks.page(
                "redemptions",
                desks.of(brand, said),
                shown(
                        brand,
                        typed,
                        "",
                        "",
                        null,
                        List.of(),
                        List.of(),
                        Uploads.TOO_LARGE.equals(refused) ? t.get("desk.airdrop.too-large") : null));
    }

    private Shown shown(
            BrandId brand,
            String receipt,
            String carrier,
            String tracking,
            @Nullable Integer changed,
            List<String> corrected,
            List<Problem> problems,
            @Nullable String refusal) {
        return new Shown(
                fulfilments.list(brand, LIST_MOST),
                receipt,
                receipt.isEmpty() ? null : fulfilments.byReceipt(brand, receipt).orElse(null),
                carrier,
                tracking,
                changed,
                corrected,
                problems,
                refusal);
    }

    /** One by one: shipped with carrier and number, delivered, or handed over. */
    @PostMapping("/desk/{brand}/redemptions")
    ModelAndView step(@PathVariable BrandId brand, @RequestParam Map<String, String> form, Texts t) {
        String receipt = form.getOrDefault("receipt", "").strip();
        String carrier = form.getOrDefault("carrier", "");
        String tracking = form.getOrDefault("tracking", "");
        Step step = form.getOrDefault("do", "").equals("ship")
                ? shipped(brand, receipt, () -> fulfilments.ship(brand, receipt, carrier, tracking))
                : finished(brand, receipt);
        if (changes(step))
            return Desks.to(
                    Desks.address(desks.of(brand, null).path("redemptions"), "receipt", receipt, "said", "saved"));
        return Desks.page(
                "redemptions",
                desks.of(brand, null),
                shown(brand, receipt, carrier, tracking, null, List.of(), List.of(), words(t, step)),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private Step shipped(BrandId brand, String receipt, Supplier<Step> step) {
        return desks.audited(brand, "redemption.shipped", receipt, Json.object(), step, RedemptionsDesk::changes);
    }

    private Step finished(BrandId brand, String receipt) {
        return desks.audited(
                brand,
                "redemption.finished",
                receipt,
                Json.object(),
                () -> fulfilments.finish(brand, receipt),
                RedemptionsDesk::changes);
    }

    private static boolean changes(Step step) {
        return step instanceof Step.Done || step instanceof Step.Corrected;
    }

    /** What a step that was not taken says. */
    public static String words(Texts t, Step step) {
        return step instanceof Step.Before before
                ? t.get("fulfilment.before", t.dateTime(before.at()))
                : t.get(step.code());
    }

    /** Where the parcels go: only who looks after shops takes it home, and both is written down, so no link does it. */
    @PostMapping("/desk/{brand}/redemptions/parcels.csv")
    void export(@PathVariable BrandId brand, HttpServletResponse response) throws IOException {
        List<Fulfilments.ToShip> open = desks.audited(
                brand,
                "redemption.addresses-taken",
                "parcels",
                Json.object(),
                () -> fulfilments.export(brand, EXPORT_MOST),
                taken -> true);
        try (CsvWriter csv = Tables.csv(response, "parcels")) {
            csv.writeRecord(
                    "receipt",
                    "what",
                    "piece",
                    "name",
                    "street",
                    "postcode",
                    "city",
                    "country",
                    "phone",
                    "carrier",
                    "tracking",
                    "delivered");
            for (Fulfilments.ToShip one : open) {
                Map<String, String> goes =
                        one.address() == null ? Map.of() : one.address().fields();
                csv.writeRecord(
                        one.fulfilment().receipt(),
                        one.fulfilment().promised().en(),
                        one.fulfilment().pieceSlug() + "-"
                                + one.fulfilment().piece().serial(),
                        cell(goes, "name"),
                        cell(goes, "street"),
                        cell(goes, "postcode"),
                        cell(goes, "city"),
                        cell(goes, "country"),
                        cell(goes, "phone"),
                        "",
                        "",
                        "");
            }
        }
    }

    /** What a stranger typed is not a formula in the reader's spreadsheet. */
    private static String cell(Map<String, String> goes, String field) {
        String text = goes.getOrDefault(field, "");
        return !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    /** The same table, with what became of its lines: carrier and tracking ship, a word under delivered finishes. */
    @PostMapping("/desk/{brand}/redemptions/table")
    ModelAndView read(
            @PathVariable BrandId brand,
            @RequestParam(name = "file", required = false) @Nullable MultipartFile file,
            Texts t)
            throws IOException {
        if (file == null || file.isEmpty()) return refused(brand, t.get("desk.redemption.no-table"));
        int changed = 0;
        List<String> corrected = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        List<NamedCsvRecord> lines = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder()
                .fieldSeparator(separator(file))
                .allowExtraFields(true)
                .allowMissingFields(true)
                .detectBomHeader(true)
                .ofNamedCsvRecord(file.getInputStream())) {
            for (NamedCsvRecord line : csv) {
                if (line.getStartingLineNumber() > LINES_MOST)
                    return refused(brand, t.get("desk.airdrop.too-long", LINES_MOST));
                if (!line.getHeader().contains("receipt")) return refused(brand, t.get("desk.redemption.no-table"));
                lines.add(line);
            }
        } catch (CsvParseException e) {
            return refused(brand, t.get("desk.redemption.no-table"));
        }
        // Only now: a table that is refused has changed nothing.
        for (NamedCsvRecord line : lines) changed += line(brand, line, corrected, problems);
        return Desks.page(
                "redemptions",
                desks.of(brand, null),
                shown(
                        brand,
                        "",
                        "",
                        "",
                        changed,
                        corrected.stream().limit(PROBLEMS_SHOWN).toList(),
                        problems.stream().limit(PROBLEMS_SHOWN).toList(),
                        null));
    }

    /** A spreadsheet whose commas stand in numbers has others between its columns. */
    private static char separator(MultipartFile file) throws IOException {
        try (var reader = new BufferedReader(new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8))) {
            String head = Objects.requireNonNullElse(reader.readLine(), "");
            return head.contains(";") ? ';' : head.contains("\t") ? '\t' : ',';
        }
    }

    /** Each line is a step of its own: what is right stands, though another line is wrong. */
    private int line(BrandId brand, NamedCsvRecord line, List<String> corrected, List<Problem> problems) {
        String receipt = line.findField("receipt").orElse("").strip();
        String carrier = line.findField("carrier").orElse("").strip();
        String tracking = line.findField("tracking").orElse("").strip();
        String delivered = line.findField("delivered").orElse("").strip();
        boolean changed = false;
        if (!carrier.isEmpty() || !tracking.isEmpty()) {
            Step shipped = shipped(brand, receipt, () -> fulfilments.shipByTable(brand, receipt, carrier, tracking));
            changed = changes(shipped);
            if (shipped instanceof Step.Corrected) corrected.add(receipt);
            if (!changed && !(shipped instanceof Step.Before)) {
                problems.add(new Problem(line.getStartingLineNumber(), receipt, shipped.code()));
                return 0;
            }
        }
        if (!delivered.isEmpty()) {
            Step finished = finished(brand, receipt);
            changed |= finished instanceof Step.Done;
            if (!(finished instanceof Step.Done) && !(finished instanceof Step.Before))
                problems.add(new Problem(line.getStartingLineNumber(), receipt, finished.code()));
        }
        return changed ? 1 : 0;
    }

    private ModelAndView refused(BrandId brand, String words) {
        return Desks.page(
                "redemptions",
                desks.of(brand, null),
                shown(brand, "", "", "", null, List.of(), List.of(), words),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }
}
