package vitrine.platform;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An amount in the currency's minor unit (fen for CNY, whole yen for JPY); never converted. */
public record Money(long minor, Currency currency) {

    /** A comma stands between thousands alone: whoever types {@code 59,00} means something else, and nobody guesses what. */
    private static final Pattern TYPED =
            Pattern.compile("(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\\.[0-9]{1,4})?");

    /** As people type it, in the currency's own units: {@code 1,299.50}. Null: it is no amount, or finer than the currency. */
    public static @Nullable Money typed(String text, Currency currency) {
        Long minor = typed(text, Math.max(0, currency.getDefaultFractionDigits()));
        return minor == null ? null : new Money(minor, currency);
    }

    /** The same in minor units, where a unit has so many digits. */
    public static @Nullable Long typed(String text, int digits) {
        if (!TYPED.matcher(text).matches()) return null;
        try {
            return new BigDecimal(text.replace(",", "")).movePointRight(digits).longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    public Money plus(Money other) {
        requireSame(other);
        return new Money(Math.addExact(minor, other.minor), currency);
    }

    public Money minus(Money other) {
        requireSame(other);
        return new Money(Math.subtractExact(minor, other.minor), currency);
    }

    private void requireSame(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("one sum, one currency: " + currency + " and " + other.currency);
        }
    }
}
