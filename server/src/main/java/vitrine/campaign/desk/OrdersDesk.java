package vitrine.campaign.desk;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Entitlements;
import vitrine.campaign.OrderVerdict;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Texts;
import vitrine.shop.Order;
import vitrine.shop.OrderId;
import vitrine.shop.OrderLine;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;
import vitrine.shop.Shop;
import vitrine.shop.Shops;

/** Somebody asks why an order brought nothing: the order by its number, and what every campaign said to it, line by line. */
@Controller
@Requires(Permission.SEE)
public class OrdersDesk {

    private final Desks desks;
    private final Orders orders;
    private final Shops shops;
    private final Entitlements entitlements;
    private final EntitlementsDesk rights;
    private final Catalog catalog;

    OrdersDesk(
            Desks desks,
            Orders orders,
            Shops shops,
            Entitlements entitlements,
            EntitlementsDesk rights,
            Catalog catalog) {
        this.desks = desks;
        this.orders = orders;
        this.shops = shops;
        this.entitlements = entitlements;
        this.rights = rights;
        this.catalog = catalog;
    }

    /** @param state {@code test}, {@code cancelled}, {@code unpaid}, {@code received} or {@code paid} */
    public record Row(
            String number,
            Bilingual brand,
            String shop,
            String state,
            @Nullable Instant paidAt,
            long paidMinor,
            long returnedMinor,
            String currency) {}

    /** What one offer said to it. */
    public record Said(
            Bilingual campaign, String desk, EntitlementsDesk.Told told, List<EntitlementsDesk.Row> rights) {}

    public record Found(Row row, List<OrderLine> lines, List<Said> said) {}

    /**
     * @param found orders of the number asked for; null: nobody asked
     * @param house the desk of the house: any brand's orders are found
     */
    public record Listing(
            String number,
            @Nullable List<Found> found,
            List<Row> newest,
            boolean house,
            boolean eldest,
            boolean first,
            @Nullable String older) {}

    @GetMapping("/desk/{brand}/orders")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String number,
            @RequestParam(defaultValue = "") String sort,
            @RequestParam(defaultValue = "") String after,
            Texts t) {
        boolean eldest = sort.equals("eldest");
        Desk desk = desks.of(brand, null);
        boolean house = desk.brand().kind() == Brand.Kind.HOUSE;
        Names names = new Names();
        if (!number.isBlank()) {
            List<Order> found = house ? orders.byNumber(number) : orders.byNumber(brand, number);
            return Desks.page(
                    "orders",
                    desk,
                    new Listing(
                            number.strip(),
                            found.stream()
                                    .map(o -> found(desk.brand(), o, names, t))
                                    .toList(),
                            List.of(),
                            house,
                            eldest,
                            true,
                            null));
        }
        Cursor from = Cursor.of(after, 1);
        List<Order> newest = house
                ? List.of()
                : orders.page(brand, from == null ? null : new OrderId(from.uuid(0)), eldest, Desks.PAGE + 1);
        List<Order> shown = newest.subList(0, Math.min(newest.size(), Desks.PAGE));
        String older = newest.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desk.path("orders"),
                        "sort",
                        sort,
                        "after",
                        Cursor.at(shown.getLast().id().value()));
        return Desks.page(
                "orders",
                desk,
                new Listing("", null, shown.stream().map(names::row).toList(), house, eldest, after.isEmpty(), older));
    }

    List<Row> rows(List<Order> listed) {
        Names names = new Names();
        return listed.stream().map(names::row).toList();
    }

    /** A brand sees its own campaigns; the house, which answers for all, sees everybody's. */
    private Found found(Brand desk, Order order, Names names, Texts t) {
        List<Said> said = entitlements.ofOrder(new OrderRef(order.brand(), order.id())).stream()
                .filter(v ->
                        desk.kind() == Brand.Kind.HOUSE || v.campaign().brand().equals(desk.id()))
                .sorted(Comparator.comparing((OrderVerdict v) -> v.gifts().isEmpty()))
                .map(v -> new Said(
                        names.campaign(v, t),
                        "/desk/" + names.brand(v.campaign().brand()).slug(),
                        rights.told(v, t),
                        rights.rows(v.campaign().brand(), v.gifts(), t)))
                .toList();
        return new Found(names.row(order), order.lines(), said);
    }

    /** What is looked up once for a page. */
    private final class Names {
        private final Map<BrandId, Brand> brands = new HashMap<>();
        private final Map<BrandId, List<Shop>> byBrand = new HashMap<>();

        Brand brand(BrandId id) {
            return brands.computeIfAbsent(id, catalog::brand);
        }

        Bilingual campaign(OrderVerdict verdict, Texts t) {
            Bilingual named = verdict.offer().name();
            return t.of(named).isBlank() ? rights.campaign(verdict.campaign()) : named;
        }

        Row row(Order order) {
            String shop = byBrand.computeIfAbsent(order.brand(), shops::of).stream()
                    .filter(s -> s.id().equals(order.shop()))
                    .map(Shop::name)
                    .findFirst()
                    .orElse("");
            long paid = 0;
            long returned = 0;
            for (OrderLine line : order.lines()) {
                paid += line.paidMinor();
                returned += line.refundedMinor();
            }
            return new Row(
                    order.number(),
                    brand(order.brand()).name(),
                    shop,
                    state(order),
                    order.paidAt(),
                    paid,
                    returned,
                    order.currency().getCurrencyCode());
        }

        private static String state(Order order) {
            if (order.test()) return "test";
            if (order.cancelledAt() != null) return "cancelled";
            if (order.paidAt() == null) return "unpaid";
            return order.receiptAt() != null ? "received" : "paid";
        }
    }
}
