package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import vitrine.proof.Certificate;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.InclusionProof;
import vitrine.proof.LocalText;
import vitrine.proof.LogRecord;
import vitrine.proof.LogReplay;
import vitrine.proof.Manifest;
import vitrine.proof.Policy;
import vitrine.proof.SignedNote;
import vitrine.proof.SignerKey;
import vitrine.proof.TileDirectory;
import vitrine.proof.TreeAppender;
import vitrine.proof.TreeProofs;

/**
 * The library alone, in one thread: appending to the tree, checking a proof and a certificate, and replaying a log that is
 * made here first, of a hundred collectibles whose pieces are granted and sometimes moved. Of several rounds the best
 * counts: the others were disturbed, or not yet compiled.
 */
final class LibraryBench {
    private static final String LOG = "lumen.example/log";
    private static final SignerKey KEY = new SignerKey(LOG, new byte[32]);
    private static final int COLLECTIBLES = 100;
    private static final int BATCH = 4_096;

    private final LogBench.Plan plan;
    private final Path folder;
    private final Consumer<String> out;
    private final List<byte[]> records = new ArrayList<>();

    LibraryBench(LogBench.Plan plan, Path folder, Consumer<String> out) {
        this.plan = plan;
        this.folder = folder;
        this.out = out;
    }

    static String verifierKey() {
        return KEY.verifier().vkey();
    }

    boolean run() {
        var checkpoint = write();
        out.accept("record_bytes: "
                + records.stream().mapToInt(entry -> entry.length).sum() / records.size());
        say("merkle_append_per_second", "merkle_append_cpu_us", append(), records.size());
        proofs(checkpoint);
        return replay(checkpoint);
    }

