package vitrine.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Plays somebody who tells one human from another: of the cast, whoever says so. What it gives away is a keyed hash of who it is, the
 * lower end of an age band, and a signature over both, the state and the second.
 */
final class PersonDesk {
    record One(String name, int ageLeast) {}

    static final List<One> CAST = List.of(new One("Ada", 18), new One("Bo", 18), new One("Wen", 16));

    private final String key;

    PersonDesk(String key) {
        this.key = key;
    }

    /** The address that leads back with the answer. */
    String answer(One one, String state, String back, Instant now) {
        var person = HexFormat.of().formatHex(Arrays.copyOf(mac("who\n" + one.name()), 16));
        var age = String.valueOf(one.ageLeast());
        var at = String.valueOf(now.getEpochSecond());
        var mac = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac(String.join("\n", "vitrine person 1", state, person, age, at)));
        return back + (back.contains("?") ? "&" : "?") + "state=" + URLEncoder.encode(state, StandardCharsets.UTF_8)
                + "&person=" + person + "&age=" + age + "&at=" + at + "&mac=" + mac;
    }

    private byte[] mac(String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
