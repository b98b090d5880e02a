package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Between two checkpoints a log only grew, or somebody is told what else it did. */
class LogDiffTest {
    private static final List<byte[]> ENTRIES = entries(600);

    @Test
    void anyTwoStatesOfAnHonestLogAreShownToFollowEachOther() {
        var log = new MemoryLog();
        log.store(TreeAppender.empty().append(ENTRIES));
        for (int older : new int[] {0, 1, 2, 100, 255, 256, 257, 511, 512, 599, 600}) {
            for (int newer = older; newer <= 600; newer += 1 + (600 - older) / 7) {
                var report = LogDiff.run(log, checkpoint(log, older), checkpoint(log, newer), 3);
                assertThat(report.violations()).as("%d to %d", older, newer).isEmpty();
                long added = report.records().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                assertThat(added).isEqualTo(newer - older);
                assertThat(report.first()).hasSize(Math.min(3, newer - older));
                if (newer > older) {
                    assertThat(report.first().getFirst().index()).isEqualTo(older);
                    assertThat(report.first().getFirst().name()).isEqualTo(Merkle.leafHash(ENTRIES.get(older)));
                }
            }
        }
    }

    @Test
    void whatDoesNotFollowIsNamed() {
        var log = new MemoryLog();
        log.store(TreeAppender.empty().append(ENTRIES));
        var head = checkpoint(log, 600);
        assertThat(codes(log, checkpoint(log, 300), new Checkpoint(Moonrise.LOG, 600, Merkle.EMPTY_ROOT)))
                .containsExactly("diff.fork");
        assertThat(codes(log, new Checkpoint(Moonrise.LOG, 300, Merkle.EMPTY_ROOT), head))
                .containsExactly("diff.fork");
        assertThat(codes(log, new Checkpoint(Moonrise.LOG, 600, Merkle.EMPTY_ROOT), head))
                .containsExactly("diff.fork");
        assertThat(codes(log, head, checkpoint(log, 300))).containsExactly("diff.size");
        assertThat(codes(log, head, new Checkpoint(Moonrise.LOG, Long.MAX_VALUE, Merkle.EMPTY_ROOT)))
                .containsExactly("diff.size");
        assertThat(codes(
                        log,
                        new Checkpoint(
                                "other.example/log", 300, checkpoint(log, 300).root()),
                        head))
                .containsExactly("diff.origin");
        assertThat(codes(log, head, new Checkpoint(Moonrise.LOG, 1L << 50, Merkle.EMPTY_ROOT)))
                .containsExactly("diff.bundle");

        var changed = new ArrayList<>(ENTRIES);
        changed.set(400, Encoding.utf8("{}"));
        var other = new MemoryLog();
        other.store(TreeAppender.empty().append(changed));
        assertThat(codes(other, checkpoint(log, 300), head)).containsExactly("record.field-missing", "diff.fork");
        other.rows.remove(MemoryLog.key(-1, 2));
        assertThat(codes(other, checkpoint(log, 300), head)).contains("diff.missing");
    }

    private static List<String> codes(MemoryLog log, Checkpoint older, Checkpoint newer) {
        return LogDiff.run(log, older, newer, 0).violations().stream()
                .map(LogReplay.Violation::code)
                .toList();
    }

    private static Checkpoint checkpoint(MemoryLog log, long size) {
        return new Checkpoint(Moonrise.LOG, size, new TreeProofs(log, size).root());
    }

    private static List<byte[]> entries(int count) {
        var entries = new ArrayList<byte[]>();
        entries.add(Moonrise.PUBLISHED.bytes());
        for (int serial = 1; entries.size() < count; serial++) {
            entries.add(LogRecord.granted(
                            Moonrise.LOG, Moonrise.COLLECTIBLE, serial, null, null, Hash32.sha256(new byte[serial]))
                    .bytes());
        }
        return entries;
    }
}
