package vitrine.drop;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.payment.PaymentId;
import vitrine.payment.PaymentState;
import vitrine.payment.Payments;
import vitrine.payment.Started;
import vitrine.payment.Wanted;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;
import vitrine.platform.web.Supply;

/**
 * Paying for what is held. A claim is the purpose of its payments, so a second try pays for the same hold; it must be over at the gateway
 * before the hold ends, and the unit is free only after the gateway closed it ({@link SaleEnds}).
 */
@Component
public class Sales {

    /** Between the last moment in which somebody can pay and the end of the hold: a payment that was made then is known before. */
    static final Duration MARGIN = Duration.ofSeconds(30);
    /** Who begins now needs so long at least; WeChat and Alipay take no order that ends within a minute. */
    private static final Duration SHORTEST = Duration.ofSeconds(90);
    /** A hold in which somebody can begin to pay, with some time to do so. */
    static final int HOLD_MINUTES_MIN = 3;

    private final JdbcClient db;
    private final Payments payments;
    private final BusinessClock business;
    private final Clock clock;

    Sales(JdbcClient db, Payments payments, BusinessClock business, Clock clock) {
        this.db = db;
        this.payments = payments;
        this.business = business;
        this.clock = clock;
    }

    /** How it goes on for who wants to pay. */
    public sealed interface Paying {
        /** At the gateway. */
        record Begun(Started started) implements Paying {}

        /** It is hers already. */
        record Sold(int serial) implements Paying {}

        /** She holds nothing of that name, or no longer. */
        record NotHeld() implements Paying {}

        /** The hold ends in a moment: whoever paid now might have paid for nothing. */
        record TooLate() implements Paying {}

        default String code() {
            return switch (this) {
                case Begun b -> "drop.paying";
                case Sold s -> "drop.claimed";
                case NotHeld n -> "drop.hold-expired";
                case TooLate t -> "drop.pay-too-late";
            };
        }
    }

    /**
     * A claim as who pays sees it.
     *
     * @param serial null: it is not paid yet, or we do not know of it
     * @param holdUntil null: it is paid
     * @param tries to pay for it, the first one first
     * @param goesOn what she goes on with at a gateway; null: nothing is under way
     * @param ended whether the hold is over: what was paid for it too late comes back
     * @param soldBy the try that it was sold for, also where that was undone since; null: none
     * @param granted whether the piece is there, and hers
     * @param waives whether she ticked that she gives up withdrawing, when she last began to pay
     * @param doubted whether somebody looks at her claims here, or has ({@link Entrances#review})
     * @param refused whether that ended it: what still comes in for it goes back for that reason
     */
    public record Sale(
            UUID claim,
            Stage stage,
            @Nullable Integer serial,
            @Nullable Instant holdUntil,
            List<PaymentState> tries,
            @Nullable Started goesOn,
            boolean ended,
            @Nullable PaymentId soldBy,
            boolean granted,
            boolean waives,
            boolean doubted,
            boolean refused) {

        public Money price() {
            return java.util.Objects.requireNonNull(stage.price());
        }

        /** Whether what she began at a gateway is over there, a moment before her hold is; nobody knows yet whether she paid in time. */
        public boolean closes(Instant now) {
            return !tries.isEmpty() && goesOn == null && holdUntil != null && !now.isBefore(holdUntil.minus(MARGIN));
        }

        /** What comes back, or came back, of what she paid for this: where it was sold, of the try that it was sold for. */
        public Optional<PaymentState> returned() {
            return goesBack()
                    .filter(one -> soldBy == null || one.payment().equals(soldBy))
                    .findFirst();
        }

        /** Another try, whose money came in though it was sold already: all of that comes back. */
        public Optional<PaymentState> paidTwice() {
            return goesBack()
                    .filter(one -> soldBy != null && !one.payment().equals(soldBy))
                    .findFirst();
        }

        private Stream<PaymentState> goesBack() {
            return tries.stream()
                    .filter(one -> one.other() == null && one.refunded().minor() > 0);
        }

        /** Money of another sum than was asked for, which comes back or came back: it paid for nothing, and ends no hold. */
        public Optional<PaymentState> otherSum() {
            return tries.stream()
                    .filter(one -> one.other() != null && one.refunded().minor() > 0)
                    .findFirst();
        }

        /** Whether a gateway has her money and we have not made a piece of it yet. */
        public boolean paid() {
            return tries.stream().anyMatch(one -> one.is() == PaymentState.Is.PAID);
        }
    }

