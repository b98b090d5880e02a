package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.campaign.ShelfPlaces;
import vitrine.campaign.ShelfPlaces.Place;
import vitrine.campaign.ShelfPlaces.Shelf;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.Series;
import vitrine.identity.Browser;
import vitrine.identity.Identities;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Hash32;

/** Sixty-three works, creators and orders: a list says how many there are, and the last of them can be reached. */
class LongListsTest {

    private static final int MANY = 63;
    private static final BrandId HOUSE = new BrandId(Identities.HOUSE);
    private static final Bilingual NOTHING = new Bilingual("", "");

    private static Workplace lumen;
    private static Browser guest;
    private static Creator wen;
    private static final List<CollectibleId> works = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        lumen = new Workplace();
        Catalog catalog = lumen.server.bean(Catalog.class);
        wen = catalog.addCreator(HOUSE, "wen", new Bilingual("闻", "Wen"), NOTHING, false);
        Series tides = catalog.addSeries(Workplace.OTHER, "tides", new Bilingual("潮汐", "Tides"));
        Hash32 picture = picture();
        for (int n = 1; n <= MANY; n++) {
            works.add(published("tide-" + letters(n), Workplace.OTHER, tides, wen, picture));
            Creator another = catalog.addCreator(
                    HOUSE, "maker-" + letters(n), new Bilingual("匠", "Maker " + letters(n)), NOTHING, false);
            published("lamp-" + letters(n), Workplace.LUMEN, null, another, picture);
        }
        guest = new Browser(lumen.server.address());
        guest.get("/?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    private static String letters(int n) {
        return "" + (char) ('a' + n / 26) + (char) ('a' + n % 26);
    }

    private static Hash32 picture() throws Exception {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(480, 480, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return ((MediaLibrary.Adding.Added)
                        lumen.server.bean(MediaLibrary.class).add(bytes.toByteArray()))
                .sha256();
    }

    private static CollectibleId published(
            String slug, BrandId brand, @Nullable Series series, Creator creator, Hash32 picture) {
        CollectibleId id = lumen.server
                .bean(Catalog.class)
                .draft(new CollectibleDraft(
                        brand,
                        slug,
                        series == null ? null : series.id(),
                        creator,
                        "brand",
                        new Bilingual(slug, slug),
                        NOTHING,
                        NOTHING,
                        new Bilingual(slug, slug),
                        2026,
                        "night",
                        NOTHING,
                        10,
                        0,
                        List.of(),
                        List.of(new CollectibleDraft.DraftMedia("image", picture))));
        lumen.publish(id);
        return id;
    }

    /** What the links of this list lead to, from its first page to its last, page by page. */
    private static List<String> through(Browser browser, String address, String what) {
        List<String> found = new ArrayList<>();
        String at = address;
        while (at != null) {
            String page = browser.get(at).body();
            Pattern.compile(what)
                    .matcher(page.replaceFirst("(?s).*?<main", ""))
                    .results()
                    .map(m -> m.group(1))
                    .distinct()
                    .forEach(found::add);
            var next = Pattern.compile("rel=\"next\" href=\"([^\"]+)\"").matcher(page);
            at = next.find() ? next.group(1) : null;
        }
        return found;
    }

    @Test
    void everyWorkOfABrandASeriesAndACreatorIsReachedAndCounted() {
        for (String address : List.of("/b/other", "/b/other/series/tides", "/creators/wen")) {
            assertThat(through(guest, address, "href=\"(/o/tide-\\w+)\""))
                    .as(address)
                    .hasSize(MANY)
                    .doesNotHaveDuplicates();
            assertThat(guest.get(address).body()).as(address).contains("1 to 60, of 63");
            assertThat(guest.get(address + "?from=60").body()).as(address).contains("61 to 63, of 63");
        }
        assertThat(guest.get("/b/other/series/tides").body()).contains("63 designs on show");
        assertThat(guest.get("/creators/wen?from=60").body())
                .as("whom she works with does not depend on the page")
                .contains("href=\"/b/other\"");
        assertThat(guest.get("/b/other?from=100000").body())
                .as("behind the end is the last part")
                .contains("61 to 63, of 63");
    }

    @Test
    void everyCreatorIsReached() {
        assertThat(through(guest, "/creators", "href=\"(/creators/[\\w-]+)\""))
                .hasSize(MANY + 1)
                .doesNotHaveDuplicates();
    }

    @Test
    void aBrandOfManyCreatorsNamesTheFirstAndLeadsToAll() {
        String page = guest.get("/b/lumen").body();
        assertThat(Pattern.compile("href=\"/creators/").matcher(page).results().count())
                .isEqualTo(8);
        assertThat(page).contains("<a class=\"sm\" href=\"/b/lumen/creators\">All 63</a>");
        assertThat(through(guest, "/b/lumen/creators", "href=\"(/creators/[\\w-]+)\""))
                .hasSize(MANY)
                .doesNotContain("/creators/wen");
        assertThat(guest.get("/b/other").body())
                .as("one is all there are")
                .contains("/creators/wen")
                .doesNotContain("/b/other/creators");
    }

    @Test
    void whatStaffHungInTheMuseumIsSeenWholeOnItsOwnPage() {
        lumen.server
                .bean(ShelfPlaces.class)
                .arrange(
                        HOUSE,
                        Shelf.MUSEUM,
                        works.stream()
                                .map(id -> new Place(id.brand().value(), id.value(), false))
                                .toList());
        lumen.server.bean(vitrine.platform.web.Freshness.class).drop();
        assertThat(guest.get("/").body()).contains("href=\"/museum\">All 63<");
        assertThat(through(guest, "/museum", "href=\"(/o/tide-\\w+)\""))
                .hasSize(MANY)
                .doesNotHaveDuplicates();
    }

    @Test
    void noOrderVanishesBehindTheSixtieth() {
        Instant now = Instant.now();
        for (int n = 1; n <= MANY; n++) lumen.order(4_000 + n, "dora", "20.00", now.minusSeconds(60L * n));
        lumen.settle();
        Browser dora = lumen.signedIn("dora@home.example");
        dora.get("/?lang=en");
        List<String> numbers = through(dora, "/me/orders", "\\b(40[0-9][0-9])\\b");
        assertThat(new TreeSet<>(numbers)).hasSize(MANY).contains("4001", "4063");
        assertThat(numbers.getFirst()).as("the newest first").isEqualTo("4001");
        assertThat(dora.get("/me/orders?from=60").body()).contains("61 to 63, of 63", "4063");
    }
}
