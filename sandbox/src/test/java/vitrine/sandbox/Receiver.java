package vitrine.sandbox;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;

/** The other side in the tests: an inbox that keeps what comes and can refuse, and a clock that is moved by hand. */
final class Receiver implements AutoCloseable {
    record Received(String path, Headers headers, byte[] body) {
        String header(String name) {
            var value = headers.getFirst(name);
            if (value == null) {
                throw new AssertionError(path + " came without " + name);
            }
            return value;
        }

        tools.jackson.databind.JsonNode json() {
            return Json.read(body);
        }
    }

    private final HttpServer server;
    private final List<Received> received = new ArrayList<>();
    private final Deque<Integer> answers = new ArrayDeque<>();
    private final List<String> clockMoves = new ArrayList<>();
    private Instant now = Fixtures.NOON;

    Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/in/", this::take);
        server.createContext("/clock", this::clock);
        server.start();
    }

    /** What it answers to whoever asks for this page. */
    void serves(String path, String text) {
        server.createContext(path, exchange -> {
            var bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    synchronized List<Received> received() {
        return new ArrayList<>(received);
    }

    synchronized List<String> clockMoves() {
        return new ArrayList<>(clockMoves);
    }

    synchronized Instant now() {
        return now;
    }

    synchronized void forget() {
        received.clear();
    }

    /** What the next messages hear; then 200 again. */
    synchronized void answerNext(int... statuses) {
        for (int status : statuses) {
            answers.add(status);
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            int status;
            synchronized (this) {
                received.add(new Received(exchange.getRequestURI().getPath(), exchange.getRequestHeaders(), body));
                status = answers.isEmpty() ? 200 : answers.remove();
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private void clock(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] answer;
            int status = 200;
            synchronized (this) {
                if (exchange.getRequestMethod().equals("POST")) {
                    var by = Json.read(exchange.getRequestBody().readAllBytes())
                            .path("advance")
                            .asString();
                    if ("demo-key".equals(exchange.getRequestHeaders().getFirst("X-Vitrine-Demo-Key"))) {
                        now = now.plus(Duration.parse(by));
                        clockMoves.add(by);
                    } else {
                        status = 403;
                    }
                }
                answer = Json.bytes(Json.object().put("now", now.toString()));
            }
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
