package vitrine.campaign.desk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Hotspots;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.MediaLibrary;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/**
 * The points of one model: a tap on the model puts one, words and maybe a sound stand beside it. Where no script runs, a point is
 * its numbers.
 */
@Controller
@Requires(Permission.SEE)
public class PointsDesk {

    /** Empty rows below the points; each saving brings as many again, and the script shows the rest as it needs them. */
    private static final int ROOM_FOR_MORE = 2;

    private final Desks desks;
    private final Catalog catalog;
    private final Hotspots hotspots;
    private final MediaLibrary library;
    private final JdbcClient db;

    PointsDesk(Desks desks, Catalog catalog, Hotspots hotspots, MediaLibrary library, JdbcClient db) {
        this.desks = desks;
        this.catalog = catalog;
        this.hotspots = hotspots;
        this.library = library;
        this.db = db;
    }

    /** A point as it was typed. */
    public record Typed(String at, String facing, String zh, String en, String sound) {
        static final Typed NOTHING = new Typed("", "", "", "", "");

        boolean isEmpty() {
            return (at + facing + zh + en + sound).isEmpty();
        }
    }

    /** A sound of the brand's works. @param of the work that it came with */
    public record Sound(String sha256, Bilingual of, long bytes) {}

    /**
     * @param points those that are written, and then as many empty ones as there may be
     * @param seen how they stood when their reader saw them, who may have typed since
     */
    public record Points(
            Collectible work,
            @Nullable Picture picture,
            String model,
            List<Typed> points,
            List<Sound> sounds,
            Mark seen,
            @Nullable String refusal) {

        /** Whether this row waits unseen until the script needs it. */
        public boolean isSpare(int n) {
            int written =
                    (int) points.stream().filter(point -> !point.isEmpty()).count();
            return n >= written + ROOM_FOR_MORE;
        }
    }

    @GetMapping("/desk/{brand}/gallery/points/{slug}")
    ModelAndView page(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String refused,
            Texts t) {
        Collectible work = own(brand, slug);
        // Before they are read: who comes in between has not been seen.
        Mark seen = hotspots.mark(work.id());
        List<Typed> points = hotspots.of(work.id()).stream()
                .map(spot -> new Typed(
                        spot.at(),
                        spot.facing(),
                        spot.said().zh(),
                        spot.said().en(),
                        spot.sound() == null ? "" : spot.sound().hex()))
                .toList();
        String refusal = Uploads.TOO_LARGE.equals(refused)
                ? t.get("media.request-too-large", CatalogueDesk.megabytes(Uploads.BYTES_MAX))
                : null;
        return Desks.page("points", desks.of(brand, said), points(work, points, seen, refusal, t));
    }

    private Points points(Collectible work, List<Typed> typed, Mark seen, @Nullable String refusal, Texts t) {
        List<Typed> rows = new ArrayList<>(typed);
        while (rows.size() < Hotspots.MOST) rows.add(Typed.NOTHING);
        var model = work.first("model");
        if (model == null) throw Refused.notFound();
        return new Points(
                work,
                picture(work, t),
                model.sha256().hex(),
                rows,
                sounds(work.id().brand(), typed),
                seen,
                refusal);
    }

    private @Nullable Picture picture(Collectible work, Texts t) {
        var image = work.first("image");
        if (image == null) return null;
        return db.sql("select type <> 'image/jpeg' and width = height as cutout from media where sha256 = :sha256")
                .param("sha256", image.sha256().bytes())
                .query((row, n) -> new Picture(image.sha256().hex(), t.of(work.name()), row.getBoolean("cutout")))
                .optional()
                .orElse(null);
    }

    /** What was uploaded with the brand's works or their points; and what was just typed, so that no choice is lost. */
    private List<Sound> sounds(BrandId brand, List<Typed> typed) {
        Map<String, Sound> sounds = new LinkedHashMap<>();
        db.sql("""
                select encode(m.sha256, 'hex') as sha256, c.name_zh, c.name_en, m.bytes from (
                    select cm.sha256, cm.collectible_id from collectible_media cm
                    where cm.brand_id = :brand and cm.role = 'sound'
                    union
                    select h.sound, h.collectible_id from hotspots h where h.brand_id = :brand and h.sound is not null) s
                join media m on m.sha256 = s.sha256
                join collectibles c on c.brand_id = :brand and c.collectible_id = s.collectible_id
                order by c.name_en, m.added_at, 1
                """)
                .param("brand", brand.value())
                .query((row, n) -> new Sound(
                        row.getString("sha256"),
                        new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                        row.getLong("bytes")))
                .list()
                .forEach(sound -> sounds.putIfAbsent(sound.sha256(), sound));
        for (Typed point : typed) {
            if (!point.sound().isEmpty())
                sounds.computeIfAbsent(point.sound(), hash -> new Sound(hash, new Bilingual("", ""), 0));
        }
        return List.copyOf(sounds.values());
    }

