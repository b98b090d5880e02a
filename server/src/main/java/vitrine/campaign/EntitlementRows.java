package vitrine.campaign;

import static vitrine.campaign.Arrays.booleans;
import static vitrine.campaign.Arrays.ints;
import static vitrine.campaign.Arrays.texts;
import static vitrine.campaign.Arrays.times;
import static vitrine.campaign.Arrays.uuids;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.campaign.VerdictRows.OfferAndCollector;
import vitrine.campaign.rules.State;
import vitrine.catalog.CollectibleId;
import vitrine.drop.OfferId;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;

/** The table {@code entitlements}. Its rows change only under the lock of their stock row ({@link Units#lock}). */
@Component
class EntitlementRows {

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Announcements announcements;

    EntitlementRows(JdbcClient db, JdbcTemplate rows, Announcements announcements) {
        this.db = db;
        this.rows = rows;
        this.announcements = announcements;
    }

    /** All that these collectors ever had from these offers. */
    List<Entitlement> ofCollectors(BrandId brand, Collection<OfferAndCollector> keys) {
        if (keys.isEmpty()) return List.of();
        return db.sql("""
                select e.* from unnest(:offers::uuid[], :collectors::uuid[]) as k (offer_id, collector_id)
                cross join lateral (
                    select * from entitlements e where e.brand_id = :brand and e.collector_id = k.collector_id
                        and e.offer_id = k.offer_id offset 0) e
                """)
                .param("offers", uuids(keys, OfferAndCollector::offer))
                .param("collectors", uuids(keys, k -> k.collector().value()))
                .param("brand", brand.value())
                .query(EntitlementRows::row)
                .list();
    }

    List<Entitlement> byId(BrandId brand, Collection<UUID> ids) {
        if (ids.isEmpty()) return List.of();
        return db.sql("""
                select * from entitlements where brand_id = :brand and entitlement_id = any(:ids) order by entitlement_id
                """)
                .param("brand", brand.value())
                .param("ids", uuids(ids, id -> id))
                .query(EntitlementRows::row)
                .list();
    }

    /** {@code entitlements_never_twice}: one reason, one right. */
    void insert(BrandId brand, List<Entitlement> fresh, Instant now) {
        if (fresh.isEmpty()) return;
        rows.update(
                """
                insert into entitlements (brand_id, entitlement_id, offer_id, collector_id, reason, order_brand_id, order_id,
                    collectible_brand_id, collectible_id, state, holds_unit, paid_at, due_at, serial, changed_at)
                select ?, w.*, ?::timestamptz from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::uuid[], ?::uuid[],
                    ?::uuid[], ?::uuid[], ?::text[], ?::boolean[], ?::timestamptz[], ?::timestamptz[], ?::int[]) w
                """,
                brand.value(),
                Timestamp.from(now),
                uuids(fresh, Entitlement::id),
                uuids(fresh, e -> e.offer().value()),
                uuids(fresh, e -> e.collector().value()),
                texts(fresh, Entitlement::reason),
                uuids(fresh, e -> e.order().brand().value()),
                uuids(fresh, e -> e.order().id().value()),
                uuids(fresh, e -> e.collectible().brand().value()),
                uuids(fresh, e -> e.collectible().value()),
                texts(fresh, e -> e.state().text()),
                booleans(fresh, e -> e.state().holdsUnit()),
                times(fresh, Entitlement::paidAt),
                times(fresh, Entitlement::dueAt),
                ints(fresh, Entitlement::serial));
        announcements.note(brand, fresh);
    }

    void update(BrandId brand, List<Entitlement> changed, Instant now) {
        if (changed.isEmpty()) return;
        rows.update(
                """
                update entitlements e set state = w.state, holds_unit = w.holds_unit, order_brand_id = w.order_brand_id, order_id = w.order_id,
                    paid_at = w.paid_at, due_at = w.due_at, serial = w.serial, changed_why = w.why,
                    taking_back = w.taking_back, changed_at = ?::timestamptz
                from unnest(?::uuid[], ?::text[], ?::boolean[], ?::uuid[], ?::uuid[], ?::timestamptz[], ?::timestamptz[], ?::int[],
                    ?::text[], ?::text[]) as w (entitlement_id, state, holds_unit, order_brand_id, order_id, paid_at, due_at,
                    serial, why, taking_back)
                where e.brand_id = ? and e.entitlement_id = w.entitlement_id
                """,
                Timestamp.from(now),
                uuids(changed, Entitlement::id),
                texts(changed, e -> e.state().text()),
                booleans(changed, e -> e.state().holdsUnit()),
                uuids(changed, e -> e.order().brand().value()),
                uuids(changed, e -> e.order().id().value()),
                times(changed, Entitlement::paidAt),
                times(changed, Entitlement::dueAt),
                ints(changed, Entitlement::serial),
                texts(changed, Entitlement::why),
                texts(changed, Entitlement::takingBack),
                brand.value());
        announcements.note(brand, changed);
    }

    static Entitlement row(ResultSet row, int n) throws SQLException {
        BrandId brand = new BrandId(row.getObject("brand_id", UUID.class));
        int serial = row.getInt("serial");
        boolean noSerial = row.wasNull();
        return new Entitlement(
                row.getObject("entitlement_id", UUID.class),
                new OfferId(brand, row.getObject("offer_id", UUID.class)),
                new CollectorId(row.getObject("collector_id", UUID.class)),
                row.getString("reason"),
                new OrderRef(
                        new BrandId(row.getObject("order_brand_id", UUID.class)),
                        new OrderId(row.getObject("order_id", UUID.class))),
                new CollectibleId(
                        new BrandId(row.getObject("collectible_brand_id", UUID.class)),
                        row.getObject("collectible_id", UUID.class)),
                State.of(row.getString("state")),
                row.getTimestamp("paid_at").toInstant(),
                VerdictRows.instant(row.getTimestamp("due_at")),
                noSerial ? null : (Integer) serial,
                row.getString("changed_why"),
                row.getTimestamp("award_begun_at") != null,
                row.getString("taking_back"));
    }
}
