package vitrine.campaign.desk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drops;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Identities;
import vitrine.identity.Postbox;
import vitrine.identity.Who;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Jobs;
import vitrine.platform.messages.Carrier;
import vitrine.shop.Shop;
import vitrine.shop.Shops;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Lumen with its shop, its design Moonrise of 10 and its team; Ada and Bo buy lamps there. The workers are moved by hand. */
final class Workplace implements AutoCloseable {

    static final BrandId LUMEN = new BrandId(Identities.LUMEN);
    static final BrandId OTHER = new BrandId(Identities.OTHER);
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    static final Pattern SEEN = Pattern.compile("name=\"seen\" value=\"([^\"]+)\"");

    private static final Pattern ROW = Pattern.compile("name=\"row\" value=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("\\b[0-9]{6}\\b");

    final TestDatabase database = TestDatabase.fresh();
    final TestServer server;
    final Postbox postbox = new Postbox();
    final Shop shop;
    final CollectibleId moonrise;
    private final HttpClient http = HttpClient.newHttpClient();

    Workplace() {
        this(beans -> {});
    }

    /** @param more beans that come before the application's own */
    Workplace(Consumer<GenericApplicationContext> more) {
        server = Identities.server(database, Map.of("vitrine.clock.movable", "true"), beans -> {
            beans.registerBean(Carrier.class, () -> postbox);
            more.accept(beans);
        });
        shop = ((Shops.Creation.Created) server.bean(Shops.class)
                        .create(new Shops.NewShop(
                                LUMEN,
                                "standard",
                                "lumen",
                                "Lumen on the pier",
                                Currency.getInstance("CNY"),
                                0,
                                SECRET,
                                null,
                                null)))
                .shop();
        moonrise = draft("moonrise", new Bilingual("月升", "Moonrise"));
        publish(moonrise);
    }

    /** A design of Lumen's of 10, not published yet. */
    CollectibleId draft(String slug, Bilingual name) {
        return draft(LUMEN, slug, name);
    }

    CollectibleId draft(BrandId brand, String slug, Bilingual name) {
        return server.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        brand,
                        slug,
                        null,
                        null,
                        "brand",
                        name,
                        words("glass"),
                        words("A lamp"),
                        words("A lamp"),
                        2026,
                        "night",
                        words("CC"),
                        10,
                        0,
                        List.of(),
                        List.of()));
    }

    void publish(CollectibleId design) {
        server.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> server.bean(Drops.class).publish(design));
    }

    private static Bilingual words(String text) {
        return new Bilingual(text, text);
    }

    /** Somebody of this brand's team, signed in. */
    Browser team(String name, BrandId brand) {
        return hired(name, brand, Colleagues.Role.TEAM);
    }

    Browser hired(String name, BrandId brand, Colleagues.Role role) {
        Colleagues colleagues = server.bean(Colleagues.class);
        String email = name.toLowerCase(java.util.Locale.ROOT) + "@work.example";
        colleagues.join(
                brand,
                colleagues.add(name, email),
                role,
                role == Colleagues.Role.AGENCY ? Instant.now().plusSeconds(3_600) : null,
                new Who.Guest());
        return signedIn(email);
    }

    Browser signedIn(String email) {
        return signedIn(new Browser(server.address()), email);
    }

    Browser signedIn(Browser browser, String email) {
        browser.post("/sign-in", Map.of("address", email));
        drain();
        browser.post("/sign-in/sent", Map.of("code", newestCode()));
        return browser;
    }

    /** Buyers' gifts are announced to the same box. */
    private String newestCode() {
        var mails = List.copyOf(postbox.received);
        for (int i = mails.size() - 1; i >= 0; i--) {
            var code = CODE.matcher(mails.get(i).text());
            if (mails.get(i).text().contains("/sign-in/link/") && code.find()) return code.group();
        }
        throw new AssertionError("nobody was sent a code");
    }

    /** The token that the page's forms carry. */
    static String token(Browser browser, String page) {
        var token = TOKEN.matcher(browser.get(page).body());
        if (!token.find()) throw new AssertionError("no form at " + page);
        return token.group(1);
    }

    /** What the form of this page tells its reader to have seen. */
    static String seen(Browser browser, String page) {
        var seen = SEEN.matcher(browser.get(page).body());
        if (!seen.find()) throw new AssertionError("nothing to have seen at " + page);
        return seen.group(1);
    }

    /** Sends a form as the page at {@code from} would, with its token. */
    static HttpResponse<String> send(Browser browser, String from, String to, Map<String, String> form) {
        Map<String, String> all = new HashMap<>(form);
        all.put("_csrf", token(browser, from));
        return browser.post(to, all);
    }

    /** Whatever the piece's own rule says; the day in which both may step back goes by. */
    void givesOn(Browser giver, String piece, Browser friend) {
        server.bean(JdbcClient.class)
                .sql("update pieces set gift_policy = 'free' where serial = :serial")
                .param("serial", Integer.valueOf(piece.replaceFirst(".*-", "")))
                .update();
        send(giver, "/me/give/" + piece, "/me/give/" + piece, Map.of("signed", "Giver"));
        var link = Pattern.compile("/f/[\\w-]+")
                .matcher(giver.get("/me/give/" + piece).body());
        if (!link.find()) throw new AssertionError("no link for a friend");
        HttpResponse<String> accepted = friend.post(link.group(), Map.of("name", "Bo"));
        if (accepted.statusCode() != 303) throw new AssertionError(accepted.body());
        server.bean(BusinessClock.class).advance(Duration.ofHours(25));
        settle();
    }

    /** Links within a page that lead to nothing of it. */
    static List<String> deadAnchors(String page) {
        return Pattern.compile("href=\"#([^\"]+)\"")
                .matcher(page)
                .results()
                .map(link -> link.group(1))
                .filter(id -> !page.contains("id=\"" + id + "\""))
                .distinct()
                .toList();
    }

    static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElseThrow(() -> new AssertionError(response.body()));
    }

    void drain() {
        server.bean(Jobs.class).drain();
    }

    /** What one job leaves for another is done too. */
    void settle() {
        for (int round = 0; round < 4; round++) drain();
    }

    /** The rows that this page offers for choosing. */
    static List<String> rows(Browser browser, String page) {
        return ROW.matcher(browser.get(page).body())
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    /** Chosen on a list of Lumen's: where the act can be looked at before it is begun. */
    static String choose(Browser browser, String list, List<Map.Entry<String, String>> more) {
        List<Map.Entry<String, String>> form = new ArrayList<>(more);
        form.add(Map.entry("_csrf", token(browser, "/desk/lumen/" + list)));
        return location(browser.post("/desk/lumen/" + list + "/bulk", form)).replaceFirst("^https?://[^/]+", "");
    }

    /** A paid and delivered order of one lamp. */
    void order(int number, String buyer, String total, Instant paidAt) {
        order(shop, number, buyer, total, paidAt);
    }

    void order(Shop at, int number, String buyer, String total, Instant paidAt) {
        deliver(at, "msg-" + number, told("order.delivered", number, buyer, total, paidAt, paidAt, ""));
    }

    /** The whole of it goes back, now. */
    void cancelled(int number, String buyer, String total, Instant paidAt) {
        Instant now = Instant.now();
        String body = told("order.cancelled", number, buyer, total, paidAt, now, "\"cancelled_at\": \"" + now + "\",");
        deliver(shop, "msg-back-" + number, body);
    }

    private static String told(
            String type, int number, String buyer, String total, Instant paidAt, Instant at, String more) {
        return """
                {"type": "%5$s", "timestamp": "%6$s", "data": {"order": {
                    "id": "ord_%1$d", "number": "%1$d", "currency": "CNY", "created_at": "%3$s",
                    "updated_at": "%6$s", "paid_at": "%3$s", "received_at": "%3$s", %7$s "test": false,
                    "buyer": {"id": "cus_%2$s", "email": "%2$s@home.example", "email_verified": true},
                    "lines": [{"id": "l1", "sku": "LUM-1", "product_id": "8100", "title": "Lamp", "category": "lamp",
                        "vendor": "Lumen", "quantity": 1, "total": "%4$s"}]}}}
                """.formatted(number, buyer, paidAt, total, type, at, more);
    }

    int deliver(String id, String body) {
        return deliver(shop, id, body);
    }

    private int deliver(Shop shop, String id, String body) {
        try {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            long at = server.bean(Clock.class).instant().getEpochSecond();
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring(6)), "HmacSHA256"));
            mac.update((id + "." + at + ".").getBytes(StandardCharsets.UTF_8));
            var request = HttpRequest.newBuilder(URI.create(server.address() + shop.inboxPath()))
                    .header("webhook-id", id)
                    .header("webhook-timestamp", String.valueOf(at))
                    .header("webhook-signature", "v1," + Base64.getEncoder().encodeToString(mac.doFinal(bytes)))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
            return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (java.io.IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        server.close();
        database.close();
    }

    /** A model of which only its first part is there. */
    static byte[] glb(String json) {
        byte[] text = (json + " ".repeat((4 - json.length() % 4) % 4)).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(20 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("glTF".getBytes(StandardCharsets.US_ASCII))
                .putInt(2)
                .putInt(20 + text.length)
                .putInt(text.length)
                .putInt(0x4E4F534A)
                .put(text)
                .array();
    }

    /** A model that can be shown: the demo's paper crane. */
    static byte[] crane() {
        try {
            return java.nio.file.Files.readAllBytes(java.nio.file.Path.of("../demo/art/paper-crane.glb"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
