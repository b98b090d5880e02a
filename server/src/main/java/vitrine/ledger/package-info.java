/** The public log: append, seal, prove. */
@ApplicationModule(allowedDependencies = {"platform"})
@NullMarked
package vitrine.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
