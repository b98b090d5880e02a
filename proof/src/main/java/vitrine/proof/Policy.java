package vitrine.proof;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a reader trusts: the keys of logs, the keys of witnesses, and how many witnesses must have cosigned a checkpoint
 * (C2SP tlog-policy). A checkpoint is trusted when a key that bears the log's name signed it and the quorum cosigned it.
 * Without a log's key nothing is.
 */
public final class Policy {
    /** What a reader takes of a policy file. */
    public static final int BYTES_MAX = 1 << 18;

    /** Logs, witnesses and groups each; the specification asks for 32. */
    public static final int LINES_MAX = 1_000;

    /** Trusts nobody: nothing is ever valid. */
    public static final Policy NONE = new Policy(List.of(), List.of(), new Quorum.None());

    /** A log's key; its name is the log's origin. {@code url} means what an application makes of it. */
    public record Log(VerifierKey key, @Nullable String url) {}

    /** A witness's key under the name that the policy uses. {@code url} is where it takes checkpoints, if given. */
    public record Witness(
            String name, WitnessKey key, @Nullable String url) {}

    /** Who must have cosigned. */
    public sealed interface Quorum {
        /** Nobody. */
        record None() implements Quorum {}

        /** This witness. */
        record One(Witness witness) implements Quorum {}

        /** At least {@code k} of the members, each a witness or another group; 1 &lt;= k &lt;= their number. */
        record Group(String name, int k, List<Quorum> members) implements Quorum {
            public Group {
                members = List.copyOf(members);
                if (k < 1 || k > members.size()) {
                    throw new IllegalArgumentException("k is 1 to " + members.size() + ", got " + k);
                }
            }
        }
    }

    /** What a policy says of a checkpoint. */
    public sealed interface Verdict {
        /** @param cosigned the witnesses whose cosignatures are good, with the times that they say */
        record Trusted(Set<VerifierKey> signedBy, Map<WitnessKey, Instant> cosigned) implements Verdict {
            public Trusted {
                signedBy = Collections.unmodifiableSet(new java.util.LinkedHashSet<>(signedBy));
                cosigned = Collections.unmodifiableMap(new LinkedHashMap<>(cosigned));
            }
        }

        /** The log's signature is not there or not good: {@code checkpoint.signature}. */
        record NotSigned(String detail) implements Verdict {}

        /** A line that claims to be a known witness's is not: {@code checkpoint.witnesses}. */
        record WrongWitness(String detail) implements Verdict {}

        /** Too few witnesses cosigned: {@code checkpoint.witnesses}, got and want in words. */
        record TooFewWitnesses(String got, String want) implements Verdict {}
    }

    private final List<Log> logs;
    private final List<Witness> witnesses;
    private final Quorum quorum;

    private Policy(List<Log> logs, List<Witness> witnesses, Quorum quorum) {
        this.logs = List.copyOf(logs);
        this.witnesses = List.copyOf(witnesses);
        this.quorum = quorum;
    }

    /** Trusts these logs without any witness. */
    public static Policy of(Collection<VerifierKey> logs) {
        return of(logs, List.of(), 0);
    }

    /**
     * Trusts these logs when at least {@code k} of the witnesses cosigned.
     *
     * @throws IllegalArgumentException unless 0 &lt;= k &lt;= number of different witnesses
     */
    public static Policy of(Collection<VerifierKey> logs, Collection<WitnessKey> witnesses, int k) {
        var named = new ArrayList<Witness>();
        for (var key : new java.util.LinkedHashSet<>(witnesses)) named.add(new Witness(key.name(), key, null));
        var quorum = k == 0
                ? new Quorum.None()
                : new Quorum.Group(
                        "quorum",
                        k,
                        named.stream().map(one -> (Quorum) new Quorum.One(one)).toList());
        return new Policy(logs.stream().map(key -> new Log(key, null)).toList(), named, quorum);
    }

    /** The logs in the order of the file. */
    public List<Log> logs() {
        return logs;
    }

    /** The keys of the logs. */
    public List<VerifierKey> logKeys() {
        return logs.stream().map(Log::key).toList();
    }

    /** The witnesses in the order of the file, each once. */
    public List<Witness> witnesses() {
        return witnesses;
    }

    /** Who must have cosigned. */
    public Quorum quorum() {
        return quorum;
    }

    /** Whether it trusts any log at all. */
    public boolean pinsAKey() {
        return !logs.isEmpty();
    }

