package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages that the shops' own documentation shows, and what each adds up to. */
class RealMessagesTest {

    private final Readers readers = new Readers();

    @Test
    void shopifyPaidWithThreeLinesCountsTheGoodsWithoutTaxAndShipping() {
        var order =
                Readers.order(readers.facts("shopify", "orders/paid", "01-shopify/doc-orders-paid-1073459962.json"));
        assertThat(order.number()).isEqualTo("#1002");
        assertThat(order.currency()).isEqualTo("USD");
        assertThat(order.paidAt()).isEqualTo(millis("2024-10-02T14:03:29Z"));
        assertThat(order.receiptAt()).isNull();
        assertThat(order.buyer()).isNull(); // it names no buyer at all
        assertThat(order.lines())
                .extracting(OrderLine::title, OrderLine::quantity, OrderLine::paidMinor, OrderLine::refundedMinor)
                .containsExactly(
                        tuple("Red Leather Coat", 1, 12999L, 0L),
                        tuple("Blue Suede Shoes", 1, 8595L, 0L),
                        tuple("Raspberry Beret", 2, 3998L, 0L));
    }

    @Test
    void shopifyFulfilledIsReceivedAfterTheShopsDays() {
        var order = Readers.order(
                readers.facts("shopify", "orders/fulfilled", "01-shopify/doc-orders-fulfilled-1073459978.json"));
        assertThat(order.receiptAt()).isEqualTo(millis("2024-10-09T14:04:38Z"));
        assertThat(order.buyer())
                .isEqualTo(readers.buyers.email("foo@example.com").orElseThrow());
        assertThat(order.lines())
                .extracting(OrderLine::sku, OrderLine::vendor, OrderLine::paidMinor)
                .containsExactly(tuple("IPOD2008BLACK", "Apple", 19900L));
    }

    @Test
    void shopifyPartRefundTakesTwoOfThreeLinesAndTheDiscountIsSpreadAsTheShopSpreadIt() {
        var order = Readers.order(readers.facts(
                "shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-partially_refunded.json"));
        assertThat(order.lines())
                .extracting(
                        OrderLine::sku,
                        OrderLine::quantity,
                        OrderLine::paidMinor,
                        OrderLine::returned,
                        OrderLine::refundedMinor)
                .containsExactly(
                        tuple("IPOD2008GREEN", 1, 19566L, 1, 19566L),
                        tuple("IPOD2008RED", 1, 19567L, 0, 0L),
                        tuple("IPOD2008BLACK", 1, 19567L, 1, 19567L));
        assertThat(order.buyer())
                .isEqualTo(readers.buyers.email("bob.norman@mail.example.com").orElseThrow());
        assertThat(order.receiptAt()).isNull(); // its one parcel failed
    }

    @Test
    void shopifyRefundTellsTheSameWhetherItComesAloneOrInsideTheOrder() {
        var order = readers.facts(
                "shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-partially_refunded.json");
        var refund = readers.facts("shopify", "refunds/create", "01-shopify/doc-refunds-create-509562969.json");
        assertThat(Readers.order(refund, order).lines())
                .isEqualTo(Readers.order(order).lines());
        // Alone it waits: no line is known yet.
        assertThat(Readers.order(refund).lines()).isEmpty();
    }

    @Test
    void goodsThatWentBackCountNoMoreEvenWhenTheRefundOfTheLineIsZero() {
        var paid = readers.facts(
                "shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-partially_refunded.json");
        var wrongSize = readers.facts("shopify", "refunds/create", "01-shopify/doc-refunds-create-929361466.json");
        assertThat(Readers.order(paid, wrongSize).lines())
                .extracting(OrderLine::sku, OrderLine::returned, OrderLine::refundedMinor)
                .contains(tuple("IPOD2008RED", 1, 19567L));
    }

    @Test
    void shopifyRefundedMeansNothingIsLeft() {
        var order = Readers.order(
                readers.facts("shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-refunded.json"));
        assertThat(order.lines()).hasSize(3).allSatisfy(line -> {
            assertThat(line.returned()).isEqualTo(line.quantity());
            assertThat(line.refundedMinor()).isEqualTo(line.paidMinor());
        });
    }

