/** The plan: offers, gift rules, entitlements. */
@ApplicationModule(
        allowedDependencies = {
            "platform",
            "identity",
            "shop",
            "catalog",
            "ledger",
            "rulebook",
            "ownership",
            "fulfilment",
            "payment",
            "drop"
        })
@NullMarked
package vitrine.campaign;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
