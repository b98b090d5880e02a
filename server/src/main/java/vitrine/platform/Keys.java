package vitrine.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The installation's secret keys ({@link KeyName}): 32 random bytes a name, in {@code DIR/keys/NAME.key}, or by {@code
 * VITRINE_KEY_NAME} (base64). They are part of the backup. What is sealed with one is AES-256-GCM: 12 bytes of nonce, then the ciphertext with its tag.
 */
public final class Keys {

    private static final int NONCE = 12;
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final Map<String, String> environment;
    private final SecureRandom random;
    private final Map<String, byte[]> keys = new ConcurrentHashMap<>();

    public Keys(Path folder, Map<String, String> environment, SecureRandom random) {
        this.folder = folder;
        this.environment = environment;
        this.random = random;
    }

    /** The folder itself, for files that must stay outside the database (the log's high-water marks). */
    public Path folder() {
        return folder;
    }

    /** 32 bytes; made at the first call ever. The caller must not change them. */
    public byte[] key(String name) {
        byte[] known = keys.get(name);
        if (known != null) return known;
        synchronized (keys) {
            byte[] loaded = load(name);
            keys.put(name, loaded);
            return loaded;
        }
    }

    /** HMAC-SHA-256 under the named key: a keyed hash that nobody without the key can guess or recompute. */
    public byte[] mac(String name, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key(name), "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] seal(String name, byte[] plain) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key(name), "AES"), new GCMParameterSpec(128, nonce));
            byte[] sealed = Arrays.copyOf(nonce, NONCE + cipher.getOutputSize(plain.length));
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalStateException when the bytes were not sealed under this key, or were changed since */
    public byte[] unseal(String name, byte[] sealed) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key(name), "AES"),
                    new GCMParameterSpec(128, sealed, 0, NONCE));
            return cipher.doFinal(sealed, NONCE, sealed.length - NONCE);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("not sealed with the key '" + name + "', or damaged", e);
        }
    }

    /** The key, where there is one; none is made. */
    public Optional<byte[]> find(String name) {
        byte[] known = keys.get(name);
        if (known != null) return Optional.of(known);
        KeyName key = KeyName.of(name);
        String given = environment.get(key.variable());
        Path file = file(name);
        try {
            Optional<byte[]> found = Optional.empty();
            if (given != null) found = Optional.of(checked(key.variable(), decoded(key.variable(), given)));
            else if (Files.exists(file)) found = Optional.of(checked(file.toString(), Files.readAllBytes(file)));
            found.ifPresent(bytes -> keys.put(name, bytes));
            return found;
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "The key %s cannot be read by %s: %s"
                            .formatted(file, System.getProperty("user.name"), e.getMessage()),
                    e);
        }
    }

    /**
     * Keys of the same use that came after the first: files {@code NAME-*.key} and variables {@code VITRINE_KEY_NAME_*}, in the
     * order of their names.
     */
    public List<byte[]> later(String name) {
        String variable = KeyName.of(name).variable() + "_";
        List<byte[]> later = new ArrayList<>();
        new TreeMap<>(environment).forEach((given, base64) -> {
            if (given.startsWith(variable)) later.add(checked(given, decoded(given, base64)));
        });
        if (!Files.isDirectory(folder)) return later;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String text = file.getFileName().toString();
                if (text.startsWith(name + "-") && text.endsWith(".key")) {
                    later.add(checked(file.toString(), Files.readAllBytes(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("keys " + folder, e);
        }
        return later;
    }

    /** One more key of that use, on disk before this returns. */
    public byte[] makeLater(String name) {
        byte[] fresh = new byte[32];
        random.nextBytes(fresh);
        byte[] label = new byte[4];
        random.nextBytes(label);
        try {
            write(folder.resolve(name + "-" + HexFormat.of().formatHex(label) + ".key"), fresh);
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException("keys " + folder, e);
        }
    }

    /** Makes every key that is not there yet, so that none appears after the backup that should hold it. */
    public void makeMissing() {
        for (KeyName name : KeyName.values()) key(name.text());
    }

    /** 16 bytes that tell this key from any other, and from which nobody finds the key. */
    public byte[] fingerprint(String name) {
        return Arrays.copyOf(mac(name, ("fingerprint of " + name).getBytes(StandardCharsets.UTF_8)), 16);
    }

    private Path file(String name) {
        return folder.resolve(name + ".key");
    }

    private byte[] load(String name) {
        Optional<byte[]> there = find(name);
        if (there.isPresent()) return there.get();
        Path file = file(name);
        byte[] fresh = new byte[32];
        random.nextBytes(fresh);
        try {
            write(file, fresh);
            // Two processes may both have found no file: whoever came first won, and both read that one.
            return checked(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "The key %s cannot be written by %s: %s"
                            .formatted(file, System.getProperty("user.name"), e.getMessage()),
                    e);
        }
    }

    private void write(Path file, byte[] key) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Path temporary = Files.createTempFile(folder, ".new", ".key", OWNERS);
        try {
            writeAll(temporary, key, StandardOpenOption.WRITE);
            try {
                Files.createLink(file, temporary); // fails when it exists: a key is never overwritten
            } catch (FileAlreadyExistsException e) {
                return; // the other process's key stands
            } catch (UnsupportedOperationException | FileSystemException e) {
                // No hard links here. The name is taken first, and by one process alone; a power cut in the next moment
                // leaves
                // a file that is too short to be a key, and the next start says so.
                try {
                    Files.createFile(file, OWNERS);
                } catch (FileAlreadyExistsException other) {
                    return;
                }
                writeAll(file, key, StandardOpenOption.WRITE);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        // Only now does the name survive a power cut: before this, nothing may be sealed with the key.
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void writeAll(Path file, byte[] bytes, StandardOpenOption how) throws IOException {
        try (FileChannel out = FileChannel.open(file, how)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) out.write(left);
            out.force(true);
        }
    }

    private static byte[] decoded(String where, String base64) {
        try {
            return Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            throw new StartRefused(StartRefused.CONFIGURATION, where + " is not base64 of 32 bytes.", e);
        }
    }

    private static byte[] checked(String where, byte[] key) {
        if (key.length != 32) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "%s has %d bytes and a key has 32: restore it from your backup.".formatted(where, key.length));
        }
        return key;
    }
}
