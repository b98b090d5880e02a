package vitrine.journey;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.SelectOption;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.Catalog;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.FirstOperator;
import vitrine.identity.GiftLinks;
import vitrine.identity.News;
import vitrine.market.Transfers;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKeys;

/**
 * Every page there is, and how one comes to it: what has to have happened before, and who looks. Whoever adds a page adds a stop
 * here, and it is judged by axe, measured at four widths, read in the pseudo-language and pictured.
 */
final class Tour {

    /** What somebody wrote on the way. */
    static final Set<String> WRITTEN =
            Set.of("For the evening on the roof.", "River lantern", "Those on the list", "one@example.com");

    /** Parts of a page, fetched while somebody looks at it: they are judged with it. */
    static final Set<String> PARTS = Set.of(
            "/p/{address}/record",
            "/desk/{brand}/airdrops/{id}/far",
            "/desk/{brand}/drops/{slug}/guests/{stage}/{id}/far",
            "/desk/{brand}/drops/{slug}/rehearsal/{id}/far",
            "/desk/{brand}/drops/{slug}/watch",
            "/desk/{brand}/drops/{slug}/pace");

    /**
     * @param press what is pressed there first, a selector; null: the page is as its address opens it
     * @param typed what is written before that, where {@code #address} asks for it; null: nothing
     * @param status that its address is answered with, or what was pressed
     * @param over whether her session is over by the time it is pressed
     */
    record Stop(
            String address,
            @Nullable String press,
            @Nullable String typed,
            int status,
            boolean over) {

        static Stop at(String address) {
            return new Stop(address, null, null, 200, false);
        }

        /** An address of a page that is there once a language has LANG in it. */
        Stop in(String language) {
            return new Stop(address.replace("LANG", language), press, typed, status, over);
        }

        /** @return what is wrong with how it came; empty: nothing */
        String open(Page page) {
            Response answer = Objects.requireNonNull(page.navigate(address));
            if (answer.status() != (press == null ? status : 200)) return "status " + answer.status();
            if (press == null) return "";
            if (typed != null) page.locator("#address").fill(typed);
            List<Cookie> hers = page.context().cookies();
            if (over) page.context().clearCookies();
            Response pressed =
                    page.waitForNavigation(() -> page.locator(press).first().click());
            // The other stops are made by who is signed in.
            if (over) page.context().addCookies(hers);
            return pressed.status() == status ? "" : "status " + pressed.status();
        }
    }

    /** Names, in the order of the pictures, and what they stand for. */
    static final class Stops extends LinkedHashMap<String, Stop> {

        Stops at(String name, String address) {
            put(name, Stop.at(address));
            return this;
        }

        Stops pressed(String name, String address, String selector) {
            put(name, new Stop(address, selector, null, 200, false));
            return this;
        }

        Stops refused(String name, String address, int status) {
            put(name, new Stop(address, null, null, status, false));
            return this;
        }

        Stops over(String name, String address, String selector) {
            put(name, new Stop(address, selector, null, 401, true));
            return this;
        }

        Stops tooOften(String name, String address, String selector, String typed) {
            put(name, new Stop(address, selector, typed, 429, false));
            return this;
        }
    }

    private final Festival festival;
    private final Walk walk;
    private final String url;

    Tour(Festival festival) {
        this.festival = festival;
        this.walk = new Walk(festival);
        this.url = festival.url();
    }

