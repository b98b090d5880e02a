package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
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
import org.springframework.web.servlet.ModelAndView;
import vitrine.drop.ArrivalPictures;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.Lots;
import vitrine.drop.Reviews;
import vitrine.drop.Stage;
import vitrine.drop.WaitingRoom;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/**
 * Who came to a drop: how far its line or its list is, three pictures with an act beneath each, claims that wait for somebody's look, and
 * the entries as a table.
 */
@Controller
@Requires(Permission.SEE)
public class LineDesk {

    private static final Duration AGE_MOST = Duration.ofDays(3_650);

    private final Desks desks;
    private final DropPlans plans;
    private final WaitingRoom room;
    private final ArrivalPictures pictures;
    private final Reviews reviews;
    private final Lots lots;
    private final BusinessClock clock;

    LineDesk(
            Desks desks,
            DropPlans plans,
            WaitingRoom room,
            ArrivalPictures pictures,
            Reviews reviews,
            Lots lots,
            BusinessClock clock) {
        this.desks = desks;
        this.plans = plans;
        this.room = room;
        this.pictures = pictures;
        this.reviews = reviews;
        this.lots = lots;
        this.clock = clock;
    }

    public record Shown(
            Drop drop,
            Stage stage,
            WaitingRoom.@Nullable Seen line,
            ArrivalPictures.Pictures pictures,
            Held held,
            @Nullable String refusal) {

        /** How many came, whatever they came to. */
        public int came() {
            return pictures.ages().stream()
                    .mapToInt(ArrivalPictures.Age::people)
                    .sum();
        }

        /** In a race without a hold a claim is a piece at once: nobody can be doubted in time. */
        public boolean grantsAtOnce() {
            return stage.mode() == Stage.Mode.RACE && stage.hold() == null;
        }
    }

    /**
     * Who is held for a look and not decided: one page of them.
     *
     * @param all how many the filter finds
     * @param younger as addresses have it; empty: however old
     */
    public record Held(List<Reviews.Review> rows, int all, String reason, String network, String younger, int page) {
        public boolean isFiltered() {
            return !reason.isEmpty() || !network.isEmpty() || !younger.isEmpty();
        }

        public boolean hasMore() {
            return (page + 1) * Desks.PAGE < all;
        }
    }

    /** What an address or a form names; what is no filter finds nobody. */
    static Reviews.Filter filter(String reason, String network, String younger) {
        try {
            return new Reviews.Filter(
                    reason.isEmpty() ? null : Reviews.Reason.named(reason).orElseThrow(Refused::notFound),
                    network,
                    younger.isEmpty() ? null : age(younger));
        } catch (DateTimeException e) {
            throw Refused.notFound();
        }
    }

    /** How young an account is: up to ten years, which is longer than any is there. */
    private static Duration age(String typed) {
        Duration age = Duration.parse(typed);
        if (age.isNegative() || age.compareTo(AGE_MOST) > 0) throw new DateTimeException(typed);
        return age;
    }

    /** When a crowd came. */
    private static Instant moment(String typed) {
        Instant at = Instant.parse(typed);
        if (!Desks.isOfOurTime(at.atZone(ZoneOffset.UTC).toLocalDate())) throw new DateTimeException(typed);
        return at;
    }

