package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;
import vitrine.testing.TestServer;

/** What is held until it is paid for: nobody else has it, and it comes back when its time is over. */
class ClaimHoldsTest extends TwoNodes {

    @Test
    void limitIsGivenBackAfterExpiry() {
        Drop drop = published(1, null, Duration.ofMinutes(10));
        CollectorId ada = collectors(1).getFirst();
        assertThat(claim(one, drop, ada, 1).code()).isEqualTo("drop.held");
        assertThat(claim(two, drop, ada, 2)).isInstanceOf(Claiming.LimitReached.class);
        ahead.set(Duration.ofMinutes(11));
        drain();
        two.bean(LiveDrops.class).changed();
        assertThat(claim(two, drop, ada, 1)).as("that hold is over").isInstanceOf(Claiming.HoldExpired.class);
        assertThat(claim(two, drop, ada, 2).code())
                .as("and hers to try again, on either node")
                .isEqualTo("drop.held");
        assertThat(claim(one, drop, ada, 3)).isInstanceOf(Claiming.LimitReached.class);
        assertThat(stock()).isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
    }

    @Test
    void aHoldThatEndsGivesUnitAndLimitBackAndLeavesNoGap() {
        Drop drop = published(1, 1, Duration.ofMinutes(10));
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(claim(one, drop, ada, 1)).isInstanceOfSatisfying(Claiming.Claimed.class, held -> assertThat(
                        held.claim().serial())
                .isNull());
        assertThat(claim(two, drop, bo, 1)).isInstanceOf(Claiming.AllHeld.class);
        assertThat(stock()).isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
        ahead.set(Duration.ofMinutes(11));
        drain();
        assertThat(stock()).isEqualTo(new Stock(12, 10, 0, 0, 2, 0, 0));
        two.bean(LiveDrops.class).changed();
        assertThat(claim(one, drop, ada, 1)).as("the old try stays ended").isInstanceOf(Claiming.HoldExpired.class);
        Claim his = ((Claiming.Claimed) claim(two, drop, bo, 1)).claim();
        assertThat(his.serial())
                .as("what is held has no number, so none can be missing")
                .isNull();
        assertThat(stock()).isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
        assertThat(claim(one, drop, ada, 2)).isInstanceOf(Claiming.AllHeld.class);
    }

    @Test
    void whatIsHeldIsNobodyElsesAndCanBeChosenAgainWhenItsTimeIsOver() {
        Drop drop = publish("choose", chosen(Duration.ofMinutes(10)));
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(choose(one, drop, ada, 5)).isInstanceOfSatisfying(Claiming.Claimed.class, held -> {
            assertThat(held.claim().serial()).isNull();
            assertThat(held.claim().unit()).isEqualTo(5);
        });
        assertThat(choose(two, drop, bo, 5)).isInstanceOf(Claiming.UnitTaken.class);
        assertThat(two.bean(LiveDrops.class).free(moonrise).get(5)).isFalse();
        ahead.set(Duration.ofMinutes(11));
        drain();
        two.bean(LiveDrops.class).changed();
        assertThat(two.bean(LiveDrops.class).free(moonrise).get(5)).isTrue();
        Claim his = ((Claiming.Claimed) choose(two, drop, bo, 5)).claim();
        assertThat(his.unit()).isEqualTo(5);
        assertThat(choose(one, drop, ada, 5)).isInstanceOf(Claiming.HoldExpired.class);
    }

    @Test
    void whatWasReadBeforeACommitSaysNothingOfWhatIsHeldSince() throws Exception {
        Drop drop = published(1, 1, Duration.ofMinutes(10));
        LiveDrops lives = two.bean(LiveDrops.class);
        lives.changed();
        long change;
        try (var node = Executors.newSingleThreadExecutor()) {
            var reads = new AtomicReference<@Nullable Future<?>>();
            change = requireNonNull(database.transactions().execute(s -> {
                database.jdbc().sql("lock table drops in access exclusive mode").update();
                reads.set(node.submit(() -> lives.of(drop.id())));
                untilSomebodyWaits();
                return lives.changed(); // a batch was committed while somebody read
            }));
            requireNonNull(reads.get()).get();
        }
        assertThat(lives.knows(change)).as("by a look that began before").isFalse();
        lives.of(drop.id());
        assertThat(lives.knows(change)).isTrue();
    }

    @Test
    void whatAnEarlierStageHoldsIsNotSoldOutForTheNextOneAndIsTheirsWhenItComesBack() {
        comesBackToTheNext(null);
    }

    @Test
    void whatAnEarlierStageHoldsIsNotSoldOutForANextOneThatHoldsAsWell() {
        comesBackToTheNext(Duration.ofMinutes(10));
    }

    private void comesBackToTheNext(@Nullable Duration hold) {
        Drop drop = twoStages(null, null, hold);
        List<CollectorId> people = collectors(11);
        for (CollectorId who : people.subList(0, 10))
            assertThat(claim(one, drop, who, 1).code()).isEqualTo("drop.held");
        theNextOpens();
        for (TestServer node : List.of(one, two)) {
            assertThat(claim(node, drop, people.getLast(), 1))
                    .as("all are held, and none is paid for")
                    .isInstanceOfSatisfying(Claiming.AllHeld.class, held -> assertThat(held.firstEnds())
                            .isBetween(now(), now().plus(Duration.ofMinutes(5))));
            assertThat(phase(node, drop)).isEqualTo(LiveDrops.Phase.ALL_HELD);
        }
        drain();
        assertThat(heard()).doesNotContain("drop.sold-out");
        theHoldsEnd();
        assertThat(phase(two, drop)).isEqualTo(LiveDrops.Phase.OPEN);
        assertThat(claim(two, drop, people.getLast(), 1)).isInstanceOf(Claiming.Claimed.class);
    }

