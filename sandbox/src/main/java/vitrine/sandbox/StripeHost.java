package vitrine.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Stripe: payment intents, refunds, idempotency keys, balance transactions, and events signed with the endpoint's secret. */
final class StripeHost implements PayHost {
    /** Three days of it; the first ones soon. */
    private static final List<Duration> RETRIES =
            PayCourier.seconds(60, 300, 1800, 7200, 18000, 36000, 36000, 43200, 43200, 43200);

    /** The least that can be charged, in the currency of the price and in that in which the account settles. */
    private static final Map<String, Long> LEAST = Map.of("USD", 50L, "EUR", 50L, "GBP", 30L, "HKD", 400L, "JPY", 50L);

    private final PayConfig.Stripe account;
    private final TradeBook book;
    private final PayCourier courier;
    private final Clock clock;
    private final Map<String, Given> given = new ConcurrentHashMap<>();

    /** The answer to a key, and what it was asked with. */
    private record Given(String asked, Answer answer) {}

    StripeHost(PayConfig.Stripe account, TradeBook book, PayCourier courier, Clock clock) {
        this.account = account;
        this.book = book;
        this.courier = courier;
        this.clock = clock;
    }

    @Override
    public @Nullable Answer answer(Call call) {
        if (!call.segment(0).equals("stripe") || !call.segment(1).equals("v1")) {
            return null;
        }
        boolean confirms = call.is("POST", "stripe", "v1", "payment_intents", "*", "confirm");
        var bearer = String.valueOf(call.header("Authorization"));
        var key = confirms ? account.publishableKey() : account.key();
        if (!bearer.equals("Bearer " + key) && !bearer.equals("Bearer " + account.key())) {
            return error(401, "invalid_request_error", "api_key_invalid");
        }
        var idempotency = call.header("Idempotency-Key");
        if (!call.method().equals("POST") || idempotency == null) {
            return act(call);
        }
        var asked = call.target() + new TreeMap<>(call.form());
        var before = given.get(idempotency);
        if (before == null) {
            before = given.computeIfAbsent(idempotency, same -> new Given(asked, act(call)));
        }
        return before.asked.equals(asked) ? before.answer : error(400, "idempotency_error", "idempotency_key_in_use");
    }

    private Answer act(Call call) {
        var now = clock.instant();
        if (call.is("POST", "stripe", "v1", "payment_intents")) {
            return make(call.form(), now);
        }
        if (call.is("GET", "stripe", "v1", "payment_intents", "*")) {
            var trade = book.find("stripe", call.segment(3));
            if (trade == null) {
                return missing();
            }
            var said = intent(trade);
            // As its own client writes the list of what is to be told whole.
            if (trade.state() == Trade.State.PAID && call.query().containsValue("latest_charge")) {
                said.set("latest_charge", charge(trade));
            }
            return Answer.json(said);
        }
        if (call.is("POST", "stripe", "v1", "payment_intents", "*", "cancel")) {
            return cancel(call.segment(3));
        }
        if (call.is("POST", "stripe", "v1", "payment_intents", "*", "confirm")) {
            return confirm(call.segment(3), call.form().getOrDefault("client_secret", ""), now);
        }
        if (call.is("POST", "stripe", "v1", "refunds")) {
            return refund(call.form(), now);
        }
        if (call.is("GET", "stripe", "v1", "refunds")) {
            return refunds(call.query().getOrDefault("payment_intent", ""));
        }
        if (call.is("POST", "stripe", "v1", "disputes", "*", "close")) {
            return closeDispute(call.segment(3));
        }
        if (call.is("GET", "stripe", "v1", "balance_transactions")) {
            return balance(call.query());
        }
        return error(404, "invalid_request_error", "url_invalid");
    }

