package vitrine.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
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
 * Money that goes back. The wish is a row and an entry in the journal, in the transaction of whoever wishes it; the gateway is asked
 * afterwards, under the row's own number, as often as it takes.
 */
@Component
class Refunds {

    private static final Logger log = LoggerFactory.getLogger(Refunds.class);

    /** Why a refund is not tried again: something went back at the gateway's own pages, and nobody said what for. */
    static final String GIVEN_ELSEWHERE = "given-elsewhere";

    private final PaymentRows rows;
    private final Gateways gateways;
    private final MoneyJournal journal;
    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Ids ids;
    private final Clock clock;

    Refunds(
            PaymentRows rows,
            Gateways gateways,
            MoneyJournal journal,
            JdbcClient db,
            TransactionTemplate transactions,
            Ids ids,
            Clock clock) {
        this.rows = rows;
        this.gateways = gateways;
        this.journal = journal;
        this.db = db;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Leans on payments_refunded_within: parts never add up to more than was paid.
     *
     * @param wish the same one again is the same refund
     */
    Refunding want(PaymentId id, Money amount, String reason, String wish) {
        Payment payment = rows.locked(id).stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElse(null);
        if (payment == null || !payment.isPaid()) return new Refunding.NotPaid();
        UUID before = db.sql("""
                select refund_id from refunds where brand_id = :brand and payment_id = :payment and wish = :wish
                """)
                .param("brand", id.brand().value())
                .param("payment", id.value())
                .param("wish", wish)
                .query(UUID.class)
                .optional()
                .orElse(null);
        if (before != null) return new Refunding.Wanted(before);
        Money left = payment.left();
        if (!amount.currency().equals(left.currency())) return new Refunding.TooMuch(left);
        if (amount.minor() <= 0 || amount.minus(left).minor() > 0) return new Refunding.TooMuch(left);
        UUID refund = ids.next();
        Instant now = clock.instant();
        db.sql("""
                update payments set refunded = refunded + :amount where brand_id = :brand and payment_id = :payment
                """)
                .param("amount", amount.minor())
                .param("brand", id.brand().value())
                .param("payment", id.value())
                .update();
        db.sql("""
                insert into refunds (brand_id, refund_id, payment_id, amount, currency, reason, wish, state, by_hand, wanted_at, try_at, tries,
                    renumbered)
                values (:brand, :refund, :payment, :amount, :currency, :reason, :wish, 'wanted', false, :now, :now, 0, 0)
                """)
                .param("brand", id.brand().value())
                .param("refund", refund)
                .param("payment", id.value())
                .param("amount", amount.minor())
                .param("currency", amount.currency().getCurrencyCode())
                .param("reason", reason)
                .param("wish", wish)
                .param("now", Timestamp.from(now))
                .update();
        journal.refundOwed(payment, refund, amount, now);
        return new Refunding.Wanted(refund);
    }

    /**
     * What a gateway refused is asked for once more, and given back where it has not heard of it and nothing went back there by hand since
     * ({@link #anew}). @return whether it was refused until now
     */
    boolean again(BrandId brand, UUID refund) {
        return db.sql("""
                update refunds set state = 'again', try_at = :now, tries = 0, why = null
                where brand_id = :brand and refund_id = :refund and state = 'failed'
                """)
                        .param("now", Timestamp.from(clock.instant()))
                        .param("brand", brand.value())
                        .param("refund", refund)
                        .update()
                == 1;
    }

    /** People gave back, at the gateway's own pages, what it had refused to us. @return whether it was refused until now */
    boolean settledByHand(BrandId brand, UUID refund) {
        return byHand(brand, refund, "failed");
    }

    private boolean byHand(BrandId brand, UUID id, String from) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            Instant now = clock.instant();
            Refund refund = db.sql("""
                    update refunds set state = 'done', by_hand = true, done_at = :now, try_at = null, why = null
                    where brand_id = :brand and refund_id = :id and state = :from returning *
                    """)
                    .param("now", Timestamp.from(now))
                    .param("brand", brand.value())
                    .param("id", id)
                    .param("from", from)
                    .query(Refunds::read)
                    .optional()
                    .orElse(null);
            if (refund == null) return false;
            Payment payment = rows.find(refund.payment()).orElseThrow();
            journal.refundPaid(payment, id, refund.renumbered() + 1, refund.amount(), now);
            return true;
        }));
    }

    boolean isWanted(PaymentId id, String wish) {
        return db.sql(
                        "select exists (select from refunds where brand_id = :brand and payment_id = :payment and wish = :wish)")
                .param("brand", id.brand().value())
                .param("payment", id.value())
                .param("wish", wish)
                .query(Boolean.class)
                .single();
    }

    /** How far what is to go back of one payment is. */
    enum Far {
        REFUSED,
        UNDER_WAY,
        DONE
    }

    Far far(PaymentId id) {
        return db.sql("""
                select coalesce(bool_or(state = 'failed'), false), coalesce(bool_or(state <> 'done'), false) from refunds
                where brand_id = :brand and payment_id = :payment
                """)
                .param("brand", id.brand().value())
                .param("payment", id.value())
                .query((row, n) -> row.getBoolean(1) ? Far.REFUSED : row.getBoolean(2) ? Far.UNDER_WAY : Far.DONE)
                .single();
    }

    private static final String STATES = """
            select r.*, (select coalesce(sum(b.amount), 0)::bigint from refunds b
                where b.brand_id = r.brand_id and b.payment_id = r.payment_id and b.state = 'done' and b.by_hand) as booked_by_hand
            from refunds r
            """;

    List<Payments.RefundState> notDone(BrandId brand, int most) {
        return db.sql(STATES + "where r.brand_id = :brand and r.state <> 'done' order by r.wanted_at desc limit :most")
                .param("brand", brand.value())
                .param("most", most)
                .query(Refunds::state)
                .list();
    }

    /** All of one payment, the oldest first. */
    List<Payments.RefundState> of(PaymentId payment) {
        return db.sql(STATES
                        + "where r.brand_id = :brand and r.payment_id = :payment order by r.wanted_at, r.refund_id")
                .param("brand", payment.brand().value())
                .param("payment", payment.value())
                .query(Refunds::state)
                .list();
    }

    private static Payments.RefundState state(ResultSet row, int n) throws SQLException {
        Refund one = read(row, n);
        String state = row.getString("state");
        Timestamp done = row.getTimestamp("done_at");
        return new Payments.RefundState(
                one.id(),
                one.payment(),
                one.amount(),
                one.reason(),
                state.equals("failed"),
                row.getString("why"),
                row.getTimestamp("wanted_at").toInstant(),
                state.equals("done") && done != null ? done.toInstant() : null,
                row.getBoolean("by_hand"),
                new Money(row.getLong("booked_by_hand"), one.amount().currency()),
                one.tries());
    }

    List<Payments.ToTell> toTell(int most) {
        return db.sql("""
                select r.*, p.purpose, p.payer, p.way from refunds r
                join payments p on p.brand_id = r.brand_id and p.payment_id = r.payment_id
                where r.told_at is null order by r.wanted_at limit :most for update of r skip locked
                """)
                .param("most", most)
                .query((row, n) -> {
                    Refund one = read(row, n);
                    return new Payments.ToTell(
                            one.id(),
                            one.payment(),
                            row.getObject("purpose", UUID.class),
                            row.getObject("payer", UUID.class),
                            Way.of(row.getString("way")),
                            one.amount(),
                            one.reason(),
                            row.getTimestamp("wanted_at").toInstant());
                })
                .list();
    }

    void told(List<Payments.ToTell> those) {
        Timestamp now = Timestamp.from(clock.instant());
        for (Payments.ToTell one : those) {
            db.sql("update refunds set told_at = :now where brand_id = :brand and refund_id = :refund")
                    .param("now", now)
                    .param("brand", one.payment().brand().value())
                    .param("refund", one.refund())
                    .update();
        }
    }

    /** @param gateway where it is to be given back, by its name */
    record Due(Refund refund, String gateway) {}

    /** Those to be tried now; each is put off in the same statement, as {@link PaymentRows#toAsk} does. */
    List<Due> due(int most) {
        return db.sql("""
                update refunds r set tries = tries + 1,
                    try_at = cast(:now as timestamptz) + least(interval '6 hours', interval '5 seconds' * power(2, least(tries, 13)))
                from (select brand_id, refund_id from refunds where try_at <= :now order by try_at limit :most
                    for update skip locked) as due, payments p
                where r.brand_id = due.brand_id and r.refund_id = due.refund_id
                    and p.brand_id = r.brand_id and p.payment_id = r.payment_id
                returning r.*, p.way
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("most", most)
                .query((row, n) ->
                        new Due(read(row, n), Way.of(row.getString("way")).gateway()))
                .list();
    }

    /**
     * A gateway gives no answer: whatever else is due there waits a moment, sooner than the one that was asked in vain, and without a
     * try counted. @param taken those of {@link #due} that were not asked for its sake
     */
    void putOff(String gateway, List<Refund> taken) {
        Instant now = clock.instant();
        db.sql("""
                update refunds r set try_at = :then, tries = r.tries - case when r.refund_id = any(:taken) then 1 else 0 end
                from payments p
                where p.brand_id = r.brand_id and p.payment_id = r.payment_id and p.way like :ways
                    and r.state in ('wanted', 'asked', 'again') and (r.try_at <= :now or r.refund_id = any(:taken))
                """)
                .param("then", Timestamp.from(now.plus(Payments.COME_AGAIN)))
                .param("taken", taken.stream().map(Refund::id).toArray(UUID[]::new))
                .param("ways", gateway + "-%")
                .param("now", Timestamp.from(now))
                .update();
    }

    private static Refund read(ResultSet row, int n) throws SQLException {
        return new Refund(
                row.getObject("refund_id", UUID.class),
                new PaymentId(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("payment_id", UUID.class)),
                new Money(row.getLong("amount"), Currency.getInstance(row.getString("currency"))),
                row.getString("reason"),
                List.of("asked", "again").contains(row.getString("state")),
                row.getString("state").equals("again"),
                row.getInt("tries"),
                row.getInt("renumbered"));
    }

    /** Asks the gateway, outside of any transaction. */
    void give(Refund refund) throws Gateway.Away {
        Payment payment = rows.find(refund.payment()).orElseThrow();
        Gateway gateway = gateways.of(payment.way());
        Gateway.Returned answer = refund.asked() ? gateway.askRefund(payment, refund) : gateway.refund(payment, refund);
        if (refund.asked() && answer instanceof Gateway.Returned.Unheard)
            answer = refund.again() ? anew(gateway, payment, refund) : gateway.refund(payment, refund);
        if (answer == null) return;
        switch (answer) {
            case Gateway.Returned.Done done -> done(payment, refund, done);
            case Gateway.Returned.UnderWay underWay -> state(refund, "asked", underWay.gatewayId(), null);
            case Gateway.Returned.Unheard unheard -> {} // its own time comes
            case Gateway.Returned.Refused refused -> {
                // The journal goes on owing it: somebody must look.
                state(refund, "failed", null, refused.code());
                if (refused.numberUsedUp()) renumber(refund);
                log.error("refund.refused-by-gateway refund={} code={}", refund.id(), refused.code());
            }
        }
    }

    /**
     * What was refused may have been given back at the gateway's own pages since: nothing goes out a second time. Where all of the payment
     * went back this is settled; where some of it did, and not by us, people must say whether this was it.
     *
     * @return null: it is settled, or waits for what is under way
     */
    private Gateway.@Nullable Returned anew(Gateway gateway, Payment payment, Refund refund) throws Gateway.Away {
        // Asked first: what we know afterwards is not older than what it says.
        Gateway.GivenBack said = gateway.givenBack(payment);
        Ours ours = ours(payment.id());
        // Nobody could tell whether the gateway counts that.
        if (ours.underWay) return null;
        switch (said) {
            case Gateway.GivenBack.Sum sum -> {
                if (sum.money().minor() <= ours.given) break;
                if (sum.money().minor() < payment.amount().minor()) return elsewhere();
                log.info("refund.given-back-by-hand refund={}", refund.id());
                byHand(refund.payment().brand(), refund.id(), "again");
                return null;
            }
            case Gateway.GivenBack.Some some -> {
                if (!ours.heardOf) return elsewhere();
            }
            case Gateway.GivenBack.Unsaid unsaid -> {}
        }
        return gateway.refund(payment, refund);
    }

    private static Gateway.Returned elsewhere() {
        return new Gateway.Returned.Refused(GIVEN_ELSEWHERE, false);
    }

    /**
     * What we know of a payment's refunds.
     *
     * @param given by the gateway on our word, in minor units: what people say they gave back may have gone by a bank, of
     *     which it knows nothing
     * @param heardOf whether the gateway took any of them, whatever became of it
     */
    private record Ours(long given, boolean underWay, boolean heardOf) {}

    private Ours ours(PaymentId payment) {
        return db.sql("""
                select coalesce(sum(amount) filter (where state = 'done' and not by_hand), 0)::bigint,
                    coalesce(bool_or(state in ('wanted', 'asked')), false), coalesce(bool_or(gateway_id is not null), false)
                from refunds where brand_id = :brand and payment_id = :payment
                """)
                .param("brand", payment.brand().value())
                .param("payment", payment.value())
                .query((row, n) -> new Ours(row.getLong(1), row.getBoolean(2), row.getBoolean(3)))
                .single();
    }

    private void renumber(Refund refund) {
        db.sql("""
                update refunds set renumbered = renumbered + 1
                where brand_id = :brand and refund_id = :refund and state = 'failed' and renumbered = :before
                """)
                .param("brand", refund.payment().brand().value())
                .param("refund", refund.id())
                .param("before", refund.renumbered())
                .update();
    }

    enum Failed {
        /** It is owed again. */
        NOW,
        /** It had failed before. */
        AGAIN,
        UNKNOWN
    }

    /**
     * The gateway says that it failed, maybe days after it had been done: the money is with us again, and is owed as before.
     *
     * @param number of the try that failed: a later one has another
     */
    Failed failed(String gateway, BrandId brand, UUID id, String number, String code) {
        Failed outcome = transactions.execute(status -> {
            Refund refund = db.sql("select * from refunds where brand_id = :brand and refund_id = :id for update")
                    .param("brand", brand.value())
                    .param("id", id)
                    .query(Refunds::read)
                    .optional()
                    .orElse(null);
            if (refund == null) return Failed.UNKNOWN;
            Payment payment = rows.find(refund.payment()).orElseThrow();
            if (!payment.way().gateway().equals(gateway)) return Failed.UNKNOWN;
            if (!refund.number().equals(number)) return Failed.AGAIN;
            boolean wasDone = db.sql("select state = 'done' from refunds where brand_id = :brand and refund_id = :id")
                    .param("brand", brand.value())
                    .param("id", id)
                    .query(Boolean.class)
                    .single();
            db.sql("""
                    update refunds set state = 'failed', why = :why, try_at = null, renumbered = renumbered + 1
                    where brand_id = :brand and refund_id = :id
                    """)
                    .param("why", code)
                    .param("brand", brand.value())
                    .param("id", id)
                    .update();
            if (wasDone) journal.refundFailed(payment, id, refund.renumbered() + 1, refund.amount(), clock.instant());
            return Failed.NOW;
        });
        if (outcome == Failed.NOW) log.error("refund.failed-afterwards refund={} code={}", id, code);
        return outcome == null ? Failed.UNKNOWN : outcome;
    }

    /**
     * What a gateway answered counts for the number under which it was asked: if that number's failure was heard of meanwhile, the money is owed
     * under the next one, and this answer is too old to say otherwise.
     */
    private void done(Payment payment, Refund refund, Gateway.Returned.Done done) {
        transactions.executeWithoutResult(status -> {
            int changed = db.sql("""
                    update refunds set state = 'done', gateway_id = :gatewayId, done_at = :at, billed_at = :billed, try_at = null, why = null
                    where brand_id = :brand and refund_id = :refund and state <> 'done' and renumbered = :renumbered
                    """)
                    .param("gatewayId", done.gatewayId())
                    .param("at", Timestamp.from(done.at()))
                    .param("billed", Timestamp.from(done.billedAt()))
                    .param("renumbered", refund.renumbered())
                    .param("brand", refund.payment().brand().value())
                    .param("refund", refund.id())
                    .update();
            if (changed == 1)
                journal.refundPaid(payment, refund.id(), refund.renumbered() + 1, refund.amount(), clock.instant());
        });
    }

    /** As {@link #done}. What failed is tried again by people alone, so nothing that is under way may take its place. */
    private void state(Refund refund, String state, @Nullable String gatewayId, @Nullable String why) {
        db.sql("""
                update refunds set state = :state, gateway_id = coalesce(:gatewayId, gateway_id), why = :why,
                    try_at = case when :state = 'failed' then null else try_at end
                where brand_id = :brand and refund_id = :refund and state in ('wanted', 'asked', 'again') and renumbered = :renumbered
                """)
                .param("renumbered", refund.renumbered())
                .param("state", state)
                .param("gatewayId", gatewayId)
                .param("why", why)
                .param("brand", refund.payment().brand().value())
                .param("refund", refund.id())
                .update();
    }
}
