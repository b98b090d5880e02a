package vitrine.campaign.rules;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which days count as working days. */
public interface WorkingDays {

    /** Monday to Friday, as most shops outside China count. */
    WorkingDays WEEKDAYS = new Plain("weekdays") {
        @Override
        public boolean isWorkingDay(LocalDate day) {
            return WorkingDays.isWeekday(day);
        }
    };

    /** Calendar days, for those who promise "seven days" and mean seven days. */
    WorkingDays EVERY_DAY = new Plain("every-day") {
        @Override
        public boolean isWorkingDay(LocalDate day) {
            return true;
        }
    };

    /** Mainland China: Monday to Friday, but for the days that the State Council's yearly notice moves. */
    WorkingDays CHINA = China.read("/calendar/cn.txt");

    /** The name that published rules use. */
    String name();

    boolean isWorkingDay(LocalDate day);

    /** False where the year's moved days are not known yet and plain weekdays are counted instead: pages say so. */
    boolean knows(int year);

    /** The last of {@code days} working days that are counted from the day after {@code day} on; {@code day} itself for none. */
    default LocalDate after(LocalDate day, int days) {
        LocalDate last = day;
        for (int left = days; left > 0; ) {
            last = last.plusDays(1);
            if (isWorkingDay(last)) left--;
        }
        return last;
    }

    static Optional<WorkingDays> named(String name) {
        for (WorkingDays days : new WorkingDays[] {CHINA, WEEKDAYS, EVERY_DAY}) {
            if (days.name().equals(name)) return Optional.of(days);
        }
        return Optional.empty();
    }

    private static boolean isWeekday(LocalDate day) {
        return day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY;
    }

    abstract class Plain implements WorkingDays {
        private final String name;

        private Plain(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean knows(int year) {
            return true;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Read from lines {@code year NOTICE}, {@code off FROM [TO]}, {@code work DAY}. */
    final class China implements WorkingDays {
        private final Map<Integer, String> notices = new HashMap<>();
        private final Set<LocalDate> off = new HashSet<>();
        private final Set<LocalDate> work = new HashSet<>();

        static China read(String resource) {
            China calendar = new China();
            try (var in = WorkingDays.class.getResourceAsStream(resource)) {
                if (in == null) throw new IllegalStateException("no " + resource);
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                        .lines()
                        .forEach(calendar::line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return calendar;
        }

        private void line(String line) {
            if (line.isBlank() || line.startsWith("#")) return;
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "year" -> notices.put(Integer.parseInt(words[1]), words[2]);
                case "work" -> work.add(LocalDate.parse(words[1]));
                case "off" ->
                    LocalDate.parse(words[1])
                            .datesUntil(LocalDate.parse(words[words.length - 1]).plusDays(1))
                            .forEach(off::add);
                default -> throw new IllegalStateException("calendar line: " + line);
            }
        }

        @Override
        public String name() {
            return "cn";
        }

        @Override
        public boolean isWorkingDay(LocalDate day) {
            return work.contains(day) || isWeekday(day) && !off.contains(day);
        }

        @Override
        public boolean knows(int year) {
            return notices.containsKey(year);
        }

        /** The number of the notice that the year's days were taken from. */
        public Optional<String> notice(int year) {
            return Optional.ofNullable(notices.get(year));
        }

        public Set<Integer> years() {
            return new TreeSet<>(notices.keySet());
        }

        @Override
        public String toString() {
            return name();
        }
    }
}
