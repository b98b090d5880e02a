package vitrine.platform.postgres;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import vitrine.platform.StartRefused;

/** Runs a short program to its end and keeps what it said. */
final class Commands {
    record Said(int exitCode, String output) {
        String lastLine() {
            var lines = output.strip().lines().toList();
            return lines.isEmpty()
                    ? "it said nothing, exit code " + exitCode
                    : lines.getLast().strip();
        }
    }

    static Said run(List<String> command) {
        try {
            // The environment's PGDATA, PGPORT and the like would reach into a database that is not ours.
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            builder.environment().put("LC_ALL", "C");
            builder.directory(new File("/"));
            var process = builder.start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), output);
        } catch (IOException e) {
            return new Said(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartRefused(
                    StartRefused.UNAVAILABLE, "Interrupted while waiting for " + command.getFirst() + ".", e);
        }
    }

    private Commands() {}
}
