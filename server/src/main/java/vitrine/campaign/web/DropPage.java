package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.altcha.altcha.Altcha;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.UniquePieces;
import vitrine.drop.Cause;
import vitrine.drop.Causes;
import vitrine.drop.Claim;
import vitrine.drop.Claiming;
import vitrine.drop.Claims;
import vitrine.drop.Drop;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.DropReminders;
import vitrine.drop.Entrances;
import vitrine.drop.Entrances.Entrance;
import vitrine.drop.JoinWork;
import vitrine.drop.LiveDrops;
import vitrine.drop.Networks;
import vitrine.drop.Reviews;
import vitrine.drop.SaleReturns;
import vitrine.drop.Stage;
import vitrine.drop.WaitingLists;
import vitrine.drop.WaitingRoom;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Follows;
import vitrine.identity.Who;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;
import vitrine.platform.web.Fresh;
import vitrine.platform.web.Freshness;
import vitrine.platform.web.Here;
import vitrine.platform.web.Problems;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.rulebook.Rules;

/**
 * A drop as a crowd meets it. The page and {@code state.json} are the same for all; what is the visitor's own is her pass, asked for once,
 * and what she has. Without a script a form makes the same claim.
 */
@Controller
public class DropPage {

    /** What may stand in the address after a claim: the codes that the page has words for. */
    private static final Set<String> SAID = Set.of(
            "drop.not-open",
            "drop.closed",
            "drop.paused",
            "drop.not-admitted",
            "drop.not-eligible",
            "drop.person-unchecked",
            "drop.refused",
            "drop.limit-reached",
            "drop.all-held",
            "drop.hold-expired",
            "drop.code-unknown",
            "drop.code-used",
            "drop.unit-wanted",
            "drop.unit-taken",
            "drop.sold-out",
            "drop.busy",
            "drop.asked",
            "drop.listed",
            "drop.unlisted",
            "drop.no-waiting-list",
            "drop.joined",
            "drop.person-in-line",
            "drop.too-often",
            "drop.turn-used",
            "drop.appealed",
            "drop.not-called");

    private static final int CODE_MAX = 40;
    private static final int DROPS_KEPT = 100;
    /** Of a hundred thousand lines each has six megabytes. */
    private static final int LISTS_KEPT = 4;

    private static final int FIRST_TRY = 1;

    /** So long before a race opens a page without a script looks again by itself, as with one the button comes by itself. */
    private static final Duration SOON = Duration.ofMinutes(10);

    private final DropPlans plans;
    private final LiveDrops lives;
    private final Entrances entrances;
    private final Claims claims;
    private final DropReminders reminders;
    private final WaitingLists late;
    private final Following following;
    private final WaitingRoom room;
    private final Networks networks;
    private final JoinWork work;
    private final Fresh<DropId, List<Causes.Given>> given;
    private final Fresh<Listed, Optional<byte[]>> lists;
    private final Fresh<StageOf, Optional<Entrances.Held>> held;
    private final Fresh<StageOf, Optional<Entrances.Followed>> followed;
    private final Exhibits exhibits;
    private final SaleReturns returns;
    private final UniquePieces unique;
    private final Rules rules;
    private final Access access;
    private final BusinessClock clock;

    DropPage(
            DropPlans plans,
            LiveDrops lives,
            Entrances entrances,
            Claims claims,
            DropReminders reminders,
            WaitingLists late,
            Following following,
            WaitingRoom room,
            Networks networks,
            JoinWork work,
            Causes causes,
            Exhibits exhibits,
            SaleReturns returns,
            UniquePieces unique,
            Rules rules,
            Access access,
            Freshness freshness,
            BusinessClock clock) {
        this.plans = plans;
        this.lives = lives;
        this.entrances = entrances;
        this.claims = claims;
        this.reminders = reminders;
        this.late = late;
        this.following = following;
        this.room = room;
        this.networks = networks;
        this.work = work;
        // A crowd looks at it.
        this.given = freshness.of(DROPS_KEPT, causes::given);
        this.lists = freshness.of(LISTS_KEPT, one -> room.list(one.drop, one.stage));
        this.held = freshness.of(DROPS_KEPT, of -> entrances.held(of.drop, of.stage));
        this.followed = freshness.of(DROPS_KEPT, of -> entrances.followed(of.drop, of.stage));
        this.exhibits = exhibits;
        this.returns = returns;
        this.unique = unique;
        this.rules = rules;
        this.access = access;
        this.clock = clock;
    }

    private record StageOf(DropId drop, Stage stage) {}

    /** @param hears whether such mails come to her */
    public record Next(Following.Follow follow, boolean hears) {}

