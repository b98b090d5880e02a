package vitrine.books;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Holds what people were told of their claims against the rows that are there in the end, and the rows against the rules that were
 * announced. It asks no part of the server: what it knows of a drop it was told by whoever made it.
 */
public final class ClaimHistory {

    /** How long after the end of a window what was let in before it may still be written. */
    private static final Duration LATE = Duration.ofSeconds(5);

    /**
     * One answer that reached somebody.
     *
     * @param key under which the same try is the same claim
     * @param code of the answer
     * @param claim that she was given; null for a refusal
     * @param had the claim under this key that was there before she asked, and stayed; null: there was none
     */
    public record Told(
            UUID drop,
            UUID collector,
            String key,
            String code,
            @Nullable UUID claim,
            @Nullable Integer serial,
            @Nullable UUID had) {}

    /** @param admitted null: everyone */
    public record Window(
            UUID id,
            UUID drop,
            Instant opens,
            Instant closes,
            @Nullable Integer cap,
            int limit,
            @Nullable Set<UUID> admitted) {}

    /** In this time a drop gave nothing. @param until null: for good */
    public record Quiet(UUID drop, Instant from, @Nullable Instant until) {
        boolean holds(Instant at) {
            return at.isAfter(from) && (until == null || at.isBefore(until));
        }
    }

    /**
     * @param units how many of a collectible may be given, without those that are withheld
     * @param numbers the highest number of a collectible that may be given
     */
    public record Known(
            Map<UUID, Integer> units,
            Map<UUID, Integer> numbers,
            List<Window> windows,
            List<Quiet> quiets,
            Map<UUID, String> humans) {}

    private record Row(
            UUID drop,
            UUID collector,
            UUID stage,
            String key,
            UUID claim,
            int nth,
            @Nullable Integer serial,
            UUID collectible,
            Instant claimedAt,
            boolean granted) {}

    private record Ended(UUID drop, UUID collector, String key, UUID claim) {}

    private final JdbcClient db;
    private final Known known;
    private final List<Told> told;
    private final List<Violation> found = new ArrayList<>();

    public ClaimHistory(JdbcClient db, Known known, List<Told> told) {
        this.db = db;
        this.known = known;
        this.told = told;
    }

    public List<Violation> audit() {
        List<Row> rows = db.sql("""
                select drop_id, collector_id, stage_id, encode(claim_key, 'hex'), claim_id, nth, serial, collectible_id, claimed_at,
                    granted_at is not null
                from claims
                """)
                .query((row, n) -> new Row(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getObject(3, UUID.class),
                        row.getString(4),
                        row.getObject(5, UUID.class),
                        row.getInt(6),
                        row.getObject(7, Integer.class),
                        row.getObject(8, UUID.class),
                        row.getTimestamp(9).toInstant(),
                        row.getBoolean(10)))
                .list();
        List<Ended> ended = db.sql("select drop_id, collector_id, encode(claim_key, 'hex'), claim_id from claims_ended")
                .query((row, n) -> new Ended(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getObject(4, UUID.class)))
                .list();
        kept(rows, ended);
        once(rows, ended);
        rules(rows);
        persons(rows);
        given();
        return found;
    }

    /** Whoever heard that something is hers has it, and whoever had it never heard a refusal. */
    private void kept(List<Row> rows, List<Ended> ended) {
        Map<UUID, Row> byClaim = new HashMap<>();
        for (Row row : rows) byClaim.put(row.claim, row);
        Set<UUID> over = new HashSet<>();
        for (Ended each : ended) over.add(each.claim);
        for (Told each : told) {
            if (each.had != null && each.claim == null && !each.code.equals("drop.busy"))
                breach("winners_told_sold_out", "who had " + each.had + " was told " + each.code);
            if (each.had != null && each.claim != null && !each.had.equals(each.claim))
                breach("duplicates", "who had " + each.had + " was given " + each.claim + " for the same try");
            if (each.claim == null) continue;
            Row row = byClaim.get(each.claim);
            if (row == null) {
                if (each.serial != null || !over.contains(each.claim))
                    breach("lost_acknowledged", each + " is not there");
            } else if (each.serial != null && !each.serial.equals(row.serial))
                breach("lost_acknowledged", each + " has the number " + row.serial);
            else if (!row.collector.equals(each.collector) || !row.drop.equals(each.drop))
                breach("lost_acknowledged", each + " is somebody else's: " + row.collector);
        }
    }

    /** One try is one claim, and one claim is one try's. */
    private void once(List<Row> rows, List<Ended> ended) {
        Map<String, UUID> byTry = new HashMap<>();
        Map<UUID, String> byClaim = new HashMap<>();
        for (Told each : told) {
            if (each.claim == null) continue;
            String which = each.drop + " " + each.collector + " " + each.key;
            UUID before = byTry.putIfAbsent(which, each.claim);
            if (before != null && !before.equals(each.claim))
                breach("duplicates", "one try, two claims: " + before + " and " + each.claim);
            String other = byClaim.putIfAbsent(each.claim, which);
            if (other != null && !other.equals(which))
                breach("duplicates", "one claim, two tries: " + other + " and " + which);
        }
        Set<String> keys = new HashSet<>();
        for (Row row : rows)
            if (!keys.add(row.drop + " " + row.collector + " " + row.key))
                breach("duplicates", "a try was written twice: " + row);
        for (Ended each : ended)
            if (!keys.add(each.drop + " " + each.collector + " " + each.key))
                breach("duplicates", "a try that had ended was made again: " + each);
    }

