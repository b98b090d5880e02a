package vitrine.proof;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a witness answers to {@link AddCheckpoint} (C2SP tlog-witness): an HTTP status, a content type and a body. */
public sealed interface WitnessAnswer {
    /** The content type of a {@link Conflict}. */
    String SIZE_TYPE = "text/x.tlog.size";

    /** What a client reads of an answer. */
    int BODY_BYTES_MAX = 1 << 16;

    /** 200: it cosigned; one or more signature lines. */
    record Cosigned(List<NoteSignature> lines) implements WitnessAnswer {
        public Cosigned {
            lines = List.copyOf(lines);
        }

        /**
         * The note with those of the lines that are good cosignatures of these witnesses; all others are ignored, as the
         * specification asks, and so are lines that the note has already.
         */
        public SignedNote addTo(SignedNote note, Collection<WitnessKey> known) {
            var more = note;
            for (var line : lines) {
                boolean good = known.stream()
                        .anyMatch(key -> key.id() == line.keyId()
                                && key.name().equals(line.name())
                                && key.check(note.text(), line.signature()) instanceof Parsed.Ok);
                if (good && !more.signatures().contains(line)) more = more.with(line);
            }
            return more;
        }
    }

    /** 409: the old size is not the one that the witness cosigned last, which is {@code size}; ask again from there. */
    record Conflict(long size) implements WitnessAnswer {}

    /**
     * 400 malformed, 403 no known signature, 404 unknown log, 422 the proof does not hold; or what another server said.
     *
     * @param code stable and dotted, from our own witness; {@code witness.refused} when another one answered
     */
    record Refused(int status, String code, String detail) implements WitnessAnswer {}

    /** The HTTP status. */
    default int status() {
        return switch (this) {
            case Cosigned cosigned -> 200;
            case Conflict conflict -> 409;
            case Refused refused -> refused.status();
        };
    }

    /** The value of the Content-Type header. */
    default String contentType() {
        return this instanceof Conflict ? SIZE_TYPE : "text/plain; charset=utf-8";
    }

    /** The body, as {@link #read} reads it. */
    default byte[] body() {
        return switch (this) {
            case Cosigned cosigned -> {
                var lines = new StringBuilder();
                for (var line : cosigned.lines()) lines.append(line.line());
                yield Encoding.utf8(lines.toString());
            }
            case Conflict conflict -> Encoding.utf8(conflict.size() + "\n");
            case Refused refused -> Encoding.utf8(refused.code() + ": " + refused.detail() + "\n");
        };
    }

    /**
     * Reads what a witness answered. Codes: {@code witness.*} and {@code note.*}.
     *
     * @param contentType the header's value, or null
     */
    static Parsed<WitnessAnswer> read(int status, @Nullable String contentType, byte[] body) {
        if (body.length > BODY_BYTES_MAX) {
            return Parsed.bad("witness.too-large", "at most 65536 bytes, got " + body.length);
        }
        var text = Encoding.utf8OrNull(body);
        if (text == null) return Parsed.bad("witness.not-utf8", "the bytes are not well-formed UTF-8");
        if (status == 409 && SIZE_TYPE.equals(contentType)) {
            long size = text.endsWith("\n") ? Encoding.decimalOrMinusOne(text.substring(0, text.length() - 1)) : -1;
            if (size < 0) return Parsed.bad("witness.size", "a conflict's body is a size and a newline");
            return Parsed.ok(new Conflict(size));
        }
        if (status != 200) {
            var line = text.lines().findFirst().orElse("");
            return Parsed.ok(
                    new Refused(status, "witness.refused", line.length() > 200 ? line.substring(0, 200) : line));
        }
        return SignedNote.parseLines(text).then(lines -> Parsed.ok(new Cosigned(new ArrayList<>(lines))));
    }
}
