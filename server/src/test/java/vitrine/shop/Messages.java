package vitrine.shop;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The messages under {@code src/test/resources/orders}; SOURCES.md there says where each comes from. */
final class Messages {

    private Messages() {}

    static byte[] read(String name) {
        try (var in = Messages.class.getResourceAsStream("/orders/" + name)) {
            if (in == null) throw new IllegalStateException("no message " + name);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
