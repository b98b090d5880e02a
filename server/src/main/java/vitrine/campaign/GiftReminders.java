package vitrine.campaign;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;

/**
 * Who has a gift of this brand that nobody has unwrapped is told of it once more: the newest one, by the mail that told her first, so
 * that a person who has several gets one mail and finds the others behind its link.
 */
@Component
class GiftReminders {

    /** Who was told within so long is left alone. */
    static final Duration REST = Duration.ofDays(7);

    private final JdbcClient db;
    private final Messages messages;
    private final BusinessClock clock;

    GiftReminders(JdbcClient db, Messages messages, BusinessClock clock) {
        this.db = db;
        this.messages = messages;
        this.clock = clock;
    }

    /** Why these would not be told now, by person; who is not in it would be. */
    Map<UUID, String> refusals(BrandId brand, Collection<UUID> people) {
        Map<UUID, String> refusals = new HashMap<>();
        newest(brand, people).forEach((person, gift) -> gift.refusal().ifPresent(code -> refusals.put(person, code)));
        for (UUID person : people) {
            if (!messages.reaches(Address.Kind.EMAIL) && !messages.reaches(Address.Kind.PHONE))
                refusals.put(person, "bulk.no-carrier");
        }
        return refusals;
    }

    /** Notes her newest gift anew; {@link GiftMails} tells. Empty: it is noted. */
    @Transactional(propagation = Propagation.MANDATORY)
    Optional<String> remind(BrandId brand, UUID person) {
        String refusal = refusals(brand, List.of(person)).get(person);
        Unopened gift = newest(brand, List.of(person)).get(person);
        if (refusal != null || gift == null) return Optional.of(refusal == null ? "bulk.nothing-wrapped" : refusal);
        db.sql("""
                insert into announcements (brand_id, entitlement_id, state, noted_at) values (:brand, :gift, 'granted', :now)
                on conflict (brand_id, entitlement_id, state) do update set noted_at = excluded.noted_at, done_at = null
                """)
                .param("brand", brand.value())
                .param("gift", gift.entitlement())
                .param("now", Timestamp.from(clock.now()))
                .update();
        return Optional.empty();
    }

    /**
     * @param entitlement null: nothing of hers is still wrapped
     * @param told the mail of one of her gifts is on its way, or went lately
     */
    private record Unopened(UUID person, @Nullable UUID entitlement, boolean reachable, boolean left, boolean told) {
        Optional<String> refusal() {
            return entitlement == null
                    ? Optional.of("bulk.nothing-wrapped")
                    : left
                            ? Optional.of("bulk.left")
                            : !reachable
                                    ? Optional.of("bulk.no-address")
                                    : told ? Optional.of("bulk.told-lately") : Optional.empty();
        }
    }

    private Map<UUID, Unopened> newest(BrandId brand, Collection<UUID> people) {
        Map<UUID, Unopened> newest = new HashMap<>();
        db.sql("""
                select w.person, g.entitlement_id, coalesce(g.reachable, false) as reachable,
                    coalesce(r.closed_at is not null or r.erased_at is not null, false) as "left", coalesce(told.told, false) as told
                from unnest(:people::uuid[]) as w (person)
                left join collectors c on c.collector_id = w.person
                left join collectors r on r.collector_id = coalesce(c.joined_into, c.collector_id)
                left join lateral (
                    select e.entitlement_id, o.contact_sealed is not null as reachable
                    from entitlements e
                    join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id
                        and p.serial = e.serial and p.state = 'owned' and p.opened_at is null and p.owner_id = e.collector_id
                    left join orders o on o.brand_id = e.order_brand_id and o.order_id = e.order_id
                    where e.brand_id = :brand and e.collector_id = w.person and e.state = 'granted'
                    order by reachable desc nulls last, e.entitlement_id desc limit 1) g on true
                left join lateral (
                    select bool_or(a.done_at is null or a.done_at > :since) as told
                    from entitlements e
                    join announcements a on a.brand_id = e.brand_id and a.entitlement_id = e.entitlement_id and a.state = 'granted'
                    where e.brand_id = :brand and e.collector_id = w.person) told on true
                """)
                .param("people", new SqlArrayValue("uuid", people.toArray()))
                .param("brand", brand.value())
                .param("since", Timestamp.from(clock.now().minus(REST)))
                .query((row, n) -> new Unopened(
                        row.getObject("person", UUID.class),
                        row.getObject("entitlement_id", UUID.class),
                        row.getBoolean("reachable"),
                        row.getBoolean("left"),
                        row.getBoolean("told")))
                .list()
                .forEach(gift -> newest.put(gift.person(), gift));
        return newest;
    }
}
