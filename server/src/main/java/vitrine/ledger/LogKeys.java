package vitrine.ledger;

import org.springframework.stereotype.Component;
import vitrine.platform.Keys;
import vitrine.proof.SignerKey;
import vitrine.proof.VerifierKey;

/** The key that signs checkpoints; the log's origin is its name (C2SP tlog-checkpoint). */
@Component
public class LogKeys {

    private final Keys keys;

    LogKeys(Keys keys) {
        this.keys = keys;
    }

    SignerKey signer(String origin) {
        return new SignerKey(origin, keys.key("log"));
    }

    /** What a stranger pins: print it, put it on paper, give it away. */
    public VerifierKey verifier(String origin) {
        return signer(origin).verifier();
    }
}
