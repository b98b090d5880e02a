package vitrine.campaign.desk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.BulkActs;
import vitrine.campaign.BulkActs.Act;
import vitrine.campaign.BulkActs.Chosen;
import vitrine.campaign.BulkActs.Kind;
import vitrine.campaign.Campaigns;
import vitrine.drop.Drop;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Reviews;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.shop.Deliveries;
import vitrine.shop.Delivery;

/** One act on many rows of a list: chosen there, looked at here, begun, watched, and undone where it can be. */
@Controller
@Requires(Permission.SEE)
public class BulkDesk {

    private final Desks desks;
    private final BulkActs acts;
    private final Campaigns campaigns;
    private final Deliveries deliveries;
    private final DropPlans plans;
    private final Reviews reviews;
    private final PeopleDesk people;
    private final JdbcClient db;

    BulkDesk(
            Desks desks,
            BulkActs acts,
            Campaigns campaigns,
            Deliveries deliveries,
            DropPlans plans,
            Reviews reviews,
            PeopleDesk people,
            JdbcClient db) {
        this.desks = desks;
        this.acts = acts;
        this.campaigns = campaigns;
        this.deliveries = deliveries;
        this.people = people;
        this.plans = plans;
        this.reviews = reviews;
        this.db = db;
    }

    /**
     * @param code of its result; before it began and for its undoing: why it would be refused now, null: it would not
     * @param link to the row's own page
     */
    public record Row(
            String name, @Nullable String outcome, @Nullable String code, String link) {}

    /**
     * @param can how many rows it would do now ({@code cannot}: would refuse); of an act that has ended, its undoing
     * @param refused why, and how often
     * @param mayAct the reader may begin it, and undo it
     */
    public record One(
            Act act,
            BulkActs.Counts counts,
            int can,
            int cannot,
            Map<String, Integer> refused,
            List<String> reasons,
            boolean mayAct,
            String show,
            boolean first,
            List<Row> rows,
            @Nullable String older,
            @Nullable String refusal) {
        public boolean isRunning() {
            return act.begunAt() != null && act.endedAt() == null;
        }

        public int percent() {
            return act.rows() == 0 ? 100 : 100 * counts.tried() / act.rows();
        }
    }

    public record Begun(Act act, BulkActs.Counts counts) {}

    public record Listing(
            boolean first, List<Begun> acts, @Nullable String older) {}

    // ---- choosing

    @PostMapping("/desk/{brand}/deliveries/bulk")
    @Requires(Permission.SHOPS)
    ModelAndView ofDeliveries(
            @PathVariable BrandId brand,
            @RequestParam(name = "row", defaultValue = "") List<String> rows,
            @RequestParam(defaultValue = "") String all,
            @RequestParam(defaultValue = "") String shop,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String sought) {
        List<Delivery> chosen = new ArrayList<>();
        if (all.isEmpty()) {
            for (String row : rows) {
                int at = row.indexOf('/');
                if (at < 0) continue;
                DeliveriesDesk.id(row.substring(0, at))
                        .flatMap(from -> deliveries.find(brand, from, row.substring(at + 1)))
                        .ifPresent(chosen::add);
            }
        } else {
            chosen = deliveries.page(brand, DeliveriesDesk.filter(shop, state, sought, ""), null, BulkActs.ROWS_MAX);
        }
        return prepared(
                brand,
                Kind.READ_AGAIN,
                chosen.stream()
                        .map(d -> new Chosen(d.shop() + "/" + d.id(), d.id()))
                        .toList(),
                "deliveries");
    }

