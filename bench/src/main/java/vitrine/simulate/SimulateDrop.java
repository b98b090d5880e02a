package vitrine.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.bench.Nemesis;
import vitrine.books.Books;
import vitrine.books.ClaimHistory;
import vitrine.books.Violation;

/** {@code ./vitrine simulate drop --seed N --claims 2000}: a crowd, and whether everybody was told what is so. */
final class SimulateDrop {

    /** What is held against a run in any case, so that it is also said when it did not happen. */
    private static final List<String> LAWS = List.of(
            "oversold",
            "duplicates",
            "gaps",
            "lost_acknowledged",
            "winners_told_sold_out",
            "paid_without_piece",
            "piece_without_payment",
            "free_while_payable",
            "journal_sum",
            "jumped",
            "order_not_lot");

    /** What came of a world: its numbers, and every breach. */
    record Outcome(DropWorld.Plan plan, Map<String, Long> numbers, List<Violation> violations) {
        boolean balances() {
            return violations.isEmpty();
        }

        /** A breach a line, then the command that plays this world again. */
        String told() {
            StringBuilder text = new StringBuilder();
            for (Violation each : violations)
                text.append("violation: seed ")
                        .append(plan.seed())
                        .append(' ')
                        .append(each)
                        .append('\n');
            return text.append("again: ").append(command(plan)).toString();
        }
    }

    static String command(DropWorld.Plan plan) {
        return "./vitrine simulate drop "
                + (plan.equals(DropWorld.Plan.small(plan.seed(), plan.kind(), plan.crashes()))
                        ? "--world " + plan.seed()
                        : "--seed " + plan.seed() + " --claims " + plan.claims())
                + " " + plan.kind().option()
                + (plan.crashes() == 0 ? " --calm" : "");
    }

    static Outcome play(DropWorld world, DropWorld.Plan plan) {
        DropWorld.Story story = world.play(plan);
        JdbcClient db = world.ground().books;
        List<Violation> violations = new ArrayList<>(story.seen);
        violations.addAll(new ClaimHistory(db, story.known(), story.told).audit());
        violations.addAll(new Books(world.ground().database.pool()).audit());
        Map<String, Long> numbers = new TreeMap<>(story.counts);
        numbers.put("claims", count(db, "select count(*) from claims"));
        numbers.put("holds_ended", count(db, "select count(*) from claims_ended"));
        numbers.put("pieces", count(db, "select count(*) from pieces"));
        numbers.put("log_records", count(db, "select count(*) from log_records"));
        return new Outcome(plan, numbers, violations);
    }

    private static long count(JdbcClient db, String sql) {
        return db.sql(sql).query(Long.class).single();
    }

    private static final int CRASHES = 300;

    private long seed = System.currentTimeMillis() % 1_000_000;
    private int claims = 2_000;
    private int crashes = CRASHES;
    private boolean small;
    /** Null: each world as its seed says. */
    private DropWorld.@Nullable Kind kind;

    private boolean mutants;
    private boolean processes;
    private int worlds = 1;
    private int minutes;
    private String only = "";
    private String flaw = "";
    private final Set<String> given = new LinkedHashSet<>();

    SimulateDrop(List<String> words) {
        List<String> left = new ArrayList<>(words.subList(1, words.size()));
        while (flaw.isEmpty() && !left.isEmpty()) {
            String word = left.removeFirst();
            given.add(word);
            switch (word) {
                case "--mutants" -> mutants = true;
                case "--processes" -> processes = true;
                case "--calm" -> crashes = 0;
                case "--only" -> only = next(word, "[a-z-]+", "a mutant's name", left);
                case "--world" -> {
                    small = true;
                    seed = number(word, left);
                }
                case "--seed" -> seed = number(word, left);
                case "--claims" -> claims = Math.toIntExact(number(word, left));
                case "--worlds" -> worlds = Math.toIntExact(number(word, left));
                case "--minutes" -> minutes = Math.toIntExact(number(word, left));
                default -> {
                    kind = Arrays.stream(DropWorld.Kind.values())
                            .filter(one -> one.option().equals(word))
                            .findFirst()
                            .orElse(null);
                    if (kind == null) flaw = "there is no option " + word;
                }
            }
        }
        if (flaw.isEmpty()) flaw = unheard();
    }

