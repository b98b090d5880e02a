package vitrine.drop;

import java.util.UUID;
import vitrine.platform.BrandId;

/** One way of getting a piece, under the brand (or the house) whose plan it is in. */
public record OfferId(BrandId brand, UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
