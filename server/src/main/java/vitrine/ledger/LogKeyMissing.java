package vitrine.ledger;

import vitrine.proof.VerifierKey;

/** The log is signed by a key whose private half is not on this node: nothing is signed until it is. docs/log.md. */
public class LogKeyMissing extends RuntimeException {

    public LogKeyMissing(LogId log, VerifierKey key) {
        super("log.key-missing log=" + log + " key=" + key.vkey());
    }
}
