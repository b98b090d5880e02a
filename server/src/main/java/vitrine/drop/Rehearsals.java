package vitrine.drop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.Job;

/**
 * Staff try their drop before anybody else does ({@link Rehearsal}). What they ask for is a row; some node lives through it, one at a
 * time, and whoever looks sees how far it is. A node that dies meanwhile leaves it to the next, which has the same ending from the same
 * seed.
 */
@Component
public class Rehearsals implements Job {

    /** Of a drop so many are kept. */
    private static final int KEPT = 5;

    private static final Duration BUSY_FOR = Duration.ofMinutes(2);
    private static final long SAID_EVERY_NANOS = 250_000_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcClient db;
    private final HotLocks locks;
    private final DropPlans plans;
    private final Ids ids;
    private final Clock clock;
    private final BusinessClock business;
    private final double claimsAimed;
    private final int joinWork;

    Rehearsals(
            JdbcClient db,
            HotLocks locks,
            DropPlans plans,
            Ids ids,
            Clock clock,
            BusinessClock business,
            @Value("${vitrine.queue-claims-per-second:100}") double claimsAimed,
            @Value("${vitrine.join-work:50000}") int joinWork) {
        this.db = db;
        this.locks = locks;
        this.plans = plans;
        this.ids = ids;
        this.clock = clock;
        this.business = business;
        this.claimsAimed = claimsAimed;
        this.joinWork = joinWork;
    }

    /**
     * The drop by another rule, to be compared with.
     *
     * @param rule {@code no-limit}, {@code one-person} or {@code other-way}
     */
    public record Other(String rule, List<RehearsedStage> stages) {}

    /**
     * @param mails to those who asked to be reminded
     * @param joinTries hashes that the programs must compute to come into a line, about; 0: there is no line
     */
    public record Outcome(List<RehearsedStage> stages, List<Other> others, int mails, long joinTries) {}

    /**
     * @param far of a hundred
     * @param outcome null: it is not over
     * @param changed whether the drop is another one by now
     */
    public record Rehearsed(
            DropId drop,
            UUID id,
            RehearsedCrowd crowd,
            long seed,
            String byName,
            Instant madeAt,
            int far,
            @Nullable Outcome outcome,
            boolean changed) {}

    public sealed interface Asking {
        record Asked(UUID id) implements Asking {}

        /** One is being lived through: its outcome comes first. */
        record GoesOn(UUID id) implements Asking {}

        /** The draft cannot be published as it is, so it cannot be tried either. */
        record Unfinished() implements Asking {}

        /** It is open or over. */
        record TooLate() implements Asking {}

        /** @param field of the crowd that is out of its range */
        record NoSuchCrowd(String field) implements Asking {}
    }

    /** Whether there is anything left to try: an opening that is still ahead. */
    public boolean offered(Drop drop) {
        return switch (drop.state()) {
            case DRAFT -> true;
            case PUBLISHED, PAUSED ->
                business.now().isBefore(drop.stages().getFirst().opensAt());
            case ENDED -> false;
        };
    }

