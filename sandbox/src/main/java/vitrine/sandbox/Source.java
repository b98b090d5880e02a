package vitrine.sandbox;

import java.util.Locale;

/** The four kinds of shop that the sandbox can be. */
public enum Source {
    SHOPIFY,
    WOOCOMMERCE,
    SALEOR,
    STANDARD;

    /** The word in configuration files and in the inbox address. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Source of(String wire) {
        for (var source : values()) {
            if (source.wire().equals(wire)) {
                return source;
            }
        }
        throw Refused.invalid("source.unknown", "source is shopify, woocommerce, saleor or standard, not " + wire);
    }
}
