package vitrine.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Every path of the server, and what looks like one, finds the method that Spring's own mapping finds for it. */
class RoutesTest {

    @Test
    void everyPathIsAnsweredByTheMethodThatSpringWouldChoose() {
        try (var database = TestDatabase.fresh();
                var server = TestServer.start(database)) {
            var ours = server.bean(Routes.class);
            var springs = new RequestMappingHandlerMapping();
            springs.setApplicationContext(java.util.Objects.requireNonNull(ours.getApplicationContext()));
            ours.getHandlerMethods()
                    .forEach((info, method) -> springs.registerMapping(info, method.getBean(), method.getMethod()));
            Set<String> found = new TreeSet<>();
            for (String path : paths(ours)) {
                for (String method : List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")) {
                    String answer = answer(ours, method, path);
                    assertThat(answer).as(method + " " + path).isEqualTo(answer(springs, method, path));
                    found.add(answer.replaceAll("\\(.*", ""));
                }
            }
            // What was compared was not one refusal after the other.
            assertThat(found).hasSizeGreaterThan(ours.getHandlerMethods().size() / 2);
        }
    }

    private static List<String> paths(RequestMappingHandlerMapping mapping) {
        List<String> paths = new ArrayList<>(List.of("/", "", "//", "/nowhere", "/nowhere/at/all", "/d", "/@", "/@/x"));
        mapping.getHandlerMethods().keySet().stream()
                .flatMap(info ->
                        java.util.Objects.requireNonNull(info.getPathPatternsCondition()).getPatterns().stream())
                .map(PathPattern::getPatternString)
                .map(pattern -> pattern.replaceAll("\\{[^}]*}", "x")
                        .replace("**", "x/y")
                        .replace("*", "x"))
                .forEach(path -> {
                    paths.add(path);
                    paths.add(path + "/");
                    paths.add(path + "/more");
                    paths.add("/" + path);
                    paths.add(path + ";of=x");
                    paths.add(path.toUpperCase(java.util.Locale.ROOT));
                    // Its first letter as a browser may write it.
                    if (path.length() > 1) paths.add("/%" + Integer.toHexString(path.charAt(1)) + path.substring(2));
                });
        return paths;
    }

    private static String answer(RequestMappingHandlerMapping mapping, String method, String path) {
        var request = new MockHttpServletRequest(method, path);
        ServletRequestPathUtils.parseAndCache(request);
        try {
            HandlerExecutionChain chain = mapping.getHandler(request);
            return chain == null
                    ? "nobody"
                    : chain.getHandler().toString()
                            + request.getAttribute(RequestMappingHandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        } catch (Exception refused) {
            return refused.getClass().getSimpleName() + "(" + refused.getMessage() + ")";
        }
    }
}
