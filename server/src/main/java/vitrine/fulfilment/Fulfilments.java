package vitrine.fulfilment;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.Promise;
import vitrine.ownership.Promises;
import vitrine.ownership.Redemptions;
import vitrine.ownership.Redemptions.Redeeming;
import vitrine.ownership.Redemptions.Redemption;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/**
 * From a redemption to its end. A holder asks, once; a perk is handed over at a counter against its receipt, goods are shipped to the
 * address that she gave, and delivered. Who holds the piece later finds it redeemed.
 */
@Component
public class Fulfilments {

    private static final String SEAL = KeyName.FULFILMENT.text();
    private static final int LABEL_MAX = 60;

    private final JdbcClient db;
    private final Redemptions redemptions;
    private final Promises promises;
    private final Collectors collectors;
    private final Keys keys;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;

    Fulfilments(
            JdbcClient db,
            Redemptions redemptions,
            Promises promises,
            Collectors collectors,
            Keys keys,
            TransactionTemplate transactions,
            BusinessClock clock) {
        this.db = db;
        this.redemptions = redemptions;
        this.promises = promises;
        this.collectors = collectors;
        this.keys = keys;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** How asking for it ended. */
    public sealed interface Asking {
        record Asked(Redemption redemption) implements Asking {}

        /** {@code redeem.address}: this field cannot be printed on a label. */
        record BadAddress(String field) implements Asking {}

        /** Why the piece brings her nothing now. */
        record Refused(Redeeming why) implements Asking {}
    }

    /** @param address of goods; null for a perk. A second press answers what the first one did. */
    public Asking ask(PieceNumber piece, CollectorId holder, @Nullable ParcelAddress address) {
        return requireNonNull(transactions.execute(status -> {
            boolean goods = promises.of(piece)
                    .filter(brought -> brought.promise().kind() == Promise.Kind.GOODS)
                    .isPresent();
            String wrong =
                    !goods ? null : address == null ? "name" : address.wrong().orElse(null);
            Redeeming redeeming = redemptions.redeem(piece, holder);
            if (!(redeeming instanceof Redeeming.Redeemed redeemed)) return refused(redeeming, holder);
            if (wrong != null) {
                status.setRollbackOnly();
                return new Asking.BadAddress(wrong);
            }
            write(redeemed.redemption(), goods ? address : null);
            return new Asking.Asked(redeemed.redemption());
        }));
    }

    private Asking refused(Redeeming redeeming, CollectorId holder) {
        return redeeming instanceof Redeeming.Before before
                        && collectors.root(before.redemption().by()).equals(collectors.root(holder))
                ? new Asking.Asked(before.redemption())
                : new Asking.Refused(redeeming);
    }

    private void write(Redemption redemption, @Nullable ParcelAddress address) {
        db.sql("""
                insert into fulfilments (brand_id, redemption_id, collectible_id, serial, promise_id, collector_id, receipt, goods,
                    address_sealed, addressed_at, asked_at)
                values (:brand, :id, :collectible, :serial, :promise, :who, :receipt, :goods, :address, case when :goods then cast(:now as timestamptz) end, :now)
                """)
                .param("brand", redemption.piece().collectible().brand().value())
                .param("id", redemption.id())
                .param("collectible", redemption.piece().collectible().value())
                .param("serial", redemption.piece().serial())
                .param("promise", redemption.promise())
                .param("who", redemption.by().value())
                .param("receipt", redemption.receipt())
                .param("goods", address != null)
                .param("address", address == null ? null : sealed(address), java.sql.Types.BINARY)
                .param("now", Timestamp.from(redemption.at()))
                .update();
    }

    /** She asked for it and mistyped, or moves: until it is shipped. False: it is on its way, or not hers. */
    public boolean readdress(PieceNumber piece, CollectorId person, ParcelAddress address) {
        if (address.wrong().isPresent()) return false;
        return db.sql("""
                        update fulfilments set address_sealed = :address, addressed_at = :now, exported_at = null
                        where brand_id = :brand and collectible_id = :collectible and serial = :serial and goods and shipped_at is null
                            and collector_id = any(:family)
                        """)
                        .param("address", sealed(address))
                        .param("now", Timestamp.from(clock.now()))
                        .param("brand", piece.collectible().brand().value())
                        .param("collectible", piece.collectible().value())
                        .param("serial", piece.serial())
                        .param("family", family(person))
                        .update()
                > 0;
    }

    /** Where it goes, for her own eyes; empty: it is forgotten, or another's. */
    public Optional<ParcelAddress> address(Fulfilment one, CollectorId person) {
        return db.sql("""
                select address_sealed from fulfilments
                where brand_id = :brand and redemption_id = :id and collector_id = any(:family) and address_sealed is not null
                """)
                .param("brand", one.piece().collectible().brand().value())
                .param("id", one.redemption())
                .param("family", family(person))
                .query((row, n) -> unsealed(row.getBytes(1)))
                .optional();
    }

    private UUID[] family(CollectorId person) {
        return collectors.family(collectors.root(person)).stream()
                .map(CollectorId::value)
                .toArray(UUID[]::new);
    }

    private static final String FULFILMENTS = """
            select f.brand_id, f.redemption_id, f.collectible_id, f.serial, f.receipt, f.goods, f.address_sealed,
                f.asked_at, f.exported_at, f.shipped_at, f.carrier, f.tracking, f.done_at, c.slug, c.name_zh as design_zh,
                c.name_en as design_en, p.name_zh, p.name_en
            from fulfilments f
            join collectibles c on c.brand_id = f.brand_id and c.collectible_id = f.collectible_id
            join promises p on p.brand_id = f.brand_id and p.promise_id = f.promise_id
            """;

    /** Of what this piece brings; empty: nobody asked for it. */
    public Optional<Fulfilment> of(PieceNumber piece) {
        return redemptions.of(piece).flatMap(one -> find(piece.collectible().brand(), one.id()));
    }

    public Optional<Fulfilment> find(BrandId brand, UUID redemption) {
        return db.sql(FULFILMENTS + "where f.brand_id = :brand and f.redemption_id = :id")
                .param("brand", brand.value())
                .param("id", redemption)
                .query(Fulfilments::read)
                .optional();
    }

    /** By what somebody shows at the counter, however it was typed. */
    public Optional<Fulfilment> byReceipt(BrandId brand, String receipt) {
        return db.sql(FULFILMENTS + "where f.brand_id = :brand and f.receipt = :receipt")
                .param("brand", brand.value())
                .param("receipt", plain(receipt))
                .query(Fulfilments::read)
                .optional();
    }

    private static String plain(String receipt) {
        String signs = receipt.toUpperCase(Locale.ROOT).replaceAll("[^0-9A-F]", "");
        return signs.length() != 12
                ? ""
                : signs.substring(0, 4) + "-" + signs.substring(4, 8) + "-" + signs.substring(8);
    }

    /** What is still to do first, the oldest on top; then what is done, the newest on top. */
    public List<Fulfilment> list(BrandId brand, int most) {
        return db.sql(FULFILMENTS + """
                where f.brand_id = :brand
                order by f.done_at is not null, case when f.done_at is null then f.asked_at end, f.done_at desc limit :most
                """)
                .param("brand", brand.value())
                .param("most", most)
                .query(Fulfilments::read)
                .list();
    }

    /** What a person ever asked for, of all brands: her own file has it. */
    public List<Fulfilment> ofPerson(Collection<CollectorId> family) {
        return db.sql(FULFILMENTS + """
                join (select distinct brand_id from promises) b on b.brand_id = f.brand_id
                where f.collector_id = any(:family) order by f.asked_at desc
                """)
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query(Fulfilments::read)
                .list();
    }

    /** @param address null: forgotten */
    public record ToShip(Fulfilment fulfilment, @Nullable ParcelAddress address) {}

    /** The parcels that are to be packed, with their addresses; marked as taken home. */
    @Transactional
    public List<ToShip> export(BrandId brand, int most) {
        List<UUID> open = db.sql("""
                select redemption_id from fulfilments where brand_id = :brand and goods and shipped_at is null
                order by asked_at limit :most for update
                """)
                .param("brand", brand.value())
                .param("most", most)
                .query(UUID.class)
                .list();
        db.sql("update fulfilments set exported_at = :now where brand_id = :brand and redemption_id = any(:ids)")
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("ids", open.toArray(UUID[]::new))
                .update();
        return db.sql(FULFILMENTS + "where f.brand_id = :brand and f.redemption_id = any(:ids) order by f.asked_at")
                .param("brand", brand.value())
                .param("ids", open.toArray(UUID[]::new))
                .query((row, n) -> {
                    byte[] sealed = row.getBytes("address_sealed");
                    return new ToShip(read(row, n), sealed == null ? null : unsealed(sealed));
                })
                .list();
    }

    /** How a step of the staff ended. */
    public sealed interface Step {
        record Done() implements Step {}

        /** Another carrier or number took the place of the one that was said before. */
        record Corrected() implements Step {}

        /** It was so before; a table that is read twice changes nothing. */
        record Before(Instant at) implements Step {}

        /** {@code fulfilment.over}: it was delivered, and how it went there changes no more. */
        record Over() implements Step {}

        /** {@code fulfilment.unknown}: no such receipt. */
        record Unknown() implements Step {}

        /** {@code fulfilment.not-goods}: a perk is not shipped. */
        record NotGoods() implements Step {}

        /** {@code fulfilment.not-shipped}: what was not shipped is not delivered. */
        record NotShipped() implements Step {}

        /** {@code fulfilment.no-tracking}: carrier and number, each of 1 to 60 signs. */
        record NoTracking() implements Step {}

        default String code() {
            return switch (this) {
                case Done d -> "fulfilment.done";
                case Corrected c -> "fulfilment.corrected";
                case Over o -> "fulfilment.over";
                case Before b -> "fulfilment.before";
                case Unknown u -> "fulfilment.unknown";
                case NotGoods n -> "fulfilment.not-goods";
                case NotShipped n -> "fulfilment.not-shipped";
                case NoTracking n -> "fulfilment.no-tracking";
            };
        }
    }

    /** It left the house; or what was said of that was wrong: until it is delivered the last word counts, and she is told anew. */
    @Transactional
    public Step ship(BrandId brand, String receipt, String carrier, String tracking) {
        return ship(brand, receipt, carrier, tracking, false);
    }

    /**
     * The same by a line of a table, which people keep, fill in further and send again: what was replaced since is no news in it, and is not
     * brought back.
     */
    @Transactional
    public Step shipByTable(BrandId brand, String receipt, String carrier, String tracking) {
        return ship(brand, receipt, carrier, tracking, true);
    }

    private Step ship(BrandId brand, String receipt, String carrier, String tracking, boolean byTable) {
        Fulfilment one = locked(brand, receipt).orElse(null);
        if (one == null) return new Step.Unknown();
        if (!one.goods()) return new Step.NotGoods();
        String by = carrier.strip();
        String number = tracking.strip();
        if (one.shippedAt() != null && (isAsShipped(one, by, number) || byTable && wasReplaced(one, by, number)))
            return new Step.Before(one.shippedAt());
        if (one.doneAt() != null) return new Step.Over();
        if (by.isEmpty() || number.isEmpty() || by.length() > LABEL_MAX || number.length() > LABEL_MAX)
            return new Step.NoTracking();
        db.sql("""
                update fulfilments set shipped_at = coalesce(shipped_at, cast(:now as timestamptz)), carrier = :carrier, tracking = :tracking,
                    replaced = case when tracking is not null then array_append(replaced, carrier || chr(10) || tracking) end,
                    corrected_at = case when told_at is null then corrected_at else cast(:now as timestamptz) end, told_at = null
                where brand_id = :brand and redemption_id = :id
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("carrier", by)
                .param("tracking", number)
                .param("brand", brand.value())
                .param("id", one.redemption())
                .update();
        return one.shippedAt() == null ? new Step.Done() : new Step.Corrected();
    }

    private static boolean isAsShipped(Fulfilment one, String carrier, String tracking) {
        // What was forgotten is not written down a second time by a table that is read again.
        return one.tracking() == null || carrier.equals(one.carrier()) && tracking.equals(one.tracking());
    }

    private boolean wasReplaced(Fulfilment one, String carrier, String tracking) {
        return db.sql("""
                select coalesce(:carrier || chr(10) || :tracking = any(replaced), false) from fulfilments
                where brand_id = :brand and redemption_id = :id
                """)
                .param("carrier", carrier)
                .param("tracking", tracking)
                .param("brand", one.piece().collectible().brand().value())
                .param("id", one.redemption())
                .query(Boolean.class)
                .single();
    }

    /** Goods were delivered, or a perk was handed over: that, too, only once. */
    @Transactional
    public Step finish(BrandId brand, String receipt) {
        Fulfilment one = locked(brand, receipt).orElse(null);
        if (one == null) return new Step.Unknown();
        if (one.doneAt() != null) return new Step.Before(one.doneAt());
        if (one.goods() && one.shippedAt() == null) return new Step.NotShipped();
        db.sql("update fulfilments set done_at = :now where brand_id = :brand and redemption_id = :id")
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("id", one.redemption())
                .update();
        return new Step.Done();
    }

    private Optional<Fulfilment> locked(BrandId brand, String receipt) {
        db.sql("select 1 from fulfilments where brand_id = :brand and receipt = :receipt for update")
                .param("brand", brand.value())
                .param("receipt", plain(receipt))
                .query()
                .listOfRows();
        return byReceipt(brand, receipt);
    }

    private byte[] sealed(ParcelAddress address) {
        return keys.seal(
                SEAL, JsonMapper.shared().writeValueAsString(address.fields()).getBytes(StandardCharsets.UTF_8));
    }

    private ParcelAddress unsealed(byte[] sealed) {
        return JsonMapper.shared()
                .readValue(new String(keys.unseal(SEAL, sealed), StandardCharsets.UTF_8), ParcelAddress.class);
    }

    private static Fulfilment read(ResultSet row, int n) throws SQLException {
        return new Fulfilment(
                row.getObject("redemption_id", UUID.class),
                new PieceNumber(
                        new CollectibleId(
                                new BrandId(row.getObject("brand_id", UUID.class)),
                                row.getObject("collectible_id", UUID.class)),
                        row.getInt("serial")),
                row.getString("slug"),
                new Bilingual(row.getString("design_zh"), row.getString("design_en")),
                new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                row.getString("receipt"),
                row.getBoolean("goods"),
                row.getBytes("address_sealed") != null,
                row.getTimestamp("asked_at").toInstant(),
                instant(row, "exported_at"),
                instant(row, "shipped_at"),
                row.getString("carrier"),
                row.getString("tracking"),
                instant(row, "done_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
