package vitrine.proof.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import vitrine.proof.Parsed;
import vitrine.proof.VerifierKey;
import vitrine.proof.Witness;
import vitrine.proof.WitnessFile;
import vitrine.proof.WitnessSigner;

/** Makes a witness, or runs one: one jar, one key, one file of what it remembers. */
final class WitnessCommand {
    private final PrintStream out;
    private final Words words;
    private final Arguments arguments;

    WitnessCommand(PrintStream out, Words words, Arguments arguments) {
        this.out = out;
        this.words = words;
        this.arguments = arguments;
    }

    int run() throws IOException, Arguments.Wrong {
        var signer = Path.of(arguments.required("--signer"));
        var state = Path.of(arguments.required("--state"));
        return arguments.files().getFirst().equals("init") ? init(signer, state) : serve(signer, state);
    }

    /** The state comes first: a key without one could be started twice. Neither file is ever written over another. */
    private int init(Path signerFile, Path state) throws IOException, Arguments.Wrong {
        var name = arguments.files().get(1);
        var seed = new byte[32];
        new SecureRandom().nextBytes(seed);
        WitnessSigner signer;
        try {
            signer = new WitnessSigner(name, seed);
        } catch (IllegalArgumentException noName) {
            throw new Arguments.Wrong("usage.witness-name", name);
        }
        WitnessFile.create(state, signer.key());
        try (var channel = createPrivate(signerFile)) {
            channel.write(ByteBuffer.wrap((signer.secretText() + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        } catch (IOException failed) {
            Files.delete(state);
            throw failed;
        }
        out.println(signer.key().vkey());
        return Main.VALID;
    }

    private static FileChannel createPrivate(Path file) throws IOException {
        var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return FileChannel.open(file, options);
        }
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return FileChannel.open(file, Set.copyOf(options), owner);
    }

    private int serve(Path signerFile, Path state) throws IOException, Arguments.Wrong {
        var signer =
                switch (WitnessSigner.parse(Files.readString(signerFile).strip())) {
                    case Parsed.Ok<WitnessSigner> ok -> ok.value();
                    case Parsed.Bad<WitnessSigner> bad ->
                        throw new Arguments.Wrong("usage.signer", bad.code() + ": " + bad.detail());
                };
        var address = arguments.listen();
        try (var memory = WitnessFile.open(state, signer.key());
                var server =
                        new WitnessServer(new Witness(signer, arguments.keys(), memory, Clock.systemUTC()), address)) {
            server.start();
            out.println(words.say(
                    "witness.listening",
                    address.getHostString(),
                    server.port(),
                    signer.key().vkey()));
            for (var origin :
                    arguments.keys().stream().map(VerifierKey::name).distinct().toList()) {
                var latest = memory.latest(origin);
                out.println("  " + words.say("witness.log", origin, latest == null ? 0 : latest.size()));
            }
            untilTold();
        }
        return Main.VALID;
    }

    /** Until the process is asked to end; what is remembered is on the disk at any moment. */
    private static void untilTold() {
        var told = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(told::countDown));
        try {
            told.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
