package vitrine.ledger;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.proof.NoteSigner;

/** The device that holds the log's key, where the operator has one. */
@Component
class LogToken {

    /** Null: there is none. */
    @Nullable
    NoteSigner signer(String origin) {
        return null;
    }
}
