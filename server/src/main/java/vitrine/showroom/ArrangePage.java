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
import org.springframework.web.bind.annotation.ResponseStatus;
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

    /**
     * @param from which of all her pieces the first of these is
     * @param all how many there are
     * @param handle null: the room has no address yet, so there is nothing to open
     */
    public record Shown(
            List<Rooms.Hung> hung,
            int from,
            int all,
            @Nullable String handle,
            boolean open) {

        /** Where the next part of the wall begins, if there is one. */
        public @Nullable Integer next() {
            return from + hung.size() < all ? from + hung.size() : null;
        }

        public @Nullable Integer before() {
            return from > 0 ? Math.max(0, from - Rooms.PART) : null;
        }

        /** A long wall is not walked step by step. */
        public boolean isLong() {
            return all > Rooms.PART;
        }
    }

    @GetMapping("/me/room")
    ModelAndView page(@RequestParam(defaultValue = "0") int from) {
        var person = access.person();
        Optional<Collector> collector = collectors.find(person);
        var wall = rooms.hooks(person).stream().filter(hook -> !hook.wrapped()).toList();
        return new ModelAndView(
                "arrange",
                "it",
                new Shown(
                        rooms.hung(Rooms.part(wall, from)),
                        Math.clamp(from, 0, wall.size()),
                        wall.size(),
                        collector.map(Collector::handle).orElse(null),
                        collector.map(Collector::isPublic).orElse(false)));
    }

    @PostMapping("/me/room/open")
    RedirectView open(@RequestParam boolean open) {
        var person = access.person();
        // Without an address there is no door.
        if (collectors.find(person).map(Collector::handle).isPresent()) collectors.show(person, open);
        return back(0, "");
    }

    @PostMapping("/me/room/piece")
    RedirectView change(
            @RequestParam String piece, @RequestParam String act, @RequestParam(defaultValue = "0") int from) {
        var person = access.person();
        catalog.piece(piece).ifPresent(number -> {
            switch (act) {
                case "earlier" -> rooms.step(person, number, -1);
                case "later" -> rooms.step(person, number, 1);
                case "front" -> rooms.toFront(person, number);
                case "hide" -> rooms.hide(person, number, true);
                case "show" -> rooms.hide(person, number, false);
                default -> {
                    // Nothing that a button of ours says.
                }
            }
        });
        return act.equals("front") ? back(0, "#" + piece) : back(from, "#" + piece);
    }

    /** The order of all that the page showed, as a drag ends; the page's script asks, and puts all back where this is refused. */
    @PostMapping("/me/room/order")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void order(@RequestParam String pieces) {
        rooms.arrange(
                access.person(),
                Arrays.stream(pieces.split(","))
                        .limit(Rooms.PART)
                        .flatMap(address -> catalog.piece(address).stream())
                        .toList());
    }

    private static RedirectView back(int from, String anchor) {
        var view = new RedirectView("/me/room" + (from > 0 ? "?from=" + from : "") + anchor);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return view;
    }
}
