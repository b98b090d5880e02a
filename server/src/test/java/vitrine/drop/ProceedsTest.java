package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.PieceNumber;
import vitrine.drop.DropDraft.CauseDraft;
import vitrine.drop.DropDraft.PromiseDraft;
import vitrine.drop.SaleReturns.Withdrawing;
import vitrine.identity.CollectorId;
import vitrine.ownership.Promise;
import vitrine.ownership.Promises;
import vitrine.ownership.Redemptions;
import vitrine.payment.MoneyJournal;
import vitrine.payment.PayTown;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;
import vitrine.rulebook.Rules;

/** Where the money of a stage goes when it is not the brand's, and what its pieces bring besides. */
class ProceedsTest {

    private static final Way ALIPAY = Way.ALIPAY_PAGE;
    private static final CauseDraft DUNES =
            new CauseDraft(new Bilingual("护沙会", "Keep the dunes"), "https://dunes.example/");
    private static final PromiseDraft SEAT = new PromiseDraft(
            "perk", new Bilingual("首演座位", "A seat"), new Bilingual("入口出示。", "Show it at the door."), null);

    private static PayTown town;

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @Test
    void whatIsPaidIsBookedForTheCauseAndTakenOffAgainWhenItGoesBack() throws Exception {
        Saleroom room = new Saleroom(town, "for-dunes", 2);
        room.opens(ALIPAY, stage -> stage.with(DUNES, null));
        Cause cause = Objects.requireNonNull(room.open().stages().getFirst().cause());
        assertThat(cause.name()).isEqualTo(DUNES.name());
        assertThat(town.server.bean(Causes.class).given(room.open().id())).isEmpty();
        CollectorId ada = room.somebody("for-dunes-a");
        CollectorId bo = room.somebody("for-dunes-b");
        Claim adas = room.buys(ada, ALIPAY);
        room.buys(bo, ALIPAY);
        town.later(Duration.ofSeconds(6));
        Money price = Saleroom.price(ALIPAY);
        assertThat(town.server.bean(Causes.class).given(room.open().id()))
                .containsExactly(new Causes.Given(cause.id(), price.plus(price)));
        assertThat(owed(room, cause)).containsExactly(price.plus(price));
        assertThat(town.server.bean(SaleReturns.class).withdraw(room.lumen, ada, adas.id()))
                .isInstanceOf(Withdrawing.Undone.class);
        town.later(Duration.ofSeconds(6));
        assertThat(town.server.bean(Causes.class).given(room.open().id()))
                .containsExactly(new Causes.Given(cause.id(), price));
        assertThat(owed(room, cause)).containsExactly(price);
    }

    @Test
    void thePageSaysWhatTheStatementSaysAlsoOfAPartThatWentBackAndOfMoneyLostToABank() throws Exception {
        Saleroom room = new Saleroom(town, "dunes-page", 2);
        room.opens(Way.STRIPE_CARD, stage -> stage.with(DUNES, null));
        Cause cause = Objects.requireNonNull(room.open().stages().getFirst().cause());
        CollectorId ada = room.somebody("dunes-page-a");
        CollectorId bo = room.somebody("dunes-page-b");
        Claim adas = room.claims(ada, 1);
        Claim bos = room.claims(bo, 1);
        town.clock.backToReal(); // Stripe's notices are signed then
        town.pays(room.begins(ada, adas, Way.STRIPE_CARD));
        Started hers = room.begins(bo, bos, Way.STRIPE_CARD);
        town.pays(hers);
        town.drain();
        Money price = Saleroom.price(Way.STRIPE_CARD);
        Money part = new Money(900, price.currency());
        var ofAda = town.payments().paid(room.lumen, adas.id()).orElseThrow().payment();
        assertThat(town.server.bean(SaleReturns.class).giveBack(ofAda, part, "goodwill", "a-part"))
                .isInstanceOf(SaleReturns.GivingBack.Done.class);
        assertSaid(room, cause, price.plus(price).minus(part));
        town.does(hers, "dispute");
        assertSaid(room, cause, price.plus(price).minus(part));
        town.does(hers, "dispute-lost");
        assertThat(room.stock().granted()).as("she has her piece all the same").isEqualTo(2);
        assertSaid(room, cause, price.minus(part));
    }

