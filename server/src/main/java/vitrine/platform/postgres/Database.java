package vitrine.platform.postgres;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

/** Where the rows are and how to get in; the password does not show in logs. */
public record Database(
        String jdbcUrl, @Nullable String user, @Nullable String password) {
    private static final int OLDEST = 15;
    private static final int NEWEST = 18;

    /** Reads VITRINE_DB_URL, whose form may be JDBC's or the one that hosting companies hand out. */
    public static Database of(Settings settings) {
        var url = settings.get(Setting.DB_URL);
        var user = settings.find(Setting.DB_USER).orElse(null);
        var password = settings.find(Setting.DB_PASSWORD).orElse(null);
        if (url.startsWith("jdbc:postgresql:")) return new Database(url, user, password);
        if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) throw notAUrl();
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw notAUrl();
        }
        if (uri.getHost() == null || uri.getRawPath().length() < 2) throw notAUrl();
        if (uri.getRawUserInfo() != null) {
            var parts = uri.getRawUserInfo().split(":", 2);
            if (user == null) user = URLDecoder.decode(parts[0].replace("+", "%2B"), StandardCharsets.UTF_8);
            if (password == null && parts.length == 2) {
                password = URLDecoder.decode(parts[1].replace("+", "%2B"), StandardCharsets.UTF_8);
            }
        }
        var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new Database("jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + query, user, password);
    }

    private static StartRefused notAUrl() {
        // The value itself is left out: it may hold a password.
        return new StartRefused(
                StartRefused.CONFIGURATION,
                "VITRINE_DB_URL must be like postgres://user:password@host:5432/name or jdbc:postgresql://host:5432/name.");
    }

    /** Past any pool. A server that takes the call and says nothing is given up after ten seconds. */
    public Connection connect() throws SQLException {
        var options = new Properties();
        if (user != null) options.setProperty("user", user);
        if (password != null) options.setProperty("password", password);
        if (!jdbcUrl.contains("loginTimeout=")) options.setProperty("loginTimeout", "10");
        return DriverManager.getConnection(jdbcUrl, options);
    }

    /** Refuses a PostgreSQL of a version that we do not know, or one that may forget what it has acknowledged. */
    public void refuseUnfit() {
        try (var connection = connect()) {
            var version = connection.getMetaData().getDatabaseMajorVersion();
            if (version < OLDEST || version > NEWEST) {
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "The database is PostgreSQL %s; Vitrine runs on %d to %d."
                                .formatted(connection.getMetaData().getDatabaseProductVersion(), OLDEST, NEWEST));
            }
            var off = forgetful(connection);
            if (!off.isEmpty()) {
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "The database has %s off and could lose what it acknowledged: turn it on and start again."
                                .formatted(String.join(" and ", off)));
            }
        } catch (SQLException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The database does not let us in: " + e.getMessage(), e);
        }
    }

    /** Which of the three settings that durability rests on are off, as this connection sees them. */
    public static List<String> forgetful(Connection connection) throws SQLException {
        var off = new ArrayList<String>();
        try (var statement = connection.createStatement()) {
            for (var setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                try (var rows = statement.executeQuery("SHOW " + setting)) {
                    rows.next();
                    if (rows.getString(1).equals("off")) off.add(setting);
                }
            }
        }
        return off;
    }

    @Override
    public String toString() {
        return jdbcUrl.replaceAll("\\?.*", "");
    }
}
