package vitrine.testing;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.postgres.PostgresServer;

/** Started as a process of its own: holds a folder and its PostgreSQL, does one statement and waits for its end. */
public final class PostgresHolder {
    public static void main(String[] folderAndStatement) throws Exception {
        var folder = DataFolder.lock(Path.of(folderAndStatement[0]));
        var postgres = PostgresServer.start(
                folder, new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()), TestPostgres.options());
        try (var connection = postgres.connect("vitrine");
                var statement = connection.createStatement()) {
            statement.execute(folderAndStatement[1]);
        }
        System.out.println("ready");
        System.in.read();
    }

    private PostgresHolder() {}
}
