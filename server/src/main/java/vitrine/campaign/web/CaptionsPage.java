package vitrine.campaign.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.MediaWords;
import vitrine.platform.BrandId;
import vitrine.platform.web.Language;
import vitrine.platform.web.Refused;

/** What is spoken in a work's film, as the browser's player asks for it. */
@Controller
public class CaptionsPage {

    private static final Duration KEPT = Duration.ofMinutes(5);

    private final Exhibits exhibits;
    private final Unpublished unpublished;
    private final MediaWords words;

    CaptionsPage(Exhibits exhibits, Unpublished unpublished, MediaWords words) {
        this.exhibits = exhibits;
        this.unpublished = unpublished;
        this.words = words;
    }

    @GetMapping("/o/{address}/captions/{file}/{language}.vtt")
    ResponseEntity<byte[]> captions(
            @PathVariable String address, @PathVariable String file, @PathVariable String language) {
        Language spoken = Language.named(language);
        if (spoken == null) throw Refused.notFound();
        var published = exhibits.at(address);
        var exhibit = published.or(() -> unpublished.at(address)).orElseThrow(Refused::notFound);
        var said = words.of(new CollectibleId(new BrandId(exhibit.brandId()), exhibit.id()))
                .get(file);
        String text = said == null ? null : said.in(spoken);
        if (text == null) throw Refused.notFound();
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "vtt", StandardCharsets.UTF_8))
                .cacheControl(
                        published.isEmpty()
                                ? CacheControl.noStore()
                                : CacheControl.maxAge(KEPT).cachePublic())
                .eTag(CalendarText.etag(body))
                .body(body);
    }
}
