package vitrine.platform.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How to run PostgreSQL.
 *
 * @param binaries the folder of {@code postgres}, {@code initdb} and {@code pg_ctl}; null for those that we carry
 * @param settings said after ours, so they win
 * @param startsWithin longer than a start needs, since a recovery after a crash reads up to max_wal_size of log
 * @param runsAs the user to run as when we are root; null to find the way that this machine allows
 */
public record PostgresOptions(
        @Nullable Path binaries,
        Map<String, String> settings,
        Duration startsWithin,
        @Nullable String runsAs) {

    public PostgresOptions {
        settings = Map.copyOf(settings);
    }

    public static PostgresOptions embedded() {
        return new PostgresOptions(null, Map.of(), Duration.ofMinutes(10), null);
    }

    public PostgresOptions binariesIn(Path folder) {
        return new PostgresOptions(folder, settings, startsWithin, runsAs);
    }

    public PostgresOptions with(String setting, String value) {
        var more = new TreeMap<>(settings);
        more.put(setting, value);
        return new PostgresOptions(binaries, more, startsWithin, runsAs);
    }

    public PostgresOptions runAs(String user) {
        return new PostgresOptions(binaries, settings, startsWithin, user);
    }
}
