package vitrine.drop;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.GiftLinks;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKey;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;

/**
 * A piece for each line of a file. The file is read whole or not at all; then its units are set aside, and a worker gives them, some
 * hundreds in a transaction: a node that dies at half goes on where it was. A person gets one, however often the file names her.
 */
@Component
public class Airdrops implements Job {

    /** What was read and not begun stays so long. */
    public static final Duration KEPT = Erasures.LISTS_LAST;

    private static final int GIVE_AT_ONCE = 500;

    /** What failed comes after the others, for so long. */
    private static final Duration PUT_OFF = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(Airdrops.class);

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final TransactionTemplate transactions;
    private final Drops drops;
    private final Claims claims;
    private final Catalog catalog;
    private final Collectors collectors;
    private final NamedPeople people;
    private final GiftLinks links;
    private final Messages messages;
    private final Keys keys;
    private final Heres heres;
    private final Settings settings;
    private final Ids ids;
    private final BusinessClock clock;

    /** Which of those that run had its turn last, and until when each that failed waits. */
    private volatile UUID last = new UUID(0, 0);

    private final Map<UUID, Instant> putOff = new ConcurrentHashMap<>();

    Airdrops(
            JdbcClient db,
            JdbcTemplate rows,
            TransactionTemplate transactions,
            Drops drops,
            Claims claims,
            Catalog catalog,
            Collectors collectors,
            NamedPeople people,
            GiftLinks links,
            Messages messages,
            Keys keys,
            Heres heres,
            Settings settings,
            Ids ids,
            BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.transactions = transactions;
        this.drops = drops;
        this.claims = claims;
        this.catalog = catalog;
        this.collectors = collectors;
        this.people = people;
        this.links = links;
        this.messages = messages;
        this.keys = keys;
        this.heres = heres;
        this.settings = settings;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * @param lines of its file
     * @param people lines that get a piece
     */
    public record Airdrop(
            BrandId brand,
            UUID id,
            CollectibleId collectible,
            GiftPolicy policy,
            boolean mails,
            int lines,
            int people,
            int given,
            Instant madeAt,
            @Nullable Instant begunAt,
            @Nullable Instant doneAt) {

        public boolean runs() {
            return begunAt != null && doneAt == null;
        }
    }

    /** @param problem why it gets none; null: it gets one, or has it */
    public record Line(
            int line,
            @Nullable String problem,
            @Nullable Integer serial,
            @Nullable String link) {}

    public sealed interface Reading {
        record Read(Airdrop airdrop) implements Reading {}

        record TooLong(int linesMax) implements Reading {}

        record NoCollectible() implements Reading {}

        record Nobody() implements Reading {}
    }

    public sealed interface Beginning {
        record Begun() implements Beginning {}

        /** Not one is given when there is not one for each. */
        record TooFew(int there, int wanted) implements Beginning {}

        /**
         * What is not given yet was announced by a drop that is not over, and who waits for it counts on it.
         *
         * @param drop one of them, by its address
         * @param free how many no drop has announced
         */
        record Promised(String drop, int free, int wanted) implements Beginning {}

        record NotNow() implements Beginning {}
    }

    /** @param file a line each, as {@link NamedPeople} reads them */
    @Transactional
    public Reading read(CollectibleId collectible, GiftPolicy policy, boolean mails, Stream<String> file) {
        if (catalog.collectible(collectible).publishedAt() == null) return new Reading.NoCollectible();
        UUID id = ids.next();
        db.sql("""
                insert into airdrops (brand_id, airdrop_id, collectible_id, gift_policy, mails, lines, people, given, made_at)
                values (:brand, :id, :collectible, :policy, :mails, 0, 0, 0, :now)
                """)
                .param("brand", collectible.brand().value())
                .param("id", id)
                .param("collectible", collectible.value())
                .param("policy", policy.text())
                .param("mails", mails)
                .param("now", Timestamp.from(clock.now()))
                .update();
        if (!people.read(collectible.brand(), file, came -> keep(collectible.brand(), id, came))) {
            forget(collectible.brand(), id);
            return new Reading.TooLong(NamedPeople.LINES_MAX);
        }
        int named = db.sql("""
                update airdrops a set lines = l.lines, people = l.people from (
                    select count(*) as lines, count(*) filter (where problem is null) as people from airdrop_lines
                    where brand_id = :brand and airdrop_id = :id) l
                where a.brand_id = :brand and a.airdrop_id = :id returning a.people
                """)
                .param("brand", collectible.brand().value())
                .param("id", id)
                .query(Integer.class)
                .single();
        if (named > 0) return new Reading.Read(find(collectible.brand(), id).orElseThrow());
        forget(collectible.brand(), id);
        return new Reading.Nobody();
    }

    private void forget(BrandId brand, UUID id) {
        for (String table : List.of("airdrop_lines", "airdrops")) {
            db.sql("delete from " + table + " where brand_id = :brand and airdrop_id = :id")
                    .param("brand", brand.value())
                    .param("id", id)
                    .update();
        }
    }

    /** What was read and nobody wants to give: nothing of it stays. False: it was begun. */
    @Transactional
    public boolean discard(BrandId brand, UUID id) {
        Airdrop airdrop = locked(brand, id, " for update").orElse(null);
        if (airdrop == null || airdrop.begunAt != null) return false;
        forget(brand, id);
        return true;
    }

    /** What was read so long ago that nobody will begin it. */
    void discardOld() {
        record Old(UUID brandId, UUID airdropId) {}
        for (Old old : db.sql("select brand_id, airdrop_id from airdrops where begun_at is null and made_at < :before")
                .param("before", Timestamp.from(clock.now().minus(KEPT)))
                .query(Old.class)
                .list()) transactions.executeWithoutResult(status -> discard(new BrandId(old.brandId), old.airdropId));
    }

    /**
     * While it is known under which keys somebody is named: what was not given to her yet goes to nobody, and no line of it knows her any
     * more. Doing it twice changes nothing. What was given is forgotten when it is heard that she was erased.
     */
    public void forget(List<BuyerKey> keys, List<CollectorId> family) {
        record Named(UUID brandId, UUID airdropId) {}
        // Each by an index of its own: of a million lines hers are few.
        List<Named> named = those(db.sql("""
                        select a.brand_id, a.airdrop_id from airdrops a
                        where a.done_at is null and (
                            exists (
                                select from airdrop_lines l where l.brand_id = a.brand_id and l.airdrop_id = a.airdrop_id
                                    and l.buyer_hash = any(:hashes::bytea[]))
                            or exists (
                                select from airdrop_lines l where l.brand_id = a.brand_id and l.airdrop_id = a.airdrop_id
                                    and l.problem is null and l.serial is null and l.collector_id is not null
                                    and l.collector_id = any(:family)))
                        order by 1, 2
                        """), keys, family).query(Named.class).list();
        for (Named each : named)
            transactions.executeWithoutResult(
                    status -> forget(new BrandId(each.brandId), each.airdropId, keys, family));
    }

    private void forget(BrandId brand, UUID id, List<BuyerKey> keys, List<CollectorId> family) {
        // Whoever gives of it has this row; what was given meanwhile is no line that waits.
        Airdrop airdrop = locked(brand, id, " for update").orElse(null);
        if (airdrop == null) return;
        int lines = those(db.sql("""
                        update airdrop_lines set problem = 'unknown', buyer_kind = null, buyer_hash = null, address_sealed = null,
                            collector_id = null
                        where brand_id = :brand and airdrop_id = :id and problem is null and serial is null
                            and (buyer_hash = any(:hashes::bytea[]) or collector_id is not null and collector_id = any(:family))
                        """), keys, family)
                .param("brand", brand.value())
                .param("id", id)
                .update();
        db.sql("update airdrops set people = people - :lines where brand_id = :brand and airdrop_id = :id")
                .param("lines", lines)
                .param("brand", brand.value())
                .param("id", id)
                .update();
        if (airdrop.begunAt != null && lines > 0) drops.release(airdrop.collectible, lines);
    }

    private static JdbcClient.StatementSpec those(
            JdbcClient.StatementSpec of, List<BuyerKey> keys, List<CollectorId> family) {
        return of.param("hashes", new SqlArrayValue("bytea", (Object[])
                        keys.stream().map(BuyerKey::hash).toArray(byte[][]::new)))
                .param(
                        "family",
                        new SqlArrayValue(
                                "uuid", family.stream().map(CollectorId::value).toArray()));
    }

    /** Sealed until its mail is written; of a public name or an entry there is none. */
    private byte @Nullable [] sealed(NamedPeople.Named who) {
        return who.key() == null
                ? null
                : keys.seal(KeyName.CONTACT.text(), who.typed().getBytes(StandardCharsets.UTF_8));
    }

    private void keep(BrandId brand, UUID airdrop, List<NamedPeople.Named> came) {
        rows.update(
                """
                insert into airdrop_lines (brand_id, airdrop_id, line, gift_id, problem, buyer_kind, buyer_hash, address_sealed, collector_id)
                select ?, ?, line, gift, case when twice then 'twice' else problem end, kind, case when twice then null else hash end,
                    case when twice then null else sealed end, who
                from (
                    select c.*, hash is not null and (
                        row_number() over (partition by hash order by line) > 1
                        or exists (select from airdrop_lines o where o.brand_id = ? and o.airdrop_id = ? and o.buyer_hash = c.hash)) as twice
                    from unnest(?::int[], ?::uuid[], ?::text[], ?::text[], ?::bytea[], ?::bytea[], ?::uuid[])
                        as c (line, gift, problem, kind, hash, sealed, who)) judged
                """,
                brand.value(),
                airdrop,
                brand.value(),
                airdrop,
                new SqlArrayValue(
                        "int4", came.stream().map(NamedPeople.Named::line).toArray()),
                new SqlArrayValue("uuid", came.stream().map(t -> ids.next()).toArray()),
                new SqlArrayValue(
                        "text", came.stream().map(NamedPeople.Named::problem).toArray()),
                new SqlArrayValue(
                        "text",
                        came.stream()
                                .map(t ->
                                        t.key() == null ? null : t.key().kind().name())
                                .toArray()),
                new SqlArrayValue("bytea", (Object[]) came.stream()
                        .map(t -> t.key() == null ? null : t.key().hash())
                        .toArray(byte[][]::new)),
                new SqlArrayValue(
                        "bytea", (Object[]) came.stream().map(this::sealed).toArray(byte[][]::new)),
                new SqlArrayValue(
                        "uuid",
                        came.stream()
                                .map(t -> t.collector() == null
                                        ? null
                                        : t.collector().value())
                                .toArray()));
    }

    /** Sets a unit aside for each, or for nobody. */
    @Transactional
    public Beginning begin(BrandId brand, UUID id) {
        Airdrop airdrop = locked(brand, id, " for update").orElse(null);
        if (airdrop == null || airdrop.begunAt != null) return new Beginning.NotNow();
        drops.lock(List.of(airdrop.collectible));
        Integer there = drops.stock(airdrop.collectible).available();
        if (there != null && there < airdrop.people) return new Beginning.TooFew(there, airdrop.people);
        if (there != null) {
            Drops.Announced announced = drops.announced(airdrop.collectible, there);
            if (announced != null && there - announced.units() < airdrop.people)
                return new Beginning.Promised(announced.drop(), there - announced.units(), airdrop.people);
        }
        drops.hold(airdrop.collectible, airdrop.people);
        db.sql("update airdrops set begun_at = :now where brand_id = :brand and airdrop_id = :id")
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("id", id)
                .update();
        return new Beginning.Begun();
    }

    @Override
    public String name() {
        return "drop.airdrops";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    private record Waits(
            int line,
            UUID gift,
            @Nullable String kind,
            byte @Nullable [] hash,
            byte @Nullable [] sealed,
            @Nullable UUID collector) {}

    @Override
    public boolean run() {
        List<Airdrop> running = db.sql(AIRDROPS + "where begun_at is not null and done_at is null")
                .query(Airdrops::airdrop)
                .list();
        putOff.keySet().retainAll(running.stream().map(Airdrop::id).toList());
        putOff.values().removeIf(until -> !until.isAfter(clock.now()));
        Airdrop next = next(running);
        if (next == null) return false;
        last = next.id;
        boolean rushed = claims.rushed(next.collectible);
        boolean gave;
        try {
            gave = give(next, rushed ? ClaimGrants.BATCH_IN_A_CROWD : GIVE_AT_ONCE);
        } catch (RuntimeException e) {
            putOff.put(next.id, clock.now().plus(PUT_OFF));
            if (putOff.size() == running.size()) throw e;
            log.warn("drop.airdrop-failed brand={} airdrop={}", next.brand, next.id, e);
            return true; // nobody else's waits for it
        }
        // While a crowd claims of the same stock, not one after the other: each holds its lock.
        return gave && !rushed;
    }

    /** They take turns; whoever failed comes again when no other is left, or its time is over. Null: none runs. */
    private @Nullable Airdrop next(List<Airdrop> running) {
        List<Airdrop> fit =
                running.stream().filter(one -> !putOff.containsKey(one.id)).toList();
        List<Airdrop> those = (fit.isEmpty() ? running : fit)
                .stream().sorted(Comparator.comparing(Airdrop::id)).toList();
        return those.stream()
                .filter(one -> one.id.compareTo(last) > 0)
                .findFirst()
                .orElse(those.isEmpty() ? null : those.getFirst());
    }

    private boolean give(Airdrop airdrop, int most) {
        // Whoever is new becomes a collector first, in transactions of her own.
        collectors.forBuyerKeys(left(airdrop, most).stream()
                .filter(w -> w.hash != null)
                .map(Airdrops::key)
                .toList());
        return Boolean.TRUE.equals(transactions.execute(status -> give(airdrop.brand, airdrop.id, most)));
    }

    private static BuyerKey key(Waits waits) {
        return new BuyerKey(
                BuyerKey.Kind.valueOf(Objects.requireNonNull(waits.kind)), Objects.requireNonNull(waits.hash));
    }

    private List<Waits> left(Airdrop airdrop, int most) {
        return db.sql("""
                select line, gift_id, buyer_kind, buyer_hash, address_sealed, collector_id from airdrop_lines
                where brand_id = :brand and airdrop_id = :id and problem is null and serial is null order by line limit :most
                """)
                .param("brand", airdrop.brand.value())
                .param("id", airdrop.id)
                .param("most", most)
                .query((row, n) -> new Waits(
                        row.getInt(1),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getBytes(4),
                        row.getBytes(5),
                        row.getObject(6, UUID.class)))
                .list();
    }

    /** False: another node is giving it just now, or has given the last of it. */
    private boolean give(BrandId brand, UUID id, int most) {
        Airdrop airdrop = locked(brand, id, " for update skip locked").orElse(null);
        if (airdrop == null || !airdrop.runs()) return false;
        List<Waits> waiting = left(airdrop, most);
        Map<BuyerKey, CollectorId> known = collectors.forBuyerKeys(
                waiting.stream().filter(w -> w.hash != null).map(Airdrops::key).toList());
        Map<Integer, CollectorId> to = new HashMap<>();
        for (Waits each : waiting)
            to.put(
                    each.line,
                    each.hash != null
                            ? Objects.requireNonNull(known.get(key(each)))
                            : collectors.root(new CollectorId(Objects.requireNonNull(each.collector))));
        Set<UUID> have = new HashSet<>(db.sql("""
                select collector_id from airdrop_lines
                where brand_id = :brand and airdrop_id = :id and serial is not null and collector_id = any(:who)
                """)
                .param("brand", brand.value())
                .param("id", id)
                .param("who", to.values().stream().map(CollectorId::value).toArray(UUID[]::new))
                .query(UUID.class)
                .list());
        List<Waits> gets = new ArrayList<>();
        List<Integer> twice = new ArrayList<>();
        for (Waits each : waiting) {
            if (have.add(Objects.requireNonNull(to.get(each.line)).value())) gets.add(each);
            else twice.add(each.line);
        }
        OfferId offer = new OfferId(brand, id);
        List<Awarded> awarded = drops.award(gets.stream()
                .map(w -> new Award(
                        offer,
                        "line " + w.line,
                        airdrop.collectible,
                        Objects.requireNonNull(to.get(w.line)),
                        null,
                        airdrop.policy))
                .toList());
        note(airdrop, gets, awarded, to);
        if (!twice.isEmpty()) notTwice(airdrop, twice);
        tell(airdrop, gets, awarded, to);
        db.sql("""
                update airdrops set given = given + :given, people = people - :twice,
                    done_at = case when :more then null else :now::timestamptz end
                where brand_id = :brand and airdrop_id = :id
                """)
                .param("given", gets.size())
                .param("twice", twice.size())
                .param("more", !left(airdrop, 1).isEmpty())
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("id", id)
                .update();
        return true;
    }

    private void note(Airdrop airdrop, List<Waits> gets, List<Awarded> awarded, Map<Integer, CollectorId> to) {
        rows.update(
                """
                update airdrop_lines l set serial = g.serial, collector_id = g.who, given_at = ?, address_sealed = null
                from unnest(?::int[], ?::int[], ?::uuid[]) as g (line, serial, who)
                where l.brand_id = ? and l.airdrop_id = ? and l.line = g.line
                """,
                Timestamp.from(clock.now()),
                new SqlArrayValue("int4", gets.stream().map(Waits::line).toArray()),
                new SqlArrayValue("int4", awarded.stream().map(Awarded::serial).toArray()),
                new SqlArrayValue(
                        "uuid",
                        gets.stream()
                                .map(w -> Objects.requireNonNull(to.get(w.line)).value())
                                .toArray()),
                airdrop.brand.value(),
                airdrop.id);
    }

    /** One person under two addresses, or an address and a public name: the unit goes back. */
    private void notTwice(Airdrop airdrop, List<Integer> twice) {
        db.sql("""
                update airdrop_lines set problem = 'twice', buyer_kind = null, buyer_hash = null, address_sealed = null
                where brand_id = :brand and airdrop_id = :id and line = any(:lines)
                """)
                .param("brand", airdrop.brand.value())
                .param("id", airdrop.id)
                .param("lines", new SqlArrayValue("int4", twice.toArray()))
                .update();
        drops.release(airdrop.collectible, twice.size());
    }

    private void tell(Airdrop airdrop, List<Waits> gets, List<Awarded> awarded, Map<Integer, CollectorId> to) {
        Map<UUID, String> tokens = links.make(
                gets.stream()
                        .map(w -> new GiftLinks.Gift(airdrop.brand, w.gift, Objects.requireNonNull(to.get(w.line))))
                        .toList(),
                null);
        if (!airdrop.mails) return;
        Collectible collectible = catalog.collectible(airdrop.collectible);
        Texts zh = heres.texts(Language.ZH);
        Texts en = heres.texts(Language.EN);
        for (int n = 0; n < gets.size(); n++) {
            Waits each = gets.get(n);
            if (each.sealed == null) continue;
            String address = new String(keys.unseal(KeyName.CONTACT.text(), each.sealed), StandardCharsets.UTF_8);
            String link = address(tokens.getOrDefault(each.gift, ""));
            int serial = awarded.get(n).serial();
            messages.write(
                    address.indexOf('@') > 0 ? Address.email(address) : Address.phone(address),
                    zh.get("drop.mail.airdrop.subject", zh.quoted(zh.of(collectible.name()))),
                    words(zh, collectible, serial, link) + "\n\n— — —\n\n" + words(en, collectible, serial, link));
        }
    }

    private static String words(Texts t, Collectible collectible, int serial, String link) {
        return t.get(
                "drop.mail.airdrop.text",
                t.quoted(t.of(collectible.name())),
                t.of(collectible.brandName()),
                Supply.number(serial, collectible.supply()),
                link);
    }

    private String address(String token) {
        return settings.baseUrl() + "/g/" + token;
    }

    private static final String AIRDROPS = """
            select brand_id, airdrop_id, collectible_id, gift_policy, mails, lines, people, given, made_at, begun_at, done_at from airdrops
            """;

    /** The newest first. */
    public List<Airdrop> of(BrandId brand) {
        return db.sql(AIRDROPS + "where brand_id = :brand order by airdrop_id desc")
                .param("brand", brand.value())
                .query(Airdrops::airdrop)
                .list();
    }

    public Optional<Airdrop> find(BrandId brand, UUID id) {
        return db.sql(AIRDROPS + "where brand_id = :brand and airdrop_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .query(Airdrops::airdrop)
                .optional();
    }

    private Optional<Airdrop> locked(BrandId brand, UUID id, String how) {
        return db.sql(AIRDROPS + "where brand_id = :brand and airdrop_id = :id" + how)
                .param("brand", brand.value())
                .param("id", id)
                .query(Airdrops::airdrop)
                .optional();
    }

    /** How many lines get nothing, by the reason. */
    public Map<String, Integer> problems(BrandId brand, UUID id) {
        Map<String, Integer> problems = new HashMap<>();
        db.sql("""
                select problem, count(*) from airdrop_lines where brand_id = :brand and airdrop_id = :id and problem is not null group by 1
                """).param("brand", brand.value()).param("id", id).query(row -> {
            problems.put(row.getString(1), row.getInt(2));
        });
        return problems;
    }

    /** What became of each line; inside a transaction they are read in portions, so that a million fit. */
    public void lines(BrandId brand, UUID id, Consumer<Line> each) {
        try (var all = db
                .sql("""
                        select line, problem, serial, gift_id from airdrop_lines where brand_id = :brand and airdrop_id = :id order by line
                        """)
                .withFetchSize(1_000)
                .param("brand", brand.value())
                .param("id", id)
                .query((row, n) -> {
                    Integer serial = row.getObject(3, Integer.class);
                    return new Line(
                            row.getInt(1),
                            row.getString(2),
                            serial,
                            serial == null ? null : address(links.token(brand, row.getObject(4, UUID.class))));
                })
                .stream()) {
            all.forEach(each);
        }
    }

    private static Airdrop airdrop(java.sql.ResultSet row, int n) throws java.sql.SQLException {
        var brand = new BrandId(row.getObject("brand_id", UUID.class));
        Timestamp begun = row.getTimestamp("begun_at");
        Timestamp done = row.getTimestamp("done_at");
        return new Airdrop(
                brand,
                row.getObject("airdrop_id", UUID.class),
                new CollectibleId(brand, row.getObject("collectible_id", UUID.class)),
                GiftPolicy.of(row.getString("gift_policy")),
                row.getBoolean("mails"),
                row.getInt("lines"),
                row.getInt("people"),
                row.getInt("given"),
                row.getTimestamp("made_at").toInstant(),
                begun == null ? null : begun.toInstant(),
                done == null ? null : done.toInstant());
    }
}
