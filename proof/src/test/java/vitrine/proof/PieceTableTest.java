package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pieces that are followed in few bytes are the same pieces. */
class PieceTableTest {
    @Test
    void aHundredThousandPiecesKeepWhatWasWrittenOfThem() {
        var random = new Random(7);
        var table = new PieceTable(new Fingerprint(1, 2), 3);
        var expected = new HashMap<Long, long[]>();
        for (int i = 0; i < 300_000; i++) {
            long number = (long) random.nextInt(50) << 30 | 1 + random.nextInt(4_000);
            table.seek(number);
            var before = expected.getOrDefault(number, new long[3]);
            assertThat(table.state()).isEqualTo((int) before[0]);
            assertThat(table.get(1)).isEqualTo(before[1]);
            assertThat(table.get(2)).isEqualTo(before[2]);
            var now = new long[] {random.nextInt(4), random.nextLong(), random.nextLong()};
            table.state((int) now[0]);
            table.put(1, now[1]);
            table.put(2, now[2]);
            expected.put(number, now);
        }
        table.seek(Long.MAX_VALUE >>> 2);
        assertThat(table.state()).isZero();
        table.clear();
        table.seek(expected.keySet().iterator().next());
        assertThat(table.state()).isZero();
    }

    @Test
    void aFingerprintIsSipHashOfThe32Bytes() {
        // The authors' vector for 32 bytes 00 01 … 1f under the key 00 01 … 0f; they read words from the little end.
        var words = new Hash32(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x1716151413121110L, 0x1f1e1d1c1b1a1918L);
        var print = new Fingerprint(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(print.of(words)).isEqualTo(0x7127512f72f27cceL);
    }
}
