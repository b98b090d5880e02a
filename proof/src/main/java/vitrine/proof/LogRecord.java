package vitrine.proof;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of the log, version 1 of the record format (docs/record-format.md). Its bytes are RFC 8785 JSON; its name, by
 * which other records refer to it, is its leaf hash. A record holds no time, no order number and nothing personal.
 *
 * <p>Every hash in {@code collectible}, {@code prev} and {@code rules} is the leaf hash of an entry that comes earlier
 * in the same log.
 */
public sealed interface LogRecord {
    /** The version of the format that this reads and writes. */
    int VERSION = 1;

    /** An entry is smaller than 32 kB. */
    int BYTES_MAX = 32_767;

    /** The highest serial, and the largest supply: a thousand million. */
    long PIECES_MAX = 1_000_000_000L;

    /** An origin: 1 to 255 printable ASCII characters without space and plus. */
    Pattern ORIGIN = Pattern.compile("[\\x21-\\x2a\\x2c-\\x7e]{1,255}");

    int ORIGIN_MAX = 255;
    /** A public id of a collectible or a campaign. */
    Pattern ID = Pattern.compile("[A-Za-z0-9._~-]{1,64}");

    /** The origin of the log that the record was written for. */
    String log();

    /** What kind of record it is. */
    RecordType type();

    /** The record as JSON, with every field of its type. */
    Json.Obj json();

    /** The entry: canonical JSON in UTF-8. @throws IllegalStateException when it would have 32 kB or more */
    default byte[] bytes() {
        var bytes = json().bytes();
        if (bytes.length > BYTES_MAX) {
            throw new IllegalStateException("a record has at most 32767 bytes, got " + bytes.length);
        }
        return bytes;
    }

    /** The record's name: RFC 6962 leaf hash of {@link #bytes()}. */
    default Hash32 leafHash() {
        return Merkle.leafHash(bytes());
    }

    /**
     * A collectible exists. Its leaf hash is how every later record names it.
     *
     * @param id the collectible's public id in the platform; it keeps two equal manifests apart
     */
    record CollectiblePublished(String log, String id, Manifest manifest) implements LogRecord {
        public CollectiblePublished {
            requireOrigin(log);
            requireId(id);
        }

        @Override
        public RecordType type() {
            return RecordType.COLLECTIBLE_PUBLISHED;
        }

        @Override
        public Json.Obj json() {
            return envelope(this, "id", Json.of(id), "manifest", manifest.json());
        }
    }

    /**
     * The manifest was corrected; supply and withheld stay as they are.
     *
     * @param prev leaf hash of the collectible's last record: its publication, an amendment or a lowered supply
     * @param manifest the whole manifest as it reads from here on
     */
    record CollectibleAmended(String log, Hash32 collectible, Hash32 prev, Manifest manifest) implements LogRecord {
        public CollectibleAmended {
            requireOrigin(log);
        }

        @Override
        public RecordType type() {
            return RecordType.COLLECTIBLE_AMENDED;
        }

        @Override
        public Json.Obj json() {
            return envelope(
                    this,
                    "collectible",
                    Json.of(collectible.hex()),
                    "prev",
                    Json.of(prev.hex()),
                    "manifest",
                    manifest.json());
        }
    }

    /**
     * There will be fewer pieces than was said: {@code supply} is 0 to 1,000,000,000 and below what it was.
     *
     * @param prev as in {@link CollectibleAmended}
     */
    record SupplyLowered(String log, Hash32 collectible, Hash32 prev, long supply) implements LogRecord {
        public SupplyLowered {
            requireOrigin(log);
            if (supply < 0 || supply > PIECES_MAX) throw new IllegalArgumentException("no supply: " + supply);
        }

        @Override
        public RecordType type() {
            return RecordType.SUPPLY_LOWERED;
        }

        @Override
        public Json.Obj json() {
            return envelope(
                    this,
                    "collectible",
                    Json.of(collectible.hex()),
                    "prev",
                    Json.of(prev.hex()),
                    "supply",
                    Json.of(supply));
        }
    }

