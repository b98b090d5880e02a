package vitrine.demo;

import java.sql.Timestamp;
import java.time.Clock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Remembers what is done. A step that was killed is done again from its beginning, so each must bear that. */
@Component
class Steps {

    private final JdbcClient db;
    private final Clock clock;

    Steps(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    boolean isDone(String step) {
        return db.sql("select count(*) from demo_steps where step = :step")
                        .param("step", step)
                        .query(Long.class)
                        .single()
                > 0;
    }

    void once(String step, Runnable act) {
        if (isDone(step)) return;
        act.run();
        db.sql("insert into demo_steps (step, done_at) values (:step, :now) on conflict do nothing")
                .param("step", step)
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }
}
