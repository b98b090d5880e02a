package vitrine.books;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Holds every call of people with one try each, and what came back of it, against the rows. It sees what {@link ClaimHistory} cannot: a
 * winner who never heard that she won and was refused when she asked again, and what was said at one node after another had said
 * otherwise.
 */
public final class CallHistory {

    /** Of a call without an answer: the connection broke, or nothing came. */
    public static final String BROKEN = "no-answer";

    public static final String HELD = "drop.held";

    public static final String CLAIMED = "drop.claimed";
    private static final String ALL_HELD = "drop.all-held";
    private static final String HOLD_EXPIRED = "drop.hold-expired";
    public static final String CODE_USED = "drop.code-used";
    public static final String SOLD_OUT = "drop.sold-out";
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
        /** Whether it is the last word on her try. */
        public boolean decided() {
            return Set.of(CLAIMED, SOLD_OUT, HOLD_EXPIRED, CODE_USED).contains(code);
        }

        /** Whether what is said now can be over in a while. */
        public boolean waits() {
            return code.equals(HELD) || code.equals(ALL_HELD);
        }

        /** Whether whoever asked must ask again. */
        public boolean unheard() {
            return code.equals(BUSY) || code.equals(BROKEN);
        }
    }

    /** @param drops all that give of the same pieces; none of them has a cap */
    public record Pieces(int units, Set<UUID> drops) {}

    /**
     * What was so while they called.
     *
     * @param shut drops that were not open at any time of these calls, by the database's clock, and the one refusal that is heard there
     * @param pieces what there is, for whom
     * @param holding drops that hold until somebody pays
     * @param codes what each of those types who were asked for a code, each good for one
     * @param payable claims that somebody went to pay for
     * @param paid those of them of which she heard that they are
     */
    public record Terms(
            Map<UUID, String> shut,
            List<Pieces> pieces,
            Set<UUID> holding,
            Map<UUID, String> codes,
            Set<UUID> payable,
            Set<UUID> paid) {

        /** Whether somebody may hear this there. */
        private boolean allow(Call call) {
            return switch (call.code) {
                case CLAIMED, SOLD_OUT -> true;
                case HELD, HOLD_EXPIRED -> holding.contains(call.drop);
                case ALL_HELD ->
                    pieces.stream()
                            .anyMatch(each ->
                                    each.drops.contains(call.drop) && !Collections.disjoint(each.drops, holding));
                case CODE_USED -> codes.containsKey(call.collector);
                default -> call.unheard();
            };
        }
    }

    private record Who(UUID drop, UUID collector) {}

    /** @param serial null: it is held */
    private record Row(UUID claim, @Nullable Integer serial) {}

    private final JdbcClient db;
    private final ClaimHistory.Known known;
    private final Terms terms;
    private final List<Call> calls;
    private final List<Violation> found = new ArrayList<>();

    public CallHistory(JdbcClient db, ClaimHistory.Known known, Terms terms, List<Call> calls) {
        this.db = db;
        this.known = known;
        this.terms = terms;
        this.calls = calls;
    }

    public List<Violation> audit() {
        found.addAll(new ClaimHistory(db, known, told()).audit());
        Map<Who, Row> rows = new HashMap<>();
        db.sql("select drop_id, collector_id, claim_id, serial from claims").query(row -> {
            rows.put(
                    new Who(row.getObject(1, UUID.class), row.getObject(2, UUID.class)),
                    new Row(row.getObject(3, UUID.class), row.getObject(4, Integer.class)));
        });
        answers(rows);
        ends(rows);
        codes(rows);
        holds(rows);
        return found;
    }

    private List<ClaimHistory.Told> told() {
        return calls.stream()
                .filter(call -> !call.code.equals(BROKEN))
                .map(call -> new ClaimHistory.Told(
                        call.drop, call.collector, "1", call.code, call.claim, call.serial, call.had))
                .toList();
    }

    private void answers(Map<Who, Row> rows) {
        Set<Who> asked = new HashSet<>();
        Set<Who> decided = new HashSet<>();
        for (Who who : rows.keySet())
            if (terms.shut.containsKey(who.drop)) breach("window", who + " has something of a drop that was not open");
        for (Call call : calls) {
            var who = new Who(call.drop, call.collector);
            String refusal = terms.shut.get(call.drop);
            if (refusal != null) {
                if (!call.unheard() && !call.code.equals(refusal))
                    breach("window", "where everybody hears " + refusal + ": " + call);
                continue;
            }
            asked.add(who);
            if (call.decided()) decided.add(who);
            if (!terms.allow(call)) breach("unexplained", "nobody should hear this here: " + call);
            Row row = rows.get(who);
            if (row == null || call.had != null) continue;
            switch (call.code) {
                case SOLD_OUT ->
                    breach("winners_told_sold_out", "whose claim " + row + " is written was told: " + call);
                case CODE_USED, HOLD_EXPIRED ->
                    breach("lost_acknowledged", "whose claim " + row + " is written was told: " + call);
                default -> {}
            }
        }
        for (Who who : asked) if (!decided.contains(who)) breach("unanswered", who + " never heard what became of it");
        for (Who who : rows.keySet())
            if (!asked.contains(who) && !terms.shut.containsKey(who.drop))
                breach("unexplained", who + " has what she never asked");
    }

    /**
     * Sold out is when all are given, and from then on for good, at every node and in every drop of the same pieces: what was held and not
     * paid for went to somebody else.
     */
    private void ends(Map<Who, Row> rows) {
        Map<UUID, Long> over = new HashMap<>();
        Map<Who, Long> first = new HashMap<>();
        for (Call call : calls) {
            if (call.code.equals(SOLD_OUT)) over.merge(call.drop, call.returnedAt, Math::min);
            first.merge(new Who(call.drop, call.collector), call.calledAt, Math::min);
        }
        for (Pieces pieces : terms.pieces) {
            Long sold = pieces.drops.stream()
                    .map(over::get)
                    .filter(Objects::nonNull)
                    .min(Long::compare)
                    .orElse(null);
            if (sold == null) continue;
            List<Who> have = rows.keySet().stream()
                    .filter(who -> pieces.drops.contains(who.drop))
                    .toList();
            if (have.size() < pieces.units)
                breach("sold_out_too_early", pieces.drops + " gave " + have.size() + " of " + pieces.units);
            for (Who who : have)
                if (first.getOrDefault(who, 0L) > sold)
                    breach("sold_out_reopened", who + " asked first after somebody had heard that all are gone");
        }
    }

    /** A code is good for one, and whoever heard that hers was used knows somebody who used it. */
    private void codes(Map<Who, Row> rows) {
        Map<String, UUID> used = new HashMap<>();
        for (Who who : rows.keySet()) {
            String code = terms.codes.get(who.collector);
            if (code == null) continue;
            UUID other = used.putIfAbsent(code, who.collector);
            if (other != null) breach("code_used_twice", code + " by " + other + " and by " + who.collector);
        }
        for (Call call : calls)
            if (call.code.equals(CODE_USED) && !used.containsKey(terms.codes.getOrDefault(call.collector, "")))
                breach("code_lost", "nobody has what it was used for: " + call);
        db.sql("""
                select k.code_hash, k.used, count(c.claim_id) from drop_codes k
                left join claims c on c.brand_id = k.brand_id and c.drop_id = k.drop_id and c.code_hash = k.code_hash
                group by k.brand_id, k.drop_id, k.stage_id, k.code_hash, k.used having k.used <> count(c.claim_id)
                """).query((RowCallbackHandler) row -> breach(
                "code_used_twice", "a code that counts " + row.getInt(2) + " uses has " + row.getInt(3) + " claims"));
    }

    /** What was paid is hers, what was not is nobody's, and it was held as long as it was said. */
    private void holds(Map<Who, Row> rows) {
        Set<UUID> numbered = new HashSet<>();
        rows.forEach((who, row) -> {
            if (!terms.holding.contains(who.drop)) return;
            if (row.serial == null) breach("hold_never_ended", who + " still holds " + row.claim);
            else if (!terms.payable.contains(row.claim)) breach("piece_without_payment", who + " has " + row);
            else numbered.add(row.claim);
        });
        for (UUID claim : terms.paid)
            if (!numbered.contains(claim)) breach("paid_without_piece", claim + " was paid for and is not there");
        db.sql("""
                select e.claim_id, e.ended_at - e.claimed_at, s.hold_seconds from claims_ended e join drop_stages s using (brand_id, drop_id, stage_id)
                where e.ended_at < e.claimed_at + make_interval(secs => s.hold_seconds) - interval '500 milliseconds'
                """).query((RowCallbackHandler) row ->
                breach("hold_too_short", row.getString(1) + " for " + row.getString(2) + " of " + row.getInt(3)));
    }

    private void breach(String code, String what) {
        found.add(new Violation(code, what));
    }
}
