package vitrine.drop;

import org.jspecify.annotations.Nullable;

/**
 * The row that counts: supply = available + held + granted + withheld + retired.
 *
 * @param supply null for an open supply; {@code available} is null then too
 * @param lastSerial serials 1..lastSerial have been given at least once
 */
public record Stock(
        @Nullable Integer supply,
        @Nullable Integer available,
        int held,
        int granted,
        int withheld,
        int retired,
        int lastSerial) {

    /** Below this the supply cannot go: what is given, promised, withheld or retired, and the highest number that was ever given. */
    public int leastSupply() {
        return Math.max(1, Math.max(lastSerial, held + granted + withheld + retired));
    }
}
