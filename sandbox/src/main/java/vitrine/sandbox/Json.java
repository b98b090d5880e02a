package vitrine.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The one mapper, and the few shapes that all dialects write. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final DateTimeFormatter WITHOUT_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    static JsonNode read(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException wrong) {
            throw Refused.invalid("json.invalid", "the body is not JSON");
        }
    }

    static JsonNode read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    static ObjectNode readObject(byte[] bytes) {
        var node = bytes.length == 0 ? object() : read(bytes);
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Refused.invalid("json.invalid", "the body is not a JSON object");
    }

    /** {@code 2026-11-21T20:00:00+08:00}. */
    static @Nullable String offset(@Nullable Instant at, ZoneId zone) {
        return at == null
                ? null
                : WITH_OFFSET.format(at.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
    }

    /** {@code 2026-11-21T20:00:00}, on the wall clock of the zone. */
    static @Nullable String wall(@Nullable Instant at, ZoneId zone) {
        return at == null
                ? null
                : WITHOUT_OFFSET.format(at.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
    }
}
