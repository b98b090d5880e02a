package vitrine.books;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Holds every call of people with one try each, and what came back of it, against the rows. It sees what {@link ClaimHistory} cannot: a
 * winner who never heard that she won and was refused when she asked again, and what was said at one node after another had said
 * otherwise.
 */
public final class CallHistory {

    /** Of a call without an answer: the connection broke, or nothing came. */
    public static final String BROKEN = "no-answer";

    private static final String CLAIMED = "drop.claimed";
    private static final String SOLD_OUT = "drop.sold-out";
    private static final String BUSY = "drop.busy";

    /**
     * @param node where she asked
     * @param calledAt nanoseconds of one clock that all callers share
     * @param code of the answer, or {@link #BROKEN}
     * @param had what she had been told is hers, before she asked
     */
    public record Call(
            UUID drop,
            UUID collector,
            int node,
            long calledAt,
            long returnedAt,
            String code,
            @Nullable UUID claim,
            @Nullable Integer serial,
            @Nullable UUID had) {
        public boolean decided() {
            return code.equals(CLAIMED) || code.equals(SOLD_OUT);
        }

        /** Whether whoever asked must ask again. */
        public boolean unheard() {
            return code.equals(BUSY) || code.equals(BROKEN);
        }
    }

    private record Who(UUID drop, UUID collector) {}

    private final JdbcClient db;
    private final ClaimHistory.Known known;
    private final Map<UUID, String> shut;
    private final List<Call> calls;
    private final List<Violation> found = new ArrayList<>();

    /** @param shut drops that were not open at any time of these calls, by the database's clock, and the one refusal that is heard there */
    public CallHistory(JdbcClient db, ClaimHistory.Known known, Map<UUID, String> shut, List<Call> calls) {
        this.db = db;
        this.known = known;
        this.shut = shut;
        this.calls = calls;
    }

    public List<Violation> audit() {
        found.addAll(new ClaimHistory(db, known, told()).audit());
        Map<Who, UUID> rows = new HashMap<>();
        db.sql("select drop_id, collector_id, claim_id from claims").query(row -> {
            rows.put(new Who(row.getObject(1, UUID.class), row.getObject(2, UUID.class)), row.getObject(3, UUID.class));
        });
        answers(rows);
        ends(rows);
        return found;
    }

    private List<ClaimHistory.Told> told() {
        return calls.stream()
                .filter(call -> !call.code.equals(BROKEN))
                .map(call -> new ClaimHistory.Told(
                        call.drop, call.collector, "1", call.code, call.claim, call.serial, call.had))
                .toList();
    }

    private void answers(Map<Who, UUID> rows) {
        Set<Who> asked = new HashSet<>();
        Set<Who> decided = new HashSet<>();
        for (Who who : rows.keySet())
            if (shut.containsKey(who.drop)) breach("window", who + " has something of a drop that was not open");
        for (Call call : calls) {
            var who = new Who(call.drop, call.collector);
            String refusal = shut.get(call.drop);
            if (refusal != null) {
                if (!call.unheard() && !call.code.equals(refusal))
                    breach("window", "where everybody hears " + refusal + ": " + call);
                continue;
            }
            asked.add(who);
            if (call.decided()) decided.add(who);
            else if (!call.unheard()) breach("unexplained", "nobody should hear this here: " + call);
            UUID row = rows.get(who);
            if (row != null && call.code.equals(SOLD_OUT) && call.had == null)
                breach("winners_told_sold_out", "whose claim " + row + " is written was told: " + call);
        }
        for (Who who : asked) if (!decided.contains(who)) breach("unanswered", who + " never heard what became of it");
        for (Who who : rows.keySet())
            if (!asked.contains(who) && !shut.containsKey(who.drop))
                breach("unexplained", who + " has what she never asked");
    }

    /** Sold out is when all are given, and from then on for good, at every node. */
    private void ends(Map<Who, UUID> rows) {
        Map<UUID, Long> over = new HashMap<>();
        Map<Who, Long> first = new HashMap<>();
        for (Call call : calls) {
            if (call.code.equals(SOLD_OUT)) over.merge(call.drop, call.returnedAt, Math::min);
            first.merge(new Who(call.drop, call.collector), call.calledAt, Math::min);
        }
        Map<UUID, Integer> given = new HashMap<>();
        for (Who who : rows.keySet()) given.merge(who.drop, 1, Integer::sum);
        for (ClaimHistory.Window window : known.windows()) {
            if (!over.containsKey(window.drop()) || window.cap() == null) continue;
            int claims = given.getOrDefault(window.drop(), 0);
            if (claims < window.cap())
                breach("sold_out_too_early", window.drop() + " gave " + claims + " of " + window.cap());
        }
        for (Who who : rows.keySet()) {
            Long sold = over.get(who.drop);
            if (sold != null && first.getOrDefault(who, 0L) > sold)
                breach("sold_out_reopened", who + " asked first after somebody had heard that all are gone");
        }
    }

    private void breach(String code, String what) {
        found.add(new Violation(code, what));
    }
}
