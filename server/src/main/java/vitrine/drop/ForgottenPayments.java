package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

/**
 * The payments of a person who was erased: when the time is over for which accounts are kept, the gateway's number, by which the gateway
 * still knows her, goes, and so does the number that her payments had in common. The sums stay in the journal.
 */
@Component
public class ForgottenPayments implements Job {

    /** Records of trade are kept so long at least (China's E-Commerce Law, article 31). */
    private static final int YEARS_LEAST = 3;

    private static final UUID NOBODY = new UUID(0, 0);

    private final JdbcClient db;
    private final BusinessClock clock;
    private final int years;

    ForgottenPayments(JdbcClient db, BusinessClock clock, Settings settings) {
        this.db = db;
        this.clock = clock;
        this.years = years(settings);
    }

    /** After how many years an erased person's payment is nobody's here. */
    public static int years(Settings settings) {
        return Math.max(YEARS_LEAST, settings.number(Setting.PAYMENTS_KEPT));
    }

    @Override
    public String name() {
        return "payments-forgotten";
    }

    @Override
    public Duration pause() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean run() {
        db.sql("""
                update payments p set payer = :nobody, shown = null,
                    gateway_id = case when p.state = 'paid' then 'forgotten' end
                from collectors c left join collectors r on r.collector_id = c.joined_into
                where c.collector_id = p.payer and (c.erased_at is not null or r.erased_at is not null)
                    and coalesce(p.paid_at, p.ended_at) < :then and p.state in ('paid', 'closed', 'failed')
                    and not exists (select from refunds f where f.brand_id = p.brand_id and f.payment_id = p.payment_id and f.state <> 'done')
                    and not exists (
                        select from disputes d where d.brand_id = p.brand_id and d.payment_id = p.payment_id and d.state in ('open', 'review'))
                """)
                .param("nobody", NOBODY)
                .param(
                        "then",
                        Timestamp.from(clock.now()
                                .atOffset(ZoneOffset.UTC)
                                .minusYears(years)
                                .toInstant()))
                .update();
        db.sql("""
                update refunds f set gateway_id = null from payments p
                where p.payer = :nobody and f.brand_id = p.brand_id and f.payment_id = p.payment_id and f.gateway_id is not null
                """).param("nobody", NOBODY).update();
        return false;
    }
}
