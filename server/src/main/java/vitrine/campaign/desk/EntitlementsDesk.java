package vitrine.campaign.desk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Entitlements;
import vitrine.campaign.Gift;
import vitrine.campaign.GoodsTitles;
import vitrine.campaign.OrderVerdict;
import vitrine.campaign.Standing;
import vitrine.campaign.Words;
import vitrine.campaign.rules.LineCount;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.State;
import vitrine.campaign.rules.VerdictJson;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.OfferId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.shop.Order;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/** The rights that orders earned: where each stands, and why, with its numbers. */
@Controller
@Requires(Permission.SEE)
public class EntitlementsDesk {

    private final Desks desks;
    private final Entitlements entitlements;
    private final Campaigns campaigns;
    private final Orders orders;
    private final Catalog catalog;
    private final GoodsTitles titles;
    private final JdbcClient db;

    EntitlementsDesk(
            Desks desks,
            Entitlements entitlements,
            Campaigns campaigns,
            Orders orders,
            Catalog catalog,
            GoodsTitles titles,
            JdbcClient db) {
        this.desks = desks;
        this.entitlements = entitlements;
        this.campaigns = campaigns;
        this.orders = orders;
        this.catalog = catalog;
        this.titles = titles;
        this.db = db;
    }

    /**
     * @param place on the waiting list, 0: not on it
     * @param piece null: none yet
     * @param because what the order was told, with its numbers
     */
    public record Row(
            UUID id,
            State state,
            int place,
            String standing,
            String order,
            UUID buyer,
            Bilingual campaign,
            Bilingual collectible,
            @Nullable Piece piece,
            String because,
            Instant paidAt,
            Instant changedAt) {
        public String collector() {
            return shortId(buyer);
        }
    }

    /**
     * @param address as it is written in links
     * @param supply of its work; null: it is open
     */
    public record Piece(
            String address, int serial, @Nullable Integer supply) {}

    public record Listing(
            List<Campaign> campaigns,
            String state,
            String campaign,
            String order,
            boolean eldest,
            boolean first,
            List<Row> rows,
            @Nullable String older) {}

    public record Line(String title, String says) {}

    public record Told(String offer, String verdict, List<Line> lines, Instant judgedAt, int version) {}

    public record One(Row row, String reason, List<Told> told) {}

