package vitrine.showroom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Gallery;
import vitrine.identity.Browser;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.proof.Certificate;

/** A collector's room and account, as she and others meet them. */
class RoomTest {

    private static Gallery gallery;
    private static CollectibleId moonrise;
    private static CollectibleId lantern;

    @BeforeAll
    static void lumenHasTwoDesigns() {
        gallery = new Gallery();
        moonrise = gallery.moonrise();
        lantern = gallery.publish("lantern", new Bilingual("灯笼", "Lantern"), new Bilingual("可展示。", "To show."));
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void nothingIsPublicUntilItsOwnerSaysSo() {
        var dora = named("dora");
        String piece = "/p/moonrise-" + opened(moonrise, "dora").serial() + "?lang=en";
        assertThat(guest().get("/@dora-lamps").statusCode()).isEqualTo(404);
        assertThat(dora.get("/@dora-lamps").statusCode()).isEqualTo(200);
        assertThat(guest().get(piece).body())
                .contains("Held by a collector", "data-zoom=")
                .doesNotContain("dora-lamps", "/o/moonrise#sounds");

        post(dora, "/me/room/open", Map.of("open", "true"));
        String picture = "<meta property=\"og:image\" content=\"https?://[^/\"]+/media/[0-9a-f]{64}/w/640.webp\">";
        assertThat(guest().get("/@dora-lamps?lang=en").body())
                .contains("Moonrise", "<meta property=\"og:title\" content=\"dora-lamps\">")
                .containsPattern("<meta property=\"og:description\" content=\"1 piece, since ")
                .containsPattern(picture);
        assertThat(guest().get(piece.replace("/p/", "/c/")).body())
                .contains("<meta property=\"og:title\" content=\"Certificate: Moonrise №")
                .contains("<meta property=\"og:description\" content=\"Issued by Lumen on ")
                .containsPattern(picture);
        assertThat(guest().get(piece).body()).contains("/@dora-lamps");

        post(dora, "/me/room/open", Map.of("open", "false"));
        assertThat(guest().get("/@dora-lamps").statusCode()).isEqualTo(404);
    }

    @Test
    void aRoomOfTwoHundredAndFivePiecesShowsThemAllPartByPartAndTheExportHasThemAll() throws Exception {
        var rain = gallery.publish("rain", new Bilingual("雨", "Rain"), new Bilingual("可展示。", "To show."), 205);
        var ivy = named("ivy");
        var pieces = gallery.server.bean(Pieces.class);
        for (int n = 0; n < 205; n++) pieces.open(gallery.give(rain, gallery.collector("ivy"), new GiftPolicy.Never()));
        gallery.seal();
        post(ivy, "/me/room/open", Map.of("open", "true"));

        Set<String> seen = new HashSet<>();
        String next = "/@ivy-lamps";
        int parts = 0;
        while (next != null) {
            String page = guest().get(next).body();
            var shown = Pattern.compile("href=\"/p/(rain-\\d+)\"")
                    .matcher(page)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(shown).hasSizeBetween(1, 60).allMatch(seen::add);
            parts++;
            var more = Pattern.compile("href=\"(/@ivy-lamps\\?from=\\d+)\"").matcher(page);
            next = more.find() ? more.group(1) : null;
        }
        assertThat(seen).hasSize(205);
        assertThat(parts).isEqualTo(4);
        assertThat(guest().get("/@ivy-lamps?from=9999").statusCode()).isEqualTo(200);
        assertThat(guest().get("/@ivy-lamps?from=-7").statusCode()).isEqualTo(200);

        // The last of the last part is carried to the door in one step.
        var last = order(ivy, 180);
        assertThat(last).hasSize(25);
        post(ivy, "/me/room/piece", Map.of("piece", last.getLast(), "act", "front", "from", "180"));
        assertThat(order(ivy, 0).getFirst()).isEqualTo(last.getLast());
        // What is drawn about in one part leaves the others as they hang.
        var second = new ArrayList<>(order(ivy, 60));
        var first = order(ivy, 0);
        java.util.Collections.reverse(second);
        post(ivy, "/me/room/order", Map.of("pieces", String.join(",", second)));
        assertThat(order(ivy, 60)).isEqualTo(second);
        assertThat(order(ivy, 0)).isEqualTo(first);

        var files = export(gallery, ivy);
        assertThat(files.keySet().stream().filter(name -> name.endsWith(".holder.certificate.json")))
                .hasSize(205);
        assertThat(new String(requireNonNull(files.get("me.json")), StandardCharsets.UTF_8).split("\"piece\" :"))
                .hasSize(206);
    }

    @Test
    void anOpenRoomHasAPosterInThreeSizesAndAShutOneNone() throws Exception {
        var jo = named("jo");
        for (int n = 0; n < 4; n++) opened(n % 2 == 0 ? moonrise : lantern, "jo");
        assertThat(jo.get("/me/room/poster").statusCode()).isEqualTo(404);
        post(jo, "/me/room/open", Map.of("open", "true"));
        assertThat(jo.get("/me?lang=en").body()).contains("/me/room/poster");
        assertThat(jo.get("/me/room/poster?lang=en").body()).contains("jo-lamps", "4 pieces");
        for (String size : List.of("tall", "sheet", "square")) {
            var picture = jo.get("/me/room/poster/" + size + ".png");
            assertThat(picture.statusCode()).as(size).isEqualTo(200);
            assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
            assertThat(picture.headers().firstValue("Cache-Control")).hasValue("no-store");
        }
        assertThat(jo.get("/me/room/poster/endless.png").statusCode()).isEqualTo(404);
        // Her room passed on is each of its pieces passed on, and her export says since when.
        post(jo, "/me/room/share", Map.of());
        assertThat(gallery.server
                        .bean(JdbcClient.class)
                        .sql("select count(*) from pieces where shared_on is not null")
                        .query(Integer.class)
                        .single())
                .isEqualTo(4);
        assertThat(new String(requireNonNull(export(gallery, jo).get("me.json")), StandardCharsets.UTF_8)
                        .split("\"firstShared\" : \"20"))
                .hasSize(5);
    }

    @Test
    void aPieceNamesTheCreatorWhoIssuedIt() {
        var frost = gallery.publish(
                "frost", new Bilingual("霜", "Frost"), new Bilingual("可展示。", "To show."), 10, gallery.wen());
        var piece = gallery.give(frost, gallery.collector("eve"), new GiftPolicy.Never());
        assertThat(guest().get("/p/frost-" + piece.serial() + "?lang=en").body())
                .contains("Wen, its creator");
        int ofLumen = opened(moonrise, "eve").serial();
        assertThat(guest().get("/p/moonrise-" + ofLumen + "?lang=en").body())
                .contains("<dd>Lumen</dd>")
                .doesNotContain("its creator");
    }

    @Test
    void whatSheKeepsForHerselfNobodyElseSees() {
        var eve = named("eve");
        opened(moonrise, "eve");
        var kept = opened(lantern, "eve");
        post(eve, "/me/room/open", Map.of("open", "true"));
        post(eve, "/me/room/piece", Map.of("piece", "lantern-" + kept.serial(), "act", "hide"));
        assertThat(guest().get("/@eve-lamps?lang=en").body())
                .contains("Moonrise")
                .doesNotContain("Lantern");
        assertThat(eve.get("/me?lang=en").body()).contains("Lantern");
        assertThat(guest().get("/p/lantern-" + kept.serial()).body()).doesNotContain("eve-lamps");
        post(eve, "/me/room/piece", Map.of("piece", "lantern-" + kept.serial(), "act", "show"));
        assertThat(guest().get("/@eve-lamps?lang=en").body()).contains("Lantern");
    }

    @Test
    void nobodyIsNamedAsTheHolderOfAGiftThatIsStillWrapped() {
        var ned = named("ned");
        post(ned, "/me/room/open", Map.of("open", "true"));
        var piece = gallery.give(lantern, gallery.collector("ned"), new GiftPolicy.Never());
        gallery.seal();
        String page = "/p/lantern-" + piece.serial() + "?lang=en";
        String certificate = "/c/lantern-" + piece.serial() + "?lang=en";
        assertThat(guest().get(page).body()).contains("Held by a collector").doesNotContain("ned-lamps");
        assertThat(guest().get(certificate).body()).doesNotContain("ned-lamps");
        assertThat(ned.get(page).body()).contains("This one is yours.");

        post(ned, "/p/lantern-" + piece.serial() + "/open", Map.of());
        assertThat(guest().get(page).body()).contains("/@ned-lamps");
        assertThat(guest().get(certificate).body()).contains("ned-lamps");
    }

    @Test
    void aStepLeadsPastWhatHangsAndNeverStopsAtAGiftThatIsStillWrapped() {
        var hal = named("hal");
        var wrapped = gallery.publish("ember", new Bilingual("余烬", "Ember"), new Bilingual("可展示。", "To show."));
        String moon = "moonrise-" + opened(moonrise, "hal").serial();
        gallery.give(wrapped, gallery.collector("hal"), new GiftPolicy.Never());
        gallery.give(wrapped, gallery.collector("hal"), new GiftPolicy.Never());
        gallery.seal();
        String lamp = "lantern-" + opened(lantern, "hal").serial();
        assertThat(order(hal)).as("two gifts lie between them").containsExactly(lamp, moon);
        post(hal, "/me/room/piece", Map.of("piece", moon, "act", "earlier"));
        assertThat(order(hal)).containsExactly(moon, lamp);
        post(hal, "/me/room/piece", Map.of("piece", moon, "act", "later"));
        assertThat(order(hal)).containsExactly(lamp, moon);
        post(hal, "/me/room/piece", Map.of("piece", moon, "act", "later"));
        assertThat(order(hal)).as("there is nothing behind the last").containsExactly(lamp, moon);
    }

    @Test
    void onlyTheFirstPictureOfARoomIsFetchedBeforeItIsSeen() {
        var lou = named("lou");
        var wick = gallery.publish("wick", new Bilingual("灯芯", "Wick"), new Bilingual("可展示。", "To show."));
        for (int n = 0; n < 3; n++) opened(wick, "lou");
        String room = lou.get("/me").body();
        assertThat(room.split("fetchpriority=\"high\"", -1)).hasSize(2);
        assertThat(room.split("class=\"stage__obj\"[^>]*loading=\"lazy\"", -1)).hasSize(3);
    }

    @Test
    void sheHangsHerRoomByButtonsOrAllAtOnce() {
        var fay = named("fay");
        String moon = "moonrise-" + opened(moonrise, "fay").serial();
        String lamp = "lantern-" + opened(lantern, "fay").serial();
        assertThat(order(fay)).as("the newest hangs in front").containsExactly(lamp, moon);
        post(fay, "/me/room/piece", Map.of("piece", moon, "act", "earlier"));
        assertThat(order(fay)).containsExactly(moon, lamp);
        post(fay, "/me/room/order", Map.of("pieces", lamp + "," + moon + ",moonrise-9999,nonsense"));
        assertThat(order(fay)).containsExactly(lamp, moon);
    }

    @Test
    void aLikeCountsOncePerPersonAndNotOnesOwn() {
        var gil = named("gil");
        opened(moonrise, "gil");
        post(gil, "/me/room/open", Map.of("open", "true"));
        var hal = gallery.signedIn("hal");
        for (int n = 0; n < 3; n++) hal.post("/@gil-lamps/like", Map.of("liked", "true"));
        gil.post("/@gil-lamps/like", Map.of("liked", "true"));
        assertThat(gil.get("/me?lang=en").body()).contains("1 person likes it");
        hal.post("/@gil-lamps/like", Map.of("liked", "false"));
        assertThat(gil.get("/me?lang=en").body()).contains("Open to everyone.").doesNotContain("likes it", "like it");
        var ida = guest();
        assertThat(ida.post("/@gil-lamps/like", Map.of()).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).contains("/sign-in?to=/@gil-lamps"));
        gallery.signedIn(ida, "ida");
        assertThat(gil.get("/me?lang=en").body())
                .as("what she pressed is done when she has signed in")
                .contains("1 person likes it");
    }

