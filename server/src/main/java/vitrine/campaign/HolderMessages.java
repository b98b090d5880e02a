package vitrine.campaign;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.identity.Audit;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.News;
import vitrine.identity.Who;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.platform.Mark;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/**
 * A brand writes to those who hold its pieces: to who signed in, can be reached by mail and did not refuse such mails, and never more
 * often than {@link #PER_HOLDER} in {@link #WITHIN}. To whom is settled when it is begun; then this worker writes one letter after
 * another, each in a transaction with its mark, so nobody gets two of one message.
 */
@Component
public class HolderMessages implements Job {

    public static final int PER_HOLDER = 2;
    public static final Duration WITHIN = Duration.ofDays(30);
    public static final int SUBJECT_MAX = 100;
    public static final int TEXT_MAX = 2_000;

    private static final int BATCH = 50;

    /** @param about {@code series} or {@code collectible} */
    public record About(String about, UUID id, Bilingual name, String path) {}

    public record Message(
            BrandId brand,
            UUID id,
            String about,
            UUID aboutId,
            Bilingual subject,
            Bilingual text,
            String byName,
            Instant madeAt,
            @Nullable Instant begunAt,
            @Nullable Instant endedAt) {
        public boolean isDraft() {
            return begunAt == null;
        }

        /** The same with other words. */
        public Message saying(Bilingual subject, Bilingual text) {
            return new Message(brand, id, about, aboutId, subject, text, byName, madeAt, begunAt, endedAt);
        }

        /** How its words stand. */
        public Mark mark() {
            return Mark.of(List.of(subject, text));
        }

        public boolean isWhole() {
            return !subject.zh().isBlank()
                    && !subject.en().isBlank()
                    && !text.zh().isBlank()
                    && !text.en().isBlank();
        }
    }

    /**
     * Whom a message would meet now.
     *
     * @param written who would be written to
     * @param unreachable bought and never signed in, signed in without mail, or left
     * @param unwanted said no to such mails
     * @param unasked was never asked, or did not answer: that is no yes
     * @param capped had {@link #PER_HOLDER} in {@link #WITHIN}
     */
    public record Reach(int holders, int written, int unreachable, int unwanted, int unasked, int capped) {}

    public record Counts(int written, int leftOut, int left) {
        public int all() {
            return written + leftOut + left;
        }
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Catalog catalog;
    private final Collectors collectors;
    private final News news;
    private final Heres heres;
    private final Settings settings;
    private final Audit audit;
    private final Ids ids;
    private final Clock clock;

    HolderMessages(
            JdbcClient db,
            TransactionTemplate transactions,
            Catalog catalog,
            Collectors collectors,
            News news,
            Heres heres,
            Settings settings,
            Audit audit,
            Ids ids,
            Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.catalog = catalog;
        this.collectors = collectors;
        this.news = news;
        this.heres = heres;
        this.settings = settings;
        this.audit = audit;
        this.ids = ids;
        this.clock = clock;
    }

    /** What a message may be about: the brand's series, and its published collectibles. */
    public List<About> abouts(BrandId brand) {
        return db.sql("""
                select about, id, name_zh, name_en, path from (
                    select 'series' as about, s.series_id as id, s.name_zh, s.name_en, '/b/' || b.slug || '/series/' || s.slug as path
                    from series s join brands b on b.brand_id = s.brand_id where s.brand_id = :brand
                    union all
                    select 'collectible', collectible_id, name_zh, name_en, '/o/' || slug from collectibles
                    where brand_id = :brand and published_at is not null) a
                order by about desc, path
                """)
                .param("brand", brand.value())
                .query((row, n) -> new About(
                        row.getString("about"),
                        row.getObject("id", UUID.class),
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getString("path")))
                .list();
    }

    public About about(Message message) {
        return abouts(message.brand()).stream()
                .filter(a -> a.id().equals(message.aboutId()))
                .findFirst()
                .orElseThrow();
    }

