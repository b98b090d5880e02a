package vitrine.showroom;

import java.util.List;
import java.util.Objects;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.certificate.paper.PosterPages;
import vitrine.certificate.paper.Posters;
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.Pieces;
import vitrine.platform.web.Here;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** Her room as a picture to send on: what hangs by the door, and the code that leads there. Only of a room that is open. */
@Controller
public class RoomPosterPage {

    private final Rooms rooms;
    private final Collectors collectors;
    private final Posters posters;
    private final Access access;
    private final Pieces pieces;

    RoomPosterPage(Rooms rooms, Collectors collectors, Posters posters, Access access, Pieces pieces) {
        this.rooms = rooms;
        this.collectors = collectors;
        this.posters = posters;
        this.access = access;
        this.pieces = pieces;
    }

    private record Open(CollectorId owner, String title, String handle, List<Rooms.Hook> wall) {}

    @GetMapping("/me/room/poster")
    ModelAndView page(Texts t) {
        Open room = room();
        return new ModelAndView(
                "poster",
                "it",
                new PosterPages.Shown(
                        t.quoted(room.title()),
                        "/me/room/poster",
                        room.handle(),
                        t.get("room.poster-how", Posters.shown(room.wall().size())),
                        "/me",
                        t.get("room.poster-back"),
                        "/@" + room.handle(),
                        "/me/room/share",
                        Posters.sizes()));
    }

    /** Whoever passes her room on passes on what hangs in it. */
    @PostMapping("/me/room/share")
    RedirectView share() {
        pieces.share(room().wall().stream().map(Rooms.Hook::number).toList());
        var how = new RedirectView("/me/room/poster");
        how.setStatusCode(HttpStatus.SEE_OTHER);
        return how;
    }

    @GetMapping("/me/room/poster/{size}.png")
    ResponseEntity<byte[]> picture(@PathVariable String size, Here here) {
        Open room = room();
        Texts t = here.t();
        var first = room.wall().subList(0, Posters.shown(room.wall().size()));
        return PosterPages.answer(posters.png(
                        size,
                        rooms.pieces(first.stream().map(Rooms.Hook::number).toList()),
                        new Posters.Said(
                                t.get("room.poster-over"),
                                room.title(),
                                t.get("room.poster-count", room.wall().size()),
                                t.get("room.poster-scan"),
                                here.baseUrl() + "/@" + room.handle()),
                        t,
                        room.owner())
                .orElseThrow(Refused::notFound));
    }

    /** What others see of it; a room that is shut, or bare, has no poster. */
    private Open room() {
        CollectorId owner = access.person();
        Collector collector = collectors.find(owner).filter(Collector::isPublic).orElseThrow(Refused::notFound);
        String handle = Objects.requireNonNull(collector.handle());
        var wall = rooms.hooks(owner).stream()
                .filter(hook -> !hook.wrapped() && !hook.hidden())
                .toList();
        if (wall.isEmpty()) throw Refused.notFound();
        String name = collector.displayName();
        return new Open(owner, name == null || name.isBlank() ? handle : name, handle, wall);
    }
}
