package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Job;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Texts;

/**
 * Mails that somebody asked for: that a drop is about to open, or that a unit is free again. One mail for each asking; who asked first
 * hears first, and no more people are called than there are units: whoever was told counts for one until she claims or her time is over.
 * Each asking is of one stage: what another one opens, or gets back, is none of its news.
 */
@Component
public class DropReminders implements Job {

    /** What she wants to hear. */
    public enum About {
        OPENING,
        FREE;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Duration AHEAD = Duration.ofMinutes(15);

    /** As long as a hold commonly is: time to read a mail and come. Then the next one is called, though the first may still come. */
    static final Duration CALLED = Duration.ofMinutes(10);

    private static final int BATCH = 100;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final DropPlans plans;
    private final Collectors collectors;
    private final Messages messages;
    private final Heres heres;
    private final Settings settings;
    private final BusinessClock clock;
    private final ClockCheck clocks;

    DropReminders(
            JdbcClient db,
            TransactionTemplate transactions,
            DropPlans plans,
            Collectors collectors,
            Messages messages,
            Heres heres,
            Settings settings,
            BusinessClock clock,
            ClockCheck clocks) {
        this.db = db;
        this.transactions = transactions;
        this.plans = plans;
        this.collectors = collectors;
        this.messages = messages;
        this.heres = heres;
        this.settings = settings;
        this.clock = clock;
        this.clocks = clocks;
    }

    /** A second time changes nothing, unless what she asked for has come: then she wants to hear again. */
    public void ask(DropId drop, Stage stage, CollectorId person, About about) {
        db.sql("""
                insert into drop_waiting as w (brand_id, drop_id, stage_id, collector_id, about, asked_at)
                values (:brand, :drop, :stage, :person, :about, :now)
                on conflict on constraint drop_waiting_once do update set asked_at = excluded.asked_at, told_at = null
                where w.told_at is not null or w.about = 'free' and
                """ + hasClaimedSince("w", "asked_at"))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id())
                .param("person", collectors.root(person).value())
                .param("about", about.code())
                .param("now", Timestamp.from(clock.now()))
                .update();
    }

