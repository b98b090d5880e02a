package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.ownership.GiftPolicy;

/**
 * The whole demo in a language that nobody speaks, where every word that went through translation has accents and is longer
 * (VITRINE_PSEUDO_WORDS): whatever has none was not translated, whatever sticks out has no room.
 */
@Tag("browser")
class PseudoWordsTest {

    /** Texts and what stands for them, of what can be seen; code, addresses and what says its language itself is left out. */
    private static final String TEXTS = """
            (() => {
              const found = []
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
              for (let n = walker.nextNode(); n; n = walker.nextNode()) {
                const e = n.parentElement
                if (e.closest('script, style, code, pre, textarea, svg, [lang]:not(html), .hash, .num, #verifier')) continue
                if (e.checkVisibility()) found.push(n.data)
              }
              for (const e of document.querySelectorAll('[aria-label], [placeholder], [title]'))
                if (!e.closest('#verifier, [lang]:not(html)')) found.push(e.getAttribute('aria-label') || '', e.getAttribute('placeholder') || '', e.getAttribute('title') || '')
              return found.map(t => t.replace(/\\s+/g, ' ').trim()).filter(t => /[A-Za-z]{3}/.test(t) && !/[áéíóúý]/i.test(t))
            })()""";

    /** Names of others, and what has no words: an address, a code, a date. */
    private static final Pattern NO_WORDS = Pattern.compile(
            "(?i)[^ ]*[@/._:#-][^ ]*|[0-9a-f]{6,}|.*\\b(January|February|March|April|May|June|July|August|September|October|November"
                    + "|December|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\b.*|[A-Z]{3}"
                    + "|Vitrine|Shopify|WooCommerce|Saleor|Standard Webhooks|Chrome · Linux|image|UTC.*"
                    // Fields of a record, as the format spells them.
                    + "|collectible|owner|prev|rules|serial|type");

    @Test
    void everyWordIsTranslatedAndHasRoom() throws IOException {
        var wrong = new TreeSet<String>();
        try (Festival festival = Festival.open(Map.of("VITRINE_PSEUDO_WORDS", "on"))) {
            JdbcClient db = festival.bean(JdbcClient.class);
            Festival.waitFor("the log's witnesses", () -> db.sql("select count(*) from log_witnesses")
                            .query(Long.class)
                            .single()
                    > 0);
            String data = Files.readString(Path.of("..", "demo", "festival.json"))
                    + Files.readString(Path.of("..", "demo", "gallery.json"))
                    + String.join(
                            "\n",
                            db.sql("""
                            select name from staff union all select name from api_keys union all select vkey from log_witnesses
                            union all select licence_en from collectibles
                            union all select name_en from drops union all select about_en from drops
                            union all select display_name from collectors where display_name is not null
                            union all select title from goods
                            union all select name_en from causes
                            union all select name_en from promises union all select text_en from promises
                            union all select (trait -> 'name' ->> 'en') || ': ' || (trait -> 'value' ->> 'en')
                                from unique_pieces cross join jsonb_array_elements(traits::jsonb) trait
                            """).query(String.class).list());
            Map<String, String> open = new LinkedHashMap<>(ScreenshotsTest.publicPages(festival));
            open.remove("02-badge-in-chinese");
            look(festival, null, open, data, wrong);
            Walk walk = new Walk(festival);
            String collector = walk.session("ada@example.com");
            String piece = walk.given("ada@example.com", new GiftPolicy.Free());
            look(festival, collector, ScreenshotsTest.own(festival, piece), data, wrong);
            String staff = walk.session("mei@example.com");
            try (BrowserContext context = festival.browser()
                    .newContext(new Browser.NewContextOptions()
                            .setStorageState(staff)
                            .setLocale("en-GB"))) {
                look(festival, staff, ScreenshotsTest.desk(festival, context.newPage()), data, wrong);
            }
            look(festival, walk.session("qiu@example.com"), ScreenshotsTest.operatorsDesk(festival), data, wrong);
        }
        assertThat(wrong).isEmpty();
    }

    /** All of it, or each part between numbers and marks, is a name of somebody or something. */
    private static boolean isData(String text, String data) {
        if (NO_WORDS.matcher(text).matches() || data.contains(text)) return true;
        for (String part : text.split("[·№×,./“”]|[0-9]+")) {
            String name = part.strip();
            if (name.length() > 2
                    && !data.contains(name)
                    && !NO_WORDS.matcher(name).matches()) return false;
        }
        return true;
    }

    private static void look(
            Festival festival,
            @Nullable String session,
            Map<String, String> pages,
            String data,
            TreeSet<String> wrong) {
        var options = new Browser.NewContextOptions().setViewportSize(390, 844).setLocale("en-GB");
        if (session != null) options.setStorageState(session);
        try (BrowserContext context = festival.browser().newContext(options)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            pages.forEach((name, address) -> {
                page.navigate(address + (address.contains("?") ? "&" : "?") + "lang=en");
                for (Object found : (List<?>) page.evaluate(TEXTS)) {
                    String text = found.toString();
                    if (!isData(text, data)) wrong.add("not translated: " + text + " (" + name + ")");
                }
                for (String each : PagesTest.sticksOut(page)) wrong.add("no room on " + name + " " + each);
            });
        }
    }
}
