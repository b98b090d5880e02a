package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.drop.SaleReturns;
import vitrine.drop.SaleReturns.Withdrawing;
import vitrine.drop.Sales;
import vitrine.identity.Access;
import vitrine.identity.Attempts;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Pickups;
import vitrine.identity.Sessions;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.web.Texts;
import vitrine.shop.Orders;
import vitrine.shop.Shop;
import vitrine.shop.Shops;

/** A collector's orders with every verdict line by line; and the way to them without an account, by order number and four digits. */
@Controller
public class OrdersPage {
    private static final int NUMBER_MAX = 64;

    private final MyOrders mine;
    private final MyGifts gifts;
    private final Sales sales;
    private final SaleReturns returns;
    private final Collectors collectors;
    private final Sessions sessions;
    private final Access access;
    private final Pickups pickups;
    private final Orders orders;
    private final Shops shops;
    private final JdbcClient db;

    OrdersPage(
            MyOrders mine,
            MyGifts gifts,
            Sales sales,
            SaleReturns returns,
            Collectors collectors,
            Sessions sessions,
            Access access,
            Pickups pickups,
            Orders orders,
            Shops shops,
            JdbcClient db) {
        this.mine = mine;
        this.gifts = gifts;
        this.sales = sales;
        this.returns = returns;
        this.collectors = collectors;
        this.sessions = sessions;
        this.access = access;
        this.pickups = pickups;
        this.orders = orders;
        this.shops = shops;
        this.db = db;
    }

    /**
     * @param guest known by an order's number only, on this device only
     * @param bought here, for money: as many as orders, from the same place on
     * @param gifts what came without an order; none for a guest, who has shown that an order is hers, and not that the person is
     */
    public record Shown(MyOrders.Mine mine, boolean guest, Part<Bought> bought, MyGifts.Gifts gifts) {

        public boolean isEmpty() {
            return mine.of().all() == 0 && bought.all() == 0 && gifts.all() == 0;
        }

        /** The longer of the two lists leads on. */
        public Part<?> part() {
            return mine.of().all() >= bought.all() ? mine.of() : bought;
        }

        public String href() {
            return guest ? "/pickup/gifts" : "/me/orders";
        }
    }

    /** @param stands how it stands with withdrawing it */
    public record Bought(Sales.Purchase sale, Withdrawing stands) {

        /** Until when she may withdraw; null: she may not. */
        public @Nullable Instant until() {
            return stands instanceof Withdrawing.May may ? may.until() : null;
        }

        public Withdrawing.@Nullable Undone undone() {
            return stands instanceof Withdrawing.Undone undone ? undone : null;
        }
    }

    /** @param source the kind of the shop that the visitor came from, empty when he came by himself; {@code shop} its name in addresses */
    public record PickupForm(
            String source,
            String shop,
            String number,
            @Nullable String refusal) {}

    @GetMapping("/me/orders")
    ModelAndView own(@RequestParam(defaultValue = "0") int from, Texts t) {
        var family = collectors.family(access.person());
        List<Sales.Purchase> bought = sales.bought(family);
        var orders = mine.of(family, from, bought.size(), t.now());
        return new ModelAndView(
                "orders",
                "it",
                new Shown(
                        orders,
                        false,
                        part(bought, orders.of().from()),
                        gifts.of(
                                family,
                                bought.stream()
                                        .map(Sales.Purchase::piece)
                                        .collect(java.util.stream.Collectors.toSet()))));
    }

    private Part<Bought> part(List<Sales.Purchase> all, int from) {
        return Part.at(from, all.size(), (first, most) -> all.stream()
                .skip(first)
                .limit(most)
                .map(one -> new Bought(one, returns.look(one.brand(), one.buyer(), one.claim())))
                .toList());
    }

    /** A shop's thank-you page leads here with its order already named: {@code /pickup?source=…&shop=…&order=…}. */
    @GetMapping("/pickup")
    ModelAndView ask(
            @RequestParam(defaultValue = "") String source,
            @RequestParam(defaultValue = "") String shop,
            @RequestParam(name = "order", defaultValue = "") String number) {
        return new ModelAndView("pickup", "it", new PickupForm(source, shop, shortened(number), null));
    }

