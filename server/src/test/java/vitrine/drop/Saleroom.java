package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static vitrine.drop.Works.MOONRISE;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.Sales.Paying;
import vitrine.drop.Sales.Sale;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.payment.PayTown;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;
import vitrine.platform.Money;
import vitrine.platform.messages.Message;

/** A brand that sells a few pieces of one collectible in a drop, and people who buy them. */
final class Saleroom {

    static final Duration HOLD = Duration.ofMinutes(10);

    final PayTown town;
    final BrandId lumen;
    private final String slug;
    private final CollectibleId moonrise;
    private @Nullable Drop drop;

    /** @param slug of the collectible and of its drop, one for each saleroom of a town */
    Saleroom(PayTown town, String slug, int supply) {
        this.town = town;
        this.slug = slug;
        this.lumen = town.db()
                .sql("select brand_id from brands where slug = 'lumen'")
                .query((row, n) -> new BrandId(row.getObject(1, java.util.UUID.class)))
                .optional()
                .orElseGet(() -> Works.lumen(town.server));
        this.moonrise = Works.published(town.server, lumen, slug, supply, 0);
    }

    CollectibleId collectible() {
        return moonrise;
    }

    static Money price(Way way) {
        return new Money(9_900, Currency.getInstance(way == Way.STRIPE_CARD ? "EUR" : "CNY"));
    }

    StageDraft stage(Money price) {
        return stage(price, Duration.ofSeconds(60));
    }

    private StageDraft stage(Money price, Duration ahead) {
        Instant opensAt = town.clock.instant().plus(ahead);
        return new StageDraft(
                        null,
                        MOONRISE,
                        moonrise.value(),
                        opensAt,
                        opensAt.plus(Duration.ofDays(2)),
                        null,
                        1,
                        "everyone",
                        null,
                        (int) HOLD.toMinutes(),
                        "free",
                        false,
                        false)
                .at(price);
    }

    void opens(Way way) {
        opens(way, stage -> stage);
    }

    /** @param with what this stage has besides its price */
    void opens(Way way, UnaryOperator<StageDraft> with) {
        announces(with.apply(stage(price(way))));
        town.clock.advance(Duration.ofMinutes(2));
        town.server.bean(LiveDrops.class).changed();
    }

    /** Published, and open only when this time is over. */
    void announces(Way way, Duration ahead) {
        announces(stage(price(way), ahead));
    }

    /** Published, with these stages. */
    void announces(StageDraft... stages) {
        DropPlans plans = town.server.bean(DropPlans.class);
        var draft = new DropDraft(MOONRISE, MOONRISE, List.of(stages));
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(lumen, slug + "-sale", draft)).id();
        drop = ((DropPlans.Publishing.Published) plans.publish(id)).drop();
    }

    Drop open() {
        return requireNonNull(drop);
    }

    /** Somebody who can be written to, in English. */
    CollectorId somebody(String name) {
        return somebody(name, "en");
    }

    CollectorId somebody(String name, String language) {
        String address = name + "@example.com";
        CollectorId who = town.server
                .bean(Collectors.class)
                .signedIn(town.server.bean(BuyerKeys.class).email(address).orElseThrow(), language);
        town.db()
                .sql("update collectors set contact_sealed = :address where collector_id = :id")
                .param(
                        "address",
                        town.server
                                .bean(Keys.class)
                                .seal(KeyName.ADDRESS.text(), address.getBytes(StandardCharsets.UTF_8)))
                .param("id", who.value())
                .update();
        return who;
    }

    Claim claims(CollectorId who, int nth) {
        town.server.bean(LiveDrops.class).changed();
        Drop now = town.server.bean(DropPlans.class).find(open().id()).orElseThrow();
        String pass =
                ((Entrances.Entrance.Admitted) town.server.bean(Entrances.class).enter(now, who)).pass();
        return ((Claiming.Claimed) town.server.bean(Claims.class).claim(pass, nth)).claim();
    }

    Paying pays(CollectorId who, Claim claim, Way way) {
        return town.server
                .bean(Sales.class)
                .pay(
                        open(),
                        who,
                        claim.id(),
                        way,
                        town.server.address() + "/back",
                        "203.0.113.7",
                        null,
                        Locale.ENGLISH);
    }

    Started begins(CollectorId who, Claim claim, Way way) {
        return ((Paying.Begun) pays(who, claim, way)).started();
    }

    /** Claims, pays and has her piece. */
    Claim buys(CollectorId who, Way way) throws Exception {
        Claim held = claims(who, 1);
        town.pays(begins(who, held, way));
        town.drain();
        return held;
    }

    /** She has said that it is a mistake, so it need not wait until tomorrow. */
    Reviews.Refusing refuses(CollectorId who) {
        Reviews reviews = town.server.bean(Reviews.class);
        reviews.appeal(open().id(), who, "It was I.");
        return reviews.refuse(open(), who);
    }

    Sale sale(CollectorId who, Claim claim) {
        return town.server.bean(Sales.class).find(open(), who, claim.id()).orElseThrow();
    }

    Stock stock() {
        return inOne(() -> town.server.bean(Drops.class).stock(moonrise));
    }

    int sold() {
        return town.db()
                .sql("select count(*) from sales where collectible_id = :id")
                .param("id", moonrise.value())
                .query(Integer.class)
                .single();
    }

    /** What was written to somebody, the newest first. */
    List<Message> mails(String name) {
        return town.postbox.received.reversed().stream()
                .filter(mail -> mail.to().value().equals(name + "@example.com"))
                .toList();
    }

    <T> T inOne(java.util.function.Supplier<T> act) {
        return requireNonNull(town.server.bean(TransactionTemplate.class).execute(s -> act.get()));
    }
}