    @Transactional
    public Asking ask(Drop drop, RehearsedCrowd crowd, long seed, String byName) {
        String wrong = crowd.wrong();
        if (wrong != null) return new Asking.NoSuchCrowd(wrong);
        if (!offered(drop)) return new Asking.TooLate();
        DropDraft plan = plans.draft(drop.id());
        if (drop.state() == Drop.State.DRAFT
                && !plans.check(drop.id().brand(), plan).isEmpty()) return new Asking.Unfinished();
        // Two who press at once are one after the other.
        locks.drop(drop.id());
        List<Rehearsed> before = of(drop.id());
        for (Rehearsed one : before) if (one.outcome() == null) return new Asking.GoesOn(one.id());
        before.stream().skip(KEPT - 1L).forEach(this::forget);
        UUID id = ids.next();
        db.sql("""
                insert into drop_rehearsals (brand_id, drop_id, rehearsal_id, plan, crowd, seed, made_by_name, made_at, far)
                values (:brand, :drop, :id, :plan, :crowd, :seed, :name, :now, 0)
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("id", id)
                .param("plan", JSON.writeValueAsString(plan))
                .param("crowd", JSON.writeValueAsString(crowd))
                .param("seed", seed)
                .param("name", byName)
                .param("now", Timestamp.from(clock.instant()))
                .update();
        return new Asking.Asked(id);
    }

    private void forget(Rehearsed one) {
        db.sql("delete from drop_rehearsals where brand_id = :brand and drop_id = :drop and rehearsal_id = :id")
                .param("brand", one.drop().brand().value())
                .param("drop", one.drop().value())
                .param("id", one.id())
                .update();
    }

    /** Those that are kept, the newest first. */
    public List<Rehearsed> of(DropId drop) {
        return db.sql("""
                select r.*, r.plan <> d.draft as changed from drop_rehearsals r
                join drops d on d.brand_id = r.brand_id and d.drop_id = r.drop_id
                where r.brand_id = :brand and r.drop_id = :drop order by r.rehearsal_id desc
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query(Rehearsals::rehearsed)
                .list();
    }

    public Optional<Rehearsed> find(DropId drop, UUID id) {
        return of(drop).stream().filter(one -> one.id().equals(id)).findFirst();
    }

    private static Rehearsed rehearsed(ResultSet row, int n) throws SQLException {
        String outcome = row.getString("outcome");
        return new Rehearsed(
                new DropId(new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("drop_id", UUID.class)),
                row.getObject("rehearsal_id", UUID.class),
                JSON.readValue(row.getString("crowd"), RehearsedCrowd.class),
                row.getLong("seed"),
                row.getString("made_by_name"),
                row.getTimestamp("made_at").toInstant(),
                row.getInt("far"),
                outcome == null ? null : JSON.readValue(outcome, Outcome.class),
                row.getBoolean("changed"));
    }

    // ---- the worker

    @Override
    public String name() {
        return "drop.rehearsals";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    private record Due(DropId drop, UUID id, DropDraft plan, RehearsedCrowd crowd, long seed) {}

    @Override
    public boolean run() {
        Instant now = clock.instant();
        Due due = db.sql("""
                update drop_rehearsals r set busy_until = :until
                from (
                    select o.brand_id, o.drop_id, o.rehearsal_id from brands b
                    join drop_rehearsals o on o.brand_id = b.brand_id
                    where o.ended_at is null and (o.busy_until is null or o.busy_until < :now)
                    order by o.rehearsal_id limit 1 for update of o skip locked) w
                where r.brand_id = w.brand_id and r.drop_id = w.drop_id and r.rehearsal_id = w.rehearsal_id
                returning r.brand_id, r.drop_id, r.rehearsal_id, r.plan, r.crowd, r.seed
                """)
                .param("until", Timestamp.from(now.plus(BUSY_FOR)))
                .param("now", Timestamp.from(now))
                .query((row, n) -> new Due(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getObject(3, UUID.class),
                        JSON.readValue(row.getString(4), DropDraft.class),
                        JSON.readValue(row.getString(5), RehearsedCrowd.class),
                        row.getLong(6)))
                .optional()
                .orElse(null);
        if (due == null) return false;
        Outcome outcome = outcome(due);
        db.sql("""
                update drop_rehearsals set outcome = :outcome, far = 100, ended_at = :now, busy_until = null
                where brand_id = :brand and drop_id = :drop and rehearsal_id = :id and ended_at is null
                """)
                .param("outcome", JSON.writeValueAsString(outcome))
                .param("now", Timestamp.from(clock.instant()))
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("id", due.id)
                .update();
        return true;
    }

    private Outcome outcome(Due due) {
        Rehearsal.Plan plan = plan(due.drop.brand(), due.plan);
        List<Rehearsal.Plan> ways = new ArrayList<>();
        List<Rehearsal.Rule> rules = new ArrayList<>();
        for (Rehearsal.Rule rule : Rehearsal.Rule.values()) {
            Rehearsal.Plan under = plan.under(rule);
            if (under == null) continue;
            ways.add(under);
            rules.add(rule);
        }
        List<RehearsedStage> planned = List.of();
        List<Other> others = new ArrayList<>();
        for (int n = 0; n < ways.size(); n++) {
            int done = n;
            List<RehearsedStage> stages = Rehearsal.run(
                    ways.get(n),
                    due.crowd,
                    due.seed,
                    Rehearsal.Witness.NOBODY,
                    sayer(due, share -> (done + share) / ways.size()));
            if (rules.get(n) == Rehearsal.Rule.PLANNED) planned = stages;
            else others.add(new Other(rules.get(n).code(), stages));
        }
        int inLine = planned.stream()
                .filter(stage -> stage.mode() != Stage.Mode.RACE)
                .mapToInt(RehearsedStage::bots)
                .sum();
        int people = due.crowd.accounts() - due.crowd.bots();
        return new Outcome(
                planned, others, (int) ((long) people * due.crowd.mailPercent() / 100), (long) inLine * (joinWork / 2));
    }

    private interface Share {
        double of(double share);
    }

    /** Writes how far it is, and that this node is still at it; not more often than somebody looks. */
    private DoubleConsumer sayer(Due due, Share all) {
        long[] saidAt = {0};
        return share -> {
            long now = System.nanoTime();
            if (saidAt[0] != 0 && now - saidAt[0] < SAID_EVERY_NANOS) return;
            saidAt[0] = now;
            db.sql("""
                    update drop_rehearsals set far = greatest(far, :far), busy_until = :until
                    where brand_id = :brand and drop_id = :drop and rehearsal_id = :id and ended_at is null
                    """)
                    .param("far", (int) (100 * all.of(share)))
                    .param("until", Timestamp.from(clock.instant().plus(BUSY_FOR)))
                    .param("brand", due.drop.brand().value())
                    .param("drop", due.drop.value())
                    .param("id", due.id)
                    .update();
        };
    }

    /** @param draft one that can be published */
    Rehearsal.Plan plan(BrandId brand, DropDraft draft) {
        List<Stage> stages = new ArrayList<>();
        for (int n = 0; n < draft.stages().size(); n++)
            stages.add(draft.stages().get(n).stage(brand, n));
        Map<CollectibleId, Integer> stock = new HashMap<>();
        for (Stage stage : stages)
            stock.computeIfAbsent(
                    stage.collectible(), id -> Objects.requireNonNullElse(plans.available(brand, id.value()), 0));
        return new Rehearsal.Plan(stages, stock, claimsAimed);
    }
}
