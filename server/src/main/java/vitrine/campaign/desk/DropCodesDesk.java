package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropPlans;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Codes of a stage that wants one: made, and taken home as sheets to cut or as a table. */
@Controller
@Requires(Permission.CAMPAIGNS)
public class DropCodesDesk {

    private final Desks desks;
    private final DropsDesk drops;
    private final DropPlans plans;
    private final DropCodes codes;
    private final CodeSheet sheet;

    DropCodesDesk(Desks desks, DropsDesk drops, DropPlans plans, DropCodes codes, CodeSheet sheet) {
        this.desks = desks;
        this.drops = drops;
        this.plans = plans;
        this.codes = codes;
        this.sheet = sheet;
    }

    @PostMapping("/desk/{brand}/drops/{slug}/codes")
    ModelAndView make(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(name = "stage", defaultValue = "") String of,
            @RequestParam(name = "codes", defaultValue = "") String typedCount,
            @RequestParam(name = "uses", defaultValue = "") String typedUses,
            Texts t) {
        Drop drop = find(brand, slug);
        UUID stage = Optional.ofNullable(DropForm.uuid(of)).orElseThrow(Refused::notFound);
        int count = Objects.requireNonNullElse(DropForm.number(typedCount.strip()), DropForm.NOT_A_NUMBER);
        int uses = Objects.requireNonNullElse(DropForm.number(typedUses.strip()), DropForm.NOT_A_NUMBER);
        DropCodes.Making made = desks.audited(
                brand,
                "drop.codes-made",
                drop.slug(),
                Json.object("codes", Json.of(count), "uses", Json.of(uses)),
                () -> codes.make(drop, stage, count, uses),
                done -> done instanceof DropCodes.Making.Made);
        return made instanceof DropCodes.Making.Made
                ? Desks.to(desks.of(brand, null).path("drops/" + drop.slug()) + "?said=saved")
                : drops.refused(
                        brand, drop, t.get("desk.drop.codes-range", DropCodes.CODES_MAX, DropCodes.USES_MAX), t);
    }

    /** Whoever has a code has a piece: only those who may make them take them home, and it is written down. */
    @GetMapping("/desk/{brand}/drops/{slug}/codes/{file}")
    void takeHome(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable String file,
            Texts t,
            HttpServletResponse response)
            throws IOException {
        Drop drop = find(brand, slug);
        boolean paper = file.endsWith(".pdf");
        if (!paper && !file.endsWith(".csv")) throw Refused.notFound();
        DropCodes.Batch batch = Optional.ofNullable(DropForm.uuid(file.substring(0, file.length() - 4)))
                .flatMap(id -> codes.find(drop.id(), id))
                .orElseThrow(Refused::notFound);
        desks.audited(
                brand,
                "drop.codes-taken",
                slug,
                Json.object("batch", Json.of(batch.id().toString())),
                () -> batch,
                taken -> true);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader(
                "Content-Disposition", "attachment; filename=\"" + slug + "-codes" + (paper ? ".pdf" : ".csv") + "\"");
        List<CodeSheet.Card> cards = codes.codes(batch)
                .map(code -> new CodeSheet.Card(code, sheet.address(drop, code)))
                .toList();
        if (paper) {
            response.setContentType("application/pdf");
            sheet.print(t.of(drop.name()), cards, response.getOutputStream());
            return;
        }
        response.setContentType("text/csv;charset=utf-8");
        var out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        try (CsvWriter csv = CsvWriter.builder().build(out)) {
            csv.writeRecord("code", "address", "uses");
            for (CodeSheet.Card card : cards)
                csv.writeRecord(card.code(), card.address(), String.valueOf(batch.uses()));
        }
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
