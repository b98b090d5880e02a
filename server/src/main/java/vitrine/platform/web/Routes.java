package vitrine.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Which method answers a request. For a path that is nobody's as it stands Spring asks each mapping of all pages, and first of all for the
 * request's method, through every wrapper around it. Here only those are asked whose path can begin as the request's does
 * (docs/decisions/routes.md).
 */
final class Routes extends RequestMappingHandlerMapping {

    /** What a mapping's paths can begin with, up to the second slash; null: with anything. */
    private final Map<RequestMappingInfo, Begins> begins = new ConcurrentHashMap<>();

    private record Begins(@Nullable Set<String> with) {}

    /** A request while its method is looked for. */
    private static final class Looking extends HttpServletRequestWrapper {
        private final String method;
        private final String begin;

        Looking(HttpServletRequest request) {
            super(request);
            this.method = request.getMethod();
            this.begin =
                    ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().elements().stream()
                            .filter(PathContainer.PathSegment.class::isInstance)
                            .map(step -> ((PathContainer.PathSegment) step).valueToMatch())
                            .findFirst()
                            .orElse("");
        }

        @Override
        public String getMethod() {
            return method;
        }
    }

    @Override
    protected @Nullable HandlerMethod lookupHandlerMethod(String path, HttpServletRequest request) throws Exception {
        return super.lookupHandlerMethod(path, new Looking(request));
    }

    @Override
    protected @Nullable RequestMappingInfo getMatchingMapping(RequestMappingInfo mapping, HttpServletRequest request) {
        if (request instanceof Looking looking) {
            Set<String> with = begins.computeIfAbsent(mapping, Routes::begins).with;
            if (with != null && !with.contains(looking.begin)) return null;
        }
        return super.getMatchingMapping(mapping, request);
    }

    private static Begins begins(RequestMappingInfo mapping) {
        PathPatternsRequestCondition paths = mapping.getPathPatternsCondition();
        if (paths == null) return new Begins(null);
        Set<String> with = paths.getPatterns().stream()
                .map(pattern -> begin(pattern.getPatternString()))
                .collect(Collectors.toSet());
        return new Begins(with.stream().anyMatch(Routes::varies) ? null : with);
    }

    private static String begin(String pattern) {
        String rest = pattern.startsWith("/") ? pattern.substring(1) : pattern;
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    /** Whether it stands for more than one text, as {@code @{handle}} does. */
    private static boolean varies(String step) {
        return step.chars().anyMatch(c -> c == '{' || c == '*' || c == '?');
    }
}
