package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Go's checksum database judges a log: its own code, as Debian packages it (golang-go, golang-golang-x-mod-dev), reads the checkpoint, every
 * record, and proofs that it makes itself from the tiles.
 */
public final class GoJudge {

    private static final Path PACKAGES = Path.of("/usr/share/gocode");

    private GoJudge() {}

    /** @return false only where it found something wrong; where Go is not there it says so */
    static boolean judges(Path log, String vkey, Consumer<String> out) {
        Path source = source();
        if (source == null || !isThere()) {
            out.accept("go_judge: missing");
            return true;
        }
        String said = judge(source, log.toString(), log.resolve("checkpoint"), vkey);
        boolean ok = said.startsWith("ok: ");
        out.accept("go_judge: " + (ok ? "ok" : said));
        return ok;
    }

    public static boolean isThere() {
        return Files.isDirectory(PACKAGES.resolve("src/golang.org/x/mod/sumdb/tlog"))
                && List.of("/usr/bin/go", "/usr/local/bin/go", "/usr/local/go/bin/go").stream()
                        .anyMatch(go -> Files.isExecutable(Path.of(go)));
    }

    /** In a clone only; a release has no sources to judge by. */
    private static @org.jspecify.annotations.Nullable Path source() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path source = at.resolve("proof/src/test/judges/judge.go");
            if (Files.exists(source)) return source;
        }
        return null;
    }

    /** What it says: {@code ok: …} or {@code refused: …}. @param log a folder or an address with the log's tiles */
    public static String judge(String log, Path checkpoint, String vkey) {
        Path source = source();
        if (source == null) throw new IllegalStateException("the judge's source is not there");
        return judge(source, log, checkpoint, vkey);
    }

    private static String judge(Path source, String log, Path checkpoint, String vkey) {
        try {
            Path cache = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "vitrine-go-cache"));
            var builder = new ProcessBuilder("go", "run", source.toString(), log, checkpoint.toString(), vkey)
                    .redirectErrorStream(true);
            builder.environment().put("GO111MODULE", "off");
            builder.environment().put("GOPATH", PACKAGES.toString());
            builder.environment().put("GOCACHE", cache.toString());
            builder.environment().put("GOFLAGS", "");
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            process.waitFor();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
