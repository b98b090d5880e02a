package vitrine.shop;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Currency;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How shops write things: ids as numbers or text, amounts as decimals of either kind, times with and without an offset. */
final class Json {

    /** Decimals stay decimals: 0.1 + 0.2 of a shop is 0.3. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

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
