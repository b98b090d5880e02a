package vitrine.shop;

import java.io.IOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * Reads each shop's own list of changed orders every quarter of an hour, and takes what is news to us as deliveries of our own:
 * a message that was lost on its way is made good. One page a step, the place kept in the shop's row, so a crash or a shop that
 * wants to be left alone costs nothing but time. A shop counts its time itself: what was read up to is the newest change that
 * its list showed.
 */
@Component
class Reconcile implements Job {

    private static final Logger log = LoggerFactory.getLogger(Reconcile.class);
    private static final Duration EVERY = Duration.ofMinutes(15);
    private static final Duration OVERLAP = Duration.ofMinutes(5);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration LEASE = Duration.ofMinutes(2);
    /** A shop that is new here is read from a day before. */
    private static final Duration BEFORE_WE_CAME = Duration.ofDays(1);

    private volatile long saidAt;

    private final JdbcClient db;
    private final Shops shops;
    private final Readings readings;
    private final InboxWriter writer;
    private final OrdersFold fold;
    private final ShopHttp http;
    private final BusinessClock clock;
    private final Map<String, OrderList> lists = new HashMap<>();

    Reconcile(
            JdbcClient db,
            Shops shops,
            Readings readings,
            InboxWriter writer,
            OrdersFold fold,
            ShopHttp http,
            BusinessClock clock,
            List<OrderList> lists) {
        this.db = db;
        this.shops = shops;
        this.readings = readings;
        this.writer = writer;
        this.fold = fold;
        this.http = http;
        this.clock = clock;
        lists.forEach(list -> this.lists.put(list.source(), list));
    }

