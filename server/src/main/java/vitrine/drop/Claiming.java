package vitrine.drop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a try to claim ended. Each refusal has one code, which is message key, metric label and problem type. */
public sealed interface Claiming {

    String code();

    /** @param again whether this very claim was made before, and its answer perhaps lost on the way */
    record Claimed(Claim claim, boolean again) implements Claiming {
        @Override
        public String code() {
            return claim.serial() == null ? "drop.held" : "drop.claimed";
        }
    }

    record NotOpen(Instant opensAt) implements Claiming {
        @Override
        public String code() {
            return "drop.not-open";
        }
    }

    record Closed(Instant closedAt) implements Claiming {
        @Override
        public String code() {
            return "drop.closed";
        }
    }

    record Paused() implements Claiming {
        @Override
        public String code() {
            return "drop.paused";
        }
    }

    /** No pass, or one that is not ours, is for another drop, or has ended. */
    record NotAdmitted(String why) implements Claiming {
        @Override
        public String code() {
            return "drop.not-admitted";
        }
    }

    record LimitReached(int limit) implements Claiming {
        @Override
        public String code() {
            return "drop.limit-reached";
        }
    }

    /** The brand looked at what she had claimed here and refused it: in no stage of this drop she gets another one. */
    record Refused() implements Claiming {
        @Override
        public String code() {
            return "drop.refused";
        }
    }

    /** This stage wants a code, and that is none of its codes. */
    record CodeUnknown() implements Claiming {
        @Override
        public String code() {
            return "drop.code-unknown";
        }
    }

    /** The code was used as often as it may be. */
    record CodeUsed() implements Claiming {
        @Override
        public String code() {
            return "drop.code-used";
        }
    }

    /** In this stage one says which number one wants. */
    record UnitWanted() implements Claiming {
        @Override
        public String code() {
            return "drop.unit-wanted";
        }
    }

    /** The wanted number is somebody else's, or held by somebody; another may be free. */
    record UnitTaken() implements Claiming {
        @Override
        public String code() {
            return "drop.unit-taken";
        }
    }

    /** Every unit is held by somebody who may still give it back. */
    record AllHeld(@Nullable Instant firstEnds) implements Claiming {
        @Override
        public String code() {
            return "drop.all-held";
        }
    }

    /** This very claim was held, and its time ended. */
    record HoldExpired() implements Claiming {
        @Override
        public String code() {
            return "drop.hold-expired";
        }
    }

    /** It was held, its time ended, and a turn in line is one claim. */
    record TurnUsed() implements Claiming {
        @Override
        public String code() {
            return "drop.turn-used";
        }
    }

    record SoldOut() implements Claiming {
        @Override
        public String code() {
            return "drop.sold-out";
        }
    }

    /** Nothing was taken; come again, not all at once. */
    record Busy(int retryAfterSeconds) implements Claiming {
        @Override
        public String code() {
            return "drop.busy";
        }
    }
}
