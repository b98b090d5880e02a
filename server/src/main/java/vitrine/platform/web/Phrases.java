package vitrine.platform.web;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

/**
 * All words of the screen, read from {@code messages/*_zh.properties} and {@code messages/*_en.properties}: one pair of
 * files for each part of the product, so that parts do not edit one another's.
 */
@Component
public final class Phrases {
    private final Map<Language, Map<String, String>> words = new EnumMap<>(Language.class);

    public Phrases() {
        for (var language : Language.values()) {
            words.put(language, read(language));
        }
    }

    @Autowired
    Phrases(ObjectProvider<Settings> settings) {
        this();
        var given = settings.getIfAvailable();
        if (given != null && given.on(Setting.PSEUDO_WORDS)) {
            var stretched = new HashMap<>(of(Language.EN));
            stretched.replaceAll((key, pattern) -> stretch(pattern));
            words.put(Language.EN, Map.copyOf(stretched));
        }
    }

    /**
     * Every vowel twice and with an accent, outside of arguments, markup and entities: whatever shows without accents never came through
     * here, and what still fits has room for the longer languages.
     */
    static String stretch(String pattern) {
        var text = new StringBuilder();
        char until = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (until == 0) {
                until = c == '{' ? '}' : c == '<' ? '>' : c == '&' && isEntity(pattern, i) ? ';' : 0;
                int vowel = until == 0 ? "aeiouyAEIOUY".indexOf(c) : -1;
                if (vowel >= 0) text.repeat("áéíóúýÁÉÍÓÚÝ".charAt(vowel), 2);
                else text.append(c);
            } else {
                text.append(c);
                // In {0|piece|pieces} what follows the bar is words again.
                if (c == until || until == '}' && c == '|') until = 0;
            }
        }
        return text.toString();
    }

    private static boolean isEntity(String pattern, int at) {
        int end = pattern.indexOf(';', at);
        return end > at + 1
                && pattern.substring(at + 1, end).chars().allMatch(c -> c == '#' || Character.isLetterOrDigit(c));
    }

    private static Map<String, String> read(Language language) {
        var all = new HashMap<String, String>();
        try {
            var files = new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:messages/*_" + language.code() + ".properties");
            for (Resource file : files) {
                var some = new Properties();
                try (var in = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
                    some.load(in);
                }
                for (var key : some.stringPropertyNames()) {
                    if (all.put(key, some.getProperty(key)) != null) {
                        throw new IllegalStateException(
                                "message key " + key + " is written twice in " + language.code());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(all);
    }

    public Set<String> keys(Language language) {
        return of(language).keySet();
    }

    public boolean has(String key) {
        return of(Language.ZH).containsKey(key);
    }

    @Nullable
    String pattern(Language language, String key) {
        return of(language).get(key);
    }

    private Map<String, String> of(Language language) {
        return java.util.Objects.requireNonNull(words.get(language));
    }
}
