package vitrine.proof;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A text in one or more languages, by BCP 47 tag ({@code zh}, {@code en}, {@code zh-Hant}): one line each, 1 to 500
 * UTF-16 units, without control characters and without characters that reorder the text around them.
 */
public record LocalText(SortedMap<String, String> byLanguage) {
    public static final int UNITS_MAX = 500;
    public static final int LANGUAGES_MAX = 20;

    private static final Pattern TAG = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*");

    /** @throws IllegalArgumentException when a tag or a text is not of that form */
    public LocalText {
        byLanguage = Collections.unmodifiableSortedMap(new TreeMap<>((Map<String, String>) byLanguage));
        if (byLanguage.isEmpty() || byLanguage.size() > LANGUAGES_MAX) {
            throw new IllegalArgumentException("1 to 20 languages, got " + byLanguage.size());
        }
        byLanguage.forEach((tag, text) -> {
            if (!isTag(tag)) throw new IllegalArgumentException("no language tag: " + tag);
            if (!isLine(text)) throw new IllegalArgumentException("not one line of 1 to 500 characters: " + text);
        });
    }

    /** Tags and texts in turn: {@code of("zh", "月升", "en", "Moonrise")}. */
    public static LocalText of(String... tagsAndTexts) {
        var byLanguage = new TreeMap<String, String>();
        for (int i = 0; i < tagsAndTexts.length; i += 2) byLanguage.put(tagsAndTexts[i], tagsAndTexts[i + 1]);
        return new LocalText(byLanguage);
    }

    /** The text in that language, else in English, else in the first language there is. */
    public String in(String language) {
        var text = byLanguage.get(language);
        if (text == null) text = byLanguage.get("en");
        return text != null ? text : byLanguage.values().iterator().next();
    }

    static boolean isTag(String tag) {
        return tag.length() <= 35 && TAG.matcher(tag).matches();
    }

    static boolean isLine(String text) {
        return !text.isEmpty()
                && text.length() <= UNITS_MAX
                && Json.wellFormed(text)
                && text.chars().noneMatch(LocalText::isForbidden);
    }

    /** Controls, line and paragraph separators, and the marks and overrides of the bidirectional algorithm. */
    private static boolean isForbidden(int c) {
        return c < 0x20
                || c >= 0x7f && c <= 0x9f
                || c == 0x2028
                || c == 0x2029
                || c == 0x200e
                || c == 0x200f
                || c == 0x061c
                || c >= 0x202a && c <= 0x202e
                || c >= 0x2066 && c <= 0x2069;
    }

    Json.Obj json() {
        var members = new TreeMap<String, Json>();
        byLanguage.forEach((tag, text) -> members.put(tag, Json.of(text)));
        return new Json.Obj(members);
    }
}
