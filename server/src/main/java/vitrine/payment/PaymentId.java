package vitrine.payment;

import java.util.UUID;
import vitrine.platform.BrandId;

/** One try to pay, of one brand's thing. */
public record PaymentId(BrandId brand, UUID value) {

    /** Its number at the gateway: 32 characters, as many as WeChat takes. */
    String orderNo() {
        return plain(value);
    }

    static String plain(UUID id) {
        return id.toString().replace("-", "");
    }

    /** @throws IllegalArgumentException when it is no such number */
    static UUID ofPlain(String text) {
        if (text.length() != 32) throw new IllegalArgumentException("not one of our numbers");
        return new UUID(Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 16, 32, 16));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
