package vitrine.catalog;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.NewRecord;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Mark;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogRecord;

/**
 * What may still change of a published collectible, always with its reason in public and, where the manifest says it, with a record:
 * its words are corrected, its supply is lowered. Who issues it, its files and what a holder may do stay as they were.
 */
@Component
public class Revisions {

    public static final int WHY_MAX = 300;

    private final JdbcClient db;
    private final Catalog catalog;
    private final Published published;
    private final Findables findables;
    private final Ledger ledger;
    private final Events events;
    private final Ids ids;
    private final BusinessClock clock;

    Revisions(
            JdbcClient db,
            Catalog catalog,
            Published published,
            Findables findables,
            Ledger ledger,
            Events events,
            Ids ids,
            BusinessClock clock) {
        this.db = db;
        this.catalog = catalog;
        this.published = published;
        this.findables = findables;
        this.ledger = ledger;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** One thing that reads differently now. */
    public record Change(String field, Bilingual before, Bilingual after) {}

    /**
     * @param record in the log; null: the manifest does not say what was changed
     */
    public record Revision(
            boolean lowered,
            Bilingual why,
            List<Change> changes,
            @Nullable UUID record,
            Instant revisedAt) {}

    /** How a collectible came to read as it does, the newest change first. */
    public List<Revision> of(CollectibleId id) {
        return db.sql("""
                select kind, why_zh, why_en, changes, record, revised_at from collectible_revisions
                where brand_id = :brand and collectible_id = :id order by nth desc
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query((row, n) -> new Revision(
                        row.getString("kind").equals("lowered"),
                        new Bilingual(row.getString("why_zh"), row.getString("why_en")),
                        changes(row.getString("changes")),
                        row.getObject("record", UUID.class),
                        row.getTimestamp("revised_at").toInstant()))
                .list();
    }

    /** What {@link #amend} would change, in the order of a label; empty: it reads the same. */
    public List<Change> changes(CollectibleId id, CollectibleDraft after) {
        return changes(catalog.read(id), after);
    }

    /** How it stands, and what somebody was shown that would change of it. */
    public Mark mark(CollectibleId id, List<Change> shown) {
        return Mark.of(List.of(catalog.draft(id).markOfForm(), shown));
    }

    /** The same for what {@link #amend} will change: nobody else changes anything until the transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(CollectibleId id, CollectibleDraft after) {
        lock(id);
        return mark(id, changes(id, catalog.draft(id).inWordsOf(after)));
    }

    private List<Change> changes(Collectible before, CollectibleDraft after) {
        Bilingual series = catalog.series(before.id().brand()).stream()
                .filter(s -> s.id().equals(after.series()))
                .map(Series::name)
                .findFirst()
                .orElse(null);
        return between(before, after, series);
    }

    private static List<Change> between(Collectible before, CollectibleDraft after, @Nullable Bilingual series) {
        List<Change> changes = new ArrayList<>();
        Creator was = before.creator();
        Creator is = after.creator();
        note(changes, "name", before.name(), after.name());
        note(changes, "series", before.series(), series);
        note(changes, "creator", was == null ? null : was.name(), is == null ? null : is.name());
        note(changes, "year", year(before.year()), year(after.year()));
        note(changes, "matter", before.matter(), after.matter());
        note(changes, "about", before.about(), after.about());
        note(changes, "alt", before.alt(), after.alt());
        note(changes, "wall", new Bilingual(before.wall(), before.wall()), new Bilingual(after.wall(), after.wall()));
        note(changes, "traits", traits(before.traits()), traits(after.traits()));
        return changes;
    }

    private static void note(
            List<Change> changes, String field, @Nullable Bilingual before, @Nullable Bilingual after) {
        Bilingual from = before == null ? new Bilingual("", "") : before;
        Bilingual to = after == null ? new Bilingual("", "") : after;
        if (!from.equals(to)) changes.add(new Change(field, from, to));
    }

    private static Bilingual year(int year) {
        return new Bilingual(String.valueOf(year), String.valueOf(year));
    }

    private static Bilingual traits(List<Collectible.Trait> traits) {
        return new Bilingual(
                String.join(
                        "、",
                        traits.stream()
                                .map(t -> t.name().zh() + "：" + t.value().zh())
                                .toList()),
                String.join(
                        ", ",
                        traits.stream()
                                .map(t -> t.name().en() + ": " + t.value().en())
                                .toList()));
    }

    /**
     * Corrects what the label says. Only the words of {@code draft} count ({@link CollectibleDraft#inWordsOf}).
     *
     * @return the changes made; empty: it reads as it did, and nothing was written
     * @throws IllegalArgumentException for a draft with flaws, an empty reason, or a collectible that is not published
     */
    @Transactional
    public List<Change> amend(CollectibleId id, CollectibleDraft draft, Bilingual why) {
        Latest latest = lock(id);
        Collectible before = catalog.read(id);
        CollectibleDraft after = catalog.draft(id).inWordsOf(draft);
        if (!after.flaws().isEmpty() || !reasoned(why))
            throw new IllegalArgumentException("not whole: " + after.flaws());
        List<Change> changes = changes(before, after);
        if (changes.isEmpty()) return changes;
        // The series and the creator that it leaves may have had it alone.
        List<Findables.Subject> left = findables.around(id);
        catalog.rewrite(id, after);
        findables.renew(left);
        Collectible now = catalog.read(id);
        LogId log = ledger.of(id.brand());
        boolean saidByManifest = !Manifests.manifest(before).equals(Manifests.manifest(now));
        NewRecord record = saidByManifest
                ? NewRecord.of(
                        ids.next(),
                        latest.record(),
                        new LogRecord.CollectibleAmended(
                                ledger.originOf(log),
                                now.manifest(),
                                Hash32.of(latest.leaf()),
                                Manifests.manifest(now)))
                : null;
        write(now, log, record, "amended", why, changes);
        return changes;
    }

    /**
     * Fewer pieces than were promised. Called by {@code drop}, which knows what was given and takes the units out of the stock in the
     * same transaction.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void lower(CollectibleId id, int supply, Bilingual why) {
        Latest latest = lock(id);
        Collectible before = catalog.read(id);
        Integer was = before.supply();
        if ((was != null && supply >= was) || supply < 1 || !reasoned(why))
            throw new IllegalArgumentException("supply " + supply);
        db.sql("update collectibles set supply = :supply where brand_id = :brand and collectible_id = :id")
                .param("supply", supply)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        LogId log = ledger.of(id.brand());
        var record = NewRecord.of(
                ids.next(),
                latest.record(),
                new LogRecord.SupplyLowered(ledger.originOf(log), before.manifest(), Hash32.of(latest.leaf()), supply));
        String from = was == null ? "" : String.valueOf(was);
        String to = String.valueOf(supply);
        write(
                before,
                log,
                record,
                "lowered",
                why,
                List.of(new Change("supply", new Bilingual(from, from), new Bilingual(to, to))));
    }

    public static boolean reasoned(Bilingual why) {
        return !why.zh().isBlank()
                && !why.en().isBlank()
                && why.zh().length() <= WHY_MAX
                && why.en().length() <= WHY_MAX;
    }

    private record Latest(UUID record, byte[] leaf) {}

    private Latest lock(CollectibleId id) {
        return db.sql("""
                select last_record as record, last_leaf as leaf from collectibles
                where brand_id = :brand and collectible_id = :id and published_at is not null for update
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Latest.class)
                .optional()
                .orElseThrow(() -> new IllegalArgumentException("not published: " + id));
    }

    private void write(
            Collectible c, LogId log, @Nullable NewRecord record, String kind, Bilingual why, List<Change> changes) {
        CollectibleId id = c.id();
        Optional<NewRecord> sealed = Optional.ofNullable(record);
        sealed.ifPresent(each -> ledger.append(log, List.of(each)));
        db.sql("""
                insert into collectible_revisions (brand_id, collectible_id, nth, kind, why_zh, why_en, changes, record, revised_at)
                select :brand, :id, coalesce(max(nth), 0) + 1, :kind, :whyZh, :whyEn, :changes, :record, :now
                from collectible_revisions where brand_id = :brand and collectible_id = :id
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .param("kind", kind)
                .param("whyZh", why.zh())
                .param("whyEn", why.en())
                .param("changes", json(changes).text())
                .param("record", sealed.map(NewRecord::id).orElse(null), java.sql.Types.OTHER)
                .param("now", Timestamp.from(clock.now()))
                .update();
        db.sql("""
                update collectibles set revised_at = clock_timestamp(), last_leaf = coalesce(:leaf, last_leaf),
                    last_record = coalesce(:record, last_record)
                where brand_id = :brand and collectible_id = :id
                """)
                .param("leaf", sealed.map(each -> each.leaf().bytes()).orElse(null), java.sql.Types.BINARY)
                .param("record", sealed.map(NewRecord::id).orElse(null), java.sql.Types.OTHER)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        findables.renew(findables.around(id));
        published.forgetAfterCommit(id::equals);
        events.publish(List.of(new Event(
                id.brand(),
                ids.next(),
                kind.equals("lowered") ? "collectible.supply-lowered" : "collectible.amended",
                c.slug(),
                Json.object(
                                "collectible",
                                Json.of(c.slug()),
                                "changed",
                                Json.of(changes.stream()
                                        .map(each -> (Json) Json.of(each.field()))
                                        .toList()),
                                "log_record",
                                sealed.<Json>map(each -> Json.of(each.leaf().hex()))
                                        .orElse(Json.NULL))
                        .text(),
                clock.now())));
    }

    private static Json.Arr json(List<Change> changes) {
        return Json.of(changes.stream()
                .map(each -> (Json) Json.object(
                        "field",
                        Json.of(each.field()),
                        "before",
                        Traits.json(each.before()),
                        "after",
                        Traits.json(each.after())))
                .toList());
    }

    private static List<Change> changes(String text) {
        List<Change> changes = new ArrayList<>();
        if (Json.parse(text).orThrow() instanceof Json.Arr array) {
            for (Json each : array) {
                if (each instanceof Json.Obj change && change.get("field") instanceof Json.Str field) {
                    changes.add(new Change(
                            field.value(), Traits.bilingual(change, "before"), Traits.bilingual(change, "after")));
                }
            }
        }
        return changes;
    }
}
