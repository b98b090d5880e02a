package vitrine.sandbox;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Screen texts by key, in Chinese and English; a key that is missing is an error, not an empty page. */
record Words(String language, Properties texts) {
    private static final Map<String, Words> ALL = Map.of("zh", load("zh"), "en", load("en"));

    /** The address wins, then the cookie, then what the browser prefers; Chinese otherwise. */
    static Words of(Call call) {
        var asked = call.query().get("lang");
        var language = asked != null ? asked : fromCookie(call.header("Cookie"));
        if (language == null) {
            var accepted = call.header("Accept-Language");
            language = accepted != null && accepted.strip().startsWith("en") ? "en" : "zh";
        }
        return in(language.startsWith("en") ? "en" : "zh");
    }

    static Words in(String language) {
        return Objects.requireNonNull(ALL.get(language));
    }

    private static @Nullable String fromCookie(@Nullable String cookie) {
        return cookie == null || !cookie.contains("lang=") ? null : cookie.contains("lang=en") ? "en" : "zh";
    }

    private static Words load(String language) {
        var texts = new Properties();
        try (var in = Objects.requireNonNull(Words.class.getResourceAsStream("words_" + language + ".properties"))) {
            texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new Words(language, texts);
    }

    String get(String key, Object... values) {
        var text = texts.getProperty(key);
        if (text == null) {
            throw new IllegalStateException("no text " + key + " in " + language);
        }
        for (int i = 0; i < values.length; i++) {
            text = text.replace("{" + i + "}", String.valueOf(values[i]));
        }
        return text;
    }
}
