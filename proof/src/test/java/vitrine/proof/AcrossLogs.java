package vitrine.proof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Certificates of a piece that was granted in Moonrise's first log and passed on in the second or the third that go on from it, and what
 * can be wrong with how they hang together.
 */
final class AcrossLogs {
    private static final List<String> ORIGINS =
            List.of(Moonrise.LOG, "lumen.example/logs/2027", "lumen.example/logs/2028");
    private static final Hash32 RULES = Moonrise.RULES.leafHash();
    private static final List<SignerKey> KEYS = ORIGINS.stream()
            .map(origin ->
                    new SignerKey(origin, Hash32.sha256(Encoding.utf8(origin)).bytes()))
            .toList();
    private static final SignerKey ROTATED = new SignerKey(
            ORIGINS.getLast(), Hash32.sha256(Encoding.utf8("the key after")).bytes());

    private final Json.Obj inTwo = json(certificate(2));
    private final Json.Obj inThree = json(certificate(3));
    private final Json.Obj inACircle = json(circle());

    /** One with something done to it, or as it was issued, and a key of its log, of another one or none. */
    CertificateCorpus.Sample sample(int n, Random random) {
        boolean three = random.nextBoolean();
        var file = three ? inThree : inTwo;
        var own = KEYS.get(three ? 2 : 1);
        List<VerifierKey> pinned =
                switch (random.nextInt(8)) {
                    case 0 -> List.of();
                    case 1 -> List.of(KEYS.getFirst().verifier());
                    case 2 -> List.of(ROTATED.verifier(), own.verifier());
                    case 3 -> List.of(ROTATED.verifier());
                    case 4 -> List.of(KEYS.getFirst().verifier(), own.verifier());
                    default -> List.of(own.verifier());
                };
        var changed =
                switch (random.nextInt(15)) {
                    case 0 -> earlier(file, list -> list.remove(random.nextInt(list.size())));
                    case 1 -> earlier(file, list -> list.add(list.get(random.nextInt(list.size()))));
                    case 2 -> earlier(file, Collections::reverse);
                    case 3 -> earlier(file, list -> edit(list, random, "before", Json.of(any(random))));
                    case 4 -> earlier(file, list -> edit(list, random, "log", Json.of(any(random))));
                    case 5 -> earlier(file, list -> edit(list, random, "index", Json.of(random.nextInt(3))));
                    case 6 -> earlier(file, list -> edit(list, random, "entry", Json.of(entry(random))));
                    case 7 -> earlier(file, list -> edit(list, random, "more", Json.NULL));
                    case 8 -> records(file, list -> edit(list, random, "log", Json.of(any(random))));
                    case 9 ->
                        records(
                                file,
                                list -> list.set(random.nextInt(list.size()), (Json)
                                        java.util.Objects.requireNonNull(file.get("collectible"))));
                    case 10 -> records(file, Collections::reverse);
                    // Signed by both keys of an overlap, or by the new one alone.
                    case 11 -> signed(file, own, ROTATED);
                    case 12 -> signed(file, ROTATED);
                    case 13 -> inACircle;
                    default -> file;
                };
        return new CertificateCorpus.Sample(n, "over several logs", changed.bytes(), pinned);
    }

    private static Json.Obj signed(Json.Obj file, SignerKey... keys) {
        var note = SignedNote.parse(((Json.Str) java.util.Objects.requireNonNull(file.get("checkpoint"))).value())
                .orThrow();
        return with(
                file, "checkpoint", Json.of(SignedNote.sign(note.text(), keys).format()));
    }

    private static String any(Random random) {
        return random.nextInt(4) == 0 ? "other.example/log" : ORIGINS.get(random.nextInt(ORIGINS.size()));
    }

