package vitrine.identity;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.jdbc.config.annotation.web.http.EnableJdbcHttpSession;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import vitrine.platform.Settings;
import vitrine.platform.api.AnswersOnce;
import vitrine.platform.api.GivenAnswers;
import vitrine.platform.web.Here;
import vitrine.platform.web.Refused;

/**
 * Four ways through the door, tried in this order: what knows no sessions (deliveries, the log, media, calendars, badges, certificates); programs; a
 * person's own rooms and the staff's, whose forms carry a token; and public pages, the same for all, whose forms are
 * guarded by where they come from.
 */
@Configuration(proxyBeanMethods = false)
@EnableJdbcHttpSession(maxInactiveIntervalInSeconds = 2 * 24 * 3600, cleanupCron = "0 */10 * * * *")
class SecurityChains {

    /** No session is looked for, none is made, and no cookie means anything. */
    static final String[] WITHOUT_SESSION = {
        "/in/**",
        "/pay/*/notify",
        "/pay/*/webhook",
        "/log/**",
        "/logs/**",
        "/media/**",
        "/assets/**",
        "/ics/**",
        "/badge/**",
        "/badge.js",
        "/c/*/certificate.json",
        "/c/*/certificate.pdf"
    };

    @Bean
    @Order(1)
    SecurityFilterChain withoutSession(HttpSecurity http) throws Exception {
        return bare(http.securityMatcher(WITHOUT_SESSION))
                .securityContext(AbstractHttpConfigurer::disable)
                .sessionManagement(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain programs(
            HttpSecurity http, Sessions sessions, ApiKeys keys, Access access, GivenAnswers answers, Settings settings)
            throws Exception {
        return bare(http.securityMatcher("/api/**"))
                .securityContext(context -> context.securityContextRepository(sessions))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .addFilterAfter(new ForeignOrigins(settings.baseUrl()), SecurityContextHolderFilter.class)
                .addFilterAfter(new ApiKeyFilter(keys), ForeignOrigins.class)
                .addFilterAfter(
                        new AnswersOnce(
                                answers,
                                () -> access.who() instanceof Who.Guest
                                        ? null
                                        : access.who().actor()),
                        ApiKeyFilter.class)
                .build();
    }

    @Bean
    @Order(3)
    SecurityFilterChain ownRooms(
            HttpSecurity http,
            Sessions sessions,
            Access access,
            Collectors collectors,
            Colleagues colleagues,
            Settings settings)
            throws Exception {
        return plain(http.securityMatcher("/me", "/me/**", "/desk", "/desk/**"))
                .securityContext(context -> context.securityContextRepository(sessions))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .addFilterAfter(new ForeignOrigins(settings.baseUrl()), SecurityContextHolderFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers("/desk", "/desk/**")
                        .hasAuthority(SignedIn.STAFF)
                        .anyRequest()
                        .hasAuthority(SignedIn.COLLECTOR))
                .exceptionHandling(refused -> refused.authenticationEntryPoint(signInFirst(settings))
                        .accessDeniedHandler(noEntry(signInFirst(settings), access, collectors, colleagues)))
                .build();
    }

    @Bean
    @Order(4)
    SecurityFilterChain publicPages(HttpSecurity http, Sessions sessions, Settings settings) throws Exception {
        return bare(http)
                .securityContext(context -> context.securityContextRepository(sessions))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.NEVER))
                .addFilterAfter(new ForeignOrigins(settings.baseUrl()), SecurityContextHolderFilter.class)
                .build();
    }

    /** Nothing of what Spring Security would add by itself: pages, redirects, headers (the page frame writes them), tokens. */
    private static HttpSecurity bare(HttpSecurity http) throws Exception {
        return plain(http).csrf(AbstractHttpConfigurer::disable);
    }

    private static HttpSecurity plain(HttpSecurity http) throws Exception {
        return http.headers(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable);
    }

