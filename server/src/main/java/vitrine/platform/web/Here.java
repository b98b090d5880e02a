package vitrine.platform.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/**
 * What every template knows of the request it answers: words, theme, place, visitor.
 *
 * @param got whether it was asked for by its address alone: what answers a form's press is not there to be asked for again
 * @param looking who she is, looked up when somebody asks: an answer without a page needs to know only its words
 */
public record Here(
        Texts t,
        String theme,
        String path,
        @Nullable String query,
        boolean got,
        String baseUrl,
        Assets assets,
        Supplier<@Nullable Visitor> looking,
        @Nullable Instant demoNow,
        @Nullable FormToken formToken) {

    /** A hidden field that a form must carry, where the security configuration asks for one. */
    public record FormToken(String name, String value) {}

    /** Null: nobody who has signed in. */
    public @Nullable Visitor visitor() {
        return looking.get();
    }

    public String lang() {
        return t.language().tag();
    }

    public ZoneId zone() {
        return t.zone();
    }

    public String asset(String name) {
        return assets.url(name);
    }

    /** This very page in the other language. */
    public String inOtherLanguage() {
        return with(Preferences.LANGUAGE, t.language().other().code());
    }

    /** This very page in another theme: light, dark, or auto. */
    public String inTheme(String name) {
        return with(Preferences.THEME, name);
    }

    private String with(String name, String value) {
        var kept = new StringBuilder();
        if (query != null) {
            for (var part : query.split("&")) {
                if (!part.isEmpty() && !part.startsWith(name + "="))
                    kept.append(part).append('&');
            }
        }
        return path + "?" + kept + name + "=" + value;
    }

    public boolean at(String prefix) {
        return prefix.equals("/") ? path.equals("/") : path.equals(prefix) || path.startsWith(prefix + "/");
    }

    /** In a showroom, her own or another's, or with a piece of hers in hand. */
    public boolean atShowroom() {
        return path.equals("/me") || path.startsWith("/@") || at("/me/room") || at("/me/give") || at("/me/pieces");
    }

    /** Among her orders, her account and what she follows. */
    public boolean atMine() {
        return !atShowroom() && at("/me") || at("/pickup");
    }

    /** The way in, and from there back to this page, where there is a way back to it. */
    public String signIn() {
        return got ? signIn(backTo()) : "/sign-in";
    }

    /** The way in, and on to that page. Relative, so that it is right behind any proxy. */
    public static String signIn(String to) {
        return signIn("/sign-in", to);
    }

    /** The same by another of the ways in. */
    public static String signIn(String way, String to) {
        return way + "?to=" + UriUtils.encode(to, StandardCharsets.UTF_8);
    }

    /**
     * Path and query of a page of ours, as a browser names the page that it asks from; empty: it is another site's, or none.
     *
     * @param host what the request says: behind a proxy it may be another one than the visitor's, and the public address is
     *     always ours
     */
    public static String within(@Nullable String url, String baseUrl, @Nullable String host) {
        try {
            URI page = URI.create(url == null ? "" : url);
            String path = page.getRawPath();
            boolean ours = page.getRawAuthority() != null
                    && List.of(URI.create(baseUrl).getRawAuthority(), String.valueOf(host))
                            .contains(page.getRawAuthority());
            if (!ours || path == null || !path.matches("/([^/].*)?")) return "";
            return page.getRawQuery() == null ? path : path + "?" + page.getRawQuery();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Where to come back to. */
    public String backTo() {
        return query == null ? path : path + "?" + query;
    }
}
