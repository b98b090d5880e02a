/** Who issued which piece to whom, with its proof: for people a page and a paper, for a stranger's tools a
 * signed file, and for the holder one with her key in it. */
@ApplicationModule(
        allowedDependencies = {"platform", "identity", "catalog", "rulebook", "ledger", "ownership", "ownership :: web"
        })
@NullMarked
package vitrine.certificate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
