package vitrine.platform.messages;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mail's second face, made of its text: whoever reads plain text reads the same words. A line that ends in a colon before an address
 * alone in its line is a button, of which only the first is filled, and the address stays in the plain text; a code alone after a colon
 * is set large. No picture and no address of another host is in it, so nobody learns that it was opened; in the dark it is dark.
 */
public final class MailPage {

    private static final Pattern CODE = Pattern.compile("(?m)^(.{1,60}?[:：])\\s*(\\d{6})$");
    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"]+[^\\s<>\".,;:!?)，。；：！？）]");
    private static final Pattern HAN = Pattern.compile("\\p{IsHan}");
    private static final String RULE = "— — —";

    private static final String STYLE = """
            :root{color-scheme:light dark;supported-color-schemes:light dark}
            body{margin:0;background:#edeae4;color:#1f1b17;font:16px/1.65 -apple-system,"PingFang SC","Noto Sans CJK SC","Noto Sans SC",Roboto,"Microsoft YaHei",sans-serif}
            .sheet{max-width:34rem;margin:0 auto;padding:32px 24px 40px}
            .mark{font:600 20px/1 "Iowan Old Style",Palatino,"Songti SC","Noto Serif CJK SC",Georgia,serif;letter-spacing:.02em;margin:0 0 28px;padding:0 0 18px;border-bottom:1px solid #d3ccc0}
            h1{font:600 26px/1.35 "Iowan Old Style",Palatino,"Songti SC","Noto Serif CJK SC",Georgia,serif;margin:0 0 20px}
            p{margin:0 0 18px;overflow-wrap:anywhere}
            a{color:#a5301f}
            .go a{display:inline-block;background:#1f1b17;color:#fffdf8;text-decoration:none;font-weight:600;padding:13px 22px;border-radius:4px}
            .next a{display:inline-block;color:#1f1b17;text-decoration:none;font-weight:600;padding:12px 21px;border:1px solid #1f1b17;border-radius:4px}
            .code{font:600 34px/1.2 "Iowan Old Style",Palatino,Georgia,serif;letter-spacing:.14em;font-variant-numeric:tabular-nums}
            .also{margin-top:32px;padding-top:24px;border-top:1px solid #d3ccc0;font-size:14px;color:#574f46}
            .foot{margin-top:32px;padding-top:18px;border-top:1px solid #d3ccc0;font-size:13px;color:#574f46}
            .foot a{color:#574f46}
            body:lang(en),.also:lang(en){font-family:-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
            .also:lang(zh){font-family:-apple-system,"PingFang SC","Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei",sans-serif}
            .mark,h1:lang(en),.code{font-family:"Iowan Old Style",Palatino,Georgia,serif}
            @media (prefers-color-scheme:dark){body{background:#171512;color:#f4efe6}a{color:#ef8a72}.mark,.also,.foot{border-color:#3a342c}.go a{background:#f4efe6;color:#171512}.next a{color:#f4efe6;border-color:#f4efe6}.also,.foot,.foot a{color:#cfc6b8}}
            """;

    private MailPage() {}

    /** What a mail says in one language. */
    public record Section(String language, String text) {}

    /** The same, said in each of its languages, the reader's own first. */
    public static List<Section> sections(String text) {
        return Arrays.stream(text.strip().split("\\s*\\n" + RULE + "\\n\\s*"))
                .map(section -> new Section(language(section), section))
                .toList();
    }

    public static String of(Message message) {
        List<Section> sections = sections(message.text());
        String head = head(message.subject(), sections.getFirst().text());
        var page = new StringBuilder("<!doctype html>\n<html lang=\"")
                .append(sections.getFirst().language())
                .append("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
                .append("<meta name=\"color-scheme\" content=\"light dark\"><title>")
                .append(escaped(message.subject()))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body><div class=\"sheet\" role=\"article\"><p class=\"mark\">Vitrine</p><h1>")
                .append(escaped(head))
                .append("</h1>\n");
        for (int n = 0; n < sections.size(); n++) {
            if (n > 0)
                page.append("<div class=\"also\" lang=\"")
                        .append(sections.get(n).language())
                        .append("\">\n");
            section(sections.get(n).text(), head, message.unsubscribe(), page);
            if (n > 0) page.append("</div>\n");
        }
        return page.append("</div></body></html>\n").toString();
    }

    /** A code stands in the subject, for whoever reads no further, and large in the mail: the heading then says what it is, once. */
    private static String head(String subject, String text) {
        Matcher code = CODE.matcher(text.split("\\n{2,}", 2)[0].strip());
        return code.matches() && subject.contains(code.group(2)) ? unmarked(code.group(1)) : subject;
    }

    private static String unmarked(String label) {
        return label.strip().replaceAll("[:：]$", "");
    }

    private static void section(String text, String head, @Nullable String stop, StringBuilder page) {
        boolean first = true;
        for (String paragraph : text.split("\\n{2,}")) {
            String[] lines = paragraph.strip().split("\\n");
            Matcher code = CODE.matcher(paragraph.strip());
            if (code.matches()) {
                if (!unmarked(code.group(1)).equals(head))
                    page.append("<p>").append(escaped(code.group(1))).append("</p>");
                page.append("<p class=\"code\">").append(code.group(2)).append("</p>\n");
            } else if (lines.length == 2 && stop != null && stop.equals(lines[1].strip())) {
                page.append("<p class=\"foot\"><a href=\"")
                        .append(escaped(stop))
                        .append("\">")
                        .append(escaped(unmarked(lines[0])))
                        .append("</a></p>\n");
            } else if (lines.length == 2 && LINK.matcher(lines[1].strip()).matches()) {
                String link = escaped(lines[1].strip());
                page.append(first ? "<p class=\"go\"><a href=\"" : "<p class=\"next\"><a href=\"")
                        .append(link)
                        .append("\">")
                        .append(escaped(unmarked(lines[0])))
                        .append("</a></p>\n");
                first = false;
            } else {
                page.append("<p>").append(linked(paragraph.strip())).append("</p>\n");
            }
        }
    }

    private static String linked(String text) {
        var html = new StringBuilder();
        var links = LINK.matcher(text);
        int at = 0;
        while (links.find()) {
            html.append(escaped(text.substring(at, links.start())));
            String link = escaped(links.group());
            html.append("<a href=\"").append(link).append("\">").append(link).append("</a>");
            at = links.end();
        }
        return html.append(escaped(text.substring(at))).toString().replace("\n", "<br>");
    }

    /** Chinese where it is mostly written in Chinese signs. */
    private static String language(String text) {
        return HAN.matcher(text).results().count() > 10 ? "zh-CN" : "en";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
