package vitrine.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One HTTP/1.1 connection over a plain socket, kept open: the cheapest driver that still speaks the whole protocol. */
final class KeptConnection implements AutoCloseable {

    private static final int ANSWER_WITHIN_MILLIS = 20_000;

    private final InetAddress from;
    private final int port;
    private final int answerWithinMillis;
    private Socket socket;
    private InputStream in;
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

    /** @param answerWithinMillis how long one waits for a connection, and for each part of an answer */
    KeptConnection(int port, InetAddress from, int answerWithinMillis) throws IOException {
        this.port = port;
        this.from = from;
        this.answerWithinMillis = answerWithinMillis;
        open();
    }

    private void open() throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(answerWithinMillis);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port), answerWithinMillis);
        in = new BufferedInputStream(socket.getInputStream(), 4096);
        kept = true;
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
        socket.getOutputStream().write(request, 0, length);
    }

    /** The status of what was sent; its body is read. */
    int answer() throws IOException {
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
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) throw new EOFException();
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
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("the server closed the connection");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
