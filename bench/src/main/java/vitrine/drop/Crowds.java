package vitrine.drop;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

/** Drops and people with passes, for the bench and the simulation; made through the module's own doors. */
public final class Crowds {

    private static final Bilingual DAWN = new Bilingual("破晓", "Dawn");
    private static final int AT_ONCE = 2_000;

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
        Catalog catalog = node.bean(Catalog.class);
        CollectibleId dawn = catalog.draft(new CollectibleDraft(
                brand, slug, null, null, "brand", DAWN, DAWN, DAWN, DAWN, 2026, "plain", DAWN, supply, 0, List.of(),
                List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(dawn));
        return crowd(node, dawn, slug, limit, in, hold, people);
    }

    /** The same for pieces that are there already, which another drop may give as well. */
    public static Crowd crowd(
            Node node, CollectibleId dawn, String slug, int limit, Duration in, @Nullable Duration hold, int people) {
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
                "everyone",
                null,
                hold == null ? null : (int) Math.max(1, hold.toMinutes()),
                "never",
                false,
                false);
        DropPlans plans = node.bean(DropPlans.class);
        if (!(plans.draft(brand, slug, new DropDraft(DAWN, DAWN, List.of(stage)))
                instanceof DropPlans.Drafting.Drafted drafted)) throw new IllegalStateException("no draft: " + slug);
        if (!(plans.publish(drafted.id()) instanceof DropPlans.Publishing.Published published))
            throw new IllegalStateException("not published: " + slug);
        Drop drop = published.drop();
        List<CollectorId> came = people(node, slug, people);
        return new Crowd(drop.id(), drop.stages().getFirst(), came, passes(node, drop, came));
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