    @PostMapping("/desk/{brand}/entitlements/bulk")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView ofEntitlements(
            @PathVariable BrandId brand,
            @RequestParam(name = "row", defaultValue = "") List<String> rows,
            @RequestParam(defaultValue = "withdraw") String act,
            @RequestParam(defaultValue = "") String all,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String campaign) {
        UUID of = campaigns.of(brand).stream()
                .filter(c -> c.slug().equals(campaign))
                .map(c -> c.id().value())
                .findFirst()
                .orElse(null);
        List<Chosen> chosen = db.sql("""
                select e.entitlement_id::text as subject, coalesce(nullif(r.number, ''), right(e.entitlement_id::text, 6)) as name
                from entitlements e
                join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                left join orders r on r.brand_id = e.order_brand_id and r.order_id = e.order_id
                where e.brand_id = :brand and case when :all then (cardinality(:states::text[]) = 0 or e.state = any (:states::text[]))
                        and (:campaign::uuid is null or o.campaign_id = :campaign)
                    else e.entitlement_id = any(:ids::uuid[]) end
                order by e.entitlement_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("all", !all.isEmpty())
                .param("states", new SqlArrayValue("text", (Object[]) EntitlementsDesk.states(state).stream()
                        .map(vitrine.campaign.rules.State::text)
                        .toArray(String[]::new)))
                .param("campaign", of)
                .param("ids", new SqlArrayValue("uuid", (Object[]) rows.stream()
                        .flatMap(r -> DeliveriesDesk.id(r).stream())
                        .map(id -> id.value())
                        .toArray(UUID[]::new)))
                .param("most", BulkActs.ROWS_MAX)
                .query(Chosen.class)
                .list();
        return prepared(brand, act.equals("put-back") ? Kind.PUT_BACK : Kind.WITHDRAW, chosen, "entitlements");
    }

    @PostMapping("/desk/{brand}/pieces/bulk")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView ofPieces(
            @PathVariable BrandId brand,
            @RequestParam(name = "row", defaultValue = "") List<String> rows,
            @RequestParam(defaultValue = "") String all,
            @RequestParam(defaultValue = "") String of,
            @RequestParam(defaultValue = "") String from) {
        // "All" is all that came back and that the list's filter finds: nothing else can be retired, and nothing is
        // retired back.
        List<Chosen> chosen = db.sql("""
                select p.collectible_id || '/' || p.serial as subject, c.slug || '-' || p.serial as name
                from pieces p join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                where p.brand_id = :brand and case when :all then p.state = 'returned' and (:of = '' or c.slug = :of)
                        and p.serial >= :least
                    else p.collectible_id || '/' || p.serial = any(:rows::text[]) end
                order by p.collectible_id, p.serial limit :most
                """)
                .param("brand", brand.value())
                .param("all", !all.isEmpty())
                .param("of", of)
                .param("least", PiecesDesk.least(from))
                .param("rows", new SqlArrayValue("text", (Object[]) rows.toArray(String[]::new)))
                .param("most", BulkActs.ROWS_MAX)
                .query(Chosen.class)
                .list();
        return prepared(brand, Kind.RETIRE, chosen, "pieces");
    }

    @PostMapping("/desk/{brand}/people/bulk")
    @Requires(Permission.MESSAGES)
    ModelAndView ofPeople(
            @PathVariable BrandId brand,
            @RequestParam(name = "row", defaultValue = "") List<String> rows,
            @RequestParam(defaultValue = "") String all,
            @RequestParam(defaultValue = "") String who) {
        List<UUID> chosen = all.isEmpty()
                ? people.known(
                        brand,
                        rows.stream()
                                .flatMap(r -> DeliveriesDesk.id(r).stream())
                                .map(id -> id.value())
                                .limit(BulkActs.ROWS_MAX)
                                .toList())
                : people.found(brand, PeopleDesk.Who.of(who), false, null, BulkActs.ROWS_MAX).stream()
                        .map(PeopleDesk.Found::person)
                        .toList();
        return prepared(
                brand,
                Kind.MAIL_AGAIN,
                chosen.stream()
                        .map(id -> new Chosen(id.toString(), EntitlementsDesk.shortId(id)))
                        .toList(),
                "people");
    }

    /** Those who are held for a look, by their ticks or by the filter of the list. */
    @PostMapping("/desk/{brand}/drops/{slug}/held")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView ofHeld(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(name = "row", defaultValue = "") List<String> rows,
            @RequestParam(defaultValue = "") String act,
            @RequestParam(defaultValue = "") String all,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String network,
            @RequestParam(defaultValue = "") String younger) {
        DropId drop = plans.at(slug)
                .map(Drop::id)
                .filter(id -> id.brand().equals(brand))
                .orElseThrow(Refused::notFound);
        Kind kind = Kind.of(act)
                .filter(one -> one == Kind.LET_GO || one == Kind.REFUSE)
                .orElseThrow(Refused::notFound);
        Reviews.Filter filter = all.isEmpty() ? Reviews.Filter.ALL : LineDesk.filter(reason, network, younger);
        List<Chosen> chosen =
                reviews.open(drop, filter, 0, all.isEmpty() ? Integer.MAX_VALUE : BulkActs.ROWS_MAX).stream()
                        .map(one -> one.collector().value())
                        .filter(who -> !all.isEmpty() || rows.contains(who.toString()))
                        .limit(BulkActs.ROWS_MAX)
                        .map(who -> new Chosen(drop.value() + "/" + who, EntitlementsDesk.shortId(who)))
                        .toList();
        return prepared(brand, kind, chosen, "drops/" + slug + "/line");
    }

    private ModelAndView prepared(BrandId brand, Kind kind, List<Chosen> chosen, String list) {
        Desk desk = desks.of(brand, null);
        if (chosen.isEmpty()) return Desks.to(desk.path(list) + "?said=none-chosen");
        Act act = acts.prepare(brand, kind, chosen, desks.who(), null);
        return Desks.to(desk.path("bulk/" + act.id()));
    }

    // ---- looking

    @GetMapping("/desk/{brand}/bulk")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(defaultValue = "") String after) {
        Desk desk = desks.of(brand, null);
        Cursor from = Cursor.of(after, 1);
        List<Act> found = acts.of(brand, from == null ? null : from.uuid(0), Desks.PAGE + 1);
        List<Act> shown = found.subList(0, Math.min(found.size(), Desks.PAGE));
        return Desks.page(
                "bulks",
                desk,
                new Listing(
                        after.isEmpty(),
                        shown.stream().map(a -> new Begun(a, acts.counts(a))).toList(),
                        found.size() <= Desks.PAGE
                                ? null
                                : Desks.address(
                                        desk.path("bulk"),
                                        "after",
                                        Cursor.at(shown.getLast().id()))));
    }

    @GetMapping("/desk/{brand}/bulk/{id}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable UUID id,
            @RequestParam(defaultValue = "") String show,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(required = false) @Nullable String said) {
        return page(find(brand, id), show, after, said, null);
    }

    private Act find(BrandId brand, UUID id) {
        return acts.find(brand, id).orElseThrow(Refused::notFound);
    }

    private ModelAndView page(Act act, String show, int after, @Nullable String said, @Nullable String refusal) {
        Desk desk = desks.of(act.brand(), said);
        boolean prepared = act.begunAt() == null;
        // Before it begins: what it would do. After a withdrawal: what its undoing would.
        Kind ahead =
                prepared ? act.kind() : act.kind() == Kind.WITHDRAW && act.endedAt() != null ? Kind.PUT_BACK : null;
        List<BulkActs.Row> concerned =
                ahead == null ? List.of() : acts.rows(act, prepared ? null : "done", 0, BulkActs.ROWS_MAX);
        Map<String, String> refused = ahead == null ? Map.of() : acts.refusals(act.brand(), ahead, concerned);
        Map<String, Integer> counted = new java.util.TreeMap<>();
        refused.values().forEach(code -> counted.merge(code, 1, Integer::sum));
        boolean whether = show.equals("refused") || show.equals("failed") || show.equals("done");
        List<BulkActs.Row> rows = acts.rows(act, whether ? show : null, after, Desks.PAGE + 1);
        List<BulkActs.Row> shown = rows.subList(0, Math.min(rows.size(), Desks.PAGE));
        return Desks.page(
                "bulk",
                desk,
                new One(
                        act,
                        acts.counts(act),
                        concerned.size() - refused.size(),
                        refused.size(),
                        counted,
                        act.kind().reasons(),
                        desk.may().contains(act.kind().needs()),
                        show,
                        after == 0,
                        shown.stream()
                                .map(r -> new Row(
                                        r.name(),
                                        r.outcome(),
                                        r.code() != null ? r.code() : refused.get(r.subject()),
                                        link(desk, act.kind(), r)))
                                .toList(),
                        rows.size() <= Desks.PAGE
                                ? null
                                : Desks.address(
                                        desk.path("bulk/" + act.id()),
                                        "show",
                                        show,
                                        "after",
                                        shown.getLast().nth()),
                        refusal),
                refusal == null
                        ? org.springframework.http.HttpStatus.OK
                        : org.springframework.http.HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private static String link(Desk desk, Kind kind, BulkActs.Row row) {
        return switch (kind) {
            case WITHDRAW, PUT_BACK -> desk.path("entitlements/" + row.subject());
            case RETIRE -> "/p/" + row.name();
            case MAIL_AGAIN -> desk.path("people/" + row.subject());
            case LET_GO, REFUSE -> "";
            case READ_AGAIN -> {
                int at = row.subject().indexOf('/');
                yield Desks.address(
                        desk.path("delivery"),
                        "shop",
                        row.subject().substring(0, at),
                        "id",
                        row.subject().substring(at + 1));
            }
        };
    }

    // ---- doing

    @PostMapping("/desk/{brand}/bulk/{id}/begin")
    ModelAndView begin(
            @PathVariable BrandId brand, @PathVariable UUID id, @RequestParam(defaultValue = "") String reason) {
        Act act = find(brand, id);
        desks.requires(brand, act.kind().needs());
        boolean reasoned = !act.kind().reasons().isEmpty();
        if (reasoned && !act.kind().reasons().contains(reason)) return page(act, "", 0, null, "desk.bulk.no-reason");
        acts.begin(act, reasoned ? reason : "", desks.who());
        return Desks.to(desks.of(brand, null).path("bulk/" + id));
    }

    /** What was withdrawn and can be put back; what cannot is on the page with its reason, and is not in the new act. */
    @PostMapping("/desk/{brand}/bulk/{id}/undo")
    ModelAndView undo(@PathVariable BrandId brand, @PathVariable UUID id) {
        Act act = find(brand, id);
        desks.requires(brand, act.kind().needs());
        if (act.kind() != Kind.WITHDRAW || act.endedAt() == null) throw Refused.notFound();
        List<BulkActs.Row> done = acts.rows(act, "done", 0, BulkActs.ROWS_MAX);
        Map<String, String> refused = acts.refusals(brand, Kind.PUT_BACK, done);
        List<Chosen> can = done.stream()
                .filter(r -> !refused.containsKey(r.subject()))
                .map(r -> new Chosen(r.subject(), r.name()))
                .toList();
        Desk desk = desks.of(brand, null);
        if (can.isEmpty()) return Desks.to(desk.path("bulk/" + id) + "?said=none-chosen");
        Act back = acts.prepare(brand, Kind.PUT_BACK, can, desks.who(), id);
        acts.begin(back, "", desks.who());
        return Desks.to(desk.path("bulk/" + back.id()));
    }
}
