package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.stereotype.Component;
import vitrine.platform.web.Refused;

/**
 * What a browser's session holds: plain texts, no objects, so that a new version of the server reads the old one's. Who somebody
 * is allowed to be is looked up anew in each request: an ended membership ends at once.
 */
@Component
public class Sessions implements SecurityContextRepository {

    static final Duration COLLECTORS = Duration.ofDays(30);
    static final Duration STAFF = Duration.ofHours(12);
    /** Of somebody who has not signed in: long enough to open a gift today and sign in tomorrow. */
    static final Duration GUESTS = Duration.ofDays(2);

    static final String COLLECTOR_ID = "collector";
    private static final String STAFF_ID = "staff";
    static final String SIGNED_IN_AT = "signed-in-at";
    private static final String SIGN_IN = "sign-in";
    private static final String BACK_TO = "back-to";
    private static final String PROVEN = "proven";
    private static final String CHALLENGE = "challenge";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String MEANT = "meant";

    /** So long does a browser remember what a guest pressed: longer than a code is good for, and not until somebody else sits there. */
    private static final Duration REMEMBERED = Duration.ofMinutes(30);

    /** A session keeps so many gifts that were opened before signing in; an older one is kept again by a press on its link's page. */
    private static final int PROVEN_MAX = 20;

    /** So old may a sign-in be for what cannot be taken back. */
    static final Duration FRESH = Duration.ofMinutes(10);

    private final Colleagues colleagues;
    private final Collectors collectors;
    private final Departures departures;
    private final Clock clock;
    private final ObjectProvider<Meant> meant;

    Sessions(
            Colleagues colleagues,
            Collectors collectors,
            Departures departures,
            Clock clock,
            ObjectProvider<Meant> meant) {
        this.colleagues = colleagues;
        this.collectors = collectors;
        this.departures = departures;
        this.clock = clock;
        this.meant = meant;
    }

    /** Makes this session hers. Its id changes: whoever planted the old one has nothing. */
    void signIn(HttpServletRequest request, CollectorId collector, @Nullable StaffId staff) {
        signIn(request, collector, staff, List.of());
    }

