package vitrine.sandbox;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The shop's one tax: where prices include it (China, Japan, Europe) it is a part of what is shown, elsewhere it comes
 * on top at the till.
 */
public record Tax(BigDecimal rate, boolean included, String title) {
    static final Tax NONE = new Tax(BigDecimal.ZERO, true, "");

    /** What is usual where a currency is used; a shop's own setting wins. */
    static Tax usualFor(String currency) {
        return switch (currency) {
            case "CNY" -> new Tax(new BigDecimal("0.13"), true, "VAT");
            case "JPY" -> new Tax(new BigDecimal("0.1"), true, "CT");
            case "EUR", "GBP" -> new Tax(new BigDecimal("0.2"), true, "VAT");
            case "USD" -> new Tax(new BigDecimal("0.06"), false, "State Tax");
            default -> NONE;
        };
    }

    boolean none() {
        return rate.signum() == 0;
    }

    /** The tax on, or inside, an amount as the shop's price tags show it. */
    long of(long shown) {
        if (none()) {
            return 0;
        }
        var amount = BigDecimal.valueOf(shown).multiply(rate);
        return Money.rounded(included ? amount.divide(BigDecimal.ONE.add(rate), MathContext.DECIMAL64) : amount);
    }

    long net(long shown) {
        return included ? shown - of(shown) : shown;
    }

    long gross(long shown) {
        return included ? shown : shown + of(shown);
    }

    /** What the till adds on top of the shown price. */
    long onTop(long shown) {
        return included ? 0 : of(shown);
    }
}
