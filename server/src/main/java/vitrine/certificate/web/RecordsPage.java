package vitrine.certificate.web;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.catalog.Catalog;
import vitrine.catalog.PieceNumber;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.ledger.WitnessPolicies;
import vitrine.ownership.Piece;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Refused;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogRecord;
import vitrine.proof.Merkle;
import vitrine.proof.Policy;
import vitrine.proof.SignedNote;
import vitrine.proof.WitnessKey;

/**
 * The public log for people: its newest checkpoint and who cosigned it, its records, one record, a piece's life. People count entries
 * from 1, tools from 0; both numbers are shown where somebody could mix them up.
 */
@Controller
public class RecordsPage {

    private static final int PAGE = 25;

    private final Ledger ledger;
    private final LogKeys keys;
    private final WitnessPolicies policies;
    private final Catalog catalog;
    private final Pieces pieces;
    private final JdbcClient db;

    RecordsPage(Ledger ledger, LogKeys keys, WitnessPolicies policies, Catalog catalog, Pieces pieces, JdbcClient db) {
        this.ledger = ledger;
        this.keys = keys;
        this.policies = policies;
        this.catalog = catalog;
        this.pieces = pieces;
        this.db = db;
    }

    /**
     * @param type as in the record: {@code piece.granted}
     * @param about what it is about, where the log's own site knows it by name
     * @param serial 0: it is not about a piece
     * @param log empty: the house's newest log; else what an address says of another one: {@code ?log=log}
     */
    public record Line(long entry, String type, @Nullable Named about, long serial, String log) {
        /** The address of the thing's page here; null: it has none. */
        public @Nullable String href() {
            if (about == null) return null;
            return serial > 0 ? "/p/" + about.slug() + "-" + serial : about.href();
        }
    }

    /** @param kind {@code o} a collectible, {@code campaigns} a campaign's rules, {@code d} a drop's */
    public record Named(String kind, String slug, Bilingual name) {
        String href() {
            return "/" + kind + "/" + slug;
        }
    }

    /** @param witnesses names of the witnesses whose cosignatures are good, with what they say is the time */
    public record Signed(long size, String root, Instant at, List<Witnessed> witnesses) {}

    public record Witnessed(String name, Instant at) {}

    /**
     * @param newest null: nothing was recorded yet
     * @param piece null: all records; else only the life of this one
     * @param missed what was looked for and is not there
     * @param older the entry before which the next page begins; null: there is none
     * @param path where the log is served
     * @param own whose records this log takes, alone; null: the house's
     * @param others the other logs, when there are some
     */
    public record Shown(
            String origin,
            String vkey,
            @Nullable Signed newest,
            List<Line> lines,
            @Nullable String piece,
            @Nullable String missed,
            @Nullable Long older,
            String path,
            String log,
            @Nullable Bilingual own,
            List<Other> others) {}

    /**
     * @param own whose records it takes, alone; null: the house's
     * @param isClosed whether another one goes on from it
     */
    public record Other(
            String origin, String href, @Nullable Bilingual own, boolean isClosed) {}

    public record One(
            Line line,
            long index,
            String leaf,
            String text,
            List<Field> fields,
            int pathLength,
            Signed under,
            String vkey,
            String origin,
            String path,
            boolean hasNext) {}

    /** A field of the record as it stands there. */
    public record Field(String name, String value) {}

    public record Checkpoints(
            String origin,
            List<Signed> checkpoints,
            @Nullable Long older,
            String log) {}

    /** What an address says of a log that is not the house's newest. */
    private String suffix(LogId log) {
        return log.equals(ledger.main()) ? "" : "?log=" + ledger.pathOf(log);
    }

    private LogId log(String path) {
        return path.isEmpty() ? ledger.main() : ledger.at(path).orElseThrow(Refused::notFound);
    }

    @GetMapping("/records")
    ModelAndView records(
            @RequestParam(name = "log", defaultValue = "") String logPath,
            @RequestParam(name = "q", defaultValue = "") String wanted,
            @RequestParam(name = "before", defaultValue = "") String before) {
        String q = wanted.strip();
        LogId log = log(logPath);
        if (q.matches("[1-9][0-9]{0,17}")) return to("/records/" + q + suffix(log));
        long size = ledger.head(log).size();
        Optional<PieceNumber> piece =
                q.isEmpty() ? Optional.empty() : catalog.piece(q.toLowerCase(java.util.Locale.ROOT));
        if (piece.isPresent()) {
            LogId itsOwn = ledger.of(piece.get().collectible().brand());
            return new ModelAndView("records", "it", shown(itsOwn, life(piece.get()), q, null, null));
        }
        long end = before.matches("[1-9][0-9]{0,17}") ? Math.min(size, Long.parseLong(before)) : size;
        long first = Math.max(0, end - PAGE);
        List<Line> lines = new ArrayList<>(lines(suffix(log), first, ledger.entries(log, first, (int) (end - first))));
        lines.sort(Comparator.comparingLong(Line::entry).reversed());
        var page = new ModelAndView(
                "records", "it", shown(log, lines, null, q.isEmpty() ? null : q, first == 0 ? null : first));
        if (!q.isEmpty()) page.setStatus(org.springframework.http.HttpStatus.NOT_FOUND);
        return page;
    }

