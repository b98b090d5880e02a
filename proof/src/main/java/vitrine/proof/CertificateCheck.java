package vitrine.proof;

import static vitrine.proof.CertificateVerdict.Status.FAILED;
import static vitrine.proof.CertificateVerdict.Status.NOT_CHECKED;
import static vitrine.proof.CertificateVerdict.Status.PASSED;
import static vitrine.proof.CertificateVerdict.Status.SKIPPED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Checks a certificate, offline, part by part. Use {@link #verify}; one instance checks one certificate. */
public final class CertificateCheck {
    private final Policy policy;
    private final List<CertificateVerdict.Check> checks = new ArrayList<>();
    private Policy.Verdict.@Nullable Trusted trusted;

    /** The roots of the logs that hold the entries, and their order: the certificate's own is 0, the one before it 1. */
    private final Map<String, Hash32> roots = new HashMap<>();

    private final List<String> logs = new ArrayList<>();

    private CertificateCheck(Policy policy) {
        this.policy = policy;
    }

    /**
     * Checks a certificate file.
     *
     * @param file the bytes, from anywhere
     * @param pinned the keys of the log as the reader knows them from elsewhere; empty means that the answer is never
     *     {@link CertificateVerdict.Valid}
     * @param media a folder with the files of the design, or null to leave them out
     * @throws UncheckedIOException when the folder cannot be read; nothing in the file makes this throw
     */
    public static CertificateVerdict verify(byte[] file, Collection<VerifierKey> pinned, @Nullable Path media) {
        return verify(file, Policy.of(pinned), media);
    }

    /**
     * The same under a policy that may ask for witnesses' cosignatures, too.
     *
     * @param policy whose logs are the pinned keys; without any the answer is never {@link CertificateVerdict.Valid}
     */
    public static CertificateVerdict verify(byte[] file, Policy policy, @Nullable Path media) {
        return verify(file, policy, media, null);
    }

    /** The same, and whether the piece's present owner gave this answer: {@code holder.possession}. */
    public static CertificateVerdict verify(
            byte[] file, Policy policy, @Nullable Path media, @Nullable Possession possession) {
        return new CertificateCheck(policy).run(file, media, possession);
    }

    private CertificateVerdict run(byte[] file, @Nullable Path media, @Nullable Possession possession) {
        Certificate certificate;
        switch (Certificate.parse(file)) {
            case Parsed.Bad<Certificate.Read> bad -> {
                boolean newer = bad.code().equals("certificate.version");
                add(bad.code(), newer ? NOT_CHECKED : FAILED, "certificate", bad.detail());
                return verdict(null);
            }
            case Parsed.Ok<Certificate.Read> ok -> {
                certificate = ok.value().certificate();
                add("certificate.read", PASSED, "certificate", "");
                for (var field : ok.value().notChecked()) {
                    add("certificate.unknown-field", NOT_CHECKED, field, "version 1 does not know this field");
                }
            }
        }
        var note = SignedNote.parse(certificate.checkpoint()).orThrow();
        var checkpoint = Checkpoint.parse(note.text()).orThrow();
        check("checkpoint.origin", "checkpoint", checkpoint.origin(), certificate.log());
        signature(note, checkpoint);
        keyHint(certificate, note);
        logs.add(certificate.log());
        roots.put(certificate.log(), checkpoint.root());
        certificate.earlier().forEach(this::goesOn);
        inclusion(certificate);
        var ownership = chain(certificate, checkpoint);
        if (ownership != null) {
            media(ownership.manifest(), media);
            holder(certificate, ownership);
            possession(possession, ownership);
        }
        return verdict(ownership);
    }

    private CertificateVerdict verdict(CertificateVerdict.@Nullable Ownership ownership) {
        var all = List.copyOf(checks);
        if (has(FAILED)) return new CertificateVerdict.Invalid(all);
        if (ownership == null) return new CertificateVerdict.PartlyChecked(null, all);
        if (trusted == null) return new CertificateVerdict.NotPinned(ownership, all);
        if (has(NOT_CHECKED)) return new CertificateVerdict.PartlyChecked(ownership, all);
        return new CertificateVerdict.Valid(ownership, trusted.signedBy(), trusted.cosigned(), all);
    }

    /** A witness's signature is welcome and is not enough: one of the keys must bear the log's own name. */
    private void signature(SignedNote note, Checkpoint checkpoint) {
        if (!policy.pinsAKey()) {
            add("checkpoint.signature", SKIPPED, "checkpoint", "no key was pinned");
            return;
        }
        switch (policy.judge(note, checkpoint.origin())) {
            case Policy.Verdict.NotSigned no -> add("checkpoint.signature", FAILED, "checkpoint", no.detail());
            case Policy.Verdict.WrongWitness wrong -> {
                add("checkpoint.signature", PASSED, "checkpoint", "size " + checkpoint.size());
                add("checkpoint.witnesses", FAILED, "checkpoint", wrong.detail());
            }
            case Policy.Verdict.TooFewWitnesses few -> {
                add("checkpoint.signature", PASSED, "checkpoint", "size " + checkpoint.size());
                add("checkpoint.witnesses", FAILED, "checkpoint", "got " + few.got() + ", want " + few.want());
            }
            case Policy.Verdict.Trusted yes -> {
                trusted = yes;
                add("checkpoint.signature", PASSED, "checkpoint", "size " + checkpoint.size());
                if (!policy.witnesses().isEmpty()) {
                    var detail =
                            yes.cosigned().size() + " of " + policy.witnesses().size() + " witnesses";
                    add("checkpoint.witnesses", PASSED, "checkpoint", detail);
                }
            }
        }
    }

    /** The hint proves nothing, but one that did not sign this checkpoint misleads. */
    private void keyHint(Certificate certificate, SignedNote note) {
        var hint = certificate.keyHint();
        if (hint == null) return;
        // A signature takes longer to check than everything else here: what a pinned key's own was, is not asked again.
        boolean signed = trusted != null && trusted.signedBy().contains(hint)
                || note.verify(List.of(hint)) instanceof SignedNote.Check.Verified;
        add("certificate.key-hint", signed ? PASSED : FAILED, "keyHint", signed ? "" : "did not sign the checkpoint");
    }

    /** Each log before says nothing of itself: the first record of the one after it says up to where it counts. */
    private void goesOn(Certificate.Earlier earlier) {
        var where = "earlier." + (logs.size() - 1);
        var opened = earlier.opened();
        included(opened, where);
        var record = read(opened, where);
        if (!(record instanceof LogRecord.LogOpened begun)) return;
        check(
                "earlier.log",
                where,
                String.valueOf(opened.log() == null ? logs.getFirst() : opened.log()),
                logs.getLast());
        check("earlier.log", where, begun.log(), logs.getLast());
        check("earlier.log", where, begun.predecessor(), earlier.log());
        check("earlier.index", where, opened.proof().index(), 0L);
        // A root once known stays: a log that came back in a circle would put another in the place of the signed one.
        if (logs.contains(earlier.log())) {
            add("earlier.log", FAILED, where, "got " + earlier.log() + " once more, want another log");
            return;
        }
        logs.add(earlier.log());
        roots.put(earlier.log(), begun.root());
    }

    private void inclusion(Certificate certificate) {
        included(certificate.collectible(), "collectible");
        for (int i = 0; i < certificate.rules().size(); i++) {
            included(certificate.rules().get(i).record(), "rules." + i);
        }
        for (int i = 0; i < certificate.records().size(); i++) {
            included(certificate.records().get(i), "records." + i);
        }
    }

    private void included(Certificate.Enclosed enclosed, String where) {
        var root = roots.get(enclosed.log() == null ? logs.getFirst() : enclosed.log());
        if (root == null) {
            add("inclusion", FAILED, where, "its log is not one of " + logs);
            return;
        }
        switch (enclosed.proof().verify(enclosed.leafHash(), root)) {
            case ProofCheck.Proven proven ->
                add("inclusion", PASSED, where, "index " + enclosed.proof().index());
            case ProofCheck.Refuted refuted ->
                add(
                        "inclusion",
                        FAILED,
                        where,
                        refuted.reason().code() + ": got " + refuted.got() + ", want " + refuted.want());
        }
    }

    /** The piece's story: each record follows the one before, under this collectible, within its supply. */
    private CertificateVerdict.@Nullable Ownership chain(Certificate certificate, Checkpoint checkpoint) {
        var first = read(certificate.collectible(), "collectible");
        if (first == null) return null;
        if (!(first instanceof LogRecord.CollectiblePublished published)) {
            add("chain.collectible", FAILED, "collectible", "not a collectible.published record");
            return null;
        }
        var collectible = certificate.collectible().leafHash();
        var rules = rules(certificate);
        if (certificate.records().isEmpty()) {
            add("chain.empty", FAILED, "records", "got 0 records, want 1 or more");
            return null;
        }
        var state = PieceState.NONE;
        long serial = 0;
        long moves = -1;
        long place = place(certificate.collectible());
        Hash32 prev = null;
        Hash32 owner = null;
        var named = new HashSet<Hash32>();
        for (int i = 0; i < certificate.records().size(); i++) {
            var where = "records." + i;
            var enclosed = certificate.records().get(i);
            var read = read(enclosed, where);
            if (read == null) return null;
            if (!(read instanceof LogRecord.OfPiece record)) {
                add("chain.record", FAILED, where, "not a record of a piece");
                return null;
            }
            if (i == 0) serial = record.serial();
            check("chain.collectible", where, record.collectible(), collectible);
            check("chain.serial", where, record.serial(), serial);
            check("chain.prev", where, String.valueOf(record.prev()), String.valueOf(prev));
            if (place(enclosed) <= place) {
                add(
                        "chain.order",
                        FAILED,
                        where,
                        "got index " + enclosed.proof().index() + ", want above " + (place & Json.WHOLE_MAX));
            }
            var next = state.after(record.type());
            if (next == null) {
                add("chain.transition", FAILED, where, record.type().text() + " cannot follow " + state);
                return null;
            }
            if (!PieceState.ownerFits(record.type(), owner, record.owner())) {
                add("chain.owner", FAILED, where, record.type().text() + " from " + owner + " to " + record.owner());
            }
            rulesOf(record, enclosed, where, rules, named);
            state = next;
            if (record.type() == RecordType.PIECE_GRANTED || record.type() == RecordType.PIECE_MOVED) moves++;
            place = place(enclosed);
            prev = enclosed.leafHash();
            owner = record.owner();
        }
        add("chain.followed", PASSED, "records", certificate.records().size() + " records");
        supply(published.manifest(), serial);
        for (var hash : rules.keySet()) {
            if (!named.contains(hash)) add("rules.unrelated", FAILED, "rules", "no record names " + hash);
        }
        return new CertificateVerdict.Ownership(
                certificate.log(),
                checkpoint.size(),
                checkpoint.root(),
                collectible,
                published.manifest(),
                serial,
                state,
                owner,
                moves);
    }

    private void supply(Manifest manifest, long serial) {
        if (manifest.supply() instanceof Manifest.Supply.Limited limited && serial > limited.pieces()) {
            add("chain.supply", FAILED, "records", "got serial " + serial + ", want at most " + limited.pieces());
        } else {
            add("chain.supply", PASSED, "records", "");
        }
    }

    private Map<Hash32, Long> rules(Certificate certificate) {
        var indexes = new HashMap<Hash32, Long>();
        for (int i = 0; i < certificate.rules().size(); i++) {
            var where = "rules." + i;
            var enclosed = certificate.rules().get(i);
            var read = read(enclosed.record(), where);
            if (read instanceof LogRecord.RulesPublished published) {
                var document = enclosed.document();
                if (document == null) {
                    add("rules.document", SKIPPED, where, published.sha256().hex());
                } else {
                    check("rules.document", where, Hash32.sha256(Encoding.utf8(document)), published.sha256());
                }
            } else if (read != null) {
                add("rules.record", FAILED, where, "not a rules.published record");
            }
            if (indexes.put(enclosed.record().leafHash(), place(enclosed.record())) != null) {
                add("rules.unrelated", FAILED, where, "enclosed twice");
            }
        }
        return indexes;
    }

    private void rulesOf(
            LogRecord.OfPiece record,
            Certificate.Enclosed enclosed,
            String where,
            Map<Hash32, Long> rules,
            Set<Hash32> named) {
        var hash = record.rules();
        if (hash == null) return;
        named.add(hash);
        var index = rules.get(hash);
        if (index == null) {
            add("rules.enclosed", NOT_CHECKED, where, "the rules that it names are not enclosed: " + hash);
        } else if (index >= place(enclosed)) {
            add(
                    "chain.order",
                    FAILED,
                    where,
                    "got rules at index " + (index & Json.WHOLE_MAX) + ", want below "
                            + enclosed.proof().index());
        }
    }

    /** Where an entry stands among all of them: by log, the earliest first, then by index. */
    private long place(Certificate.Enclosed enclosed) {
        int back = enclosed.log() == null ? 0 : Math.max(0, logs.indexOf(enclosed.log()));
        return (long) (Certificate.EARLIER_MAX - back) << 53 | enclosed.proof().index();
    }

    /** The record of an entry, or null after saying why there is none to check. */
    private @Nullable LogRecord read(Certificate.Enclosed enclosed, String where) {
        return switch (LogRecord.read(enclosed.entry())) {
            case LogRecord.Reading.Malformed wrong -> {
                add(wrong.code(), FAILED, where, wrong.detail());
                yield null;
            }
            case LogRecord.Reading.NotChecked unknown -> {
                add(unknown.code(), NOT_CHECKED, where, unknown.type());
                yield null;
            }
            case LogRecord.Reading.Known known -> {
                for (var field : known.notChecked()) {
                    add("record.unknown-field", NOT_CHECKED, where + "." + field, "version 1 does not know this field");
                }
                // What an earlier log could not take any more stands in the one after it.
                var log = known.record().log();
                check("record.log", where, log, logs.contains(log) ? log : logs.getFirst());
                yield known.record();
            }
        };
    }

    /** A file is found by its name (the hash, with any ending) or else by its content. */
    private void media(Manifest manifest, @Nullable Path folder) {
        for (int i = 0; i < manifest.media().size(); i++) {
            var file = manifest.media().get(i);
            var where = "media." + i;
            if (folder == null) {
                add("media", SKIPPED, where, file.sha256().hex());
                continue;
            }
            try {
                var named =
                        find(folder, path -> baseName(path).equals(file.sha256().hex()));
                var found =
                        named != null ? named : find(folder, path -> hash(path).equals(file.sha256()));
                if (found == null) {
                    add("media", NOT_CHECKED, where, "no file " + file.sha256() + " in the folder");
                } else if (Files.size(found) != file.bytes()) {
                    add("media", FAILED, where, "got " + Files.size(found) + " bytes, want " + file.bytes());
                } else {
                    check("media", where, hash(found), file.sha256());
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private static @Nullable Path find(Path folder, Predicate<Path> wanted) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .filter(wanted)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static String baseName(Path path) {
        var name = String.valueOf(path.getFileName());
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static Hash32 hash(Path path) {
        var sha = Merkle.sha256();
        try (var in = Files.newInputStream(path)) {
            var buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) sha.update(buffer, 0, read);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return Hash32.of(sha.digest());
    }

    private void holder(Certificate certificate, CertificateVerdict.Ownership ownership) {
        var holder = certificate.holder();
        if (holder == null) return;
        var got = OwnerKeys.ownerHash(OwnerKeys.publicKey(holder.seed()));
        check("holder.key", "holder", got.hex(), String.valueOf(ownership.owner()));
    }

    private void possession(@Nullable Possession possession, CertificateVerdict.Ownership ownership) {
        if (possession == null) return;
        var owner = ownership.owner();
        if (owner == null) {
            add("holder.possession", FAILED, "holder", "nobody owns the piece");
        } else if (possession.isOf(owner)) {
            add("holder.possession", PASSED, "holder", possession.challenge());
        } else {
            add("holder.possession", FAILED, "holder", "not an answer of " + owner + " to this challenge");
        }
    }

    private void check(String code, String where, Object got, Object want) {
        boolean same = got.equals(want);
        add(code, same ? PASSED : FAILED, where, same ? "" : "got " + got + ", want " + want);
    }

    private void add(String code, CertificateVerdict.Status status, String where, String detail) {
        checks.add(new CertificateVerdict.Check(code, status, where, detail));
    }

    private boolean has(CertificateVerdict.Status status) {
        return checks.stream().anyMatch(check -> check.status() == status);
    }
}
