package vitrine.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The installation's secret keys: 32 random bytes a name, in {@code DIR/keys/NAME.key}, or by {@code VITRINE_KEY_NAME} (base64).
 * They are part of the backup. What is sealed with one is AES-256-GCM: 12 bytes of nonce, then the ciphertext with its tag.
 */
public final class Keys {

    private static final int NONCE = 12;

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
        return keys.computeIfAbsent(name, this::load);
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

    private byte[] load(String name) {
        @Nullable
        String given =
                environment.get("VITRINE_KEY_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
        if (given != null) return checked(name, Base64.getDecoder().decode(given));
        Path file = folder.resolve(name + ".key");
        try {
            if (Files.exists(file)) return checked(name, Files.readAllBytes(file));
            byte[] fresh = new byte[32];
            random.nextBytes(fresh);
            write(file, fresh);
            // Two processes may both have found no file: whoever came first won, and both read that one.
            return checked(name, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("key " + file, e);
        }
    }

    private void write(Path file, byte[] key) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Path temporary = Files.createTempFile(
                folder,
                ".new",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            out.write(java.nio.ByteBuffer.wrap(key));
            out.force(true);
        }
        try {
            Files.createLink(file, temporary); // fails when it exists: a key is never overwritten
        } catch (java.nio.file.FileAlreadyExistsException e) {
            // The other process's key stands.
        } catch (UnsupportedOperationException e) {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(temporary);
    }

    private static byte[] checked(String name, byte[] key) {
        if (key.length != 32)
            throw new IllegalStateException("key '" + name + "' has " + key.length + " bytes, not 32");
        return key;
    }
}
