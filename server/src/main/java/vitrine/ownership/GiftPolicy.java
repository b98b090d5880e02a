package vitrine.ownership;

/** What may happen later to a piece: it comes with the grant and stays with the piece. The preset is never. */
public sealed interface GiftPolicy {

    record Never() implements GiftPolicy {}

    /** May be given away once it was kept for so many days. */
    record AfterDays(int days) implements GiftPolicy {
        public AfterDays {
            if (days < 1) throw new IllegalArgumentException("a keep period has at least one day, got " + days);
        }
    }

    record Free() implements GiftPolicy {}

    /** As it stands in rules and rows: {@code never}, {@code after-days:180}, {@code free}. */
    default String text() {
        return switch (this) {
            case Never() -> "never";
            case AfterDays(int days) -> "after-days:" + days;
            case Free() -> "free";
        };
    }

    /** @throws IllegalArgumentException for a text that {@link #text()} does not write */
    static GiftPolicy of(String text) {
        if (text.equals("never")) return new Never();
        if (text.equals("free")) return new Free();
        if (text.startsWith("after-days:"))
            return new AfterDays(Integer.parseInt(text.substring("after-days:".length())));
        throw new IllegalArgumentException("no gift policy: " + text);
    }
}
