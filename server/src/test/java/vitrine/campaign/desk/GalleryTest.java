package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Publication;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.Revisions;
import vitrine.drop.Drops;
import vitrine.drop.LiveDrops;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Collectors;
import vitrine.identity.Identities;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.messages.Message;
import vitrine.platform.web.Freshness;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/** What a collector finds in the gallery, and how staff hang it. */
class GalleryTest {

    private static final BrandId HOUSE = new BrandId(Identities.HOUSE);

    private static Workplace lumen;
    private static Browser guest;
    private static Browser operator;
    private static Browser team;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        var catalog = lumen.server.bean(Catalog.class);
        var wen = catalog.addCreator(
                HOUSE, "wen", new Bilingual("闻", "Wen"), new Bilingual("画夜景", "Draws the night"), true);
        var night = catalog.addSeries(Workplace.LUMEN, "night", new Bilingual("夜的形状", "Shapes of Night"));
        publish("river-glass", new Bilingual("玻璃河灯", "River Glass"), Workplace.LUMEN, night.id(), wen);
        publish("owl-eye", new Bilingual("猫头鹰之眼", "Owl Eye"), Workplace.OTHER, null, null);
        guest = new Browser(lumen.server.address());
        guest.get("/?lang=en");
        operator = lumen.hired("Qiu", HOUSE, Colleagues.Role.OPERATOR);
        operator.get("/desk/house?lang=en");
        team = lumen.team("Mei", Workplace.LUMEN);
        team.get("/desk/lumen?lang=en");
        lampsBringMoonrise();
        lumen.order(901, "ada", "320.00", Instant.now().minusSeconds(600));
        lumen.drain();
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    private static CollectibleId publish(
            String slug, Bilingual name, BrandId brand, @Nullable UUID series, @Nullable Creator creator) {
        CollectibleId id = draft(slug, name, brand, series, creator, List.of(picture(), model()));
        publish(id);
        return id;
    }

    private static void publish(CollectibleId id) {
        lumen.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(status -> lumen.server.bean(Drops.class).publish(id));
    }

    private static CollectibleId draft(
            String slug,
            Bilingual name,
            BrandId brand,
            @Nullable UUID series,
            @Nullable Creator creator,
            List<CollectibleDraft.DraftMedia> media) {
        var nothing = new Bilingual("", "");
        return lumen.server
                .bean(Catalog.class)
                .draft(new CollectibleDraft(
                        brand,
                        slug,
                        series,
                        creator,
                        "brand",
                        name,
                        nothing,
                        nothing,
                        name,
                        2026,
                        "plain",
                        nothing,
                        20,
                        2,
                        List.<Collectible.Trait>of(),
                        media));
    }

    private static CollectibleDraft.DraftMedia model() {
        var added = (MediaLibrary.Adding.Added)
                lumen.server.bean(MediaLibrary.class).add(Workplace.crane());
        return new CollectibleDraft.DraftMedia("model", added.sha256());
    }

