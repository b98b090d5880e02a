package vitrine.proof;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was issued, as its publication says it for good.
 *
 * @param name the design's name
 * @param series the themed set it belongs to, or null
 * @param issuer who stands behind it
 * @param brand the brand that owns it, or null when the house does
 * @param creators the names under which its makers publish
 * @param media the files of the design by content hash, in the order of display
 * @param licence one line: what a holder may do, or null
 * @param supply how many pieces there may ever be
 * @param withheld how many of them are not on offer, at most the supply
 * @param traits what tells it from its siblings, in the order of display
 */
public record Manifest(
        LocalText name,
        @Nullable LocalText series,
        Issuer issuer,
        @Nullable LocalText brand,
        List<LocalText> creators,
        List<Media> media,
        @Nullable LocalText licence,
        Supply supply,
        long withheld,
        List<Trait> traits) {
    public static final int LIST_MAX = 64;

    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern MIME = Pattern.compile("[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}");

    /** @throws IllegalArgumentException when a number or a list is out of bounds */
    public Manifest {
        creators = bounded("creators", creators);
        media = bounded("media", media);
        traits = bounded("traits", traits);
        long most = supply instanceof Supply.Limited limited ? limited.pieces() : LogRecord.PIECES_MAX;
        if (withheld < 0 || withheld > most) {
            throw new IllegalArgumentException("withheld is 0 to " + most + ", got " + withheld);
        }
    }

    /** Who stands behind a collectible. {@code kind} is one of brand, creator, rights-holder, house. */
    public record Issuer(String kind, LocalText name) {
        public static final List<String> KINDS = List.of("brand", "creator", "rights-holder", "house");

        public Issuer {
            if (!KINDS.contains(kind)) throw new IllegalArgumentException("an issuer is one of " + KINDS + ": " + kind);
        }
    }

    /**
     * A file of the design.
     *
     * @param role what it is for: {@code image}, {@code poster}, {@code model}, {@code video}, …
     * @param sha256 of its bytes
     * @param type its media type, lower case, without parameters
     * @param bytes its length, 1 to 2^53 - 1
     */
    public record Media(String role, Hash32 sha256, String type, long bytes) {
        public Media {
            if (!ROLE.matcher(role).matches()) throw new IllegalArgumentException("no role: " + role);
            if (!MIME.matcher(type).matches()) throw new IllegalArgumentException("no media type: " + type);
            if (bytes < 1 || bytes > Json.WHOLE_MAX) throw new IllegalArgumentException("no length: " + bytes);
        }
    }

    /** A property and its value, as a visitor reads them. */
    public record Trait(LocalText name, LocalText value) {}

    /** How many pieces there may ever be. */
    public sealed interface Supply {
        /** 1 to 1,000,000,000 pieces. */
        record Limited(long pieces) implements Supply {
            public Limited {
                if (pieces < 1 || pieces > LogRecord.PIECES_MAX) {
                    throw new IllegalArgumentException("a supply is 1 to " + LogRecord.PIECES_MAX + ", got " + pieces);
                }
            }
        }

        /** No number was promised. */
        record Open() implements Supply {}

        /** A promise. @throws IllegalArgumentException unless 1 &lt;= pieces &lt;= 1,000,000,000 */
        static Supply of(long pieces) {
            return new Limited(pieces);
        }

        /** No promise. */
        static Supply open() {
            return new Open();
        }
    }

    Json.Obj json() {
        return Json.object(
                "name", name.json(),
                "series", orNull(series),
                "issuer",
                        Json.object(
                                "kind",
                                Json.of(issuer.kind()),
                                "name",
                                issuer.name().json()),
                "brand", orNull(brand),
                "creators", Json.of(creators.stream().map(LocalText::json).toList()),
                "media",
                        Json.of(media.stream()
                                .map(file -> Json.object(
                                        "role", Json.of(file.role()),
                                        "sha256", Json.of(file.sha256().hex()),
                                        "type", Json.of(file.type()),
                                        "bytes", Json.of(file.bytes())))
                                .toList()),
                "licence", orNull(licence),
                "supply", supply instanceof Supply.Limited limited ? Json.of(limited.pieces()) : Json.of("open"),
                "withheld", Json.of(withheld),
                "traits",
                        Json.of(traits.stream()
                                .map(trait -> Json.object(
                                        "name",
                                        trait.name().json(),
                                        "value",
                                        trait.value().json()))
                                .toList()));
    }

    static Manifest read(FieldReader fields) throws FieldReader.Wrong {
        var issuer = fields.object("issuer");
        var supply = fields.supply("supply");
        long most = supply instanceof Supply.Limited limited ? limited.pieces() : LogRecord.PIECES_MAX;
        return new Manifest(
                fields.localText("name"),
                fields.localTextOrNull("series"),
                new Issuer(issuer.oneOf("kind", Issuer.KINDS), issuer.localText("name")),
                fields.localTextOrNull("brand"),
                fields.list("creators", LIST_MAX, FieldReader::asLocalText),
                fields.list("media", LIST_MAX, (list, at) -> {
                    var file = list.asObject(at);
                    return new Media(
                            file.matching("role", ROLE),
                            file.hash("sha256"),
                            file.matching("type", MIME),
                            file.whole("bytes", 1, Json.WHOLE_MAX));
                }),
                fields.localTextOrNull("licence"),
                supply,
                fields.whole("withheld", 0, most),
                fields.list("traits", LIST_MAX, (list, at) -> {
                    var trait = list.asObject(at);
                    return new Trait(trait.localText("name"), trait.localText("value"));
                }));
    }

    private static Json orNull(@Nullable LocalText text) {
        return text == null ? Json.NULL : text.json();
    }

    private static <T> List<T> bounded(String what, List<T> list) {
        if (list.size() > LIST_MAX) throw new IllegalArgumentException("at most 64 " + what + ", got " + list.size());
        return List.copyOf(list);
    }
}