    /** Whether she is still to be told. */
    public boolean asked(DropId drop, Stage stage, CollectorId person, About about) {
        return db.sql("""
                select exists (
                    select from drop_waiting w where w.brand_id = :brand and w.drop_id = :drop and w.stage_id = :stage
                        and w.collector_id = :person and w.about = :about and w.told_at is null
                        and not (w.about = 'free' and
                """ + hasClaimedSince("w", "asked_at") + "))")
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id())
                .param("person", collectors.root(person).value())
                .param("about", about.code())
                .query(Boolean.class)
                .single();
    }

    /** Of a row of those who wait: whether she got one since, kept or not. */
    private static String hasClaimedSince(String row, String time) {
        return """
                (exists (
                    select from claims k where k.brand_id = row.brand_id and k.drop_id = row.drop_id
                        and k.collector_id = row.collector_id and k.claimed_at >= row.time)
                or exists (
                    select from claims_ended e where e.brand_id = row.brand_id and e.drop_id = row.drop_id
                        and e.collector_id = row.collector_id and e.claimed_at >= row.time))
                """.replace("row.time", row + "." + time).replace("row.", row + ".");
    }

    /**
     * The drop was paused until now: whoever was told that a unit is free, and has not taken one, has as much of her turn left as she had
     * when the pause began.
     */
    static void goOn(JdbcClient db, DropId drop, Instant now) {
        db.sql("""
                update drop_waiting w set told_at = w.told_at + (cast(:now as timestamptz) - d.paused_at)
                from drops d
                where d.brand_id = :brand and d.drop_id = :drop and d.paused_at is not null
                    and w.brand_id = d.brand_id and w.drop_id = d.drop_id and w.about = 'free'
                    and w.told_at > d.paused_at - cast(:called as interval) and not
                """ + hasClaimedSince("w", "told_at"))
                .param("now", Timestamp.from(now))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("called", CALLED.toString())
                .update();
    }

    @Override
    public String name() {
        return "drop.reminders";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    /** @param settled she has what she asked for, or was refused: a call for her would cost another her turn */
    private record Due(UUID brandId, UUID dropId, UUID stageId, UUID collectorId, String about, boolean settled) {}

    @Override
    public boolean run() {
        // Nobody is told of an opening that is a day away.
        if (clocks.offNow()) return false;
        return Boolean.TRUE.equals(transactions.execute(status -> {
            Instant now = clock.now();
            // The line is counted once for each stage, not once for each who stands in it.
            List<Due> due = db.sql("""
                    with line as (
                        select brand_id, drop_id, stage_id, collector_id,
                            row_number() over (partition by brand_id, drop_id, stage_id order by asked_at, collector_id) as nth
                        from drop_waiting where told_at is null and about = 'free'),
                    free as (
                        select s.brand_id, s.drop_id, s.stage_id, coalesce(least(st.available, s.cap - s.taken), 0) - (
                                select count(*) from drop_waiting o where o.brand_id = s.brand_id and o.drop_id = s.drop_id
                                    and o.stage_id = s.stage_id and o.about = 'free' and o.told_at > :called and not
                    """ + hasClaimedSince("o", "told_at") + """
                            ) as units
                        from (select distinct brand_id, drop_id, stage_id from line) a
                        join drop_stages s on s.brand_id = a.brand_id and s.drop_id = a.drop_id and s.stage_id = a.stage_id
                            and s.sold_out_at is null and s.opens_at <= :now and s.closes_at > :now
                        join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id)
                    select w.brand_id, w.drop_id, w.stage_id, w.collector_id, w.about, (exists (
                            select from claim_reviews r where r.brand_id = w.brand_id and r.drop_id = w.drop_id
                                and r.collector_id = w.collector_id and r.decision = 'refused')
                        or w.about = 'free' and
                    """ + hasClaimedSince("w", "asked_at") + """
                        ) as settled
                    from drop_waiting w
                    join drops d on d.brand_id = w.brand_id and d.drop_id = w.drop_id and d.state = 'published'
                    where w.told_at is null and w.about <> 'returned' and case w.about
                        when 'opening' then exists (
                            select from drop_stages s where s.brand_id = w.brand_id and s.drop_id = w.drop_id and s.stage_id = w.stage_id
                                and s.opens_at <= :ahead and s.closes_at > :now)
                        else exists (
                            select from line l
                            join free f on f.brand_id = l.brand_id and f.drop_id = l.drop_id and f.stage_id = l.stage_id
                            where l.brand_id = w.brand_id and l.drop_id = w.drop_id and l.stage_id = w.stage_id
                                and l.collector_id = w.collector_id and l.nth <= f.units) end
                    order by w.asked_at, w.collector_id limit :most for update of w skip locked
                    """)
                    .param("ahead", Timestamp.from(now.plus(AHEAD)))
                    .param("called", Timestamp.from(now.minus(CALLED)))
                    .param("now", Timestamp.from(now))
                    .param("most", BATCH)
                    .query(Due.class)
                    .list();
            for (Due each : due) {
                if (!each.settled && tell(each)) told(each, now);
                else forget(each);
            }
            return !due.isEmpty();
        }));
    }

    /** False: she cannot be told any more, as whoever closed her account. */
    private boolean tell(Due due) {
        var person = new CollectorId(due.collectorId);
        Optional<Address> to = collectors.contact(person);
        Optional<Drop> drop = plans.find(new DropId(new BrandId(due.brandId), due.dropId));
        Stage stage = drop.stream()
                .flatMap(one -> one.stages().stream())
                .filter(one -> one.id().equals(due.stageId))
                .findFirst()
                .orElse(null);
        if (to.isEmpty() || drop.isEmpty() || stage == null) return false;
        String language = collectors.find(person).map(Collector::language).orElse("zh");
        Texts t = heres.texts(language.startsWith("zh") ? Language.ZH : Language.EN);
        String name = t.quoted(t.of(drop.get().name()));
        String kind = "drop.mail." + due.about + (due.about.equals(About.OPENING.code()) ? how(stage) : "");
        messages.write(
                to.get(),
                t.get(kind + ".subject", name),
                t.get(
                        kind + ".text",
                        name,
                        t.dateTime(stage.opensAt()),
                        settings.baseUrl() + "/d/" + drop.get().slug()));
        return true;
    }

    /** In a race one comes in time for the opening; the lot of a queue is for those who came before it. */
    private static String how(Stage stage) {
        return stage.mode() == Stage.Mode.RACE ? "" : "-" + stage.mode().code();
    }

    private void told(Due due, Instant now) {
        of(due, "update drop_waiting set told_at = :now")
                .param("now", Timestamp.from(now))
                .update();
    }

    private void forget(Due due) {
        of(due, "delete from drop_waiting").update();
    }

    private JdbcClient.StatementSpec of(Due due, String what) {
        return db.sql(what + """

                where brand_id = :brand and drop_id = :drop and stage_id = :stage and collector_id = :person and about = :about
                """)
                .param("brand", due.brandId)
                .param("drop", due.dropId)
                .param("stage", due.stageId)
                .param("person", due.collectorId)
                .param("about", due.about);
    }
}
