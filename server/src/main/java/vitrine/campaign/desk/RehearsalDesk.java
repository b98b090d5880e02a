package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.Rehearsals;
import vitrine.drop.Rehearsals.Asking;
import vitrine.drop.Rehearsals.Outcome;
import vitrine.drop.Rehearsals.Rehearsed;
import vitrine.drop.RehearsedCrowd;
import vitrine.drop.RehearsedStage;
import vitrine.platform.BrandId;
import vitrine.platform.Money;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Staff try their drop before anybody else does: whom they expect, how it goes, and how it would go by another rule. */
@Controller
@Requires(Permission.SEE)
public class RehearsalDesk {

    /** A seed that one can say aloud. */
    private static final int SEEDS = 1_000_000;

    private final Desks desks;
    private final DropPlans plans;
    private final Rehearsals rehearsals;
    private final SecureRandom random;

    RehearsalDesk(Desks desks, DropPlans plans, Rehearsals rehearsals, SecureRandom random) {
        this.desks = desks;
        this.plans = plans;
        this.rehearsals = rehearsals;
        this.random = random;
    }

    /**
     * @param typed the form's fields in their order
     * @param open the one that is looked at; null: there is none yet
     * @param offered whether one may be begun
     */
    public record Shown(
            Drop drop,
            Map<String, String> typed,
            List<Rehearsed> all,
            @Nullable Rehearsed open,
            boolean offered,
            @Nullable String refusal) {}

    @GetMapping("/desk/{brand}/drops/{slug}/rehearsal")
    ModelAndView page(@PathVariable BrandId brand, @PathVariable String slug) {
        Drop drop = find(brand, slug);
        List<Rehearsed> all = rehearsals.of(drop.id());
        return Desks.page("rehearsal", desks.of(brand, null), shown(drop, all, all.isEmpty() ? null : all.getFirst()));
    }

    @GetMapping("/desk/{brand}/drops/{slug}/rehearsal/{id}")
    ModelAndView one(@PathVariable BrandId brand, @PathVariable String slug, @PathVariable UUID id) {
        Drop drop = find(brand, slug);
        return Desks.page("rehearsal", desks.of(brand, null), shown(drop, rehearsals.of(drop.id()), find(drop, id)));
    }

    /** How far it is: read again each second by the page that watches, until it is over and the page is read anew. */
    @GetMapping("/desk/{brand}/drops/{slug}/rehearsal/{id}/far")
    ModelAndView far(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletResponse response) {
        Rehearsed one = find(find(brand, slug), id);
        if (one.outcome() != null) response.setHeader("HX-Refresh", "true");
        return new ModelAndView("desk/rehearsal-far", "it", one);
    }

    private Shown shown(Drop drop, List<Rehearsed> all, @Nullable Rehearsed open) {
        return new Shown(
                drop,
                typed(open == null ? RehearsedCrowd.USUAL : open.crowd(), null),
                all,
                open,
                rehearsals.offered(drop),
                null);
    }

    /** @param seed null: another one each time */
    private static Map<String, String> typed(RehearsedCrowd crowd, @Nullable Long seed) {
        Map<String, String> typed = new LinkedHashMap<>();
        typed.put("accounts", String.valueOf(crowd.accounts()));
        typed.put("botsPercent", String.valueOf(crowd.botsPercent()));
        typed.put("botAccounts", String.valueOf(crowd.botAccounts()));
        typed.put("earlyPercent", String.valueOf(crowd.earlyPercent()));
        typed.put("minutes", String.valueOf(crowd.minutes()));
        typed.put("entitledPercent", String.valueOf(crowd.entitledPercent()));
        typed.put("comePercent", String.valueOf(crowd.comePercent()));
        typed.put("payPercent", String.valueOf(crowd.payPercent()));
        typed.put("mailPercent", String.valueOf(crowd.mailPercent()));
        typed.put("seed", seed == null ? "" : String.valueOf(seed));
        return typed;
    }

    @PostMapping("/desk/{brand}/drops/{slug}/rehearsal")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView begin(
            @PathVariable BrandId brand, @PathVariable String slug, @RequestParam Map<String, String> form, Texts t) {
        Drop drop = find(brand, slug);
        var crowd = new RehearsedCrowd(
                number(form, "accounts"),
                number(form, "botsPercent"),
                number(form, "botAccounts"),
                number(form, "earlyPercent"),
                number(form, "minutes"),
                number(form, "entitledPercent"),
                number(form, "comePercent"),
                number(form, "payPercent"),
                number(form, "mailPercent"));
        String typedSeed = form.getOrDefault("seed", "").strip();
        long seed = typedSeed.matches("[0-9]{1,9}") ? Long.parseLong(typedSeed) : random.nextInt(SEEDS);
        Asking asking = desks.audited(
                brand,
                "drop.rehearsed",
                slug,
                Json.object("accounts", Json.of(crowd.accounts())),
                () -> rehearsals.ask(drop, crowd, seed, desks.who().actorName()),
                ended -> ended instanceof Asking.Asked);
        String path = desks.of(brand, null).path("drops/" + slug + "/rehearsal");
        return switch (asking) {
            case Asking.Asked(UUID id) -> Desks.to(path + "/" + id);
            case Asking.GoesOn(UUID id) -> Desks.to(path + "/" + id);
            case Asking.Unfinished u -> refused(drop, form, t.get("desk.drop.unfinished"));
            case Asking.TooLate l -> refused(drop, form, t.get("desk.rehearsal.too-late"));
            case Asking.NoSuchCrowd(String field) ->
                refused(drop, form, t.get("desk.rehearsal.range", t.get("desk.rehearsal.crowd." + field)));
        };
    }

