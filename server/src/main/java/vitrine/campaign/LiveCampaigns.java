package vitrine.campaign;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Pause;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.PlanJson;
import vitrine.campaign.rules.Window;
import vitrine.catalog.Catalog;
import vitrine.platform.BrandId;
import vitrine.rulebook.Rules;
import vitrine.rulebook.RulesVersion;

/** The published campaigns of a brand or of the house, their rules read once for each version. */
@Component
class LiveCampaigns {

    /** An order paid so shortly before or after a campaign is told so; one paid further away hears nothing of it. */
    static final Duration NEAR = Duration.ofDays(7);

    private final JdbcClient db;
    private final Rules rules;
    private final Catalog catalog;
    private final ConcurrentHashMap<Version, Published> read = new ConcurrentHashMap<>();

    private record Version(CampaignId campaign, int version) {}

    private record Published(Plan plan, RulesVersion rules) {}

    private record Row(UUID id, int version, @Nullable Instant endedAt) {}

    LiveCampaigns(JdbcClient db, Rules rules, Catalog catalog) {
        this.db = db;
        this.rules = rules;
        this.catalog = catalog;
    }

    /**
     * Those near which something was paid between these times. Their rows stay locked against change until the transaction ends, so
     * that who publishes, pauses or ends one waits for us, and then sees every verdict that we wrote by the old rules.
     */
    List<LiveCampaign> near(BrandId audience, Instant first, Instant last) {
        List<Row> rows = db.sql("""
                select campaign_id as id, version, ended_at from campaigns
                where brand_id = :brand and version > 0 and until_at > :first and from_at < :last
                order by campaign_id for share
                """)
                .param("brand", audience.value())
                .param("first", Timestamp.from(first.minus(NEAR)))
                .param("last", Timestamp.from(last.plus(NEAR)))
                .query((row, n) -> new Row(
                        row.getObject("id", UUID.class), row.getInt("version"), instant(row.getTimestamp("ended_at"))))
                .list();
        return live(audience, rows);
    }

    /** Whether there is anything to judge by. What is published from now on looks back at what we pass over. */
    boolean any(BrandId audience) {
        return db.sql("select exists (select from campaigns where brand_id = :brand and version > 0)")
                .param("brand", audience.value())
                .query(Boolean.class)
                .single();
    }

    /** All that were ever published, by offer. */
    Map<UUID, LiveCampaign> byOffer(BrandId audience) {
        List<Row> rows = db.sql("""
                select campaign_id as id, version, ended_at from campaigns where brand_id = :brand and version > 0
                """)
                .param("brand", audience.value())
                .query((row, n) -> new Row(
                        row.getObject("id", UUID.class), row.getInt("version"), instant(row.getTimestamp("ended_at"))))
                .list();
        Map<UUID, LiveCampaign> byOffer = new HashMap<>();
        for (LiveCampaign campaign : live(audience, rows)) {
            for (Offer offer : campaign.plan().offers()) byOffer.put(offer.id().value(), campaign);
        }
        return byOffer;
    }

    private List<LiveCampaign> live(BrandId audience, List<Row> rows) {
        if (rows.isEmpty()) return List.of();
        // A new statement after the lock: it sees the pause for which we may have waited.
        Map<UUID, List<Pause>> pauses = new HashMap<>();
        db.sql("""
                select campaign_id, from_at, until_at from campaign_pauses
                where brand_id = :brand and campaign_id in (:ids) order by from_at
                """)
                .param("brand", audience.value())
                .param("ids", rows.stream().map(Row::id).toList())
                .query(row -> {
                    pauses.computeIfAbsent(row.getObject(1, UUID.class), id -> new ArrayList<>())
                            .add(new Pause(row.getTimestamp(2).toInstant(), instant(row.getTimestamp(3))));
                });
        List<LiveCampaign> live = new ArrayList<>();
        for (Row row : rows) {
            CampaignId id = new CampaignId(audience, row.id());
            Published published = read.computeIfAbsent(new Version(id, row.version()), this::read);
            live.add(new LiveCampaign(
                    id,
                    row.version(),
                    published.rules(),
                    until(published.plan(), row.endedAt()),
                    pauses.getOrDefault(row.id(), List.of())));
        }
        return live;
    }

    private Published read(Version version) {
        CampaignId id = version.campaign();
        RulesVersion rules =
                this.rules.version(id.brand(), id.value(), version.version()).orElseThrow();
        boolean house = catalog.brand(id.brand()).kind() == vitrine.catalog.Brand.Kind.HOUSE;
        return switch (PlanJson.read(id.brand(), house, rules.document())) {
            case PlanJson.Reading.Whole(Plan plan) -> new Published(plan, rules);
            case PlanJson.Reading.Unfinished(var problems) ->
                throw new IllegalStateException("published rules that cannot be read: " + id + " " + problems);
        };
    }

    private static Plan until(Plan plan, @Nullable Instant endedAt) {
        Window window = plan.window();
        if (endedAt == null || !endedAt.isBefore(window.until())) return plan;
        Window shorter = new Window(window.from(), endedAt);
        return new Plan(
                plan.name(),
                plan.about(),
                plan.currency(),
                plan.zone(),
                shorter,
                plan.offers().stream().map(o -> o.in(shorter)).toList());
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
