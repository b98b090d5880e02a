package vitrine.identity;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.platform.BrandId;

/** The house is the one brand that is the operator's; the directory of brands names it. */
final class Houses {

    private Houses() {}

    static BrandId house(JdbcClient db) {
        return new BrandId(db.sql("select brand_id from brands where kind = 'house'")
                .query(UUID.class)
                .single());
    }
}
