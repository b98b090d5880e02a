package vitrine.identity;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BuyerKey;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Keys;
import vitrine.platform.messages.Address;

/**
 * Who is who. An order's buyer without an account is an unclaimed collector, made from the buyer key; the first verified sign-in
 * with the same address claims it, or joins it to the person's own. A collector that was joined keeps its id and its secret, on
 * which the keys of its pieces depend; it points at the root, the one id under which the person is known from then on.
 */
@Component
public class Collectors {

    /** The name under which {@link Keys} seals the secrets. */
    private static final String SEAL = "collector";

    private static final int SECRET_BYTES = 32;
    private static final Pattern HANDLE = Pattern.compile("[a-z0-9](?:[a-z0-9-]{1,28}[a-z0-9])");

    /** What an address below {@code /} means to us must not become somebody's name. */
    private static final Set<String> RESERVED =
            Set.of("admin", "api", "help", "house", "official", "operator", "root", "staff", "support", "vitrine");

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final TransactionTemplate own;
    private final Keys keys;
    private final Ids ids;
    private final Events events;
    private final Clock clock;
    private final SecureRandom random;

    Collectors(
            JdbcClient db,
            JdbcTemplate rows,
            PlatformTransactionManager transactions,
            Keys keys,
            Ids ids,
            Events events,
            Clock clock,
            SecureRandom random) {
        this.db = db;
        this.rows = rows;
        this.own = new TransactionTemplate(transactions);
        this.own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.keys = keys;
        this.ids = ids;
        this.events = events;
        this.clock = clock;
        this.random = random;
    }

    /**
     * The collector of each buyer, made now where nobody was known by that key: always a root. Runs in a transaction of its own,
     * so call it before the brand's transaction begins, not inside it.
     */
    public Map<BuyerKey, CollectorId> forBuyerKeys(Collection<BuyerKey> buyers) {
        List<BuyerKey> wanted = new LinkedHashSet<>(buyers)
                .stream()
                        // Two nodes that make the same buyers take the rows in the same order, or they would wait for
                        // each other.
                        .sorted((a, b) -> Arrays.compareUnsigned(a.hash(), b.hash()))
                        .toList();
        if (wanted.isEmpty()) return Map.of();
        Map<BuyerKey, CollectorId> known = known(wanted);
        if (known.size() == wanted.size()) return known;
        List<BuyerKey> missing =
                wanted.stream().filter(b -> !known.containsKey(b)).toList();
        Map<BuyerKey, CollectorId> made = own.execute(status -> make(missing));
        if (made != null) known.putAll(made);
        // A new statement, so a new snapshot: where another node was first, its row is committed by now and it counts.
        List<BuyerKey> lost =
                missing.stream().filter(b -> !known.containsKey(b)).toList();
        if (!lost.isEmpty()) known.putAll(known(lost));
        return known;
    }

    /** The person's one id for each of these, which may have been joined into another since they were written down. */
    public Map<CollectorId, CollectorId> root(Collection<CollectorId> collectors) {
        Map<CollectorId, CollectorId> roots = new HashMap<>();
        for (CollectorId id : collectors) roots.put(id, id);
        if (roots.isEmpty()) return roots;
        rows.query(
                connection -> {
                    var select = connection.prepareStatement(
                            "select collector_id, joined_into from collectors where collector_id = any(?) and joined_into is not null");
                    select.setArray(1, connection.createArrayOf("uuid", uuids(roots.keySet())));
                    return select;
                },
                row -> {
                    roots.put(
                            new CollectorId(row.getObject(1, UUID.class)),
                            new CollectorId(row.getObject(2, UUID.class)));
                });
        return roots;
    }

    /**
     * Which of these ids are part of another person by now, and who was ever joined into one of them: the one that was joined,
     * and her root.
     */
    public Map<CollectorId, CollectorId> joins(Collection<CollectorId> collectors) {
        Map<CollectorId, CollectorId> joins = new HashMap<>();
        if (collectors.isEmpty()) return joins;
        rows.query(
                connection -> {
                    var select = connection.prepareStatement("""
                            select collector_id, joined_into from collectors
                            where collector_id = any(?) and joined_into is not null
                            union all
                            select collector_id, joined_into from collectors where joined_into = any(?)
                            """);
                    select.setArray(1, connection.createArrayOf("uuid", uuids(collectors)));
                    select.setArray(2, connection.createArrayOf("uuid", uuids(collectors)));
                    return select;
                },
                row -> {
                    joins.put(
                            new CollectorId(row.getObject(1, UUID.class)),
                            new CollectorId(row.getObject(2, UUID.class)));
                });
        return joins;
    }

