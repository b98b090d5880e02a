package vitrine.proof;

import java.util.List;

/**
 * The state of a log, as the text of a signed note (C2SP tlog-checkpoint).
 *
 * @param origin names the log: not empty, one line
 * @param size how many entries the tree has
 * @param root the RFC 6962 root of that tree
 * @param extensions further lines, none empty; normally there are none
 */
public record Checkpoint(String origin, long size, Hash32 root, List<String> extensions) {
    public Checkpoint {
        extensions = List.copyOf(extensions);
        requireLine(origin);
        extensions.forEach(Checkpoint::requireLine);
        if (size < 0) throw new IllegalArgumentException("a size is 0 or more, got " + size);
    }

    public Checkpoint(String origin, long size, Hash32 root) {
        this(origin, size, root, List.of());
    }

    /** Reads the text of a note in its one spelling. Codes: {@code checkpoint.*}. */
    public static Parsed<Checkpoint> parse(String text) {
        if (!text.endsWith("\n")) return Parsed.bad("checkpoint.lines", "the last line does not end");
        var lines = List.of(text.substring(0, text.length() - 1).split("\n", -1));
        if (lines.size() < 3) return Parsed.bad("checkpoint.lines", "at least 3 lines, got " + lines.size());
        if (!lines.stream().allMatch(Checkpoint::isLine)) return Parsed.bad("checkpoint.lines", "a line is empty");
        long size = Encoding.decimalOrMinusOne(lines.get(1));
        if (size < 0) return Parsed.bad("checkpoint.size", "no decimal number below 2^63: " + lines.get(1));
        var root = Hash32.orNull(Encoding.base64OrNull(lines.get(2)));
        if (root == null) return Parsed.bad("checkpoint.root", "not the base64 of 32 bytes: " + lines.get(2));
        return Parsed.ok(new Checkpoint(lines.getFirst(), size, root, lines.subList(3, lines.size())));
    }

    /** The text to be signed. */
    public String text() {
        var text = new StringBuilder(origin)
                .append('\n')
                .append(size)
                .append('\n')
                .append(root.base64())
                .append('\n');
        for (var line : extensions) text.append(line).append('\n');
        return text.toString();
    }

    /** This checkpoint signed by one or several keys; the log's own key has the origin as its name. */
    public SignedNote signedBy(NoteSigner... keys) {
        return SignedNote.sign(text(), keys);
    }

    private static boolean isLine(String line) {
        return !line.isEmpty() && line.chars().noneMatch(c -> c < 0x20) && Json.wellFormed(line);
    }

    private static void requireLine(String line) {
        if (!isLine(line)) throw new IllegalArgumentException("not one line of text: " + line);
    }
}
