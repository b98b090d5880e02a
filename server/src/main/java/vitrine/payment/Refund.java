package vitrine.payment;

import java.util.UUID;
import vitrine.platform.Money;

/**
 * Money on its way back, as its row says.
 *
 * @param asked whether the gateway may know of it already
 * @param again whether staff have it tried once more, after the gateway refused it
 * @param renumbered how often the gateway had used its number up
 */
record Refund(
        UUID id,
        PaymentId payment,
        Money amount,
        String reason,
        boolean asked,
        boolean again,
        int tries,
        int renumbered) {

    /** Its number at the gateway: the same for as long as asking twice shall give back once. */
    String number() {
        return PaymentId.plain(id) + (renumbered == 0 ? "" : "-" + renumbered);
    }

    /** Whose number that is. @throws IllegalArgumentException when it is no such number */
    static UUID ofNumber(String number) {
        return PaymentId.ofPlain(number.substring(0, Math.min(number.length(), 32)));
    }
}
