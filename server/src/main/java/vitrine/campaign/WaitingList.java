package vitrine.campaign;

import static vitrine.campaign.Arrays.ints;
import static vitrine.campaign.Arrays.uuids;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.campaign.rules.State;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;

/**
 * Who gets the units that there are: first those who wait, by time of payment; then who is new, the order that reached us first,
 * those of one batch by time of payment. For whom nothing is left waits. Always under the stock row's lock.
 */
@Component
class WaitingList {

    /** How many places of a long list are looked at in one transaction. */
    private static final int MOST = 1_000;

    static final String UNIT_CAME_FREE = "entitlement.unit-came-free";

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Units units;
    private final EntitlementRows entitlements;
    private final Awarding awarding;

    WaitingList(JdbcClient db, JdbcTemplate rows, Units units, EntitlementRows entitlements, Awarding awarding) {
        this.db = db;
        this.rows = rows;
        this.units = units;
        this.entitlements = entitlements;
        this.awarding = awarding;
    }

    /** An offer's own quantity, beside the stock: how much of it is left. */
    private static final class Cap {
        final @Nullable Integer most;
        int taken;
        int waiting;
        int fresh;

        Cap(@Nullable Integer most, int taken, int waiting) {
            this.most = most;
            this.taken = taken;
            this.waiting = waiting;
        }

        int left() {
            return most == null ? Integer.MAX_VALUE : most - taken;
        }
    }

    /**
     * Serves the lists of these collectibles, and writes those who are new.
     *
     * @param fresh rights just earned, in the order in which they stand in line, state WAITING
     * @return how many got a unit
     */
    int serve(BrandId audience, Collection<CollectibleId> collectibles, List<Entitlement> fresh, Instant now) {
        Map<CollectibleId, List<Entitlement>> newcomers = new HashMap<>();
        for (Entitlement e : fresh) {
            newcomers.computeIfAbsent(e.collectible(), c -> new ArrayList<>()).add(e);
        }
        List<Entitlement> written = new ArrayList<>(fresh.size());
        List<Entitlement> served = new ArrayList<>();
        Map<UUID, Integer> taken = new HashMap<>();
        for (CollectibleId collectible : collectibles.stream()
                .distinct()
                .sorted(Comparator.comparing(CollectibleId::value))
                .toList()) {
            serve(audience, collectible, newcomers.getOrDefault(collectible, List.of()), now, written, served, taken);
        }
        entitlements.insert(audience, awarded(audience, written), now);
        entitlements.update(audience, served, now);
        take(audience, taken);
        return taken.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * What is ripe the moment it is earned and comes from our own stock gets its piece here: it would be written, locked, read and
     * written again a moment later. The unit was held before, as for every other right.
     */
    private List<Entitlement> awarded(BrandId audience, List<Entitlement> written) {
        List<Entitlement> ripe = new ArrayList<>(written.size());
        List<Entitlement> all = new ArrayList<>(written.size());
        for (Entitlement e : written) {
            (e.state() == State.RIPE && Units.own(audience, e.collectible()) ? ripe : all).add(e);
        }
        all.addAll(awarding.award(audience, ripe));
        return all;
    }

    private void serve(
            BrandId audience,
            CollectibleId collectible,
            List<Entitlement> newcomers,
            Instant now,
            List<Entitlement> written,
            List<Entitlement> served,
            Map<UUID, Integer> taken) {
        Map<UUID, Cap> caps = caps(audience, collectible);
        for (Entitlement e : newcomers) cap(caps, e).fresh++;
        int want = 0;
        for (Cap cap : caps.values()) want += Math.min(cap.left(), cap.waiting + cap.fresh);
        int held = units.hold(audience, collectible, want);
        if (held > 0 && caps.values().stream().anyMatch(c -> c.waiting > 0)) {
            for (Entitlement e : waiting(audience, collectible, held)) {
                Cap cap = cap(caps, e);
                if (held == 0 || cap.left() == 0) continue;
                held--;
                cap.taken++;
                taken.merge(e.offer().value(), 1, Integer::sum);
                served.add(e.to(e.isDue(now) ? State.RIPE : State.PENDING, UNIT_CAME_FREE));
            }
        }
        for (Entitlement e : newcomers) {
            Cap cap = cap(caps, e);
            if (held == 0 || cap.left() == 0) {
                written.add(e);
                continue;
            }
            held--;
            cap.taken++;
            taken.merge(e.offer().value(), 1, Integer::sum);
            written.add(e.to(e.isDue(now) ? State.RIPE : State.PENDING, null));
        }
        // More than MOST were waiting with different limits: what nobody of these could take goes back, and the next
        // run looks on.
        units.release(audience, collectible, held);
    }

    private static Cap cap(Map<UUID, Cap> caps, Entitlement e) {
        return Objects.requireNonNull(caps.get(e.offer().value()), "an entitlement of no offer");
    }

    private Map<UUID, Cap> caps(BrandId audience, CollectibleId collectible) {
        Map<UUID, Cap> caps = new HashMap<>();
        db.sql("""
                select o.offer_id, o.pieces_max, o.pieces_taken, w.waiting from offers o
                cross join lateral (
                    select count(*)::int as waiting from (
                        select 1 from entitlements e where e.brand_id = o.brand_id and e.offer_id = o.offer_id
                            and e.state = 'waiting' limit :most) first) w
                where o.brand_id = :brand and o.collectible_id = :collectible
                """)
                .param("most", MOST)
                .param("brand", audience.value())
                .param("collectible", collectible.value())
                .query(row -> {
                    int most = row.getInt(2);
                    Integer limit = row.wasNull() ? null : (Integer) most;
                    caps.put(row.getObject(1, UUID.class), new Cap(limit, row.getInt(3), row.getInt(4)));
                });
        return caps;
    }

    /** Of each offer that still gives, its first ones by time of payment. */
    private List<Entitlement> waiting(BrandId audience, CollectibleId collectible, int most) {
        return db.sql("""
                select e.* from offers o
                cross join lateral (
                    select * from entitlements e where e.brand_id = o.brand_id and e.offer_id = o.offer_id
                        and e.state = 'waiting' order by e.paid_at, e.entitlement_id limit :most) e
                where o.brand_id = :brand and o.collectible_id = :collectible
                    and o.pieces_taken < coalesce(o.pieces_max, o.pieces_taken + 1)
                order by e.paid_at, e.entitlement_id
                """)
                .param("most", most)
                .param("brand", audience.value())
                .param("collectible", collectible.value())
                .query(EntitlementRows::row)
                .list();
    }

    /** {@code offers_within_max} is the last word on an offer's quantity. */
    void take(BrandId audience, Map<UUID, Integer> piecesByOffer) {
        if (piecesByOffer.isEmpty()) return;
        var changes = List.copyOf(piecesByOffer.entrySet());
        rows.update("""
                update offers o set pieces_taken = pieces_taken + w.pieces
                from unnest(?::uuid[], ?::int[]) as w (offer_id, pieces) where o.brand_id = ? and o.offer_id = w.offer_id
                """, uuids(changes, Map.Entry::getKey), ints(changes, Map.Entry::getValue), audience.value());
    }
}