    /** A piece that one may choose. @param unique what it is by itself; null: all are alike but for their number */
    public record Choice(int serial, UniquePieces.@Nullable Unique unique, boolean free) {}

    /**
     * What she can be told of by mail.
     *
     * @param stage whose opening it is, or whose unit
     * @param asked whether she is to be told already
     */
    public record Telling(DropReminders.About about, Stage stage, boolean asked) {}

    /**
     * Who came too late may ask for a piece that comes back.
     *
     * @param until when she is forgotten on the list that she stands on, of whichever stage; null: on none
     * @param offered whether she may ask, of the stage that the page is about
     */
    public record Late(@Nullable Instant until, boolean offered) {}

    /**
     * One of several, as all of them are listed.
     *
     * @param exhibit what it gives, where that is another thing than the page is about
     * @param held what whoever enters must hold a piece of; null: it is for others
     */
    public record OneStage(LiveDrops.Seen seen, @Nullable Exhibit exhibit, Entrances.@Nullable Held held) {}

    /**
     * What the visitor took, of whichever stage.
     *
     * @param exhibit what it is a piece of
     * @param undone whether it was sold and undone since: the number is another's, or will be
     */
    public record Taken(Claim claim, Exhibit exhibit, boolean undone) {}

    /**
     * How the visitor stands to the stage.
     *
     * @param has what she has of the drop
     * @param why she may not take one now, as the page's words are named; null: she may, or is a guest, who can find out
     * @param pass what her form claims with; null: there is none for her now
     * @param passLasts how long that pass lasts from now; null: there is none
     * @param nth which of her tries that would be: a form that is sent twice is one claim
     * @param standing where she stands; null: nobody is signed in, or it is a race
     */
    private record Hers(
            List<Claim> has,
            @Nullable String why,
            @Nullable String pass,
            @Nullable Duration passLasts,
            int nth,
            WaitingRoom.@Nullable Standing standing) {

        private static final Hers GUEST = new Hers(List.of(), null, null, null, FIRST_TRY, null);

        static Hers not(String why, List<Claim> has, WaitingRoom.@Nullable Standing standing) {
            return new Hers(has, why, null, null, FIRST_TRY, standing);
        }
    }

