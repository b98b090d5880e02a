package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.ownership.Pieces;
import vitrine.testing.TestServer;

/** Stages that want a code, and stages in which one chooses the number: each is used once. */
class ClaimCodesTest extends TwoNodes {

    @Test
    void codesUsedTwice() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 2, null, null, "code"));
        String code = code(drop, 1);
        List<Claiming> ended = together(collectors(16).stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1, code))
                .toList());
        assertThat(serials(ended)).containsExactly(1);
        assertThat(codes(ended, "drop.code-used")).isEqualTo(15);
        CollectorId winner = collectors(16).get(indexOfClaimed(ended));
        assertThat(claim(two, drop, winner, 1, code))
                .as("her own answer, again")
                .isInstanceOfSatisfying(Claiming.Claimed.class, again -> assertThat(again.again())
                        .isTrue());
        assertThat(claim(two, drop, winner, 2, code)).isInstanceOf(Claiming.CodeUsed.class);
    }

    @Test
    void aCodeIsReadAsItIsTypedAndWhatIsNoneOpensNothing() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, null, "code"));
        String code = code(drop, 1);
        CollectorId ada = collectors(1).getFirst();
        assertThat(claim(one, drop, ada, 1)).as("no code").isInstanceOf(Claiming.CodeUnknown.class);
        assertThat(claim(one, drop, ada, 1, "ABCD")).isInstanceOf(Claiming.CodeUnknown.class);
        assertThat(claim(one, drop, ada, 1, "0000-0000-0000-0000")).isInstanceOf(Claiming.CodeUnknown.class);
        String typed =
                " " + code.toLowerCase(java.util.Locale.ROOT).replace("-", " ").replace('0', 'o');
        assertThat(claim(one, drop, ada, 1, typed)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claim(two, drop, ada, 1)).as("the winner needs no code").isInstanceOf(Claiming.Claimed.class);
    }

    @Test
    void whoGuessesCodesIsKeptFromIt() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, null, "code"));
        CollectorId ada = collectors(1).getFirst();
        List<Claiming> ended = IntStream.range(10, 40)
                .mapToObj(n -> claim(one, drop, ada, 1, "0000-0000-0000-00" + n))
                .toList();
        assertThat(codes(ended, "drop.code-unknown")).isBetween(10L, 15L);
        assertThat(ended.getLast()).isInstanceOf(Claiming.Busy.class);
    }

    @Test
    void aCodeForThreeWorksThreeTimesAndComesBackWithAHoldThatEnds() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, Duration.ofMinutes(10), "code"));
        String code = code(drop, 3);
        List<CollectorId> people = collectors(5);
        List<Claiming> ended =
                people.stream().map(who -> claim(one, drop, who, 1, code)).toList();
        assertThat(codes(ended, "drop.held")).isEqualTo(3);
        assertThat(codes(ended, "drop.code-used")).isEqualTo(2);
        ahead.set(Duration.ofMinutes(11));
        drain();
        two.bean(LiveDrops.class).changed();
        assertThat(claim(two, drop, people.getLast(), 1, code)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(DropCodes.class).of(drop.id()).getFirst().used()).isEqualTo(1);
        assertThat(database.jdbc()
                        .sql(
                                "select count(*) from drop_codes where encode(code_hash, 'escape') like '%' || :code || '%'")
                        .param("code", code.substring(0, 4))
                        .query(Integer.class)
                        .single())
                .as("no code is kept, only its hash")
                .isZero();
    }

    @Test
    void aCrowdWithOneCodeIsOneBatchAndTakesWhatTheCodeHasLeft() throws Exception {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, null, "code"));
        String three = code(drop, 3);
        List<CollectorId> people = collectors(30);
        try (TestServer third = node(ahead, "off", "on")) {
            List<CompletableFuture<ClaimWriter.Answer>> first = new ArrayList<>();
            for (CollectorId who : people.subList(0, 8)) first.add(requireNonNull(take(third, drop, who, 1, three)));
            ClaimWriter writer = third.bean(Claims.class).writers().iterator().next();
            writer.writeNext();
            assertThat(outcomes(first))
                    .containsExactly(
                            ClaimSql.Outcome.TAKEN,
                            ClaimSql.Outcome.TAKEN,
                            ClaimSql.Outcome.TAKEN,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED);
            String nine = code(drop, 9);
            List<CompletableFuture<ClaimWriter.Answer>> then = new ArrayList<>();
            for (CollectorId who : people.subList(10, 20)) then.add(requireNonNull(take(third, drop, who, 1, nine)));
            writer.writeNext();
            assertThat(outcomes(then).subList(0, 7)).containsOnly(ClaimSql.Outcome.TAKEN);
            assertThat(outcomes(then).subList(7, 10))
                    .as("it is not the code that is used up")
                    .containsOnly(ClaimSql.Outcome.NO_ROOM);
        }
        assertThat(one.bean(DropCodes.class).of(drop.id()))
                .extracting(DropCodes.Batch::used)
                .containsExactlyInAnyOrder(3, 7);
        assertThat(stock()).isEqualTo(new Stock(12, 0, 10, 0, 2, 0, 10));
    }

    @Test
    void oneNamedPieceGoesToOneAndTheOthersChooseAnother() {
        Drop drop = publish("choose", chosen(null));
        List<CollectorId> people = collectors(12);
        List<Claiming> ended = together(people.stream()
                .<Callable<Claiming>>map(who -> () -> choose(who.hashCode() % 2 == 0 ? one : two, drop, who, 7))
                .toList());
        assertThat(serials(ended)).containsExactly(7);
        assertThat(codes(ended, "drop.unit-taken")).isEqualTo(11);
        CollectorId winner = people.get(indexOfClaimed(ended));
        assertThat(choose(two, drop, winner, 8))
                .as("her first try, said again with another number, is the same claim")
                .isInstanceOfSatisfying(Claiming.Claimed.class, again -> {
                    assertThat(again.again()).isTrue();
                    assertThat(again.claim().serial()).isEqualTo(7);
                });
        CollectorId other =
                people.stream().filter(who -> !who.equals(winner)).findFirst().orElseThrow();
        assertThat(claim(one, drop, other, 1)).as("no number").isInstanceOf(Claiming.UnitWanted.class);
        assertThat(choose(one, drop, other, 13)).as("no such number").isInstanceOf(Claiming.UnitTaken.class);
        assertThat(choose(one, drop, other, 12)).isInstanceOfSatisfying(Claiming.Claimed.class, his -> assertThat(
                        his.claim().serial())
                .isEqualTo(12));
        assertThat(one.bean(LiveDrops.class).free(moonrise).stream())
                .as("what went away is offered to nobody")
                .containsExactly(1, 2, 3, 4, 5, 6, 8, 9, 10, 11);
        drain();
        assertThat(stock()).isEqualTo(new Stock(12, 8, 0, 2, 2, 0, 12));
        assertThat(one.bean(Pieces.class)
                        .find(new PieceNumber(moonrise, 12))
                        .orElseThrow()
                        .owner())
                .isEqualTo(other);
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> one.bean(Drops.class)
                .takeBack(List.of(new PieceNumber(moonrise, 12)), "returned"));
        assertThat(choose(two, drop, collectors(13).getLast(), 12))
                .as("a number that came back can be chosen while the stage is open")
                .isInstanceOf(Claiming.Claimed.class);
    }

    @Test
    void aCodeThatChoosesIsUsedUpWithTheNumberAndNotWithoutIt() {
        Drop drop = publish("pop-up", chosen(null, "code"));
        String code = code(drop, 2);
        List<CollectorId> people = collectors(8);
        List<Claiming> ended = together(people.stream()
                .<Callable<Claiming>>map(who -> () -> choose(who.hashCode() % 2 == 0 ? one : two, drop, who, 7, code))
                .toList());
        assertThat(serials(ended)).containsExactly(7);
        assertThat(codes(ended, "drop.unit-taken") + codes(ended, "drop.busy"))
                .as("of the others, who wanted the same number, none has used the code up")
                .isEqualTo(7);
        CollectorId other = people.stream()
                .filter(who -> !who.equals(people.get(indexOfClaimed(ended))))
                .findFirst()
                .orElseThrow();
        assertThat(serials(List.of(choose(two, drop, other, 8, code)))).containsExactly(8);
        CollectorId third = collectors(9).getLast();
        assertThat(choose(one, drop, third, 9, code)).isInstanceOf(Claiming.CodeUsed.class);
        assertThat(one.bean(DropCodes.class).of(drop.id()).getFirst().used()).isEqualTo(2);
    }

    @Test
    void aWarmUpPreparesWhatAStageClaimsWithThatAsksForACodeAndANumber() throws Exception {
        Drop both = publish("pop-up", chosen(null, "code"));
        Stock before = stock();
        assertThat(one.bean(Claims.class).prepare(both.id(), both.stages().getFirst()))
                .hasSize(20)
                .as("a code of nobody")
                .containsOnly(ClaimSql.Outcome.CODE_UNKNOWN);
        assertThat(stock()).isEqualTo(before);
        WarmUp warmUp = one.bean(WarmUp.class);
        assertThat(warmUp.warmUp(both, one.address().getPort(), 20)).isEqualTo(20);
        try (Connection other = database.dataSource().getConnection();
                Statement holds = other.createStatement()) {
            other.setAutoCommit(false);
            holds.execute("lock table drop_codes in access exclusive mode");
            assertThatThrownBy(() -> warmUp.warmUp(both, one.address().getPort(), 20))
                    .as("it asks for the codes, too")
                    .isInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(SQLException.class);
        }
        assertThat(serials(List.of(choose(one, both, collectors(1).getFirst(), 1, code(both, 1)))))
                .as("nothing stays of it")
                .containsExactly(1);
    }

    private static int indexOfClaimed(List<Claiming> ended) {
        return IntStream.range(0, ended.size())
                .filter(n -> ended.get(n) instanceof Claiming.Claimed)
                .findFirst()
                .orElseThrow();
    }
}
