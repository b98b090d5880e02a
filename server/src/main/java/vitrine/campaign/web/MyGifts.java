package vitrine.campaign.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.campaign.Origin;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.BrandId;

/** What a collector holds that no order of hers brought: airdrops, what she claimed in a drop, what a friend gave her. */
@Component
public class MyGifts {

    /** So many have a card; her room has all of them. */
    private static final int MOST = 12;

    private final JdbcClient db;
    private final OwnedPieces owned;

    MyGifts(JdbcClient db, OwnedPieces owned) {
        this.db = db;
        this.owned = owned;
    }

    public record Gift(OwnedPiece piece, Origin origin) {}

    /** @param all how many there are, also those that have no card */
    public record Gifts(List<Gift> shown, int all) {}

    private record Held(PieceNumber number, Origin origin) {}

    /**
     * What waits to be opened first, then the newest.
     *
     * @param bought what stands among her orders already
     */
    Gifts of(Collection<CollectorId> family, Set<PieceNumber> bought) {
        List<Held> held = new ArrayList<>();
        for (Held one : held(family)) {
            if (one.origin() != Origin.ORDER && !bought.contains(one.number())) held.add(one);
        }
        List<Held> first = held.subList(0, Math.min(MOST, held.size()));
        List<Gift> shown = new ArrayList<>();
        for (OwnedPiece piece : owned.pieces(first.stream().map(Held::number).toList())) {
            first.stream()
                    .filter(one -> one.number().equals(piece.number()))
                    .findFirst()
                    .ifPresent(one -> shown.add(new Gift(piece, one.origin())));
        }
        return new Gifts(shown, held.size());
    }

    /** First which pieces, by the collectors' own key, as {@link OwnedPieces#holdings} does. */
    private List<Held> held(Collection<CollectorId> family) {
        return db.sql("select p.brand_id, p.collectible_id, p.serial, " + Origin.SQL + """
                 as origin
                from collector_pieces cp cross join lateral (
                    select * from pieces p
                    where p.brand_id = cp.brand_id and p.collectible_id = cp.collectible_id and p.serial = cp.serial
                    and p.owner_id = cp.collector_id and p.state = 'owned' offset 0) p
                where cp.collector_id = any (:family::uuid[])
                order by p.opened_at is not null, cp.got_at desc, p.collectible_id, p.serial
                """)
                .param(
                        "family",
                        new SqlArrayValue(
                                "uuid", family.stream().map(CollectorId::value).toArray()))
                .query((row, n) -> new Held(
                        new PieceNumber(
                                new CollectibleId(
                                        new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                                row.getInt(3)),
                        Origin.of(row.getString("origin"))))
                .list();
    }
}
