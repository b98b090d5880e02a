package vitrine.drop;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import vitrine.VitrineServer;
import vitrine.launch.Node;
import vitrine.platform.Settings;

/**
 * The server with another way of deciding claims, and everything else as it is: {@code OtherServer ours|row-lock|redis OPTIONS}. At
 * {@link #BARE} a servlet that only answers, in the same server: what was compiled for one is compiled for the other.
 */
public final class OtherServer {

    public static final String BARE = "/api/bench/bare";

    private static final byte[] SOLD_OUT =
            "{\"type\":\"urn:vitrine:problem:drop.sold-out\",\"title\":\"Conflict\",\"status\":409,\"code\":\"drop.sold-out\"}"
                    .getBytes(StandardCharsets.US_ASCII);

    private OtherServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        @Nullable
        Function<ApplicationContext, Claims> claims =
                switch (arguments[0]) {
                    case "ours" -> null;
                    case "row-lock" -> RowLockClaims::new;
                    case "redis" -> RedisClaims::new;
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        var options = List.of(arguments).subList(2, arguments.length); // after "serve"
        Node node =
                Node.start(VitrineServer.class, Settings.of(options, System.getenv()), beans -> other(beans, claims));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        System.out.println("Vitrine is open at " + node.address());
        Thread.currentThread().join();
    }

    private static void other(GenericApplicationContext beans, @Nullable Function<ApplicationContext, Claims> claims) {
        BeanDefinitionCustomizer first = definition -> definition.setPrimary(true);
        if (claims != null) beans.registerBean("otherClaims", Claims.class, () -> claims.apply(beans), first);
        beans.registerBean("bare", FilterRegistrationBean.class, OtherServer::bare);
    }

    private static FilterRegistrationBean<Filter> bare() {
        var bare = new FilterRegistrationBean<Filter>((request, response, chain) -> {
            ((HttpServletRequest) request).getInputStream().readAllBytes();
            var answer = (HttpServletResponse) response;
            answer.setStatus(409);
            answer.setContentType("application/problem+json");
            answer.setContentLength(SOLD_OUT.length);
            answer.getOutputStream().write(SOLD_OUT);
        });
        bare.addUrlPatterns(BARE);
        bare.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return bare;
    }
}
