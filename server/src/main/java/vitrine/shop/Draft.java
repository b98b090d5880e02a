package vitrine.shop;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The facts of one message while it is being read. {@code at} is when the shop wrote it. */
final class Draft {

    private static final int ID_MAX = 200;

    final String key;
    final long at;
    OrderFacts.@Nullable Said number;
    OrderFacts.@Nullable Said currency;
    OrderFacts.@Nullable Said email;
    OrderFacts.@Nullable Said phone;
    OrderFacts.@Nullable Said own;
    OrderFacts.@Nullable Said till;
    OrderFacts.@Nullable Said contact;
    OrderFacts.@Nullable Said pickup;
    boolean test;

    @Nullable
    Long placed;

    @Nullable
    Long paidBy;

    @Nullable
    Long paidAt;

    @Nullable
    Long unpaidAt;

    @Nullable
    Long notToldAt;

    OrderFacts.@Nullable Said cancelled;

    @Nullable
    Long confirmedAt;

    @Nullable
    Long fulfilledAt;

    @Nullable
    Long listedAt;

    @Nullable
    Long refundedAllAt;

    final Map<String, OrderFacts.Line> lines = new HashMap<>();
    final Map<String, OrderFacts.Parcel> parcels = new HashMap<>();
    final Map<String, OrderFacts.Refund> refunds = new HashMap<>();

    Draft(String key, long at) {
        if (key.isEmpty()) throw new Json.Unreadable("the order has no id");
        if (key.length() > ID_MAX) throw new Json.Unreadable("the order's id is longer than " + ID_MAX);
        this.key = key;
        this.at = at;
    }

    OrderFacts.Said said(String value) {
        return new OrderFacts.Said(at, value);
    }

    void number(String text) {
        if (!text.isEmpty()) number = said(text.length() > ID_MAX ? text.substring(0, ID_MAX) : text);
    }

    /** The instant of payment when the source knows it; else only that it was paid when the message was written. */
    void paid(@Nullable Long when) {
        paidAt = when;
        paidBy = when == null ? Long.valueOf(at) : when;
    }

    void unpaid() {
        unpaidAt = at;
    }

    void cancelled(@Nullable Long when) {
        cancelled = said(when == null ? "0" : Long.toString(when));
    }

    void line(String id, int removed, OrderFacts.Look look) {
        if (id.isEmpty()) throw new Json.Unreadable("a line has no id");
        if (look.quantity() < 0) throw new Json.Unreadable("a line's quantity is below zero");
        // The same line twice in one message is a fault of the shop; the first stands, as in a set.
        lines.putIfAbsent(id, new OrderFacts.Line(Math.max(0, removed), Map.of(look, new OrderFacts.Span(at, at))));
    }

    void parcel(
            String id, @Nullable Long sentAt, @Nullable Long deliveredAt, boolean live, Map<String, Integer> units) {
        parcels.merge(
                id, new OrderFacts.Parcel(sentAt, deliveredAt, said(live ? "1" : "0"), units), OrderFacts.Parcel::join);
    }

    OrderFacts facts() {
        return new OrderFacts(
                key,
                number,
                currency,
                email,
                phone,
                own,
                till,
                contact,
                pickup,
                test,
                placed,
                paidBy,
                paidAt,
                unpaidAt,
                notToldAt,
                cancelled,
                confirmedAt,
                fulfilledAt,
                listedAt,
                refundedAllAt,
                lines,
                parcels,
                refunds);
    }
}