    /** Who of these had her account erased: nothing is given to her any more. */
    public Set<CollectorId> erased(Collection<CollectorId> collectors) {
        if (collectors.isEmpty()) return Set.of();
        return db
                .sql("select collector_id from collectors where collector_id = any(:ids) and erased_at is not null")
                .param("ids", uuids(collectors))
                .query(UUID.class)
                .list()
                .stream()
                .map(CollectorId::new)
                .collect(java.util.stream.Collectors.toSet());
    }

    /**
     * Those as whom nobody has signed in so far: a gift link or an order's number is enough to have what they hold. A joined one is
     * somebody's, too.
     */
    public Set<CollectorId> unclaimed(Collection<CollectorId> collectors) {
        if (collectors.isEmpty()) return Set.of();
        return db.sql("""
                select collector_id from collectors
                where collector_id = any(:ids) and claimed_at is null and joined_into is null and erased_at is null
                """).param("ids", uuids(collectors)).query(UUID.class).list().stream()
                .map(CollectorId::new)
                .collect(java.util.stream.Collectors.toSet());
    }

    /** The keyed hashes under which shops know her. */
    public List<BuyerKey> buyerKeys(CollectorId person) {
        return db.sql("select kind, buyer_key from buyer_keys where collector_id = any(:ids)")
                .param("ids", uuids(family(person)))
                .query((row, n) -> new BuyerKey(kind(row.getString(1)), row.getBytes(2)))
                .list();
    }

    /** Those of them by which she signed in. An address that came along with a gift says nothing of who she is. */
    public List<BuyerKey> provenKeys(CollectorId person) {
        return db.sql("select kind, buyer_key from buyer_keys where collector_id = any(:ids) and proven_at is not null")
                .param("ids", uuids(family(person)))
                .query((row, n) -> new BuyerKey(kind(row.getString(1)), row.getBytes(2)))
                .list();
    }

    /** Whom a shop or a sign-in knows by this key; nobody is made for it. */
    public Optional<CollectorId> known(BuyerKey key) {
        return db.sql("select collector_id from buyer_keys where buyer_key = :key")
                .param("key", key.hash())
                .query(UUID.class)
                .optional()
                .map(CollectorId::new);
    }

    public CollectorId root(CollectorId collector) {
        return db.sql("select joined_into from collectors where collector_id = :id and joined_into is not null")
                .param("id", collector.value())
                .query(UUID.class)
                .optional()
                .map(CollectorId::new)
                .orElse(collector);
    }

    /** All ids that are this person: the root and whatever was joined into it. */
    public List<CollectorId> family(CollectorId root) {
        return db.sql("""
                select collector_id from collectors where collector_id = :root
                union all
                select collector_id from collectors where joined_into = :root
                """).param("root", root.value()).query(UUID.class).list().stream()
                .map(CollectorId::new)
                .toList();
    }

    /** The 32 secret bytes of each, opened. Whoever was erased is not in the answer. */
    public Map<CollectorId, byte[]> secrets(Collection<CollectorId> collectors) {
        Map<CollectorId, byte[]> secrets = new HashMap<>();
        if (collectors.isEmpty()) return secrets;
        rows.query(
                connection -> {
                    var select = connection.prepareStatement(
                            "select collector_id, secret_sealed from collectors where collector_id = any(?) and secret_sealed is not null");
                    select.setArray(1, connection.createArrayOf("uuid", uuids(collectors)));
                    return select;
                },
                row -> {
                    secrets.put(new CollectorId(row.getObject(1, UUID.class)), keys.unseal(SEAL, row.getBytes(2)));
                });
        return secrets;
    }

    public Optional<Collector> find(CollectorId id) {
        return db.sql("""
                select collector_id, claimed_at, handle, display_name, language,
                    public_since is not null and closed_at is null as open
                from collectors where collector_id = :id and erased_at is null
                """)
                .param("id", id.value())
                .query((row, n) -> new Collector(
                        new CollectorId(row.getObject("collector_id", UUID.class)),
                        instant(row.getTimestamp("claimed_at")),
                        row.getString("handle"),
                        row.getString("display_name"),
                        row.getString("language"),
                        row.getBoolean("open")))
                .optional();
    }

    /** Opens her showroom to everyone, or closes it; nothing of hers is public before she says so. */
    public void show(CollectorId person, boolean open) {
        db.sql("""
                update collectors set public_since = case when :open then coalesce(public_since, :now) end
                where collector_id = :id
                """)
                .param("open", open)
                .param("now", Timestamp.from(clock.instant()))
                .param("id", person.value())
                .update();
    }

