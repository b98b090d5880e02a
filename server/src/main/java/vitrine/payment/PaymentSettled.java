package vitrine.payment;

/** A hint that {@link Payments#settled} has something new; nothing depends on its arrival. */
public record PaymentSettled(PaymentId payment) {}
