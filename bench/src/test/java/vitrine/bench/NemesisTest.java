package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.CallHistory;
import vitrine.books.CallHistory.Call;
import vitrine.books.Violation;

/** Two real servers and a real PostgreSQL are killed, frozen, cut off from each other and set to other hours while people claim. */
@Tag("simulate")
class NemesisTest {

    private static final long SEED = System.nanoTime() >>> 20;

    private static Nemesis.Outcome outcome;
    private static List<Violation> otherClaim = List.of();
    private static List<Violation> neverTold = List.of();
    private static List<Violation> noAnswer = List.of();
    private static List<Violation> tooEarly = List.of();
    private static List<Violation> oneCode = List.of();
    private static List<Violation> nobodyPaid = List.of();
    private static List<Violation> paidForNothing = List.of();

    @BeforeAll
    static void play() {
        outcome = Nemesis.play(Nemesis.Plan.of(SEED, 0), ended -> {
            UUID winner = ended.calls().stream()
                    .filter(call -> call.serial() != null)
                    .findFirst()
                    .orElseThrow()
                    .collector();
            otherClaim = judged(
                    ended, winner, call -> call.claim() == null ? call : told(call, "drop.claimed", UUID.randomUUID()));
            neverTold = judged(ended, winner, call -> told(call, "drop.sold-out", null));
            UUID early = ended.calls().stream()
                    .filter(call -> ended.terms().shut().containsKey(call.drop()))
                    .findFirst()
                    .orElseThrow()
                    .collector();
            tooEarly = judged(ended, early, call -> told(call, "drop.claimed", UUID.randomUUID()));
            noAnswer = judged(ended, winner, call -> told(call, CallHistory.BROKEN, null));
            CallHistory.Terms so = ended.terms();
            Map<UUID, String> codes = new HashMap<>(so.codes());
            codes.replaceAll((who, code) -> "the same for all");
            oneCode = judged(
                    ended, new CallHistory.Terms(so.shut(), so.pieces(), so.holding(), codes, so.payable(), so.paid()));
            nobodyPaid = judged(
                    ended,
                    new CallHistory.Terms(so.shut(), so.pieces(), so.holding(), so.codes(), Set.of(), so.paid()));
            paidForNothing = judged(
                    ended,
                    new CallHistory.Terms(
                            so.shut(), so.pieces(), so.holding(), so.codes(), so.payable(), Set.of(UUID.randomUUID())));
        });
    }

    private static List<Violation> judged(Nemesis.Ended ended, UUID whose, UnaryOperator<Call> changed) {
        List<Call> calls = new ArrayList<>(ended.calls());
        calls.replaceAll(call -> call.collector().equals(whose) ? changed.apply(call) : call);
        return judged(ended, ended.terms(), calls);
    }

    private static List<Violation> judged(Nemesis.Ended ended, CallHistory.Terms terms) {
        return judged(ended, terms, ended.calls());
    }

    private static List<Violation> judged(Nemesis.Ended ended, CallHistory.Terms terms, List<Call> calls) {
        return new CallHistory(JdbcClient.create(ended.rows()), ended.known(), terms, calls).audit();
    }

    private static Call told(Call call, String code, @Nullable UUID claim) {
        return new Call(
                call.drop(),
                call.collector(),
                call.node(),
                call.calledAt(),
                call.returnedAt(),
                code,
                claim,
                claim == null ? null : call.serial(),
                null);
    }

    @Test
    void whateverFallsNobodyLosesWhatSheWasToldIsHersAndNothingIsGivenTwice() {
        assertThat(outcome.violations())
                .as("again: ./vitrine simulate drop --processes --seed %d", SEED)
                .isEmpty();
        assertThat(outcome.numbers().get("claims")).isPositive();
    }

    @Test
    void codesWereUsedAndWhatWasHeldWasPaidForOrCameBack() {
        assertThat(outcome.numbers().get("codes_used")).isPositive();
        assertThat(outcome.numbers().get("holds_paid")).isPositive();
        assertThat(outcome.numbers().get("holds_ended")).isPositive();
    }

    @Test
    void eachFaultHappenedAndWasFelt() {
        for (Nemesis.Fault fault : Nemesis.Fault.values())
            assertThat(outcome.count(fault)).as("of %s", fault).isPositive();
        assertThat(outcome.numbers().get("calls_without_answer")).isPositive();
        assertThat(outcome.numbers().get("calls_busy")).isPositive();
    }

    @Test
    void whateverBecomesOfOneServerWhoeverAsksTheOtherIsStoppedForTwoSecondsAtMost() {
        // The best of three tries: a busy machine makes one of them slow, and a lock that nobody gives back all of
        // them.
        for (Nemesis.Fault fault :
                List.of(Nemesis.Fault.KILL, Nemesis.Fault.FREEZE, Nemesis.Fault.CUT, Nemesis.Fault.SILENCE))
            assertThat(outcome.silenceNanos(fault))
                    .as("%s; again: ./vitrine simulate drop --processes --seed %d", fault, SEED)
                    .isLessThanOrEqualTo(Nemesis.SILENT_AT_MOST_NANOS);
    }

    @Test
    void theJudgeNoticesAnAcknowledgedClaimThatIsNotThere() {
        assertThat(otherClaim).extracting(Violation::code).contains("lost_acknowledged");
    }

    @Test
    void theJudgeNoticesAWinnerWhoseOneAnswerWasThatAllAreGone() {
        assertThat(neverTold).extracting(Violation::code).contains("winners_told_sold_out");
    }

    @Test
    void theJudgeNoticesAClaimOfADropThatIsNotOpen() {
        assertThat(tooEarly).extracting(Violation::code).contains("window");
    }

    @Test
    void theJudgeNoticesWhoNeverHeardAnything() {
        assertThat(noAnswer).extracting(Violation::code).contains("unanswered");
    }

    @Test
    void theJudgeNoticesACodeThatTwoHaveUsed() {
        assertThat(oneCode).extracting(Violation::code).contains("code_used_twice");
    }

    @Test
    void theJudgeNoticesAPieceThatNobodyPaidFor() {
        assertThat(nobodyPaid).extracting(Violation::code).contains("piece_without_payment");
    }

    @Test
    void theJudgeNoticesAPaymentForWhichThereIsNothing() {
        assertThat(paidForNothing).extracting(Violation::code).contains("paid_without_piece");
    }
}
