package vitrine.payment;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * Somebody who takes people's money for us. None of these calls is made inside a database transaction; each may be made again, and
 * does once what it does. When the gateway does not answer, or not clearly, they throw {@link Away}.
 */
interface Gateway {

    /** {@code stripe}. */
    String name();

    /** Whether we have an account there. */
    boolean isSetUp();

    boolean offers(Way way, Currency currency);

    /** The smallest sum of this currency that it takes, in minor units. */
    default long leastMinor(Currency currency) {
        return 1;
    }

    /** @throws Away nobody knows whether it is there now; the same call again goes on with it */
    Made make(Payment payment, Wanted wanted) throws Away;

    Says ask(Payment payment) throws Away;

    /** Ends it, so that nobody can pay it. */
    Says close(Payment payment) throws Away;

    /** For how long somebody can begin with what {@link Made.Ready} showed; null: for as long as it can be paid. */
    default @Nullable Duration shownFor(Way way) {
        return null;
    }

    /** What its payer goes on with, from what {@link Made.Ready} showed. */
    Started goOn(Payment payment, String shown);

    Returned refund(Payment payment, Refund refund) throws Away;

    Returned askRefund(Payment payment, Refund refund) throws Away;

    /** How much it gave back of this payment, by whosever hand, as far as it says. */
    GivenBack givenBack(Payment payment) throws Away;

    /** What came and went on one of the gateway's own days. */
    List<BillLine> bill(LocalDate day) throws Away;

    /** Where its days begin at midnight. */
    ZoneId zone();

    Notice read(Headers headers, byte[] body, Instant now);

    /** The gateway's answer to being told of a payment. */
    sealed interface Made {
        /** @param gatewayId null: it gets one when it is paid */
        record Ready(@Nullable String gatewayId, String shown) implements Made {}

        record Refused(String code) implements Made {}

        /** It has one of that number, and does not show it again: what became of that is to be asked. */
        record There(String code) implements Made {}
    }

    /** What a gateway says of one of our payments. */
    sealed interface Says {
        record Paid(String gatewayId, Money money, Instant at) implements Says {}

        /** It can still be paid. */
        record Unpaid() implements Says {}

        /** Somebody's money is under way: it can be neither closed nor counted on. */
        record Pending() implements Says {}

        record Ended() implements Says {}

        /** It has not heard of it, so far. */
        record Unheard() implements Says {}
    }

    sealed interface Returned {
        /** @param billedAt by which its bill dates it: at WeChat when it was accepted, maybe a day before it was done */
        record Done(String gatewayId, Instant at, Instant billedAt) implements Returned {}

        record UnderWay(@Nullable String gatewayId) implements Returned {}

        /**
         * It was not given back, for good.
         *
         * @param numberUsedUp whether the gateway would only repeat itself under this number, so that the next try needs another
         */
        record Refused(String code, boolean numberUsedUp) implements Returned {}

        /** It has not heard of this refund. */
        record Unheard() implements Returned {}
    }

    /** What a gateway says of all that went back of a payment: ours, and what people gave back at its own pages. */
    sealed interface GivenBack {
        /** So much in all. */
        record Sum(Money money) implements GivenBack {}

        /** Something, and not how much. */
        record Some() implements GivenBack {}

        record Unsaid() implements GivenBack {}
    }

    /** What came in by a gateway's callback. */
    sealed interface Notice {
        /** Signed by the gateway, for us, about a payment. */
        record Of(String id, BrandId brand, UUID payment, Says says) implements Notice {}

        /** A refund, by its number, failed, maybe after it had been done: the money is with us again. */
        record RefundFailed(String id, BrandId brand, UUID refund, String number, String code) implements Notice {}

        /** Her bank asks for the money, or took it, or gave it back. */
        record Disputed(String id, Dispute dispute) implements Notice {}

        /** Genuine, and about nothing that we ask callbacks for. */
        record Other(String id) implements Notice {}

        /** Genuine, and about somebody else's: another account, or a number that is none of ours. */
        record NotOurs(String what) implements Notice {}

        record Forged() implements Notice {}

        record OutOfTime(long secondsOff) implements Notice {}

        record Unreadable() implements Notice {}

        /** This gateway is not set up here. */
        record NotSetUp() implements Notice {}
    }

    interface Headers {
        @Nullable
        String get(String name);
    }

    /**
     * @param money that the payer paid or got back, in the currency of the price
     * @param fee what the gateway kept, in the currency in which it settles; negative: what it gave back; null: its bill does not say
     * @param dispute of which it is a line
     * @param intent the gateway's own number of the payment, where the line names none of ours: its account may serve other shops, too; null:
     *     it names one
     */
    record BillLine(
            Kind kind,
            String number,
            String gatewayId,
            Money money,
            @Nullable Money fee,
            @Nullable Dispute dispute,
            @Nullable String intent) {
        enum Kind {
            PAYMENT,
            REFUND,
            /** Accepted, and not with the payer yet when the bill was written; it comes on no later one. */
            REFUND_UNDER_WAY,
            /** A refund that came back to us. */
            REFUND_FAILED,
            DISPUTE_TAKEN,
            DISPUTE_RETURNED
        }

        BillLine(Kind kind, String number, String gatewayId, Money money, @Nullable Money fee) {
            this(kind, number, gatewayId, money, fee, null, null);
        }
    }

    /** Gives in: the gateway keeps the money with the buyer. @return what it says of it now */
    default Dispute giveIn(String disputeGatewayId, Instant now) throws Away {
        throw new Away("no-disputes");
    }

    /**
     * What a gateway says of a buyer's bank that asks for the money.
     *
     * @param payment as the gateway calls it
     * @param dueBy until when it takes an answer
     * @param taken when the money was taken from us; null: it was not
     * @param fee what the gateway kept for that, in the currency in which it settles; null: nothing
     * @param feeReturned what of it came back; null: nothing
     * @param saidAt when the gateway said so
     */
    record Dispute(
            String gatewayId,
            String payment,
            Money money,
            String reason,
            State state,
            Instant openedAt,
            @Nullable Instant dueBy,
            @Nullable Instant taken,
            @Nullable Instant returned,
            @Nullable Money fee,
            @Nullable Money feeReturned,
            Instant saidAt) {
        enum State {
            /** It waits for our answer. */
            OPEN,
            /** Answered; her bank decides. */
            REVIEW,
            WON,
            LOST,
            /** It was a question only, and is over. */
            CLOSED
        }
    }

    /** No answer, or none that says whether it was done. Its words are the gateway's code alone, never a message's content. */
    final class Away extends Exception {
        private static final long serialVersionUID = 1L;

        private final String what;

        Away(String what) {
            super(what, null, false, false);
            this.what = what;
        }

        String what() {
            return what;
        }
    }
}
