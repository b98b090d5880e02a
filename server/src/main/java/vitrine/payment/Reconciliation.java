package vitrine.payment;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * A day of a gateway's own bill held against our books, line by line, both ways. What differs is written down with its reason; what the
 * bill knows and we do not is asked for at once; and the fees that the gateway kept come into the journal.
 */
@Component
public class Reconciliation {

    private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);
    /** What happened so near to midnight may stand on the neighbouring day's bill. */
    private static final Duration EDGE = Duration.ofHours(1);

    /** WeChat's bills are there from ten in the morning on, Alipay's from nine. */
    private static final LocalTime WRITTEN_AT = LocalTime.of(10, 30);
    /** So long after that a bill without a line is taken for one that is late, where we know of payments. */
    private static final Duration LATE = Duration.ofDays(1);

    private static final int AT_ONCE = 1000;

    /** What the bill has and we have not booked yet is asked for, and soon there: so long after that the day is compared again. */
    private static final Duration AGAIN = Duration.ofMinutes(10);
    /** As often, each time after twice as long: three and a half days in all. */
    private static final int ROUNDS = 10;

    private final Gateways gateways;
    private final MoneyJournal journal;
    private final Refunds refunds;
    private final Disputes disputes;
    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Reconciliation(
            Gateways gateways,
            MoneyJournal journal,
            Refunds refunds,
            Disputes disputes,
            JdbcClient db,
            TransactionTemplate transactions,
            Clock clock) {
        this.gateways = gateways;
        this.journal = journal;
        this.refunds = refunds;
        this.disputes = disputes;
        this.db = db;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Why a line differs; each has its words under {@code money.difference.…}. */
    public enum Reason {
        /** On the bill, and under no number of ours. */
        UNKNOWN_PAYMENT,
        UNKNOWN_REFUND,
        /** On the bill, and not paid by what we know: the gateway is being asked. */
        PAYMENT_NOT_BOOKED,
        REFUND_NOT_BOOKED,
        /** Money that was given back came to us again, and a buyer's bank took money or returned it: booked now. */
        REFUND_FAILURE_NOT_BOOKED,
        DISPUTE_NOT_BOOKED,
        /** On the bill, and about no payment of ours. */
        UNKNOWN_DISPUTE,
        AMOUNT_DIFFERS,
        CURRENCY_DIFFERS,
        /** In our books, and not on the bill. */
        PAYMENT_NOT_ON_BILL,
        REFUND_NOT_ON_BILL,
        DISPUTE_NOT_ON_BILL;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Reason of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /**
     * @param about the number that both sides know it by
     * @param brand whose it is; null: nobody's here
     */
    public record Difference(
            Reason reason,
            String about,
            @Nullable BrandId brand,
            @Nullable Money ours,
            @Nullable Money theirs) {}

    /**
     * @param lines on the bill
     * @param others lines besides, of other shops that share the account
     * @param written whether the bill was written when it was compared; if not it is compared once more, by itself
     */
    public record Checked(
            String gateway,
            LocalDate day,
            int lines,
            int agreed,
            int others,
            Instant at,
            boolean written,
            List<Difference> differences) {}

    /** A gateway whose bill was not to be had. @param code its own word why; {@link #UNREADABLE}: it came, and could not be read */
    public record NotRead(String gateway, String code) {
        public boolean isUnreadable() {
            return code.equals(UNREADABLE);
        }
    }

    static final String UNREADABLE = "bill-unreadable";
    /** It has no line, and we have some. */
    static final String NOT_THERE = "bill-not-there";

    /** When the bill of a day can be counted on. */
    static Instant written(Gateway gateway, LocalDate day) {
        return day.plusDays(1).atTime(WRITTEN_AT).atZone(gateway.zone()).toInstant();
    }

    /**
     * Asks every gateway for its bill of that day, which has begun. Where there is none to be read, the earlier check stays; what was compared
     * before the bill was written is compared once more when it is ({@link BillsJob}).
     */
    public List<NotRead> reconcile(LocalDate day) {
        List<NotRead> missing = new ArrayList<>();
        for (Gateway gateway : gateways.all()) {
            try {
                if (gateway.isSetUp() && hasBegun(gateway, day)) check(gateway, day);
            } catch (Gateway.Away e) {
                missing.add(new NotRead(gateway.name(), e.what()));
                log.warn("payment.bill-not-read gateway={} day={} what={}", gateway.name(), day, e.what());
            }
        }
        return missing;
    }

    /** A day of its own, whatever day it is here. */
    private boolean hasBegun(Gateway gateway, LocalDate day) {
        return !day.isAfter(clock.instant().atZone(gateway.zone()).toLocalDate());
    }

    /** @param payment by which it came, or by whose way it went back; null where nobody asks for it */
    private record Known(
            BrandId brand,
            UUID id,
            Money money,
            boolean booked,
            @Nullable Payment payment) {}

    /**
     * Whether it was compared when its bill was written, and nothing of it is to be compared again now: what was not booked then has its fee on
     * the same bill.
     */
    boolean isDone(Gateway gateway, LocalDate day) {
        return db.sql("""
                select exists (
                    select from reconciliations r where gateway = :gateway and day = :day and checked_at >= :written
                        and (rounds >= :most
                            or checked_at + make_interval(secs => :again * power(2, rounds - 1)) > cast(:now as timestamptz)
                            or not exists (
                                select from reconciliation_differences d where d.gateway = r.gateway and d.day = r.day
                                    and d.reason = any(:soon))))
                """)
                .param("gateway", gateway.name())
                .param("written", Timestamp.from(written(gateway, day)))
                .param("day", Date.valueOf(day))
                .param("most", ROUNDS)
                .param("again", AGAIN.toSeconds())
                .param("now", Timestamp.from(clock.instant()))
                .param("soon", new String[] {Reason.PAYMENT_NOT_BOOKED.text(), Reason.REFUND_NOT_BOOKED.text()})
                .query(Boolean.class)
                .single();
    }

    /** The gateway's own day on which anybody first began to pay there; null: nobody did. */
    @Nullable
    LocalDate firstDay(Gateway gateway) {
        Timestamp first = db.sql("select min(started_at) from payments where way like :ways")
                .param("ways", gateway.name() + "-%")
                .query(Timestamp.class)
                .optional()
                .orElse(null);
        return first == null ? null : first.toInstant().atZone(gateway.zone()).toLocalDate();
    }

    void check(Gateway gateway, LocalDate day) throws Gateway.Away {
        List<Gateway.BillLine> all = bill(gateway, day);
        Set<String> intents = intentsOfOurs(gateway, all);
        List<Gateway.BillLine> bill = all.stream()
                .filter(line -> line.intent() == null || intents.contains(line.intent()))
                .toList();
        Instant begins = day.atStartOfDay(gateway.zone()).toInstant();
        Instant ends = day.plusDays(1).atStartOfDay(gateway.zone()).toInstant();
        List<Known> booked = booked(gateway, begins.plus(EDGE), ends.minus(EDGE));
        if (all.isEmpty()
                && !booked.isEmpty()
                && clock.instant().isBefore(written(gateway, day).plus(LATE))) throw new Gateway.Away(NOT_THERE);
        Map<UUID, Known> payments = knownPayments(gateway, bill);
        Map<UUID, Known> refunds = knownRefunds(gateway, bill);
        List<Difference> differences = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        int agreed = 0;
        Set<UUID> disputed = new HashSet<>();
        for (Gateway.BillLine line : bill) {
            if (line.dispute() != null) {
                Difference found = dispute(gateway.name(), line, line.dispute(), disputed);
                if (found == null) agreed++;
                else differences.add(found);
                continue;
            }
            boolean refund = line.kind() != Gateway.BillLine.Kind.PAYMENT;
            UUID id = ours(line.number());
            Known known = id == null ? null : (refund ? refunds : payments).get(id);
            if (known == null) {
                differences.add(new Difference(
                        refund ? Reason.UNKNOWN_REFUND : Reason.UNKNOWN_PAYMENT,
                        line.gatewayId(),
                        null,
                        null,
                        line.money()));
                continue;
            }
            // A refund that failed was done before, on a line of its own.
            if (line.kind() != Gateway.BillLine.Kind.REFUND_FAILED) seen.add(known.id);
            Reason reason = reason(gateway.name(), line, known, refund);
            if (reason == null) {
                agreed++;
                bookFee(line, known, refund);
                continue;
            }
            differences.add(new Difference(reason, line.number(), known.brand, known.money, line.money()));
            if (reason == Reason.PAYMENT_NOT_BOOKED) askNow(known);
        }
        List<Known> missing = new ArrayList<>(missing(booked, seen));
        List<Known> around = missing(booked(gateway, begins.minus(EDGE), begins.plus(EDGE)), seen);
        if (!around.isEmpty()) {
            for (Gateway.BillLine line : bill(gateway, day.minusDays(1))) {
                UUID id = ours(line.number());
                if (id != null) seen.add(id);
            }
            missing.addAll(missing(around, seen));
        }
        for (Known known : missing) {
            differences.add(new Difference(
                    known.payment == null ? Reason.REFUND_NOT_ON_BILL : Reason.PAYMENT_NOT_ON_BILL,
                    PaymentId.plain(known.id),
                    known.brand,
                    known.money,
                    null));
        }
        for (DisputeState one : disputesOf(gateway, day)) {
            if (!disputed.contains(one.id())) {
                differences.add(new Difference(
                        Reason.DISPUTE_NOT_ON_BILL,
                        one.gatewayId(),
                        one.payment().brand(),
                        one.amount(),
                        null));
            }
        }
        write(gateway, day, bill.size(), agreed, all.size() - bill.size(), differences);
    }

    /** Of the lines that name no number of ours those about a payment of ours: somebody gave back at the gateway's own pages. */
    private Set<String> intentsOfOurs(Gateway gateway, List<Gateway.BillLine> bill) {
        List<String> intents = bill.stream()
                .map(Gateway.BillLine::intent)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Set<String> ours = new HashSet<>();
        for (int i = 0; i < intents.size(); i += AT_ONCE) {
            ours.addAll(db.sql("select gateway_id from payments where gateway_id = any(:ids) and way like :ways")
                    .param(
                            "ids",
                            intents.subList(i, Math.min(intents.size(), i + AT_ONCE))
                                    .toArray(String[]::new))
                    .param("ways", gateway.name() + "-%")
                    .query(String.class)
                    .list());
        }
        return ours;
    }

    private static List<Known> missing(List<Known> booked, Set<UUID> seen) {
        return booked.stream().filter(known -> !seen.contains(known.id)).toList();
    }

    /** Each is booked once, however often the bill is read. */
    private void bookFee(Gateway.BillLine line, Known known, boolean refund) {
        Money fee = line.fee();
        if (fee == null || known.payment == null) return;
        if (!refund && fee.minor() > 0) journal.fee(known.payment, fee, clock.instant());
        if (refund && fee.minor() < 0)
            journal.feeBack(known.payment, known.id, new Money(-fee.minor(), fee.currency()), clock.instant());
    }

    /** What the bill knows of a dispute is all that its gateway knows, so it is booked here where nobody told us. */
    private @Nullable Difference dispute(
            String gateway, Gateway.BillLine line, Gateway.Dispute said, Set<UUID> disputed) {
        boolean returned = line.kind() == Gateway.BillLine.Kind.DISPUTE_RETURNED;
        DisputeState before = disputeOf(gateway, said.gatewayId());
        if (before == null || (returned ? before.returnedAt() : before.takenAt()) == null) {
            Payment payment = disputes.heard(gateway, said).orElse(null);
            DisputeState now = disputeOf(gateway, said.gatewayId());
            if (now != null) disputed.add(now.id());
            return new Difference(
                    payment == null ? Reason.UNKNOWN_DISPUTE : Reason.DISPUTE_NOT_BOOKED,
                    line.gatewayId(),
                    payment == null ? null : payment.id().brand(),
                    null,
                    line.money());
        }
        disputed.add(before.id());
        if (before.amount().equals(line.money())) return null;
        return new Difference(
                before.amount().currency().equals(line.money().currency())
                        ? Reason.AMOUNT_DIFFERS
                        : Reason.CURRENCY_DIFFERS,
                line.gatewayId(),
                before.payment().brand(),
                before.amount(),
                line.money());
    }

    private @Nullable DisputeState disputeOf(String gateway, String gatewayId) {
        return db.sql(
                        "select d.* from disputes d join payments p using (brand_id, payment_id) where d.gateway_id = :id and p.way like :ways")
                .param("id", gatewayId)
                .param("ways", gateway + "-%")
                .query(Disputes::read)
                .optional()
                .orElse(null);
    }

    /** What was taken from us or came back on that day, without its edges. */
    private List<DisputeState> disputesOf(Gateway gateway, LocalDate day) {
        return db.sql("""
                select d.* from disputes d join payments p using (brand_id, payment_id)
                where p.way like :ways and (d.taken_at >= :from and d.taken_at < :until or d.returned_at >= :from and d.returned_at < :until)
                """)
                .param("ways", gateway.name() + "-%")
                .param(
                        "from",
                        Timestamp.from(
                                day.atStartOfDay(gateway.zone()).toInstant().plus(EDGE)))
                .param(
                        "until",
                        Timestamp.from(day.plusDays(1)
                                .atStartOfDay(gateway.zone())
                                .toInstant()
                                .minus(EDGE)))
                .query(Disputes::read)
                .list();
    }

    /** Whatever a bill has in it that is no amount, no currency, no table: it is one code. */
    private static List<Gateway.BillLine> bill(Gateway gateway, LocalDate day) throws Gateway.Away {
        try {
            return gateway.bill(day);
        } catch (RuntimeException e) {
            log.error("payment.bill-unreadable gateway={} day={}", gateway.name(), day, e);
            throw new Gateway.Away(UNREADABLE);
        }
    }

    private @Nullable Reason reason(String gateway, Gateway.BillLine line, Known known, boolean refund) {
        if (line.kind() == Gateway.BillLine.Kind.REFUND_FAILED) {
            Refunds.Failed failed = this.refunds.failed(gateway, known.brand, known.id, line.number(), "failed");
            if (failed == Refunds.Failed.NOW) return Reason.REFUND_FAILURE_NOT_BOOKED;
        }
        if (!known.booked && line.kind() != Gateway.BillLine.Kind.REFUND_UNDER_WAY)
            return refund ? Reason.REFUND_NOT_BOOKED : Reason.PAYMENT_NOT_BOOKED;
        if (!known.money.currency().equals(line.money().currency())) return Reason.CURRENCY_DIFFERS;
        return known.money.minor() == line.money().minor() ? null : Reason.AMOUNT_DIFFERS;
    }

    private static @Nullable UUID ours(String number) {
        try {
            return Refund.ofNumber(number);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Map<UUID, Known> knownPayments(Gateway gateway, List<Gateway.BillLine> bill) {
        Map<UUID, Known> known = new HashMap<>();
        for (UUID[] ids : chunks(bill, false)) {
            db
                    .sql("select * from payments where payment_id = any(:ids)")
                    .param("ids", ids)
                    .query(PaymentRows::read)
                    .list()
                    .stream()
                    .filter(one -> one.way().gateway().equals(gateway.name()))
                    .forEach(one -> known.put(
                            one.id().value(),
                            new Known(one.id().brand(), one.id().value(), one.amount(), one.isPaid(), one)));
        }
        return known;
    }

    private Map<UUID, Known> knownRefunds(Gateway gateway, List<Gateway.BillLine> bill) {
        Map<UUID, Known> known = new HashMap<>();
        for (UUID[] ids : chunks(bill, true)) {
            db.sql("""
                    select p.*, r.refund_id, r.amount as back, r.currency as back_currency, r.done_at is not null as done
                    from refunds r join payments p using (brand_id, payment_id) where r.refund_id = any(:ids)
                    """)
                    .param("ids", ids)
                    .query((row, n) -> {
                        Payment payment = PaymentRows.read(row, n);
                        if (payment.way().gateway().equals(gateway.name())) {
                            UUID id = row.getObject("refund_id", UUID.class);
                            known.put(
                                    id,
                                    new Known(
                                            payment.id().brand(),
                                            id,
                                            new Money(
                                                    row.getLong("back"),
                                                    Currency.getInstance(row.getString("back_currency"))),
                                            row.getBoolean("done"),
                                            payment));
                        }
                        return n;
                    })
                    .list();
        }
        return known;
    }

    private static List<UUID[]> chunks(List<Gateway.BillLine> bill, boolean refunds) {
        List<UUID> ids = new ArrayList<>();
        for (Gateway.BillLine line : bill) {
            UUID id = (line.kind() != Gateway.BillLine.Kind.PAYMENT) == refunds ? ours(line.number()) : null;
            if (id != null) ids.add(id);
        }
        List<UUID[]> chunks = new ArrayList<>();
        for (int i = 0; i < ids.size(); i += AT_ONCE) {
            chunks.add(ids.subList(i, Math.min(ids.size(), i + AT_ONCE)).toArray(UUID[]::new));
        }
        return chunks;
    }

    /**
     * What we booked, by the moment that its bill dates it by: payments, and then refunds, whose payment is not looked up. One that is not
     * done is looked for from the bill's side alone; what people gave back stands on the bill under a number of the gateway's.
     */
    private List<Known> booked(Gateway gateway, Instant from, Instant until) {
        List<Known> booked = new ArrayList<>(db
                .sql("""
                select * from payments where way like :ways and paid_at >= :from and paid_at < :until and paid_at < :now
                """)
                .param("from", Timestamp.from(from))
                .param("until", Timestamp.from(until))
                .param("now", Timestamp.from(clock.instant()))
                .param("ways", gateway.name() + "-%")
                .query(PaymentRows::read)
                .list()
                .stream()
                .map(one -> new Known(one.id().brand(), one.id().value(), one.amount(), true, one))
                .toList());
        booked.addAll(db.sql("""
                select r.brand_id, r.refund_id, r.amount, r.currency
                from refunds r join payments p using (brand_id, payment_id)
                where p.way like :ways and r.billed_at >= :from and r.billed_at < :until and r.billed_at < :now
                    and not r.by_hand
                """)
                .param("from", Timestamp.from(from))
                .param("until", Timestamp.from(until))
                .param("now", Timestamp.from(clock.instant()))
                .param("ways", gateway.name() + "-%")
                .query((row, n) -> new Known(
                        new BrandId(row.getObject(1, UUID.class)),
                        row.getObject(2, UUID.class),
                        new Money(row.getLong(3), Currency.getInstance(row.getString(4))),
                        true,
                        null))
                .list());
        return booked;
    }

    /** Whatever we took it for, closed or failed: the janitor asks, and what the gateway says is settled. */
    private void askNow(Known known) {
        db.sql("update payments set ask_at = :now where brand_id = :brand and payment_id = :id and paid_at is null")
                .param("now", Timestamp.from(clock.instant()))
                .param("brand", known.brand.value())
                .param("id", known.id)
                .update();
    }

    private void write(Gateway of, LocalDate day, int lines, int agreed, int others, List<Difference> differences) {
        String gateway = of.name();
        int round = clock.instant().isBefore(written(of, day)) ? 0 : 1;
        transactions.executeWithoutResult(status -> {
            db.sql("""
                    insert into reconciliations (gateway, day, lines, agreed, others, checked_at, rounds)
                    values (:gateway, :day, :lines, :agreed, :others, :now, :round)
                    on conflict on constraint reconciliations_pk do update
                    set lines = excluded.lines, agreed = excluded.agreed, others = excluded.others, checked_at = excluded.checked_at,
                        rounds = reconciliations.rounds + excluded.rounds
                    """)
                    .param("gateway", gateway)
                    .param("round", round)
                    .param("day", Date.valueOf(day))
                    .param("lines", lines)
                    .param("agreed", agreed)
                    .param("others", others)
                    .param("now", Timestamp.from(clock.instant()))
                    .update();
            db.sql("delete from reconciliation_differences where gateway = :gateway and day = :day")
                    .param("gateway", gateway)
                    .param("day", Date.valueOf(day))
                    .update();
            int nth = 0;
            for (Difference one : differences) {
                Money either = one.ours == null ? one.theirs : one.ours;
                db.sql("""
                        insert into reconciliation_differences
                            (gateway, day, nth, reason, about, brand_id, ours, theirs, currency)
                        values (:gateway, :day, :nth, :reason, :about, :brand, :ours, :theirs, :currency)
                        """)
                        .param("gateway", gateway)
                        .param("day", Date.valueOf(day))
                        .param("nth", ++nth)
                        .param("reason", one.reason.text())
                        .param("about", one.about)
                        .param("brand", one.brand == null ? null : one.brand.value())
                        .param("ours", one.ours == null ? null : one.ours.minor())
                        .param("theirs", one.theirs == null ? null : one.theirs.minor())
                        .param(
                                "currency",
                                either == null ? "XXX" : either.currency().getCurrencyCode())
                        .update();
            }
        });
    }

    /** The newest day that was held against any gateway's bill; empty: none was. */
    public Optional<LocalDate> newestDay() {
        return db.sql("select max(day) from reconciliations")
                .query(Date.class)
                .optional()
                .map(Date::toLocalDate);
    }

    /** What was found for that day, gateway by gateway. @param brand whose differences; null: all, with those of nobody */
    public List<Checked> of(LocalDate day, @Nullable BrandId brand) {
        return db.sql(
                        "select gateway, lines, agreed, others, checked_at from reconciliations where day = :day order by gateway")
                .param("day", Date.valueOf(day))
                .query((row, n) -> new Checked(
                        row.getString(1),
                        day,
                        row.getInt(2),
                        row.getInt(3),
                        row.getInt(4),
                        row.getTimestamp(5).toInstant(),
                        isWritten(row.getString(1), day, row.getTimestamp(5).toInstant()),
                        differences(row.getString(1), day, brand)))
                .list();
    }

    private boolean isWritten(String name, LocalDate day, Instant at) {
        return gateways.all().stream()
                .filter(gateway -> gateway.name().equals(name))
                .noneMatch(gateway -> at.isBefore(written(gateway, day)));
    }

    private List<Difference> differences(String gateway, LocalDate day, @Nullable BrandId brand) {
        return db.sql("""
                select reason, about, brand_id, ours, theirs, currency from reconciliation_differences
                where gateway = :gateway and day = :day and (cast(:brand as uuid) is null or brand_id = :brand) order by nth
                """)
                .param("gateway", gateway)
                .param("day", Date.valueOf(day))
                .param("brand", brand == null ? null : brand.value())
                .query((row, n) -> {
                    Currency currency = Currency.getInstance(row.getString(6));
                    UUID whose = row.getObject(3, UUID.class);
                    Long ours = row.getObject(4, Long.class);
                    Long theirs = row.getObject(5, Long.class);
                    return new Difference(
                            Reason.of(row.getString(1)),
                            row.getString(2),
                            whose == null ? null : new BrandId(whose),
                            ours == null ? null : new Money(ours, currency),
                            theirs == null ? null : new Money(theirs, currency));
                })
                .list();
    }
}
