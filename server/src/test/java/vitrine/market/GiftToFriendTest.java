package vitrine.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.catalog.CollectibleId;
import vitrine.certificate.Gallery;
import vitrine.identity.Browser;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.messages.MailPage;
import vitrine.platform.messages.Message;

/** The same from the pages and the mails: what Ada and Bo see. */
class GiftToFriendTest {

    private static Gallery gallery;
    private static int designs;
    private CollectibleId moonrise;
    private static Browser ada;
    private static Browser bo;
    private String piece = "";

    @BeforeAll
    static void open() {
        gallery = new Gallery();
        ada = gallery.signedIn("ada");
        bo = gallery.signedIn("bo");
        for (var browser : java.util.List.of(ada, bo)) {
            browser.get("/?lang=en");
            Gallery.press(browser, "/me/account/language", Map.of("language", "en"));
        }
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @BeforeEach
    void adaHasAPiece() {
        moonrise = gallery.publish(
                "moonrise" + (char) ('a' + designs++),
                new Bilingual("月升", "Moonrise"),
                new Bilingual("可个人展示。", "May be shown in private."));
        piece = given(new GiftPolicy.Free());
        gallery.seal();
        gallery.postbox.received.clear();
    }

    @Test
    void adaMakesALinkAndBoAcceptsItAndBothSeeEachStep() {
        assertThat(ada.get("/p/" + piece).body()).contains("/me/give/" + piece, "Give to a friend");
        String link = give("For your new flat.", "Ada");
        assertThat(ada.get("/me/give/" + piece).body()).contains("Waiting for your friend", "For your new flat.");

        assertThat(guest().get(link + "?lang=en").body())
                .contains("Ada gives you", "For your new flat.", "Moonrise")
                .contains(
                        "<meta property=\"og:title\" content=\"A gift from a friend\">",
                        "<meta property=\"og:description\" content=\"A numbered piece, still wrapped.")
                .containsPattern("<meta property=\"og:image\" content=\"https?://[^/\"]+/assets/box-sealed[^\"]*\">")
                .doesNotContain("example.com");
        assertThat(guest().post(link, Map.of()).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).contains("/sign-in?to=/f/"));

        assertThat(bo.post(link, Map.of("name", "Bo")).statusCode()).isEqualTo(303);
        assertThat(bo.get(link).body()).contains("It comes into your showroom");
        assertThat(bo.get("/me").body()).contains("from Ada");
        assertThat(ada.get("/me/give/" + piece).body()).contains("Accepted by Bo", "A day to step back");
        assertThat(guest().get(link + "?lang=en").body())
                .as("it may be Bo, in a browser that does not know him")
                .contains(
                        "Accepted already",
                        "href=\"/sign-in?to=" + java.net.URLEncoder.encode(link, StandardCharsets.UTF_8))
                .doesNotContain("Somebody was faster", "For your new flat.");
        assertThat(gallery.signedIn("cleo").get(link + "?lang=en").body()).contains("Somebody was faster");

        pass(Duration.ofHours(25));
        assertThat(bo.get(link).body()).contains("It is yours");
        assertThat(bo.get("/me").body()).contains("/p/" + piece + "/open");
        assertThat(ada.get("/me/give/" + piece).body()).contains("the move stands in the record");
        assertThat(guest().get("/p/" + piece + "?lang=en").body()).contains("Given on");
    }

    @Test
    void aLinkWhosePieceWentBackPromisesNothing() {
        String link = give("For your new flat.", "Ada");
        gallery.takeBack(
                gallery.server.bean(vitrine.catalog.Catalog.class).piece(piece).orElseThrow());
        assertThat(guest().get(link + "?lang=en").body())
                .contains("went back to its brand meanwhile")
                .doesNotContain("Ada gives you", "For your new flat.");
        assertThat(ada.get("/me/give/" + piece).body())
                .contains("The piece went back to its brand")
                .doesNotContain(link, "Take it back");
    }

    @Test
    void whoGaveItOnIsToldByTheOldLinkThatSheHadIt() {
        String link = give("", "Ada");
        bo.post(link, Map.of("name", "Bo"));
        pass(Duration.ofHours(25));
        assertThat(bo.get(link).body()).contains("It is yours");
        bo.post("/p/" + piece + "/open", Map.of());
        Gallery.press(bo, "/me/give/" + piece, Map.of("signed", "Bo"));
        var onward = Pattern.compile("/f/[\\w-]+")
                .matcher(bo.get("/me/give/" + piece).body());
        assertThat(onward.find()).isTrue();
        ada.post(onward.group(), Map.of("name", "Ada"));
        pass(Duration.ofHours(25));
        assertThat(bo.get(link).body())
                .contains("You had it", "is not yours any more")
                .doesNotContain("It is yours", "It has arrived");
    }

