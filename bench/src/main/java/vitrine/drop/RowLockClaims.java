package vitrine.drop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import vitrine.drop.ClaimSql.Locked;
import vitrine.drop.ClaimSql.Outcome;
import vitrine.drop.ClaimSql.Written;
import vitrine.drop.ClaimWriter.Answer;
import vitrine.platform.Ids;

/** What most would write: sixteen connections, a transaction for each claim, the stock's row locked in it. A measure to compare with. */
class RowLockClaims extends ComparedClaims {

    private static final int CONNECTIONS = 16;

    private final HikariDataSource pool;
    private final Ids ids;

    RowLockClaims(ApplicationContext beans) {
        super(beans);
        ids = beans.getBean(Ids.class);
        var config = new HikariConfig();
        config.setJdbcUrl(beans.getEnvironment().getRequiredProperty("spring.datasource.url"));
        config.setUsername(beans.getEnvironment().getProperty("spring.datasource.username"));
        config.setPassword(beans.getEnvironment().getProperty("spring.datasource.password"));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setAutoCommit(false);
        config.addDataSourceProperty("prepareThreshold", "1");
        pool = new HikariDataSource(config);
    }

    @Override
    @Nullable
    CompletableFuture<Answer> take(
            Stage stage, ClaimPass pass, byte[] key, byte @Nullable [] code, @Nullable Integer unit) {
        try (Connection connection = pool.getConnection()) {
            try {
                Answer answer = taken(connection, stage, pass, key);
                connection.commit();
                return CompletableFuture.completedFuture(answer);
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Answer taken(Connection connection, Stage stage, ClaimPass pass, byte[] key) throws SQLException {
        UUID brand = pass.drop().brand().value();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        int available;
        int serial;
        try (PreparedStatement lock = connection.prepareStatement(
                "select available, last_serial from stock where brand_id = ? and collectible_id = ? for update")) {
            lock.setObject(1, brand);
            lock.setObject(2, stage.collectible().value());
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                available = row.getInt(1);
                serial = row.getInt(2) + 1;
            }
        }
        var found = new Locked(Drop.State.PUBLISHED, available, serial - 1);
        UUID id = ids.next();
        if (available == 0) return before(connection, stage, pass, key, found, Outcome.NO_ROOM);
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, serial, claimed_at)
                values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?) on conflict do nothing
                """)) {
            insert.setObject(1, brand);
            insert.setObject(2, pass.drop().value());
            insert.setObject(3, pass.collector().value());
            insert.setObject(4, id);
            insert.setObject(5, stage.id());
            insert.setBytes(6, key);
            insert.setObject(7, stage.collectible().value());
            insert.setInt(8, serial);
            insert.setTimestamp(9, Timestamp.from(now));
            if (insert.executeUpdate() == 0) return before(connection, stage, pass, key, found, Outcome.LIMIT);
        }
        count(connection, """
                update stock set available = available - 1, held = held + 1, last_serial = last_serial + 1
                where brand_id = ? and collectible_id = ?
                """, brand, stage.collectible().value());
        count(
                connection,
                "update drop_stages set taken = taken + 1 where brand_id = ? and stage_id = ?",
                brand,
                stage.id());
        return new Answer(new Written(Outcome.TAKEN, new Claim(id, stage.id(), 1, serial, now, null, null)), found);
    }

    private static void count(Connection connection, String sql, UUID brand, UUID id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setObject(1, brand);
            update.setObject(2, id);
            update.executeUpdate();
        }
    }

    private static Answer before(
            Connection connection, Stage stage, ClaimPass pass, byte[] key, Locked found, Outcome otherwise)
            throws SQLException {
        try (PreparedStatement mine = connection.prepareStatement("""
                select claim_id, serial, claimed_at from claims
                where brand_id = ? and drop_id = ? and collector_id = ? and claim_key = ?
                """)) {
            mine.setObject(1, pass.drop().brand().value());
            mine.setObject(2, pass.drop().value());
            mine.setObject(3, pass.collector().value());
            mine.setBytes(4, key);
            try (ResultSet row = mine.executeQuery()) {
                if (!row.next()) return new Answer(new Written(otherwise, null), found);
                return new Answer(
                        new Written(
                                Outcome.AGAIN,
                                new Claim(
                                        row.getObject(1, UUID.class),
                                        stage.id(),
                                        1,
                                        row.getInt(2),
                                        row.getTimestamp(3).toInstant(),
                                        null,
                                        null)),
                        found);
            }
        }
    }

    @Override
    public void stop() {
        super.stop();
        pool.close();
    }
}