    /** @param asked what the browser had proven that asked for the link or the code, maybe another one than this */
    void signIn(HttpServletRequest request, CollectorId collector, @Nullable StaffId staff, List<CollectorId> asked) {
        if (!departures.reopen(collector)) throw Refused.gone("account.erasing");
        // In whatever way she came in, and also what was opened here since she asked for her code.
        for (CollectorId unclaimed : proven(request)) collectors.join(unclaimed, collector);
        for (CollectorId unclaimed : asked) collectors.join(unclaimed, collector);
        request.getSession();
        request.changeSessionId();
        HttpSession session = request.getSession();
        session.setAttribute(COLLECTOR_ID, collector.toString());
        session.setAttribute(SIGNED_IN_AT, clock.instant().toString());
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, collector.toString());
        session.setAttribute(Devices.NAME, Devices.name(request.getHeader("User-Agent")));
        session.removeAttribute(SIGN_IN);
        session.removeAttribute(PROVEN);
        if (staff == null) {
            session.removeAttribute(STAFF_ID);
            session.setMaxInactiveInterval((int) COLLECTORS.toSeconds());
        } else {
            session.setAttribute(STAFF_ID, staff.toString());
            session.setMaxInactiveInterval((int) STAFF.toSeconds());
        }
        doAsMeant(session, collector);
    }

    /** A guest pressed what only somebody who has signed in may: done as soon as she has. The last such press counts. */
    public void mean(HttpServletRequest request, String kind, String what) {
        session(request).setAttribute(MEANT, clock.instant().plus(REMEMBERED) + " " + kind + " " + what);
    }

    private void doAsMeant(HttpSession session, CollectorId person) {
        if (!(session.getAttribute(MEANT) instanceof String text)) return;
        session.removeAttribute(MEANT);
        String[] parts = text.split(" ", 3); // until when, of which kind, what
        if (!Instant.parse(parts[0]).isAfter(clock.instant())) return;
        meant.stream().filter(one -> one.kind().equals(parts[1])).forEach(one -> one.done(person, parts[2]));
    }

    /** Whether somebody proved only some minutes ago, in this browser, who she is. */
    public boolean isFresh(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null
                && session.getAttribute(SIGNED_IN_AT) instanceof String at
                && Instant.parse(at).plus(FRESH).isAfter(clock.instant());
    }

    public void signOut(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) session.invalidate();
        SecurityContextHolder.clearContext();
    }

    /**
     * This browser proved, by a gift link or an order's number, that it is this unclaimed collector's: whoever is signed in here is
     * joined with it now, and a guest when she signs in.
     */
    public void prove(HttpServletRequest request, CollectorId unclaimed) {
        switch (who(request)) {
            case Who.Guest g -> keep(request, unclaimed);
            case Who.Person p -> collectors.join(unclaimed, p.collector());
            case Who.Colleague c -> collectors.join(unclaimed, c.collector());
            case Who.Machine m -> {} // a program opens no gifts
        }
    }

    private static void keep(HttpServletRequest request, CollectorId unclaimed) {
        HttpSession session = session(request);
        List<String> proven = new ArrayList<>(texts(session, PROVEN));
        proven.remove(unclaimed.toString());
        proven.addFirst(unclaimed.toString());
        session.setAttribute(PROVEN, String.join(",", proven.subList(0, Math.min(PROVEN_MAX, proven.size()))));
    }

    /**
     * The unclaimed collectors that this browser has proven; what they hold may be shown to it before it signs in. As soon as
     * somebody has signed in for one, here or elsewhere, it is shown to her alone.
     */
    public List<CollectorId> proven(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null) return List.of();
        List<CollectorId> proven = texts(session, PROVEN).stream()
                .map(id -> new CollectorId(UUID.fromString(id)))
                .toList();
        Set<CollectorId> unclaimed = collectors.unclaimed(proven);
        return proven.stream().filter(unclaimed::contains).toList();
    }

    void waitFor(HttpServletRequest request, UUID signIn, String backTo) {
        HttpSession session = session(request);
        session.setAttribute(SIGN_IN, signIn.toString());
        session.setAttribute(BACK_TO, backTo);
    }

    Optional<UUID> waitingFor(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(SIGN_IN) instanceof String id
                ? Optional.of(UUID.fromString(id))
                : Optional.empty();
    }

    /** What this browser's device is asked to sign: good once, for some minutes. */
    String challenge(HttpServletRequest request, String challenge) {
        session(request).setAttribute(CHALLENGE, clock.instant().plus(PATIENCE) + " " + challenge);
        return challenge;
    }

    Optional<String> challenged(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(CHALLENGE) instanceof String asked)) return Optional.empty();
        session.removeAttribute(CHALLENGE);
        int space = asked.indexOf(' ');
        return Instant.parse(asked.substring(0, space)).isAfter(clock.instant())
                ? Optional.of(asked.substring(space + 1))
                : Optional.empty();
    }

    String backTo(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(BACK_TO) instanceof String path ? path : "/me";
    }

    private static HttpSession session(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) return session;
        session = request.getSession();
        session.setMaxInactiveInterval((int) GUESTS.toSeconds());
        return session;
    }

    private static List<String> texts(HttpSession session, String name) {
        return session.getAttribute(name) instanceof String text && !text.isEmpty()
                ? Arrays.asList(text.split(","))
                : List.of();
    }

    private Who who(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(COLLECTOR_ID) instanceof String id)) return new Who.Guest();
        CollectorId collector = collectors.root(new CollectorId(UUID.fromString(id)));
        if (session.getAttribute(STAFF_ID) instanceof String staff) {
            Optional<String> name = colleagues.name(new StaffId(UUID.fromString(staff)));
            boolean stale = session.getAttribute(SIGNED_IN_AT) instanceof String at
                    && clock.instant().isAfter(Instant.parse(at).plus(STAFF));
            if (name.isPresent() && !stale)
                return new Who.Colleague(new StaffId(UUID.fromString(staff)), name.get(), collector);
        }
        return new Who.Person(collector);
    }

    /** Looked up when the first one asks, and only then: a public page costs no query. */
    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
        return new DeferredSecurityContext() {
            private @Nullable SecurityContext context;

            @Override
            public SecurityContext get() {
                if (context == null) {
                    Who who = who(request);
                    context = who instanceof Who.Guest
                            ? SecurityContextHolder.createEmptyContext()
                            : new SecurityContextImpl(new SignedIn(who));
                }
                return context;
            }

            @Override
            public boolean isGenerated() {
                return !containsContext(request);
            }
        };
    }

    @Override
    @Deprecated
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        return loadDeferredContext(holder.getRequest()).get();
    }

    /** Nothing of it is stored: signing in and out write the session themselves. */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {}

    @Override
    public boolean containsContext(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(COLLECTOR_ID) != null;
    }
}
