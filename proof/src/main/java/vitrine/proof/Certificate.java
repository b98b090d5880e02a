package vitrine.proof;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code certificate.json}, version 1: everything that a stranger needs to check who owns a piece as of a checkpoint,
 * except the log's key, which the stranger must have from elsewhere (docs/record-format.md, "Certificates").
 *
 * @param log the origin of the log that the checkpoint is of
 * @param keyHint the log's key as the issuer names it, or null; a convenience that is never trusted
 * @param collectible the collectible's publication
 * @param rules the published rules that the piece's records name, each once
 * @param records all records of the piece, from the first grant on
 * @param checkpoint the signed note that the proofs lead to
 * @param earlier the logs before it that hold some of the entries, the newest first; most often none
 * @param holder the private key of the last record's owner: only in the holder's own file, else null
 */
public record Certificate(
        String log,
        @Nullable VerifierKey keyHint,
        Enclosed collectible,
        List<EnclosedRules> rules,
        List<Enclosed> records,
        String checkpoint,
        List<Earlier> earlier,
        @Nullable Holder holder) {
    public static final int VERSION = 1;

    /** What a reader takes. */
    public static final int BYTES_MAX = 8 << 20;

    public static final int RECORDS_MAX = 2_000;
    /** How many logs before its own a certificate may reach back. */
    public static final int EARLIER_MAX = 100;

    private static final int PROOF_MAX = 64;

    /**
     * An entry with its place and its path to the root of its log: the checkpoint's, or the one that a later log's first
     * record names.
     *
     * @param log the origin of the earlier log that holds it; null: the certificate's own
     */
    public record Enclosed(
            byte[] entry, InclusionProof proof, @Nullable String log) {
        public Enclosed(byte[] entry, InclusionProof proof) {
            this(entry, proof, null);
        }

        /** The entry's name in the log. */
        public Hash32 leafHash() {
            return Merkle.leafHash(entry);
        }
    }

    /** A {@code rules.published} entry with, where it is enclosed, the document that it names. */
    public record EnclosedRules(Enclosed record, @Nullable String document) {}

    /**
     * A log before the certificate's own.
     *
     * @param opened the first entry of the log after it, which says up to which size and root it counts
     */
    public record Earlier(String log, Enclosed opened) {}

    /** The private seed of a holding, 32 bytes ({@link OwnerKeys#seed}). It never prints itself. */
    public record Holder(byte[] seed) {
        public Holder {
            if (seed.length != Ed25519.SEED_BYTES) {
                throw new IllegalArgumentException("a seed has 32 bytes, got " + seed.length);
            }
        }

        @Override
        public String toString() {
            return "Holder[]";
        }
    }

    public Certificate {
        rules = List.copyOf(rules);
        records = List.copyOf(records);
        earlier = List.copyOf(earlier);
    }

    /** One whose entries all are in one log. */
    public Certificate(
            String log,
            @Nullable VerifierKey keyHint,
            Enclosed collectible,
            List<EnclosedRules> rules,
            List<Enclosed> records,
            String checkpoint,
            @Nullable Holder holder) {
        this(log, keyHint, collectible, rules, records, checkpoint, List.of(), holder);
    }

    /** The file: RFC 8785 JSON in UTF-8. With a holder's seed in it, it is a secret. */
    public byte[] format() {
        var file = Json.object(
                "v",
                Json.of(VERSION),
                "log",
                Json.of(log),
                "keyHint",
                keyHint == null ? Json.NULL : Json.of(keyHint.vkey()),
                "collectible",
                json(collectible),
                "rules",
                Json.of(rules.stream().map(Certificate::json).toList()),
                "records",
                Json.of(records.stream().map(Certificate::json).toList()),
                "checkpoint",
                Json.of(checkpoint),
                "holder",
                holder == null ? Json.NULL : Json.object("seed", Json.of(Encoding.hex(holder.seed()))));
        if (earlier.isEmpty()) return file.bytes();
        var members = new TreeMap<>(file.members());
        members.put(
                "earlier",
                Json.of(earlier.stream()
                        .map(one -> {
                            var with = new TreeMap<>(json(one.opened()).members());
                            with.put("before", Json.of(one.log()));
                            return new Json.Obj(with);
                        })
                        .toList()));
        return new Json.Obj(members).bytes();
    }

    /** The same certificate as the holder keeps it. */
    public Certificate withHolder(byte[] seed) {
        return new Certificate(
                log, keyHint, collectible, rules, records, checkpoint, earlier, new Holder(seed.clone()));
    }

    /** A certificate that was read, with the fields in it that version 1 does not know. */
    public record Read(Certificate certificate, List<String> notChecked) {}

    /**
     * Reads a file. White space does not matter; the size of the tree that proofs are for is taken from the checkpoint.
     * Codes: {@code certificate.*}, {@code note.*}, {@code checkpoint.*}; {@code certificate.version} means a format
     * that this reader does not know.
     */
    public static Parsed<Read> parse(byte[] file) {
        var parsed = Json.parse(file, new Json.Limits(BYTES_MAX, 8));
        if (parsed instanceof Parsed.Bad<Json> bad) {
            return Parsed.bad("certificate.not-json", bad.code() + ": " + bad.detail());
        }
        if (!(parsed.orThrow() instanceof Json.Obj object)) {
            return Parsed.bad("certificate.not-json", "not an object");
        }
        var fields = new FieldReader(object, "");
        try {
            if (fields.whole("v", 1, Json.WHOLE_MAX) != VERSION) {
                return Parsed.bad("certificate.version", "want version 1, got " + object.get("v"));
            }
            var note = fields.string("checkpoint");
            var checkpoint = SignedNote.parse(note).then(read -> Checkpoint.parse(read.text()));
            if (checkpoint instanceof Parsed.Bad<Checkpoint> bad) return Parsed.bad(bad.code(), bad.detail());
            long size = checkpoint.orThrow().size();
            var sizes = new TreeMap<String, Long>();
            var earlier = fields.optional("earlier") == null
                    ? List.<Earlier>of()
                    : fields.list("earlier", EARLIER_MAX, (list, at) -> earlier(list.asObject(at), size, sizes));
            VerifierKey hint = null;
            if (!(fields.field("keyHint") instanceof Json.Null)) {
                hint = VerifierKey.parse(fields.string("keyHint")).orNull();
                if (hint == null) throw fields.wrong("keyHint", "a verifier key or null");
            }
            var certificate = new Certificate(
                    fields.matching("log", LogRecord.ORIGIN),
                    hint,
                    enclosed(fields.object("collectible"), size, sizes),
                    fields.list("rules", RECORDS_MAX, (list, at) -> {
                        var rules = list.asObject(at);
                        var document = rules.field("document") instanceof Json.Null ? null : rules.string("document");
                        return new EnclosedRules(enclosed(rules, size, sizes), document);
                    }),
                    fields.list("records", RECORDS_MAX, (list, at) -> enclosed(list.asObject(at), size, sizes)),
                    note,
                    earlier,
                    fields.field("holder") instanceof Json.Null
                            ? null
                            : new Holder(fields.object("holder").hash("seed").bytes()));
            return Parsed.ok(new Read(certificate, fields.unread()));
        } catch (FieldReader.Wrong wrong) {
            return Parsed.bad("certificate." + wrong.code, wrong.detail);
        }
    }

    /** Its entry must be readable as what it claims to be: without it nobody knows for which size the proofs are. */
    private static Earlier earlier(FieldReader fields, long size, TreeMap<String, Long> sizes)
            throws FieldReader.Wrong {
        var log = fields.matching("before", LogRecord.ORIGIN);
        var opened = enclosed(fields, size, sizes);
        if (!(LogRecord.read(opened.entry()) instanceof LogRecord.Reading.Known known)
                || !(known.record() instanceof LogRecord.LogOpened record)
                || sizes.containsKey(log)) {
            throw fields.wrong("entry", "a log.opened record, and each log once");
        }
        sizes.put(log, record.size());
        return new Earlier(log, opened);
    }

    private static Enclosed enclosed(FieldReader fields, long newest, TreeMap<String, Long> sizes)
            throws FieldReader.Wrong {
        var log = fields.optional("log") == null ? null : fields.matching("log", LogRecord.ORIGIN);
        var earlier = log == null ? Long.valueOf(newest) : sizes.get(log);
        if (earlier == null) throw fields.wrong("log", "one of those under earlier");
        long size = earlier;
        var entry = Encoding.utf8(fields.string("entry"));
        long index = fields.whole("index", 0, Json.WHOLE_MAX);
        var path = fields.list("proof", PROOF_MAX, FieldReader::asHash);
        return new Enclosed(entry, new InclusionProof(index, size, path), log);
    }

    private static Json.Obj json(Enclosed enclosed) {
        var members = new TreeMap<>(Json.object(
                        "entry", Json.of(text(enclosed.entry())),
                        "index", Json.of(enclosed.proof().index()),
                        "proof",
                                Json.of(enclosed.proof().path().stream()
                                        .map(hash -> Json.of(hash.hex()))
                                        .toList()))
                .members());
        if (enclosed.log() != null) members.put("log", Json.of(enclosed.log()));
        return new Json.Obj(members);
    }

    private static Json.Obj json(EnclosedRules rules) {
        var members = new TreeMap<>(json(rules.record()).members());
        var document = rules.document();
        members.put("document", document == null ? Json.NULL : Json.of(document));
        return new Json.Obj(members);
    }

    private static String text(byte[] utf8) {
        var text = Encoding.utf8OrNull(utf8);
        if (text == null) throw new IllegalStateException("entries and rules documents are UTF-8");
        return text;
    }
}
