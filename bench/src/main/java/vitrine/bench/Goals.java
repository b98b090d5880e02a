package vitrine.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the lines of a bench are held against on a machine with two cores; on another they are not judged. A missed goal does not fail a bench, since the machine may be
 * busy or small; it is said in the last line.
 */
final class Goals implements Consumer<String> {

    private record Goal(double bound, boolean atLeast) {
        boolean isMet(double value) {
            return atLeast ? value >= bound : value <= bound;
        }
    }

    private static final Map<String, Goal> GOALS = Map.ofEntries(
            atLeast("deliveries_per_second", 3_000),
            atLeast("orders_to_sealed_per_second", 2_000),
            atMost("lag_p99_ms", 2_000),
            atMost("burst_catch_up_seconds", 30),
            atLeast("claims_per_second", 15_000),
            atMost("cpu_us_per_claim", 90),
            atLeast("claims_vs_bare_sql", 0.15),
            atLeast("claims_vs_sixteen_connections", 4),
            atLeast("claims_vs_redis_lua", 0.8),
            atMost("p99_ms", 50),
            atMost("first_second_p99_ms", 250),
            atMost("seconds_to_sell_10000", 2),
            atLeast("two_nodes_vs_one", 0.7),
            atLeast("sold_out_vs_bare_servlet", 0.8),
            atLeast("stripe_paid_per_second", 400),
            atLeast("wechat_paid_per_second", 120),
            atLeast("alipay_paid_per_second", 120),
            atLeast("state_per_second", 20_000),
            atMost("admit_error_percent", 5),
            atMost("zone_p99_ms", 25),
            atMost("showroom_p99_ms", 25),
            atMost("first_visit_kb", 90),
            atMost("hero_kb", 40),
            atMost("lcp_ms", 1_500),
            atMost("cls", 0.05));

    private static final int CORES = 2;

    private final Consumer<String> out;
    private final Goal memory;
    private final int cores;
    private final List<String> missed = new ArrayList<>();

    /** @param memory megabytes that the server may have */
    Goals(Consumer<String> out, int memory) {
        this(out, memory, Runtime.getRuntime().availableProcessors());
    }

    Goals(Consumer<String> out, int memory, int cores) {
        this.out = out;
        this.cores = cores;
        this.memory = new Goal(memory, false);
    }

    @Override
    public void accept(String line) {
        out.accept(line);
        int colon = line.indexOf(": ");
        if (colon < 0) return;
        String name = line.substring(0, colon);
        Goal goal = name.equals("server_rss_mb") ? memory : GOALS.get(name);
        if (goal == null) return;
        String value = line.substring(colon + 2);
        boolean met = value.matches("-?[0-9]+([.][0-9]+)?") && goal.isMet(Double.parseDouble(value));
        if (!met) missed.add(name);
    }

    void say() {
        if (cores != CORES) {
            out.accept("goals_missed: not judged, they are of " + CORES + " cores and there are " + cores);
            return;
        }
        out.accept("goals_missed: " + missed.size());
        for (String name : missed) out.accept("goal_missed: " + name);
    }

    private static Map.Entry<String, Goal> atLeast(String line, double bound) {
        return Map.entry(line, new Goal(bound, true));
    }

    private static Map.Entry<String, Goal> atMost(String line, double bound) {
        return Map.entry(line, new Goal(bound, false));
    }
}
