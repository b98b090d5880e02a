package vitrine.fulfilment;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.identity.CollectorId;
import vitrine.identity.Departures;
import vitrine.identity.Readers;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.EventReader;
import vitrine.platform.Job;
import vitrine.platform.Settings;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Texts;

/**
 * Tells whoever waits that her parcel is on its way, and forgets addresses, and by what number it went: two weeks after the delivery, as long as something may be
 * missing; three months after the shipping, where nobody says that it arrived; half a year after she gave it, where nothing was shipped, of
 * which she is told; at once when she has her account erased.
 */
@Component
class FulfilmentCare implements Job {

    static final Duration KEPT_AFTER_DELIVERY = Duration.ofDays(14);
    static final Duration KEPT_AFTER_SHIPPING = Duration.ofDays(90);
    static final Duration KEPT_UNSHIPPED = Duration.ofDays(180);
    private static final Duration SWEEP_EVERY = Duration.ofHours(1);
    private static final int BATCH = 50;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final EventReader events;
    private final Catalog catalog;
    private final Readers readers;
    private final Messages messages;
    private final Settings settings;
    private final BusinessClock clock;
    private Instant sweptAt = Instant.MIN;

    FulfilmentCare(
            JdbcClient db,
            TransactionTemplate transactions,
            EventReader events,
            Catalog catalog,
            Readers readers,
            Messages messages,
            Settings settings,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.events = events;
        this.catalog = catalog;
        this.readers = readers;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "fulfilments";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        Instant now = clock.now();
        if (sweptAt.plus(SWEEP_EVERY).isBefore(now)) {
            forgetOld(now);
            boolean more = true;
            while (more) more = Boolean.TRUE.equals(transactions.execute(status -> forgetUnshipped(now)));
            sweptAt = now;
        }
        boolean heard = catalog.house()
                .map(house -> events.read("fulfilment-erasures", house.id(), batch -> batch.stream()
                        .map(Departures::erased)
                        .filter(erased -> !erased.isEmpty())
                        .forEach(this::forget)))
                .orElse(false);
        return Boolean.TRUE.equals(transactions.execute(status -> tell(now))) || heard;
    }

    private void forgetOld(Instant now) {
        db.sql("""
                update fulfilments set address_sealed = null, carrier = null, tracking = null, replaced = null
                where (address_sealed is not null or tracking is not null) and shipped_at is not null
                    and (done_at < :done or shipped_at < :shipped)
                """)
                .param("done", Timestamp.from(now.minus(KEPT_AFTER_DELIVERY)))
                .param("shipped", Timestamp.from(now.minus(KEPT_AFTER_SHIPPING)))
                .update();
    }

    private record Unshipped(
            UUID brandId, UUID redemptionId, UUID collectorId, String slug, int serial, String nameZh, String nameEn) {}

    private boolean forgetUnshipped(Instant now) {
        List<Unshipped> unshipped = db.sql("""
                select f.brand_id, f.redemption_id, f.collector_id, c.slug, f.serial, p.name_zh, p.name_en
                from fulfilments f
                join collectibles c on c.brand_id = f.brand_id and c.collectible_id = f.collectible_id
                join promises p on p.brand_id = f.brand_id and p.promise_id = f.promise_id
                where f.address_sealed is not null and f.shipped_at is null and f.addressed_at < :before
                order by f.addressed_at limit :most for update of f skip locked
                """)
                .param("before", Timestamp.from(now.minus(KEPT_UNSHIPPED)))
                .param("most", BATCH)
                .query(Unshipped.class)
                .list();
        for (Unshipped one : unshipped) {
            readers.of(new CollectorId(one.collectorId)).ifPresent(reader -> {
                String name = reader.t().quoted(reader.t().of(new Bilingual(one.nameZh, one.nameEn)));
                messages.write(
                        reader.to(),
                        reader.t().get("mail.parcel.forgotten.subject", name),
                        reader.t()
                                .get(
                                        "mail.parcel.forgotten.text",
                                        name,
                                        KEPT_UNSHIPPED.toDays(),
                                        settings.baseUrl() + "/me/redeem/" + one.slug + "-" + one.serial));
            });
            db.sql("update fulfilments set address_sealed = null where brand_id = :brand and redemption_id = :id")
                    .param("brand", one.brandId)
                    .param("id", one.redemptionId)
                    .update();
        }
        return unshipped.size() == BATCH;
    }

    private void forget(Collection<CollectorId> erased) {
        // By brand, whose key the table has.
        db.sql("""
                update fulfilments f set address_sealed = null, carrier = null, tracking = null, replaced = null
                from (select distinct brand_id from promises) b
                where f.brand_id = b.brand_id and f.collector_id = any(:ids) and (f.address_sealed is not null or f.tracking is not null)
                """)
                .param("ids", erased.stream().map(CollectorId::value).toArray(UUID[]::new))
                .update();
    }

    private record Shipped(
            UUID brandId,
            UUID redemptionId,
            UUID collectorId,
            String slug,
            int serial,
            String nameZh,
            String nameEn,
            String carrier,
            String tracking,
            boolean corrected) {}

    private boolean tell(Instant now) {
        List<Shipped> shipped =
                db.sql("""
                select f.brand_id, f.redemption_id, f.collector_id, c.slug, f.serial, p.name_zh, p.name_en, f.carrier, f.tracking,
                    f.corrected_at is not null as corrected
                from fulfilments f
                join collectibles c on c.brand_id = f.brand_id and c.collectible_id = f.collectible_id
                join promises p on p.brand_id = f.brand_id and p.promise_id = f.promise_id
                where f.shipped_at is not null and f.told_at is null and f.tracking is not null
                order by f.shipped_at limit :most for update of f skip locked
                """).param("most", BATCH).query(Shipped.class).list();
        for (Shipped one : shipped) {
            tell(one);
            db.sql("update fulfilments set told_at = :now where brand_id = :brand and redemption_id = :id")
                    .param("now", Timestamp.from(now))
                    .param("brand", one.brandId)
                    .param("id", one.redemptionId)
                    .update();
        }
        return !shipped.isEmpty();
    }

    private void tell(Shipped one) {
        Readers.Reader reader = readers.of(new CollectorId(one.collectorId)).orElse(null);
        if (reader == null) return;
        Texts t = reader.t();
        String name = t.quoted(t.of(new Bilingual(one.nameZh, one.nameEn)));
        messages.write(
                reader.to(),
                t.get(one.corrected ? "mail.parcel.corrected.subject" : "mail.parcel.shipped.subject", name),
                t.get(
                        one.corrected ? "mail.parcel.corrected.text" : "mail.parcel.shipped.text",
                        name,
                        one.carrier,
                        one.tracking,
                        settings.baseUrl() + "/me/redeem/" + one.slug + "-" + one.serial));
    }
}
