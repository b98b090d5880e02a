package vitrine.campaign.desk;

import jakarta.servlet.http.HttpServletResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.HtmlUtils;
import vitrine.catalog.Brand;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Here;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.shop.Delivery;
import vitrine.shop.Shop;
import vitrine.shop.Shops;
import vitrine.shop.TestDeliveries;

/** The brand's shops: what to do in the shop's own administration, its secret, a test message, its own list of orders. */
@Controller
@Requires(Permission.SEE)
public class ShopsDesk {

    private static final String NO_SECRET = "whsec_…";
    private static final List<Integer> OVERLAP_HOURS = List.of(24, 1, 168);

    private final Desks desks;
    private final Shops shops;
    private final TestDeliveries tests;
    private final GoodsPicks goods;
    private final SecureRandom random;

    ShopsDesk(Desks desks, Shops shops, TestDeliveries tests, GoodsPicks goods, SecureRandom random) {
        this.desks = desks;
        this.shops = shops;
        this.tests = tests;
        this.goods = goods;
        this.random = random;
    }

    /** As it was typed. */
    public record NewShop(String source, String slug, String name, String currency, String receiptDays, String api) {
        static NewShop fresh(String source) {
            return new NewShop(source, "", "", "CNY", "7", "");
        }
    }

    /** How a shop is set, as it was typed; a token is never shown again. */
    public record Settings(String name, String receiptDays, String api) {
        static Settings of(Shop shop) {
            return new Settings(
                    shop.name(), String.valueOf(shop.receiptDays()), shop.apiUrl() == null ? "" : shop.apiUrl());
        }
    }

    public record Listing(
            List<Shops.Health> shops,
            List<String> sources,
            NewShop wanted,
            @Nullable String refusal) {}

    /**
     * What the shop's product pages carry.
     *
     * @param sku whose badge it is; empty: no product is known yet
     * @param script and {@code frame}: to be pasted, the one with a script and the one without
     * @param shown where this product's badge is
     */
    public record Badge(List<GoodsPicks.Pick> picks, String sku, String script, String frame, String shown) {}

    /**
     * A shop to try with, for who has none at hand: the sandbox (docs/sandbox.md) as this very shop.
     *
     * @param config its configuration, with the secret while that can be shown
     * @param command what starts it beside that file
     * @param opens where it is then
     */
    public record Trial(String config, String command, String opens) {

        private static final String PORT = "8090";

        static Trial of(Shop shop, @Nullable String secret, Here here) {
            Texts t = here.t();
            String config = """
                    {"server": %s, "shops": [{
                      "source": %s, "shop": %s, "name": %s, "currency": %s,
                      "secret": %s, "apiToken": "trial",
                      "products": [
                        {"id": "1", "sku": "TRIAL-1", "name": %s, "price": "30"},
                        {"id": "2", "sku": "TRIAL-2", "name": %s, "price": "300"}]}]}""".formatted(
                            quoted(here.baseUrl().replaceFirst("/+$", "")),
                            quoted(shop.source()),
                            quoted(shop.slug()),
                            quoted(shop.name()),
                            quoted(shop.currency().getCurrencyCode()),
                            quoted(secret == null ? NO_SECRET : secret),
                            quoted(t.get("desk.trial.small")),
                            quoted(t.get("desk.trial.large")));
            return new Trial(
                    config,
                    "java -jar sandbox.jar --port " + PORT + " --data sandbox --config sandbox.json",
                    "http://localhost:" + PORT + "/shops/" + shop.slug());
        }

        private static String quoted(String text) {
            return Json.of(text).text();
        }
    }

    /**
     * @param trial null: the sandbox cannot be this kind of shop without more ado
     * @param secret the one that was just made: it is shown this once; null: there is none to show
     * @param tested what came of a test message, in words
     * @param arrived where that message can be read
     */
    public record SetUp(
            Shops.Health health,
            Settings typed,
            String address,
            List<String> steps,
            boolean makesSecrets,
            Badge badge,
            List<Integer> overlaps,
            @Nullable Trial trial,
            @Nullable String secret,
            @Nullable String tested,
            @Nullable String arrived,
            @Nullable String refusal) {

        /** What stands in the sandbox's configuration where the secret belongs that is not shown any more. */
        public String noSecret() {
            return NO_SECRET;
        }
    }