    /**
     * Something happened to one piece.
     *
     * @param type one of the six {@code piece.*} types
     * @param collectible leaf hash of its publication
     * @param serial 1 to 1,000,000,000
     * @param prev leaf hash of this piece's last record; null for its first, which is a grant
     * @param rules leaf hash of the {@code rules.published} record under which it happened, or null
     * @param owner who owns it from here on ({@link OwnerKeys#ownerHash}); null exactly where nobody does: revoked and
     *     retired
     */
    record OfPiece(
            String log,
            RecordType type,
            Hash32 collectible,
            long serial,
            @Nullable Hash32 prev,
            @Nullable Hash32 rules,
            @Nullable Hash32 owner)
            implements LogRecord {
        public OfPiece {
            requireOrigin(log);
            if (!type.isOfPiece()) throw new IllegalArgumentException("not a record of a piece: " + type.text());
            if (serial < 1 || serial > PIECES_MAX) throw new IllegalArgumentException("no serial: " + serial);
            if (prev == null && type != RecordType.PIECE_GRANTED) {
                throw new IllegalArgumentException("only a grant is first, not " + type.text());
            }
            if ((owner == null) != ownerless(type)) {
                throw new IllegalArgumentException(type.text() + (owner == null ? " has an owner" : " has no owner"));
            }
        }

        @Override
        public Json.Obj json() {
            return envelope(
                    this,
                    "collectible",
                    Json.of(collectible.hex()),
                    "serial",
                    Json.of(serial),
                    "prev",
                    orNull(prev),
                    "rules",
                    orNull(rules),
                    "owner",
                    orNull(owner));
        }

        static boolean ownerless(RecordType type) {
            return type == RecordType.PIECE_REVOKED || type == RecordType.PIECE_RETIRED;
        }
    }

    /** A piece gets an owner; {@code prev} is null for its very first record. */
    static OfPiece granted(
            String log, Hash32 collectible, long serial, @Nullable Hash32 prev, @Nullable Hash32 rules, Hash32 owner) {
        return new OfPiece(log, RecordType.PIECE_GRANTED, collectible, serial, prev, rules, owner);
    }

    /** A piece changes owner. */
    static OfPiece moved(
            String log, Hash32 collectible, long serial, Hash32 prev, @Nullable Hash32 rules, Hash32 owner) {
        return new OfPiece(log, RecordType.PIECE_MOVED, collectible, serial, prev, rules, owner);
    }

    /** A piece goes back to stock and belongs to nobody. */
    static OfPiece revoked(String log, Hash32 collectible, long serial, Hash32 prev, @Nullable Hash32 rules) {
        return new OfPiece(log, RecordType.PIECE_REVOKED, collectible, serial, prev, rules, null);
    }

    /** What a piece is good for was taken; the owner is the one before. */
    static OfPiece redeemed(
            String log, Hash32 collectible, long serial, Hash32 prev, @Nullable Hash32 rules, Hash32 owner) {
        return new OfPiece(log, RecordType.PIECE_REDEEMED, collectible, serial, prev, rules, owner);
    }

    /** A piece is gone for good. */
    static OfPiece retired(String log, Hash32 collectible, long serial, Hash32 prev, @Nullable Hash32 rules) {
        return new OfPiece(log, RecordType.PIECE_RETIRED, collectible, serial, prev, rules, null);
    }

    /**
     * A version of a campaign's rules was published. The document itself is not in the log: see docs/record-format.md.
     *
     * @param campaign the campaign's public id
     * @param version 1, 2, 3, … without a gap
     * @param sha256 of the rules document's bytes, which are RFC 8785 JSON
     */
    record RulesPublished(String log, String campaign, long version, Hash32 sha256) implements LogRecord {
        public RulesPublished {
            requireOrigin(log);
            requireId(campaign);
            if (version < 1 || version > PIECES_MAX) throw new IllegalArgumentException("no version: " + version);
        }

        @Override
        public RecordType type() {
            return RecordType.RULES_PUBLISHED;
        }

        @Override
        public Json.Obj json() {
            return envelope(
                    this, "campaign", Json.of(campaign), "version", Json.of(version), "sha256", Json.of(sha256.hex()));
        }
    }

    /** The last entry of a log: nothing follows. {@code successor} is the origin of the log that goes on, or null. */
    record LogClosed(String log, @Nullable String successor) implements LogRecord {
        public LogClosed {
            requireOrigin(log);
            if (successor != null) requireOrigin(successor);
        }

        @Override
        public RecordType type() {
            return RecordType.LOG_CLOSED;
        }

        @Override
        public Json.Obj json() {
            return envelope(this, "successor", successor == null ? Json.NULL : Json.of(successor));
        }
    }

    /**
     * The first entry of a log that goes on from another one. The names in its records may be those of entries of that
     * log below {@code size}, and of the logs from which that one went on.
     *
     * @param predecessor the origin of the log before
     * @param size how many of its entries this log goes on from
     * @param root the root of its tree at that size
     * @param seen the largest size that was ever signed of it, as far as is known: what lies between was lost
     */
    record LogOpened(String log, String predecessor, long size, Hash32 root, long seen) implements LogRecord {
        public LogOpened {
            requireOrigin(log);
            requireOrigin(predecessor);
            if (predecessor.equals(log)) throw new IllegalArgumentException("a log does not go on from itself");
            if (size < 0 || size > Json.WHOLE_MAX) throw new IllegalArgumentException("no size: " + size);
            if (seen < size || seen > Json.WHOLE_MAX) throw new IllegalArgumentException("not seen: " + seen);
        }

