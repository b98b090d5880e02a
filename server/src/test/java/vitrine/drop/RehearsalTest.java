package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import vitrine.catalog.CollectibleId;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/** A drop with a crowd that does not exist: what it says holds for every crowd, and the same is said twice. */
class RehearsalTest {

    private static final Instant OPENS = Instant.parse("2026-11-30T12:00:00Z");
    private static final CollectibleId MOONRISE = new CollectibleId(new BrandId(new UUID(1, 1)), new UUID(2, 2));
    private static final Money PRICE = new Money(9_900, Currency.getInstance("CNY"));

    private static Stage stage(Stage.Mode mode, int nth, int limit, @Nullable Duration hold, @Nullable Money price) {
        return stage(OPENS.plus(Duration.ofHours(2L * nth)), mode, nth, limit, hold, price);
    }

    private static Stage stage(
            Instant opens, Stage.Mode mode, int nth, int limit, @Nullable Duration hold, @Nullable Money price) {
        return new Stage(
                new UUID(3, nth),
                nth,
                new Bilingual("月升", "Moonrise"),
                MOONRISE,
                opens,
                opens.plus(Duration.ofHours(2)),
                null,
                limit,
                Stage.Entry.EVERYONE,
                null,
                hold,
                GiftPolicy.of("never"),
                false,
                false,
                mode,
                price,
                null,
                null);
    }

    private static Rehearsal.Plan plan(int pieces, Stage... stages) {
        return new Rehearsal.Plan(List.of(stages), Map.of(MOONRISE, pieces), 50);
    }

    /** Programs have a fifth of the accounts, fifty each. */
    private static RehearsedCrowd crowd(int accounts) {
        return new RehearsedCrowd(accounts, 20, 50, 60, 30, 20, 80, 70, 30);
    }

    private static List<RehearsedStage> run(Rehearsal.Plan plan, RehearsedCrowd crowd) {
        return Rehearsal.run(plan, crowd, 7, Rehearsal.Witness.NOBODY, share -> {});
    }

    @Test
    void theSameSeedHasTheSameEnding() {
        var plan = plan(300, stage(Stage.Mode.RACE, 0, 2, Duration.ofMinutes(10), PRICE));
        assertThat(run(plan, crowd(2_000))).isEqualTo(run(plan, crowd(2_000)));
        assertThat(Rehearsal.run(plan, crowd(2_000), 8, Rehearsal.Witness.NOBODY, share -> {}))
                .isNotEqualTo(run(plan, crowd(2_000)));
    }

    @Test
    void whatThereWasIsSoldOrLeftAndWhatWasSoldIsPaid() {
        for (Stage.Mode mode : List.of(Stage.Mode.RACE, Stage.Mode.QUEUE)) {
            for (int pieces : new int[] {100, 1_000, 5_000}) {
                RehearsedStage ended = run(plan(pieces, stage(mode, 0, 1, Duration.ofMinutes(10), PRICE)), crowd(2_000))
                        .getFirst();
                assertThat(ended.sold() + ended.left())
                        .as("%s of %s", mode, pieces)
                        .isEqualTo(pieces);
                assertThat(ended.money()).isEqualTo(new Money(9_900L * ended.sold(), PRICE.currency()));
                assertThat(ended.soldOutAfter() == null).isEqualTo(ended.left() > 0);
                int net = ended.steps().stream()
                                .mapToInt(RehearsedStage.Step::taken)
                                .sum()
                        - ended.back();
                assertThat(net).isEqualTo(ended.sold());
                assertThat(ended.steps().getLast().left()).isEqualTo(ended.left());
            }
        }
    }

    @Test
    void nobodyHasMoreThanTheLimitAndOneHumanNoMoreWhereHumansCount() {
        var planned = plan(1_500, stage(Stage.Mode.RACE, 0, 3, null, null));
        for (Rehearsal.Rule rule : List.of(Rehearsal.Rule.PLANNED, Rehearsal.Rule.ONE_PERSON)) {
            Map<Integer, Integer> has = new HashMap<>();
            Rehearsal.run(
                    requireNonNull(planned.under(rule)),
                    crowd(2_000),
                    7,
                    new Rehearsal.Witness() {
                        @Override
                        public void tries(Instant at, int account, Stage stage, Rehearsal.Ended ended) {
                            boolean bot = account < 400;
                            int who = rule == Rehearsal.Rule.ONE_PERSON && bot ? -1 - account / 50 : account;
                            if (ended == Rehearsal.Ended.CLAIMED) has.merge(who, 1, Integer::sum);
                        }
                    },
                    share -> {});
            assertThat(has.values()).as("by %s", rule).allMatch(n -> n <= 3).contains(3);
        }
    }

