package vitrine.campaign;

import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import vitrine.campaign.rules.Offer;
import vitrine.shop.Goods;

/** An offer names goods by their numbers; people know them by what the shops call them. */
@Component
public class GoodsTitles {

    private final Goods goods;

    GoodsTitles(Goods goods) {
        this.goods = goods;
    }

    /** By the sku or id that the offer names, as its own shops call it; of what nobody told yet, nothing. */
    public Map<String, String> of(Offer offer) {
        var brands = offer.selector().brands();
        return goods.titles(
                brands.isEmpty() ? List.of(offer.id().brand()) : brands,
                offer.selector().goods());
    }
}