    private Answer make(Map<String, String> form, Instant now) {
        long amount;
        try {
            amount = Long.parseLong(form.getOrDefault("amount", ""));
        } catch (NumberFormatException wrong) {
            return error(400, "invalid_request_error", "parameter_invalid_integer");
        }
        var currency = form.getOrDefault("currency", "").toUpperCase(Locale.ROOT);
        var settlesIn = courier.switches().settlesIn();
        if (amount < LEAST.getOrDefault(currency, 1L) || settled(amount) < LEAST.getOrDefault(settlesIn, 1L)) {
            return error(400, "invalid_request_error", "amount_too_small");
        }
        if (!currency.matches("[A-Z]{3}")) {
            return error(400, "invalid_request_error", "parameter_invalid");
        }
        var words = new LinkedHashMap<String, String>();
        form.forEach((name, value) -> {
            if (name.startsWith("metadata[") && name.endsWith("]")) {
                words.put(name.substring("metadata[".length(), name.length() - 1), value);
            }
        });
        var id = "pi_3" + Ids.hex(java.util.UUID.randomUUID().toString(), 23);
        return Answer.json(intent(book.putIfAbsent(new Trade(
                "stripe",
                id,
                id,
                "card",
                amount,
                currency,
                form.getOrDefault("description", ""),
                words,
                Trade.State.OPEN,
                now,
                null,
                null,
                null,
                account.webhookUrl(),
                null,
                List.of(),
                null))));
    }

    static String secret(Trade trade) {
        return trade.number() + "_secret_" + Ids.hex("secret of " + trade.number(), 25);
    }

    private Answer confirm(String id, String secret, Instant now) {
        var trade = book.find("stripe", id);
        if (trade == null || !secret(trade).equals(secret)) {
            return missing();
        }
        if (trade.state() == Trade.State.CLOSED) {
            return error(400, "invalid_request_error", "payment_intent_unexpected_state");
        }
        var paid = book.change(
                trade.key(), there -> there.state() == Trade.State.OPEN ? there.paid(now, paidId(there)) : there);
        if (trade.state() == Trade.State.OPEN) {
            tell(paid);
        }
        return Answer.json(intent(paid));
    }

    private Answer cancel(String id) {
        var trade = book.find("stripe", id);
        if (trade == null) {
            return missing();
        }
        if (courier.findsBusy(trade)) {
            return error(400, "invalid_request_error", "payment_intent_unexpected_state");
        }
        var after = book.change(trade.key(), there -> there.state() == Trade.State.OPEN ? there.closed() : there);
        if (trade.state() != Trade.State.OPEN || after.state() != Trade.State.CLOSED) {
            return error(400, "invalid_request_error", "payment_intent_unexpected_state");
        }
        tell(after);
        return Answer.json(intent(after));
    }

    private Answer refund(Map<String, String> form, Instant now) {
        var trade = book.find("stripe", form.getOrDefault("payment_intent", ""));
        if (trade == null) {
            return missing();
        }
        long amount = Long.parseLong(form.getOrDefault("amount", String.valueOf(trade.amount() - trade.refunded())));
        if (trade.state() != Trade.State.PAID || amount < 1 || trade.refunded() + amount > trade.amount()) {
            return error(400, "invalid_request_error", "charge_already_refunded");
        }
        var words = new LinkedHashMap<String, String>();
        form.forEach((name, value) -> {
            if (name.startsWith("metadata[")) {
                words.put(name.substring("metadata[".length(), name.length() - 1), value);
            }
        });
        var id = "re_3" + Ids.hex(java.util.UUID.randomUUID().toString(), 23);
        boolean pends = courier.switches().refundsPend();
        var back = new Trade.Back(id, id, amount, !pends, now, words);
        var changed = book.change(
                trade.key(), there -> there.refunded() + amount > there.amount() ? there : there.refunding(back));
        if (changed.refund(id) == null) {
            return error(400, "invalid_request_error", "charge_already_refunded");
        }
        tellRefunded(changed);
        return Answer.json(refund(changed, back));
    }

    private Answer refunds(String intent) {
        var trade = book.find("stripe", intent);
        if (trade == null) {
            return missing();
        }
        var data = new ArrayList<ObjectNode>();
        for (var back : trade.refunds().reversed()) {
            data.add(refund(trade, back));
            book.change(
                    trade.key(),
                    there -> there.refunding(java.util.Objects.requireNonNull(there.refund(back.number()))
                            .asked(clock.instant())));
        }
        return list("/v1/refunds", data, false);
    }

