package vitrine.certificate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
import vitrine.proof.Certificate;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
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

    Certificates(Catalog catalog, Pieces pieces, Rules rules, Ledger ledger, LogKeys keys) {
        this.catalog = catalog;
        this.pieces = pieces;
        this.rules = rules;
        this.ledger = ledger;
        this.keys = keys;
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
