package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.catalog.PieceNumber;
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.News;
import vitrine.identity.Who;
import vitrine.market.Transfers;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Fresh;
import vitrine.platform.web.Freshness;
import vitrine.platform.web.Refused;

/** A collector's public room, and the own one, where what is still wrapped waits at the front. */
@Controller
public class ShowroomPage {
    private static final int WAYS = 50;
    private static final int OPEN_ROOMS = 500;

    private final OwnedPieces owned;
    private final Transfers transfers;
    private final Collectors collectors;
    private final Rooms rooms;
    private final Access access;
    private final Fresh<CollectorId, List<Rooms.Hook>> open;
    private final Fresh<List<PieceNumber>, List<OwnedPiece>> looked;
    private final News news;

    ShowroomPage(
            OwnedPieces owned,
            Transfers transfers,
            Collectors collectors,
            Rooms rooms,
            Access access,
            Freshness freshness,
            News news) {
        this.owned = owned;
        this.transfers = transfers;
        this.collectors = collectors;
        this.rooms = rooms;
        this.access = access;
        this.open = freshness.of(OPEN_ROOMS, rooms::hooks);
        this.looked = freshness.of(OPEN_ROOMS, rooms::pieces);
        this.news = news;
    }

    /**
     * @param title what stands over the door; null: she has not named her room
     * @param own whether its owner looks at it
     * @param open whether anyone else may
     * @param liked whether who looks has said so
     * @param places the part of the wall that begins with piece {@code from}
     * @param asks its owner is asked, until she answers, whether the brands whose pieces she holds may write to her
     * @param pieces how many hang on the whole wall; {@code all}: those in their wrapping, too
     */
    public record Room(
            @Nullable String title,
            @Nullable String handle,
            boolean own,
            boolean open,
            int likes,
            boolean liked,
            boolean guest,
            List<OwnedPiece> wrapped,
            List<Way> ways,
            List<Place> places,
            int from,
            int pieces,
            int all,
            @Nullable Instant since,
            boolean asks) {

        public String href() {
            return own ? "/me" : "/@" + handle;
        }

        /** Where the next part of a long wall begins, if there is one. */
        public @Nullable Integer next() {
            return from + places.size() < pieces ? from + places.size() : null;
        }
    }

    /** A piece on its way: to a friend, or from one. */
    public record Way(
            OwnedPiece piece,
            boolean toFriend,
            String from,
            @Nullable Instant finalAt,
            String href) {}

    @GetMapping("/me")
    ModelAndView own(@RequestParam(defaultValue = "0") int from) {
        return new ModelAndView("showroom", "it", room(access.person(), true, from));
    }

    @GetMapping("/@{handle}")
    ModelAndView room(@PathVariable String handle, @RequestParam(defaultValue = "0") int from) {
        var owner = collectors.byHandle(handle).orElseThrow(Refused::notFound);
        var own = owner.equals(visitor());
        // Until she opens it, whoever knows its address hears what one hears of an address that nobody has.
        if (!own && !isOpen(owner)) throw Refused.notFound();
        return new ModelAndView("showroom", "it", room(owner, own, from));
    }

    @PostMapping("/@{handle}/like")
    RedirectView like(
            @PathVariable String handle,
            @RequestParam(defaultValue = "true") boolean liked,
            HttpServletRequest request) {
        var owner = collectors.byHandle(handle).filter(this::isOpen).orElseThrow(Refused::notFound);
        var liker = visitor();
        if (liker != null) rooms.like(owner, liker, liked);
        else if (liked) rooms.mean(request, owner);
        var back = new RedirectView(liker == null ? "/sign-in?to=/@" + handle : "/@" + handle);
        back.setStatusCode(HttpStatus.SEE_OTHER);
        back.setExpandUriTemplateVariables(false);
        return back;
    }

    private boolean isOpen(CollectorId owner) {
        return collectors.find(owner).map(Collector::isPublic).orElse(false);
    }

