package vitrine.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

record Answer(int status, String type, Map<String, String> headers, byte[] body) {
    static Answer json(int status, JsonNode body) {
        return new Answer(status, "application/json; charset=utf-8", Map.of(), Json.bytes(body));
    }

    static Answer json(JsonNode body) {
        return json(200, body);
    }

    static Answer html(int status, String page) {
        return new Answer(status, "text/html; charset=utf-8", Map.of(), page.getBytes(StandardCharsets.UTF_8));
    }

    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** After a form: the browser gets the next page with GET, so a reload buys nothing twice. */
    static Answer seeOther(String place) {
        return new Answer(303, "text/plain; charset=utf-8", Map.of("Location", place), new byte[0]);
    }

    static Answer problem(Refused refused) {
        return new Answer(
                refused.status(),
                "application/problem+json",
                Map.of(),
                Json.bytes(Json.object()
                        .put("type", "about:blank")
                        .put("status", refused.status())
                        .put("code", refused.code())
                        .put("detail", refused.detail())));
    }

    Answer with(String name, String value) {
        var more = new java.util.LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, type, more, body);
    }
}
