package vitrine.campaign.web;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import vitrine.campaign.Exhibitions;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Texts;

/** Campaigns, drops and exhibitions as an iCalendar (RFC 5545): for a download, and for a calendar that subscribes. */
final class CalendarText {

    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int OCTETS_A_LINE = 75;

    private final StringBuilder out = new StringBuilder();
    private final Texts t;
    private final String baseUrl;

    private CalendarText(Texts t, String baseUrl) {
        this.t = t;
        this.baseUrl = baseUrl;
    }

    /** @param path of its page; {@code version}: goes up when what stands here changed */
    record Entry(
            UUID id,
            String path,
            Bilingual name,
            Bilingual by,
            Bilingual about,
            int version,
            Instant createdAt,
            Instant from,
            Instant until) {

        static Entry of(Showings.Showing showing) {
            return new Entry(
                    showing.id(),
                    showing.href(),
                    showing.name(),
                    showing.brand(),
                    showing.about(),
                    showing.version(),
                    showing.createdAt(),
                    showing.from(),
                    showing.until());
        }

        static Entry of(Exhibitions.Dated exhibition) {
            return new Entry(
                    exhibition.id(),
                    exhibition.href(),
                    exhibition.name(),
                    exhibition.by(),
                    exhibition.about(),
                    0,
                    exhibition.openedAt(),
                    exhibition.from(),
                    exhibition.until());
        }
    }

    static byte[] of(Texts t, String baseUrl, List<Entry> entries) {
        var text = new CalendarText(t, baseUrl);
        text.line("BEGIN:VCALENDAR");
        text.line("VERSION:2.0");
        text.line("PRODID:-//Vitrine//Calendar//EN");
        text.line("CALSCALE:GREGORIAN");
        text.line("METHOD:PUBLISH");
        text.line("X-WR-CALNAME:" + escaped(t.get("calendar.name")));
        text.line("REFRESH-INTERVAL;VALUE=DURATION:PT6H");
        for (var entry : entries) text.event(entry);
        text.line("END:VCALENDAR");
        return text.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** It does not make anybody busy: a show of five weeks is no appointment. */
    private void event(Entry entry) {
        String page = baseUrl + entry.path();
        line("BEGIN:VEVENT");
        line("UID:" + entry.id() + "@vitrine");
        // Whoever reads it again must find the same bytes while nothing changed.
        line("DTSTAMP:" + UTC.format(entry.createdAt()));
        line("SEQUENCE:" + entry.version());
        line("DTSTART:" + UTC.format(entry.from()));
        line("DTEND:" + UTC.format(entry.until()));
        line("SUMMARY:" + escaped(t.of(entry.name()) + " · " + t.of(entry.by())));
        String about = t.of(entry.about());
        line("DESCRIPTION:" + escaped(about.isEmpty() ? page : about + "\n" + page));
        line("URL:" + page);
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace(";", "\\;")
                .replace(",", "\\,")
                .replaceAll("\r\n|\r|\n", "\\\\n");
    }

    /** No line has more than 75 octets; a character is never cut. */
    private void line(String content) {
        int octets = 0;
        for (int i = 0; i < content.length(); ) {
            int letter = content.codePointAt(i);
            String one = Character.toString(letter);
            int more = one.getBytes(StandardCharsets.UTF_8).length;
            if (octets + more > OCTETS_A_LINE) {
                out.append("\r\n ");
                octets = 1;
            }
            out.append(one);
            octets += more;
            i += one.length();
        }
        out.append("\r\n");
    }

    static String etag(byte[] content) {
        return "\"" + vitrine.proof.Hash32.sha256(content).hex().substring(0, 24) + "\"";
    }
}