    @GetMapping("/desk/{brand}/drops/{slug}/line")
    ModelAndView line(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String network,
            @RequestParam(defaultValue = "") String younger,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "") String stage,
            @RequestParam(required = false) @Nullable String said) {
        Drop drop = find(brand, slug);
        Held held = held(drop, reason, network, younger, Math.clamp(page, 0, 1_000_000));
        return Desks.page("line", desks.of(brand, said), shown(drop, stage(drop, stage), held, null));
    }

    private Held held(Drop drop, String reason, String network, String younger, int page) {
        Reviews.Filter filter = filter(reason, network, younger);
        return new Held(
                reviews.open(drop.id(), filter, page * Desks.PAGE, Desks.PAGE),
                reviews.openCount(drop.id(), filter),
                reason,
                network,
                younger,
                page);
    }

    private Shown shown(Drop drop, Stage stage, Held held, @Nullable String refusal) {
        return new Shown(
                drop,
                stage,
                stage.mode() == Stage.Mode.RACE ? null : room.lookAgain(drop, stage),
                pictures.of(drop.id(), stage),
                held,
                refusal);
    }

    @PostMapping("/desk/{brand}/drops/{slug}/line")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView act(
            @PathVariable BrandId brand, @PathVariable String slug, @RequestParam Map<String, String> form, Texts t) {
        Drop drop = find(brand, slug);
        Stage stage = stage(drop, form.getOrDefault("stage", ""));
        // Of one row: its act and whom it meets.
        String[] words = form.getOrDefault("do", "").split(" ", 2);
        String act = words[0];
        String refusal =
                switch (act) {
                    case "bring" -> bring(brand, drop, stage, form.getOrDefault("signature", ""), t);
                    case "network", "young", "moment" ->
                        hold(brand, drop, stage, act, form.getOrDefault("what", ""), t);
                    case "release", "refuse" -> decide(brand, drop, act, words.length < 2 ? "" : words[1], t);
                    default -> throw Refused.notFound();
                };
        return refusal == null
                ? Desks.to(Desks.address(
                        desks.of(brand, null).path("drops/" + slug + "/line"), "stage", stage.id(), "said", "saved"))
                : Desks.page(
                        "line",
                        desks.of(brand, null),
                        shown(drop, stage, held(drop, "", "", "", 0), refusal),
                        HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** Null: the places are drawn. */
    private @Nullable String bring(BrandId brand, Drop drop, Stage stage, String signature, Texts t) {
        Lots.Bringing ended = desks.audited(
                brand,
                "drop.round-brought",
                drop.slug(),
                Json.object(),
                () -> lots.bring(drop.id(), stage.id(), signature),
                done -> done instanceof Lots.Bringing.Drawn);
        return switch (ended) {
            case Lots.Bringing.Drawn drawn -> null;
            case Lots.Bringing.DrawnBefore before -> null;
            case Lots.Bringing.NotTheRound not -> t.get("desk.line.not-the-round", String.valueOf(not.round()));
            case Lots.Bringing.OtherNetwork other ->
                t.get("desk.line.other-network", other.chain().hex());
            case Lots.Bringing.NotNow not -> t.get("desk.line.not-now");
        };
    }

    private @Nullable String hold(BrandId brand, Drop drop, Stage stage, String act, String what, Texts t) {
        int held;
        try {
            held = desks.audited(
                    brand,
                    "drop.held-for-review",
                    drop.slug(),
                    Json.object("by", Json.of(act)),
                    () -> switch (act) {
                        case "network" ->
                            reviews.holdNetwork(drop.id(), stage, HexFormat.of().parseHex(what));
                        case "young" -> reviews.holdYoung(drop.id(), stage, age(what));
                        default -> reviews.holdMoment(drop.id(), stage, moment(what), pictures.step(stage));
                    },
                    n -> n > 0);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw Refused.notFound();
        }
        return held > 0 ? null : t.get("desk.line.nobody-held");
    }

    private @Nullable String decide(BrandId brand, Drop drop, String act, String who, Texts t) {
        CollectorId collector;
        try {
            collector = new CollectorId(UUID.fromString(who));
        } catch (IllegalArgumentException e) {
            throw Refused.notFound();
        }
        if (act.equals("release"))
            return desks.audited(
                            brand,
                            "drop.review-release",
                            drop.slug(),
                            Json.object(),
                            () -> reviews.release(drop.id(), collector),
                            done -> done)
                    ? null
                    : t.get("desk.line.decided-before");
        Reviews.Refusing ended = desks.audited(
                brand,
                "drop.review-refuse",
                drop.slug(),
                Json.object(),
                () -> reviews.refuse(drop, collector),
                done -> done instanceof Reviews.Refusing.Refused);
        return switch (ended) {
            case Reviews.Refusing.Refused done -> null;
            case Reviews.Refusing.DecidedBefore before -> t.get("desk.line.decided-before");
            case Reviews.Refusing.TooEarly early -> t.get("desk.line.too-early", t.dateTime(early.from()));
        };
    }

    /**
     * For a draw elsewhere: the salted hashes as the log has their root, when each came, and its place where one was drawn. Some of its rows
     * are a file for an airdrop or a list of guests as they are: the hash names whom it is of, and tells nobody who that is.
     */
    @GetMapping("/desk/{brand}/drops/{slug}/entries.csv")
    void entries(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String stage,
            HttpServletResponse response)
            throws IOException {
        Drop drop = find(brand, slug);
        write(drop, stage(drop, stage), response);
    }

    private void write(Drop drop, Stage stage, HttpServletResponse response) throws IOException {
        if (stage.mode() == Stage.Mode.RACE) throw Refused.notFound();
        WaitingRoom.Seen line = room.lookAgain(drop, stage);
        try (CsvWriter csv =
                Tables.csv(response, drop.slug() + "-entries-" + (drop.stages().indexOf(stage) + 1))) {
            csv.writeRecord("arrival", "came at", "place", "root in the log", "record", "review");
            String root = line.root() == null ? "" : line.root().hex();
            String record = line.record() == null ? "" : line.record().hex();
            desks.inOneTransaction(() -> {
                pictures.entries(
                        drop.id(),
                        stage,
                        entry -> csv.writeRecord(
                                entry.arrival(),
                                entry.arrivedAt().toString(),
                                entry.place() == null ? "" : entry.place().toString(),
                                root,
                                record,
                                entry.review()));
                return true;
            });
        }
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }

    /** @param named by its id; empty: the one that is now or next, if one waits in it, else the first of that kind, else the first of all */
    private Stage stage(Drop drop, String named) {
        if (!named.isEmpty()) {
            return drop.stages().stream()
                    .filter(s -> s.id().toString().equals(named))
                    .findFirst()
                    .orElseThrow(Refused::notFound);
        }
        Stage now = drop.stageAt(clock.now());
        if (now != null && now.mode() != Stage.Mode.RACE) return now;
        return drop.stages().stream()
                .filter(s -> s.mode() != Stage.Mode.RACE)
                .findFirst()
                .orElseGet(() -> drop.stages().getFirst());
    }
}
