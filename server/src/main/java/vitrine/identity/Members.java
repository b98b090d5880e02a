package vitrine.identity;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;

/**
 * Whom a brand calls its members: a list of addresses that it brings along, kept as keyed hashes. A person is one when any address that
 * she bought with, or proved, is in the list.
 */
@Component
public class Members {

    private final JdbcClient db;
    private final Clock clock;

    Members(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    public int count(BrandId brand) {
        return db.sql("select count(*) from brand_members where brand_id = :brand")
                .param("brand", brand.value())
                .query(Integer.class)
                .single();
    }

    /** A second time without effect. @return how many are new */
    @Transactional
    public int add(BrandId brand, Collection<BuyerKey> members) {
        return db.sql("""
                insert into brand_members (brand_id, buyer_hash, added_at) select :brand, hash, :now from unnest(:hashes::bytea[]) as m (hash)
                on conflict on constraint brand_members_once do nothing
                """)
                .param("brand", brand.value())
                .param("now", Timestamp.from(clock.instant()))
                .param("hashes", hashes(members))
                .update();
    }

    /** Who is not in it is none any more. @return how many there are now */
    @Transactional
    public int replace(BrandId brand, Collection<BuyerKey> members) {
        db.sql("delete from brand_members where brand_id = :brand and not buyer_hash = any(:hashes::bytea[])")
                .param("brand", brand.value())
                .param("hashes", hashes(members))
                .update();
        add(brand, members);
        return count(brand);
    }

    /** Who of these is a member now. @param people roots, as campaigns know them */
    public Set<CollectorId> among(BrandId brand, Collection<CollectorId> people) {
        Set<CollectorId> members = new HashSet<>();
        if (people.isEmpty()) return members;
        db.sql("""
                select distinct k.collector_id from buyer_keys k
                join brand_members m on m.brand_id = :brand and m.buyer_hash = k.buyer_key
                where k.collector_id = any(:people)
                """)
                .param("brand", brand.value())
                .param("people", people.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query(UUID.class)
                .list()
                .forEach(id -> members.add(new CollectorId(id)));
        return members;
    }

    /** Which of these buyers are, by whom an order names or by whoever that turned out to be. */
    public Set<BuyerKey> amongBuyers(BrandId brand, Collection<BuyerKey> buyers) {
        if (buyers.isEmpty()) return Set.of();
        Set<String> known = new HashSet<>(db.sql("""
                select distinct encode(w.hash, 'hex') from unnest(:hashes::bytea[]) as w (hash)
                left join buyer_keys own on own.buyer_key = w.hash
                left join buyer_keys other on other.collector_id = own.collector_id
                join brand_members m on m.brand_id = :brand and m.buyer_hash in (w.hash, other.buyer_key)
                """)
                .param("hashes", hashes(buyers))
                .param("brand", brand.value())
                .query(String.class)
                .list());
        Set<BuyerKey> members = new HashSet<>();
        for (BuyerKey buyer : buyers)
            if (known.contains(java.util.HexFormat.of().formatHex(buyer.hash()))) members.add(buyer);
        return members;
    }

    /** Whoever had her account erased is on no list. */
    @Transactional
    public void forget(List<BuyerKey> keys) {
        db.sql(
                        "delete from brand_members where brand_id in (select brand_id from brands) and buyer_hash = any(:hashes::bytea[])")
                .param("hashes", hashes(keys))
                .update();
    }

    private static SqlArrayValue hashes(Collection<BuyerKey> keys) {
        return new SqlArrayValue(
                "bytea", (Object[]) keys.stream().map(BuyerKey::hash).distinct().toArray(byte[][]::new));
    }
}
