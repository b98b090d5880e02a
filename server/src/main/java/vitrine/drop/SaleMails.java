package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.CollectorId;
import vitrine.identity.Readers;
import vitrine.payment.PaymentState;
import vitrine.payment.Payments;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.Money;
import vitrine.platform.Settings;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;

/**
 * Writes to whoever paid: what she bought and how she can withdraw, or that she gave that up, which counts once a mail server has taken
 * this mail; before it, where somebody looks at her claim first, that this is so; and each time that money goes back to her, how much, why and by which way. These mails have to reach her, so nothing ends them.
 */
@Component
class SaleMails implements Job {

    private static final int BATCH = 50;
    /** Looked at in one go. The newest first: a mail that nobody takes keeps no other waiting. */
    private static final int UNCONFIRMED = 1_000;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Claims claims;
    private final Payments payments;
    private final Readers readers;
    private final Messages messages;
    private final Settings settings;
    private final BusinessClock clock;

    SaleMails(
            JdbcClient db,
            TransactionTemplate transactions,
            Claims claims,
            Payments payments,
            Readers readers,
            Messages messages,
            Settings settings,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.claims = claims;
        this.payments = payments;
        this.readers = readers;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "drop.sale-mails";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        // A mail can wait; the crowd cannot, nor those who still pay: so many sales a second, and no more.
        if (claims.rushed()) return false;
        transactions.executeWithoutResult(status -> tellSales());
        transactions.executeWithoutResult(status -> confirm());
        transactions.executeWithoutResult(status -> tellWithdrawals());
        return Boolean.TRUE.equals(transactions.execute(status -> tellRefunds()));
    }

    private record Sold(
            UUID brandId,
            UUID claimId,
            UUID collectorId,
            UUID paymentId,
            String dropSlug,
            String slug,
            String nameZh,
            String nameEn,
            int serial,
            @Nullable Integer supply,
            long amount,
            String currency,
            Instant soldAt,
            @Nullable String waived,
            boolean held,
            boolean refused) {}

    /** Of what is held for a look nothing is there to lead to: she hears of that, and of her purchase once it is let go. */
    private void tellSales() {
        List<Sold> sold = db.sql("""
                with s as materialized (
                    -- The oldest first, before anything is looked up for them: behind a crowd thousands wait.
                    select * from sales s
                    where s.told_at is null and (s.held_told_at is null or not exists (
                        select from claim_reviews r where r.brand_id = s.brand_id and r.drop_id = s.drop_id
                            and r.collector_id = s.collector_id and r.decision is null))
                    order by s.sold_at limit :most for update skip locked)
                select s.brand_id, s.claim_id, s.collector_id, s.payment_id, s.serial, s.amount, s.currency, s.sold_at,
                    d.slug as drop_slug, c.slug, c.name_zh, c.name_en, c.supply, w.said as waived, v.held, b.why is not null as refused
                from s
                join drops d on d.brand_id = s.brand_id and d.drop_id = s.drop_id
                join collectibles c on c.brand_id = s.brand_id and c.collectible_id = s.collectible_id
                left join waivers w on w.brand_id = s.brand_id and w.claim_id = s.claim_id
                left join sale_returns b on b.brand_id = s.brand_id and b.claim_id = s.claim_id and b.why = 'refused'
                cross join lateral (select exists (
                    select from claim_reviews r where r.brand_id = s.brand_id and r.drop_id = s.drop_id
                        and r.collector_id = s.collector_id and r.decision is null) as held) v
                order by s.sold_at
                """)
                .param("most", BATCH)
                .query((row, n) -> new Sold(
                        row.getObject("brand_id", UUID.class),
                        row.getObject("claim_id", UUID.class),
                        row.getObject("collector_id", UUID.class),
                        row.getObject("payment_id", UUID.class),
                        row.getString("drop_slug"),
                        row.getString("slug"),
                        row.getString("name_zh"),
                        row.getString("name_en"),
                        row.getInt("serial"),
                        (Integer) row.getObject("supply"),
                        row.getLong("amount"),
                        row.getString("currency"),
                        row.getTimestamp("sold_at").toInstant(),
                        row.getString("waived"),
                        row.getBoolean("held"),
                        row.getBoolean("refused")))
                .list();
        Timestamp now = Timestamp.from(clock.now());
        for (Sold one : sold) {
            if (one.held) {
                tellHeld(one);
                db.sql("update sales set held_told_at = :now where brand_id = :brand and claim_id = :claim")
                        .param("now", now)
                        .param("brand", one.brandId)
                        .param("claim", one.claimId)
                        .update();
                continue;
            }
            // The mail about her money says that it was refused.
            UUID mail = one.refused ? null : tell(one);
            if (mail != null && one.waived != null) {
                db.sql("update waivers set mail_id = :mail where brand_id = :brand and claim_id = :claim")
                        .param("mail", mail)
                        .param("brand", one.brandId)
                        .param("claim", one.claimId)
                        .update();
            }
            db.sql("update sales set told_at = :now where brand_id = :brand and claim_id = :claim")
                    .param("now", now)
                    .param("brand", one.brandId)
                    .param("claim", one.claimId)
                    .update();
        }
    }

