package vitrine.campaign.desk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.OrdersAside;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.proof.Json;

/** Orders that could not be judged, why, and the button that has them judged again. */
@Controller
@Requires(Permission.SEE)
public class AsideDesk {

    private static final int MOST = 200;

    private final Desks desks;
    private final OrdersAside aside;

    AsideDesk(Desks desks, OrdersAside aside) {
        this.desks = desks;
        this.aside = aside;
    }

    public record Listing(List<OrdersAside.Aside> orders) {}

    @GetMapping("/desk/{brand}/aside")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("aside", desks.of(brand, said), new Listing(aside.of(brand, MOST)));
    }

    @PostMapping("/desk/{brand}/aside")
    @Requires(Permission.SHOPS)
    ModelAndView tryAgain(@PathVariable BrandId brand) {
        desks.audited(
                brand, "orders.tried-again", brand.toString(), Json.object(), () -> aside.tryAgain(brand), n -> n > 0);
        return Desks.to(Desks.address(desks.of(brand, null).path("aside"), "said", "tried-again"));
    }
}
