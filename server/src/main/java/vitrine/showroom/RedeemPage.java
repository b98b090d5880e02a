package vitrine.showroom;

import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.catalog.Catalog;
import vitrine.catalog.PieceNumber;
import vitrine.fulfilment.Fulfilment;
import vitrine.fulfilment.Fulfilments;
import vitrine.fulfilment.Fulfilments.Asking;
import vitrine.fulfilment.ParcelAddress;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.market.Transfers;
import vitrine.ownership.Promise;
import vitrine.ownership.Promises;
import vitrine.ownership.Redemptions;
import vitrine.ownership.Redemptions.Redeeming;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** Where a holder takes what her piece is good for, once, and sees how far it is; she sees that also after she gave the piece on. */
@Controller
public class RedeemPage {

    /** In the order in which a label has them. */
    public static final List<String> FIELDS = List.of("name", "street", "postcode", "city", "country", "phone");

    private final Catalog catalog;
    private final OwnedPieces owned;
    private final Promises promises;
    private final Redemptions redemptions;
    private final Fulfilments fulfilments;
    private final Transfers transfers;
    private final Collectors collectors;
    private final Access access;

    RedeemPage(
            Catalog catalog,
            OwnedPieces owned,
            Promises promises,
            Redemptions redemptions,
            Fulfilments fulfilments,
            Transfers transfers,
            Collectors collectors,
            Access access) {
        this.catalog = catalog;
        this.owned = owned;
        this.promises = promises;
        this.redemptions = redemptions;
        this.fulfilments = fulfilments;
        this.transfers = transfers;
        this.collectors = collectors;
        this.access = access;
    }

    /**
     * @param asked how far what she asked for is; null: she has not
     * @param address where it goes, as it was typed; empty fields for a perk
     * @param onItsWay the piece is with a friend, so nothing is taken from it now
     * @param wrong the field that no label can show
     */
    public record Shown(
            OwnedPiece piece,
            Promises.Brought brought,
            @Nullable Fulfilment asked,
            Map<String, String> address,
            boolean onItsWay,
            @Nullable String wrong,
            @Nullable String refusal) {

        public Promise promise() {
            return brought.promise();
        }

        public boolean goods() {
            return promise().kind() == Promise.Kind.GOODS;
        }

        public List<String> fields() {
            return FIELDS;
        }

        public int most(String field) {
            return ParcelAddress.most(field);
        }

        /** What a browser may fill in by itself. */
        public String autocomplete(String field) {
            return switch (field) {
                case "street" -> "street-address";
                case "city" -> "address-level2";
                case "postcode" -> "postal-code";
                case "country" -> "country-name";
                case "phone" -> "tel";
                default -> field;
            };
        }
    }

    @GetMapping("/me/redeem/{address}")
    ModelAndView page(@PathVariable String address, HttpServletResponse response) {
        return shown(address, null, null, null, response);
    }

    @PostMapping("/me/redeem/{address}")
    ModelAndView redeem(
            @PathVariable String address,
            @RequestParam Map<String, String> form,
            Texts t,
            HttpServletResponse response) {
        OwnedPiece piece = find(address);
        CollectorId person = access.person();
        ParcelAddress typed = ParcelAddress.typed(form);
        if (!form.getOrDefault("sure", "").equals("yes"))
            return shown(address, typed, null, t.get("redeem.sure"), response);
        if (transfers.openOf(piece.number()).isPresent())
            return shown(address, typed, null, t.get("redeem.on-its-way"), response);
        Asking asking = fulfilments.ask(piece.number(), person, typed);
        return switch (asking) {
            case Asking.Asked asked -> back(address);
            case Asking.BadAddress bad -> bad(address, typed, bad.field(), t, response);
            case Asking.Refused(Redeeming why) ->
                switch (why) {
                    case Redeeming.Over over ->
                        shown(address, typed, null, t.get("redeem.over", t.dateTime(over.at())), response);
                    case Redeeming.Before before ->
                        shown(
                                address,
                                typed,
                                null,
                                t.get(
                                        "redeem.before",
                                        t.dateTime(before.redemption().at())),
                                response);
                    case Redeeming.Nothing nothing -> throw Refused.notFound();
                    case Redeeming.NotHolder not -> throw Refused.notFound();
                    case Redeeming.Redeemed redeemed -> back(address);
                };
        };
    }

    @PostMapping("/me/redeem/{address}/address")
    ModelAndView readdress(
            @PathVariable String address,
            @RequestParam Map<String, String> form,
            Texts t,
            HttpServletResponse response) {
        OwnedPiece piece = find(address);
        ParcelAddress typed = ParcelAddress.typed(form);
        if (typed.wrong().isPresent()) return bad(address, typed, typed.wrong().get(), t, response);
        return fulfilments.readdress(piece.number(), access.person(), typed)
                ? back(address)
                : shown(address, null, null, t.get("redeem.shipped-already"), response);
    }

    private ModelAndView bad(String address, ParcelAddress typed, String field, Texts t, HttpServletResponse response) {
        String refusal = t.get("redeem.address", t.quoted(t.get("redeem.field." + field)));
        return shown(address, typed, field, refusal, response);
    }

    private ModelAndView shown(
            String address,
            @Nullable ParcelAddress typed,
            @Nullable String wrong,
            @Nullable String refusal,
            HttpServletResponse response) {
        // It may show where she lives.
        response.setHeader("Cache-Control", "no-store");
        OwnedPiece piece = find(address);
        CollectorId person = access.person();
        PieceNumber number = piece.number();
        Promises.Brought brought = promises.of(number).orElseThrow(Refused::notFound);
        boolean hers = piece.owner() != null
                && collectors.root(new CollectorId(piece.owner())).equals(person);
        Fulfilment asked = redemptions
                .of(number)
                .filter(one -> collectors.root(one.by()).equals(person))
                .flatMap(one -> fulfilments.of(number))
                .orElse(null);
        // Whoever neither holds it nor took it has nothing to do here.
        if (!hers && asked == null) throw Refused.notFound();
        ParcelAddress goes = typed != null
                ? typed
                : asked == null ? null : fulfilments.address(asked, person).orElse(null);
        var page = new ModelAndView(
                "redeem",
                "it",
                new Shown(
                        piece,
                        brought,
                        asked,
                        goes == null ? Map.of() : new LinkedHashMap<>(goes.fields()),
                        transfers.openOf(number).isPresent(),
                        wrong,
                        refusal));
        if (refusal != null) page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }

    private static ModelAndView back(String address) {
        var view = new RedirectView("/me/redeem/" + address);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        return new ModelAndView(view);
    }

    private OwnedPiece find(String address) {
        return catalog.piece(address).flatMap(owned::piece).orElseThrow(Refused::notFound);
    }
}