    /** What is with her mail server is on her side, and no letter of ours any more: from then on the waiver counts. */
    private void confirm() {
        record Open(UUID brandId, UUID claimId, UUID mailId) {}
        List<Open> open =
                db.sql("""
                select brand_id, claim_id, mail_id from waivers where mail_id is not null and confirmed_at is null
                order by waived_at desc limit :most
                """).param("most", UNCONFIRMED).query(Open.class).list();
        if (open.isEmpty()) return;
        Map<UUID, Instant> carried =
                messages.carried(open.stream().map(Open::mailId).toList());
        for (Open one : open) {
            Instant at = carried.get(one.mailId);
            if (at == null) continue;
            db.sql("update waivers set confirmed_at = :at where brand_id = :brand and claim_id = :claim")
                    .param("at", Timestamp.from(at))
                    .param("brand", one.brandId)
                    .param("claim", one.claimId)
                    .update();
        }
    }

    private void tellHeld(Sold sold) {
        readers.of(new CollectorId(sold.collectorId))
                .ifPresent(reader -> messages.write(
                        reader.to(),
                        subject("drop.mail.held.subject", sold, reader.t()),
                        text("drop.mail.held.text", sold, "/d/" + sold.dropSlug, reader.t())));
    }

    private static String subject(String key, Sold sold, Texts t) {
        return t.get(key, name(sold, t), Supply.number(sold.serial, sold.supply));
    }

    /** What she bought and how she paid, and where it leads. */
    private String text(String key, Sold sold, String href, Texts t) {
        Way way = payments.of(new BrandId(sold.brandId), sold.claimId).stream()
                .filter(one -> one.payment().value().equals(sold.paymentId))
                .map(PaymentState::way)
                .findFirst()
                .orElseThrow();
        return t.get(
                key,
                name(sold, t),
                Supply.number(sold.serial, sold.supply),
                t.money(new Money(sold.amount, Currency.getInstance(sold.currency))),
                t.get("drop.pay.way." + way.text()),
                t.dateTime(sold.soldAt),
                settings.baseUrl() + href);
    }

    private static String name(Sold sold, Texts t) {
        return t.quoted(t.of(new Bilingual(sold.nameZh, sold.nameEn)));
    }

    /** @return the mail; null: she cannot be written to */
    private @Nullable UUID tell(Sold sold) {
        Readers.Reader reader = readers.of(new CollectorId(sold.collectorId)).orElse(null);
        if (reader == null) return null;
        Texts t = reader.t();
        String address = settings.baseUrl() + "/d/" + sold.dropSlug + "/pay/" + sold.claimId;
        Instant until = SaleReturns.until(sold.soldAt, settings.zone());
        return messages.write(
                reader.to(),
                subject("drop.mail.sold.subject", sold, t),
                text("drop.mail.sold.text", sold, "/p/" + sold.slug + "-" + sold.serial, t)
                        + "\n\n"
                        + (sold.waived == null
                                ? t.get(
                                        "drop.mail.sold.may",
                                        SaleReturns.DAYS,
                                        t.date(until.minusSeconds(1)),
                                        address + "/withdraw")
                                : t.get("drop.mail.sold.waived", t.quoted(sold.waived))));
    }

    private record Withdrawn(
            UUID brandId, UUID claimId, UUID collectorId, Instant returnedAt, long atBank, String currency) {}

