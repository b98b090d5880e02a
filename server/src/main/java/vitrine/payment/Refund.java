package vitrine.payment;

import java.util.UUID;
import vitrine.platform.Money;

/** Money on its way back, as its row says. */
record Refund(UUID id, PaymentId payment, Money amount, String reason, boolean asked, int tries) {

    /** Its number at the gateway. */
    String number() {
        return PaymentId.plain(id);
    }
}
