package vitrine.drop;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.drop.DropDraft.CauseDraft;
import vitrine.drop.DropDraft.PromiseDraft;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.identity.Persons;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Promise;
import vitrine.ownership.Promises;
import vitrine.payment.Payments;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Mark;
import vitrine.platform.Money;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.rulebook.Rules;
import vitrine.rulebook.RulesVersion;

/**
 * Drops from the first word to the end. A draft may say anything; publishing freezes it, its hash is in the public log, and from then on
 * it can be paused, resumed and ended, and nothing else.
 */
@Component
public class DropPlans {

    private static final String SLUG = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?";
    private static final int STAGES = 20;

    /** Of signs in a name, and in whatever else is said in words. */
    public static final int TEXT_MAX = 400;

    /** So many are still looked over on one page. */
    public static final int CHOSEN_MAX = 1_000;

    private static final int HOLD_MINUTES = 24 * 60;
    /** What no gateway would take is a slip of the pen. */
    private static final long PRICE_MAX = 100_000_000;

    private final JdbcClient db;
    private final HotLocks locks;
    private final Catalog catalog;
    private final Drops drops;
    private final Rules rules;
    private final Events events;
    private final Persons persons;
    private final Queues queues;
    private final Payments payments;
    private final Causes causes;
    private final Promises promises;
    private final Ids ids;
    private final BusinessClock clock;

