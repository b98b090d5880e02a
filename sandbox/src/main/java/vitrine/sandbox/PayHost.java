package vitrine.sandbox;

import org.jspecify.annotations.Nullable;

/** One of the three that take people's money, as its merchants see it. */
interface PayHost {

    /** Null: that is no address of this host's. */
    @Nullable
    Answer answer(Call call);

    /** Tells the merchant what became of it. */
    void tell(Trade trade);

    /** Tells that somebody tried and was declined, where this host tells such things. */
    default void tellDeclined(Trade trade) {}

    /** A refund or a payment gets into trouble, where this host knows such a one. @return null: it does not */
    default @Nullable Trade trouble(Trade trade, String act) {
        return null;
    }

    /** A number of this host's own for a payment. */
    String paidId(Trade trade);
}
