package vitrine.sandbox;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
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
        var known = new HashMap<Object, Object>();
        int lines = 0;
        long whole = 0;
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                try {
                    var order = shared(Json.MAPPER.readValue(line.toByteArray(), SandboxOrder.class), known);
                    orders.put(key(order), order);
                } catch (JacksonException damaged) {
                    throw new IOException(file + " is damaged at byte " + whole, damaged);
                }
                lines++;
                whole += line.size() + 1;
                line.reset();
            }
        }
        channel.truncate(whole);
        channel.position(whole);
        if (lines > 1000 && lines > orders.size() * 3) {
            channel.close();
            compact(file, orders.values());
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
        try {
            var line = new ByteArrayOutputStream(2048);
            write(line, order);
            var bytes = ByteBuffer.wrap(line.toByteArray());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void compact(Path file, Collection<SandboxOrder> orders) throws IOException {
        var whole = file.resolveSibling(file.getFileName() + ".new");
        try (var out = new BufferedOutputStream(Files.newOutputStream(whole), 1 << 16)) {
            for (var order : orders) {
                write(out, order);
            }
        }
        Folders.replace(file, whole);
    }

    /** Products and people come back in thousands of orders; one of each is enough. */
    private static SandboxOrder shared(SandboxOrder order, Map<Object, Object> known) {
        var lines = order.lines().stream()
                .map(line -> new SandboxOrder.Line(
                        one(line.product(), known), line.quantity(), line.unitPrice(), line.discount()))
                .toList();
        return new SandboxOrder(
                one(order.shop(), known),
                order.number(),
                one(order.currency(), known),
                order.test(),
                one(order.buyer(), known),
                lines,
                order.discountCode(),
                order.shipping(),
                order.createdAt(),
                order.updatedAt(),
                order.paidAt(),
                order.cancelledAt(),
                order.fulfilments(),
                order.refunds(),
                order.steps());
    }

    @SuppressWarnings("unchecked")
    private static <T> T one(T value, Map<Object, Object> known) {
        return (T) known.computeIfAbsent(value, same -> same);
    }

    private static void write(OutputStream out, SandboxOrder order) throws IOException {
        out.write(Json.MAPPER.writeValueAsBytes(order));
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
