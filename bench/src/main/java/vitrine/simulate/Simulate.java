package vitrine.simulate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;

/** {@code ./vitrine simulate orders --seed N --orders 20000 --nodes 2}: a world, and whether its books balance. Drops have their own. */
public final class Simulate {

    private Simulate() {}

    public static void main(String[] arguments) {
        java.util.logging.LogManager.getLogManager().reset();
        int status = 70;
        try {
            status = arguments.length > 0 && arguments[0].equals("drop")
                    ? new SimulateDrop(List.of(arguments)).run()
                    : new Arguments(List.of(arguments)).run();
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
        }
        System.out.flush();
        System.exit(status);
    }

    /** What came of a world: its numbers, every breach, and where there are few orders, how each lived. */
    record Outcome(World.Plan plan, Map<String, Long> numbers, List<Violation> violations, String lives) {
        boolean balances() {
            return violations.isEmpty();
        }

        String command() {
            return Simulate.command(plan);
        }

        /** A breach a line, the lives of few orders, then the command that plays this world again. */
        String told() {
            StringBuilder text = new StringBuilder();
            for (Violation each : violations)
                text.append("violation: seed ")
                        .append(plan.seed())
                        .append(' ')
                        .append(each)
                        .append('\n');
            return text.append(lives).append("again: ").append(command()).toString();
        }
    }

    /** What plays this world again, in the same pace and with the same weather. */
    static String command(World.Plan plan) {
        boolean small =
                plan.equals(small(plan.seed(), plan.nodes(), plan.crashes()).keeping(plan.kept()));
        return "./vitrine simulate orders "
                + (small ? "--world " + plan.seed() : "--seed " + plan.seed() + " --orders " + plan.orders())
                + (plan.kept().isEmpty()
                        ? ""
                        : " --keep " + plan.kept().stream().map(String::valueOf).collect(Collectors.joining(",")))
                + (plan.nodes() == 2 ? "" : " --nodes " + plan.nodes())
                + (plan.crashes() == 0 ? " --calm" : "");
    }

    /** As the tests play them: fifteen to forty orders. */
    static World.Plan small(long seed, int nodes, int crashes) {
        int orders = 15 + (int) Math.floorMod(seed, 26);
        return new World.Plan(seed, orders, nodes, Lives.Chances.USUAL, crashes, nodes > 1 ? 30 : 0, 0);
    }

    static World.Plan large(long seed, int orders, int nodes, int crashes) {
        return new World.Plan(seed, orders, nodes, Lives.Chances.USUAL, crashes, nodes > 1 ? 20 : 0, 4);
    }

    static Outcome play(World world, World.Plan plan) {
        World.Story story = world.play(plan);
        JdbcClient db = JdbcClient.create(world.database().pool());
        List<Violation> violations = new ArrayList<>(new Books(world.database().pool()).audit());
        violations.addAll(new Oracle(story, db).look());
        return new Outcome(plan, numbers(story, db), violations, violations.isEmpty() ? "" : lives(story));
    }

    /** Of how few orders a person wants to read the whole lives. */
    private static final int TOLD_MOST = 4;

    /** What happened to the few orders that were played, and when each message of it came. */
    private static String lives(World.Story story) {
        if (story.lives.lives.size() > TOLD_MOST) return "";
        StringBuilder text = new StringBuilder();
        for (Lives.Life life : story.lives.lives) text.append(story.lives.told(life));
        for (World.Pause pause : story.pauses)
            text.append("pause: ").append(pause).append('\n');
        return text.toString();
    }

    private static Map<String, Long> numbers(World.Story story, JdbcClient db) {
        Map<String, Long> numbers = new TreeMap<>(story.counts);
        numbers.put("lost_then_listed", (long) story.lives.lost);
        numbers.put("doubled", (long) story.lives.doubled);
        numbers.put("late", (long) story.lives.late);
        numbers.put("orders", count(db, "select count(*) from orders"));
        numbers.put("deliveries_kept", count(db, "select count(*) from deliveries"));
        numbers.put("verdicts", count(db, "select count(*) from verdicts"));
        numbers.put("log_records", count(db, "select count(*) from log_records"));
        numbers.put("pieces", count(db, "select count(*) from pieces"));
        db.sql("select state, count(*) from entitlements group by state").query(row -> {
            numbers.put("entitlements_" + row.getString(1), row.getLong(2));
        });
        return numbers;
    }

    private static long count(JdbcClient db, String sql) {
        return db.sql(sql).query(Long.class).single();
    }

    /** What was asked for. */
    static final class Arguments {
        private static final int CRASHES = 120;

        private long seed = System.currentTimeMillis() % 1_000_000;
        private int orders = 2_000;
        private int nodes = 2;
        private int crashes = CRASHES;
        private boolean small;
        private boolean mutants;
        private boolean brief;
        private int worlds = 1;
        private String only = "";
        private final SortedSet<Long> kept = new TreeSet<>();
        private String flaw = "";
        private final Set<String> given = new LinkedHashSet<>();

