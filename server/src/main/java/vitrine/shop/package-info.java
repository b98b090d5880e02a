/** The shops outside: verify and keep each delivery, one Order shape, reconcile. */
@ApplicationModule(allowedDependencies = {"platform"})
@NullMarked
package vitrine.shop;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
