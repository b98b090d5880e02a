package vitrine.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What processes have used so far, from {@code /proc}; only Linux has it, elsewhere every number is 0. */
record Usage(long serverMicros, long postgresMicros, long driverMicros) {

    private static final long TICK_MICROS = 10_000; // USER_HZ is 100 on every Linux that Java 25 runs on

    static Usage of(long server, long postmaster) {
        long postgres = micros(postmaster, true);
        // A backend's time comes to the postmaster when it ends; until then it is the backend's own.
        for (ProcessHandle backend : ProcessHandle.of(postmaster).stream()
                .flatMap(ProcessHandle::descendants)
                .toList()) {
            postgres += micros(backend.pid(), false);
        }
        return new Usage(
                micros(server, false), postgres, micros(ProcessHandle.current().pid(), false));
    }

    Usage since(Usage before) {
        return new Usage(
                serverMicros - before.serverMicros,
                postgresMicros - before.postgresMicros,
                driverMicros - before.driverMicros);
    }

    long platformMicros() {
        return serverMicros + postgresMicros;
    }

    double driverShare() {
        long all = platformMicros() + driverMicros;
        return all == 0 ? 0 : (double) driverMicros / all;
    }

    /** Of threads that compile, by their path: the second of a kind ends when there is nothing to do. */
    private static final Map<Path, Long> COMPILERS = new ConcurrentHashMap<>();

    /** Of a Java process, what those of its threads took so far that compile: a part of what it took. */
    static long compilingMicros(long pid) {
        Path all = Path.of("/proc/" + pid + "/task");
        File[] threads = all.toFile().listFiles();
        for (File thread : threads == null ? new File[0] : threads) {
            String stat = stat(thread.toPath());
            if (stat.matches("(?s)[0-9]+ \\(C[12] Compiler.*")) COMPILERS.put(thread.toPath(), micros(stat, false));
        }
        return COMPILERS.entrySet().stream()
                .filter(each -> each.getKey().startsWith(all))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** A piece of load. */
    interface Round {
        void run() throws InterruptedException;
    }

    /** Of all processor time of a server, what its compilers take where it has run for a while: on two cores that is after some minutes. */
    static final double COMPILED = 0.05;

    /** @return of the processor time that the server took in that round, the part of its compilers, from 0 to 1 */
    static double compilingShare(Installation.Server server, Round round) throws InterruptedException {
        long all = server.usage().serverMicros();
        long compiled = compilingMicros(server.pid());
        round.run();
        return (compilingMicros(server.pid()) - compiled)
                / (double) Math.max(1, server.usage().serverMicros() - all);
    }

    private static long micros(long pid, boolean withChildren) {
        return micros(stat(Path.of("/proc/" + pid)), withChildren);
    }

    /** Empty: it has ended. */
    private static String stat(Path process) {
        try {
            return Files.readString(process.resolve("stat"));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            // Of a thread that ends while it is read.
            if (!Files.exists(process)) return "";
            throw new UncheckedIOException(e);
        }
    }

    private static long micros(String stat, boolean withChildren) {
        if (stat.isEmpty()) return 0;
        // The name, in parentheses, may hold anything; what follows it is counted from the state on.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        if (withChildren) ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
        return ticks * TICK_MICROS;
    }

    /** The most memory that the process ever had, in megabytes. */
    static long peakMegabytes(long pid) {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) return 0;
        try {
            List<String> lines = Files.readAllLines(status);
            for (String line : lines) {
                if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