    @GetMapping("/records/{entry:[1-9][0-9]{0,17}}")
    ModelAndView record(@PathVariable long entry, @RequestParam(name = "log", defaultValue = "") String logPath) {
        LogId log = log(logPath);
        var head = ledger.head(log);
        var proven = ledger.entry(log, entry - 1, head.size()).orElseThrow(Refused::notFound);
        var line = lines(suffix(log), entry - 1, List.of(proven.entry())).getFirst();
        var under = newest(log).orElseThrow();
        return new ModelAndView(
                "record",
                "it",
                new One(
                        line,
                        entry - 1,
                        Merkle.leafHash(proven.entry()).hex(),
                        new String(proven.entry(), StandardCharsets.UTF_8),
                        fields(proven.entry()),
                        proven.proof().path().size(),
                        under,
                        vkey(log),
                        ledger.originOf(log),
                        ledger.pathOf(log),
                        entry < head.size()));
    }

    @GetMapping("/records/checkpoints")
    ModelAndView checkpoints(
            @RequestParam(name = "before", defaultValue = "") String before,
            @RequestParam(name = "log", defaultValue = "") String logPath) {
        LogId log = log(logPath);
        long below = before.matches("[1-9][0-9]{0,17}") ? Long.parseLong(before) : Long.MAX_VALUE;
        var shown = ledger.checkpoints(log, below, PAGE);
        return new ModelAndView(
                "checkpoints",
                "it",
                new Checkpoints(
                        ledger.originOf(log),
                        shown.stream().map(this::signed).toList(),
                        shown.size() < PAGE ? null : shown.getLast().size(),
                        suffix(log)));
    }

    private Shown shown(
            LogId log, List<Line> lines, @Nullable String piece, @Nullable String missed, @Nullable Long older) {
        LogId main = ledger.main();
        List<Ledger.Volume> volumes = ledger.volumes();
        return new Shown(
                ledger.originOf(log),
                vkey(log),
                newest(log).orElse(null),
                lines,
                piece,
                missed,
                older,
                ledger.pathOf(log),
                suffix(log),
                volumes.stream()
                        .filter(volume -> volume.log().equals(log))
                        .findFirst()
                        .map(this::own)
                        .orElse(null),
                volumes.stream()
                        .filter(volume -> !volume.log().equals(log))
                        .map(volume -> new Other(
                                volume.origin(),
                                "/records" + (volume.log().equals(main) ? "" : "?log=" + volume.path()),
                                own(volume),
                                volume.closedSize() != null))
                        .toList());
    }

    private @Nullable Bilingual own(Ledger.Volume volume) {
        return volume.brand() == null ? null : catalog.brand(volume.brand()).name();
    }

    private String vkey(LogId log) {
        return keys.verifier(log).vkey();
    }

    private Optional<Signed> newest(LogId log) {
        return ledger.checkpoint(log, ledger.head(log).size()).map(this::signed);
    }

    private Signed signed(Ledger.Shown shown) {
        var note = SignedNote.parse(shown.note()).orThrow();
        List<Witnessed> witnesses = new ArrayList<>();
        for (Policy.Witness witness : policies.policy().witnesses()) {
            if (witness.key().find(note) instanceof WitnessKey.Finding.Cosigned cosigned) {
                witnesses.add(new Witnessed(witness.name(), cosigned.at()));
            }
        }
        return new Signed(
                Checkpoint.parse(note.text()).orThrow().size(), shown.root().hex(), shown.signedAt(), witnesses);
    }

    /** All records of one piece that are published, in whichever log, the newest first. */
    private List<Line> life(PieceNumber number) {
        Optional<Piece> piece = pieces.find(number);
        if (piece.isEmpty()) return List.of();
        var ids = piece.get().records().stream().map(Piece.PieceRecord::id).toList();
        List<Line> life = new ArrayList<>();
        Map<java.util.UUID, Ledger.Place> places = ledger.places(ids);
        for (var id : ids.reversed()) {
            Ledger.Place place = places.get(id);
            if (place == null) continue;
            List<byte[]> entry = ledger.entries(place.log(), place.index(), 1);
            if (!entry.isEmpty()) life.addAll(lines(suffix(place.log()), place.index(), entry));
        }
        return life;
    }

