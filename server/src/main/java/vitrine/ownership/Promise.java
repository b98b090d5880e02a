package vitrine.ownership;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;

/**
 * What a piece is good for besides itself, once.
 *
 * @param name what it is: the print itself, a seat on the first evening
 * @param text how it is redeemed; empty: nothing to say
 * @param until when it can be redeemed at the latest; null: as long as the piece lives
 */
public record Promise(
        UUID id,
        Kind kind,
        Bilingual name,
        Bilingual text,
        @Nullable Instant until) {

    public enum Kind {
        /** Is sent to an address. */
        GOODS,
        /** A coupon, a skin, a seat: shown, and used up. */
        PERK;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Kind> find(String code) {
            return Arrays.stream(values())
                    .filter(kind -> kind.code().equals(code))
                    .findFirst();
        }
    }

    public boolean isOver(Instant now) {
        return until != null && !now.isBefore(until);
    }

    /** @param as what its columns' names begin with: {@code promise_} */
    public static Promise read(ResultSet row, String as) throws SQLException {
        Timestamp until = row.getTimestamp(as + "until");
        return new Promise(
                row.getObject(as + "id", UUID.class),
                Kind.find(row.getString(as + "kind")).orElseThrow(),
                new Bilingual(row.getString(as + "zh"), row.getString(as + "en")),
                new Bilingual(row.getString(as + "text_zh"), row.getString(as + "text_en")),
                until == null ? null : until.toInstant());
    }
}
