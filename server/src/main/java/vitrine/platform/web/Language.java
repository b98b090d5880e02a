package vitrine.platform.web;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The languages of the screen. Chinese is the default; a third one is a new constant and its message files. */
public enum Language {
    ZH("zh-CN", Locale.SIMPLIFIED_CHINESE),
    EN("en", Locale.ENGLISH);

    private final String tag;
    private final Locale locale;

    Language(String tag, Locale locale) {
        this.tag = tag;
        this.locale = locale;
    }

    /** The value of {@code lang} in the page. */
    public String tag() {
        return tag;
    }

    public Locale locale() {
        return locale;
    }

    /** {@code zh} or {@code en}: as in message files, the cookie and {@code ?lang=}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Language other() {
        return this == ZH ? EN : ZH;
    }

    public static @Nullable Language named(@Nullable String code) {
        if (code == null) return null;
        for (var language : values()) {
            if (code.toLowerCase(Locale.ROOT).startsWith(language.code())) return language;
        }
        return null;
    }

    /**
     * The language of what is typed into a field, which the field's name ends with: {@code name.zh}, {@code aboutEn}, {@code s0-zh}.
     * Null for a field of no language. A page draws Chinese commas inside English with Chinese letters' width only when told.
     */
    public static @Nullable String ofField(String name) {
        for (var language : values()) {
            var code = language.code();
            var word = Character.toUpperCase(code.charAt(0)) + code.substring(1);
            if (name.endsWith("." + code) || name.endsWith("-" + code) || name.endsWith(word)) return language.tag();
        }
        return null;
    }
}
