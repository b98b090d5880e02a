package vitrine.campaign;

import static vitrine.campaign.Arrays.ints;
import static vitrine.campaign.Arrays.longs;
import static vitrine.campaign.Arrays.texts;
import static vitrine.campaign.Arrays.times;
import static vitrine.campaign.Arrays.uuids;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;

/** The table {@code verdicts}, and its past in {@code verdict_history}. */
@Component
class VerdictRows {

    private final JdbcClient db;
    private final JdbcTemplate rows;

    private final MeterRegistry meters;

    VerdictRows(JdbcClient db, JdbcTemplate rows, MeterRegistry meters) {
        this.db = db;
        this.rows = rows;
        this.meters = meters;
    }

    record OfferAndOrder(UUID offer, OrderRef order) {}

    record OfferAndCollector(UUID offer, CollectorId collector) {}

    /** What these offers said to these orders, whoever's they were then. */
    List<VerdictRow> ofOrders(BrandId brand, Collection<OfferAndOrder> keys) {
        if (keys.isEmpty()) return List.of();
        // Lateral with "offset 0": one look-up by primary key for each, whatever the planner believes about a fresh
        // table.
        return db.sql("""
                select v.* from unnest(:offers::uuid[], :brands::uuid[], :orders::uuid[]) as k (offer_id, order_brand_id, order_id)
                cross join lateral (
                    select * from verdicts v where v.brand_id = :brand and v.offer_id = k.offer_id
                        and v.order_brand_id = k.order_brand_id and v.order_id = k.order_id offset 0) v
                """)
                .param("offers", uuids(keys, OfferAndOrder::offer))
                .param("brands", uuids(keys, k -> k.order().brand().value()))
                .param("orders", uuids(keys, k -> k.order().id().value()))
                .param("brand", brand.value())
                .query(VerdictRows::row)
                .list();
    }

    /** All that these offers said to these collectors. */
    List<VerdictRow> ofCollectors(BrandId brand, Collection<OfferAndCollector> keys) {
        if (keys.isEmpty()) return List.of();
        return db.sql("""
                select v.* from unnest(:offers::uuid[], :collectors::uuid[]) as k (offer_id, collector_id)
                cross join lateral (
                    select * from verdicts v where v.brand_id = :brand and v.collector_id = k.collector_id
                        and v.offer_id = k.offer_id offset 0) v
                """)
                .param("offers", uuids(keys, OfferAndCollector::offer))
                .param("collectors", uuids(keys, k -> k.collector().value()))
                .param("brand", brand.value())
                .query(VerdictRows::row)
                .list();
    }

    /** Under which of these ids anything was said at all. */
    Set<CollectorId> standing(BrandId brand, Collection<CollectorId> collectors) {
        return Set.copyOf(db.sql("""
                select k.collector_id from unnest(:collectors::uuid[]) as k (collector_id)
                cross join lateral (
                    select from verdicts v where v.brand_id = :brand and v.collector_id = k.collector_id limit 1) v
                """)
                .param("collectors", uuids(collectors, CollectorId::value))
                .param("brand", brand.value())
                .query((row, n) -> new CollectorId(row.getObject(1, UUID.class)))
                .list());
    }

    /** {@code verdicts_pk}: an order is judged by an offer once at a time; a second first look would be a bug of ours. */
    void insert(BrandId brand, List<VerdictRow> fresh, Instant now) {
        if (fresh.isEmpty()) return;
        rows.update(
                """
                insert into verdicts (brand_id, offer_id, order_brand_id, order_id, collector_id, bought_as, order_name, order_version,
                    rules_version, code, counted, numbers, lines, batch_id, received_at, paid_at, receipt_at, judged_at)
                select ?, w.*, ?::timestamptz from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::int[], ?::int[],
                    ?::text[], ?::bigint[], ?::text[], ?::text[], ?::uuid[], ?::timestamptz[], ?::timestamptz[],
                    ?::timestamptz[]) w
                """,
                brand.value(),
                Timestamp.from(now),
                uuids(fresh, VerdictRow::offer),
                uuids(fresh, v -> v.order().brand().value()),
                uuids(fresh, v -> v.order().id().value()),
                uuids(fresh, v -> v.collector().value()),
                uuids(fresh, v -> v.boughtAs().value()),
                texts(fresh, VerdictRow::orderName),
                ints(fresh, VerdictRow::orderVersion),
                ints(fresh, VerdictRow::rulesVersion),
                texts(fresh, VerdictRow::code),
                longs(fresh, VerdictRow::counted),
                texts(fresh, VerdictRow::numbers),
                texts(fresh, VerdictRow::lines),
                uuids(fresh, VerdictRow::batch),
                times(fresh, VerdictRow::receivedAt),
                times(fresh, VerdictRow::paidAt),
                times(fresh, VerdictRow::receiptAt));
        countWhenCommitted(fresh);
    }