    /**
     * @param has what the visitor has of it
     * @param why she may not take one now, as the page's words are named; null: she may, or is a guest, who can find out
     * @param pass what her form claims with; null: there is none for her now
     * @param passLasts how long that pass lasts from now; null: there is none
     * @param nth which of her tries that would be: a form that is sent twice is one claim
     * @param telling what she can be told of by mail; null: nothing will come that is for her
     * @param stages each, where it has more than one; else nothing
     * @param code what the address brought for a stage that wants one, or what was typed; it is used by a claim alone
     * @param choices every piece, where one is chosen; else nothing
     * @param line how far it is, where one stands in line; null: a race
     * @param standing where she stands; null: nobody is signed in, or it is a race
     * @param mine her line of the list
     * @param review somebody looks at her claims here before they are granted; null: nobody does
     * @param held what whoever enters must hold a piece of; null: the stage is for others
     * @param followed whom whoever enters must follow; null: the stage is for others
     * @param given what the drop has given to this stage's cause so far
     * @param late of a stage that sold out: the list for what comes back; null: none did, or it is not for her
     * @param next of a drop that is over or sold out: hearing of the brand's next one; null: it is not
     * @param said the code of what became of a claim by form
     */
    public record Shown(
            Drop drop,
            LiveDrops.Seen seen,
            Exhibit exhibit,
            List<Taken> has,
            boolean signedIn,
            @Nullable String why,
            @Nullable String pass,
            @Nullable Duration passLasts,
            int nth,
            @Nullable Telling telling,
            List<OneStage> stages,
            String code,
            List<Choice> choices,
            WaitingRoom.@Nullable Seen line,
            WaitingRoom.@Nullable Standing standing,
            WaitingRoom.@Nullable Line mine,
            Reviews.@Nullable Review review,
            List<Money> given,
            Entrances.@Nullable Held held,
            Entrances.@Nullable Followed followed,
            @Nullable Late late,
            @Nullable Next next,
            @Nullable String said,
            Instant now) {

        /** Seconds until a browser without a script looks again; 0: nothing moves. */
        public int again() {
            if (line == null && phase() == LiveDrops.Phase.ANNOUNCED && until().compareTo(SOON) <= 0)
                return Math.clamp(until().toSeconds() + 1, 5, 60);
            if (line == null || standing == null || standing instanceof WaitingRoom.Standing.NotIn || gone()) return 0;
            return switch (line.state()) {
                case AHEAD, OVER -> 0;
                case GATHERING -> Math.clamp(until().toSeconds(), 5, 60);
                case DRAWING -> stage().mode() == Stage.Mode.QUEUE ? 5 : 0;
                case CALLING -> standing instanceof WaitingRoom.Standing.Called ? 0 : 15;
            };
        }

        /** Whether the last one is gone: nobody is called any more. */
        public boolean gone() {
            return phase() == LiveDrops.Phase.SOLD_OUT;
        }

        /** Whether she stands in a line that may still get to her. */
        public boolean waits() {
            return line != null && line.state() != WaitingRoom.State.OVER && listed() && mayTake() && !gone();
        }

        /** What is to be paid for a claim that is held; null: nothing. */
        public @Nullable Money priceOf(Claim claim) {
            return drop.stages().stream()
                    .filter(stage -> stage.id().equals(claim.stage()))
                    .findFirst()
                    .map(Stage::price)
                    .orElse(null);
        }

        /** Her place; 0: none yet. */
        public int place() {
            return switch (standing) {
                case WaitingRoom.Standing.InLine in -> in.place();
                case WaitingRoom.Standing.Called called -> called.place();
                case WaitingRoom.Standing.Listed l -> 0;
                case WaitingRoom.Standing.NotIn n -> 0;
                case null -> 0;
            };
        }

        public boolean called() {
            return standing instanceof WaitingRoom.Standing.Called;
        }

        public boolean listed() {
            return standing != null && !(standing instanceof WaitingRoom.Standing.NotIn);
        }

        /** Minutes until her turn, at the least and at the most; null: nobody can say yet. */
        public WaitingRoom.@Nullable Range wait(int place) {
            return line == null ? null : line.until(place);
        }

        public Stage stage() {
            return seen.stage();
        }

        public LiveDrops.Phase phase() {
            return seen.phase();
        }

        /** Whether she is to be told already, of the stage that the page is about. */
        public boolean asked(DropReminders.About about) {
            return telling != null && telling.asked && telling.about == about && isOf(telling.stage);
        }

        /** Whether she can be told of the opening of this stage, which is a later one. */
        public boolean tellsOf(Stage later) {
            return telling != null && !isOf(later) && telling.stage.id().equals(later.id());
        }

        /** Whether it is the one that the page is about. */
        public boolean isOf(Stage one) {
            return one.id().equals(stage().id());
        }

        /** Whether it is open, or may be while she looks. */
        public boolean comes() {
            return switch (phase()) {
                case ANNOUNCED, OPEN, PAUSED, ALL_HELD -> true;
                case SOLD_OUT, CLOSED -> false;
            };
        }

        public boolean wantsCode() {
            return stage().entry() == Stage.Entry.CODE;
        }

        public boolean mayTake() {
            return why == null;
        }

        /** Whether the stage is for people who confirmed, and she has not yet. */
        public boolean unchecked() {
            return "person-unchecked".equals(why);
        }

        /** What became of a claim, or why she may not take one: whom the stage is for is said by name. */
        public String words(Texts t, String code) {
            String key = "drop.said." + code;
            if (!code.equals("not-eligible")) return t.get(key);
            return switch (stage().entry()) {
                case LIST -> t.get(key + ".list");
                case HOLDERS ->
                    held == null
                            ? t.get(key)
                            : t.get(key + (held.series() ? ".holders-of-series" : ".holders"), t.of(held.name()));
                case FOLLOWERS -> followed == null ? t.get(key) : t.get(key + ".followers", t.of(followed.name()));
                case MEMBERS -> t.get(key + ".members", t.of(exhibit.brand()));
                // It was another stage that did not let her in.
                case EVERYONE, CODE -> t.get(key);
            };
        }

        /** What would let her in at once; null: nothing that stands on this page. */
        public Following.@Nullable Follow toFollow() {
            return followed == null || !"not-eligible".equals(why)
                    ? null
                    : new Following.Follow("/d/" + drop.slug() + "/follow?stage=" + stage().id(), false, 0);
        }

        /** Comes back to here, with the code. */
        public String signIn() {
            String back = "/d/" + drop.slug() + (code.isEmpty() ? "" : "?code=" + code);
            return "/sign-in?to=" + URLEncoder.encode(back, StandardCharsets.UTF_8);
        }

        /** Hours, minutes and seconds until it opens. */
        public Duration until() {
            Duration left = Duration.between(now, stage().opensAt());
            return left.isNegative() ? Duration.ZERO : left;
        }
    }

