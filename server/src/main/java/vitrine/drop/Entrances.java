package vitrine.drop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Follows;
import vitrine.identity.Members;
import vitrine.identity.Persons;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/**
 * Who may enter a stage, looked at once, before it opens: what comes out is a claim pass. A person that was joined from several
 * collectors enters as one.
 */
@Component
public class Entrances {

    /** A ticket is for one claim. */
    private static final int TICKETS_ONLY_TRY = 1;

    private final JdbcClient db;
    private final Collectors collectors;
    private final Members members;
    private final Persons persons;
    private final Claims claims;
    private final ClaimPasses passes;
    private final WaitingRoom room;
    private final Reviews reviews;
    private final BusinessClock clock;

    Entrances(
            JdbcClient db,
            Collectors collectors,
            Members members,
            Persons persons,
            Claims claims,
            ClaimPasses passes,
            WaitingRoom room,
            Reviews reviews,
            BusinessClock clock) {
        this.db = db;
        this.collectors = collectors;
        this.members = members;
        this.persons = persons;
        this.claims = claims;
        this.passes = passes;
        this.room = room;
        this.reviews = reviews;
        this.clock = clock;
    }

    public sealed interface Entrance {
        /**
         * @param pass in the form that a claim shows
         * @param lasts how long from now; then another one is given
         * @param next the number of the person's next try
         * @param place in line that was called; 0 where nobody stands in line
         * @param has what the person has of this drop
         */
        record Admitted(String pass, Duration lasts, Stage stage, int next, int place, List<Claim> has)
                implements Entrance {}

        record NotEligible(Stage stage, List<Claim> has) implements Entrance {}

        /** The stage counts people, and nobody has confirmed behind this account. */
        record PersonUnchecked(Stage stage, List<Claim> has) implements Entrance {}

        /** The brand refused what she had claimed here, and with it her turn in every stage. */
        record Refused(Stage stage, List<Claim> has) implements Entrance {}

        /** One stands in line, or on a list, or could: there is no pass before one is called. */
        record Waits(Stage stage, WaitingRoom.Standing standing, List<Claim> has) implements Entrance {}

        /** She was called, and what she held then ended: in line a turn is one claim. @param place that was called */
        record TurnUsed(Stage stage, int place, List<Claim> has) implements Entrance {}

        /**
         * Nothing to enter: a draft, or ended.
         *
         * @param standing where she stood; null: nowhere, or it was a race
         */
        record Over(WaitingRoom.@Nullable Standing standing, List<Claim> has) implements Entrance {}
    }

    public Entrance enter(Drop drop, CollectorId who) {
        CollectorId person = collectors.root(who);
        Instant now = clock.now();
        Stage stage = drop.stageAt(now);
        if (stage == null) return new Entrance.Over(null, List.of());
        List<Claim> has = claims.of(drop.id(), person);
        // Before anything is asked of her that would be for nothing.
        if (drop.state() == Drop.State.ENDED)
            return new Entrance.Over(
                    stage.mode() == Stage.Mode.RACE ? null : room.standing(drop, stage, collectors.family(person)),
                    has);
        byte[] human = stage.onePerson() ? persons.keyFor(person, drop.id().value()) : null;
        if (reviews.refused(drop.id(), collectors.family(person), human)) return new Entrance.Refused(stage, has);
        if (!mayEnter(drop, stage, person)) return new Entrance.NotEligible(stage, has);
        if (stage.onePerson() && human == null) return new Entrance.PersonUnchecked(stage, has);
        if (stage.mode() == Stage.Mode.RACE) {
            ClaimPass pass = passes.of(drop.id(), stage.id(), person, human, stage.limit());
            return new Entrance.Admitted(
                    passes.write(pass), ClaimPasses.LASTS, stage, claims.nextTry(drop.id(), person), 0, has);
        }
        List<CollectorId> family = collectors.family(person);
        WaitingRoom.Standing standing = room.standing(drop, stage, family);
        if (stage.mode() == Stage.Mode.WINDOW || !(standing instanceof WaitingRoom.Standing.Called called))
            return new Entrance.Waits(stage, standing, has);
        if (claims.ended(drop.id(), stage, family)) return new Entrance.TurnUsed(stage, called.place(), has);
        ClaimPass ticket = passes.ticket(drop.id(), stage.id(), person, human, stage.limit(), called.place());
        return new Entrance.Admitted(
                passes.write(ticket), ClaimPasses.LASTS, stage, TICKETS_ONLY_TRY, called.place(), has);
    }