    /** The same, trusting these logs, too; a key that is there already is not there twice. */
    public Policy andLogs(Collection<VerifierKey> more) {
        var all = new ArrayList<>(logs);
        for (var key : more) {
            if (all.stream().noneMatch(log -> log.key().equals(key))) all.add(new Log(key, null));
        }
        return new Policy(all, witnesses, quorum);
    }

    /** Judges a checkpoint of the log {@code origin}; a witness's signature alone is not enough. */
    public Verdict judge(SignedNote note, String origin) {
        switch (note.verify(logKeys())) {
            case SignedNote.Check.BadSignature bad -> {
                return new Verdict.NotSigned("wrong signature of " + bad.name() + "+" + bad.keyId());
            }
            case SignedNote.Check.NoKnownKey none -> {
                return new Verdict.NotSigned("signed by " + none.names() + ", by no pinned key");
            }
            case SignedNote.Check.Verified verified -> {
                if (verified.by().stream().noneMatch(key -> key.name().equals(origin))) {
                    return new Verdict.NotSigned("no pinned key of " + origin + " signed");
                }
                return cosigned(note, verified.by());
            }
        }
    }

    private Verdict cosigned(SignedNote note, Set<VerifierKey> signedBy) {
        var cosigned = new LinkedHashMap<WitnessKey, Instant>();
        for (var witness : witnesses) {
            switch (witness.key().find(note)) {
                case WitnessKey.Finding.Absent absent -> {}
                case WitnessKey.Finding.Wrong wrong -> {
                    return new Verdict.WrongWitness(wrong.detail());
                }
                case WitnessKey.Finding.Cosigned found -> cosigned.put(witness.key(), found.at());
            }
        }
        if (!isMet(quorum, cosigned.keySet())) {
            return new Verdict.TooFewWitnesses(
                    cosigned.size() + " of " + witnesses.size() + " witnesses", describe(quorum));
        }
        return new Verdict.Trusted(signedBy, cosigned);
    }

    private static boolean isMet(Quorum quorum, Set<WitnessKey> cosigned) {
        return switch (quorum) {
            case Quorum.None none -> true;
            case Quorum.One one -> cosigned.contains(one.witness().key());
            case Quorum.Group group ->
                group.members().stream()
                                .filter(member -> isMet(member, cosigned))
                                .count()
                        >= group.k();
        };
    }

    private static String describe(Quorum quorum) {
        return switch (quorum) {
            case Quorum.None none -> "none";
            case Quorum.One one -> one.witness().name();
            case Quorum.Group group -> group.k() + " of " + group.members().size() + " of " + group.name();
        };
    }

    /**
     * Reads a policy file (C2SP tlog-policy): lines {@code log}, {@code witness}, {@code group} and one {@code quorum}.
     * Codes: {@code policy.*}; what is wrong names the line.
     */
    public static Parsed<Policy> parse(byte[] file) {
        if (file.length > BYTES_MAX) {
            return Parsed.bad("policy.too-large", "at most " + BYTES_MAX + " bytes, got " + file.length);
        }
        var reader = new Reader();
        // Octets above 0x7f are opaque, so each is a character of its own here.
        var text = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        if (!text.isEmpty() && !text.endsWith("\n")) return Parsed.bad("policy.lines", "the last line does not end");
        int number = 0;
        for (int from = 0; from < text.length(); number++) {
            int end = text.indexOf('\n', from);
            var bad = reader.line(number + 1, text.substring(from, end));
            if (bad != null) return bad;
            from = end + 1;
        }
        var quorum = reader.quorum;
        if (quorum == null) return Parsed.bad("policy.quorum", "there is no quorum line");
        return Parsed.ok(new Policy(reader.logs, reader.witnesses, quorum));
    }

    private static final class Reader {
        final List<Log> logs = new ArrayList<>();
        final List<Witness> witnesses = new ArrayList<>();
        final Map<String, Quorum> named = new HashMap<>();
        final Set<String> members = new HashSet<>();
        final Set<Hash32> keys = new HashSet<>();

        @Nullable
        Quorum quorum;

