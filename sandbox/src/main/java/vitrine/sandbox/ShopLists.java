package vitrine.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists of orders (and public keys) over HTTP for shops that live in their caller's memory: each under {@code /shops/{shop}/…}, paged
 * and refusing as its kind does. For the simulator, whose time is its own.
 */
public final class ShopLists implements AutoCloseable {

    /** What a shop's orders are at this moment; null: it is out of reach. */
    public interface Source extends Function<String, @Nullable List<SandboxOrder>> {}

    private static final class OutOfReach extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    static {
        // Else every answer with a body waits 40 ms for the caller's acknowledgement of its head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final Map<String, ShopConfig> shops;
    private final AdminApis apis;

    private ShopLists(HttpServer server, List<ShopConfig> shops, Source source) {
        this.server = server;
        this.shops = shops.stream().collect(Collectors.toMap(ShopConfig::shop, shop -> shop));
        this.apis = new AdminApis(new Book(source));
        server.createContext("/", this::handle);
        server.start();
    }

    /** On a free port of this machine alone. */
    public static ShopLists serve(List<ShopConfig> shops, Source source) {
        try {
            return new ShopLists(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), shops, source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where this shop's API is, as an operator would type it. */
    public String address(ShopConfig shop) {
        String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/shops/" + shop.shop();
        return shop.source() == vitrine.sandbox.Source.SALEOR ? base + "/graphql/" : base;
    }

    private record Book(Source source) implements OrderBook {
        @Override
        public List<SandboxOrder> orders(String shop) {
            return now(shop).stream()
                    .sorted(Comparator.comparing(SandboxOrder::number).reversed())
                    .toList();
        }

        @Override
        public List<SandboxOrder> ordersByChange(String shop) {
            return now(shop).stream()
                    .sorted(Comparator.comparing(SandboxOrder::updatedAt).thenComparing(SandboxOrder::number))
                    .toList();
        }

        private List<SandboxOrder> now(String shop) {
            List<SandboxOrder> orders = source.apply(shop);
            if (orders == null) throw new OutOfReach();
            return orders;
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                Call call = Call.of(exchange);
                ShopConfig shop = shops.get(call.segment(1));
                Answer said = shop == null ? null : apis.answer(shop, call);
                answer = said == null ? Answer.text(404, "") : said;
            } catch (OutOfReach e) {
                answer = Answer.text(502, "");
            } catch (Refused e) {
                answer = Answer.problem(e);
            }
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.type());
            answer.headers().forEach(headers::set);
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            if (answer.body().length > 0) exchange.getResponseBody().write(answer.body());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
