package vitrine.catalog;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names in addresses: lower-case letters, digits and single hyphens, and never a number at the end, which would be a serial. */
public final class Slugs {

    private static final Pattern SLUG = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern ENDS_LIKE_A_SERIAL = Pattern.compile(".*-[0-9]+");

    private Slugs() {}

    public static boolean valid(String slug) {
        return slug.length() <= 60
                && SLUG.matcher(slug).matches()
                && !ENDS_LIKE_A_SERIAL.matcher(slug).matches();
    }

    /** What somebody typed as an address; where she left it empty, one out of the English name. */
    public static String typedOr(String typed, String nameEn) {
        return typed.isBlank() ? of(nameEn) : typed.strip();
    }

    /** An address out of a name: {@code Moonrise No. 2} is {@code moonrise-no2}; empty where no letter of it can stand in one. */
    public static String of(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        String cut = plain.length() <= 60 ? plain : plain.substring(0, 60).replaceAll("-[^-]*$", "");
        return cut.replaceAll("-(?=[0-9]+$)", "");
    }
}
