package vitrine.demo;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.MailPage;
import vitrine.platform.messages.Message;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Problems;
import vitrine.platform.web.Refused;

/** What only a demonstration has: a clock that moves, a page of everything that would have been mailed, and the way to its shops. */
@Controller
public class DemoPages {
    private static final int MESSAGES = 60;
    private static final Duration ADVANCE_MAX = Duration.ofDays(366);
    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"]+[^\\s<>\".,;:!?)]");

    private final BusinessClock clock;
    private final Messages messages;
    private final Settings settings;
    private final DemoFile file;
    private final JdbcClient db;

    DemoPages(BusinessClock clock, Messages messages, Settings settings, DemoFile file, JdbcClient db) {
        this.clock = clock;
        this.messages = messages;
        this.settings = settings;
        this.file = file;
        this.db = db;
    }

    /** @param page its storefront in the sandbox */
    public record ShopDoor(Bilingual brand, String source, String page) {}

    public record Hall(List<ShopDoor> shops, List<String> collectors) {}

    /** @param link an address of ours that the text names: then the part is one */
    public record Part(String text, boolean link) {}

    /** What a letter says in one language. */
    public record Said(String language, List<Part> parts) {}

    public record Letter(UUID id, String to, boolean mail, String subject, List<Said> said, Instant at) {}

    @GetMapping("/demo")
    ModelAndView hall() {
        onlyInADemo();
        var sandbox = settings.find(Setting.SANDBOX_URL).orElse("");
        var shops = db.sql("""
                select s.slug, s.source, b.name_zh, b.name_en from shops s join brands b on b.brand_id = s.brand_id
                order by b.slug, s.slug
                """)
                .query((row, n) -> new ShopDoor(
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getString("source"),
                        sandbox + "/shops/" + row.getString("slug")))
                .list();
        return new ModelAndView("demo", "it", new Hall(shops, List.of("ada@example.com", "bo@example.com")));
    }

    @GetMapping("/demo/mail")
    ModelAndView mail() {
        onlyInADemo();
        return new ModelAndView(
                "demo-mail",
                "it",
                messages.newest(MESSAGES).stream().map(this::letter).toList());
    }

    /** As a mail program shows it. Its look travels inside it, as mails need; nothing else may act here. */
    @GetMapping(value = "/demo/mail/{id}", produces = "text/html;charset=UTF-8")
    ResponseEntity<String> mail(@PathVariable UUID id) {
        onlyInADemo();
        var message = messages.find(id).orElseThrow(Refused::notFound);
        return ResponseEntity.ok()
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation-by-user-activation")
                .body(MailPage.of(message));
    }

    @GetMapping(value = "/demo/clock", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Map<String, String>> now() {
        onlyInADemo();
        return ResponseEntity.ok()
                .header("Cache-Control", "no-store")
                .body(Map.of("now", clock.now().toString()));
    }

    /** The buttons above each page. */
    @PostMapping(value = "/demo/clock", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ResponseEntity<Void> press(@RequestParam int days, @RequestParam(defaultValue = "/") String to) {
        onlyInADemo();
        if (days < 1 || days > 31) throw new Refused(HttpStatus.BAD_REQUEST, "clock.invalid", null);
        clock.advance(Duration.ofDays(days));
        var ours = to.startsWith("/") && !to.startsWith("//") && to.chars().noneMatch(c -> c < 0x21 || c == '\\');
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create(ours ? to : "/"))
                .build();
    }

    /** The same for the sandbox, which knows the demo's key. */
    @PostMapping(value = "/demo/clock", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> advance(
            @RequestBody Map<String, String> body,
            @RequestHeader(name = "X-Vitrine-Demo-Key", required = false) @Nullable String key) {
        onlyInADemo();
        if (key == null || !MessageDigest.isEqual(bytes(key), bytes(file.demoKey()))) {
            return Problems.answer(HttpStatus.UNAUTHORIZED, "clock.key", "Send the demo's key as X-Vitrine-Demo-Key.");
        }
        try {
            var by = Duration.parse(body.getOrDefault("advance", ""));
            if (by.isNegative() || by.compareTo(ADVANCE_MAX) > 0) return invalid();
            clock.advance(by);
        } catch (DateTimeParseException e) {
            return invalid();
        }
        return ResponseEntity.ok(Map.of("now", clock.now().toString()));
    }

    private static ResponseEntity<?> invalid() {
        return Problems.answer(
                HttpStatus.BAD_REQUEST,
                "clock.invalid",
                "advance is a duration like P1D, forward, by 366 days at most.");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Letter letter(Message message) {
        var mail = message.to().kind() == Address.Kind.EMAIL;
        return new Letter(
                message.id(),
                message.to().value(),
                mail,
                message.subject(),
                MailPage.sections(message.text()).stream()
                        .map(section -> new Said(section.language(), parts(section.text())))
                        .toList(),
                message.writtenAt());
    }

    static List<Part> parts(String text) {
        var parts = new ArrayList<Part>();
        var links = LINK.matcher(text);
        int at = 0;
        while (links.find()) {
            parts.add(new Part(text.substring(at, links.start()), false));
            parts.add(new Part(links.group(), true));
            at = links.end();
        }
        parts.add(new Part(text.substring(at), false));
        return parts;
    }

    private void onlyInADemo() {
        if (!clock.isMovable()) throw Refused.notFound();
    }
}
