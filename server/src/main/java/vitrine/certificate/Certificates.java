package vitrine.certificate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.PieceNumber;
import vitrine.catalog.Revisions;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.ownership.Piece;
import vitrine.ownership.Pieces;
import vitrine.ownership.Promises;
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

/** The signed file that proves a piece: its records and what they name, each with its path to one signed checkpoint. */
@Component
public class Certificates {

    private final Catalog catalog;
    private final Revisions revisions;
    private final Pieces pieces;
    private final Promises promises;
    private final Rules rules;
    private final Ledger ledger;
    private final LogKeys keys;
    private final OwnedPieces owned;
    private final JdbcClient db;

    Certificates(
            Catalog catalog,
            Revisions revisions,
            Pieces pieces,
            Promises promises,
            Rules rules,
            Ledger ledger,
            LogKeys keys,
            OwnedPieces owned,
            JdbcClient db) {
        this.catalog = catalog;
        this.revisions = revisions;
        this.pieces = pieces;
        this.promises = promises;
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
            Certificate file =
                    of(number).orElse(null) instanceof Certified.Proven(Certificate certified) ? certified : null;
            // The log that proves it, which is not the newest for what was done in an earlier one.
            LogId log = file == null
                    ? ledger.of(number.collectible().brand())
                    : ledger.named(file.log()).orElseThrow();
            return new PieceCertificate(
                    piece,
                    manifest(number),
                    !revisions.of(number.collectible()).isEmpty(),
                    owned.life(number),
                    campaign(piece).orElse(null),
                    keys.verifier(log).vkey(),
                    promises.of(number).orElse(null),
                    file == null ? null : proven(piece, log, file));
        });
    }

    private PieceCertificate.Proven proven(OwnedPiece piece, LogId log, Certificate file) {
        var verdict = CertificateCheck.verify(file.format(), keys.verifiers(log), null);
        var checkpoint = Checkpoint.parse(
                        SignedNote.parse(file.checkpoint()).orThrow().text())
                .orThrow();
        var newest = file.records().getLast();
        LogId holds = newest.log() == null ? log : ledger.named(newest.log()).orElseThrow();
        return new PieceCertificate.Proven(
                file,
                checkpoint,
                newest.proof().index() + 1,
                ledger.pathOf(holds),
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
        Ledger.Place place =
                publication == null ? null : ledger.places(List.of(publication)).get(publication);
        if (place != null
                && LogRecord.read(ledger.entry(place)) instanceof LogRecord.Reading.Known known
                && known.record() instanceof LogRecord.CollectiblePublished published) {
            return published.manifest();
        }
        throw new IllegalStateException("a piece of an unpublished collectible: " + number);
    }

    private Optional<PieceCertificate.Rules> campaign(OwnedPiece piece) {
        return db.sql("""
                select ca.name_zh, ca.name_en, ca.slug, rv.version
                from pieces p
                join (select brand_id, rules_id, version, leaf from rules_versions
                      union all select brand_id, rules_id, version, leaf from rules_elsewhere) rv on rv.leaf = p.rules_hash
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
        UUID publication = collectible.record();
        if (publication == null) throw new IllegalStateException("a piece of an unpublished " + collectible.slug());
        List<UUID> records = piece.records().stream().map(Piece.PieceRecord::id).toList();
        Map<UUID, Ledger.Place> places = ledger.places(records);
        if (places.size() < records.size()) return new Certified.BeingRecorded();
        List<Rules.Named> named = rulesNamedBy(places.values());
        List<UUID> others = new ArrayList<>(List.of(publication));
        named.forEach(one -> others.add(one.id()));
        places.putAll(ledger.places(others));
        if (places.size() < records.size() + others.size()) return new Certified.BeingRecorded();

        // One head for all of it: a certificate has one checkpoint.
        Volumes volumes = Volumes.holding(
                places.values(),
                ledger.line(Objects.requireNonNull(places.get(publication)).log()));
        if (volumes == null) return new Certified.BeingRecorded();
        List<Certificate.Enclosed> enclosed = records.stream()
                .map(record -> enclosed(places.get(record), volumes))
                .toList();
        List<Certificate.EnclosedRules> enclosedRules = named.stream()
                .map(one -> new Certificate.EnclosedRules(
                        enclosed(places.get(one.id()), volumes),
                        one.version().document().text()))
                .toList();
        Certificate.Enclosed manifest = enclosed(places.get(publication), volumes);
        Ledger.Volume own = volumes.own();
        String note = Objects.requireNonNull(own.head().note());
        return new Certified.Proven(new Certificate(
                own.origin(),
                keys.under(own.log(), SignedNote.parse(note).orThrow()),
                manifest,
                enclosedRules,
                enclosed,
                note,
                earlier(
                        Stream.of(
                                        List.of(manifest),
                                        enclosedRules.stream()
                                                .map(Certificate.EnclosedRules::record)
                                                .toList(),
                                        enclosed)
                                .flatMap(List::stream)
                                .toList(),
                        volumes),
                null));
    }

    /** The logs of one line, the newest first, from the one whose checkpoint the certificate has to the earliest that there is. */
    private record Volumes(List<Ledger.Volume> logs) {

        /** Begins with the newest log that holds one of them, or a later one when its checkpoint does not show it; null: none does. */
        static @Nullable Volumes holding(Collection<Ledger.Place> places, List<Ledger.Volume> all) {
            for (int i = all.size() - 1; i >= 0; i--) {
                var logs = new Volumes(all.subList(i, all.size()));
                if (places.stream().allMatch(logs::shows)) return logs;
            }
            return null;
        }

        private boolean shows(Ledger.Place place) {
            int at = at(place.log());
            if (at > 0) return own().shows(0); // its first record says from where it goes on
            return at == 0 && own().shows(place.index());
        }

        Ledger.Volume own() {
            return logs.getFirst();
        }

        int at(LogId log) {
            for (int i = 0; i < logs.size(); i++) if (logs.get(i).log().equals(log)) return i;
            return -1;
        }

        /** The size of the tree that proofs in this log lead to. */
        long size(int at) {
            return at == 0
                    ? own().head().size()
                    : Objects.requireNonNull(logs.get(at).closedSize());
        }
    }

    private Certificate.Enclosed enclosed(Ledger.@Nullable Place place, Volumes volumes) {
        int at = volumes.at(Objects.requireNonNull(place).log());
        Ledger.Proven proven = ledger.proven(place, volumes.size(at));
        return new Certificate.Enclosed(
                proven.entry(),
                proven.proof(),
                at == 0 ? null : volumes.logs().get(at).origin());
    }

    /** As far back as an entry lies, or was written for a log that could not take it any more. */
    private List<Certificate.Earlier> earlier(List<Certificate.Enclosed> entries, Volumes volumes) {
        Set<String> origins = new LinkedHashSet<>();
        for (Certificate.Enclosed enclosed : entries) {
            if (enclosed.log() != null) origins.add(enclosed.log());
            if (LogRecord.read(enclosed.entry()) instanceof LogRecord.Reading.Known known) {
                origins.add(known.record().log());
            }
        }
        int last = 0;
        for (int i = 1; i < volumes.logs().size(); i++) {
            if (origins.contains(volumes.logs().get(i).origin())) last = i;
        }
        List<Certificate.Earlier> earlier = new ArrayList<>();
        for (int i = 1; i <= last; i++) {
            Ledger.Place first = new Ledger.Place(volumes.logs().get(i - 1).log(), 0);
            earlier.add(new Certificate.Earlier(volumes.logs().get(i).origin(), enclosed(first, volumes)));
        }
        return earlier;
    }

    private List<Rules.Named> rulesNamedBy(Collection<Ledger.Place> records) {
        Set<Hash32> leaves = new LinkedHashSet<>();
        for (Ledger.Place place : records) {
            if (LogRecord.read(ledger.entry(place)) instanceof LogRecord.Reading.Known known
                    && known.record() instanceof LogRecord.OfPiece ofPiece
                    && ofPiece.rules() != null) {
                leaves.add(ofPiece.rules());
            }
        }
        return leaves.stream().map(leaf -> rules.named(leaf).orElseThrow()).toList();
    }
}
