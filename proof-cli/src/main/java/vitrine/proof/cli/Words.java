package vitrine.proof.cli;

import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** The sentences in the reader's language: Chinese where the locale or {@code --lang} says so, else English. */
final class Words {
    private final ResourceBundle bundle;
    private final String language;

    Words(String language) {
        this.language = language.equals("zh") ? "zh" : "en";
        this.bundle = ResourceBundle.getBundle(
                "vitrine.proof.cli.words",
                Locale.of(this.language),
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    String language() {
        return language;
    }

    /** The sentence of a key with {0}, {1} … filled in. */
    String say(String key, @Nullable Object... values) {
        var text = bundle.getString(key);
        for (int i = 0; i < values.length; i++) text = text.replace("{" + i + "}", String.valueOf(values[i]));
        return text;
    }

    /** The sentence of a check's code; the many ways not to be readable share one. */
    String check(String code) {
        if (bundle.containsKey("check." + code)) return bundle.getString("check." + code);
        return bundle.getString(code.startsWith("record.") ? "check.record" : "check.file");
    }
}
