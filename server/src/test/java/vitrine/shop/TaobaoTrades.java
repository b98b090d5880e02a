package vitrine.shop;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Taobao's messages as facts: shows that the one shape of an order takes them too, before there is a connection to Taobao. A
 * message is a hint with ids; lines and sums are in the trade that the API answers. Times are Beijing's.
 */
final class TaobaoTrades {

    private static final DateTimeFormatter WALL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final Currency CNY = Currency.getInstance("CNY");

    private final People people;

    TaobaoTrades(People people) {
        this.people = people;
    }

    OrderFacts message(JsonNode envelope, long receivedAt) {
        boolean old = envelope.has("notify_trade");
        JsonNode content = old
                ? envelope.path("notify_trade")
                : Json.MAPPER.readTree(envelope.path("content").stringValue());
        String topic = old ? "taobao_trade_" + Json.text(content, "status") : Json.text(envelope, "topic");
        Long at = time(Json.text(old ? content : envelope, old ? "modified" : "pub_time"));
        var draft = new Draft(Json.text(content, "tid"), at == null ? receivedAt : at);
        draft.number(draft.key);
        draft.currency = draft.said("CNY");
        String status = Json.text(content, "status");
        switch (topic) {
            case "taobao_trade_TradeCreate" -> draft.unpaid();
            case "taobao_trade_TradeBuyerPay" -> draft.paid(at);
            case "taobao_trade_TradeSuccess", "taobao_trade_TradeChanged" -> {
                // Success of a trade that Taobao closed is none.
                if (status.equals("TRADE_FINISHED")) {
                    draft.paid(null);
                    draft.confirmedAt = draft.at;
                }
                if (status.startsWith("TRADE_CLOSED")) draft.cancelled(draft.at);
            }
            case "taobao_trade_TradeClose" -> draft.cancelled(draft.at);
            default -> throw new Json.Unreadable("topic");
        }
        return draft.facts();
    }

    OrderFacts trade(Shop shop, JsonNode answer) {
        JsonNode trade = answer.path("trade_fullinfo_get_response").path("trade");
        Long modified = time(Json.text(trade, "modified"));
        var draft = new Draft(Json.text(trade, "tid"), modified == null ? 0 : modified);
        draft.number(draft.key);
        draft.currency = draft.said("CNY");
        draft.placed = time(Json.text(trade, "created"));
        Long paidAt = time(Json.text(trade, "pay_time"));
        if (paidAt != null) draft.paid(paidAt);
        else draft.unpaid();
        draft.confirmedAt = time(Json.text(trade, "end_time"));
        // The open id is the buyer's own in this shop; the nick changes and is no key.
        people.put(
                draft,
                shop,
                new People.Told(
                        "", false, Json.text(trade, "receiver_mobile"), "CN", Json.text(trade, "buyer_open_uid")));
        draft.listedAt = draft.at;
        for (JsonNode order : trade.path("orders").path("order")) {
            draft.line(
                    Json.text(order, "oid"),
                    0,
                    new OrderFacts.Look(
                            Json.units(order, "num"),
                            // The sub-order's own share of what was paid, after the trade's discounts.
                            Json.minor(order.path("divide_order_fee"), CNY),
                            true,
                            Json.text(order, "outer_sku_id"),
                            Json.text(order, "num_iid"),
                            Json.text(order, "title"),
                            Json.text(order, "cid"),
                            ""));
        }
        return draft.facts();
    }

    private static @Nullable Long time(String text) {
        return text.isEmpty()
                ? null
                : LocalDateTime.parse(text, WALL)
                        .toInstant(ZoneOffset.ofHours(8))
                        .toEpochMilli();
    }
}
