package vitrine.campaign.web;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.platform.BusinessClock;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** A month of campaigns, drops and exhibitions, a day of it, and the same for a calendar program. */
@Controller
public class CalendarPage {

    private static final int MOST = 500;
    private static final int YEARS = 5;
    private static final Duration KEPT_BY_READERS = Duration.ofMinutes(15);
    private static final Duration BEHIND = Duration.ofDays(90);
    private static final Duration AHEAD = Duration.ofDays(400);

    private final Showings showings;
    private final Campaigns campaigns;
    private final Heres heres;
    private final BusinessClock clock;

    CalendarPage(Showings showings, Campaigns campaigns, Heres heres, BusinessClock clock) {
        this.showings = showings;
        this.campaigns = campaigns;
        this.heres = heres;
        this.clock = clock;
    }

    /** @param begins how many begin on this day, {@code ends}: how many end; {@code running}: how many are on */
    public record Day(LocalDate date, boolean inMonth, boolean today, int begins, int ends, int running) {}

    /** @param chosen the day of which all is listed; null: the whole month's */
    public record Month(
            YearMonth month,
            List<List<Day>> weeks,
            @Nullable LocalDate chosen,
            List<Showings.Showing> showings) {}

    @GetMapping("/calendar")
    ModelAndView month(@RequestParam(defaultValue = "") String month, Texts t) {
        YearMonth now = YearMonth.from(t.local(t.now()));
        return new ModelAndView("calendar", "it", month(t, month.isEmpty() ? now : near(month(month), now), null));
    }

    @GetMapping("/calendar/{day}")
    ModelAndView day(@PathVariable String day, Texts t) {
        LocalDate chosen;
        try {
            chosen = LocalDate.parse(day);
        } catch (DateTimeException e) {
            throw Refused.notFound();
        }
        YearMonth month = near(YearMonth.from(chosen), YearMonth.from(t.local(t.now())));
        return new ModelAndView("calendar", "it", month(t, month, chosen));
    }

    private Month month(Texts t, YearMonth month, @Nullable LocalDate chosen) {
        LocalDate first = month.atDay(1);
        LocalDate start = first.minusDays(first.getDayOfWeek().getValue() - 1L);
        LocalDate today = t.local(t.now()).toLocalDate();
        // Six rows at most; what begins in the days of its neighbours is seen there, too.
        LocalDate end = month.atEndOfMonth()
                .plusDays(7L - month.atEndOfMonth().getDayOfWeek().getValue());
        var all = showings.between(at(t, start), at(t, end.plusDays(1)), MOST);
        List<List<Day>> weeks = new ArrayList<>();
        for (LocalDate week = start; !week.isAfter(end); week = week.plusDays(7)) {
            List<Day> days = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                LocalDate date = week.plusDays(i);
                Instant from = at(t, date);
                Instant until = at(t, date.plusDays(1));
                days.add(new Day(
                        date,
                        YearMonth.from(date).equals(month),
                        date.equals(today),
                        (int) all.stream().filter(s -> s.beginsIn(from, until)).count(),
                        (int) all.stream().filter(s -> s.endsIn(from, until)).count(),
                        (int) all.stream().filter(s -> s.isOnIn(from, until)).count()));
            }
            weeks.add(days);
        }
        Instant from = at(t, chosen == null ? first : chosen);
        Instant until = at(t, chosen == null ? month.plusMonths(1).atDay(1) : chosen.plusDays(1));
        return new Month(
                month,
                weeks,
                chosen,
                all.stream().filter(s -> s.isOnIn(from, until)).toList());
    }

    private static Instant at(Texts t, LocalDate day) {
        return day.atStartOfDay(t.zone()).toInstant();
    }

    private static YearMonth month(String text) {
        try {
            return YearMonth.parse(text);
        } catch (DateTimeException e) {
            throw Refused.notFound();
        }
    }

    /** A calendar without an end is one that machines walk for ever. */
    private static YearMonth near(YearMonth asked, YearMonth now) {
        if (asked.isBefore(now.minusYears(YEARS)) || asked.isAfter(now.plusYears(YEARS))) throw Refused.notFound();
        return asked;
    }

    /** Read by programs that carry no cookie, so the language stands in the address; the same bytes for everybody. */
    @GetMapping("/ics/{language}/{file}")
    ResponseEntity<byte[]> ics(@PathVariable String language, @PathVariable String file) {
        Language spoken = Language.named(language);
        if (spoken == null || !file.endsWith(".ics")) throw Refused.notFound();
        String name = file.substring(0, file.length() - 4);
        Instant now = clock.now();
        List<Showings.Showing> shown = name.equals("all")
                ? showings.between(now.minus(BEHIND), now.plus(AHEAD), MOST)
                : campaigns
                        .bySlug(name)
                        .filter(c -> c.version() > 0)
                        .map(Campaign::id)
                        .map(id -> showings.of(id.value()))
                        .orElseThrow(Refused::notFound);
        return calendar(spoken, name, shown);
    }

    /** One drop, so that nobody who wants it forgets the hour. */
    @GetMapping("/ics/{language}/d/{file}")
    ResponseEntity<byte[]> drop(@PathVariable String language, @PathVariable String file) {
        return one(language, file, showings::drop);
    }

    /** One exhibition, of which a visitor notes when it can be seen. */
    @GetMapping("/ics/{language}/x/{file}")
    ResponseEntity<byte[]> exhibition(@PathVariable String language, @PathVariable String file) {
        return one(language, file, showings::exhibition);
    }

    private ResponseEntity<byte[]> one(String language, String file, Function<String, List<Showings.Showing>> named) {
        Language spoken = Language.named(language);
        if (spoken == null || !file.endsWith(".ics")) throw Refused.notFound();
        String name = file.substring(0, file.length() - 4);
        List<Showings.Showing> shown = named.apply(name);
        if (shown.isEmpty()) throw Refused.notFound();
        return calendar(spoken, name, shown);
    }

    private ResponseEntity<byte[]> calendar(Language spoken, String name, List<Showings.Showing> shown) {
        byte[] content = CalendarText.of(heres.texts(spoken), heres.baseUrl(), shown);
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/calendar;charset=UTF-8"))
                .cacheControl(CacheControl.maxAge(KEPT_BY_READERS).cachePublic())
                .eTag(CalendarText.etag(content))
                .header("Content-Disposition", "inline; filename=\"vitrine-" + name + ".ics\"")
                .body(content);
    }
}
