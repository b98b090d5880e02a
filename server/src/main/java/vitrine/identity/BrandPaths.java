package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.convert.converter.Converter;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import vitrine.platform.BrandId;
import vitrine.platform.api.Anyone;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;

/**
 * Keeps {@link Requires}: what stands in the address is a brand, and who asks may do this for it. Modules that know nothing of
 * people are guarded too, and what says nothing of itself is closed.
 */
@Component
class BrandPaths implements WebMvcConfigurer, HandlerInterceptor, Converter<String, BrandId> {

    private final JdbcClient db;
    private final Access access;

    BrandPaths(JdbcClient db, Access access) {
        this.db = db;
        this.access = access;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/**", "/desk", "/desk/**");
    }

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, BrandId.class, this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method)) return true;
        Requires requires = find(method, Requires.class);
        if (requires == null) {
            if (find(method, Anyone.class) != null) return true;
            throw new Refused(HttpStatus.FORBIDDEN, "access.closed", null);
        }
        String brand = inPath(request);
        if (brand == null) access.requiresAnywhere(requires.value());
        else {
            // Whether a brand exists is no secret; but who is nobody is asked to sign in before anything else.
            Optional<BrandId> known = of(brand);
            if (known.isEmpty()) {
                access.requiresAnywhere(requires.value());
                throw new Refused(HttpStatus.NOT_FOUND, "brand.unknown", null);
            }
            access.requires(known.get(), requires.value());
        }
        return true;
    }

    /** A brand is written as its slug, or as its id. */
    @Override
    public BrandId convert(String text) {
        return of(text).orElseThrow(() -> new Refused(HttpStatus.NOT_FOUND, "brand.unknown", null));
    }

    private Optional<BrandId> of(String text) {
        return db.sql("select brand_id from brands where slug = :text or brand_id = :id")
                .param("text", text)
                .param("id", uuid(text))
                .query(UUID.class)
                .optional()
                .map(BrandId::new);
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return text.length() == 36 ? UUID.fromString(text) : null;
        } catch (IllegalArgumentException e) {
            return null; // a slug of 36 letters
        }
    }

    private static @Nullable String inPath(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                        && variables.get("brand") instanceof String brand
                ? brand
                : null;
    }

    private static <A extends java.lang.annotation.Annotation> @Nullable A find(HandlerMethod method, Class<A> type) {
        A own = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), type);
        return own != null ? own : AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), type);
    }
}