    public UUID draft(BrandId brand, About about, Who by) {
        UUID id = ids.next();
        db.sql("""
                insert into holder_messages (brand_id, message_id, about, about_id, subject_zh, subject_en, text_zh, text_en,
                    made_by_name, made_at)
                values (:brand, :id, :about, :aboutId, '', '', '', '', :by, :now)
                """)
                .param("brand", brand.value())
                .param("id", id)
                .param("about", about.about())
                .param("aboutId", about.id())
                .param("by", by.actorName())
                .param("now", Timestamp.from(clock.instant()))
                .update();
        return id;
    }

    /** Locks the message and says how its words stand: nobody else writes or sends them before this transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(Message message) {
        return db.sql("select * from holder_messages where brand_id = :brand and message_id = :id for update")
                .param("brand", message.brand().value())
                .param("id", message.id())
                .query(HolderMessages::message)
                .single()
                .mark();
    }

    /** What was begun stays as it was written. */
    public boolean save(Message message, Bilingual subject, Bilingual text) {
        return db.sql("""
                update holder_messages set subject_zh = :subjectZh, subject_en = :subjectEn, text_zh = :textZh, text_en = :textEn
                where brand_id = :brand and message_id = :id and begun_at is null
                """)
                        .param("subjectZh", subject.zh())
                        .param("subjectEn", subject.en())
                        .param("textZh", text.zh())
                        .param("textEn", text.en())
                        .param("brand", message.brand().value())
                        .param("id", message.id())
                        .update()
                == 1;
    }

    public Optional<Message> find(BrandId brand, UUID id) {
        return db.sql("select * from holder_messages where brand_id = :brand and message_id = :id")
                .param("brand", brand.value())
                .param("id", id)
                .query(HolderMessages::message)
                .optional();
    }

