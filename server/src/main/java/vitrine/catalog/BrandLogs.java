package vitrine.catalog;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.Logs;
import vitrine.platform.BrandId;

/**
 * Brands with a log of their own beside the house's. It is begun before the brand's first collectible is published, or never: so all
 * records of a piece lie in one line of logs, and a certificate names nothing in another.
 */
@Component
public class BrandLogs {

    private final JdbcClient db;
    private final Ledger ledger;
    private final Logs logs;

    BrandLogs(JdbcClient db, Ledger ledger, Logs logs) {
        this.db = db;
        this.ledger = ledger;
        this.logs = logs;
    }

    public sealed interface Beginning {
        record Opened(String origin) implements Beginning {}

        /** {@code log.name} */
        record NoName(String got) implements Beginning {}

        /** {@code log.name-taken} */
        record NameTaken(String origin) implements Beginning {}

        /** {@code log.brand-has-log}: it has one, under this name. */
        record HasLog(String origin) implements Beginning {}

        /** {@code log.brand-has-records}: so many of its collectibles are published, and their pieces' records stay where these are. */
        record HasRecords(int published) implements Beginning {}

        /** {@code log.brand-is-house}: the house has the log of all who have none. */
        record IsHouse() implements Beginning {}
    }

    /** Those for whom one can be begun now. */
    public List<BrandId> possible() {
        return db.sql("""
                select b.brand_id from brands b where b.kind = 'brand'
                    and not exists (select from logs l where l.brand_id = b.brand_id)
                    and not exists (select from collectibles c where c.brand_id = b.brand_id and c.published_at is not null)
                order by b.created_at, b.brand_id
                """).query(UUID.class).list().stream().map(BrandId::new).toList();
    }

    /** @throws org.springframework.dao.EmptyResultDataAccessException when there is no such brand */
    @Transactional
    public Beginning begin(BrandId brand, String name) {
        // Who publishes a collectible of the brand shares this row: whichever of us waits reads afterwards what the
        // other did.
        String kind = db.sql("select kind from brands where brand_id = :brand for no key update")
                .param("brand", brand.value())
                .query(String.class)
                .single();
        if (kind.equals("house")) return new Beginning.IsHouse();
        LogId own = ledger.own(List.of(brand)).get(brand);
        if (own != null) return new Beginning.HasLog(ledger.originOf(own));
        int published = db.sql("select count(*) from collectibles where brand_id = :brand and published_at is not null")
                .param("brand", brand.value())
                .query(Integer.class)
                .single();
        if (published > 0) return new Beginning.HasRecords(published);
        return switch (logs.begin(brand, name)) {
            case Logs.Begun.Opened(String origin) -> new Beginning.Opened(origin);
            case Logs.Begun.NoName(String got) -> new Beginning.NoName(got);
            case Logs.Begun.NameTaken(String origin) -> new Beginning.NameTaken(origin);
        };
    }
}
