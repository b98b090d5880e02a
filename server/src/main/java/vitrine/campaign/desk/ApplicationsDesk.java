package vitrine.campaign.desk;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Applications;
import vitrine.campaign.Applications.Answered;
import vitrine.campaign.Applications.Application;
import vitrine.catalog.Slugs;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Who asks to be shown, read by the house's staff. An answer goes out by mail. */
@Controller
@Requires(Permission.MANAGE)
public class ApplicationsDesk {

    private final Desks desks;
    private final Applications applications;

    ApplicationsDesk(Desks desks, Applications applications) {
        this.desks = desks;
        this.applications = applications;
    }

    /** @param slugs an address proposed for each, by the application's id; of the one that was refused: what was typed */
    public record Asked(
            List<Application> all,
            Map<UUID, String> slugs,
            @Nullable String refusal) {}

    @GetMapping("/desk/{brand}/applications")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return page(house(brand, said), Map.of(), null, HttpStatus.OK);
    }

    @PostMapping("/desk/{brand}/applications/{id}/invite")
    ModelAndView invite(
            @PathVariable BrandId brand, @PathVariable UUID id, @RequestParam(defaultValue = "") String slug, Texts t) {
        Desk desk = house(brand, null);
        var answered = desks.audited(
                brand,
                "application.invited",
                id.toString(),
                Json.object(),
                () -> applications.invite(brand, id, slug.strip(), desks.who()),
                done -> done instanceof Answered.Invited);
        return answer(desk, answered, Map.of(id, slug), t);
    }

    @PostMapping("/desk/{brand}/applications/{id}/decline")
    ModelAndView decline(@PathVariable BrandId brand, @PathVariable UUID id, Texts t) {
        Desk desk = house(brand, null);
        var answered = desks.audited(
                brand,
                "application.declined",
                id.toString(),
                Json.object(),
                () -> applications.decline(brand, id, desks.who()),
                done -> done instanceof Answered.Declined);
        return answer(desk, answered, Map.of(), t);
    }

    private ModelAndView answer(Desk desk, Answered answered, Map<UUID, String> typed, Texts t) {
        return switch (answered) {
            case Answered.Invited() -> Desks.to(desk.path("applications") + "?said=application-invited");
            case Answered.Declined() -> Desks.to(desk.path("applications") + "?said=application-declined");
            case Answered.SlugTaken(String slug) ->
                page(desk, typed, t.get("desk.exhibition.taken", slug), HttpStatus.UNPROCESSABLE_CONTENT);
            case Answered.NotASlug() ->
                page(desk, typed, t.get("desk.exhibition.no-slug"), HttpStatus.UNPROCESSABLE_CONTENT);
            case Answered.Gone() -> page(desk, typed, t.get("desk.applications.gone"), HttpStatus.CONFLICT);
        };
    }

    private ModelAndView page(Desk desk, Map<UUID, String> typed, @Nullable String refusal, HttpStatus status) {
        List<Application> all = applications.of(desk.brand().id(), Desks.PAGE);
        Map<UUID, String> slugs = all.stream()
                .collect(Collectors.toMap(
                        Application::id,
                        a -> typed.getOrDefault(a.id(), Slugs.of(a.name().en()))));
        return Desks.page("applications", desk, new Asked(all, slugs, refusal), status);
    }

    private Desk house(BrandId brand, @Nullable String said) {
        Desk desk = desks.of(brand, said);
        if (!desk.isHouse()) throw Refused.notFound();
        return desk;
    }
}
