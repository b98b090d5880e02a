package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Entitlements;
import vitrine.campaign.Gift;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.shop.Order;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/**
 * Whose orders the brand's campaigns looked at, what those orders brought, and who holds pieces of the brand, whatever she came by them.
 * Nothing is said of what a person has from other brands.
 */
@Controller
@Requires(Permission.SEE)
public class PeopleDesk {

    /** Of one person: more fit on no page, and the orders' own list has them all. */
    private static final int OF_ONE = 200;
    /** Of a table at a time. */
    private static final int TABLE_STEP = 500;

    /** All ids that are this person: her own, and whatever was joined into it. */
    private static final String FAMILY =
            "array(select %1$s union all select j.collector_id from collectors j where j.joined_into = %1$s)";

    private final Desks desks;
    private final Orders orders;
    private final Entitlements entitlements;
    private final EntitlementsDesk rights;
    private final OrdersDesk bought;
    private final PiecesDesk pieces;
    private final Collectors collectors;
    private final Catalog catalog;
    private final BuyerKeys buyers;
    private final JdbcClient db;

    PeopleDesk(
            Desks desks,
            Orders orders,
            Entitlements entitlements,
            EntitlementsDesk rights,
            OrdersDesk bought,
            PiecesDesk pieces,
            Collectors collectors,
            Catalog catalog,
            BuyerKeys buyers,
            JdbcClient db) {
        this.desks = desks;
        this.orders = orders;
        this.entitlements = entitlements;
        this.rights = rights;
        this.bought = bought;
        this.pieces = pieces;
        this.collectors = collectors;
        this.catalog = catalog;
        this.buyers = buyers;
        this.db = db;
    }

    /**
     * @param signedIn she has signed in once; before that the orders' buyer is all that is known of her
     * @param promised rights that wait, {@code given} pieces that orders brought her, {@code back} that went back
     * @param holds pieces of the brand that are hers now, whatever she came by them
     */
    public record Row(
            UUID id,
            boolean signedIn,
            int orders,
            int promised,
            int given,
            int back,
            int holds,
            @Nullable Instant lastPaidAt) {
        public String shortId() {
            return EntitlementsDesk.shortId(id);
        }
    }

    /** Which people a list is of. */
    enum Who {
        ALL(""),
        EARNED("earned"),
        HOLDS("holds"),
        WRAPPED("wrapped");

        private final String code;

        Who(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }

        static Who of(String code) {
            return java.util.Arrays.stream(values())
                    .filter(w -> w.code.equals(code))
                    .findFirst()
                    .orElse(ALL);
        }

        /** Where such people stand: rows of {@code x} with her collector's id, each in an index of the brand's. */
        private List<String> rows() {
            return switch (this) {
                case ALL -> List.of("verdicts x where true", "collector_pieces x where true");
                case EARNED -> List.of("entitlements x where true");
                case HOLDS -> List.of("collector_pieces x where true");
                case WRAPPED -> List.of("""
                    entitlements x where x.state = 'granted' and exists (select from pieces p
                        where p.brand_id = x.collectible_brand_id and p.collectible_id = x.collectible_id and p.serial = x.serial
                            and p.state = 'owned' and p.opened_at is null and p.owner_id = x.collector_id)""");
            };
        }

        /** The first of them beyond an id. */
        String next(String from, boolean eldest) {
            String beyond = eldest ? ">" : "<";
            String way = eldest ? "asc" : "desc";
            return rows().stream()
                    .map(rows ->
                            "(select x.collector_id as id from %s and x.brand_id = :brand and x.collector_id %s %s order by 1 %s limit 1)"
                                    .formatted(rows, beyond, from, way))
                    .collect(java.util.stream.Collectors.joining(
                            " union all ", "(select n.id from (", ") n order by n.id " + way + " limit 1)"));
        }

