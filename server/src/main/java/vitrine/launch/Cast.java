package vitrine.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who plays in the demo and where: what {@code DIR/demo.json} says, in lines for a terminal. */
final class Cast {
    private static final int SHOPS_SHOWN_MAX = 5;

    /** The lines, once the demo has been loaded for this address; until then nothing. */
    static Optional<List<String>> lines(Path demo, String baseUrl) {
        if (!Files.exists(demo)) return Optional.empty();
        try {
            var json = JsonMapper.shared().readTree(Files.readAllBytes(demo));
            return baseUrl.equals(json.path("baseUrl").asString("")) ? Optional.of(lines(json)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JacksonException e) {
            return Optional.empty(); // being written this very moment
        }
    }

    private static List<String> lines(JsonNode json) {
        var lines = new ArrayList<String>();
        lines.add("The cast:");
        for (var staff : json.path("staff")) {
            lines.add("  %-10s %s  %s  key %s"
                    .formatted(text(staff, "role"), text(staff, "name"), text(staff, "brand"), text(staff, "apiKey")));
        }
        for (var collector : json.path("collectors")) {
            lines.add("  %-10s %s  %s".formatted("collector", text(collector, "name"), text(collector, "email")));
        }
        var shops = json.path("shops");
        for (var i = 0; i < Math.min(shops.size(), SHOPS_SHOWN_MAX); i++) {
            var shop = shops.get(i);
            lines.add("  %-10s %s (%s)  %s"
                    .formatted("shop", text(shop, "shop"), text(shop, "source"), text(shop, "inboxUrl")));
        }
        if (shops.size() > SHOPS_SHOWN_MAX) {
            lines.add("  and %d more shops in demo.json".formatted(shops.size() - SHOPS_SHOWN_MAX));
        }
        if (json.has("mailUrl")) lines.add("Mail and text messages: " + text(json, "mailUrl"));
        return lines;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private Cast() {}
}
