package vitrine.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Money;

/**
 * A buyer's bank asks for her money back. What the gateway says of it becomes a row, entries in the journal, and the part of the payment
 * that can no longer be given back a second time: all in one transaction, and the same however often and in which order it is said.
 */
@Component
class Disputes {

    private static final Logger log = LoggerFactory.getLogger(Disputes.class);

    private final PaymentRows rows;
    private final MoneyJournal journal;
    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Ids ids;
    private final Clock clock;

    Disputes(
            PaymentRows rows,
            MoneyJournal journal,
            JdbcClient db,
            TransactionTemplate transactions,
            Ids ids,
            Clock clock) {
        this.rows = rows;
        this.journal = journal;
        this.db = db;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /** @return the payment that it is about; empty: none of ours */
    Optional<Payment> heard(String gateway, Gateway.Dispute said) {
        Payment of = rows.ofGateway(gateway, said.payment()).orElse(null);
        if (of == null) return Optional.empty();
        transactions.executeWithoutResult(status -> {
            Payment payment = rows.locked(of.id()).stream()
                    .filter(one -> one.id().equals(of.id()))
                    .findFirst()
                    .orElseThrow();
            keep(payment, said);
            DisputeState now = of(payment, said.gatewayId());
            book(payment, now, said);
            db.sql("""
                    update payments set disputed = (
                        select coalesce(sum(amount), 0) from disputes where brand_id = :brand and payment_id = :id
                            and taken_at is not null and returned_at is null)
                    where brand_id = :brand and payment_id = :id
                    """)
                    .param("brand", payment.id().brand().value())
                    .param("id", payment.id().value())
                    .update();
        });
        log.info("payment.disputed payment={} state={}", of.id(), said.state());
        return Optional.of(of);
    }

    /** Leans on disputes_once. What was taken or returned stays so; an older word changes no state. */
    private void keep(Payment payment, Gateway.Dispute said) {
        db.sql("""
                insert into disputes as d (brand_id, dispute_id, payment_id, gateway_id, amount, currency, reason, state, opened_at, due_by,
                    taken_at, returned_at, said_at)
                values (:brand, :dispute, :payment, :gatewayId, :amount, :currency, :reason, :state, :opened, :due, :taken, :returned, :said)
                on conflict on constraint disputes_once do update set
                    taken_at = coalesce(d.taken_at, excluded.taken_at), returned_at = coalesce(d.returned_at, excluded.returned_at),
                    state = case when excluded.said_at >= d.said_at then excluded.state else d.state end,
                    due_by = case when excluded.said_at >= d.said_at then excluded.due_by else d.due_by end,
                    said_at = greatest(d.said_at, excluded.said_at)
                """)
                .param("brand", payment.id().brand().value())
                .param("dispute", ids.next())
                .param("payment", payment.id().value())
                .param("gatewayId", said.gatewayId())
                .param("amount", said.money().minor())
                .param("currency", said.money().currency().getCurrencyCode())
                .param("reason", said.reason())
                .param("state", said.state().name().toLowerCase(Locale.ROOT))
                .param("opened", Timestamp.from(said.openedAt()))
                .param("due", at(said.dueBy()))
                .param("taken", at(said.taken() == null ? said.returned() : said.taken()))
                .param("returned", at(said.returned()))
                .param("said", Timestamp.from(said.saidAt()))
                .update();
    }

    private static @Nullable Timestamp at(@Nullable Instant time) {
        return time == null ? null : Timestamp.from(time);
    }

    private void book(Payment payment, DisputeState is, Gateway.Dispute said) {
        Instant now = clock.instant();
        if (is.takenAt() == null) return;
        journal.disputed(payment, "dispute-taken", is.id(), is.amount(), now);
        if (said.fee() != null) journal.disputed(payment, "dispute-fee", is.id(), said.fee(), now);
        if (said.feeReturned() != null)
            journal.disputed(payment, "dispute-fee-returned", is.id(), said.feeReturned(), now);
        boolean lost = is.is() == DisputeState.Is.LOST;
        if (is.returnedAt() == null) {
            if (lost) journal.disputed(payment, "dispute-lost", is.id(), is.amount(), now);
            return;
        }
        journal.disputed(payment, "dispute-returned", is.id(), is.amount(), now);
        // Money that had been given up, and came back all the same.
        if (journal.has(payment.id().brand(), "dispute-lost", is.id()))
            journal.disputed(payment, "dispute-regained", is.id(), is.amount(), now);
    }

    /** Whether it is over is asked by who shows it. The newest first. @param payment null: of all of the brand's */
    List<DisputeState> of(BrandId brand, @Nullable UUID payment, boolean underWay, int most) {
        return db.sql("""
                select * from disputes where brand_id = :brand and (cast(:payment as uuid) is null or payment_id = :payment)
                    and (not :underWay or state in ('open', 'review')) order by opened_at desc, dispute_id limit :most
                """)
                .param("brand", brand.value())
                .param("payment", payment)
                .param("underWay", underWay)
                .param("most", most)
                .query(Disputes::read)
                .list();
    }

    Optional<DisputeState> find(BrandId brand, UUID dispute) {
        return db.sql("select * from disputes where brand_id = :brand and dispute_id = :id")
                .param("brand", brand.value())
                .param("id", dispute)
                .query(Disputes::read)
                .optional();
    }

    private DisputeState of(Payment payment, String gatewayId) {
        return of(payment.id().brand(), payment.id().value(), false, Integer.MAX_VALUE).stream()
                .filter(one -> one.gatewayId().equals(gatewayId))
                .findFirst()
                .orElseThrow();
    }

    static DisputeState read(ResultSet row, int n) throws SQLException {
        return new DisputeState(
                row.getObject("dispute_id", UUID.class),
                new PaymentId(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("payment_id", UUID.class)),
                row.getString("gateway_id"),
                new Money(row.getLong("amount"), Currency.getInstance(row.getString("currency"))),
                row.getString("reason"),
                DisputeState.Is.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getTimestamp("opened_at").toInstant(),
                instant(row.getTimestamp("due_by")),
                instant(row.getTimestamp("taken_at")),
                instant(row.getTimestamp("returned_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
