package vitrine.market;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
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
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.market.Transfers.Giving;
import vitrine.market.Transfers.SteppingBack;
import vitrine.ownership.Pieces.Moving;
import vitrine.ownership.Promises;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Heres;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** The giver's side: the card, the link with its code to show, what became of it, and the way back. */
@Controller
public class GivePage {

    private final Transfers transfers;
    private final Catalog catalog;
    private final OwnedPieces owned;
    private final Promises promises;
    private final Collectors collectors;
    private final Access access;
    private final String baseUrl;

    GivePage(
            Transfers transfers,
            Catalog catalog,
            OwnedPieces owned,
            Promises promises,
            Collectors collectors,
            Access access,
            Heres heres) {
        this.transfers = transfers;
        this.catalog = catalog;
        this.owned = owned;
        this.promises = promises;
        this.collectors = collectors;
        this.access = access;
        this.baseUrl = heres.baseUrl();
    }

    /**
     * @param way the newest way of this piece that she set it on; null: none yet
     * @param link while a friend may still accept it
     * @param again whether she may set it on a way now
     * @param refusal why not, or what was wrong with the card
     * @param brought what it brings besides itself, as the friend will see it; null: nothing
     * @param answered who accepted, as far as the giver may know; null: nobody, or without a name
     */
    public record Shown(
            OwnedPiece piece,
            Promises.@Nullable Brought brought,
            @Nullable Transfer way,
            @Nullable String link,
            @Nullable QrCode qr,
            boolean again,
            @Nullable String refusal,
            @Nullable String answered,
            String signed,
            String words) {}

    @GetMapping("/me/give/{address}")
    ModelAndView page(@PathVariable String address, Texts t, HttpServletResponse response) {
        return shown(address, null, null, "", t, response);
    }

    @PostMapping("/me/give/{address}")
    ModelAndView give(
            @PathVariable String address,
            @RequestParam(defaultValue = "") String signed,
            @RequestParam(defaultValue = "") String words,
            Texts t,
            HttpServletResponse response) {
        OwnedPiece piece = find(address);
        return switch (transfers.give(piece.number(), access.person(), signed, words)) {
            case Giving.Given given -> back(address);
            case Giving.OnItsWay already -> {
                // A second press finds the first; another card is not dropped without a word.
                Transfer way = mine(piece, access.person()).orElseThrow(Refused::notFound);
                yield way.signed().equals(signed.strip()) && way.words().equals(words.strip())
                        ? back(address)
                        : shown(address, t.get("transfer.on-its-way"), signed, words, t, response);
            }
            case Giving.NotAllowed(Moving why) -> shown(address, words(why, t), signed, words, t, response);
            case Giving.TooLong(int letters, int most) ->
                shown(address, t.get("transfer.too-long", letters, most), signed, words, t, response);
        };
    }

    @PostMapping("/me/give/{address}/take-back")
    ModelAndView takeBack(
            @PathVariable String address,
            @RequestParam(required = false) @Nullable String signed,
            @RequestParam(defaultValue = "") String words,
            Texts t,
            HttpServletResponse response) {
        OwnedPiece piece = find(address);
        Transfer way = mine(piece, access.person()).orElseThrow(Refused::notFound);
        return switch (transfers.takeBack(piece.number().collectible().brand(), way.id(), access.person())) {
            case SteppingBack.Done done ->
                signed == null ? back(address) : shown(address, null, signed, words, t, response);
            case SteppingBack.TooLate late -> shown(address, t.get("transfer.final"), signed, words, t, response);
            case SteppingBack.NotYours no -> throw Refused.notFound();
        };
    }

    private ModelAndView shown(
            String address,
            @Nullable String refusal,
            @Nullable String signed,
            String words,
            Texts t,
            HttpServletResponse response) {
        CollectorId person = access.person();
        OwnedPiece piece = find(address);
        Transfer way = mine(piece, person).orElse(null);
        var may = transfers.mayGive(piece.number(), person);
        // Whoever neither has it nor gave it learns nothing here.
        if (way == null && may.isPresent() && may.get() instanceof Moving.NotHolder) throw Refused.notFound();
        boolean open = way != null && way.open();
        String link = way != null && way.open() && way.acceptedAt() == null ? baseUrl + transfers.path(way) : null;
        String why = refusal != null
                ? refusal
                : open || may.isEmpty() || may.get() instanceof Moving.NotHolder ? null : words(may.get(), t);
        response.setHeader("Cache-Control", "no-store");
        var page = new ModelAndView(
                "give",
                "it",
                new Shown(
                        piece,
                        promises.of(piece.number()).orElse(null),
                        way,
                        link,
                        link == null ? null : QrCode.of(link),
                        !open && may.isEmpty(),
                        why,
                        way == null ? null : answered(way),
                        signed != null
                                ? signed
                                : collectors
                                        .find(person)
                                        .map(Collector::displayName)
                                        .orElse(""),
                        words));
        if (refusal != null) page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }

    private Optional<Transfer> mine(OwnedPiece piece, CollectorId person) {
        return transfers.lastOf(piece.number(), collectors.family(person));
    }

    private static @Nullable String answered(Transfer way) {
        return way.answeredAs().isBlank() ? null : way.answeredAs();
    }

    /** The refusals of a piece's own policy, in words. */
    static String words(Moving why, Texts t) {
        return switch (why) {
            case Moving.Moved moved -> "";
            case Moving.NotHolder no -> t.get("piece.not-yours");
            case Moving.NeverToGive never -> t.get("piece.not-to-give");
            case Moving.NotYet(var from) -> t.get("piece.not-yet", t.fullDate(from));
        };
    }

    private OwnedPiece find(String address) {
        return catalog.piece(address).flatMap(owned::piece).orElseThrow(Refused::notFound);
    }

    private static ModelAndView back(String address) {
        var view = new RedirectView("/me/give/" + address);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return new ModelAndView(view);
    }
}
