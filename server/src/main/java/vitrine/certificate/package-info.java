/** Who issued which piece to whom, with its proof: for people a page, for a stranger's tools a signed file. */
@ApplicationModule(allowedDependencies = {"platform", "catalog", "rulebook", "ledger", "ownership", "ownership :: web"})
@NullMarked
package vitrine.certificate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
