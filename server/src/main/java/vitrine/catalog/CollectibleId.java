package vitrine.catalog;

import java.util.UUID;
import vitrine.platform.BrandId;

/** One design, under the brand that owns it. */
public record CollectibleId(BrandId brand, UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
