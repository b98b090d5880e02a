package vitrine.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.proof.NoteSignature;
import vitrine.proof.NoteSigner;
import vitrine.proof.VerifierKey;

/**
 * The device that holds the log's keys, where the operator has one: a PKCS#11 token, named by a URI as RFC 7512 says. A key is
 * made in it and never leaves it; what it signs is checked before it is believed.
 */
@Component
class LogToken implements AutoCloseable {

    private final @Nullable String module;
    private final String label;
    private final String object;
    private final @Nullable Path pinFile;
    private final @Nullable String pinGiven;
    private final SecureRandom random;
    private @Nullable Pkcs11 device;
    private List<Pkcs11.Key> known = List.of();

    LogToken(Settings settings, SecureRandom random) {
        this.random = random;
        Map<String, String> uri =
                settings.find(Setting.LOG_TOKEN).map(LogToken::parse).orElse(Map.of());
        this.module = uri.get("module-path");
        this.label = uri.getOrDefault("token", "");
        this.object = uri.getOrDefault("object", "vitrine-log");
        this.pinFile =
                uri.containsKey("pin-source") ? Path.of(uri.get("pin-source").replaceFirst("^file:(//)?", "")) : null;
        this.pinGiven = settings.find(Setting.LOG_TOKEN_PIN).orElse(null);
        if (settings.find(Setting.LOG_TOKEN).isPresent()) keys();
    }

    boolean isThere() {
        return module != null;
    }

    /** The keys in it that are the log's, by their label. */
    List<NoteSigner> signers(String origin) {
        return keys().stream().map(key -> signer(origin, key)).toList();
    }

    /** One more, made in the device. */
    NoteSigner make(String origin) {
        synchronized (this) {
            byte[] id = new byte[8];
            random.nextBytes(id);
            Pkcs11.Key made = device().generate(object, id);
            known = List.of();
            return signer(origin, made);
        }
    }

    private synchronized List<Pkcs11.Key> keys() {
        if (module == null) return List.of();
        if (known.isEmpty()) known = List.copyOf(device().keys(object));
        return known;
    }

    private NoteSigner signer(String origin, Pkcs11.Key key) {
        var verifier = new VerifierKey(origin, key.publicKey());
        return new NoteSigner() {
            @Override
            public VerifierKey verifier() {
                return verifier;
            }

            @Override
            public NoteSignature sign(String text) {
                byte[] signature = signed(key.publicKey(), text.getBytes(StandardCharsets.UTF_8));
                if (!verifier.verifies(text, signature)) {
                    throw new IllegalStateException("log.token-signature: the device's signature is not its key's");
                }
                return new NoteSignature(origin, verifier.id(), signature);
            }
        };
    }

    /** A session ends with a pulled cable or a restarted device: then once more, from the beginning. */
    private synchronized byte[] signed(byte[] publicKey, byte[] message) {
        try {
            return device().sign(publicKey, object, message);
        } catch (Pkcs11.Failed first) {
            close();
            return device().sign(publicKey, object, message);
        }
    }

    private Pkcs11 device() {
        Pkcs11 open = device;
        if (open != null) return open;
        if (module == null) throw new IllegalStateException("there is no device");
        try {
            open = Pkcs11.open(Path.of(module), label, pin());
        } catch (Pkcs11.Failed | IllegalArgumentException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "The device that holds the log's key, token '%s' of %s: %s"
                            .formatted(label, module, e.getMessage()),
                    e);
        }
        device = open;
        return open;
    }

    @Override
    public synchronized void close() {
        if (device != null) device.close();
        device = null;
    }

    private char[] pin() {
        if (pinGiven != null) return pinGiven.toCharArray();
        if (pinFile == null) return new char[0];
        try {
            return Files.readString(pinFile).strip().toCharArray();
        } catch (IOException e) {
            throw new UncheckedIOException("the PIN's file " + pinFile, e);
        }
    }

    /** {@code pkcs11:token=T;object=O?module-path=P&pin-source=file:F}; a PIN in it would be seen by whoever sees settings. */
    static Map<String, String> parse(String uri) {
        Map<String, String> parts = new HashMap<>();
        if (uri.startsWith("pkcs11:")) {
            for (String part : uri.substring("pkcs11:".length()).split("[;?&]")) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    parts.put(
                            part.substring(0, equals),
                            java.net.URLDecoder.decode(
                                    part.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8));
                }
            }
        }
        if (!parts.containsKey("module-path") || !parts.containsKey("token") || parts.containsKey("pin-value")) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    Setting.LOG_TOKEN.variable()
                            + " is like pkcs11:token=NAME;object=LABEL?module-path=/path/of/library.so&pin-source=file:/path,"
                            + " and names no PIN itself.");
        }
        return parts;
    }
}
