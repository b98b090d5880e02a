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

    /** A second time changes nothing, unless she was told already: then she wants to hear again. */
    public void ask(DropId drop, CollectorId person, About about) {
        db.sql("""
                insert into drop_waiting (brand_id, drop_id, collector_id, about, asked_at) values (:brand, :drop, :person, :about, :now)
                on conflict on constraint drop_waiting_once do update set asked_at = excluded.asked_at, told_at = null
                where drop_waiting.told_at is not null
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("person", collectors.root(person).value())
                .param("about", about.code())
                .param("now", Timestamp.from(clock.now()))
                .update();
    }

    /** Whether she is still to be told. */
    public boolean asked(DropId drop, CollectorId person, About about) {
        return db.sql("""
                select exists (
                    select from drop_waiting where brand_id = :brand and drop_id = :drop and collector_id = :person and about = :about
                        and told_at is null)
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("person", collectors.root(person).value())
                .param("about", about.code())
                .query(Boolean.class)
                .single();
    }

    @Override
    public String name() {
        return "drop.reminders";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    private record Due(UUID brandId, UUID dropId, UUID collectorId, String about) {}

    @Override
    public boolean run() {
        // Nobody is told of an opening that is a day away.
        if (clocks.offNow()) return false;
        return Boolean.TRUE.equals(transactions.execute(status -> {
            Instant now = clock.now();
            // The line is counted once for each drop, not once for each who stands in it.
            List<Due> due = db.sql("""
                    with line as (
                        select brand_id, drop_id, collector_id,
                            row_number() over (partition by brand_id, drop_id order by asked_at, collector_id) as nth
                        from drop_waiting where told_at is null and about = 'free'),
                    free as (
                        select a.brand_id, a.drop_id, (
                                select coalesce(sum(coalesce(least(st.available, s.cap - s.taken), 0)), 0) from drop_stages s
                                join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
                                where s.brand_id = a.brand_id and s.drop_id = a.drop_id and s.sold_out_at is null
                                    and s.opens_at <= :now and s.closes_at > :now)
                            - (
                                select count(*) from drop_waiting o where o.brand_id = a.brand_id and o.drop_id = a.drop_id
                                    and o.about = 'free' and o.told_at > :called
                                    and not exists (
                                        select from claims k where k.brand_id = o.brand_id and k.drop_id = o.drop_id
                                            and k.collector_id = o.collector_id and k.claimed_at >= o.told_at)
                                    and not exists (
                                        select from claims_ended e where e.brand_id = o.brand_id and e.drop_id = o.drop_id
                                            and e.collector_id = o.collector_id and e.claimed_at >= o.told_at)) as units
                        from (select distinct brand_id, drop_id from line) a)
                    select w.brand_id, w.drop_id, w.collector_id, w.about from drop_waiting w
                    join drops d on d.brand_id = w.brand_id and d.drop_id = w.drop_id and d.state = 'published'
                    where w.told_at is null and case w.about
                        when 'opening' then exists (
                            select from drop_stages s where s.brand_id = w.brand_id and s.drop_id = w.drop_id
                                and s.opens_at <= :ahead and s.closes_at > :now)
                        else exists (
                            select from line l join free f on f.brand_id = l.brand_id and f.drop_id = l.drop_id
                            where l.brand_id = w.brand_id and l.drop_id = w.drop_id and l.collector_id = w.collector_id
                                and l.nth <= f.units) end
                    order by w.asked_at, w.collector_id limit :most for update of w skip locked
                    """)
                    .param("ahead", Timestamp.from(now.plus(AHEAD)))
                    .param("called", Timestamp.from(now.minus(CALLED)))
                    .param("now", Timestamp.from(now))
                    .param("most", BATCH)
                    .query(Due.class)
                    .list();
            for (Due each : due) {
                tell(each);
                db.sql("""
                        update drop_waiting set told_at = :now
                        where brand_id = :brand and drop_id = :drop and collector_id = :person and about = :about
                        """)
                        .param("now", Timestamp.from(now))
                        .param("brand", each.brandId())
                        .param("drop", each.dropId())
                        .param("person", each.collectorId())
                        .param("about", each.about())
                        .update();
            }
            return !due.isEmpty();
        }));
    }

    private void tell(Due due) {
        var person = new CollectorId(due.collectorId());
        Optional<Address> to = collectors.contact(person);
        Optional<Drop> drop = plans.find(new DropId(new BrandId(due.brandId()), due.dropId()));
        if (to.isEmpty() || drop.isEmpty()) return;
        String language = collectors.find(person).map(Collector::language).orElse("zh");
        Texts t = heres.texts(language.startsWith("zh") ? Language.ZH : Language.EN);
        Stage stage = drop.get().stageAt(clock.now());
        if (stage == null) return;
        String name = t.quoted(t.of(drop.get().name()));
        messages.write(
                to.get(),
                t.get("drop.mail." + due.about() + ".subject", name),
                t.get(
                        "drop.mail." + due.about() + ".text",
                        name,
                        t.dateTime(stage.opensAt()),
                        settings.baseUrl() + "/d/" + drop.get().slug()));
    }
}
