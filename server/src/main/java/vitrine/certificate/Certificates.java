package vitrine.certificate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.PieceNumber;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.ledger.Recorded;
import vitrine.ownership.Piece;
import vitrine.ownership.Pieces;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.Bilingual;
import vitrine.proof.Certificate;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.Manifest;
import vitrine.proof.SignedNote;
import vitrine.rulebook.Rules;
import vitrine.rulebook.RulesVersion;

/** The signed file that proves a piece: its records and what they name, each with its path to one signed checkpoint. */
@Component
public class Certificates {

    private final Catalog catalog;
    private final Pieces pieces;
    private final Rules rules;
    private final Ledger ledger;
    private final LogKeys keys;
    private final OwnedPieces owned;
    private final JdbcClient db;

    Certificates(
            Catalog catalog,
            Pieces pieces,
            Rules rules,
            Ledger ledger,
            LogKeys keys,
            OwnedPieces owned,
            JdbcClient db) {
        this.catalog = catalog;
        this.pieces = pieces;
        this.rules = rules;
        this.ledger = ledger;
        this.keys = keys;
        this.owned = owned;
        this.db = db;
    }

    public sealed interface Certified {

        record Proven(Certificate certificate) implements Certified {}

        /** Its newest record, or one before it, is not in a signed checkpoint yet: usually for less than a second. */
        record BeingRecorded() implements Certified {}
    }

    /** The certificate of a piece as of the newest checkpoint; empty: this serial was never given. */
    public Optional<Certified> of(PieceNumber number) {
        return pieces.find(number).map(this::certify);
    }

    /** The same with all that people read on it. What it says was checked was checked now, with the library a stranger uses. */
    public Optional<PieceCertificate> shown(PieceNumber number) {
        return owned.piece(number).map(piece -> {
            LogId log = ledger.main();
            return new PieceCertificate(
                    piece,
                    manifest(number),
                    owned.life(number),
                    campaign(piece).orElse(null),
                    keys.verifier(ledger.originOf(log)).vkey(),
                    of(number).orElse(null) instanceof Certified.Proven(Certificate file)
                            ? proven(piece, log, file)
                            : null);
        });
    }

    private PieceCertificate.Proven proven(OwnedPiece piece, LogId log, Certificate file) {
        var verdict = CertificateCheck.verify(file.format(), List.of(keys.verifier(ledger.originOf(log))), null);
        var checkpoint = Checkpoint.parse(
                        SignedNote.parse(file.checkpoint()).orThrow().text())
                .orThrow();
        var newest = file.records().getLast();
        return new PieceCertificate.Proven(
                file,
                checkpoint,
                newest.proof().index() + 1,
                ledger.checkpoint(log, checkpoint.size())
                        .map(Ledger.Shown::signedAt)
                        .orElse(null),
                passed(verdict, "checkpoint.signature"),
                passed(verdict, "inclusion") && newest.leafHash().equals(Hash32.of(piece.recordLeaf())),
                verdict instanceof CertificateVerdict.Valid && piece.state().equals("owned"));
    }

    private static boolean passed(CertificateVerdict verdict, String code) {
        var checks = verdict.checks().stream()
                .filter(check -> check.code().equals(code))
                .toList();
        return !checks.isEmpty()
                && checks.stream().allMatch(check -> check.status() == CertificateVerdict.Status.PASSED);
    }

    private Manifest manifest(PieceNumber number) {
        UUID publication = catalog.collectible(number.collectible()).record();
        if (publication != null
                && ledger.find(ledger.main(), List.of(publication)).get(publication) instanceof Recorded recorded
                && LogRecord.read(recorded.entry()) instanceof LogRecord.Reading.Known known
                && known.record() instanceof LogRecord.CollectiblePublished published) {
            return published.manifest();
        }
        throw new IllegalStateException("a piece of an unpublished collectible: " + number);
    }

    private Optional<PieceCertificate.Rules> campaign(OwnedPiece piece) {
        return db.sql("""
                select ca.name_zh, ca.name_en, ca.slug, rv.version
                from pieces p
                join rules_versions rv on rv.leaf = p.rules_hash
                join campaigns ca on ca.brand_id = rv.brand_id and ca.campaign_id = rv.rules_id
                where p.brand_id = :brand and p.collectible_id = :id and p.serial = :serial
                order by rv.version desc limit 1
                """)
                .param("brand", piece.brandId())
                .param("id", piece.collectibleId())
                .param("serial", piece.serial())
                .query((row, n) -> new PieceCertificate.Rules(
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getInt("version"),
                        row.getString("slug")))
                .optional();
    }

    private Certified certify(Piece piece) {
        Collectible collectible = catalog.collectible(piece.number().collectible());
        LogId log = ledger.main();
        UUID publication = collectible.record();
        if (publication == null) throw new IllegalStateException("a piece of an unpublished " + collectible.slug());
        List<UUID> records = piece.records().stream().map(Piece.PieceRecord::id).toList();
        // One head for all of it: a certificate has one checkpoint.
        Ledger.Head head = ledger.head(log);
        Map<UUID, Recorded> found = ledger.find(log, records, head);
        List<RulesVersion> named = rulesNamedBy(found.values());
        List<UUID> others = new ArrayList<>(List.of(publication));
        named.forEach(version -> others.add(version.record()));
        found.putAll(ledger.find(log, others, head));

        List<Certificate.Enclosed> enclosed = new ArrayList<>();
        for (UUID record : records) {
            if (!(found.get(record) instanceof Recorded.Sealed sealed)) return new Certified.BeingRecorded();
            enclosed.add(new Certificate.Enclosed(sealed.entry(), sealed.proof()));
        }
        if (!(found.get(publication) instanceof Recorded.Sealed manifest)) return new Certified.BeingRecorded();
        List<Certificate.EnclosedRules> enclosedRules = new ArrayList<>();
        for (RulesVersion version : named) {
            if (!(found.get(version.record()) instanceof Recorded.Sealed sealed)) return new Certified.BeingRecorded();
            enclosedRules.add(new Certificate.EnclosedRules(
                    new Certificate.Enclosed(sealed.entry(), sealed.proof()),
                    version.document().text()));
        }
        String origin = ledger.originOf(log);
        return new Certified.Proven(new Certificate(
                origin,
                keys.verifier(origin),
                new Certificate.Enclosed(manifest.entry(), manifest.proof()),
                enclosedRules,
                enclosed,
                manifest.checkpoint(),
                null));
    }

    private List<RulesVersion> rulesNamedBy(Collection<Recorded> records) {
        Set<Hash32> leaves = new LinkedHashSet<>();
        for (Recorded record : records) {
            if (LogRecord.read(record.entry()) instanceof LogRecord.Reading.Known known
                    && known.record() instanceof LogRecord.OfPiece ofPiece
                    && ofPiece.rules() != null) {
                leaves.add(ofPiece.rules());
            }
        }
        return leaves.stream().map(leaf -> rules.named(leaf).orElseThrow()).toList();
    }
}
