package vitrine.proof;

import java.util.List;

/**
 * What appending changed. Store all of it in one transaction: entries and tiles first, then the edge, then whatever
 * publishes the root.
 *
 * @param firstIndex the index of the first entry appended; the k-th (from 0) has {@code firstIndex + k}
 * @param size the new size of the tree
 * @param root the new root
 * @param edge the new right edge, to resume from
 * @param tiles every tile that is new or wider than before, full or partial, once each; a tile that went from partial
 *     to full is there as full only
 * @param bundles the same for bundles of entries
 */
public record Appended(
        long firstIndex, long size, Hash32 root, TreeEdge edge, List<Tile> tiles, List<EntryBundle> bundles) {}