    @Test
    void theLastOneThereIsIsNotTheLastOfAStageWhileAnotherStageHoldsSome() {
        Drop drop = twoStages(null, null, null);
        List<CollectorId> people = collectors(20);
        for (CollectorId who : people.subList(0, 9)) claim(one, drop, who, 1);
        theNextOpens();
        List<CollectorId> next = people.subList(9, 20);
        assertThat(serials(List.of(claim(one, drop, next.getFirst(), 1)))).containsExactly(1);
        assertThat(claim(two, drop, next.get(1), 1)).isInstanceOf(Claiming.AllHeld.class);
        drain();
        assertThat(heard()).as("it may give nine more").doesNotContain("drop.sold-out");
        theHoldsEnd();
        List<Claiming> ended = together(next.stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1))
                .toList());
        assertThat(serials(ended)).as("and hers, again").containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(codes(ended, "drop.sold-out")).isEqualTo(1);
        for (TestServer node : List.of(one, two))
            assertThat(claim(node, drop, next.getFirst(), 1))
                    .as("whoever won hears so, after it sold out as well")
                    .isInstanceOf(Claiming.Claimed.class);
        drain();
        assertThat(heard()).containsOnlyOnce("drop.sold-out");
    }

    @Test
    void whatIsPaidForInTheEarlierStageIsGoneForTheNextOneForGood() {
        Drop drop = twoStages(null, null, null);
        List<CollectorId> people = collectors(12);
        for (CollectorId who : people.subList(0, 9)) claim(one, drop, who, 1);
        theNextOpens();
        assertThat(claim(one, drop, people.get(9), 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claim(two, drop, people.get(10), 1)).isInstanceOf(Claiming.AllHeld.class);
        for (CollectorId who : people.subList(0, 9)) isPaidFor(drop, who);
        drain();
        assertThat(heard())
                .as("of both stages, though nobody has asked since")
                .containsExactly("drop.published", "drop.sold-out", "drop.sold-out");
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> one.bean(Drops.class)
                .takeBack(List.of(new PieceNumber(moonrise, 4)), "returned"));
        for (TestServer node : List.of(one, two)) {
            node.bean(LiveDrops.class).changed();
            assertThat(claim(node, drop, people.getLast(), 1)).isInstanceOf(Claiming.SoldOut.class);
        }
    }

    @Test
    void aStageThatGaveItsCapIsSoldOutWhateverAnotherOneHolds() {
        Drop drop = twoStages(9, 1, null);
        List<CollectorId> people = collectors(11);
        for (CollectorId who : people.subList(0, 9)) claim(one, drop, who, 1);
        theNextOpens();
        assertThat(claim(one, drop, people.get(9), 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claim(two, drop, people.getLast(), 1)).isInstanceOf(Claiming.SoldOut.class);
        two.bean(LiveDrops.class).changed();
        assertThat(phase(two, drop)).isEqualTo(LiveDrops.Phase.SOLD_OUT);
        one.bean(DropPlans.class).pause(drop.id(), new Bilingual("稍等", "Wait"));
        two.bean(LiveDrops.class).changed();
        assertThat(phase(two, drop))
                .as("nothing comes back when the pause ends")
                .isEqualTo(LiveDrops.Phase.SOLD_OUT);
    }

    /** The first holds for ten minutes and closes after five; the next one gives what is left of the same stock. */
    private Drop twoStages(@Nullable Integer before, @Nullable Integer cap, @Nullable Duration hold) {
        DropDraft.StageDraft first = stage(Duration.ZERO, 1, before, Duration.ofMinutes(10), "everyone");
        return publish(
                "two-stages",
                first.until(requireNonNull(first.opensAt()).plus(Duration.ofMinutes(5))),
                stage(Duration.ofMinutes(6), 1, cap, hold, "everyone"));
    }

    private void theNextOpens() {
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(6)));
        one.bean(LiveDrops.class).changed();
        two.bean(LiveDrops.class).changed();
    }

    private void theHoldsEnd() {
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(5)));
        drain();
        one.bean(LiveDrops.class).changed();
        two.bean(LiveDrops.class).changed();
    }

    /** As the money does that came in for it. */
    private void isPaidFor(Drop drop, CollectorId who) {
        UUID claim = one.bean(Claims.class).of(drop.id(), who).getFirst().id();
        Holds holds = one.bean(Holds.class);
        Holds.Stages of = requireNonNull(holds.of(lumen, List.of(claim)).get(claim));
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> {
            holds.lock(of);
            holds.number(of, List.copyOf(holds.held(of, List.of(claim)).values()));
        });
    }

    private LiveDrops.Phase phase(TestServer node, Drop drop) {
        return requireNonNull(node.bean(LiveDrops.class).look(drop, now())).phase();
    }
}