    DropPlans(
            JdbcClient db,
            HotLocks locks,
            Catalog catalog,
            Drops drops,
            Rules rules,
            Persons persons,
            Queues queues,
            Payments payments,
            Causes causes,
            Promises promises,
            Events events,
            Ids ids,
            BusinessClock clock) {
        this.db = db;
        this.locks = locks;
        this.catalog = catalog;
        this.drops = drops;
        this.rules = rules;
        this.events = events;
        this.persons = persons;
        this.queues = queues;
        this.payments = payments;
        this.causes = causes;
        this.promises = promises;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * What stands between a draft and its publication.
     *
     * @param code stable, and the key of its words
     * @param where the field, as in {@code stages[0].cap}
     */
    public record Problem(String code, String where, String got) {}

    public sealed interface Drafting {
        record Drafted(DropId id) implements Drafting {}

        record SlugTaken(String slug) implements Drafting {}

        record NotASlug(String slug) implements Drafting {}
    }

    public sealed interface Publishing {
        record Published(Drop drop) implements Publishing {}

        record Unfinished(List<Problem> problems) implements Publishing {}

        record NotADraft(Drop.State state) implements Publishing {}
    }

    public sealed interface Turn {
        record Done(Drop.State state) implements Turn {}

        record NotNow(Drop.State state) implements Turn {}
    }

    @Transactional
    public Drafting draft(BrandId brand, String slug, DropDraft draft) {
        if (!slug.matches(SLUG)) return new Drafting.NotASlug(slug);
        DropId id = new DropId(brand, ids.next());
        // addresses_taken: one address, one thing, for ever.
        int taken = db.sql("""
                insert into addresses (kind, slug, brand_id, id) values ('drop', :slug, :brand, :id) on conflict do nothing
                """)
                .param("slug", slug)
                .param("brand", brand.value())
                .param("id", id.value())
                .update();
        if (taken == 0) return new Drafting.SlugTaken(slug);
        db.sql("""
                insert into drops (brand_id, drop_id, slug, name_zh, name_en, about_zh, about_en, state, draft, created_at)
                values (:brand, :id, :slug, '', '', '', '', 'draft', '{}', :now)
                """)
                .param("brand", brand.value())
                .param("id", id.value())
                .param("slug", slug)
                .param("now", Timestamp.from(clock.now()))
                .update();
        write(id, draft, Set.of());
        return new Drafting.Drafted(id);
    }

    /** False: it is published already. */
    @Transactional
    public boolean save(DropId id, DropDraft draft) {
        return write(
                id,
                draft,
                draft(id).stages().stream()
                        .map(StageDraft::id)
                        .filter(Objects::nonNull)
                        .toList());
    }

    /**
     * A stage keeps its id, for passes, lists and codes name it. What a form says is its id comes from outside: it is believed once, and of
     * this drop's own stages alone.
     *
     * @param known the ids that this draft's stages have
     */
    private boolean write(DropId id, DropDraft draft, Collection<UUID> known) {
        Set<UUID> left = new HashSet<>(known);
        List<StageDraft> stages = draft.stages().stream()
                .map(stage -> stage.id() != null && left.remove(stage.id()) ? stage : stage.under(ids.next()))
                .toList();
        var named = new DropDraft(draft.name(), draft.about(), stages);
        return db.sql("""
                        update drops set draft = :draft, name_zh = :zh, name_en = :en, about_zh = :aboutZh, about_en = :aboutEn
                        where brand_id = :brand and drop_id = :id and state = 'draft'
                        """)
                        .param("draft", JsonMapper.shared().writeValueAsString(named))
                        .param("zh", draft.name().zh())
                        .param("en", draft.name().en())
                        .param("aboutZh", draft.about().zh())
                        .param("aboutEn", draft.about().en())
                        .param("brand", id.brand().value())
                        .param("id", id.value())
                        .update()
                > 0;
    }

    /** Locks it and says how its draft stands: nobody else saves it, nor publishes it, before this transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(DropId id) {
        db.sql("select drop_id from drops where brand_id = :brand and drop_id = :id for no key update")
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(UUID.class)
                .single();
        return draft(id).mark();
    }

    public DropDraft draft(DropId id) {
        return JsonMapper.shared()
                .readValue(
                        db.sql("select draft from drops where brand_id = :brand and drop_id = :id")
                                .param("brand", id.brand().value())
                                .param("id", id.value())
                                .query(String.class)
                                .single(),
                        DropDraft.class);
    }

    /** Everything that stands between this draft and its publication; empty: it can be published. */
    public List<Problem> check(BrandId brand, DropDraft draft) {
        List<Problem> problems = new ArrayList<>();
        if (draft.name().zh().isBlank() || draft.name().en().isBlank())
            problems.add(new Problem("drop.no-name", "name", ""));
        if (draft.stages().isEmpty()) problems.add(new Problem("drop.no-stage", "stages", ""));
        if (draft.stages().size() > STAGES)
            problems.add(new Problem(
                    "drop.too-many-stages",
                    "stages",
                    String.valueOf(draft.stages().size())));
        checkText(draft.name().zh(), "nameZh", problems);
        checkText(draft.name().en(), "nameEn", problems);
        checkText(draft.about().zh(), "aboutZh", problems);
        checkText(draft.about().en(), "aboutEn", problems);
        Instant before = clock.now();
        Map<UUID, Integer> promised = new HashMap<>();
        for (int n = 0; n < draft.stages().size(); n++) {
            StageDraft stage = draft.stages().get(n);
            String where = "stages[" + n + "].";
            // Where it has no name of its own it has the drop's.
            if (!stage.name().zh().equals(draft.name().zh()))
                checkText(stage.name().zh(), where + "nameZh", problems);
            if (!stage.name().en().equals(draft.name().en()))
                checkText(stage.name().en(), where + "nameEn", problems);
            before = check(brand, stage, where, before, promised, announcesLater(draft, n), problems);
        }
        return problems;
    }

    /** Whether a later stage of this draft promises units of the same stock by number. */
    private static boolean announcesLater(DropDraft draft, int n) {
        UUID collectible = draft.stages().get(n).collectible();
        return draft.stages().stream()
                .skip(n + 1L)
                .anyMatch(later -> later.cap() != null && Objects.equals(later.collectible(), collectible));
    }

    /** Nothing is cut: what is frozen is what somebody wrote. */
    private static void checkText(String text, String where, List<Problem> problems) {
        if (text.length() > TEXT_MAX)
            problems.add(new Problem("drop.text-too-long", where, String.valueOf(text.length())));
    }

    /**
     * Returns when this stage closes: the next one opens then or later, so that there is one window at a time.
     *
     * @param promised by number by the stages before it, of each collectible: what they do not give nobody knows yet
     * @param announcedLater whether a later stage of its drop promises units of its collectible by number
     */
    private Instant check(
            BrandId brand,
            StageDraft stage,
            String where,
            Instant notBefore,
            Map<UUID, Integer> promised,
            boolean announcedLater,
            List<Problem> problems) {
        if (stage.limit() < 1 || stage.limit() > 100)
            problems.add(new Problem("drop.limit", where + "limit", String.valueOf(stage.limit())));
        if (entry(stage.entry()) == null) problems.add(new Problem("drop.entry", where + "entry", stage.entry()));
        if (!isSomebody(brand, stage))
            problems.add(new Problem("drop.entry-of-whom", where + "entryId", String.valueOf(stage.entryId())));
        if (stage.entry().equals(Stage.Entry.LIST.code()) && comesToTheList(brand, stage.id()))
            problems.add(new Problem("drop.list-on-the-way", where + "entry", ""));
        if (stage.holdMinutes() != null && (stage.holdMinutes() < 1 || stage.holdMinutes() > HOLD_MINUTES))
            problems.add(new Problem(
                    "drop.hold", where + "holdMinutes", stage.holdMinutes().toString()));
        if (Arrays.stream(Stage.Mode.values()).noneMatch(mode -> mode.code().equals(stage.mode())))
            problems.add(new Problem("drop.mode", where + "mode", stage.mode()));
        // Nothing is taken in a window, so there is nothing to choose, to hold or to use a code for.
        if (stage.mode().equals(Stage.Mode.WINDOW.code())
                && (stage.chosen()
                        || stage.holdMinutes() != null
                        || stage.price() != null
                        || stage.promise() != null
                        || stage.entry().equals(Stage.Entry.CODE.code())))
            problems.add(new Problem("drop.window-takes-nothing", where + "mode", stage.mode()));
        if (stage.price() != null) checkPrice(stage, stage.price(), where, problems);
        // Only money confirms a hold: without a price it would end for everybody.
        else if (stage.holdMinutes() != null && !stage.mode().equals(Stage.Mode.WINDOW.code()))
            problems.add(new Problem(
                    "drop.hold-without-price",
                    where + "holdMinutes",
                    stage.holdMinutes().toString()));
        if (stage.cause() != null) checkCause(stage, stage.cause(), where, problems);
        if (stage.promise() != null) checkPromise(stage, stage.promise(), where, problems);
        if (stage.onePerson() && !persons.offered())
            problems.add(new Problem("drop.nobody-checks", where + "onePerson", "VITRINE_PERSON_CHECK_URL"));
        try {
            GiftPolicy.of(stage.giftPolicy());
        } catch (IllegalArgumentException e) {
            problems.add(new Problem("drop.gift-policy", where + "giftPolicy", stage.giftPolicy()));
        }
        Integer available = stage.collectible() == null ? null : available(brand, stage.collectible());
        if (available == null) {
            problems.add(
                    new Problem("drop.no-collectible", where + "collectible", String.valueOf(stage.collectible())));
        } else if (stage.cap() == null) {
            // It gives what is left, and so may follow one that promised all.
            if (available < 1) problems.add(new Problem("drop.cap", where + "cap", available.toString()));
            else if (wouldGiveAway(brand, stage, announcedLater))
                problems.add(new Problem("drop.cap-wanted", where + "cap", available.toString()));
        } else {
            int before = promised.merge(Objects.requireNonNull(stage.collectible()), stage.cap(), Integer::sum)
                    - stage.cap();
            int left = Math.max(0, available - before);
            if (stage.cap() < 1 || stage.cap() > left)
                problems.add(new Problem("drop.cap", where + "cap", String.valueOf(left)));
        }
        if (stage.chosen() && available != null) {
            Integer supply = supply(brand, Objects.requireNonNull(stage.collectible()));
            if (supply == null || supply > CHOSEN_MAX)
                problems.add(new Problem("drop.chosen", where + "chosen", String.valueOf(supply)));
        }
        if (stage.opensAt() == null
                || stage.closesAt() == null
                || !stage.opensAt().isBefore(stage.closesAt())) {
            problems.add(new Problem("drop.window", where + "opensAt", stage.opensAt() + " to " + stage.closesAt()));
            return notBefore;
        }
        if (stage.opensAt().isBefore(notBefore))
            problems.add(new Problem(
                    "drop.opens-too-early", where + "opensAt", stage.opensAt().toString()));
        return stage.closesAt();
    }

    /** Whether a stage without a number would give away of a limited stock what another one announced by number. */
    private boolean wouldGiveAway(BrandId brand, StageDraft stage, boolean announcedLater) {
        UUID collectible = Objects.requireNonNull(stage.collectible());
        if (stage.mode().equals(Stage.Mode.WINDOW.code()) || supply(brand, collectible) == null) return false;
        return announcedLater
                || stage.opensAt() != null
                        && drops.isPromisedAfter(new CollectibleId(brand, collectible), stage.opensAt());
    }

    /** What has a price is set aside until it is paid, and somebody must be able to pay it here. */
    private void checkPrice(StageDraft stage, Money price, String where, List<Problem> problems) {
        if (price.minor() < 0) problems.add(new Problem("drop.price-unreadable", where + "price", ""));
        else if (price.minor() < 1 || price.minor() > PRICE_MAX)
            problems.add(new Problem("drop.price", where + "price", String.valueOf(price.minor())));
        if (stage.holdMinutes() == null)
            problems.add(new Problem("drop.price-without-hold", where + "holdMinutes", ""));
        else if (stage.holdMinutes() < Sales.HOLD_MINUTES_MIN)
            problems.add(new Problem(
                    "drop.hold-too-short-to-pay", where + "holdMinutes", String.valueOf(Sales.HOLD_MINUTES_MIN)));
        Money least = payments.least(price.currency()).orElse(null);
        if (least == null)
            problems.add(new Problem(
                    "drop.nobody-takes-money", where + "price", price.currency().getCurrencyCode()));
        else if (price.minor() >= 1 && price.minor() < least.minor())
            problems.add(new Problem("drop.price-too-small-to-pay", where + "price", written(least)));
    }

    private static String written(Money money) {
        return money.currency().getCurrencyCode()
                + " "
                + BigDecimal.valueOf(money.minor(), Math.max(0, money.currency().getDefaultFractionDigits()))
                        .toPlainString();
    }

    /** Proceeds of nothing go to nobody, and whoever gets them has a name. */
    private static void checkCause(StageDraft stage, CauseDraft cause, String where, List<Problem> problems) {
        checkText(cause.name().zh(), where + "causeZh", problems);
        checkText(cause.name().en(), where + "causeEn", problems);
        if (cause.name().zh().isBlank() || cause.name().en().isBlank())
            problems.add(new Problem("drop.cause-name", where + "causeZh", ""));
        if (stage.price() == null) problems.add(new Problem("drop.cause-without-price", where + "price", ""));
        if (!cause.link().isEmpty() && !cause.link().matches("https://[!-~]{3,300}"))
            problems.add(new Problem("drop.cause-link", where + "causeLink", cause.link()));
    }

    /** What is promised has a name, and can still be redeemed when the last piece was given. */
    private static void checkPromise(StageDraft stage, PromiseDraft promise, String where, List<Problem> problems) {
        if (Promise.Kind.find(promise.kind()).isEmpty())
            problems.add(new Problem("drop.promise-kind", where + "promise", promise.kind()));
        checkText(promise.name().zh(), where + "promiseZh", problems);
        checkText(promise.name().en(), where + "promiseEn", problems);
        checkText(promise.text().zh(), where + "promiseTextZh", problems);
        checkText(promise.text().en(), where + "promiseTextEn", problems);
        if (promise.name().zh().isBlank() || promise.name().en().isBlank())
            problems.add(new Problem("drop.promise-name", where + "promiseZh", ""));
        if (promise.text().zh().isBlank() != promise.text().en().isBlank())
            problems.add(new Problem("drop.promise-text", where + "promiseTextZh", ""));
        if (promise.until() != null
                && stage.closesAt() != null
                && !promise.until().isAfter(stage.closesAt()))
            problems.add(new Problem(
                    "drop.promise-until",
                    where + "promiseUntil",
                    promise.until().toString()));
    }

    /** One holds a collectible of the brand, or one of a series of it, and follows the brand, or a creator of it or of the house: else nobody could enter. */
    private boolean isSomebody(BrandId brand, StageDraft stage) {
        UUID whose = stage.entryId();
        return switch (stage.entry()) {
            case "holders" -> whose != null && (isOpened(brand, whose) || isSeries(brand, whose));
            case "followers" ->
                whose != null
                        && (whose.equals(brand.value())
                                || Stream.concat(Stream.of(brand), catalog.house().map(Brand::id).stream())
                                        .flatMap(b -> catalog.creators(b).stream())
                                        .anyMatch(creator -> creator.id().equals(whose)));
            default -> true;
        };
    }

    /** One of the brand's, of which there is something to hold. */
    private boolean isSeries(BrandId brand, @Nullable UUID id) {
        return db.sql("""
                select exists (select from collectibles where brand_id = :brand and series_id = :id and published_at is not null)
                """)
                .param("brand", brand.value())
                .param("id", id, Types.OTHER)
                .query(Boolean.class)
                .single();
    }

    /** Half a list would turn away who is on the other half. */
    private boolean comesToTheList(BrandId brand, @Nullable UUID stage) {
        return db.sql("""
                select exists (select from guest_files where brand_id = :brand and stage_id = :stage and begun_at is not null and done_at is null)
                """)
                .param("brand", brand.value())
                .param("stage", stage, Types.OTHER)
                .query(Boolean.class)
                .single();
    }

    /** Null: there is no such stock. What another drop promised by number is not there. An open supply is as good as a large one. */
    @Nullable
    Integer available(BrandId brand, UUID collectible) {
        return isOpened(brand, collectible)
                ? Objects.requireNonNullElse(drops.unpromised(new CollectibleId(brand, collectible)), 1_000_000)
                : null;
    }

    private boolean isOpened(BrandId brand, UUID collectible) {
        return db.sql("select exists (select from stock where brand_id = :brand and collectible_id = :id)")
                .param("brand", brand.value())
                .param("id", collectible)
                .query(Boolean.class)
                .single();
    }

    /** Null: it is open. */
    private @Nullable Integer supply(BrandId brand, UUID collectible) {
        return db.sql("select coalesce(supply, 0) from stock where brand_id = :brand and collectible_id = :id")
                .param("brand", brand.value())
                .param("id", collectible)
                .query(Integer.class)
                .optional()
                .filter(supply -> supply > 0)
                .orElse(null);
    }

    /** Freezes the draft: its stages, its rules, their record in the log and the event are one transaction. */
    @Transactional
    public Publishing publish(DropId id) {
        Drop.State state = locks.drop(id);
        if (state != Drop.State.DRAFT) return new Publishing.NotADraft(state);
        DropDraft draft = draft(id);
        // What the check finds there has to be there when this is written: two drops may want the same units at once.
        drops.lock(draft.stages().stream()
                .filter(stage -> stage.collectible() != null)
                .map(stage -> new CollectibleId(id.brand(), Objects.requireNonNull(stage.collectible())))
                .distinct()
                .toList());
        List<Problem> problems = check(id.brand(), draft);
        if (!problems.isEmpty()) return new Publishing.Unfinished(problems);
        List<Besides> besides = draft.stages().stream()
                .map(stage -> new Besides(
                        stage.cause() == null ? null : causes.named(id.brand(), stage.cause()),
                        stage.promise() == null ? null : promise(id.brand(), stage.promise())))
                .toList();
        RulesVersion version = rules.publish(id.brand(), id.value(), document(id, draft, besides), Set.of());
        for (int n = 0; n < draft.stages().size(); n++)
            write(id, n, draft.stages().get(n), besides.get(n));
        draft.stages().stream()
                .filter(StageDraft::chosen)
                .map(stage -> new CollectibleId(id.brand(), Objects.requireNonNull(stage.collectible())))
                .distinct()
                .sorted(java.util.Comparator.comparing(CollectibleId::value))
                .forEach(drops::layOut);
        db.sql("update drops set state = 'published', rules_leaf = :leaf where brand_id = :brand and drop_id = :id")
                .param("leaf", version.leaf().bytes())
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        Drop drop = find(id).orElseThrow();
        events.publish(List.of(new Event(
                id.brand(),
                ids.next(),
                "drop.published",
                drop.slug(),
                announced(drop, version).text(),
                clock.now())));
        return new Publishing.Published(drop);
    }

    /** What a stage gives besides pieces, to a cause and with a piece. */
    private record Besides(@Nullable Cause cause, @Nullable Promise promise) {}

    private Promise promise(BrandId brand, PromiseDraft draft) {
        return promises.publish(
                brand, Promise.Kind.find(draft.kind()).orElseThrow(), draft.name(), draft.text(), draft.until());
    }

    /** What a listener needs to know of a drop that was published; the whole of its rules stands in the log. */
    private Json.Obj announced(Drop drop, RulesVersion version) {
        return Json.object(
                "drop", Json.of(drop.id().value().toString()),
                "log_record", Json.of(version.leaf().hex()),
                "stages",
                        Json.of(drop.stages().stream()
                                .<Json>map(stage -> Json.object(
                                        "stage", Json.of(stage.id().toString()),
                                        "collectible",
                                                Json.of(catalog.collectible(stage.collectible())
                                                        .slug()),
                                        "opens_at", Json.of(stage.opensAt().toString()),
                                        "closes_at", Json.of(stage.closesAt().toString())))
                                .toList()));
    }

    private void write(DropId id, int nth, StageDraft stage, Besides besides) {
        db.sql("""
                insert into drop_stages (brand_id, drop_id, stage_id, nth, name_zh, name_en, collectible_id, opens_at, closes_at, cap,
                    taken, limit_each, entry, entry_id, hold_seconds, gift_policy, chosen, one_person, mode, price, currency,
                    cause_id, promise_id)
                values (:brand, :drop, :stage, :nth, :zh, :en, :collectible, :opens, :closes, :cap, 0, :most, :entry, :entryId, :hold,
                    :policy, :chosen, :onePerson, :mode, :price, :currency, :cause, :promise)
                """)
                .param("brand", id.brand().value())
                .param("drop", id.value())
                .param("stage", stage.id())
                .param("nth", nth)
                .param("zh", stage.name().zh())
                .param("en", stage.name().en())
                .param("collectible", stage.collectible())
                .param("opens", Timestamp.from(Objects.requireNonNull(stage.opensAt())))
                .param("closes", Timestamp.from(Objects.requireNonNull(stage.closesAt())))
                .param("cap", stage.cap(), Types.INTEGER)
                .param("most", stage.limit())
                .param("entry", stage.entry())
                .param("entryId", stage.entryId(), Types.OTHER)
                .param("hold", stage.holdMinutes() == null ? null : stage.holdMinutes() * 60, Types.INTEGER)
                .param("policy", stage.giftPolicy())
                .param("chosen", stage.chosen())
                .param("onePerson", stage.onePerson())
                .param("mode", stage.mode())
                .param("price", stage.price() == null ? null : stage.price().minor())
                .param(
                        "currency",
                        stage.price() == null ? null : stage.price().currency().getCurrencyCode())
                .param("cause", besides.cause == null ? null : besides.cause.id(), Types.OTHER)
                .param("promise", besides.promise == null ? null : besides.promise.id(), Types.OTHER)
                .update();
        if (!stage.mode().equals(Stage.Mode.RACE.code())) queues.open(id, Objects.requireNonNull(stage.id()));
    }

    /** What is frozen, field by field (docs/drops.md). */
    private Json.Obj document(DropId id, DropDraft draft, List<Besides> besides) {
        List<Json> stages = new ArrayList<>();
        for (int n = 0; n < draft.stages().size(); n++) {
            StageDraft stage = draft.stages().get(n);
            stages.add(Json.object(
                    "id", Json.of(String.valueOf(stage.id())),
                    "name", bilingual(stage.name()),
                    "collectible",
                            Json.of(catalog.collectible(
                                            new CollectibleId(id.brand(), Objects.requireNonNull(stage.collectible())))
                                    .manifest()
                                    .hex()),
                    "opensAt", Json.of(String.valueOf(stage.opensAt())),
                    "closesAt", Json.of(String.valueOf(stage.closesAt())),
                    "cap", stage.cap() == null ? Json.NULL : Json.of(stage.cap()),
                    "limit", Json.of(stage.limit()),
                    "entry", Json.of(stage.entry()),
                    "entryOf",
                            stage.entryId() == null
                                    ? Json.NULL
                                    : Json.of(stage.entryId().toString()),
                    "holdersOf",
                            !stage.entry().equals(Stage.Entry.HOLDERS.code())
                                    ? Json.NULL
                                    : Json.of(isSeries(id.brand(), stage.entryId()) ? "series" : "collectible"),
                    "holdMinutes", stage.holdMinutes() == null ? Json.NULL : Json.of(stage.holdMinutes()),
                    "giftPolicy", Json.of(stage.giftPolicy()),
                    "chosen", Json.of(stage.chosen()),
                    "onePerson", Json.of(stage.onePerson()),
                    "mode", Json.of(stage.mode()),
                    "price", price(stage.price()),
                    "cause", cause(besides.get(n).cause),
                    "promise", promise(besides.get(n).promise),
                    "lot", stage.mode().equals(Stage.Mode.RACE.code()) ? Json.NULL : queues.lot()));
        }
        return Json.object(
                "v", Json.of(1),
                "kind", Json.of("drop"),
                "drop", Json.of(id.toString()),
                "name", bilingual(draft.name()),
                "about", bilingual(draft.about()),
                "stages", Json.of(stages));
    }

    private static Json bilingual(Bilingual text) {
        return Json.object("zh", Json.of(text.zh()), "en", Json.of(text.en()));
    }

    @Transactional
    public Turn pause(DropId id, Bilingual why) {
        Turn turn = turn(id, Drop.State.PUBLISHED, Drop.State.PAUSED, why);
        if (turn instanceof Turn.Done) {
            db.sql("update drops set paused_at = :now where brand_id = :brand and drop_id = :id")
                    .param("now", Timestamp.from(clock.now()))
                    .param("brand", id.brand().value())
                    .param("id", id.value())
                    .update();
        }
        return turn;
    }

    @Transactional
    public Turn resume(DropId id) {
        Turn turn = turn(id, Drop.State.PAUSED, Drop.State.PUBLISHED, null);
        if (turn instanceof Turn.Done) {
            queues.goOn(id, clock.now());
            DropReminders.goOn(db, id, clock.now());
        }
        return turn;
    }

    @Transactional
    public Turn end(DropId id) {
        Drop.State state = locks.drop(id);
        if (state != Drop.State.PUBLISHED && state != Drop.State.PAUSED) return new Turn.NotNow(state);
        return set(id, Drop.State.ENDED, null);
    }

    private Turn turn(DropId id, Drop.State from, Drop.State to, @Nullable Bilingual why) {
        Drop.State state = locks.drop(id);
        return state == from ? set(id, to, why) : new Turn.NotNow(state);
    }

    private Turn set(DropId id, Drop.State to, @Nullable Bilingual why) {
        db.sql("""
                update drops set state = :state, paused_zh = :zh, paused_en = :en where brand_id = :brand and drop_id = :id
                """)
                .param("state", to.code())
                .param("zh", why == null ? null : why.zh(), Types.VARCHAR)
                .param("en", why == null ? null : why.en(), Types.VARCHAR)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .update();
        return new Turn.Done(to);
    }

    private static final String DROPS = """
            select brand_id, drop_id, slug, name_zh, name_en, about_zh, about_en, state, rules_leaf, paused_zh, paused_en from drops
            """;

    public Optional<Drop> find(DropId id) {
        return with(db.sql(DROPS + "where brand_id = :brand and drop_id = :id")
                        .param("brand", id.brand().value())
                        .param("id", id.value()))
                .stream()
                .findFirst();
    }

    public Optional<Drop> at(String slug) {
        return with(db.sql(DROPS + """
                where (brand_id, drop_id) = (select brand_id, id from addresses where kind = 'drop' and slug = :slug)
                """).param("slug", slug)).stream().findFirst();
    }

    /** Those of a brand, the newest first. */
    public List<Drop> of(BrandId brand) {
        return with(
                db.sql(DROPS + "where brand_id = :brand order by drop_id desc").param("brand", brand.value()));
    }

    /** Those that anybody may see. */
    public List<Drop> published() {
        return with(db.sql(DROPS + "where state <> 'draft' order by drop_id"));
    }

    /**
     * Those of them that run, or were told to be over since then.
     *
     * @param on whose connections read them
     */
    List<Drop> published(JdbcClient on, Instant since) {
        return with(on, on.sql(DROPS + """
                where state <> 'draft' and (told_end_at is null or told_end_at > :since) order by drop_id
                """).param("since", Timestamp.from(since)));
    }

    private List<Drop> with(JdbcClient.StatementSpec select) {
        return with(db, select);
    }

    private static List<Drop> with(JdbcClient on, JdbcClient.StatementSpec select) {
        List<Drop> drops = select.query(DropPlans::drop).list();
        if (drops.isEmpty()) return drops;
        Map<DropId, List<Stage>> stages = new HashMap<>();
        on.sql("""
                select s.brand_id, s.drop_id, s.stage_id, s.nth, s.name_zh, s.name_en, s.collectible_id, s.opens_at, s.closes_at, s.cap,
                    s.limit_each, s.entry, s.entry_id, s.hold_seconds, s.gift_policy, s.chosen, s.one_person, s.mode, s.price,
                    s.currency, c.cause_id, c.name_zh as cause_zh, c.name_en as cause_en, c.link as cause_link,
                    p.promise_id, p.kind as promise_kind, p.name_zh as promise_zh, p.name_en as promise_en,
                    p.text_zh as promise_text_zh, p.text_en as promise_text_en, p.until as promise_until
                from drop_stages s
                left join causes c on c.brand_id = s.brand_id and c.cause_id = s.cause_id
                left join promises p on p.brand_id = s.brand_id and p.promise_id = s.promise_id
                where s.drop_id = any(:ids) order by s.nth
                """)
                .param("ids", drops.stream().map(d -> d.id().value()).toArray(UUID[]::new))
                .query(row -> {
                    var id = new DropId(
                            new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("drop_id", UUID.class));
                    stages.computeIfAbsent(id, i -> new ArrayList<>()).add(stage(row));
                });
        return drops.stream()
                .map(d -> new Drop(
                        d.id(),
                        d.slug(),
                        d.name(),
                        d.about(),
                        d.state(),
                        List.copyOf(stages.getOrDefault(d.id(), List.of())),
                        d.rules(),
                        d.paused()))
                .toList();
    }

    private static Drop drop(ResultSet row, int n) throws SQLException {
        byte[] leaf = row.getBytes("rules_leaf");
        String paused = row.getString("paused_zh");
        return new Drop(
                new DropId(new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("drop_id", UUID.class)),
                row.getString("slug"),
                new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                new Bilingual(row.getString("about_zh"), row.getString("about_en")),
                Drop.State.of(row.getString("state")),
                List.of(),
                leaf == null ? null : Hash32.of(leaf),
                paused == null ? null : new Bilingual(paused, row.getString("paused_en")));
    }

    private static Stage stage(ResultSet row) throws SQLException {
        int cap = row.getInt("cap");
        boolean capped = !row.wasNull();
        int hold = row.getInt("hold_seconds");
        boolean holds = !row.wasNull();
        String currency = row.getString("currency");
        return new Stage(
                row.getObject("stage_id", UUID.class),
                row.getInt("nth"),
                new Bilingual(row.getString("name_zh"), row.getString("name_en")),
                new CollectibleId(
                        new BrandId(row.getObject("brand_id", UUID.class)),
                        row.getObject("collectible_id", UUID.class)),
                row.getTimestamp("opens_at").toInstant(),
                row.getTimestamp("closes_at").toInstant(),
                capped ? cap : null,
                row.getInt("limit_each"),
                Objects.requireNonNull(entry(row.getString("entry"))),
                row.getObject("entry_id", UUID.class),
                holds ? Duration.ofSeconds(hold) : null,
                GiftPolicy.of(row.getString("gift_policy")),
                row.getBoolean("chosen"),
                row.getBoolean("one_person"),
                Stage.Mode.valueOf(row.getString("mode").toUpperCase(Locale.ROOT)),
                currency == null ? null : new Money(row.getLong("price"), Currency.getInstance(currency)),
                row.getObject("cause_id") == null ? null : Causes.cause(row, "cause_"),
                row.getObject("promise_id") == null ? null : Promise.read(row, "promise_"));
    }

    private static Json cause(@Nullable Cause cause) {
        return cause == null
                ? Json.NULL
                : Json.object(
                        "id", Json.of(cause.id().toString()),
                        "name", bilingual(cause.name()),
                        "link", Json.of(cause.link()));
    }

    private static Json promise(@Nullable Promise promise) {
        return promise == null
                ? Json.NULL
                : Json.object(
                        "id", Json.of(promise.id().toString()),
                        "kind", Json.of(promise.kind().code()),
                        "name", bilingual(promise.name()),
                        "text", bilingual(promise.text()),
                        "until",
                                promise.until() == null
                                        ? Json.NULL
                                        : Json.of(promise.until().toString()));
    }

    private static Json price(@Nullable Money price) {
        return price == null
                ? Json.NULL
                : Json.object(
                        "minor", Json.of(price.minor()),
                        "currency", Json.of(price.currency().getCurrencyCode()));
    }

    static Stage.@Nullable Entry entry(String code) {
        return Arrays.stream(Stage.Entry.values())
                .filter(e -> e.code().equals(code))
                .findFirst()
                .orElse(null);
    }
}