        Arguments(List<String> words) {
            List<String> left = new ArrayList<>(words);
            if (left.isEmpty() || !left.removeFirst().equals("orders")) flaw = "simulate what? orders or drop";
            while (flaw.isEmpty() && !left.isEmpty()) {
                String word = left.removeFirst();
                given.add(word);
                switch (word) {
                    case "--mutants" -> mutants = true;
                    case "--short" -> brief = true;
                    case "--calm" -> crashes = 0;
                    case "--only" -> only = next(word, "[a-z-]+", "a mutant's name", left);
                    case "--keep" -> {
                        for (String number : next(word, "[0-9]{1,9}(,[0-9]{1,9})*", "orders' numbers", left)
                                .split(",")) if (!number.isEmpty()) kept.add(Long.parseLong(number));
                    }
                    case "--world" -> {
                        small = true;
                        seed = number(word, left);
                    }
                    case "--seed" -> seed = number(word, left);
                    case "--orders" -> orders = Math.toIntExact(number(word, left));
                    case "--worlds" -> worlds = Math.toIntExact(number(word, left));
                    case "--nodes" -> nodes = Math.toIntExact(number(word, left));
                    default -> flaw = "there is no option " + word;
                }
            }
            if (flaw.isEmpty()) flaw = unheard();
            if (brief) orders = Math.min(orders, 400);
        }

        /** What somebody asks for and would not get, in words: nothing is passed over in silence. */
        private String unheard() {
            if (nodes < 1 || nodes > 2) return "one node or two";
            if (orders < 1 || worlds < 1) return "a world has at least one order";
            if (given.contains("--orders") && (small || worlds > 1 || mutants))
                return "--orders is for one world; each of many has its own size";
            if (given.contains("--keep") && (worlds > 1 || mutants)) return "--keep is for one world";
            if (mutants && (small || worlds > 1)) return "--mutants plays until each is caught, or is not";
            if (given.contains("--only") && !mutants) return "--only is for --mutants";
            return mutants && chosen().isEmpty()
                    ? "there is no such mutant: " + only + "; there are "
                            + Mutants.all().stream().map(Mutants.Mutant::name).collect(Collectors.joining(", "))
                    : "";
        }

        private List<Mutants.Mutant> chosen() {
            return Mutants.all().stream()
                    .filter(mutant -> only.isEmpty() || mutant.name().equals(only))
                    .toList();
        }

        private String next(String word, String form, String what, List<String> left) {
            if (!left.isEmpty() && left.getFirst().matches(form)) return left.removeFirst();
            flaw = word + " needs " + what + " after it";
            return "";
        }

        private long number(String word, List<String> left) {
            String number = next(word, "[0-9]{1,9}", "a number", left);
            return number.isEmpty() ? 1 : Long.parseLong(number);
        }

        int run() {
            if (!flaw.isEmpty()) {
                System.err.println("vitrine: " + flaw + ".");
                return 64;
            }
            if (mutants) return mutants();
            if (worlds > 1) return worlds();
            long begun = System.nanoTime();
            try (World world = new World(nodes)) {
                World.Plan plan =
                        (small ? small(seed, nodes, crashes) : large(seed, orders, nodes, crashes)).keeping(kept);
                Outcome outcome = play(world, plan);
                say("seed", seed);
                outcome.numbers().forEach(Arguments::say);
                say("laws", Books.laws());
                say("seconds", (System.nanoTime() - begun) / 1_000_000_000);
                if (!outcome.balances())
                    System.out.println(Shrinking.of(world, outcome).told());
                System.out.println("violations: " + outcome.violations().size());
                return outcome.balances() ? 0 : 1;
            }
        }

        /** Many small worlds, each with its own seed, one after the other on the same nodes. */
        private int worlds() {
            long begun = System.nanoTime();
            int broken = 0;
            try (World world = new World(nodes)) {
                for (int i = 0; i < worlds; i++) {
                    Outcome outcome = play(world, small(seed + i, nodes, crashes));
                    if (i % 100 == 99) System.err.println(i + 1 + " of " + worlds + " worlds");
                    if (outcome.balances()) continue;
                    broken += outcome.violations().size();
                    System.out.println(Shrinking.of(world, outcome).told());
                    System.out.flush();
                }
            }
            say("seed", seed);
            say("worlds", worlds);
            say("laws", Books.laws());
            say("seconds", (System.nanoTime() - begun) / 1_000_000_000);
            System.out.println("violations: " + broken);
            return broken == 0 ? 0 : 1;
        }

        private int mutants() {
            List<Mutants.Mutant> all = chosen();
            int caught = 0;
            try (World world = new World(2)) {
                for (Mutants.Mutant mutant : all) {
                    Broken.Fate fate = Mutants.hunt(world, mutant, seed, brief ? 25 : 40);
                    if (fate.caught()) caught++;
                    System.out.println("mutant: " + fate);
                    System.out.flush();
                }
                Outcome control = play(world, small(seed, 2, 60));
                for (Violation each : control.violations()) System.out.println("violation: without a mutant: " + each);
                System.out.println("control_violations: " + control.violations().size());
                System.out.println("mutants_caught: " + caught + "/" + all.size());
                return caught == all.size() && control.balances() ? 0 : 1;
            }
        }

        private static void say(String name, long value) {
            System.out.println(name + ": " + value);
        }
    }
}