    @Override
    public String name() {
        return "shops-reconcile";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean run() {
        boolean more = false;
        for (KnownShop shop : List.copyOf(shops.all())) {
            if (shop.shop().apiUrl() == null || shop.apiToken() == null) continue;
            Optional<Turn> turn = claim(shop.shop());
            if (turn.isPresent()) more |= step(shop, turn.get());
        }
        return more;
    }

    /** @param seenBefore the newest change that the last whole reading showed */
    private record Turn(
            Instant since,
            @Nullable String cursor,
            @Nullable Instant seen,
            boolean failedBefore,
            @Nullable Instant seenBefore) {}

    /** Due, and ours for the next minutes: another node finds it not due. */
    private Optional<Turn> claim(Shop shop) {
        Instant now = clock.now();
        return db.sql("""
                update shops set reconcile_next = :lease
                where brand_id = :brand and shop_id = :shop and (reconcile_next is null or reconcile_next <= :now)
                returning reconciled_until, reconcile_cursor, reconcile_seen, reconcile_failed, reconcile_seen_before
                """)
                .param("lease", Timestamp.from(now.plus(LEASE)))
                .param("now", Timestamp.from(now))
                .param("brand", shop.brand().value())
                .param("shop", shop.id().value())
                .query((row, n) -> {
                    Timestamp until = row.getTimestamp("reconciled_until");
                    Timestamp seen = row.getTimestamp("reconcile_seen");
                    Timestamp seenBefore = row.getTimestamp("reconcile_seen_before");
                    return new Turn(
                            until == null
                                    ? shop.createdAt().minus(BEFORE_WE_CAME)
                                    : until.toInstant().minus(OVERLAP),
                            row.getString("reconcile_cursor"),
                            seen == null ? null : seen.toInstant(),
                            row.getString("reconcile_failed") != null,
                            seenBefore == null ? null : seenBefore.toInstant());
                })
                .optional();
    }

    private boolean step(KnownShop shop, Turn turn) {
        OrderList list = lists.get(shop.shop().source());
        if (list == null) return false;
        OrderList.Answer answer;
        try {
            answer = list.page(shop, turn.since, turn.cursor, http);
        } catch (IOException e) {
            answer = new OrderList.Answer.Failed("out-of-reach", false);
        } catch (Json.Unreadable | IllegalArgumentException | java.time.DateTimeException e) {
            answer = new OrderList.Answer.Failed("not-understood", true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return switch (answer) {
            case OrderList.Answer.Page page -> taken(shop, turn, page);
            case OrderList.Answer.Later later -> {
                note(shop.shop(), later.pause(), turn.cursor, turn.seen, "asked-to-wait");
                yield false;
            }
            case OrderList.Answer.Failed failed -> {
                say(shop, failed.reason(), turn.failedBefore);
                // A place in a list that the shop does not know any more: the list begins again.
                note(
                        shop.shop(),
                        AFTER_FAILURE,
                        failed.cursorIsStale() ? null : turn.cursor,
                        failed.cursorIsStale() ? null : turn.seen,
                        failed.reason());
                yield false;
            }
        };
    }

    /**
     * Once may be a shop's short nap; the second time in a row somebody should look. One line a minute at most: where forty shops
     * are away at once their own pages say which.
     */
    private void say(KnownShop shop, String reason, boolean again) {
        String name = shop.shop().source() + "/" + shop.shop().slug();
        long now = System.nanoTime();
        if (!again || (saidAt != 0 && now - saidAt < 60_000_000_000L)) {
            log.info("shop.reconcile-failed shop={} reason={}", name, reason);
            return;
        }
        saidAt = now;
        log.warn("shop.reconcile-failed shop={} reason={}: its list of orders cannot be read", name, reason);
    }

    private boolean taken(KnownShop shop, Turn turn, OrderList.Answer.Page page) {
        boolean news = keep(shop, page);
        Instant seen = turn.seen;
        for (OrderList.Changed order : page.orders()) {
            if (order.at() == null) continue;
            Instant at = Json.instant(order.at());
            if (seen == null || at.isAfter(seen)) seen = at;
        }
        // From here a crash is safe: what the page said is kept, and reading it again adds nothing.
        if (page.next() != null) {
            note(shop.shop(), Duration.ZERO, page.next(), seen, null);
            return true;
        }
        // One page is one moment. A list of several is read while the shop goes on selling: an order may change after
        // its
        // page, and later pages show changes that are later still. What such a reading may have missed is not older
        // than
        // the newest change that the reading before it showed: up to there nothing is missing.
        Instant until = turn.cursor == null ? seen : turn.seenBefore;
        db.sql("""
                update shops set reconciled_until = greatest(reconciled_until, :until::timestamptz), reconcile_next = :next,
                    reconcile_cursor = null, reconcile_seen = null,
                    reconcile_seen_before = coalesce(:seen::timestamptz, reconcile_seen_before), reconcile_failed = null
                where brand_id = :brand and shop_id = :shop
                """)
                .param("until", until == null ? null : Timestamp.from(until))
                .param("seen", seen == null ? null : Timestamp.from(seen))
                .param("next", Timestamp.from(clock.now().plus(EVERY)))
                .param("brand", shop.shop().brand().value())
                .param("shop", shop.shop().id().value())
                .update();
        return news; // then there is work for the fold, and whoever drains the jobs goes round once more
    }

    private void note(
            Shop shop, Duration wait, @Nullable String cursor, @Nullable Instant seen, @Nullable String failed) {
        db.sql("""
                update shops set reconcile_next = :next, reconcile_cursor = :cursor, reconcile_seen = :seen,
                    reconcile_failed = :failed
                where brand_id = :brand and shop_id = :shop
                """)
                .param("next", Timestamp.from(clock.now().plus(wait)))
                .param("cursor", cursor)
                .param("seen", seen == null ? null : Timestamp.from(seen))
                .param("failed", failed)
                .param("brand", shop.brand().value())
                .param("shop", shop.id().value())
                .update();
    }

    /** Only what is news: what the messages told us already needs no second copy. */
    private boolean keep(KnownShop shop, OrderList.Answer.Page page) {
        Instant receivedAt = clock.now();
        List<Delivered> read = new ArrayList<>();
        List<OrderFacts> facts = new ArrayList<>();
        List<Delivered> news = new ArrayList<>();
        for (OrderList.Changed order : page.orders()) {
            byte[] body = Json.MAPPER.writeValueAsBytes(order.message());
            String id = "reconcile:" + Signatures.digest(order.key() + "\n" + order.at(), body);
            Delivered delivered = readings.read(shop, id, page.topic(), order.message(), body, receivedAt);
            if (delivered.facts() == null) {
                news.add(delivered);
                continue;
            }
            read.add(delivered);
            facts.add(OrderFacts.parse(delivered.facts()));
        }
        boolean[] held = fold.held(shop.shop().brand(), shop.shop().id(), facts);
        for (int i = 0; i < held.length; i++) if (!held[i]) news.add(read.get(i));
        if (!news.isEmpty()) writer.write(shop.shop().brand(), news);
        return !news.isEmpty();
    }
}
