package vitrine.payment;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Money;

/**
 * Paying for something. A payment is written down before the gateway hears of it and after it answered, never in one transaction
 * with its call: whatever a crash leaves unknown, {@link PaymentJanitor} asks for.
 */
@Component
public class Payments {

    private static final Logger log = LoggerFactory.getLogger(Payments.class);
    static final Duration COME_AGAIN = Duration.ofSeconds(3);
    /** Each is an order at a gateway, and a row to ask about: as many as somebody needs who changes her mind, and no more. */
    static final int TRIES_MAX = 10;

    /** A payer who comes back, or a callback, is mostly faster. */
    private static final Duration FIRST_ASKED_AFTER = Duration.ofSeconds(60);

    private final PaymentRows rows;
    private final Gateways gateways;
    private final Settling settling;
    private final Refunds refunds;
    private final Disputes disputes;
    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Ids ids;
    private final Clock clock;

    Payments(
            PaymentRows rows,
            Gateways gateways,
            Settling settling,
            Refunds refunds,
            Disputes disputes,
            JdbcClient db,
            TransactionTemplate transactions,
            Ids ids,
            Clock clock) {
        this.rows = rows;
        this.gateways = gateways;
        this.settling = settling;
        this.refunds = refunds;
        this.disputes = disputes;
        this.db = db;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /** The ways in which this sum can be paid here, in the order in which they are offered. */
    public List<Way> ways(Money sum) {
        return Arrays.stream(Way.values()).filter(way -> takes(way, sum)).toList();
    }

    private boolean takes(Way way, Money sum) {
        Gateway gateway = gateways.of(way);
        return gateway.offers(way, sum.currency()) && sum.minor() >= gateway.leastMinor(sum.currency());
    }

    /** The smallest sum of this currency that somebody takes here; empty: nobody takes any. */
    public Optional<Money> least(Currency currency) {
        return Arrays.stream(Way.values())
                .filter(way -> gateways.of(way).offers(way, currency))
                .map(way -> new Money(gateways.of(way).leastMinor(currency), currency))
                .min(Comparator.comparingLong(Money::minor));
    }

    /** Begins to pay, or goes on: the same purpose in the same way is the same payment for as long as it is open. */
    public Started start(Wanted wanted) {
        Gateway gateway = gateways.of(wanted.way());
        if (!takes(wanted.way(), wanted.amount())) return new Started.NotOffered(wanted.way());
        Instant now = clock.instant();
        List<Payment> tries = rows.ofPurpose(wanted.brand(), wanted.purpose());
        for (Payment one : tries) {
            if (one.isPaidRightly()) return new Started.AlreadyPaid(one.id());
        }
        Payment last = tries.isEmpty() ? null : tries.getLast();
        if (last != null && goesOn(last, wanted, now)) {
            if (last.shown() != null) return gateway.goOn(last, last.shown());
            return makeAt(gateway, last, wanted);
        }
        if (tries.size() >= TRIES_MAX) return new Started.TooOften(tries.size());
        Payment fresh = fresh(wanted, tries.size() + 1, now);
        try {
            if (last == null) rows.insert(fresh, now.plus(FIRST_ASKED_AFTER));
            else insteadOfOthers(fresh, now);
        } catch (DuplicateKeyException e) {
            // The other tap was faster by a moment.
            return new Started.GatewayAway(Duration.ofSeconds(1));
        }
        return makeAt(gateway, fresh, wanted);
    }

    /**
     * Whoever chose another way pays that one; the earlier tries are to be closed. In one transaction: a node that died in between left
     * both open, and she could pay twice.
     */
    private void insteadOfOthers(Payment fresh, Instant now) {
        transactions.executeWithoutResult(status -> {
            rows.insert(fresh, now.plus(FIRST_ASKED_AFTER));
            rows.closeOthersWanted(fresh, now);
        });
    }

    private boolean goesOn(Payment last, Wanted wanted, Instant now) {
        return last.isUnderWay()
                && isFresh(last, now)
                && !last.closeWanted()
                && last.way() == wanted.way()
                && last.amount().equals(wanted.amount())
                && last.deadline().isAfter(now);
    }

    /** Whether somebody can begin with what was shown for it. */
    private boolean isFresh(Payment one, Instant now) {
        Duration shown = gateways.of(one.way()).shownFor(one.way());
        return shown == null || one.startedAt().plus(shown).isAfter(now);
    }

    private Payment fresh(Wanted wanted, int attempt, Instant now) {
        return new Payment(
                new PaymentId(wanted.brand(), ids.next()),
                wanted.purpose(),
                attempt,
                wanted.payer(),
                wanted.way(),
                wanted.amount(),
                wanted.title().in(wanted.locale().getLanguage()),
                wanted.cause(),
                Payment.State.STARTED,
                null,
                null,
                false,
                0,
                0,
                null,
                wanted.deadline(),
                now,
                null,
                false,
                false,
                0);
    }

    private Started makeAt(Gateway gateway, Payment payment, Wanted wanted) {
        Gateway.Made made;
        try {
            made = gateway.make(payment, wanted);
        } catch (Gateway.Away e) {
            log.info("payment.gateway-away gateway={} what={}", gateway.name(), e.getMessage());
            return new Started.GatewayAway(COME_AGAIN);
        }
        Instant now = clock.instant();
        switch (made) {
            case Gateway.Made.Refused refused -> {
                log.warn("payment.refused-by-gateway gateway={} code={}", gateway.name(), refused.code());
                if (rows.ended(payment.id(), Payment.State.FAILED, refused.code(), now))
                    return new Started.NotOffered(wanted.way());
                return overtaken(gateway, payment);
            }
            case Gateway.Made.There there -> {
                try {
                    settling.settle(payment.id(), gateway.ask(payment));
                } catch (Gateway.Away e) {
                    log.info("payment.gateway-away gateway={} what={}", gateway.name(), e.getMessage());
                }
                return overtaken(gateway, payment);
            }
            case Gateway.Made.Ready ready -> {
                Instant askAt = now.plus(FIRST_ASKED_AFTER);
                if (rows.opened(payment.id(), ready.gatewayId(), ready.shown(), now, askAt)) {
                    return gateway.goOn(payment, ready.shown());
                }
                return overtaken(gateway, payment);
            }
        }
    }

    /** While the gateway answered, somebody opened, closed or paid it. */
    private Started overtaken(Gateway gateway, Payment payment) {
        Payment now = rows.find(payment.id()).orElse(payment);
        if (now.isPaid()) return new Started.AlreadyPaid(now.id());
        if (now.state() == Payment.State.OPEN && !now.closeWanted() && now.shown() != null)
            return gateway.goOn(now, now.shown());
        // This one was shown to nobody here, and the next try is another one; the janitor closes it if this does not.
        rows.closeWanted(now, clock.instant());
        try {
            close(now);
        } catch (Gateway.Away e) {
            log.info("payment.gateway-away gateway={} what={}", gateway.name(), e.getMessage());
        }
        return new Started.GatewayAway(COME_AGAIN);
    }

    /** Asks the gateways to end all tries of this purpose; what was set aside for it is free only after {@link Closing.Closed}. */
    public Closing close(BrandId brand, UUID purpose) {
        return close(brand, purpose, new HashSet<>());
    }

    /**
     * The same for one of many. @param away the gateways that gave no answer in this round, by name: they are not asked once more, and
     * one that gives none now is added
     */
    public Closing close(BrandId brand, UUID purpose, Set<String> away) {
        rows.closeWanted(brand, purpose, clock.instant());
        boolean unknown = false;
        for (Payment one : rows.ofPurpose(brand, purpose)) {
            if (one.isPaidRightly() && !one.takenUp()) return new Closing.Paid(one.id());
            if (!one.isUnderWay()) continue;
            String gateway = one.way().gateway();
            if (away.contains(gateway)) {
                unknown = true;
                continue;
            }
            try {
                switch (close(one)) {
                    case PAID -> {
                        return new Closing.Paid(one.id());
                    }
                    case UNKNOWN -> unknown = true;
                    case CLOSED -> {}
                }
            } catch (Gateway.Away e) {
                away.add(gateway);
                unknown = true;
                log.info("payment.gateway-away gateway={} what={}", gateway, e.getMessage());
            }
        }
        return unknown ? new Closing.Unknown(COME_AGAIN) : new Closing.Closed();
    }

    /** How long to wait after {@link Closing.Unknown}. */
    public static Duration comeAgain() {
        return COME_AGAIN;
    }

    /** The gateway at which each of these was last begun to be paid, by its name; for one that is missing there is nothing to close. */
    public Map<UUID, String> gateways(BrandId brand, List<UUID> purposes) {
        Map<UUID, String> gateways = new HashMap<>();
        db.sql("""
                select distinct on (purpose) purpose, way from payments where brand_id = :brand and purpose = any(:purposes)
                order by purpose, attempt desc
                """)
                .param("brand", brand.value())
                .param("purposes", purposes.toArray(UUID[]::new))
                .query((row, n) -> gateways.put(
                        row.getObject(1, UUID.class), Way.of(row.getString(2)).gateway()))
                .list();
        return gateways;
    }

    enum Closed {
        CLOSED,
        PAID,
        UNKNOWN
    }

    /** One try. What the gateway says of it is settled at once. */
    Closed close(Payment payment) throws Gateway.Away {
        Gateway.Says says = gateways.of(payment.way()).close(payment);
        Instant now = clock.instant();
        return switch (says) {
            case Gateway.Says.Paid paid -> {
                settling.settle(payment.id(), paid);
                // Money of another amount is no payment of this, and yet somebody's: that is for people to look at.
                yield rows.find(payment.id()).filter(Payment::isPaid).isPresent() ? Closed.PAID : Closed.UNKNOWN;
            }
            case Gateway.Says.Ended ended -> closedNow(payment, now);
            // Who has the address, or whose call is still on its way, could begin it until the gateway's own
            // deadline.
            case Gateway.Says.Unheard unheard ->
                now.isAfter(payment.deadline()) ? closedNow(payment, now) : Closed.UNKNOWN;
            case Gateway.Says.Unpaid unpaid -> Closed.UNKNOWN;
            case Gateway.Says.Pending pending -> Closed.UNKNOWN;
        };
    }

    private Closed closedNow(Payment payment, Instant now) {
        if (rows.ended(payment.id(), Payment.State.CLOSED, null, now)) return Closed.CLOSED;
        // It was over, and a bill had said otherwise; or a callback was faster.
        rows.askNoMore(payment.id());
        return rows.find(payment.id()).filter(Payment::isPaid).isPresent() ? Closed.PAID : Closed.CLOSED;
    }

    /** The brands that have money which waits for {@link #settled}. */
    public List<BrandId> brandsWithSettled() {
        return db.sql("select distinct brand_id from payments where paid_at is not null and taken_up_at is null")
                .query((row, n) -> new BrandId(row.getObject(1, UUID.class)))
                .list();
    }

    /** Money that came in and was not taken up yet, the oldest first. @param but these, which could not be taken up a moment ago */
    public List<PaymentId> waiting(BrandId brand, int most, Set<PaymentId> but) {
        return db.sql("""
                select payment_id from payments
                where brand_id = :brand and paid_at is not null and taken_up_at is null and payment_id <> all(:but)
                order by paid_at, payment_id limit :most
                """)
                .param("brand", brand.value())
                .param("but", ids(but))
                .param("most", most)
                .query((row, n) -> new PaymentId(brand, row.getObject(1, UUID.class)))
                .list();
    }

    /**
     * What of {@link #waiting} nobody else takes up, the oldest first; locked until the caller's transaction ends, which confirms what it was
     * for, or gives it back, and marks it with {@link #takenUp}.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Settled> settled(BrandId brand, List<PaymentId> waiting) {
        return db
                .sql("""
                select * from payments
                where brand_id = :brand and payment_id = any(:ids) and paid_at is not null and taken_up_at is null
                order by paid_at, payment_id for update skip locked
                """)
                .param("brand", brand.value())
                .param("ids", ids(waiting))
                .query(PaymentRows::read)
                .list()
                .stream()
                .map(one -> new Settled(
                        one.id(),
                        one.purpose(),
                        one.attempt(),
                        one.payer(),
                        one.amount(),
                        one.way(),
                        one.paidAt() == null ? one.startedAt() : one.paidAt(),
                        one.late()))
                .toList();
    }

    private static UUID[] ids(Collection<PaymentId> payments) {
        return payments.stream().map(PaymentId::value).toArray(UUID[]::new);
    }

    /** In the transaction that made of this money what it was for. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void takenUp(BrandId brand, List<PaymentId> payments) {
        if (payments.isEmpty()) return;
        db.sql("""
                update payments set taken_up_at = :now
                where brand_id = :brand and payment_id = any(:ids) and taken_up_at is null
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("brand", brand.value())
                .param("ids", ids(payments))
                .update();
    }

    /** Gives money back: part of it or all. The same reason again is the same refund. In the caller's transaction, if there is one. */
    @Transactional
    public Refunding refund(PaymentId payment, Money amount, String reason) {
        return refunds.want(payment, amount, reason, reason);
    }

    /** The same, for a reason that may come more than once. @param wish the same one again is the same refund */
    @Transactional
    public Refunding refund(PaymentId payment, Money amount, String reason, String wish) {
        return refunds.want(payment, amount, reason, wish);
    }

    /** Whether that wish to give back is known already. */
    public boolean isWanted(PaymentId payment, String wish) {
        return refunds.isWanted(payment, wish);
    }

    /**
     * @param why the gateway's own code, where it refused
     * @param doneAt when it was given back; null: not yet, or it came back to us
     * @param byHand whether people gave it back, at the gateway's own pages
     * @param bookedByHand how much of its payment is booked as given back so, this one included
     */
    public record RefundState(
            UUID refund,
            PaymentId payment,
            Money amount,
            String reason,
            boolean failed,
            @Nullable String why,
            Instant wantedAt,
            @Nullable Instant doneAt,
            boolean byHand,
            Money bookedByHand,
            int tries) {

        /** Whether people must say if this is what went back of its payment at the gateway's own pages. */
        public boolean isGivenElsewhere() {
            return Refunds.GIVEN_ELSEWHERE.equals(why);
        }
    }

    /** Whatever went back of one payment, or is to, the oldest first. */
    public List<RefundState> refunds(PaymentId payment) {
        return refunds.of(payment);
    }

    /** Refunds that are on their way, and those that a gateway refused and that somebody must look at. */
    public List<RefundState> refundsNotDone(BrandId brand, int most) {
        return refunds.notDone(brand, most);
    }

    /** Tries a refund again that a gateway refused. @return false: it is not, or no longer, refused */
    @Transactional
    public boolean refundAgain(BrandId brand, UUID refund) {
        return refunds.again(brand, refund);
    }

    /** What a gateway refused was given back at its own pages: booked as any other. @return false: it is not, or no longer, refused */
    @Transactional
    public boolean refundedByHand(BrandId brand, UUID refund) {
        return refunds.settledByHand(brand, refund);
    }

    /**
     * One try to pay, with what the staff may know of it.
     *
     * @param payer as the module above names her
     * @param gatewayId as the gateway calls it
     */
    public record Story(
            UUID purpose,
            UUID payer,
            String title,
            @Nullable String gatewayId,
            PaymentState state,
            List<RefundState> refunds,
            List<DisputeState> disputes) {}

    public Optional<Story> story(PaymentId payment) {
        return rows.find(payment)
                .map(one -> new Story(
                        one.purpose(),
                        one.payer(),
                        one.title(),
                        one.gatewayId(),
                        state(one),
                        refunds.of(payment),
                        disputes.of(payment.brand(), payment.value(), false, 100)));
    }

    /** @param purpose what it was to pay for */
    public record Found(UUID purpose, String title, PaymentState state) {}

    /** By its own number, by what it pays for, or by the gateway's name of it; the newest first. */
    public List<Found> find(BrandId brand, String sought) {
        UUID id = null;
        try {
            id = sought.length() == 32 ? PaymentId.ofPlain(sought) : UUID.fromString(sought);
        } catch (IllegalArgumentException e) {
            // then it is a gateway's name, or nothing
        }
        return found(db.sql("""
                select * from payments where brand_id = :brand and (payment_id = :id or purpose = :id or gateway_id = :sought)
                order by started_at desc limit 50
                """)
                .param("brand", brand.value())
                .param("id", id, java.sql.Types.OTHER)
                .param("sought", sought));
    }

    /** What these payers began to pay for at this brand, the newest first. */
    public List<Found> find(BrandId brand, Collection<UUID> payers) {
        return found(db.sql("""
                select * from payments where brand_id = :brand and payer = any(:payers) order by started_at desc limit 50
                """).param("brand", brand.value()).param("payers", payers.toArray(UUID[]::new)));
    }

    private List<Found> found(JdbcClient.StatementSpec query) {
        return query.query(PaymentRows::read).list().stream()
                .map(one -> new Found(one.purpose(), one.title(), state(one)))
                .toList();
    }

    /** Those whose gateway speaks of another sum than was asked for, and that nobody settled yet. */
    public List<Found> ofAnotherSum(BrandId brand, int most) {
        return rows.ofAnotherSum(brand, most).stream()
                .map(one -> new Found(one.purpose(), one.title(), state(one)))
                .toList();
    }

    /** Asks the gateway once more: a single notice is no reason to move money. Outside of any transaction. */
    public OtherSum askAboutOther(PaymentId id) {
        Payment payment = rows.find(id).orElse(null);
        if (payment == null || payment.isPaid() || payment.other() == null) return new OtherSum.NotSo();
        try {
            return switch (gateways.of(payment.way()).ask(payment)) {
                case Gateway.Says.Paid paid ->
                    settling.settle(id, paid).isRefusal()
                            ? new OtherSum.Came(id, paid.money(), paid.gatewayId(), paid.at())
                            : new OtherSum.AsAsked();
                case Gateway.Says.Ended ended -> over(id, ended);
                // As where it is closed: until the gateway's own deadline somebody could still begin it.
                case Gateway.Says.Unheard unheard ->
                    clock.instant().isAfter(payment.deadline()) ? over(id, unheard) : new OtherSum.Nothing();
                case Gateway.Says.Unpaid unpaid -> new OtherSum.Nothing();
                case Gateway.Says.Pending pending -> new OtherSum.Nothing();
            };
        } catch (Gateway.Away e) {
            return new OtherSum.Away();
        }
    }

    private OtherSum over(PaymentId id, Gateway.Says last) {
        settling.settle(id, last);
        rows.noOtherSum(id);
        return new OtherSum.Over();
    }

    /** Books what came and gives all of it back: it is no payment of what was wanted, and somebody's money. @return false: it was settled */
    @Transactional
    public boolean giveOtherBack(OtherSum.Came came) {
        if (!settling.settleOther(came)) return false;
        refunds.want(came.payment(), came.money(), OTHER_SUM, OTHER_SUM);
        return true;
    }

    /** Why money goes back that is not the sum that was asked for. */
    public static final String OTHER_SUM = "other-sum";

    /** Buyers' banks that ask for money, and whose answer is still open; the newest first. */
    public List<DisputeState> disputesUnderWay(BrandId brand, int most) {
        return disputes.of(brand, null, true, most);
    }

    public Optional<DisputeState> dispute(BrandId brand, UUID dispute) {
        return disputes.find(brand, dispute);
    }

    /**
     * Gives in: the buyer keeps what her bank gave her. Outside of any transaction. @return false: it is over, or the gateway gives no answer
     */
    public boolean giveIn(BrandId brand, UUID dispute) {
        DisputeState is =
                disputes.find(brand, dispute).filter(DisputeState::isUnderWay).orElse(null);
        if (is == null) return false;
        Gateway gateway = gateways.of(rows.find(is.payment()).orElseThrow().way());
        try {
            disputes.heard(gateway.name(), gateway.giveIn(is.gatewayId(), clock.instant()));
            return true;
        } catch (Gateway.Away e) {
            log.info("payment.gateway-away gateway={} what={}", gateway.name(), e.what());
            return false;
        }
    }

    /**
     * Money on its way back to somebody who has not been told yet.
     *
     * @param purpose what she had paid for
     * @param way how she paid, and how it comes back
     */
    public record ToTell(
            UUID refund,
            PaymentId payment,
            UUID purpose,
            UUID payer,
            Way way,
            Money amount,
            String reason,
            Instant wantedAt) {}

    /** The oldest first; locked until the caller's transaction ends, which writes to each payer and marks it with {@link #told}. */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<ToTell> refundsToTell(int most) {
        return refunds.toTell(most);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void told(List<ToTell> those) {
        refunds.told(those);
    }

    /** Whether any gateway is set up here. */
    public boolean takesMoney() {
        return gateways.all().stream().anyMatch(Gateway::isSetUp);
    }

    /** All tries to pay for this, the first one first. */
    public List<PaymentState> of(BrandId brand, UUID purpose) {
        return tries(brand, purpose).all();
    }

    /** @param goesOn what its payer goes on with, if a try is open at a gateway; null: nothing is begun */
    public record Tries(List<PaymentState> all, @Nullable Started goesOn) {}

    /** The same, and how it goes on. */
    public Tries tries(BrandId brand, UUID purpose) {
        List<Payment> all = rows.ofPurpose(brand, purpose);
        return new Tries(all.stream().map(this::state).toList(), all.isEmpty() ? null : goesOn(all.getLast()));
    }

    private @Nullable Started goesOn(Payment last) {
        Instant now = clock.instant();
        boolean open = last.state() == Payment.State.OPEN
                && !last.closeWanted()
                && last.deadline().isAfter(now);
        if (!open || last.shown() == null) return null;
        return isFresh(last, now) ? gateways.of(last.way()).goOn(last, last.shown()) : new Started.Stale();
    }

    /** The try that money came in by, if any. */
    public Optional<PaymentState> paid(BrandId brand, UUID purpose) {
        return of(brand, purpose).stream()
                .filter(one -> one.paidAt() != null && one.other() == null)
                .findFirst();
    }

    /** @param title as her gateway's statement has it */
    public record Own(String title, PaymentState state) {}

    /** What these payers ever began to pay for, of all brands, the newest first: a person's own file has it. */
    public List<Own> ofPayers(Collection<UUID> payers) {
        return db
                .sql("select * from payments where payer = any(:payers) order by started_at desc")
                .param("payers", payers.toArray(UUID[]::new))
                .query(PaymentRows::read)
                .list()
                .stream()
                .map(one -> new Own(one.title(), state(one)))
                .toList();
    }

    private PaymentState state(Payment one) {
        PaymentState.Is is =
                switch (one.state()) {
                    case STARTED -> PaymentState.Is.STARTED;
                    case OPEN -> PaymentState.Is.OPEN;
                    case CLOSED -> PaymentState.Is.CLOSED;
                    case FAILED -> PaymentState.Is.FAILED;
                    case PAID -> paid(one);
                };
        return new PaymentState(
                one.id(),
                one.attempt(),
                one.way(),
                one.amount(),
                is,
                one.late(),
                one.startedAt(),
                one.deadline(),
                one.paidAt(),
                new Money(one.refunded(), one.amount().currency()),
                new Money(one.disputed(), one.amount().currency()),
                one.other());
    }

    private PaymentState.Is paid(Payment one) {
        if (one.refunded() == 0) return PaymentState.Is.PAID;
        return switch (refunds.far(one.id())) {
            case REFUSED -> PaymentState.Is.OWED;
            case UNDER_WAY -> PaymentState.Is.REFUNDING;
            case DONE -> one.refunded() == one.amount().minor() ? PaymentState.Is.REFUNDED : PaymentState.Is.PAID;
        };
    }
}