    /** A charge or a refund of a trade; the id of its transaction is its own with another beginning. */
    private Answer balance(Map<String, String> query) {
        long from = Long.parseLong(query.getOrDefault("created[gte]", "0"));
        long until = Long.parseLong(query.getOrDefault("created[lt]", String.valueOf(Long.MAX_VALUE)));
        int limit = Integer.parseInt(query.getOrDefault("limit", "10"));
        boolean whole = query.containsKey("expand[0]") || query.containsKey("expand[]");
        var all = new ArrayList<ObjectNode>();
        for (var trade : book.all()) {
            if (!trade.host().equals("stripe") || trade.paidAt() == null) {
                continue;
            }
            add(all, from, until, transaction(trade, null, trade.paidAt(), whole));
            for (var back : trade.refunds()) {
                if (back.done()) {
                    add(all, from, until, transaction(trade, back, back.at(), whole));
                }
                if (back.done() && back.isBack() && back.troubleAt() != null) {
                    add(all, from, until, failure(trade, back, back.troubleAt(), whole));
                }
            }
            for (var move : moves(trade)) {
                var source = trade.dispute();
                if (whole && source != null) {
                    move.set("source", dispute(trade, source));
                }
                add(all, from, until, move);
            }
        }
        all.sort(Comparator.comparing((ObjectNode one) -> one.path("created").asLong())
                .reversed()
                .thenComparing(one -> one.path("id").asString()));
        int start = 0;
        var after = query.get("starting_after");
        for (int i = 0; after != null && i < all.size(); i++) {
            if (all.get(i).path("id").asString().equals(after)) {
                start = i + 1;
            }
        }
        int end = Math.min(all.size(), start + limit);
        return list("/v1/balance_transactions", all.subList(start, end), end < all.size());
    }

    private static void add(List<ObjectNode> all, long from, long until, ObjectNode transaction) {
        long created = transaction.path("created").asLong();
        if (created >= from && created < until) {
            all.add(transaction);
        }
    }

    private ObjectNode transaction(Trade trade, Trade.@Nullable Back back, Instant at, boolean whole) {
        long amount = settled(back == null ? trade.amount() : -back.amount());
        long fee = settled(back == null ? trade.fee() : -courier.feeBack(trade, back));
        var said = Json.object()
                .put(
                        "id",
                        "txn_"
                                + (back == null
                                        ? trade.number().substring(3)
                                        : back.id().substring(3)))
                .put("object", "balance_transaction")
                .put("amount", amount)
                .put("currency", settlesIn(trade))
                .put("created", at.getEpochSecond())
                .put("fee", fee)
                .put("net", amount - fee)
                .put("status", "available")
                .put("type", back == null ? "charge" : "refund");
        var source = back == null ? charge(trade) : refund(trade, back);
        if (whole) {
            said.set("source", source);
        } else {
            said.put("source", source.path("id").asString());
        }
        return said;
    }

    private String settlesIn(Trade trade) {
        var settlesIn = courier.switches().settlesIn();
        return (settlesIn.isEmpty() ? trade.currency() : settlesIn).toLowerCase(Locale.ROOT);
    }

    private long settled(long amount) {
        return courier.switches().settlesIn().isEmpty() ? amount : Math.round(amount * 0.9);
    }

    /** What was given back is with the merchant again. */
    private ObjectNode failure(Trade trade, Trade.Back back, Instant at, boolean whole) {
        var said = transaction(trade, back, at, whole);
        return said.put("id", "txn_f" + back.id().substring(4))
                .put("amount", back.amount())
                .put("net", back.amount())
                .put("type", "refund_failure");
    }

    private static final long DISPUTE_FEE = 1_500;

    /** What a dispute took from the merchant, and what it brought back. */
    private List<ObjectNode> moves(Trade trade) {
        var dispute = trade.dispute();
        if (dispute == null) {
            return List.of();
        }
        var moves = new ArrayList<ObjectNode>();
        moves.add(move(trade, dispute, "txn_d", -trade.amount(), DISPUTE_FEE, dispute.openedAt()));
        if (dispute.returnedAt() != null) {
            moves.add(move(trade, dispute, "txn_w", trade.amount(), 0, dispute.returnedAt()));
        }
        return moves;
    }

    private ObjectNode move(Trade trade, Trade.Dispute dispute, String prefix, long minor, long feeMinor, Instant at) {
        long amount = settled(minor);
        long fee = settled(feeMinor);
        return Json.object()
                .put("id", prefix + dispute.id().substring(3))
                .put("object", "balance_transaction")
                .put("amount", amount)
                .put("currency", settlesIn(trade))
                .put("created", at.getEpochSecond())
                .put("fee", fee)
                .put("net", amount - fee)
                .put("reporting_category", amount < 0 ? "dispute" : "dispute_reversal")
                .put("source", dispute.id())
                .put("status", "available")
                .put("type", "adjustment");
    }

