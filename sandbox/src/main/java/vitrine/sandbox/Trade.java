package vitrine.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody is to pay for at one of the three hosts, and what became of it.
 *
 * @param host {@code wechat}, {@code alipay} or {@code stripe}
 * @param number the merchant's; at Stripe the payment intent's id
 * @param page the secret part of its pay page's address
 * @param words what else the merchant said, to be said back
 */
record Trade(
        String host,
        String number,
        String page,
        String kind,
        long amount,
        String currency,
        String title,
        Map<String, String> words,
        State state,
        Instant madeAt,
        @Nullable Instant expiresAt,
        @Nullable Instant paidAt,
        @Nullable String paidId,
        @Nullable String notifyUrl,
        @Nullable String backUrl,
        List<Back> refunds) {

    enum State {
        OPEN,
        PAID,
        CLOSED
    }

    /** Money given back, under the merchant's own number. */
    record Back(String number, String id, long amount, boolean done, Instant at, Map<String, String> words) {}

    String key() {
        return host + "/" + number;
    }

    boolean isOpenAt(Instant now) {
        return state == State.OPEN && (expiresAt == null || now.isBefore(expiresAt));
    }

    long refunded() {
        return refunds.stream().mapToLong(Back::amount).sum();
    }

    @Nullable
    Back refund(String refundNumber) {
        return refunds.stream()
                .filter(back -> back.number().equals(refundNumber))
                .findFirst()
                .orElse(null);
    }

    /** What the host keeps: 0.6 per cent in China; 2.9 per cent and 30 at Stripe. */
    long fee() {
        return host.equals("stripe") ? Math.round(amount * 0.029) + 30 : Math.round(amount * 0.006);
    }

    /** Of a refund, by its share. */
    long fee(Back back) {
        return Math.round((double) fee() * back.amount() / amount);
    }

    Trade paid(Instant at, String id) {
        return with(State.PAID, at, id, refunds);
    }

    Trade closed() {
        return with(State.CLOSED, paidAt, paidId, refunds);
    }

    Trade refunding(Back back) {
        var more = new ArrayList<>(refunds);
        more.removeIf(one -> one.number().equals(back.number()));
        more.add(back);
        return with(state, paidAt, paidId, List.copyOf(more));
    }

    private Trade with(State next, @Nullable Instant at, @Nullable String id, List<Back> backs) {
        return new Trade(
                host, number, page, kind, amount, currency, title, words, next, madeAt, expiresAt, at, id, notifyUrl,
                backUrl, backs);
    }
}
