package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;
import vitrine.platform.BuyerKey;
import vitrine.shop.Order;
import vitrine.shop.OrderLine;
import vitrine.shop.Orders;

/** What is stored of a person's orders, for her own file: what the shops told, what each offer said to it, and what it brings. */
@Component
public class OrdersOnFile {

    /** Of each brand; a list that long is a dealer's, who asks the shop. */
    private static final int MOST_OF_A_BRAND = 10_000;

    private final Orders orders;
    private final Catalog catalog;
    private final vitrine.identity.Collectors collectors;
    private final JdbcClient db;

    OrdersOnFile(Orders orders, Catalog catalog, vitrine.identity.Collectors collectors, JdbcClient db) {
        this.orders = orders;
        this.catalog = catalog;
        this.collectors = collectors;
        this.db = db;
    }

    /** @param sum what was paid for the goods of all lines, less what went back, with its currency */
    public record Told(
            Bilingual brand,
            String number,
            String sum,
            Instant received,
            @Nullable Instant paid,
            @Nullable Instant receipt,
            @Nullable Instant cancelled,
            List<Line> lines,
            List<Said> verdicts) {}

    public record Line(String title, int quantity, int returned) {}

    /**
     * @param code of the verdict, {@code campaign.counted}
     * @param counted of the order, in minor units or units of goods, as the offer counts
     * @param numbers JSON: what it got and wanted
     */
    public record Said(Bilingual campaign, String code, long counted, String numbers, Instant judged) {}

    /** A right to a piece. @param state {@code waiting}, {@code pending}, {@code ripe}, {@code granted}, {@code lapsed}, … */
    public record Promised(
            Bilingual collectible,
            String state,
            @Nullable Instant due,
            @Nullable Integer serial) {}

    /** How far a person is in an offer that sums. */
    public record Counted(Bilingual campaign, long counted, int pieces, Instant changed) {}

    /** The newest of each brand first. */
    public List<Told> orders(CollectorId person) {
        List<BuyerKey> keys = collectors.buyerKeys(person);
        Map<UUID, List<Verdict>> said =
                verdicts(collectors.family(person)).stream().collect(Collectors.groupingBy(Verdict::order));
        return catalog.brands().stream()
                .flatMap(brand -> orders.ofBuyers(brand.id(), keys, null, MOST_OF_A_BRAND).stream()
                        .map(order ->
                                told(brand, order, said.getOrDefault(order.id().value(), List.of()))))
                .toList();
    }

    private record Verdict(UUID order, Said said) {}

    private List<Verdict> verdicts(Collection<CollectorId> family) {
        return db.sql("""
                select v.*, c.name_zh, c.name_en from offers o
                join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id and v.collector_id = any(:family)
                join campaigns c on c.brand_id = o.brand_id and c.campaign_id = o.campaign_id
                order by v.judged_at
                """)
                .param("family", uuids(family, CollectorId::value))
                .query((row, n) -> new Verdict(
                        row.getObject("order_id", UUID.class),
                        new Said(
                                name(row),
                                row.getString("code"),
                                row.getLong("counted"),
                                row.getString("numbers"),
                                row.getTimestamp("judged_at").toInstant())))
                .list();
    }

    private static Told told(Brand brand, Order order, List<Verdict> verdicts) {
        long minor = order.lines().stream()
                .mapToLong(line -> line.paidMinor() - line.refundedMinor())
                .sum();
        int digits = Math.max(0, order.currency().getDefaultFractionDigits());
        return new Told(
                brand.name(),
                order.number(),
                BigDecimal.valueOf(minor, digits).toPlainString() + " " + order.currency(),
                order.receivedAt(),
                order.paidAt(),
                order.receiptAt(),
                order.cancelledAt(),
                order.lines().stream().map(OrdersOnFile::line).toList(),
                verdicts.stream().map(Verdict::said).toList());
    }

    private static Line line(OrderLine line) {
        return new Line(line.title(), line.quantity(), line.returned());
    }

    /** What orders and deeds earned, whatever became of it; the latest change first. */
    public List<Promised> promised(Collection<CollectorId> family) {
        return db.sql("""
                select e.*, c.name_zh, c.name_en from offers o
                join entitlements e on e.brand_id = o.brand_id and e.offer_id = o.offer_id and e.collector_id = any(:family)
                join collectibles c on c.brand_id = e.collectible_brand_id and c.collectible_id = e.collectible_id
                order by e.changed_at desc, e.entitlement_id
                """)
                .param("family", uuids(family, CollectorId::value))
                .query((row, n) -> {
                    Timestamp due = row.getTimestamp("due_at");
                    return new Promised(
                            name(row), row.getString("state"), due == null ? null : due.toInstant(), (Integer)
                                    row.getObject("serial"));
                })
                .list();
    }

    public List<Counted> counted(Collection<CollectorId> family) {
        return db.sql("""
                select p.*, c.name_zh, c.name_en from offers o
                join progress p on p.brand_id = o.brand_id and p.offer_id = o.offer_id and p.collector_id = any(:family)
                join campaigns c on c.brand_id = o.brand_id and c.campaign_id = o.campaign_id
                order by p.changed_at desc
                """)
                .param("family", uuids(family, CollectorId::value))
                .query((row, n) -> new Counted(
                        name(row),
                        row.getLong("counted"),
                        row.getInt("pieces"),
                        row.getTimestamp("changed_at").toInstant()))
                .list();
    }

    private static Bilingual name(ResultSet row) throws SQLException {
        return new Bilingual(row.getString("name_zh"), row.getString("name_en"));
    }
}
