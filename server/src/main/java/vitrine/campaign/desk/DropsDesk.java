package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.drop.ClaimPace;
import vitrine.drop.Claims;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropDraft;
import vitrine.drop.DropDraft.CauseDraft;
import vitrine.drop.DropDraft.PromiseDraft;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.DropPlans.Problem;
import vitrine.drop.Entrances;
import vitrine.drop.LiveDrops;
import vitrine.drop.Rehearsals;
import vitrine.drop.Stage;
import vitrine.identity.Persons;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Money;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Drops: written, checked, published for good, watched, paused, ended, and taken home as a table. */
@Controller
@Requires(Permission.SEE)
public class DropsDesk {

    private static final int TEXT_MAX = 400;
    private static final int NOT_A_NUMBER = -1;
    private static final int STAGES_MAX = 6;
    /** In which a stage can have its price. */
    public static final List<String> CURRENCIES = List.of("CNY", "EUR", "USD", "GBP", "HKD", "JPY");

    private static final int HOLD_TO_PAY = 10;

    /** A form of two megabytes holds so many addresses. */
    private static final int GUESTS_MAX = 50_000;

    private final Desks desks;
    private final DropPlans plans;
    private final LiveDrops lives;
    private final Entrances entrances;
    private final Claims claims;
    private final ClaimPace pace;
    private final DropCodes codes;
    private final CodeSheet sheet;
    private final Catalog catalog;
    private final Persons persons;
    private final BuyerKeys buyerKeys;
    private final Rehearsals rehearsals;
    private final BusinessClock clock;

    DropsDesk(
            Desks desks,
            DropPlans plans,
            LiveDrops lives,
            Entrances entrances,
            Claims claims,
            ClaimPace pace,
            DropCodes codes,
            CodeSheet sheet,
            Catalog catalog,
            Persons persons,
            BuyerKeys buyerKeys,
            Rehearsals rehearsals,
            BusinessClock clock) {
        this.desks = desks;
        this.plans = plans;
        this.lives = lives;
        this.entrances = entrances;
        this.claims = claims;
        this.pace = pace;
        this.codes = codes;
        this.sheet = sheet;
        this.catalog = catalog;
        this.persons = persons;
        this.buyerKeys = buyerKeys;
        this.rehearsals = rehearsals;
        this.clock = clock;
    }

    /** Whom the proceeds go to, as it was typed; all empty: the brand. */
    public record TypedCause(String zh, String en, String link) {
        static final TypedCause NOTHING = new TypedCause("", "", "");

        /** Whether anything stands in its fields: what was typed is never folded away. */
        public boolean typed() {
            return !equals(NOTHING);
        }

        private @Nullable CauseDraft draft() {
            return equals(NOTHING) ? null : new CauseDraft(new Bilingual(zh, en), link);
        }

        private static TypedCause of(@Nullable CauseDraft draft) {
            return draft == null
                    ? NOTHING
                    : new TypedCause(draft.name().zh(), draft.name().en(), draft.link());
        }
    }

    /** What a piece brings besides, as it was typed. @param kind empty: nothing */
    public record TypedPromise(String kind, String zh, String en, String textZh, String textEn, String until) {
        static final TypedPromise NOTHING = new TypedPromise("", "", "", "", "", "");

        /** Whether anything stands in its fields: what was typed is never folded away. */
        public boolean typed() {
            return !equals(NOTHING);
        }

        private @Nullable PromiseDraft draft(Texts t) {
            return kind.isEmpty()
                    ? null
                    : new PromiseDraft(kind, new Bilingual(zh, en), new Bilingual(textZh, textEn), instant(until, t));
        }

        private static TypedPromise of(@Nullable PromiseDraft draft, Texts t) {
            return draft == null
                    ? NOTHING
                    : new TypedPromise(
                            draft.kind(),
                            draft.name().zh(),
                            draft.name().en(),
                            draft.text().zh(),
                            draft.text().en(),
                            said(draft.until(), t));
        }
    }

