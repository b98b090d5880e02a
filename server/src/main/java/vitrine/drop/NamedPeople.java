package vitrine.drop;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;

/** People as a file names them, one a line: by mail address, phone or public name ({@code @ada}), in the first column of a table. */
@Component
class NamedPeople {

    static final int LINES_MAX = 1_000_000;

    private static final int READ_AT_ONCE = 5_000;

    private final Collectors collectors;
    private final BuyerKeys buyerKeys;

    NamedPeople(Collectors collectors, BuyerKeys buyerKeys) {
        this.collectors = collectors;
        this.buyerKeys = buyerKeys;
    }

    /**
     * @param line counted from 1
     * @param typed what stands there, in clear; not to be kept
     * @param problem {@code unreadable} or {@code unknown}; null: it names somebody
     * @param key of an address
     * @param collector of a public name
     */
    record Named(
            int line,
            String typed,
            @Nullable String problem,
            @Nullable BuyerKey key,
            @Nullable CollectorId collector) {}

    /**
     * Reads some thousands at a time.
     *
     * @return false: it has more lines than {@link #LINES_MAX}, and was not read to its end
     */
    boolean read(Stream<String> file, Consumer<List<Named>> each) {
        List<String> came = new ArrayList<>(READ_AT_ONCE);
        int before = 0;
        for (Iterator<String> lines = file.iterator(); lines.hasNext(); ) {
            if (before + came.size() == LINES_MAX) return false;
            came.add(firstCell(lines.next()));
            if (came.size() < READ_AT_ONCE) continue;
            each.accept(named(before, came));
            before += came.size();
            came.clear();
        }
        if (!came.isEmpty()) each.accept(named(before, came));
        return true;
    }

    /** Whatever else the table has is not read. */
    private static String firstCell(String line) {
        String cell = line.replace("\0", "")
                .replace("\uFEFF", "")
                .strip()
                .replaceFirst("[,;\\t].*", "")
                .strip();
        return cell.length() > 1 && cell.startsWith("\"") && cell.endsWith("\"")
                ? cell.substring(1, cell.length() - 1).strip()
                : cell;
    }

    private List<Named> named(int before, List<String> typed) {
        Map<String, CollectorId> handles = collectors.byHandles(typed.stream()
                .filter(who -> who.startsWith("@"))
                .map(who -> who.substring(1))
                .toList());
        List<Named> named = new ArrayList<>(typed.size());
        for (String who : typed) named.add(named(before + named.size() + 1, who, handles));
        return named;
    }

    private Named named(int line, String who, Map<String, CollectorId> handles) {
        if (who.startsWith("@")) {
            CollectorId collector = handles.get(who.substring(1));
            return new Named(line, who, collector == null ? "unknown" : null, null, collector);
        }
        Optional<BuyerKey> key = who.indexOf('@') > 0 ? buyerKeys.email(who) : buyerKeys.phone(who);
        return new Named(line, who, key.isEmpty() ? "unreadable" : null, key.orElse(null), null);
    }
}
