package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.Consumer;

/** {@code ./vitrine bench log}: how fast the public log is made, proven and checked. */
final class LogBench {
    /**
     * @param records of the log that is made and replayed
     * @param serverRecords of the log to which the server adds, and from which it proves
     * @param pending how many the server is given to seal
     * @param seconds how long each of the small measurements may take
     * @param inOwnHeap whether the replay runs in a process of its own with 512 MB, as a stranger's would
     */
    record Plan(int records, int serverRecords, int pending, double seconds, boolean inOwnHeap, boolean keep) {
        static Plan whole() {
            return new Plan(1_000_000, 10_000_000, 300_000, 4, true, false);
        }

        Plan brief() {
            return new Plan(20_000, 20_000, 10_000, 0.3, false, keep);
        }

        Plan withRecords(int number) {
            return new Plan(number, number, pending, seconds, inOwnHeap, keep);
        }

        Plan kept() {
            return new Plan(records, serverRecords, pending, seconds, inOwnHeap, true);
        }
    }

    private LogBench() {}

    /** Measures and says it, a line a figure. @return whether everything that was made was found good */
    static boolean run(Plan plan, Consumer<String> out) {
        var folder = folder();
        try {
            out.accept("sha_ni: " + shaInstructions());
            boolean holds = new LibraryBench(plan, folder, out).run();
            holds &= GoJudge.judges(folder, LibraryBench.verifierKey(), out);
            return holds & new LogServerBench(plan, out).run();
        } finally {
            if (plan.keep()) {
                out.accept("kept: " + folder);
            } else {
                delete(folder);
            }
        }
    }

    /** Whether the processor hashes SHA-256 by its own instructions, which makes it three to five times as fast. */
    static String shaInstructions() {
        try {
            var flags = Files.readString(Path.of("/proc/cpuinfo"));
            return flags.matches("(?s).*\\b(sha_ni|sha2)\\b.*") ? "yes" : "no";
        } catch (IOException noLinux) {
            return "unknown";
        }
    }

    static String figure(String name, double value, int digits) {
        return name + ": " + String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("vitrine-bench-log");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