    /** A stage as it was typed. */
    public record TypedStage(
            String id,
            String nameZh,
            String nameEn,
            String collectible,
            String opens,
            String closes,
            String cap,
            String limit,
            String entry,
            String entryOf,
            String hold,
            String giftPolicy,
            boolean chosen,
            boolean onePerson,
            String mode,
            String price,
            String currency,
            TypedCause cause,
            TypedPromise promise) {
        static final TypedStage NOTHING = new TypedStage(
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "1",
                "everyone",
                "",
                "",
                "never",
                false,
                false,
                "race",
                "",
                "CNY",
                TypedCause.NOTHING,
                TypedPromise.NOTHING);

        boolean isEmpty() {
            return collectible.isEmpty() && opens.isEmpty() && closes.isEmpty() && nameZh.isEmpty() && nameEn.isEmpty();
        }
    }

    public record Typed(String nameZh, String nameEn, String aboutZh, String aboutEn, List<TypedStage> stages) {
        static final Typed NOTHING = new Typed("", "", "", "", List.of(TypedStage.NOTHING));
    }

    /**
     * @param seen null for a draft
     * @param over it was ended, or its last stage has closed: there is nothing left to pause or to end
     */
    public record Row(Drop drop, LiveDrops.@Nullable Seen seen, boolean over) {
        public boolean opens() {
            return seen != null && seen.phase() == LiveDrops.Phase.OPEN;
        }
    }

    /**
     * @param open the drop that is looked at; null: the list
     * @param problems what keeps the draft from being published
     * @param personsChecked whether somebody can confirm that an account is one human's
     * @param counts by stage, of a published one
     * @param pace of a published one
     * @param rehearsable whether it may be tried, or was
     */
    public record Editor(
            List<Row> all,
            @Nullable Row open,
            Typed typed,
            String slug,
            List<Collectible> collectibles,
            List<Problem> problems,
            List<LiveDrops.StageCount> counts,
            ClaimPace.@Nullable Pace pace,
            List<DropCodes.Batch> batches,
            boolean personsChecked,
            boolean rehearsable,
            @Nullable String refusal) {

        /** Room for one more stage. */
        public TypedStage blank() {
            return TypedStage.NOTHING;
        }

        /**
         * What the draft still wants of this field, in words; empty: nothing.
         *
         * @param field as the check names it: {@code name}, {@code stages[0].cap}
         */
        public String said(Texts t, String field) {
            return problems.stream()
                    .filter(problem -> problem.where().equals(field))
                    .map(problem -> words(t, problem))
                    .collect(Collectors.joining(" · "));
        }

        public String words(Texts t, Problem problem) {
            return t.get("desk.drop.problem." + problem.code().substring("drop.".length()), problem.got());
        }

        /** The form's field that a problem is about, and which stage's it is; the drop's own fields stand above all stages. */
        public Field field(Problem problem) {
            Matcher inStage = IN_STAGE.matcher(problem.where());
            if (!inStage.matches()) return new Field(problem.where().equals("name") ? "nameZh" : "s0-collectible", 0);
            int n = Integer.parseInt(inStage.group(1));
            String name =
                    switch (inStage.group(2)) {
                        case "opensAt" -> "opens";
                        case "entryId" -> "entryOf";
                        case "holdMinutes" -> "hold";
                        default -> inStage.group(2);
                    };
            return new Field("s" + n + "-" + name, n + 1);
        }
    }

    private static final Pattern IN_STAGE = Pattern.compile("stages\\[(\\d+)]\\.(\\w+)");

    /** @param stage counted from 1; 0: it is the drop's own */
    public record Field(String id, int stage) {}

