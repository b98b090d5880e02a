package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.Sales.Paying;
import vitrine.drop.Sales.Sale;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.payment.PayTown;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Money;

/** A drop with a price: nobody is charged without a unit, and no unit goes unpaid. */
class SalesTest {

    private static final Bilingual MOONRISE = new Bilingual("月升", "Moonrise");
    private static final Duration HOLD = Duration.ofMinutes(10);

    private PayTown town;
    private BrandId lumen;
    private CollectibleId moonrise;
    private @Nullable Drop drop;
    private CollectorId ada;
    private CollectorId bo;

    @BeforeEach
    void aDropOfTwo() {
        town = new PayTown();
        Catalog catalog = town.server.bean(Catalog.class);
        lumen = catalog.addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), MOONRISE, "night");
        moonrise = catalog.draft(new CollectibleDraft(
                lumen,
                "moonrise",
                null,
                null,
                "brand",
                MOONRISE,
                MOONRISE,
                MOONRISE,
                MOONRISE,
                2026,
                "night",
                MOONRISE,
                2,
                0,
                List.of(),
                List.of()));
        town.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(s -> town.server.bean(Drops.class).publish(moonrise));
        ada = somebody("ada");
        bo = somebody("bo");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void whoPaysInTimeHasANumberedPieceAndTheBooksHaveTheMoney(Way way) throws Exception {
        opens(way);
        Claim held = claims(ada, 1);
        assertThat(held.serial()).as("no number before the money").isNull();
        town.pays(begins(ada, held, way));
        town.drain();
        assertThat(sale(ada, held).serial()).isEqualTo(1);
        assertThat(stock()).isEqualTo(new Stock(2, 1, 0, 1, 0, 0, 1));
        assertThat(pays(ada, held, way)).as("paid once is enough").isEqualTo(new Paying.Sold(1));
        assertThat(town.balances(lumen).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isZero();
        assertThat(sold()).isEqualTo(1);
    }

    @Test
    void whoLetsItBeGivesUnitAndLimitBackOnlyAfterTheGatewayClosedThePayment() throws Exception {
        opens(Way.ALIPAY_PAGE);
        Claim held = claims(ada, 1);
        town.opened(begins(ada, held, Way.ALIPAY_PAGE));
        town.goesWrong("{\"away\": true}");
        town.later(HOLD.plusSeconds(1));
        assertThat(stock()).as("nobody knows whether she paid").isEqualTo(new Stock(2, 1, 1, 0, 0, 0, 0));
        assertThat(pays(ada, held, Way.ALIPAY_PAGE)).isEqualTo(new Paying.TooLate());
        town.goesWrong("{\"away\": false}");
        town.later(Duration.ofSeconds(10));
        assertThat(stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
        assertThat(sale(ada, held).ended()).isTrue();
        assertThat(claims(ada, 2).nth()).as("her limit came back with it").isEqualTo(1);
    }

    @Test
    void whoNeverBeganToPayNeedsNoGatewayToGiveTheUnitBack() throws Exception {
        opens(Way.ALIPAY_PAGE);
        claims(ada, 1);
        town.goesWrong("{\"away\": true}");
        town.later(HOLD.plusSeconds(1));
        assertThat(stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void whoPaidInTheLastMomentHasItThoughNobodySaidSo(Way way) throws Exception {
        opens(way);
        Claim held = claims(ada, 1);
        Started begun = begins(ada, held, way);
        town.goesWrong("{\"dropNext\": 1}"); // the callback is lost
        town.pays(begun);
        town.later(HOLD.plusSeconds(1));
        town.drain();
        assertThat(sale(ada, held).serial()).isEqualTo(1);
        assertThat(stock().granted()).isEqualTo(1);
    }

    /** With Alipay, whose notices have no age: the server's clock is ahead of the sandbox's here. */
    @Test
    void moneyThatComesAgainstAGatewaysWordGoesBackByItself() throws Exception {
        Way way = Way.ALIPAY_PAGE;
        opens(way);
        Claim held = claims(ada, 1);
        Started begun = begins(ada, held, way);
        town.opened(begun);
        town.later(HOLD.plusSeconds(1));
        assertThat(stock().available()).as("closed, so the unit is free").isEqualTo(2);
        town.does(begun, "late");
        town.later(Duration.ofSeconds(30));
        Sale over = sale(ada, held);
        assertThat(over.serial()).isNull();
        assertThat(over.returned())
                .hasValueSatisfying(back -> assertThat(back.refunded()).isEqualTo(price(way)));
        assertThat(stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
        assertThat(sold()).isZero();
    }

    @Test
    void whoChangesHerMindHowToPayPaysForTheSameHoldAndOnlyOnce() throws Exception {
        opens(Way.ALIPAY_PAGE);
        Claim held = claims(ada, 1);
        Started first = begins(ada, held, Way.WECHAT_NATIVE);
        town.opened(first);
        Started second = begins(ada, held, Way.ALIPAY_PAGE);
        town.pays(second);
        town.drain();
        town.does(first, "late"); // and the other one as well
        town.later(Duration.ofSeconds(30));
        Sale sale = sale(ada, held);
        assertThat(sale.serial()).isEqualTo(1);
        assertThat(sale.tries()).hasSize(2);
        assertThat(sale.tries().getFirst().refunded())
                .as("the second time comes back")
                .isEqualTo(price(Way.ALIPAY_PAGE));
        assertThat(sale.tries().getLast().refunded().minor()).isZero();
        assertThat(sold()).isEqualTo(1);
    }

    @Test
    void nobodyPaysForWhatSomebodyElseHolds() {
        opens(Way.ALIPAY_PAGE);
        Claim held = claims(ada, 1);
        assertThat(pays(bo, held, Way.ALIPAY_PAGE)).isEqualTo(new Paying.NotHeld());
    }

    @Test
    void inTheLastMomentNobodyBeginsToPay() {
        opens(Way.ALIPAY_PAGE);
        Claim held = claims(ada, 1);
        town.clock.advance(HOLD.minusSeconds(45));
        assertThat(pays(ada, held, Way.ALIPAY_PAGE)).isEqualTo(new Paying.TooLate());
    }

    @Test
    void aPriceThatNobodyCanTakeIsNotPublished() {
        StageDraft stage = stage(new Money(9_900, Currency.getInstance("KWD")));
        assertThat(town.server.bean(DropPlans.class).check(lumen, new DropDraft(MOONRISE, MOONRISE, List.of(stage))))
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.nobody-takes-money");
    }

    private static Money price(Way way) {
        return new Money(9_900, Currency.getInstance(way == Way.STRIPE_CARD ? "EUR" : "CNY"));
    }

    private StageDraft stage(Money price) {
        Instant now = town.clock.instant();
        return new StageDraft(
                        null,
                        MOONRISE,
                        moonrise.value(),
                        now.plusSeconds(60),
                        now.plus(Duration.ofDays(2)),
                        null,
                        1,
                        "everyone",
                        null,
                        (int) HOLD.toMinutes(),
                        "never",
                        false,
                        false)
                .at(price);
    }

    private void opens(Way way) {
        DropPlans plans = town.server.bean(DropPlans.class);
        var draft = new DropDraft(MOONRISE, MOONRISE, List.of(stage(price(way))));
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(lumen, "moonrise-sale", draft)).id();
        drop = ((DropPlans.Publishing.Published) plans.publish(id)).drop();
        town.clock.advance(Duration.ofMinutes(2));
        town.server.bean(LiveDrops.class).changed();
    }

    private Drop open() {
        return requireNonNull(drop);
    }

    private CollectorId somebody(String name) {
        var key = new BuyerKey(BuyerKey.Kind.EMAIL, name.getBytes(StandardCharsets.UTF_8));
        return requireNonNull(
                town.server.bean(Collectors.class).forBuyerKeys(List.of(key)).get(key));
    }

    private Claim claims(CollectorId who, int nth) {
        town.server.bean(LiveDrops.class).changed();
        Drop now = town.server.bean(DropPlans.class).find(open().id()).orElseThrow();
        String pass =
                ((Entrances.Entrance.Admitted) town.server.bean(Entrances.class).enter(now, who)).pass();
        return ((Claiming.Claimed) town.server.bean(Claims.class).claim(pass, nth)).claim();
    }

    private Paying pays(CollectorId who, Claim claim, Way way) {
        return town.server
                .bean(Sales.class)
                .pay(open(), who, claim.id(), way, town.server.address() + "/back", "203.0.113.7", Locale.ENGLISH);
    }

    private Started begins(CollectorId who, Claim claim, Way way) {
        return ((Paying.Begun) pays(who, claim, way)).started();
    }

    private Sale sale(CollectorId who, Claim claim) {
        return town.server.bean(Sales.class).find(open(), who, claim.id()).orElseThrow();
    }

    private Stock stock() {
        return requireNonNull(town.server
                .bean(TransactionTemplate.class)
                .execute(s -> town.server.bean(Drops.class).stock(moonrise)));
    }

    private int sold() {
        return town.db().sql("select count(*) from sales").query(Integer.class).single();
    }
}
