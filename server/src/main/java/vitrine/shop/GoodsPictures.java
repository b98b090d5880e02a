package vitrine.shop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.proof.Hash32;

/**
 * Pictures of goods, of which a page never asks the shop: what a page shows is noted in memory, and fetched by us in the background;
 * again once a day at most, for a shop may change a picture and leave its address. A note that is lost with the process is made
 * again by the next visitor.
 */
@Component
public class GoodsPictures {

    private static final int NOTED_MAX = 1_000;
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration AGAIN = Duration.ofDays(1);

    private record Noted(BrandId brand, ShopId shop, String url) {}

    /**
     * One that is to be looked at now.
     *
     * @param ours what pages show of it meanwhile; null: nothing
     * @param etag of ours, as the shop told it; null: it did not
     * @param modified the same of {@code Last-Modified}
     */
    public record Due(
            BrandId brand,
            ShopId shop,
            String url,
            @Nullable Hash32 ours,
            @Nullable String etag,
            @Nullable String modified) {}

    private final JdbcClient db;
    private final BusinessClock clock;
    private final Set<Noted> noted = new LinkedHashSet<>();

    GoodsPictures(JdbcClient db, BusinessClock clock) {
        this.db = db;
        this.clock = clock;
    }

    /** A page shows these goods; those whose picture is due are looked at. */
    public void wanted(Collection<Goods.Good> goods) {
        synchronized (noted) {
            for (Goods.Good good : goods) {
                Goods.Listed listed = good.listed();
                if (listed == null || listed.pictureUrl() == null || !listed.pictureDue()) continue;
                if (noted.size() >= NOTED_MAX) return;
                noted.add(new Noted(good.brand(), good.shop(), listed.pictureUrl()));
            }
        }
    }

    /** One that is to be looked at now, by us alone; empty: none is. */
    public Optional<Due> next() {
        while (true) {
            Noted one;
            synchronized (noted) {
                var first = noted.iterator();
                if (!first.hasNext()) return Optional.empty();
                one = first.next();
                first.remove();
            }
            Optional<Due> due = claim(one);
            if (due.isPresent()) return due;
        }
    }

    private Optional<Due> claim(Noted one) {
        Instant now = clock.now();
        return db.sql("""
                insert into goods_pictures as p (brand_id, shop_id, url, next_at) values (:brand, :shop, :url, :lease)
                on conflict on constraint goods_pictures_pk do update set next_at = excluded.next_at
                where p.next_at <= :now
                returning p.sha256, p.etag, p.modified
                """)
                .param("brand", one.brand.value())
                .param("shop", one.shop.value())
                .param("url", one.url)
                .param("lease", Timestamp.from(now.plus(LEASE)))
                .param("now", Timestamp.from(now))
                .query((row, n) -> {
                    byte[] ours = row.getBytes("sha256");
                    return new Due(
                            one.brand,
                            one.shop,
                            one.url,
                            ours == null ? null : Hash32.of(ours),
                            row.getString("etag"),
                            row.getString("modified"));
                })
                .optional();
    }

    public void fetched(Due one, Hash32 sha256, @Nullable String etag, @Nullable String modified) {
        note(one, sha256, etag, modified, null);
    }

    public void isUnchanged(Due one) {
        note(one, one.ours, one.etag, one.modified, null);
    }

    /**
     * What we have of it stays: a shop that is away costs its goods no picture. Tried again a day later at the earliest.
     *
     * @param code why there is none, a stable word
     */
    public void refused(Due one, String code) {
        note(one, one.ours, one.etag, one.modified, code);
    }

    private void note(
            Due one, @Nullable Hash32 sha256, @Nullable String etag, @Nullable String modified, @Nullable String code) {
        db.sql("""
                update goods_pictures set sha256 = :sha256, etag = :etag, modified = :modified, refused = :code, next_at = :next
                where brand_id = :brand and shop_id = :shop and url = :url
                """)
                .param("sha256", sha256 == null ? null : sha256.bytes(), java.sql.Types.BINARY)
                .param("etag", etag)
                .param("modified", modified)
                .param("code", code)
                .param("next", Timestamp.from(clock.now().plus(AGAIN)))
                .param("brand", one.brand.value())
                .param("shop", one.shop.value())
                .param("url", one.url)
                .update();
    }
}
