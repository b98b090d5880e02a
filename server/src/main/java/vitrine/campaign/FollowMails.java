package vitrine.campaign;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.News;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Texts;

/**
 * Tells a follower what brands and creators whom she follows, and in series that she follows, hung, announced and began since she was told last: all of it in one mail, and
 * never two on a day.
 */
@Component
class FollowMails implements Job {

    /** Between two mails to the same person. */
    static final Duration APART = Duration.ofDays(1);

    private static final Duration TOGETHER = Duration.ofHours(1);

    /** What is older is no news, whoever slept meanwhile. */
    private static final Duration NEWS = Duration.ofDays(7);

    private static final int BATCH = 100;
    private static final int LINES = 8;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Collectors collectors;
    private final News news;
    private final Heres heres;
    private final Settings settings;
    private final BusinessClock clock;

    FollowMails(
            JdbcClient db,
            TransactionTemplate transactions,
            Collectors collectors,
            News news,
            Heres heres,
            Settings settings,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.collectors = collectors;
        this.news = news;
        this.heres = heres;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "follow-mails";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(5);
    }

    private record Line(Bilingual by, Bilingual name, String path, String what) {
        String words(Texts t) {
            return t.get("mail.followed." + what, t.of(by), t.quoted(t.of(name)));
        }
    }

    @Override
    public boolean run() {
        // What is hung within the hour is told together.
        Instant now = clock.now().minus(TOGETHER);
        LinkedHashMap<CollectorId, List<Line>> told = new LinkedHashMap<>();
        // From the news to their followers: on most days there is little new, and nobody's list is walked in vain.
        db.sql("""
                with news as (
                    select 'brand' as kind, c.brand_id as subject_id, c.brand_id, c.name_zh, c.name_en, '/o/' || c.slug as path,
                        'work' as what, c.published_at as at
                    from collectibles c where c.published_at > :since and c.published_at <= :now
                    union all
                    select 'creator', c.creator_id, c.brand_id, c.name_zh, c.name_en, '/o/' || c.slug, 'work', c.published_at
                    from collectibles c where c.published_at > :since and c.published_at <= :now and c.creator_id is not null
                    union all
                    select 'series', c.series_id, c.brand_id, c.name_zh, c.name_en, '/o/' || c.slug, 'work', c.published_at
                    from collectibles c where c.published_at > :since and c.published_at <= :now and c.series_id is not null
                    union all
                    select 'brand', ca.brand_id, ca.brand_id, ca.name_zh, ca.name_en, '/campaigns/' || ca.slug, 'campaign',
                        greatest(ca.from_at, r.published_at)
                    from campaigns ca
                    join rules_versions r on r.brand_id = ca.brand_id and r.rules_id = ca.campaign_id and r.version = 1
                    where ca.state = 'published'
                        and greatest(ca.from_at, r.published_at) > :since and greatest(ca.from_at, r.published_at) <= :now
                    union all
                    select 'brand', d.brand_id, d.brand_id, d.name_zh, d.name_en, '/d/' || d.slug, 'drop', r.published_at
                    from drops d
                    join rules_versions r on r.brand_id = d.brand_id and r.rules_id = d.drop_id and r.version = 1
                    where d.state in ('published', 'paused') and r.published_at > :since and r.published_at <= :now
                        and exists (
                            select from drop_stages s where s.brand_id = d.brand_id and s.drop_id = d.drop_id
                                and s.sold_out_at is null and s.closes_at > :today))
                select distinct f.collector_id, n.path, n.name_zh, n.name_en, b.name_zh as by_zh, b.name_en as by_en, n.what, n.at
                from news n
                join follows f on f.kind = n.kind and f.subject_id = n.subject_id and f.followed_at < n.at
                join brands b on b.brand_id = n.brand_id
                left join follow_mails m on m.collector_id = f.collector_id
                where m.told_until is null or (m.told_until < n.at and m.told_until <= :apart)
                order by f.collector_id, n.what, n.at desc, n.path limit :most
                """)
                .param("since", Timestamp.from(now.minus(NEWS)))
                .param("now", Timestamp.from(now))
                .param("today", Timestamp.from(clock.now()))
                .param("apart", Timestamp.from(now.minus(APART)))
                .param("most", BATCH * LINES)
                .query(row -> {
                    told.computeIfAbsent(
                                    new CollectorId(row.getObject("collector_id", UUID.class)), id -> new ArrayList<>())
                            .add(new Line(
                                    new Bilingual(row.getString("by_zh"), row.getString("by_en")),
                                    new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                                    row.getString("path"),
                                    row.getString("what")));
                });
        int read = told.values().stream().mapToInt(List::size).sum();
        // The last one's lines may go on behind the limit: she is told in the next run.
        if (read == BATCH * LINES && told.size() > 1) told.pollLastEntry();
        told.forEach((follower, lines) -> transactions.executeWithoutResult(status -> tell(follower, lines, now)));
        return !told.isEmpty();
    }

    private void tell(CollectorId follower, List<Line> lines, Instant now) {
        // follow_mails_pkey: of two nodes that tell the same person one waits here, and then finds that she was told.
        int mine = db.sql("""
                insert into follow_mails as m (collector_id, told_until) values (:id, :now)
                on conflict (collector_id) do update set told_until = excluded.told_until where m.told_until <= :apart
                """)
                .param("id", follower.value())
                .param("now", Timestamp.from(now))
                .param("apart", Timestamp.from(now.minus(APART)))
                .update();
        if (mine == 0) return;
        CollectorId root = collectors.root(follower);
        Address to = collectors.contact(root).orElse(null);
        if (to == null || to.kind() != Address.Kind.EMAIL) return;
        boolean chinese =
                collectors.find(root).map(Collector::language).orElse("zh").startsWith("zh");
        Texts t = heres.texts(chinese ? Language.ZH : Language.EN);
        String subject = lines.getFirst().words(t);
        var text = new StringBuilder(t.get("mail.followed.text"));
        for (Line line : lines.subList(0, Math.min(LINES, lines.size()))) {
            text.append("\n\n")
                    .append(line.words(t))
                    .append(t.get("mail.followed.colon"))
                    .append('\n')
                    .append(settings.baseUrl())
                    .append(line.path());
        }
        if (lines.size() > LINES)
            text.append("\n\n")
                    .append(t.get("mail.followed.more", lines.size() - LINES))
                    .append('\n')
                    .append(settings.baseUrl())
                    .append("/me/following");
        text.append("\n\n").append(t.get("mail.followed.once"));
        news.write(root, News.Topic.FOLLOWED, to, subject, text.toString(), List.of(t));
    }
}
