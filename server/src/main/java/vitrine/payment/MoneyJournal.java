package vitrine.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * The money journal: double entry, in minor units, never converted. Each line takes from one account what it puts into another, so the
 * sum over all accounts is zero in every commit whatever the code does; each event has one entry, so none is booked twice.
 */
@Component
public class MoneyJournal {

    static final String BRAND = "payable:brand";
    static final String REFUNDS = "refunds";
    static final String DISPUTES = "disputes";
    /** What the account of a cause is called, before its id. */
    public static final String CAUSE = "payable:cause:";

    private final JdbcClient db;

    MoneyJournal(JdbcClient db) {
        this.db = db;
    }

    /** Leans on money_journal_once. */
    void paid(Payment payment, Instant at) {
        book(payment, "payment", payment.id().value(), clearing(payment.way()), payable(payment), payment.amount(), at);
    }

    void refundOwed(Payment payment, UUID refund, Money amount, Instant at) {
        book(payment, "refund-owed", refund, payable(payment), REFUNDS, amount, at);
    }

    /** @param line which of the refund's numbers it went by, from 1 on: one that failed is paid again under another */
    void refundPaid(Payment payment, UUID refund, int line, Money amount, Instant at) {
        book(payment, "refund-paid", refund, line, REFUNDS, clearing(payment.way()), amount, at);
    }

    /** It had been paid out, and came back to us: it is owed as before. */
    void refundFailed(Payment payment, UUID refund, int line, Money amount, Instant at) {
        book(payment, "refund-failed", refund, line, clearing(payment.way()), REFUNDS, amount, at);
    }

    /**
     * What a buyer's bank does with the money. While it is disputed it belongs to nobody; what is lost is taken off what the brand is owed.
     * Booked once an event.
     */
    void disputed(Payment payment, String kind, UUID dispute, Money amount, Instant at) {
        String clearing = clearing(payment.way());
        String fees = "fees:" + payment.way().gateway();
        switch (kind) {
            case "dispute-taken" -> book(payment, kind, dispute, DISPUTES, clearing, amount, at);
            case "dispute-returned" -> book(payment, kind, dispute, clearing, DISPUTES, amount, at);
            case "dispute-lost" -> book(payment, kind, dispute, payable(payment), DISPUTES, amount, at);
            case "dispute-regained" -> book(payment, kind, dispute, DISPUTES, payable(payment), amount, at);
            case "dispute-fee" -> book(payment, kind, dispute, fees, clearing, amount, at);
            case "dispute-fee-returned" -> book(payment, kind, dispute, clearing, fees, amount, at);
            default -> throw new IllegalArgumentException(kind);
        }
    }

    boolean has(BrandId brand, String kind, UUID about) {
        return db.sql(
                        "select exists (select from money_journal where brand_id = :brand and kind = :kind and about = :about)")
                .param("brand", brand.value())
                .param("kind", kind)
                .param("about", about)
                .query(Boolean.class)
                .single();
    }

    /** What the gateway kept for itself, as its bill says, in the currency in which it settles. Booked once a payment. */
    void fee(Payment payment, Money fee, Instant at) {
        book(payment, "fee", payment.id().value(), fees(payment.way()), clearing(payment.way()), fee, at);
    }

    /** What it gave back of it with a refund. Booked once a refund. */
    void feeBack(Payment payment, UUID refund, Money fee, Instant at) {
        book(payment, "fee-back", refund, clearing(payment.way()), fees(payment.way()), fee, at);
    }

    private static String fees(Way way) {
        return "fees:" + way.gateway();
    }

    static String clearing(Way way) {
        return "clearing:" + way.text();
    }

    private static String payable(Payment payment) {
        return payable(payment.cause());
    }

    private int book(Payment payment, String kind, UUID about, String debit, String credit, Money amount, Instant at) {
        return book(payment, kind, about, 1, debit, credit, amount, at);
    }

    private int book(
            Payment payment, String kind, UUID about, int line, String debit, String credit, Money amount, Instant at) {
        // What only a gateway tells may be told again, and says the same.
        boolean told = kind.startsWith("fee") || kind.startsWith("dispute-") || kind.equals("refund-failed");
        return db.sql("""
                insert into money_journal (brand_id, kind, about, line, debit, credit, amount, currency, payment_id, booked_at)
                values (:brand, :kind, :about, :line, :debit, :credit, :amount, :currency, :payment, :at)
                """ + (told ? "on conflict on constraint money_journal_once do nothing" : ""))
                .param("brand", payment.id().brand().value())
                .param("kind", kind)
                .param("about", about)
                .param("line", line)
                .param("debit", debit)
                .param("credit", credit)
                .param("amount", amount.minor())
                .param("currency", amount.currency().getCurrencyCode())
                .param("payment", payment.id().value())
                .param("at", Timestamp.from(at))
                .update();
    }

