package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.platform.Money;
import vitrine.shop.FeedReader.Reading;

/** What a product feed says, in each form that shops export it in, and what is made of one that is not right. */
class FeedReaderTest {

    private static Reading read(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(FeedReaderTest.class.getResourceAsStream("/feeds/" + file))) {
            return FeedReader.read(in);
        }
    }

    private static Reading of(byte[] bytes) throws IOException {
        return FeedReader.read(new ByteArrayInputStream(bytes));
    }

    private static Reading of(String text) throws IOException {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<FeedItem> items(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Whole.class);
        return ((Reading.Whole) reading).items();
    }

    private static Money money(long minor, String currency) {
        return new Money(minor, Currency.getInstance(currency));
    }

    private static String rss(String item) {
        return "<rss xmlns:g=\"http://base.google.com/ns/1.0\" version=\"2.0\"><channel>" + item + "</channel></rss>";
    }

    private static String item(String id) {
        return "<item><g:id>" + id + "</g:id><title>Lamp</title><link>https://lumen.example/</link>"
                + "<g:price>1.00 CNY</g:price><g:availability>in_stock</g:availability></item>";
    }

    @Test
    void rssSaysPriceSaleStockAndKindsAndAShippingsPriceIsNotThePrice() throws IOException {
        var items = items(read("rss.xml"));
        assertThat(items).hasSize(2);
        var lamp = items.getFirst();
        assertThat(lamp.title()).as("its own name, not the one for news").isEqualTo("Pier lamp");
        assertThat(lamp.sku()).isEqualTo("LUM-1");
        assertThat(lamp.link()).isEqualTo("https://lumen.example/pier-lamp?a=1&b=2");
        assertThat(lamp.price()).isEqualTo(money(32_000, "CNY"));
        assertThat(lamp.sale()).isEqualTo(money(28_800, "CNY"));
        assertThat(lamp.saleFrom()).isEqualTo(Instant.parse("2026-02-24T21:00:00Z"));
        assertThat(lamp.saleUntil()).isEqualTo(Instant.parse("2026-03-01T07:30:00Z"));
        assertThat(lamp.availability()).isEqualTo(Availability.IN_STOCK);
        assertThat(lamp.types()).containsExactly("Home", "Light", "Lamp");
        assertThat(lamp.picture()).isEqualTo("https://lumen.example/pier-lamp.png");
        var candle = items.getLast();
        assertThat(candle.title()).isEqualTo("Night candle & holder");
        assertThat(candle.price()).as("yen have no hundredths").isEqualTo(money(1_200, "JPY"));
        assertThat(candle.availability()).isEqualTo(Availability.OUT_OF_STOCK);
        assertThat(candle.picture()).isNull();
    }

    @Test
    void atomWithVariantsSaysWhichProductAndWhichSkuEachIs() throws IOException {
        var items = items(read("atom.xml"));
        assertThat(items).extracting(FeedItem::product).containsExactly("8100", "8100");
        assertThat(items).extracting(FeedItem::sku).containsExactly("LUM-1-S", "LUM-1-L");
        assertThat(items).allMatch(FeedItem::isVariant);
        assertThat(items.getFirst().link()).isEqualTo("https://lumen.example/products/pier-lamp?variant=9001");
        assertThat(items.getLast().availability()).isEqualTo(Availability.PREORDER);
    }

    @Test
    void aTableByTabsOrCommasCompressedOrWithAMarkOfTheByteOrderSaysTheSame() throws IOException {
        byte[] table;
        try (var in = Objects.requireNonNull(FeedReaderTest.class.getResourceAsStream("/feeds/table.tsv"))) {
            table = in.readAllBytes();
        }
        var items = items(of(table));
        assertThat(items).extracting(FeedItem::title).containsExactly("Pier lamp \"night\"", "纸灯");
        assertThat(items.getLast().product()).as("the variation's parent").isEqualTo("70");
        assertThat(items.getLast().price()).isEqualTo(money(1_250, "KWD"));
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(table);
        }
        assertThat(items(of(zipped.toByteArray()))).isEqualTo(items);
        String unseen = "id,title,link,price,availability\n1,\"Pier\n\0lamp\",https://lumen.example/,1 CNY,in_stock\n";
        assertThat(items(of(unseen))).extracting(FeedItem::title).containsExactly("Pier lamp");
        String commas = new String(table, StandardCharsets.UTF_8).replace('\t', ',');
        assertThat(items(of("\uFEFF" + commas))).isEqualTo(items);
    }

    @Test
    void eachFaultIsNamedWithItsLineAndCostsNoOtherRow() throws IOException {
        var whole = (Reading.Whole) read("faults.xml");
        assertThat(whole.items()).extracting(FeedItem::title).containsExactly("Pier lamp");
        assertThat(whole.refused()).isEqualTo(12);
        assertThat(whole.refusals())
                .extracting(r -> r.line() + " " + r.code())
                .containsExactly(
                        "3 feed.no-id",
                        "4 feed.no-title",
                        "5 feed.link",
                        "6 feed.picture",
                        "7 feed.no-price",
                        "8 feed.price",
                        "9 feed.price",
                        "11 feed.id-twice",
                        "12 feed.sale-price",
                        "13 feed.sale-dates",
                        "14 feed.availability",
                        "15 feed.id-too-long");
    }

    @Test
    void nothingOutsideTheFileIsRead(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "the house's secret");
        String withEntity = "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>\n"
                + rss(item("LUM-1").replace("Lamp", "&x;"));
        assertThat(of(withEntity)).isEqualTo(new Reading.Unreadable("feed.document-type", 2));
        StringBuilder laughs = new StringBuilder("<!DOCTYPE rss [<!ENTITY l0 \"ha\">");
        for (int i = 1; i < 30; i++)
            laughs.append("<!ENTITY l")
                    .append(i)
                    .append(" \"&l")
                    .append(i - 1)
                    .append(";&l")
                    .append(i - 1)
                    .append(";\">");
        laughs.append("]>").append(rss(item("LUM-1").replace("Lamp", "&l29;")));
        assertThat(of(laughs.toString())).isEqualTo(new Reading.Unreadable("feed.document-type", 1));
    }

    @Test
    void aFileThatUnpacksWithoutEndOrHasTooManyRowsIsLetGo() throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(("<rss version=\"2.0\"><channel><title>").getBytes(StandardCharsets.UTF_8));
            byte[] air = new byte[1 << 20];
            Arrays.fill(air, (byte) ' ');
            for (int i = 0; i < 65; i++) gzip.write(air);
        }
        assertThat(zipped.size()).isLessThan(200_000);
        assertThat(of(zipped.toByteArray())).isEqualTo(new Reading.Unreadable("feed.too-large", 0));
        InputStream rows = new SequenceInputStream(Collections.enumeration(Stream.concat(
                        Stream.of("id,title,link,price,availability\n"),
                        Stream.iterate(0, n -> n <= FeedReader.ROWS_MAX, n -> n + 1)
                                .map(n -> n + ",Lamp,https://lumen.example/,1 CNY,in_stock\n"))
                .map(line -> (InputStream) new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)))
                .toList()));
        assertThat(FeedReader.read(rows))
                .isEqualTo(new Reading.Unreadable("feed.too-many-rows", FeedReader.ROWS_MAX + 2));
    }

    @Test
    void aFileThatBreaksOffOrIsNoFeedSaysSo() throws IOException {
        assertThat(of(rss(item("LUM-1")).replace("</channel></rss>", "\n<item><g:id>LUM-2")))
                .isEqualTo(new Reading.Unreadable("feed.damaged", 2));
        assertThat(of("<html><body>Sign in</body></html>")).isEqualTo(new Reading.Unreadable("feed.not-a-feed", 0));
        assertThat(of("{\"products\": []}")).isEqualTo(new Reading.Unreadable("feed.not-a-feed", 0));
        assertThat(of("")).isEqualTo(new Reading.Unreadable("feed.empty", 0));
        assertThat(of(rss(""))).isEqualTo(new Reading.Unreadable("feed.empty", 0));
        byte[] latin = "id,title,link,price,availability\n1,Lämp,https://lumen.example/,1 CNY,in_stock\n"
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(of(latin)).isEqualTo(new Reading.Unreadable("feed.not-utf8", 0));
        byte[] half = new byte[] {0x1f, (byte) 0x8b, 8, 0, 0};
        assertThat(of(half)).isEqualTo(new Reading.Unreadable("feed.damaged", 0));
    }
}
