package vitrine.showroom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Gallery;
import vitrine.drop.Airdrops;
import vitrine.identity.Browser;
import vitrine.identity.RecoveryCodes;
import vitrine.market.Transfers;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Pieces;
import vitrine.platform.BusinessClock;

/** What a gift's link opens, and what it does not any more. */
class GiftLinkTest {

    private static final String PASSED_ON = "This gift was opened or passed on";
    private static final String KEEP = "Keep it here, then sign in";
    private static final String YOURS = "This one is yours.";

    private static Gallery gallery;
    private static CollectibleId moonrise;

    @BeforeAll
    static void open() {
        gallery = new Gallery();
        moonrise = gallery.moonrise();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    private record Sent(String link, PieceNumber piece) {}

    /** Given by hand to her address. */
    private static Sent given(String name) {
        var airdrops = gallery.server.bean(Airdrops.class);
        var read = (Airdrops.Reading.Read)
                airdrops.read(moonrise, new GiftPolicy.Free(), false, Stream.of(name + "@example.com"));
        assertThat(airdrops.begin(moonrise.brand(), read.airdrop().id())).isInstanceOf(Airdrops.Beginning.Begun.class);
        gallery.seal();
        List<Airdrops.Line> lines = new ArrayList<>();
        gallery.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(
                        s -> airdrops.lines(moonrise.brand(), read.airdrop().id(), lines::add));
        var line = lines.getFirst();
        return new Sent(
                URI.create(requireNonNull(line.link())).getPath(),
                new PieceNumber(moonrise, requireNonNull(line.serial())));
    }

    @Test
    void aGiftThatWasOpenedIsKeptByOnePressInWhateverBrowserAndLooksFromThereGiveItToNobody() {
        var gift = given("ada");
        assertThat(guest().get(gift.link() + "?lang=en").body())
                .as("where it is passed on, wrapped as it is")
                .contains("<meta property=\"og:title\" content=\"A gift from Lumen\">")
                .contains("<meta property=\"og:description\" content=\"It is still wrapped.")
                .containsPattern("<meta property=\"og:image\" content=\"https?://[^/\"]+/assets/box-sealed[^\"]*\">");
        assertThat(to(guest().post(gift.link(), Map.of()))).endsWith("/reveal");
        assertThat(isWrapped(gift.piece())).isFalse();

        var phone = guest();
        for (int n = 0; n < 2; n++)
            assertThat(phone.get(gift.link() + "?lang=en").body()).contains(KEEP, "action=\"" + gift.link() + "\"");
        assertThat(phone.get(page(gift)).body()).as("after two looks").doesNotContain(YOURS);
        assertThat(to(phone.post(gift.link(), Map.of()))).endsWith(page(gift));
        assertThat(phone.get(page(gift)).body()).contains(YOURS);
        assertThat(to(phone.get(gift.link())))
                .as("there is nothing to press any more")
                .endsWith(page(gift));

        assertThat(phone.get(page(gift) + "/reveal?lang=en").body()).contains("Sign in to keep it");

        enter(phone, "ada");
        assertThat(phone.get("/me").body()).contains(page(gift));
        var stranger = guest();
        assertThat(stranger.get(page(gift) + "/reveal?lang=en").body())
                .as("there is nothing for her to keep")
                .contains("Look closer", ">Sign in<")
                .doesNotContain("Sign in to keep it");
        assertThat(to(stranger.get(gift.link()))).as("it is somebody's").endsWith(page(gift));
        assertThat(to(stranger.post(gift.link(), Map.of()))).endsWith(page(gift));
        assertThat(stranger.get(page(gift) + "?lang=en").body()).doesNotContain(YOURS);
    }

    @Test
    void whoIsSignedInHasItAsSoonAsSheOpensIt() {
        var gift = given("gus-at-work");
        var gus = gallery.signedIn("gus");
        assertThat(gus.get(gift.link() + "?lang=en").body())
                .contains("once opened, it hangs in your showroom")
                .as("though the mail went to another address of his")
                .contains("It stays in the account you are signed in with now: g•••@example.com.");
        assertThat(guest().get(gift.link() + "?lang=en").body()).doesNotContain("It stays in the account");
        assertThat(gus.get("/me").body()).as("a look gives her nothing").doesNotContain("/p/moonrise-");
        assertThat(to(gus.post(gift.link(), Map.of()))).endsWith("/reveal");
        assertThat(gus.get(page(gift) + "/reveal").body()).contains("To my showroom");
        assertThat(gus.get(page(gift)).body()).contains(YOURS);
        assertThat(gus.get("/me").body()).contains(page(gift));

        var late = gallery.signedIn("late");
        assertThat(to(late.post(gift.link(), Map.of()))).endsWith(page(gift));
        assertThat(late.get(page(gift) + "?lang=en").body())
                .as("who came first keeps it")
                .doesNotContain(YOURS);
    }

    @Test
    void whatWasOpenedElsewhereIsKeptByWhoIsSignedIn() {
        var gift = given("hob-at-work");
        guest().post(gift.link(), Map.of());
        var hob = gallery.signedIn("hob");
        assertThat(hob.get(gift.link() + "?lang=en").body())
                .contains("Keep it, and it hangs in your showroom")
                .contains("It stays in the account you are signed in with now: h•••@example.com.");
        assertThat(to(hob.post(gift.link(), Map.of()))).endsWith(page(gift));
        assertThat(hob.get("/me").body()).contains(page(gift));
    }

    /** Whoever sends her own gift to somebody gives the gift away, and gets no key to the other's room. */
    @Test
    void aForwardedGiftStaysWithWhoOpenedItAndItsSenderSignsInAsHerself() {
        var gift = given("ivy");
        var jo = gallery.signedIn("jo");
        var hers = gallery.collector("jo");
        jo.post(gift.link(), Map.of());
        assertThat(gallery.collector("ivy"))
                .as("what that address buys is hers, too")
                .isEqualTo(hers);

        var ivy = gallery.signedIn("ivy");
        assertThat(gallery.collector("ivy")).isNotEqualTo(hers);
        assertThat(gallery.collector("jo")).isEqualTo(hers);
        assertThat(ivy.get("/me").body()).doesNotContain(page(gift));
        assertThat(jo.get("/me").body()).contains(page(gift));
        assertThat(gallery.signedIn("ivy").get("/me/account").statusCode()).isEqualTo(200);
    }

    @Test
    void aRecoveryCodeKeepsWhatWasOpenedBefore() {
        var gift = given("kim-at-work");
        gallery.signedIn("kim");
        var code = gallery.server
                .bean(RecoveryCodes.class)
                .make(gallery.collector("kim"), "")
                .orElseThrow()
                .getFirst();
        var phone = guest();
        phone.post(gift.link(), Map.of());
        assertThat(to(phone.post("/sign-in/recovery", Map.of("code", code)))).endsWith("/me/account");
        assertThat(phone.get("/me").body()).contains(page(gift));
    }

    @Test
    void whatIsOpenedBetweenAskingForACodeAndEnteringItIsHersToo() {
        var gift = given("lil-at-work");
        var phone = guest();
        phone.post("/sign-in", Map.of("address", "lil@example.com", "to", "/me"));
        gallery.seal();
        phone.post(gift.link(), Map.of());
        phone.post("/sign-in/sent", Map.of("code", gallery.postbox.code()));
        assertThat(phone.get("/me").body()).contains(page(gift));
    }

    @Test
    void asSoonAsSheSignedInTheOtherBrowserInWhichItWasOpenedShowsNothingOfHers() {
        var gift = given("mia");
        var borrowed = guest();
        borrowed.post(gift.link(), Map.of());
        assertThat(borrowed.get(page(gift) + "?lang=en").body()).contains(YOURS);
        gallery.signedIn("mia");
        assertThat(borrowed.get(page(gift)).body()).doesNotContain(YOURS);
        assertThat(to(borrowed.get("/pickup/gifts"))).endsWith("/pickup");
    }

    @Test
    void whatWasGivenToAFriendUnopenedIsOpenedByTheFriendAlone() {
        var gift = given("cy");
        var transfers = gallery.server.bean(Transfers.class);
        var way = ((Transfers.Giving.Given) transfers.give(gift.piece(), gallery.collector("cy"), "Cy", "")).transfer();
        gallery.signedIn("dee");
        transfers.accept(moonrise.brand(), way, gallery.collector("dee"), "Dee", 0);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofHours(25));
        gallery.seal();

        opensNothing(gift);
    }

