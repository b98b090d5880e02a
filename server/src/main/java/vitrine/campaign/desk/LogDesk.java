package vitrine.campaign.desk;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.catalog.BrandLogs;
import vitrine.catalog.Catalog;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.ledger.Logs;
import vitrine.ledger.WitnessPolicies;
import vitrine.ledger.WitnessStates;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** How the public logs are, for the operator: what is sealed, signed and shown, who looks on, and what is to be done next. */
@Controller
@Requires(Permission.MANAGE)
public class LogDesk {

    /** What waits for longer than this waits for somebody. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Desks desks;
    private final Catalog catalog;
    private final BrandLogs brandLogs;
    private final Ledger ledger;
    private final Logs logs;
    private final LogKeys keys;
    private final WitnessPolicies policies;
    private final WitnessStates witnesses;
    private final Clock clock;

    LogDesk(
            Desks desks,
            Catalog catalog,
            BrandLogs brandLogs,
            Ledger ledger,
            Logs logs,
            LogKeys keys,
            WitnessPolicies policies,
            WitnessStates witnesses,
            Clock clock) {
        this.desks = desks;
        this.catalog = catalog;
        this.brandLogs = brandLogs;
        this.ledger = ledger;
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

    /**
     * The house's log with those before it, or a brand's own.
     *
     * @param own whose records it takes, alone; null: the house's
     * @param open the log that takes records
     */
    public record Line(@Nullable Brand own, Row open, List<Row> earlier, List<Witness> witnesses, List<Next> next) {
        public boolean isGood() {
            return next.stream().allMatch(Next::isGood);
        }
    }

    /**
     * @param shown the one that is looked at
     * @param may brands for which a log of their own can be begun
     */
    public record It(
            List<Line> lines,
            Line shown,
            List<Brand> may,
            Form form,
            @Nullable String refusal) {
        public Row open() {
            return shown.open();
        }

        public boolean hasLoss() {
            return open().log().state() == Logs.State.BEHIND || open().log().state() == Logs.State.UNKNOWN;
        }

        public List<String> mayIds() {
            return may.stream().map(brand -> brand.id().toString()).toList();
        }

        public Bilingual nameOf(String id) {
            return may.stream()
                    .filter(brand -> brand.id().toString().equals(id))
                    .findFirst()
                    .orElseThrow()
                    .name();
        }
    }

    /** What was typed, to be shown again. */
    public record Form(String days, String name, String own, String ownName) {
        static final Form EMPTY = new Form("30", "", "", "");
    }

    @GetMapping("/desk/{brand}/log")
    ModelAndView log(
            @PathVariable BrandId brand,
            @RequestParam(name = "log", defaultValue = "") String path,
            @RequestParam(required = false) @Nullable String said) {
        return Desks.page("log", house(brand, said), it(at(path), Form.EMPTY, null));
    }

    @PostMapping("/desk/{brand}/log/key")
    ModelAndView changeKey(
            @PathVariable BrandId brand,
            @RequestParam(name = "log", defaultValue = "") String path,
            @RequestParam(defaultValue = "") String days,
            Texts t) {
        Desk desk = house(brand, null);
        LogId log = at(path);
        int asked = days.matches("[0-9]{1,4}") ? Integer.parseInt(days) : -1;
        Logs.Rotated rotated = desks.audited(
                brand,
                "log.key-changed",
                ledger.originOf(log),
                Json.object("days", Json.of(asked)),
                () -> logs.rotate(log, asked),
                Logs.Rotated.Begun.class::isInstance);
        Form form = new Form(days, "", "", "");
        return switch (rotated) {
            case Logs.Rotated.Begun begun -> back(desk, path, "log-key-changed");
            case Logs.Rotated.Changing changing -> refused(desk, log, form, t.get("log.key-changing"));
            case Logs.Rotated.WrongDays wrong -> refused(desk, log, form, t.get("log.overlap-days", wrong.max()));
        };
    }

