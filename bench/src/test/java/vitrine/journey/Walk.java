package vitrine.journey;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Award;
import vitrine.drop.Drops;
import vitrine.drop.OfferId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;

/** What a buyer does, step by step, in one browser's page. */
final class Walk {

    /** What a phone's browser says of itself. */
    static final String PHONE =
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36";

    private static final Pattern SIX_DIGITS = Pattern.compile("\\b([0-9]{6})\\b");

    private final Festival festival;

    Walk(Festival festival) {
        this.festival = festival;
    }

    /** @param address or a phone number; the other may be empty */
    String buy(Page page, String address, String phone) {
        page.navigate(festival.sandboxUrl() + "/shops/lumen");
        page.locator("details.buyer summary").click();
        page.locator("#email").fill(address);
        page.locator("#phone").fill(phone);
        page.locator("li", new Page.LocatorOptions().setHasText(Pattern.compile("圆月吊灯|Full moon pendant")))
                .locator("button[name=product]")
                .click();
        page.waitForURL(Pattern.compile(".*/orders/[0-9]+.*"));
        return page.url();
    }

    /** The demo's page of messages shows what would have been mailed. */
    String giftIn(Page page, String address, String name) {
        List<String> link = new ArrayList<>();
        Festival.waitFor("the mail that announces " + name, () -> {
            page.navigate(festival.url() + "/demo/mail");
            Locator letters = page.locator("main")
                    .locator("li, article")
                    .filter(new Locator.FilterOptions().setHasText(address))
                    .filter(new Locator.FilterOptions().setHasText(name));
            if (letters.count() == 0) return false;
            link.add(letters.first().locator("a[href*='/g/']").first().getAttribute("href"));
            return true;
        });
        return absolute(link.getFirst());
    }

    void deliver(Page page, String order) {
        page.navigate(order);
        page.locator("form[action$='/deliver'] button").first().click();
        page.waitForLoadState();
    }

    void moveClock(Page page, int days) {
        for (int moved = 0; moved < days; moved += 7) {
            page.navigate(festival.url() + "/");
            page.locator("form.demo button[value='7']").click();
            page.waitForLoadState();
        }
    }

    void openGift(Page page, String gift) {
        Festival.waitFor("the gift to be ready", () -> {
            page.navigate(gift);
            return page.locator("form[action^='/g/'] button").count() > 0;
        });
        page.locator("form[action^='/g/'] button").click();
        page.waitForURL(Pattern.compile(".*/reveal.*"));
        page.locator("[data-won] p.serial").waitFor();
    }

    /** Signs in with the code from the mail and comes back to the piece. */
    String signInToKeep(Page page, String address) {
        page.locator("a[href^='/sign-in']").first().click();
        enterCode(page, address);
        page.waitForURL(Pattern.compile(".*/p/moonrise-[0-9]+.*"));
        return page.url().replaceAll(".*/p/", "").replaceAll("[?#].*", "");
    }

    /** On the page that asks for an address. */
    void enterCode(Page page, String address) {
        page.locator("#address").fill(address);
        page.locator("form[action='/sign-in'] button").click();
        page.locator("#code").waitFor();
        page.locator("#code").fill(code(page, address));
        page.locator("form[action='/sign-in/sent'] button").click();
    }

    /** The cookies of a browser in which this address has just signed in. */
    String session(String address) {
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/sign-in");
            enterCode(page, address);
            page.waitForURL(url -> !url.contains("/sign-in"));
            return context.storageState();
        }
    }

    /** The cookies of a browser that has asked for a code and was told where it went. */
    String asked(String address) {
        try (BrowserContext context = festival.browser().newContext()) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/sign-in");
            page.locator("#address").fill(address);
            page.locator("form[action='/sign-in'] button").click();
            page.locator("#code").waitFor();
            return context.storageState();
        }
    }

    /** The path that signs this address in, as its mail has it; nobody has pressed it yet. */
    String signInLink(String address) {
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setStorageState(asked(address)))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            Locator letter = letterWithCode(page, address);
            String link = letter.locator("a[href*='/sign-in/link/']").first().getAttribute("href");
            return link.substring(link.indexOf("/sign-in/link/"));
        }
    }

    /** A design of the brand's own that is not published. */
    void draft(String slug) {
        BrandId lumen = new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        if (festival.bean(Catalog.class).collectible(slug).isPresent()) return;
        Bilingual name = new Bilingual("河灯", "River lantern");
        festival.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen, slug, null, null, "brand", name, name, name, name, 2026, "plain", name, 5, 0, List.of(),
                        List.of()));
    }

    /** A piece of any open design, opened, as an award gives it. */
    String given(String address, GiftPolicy policy) {
        var key = festival.bean(BuyerKeys.class).email(address).orElseThrow();
        CollectorId to = Objects.requireNonNull(
                festival.bean(Collectors.class).forBuyerKeys(List.of(key)).get(key));
        String slug =
                festival.bean(JdbcClient.class).sql("""
                        select c.slug from stock s join collectibles c using (brand_id, collectible_id)
                        where s.available > 50 order by c.slug limit 1
                        """).query(String.class).single();
        Collectible design = festival.bean(Catalog.class).collectible(slug).orElseThrow();
        var awarded = festival.bean(TransactionTemplate.class).execute(status -> {
            var drops = festival.bean(Drops.class);
            drops.hold(design.id(), 1);
            return drops.award(List.of(new Award(
                    new OfferId(design.id().brand(), UUID.randomUUID()), "a present", design.id(), to, null, policy)));
        });
        var number = new PieceNumber(
                design.id(), Objects.requireNonNull(awarded).getFirst().serial());
        festival.bean(Pieces.class).open(number);
        return slug + "-" + number.serial();
    }

    /** The newest code that was mailed to this address, read on the demo's page in a tab beside. */
    String code(Page page, String address) {
        Page mail = page.context().newPage();
        var digits = SIX_DIGITS.matcher(letterWithCode(mail, address).textContent());
        if (!digits.find()) throw new AssertionError("a mail to sign in without a code");
        String code = digits.group(1);
        mail.close();
        return code;
    }

    private Locator letterWithCode(Page mail, String address) {
        Locator letters = mail.locator("main")
                .locator("li, article")
                .filter(new Locator.FilterOptions().setHasText(address))
                .filter(new Locator.FilterOptions().setHas(mail.locator("a[href*='/sign-in/link/']")));
        Festival.waitFor("the mail with the code", () -> {
            mail.navigate(festival.url() + "/demo/mail");
            return letters.count() > 0;
        });
        return letters.first();
    }

    private String absolute(String link) {
        return link.startsWith("/") ? festival.url() + link : link;
    }
}
