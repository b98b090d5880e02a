package vitrine.drop;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.ownership.Pieces;
import vitrine.ownership.Pieces.Keeping;
import vitrine.payment.DisputeState;
import vitrine.payment.PaymentId;
import vitrine.payment.PaymentState;
import vitrine.payment.Payments;
import vitrine.payment.Refunding;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.Money;
import vitrine.platform.Settings;

/**
 * Sales that are undone: a buyer withdraws within fourteen days, or the staff refuse her claim or give all of her money back. The piece goes back to the stock under its
 * number and all of the money goes back that has not gone back before, in one transaction; the place in her limit stays used, so that nobody withdraws to draw a
 * lower number. What her bank had taken back from us then cannot go back to her twice: if the bank returns it, it follows.
 */
@Component
public class SaleReturns implements Job {

    /** Whole days after the day of the sale. */
    public static final int DAYS = 14;

    private final JdbcClient db;
    private final Drops drops;
    private final Pieces pieces;
    private final Payments payments;
    private final LiveDrops lives;
    private final Settings settings;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;

    SaleReturns(
            JdbcClient db,
            Drops drops,
            Pieces pieces,
            Payments payments,
            LiveDrops lives,
            Settings settings,
            TransactionTemplate transactions,
            BusinessClock clock) {
        this.db = db;
        this.drops = drops;
        this.pieces = pieces;
        this.payments = payments;
        this.lives = lives;
        this.settings = settings;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Why a sale was undone; also the reason of its refund. */
    public enum Why {
        /** By the buyer, within her time. */
        WITHDRAWN,
        /** By the staff, who looked at her claim and refused it. */
        REFUSED,
        /** By the staff, who gave all of her money back; the refund says why. */
        RETURNED,
        /** By the staff, after her bank had given her the money back. */
        DISPUTED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How it stands with withdrawing a sale. */
    public sealed interface Withdrawing {
        /**
         * She may, before this moment.
         *
         * @param back what she gets: the price, less what was given back before and what her bank has
         * @param atBank what her bank took back from us: it follows if the bank returns it
         */
        record May(Instant until, Money back, Money atBank) implements Withdrawing {}

        /**
         * It was undone.
         *
         * @param back what went back to her with it, and since
         * @param atBank what her bank had of it then, and has not returned
         */
        record Undone(Why why, Money back, Money atBank, Instant at) implements Withdrawing {}

        record Over(Instant at) implements Withdrawing {}

        /** She gave it up before she paid, and her mail confirmed it. */
        record Waived(Instant at) implements Withdrawing {}

        /** Paid, and not hers in the books yet: some seconds, or until somebody has looked at her claim. */
        record NotYet() implements Withdrawing {}

        /** She gave it on. */
        record GivenOn() implements Withdrawing {}

        /** She took what it is good for. */
        record Redeemed() implements Withdrawing {}

        /** No such sale of hers. */
        record NotBought() implements Withdrawing {}

        default String code() {
            return switch (this) {
                case May m -> "drop.withdraw-may";
                case Undone u -> "drop.withdraw-undone";
                case Over o -> "drop.withdraw-over";
                case Waived w -> "drop.withdraw-waived";
                case NotYet n -> "drop.withdraw-not-yet";
                case GivenOn g -> "drop.withdraw-given-on";
                case Redeemed r -> "drop.withdraw-redeemed";
                case NotBought n -> "drop.withdraw-not-bought";
            };
        }
    }

    private record Bought(
            UUID claim,
            PaymentId payment,
            PieceNumber piece,
            Money amount,
            Instant soldAt,
            @Nullable Instant waivedAt,
            @Nullable Why why,
            @Nullable Money back,
            @Nullable Money atBank,
            @Nullable Instant returnedAt,
            boolean granted) {}

    private static final String BOUGHT = """
            select s.brand_id, s.claim_id, s.payment_id, s.collectible_id, s.serial, s.amount, s.currency, s.sold_at,
                case when w.confirmed_at is not null then w.waived_at end as waived_at, r.why,
                r.amount + r.followed as back, r.disputed - r.followed as at_bank, r.returned_at,
                exists (
                    select from claims k where k.brand_id = s.brand_id and k.drop_id = s.drop_id and k.collector_id = s.collector_id
                        and k.claim_id = s.claim_id and k.granted_at is not null) as granted
            from sales s
            left join waivers w on w.brand_id = s.brand_id and w.claim_id = s.claim_id
            left join sale_returns r on r.brand_id = s.brand_id and r.claim_id = s.claim_id
            where s.brand_id = :brand and s.claim_id = :claim and s.collector_id = :who
            """;

    /** How it stands now; nothing is done. */
    public Withdrawing look(BrandId brand, CollectorId who, UUID claim) {
        Bought bought = bought(BOUGHT, brand, who, claim).orElse(null);
        if (bought == null) return new Withdrawing.NotBought();
        Withdrawing stands = stands(bought);
        return stands instanceof Withdrawing.May ? kept(pieces.keeping(bought.piece, who), stands) : stands;
    }

    /** Which of these claims were sold and undone since, whyever. */
    public Set<UUID> undone(BrandId brand, Collection<UUID> claims) {
        return new HashSet<>(
                db.sql("select claim_id from sale_returns where brand_id = :brand and claim_id = any(:claims)")
                        .param("brand", brand.value())
                        .param("claims", claims.toArray(UUID[]::new))
                        .query(UUID.class)
                        .list());
    }

    /** The piece back, the money on its way; a second press answers what the first did. */
    public Withdrawing withdraw(BrandId brand, CollectorId who, UUID claim) {
        Withdrawing ended = requireNonNull(transactions.execute(status -> {
            // First the sale, then its payment, then the stock, then the piece: as whoever takes up money does.
            Bought bought =
                    bought(BOUGHT + " for update of s", brand, who, claim).orElse(null);
            if (bought == null) return new Withdrawing.NotBought();
            // A new statement: what was undone while this one waited for the lock is undone.
            bought = bought(BOUGHT, brand, who, claim).orElseThrow();
            Withdrawing stands = stands(bought);
            if (!(stands instanceof Withdrawing.May)) return stands;
            Back back = refund(bought.payment, bought.amount, Why.WITHDRAWN);
            drops.lock(List.of(bought.piece.collectible()));
            Withdrawing kept = kept(pieces.lockKeeping(bought.piece, who), stands);
            if (!(kept instanceof Withdrawing.May)) {
                status.setRollbackOnly();
                return kept;
            }
            drops.takeBack(List.of(bought.piece), Why.WITHDRAWN.code());
            Instant now = clock.now();
            return new Withdrawing.Undone(
                    Why.WITHDRAWN, back.amount, write(bought.payment, claim, Why.WITHDRAWN, back, now), now);
        }));
        if (ended instanceof Withdrawing.Undone) lives.changed();
        return ended;
    }

    /** What becomes of the piece when money goes back. */
    public enum Unit {
        /** A part went back: it is hers as before. */
        STAYS,
        /** All went back, and it came back to the stock under its number. */
        BACK,
        /** All went back; she had given it on or redeemed it, so it is where it is. */
        KEPT
    }

    /** How it ended that the staff give money back. */
    public sealed interface GivingBack {
        record Done(Money amount, Unit unit) implements GivingBack {}

        /** The same form once more. */
        record Again() implements GivingBack {}

        /** @param left what there is to give back; nothing: nothing is left of it */
        record TooMuch(Money left) implements GivingBack {}

        /** Her piece is not granted yet: some seconds, or until somebody has looked at her claim, which is then refused instead. */
        record NotYet() implements GivingBack {}

        default String code() {
            return switch (this) {
                case Done d -> "payment.given-back-" + d.unit.name().toLowerCase(Locale.ROOT);
                case Again a -> "payment.given-back-again";
                case TooMuch t -> "payment.too-much";
                case NotYet n -> "payment.not-yet";
            };
        }
    }

    /**
     * The staff give a part back, or all that is left; with all of it the piece comes back, as when she withdraws. In the caller's
     * transaction, if there is one.
     *
     * @param reason one of the staff's, as the buyer reads it
     * @param wish the same one again is the same refund
     */
    public GivingBack giveBack(PaymentId payment, Money amount, String reason, String wish) {
        GivingBack ended = requireNonNull(transactions.execute(status -> {
            Sale sale = sale(payment, LOCKED).orElse(null);
            if (payments.isWanted(payment, wish)) return new GivingBack.Again();
            Money left = payments.story(payment).map(it -> it.state().left()).orElse(amount.minus(amount));
            boolean all = amount.equals(left);
            if (!amount.currency().equals(left.currency()) || amount.minor() <= 0 || amount.minor() > left.minor())
                return new GivingBack.TooMuch(left);
            // What buys nothing goes back by itself; until that is so it may still buy something.
            if (sale == null) return new GivingBack.NotYet();
            Bought bought =
                    bought(BOUGHT, payment.brand(), sale.buyer, sale.claim).orElseThrow();
            // What is left of a sale that was undone follows by itself.
            if (bought.why != null) return new GivingBack.TooMuch(left.minus(left));
            if (all && !bought.granted) return new GivingBack.NotYet();
            return switch (payments.refund(payment, amount, reason, wish)) {
                case Refunding.TooMuch much -> new GivingBack.TooMuch(much.left());
                case Refunding.NotPaid not -> new GivingBack.NotYet();
                case Refunding.Wanted wanted ->
                    new GivingBack.Done(
                            amount,
                            all ? takeBack(bought, sale, Why.RETURNED, new Back(wanted.refund(), amount)) : Unit.STAYS);
            };
        }));
        if (ended instanceof GivingBack.Done done && done.unit == Unit.BACK) lives.changed();
        return ended;
    }

    /**
     * Her bank gave her the money back, for good: the piece comes back. In the caller's transaction, if there is one.
     *
     * @return empty: it was undone before, or the dispute is not lost
     */
    public Optional<Unit> takeBackDisputed(PaymentId payment) {
        Optional<Unit> unit = requireNonNull(transactions.execute(status -> {
            Sale sale = sale(payment, LOCKED).orElse(null);
            if (sale == null) return Optional.<Unit>empty();
            boolean lost = payments.story(payment).stream()
                    .anyMatch(it -> it.state().left().minor() == 0
                            && it.disputes().stream().anyMatch(DisputeState::isLost));
            Bought bought =
                    bought(BOUGHT, payment.brand(), sale.buyer, sale.claim).orElseThrow();
            if (!lost || !bought.granted || bought.why != null) return Optional.<Unit>empty();
            Money nothing = new Money(0, bought.amount.currency());
            return Optional.of(takeBack(bought, sale, Why.DISPUTED, new Back(null, nothing)));
        }));
        if (unit.equals(Optional.of(Unit.BACK))) lives.changed();
        return unit;
    }

    /** Whether it was undone, and why. */
    public Optional<Withdrawing.Undone> undone(PaymentId payment) {
        return sale(payment, "")
                .flatMap(sale -> bought(BOUGHT, payment.brand(), sale.buyer, sale.claim))
                .filter(bought -> bought.why != null)
                .map(bought -> (Withdrawing.Undone) stands(bought));
    }

    /**
     * The piece that was bought, and how its buyer has it.
     *
     * @param drop the name of where it was bought
     * @param unit what becomes of it when all that is left is given back
     */
    public record Sold(UUID claim, CollectorId buyer, Bilingual drop, PieceNumber piece, boolean granted, Unit unit) {}

    public Optional<Sold> sold(PaymentId payment) {
        return sale(payment, "").map(sale -> {
            Bought bought =
                    bought(BOUGHT, payment.brand(), sale.buyer, sale.claim).orElseThrow();
            boolean hers = pieces.keeping(bought.piece, sale.buyer) instanceof Keeping.Kept;
            return new Sold(
                    sale.claim, sale.buyer, drop(payment), bought.piece, bought.granted, hers ? Unit.BACK : Unit.KEPT);
        });
    }

    private Bilingual drop(PaymentId payment) {
        return db.sql("""
                select d.name_zh, d.name_en from sales s join drops d on d.brand_id = s.brand_id and d.drop_id = s.drop_id
                where s.brand_id = :brand and s.payment_id = :payment
                """)
                .param("brand", payment.brand().value())
                .param("payment", payment.value())
                .query((row, n) -> new Bilingual(row.getString(1), row.getString(2)))
                .single();
    }

    private record Sale(UUID claim, CollectorId buyer) {}

    private static final String LOCKED = " for update";

    /** Leans on sales_one_payment. @param locked so that it stays as it is until the transaction ends; or empty */
    private Optional<Sale> sale(PaymentId payment, String locked) {
        return db.sql("select claim_id, collector_id from sales where brand_id = :brand and payment_id = :payment"
                        + locked)
                .param("brand", payment.brand().value())
                .param("payment", payment.value())
                .query((row, n) ->
                        new Sale(row.getObject(1, UUID.class), new CollectorId(row.getObject(2, UUID.class))))
                .optional();
    }

    /** After the money: first the stock, then the piece, as whoever withdraws. */
    private Unit takeBack(Bought bought, Sale sale, Why why, Back back) {
        drops.lock(List.of(bought.piece.collectible()));
        if (!(pieces.lockKeeping(bought.piece, sale.buyer) instanceof Keeping.Kept)) return Unit.KEPT;
        drops.takeBack(List.of(bought.piece), why.code());
        write(bought.payment, sale.claim, why, back, clock.now());
        return Unit.BACK;
    }

    /**
     * Of claims that the staff refuse, before any of them was granted: in the transaction that ends them, before it locks the stock, as
     * whoever takes up money does, and once more under the locks, for what was numbered meanwhile.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    void refuse(DropId drop, CollectorId who) {
        record Paid(UUID claimId, UUID paymentId, long amount, String currency) {}
        List<Paid> paid = db.sql("""
                select s.claim_id, s.payment_id, s.amount, s.currency from sales s
                join claims k on k.brand_id = s.brand_id and k.drop_id = s.drop_id and k.collector_id = s.collector_id
                    and k.claim_id = s.claim_id and k.granted_at is null
                where s.brand_id = :brand and s.collector_id = :who and s.drop_id = :drop and not exists (
                    select from sale_returns r where r.brand_id = s.brand_id and r.claim_id = s.claim_id)
                order by s.claim_id for update of s
                """)
                .param("brand", drop.brand().value())
                .param("who", who.value())
                .param("drop", drop.value())
                .query(Paid.class)
                .list();
        Instant now = clock.now();
        for (Paid one : paid) {
            PaymentId payment = new PaymentId(drop.brand(), one.paymentId);
            Back back = refund(payment, new Money(one.amount, Currency.getInstance(one.currency)), Why.REFUSED);
            write(payment, one.claimId, Why.REFUSED, back, now);
        }
    }

    /** @param refund null: nothing was left to give back */
    private record Back(@Nullable UUID refund, Money amount) {}

    /** All of it, or what is left where part of it was given back before, for goodwill. */
    private Back refund(PaymentId payment, Money amount, Why why) {
        if (amount.minor() == 0) return new Back(null, amount);
        return switch (payments.refund(payment, amount, why.code())) {
            case Refunding.Wanted wanted -> new Back(wanted.refund(), amount);
            case Refunding.TooMuch much -> refund(payment, much.left(), why);
            case Refunding.NotPaid not -> throw new IllegalStateException(payment + " was sold and not paid");
        };
    }

    private Optional<Bought> bought(String sql, BrandId brand, CollectorId who, UUID claim) {
        return db.sql(sql)
                .param("brand", brand.value())
                .param("claim", claim)
                .param("who", who.value())
                .query(SaleReturns::bought)
                .optional();
    }

    private Withdrawing stands(Bought bought) {
        if (bought.why != null) {
            return new Withdrawing.Undone(
                    bought.why,
                    requireNonNull(bought.back),
                    requireNonNull(bought.atBank),
                    requireNonNull(bought.returnedAt));
        }
        if (bought.waivedAt != null) return new Withdrawing.Waived(bought.waivedAt);
        Instant until = until(bought.soldAt, settings.zone());
        if (!clock.now().isBefore(until)) return new Withdrawing.Over(until);
        if (!bought.granted) return new Withdrawing.NotYet();
        PaymentState paid = state(bought.payment);
        return new Withdrawing.May(until, paid.left(), atBank(paid));
    }

    private PaymentState state(PaymentId payment) {
        return payments.story(payment).orElseThrow().state();
    }

    /** What her bank took back from us, and did not go back to her before. */
    private static Money atBank(PaymentState paid) {
        long kept = paid.amount().minor() - paid.refunded().minor();
        return new Money(Math.min(paid.disputed().minor(), kept), paid.amount().currency());
    }

    private static Withdrawing kept(Keeping keeping, Withdrawing may) {
        return switch (keeping) {
            case Keeping.Kept kept -> may;
            case Keeping.Redeemed redeemed -> new Withdrawing.Redeemed();
            case Keeping.Moved moved -> new Withdrawing.GivenOn();
            case Keeping.NotHolder not -> new Withdrawing.GivenOn();
        };
    }

    /**
     * When the right ends: the day of the sale is not counted, the last day counts to its end, and one that is a Saturday or a Sunday
     * goes on to Monday (Directive 2011/83/EU, article 9; Regulation 1182/71, article 3).
     */
    static Instant until(Instant soldAt, ZoneId zone) {
        LocalDate last = soldAt.atZone(zone).toLocalDate().plusDays(DAYS);
        LocalDate day =
                switch (last.getDayOfWeek()) {
                    case SATURDAY -> last.plusDays(2);
                    case SUNDAY -> last.plusDays(1);
                    default -> last;
                };
        return day.plusDays(1).atStartOfDay(zone).toInstant();
    }

    @Override
    public String name() {
        return "drop.sale-returns";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(5);
    }

    /**
     * What a buyer's bank has returned of a sale that was undone while it had the money: the brand has its piece again, so this is hers. Also
     * after a dispute that was lost, for money is returned even then.
     */
    @Override
    public boolean run() {
        record Waits(UUID brandId, UUID claimId, UUID paymentId) {}
        db.sql("""
                select r.brand_id, r.claim_id, s.payment_id from sale_returns r
                join sales s on s.brand_id = r.brand_id and s.claim_id = r.claim_id
                join payments p on p.brand_id = s.brand_id and p.payment_id = s.payment_id
                where r.disputed > r.followed and p.amount > p.refunded + p.disputed order by r.brand_id, r.claim_id
                """)
                .query(Waits.class)
                .list()
                .forEach(one -> follow(new PaymentId(new BrandId(one.brandId), one.paymentId), one.claimId));
        return false;
    }

    private void follow(PaymentId payment, UUID claim) {
        transactions.executeWithoutResult(status -> {
            // First the sale, then its payment, as above; another node may have been here meanwhile.
            sale(payment, LOCKED);
            PaymentState paid = state(payment);
            if (paid.left().minor() == 0) return;
            // Named after what had gone back before it: the same sum follows once, and whatever is returned later is
            // another wish.
            String wish = REGAINED + "-after-" + paid.refunded().minor();
            if (!(payments.refund(payment, paid.left(), REGAINED, wish) instanceof Refunding.Wanted)) return;
            db.sql("""
                    update sale_returns set followed = followed + :amount where brand_id = :brand and claim_id = :claim
                    """)
                    .param("amount", paid.left().minor())
                    .param("brand", payment.brand().value())
                    .param("claim", claim)
                    .update();
        });
    }

    /** Why money follows that her bank had. */
    private static final String REGAINED = "regained";

    /**
     * Leans on sale_returns_once. After the refund of what was left: whatever has not gone back by now is with her bank, also where that is
     * returning it in this very moment.
     *
     * @return what her bank has of the money
     */
    private Money write(PaymentId payment, UUID claim, Why why, Back back, Instant now) {
        PaymentState paid = state(payment);
        Money disputed = paid.amount().minus(paid.refunded());
        db.sql("""
                insert into sale_returns (brand_id, claim_id, why, refund_id, amount, disputed, followed, returned_at)
                values (:brand, :claim, :why, :refund, :amount, :disputed, 0, :now)
                """)
                .param("brand", payment.brand().value())
                .param("disputed", disputed.minor())
                .param("claim", claim)
                .param("why", why.code())
                .param("refund", back.refund, java.sql.Types.OTHER)
                .param("amount", back.amount.minor())
                .param("now", Timestamp.from(now))
                .update();
        return disputed;
    }

    private static Bought bought(ResultSet row, int n) throws SQLException {
        var brand = new BrandId(row.getObject("brand_id", UUID.class));
        Timestamp waived = row.getTimestamp("waived_at");
        Timestamp returned = row.getTimestamp("returned_at");
        String why = row.getString("why");
        Currency currency = Currency.getInstance(row.getString("currency"));
        return new Bought(
                row.getObject("claim_id", UUID.class),
                new PaymentId(brand, row.getObject("payment_id", UUID.class)),
                new PieceNumber(
                        new CollectibleId(brand, row.getObject("collectible_id", UUID.class)), row.getInt("serial")),
                new Money(row.getLong("amount"), currency),
                row.getTimestamp("sold_at").toInstant(),
                waived == null ? null : waived.toInstant(),
                why == null ? null : why(why),
                why == null ? null : new Money(row.getLong("back"), currency),
                why == null ? null : new Money(row.getLong("at_bank"), currency),
                returned == null ? null : returned.toInstant(),
                row.getBoolean("granted"));
    }

    static Why why(String code) {
        return Why.valueOf(code.toUpperCase(Locale.ROOT));
    }
}