    /** Whether she left: she closed her account, or had it erased. Nobody writes to her then. */
    public boolean away(CollectorId collector) {
        return db.sql("""
                select exists (select from collectors c join collectors r on r.collector_id = coalesce(c.joined_into, c.collector_id)
                    where c.collector_id = :id and (r.closed_at is not null or r.erased_at is not null))
                """).param("id", collector.value()).query(Boolean.class).single();
    }

    /** Where she can be written to: the address by which she signed in first. Empty: nobody has signed in, or she left. */
    public Optional<Address> contact(CollectorId person) {
        return db.sql("""
                select contact_sealed from collectors
                where collector_id = :id and contact_sealed is not null and closed_at is null
                """)
                .param("id", person.value())
                .query((row, n) -> new String(keys.unseal("address", row.getBytes(1)), StandardCharsets.UTF_8))
                .optional()
                .map(value -> value.indexOf('@') > 0 ? Address.email(value) : Address.phone(value));
    }

    public Optional<CollectorId> byHandle(String handle) {
        return Optional.ofNullable(byHandles(List.of(handle)).get(handle));
    }

    /** Those of them that somebody has. */
    public Map<String, CollectorId> byHandles(Collection<String> handles) {
        Map<String, CollectorId> found = new HashMap<>();
        if (handles.isEmpty()) return found;
        db.sql("select handle, collector_id from handles where handle = any(:handles)")
                .param("handles", new SqlArrayValue("text", handles.toArray()))
                .query(row -> {
                    found.put(row.getString(1), new CollectorId(row.getObject(2, UUID.class)));
                });
        return found;
    }

    /**
     * The person who proved that this address is hers: found, or made, and claimed by this very call. An address that somebody else
     * got along with a gift link leads into nobody's account: whoever forwards her gift must not have a key to the friend's room.
     * Its owner begins as somebody new, has what she buys from now on, and what was opened stays where it was.
     *
     * @param language the language in which she signed in; in which she is written to from now on
     */
    public CollectorId signedIn(BuyerKey verified, String language) {
        Optional<CollectorId> person = Optional.empty();
        // Empty: the key went to another while we waited for its collector. A join or an erasure does that once.
        while (person.isEmpty()) {
            CollectorId id = forBuyerKeys(List.of(verified)).values().iterator().next();
            person = Objects.requireNonNull(own.execute(status -> claimed(verified, id)));
        }
        speaks(person.get(), language);
        return person.get();
    }

    private Optional<CollectorId> claimed(BuyerKey verified, CollectorId id) {
        // The collector before the key, as a join takes them: the two must not wait for each other.
        boolean isSomebodys = db.sql(
                        "select claimed_at is not null from collectors where collector_id = :id for update")
                .param("id", id.value())
                .query(Boolean.class)
                .single();
        Optional<Boolean> proven = db.sql("""
                        select proven_at is not null from buyer_keys
                        where buyer_key = :key and collector_id = :id for update
                        """)
                .param("key", verified.hash())
                .param("id", id.value())
                .query(Boolean.class)
                .optional();
        if (proven.isEmpty()) return Optional.empty();
        Timestamp now = Timestamp.from(clock.instant());
        CollectorId person = id;
        if (isSomebodys && !proven.get()) {
            person = new CollectorId(ids.next());
            born(List.of(person.value()), now);
        }
        db.sql("update collectors set claimed_at = :now where collector_id = :id and claimed_at is null")
                .param("now", now)
                .param("id", person.value())
                .update();
        proves(verified, person, now);
        return Optional.of(person);
    }

    private void proves(BuyerKey verified, CollectorId person, Timestamp now) {
        db.sql("""
                update buyer_keys set collector_id = :id, proven_at = coalesce(proven_at, :now) where buyer_key = :key
                """)
                .param("id", person.value())
                .param("now", now)
                .param("key", verified.hash())
                .update();
    }

    /** In which language we write to her: the one that she chose, or in which she signed in last. */
    public void speaks(CollectorId person, String language) {
        db.sql("update collectors set language = :language where collector_id = :id")
                .param("language", language.startsWith("zh") ? "zh" : "en")
                .param("id", person.value())
                .update();
    }

    /** How a try to join ended. */
    public sealed interface Joining {
        /** {@code from} was an unclaimed collector and is this person now. */
        record Joined(CollectorId from, CollectorId into) implements Joining {}

        record AlreadyOne(CollectorId root) implements Joining {}

