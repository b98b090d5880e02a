package vitrine.drop;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.CollectorId;

/** The real gate and the real writers of one node, without threads: a batch is written when the simulation says so. */
public final class ClaimsByHand {

    private final Claims claims;
    private final ClaimPasses passes;
    private final Holds holds;
    private final LiveDrops lives;
    private final TransactionTemplate transactions;

    /** @param bean gives the server's own parts */
    public ClaimsByHand(Function<Class<?>, Object> bean) {
        claims = (Claims) bean.apply(Claims.class);
        passes = (ClaimPasses) bean.apply(ClaimPasses.class);
        holds = (Holds) bean.apply(Holds.class);
        lives = (LiveDrops) bean.apply(LiveDrops.class);
        transactions = (TransactionTemplate) bean.apply(TransactionTemplate.class);
    }

    private static final class Wired extends ClaimConnections {
        private final DataSource wire;

        Wired(DataSource wire) {
            super("", "", "");
            this.wire = wire;
        }

        @Override
        Connection open() throws SQLException {
            Connection connection = wire.getConnection();
            connection.setAutoCommit(false);
            return connection;
        }
    }

    /** In place of the server's own connections for claims, which are a pool of their own: this wire. */
    public static void wire(GenericApplicationContext beans, DataSource wire) {
        beans.registerBean(ClaimConnections.class, () -> new Wired(wire));
    }

    /** Somebody's try, before it is answered. */
    public static final class Try {
        private final Thread thread;
        private volatile @Nullable Claiming answer;
        private volatile @Nullable Throwable failure;

        private Try(Claims claims, String pass, int nth, @Nullable String code, @Nullable Integer unit) {
            thread = Thread.ofVirtual().unstarted(() -> run(claims, pass, nth, code, unit));
        }

        private void run(Claims claims, String pass, int nth, @Nullable String code, @Nullable Integer unit) {
            try {
                answer = claims.claim(pass, nth, code, unit);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        /** Null: nothing was heard of it. */
        public @Nullable Claiming answer() {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return answer;
        }

        /** Null: nothing fell. */
        public @Nullable Throwable failure() {
            return failure;
        }

        /** The node died: whoever was not answered by then never will be. */
        public @Nullable Claiming answerOrHangUp() {
            try {
                if (thread.join(Duration.ofMillis(100))) return answer;
                thread.interrupt();
                thread.join();
                return null;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Makes the try, until it has its answer from the gate or waits for the writer. */
    public Try begin(String pass, int nth, @Nullable String code, @Nullable Integer unit) {
        Try mine = new Try(claims, pass, nth, code, unit);
        int before = listeners();
        mine.thread.start();
        while (mine.thread.isAlive() && listeners() == before) LockSupport.parkNanos(20_000);
        return mine;
    }

    /** More than {@link #waiting} where somebody makes a try again. */
    private int listeners() {
        return claims.writers().stream().mapToInt(ClaimWriter::listeners).sum();
    }

    public int waiting() {
        return claims.writers().stream().mapToInt(ClaimWriter::waiting).sum();
    }

    /** Writes until nobody waits. */
    public void write() {
        try {
            for (ClaimWriter writer : claims.writers()) while (writer.waiting() > 0) writer.writeNext();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The process died: its memory is empty. */
    public void forget() {
        claims.stop();
        claims.start();
        lives.forget();
    }

    /** A pass as the entrance gives it, for a collector who proved to be this human. */
    public String passFor(DropId drop, UUID stage, CollectorId who, byte @Nullable [] human, int limit) {
        return passes.write(passes.of(drop, stage, who, human, limit));
    }

    public UUID stageOf(String pass) {
        return Objects.requireNonNull(passes.read(pass)).stage();
    }

    /** The key under which such a try is one and the same, as the table shows it. */
    public String key(String pass, int nth) {
        return HexFormat.of().formatHex(ClaimPasses.key(Objects.requireNonNull(passes.read(pass)), nth));
    }

    /** As the money that came in for it does. Null: it was not held, or not any more. */
    public @Nullable Integer confirm(DropId drop, CollectorId who, UUID claim) {
        return Objects.<Optional<Integer>>requireNonNull(transactions.execute(status -> {
                    Holds.Stages of = holds.of(drop.brand(), List.of(claim)).get(claim);
                    if (of != null) {
                        holds.lock(of);
                        Holds.Held held = holds.held(of, List.of(claim)).get(claim);
                        if (held != null)
                            return Optional.of(holds.number(of, List.of(held)).getFirst());
                    }
                    return claims.of(drop, who).stream()
                            .filter(one -> one.id().equals(claim))
                            .findFirst()
                            .map(Claim::serial);
                }))
                .orElse(null);
    }
}
