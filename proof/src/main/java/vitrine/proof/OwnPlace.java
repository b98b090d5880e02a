package vitrine.proof;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What somebody who came before a stage opened knows of herself: her line of the list, with the salt that makes it hers, and the place
 * that she was given. It is what {@code /d/{slug}/line.json} answers once the places are drawn (docs/waiting-room.md).
 *
 * @param entry where the record of the list stands in the log
 * @param record its leaf hash
 * @param signature 96 lower-case hexadecimal digits: what is said to be the network's signature of the round
 * @param place 1 is the first
 */
public record OwnPlace(
        UUID stage,
        UUID collector,
        Hash32 salt,
        Hash32 arrival,
        Hash32 record,
        long entry,
        long round,
        String signature,
        long place) {
    private static final int BYTES_MAX = 1 << 16;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    /** A round's signature in hexadecimal. */
    public static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{" + 2 * BeaconChain.SIGNATURE_BYTES + "}");

    /** Codes: {@code place.not-json}, {@code place.field}, {@code place.field-missing}, as before the places are drawn. */
    public static Parsed<OwnPlace> parse(byte[] file) {
        var parsed = Json.parse(file, new Json.Limits(BYTES_MAX, 2));
        if (parsed instanceof Parsed.Bad<Json> bad)
            return Parsed.bad("place.not-json", bad.code() + ": " + bad.detail());
        if (!(parsed.orThrow() instanceof Json.Obj object)) return Parsed.bad("place.not-json", "not an object");
        var fields = new FieldReader(object, "");
        try {
            return Parsed.ok(new OwnPlace(
                    UUID.fromString(fields.matching("stage", ID)),
                    UUID.fromString(fields.matching("collector", ID)),
                    fields.hash("salt"),
                    fields.hash("arrival"),
                    fields.hash("record"),
                    fields.whole("entry", 0, Json.WHOLE_MAX),
                    fields.whole("round", 1, Json.WHOLE_MAX),
                    fields.matching("signature", SIGNATURE),
                    fields.whole("place", 1, LogRecord.PIECES_MAX)));
        } catch (FieldReader.Wrong wrong) {
            return Parsed.bad("place." + wrong.code, wrong.detail);
        }
    }

    byte[] signatureBytes() {
        return java.util.Objects.requireNonNull(Encoding.hexOrNull(signature));
    }
}
