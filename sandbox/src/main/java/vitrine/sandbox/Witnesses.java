package vitrine.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import vitrine.proof.VerifierKey;
import vitrine.proof.Witness;
import vitrine.proof.WitnessFile;
import vitrine.proof.WitnessSigner;

/**
 * Witnesses of the platform's log (C2SP tlog-witness) at {@code /witness/NAME}, each with a key and a file of its own, as
 * strangers would run them. {@code POST /control/witnesses/NAME/away} and {@code …/back} let one be out of reach.
 */
final class Witnesses implements Closeable {
    private final Map<String, Witness> witnesses = new LinkedHashMap<>();
    private final List<WitnessFile> files = new ArrayList<>();
    private final Set<String> away = ConcurrentHashMap.newKeySet();

    private Witnesses() {}

    static Witnesses open(SandboxConfig config, Path data) throws IOException {
        var logs = new ArrayList<VerifierKey>();
        for (var vkey : config.logs()) {
            logs.add(VerifierKey.parse(vkey).orThrow());
        }
        var opened = new Witnesses();
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
