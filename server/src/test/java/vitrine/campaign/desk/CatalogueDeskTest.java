package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.Catalog;
import vitrine.drop.Allotments;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Identities;
import vitrine.platform.BrandId;

/** A marketer makes what her campaigns give, with nothing but the forms that she is shown. */
class CatalogueDeskTest {

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    /** Begins a draft by its name; returns its desk's address. */
    private static String begin(String zh, String en) {
        var begun = Workplace.send(
                wen, "/desk/lumen/catalogue", "/desk/lumen/catalogue", Map.of("nameZh", zh, "nameEn", en));
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(303);
        return Workplace.location(begun);
    }

    private static Map<String, String> lantern() {
        Map<String, String> form = new HashMap<>();
        form.put("name.zh", "河灯");
        form.put("name.en", "River lantern");
        form.put("alt.zh", "一盏纸灯浮在水上");
        form.put("alt.en", "A paper lantern on water");
        form.put("about.zh", "");
        form.put("about.en", "");
        form.put("matter.zh", "");
        form.put("matter.en", "");
        form.put("year", "2026");
        form.put("wall", "indigo");
        form.put("issuer", "brand");
        form.put("supplyKind", "limited");
        form.put("supply", "30");
        form.put("withheld", "3");
        form.put("licence.zh", "供个人收藏");
        form.put("licence.en", "For yourself");
        return form;
    }

    private static HttpResponse<String> press(String page, Map<String, String> form, String button) {
        Map<String, String> all = new HashMap<>(form);
        all.put("do", button);
        return Workplace.send(wen, page, page, all);
    }

    private static String follow(HttpResponse<String> sent) {
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
        return wen.get(Workplace.location(sent).replaceFirst("#.*", "")).body();
    }

    private static HttpResponse<String> upload(String page, String name, byte[] bytes) {
        return wen.upload(page + "/media", Map.of("_csrf", Workplace.token(wen, page)), "files", Map.of(name, bytes));
    }