        String has(String id) {
            return rows().stream()
                    .map(rows -> "exists (select from %s and x.brand_id = :brand and x.collector_id = %s)"
                            .formatted(rows, id))
                    .collect(java.util.stream.Collectors.joining(" or ", "(", ")"));
        }
    }

    /**
     * A person of a list.
     *
     * @param at the id under which the list came to her: her pieces stay under ids that were joined into hers
     */
    record Found(UUID at, UUID person) {}

    /**
     * @param who only who earned something ({@code earned}), holds a piece ({@code holds}), or has something from an order that she has
     *     not unwrapped ({@code wrapped})
     * @param eldest who came first stands first
     */
    public record Listing(
            String who,
            boolean eldest,
            boolean nobody,
            boolean first,
            List<Row> rows,
            @Nullable String older) {}

    /**
     * @param contact of the newest order that has one, so masked that it is known again and cannot be written to
     * @param pieces of the brand that she holds now
     */
    public record One(
            Row row,
            @Nullable String contact,
            List<PiecesDesk.Row> pieces,
            List<OrdersDesk.Row> orders,
            List<EntitlementsDesk.Row> rights) {}

    @GetMapping("/desk/{brand}/people")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String who,
            @RequestParam(defaultValue = "") String sort,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "") String sought,
            @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        Who whom = Who.of(who);
        boolean eldest = sort.equals("eldest");
        Cursor from = Cursor.of(after, 1);
        List<Found> found = found(brand, whom, eldest, from == null ? null : from.uuid(0), Desks.PAGE + 1);
        List<Found> shown = found.subList(0, Math.min(found.size(), Desks.PAGE));
        String older = found.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desk.path("people"),
                        "who",
                        who,
                        "sort",
                        sort,
                        "after",
                        Cursor.at(shown.getLast().at()));
        return Desks.page(
                "people",
                desk,
                new Listing(whom.code(), eldest, sought.equals("nobody"), after.isEmpty(), rows(brand, shown), older));
    }

    /**
     * One page of people by their ids, which grow with time. Each step is one look into verdicts_of_collector,
     * collector_pieces_of_brand or entitlements_of_collector, however many orders and pieces a person has. Who was joined into another
     * and has her pieces under the old id stands there once, unless she stands under her own.
     */
    List<Found> found(BrandId brand, Who who, boolean eldest, @Nullable UUID after, int most) {
        UUID from = after != null ? after : eldest ? new UUID(0, 0) : new UUID(-1, -1);
        return db.sql("with recursive ids (id) as (select " + who.next(":from", eldest) + " union all select "
                        + who.next("i.id", eldest) + """
                         from ids i where i.id is not null)
                        select i.id as at, coalesce((select c.joined_into from collectors c where c.collector_id = i.id), i.id) as person
                        from ids i where i.id is not null and not coalesce((
                            select %s or exists (select from collectors s
                                where s.joined_into = c.joined_into and s.collector_id < i.id and %s)
                            from collectors c where c.collector_id = i.id and c.joined_into is not null), false)
                        limit :most
                        """.formatted(who.has("c.joined_into"), who.has("s.collector_id")))
                .param("brand", brand.value())
                .param("from", from)
                .param("most", most)
                .query(Found.class)
                .list();
    }

    /**
     * Those of them whose orders this brand's campaigns looked at, or who hold a piece of it: somebody else's buyers and holders are
     * nobody here.
     */
    List<UUID> known(BrandId brand, List<UUID> ids) {
        return db.sql("""
                select w.id from unnest(:ids::uuid[]) with ordinality as w (id, nth)
                where exists (select from verdicts v where v.brand_id = :brand and v.collector_id = any (%1$s))
                    or exists (select from collector_pieces h where h.brand_id = :brand and h.collector_id = any (%1$s))
                order by w.nth
                """.formatted(FAMILY.formatted("w.id")))
                .param("ids", new SqlArrayValue("uuid", ids.toArray()))
                .param("brand", brand.value())
                .query(UUID.class)
                .list();
    }

    private List<Row> rows(BrandId brand, List<Found> found) {
        if (found.isEmpty()) return List.of();
        return db.sql("""
                select c.collector_id as id, c.claimed_at is not null as signed_in, v.orders, v.last_paid_at, e.promised, e.given, e.back,
                    (select count(*) from collector_pieces h where h.brand_id = :brand and h.collector_id = any (%s)) as holds
                from unnest(:ids::uuid[]) with ordinality as w (id, nth)
                join collectors c on c.collector_id = w.id
                cross join lateral (
                    select count(distinct (v.order_brand_id, v.order_id)) as orders, max(v.paid_at) as last_paid_at
                    from verdicts v where v.brand_id = :brand and v.collector_id = c.collector_id) v
                cross join lateral (
                    select count(*) filter (where e.state in ('waiting', 'pending', 'ripe')) as promised,
                        count(*) filter (where e.state in ('granted', 'kept')) as given,
                        count(*) filter (where e.state in ('lapsed', 'revoked')) as back
                    from entitlements e where e.brand_id = :brand and e.collector_id = c.collector_id) e
                order by w.nth
                """.formatted(FAMILY.formatted("c.collector_id")))
                .param("brand", brand.value())
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid", found.stream().map(Found::person).toArray()))
                .query((row, n) -> {
                    var paid = row.getTimestamp("last_paid_at");
                    return new Row(
                            row.getObject("id", UUID.class),
                            row.getBoolean("signed_in"),
                            row.getInt("orders"),
                            row.getInt("promised"),
                            row.getInt("given"),
                            row.getInt("back"),
                            row.getInt("holds"),
                            paid == null ? null : paid.toInstant());
                })
                .list();
    }

    /** The list as a table, with nothing by which anybody outside could be found: people as the desk calls them, and counts. */
    @GetMapping("/desk/{brand}/people.csv")
    void table(@PathVariable BrandId brand, @RequestParam(defaultValue = "") String who, HttpServletResponse response)
            throws IOException {
        Who whom = Who.of(who);
        try (CsvWriter csv = Tables.csv(response, "people")) {
            csv.writeRecord("person", "signed in", "orders", "promised", "given", "back", "last paid", "holds");
            UUID after = null;
            List<Found> found;
            do {
                found = found(brand, whom, false, after, TABLE_STEP);
                for (Row row : rows(brand, found)) {
                    csv.writeRecord(
                            row.shortId(),
                            String.valueOf(row.signedIn()),
                            String.valueOf(row.orders()),
                            String.valueOf(row.promised()),
                            String.valueOf(row.given()),
                            String.valueOf(row.back()),
                            row.lastPaidAt() == null ? "" : row.lastPaidAt().toString(),
                            String.valueOf(row.holds()));
                }
                after = found.isEmpty() ? null : found.getLast().at();
            } while (found.size() == TABLE_STEP);
        }
    }

    @GetMapping("/desk/{brand}/people/{id}")
    ModelAndView one(@PathVariable BrandId brand, @PathVariable UUID id, Texts t) {
        CollectorId person = collectors.root(new CollectorId(id));
        // Also: she is, and neither bought here nor holds anything of this brand.
        if (known(brand, List.of(person.value())).isEmpty()) throw Refused.notFound();
        List<OrderRef> hers = ordersOf(brand, person.value());
        List<Gift> gifts =
                entitlements.list(brand, new Entitlements.Filter(Set.of(), null, null, person, false), null, OF_ONE);
        return Desks.page(
                "person",
                desks.of(brand, null),
                new One(
                        rows(brand, List.of(new Found(person.value(), person.value())))
                                .getFirst(),
                        hers.stream()
                                .flatMap(ref -> orders.maskedContact(ref).stream())
                                .findFirst()
                                .orElse(null),
                        pieces.of(brand, person, OF_ONE),
                        bought.rows(inOrder(hers, orders.load(hers))),
                        rights.rows(brand, gifts, t)));
    }

    /** The newest payment first. */
    private List<OrderRef> ordersOf(BrandId brand, UUID collector) {
        return db.sql("""
                select order_brand_id, order_id from verdicts where brand_id = :brand and collector_id = :collector
                group by order_brand_id, order_id order by max(paid_at) desc nulls last, order_id limit :most
                """)
                .param("brand", brand.value())
                .param("collector", collector)
                .param("most", OF_ONE)
                .query((row, n) -> new OrderRef(
                        new BrandId(row.getObject(1, UUID.class)), new OrderId(row.getObject(2, UUID.class))))
                .list();
    }

    private static List<Order> inOrder(List<OrderRef> refs, List<Order> loaded) {
        List<Order> sorted = new ArrayList<>(loaded);
        sorted.sort(java.util.Comparator.comparingInt(o -> refs.indexOf(new OrderRef(o.brand(), o.id()))));
        return sorted;
    }

    /**
     * By the number of an order or of a piece, an address or a phone. It is posted, for what is typed here may not stand in an address
     * bar or a log; and only who bought here or holds a piece of the brand is found, so nobody learns from it whether a stranger
     * collects.
     */
    @PostMapping("/desk/{brand}/people")
    ModelAndView seek(@PathVariable BrandId brand, @RequestParam(defaultValue = "") String sought) {
        Desk desk = desks.of(brand, null);
        Optional<UUID> found = desks.inOneTransaction(() -> {
            Optional<UUID> person =
                    buyerOf(brand, bought(desk.brand(), sought.strip())).or(() -> holder(brand, sought.strip()));
            desks.note(
                    brand,
                    "person.sought",
                    person.map(EntitlementsDesk::shortId).orElse(""),
                    Json.object("found", Json.of(person.isPresent() ? "yes" : "no")));
            return person;
        });
        return Desks.to(found.map(id -> desk.path("people/" + id))
                .orElseGet(() -> Desks.address(desk.path("people"), "sought", "nobody")));
    }

    private List<Order> bought(Brand desk, String sought) {
        if (sought.isEmpty()) return List.of();
        boolean house = desk.kind() == Brand.Kind.HOUSE;
        List<Order> found = new ArrayList<>(house ? orders.byNumber(sought) : orders.byNumber(desk.id(), sought));
        List<BuyerKey> keys = keys(sought);
        if (keys.isEmpty()) return found;
        List<BrandId> shops = house ? catalog.brands().stream().map(Brand::id).toList() : List.of(desk.id());
        found.addAll(orders.ofBuyers(shops, keys, 20));
        return found;
    }

    private List<BuyerKey> keys(String sought) {
        return Stream.of(buyers.email(sought), buyers.phone(sought))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<UUID> buyerOf(BrandId brand, List<Order> found) {
        if (found.isEmpty()) return Optional.empty();
        return db.sql("""
                select v.collector_id from offers o
                join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id
                join unnest(:brands::uuid[], :orders::uuid[]) as f (order_brand_id, order_id)
                    on f.order_brand_id = v.order_brand_id and f.order_id = v.order_id
                where o.brand_id = :brand order by v.paid_at desc nulls last limit 1
                """)
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid",
                                found.stream().map(o -> o.brand().value()).toArray()))
                .param(
                        "orders",
                        new SqlArrayValue(
                                "uuid", found.stream().map(o -> o.id().value()).toArray()))
                .param("brand", brand.value())
                .query(UUID.class)
                .optional();
    }

    /** Who has that piece, or is known by that address and has one. */
    private Optional<UUID> holder(BrandId brand, String sought) {
        Optional<UUID> ofPiece = pieces.holder(brand, sought);
        if (ofPiece.isPresent()) return ofPiece;
        return keys(sought).stream()
                .flatMap(key -> collectors.known(key).stream())
                .map(CollectorId::value)
                .filter(id -> !known(brand, List.of(id)).isEmpty())
                .findFirst();
    }
}
