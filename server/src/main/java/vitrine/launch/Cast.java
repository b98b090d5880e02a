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
        var shops = json.path("shops");
        lines.add("The demo is ready. Try it:");
        lines.add("  1. press Buy in a shop               " + text(shops.path(0), "pageUrl"));
        lines.add("  2. read the mail about the gift       " + text(json, "mailUrl"));
        lines.add("  3. move the clock in the strip at the top of " + text(json, "baseUrl") + ", and open the gift");
        lines.add("The cast; who signs in at %s/sign-in finds the code in that mail:".formatted(text(json, "baseUrl")));
        for (var staff : json.path("staff")) {
            lines.add("  %-10s %-5s %-8s %-18s key %s"
                    .formatted(
                            text(staff, "role"),
                            text(staff, "name"),
                            text(staff, "brand"),
                            text(staff, "email"),
                            text(staff, "apiKey")));
        }
        for (var collector : json.path("collectors")) {
            lines.add("  %-10s %-5s %-8s %s"
                    .formatted("collector", text(collector, "name"), "", text(collector, "email")));
        }
        for (var i = 0; i < Math.min(shops.size(), SHOPS_SHOWN_MAX); i++) {
            var shop = shops.get(i);
            lines.add("  %-10s %-20s %s"
                    .formatted("shop", text(shop, "shop") + " (" + text(shop, "source") + ")", text(shop, "pageUrl")));
        }
        if (shops.size() > SHOPS_SHOWN_MAX) {
            lines.add("  and %d more shops; demo.json has everything, with the secrets"
                    .formatted(shops.size() - SHOPS_SHOWN_MAX));
        }
        return lines;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private Cast() {}
}
