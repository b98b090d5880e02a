package vitrine.certificate;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.ownership.Promises;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.Bilingual;
import vitrine.proof.Certificate;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LocalText;
import vitrine.proof.Manifest;

/**
 * A piece's certificate, once for everybody who shows it: the page and the paper render this value, and the file that a stranger
 * checks is inside it.
 *
 * @param manifest what was issued, as the log says it for good: names that changed since are not in it
 * @param revised words or supply changed since; the collectible's page says how
 * @param rules the campaign whose published rules it was given under; null: by hand
 * @param vkey the key that this server signs the log with
 * @param brought what the piece brings besides itself, and whether it was taken; null: nothing
 * @param proven null: its newest record is not in the signed log yet
 */
public record PieceCertificate(
        OwnedPiece piece,
        Manifest manifest,
        boolean revised,
        List<OwnedPieces.Step> life,
        @Nullable Rules rules,
        String vkey,
        Promises.@Nullable Brought brought,
        @Nullable Proven proven) {

    public record Rules(Bilingual name, int version, String slug) {}

    /**
     * @param entry where its newest record stands in the log, counted from 1
     * @param log the path of that log, which may be an earlier one than the checkpoint's
     * @param signedAt when the checkpoint was signed
     * @param signature the checkpoint is signed by the log's key
     * @param included every record leads to it, and the newest is the one that the piece has
     * @param alone all of the file holds, and somebody owns the piece
     */
    public record Proven(
            Certificate file,
            Checkpoint checkpoint,
            long entry,
            String log,
            @Nullable Instant signedAt,
            boolean signature,
            boolean included,
            boolean alone) {}

    /** The newest record, which the seal is drawn from. */
    public Hash32 leaf() {
        return Hash32.of(piece.recordLeaf());
    }

    public boolean given() {
        return life.stream().anyMatch(step -> step.kind().equals("moved"));
    }

    public Instant firstGranted() {
        return life.isEmpty() ? piece.granted() : life.getLast().at();
    }

    /** Its creators; where none is named, who issued it. */
    public String makers(String language) {
        if (manifest.creators().isEmpty()) return manifest.issuer().name().in(language);
        String comma = language.equals("zh") ? "、" : ", ";
        return String.join(
                comma,
                manifest.creators().stream().map(each -> each.in(language)).toList());
    }

    public String licence(String language) {
        LocalText licence = manifest.licence();
        return licence == null ? "" : licence.in(language);
    }
}
