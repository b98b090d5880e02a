package vitrine.campaign.desk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Refused;
import vitrine.proof.Json;

/** Mails and text messages that no carrier took: whose they were in part, why, and one button. The outbox is the house's. */
@Controller
@Requires(Permission.MANAGE)
public class MailsDesk {

    private static final int MOST = 200;

    private final Desks desks;
    private final Catalog catalog;
    private final Messages messages;

    MailsDesk(Desks desks, Catalog catalog, Messages messages) {
        this.desks = desks;
        this.catalog = catalog;
        this.messages = messages;
    }

    public record Listing(List<Messages.GivenUp> givenUp) {}

    @GetMapping("/desk/{brand}/mails")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        ofTheHouse(brand);
        return Desks.page("mails", desks.of(brand, said), new Listing(messages.givenUp(MOST)));
    }

    @PostMapping("/desk/{brand}/mails")
    ModelAndView sendAgain(@PathVariable BrandId brand) {
        ofTheHouse(brand);
        desks.audited(
                brand, "mails.sent-again", brand.toString(), Json.object(), messages::carryGivenUp, sent -> sent > 0);
        return Desks.to(Desks.address(desks.of(brand, null).path("mails"), "said", "mails-sent-again"));
    }

    private void ofTheHouse(BrandId brand) {
        if (catalog.brand(brand).kind() != Brand.Kind.HOUSE) throw Refused.notFound();
    }
}
