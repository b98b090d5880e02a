package vitrine.campaign.web;

import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** A collectible on its stage: what it is, each way of getting it in one sentence, and where all its pieces are. */
@Controller
public class CollectiblePage {
    private final Exhibits exhibits;
    private final Ways ways;

    CollectiblePage(Exhibits exhibits, Ways ways) {
        this.exhibits = exhibits;
        this.ways = ways;
    }

    public record Shown(Exhibit exhibit, List<Ways.Way> ways) {}

    @GetMapping("/o/{address}")
    ModelAndView collectible(@PathVariable String address, Texts t) {
        var exhibit = exhibits.at(address).orElseThrow(Refused::notFound);
        return new ModelAndView("collectible", "it", new Shown(exhibit, ways.to(exhibit, t.now())));
    }
}
