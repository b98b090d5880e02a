package vitrine.drop;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.drop.ClaimSql.Locked;
import vitrine.drop.ClaimSql.Outcome;
import vitrine.drop.ClaimSql.Written;
import vitrine.drop.ClaimWriter.Answer;
import vitrine.platform.Ids;

/**
 * The usual design for a flash sale: stock and buyers in Redis, decided by one Lua script; the answer goes out, and a thread writes
 * what was decided into the database afterwards. A measure to compare with: what it loses when it dies between the two is not counted.
 */
class RedisClaims extends ComparedClaims {

    private static final String SCRIPT = """
            local mine = redis.call('HGET', KEYS[2], ARGV[1])
            if mine then return -tonumber(mine) end
            local taken = redis.call('INCR', KEYS[1])
            if taken > tonumber(ARGV[2]) then redis.call('DECR', KEYS[1]) return 0 end
            redis.call('HSET', KEYS[2], ARGV[1], taken)
            return taken
            """;
    private static final int WRITTEN_AT_ONCE = 1_000;

    private record Row(UUID brand, UUID drop, UUID collector, Claim claim, byte[] key, UUID collectible) {}

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Ids ids;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> redis;
    private final String script;
    private final LinkedBlockingQueue<Row> toWrite = new LinkedBlockingQueue<>();
    private final Thread writing;
    private volatile boolean ended;

    RedisClaims(ApplicationContext beans) {
        super(beans);
        db = beans.getBean(JdbcClient.class);
        transactions = beans.getBean(TransactionTemplate.class);
        ids = beans.getBean(Ids.class);
        client = RedisClient.create("redis://127.0.0.1:" + Integer.getInteger("vitrine.bench.redis"));
        redis = client.connect();
        script = redis.sync().scriptLoad(SCRIPT);
        writing = Thread.ofPlatform().name("redis-to-rows").start(this::write);
    }

    @Override
    @Nullable
    CompletableFuture<Answer> take(
            Stage stage, ClaimPass pass, byte[] key, byte @Nullable [] code, @Nullable Integer unit) {
        String[] keys = {"taken:" + stage.id(), "buyers:" + stage.id()};
        Integer supply = stage.cap() == null ? supply(stage) : stage.cap();
        return redis.async()
                .<Long>evalsha(
                        script, ScriptOutputType.INTEGER, keys, pass.collector().toString(), String.valueOf(supply))
                .toCompletableFuture()
                .thenApply(said -> answer(stage, pass, key, said));
    }

    private final java.util.concurrent.ConcurrentHashMap<UUID, Integer> supplies =
            new java.util.concurrent.ConcurrentHashMap<>();

    private Integer supply(Stage stage) {
        return supplies.computeIfAbsent(
                stage.id(), id -> db.sql("select supply from stock where brand_id = :brand and collectible_id = :id")
                        .param("brand", stage.collectible().brand().value())
                        .param("id", stage.collectible().value())
                        .query(Integer.class)
                        .single());
    }

    private Answer answer(Stage stage, ClaimPass pass, byte[] key, long said) {
        var found = new Locked(Drop.State.PUBLISHED, 1, 0);
        if (said == 0) return new Answer(new Written(Outcome.NO_ROOM, null), found);
        var claim = new Claim(
                ids.next(),
                stage.id(),
                1,
                (int) Math.abs(said),
                Instant.now().truncatedTo(ChronoUnit.MICROS),
                null,
                null);
        if (said < 0) return new Answer(new Written(Outcome.AGAIN, claim), found);
        toWrite.add(new Row(
                pass.drop().brand().value(),
                pass.drop().value(),
                pass.collector().value(),
                claim,
                key,
                stage.collectible().value()));
        return new Answer(new Written(Outcome.TAKEN, claim), found);
    }

    private void write() {
        try {
            while (!ended || !toWrite.isEmpty()) {
                Row first = toWrite.poll(50, TimeUnit.MILLISECONDS);
                if (first == null) continue;
                List<Row> rows = new ArrayList<>(List.of(first));
                toWrite.drainTo(rows, WRITTEN_AT_ONCE - 1);
                rows.stream()
                        .collect(java.util.stream.Collectors.groupingBy(Row::collectible))
                        .values()
                        .forEach(this::write);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<Row> rows) {
        Row one = rows.getFirst();
        transactions.executeWithoutResult(status -> {
            db.sql("""
                    insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, serial, claimed_at)
                    select :brand, :drop, c.collector, 1, c.claim, :stage, c.key, :collectible, c.serial, :now
                    from unnest(:collectors::uuid[], :claims::uuid[], :keys::bytea[], :serials::int[]) as c (collector, claim, key, serial)
                    """)
                    .param("brand", one.brand())
                    .param("drop", one.drop())
                    .param("stage", one.claim().stage())
                    .param("collectible", one.collectible())
                    .param("now", Timestamp.from(one.claim().claimedAt()))
                    .param("collectors", array("uuid", rows, Row::collector))
                    .param("claims", array("uuid", rows, row -> row.claim().id()))
                    .param("keys", new SqlArrayValue("bytea", (Object[])
                            rows.stream().map(Row::key).toArray(byte[][]::new)))
                    .param("serials", array("int4", rows, row -> row.claim().serial()))
                    .update();
            db.sql("""
                    update stock set available = available - :n, held = held + :n, last_serial = last_serial + :n
                    where brand_id = :brand and collectible_id = :collectible
                    """)
                    .param("n", rows.size())
                    .param("brand", one.brand())
                    .param("collectible", one.collectible())
                    .update();
            db.sql("update drop_stages set taken = taken + :n where brand_id = :brand and stage_id = :stage")
                    .param("n", rows.size())
                    .param("brand", one.brand())
                    .param("stage", one.claim().stage())
                    .update();
        });
    }

    private static SqlArrayValue array(String type, List<Row> rows, java.util.function.Function<Row, Object> each) {
        return new SqlArrayValue(type, rows.stream().map(each).toArray());
    }

    @Override
    public void stop() {
        super.stop();
        ended = true;
        try {
            writing.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        redis.close();
        client.shutdown();
    }
}
