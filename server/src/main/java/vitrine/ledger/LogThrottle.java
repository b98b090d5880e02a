package vitrine.ledger;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import vitrine.platform.web.Problems;
import vitrine.platform.web.Throttle;

/**
 * Lets one address read the log generously: a whole log of a million entries at a breath, then two hundred requests a second.
 */
@Configuration
class LogThrottle implements HandlerInterceptor, WebMvcConfigurer {

    private static final double A_SECOND = 200;
    private static final double AT_A_BREATH = 8_000;

    private final Throttle throttle;

    LogThrottle(Clock clock) {
        this.throttle = new Throttle(clock, A_SECOND, AT_A_BREATH);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/log/**", "/logs/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (throttle.take(request.getRemoteAddr())) return true;
        response.setHeader("Retry-After", "1");
        Problems.write(
                response,
                HttpStatus.TOO_MANY_REQUESTS,
                "log.too-fast",
                "at most %d requests a second from one address".formatted((int) A_SECOND));
        return false;
    }
}
