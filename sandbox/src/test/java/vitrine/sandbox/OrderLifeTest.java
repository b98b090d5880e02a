package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vitrine.sandbox.Fixtures.ADA;
import static vitrine.sandbox.Fixtures.NOON;
import static vitrine.sandbox.Fixtures.body;
import static vitrine.sandbox.Fixtures.bought;
import static vitrine.sandbox.Fixtures.event;
import static vitrine.sandbox.Fixtures.paid;
import static vitrine.sandbox.Fixtures.shop;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Happened;
import vitrine.sandbox.SandboxOrder.Part;
import vitrine.sandbox.SandboxOrder.Wish;

class OrderLifeTest {
    private static final ShopConfig SHOP = shop(Source.STANDARD, "CNY");

    @Test
    void theDiscountIsSplitOverTheLinesToTheLastFen() {
        var order = bought(SHOP);
        // 597.00 and 459.00 and a free card share 10.00: 5.65, 4.35, 0.
        assertThat(order.lines()).extracting(SandboxOrder.Line::discount).containsExactly(565L, 435L, 0L);
        assertThat(order.goodsTotal()).isEqualTo(1046_00);
    }

    @Test
    void unitsReturnedOneByOneAddUpToTheLine() {
        var order = paid(SHOP);
        long before = order.goodsPaid();
        for (int i = 0; i < 3; i++) {
            order = order.giveBack(NOON, List.of(new Part(0, 1)), "one").order();
        }
        assertThat(before - order.goodsPaid())
                .isEqualTo(order.lines().getFirst().total());
        assertThat(order.kept(0)).isZero();
    }

    @Test
    void returningAllAfterAnAmountOnlyRefundGivesBackWhatIsLeft() {
        var order = paid(SHOP).giveBackAmount(NOON, 46_00, "chipped").order();
        order = order.giveBackAll(NOON, "all").order();
        assertThat(order.goodsPaid()).isZero();
        assertThat(order.refunds()).extracting(SandboxOrder.Refund::amount).containsExactly(46_00L, 1000_00L);
    }

    @Test
    void anEditUpwardGrowsTheLineAndOneDownwardRefundsIt() {
        var up = paid(SHOP).edit(NOON, 1, 2);
        assertThat(up.order().goodsPaid()).isEqualTo(1046_00 + 459_00);
        var down = up.order().edit(NOON, 0, 1);
        assertThat(down.happened()).isEqualTo(Happened.EDITED);
        assertThat(down.order().kept(0)).isEqualTo(1);
        assertThat(down.order().lines().getFirst().quantity()).isEqualTo(3);
    }

    @Test
    void aCancelledOrderGivesGoodsAndShippingBack() {
        var cancelled = paid(SHOP).cancel(NOON).order();
        assertThat(cancelled.goodsPaid()).isZero();
        assertThat(cancelled.refunds().getFirst().shipping()).isEqualTo(10_00);
        assertThat(cancelled.wholeReturned()).isTrue();
    }

    @Test
    void aParcelThatIsSentInTwoArrivesInTwo() {
        var order = paid(SHOP).fulfil(NOON, List.of(new Part(0, 2))).order();
        assertThat(order.wholeSent()).isFalse();
        order = order.fulfil(NOON).order();
        assertThat(order.wholeSent()).isTrue();
        order = order.deliver(NOON, 0).order();
        assertThat(order.wholeDelivered()).isFalse();
        assertThat(order.deliver(NOON, 1).order().wholeDelivered()).isTrue();
    }

    @Test
    void stepsOfOneOrderAreASecondApartEvenWhenTheClockStandsStill() {
        var order = paid(SHOP).fulfil(NOON).order();
        assertThat(order.updatedAt()).isAfter(paid(SHOP).updatedAt());
    }

    @Test
    void whatAShopWouldRefuseIsRefused() {
        var unpaid = bought(SHOP);
        var paid = paid(SHOP);
        assertRefused("order.unpaid", () -> unpaid.fulfil(NOON));
        assertRefused("order.paid", () -> paid.pay(NOON));
        assertRefused("quantity.too-much", () -> paid.giveBack(NOON, List.of(new Part(0, 4)), ""));
        assertRefused("quantity.too-much", () -> paid.fulfil(NOON, List.of(new Part(1, 2))));
        assertRefused("refund.too-much", () -> paid.giveBackAmount(NOON, 1046_01, ""));
        assertRefused("line.unknown", () -> paid.edit(NOON, 9, 1));
        assertRefused("order.cancelled", () -> paid.cancel(NOON).order().fulfil(NOON));
        assertRefused("order.fulfilled", () -> paid.fulfil(NOON).order().fulfil(NOON));
        assertRefused(
                "order.delivered",
                () -> paid.fulfil(NOON).order().deliver(NOON, 0).order().cancel(NOON));
        assertRefused(
                "discount.invalid",
                () -> SandboxOrder.buy(
                        "s",
                        1,
                        "CNY",
                        ADA,
                        List.of(new Wish(SHOP.products().getFirst(), 1)),
                        new Discount("X", 199_01),
                        0,
                        false,
                        NOON));
    }