    @Test
    void shopifyFulfilmentCompletesTheOrderOnceItsOtherLinesWentBack() {
        var order = readers.facts(
                "shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-partially_refunded.json");
        var parcel =
                readers.facts("shopify", "fulfillments/create", "01-shopify/doc-fulfillments-1069019863-success.json");
        assertThat(Readers.order(order, parcel).receiptAt()).isEqualTo(millis("2024-10-09T14:01:34Z"));
        ObjectNode delivered = (ObjectNode) json("01-shopify/doc-fulfillment_events-create-944956394.json");
        assertThat(readers.read("shopify", "fulfillment_events/create", delivered))
                .isEqualTo(new Source.Reading.Nothing("on-its-way"));
        delivered.put("status", "delivered").put("fulfillment_id", 1069019863L);
        var arrival = readers.facts("shopify", "fulfillment_events/create", delivered);
        assertThat(Readers.order(arrival, order, parcel).receiptAt()).isEqualTo(millis("2024-10-02T14:30:58Z"));
    }

    @Test
    void shopifysTestButtonGivesATestOrderThatWasNeverPaid() {
        var cancelled = readers.facts(
                "shopify", "orders/cancelled", "01-shopify/test-notification-2022-04-orders-cancelled.json");
        var order = Readers.order(cancelled);
        assertThat(order.test()).isTrue();
        assertThat(order.paidAt()).isNull();
        assertThat(order.cancelledAt()).isEqualTo(millis("2022-04-06T12:09:03Z"));
        assertThat(order.lines())
                .extracting(OrderLine::paidMinor)
                .containsExactlyInAnyOrder(12000L, 11500L); // one with 5.00 off
        var refund =
                readers.facts("shopify", "refunds/create", "01-shopify/test-notification-2022-04-refunds-create.json");
        assertThat(Readers.order(cancelled, refund).lines()).allMatch(line -> line.returned() == 1);
        assertThat(readers.read(
                        "shopify",
                        "order_transactions/create",
                        json("01-shopify/test-notification-2022-04-order_transactions-create.json")))
                .isEqualTo(new Source.Reading.Nothing("no-payment")); // an authorization pays nothing
        assertThat(readers.facts(
                                "shopify",
                                "fulfillments/create",
                                "01-shopify/test-notification-2022-04-fulfillments-create.json")
                        .parcels())
                .hasSize(1);
        assertThat(readers.read(
                        "shopify",
                        "fulfillment_events/create",
                        json("01-shopify/test-notification-2022-04-fulfillment_events-create.json")))
                .isEqualTo(new Source.Reading.Nothing("on-its-way"));
    }

    @Test
    void theShopsCurrencyCountsNotTheOneThatTheBuyerWasShown() {
        ObjectNode order = (ObjectNode) json("01-shopify/doc-orders-fulfilled-1073459978.json");
        order.put("presentment_currency", "JPY");
        for (JsonNode line : order.path("line_items")) {
            ((ObjectNode) line.path("price_set").path("presentment_money"))
                    .put("amount", "29800")
                    .put("currency_code", "JPY");
        }
        var read = Readers.order(readers.facts("shopify", "orders/paid", order));
        assertThat(read.currency()).isEqualTo("USD");
        assertThat(read.lines().getFirst().paidMinor()).isEqualTo(19900);
    }

    @Test
    void minorUnitsAreTheCurrencysOwn() {
        ObjectNode order = (ObjectNode) json("01-shopify/doc-orders-fulfilled-1073459978.json");
        for (var each : List.of(tuple("JPY", 199L), tuple("KWD", 199000L), tuple("CNY", 19900L))) {
            order.put("currency", (String) each.toList().get(0));
            assertThat(Readers.order(readers.facts("shopify", "orders/paid", order))
                            .lines()
                            .getFirst()
                            .paidMinor())
                    .isEqualTo(each.toList().get(1));
        }
    }

    @Test
    void aGiftCardIsMoneyAndNoGoodsAndAFreeLineIsALine() {
        ObjectNode order = (ObjectNode) json("01-shopify/doc-orders-paid-1073459962.json");
        ((ObjectNode) order.path("line_items").get(0)).put("gift_card", true);
        ObjectNode free = (ObjectNode) order.path("line_items").get(1);
        free.put("price", "0.00").remove("price_set");
        assertThat(Readers.order(readers.facts("shopify", "orders/paid", order)).lines())
                .extracting(OrderLine::quantity, OrderLine::paidMinor)
                .containsExactly(tuple(1, 0L), tuple(1, 0L), tuple(2, 3998L));
    }

