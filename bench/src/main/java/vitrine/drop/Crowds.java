package vitrine.drop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.launch.Node;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Keys;
import vitrine.platform.Money;

/** Drops and people with passes, for the bench and the simulation; made through the module's own doors. */
public final class Crowds {

    private static final Bilingual DAWN = new Bilingual("破晓", "Dawn");
    private static final String EVERYONE = Stage.Entry.EVERYONE.code();
    private static final int AT_ONCE = 2_000;
    private static final int JOINERS = 2_000;

    private Crowds() {}

    /**
     * @param drop whose pass it is
     * @param passes one for each person, in the form that a claim shows
     */
    public record Crowd(DropId drop, Stage stage, List<CollectorId> people, List<String> passes) {
        public Instant opensAt() {
            return stage.opensAt();
        }
    }

    /** A published drop that opens after {@code in}, and so many people with their passes. */
    public static Crowd crowd(
            Node node,
            BrandId brand,
            String slug,
            int supply,
            int limit,
            Duration in,
            @Nullable Duration hold,
            int people) {
        return crowd(node, pieces(node, brand, slug, supply), slug, limit, in, hold, EVERYONE, stage -> stage, people);
    }

    /** @param codes the one that each of the people knows: each is known to two, and good for one */
    public record Coded(Crowd crowd, List<String> codes) {}

    /** A drop that is open, to whoever has a code. */
    public static Coded coded(Node node, BrandId brand, String slug, int supply, int people) {
        Crowd crowd = crowd(
                node,
                pieces(node, brand, slug, supply),
                slug,
                1,
                Duration.ZERO,
                null,
                Stage.Entry.CODE.code(),
                stage -> stage,
                people);
        DropCodes codes = node.bean(DropCodes.class);
        Drop drop = node.bean(DropPlans.class).find(crowd.drop()).orElseThrow();
        if (!(codes.make(drop, crowd.stage().id(), (people + 1) / 2, 1) instanceof DropCodes.Making.Made))
            throw new IllegalStateException("no codes: " + slug);
        List<String> each = codes.codes(codes.of(drop.id()).getFirst()).toList();
        return new Coded(
                crowd, IntStream.range(0, people).mapToObj(n -> each.get(n / 2)).toList());
    }

    /** One that is open for so long only, and for nobody of these: they come when it is over. */
    public static Crowd brief(Node node, BrandId brand, String slug, int supply, Duration open, int people) {
        return crowd(
                node,
                pieces(node, brand, slug, supply),
                slug,
                1,
                Duration.ofSeconds(1),
                null,
                EVERYONE,
                stage -> stage.until(Objects.requireNonNull(stage.opensAt()).plus(open)),
                people);
    }

    /** An open one in which whoever claims says which number. */
    public static void chosen(Node node, BrandId brand, String slug, int supply) {
        crowd(
                node,
                pieces(node, brand, slug, supply),
                slug,
                1,
                Duration.ZERO,
                null,
                EVERYONE,
                DropDraft.StageDraft::withChosenNumbers,
                0);
    }

    /** A drop that is paid for, held for ten minutes meanwhile. */
    public static Crowd sale(Node node, BrandId brand, String slug, int supply, Duration in, Money price, int people) {
        return sale(node, brand, slug, supply, in, price, people, stage -> stage);
    }

    /** @param with what its stage has besides a price */
    public static Crowd sale(
            Node node,
            BrandId brand,
            String slug,
            int supply,
            Duration in,
            Money price,
            int people,
            UnaryOperator<DropDraft.StageDraft> with) {
        return crowd(
                node,
                pieces(node, brand, slug, supply),
                slug,
                1,
                in,
                Duration.ofMinutes(10),
                EVERYONE,
                stage -> with.apply(stage.at(price)),
                people);
    }

