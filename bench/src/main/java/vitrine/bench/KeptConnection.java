package vitrine.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One HTTP/1.1 connection over a plain socket, kept open: the cheapest driver that still speaks the whole protocol. Nothing waits with a time
 * of its own, for a virtual thread that does wakes the runtime's thread for timers twice: one thread closes what has waited too long.
 */
final class KeptConnection implements AutoCloseable {

    private static final int ANSWER_WITHIN_MILLIS = 20_000;
    private static final long LOOK_NANOS = 50_000_000;

    private static final Set<KeptConnection> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Thread.ofPlatform().daemon().name("answers-overdue").start(() -> {
            for (; ; LockSupport.parkNanos(LOOK_NANOS)) {
                long now = System.nanoTime();
                for (KeptConnection each : OPEN) each.giveUpIfOverdue(now);
            }
        });
    }

    private final InetAddress from;
    private final int port;
    private final int answerWithinMillis;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final byte[] buffer = new byte[4096];
    private int at;
    private int filled;
    private long askedAt;
    private boolean asked;
    private boolean gaveUp;
    private boolean kept;
    private byte[] body = new byte[0];
    private String location = "";

    KeptConnection(int port) throws IOException {
        this(port, InetAddress.getByName("127.0.0.1"));
    }

    /** @param from the address that asks: all of 127.0.0.0/8 is this machine, and the server counts by address */
    KeptConnection(int port, InetAddress from) throws IOException {
        this(port, from, ANSWER_WITHIN_MILLIS);
    }

    /** @param answerWithinMillis how long one waits for a connection, and for an answer */
    KeptConnection(int port, InetAddress from, int answerWithinMillis) throws IOException {
        this.port = port;
        this.from = from;
        this.answerWithinMillis = answerWithinMillis;
        open();
        OPEN.add(this);
    }

    private void open() throws IOException {
        var fresh = new Socket();
        fresh.setTcpNoDelay(true);
        fresh.bind(new InetSocketAddress(from, 0));
        fresh.connect(new InetSocketAddress("127.0.0.1", port), answerWithinMillis);
        in = fresh.getInputStream();
        out = fresh.getOutputStream();
        at = 0;
        filled = 0;
        kept = true;
        synchronized (this) {
            socket = fresh;
            asked = false;
            gaveUp = false;
        }
    }

    private synchronized void giveUpIfOverdue(long now) {
        if (!asked || now - askedAt < answerWithinMillis * 1_000_000L) return;
        asked = false;
        gaveUp = true;
        try {
            socket.close();
        } catch (IOException e) {
            // Whoever reads from it hears so as well.
        }
    }

    private synchronized void asked(boolean waits) {
        asked = waits;
        askedAt = System.nanoTime();
    }

    private synchronized boolean gaveUp() {
        return gaveUp;
    }

    /** Sends a request that is ready and returns the answer's status; its body is read. */
    int say(byte[] request, int length) throws IOException {
        send(request, length);
        return answer();
    }

    /** Sends a request that is ready, and goes on without its {@link #answer}. */
    void send(byte[] request, int length) throws IOException {
        if (!kept) {
            socket.close();
            open();
        }
        kept = false; // until the answer is whole
        asked(true);
        out.write(request, 0, length);
    }

    /**
     * The status of what was sent; its body is read.
     *
     * @throws SocketTimeoutException it did not come in time
     */
    int answer() throws IOException {
        try {
            return read();
        } catch (IOException e) {
            if (gaveUp()) throw new SocketTimeoutException("no answer for " + answerWithinMillis + " ms");
            throw e;
        } finally {
            asked(false);
        }
    }

    private int read() throws IOException {
        int status = Integer.parseInt(line().substring(9, 12));
        int bytes = 0;
        boolean chunked = false;
        boolean keep = true;
        location = "";
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                bytes = Integer.parseInt(header.substring(15).strip());
            if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) chunked = true;
            if (lower.startsWith("location:")) location = header.substring(9).strip();
            if (lower.startsWith("connection:") && lower.contains("close")) keep = false;
        }
        body = chunked ? chunks() : exactly(bytes);
        kept = keep;
        return status;
    }

    int get(String path) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port
                        + "\r\nAccept-Encoding: identity\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        return say(request, request.length);
    }

    /** Where the answer leads; empty: nowhere else. */
    String location() {
        return location;
    }

    String body() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = new byte[length];
        int have = Math.min(length, filled - at);
        System.arraycopy(buffer, at, bytes, 0, have);
        at += have;
        if (in.readNBytes(bytes, have, length - have) < length - have) throw new EOFException();
        return bytes;
    }

    /** RFC 9112 section 7.1, without extensions and trailers, which our server does not send. */
    private byte[] chunks() throws IOException {
        var all = new ByteArrayOutputStream();
        for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
            all.write(exactly(length));
            line();
        }
        line();
        return all.toByteArray();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            if (at == filled) {
                at = 0;
                filled = in.read(buffer);
                if (filled < 0) throw new EOFException("the server closed the connection");
            }
            byte c = buffer[at++];
            if (c == '\n') return line.toString();
            if (c != '\r') line.append((char) c);
        }
    }

    @Override
    public void close() throws IOException {
        OPEN.remove(this);
        socket.close();
    }
}
