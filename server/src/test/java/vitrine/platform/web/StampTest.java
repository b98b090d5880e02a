package vitrine.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StampTest {

    @Test
    void theSameRecordHasTheSameSealAndAnotherRecordAnother() {
        var one = Stamp.path(new byte[] {0x6e, 0x1f, (byte) 0xc0, (byte) 0x9a});
        assertThat(Stamp.path(new byte[] {0x6e, 0x1f, (byte) 0xc0, (byte) 0x9a}))
                .isEqualTo(one);
        assertThat(Stamp.path(new byte[] {0x6e, 0x1f, (byte) 0xc0, (byte) 0x9b}))
                .isNotEqualTo(one);
    }

    @Test
    void aSealStaysInsideItsSquare() {
        assertThat(Stamp.path(new byte[] {1, 2, 3, 4})
                        .chars()
                        .filter(c -> c == 'M')
                        .count())
                .isBetween(36L, 60L);
        assertThat(Stamp.path(new byte[] {1, 2, 3, 4})).startsWith("M11 11h36").doesNotContain("-");
    }
}