    /**
     * The first of these stages that would let her in as she stands now, so that she can be told when it opens; null: none would.
     *
     * @param later stages that have yet to open
     */
    public @Nullable Stage opensTo(Drop drop, List<Stage> later, CollectorId who) {
        if (later.isEmpty() || drop.state() == Drop.State.ENDED) return null;
        CollectorId person = collectors.root(who);
        if (reviews.refused(drop.id(), collectors.family(person), null)) return null;
        int has = claims.of(drop.id(), person).size();
        for (Stage stage : later)
            if (has < stage.limit()
                    && mayEnter(drop, stage, person)
                    && (!stage.onePerson() || persons.keyFor(person, drop.id().value()) != null)) return stage;
        return null;
    }

    /** Whether a piece that comes back could be hers: of a drop that was ended nobody asks that at the door. */
    public boolean mightHave(Drop drop, Stage stage, CollectorId who) {
        CollectorId person = collectors.root(who);
        byte[] human = stage.onePerson() ? persons.keyFor(person, drop.id().value()) : null;
        return !reviews.refused(drop.id(), collectors.family(person), human) && mayEnter(drop, stage, person);
    }

    /** What one must hold a piece of. */
    public record Held(Bilingual name, boolean series) {}

    /** @return empty: the stage is for others than holders */
    public Optional<Held> held(DropId drop, Stage stage) {
        if (stage.entry() != Stage.Entry.HOLDERS) return Optional.empty();
        return db.sql("""
                select name_zh, name_en, false as series from collectibles where brand_id = :brand and collectible_id = :of
                union all
                select name_zh, name_en, true from series where brand_id = :brand and series_id = :of
                """)
                .param("brand", drop.brand().value())
                .param("of", stage.entryId(), java.sql.Types.OTHER)
                .query((row, n) -> new Held(
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")), row.getBoolean("series")))
                .optional();
    }

    /** Whom one must follow. */
    public record Followed(Follows.Followed whom, Bilingual name) {}

    /** @return empty: the stage is for others than followers */
    public Optional<Followed> followed(DropId drop, Stage stage) {
        if (stage.entry() != Stage.Entry.FOLLOWERS) return Optional.empty();
        return db.sql("""
                select brand_id, brand_id as id, name_zh, name_en, true as brand from brands where brand_id = :of
                union all
                select brand_id, creator_id, name_zh, name_en, false from creators
                where creator_id = :of and brand_id in (select brand_id from brands where brand_id = :brand or kind = 'house')
                """)
                .param("brand", drop.brand().value())
                .param("of", stage.entryId(), java.sql.Types.OTHER)
                .query((row, n) -> {
                    var brand = new BrandId(row.getObject("brand_id", UUID.class));
                    return new Followed(
                            row.getBoolean("brand")
                                    ? Follows.Followed.brand(brand)
                                    : Follows.Followed.creator(brand, row.getObject("id", UUID.class)),
                            new Bilingual(row.getString("name_zh"), row.getString("name_en")));
                })
                .optional();
    }

    /** Which of this drop's stages this pass is for, if it is one of hers; null: it is not. */
    public @Nullable Stage stageOf(String pass, Drop drop, CollectorId who) {
        ClaimPass read = passes.read(pass);
        if (read == null || !read.drop().equals(drop.id()) || !read.collector().equals(collectors.root(who)))
            return null;
        return drop.stages().stream()
                .filter(stage -> stage.id().equals(read.stage()))
                .findFirst()
                .orElse(null);
    }

    public sealed interface Coming {
        String code();

        record Came(WaitingRoom.Joining how) implements Coming {
            @Override
            public String code() {
                return how.code();
            }
        }

        record NotEligible() implements Coming {
            @Override
            public String code() {
                return "drop.not-eligible";
            }
        }

        record PersonUnchecked() implements Coming {
            @Override
            public String code() {
                return "drop.person-unchecked";
            }
        }

        /** The brand refused what she had claimed here. */
        record Refused() implements Coming {
            @Override
            public String code() {
                return "drop.refused";
            }
        }

        /** In this stage nobody waits: it is a race, or over. */
        record NoLine() implements Coming {
            @Override
            public String code() {
                return "drop.closed";
            }
        }
    }

    /**
     * Comes into the waiting room, or onto the list, of the stage that is next or open.
     *
     * @param network keyed hash of where the request came from; null: not known
     */
    public Coming come(Drop drop, CollectorId who, byte @Nullable [] network) {
        CollectorId person = collectors.root(who);
        Stage stage = drop.stageAt(clock.now());
        if (stage == null || stage.mode() == Stage.Mode.RACE) return new Coming.NoLine();
        byte[] human = stage.onePerson() ? persons.keyFor(person, drop.id().value()) : null;
        if (reviews.refused(drop.id(), collectors.family(person), human)) return new Coming.Refused();
        if (!mayEnter(drop, stage, person)) return new Coming.NotEligible();
        if (stage.onePerson() && human == null) return new Coming.PersonUnchecked();
        return new Coming.Came(room.join(drop, stage, person, human, network));
    }

    /** Whether somebody looks at her claims here, or has; empty: nobody doubted her. @param who signed in, so nobody joined into another */
    public Optional<Reviews.Review> review(Drop drop, CollectorId who) {
        return reviews.of(drop.id(), who);
    }

    public boolean appeal(Drop drop, CollectorId who, String words) {
        return reviews.appeal(drop.id(), collectors.root(who), words);
    }

    /** Her own line of the list; null: she is not on it. */
    public WaitingRoom.@Nullable Line line(Drop drop, Stage stage, CollectorId who) {
        return room.line(drop, stage, collectors.family(collectors.root(who))).orElse(null);
    }

    private boolean mayEnter(Drop drop, Stage stage, CollectorId person) {
        UUID[] family =
                collectors.family(person).stream().map(CollectorId::value).toArray(UUID[]::new);
        @Nullable UUID of = stage.entryId();
        return switch (stage.entry()) {
            case MEMBERS -> !members.among(drop.id().brand(), List.of(person)).isEmpty();
            case EVERYONE, CODE -> true; // a code is looked at with the claim
            case LIST -> yes("""
                    select exists (
                        select from buyer_keys b
                        join drop_guests g on g.brand_id = :brand and g.drop_id = :drop and g.stage_id = :stage
                            and g.buyer_hash = b.buyer_key
                        where b.collector_id = any(:family))
                    """, family, drop, stage, of);
            case HOLDERS -> yes("""
                    select exists (
                        select from pieces p
                        join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                        where p.brand_id = :brand and p.state = 'owned' and p.owner_id = any(:family)
                            and :of in (c.collectible_id, c.series_id))
                    """, family, drop, stage, of);
            case FOLLOWERS -> yes("""
                    select exists (select from follows f where f.collector_id = any(:family) and f.subject_id = :of)
                    """, family, drop, stage, of);
        };
    }

    private boolean yes(String sql, UUID[] family, Drop drop, Stage stage, @Nullable UUID of) {
        return db.sql(sql)
                .param("family", family)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("stage", stage.id())
                .param("of", of, java.sql.Types.OTHER)
                .query(Boolean.class)
                .single();
    }
}
