package vitrine.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A text with signatures under it (C2SP signed-note).
 *
 * @param text ends in a newline; well-formed Unicode without control characters other than newline
 * @param signatures at least one; by whom they are is not known before {@link #verify}
 */
public record SignedNote(String text, List<NoteSignature> signatures) {
    /** Notes are small; a megabyte is not one. */
    public static final int CHARACTERS_MAX = 1 << 20;

    /** Verifiers must take 16; this one takes 100 and no more. */
    public static final int SIGNATURES_MAX = 100;

    /** What checking a note against known keys gives. */
    public sealed interface Check {
        /** Signed by these of the known keys, in the order of the note; every line that claims to be theirs is. */
        record Verified(Set<VerifierKey> by) implements Check {
            public Verified {
                by = Collections.unmodifiableSet(new LinkedHashSet<>(by));
            }
        }

        /** A line claims to be of a known key, and is not: the whole note is refused. */
        record BadSignature(String name, String keyId) implements Check {}

        /** No line claims to be of a known key; these are the names that are there. */
        record NoKnownKey(List<String> names) implements Check {
            public NoKnownKey {
                names = List.copyOf(names);
            }
        }
    }

    public SignedNote {
        signatures = List.copyOf(signatures);
        if (!isText(text))
            throw new IllegalArgumentException("a note's text ends in a newline and has no control characters");
        if (signatures.isEmpty()) throw new IllegalArgumentException("a note has at least one signature");
    }

    /** Signs a text with one or several keys. @throws IllegalArgumentException when the text cannot be a note's */
    public static SignedNote sign(String text, NoteSigner... keys) {
        var signatures = new ArrayList<NoteSignature>();
        for (var key : keys) signatures.add(key.sign(text));
        return new SignedNote(text, signatures);
    }

    /** Reads a note in its one spelling. Codes: {@code note.*}. */
    public static Parsed<SignedNote> parse(String note) {
        if (note.length() > CHARACTERS_MAX) {
            return Parsed.bad("note.too-large", "at most " + CHARACTERS_MAX + " characters, got " + note.length());
        }
        if (!hasNoteCharacters(note))
            return Parsed.bad("note.characters", "control characters or half a surrogate pair");
        int blank = note.lastIndexOf("\n\n");
        if (blank < 0) return Parsed.bad("note.no-signature", "no blank line before signatures");
        var text = note.substring(0, blank + 1);
        var block = note.substring(blank + 2);
        return parseLines(block).then(signatures -> Parsed.ok(new SignedNote(text, signatures)));
    }

    /** Reads signature lines, one or more, each ending in a newline, as they stand in a note or alone. */
    static Parsed<List<NoteSignature>> parseLines(String block) {
        if (block.isEmpty() || !block.endsWith("\n")) {
            return Parsed.bad("note.no-signature", "signature lines end in a newline, and there is at least one");
        }
        var signatures = new ArrayList<NoteSignature>();
        for (int from = 0; from < block.length(); ) {
            if (signatures.size() == SIGNATURES_MAX) {
                return Parsed.bad("note.too-many-signatures", "at most " + SIGNATURES_MAX);
            }
            int end = block.indexOf('\n', from);
            var signature = parseLine(block.substring(from, end));
            if (signature instanceof Parsed.Bad<NoteSignature> bad) return Parsed.bad(bad.code(), bad.detail());
            signatures.add(signature.orThrow());
            from = end + 1;
        }
        return Parsed.ok(signatures);
    }

    private static Parsed<NoteSignature> parseLine(String line) {
        var parts = line.split(" ", -1);
        if (parts.length != 3 || !parts[0].equals("\u2014") || !VerifierKey.isName(parts[1])) {
            return Parsed.bad("note.signature-line", "a signature line is: em dash, name, base64");
        }
        var bytes = Encoding.base64OrNull(parts[2]);
        if (bytes == null || bytes.length < 5) {
            return Parsed.bad("note.signature-line", "a signature is base64 of five bytes or more");
        }
        int id = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        return Parsed.ok(new NoteSignature(parts[1], id, Arrays.copyOfRange(bytes, 4, bytes.length)));
    }

    /** The same from bytes, which must be well-formed UTF-8. */
    public static Parsed<SignedNote> parse(byte[] note) {
        var text = Encoding.utf8OrNull(note);
        return text == null ? Parsed.bad("note.characters", "not well-formed UTF-8") : parse(text);
    }

    /**
     * Checks the lines that claim to be of a known key and ignores all others (signed-note, "Signatures"). A key that
     * signed twice must have signed well twice. Where two known keys share name and id, a line is good when it is
     * either's.
     */
    public Check verify(Collection<VerifierKey> known) {
        var by = new LinkedHashSet<VerifierKey>();
        for (var line : signatures) {
            VerifierKey claimed = null;
            VerifierKey signed = null;
            for (var key : known) {
                if (!line.claims(key)) continue;
                claimed = key;
                if (key.verifies(text, line.signature())) signed = key;
            }
            if (signed != null) {
                by.add(signed);
            } else if (claimed != null) {
                return new Check.BadSignature(claimed.name(), claimed.idHex());
            }
        }
        if (!by.isEmpty()) return new Check.Verified(by);
        return new Check.NoKnownKey(
                signatures.stream().map(NoteSignature::name).distinct().toList());
    }

    /** The same note with one more signature, as a witness or a second key adds it. */
    public SignedNote with(NoteSignature signature) {
        var more = new ArrayList<>(signatures);
        more.add(signature);
        return new SignedNote(text, more);
    }

    /** The note as it is served and stored. */
    public String format() {
        var note = new StringBuilder(text).append('\n');
        for (var signature : signatures) note.append(signature.line());
        return note.toString();
    }

    private static boolean isText(String text) {
        return text.endsWith("\n") && hasNoteCharacters(text);
    }

    private static boolean hasNoteCharacters(String text) {
        return text.chars().noneMatch(c -> c < 0x20 && c != '\n') && Json.wellFormed(text);
    }
}
