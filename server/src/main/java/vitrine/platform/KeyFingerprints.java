package vitrine.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which keys this database has been served with. A node with another keys folder, or without one, would seal new rows with new
 * keys and sign the log with a stranger's: it does not start.
 */
public final class KeyFingerprints {

    /** Names of keys that the database knows and this node does not have, or has otherwise. */
    public record Foreign(List<String> missing, List<String> other) {
        public boolean isEmpty() {
            return missing.isEmpty() && other.isEmpty();
        }

        /** For one line: "collector, log are missing; buyer is another one". */
        public String words() {
            if (missing.size() == KeyName.values().length - 1) return "all of them are missing";
            if (other.size() == KeyName.values().length - 1) return "all of them are other ones";
            List<String> parts = new ArrayList<>();
            if (!missing.isEmpty()) parts.add(listed(missing, "is missing", "are missing"));
            if (!other.isEmpty()) parts.add(listed(other, "is another one", "are other ones"));
            return String.join("; ", parts);
        }

        private static String listed(List<String> names, String one, String many) {
            return String.join(", ", names) + " " + (names.size() == 1 ? one : many);
        }
    }

    /** Looks and makes nothing. A database without the table is a new one, to which every key is right. */
    public static Foreign compare(Connection connection, Keys keys) throws SQLException {
        Map<String, byte[]> known = new HashMap<>();
        try (var statement = connection.createStatement()) {
            try (var there = statement.executeQuery("select to_regclass('key_fingerprints') is not null")) {
                there.next();
                if (!there.getBoolean(1)) return new Foreign(List.of(), List.of());
            }
            try (var rows = statement.executeQuery("select name, fingerprint from key_fingerprints")) {
                while (rows.next()) known.put(rows.getString(1), rows.getBytes(2));
            }
        }
        List<String> missing = new ArrayList<>();
        List<String> other = new ArrayList<>();
        for (KeyName key : KeyName.values()) {
            // The embedded database's own password: who reads this has it, and another database has none of ours.
            if (key == KeyName.POSTGRES) continue;
            String name = key.text();
            byte[] fingerprint = known.get(name);
            if (fingerprint == null) continue;
            if (keys.find(name).isEmpty()) missing.add(name);
            else if (!Arrays.equals(fingerprint, keys.fingerprint(name))) other.add(name);
        }
        return new Foreign(missing, other);
    }

    /** Before a missing key is made: refuses in one line when these are not the keys that this database has been served with. */
    public static void refuseForeign(Connection connection, Keys keys) throws SQLException {
        Foreign foreign = compare(connection, keys);
        if (foreign.isEmpty()) return;
        throw new StartRefused(
                StartRefused.CONFIGURATION,
                ("The keys in %s are not those of this database: %s. What they sealed could not be read; bring the keys folder back"
                                + " from a backup, or from the node that has it (docs/operations.md).")
                        .formatted(keys.folder(), foreign.words()));
    }

    /** Writes down the keys that the database does not know yet; of two new nodes with keys of their own one is refused. */
    public static void register(Connection connection, Keys keys) throws SQLException {
        try (var insert = connection.prepareStatement("""
                insert into key_fingerprints (name, fingerprint, seen_at) values (?, ?, now()) on conflict (name) do nothing
                """)) {
            for (KeyName key : KeyName.values()) {
                if (key == KeyName.POSTGRES) continue;
                insert.setString(1, key.text());
                insert.setBytes(2, keys.fingerprint(key.text()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        refuseForeign(connection, keys);
    }

    private KeyFingerprints() {}
}