    private static CollectibleId pieces(Node node, BrandId brand, String slug, int supply) {
        Catalog catalog = node.bean(Catalog.class);
        CollectibleId dawn = catalog.draft(new CollectibleDraft(
                brand, slug, null, null, "brand", DAWN, DAWN, DAWN, DAWN, 2026, "plain", DAWN, supply, 0, List.of(),
                List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(dawn));
        return dawn;
    }

    /** The same for pieces that are there already, which another drop may give as well. */
    public static Crowd crowd(
            Node node, CollectibleId dawn, String slug, int limit, Duration in, @Nullable Duration hold, int people) {
        return crowd(node, dawn, slug, limit, in, hold, EVERYONE, stage -> stage, people);
    }

    private static Crowd crowd(
            Node node,
            CollectibleId dawn,
            String slug,
            int limit,
            Duration in,
            @Nullable Duration hold,
            String entry,
            UnaryOperator<DropDraft.StageDraft> with,
            int people) {
        BrandId brand = dawn.brand();
        Instant opens = Instant.now().plus(in).plusSeconds(1);
        var stage = new DropDraft.StageDraft(
                null,
                DAWN,
                dawn.value(),
                opens,
                opens.plus(Duration.ofDays(1)),
                null,
                limit,
                entry,
                null,
                hold == null ? null : (int) Math.max(1, hold.toMinutes()),
                "never",
                false,
                false);
        DropDraft.StageDraft shaped = with.apply(stage);
        DropPlans plans = node.bean(DropPlans.class);
        if (!(plans.draft(brand, slug, new DropDraft(DAWN, DAWN, List.of(FreeHolds.publishable(shaped))))
                instanceof DropPlans.Drafting.Drafted drafted)) throw new IllegalStateException("no draft: " + slug);
        if (!(plans.publish(drafted.id()) instanceof DropPlans.Publishing.Published published))
            throw new IllegalStateException("not published: " + slug);
        FreeHolds.hold(node.bean(JdbcClient.class), published.drop(), List.of(shaped));
        Drop drop = plans.find(drafted.id()).orElseThrow();
        List<CollectorId> came = people(node, slug, people);
        return new Crowd(drop.id(), drop.stages().getFirst(), came, passes(node, drop, came));
    }

    /**
     * People who wait before a stage opens.
     *
     * @param joinNanos how long it took until all of them were in
     */
    public record Line(DropId drop, Stage stage, List<CollectorId> people, long joinNanos) {}

    /** A published drop with a queue that opens after {@code in}, counted from when its people are known, and all of them in the waiting room. */
    public static Line line(Node node, BrandId brand, String slug, int supply, Duration in, int people)
            throws InterruptedException {
        CollectibleId dusk = node.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        brand, slug, null, null, "brand", DAWN, DAWN, DAWN, DAWN, 2026, "plain", DAWN, supply, 0,
                        List.of(), List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(dusk));
        List<CollectorId> came = people(node, slug, people);
        Instant opens = Instant.now().plus(in);
        var stage = new DropDraft.StageDraft(
                        null,
                        DAWN,
                        dusk.value(),
                        opens,
                        opens.plus(Duration.ofDays(1)),
                        null,
                        1,
                        "everyone",
                        null,
                        null,
                        "never",
                        false,
                        false)
                .by(Stage.Mode.QUEUE);
        DropPlans plans = node.bean(DropPlans.class);
        if (!(plans.draft(brand, slug, new DropDraft(DAWN, DAWN, List.of(stage)))
                instanceof DropPlans.Drafting.Drafted drafted)) throw new IllegalStateException("no draft: " + slug);
        if (!(plans.publish(drafted.id()) instanceof DropPlans.Publishing.Published published))
            throw new IllegalStateException("not published: " + slug);
        Drop drop = published.drop();
        long begin = System.nanoTime();
        join(node, drop, came);
        return new Line(drop.id(), drop.stages().getFirst(), came, System.nanoTime() - begin);
    }

    private static void join(Node node, Drop drop, List<CollectorId> people) throws InterruptedException {
        WaitingRoom room = node.bean(WaitingRoom.class);
        var free = new Semaphore(JOINERS);
        var failed = new AtomicReference<@Nullable Object>();
        for (CollectorId who : people) {
            free.acquire();
            Thread.ofVirtual().start(() -> {
                try {
                    WaitingRoom.Joining joined = room.join(drop, drop.stages().getFirst(), who, null, null);
                    if (!(joined instanceof WaitingRoom.Joining.Joined)) failed.set(joined);
                } catch (RuntimeException e) {
                    failed.set(e);
                } finally {
                    free.release();
                }
            });
        }
        free.acquire(JOINERS);
        if (failed.get() != null) throw new IllegalStateException("somebody is not in: " + failed.get());
    }

    /** Makes tickets as the server would for whoever is called, with its keys and past its sessions. */
    public static final class Tickets {
        private final ClaimPasses passes;
        private final Line line;

        /** @param keys the server's folder of keys */
        public Tickets(Line line, Path keys) {
            this.line = line;
            this.passes = new ClaimPasses(new Keys(keys, Map.of(), new SecureRandom()), Clock.systemUTC());
        }

        public String of(UUID collector, int place) {
            return passes.write(passes.ticket(
                    line.drop, line.stage.id(), new CollectorId(collector), null, line.stage.limit(), place));
        }

        /** What somebody shows who was never called. */
        public String without(UUID collector) {
            return passes.write(
                    passes.of(line.drop, line.stage.id(), new CollectorId(collector), null, line.stage.limit()));
        }
    }

    private static List<CollectorId> people(Node node, String crowd, int count) {
        List<CollectorId> people = new ArrayList<>(count);
        for (int from = 0; from < count; from += AT_ONCE) {
            List<BuyerKey> keys = IntStream.range(from, Math.min(count, from + AT_ONCE))
                    .mapToObj(
                            n -> new BuyerKey(BuyerKey.Kind.EMAIL, (crowd + " " + n).getBytes(StandardCharsets.UTF_8)))
                    .toList();
            Map<BuyerKey, CollectorId> known = node.bean(Collectors.class).forBuyerKeys(keys);
            for (BuyerKey key : keys) people.add(Objects.requireNonNull(known.get(key)));
        }
        return people;
    }

    private static List<String> passes(Node node, Drop drop, List<CollectorId> people) {
        ClaimPasses passes = node.bean(ClaimPasses.class);
        Stage stage = drop.stages().getFirst();
        return people.stream()
                .map(who -> passes.write(passes.of(drop.id(), stage.id(), who, null, stage.limit())))
                .toList();
    }
}