        /** Somebody has signed in as {@code owner}: it is a person of its own and nothing was joined. */
        record SomebodyElses(CollectorId owner) implements Joining {}
    }

    /**
     * Makes an unclaimed collector part of the person who proved, by its gift link or its address, that it was her. Its pieces
     * stay where they are in the record; orders under its keys lead to the person from now on, and campaigns hear
     * {@code collectors.joined}. Whether one of the keys signs in as her too is said by whoever proves it.
     */
    public Joining join(CollectorId unclaimed, CollectorId person) {
        Joining ending = own.execute(status -> {
            CollectorId from = root(unclaimed);
            CollectorId into = root(person);
            if (from.equals(into)) return new Joining.AlreadyOne(into);
            // Both rows in order of id: two sign-ins that join crosswise must not wait for each other.
            record Row(UUID id, boolean claimed, @Nullable UUID joinedInto) {}
            Map<UUID, Row> locked = new HashMap<>();
            db.sql("""
                    select collector_id, claimed_at is not null as claimed, joined_into from collectors
                    where collector_id in (:from, :into) order by collector_id for update
                    """)
                    .param("from", from.value())
                    .param("into", into.value())
                    .query((row, n) -> new Row(
                            row.getObject("collector_id", UUID.class),
                            row.getBoolean("claimed"),
                            row.getObject("joined_into", UUID.class)))
                    .list()
                    .forEach(row -> locked.put(row.id(), row));
            Row other = locked.get(from.value());
            Row mine = locked.get(into.value());
            if (other == null || mine == null) throw new IllegalArgumentException("no such collector");
            // While we waited for the lock another sign-in may have been first.
            if (other.joinedInto() != null) {
                return other.joinedInto().equals(into.value())
                        ? new Joining.AlreadyOne(into)
                        : new Joining.SomebodyElses(new CollectorId(other.joinedInto()));
            }
            if (mine.joinedInto() != null || other.claimed()) return new Joining.SomebodyElses(from);
            db.sql("update collectors set joined_into = :into where collector_id = :from or joined_into = :from")
                    .param("into", into.value())
                    .param("from", from.value())
                    .update();
            db.sql("update buyer_keys set collector_id = :into where collector_id = :from")
                    .param("into", into.value())
                    .param("from", from.value())
                    .update();
            Instant now = clock.instant();
            events.publish(List.of(new Event(
                    Houses.house(db),
                    ids.next(),
                    "collectors.joined",
                    from.toString(),
                    "{\"from\":\"" + from + "\",\"into\":\"" + into + "\"}",
                    now)));
            return new Joining.Joined(from, into);
        });
        return java.util.Objects.requireNonNull(ending);
    }

    /** How a wish for a public name ended. */
    public sealed interface Naming {
        record Named(String handle) implements Naming {}

        record Taken(String handle) implements Naming {}

        /** 3 to 30 of a–z, 0–9 and hyphens, none at an end, none of the names that are the house's. */
        record NotAName(String handle) implements Naming {}
    }

    public Naming name(CollectorId person, String handle) {
        if (!HANDLE.matcher(handle).matches() || RESERVED.contains(handle)) return new Naming.NotAName(handle);
        Naming ending = own.execute(status -> {
            // handles_pkey decides between two who want it at once.
            db.sql("""
                    insert into handles (handle, collector_id, taken_at) values (:handle, :id, :now) on conflict do nothing
                    """)
                    .param("handle", handle)
                    .param("id", person.value())
                    .param("now", Timestamp.from(clock.instant()))
                    .update();
            UUID owner = db.sql("select collector_id from handles where handle = :handle")
                    .param("handle", handle)
                    .query(UUID.class)
                    .single();
            if (!owner.equals(person.value())) return new Naming.Taken(handle);
            // An earlier name stays hers: links that others keep go on leading to her.
            db.sql("update collectors set handle = :handle where collector_id = :id")
                    .param("handle", handle)
                    .param("id", person.value())
                    .update();
            return new Naming.Named(handle);
        });
        return java.util.Objects.requireNonNull(ending);
    }

    /** What is shown of her; a blank name is none. */
    public void introduce(CollectorId person, String displayName) {
        String name = displayName.strip();
        if (name.codePointCount(0, name.length()) > 40)
            throw new IllegalArgumentException("a display name has 40 signs at most");
        db.sql("update collectors set display_name = :name where collector_id = :id")
                .param("name", name.isEmpty() ? null : name)
                .param("id", person.value())
                .update();
    }