    @Test
    void theYenHasNoDecimals() {
        var shop = shop(Source.SHOPIFY, "JPY");
        var order = SandboxOrder.buy(
                shop.shop(),
                1001,
                "JPY",
                ADA,
                List.of(new Wish(shop.products().getFirst(), 2)),
                new Discount("TENOFF", 39),
                0,
                false,
                NOON);
        var body = body(shop, order.order().pay(NOON), "orders/paid");
        assertThat(body.path("subtotal_price").asString()).isEqualTo("359");
        assertThat(body.path("line_items").path(0).path("price").asString()).isEqualTo("199");
    }

    /** A whole crowd, read back from what each kind of shop says: the money is the same, to the last fen. */
    @ParameterizedTest
    @EnumSource(Source.class)
    void whatIsPaidForGoodsCanBeReadFromEveryKindOfShop(Source source) {
        for (var currency : List.of("CNY", "JPY")) {
            var shop = shop(source, currency);
            var moments = Crowd.play(7, List.of(shop), 150, NOON, 30, name -> 1001);
            assertThat(moments).isNotEmpty();
            for (var moment : moments) {
                var order = moment.step().order();
                assertThat(goodsPaid(shop, order))
                        .as(() -> source + " " + order)
                        .isEqualByComparingTo(Money.number(order.goodsPaid(), currency));
            }
        }
    }

    private static BigDecimal goodsPaid(ShopConfig shop, SandboxOrder order) {
        if (order.paidAt() == null) {
            return BigDecimal.ZERO;
        }
        return switch (shop.source()) {
            case SHOPIFY -> shopifyGoods(new Shopify().order(shop, order));
            case WOOCOMMERCE -> wooGoods(shop, order);
            case SALEOR -> saleorGoods(new Saleor().order(shop, order));
            case STANDARD -> standardGoods(new Standard().order(shop, order));
        };
    }

    private static BigDecimal shopifyGoods(JsonNode order) {
        var sum = BigDecimal.ZERO;
        for (var line : order.path("line_items")) {
            sum = sum.add(decimal(line.path("price")).multiply(decimal(line.path("quantity"))));
            for (var share : line.path("discount_allocations")) {
                sum = sum.subtract(decimal(share.path("amount")));
            }
        }
        for (var refund : order.path("refunds")) {
            for (var line : refund.path("refund_line_items")) {
                sum = sum.subtract(decimal(line.path("subtotal")));
            }
            for (var adjustment : refund.path("order_adjustments")) {
                if (adjustment.path("kind").asString("").equals("refund_discrepancy")) {
                    sum = sum.add(decimal(adjustment.path("amount")));
                }
            }
        }
        return sum;
    }

    private static BigDecimal wooGoods(ShopConfig shop, SandboxOrder order) {
        var woo = new WooCommerce();
        var sum = BigDecimal.ZERO;
        for (var line : woo.order(shop, order).path("line_items")) {
            sum = sum.add(decimal(line.path("total"))).add(decimal(line.path("total_tax")));
        }
        for (var refund : order.refunds()) {
            var said = woo.refund(shop, order, refund);
            sum = sum.subtract(decimal(said.path("amount")));
            for (var shipping : said.path("shipping_lines")) {
                sum = sum.subtract(decimal(shipping.path("total")));
            }
        }
        return sum;
    }

    private static BigDecimal saleorGoods(JsonNode order) {
        var sum = decimal(order.path("subtotal").path("gross").path("amount"));
        for (var refund : order.path("grantedRefunds")) {
            sum = sum.subtract(decimal(refund.path("amount").path("amount")));
            if (refund.path("shippingCostsIncluded").asBoolean(false)) {
                sum = sum.add(decimal(order.path("shippingPrice").path("gross").path("amount")));
            }
        }
        return sum;
    }

    private static BigDecimal standardGoods(JsonNode order) {
        var sum = BigDecimal.ZERO;
        for (var line : order.path("lines")) {
            sum = sum.add(decimal(line.path("total")));
        }
        for (var refund : order.path("refunds")) {
            sum = sum.subtract(decimal(refund.path("amount")));
        }
        return sum;
    }

    private static BigDecimal decimal(JsonNode node) {
        return new BigDecimal(node.asString());
    }

    @Test
    void aSaleorProductKeepsTheGlobalIdThatItHas() {
        for (var id : List.of("UHJvZHVjdDo3NA==", "74")) {
            var product = new Product(id, "S", Text.same("S"), "c", "v", 100, null);
            var shop = ShopConfig.of(
                    Source.SALEOR, "lumen", "CNY", Fixtures.RSA, "http://vitrine.example", List.of(product));
            var order =
                    SandboxOrder.buy("lumen", 1001, "CNY", ADA, List.of(new Wish(product, 1)), null, 0, false, NOON);
            var line = new Saleor().order(shop, order.order()).path("lines").path(0);
            assertThat(line.path("variant").path("product").path("id").asString())
                    .isEqualTo("UHJvZHVjdDo3NA==");
        }
    }

