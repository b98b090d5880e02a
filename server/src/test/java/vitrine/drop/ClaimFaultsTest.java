package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;
import vitrine.platform.ClockCheck;
import vitrine.testing.TestServer;

/** What claims do while a node freezes, the database is away, or a clock is wrong. */
class ClaimFaultsTest extends TwoNodes {

    @Test
    void aNodeThatFreezesUnderTheLockStopsNobody() throws Exception {
        Drop drop = published("moonrise", Duration.ZERO, 1, null, null);
        Drop held = published("moonset", Duration.ZERO, 1, null, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(6);
        claim(one, drop, people.getFirst(), 1);
        assertThat(whileFrozen(() -> one.bean(ClaimGrants.class).run(), drop, people.get(1)))
                .as("while pieces are made of claims")
                .isInstanceOf(Claiming.Claimed.class);
        assertThat(whileFrozen(() -> one.bean(Drops.class).hold(moonrise, 3), drop, people.get(2)))
                .as("while a campaign sets units aside")
                .isInstanceOf(Claiming.Claimed.class);
        assertThat(whileFrozen(
                        () -> one.bean(DropPlans.class).pause(drop.id(), new Bilingual("稍等", "Wait")),
                        drop,
                        people.get(3)))
                .as("while the staff pause")
                .isInstanceOf(Claiming.Claimed.class);
        claim(one, held, people.getFirst(), 1);
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(11)));
        assertThat(whileFrozen(() -> one.bean(SaleEnds.class).run(), held, people.get(4)))
                .as("while a hold ends")
                .isInstanceOf(Claiming.Claimed.class);
        drain();
        assertThat(stock()).as("what was undone is done again, and once").isEqualTo(new Stock(12, 5, 1, 4, 2, 0, 4));
    }

    /** Node one does this and freezes before it commits; meanwhile somebody claims at the other. */
    private Claiming whileFrozen(Runnable act, Drop drop, CollectorId who) throws Exception {
        String pass = pass(two, drop, who);
        var frozen = new CountDownLatch(1);
        var thaws = new CountDownLatch(1);
        try (var node = Executors.newSingleThreadExecutor()) {
            Future<?> acted =
                    node.submit(() -> one.bean(TransactionTemplate.class).executeWithoutResult(s -> {
                        act.run();
                        frozen.countDown();
                        await(thaws);
                    }));
            try {
                await(frozen);
                return two.bean(Claims.class).claim(pass, 1);
            } finally {
                thaws.countDown();
                assertThatThrownBy(acted::get).as("its transaction is no more").isNotNull();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoHasTheLockAndWaitsForAnotherGivesWay() throws Exception {
        Drop drop = published(1, null, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(2);
        claim(one, drop, people.getFirst(), 1);
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(11)));
        String pass = pass(two, drop, people.getLast());
        try (var node = Executors.newSingleThreadExecutor()) {
            database.transactions().executeWithoutResult(s -> {
                database.jdbc().sql("select 1 from claims for update").query().listOfRows();
                Future<?> ends = node.submit(() -> ends(drop, people.getFirst()));
                untilSomebodyWaits();
                assertThat(two.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
                assertThatThrownBy(ends::get).hasMessageContaining("lock timeout");
            });
        }
        drain();
        assertThat(stock()).as("the hold's end came again").isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
    }

    /** As the worker does that ends holds. */
    private void ends(Drop drop, CollectorId who) {
        UUID claim = one.bean(Claims.class).of(drop.id(), who).getFirst().id();
        Holds holds = one.bean(Holds.class);
        Holds.Stages of = requireNonNull(holds.of(lumen, List.of(claim)).get(claim));
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> holds.release(of, new UUID[] {claim}, now()));
    }

    @Test
    void whileTheDatabaseIsAwayEverybodyHearsBusyAndThenItGoesOn() {
        Asked asked = asked();
        database.goesAway();
        assertAllBusy(asked);
        database.comesBack();
        assertItWentOn(asked);
    }

    @Test
    void whileTheDatabaseDoesNotAnswerEverybodyHearsBusyAndThenItGoesOn() {
        Asked asked = asked();
        database.transactions().executeWithoutResult(s -> {
            database.jdbc()
                    .sql("lock table drops, claims in access exclusive mode")
                    .update();
            assertAllBusy(asked);
        });
        assertItWentOn(asked);
    }

    @Test
    void whileTheDatabaseDoesNotAnswerWhoChoosesANumberSeesThoseThatWereFree() {
        Drop drop = publish("choose", chosen(null));
        choose(one, drop, collectors(1).getFirst(), 5);
        LiveDrops lives = two.bean(LiveDrops.class);
        lives.changed();
        BitSet there = lives.free(moonrise);
        assertThat(there.get(4)).isTrue();
        assertThat(there.get(5)).isFalse();
        database.transactions().executeWithoutResult(locked -> {
            database.jdbc()
                    .sql("lock table returned_serials in access exclusive mode")
                    .update();
            lives.changed();
            assertThat(together(Collections.nCopies(8, (Callable<BitSet>) () -> lives.free(moonrise))))
                    .hasSize(8)
                    .allMatch(there::equals);
        });
        choose(one, drop, collectors(2).getLast(), 4);
        lives.changed();
        assertThat(lives.free(moonrise).get(4)).as("and then those that are").isFalse();
    }

    @Test
    void aNumberThatGoesWhileTheFreeOnesAreReadIsNotOffered() throws Exception {
        Drop drop = publish("choose", chosen(null));
        choose(one, drop, collectors(1).getFirst(), 5);
        LiveDrops lives = two.bean(LiveDrops.class);
        assertThat(lives.free(moonrise).get(7)).isTrue();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<BitSet> read = database.transactions().execute(locked -> {
                database.jdbc()
                        .sql("lock table returned_serials in access exclusive mode")
                        .update();
                lives.changed();
                Future<BitSet> waits = readers.submit(() -> lives.free(moonrise));
                while (database.jdbc()
                                        .sql("select count(*) from pg_locks where not granted")
                                        .query(Integer.class)
                                        .single()
                                == 0
                        && !waits.isDone()) Thread.onSpinWait();
                lives.gone(moonrise, 7);
                return waits;
            });
            assertThat(requireNonNull(read).get().get(7)).isFalse();
        }
    }

    /** Passes of somebody who has no piece yet, and of one who won. */
    private record Asked(String fresh, String won, String paused, String soldOut, String unheardOf) {}

    private Asked asked() {
        List<CollectorId> people = collectors(2);
        CollectorId ada = people.getFirst();
        CollectorId bo = people.getLast();
        Drop open = published("open", Duration.ZERO, 1, null, null);
        Drop paused = published("paused", Duration.ZERO, 1, null, null);
        Drop soldOut = published("sold-out", Duration.ZERO, 1, 1, null);
        claim(two, open, ada, 1);
        claim(two, soldOut, ada, 1);
        String hers = pass(two, open, ada);
        String his = pass(two, open, bo);
        String hisPaused = pass(two, paused, bo);
        String hisSoldOut = pass(two, soldOut, bo);
        one.bean(DropPlans.class).pause(paused.id(), new Bilingual("稍等", "Wait"));
        two.bean(LiveDrops.class).changed();
        assertThat(requireNonNull(two.bean(LiveDrops.class).of(paused.id()))
                        .drop()
                        .state())
                .isEqualTo(Drop.State.PAUSED);
        Drop unheardOf = published("unheard-of", Duration.ZERO, 1, null, null);
        return new Asked(his, hers, hisPaused, hisSoldOut, pass(one, unheardOf, bo));
    }

    private void assertAllBusy(Asked asked) {
        two.bean(LiveDrops.class).changed();
        Claims claims = two.bean(Claims.class);
        List<Claiming> ended = together(List.of(
                () -> claims.claim(asked.fresh, 1),
                () -> claims.claim(asked.won, 1),
                () -> claims.claim(asked.paused, 1),
                () -> claims.claim(asked.soldOut, 1),
                () -> claims.claim(asked.unheardOf, 1)));
        assertThat(ended).extracting(Claiming::code).containsOnly("drop.busy");
    }

    private void assertItWentOn(Asked asked) {
        Claims claims = two.bean(Claims.class);
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (claims.claim(asked.fresh, 1) instanceof Claiming.Busy && System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
        }
        two.bean(LiveDrops.class).changed();
        assertThat(claims.claim(asked.fresh, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claims.claim(asked.won, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claims.claim(asked.paused, 1)).isInstanceOf(Claiming.Paused.class);
        assertThat(claims.claim(asked.soldOut, 1)).isInstanceOf(Claiming.SoldOut.class);
        assertThat(claims.claim(asked.unheardOf, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(database.jdbc()
                        .sql("select count(*) from claims")
                        .query(Integer.class)
                        .single())
                .as("nothing was half made")
                .isEqualTo(4);
    }

    @Test
    void aNodeWhoseClockIsOffServesNobody() {
        ahead.set(Duration.ofMinutes(-1));
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(3);
        var off = new AtomicReference<>(Duration.ZERO);
        try (TestServer third = node(off, "on", "off")) {
            for (int by : List.of(300, -300)) {
                off.set(Duration.ofMillis(by));
                looksAtItsClock(third, drop, true);
                assertThat(claim(third, drop, people.getFirst(), 1))
                        .as("%d ms", by)
                        .isInstanceOf(Claiming.Busy.class);
                off.set(Duration.ZERO);
                looksAtItsClock(third, drop, false);
                assertThat(claim(third, drop, people.get(by > 0 ? 1 : 2), 1))
                        .as("put right")
                        .isInstanceOf(Claiming.Claimed.class);
            }
        }
        assertThat(one.bean(Claims.class).of(drop.id(), people.getFirst())).isEmpty();
    }

    /** On a machine with much to do the answer may take so long that one look does not tell. */
    private static void looksAtItsClock(TestServer node, Drop drop, boolean off) {
        LiveDrops lives = node.bean(LiveDrops.class);
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        do {
            lives.changed();
            lives.of(drop.id());
        } while (node.bean(ClockCheck.class).off() != off && System.nanoTime() < until);
        assertThat(node.bean(ClockCheck.class).off()).isEqualTo(off);
    }

    @Test
    void aDayTooEarlyOrTooLateANodeRefusesNobodyAndForgetsNoWinner() {
        ahead.set(Duration.ofMinutes(-1));
        Drop drop = published("drop", Duration.ZERO, 1, null, null);
        Drop held = published("held", Duration.ZERO, 1, 1, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(3);
        assertThat(claim(one, held, people.getFirst(), 1).code()).isEqualTo("drop.held");
        var off = new AtomicReference<>(Duration.ZERO);
        try (TestServer third = node(off, "on", "off")) {
            String pass = pass(third, drop, people.getFirst());
            String late = pass(third, drop, people.getLast());
            third.bean(LiveDrops.class).of(drop.id());
            for (int days : List.of(2, -2)) {
                off.set(Duration.ofDays(days)); // a step, and nobody has looked since
                assertThat(third.bean(Claims.class).claim(pass, 1))
                        .as("%d days: neither closed nor not open yet", days)
                        .isInstanceOf(Claiming.Busy.class);
                third.bean(SaleEnds.class).run();
                third.bean(DropNews.class).run();
                assertThat(one.bean(Claims.class).of(held.id(), people.getFirst()))
                        .as("%d days: what is held stays held", days)
                        .hasSize(1);
                off.set(Duration.ZERO);
                looksAtItsClock(third, drop, false);
            }
            assertThat(heard()).doesNotContain("drop.ended");
            assertThat(claim(one, drop, people.getFirst(), 1)).isInstanceOf(Claiming.Claimed.class);
            one.bean(DropPlans.class).end(drop.id());
            third.bean(LiveDrops.class).changed();
            assertThat(third.bean(Claims.class).claim(pass, 1))
                    .as("who won afterwards is no stranger to it")
                    .isInstanceOf(Claiming.Claimed.class);
            assertThat(third.bean(Claims.class).claim(late, 1)).isInstanceOf(Claiming.Closed.class);
        }
    }

    @Test
    void aCrowdAtAnotherNodeIsSeenInTheRows() {
        Claims claims = one.bean(Claims.class);
        numbered(99, Duration.ZERO);
        assertThat(claims.rushed(moonrise)).isFalse();
        numbered(1, Duration.ZERO);
        assertThat(claims.rushed(moonrise)).isTrue();
        ahead.set(Duration.ofSeconds(3));
        assertThat(claims.rushed(moonrise)).as("three seconds later").isFalse();
    }

    private void numbered(int count, Duration ago) {
        database.jdbc()
                .sql("""
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, serial, claimed_at)
                select :brand, gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'k', :id,
                    n + (select count(*) from claims), :at
                from generate_series(1, :count) n
                """)
                .param("brand", lumen.value())
                .param("id", moonrise.value())
                .param("at", java.sql.Timestamp.from(now().minus(ago)))
                .param("count", count)
                .update();
    }

    @Test
    void oneCollectibleOfWhichNoPiecesCanBeMadeKeepsNobodyElsesWaiting() {
        List<CollectibleId> works = List.of(moonrise, collectible("moonset"), collectible("moondark"));
        List<Drop> drops = works.stream()
                .map(work ->
                        publish("drop-" + works.indexOf(work), stage(work, Duration.ZERO, 1, null, null, "everyone")))
                .toList();
        ClaimGrants grants = one.bean(ClaimGrants.class);
        Counter failed = one.bean(MeterRegistry.class).counter("vitrine.drop.grants.failed");
        for (CollectibleId bad : works) { // one of them is the one that comes first
            CollectorId who = collectors(works.size()).get(works.indexOf(bad));
            double before = failed.count();
            for (Drop drop : drops) assertThat(claim(one, drop, who, 1)).isInstanceOf(Claiming.Claimed.class);
            giftPolicy(bad, "torn");
            for (int n = 0; n < works.size(); n++) grants.run();
            assertThat(withoutAPiece()).containsExactly(bad.value());
            assertThat(failed.count()).isEqualTo(before + 1);
            assertThatThrownBy(grants::run)
                    .as("as long as no other waits it is the job's own failure")
                    .isInstanceOf(IllegalArgumentException.class);
            giftPolicy(bad, "never");
            grants.run();
            assertThat(withoutAPiece()).as("it comes again itself").isEmpty();
        }
    }

    private void giftPolicy(CollectibleId of, String text) {
        database.jdbc()
                .sql("update drop_stages set gift_policy = :text where collectible_id = :id")
                .param("text", text)
                .param("id", of.value())
                .update();
    }

    private List<UUID> withoutAPiece() {
        return database.jdbc()
                .sql("select distinct collectible_id from claims where granted_at is null")
                .query(UUID.class)
                .list();
    }
}
