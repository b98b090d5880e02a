package vitrine.campaign.web;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Exhibitions;
import vitrine.platform.BusinessClock;
import vitrine.platform.web.Fresh;
import vitrine.platform.web.Freshness;
import vitrine.platform.web.Texts;

/** What is on show: one lit object, the calendar of campaigns, the shelves of brands, the creators. */
@Controller
public class ZonePage {
    private static final int DAYS_SHOWN = 14;
    private static final int DAYS_BEHIND = 2;
    private static final int SHELVES = 12;
    private static final int SHOWINGS = 6;
    private static final int EXHIBITIONS = 4;
    private static final int DROPS = 4;
    /** Of the museum; the desk says so, and all of it has a page. */
    public static final int MUSEUM = 9;

    private static final int FOLLOWED = 4;
    private static final int MAKERS = 8;
    private static final int EVERYTHING = 500;

    private final Exhibits exhibits;
    private final Shelves shelves;
    private final Following following;
    private final Showings calendar;
    private final DropCards drops;
    private final Exhibitions exhibitions;
    private final BusinessClock clock;
    private final Fresh<Hour, Hall> halls;

    ZonePage(
            Exhibits exhibits,
            Shelves shelves,
            Following following,
            Showings calendar,
            DropCards drops,
            Exhibitions exhibitions,
            BusinessClock clock,
            Freshness freshness) {
        this.clock = clock;
        this.halls = freshness.of(4, this::hall);
        this.exhibits = exhibits;
        this.shelves = shelves;
        this.following = following;
        this.calendar = calendar;
        this.drops = drops;
        this.exhibitions = exhibitions;
    }

    /** A day of the strip; {@code marked}: something begins or ends. */
    public record Day(LocalDate date, boolean today, boolean marked) {}

    public record Zone(
            @Nullable Exhibit today,
            List<Day> days,
            List<Showings.Showing> showings,
            int campaigns,
            List<Shelves.Shelf> shelves,
            int brands,
            List<DropCards.Card> drops,
            List<Exhibitions.Card> exhibitions,
            List<Exhibit> museum,
            int inMuseum,
            List<Exhibit> followed,
            List<Shelves.Maker> makers) {

        /** Whether the calendar has anything to say in these weeks. */
        public boolean dated() {
            return !showings.isEmpty() || days.stream().anyMatch(Day::marked);
        }
    }

    /** What is the same for everyone who looks at this hour. */
    private record Hall(
            @Nullable Exhibit today,
            List<Showings.Showing> showings,
            List<Showings.Showing> dated,
            List<Shelves.Shelf> shelves,
            int brands,
            List<DropCards.Card> drops,
            List<Exhibitions.Card> exhibitions,
            List<Exhibit> museum,
            int inMuseum,
            List<Shelves.Maker> makers) {}

    @GetMapping("/")
    ModelAndView zone(Texts t) {
        var today = t.local(t.now()).toLocalDate();
        var hall = halls.get(new Hour(t.now().truncatedTo(ChronoUnit.HOURS), today));
        var showings = hall.showings();
        var visitor = following.visitor();
        return new ModelAndView(
                "zone",
                "it",
                new Zone(
                        hall.today(),
                        days(t, today, hall.dated()),
                        showings.subList(0, Math.min(SHOWINGS, showings.size())),
                        showings.size(),
                        hall.shelves(),
                        hall.brands(),
                        hall.drops(),
                        hall.exhibitions(),
                        hall.museum(),
                        hall.inMuseum(),
                        visitor == null ? List.of() : exhibits.ofFollowed(visitor.value(), FOLLOWED),
                        hall.makers()));
    }

    private record Hour(Instant begun, LocalDate day) {}

    private Hall hall(Hour hour) {
        Instant now = clock.now();
        return new Hall(
                exhibits.ofTheDay(hour.day(), now).orElse(null),
                calendar.open(now, EVERYTHING),
                // A day more at either end: whose day it is differs with the place.
                calendar.between(
                        midnight(hour.day().minusDays(DAYS_BEHIND + 1)),
                        midnight(hour.day().plusDays(DAYS_SHOWN - DAYS_BEHIND + 1)),
                        EVERYTHING),
                shelves.ofBrands(SHELVES),
                shelves.brands(),
                drops.at(now, DROPS),
                exhibitions.onShow(now, EXHIBITIONS),
                exhibits.museum(0, MUSEUM),
                exhibits.inMuseum(),
                shelves.ofMakers(0, MAKERS));
    }

    @GetMapping("/brands")
    ModelAndView brandsPage() {
        return new ModelAndView("brands", "it", shelves.ofBrands(EVERYTHING));
    }

    @GetMapping("/museum")
    ModelAndView museumPage(@RequestParam(defaultValue = "0") int from) {
        return new ModelAndView("museum", "it", Part.of(from, exhibits.inMuseum(), exhibits::museum));
    }

    @GetMapping("/campaigns")
    ModelAndView campaignsPage(Texts t) {
        return new ModelAndView("campaigns", "it", calendar.open(t.now(), EVERYTHING));
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static List<Day> days(Texts t, LocalDate today, List<Showings.Showing> dated) {
        var days = new ArrayList<Day>();
        for (int i = -DAYS_BEHIND; i < DAYS_SHOWN - DAYS_BEHIND; i++) {
            var day = today.plusDays(i);
            var start = day.atStartOfDay(t.zone()).toInstant();
            var end = day.plusDays(1).atStartOfDay(t.zone()).toInstant();
            boolean marked = dated.stream().anyMatch(each -> each.beginsIn(start, end) || each.endsIn(start, end));
            days.add(new Day(day, i == 0, marked));
        }
        return days;
    }
}
