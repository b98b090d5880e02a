package vitrine.simulate;

/** The node's process is gone. An error, so that no catch of the server stands between it and the world. */
final class Died extends Error {

    private static final long serialVersionUID = 1;

    Died(String where) {
        super(where, null, false, false);
    }
}
