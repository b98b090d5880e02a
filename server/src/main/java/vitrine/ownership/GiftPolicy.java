package vitrine.ownership;

/** What may happen later to a piece: it comes with the grant and moves with the piece. The preset is never. */
public sealed interface GiftPolicy {

    record Never() implements GiftPolicy {}

    /** May be given away once it was kept for so many days. */
    record AfterDays(int days) implements GiftPolicy {}

    record Free() implements GiftPolicy {}
}