    @Test
    void herExportHasHerOwnFilesAndWhatIsStoredOfHer() throws Exception {
        var ida = named("ida");
        var piece = opened(moonrise, "ida");
        gallery.seal();
        gallery.server
                .bean(JdbcClient.class)
                .sql("""
                        insert into payments (brand_id, payment_id, purpose, attempt, payer, way, amount, currency, title, state,
                            gateway_id, late, refunded, disputed, deadline, started_at, paid_at, asked)
                        select brand_id, gen_random_uuid(), gen_random_uuid(), 1, owner_id, 'stripe-card', 4900, 'EUR',
                            'Moonrise at night', 'paid', 'pi_1', false, 0, 0, now(), now(), now(), 0
                        from pieces where collectible_id = :collectible and serial = :serial
                        """)
                .param("collectible", moonrise.value())
                .param("serial", piece.serial())
                .update();
        var files = export(gallery, ida);
        assertThat(files).containsKeys("README.txt", "me.json");
        assertThat(new String(requireNonNull(files.get("me.json")), StandardCharsets.UTF_8))
                .contains("ida@example.com", "ida-lamps", "Moonrise at night", "49.00 EUR");
        byte[] own = requireNonNull(files.get("pieces/moonrise-" + piece.serial() + ".holder.certificate.json"));
        assertThat(Certificate.parse(own).orThrow().certificate().holder()).isNotNull();
    }

