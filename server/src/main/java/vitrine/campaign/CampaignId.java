package vitrine.campaign;

import java.util.UUID;
import vitrine.platform.BrandId;

/** A campaign, under the brand (or the house) whose plan it is. */
public record CampaignId(BrandId brand, UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
