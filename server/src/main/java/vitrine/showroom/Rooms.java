package vitrine.showroom;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.BrandId;

/** How a collector hangs her room: in which order, what she keeps for herself, and who likes it. */
@Component
public class Rooms {

    static final int PIECES = 200;

    private final JdbcClient db;
    private final OwnedPieces owned;
    private final Collectors collectors;
    private final Clock clock;

    Rooms(JdbcClient db, OwnedPieces owned, Collectors collectors, Clock clock) {
        this.db = db;
        this.owned = owned;
        this.collectors = collectors;
        this.clock = clock;
    }

    /** A piece in its place. {@code hidden}: only its owner sees it. */
    public record Hung(OwnedPiece piece, boolean hidden) {}

    private record Place(@Nullable Integer position, boolean hidden) {}

    /** What she has, as she hung it; what she has not placed yet hangs in front, the newest first. */
    List<Hung> hung(CollectorId person) {
        return hung(person, PIECES);
    }

    /** Everything that she has, also what no longer fits into the room. */
    List<Hung> all(CollectorId person) {
        return hung(person, Integer.MAX_VALUE);
    }

    private List<Hung> hung(CollectorId person, int most) {
        Map<PieceNumber, Place> places = places(person);
        return owned.of(collectors.family(person), most).stream()
                // A stable sort: the pieces come newest first.
                .sorted(Comparator.comparing(
                        piece -> position(places.get(piece.number())),
                        Comparator.nullsFirst(Comparator.naturalOrder())))
                .map(piece -> new Hung(
                        piece,
                        places.containsKey(piece.number())
                                && places.get(piece.number()).hidden()))
                .toList();
    }

    /** What she keeps for herself. */
    Set<PieceNumber> hidden(CollectorId person) {
        Set<PieceNumber> hidden = new HashSet<>();
        places(person).forEach((number, place) -> {
            if (place.hidden()) hidden.add(number);
        });
        return hidden;
    }

    /** Hangs these in this order; what is not among them follows as it hung before. Doing it twice changes nothing. */
    @Transactional
    void arrange(CollectorId person, List<PieceNumber> wanted) {
        List<PieceNumber> now =
                hung(person).stream().map(h -> h.piece().number()).toList();
        Set<PieceNumber> hers = new HashSet<>(now);
        List<PieceNumber> order = new ArrayList<>(
                wanted.stream().filter(hers::contains).distinct().toList());
        Set<PieceNumber> placed = new HashSet<>(order);
        now.stream().filter(number -> !placed.contains(number)).forEach(order::add);
        for (int n = 0; n < order.size(); n++) place(person, order.get(n), n);
    }

    /** One step towards the door, or away from it. */
    @Transactional
    void move(CollectorId person, PieceNumber number, int by) {
        List<PieceNumber> order = new ArrayList<>(
                hung(person).stream().map(h -> h.piece().number()).toList());
        int at = order.indexOf(number);
        if (at < 0) return;
        order.remove(at);
        order.add(Math.clamp(at + by, 0, order.size()), number);
        arrange(person, order);
    }

    @Transactional
    void hide(CollectorId person, PieceNumber number, boolean hidden) {
        if (hung(person).stream().noneMatch(h -> h.piece().number().equals(number))) return;
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

    private void place(CollectorId person, PieceNumber number, int position) {
        db.sql("""
                insert into room_places (collector_id, brand_id, collectible_id, serial, position)
                values (:person, :brand, :id, :serial, :position)
                on conflict on constraint room_places_pk do update set position = excluded.position
                """)
                .param("person", person.value())
                .param("brand", number.collectible().brand().value())
                .param("id", number.collectible().value())
                .param("serial", number.serial())
                .param("position", position)
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
