package vitrine.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;
import vitrine.books.Violation;

/**
 * The server broken on purpose, one way at a time, to see whether the checker would notice. It is made from outside: constraints
 * dropped, statements rewritten on the wire, a method's body taken out. The server's own code knows nothing of it. One whose
 * statement never passed or whose method is not there is a failure of its own, not a success.
 *
 * @param breaks what it does, in a sentence
 * @param hidesLosses whether a node does not hear that its connection broke before a commit
 */
record Broken(
        String name,
        String breaks,
        List<String> dropped,
        List<Rewriting> rewritings,
        List<Body> bodies,
        boolean hidesLosses) {

    /** How many worlds a mutant may live through before it counts as not caught. */
    private static final int WORLDS_MOST = 100;

    /** @param most how often; a few statements are only wrong once, or the work would never end */
    record Rewriting(String name, String where, UnaryOperator<String> as, boolean cuts, int most) {}

    record Body(String type, String method, Class<?> advice) {}

    /** How a mutant ended. */
    record Fate(Broken mutant, @Nullable Long seed, String law) {
        boolean caught() {
            return seed != null;
        }

        @Override
        public String toString() {
            return mutant.name + (caught() ? ", caught by " + law + ", seed " + seed : ", NOT CAUGHT") + " ("
                    + mutant.breaks + ")";
        }
    }

    /** Plays small worlds with it until one does not balance. @param play a world of that seed, and what was seen of it */
    Fate hunt(Ground ground, LongFunction<List<Violation>> play, long firstSeed) {
        try (Living living = new Living(ground, this)) {
            for (int i = 0; i < WORLDS_MOST; i++) {
                long seed = firstSeed + i;
                String law = living.play(() -> play.apply(seed));
                if (law != null) return new Fate(this, seed, law);
            }
            living.requireMet();
            return new Fate(this, null, "");
        }
    }

    // ---- what stands in place of a method's body

    /** Nothing is done; the answer is nothing, zero or false. */
    static final class Skipped {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return true;
        }
    }

    static final class Always {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean answer) {
            answer = true;
        }
    }

    static final class Never {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean answer) {
            answer = false;
        }
    }

    static final class NoObject {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(
                                readOnly = false,
                                typing = net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC)
                        Object answer) {
            answer = null;
        }
    }

    static final class EmptyList {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(
                                readOnly = false,
                                typing = net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC)
                        Object answer) {
            answer = java.util.List.of();
        }
    }

    static final class NoEntries {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(
                                readOnly = false,
                                typing = net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC)
                        Object answer) {
            answer = java.util.Map.of();
        }
    }

    /** A failure is nothing to speak of. */
    static final class Swallowed {
        @Advice.OnMethodExit(onThrowable = RuntimeException.class)
        public static void exit(@Advice.Thrown(readOnly = false) Throwable failure) {
            failure = null;
        }
    }

    // ---- how one is made

    /** @param <M> what is made: a mutant of some kind of world */
    abstract static class Making<M extends Making<M>> {
        private final String name;
        private final String breaks;
        private final List<String> dropped = new ArrayList<>();
        private final List<Rewriting> rewritings = new ArrayList<>();
        private final List<Body> bodies = new ArrayList<>();
        private boolean hidesLosses;

        Making(String name, String breaks) {
            this.name = name;
            this.breaks = breaks;
        }

        abstract M self();

        M drops(String table, String constraint) {
            dropped.add("alter table " + table + " drop constraint " + constraint);
            return self();
        }

        M dropsIndex(String index) {
            dropped.add("drop index " + index);
            return self();
        }

        M rewrites(String where, UnaryOperator<String> as) {
            rewritings.add(new Rewriting(name, where, as, false, Integer.MAX_VALUE));
            return self();
        }

        M rewritesOnce(String where, UnaryOperator<String> as) {
            rewritings.add(new Rewriting(name, where, as, false, 1));
            return self();
        }

        M cutsBefore(String where) {
            rewritings.add(new Rewriting(name, where, sql -> sql, true, Integer.MAX_VALUE));
            return self();
        }

        M body(String type, String method, Class<?> advice) {
            bodies.add(new Body(type, method, advice));
            return self();
        }

        /** The connection breaks before the commit, and the node believes that it committed. */
        M hidesLosses() {
            hidesLosses = true;
            return self();
        }

        Broken broken() {
            return new Broken(
                    name, breaks, List.copyOf(dropped), List.copyOf(rewritings), List.copyOf(bodies), hidesLosses);
        }
    }

    // ---- letting one live

    private static final class Living implements AutoCloseable {
        private final Ground ground;
        private final Broken mutant;
        private final Map<Rewriting, AtomicInteger> met = Collections.synchronizedMap(new LinkedHashMap<>());
        private final Map<Rewriting, AtomicInteger> left = Collections.synchronizedMap(new LinkedHashMap<>());
        private final List<Class<?>> changed = new ArrayList<>();
        private final AtomicReference<@Nullable String> slip = new AtomicReference<>();

        Living(Ground ground, Broken mutant) {
            this.ground = ground;
            this.mutant = mutant;
            for (Rewriting each : mutant.rewritings) {
                met.put(each, new AtomicInteger());
                left.put(each, new AtomicInteger());
            }
            for (Body body : mutant.bodies) change(body);
        }

        @Nullable
        String play(Supplier<List<Violation>> world) {
            for (Rewriting each : mutant.rewritings)
                Objects.requireNonNull(left.get(each)).set(each.most);
            // A world that cannot be broken shows nothing: this must not look as if the server had refused to go on.
            ground.infect(node -> node.wire().mischief(mischief()), mutant.dropped);
            try {
                String law = world.get().stream()
                        .map(Violation::code)
                        .distinct()
                        .findFirst()
                        .orElse(null);
                return law == null ? null : notByItself(law);
            } catch (RuntimeException e) {
                // The server itself refuses to go on: that is noticed, too.
                return notByItself("refused by " + root(e));
            } finally {
                ground.heal();
            }
        }

        /** What is no SQL is refused by any database, and shows nothing of who checks; nor does what was never said. */
        private String notByItself(String law) {
            String said = slip.get();
            if (said != null) throw new IllegalStateException(mutant.name + ": it was not understood: " + said);
            if (!met.isEmpty() && met.values().stream().allMatch(times -> times.get() == 0)) requireMet();
            return law;
        }

        private static String root(Throwable e) {
            Throwable cause = e;
            while (cause.getCause() != null) cause = cause.getCause();
            String message = String.valueOf(cause.getMessage());
            return cause.getClass().getSimpleName() + ": "
                    + message.lines().findFirst().orElse("");
        }

        private Wire.Mischief mischief() {
            return new Wire.Mischief() {
                @Override
                public String rewrite(String sql) {
                    String text = sql;
                    for (Rewriting each : mutant.rewritings) {
                        if (each.cuts || !text.contains(each.where)) continue;
                        if (Objects.requireNonNull(left.get(each)).getAndDecrement() <= 0) continue;
                        String next = each.as.apply(text);
                        if (next.equals(text))
                            throw new IllegalStateException(each.name + ": the rewriting changes nothing in " + sql);
                        Objects.requireNonNull(met.get(each)).incrementAndGet();
                        text = next;
                    }
                    return text;
                }

                @Override
                public boolean cutsBefore(String sql) {
                    for (Rewriting each : mutant.rewritings) {
                        if (!each.cuts || !sql.contains(each.where)) continue;
                        Objects.requireNonNull(met.get(each)).incrementAndGet();
                        return true;
                    }
                    return false;
                }

                @Override
                public void notUnderstood(String sql, SQLException refusal) {
                    slip.compareAndSet(null, refusal.getMessage() + " in " + sql);
                }

                @Override
                public boolean hidesLosses() {
                    return mutant.hidesLosses;
                }
            };
        }

        void requireMet() {
            met.forEach((rewriting, times) -> {
                if (times.get() == 0)
                    throw new IllegalStateException(mutant.name + ": no statement has: " + rewriting.where);
            });
        }

        private void change(Body body) {
            try {
                Class<?> type = Class.forName(body.type, true, Broken.class.getClassLoader());
                int found = 0;
                for (Method method : type.getDeclaredMethods())
                    if (method.getName().equals(body.method)) found++;
                if (found == 0)
                    throw new IllegalStateException(mutant.name + ": no method " + body.method + " of " + body.type);
                ElementMatcher<? super MethodDescription> named = ElementMatchers.named(body.method);
                ByteBuddyAgent.install();
                new ByteBuddy()
                        .redefine(type)
                        .visit(Advice.to(body.advice).on(named))
                        .make()
                        .load(type.getClassLoader(), ClassReloadingStrategy.fromInstalledAgent());
                changed.add(type);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(mutant.name + ": no class " + body.type, e);
            }
        }

        @Override
        public void close() {
            try {
                for (Class<?> type : changed) {
                    ClassReloadingStrategy.fromInstalledAgent()
                            .reset(ClassFileLocator.ForClassLoader.of(type.getClassLoader()), type);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
