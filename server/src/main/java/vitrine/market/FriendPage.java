package vitrine.market;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Who;
import vitrine.market.Transfers.Accepting;
import vitrine.market.Transfers.SteppingBack;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Promises;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.BusinessClock;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** What a friend's link shows: the card, the gift in its wrapping, and after accepting it when it is hers. */
@Controller
public class FriendPage {

    private final Transfers transfers;
    private final OwnedPieces owned;
    private final Promises promises;
    private final Collectors collectors;
    private final Access access;
    private final BusinessClock clock;

    FriendPage(
            Transfers transfers,
            OwnedPieces owned,
            Promises promises,
            Collectors collectors,
            Access access,
            BusinessClock clock) {
        this.transfers = transfers;
        this.owned = owned;
        this.promises = promises;
        this.collectors = collectors;
        this.access = access;
        this.clock = clock;
    }

    /** How this visitor stands to the gift. */
    public enum Standing {
        OFFERED,
        ACCEPTED_BY_ME,
        MINE,
        /** It came to her, and is somebody else's by now, or back at its brand. */
        WAS_MINE,
        TAKEN,
        /** Somebody accepted it, and whoever looks has not said who she is: it may have been her. */
        ACCEPTED_BY_SOMEBODY,
        OVER,
        FROM_ME
    }

    /**
     * @param brought what the piece brings besides itself, and whether it was taken; null: nothing
     * @param over what a way that has ended says about it
     * @param age that a receiver has to be; 0: any
     * @param name what she is called here, to begin with
     */
    public record Shown(
            String path,
            OwnedPiece piece,
            Promises.@Nullable Brought brought,
            Standing standing,
            String signed,
            String words,
            Instant goodUntil,
            @Nullable Instant finalAt,
            @Nullable String over,
            int age,
            boolean guest,
            String name,
            @Nullable String refusal,
            Instant now) {

        /** What of it she has seen, as the form says back. */
        public String seen() {
            return brought == null ? "" : brought.state(now);
        }
    }

    @GetMapping("/f/{token}")
    ModelAndView page(@PathVariable String token, Texts t, HttpServletResponse response) {
        return shown(token, null, t, response);
    }

    @PostMapping("/f/{token}")
    ModelAndView accept(
            @PathVariable String token,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "false") boolean old,
            @RequestParam(defaultValue = "") String seen,
            Texts t,
            HttpServletResponse response) {
        Transfer transfer = find(token);
        if (access.who() instanceof Who.Guest) return to("/sign-in?to=" + transfers.path(transfer));
        // Whoever accepts has seen what is left of it: what was redeemed since then is shown first.
        if (!seen.equals(left(transfer))) return shown(token, t.get("transfer.changed"), t, response);
        int age = old ? GiftPolicy.of(piece(transfer).giftPolicy()).receiverAge() : 0;
        var ending =
                transfers.accept(transfer.piece().collectible().brand(), transfer.id(), access.person(), name, age);
        return switch (ending) {
            case Accepting.Accepted accepted -> to(transfers.path(transfer));
            case Accepting.AgeNotSaid(int asked) -> shown(token, t.get("transfer.too-young", asked), t, response);
            case Accepting.Taken taken -> shown(token, null, t, response);
            case Accepting.Over over -> shown(token, null, t, response);
            case Accepting.ToOneself mine -> shown(token, t.get("transfer.to-oneself"), t, response);
        };
    }

    private String left(Transfer transfer) {
        return promises.of(transfer.piece())
                .map(brought -> brought.state(clock.now()))
                .orElse("");
    }

    @PostMapping("/f/{token}/give-back")
    ModelAndView giveBack(@PathVariable String token, Texts t, HttpServletResponse response) {
        Transfer transfer = find(token);
        return switch (transfers.giveBack(transfer.piece().collectible().brand(), transfer.id(), access.person())) {
            case SteppingBack.Done done -> to(transfers.path(transfer));
            case SteppingBack.TooLate late -> shown(token, t.get("transfer.final"), t, response);
            case SteppingBack.NotYours no -> shown(token, null, t, response);
        };
    }

    private ModelAndView shown(String token, @Nullable String refusal, Texts t, HttpServletResponse response) {
        // The address is the key: no cache keeps it, and no referrer carries it on.
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-store");
        Transfer transfer = find(token);
        OwnedPiece piece = piece(transfer);
        CollectorId person = access.who() instanceof Who.Guest ? null : access.person();
        Standing standing = standing(transfer, piece, person);
        boolean words = standing == Standing.OFFERED
                || standing == Standing.ACCEPTED_BY_ME
                || standing == Standing.MINE
                || standing == Standing.FROM_ME;
        var page = new ModelAndView(
                "friend",
                "it",
                new Shown(
                        transfers.path(transfer),
                        piece,
                        promises.of(piece.number()).orElse(null),
                        standing,
                        words ? transfer.signed() : "",
                        words ? transfer.words() : "",
                        transfer.goodUntil(),
                        transfer.finalAt(),
                        standing == Standing.OVER ? over(transfer, t) : null,
                        GiftPolicy.of(piece.giftPolicy()).receiverAge(),
                        person == null,
                        person == null
                                ? ""
                                : collectors
                                        .find(person)
                                        .map(Collector::displayName)
                                        .orElse(""),
                        refusal,
                        clock.now()));
        if (refusal != null) page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }

    private Standing standing(Transfer transfer, OwnedPiece piece, @Nullable CollectorId person) {
        CollectorId receiver = transfer.receiver();
        boolean mine =
                person != null && receiver != null && collectors.root(receiver).equals(person);
        if (person != null && collectors.root(transfer.giver()).equals(person)) return Standing.FROM_ME;
        return switch (transfer.state()) {
            case OFFERED -> transfer.goodUntil().isAfter(clock.now()) ? Standing.OFFERED : Standing.OVER;
            case ACCEPTED -> mine ? Standing.ACCEPTED_BY_ME : others(person);
            case MOVED ->
                !mine
                        ? others(person)
                        : piece.owner() != null
                                        && collectors
                                                .root(new CollectorId(piece.owner()))
                                                .equals(person)
                                ? Standing.MINE
                                : Standing.WAS_MINE;
            case WITHDRAWN, EXPIRED, RETURNED, FALLEN -> Standing.OVER;
        };
    }

    private static Standing others(@Nullable CollectorId person) {
        return person == null ? Standing.ACCEPTED_BY_SOMEBODY : Standing.TAKEN;
    }

    private static String over(Transfer transfer, Texts t) {
        return switch (transfer.state()) {
            case OFFERED, EXPIRED -> t.get("transfer.over.expired", t.date(transfer.goodUntil()));
            case WITHDRAWN -> t.get("transfer.over.withdrawn");
            case RETURNED -> t.get("transfer.over.returned");
            case FALLEN -> t.get("transfer.over.fallen");
            case ACCEPTED, MOVED -> "";
        };
    }

    private OwnedPiece piece(Transfer transfer) {
        return owned.piece(transfer.piece()).orElseThrow(Refused::notFound);
    }

    private Transfer find(String token) {
        return transfers.open(token).orElseThrow(() -> Refused.gone("gift.gone"));
    }

    private static ModelAndView to(String path) {
        var view = new RedirectView(path);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return new ModelAndView(view);
    }
}