    /** What anybody may open, whatever has happened. */
    Stops anybody() {
        Stops stops = new Stops();
        stops.at("01-zone", url + "/");
        stops.at("02-brands", url + "/brands");
        stops.at("02-brand", url + "/b/lumen");
        stops.at("02-brand-creators", url + "/b/lumen/creators");
        stops.at("02-brand-series", url + "/b/lumen/series/lumen-1");
        stops.at("02-campaigns", url + "/campaigns");
        stops.at("02-campaign", url + "/campaigns/forty-doors");
        stops.at("02-calendar", url + "/calendar");
        stops.at(
                "02-calendar-day",
                url + "/calendar/"
                        + LocalDate.ofInstant(festival.bean(BusinessClock.class).now(), ZoneId.of("Asia/Shanghai")));
        stops.at("02-creators", url + "/creators");
        stops.at("02-museum", url + "/museum");
        stops.at("02-creator", url + "/creators/vesper");
        stops.at("02-search", url + "/search?q=%E7%81%AF");
        stops.at("02-search-nothing", url + "/search?q=zzzzzz");
        stops.at("02-exhibition-of-fifteen", url + "/x/where-the-lamp-reaches");
        stops.at("02-exhibition-with-a-host", url + "/x/hour-after-sunset");
        stops.at("02-picture-passed-on", url + "/x/where-the-lamp-reaches/paper-crane");
        stops.at("02-apply", url + "/apply");
        stops.at("02-badge", url + "/badge/en/lumen/LUM-PEND");
        stops.at("02-badge-in-chinese", url + "/badge/zh/lumen/LUM-PEND");
        stops.at("03-drop-announced", url + "/d/thirty-eaves");
        stops.at("03-drop-open", url + "/d/with-the-wind");
        stops.at("03-drop-choose", url + "/d/your-day");
        stops.at("03-drop-with-code", url + "/d/by-lamplight?code=7F3K-92QX-0BZM-HT4A");
        stops.at("03-drop-queue", url + "/d/the-last-tram");
        stops.at("03-drop-window", url + "/d/passing-through");
        stops.at("03-collectible", url + "/o/moonrise");
        gifts(stops);
        stops.at("05-pickup", url + "/pickup");
        stops.at("05-sign-in", url + "/sign-in");
        stops.at("05-sign-in-recovery", url + "/sign-in/recovery");
        stops.at("05-sign-in-link", url + walk.signInLink("tour-link@example.com"));
        String unsubscribe = festival.bean(News.class).unsubscribe(collector("ada@example.com"), News.Topic.HOLDERS);
        stops.at("05-unsubscribe", unsubscribe);
        stops.pressed("05-unsubscribed", unsubscribe, "form[action^='/unsubscribe/'] button");
        stops.at("10-friend-unknown", friend("tour-giver@example.com"));
        stops.at("10-room-of-another", url + room("tour-room@example.com"));
        stops.at("12-records", url + "/records");
        stops.at("12-record", url + "/records/100");
        stops.at("13-offline", url + "/offline");
        stops.at("12-checkpoints", url + "/records/checkpoints");
        return stops;
    }

    /** One gift of each state that the festival has, by its own link. */
    private void gifts(Stops stops) {
        List<Of> each = festival.bean(JdbcClient.class).sql("""
                select distinct on (e.state) e.brand_id as brand, e.entitlement_id as entitlement, e.collector_id as collector, e.state
                from entitlements e
                left join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id and p.serial = e.serial
                where e.collector_id is not null and (e.serial is null or p.opened_at is null)
                order by e.state, e.entitlement_id
                """).query(Of.class).list();
        for (Of gift : each) stops.at("05-gift-" + gift.state, link(gift));
    }

    private record Of(UUID brand, UUID entitlement, UUID collector, String state) {}

    private String link(Of gift) {
        return url + "/g/"
                + festival.bean(GiftLinks.class)
                        .make(new GiftLinks.Gift(
                                new BrandId(gift.brand), gift.entitlement, new CollectorId(gift.collector)));
    }

    /** The link of a gift that can be opened, and for which nobody has signed in. */
    String ready() {
        return link(festival.bean(JdbcClient.class).sql("""
                select e.brand_id as brand, e.entitlement_id as entitlement, e.collector_id as collector, e.state
                from entitlements e
                join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id and p.serial = e.serial
                join collectors c on c.collector_id = e.collector_id
                where e.state = 'granted' and p.opened_at is null and p.moves = 0 and c.claimed_at is null and c.joined_into is null
                order by e.entitlement_id desc limit 1
                """).query(Of.class).single());
    }

