package vitrine.shop;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Currency;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How shops write things: ids as numbers or text, amounts as decimals of either kind, times with and without an offset. */
final class Json {

    /** Decimals stay decimals: 0.1 + 0.2 of a shop is 0.3. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /**
     * What is wanted of the message, as a tree.
     *
     * @throws JacksonException not one whole JSON value
     */
    static JsonNode read(byte[] body, Wanted wanted) {
        try (JsonParser parser = MAPPER.createParser(body)) {
            JsonToken first = parser.nextToken();
            if (first == null) return MAPPER.missingNode();
            JsonNode root = node(parser, first, wanted);
            if (parser.nextToken() != null) throw new StreamReadException(parser, "something follows the value");
            return root;
        }
    }

    private static JsonNode node(JsonParser parser, JsonToken token, Wanted wanted) {
        var nodes = MAPPER.getNodeFactory();
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = nodes.objectNode();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    JsonToken value = parser.nextToken();
                    Wanted below = wanted.below(name);
                    if (below == null) parser.skipChildren();
                    else object.set(name, node(parser, value, below));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = nodes.arrayNode();
                for (JsonToken value = parser.nextToken(); value != JsonToken.END_ARRAY; value = parser.nextToken()) {
                    array.add(node(parser, value, wanted));
                }
                yield array;
            }
            case VALUE_STRING -> nodes.stringNode(parser.getString());
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT -> nodes.numberNode(parser.getIntValue());
                    case LONG -> nodes.numberNode(parser.getLongValue());
                    default -> nodes.numberNode(parser.getBigIntegerValue());
                };
            case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDecimalValue());
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            case VALUE_NULL -> nodes.nullNode();
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new StreamReadException(parser, "no value");
        };
    }

    /** Text of a text or number; empty when absent, null, or neither. */
    static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (value.isString()) return storable(value.stringValue());
        return value.isNumber() ? value.asString() : "";
    }

    /** Text that a database can keep: no NUL, no half of a surrogate pair. */
    private static String storable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) return replaced(text);
        }
        return text;
    }

    private static String replaced(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    /** The first that is not empty. */
    static String text(JsonNode node, String... names) {
        for (String name : names) {
            String text = text(node, name);
            if (!text.isEmpty()) return text;
        }
        return "";
    }

    static int units(JsonNode node, String name) {
        JsonNode value = node.path(name);
        try {
            if (value.isNumber()) return value.decimalValue().intValue();
            return value.isString() ? new BigDecimal(value.stringValue().strip()).intValue() : 0;
        } catch (NumberFormatException e) {
            throw new Unreadable(name + " is no number");
        }
    }

    /** Minor units of the currency; 0 when absent. More digits than the currency has are rounded half up. */
    static long minor(JsonNode value, Currency currency) {
        try {
            if (value.isNumber()) return minor(value.decimalValue(), currency);
            if (value.isString() && !value.stringValue().isBlank()) {
                return minor(new BigDecimal(value.stringValue().strip()), currency);
            }
            return 0;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new Unreadable("an amount is no number");
        }
    }

    static long minor(BigDecimal amount, Currency currency) {
        return amount.movePointRight(digits(currency))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static int digits(Currency currency) {
        return Math.max(0, currency.getDefaultFractionDigits());
    }

    static Currency currency(String code) {
        try {
            return Currency.getInstance(code);
        } catch (IllegalArgumentException e) {
            throw new Unreadable("no currency of ISO 4217: " + (code.length() > 8 ? "…" : code));
        }
    }

    static @Nullable Long time(JsonNode node, String name) {
        String text = text(node, name);
        return text.isEmpty() ? null : time(text);
    }

    /** The first that is there. */
    static @Nullable Long time(JsonNode node, String... names) {
        for (String name : names) {
            Long at = time(node, name);
            if (at != null) return at;
        }
        return null;
    }

    /** RFC 3339, or a wall time without an offset, which is UTC. */
    static long time(String text) {
        Long plain = plainTime(text);
        return plain != null ? plain : anyTime(text);
    }

    /**
     * Whole seconds as nearly every shop writes them, {@code 2026-11-21T23:52:44+08:00} or {@code …Z}, counted by hand: an order names
     * a dozen times, and the JDK's parser takes a microsecond for each. Null: another form, or no time.
     */
    private static @Nullable Long plainTime(String t) {
        boolean utc = t.length() == 20 && t.charAt(19) == 'Z';
        boolean offset = t.length() == 25 && (t.charAt(19) == '+' || t.charAt(19) == '-') && t.charAt(22) == ':';
        if (!utc && !offset) return null;
        if (t.charAt(4) != '-' || t.charAt(7) != '-' || t.charAt(10) != 'T') return null;
        if (t.charAt(13) != ':' || t.charAt(16) != ':') return null;
        int year = digits(t, 0, 4);
        int month = digits(t, 5, 7);
        int day = digits(t, 8, 10);
        int hour = digits(t, 11, 13);
        int minute = digits(t, 14, 16);
        int second = digits(t, 17, 19);
        int offsetHour = offset ? digits(t, 20, 22) : 0;
        int offsetMinute = offset ? digits(t, 23, 25) : 0;
        // Whatever is doubtful (the hour 24, the 30th of February) is the JDK's to judge.
        if (year < 0 || month < 1 || month > 12) return null;
        LocalDate first = LocalDate.of(year, month, 1);
        if (day < 1 || day > first.lengthOfMonth()) return null;
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
        if (offsetHour < 0 || offsetHour > 17 || offsetMinute < 0 || offsetMinute > 59) return null;
        long seconds = (first.toEpochDay() + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second;
        long shift = offsetHour * 3_600L + offsetMinute * 60L;
        return (t.charAt(19) == '-' ? seconds + shift : seconds - shift) * 1_000;
    }

    /** Below zero: not all of them are digits. */
    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            value = value * 10 + digit;
        }
        return value;
    }

    private static long anyTime(String text) {
        String t = text.length() > 10 && text.charAt(10) == ' ' ? text.replaceFirst(" ", "T") : text;
        try {
            int zone = Math.max(t.indexOf('+', 10), Math.max(t.indexOf('-', 10), t.indexOf('Z', 10)));
            return zone < 0
                    ? LocalDateTime.parse(t).toInstant(ZoneOffset.UTC).toEpochMilli()
                    : OffsetDateTime.parse(t).toInstant().toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new Unreadable("no time: " + (text.length() > 40 ? "…" : text));
        }
    }

    static Instant instant(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    /** JSON, but not what this source says it sends. The message names fields, never a person's values. */
    static final class Unreadable extends RuntimeException {
        Unreadable(String reason) {
            super(reason, null, false, false);
        }
    }
}
