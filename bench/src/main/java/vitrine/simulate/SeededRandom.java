package vitrine.simulate;

import java.security.SecureRandom;
import java.util.Random;

/** Stands where the server asks for secure randomness, and says the same in every run of a seed. */
final class SeededRandom extends SecureRandom {

    private static final long serialVersionUID = 1;

    private final Random random;

    SeededRandom(long seed) {
        this.random = new Random(seed);
    }

    synchronized void beginAgain(long seed) {
        random.setSeed(seed);
    }

    @Override
    public synchronized void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public long nextLong() {
        byte[] bytes = new byte[8];
        nextBytes(bytes);
        return java.nio.ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public int nextInt() {
        return (int) nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return Math.floorMod(nextInt(), bound);
    }
}
