package vitrine.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/** What a collector follows: brands, creators wherever they work, and series. Nobody else sees her list; only its length is counted. */
@Component
public class Follows implements Meant {

    /** Nobody follows more than this; a list that long is a machine's. */
    public static final int MOST = 500;

    public enum Kind {
        BRAND,
        CREATOR,
        SERIES;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Who, or what, can be followed.
     *
     * @param brand itself, who lists the creator, or whose the series is
     * @param id a brand's own id, the creator's or the series'
     */
    public record Followed(Kind kind, BrandId brand, UUID id) {

        public static Followed brand(BrandId brand) {
            return new Followed(Kind.BRAND, brand, brand.value());
        }

        public static Followed creator(BrandId brand, UUID creator) {
            return new Followed(Kind.CREATOR, brand, creator);
        }

        public static Followed series(BrandId brand, UUID series) {
            return new Followed(Kind.SERIES, brand, series);
        }

        /** As {@link #read} reads it. */
        String text() {
            return kind + " " + brand + " " + id;
        }

        static Followed read(String text) {
            String[] parts = text.split(" ");
            return new Followed(
                    Kind.valueOf(parts[0]), new BrandId(UUID.fromString(parts[1])), UUID.fromString(parts[2]));
        }
    }

    private final JdbcClient db;
    private final BusinessClock clock;
    private final Sessions sessions;

    Follows(JdbcClient db, BusinessClock clock, Sessions sessions) {
        this.db = db;
        this.clock = clock;
        this.sessions = sessions;
    }

    /** A second time changes nothing. False: she follows too many already. Leans on follows_once. */
    public boolean follow(CollectorId who, Followed whom) {
        if (of(who).size() >= MOST) return false;
        db.sql("""
                insert into follows (collector_id, kind, brand_id, subject_id, followed_at)
                values (:who, :kind, :brand, :id, :now) on conflict on constraint follows_once do nothing
                """)
                .param("who", who.value())
                .param("kind", whom.kind().code())
                .param("brand", whom.brand().value())
                .param("id", whom.id())
                .param("now", Timestamp.from(clock.now()))
                .update();
        return true;
    }

    /** A guest pressed it: she follows as soon as she has signed in. */
    public void mean(HttpServletRequest request, Followed whom) {
        sessions.mean(request, kind(), whom.text());
    }

    @Override
    public String kind() {
        return "follow";
    }

    @Override
    public void done(CollectorId person, String what) {
        follow(person, Followed.read(what));
    }

    public void unfollow(CollectorId who, Followed whom) {
        db.sql("delete from follows where collector_id = :who and kind = :kind and subject_id = :id")
                .param("who", who.value())
                .param("kind", whom.kind().code())
                .param("id", whom.id())
                .update();
    }

    public boolean isFollowed(CollectorId who, Followed whom) {
        return db.sql("""
                select exists (select from follows where collector_id = :who and kind = :kind and subject_id = :id)
                """)
                .param("who", who.value())
                .param("kind", whom.kind().code())
                .param("id", whom.id())
                .query(Boolean.class)
                .single();
    }

    public int followers(Followed whom) {
        return db.sql("select count(*)::int from follows where kind = :kind and subject_id = :id")
                .param("kind", whom.kind().code())
                .param("id", whom.id())
                .query(Integer.class)
                .single();
    }

    /** The newest first. */
    public List<Followed> of(CollectorId who) {
        return List.copyOf(since(who).keySet());
    }

    /** Since when she follows whom, the newest first. */
    public SequencedMap<Followed, Instant> since(CollectorId who) {
        SequencedMap<Followed, Instant> since = new LinkedHashMap<>();
        db.sql("select * from follows where collector_id = :who order by followed_at desc, subject_id")
                .param("who", who.value())
                .query(row -> {
                    var whom = new Followed(
                            Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                            new BrandId(row.getObject("brand_id", UUID.class)),
                            row.getObject("subject_id", UUID.class));
                    since.put(whom, row.getTimestamp("followed_at").toInstant());
                });
        return since;
    }
}
