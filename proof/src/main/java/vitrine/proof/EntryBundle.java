package vitrine.proof;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bundle of up to 256 entries (C2SP tlog-tiles, "Log entries"): each entry after its length as a big-endian uint16.
 * The array belongs to whoever receives the bundle and is not copied.
 */
public record EntryBundle(long index, int width, byte[] bytes) {
    /** What a length prefix of two bytes can say. */
    public static final int ENTRY_BYTES_MAX = 65_535;

    /** The largest bundle: 256 of the largest entries with their lengths. */
    public static final int BYTES_MAX = TilePath.FULL_WIDTH * (2 + ENTRY_BYTES_MAX);

    public TilePath path() {
        return new TilePath.Entries(index, width);
    }

    /** The entries in order. @throws IllegalStateException when the bytes are no bundle of this width */
    public List<byte[]> entries() {
        var entries = entriesOrNull(bytes, width);
        if (entries == null) throw new IllegalStateException("not a bundle of " + width + " entries: " + path().text());
        return entries;
    }

    /** The first {@code width} entries of a bundle that may be wider, or null when {@link #parse} refuses it. */
    public static @Nullable List<byte[]> entriesOrNull(byte[] bundle, int width) {
        return parse(bundle, width).orNull();
    }

    /**
     * The first {@code width} entries of a bundle. It may be wider (a partial bundle may have been replaced by a wider
     * one), but it is whole entries to its end, and at most 256. Codes: {@code bundle.too-large}, {@code bundle.short},
     * {@code bundle.trailing}.
     *
     * @param width 1 to 256
     */
    public static Parsed<List<byte[]>> parse(byte[] bundle, int width) {
        if (bundle.length > BYTES_MAX) {
            return Parsed.bad("bundle.too-large", "at most " + BYTES_MAX + " bytes, got " + bundle.length);
        }
        var entries = new ArrayList<byte[]>(width);
        int at = 0;
        int count = 0;
        while (at < bundle.length) {
            if (count == TilePath.FULL_WIDTH) return Parsed.bad("bundle.trailing", "more than 256 entries");
            int length = bundle.length - at < 2 ? -1 : (bundle[at] & 0xff) << 8 | bundle[at + 1] & 0xff;
            if (length < 0 || bundle.length - at - 2 < length) {
                var code = count < width ? "bundle.short" : "bundle.trailing";
                return Parsed.bad(code, "entry " + count + " is cut off");
            }
            if (count < width) {
                var entry = new byte[length];
                System.arraycopy(bundle, at + 2, entry, 0, length);
                entries.add(entry);
            }
            count++;
            at += 2 + length;
        }
        if (count < width) return Parsed.bad("bundle.short", "want " + width + " entries, got " + count);
        return Parsed.ok(entries);
    }

    /**
     * Where each entry ends, in bytes from the start of the bundle: one can be read out of a stored bundle without the others.
     *
     * @throws IllegalStateException when the bytes are no bundle of this width
     */
    public int[] ends() {
        var ends = new int[width];
        int at = 0;
        for (int i = 0; i < width; i++) {
            if (bytes.length - at < 2)
                throw new IllegalStateException("not a bundle of " + width + " entries: " + path().text());
            at += 2 + ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff);
            ends[i] = at;
        }
        return ends;
    }

    /** The bundle of these entries. @throws IllegalArgumentException when there are 0 or more than 256, or one is too long */
    public static EntryBundle of(long index, List<byte[]> entries) {
        if (entries.isEmpty() || entries.size() > TilePath.FULL_WIDTH) {
            throw new IllegalArgumentException("a bundle has 1 to 256 entries, got " + entries.size());
        }
        var bytes = new ByteArrayOutputStream();
        for (var entry : entries) {
            requireLength(entry);
            bytes.write(entry.length >>> 8);
            bytes.write(entry.length);
            bytes.write(entry, 0, entry.length);
        }
        return new EntryBundle(index, entries.size(), bytes.toByteArray());
    }

    static void requireLength(byte[] entry) {
        if (entry.length > ENTRY_BYTES_MAX) {
            throw new IllegalArgumentException("an entry has at most 65535 bytes, got " + entry.length);
        }
    }
}
