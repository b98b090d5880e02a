package vitrine.campaign;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Allotments;
import vitrine.drop.Drops;
import vitrine.platform.BrandId;

/** Where a campaign's units come from: the brand's own stock, or what a brand allotted to the house. */
@Component
class Units {

    private final Drops drops;
    private final Allotments allotments;

    Units(Drops drops, Allotments allotments) {
        this.drops = drops;
        this.allotments = allotments;
    }

    static boolean own(BrandId audience, CollectibleId collectible) {
        return collectible.brand().equals(audience);
    }

    /** Before any entitlement is read: an entitlement changes only under this lock. In order of id, own stock first. */
    void lock(BrandId audience, Collection<CollectibleId> collectibles) {
        List<CollectibleId> sorted = collectibles.stream()
                .distinct()
                .sorted(Comparator.comparing(CollectibleId::value))
                .toList();
        drops.lock(sorted.stream().filter(c -> own(audience, c)).toList());
        for (CollectibleId each : sorted) if (!own(audience, each)) allotments.hold(audience, each, 0);
    }

    /** Sets aside up to so many, and none that a drop has promised by number; returns how many there were. */
    int hold(BrandId audience, CollectibleId collectible, int units) {
        if (units == 0) return 0;
        return own(audience, collectible)
                ? drops.holdUnpromised(collectible, units)
                : allotments.hold(audience, collectible, units);
    }

    /** Whether it is worth taking the lock. */
    boolean anyFree(BrandId audience, CollectibleId collectible) {
        if (!own(audience, collectible)) return allotments.free(audience, collectible) > 0;
        Integer free = drops.unpromised(collectible);
        return free == null || free > 0;
    }

    void release(BrandId audience, CollectibleId collectible, int units) {
        if (units == 0) return;
        if (own(audience, collectible)) drops.release(collectible, units);
        else allotments.release(audience, collectible, units);
    }
}
