package vitrine.drop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.identity.CollectorId;
import vitrine.identity.Persons;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Job;

/**
 * Claims that a person looks at before anything is granted. Whoever is held hears why and may answer; if nobody decides in time the
 * claim is let go, so that a doubt costs the brand its time and not the collector her piece.
 */
@Component
public class Reviews implements Job {

    /** From {@link #COUNTED} on. */
    public static final Duration DECIDED_WITHIN = Duration.ofHours(72);

    /** So long whoever is held has to say that it is a mistake, before she can be refused: a refusal is final. */
    public static final Duration ANSWERED_WITHIN = Duration.ofHours(24);

    public static final int APPEAL_MAX = 500;

    private final JdbcClient db;
    private final HotLocks locks;
    private final Drops drops;
    private final SaleReturns returns;
    private final LiveDrops lives;
    private final BusinessClock clock;
    private final ClockCheck clocks;
    private final Persons persons;

    Reviews(
            JdbcClient db,
            HotLocks locks,
            Drops drops,
            SaleReturns returns,
            LiveDrops lives,
            BusinessClock clock,
            ClockCheck clocks,
            Persons persons) {
        this.clocks = clocks;
        this.persons = persons;
        this.db = db;
        this.locks = locks;
        this.drops = drops;
        this.returns = returns;
        this.lives = lives;
        this.clock = clock;
    }

    public enum Reason {
        YOUNG_ACCOUNT,
        CROWDED_NETWORK,
        SUDDEN_CROWD;

        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static Optional<Reason> named(String code) {
            return Arrays.stream(values())
                    .filter(one -> one.code().equals(code))
                    .findFirst();
        }