    private ModelAndView refused(Drop drop, Map<String, String> form, String words) {
        BrandId brand = drop.id().brand();
        Map<String, String> typed = typed(RehearsedCrowd.USUAL, null);
        typed.replaceAll((name, usual) -> form.getOrDefault(name, usual).strip());
        List<Rehearsed> all = rehearsals.of(drop.id());
        return Desks.page(
                "rehearsal",
                desks.of(brand, null),
                new Shown(drop, typed, all, null, rehearsals.offered(drop), words),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** What is no number is out of every range. */
    private static int number(Map<String, String> form, String name) {
        String text = form.getOrDefault(name, "").strip();
        return text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : -1;
    }

    /** One line for each stage by each rule. */
    @GetMapping("/desk/{brand}/drops/{slug}/rehearsal/{id}/stages.csv")
    void stages(
            @PathVariable BrandId brand, @PathVariable String slug, @PathVariable UUID id, HttpServletResponse response)
            throws IOException {
        write(response, slug + "-rehearsal", csv -> {
            csv.writeRecord(
                    "rule",
                    "stage",
                    "mode",
                    "pieces",
                    "people",
                    "bots",
                    "sold",
                    "sold to bots",
                    "came back",
                    "left",
                    "gone after seconds",
                    "sold out after seconds",
                    "half waited seconds",
                    "nine in ten waited seconds",
                    "money",
                    "currency");
            each(find(find(brand, slug), id), (rule, stage) -> {
                Money money = stage.money();
                csv.writeRecord(
                        rule,
                        stage.name().en(),
                        stage.mode().code(),
                        String.valueOf(stage.room()),
                        String.valueOf(stage.people()),
                        String.valueOf(stage.bots()),
                        String.valueOf(stage.sold()),
                        String.valueOf(stage.botsSold()),
                        String.valueOf(stage.back()),
                        String.valueOf(stage.left()),
                        seconds(stage.goneAfter()),
                        seconds(stage.soldOutAfter()),
                        seconds(stage.waitHalf()),
                        seconds(stage.waitMost()),
                        money == null
                                ? ""
                                : BigDecimal.valueOf(
                                                money.minor(), money.currency().getDefaultFractionDigits())
                                        .toPlainString(),
                        money == null ? "" : money.currency().getCurrencyCode());
            });
        });
    }

    /** What the plots show, step by step. */
    @GetMapping("/desk/{brand}/drops/{slug}/rehearsal/{id}/steps.csv")
    void steps(
            @PathVariable BrandId brand, @PathVariable String slug, @PathVariable UUID id, HttpServletResponse response)
            throws IOException {
        write(response, slug + "-rehearsal-steps", csv -> {
            csv.writeRecord("rule", "stage", "from seconds", "taken", "taken by bots", "left");
            each(find(find(brand, slug), id), (rule, stage) -> stage.steps()
                    .forEach(step -> csv.writeRecord(
                            rule,
                            stage.name().en(),
                            seconds(step.from()),
                            String.valueOf(step.taken()),
                            String.valueOf(step.botsTaken()),
                            String.valueOf(step.left()))));
        });
    }

    private interface Table {
        void write(CsvWriter csv);
    }

    private static void write(HttpServletResponse response, String file, Table table) throws IOException {
        try (CsvWriter csv = Tables.csv(response, file)) {
            table.write(csv);
        }
    }

    private static void each(Rehearsed one, BiConsumer<String, RehearsedStage> line) {
        Outcome outcome = one.outcome();
        if (outcome == null) throw Refused.notFound();
        outcome.stages().forEach(stage -> line.accept("planned", stage));
        outcome.others().forEach(other -> other.stages().forEach(stage -> line.accept(other.rule(), stage)));
    }

    private static String seconds(@Nullable Duration duration) {
        return duration == null
                ? ""
                : BigDecimal.valueOf(duration.toMillis(), 3)
                        .stripTrailingZeros()
                        .toPlainString();
    }

    /** {@code 0.6 s}, {@code 42 s}, {@code 4 min}, {@code 2 h 5 min}: as much as says something. */
    public static String span(Texts t, @Nullable Duration duration) {
        if (duration == null) return "–";
        if (duration.isZero()) return t.get("desk.rehearsal.seconds", "0");
        if (duration.toSeconds() < 10)
            return t.get("desk.rehearsal.seconds", String.valueOf(duration.toMillis() / 100 / 10.0));
        if (duration.toSeconds() < 120) return t.get("desk.rehearsal.seconds", t.number(duration.toSeconds()));
        if (duration.toMinutes() < 120) return t.get("desk.rehearsal.minutes", t.number(duration.toMinutes()));
        return t.get("desk.rehearsal.hours", t.number(duration.toHours()), t.number(duration.toMinutesPart()));
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }

    private Rehearsed find(Drop drop, UUID id) {
        return rehearsals.find(drop.id(), id).orElseThrow(Refused::notFound);
    }
}
