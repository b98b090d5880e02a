package vitrine.sandbox;

import java.time.Clock;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import vitrine.proof.BeaconChain;

/**
 * A relay of the sandbox's own network at {@code /drand}, as drand's relays speak: {@code /chains}, {@code /HASH/info},
 * {@code /HASH/public/ROUND} and {@code /latest}. A round that has not come is not there. {@code POST /control/drand/away},
 * {@code …/lies} and {@code …/back} let it be out of reach, or answer with another round's signature.
 */
final class DrandRelay {
    private final Clock clock;
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicBoolean lies = new AtomicBoolean();

    DrandRelay(Clock clock) {
        this.clock = clock;
    }

    /** Of {@code /drand…}. */
    Answer answer(Call call) {
        if (away.get()) throw Refused.of(503, "drand.away", "the relay is away");
        var hash = DrandNetwork.CHAIN.hash().hex();
        if (call.is("GET", "drand", "chains")) return Answer.json(Json.array().add(hash));
        if (call.is("GET", "drand", hash, "info"))
            return new Answer(
                    200,
                    "application/json; charset=utf-8",
                    java.util.Map.of(),
                    DrandNetwork.info().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (call.is("GET", "drand", hash, "public", "*")) return round(call.segment(3));
        throw Refused.of(404, "request.not-found", "/drand/chains, /drand/HASH/info or /drand/HASH/public/ROUND");
    }

    private Answer round(String wanted) {
        long newest = newest();
        long round;
        try {
            round = wanted.equals("latest") ? newest : Long.parseLong(wanted);
        } catch (NumberFormatException wrong) {
            throw Refused.invalid("drand.round", "a round is a number");
        }
        if (round < 1 || round > newest) throw Refused.of(404, "drand.not-yet", "round " + round + " has not come yet");
        var signature = DrandNetwork.sign(lies.get() ? round + 1 : round);
        return Answer.json(Json.object()
                .put("round", round)
                .put("randomness", BeaconChain.randomness(signature).hex())
                .put("signature", HexFormat.of().formatHex(signature)));
    }

    private long newest() {
        var now = clock.instant();
        long next = DrandNetwork.CHAIN.roundAt(now);
        return DrandNetwork.CHAIN.timeOf(next).isAfter(now) ? next - 1 : next;
    }

    /** Of {@code /control/drand…}. */
    Answer control(Call call) {
        if (call.is("POST", "control", "drand", "away")) away.set(true);
        else if (call.is("POST", "control", "drand", "lies")) lies.set(true);
        else if (call.is("POST", "control", "drand", "back")) {
            away.set(false);
            lies.set(false);
        } else if (!call.is("GET", "control", "drand")) {
            throw Refused.of(404, "request.not-found", "POST /control/drand/away, …/lies or …/back");
        }
        return Answer.json(Json.object()
                .put("chain", DrandNetwork.CHAIN.hash().hex())
                .put("away", away.get())
                .put("lies", lies.get()));
    }
}
