package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Meant;
import vitrine.identity.Sessions;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.BrandId;

/** How a collector hangs her room: in which order, what she keeps for herself, and who likes it. */
@Component
public class Rooms implements Meant {

    /** So many pieces of a wall are shown at once; a multiple of the six after which its rhythm begins anew. */
    static final int PART = 60;

    private final JdbcClient db;
    private final OwnedPieces owned;
    private final Collectors collectors;
    private final Clock clock;
    private final Sessions sessions;

    Rooms(JdbcClient db, OwnedPieces owned, Collectors collectors, Clock clock, Sessions sessions) {
        this.sessions = sessions;
        this.db = db;
        this.owned = owned;
        this.collectors = collectors;
        this.clock = clock;
    }

    /** A place on her wall and what hangs there. {@code hidden}: only its owner sees it. */
    public record Hook(PieceNumber number, boolean wrapped, boolean hidden, Instant granted) {}

    /** A piece in its place. */
    public record Hung(OwnedPiece piece, boolean hidden) {}

    private record Place(@Nullable Integer position, boolean hidden) {}

    /** All that she has, as she hung it; what she has not placed yet hangs in front, the newest first. */
    List<Hook> hooks(CollectorId person) {
        Map<PieceNumber, Place> places = places(person);
        return owned.holdings(collectors.family(person)).stream()
                // A stable sort: the pieces come newest first.
                .sorted(Comparator.comparing(
                        piece -> position(places.get(piece.number())),
                        Comparator.nullsFirst(Comparator.naturalOrder())))
                .map(piece -> new Hook(
                        piece.number(),
                        piece.wrapped(),
                        places.containsKey(piece.number())
                                && places.get(piece.number()).hidden(),
                        piece.granted()))
                .toList();
    }

    /** What hangs on these hooks, in their order. */
    List<Hung> hung(List<Hook> hooks) {
        Map<PieceNumber, Boolean> hidden = new HashMap<>();
        hooks.forEach(hook -> hidden.put(hook.number(), hook.hidden()));
        return pieces(hooks.stream().map(Hook::number).toList()).stream()
                .map(piece -> new Hung(piece, hidden.getOrDefault(piece.number(), false)))
                .toList();
    }

    List<OwnedPiece> pieces(List<PieceNumber> numbers) {
        return owned.pieces(numbers);
    }

    /** The part of a long wall that begins at {@code from}. */
    static <T> List<T> part(List<T> wall, int from) {
        int begin = Math.clamp(from, 0, wall.size());
        return wall.subList(begin, Math.min(wall.size(), begin + PART));
    }

    /** What she keeps for herself. */
    Set<PieceNumber> hidden(CollectorId person) {
        Set<PieceNumber> hidden = new HashSet<>();
        places(person).forEach((number, place) -> {
            if (place.hidden()) hidden.add(number);
        });
        return hidden;
    }

    /** These change places among themselves, into this order; all others hang where they hung. Doing it twice changes nothing. */
    @Transactional
    void arrange(CollectorId person, List<PieceNumber> wanted) {
        List<PieceNumber> order = order(person);
        Set<PieceNumber> hers = new HashSet<>(order);
        Iterator<PieceNumber> next =
                wanted.stream().filter(hers::contains).distinct().toList().iterator();
        Set<PieceNumber> moved = new HashSet<>(wanted);
        place(
                person,
                order.stream()
                        .map(number -> moved.contains(number) ? next.next() : number)
                        .toList());
    }

    /** To the door, before all others. */
    @Transactional
    void toFront(CollectorId person, PieceNumber number) {
        List<PieceNumber> order = new ArrayList<>(order(person));
        if (!order.remove(number)) return;
        order.addFirst(number);
        place(person, order);
    }

    /**
     * Past the next piece that hangs, towards the door or away from it. What is still wrapped has its place among the others and is
     * seen by nobody: to stop beside it would look like standing still.
     *
     * @param by -1: towards the door, 1: away from it
     */
    @Transactional
    void step(CollectorId person, PieceNumber number, int by) {
        List<Hook> hooks = new ArrayList<>(hooks(person));
        int at = IntStream.range(0, hooks.size())
                .filter(i -> hooks.get(i).number().equals(number))
                .findFirst()
                .orElse(-1);
        if (at < 0) return;
        int to = at + by;
        while (to >= 0 && to < hooks.size() && hooks.get(to).wrapped()) to += by;
        if (to < 0 || to >= hooks.size()) return;
        hooks.add(to, hooks.remove(at));
        place(person, hooks.stream().map(Hook::number).toList());
    }

