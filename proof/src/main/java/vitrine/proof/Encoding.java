package vitrine.proof;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Hexadecimal, base64 and UTF-8 in their one canonical spelling: two texts never mean the same bytes. */
final class Encoding {
    private static final HexFormat HEX = HexFormat.of();

    private Encoding() {}

    static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }

    static byte @Nullable [] hexOrNull(String text) {
        if (text.length() % 2 != 0) return null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) return null;
        }
        return HEX.parseHex(text);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The JDK's decoder forgives missing padding and stray low bits; what it would not write itself is refused here. */
    static byte @Nullable [] base64OrNull(String text) {
        if (text.length() % 4 != 0) return null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean padding = c == '=' && i >= text.length() - 2;
            boolean digit =
                    c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/';
            if (!digit && !padding) return null;
        }
        if (text.endsWith("=") && text.length() >= 2) {
            char before = text.charAt(text.length() - 2);
            if (before == '=' && text.charAt(text.length() - 1) != '=') return null;
        } else if (text.indexOf('=') >= 0) {
            return null;
        }
        var bytes = Base64.getDecoder().decode(text);
        return base64(bytes).equals(text) ? bytes : null;
    }

    /** The text of well-formed UTF-8, or null. */
    static @Nullable String utf8OrNull(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A decimal number without sign or leading zero, at most {@link Long#MAX_VALUE}; -1 for any other text. */
    static long decimalOrMinusOne(String text) {
        if (text.isEmpty() || text.length() > 19 || text.length() > 1 && text.charAt(0) == '0') return -1;
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) return -1;
            value = value * 10 + digit;
        }
        return value;
    }
}
