package vitrine.sandbox;

import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of Saleor's GraphQL API that a reconciler needs: {@code orders(first, after, filter: {updatedAt: {gte,
 * lte}})} and {@code order(id)}, with selections, aliases, variables and fragments. The answer holds what was asked
 * for and nothing else; a field that is not there is an error, as it would be in the shop.
 */
final class SaleorApi {
    private static final int FIRST_MAX = 100;

    private final OrderBook shops;
    private final Saleor dialect = new Saleor();

    SaleorApi(OrderBook shops) {
        this.shops = shops;
    }

    Answer answer(ShopConfig shop, Call call) {
        if (!AdminApis.same(call.header("Authorization"), "Bearer " + shop.apiToken())) {
            return errors(
                    200,
                    "To access this path, you need one of the following permissions: MANAGE_ORDERS",
                    "PermissionDenied");
        }
        var request = Json.readObject(call.body());
        try {
            var query = new Query(request.path("query").asString(""), request.path("variables"));
            var data = Json.object();
            for (var field : query.selection) {
                data.set(field.alias, root(shop, field));
            }
            return Answer.json(Json.object().set("data", data));
        } catch (QueryError wrong) {
            return errors(400, String.valueOf(wrong.getMessage()), "GraphQLError");
        }
    }

    private static Answer errors(int status, String message, String code) {
        var body = Json.object();
        var error = body.putArray("errors").addObject();
        error.put("message", message);
        error.putObject("extensions").putObject("exception").put("code", code);
        return Answer.json(status, body);
    }

    private JsonNode root(ShopConfig shop, Field field) {
        return switch (field.name) {
            case "orders" -> orders(shop, field);
            case "order" ->
                shops.orders(shop.shop()).stream()
                        .filter(o -> Saleor.orderId(shop, o)
                                .equals(field.arguments.path("id").asString("")))
                        .findFirst()
                        .map(o -> select(dialect.order(shop, o), field.selection, "Order"))
                        .orElseGet(Json.MAPPER::nullNode);
            default -> throw new QueryError("Cannot query field \"" + field.name + "\" on type \"Query\".");
        };
    }

    private JsonNode orders(ShopConfig shop, Field field) {
        int first = field.arguments.path("first").asInt(0);
        if (first < 1 || first > FIRST_MAX) {
            throw new QueryError("Requesting " + first
                    + " records on the `orders` connection exceeds the `first` limit of " + FIRST_MAX + " records.");
        }
        var range = field.arguments.path("filter").path("updatedAt");
        if (range.isMissingNode()) {
            range = field.arguments.path("where").path("updatedAt");
        }
        List<SandboxOrder> found;
        try {
            var asked = AdminApis.between(
                    range.hasNonNull("gte") ? range.path("gte").asString() : null,
                    range.hasNonNull("lte") ? range.path("lte").asString() : null,
                    ZoneOffset.UTC,
                    true);
            found = shops.orders(shop.shop()).reversed().stream().filter(asked).toList();
        } catch (DateTimeException wrong) {
            throw new QueryError("updatedAt has an invalid DateTime.");
        }
        long after = 0;
        if (field.arguments.hasNonNull("after")) {
            try {
                after = Long.parseLong(new String(
                        Keys.base64("", field.arguments.path("after").asString()),
                        java.nio.charset.StandardCharsets.UTF_8));
            } catch (NumberFormatException | Refused wrong) {
                throw new QueryError("Received cursor is invalid.");
            }
        }
        long from = after;
        var rest = found.stream().filter(o -> o.number() > from).toList();
        var page = rest.subList(0, Math.min(first, rest.size()));
        var connection = Json.object();
        connection.put("totalCount", found.size());
        connection
                .putObject("pageInfo")
                .put("hasNextPage", rest.size() > page.size())
                .put("hasPreviousPage", from > 0)
                .put("startCursor", page.isEmpty() ? null : cursor(page.getFirst()))
                .put("endCursor", page.isEmpty() ? null : cursor(page.getLast()));
        var edges = connection.putArray("edges");
        for (var order : page) {
            var edge = edges.addObject();
            edge.put("cursor", cursor(order));
            edge.set("node", dialect.order(shop, order));
        }
        return select(connection, field.selection, "OrderCountableConnection");
    }

    private static String cursor(SandboxOrder order) {
        return java.util.Base64.getEncoder().encodeToString(Keys.utf8(String.valueOf(order.number())));
    }

    private static JsonNode select(JsonNode node, List<Field> selection, String type) {
        if (node instanceof ArrayNode array) {
            var out = Json.array();
            array.forEach(element -> out.add(select(element, selection, type)));
            return out;
        }
        if (!(node instanceof ObjectNode object)) {
            if (!selection.isEmpty() && !node.isNull()) {
                throw new QueryError("Field of type \"" + type + "\" must not have a selection.");
            }
            return node;
        }
        if (selection.isEmpty()) {
            throw new QueryError("Field of type \"" + type + "\" must have a selection of subfields.");
        }
        var out = Json.object();
        for (var field : selection) {
            var value = object.get(field.name);
            if (value == null && !field.name.equals("__typename")) {
                throw new QueryError("Cannot query field \"" + field.name + "\" on type \"" + type + "\".");
            }
            if (value == null) {
                out.put(field.alias, type);
            } else {
                out.set(field.alias, select(value, field.selection, field.name));
            }
        }
        return out;
    }

    private record Field(String alias, String name, ObjectNode arguments, List<Field> selection) {}

    private static final class QueryError extends RuntimeException {
        private static final long serialVersionUID = 1L;

