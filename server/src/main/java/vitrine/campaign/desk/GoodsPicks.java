package vitrine.campaign.desk;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import vitrine.catalog.Brand;
import vitrine.shop.Goods;

/** Products to be picked by their names where a rule wants their SKUs. */
@Component
public class GoodsPicks {

    private static final int MOST = 60;

    private final Goods goods;

    GoodsPicks(Goods goods) {
        this.goods = goods;
    }

    /** @param word what a rule calls it */
    public record Pick(String word, String title) {}

    /** None for the house, whose campaigns look at the shops of many. */
    List<Pick> of(Brand brand) {
        if (brand.kind() == Brand.Kind.HOUSE) return List.of();
        Map<String, Pick> picks = new LinkedHashMap<>();
        for (Goods.Good good : goods.of(brand.id())) {
            String word = good.sku().isEmpty() ? good.product() : good.sku();
            if (picks.size() < MOST) picks.putIfAbsent(small(word), new Pick(word, good.title()));
        }
        return List.copyOf(picks.values());
    }

    /** Those that are not named yet: what is named is taken out where it stands. */
    public static List<Pick> without(List<Pick> picks, String typed) {
        Set<String> named =
                DraftForm.words(List.of(typed)).stream().map(GoodsPicks::small).collect(Collectors.toSet());
        return picks.stream().filter(pick -> !named.contains(small(pick.word))).toList();
    }

    /** What was typed and what was ticked beside it, as one text. */
    static String together(MultiValueMap<String, String> fields, String name) {
        Collection<String> values = fields.getOrDefault(name, List.of());
        if (values.size() < 2) return values.stream().findFirst().orElse("").strip();
        return String.join(", ", new LinkedHashSet<>(DraftForm.words(values)));
    }

    private static String small(String word) {
        return word.strip().toLowerCase(Locale.ROOT);
    }
}
