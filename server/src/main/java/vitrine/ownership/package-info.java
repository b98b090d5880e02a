/** Who owns which piece: the only door for grant, transfer and revoke. */
@ApplicationModule(allowedDependencies = {"platform", "identity", "catalog", "ledger"})
@NullMarked
package vitrine.ownership;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
