/** Stock: hands out scarce pieces exactly once (hold, confirm, release). */
@ApplicationModule(
        allowedDependencies = {"platform", "identity", "catalog", "ledger", "rulebook", "ownership", "payment"})
@NullMarked
package vitrine.drop;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
