package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Exhibitions;
import vitrine.campaign.Exhibitions.Exhibition;
import vitrine.identity.Attempts;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Here;
import vitrine.platform.web.Picture;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** A wall of works around one motif: one picture of each brand with how often it was passed on, or what a host chose and says. */
@Controller
public class ExhibitionPage {

    /** From one network, for one picture: more than that is one person who presses again and again. */
    private static final int SHARES_A_DAY = 3;

    private final Exhibitions exhibitions;
    private final Exhibits exhibits;
    private final Attempts attempts;

    ExhibitionPage(Exhibitions exhibitions, Exhibits exhibits, Attempts attempts) {
        this.exhibitions = exhibitions;
        this.exhibits = exhibits;
        this.attempts = attempts;
    }

    /** @param share how often this picture was passed on, in hundredths of the one that was passed on most */
    public record Hanging(Exhibit exhibit, Bilingual said, int shares, int share) {}

    public record Shown(Exhibition exhibition, List<Hanging> works, int brands, int shares) {
        public @Nullable Picture picture(Texts t) {
            return Exhibit.first(works.stream().map(Hanging::exhibit), t);
        }
    }

    /** For whoever has no share sheet: the address, and its code for another phone. */
    public record Passed(Exhibition exhibition, Exhibit exhibit, String url, QrCode qr, Bilingual said) {}

    @GetMapping("/x/{slug}")
    ModelAndView exhibition(@PathVariable String slug, Texts t) {
        var exhibition = open(slug);
        var hung = exhibitions.works(exhibition.brand(), exhibition.id());
        var shown = exhibits.of(hung.stream().map(Exhibitions.Hung::collectible).toList());
        int most = hung.stream().mapToInt(Exhibitions.Hung::shares).max().orElse(0);
        var works = hung.stream()
                .map(h -> shown.stream()
                        .filter(e -> e.id().equals(h.collectible().value()))
                        .findFirst()
                        .map(e -> new Hanging(
                                e, h.said(), h.shares(), most == 0 ? 0 : Math.round(100f * h.shares() / most)))
                        .orElse(null))
                .filter(Objects::nonNull)
                .toList();
        return new ModelAndView(
                "exhibition",
                "it",
                new Shown(
                        exhibition,
                        works,
                        (int) works.stream()
                                .map(w -> w.exhibit().brandId())
                                .distinct()
                                .count(),
                        works.stream().mapToInt(Hanging::shares).sum()));
    }

    /** What a shared link opens: this one picture of the wall, with the wall behind it. */
    @GetMapping("/x/{slug}/{work}")
    ModelAndView passed(@PathVariable String slug, @PathVariable String work, Here here) {
        var exhibition = open(slug);
        var exhibit = work(exhibition, work);
        String url = here.baseUrl() + exhibition.href() + "/" + exhibit.slug();
        var said = exhibitions.works(exhibition.brand(), exhibition.id()).stream()
                .filter(h -> h.collectible().value().equals(exhibit.id()))
                .map(Exhibitions.Hung::said)
                .findFirst()
                .orElse(new Bilingual("", ""));
        return new ModelAndView("passed", "it", new Passed(exhibition, exhibit, url, QrCode.of(url), said));
    }

    /** Counted, and then shown how. Too often from one network is shown all the same and not counted. */
    @PostMapping("/x/{slug}/{work}/share")
    ModelAndView share(@PathVariable String slug, @PathVariable String work, HttpServletRequest request) {
        var exhibition = open(slug);
        var exhibit = work(exhibition, work);
        UUID id = exhibit.id();
        String who = exhibition.id() + "/" + id + "/" + Attempts.network(request.getRemoteAddr());
        if (attempts.count("share", who, SHARES_A_DAY, Duration.ofDays(1)) instanceof Attempts.Counted.Allowed) {
            exhibitions.shared(exhibition.brand(), exhibition.id(), id);
        }
        return Following.to(exhibition.href() + "/" + exhibit.slug());
    }

    private Exhibition open(String slug) {
        return exhibitions.find(slug).filter(e -> e.openedAt() != null).orElseThrow(Refused::notFound);
    }

    private Exhibit work(Exhibition exhibition, String slug) {
        return exhibits.at(slug)
                .filter(e -> exhibitions.works(exhibition.brand(), exhibition.id()).stream()
                        .anyMatch(h -> h.collectible().value().equals(e.id())))
                .orElseThrow(Refused::notFound);
    }
}