    @Test
    void aLineGivesBotsTheirShareOfTheAccountsAndARaceGivesThemMore() {
        int asALine = bots(run(plan(300, stage(Stage.Mode.QUEUE, 0, 1, null, null)), crowd(3_000)));
        int asARace = bots(run(plan(300, stage(Stage.Mode.RACE, 0, 1, null, null)), crowd(3_000)));
        var onePerson = plan(300, stage(Stage.Mode.RACE, 0, 1, null, null)).under(Rehearsal.Rule.ONE_PERSON);
        assertThat(asALine).isBetween(15, 35);
        assertThat(asARace).isGreaterThan(90);
        assertThat(bots(run(requireNonNull(onePerson), crowd(3_000))))
                .as("twelve who run them all")
                .isEqualTo(4);
    }

    private static int bots(List<RehearsedStage> stages) {
        Integer percent = stages.getFirst().botsPercent();
        return percent == null ? 0 : percent;
    }

    @Test
    void aSecondStageHasWhatTheFirstOneLeft() {
        List<RehearsedStage> ended = run(
                plan(
                        5_000,
                        stage(Stage.Mode.RACE, 0, 1, Duration.ofMinutes(10), PRICE),
                        stage(Stage.Mode.RACE, 1, 2, null, null)),
                crowd(2_000));
        assertThat(ended.get(0).left()).isEqualTo(5_000 - ended.get(0).sold());
        assertThat(ended.get(1).room()).isEqualTo(ended.get(0).left());
        assertThat(ended.get(1).people())
                .as("people who have one do not come again")
                .isEqualTo(1_600 - (ended.get(0).sold() - ended.get(0).botsSold()));
        assertThat(ended.get(1).botsSold())
                .as("programs take what they may have")
                .isEqualTo(400);
    }

    @Test
    void aSecondStageWaitsForWhatTheFirstOneOnlyHolds() {
        Stage first = stage(Stage.Mode.RACE, 0, 1, Duration.ofMinutes(10), PRICE);
        Stage next = stage(OPENS.plus(Duration.ofMinutes(1)), Stage.Mode.RACE, 1, 2, null, null);
        List<Rehearsal.Ended> ended = new ArrayList<>();
        List<RehearsedStage> said = Rehearsal.run(
                plan(100, first, next),
                new RehearsedCrowd(2_000, 0, 1, 60, 30, 20, 80, 70, 30), // a program always pays, and at once
                7,
                new Rehearsal.Witness() {
                    @Override
                    public void tries(Instant at, int account, Stage stage, Rehearsal.Ended how) {
                        if (stage.equals(next)) ended.add(how);
                    }
                },
                share -> {});
        assertThat(ended)
                .contains(Rehearsal.Ended.ALL_HELD, Rehearsal.Ended.CLAIMED, Rehearsal.Ended.SOLD_OUT)
                .doesNotContain(Rehearsal.Ended.HELD);
        assertThat(ended.indexOf(Rehearsal.Ended.SOLD_OUT))
                .as("nobody hears that all are gone while some may come back")
                .isGreaterThan(ended.lastIndexOf(Rehearsal.Ended.CLAIMED))
                .isGreaterThan(ended.lastIndexOf(Rehearsal.Ended.ALL_HELD));
        assertThat(said.getFirst().sold() + said.getLast().sold()).isEqualTo(100);
    }

    @Test
    void whatARuleDoesNotChangeIsNotComparedWithItself() {
        var window = plan(10, stage(Stage.Mode.WINDOW, 0, 1, null, null));
        assertThat(window.under(Rehearsal.Rule.NO_LIMIT)).isNull();
        assertThat(window.under(Rehearsal.Rule.OTHER_WAY)).isNull();
        RehearsedStage entries = run(window, crowd(1_000)).getFirst();
        assertThat(entries.people()).as("nearly all come in the two hours").isBetween(790, 800);
        assertThat(entries.bots()).isEqualTo(200);
        assertThat(entries.sold()).isZero();
    }
}