    @Test
    void herPosterComesInThreeSizesAndToNobodyElse() throws Exception {
        var lea = named("lea");
        String piece = "lantern-" + opened(lantern, "lea").serial();
        assertThat(lea.get("/me/pieces/" + piece + "/poster?lang=en").body())
                .contains("Posters of", "/poster/tall.png", "/poster/sheet.png", "/poster/square.png");
        for (var size : Map.of("tall", "1080x1920", "sheet", "1242x1656", "square", "1080x1080")
                .entrySet()) {
            var picture = javax.imageio.ImageIO.read(
                    new ByteArrayInputStream(bytes(lea, "/me/pieces/" + piece + "/poster/" + size.getKey() + ".png")));
            assertThat(picture.getWidth() + "x" + picture.getHeight()).isEqualTo(size.getValue());
            // Its code leads to the piece: whoever scans it is where everybody may be.
            var read = new com.google.zxing.qrcode.QRCodeReader()
                    .decode(new com.google.zxing.BinaryBitmap(
                            new com.google.zxing.common.HybridBinarizer(source(picture))));
            assertThat(read.getText()).endsWith("/p/" + piece);
            javax.imageio.ImageIO.write(picture, "png", new java.io.File("target", "poster-" + size.getKey() + ".png"));
        }
        assertThat(gallery.signedIn("max")
                        .get("/me/pieces/" + piece + "/poster")
                        .statusCode())
                .isEqualTo(404);
    }

