package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Other people's vectors for RFC 6962 trees and proofs. */
class MerkleVectorsTest {
    private final Json.Obj tree = Fixtures.json("rfc6962-tree-0-to-8.json");

    @Test
    void everyRootAndNodeOfTheTreesOfSize0To8IsAsPublished() {
        var leaves = strings(tree.get("leaf_inputs_hex")).stream()
                .map(HexFormat.of()::parseHex)
                .toList();
        var roots = strings(tree.get("root_hashes_hex_by_tree_size"));
        assertThat(roots).hasSize(9);
        for (int size = 0; size <= 8; size++) {
            var log = new MemoryLog();
            var appended = TreeAppender.empty().append(leaves.subList(0, size));
            log.store(appended);
            assertThat(appended.root().hex()).isEqualTo(roots.get(size));
            assertThat(new TreeProofs(log, size).root()).isEqualTo(appended.root());
        }
        var log = new MemoryLog();
        log.store(TreeAppender.empty().append(leaves));
        var levels = ((Json.Arr) nonNull(tree.get("node_hashes_hex_by_level"))).values();
        for (int height = 0; height < levels.size(); height++) {
            var nodes = strings(levels.get(height));
            for (int i = 0; i < nodes.size(); i++) {
                assertThat(new TreeProofs(log, 8).node(height, i).hex()).isEqualTo(nodes.get(i));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> inclusionProbe() {
        return probes("inclusion", probe -> {
            var leaf = hash(probe.get("leafHash"));
            var root = hash(probe.get("root"));
            var path = path(probe.get("proof"));
            if (leaf == null || root == null || path == null) return false;
            return new InclusionProof(number(probe.get("leafIdx")), number(probe.get("treeSize")), path)
                    .verify(leaf, root)
                    .holds();
        });
    }

    @TestFactory
    Stream<DynamicTest> consistencyProbe() {
        return probes("consistency", probe -> {
            var oldRoot = hash(probe.get("root1"));
            var root = hash(probe.get("root2"));
            var path = path(probe.get("proof"));
            if (oldRoot == null || root == null || path == null) return false;
            return new ConsistencyProof(number(probe.get("size1")), number(probe.get("size2")), path)
                    .verify(oldRoot, root)
                    .holds();
        });
    }

    private static Stream<DynamicTest> probes(String kind, java.util.function.Predicate<Json.Obj> holds) {
        var files = Fixtures.filesUnder("rfc6962-probes/" + kind);
        assertThat(files).hasSizeGreaterThan(25);
        return files.stream()
                .map(file -> dynamicTest(
                        file.subpath(file.getNameCount() - 2, file.getNameCount())
                                .toString(),
                        () -> {
                            var probe =
                                    (Json.Obj) Json.parse(Fixtures.bytes(file)).orThrow();
                            boolean wantErr = ((Json.Bool) nonNull(probe.get("wantErr"))).value();
                            assertThat(holds.test(probe)).isEqualTo(!wantErr);
                        }));
    }

    private static @Nullable Hash32 hash(@Nullable Json value) {
        return Hash32.orNull(Base64.getDecoder().decode(((Json.Str) nonNull(value)).value()));
    }

    private static @Nullable List<Hash32> path(@Nullable Json value) {
        var path = new ArrayList<Hash32>();
        if (!(value instanceof Json.Arr hashes)) return path;
        for (var hash : hashes) {
            var read = hash(hash);
            if (read == null) return null;
            path.add(read);
        }
        return path;
    }

    /** 2^64 - 1 stands for -1 in the probes. */
    private static long number(@Nullable Json value) {
        double number = ((Json.Num) nonNull(value)).value();
        return number > Long.MAX_VALUE ? -1 : (long) number;
    }

    private static List<String> strings(@Nullable Json value) {
        return ((Json.Arr) nonNull(value))
                .values().stream().map(text -> ((Json.Str) text).value()).toList();
    }

    private static <T> T nonNull(@Nullable T value) {
        return java.util.Objects.requireNonNull(value);
    }
}
