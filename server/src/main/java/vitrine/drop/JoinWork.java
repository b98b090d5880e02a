package vitrine.drop;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.altcha.altcha.Altcha;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;

/**
 * A second of a browser's work before it comes in: ALTCHA's proof of work, version 1, made and judged by ALTCHA's own library. Ours is
 * only what it leaves open: the drop that a challenge is for, and that it counts once. It makes a thousand doors a thousand times as dear
 * and keeps nobody out: whoever brings none comes in by the narrow way ({@link Networks#mayComeIdle}).
 */
@Component
public class JoinWork {

    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final int PAYLOAD_MAX = 1_024;
    private static final int SPENT_MAX = 200_000;

    private final String key;
    private final Clock clock;
    private final long most;

    /** What was brought once is worth nothing a second time; by node, and a node's restart forgives it. */
    private final Map<String, Boolean> spent = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > SPENT_MAX;
        }
    };

    /** @param most the largest number that may have to be tried; 0: no work is asked for */
    JoinWork(Keys keys, Clock clock, @Value("${vitrine.join-work:50000}") long most) {
        this.key = HexFormat.of()
                .formatHex(keys.mac(KeyName.CLAIM_PASS.text(), "join work".getBytes(StandardCharsets.US_ASCII)));
        this.clock = clock;
        this.most = most;
    }

    /** Of this drop alone, for some minutes; its fields are the protocol's. */
    public Altcha.Challenge challenge(DropId drop) {
        var asked = new Altcha.ChallengeOptions()
                .setAlgorithm(Altcha.Algorithm.SHA256)
                .setMaxNumber(most)
                .setHmacKey(key)
                .setExpires(clock.instant().plus(LASTS).getEpochSecond())
                .addParam("drop", drop.value().toString());
        asked.secureRandomNumber = true;
        if (most == 0) asked.setNumber(0L);
        try {
            return Altcha.createChallenge(asked);
        } catch (Exception impossible) { // the library declares no narrower one
            throw new AssertionError("every JDK has SHA-256 and its HMAC", impossible);
        }
    }

    /**
     * Whether the work was done, for this drop, in time and for the first time.
     *
     * @param payload base64 of the challenge with its number, as ALTCHA's widget writes it
     */
    public boolean done(DropId drop, String payload) {
        if (most == 0) return true;
        if (payload.isEmpty() || payload.length() > PAYLOAD_MAX) return false;
        Altcha.Payload said;
        try {
            said = JsonMapper.shared().readValue(Base64.getDecoder().decode(payload), Altcha.Payload.class);
            // Its own look at the end would ask the system's clock.
            if (!Altcha.verifySolution(said, key, false) || !stillGood(drop, Altcha.extractParams(said.salt)))
                return false;
        } catch (Exception unreadable) { // whatever a stranger may send; the library declares no narrower one
            return false;
        }
        synchronized (spent) {
            return spent.put(said.challenge, true) == null;
        }
    }

    private boolean stillGood(DropId drop, Map<String, String> told) {
        return drop.value().toString().equals(told.get("drop"))
                && clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(told.get("expires"))));
    }
}
