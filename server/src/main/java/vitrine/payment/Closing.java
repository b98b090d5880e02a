package vitrine.payment;

import java.time.Duration;

/** Whether what a purpose has at the gateways is over. What was set aside for it is free after {@link Closed} only. */
public sealed interface Closing {

    /** Nobody can pay for it any more, and nobody did. */
    record Closed() implements Closing {}

    /** Somebody paid: {@link Payments#settled} has it. */
    record Paid(PaymentId payment) implements Closing {}

    /** The gateway did not say; come again. */
    record Unknown(Duration retryAfter) implements Closing {}
}
