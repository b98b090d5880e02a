package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private static final Pattern A_WORD = Pattern.compile("[A-Za-z]{3}");

    @Test
    void everyWordIsTranslatedAndHasRoom() throws IOException {
        var wrong = new TreeSet<String>();
        try (Festival festival = Festival.open(Map.of("VITRINE_PSEUDO_WORDS", "on"))) {
            JdbcClient db = festival.bean(JdbcClient.class);
            Festival.waitFor(
                    "the log's witnesses",
                    () -> db.sql("select count(*) from log_witnesses")
                                    .query(Long.class)
                                    .single()
                            > 0);
            Set<String> written = new HashSet<>(Tour.WRITTEN);
            for (String file : List.of("festival.json", "gallery.json"))
                texts(JsonParser.parseString(Files.readString(Path.of("..", "demo", file))), written);
            written.addAll(db.sql("""
                            select name from staff union all select name from api_keys union all select split_part(vkey, '.', 1) from log_witnesses
                            union all select licence_en from collectibles
                            union all select name_en from drops union all select about_en from drops
                            union all select display_name from collectors where display_name is not null
                            union all select title from goods union all select title from feed_goods
                            union all select name_en from causes
                            union all select name_en from promises union all select text_en from promises
                            union all select (trait -> 'name' ->> 'en') || ': ' || (trait -> 'value' ->> 'en')
                                from unique_pieces cross join jsonb_array_elements(traits::jsonb) trait
                            """).query(String.class).list());
            List<String> data = written.stream()
                    .filter(text -> text.length() > 1)
                    .sorted(Comparator.comparingInt(String::length).reversed())
                    .toList();
            Tour tour = new Tour(festival);
            Walk walk = new Walk(festival);
            Tour.Stops open = tour.anybody();
            open.remove("02-badge-in-chinese");
            Tour.Looks looks = (session, stops) -> look(festival, session, stops, data, wrong);
            looks.at(null, open);
            looks.at(null, tour.refusals());
            looks.at(walk.asked("tour-asked@example.com"), tour.asked());
            looks.at(walk.session("ada@example.com"), tour.own(walk.given("ada@example.com", new GiftPolicy.Free())));
            looks.at(walk.session("tour-room@example.com"), tour.host());
            Tour.Opened opened = tour.opened();
            looks.at(opened.session(), tour.unclaimed());
            looks.at(null, opened.elsewhere());
            looks.at(walk.session("tour-giver@example.com"), tour.giver());
            tour.buying("tour-buyer@example.com", looks);
            for (String staff : List.of("mei@example.com", "qiu@example.com")) {
                String session = walk.session(staff);
                try (BrowserContext context = festival.browser()
                        .newContext(new Browser.NewContextOptions()
                                .setStorageState(session)
                                .setLocale("en-GB"))) {
                    Page page = context.newPage();
                    page.setDefaultTimeout(60_000);
                    looks.at(session, staff.startsWith("mei") ? tour.desk(page) : tour.operator(page));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static void texts(JsonElement in, Set<String> into) {
        if (in.isJsonObject()) in.getAsJsonObject().asMap().values().forEach(each -> texts(each, into));
        else if (in.isJsonArray()) in.getAsJsonArray().forEach(each -> texts(each, into));
        else if (in.isJsonPrimitive())
            into.add(in.getAsString().replaceAll("\\s+", " ").strip());
    }

    /** Once every name and sentence that somebody wrote is taken out of it, the longest first, no word is left. */
    private static boolean isData(String text, List<String> data) {
        if (NO_WORDS.matcher(text).matches()) return true;
        String rest = text;
        for (String written : data) {
            if (rest.contains(written))
                rest = rest.replaceAll("(?<![A-Za-z])" + Pattern.quote(written) + "(?![A-Za-z])", " ");
        }
        for (String token : rest.split("[\\s·№×,“”()]+")) {
            if (A_WORD.matcher(token).find() && !NO_WORDS.matcher(token).matches()) return false;
        }
        return true;
    }

    private static void look(
            Festival festival, @Nullable String session, Tour.Stops stops, List<String> data, TreeSet<String> wrong) {
        var options = new Browser.NewContextOptions().setViewportSize(390, 844).setLocale("en-GB");
        if (session != null) options.setStorageState(session);
        try (BrowserContext context = festival.browser().newContext(options)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/?lang=en");
            stops.forEach((name, stop) -> {
                String came = stop.open(page);
                if (!came.isEmpty()) wrong.add(name + " " + came);
                for (Object found : (List<?>) page.evaluate(TEXTS)) {
                    String text = found.toString();
                    if (!isData(text, data)) wrong.add("not translated: " + text + " (" + name + ")");
                }
                for (String each : PagesTest.sticksOut(page)) wrong.add("no room on " + name + " " + each);
            });
        }
    }
}
