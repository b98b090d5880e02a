package vitrine.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Keys;

/**
 * How often something was tried, in fixed windows that all nodes share. Counted in a transaction of its own, so a try counts
 * whatever becomes of it; who is counted stands there as a keyed hash only.
 */
@Component
public class Attempts {

    public sealed interface Counted {
        record Allowed(int left) implements Counted {}

        record TooMany(int allowed, Duration retryAfter) implements Counted {}
    }

    private final JdbcClient db;
    private final TransactionTemplate own;
    private final Keys keys;
    private final Clock clock;

    Attempts(JdbcClient db, PlatformTransactionManager transactions, Keys keys, Clock clock) {
        this.db = db;
        this.own = new TransactionTemplate(transactions);
        this.own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.keys = keys;
        this.clock = clock;
    }

    /** Counts one more. {@code what} keeps different limits on the same subject apart. */
    public Counted count(String what, String subject, int most, Duration window) {
        Instant now = clock.instant();
        long length = window.toSeconds();
        Instant start = Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), length) * length);
        Integer attempts = own.execute(status -> db.sql("""
                        insert into attempt_counts (subject, window_start, attempts) values (:subject, :start, 1)
                        on conflict (subject, window_start) do update set attempts = attempt_counts.attempts + 1
                        returning attempts
                        """)
                .param("subject", keys.mac("attempts", (what + "\n" + subject).getBytes(StandardCharsets.UTF_8)))
                .param("start", Timestamp.from(start))
                .query(Integer.class)
                .single());
        int counted = attempts == null ? 1 : attempts;
        return counted <= most
                ? new Counted.Allowed(most - counted)
                : new Counted.TooMany(most, Duration.between(now, start.plus(window)));
    }

    void forget(Instant before) {
        db.sql("delete from attempt_counts where window_start < :old")
                .param("old", Timestamp.from(before))
                .update();
    }

    /** Who comes from where: one IPv4 address; of IPv6 the first half, all of which one customer has. */
    public static String network(String remoteAddress) {
        try {
            InetAddress address = InetAddress.ofLiteral(remoteAddress);
            return address instanceof Inet6Address
                    ? HexFormat.of().formatHex(address.getAddress(), 0, 8)
                    : address.getHostAddress();
        } catch (IllegalArgumentException e) {
            return remoteAddress;
        }
    }
}
