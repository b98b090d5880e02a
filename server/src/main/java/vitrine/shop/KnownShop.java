package vitrine.shop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A shop with what only this module may see: the secrets that are valid now, and the token for its API.
 *
 * @param readable false: what was sealed for it does not open with this node's keys, so nothing of it can be checked
 */
record KnownShop(Shop shop, List<String> secrets, @Nullable String apiToken, boolean readable) {
    @Override
    public String toString() {
        return shop.toString(); // never a secret, in no log
    }
}