    @GetMapping("/desk/{brand}/drops")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("drops", desks.of(brand, said), editor(brand, null, Typed.NOTHING, "", null));
    }

    @GetMapping("/desk/{brand}/drops/{slug}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            Texts t) {
        Drop drop = find(brand, slug);
        return Desks.page("drops", desks.of(brand, said), editor(brand, drop, typed(drop, t), slug, null));
    }

    /** What moves while it is open: read again each second by the page that watches. */
    @GetMapping("/desk/{brand}/drops/{slug}/watch")
    ModelAndView watch(@PathVariable BrandId brand, @PathVariable String slug) {
        Drop drop = find(brand, slug);
        return new ModelAndView("desk/drop-watch", "it", lives.counts(drop));
    }

    /** How fast it goes: read again every ten seconds, since it counts all claims. */
    @GetMapping("/desk/{brand}/drops/{slug}/pace")
    ModelAndView pace(@PathVariable BrandId brand, @PathVariable String slug) {
        return new ModelAndView(
                "desk/drop-pace", "it", pace.of(find(brand, slug).id()));
    }

    private Editor editor(BrandId brand, @Nullable Drop drop, Typed typed, String slug, @Nullable String refusal) {
        Instant now = clock.now();
        return new Editor(
                plans.of(brand).stream().map(d -> row(d, now)).toList(),
                drop == null ? null : row(drop, now),
                typed,
                slug,
                catalog.collectibles(brand).stream()
                        .filter(c -> c.publishedAt() != null)
                        .toList(),
                drop == null || drop.state() != Drop.State.DRAFT
                        ? List.of()
                        : plans.check(brand, plans.draft(drop.id())),
                drop == null ? List.of() : lives.counts(drop),
                drop == null || drop.state() == Drop.State.DRAFT ? null : pace.of(drop.id()),
                drop == null ? List.of() : codes.of(drop.id()),
                persons.offered(),
                drop != null
                        && (rehearsals.offered(drop)
                                || !rehearsals.of(drop.id()).isEmpty()),
                refusal);
    }

    private Row row(Drop drop, Instant now) {
        return new Row(drop, lives.look(drop, now), drop.over(now));
    }

    @PostMapping("/desk/{brand}/drops")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView draft(@PathVariable BrandId brand, @RequestParam Map<String, String> form, Texts t) {
        Typed typed = read(form);
        String slug = text(form, "slug");
        DropPlans.Drafting drafting = desks.audited(
                brand,
                "drop.drafted",
                slug,
                Json.object(),
                () -> plans.draft(brand, slug, draft(typed, t)),
                made -> made instanceof DropPlans.Drafting.Drafted);
        return switch (drafting) {
            case DropPlans.Drafting.Drafted made ->
                Desks.to(desks.of(brand, null).path("drops/" + slug) + "?said=saved");
            case DropPlans.Drafting.SlugTaken taken ->
                refused(brand, null, typed, slug, t.get("desk.drop.slug-taken", slug));
            case DropPlans.Drafting.NotASlug not -> refused(brand, null, typed, slug, t.get("desk.drop.no-slug"));
        };
    }

    @PostMapping("/desk/{brand}/drops/{slug}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView change(
            @PathVariable BrandId brand, @PathVariable String slug, @RequestParam Map<String, String> form, Texts t) {
        Drop drop = find(brand, slug);
        String act = text(form, "do");
        String back = desks.of(brand, null).path("drops/" + slug);
        switch (act) {
            case "pause", "resume", "end" -> {
                var why = new Bilingual(text(form, "whyZh"), text(form, "whyEn"));
                if (act.equals("end") && !text(form, "sure").equals("yes")) {
                    return refused(brand, drop, typed(drop, t), slug, t.get("desk.drop.sure"));
                }
                if (act.equals("pause") && (why.zh().isEmpty() || why.en().isEmpty())) {
                    return refused(brand, drop, typed(drop, t), slug, t.get("desk.drop.why"));
                }
                DropPlans.Turn turn = desks.audited(
                        brand,
                        "drop." + act,
                        slug,
                        Json.object(),
                        () -> switch (act) {
                            case "pause" -> plans.pause(drop.id(), why);
                            case "resume" -> plans.resume(drop.id());
                            default -> plans.end(drop.id());
                        },
                        ended -> ended instanceof DropPlans.Turn.Done);
                lives.changed();
                return turn instanceof DropPlans.Turn.Done
                        ? Desks.to(back + "?said=saved")
                        : refused(brand, drop, typed(drop, t), slug, t.get("desk.drop.not-now"));
            }
            case "guests" -> {
                return guests(brand, drop, form, t);
            }
            case "codes" -> {
                return codes(brand, drop, form, t);
            }
            default -> {
                Typed typed = read(form);
                boolean saved = desks.audited(
                        brand,
                        "drop.changed",
                        slug,
                        Json.object(),
                        () -> plans.save(drop.id(), draft(typed, t)),
                        done -> done);
                if (!saved) return refused(brand, drop, typed(drop, t), slug, t.get("desk.drop.frozen"));
                if (!act.equals("publish")) return Desks.to(back + "?said=saved");
                if (!text(form, "sure").equals("yes")) {
                    return refused(brand, find(brand, slug), typed, slug, t.get("desk.drop.sure"));
                }
                DropPlans.Publishing published = desks.audited(
                        brand,
                        "drop.published",
                        slug,
                        Json.object(),
                        () -> plans.publish(drop.id()),
                        done -> done instanceof DropPlans.Publishing.Published);
                lives.changed();
                return published instanceof DropPlans.Publishing.Published
                        ? Desks.to(back + "?said=published")
                        : refused(brand, find(brand, slug), typed, slug, t.get("desk.drop.unfinished"));
            }
        }
    }

    /** Addresses, a line each; what is none is counted and said. */
    private ModelAndView guests(BrandId brand, Drop drop, Map<String, String> form, Texts t) {
        String back = desks.of(brand, null).path("drops/" + drop.slug());
        List<String> lines = form.getOrDefault("guests", "")
                .lines()
                .map(line ->
                        line.replace("\0", "").replaceFirst("[,;\\t].*", "").strip())
                .filter(line -> !line.isEmpty())
                .limit(GUESTS_MAX + 1L)
                .toList();
        UUID stage;
        try {
            stage = UUID.fromString(text(form, "stage"));
        } catch (IllegalArgumentException e) {
            throw Refused.notFound();
        }
        if (drop.stages().stream().noneMatch(s -> s.id().equals(stage))) throw Refused.notFound();
        if (lines.size() > GUESTS_MAX)
            return refused(brand, drop, typed(drop, t), drop.slug(), t.get("desk.drop.too-many-guests", GUESTS_MAX));
        var keys =
                lines.stream().map(buyerKeys::email).flatMap(Optional::stream).toList();
        int added = desks.audited(
                brand,
                "drop.guests",
                drop.slug(),
                Json.object("lines", Json.of(lines.size())),
                () -> entrances.invite(drop.id(), stage, keys),
                n -> n > 0);
        int unreadable = lines.size() - keys.size();
        return unreadable == 0
                ? Desks.to(back + "?said=saved")
                : refused(brand, drop, typed(drop, t), drop.slug(), t.get("desk.drop.guests-read", added, unreadable));
    }

    private ModelAndView codes(BrandId brand, Drop drop, Map<String, String> form, Texts t) {
        UUID stage = Optional.ofNullable(uuid(text(form, "stage"))).orElseThrow(Refused::notFound);
        int count = Objects.requireNonNullElse(number(text(form, "codes")), NOT_A_NUMBER);
        int uses = Objects.requireNonNullElse(number(text(form, "uses")), NOT_A_NUMBER);
        DropCodes.Making made = desks.audited(
                brand,
                "drop.codes-made",
                drop.slug(),
                Json.object("codes", Json.of(count), "uses", Json.of(uses)),
                () -> codes.make(drop, stage, count, uses),
                done -> done instanceof DropCodes.Making.Made);
        return made instanceof DropCodes.Making.Made
                ? Desks.to(desks.of(brand, null).path("drops/" + drop.slug()) + "?said=saved")
                : refused(
                        brand,
                        drop,
                        typed(drop, t),
                        drop.slug(),
                        t.get("desk.drop.codes-range", DropCodes.CODES_MAX, DropCodes.USES_MAX));
    }

    /** Whoever has a code has a piece: only those who may make them take them home, and it is written down. */
    @GetMapping("/desk/{brand}/drops/{slug}/codes/{file}")
    @Requires(Permission.CAMPAIGNS)
    void codes(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @PathVariable String file,
            Texts t,
            HttpServletResponse response)
            throws IOException {
        Drop drop = find(brand, slug);
        boolean paper = file.endsWith(".pdf");
        if (!paper && !file.endsWith(".csv")) throw Refused.notFound();
        DropCodes.Batch batch = Optional.ofNullable(uuid(file.substring(0, file.length() - 4)))
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

    /** Every claim that counts: when, which stage, the person's nth, the number; nobody's address. */
    @GetMapping("/desk/{brand}/drops/{slug}/claims.csv")
    void export(@PathVariable BrandId brand, @PathVariable String slug, HttpServletResponse response)
            throws IOException {
        Drop drop = find(brand, slug);
        try (CsvWriter csv = Tables.csv(response, slug + "-claims")) {
            csv.writeRecord("claimed at", "stage", "nth of this person", "number", "held until");
            // In a transaction the rows come in portions; without one all of them would stand in memory.
            desks.inOneTransaction(() -> {
                claims.all(
                        drop.id(),
                        claim -> csv.writeRecord(
                                claim.claimedAt().toString(),
                                String.valueOf(nth(drop, claim.stage())),
                                String.valueOf(claim.nth()),
                                claim.serial() == null ? "" : claim.serial().toString(),
                                claim.holdUntil() == null
                                        ? ""
                                        : claim.holdUntil().toString()));
                return true;
            });
        }
    }

    private static int nth(Drop drop, UUID stage) {
        return drop.stages().stream()
                        .filter(s -> s.id().equals(stage))
                        .mapToInt(Stage::nth)
                        .findFirst()
                        .orElse(-1)
                + 1;
    }

    private ModelAndView refused(BrandId brand, @Nullable Drop drop, Typed typed, String slug, String words) {
        return Desks.page(
                "drops",
                desks.of(brand, null),
                editor(brand, drop, typed, slug, words),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }

    // ---- between what is typed and what is kept

    private static Typed read(Map<String, String> form) {
        List<TypedStage> stages = new ArrayList<>();
        for (int n = 0; n < STAGES_MAX; n++) {
            String s = "s" + n + "-";
            var stage = new TypedStage(
                    text(form, s + "id"),
                    text(form, s + "nameZh"),
                    text(form, s + "nameEn"),
                    text(form, s + "collectible"),
                    text(form, s + "opens"),
                    text(form, s + "closes"),
                    text(form, s + "cap"),
                    text(form, s + "limit"),
                    text(form, s + "entry"),
                    text(form, s + "entryOf"),
                    text(form, s + "hold"),
                    text(form, s + "giftPolicy"),
                    text(form, s + "chosen").equals("yes"),
                    text(form, s + "onePerson").equals("yes"),
                    form.containsKey(s + "mode") ? text(form, s + "mode") : Stage.Mode.RACE.code(),
                    text(form, s + "price"),
                    form.containsKey(s + "currency") ? text(form, s + "currency") : "CNY",
                    new TypedCause(text(form, s + "causeZh"), text(form, s + "causeEn"), text(form, s + "causeLink")),
                    new TypedPromise(
                            text(form, s + "promise"),
                            text(form, s + "promiseZh"),
                            text(form, s + "promiseEn"),
                            text(form, s + "promiseTextZh"),
                            text(form, s + "promiseTextEn"),
                            text(form, s + "promiseUntil")));
            if (!stage.isEmpty() && !text(form, s + "out").equals("yes")) stages.add(stage);
        }
        return new Typed(
                text(form, "nameZh"), text(form, "nameEn"), text(form, "aboutZh"), text(form, "aboutEn"), stages);
    }

    private static DropDraft draft(Typed typed, Texts t) {
        List<StageDraft> stages = new ArrayList<>();
        for (TypedStage stage : typed.stages()) {
            String zh = stage.nameZh().isEmpty() ? typed.nameZh() : stage.nameZh();
            String en = stage.nameEn().isEmpty() ? typed.nameEn() : stage.nameEn();
            stages.add(new StageDraft(
                    uuid(stage.id()),
                    new Bilingual(zh, en),
                    uuid(stage.collectible()),
                    instant(stage.opens(), t),
                    instant(stage.closes(), t),
                    number(stage.cap()),
                    Objects.requireNonNullElse(number(stage.limit()), NOT_A_NUMBER),
                    stage.entry(),
                    uuid(stage.entryOf()),
                    hold(stage),
                    stage.giftPolicy(),
                    stage.chosen(),
                    stage.onePerson(),
                    stage.mode(),
                    price(stage),
                    stage.cause().draft(),
                    stage.promise().draft(t)));
        }
        return new DropDraft(
                new Bilingual(typed.nameZh(), typed.nameEn()), new Bilingual(typed.aboutZh(), typed.aboutEn()), stages);
    }

    /** What has a price is held until it is paid; ten minutes, where nothing else is said. */
    private static @Nullable Integer hold(TypedStage stage) {
        Integer typed = number(stage.hold());
        return typed == null && !stage.price().isEmpty() ? Integer.valueOf(HOLD_TO_PAY) : typed;
    }

    /** Typed in the currency's own units; what is no amount is one that nobody can pay. */
    private static @Nullable Money price(TypedStage stage) {
        if (stage.price().isEmpty()) return null;
        Currency currency = CURRENCIES.contains(stage.currency())
                ? Currency.getInstance(stage.currency())
                : Currency.getInstance("CNY");
        try {
            long minor = new BigDecimal(stage.price().replace(",", ""))
                    .movePointRight(currency.getDefaultFractionDigits())
                    .longValueExact();
            return new Money(minor, currency);
        } catch (ArithmeticException | NumberFormatException e) {
            return new Money(NOT_A_NUMBER, currency);
        }
    }

    private static String said(@Nullable Money price) {
        return price == null
                ? ""
                : BigDecimal.valueOf(price.minor(), price.currency().getDefaultFractionDigits())
                        .toPlainString();
    }

    private Typed typed(Drop drop, Texts t) {
        DropDraft draft = plans.draft(drop.id());
        List<TypedStage> stages = new ArrayList<>(draft.stages().stream()
                .map(s -> new TypedStage(
                        said(s.id()),
                        s.name().zh(),
                        s.name().en(),
                        said(s.collectible()),
                        said(s.opensAt(), t),
                        said(s.closesAt(), t),
                        said(s.cap()),
                        String.valueOf(s.limit()),
                        s.entry(),
                        said(s.entryId()),
                        said(s.holdMinutes()),
                        s.giftPolicy(),
                        s.chosen(),
                        s.onePerson(),
                        s.mode(),
                        said(s.price()),
                        s.price() == null ? "CNY" : s.price().currency().getCurrencyCode(),
                        TypedCause.of(s.cause()),
                        TypedPromise.of(s.promise(), t)))
                .toList());
        return new Typed(
                draft.name().zh(),
                draft.name().en(),
                draft.about().zh(),
                draft.about().en(),
                stages);
    }

    private static String said(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String said(@Nullable Instant at, Texts t) {
        return at == null
                ? ""
                : t.local(at)
                        .toLocalDateTime()
                        .truncatedTo(java.time.temporal.ChronoUnit.MINUTES)
                        .toString();
    }

    private static @Nullable Instant instant(String local, Texts t) {
        try {
            return LocalDateTime.parse(local).atZone(t.zone()).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Null: nothing was typed. What is no number must not be taken for nothing, which would mean without a limit. */
    private static @Nullable Integer number(String text) {
        if (text.isEmpty()) return null;
        return text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : NOT_A_NUMBER;
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(Map<String, String> form, String name) {
        String text = form.getOrDefault(name, "").replace("\0", "").strip();
        return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) : text;
    }
}
