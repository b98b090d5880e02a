package vitrine.proof;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of pieces, which are nearly all of a log, straight from their bytes: canonical JSON with these
 * members can only be written in one way. Whatever is not written exactly so is left to the reader of JSON, which says
 * what is wrong with it; both give the same answer for every entry.
 */
final class PieceLine {
    private static final byte[] COLLECTIBLE = Encoding.utf8("{\"collectible\":\"");
    private static final byte[] LOG = Encoding.utf8("\",\"log\":\"");
    private static final byte[] OWNER = Encoding.utf8("\",\"owner\":");
    private static final byte[] PREV = Encoding.utf8(",\"prev\":");
    private static final byte[] RULES = Encoding.utf8(",\"rules\":");
    private static final byte[] SERIAL = Encoding.utf8(",\"serial\":");
    private static final byte[] TYPE = Encoding.utf8(",\"type\":\"");
    private static final byte[] END = Encoding.utf8("\",\"v\":1}");
    private static final byte[] NULL = Encoding.utf8("null");

    private static final byte[][] TYPES;
    private static final RecordType[] OF_PIECE;
    private static final byte[] DIGITS = new byte[128];

    static {
        OF_PIECE =
                Arrays.stream(RecordType.values()).filter(RecordType::isOfPiece).toArray(RecordType[]::new);
        TYPES = Arrays.stream(OF_PIECE).map(type -> Encoding.utf8(type.text())).toArray(byte[][]::new);
        Arrays.fill(DIGITS, (byte) -1);
        for (int i = 0; i < 16; i++) DIGITS["0123456789abcdef".charAt(i)] = (byte) i;
    }

    /** A log's records name one origin, so the last one read is most often the next. */
    private static volatile String lastOrigin = "";

    private final byte[] entry;
    private int at;
    private boolean wrong;

    private PieceLine(byte[] entry) {
        this.entry = entry;
    }

    /** The record, or null when the entry is not written exactly as a record of a piece of version 1 is. */
    static LogRecord.Reading.@Nullable Known readOrNull(byte[] entry) {
        return new PieceLine(entry).read();
    }

    private LogRecord.Reading.@Nullable Known read() {
        if (!skip(COLLECTIBLE)) return null;
        var collectible = hash();
        if (collectible == null || !skip(LOG)) return null;
        var log = origin();
        if (log == null || !skip(OWNER)) return null;
        var owner = hashOrNull();
        if (wrong || !skip(PREV)) return null;
        var prev = hashOrNull();
        if (wrong || !skip(RULES)) return null;
        var rules = hashOrNull();
        if (wrong || !skip(SERIAL)) return null;
        long serial = serial();
        if (serial < 1 || serial > LogRecord.PIECES_MAX || !skip(TYPE)) return null;
        var type = type();
        if (type == null || !skip(END) || at != entry.length) return null;
        if (prev == null && type != RecordType.PIECE_GRANTED) return null;
        if ((owner == null) != LogRecord.OfPiece.ownerless(type)) return null;
        return new LogRecord.Reading.Known(
                new LogRecord.OfPiece(log, type, collectible, serial, prev, rules, owner), List.of());
    }

    private boolean skip(byte[] text) {
        if (!startsWith(text)) return false;
        at += text.length;
        return true;
    }

    private boolean startsWith(byte[] text) {
        return entry.length - at >= text.length && Arrays.equals(entry, at, at + text.length, text, 0, text.length);
    }

    private @Nullable Hash32 hash() {
        if (entry.length - at < 2 * Hash32.LENGTH) return null;
        long word0 = word();
        long word1 = word();
        long word2 = word();
        long word3 = word();
        return wrong ? null : new Hash32(word0, word1, word2, word3);
    }

    private long word() {
        long word = 0;
        int bad = 0;
        for (int i = 0; i < 16; i++) {
            byte c = entry[at++];
            int digit = c < 0 ? -1 : DIGITS[c];
            bad |= digit;
            word = word << 4 | digit;
        }
        if (bad < 0) wrong = true;
        return word;
    }

    private @Nullable Hash32 hashOrNull() {
        if (skip(NULL)) return null;
        if (at >= entry.length || entry[at] != '"') {
            wrong = true;
            return null;
        }
        at++;
        var hash = hash();
        if (hash == null || at >= entry.length || entry[at] != '"') wrong = true;
        at++;
        return hash;
    }

    private @Nullable String origin() {
        int from = at;
        while (at < entry.length && entry[at] != '"') {
            if (entry[at] == '\\' || !LogRecord.isOriginCharacter(entry[at])) return null;
            at++;
        }
        int length = at - from;
        if (length < 1 || length > LogRecord.ORIGIN_MAX) return null;
        var last = lastOrigin;
        if (last.length() == length && same(last, from)) return last;
        var origin = new String(entry, from, length, java.nio.charset.StandardCharsets.US_ASCII);
        lastOrigin = origin;
        return origin;
    }

    private boolean same(String origin, int from) {
        for (int i = 0; i < origin.length(); i++) if (origin.charAt(i) != entry[from + i]) return false;
        return true;
    }

    private long serial() {
        if (at >= entry.length || entry[at] == '0') return -1;
        long serial = 0;
        int from = at;
        while (at < entry.length && entry[at] >= '0' && entry[at] <= '9') {
            if (at - from == 10) return -1;
            serial = serial * 10 + entry[at++] - '0';
        }
        return at == from ? -1 : serial;
    }

    private @Nullable RecordType type() {
        for (int i = 0; i < TYPES.length; i++) if (skip(TYPES[i])) return OF_PIECE[i];
        return null;
    }
}
