/** The pages of the zone: what is on show, a brand, a collectible, a campaign, and a collector's orders and gifts. */
@NamedInterface("web")
@NullMarked
package vitrine.campaign.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
