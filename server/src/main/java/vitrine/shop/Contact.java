package vitrine.shop;

import org.jspecify.annotations.Nullable;

/** Where a buyer's gift can be announced. Open only for the moment of sending. */
public record Contact(@Nullable String email, @Nullable String phone) {
    @Override
    public String toString() {
        return "Contact[…]";
    }
}
