package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.BusinessClock;

/** What a collector does with what is hers: signs in by her phone's own key, hangs her room, gives a piece to a friend, leaves. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class OwnRoomTest {

    private static Festival festival;
    private static Walk walk;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
        walk = new Walk(festival);
    }

    @Test
    void aKeyOfThePhoneIsAddedSignsInWithOnePressAndIsRemoved() {
        try (BrowserContext phone = phone("en-GB", null)) {
            Page page = page(phone);
            var devtools = phone.newCDPSession(page);
            devtools.send("WebAuthn.enable");
            devtools.send("WebAuthn.addVirtualAuthenticator", platformAuthenticator());

            page.navigate(festival.url() + "/sign-in?to=/me/account");
            walk.enterCode(page, "keyed@example.com");
            page.waitForURL("**/me/account");
            page.locator("#passkey-name").fill("My phone");
            page.locator("form[action='/me/account/passkeys'] button").click();
            page.locator("#passkeys .devices").waitFor();
            assertThat(page.locator("#passkeys .devices").innerText()).contains("My phone");
            // Once more on the same phone is once too often: it says so, and one is there.
            page.locator("form[action='/me/account/passkeys'] button").click();
            page.locator("#passkeys [data-passkey-said]:visible").waitFor();
            assertThat(page.locator("#passkeys .devices li").count()).isEqualTo(1);
            told("keyed@example.com", "A passkey was added");
            page.locator("#passkeys .devices summary").click();
            page.locator("form[action='/me/account/passkeys/rename'] input[name=name]")
                    .fill("Old phone");
            page.locator("form[action='/me/account/passkeys/rename'] button").click();
            page.locator("#passkeys .devices b", new Page.LocatorOptions().setHasText("Old phone"))
                    .waitFor();

            page.locator("form[action='/sign-out'] button").click();
            page.waitForURL(festival.url() + "/");
            walk.openGift(page, new Tour(festival).ready());
            String opened = page.url().replaceAll(".*/p/|/reveal.*", "");
            assertThat(page.locator("[data-won] a[href^='/sign-in']").count())
                    .as("opened, and nobody is here")
                    .isOne();
            page.navigate(festival.url() + "/sign-in?to=/me/account");
            page.locator("form[action='/sign-in/passkey'] button").click();
            page.waitForURL(festival.url() + "/me/account");
            page.navigate(festival.url() + "/me");
            assertThat(page.locator("a[href='/p/" + opened + "']").count())
                    .as("the gift that she opened before")
                    .isPositive();
            page.navigate(festival.url() + "/me/account");
            assertThat(page.locator("#passkeys .devices").innerText())
                    .contains("Old phone")
                    .contains("last");

            page.locator("form[action='/me/account/passkeys/remove'] button").click();
            page.locator("#passkeys .devices").waitFor(detached());
            page.locator("form[action='/sign-out'] button").click();
            page.waitForURL(festival.url() + "/");
            page.navigate(festival.url() + "/sign-in");
            page.locator("form[action='/sign-in/passkey'] button").click();
            page.locator("#refusal").waitFor();
            assertThat(page.locator("#refusal").innerText()).contains("not known here");
        }
    }

    @Test
    void insideAnotherAppOrWithoutScriptTheMailCodeIsTheOneWayThatIsShown() {
        try (BrowserContext app = festival.browser()
                        .newContext(new Browser.NewContextOptions()
                                .setViewportSize(390, 844)
                                .setUserAgent("Mozilla/5.0 (Linux; Android 13) Mobile MicroMessenger/8.0.42"));
                BrowserContext plain = festival.browser()
                        .newContext(new Browser.NewContextOptions()
                                .setViewportSize(390, 844)
                                .setJavaScriptEnabled(false))) {
            for (BrowserContext context : List.of(app, plain)) {
                Page page = page(context);
                page.navigate(festival.url() + "/sign-in");
                assertThat(page.locator("form[action='/sign-in'] button").isVisible())
                        .isTrue();
                assertThat(page.locator("form[action='/sign-in/passkey'] button")
                                .isVisible())
                        .isFalse();
            }
        }
    }

    @Test
    void aRoomIsHungByDragAndByKeyboard() {
        String session = walk.session("hangs@example.com");
        var all = new ArrayList<String>();
        for (int n = 0; n < 4; n++) all.add(walk.given("hangs@example.com", new GiftPolicy.Never()));
        try (BrowserContext phone = phone("zh-CN", session)) {
            Page page = page(phone);
            Festival.waitFor("the four pieces", () -> {
                page.navigate(festival.url() + "/me/room");
                return page.locator("[data-piece]").count() == 4;
            });
            List<String> before = order(page);
            assertThat(before).containsExactlyInAnyOrderElementsOf(all);

            // The last is drawn over the first.
            BoundingBox from = page.locator("[data-grip]").last().boundingBox();
            page.locator("[data-grip]").last().scrollIntoViewIfNeeded();
            from = page.locator("[data-grip]").last().boundingBox();
            page.mouse().move(from.x + from.width / 2, from.y + from.height / 2);
            page.mouse().down();
            for (int up = 1; up < 3; up++) {
                var over = page.locator("[data-piece]").nth(3 - up).boundingBox();
                page.mouse()
                        .move(
                                over.x + over.width / 2,
                                over.y + 20,
                                new com.microsoft.playwright.Mouse.MoveOptions().setSteps(8));
            }
            page.mouse().up();
            List<String> dragged = order(page);
            assertThat(dragged.indexOf(before.getLast())).as("drawn up").isLessThan(3);
            kept(page, dragged);

            // By keyboard: to the grip, and down one.
            page.locator("[data-grip]").first().focus();
            page.keyboard().press("ArrowDown");
            var moved = new ArrayList<>(dragged);
            Collections.swap(moved, 0, 1);
            assertThat(order(page)).isEqualTo(moved);
            assertThat(page.evaluate("document.activeElement.closest('[data-piece]').dataset.piece"))
                    .as("the focus goes with it")
                    .isEqualTo(moved.get(1));
            page.locator("[data-arrange-said]:text('第 2 件，共 4 件')").waitFor();
            kept(page, moved);

            // Without a network it is not kept: she hears it, and all hangs as the server has it.
            phone.setOffline(true);
            page.locator("[data-grip]").nth(1).focus();
            page.keyboard().press("ArrowDown");
            page.locator("[data-arrange-said]:text('没有保存')").waitFor();
            assertThat(order(page)).isEqualTo(moved);
            phone.setOffline(false);
        }
    }

    @Test
    void aPieceIsPassedOnByThePhonesShareSheetAndWithoutOneByItsCode() {
        String session = walk.session("shares@example.com");
        String first = walk.given("shares@example.com", new GiftPolicy.Never());
        String second = walk.given("shares@example.com", new GiftPolicy.Never());
        String third = walk.given("shares@example.com", new GiftPolicy.Never());
        try (BrowserContext phone = phone("en-GB", session);
                BrowserContext plain = festival.browser()
                        .newContext(new Browser.NewContextOptions()
                                .setLocale("en-GB")
                                .setStorageState(session)
                                .setJavaScriptEnabled(false))) {
            phone.addInitScript("navigator.share = what => { window.passedOn = what.url; return Promise.resolve(); }");
            Page page = page(phone);
            page.navigate(festival.url() + "/p/" + first);
            page.locator("form[data-shares] button").click();
            Festival.waitFor("the share to be counted", () -> isShared(first));
            assertThat(page.evaluate("window.passedOn")).isEqualTo(festival.url() + "/p/" + first);
            assertThat(page.url()).as("the page stays").isEqualTo(festival.url() + "/p/" + first);
            assertThat(isShared(second)).isFalse();

            page.navigate(festival.url() + "/c/" + third);
            page.locator("form[data-shares] button").click();
            Festival.waitFor("the certificate's share to be counted", () -> isShared(third));
            assertThat(page.evaluate("window.passedOn")).isEqualTo(festival.url() + "/c/" + third);
            assertThat(page.url()).as("the page stays").isEqualTo(festival.url() + "/c/" + third);

            Page without = page(plain);
            without.navigate(festival.url() + "/me/pieces/" + second + "/poster");
            without.locator("form[data-shares] button").click();
            without.locator("#passed svg").waitFor();
            assertThat(without.locator("#passed").innerText()).contains("/p/" + second);
            assertThat(isShared(second)).isTrue();
        }
    }

    private static boolean isShared(String piece) {
        return festival.bean(JdbcClient.class)
                .sql("""
                select p.shared_on is not null from pieces p join collectibles c using (brand_id, collectible_id)
                where c.slug || '-' || p.serial = :piece
                """)
                .param("piece", piece)
                .query(Boolean.class)
                .single();
    }

    @Test
    void aPieceIsGivenToAFriendAndBothSeeEachStep() {
        String giver = walk.session("gives@example.com");
        String friend = walk.session("friend@example.com");
        String piece = walk.given("gives@example.com", new GiftPolicy.Free());
        try (BrowserContext hers = phone("zh-CN", giver);
                BrowserContext his = phone("en-GB", friend)) {
            Page mine = page(hers);
            mine.navigate(festival.url() + "/p/" + piece);
            mine.locator("main a[href='/me/give/" + piece + "']").first().click();
            mine.locator("#words").fill("给你的灯");
            mine.locator("#signed").fill("小文");
            mine.locator("form.stack button.btn--main").click();
            mine.locator("#link").waitFor();
            String link = mine.locator("#link").innerText().strip();
            assertThat(link).contains("/f/");
            assertThat(mine.locator(".giftcard").innerText()).contains("给你的灯").contains("小文");

            Page theirs = page(his);
            theirs.navigate(link);
            assertThat(theirs.locator("main, .scene__text").first().innerText())
                    .contains("小文")
                    .contains("给你的灯");
            theirs.locator("#name").fill("Bo");
            theirs.locator(".friend__form button").click();
            theirs.locator("form[action$='/give-back'] button").waitFor();

            mine.reload();
            assertThat(mine.locator(".steps").innerText()).contains("Bo");
            told("gives@example.com", "Bo");
            // He thinks better of it within the day, and she has it again.
            theirs.locator("form[action$='/give-back'] button").click();
            theirs.waitForLoadState();
            mine.reload();
            assertThat(mine.locator("#words").isVisible())
                    .as("she may give it again")
                    .isTrue();

            // The second time he keeps it, and when the day is over it hangs with him.
            mine.locator("form.stack button.btn--main").click();
            mine.locator("#link").waitFor();
            theirs.navigate(mine.locator("#link").innerText().strip());
            theirs.locator(".friend__form button").click();
            theirs.locator("form[action$='/give-back'] button").waitFor();
            mine.navigate(festival.url() + "/me");
            assertThat(mine.locator("main").innerText())
                    .as("in the day between")
                    .contains("归对方");
            festival.bean(BusinessClock.class).advance(Duration.ofHours(25));
            Festival.waitFor("the piece to hang with him", () -> {
                theirs.navigate(festival.url() + "/me");
                return theirs.locator("main form[action='/p/" + piece + "/open'], main a[href='/p/" + piece + "']")
                                .count()
                        > 0;
            });
            mine.navigate(festival.url() + "/me");
            assertThat(mine.locator("a[href='/p/" + piece + "']").count()).isZero();
            mine.navigate(festival.url() + "/me/give/" + piece);
            assertThat(mine.locator("#words").count())
                    .as("it is not hers to give")
                    .isZero();
        }
    }

    @Test
    void whoLeavesSaysTwiceThatItIsHerAndIsGone() {
        String session = walk.session("leaves@example.com");
        try (BrowserContext phone = phone("zh-CN", session)) {
            Page page = page(phone);
            page.navigate(festival.url() + "/me/account");
            page.locator("a[href='/me/account/leave']").click();
            assertThat(page.locator("#erase").innerText()).contains("三年").contains("密钥散列");
            page.locator("#erase input[name=sure]").check();
            page.locator("form[action='/me/account/erase'] button").click();
            page.waitForURL("**/left?how=erased");
            told("leaves@example.com", "Your account is erased");
            page.navigate(festival.url() + "/me");
            assertThat(page.url()).contains("/sign-in");
        }
    }

    // ----

    private static void kept(Page page, List<String> order) {
        Festival.waitFor("the room to hang like " + order, () -> {
            page.reload();
            return order(page).equals(order);
        });
    }

    private static List<String> order(Page page) {
        return page.locator("[data-piece]").all().stream()
                .map(piece -> piece.getAttribute("data-piece"))
                .toList();
    }

    private static void told(String address, String words) {
        try (BrowserContext beside = festival.browser().newContext()) {
            Page mail = beside.newPage();
            Festival.waitFor("a mail to " + address + " that says " + words, () -> {
                mail.navigate(festival.url() + "/demo/mail");
                return mail.locator("main li, main article")
                                .filter(new Locator.FilterOptions().setHasText(address))
                                .filter(new Locator.FilterOptions().setHasText(words))
                                .count()
                        > 0;
            });
        }
    }

    private static JsonObject platformAuthenticator() {
        var options = new JsonObject();
        options.addProperty("protocol", "ctap2");
        options.addProperty("transport", "internal");
        options.addProperty("hasResidentKey", true);
        options.addProperty("hasUserVerification", true);
        options.addProperty("isUserVerified", true);
        var all = new JsonObject();
        all.add("options", options);
        return all;
    }

    private static Locator.WaitForOptions detached() {
        return new Locator.WaitForOptions().setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED);
    }

    private static BrowserContext phone(String locale, @Nullable String session) {
        var options = new Browser.NewContextOptions().setViewportSize(390, 844).setLocale(locale);
        if (session != null) options.setStorageState(session);
        return festival.browser().newContext(options);
    }

    private static Page page(BrowserContext context) {
        Page page = context.newPage();
        page.setDefaultTimeout(30_000);
        return page;
    }
}
