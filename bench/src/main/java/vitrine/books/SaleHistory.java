package vitrine.books;

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
 * Holds what the payment hosts have on their books against ours, when everything has come to rest: nobody is charged without a piece or
 * her money back, and no piece is anybody's without its money. It asks no part of the server.
 */
public final class SaleHistory {

    /**
     * What a host says of one of our payments.
     *
     * @param payment whose number it carries
     * @param amount in minor units, as are refunds
     */
    public record Trade(
            String host, UUID payment, String page, long amount, String currency, boolean paid, long refunded) {}

    /** What somebody gave back by hand, and why: the same reason twice is once. */
    public record GivenBack(UUID payment, String reason, long amount) {}

    private record Row(
            UUID payment,
            UUID purpose,
            String state,
            long amount,
            String currency,
            long refunded,
            boolean takenUp,
            @Nullable UUID sold) {}

    private final JdbcClient db;
    private final List<Trade> trades;
    private final List<GivenBack> givenBack;
    private final List<Violation> found = new ArrayList<>();

    public SaleHistory(JdbcClient db, List<Trade> trades, List<GivenBack> givenBack) {
        this.db = db;
        this.trades = trades;
        this.givenBack = givenBack;
    }

    public List<Violation> audit() {
        Map<UUID, Row> rows = new HashMap<>();
        db.sql("""
                select p.payment_id, p.purpose, p.state, p.amount, p.currency, p.refunded, p.taken_up_at is not null, s.claim_id
                from payments p left join sales s on s.brand_id = p.brand_id and s.payment_id = p.payment_id
                """)
                .query((row, n) -> new Row(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getLong(4),
                        row.getString(5),
                        row.getLong(6),
                        row.getBoolean(7),
                        row.getObject(8, UUID.class)))
                .list()
                .forEach(row -> rows.put(row.payment, row));
        theirs(rows);
        ours(rows);
        rest();
        back();
        return found;
    }

    /** What they took is in our books, and bought something or went back. */
    private void theirs(Map<UUID, Row> rows) {
        for (Trade trade : trades) {
            Row row = rows.get(trade.payment);
            if (row == null) {
                if (trade.paid) breach("paid_without_piece", trade + " is none of our payments");
                continue;
            }
            if (trade.amount != row.amount || !trade.currency.equals(row.currency))
                breach("money_differs", trade + " is ours as " + row);
            if (!trade.paid) continue;
            if (!row.state.equals("paid")) breach("paid_without_piece", trade + " was paid, and we have " + row);
            else if (row.sold == null && trade.refunded != trade.amount)
                breach("paid_without_piece", trade + " bought nothing and was not given back: " + row);
            if (trade.refunded != row.refunded)
                breach("refund_differs", trade + " gave back another sum than we say: " + row);
        }
    }

    /** What we say was paid was paid there, and of one thing's payments one at most was kept. */
    private void ours(Map<UUID, Row> rows) {
        Set<UUID> paidThere = new HashSet<>();
        for (Trade trade : trades) if (trade.paid) paidThere.add(trade.payment);
        Map<UUID, Integer> kept = new HashMap<>();
        for (Row row : rows.values()) {
            if (!row.state.equals("paid")) continue;
            if (!paidThere.contains(row.payment)) breach("piece_without_payment", row + " was never paid there");
            if (!row.takenUp) breach("money_hangs", row + " was not taken up");
            if (row.refunded < row.amount) kept.merge(row.purpose, 1, Integer::sum);
        }
        kept.forEach((purpose, n) -> {
            if (n > 1) breach("paid_twice", n + " payments were kept for " + purpose);
        });
    }

    /** After so long a quiet nothing is under way any more. */
    private void rest() {
        query("payment_hangs", """
                select payment_id, concat_ws(' ', state, way, 'asked', asked, 'next', ask_at, 'to be closed', close_wanted_at, why)
                from payments where state in ('started', 'open')
                """);
        query("refund_hangs", "select refund_id, state, why from refunds where state <> 'done'");
        query("hold_hangs", """
                select k.claim_id, k.hold_until from claims k join drop_stages s using (brand_id, drop_id, stage_id)
                where s.price is not null and k.hold_until is not null
                """);
    }

    /** A reason gave back once, and what it said. */
    private void back() {
        Map<String, Long> wanted = new HashMap<>();
        for (GivenBack each : givenBack) wanted.put(each.payment + " " + each.reason, each.amount);
        wanted.forEach((which, amount) -> {
            String[] words = which.split(" ");
            long sum = db.sql(
                            "select coalesce(sum(amount), 0) from refunds where payment_id = :payment and reason = :reason")
                    .param("payment", UUID.fromString(words[0]))
                    .param("reason", words[1])
                    .query(Long.class)
                    .single();
            if (sum != amount) breach("refund_twice", which + " is " + sum + ", and was " + amount);
        });
    }

    private void query(String code, String sql) {
        db.sql(sql).query((RowCallbackHandler) row -> breach(code, row.getString(1) + " " + row.getString(2)));
    }

    private void breach(String code, String what) {
        found.add(new Violation(code, what));
    }
}