    @GetMapping("/d/{slug}")
    ModelAndView drop(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(defaultValue = "") String code,
            Here here) {
        Drop drop = open(slug);
        Instant now = clock.now();
        LiveDrops.Seen seen = Optional.ofNullable(lives.look(drop, now)).orElseThrow(Refused::notFound);
        Exhibit exhibit = exhibits.of(List.of(seen.stage().collectible())).stream()
                .findFirst()
                .orElseThrow(Refused::notFound);
        CollectorId who = person();
        Hers hers = who == null ? Hers.GUEST : hers(drop, who);
        boolean inLine = seen.stage().mode() != Stage.Mode.RACE;
        return new ModelAndView(
                "drop",
                "it",
                new Shown(
                        drop,
                        seen,
                        exhibit,
                        taken(drop, exhibit, hers.has),
                        who != null,
                        hers.why,
                        hers.pass,
                        hers.passLasts,
                        hers.nth,
                        telling(drop, seen, who, hers),
                        stages(drop, seen, now),
                        typed(code),
                        choices(seen.stage(), exhibit),
                        inLine ? room.look(drop, seen.stage()) : null,
                        hers.standing,
                        inLine && who != null ? entrances.line(drop, seen.stage(), who) : null,
                        who == null ? null : entrances.review(drop, who).orElse(null),
                        given(drop, seen.stage()),
                        held(drop, seen.stage()),
                        followed(drop, seen.stage()),
                        late(drop, seen, who, hers),
                        next(drop, seen),
                        said != null && SAID.contains(said) ? said : null,
                        now));
    }

    private Hers hers(Drop drop, CollectorId who) {
        return switch (entrances.enter(drop, who)) {
            case Entrance.Admitted in -> {
                boolean inLine = in.stage().mode() != Stage.Mode.RACE;
                String why = reached(in.stage(), in.has());
                if (why == null && inLine && tookIn(in.stage(), in.has())) why = "turn-used";
                yield new Hers(
                        in.has(),
                        why,
                        in.pass(),
                        in.lasts(),
                        in.next(),
                        inLine ? new WaitingRoom.Standing.Called(in.place()) : null);
            }
            case Entrance.Waits waits ->
                new Hers(waits.has(), reached(waits.stage(), waits.has()), null, null, FIRST_TRY, waits.standing());
            case Entrance.TurnUsed used ->
                Hers.not("turn-used", used.has(), new WaitingRoom.Standing.Called(used.place()));
            case Entrance.NotEligible not -> Hers.not("not-eligible", not.has(), null);
            case Entrance.Refused refused -> Hers.not("refused", refused.has(), null);
            case Entrance.PersonUnchecked not -> Hers.not("person-unchecked", not.has(), null);
            case Entrance.Over over -> Hers.not("closed", over.has(), over.standing());
        };
    }

    private List<Taken> taken(Drop drop, Exhibit shown, List<Claim> has) {
        if (has.isEmpty()) return List.of();
        Map<UUID, CollectibleId> of = drop.stages().stream().collect(Collectors.toMap(Stage::id, Stage::collectible));
        List<CollectibleId> others = has.stream()
                .map(claim -> Objects.requireNonNull(of.get(claim.stage())))
                .filter(id -> !id.value().equals(shown.id()))
                .distinct()
                .toList();
        Map<UUID, Exhibit> works = exhibits.of(others).stream().collect(Collectors.toMap(Exhibit::id, work -> work));
        Set<UUID> undone = drop.stages().stream().allMatch(stage -> stage.price() == null)
                ? Set.of()
                : returns.undone(drop.id().brand(), has.stream().map(Claim::id).toList());
        return has.stream()
                .map(claim -> new Taken(
                        claim,
                        works.getOrDefault(
                                Objects.requireNonNull(of.get(claim.stage())).value(), shown),
                        undone.contains(claim.id())))
                .toList();
    }

    private static @Nullable String reached(Stage stage, List<Claim> has) {
        return has.size() < stage.limit() ? null : "limit-reached";
    }

    private List<Money> given(Drop drop, Stage stage) {
        Cause cause = stage.cause();
        return cause == null
                ? List.of()
                : given.get(drop.id()).stream()
                        .filter(given -> given.cause().equals(cause.id()))
                        .map(Causes.Given::sum)
                        .toList();
    }

    /** One turn in line is one claim. */
    private static boolean tookIn(Stage stage, List<Claim> has) {
        return has.stream().anyMatch(claim -> claim.stage().equals(stage.id()));
    }

    private Entrances.@Nullable Held held(Drop drop, Stage stage) {
        return stage.entry() == Stage.Entry.HOLDERS
                ? held.get(new StageOf(drop.id(), stage)).orElse(null)
                : null;
    }

