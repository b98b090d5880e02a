package vitrine.drop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;

/**
 * People as a file names them, one a line: by mail address, phone, public name ({@code @ada}) or as the entries of one of the brand's own
 * drops do, in the first column of a table.
 */
@Component
class NamedPeople {

    static final int LINES_MAX = 1_000_000;

    private static final int READ_AT_ONCE = 5_000;

    /** The salted hash of an entry, or what names somebody on a waiting list: the brand knows of its winners nothing else. */
    private static final Pattern ENTRY = Pattern.compile("[0-9a-f]{64}");

    private final JdbcClient db;
    private final Collectors collectors;
    private final BuyerKeys buyerKeys;

    NamedPeople(JdbcClient db, Collectors collectors, BuyerKeys buyerKeys) {
        this.db = db;
        this.collectors = collectors;
        this.buyerKeys = buyerKeys;
    }

    /**
     * @param line counted from 1
     * @param typed what stands there, in clear; not to be kept
     * @param problem {@code unreadable} or {@code unknown}; null: it names somebody
     * @param key of an address
     * @param collector of a public name or an entry
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
     * @param brand whose drops' entries may be named
     * @return false: it has more lines than {@link #LINES_MAX}, and was not read to its end
     */
    boolean read(BrandId brand, Stream<String> file, Consumer<List<Named>> each) {
        List<String> came = new ArrayList<>(READ_AT_ONCE);
        int before = 0;
        for (Iterator<String> lines = file.iterator(); lines.hasNext(); ) {
            if (before + came.size() == LINES_MAX) return false;
            came.add(firstCell(lines.next()));
            if (came.size() < READ_AT_ONCE) continue;
            each.accept(named(brand, before, came));
            before += came.size();
            came.clear();
        }
        if (!came.isEmpty()) each.accept(named(brand, before, came));
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

    private List<Named> named(BrandId brand, int before, List<String> typed) {
        Map<String, CollectorId> handles = collectors.byHandles(typed.stream()
                .filter(who -> who.startsWith("@"))
                .map(who -> who.substring(1))
                .toList());
        Map<String, CollectorId> entries = entries(
                brand,
                typed.stream().filter(who -> ENTRY.matcher(who).matches()).toList());
        List<Named> named = new ArrayList<>(typed.size());
        for (String who : typed) named.add(named(before + named.size() + 1, who, handles, entries));
        return named;
    }

    /**
     * Whoever was erased has no salt any more, and her entry names nobody. No index: it would cost each who comes into line, and a file is read
     * once.
     */
    private Map<String, CollectorId> entries(BrandId brand, List<String> arrivals) {
        if (arrivals.isEmpty()) return Map.of();
        Map<String, CollectorId> entries = new HashMap<>();
        db.sql("""
                select arrival, collector_id from queue_arrivals
                where brand_id = :brand and arrival = any(:arrivals) and salt is not null
                union all
                select entry, collector_id from drop_waiting where brand_id = :brand and entry = any(:arrivals)
                """)
                .param("brand", brand.value())
                .param("arrivals", new SqlArrayValue("bytea", (Object[])
                        arrivals.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new)))
                .query(row -> {
                    entries.put(
                            HexFormat.of().formatHex(row.getBytes(1)), new CollectorId(row.getObject(2, UUID.class)));
                });
        // Joined into another account since: her addresses are that one's.
        Map<CollectorId, CollectorId> roots = collectors.root(entries.values());
        entries.replaceAll((entry, who) -> roots.get(who));
        return entries;
    }

    private Named named(int line, String who, Map<String, CollectorId> handles, Map<String, CollectorId> entries) {
        if (ENTRY.matcher(who).matches()) {
            CollectorId collector = entries.get(who);
            return new Named(line, who, collector == null ? "unknown" : null, null, collector);
        }
        if (who.startsWith("@")) {
            CollectorId collector = handles.get(who.substring(1));
            return new Named(line, who, collector == null ? "unknown" : null, null, collector);
        }
        Optional<BuyerKey> key = who.indexOf('@') > 0 ? buyerKeys.email(who) : buyerKeys.phone(who);
        return new Named(line, who, key.isEmpty() ? "unreadable" : null, key.orElse(null), null);
    }
}
