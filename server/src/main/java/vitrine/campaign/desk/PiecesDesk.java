package vitrine.campaign.desk;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Origin;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;

/**
 * The brand's designs with their numbers, and their pieces one by one: who holds each, as the desk calls people, and how she came by it.
 */
@Controller
@Requires(Permission.SEE)
public class PiecesDesk {

    private final Desks desks;
    private final Catalog catalog;
    private final Collectors collectors;
    private final JdbcClient db;

    PiecesDesk(Desks desks, Catalog catalog, Collectors collectors, JdbcClient db) {
        this.desks = desks;
        this.catalog = catalog;
        this.collectors = collectors;
        this.db = db;
    }

    /** @param available null: an open edition */
    public record Stock(
            String slug,
            Bilingual name,
            @Nullable Integer supply,
            @Nullable Integer available,
            int held,
            int granted,
            int withheld,
            int retired) {}

    /**
     * @param holder the person, under the one id by which she is known; null: nobody
     * @param origin null: nobody has it
     */
    public record Row(
            UUID collectible,
            String slug,
            Bilingual name,
            int serial,
            String state,
            int moves,
            Instant grantedAt,
            @Nullable Instant openedAt,
            @Nullable UUID holder,
            @Nullable Origin origin) {
        public String shortId() {
            return holder == null ? "" : EntitlementsDesk.shortId(holder);
        }
    }

    /** @param holder only what this person holds; null: whoever holds it */
    public record Listing(
            List<Stock> stock,
            String of,
            String state,
            String from,
            @Nullable UUID holder,
            boolean highest,
            boolean first,
            List<Row> rows,
            @Nullable String older) {
        public String shortId() {
            return holder == null ? "" : EntitlementsDesk.shortId(holder);
        }
    }

    private static final String PIECE = """
            select p.collectible_id as collectible, c.slug, c.name_zh, c.name_en, p.serial, p.state, p.moves, p.granted_at, p.opened_at,
                coalesce((select h.joined_into from collectors h where h.collector_id = p.owner_id), p.owner_id) as holder,
            """ + Origin.SQL + " as origin\n";

    private static final String OF_ALL = "from pieces p";
    /** First which pieces, by the collectors' own key; a planner that is left to choose reads all pieces of the brand. */
    private static final String OF_ONE = """
            from collector_pieces cp cross join lateral (
                select * from pieces p
                where p.brand_id = cp.brand_id and p.collectible_id = cp.collectible_id and p.serial = cp.serial
                and p.owner_id = cp.collector_id and cp.collector_id = any (:ids::uuid[]) offset 0) p
            """;

    @GetMapping("/desk/{brand}/pieces")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String of,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "") String holder,
            @RequestParam(defaultValue = "") String sort,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        boolean highest = sort.equals("highest");
        UUID only = catalog.collectibles(brand).stream()
                .filter(c -> c.slug().equals(of))
                .map(Collectible::id)
                .map(id -> id.value())
                .findFirst()
                .orElse(null);
        Cursor place = Cursor.of(after, 2);
        // Those that came back have an index of their own, which the query names; the others are most of the table.
        String inState =
                switch (state) {
                    case "owned" -> "and p.state = 'owned'";
                    case "returned", "retired" -> "and p.state <> 'owned' and p.state = :state";
                    default -> "";
                };
        UUID whose = DeliveriesDesk.id(holder).map(id -> id.value()).orElse(null);
        List<Row> rows = db.sql((PIECE + (whose == null ? OF_ALL : OF_ONE) + """
                 join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                where p.brand_id = :brand and (p.collectible_id, p.serial) %s (:collectible, :serial)
                    and (:only::uuid is null or p.collectible_id = :only::uuid) and p.serial >= :least
                    %s
                order by p.collectible_id %3$s, p.serial %3$s limit :most
                """)
                        .formatted(highest ? "<" : ">", inState, highest ? "desc" : "asc"))
                .param("brand", brand.value())
                .param("collectible", place != null ? place.uuid(0) : highest ? new UUID(-1, -1) : new UUID(0, 0))
                .param("serial", place == null ? 0 : place.number(1))
                .param("only", only == null ? null : only.toString())
                .param("least", least(from))
                .param("state", state)
                .param("ids", whose == null ? null : family(new CollectorId(whose)))
                .param("most", Desks.PAGE + 1)
                .query(PiecesDesk::row)
                .list();
        List<Row> shown = rows.subList(0, Math.min(rows.size(), Desks.PAGE));
        String older = rows.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        desk.path("pieces"),
                        "of",
                        of,
                        "state",
                        state,
                        "from",
                        from,
                        "holder",
                        holder,
                        "sort",
                        sort,
                        "after",
                        Cursor.at(shown.getLast().collectible(), shown.getLast().serial()));
        return Desks.page(
                "pieces",
                desk,
                new Listing(stock(brand), of, state, from, whose, highest, after.isEmpty(), shown, older));
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        var opened = row.getTimestamp("opened_at");
        String origin = row.getString("origin");
        return new Row(
                row.getObject("collectible", UUID.class),
                row.getString("slug"),
                new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                row.getInt("serial"),
                row.getString("state"),
                row.getInt("moves"),
                row.getTimestamp("granted_at").toInstant(),
                opened == null ? null : opened.toInstant(),
                row.getObject("holder", UUID.class),
                origin == null ? null : Origin.of(origin));
    }

    private SqlArrayValue family(CollectorId person) {
        return new SqlArrayValue(
                "uuid",
                collectors.family(person).stream().map(CollectorId::value).toArray());
    }

    /** What she holds of the brand now, the newest first. */
    List<Row> of(BrandId brand, CollectorId person, int most) {
        return db.sql(PIECE + OF_ONE + """
                join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                where p.brand_id = :brand order by cp.got_at desc, p.collectible_id, p.serial limit :most
                """)
                .param("ids", family(person))
                .param("brand", brand.value())
                .param("most", most)
                .query(PiecesDesk::row)
                .list();
    }

    /** Who holds the piece of that number, {@code moonrise-17}, or of the address of its page. */
    Optional<UUID> holder(BrandId brand, String piece) {
        return catalog.piece(piece.replaceFirst("^.*/p/", ""))
                .filter(number -> number.collectible().brand().equals(brand))
                .flatMap(number -> db.sql("""
                        select coalesce(h.joined_into, h.collector_id) from pieces p join collectors h on h.collector_id = p.owner_id
                        where p.brand_id = :brand and p.collectible_id = :id and p.serial = :serial
                        """)
                        .param("brand", brand.value())
                        .param("id", number.collectible().value())
                        .param("serial", number.serial())
                        .query(UUID.class)
                        .optional());
    }

    /** A number that somebody typed; what is none asks for all. */
    static int least(String from) {
        try {
            return from.isBlank() ? 0 : Integer.parseInt(from.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private List<Stock> stock(BrandId brand) {
        return db.sql("""
                select c.slug, c.name_zh, c.name_en, s.* from stock s
                join collectibles c on c.brand_id = s.brand_id and c.collectible_id = s.collectible_id
                where s.brand_id = :brand order by c.published_at desc, c.slug
                """)
                .param("brand", brand.value())
                .query((row, n) -> new Stock(
                        row.getString("slug"),
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getObject("supply", Integer.class),
                        row.getObject("available", Integer.class),
                        row.getInt("held"),
                        row.getInt("granted"),
                        row.getInt("withheld"),
                        row.getInt("retired")))
                .list();
    }
}