    private Entrances.@Nullable Followed followed(Drop drop, Stage stage) {
        return stage.entry() == Stage.Entry.FOLLOWERS
                ? followed.get(new StageOf(drop.id(), stage)).orElse(null)
                : null;
    }

    private List<Choice> choices(Stage stage, Exhibit exhibit) {
        Integer supply = exhibit.supply().supply();
        if (!stage.chosen() || supply == null) return List.of();
        BitSet free = lives.free(stage.collectible());
        Map<Integer, UniquePieces.Unique> each = unique.from(stage.collectible(), 1, DropPlans.CHOSEN_MAX).stream()
                .collect(Collectors.toMap(UniquePieces.Unique::serial, piece -> piece));
        return IntStream.rangeClosed(1, supply)
                .mapToObj(serial -> new Choice(serial, each.get(serial), free.get(serial)))
                .toList();
    }

    /** As {@code 1-16,18}: what a page needs to mark three hundred in one line. */
    private static String ranges(BitSet serials) {
        var text = new StringJoiner(",");
        for (int from = serials.nextSetBit(0); from >= 0; ) {
            int end = serials.nextClearBit(from);
            text.add(end - from == 1 ? String.valueOf(from) : from + "-" + (end - 1));
            from = serials.nextSetBit(end);
        }
        return text.toString();
    }

