package vitrine.proof;

import java.util.Arrays;

/**
 * One signature line of a note: who says it signed ({@code name} and {@code keyId}), and the bytes, whose form depends
 * on the key's type (64 for Ed25519).
 */
public record NoteSignature(String name, int keyId, byte[] signature) {
    public NoteSignature {
        signature = signature.clone();
    }

    /** Whether the line claims to be this key's. */
    public boolean claims(VerifierKey key) {
        return keyId == key.id() && name.equals(key.name());
    }

    /** The line as it stands in a note, with its newline. */
    public String line() {
        var bytes = new byte[4 + signature.length];
        for (int i = 0; i < 4; i++) bytes[i] = (byte) (keyId >>> (24 - 8 * i));
        System.arraycopy(signature, 0, bytes, 4, signature.length);
        return "\u2014 " + name + " " + Encoding.base64(bytes) + "\n";
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoteSignature line
                && line.keyId == keyId
                && line.name.equals(name)
                && Arrays.equals(line.signature, signature);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + keyId) + Arrays.hashCode(signature);
    }
}
