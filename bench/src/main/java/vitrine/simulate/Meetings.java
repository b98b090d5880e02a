package vitrine.simulate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The meetings that were promised on all wires, and those that came about. A fragment that no statement has any more is never met: its race
 * is not run, and nothing else says so.
 */
final class Meetings {

    private static final class Count {
        final AtomicLong armed = new AtomicLong();
        final AtomicLong met = new AtomicLong();
    }

    private final Map<String, Count> counts = new ConcurrentSkipListMap<>();
    /** Each text once: there are as many as the server has statements. */
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    void armed(String fragment) {
        count(fragment).armed.incrementAndGet();
    }

    void met(String fragment) {
        count(fragment).met.incrementAndGet();
    }

    /** Every statement on its way. */
    void says(String sql) {
        said.add(sql);
    }

    private Count count(String fragment) {
        return counts.computeIfAbsent(fragment, f -> new Count());
    }

    /**
     * Armed fragments that no statement of the whole run had; and those that were armed so often that somebody would have been met there by
     * chance.
     */
    List<String> neverMet(int often) {
        return counts.entrySet().stream()
                .filter(each -> {
                    Count count = each.getValue();
                    if (count.met.get() > 0) return false;
                    return count.armed.get() >= often || said.stream().noneMatch(sql -> sql.contains(each.getKey()));
                })
                .map(Map.Entry::getKey)
                .toList();
    }

    /** @param out is told each fragment, and how often it was met of how often it was armed */
    void tell(BiConsumer<String, String> out) {
        counts.forEach((fragment, count) -> out.accept(fragment, count.met + " of " + count.armed));
    }
}
