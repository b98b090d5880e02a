package vitrine.campaign.desk;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.ledger.LogKeys;
import vitrine.ledger.Logs;
import vitrine.ledger.WitnessPolicies;
import vitrine.ledger.WitnessStates;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** How the public log is, for the operator: what is sealed, signed and shown, who looks on, and what is to be done next. */
@Controller
@Requires(Permission.MANAGE)
public class LogDesk {

    /** What waits for longer than this waits for somebody. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Desks desks;
    private final Logs logs;
    private final LogKeys keys;
    private final WitnessPolicies policies;
    private final WitnessStates witnesses;
    private final Clock clock;

    LogDesk(Desks desks, Logs logs, LogKeys keys, WitnessPolicies policies, WitnessStates witnesses, Clock clock) {
        this.desks = desks;
        this.logs = logs;
        this.keys = keys;
        this.policies = policies;
        this.witnesses = witnesses;
        this.clock = clock;
    }

    /**
     * What is to be done.
     *
     * @param code under {@code desk.log.next}
     * @param values that its words name
     */
    public record Next(String code, boolean isGood, List<Object> values) {}

    /** @param source where its private half is: token, file or missing */
    public record Key(LogKeys.LogKey key, String source, boolean signs) {}

    /** @param failure the code of why it does not cosign; null: it does, or was not asked yet */
    public record Witness(
            String name,
            long size,
            @Nullable Instant at,
            @Nullable String failure,
            @Nullable Instant since,
            @Nullable String detail) {}

    public record Row(Logs.Log log, List<Key> keys) {
        public boolean isOver() {
            return log.closedAt() != null;
        }
    }

    /** @param open the log that takes records */
    public record It(
            List<Next> next,
            Row open,
            List<Row> others,
            List<Witness> witnesses,
            String days,
            String name,
            @Nullable String refusal) {
        public boolean hasLoss() {
            return open.log().state() == Logs.State.BEHIND || open.log().state() == Logs.State.UNKNOWN;
        }
    }

    @GetMapping("/desk/{brand}/log")
    ModelAndView log(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("log", house(brand, said), it("30", "", null));
    }

    @PostMapping("/desk/{brand}/log/key")
    ModelAndView changeKey(@PathVariable BrandId brand, @RequestParam(defaultValue = "") String days, Texts t) {
        Desk desk = house(brand, null);
        int asked = days.matches("[0-9]{1,4}") ? Integer.parseInt(days) : -1;
        Logs.Rotated rotated = desks.audited(
                brand,
                "log.key-changed",
                "log",
                Json.object("days", Json.of(asked)),
                () -> logs.rotate(asked),
                Logs.Rotated.Begun.class::isInstance);
        return switch (rotated) {
            case Logs.Rotated.Begun begun -> Desks.to(desk.path("log") + "?said=log-key-changed");
            case Logs.Rotated.Changing changing -> refused(desk, days, "", t.get("log.key-changing"));
            case Logs.Rotated.WrongDays wrong -> refused(desk, days, "", t.get("log.overlap-days", wrong.max()));
        };
    }

    @PostMapping("/desk/{brand}/log/successor")
    ModelAndView succeed(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(name = "loss", defaultValue = "false") boolean acceptLoss,
            Texts t) {
        Desk desk = house(brand, null);
        Logs.Succeeded succeeded = desks.audited(
                brand,
                "log.succeeded",
                name,
                Json.object("loss", Json.of(acceptLoss ? "accepted" : "none")),
                () -> logs.succeed(name.strip(), acceptLoss),
                Logs.Succeeded.Opened.class::isInstance);
        return switch (succeeded) {
            case Logs.Succeeded.Opened opened -> Desks.to(desk.path("log") + "?said=log-succeeded");
            case Logs.Succeeded.NoName noName -> refused(desk, "30", name, t.get("log.name"));
            case Logs.Succeeded.NameTaken taken -> refused(desk, "30", name, t.get("log.name-taken", taken.origin()));
            case Logs.Succeeded.Running running ->
                refused(desk, "30", name, t.get("log.succession-running", running.origin()));
            case Logs.Succeeded.Loss loss ->
                refused(
                        desk,
                        "30",
                        name,
                        loss.seen() < 0
                                ? t.get("log.loss-not-known", loss.size())
                                : t.get("log.loss-not-accepted", loss.size(), loss.seen()));
        };
    }

