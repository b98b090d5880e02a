package vitrine.campaign.desk;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;

/** The brand's designs with their numbers, and their pieces one by one; who owns one is not said. */
@Controller
@Requires(Permission.SEE)
public class PiecesDesk {

    private final Desks desks;
    private final Catalog catalog;
    private final JdbcClient db;

    PiecesDesk(Desks desks, Catalog catalog, JdbcClient db) {
        this.desks = desks;
        this.catalog = catalog;
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

    public record Row(
            UUID collectible,
            String slug,
            Bilingual name,
            int serial,
            String state,
            int moves,
            Instant grantedAt,
            @Nullable Instant openedAt) {}

    public record Listing(
            List<Stock> stock,
            String of,
            String state,
            String from,
            boolean highest,
            boolean first,
            List<Row> rows,
            @Nullable String older) {}

    @GetMapping("/desk/{brand}/pieces")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String of,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String from,
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
        List<Row> rows = db.sql("""
                select p.collectible_id as collectible, c.slug, c.name_zh, c.name_en, p.serial, p.state, p.moves, p.granted_at,
                    p.opened_at
                from pieces p join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                where p.brand_id = :brand and (p.collectible_id, p.serial) %s (:collectible, :serial)
                    and (:only::uuid is null or p.collectible_id = :only::uuid) and p.serial >= :least
                    %s
                order by p.collectible_id %3$s, p.serial %3$s limit :most
                """.formatted(highest ? "<" : ">", inState, highest ? "desc" : "asc"))
                .param("brand", brand.value())
                .param("collectible", place != null ? place.uuid(0) : highest ? new UUID(-1, -1) : new UUID(0, 0))
                .param("serial", place == null ? 0 : place.number(1))
                .param("only", only == null ? null : only.toString())
                .param("least", least(from))
                .param("state", state)
                .param("most", Desks.PAGE + 1)
                .query((row, n) -> {
                    var opened = row.getTimestamp("opened_at");
                    return new Row(
                            row.getObject("collectible", UUID.class),
                            row.getString("slug"),
                            new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                            row.getInt("serial"),
                            row.getString("state"),
                            row.getInt("moves"),
                            row.getTimestamp("granted_at").toInstant(),
                            opened == null ? null : opened.toInstant());
                })
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
                        "sort",
                        sort,
                        "after",
                        Cursor.at(shown.getLast().collectible(), shown.getLast().serial()));
        return Desks.page(
                "pieces", desk, new Listing(stock(brand), of, state, from, highest, after.isEmpty(), shown, older));
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
