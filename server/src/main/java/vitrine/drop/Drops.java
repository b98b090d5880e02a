package vitrine.drop;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.catalog.Revisions;
import vitrine.ownership.Grant;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/**
 * The only place that hands out scarce pieces: hold, then award or release. Every verb works inside its caller's transaction, and
 * locks the stock rows in order of id before it reads them in a new statement, so two nodes wait for each other and never both
 * take the last unit. What the Java forgets, the constraint {@code stock_never_one_too_many} refuses.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class Drops {

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final HotLocks locks;
    private final Catalog catalog;
    private final Pieces pieces;
    private final Revisions revisions;
    private final BusinessClock clock;

    Drops(
            JdbcClient db,
            JdbcTemplate rows,
            HotLocks locks,
            Catalog catalog,
            Pieces pieces,
            Revisions revisions,
            BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.locks = locks;
        this.catalog = catalog;
        this.revisions = revisions;
        this.pieces = pieces;
        this.clock = clock;
    }

    /** Publishes the collectible's manifest in the log and opens its stock. A second call changes nothing. */
    public Collectible publish(CollectibleId id) {
        Collectible collectible = catalog.publish(id);
        Integer supply = collectible.supply();
        db.sql("""
                insert into stock (brand_id, collectible_id, supply, available, held, granted, withheld, retired, last_serial)
                values (:brand, :id, :supply, :supply::int - :withheld::int, 0, 0, :withheld, 0, 0) on conflict do nothing
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("supply", supply)
                .param("withheld", collectible.withheld())
                .update();
        return collectible;
    }

    /** Locks the stock of these collectibles of one brand, in order of id. The first statement on stock in a transaction. */
    public void lock(Collection<CollectibleId> collectibles) {
        if (collectibles.isEmpty()) return;
        locks.stock(brandOf(collectibles), collectibles);
    }

    public Stock stock(CollectibleId id) {
        return db.sql("""
                select supply, available, held, granted, withheld, retired, last_serial from stock
                where brand_id = :brand and collectible_id = :id
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Stock.class)
                .single();
    }

    public sealed interface Lowered {
        record Done(int supply) implements Lowered {}

        /** {@code supply.not-lower}: it is no more than this already. */
        record NotLower(int supply) implements Lowered {}

        /** {@code supply.taken}: so many are given, promised, withheld or retired, or carry a number up to this. */
        record Taken(int least) implements Lowered {}

        /** {@code supply.promised}: a drop that is not over was announced with the units that there are. */
        record Promised(String drop) implements Lowered {}
    }

    /**
     * Fewer pieces than were announced, for good and with a record. Only units that nobody has or was promised go, and never below
     * the highest number that was ever given: so every number stays within the supply.
     *
     * @throws IllegalArgumentException without a reason in both languages
     */
    public Lowered lower(CollectibleId id, int supply, Bilingual why) {
        lock(List.of(id));
        Stock now = stock(id);
        if (now.supply() != null && supply >= now.supply()) return new Lowered.NotLower(now.supply());
        int least =
                Math.max(1, Math.max(now.lastSerial(), now.held() + now.granted() + now.withheld() + now.retired()));
        if (supply < least) return new Lowered.Taken(least);
        var promised = db.sql("""
                select d.slug from drops d join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
                where d.brand_id = :brand and s.collectible_id = :id and d.state in ('published', 'paused') and s.closes_at > :now
                limit 1
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("now", Timestamp.from(clock.now()))
                .query(String.class)
                .optional();
        if (promised.isPresent()) return new Lowered.Promised(promised.get());
        db.sql("""
                update stock set supply = :supply, available = :supply::int - held - granted - withheld - retired
                where brand_id = :brand and collectible_id = :id
                """)
                .param("supply", supply)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        revisions.lower(id, supply, why);
        return new Lowered.Done(supply);
    }

    /**
     * What drops that are not over still announce of a limited stock.
     *
     * @param drop the address of one of them
     * @param units how many of those that are there
     */
    record Announced(String drop, int units) {}

    /**
     * Under the stock row's lock, so that no claim is on its way. A stage without a cap announced all there is; one that sold out gives
     * nothing any more.
     *
     * @return null: nothing is announced
     */
    @Nullable
    Announced announced(CollectibleId id, int available) {
        List<Announced> each = db.sql("""
                select d.slug as drop, least(coalesce(s.cap - s.taken, :available), :available) as units
                from drops d join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
                where d.brand_id = :brand and s.collectible_id = :id and d.state in ('published', 'paused') and s.closes_at > :now
                    and s.sold_out_at is null
                order by s.opens_at
                """)
                .param("available", available)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("now", Timestamp.from(clock.now()))
                .query(Announced.class)
                .list();
        if (each.isEmpty()) return null;
        int units = each.stream().mapToInt(Announced::units).sum();
        return new Announced(each.getFirst().drop(), Math.min(units, available));
    }

    /**
     * Of the units that are there those that no drop has promised by number: a stage with a cap said how many it gives, and until it is
     * over or sold out they are for those who come to it. A stage without a cap said nothing, and shares. Exact under the stock row's
     * lock, else old by the time it is read.
     *
     * @return null for an open supply
     */
    @Transactional(propagation = Propagation.SUPPORTS) // a draft that is looked at locks nothing
    public @Nullable Integer unpromised(CollectibleId id) {
        return db.sql("""
                select case when k.available is null then null else greatest(0, k.available - coalesce((
                    select sum(s.cap - s.taken) from drop_stages s join drops d on d.brand_id = s.brand_id and d.drop_id = s.drop_id
                    where s.brand_id = k.brand_id and s.collectible_id = k.collectible_id and s.cap is not null
                        and s.sold_out_at is null and s.closes_at > :now and d.state in ('published', 'paused')), 0)) end::integer as units
                from stock k where k.brand_id = :brand and k.collectible_id = :id
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("now", Timestamp.from(clock.now()))
                .query((row, n) -> Optional.ofNullable(row.getObject("units", Integer.class)))
                .single()
                .orElse(null);
    }

    /**
     * Whether a published stage still has units to give that it promised by number, and closes after this moment: a stage of the same
     * stock that opens then without a number would give them away.
     */
    @Transactional(propagation = Propagation.SUPPORTS)
    public boolean isPromisedAfter(CollectibleId id, Instant opensAt) {
        return db.sql("""
                select exists (
                    select from drop_stages s
                    join drops d on d.brand_id = s.brand_id and d.drop_id = s.drop_id and d.state in ('published', 'paused')
                    where s.brand_id = :brand and s.collectible_id = :id and s.cap > s.taken and s.sold_out_at is null
                        and s.closes_at > :opens)
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("opens", Timestamp.from(opensAt))
                .query(Boolean.class)
                .single();
    }

    /** As {@link #hold}, and leaves what drops have promised by number. */
    public int holdUnpromised(CollectibleId id, int units) {
        lock(List.of(id));
        return setAside(id, units, unpromised(id));
    }

    /** Lays all numbers that nobody had yet into the drawer, so that one can be chosen. A second call changes nothing. */
    void layOut(CollectibleId id) {
        lock(List.of(id));
        db.sql("""
                insert into returned_serials (brand_id, collectible_id, serial)
                select brand_id, collectible_id, generate_series(last_serial + 1, supply) from stock
                where brand_id = :brand and collectible_id = :id
                """).param("brand", id.brand().value()).param("id", id.value()).update();
        db.sql("update stock set last_serial = supply where brand_id = :brand and collectible_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
    }

    /** Under the stock row's lock: the number that this claim holds becomes its own, for a unit that stays held until it is granted. */
    void takeHeldSerial(CollectibleId id, int serial, UUID claim) {
        int taken = db.sql("""
                delete from returned_serials
                where brand_id = :brand and collectible_id = :id and serial = :serial and held_by = :claim
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("serial", serial)
                .param("claim", claim)
                .update();
        if (taken != 1) throw new IllegalStateException("number " + serial + " is not held by " + claim);
    }

    /** Sets aside up to so many units. Returns how many there were. */
    public int hold(CollectibleId id, int units) {
        lock(List.of(id));
        return setAside(id, units, stock(id).available());
    }

    /** @param free how many there are; null: an open supply */
    private int setAside(CollectibleId id, int units, @Nullable Integer free) {
        int held = free == null ? units : Math.min(units, free);
        if (held > 0) move(id, -held, held, 0);
        return held;
    }

    /** Gives held units back. */
    public void release(CollectibleId id, int units) {
        lock(List.of(id));
        if (units > 0) move(id, units, -units, 0);
    }

    /**
     * Turns held units into pieces: returned serials first, then the next new one, and grants them. A reason that was awarded before
     * gives the same serial and takes nothing, so a second run is harmless (leans on {@code awards_never_twice}). All of one brand.
     *
     * @return for each award its serial, in the order of the awards
     */
    public List<Awarded> award(List<Award> awards) {
        if (awards.isEmpty()) return List.of();
        lock(awards.stream().map(Award::collectible).toList());
        Map<Reason, Integer> given = new HashMap<>(alreadyAwarded(awards));
        Map<CollectibleId, List<Award>> fresh = new LinkedHashMap<>();
        for (Award award : awards) {
            if (!given.containsKey(new Reason(award.offer(), award.reason()))) {
                fresh.computeIfAbsent(award.collectible(), id -> new ArrayList<>())
                        .add(award);
            }
        }
        List<Grant> grants = new ArrayList<>();
        fresh.forEach((collectible, wanted) -> {
            List<Integer> serials = takeSerials(collectible, wanted.size(), wanted.size());
            for (int i = 0; i < wanted.size(); i++) {
                Award award = wanted.get(i);
                given.put(new Reason(award.offer(), award.reason()), serials.get(i));
                grants.add(new Grant(
                        new PieceNumber(collectible, serials.get(i)), award.to(), award.rules(), award.policy()));
            }
        });
        remember(fresh.values().stream().flatMap(List::stream).toList(), given);
        pieces.grant(grants);
        return awards.stream()
                .map(award -> new Awarded(
                        award.offer(),
                        award.reason(),
                        given.getOrDefault(new Reason(award.offer(), award.reason()), 0)))
                .toList();
    }

    /** Takes pieces back from their owners into the stock, under their own serials: the first to be given again. */
    public void takeBack(List<PieceNumber> taken, String why) {
        if (taken.isEmpty()) return;
        List<CollectibleId> ids =
                taken.stream().map(PieceNumber::collectible).distinct().toList();
        lock(ids);
        pieces.revoke(taken, why);
        Timestamp now = Timestamp.from(clock.now());
        rows.batchUpdate(
                "insert into returned_serials (brand_id, collectible_id, serial, returned_at) values (?, ?, ?, ?)",
                taken,
                500,
                (row, piece) -> {
                    row.setObject(1, piece.collectible().brand().value());
                    row.setObject(2, piece.collectible().value());
                    row.setInt(3, piece.serial());
                    row.setTimestamp(4, now);
                });
        for (CollectibleId id : ids) {
            int units =
                    (int) taken.stream().filter(p -> p.collectible().equals(id)).count();
            move(id, units, 0, -units);
        }
    }

    /** How a retiring ended. */
    public sealed interface Retiring {
        record Retired() implements Retiring {}

        /** Somebody has it, or nobody ever had, or it is retired already. */
        record NotReturned() implements Retiring {}

        /** Every unit in the stock is promised to somebody. */
        record AllPromised() implements Retiring {}
    }

    /** A piece that came back is never given again: its unit leaves the stock, and the log says so. */
    public Retiring retire(PieceNumber piece) {
        CollectibleId id = piece.collectible();
        lock(List.of(id));
        Integer available = stock(id).available();
        if (available != null && available == 0) return new Retiring.AllPromised();
        int returned = db.sql("""
                delete from returned_serials
                where brand_id = :brand and collectible_id = :id and serial = :serial and returned_at is not null and held_by is null
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("serial", piece.serial())
                .update();
        if (returned == 0) return new Retiring.NotReturned();
        pieces.retire(piece);
        db.sql("""
                update stock set available = available - 1, retired = retired + 1 where brand_id = :brand and collectible_id = :id
                """).param("brand", id.brand().value()).param("id", id.value()).update();
        return new Retiring.Retired();
    }

    private void move(CollectibleId id, int available, int held, int granted) {
        db.sql("""
                update stock set available = available + :available, held = held + :held, granted = granted + :granted
                where brand_id = :brand and collectible_id = :id
                """)
                .param("available", available)
                .param("held", held)
                .param("granted", granted)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
    }

    private Map<Reason, Integer> alreadyAwarded(List<Award> awards) {
        Map<Reason, Integer> known = new HashMap<>();
        Map<UUID, OfferId> offers = new HashMap<>();
        awards.forEach(a -> offers.put(a.offer().value(), a.offer()));
        db.sql("""
                select a.offer_id, a.reason, a.serial
                from unnest(:offers::uuid[], :reasons::text[]) as w (offer_id, reason)
                cross join lateral (
                    select * from awards a where a.brand_id = :brand and a.offer_id = w.offer_id and a.reason = w.reason
                    offset 0) a
                """)
                .param(
                        "offers",
                        new SqlArrayValue(
                                "uuid",
                                awards.stream().map(a -> a.offer().value()).toArray()))
                .param("reasons", new SqlArrayValue("text", (Object[])
                        awards.stream().map(Award::reason).toArray(String[]::new)))
                .param(
                        "brand",
                        brandOf(awards.stream().map(Award::collectible).toList())
                                .value())
                .query(row -> {
                    OfferId offer = offers.get(row.getObject(1, UUID.class));
                    if (offer != null) known.put(new Reason(offer, row.getString(2)), row.getInt(3));
                });
        return known;
    }

    /** Under the stock row's lock: numbers for units that stay held until they are granted. */
    List<Integer> takeHeldSerials(CollectibleId id, int units) {
        return takeSerials(id, units, 0);
    }

    /**
     * Under the stock row's lock. Returned serials first, the lowest first; then new ones without a gap.
     *
     * @param granted how many of the units are granted with it
     */
    private List<Integer> takeSerials(CollectibleId id, int units, int granted) {
        List<Integer> serials = new ArrayList<>(db.sql("""
                delete from returned_serials where brand_id = :brand and collectible_id = :id and serial in (
                    select serial from returned_serials
                    where brand_id = :brand and collectible_id = :id and held_by is null
                    order by serial limit :units)
                returning serial
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("units", units)
                .query(Integer.class)
                .list());
        serials.sort(Comparator.naturalOrder());
        int last = stock(id).lastSerial();
        int fresh = units - serials.size();
        for (int i = 1; i <= fresh; i++) serials.add(last + i);
        db.sql("""
                update stock set held = held - :granted, granted = granted + :granted, last_serial = last_serial + :fresh
                where brand_id = :brand and collectible_id = :id
                """)
                .param("granted", granted)
                .param("fresh", fresh)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        return serials;
    }

    private void remember(List<Award> fresh, Map<Reason, Integer> given) {
        if (fresh.isEmpty()) return;
        Instant now = clock.now();
        rows.update(
                """
                insert into awards (brand_id, offer_id, reason, collectible_id, serial, awarded_at)
                select ?, w.*, ?::timestamptz from unnest(?::uuid[], ?::text[], ?::uuid[], ?::int[]) w
                """,
                fresh.getFirst().collectible().brand().value(),
                Timestamp.from(now),
                new SqlArrayValue(
                        "uuid", fresh.stream().map(a -> a.offer().value()).toArray()),
                new SqlArrayValue(
                        "text", (Object[]) fresh.stream().map(Award::reason).toArray(String[]::new)),
                new SqlArrayValue(
                        "uuid", fresh.stream().map(a -> a.collectible().value()).toArray()),
                new SqlArrayValue("int4", (Object[]) fresh.stream()
                        .map(a -> given.getOrDefault(new Reason(a.offer(), a.reason()), 0))
                        .toArray(Integer[]::new)));
    }

    private static BrandId brandOf(Collection<CollectibleId> ids) {
        List<BrandId> brands = ids.stream().map(CollectibleId::brand).distinct().toList();
        if (brands.size() != 1) throw new IllegalArgumentException("one transaction, one brand: " + brands);
        return brands.getFirst();
    }

    private record Reason(OfferId offer, String text) {}
}
