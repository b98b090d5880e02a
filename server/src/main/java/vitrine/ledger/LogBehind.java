package vitrine.ledger;

/**
 * The database's log is shorter than one that was already signed (a restored backup), or this node does not know what was signed.
 * Nothing is sealed until the operator accepts a size by hand: docs/operations.md.
 */
public class LogBehind extends RuntimeException {

    public LogBehind(LogId log, long size, long signed) {
        super(
                signed < 0
                        ? "log.no-high-water log=" + log + " size=" + size
                                + ": this node has no high-water file for a log that was signed"
                        : "log.behind log=" + log + " size=" + size + " signed=" + signed
                                + ": an older state than one that was signed");
    }
}
