package vitrine.proof;

/** A tile or bundle that the tree must have is not there, or is shorter than its tree says. */
public final class MissingTile extends RuntimeException {
    private final TilePath path;

    public MissingTile(TilePath path, String what) {
        super(path.text() + ": " + what);
        this.path = path;
    }

    /** What is missing. */
    public TilePath path() {
        return path;
    }
}
