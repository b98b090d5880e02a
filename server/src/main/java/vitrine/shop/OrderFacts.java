package vitrine.shop;

import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * What the messages about one order have said so far. {@link #join} is a least upper bound: sets by id, the earliest, the
 * latest, the most. So a message that comes twice, late, or before its elders adds up to the same facts: join is
 * commutative, associative and idempotent, and a test holds it to that.
 *
 * <p>All times are milliseconds of the shop's own clock. Nothing in here is personal in clear: addresses are keyed hashes, and
 * the contact is sealed.
 *
 * @param key the shop's own id of the order
 * @param number what the buyer sees; the earliest that was said
 * @param email keyed hash of an e-mail that the source calls verified; {@code phone} and {@code own} (the shop's buyer id) alike
 * @param till an e-mail that nobody verified, as it was given at the till: says who the buyer is when nothing else does
 * @param contact the newest sealed contact; its value is {@code mac:sealed}, so that one contact sealed twice compares by itself
 * @param pickup the newest keyed hash of number and last four digits of the phone
 * @param placed when the order was made
 * @param paidBy an instant by which it was surely paid; {@code paidAt} the instant of payment itself, where the source says it
 * @param unpaidAt the latest instant at which it was surely not paid yet
 * @param notToldAt the shop was asked when it was paid, and did not say
 * @param cancelled the newest word on cancellation: the instant of it, or 0 for "not (any more)"
 * @param confirmedAt the buyer has the goods, says the source of the whole order
 * @param fulfilledAt all goods are on their way, where the source names no parcels
 * @param listedAt the newest message that listed all lines: a line that it did not list is gone
 * @param refundedAllAt the source calls the whole order refunded
 */
record OrderFacts(
        String key,
        @Nullable Said number,
        @Nullable Said currency,
        @Nullable Said email,
        @Nullable Said phone,
        @Nullable Said own,
        @Nullable Said till,
        @Nullable Said contact,
        @Nullable Said pickup,
        boolean test,
        @Nullable Long placed,
        @Nullable Long paidBy,
        @Nullable Long paidAt,
        @Nullable Long unpaidAt,
        @Nullable Long notToldAt,
        @Nullable Said cancelled,
        @Nullable Long confirmedAt,
        @Nullable Long fulfilledAt,
        @Nullable Long listedAt,
        @Nullable Long refundedAllAt,
        Map<String, Line> lines,
        Map<String, Parcel> parcels,
        Map<String, Refund> refunds) {

    /** A value and when the shop said it. Equal times fall back on the value, so that any order of arrival decides alike. */
    record Said(long at, String value) implements Comparable<Said> {
        @Override
        public int compareTo(Said other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : value.compareTo(other.value);
        }
    }

    /** How a line looked, and during which time it was seen so. */
    record Look(
            int quantity,
            long minor,
            boolean ships,
            String sku,
            String product,
            String title,
            String category,
            String vendor) {}

    record Span(long first, long last) {
        static Span join(Span a, Span b) {
            return new Span(Math.min(a.first, b.first), Math.max(a.last, b.last));
        }
    }

    /** @param removed units that are gone from the line for good, by return or edit, where the source counts them itself */
    record Line(int removed, Map<Look, Span> looks) {
        static Line join(Line a, Line b) {
            return new Line(Math.max(a.removed, b.removed), union(a.looks, b.looks, Span::join));
        }
    }

    /** @param live the newest word on whether this parcel counts (1) or was called back (0) */
    record Parcel(
            @Nullable Long at,
            @Nullable Long deliveredAt,
            @Nullable Said live,
            Map<String, Integer> units) {
        static Parcel join(Parcel a, Parcel b) {
            return new Parcel(
                    earliest(a.at, b.at),
                    earliest(a.deliveredAt, b.deliveredAt),
                    newest(a.live, b.live),
                    union(a.units, b.units, Math::max));
        }
    }

    /**
     * @param detailed a message said which lines it is about; then {@code beside} is what was paid back without a line, and
     *     {@code amount} (all that was paid back) counts no more
     */
    record Refund(boolean detailed, long amount, long beside, Map<String, Back> lines) {
        static Refund join(Refund a, Refund b) {
            return new Refund(
                    a.detailed || b.detailed,
                    Math.max(a.amount, b.amount),
                    Math.max(a.beside, b.beside),
                    union(a.lines, b.lines, Back::join));
        }
    }

    record Back(int units, long minor) {
        static Back join(Back a, Back b) {
            return new Back(Math.max(a.units, b.units), Math.max(a.minor, b.minor));
        }
    }

    OrderFacts join(OrderFacts other) {
        if (!key.equals(other.key)) throw new IllegalArgumentException("two orders: " + key + ", " + other.key);
        return new OrderFacts(
                key,
                oldest(number, other.number),
                oldest(currency, other.currency),
                oldest(email, other.email),
                oldest(phone, other.phone),
                oldest(own, other.own),
                oldest(till, other.till),
                newest(contact, other.contact),
                newest(pickup, other.pickup),
                test || other.test,
                earliest(placed, other.placed),
                earliest(paidBy, other.paidBy),
                earliest(paidAt, other.paidAt),
                latest(unpaidAt, other.unpaidAt),
                earliest(notToldAt, other.notToldAt),
                newest(cancelled, other.cancelled),
                earliest(confirmedAt, other.confirmedAt),
                earliest(fulfilledAt, other.fulfilledAt),
                latest(listedAt, other.listedAt),
                earliest(refundedAllAt, other.refundedAllAt),
                union(lines, other.lines, Line::join),
                union(parcels, other.parcels, Parcel::join),
                union(refunds, other.refunds, Refund::join));
    }

    /** A buyer who pays at once, by whatever detour through her bank, is done by then. */
    static final long CHECKOUT_MILLIS = Duration.ofMinutes(15).toMillis();

    /**
     * Surely paid, and nobody said when: any instant between the last word that it was not paid yet (or its making) and the
     * first one that it was. Where that is more than a checkout takes, it could lie on either side of a campaign's end.
     */
    boolean paymentIsAGuess() {
        if (paidBy == null || paidAt != null || notToldAt != null) return false;
        long from = Math.max(
                placed == null ? Long.MIN_VALUE / 2 : placed, unpaidAt == null ? Long.MIN_VALUE / 2 : unpaidAt);
        return paidBy - from > CHECKOUT_MILLIS;
    }

    /** Would joining that add anything? A contact that is only sealed anew adds nothing. */
    boolean holds(OrderFacts other) {
        Said ours = contact;
        Said theirs = other.contact;
        boolean resealed = ours != null
                && theirs != null
                && ours.at == theirs.at
                && mac(ours).equals(mac(theirs));
        OrderFacts joined = join(other);
        return resealed ? joined.withContact(ours).equals(this) : joined.equals(this);
    }

    private static String mac(Said contact) {
        return contact.value.substring(0, contact.value.indexOf(':') + 1);
    }

    private OrderFacts withContact(@Nullable Said other) {
        return new OrderFacts(
                key,
                number,
                currency,
                email,
                phone,
                own,
                till,
                other,
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

    private static <K, V> Map<K, V> union(Map<K, V> a, Map<K, V> b, BinaryOperator<V> join) {
        if (b.isEmpty()) return a;
        if (a.isEmpty()) return b;
        Map<K, V> both = new HashMap<>(a);
        b.forEach((key, value) -> both.merge(key, value, join));
        return both;
    }

    private static @Nullable Said oldest(@Nullable Said a, @Nullable Said b) {
        if (a == null || b == null) return a == null ? b : a;
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static @Nullable Said newest(@Nullable Said a, @Nullable Said b) {
        if (a == null || b == null) return a == null ? b : a;
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static @Nullable Long earliest(@Nullable Long a, @Nullable Long b) {
        if (a == null || b == null) return a == null ? b : a;
        return Math.min(a, b);
    }

    private static @Nullable Long latest(@Nullable Long a, @Nullable Long b) {
        if (a == null || b == null) return a == null ? b : a;
        return Math.max(a, b);
    }

    /** The short form that lies in the database; {@link #parse} reads it back. */
    String json() {
        var text = new StringWriter(512);
        try (JsonGenerator out = Json.MAPPER.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringProperty("k", key);
            said(out, "n", number);
            said(out, "c", currency);
            said(out, "e", email);
            said(out, "p", phone);
            said(out, "b", own);
            said(out, "g", till);
            said(out, "to", contact);
            said(out, "pu", pickup);
            if (test) out.writeBooleanProperty("t", true);
            time(out, "pl", placed);
            time(out, "pb", paidBy);
            time(out, "pa", paidAt);
            time(out, "un", unpaidAt);
            time(out, "nt", notToldAt);
            said(out, "x", cancelled);
            time(out, "cf", confirmedAt);
            time(out, "fu", fulfilledAt);
            time(out, "ls", listedAt);
            time(out, "ra", refundedAllAt);
            if (!lines.isEmpty()) {
                out.writeObjectPropertyStart("l");
                new TreeMap<>(lines).forEach((id, line) -> write(out, id, line));
                out.writeEndObject();
            }
            if (!parcels.isEmpty()) {
                out.writeObjectPropertyStart("f");
                new TreeMap<>(parcels).forEach((id, parcel) -> write(out, id, parcel));
                out.writeEndObject();
            }
            if (!refunds.isEmpty()) {
                out.writeObjectPropertyStart("r");
                new TreeMap<>(refunds).forEach((id, refund) -> write(out, id, refund));
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, String id, Line line) {
        out.writeObjectPropertyStart(id);
        if (line.removed > 0) out.writeNumberProperty("r", line.removed);
        out.writeArrayPropertyStart("s");
        line.looks.entrySet().stream().sorted((a, b) -> Reckoning.order(a, b)).forEach(seen -> {
            Look look = seen.getKey();
            out.writeStartArray();
            out.writeNumber(seen.getValue().first());
            out.writeNumber(seen.getValue().last());
            out.writeNumber(look.quantity);
            out.writeNumber(look.minor);
            out.writeBoolean(look.ships);
            out.writeString(look.sku);
            out.writeString(look.product);
            out.writeString(look.title);
            out.writeString(look.category);
            out.writeString(look.vendor);
            out.writeEndArray();
        });
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, String id, Parcel parcel) {
        out.writeObjectPropertyStart(id);
        time(out, "a", parcel.at);
        time(out, "d", parcel.deliveredAt);
        said(out, "v", parcel.live);
        out.writeObjectPropertyStart("u");
        new TreeMap<>(parcel.units).forEach(out::writeNumberProperty);
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, String id, Refund refund) {
        out.writeObjectPropertyStart(id);
        if (refund.detailed) out.writeBooleanProperty("d", true);
        out.writeNumberProperty("a", refund.amount);
        out.writeNumberProperty("b", refund.beside);
        out.writeObjectPropertyStart("l");
        new TreeMap<>(refund.lines).forEach((line, back) -> {
            out.writeArrayPropertyStart(line);
            out.writeNumber(back.units);
            out.writeNumber(back.minor);
            out.writeEndArray();
        });
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void said(JsonGenerator out, String name, @Nullable Said said) {
        if (said == null) return;
        out.writeArrayPropertyStart(name);
        out.writeNumber(said.at);
        out.writeString(said.value);
        out.writeEndArray();
    }

    private static void time(JsonGenerator out, String name, @Nullable Long at) {
        if (at != null) out.writeNumberProperty(name, at);
    }

    static OrderFacts parse(String json) {
        JsonNode n = Json.MAPPER.readTree(json);
        Map<String, Line> lines = new HashMap<>();
        n.path("l").forEachEntry((id, line) -> {
            Map<Look, Span> looks = new HashMap<>();
            for (JsonNode s : line.path("s")) {
                looks.put(
                        new Look(
                                s.get(2).intValue(),
                                s.get(3).longValue(),
                                s.get(4).booleanValue(),
                                s.get(5).stringValue(),
                                s.get(6).stringValue(),
                                s.get(7).stringValue(),
                                s.get(8).stringValue(),
                                s.get(9).stringValue()),
                        new Span(s.get(0).longValue(), s.get(1).longValue()));
            }
            lines.put(id, new Line(line.path("r").intValue(0), looks));
        });
        Map<String, Parcel> parcels = new HashMap<>();
        n.path("f").forEachEntry((id, parcel) -> {
            Map<String, Integer> units = new HashMap<>();
            parcel.path("u").forEachEntry((line, u) -> units.put(line, u.intValue()));
            parcels.put(id, new Parcel(time(parcel, "a"), time(parcel, "d"), said(parcel, "v"), units));
        });
        Map<String, Refund> refunds = new HashMap<>();
        n.path("r").forEachEntry((id, refund) -> {
            Map<String, Back> backs = new HashMap<>();
            refund.path("l")
                    .forEachEntry((line, b) -> backs.put(
                            line, new Back(b.get(0).intValue(), b.get(1).longValue())));
            refunds.put(
                    id,
                    new Refund(
                            refund.path("d").booleanValue(false),
                            refund.path("a").longValue(),
                            refund.path("b").longValue(),
                            backs));
        });
        return new OrderFacts(
                n.path("k").stringValue(),
                said(n, "n"),
                said(n, "c"),
                said(n, "e"),
                said(n, "p"),
                said(n, "b"),
                said(n, "g"),
                said(n, "to"),
                said(n, "pu"),
                n.path("t").booleanValue(false),
                time(n, "pl"),
                time(n, "pb"),
                time(n, "pa"),
                time(n, "un"),
                time(n, "nt"),
                said(n, "x"),
                time(n, "cf"),
                time(n, "fu"),
                time(n, "ls"),
                time(n, "ra"),
                lines,
                parcels,
                refunds);
    }

    private static @Nullable Said said(JsonNode n, String name) {
        JsonNode said = n.get(name);
        return said == null
                ? null
                : new Said(said.get(0).longValue(), said.get(1).stringValue());
    }

    private static @Nullable Long time(JsonNode n, String name) {
        JsonNode at = n.get(name);
        return at == null ? null : at.longValue();
    }
}
