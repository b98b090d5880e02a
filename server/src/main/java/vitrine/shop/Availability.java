package vitrine.shop;

import java.util.Locale;
import java.util.Optional;

/** Whether a shop takes orders for its goods, in the four words of the Merchant product data specification. */
public enum Availability {
    IN_STOCK,
    OUT_OF_STOCK,
    PREORDER,
    BACKORDER;

    /** As it is stored, and the end of its message key. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Availability of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** As feeds write it: {@code in_stock}, and older ones {@code in stock}. */
    static Optional<Availability> read(String word) {
        try {
            return Optional.of(valueOf(word.strip().toUpperCase(Locale.ROOT).replaceAll("[ -]+", "_")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
