package vitrine.identity;

import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Ids;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

/**
 * Somebody has to be the first. As long as there is no operator, whoever reads the console of the server may become one by a
 * link that is good once, for a day: he could read the database as well.
 */
@Component
public class FirstOperator {

    private static final Duration GOOD_FOR = Duration.ofDays(1);

    public sealed interface Welcomed {
        record In(CollectorId collector, StaffId staff) implements Welcomed {}

        record NotAnAddress() implements Welcomed {}

        record Over() implements Welcomed {}
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Colleagues colleagues;
    private final Collectors collectors;
    private final BuyerKeys buyerKeys;
    private final Ids ids;
    private final SecureRandom random;
    private final Clock clock;
    private final Settings settings;

    FirstOperator(
            JdbcClient db,
            TransactionTemplate transactions,
            Colleagues colleagues,
            Collectors collectors,
            BuyerKeys buyerKeys,
            Ids ids,
            SecureRandom random,
            Clock clock,
            Settings settings) {
        this.db = db;
        this.transactions = transactions;
        this.colleagues = colleagues;
        this.collectors = collectors;
        this.buyerKeys = buyerKeys;
        this.ids = ids;
        this.random = random;
        this.clock = clock;
        this.settings = settings;
    }

    /** The link to print on the console; empty when there is an operator. */
    public Optional<String> link() {
        if (colleagues.isThereAnOperator()) return Optional.empty();
        byte[] bits = new byte[24];
        random.nextBytes(bits);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        db.sql("insert into staff_invitations (token_hash, made_at, good_until) values (:hash, :now, :until)")
                .param("hash", SignIns.sha256(token))
                .param("now", Timestamp.from(clock.instant()))
                .param("until", Timestamp.from(clock.instant().plus(GOOD_FOR)))
                .update();
        return Optional.of(settings.baseUrl() + "/first-operator/" + token);
    }

    /** A demo brings its own staff. */
    @EventListener(ApplicationReadyEvent.class)
    void print() {
        if (settings.on(Setting.DEMO)) return;
        link().ifPresent(link -> System.out.println(
                "vitrine: nobody runs this place yet. Become its operator here, within a day: " + link));
    }

    boolean isOpen(String token) {
        return !colleagues.isThereAnOperator()
                && db.sql("""
                        select exists (select from staff_invitations
                        where token_hash = :hash and used_at is null and good_until > :now)
                        """)
                        .param("hash", SignIns.sha256(token))
                        .param("now", Timestamp.from(clock.instant()))
                        .query(Boolean.class)
                        .single();
    }

    Welcomed welcome(String token, String name, String email, String language) {
        Optional<BuyerKey> address = buyerKeys.email(email);
        if (address.isEmpty() || name.isBlank()) return new Welcomed.NotAnAddress();
        boolean taken = Boolean.TRUE.equals(transactions.execute(status -> {
            int used = db.sql("""
                    update staff_invitations set used_at = :now
                    where token_hash = :hash and used_at is null and good_until > :now
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("hash", SignIns.sha256(token))
                    .update();
            if (used == 0 || colleagues.isThereAnOperator()) {
                status.setRollbackOnly();
                return false;
            }
            StaffId staff = colleagues.add(name.strip(), email);
            colleagues.join(house(), staff, Colleagues.Role.OPERATOR, null, new Who.Guest());
            return true;
        }));
        if (!taken) return new Welcomed.Over();
        return new Welcomed.In(
                collectors.signedIn(address.get(), language),
                colleagues.of(address.get()).orElseThrow());
    }

    /** An installation without a demo begins with an empty house, which its operator names later. */
    private BrandId house() {
        Optional<UUID> there = db.sql("select brand_id from brands where kind = 'house'")
                .query(UUID.class)
                .optional();
        if (there.isPresent()) return new BrandId(there.get());
        BrandId house = new BrandId(ids.next());
        db.sql("""
                insert into brands (brand_id, kind, slug, name_zh, name_en, created_at)
                values (:id, 'house', 'house', '主办方', 'The house', :now)
                """)
                .param("id", house.value())
                .param("now", Timestamp.from(clock.instant()))
                .update();
        return house;
    }
}
