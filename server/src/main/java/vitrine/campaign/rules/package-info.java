/** The law of an offer as pure code: what counts, what it earns, when it is due, what a return takes back. No clock, no table. */
@NamedInterface("rules")
@NullMarked
package vitrine.campaign.rules;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
