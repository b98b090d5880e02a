package vitrine.drop;

import java.util.List;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.testing.TestServer;

/** What the drops of these tests give: works of the brand Lumen. */
final class Works {

    static final Bilingual MOONRISE = new Bilingual("月升", "Moonrise");

    private Works() {}

    static BrandId lumen(TestServer node) {
        return node.bean(Catalog.class)
                .addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), MOONRISE, "night");
    }

    /** Published, and its stock is open. */
    static CollectibleId published(TestServer node, BrandId lumen, String slug, int supply, int withheld) {
        CollectibleId id = node.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen, slug, null, null, "brand", MOONRISE, MOONRISE, MOONRISE, MOONRISE, 2026, "night",
                        MOONRISE, supply, withheld, List.of(), List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(s -> node.bean(Drops.class).publish(id));
        return id;
    }
}
