package vitrine.shop;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** An order's lines as they lie in its row, readable by anybody who reads SQL. */
final class OrderLines {

    private OrderLines() {}

    static String json(List<OrderLine> lines) {
        var text = new StringWriter(256);
        try (JsonGenerator out = Json.MAPPER.createGenerator(text)) {
            out.writeStartArray();
            for (OrderLine line : lines) {
                out.writeStartObject();
                out.writeStringProperty("id", line.id());
                out.writeStringProperty("sku", line.sku());
                out.writeStringProperty("product", line.product());
                out.writeStringProperty("title", line.title());
                out.writeStringProperty("category", line.category());
                out.writeStringProperty("vendor", line.vendor());
                out.writeNumberProperty("quantity", line.quantity());
                out.writeNumberProperty("paid", line.paidMinor());
                out.writeNumberProperty("returned", line.returned());
                out.writeNumberProperty("refunded", line.refundedMinor());
                OrderLine.Growth grew = line.grew();
                if (grew != null) {
                    out.writeObjectPropertyStart("grew");
                    out.writeNumberProperty("units", grew.units());
                    out.writeNumberProperty("minor", grew.minor());
                    out.writeNumberProperty("at", grew.at().toEpochMilli());
                    out.writeEndObject();
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        return text.toString();
    }

    static List<OrderLine> parse(String json) {
        List<OrderLine> lines = new ArrayList<>();
        for (JsonNode line : Json.MAPPER.readTree(json)) {
            JsonNode grew = line.path("grew");
            lines.add(new OrderLine(
                    line.path("id").stringValue(),
                    line.path("sku").stringValue(),
                    line.path("product").stringValue(),
                    line.path("title").stringValue(),
                    line.path("category").stringValue(),
                    line.path("vendor").stringValue(),
                    line.path("quantity").intValue(),
                    line.path("paid").longValue(),
                    line.path("returned").intValue(),
                    line.path("refunded").longValue(),
                    grew.isObject()
                            ? new OrderLine.Growth(
                                    grew.path("units").intValue(),
                                    grew.path("minor").longValue(),
                                    Json.instant(grew.path("at").longValue()))
                            : null));
        }
        return List.copyOf(lines);
    }
}
