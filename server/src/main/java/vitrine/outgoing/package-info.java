/** Signed events to subscribers, with tries, a cursor and replay. */
@ApplicationModule(allowedDependencies = {"platform", "identity", "campaign :: desk"})
@NullMarked
package vitrine.outgoing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
