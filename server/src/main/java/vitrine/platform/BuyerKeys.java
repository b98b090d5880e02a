package vitrine.platform;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Makes {@link BuyerKey}s. An address is first brought into one spelling, so that the shop's and the sign-in's find each other;
 * the kind is part of what is hashed, so a phone can never meet a shop's buyer id that happens to have its digits.
 */
@Component
public final class BuyerKeys {

    private static final String COUNTRY = "86";

    private final Keys keys;

    public BuyerKeys(Keys keys) {
        this.keys = keys;
    }

    /** Empty when it is no address: such a buyer is known by something else. */
    public Optional<BuyerKey> email(String address) {
        return normalEmail(address).map(a -> key(BuyerKey.Kind.EMAIL, a));
    }

    public Optional<BuyerKey> phone(String number) {
        return normalPhone(number).map(n -> key(BuyerKey.Kind.PHONE, n));
    }

    /** A shop's own buyer id says something within that shop only. */
    public BuyerKey shopBuyer(String source, String shop, String id) {
        return key(BuyerKey.Kind.SHOP_BUYER, source + '/' + shop + '/' + id.strip());
    }

    /**
     * Trimmed, lower case, the domain in its ASCII form. Dots and "+tags" before the @ stay: whether they matter is known to the
     * mail's host only, and two people must never become one.
     */
    public static Optional<String> normalEmail(String address) {
        String text =
                Normalizer.normalize(address, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
        int at = text.lastIndexOf('@');
        if (at < 1 || at == text.length() - 1 || text.length() > 254) return Optional.empty();
        if (text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) return Optional.empty();
        String domain = text.substring(at + 1);
        try {
            if (!isAscii(domain))
                domain = IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // labels that no host can have
        }
        if (domain.startsWith(".") || domain.endsWith(".") || domain.contains("..")) return Optional.empty();
        return Optional.of(text.substring(0, at + 1) + domain);
    }

    /** E.164. A number without a country's prefix is one of mainland China. */
    public static Optional<String> normalPhone(String number) {
        String text = Normalizer.normalize(number, Normalizer.Form.NFKC).strip();
        StringBuilder digits = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') digits.append(c);
            else if (c == '+' && digits.isEmpty()) continue;
            // The usual ornaments of a number; anything else (a masked 138****0000, "ext. 5") is no number to be
            // reached at.
            else if (" -().\u00a0\u2010\u2011\u2012\u2013/".indexOf(c) < 0) return Optional.empty();
        }
        String bare = digits.toString();
        String e164;
        if (text.startsWith("+")) e164 = bare;
        else if (bare.startsWith("00")) e164 = bare.substring(2);
        else if (bare.length() == 13 && bare.startsWith(COUNTRY + "1")) e164 = bare;
        else e164 = COUNTRY + (bare.startsWith("0") ? bare.substring(1) : bare);
        if (e164.length() < 8 || e164.length() > 15 || e164.startsWith("0")) return Optional.empty();
        return Optional.of("+" + e164);
    }

    private BuyerKey key(BuyerKey.Kind kind, String normal) {
        return new BuyerKey(kind, keys.mac("buyer", (kind.name() + '\n' + normal).getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }
}
