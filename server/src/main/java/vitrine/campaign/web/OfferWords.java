package vitrine.campaign.web;

import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.Offer;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.web.Texts;

/** An offer as one sentence, verb first; and what else holds in a line below it. Pages, mails and staff say it the same way. */
public final class OfferWords {

    private OfferWords() {}

    /** {@code 买「茶器」，一单满 299 元，得 1 件。} */
    public static Content sentence(Texts t, Offer offer) {
        var what = what(t, offer);
        return switch (offer.earning()) {
            case Earning.Every(long each) -> t.say(key(offer, "every"), what, size(t, offer, each));
            case Earning.Tiers(List<Earning.Tier> tiers) -> t.say(key(offer, "tiers"), what, tiers(t, offer, tiers));
        };
    }

    private static String key(Offer offer, String earning) {
        var measure = offer.measure() == Offer.Measure.AMOUNT ? "amount" : "quantity";
        var basis = offer.basis() == Offer.Basis.ORDER ? "order" : "sum";
        return "offer." + measure + "-" + basis + "-" + earning;
    }

    /** As its brand named it; else by what it asks for. */
    public static String name(Texts t, Offer offer) {
        var name = t.of(offer.name());
        return name.isBlank() ? what(t, offer) : name;
    }

    /** Which goods count, in the shop's own words. */
    public static String what(Texts t, Offer offer) {
        var names = offer.selector().names();
        if (names.isEmpty()) return t.get("offer.any-goods");
        return t.list(names.stream().map(t::quoted).toList());
    }

    private static String tiers(Texts t, Offer offer, List<Earning.Tier> tiers) {
        return String.join(
                t.get("offer.tier-comma"),
                tiers.stream()
                        .map(tier -> t.get("offer.tier", size(t, offer, tier.from()), tier.pieces()))
                        .toList());
    }

    /** An amount, or a number of goods, as this offer measures. */
    public static String size(Texts t, Offer offer, long counted) {
        return offer.measure() == Offer.Measure.AMOUNT
                ? t.price(counted, offer.currency().getCurrencyCode())
                : t.get("offer.units", counted);
    }

    /** The same with all digits: for sums that a reader may add up. */
    public static String exactly(Texts t, Offer offer, long counted) {
        return offer.measure() == Offer.Measure.AMOUNT
                ? t.money(counted, offer.currency().getCurrencyCode())
                : t.get("offer.units", counted);
    }

    /** {@code 收货后 7 个工作日发放 · 每人 1 件 · 退货则收回 · 余 31 件} */
    public static String small(Texts t, Offer offer, @Nullable Integer left) {
        var parts = new ArrayList<String>();
        var days = offer.waiting().days();
        parts.add(days == 0 ? t.get("offer.at-receipt") : t.get("offer.after-receipt", days));
        if (offer.perCollector() != null) parts.add(t.get("offer.each-person", offer.perCollector()));
        parts.add(t.get("offer.returned"));
        if (left != null) parts.add(left == 0 ? t.get("offer.none-left") : t.get("offer.left", left));
        return String.join(" · ", parts);
    }

    public static String policy(Texts t, GiftPolicy policy) {
        return switch (policy) {
            case GiftPolicy.Never() -> t.get("piece.gifting.never");
            case GiftPolicy.AfterDays(int days) -> t.get("piece.gifting.after", days);
            case GiftPolicy.Free() -> t.get("piece.gifting.free");
        };
    }
}
