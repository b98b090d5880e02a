package vitrine.campaign.web;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Refused;

/** A brand's own wall: who they are and what they show. */
@Controller
public class BrandPage {
    private static final int OBJECTS = 60;

    private final Exhibits exhibits;
    private final JdbcClient db;

    BrandPage(Exhibits exhibits, JdbcClient db) {
        this.exhibits = exhibits;
        this.db = db;
    }

    public record Brand(UUID id, String slug, Bilingual name, Bilingual about, String wall) {}

    public record Wall(Brand brand, List<Exhibit> exhibits) {}

    @GetMapping("/b/{slug}")
    ModelAndView brand(@PathVariable String slug) {
        var brand = db.sql(
                        "select brand_id, slug, name_zh, name_en, about_zh, about_en, wall from brands where slug = :slug")
                .param("slug", slug)
                .query((row, n) -> new Brand(
                        row.getObject("brand_id", UUID.class),
                        row.getString("slug"),
                        Exhibits.both(row, "name"),
                        Exhibits.both(row, "about"),
                        row.getString("wall")))
                .optional()
                .orElseThrow(Refused::notFound);
        return new ModelAndView("brand", "it", new Wall(brand, exhibits.ofBrand(brand.id(), OBJECTS)));
    }
}
