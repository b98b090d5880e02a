package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.GiftLinks;
import vitrine.identity.Sessions;
import vitrine.identity.Who;
import vitrine.ownership.Pieces;
import vitrine.ownership.web.Holders;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Refused;

/** A gift's own address: it shows the gift and opens it, and only then asks who is there. */
@Controller
public class GiftPage {
    private final GiftLinks links;
    private final OwnedPieces owned;
    private final Pieces pieces;
    private final Collectors collectors;
    private final Sessions sessions;
    private final Access access;
    private final Holders holders;
    private final JdbcClient db;

    GiftPage(
            GiftLinks links,
            OwnedPieces owned,
            Pieces pieces,
            Collectors collectors,
            Sessions sessions,
            Access access,
            Holders holders,
            JdbcClient db) {
        this.links = links;
        this.owned = owned;
        this.pieces = pieces;
        this.collectors = collectors;
        this.sessions = sessions;
        this.access = access;
        this.holders = holders;
        this.db = db;
    }

    /** What its link came to when the piece is with somebody else, or was. */
    private static final String PASSED_ON = "passed-on";

    /**
     * @param state of the entitlement, as its row says; {@value #PASSED_ON}: the piece is not any more what this link gave
     * @param due when it can be opened; null: not before the goods were received
     * @param piece null: not given yet
     * @param unclaimed nobody has signed in for it: whoever opens it and signs in has it
     * @param account of whoever is signed in and would have it by opening it, her address, masked; empty: of nobody
     */
    public record Gift(
            String token,
            String state,
            Bilingual brand,
            Bilingual campaign,
            Bilingual name,
            String slug,
            @Nullable Instant due,
            @Nullable OwnedPiece piece,
            boolean unclaimed,
            String account) {

        public boolean ready() {
            return state.equals("granted") || state.equals("kept");
        }

        /** Opened by its link, in another browser or long ago, and still to be kept. */
        public boolean opened() {
            return piece != null && !piece.wrapped();
        }

        public boolean over() {
            return state.equals("lapsed") || state.equals("revoked") || passedOn();
        }

        public boolean passedOn() {
            return state.equals(PASSED_ON);
        }
    }

    @GetMapping("/g/{token}")
    ModelAndView gift(@PathVariable String token, HttpServletRequest request, HttpServletResponse response) {
        // The address is the key: no cache keeps it, and no referrer carries it on.
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-store");
        var gift = find(token);
        var piece = gift.piece();
        // Looking proves nothing: where this browser does not hold it yet, the page asks for a press.
        if (piece != null && !piece.wrapped() && (!gift.unclaimed() || holders.isHolder(piece, request)))
            return new ModelAndView(redirect(piece.href()));
        return new ModelAndView("gift", "it", gift);
    }

    @PostMapping("/g/{token}")
    RedirectView open(@PathVariable String token, HttpServletRequest request) {
        var gift = find(token);
        var piece = gift.piece();
        if (!gift.ready() || piece == null) return redirect("/g/" + token);
        var holder = link(token).collector();
        if (!isAsGiven(pieces.openAsGiven(piece.number(), holder))) return redirect("/g/" + token);
        // From here on it is hers who is signed in, or this browser may show it; an account is never proven by a link.
        if (gift.unclaimed()) sessions.prove(request, holder);
        return redirect(piece.wrapped() ? piece.href() + "/reveal" : piece.href());
    }

    private static boolean isAsGiven(Pieces.Keeping keeping) {
        return switch (keeping) {
            case Pieces.Keeping.Kept kept -> true;
            case Pieces.Keeping.Redeemed redeemed -> true;
            case Pieces.Keeping.Moved moved -> false;
            case Pieces.Keeping.NotHolder other -> false;
        };
    }

    private Gift find(String token) {
        var link = link(token);
        return entitlement(token, link).or(() -> airdropped(token, link)).orElseThrow(() -> Refused.gone("gift.gone"));
    }

    private GiftLinks.Gift link(String token) {
        return links.open(token).orElseThrow(() -> Refused.gone("gift.gone"));
    }

    private record Row(Gift gift, @Nullable PieceNumber piece) {}

