package vitrine.sandbox;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** What the payment hosts remember: a file of JSON lines, one for each new state of a trade; the last line of a trade counts. */
final class TradeBook implements Closeable {
    private final Map<String, Trade> trades = new ConcurrentHashMap<>();
    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final OutputStream out;

    private TradeBook(OutputStream out) {
        this.out = out;
    }

    static TradeBook open(Path data) throws IOException {
        Folders.makePrivate(data);
        var file = data.resolve("payments.jsonl");
        var known = Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : java.util.List.<String>of();
        var book = new TradeBook(new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), 1 << 13));
        for (var line : known) {
            try {
                book.remember(Json.MAPPER.readValue(line, Trade.class));
            } catch (JacksonException torn) {
                // The last line of a process that was killed.
            }
        }
        return book;
    }

    private void remember(Trade trade) {
        trades.put(trade.key(), trade);
        pages.put(trade.page(), trade.key());
    }

    @Nullable
    Trade find(String host, String number) {
        return trades.get(host + "/" + number);
    }

    @Nullable
    Trade ofPage(String page) {
        var key = pages.get(page);
        return key == null ? null : trades.get(key);
    }

    Collection<Trade> all() {
        return trades.values();
    }

    /** Another world begins in which none of these was made; what the file has of them counts again after the next start. */
    void forget() {
        trades.clear();
        pages.clear();
    }

    /** The one that is there under this number, else this one. */
    Trade putIfAbsent(Trade trade) {
        var there = trades.putIfAbsent(trade.key(), trade);
        if (there != null) {
            return there;
        }
        pages.put(trade.page(), trade.key());
        write(trade);
        return trade;
    }

    /** One change at a time for each trade; the step may refuse. */
    Trade change(String key, UnaryOperator<Trade> step) {
        var changed = trades.computeIfPresent(key, (same, trade) -> {
            var next = step.apply(trade);
            if (next != trade) {
                write(next);
            }
            return next;
        });
        if (changed == null) {
            throw Refused.notFound("trade.unknown", "there is no trade " + key);
        }
        return changed;
    }

    private synchronized void write(Trade trade) {
        try {
            out.write(Json.MAPPER.writeValueAsBytes(trade));
            out.write('\n');
            out.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
