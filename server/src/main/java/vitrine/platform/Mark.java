package vitrine.platform;

import java.nio.charset.StandardCharsets;
import java.util.List;
import vitrine.proof.Hash32;

/**
 * How a thing stands, as a short text that its form brings back: whoever saw the same has the same. So nobody writes over what a
 * colleague saved while the form was open.
 */
public record Mark(String text) {

    /** Of what nobody has seen, because it is not there yet. */
    public static final Mark NONE = new Mark("");

    /** The field of a form. */
    public static final String FIELD = "seen";

    /** @param parts values that say by {@code toString} all that counts */
    public static Mark of(List<?> parts) {
        byte[] said = parts.toString().getBytes(StandardCharsets.UTF_8);
        return new Mark(Hash32.sha256(said).hex().substring(0, 32));
    }

    /** As it was sent. Whoever saw no page has none, and does not mean what stands there. */
    public boolean differs(Mark now) {
        return !text.isEmpty() && !equals(now);
    }
}