    /** The log that is replayed, in the folder; its last records stay in memory for the appending. */
    private Checkpoint write() {
        var random = new Random(20261121);
        var files = new TileDirectory(folder);
        var tree = TreeAppender.empty();
        var batch = new ArrayList<byte[]>();
        var collectibles = new ArrayList<LogRecord.CollectiblePublished>();
        for (int i = 0; i < COLLECTIBLES; i++) collectibles.add(collectible(i));
        collectibles.forEach(each -> batch.add(each.bytes()));
        var rules = new LogRecord.RulesPublished(LOG, "festival", 1, hash(random));
        batch.add(rules.bytes());
        var names = collectibles.stream().map(LogRecord::leafHash).toList();
        var rulesName = rules.leafHash();
        var last = new LogRecord.OfPiece[COLLECTIBLES];
        for (int i = batch.size(); i < plan.records(); i++) {
            int which = random.nextInt(COLLECTIBLES);
            var before = last[which];
            var next = before != null && random.nextInt(10) == 0
                    ? LogRecord.moved(
                            LOG, names.get(which), before.serial(), before.leafHash(), rulesName, hash(random))
                    : LogRecord.granted(
                            LOG,
                            names.get(which),
                            before == null ? 1 : before.serial() + 1,
                            null,
                            rulesName,
                            hash(random));
            last[which] = next;
            batch.add(next.bytes());
            if (batch.size() == BATCH) seal(tree, files, batch);
        }
        if (!batch.isEmpty()) seal(tree, files, batch);
        var checkpoint = new Checkpoint(LOG, tree.size(), tree.edge().root());
        try {
            Files.writeString(
                    folder.resolve("checkpoint"), checkpoint.signedBy(KEY).format());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return checkpoint;
    }

    private void seal(TreeAppender tree, TileDirectory files, List<byte[]> batch) {
        files.write(tree.append(batch));
        if (records.size() < 1 << 18) records.addAll(batch);
        batch.clear();
    }

    private Best append() {
        return best(() -> {
            var tree = TreeAppender.empty();
            for (int from = 0; from < records.size(); from += BATCH) {
                tree.append(records.subList(from, Math.min(records.size(), from + BATCH)));
            }
            return tree.size() == records.size();
        });
    }

    /** A rate, or the time of one; and the processor's time, which a busy machine does not lengthen. */
    private void say(String name, String cpu, Best best, int times) {
        double each = best.wallSeconds() / times;
        boolean rate = name.endsWith("_per_second");
        out.accept(LogBench.figure(name, rate ? 1 / each : each * 1e6, rate ? 0 : 2));
        out.accept(LogBench.figure(cpu, best.cpuSeconds() / times * 1e6, 2));
    }

    private void proofs(Checkpoint checkpoint) {
        var tiles = new TreeProofs(new TileDirectory(folder), checkpoint.size());
        var random = new Random(7);
        var proofs = new ArrayList<InclusionProof>();
        var leaves = new ArrayList<Hash32>();
        for (int i = 0; i < 500; i++) {
            long index = random.nextLong(checkpoint.size());
            proofs.add(tiles.inclusion(index));
            leaves.add(tiles.leaf(index));
        }
        var rounds = best(() -> {
            boolean all = true;
            for (int i = 0; i < proofs.size(); i++) {
                all &= proofs.get(i).verify(leaves.get(i), checkpoint.root()).holds();
            }
            return all;
        });
        say("inclusion_verify_us", "inclusion_verify_cpu_us", rounds, proofs.size());

        var collectible = new Certificate.Enclosed(records.getFirst(), tiles.inclusion(0));
        var rules = new Certificate.EnclosedRules(
                new Certificate.Enclosed(records.get(COLLECTIBLES), tiles.inclusion(COLLECTIBLES)), null);
        var certificate = new Certificate(
                        LOG,
                        KEY.verifier(),
                        collectible,
                        List.of(rules),
                        story(tiles),
                        checkpoint.signedBy(KEY).format(),
                        null)
                .format();
        var policy = Policy.of(List.of(KEY.verifier()));
        // The rules' document is not enclosed, which is not asked for; everything else is.
        var checked =
                best(() -> CertificateCheck.verify(certificate, policy, null) instanceof CertificateVerdict.Valid);
        say("certificate_verify_us", "certificate_verify_cpu_us", checked, 1);
    }

    /** All records of the first piece of the first collectible. */
    private List<Certificate.Enclosed> story(TreeProofs tiles) {
        var first = ((LogRecord.Reading.Known) LogRecord.read(records.getFirst()))
                .record()
                .leafHash();
        var story = new ArrayList<Certificate.Enclosed>();
        for (int i = 0; i < records.size() && i < tiles.size(); i++) {
            if (LogRecord.read(records.get(i)) instanceof LogRecord.Reading.Known known
                    && known.record() instanceof LogRecord.OfPiece piece
                    && piece.serial() == 1
                    && piece.collectible().equals(first)) {
                story.add(new Certificate.Enclosed(records.get(i), tiles.inclusion(i)));
            }
        }
        return story;
    }

    private boolean replay(Checkpoint checkpoint) {
        if (!plan.inOwnHeap()) return replay(folder, checkpoint, out);
        try {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var child = new ProcessBuilder(
                            java,
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LibraryBench.class.getName(),
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            child.inputReader(StandardCharsets.UTF_8).lines().forEach(out);
            return child.waitFor() == 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The process of its own that replays a folder. */
    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[0]);
        var note = SignedNote.parse(Files.readAllBytes(folder.resolve("checkpoint")))
                .orThrow();
        boolean holds = replay(folder, Checkpoint.parse(note.text()).orThrow(), System.out::println);
        System.exit(holds ? 0 : 1);
    }

    private static boolean replay(Path folder, Checkpoint checkpoint, Consumer<String> out) {
        var most = new AtomicLong();
        var done = new CountDownLatch(1);
        var watch = Thread.ofPlatform().daemon().start(() -> {
            try {
                do most.accumulateAndGet(heapUsed(), Math::max);
                while (!done.await(50, TimeUnit.MILLISECONDS));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        long worked = processorNanos();
        long started = System.nanoTime();
        var report = LogReplay.run(new TileDirectory(folder), checkpoint, LogReplay.Options.DEFAULT);
        double seconds = (System.nanoTime() - started) / 1e9;
        double processor = (processorNanos() - worked) / 1e9;
        done.countDown();
        watch.interrupt();
        out.accept("replay_records: " + report.entries());
        out.accept("replay_passes: " + report.passes());
        out.accept(LogBench.figure("replay_per_second", report.entries() / seconds, 0));
        out.accept(LogBench.figure("replay_cpu_us", processor * 1e6 / report.entries(), 2));
        // Between collections, so an upper bound: garbage counts as long as there is room for it.
        out.accept("replay_heap_mb: " + (most.get() >> 20));
        out.accept("replay_holds: " + (report.holds() ? "yes" : "no"));
        return report.holds();
    }

    private static long heapUsed() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Of the whole process: what compiles and collects works for the replay, too. */
    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    /** How long the work takes in its best round, by the clock and by the processor. */
    private record Best(double wallSeconds, double cpuSeconds) {}

    private Best best(BooleanSupplier work) {
        var threads = ManagementFactory.getThreadMXBean();
        long until = System.nanoTime() + (long) (plan.seconds() * 1e9);
        double wall = Double.MAX_VALUE;
        double cpu = Double.MAX_VALUE;
        int runs = 1;
        while (wall == Double.MAX_VALUE || System.nanoTime() < until) {
            long started = System.nanoTime();
            long worked = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < runs; i++) {
                if (!work.getAsBoolean()) throw new IllegalStateException("what was measured was not right");
            }
            cpu = Math.min(cpu, (threads.getCurrentThreadCpuTime() - worked) / 1e9 / runs);
            double seconds = (System.nanoTime() - started) / 1e9;
            wall = Math.min(wall, seconds / runs);
            if (seconds < 0.05) runs *= 2; // so that a round is longer than what the clock and a switch cost
        }
        return new Best(wall, cpu);
    }

    private static LogRecord.CollectiblePublished collectible(int number) {
        var lumen = LocalText.of("zh", "流明", "en", "Lumen");
        return new LogRecord.CollectiblePublished(
                LOG,
                "moonrise-" + number,
                new Manifest(
                        LocalText.of("zh", "月升", "en", "Moonrise"),
                        null,
                        new Manifest.Issuer("brand", lumen),
                        lumen,
                        List.of(),
                        List.of(),
                        null,
                        Manifest.Supply.open(),
                        0,
                        List.of()));
    }

    private static Hash32 hash(Random random) {
        return new Hash32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
