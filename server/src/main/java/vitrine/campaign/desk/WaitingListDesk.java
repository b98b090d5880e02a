package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.drop.Airdrops;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.Stage;
import vitrine.drop.WaitingLists;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Who would take a piece that comes back after all were gone: taken home as a table, and the first of them given it by an airdrop. */
@Controller
@Requires(Permission.CAMPAIGNS)
public class WaitingListDesk {

    /** Whoever has more to give takes the table home and gives by its rows. */
    private static final int GIVEN_MAX = 1_000;

    private final Desks desks;
    private final DropsDesk drops;
    private final DropPlans plans;
    private final WaitingLists lists;
    private final Airdrops airdrops;
    private final Catalog catalog;

    WaitingListDesk(
            Desks desks, DropsDesk drops, DropPlans plans, WaitingLists lists, Airdrops airdrops, Catalog catalog) {
        this.desks = desks;
        this.drops = drops;
        this.plans = plans;
        this.lists = lists;
        this.airdrops = airdrops;
        this.catalog = catalog;
    }

    /** Its rows are a file for an airdrop as they are, the first first. */
    @GetMapping("/desk/{brand}/drops/{slug}/waiting.csv")
    void export(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String stage,
            HttpServletResponse response)
            throws IOException {
        Drop drop = find(brand, slug);
        Stage of = stage(drop, stage);
        try (CsvWriter csv = Tables.csv(response, slug + "-waiting-" + (of.nth() + 1))) {
            csv.writeRecord("entry", "asked at");
            desks.inOneTransaction(() -> {
                lists.of(
                        drop.id(),
                        of.id(),
                        Integer.MAX_VALUE,
                        one -> csv.writeRecord(one.entry(), one.since().toString()));
                return true;
            });
        }
    }

    /** Nothing is given before the airdrop's own page was read, and begun there. */
    @PostMapping("/desk/{brand}/drops/{slug}/waiting")
    ModelAndView give(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String stage,
            @RequestParam(defaultValue = "") String pieces,
            Texts t) {
        Drop drop = find(brand, slug);
        Stage of = stage(drop, stage);
        int most = Objects.requireNonNullElse(DropForm.number(pieces.strip()), DropForm.NOT_A_NUMBER);
        if (most < 1 || most > GIVEN_MAX)
            return drops.refused(brand, drop, t.get("desk.drop.waiting-range", GIVEN_MAX), t);
        List<String> first = new ArrayList<>();
        Airdrops.Reading reading = desks.audited(
                brand,
                "airdrop.read",
                catalog.collectible(of.collectible()).slug(),
                Json.object("drop", Json.of(slug)),
                () -> {
                    lists.of(drop.id(), of.id(), most, one -> first.add(one.entry()));
                    return airdrops.read(of.collectible(), of.giftPolicy(), false, first.stream());
                },
                done -> done instanceof Airdrops.Reading.Read);
        return reading instanceof Airdrops.Reading.Read(Airdrops.Airdrop airdrop)
                ? Desks.to(desks.of(brand, null).path("airdrops/" + airdrop.id()))
                : drops.refused(brand, drop, t.get("desk.drop.waiting-nobody"), t);
    }

    private static Stage stage(Drop drop, String named) {
        return drop.stages().stream()
                .filter(stage -> stage.id().toString().equals(named))
                .findFirst()
                .orElseThrow(Refused::notFound);
    }

    private Drop find(BrandId brand, String slug) {
        return plans.at(slug).filter(d -> d.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
