package vitrine.sandbox;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;

/** The words that stand in the bills of WeChat Pay and Alipay, which are in Chinese whoever reads them. */
final class Bills {
    private static final Properties WORDS = new Properties();

    static {
        try (var in = Objects.requireNonNull(Bills.class.getResourceAsStream("bills.properties"))) {
            WORDS.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Bills() {}

    static String word(String key) {
        return Objects.requireNonNull(WORDS.getProperty(key), key);
    }
}
