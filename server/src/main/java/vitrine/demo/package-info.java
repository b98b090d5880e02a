/** The demonstration: loads the fictional festival once, through the same doors as everybody, and writes down its cast. */
@ApplicationModule(
        allowedDependencies = {
            "platform",
            "identity",
            "shop",
            "payment",
            "ledger",
            "catalog",
            "rulebook",
            "ownership",
            "drop",
            "campaign"
        })
@NullMarked
package vitrine.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
