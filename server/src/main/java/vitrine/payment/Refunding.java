package vitrine.payment;

import java.util.UUID;
import vitrine.platform.Money;

/** What became of the wish to give money back. */
public sealed interface Refunding {

    /** It is on its way; the same payment and wish again is this one. */
    record Wanted(UUID refund) implements Refunding {}

    record TooMuch(Money left) implements Refunding {}

    record NotPaid() implements Refunding {}
}
