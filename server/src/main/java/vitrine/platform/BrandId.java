package vitrine.platform;

import java.util.UUID;

/** A brand, or the house: the first key column of everything that one of them owns. */
public record BrandId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