    private ObjectNode dispute(Trade trade, Trade.Dispute dispute) {
        var said = Json.object()
                .put("id", dispute.id())
                .put("object", "dispute")
                .put("amount", trade.amount())
                .put("charge", String.valueOf(trade.paidId()))
                .put("created", dispute.openedAt().getEpochSecond())
                .put("currency", trade.currency().toLowerCase(Locale.ROOT))
                .put("is_charge_refundable", false)
                .put("livemode", false)
                .put("payment_intent", trade.number())
                .put("reason", "fraudulent")
                .put("status", dispute.state());
        said.putObject("evidence_details")
                .put("due_by", dispute.openedAt().plus(Duration.ofDays(7)).getEpochSecond())
                .put("has_evidence", false)
                .put("past_due", false)
                .put("submission_count", 0);
        said.putObject("metadata");
        var moves = said.putArray("balance_transactions");
        moves(trade).forEach(moves::add);
        return said;
    }

    /** {@code refund-fails}, after it was done; {@code dispute}, and how her bank decides: {@code dispute-won}, {@code dispute-lost}. */
    @Override
    public @Nullable Trade trouble(Trade trade, String act) {
        var now = clock.instant();
        var dispute = trade.dispute();
        if (act.equals("refund-fails") && trade.refunds().stream().anyMatch(back -> !back.isBack())) {
            var back = trade.refunds().stream()
                    .filter(one -> !one.isBack())
                    .reduce((first, last) -> last)
                    .orElseThrow();
            var changed = book.change(trade.key(), there -> there.refunding(back.with("failed", now)));
            var said = refund(changed, java.util.Objects.requireNonNull(changed.refund(back.number())));
            event(changed, "refund.failed", said, "failed " + back.id());
            event(changed, "charge.refund.updated", said, "updated " + back.id());
            return changed;
        }
        if (act.equals("dispute") && trade.state() == Trade.State.PAID && dispute == null) {
            var id = "dp_3" + Ids.hex("dispute of " + trade.number(), 23);
            var changed = book.change(
                    trade.key(), there -> there.disputed(new Trade.Dispute(id, "needs_response", now, null)));
            tellDispute(changed, "charge.dispute.created");
            tellDispute(changed, "charge.dispute.funds_withdrawn");
            return changed;
        }
        if (dispute != null
                && dispute.returnedAt() == null
                && (act.equals("dispute-won") || act.equals("dispute-lost"))) {
            return decide(trade, dispute, act.equals("dispute-won"));
        }
        return null;
    }

    private Trade decide(Trade trade, Trade.Dispute dispute, boolean won) {
        var changed = book.change(
                trade.key(),
                there -> there.disputed(new Trade.Dispute(
                        dispute.id(), won ? "won" : "lost", dispute.openedAt(), won ? clock.instant() : null)));
        tellDispute(changed, "charge.dispute.closed");
        if (won) {
            tellDispute(changed, "charge.dispute.funds_reinstated");
        }
        return changed;
    }

    private void tellDispute(Trade trade, String type) {
        var dispute = java.util.Objects.requireNonNull(trade.dispute());
        event(trade, type, dispute(trade, dispute), type + " " + dispute.state());
    }

    /** The merchant gives in. */
    private Answer closeDispute(String id) {
        for (var trade : book.all()) {
            var dispute = trade.dispute();
            if (dispute == null || !dispute.id().equals(id)) {
                continue;
            }
            if (!dispute.state().equals("needs_response")) {
                return error(400, "invalid_request_error", "dispute_already_closed");
            }
            var lost = decide(trade, dispute, false);
            return Answer.json(dispute(lost, java.util.Objects.requireNonNull(lost.dispute())));
        }
        return missing();
    }

    private ObjectNode intent(Trade trade) {
        boolean paid = trade.state() == Trade.State.PAID;
        var said = Json.object()
                .put("id", trade.number())
                .put("object", "payment_intent")
                .put("amount", trade.amount())
                .put("amount_capturable", 0)
                .put("amount_received", paid ? trade.amount() : 0)
                .put("capture_method", "automatic")
                .put("client_secret", secret(trade))
                .put("confirmation_method", "automatic")
                .put("created", trade.madeAt().getEpochSecond())
                .put("currency", trade.currency().toLowerCase(Locale.ROOT))
                .put("description", trade.title())
                .put("livemode", false)
                .put(
                        "status",
                        switch (trade.state()) {
                            case OPEN -> courier.wasBusy(trade) ? "processing" : "requires_payment_method";
                            case PAID -> "succeeded";
                            case CLOSED -> "canceled";
                        });
        if (paid) {
            said.put("latest_charge", trade.paidId());
        }
        said.putArray("payment_method_types").add("card");
        said.set("metadata", Json.MAPPER.valueToTree(trade.words()));
        return said;
    }

