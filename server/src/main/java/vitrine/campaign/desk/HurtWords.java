package vitrine.campaign.desk;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.Hurt;
import vitrine.campaign.Words;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.platform.web.Texts;

/** Why a change cannot be published: what was promised and what would stand there, in a reader's dates, sums and words. */
final class HurtWords {

    private static final Pattern STEP = Pattern.compile("([0-9]+) → ([0-9]+)");

    private HurtWords() {}

    static String say(Texts t, Hurt hurt, @Nullable Plan published) {
        Offer offer = published == null
                ? null
                : published.offers().stream()
                        .filter(o -> o.id().value().toString().equals(hurt.offer())
                                || o.id().toString().equals(hurt.offer()))
                        .findFirst()
                        .orElse(null);
        String said = Words.hurt(
                t,
                new Hurt(
                        hurt.code(),
                        hurt.offer(),
                        readable(t, hurt.code(), hurt.published(), offer),
                        readable(t, hurt.code(), hurt.draft(), offer)));
        if (offer == null || t.of(offer.name()).isBlank()) return said;
        return t.get("desk.publish.in-offer", t.of(offer.name()), said);
    }

    private static String readable(Texts t, String code, String value, @Nullable Offer offer) {
        return switch (code) {
            case "campaign.hurts-later-start", "campaign.hurts-earlier-end" -> t.dateTime(Instant.parse(value));
            case "campaign.hurts-higher-threshold" -> {
                var step = STEP.matcher(value);
                if (offer == null || !step.matches()) yield value;
                String from = Words.measured(t, offer, Long.parseLong(step.group(1)));
                yield t.get("desk.publish.step", from, Long.parseLong(step.group(2)));
            }
            case "campaign.hurts-smaller-limit", "campaign.hurts-fewer-pieces" ->
                value.isEmpty() ? t.get("desk.publish.no-limit") : value;
            default -> value;
        };
    }
}
