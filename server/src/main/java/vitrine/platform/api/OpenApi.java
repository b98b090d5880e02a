package vitrine.platform.api;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import vitrine.platform.BrandId;
import vitrine.platform.Settings;

/** The description of {@code /api}, read off the very methods that answer: what is not there is not served. */
@RestController
public class OpenApi {

    private static final Map<Integer, String> REFUSALS = new TreeMap<>(Map.of(
            400, "A parameter or the body is not of its kind.",
            401, "Nobody we know, or an API key that is not good.",
            403, "Known, and not allowed.",
            404, "There is no such thing.",
            406, "Only JSON can be answered."));

    private static final Map<Integer, String> REFUSALS_OF_CHANGES = new TreeMap<>(Map.of(
            409, "The first request with this Idempotency-Key is still under way, or the thing has changed meanwhile.",
            413, "The body is larger than 256 kB.",
            415, "The body is not application/json.",
            422, "Readable, and refused for the reason that the code names."));

    private final org.springframework.beans.factory.ObjectProvider<RequestMappingHandlerMapping> mappings;
    private final Settings settings;
    private volatile @Nullable Map<String, Object> document;

    OpenApi(
            org.springframework.beans.factory.ObjectProvider<RequestMappingHandlerMapping> mappings,
            Settings settings) {
        this.mappings = mappings;
        this.settings = settings;
    }

    @GetMapping("/api/openapi.json")
    @Anyone
    @Described("This description.")
    public Map<String, Object> openApi() {
        Map<String, Object> made = document;
        if (made == null) document = made = describe();
        return made;
    }

    private Map<String, Object> describe() {
        Schemas schemas = new Schemas();
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        mappings.stream().forEach(mapping -> mapping.getHandlerMethods().forEach((info, method) -> {
            for (String path : info.getPatternValues()) {
                if (!path.startsWith("/api/")) continue;
                for (RequestMethod verb : info.getMethodsCondition().getMethods()) {
                    paths.computeIfAbsent(path, p -> new TreeMap<>())
                            .put(verb.name().toLowerCase(java.util.Locale.ROOT), operation(verb, method, schemas));
                }
            }
        }));
        schemas.of(Problem.class);
        var all = new LinkedHashMap<String, Object>();
        all.put("openapi", "3.1.0");
        all.put("info", Map.of("title", "Vitrine", "version", "1"));
        all.put("servers", List.of(Map.of("url", settings.baseUrl().toString())));
        all.put("paths", paths);
        all.put(
                "components",
                Map.of(
                        "schemas",
                        schemas.named,
                        "securitySchemes",
                        Map.of(
                                "apiKey",
                                Map.of("type", "http", "scheme", "bearer", "description", "An API key: vk_…"),
                                "session",
                                Map.of("type", "apiKey", "in", "cookie", "name", "vitrine"))));
        return all;
    }

    /** RFC 9457. */
    record Problem(
            String type, String title, int status, @Nullable String detail, String code) {}

    private static Map<String, Object> operation(RequestMethod verb, HandlerMethod method, Schemas schemas) {
        var operation = new LinkedHashMap<String, Object>();
        var type = method.getBeanType().getSimpleName();
        operation.put("operationId", type + "." + method.getMethod().getName());
        operation.put("tags", List.of(type));
        Described described = method.getMethodAnnotation(Described.class);
        if (described == null) throw new IllegalStateException("what does " + method + " do? Say it with @Described");
        operation.put("summary", described.value());
        Requires requires = find(method, Requires.class);
        if (requires != null) {
            operation.put(
                    "security",
                    List.of(Map.of("apiKey", List.of(requires.value().scope())), Map.of("session", List.of())));
            operation.put("x-permission", requires.value().scope());
        }
        boolean changes = verb == RequestMethod.POST || verb == RequestMethod.PUT || verb == RequestMethod.PATCH;
        List<Object> parameters = parameters(method, schemas);
        if (verb == RequestMethod.POST)
            parameters.add(parameter(
                    "header",
                    "Idempotency-Key",
                    false,
                    Map.of("type", "string", "maxLength", 255),
                    "The same key with the same request is done once and answered alike for a day."));
        operation.put("parameters", parameters);
        Arrays.stream(method.getMethodParameters())
                .filter(p -> p.hasParameterAnnotation(RequestBody.class))
                .findFirst()
                .ifPresent(p -> operation.put(
                        "requestBody",
                        Map.of(
                                "required",
                                true,
                                "content",
                                Map.of(
                                        "application/json",
                                        Map.of("schema", schemas.of(p.getGenericParameterType()))))));
        var responses = new TreeMap<String, Object>();
        ResponseStatus said = method.getMethodAnnotation(ResponseStatus.class);
        HttpStatus status = said == null ? HttpStatus.OK : said.code();
        Type answer = method.getMethod().getGenericReturnType();
        responses.put(
                String.valueOf(status.value()),
                answer == void.class
                        ? Map.of("description", status.getReasonPhrase())
                        : Map.of(
                                "description",
                                status.getReasonPhrase(),
                                "content",
                                Map.of("application/json", Map.of("schema", schemas.of(answer)))));
        REFUSALS.forEach((code, why) -> responses.put(String.valueOf(code), problem(why)));
        if (changes) REFUSALS_OF_CHANGES.forEach((code, why) -> responses.put(String.valueOf(code), problem(why)));
        operation.put("responses", responses);
        return operation;
    }

