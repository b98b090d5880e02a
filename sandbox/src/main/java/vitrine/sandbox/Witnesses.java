package vitrine.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Checkpoint;
import vitrine.proof.Parsed;
import vitrine.proof.VerifierKey;
import vitrine.proof.Witness;
import vitrine.proof.WitnessFile;
import vitrine.proof.WitnessSigner;

/**
 * Witnesses of the platform's log (C2SP tlog-witness) at {@code /witness/NAME}, each with a key and a file of its own, as
 * strangers would run them; a log that the platform begins later is asked for its key at first sight, where a stranger would be told.
 * {@code POST /control/witnesses/NAME/away} and {@code …/back} let one be out of reach.
 */
final class Witnesses implements Closeable {
    private final Map<String, Witness> witnesses = new LinkedHashMap<>();
    private final List<WitnessFile> files = new ArrayList<>();
    private final Set<String> away = ConcurrentHashMap.newKeySet();

    private final String server;
    private final HttpClient http;

    private Witnesses(String server, HttpClient http) {
        this.server = server;
        this.http = http;
    }

    static Witnesses open(SandboxConfig config, Path data, HttpClient http) throws IOException {
        var logs = new ArrayList<VerifierKey>();
        for (var vkey : config.logs()) {
            logs.add(VerifierKey.parse(vkey).orThrow());
        }
        var opened = new Witnesses(config.server(), http);
        var folder = Files.createDirectories(data.resolve("witnesses"));
        for (var each : config.witnesses()) {
            var signer = WitnessSigner.parse(each.signer()).orThrow();
            var file = folder.resolve(each.name() + ".state");
            if (!Files.exists(file)) WitnessFile.create(file, signer.key());
            var memory = WitnessFile.open(file, signer.key());
            opened.files.add(memory);
            opened.witnesses.put(each.name(), new Witness(signer, logs, memory, Clock.systemUTC()));
        }
        return opened;
    }

    /** Of {@code /witness/NAME…}. */
    Answer answer(Call call) {
        var name = call.segment(1);
        var witness = find(name);
        if (away.contains(name)) throw Refused.of(503, "witness.away", name + " is away");
        if (call.is("POST", "witness", "*", "add-checkpoint")) {
            try {
                meet(witness, call.body());
                var answer = witness.add(call.body());
                return new Answer(answer.status(), answer.contentType(), Map.of(), answer.body());
            } catch (UncheckedIOException notKept) {
                // What cannot be remembered must not be cosigned.
                throw Refused.of(500, "witness.not-kept", name + " cannot write its state");
            }
        }
        if (call.is("GET", "witness", "*"))
            return Answer.text(200, witness.key().vkey() + "\n");
        throw Refused.of(404, "request.not-found", "a witness takes POST …/add-checkpoint");
    }

    /** Takes the key of a log of our platform that this witness was not given; nobody sits beside it to be asked. */
    private void meet(Witness witness, byte[] body) {
        if (!(AddCheckpoint.parse(body) instanceof Parsed.Ok<AddCheckpoint> request)
                || !(Checkpoint.parse(request.value().note().text()) instanceof Parsed.Ok<Checkpoint> checkpoint))
            return;
        var origin = checkpoint.value().origin();
        var platform = URI.create(server);
        if (witness.knows(origin)
                || !origin.matches(Pattern.quote(platform.getAuthority()) + "/(log|logs/[a-z0-9-]{1,32})")) return;
        var address = platform.resolve("/" + origin.substring(origin.indexOf('/') + 1) + "/key");
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(address)
                            .timeout(Duration.ofSeconds(2))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200
                    && VerifierKey.parse(answer.body().strip()) instanceof Parsed.Ok<VerifierKey> key
                    && key.value().name().equals(origin)) {
                witness.know(key.value());
            }
        } catch (IOException away) {
            // It is refused as unknown, and asked for again with its next checkpoint.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of {@code /control/witnesses…}. */
    Answer control(Call call) {
        if (call.is("POST", "control", "witnesses", "*", "away")) {
            find(call.segment(2));
            away.add(call.segment(2));
        } else if (call.is("POST", "control", "witnesses", "*", "back")) {
            find(call.segment(2));
            away.remove(call.segment(2));
        } else if (!call.is("GET", "control", "witnesses")) {
            throw Refused.of(404, "request.not-found", "POST /control/witnesses/NAME/away or …/back");
        }
        var list = Json.object();
        witnesses.forEach((name, witness) ->
                list.putObject(name).put("vkey", witness.key().vkey()).put("away", away.contains(name)));
        return Answer.json(list);
    }

    private Witness find(String name) {
        var witness = witnesses.get(name);
        if (witness == null) throw Refused.of(404, "witness.unknown", "there is no witness " + name);
        return witness;
    }

    @Override
    public void close() throws IOException {
        for (var file : files) file.close();
    }
}
