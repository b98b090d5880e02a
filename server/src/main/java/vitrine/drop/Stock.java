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
        int lastSerial) {}
