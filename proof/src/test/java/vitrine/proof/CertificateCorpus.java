package vitrine.proof;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Certificates good and bad, made from a seed: the test vectors that every reader of certificates shares. As a program it
 * prints one JSON object a line, {@code CertificateCorpus SEED COUNT}: {@code n}, {@code kind} (what was done to it),
 * {@code file} (base64), {@code pinned} (verifier keys), {@code policy} (where it is not empty, it is asked instead of the
 * keys), {@code challenge} and {@code answer} (of a holder; both empty where nobody was asked), {@code verdict} ({@code valid}, {@code invalid},
 * {@code not-pinned}, {@code partly-checked}), {@code code} and {@code where} (of the first check that failed, or that
 * could not be made; else empty), and {@code checks}, every check in the order in which it is made, as status, code and
 * place. The same seed gives the same lines everywhere.
 */
final class CertificateCorpus {
    record Sample(
            int n,
            String kind,
            byte[] file,
            List<VerifierKey> pinned,
            String policy,
            @Nullable Possession possession) {
        Sample(int n, String kind, byte[] file, List<VerifierKey> pinned) {
            this(n, kind, file, pinned, "", null);
        }

        CertificateVerdict verdict() {
            var asked = policy.isEmpty()
                    ? Policy.of(pinned)
                    : Policy.parse(Encoding.utf8(policy)).orThrow();
            return CertificateCheck.verify(file, asked, null, possession);
        }

        Json.Obj json() {
            var verdict = verdict();
            return Json.object(
                    "n", Json.of(n),
                    "kind", Json.of(kind),
                    "file", Json.of(Base64.getEncoder().encodeToString(file)),
                    "pinned",
                            Json.of(pinned.stream()
                                    .map(key -> Json.of(key.vkey()))
                                    .toList()),
                    "policy", Json.of(policy),
                    "challenge", Json.of(possession == null ? "" : possession.challenge()),
                    "answer", Json.of(possession == null ? "" : possession.answer()),
                    "verdict", Json.of(outcome(verdict)),
                    "code", Json.of(code(verdict)),
                    "where",
                            Json.of(first(verdict)
                                    .map(CertificateVerdict.Check::where)
                                    .orElse("")),
                    "checks",
                            Json.of(verdict.checks().stream()
                                    .map(check -> Json.of(status(check) + " " + check.code() + " " + check.where()))
                                    .toList()));
        }
    }

    /** Something that may be done to a certificate; {@code harmless} says that it stays valid where it was. */
    private record Change(String kind, boolean harmless, BiFunction<Json.Obj, Random, Json> json) {}

    private static final SignerKey STRANGER = new SignerKey(
            Moonrise.LOG, Hash32.sha256(Encoding.utf8("a stranger's key")).bytes());

    private static final String CHALLENGE = "嘉宾名单，11 月 21 日";

    private static final List<WitnessSigner> WITNESSES = Stream.of("east", "west", "north")
            .map(name -> new WitnessSigner(
                    "witness.example/" + name,
                    Hash32.sha256(Encoding.utf8(name)).bytes()))
            .toList();

    private static final List<String> QUORUMS = List.of(
            "quorum none\n",
            "quorum W1\n",
            "group two 2 W0 W1 W2\nquorum two\n",
            "group all all W0 W1 W2\n\nquorum all\n",
            "group any any W0 W1\ngroup both 2 any W2\nquorum both\n");

    private final long seed;
    private final Story story = Story.ofMoonrise();
    private final AcrossLogs acrossLogs = new AcrossLogs();
    private final List<Story> broken = List.of(twice(), toHerself(), beyondSupply(), elsewhere(), fromTheFuture());

    CertificateCorpus(long seed) {
        this.seed = seed;
    }

    public static void main(String[] args) {
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        var corpus = new CertificateCorpus(Long.parseLong(args[0]));
        for (int n = 0; n < Integer.parseInt(args[1]); n++)
            out.println(corpus.sample(n).json().text());
        out.flush();
    }

