package vitrine.bench;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import vitrine.VitrineServer;
import vitrine.launch.Node;
import vitrine.platform.Settings;

/**
 * The server as it is, on a machine whose clock somebody sets: {@code SteppedServer FILE serve OPTIONS}. The file has eight bytes, by how
 * many milliseconds its clock is ahead, and is looked at whenever the server asks what time it is.
 */
public final class SteppedServer {

    private SteppedServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Hand hand = Hand.at(Path.of(arguments[0]));
        InstantSource source = () -> Instant.now().plusMillis(hand.ahead());
        Clock clock = source.withZone(ZoneOffset.UTC);
        var options = List.of(arguments).subList(2, arguments.length); // after "serve"
        Node node = Node.start(
                VitrineServer.class,
                Settings.of(options, System.getenv()),
                beans -> beans.registerBean(Clock.class, () -> clock));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        System.out.println("Vitrine is open at " + node.address());
        Thread.currentThread().join();
    }

    /** The file, in memory of whoever sets it and of whoever is set. */
    static final class Hand {
        private final MappedByteBuffer bytes;

        private Hand(MappedByteBuffer bytes) {
            this.bytes = bytes;
        }

        static Hand at(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return new Hand(channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
            }
        }

        long ahead() {
            return bytes.getLong(0);
        }

        void set(long millisAhead) {
            bytes.putLong(0, millisAhead);
        }
    }
}
