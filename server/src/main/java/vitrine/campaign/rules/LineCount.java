package vitrine.campaign.rules;

/**
 * What one line of an order brings, or why it brings nothing.
 *
 * @param counted minor units or units of goods, as the offer measures
 * @param paidMinor what is still paid for the line, whether it counts or not: the figure a reader sees beside it
 */
public record LineCount(String line, String title, long counted, long paidMinor, Why why) {

    public enum Why {
        COUNTED,
        /** Some of it went back, or was added outside the window. */
        COUNTED_IN_PART,
        NOT_IN_OFFER,
        RETURNED,
        /** Free goods are no purchase: they bring neither amount nor units. */
        FREE,
        /** Added by an edit outside the window. */
        ADDED_LATER;

        public String code() {
            return "campaign.line-" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
