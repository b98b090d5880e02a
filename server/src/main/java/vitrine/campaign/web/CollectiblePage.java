package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Hotspots;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.MediaWords;
import vitrine.catalog.PieceNumber;
import vitrine.catalog.Revisions;
import vitrine.catalog.UniquePieces;
import vitrine.ledger.Ledger;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.BrandId;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;

/** A collectible on its stage: what it is, each way of getting it in one sentence, and where all its pieces are. */
@Controller
public class CollectiblePage {
    private static final int GOODS = 6;
    private static final int HELD = 12;
    private static final int PIECES = 24;

    private final Exhibits exhibits;
    private final Unpublished unpublished;
    private final Ways ways;
    private final DropCards drops;
    private final OnSale onSale;
    private final Hotspots hotspots;
    private final Following following;
    private final Revisions revisions;
    private final Ledger ledger;
    private final UniquePieces unique;
    private final OwnedPieces owned;
    private final MediaWords words;

    CollectiblePage(
            Exhibits exhibits,
            Unpublished unpublished,
            Ways ways,
            DropCards drops,
            OnSale onSale,
            Hotspots hotspots,
            Following following,
            Revisions revisions,
            Ledger ledger,
            UniquePieces unique,
            OwnedPieces owned,
            MediaWords words) {
        this.exhibits = exhibits;
        this.unpublished = unpublished;
        this.ways = ways;
        this.drops = drops;
        this.onSale = onSale;
        this.hotspots = hotspots;
        this.following = following;
        this.revisions = revisions;
        this.ledger = ledger;
        this.unique = unique;
        this.owned = owned;
        this.words = words;
    }

    /**
     * @param draft nobody sees it yet but those who work for its brand
     * @param pictures beside the one on the stage
     * @param heard what is heard in films and sounds, by their files' hashes
     * @param spots points of the model, with what they say
     * @param qr this page, for a phone that can place the model in a room
     */
    public record Shown(
            Exhibit exhibit,
            boolean draft,
            List<Ways.Way> ways,
            List<DropCards.Card> drops,
            List<Exhibits.Media> pictures,
            List<Exhibits.Media> films,
            List<Exhibits.Media> sounds,
            Map<String, MediaWords.Words> heard,
            List<Hotspots.Hotspot> spots,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            List<Revised> revisions,
            Pieces pieces,
            QrCode qr) {}

    /**
     * @param table where all of them are listed; null: they are all alike
     * @param next the first number that is not shown; 0: none
     */
    public record Pieces(@Nullable String table, List<Each> shown, int next) {}

    /** @param href null: nobody was given it yet */
    public record Each(UniquePieces.Unique unique, @Nullable String href) {}

    /** @param record where its record is read; null: it has none, or waits for its seal */
    public record Revised(
            Revisions.Revision revision, @Nullable String record) {}

    @GetMapping("/o/{address}")
    ModelAndView collectible(
            @PathVariable String address,
            @RequestParam(defaultValue = "1") String from,
            Here here,
            HttpServletResponse response) {
        var published = exhibits.at(address);
        var exhibit = published.or(() -> unpublished.at(address)).orElseThrow(Refused::notFound);
        if (published.isEmpty()) response.setHeader("Cache-Control", "no-store");
        var id = new CollectibleId(new BrandId(exhibit.brandId()), exhibit.id());
        var media = exhibits.media(id);
        return new ModelAndView(
                "collectible",
                "it",
                new Shown(
                        exhibit,
                        published.isEmpty(),
                        ways.to(exhibit, here.t().now()),
                        drops.giving(id, here.t().now()),
                        of(media, "image").stream().skip(1).toList(),
                        of(media, "video"),
                        of(media, "sound"),
                        words.of(id),
                        exhibit.model() == null ? List.of() : hotspots.of(id),
                        onSale.bringing(List.of(exhibit), here.t().now(), GOODS),
                        following.held(List.of(exhibit), HELD),
                        revised(id),
                        pieces(id, from, of(media, UniquePieces.ROLE)),
                        QrCode.of(here.baseUrl() + exhibit.href() + "#room")));
    }

    private Pieces pieces(CollectibleId id, String from, List<Exhibits.Media> tables) {
        if (tables.isEmpty()) return new Pieces(null, List.of(), 0);
        int first = from.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(from) : 1;
        List<UniquePieces.Unique> found = unique.from(id, first, PIECES + 1);
        List<UniquePieces.Unique> shown = found.subList(0, Math.min(PIECES, found.size()));
        Map<Integer, String> given = new HashMap<>();
        owned.pieces(shown.stream()
                        .map(each -> new PieceNumber(id, each.serial()))
                        .toList())
                .forEach(piece -> given.put(piece.serial(), piece.href()));
        return new Pieces(
                tables.getFirst().href(),
                shown.stream()
                        .map(each -> new Each(each, given.get(each.serial())))
                        .toList(),
                found.size() > PIECES ? found.get(PIECES).serial() : 0);
    }

    private List<Revised> revised(CollectibleId id) {
        List<Revisions.Revision> all = revisions.of(id);
        if (all.isEmpty()) return List.of();
        var places = ledger.places(all.stream()
                .map(Revisions.Revision::record)
                .filter(Objects::nonNull)
                .toList());
        return all.stream()
                .map(each -> {
                    var place = each.record() == null ? null : places.get(each.record());
                    if (place == null) return new Revised(each, null);
                    // Entries are counted from 1.
                    return new Revised(each, "/records/" + (place.index() + 1) + "?log=" + ledger.pathOf(place.log()));
                })
                .toList();
    }

    private static List<Exhibits.Media> of(List<Exhibits.Media> media, String role) {
        return media.stream().filter(m -> m.role().equals(role)).toList();
    }
}
