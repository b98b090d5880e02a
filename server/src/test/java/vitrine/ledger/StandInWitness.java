package vitrine.ledger;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vitrine.proof.VerifierKey;
import vitrine.proof.Witness;
import vitrine.proof.WitnessKey;
import vitrine.proof.WitnessSigner;

/** A witness as the protocol says, over real HTTP; what it remembers lives as long as the object, its port can be closed and opened. */
final class StandInWitness implements AutoCloseable {

    private final Map<String, Witness.Head> heads = new HashMap<>();
    private final Witness witness;
    private @Nullable HttpServer http;
    private int port;

    StandInWitness(String name, int seed, VerifierKey log) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        this.witness = new Witness(
                new WitnessSigner(name, bytes),
                List.of(log),
                new Witness.Memory() {
                    @Override
                    public Witness.@Nullable Head latest(String origin) {
                        return heads.get(origin);
                    }

                    @Override
                    public void keep(Witness.Head head) {
                        heads.put(head.origin(), head);
                    }
                },
                Clock.systemUTC());
        comes();
    }

    WitnessKey key() {
        return witness.key();
    }

    long cosignedSize(String origin) {
        var head = heads.get(origin);
        return head == null ? 0 : head.size();
    }

    String policyLine() {
        return "witness " + key().name() + " " + key().vkey() + " http://127.0.0.1:" + port + "\n";
    }

    void comes() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = http.getAddress().getPort();
        http.createContext("/add-checkpoint", exchange -> {
            var answer = witness.add(exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        });
        http.start();
    }

    void goesAway() {
        if (http != null) http.stop(0);
        http = null;
    }

    @Override
    public void close() {
        goesAway();
    }
}
