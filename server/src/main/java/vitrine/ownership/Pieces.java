package vitrine.ownership;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.NewRecord;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Settings;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;

/**
 * Who owns which piece. Every change of owner goes through here: the owner row, the piece's record and the event are one
 * transaction, so a piece never changes hands without the log, nor the log without the piece.
 */
@Component
public class Pieces {

    static final String REDEEMED = "redeemed";

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Catalog catalog;
    private final Ledger ledger;
    private final OwnerHashes owners;
    private final Collectors collectors;
    private final Settings settings;
    private final Promises promises;
    private final Events events;
    private final Ids ids;
    private final BusinessClock clock;

    Pieces(
            JdbcClient db,
            JdbcTemplate rows,
            Catalog catalog,
            Ledger ledger,
            OwnerHashes owners,
            Collectors collectors,
            Settings settings,
            Promises promises,
            Events events,
            Ids ids,
            BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.catalog = catalog;
        this.ledger = ledger;
        this.owners = owners;
        this.collectors = collectors;
        this.settings = settings;
        this.promises = promises;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Gives pieces to collectors, inside the transaction that took them from the stock. A serial that nobody had is new; one that came
     * back goes on with its own history. Leans on {@code pieces_serial_once}: a serial has one owner.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void grant(List<Grant> grants) {
        if (grants.isEmpty()) return;
        LogId log = ledger.of(brandOf(grants.stream().map(Grant::piece).toList()));
        String origin = ledger.originOf(log);
        Instant now = clock.now();
        Map<PieceNumber, Row> before = locked(grants.stream().map(Grant::piece).toList());
        Map<Grant, Hash32> ownerOf = owners.of(
                grants,
                g -> before.containsKey(g.piece()) ? before.get(g.piece()).moves() + 1 : 0);
        List<Step> steps = new ArrayList<>();
        for (Grant grant : grants) {
            Row row = before.get(grant.piece());
            if (row != null && row.state() != Piece.State.RETURNED) {
                throw new IllegalStateException("granted twice: " + grant.piece());
            }
            Collectible collectible = catalog.collectible(grant.piece().collectible());
            var granted = LogRecord.granted(
                    origin,
                    collectible.manifest(),
                    grant.piece().serial(),
                    row == null ? null : row.lastLeaf(),
                    grant.rules(),
                    java.util.Objects.requireNonNull(ownerOf.get(grant)));
            var record = row == null
                    ? NewRecord.of(ids.next(), null, granted)
                    : NewRecord.of(ids.nextAfter(row.lastRecord()), row.lastRecord(), granted);
            steps.add(new Step(
                    grant.piece(),
                    collectible,
                    row,
                    record,
                    "granted",
                    Piece.State.OWNED,
                    grant.to(),
                    grant.policy(),
                    grant.rules()));
        }
        write(steps, log, now);
    }

    /** Takes pieces from their owners, inside the transaction that puts them back into the stock. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void revoke(List<PieceNumber> pieces, String why) {
        if (pieces.isEmpty()) return;
        LogId log = ledger.of(brandOf(pieces));
        String origin = ledger.originOf(log);
        Map<PieceNumber, Row> before = locked(pieces);
        List<Step> steps = new ArrayList<>();
        for (PieceNumber piece : pieces) {
            Row row = before.get(piece);
            if (row == null || row.state() != Piece.State.OWNED) throw new IllegalStateException("nobody has " + piece);
            Collectible collectible = catalog.collectible(piece.collectible());
            var revoked =
                    LogRecord.revoked(origin, collectible.manifest(), piece.serial(), row.lastLeaf(), row.rules());
            steps.add(new Step(
                    piece,
                    collectible,
                    row,
                    NewRecord.of(ids.nextAfter(row.lastRecord()), row.lastRecord(), revoked),
                    "revoked",
                    Piece.State.RETURNED,
                    null,
                    row.policy(),
                    row.rules()));
        }
        write(steps, log, clock.now());
        promises.end(pieces);
    }

    /** Ends a piece that came back, for good, inside the transaction that takes it out of the stock. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void retire(PieceNumber piece) {
        LogId log = ledger.of(piece.collectible().brand());
        Row row = locked(List.of(piece)).get(piece);
        if (row == null || row.state() != Piece.State.RETURNED)
            throw new IllegalStateException("not returned: " + piece);
        Collectible collectible = catalog.collectible(piece.collectible());
        var retired = LogRecord.retired(
                ledger.originOf(log), collectible.manifest(), piece.serial(), row.lastLeaf(), row.rules());
        write(
                List.of(new Step(
                        piece,
                        collectible,
                        row,
                        NewRecord.of(ids.nextAfter(row.lastRecord()), row.lastRecord(), retired),
                        "retired",
                        Piece.State.RETIRED,
                        null,
                        row.policy(),
                        row.rules())),
                log,
                clock.now());
    }

    /** How a change of owner ended. */
    public sealed interface Moving {
        record Moved() implements Moving {}

        /** {@code piece.not-yours}: whoever gives does not hold it, or not any more. */
        record NotHolder() implements Moving {}

        /** {@code piece.not-to-give}: it came with the rule that it is never given on. */
        record NeverToGive() implements Moving {}

        /** {@code piece.not-yet}: from then on she may. */
        record NotYet(Instant from) implements Moving {}
    }

    /**
     * Whether its holder may give this piece away, by the policy that came with it. Empty: she may, now.
     *
     * @param holder any id of the person
     */
    public Optional<Moving> mayGive(PieceNumber number, CollectorId holder) {
        Piece piece = find(number).orElse(null);
        if (piece == null || piece.owner() == null || !isSame(piece.owner(), holder))
            return Optional.of(new Moving.NotHolder());
        boolean given = piece.records().stream()
                .filter(r -> r.kind().equals("granted") || r.kind().equals("moved"))
                .reduce((first, second) -> second)
                .filter(r -> r.kind().equals("moved"))
                .isPresent();
        return refusal(piece.policy(), piece.grantedAt(), given);
    }

    /**
     * A piece changes its owner by her own will, inside the transaction that says so. Nothing is moved against the policy that came
     * with the grant; the log hears of a move and of no name.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Moving move(PieceNumber number, CollectorId from, CollectorId to) {
        Row row = locked(List.of(number)).get(number);
        if (row == null || row.owner() == null || !isSame(row.owner(), from)) return new Moving.NotHolder();
        var refusal = mayGive(number, from);
        if (refusal.isPresent()) return refusal.get();
        LogId log = ledger.of(number.collectible().brand());
        Collectible collectible = catalog.collectible(number.collectible());
        Grant next = new Grant(number, to, row.rules(), row.policy());
        Hash32 owner = java.util.Objects.requireNonNull(
                owners.of(List.of(next), g -> row.moves() + 1).get(next));
        var moved = LogRecord.moved(
                ledger.originOf(log), collectible.manifest(), number.serial(), row.lastLeaf(), row.rules(), owner);
        write(
                List.of(new Step(
                        number,
                        collectible,
                        row,
                        NewRecord.of(ids.nextAfter(row.lastRecord()), row.lastRecord(), moved),
                        "moved",
                        Piece.State.OWNED,
                        to,
                        row.policy(),
                        row.rules())),
                log,
                clock.now());
        return new Moving.Moved();
    }

    private Optional<Moving> refusal(GiftPolicy policy, Instant heldSince, boolean given) {
        Instant from = policy.from(heldSince, given, settings.zone());
        if (from == null) return Optional.of(new Moving.NeverToGive());
        return from.isAfter(clock.now()) ? Optional.of(new Moving.NotYet(from)) : Optional.empty();
    }

    /** What a piece is good for was taken by its holder, inside the transaction that writes down what. The owner and her key stay. */
    @Transactional(propagation = Propagation.MANDATORY)
    void redeem(PieceNumber number) {
        Row row = locked(List.of(number)).get(number);
        if (row == null || row.owner() == null) throw new IllegalStateException("nobody has " + number);
        LogId log = ledger.of(number.collectible().brand());
        Collectible collectible = catalog.collectible(number.collectible());
        Grant same = new Grant(number, row.owner(), row.rules(), row.policy());
        Hash32 owner = java.util.Objects.requireNonNull(
                owners.of(List.of(same), g -> row.moves()).get(same));
        var redeemed = LogRecord.redeemed(
                ledger.originOf(log), collectible.manifest(), number.serial(), row.lastLeaf(), row.rules(), owner);
        write(
                List.of(new Step(
                        number,
                        collectible,
                        row,
                        NewRecord.of(ids.nextAfter(row.lastRecord()), row.lastRecord(), redeemed),
                        REDEEMED,
                        Piece.State.OWNED,
                        row.owner(),
                        row.policy(),
                        row.rules())),
                log,
                clock.now());
    }

    /** Whether a piece is still as it was granted, in the same hands. */
    public sealed interface Keeping {
        record Kept() implements Keeping {}

        record NotHolder() implements Keeping {}

        /** It was given on, if only to come back. */
        record Moved() implements Keeping {}

        /** What it was good for was taken. */
        record Redeemed() implements Keeping {}
    }

    /** @param holder any id of the person */
    public Keeping keeping(PieceNumber number, CollectorId holder) {
        Piece piece = find(number).orElse(null);
        if (piece == null || piece.owner() == null || !isSame(piece.owner(), holder)) return new Keeping.NotHolder();
        return switch (piece.records().getLast().kind()) {
            case "granted" -> new Keeping.Kept();
            case REDEEMED -> new Keeping.Redeemed();
            default -> new Keeping.Moved();
        };
    }

    /** The same, and so it stays until the caller's transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Keeping lockKeeping(PieceNumber number, CollectorId holder) {
        locked(List.of(number));
        return keeping(number, holder);
    }

    private boolean isSame(CollectorId one, CollectorId other) {
        return one.equals(other) || collectors.root(one).equals(collectors.root(other));
    }

    /**
     * The first look of whoever was given it, while it is still as it was granted. A link outlives what it opened: the piece may
     * since be a friend's, or back in the stock and another's.
     */
    @Transactional
    public Keeping openAsGiven(PieceNumber piece, CollectorId holder) {
        Keeping keeping = lockKeeping(piece, holder);
        if (keeping instanceof Keeping.Kept) open(piece);
        return keeping;
    }

    /** The owner's first look. A second one changes nothing. */
    @Transactional
    public void open(PieceNumber piece) {
        db.sql("""
                update pieces set opened_at = :now
                where brand_id = :brand and collectible_id = :id and serial = :serial and state = 'owned' and opened_at is null
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", piece.collectible().brand().value())
                .param("id", piece.collectible().value())
                .param("serial", piece.serial())
                .update();
    }

    /**
     * The owner passes them on, by a link or a picture. Only the first time of each is kept, only its day, and nothing of who sees
     * it: enough to say how many of those given were shared. One statement a brand.
     */
    public void share(Collection<PieceNumber> shared) {
        LocalDate today = clock.now().atZone(ZoneOffset.UTC).toLocalDate();
        shared.stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        piece -> piece.collectible().brand()))
                .forEach((brand, pieces) -> db.sql("""
                        update pieces p set shared_on = :today
                        from unnest(:ids::uuid[], :serials::int[]) as w (id, serial)
                        where p.brand_id = :brand and p.collectible_id = w.id and p.serial = w.serial
                            and p.state = 'owned' and p.opened_at is not null and p.shared_on is null
                        """)
                        .param("today", today)
                        .param("brand", brand.value())
                        .param(
                                "ids",
                                new SqlArrayValue(
                                        "uuid",
                                        pieces.stream()
                                                .map(piece ->
                                                        piece.collectible().value())
                                                .toArray()))
                        .param(
                                "serials",
                                new SqlArrayValue(
                                        "int4",
                                        pieces.stream().map(PieceNumber::serial).toArray()))
                        .update());
    }

    /**
     * Locks these pieces of one brand and says which of them could still go back: owned, never opened, and nothing has happened to
     * them since they were granted.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Set<PieceNumber> lockUntouched(Collection<PieceNumber> numbers) {
        if (numbers.isEmpty()) return Set.of();
        Map<UUID, CollectibleId> known = new HashMap<>();
        numbers.forEach(n -> known.put(n.collectible().value(), n.collectible()));
        Set<PieceNumber> untouched = new HashSet<>();
        db.sql("""
                select p.collectible_id, p.serial from pieces p
                join unnest(:ids::uuid[], :serials::int[]) as w(collectible_id, serial) using (collectible_id, serial)
                where p.brand_id = :brand and p.state = 'owned' and p.opened_at is null
                    and (select kind from piece_records r where r.brand_id = p.brand_id and r.collectible_id = p.collectible_id
                         and r.serial = p.serial order by nth desc limit 1) = 'granted'
                order by p.collectible_id, p.serial for update of p
                """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid",
                                numbers.stream()
                                        .map(n -> n.collectible().value())
                                        .toArray()))
                .param("serials", new SqlArrayValue("int4", (Object[])
                        numbers.stream().map(PieceNumber::serial).toArray(Integer[]::new)))
                .param("brand", brandOf(numbers).value())
                .query(row -> {
                    CollectibleId id = known.get(row.getObject(1, UUID.class));
                    if (id != null) untouched.add(new PieceNumber(id, row.getInt(2)));
                });
        return untouched;
    }

    /** The pieces as they are now, with the ids of their records; what was never given is not in the answer. */
    public Optional<Piece> find(PieceNumber number) {
        // The records first: a query inside another's row would hold one connection and wait for a second, and as many
        // readers
        // as the pool has connections would wait for each other.
        List<Piece.PieceRecord> records = records(number);
        return db.sql("""
                select * from pieces where brand_id = :brand and collectible_id = :id and serial = :serial
                """)
                .param("brand", number.collectible().brand().value())
                .param("id", number.collectible().value())
                .param("serial", number.serial())
                .query((row, n) -> new Piece(
                        number,
                        Piece.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                        collector(row),
                        row.getInt("moves"),
                        GiftPolicy.of(row.getString("gift_policy")),
                        row.getTimestamp("granted_at").toInstant(),
                        row.getTimestamp("opened_at") == null
                                ? null
                                : row.getTimestamp("opened_at").toInstant(),
                        records))
                .optional();
    }

    private List<Piece.PieceRecord> records(PieceNumber number) {
        return db.sql("""
                select record_id, kind, happened_at from piece_records
                where brand_id = :brand and collectible_id = :id and serial = :serial order by nth
                """)
                .param("brand", number.collectible().brand().value())
                .param("id", number.collectible().value())
                .param("serial", number.serial())
                .query((row, n) -> new Piece.PieceRecord(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getTimestamp(3).toInstant()))
                .list();
    }

    private Map<PieceNumber, Row> locked(List<PieceNumber> numbers) {
        Map<PieceNumber, Row> found = new HashMap<>();
        Map<UUID, CollectibleId> known = new HashMap<>();
        numbers.forEach(n -> known.put(n.collectible().value(), n.collectible()));
        db.sql("""
                select p.*, (select count(*) from piece_records r where r.brand_id = p.brand_id
                             and r.collectible_id = p.collectible_id and r.serial = p.serial) as records
                from (select * from unnest(:ids::uuid[], :serials::int[]) as w (collectible_id, serial)
                      order by collectible_id, serial) w
                cross join lateral (
                    select * from pieces p where p.brand_id = :brand and p.collectible_id = w.collectible_id
                        and p.serial = w.serial for update offset 0) p
                """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid",
                                numbers.stream()
                                        .map(n -> n.collectible().value())
                                        .toArray()))
                .param("serials", new SqlArrayValue("int4", (Object[])
                        numbers.stream().map(PieceNumber::serial).toArray(Integer[]::new)))
                .param("brand", brandOf(numbers).value())
                .query(row -> {
                    CollectibleId id = known.get(row.getObject("collectible_id", UUID.class));
                    if (id == null) return;
                    byte[] rules = row.getBytes("rules_hash");
                    found.put(
                            new PieceNumber(id, row.getInt("serial")),
                            new Row(
                                    Piece.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                                    collector(row),
                                    row.getInt("moves"),
                                    Hash32.of(row.getBytes("last_leaf")),
                                    row.getObject("last_record_id", UUID.class),
                                    rules == null ? null : Hash32.of(rules),
                                    GiftPolicy.of(row.getString("gift_policy")),
                                    row.getInt("records")));
                });
        return found;
    }

    private void write(List<Step> steps, LogId log, Instant now) {
        BrandId brand = brandOf(steps.stream().map(Step::piece).toList());
        Timestamp at = Timestamp.from(now);
        rows.update(
                """
                insert into pieces (brand_id, collectible_id, serial, state, owner_id, moves, last_leaf, last_record_id,
                                    rules_hash, gift_policy, granted_at)
                select ?, w.*, ?::timestamptz
                from unnest(?::uuid[], ?::int[], ?::text[], ?::uuid[], ?::int[], ?::bytea[], ?::uuid[], ?::bytea[], ?::text[]) w
                on conflict (brand_id, collectible_id, serial) do update set
                    state = excluded.state, owner_id = excluded.owner_id, moves = excluded.moves,
                    last_leaf = excluded.last_leaf, last_record_id = excluded.last_record_id,
                    rules_hash = excluded.rules_hash, gift_policy = excluded.gift_policy,
                    granted_at = case when excluded.moves > pieces.moves then excluded.granted_at else pieces.granted_at end,
                    opened_at = case when excluded.moves > pieces.moves then null else pieces.opened_at end,
                    shared_on = case when excluded.moves > pieces.moves then null else pieces.shared_on end
                """,
                brand.value(),
                at,
                uuids(steps, s -> s.piece().collectible().value()),
                new SqlArrayValue("int4", (Object[])
                        steps.stream().map(s -> s.piece().serial()).toArray(Integer[]::new)),
                new SqlArrayValue("text", (Object[]) steps.stream()
                        .map(s -> s.after().name().toLowerCase(Locale.ROOT))
                        .toArray(String[]::new)),
                uuids(steps, s -> s.owner() == null ? null : s.owner().value()),
                new SqlArrayValue(
                        "int4", (Object[]) steps.stream().map(Step::moves).toArray(Integer[]::new)),
                new SqlArrayValue("bytea", (Object[])
                        steps.stream().map(s -> s.record().leaf().bytes()).toArray(byte[][]::new)),
                uuids(steps, s -> s.record().id()),
                new SqlArrayValue("bytea", (Object[]) steps.stream()
                        .map(s -> s.rules() == null ? null : s.rules().bytes())
                        .toArray(byte[][]::new)),
                new SqlArrayValue("text", (Object[])
                        steps.stream().map(s -> s.policy().text()).toArray(String[]::new)));
        rows.update(
                """
                insert into piece_records (brand_id, collectible_id, serial, nth, kind, record_id, owner_id, happened_at)
                select ?, w.*, ?::timestamptz from unnest(?::uuid[], ?::int[], ?::int[], ?::text[], ?::uuid[], ?::uuid[]) w
                """,
                brand.value(),
                at,
                uuids(steps, s -> s.piece().collectible().value()),
                new SqlArrayValue("int4", (Object[])
                        steps.stream().map(s -> s.piece().serial()).toArray(Integer[]::new)),
                new SqlArrayValue("int4", (Object[]) steps.stream()
                        .map(s -> s.before() == null ? 1 : s.before().records() + 1)
                        .toArray(Integer[]::new)),
                new SqlArrayValue(
                        "text", (Object[]) steps.stream().map(Step::kind).toArray(String[]::new)),
                uuids(steps, s -> s.record().id()),
                uuids(steps, s -> s.owner() == null ? null : s.owner().value()));
        ledger.append(log, steps.stream().map(Step::record).toList());
        events.publish(steps.stream().map(s -> event(brand, s, now)).toList());
    }

    private Event event(BrandId brand, Step step, Instant now) {
        CollectorId who = step.owner() != null
                ? step.owner()
                : step.before() == null ? null : step.before().owner();
        String from = step.kind().equals("moved") && step.before() != null
                ? ",\"from\":\"" + step.before().owner() + "\""
                : "";
        String body = "{\"collectible\":\"%s\",\"serial\":%d,\"collector\":\"%s\"%s,\"log_record\":\"%s\"}"
                .formatted(
                        step.collectible().slug(),
                        step.piece().serial(),
                        who,
                        from,
                        step.record().leaf().hex());
        return new Event(
                brand,
                // The record's own id: it is greater than that of the record before it, so whoever numbers events by id
                // numbers those of a piece as they happened, though two nodes' clocks differ.
                step.record().id(),
                "piece." + step.kind(),
                step.collectible().slug() + "-" + step.piece().serial(),
                body,
                now);
    }

    private static SqlArrayValue uuids(List<Step> steps, java.util.function.Function<Step, @Nullable UUID> each) {
        return new SqlArrayValue("uuid", steps.stream().map(each).toArray());
    }

    private static @Nullable CollectorId collector(ResultSet row) throws SQLException {
        UUID owner = row.getObject("owner_id", UUID.class);
        return owner == null ? null : new CollectorId(owner);
    }

    private static BrandId brandOf(Collection<PieceNumber> numbers) {
        List<BrandId> brands =
                numbers.stream().map(n -> n.collectible().brand()).distinct().toList();
        if (brands.size() != 1) throw new IllegalArgumentException("one transaction, one brand: " + brands);
        return brands.getFirst();
    }

    private record Row(
            Piece.State state,
            @Nullable CollectorId owner,
            int moves,
            Hash32 lastLeaf,
            UUID lastRecord,
            @Nullable Hash32 rules,
            GiftPolicy policy,
            int records) {}

    /** One change of one piece. */
    private record Step(
            PieceNumber piece,
            Collectible collectible,
            @Nullable Row before,
            NewRecord record,
            String kind,
            Piece.State after,
            @Nullable CollectorId owner,
            GiftPolicy policy,
            @Nullable Hash32 rules) {

        /** A key is used by one ownership only: each grant after the first counts on. */
        int moves() {
            if (before == null) return 0;
            return after == Piece.State.OWNED && !kind.equals(REDEEMED) ? before.moves() + 1 : before.moves();
        }
    }
}