    @GetMapping("/desk/{brand}/entitlements")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String campaign,
            @RequestParam(defaultValue = "") String order,
            @RequestParam(defaultValue = "") String sort,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable String said,
            Texts t) {
        Desk desk = desks.of(brand, said);
        boolean eldest = sort.equals("eldest");
        List<Campaign> all = campaigns.of(brand);
        Set<State> wanted = states(state);
        CampaignId of = all.stream()
                .filter(c -> c.slug().equals(campaign))
                .map(Campaign::id)
                .findFirst()
                .orElse(null);
        List<Gift> found;
        if (!order.isBlank()) found = ofNumber(desk.brand(), order.strip());
        else if (wanted.equals(Set.of(State.WAITING))) {
            Cursor from = Cursor.of(after, 2);
            found = entitlements.waiting(
                    brand,
                    of,
                    from == null ? null : new Entitlements.Turn(from.instant(0), from.uuid(1)),
                    Desks.PAGE + 1);
        } else {
            Cursor from = Cursor.of(after, 1);
            found = entitlements.list(
                    brand,
                    new Entitlements.Filter(wanted, of, null, null, eldest),
                    from == null ? null : from.uuid(0),
                    Desks.PAGE + 1);
        }
        List<Gift> shown = found.subList(0, Math.min(found.size(), Desks.PAGE));
        String older = found.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desk.path("entitlements"),
                        "state",
                        state,
                        "campaign",
                        campaign,
                        "sort",
                        sort,
                        "after",
                        wanted.equals(Set.of(State.WAITING))
                                ? Cursor.at(
                                        shown.getLast().paidAt(),
                                        shown.getLast().id())
                                : Cursor.at(shown.getLast().id()));
        return Desks.page(
                "entitlements",
                desk,
                new Listing(all, state, campaign, order, eldest, after.isEmpty(), rows(brand, shown, t), older));
    }

    /** What orders of this number earned in this desk's campaigns: for the house any brand's orders. */
    private List<Gift> ofNumber(Brand brand, String number) {
        List<Order> named =
                brand.kind() == Brand.Kind.HOUSE ? orders.byNumber(number) : orders.byNumber(brand.id(), number);
        return named.stream()
                .flatMap(o -> entitlements.ofOrder(new OrderRef(o.brand(), o.id())).stream())
                .filter(v -> v.campaign().brand().equals(brand.id()))
                .flatMap(v -> v.gifts().stream())
                .limit(Desks.PAGE)
                .toList();
    }

    @GetMapping("/desk/{brand}/entitlements/{id}")
    ModelAndView one(@PathVariable BrandId brand, @PathVariable UUID id, Texts t) {
        Gift gift = entitlements.find(brand, id).orElseThrow(Refused::notFound);
        List<Told> told = entitlements.ofOrder(gift.order()).stream()
                .filter(v -> v.campaign().brand().equals(brand))
                .map(v -> told(v, t))
                .toList();
        return Desks.page(
                "entitlement",
                desks.of(brand, null),
                new One(
                        rows(brand, List.of(gift), t).getFirst(),
                        t.get(
                                gift.reason().startsWith("sum:")
                                        ? "desk.entitlement.from-sum"
                                        : "desk.entitlement.from-order"),
                        told));
    }

    Bilingual campaign(CampaignId id) {
        return campaigns.campaign(id).name();
    }

    Told told(OrderVerdict verdict, Texts t) {
        Offer offer = verdict.offer();
        Bilingual name = collectible(offer.collectible(), new HashMap<>()).name();
        List<Line> lines = new ArrayList<>();
        for (LineCount line : verdict.lines()) lines.add(new Line(line.title(), Words.line(t, offer, line)));
        Map<String, String> goods = titles.of(offer);
        return new Told(
                Words.offer(t, offer, name, goods),
                Words.verdict(t, offer, name, verdict.verdict(), goods),
                lines,
                verdict.judgedAt(),
                verdict.version());
    }

    List<Row> rows(BrandId brand, List<Gift> gifts, Texts t) {
        Map<OrderRef, Order> bought = new HashMap<>();
        for (Order order :
                orders.load(gifts.stream().map(Gift::order).distinct().toList()))
            bought.put(new OrderRef(order.brand(), order.id()), order);
        Map<OfferAndOrder, Said> said = said(brand, gifts);
        Map<CampaignId, Campaign> named = new HashMap<>();
        Map<CampaignId, Optional<Plan>> plans = new HashMap<>();
        Map<CollectibleId, Collectible> collectibles = new HashMap<>();
        Map<OfferId, Map<String, String>> goods = new HashMap<>();
        return gifts.stream()
                .map(gift -> {
                    Campaign campaign = named.computeIfAbsent(gift.campaign(), campaigns::campaign);
                    Collectible collectible = collectible(gift.collectible(), collectibles);
                    Order order = bought.get(gift.order());
                    Offer offer = plans.computeIfAbsent(gift.campaign(), campaigns::published)
                            .flatMap(p -> p.offers().stream()
                                    .filter(o -> o.id().equals(gift.offer()))
                                    .findFirst())
                            .orElse(null);
                    Said words = said.get(
                            new OfferAndOrder(gift.offer(), gift.order().id().value()));
                    return new Row(
                            gift.id(),
                            state(gift.standing()),
                            gift.standing() instanceof Standing.Waiting(int place) ? place : 0,
                            gift.standing() instanceof Standing.Granted
                                    ? ""
                                    : Words.standing(t, gift.standing(), offer),
                            order == null ? "" : order.number(),
                            gift.collector().value(),
                            campaign.name(),
                            collectible.name(),
                            piece(gift.standing(), collectible),
                            offer == null || words == null
                                    ? ""
                                    : Words.verdict(
                                            t,
                                            offer,
                                            collectible.name(),
                                            VerdictJson.verdict(words.code(), words.numbers()),
                                            goods.computeIfAbsent(offer.id(), id -> titles.of(offer))),
                            gift.paidAt(),
                            gift.changedAt());
                })
                .toList();
    }

    private record OfferAndOrder(OfferId offer, UUID order) {}

    private record Said(OfferId offer, UUID order, String code, String numbers) {}

    /** What each of these orders was told by the offer that gave: one query a page. */
    private Map<OfferAndOrder, Said> said(BrandId brand, List<Gift> gifts) {
        Map<OfferAndOrder, Said> said = new HashMap<>();
        if (gifts.isEmpty()) return said;
        db.sql("""
                select v.offer_id, v.order_id, v.code, v.numbers from unnest(:offers::uuid[], :brands::uuid[], :orders::uuid[])
                    as w (offer_id, order_brand_id, order_id)
                join verdicts v on v.brand_id = :brand and v.offer_id = w.offer_id and v.order_brand_id = w.order_brand_id
                    and v.order_id = w.order_id
                """)
                .param(
                        "offers",
                        uuids(gifts.stream().map(g -> g.offer().value()).toList()))
                .param(
                        "brands",
                        uuids(gifts.stream().map(g -> g.order().brand().value()).toList()))
                .param(
                        "orders",
                        uuids(gifts.stream().map(g -> g.order().id().value()).toList()))
                .param("brand", brand.value())
                .query((row, n) -> new Said(
                        new OfferId(brand, row.getObject(1, UUID.class)),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getString(4)))
                .list()
                .forEach(s -> said.put(new OfferAndOrder(s.offer(), s.order()), s));
        return said;
    }

    private static SqlArrayValue uuids(List<UUID> ids) {
        return new SqlArrayValue("uuid", ids.toArray());
    }

    private Collectible collectible(CollectibleId id, Map<CollectibleId, Collectible> known) {
        return Objects.requireNonNull(known.computeIfAbsent(id, catalog::collectible));
    }

    private static @Nullable Piece piece(Standing standing, Collectible collectible) {
        PieceNumber number =
                switch (standing) {
                    case Standing.Granted(var piece) -> piece;
                    case Standing.Revoked(var piece, var why) -> piece;
                    case Standing.Kept(var piece) -> piece;
                    case Standing.Waiting w -> null;
                    case Standing.Pending p -> null;
                    case Standing.Ripe r -> null;
                    case Standing.Lapsed l -> null;
                };
        return number == null
                ? null
                : new Piece(collectible.slug() + "-" + number.serial(), number.serial(), collectible.supply());
    }

    private static State state(Standing standing) {
        return switch (standing) {
            case Standing.Waiting w -> State.WAITING;
            case Standing.Pending p -> State.PENDING;
            case Standing.Ripe r -> State.RIPE;
            case Standing.Granted g -> State.GRANTED;
            case Standing.Lapsed l -> State.LAPSED;
            case Standing.Revoked r -> State.REVOKED;
            case Standing.Kept k -> State.KEPT;
        };
    }

    /** A piece is set aside for them, and not given yet. */
    public static final String PROMISED = "promised";

    /** What is meant by a state of the address: one, or those of {@link #PROMISED}; empty: any. */
    static Set<State> states(String text) {
        if (text.equals(PROMISED)) return Set.of(State.PENDING, State.RIPE);
        for (State state : State.values()) if (state.text().equals(text)) return Set.of(state);
        return Set.of();
    }

    /** Enough to tell two collectors apart on a page, and no handle to a person. */
    static String shortId(UUID id) {
        String text = id.toString();
        return text.substring(text.length() - 6);
    }
}
