package vitrine.campaign;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Drop;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Drops;
import vitrine.drop.Reviews;
import vitrine.identity.Audit;
import vitrine.identity.CollectorId;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.platform.api.Permission;
import vitrine.proof.Json;
import vitrine.shop.Deliveries;
import vitrine.shop.Delivery;
import vitrine.shop.ShopId;

/**
 * One act on many rows. Staff choose them and see what will become of each; then it is begun, and this worker does them one by one: the
 * deed and the row's result are one transaction, so it may stop anywhere, run on two nodes, and does nothing twice. What cannot be
 * done is a result like any other, and says why. Only rows of the act's own brand are ever in it.
 */
@Component
public class BulkActs implements Job {

    private static final Logger log = LoggerFactory.getLogger(BulkActs.class);

    /** More is chosen in two goes. */
    public static final int ROWS_MAX = 5_000;

    private static final int BATCH = 50;
    private static final Duration PREPARED_FOR = Duration.ofDays(1);

    public enum Kind {
        READ_AGAIN("read-again", Permission.SHOPS),
        WITHDRAW("withdraw", Permission.CAMPAIGNS),
        PUT_BACK("put-back", Permission.CAMPAIGNS),
        RETIRE("retire", Permission.CAMPAIGNS),
        MAIL_AGAIN("mail-again", Permission.MESSAGES),
        /** Claims that somebody has looked at: let go, or refused. */
        LET_GO("let-go", Permission.CAMPAIGNS),
        REFUSE("refuse", Permission.CAMPAIGNS);

        private final String code;
        private final Permission needs;

        Kind(String code, Permission needs) {
            this.code = code;
            this.needs = needs;
        }

        public String code() {
            return code;
        }

        public Permission needs() {
            return needs;
        }

        /** Which reasons may be given; empty: it needs none. */
        public List<String> reasons() {
            return switch (this) {
                case WITHDRAW -> Withdrawals.REASONS;
                case LET_GO -> List.of("looked-at", "answered", "held-by-mistake");
                case REFUSE -> List.of("one-for-many", "by-machine", "no-answer");
                case READ_AGAIN, PUT_BACK, RETIRE, MAIL_AGAIN -> List.of();
            };
        }

        public static Optional<Kind> of(String code) {
            return Arrays.stream(values()).filter(k -> k.code.equals(code)).findFirst();
        }
    }

    /**
     * @param reason a code, empty where the kind asks for none
     * @param undoes the act that this one puts back
     * @param begunAt null: prepared, nothing was done
     */
    public record Act(
            BrandId brand,
            UUID id,
            Kind kind,
            String reason,
            @Nullable UUID undoes,
            String byName,
            Instant madeAt,
            int rows,
            @Nullable Instant begunAt,
            @Nullable Instant endedAt) {}

    /** @param subject the row's key, {@code name} how staff call it */
    public record Chosen(String subject, String name) {}

    /** @param outcome null: not yet; {@code done}, {@code refused} or {@code failed} */
    public record Row(
            int nth,
            String subject,
            String name,
            @Nullable String outcome,
            @Nullable String code) {}

    public record Counts(int done, int refused, int failed, int left) {
        public int tried() {
            return done + refused + failed;
        }
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Withdrawals withdrawals;
    private final EntitlementRows entitlements;
    private final Deliveries deliveries;
    private final Drops drops;
    private final GiftReminders reminders;
    private final DropPlans plans;
    private final Reviews reviews;
    private final Audit audit;
    private final Ids ids;
    private final java.time.Clock clock;

    BulkActs(
            JdbcClient db,
            TransactionTemplate transactions,
            Withdrawals withdrawals,
            EntitlementRows entitlements,
            Deliveries deliveries,
            Drops drops,
            GiftReminders reminders,
            DropPlans plans,
            Reviews reviews,
            Audit audit,
            Ids ids,
            java.time.Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.withdrawals = withdrawals;
        this.entitlements = entitlements;
        this.deliveries = deliveries;
        this.drops = drops;
        this.reminders = reminders;
        this.plans = plans;
        this.reviews = reviews;
        this.audit = audit;
        this.ids = ids;
        this.clock = clock;
    }

