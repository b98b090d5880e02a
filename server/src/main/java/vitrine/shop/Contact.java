package vitrine.shop;

import org.jspecify.annotations.Nullable;

/** Where a buyer's gift can be announced. Open only for the moment of sending. */
public record Contact(@Nullable String email, @Nullable String phone) {
    /** Enough for who talks to its owner to know it again, and too little to write or call. */
    String masked() {
        if (email != null) return email.charAt(0) + "…@" + email.charAt(email.indexOf('@') + 1) + "…";
        return phone == null ? "" : "… " + phone.substring(Math.max(0, phone.length() - 2));
    }

    @Override
    public String toString() {
        return "Contact[…]";
    }
}