    private static byte[] png(int width, int height) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB), "png", bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static Browser anybody() {
        return new Browser(lumen.server.address());
    }

    private static byte[] mp4() {
        return ByteBuffer.allocate(24)
                .putInt(24)
                .put("ftypisom".getBytes(StandardCharsets.US_ASCII))
                .putInt(512)
                .put("isommp41".getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    @Test
    void aFilmIsPublishedWithItsCaptionsOrWithTheWordThatNobodySpeaksInIt() {
        String page = begin("灯塔", "Lighthouse");
        follow(upload(page, "tower.png", png(64, 64)));
        follow(upload(page, "tower.mp4", mp4()));
        follow(upload(page, "horn.mp3", new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 0}));
        String draft = follow(press(page, lantern(), "publish"));
        assertThat(draft).containsPattern("<a href=\"#media\">[^<]*add captions, or say that nothing is spoken");
        assertThat(Workplace.deadAnchors(draft)).isEmpty();

        var words = java.util.regex.Pattern.compile("action=\"([^\"]+/media/([0-9a-f]{64})/words)\"")
                .matcher(wen.get(page).body());
        assertThat(words.find()).isTrue();
        String film = words.group(1);
        String hash = words.group(2);
        assertThat(words.find()).isTrue();
        String sound = words.group(1);

        assertThat(captions(page, film, "captions-en", "1\n00:00:01,000 --> 00:00:02,000\nThe lamp")
                        .body())
                .as("SubRip is another format")
                .contains("is no WebVTT");
        assertThat(wen.upload(film, Map.of("_csrf", Workplace.token(wen, page)), "captions-en", Map.of())
                        .body())
                .contains("Choose a caption file");
        String heard = "WEBVTT\n\n00:01.000 --> 00:04.000\nThe lamp is lit.\n";
        follow(captions(page, film, "captions-en-1", heard));
        follow(captions(page, film, "captions-zh-1", heard.replace("The lamp is lit.", "灯亮了。")));
        assertThat(wen.upload(
                                sound,
                                Map.of("_csrf", Workplace.token(wen, page), "said-zh", "雾号", "said-en", "A fog horn."),
                                "captions",
                                Map.of())
                        .statusCode())
                .isEqualTo(303);
        assertThat(anybody().get("/o/lighthouse/captions/" + hash + "/en.vtt").statusCode())
                .as("a draft is nobody's business")
                .isEqualTo(404);
        assertThat(draft).contains("href=\"/o/lighthouse\"");
        assertThat(anybody().get("/o/lighthouse").statusCode())
                .as("nor is its page")
                .isEqualTo(404);
        assertThat(lumen.team("Otto", Workplace.OTHER).get("/o/lighthouse").statusCode())
                .as("nor another brand's")
                .isEqualTo(404);
        var whole = wen.get("/o/lighthouse");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(whole.body())
                .contains(
                        "Not published", "<meta name=\"robots\" content=\"noindex\">", "/captions/" + hash + "/en.vtt")
                .contains("href=\"/desk/lumen/catalogue/lighthouse\"")
                .doesNotContain("All gone", "data-share");
        assertThat(wen.get("/o/lighthouse/captions/" + hash + "/en.vtt").body()).contains("The lamp is lit.");
        assertThat(follow(press(page, lantern(), "publish"))).contains("Publish");
        follow(Workplace.send(wen, page + "/publish", page + "/publish", Map.of()));

        String seen = anybody().get("/o/lighthouse?lang=en").body();
        assertThat(seen)
                .doesNotContain("Not published", "noindex")
                .contains("A fog horn.")
                .containsPattern("<video[^>]* aria-label=\"Film 1 of [^\"]+\"")
                .containsPattern("<audio[^>]* aria-label=\"Sound 1 of [^\"]+\"")
                .containsPattern("<track kind=\"captions\" src=\"[^\"]+/en.vtt\" srclang=\"en\"[^>]* default>")
                .containsPattern("<track kind=\"captions\" src=\"[^\"]+/zh.vtt\" srclang=\"zh-CN\"");
        var track = anybody().get("/o/lighthouse/captions/" + hash + "/zh.vtt");
        assertThat(track.body()).startsWith("WEBVTT").contains("灯亮了。");
        assertThat(track.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/vtt"));

        // What is heard is no part of the manifest, and may be put right afterwards.
        follow(captions(page, film, "captions-en-1", heard.replace("lit", "lit again")));
        assertThat(anybody().get("/o/lighthouse/captions/" + hash + "/en.vtt").body())
                .contains("lit again");
        assertThat(wen.upload(
                                film,
                                Map.of("_csrf", Workplace.token(wen, page), "silent", "yes"),
                                "captions-en",
                                Map.of())
                        .statusCode())
                .isEqualTo(303);
        assertThat(anybody().get("/o/lighthouse").body()).doesNotContain("<track");
    }

    private static HttpResponse<String> captions(String page, String film, String field, String text) {
        return wen.upload(
                film,
                Map.of("_csrf", Workplace.token(wen, page)),
                field,
                Map.of("captions.vtt", text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aMarketerMakesACollectibleAndACampaignCanGiveItAtOnce() {
        String page = begin("河灯", "River lantern");
        assertThat(page).isEqualTo("/desk/lumen/catalogue/river-lantern");

        var form = lantern();
        form.put("newSeries.zh", "夜航");
        form.put("newSeries.en", "Night boats");
        form.put("newCreator.zh", "阿文");
        form.put("newCreator.en", "Wen");
        assertThat(follow(press(page, form, "publish")))
                .contains("Not published yet: what is missing")
                .contains("At least one picture is needed");
        assertThat(follow(upload(page, "lantern.png", png(64, 64))))
                .contains("The files are in.")
                .contains("on the plinth");
        assertThat(follow(upload(page, "lantern.glb", Workplace.crane())))
                .contains("3D model")
                .containsPattern("href=\"/desk/lumen/gallery/points/[a-z-]+\">Points of the model");

        form = lantern();
        var reread = wen.get(page).body();
        assertThat(reread).contains("Night boats").contains("selected>Wen").contains("The draft is complete.");
        form.put("series", selected(reread, "series"));
        form.put("creator", selected(reread, "creator"));
        assertThat(follow(press(page, form, "publish")))
                .contains("Publish “River lantern”")
                .contains("never change");
        var published = follow(Workplace.send(wen, page + "/publish", page + "/publish", Map.of()));
        assertThat(published)
                .contains("Campaigns can give it now.")
                .containsPattern("<code>[0-9a-f]{64}</code>")
                .contains("In the public log since");

        var collectible =
                lumen.server.bean(Catalog.class).collectible("river-lantern").orElseThrow();
        assertThat(collectible.supply()).isEqualTo(30);
        assertThat(collectible.withheld()).isEqualTo(3);
        assertThat(collectible.media()).hasSize(2);
        assertThat(wen.get("/o/river-lantern").body()).contains("River lantern").contains("Night boats");
        String gives = collectible.id().brand() + "/" + collectible.id().value();
        assertThat(wen.get("/desk/lumen/new-campaign?collectible=" + gives).body())
                .contains("value=\"" + gives + "\" selected");
        var campaign = Workplace.send(
                wen,
                "/desk/lumen/campaigns",
                "/desk/lumen/campaigns",
                Map.of("nameZh", "河灯夜", "nameEn", "Lantern night", "slug", "", "gives", gives));
        assertThat(wen.get(Workplace.location(campaign)).body())
                .contains("value=\"" + gives + "\" selected>River lantern");
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 100).stream()
                        .filter(e -> e.subject().equals("river-lantern"))
                        .map(Audit.Entry::act))
                .contains("collectible.drafted", "collectible.changed", "collectible.media-added")
                .contains("collectible.published");

        thenNothingOfItChanges(page);
    }

    @Test
    void aSlipIsCorrectedBeforeEverybodysEyesAndTheSupplyOnlyGoesDown() {
        String page = begin("纸船", "Papr boat");
        var form = lantern();
        form.put("name.zh", "纸船");
        form.put("name.en", "Papr boat");
        press(page, form, "save");
        follow(upload(page, "boat.png", png(64, 64)));
        follow(Workplace.send(wen, page + "/publish", page + "/publish", Map.of()));
        var catalog = lumen.server.bean(Catalog.class);
        var boat = catalog.collectible("papr-boat").orElseThrow();

        form.put("name.en", "Paper boat");
        form.put("supply", "5000");
        form.put("licence.en", "For nobody");
        assertThat(press(page + "/amend", form, "look").body()).contains("Give the reason in Chinese and in English");
        form.put("why.zh", "英文名拼错了。");
        form.put("why.en", "The English name was misspelt.");
        assertThat(press(page + "/amend", form, "look").body())
                .contains("This would change")
                .contains("<del>Papr boat</del>")
                .contains("<ins>Paper boat</ins>")
                .doesNotContain("5000");
        assertThat(press(page + "/amend", form, "amend").statusCode()).isEqualTo(422);
        assertThat(catalog.collectible(boat.id()).name().en()).isEqualTo("Papr boat");
        form.put("sure", "yes");
        thenNothingIsPublishedThatWasNotListed(page + "/amend", form);
        assertThat(follow(press(page + "/amend", form, "amend"))).contains("Corrected.");
        assertThat(press(page + "/amend", form, "amend").body()).contains("nothing would change");
        var corrected = catalog.collectible(boat.id());
        assertThat(corrected.name().en()).isEqualTo("Paper boat");
        assertThat(corrected.supply()).isEqualTo(30);
        assertThat(corrected.licence().en()).isEqualTo("For yourself");
        assertThat(corrected.leaf()).isEqualTo(boat.leaf());

        String supply = page + "/supply";
        var fewer = new HashMap<>(Map.of("supply", "2", "why.zh", "只做这些。", "why.en", "We make only these."));
        assertThat(Workplace.send(wen, supply, supply, fewer).body()).contains("Tick the box first");
        fewer.put("sure", "yes");
        assertThat(Workplace.send(wen, supply, supply, fewer).body()).contains("It cannot go below 3");
        fewer.put("supply", "31");
        assertThat(Workplace.send(wen, supply, supply, fewer).body()).contains("There are 30 already or fewer");
        fewer.put("supply", "many");
        assertThat(Workplace.send(wen, supply, supply, fewer).statusCode()).isEqualTo(422);
        fewer.put("supply", "12");
        assertThat(follow(Workplace.send(wen, supply, supply, fewer))).contains("The supply is lower now");
        assertThat(catalog.collectible(boat.id()).supply()).isEqualTo(12);

        var ledger = lumen.server.bean(vitrine.ledger.Ledger.class);
        Browser anybody = new Browser(lumen.server.address());
        lumen.drain();
        String changed = anybody.get("/o/papr-boat?lang=en").body();
        java.util.List<String> records = java.util.regex.Pattern.compile("/records/[0-9]+\\?log=log")
                .matcher(changed)
                .results()
                .map(java.util.regex.MatchResult::group)
                .map(record -> anybody.get(record).body())
                .toList();
        assertThat(records).hasSize(2);
        assertThat(records).anySatisfy(record -> assertThat(record).contains("collectible.amended"));
        assertThat(records).anySatisfy(record -> assertThat(record).contains("supply.lowered"));
        assertThat(changed)
                .contains("What was changed")
                .contains("<del>Papr boat</del> → <ins>Paper boat</ins>")
                .contains("The English name was misspelt.")
                .contains("<del>30</del> → <ins>12</ins>")
                .contains("We make only these.");
        assertThat(ledger.entries(ledger.main(), 0, 1_000).stream()
                        .map(entry -> vitrine.proof.LogRecord.read(entry))
                        .filter(vitrine.proof.LogRecord.Reading.Known.class::isInstance)
                        .map(known -> ((vitrine.proof.LogRecord.Reading.Known) known).record())
                        .filter(record -> record instanceof vitrine.proof.LogRecord.SupplyLowered lowered
                                        && lowered.supply() == 12
                                        && lowered.collectible().equals(boat.leaf())
                                || record instanceof vitrine.proof.LogRecord.CollectibleAmended amended
                                        && amended.manifest().name().in("en").equals("Paper boat")))
                .hasSize(2);
    }

    private static void thenNothingIsPublishedThatWasNotListed(String page, Map<String, String> form) {
        var listed = Workplace.SEEN.matcher(press(page, form, "look").body());
        assertThat(listed.find()).isTrue();
        var more = new HashMap<>(form);
        more.put("seen", listed.group(1));
        more.put("about.zh", "没有人折过。");
        more.put("about.en", "Folded by nobody.");
        var unlisted = press(page, more, "amend");
        assertThat(unlisted.statusCode()).isEqualTo(409);
        assertThat(unlisted.body()).contains("not what was listed", "<ins>Folded by nobody.</ins>");
    }

    private static HttpResponse<String> table(String page, String csv, Map<String, byte[]> pictures) {
        return wen.upload(
                page + "/pieces",
                Map.of("_csrf", Workplace.token(wen, "/desk/lumen/catalogue")),
                Map.of("table", Map.of("rooms.csv", csv.getBytes(StandardCharsets.UTF_8)), "pictures", pictures));
    }

    @Test
    void aPublishedCollectibleWhosePiecesAreAllAlikeHasNoPageOfThem() {
        var asked = wen.get("/desk/lumen/catalogue/moonrise/pieces");
        assertThat(asked.statusCode()).isEqualTo(303);
        assertThat(Workplace.location(asked)).endsWith("/desk/lumen/catalogue/moonrise");
    }

    @Test
    void piecesThatAllDifferComeFromATableWhoseHashTheManifestNames() {
        String page = begin("三间房", "Three rooms");
        var form = lantern();
        form.put("name.zh", "三间房");
        form.put("name.en", "Three rooms");
        form.put("supply", "500");
        form.put("withheld", "0");
        press(page, form, "save");
        follow(upload(page, "house.png", png(64, 64)));

        assertThat(table(
                                page,
                                "serial,name_zh,name_en,picture\n1,一,One,gone.png\n1,二,Two,\n9x,三,Three,\n4,四,,\n",
                                Map.of())
                        .body())
                .contains("Line 2: There is no picture “gone.png”")
                .contains("Line 4: “9x” is no number")
                .contains("Line 5: “四” is a name in one language only");
        assertThat(table(page, "serial,name_zh,name_en\n1,一,One\n3,三,Three\n", Map.of())
                        .body())
                .contains("The number “2” is missing");
        assertThat(table(page, "\"open", Map.of()).statusCode()).isEqualTo(422);
        assertThat(table(page, "a\n1\n", Map.of()).body()).contains("The first line must name the columns");

        var listed = follow(table(
                page,
                "\uFEFFname_zh,name_en,serial,楼层|Floor,朝向|Facing,picture\r\n顶层,Top,3,3,西|West,\r\n"
                        + "底层,Ground,1,1,东|East,one.png\r\n中层,Middle,2,2,,\r\n",
                Map.of("one.png", png(32, 32))));
        assertThat(listed).contains("3 pieces, each one different").contains("Facing: West");
        var rooms = lumen.server.bean(Catalog.class).collectible("three-rooms").orElseThrow();
        assertThat(rooms.supply()).as("as many as the table has lines").isEqualTo(3);
        form.put("supply", "500");
        press(page, form, "save");
        assertThat(lumen.server.bean(Catalog.class).collectible(rooms.id()).supply())
                .isEqualTo(3);

        follow(Workplace.send(wen, page + "/publish", page + "/publish", Map.of()));
        var named = lumen.server.bean(Catalog.class).collectible(rooms.id()).media().stream()
                .filter(file -> file.role().equals("pieces"))
                .findFirst()
                .orElseThrow();
        assertThat(named.type()).isEqualTo("text/csv");
        var file = wen.get("/media/" + named.sha256().hex());
        assertThat(file.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(vitrine.proof.Hash32.sha256(file.body().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(named.sha256());
        assertThat(file.body())
                .startsWith("serial,name_zh,name_en,picture,楼层|Floor,朝向|Facing\n1,底层,Ground,")
                .endsWith("\n3,顶层,Top,,3,西|West\n");
        assertThat(wen.get("/o/three-rooms?lang=en").body())
                .contains("Every piece is different")
                .contains("№ 2 Middle")
                .contains("/media/" + named.sha256().hex());
        assertThat(table(page, "name_zh,name_en\n甲,A\n", Map.of()).statusCode()).isEqualTo(422);
    }

    private static String selected(String page, String name) {
        var select = java.util.regex.Pattern.compile(
                        "name=\"" + name + "\".*?value=\"([^\"]+)\" selected", java.util.regex.Pattern.DOTALL)
                .matcher(page);
        assertThat(select.find()).isTrue();
        return select.group(1);
    }

    private static void thenNothingOfItChanges(String page) {
        String other = "/desk/lumen/catalogue";
        var form = lantern();
        form.put("supply", "31");
        assertThat(Workplace.send(wen, other, page, form).statusCode()).isEqualTo(422);
        assertThat(Workplace.send(wen, other, page + "/discard", Map.of()).statusCode())
                .isEqualTo(422);
        assertThat(wen.upload(
                                page + "/media",
                                Map.of("_csrf", Workplace.token(wen, other)),
                                "files",
                                Map.of("more.png", png(8, 8)))
                        .statusCode())
                .isEqualTo(422);
        assertThat(lumen.server
                        .bean(Catalog.class)
                        .collectible("river-lantern")
                        .orElseThrow()
                        .supply())
                .isEqualTo(30);
    }

    @Test
    void whatCannotBeReadIsSaidBesideItsFieldAndStandsAsItWasTyped() {
        String page = begin("错", "Wrong numbers");
        var form = lantern();
        form.put("newSeries.en", "Shapes of Night");
        var half = press(page, form, "save");
        assertThat(half.statusCode()).as("a series with one name is none").isEqualTo(422);
        assertThat(half.body()).contains("id=\"newSeries.zh-said\"", "value=\"Shapes of Night\"");
        form.remove("newSeries.en");
        form.put("supply", "many");
        form.put("withheld", "40");
        form.put("year", "26 AD");
        var refused = press(page, form, "save");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("value=\"many\"")
                .containsPattern("id=\"supply-said\">[^<]*whole number")
                .containsPattern("id=\"withheld-said\">[^<]*Fewer can be withheld")
                .containsPattern("id=\"year-said\">[^<]*four digits");
        form.put("supply", "10");
        form.put("withheld", "");
        form.put("year", "2026");
        form.put("alt.en", "");
        assertThat(follow(press(page, form, "save"))).containsPattern("id=\"alt.zh-said\">[^<]*what the picture shows");
    }

    @Test
    void aFileThatIsNotTakenIsRefusedInTheReadersWords() {
        String page = begin("文件", "Files");
        assertThat(upload(
                                page,
                                "logo.svg",
                                "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8))
                        .body())
                .contains("“logo.svg” is an SVG");
        assertThat(upload(
                                page,
                                "outside.glb",
                                Workplace.glb("{\"asset\":{\"version\":\"2.0\"},\"buffers\":[{\"uri\":\"mesh.bin\"}]}"))
                        .body())
                .contains("points outside itself (mesh.bin)");
        assertThat(upload(page, "hollow.glb", Workplace.glb("{\"asset\":{\"version\":\"2.0\"},\"meshes\":[{}]}"))
                        .body())
                .contains("“hollow.glb” is broken: meshes[0].primitives has no points in space");
        assertThat(upload(page, "half.png", java.util.Arrays.copyOf(png(64, 64), 60))
                        .body())
                .contains("cannot be opened");
        // Its first lines promise more pixels than anybody may unpack.
        byte[] bomb = png(16, 16);
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);
        var crc = new java.util.zip.CRC32();
        crc.update(bomb, 12, 17);
        ByteBuffer.wrap(bomb).putInt(29, (int) crc.getValue());
        assertThat(upload(page, "bomb.png", bomb).body())
                .contains("60000×60000 pixels")
                .contains("40 million");
        wen.get(page + "?lang=zh");
        assertThat(upload(page, "notes.txt", "hello".getBytes(StandardCharsets.UTF_8))
                        .body())
                .contains("「notes.txt」不是认得的文件");
        var none = upload(page, "", new byte[0]);
        assertThat(none.statusCode()).isEqualTo(422);
        assertThat(none.body()).contains("还没有选择文件");
        wen.get(page + "?lang=en");
        assertThat(lumen.server
                        .bean(Catalog.class)
                        .collectible("files")
                        .orElseThrow()
                        .media())
                .isEmpty();
    }

    @Test
    void moreAtOnceThanTheServerTakesIsSaidInWords() {
        String page = begin("大", "Large");
        var sent = upload(page, "film.mp4", new byte[(int) Uploads.BYTES_MAX + 1]);
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(wen.get(Workplace.location(sent).replaceFirst("#.*", "")).body())
                .contains("80 MB at once is the most");
    }

    @Test
    void filesComeInAtNoOtherPlaceAndFromNobodyElse() {
        assertThat(wen.upload("/desk/lumen/catalogue", Map.of(), "files", Map.of("a.png", png(4, 4)))
                        .statusCode())
                .isEqualTo(415);
        var stranger = new Browser(lumen.server.address());
        assertThat(stranger.upload(
                                "/desk/lumen/catalogue/moonrise/media", Map.of(), "files", Map.of("a.png", png(4, 4)))
                        .statusCode())
                .isEqualTo(401);
        String page = begin("无令牌", "No token");
        assertThat(wen.upload(page + "/media", Map.of(), "files", Map.of("a.png", png(4, 4)))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void thePicturesAreOrderedAndTakenOut() {
        String page = begin("次序", "Order");
        upload(page, "one.png", png(10, 10));
        upload(page, "two.png", png(20, 10));
        var catalog = lumen.server.bean(Catalog.class);
        var files = catalog.collectible("order").orElseThrow().media();
        String second = files.get(1).sha256().hex();
        follow(Workplace.send(wen, page, page + "/media/" + second, Map.of("do", "first")));
        assertThat(catalog.collectible("order")
                        .orElseThrow()
                        .media()
                        .getFirst()
                        .sha256()
                        .hex())
                .isEqualTo(second);
        follow(Workplace.send(wen, page, page + "/media/" + second, Map.of("do", "drop")));
        assertThat(catalog.collectible("order").orElseThrow().media()).hasSize(1);
    }

    @Test
    void traitsAreAddedAndTakenOutByButtons() {
        String page = begin("特征", "Traits");
        var form = lantern();
        assertThat(follow(press(page, form, "trait-add")))
                .as("Enter in a field presses the form's first button")
                .containsSubsequence(
                        "id=\"draft\"", "value=\"save\" hidden", "traits[0].name.zh", "value=\"trait-drop:0\"");
        form.put("traits[0].name.zh", "釉色");
        form.put("traits[0].name.en", "Glaze");
        form.put("traits[0].value.zh", "天青");
        form.put("traits[0].value.en", "");
        assertThat(follow(press(page, form, "save"))).contains("Name and value each need Chinese and English.");
        form.put("traits[0].value.en", "Sky blue");
        assertThat(follow(press(page, form, "save")))
                .contains("value=\"Sky blue\"")
                .doesNotContain("each need Chinese");
        assertThat(follow(press(page, form, "trait-drop:0"))).doesNotContain("Sky blue");
    }

    @Test
    void anAddressIsTakenOnceAndFreeAgainWhenTheDraftIsDeleted() {
        String page = begin("一次", "Only once");
        var again = Workplace.send(
                wen,
                "/desk/lumen/catalogue",
                "/desk/lumen/catalogue",
                Map.of("nameZh", "又", "nameEn", "Again", "slug", "only-once"));
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(again.body()).contains("“only-once” is taken").contains("value=\"Again\"");
        assertThat(follow(Workplace.send(wen, page, page + "/discard", Map.of())))
                .contains("The draft is deleted.");
        assertThat(wen.get(page).statusCode()).isEqualTo(404);
        begin("一次", "Only once");
    }

    @Test
    void whoSavesWhatAColleagueJustPublishedReadsThatAndKeepsWhatSheTyped() {
        String page = begin("先后", "First and last");
        var form = lantern();
        form.put("name.zh", "先后");
        form.put("name.en", "First and last");
        follow(upload(page, "lantern.png", png(64, 64)));
        follow(press(page, form, "save"));
        String token = Workplace.token(wen, page);
        var mei = lumen.team("Mei", Workplace.LUMEN);
        Workplace.send(mei, page + "/publish", page + "/publish", Map.of());
        form.put("_csrf", token);
        form.put("do", "save");
        form.put("about.en", "Three evenings of writing.");
        form.put("newSeries.zh", "夜");
        form.put("newSeries.en", "Lost nights");
        var late = wen.post(page, form);
        assertThat(late.statusCode()).isEqualTo(422);
        assertThat(late.body())
                .contains("A colleague published this meanwhile", "Three evenings of writing.", page + "/amend");
        assertThat(wen.get(page).body()).doesNotContain("Three evenings of writing.");
        assertThat(lumen.server.bean(Catalog.class).series(Workplace.LUMEN))
                .as("nothing is half done")
                .noneMatch(series -> series.name().en().equals("Lost nights"));
        var picture = wen.upload(page + "/media", Map.of("_csrf", token), "files", Map.of("x.png", png(32, 32)));
        assertThat(picture.body()).contains("A colleague published this meanwhile");
        assertThat(wen.post(page + "/discard", Map.of("_csrf", token)).body())
                .contains("A colleague published this meanwhile");
        assertThat(wen.upload(page + "/pieces", Map.of("_csrf", token), "table", Map.of("t.csv", new byte[] {'a'}))
                        .body())
                .contains("A colleague published this meanwhile");
    }

    @Test
    void anotherBrandsDraftIsNotThereAndADraftIsNoPublicPage() {
        begin("私", "Private");
        var other = lumen.team("Iris", Workplace.OTHER);
        assertThat(other.get("/desk/lumen/catalogue/private").statusCode()).isEqualTo(403);
        assertThat(other.get("/desk/other/catalogue/private").statusCode()).isEqualTo(404);
        assertThat(new Browser(lumen.server.address()).get("/o/private").statusCode())
                .isEqualTo(404);
        var agent = lumen.hired("Tang", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(agent.get("/desk/lumen/catalogue/private?lang=en").body()).contains("Go to publishing");
    }

    @Test
    void aBrandGivesUnitsToTheHouseOnceAndTheNumberIsTheTotal() {
        String page = "/desk/lumen/catalogue/moonrise";
        var allotments = lumen.server.bean(Allotments.class);
        BrandId house = new BrandId(Identities.HOUSE);
        assertThat(follow(Workplace.send(wen, page, page + "/allot", Map.of("units", "4"))))
                .contains("4 given over so far, 4 of them not promised yet.");
        follow(Workplace.send(wen, page, page + "/allot", Map.of("units", "4")));
        assertThat(allotments.inAll(house, lumen.moonrise)).isEqualTo(4);
        assertThat(follow(Workplace.send(wen, page, page + "/allot", Map.of("units", "2"))))
                .contains("not taken back");
        assertThat(follow(Workplace.send(wen, page, page + "/allot", Map.of("units", "99"))))
                .contains("does not hold that many");
        assertThat(allotments.inAll(house, lumen.moonrise)).isEqualTo(10);
    }

    @Test
    void anOperatorAddsABrandWhoseDeskSaysWhatComesFirst() {
        var ops = lumen.hired("Olga", new BrandId(Identities.HOUSE), Colleagues.Role.OPERATOR);
        ops.get("/desk?lang=en");
        var added = Workplace.send(ops, "/desk", "/desk", Map.of("nameZh", "苍鹭", "nameEn", "Heron", "slug", ""));
        assertThat(Workplace.location(added)).startsWith("/desk/heron");
        assertThat(ops.get("/desk/heron").body())
                .contains("The first gift in five minutes")
                .contains("href=\"/desk/heron/shops#new\"");
        var changed = Workplace.send(
                ops,
                "/desk/heron/profile",
                "/desk/heron/profile",
                Map.of("nameZh", "苍鹭", "nameEn", "Grey heron", "aboutZh", "", "aboutEn", "", "wall", "moss"));
        assertThat(ops.get(Workplace.location(changed)).body()).contains("value=\"Grey heron\"");
        assertThat(wen.get("/desk/heron").statusCode()).isEqualTo(403);
        assertThat(ops.get("/desk").body())
                .as("nothing runs there yet")
                .containsPattern("/desk/heron\">(?s:.){0,160}?data-l=\"Campaigns now\"><span class=\"mut\">–");
        assertThat(Workplace.send(wen, "/desk/lumen/campaigns", "/desk", Map.of("nameZh", "偷", "nameEn", "Sly"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoSavesOrPublishesADraftThatAColleagueSavedMeanwhileIsToldAndNothingIsLost() {
        String page = begin("两支笔", "Two pens");
        follow(upload(page, "pens.png", png(64, 64)));
        var form = lantern();
        form.put("name.zh", "两支笔");
        form.put("name.en", "Two pens");
        form.put("seen", Workplace.seen(wen, page));
        form.put("about.zh", "两支笔，一个念头。");
        form.put("about.en", "Written by the colleague.");
        follow(press(page, form, "save"));
        form.put("about.en", "Written too late.");
        form.put("newSeries.zh", "迟到");
        form.put("newSeries.en", "Belated");
        var late = press(page, form, "save");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body())
                .as("at the head of the page, where whoever pressed looks")
                .containsSubsequence(
                        "This was saved after you opened it", "id=\"media\"", ">Written too late.</textarea>");
        assertThat(wen.get(page).body())
                .contains(">Written by the colleague.</textarea>")
                .as("no series stays behind of what was not saved")
                .doesNotContain("Belated");

        form.remove("newSeries.zh");
        form.remove("newSeries.en");
        form.put("seen", Workplace.seen(wen, page));
        follow(upload(page, "other.png", png(96, 96)));
        follow(press(page, form, "save"));
        String freezes = page + "/publish";
        String read = Workplace.seen(wen, freezes);
        follow(upload(page, "third.png", png(80, 80)));
        var unread = Workplace.send(wen, freezes, freezes, Map.of("seen", read));
        assertThat(unread.statusCode()).isEqualTo(409);
        assertThat(unread.body()).contains("nothing was published");
        assertThat(anybody().get("/o/two-pens").statusCode()).isEqualTo(404);
        follow(Workplace.send(wen, freezes, freezes, Map.of("seen", Workplace.seen(wen, freezes))));
        assertThat(anybody().get("/o/two-pens?lang=en").body()).contains("Written too late.");
    }
}