    /** {@code vitrine_verdicts_total} by code: how orders were judged, each time that something else was said. */
    private void countWhenCommitted(List<VerdictRow> said) {
        Map<String, Integer> codes = new HashMap<>();
        for (VerdictRow each : said) codes.merge(each.code(), 1, Integer::sum);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                codes.forEach((code, times) ->
                        meters.counter("vitrine.verdicts", "code", code).increment(times));
            }
        });
    }

    /** What was said before goes into the history, where a reader sees a difference. */
    void update(BrandId brand, List<VerdictRow> changed, List<VerdictRow> said, Instant now) {
        if (!said.isEmpty()) {
            rows.update(
                    """
                    insert into verdict_history (brand_id, offer_id, order_brand_id, order_id, judged_at, nth, rules_version,
                        code, counted, numbers, lines)
                    select v.brand_id, v.offer_id, v.order_brand_id, v.order_id, v.judged_at,
                        1 + (select count(*) from verdict_history h where h.brand_id = v.brand_id and h.offer_id = v.offer_id
                             and h.order_brand_id = v.order_brand_id and h.order_id = v.order_id),
                        v.rules_version, v.code, v.counted, v.numbers, v.lines
                    from unnest(?::uuid[], ?::uuid[], ?::uuid[]) as k (offer_id, order_brand_id, order_id)
                    join verdicts v using (offer_id, order_brand_id, order_id) where v.brand_id = ?
                    """,
                    uuids(said, VerdictRow::offer),
                    uuids(said, v -> v.order().brand().value()),
                    uuids(said, v -> v.order().id().value()),
                    brand.value());
            countWhenCommitted(said);
        }
        if (changed.isEmpty()) return;
        rows.update(
                """
                update verdicts v set collector_id = w.collector_id, bought_as = w.bought_as, order_version = w.order_version,
                    rules_version = w.rules_version, code = w.code, counted = w.counted, numbers = w.numbers, lines = w.lines,
                    paid_at = w.paid_at, receipt_at = w.receipt_at, judged_at = ?::timestamptz
                from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::text[], ?::bigint[],
                    ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[]) as w (offer_id, order_brand_id, order_id,
                    collector_id, bought_as, order_version, rules_version, code, counted, numbers, lines, paid_at, receipt_at)
                where v.brand_id = ? and v.offer_id = w.offer_id and v.order_brand_id = w.order_brand_id
                    and v.order_id = w.order_id
                """,
                Timestamp.from(now),
                uuids(changed, VerdictRow::offer),
                uuids(changed, v -> v.order().brand().value()),
                uuids(changed, v -> v.order().id().value()),
                uuids(changed, v -> v.collector().value()),
                uuids(changed, v -> v.boughtAs().value()),
                ints(changed, VerdictRow::orderVersion),
                ints(changed, VerdictRow::rulesVersion),
                texts(changed, VerdictRow::code),
                longs(changed, VerdictRow::counted),
                texts(changed, VerdictRow::numbers),
                texts(changed, VerdictRow::lines),
                times(changed, VerdictRow::paidAt),
                times(changed, VerdictRow::receiptAt),
                brand.value());
    }

    static VerdictRow row(ResultSet row, int n) throws SQLException {
        return new VerdictRow(
                row.getObject("offer_id", UUID.class),
                new OrderRef(
                        new BrandId(row.getObject("order_brand_id", UUID.class)),
                        new OrderId(row.getObject("order_id", UUID.class))),
                new CollectorId(row.getObject("collector_id", UUID.class)),
                new CollectorId(row.getObject("bought_as", UUID.class)),
                row.getString("order_name"),
                row.getInt("order_version"),
                row.getInt("rules_version"),
                row.getString("code"),
                row.getLong("counted"),
                row.getString("numbers"),
                row.getString("lines"),
                row.getObject("batch_id", UUID.class),
                row.getTimestamp("received_at").toInstant(),
                instant(row.getTimestamp("paid_at")),
                instant(row.getTimestamp("receipt_at")));
    }

    static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