    @Test
    void aSeedGivesTheSameCrowdAndAnotherSeedAnother() {
        var shops = List.of(shop(Source.SHOPIFY, "CNY"), shop(Source.STANDARD, "CNY"));
        var once = Crowd.play(3, shops, 200, NOON, 20, name -> 1001);
        assertThat(Crowd.play(3, shops, 200, NOON, 20, name -> 1001)).isEqualTo(once);
        assertThat(Crowd.play(4, shops, 200, NOON, 20, name -> 1001)).isNotEqualTo(once);
    }

    @Test
    void aCrowdDoesEverythingThatBuyersDo() {
        var shops = List.of(shop(Source.SHOPIFY, "CNY"), shop(Source.STANDARD, "CNY"));
        var moments = Crowd.play(11, shops, 1000, NOON, 30, name -> 1001);
        var happened = new HashSet<Happened>();
        var buyers = new HashSet<Buyer>();
        boolean amountOnly = false;
        boolean partReturn = false;
        boolean twoParcels = false;
        boolean test = false;
        boolean phoneOnly = false;
        for (int i = 0; i < moments.size(); i++) {
            var order = moments.get(i).step().order();
            happened.add(moments.get(i).step().happened());
            buyers.add(order.buyer());
            amountOnly |= order.refunds().stream().anyMatch(r -> r.parts().isEmpty());
            partReturn |= !order.refunds().isEmpty() && !order.wholeReturned();
            twoParcels |= order.fulfilments().size() > 1;
            test |= order.test();
            phoneOnly |= order.buyer().email() == null;
            assertThat(moments.get(i).at()).isBefore(NOON.plus(java.time.Duration.ofDays(30)));
            if (i > 0) {
                assertThat(moments.get(i).at())
                        .isAfterOrEqualTo(moments.get(i - 1).at());
            }
        }
        assertThat(happened).isEqualTo(Set.of(Happened.values()));
        assertThat(List.of(amountOnly, partReturn, twoParcels, test, phoneOnly)).doesNotContain(false);
        assertThat(buyers).as("people come back").hasSizeLessThan(800);
    }

    @Test
    void theWayOfEveryMessageIsDecidedByTheSeed() {
        var shops = List.of(shop(Source.SHOPIFY, "CNY"), shop(Source.STANDARD, "CNY"));
        var moments = Crowd.play(3, shops, 200, NOON, 20, name -> 1001);
        var chances = new Mishaps.Chances(20, 20, 5, 5, java.time.Duration.ofDays(2));
        var fate = Mishaps.of(9, moments, chances);
        assertThat(Mishaps.of(9, moments, chances)).isEqualTo(fate);
        assertThat(fate.lost()).isNotEmpty();
        assertThat(fate.arrivals()).anyMatch(Mishaps.Arrival::spoilt);
        assertThat(fate.arrivals()).extracting(Mishaps.Arrival::at).isSorted();
        var events = moments.stream()
                .flatMap(m -> Messages.events(m.shop(), m.step()).stream())
                .map(Event::name)
                .toList();
        assertThat(events).doesNotHaveDuplicates();
        var quiet = Mishaps.of(9, moments, Mishaps.Chances.NONE);
        assertThat(quiet.arrivals()).extracting(a -> a.event().name()).containsExactlyElementsOf(events);
        assertThat(quiet.lost()).isEmpty();
    }

    @Test
    void onlyTopicsThatAShopSubscribedToAreSent() {
        var all = shop(Source.SHOPIFY, "CNY");
        var one = new ShopConfig(
                all.source(),
                all.shop(),
                all.name(),
                all.currency(),
                all.secret(),
                all.apiToken(),
                all.products(),
                all.inboxUrl(),
                all.baseUrl(),
                all.domain(),
                all.zone(),
                all.tax(),
                Set.of("orders/paid"));
        assertThat(Messages.events(one, new SandboxOrder.Step(Happened.BOUGHT, bought(one), -1, 0)))
                .isEmpty();
        assertThat(Messages.events(one, bought(one).pay(NOON)))
                .extracting(Event::topic)
                .containsExactly("orders/paid");
    }

    @Test
    void aShopifyEditIsAnnouncedWithoutTheOrder() {
        var shop = shop(Source.SHOPIFY, "CNY");
        var edit = Json.read(Messages.body(shop, event(shop, paid(shop).edit(NOON, 0, 5), "orders/edited")))
                .path("order_edit");
        assertThat(edit.path("line_items")
                        .path("additions")
                        .path(0)
                        .path("delta")
                        .asInt())
                .isEqualTo(2);
        assertThat(edit.path("line_items").path("removals")).isEmpty();
    }

    private static void assertRefused(String code, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code())
                .isEqualTo(code));
    }
}
