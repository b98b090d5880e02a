package vitrine.sandbox;

import org.jspecify.annotations.Nullable;

/** A made-up person. {@code id} is the shop's own number for the account; 0 is a guest. */
public record Buyer(
        long id,
        String firstName,
        String lastName,
        @Nullable String email,
        boolean emailVerified,
        @Nullable String phone,
        Address address) {
    public record Address(
            String line,
            String district,
            String city,
            String province,
            String provinceCode,
            String zip,
            String country,
            String countryCode) {}

    static final Address SHANGHAI =
            new Address("示例路 1 号 (Example Road 1)", "静安区", "上海市", "Shanghai", "SH", "200000", "China", "CN");
    static final Address KYOTO =
            new Address("Example-cho 1-2", "Nakagyo-ku", "Kyoto", "Kyoto", "JP-26", "604-0000", "Japan", "JP");
    static final Address SPRINGFIELD =
            new Address("1 Example Street", "", "Springfield", "Illinois", "IL", "62704", "United States", "US");

    static Address homeFor(String currency) {
        return switch (currency) {
            case "CNY" -> SHANGHAI;
            case "JPY" -> KYOTO;
            default -> SPRINGFIELD;
        };
    }

    /** A buyer whom the shop knows by a verified e-mail address. */
    public static Buyer withEmail(long id, String firstName, String lastName, String email, Address address) {
        return new Buyer(id, firstName, lastName, email, true, null, address);
    }

    /** A buyer as most Chinese orders have them: a phone number and no e-mail address. */
    public static Buyer withPhone(long id, String firstName, String lastName, String phone, Address address) {
        return new Buyer(id, firstName, lastName, null, false, phone, address);
    }

    public String fullName() {
        return (firstName + " " + lastName).strip();
    }
}
