package vitrine.identity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import vitrine.launch.Node;

/** Sessions in the server's own table, for a crowd that signed in before it came. */
public final class Browsers {

    private static final int AT_ONCE = 16;

    private Browsers() {}

    /** For each of these people, in their order, what her browser sends: {@code vitrine=…}. */
    public static List<String> cookies(Node node, List<CollectorId> people) throws InterruptedException {
        var sessions = node.bean(FindByIndexNameSessionRepository.class);
        String[] cookies = new String[people.size()];
        var failed = new AtomicReference<@Nullable RuntimeException>();
        var free = new Semaphore(AT_ONCE);
        for (int n : IntStream.range(0, cookies.length).toArray()) {
            free.acquire();
            Thread.ofVirtual().start(() -> {
                try {
                    cookies[n] = cookie(sessions, people.get(n));
                } catch (RuntimeException e) {
                    failed.set(e);
                } finally {
                    free.release();
                }
            });
        }
        free.acquire(AT_ONCE);
        RuntimeException why = failed.get();
        if (why != null) throw why;
        return List.of(cookies);
    }

    /** As {@link Sessions#signIn} leaves one. */
    private static <S extends Session> String cookie(FindByIndexNameSessionRepository<S> sessions, CollectorId who) {
        S session = sessions.createSession();
        session.setAttribute(Sessions.COLLECTOR_ID, who.toString());
        session.setAttribute(Sessions.SIGNED_IN_AT, Instant.now().toString());
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, who.toString());
        session.setAttribute(Devices.NAME, Devices.name("bench"));
        session.setMaxInactiveInterval(Sessions.COLLECTORS);
        sessions.save(session);
        return "vitrine=" + Base64.getEncoder().encodeToString(session.getId().getBytes(StandardCharsets.UTF_8));
    }
}
