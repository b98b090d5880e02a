package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Trees and proofs against the definition in RFC 6962 section 2.1, which is written down here a second time. */
class TreeTest {
    private static final List<byte[]> ENTRIES = IntStream.range(0, 70_000)
            .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
            .toList();

    @Test
    void anyWayToSplitTheSameEntriesIntoSealsGivesTheSameLog() {
        var random = new Random(20261121);
        for (int size = 0; size <= 300; size++) {
            var once = new MemoryLog();
            var whole = TreeAppender.empty().append(ENTRIES.subList(0, size));
            once.store(whole);
            assertThat(whole.root()).isEqualTo(root(0, size));

            var inParts = new MemoryLog();
            var edge = TreeEdge.EMPTY;
            while (edge.size() < size) {
                int from = (int) edge.size();
                int to = Math.min(size, from + random.nextInt(1, random.nextBoolean() ? 9 : 280));
                var stored = TreeEdge.parse(edge.bytes()).orThrow();
                var appended = TreeAppender.resume(stored, inParts).append(ENTRIES.subList(from, to));
                assertThat(appended.firstIndex()).isEqualTo(from);
                assertThat(appended.size()).isEqualTo(to);
                inParts.store(appended);
                edge = appended.edge();
            }
            assertThat(edge).isEqualTo(whole.edge());
            assertThat(inParts.rows.keySet()).isEqualTo(once.rows.keySet());
            once.rows.forEach(
                    (row, bytes) -> assertThat(inParts.rows.get(row)).as(row).isEqualTo(bytes));
        }
    }

    @Test
    void aTreeOf70000HasTheTilesThatTheStandardCountsForIt() {
        var widths = new HashMap<String, Integer>();
        var appended = TreeAppender.empty().append(ENTRIES);
        for (var tile : appended.tiles()) widths.merge(tile.level() + " x " + tile.width(), 1, Integer::sum);
        assertThat(widths)
                .containsOnly(
                        java.util.Map.entry("0 x 256", 273),
                        java.util.Map.entry("0 x 112", 1),
                        java.util.Map.entry("1 x 256", 1),
                        java.util.Map.entry("1 x 17", 1),
                        java.util.Map.entry("2 x 1", 1));
        assertThat(appended.bundles()).hasSize(274);
        assertThat(appended.root()).isEqualTo(root(0, 70_000));
    }

    @Test
    void aPartlyFilledTreeGoesOnFromItsOpenTilesAlone() {
        var log = new MemoryLog();
        var first = TreeAppender.empty().append(ENTRIES.subList(0, 66_000));
        log.store(first);
        log.reads = 0;
        var appender = TreeAppender.resume(first.edge(), log);
        // 66,000 = 1 * 65,536 + 1 * 256 + 208: one open tile on each of three levels, and one open bundle.
        assertThat(log.reads).isEqualTo(4);
        var second = appender.append(ENTRIES.subList(66_000, 70_000));
        assertThat(second.root()).isEqualTo(root(0, 70_000));
        assertThat(second.bundles().getFirst().index()).isEqualTo(257);
        assertThat(second.bundles().getFirst().entries().get(208)).isEqualTo(ENTRIES.get(66_000));
    }

    @Test
    void aDamagedTileIsNotBuiltUpon() {
        var log = new MemoryLog();
        var appended = TreeAppender.empty().append(ENTRIES.subList(0, 300));
        log.store(appended);
        var tile = java.util.Objects.requireNonNull(log.rows.get(MemoryLog.key(0, 1)));
        tile[5] ^= 1;
        assertThatThrownBy(() -> TreeAppender.resume(appended.edge(), log))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tile/0/001.p/44");
        log.rows.remove(MemoryLog.key(0, 1));
        assertThatThrownBy(() -> TreeAppender.resume(appended.edge(), log)).isInstanceOf(MissingTile.class);
    }

    @Test
    void everyEntryOfEverySmallTreeIsProvenFromTilesAndNothingElseIs() {
        var log = new MemoryLog();
        log.store(TreeAppender.empty().append(ENTRIES.subList(0, 300)));
        for (int size = 1; size <= 300; size += size < 70 ? 1 : 23) {
            var proofs = new TreeProofs(log, size);
            var root = root(0, size);
            assertThat(proofs.root()).isEqualTo(root);
            for (int index = 0; index < size; index++) {
                var proof = proofs.inclusion(index);
                var leaf = Merkle.leafHash(ENTRIES.get(index));
                assertThat(proof.verify(leaf, root)).isEqualTo(new ProofCheck.Proven());
                assertThat(proof.verify(Merkle.leafHash(ENTRIES.get(index + 1)), root)
                                .holds())
                        .isFalse();
                var longer = new ArrayList<>(proof.path());
                longer.add(root);
                assertThat(new InclusionProof(index, size, longer).verify(leaf, root))
                        .isInstanceOfSatisfying(ProofCheck.Refuted.class, no -> assertThat(no.reason())
                                .isEqualTo(ProofCheck.Reason.PATH_LENGTH));
            }
        }
    }

