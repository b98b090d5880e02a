package vitrine.campaign.rules;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an offer says to an order. Each has one stable code, which is message key, log field and column, and carries its numbers:
 * amounts in minor units, or units of goods, as the offer measures. Where several reasons are true the first of this list is said.
 */
public sealed interface Verdict {

    String code();

    /** The order brings nothing, whatever else its buyer has. */
    sealed interface NotCounted extends Verdict {}

    /** The order counts; what it earns may depend on the buyer's other orders. */
    sealed interface Counts extends Verdict {}

    record TestOrder() implements NotCounted {
        @Override
        public String code() {
            return "campaign.test-order";
        }
    }

    record Cancelled(Instant at) implements NotCounted {
        @Override
        public String code() {
            return "campaign.cancelled";
        }
    }

    record NotPaid() implements NotCounted {
        @Override
        public String code() {
            return "campaign.not-paid";
        }
    }

    record OtherCurrency(String got, String want) implements NotCounted {
        @Override
        public String code() {
            return "campaign.other-currency";
        }
    }

    record OutsideWindow(Instant paidAt, Instant from, Instant until) implements NotCounted {
        @Override
        public String code() {
            return "campaign.outside-window";
        }
    }

    record Paused(Instant paidAt, Instant from) implements NotCounted {
        @Override
        public String code() {
            return "campaign.paused";
        }
    }

    /** The offer is for members, and no address of the buyer was in the brand's list. */
    record NotMember() implements NotCounted {
        @Override
        public String code() {
            return "campaign.not-member";
        }
    }

    /** No line is what the offer asks for; what that is stands in its selector. */
    record NothingMatches() implements NotCounted {
        @Override
        public String code() {
            return "campaign.nothing-matches";
        }
    }

    /** What would have counted went back, or was free. */
    record NothingLeft() implements NotCounted {
        @Override
        public String code() {
            return "campaign.nothing-left";
        }
    }

    /**
     * @param got what is counted: of this order, or of all up to and with it where the offer sums
     * @param want where the next tier begins; {@code want - got} is missing
     * @param pieces how many pieces that tier gives in all
     * @param until until when an order that adds to the sum must be paid
     */
    record ShortOfTier(long got, long want, int pieces, Instant until) implements Counts {
        public long missing() {
            return want - got;
        }

        @Override
        public String code() {
            return "campaign.short-of-tier";
        }
    }

    /** As many pieces as one person may have. {@code pieces}: how many this order still brought. */
    record LimitReached(long got, int pieces, int held, int allowed) implements Counts {
        @Override
        public String code() {
            return "campaign.limit-reached";
        }
    }

    /** It earned {@code settled} pieces that stand for ones kept after an earlier return, and brought {@code pieces} new ones. */
    record SettlesKept(long got, int pieces, int settled) implements Counts {
        @Override
        public String code() {
            return "campaign.settles-kept";
        }
    }

    /** Counted. {@code pieces}: how many it brought; {@code next}: the tier above, where there is one to reach. */
    record Counted(long got, int pieces, Earning.@Nullable Tier next) implements Counts {
        @Override
        public String code() {
            return "campaign.counted";
        }
    }
}
