package vitrine.market;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.identity.CollectorId;
import vitrine.identity.News;
import vitrine.identity.Readers;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Texts;

/** Tells both sides how far the gift is, each in her own language: accepted, arrived, taken back, given back, expired. */
@Component
class TransferMails implements Job {

    private static final int BATCH = 50;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Transfers transfers;
    private final Catalog catalog;
    private final Readers readers;
    private final Messages messages;
    private final News news;
    private final Heres heres;
    private final BusinessClock clock;

    TransferMails(
            JdbcClient db,
            TransactionTemplate transactions,
            Transfers transfers,
            Catalog catalog,
            Readers readers,
            Messages messages,
            News news,
            Heres heres,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.transfers = transfers;
        this.catalog = catalog;
        this.readers = readers;
        this.messages = messages;
        this.news = news;
        this.heres = heres;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "transfer-mails";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            List<Noted> noted =
                    db.sql("""
                    select brand_id, transfer_id, step, to_giver from transfer_notes where done_at is null
                    order by noted_at limit :most for update skip locked
                    """).param("most", BATCH).query(Noted.class).list();
            Instant now = clock.now();
            for (Noted each : noted) {
                tell(each);
                done(each, now);
            }
            return !noted.isEmpty();
        }));
    }

    private void tell(Noted noted) {
        Transfer transfer =
                transfers.find(new BrandId(noted.brandId()), noted.transferId()).orElseThrow();
        CollectorId person = noted.toGiver() ? transfer.giver() : transfer.receiver();
        if (person == null) return;
        Readers.Reader reader = readers.of(person).orElse(null);
        if (reader == null) return;
        Texts t = reader.t();
        Collectible collectible = catalog.collectible(transfer.piece().collectible());
        String piece = t.quoted(t.of(collectible.name()));
        String who = noted.toGiver() ? transfer.answeredAs() : transfer.signed();
        String key = "mail.transfer." + noted.step() + (noted.toGiver() ? ".giver" : ".receiver");
        String subject = t.get(key + ".subject", piece);
        String text = t.get(
                        key + ".text",
                        piece,
                        who.isBlank() ? t.get("mail.transfer.friend") : who,
                        when(transfer.finalAt(), t))
                + "\n\n"
                + t.get(
                        noted.step().equals("moved") && !noted.toGiver()
                                ? "mail.transfer.unwrap"
                                : "mail.transfer.open")
                + "\n" + link(noted, transfer, collectible);
        if (noted.step().equals("accepted")) messages.write(reader.to(), subject, text);
        else news.write(reader.person(), News.Topic.FRIENDS, reader.to(), subject, text, List.of(t));
    }

    private String link(Noted noted, Transfer transfer, Collectible collectible) {
        return heres.baseUrl()
                + (noted.toGiver()
                        ? "/me/give/" + collectible.slug() + "-"
                                + transfer.piece().serial()
                        : transfers.path(transfer));
    }

    private static String when(@Nullable Instant at, Texts t) {
        return at == null ? "" : t.dateTime(at);
    }

    private void done(Noted noted, Instant now) {
        db.sql("""
                update transfer_notes set done_at = :now
                where brand_id = :brand and transfer_id = :id and step = :step and to_giver = :giver
                """)
                .param("now", Timestamp.from(now))
                .param("brand", noted.brandId())
                .param("id", noted.transferId())
                .param("step", noted.step())
                .param("giver", noted.toGiver())
                .update();
    }

    record Noted(UUID brandId, UUID transferId, String step, boolean toGiver) {}
}
