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
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

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
