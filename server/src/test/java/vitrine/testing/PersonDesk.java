package vitrine.testing;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Somebody who tells one human from another, written from docs/identity.md. */
public final class PersonDesk {

    public static final String URL = "https://people.example/check";
    public static final String KEY = "a key of two";

    public static final Map<String, Object> SETTINGS =
            Map.of("vitrine.person-check-url", URL, "vitrine.person-check-key", KEY);

    private PersonDesk() {}

    /** What the address says that the browser was sent to. */
    public static Map<String, String> asked(URI sentTo) {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String pair : sentTo.getRawQuery().split("&")) {
            int equals = pair.indexOf('=');
            asked.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return asked;
    }

    /** The answer's fields, without the state. */
    public static Map<String, String> answer(String state, String human, int age, Instant at) {
        String person = HexFormat.of().formatHex(Arrays.copyOf(mac("people", human), 16));
        String seconds = String.valueOf(at.getEpochSecond());
        String mac = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac(KEY, "vitrine person 1\n" + state + "\n" + person + "\n" + age + "\n" + seconds));
        return Map.of("person", person, "age", String.valueOf(age), "at", seconds, "mac", mac);
    }

    /** Where the browser goes back to. */
    public static String back(URI sentTo, String human, int age, Instant at) {
        Map<String, String> asked = asked(sentTo);
        String state = asked.getOrDefault("state", "");
        URI back = URI.create(asked.getOrDefault("back", ""));
        StringBuilder path = new StringBuilder(back.getRawPath())
                .append('?')
                .append(back.getRawQuery() == null ? "" : back.getRawQuery() + "&")
                .append("state=")
                .append(state);
        answer(state, human, age, at).forEach((name, value) -> path.append('&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return path.toString();
    }

    private static byte[] mac(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
