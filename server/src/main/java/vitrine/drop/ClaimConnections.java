package vitrine.drop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.stereotype.Component;

/**
 * Connections for claims alone, so that no page keeps a claim waiting. Whoever freezes while it holds the drop's row is put out by
 * the database after a second and a half; whoever hears nothing from the database gives up after two. Plans are made once, and only of
 * index scans in nested loops: right for ten rows and for ten million.
 */
@Component
class ClaimConnections {

    private static final int MOST = 6;
    private static final int GIVE_UP_SECONDS = 2;

    private final String url;
    private final String user;
    private final String password;
    private @Nullable HikariDataSource pool;

    ClaimConnections(
            @Value("${spring.datasource.url:}") String url,
            @Value("${spring.datasource.username:}") String user,
            @Value("${spring.datasource.password:}") String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /** Made with the first look at a drop: an installation without drops keeps no connections for them. */
    private synchronized HikariDataSource pool() {
        HikariDataSource there = pool;
        if (there != null) return there;
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        if (!user.isEmpty()) config.setUsername(user);
        if (!password.isEmpty()) config.setPassword(password);
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
        there = new HikariDataSource(config);
        pool = there;
        return there;
    }

    Connection open() throws SQLException {
        return pool().getConnection();
    }

    /** What a node must know of all drops is read on these as well: whoever waits for it waits no longer than for a claim. */
    JdbcClient reading() {
        return JdbcClient.create(new AbstractDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                return open();
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                return open();
            }
        });
    }

    /**
     * The pages' connections for one claim's look-up, given up just as soon when nothing is heard. They are more than these, which a
     * crowd that is turned away would keep from the writers.
     */
    static DataSource givenUpSoon(DataSource pages) {
        return new DelegatingDataSource(pages) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                // The pool takes it back when the connection comes home.
                connection.setNetworkTimeout(Runnable::run, GIVE_UP_SECONDS * 1_000);
                return connection;
            }
        };
    }

    @PreDestroy
    synchronized void close() {
        if (pool != null) pool.close();
    }
}