    /** What somebody asks for and would not get, in words: nothing is passed over in silence. */
    private String unheard() {
        if (processes && minutes > Nemesis.Plan.MINUTES_MAX)
            return "with --processes it takes " + Nemesis.Plan.MINUTES_MAX + " minutes at most";
        for (String word : given)
            if (processes && !List.of("--processes", "--seed", "--minutes").contains(word))
                return "with --processes there is no " + word;
        if (claims < 1 || worlds < 1) return "a world has at least one claim";
        if (given.contains("--minutes") && minutes < 1) return "--minutes needs at least one";
        if (given.contains("--claims") && (small || worlds > 1 || minutes > 0 || mutants))
            return "--claims is for one world; each of many has its own size";
        if (mutants && (small || worlds > 1 || minutes > 0)) return "--mutants plays until each is caught, or is not";
        if (given.contains("--only") && !mutants) return "--only is for --mutants";
        return mutants && chosen().isEmpty()
                ? "there is no such mutant" + (kind == null ? "" : " in worlds of " + kind.option()) + ": " + only
                        + "; there are "
                        + all().map(mutant -> mutant.broken().name()).collect(Collectors.joining(", "))
                : "";
    }

    private Stream<DropMutants.Mutant> all() {
        return DropMutants.all().stream().filter(mutant -> kind == null || mutant.kind() == kind);
    }

    private List<DropMutants.Mutant> chosen() {
        return all().filter(mutant -> only.isEmpty() || mutant.broken().name().equals(only))
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
        if (processes) return Nemesis.run(Nemesis.Plan.of(seed, minutes), System.out::println) ? 0 : 1;
        int real = minutesOfProcesses();
        minutes -= real;
        int said;
        try (DropWorld world = new DropWorld()) {
            said = mutants ? mutants(world) : worlds(world);
        }
        return real == 0 || Nemesis.run(Nemesis.Plan.of(seed, real), System.out::println) ? said : 1;
    }

    /**
     * Of the minutes, how many real processes have: half, where nothing was asked for that only worlds in one process have. A crash within a
     * statement is played there a thousand times over, and a process that is killed or stands still only here.
     */
    private int minutesOfProcesses() {
        return List.of("--seed", "--minutes").containsAll(given) ? Math.min(minutes / 2, Nemesis.Plan.MINUTES_MAX) : 0;
    }

    /** One world, or one after the other, each with its own seed, until so many were played or the minutes are over. */
    private int worlds(DropWorld world) {
        long begun = System.nanoTime();
        long until = begun + Duration.ofMinutes(minutes).toNanos();
        Map<String, Long> sum = new TreeMap<>();
        List<Violation> broken = new ArrayList<>();
        int played = 0;
        while (minutes > 0 ? System.nanoTime() < until : played < worlds) {
            boolean many = worlds > 1 || minutes > 0;
            DropWorld.Kind of = kind == null ? DropWorld.Plan.kindOf(seed + played) : kind;
            Outcome outcome = play(
                    world,
                    small || many
                            ? DropWorld.Plan.small(seed + played, of, crashes)
                            : new DropWorld.Plan(seed, of, claims, crashes, 30));
            outcome.numbers().forEach((name, n) -> sum.merge(name, n, Long::sum));
            if (!outcome.balances()) System.out.println(outcome.told());
            broken.addAll(outcome.violations());
            if (++played % 100 == 0) System.err.println(played + " worlds");
        }
        say("seed", seed);
        if (played > 1) say("worlds", played);
        sum.forEach(SimulateDrop::say);
        for (String law : LAWS)
            say(law, broken.stream().filter(each -> law.equals(sort(each))).count());
        world.ground().database.meetings.tell((fragment, met) -> System.out.println("met: " + met + ": " + fragment));
        say("laws", Books.laws());
        say("seconds", (System.nanoTime() - begun) / 1_000_000_000);
        say("violations", broken.size());
        return broken.isEmpty() ? 0 : 1;
    }

    private static String sort(Violation each) {
        return switch (each.code()) {
            case "stock.sum", "stock.supply-in-the-log", "drop.taken" -> "oversold";
            case "drop.serial-once", "serial.double", "award.grants" -> "duplicates";
            case "serial.gap" -> "gaps";
            case "drop.granted" -> "lost_acknowledged";
            case "sale.or-back" -> "paid_without_piece";
            case "sale.paid", "sale.numbered" -> "piece_without_payment";
            case "money.sum" -> "journal_sum";
            default -> each.code();
        };
    }

    private int mutants(DropWorld world) {
        List<DropMutants.Mutant> all = chosen();
        int caught = 0;
        for (DropMutants.Mutant mutant : all) {
            Broken.Fate fate = DropMutants.hunt(world, mutant, seed);
            if (fate.caught()) caught++;
            System.out.println("mutant: " + fate);
            System.out.flush();
        }
        int breaches = 0;
        for (DropWorld.Kind each : DropWorld.Kind.values()) {
            Outcome control = play(world, DropWorld.Plan.small(seed, each, CRASHES));
            for (Violation one : control.violations()) System.out.println("violation: without a mutant: " + one);
            breaches += control.violations().size();
        }
        say("control_violations", breaches);
        System.out.println("mutants_caught: " + caught + "/" + all.size());
        return caught == all.size() && breaches == 0 ? 0 : 1;
    }

    private static void say(String name, long value) {
        System.out.println(name + ": " + value);
    }
}
