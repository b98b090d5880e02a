package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.CollectibleId;
import vitrine.certificate.Gallery;
import vitrine.drop.Claim;
import vitrine.drop.Claims;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.LiveDrops;
import vitrine.identity.Browser;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;

/** A drop's form without a script, on a road where answers are lost and buttons are pressed twice. */
class DropFormTest {

    private static final Pattern HIDDEN = Pattern.compile(
            "<input type=\"hidden\" name=\"pass\" value=\"([^\"]+)\"><input type=\"hidden\" name=\"n\" value=\"(\\d+)\">");

    private static Gallery gallery;

    @BeforeAll
    static void open() {
        gallery = new Gallery();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void aFormThatIsSentTwiceIsOneClaimThoughSheMayHaveTwo() {
        Drop drop = drop("double-press", 5, 2);
        Browser ada = gallery.signedIn("ada");
        Map<String, String> form = form(ada, drop);
        assertThat(press(ada, drop, form)).isEqualTo("/d/double-press#mine");
        assertThat(press(ada, drop, form)).isEqualTo("/d/double-press#mine");
        assertThat(has("ada", drop)).as("of a form that was sent twice").isOne();
        assertThat(press(ada, drop, Map.of()))
                .as("a form of before she signed in, which has no try of its own")
                .isEqualTo("/d/double-press#mine");
        assertThat(has("ada", drop)).isOne();
        Map<String, String> next = form(ada, drop);
        assertThat(next.get("n"))
                .as("the page that she sees now is for her second")
                .isEqualTo("2");
        press(ada, drop, next);
        press(ada, drop, next);
        assertThat(has("ada", drop)).isEqualTo(2);
    }

    @Test
    void whoWonAndNeverHeardItHearsItWhenTheFormIsSentAgainAfterTheLastWasGiven() {
        Drop drop = drop("last-one", 1, 1);
        Browser ada = gallery.signedIn("ada");
        Browser bo = gallery.signedIn("bo");
        Map<String, String> hers = form(ada, drop);
        Map<String, String> his = form(bo, drop);
        press(ada, drop, hers); // and the answer is lost
        assertThat(press(bo, drop, his)).isEqualTo("/d/last-one?said=drop.sold-out");
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(press(ada, drop, hers)).isEqualTo("/d/last-one#mine");
        gallery.server.bean(BusinessClock.class).advance(Duration.ofDays(2));
        gallery.server.bean(LiveDrops.class).changed();
        assertThat(press(ada, drop, hers)).as("when all is over").isEqualTo("/d/last-one#mine");
        assertThat(press(bo, drop, his)).isEqualTo("/d/last-one?said=drop.closed");
    }

    @Test
    void nobodyClaimsWithTheFormOfAnother() {
        Drop drop = drop("one-each", 5, 1);
        Browser ada = gallery.signedIn("ada");
        Browser bo = gallery.signedIn("bo");
        Map<String, String> hers = form(ada, drop);
        press(bo, drop, hers);
        assertThat(has("ada", drop)).isZero();
        assertThat(has("bo", drop)).as("his own first try").isOne();
    }

    private static Map<String, String> form(Browser browser, Drop drop) {
        String page = browser.get("/d/" + drop.slug()).body();
        var hidden = HIDDEN.matcher(page);
        assertThat(hidden.find()).as(page).isTrue();
        return Map.of("pass", hidden.group(1), "n", hidden.group(2));
    }

    /** Returns where it leads. */
    private static String press(Browser browser, Drop drop, Map<String, String> form) {
        return Gallery.press(browser, "/d/" + drop.slug() + "/claim", form)
                .headers()
                .firstValue("Location")
                .orElse("nowhere");
    }

    private static int has(String name, Drop drop) {
        var claims = gallery.server.bean(Claims.class).of(drop.id(), gallery.collector(name));
        assertThat(claims).extracting(Claim::serial).doesNotContainNull();
        return claims.size();
    }

    /** Open, and for a day. */
    private static Drop drop(String slug, int supply, int limit) {
        var name = new Bilingual("末班", "Last one");
        CollectibleId gives = gallery.publish(slug, name, new Bilingual("可展示。", "To show."), supply);
        var plans = gallery.server.bean(DropPlans.class);
        var clock = gallery.server.bean(BusinessClock.class);
        var stage = new DropDraft.StageDraft(
                null,
                name,
                gives.value(),
                clock.now().plusSeconds(60),
                clock.now().plus(Duration.ofDays(1)),
                null,
                limit,
                "everyone",
                null,
                null,
                "free",
                false,
                false);
        var made = (DropPlans.Drafting.Drafted)
                plans.draft(gives.brand(), slug, new DropDraft(name, name, List.of(stage)));
        var published = (DropPlans.Publishing.Published) plans.publish(made.id());
        clock.advance(Duration.ofMinutes(2));
        gallery.server.bean(LiveDrops.class).changed();
        return published.drop();
    }
}