        QueryError(String message) {
            super(message);
        }
    }

    /** A reader for the executable part of GraphQL: one operation and its fragments. */
    private static final class Query {
        private final List<String> tokens = new ArrayList<>();
        private final JsonNode variables;
        private final Map<String, Integer> fragments = new HashMap<>();
        private final ObjectNode defaults = Json.object();
        private int at;
        final List<Field> selection;

        Query(String text, JsonNode variables) {
            this.variables = variables;
            tokenize(text);
            Integer operation = null;
            while (at < tokens.size()) {
                if (peek().equals("fragment")) {
                    at++;
                    var name = next();
                    expect("on");
                    next();
                    fragments.put(name, at);
                    skipBlock();
                } else if (operation == null) {
                    if (peek().equals("query")) {
                        at++;
                        if (!peek().equals("{") && !peek().equals("(")) {
                            at++;
                        }
                        if (peek().equals("(")) {
                            variableDefinitions();
                        }
                    }
                    operation = at;
                    skipBlock();
                } else {
                    throw new QueryError("Syntax Error: unexpected " + peek());
                }
            }
            if (operation == null) {
                throw new QueryError("Must provide a query string.");
            }
            at = operation;
            selection = block(0);
        }

        private void variableDefinitions() {
            expect("(");
            while (!peek().equals(")")) {
                expect("$");
                var name = next();
                expect(":");
                while (peek().equals("[")) {
                    at++;
                }
                next();
                while (peek().equals("]") || peek().equals("!")) {
                    at++;
                }
                if (peek().equals("=")) {
                    at++;
                    defaults.set(name, value());
                }
            }
            at++;
        }

        private List<Field> block(int depth) {
            if (depth > 15) {
                throw new QueryError("The query is nested too deep.");
            }
            expect("{");
            var fields = new LinkedHashMap<String, Field>();
            while (!peek().equals("}")) {
                if (peek().equals("...")) {
                    at++;
                    if (peek().equals("on")) {
                        at += 2;
                        block(depth + 1).forEach(field -> fields.put(field.alias, field));
                    } else {
                        var place = fragments.get(next());
                        if (place == null) {
                            throw new QueryError("Unknown fragment.");
                        }
                        int back = at;
                        at = place;
                        block(depth + 1).forEach(field -> fields.put(field.alias, field));
                        at = back;
                    }
                    continue;
                }
                var alias = next();
                var name = alias;
                if (peek().equals(":")) {
                    at++;
                    name = next();
                }
                var arguments = Json.object();
                if (peek().equals("(")) {
                    at++;
                    while (!peek().equals(")")) {
                        var argument = next();
                        expect(":");
                        arguments.set(argument, value());
                    }
                    at++;
                }
                fields.put(alias, new Field(alias, name, arguments, peek().equals("{") ? block(depth + 1) : List.of()));
            }
            at++;
            return List.copyOf(fields.values());
        }

        private JsonNode value() {
            var token = next();
            switch (token) {
                case "$" -> {
                    var name = next();
                    var given = variables.path(name);
                    return given.isMissingNode()
                            ? defaults.has(name) ? defaults.path(name) : Json.MAPPER.nullNode()
                            : given;
                }
                case "{" -> {
                    var object = Json.object();
                    while (!peek().equals("}")) {
                        var key = next();
                        expect(":");
                        object.set(key, value());
                    }
                    at++;
                    return object;
                }
                case "[" -> {
                    var array = Json.array();
                    while (!peek().equals("]")) {
                        array.add(value());
                    }
                    at++;
                    return array;
                }
                default -> {
                    if (token.matches("-?\\d.*|true|false|null|\".*\"")) {
                        return Json.read(token);
                    }
                    // A word of an enumeration.
                    return Json.MAPPER.stringNode(token);
                }
            }
        }

        private void skipBlock() {
            int depth = 0;
            do {
                switch (next()) {
                    case "{" -> depth++;
                    case "}" -> depth--;
                    default -> {}
                }
            } while (depth > 0);
        }

        private String peek() {
            return at < tokens.size() ? tokens.get(at) : "";
        }

        private String next() {
            if (at >= tokens.size()) {
                throw new QueryError("Syntax Error: Expected Name, found <EOF>.");
            }
            return tokens.get(at++);
        }

        private void expect(String wanted) {
            var found = peek();
            if (!found.equals(wanted)) {
                throw new QueryError("Syntax Error: Expected \"" + wanted + "\", found \"" + found + "\".");
            }
            at++;
        }

        private void tokenize(String text) {
            var matcher = TOKEN.matcher(text);
            int end = 0;
            while (matcher.find()) {
                if (!IGNORED.matcher(text.substring(end, matcher.start())).matches()) {
                    throw new QueryError("Syntax Error: unexpected character.");
                }
                if (!matcher.group().startsWith("#")) {
                    tokens.add(matcher.group());
                }
                end = matcher.end();
            }
            if (!IGNORED.matcher(text.substring(end)).matches()) {
                throw new QueryError("Syntax Error: unexpected character.");
            }
        }

        private static final java.util.regex.Pattern TOKEN = java.util.regex.Pattern.compile(
                "#[^\\n]*|\\.\\.\\.|[{}()\\[\\]:!$=@|&]|\"(?:[^\"\\\\\\n]|\\\\.)*\"|-?\\d+(?:\\.\\d+)?|[_A-Za-z]\\w*");
        private static final java.util.regex.Pattern IGNORED = java.util.regex.Pattern.compile("[\\s,\\uFEFF]*");
    }
}
