package vitrine.payment;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a gateway said becomes what we know: in one transaction the payment's state, its entry in the journal, the end of the other
 * tries, and the notice that must not count twice. Callbacks and our own questions end here alike.
 */
@Component
class Settling {

    private static final Logger log = LoggerFactory.getLogger(Settling.class);

    private final PaymentRows rows;
    private final MoneyJournal journal;
    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Settling(PaymentRows rows, MoneyJournal journal, JdbcClient db, TransactionTemplate transactions, Clock clock) {
        this.rows = rows;
        this.journal = journal;
        this.db = db;
        this.transactions = transactions;
        this.clock = clock;
    }

    enum Outcome {
        /** The money is in the books now. */
        PAID,
        /** The same, and it came after the payment was over. */
        PAID_LATE,
        CLOSED,
        /** It says what we know. */
        AGAIN,
        /** It says nothing that changes anything. */
        NOTHING,
        UNKNOWN_PAYMENT,
        WRONG_AMOUNT,
        WRONG_CURRENCY;

        boolean isRefusal() {
            return this == UNKNOWN_PAYMENT || this == WRONG_AMOUNT || this == WRONG_CURRENCY;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * From a callback. Whatever it says, saying it again changes nothing: what it says is held against the state of now. Leans on
     * payment_notices_once: the first outcome is the one that is kept.
     */
    Outcome settle(String gateway, Gateway.Notice.Of notice) {
        PaymentId id = new PaymentId(notice.brand(), notice.payment());
        Outcome outcome = transactions.execute(status -> {
            List<Payment> tries = rows.locked(id);
            Payment payment = one(tries, id, gateway);
            // Not kept: it is nobody's, and whoever sends such things may send many.
            if (payment == null) return Outcome.UNKNOWN_PAYMENT;
            Outcome now = apply(payment, tries.size(), notice.says());
            keep(gateway, notice, now);
            return now;
        });
        return told(id, outcome == null ? Outcome.NOTHING : outcome);
    }

    /** From an answer to our own question. */
    Outcome settle(PaymentId id, Gateway.Says says) {
        Outcome outcome = transactions.execute(status -> {
            List<Payment> tries = rows.locked(id);
            Payment payment = one(tries, id, null);
            return payment == null ? Outcome.UNKNOWN_PAYMENT : apply(payment, tries.size(), says);
        });
        return told(id, outcome == null ? Outcome.NOTHING : outcome);
    }

    /**
     * Another sum than was asked for, which the gateway says twice that it has: booked as what came. It is for nothing, and who calls this
     * gives it back in the same transaction. @return false: it is paid, or nobody spoke of another sum
     */
    boolean settleOther(OtherSum.Came came) {
        List<Payment> tries = rows.locked(came.payment());
        Payment payment = one(tries, came.payment(), null);
        if (payment == null || payment.isPaid() || payment.other() == null) return false;
        Instant now = clock.instant();
        rows.paidOtherSum(payment.id(), came.gatewayId(), came.money(), came.at(), now);
        journal.paid(rows.find(payment.id()).orElseThrow(), now);
        return true;
    }

    private static @Nullable Payment one(List<Payment> tries, PaymentId id, @Nullable String gateway) {
        return tries.stream()
                .filter(one -> one.id().equals(id)
                        && (gateway == null || one.way().gateway().equals(gateway)))
                .findFirst()
                .orElse(null);
    }

    private Outcome apply(Payment payment, int tries, Gateway.Says says) {
        Instant now = clock.instant();
        return switch (says) {
            case Gateway.Says.Paid paid -> paid(payment, tries, paid, now);
            case Gateway.Says.Ended ended -> {
                // An end that is told after the money, or again, ends nothing: a refund ends Alipay's trade, too.
                if (!payment.isUnderWay()) yield payment.isPaid() ? Outcome.NOTHING : Outcome.AGAIN;
                yield rows.ended(payment.id(), Payment.State.CLOSED, null, now) ? Outcome.CLOSED : Outcome.AGAIN;
            }
            case Gateway.Says.Unpaid unpaid -> Outcome.NOTHING;
            case Gateway.Says.Pending pending -> Outcome.NOTHING;
            case Gateway.Says.Unheard unheard -> Outcome.NOTHING;
        };
    }

    private Outcome paid(Payment payment, int tries, Gateway.Says.Paid paid, Instant now) {
        if (!paid.money().equals(payment.amount())) {
            rows.otherSum(payment.id(), paid.money());
            return paid.money().currency().equals(payment.amount().currency())
                    ? Outcome.WRONG_AMOUNT
                    : Outcome.WRONG_CURRENCY;
        }
        if (payment.isPaid()) return Outcome.AGAIN;
        boolean late = !payment.isUnderWay();
        rows.paid(payment.id(), paid.gatewayId(), paid.at(), late);
        journal.paid(payment, now);
        if (tries > 1) rows.closeOthersWanted(payment, now);
        return late ? Outcome.PAID_LATE : Outcome.PAID;
    }

    private void keep(String gateway, Gateway.Notice.Of notice, Outcome outcome) {
        db.sql("""
                insert into payment_notices (brand_id, gateway, notice_id, payment_id, says, outcome, received_at)
                values (:brand, :gateway, :notice, :payment, :says, :outcome, :now)
                on conflict on constraint payment_notices_once do nothing
                """)
                .param("brand", notice.brand().value())
                .param("gateway", gateway)
                .param("notice", notice.id())
                .param("payment", notice.payment())
                .param(
                        "says",
                        switch (notice.says()) {
                            case Gateway.Says.Paid paid ->
                                "paid " + paid.money().minor() + " "
                                        + paid.money().currency();
                            case Gateway.Says.Ended ended -> "ended";
                            case Gateway.Says.Unpaid unpaid -> "unpaid";
                            case Gateway.Says.Pending pending -> "pending";
                            case Gateway.Says.Unheard unheard -> "unheard";
                        })
                .param("outcome", outcome.text())
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    private Outcome told(PaymentId id, Outcome outcome) {
        if (outcome.isRefusal()) log.warn("payment.notice-refused payment={} why={}", id, outcome.text());
        return outcome;
    }
}