    private Room room(CollectorId owner, boolean own, int from) {
        Optional<Collector> collector = collectors.find(owner);
        // Others see her pieces as they hung a moment ago, and what she keeps for herself not even for that moment.
        var hidden = own ? Set.<PieceNumber>of() : rooms.hidden(owner);
        var hooks = own
                ? rooms.hooks(owner)
                : open.get(owner).stream()
                        .filter(hook -> !hook.wrapped() && !hidden.contains(hook.number()))
                        .toList();
        var wall = hooks.stream()
                .filter(hook -> !hook.wrapped())
                .map(Rooms.Hook::number)
                .toList();
        var part = List.copyOf(Rooms.part(wall, from));
        var wrapped = hooks.stream()
                .filter(Rooms.Hook::wrapped)
                .map(Rooms.Hook::number)
                .toList();
        var visitor = visitor();
        return new Room(
                collector.map(ShowroomPage::title).orElse(null),
                collector.map(Collector::handle).orElse(null),
                own,
                collector.map(Collector::isPublic).orElse(false),
                rooms.likes(owner),
                visitor != null && rooms.likes(owner, visitor),
                visitor == null,
                rooms.pieces(Rooms.part(wrapped, 0)),
                own ? ways(owner) : List.of(),
                hang(own ? rooms.pieces(part) : looked.get(part)),
                Math.clamp(from, 0, wall.size()),
                wall.size(),
                hooks.size(),
                hooks.stream().map(Rooms.Hook::granted).min(Instant::compareTo).orElse(null),
                own && !wall.isEmpty() && asks(owner));
    }

    /** Only who has opened a gift, and whom a mail would reach. */
    private boolean asks(CollectorId owner) {
        return collectors
                        .contact(owner)
                        .filter(to -> to.kind() == Address.Kind.EMAIL)
                        .isPresent()
                && !news.answers(owner).containsKey(News.Topic.HOLDERS);
    }

    private @Nullable CollectorId visitor() {
        return switch (access.who()) {
            case Who.Person p -> p.collector();
            case Who.Colleague c -> c.collector();
            case Who.Guest g -> null;
            case Who.Machine m -> null;
        };
    }

    private List<Way> ways(CollectorId person) {
        var family = collectors.family(person);
        var ways = new ArrayList<Way>();
        for (var transfer : transfers.of(family, WAYS)) {
            if (!transfer.open()) continue;
            var piece = owned.piece(transfer.piece()).orElse(null);
            if (piece == null) continue;
            var mine = family.contains(transfer.giver());
            ways.add(new Way(
                    piece,
                    mine,
                    transfer.signed(),
                    transfer.finalAt(),
                    mine ? "/me/give/" + piece.address() : transfers.path(transfer)));
        }
        return ways;
    }

    private static @Nullable String title(Collector collector) {
        var name = collector.displayName();
        return name != null && !name.isBlank() ? name : collector.handle();
    }

    /**
     * Where a piece hangs: so many of twelve columns on a wide wall; on a phone the whole width, or half of it.
     *
     * @param half two of them stand side by side on a phone
     */
    public record Place(OwnedPiece piece, int columns, boolean half) {}

    /** Rhythm of a wall: two large ones, then up to four small ones, and again; what is left over fills its row. */
    static List<Place> hang(List<OwnedPiece> pieces) {
        var places = new ArrayList<Place>();
        var large = true;
        for (int at = 0; at < pieces.size(); large = !large) {
            var row = pieces.subList(at, Math.min(pieces.size(), at + (large ? 2 : 4)));
            int[] columns =
                    switch (row.size()) {
                        case 1 -> new int[] {12};
                        case 2 -> large ? new int[] {7, 5} : new int[] {6, 6};
                        case 3 -> new int[] {4, 4, 4};
                        default -> new int[] {3, 3, 3, 3};
                    };
            for (int i = 0; i < row.size(); i++) {
                var odd = row.size() == 3 && i == 2;
                places.add(new Place(row.get(i), columns[i], !large && row.size() > 1 && !odd));
            }
            at += row.size();
        }
        return places;
    }
}
