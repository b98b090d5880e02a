package vitrine.platform.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a reader wants the pages: language and theme. An address wins over the cookie, the cookie over the browser. */
public record Preferences(Language language, String theme) {
    static final String LANGUAGE = "lang";
    static final String THEME = "theme";
    private static final Set<String> THEMES = Set.of("light", "dark");

    public static Preferences of(HttpServletRequest request) {
        return new Preferences(language(request), theme(request));
    }

    private static Language language(HttpServletRequest request) {
        var asked = Language.named(request.getParameter(LANGUAGE));
        if (asked != null) return asked;
        var kept = Language.named(cookie(request, LANGUAGE));
        if (kept != null) return kept;
        // Without the header the servlet API answers with the server's own locale, which says nothing about the reader.
        if (request.getHeader("Accept-Language") == null) return Language.ZH;
        for (var locales = request.getLocales(); locales.hasMoreElements(); ) {
            Locale wanted = locales.nextElement();
            var spoken = Language.named(wanted.getLanguage());
            if (spoken != null) return spoken;
        }
        return Language.ZH;
    }

    /** {@code light}, {@code dark}, or empty: then the system decides. */
    private static String theme(HttpServletRequest request) {
        var asked = request.getParameter(THEME);
        var theme = asked != null ? asked : cookie(request, THEME);
        return theme != null && THEMES.contains(theme) ? theme : "";
    }

    private static @Nullable String cookie(HttpServletRequest request, String name) {
        if (request.getCookies() == null) return null;
        for (Cookie cookie : request.getCookies()) {
            if (cookie.getName().equals(name)) return cookie.getValue();
        }
        return null;
    }
}
