package vitrine.launch;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.platform.postgres.Database;
import vitrine.platform.postgres.HotCopy;
import vitrine.platform.postgres.PostgresServer;

/**
 * One file with everything that an installation is: its keys and its database. Of the embedded database it is a physical
 * copy, taken while the server runs; of one that {@code VITRINE_DB_URL} names it is a logical dump by {@code pg_dump}.
 * The log's high-water file stays outside on purpose: what was signed after the backup, the backup cannot know.
 */
public final class Backup {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String CHECKSUMS = "checksums.txt";
    private static final String MANIFEST = "manifest.json";
    private static final String DUMP = "database.dump";

    /** What a log was like at the time of the backup. */
    public record LogState(String origin, long size, long signedSize) {}

    /** What a backup says of itself, in its first entry. */
    public record Manifest(String kind, Instant madeAt, String postgres, List<LogState> logs) {}

    private Backup() {}

    /** Writes it, readable by its owner alone, and returns the file. */
    public static Path make(Settings settings, Path outFolder, Clock clock) {
        try {
            Files.createDirectories(outFolder);
            var madeAt = Instant.ofEpochSecond(clock.instant().getEpochSecond());
            var file = outFolder.resolve("vitrine-backup-" + NAME.format(madeAt) + ".tar.gz");
            var unfinished = outFolder.resolve(file.getFileName() + ".part");
            Files.deleteIfExists(unfinished);
            Files.createFile(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                if (settings.find(Setting.DB_URL).isPresent()) ofForeignDatabase(settings, unfinished, madeAt);
                else ofEmbeddedDatabase(settings, unfinished, madeAt);
                Files.move(unfinished, file);
            } finally {
                Files.deleteIfExists(unfinished); // half a backup is none
            }
            var note =
                    JsonMapper.shared().writeValueAsBytes(Map.of("madeAt", madeAt.toString(), "file", file.toString()));
            DataFolder.writeDurably(settings.data().resolve("last-backup.json"), note);
            return file;
        } catch (IOException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The backup was not finished: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new StartRefused(
                    StartRefused.UNAVAILABLE, "The database did not let us make the backup: " + e.getMessage(), e);
        }
    }

