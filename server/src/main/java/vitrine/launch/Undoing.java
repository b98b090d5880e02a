package vitrine.launch;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started so far, to be ended in the opposite order; also when the end comes in the middle of the start. */
final class Undoing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Undoing.class);

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean closed;

    synchronized <T extends AutoCloseable> T add(T part) {
        if (closed) end(part);
        else started.push(part);
        return part;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!started.isEmpty()) end(started.pop());
    }

    /** One part that does not end well must not keep the others from ending. */
    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            log.error("{} did not end well", part.getClass().getSimpleName(), e);
        }
    }
}