    @PostMapping("/pickup")
    ModelAndView pickUp(
            @RequestParam(defaultValue = "") String source,
            @RequestParam(defaultValue = "") String shop,
            @RequestParam(defaultValue = "") String number,
            @RequestParam(defaultValue = "") String digits,
            Texts t,
            HttpServletRequest request) {
        var wanted = new PickupForm(source, shop, number.strip(), null);
        if (wanted.number().isEmpty()
                || wanted.number().length() > NUMBER_MAX
                || !digits.strip().matches("[0-9]{4}")) {
            return refused(wanted, t.get("pickup.incomplete"), HttpStatus.UNPROCESSABLE_CONTENT);
        }
        if (pickups.count(wanted.number(), request.getRemoteAddr()) instanceof Attempts.Counted.TooMany many) {
            var minutes = Math.max(1, many.retryAfter().toMinutes());
            return refused(wanted, t.get("pickup.too-often", many.allowed(), minutes), HttpStatus.TOO_MANY_REQUESTS);
        }
        var buyers = buyersOf(wanted, digits.strip());
        if (buyers.isEmpty()) return refused(wanted, t.get("pickup.not-found"), HttpStatus.UNPROCESSABLE_CONTENT);
        var found = collectors.forBuyerKeys(buyers).values();
        // Whoever has an account is asked to sign in: a number and four digits open nobody's account.
        if (found.stream().anyMatch(this::isAnothers))
            return refused(wanted, t.get("pickup.claimed"), HttpStatus.CONFLICT);
        for (var collector : found) sessions.prove(request, collector);
        var shown = new RedirectView(isSignedIn() ? "/me/orders" : "/pickup/gifts");
        shown.setStatusCode(HttpStatus.SEE_OTHER);
        return new ModelAndView(shown);
    }

    private boolean isAnothers(CollectorId root) {
        return collectors.find(root).filter(Collector::isClaimed).isPresent()
                && !(isSignedIn() && access.person().equals(root));
    }

    private boolean isSignedIn() {
        return !(access.who() instanceof Who.Guest);
    }

    /** What this browser has proven to be its own, before anybody signs in. */
    @GetMapping("/pickup/gifts")
    ModelAndView gifts(@RequestParam(defaultValue = "0") int from, Texts t, HttpServletRequest request) {
        var proven = sessions.proven(request);
        if (proven.isEmpty()) return new ModelAndView(new RedirectView(isSignedIn() ? "/me/orders" : "/pickup"));
        var family = new HashSet<CollectorId>();
        for (var collector : proven) family.addAll(collectors.family(collector));
        return new ModelAndView(
                "orders",
                "it",
                new Shown(
                        mine.of(family, from, 0, t.now()),
                        true,
                        new Part<>(List.of(), 0, 0),
                        new MyGifts.Gifts(List.of(), 0)));
    }

    /** The same number may belong to orders of several shops; the digits tell them apart, and the shop where it is known. */
    private List<BuyerKey> buyersOf(PickupForm wanted, String digits) {
        var named = shops.find(wanted.source(), wanted.shop());
        var buyers = new ArrayList<BuyerKey>();
        for (Shop shop : named.isPresent() ? List.of(named.get()) : open()) {
            orders.pickUp(shop, wanted.number(), digits).ifPresent(order -> {
                if (order.buyer() != null) buyers.add(order.buyer());
            });
        }
        return buyers;
    }

    private List<Shop> open() {
        return db.sql("select distinct brand_id from shops").query(java.util.UUID.class).list().stream()
                .flatMap(brand -> shops.of(new BrandId(brand)).stream())
                .toList();
    }

    private static String shortened(String number) {
        return number.length() > NUMBER_MAX ? "" : number.strip();
    }

    private static ModelAndView refused(PickupForm asked, String refusal, HttpStatus status) {
        var page = new ModelAndView(
                "pickup", "it", new PickupForm(asked.source(), asked.shop(), shortened(asked.number()), refusal));
        page.setStatus(status);
        return page;
    }
}
