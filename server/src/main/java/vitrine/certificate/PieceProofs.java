package vitrine.certificate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import vitrine.catalog.Catalog;
import vitrine.platform.web.Refused;
import vitrine.proof.Certificate;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.SignedNote;

/** All records of one piece with their paths to one checkpoint, ready made: what the certificate encloses, without its rest. */
@RestController
class PieceProofs {

    private final Catalog catalog;
    private final Certificates certificates;

    PieceProofs(Catalog catalog, Certificates certificates) {
        this.catalog = catalog;
        this.certificates = certificates;
    }

    /**
     * @param records the first the grant, the last what holds now
     * @param earlier the first records of the logs from this one back to the earliest that holds one of them
     */
    record Proofs(
            String log,
            String piece,
            long size,
            String checkpoint,
            Enclosed collectible,
            List<Enclosed> records,
            List<Enclosed> earlier) {}

    /**
     * @param log the log that holds it
     * @param size of the tree that the path leads to: the checkpoint's, or for an earlier log the one that the first record of the
     *     log after it names
     * @param path leaf side first (RFC 9162 section 2.1.3), lower-case hexadecimal
     */
    record Enclosed(String log, long size, long index, String entry, String leaf, List<String> path) {
        static Enclosed of(Certificate certificate, Certificate.Enclosed one) {
            return new Enclosed(
                    one.log() == null ? certificate.log() : one.log(),
                    one.proof().size(),
                    one.proof().index(),
                    new String(one.entry(), StandardCharsets.UTF_8),
                    one.leafHash().hex(),
                    one.proof().path().stream().map(Hash32::hex).toList());
        }
    }

    @GetMapping(
            path = "/log/proof",
            params = {"piece", "!index"})
    ResponseEntity<Proofs> proofs(@RequestParam String piece) {
        var number = catalog.piece(piece).orElseThrow(Refused::notFound);
        return switch (certificates.of(number).orElseThrow(Refused::notFound)) {
            case Certificates.Certified.Proven(Certificate certificate) ->
                ResponseEntity.ok()
                        .header("Access-Control-Allow-Origin", "*")
                        .cacheControl(CacheControl.maxAge(Duration.ofSeconds(1)).cachePublic())
                        .body(new Proofs(
                                certificate.log(),
                                piece,
                                Checkpoint.parse(SignedNote.parse(certificate.checkpoint())
                                                .orThrow()
                                                .text())
                                        .orThrow()
                                        .size(),
                                certificate.checkpoint(),
                                Enclosed.of(certificate, certificate.collectible()),
                                certificate.records().stream()
                                        .map(one -> Enclosed.of(certificate, one))
                                        .toList(),
                                certificate.earlier().stream()
                                        .map(one -> Enclosed.of(certificate, one.opened()))
                                        .toList()));
            // The same address answers in a moment: nothing is wrong, and nothing can be proven yet.
            case Certificates.Certified.BeingRecorded recording ->
                ResponseEntity.accepted().header(HttpHeaders.RETRY_AFTER, "1").build();
        };
    }
}
