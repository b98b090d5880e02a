package vitrine.campaign;

import java.sql.Timestamp;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.campaign.rules.State;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;

/** Notes, in the transaction that changed a right, that its buyer has to be told; {@link GiftMails} tells her. */
@Component
class Announcements {

    private static final Set<State> TOLD =
            Set.of(State.PENDING, State.WAITING, State.GRANTED, State.LAPSED, State.REVOKED);

    private final JdbcTemplate rows;
    private final Messages messages;
    private final BusinessClock clock;

    Announcements(JdbcTemplate rows, Messages messages, BusinessClock clock) {
        this.rows = rows;
        this.messages = messages;
        this.clock = clock;
    }

    /** Each state of a right is told once. Where no message would reach anybody nothing is written. */
    void note(BrandId brand, List<Entitlement> changed) {
        if (!messages.reaches(Address.Kind.EMAIL) && !messages.reaches(Address.Kind.PHONE)) return;
        List<Entitlement> told =
                changed.stream().filter(e -> TOLD.contains(e.state())).toList();
        if (told.isEmpty()) return;
        rows.update(
                """
                insert into announcements (brand_id, entitlement_id, state, noted_at)
                select ?, w.id, w.state, ?::timestamptz from unnest(?::uuid[], ?::text[]) as w (id, state)
                on conflict do nothing
                """,
                brand.value(),
                Timestamp.from(clock.now()),
                new SqlArrayValue("uuid", told.stream().map(Entitlement::id).toArray()),
                new SqlArrayValue(
                        "text", told.stream().map(e -> e.state().text()).toArray()));
    }
}