    @GetMapping("/desk/{brand}/shops")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("shops", desks.of(brand, said), listing(brand, NewShop.fresh("shopify"), null));
    }

    private Listing listing(BrandId brand, NewShop wanted, @Nullable String refusal) {
        return new Listing(shops.health(brand), List.copyOf(shops.sources()), wanted, refusal);
    }

    @PostMapping("/desk/{brand}/shops")
    @Requires(Permission.SHOPS)
    ModelAndView create(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String source,
            @RequestParam(defaultValue = "") String slug,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String currency,
            @RequestParam(defaultValue = "") String receiptDays,
            @RequestParam(defaultValue = "") String secret,
            Here here,
            HttpServletResponse response) {
        Texts t = here.t();
        var typed = new NewShop(source, slug, name, currency, receiptDays, "");
        Currency money = currency(currency);
        if (money == null) return refused(brand, typed, t.get("desk.shop.no-currency", currency));
        String made = secret.isBlank() && makesSecrets(source) ? newSecret(source) : null;
        var wanted = new Shops.NewShop(
                brand,
                source,
                slug.strip(),
                name,
                money,
                receiptDays.matches("[0-9]{1,3}") ? Integer.parseInt(receiptDays) : -1,
                made != null ? made : secret.strip(),
                null,
                null);
        Shops.Creation creation;
        try {
            creation = desks.inOneTransaction(() -> {
                var outcome = shops.create(wanted);
                if (outcome instanceof Shops.Creation.Created(Shop shop)) {
                    desks.note(brand, "shop.created", shop.source() + "/" + shop.slug(), Json.object());
                }
                return outcome;
            });
        } catch (UnexpectedRollbackException e) { // shop_addresses_taken
            creation = new Shops.Creation.SlugTaken(slug);
        }
        return switch (creation) {
            case Shops.Creation.Created(Shop shop) -> {
                if (made == null) yield Desks.to(path(desks.of(brand, null), shop) + "?said=shop-created");
                response.setHeader("Cache-Control", "no-store");
                yield Desks.page(
                        "shop",
                        desks.of(brand, "shop-created"),
                        setUp(brand, shop, Settings.of(shop), "", here, made, null, null, null));
            }
            case Shops.Creation.SlugTaken(String taken) -> refused(brand, typed, t.get("desk.shop.slug-taken", taken));
            case Shops.Creation.Flawed(String flaw) -> refused(brand, typed, t.get("shop.flaw." + flaw));
        };
    }

    private ModelAndView refused(BrandId brand, NewShop typed, String refusal) {
        return Desks.page(
                "shops", desks.of(brand, null), listing(brand, typed, refusal), HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private static @Nullable Currency currency(String code) {
        try {
            return Currency.getInstance(code.strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A shopify's is its app's and a saleor signs with a key of its own; the others take one of ours. */
    private static boolean makesSecrets(String source) {
        return source.equals("standard") || source.equals("woocommerce");
    }

    private String newSecret(String source) {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        return source.equals("standard")
                ? "whsec_" + Base64.getEncoder().encodeToString(bits)
                : Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    @GetMapping("/desk/{brand}/shops/{source}/{slug}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String sku,
            @RequestParam(required = false) @Nullable String said,
            Here here) {
        Shop shop = find(brand, source, slug);
        return Desks.page(
                "shop",
                desks.of(brand, said),
                setUp(brand, shop, Settings.of(shop), sku, here, null, null, null, null));
    }

    private SetUp setUp(
            BrandId brand,
            Shop shop,
            Settings typed,
            String sku,
            Here here,
            @Nullable String secret,
            @Nullable String tested,
            @Nullable String arrived,
            @Nullable String refusal) {
        Shops.Health health = shops.health(brand).stream()
                .filter(h -> h.shop().id().equals(shop.id()))
                .findFirst()
                .orElseThrow(Refused::notFound);
        return new SetUp(
                health,
                typed,
                here.baseUrl().replaceFirst("/+$", "") + shop.inboxPath(),
                shops.setupSteps(shop.source()),
                makesSecrets(shop.source()),
                badge(brand, sku, here),
                OVERLAP_HOURS,
                shop.source().equals("standard") ? Trial.of(shop, secret, here) : null,
                secret,
                tested,
                arrived,
                refusal);
    }

    /** Of the product that the reader asked for, in the reader's language. */
    private Badge badge(BrandId brand, String wanted, Here here) {
        Brand shops = desks.of(brand, null).brand();
        List<GoodsPicks.Pick> picks = goods.of(shops);
        String sku = picks.stream()
                .map(GoodsPicks.Pick::word)
                .filter(wanted::equals)
                .findFirst()
                .orElse(picks.isEmpty() ? "" : picks.getFirst().word());
        String host = here.baseUrl().replaceFirst("/+$", "");
        String language = here.t().language().code();
        String path =
                "/badge/" + language + "/" + shops.slug() + "?sku=" + URLEncoder.encode(sku, StandardCharsets.UTF_8);
        return new Badge(
                picks,
                sku,
                """
                <div data-vitrine="%s" data-sku="%s" data-lang="%s"></div>
                <script src="%s/badge.js" async></script>""".formatted(shops.slug(), HtmlUtils.htmlEscape(sku), language, host),
                """
                <iframe src="%s" title="%s" width="100%%" height="96" loading="lazy"
                  referrerpolicy="no-referrer" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>""".formatted(host + path, HtmlUtils.htmlEscape(here.t().get("desk.badge.title"))),
                path);
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}/test")
    @Requires(Permission.SHOPS)
    ModelAndView test(@PathVariable BrandId brand, @PathVariable String source, @PathVariable String slug, Here here) {
        Shop shop = find(brand, source, slug);
        Desk desk = desks.of(brand, null);
        Texts t = here.t();
        var result = tests.send(brand, shop.id());
        desks.audited(brand, "shop.tested", source + "/" + slug, Json.object(), () -> true);
        String words =
                switch (result) {
                    case TestDeliveries.Result.Arrived arrived -> t.get("desk.shop.test.arrived");
                    case TestDeliveries.Result.Refused(int status, String code) ->
                        t.get("desk.shop.test.refused", status, t.has(code) ? t.get(code) : code);
                    case TestDeliveries.Result.OutOfReach(var address) ->
                        t.get("desk.shop.test.out-of-reach", address.toString());
                    case TestDeliveries.Result.OnlyTheShopCanSign only -> t.get("desk.shop.test.only-the-shop");
                };
        String arrivedAt = result instanceof TestDeliveries.Result.Arrived(Delivery delivery)
                ? Desks.address(desk.path("delivery"), "shop", delivery.shop(), "id", delivery.id())
                : null;
        return Desks.page("shop", desk, setUp(brand, shop, Settings.of(shop), "", here, null, words, arrivedAt, null));
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}/reconcile")
    @Requires(Permission.SHOPS)
    ModelAndView reconcile(@PathVariable BrandId brand, @PathVariable String source, @PathVariable String slug) {
        Shop shop = find(brand, source, slug);
        desks.audited(brand, "shop.reconciled", source + "/" + slug, Json.object(), () -> {
            shops.reconcileNow(brand, shop.id());
            return true;
        });
        return Desks.to(path(desks.of(brand, null), shop) + "?said=reconciling");
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}/secret")
    @Requires(Permission.SHOPS)
    ModelAndView rotate(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String secret,
            @RequestParam(defaultValue = "24") int overlap,
            Here here,
            HttpServletResponse response) {
        Shop shop = find(brand, source, slug);
        Texts t = here.t();
        Desk desk = desks.of(brand, null);
        int hours = OVERLAP_HOURS.contains(overlap) ? overlap : OVERLAP_HOURS.getFirst();
        String made = secret.isBlank() && makesSecrets(source) ? newSecret(source) : null;
        String flaw = desks.inOneTransaction(() -> {
            String found =
                    shops.rotateSecret(brand, shop.id(), made != null ? made : secret.strip(), Duration.ofHours(hours));
            if (found == null) {
                desks.note(
                        brand, "shop.secret-changed", source + "/" + slug, Json.object("overlapHours", Json.of(hours)));
            }
            return found == null ? "" : found;
        });
        if (!flaw.isEmpty()) {
            return Desks.page(
                    "shop",
                    desk,
                    setUp(brand, shop, Settings.of(shop), "", here, null, null, null, t.get("shop.flaw." + flaw)),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        if (made == null) return Desks.to(path(desk, shop) + "?said=secret-changed");
        response.setHeader("Cache-Control", "no-store");
        return Desks.page(
                "shop",
                desks.of(brand, "secret-changed"),
                setUp(brand, shop, Settings.of(shop), "", here, made, null, null, null));
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}")
    @Requires(Permission.SHOPS)
    ModelAndView change(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String receiptDays,
            @RequestParam(defaultValue = "") String api,
            @RequestParam(defaultValue = "") String token,
            Here here) {
        Shop shop = find(brand, source, slug);
        Texts t = here.t();
        Desk desk = desks.of(brand, null);
        int days = receiptDays.matches("[0-9]{1,2}") ? Integer.parseInt(receiptDays) : -1;
        String flaw = name.isBlank()
                ? "name"
                : days < 0 || days > 90
                        ? "receipt-days"
                        : !api.isBlank() && !api.strip().matches("https?://[^\\s]+") ? "api-url" : null;
        String found = flaw != null
                ? flaw
                : desks.audited(
                        brand,
                        "shop.changed",
                        source + "/" + slug,
                        Json.object("receiptDays", Json.of(days), "api", Json.of(!api.isBlank())),
                        () -> {
                            String unconnected = shops.connectApi(
                                    brand,
                                    shop.id(),
                                    api.isBlank() ? null : api.strip(),
                                    token.isBlank() ? null : token.strip());
                            if (unconnected != null) return unconnected;
                            shops.change(brand, shop.id(), name.strip(), days);
                            return "";
                        },
                        String::isEmpty);
        if (found.isEmpty()) return Desks.to(path(desk, shop) + "?said=saved");
        return Desks.page(
                "shop",
                desk,
                setUp(
                        brand,
                        shop,
                        new Settings(name, receiptDays, api),
                        "",
                        here,
                        null,
                        null,
                        null,
                        t.get("shop.flaw." + found)),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private static String path(Desk desk, Shop shop) {
        return desk.path("shops/" + shop.source() + "/" + shop.slug());
    }

    private Shop find(BrandId brand, String source, String slug) {
        return shops.find(source, slug).filter(s -> s.brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
