package vitrine.platform.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.time.ZoneId;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;
import vitrine.platform.BusinessClock;
import vitrine.platform.Settings;

/** Makes {@link Here} and {@link Texts}, once a request. */
@Component
public class Heres {
    private static final String KEPT = Here.class.getName();

    private final Phrases phrases;
    private final Assets assets;
    private final BusinessClock clock;
    private final Supplier<@Nullable Visitors> visitors;
    private final ZoneId zone;
    private final String baseUrl;

    Heres(
            Phrases phrases,
            Assets assets,
            BusinessClock clock,
            ObjectProvider<Visitors> visitors,
            @Value("${vitrine.zone:Asia/Shanghai}") String zone,
            ObjectProvider<Settings> settings) {
        this.phrases = phrases;
        this.assets = assets;
        this.clock = clock;
        // Once: to look for it costs more than the rest of this.
        this.visitors = SingletonSupplier.ofNullable(visitors::getIfAvailable);
        this.zone = ZoneId.of(zone);
        // A test may run without settings; the address of a page is then relative to this machine.
        var given = settings.getIfAvailable();
        this.baseUrl = given == null ? "http://localhost" : given.baseUrl().toString();
    }

    /** The words of one language, for mails and for whatever has no request. */
    public Texts texts(Language language) {
        return new Texts(phrases, language, zone, clock::now, clock::at);
    }

    public String baseUrl() {
        return baseUrl;
    }

    public Here of(HttpServletRequest request) {
        if (request.getAttribute(KEPT) instanceof Here kept) return kept;
        var preferences = Preferences.of(request);
        // An error page answers under the address that failed, not under /error.
        var failed = (String) request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        var here = new Here(
                texts(preferences.language()),
                preferences.theme(),
                failed != null ? failed : request.getRequestURI(),
                request.getQueryString(),
                Set.of("GET", "HEAD").contains(method(request)),
                baseUrl,
                assets,
                SingletonSupplier.ofNullable(() -> visitor(request)),
                clock.isMovable() ? clock.now() : null,
                token(request));
        request.setAttribute(KEPT, here);
        return here;
    }

    /** The page of an error is always got; how the failed request was sent stands beside it. */
    private static String method(HttpServletRequest request) {
        return request.getAttribute(RequestDispatcher.ERROR_METHOD) instanceof String failed
                ? failed
                : request.getMethod();
    }

    private @Nullable Visitor visitor(HttpServletRequest request) {
        Visitors known = visitors.get();
        return known == null ? null : known.of(request);
    }

    private static Here.@Nullable FormToken token(HttpServletRequest request) {
        return request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token
                ? new Here.FormToken(token.getParameterName(), token.getToken())
                : null;
    }
}
