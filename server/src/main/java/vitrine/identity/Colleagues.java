package vitrine.identity;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Ids;
import vitrine.platform.Keys;
import vitrine.platform.api.Permission;

/** Who works here, for which brand, as what, until when. */
@Component
public class Colleagues {

    /**
     * An operator acts for the house and for every brand; a team for its brand; an agency for a brand, for a time, and may what it was
     * given one by one.
     */
    public enum Role {
        OPERATOR("operator", EnumSet.allOf(Permission.class)),
        TEAM("team", EnumSet.allOf(Permission.class)),
        AGENCY("agency", EnumSet.of(Permission.SEE, Permission.CAMPAIGNS));

        private final String code;
        private final Set<Permission> usual;

        Role(String code, Set<Permission> usual) {
            this.code = code;
            this.usual = Set.copyOf(usual);
        }

        public String code() {
            return code;
        }

        /** What it may where nothing else was chosen; of an operator and a team always. */
        public Set<Permission> usual() {
            return usual;
        }

        public static Optional<Role> of(String code) {
            for (Role role : values()) if (role.code.equals(code)) return Optional.of(role);
            return Optional.empty();
        }
    }

    /**
     * @param may what it may do; nobody may do anything without seeing it
     * @param goodUntil null: until it is ended
     */
    public record Membership(
            BrandId brand,
            UUID id,
            StaffId staff,
            String name,
            Role role,
            Set<Permission> may,
            Instant givenAt,
            @Nullable Instant goodUntil,
            @Nullable Instant endedAt) {}

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Keys keys;
    private final Ids ids;
    private final BuyerKeys buyerKeys;
    private final Clock clock;
    private final Audit audit;

    Colleagues(
            JdbcClient db,
            TransactionTemplate transactions,
            Keys keys,
            Ids ids,
            BuyerKeys buyerKeys,
            Clock clock,
            Audit audit) {
        this.db = db;
        this.transactions = transactions;
        this.keys = keys;
        this.ids = ids;
        this.buyerKeys = buyerKeys;
        this.clock = clock;
        this.audit = audit;
    }

    /** Known by the address at which mail reaches them; the same address is the same colleague. */
    public StaffId add(String name, String email) {
        BuyerKey address = buyerKeys
                .email(email)
                .orElseThrow(() -> new IllegalArgumentException("not an e-mail address: " + email));
        db.sql("""
                insert into staff (staff_id, name, address_key, address_sealed, added_at)
                values (:id, :name, :key, :sealed, :now) on conflict (address_key) do nothing
                """)
                .param("id", ids.next())
                .param("name", name)
                .param("key", address.hash())
                .param("sealed", keys.seal("address", email.getBytes(StandardCharsets.UTF_8)))
                .param("now", Timestamp.from(clock.instant()))
                .update();
        return of(address).orElseThrow();
    }

    /** Who signs in with this address works here. */
    Optional<StaffId> of(BuyerKey address) {
        return db.sql("select staff_id from staff where address_key = :key")
                .param("key", address.hash())
                .query(UUID.class)
                .optional()
                .map(StaffId::new);
    }

    /** Somebody may be known by several addresses: whether one of them works here. */
    Optional<StaffId> of(List<BuyerKey> addresses) {
        return addresses.stream().flatMap(address -> of(address).stream()).findFirst();
    }

    Optional<String> name(StaffId staff) {
        return db.sql("select name from staff where staff_id = :id")
                .param("id", staff.value())
                .query(String.class)
                .optional();
    }

    /**
     * Lets somebody act for a brand from now on. Whoever had a role there has the new one instead.
     *
     * @param goodUntil an agency's must be given
     * @throws LastOperator when it would make something else of the last operator who stays
     */
    public Membership join(BrandId brand, StaffId staff, Role role, @Nullable Instant goodUntil, Who by) {
        return join(brand, staff, role, role.usual(), goodUntil, by);
    }