    @Test
    void whatWentBackAndWasGivenAgainIsOpenedByItsNextOwnerAlone() {
        var gift = given("eve");
        gallery.takeBack(gift.piece());
        assertThat(guest().get(gift.link()).statusCode()).isEqualTo(410);
        assertThat(gallery.give(moonrise, gallery.collector("fay"), new GiftPolicy.Never()))
                .as("under the number that came back")
                .isEqualTo(gift.piece());

        opensNothing(gift);
    }

    private static void opensNothing(Sent gift) {
        var stranger = guest();
        assertThat(stranger.get(gift.link() + "?lang=en").body())
                .contains(PASSED_ON)
                .doesNotContain("/p/moonrise-");
        assertThat(stranger.post(gift.link(), Map.of()).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith(gift.link()));
        assertThat(isWrapped(gift.piece())).isTrue();
        assertThat(stranger.post("/p/moonrise-" + piece(gift) + "/open", Map.of())
                        .statusCode())
                .as("nor does the browser count as hers")
                .isEqualTo(403);
    }

    private static void enter(Browser browser, String name) {
        browser.post("/sign-in", Map.of("address", name + "@example.com", "to", "/me"));
        gallery.seal();
        browser.post("/sign-in/sent", Map.of("code", gallery.postbox.code()));
    }

    /** Where an answer leads. */
    private static String to(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    private static String page(Sent gift) {
        return "/p/moonrise-" + piece(gift);
    }

    private static int piece(Sent gift) {
        return gift.piece().serial();
    }

    private static boolean isWrapped(PieceNumber piece) {
        return gallery.server.bean(Pieces.class).find(piece).orElseThrow().openedAt() == null;
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }
}
