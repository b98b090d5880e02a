package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import vitrine.identity.CollectorId;

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
}
