package vitrine.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Whoever works at a desk sees at once what she did: her act ends what this node kept for the public pages. */
@Configuration
public class Freshness implements HandlerInterceptor, WebMvcConfigurer {

    private final List<Fresh<?, ?>> all = new CopyOnWriteArrayList<>();

    /** @param most how many are kept; beyond that those go that were not asked for lately */
    public <K, V> Fresh<K, V> of(int most, Function<K, V> read) {
        var fresh = new Fresh<K, V>(most, read);
        all.add(fresh);
        return fresh;
    }

    public void drop() {
        all.forEach(Fresh::drop);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/desk/**", "/api/**");
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) drop();
    }
}
