package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
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
        return new JoinWork(new Keys(folder, Map.of(), new SecureRandom()), new SecureRandom(), clock, most);
    }

    @Test
    void workCountsOnceForItsDropAndInTime() {
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
    void whatWasNotWorkedForCountsForNothing() {
        JoinWork work = work(2_000);
        JoinWork.Challenge asked = work.challenge(NIGHT);
        for (String wrong : new String[] {
            "",
            "no base64!",
            Base64.getEncoder().encodeToString("[]".getBytes(StandardCharsets.US_ASCII)),
            payload(asked, -1),
            payload(new JoinWork.Challenge(asked.algorithm(), hash("easy1"), 1, "easy", asked.signature()), 1),
            "x".repeat(2_000)
        }) assertThat(work.done(NIGHT, wrong)).as(wrong).isFalse();
        assertThat(work(0).done(NIGHT, "")).as("where none is asked for").isTrue();
    }

    private static String solve(JoinWork.Challenge asked) {
        for (int n = 0; n <= asked.maxnumber(); n++)
            if (hash(asked.salt() + n).equals(asked.challenge())) return payload(asked, n);
        throw new AssertionError("no number is right");
    }

    private static String payload(JoinWork.Challenge asked, int number) {
        String json = "{\"algorithm\":\"%s\",\"challenge\":\"%s\",\"number\":%d,\"salt\":\"%s\",\"signature\":\"%s\"}"
                .formatted(asked.algorithm(), asked.challenge(), number, asked.salt(), asked.signature());
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