    private List<PieceNumber> order(CollectorId person) {
        return hooks(person).stream().map(Hook::number).toList();
    }

    @Transactional
    void hide(CollectorId person, PieceNumber number, boolean hidden) {
        if (!order(person).contains(number)) return;
        db.sql("""
                insert into room_places (collector_id, brand_id, collectible_id, serial, hidden_at)
                values (:person, :brand, :id, :serial, :at)
                on conflict on constraint room_places_pk do update set hidden_at = excluded.hidden_at
                """)
                .param("person", person.value())
                .param("brand", number.collectible().brand().value())
                .param("id", number.collectible().value())
                .param("serial", number.serial())
                .param("at", hidden ? Timestamp.from(clock.instant()) : null, java.sql.Types.TIMESTAMP)
                .update();
    }

    int likes(CollectorId room) {
        return db.sql("select count(*) from room_likes where collector_id = :room")
                .param("room", room.value())
                .query(Integer.class)
                .single();
    }

    /** A room that she likes. @param room its public name; null: it has none any more */
    record Liked(@Nullable String room, Instant at) {}

    /** The newest first. */
    List<Liked> liked(List<CollectorId> family) {
        return db.sql("""
                select c.handle, l.liked_at from room_likes l left join collectors c on c.collector_id = l.collector_id
                where l.liker_id = any(:family) order by l.liked_at desc
                """)
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query((row, n) -> new Liked(
                        row.getString("handle"), row.getTimestamp("liked_at").toInstant()))
                .list();
    }

    boolean likes(CollectorId room, CollectorId liker) {
        return db.sql("select count(*) from room_likes where collector_id = :room and liker_id = :liker")
                        .param("room", room.value())
                        .param("liker", liker.value())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** room_likes_once: a second press of the same button changes nothing. Nobody likes her own room. */
    void like(CollectorId room, CollectorId liker, boolean liked) {
        if (room.equals(liker)) return;
        db.sql(
                        liked
                                ? "insert into room_likes (collector_id, liker_id, liked_at) values (:room, :liker, :now) on conflict do nothing"
                                : "delete from room_likes where collector_id = :room and liker_id = :liker and liked_at <= :now")
                .param("room", room.value())
                .param("liker", liker.value())
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    /** A guest pressed it: she likes the room as soon as she has signed in. */
    void mean(HttpServletRequest request, CollectorId room) {
        sessions.mean(request, kind(), room.toString());
    }

    @Override
    public String kind() {
        return "like";
    }

    @Override
    public void done(CollectorId person, String room) {
        var owner = collectors.find(new CollectorId(UUID.fromString(room))).filter(Collector::isPublic);
        owner.ifPresent(open -> like(open.id(), person, true));
    }

    /** She had her account erased: her room is empty, and her likes are nobody's. */
    @Transactional
    void forget(CollectorId person) {
        for (CollectorId id : collectors.family(person)) {
            for (String mine : List.of(
                    "delete from room_places where collector_id = :id",
                    "delete from room_likes where collector_id = :id",
                    "delete from room_likes where liker_id = :id")) {
                db.sql(mine).param("id", id.value()).update();
            }
        }
    }

    private void place(CollectorId person, List<PieceNumber> order) {
        db.sql("""
                insert into room_places (collector_id, brand_id, collectible_id, serial, position)
                select :person, w.* from unnest(:brands::uuid[], :ids::uuid[], :serials::int[], :positions::int[]) w
                on conflict on constraint room_places_pk do update set position = excluded.position
                """)
                .param("person", person.value())
                .param(
                        "brands",
                        order.stream().map(n -> n.collectible().brand().value()).toArray(UUID[]::new))
                .param("ids", order.stream().map(n -> n.collectible().value()).toArray(UUID[]::new))
                .param("serials", order.stream().map(PieceNumber::serial).toArray(Integer[]::new))
                .param("positions", IntStream.range(0, order.size()).boxed().toArray(Integer[]::new))
                .update();
    }

    private Map<PieceNumber, Place> places(CollectorId person) {
        Map<PieceNumber, Place> places = new HashMap<>();
        db.sql("select * from room_places where collector_id = :person")
                .param("person", person.value())
                .query(row -> {
                    places.put(
                            new PieceNumber(
                                    new CollectibleId(
                                            new BrandId(row.getObject("brand_id", UUID.class)),
                                            row.getObject("collectible_id", UUID.class)),
                                    row.getInt("serial")),
                            new Place((Integer) row.getObject("position"), row.getTimestamp("hidden_at") != null));
                });
        return places;
    }

    private static @Nullable Integer position(@Nullable Place place) {
        return place == null ? null : place.position();
    }
}
