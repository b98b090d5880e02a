/** What exists: issuers, brands, creators, series, collectibles, media; publishes their manifests. */
@ApplicationModule(allowedDependencies = {"platform", "ledger"})
@NullMarked
package vitrine.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
