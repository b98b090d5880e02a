package vitrine.platform;

import java.util.Currency;

/** An amount in the currency's minor unit (fen for CNY, whole yen for JPY); never converted. */
public record Money(long minor, Currency currency) {

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
