package vitrine.campaign.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many pieces a counted amount (minor units) or number of goods earns in all. */
public sealed interface Earning {

    int pieces(long counted);

    /** The next step above what is counted; null at the top. */
    @Nullable
    Tier after(long counted);

    /** From so much on, so many pieces in all: not on top of the tier below. */
    record Tier(long from, int pieces) {}

    /** "300 gives 1, 600 gives 3". Both rise from tier to tier. */
    record Tiers(List<Tier> tiers) implements Earning {
        public Tiers {
            tiers = List.copyOf(tiers);
        }

        public static Tiers of(long from, int pieces) {
            return new Tiers(List.of(new Tier(from, pieces)));
        }

        @Override
        public int pieces(long counted) {
            int pieces = 0;
            for (Tier tier : tiers) if (counted >= tier.from()) pieces = tier.pieces();
            return pieces;
        }

        @Override
        public @Nullable Tier after(long counted) {
            for (Tier tier : tiers) if (counted < tier.from()) return tier;
            return null;
        }
    }

    /** "Every 300 gives one." */
    record Every(long each) implements Earning {
        @Override
        public int pieces(long counted) {
            return Math.toIntExact(Math.max(0, counted) / each);
        }

        @Override
        public Tier after(long counted) {
            int next = pieces(counted) + 1;
            return new Tier(Math.multiplyExact(each, next), next);
        }
    }
}
