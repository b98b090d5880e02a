package vitrine.certificate.web;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.certificate.Certificates;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Stamp;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.SignedNote;

/**
 * The certificate for people. What it says was checked was checked while the page was made, with the library that a
 * stranger uses; and it says how to check without us.
 */
@Controller
public class CertificatePage {
    private final OwnedPieces pieces;
    private final Catalog catalog;
    private final Certificates certificates;
    private final Ledger ledger;
    private final LogKeys keys;
    private final JdbcClient db;

    CertificatePage(
            OwnedPieces pieces,
            Catalog catalog,
            Certificates certificates,
            Ledger ledger,
            LogKeys keys,
            JdbcClient db) {
        this.pieces = pieces;
        this.catalog = catalog;
        this.certificates = certificates;
        this.ledger = ledger;
        this.keys = keys;
        this.db = db;
    }

    /**
     * @param rules the campaign whose published rules it was given under; null: by hand
     * @param licence empty: none is named
     * @param stamp the seal of the newest record
     * @param check null: that record is not in the signed log yet
     */
    public record Certificate(
            OwnedPiece piece,
            List<OwnedPieces.Step> life,
            @Nullable Rules rules,
            Bilingual licence,
            String stamp,
            String hash,
            QrCode qr,
            String vkey,
            @Nullable Check check) {

        public boolean given() {
            return life.stream().anyMatch(step -> step.kind().equals("moved"));
        }

        public Instant firstGranted() {
            return life.isEmpty() ? piece.granted() : life.getLast().at();
        }
    }

    public record Rules(Bilingual name, int version, String slug) {}

    /** @param signedAt when the checkpoint that it was checked against was sealed */
    public record Check(
            boolean signature,
            boolean included,
            boolean alone,
            long entry,
            long size,
            @Nullable Instant signedAt) {}

    @GetMapping("/c/{address}")
    ModelAndView certificate(@PathVariable String address, Here here) {
        var number = catalog.piece(address).orElseThrow(Refused::notFound);
        var piece = pieces.piece(number).orElseThrow(Refused::notFound);
        var certified = certificates.of(number).orElse(null) instanceof Certificates.Certified.Proven(var certificate)
                ? certificate
                : null;
        return new ModelAndView(
                "certificate",
                "it",
                new Certificate(
                        piece,
                        pieces.life(number),
                        rules(piece).orElse(null),
                        licence(piece),
                        Stamp.path(piece.recordLeaf()),
                        HexFormat.of().formatHex(piece.recordLeaf()),
                        QrCode.of(here.baseUrl() + "/c/" + piece.address()),
                        vkey(certified),
                        check(piece, certified)));
    }

    /** The key of the log that proves it, which is not the newest for what was done in an earlier one. */
    private String vkey(vitrine.proof.@Nullable Certificate certificate) {
        return keys.verifier(log(certificate)).vkey();
    }

    private LogId log(vitrine.proof.@Nullable Certificate certificate) {
        return certificate == null
                ? ledger.main()
                : ledger.named(certificate.log()).orElseThrow();
    }

    private @Nullable Check check(OwnedPiece piece, vitrine.proof.@Nullable Certificate certificate) {
        if (certificate == null) return null;
        // What a stranger would do with the file, under the key that this server signs with.
        var log = log(certificate);
        var verdict = CertificateCheck.verify(certificate.format(), keys.verifiers(log), null);
        var checkpoint = Checkpoint.parse(
                        SignedNote.parse(certificate.checkpoint()).orThrow().text())
                .orThrow();
        var newest = certificate.records().getLast();
        return new Check(
                passed(verdict, "checkpoint.signature"),
                passed(verdict, "inclusion") && newest.leafHash().equals(Hash32.of(piece.recordLeaf())),
                verdict instanceof CertificateVerdict.Valid && piece.state().equals("owned"),
                newest.proof().index() + 1,
                checkpoint.size(),
                signedAt(log.value(), checkpoint.size()));
    }

    private static boolean passed(CertificateVerdict verdict, String code) {
        var checks = verdict.checks().stream()
                .filter(check -> check.code().equals(code))
                .toList();
        return !checks.isEmpty()
                && checks.stream().allMatch(check -> check.status() == CertificateVerdict.Status.PASSED);
    }

    private @Nullable Instant signedAt(UUID log, long size) {
        return db.sql("select sealed_at from log_heads where log_id = :log and size = :size")
                .param("log", log)
                .param("size", size)
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .optional()
                .orElse(null);
    }

    private Optional<Rules> rules(OwnedPiece piece) {
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
                .query((row, n) -> new Rules(
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getInt("version"),
                        row.getString("slug")))
                .optional();
    }

    private Bilingual licence(OwnedPiece piece) {
        return db.sql(
                        "select licence_zh, licence_en from collectibles where brand_id = :brand and collectible_id = :id")
                .param("brand", piece.brandId())
                .param("id", piece.collectibleId())
                .query((row, n) -> new Bilingual(row.getString(1), row.getString(2)))
                .single();
    }
}
