package vitrine.ownership;

import vitrine.proof.Hash32;

final class OwnerKey {
    private OwnerKey() {}

    static Hash32 of(byte[] secret, Hash32 collectible, int serial, int moves) {
        return Hash32.sha256(
                secret, collectible.bytes(), (serial + "/" + moves).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
