package vitrine.ledger;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import vitrine.platform.web.Problems;

/**
 * Lets one address read the log generously: a whole log of a million entries at a breath, then two hundred requests a second.
 * Kept in memory, by node: it protects the database from a loop gone wild, and nothing depends on its number.
 */
@Configuration
class LogThrottle implements HandlerInterceptor, WebMvcConfigurer {

    private static final double A_SECOND = 200;
    private static final double AT_A_BREATH = 8_000;
    private static final int ADDRESSES_MAX = 10_000;

    private final Clock clock;

    /** What each address may still ask; who was not seen for longest is forgotten, and starts full again. */
    private final Map<String, Left> left = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Left> eldest) {
            return size() > ADDRESSES_MAX;
        }
    };

    LogThrottle(Clock clock) {
        this.clock = clock;
    }

    private record Left(double requests, long atMillis) {}

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/log/**", "/logs/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (take(request.getRemoteAddr())) return true;
        response.setHeader("Retry-After", "1");
        Problems.write(
                response,
                HttpStatus.TOO_MANY_REQUESTS,
                "log.too-fast",
                "at most %d requests a second from one address".formatted((int) A_SECOND));
        return false;
    }

    boolean take(String address) {
        long now = clock.millis();
        synchronized (left) {
            Left before = left.getOrDefault(address, new Left(AT_A_BREATH, now));
            double filled =
                    Math.min(AT_A_BREATH, before.requests() + Math.max(0, now - before.atMillis()) * A_SECOND / 1_000);
            left.put(address, new Left(filled < 1 ? filled : filled - 1, now));
            return filled >= 1;
        }
    }
}
