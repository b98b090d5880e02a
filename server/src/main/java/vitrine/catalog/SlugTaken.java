package vitrine.catalog;

/** {@code catalog.slug-taken}: an address belongs to one thing for ever. */
public class SlugTaken extends RuntimeException {
    public SlugTaken(String slug) {
        super("catalog.slug-taken: " + slug);
    }
}