    private ObjectNode charge(Trade trade) {
        var said = Json.object()
                .put("id", String.valueOf(trade.paidId()))
                .put("object", "charge")
                .put("amount", trade.amount())
                .put("amount_captured", trade.amount())
                .put("amount_refunded", trade.refunded())
                .put("captured", true)
                .put("created", (trade.paidAt() == null ? trade.madeAt() : trade.paidAt()).getEpochSecond())
                .put("currency", trade.currency().toLowerCase(Locale.ROOT))
                .put("paid", true)
                .put("payment_intent", trade.number())
                .put("refunded", trade.refunded() == trade.amount())
                .put("status", "succeeded");
        said.set("metadata", Json.MAPPER.valueToTree(trade.words()));
        return said;
    }

    private ObjectNode refund(Trade trade, Trade.Back back) {
        var said = Json.object()
                .put("id", back.id())
                .put("object", "refund")
                .put("amount", back.amount())
                .put("charge", String.valueOf(trade.paidId()))
                .put("created", back.at().getEpochSecond())
                .put("currency", trade.currency().toLowerCase(Locale.ROOT))
                .put("payment_intent", trade.number())
                .put("status", back.isBack() ? "failed" : back.done() ? "succeeded" : "pending");
        if (back.isBack()) {
            said.put("failure_reason", "expired_or_canceled_card");
        }
        said.set("metadata", Json.MAPPER.valueToTree(back.words()));
        return said;
    }

    @Override
    public String paidId(Trade trade) {
        return "ch_3" + Ids.hex("charge of " + trade.number(), 23);
    }

    @Override
    public void tell(Trade trade) {
        event(
                trade,
                trade.state() == Trade.State.PAID ? "payment_intent.succeeded" : "payment_intent.canceled",
                intent(trade),
                trade.state().name());
    }

    @Override
    public void tellDeclined(Trade trade) {
        event(
                trade,
                "payment_intent.payment_failed",
                intent(trade),
                java.util.UUID.randomUUID().toString());
    }

    private void tellRefunded(Trade trade) {
        event(trade, "charge.refunded", charge(trade), "refunded " + trade.refunded());
    }

    private void event(Trade trade, String type, ObjectNode object, String which) {
        var id = "evt_3" + Ids.hex("event " + trade.number() + " " + which, 23);
        var created = clock.instant().getEpochSecond();
        courier.tell(
                (now, sort) -> {
                    var said = object;
                    var eventId = id;
                    if (sort == PayCourier.Sort.SHORT_OF_ONE) {
                        said = object.deepCopy().put("amount_received", trade.amount() - 1);
                        eventId = "evt_3" + Ids.hex("short " + id, 23);
                    }
                    var event = Json.object()
                            .put("id", eventId)
                            .put("object", "event")
                            .put("api_version", "2026-10-01")
                            .put("created", created)
                            .put("livemode", false)
                            .put("pending_webhooks", 1)
                            .put("type", type);
                    event.putObject("data").set("object", said);
                    var body = Json.bytes(event);
                    var t = now.getEpochSecond();
                    var mac =
                            switch (sort) {
                                case GENUINE, SHORT_OF_ONE -> hmac(account.webhookSecret(), t, body);
                                case FORGED, PROBE -> hmac("another secret", t, body);
                            };
                    return new PayCourier.Outgoing(
                            account.webhookUrl(),
                            Map.of(
                                    "Content-Type",
                                    "application/json; charset=utf-8",
                                    "Stripe-Signature",
                                    "t=" + t + ",v1=" + mac),
                            body);
                },
                RETRIES,
                answer -> answer.statusCode() >= 200 && answer.statusCode() <= 299);
    }

    private static String hmac(String secret, long t, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((t + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Answer list(String url, List<ObjectNode> data, boolean more) {
        var list = Json.object().put("object", "list").put("url", url).put("has_more", more);
        var array = list.putArray("data");
        data.forEach(array::add);
        return Answer.json(list);
    }

    private static Answer missing() {
        return error(404, "invalid_request_error", "resource_missing");
    }

    private static Answer error(int status, String type, String code) {
        JsonNode error = Json.object()
                .set("error", Json.object().put("type", type).put("code", code).put("message", code));
        return Answer.json(status, error);
    }
}
