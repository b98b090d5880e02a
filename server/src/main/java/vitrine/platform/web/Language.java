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
}
