package vitrine.journey;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.MailPage;
import vitrine.platform.messages.Message;

/**
 * The words of each kind of mail with names made up, as a mail program shows them: so those are looked at, too, that a walk through the
 * festival does not bring about.
 */
final class MailKinds {

    private static final Pattern ARGUMENT = Pattern.compile("\\{(\\d)(?:\\|([^|}]*)\\|([^}]*))?}");
    private static final String LINK = "https://vitrine.example/g/Hl1adquc9DErfLU7z3kDDp";
    private static final String CODE = "271828";
    private static final Map<String, List<String>> MADE_UP = Map.of(
            "zh", List.of("「月升」", "流明", "12 月 13 日", "15", "¥59.00"),
            "en", List.of("“Moonrise”", "Lumen", "13 December", "15", "¥59.00"));

    private MailKinds() {}

    /** Their files in the folder, by the name of the picture; {@code LANG} stands for the language. */
    static Map<String, String> pages(Path folder) throws IOException {
        Path mails = Files.createDirectories(folder.resolve("mails"));
        Map<String, String> pages = new LinkedHashMap<>();
        for (String language : MADE_UP.keySet()) {
            Map<String, String> words = words(language);
            for (String key : words.keySet()) {
                if (!key.endsWith(".text")) continue;
                String kind = key.substring(0, key.length() - ".text".length());
                String subject = words.get(kind + ".subject");
                if (subject == null) continue;
                String name = "31-words-of-"
                        + kind.replaceAll("^mail\\.|\\.mail(?=\\.)", "").replace('.', '-');
                Message message = new Message(
                        new UUID(0, 1),
                        Address.email("visitor@example.com"),
                        filled(subject, kind, language),
                        filled(words.get(key), kind, language),
                        null,
                        Instant.EPOCH);
                Files.writeString(mails.resolve(name + "-" + language + ".html"), MailPage.of(message));
                pages.put(name, mails.toUri() + name + "-LANG.html");
            }
        }
        return new TreeMap<>(pages);
    }

    private static Map<String, String> words(String language) throws IOException {
        Map<String, String> words = new TreeMap<>();
        for (Resource file : new PathMatchingResourcePatternResolver()
                .getResources("classpath*:messages/*_" + language + ".properties")) {
            Properties properties = new Properties();
            try (InputStreamReader reader = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
                properties.load(reader);
            }
            properties.forEach((key, text) -> words.put((String) key, (String) text));
        }
        return words;
    }

    /** What stands alone in its line is an address, as in the letters themselves. */
    private static String filled(String pattern, String kind, String language) {
        StringBuilder text = new StringBuilder();
        for (String line : pattern.split("\n", -1)) {
            boolean alone = line.strip().matches("\\{\\d}") && !text.isEmpty();
            text.append(text.isEmpty() ? "" : "\n")
                    .append(ARGUMENT.matcher(line)
                            .replaceAll(argument -> alone ? LINK : value(argument, kind, language)));
        }
        return text.toString();
    }

    private static String value(MatchResult argument, String kind, String language) {
        if (argument.group(3) != null) return argument.group(3);
        int n = Integer.parseInt(argument.group(1));
        if (n == 0 && kind.equals("mail.sign-in")) return CODE;
        List<String> madeUp = java.util.Objects.requireNonNull(MADE_UP.get(language));
        return madeUp.get(Math.min(n, madeUp.size() - 1));
    }
}
