package vitrine.drop;

import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Deadlines;
import vitrine.platform.Ids;

/** The server's own gate, before another way to decide who has what, to compare the two. */
abstract class ComparedClaims extends Claims {

    ComparedClaims(ApplicationContext beans) {
        super(
                beans.getBean(JdbcClient.class),
                beans.getBean(DataSource.class),
                beans.getBean(LiveDrops.class),
                beans.getBean(ClaimPasses.class),
                beans.getBean(ClaimConnections.class),
                beans.getBean(HotTurns.class),
                beans.getBean(Ids.class),
                beans.getBean(BusinessClock.class),
                beans.getBean(Clock.class),
                beans.getBean(ClockCheck.class),
                beans.getBean(Deadlines.class),
                "off");
    }
}
