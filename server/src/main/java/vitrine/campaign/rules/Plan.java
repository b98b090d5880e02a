package vitrine.campaign.rules;

import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import vitrine.platform.Bilingual;

/** A campaign's content: its dates and its offers. What is published is this, frozen. */
public record Plan(Bilingual name, Bilingual about, Currency currency, ZoneId zone, Window window, List<Offer> offers) {

    public Plan {
        offers = List.copyOf(offers);
    }
}
