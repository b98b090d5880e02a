package vitrine.drop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.drop.DropDraft.CauseDraft;
import vitrine.payment.MoneyJournal;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.Money;

/** The causes that a brand's drops give to, and what each drop has given so far. */
@Component
public class Causes {

    private final JdbcClient db;
    private final Ids ids;
    private final BusinessClock clock;

    Causes(JdbcClient db, Ids ids, BusinessClock clock) {
        this.db = db;
        this.ids = ids;
        this.clock = clock;
    }

    /** @param sum what was paid for pieces of the drop, less what was given back or lost to a buyer's bank */
    public record Given(UUID cause, Money sum) {}

    /** The one of this name and page; written down when it is the first time. Leans on causes_named_once. */
    @Transactional(propagation = Propagation.MANDATORY)
    Cause named(BrandId brand, CauseDraft draft) {
        db.sql("""
                insert into causes (brand_id, cause_id, name_zh, name_en, link, made_at) values (:brand, :id, :zh, :en, :link, :now)
                on conflict on constraint causes_named_once do nothing
                """)
                .param("brand", brand.value())
                .param("id", ids.next())
                .param("zh", draft.name().zh())
                .param("en", draft.name().en())
                .param("link", draft.link())
                .param("now", Timestamp.from(clock.now()))
                .update();
        return db.sql("""
                select cause_id, name_zh as cause_zh, name_en as cause_en, link as cause_link from causes
                where brand_id = :brand and name_zh = :zh and name_en = :en and link = :link
                """)
                .param("brand", brand.value())
                .param("zh", draft.name().zh())
                .param("en", draft.name().en())
                .param("link", draft.link())
                .query((row, n) -> cause(row, "cause_"))
                .single();
    }

    /** All that this brand ever gave to, in the order in which it began to. */
    public List<Cause> of(BrandId brand) {
        return db.sql("""
                select cause_id, name_zh as cause_zh, name_en as cause_en, link as cause_link from causes
                where brand_id = :brand order by made_at, cause_id
                """)
                .param("brand", brand.value())
                .query((row, n) -> cause(row, "cause_"))
                .list();
    }

    /** What this drop has given, by cause and currency, as the journal has it: the page says no other sum than the cause's statement. */
    public List<Given> given(DropId drop) {
        return db.sql("""
                select g.cause_id, j.currency, sum(case j.credit when a.account then j.amount else -j.amount end)::bigint as given
                from sales s
                join drop_stages g on g.brand_id = s.brand_id and g.drop_id = s.drop_id and g.stage_id = s.stage_id
                cross join lateral (select :payable || g.cause_id as account) a
                join money_journal j on j.brand_id = s.brand_id and j.payment_id = s.payment_id and a.account in (j.debit, j.credit)
                where s.brand_id = :brand and s.drop_id = :drop and g.cause_id is not null
                group by g.cause_id, j.currency
                having sum(case j.credit when a.account then j.amount else -j.amount end) > 0
                order by g.cause_id, j.currency
                """)
                .param("payable", MoneyJournal.CAUSE)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query((row, n) -> new Given(
                        row.getObject(1, UUID.class),
                        new Money(row.getLong(3), Currency.getInstance(row.getString(2)))))
                .list();
    }

    /** @param as what its columns' names begin with: {@code cause_} */
    static Cause cause(ResultSet row, String as) throws SQLException {
        return new Cause(
                row.getObject(as + "id", UUID.class),
                new Bilingual(row.getString(as + "zh"), row.getString(as + "en")),
                row.getString(as + "link"));
    }
}