    /**
     * @param chosen what an agency may; a team and an operator may everything
     * @throws LastOperator when it would make something else of the last operator who stays
     */
    public Membership join(
            BrandId brand, StaffId staff, Role role, Set<Permission> chosen, @Nullable Instant goodUntil, Who by) {
        if (role == Role.AGENCY && goodUntil == null)
            throw new IllegalArgumentException("an agency's access has an end");
        Set<Permission> may = role == Role.AGENCY ? withSight(chosen) : role.usual();
        UUID id = ids.next();
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            // Whoever has her account erased at this moment waits, or is gone and has to be added anew.
            db.sql("select staff_id from staff where staff_id = :staff for key share")
                    .param("staff", staff.value())
                    .query(UUID.class)
                    .single();
            if (role != Role.OPERATOR || goodUntil != null)
                operatorsStay("brand_id = :brand and staff_id = :which", brand, staff.value());
            db.sql("""
                    update memberships set ended_at = :now where brand_id = :brand and staff_id = :staff and ended_at is null
                    """)
                    .param("now", Timestamp.from(now))
                    .param("brand", brand.value())
                    .param("staff", staff.value())
                    .update();
            db.sql("""
                    insert into memberships (brand_id, membership_id, staff_id, role, rights, given_by, given_at, good_until)
                    values (:brand, :id, :staff, :role, :rights, :by, :now, :until)
                    """)
                    .param("brand", brand.value())
                    .param("id", id)
                    .param("staff", staff.value())
                    .param("role", role.code())
                    .param("rights", role == Role.AGENCY ? scopes(may) : null, java.sql.Types.ARRAY)
                    .param("by", by instanceof Who.Colleague c ? c.staff().value() : null)
                    .param("now", Timestamp.from(now))
                    .param("until", goodUntil == null ? null : Timestamp.from(goodUntil))
                    .update();
            audit.write(
                    by,
                    brand,
                    "team.joined",
                    staff.toString(),
                    "{\"role\":\"" + role.code() + "\",\"may\":\"" + String.join(" ", scopes(may)) + "\"}");
        });
        return new Membership(brand, id, staff, name(staff).orElse(""), role, may, now, goodUntil, null);
    }

    private static Set<Permission> withSight(Set<Permission> chosen) {
        EnumSet<Permission> may = EnumSet.of(Permission.SEE);
        may.addAll(chosen);
        return Set.copyOf(may);
    }

    private static String[] scopes(Set<Permission> may) {
        return may.stream().map(Permission::scope).sorted().toArray(String[]::new);
    }

    /**
     * Gives an agency other rights from now on, and another last day; what it may no more ends at its next request.
     *
     * @return false: it has ended, or is no agency
     */
    public boolean allow(BrandId brand, UUID membership, Set<Permission> chosen, Instant goodUntil, Who by) {
        Set<Permission> may = withSight(chosen);
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int changed = db.sql("""
                    update memberships set rights = :rights, good_until = :until
                    where brand_id = :brand and membership_id = :id and ended_at is null and role = 'agency'
                    """)
                    .param("rights", scopes(may))
                    .param("until", Timestamp.from(goodUntil))
                    .param("brand", brand.value())
                    .param("id", membership)
                    .update();
            if (changed == 1)
                audit.write(
                        by,
                        brand,
                        "team.allowed",
                        membership.toString(),
                        "{\"may\":\"" + String.join(" ", scopes(may)) + "\",\"until\":\"" + goodUntil + "\"}");
            return changed == 1;
        }));
    }

    /**
     * True: it ended now. False: there was none, or it had ended.
     *
     * @throws LastOperator when it is the last operator's who stays
     */
    public boolean end(BrandId brand, UUID membership, Who by) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            operatorsStay("brand_id = :brand and membership_id = :which", brand, membership);
            int ended = db.sql("""
                    update memberships set ended_at = :now
                    where brand_id = :brand and membership_id = :id and ended_at is null
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", brand.value())
                    .param("id", membership)
                    .update();
            if (ended == 1) audit.write(by, brand, "team.left", membership.toString(), "{}");
            return ended == 1;
        }));
    }

    /** Two operators who end each other at the same time wait here for one another: the second sees that she is the last. */
    private void operatorsStay(String leaves, BrandId brand, UUID which) {
        db.sql("""
                select membership_id from memberships where role = 'operator' and ended_at is null
                order by membership_id for update
                """).query(UUID.class).list();
        // Read anew, after whoever we waited for. Who has an end is no one to count on.
        boolean last = db.sql("""
                with there as (
                    select m.*, m.good_until is null as stays, (
                """ + leaves + """
                    ) as leaves
                    from memberships m where m.role = 'operator' and m.ended_at is null)
                select exists (select from there where leaves) and not exists (select from there where stays and not leaves)
                """)
                .param("brand", brand.value())
                .param("which", which)
                .query(Boolean.class)
                .single();
        if (last) throw new LastOperator();
    }

    public List<Membership> of(BrandId brand) {
        return memberships("m.brand_id = :id and m.ended_at is null", brand.value());
    }

    /** Whoever works or worked for this brand, by what the audit log calls them: their membership, or themselves. */
    public Map<String, String> names(BrandId brand) {
        Map<String, String> names = new HashMap<>();
        for (Membership one : memberships("m.brand_id = :id", brand.value())) {
            names.put(one.id().toString(), one.name());
            names.put(one.staff().toString(), one.name());
        }
        return names;
    }

    /** Whatever whoever is known by these addresses is or was here: all that is kept of somebody as a colleague. */
    public List<Membership> everOf(List<BuyerKey> addresses) {
        return memberships("s.address_key = any(:id::bytea[])", new SqlArrayValue("bytea", (Object[])
                addresses.stream().map(BuyerKey::hash).toArray(byte[][]::new)));
    }

    /**
     * She had her account erased: her name and address go, unless she still works here. What she did stands in the audit log as it was
     * written.
     *
     * @param family all ids of hers, while it is known which addresses they proved
     */
    void forget(UUID[] family) {
        db.sql("""
                delete from staff s
                where s.address_key in (select buyer_key from buyer_keys where collector_id = any(:ids) and proven_at is not null)
                    and not exists (select from memberships m where m.staff_id = s.staff_id and m.ended_at is null
                        and (m.good_until is null or m.good_until > :now))
                """)
                .param("ids", family)
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    /** What this colleague may do, now. */
    public List<Membership> of(StaffId staff) {
        Instant now = clock.instant();
        return memberships("m.staff_id = :id and m.ended_at is null", staff.value()).stream()
                .filter(m -> m.goodUntil() == null || now.isBefore(m.goodUntil()))
                .toList();
    }

    boolean isThereAnOperator() {
        return db.sql("""
                select exists (select from memberships where role = 'operator' and ended_at is null)
                """).query(Boolean.class).single();
    }

    private List<Membership> memberships(String where, Object id) {
        return db.sql("""
                select m.*, s.name from memberships m join staff s on s.staff_id = m.staff_id
                where
                """ + where + " order by m.given_at, m.membership_id")
                .param("id", id)
                .query((row, n) -> new Membership(
                        new BrandId(row.getObject("brand_id", UUID.class)),
                        row.getObject("membership_id", UUID.class),
                        new StaffId(row.getObject("staff_id", UUID.class)),
                        row.getString("name"),
                        Role.of(row.getString("role")).orElseThrow(),
                        may(row),
                        row.getTimestamp("given_at").toInstant(),
                        instant(row.getTimestamp("good_until")),
                        instant(row.getTimestamp("ended_at"))))
                .list();
    }

    private static Set<Permission> may(ResultSet row) throws SQLException {
        Role role = Role.of(row.getString("role")).orElseThrow();
        var rights = row.getArray("rights");
        if (rights == null) return role.usual();
        EnumSet<Permission> may = EnumSet.noneOf(Permission.class);
        for (String scope : (String[]) rights.getArray())
            Permission.ofScope(scope).ifPresent(may::add);
        return Set.copyOf(may);
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
