/** What staff look at: a brand's overview, a campaign's report in numbers, plots and tables; the money journal. */
@ApplicationModule(
        allowedDependencies = {
            "platform",
            "identity",
            "shop",
            "payment",
            "catalog",
            "drop",
            "campaign",
            "campaign :: desk",
            "campaign :: rules"
        })
@NullMarked
package vitrine.insight;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
