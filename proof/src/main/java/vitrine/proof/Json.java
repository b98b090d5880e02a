package vitrine.proof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON value as I-JSON (RFC 7493) understands it, with RFC 8785 (JCS) as its only text form: members
 * sorted by UTF-16 code units, no white space, numbers as ECMAScript writes a double.
 */
public sealed interface Json {
    Json NULL = new Null();

    record Null() implements Json {}

    record Bool(boolean value) implements Json {}

    /** A finite double. Whole numbers are exact up to 2^53 - 1, which is why nothing in a record is larger. */
    record Num(double value) implements Json {
        public Num {
            if (!Double.isFinite(value)) throw new IllegalArgumentException("JSON has no " + value);
            if (value == 0) value = 0; // -0 and 0 are written alike, so they are alike
        }

        /** Whether this is a whole number that a double holds exactly. */
        public boolean isWhole() {
            return value == Math.rint(value) && Math.abs(value) <= WHOLE_MAX;
        }

        /** @throws ArithmeticException unless {@link #isWhole()} */
        public long whole() {
            if (!isWhole()) throw new ArithmeticException("not a whole number: " + value);
            return (long) value;
        }
    }

    record Str(String value) implements Json {
        public Str {
            if (!wellFormed(value)) throw new IllegalArgumentException("half of a surrogate pair stands alone");
        }
    }

    record Arr(List<Json> values) implements Json, Iterable<Json> {
        public Arr {
            values = List.copyOf(values);
        }

        @Override
        public Iterator<Json> iterator() {
            return values.iterator();
        }
    }

    /** Members in the order of RFC 8785 section 3.2.3, which is that of Java's strings. */
    record Obj(SortedMap<String, Json> members) implements Json {
        public Obj {
            for (var name : members.keySet()) {
                if (!wellFormed(name)) throw new IllegalArgumentException("half of a surrogate pair stands alone");
            }
            members = Collections.unmodifiableSortedMap(new TreeMap<>((Map<String, Json>) members));
        }

        /** The member of that name, or null. */
        public @Nullable Json get(String name) {
            return members.get(name);
        }
    }

    /** 2^53 - 1: the largest whole number of I-JSON. */
    long WHOLE_MAX = 9_007_199_254_740_991L;

    /** How many values a text may have: three bytes of it could else ask for two hundred of memory. */
    int VALUES_MAX = 1 << 19;

    /** What a reader takes before it gives up: bytes of the text, and how deep arrays and objects may nest. */
    record Limits(int bytesMax, int depthMax) {
        public static final Limits DEFAULT = new Limits(1 << 20, 32);
    }

    /** A string. @throws IllegalArgumentException when half of a surrogate pair stands alone */
    static Str of(String value) {
        return new Str(value);
    }

    /** @throws IllegalArgumentException when |value| is above 2^53 - 1 */
    static Num of(long value) {
        if (Math.abs(value) > WHOLE_MAX || value == Long.MIN_VALUE) {
            throw new IllegalArgumentException("above 2^53 - 1: " + value);
        }
        return new Num(value);
    }

    /** True or false. */
    static Bool of(boolean value) {
        return new Bool(value);
    }

    /** An array of these values. */
    static Arr of(List<? extends Json> values) {
        return new Arr(new ArrayList<>(values));
    }

    /** An object of names and values in turn. */
    static Obj object(Object... namesAndValues) {
        var members = new TreeMap<String, Json>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], (Json) namesAndValues[i + 1]);
        }
        return new Obj(members);
    }

    /**
     * Reads one JSON text (RFC 8259, strict) of well-formed UTF-8 without a byte order mark. Refused are duplicate
     * names, lone surrogates, numbers outside the range of a double, and what is beyond the limits.
     */
    static Parsed<Json> parse(byte[] utf8, Limits limits) {
        if (utf8.length > limits.bytesMax()) {
            return Parsed.bad("json.too-large", "at most " + limits.bytesMax() + " bytes, got " + utf8.length);
        }
        var text = Encoding.utf8OrNull(utf8);
        if (text == null) return Parsed.bad("json.not-utf8", "the bytes are not well-formed UTF-8");
        return new JsonReader(text, limits.depthMax()).read();
    }

    /** The same within {@link Limits#DEFAULT}. */
    static Parsed<Json> parse(byte[] utf8) {
        return parse(utf8, Limits.DEFAULT);
    }

    /** The same from text that is in memory already. */
    static Parsed<Json> parse(String text) {
        if (!wellFormed(text)) return Parsed.bad("json.lone-surrogate", "half of a surrogate pair stands alone");
        return parse(Encoding.utf8(text));
    }

    /** The canonical text (RFC 8785). */
    default String text() {
        var out = new StringBuilder();
        JsonWriter.write(this, out);
        return out.toString();
    }

    /** The canonical text as UTF-8: the bytes that are hashed. */
    default byte[] bytes() {
        return Encoding.utf8(text());
    }

    /** Whether every surrogate has its other half, so that the text has a UTF-8 form. */
    static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            if (!Character.isHighSurrogate(c)
                    || i + 1 == text.length()
                    || !Character.isLowSurrogate(text.charAt(i + 1))) {
                return false;
            }
            i++;
        }
        return true;
    }
}