        /** How many signed entries of the predecessor are gone for good. */
        public long lost() {
            return seen - size;
        }

        @Override
        public RecordType type() {
            return RecordType.LOG_OPENED;
        }

        @Override
        public Json.Obj json() {
            return envelope(
                    this,
                    "predecessor",
                    Json.of(predecessor),
                    "size",
                    Json.of(size),
                    "root",
                    Json.of(root.hex()),
                    "seen",
                    Json.of(seen));
        }
    }

    /**
     * The log's key changes: checkpoints that contain this entry are signed by the new key too, and after an overlap by
     * the new one alone.
     *
     * @param replaces the Ed25519 public key that signed until now
     * @param key the one that signs from here on; as for every key of a log, its name is the origin
     */
    record KeyRotated(String log, Hash32 replaces, Hash32 key) implements LogRecord {
        public KeyRotated {
            requireOrigin(log);
            if (replaces.equals(key)) throw new IllegalArgumentException("a key does not replace itself");
        }

        @Override
        public RecordType type() {
            return RecordType.KEY_ROTATED;
        }

        @Override
        public Json.Obj json() {
            return envelope(this, "replaces", Json.of(replaces.hex()), "key", Json.of(key.hex()));
        }
    }

    /**
     * Who came to a stage before its list was closed, each as a salted hash: the list is fixed before the round that puts it
     * in order is known ({@link Arrivals}). A stage has one such record at most.
     *
     * @param rules leaf hash of the {@code rules.published} record that announced the stage
     * @param stage the stage's public id
     * @param count how many there are
     * @param root of the tree of their hashes ({@link Arrivals#root})
     * @param chain hash of the drand network whose round counts ({@link BeaconChain#hash})
     * @param round the round of it, which was to come when this was written
     */
    record QueueArrivals(String log, Hash32 rules, String stage, long count, Hash32 root, Hash32 chain, long round)
            implements LogRecord {
        public QueueArrivals {
            requireOrigin(log);
            requireId(stage);
            if (count < 0 || count > PIECES_MAX) throw new IllegalArgumentException("no count: " + count);
            if (round < 1 || round > Json.WHOLE_MAX) throw new IllegalArgumentException("no round: " + round);
        }

        @Override
        public RecordType type() {
            return RecordType.QUEUE_ARRIVALS;
        }

        @Override
        public Json.Obj json() {
            return envelope(
                    this,
                    "rules",
                    Json.of(rules.hex()),
                    "stage",
                    Json.of(stage),
                    "count",
                    Json.of(count),
                    "root",
                    Json.of(root.hex()),
                    "chain",
                    Json.of(chain.hex()),
                    "round",
                    Json.of(round));
        }
    }

    /** What reading an entry gives. */
    sealed interface Reading {
        /**
         * A record. {@code notChecked} names fields that version 1 does not know (dotted paths): whoever wrote them
         * knows more than this reader, which must say so.
         */
        record Known(LogRecord record, List<String> notChecked) implements Reading {
            public Known {
                notChecked = List.copyOf(notChecked);
            }
        }

        /**
         * A record of a version or type that this reader does not know, or of a reserved type. {@code code} is
         * {@code record.version}, {@code record.type} or {@code record.type-reserved}.
         */
        record NotChecked(String code, String log, String type, Json.Obj json) implements Reading {}

        /** Not a record of any version. Codes: {@code record.*}. */
        record Malformed(String code, String detail) implements Reading {}
    }

    /** Reads an entry. What holds for all versions: canonical JSON, an object, with {@code v}, {@code log}, {@code type}. */
    static Reading read(byte[] entry) {
        if (entry.length > BYTES_MAX) {
            return new Reading.Malformed("record.too-large", "at most 32767 bytes, got " + entry.length);
        }
        var piece = PieceLine.readOrNull(entry);
        return piece != null ? piece : readJson(entry);
    }

    /** The same for any entry, by way of its JSON. */
    static Reading readJson(byte[] entry) {
        var parsed = Json.parse(entry, new Json.Limits(BYTES_MAX, 8));
        if (parsed instanceof Parsed.Bad<Json> bad) {
            return new Reading.Malformed("record.not-json", bad.code() + ": " + bad.detail());
        }
        var json = parsed.orThrow();
        if (!Arrays.equals(json.bytes(), entry)) {
            return new Reading.Malformed("record.not-canonical", "the bytes are not RFC 8785");
        }
        if (!(json instanceof Json.Obj object)) return new Reading.Malformed("record.not-object", "not an object");
        try {
            return read(object);
        } catch (FieldReader.Wrong wrong) {
            return new Reading.Malformed("record." + wrong.code, wrong.detail);
        }
    }

