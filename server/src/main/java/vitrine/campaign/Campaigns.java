package vitrine.campaign;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.PlanJson;
import vitrine.campaign.rules.Problem;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Mark;
import vitrine.proof.Json;
import vitrine.rulebook.Rules;
import vitrine.rulebook.RulesVersion;

/**
 * The plans of brands and of the house. A draft may say anything; publishing freezes a version whose hash is in the public log, and
 * the next one may only be better for those who take part.
 */
@Component
public class Campaigns {

    private final JdbcClient db;
    private final Catalog catalog;
    private final Rules rules;
    private final Events events;
    private final Ids ids;
    private final BusinessClock clock;
    private final Units units;

    Campaigns(JdbcClient db, Catalog catalog, Rules rules, Events events, Ids ids, BusinessClock clock, Units units) {
        this.db = db;
        this.catalog = catalog;
        this.rules = rules;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.units = units;
    }

    /** How the start of a campaign ended. */
    public sealed interface Drafting {
        record Drafted(CampaignId id) implements Drafting {}

        record SlugTaken(String slug) implements Drafting {}

        record NotASlug(String slug) implements Drafting {}
    }

    /** A new plan under its public address. Its offers get ids where the draft has none: the id is what an offer keeps for good. */
    @Transactional
    public Drafting draft(BrandId brand, String slug, Json.Obj draft) {
        if (!slug.matches("[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")) return new Drafting.NotASlug(slug);
        CampaignId id = new CampaignId(brand, ids.next());
        // addresses_taken: one address, one thing, for ever.
        int taken = db.sql("""
                insert into addresses (kind, slug, brand_id, id) values ('campaign', :slug, :brand, :id) on conflict do nothing
                """)
                .param("slug", slug)
                .param("brand", brand.value())
                .param("id", id.value())
                .update();
        if (taken == 0) return new Drafting.SlugTaken(slug);
        Json.Obj named = withOfferIds(draft);
        Bilingual name = name(named);
        db.sql("""
                insert into campaigns (brand_id, campaign_id, slug, name_zh, name_en, state, draft, created_at)
                values (:brand, :id, :slug, :zh, :en, 'draft', :draft, :now)
                """)
                .param("brand", brand.value())
                .param("id", id.value())
                .param("slug", slug)
                .param("zh", name.zh())
                .param("en", name.en())
                .param("draft", named.text())
                .param("now", Timestamp.from(clock.now()))
                .update();
        return new Drafting.Drafted(id);
    }

    /** Saves what staff edited. Published rules do not change by it. */
    @Transactional
    public void save(CampaignId id, Json.Obj draft) {
        Json.Obj named = withOfferIds(draft);
        Bilingual name = name(named);
        db.sql("""
                update campaigns set draft = :draft,
                    name_zh = case when version = 0 then :zh else name_zh end,
                    name_en = case when version = 0 then :en else name_en end
                where brand_id = :brand and campaign_id = :id
                """)
                .param("draft", named.text())
                .param("zh", name.zh())
                .param("en", name.en())
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
    }

    /** Locks it and says how its draft stands: nobody else saves it, nor publishes it, before this transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(CampaignId id) {
        return mark(locked(id));
    }

    public Mark mark(Campaign campaign) {
        return Mark.of(List.of(campaign.draft().text()));
    }

    /** The draft as saving would keep it: offers without an id get one. */
    public Json.Obj named(Json.Obj draft) {
        return withOfferIds(draft);
    }

    /** Everything that stands between this draft and its publication; empty: it can be published. */
    public List<Problem> check(BrandId brand, Json draft) {
        return switch (PlanJson.read(brand, isHouse(brand), draft)) {
            case PlanJson.Reading.Unfinished(List<Problem> problems) -> problems;
            case PlanJson.Reading.Whole(Plan plan) -> missing(plan);
        };
    }