    private void rules(List<Row> rows) {
        Map<UUID, Window> windows = new HashMap<>();
        for (Window window : known.windows) windows.put(window.id, window);
        Map<UUID, Integer> taken = new HashMap<>();
        for (Row row : rows) {
            Window window = windows.get(row.stage);
            if (window == null) {
                breach("window", "no such stage: " + row);
                continue;
            }
            taken.merge(row.stage, 1, Integer::sum);
            if (row.claimedAt.isBefore(window.opens) || !row.claimedAt.isBefore(window.closes.plus(LATE)))
                breach("window", row + " in " + window);
            if (row.nth > window.limit)
                breach("limit", row.collector + " has her " + row.nth + "th, of " + window.limit);
            if (window.admitted != null && !window.admitted.contains(row.collector))
                breach("entry", row.collector + " was not admitted to " + window.id);
            for (Quiet quiet : known.quiets) {
                if (quiet.drop.equals(row.drop) && quiet.holds(row.claimedAt))
                    breach("window", row + " while it gave nothing: " + quiet);
            }
        }
        taken.forEach((stage, n) -> {
            Window window = windows.get(stage);
            if (window != null && window.cap != null && n > window.cap)
                breach("oversold", n + " claims of a stage of " + window.cap);
        });
        db.sql("""
                select c.claim_id, c.claimed_at, s.sold_out_at from claims c join drop_stages s using (brand_id, drop_id, stage_id)
                where c.claimed_at > s.sold_out_at
                """).query((RowCallbackHandler) row -> breach(
                "sold_out_reopened",
                row.getString(1) + " at " + row.getString(2) + ", over since " + row.getString(3)));
    }

    /** One human, whatever collectors she is, has no more than one may. */
    private void persons(List<Row> rows) {
        Map<UUID, Integer> most = new HashMap<>();
        for (Window window : known.windows) most.merge(window.drop, window.limit, Math::max);
        Map<String, Integer> has = new HashMap<>();
        for (Row row : rows) {
            String human = known.humans.get(row.collector);
            if (human == null) continue;
            int n = has.merge(row.drop + " " + human, 1, Integer::sum);
            if (n > most.getOrDefault(row.drop, 0)) breach("limit", "one human has " + n + " of " + row.drop);
        }
    }

    /** Each number was recorded as often as it was claimed, for the one who claimed it last; and there are not too many. */
    private void given() {
        db.sql("""
                select collectible_id, count(*) from (
                    select collectible_id, serial from pieces where state = 'owned'
                    union all select collectible_id, serial from claims where granted_at is null) given
                group by 1
                """).query(row -> {
            int units = known.units.getOrDefault(row.getObject(1, UUID.class), 0);
            if (row.getInt(2) > units) breach("oversold", row.getInt(2) + " of " + units);
        });
        db.sql(
                        "select collectible_id, serial from pieces union select collectible_id, serial from claims where serial is not null")
                .query(row -> {
                    int most = known.numbers.getOrDefault(row.getObject(1, UUID.class), 0);
                    if (row.getInt(2) > most) breach("oversold", "number " + row.getInt(2) + " of " + most);
                });
        db.sql("""
                select collectible_id, serial, claimed.n, granted.n
                from (select collectible_id, serial, count(*) n from claims where granted_at is not null group by 1, 2) claimed
                full join (select collectible_id, serial, count(*) n from piece_records where kind = 'granted' group by 1, 2) granted
                    using (collectible_id, serial)
                where claimed.n is distinct from granted.n
                """).query((RowCallbackHandler) row -> breach(
                "duplicates",
                "number " + row.getInt(2) + " was claimed " + row.getInt(3) + " times and granted " + row.getInt(4)));
        db.sql("""
                select p.collectible_id, p.serial from pieces p where p.state = 'owned' and p.owner_id is distinct from (
                    select c.collector_id from claims c where c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                        and c.serial = p.serial order by c.granted_at desc, c.claimed_at desc limit 1)
                """).query((RowCallbackHandler)
                row -> breach("lost_acknowledged", "number " + row.getInt(2) + " is not with who claimed it"));
        db.sql("select claim_id, unit, serial from claims where unit is not null and serial <> unit")
                .query((RowCallbackHandler) row -> breach(
                        "wrong_number",
                        row.getString(1) + " chose " + row.getInt(2) + " and was given " + row.getInt(3)));
        db.sql("""
                select collectible_id, unit, count(*) from claims where unit is not null and granted_at is null group by 1, 2 having count(*) > 1
                """).query((RowCallbackHandler)
                row -> breach("duplicates", row.getInt(3) + " people have chosen number " + row.getInt(2)));
        db.sql("select claim_id from claims where serial is not null and granted_at is null")
                .query((RowCallbackHandler)
                        row -> breach("lost_acknowledged", "no piece was made of " + row.getString(1)));
    }

    private void breach(String code, String what) {
        found.add(new Violation(code, what));
    }
}