        Parsed.@Nullable Bad<Policy> line(int number, String line) {
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c < 0x20 && c != '\t' || c == 0x7f) return bad("policy.characters", number, "a control character");
            }
            var items = new ArrayList<String>();
            for (var item : line.split("[ \t]+", -1)) if (!item.isEmpty()) items.add(item);
            if (items.isEmpty() || items.getFirst().startsWith("#")) return null;
            return switch (items.getFirst()) {
                case "log" -> log(number, items);
                case "witness" -> witness(number, items);
                case "group" -> group(number, items);
                case "quorum" -> quorum(number, items);
                default -> bad("policy.line", number, "a line begins with log, witness, group or quorum");
            };
        }

        Parsed.@Nullable Bad<Policy> log(int number, List<String> items) {
            if (items.size() < 2 || items.size() > 3) return bad("policy.line", number, "want: log VKEY [URL]");
            if (logs.size() == LINES_MAX) return bad("policy.too-many", number, "at most " + LINES_MAX + " logs");
            switch (VerifierKey.parse(utf8(items.get(1)))) {
                case Parsed.Bad<VerifierKey> wrong -> {
                    return bad("policy.key", number, wrong.code() + ": " + wrong.detail());
                }
                case Parsed.Ok<VerifierKey> key -> {
                    if (!keys.add(Hash32.of(key.value().publicKey()))) {
                        return bad("policy.duplicate", number, "this key is there already");
                    }
                    logs.add(new Log(key.value(), items.size() == 3 ? utf8(items.get(2)) : null));
                    return null;
                }
            }
        }

        Parsed.@Nullable Bad<Policy> witness(int number, List<String> items) {
            if (items.size() < 3 || items.size() > 4) {
                return bad("policy.line", number, "want: witness NAME VKEY [URL]");
            }
            if (witnesses.size() == LINES_MAX) {
                return bad("policy.too-many", number, "at most " + LINES_MAX + " witnesses");
            }
            switch (WitnessKey.parse(utf8(items.get(2)))) {
                case Parsed.Bad<WitnessKey> wrong -> {
                    return bad("policy.key", number, wrong.code() + ": " + wrong.detail());
                }
                case Parsed.Ok<WitnessKey> key -> {
                    // One key as a log and as a witness is a duplicate, too: it would vouch for itself.
                    if (!keys.add(Hash32.of(key.value().publicKey()))) {
                        return bad("policy.duplicate", number, "this key is there already");
                    }
                    var witness =
                            new Witness(utf8(items.get(1)), key.value(), items.size() == 4 ? utf8(items.get(3)) : null);
                    var taken = name(number, items.get(1), new Quorum.One(witness));
                    if (taken == null) witnesses.add(witness);
                    return taken;
                }
            }
        }

        Parsed.@Nullable Bad<Policy> group(int number, List<String> items) {
            if (items.size() < 4) return bad("policy.line", number, "want: group NAME all|any|K MEMBER...");
            if (named.size() >= 2 * LINES_MAX) {
                return bad("policy.too-many", number, "at most " + LINES_MAX + " groups");
            }
            var group = new ArrayList<Quorum>();
            for (var name : items.subList(3, items.size())) {
                var member = named.get(name);
                if (member == null) return bad("policy.unknown-name", number, "no witness or group before: " + name);
                if (!members.add(name)) return bad("policy.duplicate", number, "a member of two groups: " + name);
                group.add(member);
            }
            long k =
                    switch (items.get(2)) {
                        case "all" -> group.size();
                        case "any" -> 1;
                        default -> Encoding.decimalOrMinusOne(items.get(2));
                    };
            if (k < 1 || k > group.size()) {
                return bad("policy.threshold", number, "want 1 to " + group.size() + ", got " + items.get(2));
            }
            return name(number, items.get(1), new Quorum.Group(utf8(items.get(1)), (int) k, group));
        }

        Parsed.@Nullable Bad<Policy> quorum(int number, List<String> items) {
            if (items.size() != 2) return bad("policy.line", number, "want: quorum NAME");
            if (quorum != null) return bad("policy.quorum", number, "there is more than one quorum line");
            quorum = items.get(1).equals("none") ? new Quorum.None() : named.get(items.get(1));
            return quorum == null ? bad("policy.unknown-name", number, "no witness or group before") : null;
        }

        Parsed.@Nullable Bad<Policy> name(int number, String name, Quorum what) {
            if (name.equals("none")) return bad("policy.name", number, "none is a name of its own");
            return named.put(name, what) == null ? null : bad("policy.duplicate", number, "there already: " + name);
        }

        private static String utf8(String octets) {
            return new String(
                    octets.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                    java.nio.charset.StandardCharsets.UTF_8);
        }

        private static Parsed.Bad<Policy> bad(String code, int number, String detail) {
            return new Parsed.Bad<>(code, "line " + number + ": " + detail);
        }
    }
}
