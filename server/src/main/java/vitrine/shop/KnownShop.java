package vitrine.shop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A shop with what only this module may see: the secrets that are valid now, and the token for its API. */
record KnownShop(Shop shop, List<String> secrets, @Nullable String apiToken) {
    @Override
    public String toString() {
        return shop.toString(); // never a secret, in no log
    }
}
