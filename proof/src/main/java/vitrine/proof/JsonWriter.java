package vitrine.proof;

import java.math.BigDecimal;

/** Writes RFC 8785: section 3.2.2.2 for strings, 3.2.2.3 (ECMAScript Number::toString) for numbers. */
final class JsonWriter {
    private JsonWriter() {}

    static void write(Json value, StringBuilder out) {
        switch (value) {
            case Json.Null nothing -> out.append("null");
            case Json.Bool bool -> out.append(bool.value());
            case Json.Num number -> number(number.value(), out);
            case Json.Str text -> string(text.value(), out);
            case Json.Arr array -> {
                var values = array.values();
                out.append('[');
                for (int i = 0; i < values.size(); i++) {
                    if (i > 0) out.append(',');
                    write(values.get(i), out);
                }
                out.append(']');
            }
            case Json.Obj object -> {
                out.append('{');
                boolean first = true;
                for (var member : object.members().entrySet()) {
                    if (!first) out.append(',');
                    first = false;
                    string(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out);
                }
                out.append('}');
            }
        }
    }

    static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static void number(double value, StringBuilder out) {
        if (value == Math.rint(value) && Math.abs(value) <= Json.WHOLE_MAX) {
            out.append((long) value);
            return;
        }
        if (value < 0) out.append('-');
        var shortest = shortest(Math.abs(value));
        var digits = shortest.unscaledValue().toString();
        int length = digits.length();
        int point = length - shortest.scale(); // the value is 0.DIGITS x 10^point
        if (length <= point && point <= 21) {
            out.append(digits).append("0".repeat(point - length));
        } else if (0 < point && point <= 21) {
            out.append(digits, 0, point).append('.').append(digits, point, length);
        } else if (-6 < point && point <= 0) {
            out.append("0.").append("0".repeat(-point)).append(digits);
        } else {
            out.append(digits.charAt(0));
            if (length > 1) out.append('.').append(digits, 1, length);
            int exponent = point - 1;
            out.append('e').append(exponent < 0 ? '-' : '+').append(Math.abs(exponent));
        }
    }

    /** The JDK writes the shortest digits that read back, but never fewer than two (4.9E-324): ECMAScript takes one. */
    private static BigDecimal shortest(double value) {
        var exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (exact.precision() != 2) return exact;
        var tens = exact.unscaledValue().intValueExact() / 10;
        var below = BigDecimal.valueOf(tens, exact.scale() - 1);
        var above = BigDecimal.valueOf(tens + 1, exact.scale() - 1);
        boolean belowReads = tens > 0 && below.doubleValue() == value;
        boolean aboveReads = above.doubleValue() == value;
        if (!belowReads && !aboveReads) return exact;
        if (!belowReads) return above.stripTrailingZeros();
        if (!aboveReads) return below;
        var real = new BigDecimal(value);
        boolean nearerBelow = real.subtract(below).compareTo(above.subtract(real)) <= 0;
        return nearerBelow ? below : above.stripTrailingZeros();
    }
}
