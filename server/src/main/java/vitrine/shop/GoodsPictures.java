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
 * Pictures of goods, of which a page never asks the shop: what a page would have shown is noted in memory, and fetched by us once
 * in the background. A note that is lost with the process is made again by the next visitor.
 */
@Component
public class GoodsPictures {

    private static final int NOTED_MAX = 1_000;
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration AGAIN = Duration.ofDays(1);

    public record Picture(BrandId brand, ShopId shop, String url) {}

    private final JdbcClient db;
    private final BusinessClock clock;
    private final Set<Picture> noted = new LinkedHashSet<>();

    GoodsPictures(JdbcClient db, BusinessClock clock) {
        this.db = db;
        this.clock = clock;
    }

    /** A page shows these goods and has no picture of them yet. */
    public void wanted(Collection<Goods.Good> goods) {
        synchronized (noted) {
            for (Goods.Good good : goods) {
                Goods.Listed listed = good.listed();
                if (listed == null || listed.pictureUrl() == null || listed.picture() != null) continue;
                if (noted.size() >= NOTED_MAX) return;
                noted.add(new Picture(good.brand(), good.shop(), listed.pictureUrl()));
            }
        }
    }

    /** One that is to be fetched now, by us alone; empty: none is. */
    public Optional<Picture> next() {
        while (true) {
            Picture one;
            synchronized (noted) {
                var first = noted.iterator();
                if (!first.hasNext()) return Optional.empty();
                one = first.next();
                first.remove();
            }
            if (claim(one)) return Optional.of(one);
        }
    }

    private boolean claim(Picture one) {
        Instant now = clock.now();
        return db.sql("""
                insert into goods_pictures as p (brand_id, shop_id, url, next_at) values (:brand, :shop, :url, :lease)
                on conflict on constraint goods_pictures_pk do update set next_at = excluded.next_at
                where p.sha256 is null and p.next_at <= :now
                """)
                        .param("brand", one.brand.value())
                        .param("shop", one.shop.value())
                        .param("url", one.url)
                        .param("lease", Timestamp.from(now.plus(LEASE)))
                        .param("now", Timestamp.from(now))
                        .update()
                == 1;
    }

    public void fetched(Picture one, Hash32 sha256) {
        note(one, sha256.bytes(), null);
    }

    /** @param code why there is none, a stable word; it is tried again a day later at the earliest */
    public void refused(Picture one, String code) {
        note(one, null, code);
    }

    private void note(Picture one, byte @Nullable [] sha256, @Nullable String code) {
        db.sql("""
                update goods_pictures set sha256 = :sha256, refused = :code, next_at = :next
                where brand_id = :brand and shop_id = :shop and url = :url
                """)
                .param("sha256", sha256, java.sql.Types.BINARY)
                .param("code", code)
                .param("next", Timestamp.from(clock.now().plus(AGAIN)))
                .param("brand", one.brand.value())
                .param("shop", one.shop.value())
                .param("url", one.url)
                .update();
    }
}