    private static CollectibleDraft.DraftMedia picture() {
        var drawn = new java.io.ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(480, 480, BufferedImage.TYPE_INT_RGB), "png", drawn);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        var added = (MediaLibrary.Adding.Added)
                lumen.server.bean(MediaLibrary.class).add(drawn.toByteArray());
        return new CollectibleDraft.DraftMedia("image", added.sha256());
    }

    private static void lampsBringMoonrise() {
        Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS);
        var text = Json.object(
                "zh",
                Json.of("月升之夜, 与你"),
                "en",
                Json.of("Moonrise Nights, with you; and all of the long words that a calendar must fold"));
        var plan = Json.object(
                "name", text,
                "about", Json.object("zh", Json.of("灯"), "en", Json.of("Lamps")),
                "currency", Json.of("CNY"),
                "zone", Json.of("Asia/Shanghai"),
                "from", Json.of(day.minus(2, ChronoUnit.DAYS).toString()),
                "until", Json.of(day.plus(9, ChronoUnit.DAYS).toString()),
                "offers",
                        Json.of(List.of(Json.object(
                                "name", Json.object("zh", Json.of("月升"), "en", Json.of("Moonrise")),
                                "collectible",
                                        Json.object(
                                                "brand", Json.of(Workplace.LUMEN.toString()),
                                                "id",
                                                        Json.of(lumen.moonrise
                                                                .value()
                                                                .toString())),
                                "when", Json.object("categories", Json.of(List.of(Json.of("lamp")))),
                                "measure", Json.of("amount"),
                                "basis", Json.of("order"),
                                "tiers", Json.of(List.of(Json.object("from", Json.of(30_000), "pieces", Json.of(1)))),
                                "waiting", Json.object("days", Json.of(0), "calendar", Json.of("cn")),
                                "giftPolicy", Json.of("never")))));
        var campaigns = lumen.server.bean(Campaigns.class);
        var drafted = (Campaigns.Drafting.Drafted) campaigns.draft(Workplace.LUMEN, "nights", plan);
        assertThat(campaigns.publish(drafted.id())).isInstanceOf(Publication.Published.class);
    }

    @Test
    void anOperatorSeesOfEachBrandHowManyCampaignsRun() {
        assertThat(operator.get("/desk").body())
                .containsPattern(
                        "/desk/lumen\">(?s:.){0,160}?data-l=\"Campaigns now\"><a href=\"/desk/lumen/campaigns\">1<")
                .containsPattern("/desk/other\">(?s:.){0,160}?data-l=\"Campaigns now\"><span class=\"mut\">–");
    }

    // ---- search

    @Test
    void twoChineseCharactersInTheMidstOfANameFindIt() {
        assertThat(search("河灯")).contains("/o/river-glass").doesNotContain("/o/owl-eye");
        assertThat(search("灯")).contains("/o/river-glass");
        assertThat(search("灯河")).doesNotContain("/o/river-glass");
    }

    @Test
    void theBeginningOfAWordFindsItWhateverItsLettersLookLike() {
        assertThat(search("riv")).contains("/o/river-glass");
        assertThat(search("RIVÉR")).contains("/o/river-glass");
        assertThat(search("ｇｌａｓｓ")).contains("/o/river-glass");
        assertThat(search("lass")).as("the end of a word is not its beginning").doesNotContain("/o/river-glass");
    }

    @Test
    void aWorkIsFoundByItsBrandItsCreatorAndItsSeriesToo() {
        assertThat(search("流明 玻璃")).contains("/o/river-glass");
        assertThat(search("闻")).contains("/creators/wen").contains("/o/river-glass");
        assertThat(search("shapes")).contains("/b/lumen/series/night").contains("/o/river-glass");
    }

    @Test
    void whatIsNotThereIsSaidAndAQuestionOfNothingFindsNothing() {
        assertThat(search("星空")).contains("Nothing is called");
        assertThat(search("!?")).contains("Nothing is called");
        assertThat(search("' or 1=1 --")).contains("Nothing is called");
    }

    @Test
    void aSearchReadsTheIndexAndNotTheTable() {
        var plan = lumen.server.bean(TransactionTemplate.class).execute(status -> {
            var db = lumen.server.bean(JdbcClient.class);
            db.sql("set local enable_seqscan = off").update();
            return db.sql("explain select * from findables where grams @> array['河灯']")
                    .query(String.class)
                    .list();
        });
        assertThat(String.join("\n", plan)).contains("findables_by_words");
    }

    private static String search(String question) {
        return guest.get("/search?q=" + java.net.URLEncoder.encode(question, StandardCharsets.UTF_8))
                .body();
    }

    // ---- walls

    @Test
    void aBrandsGoodsStandBesideItsWorksAndSayWhatTheyBring() {
        assertThat(guest.get("/b/lumen").body())
                .contains("River Glass")
                .contains(">Lamp</b>")
                .contains("href=\"/o/moonrise\"")
                .contains("/b/lumen/series/night");
        var shop = Workplace.send(
                team,
                "/desk/lumen/gallery",
                "/desk/lumen/gallery/shops/standard/lumen",
                Map.of("url", "https://lumen.example/p/{product}"));
        assertThat(shop.statusCode()).isEqualTo(303);
        assertThat(guest.get("/b/lumen").body()).contains("href=\"https://lumen.example/p/8100\"");
        var odd = Workplace.send(
                team,
                "/desk/lumen/gallery",
                "/desk/lumen/gallery/shops/standard/lumen",
                Map.of("url", "javascript:alert(1)"));
        assertThat(odd.statusCode()).isEqualTo(422);
        assertThat(odd.body()).as("as it was typed").contains("value=\"javascript:alert(1)\"");
    }

    @Test
    void aCreatorsPageShowsHerWorksAndThatSheIsVirtual() {
        assertThat(guest.get("/creators/wen").body())
                .contains("virtual human")
                .contains("/o/river-glass")
                .contains("/b/lumen");
    }

    @Test
    void twoCreatorsOfTheSameNameHaveTwoPages() {
        var catalog = lumen.server.bean(Catalog.class);
        var nothing = new Bilingual("", "");
        var first = catalog.addCreator(HOUSE, "mo", new Bilingual("墨", "Mo"), nothing, false);
        var second = catalog.addCreator(Workplace.OTHER, "mo", new Bilingual("莫", "Mo"), nothing, false);
        var nameless = catalog.addCreator(HOUSE, "", new Bilingual("无名", "无名"), nothing, false);
        assertThat(List.of(first.slug(), second.slug(), nameless.slug())).doesNotHaveDuplicates();
        publish("ink", new Bilingual("墨迹", "Ink"), Workplace.OTHER, null, first);
        publish("ivory", new Bilingual("象牙", "Ivory"), Workplace.OTHER, null, second);
        publish("unnamed", new Bilingual("未名", "Unnamed"), Workplace.OTHER, null, nameless);
        assertThat(guest.get("/creators/" + first.slug()).body()).contains("/o/ink");
        assertThat(guest.get("/creators/" + second.slug()).body()).contains("/o/ivory");
        assertThat(guest.get("/creators/" + nameless.slug()).body()).contains("/o/unnamed");
    }

    @Test
    void aCreatorAndASeriesAreDescribedAndCorrectedAndFoundByTheirNewNames() {
        String page = "/desk/lumen/catalogue";
        Workplace.send(
                team,
                page,
                page + "/creators",
                Map.of("nameZh", "沈砚", "nameEn", "Shen Yam", "aboutZh", "刻石", "aboutEn", "Carves stoon"));
        Workplace.send(team, page, page + "/series", Map.of("nameZh", "砚台", "nameEn", "Inkstoons"));
        var catalog = lumen.server.bean(Catalog.class);
        Creator shen = catalog.creators(Workplace.LUMEN).stream()
                .filter(c -> c.name().en().equals("Shen Yam"))
                .findFirst()
                .orElseThrow();
        var stones = catalog.series(Workplace.LUMEN).stream()
                .filter(s -> s.name().en().equals("Inkstoons"))
                .findFirst()
                .orElseThrow();
        var work = publish("slate", new Bilingual("石板", "Slate"), Workplace.LUMEN, stones.id(), shen);
        assertThat(catalog.collectible(work).creator()).isEqualTo(shen);
        assertThat(guest.get("/creators/" + shen.slug()).body()).contains("Carves stoon");

        String at = page + "/creators/" + shen.id();
        assertThat(team.get(page).body()).contains("action=\"" + at + "\"", ">Carves stoon</textarea>");
        var nameless = Workplace.send(
                team, page, at, Map.of("nameZh", "沈砚", "nameEn", "", "aboutEn", "Carves ink stones", "virtual", "yes"));
        assertThat(nameless.statusCode()).isEqualTo(422);
        assertThat(nameless.body())
                .as("what was typed stands in the open form")
                .contains("<details class=\"more\" open>", ">Carves ink stones</textarea>");
        var corrected = Workplace.send(
                team,
                page,
                at,
                Map.of(
                        "nameZh", "沈砚",
                        "nameEn", "Shen Yan",
                        "aboutZh", "刻砚",
                        "aboutEn", "Carves ink stones",
                        "virtual", "yes"));
        assertThat(corrected.statusCode()).isEqualTo(303);
        Workplace.send(team, page, page + "/series/" + stones.id(), Map.of("nameZh", "砚台", "nameEn", "Ink Stones"));

        assertThat(guest.get("/creators/" + shen.slug()).body())
                .contains("Shen Yan", "Carves ink stones", "virtual human")
                .doesNotContain("stoon");
        assertThat(guest.get("/b/lumen/series/" + stones.slug()).body())
                .contains("Ink Stones")
                .doesNotContain("Inkstoons");
        assertThat(search("Shen Yan")).contains("/creators/" + shen.slug(), "/o/slate");
        assertThat(search("Ink Stones")).contains("/series/" + stones.slug(), "/o/slate");
        assertThat(search("Inkstoons")).doesNotContain("/o/slate", "/series/" + stones.slug());
        assertThat(catalog.collectible(work).creator())
                .as("also where it was kept")
                .extracting(c -> c.name().en())
                .isEqualTo("Shen Yan");
        assertThat(team.get("/desk/lumen/audit").body()).contains("corrected a creator", "corrected a series");
        assertThat(Workplace.send(
                                team,
                                page,
                                page + "/creators/"
                                        + catalog.creators(HOUSE).getFirst().id(),
                                Map.of("nameZh", "别", "nameEn", "Another"))
                        .statusCode())
                .as("the house's creator is the house's to describe")
                .isEqualTo(404);
    }

    @Test
    void theShopsPageHandsOutTheBadgeOfAnyOfItsProducts() {
        String page = team.get("/desk/lumen/shops/standard/lumen?sku=LUM-1").body();
        assertThat(page)
                .contains("&lt;div data-vitrine=\"lumen\" data-sku=\"LUM-1\" data-lang=\"en\"&gt;&lt;/div&gt;")
                .contains(
                        "/badge.js\" async&gt;&lt;/script&gt;",
                        "data-copy=\"badge-script\"",
                        "data-copy=\"badge-frame\"");
        var frame = java.util.regex.Pattern.compile("<iframe src=\"(/badge/en/lumen\\?sku=LUM-1)\"")
                .matcher(page);
        assertThat(frame.find()).isTrue();
        assertThat(guest.get(frame.group(1)).body())
                .as("the badge beside it is the one that a shop's visitor sees")
                .contains("class=\"badge\"", "Moonrise");
    }

    @Test
    void aSeriesAndACreatorAreNobodysToSeeUntilAWorkOfTheirsIsPublished() {
        var catalog = lumen.server.bean(Catalog.class);
        var sun = catalog.addCreator(
                Workplace.LUMEN, "sun", new Bilingual("孙晨曦", "Sunniva"), new Bilingual("", ""), false);
        var tide = catalog.addSeries(Workplace.LUMEN, "tide", new Bilingual("潮汐钟", "Tide Clocks"));
        var draft = draft("ebb", new Bilingual("退潮", "Ebb"), Workplace.LUMEN, tide.id(), sun, List.of(picture()));
        var ada = lumen.signedIn("ada@home.example");
        assertThat(search("Sunniva") + search("潮汐钟")).doesNotContain("/creators/sun", "/series/tide");
        assertThat(guest.get("/b/lumen").body()).doesNotContain("Tide Clocks", "Sunniva");
        assertThat(guest.get("/b/lumen/series/tide").statusCode()).isEqualTo(404);
        assertThat(guest.get("/creators/sun").statusCode()).isEqualTo(404);
        assertThat(ada.post("/creators/sun/follow", Map.of("on", "yes")).statusCode())
                .isEqualTo(404);

        publish(draft);
        assertThat(search("Sunniva")).contains("/creators/sun");
        assertThat(search("潮汐钟")).contains("/b/lumen/series/tide");
        assertThat(guest.get("/b/lumen").body()).contains("Tide Clocks", "Sunniva");
        assertThat(guest.get("/b/lumen/series/tide").body()).contains("/o/ebb");
        assertThat(guest.get("/creators/sun").body()).contains("/o/ebb");

        // Its only work turns out to be no part of it.
        var was = catalog.draft(draft);
        var why = new Bilingual("写错了系列", "The series was wrong");
        assertThat(lumen.server
                        .bean(Revisions.class)
                        .amend(
                                draft,
                                new CollectibleDraft(
                                        was.brand(),
                                        was.slug(),
                                        null,
                                        was.creator(),
                                        was.issuer(),
                                        was.name(),
                                        was.matter(),
                                        was.about(),
                                        was.alt(),
                                        was.year(),
                                        was.wall(),
                                        was.licence(),
                                        was.supply(),
                                        was.withheld(),
                                        was.traits(),
                                        was.media()),
                                why))
                .isNotEmpty();
        assertThat(search("潮汐钟")).doesNotContain("/series/tide");
        assertThat(guest.get("/b/lumen/series/tide").statusCode()).isEqualTo(404);
    }

    @Test
    void aCreatorWhoIsOnlyHostIsFoundAndListedAsLongAsTheExhibitionIsOpen() {
        var catalog = lumen.server.bean(Catalog.class);
        var nothing = new Bilingual("", "");
        var hua = catalog.addCreator(HOUSE, "hua", new Bilingual("华容", "Huarong"), nothing, true);
        var jing = catalog.addCreator(HOUSE, "jing", new Bilingual("景行", "Jingxing"), nothing, false);
        String page = "/desk/house/exhibitions/led-round";
        Map<String, String> form = new HashMap<>(Map.of(
                "nameZh", "跟我走",
                "nameEn", "Come along",
                "slug", "led-round",
                "from", "2026-01-01",
                "until", "2036-02-01",
                "host", hua.id().toString(),
                "w0-work", "owl-eye"));
        Workplace.send(operator, "/desk/house/exhibitions", "/desk/house/exhibitions", form);
        assertThat(search("Huarong")).doesNotContain("/creators/hua");
        assertThat(guest.get("/creators").body()).doesNotContain("/creators/hua");
        assertThat(guest.get("/creators/hua").statusCode()).isEqualTo(404);

        form.put("do", "open");
        Workplace.send(operator, page, page, form);
        assertThat(search("Huarong")).contains("/creators/hua");
        assertThat(guest.get("/creators").body()).contains("/creators/hua");
        assertThat(operator.get("/desk/house/gallery").body())
                .as("so the house can say where she stands")
                .contains("Huarong");

        form.put("do", "save");
        form.put("host", jing.id().toString());
        Workplace.send(operator, page, page, form);
        assertThat(search("Huarong") + guest.get("/creators").body())
                .as("somebody else leads now")
                .doesNotContain("/creators/hua");
        assertThat(search("Jingxing")).contains("/creators/jing");

        form.put("do", "close");
        Workplace.send(operator, page, page, form);
        assertThat(search("Jingxing") + guest.get("/creators").body()).doesNotContain("/creators/jing");
    }

    @Test
    void aBrandThatShowsNothingYetIsThereForItsOwnStaffAlone() {
        var tern = lumen.server
                .bean(Catalog.class)
                .addBrand(
                        vitrine.catalog.Brand.Kind.BRAND,
                        "tern",
                        new Bilingual("燕鸥", "Tern and Daughters"),
                        new Bilingual("", ""),
                        "plain");
        var ada = lumen.signedIn("ada@home.example");
        for (Browser other : List.of(guest, ada, team)) {
            assertThat(other.get("/b/tern").statusCode()).isEqualTo(404);
            assertThat(other.get("/b/tern/creators").statusCode()).isEqualTo(404);
        }
        assertThat(ada.post("/b/tern/follow", Map.of("on", "yes")).statusCode()).isEqualTo(404);
        assertThat(search("Tern and Daughters") + search("燕鸥")).doesNotContain("/b/tern");
        assertThat(lumen.team("Tess", tern).get("/b/tern").statusCode()).isEqualTo(200);
        assertThat(operator.get("/b/tern").statusCode()).isEqualTo(200);

        publish("first-egg", new Bilingual("第一枚蛋", "First Egg"), tern, null, null);
        assertThat(guest.get("/b/tern").body()).contains("/o/first-egg");
        assertThat(search("Tern and Daughters")).contains("\"/b/tern\"");
    }

    @Test
    void aPointOfAModelMaySoundAndIsHeardOnlyWhenAskedFor() {
        var added = lumen.server.bean(MediaLibrary.class).add(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 0});
        assertThat(added).isInstanceOfSatisfying(MediaLibrary.Adding.Added.class, file -> {
            assertThat(file.type()).isEqualTo("audio/mpeg");
            Map<String, String> point = new HashMap<>(Map.of(
                    "s0-at",
                    "0 1.5 0.75",
                    "s0-facing",
                    "0 0 1",
                    "s0-zh",
                    "没有接缝",
                    "s0-en",
                    "No seam",
                    "s0-sound",
                    file.sha256().hex()));
            String points = "/desk/lumen/gallery/points/river-glass";
            assertThat(team.get("/desk/lumen/gallery").body()).contains(points);
            assertThat(Workplace.send(team, points, points, point).statusCode()).isEqualTo(303);
            assertThat(team.get(points).body()).contains("No seam").contains("/media/" + point.get("s0-sound"));
            assertThat(team.get("/desk/lumen/gallery").body()).contains("1 point");
            var second = new HashMap<>(point);
            second.putAll(Map.of("s1-at", "here", "s1-facing", "there", "s1-zh", "一", "s1-en", "One so far"));
            var refused = Workplace.send(team, points, points, second);
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("Point 2 has no place").contains("One so far");
            var silent = new HashMap<>(point);
            silent.put("s0-sound", "ab".repeat(32));
            assertThat(Workplace.send(team, points, points, silent).body())
                    .as("no file of ours")
                    .contains("The sound of point 1");
            String others = "/desk/lumen/gallery/points/owl-eye";
            assertThat(team.get(others).statusCode()).as("somebody else's").isEqualTo(404);
            assertThat(Workplace.send(team, points, others, point).statusCode()).isEqualTo(404);
            // A sound may come along, and becomes the point's; what is none is refused, and the words stay.
            var loud = new HashMap<>(point);
            loud.remove("s0-sound");
            loud.put("_csrf", Workplace.token(team, points));
            byte[] bell = {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 7};
            assertThat(team.upload(points, loud, Map.of("s0-new", Map.of("bell.mp3", bell)))
                            .statusCode())
                    .isEqualTo(303);
            assertThat(team.get(points).body())
                    .contains("<audio")
                    .contains("/media/" + Hash32.sha256(bell).hex());
            var noise = team.upload(points, loud, Map.of("s0-new", Map.of("noise.txt", new byte[] {1, 2, 3})));
            assertThat(noise.statusCode()).isEqualTo(422);
            assertThat(noise.body())
                    .contains("noise.txt")
                    .contains("is no sound that we play")
                    .contains("No seam");
            point.put("do", "drop:0");
            assertThat(Workplace.send(team, points, points, point).statusCode()).isEqualTo(303);
            assertThat(team.get(points).body()).doesNotContain("No seam");
        });
    }

    @Test
    void whatAGuestPressedIsDoneAsSoonAsSheHasSignedIn() {
        var zoe = new Browser(lumen.server.address());
        zoe.post("/creators/wen/follow", Map.of("on", "no"));
        zoe.post("/b/lumen/follow", Map.of("on", "yes"));
        lumen.signedIn(zoe, "zoe@home.example");
        assertThat(zoe.get("/me/following?lang=en").body())
                .as("the last press counts, and what she did not press does not")
                .contains("/b/lumen")
                .doesNotContain("/creators/wen");
        zoe.post("/b/lumen/follow", Map.of("on", "no"));
        lumen.signedIn(zoe, "zoe@home.example");
        assertThat(zoe.get("/me/following").body()).as("once").doesNotContain("/b/lumen");
    }

    @Test
    void whoIsNotSignedInIsLedToTheSignInAndWhoIsFollows() {
        var led = guest.post("/b/lumen/follow", Map.of("on", "yes"));
        assertThat(Workplace.location(led)).isEqualTo("/sign-in?to=/b/lumen");
        var ada = lumen.signedIn("ada@home.example");
        ada.get("/?lang=en");
        ada.post("/b/lumen/follow", Map.of("on", "yes"));
        ada.post("/b/lumen/follow", Map.of("on", "yes"));
        ada.post("/creators/wen/follow", Map.of("on", "yes"));
        assertThat(ada.get("/b/lumen").body()).contains("Following").contains("1 follower");
        assertThat(ada.get("/me/following").body()).contains("/creators/wen").contains("/o/river-glass");
        ada.post("/b/lumen/follow", Map.of("on", "no"));
        assertThat(ada.get("/b/lumen").body()).doesNotContain("1 follower");
    }

    @Test
    void theHouseHangsItsMuseumMovesABrandAndHidesAnother() {
        String offered = "<option value=\"river-glass\">";
        assertThat(operator.get("/desk/house/gallery").body())
                .as("what may be hung is offered by its name")
                .contains("list=\"choices\"", offered);
        var picked = Workplace.send(
                operator,
                "/desk/house/gallery",
                "/desk/house/gallery/museum",
                Map.of("do", "pick", "pick", "river-glass"));
        assertThat(picked.statusCode()).isEqualTo(303);
        assertThat(guest.get("/").body()).contains("The museum selection").contains("/o/river-glass");
        assertThat(operator.get("/desk/house/gallery").body())
                .as("what hangs is not offered again")
                .doesNotContain(offered)
                .as("Enter in the one field of the museum's form hangs what is typed there")
                .containsSubsequence("id=\"museum\"", "value=\"pick\" hidden", "data-arranged");
        assertThat(Workplace.send(
                                operator,
                                "/desk/house/gallery",
                                "/desk/house/gallery/museum",
                                Map.of("do", "pick", "pick", "nothing-here"))
                        .statusCode())
                .isEqualTo(422);

        String lumenPlace = Identities.LUMEN + "/" + Identities.LUMEN;
        String otherPlace = Identities.OTHER + "/" + Identities.OTHER;
        arrange("brands", List.of(lumenPlace, otherPlace), "up:" + otherPlace);
        String brands = guest.get("/brands").body();
        assertThat(brands.indexOf("/b/other")).isLessThan(brands.indexOf("/b/lumen"));
        arrange("brands", List.of(otherPlace, lumenPlace), "hide:" + otherPlace);
        assertThat(guest.get("/brands").body()).doesNotContain("/b/other").contains("/b/lumen");
        assertThat(guest.get("/b/other").statusCode()).isEqualTo(200);
        arrange("brands", List.of(otherPlace, lumenPlace), "show:" + otherPlace);
    }

    private static void arrange(String shelf, List<String> places, String act) {
        var fields = new java.util.ArrayList<Map.Entry<String, String>>();
        fields.add(Map.entry("_csrf", Workplace.token(operator, "/desk/house/gallery")));
        places.forEach(place -> fields.add(Map.entry("place", place)));
        fields.add(Map.entry("do", act));
        assertThat(operator.post("/desk/house/gallery/" + shelf, fields).statusCode())
                .isEqualTo(303);
    }

    @Test
    void whoOrdersAShelfThatAColleagueOrderedMeanwhileIsToldAndUndoesNothing() {
        publish("tide-mark", new Bilingual("潮痕", "Tide Mark"), Workplace.LUMEN, null, null);
        var nan = lumen.team("Nan", Workplace.LUMEN);
        nan.get("/desk/lumen?lang=en");
        String gallery = "/desk/lumen/gallery";
        String seen = Workplace.seen(nan, gallery);
        var catalog = lumen.server.bean(Catalog.class);
        String tide = place(catalog, "tide-mark");
        String river = place(catalog, "river-glass");
        var hidden = ordered(team, seen, List.of(river, tide), "hide:" + tide);
        assertThat(hidden.statusCode()).isEqualTo(303);

        var late = ordered(nan, seen, List.of(river, tide), "up:" + tide);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body())
                .contains("This shelf was arranged after you opened the page")
                .containsSubsequence("value=\"" + tide + "\"", "value=\"" + river + "\"");
        assertThat(lumen.server
                        .bean(vitrine.campaign.ShelfPlaces.class)
                        .of(Workplace.LUMEN, vitrine.campaign.ShelfPlaces.Shelf.WORKS))
                .as("what her colleague hid stays hidden")
                .anySatisfy(one -> {
                    assertThat(one.owner() + "/" + one.subject()).isEqualTo(tide);
                    assertThat(one.hidden()).isTrue();
                });
        assertThat(ordered(nan, Workplace.seen(nan, gallery), List.of(tide, river), "show:" + tide)
                        .statusCode())
                .as("once she has seen it she may")
                .isEqualTo(303);
        ordered(nan, Workplace.seen(nan, gallery), List.of(), "save");
    }

    private static String place(Catalog catalog, String slug) {
        CollectibleId id = catalog.collectible(slug).orElseThrow().id();
        return id.brand() + "/" + id.value();
    }

    private static HttpResponse<String> ordered(Browser who, String seen, List<String> places, String act) {
        var fields = new java.util.ArrayList<Map.Entry<String, String>>();
        fields.add(Map.entry("_csrf", Workplace.token(who, "/desk/lumen/gallery")));
        fields.add(Map.entry("seen", seen));
        places.forEach(place -> fields.add(Map.entry("place", place)));
        fields.add(Map.entry("do", act));
        return who.post("/desk/lumen/gallery/works", fields);
    }

    @Test
    void aBrandArrangesItsOwnWorksAndNobodyElses() {
        var stolen = Workplace.send(team, "/desk/lumen/gallery", "/desk/lumen/gallery/brands", Map.of("do", "save"));
        assertThat(stolen.statusCode()).isEqualTo(404);
        String owl = Identities.OTHER + "/"
                + lumen.server
                        .bean(Catalog.class)
                        .collectible("owl-eye")
                        .orElseThrow()
                        .id()
                        .value();
        Workplace.send(team, "/desk/lumen/gallery", "/desk/lumen/gallery/works", Map.of("do", "save", "place", owl));
        assertThat(lumen.server
                        .bean(JdbcClient.class)
                        .sql("select count(*) from shelf_places where brand_id = :lumen")
                        .param("lumen", Identities.LUMEN)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aWallOfTwentyWorksAsksTheDatabaseNoMoreThanAWallOfTwo() {
        for (String page : List.of("/", "/b/other", "/search?q=owl", "/brands")) guest.get(page);
        Map<String, Integer> few = new HashMap<>();
        for (String page : List.of("/", "/b/other", "/search?q=owl", "/brands")) few.put(page, questions(page));
        for (int n = 0; n < 18; n++) {
            String name = "Owl " + "abcdefghijklmnopqr".charAt(n);
            publish("owl-" + "abcdefghijklmnopqr".charAt(n), new Bilingual(name, name), Workplace.OTHER, null, null);
        }
        few.forEach((page, asked) -> {
            assertThat(asked).as(page).isBetween(1, 30);
            assertThat(questions(page)).as(page).isEqualTo(asked);
        });
    }

    /** How many statements a page sends; of three times the least, since what else the server does at the moment asks as well. */
    private static int questions(String page) {
        return java.util.stream.IntStream.range(0, 3)
                .map(n -> asked(page))
                .min()
                .orElseThrow();
    }

    /** As Spring tells of each. */
    private static int asked(String page) {
        lumen.server.bean(Freshness.class).drop(); // as after three seconds without a visitor
        lumen.server.bean(LiveDrops.class).changed(); // as after half a second
        var log = (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(JdbcTemplate.class);
        var heard = new ListAppender<ILoggingEvent>();
        heard.start();
        var before = log.getLevel();
        log.setLevel(Level.DEBUG);
        log.setAdditive(false);
        log.addAppender(heard);
        try {
            assertThat(guest.get(page).statusCode()).isEqualTo(200);
            return (int) List.copyOf(heard.list).stream()
                    .filter(e -> e.getFormattedMessage().startsWith("Executing prepared SQL statement")
                            || e.getFormattedMessage().startsWith("Executing SQL"))
                    .count();
        } finally {
            log.detachAppender(heard);
            log.setAdditive(true);
            log.setLevel(before);
        }
    }

    // ---- calendar

    @Test
    void theDayOfACampaignLeadsToItAndAnotherDayIsEmpty() {
        String today =
                java.time.LocalDate.now(java.time.ZoneId.of("Asia/Shanghai")).toString();
        assertThat(guest.get("/calendar").body()).contains("/calendar/" + today);
        assertThat(guest.get("/calendar/" + today).body()).contains("/campaigns/nights");
        assertThat(guest.get("/calendar/" + java.time.LocalDate.now().plusDays(40))
                        .body())
                .contains("Nothing is on")
                .doesNotContain("/campaigns/nights");
        assertThat(guest.get("/calendar/1066-10-14").statusCode()).isEqualTo(404);
        assertThat(guest.get("/calendar/tomorrow").statusCode()).isEqualTo(404);
    }

    @Test
    void aCalendarSubscribesAndAsksAgainForNothing() throws Exception {
        var ics = plain("/ics/en/all.ics");
        assertThat(ics.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/calendar"));
        assertThat(ics.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(ics.body()).startsWith("BEGIN:VCALENDAR\r\n").endsWith("END:VCALENDAR\r\n");
        assertThat(Arrays.stream(ics.body().split("\r\n")))
                .allSatisfy(line ->
                        assertThat(line.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(75));
        String unfolded = ics.body().replace("\r\n ", "");
        assertThat(unfolded)
                .contains(
                        "SUMMARY:Moonrise Nights\\, with you\\; and all of the long words that a calendar must fold · Lumen")
                .contains("/campaigns/nights\r\n")
                .contains("UID:");
        var again = plain(
                "/ics/en/all.ics",
                "If-None-Match",
                ics.headers().firstValue("ETag").orElseThrow());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(plain("/ics/zh/nights.ics").body()).contains("月升之夜");
        assertThat(plain("/ics/zh/nothing.ics").statusCode()).isEqualTo(404);
    }

    @Test
    void aPageThatDidNotChangeIsNotSentTwice() {
        var first = guest.get("/b/lumen");
        var again = guest.get(
                "/b/lumen", "If-None-Match", first.headers().firstValue("ETag").orElseThrow());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    // ---- a work's own page, and the shop's badge

    @Test
    void aWorksPageSaysInOneSentenceHowItIsHadWhereAllPiecesAreAndWhatBringsIt() {
        assertThat(guest.get("/o/moonrise").body())
                .contains("¥300 brings 1")
                .containsPattern("<small class=\"gifting\">\\s*May not be given on, nor sold")
                .contains("Where all 10 are")
                .contains(">Lamp</b>")
                .contains("<dt>Issued by</dt><dd>Lumen</dd>")
                .as("whoever is sent the link sees what it leads to")
                .contains("<meta property=\"og:title\" content=\"Moonrise\">");
    }

    @Test
    void theBadgeSaysWhatAnOrderOfThisProductCountsTowards() throws Exception {
        assertThat(plain("/badge/en/lumen/LUM-1").body())
                .contains("counts towards the collectible “Moonrise”")
                .contains("target=\"_blank\" rel=\"noopener noreferrer\"");
        assertThat(plain("/badge/en/lumen/NEW-9?category=lamp").body()).contains("Moonrise");
        assertThat(plain("/badge/en/lumen/NEW-9").body()).doesNotContain("Moonrise");
        assertThat(plain("/badge/zh/lumen/LUM-1?as=json").body()).contains("月升");
        assertThat(plain("/badge/en/nobody/LUM-1").statusCode()).isEqualTo(404);
    }

    @Test
    void theBadgePromisesNothingOfWhichAllIsGiven() throws Exception {
        JdbcClient db = lumen.server.bean(JdbcClient.class);
        UUID moonrise = lumen.moonrise.value();
        Map<String, Object> before = db.sql("select supply, available from stock where collectible_id = :id")
                .param("id", moonrise)
                .query()
                .singleRow();
        stock(db, moonrise, "held + granted + withheld + retired", "0");
        assertThat(plain("/badge/en/lumen/LUM-1").body()).doesNotContain("Moonrise");
        assertThat(plain("/badge/en/lumen/LUM-1?as=json").body()).doesNotContain("Moonrise");
        stock(db, moonrise, before.get("supply") + "::int", before.get("available") + "::int");
        assertThat(plain("/badge/en/lumen/LUM-1").body()).contains("Moonrise");
    }

    private static void stock(JdbcClient db, UUID collectible, String supply, String available) {
        db.sql("update stock set supply = " + supply + ", available = " + available + " where collectible_id = :id")
                .param("id", collectible)
                .update();
    }

    @Test
    void theBadgeIsThereForASkuOfWhateverLettersAShopLikes() throws Exception {
        for (String sku : List.of("LUM-1", "A/1", "gid://shopify/ProductVariant/1", "50% off;red", "灯 壹")) {
            String asked =
                    "/badge/en/lumen?category=lamp&sku=" + java.net.URLEncoder.encode(sku, StandardCharsets.UTF_8);
            assertThat(plain(asked).body()).as(sku).contains("Moonrise");
            assertThat(plain(asked + "&as=json").body()).as(sku).contains("\"title\":\"");
        }
        assertThat(plain("/badge/en/lumen").statusCode()).isEqualTo(404);
    }

    @Test
    void theBadgeIsTheSameForEverybodyAndRemembersNobody() throws Exception {
        var anybody = plain("/badge/en/lumen/LUM-1?lang=en&theme=dark");
        var somebody = plain(
                "/badge/en/lumen/LUM-1",
                "Cookie",
                "vitrine=" + operator.session() + "; lang=zh; theme=dark",
                "Referer",
                "https://lumen.example/p/8100");
        assertThat(somebody.body()).isEqualTo(anybody.body());
        for (var answer : List.of(anybody, somebody)) {
            assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
            assertThat(answer.headers().allValues("Content-Security-Policy"))
                    .singleElement()
                    .asString()
                    .contains("frame-ancestors *")
                    .contains("default-src 'none'")
                    .doesNotContain("script-src");
            assertThat(answer.headers().firstValue("Cache-Control"))
                    .hasValueSatisfying(kept -> assertThat(kept).contains("public"));
            assertThat(answer.body()).doesNotContain("<script");
        }
        assertThat(somebody.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(anybody.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void theBadgesScriptIsSmallAndReadsNothingOfTheVisitor() throws Exception {
        var script = plain("/badge.js");
        assertThat(script.statusCode()).isEqualTo(200);
        assertThat(script.body().getBytes(StandardCharsets.UTF_8).length).isBetween(200, 3_000);
        assertThat(script.body())
                .contains("credentials:\"omit\"")
                .contains("no-referrer")
                .doesNotContain("cookie")
                .doesNotContain("localStorage")
                .doesNotContain("sessionStorage")
                .doesNotContain("document.referrer")
                .doesNotContain("location")
                .doesNotContain("navigator")
                .doesNotContain("eval");
    }

    private static HttpResponse<String> plain(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(lumen.server.address() + path));
        if (headers.length > 0) request.headers(headers);
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    // ---- mails

    @Test
    void whoChoseALanguageIsWrittenToInItFirstAndABuyerWhomNobodyKnowsInThatOfHerMoney() {
        lumen.server
                .bean(Collectors.class)
                .signedIn(
                        lumen.server
                                .bean(BuyerKeys.class)
                                .email("eva@home.example")
                                .orElseThrow(),
                        "en");
        lumen.order(951, "eva", "320.00", Instant.now().minusSeconds(500));
        lumen.order(952, "fox", "320.00", Instant.now().minusSeconds(500));
        // What one worker hands on to another that had nothing to do is there in the next round.
        for (int round = 0; round < 4; round++) lumen.drain();
        assertThat(giftMails("eva@home.example")).isNotEmpty().allSatisfy(subject -> assertThat(subject)
                .contains("Moonrise"));
        assertThat(giftMails("fox@home.example")).isNotEmpty().allSatisfy(subject -> assertThat(subject)
                .contains("月升"));
    }

    private static List<String> giftMails(String to) {
        return lumen.postbox.received.stream()
                .filter(mail -> mail.to().value().equals(to) && mail.text().contains("/g/"))
                .map(Message::subject)
                .toList();
    }

    /** What a messenger makes of a link to this page: it follows no relative address. */
    private static void showsWherePassedOn(String path, String title, String description) {
        assertThat(guest.get(path).body())
                .as(path)
                .contains("<meta property=\"og:title\" content=\"" + title + "\">")
                .containsPattern("<meta property=\"og:description\" content=\"" + description + "\">")
                .containsPattern(
                        "<meta property=\"og:image\" content=\"https?://[^/\"]+/media/[0-9a-f]{64}/w/640.webp\">");
    }

    @Test
    void aPictureOfAWallComesAsFineAsItIsShown() {
        assertThat(guest.get("/b/lumen").body())
                .containsPattern(
                        "srcset=\"/media/[0-9a-f]{64}/w/320.webp 320w, /media/[0-9a-f]{64}/w/640.webp 640w\" sizes=\"");
        assertThat(guest.get("/search?q=river").body())
                .as("the small ones of a list need no other")
                .contains("/w/320.webp")
                .doesNotContain("srcset");
    }

    // ---- exhibitions

    @Test
    void anExhibitionIsHungOpenedAndItsPicturesArePassedOn() {
        Map<String, String> form = new HashMap<>();
        form.put("nameZh", "一盏灯");
        form.put("nameEn", "One Lamp");
        form.put("slug", "one-lamp");
        form.put("motifZh", "灯");
        form.put("motifEn", "a lamp");
        form.put("aboutZh", "两个品牌的灯。");
        form.put("aboutEn", "Lamps by two brands.");
        form.put("wall", "night");
        form.put("from", java.time.LocalDate.now().minusDays(3).toString());
        form.put("until", java.time.LocalDate.now().plusDays(3).toString());
        form.put("w0-work", "nothing-here");
        var refused = Workplace.send(operator, "/desk/house/exhibitions", "/desk/house/exhibitions", form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("nothing-here");
        form.put("w0-work", "owl-eye");
        form.put("w1-place", "1");
        form.put("w1-work", "river-glass");
        form.put("w1-zh", "河");
        form.put("w1-en", "A river");
        assertThat(Workplace.send(operator, "/desk/house/exhibitions", "/desk/house/exhibitions", form)
                        .statusCode())
                .isEqualTo(303);
        assertThat(guest.get("/x/one-lamp").statusCode())
                .as("a draft is nobody's business")
                .isEqualTo(404);
        assertThat(operator.get("/desk/house/exhibitions/one-lamp").body())
                .as("the one that was given the first place hangs first, and there is room for more")
                .containsSubsequence(
                        "name=\"w0-work\" value=\"river-glass\"",
                        "name=\"w1-work\" value=\"owl-eye\"",
                        "name=\"w4-work\" value=\"\"");
        form.put("do", "open");
        Workplace.send(operator, "/desk/house/exhibitions/one-lamp", "/desk/house/exhibitions/one-lamp", form);
        assertThat(guest.get("/x/one-lamp").body())
                .contains("2 brands together")
                .contains("A river")
                .contains("Shared 0 times");
        showsWherePassedOn("/x/one-lamp", "One Lamp", "Lamps by two brands.");
        showsWherePassedOn("/b/lumen/series/night", "Shapes of Night · Lumen", "[^\"]+ on show");
        showsWherePassedOn("/creators/wen", "Wen", "Draws the night");
        showsWherePassedOn("/b/lumen", "Lumen", "[^\"]+");
        for (int n = 0; n < 5; n++) {
            assertThat(Workplace.location(guest.post("/x/one-lamp/river-glass/share", Map.of())))
                    .isEqualTo("/x/one-lamp/river-glass");
        }
        assertThat(guest.get("/x/one-lamp").body())
                .as("one network counts three times a day")
                .contains("Shared 3 times");
        assertThat(guest.post("/x/one-lamp/moonrise/share", Map.of()).statusCode())
                .isEqualTo(404);
        String last = java.time.format.DateTimeFormatter.ofPattern("d MMMM", java.util.Locale.ENGLISH)
                .format(java.time.LocalDate.now().plusDays(3));
        assertThat(guest.get("/").body()).contains("/x/one-lamp", "until " + last);
        stripMonthDayAndCalendarFilesKnowTheSameDates(
                "/x/one-lamp", java.time.LocalDate.now().plusDays(3));
    }

    /** Marked in the strip and in the month, listed on its day, and in what a calendar program reads. */
    private void stripMonthDayAndCalendarFilesKnowTheSameDates(String page, java.time.LocalDate last) {
        lumen.server.bean(Freshness.class).drop();
        Map<String, Boolean> strip = days(guest.get("/").body(), "class=\"[a-z ]*has\"");
        assertThat(strip).hasSize(14).containsEntry(last.toString(), true).containsValue(false);
        String month =
                guest.get("/calendar?month=" + java.time.YearMonth.from(last)).body();
        assertThat(month).contains(page);
        Map<String, Boolean> inMonth = days(month, "<i class=\"(begins|ends)\"");
        assertThat(inMonth).containsEntry(last.toString(), true);
        strip.forEach((day, marked) -> {
            if (inMonth.containsKey(day)) assertThat(inMonth).as(day).containsEntry(day, marked);
        });
        assertThat(guest.get("/calendar/" + last).body()).contains(page);
        assertThat(guest.get("/calendar/" + last.plusDays(1)).body()).doesNotContain(page);
        assertThat(guest.get("/ics/en/all.ics").body().replace("\r\n ", "")).contains(page + "\r\n");
        assertThat(guest.get("/ics/en" + page + ".ics").body().replace("\r\n ", ""))
                .contains(page + "\r\n");
    }

    /** The days that a page links to, and whether each is marked. */
    private static Map<String, Boolean> days(String page, String mark) {
        Map<String, Boolean> days = new HashMap<>();
        var link = java.util.regex.Pattern.compile("(?s)<a href=\"/calendar/(\\d{4}-\\d\\d-\\d\\d)\".*?</a>")
                .matcher(page);
        while (link.find()) {
            days.put(
                    link.group(1),
                    java.util.regex.Pattern.compile(mark).matcher(link.group()).find());
        }
        return days;
    }

    @Test
    void whoChangesAnExhibitionThatAColleagueChangedMeanwhileKeepsWhatSheTypedAndIsTold() {
        Map<String, String> form = new HashMap<>(Map.of(
                "nameZh", "两双手",
                "nameEn", "Two Hands",
                "from", "2026-01-01",
                "until", "2026-02-01",
                "w0-work", "river-glass"));
        Workplace.send(team, "/desk/lumen/exhibitions", "/desk/lumen/exhibitions", form);
        String page = "/desk/lumen/exhibitions/two-hands";
        var ning = lumen.team("Ning", Workplace.LUMEN);
        ning.get("/desk/lumen?lang=en");
        String seen = Workplace.seen(ning, page);
        form.put("seen", seen);
        form.put("w1-work", "moonrise");
        assertThat(Workplace.send(team, page, page, form).statusCode()).isEqualTo(303);

        form.remove("w1-work");
        form.put("motifEn", "what hands leave");
        form.put("until", "");
        var unread = Workplace.send(ning, page, page, form);
        assertThat(unread.statusCode()).isEqualTo(422);
        assertThat(unread.body())
                .as("a refusal in between does not make her have seen it")
                .contains("name=\"seen\" value=\"" + seen + "\"");
        form.put("until", "2026-02-01");
        var late = Workplace.send(ning, page, page, form);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body())
                .contains("This was saved after you opened it", "value=\"what hands leave\"")
                .doesNotContain("value=\"" + seen + "\"");
        ning.get("/desk/lumen?lang=zh");
        assertThat(Workplace.send(ning, page, page, form).body()).contains("你打开之后");
        assertThat(team.get(page).body())
                .as("the work that was hung stays hung")
                .contains("value=\"moonrise\"")
                .doesNotContain("what hands leave");
        form.put("seen", Workplace.seen(ning, page));
        assertThat(Workplace.send(ning, page, page, form).statusCode()).isEqualTo(303);
        assertThat(team.get(page).body()).contains("what hands leave");
    }

    @Test
    void oneWorkInTwoRowsIsRefusedByItsNameAndNoWordsAreLost() {
        Map<String, String> form = new HashMap<>(Map.of(
                "nameZh", "两次", "nameEn", "Twice", "slug", "twice", "from", "2026-01-01", "until", "2026-02-01"));
        form.putAll(Map.of("w0-work", "river-glass", "w0-zh", "先", "w0-en", "Said first"));
        form.putAll(Map.of("w1-work", "river-glass", "w1-zh", "后", "w1-en", "Said later"));
        var refused = Workplace.send(team, "/desk/lumen/exhibitions", "/desk/lumen/exhibitions", form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("“River Glass” stands in two rows", "Said first", "Said later");
    }

    @Test
    void whoWritesPointsThatAColleagueWroteMeanwhileKeepsWhatSheTypedAndIsTold() {
        String page = "/desk/lumen/gallery/points/river-glass";
        var ning = lumen.team("Ningning", Workplace.LUMEN);
        ning.get("/desk/lumen?lang=en");
        String seen = Workplace.seen(ning, page);
        Map<String, String> first = new HashMap<>(Map.of(
                "s0-at", "0 1 0", "s0-facing", "0 0 1", "s0-zh", "同事的", "s0-en", "A colleague's point", "seen", seen));
        assertThat(Workplace.send(team, page, page, first).statusCode()).isEqualTo(303);
        Map<String, String> mine = new HashMap<>(first);
        mine.putAll(Map.of("s0-zh", "我的", "s0-en", "A point of mine"));
        var late = Workplace.send(ning, page, page, mine);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("This was saved after you opened it", "A point of mine");
        assertThat(team.get(page).body()).contains("A colleague").doesNotContain("A point of mine");
        mine.put("seen", Workplace.seen(ning, page));
        assertThat(Workplace.send(ning, page, page, mine).statusCode()).isEqualTo(303);
        assertThat(team.get(page).body()).contains("A point of mine");
    }

    @Test
    void aBrandHangsItsOwnWorksOnly() {
        Map<String, String> form = new HashMap<>(Map.of(
                "nameZh",
                "借来的",
                "nameEn",
                "Borrowed",
                "slug",
                "borrowed",
                "from",
                "2026-01-01",
                "until",
                "2026-02-01"));
        form.put("w0-work", "owl-eye");
        assertThat(Workplace.send(team, "/desk/lumen/exhibitions", "/desk/lumen/exhibitions", form)
                        .statusCode())
                .isEqualTo(422);
    }

    // ---- applications

    @Test
    void aBrandAsksIsInvitedByMailAndWorksAtItsOwnDesk() {
        var form = Map.of(
                "kind",
                "brand",
                "nameZh",
                "鹭泥",
                "nameEn",
                "Heron Clay",
                "person",
                "Iris",
                "email",
                "iris@heron.example",
                "website",
                "https://heron.example",
                "words",
                "Pots");
        var sent = guest.post("/apply", form);
        assertThat(Workplace.location(sent)).isEqualTo("/apply?sent=yes");
        guest.post("/apply", form);
        String desk = operator.get("/desk/house/applications").body();
        assertThat(desk).contains("iris@heron.example").contains("value=\"heron-clay\"");
        assertThat(desk.split("iris@heron.example", -1).length - 1)
                .as("asked twice, read once")
                .isEqualTo(1);
        var id = java.util.regex.Pattern.compile("/applications/([0-9a-f-]{36})/invite")
                .matcher(desk);
        assertThat(id.find()).isTrue();
        String invite = "/desk/house/applications/" + id.group(1) + "/invite";
        var taken = Workplace.send(operator, "/desk/house/applications", invite, Map.of("slug", "lumen"));
        assertThat(taken.statusCode()).as("taken").isEqualTo(422);
        assertThat(taken.body()).as("as it was typed").contains("name=\"slug\" value=\"lumen\"");
        assertThat(Workplace.send(operator, "/desk/house/applications", invite, Map.of("slug", "heron-clay"))
                        .statusCode())
                .isEqualTo(303);
        lumen.drain();
        assertThat(lumen.postbox.received)
                .anySatisfy(mail -> assertThat(mail.text()).contains("/desk/heron-clay"));
        var iris = lumen.signedIn("iris@heron.example");
        assertThat(iris.get("/desk/heron-clay").statusCode()).isEqualTo(200);
        assertThat(iris.get("/desk/lumen").statusCode()).isEqualTo(403);
        assertThat(Workplace.send(operator, "/desk/house/gallery", invite, Map.of("slug", "again"))
                        .statusCode())
                .as("answered once")
                .isEqualTo(409);
        assertThat(team.get("/desk/lumen/applications").statusCode()).isEqualTo(404);
    }

    @Test
    void theButtonInAnInvitedCreatorsMailLeadsToAPageThatIsThere() {
        String list = "/desk/house/applications";
        lumen.server
                .bean(vitrine.campaign.Applications.class)
                .send(
                        new vitrine.campaign.Applications.Form(
                                vitrine.campaign.Applications.Kind.CREATOR,
                                new Bilingual("", "Egret"),
                                "",
                                "",
                                "Ines",
                                "ines@egret.example",
                                vitrine.platform.web.Language.EN,
                                false),
                        "198.51.100.8");
        var invite = java.util.regex.Pattern.compile("/desk/house/applications/[0-9a-f-]{36}/invite")
                .matcher(operator.get(list).body().replaceFirst("(?s).*ines@egret.example", ""));
        assertThat(invite.find()).isTrue();
        assertThat(Workplace.send(operator, list, invite.group(), Map.of("slug", "egret"))
                        .statusCode())
                .isEqualTo(303);
        lumen.settle();
        Message mail = lumen.postbox.received.stream()
                .filter(one -> one.to().value().equals("ines@egret.example")
                        && one.subject().equals("You are invited"))
                .findFirst()
                .orElseThrow();
        assertThat(mail.text()).contains("Your page opens with the first work of yours that is shown.");
        var button = java.util.regex.Pattern.compile("<p class=\"go\"><a href=\"([^\"]+)\">")
                .matcher(vitrine.platform.messages.MailPage.of(mail));
        assertThat(button.find()).isTrue();
        assertThat(guest.get(java.net.URI.create(button.group(1)).getPath()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void anApplicationIsForgottenAWhileAfterItsAnswerAndWithWhoeverSentIt() {
        var applications = lumen.server.bean(vitrine.campaign.Applications.class);
        for (String who : List.of("ibis", "jay"))
            applications.send(
                    new vitrine.campaign.Applications.Form(
                            vitrine.campaign.Applications.Kind.BRAND,
                            new Bilingual("", "Of " + who),
                            "",
                            "",
                            who,
                            who + "@reed.example",
                            vitrine.platform.web.Language.EN,
                            false),
                    "198.51.100.7");
        String list = "/desk/house/applications";
        assertThat(operator.get(list).body()).contains("ibis@reed.example", "jay@reed.example");
        var decline = java.util.regex.Pattern.compile("/desk/house/applications/[0-9a-f-]{36}/decline")
                .matcher(operator.get(list).body().replaceFirst("(?s).*ibis@reed.example", ""));
        assertThat(decline.find()).isTrue();
        Workplace.send(operator, list, decline.group(), Map.of());
        lumen.settle();
        assertThat(operator.get(list).body()).as("just answered").contains("ibis@reed.example");
        var jdbc = lumen.server.bean(org.springframework.jdbc.core.simple.JdbcClient.class);
        jdbc.sql("update applications set answered_at = answered_at - interval '31 days' where person = 'ibis'")
                .update();
        lumen.settle();
        assertThat(jdbc.sql("select count(*) from applications where person = 'ibis'")
                        .query(Integer.class)
                        .single())
                .isZero();

        var jay = lumen.signedIn("jay@reed.example");
        jay.get("/me/data?lang=en");
        assertThat(jay.get("/me/data").body()).contains("1 application to the host");
        Workplace.send(jay, "/me/account", "/me/account/erase", Map.of("sure", "yes"));
        lumen.settle();
        assertThat(operator.get(list).body()).doesNotContain("jay@reed.example");
    }

    @Test
    void whoWorksHereNoMoreIsForgottenWithHerAccountAndWhoStillDoesIsNot() {
        for (String who : List.of("Kite", "Lark")) {
            var browser = lumen.team(who, Workplace.LUMEN);
            if (who.equals("Kite")) {
                var colleagues = lumen.server.bean(vitrine.identity.Colleagues.class);
                colleagues.of(Workplace.LUMEN).stream()
                        .filter(m -> m.name().equals("Kite"))
                        .forEach(m -> colleagues.end(Workplace.LUMEN, m.id(), new vitrine.identity.Who.Guest()));
            }
            Workplace.send(browser, "/me/account", "/me/account/erase", Map.of("sure", "yes"));
            lumen.settle();
        }
        assertThat(lumen.server
                        .bean(org.springframework.jdbc.core.simple.JdbcClient.class)
                        .sql("select name from staff where name in ('Kite', 'Lark')")
                        .query(String.class)
                        .list())
                .containsExactly("Lark");
    }

    @Test
    void whatIsMissingInAnApplicationIsSaidAndWhatAMachineMaySendIsKeptBehindTheOthers() {
        var nameless = guest.post("/apply", Map.of("person", "Bo", "email", "bo@home.example"));
        assertThat(nameless.statusCode()).isEqualTo(422);
        assertThat(nameless.body()).contains("Give a name").contains("value=\"Bo\"");
        String page = guest.get("/apply").body();
        assertThat(page)
                .as("called as nothing that a browser would fill in for its owner")
                .doesNotContain("name=\"company\"", "name=\"organization\"", "name=\"url\"")
                .containsPattern("aria-hidden=\"true\"><input name=\"z4\" tabindex=\"-1\" autocomplete=\"off\">");
        lumen.settle();
        int mails = lumen.postbox.received.size();
        var filled = new HashMap<>(
                Map.of("nameEn", "Wren Bindery", "person", "Rui", "email", "rui@wren.example", "z4", "Wren Ltd"));
        assertThat(Workplace.location(guest.post("/apply", filled))).isEqualTo("/apply?sent=yes");
        lumen.settle();
        assertThat(lumen.postbox.received)
                .as("a machine makes us write to nobody")
                .hasSize(mails);
        guest.post("/apply", Map.of("nameEn", "Plover Press", "person", "Pan", "email", "pan@plover.example"));
        filled.remove("z4");
        guest.post("/apply", filled);
        String desk = operator.get("/desk/house/applications").body();
        assertThat(desk.split("rui@wren.example", -1).length - 1)
                .as("who asks again by hand is heard")
                .isEqualTo(2);
        assertThat(desk)
                .containsSubsequence(
                        "rui@wren.example", "pan@plover.example", "maybe sent by a machine", "rui@wren.example");
    }
}
