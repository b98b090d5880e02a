package vitrine.payment;

import vitrine.platform.Money;

/** What a gateway says when it is asked once more about a payment of which it spoke with another sum. */
public sealed interface OtherSum {

    /** That is what came: it can be booked and given back. */
    record Came(PaymentId payment, Money money, String gatewayId, java.time.Instant at) implements OtherSum {}

    /** It is what was asked for after all, and is booked now. */
    record AsAsked() implements OtherSum {}

    /** Nothing came yet. */
    record Nothing() implements OtherSum {}

    /** Nothing came, and nothing can come any more: nobody speaks of another sum from now on. */
    record Over() implements OtherSum {}

    /** The gateway gives no answer now. */
    record Away() implements OtherSum {}

    /** Nobody speaks of another sum, or it was settled. */
    record NotSo() implements OtherSum {}
}