    private void assertSaid(Saleroom room, Cause cause, Money sum) {
        assertThat(town.server.bean(Causes.class).given(room.open().id()))
                .containsExactly(new Causes.Given(cause.id(), sum));
        assertThat(town.journal().owed(room.lumen, MoneyJournal.payable(cause.id()), null, ZoneId.of("UTC")).stream()
                        .filter(one -> one.currency().equals(sum.currency()))) // other drops give to it, too
                .containsExactly(sum);
    }

    @Test
    void aCauseThatIsNamedAgainIsTheSameOneAndIsFrozenWithTheRules() {
        Saleroom first = new Saleroom(town, "dunes-one", 1);
        Saleroom second = new Saleroom(town, "dunes-two", 1);
        first.opens(ALIPAY, stage -> stage.with(DUNES, SEAT));
        second.opens(ALIPAY, stage -> stage.with(DUNES, null));
        assertThat(second.open().stages().getFirst().cause())
                .isEqualTo(first.open().stages().getFirst().cause());
        String rules = town.server
                .bean(Rules.class)
                .newest(first.lumen, first.open().id().value())
                .orElseThrow()
                .document()
                .text();
        assertThat(rules).contains("Keep the dunes", "https://dunes.example/", "A seat", "Show it at the door.");
    }

    @Test
    void whatIsWrongWithACauseOrAPromiseIsSaidBeforeItIsPublished() {
        Saleroom room = new Saleroom(town, "unfinished", 1);
        var stage = room.stage(Saleroom.price(ALIPAY));
        assertThat(problems(
                        room,
                        stage.with(
                                new CauseDraft(new Bilingual("", "Dunes"), "http://dunes.example"),
                                new PromiseDraft(
                                        "parcel",
                                        new Bilingual("", ""),
                                        new Bilingual("有", ""),
                                        town.clock.instant()))))
                .containsExactlyInAnyOrder(
                        "drop.cause-name",
                        "drop.cause-link",
                        "drop.promise-kind",
                        "drop.promise-name",
                        "drop.promise-text",
                        "drop.promise-until");
        assertThat(problems(room, stage.with(DUNES, SEAT))).isEmpty();
    }

    @Test
    void aPieceBringsWhatItsStagePromisedAndWhatWasRedeemedIsNotWithdrawn() throws Exception {
        Saleroom room = new Saleroom(town, "with-seat", 2);
        room.opens(ALIPAY, stage -> stage.with(null, SEAT));
        CollectorId ada = room.somebody("with-seat-a");
        CollectorId bo = room.somebody("with-seat-b");
        Claim adas = room.buys(ada, ALIPAY);
        Claim bos = room.buys(bo, ALIPAY);
        var number = new PieceNumber(
                room.collectible(), Objects.requireNonNull(room.sale(ada, adas).serial()));
        Promises promises = town.server.bean(Promises.class);
        assertThat(promises.of(number).orElseThrow().promise().kind()).isEqualTo(Promise.Kind.PERK);
        assertThat(room.<Object>inOne(() -> town.server.bean(Redemptions.class).redeem(number, ada)))
                .isInstanceOf(Redemptions.Redeeming.Redeemed.class);
        SaleReturns returns = town.server.bean(SaleReturns.class);
        assertThat(returns.withdraw(room.lumen, ada, adas.id())).isInstanceOf(Withdrawing.Redeemed.class);
        assertThat(returns.withdraw(room.lumen, bo, bos.id())).isInstanceOf(Withdrawing.Undone.class);
        var back = new PieceNumber(room.collectible(), 3 - number.serial());
        assertThat(promises.of(back)).as("of the one that went back").isEmpty();
        assertThat(room.<Object>inOne(() -> town.server.bean(Redemptions.class).redeem(back, bo)))
                .isInstanceOf(Redemptions.Redeeming.NotHolder.class);
    }

    private static List<String> problems(Saleroom room, DropDraft.StageDraft stage) {
        return town
                .server
                .bean(DropPlans.class)
                .check(room.lumen, new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(stage)))
                .stream()
                .map(DropPlans.Problem::code)
                .toList();
    }

    private static List<Money> owed(Saleroom room, Cause cause) {
        UUID id = cause.id();
        return town.journal().owed(room.lumen, MoneyJournal.payable(id), null, ZoneId.of("UTC"));
    }
}