    private static List<Object> parameters(HandlerMethod method, Schemas schemas) {
        List<Object> all = new ArrayList<>();
        for (var p : method.getMethodParameters()) {
            PathVariable path = p.getParameterAnnotation(PathVariable.class);
            RequestParam query = p.getParameterAnnotation(RequestParam.class);
            p.initParameterNameDiscovery(new org.springframework.core.DefaultParameterNameDiscoverer());
            String name = String.valueOf(p.getParameterName());
            if (path != null) {
                all.add(parameter(
                        "path",
                        path.value().isEmpty() ? name : path.value(),
                        true,
                        schemas.of(p.getGenericParameterType()),
                        p.getParameterType() == BrandId.class ? "The brand's slug or id." : null));
            } else if (query != null) {
                boolean required = query.required() && query.defaultValue().equals(ValueConstants.DEFAULT_NONE);
                all.add(parameter(
                        "query",
                        query.value().isEmpty() ? name : query.value(),
                        required,
                        schemas.of(p.getGenericParameterType()),
                        null));
            }
        }
        return all;
    }

    private static Map<String, Object> parameter(
            String in, String name, boolean required, Map<String, Object> schema, @Nullable String description) {
        var parameter = new LinkedHashMap<String, Object>();
        parameter.put("in", in);
        parameter.put("name", name);
        parameter.put("required", required);
        parameter.put("schema", schema);
        if (description != null) parameter.put("description", description);
        return parameter;
    }

    private static Map<String, Object> problem(String why) {
        return Map.of(
                "description",
                why,
                "content",
                Map.of(
                        MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))));
    }

    private static <A extends java.lang.annotation.Annotation> @Nullable A find(HandlerMethod method, Class<A> type) {
        A own = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), type);
        return own != null ? own : AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), type);
    }

    /** The shapes of what comes and goes: records by name, the rest in place. */
    private static final class Schemas {
        private final Map<String, Object> named = new TreeMap<>();

        Map<String, Object> of(Type type) {
            if (type == String.class) return Map.of("type", "string");
            if (type == int.class || type == Integer.class) return Map.of("type", "integer", "format", "int32");
            if (type == long.class || type == Long.class) return Map.of("type", "integer", "format", "int64");
            if (type == boolean.class || type == Boolean.class) return Map.of("type", "boolean");
            if (type == UUID.class) return Map.of("type", "string", "format", "uuid");
            if (type == BrandId.class) return Map.of("type", "string");
            if (type == Instant.class) return Map.of("type", "string", "format", "date-time");
            if (type == LocalDate.class) return Map.of("type", "string", "format", "date");
            if (type == JsonNode.class) return Map.of();
            if (type instanceof ParameterizedType many) return parameterized(many);
            if (type instanceof Class<?> plain) {
                if (plain.isEnum())
                    return Map.of(
                            "type",
                            "string",
                            "enum",
                            Arrays.stream(plain.getEnumConstants())
                                    .map(String::valueOf)
                                    .toList());
                if (plain.isRecord()) return record(plain, plain.getSimpleName(), Map.of());
            }
            throw new IllegalStateException("no shape for " + type);
        }

        private Map<String, Object> parameterized(ParameterizedType type) {
            Class<?> raw = (Class<?>) type.getRawType();
            Type first = type.getActualTypeArguments()[0];
            if (Collection.class.isAssignableFrom(raw)) return Map.of("type", "array", "items", of(first));
            if (Map.class.isAssignableFrom(raw)) return Map.of("type", "object");
            if (raw.isRecord()) {
                var given = Map.of(raw.getTypeParameters()[0].getName(), first);
                String of = first instanceof Class<?> c ? c.getSimpleName() : "";
                return record(raw, raw.getSimpleName() + "Of" + of, given);
            }
            throw new IllegalStateException("no shape for " + type);
        }

        private Map<String, Object> record(Class<?> type, String name, Map<String, Type> given) {
            if (!named.containsKey(name)) {
                var schema = new LinkedHashMap<String, Object>();
                named.put(name, schema);
                var properties = new LinkedHashMap<String, Object>();
                List<String> required = new ArrayList<>();
                for (RecordComponent component : type.getRecordComponents()) {
                    Type of = component.getGenericType();
                    if (of instanceof ParameterizedType list
                            && list.getActualTypeArguments()[0] instanceof java.lang.reflect.TypeVariable<?> open)
                        properties.put(
                                component.getName(),
                                Map.of("type", "array", "items", of(given.getOrDefault(open.getName(), String.class))));
                    else if (isNullable(component)) properties.put(component.getName(), orNull(of(of)));
                    else {
                        properties.put(component.getName(), of(of));
                        required.add(component.getName());
                    }
                }
                schema.put("type", "object");
                schema.put("properties", properties);
                if (!required.isEmpty()) schema.put("required", required);
            }
            return Map.of("$ref", "#/components/schemas/" + name);
        }

        private static Map<String, Object> orNull(Map<String, Object> schema) {
            if (!(schema.get("type") instanceof String type))
                return Map.of("anyOf", List.of(schema, Map.of("type", "null")));
            var wider = new LinkedHashMap<>(schema);
            wider.put("type", List.of(type, "null"));
            return wider;
        }

        private static boolean isNullable(RecordComponent component) {
            AnnotatedElement type = component.getAnnotatedType();
            return type.isAnnotationPresent(Nullable.class);
        }
    }
}