    @Test
    void wooProcessingIsPaidAndCompletedIsReceived() {
        var processing = readers.facts("woocommerce", "order.updated", "02-woocommerce/doc-order-727-processing.json");
        var paid = Readers.order(processing);
        assertThat(paid.number()).isEqualTo("727");
        assertThat(paid.paidAt()).isEqualTo(millis("2017-03-22T19:28:08Z"));
        assertThat(paid.receiptAt()).isNull();
        assertThat(paid.buyer())
                .isEqualTo(readers.buyers.email("john.doe@example.com").orElseThrow());
        assertThat(paid.lines())
                .extracting(OrderLine::id, OrderLine::quantity, OrderLine::paidMinor, OrderLine::product)
                .containsExactly(tuple("315", 2, 600L, "93"), tuple("316", 1, 1200L, "22"));
        var completed = readers.facts("woocommerce", "order.updated", "02-woocommerce/doc-order-727-completed.json");
        assertThat(Readers.order(completed, processing).receiptAt()).isEqualTo(millis("2017-03-22T19:30:35Z"));
    }

    @Test
    void wooRefundsWithoutLinesAreSpreadByWhatWasPaidWithTheLargestRemainder() {
        var order = Readers.order(readers.facts(
                "woocommerce", "order.updated", "02-woocommerce/doc-order-723-completed-with-refunds.json"));
        assertThat(order.paidAt()).isEqualTo(millis("2017-03-21T19:54:51Z")); // by hand, with its completion
        // 19.00 over 9.00 and 20.00: 5.896… and 13.103…; the cent that is left goes to the larger remainder.
        assertThat(order.lines())
                .extracting(OrderLine::paidMinor, OrderLine::refundedMinor, OrderLine::returned)
                .containsExactly(tuple(900L, 590L, 0), tuple(2000L, 1310L, 0));
    }

    @Test
    void wooRefundInDetailTakesThePlaceOfItsSum() {
        ObjectNode order = (ObjectNode) json("02-woocommerce/doc-order-723-completed-with-refunds.json");
        var summed = readers.facts("woocommerce", "order.updated", order);
        ObjectNode first = (ObjectNode) json("02-woocommerce/doc-refund-726.json");
        ObjectNode second = Json.MAPPER.createObjectNode().put("id", 724).put("amount", "9.00");
        ObjectNode line = second.putArray("line_items").addObject();
        line.put("quantity", -1).put("total", "-9.00").put("total_tax", "0.00");
        line.putArray("meta_data").addObject().put("key", "_refunded_item_id").put("value", "311");
        order.putArray("refunds").add(first).add(second);
        var detailed = readers.facts("woocommerce", "order.updated", order);
        for (var both : List.of(Readers.order(summed, detailed), Readers.order(detailed, summed))) {
            // 9.00 is line 311, and the 10.00 without lines are spread over what is left to take.
            assertThat(both.lines())
                    .extracting(OrderLine::id, OrderLine::returned, OrderLine::refundedMinor)
                    .containsExactly(tuple("311", 1, 900L), tuple("313", 0, 1000L));
        }
    }

    @Test
    void wooPricesThatIncludeTaxCountWithIt() {
        ObjectNode order = (ObjectNode) json("02-woocommerce/doc-order-727-processing.json");
        order.put("prices_include_tax", true);
        assertThat(Readers.order(readers.facts("woocommerce", "order.updated", order))
                        .lines())
                .extracting(OrderLine::paidMinor)
                .containsExactly(645L, 1290L);
    }

    @Test
    void saleorsSubscriptionCountsWhatPriceTagsShowAndItsDiscountIsInTheLines() {
        var order = Readers.order(readers.facts(
                "saleor", "order_fully_paid", "03-other-platforms/saleor-order-fully-paid-subscription.json"));
        assertThat(order.number()).isEqualTo("1042");
        assertThat(order.paidAt()).isEqualTo(millis("2024-01-15T14:32:00Z"));
        assertThat(order.buyer())
                .isEqualTo(readers.buyers.email("adrian.king@example.com").orElseThrow());
        assertThat(order.lines())
                .extracting(OrderLine::sku, OrderLine::quantity, OrderLine::paidMinor)
                .containsExactlyInAnyOrder(
                        tuple("OCT-NVY-L", 2, 8000L),
                        tuple("MUG-ANNIVERSARY-GOLD", 1, 2500L),
                        tuple("WEP-BLK-001", 1, 9600L));
    }

