package vitrine.campaign;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.identity.Collector;
import vitrine.identity.Collectors;
import vitrine.identity.GiftLinks;
import vitrine.identity.News;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;
import vitrine.shop.Contact;
import vitrine.shop.Orders;

/**
 * Tells the buyer what became of her gift: announced, on the waiting list, ready, gone with a return. To the address of the order
 * that earned it, with the link that opens it; the shop's currency says which language comes first.
 */
@Component
class GiftMails implements Job {

    private static final int BATCH = 100;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final EntitlementRows entitlements;
    private final Catalog catalog;
    private final Orders orders;
    private final Collectors collectors;
    private final GiftLinks links;
    private final Messages messages;
    private final News news;
    private final Heres heres;
    private final Settings settings;
    private final BusinessClock clock;

    GiftMails(
            JdbcClient db,
            TransactionTemplate transactions,
            EntitlementRows entitlements,
            Catalog catalog,
            Orders orders,
            Collectors collectors,
            GiftLinks links,
            Messages messages,
            News news,
            Heres heres,
            Settings settings,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.entitlements = entitlements;
        this.catalog = catalog;
        this.orders = orders;
        this.collectors = collectors;
        this.links = links;
        this.messages = messages;
        this.news = news;
        this.heres = heres;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "gift-mails";
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
                    select brand_id, entitlement_id, state from announcements where done_at is null
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
        BrandId brand = new BrandId(noted.brandId());
        Optional<Entitlement> found = entitlements.byId(brand, List.of(noted.entitlementId())).stream()
                .findFirst();
        // What has already gone on is told by its own note; nobody needs yesterday's news.
        if (found.isEmpty() || !found.get().state().text().equals(noted.state())) return;
        Entitlement gift = found.get();
        if (collectors.away(gift.collector())) return;
        Contact contact = orders.contact(gift.order()).orElse(null);
        Address to = address(contact);
        if (to == null) return;
        Collectible collectible = catalog.collectible(gift.collectible());
        String link = settings.baseUrl() + "/g/" + links.make(new GiftLinks.Gift(brand, gift.id(), gift.collector()));
        Language hers = language(gift);
        Texts first = heres.texts(hers);
        Texts second = heres.texts(hers.other());
        String key = "mail.gift." + (gift.isWithdrawn() ? "withdrawn" : noted.state());
        String subject = subject(first, key, collectible);
        String text = body(first, key, gift, collectible, link) + "\n\n— — —\n\n"
                + body(second, key, gift, collectible, link);
        // What is hers, or was, she has to know; how a place on its way is doing she may leave to the page.
        switch (gift.state()) {
            case PENDING, WAITING, LAPSED ->
                news.write(gift.collector(), News.Topic.GIFT_PROGRESS, to, subject, text, List.of(first, second));
            case RIPE, GRANTED, REVOKED, KEPT -> messages.write(to, subject, text);
        }
    }

    private static String subject(Texts t, String key, Collectible collectible) {
        return t.get(key + ".subject", t.quoted(t.of(collectible.name())));
    }

    private static String body(Texts t, String key, Entitlement gift, Collectible collectible, String link) {
        String when =
                gift.dueAt() == null ? t.get("mail.gift.after-receipt") : t.get("mail.gift.on", t.date(gift.dueAt()));
        String serial = gift.serial() == null ? "" : Supply.number(gift.serial(), collectible.supply());
        return t.get(
                key + ".text", t.quoted(t.of(collectible.name())), t.of(collectible.brandName()), when, serial, link);
    }

    private static @org.jspecify.annotations.Nullable Address address(
            @org.jspecify.annotations.Nullable Contact contact) {
        if (contact == null) return null;
        if (contact.email() != null) return Address.email(contact.email());
        return contact.phone() == null ? null : Address.phone(contact.phone());
    }

    /** The one she chose; of a buyer whom nobody knows yet, the one that goes with her money. */
    private Language language(Entitlement gift) {
        Language chosen = collectors
                .find(collectors.root(gift.collector()))
                .filter(Collector::isClaimed)
                .map(known -> Language.named(known.language()))
                .orElse(null);
        if (chosen != null) return chosen;
        return currency(gift).equals("CNY") ? Language.ZH : Language.EN;
    }

    private String currency(Entitlement gift) {
        return db.sql("select currency from orders where brand_id = :brand and order_id = :order")
                .param("brand", gift.order().brand().value())
                .param("order", gift.order().id().value())
                .query(String.class)
                .optional()
                .orElse("CNY");
    }

    private void done(Noted noted, Instant now) {
        db.sql("""
                update announcements set done_at = :now
                where brand_id = :brand and entitlement_id = :id and state = :state
                """)
                .param("now", Timestamp.from(now))
                .param("brand", noted.brandId())
                .param("id", noted.entitlementId())
                .param("state", noted.state())
                .update();
    }

    record Noted(UUID brandId, UUID entitlementId, String state) {}
}
