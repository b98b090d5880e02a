package vitrine.ownership;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a piece may be given to a friend, and when: it comes with the grant and stays with the piece. The preset is never. */
public sealed interface GiftPolicy {

    record Never() implements GiftPolicy {}

    /**
     * May be given away once it was kept for so many days.
     *
     * @param againDays how long whoever received it from a friend keeps it
     * @param receiverAge how old a receiver must be; 0: of any age
     */
    record AfterDays(int days, int againDays, int receiverAge) implements GiftPolicy {
        public AfterDays {
            if (days < 1 || againDays < 1)
                throw new IllegalArgumentException(
                        "a keep period has at least one day, got " + days + ", " + againDays);
            if (receiverAge < 0 || receiverAge > 120)
                throw new IllegalArgumentException("no age of a receiver: " + receiverAge);
        }

        public AfterDays(int days) {
            this(days, days, 0);
        }
    }

    /** May be given away from this day on. */
    record FromDate(LocalDate day) implements GiftPolicy {}

    record Free() implements GiftPolicy {}

    /** What the strictest of the large shops asked for: half a year, then two years, to nobody under fourteen. */
    AfterDays CAREFUL = new AfterDays(180, 730, 14);

    /**
     * When its present holder may give it away; null: never.
     *
     * @param given whether she has it from a friend, and not as its first owner
     */
    default @Nullable Instant from(Instant heldSince, boolean given, ZoneId zone) {
        return switch (this) {
            case Never() -> null;
            case AfterDays(int days, int again, int age) -> heldSince.plus(Duration.ofDays(given ? again : days));
            case FromDate(LocalDate day) -> {
                Instant from = day.atStartOfDay(zone).toInstant();
                yield from.isAfter(heldSince) ? from : heldSince;
            }
            case Free() -> heldSince;
        };
    }

    /** Whether it allows less than this one; what cannot be compared may hurt somebody, and counts as less. */
    default boolean isNarrowerThan(GiftPolicy before) {
        return switch (this) {
            case Never() -> !(before instanceof Never);
            case Free() -> false;
            case AfterDays(int days, int again, int age) ->
                switch (before) {
                    case Never() -> false;
                    case AfterDays(int daysBefore, int againBefore, int ageBefore) ->
                        days > daysBefore || again > againBefore || age > ageBefore;
                    case FromDate(LocalDate day) -> true;
                    case Free() -> true;
                };
            case FromDate(LocalDate day) ->
                switch (before) {
                    case Never() -> false;
                    case AfterDays after -> true;
                    case FromDate(LocalDate dayBefore) -> day.isAfter(dayBefore);
                    case Free() -> true;
                };
        };
    }

    default int receiverAge() {
        return this instanceof AfterDays(int days, int again, int age) ? age : 0;
    }

    /** As it stands in rules and rows: {@code never}, {@code after-days:180}, {@code after-days:180,730,14}, {@code from:2027-01-01}, {@code free}. */
    default String text() {
        return switch (this) {
            case Never() -> "never";
            case AfterDays(int days, int again, int age) ->
                again == days && age == 0 ? "after-days:" + days : "after-days:" + days + "," + again + "," + age;
            case FromDate(LocalDate day) -> "from:" + day;
            case Free() -> "free";
        };
    }

    /** @throws IllegalArgumentException for a text that {@link #text()} does not write */
    static GiftPolicy of(String text) {
        if (text.equals("never")) return new Never();
        if (text.equals("free")) return new Free();
        try {
            var after = Texts.AFTER.matcher(text);
            if (after.matches()) {
                int days = Integer.parseInt(after.group(1));
                return after.group(2) == null
                        ? new AfterDays(days)
                        : new AfterDays(days, Integer.parseInt(after.group(2)), Integer.parseInt(after.group(3)));
            }
            if (text.startsWith("from:")) return new FromDate(LocalDate.parse(text.substring("from:".length())));
        } catch (java.time.DateTimeException e) {
            throw new IllegalArgumentException("no gift policy: " + text, e);
        }
        throw new IllegalArgumentException("no gift policy: " + text);
    }

    /** The one form of a keep period that has numbers in it. */
    final class Texts {
        private static final Pattern AFTER = Pattern.compile("after-days:(\\d{1,5})(?:,(\\d{1,5}),(\\d{1,3}))?");

        private Texts() {}
    }
}
