/** The shops outside: verify and keep each delivery, one Order shape, reconcile; and what they sell. */
@ApplicationModule(allowedDependencies = {"platform"})
@NullMarked
package vitrine.shop;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
