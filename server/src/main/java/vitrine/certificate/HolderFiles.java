package vitrine.certificate;

import java.util.Optional;
import org.springframework.stereotype.Component;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.ownership.HolderKeys;
import vitrine.proof.Certificate;
import vitrine.proof.LogRecord;
import vitrine.proof.OwnerKeys;

/** A certificate with the key of its present holder. It is a secret: only she gets it. */
@Component
public class HolderFiles {

    private final HolderKeys keys;
    private final Certificates certificates;

    HolderFiles(HolderKeys keys, Certificates certificates) {
        this.keys = keys;
        this.certificates = certificates;
    }

    /** Empty: she does not hold it, or her holding is not in the signed log yet, so that the file would prove nothing. */
    public Optional<Certificate> of(PieceNumber number, CollectorId person) {
        return keys.of(number, person)
                .flatMap(seed ->
                        certificates.of(number).orElse(null) instanceof Certificates.Certified.Proven(Certificate file)
                                        && proves(seed, file)
                                ? Optional.of(file.withHolder(seed))
                                : Optional.empty());
    }

    /** Between two readings the piece may have changed hands: a file that does not prove is never given out. */
    private static boolean proves(byte[] seed, Certificate file) {
        return LogRecord.read(file.records().getLast().entry()) instanceof LogRecord.Reading.Known known
                && known.record() instanceof LogRecord.OfPiece of
                && OwnerKeys.ownerHash(OwnerKeys.publicKey(seed)).equals(of.owner());
    }
}
