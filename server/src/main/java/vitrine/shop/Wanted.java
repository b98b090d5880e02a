package vitrine.shop;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a source reads of a message. The rest is passed over without making anything of it: three quarters of an order's fields
 * are about taxes, prices of other currencies and pictures, and making values of them costs more than finding their end.
 */
sealed interface Wanted {

    /** What is wanted below this name; null: nothing. */
    @Nullable
    Wanted below(String name);

    /** These names, each with all that is below it. */
    static Only only(String... names) {
        Map<String, Wanted> wanted = new HashMap<>();
        for (String name : names) wanted.put(name, All.ALL);
        return new Only(wanted);
    }

    /** Everything but these names, at whatever depth. */
    static Wanted allBut(Set<String> names) {
        return new AllBut(names);
    }

    enum All implements Wanted {
        ALL;

        @Override
        public Wanted below(String name) {
            return this;
        }
    }

    record AllBut(Set<String> names) implements Wanted {
        @Override
        public @Nullable Wanted below(String name) {
            return names.contains(name) ? null : this;
        }
    }

    record Only(Map<String, Wanted> names) implements Wanted {
        @Override
        public @Nullable Wanted below(String name) {
            return names.get(name);
        }

        /** And this name, with so much of what is below it. */
        Only and(String name, Wanted below) {
            Map<String, Wanted> wanted = new HashMap<>(names);
            wanted.put(name, below);
            return new Only(wanted);
        }
    }
}
