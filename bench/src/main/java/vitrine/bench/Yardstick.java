package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.function.Consumer;

/**
 * How quick the machine is in this hour, by something that no change of ours makes quicker: one signature by the JDK with an RSA key
 * of 2048 bits, on one core, before anything else runs. Two runs' figures compare as far as these do. It is also what WeChat's and
 * Alipay's ways cost most: each payment of theirs takes several.
 */
final class Yardstick {

    private static final int ROUNDS = 2_000;

    private Yardstick() {}

    /** Says {@code processor}, as Linux names it, {@code cores}, then {@code rsa_sign_us} and {@code rsa_verify_us}: microseconds. */
    static void say(Consumer<String> out) {
        out.accept("processor: " + processor());
        out.accept("cores: " + Runtime.getRuntime().availableProcessors());
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            byte[] text = new byte[600];
            byte[] signed = {};
            long begin = 0;
            for (int n = -ROUNDS; n < ROUNDS; n++) {
                if (n == 0) begin = System.nanoTime();
                var rsa = Signature.getInstance("SHA256withRSA");
                rsa.initSign(pair.getPrivate());
                rsa.update(text);
                signed = rsa.sign();
            }
            out.accept("rsa_sign_us: " + (System.nanoTime() - begin) / ROUNDS / 1_000);
            begin = System.nanoTime();
            for (int n = 0; n < ROUNDS; n++) {
                var rsa = Signature.getInstance("SHA256withRSA");
                rsa.initVerify(pair.getPublic());
                rsa.update(text);
                if (!rsa.verify(signed)) throw new IllegalStateException("a signature is not its own");
            }
            out.accept("rsa_verify_us: " + (System.nanoTime() - begin) / ROUNDS / 1_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.replaceFirst(".*?: *", ""))
                    .orElse("unknown");
        } catch (IOException | UncheckedIOException e) {
            return "unknown"; // no Linux
        }
    }
}
