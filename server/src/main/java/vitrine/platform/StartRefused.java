package vitrine.platform;

/** The server will not start like this: one line for a person, and the exit code that goes with it. */
public final class StartRefused extends RuntimeException {
    /** The command line is wrong (sysexits' EX_USAGE). */
    public static final int USAGE = 64;
    /** Something outside that we need is not there (EX_UNAVAILABLE). */
    public static final int UNAVAILABLE = 69;
    /** Another one is at it already: the folder or the port is taken (EX_TEMPFAIL). */
    public static final int TAKEN = 75;
    /** A setting, a right or a version is such that starting would do harm (EX_CONFIG). */
    public static final int CONFIGURATION = 78;

    private final int exitCode;

    public StartRefused(int exitCode, String line) {
        super(line);
        this.exitCode = exitCode;
    }

    public StartRefused(int exitCode, String line, Throwable cause) {
        super(line, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    public String line() {
        return String.valueOf(getMessage());
    }
}
