package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import vitrine.campaign.desk.DropForm.TypedStage;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.Series;
import vitrine.catalog.Slugs;
import vitrine.drop.Beacons;
import vitrine.drop.ClaimPace;
import vitrine.drop.Claims;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.DropPlans.Problem;
import vitrine.drop.Guests;
import vitrine.drop.LiveDrops;
import vitrine.drop.Rehearsals;
import vitrine.drop.Stage;
import vitrine.drop.WaitingLists;
import vitrine.identity.Persons;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Drops: written, checked, published for good, watched, paused, ended, and their claims taken home as a table. */
@Controller
@Requires(Permission.SEE)
public class DropsDesk {

    private static final int WAITING_SHOWN = 20;

    private static final Bilingual NO_WORDS = new Bilingual("", "");

    private final Desks desks;
    private final DropPlans plans;
    private final LiveDrops lives;
    private final Claims claims;
    private final Guests guests;
    private final WaitingLists waiting;
    private final ClaimPace pace;
    private final DropCodes codes;
    private final Catalog catalog;
    private final Persons persons;
    private final Rehearsals rehearsals;
    private final Beacons beacons;
    private final BusinessClock clock;

    DropsDesk(
            Desks desks,
            DropPlans plans,
            LiveDrops lives,
            Claims claims,
            Guests guests,
            WaitingLists waiting,
            ClaimPace pace,
            DropCodes codes,
            Catalog catalog,
            Persons persons,
            Rehearsals rehearsals,
            Beacons beacons,
            BusinessClock clock) {
        this.desks = desks;
        this.plans = plans;
        this.lives = lives;
        this.claims = claims;
        this.guests = guests;
        this.waiting = waiting;
        this.pace = pace;
        this.codes = codes;
        this.catalog = catalog;
        this.persons = persons;
        this.rehearsals = rehearsals;
        this.beacons = beacons;
        this.clock = clock;
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

    /** How many may enter a stage by its list. */
    public record GuestList(UUID stage, Bilingual name, int people) {}

    /** Who would take what comes back of a stage that sold out. @param first some of them, in order of asking */
    public record LateComers(UUID stage, Bilingual name, int people, List<WaitingLists.Waiting> first) {
        public boolean hasMore() {
            return first.size() < people;
        }
    }

    /**
     * @param open the drop that is looked at; null: the list
     * @param seen the draft that its reader has seen, who may have typed over it
     * @param problems what keeps the draft from being published
     * @param byHand whether a line of it waits for a round that no relay is asked for
     * @param personsChecked whether somebody can confirm that an account is one human's
     * @param counts by stage, of a published one
     * @param pace of a published one
     * @param lists of the stages that have one
     * @param late of the stages that somebody came too late for and asked
     * @param rehearsable whether it may be tried, or was
     * @param why what was typed for the pause that was refused
     */
    public record Editor(
            List<Row> all,
            @Nullable Row open,
            DropForm typed,
            Mark seen,
            String slug,
            List<Collectible> collectibles,
            List<Series> series,
            List<Problem> problems,
            boolean byHand,
            List<LiveDrops.Seen> counts,
            ClaimPace.@Nullable Pace pace,
            List<DropCodes.Batch> batches,
            List<GuestList> lists,
            List<LateComers> late,
            boolean personsChecked,
            boolean rehearsable,
            Bilingual why,
            @Nullable String refusal) {

        /** What came too late, for a draft that a colleague published; null: nothing did. */
        public @Nullable DropForm lost() {
            return open == null || open.drop().state() == Drop.State.DRAFT || typed.equals(DropForm.NOTHING)
                    ? null
                    : typed;
        }

        /** Room for one more stage. */
        public TypedStage blank() {
            return TypedStage.NOTHING;
        }

        /**
         * What the draft still wants of this field, in words; empty: nothing.
         *
         * @param names as the check names it: {@code name}, {@code stages[0].cap}
         */
        public String said(Texts t, String... names) {
            List<String> field = List.of(names);
            return problems.stream()
                    .filter(problem -> field.contains(problem.where()))
                    .map(problem -> words(t, problem))
                    .collect(Collectors.joining(" · "));
        }

        public String words(Texts t, Problem problem) {
            return t.get("desk.drop.problem." + problem.code().substring("drop.".length()), problem.got());
        }

        /** The form's field that a problem is about, and which stage's it is; the drop's own fields stand above all stages. */
        public Field field(Problem problem) {
            Matcher inStage = IN_STAGE.matcher(problem.where());
            if (!inStage.matches())
                return new Field(
                        switch (problem.where()) {
                            case "name" -> "nameZh";
                            case "stages" -> "s0-collectible";
                            default -> problem.where();
                        },
                        0);
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
        return Desks.page(
                "drops", desks.of(brand, said), editor(brand, null, DropForm.NOTHING, Mark.NONE, "", NO_WORDS, null));
    }

    @GetMapping("/desk/{brand}/drops/{slug}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            Texts t) {
        Drop drop = find(brand, slug);
        return Desks.page("drops", desks.of(brand, said), editor(brand, drop, NO_WORDS, null, t));
    }

    /** What moves while it is open: read again each second by the page that watches. */
    @GetMapping("/desk/{brand}/drops/{slug}/watch")
    ModelAndView watch(@PathVariable BrandId brand, @PathVariable String slug) {
        Drop drop = find(brand, slug);
        return new ModelAndView("desk/drop-watch", "it", lives.stages(drop, clock.now()));
    }

    /** How fast it goes: read again every ten seconds, since it counts all claims. */
    @GetMapping("/desk/{brand}/drops/{slug}/pace")
    ModelAndView pace(@PathVariable BrandId brand, @PathVariable String slug) {
        return new ModelAndView(
                "desk/drop-pace", "it", pace.of(find(brand, slug).id()));
    }

    /** With the draft as it is kept. */
    private Editor editor(BrandId brand, Drop drop, Bilingual why, @Nullable String refusal, Texts t) {
        DropDraft draft = plans.draft(drop.id());
        DropForm form = drop.state() == Drop.State.DRAFT ? DropForm.of(draft, t) : DropForm.NOTHING;
        return editor(brand, drop, form, draft.mark(), drop.slug(), why, refusal);
    }

    private Editor editor(
            BrandId brand,
            @Nullable Drop drop,
            DropForm typed,
            Mark seen,
            String slug,
            Bilingual why,
            @Nullable String refusal) {
        Instant now = clock.now();
        return new Editor(
                plans.of(brand).stream().map(d -> row(d, now)).toList(),
                drop == null ? null : row(drop, now),
                typed,
                seen,
                slug,
                catalog.collectibles(brand).stream()
                        .filter(c -> c.publishedAt() != null)
                        .toList(),
                catalog.series(brand),
                drop == null || drop.state() != Drop.State.DRAFT
                        ? List.of()
                        : plans.check(brand, plans.draft(drop.id())),
                drop != null && byHand(drop, now),
                drop == null ? List.of() : lives.stages(drop, now),
                drop == null || drop.state() == Drop.State.DRAFT ? null : pace.of(drop.id()),
                drop == null ? List.of() : codes.of(drop.id()),
                drop == null ? List.of() : lists(drop),
                drop == null ? List.of() : late(drop),
                persons.offered(),
                drop != null
                        && (rehearsals.offered(drop)
                                || !rehearsals.of(drop.id()).isEmpty()),
                why,
                refusal);
    }

    /** It is no problem of the draft: a colleague can bring the round. But then somebody has to be there. */
    private boolean byHand(Drop drop, Instant now) {
        return !beacons.isFetched()
                && drop.state() != Drop.State.ENDED
                && plans.draft(drop.id()).stages().stream()
                        .anyMatch(stage -> stage.mode().equals(Stage.Mode.QUEUE.code())
                                && (stage.opensAt() == null || now.isBefore(stage.opensAt())));
    }

    private List<GuestList> lists(Drop drop) {
        return guests.lists(drop).entrySet().stream()
                .map(stage -> new GuestList(stage.getKey(), stage.getValue(), guests.count(drop.id(), stage.getKey())))
                .toList();
    }

    private List<LateComers> late(Drop drop) {
        List<LateComers> late = new ArrayList<>();
        for (Stage stage : drop.stages()) {
            int people = waiting.count(drop.id(), stage.id());
            if (people == 0) continue;
            List<WaitingLists.Waiting> first = new ArrayList<>();
            waiting.of(drop.id(), stage.id(), WAITING_SHOWN, first::add);
            late.add(new LateComers(stage.id(), stage.name(), people, first));
        }
        return late;
    }

    private Row row(Drop drop, Instant now) {
        return new Row(drop, lives.look(drop, now), drop.over(now));
    }

    @PostMapping("/desk/{brand}/drops")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView draft(@PathVariable BrandId brand, @RequestParam Map<String, String> form, Texts t) {
        DropForm typed = DropForm.read(form);
        String wanted = DropForm.text(form, "slug");
        String slug = Slugs.typedOr(wanted, typed.nameEn());
        DropPlans.Drafting drafting = desks.audited(
                brand,
                "drop.drafted",
                slug,
                Json.object(),
                () -> plans.draft(brand, slug, typed.draft(t)),
                made -> made instanceof DropPlans.Drafting.Drafted);
        return switch (drafting) {
            case DropPlans.Drafting.Drafted made ->
                Desks.to(desks.of(brand, null).path("drops/" + slug) + "?said=saved");
            case DropPlans.Drafting.SlugTaken taken ->
                refused(brand, null, typed, wanted, t.get("desk.drop.slug-taken", slug));
            case DropPlans.Drafting.NotASlug not -> refused(brand, null, typed, wanted, t.get("desk.drop.no-slug"));
        };
    }

    @PostMapping("/desk/{brand}/drops/{slug}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView change(
            @PathVariable BrandId brand, @PathVariable String slug, @RequestParam Map<String, String> form, Texts t) {
        Drop drop = find(brand, slug);
        String act = DropForm.text(form, "do");
        String back = desks.of(brand, null).path("drops/" + slug);
        switch (act) {
            case "pause", "resume", "end" -> {
                var why = new Bilingual(DropForm.text(form, "whyZh"), DropForm.text(form, "whyEn"));
                if (act.equals("end") && !DropForm.text(form, "sure").equals("yes")) {
                    return refused(brand, drop, why, t.get("desk.drop.sure"), t);
                }
                if (act.equals("pause") && (why.zh().isEmpty() || why.en().isEmpty())) {
                    return refused(brand, drop, why, t.get("desk.drop.why"), t);
                }
                int longest = Math.max(why.zh().length(), why.en().length());
                if (act.equals("pause") && longest > DropPlans.TEXT_MAX) {
                    return refused(brand, drop, why, t.get("desk.drop.problem.text-too-long", longest), t);
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
                        : refused(brand, drop, why, t.get("desk.drop.not-now"), t);
            }
            default -> {
                DropForm typed = DropForm.read(form);
                var seen = new Mark(DropForm.text(form, Mark.FIELD));
                Saving saving = desks.audited(
                        brand,
                        "drop.changed",
                        slug,
                        Json.object(),
                        () -> {
                            if (seen.differs(plans.lockedMark(drop.id()))) return Saving.CHANGED_MEANWHILE;
                            return plans.save(drop.id(), typed.draft(t)) ? Saving.SAVED : Saving.FROZEN;
                        },
                        done -> done == Saving.SAVED);
                Drop now = find(brand, slug);
                if (saving == Saving.FROZEN || now.state() != Drop.State.DRAFT)
                    return refused(brand, now, typed, slug, t.get("desk.drop.frozen"));
                if (saving == Saving.CHANGED_MEANWHILE) {
                    return Desks.page(
                            "drops",
                            desks.of(brand, null),
                            editor(brand, now, typed, mark(now), slug, NO_WORDS, t.get("desk.changed-meanwhile")),
                            HttpStatus.CONFLICT);
                }
                if (!act.equals("publish")) return Desks.to(back + "?said=saved");
                DropForm kept = typed.under(plans.draft(drop.id()));
                if (!DropForm.text(form, "sure").equals("yes"))
                    return refused(brand, find(brand, slug), kept, slug, t.get("desk.drop.sure"));
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
                        : refused(brand, find(brand, slug), kept, slug, t.get("desk.drop.unfinished"));
            }
        }
    }

    private Mark mark(Drop drop) {
        return plans.draft(drop.id()).mark();
    }

    private enum Saving {
        SAVED,
        /** It is published already. */
        FROZEN,
        CHANGED_MEANWHILE
    }

    /** Every claim that counts: when, which stage, the person's nth, the number; nobody's address. */
    @GetMapping("/desk/{brand}/drops/{slug}/claims.csv")
    void export(@PathVariable BrandId brand, @PathVariable String slug, HttpServletResponse response)
            throws IOException {
        Drop drop = find(brand, slug);
        try (CsvWriter csv = Tables.csv(response, slug + "-claims")) {
            csv.writeRecord("claimed at", "stage", "nth of this person", "number", "held until", "chosen");
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
                                        : claim.holdUntil().toString(),
                                claim.unit() == null ? "" : claim.unit().toString()));
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

    private ModelAndView refused(BrandId brand, @Nullable Drop drop, DropForm typed, String slug, String words) {
        return Desks.page(
                "drops",
                desks.of(brand, null),
                editor(brand, drop, typed, drop == null ? Mark.NONE : mark(drop), slug, NO_WORDS, words),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** One form of a published drop: whichever button was pressed, the words for a pause stay. */
    private ModelAndView refused(BrandId brand, Drop drop, Bilingual why, String words, Texts t) {
        return Desks.page(
                "drops", desks.of(brand, null), editor(brand, drop, why, words, t), HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** The drop's page, with a word about what was not done to it. */
    ModelAndView refused(BrandId brand, Drop drop, String words, Texts t) {
        return refused(brand, drop, NO_WORDS, words, t);
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
