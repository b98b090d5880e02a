package vitrine.campaign;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.CollectibleId;
import vitrine.platform.Bilingual;
import vitrine.platform.Mark;
import vitrine.proof.Hash32;

/**
 * Points of a model that say something, and may sound. They are the page's, not the manifest's: words about a work may be bettered
 * after it was published, the work may not.
 */
@Component
public class Hotspots {

    public static final int MOST = 8;
    public static final int SAID_MAX = 200;
    private static final Pattern POINT =
            Pattern.compile("-?[0-9]{1,3}(\\.[0-9]{1,4})?( -?[0-9]{1,3}(\\.[0-9]{1,4})?){2}");

    private final JdbcClient db;
    private final JdbcTemplate batch;

    Hotspots(JdbcClient db, JdbcTemplate batch) {
        this.db = db;
        this.batch = batch;
    }

    /**
     * @param at metres, "x y z", as the model has it
     * @param facing the way the surface looks there
     * @param sound of the media library; nothing sounds before somebody asks for it
     */
    public record Hotspot(
            String at,
            String facing,
            Bilingual said,
            @Nullable Hash32 sound) {

        public static boolean isPoint(String text) {
            return POINT.matcher(text).matches();
        }
    }

    public List<Hotspot> of(CollectibleId id) {
        return db.sql("select * from hotspots where brand_id = :brand and collectible_id = :id order by position")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Hotspots::hotspot)
                .list();
    }

    public Mark mark(CollectibleId id) {
        return Mark.of(of(id));
    }

    /** Locks the work and says how its points stand: nobody else writes them before this transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(CollectibleId id) {
        db.sql("select slug from collectibles where brand_id = :brand and collectible_id = :id for no key update")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(String.class)
                .single();
        return mark(id);
    }

    /** All of them anew. */
    @Transactional
    public void set(CollectibleId id, List<Hotspot> spots) {
        if (spots.size() > MOST) throw new IllegalArgumentException("more than " + MOST);
        db.sql("delete from hotspots where brand_id = :brand and collectible_id = :id")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        int[] position = {0};
        batch.batchUpdate("""
                insert into hotspots (brand_id, collectible_id, position, at_point, facing, said_zh, said_en, sound)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """, spots, MOST, (row, spot) -> {
            if (!Hotspot.isPoint(spot.at()) || !Hotspot.isPoint(spot.facing()))
                throw new IllegalArgumentException("not a point: " + spot.at() + ", " + spot.facing());
            row.setObject(1, id.brand().value());
            row.setObject(2, id.value());
            row.setInt(3, position[0]++);
            row.setString(4, spot.at());
            row.setString(5, spot.facing());
            row.setString(6, spot.said().zh());
            row.setString(7, spot.said().en());
            row.setBytes(8, spot.sound() == null ? null : spot.sound().bytes());
        });
    }

    private static Hotspot hotspot(ResultSet row, int n) throws SQLException {
        byte[] sound = row.getBytes("sound");
        return new Hotspot(
                row.getString("at_point"),
                row.getString("facing"),
                new Bilingual(row.getString("said_zh"), row.getString("said_en")),
                sound == null ? null : Hash32.of(sound));
    }
}
