package vitrine.platform;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Who bought, without saying who: a keyed hash of a verified e-mail, else of a phone, else of the shop's own buyer id. The same
 * hash of a sign-in's address finds the same person.
 */
public record BuyerKey(Kind kind, byte[] hash) {

    public enum Kind {
        EMAIL,
        PHONE,
        SHOP_BUYER
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BuyerKey that && kind == that.kind && Arrays.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return kind + ":" + HexFormat.of().formatHex(hash, 0, Math.min(4, hash.length)) + "…";
    }
}