    @Test
    void aVoucherForTheWholeSaleorOrderIsSharedByTheLines() {
        ObjectNode body = (ObjectNode) json("03-other-platforms/saleor-order-fully-paid-subscription.json");
        ((ObjectNode) body.path("order").path("subtotal").path("gross")).put("amount", 180.9);
        assertThat(Readers.order(readers.facts("saleor", "order_fully_paid", body))
                        .lines())
                .extracting(OrderLine::sku, OrderLine::paidMinor)
                .containsExactlyInAnyOrder(
                        tuple("OCT-NVY-L", 7200L), tuple("MUG-ANNIVERSARY-GOLD", 2250L), tuple("WEP-BLK-001", 8640L));
    }

    @Test
    void saleorsOlderPayloadsAreReadToo() {
        var created = readers.facts("saleor", "notify_user", "03-other-platforms/saleor-notify-order_created.json");
        assertThat(Readers.order(created).paidAt()).isNull();
        var confirmed =
                readers.facts("saleor", "notify_user", "03-other-platforms/saleor-notify-payment_confirmation.json");
        var paid = Readers.order(created, confirmed);
        assertThat(paid.paidAt()).isEqualTo(millis("2021-03-11T16:56:59.100Z"));
        assertThat(paid.buyer())
                .isEqualTo(readers.buyers.email("jane.doe@example.com").orElseThrow());
        assertThat(readers.facts("saleor", "order_created", "03-other-platforms/saleor-legacy-order.json")
                        .lines())
                .isEmpty();
    }

    @Test
    void taobaosMessagesFitTheSameOrder() {
        var taobao = new TaobaoTrades(readers.people);
        var shop = Readers.shop("standard", "CNY").shop();
        OrderFacts trade = taobao.trade(shop, json("04-taobao-jd/taobao.trade.fullinfo.get-1.json"));
        Reckoning order = Readers.order(trade);
        assertThat(order.currency()).isEqualTo("CNY");
        assertThat(order.paidAt()).isEqualTo(millis("2017-07-28T06:18:32Z")); // 14:18:32 in Beijing
        assertThat(order.buyer()).isEqualTo(readers.buyers.phone("16423476646").orElseThrow());
        assertThat(order.lines())
                .extracting(OrderLine::id, OrderLine::sku, OrderLine::paidMinor)
                .containsExactly(
                        tuple("510982357", "B-C352-F302-357M", 10840L), tuple("514126431", "B-C352-F301-356M", 9135L));

        for (JsonNode message : json("04-taobao-jd/tmc-TradeBuyerPay-1-2.json")) {
            assertThat(Readers.order(taobao.message(message, 0)).paidAt())
                    .isEqualTo(millis(message.path("pub_time").stringValue().replace(' ', 'T') + "+08:00"));
        }
        OrderFacts finished = taobao.message(json("04-taobao-jd/tmc-TradeChanged-finished.json"), 1_700_000_000_000L);
        assertThat(finished.key()).isEqualTo("546603029907275315"); // above 2^53, every digit kept
        assertThat(Readers.order(finished).receiptAt()).isEqualTo(1_700_000_000_000L);
        assertThat(Readers.order(taobao.message(json("04-taobao-jd/tmc-TradeCreate.json"), 5))
                        .paidAt())
                .isNull();
        assertThat(Readers.order(taobao.message(json("04-taobao-jd/comet-notify_trade-TradeBuyerPay.json"), 5))
                        .paidAt())
                .isEqualTo(millis("2012-05-03T07:46:13Z"));
    }

