package vitrine.identity;

import jakarta.servlet.Filter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sessions whose last visit is written once a minute, by {@link Visits}. Spring Session writes it with each request, which is a commit for
 * each page that somebody looks at; nothing here asks to know it by the second.
 */
final class SeldomTouched implements SessionRepository<SeldomTouched.Kept> {

    static final Duration MINUTE = Duration.ofMinutes(1);

    private static final ScopedValue<Boolean> LOOKING = ScopedValue.newInstance();
    private static final ThreadLocal<@Nullable Request> REQUEST = new ThreadLocal<>();

    private final SessionRepository<Session> rows;
    private final Visits visits;

    /** Whatever kind of session it keeps, it gets no other than its own back. */
    @SuppressWarnings("unchecked")
    SeldomTouched(SessionRepository<? extends Session> rows, Visits visits) {
        this.rows = (SessionRepository<Session>) rows;
        this.visits = visits;
    }

    /** One request, and the session that was found for it. */
    private static final class Request {
        private @Nullable Kept session;
    }

    /**
     * Stands before the filter of Spring Session, which looks for a request's session once more when a part of the answer is on its way
     * already: it gets the one that it had.
     */
    static Filter once() {
        return (request, response, chain) -> {
            REQUEST.set(new Request());
            try {
                chain.doFilter(request, response);
            } finally {
                REQUEST.remove();
            }
        };
    }

    /**
     * What the rows are written in. To look for a session is one statement, and another one where its days are over: they need no
     * transaction around them, whose end would be one more way to PostgreSQL for each page.
     */
    static TransactionOperations transactions(PlatformTransactionManager manager) {
        var written = new TransactionTemplate(manager);
        written.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        TransactionOperations looked = TransactionOperations.withoutTransaction();
        return new TransactionOperations() {
            @Override
            public <T extends @Nullable Object> T execute(TransactionCallback<T> work) {
                // Within somebody's transaction its own, as ever: what it ends must not come back with that one.
                boolean alone = !TransactionSynchronizationManager.isActualTransactionActive();
                return (LOOKING.isBound() && alone ? looked : written).execute(work);
            }
        };
    }

    @Override
    public Kept createSession() {
        return new Kept(rows.createSession(), true);
    }

    @Override
    public void save(Kept session) {
        if (session.changed) rows.save(session.session);
        else if (session.visited != null) visits.add(session.getId(), session.visited);
        session.changed = false;
        session.visited = null;
    }

    @Override
    public @Nullable Kept findById(String id) {
        Request request = REQUEST.get();
        if (request != null
                && request.session != null
                && request.session.getId().equals(id)) return request.session;
        Session there = ScopedValue.where(LOOKING, true).call(() -> rows.findById(id));
        Kept kept = there == null ? null : new Kept(there, false);
        if (request != null) request.session = kept;
        return kept;
    }

    @Override
    public void deleteById(String id) {
        Request request = REQUEST.get();
        if (request != null) request.session = null;
        rows.deleteById(id);
    }

    /** One of them, in the hands of one request. */
    static final class Kept implements Session {
        private final Session session;
        private boolean changed;
        private @Nullable Instant visited;

        private Kept(Session session, boolean changed) {
            this.session = session;
            this.changed = changed;
        }

        @Override
        public void setLastAccessedTime(Instant at) {
            if (at.isBefore(session.getLastAccessedTime().plus(MINUTE))) return;
            visited = at.truncatedTo(ChronoUnit.MILLIS);
            session.setLastAccessedTime(at);
        }

        @Override
        public void setAttribute(String name, Object value) {
            changed = true;
            session.setAttribute(name, value);
        }

        @Override
        public void removeAttribute(String name) {
            changed = true;
            session.removeAttribute(name);
        }

        @Override
        public String changeSessionId() {
            changed = true;
            return session.changeSessionId();
        }

        @Override
        public void setMaxInactiveInterval(Duration interval) {
            changed = true;
            session.setMaxInactiveInterval(interval);
        }

        @Override
        public String getId() {
            return session.getId();
        }

        @Override
        public <T> @Nullable T getAttribute(String name) {
            return session.getAttribute(name);
        }

        @Override
        public Set<String> getAttributeNames() {
            return session.getAttributeNames();
        }

        @Override
        public Instant getCreationTime() {
            return session.getCreationTime();
        }

        @Override
        public Instant getLastAccessedTime() {
            return session.getLastAccessedTime();
        }

        @Override
        public Duration getMaxInactiveInterval() {
            return session.getMaxInactiveInterval();
        }

        @Override
        public boolean isExpired() {
            return session.isExpired();
        }
    }
}
