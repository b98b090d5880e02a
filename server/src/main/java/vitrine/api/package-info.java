/** What programs of staff read and change over HTTP: lists of everything of a brand, its team, its keys. */
@ApplicationModule(allowedDependencies = {"platform", "identity", "campaign"})
@NullMarked
package vitrine.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