    /** Writes down what was chosen and does nothing yet. What nobody begins is gone after a day. */
    public Act prepare(BrandId brand, Kind kind, List<Chosen> chosen, Who by, @Nullable UUID undoes) {
        if (chosen.isEmpty() || chosen.size() > ROWS_MAX) throw new IllegalArgumentException("rows: " + chosen.size());
        UUID id = ids.next();
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            forget(brand, now);
            db.sql("""
                    insert into bulk_acts (brand_id, act_id, kind, undoes, made_by, made_by_name, made_at, rows_all)
                    values (:brand, :id, :kind, :undoes, :by, :name, :now, :rows)
                    """)
                    .param("brand", brand.value())
                    .param("id", id)
                    .param("kind", kind.code())
                    .param("undoes", undoes, java.sql.Types.OTHER)
                    .param("by", by.actor())
                    .param("name", by.actorName())
                    .param("now", Timestamp.from(now))
                    .param("rows", chosen.size())
                    .update();
            db.sql("""
                    insert into bulk_rows (brand_id, act_id, nth, subject, name)
                    select :brand, :id, w.nth, w.subject, w.name
                    from unnest(:subjects::text[], :names::text[]) with ordinality as w (subject, name, nth)
                    """)
                    .param("brand", brand.value())
                    .param("id", id)
                    .param("subjects", texts(chosen.stream().map(Chosen::subject)))
                    .param("names", texts(chosen.stream().map(Chosen::name)))
                    .update();
        });
        return find(brand, id).orElseThrow();
    }

    private void forget(BrandId brand, Instant now) {
        String old = " where brand_id = :brand and act_id in (select act_id from bulk_acts where brand_id = :brand"
                + " and begun_at is null and made_at < :old)";
        for (String table : List.of("bulk_rows", "bulk_acts")) {
            db.sql("delete from " + table + old)
                    .param("brand", brand.value())
                    .param("old", Timestamp.from(now.minus(PREPARED_FOR)))
                    .update();
        }
    }

    /** From here on it goes on by itself. A second press changes nothing. */
    public boolean begin(Act act, String reason, Who by) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int begun = db.sql("""
                    update bulk_acts set begun_at = :now, reason = :reason where brand_id = :brand and act_id = :id and begun_at is null
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("reason", reason)
                    .param("brand", act.brand().value())
                    .param("id", act.id())
                    .update();
            if (begun == 0) return false;
            audit.write(
                    by,
                    act.brand(),
                    "bulk." + act.kind().code(),
                    act.id().toString(),
                    Json.object("rows", Json.of(act.rows()), "reason", Json.of(reason))
                            .text());
            return true;
        }));
    }

    public Optional<Act> find(BrandId brand, UUID id) {
        return db.sql("select * from bulk_acts where brand_id = :brand and act_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .query(BulkActs::act)
                .optional();
    }

    /** Those that were begun, the newest first. */
    public List<Act> of(BrandId brand, @Nullable UUID before, int most) {
        return db.sql("""
                select * from bulk_acts where brand_id = :brand and act_id < :before and begun_at is not null
                order by act_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("before", before == null ? new UUID(-1, -1) : before)
                .param("most", most)
                .query(BulkActs::act)
                .list();
    }

    /** @param outcome null: all */
    public List<Row> rows(Act act, @Nullable String outcome, int after, int most) {
        return db.sql("""
                select nth, subject, name, outcome, code from bulk_rows
                where brand_id = :brand and act_id = :id and nth > :after and (:outcome::text is null or outcome = :outcome)
                order by nth limit :most
                """)
                .param("brand", act.brand().value())
                .param("id", act.id())
                .param("after", after)
                .param("outcome", outcome)
                .param("most", most)
                .query(Row.class)
                .list();
    }

    public Counts counts(Act act) {
        return db.sql("""
                select count(*) filter (where outcome = 'done') as done, count(*) filter (where outcome = 'refused') as refused,
                    count(*) filter (where outcome = 'failed') as failed, count(*) filter (where outcome is null) as "left"
                from bulk_rows where brand_id = :brand and act_id = :id
                """)
                .param("brand", act.brand().value())
                .param("id", act.id())
                .query(Counts.class)
                .single();
    }

    /** What would be refused if this were done to these rows now, and why: by the row's key. */
    public Map<String, String> refusals(BrandId brand, Kind kind, List<Row> rows) {
        return switch (kind) {
            case WITHDRAW, PUT_BACK -> ofRights(brand, kind, rows);
            case RETIRE -> ofPieces(brand, rows);
            case MAIL_AGAIN ->
                reminders
                        .refusals(
                                brand,
                                rows.stream()
                                        .map(row -> UUID.fromString(row.subject()))
                                        .toList())
                        .entrySet()
                        .stream()
                        .collect(Collectors.toMap(e -> e.getKey().toString(), Map.Entry::getValue));
            case LET_GO, REFUSE -> ofHeld(brand, kind, rows);
            case READ_AGAIN -> Map.of();
        };
    }

    private Map<String, String> ofRights(BrandId brand, Kind kind, List<Row> rows) {
        Map<String, Entitlement> known = new HashMap<>();
        for (Entitlement e : entitlements.byId(
                brand, rows.stream().map(r -> UUID.fromString(r.subject())).toList())) known.put(e.id().toString(), e);
        Map<String, String> refusals = new HashMap<>();
        for (Row row : rows) {
            Entitlement e = known.get(row.subject());
            Optional<String> refusal = e == null
                    ? Optional.of("bulk.gone")
                    : kind == Kind.WITHDRAW ? Withdrawals.mayNotWithdraw(e) : Withdrawals.mayNotPutBack(e);
            refusal.ifPresent(code -> refusals.put(row.subject(), code));
        }
        return refusals;
    }

    private Map<String, String> ofPieces(BrandId brand, List<Row> rows) {
        Map<String, String> refusals =
                rows.stream().collect(Collectors.toMap(Row::subject, r -> "bulk.not-returned", (a, b) -> a));
        db.sql("""
                select p.collectible_id || '/' || p.serial as subject, coalesce(s.available, 1) as available
                from unnest(:subjects::text[]) as w (subject)
                join pieces p on p.brand_id = :brand and p.collectible_id = split_part(w.subject, '/', 1)::uuid
                    and p.serial = split_part(w.subject, '/', 2)::int and p.state = 'returned'
                join stock s on s.brand_id = p.brand_id and s.collectible_id = p.collectible_id
                """)
                .param("subjects", texts(rows.stream().map(Row::subject)))
                .param("brand", brand.value())
                .query(row -> {
                    if (row.getInt("available") > 0) refusals.remove(row.getString("subject"));
                    else refusals.put(row.getString("subject"), "bulk.promised");
                });
        return refusals;
    }

    private Map<String, String> ofHeld(BrandId brand, Kind kind, List<Row> rows) {
        List<String> subjects = rows.stream().map(Row::subject).toList();
        Map<String, String> refusals =
                rows.stream().collect(Collectors.toMap(Row::subject, r -> "bulk.decided", (a, b) -> a));
        reviews.undecided(brand, subjects).forEach(refusals::remove);
        if (kind == Kind.REFUSE)
            reviews.notYetRefusable(brand, subjects).forEach(subject -> refusals.put(subject, "bulk.too-early"));
        return refusals;
    }

    // ---- the worker

    @Override
    public String name() {
        return "bulk-acts";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        List<Act> open = db.sql("""
                select a.* from brands b join bulk_acts a on a.brand_id = b.brand_id
                where a.begun_at is not null and a.ended_at is null order by a.act_id limit 20
                """).query(BulkActs::act).list();
        boolean more = false;
        for (Act act : open) more |= some(act);
        return more;
    }

    private boolean some(Act act) {
        int tried = 0;
        for (Row row : next(act)) {
            try {
                if (one(act, row)) tried++;
            } catch (TransientDataAccessException | DataAccessResourceFailureException | TransactionException e) {
                throw e; // of the database, not of the row: it is tried again
            } catch (RuntimeException e) {
                log.warn("bulk.row-failed act={} row={}", act.id(), row.nth(), e);
                write(act, row, "failed", "bulk.failed");
                tried++;
            }
        }
        int ended = db.sql("""
                update bulk_acts a set ended_at = :now where brand_id = :brand and act_id = :id and ended_at is null
                    and not exists (select from bulk_rows r where r.brand_id = a.brand_id and r.act_id = a.act_id and r.outcome is null)
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("brand", act.brand().value())
                .param("id", act.id())
                .update();
        return tried + ended > 0;
    }

    private List<Row> next(Act act) {
        return db.sql("""
                select nth, subject, name, outcome, code from bulk_rows
                where brand_id = :brand and act_id = :id and outcome is null order by nth limit :most
                """)
                .param("brand", act.brand().value())
                .param("id", act.id())
                .param("most", BATCH)
                .query(Row.class)
                .list();
    }

    /** The row first: another node that is at it is passed over, and what it did is not done again. */
    private boolean one(Act act, Row row) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            boolean mine = db.sql("""
                    select 1 from bulk_rows where brand_id = :brand and act_id = :id and nth = :nth and outcome is null
                    for update skip locked
                    """)
                    .param("brand", act.brand().value())
                    .param("id", act.id())
                    .param("nth", row.nth())
                    .query(Integer.class)
                    .optional()
                    .isPresent();
            if (!mine) return false;
            Optional<String> refusal = deed(act, row.subject());
            write(act, row, refusal.isPresent() ? "refused" : "done", refusal.orElse(null));
            return true;
        }));
    }

    private Optional<String> deed(Act act, String subject) {
        return switch (act.kind()) {
            case WITHDRAW -> withdrawals.withdraw(act.brand(), UUID.fromString(subject), act.reason());
            case PUT_BACK -> withdrawals.putBack(act.brand(), UUID.fromString(subject));
            case RETIRE ->
                switch (drops.retire(piece(act.brand(), subject))) {
                    case Drops.Retiring.Retired done -> Optional.empty();
                    case Drops.Retiring.NotReturned not -> Optional.of("bulk.not-returned");
                    case Drops.Retiring.AllPromised not -> Optional.of("bulk.promised");
                };
            case LET_GO, REFUSE -> decide(act, subject);
            case READ_AGAIN -> readAgain(act.brand(), subject);
            case MAIL_AGAIN -> reminders.remind(act.brand(), UUID.fromString(subject));
        };
    }

    private Optional<String> decide(Act act, String subject) {
        int at = subject.indexOf('/');
        var id = new DropId(act.brand(), UUID.fromString(subject.substring(0, at)));
        var collector = new CollectorId(UUID.fromString(subject.substring(at + 1)));
        if (act.kind() == Kind.LET_GO)
            return reviews.release(id, collector) ? Optional.empty() : Optional.of("bulk.decided");
        Drop drop = plans.find(id).orElse(null);
        if (drop == null) return Optional.of("bulk.decided");
        return switch (reviews.refuse(drop, collector)) {
            case Reviews.Refusing.Refused done -> Optional.empty();
            case Reviews.Refusing.DecidedBefore before -> Optional.of("bulk.decided");
            case Reviews.Refusing.TooEarly early -> Optional.of("bulk.too-early");
        };
    }

    private Optional<String> readAgain(BrandId brand, String subject) {
        int at = subject.indexOf('/');
        return switch (deliveries.replay(
                brand, new ShopId(UUID.fromString(subject.substring(0, at))), subject.substring(at + 1))) {
            case Deliveries.Replay.Unknown unknown -> Optional.of("bulk.no-body");
            case Deliveries.Replay.Replayed(Delivery now) ->
                now.state() == Delivery.State.UNREADABLE ? Optional.of("bulk.unreadable") : Optional.empty();
        };
    }

    private static PieceNumber piece(BrandId brand, String subject) {
        int at = subject.indexOf('/');
        return new PieceNumber(
                new CollectibleId(brand, UUID.fromString(subject.substring(0, at))),
                Integer.parseInt(subject.substring(at + 1)));
    }

    private void write(Act act, Row row, String outcome, @Nullable String code) {
        db.sql("""
                update bulk_rows set outcome = :outcome, code = :code, done_at = :now
                where brand_id = :brand and act_id = :id and nth = :nth and outcome is null
                """)
                .param("outcome", outcome)
                .param("code", code)
                .param("now", Timestamp.from(clock.instant()))
                .param("brand", act.brand().value())
                .param("id", act.id())
                .param("nth", row.nth())
                .update();
    }

    private static SqlArrayValue texts(java.util.stream.Stream<String> texts) {
        return new SqlArrayValue("text", (Object[]) texts.toArray(String[]::new));
    }

    private static Act act(ResultSet row, int n) throws SQLException {
        Timestamp begun = row.getTimestamp("begun_at");
        Timestamp ended = row.getTimestamp("ended_at");
        return new Act(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("act_id", UUID.class),
                Kind.of(row.getString("kind")).orElseThrow(),
                row.getString("reason"),
                row.getObject("undoes", UUID.class),
                row.getString("made_by_name"),
                row.getTimestamp("made_at").toInstant(),
                row.getInt("rows_all"),
                begun == null ? null : begun.toInstant(),
                ended == null ? null : ended.toInstant());
    }
}
