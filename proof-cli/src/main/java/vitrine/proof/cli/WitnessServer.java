package vitrine.proof.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Witness;
import vitrine.proof.WitnessAnswer;

/**
 * A witness behind HTTP (C2SP tlog-witness): {@code POST /add-checkpoint}, and {@code GET /} with its key. It speaks
 * plain HTTP; a proxy in front of it brings TLS.
 */
final class WitnessServer implements AutoCloseable {
    private final Witness witness;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    WitnessServer(Witness witness, InetSocketAddress address) throws IOException {
        // Who sends or reads a request for longer than this is not a log; read once, when the server's classes load.
        System.setProperty("sun.net.httpserver.maxReqTime", "15");
        System.setProperty("sun.net.httpserver.maxRspTime", "15");
        this.witness = witness;
        this.server = HttpServer.create(address, 64);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var method = exchange.getRequestMethod();
            if (path.equals("/add-checkpoint") && method.equals("POST")) {
                add(exchange);
            } else if (path.equals("/") && method.equals("GET")) {
                send(
                        exchange,
                        200,
                        "text/plain; charset=utf-8",
                        utf8(witness.key().vkey() + "\n"));
            } else {
                boolean known = path.equals("/add-checkpoint") || path.equals("/");
                send(exchange, known ? 405 : 404, "text/plain; charset=utf-8", utf8("POST /add-checkpoint\n"));
            }
        }
    }

    private void add(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(AddCheckpoint.BODY_BYTES_MAX + 1);
        WitnessAnswer answer;
        try {
            answer = witness.add(body);
        } catch (UncheckedIOException notKept) {
            // Nothing was cosigned: what cannot be remembered must not be said.
            answer = new WitnessAnswer.Refused(500, "witness.not-kept", "the witness cannot write its state");
        }
        send(exchange, answer.status(), answer.contentType(), answer.body());
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