    /** A browser in which a gift was opened that nobody has signed in for. @param link the gift's own, which others may have, too */
    record Opened(String session, String link) {

        /** What its link shows where it was not opened. */
        Stops elsewhere() {
            return new Stops().at("06-gift-to-keep", link);
        }
    }

    Opened opened() {
        String gift = ready();
        try (BrowserContext context = festival.browser().newContext()) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(gift);
            page.waitForNavigation(
                    () -> page.locator("form[action^='/g/'] button").click());
            return new Opened(context.storageState(), gift);
        }
    }

    /** What a browser shows that holds a gift and no account. */
    Stops unclaimed() {
        return new Stops().at("07-gifts-of-this-browser", url + "/pickup/gifts");
    }

    /** For whoever has asked for a code and has to enter it. */
    Stops asked() {
        return new Stops().at("05-sign-in-sent", url + "/sign-in/sent");
    }

    /** What a collector has, who holds this piece. */
    Stops own(String piece) {
        Stops stops = new Stops();
        stops.at("08-piece", url + "/p/" + piece);
        stops.at("08-piece-revealed", url + "/p/" + piece + "/reveal");
        stops.at("09-certificate", url + "/c/" + piece);
        stops.at("09-certificate-of-holder", url + "/me/pieces/" + piece + "/certificate");
        stops.at("10-showroom", url + "/me");
        stops.at("10-orders-and-gifts", url + "/me/orders");
        stops.at("10-showroom-arrange", url + "/me/room");
        stops.at("10-account", url + "/me/account");
        stops.pressed("10-account-codes", url + "/me/account", "form[action='/me/account/recovery'] button");
        stops.at("10-account-leave", url + "/me/account/leave");
        stops.at("10-account-left", url + "/left?how=erased");
        stops.at("10-following", url + "/me/following");
        stops.at("10-data", url + "/me/data");
        stops.at("10-piece-passed-on", url + "/p/" + piece + "?passed=yes");
        stops.at("10-poster", url + "/me/pieces/" + piece + "/poster");
        stops.at("10-give", url + "/me/give/" + piece);
        stops.at("10-friend-offers", friend("tour-giver@example.com"));
        stops.at("11-verify", url + "/verify");
        stops.over("15-session-over", url + "/me/account", "form[action='/me/account/news'] button");
        return stops;
    }

    /** What she has besides who has a room with a name, and a piece on its way to a friend. */
    Stops giver() {
        String path = friend("tour-giver@example.com");
        return new Stops()
                .at("10-give-under-way", url + "/me/give/" + givenAway())
                .at("10-friend-from-me", path);
    }

    Stops host() {
        room("tour-room@example.com");
        return new Stops().at("10-room-poster", url + "/me/room/poster");
    }

    /** What is not there, not allowed, asked too often, or cannot be answered: each as whom it happens to. */
    void refusals(Looks looks) {
        looks.at(
                null,
                new Stops()
                        .refused("15-not-there", url + "/o/nothing-of-that-name", 404)
                        .refused("15-room-not-there", url + "/@nobody-of-that-name", 404)
                        .at("15-sign-in-first", url + "/desk/lumen")
                        .refused("15-gift-over", url + "/g/a-link-that-is-over", 410));
        looks.at(walk.session("ada@example.com"), new Stops().refused("15-not-allowed", url + "/desk/lumen", 403));
        looks.at(null, tooOften());
        slip(looks);
    }

    /** Whoever has asked for so many codes that she gets none for a while. */
    Stops tooOften() {
        String address = "tour-often@example.com";
        String press = "form[action='/sign-in'] button";
        try (BrowserContext context = festival.browser().newContext()) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            int status = 200;
            for (int asked = 0; status != 429 && asked < 20; asked++) {
                page.navigate(url + "/sign-in");
                page.locator("#address").fill(address);
                status = page.waitForNavigation(
                                () -> page.locator(press).first().click())
                        .status();
            }
        }
        return new Stops().tooOften("15-too-often", url + "/sign-in", press, address);
    }

    /** As when a disk is full or a table is locked away: something that nobody foresaw. */
    private void slip(Looks looks) {
        String session = walk.session("mei@example.com");
        JdbcClient db = festival.bean(JdbcClient.class);
        db.sql("alter table api_keys rename to api_keys_away").update();
        try {
            looks.at(session, new Stops().refused("15-slip", url + "/desk/lumen/keys", 500));
        } finally {
            db.sql("alter table api_keys_away rename to api_keys").update();
        }
    }

    /** What the link on the console of a place opens that nobody runs: for as long as one looks, this one's operators are gone. */
    void nobodyRunsIt(Looks looks) {
        JdbcClient db = festival.bean(JdbcClient.class);
        List<UUID> operators = db.sql("""
                update memberships set ended_at = clock_timestamp() where role = 'operator' and ended_at is null
                returning membership_id
                """).query(UUID.class).list();
        try {
            String link = festival.bean(FirstOperator.class).link().orElseThrow();
            looks.at(
                    null,
                    new Stops().at("16-first-operator", url + URI.create(link).getPath()));
        } finally {
            for (UUID operator : operators) {
                db.sql("update memberships set ended_at = null where membership_id = :id")
                        .param("id", operator)
                        .update();
            }
        }
    }

    /** A piece of the drop with a price: before, while and after it is paid, and what it brings besides. */
    void buying(String buyer, Looks looks) {
        String session = walk.session(buyer);
        try (BrowserContext context = onAPhone(session)) {
            Page page = holdsOne(context);
            String pay = page.url();
            looks.at(session, new Stops().at("14-pay-how", pay));
            page.locator("button[value=wechat-native]").click();
            page.locator(".pay__code svg").waitFor();
            looks.at(session, new Stops().at("14-pay-under-way", pay));
            paysByCard(page, pay);
            String piece =
                    "/p/paper-tiger-" + page.locator("main").innerText().replaceAll("(?s)^.*№ 0*([0-9]+).*$", "$1");
            Festival.waitFor(
                    "the piece to be granted",
                    () -> Objects.requireNonNull(page.navigate(url + piece)).status() == 200);
            looks.at(
                    session,
                    new Stops()
                            .at("14-pay-sold", pay)
                            .at("14-pay-withdraw", pay + "/withdraw")
                            .at("14-pay-orders", url + "/me/orders")
                            .at("14-pay-piece", url + piece)
                            .at("14-pay-redeem", url + piece.replace("/p/", "/me/redeem/")));
        }
        looks.at(walk.session("qiu@example.com"), new Stops().at("23-desk-payment", url + lastPayment()));
        looksAtTwice("held-" + buyer, looks);
    }

    /** Who has paid and whose claim staff still look at. */
    private void looksAtTwice(String buyer, Looks looks) {
        String session = walk.session(buyer);
        try (BrowserContext context = onAPhone(session)) {
            Page page = holdsOne(context);
            String pay = page.url();
            int held = festival.bean(JdbcClient.class)
                    .sql("""
                            insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at)
                            select brand_id, drop_id, collector_id, 'young-account', claimed_at from claims where claim_id = cast(:claim as uuid)
                            """)
                    .param("claim", pay.replaceAll(".*/pay/([0-9a-f-]+).*", "$1"))
                    .update();
            if (held != 1) throw new IllegalStateException("nobody to look at: " + pay);
            paysByCard(page, pay);
            looks.at(session, new Stops().at("14-pay-looked-at", pay));
        }
    }

    private BrowserContext onAPhone(String session) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setStorageState(session)
                        .setViewportSize(390, 844)
                        .setLocale("zh-CN"));
    }

    /** On the page that asks how to pay for it. */
    private Page holdsOne(BrowserContext context) {
        Page page = context.newPage();
        page.setDefaultTimeout(60_000);
        page.navigate(url + "/d/paper-and-ink");
        page.locator("form[data-claim] button").click();
        page.waitForURL(address -> address.contains("/pay/"));
        return page;
    }

    private static void paysByCard(Page page, String pay) {
        Festival.waitFor("the card to be begun", () -> {
            page.navigate(pay);
            // Once it is begun, the page offers the other ways only.
            if (page.locator("a.drop__act").count() == 1) return true;
            page.locator("button[value=stripe-card]").click();
            return page.locator("a.drop__act").count() == 1;
        });
        page.locator("a.drop__act").click();
        page.locator("form[action$='/pay'] button").click();
        page.locator("a.btn--main").click();
        page.locator("[data-state=sold], [data-state=looked-at]").waitFor();
    }

    /** The story of the newest payment, at the desk of its brand. */
    private String lastPayment() {
        return festival.bean(JdbcClient.class).sql("""
                        select '/desk/' || b.slug || '/money/payments/' || p.payment_id
                        from payments p join brands b using (brand_id)
                        where p.state = 'paid' order by p.started_at desc limit 1
                        """).query(String.class).single();
    }

    /** Where {@link #buying} leads, with any claim and piece. */
    static List<String> bought() {
        return List.of(
                "/d/paper-and-ink/pay/claim",
                "/d/paper-and-ink/pay/claim/withdraw",
                "/me/redeem/paper-tiger-1",
                "/desk/paper/money/payments/payment");
    }

    /** What is done at a group of stops. */
    interface Looks {
        /** @param session cookies of somebody who is signed in; null: nobody is */
        void at(@Nullable String session, Stops stops);
    }

    /** What a brand's team has; what the pages need is made by one of them. */
    Stops desk(Page staff) {
        Stops stops = new Stops();
        String desk = url + "/desk/lumen";
        stops.at("20-desk", desk);
        stops.at("21-desk-new-campaign", desk + "/new-campaign");
        stops.at("21-desk-campaign-report", desk + "/campaigns/moonrise-nights/report");
        for (String room : List.of(
                "deliveries",
                "orders",
                "money",
                "money/statement",
                "money/payments",
                "redemptions",
                "shops",
                "campaigns",
                "catalogue",
                "gallery",
                "gallery/points/moonrise",
                "exhibitions",
                "drops",
                "airdrops",
                "entitlements",
                "pieces",
                "people",
                "members",
                "messages",
                "bulk",
                "team",
                "keys",
                "webhooks",
                "profile",
                "audit")) {
            stops.at("21-desk-" + room.replace('/', '-'), desk + "/" + room);
        }
        for (String act : List.of("amend", "supply", "pieces")) {
            stops.at("22-desk-catalogue-" + act, desk + "/catalogue/moonrise/" + act);
        }
        for (String room : List.of("shops", "campaigns", "catalogue", "drops", "entitlements", "people")) {
            staff.navigate(desk + "/" + room);
            var first =
                    staff.locator("main a[href^='/desk/lumen/" + room + "/']").first();
            if (first.count() > 0) stops.at("22-desk-" + room + "-one", url + first.getAttribute("href"));
        }
        stops.at(
                "22-desk-shops-feed",
                Objects.requireNonNull(stops.get("22-desk-shops-one")).address() + "/feed");
        staff.navigate(desk + "/deliveries");
        stops.at(
                "22-desk-deliveries-one",
                url + staff.locator("#list a[href*='/delivery']").first().getAttribute("href"));
        walk.draft("tour-draft");
        stops.at("22-desk-catalogue-draft", desk + "/catalogue/tour-draft");
        stops.at("22-desk-catalogue-draft-seen", url + "/o/tour-draft");
        stops.at("22-desk-catalogue-publish", desk + "/catalogue/tour-draft/publish");
        String campaign = draftedCampaign(staff, desk);
        stops.at("22-desk-campaign-draft", campaign);
        stops.at("22-desk-campaign-publish", campaign + "/publish");
        // Written and chosen, and neither sent nor begun.
        staff.navigate(desk + "/messages");
        staff.locator("main form button").click();
        staff.waitForURL(address -> address.contains("/messages/"));
        stops.at("22-desk-messages-one", staff.url());
        staff.navigate(desk + "/entitlements");
        staff.locator("input[name='row']").first().check();
        staff.locator("button[value='withdraw']").click();
        staff.waitForURL(address -> address.contains("/bulk/"));
        stops.at("22-desk-bulk-one", staff.url());
        staff.navigate(desk + "/entitlements?state=pending");
        staff.locator("input[name='row']").first().check();
        staff.locator("button[value='withdraw']").click();
        staff.waitForURL(address -> address.contains("/bulk/"));
        stops.at("22-desk-bulk-can-be-done", staff.url());
        webhook(staff, desk, stops);
        airdrop(staff, desk, stops);
        guests(staff, desk, stops);
        return stops;
    }

    /** A copy of what runs is a draft; one is made for all looks. */
    private String draftedCampaign(Page staff, String desk) {
        staff.navigate(desk + "/campaigns");
        var there = staff.locator("main a[href^='/desk/lumen/campaigns/moonrise-nights-']");
        if (there.count() == 0) {
            staff.locator("form[action$='/campaigns/moonrise-nights/copy'] button")
                    .click();
            staff.waitForURL(address -> address.contains("/campaigns/moonrise-nights-"));
            return staff.url().replaceFirst("\\?.*", "");
        }
        return url + there.first().getAttribute("href");
    }

    /** The list of a plan that nobody has published, and a file that was read for it. */
    private static void guests(Page staff, String desk, Stops stops) {
        staff.navigate(desk + "/drops");
        staff.locator("#nameZh").fill("名单上的人");
        staff.locator("#nameEn").fill("Those on the list");
        staff.locator("#slug").fill("those-on-the-list");
        staff.locator("#s0-collectible").selectOption(new SelectOption().setIndex(1));
        staff.locator("#s0-entry").selectOption("list");
        staff.locator("button[value='save']").click();
        staff.waitForLoadState();
        staff.navigate(desk + "/drops/those-on-the-list"); // it may be there already
        staff.locator("main a[href*='/guests/']").click();
        staff.waitForURL(address -> address.contains("/guests/"));
        String list = staff.url();
        stops.at("22-desk-drops-list", list);
        staff.locator("#file")
                .setInputFiles(new FilePayload(
                        "guests.csv",
                        "text/csv",
                        "name,\nada@example.com,\nbo@example.com,\nbo@example.com,\n@nobody,\n"
                                .getBytes(StandardCharsets.UTF_8)));
        staff.locator("form[enctype] button").click();
        staff.waitForURL(address -> address.startsWith(list + "/"));
        stops.at("22-desk-drops-list-file", staff.url());
    }

    /** A list of three that was read, one line of it wrong, and not given yet. */
    private void airdrop(Page staff, String desk, Stops stops) {
        staff.navigate(desk + "/airdrops");
        var there = staff.locator("main a[href^='/desk/lumen/airdrops/']");
        if (there.count() > 0) {
            stops.at("22-desk-airdrops-one", url + there.first().getAttribute("href"));
            return;
        }
        staff.locator("#collectible").selectOption(new SelectOption().setIndex(1));
        byte[] list = "one@example.com\ntwo@example.com\nnobody\n".getBytes(StandardCharsets.UTF_8);
        staff.setInputFiles(
                "form[action$='/airdrops'] input[type=file]", new FilePayload("list.csv", "text/csv", list));
        staff.locator("form[action$='/airdrops'] button").click();
        staff.waitForURL(address -> address.contains("/airdrops/"));
        stops.at("22-desk-airdrops-one", staff.url());
    }

    /** A webhook to the sandbox, which answers that it knows nothing of it, and the message that it was tested with. */
    private void webhook(Page staff, String desk, Stops stops) {
        staff.navigate(desk + "/webhooks");
        if (staff.locator("main a[href^='/desk/lumen/webhooks/']").count() == 0) {
            staff.locator("#url").fill(festival.sandboxUrl() + "/nothing-listens-here");
            staff.waitForNavigation(() ->
                    staff.locator("form[action$='/webhooks'] button").first().click());
            staff.navigate(desk + "/webhooks");
        }
        String hook = url
                + staff.locator("main a[href^='/desk/lumen/webhooks/']").first().getAttribute("href");
        stops.at("22-desk-webhooks-one", hook);
        staff.navigate(hook);
        if (staff.locator("main a[href*='/messages/']").count() == 0) {
            staff.waitForNavigation(
                    () -> staff.locator("form[action$='/test'] button").first().click());
            staff.navigate(hook);
        }
        stops.at(
                "22-desk-webhooks-message",
                url + staff.locator("main a[href*='/messages/']").first().getAttribute("href"));
    }

    /** What the one who runs the place has besides. */
    Stops operator(Page operator) {
        Stops stops = new Stops();
        stops.at("23-desk-all-brands", url + "/desk");
        String desk = url + "/desk/isle";
        stops.at("23-desk-of-operator", desk);
        for (String room : List.of("log", "mails", "applications", "aside", "audit", "team")) {
            stops.at("23-desk-of-operator-" + room, desk + "/" + room);
        }
        operator.navigate(desk + "/exhibitions");
        stops.at(
                "23-desk-of-operator-exhibition",
                url
                        + operator.locator("main a[href^='/desk/isle/exhibitions/']")
                                .first()
                                .getAttribute("href"));
        stops.at("23-desk-of-operator-line", url + "/desk/line9/drops/the-last-tram/line");
        stops.at("23-desk-of-operator-rehearsal", url + "/desk/line9/drops/the-last-tram/rehearsal");
        operator.navigate(url + "/desk/line9/drops/the-last-tram/rehearsal");
        var rehearsed = operator.locator("main a[href*='/rehearsal/']");
        if (rehearsed.count() > 0)
            stops.at(
                    "23-desk-of-operator-rehearsal-one",
                    url + rehearsed.first().getAttribute("href").replaceFirst("/(stages|steps)\\.csv$", ""));
        return stops;
    }

    /** The address at which a friend finds a piece of hers. One is given for all looks. */
    private String friend(String giver) {
        Transfers transfers = festival.bean(Transfers.class);
        if (transfers.openOf(number(givenAway())).isEmpty())
            transfers.give(number(givenAway()), collector(giver), "Ada", "For the evening on the roof.");
        return url + transfers.path(transfers.openOf(number(givenAway())).orElseThrow());
    }

    private @Nullable String givenAway;

    private String givenAway() {
        String there = givenAway;
        if (there == null) givenAway = there = walk.given("tour-giver@example.com", new GiftPolicy.Free());
        return there;
    }

    private PieceNumber number(String piece) {
        int dash = piece.lastIndexOf('-');
        return new PieceNumber(
                festival.bean(Catalog.class)
                        .collectible(piece.substring(0, dash))
                        .orElseThrow()
                        .id(),
                Integer.parseInt(piece.substring(dash + 1)));
    }

    private CollectorId collector(String address) {
        var key = festival.bean(BuyerKeys.class).email(address).orElseThrow();
        return Objects.requireNonNull(
                festival.bean(Collectors.class).forBuyerKeys(List.of(key)).get(key));
    }

    private boolean hosted;

    /** A room with an address that anybody may enter, as its owner opens it. */
    private String room(String owner) {
        if (!hosted) {
            walk.given(owner, new GiftPolicy.Free());
            try (BrowserContext context = festival.browser()
                    .newContext(new Browser.NewContextOptions().setStorageState(walk.session(owner)))) {
                Page page = context.newPage();
                page.setDefaultTimeout(60_000);
                page.navigate(url + "/me/account");
                page.locator("#handle").fill("tour-room");
                page.waitForNavigation(() -> page.locator("form[action='/me/account'] button")
                        .first()
                        .click());
                page.navigate(url + "/me/room");
                page.waitForNavigation(() ->
                        page.locator("form[action='/me/room/open'] button").click());
            }
            hosted = true;
        }
        return "/@tour-room";
    }
}
