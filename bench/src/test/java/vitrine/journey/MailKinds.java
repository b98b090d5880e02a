package vitrine.journey;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
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

    private static final Pattern KIND = Pattern.compile("(?:drop\\.)?mail\\..+|desk\\.invite\\..+");
    private static final Pattern ARGUMENT = Pattern.compile("\\{(\\d)(?:\\|[^|}]*\\|([^}]*))?}");
    private static final String LINK = "https://vitrine.example/g/Hl1adquc9DErfLU7z3kDDp";
    private static final String CODE = "271828";
    private static final List<String> REFUNDS = List.of("no-unit", "paid-twice", "withdrawn", "refused", "other");

    /** Names in one language, and the words of the product in it. */
    private record Told(
            String language, Map<String, String> words, String piece, String brand, String friend, String day) {

        static List<Told> all() throws IOException {
            return List.of(
                    new Told("zh", read("zh"), "「月升」", "流明", "小波", "12 月 13 日"),
                    new Told("en", read("en"), "“Moonrise”", "Lumen", "Bo", "13 December"));
        }

        private static Map<String, String> read(String language) throws IOException {
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

        private List<String> arguments(String key) {
            return switch (key) {
                case "mail.sign-in.subject", "mail.sign-in.text" -> List.of(CODE, LINK, "15");
                case "mail.closed.text", "mail.erased.text" -> List.of(day);
                case "mail.passkey.text" -> List.of("Chrome · Linux");
                case "mail.parcel.forgotten.text" -> List.of(piece, "180", LINK);
                case "mail.parcel.shipped.text" -> List.of(piece, "SF Express", "SF1234567890", LINK);
                case "desk.invite.subject" -> List.of(brand);
                case "desk.invite.text" -> List.of(friend, brand, LINK);
                case "drop.mail.sold.subject", "drop.mail.held.subject" -> List.of(piece, "№ 017/300");
                case "drop.mail.sold.text", "drop.mail.held.text" ->
                    List.of(piece, "№ 017/300", "¥59.00", say("drop.pay.way.alipay-wap"), day, LINK);
                case "drop.mail.sold.may" -> List.of("", day, LINK);
                case "drop.mail.review-held.text" ->
                    List.of(piece + " № 017/300", say("drop.review.sudden-crowd"), day + " 12:00", LINK);
                case "drop.mail.review-refused.text" -> List.of(piece, say("drop.review.sudden-crowd"), LINK);
                case "drop.mail.airdrop.text" -> List.of(piece, brand, "№ 017/300", LINK);
                case "drop.mail.opening.text",
                        "drop.mail.opening-queue.text",
                        "drop.mail.opening-window.text",
                        "drop.mail.free.text" -> List.of(piece, day + " 12:00", LINK);
                case "drop.mail.refund.subject" -> List.of("¥59.00", piece);
                case "drop.mail.refund.way" -> List.of("¥59.00", say("drop.pay.way.alipay-wap"), LINK);
                default -> {
                    if (key.startsWith("drop.mail.refund.")) yield List.of(piece, "¥59.00", day);
                    if (key.startsWith("mail.transfer.")) yield List.of(piece, friend, day + " 17:00");
                    yield List.of(piece, brand, say("mail.gift.on", day), "№ 017/300", LINK);
                }
            };
        }

        String say(String key) {
            return say(key, arguments(key).toArray(String[]::new));
        }

        private String say(String key, String... arguments) {
            return ARGUMENT.matcher(requireNonNull(words.get(key), key))
                    .replaceAll(one -> one.group(2) != null ? one.group(2) : arguments[Integer.parseInt(one.group(1))]);
        }

        /** Of each kind its mail, by its name. */
        Map<String, Message> mails() {
            Map<String, Message> mails = new TreeMap<>();
            for (String key : words.keySet()) {
                if (!key.endsWith(".text") || !KIND.matcher(key).matches()) continue;
                String kind = key.substring(0, key.length() - ".text".length());
                if (!words.containsKey(kind + ".subject")) continue;
                String more = "";
                if (kind.equals("drop.mail.sold")) more = "\n\n" + say("drop.mail.sold.may");
                if (kind.startsWith("mail.transfer.")) {
                    boolean unwraps = kind.equals("mail.transfer.moved.receiver");
                    more = "\n\n" + say(unwraps ? "mail.transfer.unwrap" : "mail.transfer.open") + "\n" + LINK;
                }
                mails.put(kind.replaceAll("^mail\\.|\\bmail\\.", ""), message(say(kind + ".subject"), say(key) + more));
            }
            String apply = "apply.mail.";
            mails.put("apply.received", message(say(apply + "received"), say(apply + "received-text", friend, brand)));
            mails.put(
                    "apply.invited",
                    message(say(apply + "invited"), say(apply + "invited-brand", friend, brand, LINK)));
            mails.put(
                    "apply.invited-creator",
                    message(say(apply + "invited"), say(apply + "invited-creator", friend, brand, LINK)));
            mails.put("apply.declined", message(say(apply + "declined"), say(apply + "declined-text", friend, brand)));
            String refund = "drop.mail.refund.";
            for (String why : REFUNDS) {
                String text = say(refund + why) + "\n\n" + say(refund + "way");
                mails.put("drop.refund." + why, message(say(refund + "subject"), text));
            }
            return mails;
        }

        private static Message message(String subject, String text) {
            return new Message(
                    new UUID(0, 1), Address.email("visitor@example.com"), subject, text, null, Instant.EPOCH);
        }
    }

    private MailKinds() {}

    /** Their files in the folder, by the name of the picture; {@code LANG} stands for the language. */
    static Map<String, String> pages(Path folder) throws IOException {
        Path files = Files.createDirectories(folder.resolve("mails"));
        Map<String, String> pages = new TreeMap<>();
        for (Told told : Told.all()) {
            for (Map.Entry<String, Message> mail : told.mails().entrySet()) {
                String name = "31-words-of-" + mail.getKey().replace('.', '-');
                Files.writeString(files.resolve(name + "-" + told.language + ".html"), MailPage.of(mail.getValue()));
                pages.put(name, files.toUri() + name + "-LANG.html");
            }
        }
        return pages;
    }
}