    @Test
    void aSecondCardIsNotDroppedWithoutAWord() {
        give("For your new flat.", "Ada");
        assertThat(Gallery.press(ada, "/me/give/" + piece, Map.of("words", "For your new flat.", "signed", "Ada"))
                        .statusCode())
                .as("a second press finds the first")
                .isEqualTo(303);
        var other = Gallery.press(ada, "/me/give/" + piece, Map.of("words", "For the old one.", "signed", "Ada"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("on its way to a friend already", "value=\"For the old one.\"");
        assertThat(Gallery.press(
                                ada,
                                "/me/give/" + piece + "/take-back",
                                Map.of("words", "For the old one.", "signed", "Ada"))
                        .body())
                .contains(">For the old one.</textarea>");
    }

    @Test
    void adaTakesItBackFromThePage() {
        String link = give("", "");
        bo.post(link, Map.of("name", "Bo"));
        assertThat(Gallery.press(ada, "/me/give/" + piece + "/take-back", Map.of())
                        .statusCode())
                .isEqualTo(303);
        assertThat(ada.get("/me/give/" + piece).body()).contains("You took it back", "Give it again");
        assertThat(bo.get(link).body()).contains("took it back");
    }

    @Test
    void aCardThatIsTooLongIsKeptAndCounted() {
        var answer = Gallery.press(ada, "/me/give/" + piece, Map.of("words", "x".repeat(141), "signed", "Ada"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("The card has 141 letters; 140 at most", "x".repeat(141));
    }

    @Test
    void whatMayNotBeGivenSaysWhyAndOffersNoForm() {
        String never = given(new GiftPolicy.Never());
        assertThat(ada.get("/me/give/" + never).body())
                .contains("never given on")
                .doesNotContain("Make the gift link");
        String later = given(GiftPolicy.CAREFUL);
        assertThat(ada.get("/me/give/" + later).body()).contains("You may give this piece away from");
        assertThat(bo.get("/me/give/" + later).statusCode()).isEqualTo(404);
    }

    @Test
    void bothAreToldByMailInTheSameWordsAsTextAndAsAPage() throws Exception {
        String link = give("", "Ada");
        bo.post(link, Map.of("name", "Bo"));
        pass(Duration.ZERO);
        assertThat(gallery.postbox.received)
                .extracting(Message::subject)
                .containsExactlyInAnyOrder("Your gift was accepted: “Moonrise”", "“Moonrise” is on its way to you");
        pass(Duration.ofHours(25));
        assertThat(gallery.postbox.received)
                .extracting(Message::subject)
                .contains("“Moonrise” has arrived", "“Moonrise” is yours");
        Path folder = Files.createDirectories(Path.of("target", "mails"));
        int n = 0;
        for (Message message : gallery.postbox.received) {
            String page = MailPage.of(message);
            Files.writeString(folder.resolve("transfer-" + ++n + ".html"), page);
            String seen = page.replaceAll("(?s)<style>.*?</style>", "").replaceAll("<[^>]+>", " ");
            for (String word : message.text().split("\\s+")) {
                assertThat(word.startsWith("http") ? page : seen)
                        .contains(word.replaceAll("[:：]$", "").replace("&", "&amp;"));
            }
            assertThat(page).contains("prefers-color-scheme:dark").doesNotContain("<img", "src=");
        }
    }

    @Test
    void onePressEndsNewsOfOneKindAndWhatSheHasToKnowStillComes() throws Exception {
        bo.post(give("", ""), Map.of("name", "Bo"));
        pass(Duration.ofHours(25));
        Message arrived = gallery.postbox.received.stream()
                .filter(m -> m.subject().contains("has arrived"))
                .findFirst()
                .orElseThrow();
        String stop = java.util.Objects.requireNonNull(arrived.unsubscribe());
        assertThat(arrived.text()).contains(stop);
        String path = URI.create(stop).getPath();
        assertThat(guest().get(path + "?lang=en").body()).contains("Stop these mails");
        // As a mail program does it: no cookie, no page before.
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gallery.server.address() + path))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(guest().get("/unsubscribe/" + "A".repeat(39)).statusCode()).isEqualTo(404);

        piece = given(new GiftPolicy.Free());
        gallery.postbox.received.clear();
        bo.post(give("", ""), Map.of("name", "Bo"));
        pass(Duration.ofHours(25));
        assertThat(gallery.postbox.received)
                .filteredOn(m -> m.to().value().startsWith("ada@"))
                .extracting(Message::subject)
                .containsExactly("Your gift was accepted: “Moonrise”");
        Gallery.press(ada, "/me/account/news", Map.of("wanted", "friends"));
        assertThat(ada.get("/me/account").body()).contains("value=\"friends\" checked");
    }

    private String given(GiftPolicy policy) {
        return gallery.server
                        .bean(vitrine.catalog.Catalog.class)
                        .collectible(moonrise)
                        .slug()
                + "-"
                + gallery.give(moonrise, gallery.collector("ada"), policy).serial();
    }

    private String give(String words, String signed) {
        assertThat(Gallery.press(ada, "/me/give/" + piece, Map.of("words", words, "signed", signed))
                        .statusCode())
                .isEqualTo(303);
        var found = Pattern.compile("/f/[\\w-]+")
                .matcher(ada.get("/me/give/" + piece + "?lang=en").body());
        assertThat(found.find()).isTrue();
        return found.group();
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }

    private static void pass(Duration time) {
        gallery.server.bean(BusinessClock.class).advance(time);
        gallery.seal();
    }
}
