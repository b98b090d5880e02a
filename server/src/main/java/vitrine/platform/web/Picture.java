package vitrine.platform.web;

/**
 * A picture of an object by the hash of its file. {@code cutout}: the ground is transparent and the object stands on
 * the plinth; otherwise the picture hangs on the wall in a frame.
 */
public record Picture(String sha256, String alt, boolean cutout) {

    public String src(int width) {
        return "/media/" + sha256 + "/w/" + width + ".webp";
    }

    /** For where it is shown small, on a wall or a shelf. */
    public String smallSrcset() {
        return src(320) + " 320w, " + src(640) + " 640w";
    }

    public String srcset() {
        return src(320) + " 320w, " + src(640) + " 640w, " + src(1024) + " 1024w";
    }
}
