package vitrine.sandbox;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/** Amounts are minor units of a currency; the shops write them as decimals, with no decimals at all for the yen. */
public final class Money {
    private Money() {}

    public static int digits(String currency) {
        try {
            return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
        } catch (IllegalArgumentException unknown) {
            throw Refused.invalid("currency.unknown", "currency is an ISO 4217 code, not " + currency);
        }
    }

    /** {@code 2900, "CNY"} is {@code 29.00}; {@code 1500, "JPY"} is {@code 1500}. */
    public static String decimal(long minor, String currency) {
        return number(minor, currency).toPlainString();
    }

    static BigDecimal number(long minor, String currency) {
        return BigDecimal.valueOf(minor, digits(currency));
    }

    public static long minor(String decimal, String currency) {
        try {
            return new BigDecimal(decimal.strip())
                    .movePointRight(digits(currency))
                    .longValueExact();
        } catch (ArithmeticException | NumberFormatException wrong) {
            throw Refused.invalid("amount.invalid", decimal + " is no amount of " + currency);
        }
    }

    /** Splits an amount by weight so that the parts sum to it: whole units down, then the largest remainders first. */
    static long[] split(long amount, long[] weights) {
        var parts = new long[weights.length];
        long sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        if (sum == 0 || amount == 0) {
            return parts;
        }
        var remainders = new long[weights.length];
        long given = 0;
        for (int i = 0; i < weights.length; i++) {
            var product = Math.multiplyExact(amount, weights[i]);
            parts[i] = product / sum;
            remainders[i] = product % sum;
            given += parts[i];
        }
        for (; given < amount; given++) {
            int largest = 0;
            for (int i = 1; i < weights.length; i++) {
                if (remainders[i] > remainders[largest]) {
                    largest = i;
                }
            }
            parts[largest]++;
            remainders[largest] = -1;
        }
        return parts;
    }

    static long rounded(BigDecimal minor) {
        return minor.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }
}