    /** The same for all, and a second old at most: a hundred thousand who wait cost a cache and nothing else. */
    @GetMapping("/d/{slug}/state.json")
    ResponseEntity<Map<String, Object>> state(@PathVariable String slug) {
        // What memory knows is not asked for; only what was published a moment ago is.
        Drop known = lives.published(slug);
        Drop drop = known != null ? known : open(slug);
        Instant now = clock.now();
        LiveDrops.Seen seen = Optional.ofNullable(lives.look(drop, now)).orElseThrow(Refused::notFound);
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("now", now.toString());
        state.put("phase", seen.phase().code());
        state.put("stage", seen.stage().id().toString());
        state.put("opensAt", seen.stage().opensAt().toString());
        state.put("closesAt", seen.stage().closesAt().toString());
        state.put("taken", seen.taken());
        if (seen.left() != null) state.put("left", seen.left());
        if (seen.stage().chosen())
            state.put("free", ranges(lives.free(seen.stage().collectible())));
        if (seen.firstEnds() != null) state.put("firstEnds", seen.firstEnds().toString());
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofSeconds(1)).cachePublic())
                .body(state);
    }

    /** The only time that a session is looked at, and long before the crowd. */
    @PostMapping("/d/{slug}/pass")
    ResponseEntity<?> pass(@PathVariable String slug, HttpServletRequest request) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return Problems.answer(HttpStatus.UNAUTHORIZED, "access.sign-in", null);
        if (!networks.mayAsk(who, request.getRemoteAddr())) return tooOften();
        return switch (entrances.enter(drop, who)) {
            case Entrance.Admitted in ->
                ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .body(Map.of(
                                "pass", in.pass(),
                                "n", in.next(),
                                "stage", in.stage().id().toString(),
                                "lasts", in.lasts().toSeconds(),
                                "has", in.has().size(),
                                "limit", in.stage().limit()));
            case Entrance.NotEligible not ->
                Problems.answer(
                        HttpStatus.FORBIDDEN,
                        "drop.not-eligible",
                        not.stage().entry().code());
            case Entrance.Refused refused -> Problems.answer(HttpStatus.FORBIDDEN, "drop.refused", null);
            case Entrance.PersonUnchecked not ->
                Problems.answer(
                        HttpStatus.FORBIDDEN, "drop.person-unchecked", "/me/account/person?to=/d/" + drop.slug());
            case Entrance.TurnUsed used -> Problems.answer(HttpStatus.CONFLICT, "drop.turn-used", null);
            case Entrance.Waits waits -> Problems.answer(HttpStatus.CONFLICT, "drop.not-called", null);
            case Entrance.Over over -> Problems.answer(HttpStatus.CONFLICT, "drop.closed", null);
        };
    }

    private static ResponseEntity<?> tooOften() {
        return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                .header(
                        "Retry-After",
                        String.valueOf(2 + ThreadLocalRandom.current().nextInt(6)))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problems.of(HttpStatus.TOO_MANY_REQUESTS, "drop.too-often", null));
    }

    /** A second's work for a browser, before it comes in. */
    @GetMapping("/d/{slug}/challenge.json")
    ResponseEntity<Altcha.Challenge> challenge(@PathVariable String slug) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(work.challenge(open(slug).id()));
    }

    /** Into the waiting room, or onto the list. It is a form, so whatever becomes of it is said on the page. */
    @PostMapping("/d/{slug}/join")
    ResponseEntity<Void> join(
            @PathVariable String slug, @RequestParam(defaultValue = "") String altcha, HttpServletRequest request) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=/d/" + drop.slug());
        if (!networks.mayAsk(who, request.getRemoteAddr())) return said(drop, "drop.too-often", "");
        if (!work.done(drop.id(), altcha) && !networks.mayComeIdle(request.getRemoteAddr()))
            return said(drop, "drop.too-often", "");
        Entrances.Coming coming = entrances.come(drop, who, networks.hash(drop.id(), request.getRemoteAddr()));
        return said(drop, coming.code(), "");
    }

    /** Her own line of the list: her place, and all that it can be computed again with. */
    @GetMapping("/d/{slug}/line.json")
    ResponseEntity<?> line(
            @PathVariable String slug, @RequestParam(defaultValue = "") String stage, HttpServletRequest request) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return Problems.answer(HttpStatus.UNAUTHORIZED, "access.sign-in", null);
        if (!networks.mayAsk(who, request.getRemoteAddr())) return tooOften();
        Stage of = stage(drop, stage);
        WaitingRoom.Line mine = entrances.line(drop, of, who);
        if (mine == null) throw Refused.notFound();
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("stage", of.id().toString());
        said.put("collector", mine.collector().toString());
        said.put("salt", mine.salt().hex());
        said.put("arrival", mine.arrival().hex());
        if (mine.record() != null) said.put("record", mine.record().hex());
        if (mine.sealed() != null) said.put("entry", mine.sealed().index());
        if (mine.round() != null) said.put("round", mine.round());
        if (mine.signature() != null) said.put("signature", HexFormat.of().formatHex(mine.signature()));
        if (mine.place() != null) said.put("place", mine.place());
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(said);
    }

    /** What was frozen when it was published, byte for byte as its hash in the log was made from: also how the places are drawn. */
    @GetMapping("/d/{slug}/rules.json")
    ResponseEntity<byte[]> rules(@PathVariable String slug) {
        Drop drop = open(slug);
        if (drop.rules() == null) throw Refused.notFound();
        Rules.Named frozen = rules.named(drop.rules()).orElseThrow(Refused::notFound);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header("Access-Control-Allow-Origin", "*")
                .body(frozen.version().document().bytes());
    }

    /** The list as the log has its root, for whoever wants to compute the places: a hash a line, in no order that tells anything. */
    @GetMapping(value = "/d/{slug}/arrivals.txt", produces = "text/plain;charset=utf-8")
    ResponseEntity<byte[]> arrivals(@PathVariable String slug, @RequestParam(defaultValue = "") String stage) {
        Drop drop = open(slug);
        Stage of = stage(drop, stage);
        if (of.mode() == Stage.Mode.RACE) throw Refused.notFound();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic())
                .body(lists.get(new Listed(drop, of)).orElseThrow(Refused::notFound));
    }

    private record Listed(Drop drop, Stage stage) {}

    /** The one that is named, also when it is long over; else the one that the page is about. */
    private Stage stage(Drop drop, String id) {
        if (id.isEmpty()) return Optional.ofNullable(drop.stageAt(clock.now())).orElseThrow(Refused::notFound);
        return drop.stages().stream()
                .filter(stage -> stage.id().toString().equals(id))
                .findFirst()
                .orElseThrow(Refused::notFound);
    }

    /**
     * Without a script. The form brings the pass and the number of the try that its page was made with: sent twice, or sent again after
     * the last was given, it is the same claim and has the same answer.
     */
    @PostMapping("/d/{slug}/claim")
    ResponseEntity<Void> claim(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String pass,
            @RequestParam(defaultValue = "") String n,
            @RequestParam(defaultValue = "") String code,
            @RequestParam(defaultValue = "") String unit) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=/d/" + drop.slug());
        String typed = typed(code);
        Integer wanted = unit.matches("[0-9]{1,7}") ? Integer.valueOf(unit) : null;
        // A form of before she signed in has neither: then it is her first try, which is never made twice.
        int nth = n.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(n) : FIRST_TRY;
        if (entrances.stageOf(pass, drop, who) != null) {
            Claiming ended = claims.claim(pass, nth, typed, wanted);
            // Too old, it admits nobody; a new one is for the same try.
            if (!(ended instanceof Claiming.NotAdmitted)) return ended(drop, ended, typed);
        }
        return switch (entrances.enter(drop, who)) {
            case Entrance.Admitted in ->
                ended(drop, claims.claim(in.pass(), in.place() > 0 ? in.next() : nth, typed, wanted), typed);
            case Entrance.NotEligible not -> said(drop, "drop.not-eligible", typed);
            case Entrance.Refused refused -> said(drop, "drop.refused", typed);
            case Entrance.PersonUnchecked not -> said(drop, "drop.person-unchecked", typed);
            case Entrance.TurnUsed used -> said(drop, "drop.turn-used", typed);
            case Entrance.Waits waits -> said(drop, "drop.not-called", typed);
            case Entrance.Over over -> said(drop, "drop.closed", typed);
        };
    }

    private static ResponseEntity<Void> ended(Drop drop, Claiming ended, String typed) {
        if (ended instanceof Claiming.Claimed taken) {
            Claim claim = taken.claim();
            boolean toPay = claim.serial() == null
                    && drop.stages().stream()
                            .anyMatch(stage -> stage.id().equals(claim.stage()) && stage.price() != null);
            return to("/d/" + drop.slug() + (toPay ? "/pay/" + claim.id() : "#mine"));
        }
        return said(drop, ended.code(), typed);
    }

    private static ResponseEntity<Void> said(Drop drop, String code, String typed) {
        return to("/d/" + drop.slug() + "?said=" + code + (typed.isEmpty() ? "" : "&code=" + typed));
    }

    /** What may stand in an address: nothing else is part of a code. */
    private static String typed(String code) {
        String signs = code.replaceAll("[^0-9A-Za-z-]", "");
        return signs.length() > CODE_MAX ? signs.substring(0, CODE_MAX) : signs;
    }

    /** She says why it is a mistake that her claims are held. */
    @PostMapping("/d/{slug}/appeal")
    ResponseEntity<Void> appeal(@PathVariable String slug, @RequestParam(defaultValue = "") String words) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=/d/" + drop.slug());
        return to("/d/" + drop.slug() + (entrances.appeal(drop, who, words) ? "?said=drop.appealed" : ""));
    }

    /** Of an earlier stage, which this page is no longer about, she sees it too, and can leave. */
    private @Nullable Late late(Drop drop, LiveDrops.Seen seen, @Nullable CollectorId who, Hers hers) {
        // Of a crowd that waits for the first stage nobody is on a list.
        if (lives.stages(drop, clock.now()).stream().noneMatch(one -> one.phase() == LiveDrops.Phase.SOLD_OUT))
            return null;
        Map<UUID, Instant> asked = who == null ? Map.of() : late.asked(drop, who);
        boolean offered = !asked.containsKey(seen.stage().id()) && mayAsk(drop, seen, who, hers);
        if (asked.isEmpty() && !offered) return null;
        return new Late(asked.values().stream().max(Comparator.naturalOrder()).orElse(null), offered);
    }

    /** For whom one might have been: a guest finds out when she is signed in. */
    private boolean mayAsk(Drop drop, LiveDrops.Seen seen, @Nullable CollectorId who, Hers hers) {
        Stage stage = seen.stage();
        if (seen.phase() != LiveDrops.Phase.SOLD_OUT || stage.mode() == Stage.Mode.WINDOW) return false;
        if (reached(stage, hers.has) != null) return false;
        if (who == null || hers.why == null || hers.why.equals("turn-used")) return true;
        return hers.why.equals("closed") && entrances.mightHave(drop, stage, who);
    }

    private @Nullable Next next(Drop drop, LiveDrops.Seen seen) {
        return switch (seen.phase()) {
            case SOLD_OUT, CLOSED ->
                new Next(following.followUncounted(brand(drop), "/d/" + drop.slug()), following.hears());
            case ANNOUNCED, OPEN, PAUSED, ALL_HELD -> null;
        };
    }

    /**
     * Who came too late hears of the brand's next one, and is back on the page that she came too late to.
     *
     * @param stage one for followers, whom she follows to enter it
     */
    @PostMapping("/d/{slug}/follow")
    ModelAndView follow(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String stage,
            @RequestParam(defaultValue = "yes") String on,
            HttpServletRequest request) {
        Drop drop = open(slug);
        Entrances.Followed whom = stage.isEmpty() ? null : followed(drop, stage(drop, stage));
        return following.turn(request, whom == null ? brand(drop) : whom.whom(), "/d/" + drop.slug(), on.equals("yes"));
    }

    private static Follows.Followed brand(Drop drop) {
        return Follows.Followed.brand(drop.id().brand());
    }

    /** Wants to hear that it opens, or that a unit is free again: whoever could take it then. A call that is for nobody costs another her turn. */
    @PostMapping("/d/{slug}/wait")
    ResponseEntity<Void> await(@PathVariable String slug) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=/d/" + drop.slug());
        LiveDrops.Seen seen = Optional.ofNullable(lives.look(drop, clock.now())).orElseThrow(Refused::notFound);
        Hers hers = hers(drop, who);
        Telling telling = telling(drop, seen, who, hers);
        if (telling == null)
            return said(drop, about(seen) == null || hers.why == null ? refusal(seen) : "drop." + hers.why, "");
        reminders.ask(drop.id(), telling.stage, who, telling.about);
        return said(drop, "drop.asked", "");
    }

    /** Comes onto the list for what comes back of a stage that sold out, or leaves it. */
    @PostMapping("/d/{slug}/waiting-list")
    ResponseEntity<Void> waitingList(@PathVariable String slug, @RequestParam(defaultValue = "yes") String on) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=/d/" + drop.slug());
        LiveDrops.Seen seen = Optional.ofNullable(lives.look(drop, clock.now())).orElseThrow(Refused::notFound);
        Hers hers = hers(drop, who);
        if (!on.equals("yes")) {
            late.leave(drop.id(), who);
            return said(drop, "drop.unlisted", "");
        }
        if (!mayAsk(drop, seen, who, hers))
            return said(drop, hers.why == null ? refusal(seen) : "drop." + hers.why, "");
        late.ask(drop, seen.stage(), who);
        return said(drop, "drop.listed", "");
    }

    /** Of the stage that the page is about, or, where that has nothing more to say to her, of the opening of a later one that lets her in. */
    private @Nullable Telling telling(Drop drop, LiveDrops.Seen seen, @Nullable CollectorId who, Hers hers) {
        DropReminders.About about = about(seen);
        Stage stage = seen.stage();
        if (about == null || hers.why != null) {
            about = DropReminders.About.OPENING;
            List<Stage> later = lives.stages(drop, clock.now()).stream()
                    .filter(one -> one.phase() == LiveDrops.Phase.ANNOUNCED && one.comes())
                    .map(LiveDrops.Seen::stage)
                    .filter(one -> one.nth() > seen.stage().nth())
                    .toList();
            // Whom a later one lets in a guest finds out, as with the first.
            stage = who != null ? entrances.opensTo(drop, later, who) : later.isEmpty() ? null : later.getFirst();
        }
        if (stage == null) return null;
        return new Telling(about, stage, who != null && reminders.asked(drop.id(), stage, who, about));
    }

    private List<OneStage> stages(Drop drop, LiveDrops.Seen shown, Instant now) {
        if (drop.stages().size() < 2) return List.of();
        // A crowd loads this page: one question for all works but the one that it shows.
        Map<UUID, Exhibit> others = exhibits
                .of(drop.stages().stream()
                        .map(Stage::collectible)
                        .filter(id -> !id.equals(shown.stage().collectible()))
                        .distinct()
                        .toList())
                .stream()
                .collect(Collectors.toMap(Exhibit::id, exhibit -> exhibit));
        return lives.stages(drop, now).stream()
                .map(one ->
                        new OneStage(one, others.get(one.stage().collectible().value()), held(drop, one.stage())))
                .toList();
    }

    /** What she can still be told of; null: nothing will come. A stage that sold out stays so, and in a line what comes back is called by place. */
    private static DropReminders.@Nullable About about(LiveDrops.Seen seen) {
        return switch (seen.phase()) {
            case ANNOUNCED -> DropReminders.About.OPENING;
            case OPEN, PAUSED, ALL_HELD -> seen.stage().mode() == Stage.Mode.RACE ? DropReminders.About.FREE : null;
            case SOLD_OUT, CLOSED -> null;
        };
    }

    private static String refusal(LiveDrops.Seen seen) {
        return switch (seen.phase()) {
            case SOLD_OUT -> "drop.sold-out";
            case CLOSED -> "drop.closed";
            case ANNOUNCED, OPEN, PAUSED, ALL_HELD -> "drop.no-waiting-list";
        };
    }

    private Drop open(String slug) {
        Drop drop = plans.at(slug).orElseThrow(Refused::notFound);
        if (drop.state() == Drop.State.DRAFT) throw Refused.notFound();
        return drop;
    }

    private @Nullable CollectorId person() {
        return switch (access.who()) {
            case Who.Person p -> p.collector();
            case Who.Colleague c -> c.collector();
            case Who.Guest g -> null;
            case Who.Machine m -> null;
        };
    }

    private static ResponseEntity<Void> to(String address) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(Objects.requireNonNull(URI.create(address)))
                .build();
    }
}
