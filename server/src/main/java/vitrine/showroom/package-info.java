/** The collector's room: what she has, each piece on its plinth, and the moment in which a gift is opened. */
@ApplicationModule(
        allowedDependencies = {
            "platform",
            "identity",
            "payment",
            "catalog",
            "ledger",
            "ownership",
            "fulfilment",
            "drop",
            "ownership :: web",
            "certificate",
            "certificate :: paper",
            "market",
            "campaign"
        })
@NullMarked
package vitrine.showroom;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
