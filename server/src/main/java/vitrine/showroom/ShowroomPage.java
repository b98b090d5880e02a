package vitrine.showroom;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Who;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Refused;

/** A collector's public room, and the own one, where what is still wrapped waits at the front. */
@Controller
public class ShowroomPage {
    private static final int PIECES = 120;

    private final OwnedPieces owned;
    private final Collectors collectors;
    private final Access access;

    ShowroomPage(OwnedPieces owned, Collectors collectors, Access access) {
        this.owned = owned;
        this.collectors = collectors;
        this.access = access;
    }

    /**
     * @param title what stands over the door; null: she has not named her room
     * @param own whether its owner looks at it
     */
    public record Room(
            @Nullable String title,
            @Nullable String handle,
            boolean own,
            List<OwnedPiece> wrapped,
            List<Place> places,
            int pieces,
            @Nullable Instant since) {}

    @GetMapping("/me")
    ModelAndView own() {
        return new ModelAndView("showroom", "it", room(access.person(), true));
    }

    @GetMapping("/@{handle}")
    ModelAndView room(@PathVariable String handle) {
        var owner = collectors.byHandle(handle).orElseThrow(Refused::notFound);
        var own =
                switch (access.who()) {
                    case Who.Person p -> p.collector().equals(owner);
                    case Who.Colleague c -> c.collector().equals(owner);
                    case Who.Guest g -> false;
                    case Who.Machine m -> false;
                };
        return new ModelAndView("showroom", "it", room(owner, own));
    }

    private Room room(CollectorId owner, boolean own) {
        Optional<Collector> collector = collectors.find(owner);
        var pieces = owned.of(collectors.family(owner), PIECES);
        var wrapped = pieces.stream().filter(OwnedPiece::wrapped).toList();
        var shown = pieces.stream().filter(piece -> !piece.wrapped()).toList();
        return new Room(
                collector.map(ShowroomPage::title).orElse(null),
                collector.map(Collector::handle).orElse(null),
                own,
                own ? wrapped : List.of(),
                hang(shown),
                shown.size(),
                pieces.stream().map(OwnedPiece::granted).min(Instant::compareTo).orElse(null));
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