    /**
     * A page leads to the sign-in and back, and so does a part of one that its script asks for: the whole page goes, for a
     * redirect would be followed and put the form into the page. What was to be changed is not sent again by itself.
     */
    private static AuthenticationEntryPoint signInFirst(Settings settings) {
        String baseUrl = settings.baseUrl().toString();
        return (request, response, refused) -> {
            if (!List.of("GET", "HEAD").contains(request.getMethod())) {
                response.sendError(HttpStatus.UNAUTHORIZED.value());
                return;
            }
            String query = request.getQueryString();
            String wanted = request.getRequestURI() + (query == null ? "" : "?" + query);
            response.setHeader("Cache-Control", "no-store");
            if (request.getHeader("HX-Request") != null) {
                String page = Here.within(request.getHeader("HX-Current-URL"), baseUrl, request.getHeader("Host"));
                // A filter asks for its own page, with what was just chosen.
                boolean asksForItself = page.split("\\?", 2)[0].equals(request.getRequestURI());
                response.setStatus(HttpStatus.UNAUTHORIZED.value());
                response.setHeader(
                        "HX-Redirect", page.isEmpty() ? "/sign-in" : Here.signIn(asksForItself ? wanted : page));
                return;
            }
            response.setStatus(HttpStatus.FOUND.value());
            response.setHeader("Location", Here.signIn(wanted));
        };
    }

    /** Who is the right one as soon as she has signed in is led there; everybody else is told why this is no way. */
    private static AccessDeniedHandler noEntry(
            AuthenticationEntryPoint signIn, Access access, Collectors collectors, Colleagues colleagues) {
        return (request, response, refused) -> {
            Who who = access.who();
            boolean first =
                    switch (who) {
                        // A form's token is looked at before its sender: where a session is over, the token is gone
                        // too.
                        case Who.Guest g -> true;
                        // Her twelve hours are over, or she was invited after she had signed in.
                        case Who.Person p ->
                            SignInPages.isOfTheDesk(request.getRequestURI())
                                    && colleagues
                                            .of(collectors.provenKeys(p.collector()))
                                            .isPresent();
                        case Who.Colleague c -> false;
                        case Who.Machine m -> false;
                    };
            if (first) signIn.commence(request, response, new InsufficientAuthenticationException("sign in", refused));
            else
                Refused.send(
                        request,
                        response,
                        HttpStatus.FORBIDDEN,
                        refused instanceof CsrfException ? "request.old-form" : "access.no-desk");
        };
    }

    /** Each filter of a chain would be an observation of its own, on each request; the request is one already. */
    @Bean
    SecurityObservationSettings requestsAreObservedOnce() {
        return SecurityObservationSettings.noObservations();
    }

    /** Nobody signs in by a password here, so nobody needs Spring Boot's user with a printed one. */
    @Bean
    AuthenticationManager authenticationManager() {
        return authentication -> {
            throw new org.springframework.security.authentication.BadCredentialsException("there are no passwords");
        };
    }

    /** What the filter works with; the rows themselves are for {@link Devices}. */
    @Bean
    @Primary
    SeldomTouched seldomTouched(JdbcIndexedSessionRepository rows, Visits visits) {
        return new SeldomTouched(rows, visits);
    }

    @Bean
    FilterRegistrationBean<Filter> sessionsLookedForOnce() {
        var filter = new FilterRegistrationBean<>(SeldomTouched.once());
        filter.setOrder(SessionRepositoryFilter.DEFAULT_ORDER - 1);
        // As that of Spring Session.
        filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR, DispatcherType.ASYNC));
        return filter;
    }

    /** By this name Spring Session finds it. */
    @Bean
    TransactionOperations springSessionTransactionOperations(PlatformTransactionManager manager) {
        return SeldomTouched.transactions(manager);
    }

    @Bean
    CookieSerializer cookieSerializer(Settings settings) {
        boolean https = "https".equals(settings.baseUrl().getScheme());
        var cookie = new DefaultCookieSerializer();
        // With the prefix a browser takes it from this very host over TLS only, never from a neighbour.
        cookie.setCookieName(https ? "__Host-vitrine" : "vitrine");
        cookie.setCookiePath("/");
        cookie.setSameSite("Lax");
        cookie.setUseHttpOnlyCookie(true);
        cookie.setUseSecureCookie(https);
        cookie.setCookieMaxAge((int) Sessions.COLLECTORS.toSeconds());
        return cookie;
    }
}
