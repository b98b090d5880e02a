package vitrine.shop;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/** Whether one row of a feed is as the Merchant product data specification says, and what the shop's orders would call it. */
final class FeedRow {

    static final int ID_MAX = 50;
    static final int TITLE_MAX = 150;
    static final int URL_MAX = 2_000;

    private static final Pattern PRICE = Pattern.compile("([0-9]{1,12})(?:[.]([0-9]{1,4}))? ?([A-Za-z]{3})");

    /** As Shopify's own channel writes an id: the country it is sold in, the product, the variant. */
    private static final Pattern SHOPIFY = Pattern.compile("(?i)shopify_[a-z]{2}_([0-9]+)(?:_([0-9]+))?");
    /** As WooCommerce's own extension writes it: the product, or one of its variations. */
    private static final Pattern WOOCOMMERCE = Pattern.compile("(?i)gla_([0-9]+)");

    private static final DateTimeFormatter WHEN = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd'T'HH:mm[:ss]")
            .appendPattern("[XXX][XX]")
            .toFormatter(Locale.ROOT);

    private FeedRow() {}

    sealed interface Read {
        record Good(FeedItem item) implements Read {}

        record Bad(String code, String got) implements Read {}
    }

    /** @param row values by the attributes' names */
    static Read read(Map<String, String> row) {
        String id = row.getOrDefault("id", "");
        if (id.isEmpty()) return new Read.Bad("feed.no-id", "");
        if (id.length() > ID_MAX) return new Read.Bad("feed.id-too-long", String.valueOf(id.length()));
        String title = row.getOrDefault("title", "");
        if (title.isEmpty()) return new Read.Bad("feed.no-title", "");
        if (title.codePointCount(0, title.length()) > TITLE_MAX)
            return new Read.Bad("feed.title-too-long", String.valueOf(title.codePointCount(0, title.length())));
        String link = row.getOrDefault("link", "");
        if (link.isEmpty()) return new Read.Bad("feed.no-link", "");
        if (!isWeb(link)) return new Read.Bad("feed.link", link);
        String picture = row.getOrDefault("image_link", "");
        if (!picture.isEmpty() && !isWeb(picture)) return new Read.Bad("feed.picture", picture);
        String asked = row.getOrDefault("price", "");
        if (asked.isEmpty()) return new Read.Bad("feed.no-price", "");
        Money price = money(asked);
        if (price == null) return new Read.Bad("feed.price", asked);
        String reduced = row.getOrDefault("sale_price", "");
        Money sale = reduced.isEmpty() ? null : money(reduced);
        if (!reduced.isEmpty() && (sale == null || !sale.currency().equals(price.currency())))
            return new Read.Bad("feed.sale-price", reduced);
        String dates = row.getOrDefault("sale_price_effective_date", "");
        Instant[] when = dates.isEmpty() ? new Instant[2] : dates(dates);
        if (when == null) return new Read.Bad("feed.sale-dates", dates);
        String stock = row.getOrDefault("availability", "");
        if (stock.isEmpty()) return new Read.Bad("feed.no-availability", "");
        Optional<Availability> availability = Availability.read(stock);
        if (availability.isEmpty()) return new Read.Bad("feed.availability", stock);
        String group = row.getOrDefault("item_group_id", "");
        Names names = names(id, group, row.getOrDefault("mpn", ""));
        return new Read.Good(new FeedItem(
                id,
                names.product,
                names.sku,
                !group.isEmpty(),
                title,
                words(row.getOrDefault("product_type", "")),
                row.getOrDefault("brand", ""),
                price,
                sale == null || sale.minor() >= price.minor() ? null : sale,
                when[0],
                when[1],
                availability.get(),
                link,
                picture.isEmpty() ? null : picture));
    }

    private record Names(String product, String sku) {}

    /**
     * What orders call it. The specification asks for the SKU as the id; the shops' own extensions write ids of their own, which
     * have the product's number in them, and the SKU as the part number.
     */
    private static Names names(String id, String group, String mpn) {
        Matcher shopify = SHOPIFY.matcher(id);
        if (shopify.matches()) return new Names(shopify.group(1), mpn);
        Matcher woo = WOOCOMMERCE.matcher(id);
        if (woo.matches()) return new Names(group.isEmpty() ? woo.group(1) : group, mpn);
        return new Names(group.isEmpty() ? id : group, id);
    }

    private static List<String> words(String productType) {
        return Arrays.stream(productType.split(">"))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .limit(10)
                .toList();
    }

    /** {@code 12.50 EUR}, in the currency's minor units; null: it is not written so, or has more digits than the currency. */
    static @Nullable Money money(String text) {
        Matcher found = PRICE.matcher(text.strip());
        if (!found.matches()) return null;
        try {
            Currency currency = Currency.getInstance(found.group(3).toUpperCase(Locale.ROOT));
            if (currency.getDefaultFractionDigits() < 0) return null; // gold, and the code for "no currency"
            long minor = new BigDecimal(found.group(1) + (found.group(2) == null ? "" : "." + found.group(2)))
                    .movePointRight(currency.getDefaultFractionDigits())
                    .longValueExact();
            return new Money(minor, currency);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return null;
        }
    }

    /** {@code 2026-02-24T13:00-0800/2026-02-29T15:30-0800}; an end that is left out is open. Null: it is not written so. */
    private static Instant @Nullable [] dates(String text) {
        String[] ends = text.strip().split("/", -1);
        if (ends.length != 2) return null;
        try {
            Instant from = ends[0].isBlank() ? null : at(ends[0]);
            Instant until = ends[1].isBlank() ? null : at(ends[1]);
            return new Instant[] {from, until};
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Instant at(String text) {
        return OffsetDateTime.parse(text.strip(), WHEN).toInstant();
    }

    private static boolean isWeb(String url) {
        return url.length() <= URL_MAX && Goods.isWeb(url);
    }
}
