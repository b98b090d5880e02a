package vitrine.campaign.rules;

import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.drop.OfferId;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.shop.Order;

/**
 * The terms of one way of getting a piece, as a published version froze them.
 *
 * @param members only orders of whom the brand calls its members count
 * @param currency orders in another one are shown as not counted; nothing is ever converted
 * @param perCollector how many pieces one person may have from this offer; null: no limit
 * @param piecesMax how many the offer gives in all; null: as many as the stock has
 */
public record Offer(
        OfferId id,
        Bilingual name,
        CollectibleId collectible,
        Selector selector,
        boolean members,
        Measure measure,
        Basis basis,
        Earning earning,
        Window window,
        Currency currency,
        @Nullable Integer perCollector,
        @Nullable Integer piecesMax,
        Waiting waiting,
        GiftPolicy giftPolicy) {

    public enum Measure {
        /** What was paid for the goods, in minor units. */
        AMOUNT,
        /** Units of the goods. */
        QUANTITY
    }

    public enum Basis {
        /** Each order stands for itself. */
        ORDER,
        /** All orders of a person inside the window are summed. */
        CUMULATIVE
    }

    public Offer in(Window other) {
        return new Offer(
                id,
                name,
                collectible,
                selector,
                members,
                measure,
                basis,
                earning,
                other,
                currency,
                perCollector,
                piecesMax,
                waiting,
                giftPolicy);
    }

    /**
     * What this order says to this offer, line by line.
     *
     * @param pauses those of the campaign
     * @param member whether its buyer is a member of the brand; only an offer for members asks
     */
    public Count count(Order order, List<Pause> pauses, boolean member) {
        return Count.of(this, pauses, order, member);
    }

    /** What one collector's counted orders earn, beside what she has from this offer already. */
    public Judgement judge(List<Counting> orders, List<Entitled> entitled) {
        return Judgement.of(this, orders, entitled);
    }
}
