package vitrine.drop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.stereotype.Component;

/**
 * Connections for claims alone, so that no page keeps a claim waiting. Whoever freezes while it holds the drop's row is put out by
 * the database after a second and a half; whoever hears nothing from the database gives up after two. Plans are made once, and only of
 * index scans in nested loops: right for ten rows and for ten million.
 */
@Component
final class ClaimConnections {

    private static final int MOST = 6;
    private static final int GIVE_UP_SECONDS = 2;

    private final HikariDataSource pool;

    ClaimConnections(HikariDataSource main) {
        var config = new HikariConfig();
        config.setJdbcUrl(main.getJdbcUrl());
        config.setUsername(main.getUsername());
        config.setPassword(main.getPassword());
        config.setPoolName("claims");
        config.setMaximumPoolSize(MOST);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(1_000);
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(false);
        config.addDataSourceProperty("ApplicationName", "vitrine claims");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("loginTimeout", "2");
        config.addDataSourceProperty("socketTimeout", String.valueOf(GIVE_UP_SECONDS));
        config.addDataSourceProperty("prepareThreshold", "1");
        config.addDataSourceProperty(
                "options",
                "-c lock_timeout=1500 -c statement_timeout=1500 -c idle_in_transaction_session_timeout=1500"
                        + " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
                        + " -c plan_cache_mode=force_generic_plan");
        pool = new HikariDataSource(config);
    }

    Connection open() throws SQLException {
        return pool.getConnection();
    }

    @PreDestroy
    void close() {
        pool.close();
    }
}