    /** In which ways this stage can be paid, in the order in which they are offered. */
    public List<Way> ways(Stage stage) {
        return stage.price() == null ? List.of() : payments.ways(stage.price());
    }

    public static Optional<Way> way(String text) {
        return Arrays.stream(Way.values())
                .filter(way -> way.text().equals(text))
                .findFirst();
    }

    /** Empty: no such claim of hers in a stage with a price. */
    public Optional<Sale> find(Drop drop, CollectorId who, UUID claim) {
        return there(drop, who, claim).map(sale -> {
            Payments.Tries tries = payments.tries(drop.id().brand(), claim);
            return new Sale(
                    sale.claim,
                    sale.stage,
                    sale.serial,
                    sale.holdUntil,
                    tries.all(),
                    tries.goesOn(),
                    sale.ended,
                    sale.soldBy,
                    sale.granted,
                    sale.waives,
                    sale.doubted,
                    sale.refused);
        });
    }

    /** Without its tries. */
    private Optional<Sale> there(Drop drop, CollectorId who, UUID claim) {
        return db.sql("""
                select k.stage_id, k.serial, k.hold_until, k.granted, k.ended, s.payment_id,
                    exists (select from waivers where brand_id = :brand and claim_id = :claim) as waives,
                    r.collector_id is not null as doubted,
                    coalesce(r.decision = 'refused' and (k.ended_at is null or k.ended_at >= r.decided_at), false) as refused
                from (
                    select claim_id, stage_id, serial, hold_until, granted_at is not null as granted, false as ended,
                        cast(null as timestamptz) as ended_at from claims
                    where brand_id = :brand and drop_id = :drop and collector_id = :who and claim_id = :claim
                    union all
                    select claim_id, stage_id, null, null, false, true, ended_at from claims_ended
                    where brand_id = :brand and drop_id = :drop and collector_id = :who and claim_id = :claim) k
                left join sales s on s.brand_id = :brand and s.claim_id = k.claim_id
                left join claim_reviews r on r.brand_id = :brand and r.drop_id = :drop and r.collector_id = :who
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("who", who.value())
                .param("claim", claim)
                .query((row, n) -> {
                    Timestamp until = row.getTimestamp("hold_until");
                    UUID soldBy = row.getObject("payment_id", UUID.class);
                    return new Sale(
                            claim,
                            stage(drop, row.getObject("stage_id", UUID.class)),
                            (Integer) row.getObject("serial"),
                            until == null ? null : until.toInstant(),
                            List.of(),
                            null,
                            row.getBoolean("ended"),
                            soldBy == null ? null : new PaymentId(drop.id().brand(), soldBy),
                            row.getBoolean("granted"),
                            row.getBoolean("waives"),
                            row.getBoolean("doubted"),
                            row.getBoolean("refused"));
                })
                .optional()
                .filter(sale -> sale.stage.price() != null);
    }

    private static Stage stage(Drop drop, UUID id) {
        return drop.stages().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    }

    /**
     * What she ticked beside the ways to pay, or did not: her last word before the money counts.
     *
     * @param said the sentence by which she gives up withdrawing, as she read it; null: she did not tick it
     */
    public void waive(Drop drop, CollectorId who, UUID claim, @Nullable String said) {
        if (said == null) {
            // Most never ticked it, and to look costs less than to delete nothing.
            if (!waives(drop, claim)) return;
            db.sql("""
                    delete from waivers where brand_id = :brand and claim_id = :claim and exists (
                        select from claims where brand_id = :brand and drop_id = :drop and collector_id = :who and claim_id = :claim
                            and hold_until is not null)
                    """)
                    .param("brand", drop.id().brand().value())
                    .param("claim", claim)
                    .param("drop", drop.id().value())
                    .param("who", who.value())
                    .update();
            return;
        }
        db.sql("""
                insert into waivers (brand_id, claim_id, said, waived_at)
                select brand_id, claim_id, :said, :now from claims
                where brand_id = :brand and drop_id = :drop and collector_id = :who and claim_id = :claim and hold_until is not null
                on conflict on constraint waivers_once do update set said = excluded.said, waived_at = excluded.waived_at
                """)
                .param("said", said)
                .param("now", Timestamp.from(business.now()))
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("who", who.value())
                .param("claim", claim)
                .update();
    }

    /** Whether she ticked it when she last began to pay. */
    public boolean waives(Drop drop, UUID claim) {
        return db.sql("select exists (select from waivers where brand_id = :brand and claim_id = :claim)")
                .param("brand", drop.id().brand().value())
                .param("claim", claim)
                .query(Boolean.class)
                .single();
    }

    /**
     * What somebody bought here.
     *
     * @param supply of how many its piece is; null: an open edition
     */
    public record Purchase(
            UUID claim,
            CollectorId buyer,
            BrandId brand,
            String dropSlug,
            Bilingual drop,
            PieceNumber piece,
            @Nullable Integer supply,
            String pieceSlug,
            Bilingual name,
            Money price,
            Instant soldAt) {

        /** {@code № 017/300}. */
        public String number() {
            return Supply.number(piece.serial(), supply);
        }

        /** Where it was paid, and can be withdrawn. */
        public String href() {
            return "/d/" + dropSlug + "/pay/" + claim;
        }
    }

    /** The newest first. @param family all ids of one person */
    public List<Purchase> bought(Collection<CollectorId> family) {
        return db.sql("""
                select s.*, d.slug as drop_slug, d.name_zh as drop_zh, d.name_en as drop_en,
                    c.slug, c.name_zh, c.name_en, c.supply
                from (select distinct brand_id from drops) b
                cross join lateral (
                    select * from sales s where s.brand_id = b.brand_id and s.collector_id = any(:family) offset 0) s
                join drops d on d.brand_id = s.brand_id and d.drop_id = s.drop_id
                join collectibles c on c.brand_id = s.brand_id and c.collectible_id = s.collectible_id
                order by s.sold_at desc
                """)
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query((row, n) -> {
                    var brand = new BrandId(row.getObject("brand_id", UUID.class));
                    return new Purchase(
                            row.getObject("claim_id", UUID.class),
                            new CollectorId(row.getObject("collector_id", UUID.class)),
                            brand,
                            row.getString("drop_slug"),
                            new Bilingual(row.getString("drop_zh"), row.getString("drop_en")),
                            new PieceNumber(
                                    new CollectibleId(brand, row.getObject("collectible_id", UUID.class)),
                                    row.getInt("serial")),
                            (Integer) row.getObject("supply"),
                            row.getString("slug"),
                            new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                            new Money(row.getLong("amount"), Currency.getInstance(row.getString("currency"))),
                            row.getTimestamp("sold_at").toInstant());
                })
                .list();
    }

    /**
     * @param backUrl where the gateway's page leads back to
     * @param openid who she is to our app inside WeChat; null: she does not pay there
     */
    public Paying pay(
            Drop drop,
            CollectorId who,
            UUID claim,
            Way way,
            String backUrl,
            String clientIp,
            @Nullable String openid,
            Locale locale) {
        Sale sale = there(drop, who, claim).orElse(null);
        if (sale == null || sale.ended) return new Paying.NotHeld();
        if (sale.serial != null) return new Paying.Sold(sale.serial);
        // The hold is on business time; gateways know the real one.
        Duration left = Duration.between(business.now(), sale.holdUntil).minus(MARGIN);
        if (left.compareTo(SHORTEST) < 0) return new Paying.TooLate();
        return new Paying.Begun(payments.start(new Wanted(
                drop.id().brand(),
                claim,
                who.value(),
                sale.price(),
                drop.name(),
                sale.stage.cause() == null ? null : sale.stage.cause().id(),
                way,
                clock.instant().plus(left),
                backUrl,
                clientIp,
                openid,
                locale)));
    }
}