    /**
     * Freezes the draft as the next version: rules, their record in the log, the offers and the event are one transaction. Orders
     * that were paid or judged before are looked at again afterwards ({@link LookBack}).
     */
    @Transactional
    public Publication publish(CampaignId id) {
        // While we hold this row no order is judged by the old version, and every verdict that was is committed.
        Campaign campaign = locked(id);
        if (campaign.state() == Campaign.State.ENDED) return new Publication.Ended();
        Plan plan;
        switch (PlanJson.read(id.brand(), isHouse(id.brand()), campaign.draft())) {
            case PlanJson.Reading.Unfinished(List<Problem> problems) -> {
                return new Publication.Unfinished(problems);
            }
            case PlanJson.Reading.Whole(Plan whole) -> plan = whole;
        }
        List<Problem> missing = missing(plan);
        missing.addAll(takenIds(id, plan));
        if (!missing.isEmpty()) return new Publication.Unfinished(missing);
        Optional<RulesVersion> before = rules.newest(id.brand(), id.value());
        Json.Obj document = PlanJson.document(id.value(), plan);
        if (before.isPresent()) {
            if (before.get().document().text().equals(document.text())) {
                return new Publication.NothingNew(before.get().version());
            }
            List<Hurt> hurts = Hurts.between(plan(id, before.get()), plan);
            if (!hurts.isEmpty()) return new Publication.WouldHurt(hurts);
        }
        RulesVersion version = rules.publish(
                id.brand(),
                id.value(),
                document,
                plan.offers().stream().map(offer -> offer.collectible().brand()).collect(Collectors.toSet()));
        for (Offer offer : plan.offers()) write(id, offer);
        db.sql("""
                update campaigns set version = :version, from_at = :from, until_at = :until, name_zh = :zh, name_en = :en,
                    about_zh = :aboutZh, about_en = :aboutEn, state = case state when 'draft' then 'published' else state end
                where brand_id = :brand and campaign_id = :id
                """)
                .param("version", version.version())
                .param("from", Timestamp.from(plan.window().from()))
                .param("until", Timestamp.from(plan.window().until()))
                .param("zh", plan.name().zh())
                .param("en", plan.name().en())
                .param("aboutZh", plan.about().zh())
                .param("aboutEn", plan.about().en())
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        publish(
                campaign,
                "campaign.published",
                Json.object(
                        "campaign",
                        Json.of(campaign.slug()),
                        "version",
                        Json.of(version.version()),
                        "from",
                        Json.of(plan.window().from().toString()),
                        "until",
                        Json.of(plan.window().until().toString()),
                        "log_record",
                        Json.of(version.leaf().hex())));
        return new Publication.Published(version.version(), version.sha256());
    }

    /** How a try to pause, resume or end went. */
    public sealed interface Turn {
        record Done(Campaign campaign) implements Turn {}

        /** Only a published campaign pauses, only a paused one resumes, only a published or paused one ends. */
        record NotNow(Campaign.State state) implements Turn {}

        /** Shoppers are told why. */
        record NoMessage() implements Turn {}

        /** It was promised until then, people take part, and there is still something to be had. */
        record PromisedUntil(Instant until) implements Turn {}
    }

