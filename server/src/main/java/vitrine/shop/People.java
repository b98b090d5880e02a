package vitrine.shop;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Keys;

/** Turns what a message says of its buyer into keyed hashes and one sealed contact; nothing personal goes on in clear. */
@Component
final class People {

    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    private final BuyerKeys buyers;
    private final Keys keys;

    People(BuyerKeys buyers, Keys keys) {
        this.buyers = buyers;
        this.keys = keys;
    }

    /**
     * @param email an address that the source calls verified, else the one given at the till
     * @param emailVerified whether {@code email} may say who the buyer is
     * @param country ISO code of the phone's country; a number without a country's prefix is only understood for China
     * @param ownId the shop's own id of the buyer; empty for a guest
     */
    record Told(String email, boolean emailVerified, String phone, String country, String ownId) {}

    void put(Draft draft, Shop shop, Told told) {
        Optional<String> email = told.email.isEmpty() ? Optional.empty() : BuyerKeys.normalEmail(told.email);
        Optional<String> phone = phone(told);
        email.flatMap(buyers::email).ifPresent(key -> {
            if (told.emailVerified) draft.email = draft.said(text(key));
            else draft.till = draft.said(text(key));
        });
        phone.flatMap(buyers::phone).ifPresent(key -> draft.phone = draft.said(text(key)));
        if (!told.ownId.isEmpty()) {
            draft.own = draft.said(text(buyers.shopBuyer(shop.source(), shop.slug(), told.ownId)));
        }
        if (email.isPresent() || phone.isPresent()) {
            draft.contact = draft.said(sealed(email.orElse(null), phone.orElse(null)));
        }
        String lastFour = lastFour(told.phone);
        if (draft.number != null && lastFour != null) {
            draft.pickup = draft.said(BASE64.encodeToString(pickup(shop.id(), draft.number.value(), lastFour)));
        }
    }

    /** The keyed hash by which somebody who knows an order's number and the phone's last four digits finds the order. */
    byte[] pickup(ShopId shop, String number, String lastFour) {
        String plain = number.strip().toUpperCase(Locale.ROOT);
        while (plain.startsWith("#")) plain = plain.substring(1).strip();
        return keys.mac("pickup", (shop.value() + "\n" + plain + "\n" + lastFour).getBytes(StandardCharsets.UTF_8));
    }

    Contact contact(byte[] sealed) {
        JsonNode contact = Json.MAPPER.readTree(keys.unseal("contact", sealed));
        return new Contact(nullable(contact, "email"), nullable(contact, "phone"));
    }

    private static @Nullable String nullable(JsonNode node, String name) {
        String text = Json.text(node, name);
        return text.isEmpty() ? null : text;
    }

    private String sealed(@Nullable String email, @Nullable String phone) {
        ObjectNode contact = Json.MAPPER.createObjectNode();
        if (email != null) contact.put("email", email);
        if (phone != null) contact.put("phone", phone);
        byte[] plain = Json.MAPPER.writeValueAsBytes(contact);
        // The hash in front makes the same contact, sealed twice, comparable without opening it.
        return BASE64.encodeToString(keys.mac("contact-mac", plain)).substring(0, 16)
                + ":"
                + BASE64.encodeToString(keys.seal("contact", plain));
    }

    static byte[] sealedPart(String contact) {
        return Base64.getDecoder().decode(contact.substring(contact.indexOf(':') + 1));
    }

    private static Optional<String> phone(Told told) {
        if (told.phone.isEmpty()) return Optional.empty();
        String bare = told.phone.strip();
        boolean international = bare.startsWith("+") || bare.startsWith("00");
        // 555-0100 of Ohio is nobody's number in Beijing.
        boolean china = told.country.isEmpty() || told.country.equalsIgnoreCase("CN");
        return international || china ? BuyerKeys.normalPhone(bare) : Optional.empty();
    }

    static @Nullable String lastFour(String phone) {
        StringBuilder digits = new StringBuilder();
        phone.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> digits.append((char) c));
        return digits.length() < 7 ? null : digits.substring(digits.length() - 4);
    }

    private static String text(BuyerKey key) {
        return BASE64.encodeToString(key.hash());
    }
}