    private Map<BuyerKey, CollectorId> known(List<BuyerKey> buyers) {
        Map<BuyerKey, CollectorId> known = new HashMap<>();
        Map<String, BuyerKey> byHash = new HashMap<>();
        for (BuyerKey buyer : buyers) byHash.put(hex(buyer.hash()), buyer);
        rows.query(
                connection -> {
                    var select = connection.prepareStatement("""
                            select k.buyer_key, k.collector_id, c.joined_into from unnest(?::bytea[]) as wanted (buyer_key)
                            cross join lateral (
                                select * from buyer_keys where buyer_key = wanted.buyer_key offset 0) k
                            left join lateral (
                                select * from collectors where collector_id = k.collector_id offset 0) c on true
                            """);
                    select.setArray(1, connection.createArrayOf("bytea", hashes(buyers)));
                    return select;
                },
                row -> {
                    UUID joined = row.getObject(3, UUID.class);
                    BuyerKey buyer = byHash.get(hex(row.getBytes(1)));
                    if (buyer != null)
                        known.put(buyer, new CollectorId(joined != null ? joined : row.getObject(2, UUID.class)));
                });
        return known;
    }

    /** The key decides who the person is, so it is written first; a collector is only made for a key that we have won. */
    private Map<BuyerKey, CollectorId> make(List<BuyerKey> buyers) {
        Map<UUID, BuyerKey> byId = new HashMap<>();
        Timestamp now = Timestamp.from(clock.instant());
        UUID[] fresh = new UUID[buyers.size()];
        Arrays.setAll(fresh, n -> ids.next());
        for (int n = 0; n < fresh.length; n++) byId.put(fresh[n], buyers.get(n));
        List<UUID> won = rows.query(
                connection -> {
                    // buyer_keys_pkey: one key, one collector, on however many nodes.
                    var insert = connection.prepareStatement("""
                            insert into buyer_keys (buyer_key, kind, collector_id, added_at)
                            select key, kind, id, ? from unnest(?::bytea[], ?::text[], ?::uuid[]) as fresh (key, kind, id)
                            on conflict (buyer_key) do nothing returning collector_id
                            """);
                    insert.setTimestamp(1, now);
                    insert.setArray(2, connection.createArrayOf("bytea", hashes(buyers)));
                    insert.setArray(
                            3,
                            connection.createArrayOf(
                                    "text",
                                    buyers.stream().map(b -> kind(b.kind())).toArray()));
                    insert.setArray(4, connection.createArrayOf("uuid", fresh));
                    return insert;
                },
                (row, n) -> row.getObject(1, UUID.class));
        if (won.isEmpty()) return Map.of();
        born(won, now);
        Map<BuyerKey, CollectorId> made = new HashMap<>();
        for (UUID id : won) made.put(Objects.requireNonNull(byId.get(id)), new CollectorId(id));
        return made;
    }

    /** Each with a secret of her own. */
    private void born(List<UUID> collectors, Timestamp now) {
        List<byte[]> sealed = new ArrayList<>(collectors.size());
        for (int n = 0; n < collectors.size(); n++) {
            byte[] secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            sealed.add(keys.seal(SEAL, secret));
        }
        rows.update(connection -> {
            var insert = connection.prepareStatement("""
                    insert into collectors (collector_id, secret_sealed, created_at)
                    select id, sealed, ? from unnest(?::uuid[], ?::bytea[]) as fresh (id, sealed)
                    """);
            insert.setTimestamp(1, now);
            insert.setArray(2, connection.createArrayOf("uuid", collectors.toArray(UUID[]::new)));
            insert.setArray(3, connection.createArrayOf("bytea", sealed.toArray(byte[][]::new)));
            return insert;
        });
    }

    static String kind(BuyerKey.Kind kind) {
        return switch (kind) {
            case EMAIL -> "email";
            case PHONE -> "phone";
            case SHOP_BUYER -> "shop-buyer";
        };
    }

    private static BuyerKey.Kind kind(String text) {
        return switch (text) {
            case "email" -> BuyerKey.Kind.EMAIL;
            case "phone" -> BuyerKey.Kind.PHONE;
            case "shop-buyer" -> BuyerKey.Kind.SHOP_BUYER;
            default -> throw new IllegalStateException("buyer kind " + text);
        };
    }

    private static byte[][] hashes(List<BuyerKey> buyers) {
        return buyers.stream().map(BuyerKey::hash).toArray(byte[][]::new);
    }

    private static UUID[] uuids(Collection<CollectorId> collectors) {
        return collectors.stream().map(CollectorId::value).toArray(UUID[]::new);
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
