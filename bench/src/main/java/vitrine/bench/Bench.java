package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import vitrine.journey.FirstVisits;

/** {@code ./vitrine bench NAME}: measures this machine, and checks afterwards that nothing was lost or doubled on the way. */
public final class Bench {

    private Bench() {}

    public static void main(String[] arguments) {
        java.util.logging.LogManager.getLogManager().reset();
        int status = 70;
        try {
            status = run(List.of(arguments));
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
        }
        System.out.flush();
        System.exit(status);
    }

    private static int run(List<String> arguments) {
        return switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
            case "orders" -> orders(arguments.subList(1, arguments.size()));
            case "log" -> log(arguments.subList(1, arguments.size()));
            case "pages" -> pages(arguments.subList(1, arguments.size()));
            case "drop" -> drop(arguments.subList(1, arguments.size()));
            case "queue" -> queue(arguments.subList(1, arguments.size()));
            default -> usage("bench takes a name: orders, log, pages, drop or queue.");
        };
    }

    private static int log(List<String> options) {
        LogBench.Plan plan = LogBench.Plan.whole();
        for (int i = 0; i < options.size(); i++) {
            switch (options.get(i)) {
                case "--short" -> plan = plan.brief();
                case "--keep" -> plan = plan.kept();
                case "--records" -> {
                    if (++i == options.size() || !options.get(i).matches("[1-9][0-9]{3,7}")) {
                        return usage("--records takes a number from 1000 to 99999999.");
                    }
                    plan = plan.withRecords(Integer.parseInt(options.get(i)));
                }
                default -> {
                    return usage("bench log has no option " + options.get(i) + ": --records N, --short, --keep.");
                }
            }
        }
        return LogBench.run(plan, System.out::println) ? 0 : 1;
    }

    private static int priced(List<String> options) {
        PricedBench.Plan plan = PricedBench.Plan.whole();
        for (int i = 0; i < options.size(); i++) {
            switch (options.get(i)) {
                case "--priced" -> {}
                case "--short" -> plan = plan.brief();
                case "--by" -> {
                    String named = ++i == options.size() ? "" : options.get(i);
                    PricedBench.By by = PricedBench.By.named(named).orElse(null);
                    if (by == null) return usage("--by takes stripe, wechat or alipay.");
                    plan = plan.only(by);
                }
                default -> {
                    return usage("bench drop --priced has no option " + options.get(i)
                            + ": --by stripe|wechat|alipay, --short.");
                }
            }
        }
        PricedBench.Plan whole = plan;
        return held(options, 700, out -> PricedBench.run(whole, out));
    }

    private static int drop(List<String> options) {
        if (options.contains("--priced")) return priced(options);
        DropBench.Plan plan = DropBench.Plan.whole();
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            if (option.equals("--short")) {
                plan = plan.brief();
                continue;
            }
            if (option.equals("--part")) {
                String named = ++i == options.size() ? "" : options.get(i);
                DropBench.Part part = DropBench.Part.named(named).orElse(null);
                if (part == null) return usage("--part takes crowds, compared, first-second, airdrop or list.");
                plan = plan.only(part);
                continue;
            }
            if (++i == options.size() || !options.get(i).matches("0|[1-9][0-9]{0,6}")) {
                return usage(
                        "bench drop takes --nodes 1|2, --supply N, --claims N, --idle SECONDS, --part P and --short, or --priced.");
            }
            int number = Integer.parseInt(options.get(i));
            switch (option) {
                case "--nodes" -> plan = plan.withNodes(Math.min(2, number));
                case "--supply" -> plan = plan.withSupply(number);
                case "--claims" -> plan = plan.withClaims(number);
                case "--idle" -> plan = plan.withIdle(number);
                default -> {
                    return usage(
                            "bench drop has no option " + option
                                    + ": --nodes 1|2, --supply N, --claims N, --idle SECONDS, --part crowds|compared|first-second|airdrop|list, --short.");
                }
            }
        }
        DropBench.Plan whole = plan;
        return held(options, 700, out -> DropBench.run(whole, out));
    }

    private static int queue(List<String> options) {
        QueueBench.Plan plan = QueueBench.Plan.whole();
        for (int i = 0; i < options.size(); i++) {
            switch (options.get(i)) {
                case "--short" -> plan = plan.brief();
                case "--waiting" -> {
                    if (++i == options.size() || !options.get(i).matches("[1-9][0-9]{2,6}")) {
                        return usage("--waiting takes a number from 100 to 9999999.");
                    }
                    plan = plan.withWaiting(Integer.parseInt(options.get(i)));
                }
                default -> {
                    return usage("bench queue has no option " + options.get(i) + ": --waiting N, --short.");
                }
            }
        }
        QueueBench.Plan whole = plan;
        return held(options, 700, out -> QueueBench.run(whole, out));
    }

    private static int pages(List<String> options) {
        PagesBench.Plan plan = PagesBench.Plan.whole();
        boolean visits = true;
        boolean load = true;
        for (String option : options) {
            switch (option) {
                case "--visits" -> load = false;
                case "--load" -> visits = false;
                case "--short" -> plan = plan.brief();
                case "--keep" -> plan = plan.kept();
                default -> {
                    return usage("bench pages has no option " + option
                            + ": --visits (a browser's first visits alone), --load (without them), --short, --keep.");
                }
            }
        }
        PagesBench.Plan whole = plan;
        boolean browser = visits;
        boolean crowd = load;
        return held(options, 900, out -> {
            try {
                if (browser) FirstVisits.measure(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return !crowd || PagesBench.run(whole, out);
        });
    }

    private static int orders(List<String> options) {
        OrdersBench.Plan plan = OrdersBench.Plan.whole();
        for (int i = 0; i < options.size(); i++) {
            switch (options.get(i)) {
                case "--short" -> plan = plan.brief();
                case "--steady" -> plan = plan.steady();
                case "--keep" -> plan = plan.kept();
                case "--seconds" -> {
                    if (++i == options.size() || !options.get(i).matches("[1-9][0-9]{0,3}")) {
                        return usage("--seconds takes a number from 1 to 9999.");
                    }
                    plan = plan.sustained(Integer.parseInt(options.get(i)));
                }
                default -> {
                    return usage("bench orders has no option " + options.get(i)
                            + ": --seconds N, --short, --steady, --keep.");
                }
            }
        }
        OrdersBench.Plan whole = plan;
        return held(options, 900, out -> OrdersBench.run(whole, out).balances());
    }

    /**
     * In short it says nothing of speed, so that no goal is looked at.
     *
     * @param memory megabytes that the server may have
     */
    private static int held(List<String> options, int memory, Predicate<Consumer<String>> bench) {
        Goals goals = new Goals(System.out::println, memory);
        boolean measured = !options.contains("--short");
        if (measured) Yardstick.say(goals);
        boolean right = bench.test(goals);
        if (measured) goals.say();
        return right ? 0 : 1;
    }

    private static int usage(String line) {
        System.err.println("vitrine: " + line);
        return 64;
    }
}