    private List<Line> lines(String log, long first, List<byte[]> entries) {
        Set<Hash32> collectibles = new LinkedHashSet<>();
        Set<String> campaigns = new LinkedHashSet<>();
        List<LogRecord.Reading> read = entries.stream().map(LogRecord::read).toList();
        for (int i = 0; i < read.size(); i++) {
            if (!(read.get(i) instanceof LogRecord.Reading.Known known)) continue;
            switch (known.record()) {
                case LogRecord.OfPiece of -> collectibles.add(of.collectible());
                case LogRecord.CollectiblePublished published -> collectibles.add(Merkle.leafHash(entries.get(i)));
                case LogRecord.CollectibleAmended amended -> collectibles.add(amended.collectible());
                case LogRecord.SupplyLowered lowered -> collectibles.add(lowered.collectible());
                case LogRecord.RulesPublished rules -> campaigns.add(rules.campaign());
                case LogRecord.LogClosed closed -> {}
                case LogRecord.LogOpened opened -> {}
                case LogRecord.KeyRotated rotated -> {}
                case LogRecord.QueueArrivals arrivals -> {}
            }
        }
        Map<Hash32, Named> byLeaf = collectibles(collectibles);
        Map<String, Named> byId = campaigns(campaigns);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            long entry = first + i + 1;
            lines.add(
                    switch (read.get(i)) {
                        case LogRecord.Reading.Known known ->
                            switch (known.record()) {
                                case LogRecord.OfPiece of ->
                                    new Line(entry, of.type().text(), byLeaf.get(of.collectible()), of.serial(), log);
                                case LogRecord.CollectiblePublished published ->
                                    new Line(
                                            entry,
                                            "collectible.published",
                                            byLeaf.get(Merkle.leafHash(entries.get(i))),
                                            0,
                                            log);
                                case LogRecord.CollectibleAmended amended ->
                                    new Line(entry, "collectible.amended", byLeaf.get(amended.collectible()), 0, log);
                                case LogRecord.SupplyLowered lowered ->
                                    new Line(entry, "supply.lowered", byLeaf.get(lowered.collectible()), 0, log);
                                case LogRecord.RulesPublished rules ->
                                    new Line(entry, "rules.published", byId.get(rules.campaign()), 0, log);
                                case LogRecord.LogClosed closed -> new Line(entry, "log.closed", null, 0, log);
                                case LogRecord.LogOpened opened -> new Line(entry, "log.opened", null, 0, log);
                                case LogRecord.KeyRotated rotated -> new Line(entry, "key.rotated", null, 0, log);
                                case LogRecord.QueueArrivals arrivals ->
                                    new Line(entry, "queue.arrivals", null, 0, log);
                            };
                        case LogRecord.Reading.NotChecked other -> new Line(entry, "other", null, 0, log);
                        case LogRecord.Reading.Malformed malformed -> new Line(entry, "other", null, 0, log);
                    });
        }
        return lines;
    }

    private Map<Hash32, Named> collectibles(Collection<Hash32> leaves) {
        Map<Hash32, Named> named = new HashMap<>();
        db.sql("select manifest_leaf, slug, name_zh, name_en from collectibles where manifest_leaf = any(:leaves)")
                .param("leaves", new SqlArrayValue("bytea", (Object[])
                        leaves.stream().map(Hash32::bytes).toArray(byte[][]::new)))
                .query(row -> {
                    named.put(
                            Hash32.of(row.getBytes(1)),
                            new Named("o", row.getString(2), new Bilingual(row.getString(3), row.getString(4))));
                });
        return named;
    }

    /** What has rules: a campaign, or a drop. */
    private Map<String, Named> campaigns(Collection<String> ids) {
        Map<String, Named> named = new HashMap<>();
        db.sql("""
                select campaign_id::text, 'campaigns', slug, name_zh, name_en from campaigns where campaign_id::text = any(:ids)
                union all select drop_id::text, 'd', slug, name_zh, name_en from drops where drop_id::text = any(:ids)
                """).param("ids", new SqlArrayValue("text", ids.toArray())).query(row -> {
            named.put(
                    row.getString(1),
                    new Named(row.getString(2), row.getString(3), new Bilingual(row.getString(4), row.getString(5))));
        });
        return named;
    }

    /** The record's fields in their order; a manifest is one of them and stays as it is. */
    private static List<Field> fields(byte[] entry) {
        List<Field> fields = new ArrayList<>();
        if (LogRecord.read(entry) instanceof LogRecord.Reading.Known known) {
            known.record()
                    .json()
                    .members()
                    .forEach((name, value) ->
                            fields.add(new Field(name, value instanceof Json.Str(String text) ? text : value.text())));
        }
        return fields;
    }

    private static ModelAndView to(String address) {
        return new ModelAndView(new RedirectView(address));
    }
}