        static Reason of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    public enum Decision {
        RELEASED,
        REFUSED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param claimedAt null: she has no number yet, since she has not claimed, or not paid for what she holds
     * @param until when the claim is let go, or the entry of a window, if nobody has decided; null: she has neither
     */
    public record Review(
            CollectorId collector,
            Reason reason,
            Instant heldAt,
            @Nullable String appeal,
            @Nullable Decision decision,
            @Nullable Instant claimedAt,
            @Nullable Instant until) {

        /** From when on she can be refused: at any time once she has answered, else a day after she was held and could read so. */
        public Instant refusableFrom() {
            if (appeal != null) return heldAt;
            Instant since = until == null ? heldAt : until.minus(DECIDED_WITHIN);
            return (since.isAfter(heldAt) ? since : heldAt).plus(ANSWERED_WITHIN);
        }
    }

    /** What became of a refusal. */
    public sealed interface Refusing {
        String code();

        record Refused() implements Refusing {
            @Override
            public String code() {
                return "drop.review-refused";
            }
        }

        record DecidedBefore() implements Refusing {
            @Override
            public String code() {
                return "drop.review-decided-before";
            }
        }

        /**
         * She has not answered, and had no day to do so.
         *
         * @param from when it is possible
         */
        record TooEarly(Instant from) implements Refusing {
            @Override
            public String code() {
                return "drop.review-too-early";
            }
        }
    }

    /**
     * When the time to decide began, of a row {@code r} of claim_reviews, as {@code n.since}: when a claim had its number, which for one with
     * a price is when it was paid; in a window, where nothing is claimed, when her entry was held. Null: there is nothing to decide yet.
     */
    public static final String COUNTED = """
             cross join lateral (
                select least(
                    (select min(coalesce(s.sold_at, c.claimed_at)) from claims c
                        left join sales s on s.brand_id = c.brand_id and s.claim_id = c.claim_id
                        where c.brand_id = r.brand_id and c.drop_id = r.drop_id and c.collector_id = r.collector_id
                            and c.serial is not null and (c.granted_at is null or r.decision is not null)),
                    (select min(greatest(a.arrived_at, r.held_at)) from queue_arrivals a
                        join drop_stages g on g.brand_id = a.brand_id and g.drop_id = a.drop_id and g.stage_id = a.stage_id
                            and g.mode = 'window'
                        where a.brand_id = r.brand_id and a.drop_id = r.drop_id and a.collector_id = r.collector_id)) as since) n
            """;

    private static final String REVIEWS = """
            select r.collector_id, r.reason, r.held_at, r.appeal, r.decision, k.claimed_at, n.since from claim_reviews r
            cross join lateral (
                select min(c.claimed_at) as claimed_at from claims c
                where c.brand_id = r.brand_id and c.drop_id = r.drop_id and c.collector_id = r.collector_id and c.serial is not null
                    and (c.granted_at is null or r.decision is not null)) k
            """ + COUNTED + " where r.brand_id = :brand and r.drop_id = :drop ";

    /** Of one collector; empty: nobody doubted her. */
    public Optional<Review> of(DropId drop, CollectorId collector) {
        // Of nearly everybody there is none, and PostgreSQL plans the whole question anew each time.
        if (!isThere(drop, collector)) return Optional.empty();
        return db.sql(REVIEWS + " and r.collector_id = :collector")
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("collector", collector.value())
                .query(Reviews::review)
                .optional();
    }

    private boolean isThere(DropId drop, CollectorId collector) {
        return db.sql("""
                select exists (
                    select from claim_reviews where brand_id = :brand and drop_id = :drop and collector_id = :collector)
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("collector", collector.value())
                .query(Boolean.class)
                .single();
    }

    /**
     * Whether what one person claimed here was refused, under whichever of her accounts.
     *
     * @param family all ids of one person
     * @param human by which the drop knows her where a stage counts people; null: it does not
     */
    boolean refused(DropId drop, Collection<CollectorId> family, byte @Nullable [] human) {
        return db.sql("""
                select exists (
                    select from claim_reviews where brand_id = :brand and drop_id = :drop and collector_id = any(:family)
                        and decision = 'refused')
                    or cast(:human as bytea) is not null and exists (
                        select from claim_reviews where brand_id = :brand and drop_id = :drop and person_key = :human)
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .param("human", human)
                .query(Boolean.class)
                .single();
    }

    /**
     * Which of them.
     *
     * @param reason null: whatever it is
     * @param network where they came from, in hexadecimal; empty: wherever
     * @param younger than this was her account when she came to the line; null: however old
     */
    public record Filter(
            @Nullable Reason reason,
            String network,
            @Nullable Duration younger) {
        public static final Filter ALL = new Filter(null, "", null);
    }

    private static final String OPEN = """
             and r.decision is null and (cast(:reason as text) is null or r.reason = :reason)
             and (:network = '' or exists (
                select from queue_arrivals a where a.brand_id = r.brand_id and a.drop_id = r.drop_id
                    and a.collector_id = r.collector_id and encode(a.network, 'hex') = :network))
             and (cast(:younger as bigint) is null or exists (
                select from collectors c where c.collector_id = r.collector_id
                    and coalesce(c.claimed_at, c.created_at) > coalesce((
                        select min(a.arrived_at) from queue_arrivals a
                        where a.brand_id = r.brand_id and a.drop_id = r.drop_id and a.collector_id = r.collector_id), k.claimed_at)
                        - make_interval(secs => :younger)))
            """;

    /** Those that nobody has decided: who has answered first, then who has claimed, the oldest first. */
    public List<Review> open(DropId drop, Filter filter, int from, int most) {
        return open(REVIEWS + OPEN + """
                 order by r.appealed_at nulls last, k.claimed_at nulls last, r.collector_id offset :from limit :most
                """, drop, filter)
                .param("from", from)
                .param("most", most)
                .query(Reviews::review)
                .list();
    }

    /** How many that are. */
    public int openCount(DropId drop, Filter filter) {
        return open("select count(*)::int from (" + REVIEWS + OPEN + ") of", drop, filter)
                .query(Integer.class)
                .single();
    }

    private JdbcClient.StatementSpec open(String sql, DropId drop, Filter filter) {
        return db.sql(sql)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("reason", filter.reason == null ? null : filter.reason.code())
                .param("network", filter.network)
                .param("younger", filter.younger == null ? null : filter.younger.toSeconds(), java.sql.Types.BIGINT);
    }

    private static Review review(ResultSet row, int n) throws SQLException {
        Timestamp claimed = row.getTimestamp("claimed_at");
        Timestamp since = row.getTimestamp("since");
        String decision = row.getString("decision");
        return new Review(
                new CollectorId(row.getObject("collector_id", UUID.class)),
                Reason.of(row.getString("reason")),
                row.getTimestamp("held_at").toInstant(),
                row.getString("appeal"),
                decision == null ? null : Decision.valueOf(decision.toUpperCase(Locale.ROOT)),
                claimed == null ? null : claimed.toInstant(),
                since == null ? null : since.toInstant().plus(DECIDED_WITHIN));
    }

    /** Holds those who came from one network. Returns how many. */
    @Transactional
    public int holdNetwork(DropId drop, Stage stage, byte[] network) {
        return hold(drop, stage, Reason.CROWDED_NETWORK, "a.network = :what", network);
    }

    /** Holds those whose account was younger than this when they came. */
    @Transactional
    public int holdYoung(DropId drop, Stage stage, Duration age) {
        return hold(
                drop,
                stage,
                Reason.YOUNG_ACCOUNT,
                "exists (select from collectors c where c.collector_id = a.collector_id"
                        + " and coalesce(c.claimed_at, c.created_at) > a.arrived_at - make_interval(secs => :what))",
                age.toSeconds());
    }

    /** Holds those who came within this step of time. */
    @Transactional
    public int holdMoment(DropId drop, Stage stage, Instant from, Duration step) {
        return hold(
                drop,
                stage,
                Reason.SUDDEN_CROWD,
                "a.arrived_at >= :what and a.arrived_at < cast(:what as timestamptz) + make_interval(secs => "
                        + step.toSeconds() + ")",
                Timestamp.from(from));
    }

    /**
     * Under the stock's lock, which every grant takes: whoever has all that she claimed in this stage keeps it, and nobody gets a piece in
     * between. What she has of another stage says nothing of this one.
     */
    private int hold(DropId drop, Stage stage, Reason reason, String which, Object what) {
        drops.lock(List.of(stage.collectible()));
        return db.sql("""
                insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at)
                select a.brand_id, a.drop_id, a.collector_id, :reason, :now from %s a
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage and a.salt is not null
                    and coalesce((
                        select bool_or(k.granted_at is null) from claims k
                        where k.brand_id = a.brand_id and k.drop_id = a.drop_id and k.collector_id = a.collector_id
                            and k.stage_id = a.stage_id), true)
                    and (%s)
                on conflict on constraint claim_reviews_pk do nothing
                """.formatted(ArrivalPictures.came(stage), which))
                .param("reason", reason.code())
                .param("now", Timestamp.from(clock.now()))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id())
                .param("what", what)
                .update();
    }

    /** She says why it is a mistake; once, while nobody has decided. False: there is nothing to answer. */
    public boolean appeal(DropId drop, CollectorId collector, String words) {
        String text = words.strip();
        if (text.isEmpty()) return false;
        return db.sql("""
                        update claim_reviews set appeal = :text, appealed_at = :now
                        where brand_id = :brand and drop_id = :drop and collector_id = :collector and decision is null
                            and appeal is null
                        """)
                        .param("text", text.length() > APPEAL_MAX ? text.substring(0, APPEAL_MAX) : text)
                        .param("now", Timestamp.from(clock.now()))
                        .param("brand", drop.brand().value())
                        .param("drop", drop.value())
                        .param("collector", collector.value())
                        .update()
                > 0;
    }

    /** @param subjects drop and collector, with a stroke between. @return those that nobody has decided */
    public List<String> undecided(BrandId brand, List<String> subjects) {
        return db.sql("""
                select w.subject from unnest(:subjects::text[]) as w (subject)
                join claim_reviews r on r.brand_id = :brand and r.drop_id = split_part(w.subject, '/', 1)::uuid
                    and r.collector_id = split_part(w.subject, '/', 2)::uuid and r.decision is null
                """)
                .param("subjects", new SqlArrayValue("text", (Object[]) subjects.toArray(String[]::new)))
                .param("brand", brand.value())
                .query(String.class)
                .list();
    }

    /** @param subjects as above. @return those who have not answered and can be refused only later */
    public List<String> notYetRefusable(BrandId brand, List<String> subjects) {
        return db.sql("""
                select w.subject from unnest(:subjects::text[]) as w (subject)
                join claim_reviews r on r.brand_id = :brand and r.drop_id = split_part(w.subject, '/', 1)::uuid
                    and r.collector_id = split_part(w.subject, '/', 2)::uuid and r.decision is null and r.appeal is null
                """ + COUNTED + " where greatest(r.held_at, n.since) > :told")
                .param("subjects", new SqlArrayValue("text", (Object[]) subjects.toArray(String[]::new)))
                .param("brand", brand.value())
                .param("told", Timestamp.from(clock.now().minus(ANSWERED_WITHIN)))
                .query(String.class)
                .list();
    }

    /** What was held is granted with the next batch. False: it was decided before. */
    @Transactional
    public boolean release(DropId drop, CollectorId collector) {
        return decide(drop, collector, Decision.RELEASED);
    }

    /**
     * Her units go back to where they came from, what she paid goes back to her, and her turn is over. Where a gateway may still take her
     * money the unit stays until that is closed ({@link SaleEnds}).
     */
    @Transactional
    public Refusing refuse(Drop drop, CollectorId collector) {
        if (!lockUndecided(drop.id(), collector)) return new Refusing.DecidedBefore();
        Instant from = of(drop.id(), collector).orElseThrow().refusableFrom();
        if (clock.now().isBefore(from)) return new Refusing.TooEarly(from);
        returns.refuse(drop.id(), collector);
        locks.drop(drop.id());
        for (Stage stage : drop.stages()) locks.stage(drop.id(), stage.id());
        drops.lock(drop.stages().stream().map(Stage::collectible).distinct().toList());
        if (!decide(drop.id(), collector, Decision.REFUSED)) return new Refusing.DecidedBefore();
        rememberHuman(drop.id(), collector);
        // What was sold while this one waited for the locks is paid for as well.
        returns.refuse(drop.id(), collector);
        Instant now = clock.now();
        for (Stage stage : drop.stages()) {
            if (stage.price() != null) endUnpaid(drop.id(), stage, collector, now);
            giveBack(drop.id(), stage, collector, now);
        }
        lives.changed();
        return new Refusing.Refused();
    }

    private boolean lockUndecided(DropId drop, CollectorId collector) {
        return !db.sql("""
                select 1 from claim_reviews
                where brand_id = :brand and drop_id = :drop and collector_id = :collector and decision is null for update
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("collector", collector.value())
                .query()
                .listOfRows()
                .isEmpty();
    }

    private boolean decide(DropId drop, CollectorId collector, Decision decision) {
        return db.sql("""
                        update claim_reviews set decision = :decision, decided_at = :now
                        where brand_id = :brand and drop_id = :drop and collector_id = :collector and decision is null
                        """)
                        .param("decision", decision.code())
                        .param("now", Timestamp.from(clock.now()))
                        .param("brand", drop.brand().value())
                        .param("drop", drop.value())
                        .param("collector", collector.value())
                        .update()
                > 0;
    }

    /** Her claims are about to go, and with them the drop would forget that another account is hers. */
    private void rememberHuman(DropId drop, CollectorId collector) {
        byte[] human = persons.keyFor(collector, drop.value());
        if (human == null) return;
        db.sql("""
                update claim_reviews set person_key = :human
                where brand_id = :brand and drop_id = :drop and collector_id = :collector
                """)
                .param("human", human)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("collector", collector.value())
                .update();
    }

    /** As a hold whose time is over: nobody begins to pay for it any more, and the gateways are asked to close what was begun. */
    private void endUnpaid(DropId drop, Stage stage, CollectorId collector, Instant now) {
        db.sql("""
                update claims set hold_until = least(hold_until, :now), close_at = :now
                where brand_id = :brand and drop_id = :drop and collector_id = :collector and stage_id = :stage and hold_until is not null
                """)
                .param("now", Timestamp.from(now))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("collector", collector.value())
                .param("stage", stage.id())
                .update();
    }

    /** A number that was never a piece goes into the drawer, as one that nobody has had. */
    private void giveBack(DropId drop, Stage stage, CollectorId collector, Instant now) {
        int units = db.sql("""
                with gone as (
                    delete from claims where brand_id = :brand and drop_id = :drop and collector_id = :collector
                        and stage_id = :stage and granted_at is null and (serial is not null or :free)
                    returning *),
                freed as (
                    update drop_codes k set used = k.used - f.n
                    from (select code_hash, count(*) as n from gone where code_hash is not null group by code_hash) f
                    where k.brand_id = :brand and k.drop_id = :drop and k.stage_id = :stage and k.code_hash = f.code_hash),
                unmarked as (
                    update returned_serials r set held_by = null from gone
                    where r.brand_id = :brand and r.collectible_id = gone.collectible_id and r.serial = gone.unit
                        and r.held_by = gone.claim_id),
                numbered as (
                    insert into returned_serials (brand_id, collectible_id, serial)
                    select brand_id, collectible_id, serial from gone where serial is not null)
                insert into claims_ended (brand_id, drop_id, collector_id, claim_key, claim_id, stage_id, claimed_at, ended_at)
                select brand_id, drop_id, collector_id, claim_key, claim_id, stage_id, claimed_at, :now from gone
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id())
                .param("collector", collector.value())
                .param("free", stage.price() == null)
                .param("now", Timestamp.from(now))
                .update();
        if (units == 0) return;
        db.sql("""
                update drop_stages set taken = taken - :n where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("n", units)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id())
                .update();
        drops.release(stage.collectible(), units);
    }

    @Override
    public String name() {
        return "drop.reviews";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(5);
    }

    /** Lets go what nobody has decided in time; and, as long after the drop's end, whoever was held and has claimed nothing that waits. */
    @Override
    public boolean run() {
        // By a clock that is ahead the time for all of them would be up, and what is let go is granted.
        if (clocks.offNow()) return false;
        Instant now = clock.now();
        record Due(UUID brandId, UUID dropId, UUID collectorId) {}
        db.sql("""
                select r.brand_id, r.drop_id, r.collector_id from claim_reviews r
                join drops d on d.brand_id = r.brand_id and d.drop_id = r.drop_id
                """ + COUNTED + """
                where r.decision is null and (n.since <= :before
                    or n.since is null and r.held_at <= :before and d.told_end_at <= :before and not exists (
                        select from claims c
                        where c.brand_id = r.brand_id and c.drop_id = r.drop_id and c.collector_id = r.collector_id
                            and c.granted_at is null))
                """)
                .param("before", Timestamp.from(now.minus(DECIDED_WITHIN)))
                .query(Due.class)
                .list()
                .forEach(due -> decide(
                        new DropId(new BrandId(due.brandId), due.dropId),
                        new CollectorId(due.collectorId),
                        Decision.RELEASED));
        return false;
    }
}
