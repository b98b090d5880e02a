package vitrine.drop;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The two statements of the writer and nothing else: one connection, a hundred claims a transaction. What the database can do. */
public final class BareSql {

    private static final int BATCH = 100;

    private BareSql() {}

    /** @return claims in a second */
    public static long claimsPerSecond(DataSource database, Crowds.Crowd crowd) throws SQLException {
        var source = (PGSimpleDataSource) database;
        source.setPrepareThreshold(1);
        source.setOptions("-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
                + " -c plan_cache_mode=force_generic_plan");
        var random = new SecureRandom();
        List<List<ClaimSql.Wish>> batches = new ArrayList<>();
        List<ClaimSql.Wish> batch = new ArrayList<>();
        for (var person : crowd.people()) {
            byte[] key = new byte[12];
            random.nextBytes(key);
            batch.add(new ClaimSql.Wish(UUID.randomUUID(), person.value(), key, null, 1, null, null));
            if (batch.size() == BATCH) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
        }
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            long begin = System.nanoTime();
            for (List<ClaimSql.Wish> wishes : batches) {
                var found = ClaimSql.lock(connection, crowd.drop(), crowd.stage());
                ClaimSql.claim(
                        connection,
                        crowd.drop(),
                        crowd.stage(),
                        found,
                        wishes,
                        Instant.now().truncatedTo(ChronoUnit.MICROS));
                connection.commit();
            }
            return batches.size() * BATCH * 1_000_000_000L / (System.nanoTime() - begin);
        }
    }
}
