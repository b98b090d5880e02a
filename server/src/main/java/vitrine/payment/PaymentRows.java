package vitrine.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/** The rows of payments: how they are read and how one goes from state to state. */
@Component
class PaymentRows {

    private final JdbcClient db;

    PaymentRows(JdbcClient db) {
        this.db = db;
    }

    Optional<Payment> find(PaymentId id) {
        return db.sql("select * from payments where brand_id = :brand and payment_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(PaymentRows::read)
                .optional();
    }

    /** All tries of one purpose, the first one first. */
    List<Payment> ofPurpose(BrandId brand, UUID purpose) {
        return db.sql("select * from payments where brand_id = :brand and purpose = :purpose order by attempt")
                .param("brand", brand.value())
                .param("purpose", purpose)
                .query(PaymentRows::read)
                .list();
    }

    /** The same around one of them, locked in the order of the tries: two that settle at once wait, and never in a circle. */
    List<Payment> locked(PaymentId id) {
        return db.sql("""
                select * from payments where brand_id = :brand
                and purpose = (select purpose from payments where brand_id = :brand and payment_id = :id)
                order by attempt for update
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(PaymentRows::read)
                .list();
    }

    /** Leans on payments_attempt_once: of two that begin the same try at once, one is told by an exception. */
    void insert(Payment payment, Instant askAt) {
        db.sql("""
                insert into payments (brand_id, payment_id, purpose, attempt, payer, way, amount, currency, title, cause, state,
                    late, refunded, disputed, deadline, started_at, ask_at, asked)
                values (:brand, :id, :purpose, :attempt, :payer, :way, :amount, :currency, :title, :cause, 'started',
                    false, 0, 0, :deadline, :now, :askAt, 0)
                """)
                .param("brand", payment.id().brand().value())
                .param("id", payment.id().value())
                .param("purpose", payment.purpose())
                .param("attempt", payment.attempt())
                .param("payer", payment.payer())
                .param("way", payment.way().text())
                .param("amount", payment.amount().minor())
                .param("currency", payment.amount().currency().getCurrencyCode())
                .param("title", payment.title())
                .param("cause", payment.cause())
                .param("deadline", Timestamp.from(payment.deadline()))
                .param("now", Timestamp.from(payment.startedAt()))
                .param("askAt", Timestamp.from(askAt))
                .update();
    }

    /** False: somebody was faster, so it may be paid or closed. */
    boolean opened(PaymentId id, @Nullable String gatewayId, String shown, Instant now, Instant askAt) {
        return db.sql("""
                update payments set state = 'open', gateway_id = coalesce(:gatewayId, gateway_id), shown = :shown,
                    opened_at = :now, ask_at = :askAt
                where brand_id = :brand and payment_id = :id and state = 'started' and close_wanted_at is null
                """)
                        .param("brand", id.brand().value())
                        .param("id", id.value())
                        .param("gatewayId", gatewayId)
                        .param("shown", shown)
                        .param("now", Timestamp.from(now))
                        .param("askAt", Timestamp.from(askAt))
                        .update()
                == 1;
    }

    void paid(PaymentId id, String gatewayId, Instant paidAt, boolean late) {
        db.sql("""
                update payments set state = 'paid', gateway_id = :gatewayId, paid_at = :paidAt, late = :late, ask_at = null,
                    ended_at = null, other_amount = null, other_currency = null
                where brand_id = :brand and payment_id = :id
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("gatewayId", gatewayId)
                .param("paidAt", Timestamp.from(paidAt))
                .param("late", late)
                .update();
    }

    /** The gateway speaks of another sum: it is paid by nothing that we know, and somebody must look. */
    void otherSum(PaymentId id, Money said) {
        db.sql("""
                update payments set other_amount = :amount, other_currency = :currency
                where brand_id = :brand and payment_id = :id and state <> 'paid'
                """)
                .param("amount", said.minor())
                .param("currency", said.currency().getCurrencyCode())
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
    }

    /** Its gateway says for good that nothing came, of whatever sum. */
    void noOtherSum(PaymentId id) {
        db.sql("""
                update payments set other_amount = null, other_currency = null
                where brand_id = :brand and payment_id = :id and state <> 'paid'
                """).param("brand", id.brand().value()).param("id", id.value()).update();
    }

    /** The other sum is what came: from now on that is what was paid, and it is for nothing but to go back. */
    void paidOtherSum(PaymentId id, String gatewayId, Money came, Instant paidAt, Instant now) {
        db.sql("""
                update payments set state = 'paid', gateway_id = :gatewayId, paid_at = :paidAt, late = true, ask_at = null,
                    ended_at = null, other_amount = amount, other_currency = currency, amount = :amount, currency = :currency,
                    taken_up_at = :now
                where brand_id = :brand and payment_id = :id
                """)
                .param("gatewayId", gatewayId)
                .param("paidAt", Timestamp.from(paidAt))
                .param("amount", came.minor())
                .param("currency", came.currency().getCurrencyCode())
                .param("now", Timestamp.from(now))
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
    }

    /** Of what the gateway calls by this name. Leans on payments_of_gateway. */
    Optional<Payment> ofGateway(String gateway, String gatewayId) {
        return db.sql("select * from payments where gateway_id = :id and way like :ways")
                .param("id", gatewayId)
                .param("ways", gateway + "-%")
                .query(PaymentRows::read)
                .optional();
    }

    /** Those whose gateway speaks of another sum, until somebody had it given back; the newest first. */
    List<Payment> ofAnotherSum(BrandId brand, int most) {
        return db.sql("""
                select * from payments where brand_id = :brand and other_amount is not null and state <> 'paid'
                order by started_at desc limit :most
                """)
                .param("brand", brand.value())
                .param("most", most)
                .query(PaymentRows::read)
                .list();
    }

    /** As failed only what was shown to nobody. @return whether it was still under way */
    boolean ended(PaymentId id, Payment.State state, @Nullable String why, Instant now) {
        return db.sql("""
                update payments set state = :state, why = :why, ended_at = :now, ask_at = null
                where brand_id = :brand and payment_id = :id and (state = 'started' or state = 'open' and :state <> 'failed')
                """)
                        .param("brand", id.brand().value())
                        .param("id", id.value())
                        .param("state", state.name().toLowerCase(Locale.ROOT))
                        .param("why", why)
                        .param("now", Timestamp.from(now))
                        .update()
                == 1;
    }

    /** It is over, and its gateway says so: nobody asks again. */
    void askNoMore(PaymentId id) {
        db.sql("""
                update payments set ask_at = null where brand_id = :brand and payment_id = :id and state in ('closed', 'failed')
                """).param("brand", id.brand().value()).param("id", id.value()).update();
    }

    /** What nobody was shown. */
    void closeWanted(Payment one, Instant now) {
        db.sql("""
                update payments set close_wanted_at = coalesce(close_wanted_at, :now), ask_at = :now
                where brand_id = :brand and payment_id = :id and state in ('started', 'open')
                """)
                .param("brand", one.id().brand().value())
                .param("id", one.id().value())
                .param("now", Timestamp.from(now))
                .update();
    }

    /** The other tries of the same purpose: whatever is still open there is to be closed, soon. */
    void closeOthersWanted(Payment but, Instant now) {
        db.sql("""
                update payments set close_wanted_at = coalesce(close_wanted_at, :now), ask_at = :now
                where brand_id = :brand and purpose = :purpose and payment_id <> :id and state in ('started', 'open')
                """)
                .param("brand", but.id().brand().value())
                .param("purpose", but.purpose())
                .param("id", but.id().value())
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Nobody needs any of them any more. */
    void closeWanted(BrandId brand, UUID purpose, Instant now) {
        db.sql("""
                update payments set close_wanted_at = :now
                where brand_id = :brand and purpose = :purpose and state in ('started', 'open') and close_wanted_at is null
                """)
                .param("brand", brand.value())
                .param("purpose", purpose)
                .param("now", Timestamp.from(now))
                .update();
    }

    /**
     * Those about which the gateway is to be asked now. Each is put off, ever further and to just after its deadline at most, in the same statement, so that no other node asks as well, and
     * one that dies meanwhile leaves it to the next.
     */
    List<Payment> toAsk(int most, Instant now) {
        return db.sql("""
                update payments p set asked = asked + 1,
                    ask_at = least(
                        cast(:now as timestamptz) + least(interval '1 hour', interval '15 seconds' * power(2, least(asked, 10))),
                        case when deadline > cast(:now as timestamptz) then deadline + interval '1 second' end)
                from (select brand_id, payment_id from payments where ask_at <= :now order by ask_at limit :most
                    for update skip locked) as due
                where p.brand_id = due.brand_id and p.payment_id = due.payment_id
                returning p.*
                """)
                .param("now", Timestamp.from(now))
                .param("most", most)
                .query(PaymentRows::read)
                .list();
    }

    private static @Nullable Money other(ResultSet row) throws SQLException {
        String currency = row.getString("other_currency");
        return currency == null ? null : new Money(row.getLong("other_amount"), Currency.getInstance(currency));
    }

    static Payment read(ResultSet row, int n) throws SQLException {
        Timestamp paidAt = row.getTimestamp("paid_at");
        return new Payment(
                new PaymentId(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("payment_id", UUID.class)),
                row.getObject("purpose", UUID.class),
                row.getInt("attempt"),
                row.getObject("payer", UUID.class),
                Way.of(row.getString("way")),
                new Money(row.getLong("amount"), Currency.getInstance(row.getString("currency"))),
                row.getString("title"),
                row.getObject("cause", UUID.class),
                Payment.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("gateway_id"),
                row.getString("shown"),
                row.getBoolean("late"),
                row.getLong("refunded"),
                row.getLong("disputed"),
                other(row),
                row.getTimestamp("deadline").toInstant(),
                row.getTimestamp("started_at").toInstant(),
                paidAt == null ? null : paidAt.toInstant(),
                row.getTimestamp("taken_up_at") != null,
                row.getTimestamp("close_wanted_at") != null,
                row.getInt("asked"));
    }
}
