package vitrine.campaign;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;

/** Orders that were told that they are no member's, looked at again when the brand's list grew. */
@Component
public class MemberOrders {

    private final JdbcClient db;

    MemberOrders(JdbcClient db) {
        this.db = db;
    }

    public void judgeAgain(BrandId brand) {
        db.sql("""
                insert into orders_to_judge (brand_id, order_brand_id, order_id)
                select distinct v.brand_id, v.order_brand_id, v.order_id from verdicts v
                where v.brand_id = :brand and v.code = 'campaign.not-member' on conflict do nothing
                """).param("brand", brand.value()).update();
    }
}