    /** What might stand in the place of a log's first record. */
    private static String entry(Random random) {
        var opened = new LogRecord.LogOpened(
                any(random) + "/x", Moonrise.LOG, random.nextInt(12), Moonrise.RULES.leafHash(), 12);
        return new String(
                (random.nextBoolean() ? opened : new LogRecord.KeyRotated(ORIGINS.get(1), RULES, Moonrise.COLLECTIBLE))
                        .bytes(),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    private interface Edit {
        void edit(List<Json> list);
    }

    private static Json.Obj earlier(Json.Obj file, Edit edit) {
        return list(file, "earlier", edit);
    }

    private static Json.Obj records(Json.Obj file, Edit edit) {
        return list(file, "records", edit);
    }

    private static Json.Obj list(Json.Obj file, String name, Edit edit) {
        var list = new ArrayList<>(((Json.Arr) java.util.Objects.requireNonNull(file.get(name))).values());
        edit.edit(list);
        return with(file, name, Json.of(list));
    }

    private static void edit(List<Json> list, Random random, String name, Json value) {
        int at = random.nextInt(list.size());
        list.set(at, with((Json.Obj) list.get(at), name, value));
    }

    private static Json.Obj with(Json.Obj object, String name, Json value) {
        var members = new TreeMap<>(object.members());
        members.put(name, value);
        return new Json.Obj(members);
    }

    private static Json.Obj json(Certificate certificate) {
        return (Json.Obj) Json.parse(certificate.format(), new Json.Limits(Certificate.BYTES_MAX, 8))
                .orThrow();
    }

    /** Granted in the first log, moved in the second, and where there is a third, moved back in it. */
    static Certificate certificate(int logs) {
        var stories = new ArrayList<Story>(List.of(Story.ofMoonrise()));
        var held = new ArrayList<Certificate.Enclosed>();
        LogRecord.OfPiece newest = Moonrise.grantedTo(Moonrise.ADA, 5);
        List<LogRecord.OfPiece> life = new ArrayList<>(List.of(newest));
        stories.getFirst().append(newest);
        for (int i = 1; i < logs; i++) {
            var before = stories.getLast();
            before.append(new LogRecord.LogClosed(before.origin, ORIGINS.get(i)));
            var next = new Story(ORIGINS.get(i));
            next.append(new LogRecord.LogOpened(
                    next.origin,
                    before.origin,
                    before.size(),
                    before.checkpoint().root(),
                    before.size()));
            newest = LogRecord.moved(
                    next.origin,
                    Moonrise.COLLECTIBLE,
                    5,
                    newest.leafHash(),
                    RULES,
                    Moonrise.owner(i == 1 ? Moonrise.BO : Moonrise.ADA, 5, i));
            next.append(newest);
            life.add(newest);
            stories.add(next);
        }
        for (int i = 0; i < logs; i++) held.add(within(stories, i, life.get(i).bytes()));
        var earlier = new ArrayList<Certificate.Earlier>();
        for (int i = logs - 1; i > 0; i--) {
            earlier.add(new Certificate.Earlier(
                    stories.get(i - 1).origin,
                    within(stories, i, stories.get(i).entries.getFirst())));
        }
        return new Certificate(
                stories.getLast().origin,
                KEYS.get(logs - 1).verifier(),
                within(stories, 0, Moonrise.PUBLISHED.bytes()),
                List.of(new Certificate.EnclosedRules(within(stories, 0, Moonrise.RULES.bytes()), null)),
                held,
                stories.getLast().checkpoint().signedBy(KEYS.get(logs - 1)).format(),
                earlier,
                null);
    }

    /**
     * Two logs that each claim to go on from the other, and a piece in neither: its records stand in a third tree that goes by the
     * name of the one that was signed.
     */
    static Certificate circle() {
        var own = ORIGINS.getFirst();
        var other = ORIGINS.get(1);
        var forged = Story.ofMoonrise();
        var granted = Moonrise.grantedTo(Moonrise.ADA, 5);
        forged.append(granted);
        var before = new Story(other);
        before.append(new LogRecord.LogOpened(
                other, own, forged.size(), forged.checkpoint().root(), forged.size()));
        var signed = new Story(own);
        var opened = new LogRecord.LogOpened(
                own, other, before.size(), before.checkpoint().root(), before.size());
        signed.append(opened);
        var key = KEYS.getFirst();
        return new Certificate(
                own,
                key.verifier(),
                forged.enclosed(Moonrise.PUBLISHED.bytes()),
                List.of(new Certificate.EnclosedRules(forged.enclosed(Moonrise.RULES.bytes()), null)),
                List.of(forged.enclosed(granted.bytes())),
                signed.checkpoint().signedBy(key).format(),
                List.of(
                        new Certificate.Earlier(other, signed.enclosed(opened.bytes())),
                        new Certificate.Earlier(own, of(other, before.enclosed(before.entries.getFirst())))),
                null);
    }

    private static Certificate.Enclosed of(String log, Certificate.Enclosed enclosed) {
        return new Certificate.Enclosed(enclosed.entry(), enclosed.proof(), log);
    }

    private static Certificate.Enclosed within(List<Story> stories, int log, byte[] entry) {
        var enclosed = stories.get(log).enclosed(entry);
        return log == stories.size() - 1 ? enclosed : of(stories.get(log).origin, enclosed);
    }
}
