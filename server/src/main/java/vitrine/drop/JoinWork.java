package vitrine.drop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/**
 * A second of a browser's work before it comes in, in ALTCHA's words (proof of work, version 1): the number whose hash with a salt is
 * the one that we named. It makes a thousand doors a thousand times as dear and keeps nobody out: whoever brings none comes in by the
 * narrow way ({@link Networks#mayComeIdle}).
 */
@Component
public class JoinWork {

    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final int PAYLOAD_MAX = 1_024;
    private static final int SPENT_MAX = 200_000;
    private static final String ALGORITHM = "SHA-256";

    private final Keys keys;
    private final SecureRandom random;
    private final Clock clock;
    private final int most;

    /** What was brought once is worth nothing a second time; by node, and a node's restart forgives it. */
    private final Map<String, Boolean> spent = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > SPENT_MAX;
        }
    };

    /** @param most the largest number that may have to be tried; 0: no work is asked for */
    JoinWork(Keys keys, SecureRandom random, Clock clock, @Value("${vitrine.join-work:50000}") int most) {
        this.keys = keys;
        this.random = random;
        this.clock = clock;
        this.most = most;
    }

    /** As the protocol names them. */
    public record Challenge(String algorithm, String challenge, int maxnumber, String salt, String signature) {}

    /** Of this drop alone, for some minutes. */
    public Challenge challenge(DropId drop) {
        byte[] bytes = new byte[12];
        random.nextBytes(bytes);
        String salt = HexFormat.of().formatHex(bytes) + "?expires="
                + clock.instant().plus(LASTS).getEpochSecond() + "&drop=" + drop.value() + "&";
        String challenge = hash(salt + (most == 0 ? 0 : random.nextInt(most + 1)));
        return new Challenge(ALGORITHM, challenge, most, salt, sign(challenge));
    }

    /**
     * Whether the work was done, for this drop, in time and for the first time.
     *
     * @param payload base64 of the challenge with its number, as ALTCHA's clients write it
     */
    public boolean done(DropId drop, String payload) {
        if (most == 0) return true;
        if (payload.isEmpty() || payload.length() > PAYLOAD_MAX) return false;
        JsonNode said;
        try {
            said = JsonMapper.shared().readTree(Base64.getDecoder().decode(payload));
        } catch (IllegalArgumentException | JacksonException e) {
            return false;
        }
        String challenge = said.path("challenge").asString("");
        String salt = said.path("salt").asString("");
        if (!said.path("algorithm").asString("").equals(ALGORITHM)
                || !said.path("number").isIntegralNumber()
                || !hash(salt + said.path("number").longValue()).equals(challenge)
                || !MessageDigest.isEqual(
                        sign(challenge).getBytes(StandardCharsets.US_ASCII),
                        said.path("signature").asString("").getBytes(StandardCharsets.US_ASCII))
                || !stillGood(drop.value(), salt)) return false;
        synchronized (spent) {
            return spent.put(challenge, true) == null;
        }
    }

    private boolean stillGood(UUID drop, String salt) {
        String parameters = salt.substring(salt.indexOf('?') + 1);
        if (!parameters.matches("expires=[0-9]{1,12}&drop=" + drop + "&")) return false;
        long expires = Long.parseLong(parameters.substring("expires=".length(), parameters.indexOf('&')));
        return clock.instant().isBefore(Instant.ofEpochSecond(expires));
    }

    private String sign(String challenge) {
        return HexFormat.of()
                .formatHex(keys.mac(
                        KeyName.CLAIM_PASS.text(), ("join work\n" + challenge).getBytes(StandardCharsets.US_ASCII)));
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(ALGORITHM).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
    }
}
