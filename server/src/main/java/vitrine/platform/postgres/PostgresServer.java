package vitrine.platform.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vitrine.platform.DataFolder;
import vitrine.platform.FreePort;
import vitrine.platform.Keys;
import vitrine.platform.StartRefused;

/**
 * PostgreSQL as a part of Vitrine: its binaries are unpacked into the data folder, it keeps its rows in
 * {@code DIR/pgdata}, listens on 127.0.0.1 alone and asks for the password that lies in {@code DIR/keys}. It runs with
 * every durable setting on, and nothing here deletes a row: what an earlier start left behind is what this one opens.
 *
 * <p>It is a process of its own that outlives a killed JVM. Holding the folder's lock, we know that such an orphan
 * serves nobody: we stop it cleanly and start again. Should it die under us, we start it again where it was.
 */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "vitrine";
    public static final String DATABASE = "vitrine";

    private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
    private static final Duration LAST_CHILD_GONE_WITHIN = Duration.ofSeconds(20);
    private static final int RESTARTS_PER_MINUTE_MAX = 5;

    private final DataFolder folder;
    private final PostgresOptions options;
    private final PostgresBinaries binaries;
    private final RunAs runAs;
    private final Path data;
    private final String password;
    private final ArrayDeque<Instant> restarts = new ArrayDeque<>();
    private volatile int port;
    private volatile boolean stopping;

    private PostgresServer(DataFolder folder, Keys keys, PostgresOptions options) throws IOException {
        this.folder = folder;
        this.options = options;
        this.binaries = PostgresBinaries.of(folder, options.binaries());
        this.data = folder.resolve("pgdata");
        this.runAs = RunAs.decide(data, options.runsAs());
        if (Files.exists(data.resolve("PG_VERSION"))) {
            refuseOtherMajor();
            this.password = knownPassword(keys);
        } else {
            this.password = password(keys);
        }
    }

    /** Starts it on what is there, or on a new empty database; returns when it answers. */
    public static PostgresServer start(DataFolder folder, Keys keys, PostgresOptions options) {
        PostgresServer server;
        try {
            server = new PostgresServer(folder, keys, options);
            server.open();
        } catch (IOException e) {
            throw new UncheckedIOException("starting PostgreSQL in " + folder.path(), e);
        }
        return server;
    }

    /** The password of {@link #USER}, for who has the keys. */
    public static String password(Keys keys) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(keys.key("postgres"));
    }

    /** The same of a database that is there: a new key would be a new password, and the wrong one. */
    public static String knownPassword(Keys keys) {
        if (keys.find("postgres").isEmpty()) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "The database's key %s is missing: bring the keys folder back from a backup (docs/operations.md)."
                            .formatted(keys.folder().resolve("postgres.key")));
        }
        return password(keys);
    }

    private void open() throws IOException {
        runAs.letPass(folder.path());
        if (!Files.exists(data.resolve("PG_VERSION"))) makeCluster();
        var logs = folder.privateFolder("logs");
        runAs.give(logs);
        stopOrphan();
        port = choosePort();
        writeSettings();
        startProcess();
        createDatabase();
        watch();
    }

    /** A data folder is of one major version; a newer PostgreSQL would not open it, and must not try. */
    private void refuseOtherMajor() throws IOException {
        var found = Files.readString(data.resolve("PG_VERSION")).strip();
        if (found.equals(String.valueOf(binaries.major()))) return;
        throw new StartRefused(
                StartRefused.CONFIGURATION,
                ("%s was written by PostgreSQL %s and this is PostgreSQL %s: start the version of Vitrine that wrote it, make a"
                                + " backup there and restore it here.")
                        .formatted(data, found, binaries.version()));
    }

    /** A cluster is made beside its place and renamed, so a power cut in between leaves nothing half-made in the place. */
    private void makeCluster() throws IOException {
        if (Files.exists(data)) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "%s is there but is no database folder; move it away and start again.".formatted(data));
        }
        var fresh = Files.createTempDirectory(folder.path(), "pgdata-new-"); // 0700
        runAs.give(fresh);
        var passwordFile = Files.createTempFile(folder.path(), "initdb-", ".password"); // 0600
        Files.writeString(passwordFile, password);
        runAs.give(passwordFile);
        // Code point order, the same on every machine and every version of its C library: no index ever goes wrong by
        // an upgrade of the system. The provider that is built in came with 17.
        var locale = binaries.major() >= 17
                ? List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
                : List.of("--locale=C.UTF-8");
        var command = new ArrayList<>(List.of(
                binaries.program("initdb"),
                "-D",
                fresh.toString(),
                "-U",
                USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums"));
        command.addAll(locale);
        var said = runAs.run(command);
        Files.delete(passwordFile);
        if (said.exitCode() != 0) {
            throw new StartRefused(
                    StartRefused.UNAVAILABLE, "PostgreSQL could not make its data folder: " + said.lastLine());
        }
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Deals with the postmaster.pid of an earlier run. PostgreSQL's own rule is: when a process of that number lives,
     * refuse. It is right about an orphan of ours, which we stop; and wrong after a reboot or in a fresh container,
     * where that number may have gone to somebody else, and the database would never start again.
     */
    private void stopOrphan() throws IOException {
        var pid = postmasterPid();
        if (pid == 0) return;
        var process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        if (process.isEmpty()) return; // PostgreSQL sees that by itself
        if (worksInOurFolder(process.get())) {
            log.info("A PostgreSQL of an earlier run (process {}) is still there; stopping it cleanly", pid);
            stopProcess();
            return;
        }
        // Either a zombie that nobody has counted yet, or another program. The pid file is also what keeps a new
        // postmaster away from the old one's children: it goes only when none of them is left.
        var giveUp = Instant.now().plus(LAST_CHILD_GONE_WITHIN);
        while (ProcessHandle.allProcesses().anyMatch(this::worksInOurFolder)) {
            if (Instant.now().isAfter(giveUp)) {
                throw new StartRefused(
                        StartRefused.UNAVAILABLE,
                        "Processes of an earlier PostgreSQL still work in %s; end them and start again."
                                .formatted(data));
            }
            pause(Duration.ofMillis(50));
        }
        log.info("The number {} of an earlier PostgreSQL is not a PostgreSQL any more; removing its pid file", pid);
        Files.deleteIfExists(data.resolve("postmaster.pid"));
    }

    /** Every process of a PostgreSQL works in its data folder, and nobody else does; a zombie works nowhere. */
    private boolean worksInOurFolder(ProcessHandle process) {
        var entry = Path.of("/proc/" + process.pid());
        try {
            if (Files.exists(entry)) return Files.isSameFile(entry.resolve("cwd"), data);
        } catch (IOException | SecurityException e) {
            return false; // it has just ended, or is somebody else's, as PostgreSQL's never is
        }
        // A system without /proc: there the name must do.
        return process.info()
                .command()
                .map(command -> Path.of(command).endsWith("postgres"))
                .orElse(false);
    }

    private long postmasterPid() throws IOException {
        var file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) return 0;
        var lines = Files.readAllLines(file);
        return lines.isEmpty() ? 0 : Math.abs(Long.parseLong(lines.getFirst().strip()));
    }

    /** The port of last time where it is free, so that a tool that was pointed at it finds it again. */
    private int choosePort() throws IOException {
        var file = folder.resolve("postgres.port");
        if (Files.exists(file)) {
            var last = Integer.parseInt(Files.readString(file).strip());
            if (canListen(last)) return last;
        }
        var free = FreePort.on("127.0.0.1");
        DataFolder.writeDurably(file, String.valueOf(free).getBytes(StandardCharsets.US_ASCII));
        return free;
    }

    private static boolean canListen(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** All that we set stands in one file, written anew at each start; DIR/postgres.conf is the operator's and comes later. */
    private void writeSettings() throws IOException {
        var settings = new TreeMap<>(Map.ofEntries(
                // What was acknowledged survives. The server checks these three again, on any database.
                Map.entry("fsync", "on"),
                Map.entry("synchronous_commit", "on"),
                Map.entry("full_page_writes", "on"),
                // Nobody but this machine, and no socket file whose folder could be entered by others.
                Map.entry("listen_addresses", "'127.0.0.1'"),
                Map.entry("unix_socket_directories", "''"),
                Map.entry("password_encryption", "'scram-sha-256'"),
                Map.entry("max_connections", "80"),
                Map.entry("shared_buffers", sharedBuffers()),
                Map.entry("max_wal_size", roomyDisk() ? "'4GB'" : "'1GB'"),
                Map.entry("min_wal_size", "'256MB'"),
                Map.entry("checkpoint_timeout", "'15min'"),
                // What a backend writes goes on to the disk at once. Else the kernel keeps it for thirty seconds and
                // then
                // writes hundreds of megabytes together, and each commit of that moment waits for 20 to 30
                // milliseconds.
                Map.entry("backend_flush_after", "'512kB'"),
                Map.entry("random_page_cost", "1.1"),
                // Queues are tables whose rows come and go; under load a minute of them is much to walk through.
                Map.entry("autovacuum_naptime", "'10s'"),
                // What only grows is looked through when it has grown by half, not by a tenth: in the first hours of an
                // installation that would be every few seconds. The plans of hot statements do not depend on it.
                Map.entry("autovacuum_analyze_scale_factor", "0.5"),
                Map.entry("autovacuum_vacuum_insert_scale_factor", "0.5"),
                Map.entry("jit", "off"), // compiles for longer than our statements run
                Map.entry("timezone", "'UTC'"),
                Map.entry("log_timezone", "'UTC'"),
                // A dead client's locks must not stand for the two hours of the system's default.
                Map.entry("tcp_keepalives_idle", "60"),
                Map.entry("tcp_keepalives_interval", "10"),
                Map.entry("tcp_keepalives_count", "3"),
                // A ring of seven files. Terse, and without statements: the details of an error are people's data.
                Map.entry("logging_collector", "on"),
                Map.entry("log_directory", quoted(folder.resolve("logs").toString())),
                Map.entry("log_filename", "'postgres-%a.log'"),
                Map.entry("log_truncate_on_rotation", "on"),
                Map.entry("log_rotation_age", "'1d'"),
                Map.entry("log_rotation_size", "0"),
                Map.entry("log_error_verbosity", "terse"),
                Map.entry("log_min_error_statement", "panic"),
                Map.entry("log_checkpoints", "off"),
                Map.entry("log_line_prefix", "'%m [%p] '"),
                Map.entry("cluster_name", "'vitrine'")));
        for (var compression : List.of("wal_compression", "default_toast_compression")) {
            if (understands(compression, "lz4")) settings.put(compression, "lz4");
        }
        options.settings().forEach((name, value) -> settings.put(name, quoted(value)));
        settings.put("port", String.valueOf(port));
        var text = settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                .collect(Collectors.joining(
                        "", "# Written at each start; put your own lines into DIR/postgres.conf.\n", ""));
        var file = data.resolve("vitrine.conf");
        DataFolder.writeDurably(file, text.getBytes(StandardCharsets.UTF_8));
        runAs.give(file);

        var include = "include 'vitrine.conf'\ninclude_if_exists %s\n"
                .formatted(quoted(folder.resolve("postgres.conf").toString()));
        var main = data.resolve("postgresql.conf");
        DataFolder.writeDurably(main, include.getBytes(StandardCharsets.UTF_8));
        runAs.give(main);
    }

    /** Which compressions are built in differs by who built it; ask, since an unknown value stops the start. */
    private boolean understands(String setting, String value) {
        var asked = List.of(
                binaries.program("postgres"), "-D", data.toString(), "-c", setting + "=" + value, "-C", setting);
        return runAs.run(asked).exitCode() == 0;
    }

    private static String sharedBuffers() {
        var gigabytes = memoryBytes() >> 30;
        return gigabytes >= 4 ? "'256MB'" : gigabytes >= 2 ? "'128MB'" : "'64MB'";
    }

    private static long memoryBytes() {
        var system = (com.sun.management.OperatingSystemMXBean)
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system.getTotalMemorySize();
    }

    private boolean roomyDisk() throws IOException {
        return Files.getFileStore(folder.path()).getUsableSpace() >= 20L << 30;
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private void startProcess() throws IOException {
        var early = folder.resolve("logs").resolve("postgres-start.log");
        if (!Files.exists(early)) {
            Files.createFile(early, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        runAs.give(early);
        // pg_ctl puts the postmaster into a session of its own: Ctrl-C in our terminal is for us, and we tell it later.
        var command = List.of(
                binaries.program("pg_ctl"),
                "start",
                "-w",
                "-s",
                "-D",
                data.toString(),
                "-l",
                early.toString(),
                "-t",
                String.valueOf(options.startsWithin().toSeconds()));
        var giveUp = Instant.now().plus(Duration.ofSeconds(20));
        var said = runAs.run(command);
        // A killed postmaster leaves children behind that let go of its shared memory within moments; until then a new
        // one must not start, or two would write the same files. PostgreSQL refuses, and we ask again.
        while (said.exitCode() != 0
                && lastWords().contains("shared memory block")
                && Instant.now().isBefore(giveUp)) {
            pause(Duration.ofMillis(100));
            said = runAs.run(command);
        }
        if (said.exitCode() != 0) {
            throw new StartRefused(
                    StartRefused.UNAVAILABLE, "PostgreSQL did not start in %s: %s".formatted(data, lastWords()));
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartRefused(StartRefused.UNAVAILABLE, "Interrupted while PostgreSQL was starting.", e);
        }
    }

    private String lastWords() throws IOException {
        try (var files = Files.list(folder.resolve("logs"))) {
            var newest = files.filter(file -> file.getFileName().toString().startsWith("postgres-"))
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()));
            if (newest.isEmpty()) return "it left no log";
            var fatal = Files.readAllLines(newest.get()).stream()
                    .filter(line -> line.contains("FATAL") || line.contains("PANIC"))
                    .toList();
            return fatal.isEmpty() ? "see " + newest.get() : fatal.getLast();
        }
    }

    private void createDatabase() {
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            try (var found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (found.next()) return;
            }
            statement.execute("CREATE DATABASE " + DATABASE);
        } catch (SQLException e) {
            close();
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "The embedded PostgreSQL does not take the password in %s: were the keys lost? Restore them from a backup. (%s)"
                            .formatted(folder.resolve("keys"), e.getMessage()),
                    e);
        }
    }

    /** When it dies under us, it is started again on the same port and the pool's connections come back by themselves. */
    private void watch() throws IOException {
        var pid = postmasterPid();
        ProcessHandle.of(pid)
                .orElseThrow(
                        () -> new StartRefused(StartRefused.UNAVAILABLE, "PostgreSQL ended as soon as it had started."))
                .onExit()
                .thenRun(() ->
                        Thread.ofPlatform().name("postgres-restart").daemon().start(this::startAgain));
    }

    private synchronized void startAgain() {
        if (stopping) return;
        var now = Instant.now();
        restarts.removeIf(before -> before.isBefore(now.minus(Duration.ofMinutes(1))));
        if (restarts.size() >= RESTARTS_PER_MINUTE_MAX) {
            log.error(
                    "PostgreSQL ended {} times within a minute; it is left alone now, see {}",
                    restarts.size(),
                    folder.resolve("logs"));
            return;
        }
        restarts.add(now);
        log.error("PostgreSQL ended without our asking; starting it again on its data");
        try {
            stopOrphan();
            startProcess();
            watch();
        } catch (IOException | StartRefused e) {
            log.error("PostgreSQL could not be started again", e);
        }
    }

    /** A connection past any pool, as the database's owner. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), USER, password);
    }

    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    public int port() {
        return port;
    }

    /** As in 18.6. */
    public String version() {
        return binaries.version();
    }

    /** Of its first process, the postmaster. */
    public long pid() {
        try {
            return postmasterPid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where its rows are. */
    public Path data() {
        return data;
    }

    /** Ends it: open transactions are rolled back, everything committed is on disk. Does not give back the folder's lock. */
    @Override
    public synchronized void close() {
        if (stopping) return;
        stopping = true;
        stopProcess();
    }

    private void stopProcess() {
        var said = stop("fast", 60);
        if (said.exitCode() != 0) {
            // Nothing is lost by it: the next start recovers from the write-ahead log.
            log.warn("PostgreSQL did not stop in time ({}); stopping it at once", said.lastLine());
            said = stop("immediate", 20);
        }
        if (said.exitCode() != 0) log.error("PostgreSQL is still there: {}", said.lastLine());
    }

    private Commands.Said stop(String mode, int seconds) {
        return runAs.run(List.of(
                binaries.program("pg_ctl"),
                "stop",
                "-w",
                "-s",
                "-D",
                data.toString(),
                "-m",
                mode,
                "-t",
                String.valueOf(seconds)));
    }
}
