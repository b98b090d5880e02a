package vitrine.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.shop.Shops;

/** Connects the festival's shops, and tells the sandbox which shops it is to play. */
@Component
class DemoShops {

    /** A shop with what its other side must know. */
    record Connected(
            Festival.FestivalBrand brand, String source, String slug, String inboxUrl, String secret, String token) {}

    private final Shops shops;
    private final Keys keys;
    private final Settings settings;

    DemoShops(Shops shops, Keys keys, Settings settings) {
        this.shops = shops;
        this.keys = keys;
        this.settings = settings;
    }

    List<Connected> connect(Festival festival, Map<String, BrandId> brands, String sandboxUrl) {
        List<Connected> connected = new ArrayList<>();
        for (Festival.FestivalBrand brand : festival.brands()) {
            BrandId id = brands.get(brand.key());
            if (id == null) throw new IllegalStateException("no brand " + brand.key());
            connected.add(connect(brand, id, sandboxUrl));
        }
        return connected;
    }

    private Connected connect(Festival.FestivalBrand brand, BrandId id, String sandboxUrl) {
        String source = brand.shop().source();
        String slug = brand.shop().slug();
        // Secrets are made from the installation's own key: every start of the demo finds the same, no file holds them
        // twice.
        String secret = secret(source, slug);
        String token = "demo_" + HexFormat.of().formatHex(derived("token", source, slug), 0, 16);
        if (shops.find(source, slug).isEmpty()) {
            var made = shops.create(new Shops.NewShop(
                    id,
                    source,
                    slug,
                    brand.name().zh(),
                    Currency.getInstance(brand.shop().currency()),
                    7,
                    secret,
                    sandboxUrl + "/shops/" + slug,
                    token));
            if (!(made instanceof Shops.Creation.Created)) throw new IllegalStateException(slug + ": " + made);
        }
        return new Connected(brand, source, slug, settings.baseUrl() + "/in/" + source + "/" + slug, secret, token);
    }

    private String secret(String source, String slug) {
        byte[] bytes = derived("secret", source, slug);
        return source.equals("standard")
                ? "whsec_" + Base64.getEncoder().encodeToString(bytes)
                : HexFormat.of().formatHex(bytes);
    }

    private byte[] derived(String what, String source, String slug) {
        return keys.mac("demo", (what + "\n" + source + "\n" + slug).getBytes(StandardCharsets.UTF_8));
    }
}