    /**
     * One line of the journal.
     *
     * @param reason why money goes back; null: it does not
     */
    public record Line(
            Instant bookedAt,
            String kind,
            UUID about,
            UUID payment,
            String debit,
            String credit,
            Money amount,
            @Nullable String reason) {}

    /**
     * What one account took in and gave out.
     *
     * @param balance debit less credit: positive is what the account holds, negative what is owed to whom it is named after
     */
    public record Balance(String account, Money debit, Money credit, Money balance) {}

    /** The lines of a day, the newest first. */
    public List<Line> lines(BrandId brand, LocalDate day, ZoneId zone, int most) {
        return lines(brand, null, day, day.plusDays(1), zone, most);
    }

    /** All lines of one payment, the oldest first: also of its refunds and disputes. */
    public List<Line> lines(PaymentId payment) {
        return db.sql("""
                select j.booked_at, j.kind, j.about, j.payment_id, j.debit, j.credit, j.amount, j.currency, r.reason from money_journal j
                left join refunds r on r.brand_id = j.brand_id and r.refund_id = j.about
                where j.brand_id = :brand and j.payment_id = :payment order by j.booked_at, j.about, j.line
                """)
                .param("brand", payment.brand().value())
                .param("payment", payment.value())
                .query((row, n) -> line(row))
                .list();
    }

    private static Line line(ResultSet row) throws SQLException {
        return new Line(
                row.getTimestamp(1).toInstant(),
                row.getString(2),
                row.getObject(3, UUID.class),
                row.getObject(4, UUID.class),
                row.getString(5),
                row.getString(6),
                new Money(row.getLong(7), Currency.getInstance(row.getString(8))),
                row.getString(9));
    }

    /** The lines from a day on until another begins, the newest first. @param account that moved; null: any */
    public List<Line> lines(
            BrandId brand, @Nullable String account, LocalDate from, LocalDate until, ZoneId zone, int most) {
        return db.sql("""
                select j.booked_at, j.kind, j.about, j.payment_id, j.debit, j.credit, j.amount, j.currency, r.reason from money_journal j
                left join refunds r on r.brand_id = j.brand_id and r.refund_id = j.about
                where j.brand_id = :brand and j.booked_at >= :from and j.booked_at < :until
                    and (:account::text is null or :account in (j.debit, j.credit))
                order by j.booked_at desc, j.about, j.line limit :most
                """)
                .param("brand", brand.value())
                .param("account", account)
                .param("from", from(from, zone))
                .param("until", from(until, zone))
                .param("most", most)
                .query((row, n) -> line(row))
                .list();
    }

    /** The accounts' movements from a day on until another begins; null and null: all time. */
    public List<Balance> statement(BrandId brand, @Nullable LocalDate from, @Nullable LocalDate until, ZoneId zone) {
        return db.sql("""
                select account, currency, sum(debit)::bigint, sum(credit)::bigint
                from (
                    select debit as account, currency, amount as debit, 0 as credit, booked_at from money_journal
                    where brand_id = :brand
                    union all
                    select credit, currency, 0, amount, booked_at from money_journal where brand_id = :brand) as moved
                where booked_at >= :from and booked_at < :until
                group by account, currency order by currency, account
                """)
                .param("brand", brand.value())
                .param("from", from == null ? Timestamp.from(Instant.EPOCH) : from(from, zone))
                .param(
                        "until",
                        until == null ? Timestamp.from(Instant.parse("9999-01-01T00:00:00Z")) : from(until, zone))
                .query((row, n) -> {
                    Currency currency = Currency.getInstance(row.getString(2));
                    Money debit = new Money(row.getLong(3), currency);
                    Money credit = new Money(row.getLong(4), currency);
                    return new Balance(row.getString(1), debit, credit, debit.minus(credit));
                })
                .list();
    }

    /** The account of what a brand is owed, or with a cause what that is owed. */
    public static String payable(@Nullable UUID cause) {
        return cause == null ? BRAND : CAUSE + cause;
    }

    /** What stands to the credit of an account when this day begins, by currency; null: of all time. Refunds are taken off. */
    public List<Money> owed(BrandId brand, String account, @Nullable LocalDate day, ZoneId zone) {
        return statement(brand, null, day, zone).stream()
                .filter(balance -> balance.account().equals(account))
                .map(balance -> balance.credit().minus(balance.debit()))
                .toList();
    }

    private static Timestamp from(LocalDate day, ZoneId zone) {
        return Timestamp.from(day.atStartOfDay(zone).toInstant());
    }
}