    public List<Message> of(BrandId brand, @Nullable UUID before, int most) {
        return db.sql("""
                select * from holder_messages where brand_id = :brand and message_id < :before order by message_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("before", before == null ? new UUID(-1, -1) : before)
                .param("most", most)
                .query(HolderMessages::message)
                .list();
    }

    public Counts counts(Message message) {
        return db.sql("""
                select count(*) filter (where outcome = 'written') as written, count(*) filter (where outcome = 'left-out') as left_out,
                    count(*) filter (where outcome is null) as "left"
                from holder_letters where brand_id = :brand and message_id = :id
                """)
                .param("brand", message.brand().value())
                .param("id", message.id())
                .query(Counts.class)
                .single();
    }

    /** Why people were left out, and how many for each reason. */
    public Map<String, Integer> leftOut(Message message) {
        Map<String, Integer> why = new LinkedHashMap<>();
        db.sql("""
                select code, count(*) from holder_letters where brand_id = :brand and message_id = :id and outcome = 'left-out'
                group by code order by code
                """)
                .param("brand", message.brand().value())
                .param("id", message.id())
                .query(row -> {
                    why.put(row.getString(1), row.getInt(2));
                });
        return why;
    }

    /** Each holder once, however many pieces she has and under however many ids she bought them. */
    private static final String HOLDERS = """
            select distinct coalesce(c.joined_into, c.collector_id) as holder
            from collectibles k
            join pieces p on p.brand_id = k.brand_id and p.collectible_id = k.collectible_id and p.state = 'owned'
            join collectors c on c.collector_id = p.owner_id
            where k.brand_id = :brand and case :about when 'series' then k.series_id else k.collectible_id end = :aboutId
            """;

    public Reach reach(Message message) {
        return db.sql("""
                select count(*) as holders, count(*) filter (where not u and said and not c) as written,
                    count(*) filter (where u) as unreachable, count(*) filter (where not u and not said) as unwanted,
                    count(*) filter (where not u and said is null) as unasked,
                    count(*) filter (where not u and said and c) as capped
                from (
                    select r.contact_sealed is null or r.closed_at is not null as u,
                        (select bool_and(w.answer = 'yes') from news_answers w join collectors f on f.collector_id = w.collector_id
                            where w.topic = 'holders' and (f.collector_id = h.holder or f.joined_into = h.holder)) as said,
                        (select count(*) from holder_letters l where l.brand_id = :brand and l.collector_id = h.holder
                            and l.outcome = 'written' and l.done_at > :since) >= :most as c
                    from (""" + HOLDERS + """
                    ) h join collectors r on r.collector_id = h.holder) each
                """)
                .param("brand", message.brand().value())
                .param("about", message.about())
                .param("aboutId", message.aboutId())
                .param("since", Timestamp.from(clock.instant().minus(WITHIN)))
                .param("most", PER_HOLDER)
                .query(Reach.class)
                .single();
    }

    /** To herself, whatever she wants or had: nothing is counted. @return false: she has no address here */
    public boolean test(Message message, CollectorId reader) {
        Optional<Address> to = collectors.contact(collectors.root(reader));
        if (to.isEmpty() || to.get().kind() != Address.Kind.EMAIL) return false;
        for (Language language : Language.values()) {
            Texts t = heres.texts(language);
            news.send(
                    collectors.root(reader),
                    News.Topic.HOLDERS,
                    to.get(),
                    t.get("letter.test", t.of(message.subject())),
                    body(message, t),
                    List.of(t));
        }
        return true;
    }

    /** As it will be read, without the line that ends such mails. */
    public String body(Message message, Texts t) {
        About about = about(message);
        String brand = t.of(catalog.brand(message.brand()).name());
        return t.of(message.text()).strip() + "\n\n" + t.get("letter.see", t.quoted(t.of(about.name()))) + "\n"
                + settings.baseUrl() + about.path() + "\n\n"
                + t.get("letter.why", t.quoted(t.of(about.name())), brand, PER_HOLDER);
    }

    /** What a brand wrote to her, and when. */
    public record Letter(Bilingual brand, Bilingual subject, Instant at) {}

    /** The newest first. @param person all ids that are hers */
    public List<Letter> to(List<CollectorId> person) {
        return db.sql("""
                select b.name_zh, b.name_en, m.subject_zh, m.subject_en, l.done_at from brands b
                join holder_letters l on l.brand_id = b.brand_id and l.collector_id = any(:ids) and l.outcome = 'written'
                join holder_messages m on m.brand_id = l.brand_id and m.message_id = l.message_id
                order by l.done_at desc, m.message_id
                """)
                .param("ids", person.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query((row, n) -> new Letter(
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        new Bilingual(row.getString("subject_zh"), row.getString("subject_en")),
                        row.getTimestamp("done_at").toInstant()))
                .list();
    }

    /** She had her account erased: that she was written to is forgotten, too. */
    void forget(List<CollectorId> person) {
        db.sql("""
                delete from holder_letters where brand_id in (select brand_id from brands) and collector_id = any(:ids)
                """)
                .param("ids", person.stream().map(CollectorId::value).toArray(UUID[]::new))
                .update();
    }

    /** From here on it goes on by itself. A second press changes nothing. */
    public boolean begin(Message message, Who by) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int begun = db.sql("""
                    update holder_messages set begun_at = :now where brand_id = :brand and message_id = :id and begun_at is null
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", message.brand().value())
                    .param("id", message.id())
                    .update();
            if (begun == 0) return false;
            int holders = db.sql(
                            "insert into holder_letters (brand_id, message_id, collector_id) select :brand, :id, holder from ("
                                    + HOLDERS + ") h")
                    .param("brand", message.brand().value())
                    .param("id", message.id())
                    .param("about", message.about())
                    .param("aboutId", message.aboutId())
                    .update();
            audit.write(
                    by,
                    message.brand(),
                    "message.sent",
                    message.id().toString(),
                    Json.object("about", Json.of(message.about()), "holders", Json.of(holders))
                            .text());
            return true;
        }));
    }

    // ---- the worker

    @Override
    public String name() {
        return "holder-messages";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean run() {
        List<Message> open = db.sql("""
                select m.* from brands b join holder_messages m on m.brand_id = b.brand_id
                where m.begun_at is not null and m.ended_at is null order by m.begun_at limit 20
                """).query(HolderMessages::message).list();
        boolean more = false;
        for (Message message : open) more |= Boolean.TRUE.equals(transactions.execute(status -> some(message)));
        return more;
    }

    private boolean some(Message message) {
        List<UUID> taken = db.sql("""
                select collector_id from holder_letters where brand_id = :brand and message_id = :id and outcome is null
                order by collector_id limit :most for update skip locked
                """)
                .param("brand", message.brand().value())
                .param("id", message.id())
                .param("most", BATCH)
                .query(UUID.class)
                .list();
        for (UUID holder : taken) {
            Optional<String> leftOut = write(message, new CollectorId(holder));
            db.sql("""
                    update holder_letters set outcome = :outcome, code = :code, done_at = :now
                    where brand_id = :brand and message_id = :id and collector_id = :holder
                    """)
                    .param("outcome", leftOut.isEmpty() ? "written" : "left-out")
                    .param("code", leftOut.orElse(null))
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", message.brand().value())
                    .param("id", message.id())
                    .param("holder", holder)
                    .update();
        }
        if (!taken.isEmpty()) return true;
        return db.sql("""
                update holder_messages m set ended_at = :now where brand_id = :brand and message_id = :id and ended_at is null
                    and not exists (select from holder_letters l
                        where l.brand_id = m.brand_id and l.message_id = m.message_id and l.outcome is null)
                """)
                        .param("now", Timestamp.from(clock.instant()))
                        .param("brand", message.brand().value())
                        .param("id", message.id())
                        .update()
                > 0;
    }

    /** @return why she is left out; empty: it is on its way to her, in the transaction that says so */
    private Optional<String> write(Message message, CollectorId holder) {
        // Who was joined into another since this was begun is written to under her one id, once.
        CollectorId root = collectors.root(holder);
        if (!root.equals(holder)) {
            db.sql("""
                    insert into holder_letters (brand_id, message_id, collector_id) values (:brand, :id, :root) on conflict do nothing
                    """)
                    .param("brand", message.brand().value())
                    .param("id", message.id())
                    .param("root", root.value())
                    .update();
            return Optional.of("letter.joined");
        }
        if (collectors.away(holder)) return Optional.of("letter.unreachable");
        Address to = collectors.contact(holder).orElse(null);
        if (to == null || to.kind() != Address.Kind.EMAIL) return Optional.of("letter.unreachable");
        Boolean said = news.answers(holder).get(News.Topic.HOLDERS);
        if (said == null) return Optional.of("letter.unasked");
        if (!said) return Optional.of("letter.unwanted");
        // The cap's lock: two messages of one brand that meet at the same person are counted one after the other.
        db.sql("select 1 from collectors where collector_id = :id for update")
                .param("id", holder.value())
                .query()
                .listOfRows();
        int had = db.sql("""
                select count(*) from holder_letters where brand_id = :brand and collector_id = :id and outcome = 'written'
                    and done_at > :since
                """)
                .param("brand", message.brand().value())
                .param("id", holder.value())
                .param("since", Timestamp.from(clock.instant().minus(WITHIN)))
                .query(Integer.class)
                .single();
        if (had >= PER_HOLDER) return Optional.of("letter.capped");
        boolean chinese =
                collectors.find(holder).map(Collector::language).orElse("zh").startsWith("zh");
        Texts t = heres.texts(chinese ? Language.ZH : Language.EN);
        news.write(holder, News.Topic.HOLDERS, to, t.of(message.subject()), body(message, t), List.of(t));
        return Optional.empty();
    }

    private static Message message(ResultSet row, int n) throws SQLException {
        Timestamp begun = row.getTimestamp("begun_at");
        Timestamp ended = row.getTimestamp("ended_at");
        return new Message(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("message_id", UUID.class),
                row.getString("about"),
                row.getObject("about_id", UUID.class),
                new Bilingual(row.getString("subject_zh"), row.getString("subject_en")),
                new Bilingual(row.getString("text_zh"), row.getString("text_en")),
                row.getString("made_by_name"),
                row.getTimestamp("made_at").toInstant(),
                begun == null ? null : begun.toInstant(),
                ended == null ? null : ended.toInstant());
    }
}
