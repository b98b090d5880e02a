package vitrine.payment;

import java.util.UUID;
import vitrine.platform.Money;

/**
 * Money on its way back, as its row says.
 *
 * @param anew how often somebody had it tried again after the gateway had refused it
 */
record Refund(UUID id, PaymentId payment, Money amount, String reason, boolean asked, int tries, int anew) {

    /** Its number at the gateway. */
    String number() {
        return PaymentId.plain(id);
    }
}
