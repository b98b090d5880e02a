/** What a piece brings besides itself, redeemed and handed over: perks at a counter, goods in a parcel. */
@ApplicationModule(allowedDependencies = {"platform", "identity", "catalog", "ownership"})
@NullMarked
package vitrine.fulfilment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
