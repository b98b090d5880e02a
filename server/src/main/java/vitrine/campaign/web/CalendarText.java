package vitrine.campaign.web;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
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

    static byte[] of(Texts t, String baseUrl, List<Showings.Showing> shown) {
        var text = new CalendarText(t, baseUrl);
        text.line("BEGIN:VCALENDAR");
        text.line("VERSION:2.0");
        text.line("PRODID:-//Vitrine//Calendar//EN");
        text.line("CALSCALE:GREGORIAN");
        text.line("METHOD:PUBLISH");
        text.line("X-WR-CALNAME:" + escaped(t.get("calendar.name")));
        text.line("REFRESH-INTERVAL;VALUE=DURATION:PT6H");
        for (var each : shown) text.event(each);
        text.line("END:VCALENDAR");
        return text.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** It does not make anybody busy: a show of five weeks is no appointment. */
    private void event(Showings.Showing entry) {
        String page = baseUrl + entry.href();
        line("BEGIN:VEVENT");
        line("UID:" + entry.id() + "@vitrine");
        // Whoever reads it again must find the same bytes while nothing changed.
        line("DTSTAMP:" + UTC.format(entry.createdAt()));
        line("SEQUENCE:" + entry.version());
        line("DTSTART:" + UTC.format(entry.from()));
        line("DTEND:" + UTC.format(entry.until()));
        line("SUMMARY:" + escaped(t.of(entry.name()) + " · " + t.of(entry.brand())));
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
