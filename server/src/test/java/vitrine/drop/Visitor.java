package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Who;
import vitrine.payment.PayTown;
import vitrine.platform.BrandId;
import vitrine.testing.TestServer;

/** Somebody who is signed in at a town's server: a colleague of the brand, or a collector. */
final class Visitor {

    private static final Pattern CODE = Pattern.compile("\\b[0-9]{6}\\b");
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final Browser browser;

    private Visitor(Browser browser) {
        this.browser = browser;
    }

    static Visitor hired(PayTown town, BrandId brand, String name, Colleagues.Role role) {
        Colleagues colleagues = town.server.bean(Colleagues.class);
        String email = name + "@work.example";
        colleagues.join(
                brand,
                colleagues.add(name, email),
                role,
                role == Colleagues.Role.AGENCY ? town.clock.instant().plusSeconds(3_600) : null,
                new Who.Guest());
        return signedIn(town, email);
    }

    static Visitor signedIn(PayTown town, String email) {
        return signedIn(town, email, "en");
    }

    /** @param language of her pages, and from then on of her mails */
    static Visitor signedIn(PayTown town, String email, String language) {
        return signedIn(town, town.server, email, language);
    }

    static Visitor signedIn(PayTown town, TestServer at, String email, String language) {
        var browser = new Browser(at.address());
        browser.get("/?lang=" + language);
        browser.post("/sign-in", Map.of("address", email));
        town.drain();
        String mail = town.postbox.received.reversed().stream()
                .filter(one -> one.to().value().equals(email) && one.text().contains("/sign-in/link/"))
                .findFirst()
                .orElseThrow()
                .text();
        browser.post("/sign-in/sent", Map.of("code", first(CODE, mail, 0)));
        return new Visitor(browser);
    }

    static String first(Pattern pattern, String text, int group) {
        var found = pattern.matcher(text);
        assertThat(found.find()).as(pattern.pattern()).isTrue();
        return found.group(group);
    }

    HttpResponse<String> get(String path) {
        return browser.get(path);
    }

    String page(String path) {
        return get(path).body();
    }

    /** Sends a form as the page at {@code from} would, with its token where it has one. */
    HttpResponse<String> sends(String from, String to, Map<String, String> form) {
        Map<String, String> all = new HashMap<>(form);
        var token = TOKEN.matcher(page(from));
        if (token.find()) all.put("_csrf", token.group(1)); // public pages can do without
        return browser.post(to, all);
    }

    /** The same; the page that it leads to. */
    String lands(String from, String to, Map<String, String> form) {
        HttpResponse<String> answer = sends(from, to, form);
        return page(answer.headers().firstValue("Location").orElseThrow(() -> new AssertionError(answer.body())));
    }
}