    @Test
    void whatIsLeftUnreadChangesNothing() {
        for (var each : List.of(
                tuple("shopify", "orders/paid", "01-shopify/doc-orders-paid-1073459962.json"),
                tuple("shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-refunded.json"),
                tuple("shopify", "orders/fulfilled", "01-shopify/doc-orders-fulfilled-1073459978.json"),
                tuple("shopify", "refunds/create", "01-shopify/doc-refunds-create-509562969.json"),
                tuple("shopify", "fulfillments/create", "01-shopify/doc-fulfillments-1069019863-success.json"),
                tuple("shopify", "orders/updated", "01-shopify/doc-orders-updated-450789469-partially_refunded.json"),
                tuple("shopify", "orders/cancelled", "01-shopify/test-notification-2022-04-orders-cancelled.json"),
                tuple("shopify", "refunds/create", "01-shopify/doc-refunds-create-929361466.json"),
                tuple("shopify", "refunds/create", "01-shopify/test-notification-2022-04-refunds-create.json"),
                tuple(
                        "shopify",
                        "fulfillments/create",
                        "01-shopify/test-notification-2022-04-fulfillments-create.json"),
                tuple("woocommerce", "order.updated", "02-woocommerce/doc-order-727-completed.json"),
                tuple("woocommerce", "order.updated", "02-woocommerce/doc-order-723-completed-with-refunds.json"),
                tuple("saleor", "order_fully_paid", "03-other-platforms/saleor-order-fully-paid-subscription.json"),
                tuple("saleor", "notify_user", "03-other-platforms/saleor-notify-payment_confirmation.json"))) {
            String source = (String) each.toList().get(0);
            String topic = (String) each.toList().get(1);
            byte[] body = Messages.read((String) each.toList().get(2));
            var wanted = java.util.Objects.requireNonNull(readers.sources.get(source))
                    .wanted(topic);
            assertThat(readers.facts(source, topic, Json.read(body, wanted)))
                    .as(each.toString())
                    .satisfies(
                            facts -> assertThat(facts.holds(readers.facts(source, topic, Json.MAPPER.readTree(body))))
                                    .isTrue())
                    .satisfies(facts -> assertThat(readers.facts(source, topic, Json.MAPPER.readTree(body))
                                    .holds(facts))
                            .isTrue());
        }
    }

    /** As the fixtures are, these two would say nothing: a parcel on its way, a payment that was only authorised. */
    @Test
    void whatIsLeftUnreadOfShopifysEventsAndPaymentsChangesNothing() {
        ObjectNode delivered = (ObjectNode) json("01-shopify/doc-fulfillment_events-create-944956394.json");
        delivered.put("status", "delivered").put("fulfillment_id", 1069019863L);
        ObjectNode paid = (ObjectNode) json("01-shopify/test-notification-2022-04-order_transactions-create.json");
        paid.put("kind", "sale").put("test", true);
        Map.of("fulfillment_events/create", delivered, "order_transactions/create", paid)
                .forEach((topic, message) -> {
                    var wanted = java.util.Objects.requireNonNull(readers.sources.get("shopify"))
                            .wanted(topic);
                    byte[] body = Json.MAPPER.writeValueAsBytes(message);
                    assertThat(readers.read("shopify", topic, Json.read(body, wanted)))
                            .isInstanceOf(Source.Reading.Facts.class)
                            .isEqualTo(readers.read("shopify", topic, message));
                });
    }

    @Test
    void whatASourceDoesNotSendIsUnreadableInWordsAndNeverGuessed() {
        assertThatThrownBy(() -> readers.read("shopify", "orders/paid", Json.MAPPER.readTree("{\"currency\":\"USD\"}")))
                .isInstanceOf(Json.Unreadable.class)
                .hasMessage("the order has no id");
        assertThatThrownBy(() -> readers.read(
                        "shopify", "orders/paid", Json.MAPPER.readTree("{\"id\":1,\"currency\":\"ZZZZ\"}")))
                .hasMessage("no currency of ISO 4217: ZZZZ");
        assertThatThrownBy(() -> readers.read("standard", "", Json.MAPPER.readTree("[]")))
                .isInstanceOf(Json.Unreadable.class);
        assertThat(readers.read("shopify", "products/update", Json.MAPPER.readTree("{}")))
                .isEqualTo(new Source.Reading.Nothing("topic"));
    }

    private static JsonNode json(String fixture) {
        return Json.MAPPER.readTree(Messages.read(fixture));
    }

    private static long millis(String at) {
        return java.time.OffsetDateTime.parse(at).toInstant().toEpochMilli();
    }
}