    private ModelAndView refused(Desk desk, String days, String name, String refusal) {
        return Desks.page("log", desk, it(days, name, refusal), HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** The log is the installation's: its page stands on the house's desk. */
    private Desk house(BrandId brand, @Nullable String said) {
        Desk desk = desks.of(brand, said);
        if (desk.brand().kind() != Brand.Kind.HOUSE) throw Refused.notFound();
        return desk;
    }

    private It it(String days, String name, @Nullable String refusal) {
        List<Row> rows = logs.all().stream().map(this::row).toList();
        Row open = rows.stream()
                .filter(row -> !row.isOver())
                .reduce((one, older) -> older)
                .orElseGet(rows::getFirst);
        List<Witness> watching = witnesses(open.log());
        return new It(
                next(open, watching),
                open,
                rows.stream().filter(row -> row != open).toList(),
                watching,
                days,
                name,
                refusal);
    }

    private Row row(Logs.Log log) {
        List<Key> all = new ArrayList<>();
        List<LogKeys.LogKey> signing = keys.signing(log.id(), log.size(), clock.instant());
        for (LogKeys.LogKey key : log.keys()) {
            all.add(new Key(key, keys.source(key.verifier()), signing.contains(key)));
        }
        return new Row(log, all);
    }

    private List<Witness> witnesses(Logs.Log log) {
        Map<String, WitnessStates.State> states = new HashMap<>();
        witnesses.of(log.id()).forEach(state -> states.put(state.vkey(), state));
        return policies.policy().witnesses().stream()
                .map(witness -> {
                    var state = states.get(witness.key().vkey());
                    return state == null
                            ? new Witness(witness.name(), 0, null, null, null, null)
                            : new Witness(
                                    witness.name(),
                                    state.cosignedSize(),
                                    state.cosignedAt(),
                                    state.failureCode(),
                                    state.failingSince(),
                                    state.failure());
                })
                .toList();
    }

    /** The most urgent first; one good line when there is nothing. */
    private List<Next> next(Row open, List<Witness> watching) {
        Logs.Log log = open.log();
        List<Next> next = new ArrayList<>();
        if (log.state() == Logs.State.BEHIND) {
            next.add(new Next("behind", false, List.of(log.size(), java.util.Objects.requireNonNull(log.seen()))));
        }
        if (log.state() == Logs.State.UNKNOWN) next.add(new Next("unknown", false, List.of(log.size())));
        for (Key key : open.keys()) {
            if (key.signs() && key.source().equals("missing")) {
                next.add(new Next(
                        "key-missing", false, List.of(key.key().verifier().idHex())));
            }
        }
        for (Witness witness : watching) {
            if ("witness.ahead".equals(witness.failure()) || "witness.conflict".equals(witness.failure())) {
                next.add(new Next("witness-alarm", false, List.of(witness.name())));
            } else if (witness.failure() != null) {
                next.add(new Next("witness-silent", false, List.of(witness.name())));
            }
        }
        Instant late = clock.instant().minus(PATIENCE);
        if (next.isEmpty() && log.signedSize() < log.size() && isBefore(log.sealedAt(), late)) {
            next.add(new Next("unsigned", false, List.of(log.size() - log.signedSize())));
        }
        if (next.isEmpty() && log.publishedSize() < log.signedSize() && isBefore(log.signedAt(), late)) {
            next.add(new Next("unshown", false, List.of(log.signedSize() - log.publishedSize())));
        }
        for (Key key : open.keys()) {
            Instant until = key.key().bothUntil();
            if (until != null && clock.instant().isBefore(until)) {
                next.add(new Next(
                        "key-changing", true, List.of(key.key().verifier().idHex(), until)));
            }
        }
        if (next.isEmpty()) next.add(new Next("nothing", true, List.of()));
        return next;
    }

    private static boolean isBefore(@Nullable Instant at, Instant late) {
        return at != null && at.isBefore(late);
    }
}