    /** From now on what is paid earns nothing in it, and its pages say why. What was earned stays and goes its way. */
    @Transactional
    public Turn pause(CampaignId id, Bilingual message) {
        Campaign campaign = locked(id);
        if (campaign.state() != Campaign.State.PUBLISHED) return new Turn.NotNow(campaign.state());
        if (message.zh().isBlank() || message.en().isBlank()) return new Turn.NoMessage();
        db.sql("""
                insert into campaign_pauses (brand_id, campaign_id, from_at, message_zh, message_en)
                values (:brand, :id, :now, :zh, :en)
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("now", Timestamp.from(clock.now()))
                .param("zh", message.zh())
                .param("en", message.en())
                .update();
        return turned(campaign, Campaign.State.PAUSED, "campaign.paused");
    }

    @Transactional
    public Turn resume(CampaignId id) {
        Campaign campaign = locked(id);
        if (campaign.state() != Campaign.State.PAUSED) return new Turn.NotNow(campaign.state());
        endPause(id);
        return turned(campaign, Campaign.State.PUBLISHED, "campaign.resumed");
    }

    /**
     * Before its announced end a campaign ends only where that takes nothing from anybody: nobody takes part yet, or every offer has
     * given all that it had.
     */
    @Transactional
    public Turn end(CampaignId id) {
        Campaign campaign = locked(id);
        Instant until = campaign.until();
        if (campaign.state() == Campaign.State.DRAFT || campaign.state() == Campaign.State.ENDED || until == null) {
            return new Turn.NotNow(campaign.state());
        }
        Instant now = clock.now();
        if (now.isBefore(until) && someoneTakesPart(id) && somethingIsLeft(id)) return new Turn.PromisedUntil(until);
        if (campaign.state() == Campaign.State.PAUSED) endPause(id);
        db.sql("update campaigns set ended_at = :now where brand_id = :brand and campaign_id = :id")
                .param("now", Timestamp.from(now.isBefore(until) ? now : until))
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        return turned(campaign, Campaign.State.ENDED, "campaign.ended");
    }

    private Turn turned(Campaign campaign, Campaign.State state, String event) {
        db.sql("update campaigns set state = :state where brand_id = :brand and campaign_id = :id")
                .param("state", state.name().toLowerCase(Locale.ROOT))
                .param("brand", campaign.id().brand().value())
                .param("id", campaign.id().value())
                .update();
        publish(campaign, event, Json.object("campaign", Json.of(campaign.slug())));
        return new Turn.Done(campaign(campaign.id()));
    }

    private void endPause(CampaignId id) {
        db.sql("""
                update campaign_pauses set until_at = :now
                where brand_id = :brand and campaign_id = :id and until_at is null
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
    }

    private boolean someoneTakesPart(CampaignId id) {
        return db.sql("""
                select exists (select from offers o join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id
                    where o.brand_id = :brand and o.campaign_id = :id and v.counted > 0)
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Boolean.class)
                .single();
    }

    private boolean somethingIsLeft(CampaignId id) {
        return db
                .sql("""
                select o.collectible_brand_id, o.collectible_id from offers o
                where o.brand_id = :brand and o.campaign_id = :id
                    and o.pieces_taken < coalesce(o.pieces_max, o.pieces_taken + 1)
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .list()
                .stream()
                .anyMatch(c -> units.anyFree(id.brand(), c));
    }

    public Campaign campaign(CampaignId id) {
        return find(id).orElseThrow();
    }

    public Optional<Campaign> find(CampaignId id) {
        return db.sql(SELECT + " where c.brand_id = :brand and c.campaign_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Campaigns::campaign)
                .optional();
    }

    public Optional<Campaign> bySlug(String slug) {
        return db.sql("select brand_id, id from addresses where kind = 'campaign' and slug = :slug")
                .param("slug", slug)
                .query((row, n) -> new CampaignId(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("id", UUID.class)))
                .optional()
                .flatMap(this::find);
    }

    /** Of one brand or of the house, the newest first. */
    public List<Campaign> of(BrandId brand) {
        return db.sql(SELECT + " where c.brand_id = :brand order by c.created_at desc, c.campaign_id desc")
                .param("brand", brand.value())
                .query(Campaigns::campaign)
                .list();
    }

    /** What the newest published version says; empty for a campaign that was never published. */
    public Optional<Plan> published(CampaignId id) {
        return rules.newest(id.brand(), id.value()).map(v -> plan(id, v));
    }

    /** A campaign beside what its newest published version says. */
    public record Running(Campaign campaign, Plan plan) {}

    private record Frozen(CampaignId id, int version) {}

    /** What was published never changes, so it is read once. */
    private final Map<Frozen, Plan> frozen = new ConcurrentHashMap<>();

    /** Those of the brand and of the house in which an order of this brand's shops counts now. */
    public List<Running> running(BrandId shops, Instant now) {
        return shown(db.sql(SELECT + """
                where (c.brand_id = :brand or c.brand_id in (select brand_id from brands where kind = 'house'))
                and c.version > 0 and c.state = 'published' and c.from_at <= :now and c.until_at > :now
                order by c.brand_id <> :brand, c.until_at, c.campaign_id
                """).param("brand", shops.value()).param("now", Timestamp.from(now)));
    }

    /** How many of each brand's own run now; a brand that is not in it has none. */
    public Map<BrandId, Integer> running() {
        Map<BrandId, Integer> running = new HashMap<>();
        db.sql("""
                select brand_id, count(*)::int as campaigns from campaigns
                where version > 0 and state = 'published' and from_at <= :now and until_at > :now group by brand_id
                """).param("now", Timestamp.from(clock.now())).query(row -> {
            running.put(new BrandId(row.getObject("brand_id", UUID.class)), row.getInt("campaigns"));
        });
        return running;
    }

    /** Those that give this collectible, running or announced, the one that ends first before the others. */
    public List<Running> giving(CollectibleId collectible, Instant now, int most) {
        return shown(db.sql(SELECT + """
                where c.version > 0 and c.state in ('published', 'paused') and c.until_at > :now
                and exists (select from offers o where o.brand_id = c.brand_id and o.campaign_id = c.campaign_id
                    and o.collectible_brand_id = :brand and o.collectible_id = :id)
                order by c.until_at, c.campaign_id limit :most
                """)
                .param("brand", collectible.brand().value())
                .param("id", collectible.value())
                .param("now", Timestamp.from(now))
                .param("most", most));
    }

    private List<Running> shown(JdbcClient.StatementSpec statement) {
        return statement.query(Campaigns::campaign).list().stream()
                .map(campaign -> new Running(campaign, plan(campaign)))
                .toList();
    }

    /** What the newest published version of it says. */
    public Plan plan(Campaign campaign) {
        return frozen.computeIfAbsent(
                new Frozen(campaign.id(), campaign.version()),
                key -> plan(
                        key.id(),
                        rules.version(key.id().brand(), key.id().value(), key.version())
                                .orElseThrow()));
    }

    // ----

    private static final String SELECT = """
            select c.*, p.message_zh, p.message_en from campaigns c
            left join campaign_pauses p
                on p.brand_id = c.brand_id and p.campaign_id = c.campaign_id and p.until_at is null and c.state = 'paused'
            """;

    private Campaign locked(CampaignId id) {
        db.sql("select campaign_id from campaigns where brand_id = :brand and campaign_id = :id for update")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(UUID.class)
                .single();
        return campaign(id);
    }

    private Plan plan(CampaignId id, RulesVersion version) {
        return switch (PlanJson.read(id.brand(), isHouse(id.brand()), version.document())) {
            case PlanJson.Reading.Whole(Plan plan) -> plan;
            case PlanJson.Reading.Unfinished(List<Problem> problems) ->
                throw new IllegalStateException("published rules that cannot be read: " + id + " " + problems);
        };
    }

    private boolean isHouse(BrandId brand) {
        return catalog.brand(brand).kind() == Brand.Kind.HOUSE;
    }

    /** What the plan names and is not there to be given. */
    private List<Problem> missing(Plan plan) {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < plan.offers().size(); i++) {
            Offer offer = plan.offers().get(i);
            String where = "offers[" + i + "].collectible";
            Optional<Collectible> collectible = catalog
                    .collectibles(offer.collectible().brand())
                    .stream()
                    .filter(c -> c.id().equals(offer.collectible()))
                    .findFirst();
            if (collectible.isEmpty()) {
                problems.add(new Problem(
                        "campaign.no-collectible", where, offer.collectible().toString()));
                continue;
            }
            Collectible it = collectible.get();
            if (it.publishedAt() == null) {
                problems.add(new Problem("campaign.collectible-not-published", where, it.slug()));
            }
            Integer supply = it.supply();
            Integer max = offer.piecesMax();
            if (supply != null && max != null && max > supply - it.withheld()) {
                problems.add(
                        new Problem("campaign.more-than-the-supply", "offers[" + i + "].piecesMax", max.toString()));
            }
        }
        return problems;
    }

    /** Offers whose id is another campaign's: a plan that was copied with its ids. */
    private List<Problem> takenIds(CampaignId id, Plan plan) {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < plan.offers().size(); i++) {
            boolean taken = db.sql("""
                    select exists (select from offers
                        where brand_id = :brand and offer_id = :offer and campaign_id <> :campaign)
                    """)
                    .param("brand", id.brand().value())
                    .param("offer", plan.offers().get(i).id().value())
                    .param("campaign", id.value())
                    .query(Boolean.class)
                    .single();
            if (taken) {
                problems.add(new Problem(
                        "campaign.offer-twice",
                        "offers[" + i + "].id",
                        plan.offers().get(i).id().toString()));
            }
        }
        return problems;
    }

    private void write(CampaignId id, Offer offer) {
        int written = db.sql("""
                insert into offers (brand_id, offer_id, campaign_id, collectible_brand_id, collectible_id, pieces_max)
                values (:brand, :offer, :campaign, :collectibleBrand, :collectible, :most)
                on conflict (brand_id, offer_id) do update set pieces_max = excluded.pieces_max
                where offers.campaign_id = excluded.campaign_id
                """)
                .param("brand", id.brand().value())
                .param("offer", offer.id().value())
                .param("campaign", id.value())
                .param("collectibleBrand", offer.collectible().brand().value())
                .param("collectible", offer.collectible().value())
                .param("most", offer.piecesMax())
                .update();
        if (written == 0) throw new DuplicateKeyException("an offer of another campaign: " + offer.id());
    }

    private void publish(Campaign campaign, String type, Json body) {
        events.publish(
                List.of(new Event(campaign.id().brand(), ids.next(), type, campaign.slug(), body.text(), clock.now())));
    }

    private Json.Obj withOfferIds(Json.Obj draft) {
        if (!(draft.get("offers") instanceof Json.Arr offers)) return draft;
        var members = new java.util.TreeMap<>(draft.members());
        members.put(
                "offers",
                Json.of(offers.values().stream()
                        .map(each -> {
                            if (!(each instanceof Json.Obj offer) || offer.get("id") != null) return each;
                            var withId = new java.util.TreeMap<>(offer.members());
                            withId.put("id", Json.of(ids.next().toString()));
                            return new Json.Obj(withId);
                        })
                        .toList()));
        return new Json.Obj(members);
    }

    private static Bilingual name(Json.Obj draft) {
        if (!(draft.get("name") instanceof Json.Obj name)) return new Bilingual("", "");
        return new Bilingual(
                name.get("zh") instanceof Json.Str zh ? zh.value() : "",
                name.get("en") instanceof Json.Str en ? en.value() : "");
    }

    private static Campaign campaign(ResultSet row, int n) throws SQLException {
        String message = row.getString("message_zh");
        return new Campaign(
                new CampaignId(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("campaign_id", UUID.class)),
                row.getString("slug"),
                new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                Campaign.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Json.parse(row.getString("draft")).orThrow(),
                row.getInt("version"),
                VerdictRows.instant(row.getTimestamp("from_at")),
                VerdictRows.instant(row.getTimestamp("until_at")),
                VerdictRows.instant(row.getTimestamp("ended_at")),
                message == null ? null : new Bilingual(message, row.getString("message_en")),
                row.getTimestamp("created_at").toInstant());
    }
}
