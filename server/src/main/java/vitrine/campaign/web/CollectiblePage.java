package vitrine.campaign.web;

import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Hotspots;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;

/** A collectible on its stage: what it is, each way of getting it in one sentence, and where all its pieces are. */
@Controller
public class CollectiblePage {
    private static final int GOODS = 6;
    private static final int HELD = 12;

    private final Exhibits exhibits;
    private final Ways ways;
    private final DropCards drops;
    private final OnSale onSale;
    private final Hotspots hotspots;
    private final Following following;

    CollectiblePage(
            Exhibits exhibits, Ways ways, DropCards drops, OnSale onSale, Hotspots hotspots, Following following) {
        this.exhibits = exhibits;
        this.ways = ways;
        this.drops = drops;
        this.onSale = onSale;
        this.hotspots = hotspots;
        this.following = following;
    }

    /**
     * @param pictures beside the one on the stage
     * @param spots points of the model, with what they say
     * @param qr this page, for a phone that can place the model in a room
     */
    public record Shown(
            Exhibit exhibit,
            List<Ways.Way> ways,
            List<DropCards.Card> drops,
            List<Exhibits.Media> pictures,
            List<Exhibits.Media> films,
            List<Exhibits.Media> sounds,
            List<Hotspots.Hotspot> spots,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            QrCode qr) {}

    @GetMapping("/o/{address}")
    ModelAndView collectible(@PathVariable String address, Here here) {
        var exhibit = exhibits.at(address).orElseThrow(Refused::notFound);
        var id = new CollectibleId(new BrandId(exhibit.brandId()), exhibit.id());
        var media = exhibits.media(id);
        return new ModelAndView(
                "collectible",
                "it",
                new Shown(
                        exhibit,
                        ways.to(exhibit, here.t().now()),
                        drops.giving(id, here.t().now()),
                        of(media, "image").stream().skip(1).toList(),
                        of(media, "video"),
                        of(media, "sound"),
                        exhibit.model() == null ? List.of() : hotspots.of(id),
                        onSale.bringing(List.of(exhibit), here.t().now()).stream()
                                .limit(GOODS)
                                .toList(),
                        following.held(List.of(exhibit), HELD),
                        QrCode.of(here.baseUrl() + exhibit.href() + "#room")));
    }

    private static List<Exhibits.Media> of(List<Exhibits.Media> media, String role) {
        return media.stream().filter(m -> m.role().equals(role)).toList();
    }
}
