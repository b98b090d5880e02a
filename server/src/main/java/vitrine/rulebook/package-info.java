/** Published rule versions. */
@ApplicationModule(allowedDependencies = {"platform", "ledger"})
@NullMarked
package vitrine.rulebook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