    private static void ofEmbeddedDatabase(Settings settings, Path file, Instant madeAt)
            throws IOException, SQLException {
        if (!Files.isDirectory(settings.data().resolve("pgdata"))) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION, "There is no Vitrine in %s to back up.".formatted(settings.data()));
        }
        try (var stopped = ifStopped(settings)) {
            try (var connection = connection(settings)) {
                writeArchive(settings, connection, file, madeAt, "physical", tar -> {
                    HotCopy.of(connection, settings.data().resolve("pgdata"), tar);
                });
            }
        }
    }

    /** Nobody runs it: then we do, for as long as it takes. Otherwise its owner's database is up and lets us in. */
    private static @Nullable Undoing ifStopped(Settings settings) {
        var undoing = new Undoing();
        try {
            var folder = undoing.add(DataFolder.lock(settings.data()));
            undoing.add(Node.postgres(folder, settings));
            return undoing;
        } catch (StartRefused e) {
            undoing.close();
            if (e.exitCode() == StartRefused.TAKEN) return null;
            throw e;
        }
    }

    /** To the database of a folder, whoever runs it. */
    static Connection connection(Settings settings) throws SQLException, IOException {
        if (settings.find(Setting.DB_URL).isPresent()) {
            return Database.of(settings).connect();
        }
        var port = Files.readString(settings.data().resolve("postgres.port")).strip();
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%s/%s".formatted(port, PostgresServer.DATABASE),
                PostgresServer.USER,
                PostgresServer.knownPassword(keys(settings)));
    }

    private static Keys keys(Settings settings) {
        return new Keys(settings.data().resolve("keys"), settings.environment(), new SecureRandom());
    }

    private static void ofForeignDatabase(Settings settings, Path file, Instant madeAt)
            throws IOException, SQLException {
        var database = Database.of(settings);
        var dump = Files.createTempFile(file.toAbsolutePath().getParent(), "database-", ".dump");
        try (var connection = connection(settings)) {
            run(database, "pg_dump", List.of("--format=custom", "--no-owner", "--file=" + dump));
            writeArchive(settings, connection, file, madeAt, "logical", tar -> {
                tar.raw(DUMP, dump, Files.size(dump));
            });
        } finally {
            Files.delete(dump);
        }
    }

    private static void run(Database database, String program, List<String> options) {
        var command = new ArrayList<>(List.of(program));
        command.addAll(options);
        command.add("--dbname=" + database.jdbcUrl().substring("jdbc:".length()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (database.user() != null) builder.environment().put("PGUSER", database.user());
        if (database.password() != null) builder.environment().put("PGPASSWORD", database.password());
        try {
            var process = builder.start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() == 0) return;
            throw new StartRefused(
                    StartRefused.UNAVAILABLE,
                    program + " gave up: " + said.strip().replaceAll("\\s*\n\\s*", "; "));
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.UNAVAILABLE,
                    program + " is missing: install PostgreSQL's client programs (package 'postgresql-client').",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartRefused(StartRefused.UNAVAILABLE, "Interrupted.", e);
        }
    }

    private interface Body {
        void writeTo(Archive archive) throws IOException, SQLException;
    }

    private static void writeArchive(
            Settings settings, Connection connection, Path file, Instant madeAt, String kind, Body database)
            throws IOException, SQLException {
        try (var archive = new Archive(Files.newOutputStream(file, StandardOpenOption.WRITE), madeAt)) {
            var version = connection.getMetaData().getDatabaseProductVersion();
            var manifest = new Manifest(kind, madeAt, version, logs(connection));
            archive.raw(MANIFEST, JsonMapper.shared().writeValueAsBytes(manifest));
            for (var key : keyFiles(settings)) archive.raw("keys/" + key.getFileName(), key, Files.size(key));
            database.writeTo(archive);
        }
    }

    /** None, where they come by the environment: then whoever keeps that has to keep them. */
    private static List<Path> keyFiles(Settings settings) throws IOException {
        var folder = settings.data().resolve("keys");
        if (!Files.isDirectory(folder)) return List.of();
        try (var keys = Files.list(folder)) {
            return keys.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** An installation whose schema is not there yet has no log either. */
    private static List<LogState> logs(Connection connection) throws SQLException {
        var logs = new ArrayList<LogState>();
        try (var statement = connection.createStatement()) {
            try (var there = statement.executeQuery("SELECT to_regclass('logs') IS NOT NULL")) {
                there.next();
                if (!there.getBoolean(1)) return logs;
            }
            try (var rows = statement.executeQuery("SELECT origin, size, signed_size FROM logs ORDER BY origin")) {
                while (rows.next()) logs.add(new LogState(rows.getString(1), rows.getLong(2), rows.getLong(3)));
            }
        }
        return logs;
    }

    /** Brings it back into an empty folder (and, for a dump, an empty database), or leaves nothing behind. */
    public static Manifest restore(Path file, Settings settings) {
        if (!Files.isRegularFile(file)) {
            throw new StartRefused(StartRefused.CONFIGURATION, "There is no backup " + file + ".");
        }
        var data = settings.data();
        try {
            refuseFull(data);
            try (var folder = DataFolder.lock(data)) {
                var arriving = Files.createTempDirectory(data, "restoring-"); // 0700
                try {
                    var manifest = unpack(file, arriving);
                    if (manifest.kind().equals("logical")) restoreDump(arriving.resolve(DUMP), settings);
                    else Files.move(arriving.resolve("pgdata"), folder.resolve("pgdata"));
                    if (Files.isDirectory(arriving.resolve("keys"))) {
                        Files.move(arriving.resolve("keys"), folder.resolve("keys"));
                    }
                    return manifest;
                } finally {
                    deleteAll(arriving);
                }
            }
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.UNAVAILABLE, "%s was not restored: %s".formatted(file, e.getMessage()), e);
        } catch (SQLException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The database does not let us in: " + e.getMessage(), e);
        }
    }

    private static void refuseFull(Path data) throws IOException {
        if (!Files.exists(data)) return;
        try (var files = Files.list(data)) {
            var found = files.filter(file -> !file.endsWith("vitrine.lock")).findFirst();
            if (found.isPresent()) {
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "%s is not empty (%s): a backup is restored into an empty folder only."
                                .formatted(data, found.get().getFileName()));
            }
        }
    }

    private static Manifest unpack(Path file, Path into) throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        @Nullable String promised = null;
        @Nullable Manifest manifest = null;
        try (var tar = new TarArchiveInputStream(
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)), 1 << 16))) {
            for (@Nullable TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                var name = entry.getName();
                var target = into.resolve(name).normalize();
                if (!target.startsWith(into)) throw new IOException("an entry outside of the archive: " + name);
                if (entry.isDirectory()) {
                    Files.createDirectories(target, ownersFolder());
                } else if (name.equals(CHECKSUMS)) {
                    promised = new String(tar.readAllBytes(), StandardCharsets.UTF_8);
                } else if (name.equals(MANIFEST)) {
                    var bytes = tar.readAllBytes();
                    found.put(name, HexFormat.of().formatHex(sha256().digest(bytes)));
                    manifest = JsonMapper.shared().readValue(bytes, Manifest.class);
                } else {
                    Files.createDirectories(target.getParent(), ownersFolder());
                    Files.createFile(
                            target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    var digesting = new DigestInputStream(tar, sha256());
                    try (var out = Files.newOutputStream(target)) {
                        digesting.transferTo(out);
                    }
                    found.put(
                            name,
                            HexFormat.of()
                                    .formatHex(digesting.getMessageDigest().digest()));
                }
            }
        }
        // The list comes last: without it the file was cut off, and nothing of it is to be trusted.
        if (promised == null || manifest == null || !promised.equals(lines(found))) {
            throw new IOException("its checksums do not fit its contents; it is damaged");
        }
        return manifest;
    }

    private static FileAttribute<?> ownersFolder() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    private static void restoreDump(Path dump, Settings settings) throws IOException, SQLException {
        if (settings.find(Setting.DB_URL).isEmpty()) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "This backup is a dump of a PostgreSQL of your own: name an empty database with VITRINE_DB_URL.");
        }
        try (var connection = connection(settings);
                var statement = connection.createStatement();
                var tables = statement.executeQuery("SELECT count(*) FROM information_schema.tables"
                        + " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")) {
            tables.next();
            if (tables.getInt(1) > 0) {
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "The database has %d tables: a backup is restored into an empty one only."
                                .formatted(tables.getInt(1)));
            }
        }
        run(
                Database.of(settings),
                "pg_restore",
                List.of("--no-owner", "--exit-on-error", "--single-transaction", dump.toString()));
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private static String lines(Map<String, String> checksums) {
        var lines = new StringBuilder();
        checksums.forEach((name, checksum) ->
                lines.append(checksum).append("  ").append(name).append('\n'));
        return lines.toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tar file; the database's files go below {@code pgdata/}, and a list of every file's checksum ends it. */
    private static final class Archive implements HotCopy.Sink, AutoCloseable {
        private final TarArchiveOutputStream tar;
        private final Instant madeAt;
        private final Map<String, String> checksums = new LinkedHashMap<>();

        Archive(OutputStream out, Instant madeAt) throws IOException {
            this.tar = new TarArchiveOutputStream(new GZIPOutputStream(new BufferedOutputStream(out), 1 << 16));
            this.madeAt = madeAt;
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        }

        @Override
        public void folder(String name) throws IOException {
            var entry = new TarArchiveEntry("pgdata/" + name + "/");
            entry.setMode(040700);
            entry.setModTime(madeAt.toEpochMilli());
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        }

        @Override
        public void file(String name, Path source, long size) throws IOException {
            raw("pgdata/" + name, source, size);
        }

        @Override
        public void text(String name, String content) throws IOException {
            raw("pgdata/" + name, content.getBytes(StandardCharsets.UTF_8));
        }

        void raw(String name, byte[] content) throws IOException {
            begin(name, content.length);
            tar.write(content);
            tar.closeArchiveEntry();
            checksums.put(name, HexFormat.of().formatHex(sha256().digest(content)));
        }

        void raw(String name, Path source, long size) throws IOException {
            try (InputStream in = Files.newInputStream(source)) {
                begin(name, size);
                var digest = sha256();
                var buffer = new byte[1 << 16];
                for (var left = size; left > 0; ) {
                    var read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                    if (read == 0) {
                        read = (int) Math.min(left, buffer.length);
                        Arrays.fill(buffer, (byte) 0);
                    }
                    tar.write(buffer, 0, read);
                    digest.update(buffer, 0, read);
                    left -= read;
                }
                tar.closeArchiveEntry();
                checksums.put(name, HexFormat.of().formatHex(digest.digest()));
            }
        }

        private void begin(String name, long size) throws IOException {
            var entry = new TarArchiveEntry(name);
            entry.setMode(0100600);
            entry.setModTime(madeAt.toEpochMilli());
            entry.setSize(size);
            tar.putArchiveEntry(entry);
        }

        @Override
        public void close() throws IOException {
            var list = lines(checksums).getBytes(StandardCharsets.UTF_8);
            begin(CHECKSUMS, list.length);
            tar.write(list);
            tar.closeArchiveEntry();
            tar.close();
        }
    }
}
