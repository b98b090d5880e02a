package vitrine.drop;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Promise;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;

/**
 * A window of a drop: one value, frozen with the rules.
 *
 * @param cap how many pieces it gives at most; null: as many as the stock has
 * @param limit how many of the drop's pieces one person may have when this stage is over, 1 to 100
 * @param entryId the collectible, or the series, of which one must hold a piece, or the creator or brand whom one must follow; null for
 *     the others
 * @param onePerson whether it is for those alone who confirmed to be one human, and limits hold across his accounts
 * @param hold how long a claim is held until it is confirmed; null: a claim is a piece at once
 * @param chosen whether whoever claims says which number
 * @param mode how one comes to a piece
 * @param price of one; null: free. What has a price is held until it is paid
 * @param cause whom the proceeds go to; null: the brand
 * @param promise what a piece of it brings besides; null: nothing
 */
public record Stage(
        UUID id,
        int nth,
        Bilingual name,
        CollectibleId collectible,
        Instant opensAt,
        Instant closesAt,
        @Nullable Integer cap,
        int limit,
        Entry entry,
        @Nullable UUID entryId,
        @Nullable Duration hold,
        GiftPolicy giftPolicy,
        boolean chosen,
        boolean onePerson,
        Mode mode,
        @Nullable Money price,
        @Nullable Cause cause,
        @Nullable Promise promise) {

    /** How one comes to a piece. */
    public enum Mode {
        /** Whoever claims first. */
        RACE,
        /** In line: by lot for whoever came before the opening, behind them as they come. */
        QUEUE,
        /** Nobody here: who enters while it is open stands on a list, which goes into a draw. */
        WINDOW;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who may enter. */
    public enum Entry {
        EVERYONE,
        LIST,
        HOLDERS,
        FOLLOWERS,
        /** Of the brand, as its list says when she asks for her pass. */
        MEMBERS,
        /** Whoever has a code, which is used up with the claim. */
        CODE;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** When nobody can be added any more to the list that the places are drawn from. */
    public Instant listCloses() {
        return mode == Mode.WINDOW ? closesAt : opensAt;
    }

    public boolean openAt(Instant now) {
        return !now.isBefore(opensAt) && now.isBefore(closesAt);
    }
}