    private static com.google.zxing.LuminanceSource source(java.awt.image.BufferedImage picture) {
        int[] points = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return new com.google.zxing.RGBLuminanceSource(picture.getWidth(), picture.getHeight(), points);
    }

    private static byte[] bytes(Browser browser, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gallery.server.address() + path))
                                .header("Cookie", "vitrine=" + browser.session())
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    @Test
    void sheSignsOutElsewhereOneByOneOrEverywhere() {
        var phone = gallery.signedIn("uma");
        var laptop = gallery.signedIn("uma");
        assertThat(phone.get("/me").statusCode()).isEqualTo(200);
        var tablet = gallery.signedIn("uma");
        String page = laptop.get("/me/account").body();
        var device = Pattern.compile("name=\"device\" value=\"([0-9a-f]{32})\"");
        List<String> others =
                device.matcher(page).results().map(found -> found.group(1)).toList();
        assertThat(others).as("the others, and not this one").hasSize(2).doesNotHaveDuplicates();
        post(gallery.signedIn("kay"), "/me/account/devices/one", Map.of("device", others.getFirst()));
        assertThat(List.of(phone, tablet, laptop))
                .as("nobody ends what is another's")
                .allSatisfy(one -> assertThat(one.get("/me").statusCode()).isEqualTo(200));
        post(laptop, "/me/account/devices/one", Map.of("device", others.getFirst()));
        assertThat(java.util.stream.Stream.of(phone, tablet)
                        .map(one -> one.get("/me").statusCode()))
                .as("one of the two, and only that")
                .containsExactlyInAnyOrder(200, 302);
        assertThat(laptop.get("/me").statusCode()).isEqualTo(200);
        post(laptop, "/me/account/devices", Map.of());
        assertThat(List.of(phone, tablet))
                .allSatisfy(one -> assertThat(one.get("/me").statusCode()).isEqualTo(302));
        assertThat(laptop.get("/me").statusCode()).isEqualTo(200);
    }

    @Test
    void aRecoveryCodeLetsHerInOnce() {
        var kim = gallery.signedIn("kim");
        String page = post(kim, "/me/account/recovery", Map.of()).body();
        String code = first("<code>([a-z0-9-]+)</code>", page);
        assertThat(post(kim, "/me/account/recovery", Map.of()).statusCode())
                .as("the page loaded again: what she wrote down stays good")
                .isEqualTo(303);
        var elsewhere = guest();
        assertThat(elsewhere
                        .post(
                                "/sign-in/recovery",
                                Map.of("to", "/me/orders", "code", " " + code.toUpperCase(java.util.Locale.ROOT)))
                        .headers()
                        .firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/me/orders"));
        assertThat(elsewhere.get("/me/account?lang=en").body()).contains("7 codes left");
        assertThat(guest().post("/sign-in/recovery", Map.of("code", code)).statusCode())
                .isEqualTo(422);
        // New ones end the old ones.
        String second = first("<code>([a-z0-9-]+)</code>", page.substring(page.indexOf(code) + code.length()));
        String which = first(
                "name=\"instead\" value=\"([0-9a-f]+)\"", kim.get("/me/account").body());
        assertThat(post(kim, "/me/account/recovery", Map.of("instead", which)).body())
                .contains("<code>")
                .as("a way to this page in the other language is a way from it")
                .doesNotContain("lang=zh", "theme=dark");
        assertThat(guest().post("/sign-in/recovery", Map.of("code", second)).statusCode())
                .isEqualTo(422);
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }

    private static Browser named(String name) {
        var browser = gallery.signedIn(name);
        post(browser, "/me/account", Map.of("name", "", "handle", name + "-lamps"));
        return browser;
    }

    private static PieceNumber opened(CollectibleId design, String name) {
        var piece = gallery.give(design, gallery.collector(name), new GiftPolicy.Never());
        gallery.server.bean(Pieces.class).open(piece);
        gallery.server.bean(vitrine.platform.BusinessClock.class).advance(java.time.Duration.ofMinutes(1));
        gallery.seal();
        return piece;
    }

    private static List<String> order(Browser browser) {
        return order(browser, 0);
    }

    private static List<String> order(Browser browser, int from) {
        return Pattern.compile("data-piece=\"([a-z0-9-]+)\"")
                .matcher(browser.get("/me/room?from=" + from).body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static HttpResponse<String> post(Browser browser, String path, Map<String, String> form) {
        var all = new HashMap<>(form);
        all.put("_csrf", token(browser));
        var answer = browser.post(path, all);
        assertThat(answer.statusCode()).as(path).isLessThan(400);
        return answer;
    }

    private static String token(Browser browser) {
        return first(
                "name=\"_csrf\" value=\"([^\"]+)\"", browser.get("/me/account").body());
    }

    private static String first(String pattern, String text) {
        var found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }

    /** What is in the file that she takes with her. */
    static Map<String, byte[]> export(Gallery gallery, Browser browser) throws Exception {
        String token = token(browser);
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gallery.server.address() + "/me/data/export"))
                                .header("Cookie", "vitrine=" + browser.session())
                                .header("Sec-Fetch-Site", "same-origin")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "_csrf=" + java.net.URLEncoder.encode(token, StandardCharsets.UTF_8)))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        Map<String, byte[]> files = new HashMap<>();
        var zip = new ZipInputStream(new ByteArrayInputStream(answer.body()));
        for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
            files.put(entry.getName(), zip.readAllBytes());
        return files;
    }
}