    static String outcome(CertificateVerdict verdict) {
        return switch (verdict) {
            case CertificateVerdict.Valid valid -> "valid";
            case CertificateVerdict.Invalid invalid -> "invalid";
            case CertificateVerdict.NotPinned notPinned -> "not-pinned";
            case CertificateVerdict.PartlyChecked partly -> "partly-checked";
        };
    }

    /** The first check that failed, else the first that could not be made. */
    static String code(CertificateVerdict verdict) {
        return first(verdict).map(CertificateVerdict.Check::code).orElse("");
    }

    private static Optional<CertificateVerdict.Check> first(CertificateVerdict verdict) {
        return Stream.of(CertificateVerdict.Status.FAILED, CertificateVerdict.Status.NOT_CHECKED)
                .flatMap(status -> verdict.checks().stream().filter(check -> check.status() == status))
                .findFirst();
    }

    private static String status(CertificateVerdict.Check check) {
        return check.status().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Sample sample(int n) {
        var random = new Random(seed * 1_000_003 + n);
        var pinned =
                switch (random.nextInt(12)) {
                    case 0 -> List.<VerifierKey>of();
                    case 1 -> List.of(STRANGER.verifier());
                    case 2 -> List.of(Moonrise.KEY.verifier(), STRANGER.verifier());
                    default -> List.of(Moonrise.KEY.verifier());
                };
        if (random.nextInt(15) == 0) {
            var which = random.nextInt(broken.size());
            var file = broken.get(which).certificate(which == 2 ? 11 : 3, null).format();
            return new Sample(n, "a story that breaks the rules", file, pinned);
        }
        var serial = 1 + random.nextInt(3);
        var certificate = story.certificate(serial, random.nextBoolean() ? Moonrise.RULES_DOCUMENT : null);
        if (random.nextInt(4) == 0) {
            var secret = serial == 2 ? Moonrise.BO : Moonrise.ADA;
            int moves = serial == 3 ? 2 : 0;
            certificate = certificate.withHolder(OwnerKeys.seed(secret, Moonrise.COLLECTIBLE, serial, moves));
        }
        switch (random.nextInt(20)) {
            case 0 -> {
                return underPolicy(n, certificate, random);
            }
            case 1 -> {
                return answered(n, certificate, serial, pinned, random);
            }
            case 2, 3 -> {
                return acrossLogs.sample(n, random);
            }
            default -> {}
        }
        var good = certificate.format();
        int way = random.nextInt(10);
        if (way == 0) return new Sample(n, "as it was issued", good, pinned);
        if (way <= 3) return new Sample(n, "bytes", bytes(good, random), pinned);
        var change = CHANGES.get(random.nextInt(CHANGES.size()));
        var json = change.json.apply((Json.Obj) Json.parse(good, LIMITS).orThrow(), random);
        return new Sample(n, change.kind, json.bytes(), pinned);
    }

    /** Cosigned by some of the witnesses, perhaps wrongly or twice, and asked about under some policy. */
    private static Sample underPolicy(int n, Certificate certificate, Random random) {
        var file = (Json.Obj) Json.parse(certificate.format(), LIMITS).orThrow();
        var cosigned = note(file, (note, size) -> {
            for (var witness : WITNESSES) {
                var at = Instant.ofEpochSecond(random.nextInt());
                switch (random.nextInt(6)) {
                    case 0, 1, 2 ->
                        note = note.with(witness.cosign(note.text(), at.isBefore(Instant.EPOCH) ? Instant.EPOCH : at));
                    case 3 -> {
                        if (random.nextInt(4) == 0) note = note.with(wrong(witness, note, random));
                    }
                    default -> {}
                }
            }
            return note;
        });
        var logs = random.nextInt(8) == 0 ? STRANGER.verifier() : Moonrise.KEY.verifier();
        return new Sample(n, "under a policy", cosigned.bytes(), List.of(logs), policy(logs, random), null);
    }

    /** A line in a witness's name that is not what the witness signs. */
    private static NoteSignature wrong(WitnessSigner witness, SignedNote note, Random random) {
        var good = witness.cosign(note.text(), Instant.EPOCH);
        var bytes = good.signature();
        return switch (random.nextInt(3)) {
            case 0 -> witness.cosign(note.text() + "x\n", Instant.EPOCH);
            case 1 -> new NoteSignature(good.name(), good.keyId(), Arrays.copyOf(bytes, 64));
            default -> {
                Arrays.fill(bytes, 0, 8, (byte) (random.nextBoolean() ? 0x7f : 0xff));
                yield new NoteSignature(good.name(), good.keyId(), bytes);
            }
        };
    }

    private static String policy(VerifierKey log, Random random) {
        var lines = new StringBuilder("# whom I trust\nlog " + log.vkey() + " https://lumen.example/log\n");
        for (int i = 0; i < WITNESSES.size(); i++) {
            lines.append("witness W")
                    .append(i)
                    .append('\t')
                    .append(WITNESSES.get(i).key().vkey())
                    .append('\n');
        }
        return lines.append(QUORUMS.get(random.nextInt(QUORUMS.size()))).toString();
    }

    /** With an answer to the challenge, or one that is not its owner's, or not to it. */
    private static Sample answered(
            int n, Certificate certificate, int serial, List<VerifierKey> pinned, Random random) {
        var seed = OwnerKeys.seed(
                serial == 2 ? Moonrise.BO : Moonrise.ADA, Moonrise.COLLECTIBLE, serial, serial == 3 ? 2 : 0);
        var good = Possession.prove(seed, CHALLENGE);
        var given =
                switch (random.nextInt(6)) {
                    case 0 -> new Possession(CHALLENGE + " ", good.answer());
                    case 1 -> Possession.prove(Hash32.sha256(seed).bytes(), CHALLENGE);
                    case 2 -> new Possession(CHALLENGE, good.answer().toUpperCase(Locale.ROOT));
                    case 3 -> new Possession(CHALLENGE, good.answer().substring(2));
                    default -> good;
                };
        return new Sample(n, "with a holder's answer", certificate.format(), pinned, "", given);
    }

    /** Whether what was done cannot make a valid certificate anything else. */
    static boolean isHarmless(Sample sample) {
        return sample.kind().equals("as it was issued")
                || CHANGES.stream().anyMatch(change -> change.kind.equals(sample.kind()) && change.harmless);
    }

    private static final Json.Limits LIMITS = new Json.Limits(Certificate.BYTES_MAX, 8);

    /** The first records of pieces 1 and 2, enclosed. */
    private static final List<Json> SIBLINGS = siblings();

    /**
     * Points of small order, also in spellings that are not theirs: under such a key some signatures hold for any text, and
     * implementations of Ed25519 are known to differ on them.
     */
    private static final List<String> SMALL_ORDER = List.of(
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

    /** Zero, and the order of the curve, which says the same and is out of range. */
    private static final List<String> SCALARS = List.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

    private static final List<Change> CHANGES = List.of(
            new Change("no hint", true, (file, random) -> with(file, "keyHint", Json.NULL)),
            new Change(
                    "a stranger's hint",
                    false,
                    (file, random) ->
                            with(file, "keyHint", Json.of(STRANGER.verifier().vkey()))),
            new Change(
                    "a cosignature of nobody known",
                    true,
                    (file, random) -> note(
                            file,
                            (note, any) -> note.with(new WitnessSigner("witness.example/x", new byte[32])
                                    .cosign(note.text(), Instant.EPOCH)))),
            new Change("a hint that anybody can sign for", false, (file, random) -> {
                var key = new VerifierKey(Moonrise.LOG, any(SMALL_ORDER, random));
                var forged = Arrays.copyOf(any(SMALL_ORDER, random), Ed25519.SIGNATURE_BYTES);
                System.arraycopy(any(SCALARS, random), 0, forged, 32, 32);
                var signed = note(file, (note, size) -> note.with(new NoteSignature(key.name(), key.id(), forged)));
                return with(signed, "keyHint", Json.of(key.vkey()));
            }),
            new Change(
                    "signed by a stranger",
                    false,
                    (file, random) -> note(file, (note, any) -> SignedNote.sign(note.text(), STRANGER))),
            new Change(
                    "signed by both",
                    false,
                    (file, random) -> note(file, (note, any) -> SignedNote.sign(note.text(), Moonrise.KEY, STRANGER))),
            new Change(
                    "another size",
                    false,
                    (file, random) -> note(file, (note, size) -> new Checkpoint(
                                    Moonrise.LOG,
                                    size + 1,
                                    Checkpoint.parse(note.text()).orThrow().root())
                            .signedBy(Moonrise.KEY))),
            new Change("another spelling of base64", false, (file, random) -> {
                var text = ((Json.Str) java.util.Objects.requireNonNull(file.get("checkpoint"))).value();
                var end = random.nextBoolean() ? text.indexOf("=\n") : text.lastIndexOf("=\n");
                var last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                // Means the same bytes to a reader that looks away from the bits that are left over.
                var other = last.charAt(last.indexOf(text.charAt(end - 1)) ^ 1);
                return with(file, "checkpoint", Json.of(text.substring(0, end - 1) + other + text.substring(end)));
            }),
            new Change("another log", false, (file, random) -> with(file, "log", Json.of("other.example/log"))),
            new Change("another version", false, (file, random) -> with(file, "v", Json.of(2))),
            new Change("a member more", false, (file, random) -> with(file, "more", Json.of(random.nextInt()))),
            new Change("a member less", false, (file, random) -> without(file, name(file, random))),
            new Change(
                    "a member of another kind",
                    false,
                    (file, random) -> with(file, name(file, random), strange(random))),
            new Change(
                    "a record left out",
                    false,
                    (file, random) -> records(file, list -> {
                        list.remove(random.nextInt(list.size()));
                    })),
            new Change(
                    "records in another order",
                    false,
                    (file, random) -> records(file, list -> {
                        if (list.size() > 1) Collections.rotate(list, 1 + random.nextInt(list.size() - 1));
                        else list.add(list.getFirst());
                    })),
            new Change(
                    "a record twice",
                    false,
                    (file, random) -> records(file, list -> {
                        list.add(list.get(random.nextInt(list.size())));
                    })),
            new Change(
                    "a record of another piece",
                    false,
                    (file, random) -> records(file, list -> {
                        var sibling = SIBLINGS.get(records(file).getFirst().equals(SIBLINGS.getFirst()) ? 1 : 0);
                        list.set(random.nextInt(list.size()), sibling);
                    })),
            new Change(
                    "a record of another piece more",
                    false,
                    (file, random) -> records(file, list -> {
                        var sibling = SIBLINGS.get(records(file).getFirst().equals(SIBLINGS.getFirst()) ? 1 : 0);
                        list.add(random.nextInt(list.size() + 1), sibling);
                    })),
            new Change(
                    "the collectible's place for a record",
                    false,
                    (file, random) -> records(file, list -> {
                        list.add((Json) java.util.Objects.requireNonNull(file.get("collectible")));
                    })),
            new Change(
                    "another index",
                    false,
                    (file, random) -> enclosed(
                            file,
                            random,
                            one -> with(one, "index", Json.of((index(one) + 1 + random.nextInt(11)) % 12)))),
            new Change(
                    "a hash of the path changed",
                    false,
                    (file, random) -> path(
                            file,
                            random,
                            path -> path.set(
                                    random.nextInt(path.size()),
                                    Json.of(Hash32.sha256(new byte[] {1}).hex())))),
            new Change(
                    "a hash of the path left out",
                    false,
                    (file, random) -> path(file, random, path -> path.remove(random.nextInt(path.size())))),
            new Change(
                    "a hash more in the path",
                    false,
                    (file, random) -> path(
                            file,
                            random,
                            path -> path.add(random.nextInt(path.size() + 1), Json.of(Merkle.EMPTY_ROOT.hex())))),
            new Change("a path turned round", false, (file, random) -> path(file, random, Collections::reverse)),
            new Change(
                    "an entry changed",
                    false,
                    (file, random) -> enclosed(file, random, one -> {
                        var entry = ((Json.Str) java.util.Objects.requireNonNull(one.get("entry"))).value();
                        var from = List.of("\"v\":1", "lumen", "0", "a").get(random.nextInt(4));
                        return with(one, "entry", Json.of(entry.replaceFirst(from, "b")));
                    })),
            new Change(
                    "an entry with a space",
                    false,
                    (file, random) -> enclosed(
                            file,
                            random,
                            one -> with(
                                    one,
                                    "entry",
                                    Json.of(((Json.Str) java.util.Objects.requireNonNull(one.get("entry"))).value()
                                            + " ")))),
            new Change(
                    "other rules",
                    false,
                    (file, random) -> list(
                            file,
                            "rules",
                            list -> list.set(
                                    0, with((Json.Obj) list.getFirst(), "document", Json.of("{\"pieces\":2}"))))),
            new Change("rules left out", false, (file, random) -> list(file, "rules", List::clear)),
            new Change("rules twice", false, (file, random) -> list(file, "rules", list -> list.add(list.getFirst()))),
            new Change(
                    "a holder that is not",
                    false,
                    (file, random) -> with(
                            file,
                            "holder",
                            Json.object(
                                    "seed",
                                    Json.of(Hash32.sha256(new byte[] {2}).hex())))));

    private static byte[] any(List<String> hex, Random random) {
        return java.util.HexFormat.of().parseHex(hex.get(random.nextInt(hex.size())));
    }

    private static List<Json> siblings() {
        var story = Story.ofMoonrise();
        var siblings = new ArrayList<Json>();
        for (int serial : new int[] {1, 2}) {
            var file = (Json.Obj)
                    Json.parse(story.certificate(serial, null).format(), LIMITS).orThrow();
            siblings.add(records(file).getFirst());
        }
        return siblings;
    }

    private static final String PUT_IN = " \n\t\r0a\"\\{}[],:-.e\u0000";

    /** Up to three changes: a bit turned, a byte put in or taken out, a stretch repeated or cut, the end cut off. */
    private static byte[] bytes(byte[] good, Random random) {
        var bytes = good;
        for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
            var out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            switch (random.nextInt(8)) {
                case 0, 1 -> out.write(bytes[at] ^ 1 << random.nextInt(8));
                case 2 -> {
                    out.write(PUT_IN.charAt(random.nextInt(PUT_IN.length())));
                    out.write(bytes[at]);
                }
                case 3 -> {}
                case 4 -> {
                    out.write(bytes, at, to - at);
                    out.write(bytes, at, to - at);
                    at = to - 1;
                }
                case 5 -> at = to - 1;
                case 6 -> {
                    var other = Encoding.utf8(String.format("\\u%04x", bytes[at] & 0xff));
                    out.write(other, 0, other.length); // the same letter, spelt another way
                }
                default -> at = bytes.length - 1;
            }
            out.write(bytes, at + 1, bytes.length - at - 1);
            bytes = out.toByteArray();
        }
        return bytes;
    }

    private interface Edit {
        void edit(List<Json> list);
    }

    private static Json.Obj with(Json.Obj object, String name, Json value) {
        var members = new TreeMap<>(object.members());
        members.put(name, value);
        return new Json.Obj(members);
    }

    private static Json.Obj without(Json.Obj object, String name) {
        var members = new TreeMap<>(object.members());
        members.remove(name);
        return new Json.Obj(members);
    }

    private static String name(Json.Obj object, Random random) {
        return List.copyOf(object.members().keySet())
                .get(random.nextInt(object.members().size()));
    }

    private static Json strange(Random random) {
        return List.of(Json.NULL, Json.of(true), Json.of(-1), new Json.Num(1.5), Json.of(""), Json.of(List.of()))
                .get(random.nextInt(6));
    }

    private static Json.Obj list(Json.Obj file, String name, Edit edit) {
        var list = new ArrayList<>(((Json.Arr) java.util.Objects.requireNonNull(file.get(name))).values());
        edit.edit(list);
        return with(file, name, Json.of(list));
    }

    private static List<Json> records(Json.Obj file) {
        return ((Json.Arr) java.util.Objects.requireNonNull(file.get("records"))).values();
    }

    private static Json.Obj records(Json.Obj file, Edit edit) {
        return list(file, "records", edit);
    }

    private static Json.Obj enclosed(Json.Obj file, Random random, java.util.function.UnaryOperator<Json.Obj> edit) {
        return switch (random.nextInt(3)) {
            case 0 ->
                with(file, "collectible", edit.apply((Json.Obj)
                        java.util.Objects.requireNonNull(file.get("collectible"))));
            case 1 -> list(file, "rules", list -> list.set(0, edit.apply((Json.Obj) list.getFirst())));
            default ->
                records(file, list -> {
                    int at = random.nextInt(list.size());
                    list.set(at, edit.apply((Json.Obj) list.get(at)));
                });
        };
    }

    private static long index(Json.Obj enclosed) {
        return ((Json.Num) java.util.Objects.requireNonNull(enclosed.get("index"))).whole();
    }

    private static Json.Obj path(Json.Obj file, Random random, Edit edit) {
        return enclosed(file, random, one -> list(one, "proof", edit));
    }

    private static Json.Obj note(Json.Obj file, BiFunction<SignedNote, Long, SignedNote> edit) {
        var note = SignedNote.parse(((Json.Str) java.util.Objects.requireNonNull(file.get("checkpoint"))).value())
                .orThrow();
        long size = Checkpoint.parse(note.text()).orThrow().size();
        return with(file, "checkpoint", Json.of(edit.apply(note, size).format()));
    }

    // Stories that the platform itself must not record.

    private static Story begun() {
        var story = new Story();
        story.append(Moonrise.PUBLISHED, Moonrise.RULES);
        return story;
    }

    private static Story twice() {
        var story = begun();
        var granted = story.append(Moonrise.grantedTo(Moonrise.ADA, 3));
        story.append(LogRecord.granted(
                Moonrise.LOG,
                Moonrise.COLLECTIBLE,
                3,
                granted.leafHash(),
                Moonrise.RULES.leafHash(),
                Moonrise.owner(Moonrise.BO, 3, 1)));
        return story;
    }

    private static Story toHerself() {
        var story = begun();
        var granted = story.append(Moonrise.grantedTo(Moonrise.ADA, 3));
        story.append(LogRecord.moved(
                Moonrise.LOG,
                Moonrise.COLLECTIBLE,
                3,
                granted.leafHash(),
                Moonrise.RULES.leafHash(),
                Moonrise.owner(Moonrise.ADA, 3, 0)));
        return story;
    }

    private static Story beyondSupply() {
        var story = begun();
        story.append(Moonrise.grantedTo(Moonrise.ADA, 11));
        return story;
    }

    private static Story elsewhere() {
        var story = begun();
        story.append(LogRecord.granted(
                "other.example/log",
                Moonrise.COLLECTIBLE,
                3,
                null,
                Moonrise.RULES.leafHash(),
                Moonrise.owner(Moonrise.ADA, 3, 0)));
        return story;
    }

    /** A record with a field that version 1 does not know: partly checked. */
    private static Story fromTheFuture() {
        var story = begun();
        story.append(with(Moonrise.grantedTo(Moonrise.ADA, 3).json(), "gift", Json.of(true))
                .bytes());
        return story;
    }
}
