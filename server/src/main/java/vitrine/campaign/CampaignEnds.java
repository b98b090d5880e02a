package vitrine.campaign;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/** A campaign whose window is over has ended. Late messages about orders of its window are judged all the same. */
@Component
class CampaignEnds implements Job {

    private final JdbcClient db;
    private final Campaigns campaigns;
    private final BusinessClock clock;

    CampaignEnds(JdbcClient db, Campaigns campaigns, BusinessClock clock) {
        this.db = db;
        this.campaigns = campaigns;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "campaign-ends";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean run() {
        List<CampaignId> over = db.sql("""
                select brand_id, campaign_id from campaigns
                where version > 0 and state in ('published', 'paused') and until_at <= :now limit 100
                """)
                .param("now", Timestamp.from(clock.now()))
                .query((row, n) ->
                        new CampaignId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .list();
        // Another node may be first: then the state says so, and nothing is ended twice.
        over.forEach(campaigns::end);
        return !over.isEmpty();
    }
}
