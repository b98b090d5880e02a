package vitrine.payment;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How paying goes on, or why it does not. */
public sealed interface Started {

    /** The gateway's own page. */
    record GoTo(URI url) implements Started {}

    /** The text of a QR code that the payer's app scans. */
    record ShowCode(String text) implements Started {}

    /** What {@code WeixinJSBridge} is called with, inside WeChat. */
    record CallBridge(Map<String, String> parameters) implements Started {}

    /**
     * Card fields of Stripe's own script.
     *
     * @param payPage in a rehearsal the stand-in's page, which takes the place of those fields; else null
     */
    record Card(
            String clientSecret,
            String publishableKey,
            @Nullable URI payPage) implements Started {}

    /**
     * What was shown can be begun with no longer, while the payment is still open: it may have been paid, and the same way again is a fresh
     * try.
     */
    record Stale() implements Started {}

    /** This way is not set up here, not for this currency, or the gateway does not take this payment. */
    record NotOffered(Way way) implements Started {}

    /** Nobody knows yet; the same call again goes on with the same payment. */
    record GatewayAway(Duration retryAfter) implements Started {}

    /** This was begun as often as one purpose may be. What was begun last can still be paid. */
    record TooOften(int tries) implements Started {}

    record AlreadyPaid(PaymentId payment) implements Started {}
}
