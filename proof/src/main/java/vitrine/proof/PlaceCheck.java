package vitrine.proof;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vitrine.proof.CertificateVerdict.Check;
import vitrine.proof.CertificateVerdict.Status;

/**
 * Computes somebody's place by lot again: from the list that everybody is handed out, the record of it in the log and the value that
 * came after it ({@link Arrivals}).
 */
public final class PlaceCheck {
    private final OwnPlace own;
    private final List<Hash32> list;
    private final boolean listed;
    /** Beyond that no drop's rules go. */
    private static final int VERSIONS_MAX = 100;

    /** Which network's round it is, as far as the record was seen. */
    private String network = "";

    private final List<Check> checks = new ArrayList<>();

    private PlaceCheck(OwnPlace own, List<Hash32> list) {
        this.own = own;
        this.list = list;
        this.listed = new HashSet<>(list).contains(own.arrival());
    }

    /**
     * @param entry what the log has at {@code own.entry()}, as the caller has seen for himself; null: he has not looked
     * @param signature what the caller has got as the signature of {@code own.round()} from the network itself, or a relay of his choice,
     *     in lower-case hexadecimal; null: he has not asked. This reader does not verify BLS signatures
     * @param rules the drop's published rules, byte for byte; null: he has not got them, and they are not held against the record
     */
    public static List<Check> verify(
            OwnPlace own,
            List<Hash32> list,
            byte @Nullable [] entry,
            @Nullable String signature,
            byte @Nullable [] rules) {
        var check = new PlaceCheck(own, list);
        check.line();
        check.record(entry, rules);
        check.signature(signature);
        check.place();
        return check.checks;
    }

    private void line() {
        equal(
                "place.arrival",
                "line.arrival",
                own.arrival(),
                Arrivals.arrival(own.stage(), own.collector(), own.salt()));
        if (listed) add("place.listed", Status.PASSED, "list", "");
        else if (cameLate())
            add(
                    "place.listed",
                    Status.NOT_CHECKED,
                    "list",
                    "whoever came after the list was closed stands behind it, in order of arrival");
        else
            add(
                    "place.listed",
                    Status.FAILED,
                    "list",
                    "not in it: " + own.arrival().hex());
    }

    private void record(byte @Nullable [] entry, byte @Nullable [] rules) {
        if (entry == null) {
            add("place.record", Status.NOT_CHECKED, "log", "entry " + own.entry());
            return;
        }
        equal("place.record", "log", Merkle.leafHash(entry), own.record());
        if (!(LogRecord.read(entry) instanceof LogRecord.Reading.Known known)
                || !(known.record() instanceof LogRecord.QueueArrivals arrivals)) {
            add("place.list", Status.FAILED, "log", "entry " + own.entry() + " is not the record of a list");
            return;
        }
        equal("place.stage", "record.stage", arrivals.stage(), own.stage().toString());
        equal("place.list", "record.root", arrivals.root(), Arrivals.root(list));
        equal("place.count", "record.count", arrivals.count(), (long) list.size());
        equal("place.round", "record.round", arrivals.round(), own.round());
        network = " of " + arrivals.chain().hex();
        if (rules != null) chain(arrivals, rules);
    }

    /** Whether the round is one of the network that was fixed before anybody came. */
    private void chain(LogRecord.QueueArrivals arrivals, byte[] rules) {
        if (!(Json.parse(rules) instanceof Parsed.Ok<Json> text)
                || !(text.value() instanceof Json.Obj document)
                || !(document.get("drop") instanceof Json.Str drop)
                || !names(arrivals, drop.value(), Hash32.sha256(rules))) {
            add(
                    "place.chain",
                    Status.NOT_CHECKED,
                    "rules",
                    "not the rules that the record names: " + arrivals.rules().hex());
            return;
        }
        String frozen = document.get("stages") instanceof Json.Arr stages
                ? stages.values().stream()
                        .map(stage -> chain(stage, arrivals.stage()))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("none")
                : "none";
        equal("place.chain", "record.chain", arrivals.chain().hex(), frozen);
    }

    private static @Nullable String chain(Json stage, String id) {
        return stage instanceof Json.Obj of
                        && Json.of(id).equals(of.get("id"))
                        && of.get("lot") instanceof Json.Obj lot
                        && lot.get("chain") instanceof Json.Str chain
                ? chain.value()
                : null;
    }

    /** The record of the list names the one of the rules by its hash, and that follows from their text. */
    private static boolean names(LogRecord.QueueArrivals arrivals, String drop, Hash32 sha256) {
        try {
            for (int version = 1; version <= VERSIONS_MAX; version++) {
                var published = new LogRecord.RulesPublished(arrivals.log(), drop, version, sha256);
                if (published.leafHash().equals(arrivals.rules())) return true;
            }
        } catch (IllegalArgumentException noId) {
            return false;
        }
        return false;
    }

    private void signature(@Nullable String given) {
        if (given == null)
            add("place.signature", Status.NOT_CHECKED, "line.signature", "round " + own.round() + network);
        else equal("place.signature", "line.signature", own.signature(), given);
    }

    private void place() {
        if (cameLate()) return;
        var seed = Arrivals.seed(own.record(), own.signatureBytes());
        var mine = Arrivals.number(seed, own.arrival());
        long before = list.stream()
                .filter(other -> Arrivals.number(seed, other).compareTo(mine) < 0)
                .count();
        equal("place.place", "line.place", own.place(), before + 1);
    }

    private boolean cameLate() {
        return !listed && own.place() > list.size();
    }

    private void equal(String code, String where, Object got, Object want) {
        boolean same = Objects.equals(got, want);
        add(code, same ? Status.PASSED : Status.FAILED, where, same ? "" : "got " + got + ", want " + want);
    }

    private void add(String code, Status status, String where, String detail) {
        checks.add(new Check(code, status, where, detail));
    }
}