    /** All of them anew; {@code do} may take one out ({@code drop:n}). A sound that was sent along becomes its row's. */
    @PostMapping("/desk/{brand}/gallery/points/{slug}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView write(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam Map<String, String> form,
            @RequestParam Map<String, MultipartFile> files,
            Texts t) {
        Desk desk = desks.of(brand, null);
        Collectible work = own(brand, slug);
        String act = text(form, "do");
        var seen = new Mark(text(form, Mark.FIELD));
        List<Typed> typed = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (int n = 0; n < Hotspots.MOST; n++) {
            if (act.equals("drop:" + n)) continue;
            Typed row = row(form, n);
            MultipartFile file = files.get("s" + n + "-new");
            if (file != null && !file.isEmpty()) {
                row = switch (library.addSound(CatalogueDesk.bytes(file))) {
                    case MediaLibrary.Adding.Added added ->
                        new Typed(
                                row.at(),
                                row.facing(),
                                row.zh(),
                                row.en(),
                                added.sha256().hex());
                    case MediaLibrary.Adding.Refused refused -> {
                        refusals.add(CatalogueDesk.said(refused, file, t));
                        yield row;
                    }
                };
            }
            if (!row.isEmpty()) typed.add(row);
        }
        List<Hotspots.Hotspot> spots = new ArrayList<>();
        for (Typed point : typed) {
            Hash32 sound = point.sound().isEmpty() ? null : Hash32.hexOrNull(point.sound());
            if (!Hotspots.Hotspot.isPoint(point.at()) || !Hotspots.Hotspot.isPoint(point.facing()))
                refusals.add(t.get("desk.points.no-place", spots.size() + 1));
            else if (!isSaid(point.zh()) || !isSaid(point.en()))
                refusals.add(t.get("desk.points.no-words", spots.size() + 1, Hotspots.SAID_MAX));
            else if (!point.sound().isEmpty() && (sound == null || !library.isSound(sound)))
                refusals.add(t.get("desk.points.no-sound", spots.size() + 1));
            if (!refusals.isEmpty()) {
                return Desks.page(
                        "points",
                        desk,
                        points(work, typed, seen, refusals.getFirst(), t),
                        HttpStatus.UNPROCESSABLE_CONTENT);
            }
            spots.add(new Hotspots.Hotspot(point.at(), point.facing(), new Bilingual(point.zh(), point.en()), sound));
        }
        if (!refusals.isEmpty())
            return Desks.page(
                    "points",
                    desk,
                    points(work, typed, seen, refusals.getFirst(), t),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        boolean saved = desks.unlessChanged(
                brand,
                "spots.written",
                slug,
                Json.object(),
                seen,
                () -> hotspots.lockedMark(work.id()),
                () -> hotspots.set(work.id(), spots));
        if (!saved) {
            return Desks.page(
                    "points",
                    desk,
                    points(work, typed, hotspots.mark(work.id()), t.get("desk.changed-meanwhile"), t),
                    HttpStatus.CONFLICT);
        }
        return Desks.to(desk.path("gallery/points/" + slug) + "?said=saved");
    }

    private Collectible own(BrandId brand, String slug) {
        return catalog.collectible(slug)
                .filter(c -> c.id().brand().equals(brand) && c.first("model") != null)
                .orElseThrow(Refused::notFound);
    }

    private static Typed row(Map<String, String> form, int n) {
        String row = "s" + n + "-";
        return new Typed(
                text(form, row + "at"),
                text(form, row + "facing"),
                line(form, row + "zh"),
                line(form, row + "en"),
                text(form, row + "sound"));
    }

    /** Written over several lines, it is one sentence after another. */
    private static String line(Map<String, String> form, String name) {
        return text(form, name).replaceAll("\\R+", " ");
    }

    private static String text(Map<String, String> form, String name) {
        return form.getOrDefault(name, "").strip();
    }

    private static boolean isSaid(String text) {
        return !text.isBlank() && text.length() <= Hotspots.SAID_MAX;
    }
}
