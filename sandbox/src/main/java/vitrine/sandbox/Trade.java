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
        List<Back> refunds,
        @Nullable Dispute dispute) {

    enum State {
        OPEN,
        PAID,
        CLOSED
    }

    /**
     * Money given back, under the merchant's own number.
     *
     * @param doneAt when it had reached the payer, which may be another day than that of {@code at}; null: it is under way
     * @param at when it was accepted
     * @param trouble {@code failed}: it came back after it was done; {@code closed}: it was given up; {@code abnormal}: it waits at the
     *     host, since the payer's card is no more
     * @param troubleAt when that became so
     */
    record Back(
            String number,
            String id,
            long amount,
            @Nullable Instant doneAt,
            Instant at,
            Map<String, String> words,
            @Nullable String trouble,
            @Nullable Instant troubleAt) {

        Back(String number, String id, long amount, boolean done, Instant at, Map<String, String> words) {
            this(number, id, amount, done ? at : null, at, words, null, null);
        }

        Back with(@Nullable String trouble, Instant now) {
            boolean stays = !"closed".equals(trouble) && !"abnormal".equals(trouble);
            return new Back(
                    number, id, amount, stays ? doneAt : null, at, words, trouble, trouble == null ? null : now);
        }

        /** Who asks hears that it is under way, and the next time that it is done. */
        Back asked(Instant now) {
            return trouble == null && doneAt == null ? new Back(number, id, amount, now, at, words, null, null) : this;
        }

        boolean done() {
            return doneAt != null;
        }

        /** Whether the money is the merchant's again. */
        boolean isBack() {
            return "failed".equals(trouble) || "closed".equals(trouble);
        }
    }

    /** A bank asks for its client's money. @param state in Stripe's words @param returnedAt when the merchant had it again */
    record Dispute(
            String id,
            String state,
            Instant openedAt,
            @Nullable Instant returnedAt) {}

    String key() {
        return host + "/" + number;
    }

    boolean isOpenAt(Instant now) {
        return state == State.OPEN && (expiresAt == null || now.isBefore(expiresAt));
    }

    long refunded() {
        return refunds.stream()
                .filter(back -> !back.isBack())
                .mapToLong(Back::amount)
                .sum();
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

    Trade disputed(Dispute now) {
        return new Trade(
                host, number, page, kind, amount, currency, title, words, state, madeAt, expiresAt, paidAt, paidId,
                notifyUrl, backUrl, refunds, now);
    }

    private Trade with(State next, @Nullable Instant at, @Nullable String id, List<Back> backs) {
        return new Trade(
                host, number, page, kind, amount, currency, title, words, next, madeAt, expiresAt, at, id, notifyUrl,
                backUrl, backs, dispute);
    }
}
