package vitrine.drop;

import java.util.UUID;
import vitrine.platform.BrandId;

/** A release, under the brand (or the house) whose it is. */
public record DropId(BrandId brand, UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
