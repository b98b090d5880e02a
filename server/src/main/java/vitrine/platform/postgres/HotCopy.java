package vitrine.platform.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;

/**
 * A copy of a running cluster's files that starts elsewhere by itself: PostgreSQL's low-level base backup. The files are
 * read while they change; the write-ahead log of that time, which goes with them, makes them whole again at the first
 * start.
 */
public final class HotCopy {
    /** Takes the files one by one, in the order in which they are to be written back. */
    public interface Sink {
        void folder(String name) throws IOException;

        /** Exactly {@code size} bytes; a file that has become shorter meanwhile is filled up with zeros. */
        void file(String name, Path source, long size) throws IOException;

        void text(String name, String content) throws IOException;
    }

    /** Belongs to the running server only; its folders are kept, empty. */
    private static final Set<String> EMPTIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "backup_label.old");

    /**
     * @param connection a superuser's, which stays open meanwhile
     * @param data the cluster's folder
     */
    public static void of(Connection connection, Path data, Sink sink) throws SQLException, IOException {
        // A slot keeps the write-ahead log of the copying time from being recycled; it ends with the connection.
        var slot = "backup_" + UUID.randomUUID().toString().replace("-", "");
        ask(connection, "SELECT pg_create_physical_replication_slot('" + slot + "', true, true)::text");
        var first = ask(connection, "SELECT pg_walfile_name(pg_backup_start('vitrine', true))");
        copyFiles(data, sink);
        String last;
        String label;
        try (var statement = connection.createStatement();
                var stopped = statement.executeQuery(
                        "SELECT pg_walfile_name(lsn), labelfile FROM pg_backup_stop(wait_for_archive => false)")) {
            stopped.next();
            last = stopped.getString(1);
            label = stopped.getString(2);
        }
        sink.text("backup_label", label);
        copyLog(data.resolve("pg_wal"), first, last, sink);
    }

    private static void copyFiles(Path data, Sink sink) throws IOException {
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                var name = data.relativize(folder).toString();
                if (name.isEmpty()) return FileVisitResult.CONTINUE;
                sink.folder(name);
                if (!EMPTIED.contains(name)) return FileVisitResult.CONTINUE;
                if (name.equals("pg_wal")) sink.folder("pg_wal/archive_status");
                return FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var name = file.getFileName().toString();
                if (LEFT_OUT.contains(name) || name.startsWith("pgsql_tmp") || name.startsWith("pg_internal.init")) {
                    return FileVisitResult.CONTINUE;
                }
                try {
                    sink.file(data.relativize(file).toString(), file, Files.size(file));
                } catch (NoSuchFileException e) {
                    return FileVisitResult.CONTINUE; // a table was dropped meanwhile; the log tells the copy so
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
                throw e;
            }
        });
    }

    private static void copyLog(Path wal, String first, String last, Sink sink) throws IOException {
        try (var files = Files.list(wal)) {
            for (var file : files.sorted().toList()) {
                var name = file.getFileName().toString();
                var segment = name.matches("[0-9A-F]{24}");
                if (segment && name.compareTo(first) >= 0 && name.compareTo(last) <= 0) {
                    sink.file("pg_wal/" + name, file, Files.size(file));
                }
            }
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private HotCopy() {}
}