    /** Whoever withdraws has it in writing, with day and hour. Where money goes back the mail about that says so; here none does yet. */
    private void tellWithdrawals() {
        List<Withdrawn> withdrawn = db.sql("""
                select r.brand_id, r.claim_id, s.collector_id, r.returned_at, r.disputed - r.followed as at_bank, s.currency
                from sale_returns r join sales s on s.brand_id = r.brand_id and s.claim_id = r.claim_id
                where r.why = 'withdrawn' and r.refund_id is null and r.told_at is null
                order by r.returned_at limit :most for update of r skip locked
                """)
                .param("most", BATCH)
                .query((row, n) -> new Withdrawn(
                        row.getObject("brand_id", UUID.class),
                        row.getObject("claim_id", UUID.class),
                        row.getObject("collector_id", UUID.class),
                        row.getTimestamp("returned_at").toInstant(),
                        row.getLong("at_bank"),
                        row.getString("currency")))
                .list();
        for (Withdrawn one : withdrawn) {
            tell(one);
            db.sql("update sale_returns set told_at = :now where brand_id = :brand and claim_id = :claim")
                    .param("now", Timestamp.from(clock.now()))
                    .param("brand", one.brandId)
                    .param("claim", one.claimId)
                    .update();
        }
    }

    private void tell(Withdrawn withdrawn) {
        Readers.Reader reader =
                readers.of(new CollectorId(withdrawn.collectorId)).orElse(null);
        Of of = of(new BrandId(withdrawn.brandId), withdrawn.claimId).orElse(null);
        if (reader == null || of == null) return;
        Texts t = reader.t();
        String name = t.quoted(t.of(new Bilingual(of.nameZh, of.nameEn)));
        String money = t.money(new Money(withdrawn.atBank, Currency.getInstance(withdrawn.currency)));
        messages.write(
                reader.to(),
                t.get("drop.mail.withdrawn.subject", name),
                t.get("drop.mail.refund.withdrawn", name, money, t.dateTime(withdrawn.returnedAt))
                        + (withdrawn.atBank > 0 ? "\n\n" + t.get("drop.undone.at-bank", money) : "")
                        + "\n\n"
                        + t.get("drop.mail.withdrawn.where", address(of, withdrawn.claimId)));
    }

    private boolean tellRefunds() {
        List<Payments.ToTell> refunds = payments.refundsToTell(BATCH);
        refunds.forEach(this::tell);
        payments.told(refunds);
        return !refunds.isEmpty();
    }

    private void tell(Payments.ToTell refund) {
        Readers.Reader reader = readers.of(new CollectorId(refund.payer())).orElse(null);
        if (reader == null) return;
        Of of = of(refund.payment().brand(), refund.purpose()).orElse(null);
        if (of == null) return;
        Texts t = reader.t();
        String name = t.quoted(t.of(new Bilingual(of.nameZh, of.nameEn)));
        String money = t.money(refund.amount());
        String why = "drop.mail.refund." + refund.reason();
        messages.write(
                reader.to(),
                t.get("drop.mail.refund.subject", money, name),
                t.get(t.has(why) ? why : "drop.mail.refund.other", name, money, t.dateTime(t.ofLog(refund.wantedAt())))
                        + "\n\n"
                        + t.get(
                                "drop.mail.refund.way",
                                money,
                                t.get("drop.pay.way." + refund.way().text()),
                                address(of, refund.purpose())));
    }

    /** A drop, as a mail about one of its claims names it. */
    private record Of(String slug, String nameZh, String nameEn) {}

    private Optional<Of> of(BrandId brand, UUID claim) {
        return db.sql("""
                select d.slug, d.name_zh, d.name_en from drops d where d.brand_id = :brand and d.drop_id = (
                    select drop_id from sales where brand_id = :brand and claim_id = :claim
                    union select drop_id from claims_ended where brand_id = :brand and claim_id = :claim
                    union select drop_id from claims where brand_id = :brand and claim_id = :claim limit 1)
                """)
                .param("brand", brand.value())
                .param("claim", claim)
                .query(Of.class)
                .optional();
    }

    private String address(Of of, UUID claim) {
        return settings.baseUrl() + "/d/" + of.slug + "/pay/" + claim;
    }
}
