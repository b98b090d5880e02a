package vitrine.proof;

import java.security.SecureRandom;

/**
 * 64 bits that stand for a hash while a log is replayed: SipHash-2-4 under a key that nobody else knows. Whoever wrote
 * the log cannot aim at a collision, so two hashes that differ look alike once in 2^64 times.
 */
final class Fingerprint {
    private final long key0;
    private final long key1;

    Fingerprint(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    static Fingerprint secret() {
        var random = new SecureRandom();
        return new Fingerprint(random.nextLong(), random.nextLong());
    }

    long of(Hash32 hash) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        for (int word = 0; word < 7; word++) {
            // Four words of the hash, the word that holds its length, and two rounds' worth of finalization.
            long in =
                    switch (word) {
                        case 0 -> hash.word0();
                        case 1 -> hash.word1();
                        case 2 -> hash.word2();
                        case 3 -> hash.word3();
                        case 4 -> (long) Hash32.LENGTH << 56;
                        default -> 0;
                    };
            if (word < 5) v3 ^= in;
            if (word == 5) v2 ^= 0xff;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            if (word < 5) v0 ^= in;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** Spreads a number over all 64 bits in a way that the log's writer cannot foresee. */
    long spread(long number) {
        long mixed = (number ^ key0) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 31 ^ key1) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 29;
    }
}
