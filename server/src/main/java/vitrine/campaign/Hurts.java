package vitrine.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.Window;

/** Promise 8: rules do not move, but for the better. Each way of making them worse is named. */
final class Hurts {

    private Hurts() {}

    static List<Hurt> between(Plan published, Plan draft) {
        List<Hurt> hurts = new ArrayList<>();
        Window before = published.window();
        Window after = draft.window();
        if (after.from().isAfter(before.from())) {
            hurts.add(new Hurt("campaign.hurts-later-start", null, text(before.from()), text(after.from())));
        }
        if (after.until().isBefore(before.until())) {
            hurts.add(new Hurt("campaign.hurts-earlier-end", null, text(before.until()), text(after.until())));
        }
        if (!draft.currency().equals(published.currency())) {
            hurts.add(new Hurt(
                    "campaign.hurts-other-currency", null, text(published.currency()), text(draft.currency())));
        }
        if (!draft.zone().equals(published.zone())) {
            hurts.add(new Hurt("campaign.hurts-other-zone", null, text(published.zone()), text(draft.zone())));
        }
        Map<Object, Offer> drafted = draft.offers().stream().collect(Collectors.toMap(Offer::id, Function.identity()));
        for (Offer offer : published.offers()) {
            Offer changed = drafted.get(offer.id());
            if (changed == null)
                hurts.add(hurt("campaign.hurts-offer-gone", offer, offer.name().en(), ""));
            else inOffer(offer, changed, hurts);
        }
        return hurts;
    }

    private static void inOffer(Offer before, Offer after, List<Hurt> hurts) {
        if (!after.collectible().equals(before.collectible())) {
            hurts.add(hurt("campaign.hurts-other-collectible", before, before.collectible(), after.collectible()));
        }
        if (!after.selector().includes(before.selector())) {
            hurts.add(hurt(
                    "campaign.hurts-fewer-goods",
                    before,
                    before.selector().names(),
                    after.selector().names()));
        }
        if (after.members() && !before.members()) {
            hurts.add(hurt("campaign.hurts-members-only", before, "", ""));
        }
        // What adds up differently helps one and hurts another, so neither way is allowed.
        if (after.measure() != before.measure()) {
            hurts.add(hurt("campaign.hurts-other-measure", before, before.measure(), after.measure()));
        } else if (after.basis() != before.basis()) {
            hurts.add(hurt("campaign.hurts-other-basis", before, before.basis(), after.basis()));
        } else {
            firstWorse(before.earning(), after.earning())
                    .ifPresent(at -> hurts.add(hurt(
                            "campaign.hurts-higher-threshold",
                            before,
                            at + " → " + before.earning().pieces(at),
                            at + " → " + after.earning().pieces(at))));
        }
        if (smaller(before.perCollector(), after.perCollector())) {
            hurts.add(hurt("campaign.hurts-smaller-limit", before, before.perCollector(), after.perCollector()));
        }
        if (smaller(before.piecesMax(), after.piecesMax())) {
            hurts.add(hurt("campaign.hurts-fewer-pieces", before, before.piecesMax(), after.piecesMax()));
        }
        if (after.waiting().days() > before.waiting().days()
                || !after.waiting().calendar().equals(before.waiting().calendar())
                        && after.waiting().days() > 0) {
            hurts.add(hurt(
                    "campaign.hurts-longer-wait",
                    before,
                    before.waiting().days() + " " + before.waiting().calendar(),
                    after.waiting().days() + " " + after.waiting().calendar()));
        }
        if (after.giftPolicy().isNarrowerThan(before.giftPolicy())) {
            hurts.add(hurt(
                    "campaign.hurts-stricter-gift-policy",
                    before,
                    before.giftPolicy().text(),
                    after.giftPolicy().text()));
        }
    }

    /** The lowest amount found that would bring fewer pieces than was published. */
    private static Optional<Long> firstWorse(Earning before, Earning after) {
        if (before instanceof Earning.Every(long was) && after instanceof Earning.Every(long is)) {
            return is > was ? Optional.of(was) : Optional.empty();
        }
        TreeSet<Long> steps = new TreeSet<>();
        steps(before, steps);
        steps(after, steps);
        if (before instanceof Earning.Every) {
            // Tiers end, "every" does not: somewhere above the last tier it gives more.
            long at = steps.last();
            while (before.pieces(at) <= after.pieces(at)) at = Math.multiplyExact(at, 2);
            return Optional.of(at);
        }
        // Tiers change at their steps only, and what replaces them never falls in between.
        return steps.stream().filter(at -> after.pieces(at) < before.pieces(at)).findFirst();
    }

    private static void steps(Earning earning, TreeSet<Long> steps) {
        switch (earning) {
            case Earning.Every(long each) -> steps.add(each);
            case Earning.Tiers(List<Earning.Tier> tiers) -> tiers.forEach(t -> steps.add(t.from()));
        }
    }

    /** No number is more than any number. */
    private static boolean smaller(@Nullable Integer before, @Nullable Integer after) {
        return after != null && (before == null || after < before);
    }

    private static Hurt hurt(String code, Offer offer, @Nullable Object before, @Nullable Object after) {
        return new Hurt(code, offer.id().toString(), text(before), text(after));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
