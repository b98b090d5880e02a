package vitrine.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import vitrine.platform.DataFolder;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

/**
 * The operator's word, after a restore, on how far the log had been published. Without it a node that lost its high-water
 * file signs nothing: it could sign a second, different history of the same length.
 */
final class AcceptedLog {

    /** Writes the high-water file of each log that this database has; refuses a size that the database does not reach. */
    static List<String> accept(Settings settings, long published) {
        var undoing = new Undoing();
        try {
            var folder = undoing.add(DataFolder.lock(settings.data()));
            if (settings.find(Setting.DB_URL).isEmpty()) undoing.add(Node.postgres(folder, settings));
            var accepted = new ArrayList<String>();
            try (var connection = Backup.connection(settings);
                    var statement = connection.createStatement();
                    var logs =
                            statement.executeQuery("SELECT log_id, origin, size FROM logs WHERE closed_at IS NULL")) {
                while (logs.next()) {
                    if (logs.getLong("size") < published) {
                        throw new StartRefused(
                                StartRefused.CONFIGURATION,
                                "The log %s has %d records here and %d were published: this backup is too old to go on with it."
                                        .formatted(logs.getString("origin"), logs.getLong("size"), published));
                    }
                    var file = folder.privateFolder("log").resolve(logs.getString("log_id") + ".high-water");
                    DataFolder.writeDurably(file, (published + "\n").getBytes(StandardCharsets.US_ASCII));
                    accepted.add(logs.getString("origin") + " at " + published);
                }
            }
            return accepted;
        } catch (IOException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The size was not written: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The database does not answer: " + e.getMessage(), e);
        } finally {
            undoing.close();
        }
    }

    private AcceptedLog() {}
}