    @Test
    void everySmallTreeIsShownToBeginWithEverySmallerOne() {
        var log = new MemoryLog();
        log.store(TreeAppender.empty().append(ENTRIES.subList(0, 600)));
        var sizes = LongStream.concat(LongStream.range(0, 70), LongStream.of(127, 255, 256, 257, 300, 511, 512, 600))
                .toArray();
        for (long size : sizes) {
            var root = root(0, (int) size);
            for (long old : sizes) {
                if (old > size) continue;
                var proof = new TreeProofs(log, size).consistency(old);
                var oldRoot = root(0, (int) old);
                assertThat(proof.verify(oldRoot, root)).isEqualTo(new ProofCheck.Proven());
                assertThat(new TreeProofs(log, size).rootAt(old)).isEqualTo(oldRoot);
                var other = Merkle.leafHash(ENTRIES.getFirst()).equals(oldRoot) ? root(0, 2) : root(0, 1);
                assertThat(proof.verify(other, root).holds()).isFalse();
                if (old > 0)
                    assertThat(proof.verify(oldRoot, Hash32.sha256()).holds()).isFalse();
            }
        }
    }

    @Test
    void proofsWithAbsurdNumbersAreRefusedInWords() {
        var hash = Merkle.leafHash(new byte[0]);
        for (long index : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
            for (long size : new long[] {Long.MIN_VALUE, -1, 0, 2, Long.MAX_VALUE}) {
                assertThat(new InclusionProof(index, size, List.of(hash)).verify(hash, hash))
                        .isInstanceOf(ProofCheck.Refuted.class);
                assertThat(new ConsistencyProof(index, size, List.of(hash, hash, hash)).verify(hash, hash))
                        .isInstanceOf(ProofCheck.Refuted.class);
            }
        }
    }

    @Test
    void anEdgeIsReadBackOnlyWhole() {
        var edge = TreeAppender.empty().append(ENTRIES.subList(0, 7)).edge();
        assertThat(TreeEdge.parse(edge.bytes()).orThrow()).isEqualTo(edge);
        for (int length = 0; length < edge.bytes().length; length++) {
            var cut = java.util.Arrays.copyOf(edge.bytes(), length);
            assertThat(TreeEdge.parse(cut)).isInstanceOf(Parsed.Bad.class);
        }
        var negative = edge.bytes();
        negative[0] = -1;
        assertThat(TreeEdge.parse(negative)).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void anEntryThatALengthOfTwoBytesCannotSayIsRefusedBeforeAnythingIsAppended() {
        var appender = TreeAppender.empty();
        assertThatThrownBy(() -> appender.append(List.of(new byte[1], new byte[65_536])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(appender.size()).isZero();
        var largest = appender.append(List.of(new byte[65_535], new byte[0]));
        assertThat(largest.bundles().getFirst().entries())
                .extracting(e -> e.length)
                .containsExactly(65_535, 0);
    }

    @Test
    void tilePathsAreWrittenInOneWayAndReadInThatWayOnly() {
        assertThat(new TilePath.Hashes(0, 1_234_067, 256).text()).isEqualTo("tile/0/x001/x234/067");
        assertThat(new TilePath.Entries(0, 3).text()).isEqualTo("tile/entries/000.p/3");
        assertThat(new TilePath.Hashes(2, 1000, 1).text()).isEqualTo("tile/2/x001/000.p/1");
        for (long index : new long[] {0, 7, 999, 1000, 999_999, 1_000_000, 1L << 54}) {
            for (int width : new int[] {1, 255, 256}) {
                var hashes = new TilePath.Hashes(63, index, width);
                var entries = new TilePath.Entries(index, width);
                assertThat(TilePath.parse(hashes.text())).isEqualTo(hashes);
                assertThat(TilePath.parse(entries.text())).isEqualTo(entries);
            }
        }
        assertThat(List.of(
                        "",
                        "tile",
                        "tile/",
                        "tile/0",
                        "tile/0/",
                        "tile/0/0",
                        "tile/0/0000",
                        "tile/0/x000/001",
                        "tile/0/001/002",
                        "tile/0/x001",
                        "tile/00/000",
                        "tile/64/000",
                        "tile/-1/000",
                        "tile/0/000.p/0",
                        "tile/0/000.p/256",
                        "tile/0/000.p/01",
                        "tile/0/000.p/",
                        "tile/0/00a",
                        "tile/entries/-01",
                        "/tile/0/000",
                        "tile/0/000/",
                        "tile/0/..",
                        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999"))
                .allSatisfy(text -> assertThat(TilePath.parse(text)).as(text).isNull());
    }

    /** MTH of RFC 6962 section 2.1 as it stands there. */
    private static Hash32 root(int from, int to) {
        if (to == from) return Merkle.EMPTY_ROOT;
        if (to - from == 1) return Merkle.leafHash(ENTRIES.get(from));
        int split = Integer.highestOneBit(to - from - 1);
        return Merkle.nodeHash(root(from, from + split), root(from + split, to));
    }
}
