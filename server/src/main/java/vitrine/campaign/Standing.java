package vitrine.campaign;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.PieceNumber;

/** Where a right to a piece stands, as its collector and staff read it. */
public sealed interface Standing {

    String code();

    /** @param place on the offer's waiting list, by time of payment; 1 is next */
    record Waiting(int place) implements Standing {
        @Override
        public String code() {
            return "entitlement.waiting";
        }
    }

    /** A unit is held. @param due null: waits for receipt */
    record Pending(@Nullable Instant due) implements Standing {
        @Override
        public String code() {
            return due == null ? "entitlement.pending-receipt" : "entitlement.pending";
        }
    }

    record Ripe() implements Standing {
        @Override
        public String code() {
            return "entitlement.ripe";
        }
    }

    record Granted(PieceNumber piece) implements Standing {
        @Override
        public String code() {
            return "entitlement.granted";
        }
    }

    record Lapsed(String why) implements Standing {
        @Override
        public String code() {
            return "entitlement.lapsed";
        }
    }

    record Revoked(PieceNumber piece, String why) implements Standing {
        @Override
        public String code() {
            return "entitlement.revoked";
        }
    }

    /** The order went back and the piece stayed; counts against the next gift. */
    record Kept(PieceNumber piece) implements Standing {
        @Override
        public String code() {
            return "entitlement.kept";
        }
    }
}
