package vitrine.platform.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;
import vitrine.platform.DataFolder;
import vitrine.platform.StartRefused;

/**
 * A folder with {@code postgres}, {@code initdb} and {@code pg_ctl}, and the version that they say they are.
 *
 * @param version as in 18.6
 */
record PostgresBinaries(Path folder, String version) {
    /** Must be the version of the binaries that the build puts on the class path; a test compares them. */
    static final String CARRIED = "18.6";

    private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) (\\d+\\.\\d+)");

    int major() {
        return Integer.parseInt(version.substring(0, version.indexOf('.')));
    }

    String program(String name) {
        return folder.resolve(name).toString();
    }

    static PostgresBinaries of(DataFolder data, @Nullable Path given) {
        var folder = given == null ? unpackedOnce(data) : given;
        for (var program : List.of("postgres", "initdb", "pg_ctl")) {
            if (!Files.isExecutable(folder.resolve(program))) {
                throw new StartRefused(StartRefused.UNAVAILABLE, "%s has no %s to run.".formatted(folder, program));
            }
        }
        var said = Commands.run(List.of(folder.resolve("postgres").toString(), "--version"));
        var version = VERSION.matcher(said.output());
        if (said.exitCode() != 0 || !version.find()) {
            throw new StartRefused(
                    StartRefused.UNAVAILABLE,
                    "PostgreSQL's binaries in %s do not run on this machine: %s".formatted(folder, said.lastLine()));
        }
        return new PostgresBinaries(folder, version.group(1));
    }

    private static Path unpackedOnce(DataFolder data) {
        var home = data.resolve("pg-bin-" + CARRIED);
        // A whole folder appears by one rename, so if it is there, everything in it is.
        if (Files.isDirectory(home)) return home.resolve("bin");
        var archive = "/postgres-%s-%s.txz".formatted(system(), processor());
        try (var in = PostgresBinaries.class.getResourceAsStream(archive)) {
            if (in == null) {
                throw new StartRefused(
                        StartRefused.UNAVAILABLE,
                        "This build carries no PostgreSQL for %s on %s: name one that runs with VITRINE_DB_URL."
                                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
            }
            var temporary = Files.createTempDirectory(data.path(), "pg-bin-new-");
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            try {
                unpack(in, temporary);
                Files.move(temporary, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                deleteUnpacked(temporary);
                throw e;
            }
            return home.resolve("bin");
        } catch (IOException e) {
            throw new UncheckedIOException("unpacking PostgreSQL into " + home, e);
        }
    }

    private static void unpack(InputStream archive, Path into) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (@Nullable TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                var target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into))
                    throw new IOException("an entry outside of the archive: " + entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (!entry.getName()
                        .endsWith(".a")) { // libraries to compile against: half the size, no use here
                    Files.createDirectories(target.getParent());
                    Files.copy(tar, target);
                    var executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    /** Only ever called on a folder of programs that we made a moment ago. */
    private static void deleteUnpacked(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private static String system() {
        var name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : "linux";
    }

    private static String processor() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            case String other -> other;
        };
    }
}
