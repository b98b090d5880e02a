package vitrine.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP way to a port of this machine that can be broken: every connection reset, or all of them silent. What was sent into the
 * silence is kept, and arrives when it ends, whoever has given up on it meanwhile.
 */
final class CutProxy implements AutoCloseable {

    private static final int BYTES = 16 * 1024;

    private final ServerSocket door;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Object light = new Object();
    private boolean dark;
    private volatile boolean closed;

    CutProxy(int target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Both ends of every connection hear a reset. Returns how many there were. */
    int cut() {
        int connections = 0;
        for (Socket socket : open) {
            reset(socket);
            connections++;
        }
        return connections / 2;
    }

    /** From now on nothing passes, neither bytes nor the end of a connection; new ones are taken and hear nothing. */
    void silence() {
        synchronized (light) {
            dark = true;
        }
    }

    /** All that waited goes on its way. */
    void speak() {
        synchronized (light) {
            dark = false;
            light.notifyAll();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                if (!closed) System.err.println("the way to the database is shut: " + e.getMessage());
                return;
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        open.add(client);
        open.add(server);
        try {
            awaitLight();
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pass(client, server));
            pass(server, client);
        } catch (IOException e) {
            end(client, server); // as the database itself: it is not there
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] bytes = new byte[BYTES];
        try {
            for (int n = from.getInputStream().read(bytes);
                    n >= 0;
                    n = from.getInputStream().read(bytes)) {
                awaitLight();
                to.getOutputStream().write(bytes, 0, n);
            }
        } catch (IOException e) {
            // One end is gone, and so is the other when there is light.
        }
        awaitLight();
        end(from, to);
    }

    private void awaitLight() {
        synchronized (light) {
            while (dark) {
                try {
                    light.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void end(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            open.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed as far as we can.
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is gone already.
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        door.close();
        speak();
        cut();
    }
}