    private static Reading read(Json.Obj object) throws FieldReader.Wrong {
        var fields = new FieldReader(object, "");
        long version = fields.whole("v", 1, Json.WHOLE_MAX);
        var log = fields.matching("log", ORIGIN);
        var typeText = fields.string("type");
        if (version != VERSION) return new Reading.NotChecked("record.version", log, typeText, object);
        var type = RecordType.ofText(typeText);
        if (type == null) return new Reading.NotChecked("record.type", log, typeText, object);
        if (type.isReserved()) return new Reading.NotChecked("record.type-reserved", log, typeText, object);
        var record = read(log, type, fields);
        return new Reading.Known(record, fields.unread());
    }

    private static LogRecord read(String log, RecordType type, FieldReader fields) throws FieldReader.Wrong {
        return switch (type) {
            case COLLECTIBLE_PUBLISHED ->
                new CollectiblePublished(log, fields.matching("id", ID), Manifest.read(fields.object("manifest")));
            case COLLECTIBLE_AMENDED ->
                new CollectibleAmended(
                        log, fields.hash("collectible"), fields.hash("prev"), Manifest.read(fields.object("manifest")));
            case SUPPLY_LOWERED ->
                new SupplyLowered(
                        log, fields.hash("collectible"), fields.hash("prev"), fields.whole("supply", 0, PIECES_MAX));
            case PIECE_GRANTED, PIECE_MOVED, PIECE_REVOKED, PIECE_REDEEMED, PIECE_RETIRED, PIECE_MINTED -> {
                var prev = fields.hashOrNull("prev");
                if (prev == null && type != RecordType.PIECE_GRANTED) throw fields.wrong("prev", "a hash");
                var owner = fields.hashOrNull("owner");
                if ((owner == null) != OfPiece.ownerless(type)) {
                    throw fields.wrong("owner", OfPiece.ownerless(type) ? "null" : "a hash");
                }
                yield new OfPiece(
                        log,
                        type,
                        fields.hash("collectible"),
                        fields.whole("serial", 1, PIECES_MAX),
                        prev,
                        fields.hashOrNull("rules"),
                        owner);
            }
            case RULES_PUBLISHED ->
                new RulesPublished(
                        log,
                        fields.matching("campaign", ID),
                        fields.whole("version", 1, PIECES_MAX),
                        fields.hash("sha256"));
            case LOG_CLOSED -> {
                var successor =
                        fields.field("successor") instanceof Json.Null ? null : fields.matching("successor", ORIGIN);
                yield new LogClosed(log, successor);
            }
            case LOG_OPENED -> {
                var predecessor = fields.matching("predecessor", ORIGIN);
                if (predecessor.equals(log)) throw fields.wrong("predecessor", "another log");
                long size = fields.whole("size", 0, Json.WHOLE_MAX);
                yield new LogOpened(
                        log, predecessor, size, fields.hash("root"), fields.whole("seen", size, Json.WHOLE_MAX));
            }
            case KEY_ROTATED -> {
                var replaces = fields.hash("replaces");
                var key = fields.hash("key");
                if (replaces.equals(key)) throw fields.wrong("key", "another key");
                yield new KeyRotated(log, replaces, key);
            }
            case QUEUE_ARRIVALS ->
                new QueueArrivals(
                        log,
                        fields.hash("rules"),
                        fields.matching("stage", ID),
                        fields.whole("count", 0, PIECES_MAX),
                        fields.hash("root"),
                        fields.hash("chain"),
                        fields.whole("round", 1, Json.WHOLE_MAX));
            case LICENCE_SIGNED, DRAW_COMMITTED, DRAW_CLOSED, DRAW_RESOLVED ->
                throw new AssertionError("reserved types have no fields to read");
        };
    }

    private static Json.Obj envelope(LogRecord record, Object... namesAndValues) {
        var all = new Object[6 + namesAndValues.length];
        all[0] = "v";
        all[1] = Json.of(VERSION);
        all[2] = "log";
        all[3] = Json.of(record.log());
        all[4] = "type";
        all[5] = Json.of(record.type().text());
        System.arraycopy(namesAndValues, 0, all, 6, namesAndValues.length);
        return Json.object(all);
    }

    private static Json orNull(@Nullable Hash32 hash) {
        return hash == null ? Json.NULL : Json.of(hash.hex());
    }

    private static void requireOrigin(String origin) {
        boolean good = !origin.isEmpty() && origin.length() <= ORIGIN_MAX;
        for (int i = 0; good && i < origin.length(); i++) good = isOriginCharacter(origin.charAt(i));
        if (!good) throw new IllegalArgumentException("no origin of a log: " + origin);
    }

    /** Printable ASCII without space and plus. */
    static boolean isOriginCharacter(int c) {
        return c >= 0x21 && c <= 0x7e && c != '+';
    }

    private static void requireId(String id) {
        if (!ID.matcher(id).matches()) throw new IllegalArgumentException("no public id: " + id);
    }
}
