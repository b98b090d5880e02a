package vitrine.platform;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port to be listened on a moment later. A system asked for any port (0) gives one of those that it also gives to
 * outgoing connections, so whoever connects somewhere in that moment may have it first. These come from below that range
 * (Linux begins at 32768, RFC 6335 at 49152) and no process gets one twice.
 */
public final class FreePort {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;

    /** Processes that start together begin at places of their own. */
    private static final AtomicInteger next =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePort() {}

    /**
     * @param address of this machine, as in {@code "127.0.0.1"}
     * @throws IOException nothing can listen on that address
     */
    public static int on(String address) throws IOException {
        IOException refused = null;
        for (int tried = 0; tried < COUNT; tried++) {
            int port = FIRST + Math.floorMod(next.getAndIncrement(), COUNT);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(address, port));
                return port;
            } catch (IOException e) {
                refused = e;
            }
        }
        throw new IOException("no free port on " + address, refused);
    }
}
