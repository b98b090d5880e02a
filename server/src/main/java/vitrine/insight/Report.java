package vitrine.insight;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import vitrine.campaign.rules.Plan;

/**
 * What a campaign did, as far as the shops' orders can say it. Sums are minor units of the campaign's currency: what was paid for
 * goods, less what went back; test orders and cancelled ones are left out.
 *
 * @param until up to here it was looked at: now, or the campaign's end
 * @param from the first day of the campaign that is shown: its beginning, or later where it lasts long
 * @param days whole days of the campaign so far, from {@code from} on; as many days before the campaign stand beside them
 * @param leftOut shops whose orders do not reach back over the days before: what is compared is without them; empty where there is
 *     no number at all
 */
public record Report(
        Plan plan,
        Instant from,
        Instant until,
        int days,
        Headline headline,
        Funnel funnel,
        Buyers buyers,
        List<Day> byDay,
        List<Basket> baskets,
        long threshold,
        List<OfferRow> offers,
        List<LeftOut> leftOut) {

    /** The campaign lasts longer than is shown: its last days stand against as many before it began. */
    public boolean isOfLastDays() {
        return from.isAfter(plan.window().from());
    }

    public record LeftOut(vitrine.platform.Bilingual brand, String shop) {}

    /** The one number on top, or why there is none: never a number that the orders do not carry. */
    public sealed interface Headline {
        record NotBegun(Instant from) implements Headline {}

        /** Less than one whole day. */
        record TooEarly() implements Headline {}

        /** The orders of the days before are not all here. @param first the earliest that is */
        record NothingBefore(Instant first) implements Headline {}

        record NoPieces(long during, long before) implements Headline {}

        /**
         * @param perPiece (during − before) / pieces
         * @param noise two standard deviations of such a difference, from how much the days differ among themselves; below 0: too few days
         */
        record Measured(long perPiece, long during, long before, long pieces, long noise) implements Headline {
            public boolean isChance() {
                return noise >= 0 && Math.abs(during - before) <= noise;
            }
        }
    }

    /**
     * Orders on their way to an opened piece; each step is a part of the one before.
     *
     * @param seen judged by this campaign
     * @param matched with goods of an offer in them
     * @param earned that earned a piece, or completed the sum that did
     * @param ripe whose waiting time is over
     * @param granted that have their piece
     * @param opened whose piece was opened
     * @param shared whose opened piece its owner passed on: by its link, its poster or the room it hangs in
     * @param givenOn whose piece went to a friend; of those given, beside the steps
     */
    public record Funnel(
            long seen, long matched, long earned, long ripe, long granted, long opened, long shared, long givenOn) {
        public List<Step> steps() {
            return List.of(
                    step("seen", seen, seen),
                    step("matched", matched, seen),
                    step("earned", earned, matched),
                    step("ripe", ripe, earned),
                    step("granted", granted, ripe),
                    step("opened", opened, granted),
                    step("shared", shared, opened),
                    step("given-on", givenOn, granted));
        }

        private Step step(String name, long count, long before) {
            return new Step(
                    name,
                    count,
                    seen == 0 ? 0 : Math.round(100f * count / seen),
                    before == 0 ? 0 : Math.round(100f * count / before));
        }

        /** @param share of the first step, {@code ofBefore} of the one before, in hundredths */
        public record Step(String name, long count, int share, int ofBefore) {}
    }

    /**
     * Who bought in the campaign's days, as far as the shop said by what the buyer is known again.
     *
     * @param fresh whose first order, of all that are here, lies in the campaign
     * @param returning who had bought before
     * @param repeated of them all, who bought twice or more in these days
     * @param before buyers of as many days before, {@code repeatedBefore} of them twice or more
     */
    public record Buyers(long fresh, long returning, long repeated, long before, long repeatedBefore) {
        public long all() {
            return fresh + returning;
        }

        public int repeatShare() {
            return all() == 0 ? 0 : Math.round(100f * repeated / all());
        }

        public int repeatShareBefore() {
            return before == 0 ? 0 : Math.round(100f * repeatedBefore / before);
        }

        public int freshShare() {
            return all() == 0 ? 0 : Math.round(100f * fresh / all());
        }
    }

    /**
     * A day counts from the hour at which the campaign began.
     *
     * @param nth 0: the first day of the campaign; below: before it
     * @param pieces given on it
     * @param whole it is over
     */
    public record Day(int nth, LocalDate date, long orders, long paid, long pieces, boolean whole) {}

    /** Orders that came to {@code from} up to (not with) {@code to}; the last step has no end. */
    public record Basket(long from, long to, long during, long before) {}

    /**
     * What an offer has given; its sentence is made of the plan's part and of what the shops call its goods.
     *
     * @param titles by the number that the offer names
     * @param piecesMax null: as many as there are
     */
    public record OfferRow(
            vitrine.campaign.rules.Offer offer,
            vitrine.platform.Bilingual collectible,
            java.util.Map<String, String> titles,
            long waiting,
            long promised,
            long granted,
            long back,
            @org.jspecify.annotations.Nullable Integer piecesMax) {}
}