    private Optional<Gift> entitlement(String token, GiftLinks.Gift link) {
        return db.sql("""
                select e.state, e.due_at, e.serial, e.collectible_brand_id, e.collectible_id, c.slug, c.name_zh, c.name_en,
                    b.name_zh as brand_zh, b.name_en as brand_en, ca.name_zh as campaign_zh, ca.name_en as campaign_en
                from entitlements e
                join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                join campaigns ca on ca.brand_id = o.brand_id and ca.campaign_id = o.campaign_id
                join collectibles c on c.brand_id = e.collectible_brand_id and c.collectible_id = e.collectible_id
                join brands b on b.brand_id = c.brand_id
                where e.brand_id = :brand and e.entitlement_id = :entitlement
                """)
                .param("brand", link.brand().value())
                .param("entitlement", link.entitlement())
                .query((row, n) -> {
                    var serial = (Integer) row.getObject("serial");
                    var number = serial == null
                            ? null
                            : new PieceNumber(
                                    new CollectibleId(
                                            new BrandId(row.getObject("collectible_brand_id", UUID.class)),
                                            row.getObject("collectible_id", UUID.class)),
                                    serial);
                    var due = row.getTimestamp("due_at");
                    var gift = new Gift(
                            token,
                            row.getString("state"),
                            both(row, "brand"),
                            both(row, "campaign"),
                            both(row, "name"),
                            row.getString("slug"),
                            due == null ? null : due.toInstant(),
                            null,
                            false,
                            "");
                    return new Row(gift, number);
                })
                .optional()
                .map(row -> withPiece(row, link.collector()));
    }

    /** Given by hand to a whole list: it is there at once, and in no campaign. */
    private Optional<Gift> airdropped(String token, GiftLinks.Gift link) {
        return db.sql("""
                select l.serial, c.collectible_id, c.slug, c.name_zh, c.name_en, b.name_zh as brand_zh, b.name_en as brand_en
                from airdrop_lines l
                join airdrops a on a.brand_id = l.brand_id and a.airdrop_id = l.airdrop_id
                join collectibles c on c.brand_id = a.brand_id and c.collectible_id = a.collectible_id
                join brands b on b.brand_id = c.brand_id
                join pieces p on p.brand_id = a.brand_id and p.collectible_id = a.collectible_id and p.serial = l.serial
                where l.brand_id = :brand and l.gift_id = :gift and p.state = 'owned'
                """)
                .param("brand", link.brand().value())
                .param("gift", link.entitlement())
                .query((row, n) -> new Row(
                        new Gift(
                                token,
                                "granted",
                                both(row, "brand"),
                                both(row, "name"),
                                both(row, "name"),
                                row.getString("slug"),
                                null,
                                null,
                                false,
                                ""),
                        new PieceNumber(
                                new CollectibleId(link.brand(), row.getObject("collectible_id", UUID.class)),
                                row.getInt("serial"))))
                .optional()
                .map(row -> withPiece(row, link.collector()));
    }

    private Gift withPiece(Row row, CollectorId holder) {
        var gift = row.gift();
        if (row.piece() == null || !gift.ready()) return gift;
        boolean hers = isAsGiven(pieces.keeping(row.piece(), holder));
        boolean unclaimed = hers && !collectors.unclaimed(List.of(holder)).isEmpty();
        return new Gift(
                gift.token(),
                hers ? gift.state() : PASSED_ON,
                gift.brand(),
                gift.campaign(),
                gift.name(),
                gift.slug(),
                gift.due(),
                hers ? owned.piece(row.piece()).orElse(null) : null,
                unclaimed,
                unclaimed ? account() : "");
    }

    /** She may have come by one address and be signed in by another: the gift stays where she is signed in. */
    private String account() {
        var visitor =
                switch (access.who()) {
                    case Who.Person p -> p.collector();
                    case Who.Colleague c -> c.collector();
                    case Who.Guest g -> null;
                    case Who.Machine m -> null;
                };
        return visitor == null
                ? ""
                : collectors.contact(visitor).map(Address::masked).orElse("");
    }

    private static Bilingual both(java.sql.ResultSet row, String column) throws java.sql.SQLException {
        return new Bilingual(row.getString(column + "_zh"), row.getString(column + "_en"));
    }

    private static RedirectView redirect(String path) {
        var view = new RedirectView(path);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return view;
    }
}
