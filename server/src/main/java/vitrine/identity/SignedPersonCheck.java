package vitrine.identity;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The way of docs/identity.md: the browser is sent with {@code state}, {@code back} and {@code lang}, and comes back with {@code person},
 * {@code age}, {@code at} and {@code mac}, an HMAC-SHA-256 under the key that both have over
 * {@code "vitrine person 1\n" state "\n" person "\n" age "\n" at}.
 */
final class SignedPersonCheck implements PersonCheck {

    private static final Pattern PERSON = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern AGE = Pattern.compile("0|[1-9][0-9]?|1[01][0-9]|120");
    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,10}");

    private final String url;
    private final byte[] key;

    SignedPersonCheck(String url, String key) {
        this.url = url;
        this.key = key.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public URI ask(String state, URI back, String language) {
        return URI.create(url + (url.contains("?") ? "&" : "?") + "state=" + encoded(state) + "&back="
                + encoded(back.toString()) + "&lang=" + encoded(language));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Said> read(String state, Map<String, String> answer) {
        String person = answer.getOrDefault("person", "");
        String age = answer.getOrDefault("age", "");
        String at = answer.getOrDefault("at", "");
        if (!PERSON.matcher(person).matches()
                || !AGE.matcher(age).matches()
                || !SECONDS.matcher(at).matches()) return Optional.empty();
        byte[] mac;
        try {
            mac = Base64.getUrlDecoder().decode(answer.getOrDefault("mac", ""));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String signed = String.join("\n", "vitrine person 1", state, person, age, at);
        if (!MessageDigest.isEqual(mac, mac(signed))) return Optional.empty();
        return Optional.of(new Said(
                HexFormat.of().parseHex(person), Integer.parseInt(age), Instant.ofEpochSecond(Long.parseLong(at))));
    }

    private byte[] mac(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
