package vitrine.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request, read: its target as it came, path segments decoded, query or form as a map of first values. */
record Call(
        String method,
        String target,
        List<String> path,
        Map<String, String> query,
        Map<String, String> form,
        com.sun.net.httpserver.Headers headers,
        byte[] body) {
    private static final int BODY_MAX = 1 << 20;

    static Call of(HttpExchange exchange) throws IOException {
        var path = new ArrayList<String>();
        for (var segment : exchange.getRequestURI().getRawPath().split("/")) {
            if (!segment.isEmpty()) {
                path.add(decode(segment.replace("+", "%2B")));
            }
        }
        var body = exchange.getRequestBody().readNBytes(BODY_MAX + 1);
        if (body.length > BODY_MAX) {
            throw Refused.of(413, "body.too-large", "a body has at most " + BODY_MAX + " bytes");
        }
        var type = exchange.getRequestHeaders().getFirst("Content-Type");
        boolean form = type != null && type.startsWith("application/x-www-form-urlencoded");
        var method = exchange.getRequestMethod();
        return new Call(
                method.equals("HEAD") ? "GET" : method,
                exchange.getRequestURI().toString(),
                path,
                pairs(exchange.getRequestURI().getRawQuery()),
                form ? pairs(new String(body, StandardCharsets.UTF_8)) : Map.of(),
                exchange.getRequestHeaders(),
                body);
    }

    private static Map<String, String> pairs(@Nullable String text) {
        var pairs = new LinkedHashMap<String, String>();
        if (text != null) {
            for (var pair : text.split("&")) {
                int equals = pair.indexOf('=');
                if (!pair.isEmpty()) {
                    pairs.putIfAbsent(
                            decode(equals < 0 ? pair : pair.substring(0, equals)),
                            equals < 0 ? "" : decode(pair.substring(equals + 1)));
                }
            }
        }
        return pairs;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException wrong) {
            throw Refused.invalid("address.invalid", "the address is not well-formed");
        }
    }

    String segment(int index) {
        return index < path.size() ? path.get(index) : "";
    }

    boolean is(String wanted, String... segments) {
        if (!method.equals(wanted) || path.size() != segments.length) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!segments[i].equals("*") && !segments[i].equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    boolean wantsPage() {
        var accepted = header("Accept");
        return accepted != null && accepted.contains("text/html");
    }

    @Nullable
    String header(String name) {
        return headers.getFirst(name);
    }

    int number(String name, int otherwise, int most) {
        var text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException wrong) {
            // Said below, for a word and for a number out of range alike.
        }
        throw Refused.invalid("parameter.invalid", name + " is 1 to " + most + ", not " + text);
    }

    long orderNumber(int segment) {
        try {
            return Long.parseLong(segment(segment));
        } catch (NumberFormatException wrong) {
            throw Refused.notFound("order.unknown", "there is no order " + segment(segment));
        }
    }
}
