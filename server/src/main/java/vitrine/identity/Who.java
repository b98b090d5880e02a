package vitrine.identity;

import java.util.Set;
import java.util.UUID;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;

/** Whose request this is. */
public sealed interface Who {

    /** Nobody that we know. */
    record Guest() implements Who {}

    record Person(CollectorId collector) implements Who {}

    /** Somebody who works here; a collector like everybody else as well. */
    record Colleague(StaffId staff, String name, CollectorId collector) implements Who {}

    /** A program with a brand's API key. */
    record Machine(UUID key, String name, BrandId brand, Set<Permission> scopes) implements Who {}

    /** How the audit log names it: {@code staff:…}, {@code key:…}. */
    default String actor() {
        return switch (this) {
            case Guest g -> "guest";
            case Person p -> "collector:" + p.collector();
            case Colleague c -> "staff:" + c.staff();
            case Machine m -> "key:" + m.key();
        };
    }

    default String actorName() {
        return switch (this) {
            case Guest g -> "";
            case Person p -> "";
            case Colleague c -> c.name();
            case Machine m -> m.name();
        };
    }
}
