package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.altcha.altcha.Altcha;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.platform.BrandId;
import vitrine.platform.Keys;

/** A browser's work counts once, for one drop and in time; whatever else is brought counts for nothing. */
class JoinWorkTest {

    private static final DropId NIGHT = new DropId(new BrandId(new UUID(1, 1)), new UUID(1, 2));
    private static final DropId OTHER = new DropId(new BrandId(new UUID(1, 1)), new UUID(1, 3));

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-29T12:00:00Z"));

    private JoinWork work(int most) {
        InstantSource source = now::get;
        Clock clock = source.withZone(ZoneOffset.UTC);
        return new JoinWork(new Keys(folder, Map.of(), new SecureRandom()), clock, most);
    }

    @Test
    void workCountsOnceForItsDropAndInTime() throws Exception {
        JoinWork work = work(2_000);
        String solved = solve(work.challenge(NIGHT));
        assertThat(work.done(OTHER, solved)).as("another drop").isFalse();
        assertThat(work.done(NIGHT, solved)).isTrue();
        assertThat(work.done(NIGHT, solved)).as("a second time").isFalse();
        String late = solve(work.challenge(NIGHT));
        now.updateAndGet(at -> at.plusSeconds(601));
        assertThat(work.done(NIGHT, late)).as("after its ten minutes").isFalse();
    }

    @Test
    void whatWasNotWorkedForCountsForNothing() throws Exception {
        JoinWork work = work(2_000);
        Altcha.Challenge asked = work.challenge(NIGHT);
        long number = solution(asked);
        for (String wrong : new String[] {
            "",
            "no base64!",
            Base64.getEncoder().encodeToString("[]".getBytes(StandardCharsets.US_ASCII)),
            payload("SHA-256", asked.challenge, number + 1, asked.salt, asked.signature),
            payload("SHA-256", asked.challenge, -1, asked.salt, asked.signature),
            payload("SHA-512", asked.challenge, number, asked.salt, asked.signature),
            payload("MD5", asked.challenge, number, asked.salt, asked.signature),
            payload("SHA-256", asked.challenge, number, asked.salt, "00".repeat(32)),
            payload("SHA-256", Altcha.hashHex(Altcha.Algorithm.SHA256, "easy1"), 1, "easy", asked.signature),
            // An end later than the one it was signed with, and digits moved from the number into the salt.
            payload("SHA-256", asked.challenge, number, asked.salt.replace("expires=1", "expires=2"), asked.signature),
            payload("SHA-256", asked.challenge, number % 10, asked.salt + number / 10, asked.signature),
            "x".repeat(2_000)
        }) assertThat(work.done(NIGHT, wrong)).as(wrong).isFalse();
        assertThat(work(0).done(NIGHT, "")).as("where none is asked for").isTrue();
    }

    private static String solve(Altcha.Challenge asked) throws Exception {
        return payload("SHA-256", asked.challenge, solution(asked), asked.salt, asked.signature);
    }

    private static long solution(Altcha.Challenge asked) throws Exception {
        return Altcha.solveChallenge(asked.challenge, asked.salt, Altcha.Algorithm.SHA256, asked.maxnumber, 0).number;
    }

    private static String payload(String algorithm, String challenge, long number, String salt, String signature) {
        String json =
                "{\"algorithm\":\"%s\",\"challenge\":\"%s\",\"number\":%d,\"salt\":\"%s\",\"signature\":\"%s\",\"took\":7}"
                        .formatted(algorithm, challenge, number, salt, signature);
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.US_ASCII));
    }
}
