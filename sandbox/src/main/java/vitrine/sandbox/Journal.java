package vitrine.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;

/**
 * The sandbox's memory: a file of JSON lines, one for each new state of an order; the last line of an order counts. A
 * line that a crash tore in the middle is cut off at the next start. It survives a killed process; what a power cut
 * takes from the sandbox, its shops' real counterparts would still know.
 */
final class Journal implements Closeable {
    private final FileChannel channel;
    private final Map<String, SandboxOrder> orders;

    private Journal(FileChannel channel, Map<String, SandboxOrder> orders) {
        this.channel = channel;
        this.orders = orders;
    }

    static Journal open(Path data) throws IOException {
        Folders.makePrivate(data);
        var file = data.resolve("orders.jsonl");
        var channel = lock(file);
        var orders = new LinkedHashMap<String, SandboxOrder>();
        int lines = 0;
        int whole = 0;
        var bytes = Files.readAllBytes(file);
        for (int from = 0, i = 0; i < bytes.length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            try {
                var order = Json.MAPPER.readValue(bytes, from, i - from, SandboxOrder.class);
                orders.put(key(order), order);
            } catch (JacksonException damaged) {
                throw new IOException(file + " is damaged at byte " + from, damaged);
            }
            lines++;
            from = i + 1;
            whole = from;
        }
        channel.truncate(whole);
        channel.position(whole);
        if (lines > 1000 && lines > orders.size() * 3) {
            channel.close();
            Folders.replace(file, lines(orders.values()));
            channel = lock(file);
            channel.position(channel.size());
        }
        return new Journal(channel, orders);
    }

    private static FileChannel lock(Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
        } catch (OverlappingFileLockException taken) {
            channel.close();
            throw Refused.conflict("data.in-use", "another sandbox is using " + file.getParent());
        }
        return channel;
    }

    /** What was known when the journal was opened. */
    Collection<SandboxOrder> orders() {
        return orders.values();
    }

    synchronized void append(SandboxOrder order) {
        var line = new ByteArrayOutputStream();
        write(line, order);
        try {
            var bytes = ByteBuffer.wrap(line.toByteArray());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static byte[] lines(Collection<SandboxOrder> orders) {
        var out = new ByteArrayOutputStream();
        orders.forEach(order -> write(out, order));
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, SandboxOrder order) {
        out.writeBytes(Json.MAPPER.writeValueAsBytes(order));
        out.write('\n');
    }

    private static String key(SandboxOrder order) {
        return order.shop() + "/" + order.number();
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            channel.force(true);
            channel.close();
        }
    }
}
