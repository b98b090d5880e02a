package vitrine.showroom;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.catalog.Catalog;
import vitrine.identity.Access;
import vitrine.identity.Collector;
import vitrine.identity.Collectors;

/**
 * Hanging the room: by dragging, by the arrow keys, or by buttons where no script runs; each piece for everyone or for its
 * owner alone; and the door itself, which is shut until she opens it.
 */
@Controller
public class ArrangePage {

    private final Rooms rooms;
    private final Catalog catalog;
    private final Collectors collectors;
    private final Access access;

    ArrangePage(Rooms rooms, Catalog catalog, Collectors collectors, Access access) {
        this.rooms = rooms;
        this.catalog = catalog;
        this.collectors = collectors;
        this.access = access;
    }

    /** @param handle null: the room has no address yet, so there is nothing to open */
    public record Shown(List<Rooms.Hung> hung, @Nullable String handle, boolean open) {}

    @GetMapping("/me/room")
    ModelAndView page() {
        var person = access.person();
        Optional<Collector> collector = collectors.find(person);
        return new ModelAndView(
                "arrange",
                "it",
                new Shown(
                        rooms.hung(person).stream()
                                .filter(hung -> !hung.piece().wrapped())
                                .toList(),
                        collector.map(Collector::handle).orElse(null),
                        collector.map(Collector::isPublic).orElse(false)));
    }

    @PostMapping("/me/room/open")
    RedirectView open(@RequestParam boolean open) {
        var person = access.person();
        // Without an address there is no door.
        if (collectors.find(person).map(Collector::handle).isPresent()) collectors.show(person, open);
        return back("");
    }

    @PostMapping("/me/room/piece")
    RedirectView change(@RequestParam String piece, @RequestParam String act) {
        var person = access.person();
        catalog.piece(piece).ifPresent(number -> {
            switch (act) {
                case "earlier" -> rooms.move(person, number, -1);
                case "later" -> rooms.move(person, number, 1);
                case "hide" -> rooms.hide(person, number, true);
                case "show" -> rooms.hide(person, number, false);
                default -> {
                    // Nothing that a button of ours says.
                }
            }
        });
        return back("#" + piece);
    }

    /** The whole order at once, as a drag ends. */
    @PostMapping("/me/room/order")
    RedirectView order(@RequestParam String pieces) {
        rooms.arrange(
                access.person(),
                Arrays.stream(pieces.split(","))
                        .limit(Rooms.PIECES)
                        .flatMap(address -> catalog.piece(address).stream())
                        .toList());
        return back("");
    }

    private static RedirectView back(String anchor) {
        var view = new RedirectView("/me/room" + anchor);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return view;
    }
}
