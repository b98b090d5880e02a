package vitrine.campaign.desk;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.proof.Json;
import vitrine.shop.Deliveries;
import vitrine.shop.Delivery;
import vitrine.shop.Refusals;
import vitrine.shop.Shop;
import vitrine.shop.ShopId;
import vitrine.shop.Shops;

/** What the shops sent: found, read with masked body, read again; and what was not let in. */
@Controller
@Requires(Permission.SEE)
public class DeliveriesDesk {

    private static final int REFUSALS = 100;
    private static final Duration REFUSALS_SINCE = Duration.ofHours(48);

    private final Desks desks;
    private final Deliveries deliveries;
    private final Shops shops;
    private final Refusals refusals;
    private final Clock clock;

    DeliveriesDesk(Desks desks, Deliveries deliveries, Shops shops, Refusals refusals, Clock clock) {
        this.desks = desks;
        this.deliveries = deliveries;
        this.shops = shops;
        this.refusals = refusals;
        this.clock = clock;
    }

    public record Row(Delivery delivery, String shop, String address) {
        public String state() {
            return delivery.state().name().toLowerCase(Locale.ROOT);
        }
    }

    public record Refusal(String shop, Instant hour, String code, long times, Instant lastAt) {}

    /**
     * @param shop and {@code state}, {@code sought}: the filters as they stand in the address, empty for all
     * @param older the address of the next page, null at the end
     */
    public record Listing(
            List<Shop> shops,
            String shop,
            String state,
            String sought,
            boolean eldest,
            boolean first,
            List<Row> rows,
            @Nullable String older,
            List<Refusal> refusals) {}

    public record One(
            Row row,
            String body,
            List<Row> ofOrder,
            @Nullable String entitlements) {}

    @GetMapping("/desk/{brand}/deliveries")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String shop,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String sought,
            @RequestParam(defaultValue = "") String sort,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        List<Shop> known = shops.of(brand);
        Map<ShopId, String> names = names(known);
        Deliveries.Filter filter = filter(shop, state, sought, sort);
        List<Delivery> page = deliveries.page(brand, filter, after.isEmpty() ? null : after, Desks.PAGE + 1);
        List<Delivery> shown = page.subList(0, Math.min(page.size(), Desks.PAGE));
        String older = page.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desk.path("deliveries"),
                        "shop",
                        shop,
                        "state",
                        state,
                        "sought",
                        filter.sought(),
                        "sort",
                        sort,
                        "after",
                        shown.getLast().cursor());
        return Desks.page(
                "deliveries",
                desk,
                new Listing(
                        known,
                        shop,
                        state,
                        filter.sought(),
                        filter.eldestFirst(),
                        after.isEmpty(),
                        shown.stream().map(d -> row(desk, names, d)).toList(),
                        older,
                        refusals.of(brand, clock.instant().minus(REFUSALS_SINCE), REFUSALS).stream()
                                .map(r -> new Refusal(
                                        names.getOrDefault(r.shop(), ""), r.hour(), r.code(), r.times(), r.lastAt()))
                                .toList()));
    }

    /** Its id is the shop's own and may hold any sign, so it is no part of the path. */
    @GetMapping("/desk/{brand}/delivery")
    ModelAndView one(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String shop,
            @RequestParam(defaultValue = "") String id,
            @RequestParam(required = false) @Nullable String said) {
        ShopId from = id(shop).orElseThrow(Refused::notFound);
        Delivery delivery = deliveries.find(brand, from, id).orElseThrow(Refused::notFound);
        Desk desk = desks.of(brand, said);
        Map<ShopId, String> names = names(shops.of(brand));
        String body = deliveries.maskedBody(brand, from, id).orElse("");
        return Desks.page("delivery", desk, new One(row(desk, names, delivery), body, List.of(), null));
    }

    @PostMapping("/desk/{brand}/delivery")
    @Requires(Permission.SHOPS)
    ModelAndView replay(@PathVariable BrandId brand, @RequestParam String shop, @RequestParam String id) {
        ShopId from = id(shop).orElseThrow(Refused::notFound);
        var outcome = desks.inOneTransaction(() -> {
            var replay = deliveries.replay(brand, from, id);
            if (replay instanceof Deliveries.Replay.Replayed(Delivery now)) {
                desks.note(
                        brand,
                        "delivery.replayed",
                        from + "/" + id,
                        Json.object("state", Json.of(now.state().name().toLowerCase(Locale.ROOT))));
            }
            return replay;
        });
        return switch (outcome) {
            case Deliveries.Replay.Unknown unknown -> throw Refused.notFound();
            case Deliveries.Replay.Replayed done ->
                Desks.to(Desks.address(
                        desks.of(brand, null).path("delivery"), "shop", shop, "id", id, "said", "replayed"));
        };
    }

    private static Row row(Desk desk, Map<ShopId, String> names, Delivery delivery) {
        return new Row(
                delivery,
                names.getOrDefault(delivery.shop(), ""),
                Desks.address(desk.path("delivery"), "shop", delivery.shop(), "id", delivery.id()));
    }

    private static Map<ShopId, String> names(List<Shop> shops) {
        return shops.stream().collect(Collectors.toMap(Shop::id, Shop::name));
    }

    /** As it stands in the address. */
    static Deliveries.Filter filter(String shop, String state, String sought, String sort) {
        String plain = sought.strip();
        return new Deliveries.Filter(
                state(state).orElse(null),
                id(shop).orElse(null),
                plain.length() > 200 ? "" : plain,
                sort.equals("eldest"));
    }

    static Optional<ShopId> id(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(new ShopId(UUID.fromString(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an address that somebody changed by hand
        }
    }

    private static Optional<Delivery.State> state(String text) {
        for (Delivery.State state : Delivery.State.values())
            if (state.name().toLowerCase(Locale.ROOT).equals(text)) return Optional.of(state);
        return Optional.empty();
    }
}