    @PostMapping("/desk/{brand}/log/successor")
    ModelAndView succeed(
            @PathVariable BrandId brand,
            @RequestParam(name = "log", defaultValue = "") String path,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(name = "loss", defaultValue = "false") boolean acceptLoss,
            Texts t) {
        Desk desk = house(brand, null);
        LogId log = at(path);
        Logs.Succeeded succeeded = desks.audited(
                brand,
                "log.succeeded",
                name,
                Json.object("loss", Json.of(acceptLoss ? "accepted" : "none")),
                () -> logs.succeed(log, name.strip(), acceptLoss),
                Logs.Succeeded.Opened.class::isInstance);
        Form form = new Form("30", name, "", "");
        return switch (succeeded) {
            case Logs.Succeeded.Opened opened -> back(desk, path, "log-succeeded");
            case Logs.Succeeded.NoName noName -> refused(desk, log, form, t.get("log.name"));
            case Logs.Succeeded.NameTaken taken -> refused(desk, log, form, t.get("log.name-taken", taken.origin()));
            case Logs.Succeeded.Running running ->
                refused(desk, log, form, t.get("log.succession-running", running.origin()));
            case Logs.Succeeded.Loss loss ->
                refused(
                        desk,
                        log,
                        form,
                        loss.seen() < 0
                                ? t.get("log.loss-not-known", loss.size())
                                : t.get("log.loss-not-accepted", loss.size(), loss.seen()));
        };
    }

    /** A brand's own log, beside the house's. */
    @PostMapping("/desk/{brand}/log/brand")
    ModelAndView begin(
            @PathVariable BrandId brand,
            @RequestParam(name = "own", defaultValue = "") String own,
            @RequestParam(name = "ownName", defaultValue = "") String name,
            Texts t) {
        Desk desk = house(brand, null);
        Brand whose = catalog.brands().stream()
                .filter(one -> one.id().toString().equals(own))
                .findFirst()
                .orElseThrow(Refused::notFound);
        BrandLogs.Beginning beginning = desks.audited(
                brand,
                "log.brand-begun",
                name,
                Json.object("brand", Json.of(whose.slug())),
                () -> brandLogs.begin(whose.id(), name.strip()),
                BrandLogs.Beginning.Opened.class::isInstance);
        LogId main = ledger.main();
        Form form = new Form("30", "", own, name);
        return switch (beginning) {
            case BrandLogs.Beginning.Opened(String origin) ->
                back(desk, origin.substring(origin.indexOf('/') + 1), "log-brand-begun");
            case BrandLogs.Beginning.NoName noName -> refused(desk, main, form, t.get("log.name"));
            case BrandLogs.Beginning.NameTaken(String origin) ->
                refused(desk, main, form, t.get("log.name-taken", origin));
            case BrandLogs.Beginning.HasLog(String origin) ->
                refused(desk, main, form, t.get("log.brand-has-log", t.of(whose.name()), origin));
            case BrandLogs.Beginning.HasRecords(int published) ->
                refused(desk, main, form, t.get("log.brand-has-records", t.of(whose.name()), published));
            case BrandLogs.Beginning.IsHouse isHouse -> refused(desk, main, form, t.get("log.brand-is-house"));
        };
    }

    private static ModelAndView back(Desk desk, String path, String said) {
        return Desks.to(Desks.address(desk.path("log"), "log", path, "said", said));
    }

    private ModelAndView refused(Desk desk, LogId log, Form form, String refusal) {
        return Desks.page("log", desk, it(log, form, refusal), HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** The logs are the installation's: their page stands on the house's desk. */
    private Desk house(BrandId brand, @Nullable String said) {
        Desk desk = desks.of(brand, said);
        if (desk.brand().kind() != Brand.Kind.HOUSE) throw Refused.notFound();
        return desk;
    }

    /** The log that is served there; without a word the house's. */
    private LogId at(String path) {
        return path.isEmpty() ? ledger.main() : ledger.at(path).orElseThrow(Refused::notFound);
    }

    private It it(LogId shown, Form form, @Nullable String refusal) {
        Map<Optional<BrandId>, List<Row>> byBrand = new LinkedHashMap<>();
        for (Logs.Log log : logs.all()) {
            byBrand.computeIfAbsent(Optional.ofNullable(log.brand()), none -> new ArrayList<>())
                    .add(row(log));
        }
        List<Line> lines = new ArrayList<>();
        byBrand.forEach(
                (brand, rows) -> lines.add(line(brand.map(catalog::brand).orElse(null), rows)));
        return new It(
                lines,
                lines.stream()
                        .filter(line -> Stream.concat(Stream.of(line.open()), line.earlier().stream())
                                .anyMatch(row -> row.log().id().equals(shown)))
                        .findFirst()
                        .orElseThrow(),
                brandLogs.possible().stream().map(catalog::brand).toList(),
                form,
                refusal);
    }

    private Line line(@Nullable Brand own, List<Row> rows) {
        Row open = rows.stream()
                .filter(row -> !row.isOver())
                .reduce((one, older) -> older)
                .orElseGet(rows::getFirst);
        List<Witness> watching = witnesses(open.log());
        return new Line(own, open, rows.stream().filter(row -> row != open).toList(), watching, next(open, watching));
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
