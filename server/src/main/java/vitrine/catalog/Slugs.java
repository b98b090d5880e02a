package vitrine.catalog;

import java.util.regex.Pattern;

/** Names in addresses: lower-case letters, digits and single hyphens, and never a number at the end, which would be a serial. */
final class Slugs {

    private static final Pattern SLUG = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern ENDS_LIKE_A_SERIAL = Pattern.compile(".*-[0-9]+");

    private Slugs() {}

    static boolean valid(String slug) {
        return slug.length() <= 60
                && SLUG.matcher(slug).matches()
                && !ENDS_LIKE_A_SERIAL.matcher(slug).matches();
    }
}
