package vitrine.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitrine.platform.DataFolder;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

/**
 * The operator's word, after a restore, on how far the log had been published. Without it a node that lost its high-water
 * file signs nothing: it could sign a second, different history of the same length.
 */
final class AcceptedLog {

    /**
     * Writes the high-water file of a log that takes records; refuses a size that the database does not reach.
     *
     * @param path where it is served, {@code log} or {@code logs/lumen}; null: the only one that there is
     */
    static String accept(Settings settings, @Nullable String path, long published) {
        var undoing = new Undoing();
        try {
            var folder = undoing.add(DataFolder.lock(settings.data()));
            if (settings.find(Setting.DB_URL).isEmpty()) undoing.add(Node.postgres(folder, settings));
            var log = theOne(open(settings), path);
            if (log.size() < published) {
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "The log %s has %d records here and %d were published: this backup is too old to go on with it."
                                .formatted(log.origin(), log.size(), published));
            }
            var file = folder.privateFolder("log").resolve(log.id() + ".high-water");
            DataFolder.writeDurably(file, (published + "\n").getBytes(StandardCharsets.US_ASCII));
            return log.origin() + " at " + published;
        } catch (IOException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The size was not written: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The database does not answer: " + e.getMessage(), e);
        } finally {
            undoing.close();
        }
    }

    private record Open(String id, String origin, long size) {
        String path() {
            return origin.substring(origin.indexOf('/') + 1);
        }
    }

    private static List<Open> open(Settings settings) throws IOException, SQLException {
        var open = new ArrayList<Open>();
        try (var connection = Backup.connection(settings);
                var statement = connection.createStatement();
                var logs = statement.executeQuery(
                        "SELECT log_id, origin, size FROM logs WHERE closed_at IS NULL ORDER BY origin")) {
            while (logs.next()) {
                open.add(new Open(logs.getString("log_id"), logs.getString("origin"), logs.getLong("size")));
            }
        }
        return open;
    }

    private static Open theOne(List<Open> open, @Nullable String path) {
        var meant = open.stream()
                .filter(log -> path == null || log.path().equals(path))
                .toList();
        if (meant.size() == 1) return meant.getFirst();
        throw new StartRefused(
                StartRefused.CONFIGURATION,
                "Say which log it is, as LOG=SIZE: %s."
                        .formatted(open.stream().map(Open::path).collect(Collectors.joining(", "))));
    }

    private AcceptedLog() {}
}
