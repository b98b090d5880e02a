package vitrine.sandbox;

import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A shop's product feed as the Merchant product data specification has it, with ids as that kind of shop writes them: Shopify's
 * channel and WooCommerce's extension make their own, the others take the SKU. RSS 2.0 at {@code products.xml}, a table by tabs at
 * {@code products.tsv}. Like a real one it answers 304 to whoever has it already.
 */
final class ProductFeed {

    private static final String GOOGLE = "http://base.google.com/ns/1.0";
    private static final List<String> NAMES = List.of(
            "id",
            "title",
            "description",
            "link",
            "image_link",
            "price",
            "availability",
            "brand",
            "product_type",
            "mpn",
            "item_group_id");

    private ProductFeed() {}

    static Answer answer(Call call, ShopConfig shop, boolean table) {
        byte[] body = (table ? tsv(shop) : rss(shop)).getBytes(StandardCharsets.UTF_8);
        var sum = new CRC32();
        sum.update(body);
        String etag = '"' + HexFormat.of().toHexDigits((int) sum.getValue()) + '"';
        Map<String, String> headers = Map.of("ETag", etag);
        if (etag.equals(call.header("If-None-Match"))) {
            return new Answer(304, "text/plain", headers, new byte[0]);
        }
        return new Answer(
                200,
                table ? "text/tab-separated-values; charset=utf-8" : "application/xml; charset=utf-8",
                headers,
                body);
    }

    /** In the order of {@link #NAMES}; empty: this kind of shop does not say it. */
    private static List<String> row(ShopConfig shop, Product product) {
        String encoded = URLEncoder.encode(product.id(), StandardCharsets.UTF_8);
        long number = product.number();
        String id =
                switch (shop.source()) {
                    case SHOPIFY -> "shopify_CN_" + number + "_" + (number + 1_000_000);
                    case WOOCOMMERCE -> "gla_" + number;
                    case SALEOR, STANDARD -> product.sku();
                };
        return List.of(
                id,
                shop.title(product),
                shop.title(product),
                shop.baseUrl() + "?product=" + encoded,
                shop.baseUrl() + "/art/" + encoded + ".png",
                Money.decimal(product.price(), shop.currency()) + " " + shop.currency(),
                "in_stock",
                product.vendor(),
                product.category(),
                id.equals(product.sku()) ? "" : product.sku(),
                shop.source() == Source.SHOPIFY ? String.valueOf(number) : "");
    }

    private static String tsv(ShopConfig shop) {
        var table = new StringBuilder(String.join("\t", NAMES)).append('\n');
        for (var product : shop.products()) {
            table.append(String.join(
                            "\t",
                            row(shop, product).stream()
                                    .map(cell -> cell.replaceAll("[\\t\\r\\n]", " "))
                                    .map(cell -> cell.contains("\"") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
                                    .toList()))
                    .append('\n');
        }
        return table.toString();
    }

    private static String rss(ShopConfig shop) {
        var text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("rss");
            xml.writeAttribute("version", "2.0");
            xml.writeNamespace("g", GOOGLE);
            xml.writeStartElement("channel");
            element(xml, "title", shop.name().in(shop.language()));
            element(xml, "link", shop.baseUrl());
            element(xml, "description", shop.name().in(shop.language()));
            for (var product : shop.products()) {
                xml.writeStartElement("item");
                List<String> row = row(shop, product);
                for (int i = 0; i < NAMES.size(); i++) {
                    if (row.get(i).isEmpty()) {
                        continue;
                    }
                    xml.writeStartElement("g", NAMES.get(i), GOOGLE);
                    xml.writeCharacters(row.get(i));
                    xml.writeEndElement();
                }
                xml.writeEndElement();
            }
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException bug) {
            throw new IllegalStateException(bug);
        }
        return text.toString();
    }

    private static void element(XMLStreamWriter xml, String name, String content) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(content);
        xml.writeEndElement();
    }
}
