/** From collector to collector: a piece that is given to a friend. */
@ApplicationModule(allowedDependencies = {"platform", "identity", "catalog", "ledger", "ownership", "ownership :: web"})
@NullMarked
package vitrine.market;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
