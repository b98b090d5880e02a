package vitrine.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM beside this one that runs a class of the tests until it is killed; it says "ready" when it is. */
public final class OtherProcess implements AutoCloseable {
    private final Process process;

    private OtherProcess(Process process) {
        this.process = process;
    }

    /** Returns when the other one has said that it is ready. */
    public static OtherProcess start(Class<?> main, String... arguments) {
        return start(List.of(), System.getProperty("java.class.path"), main, arguments);
    }

    /**
     * @param prefix words before the command, to become another user for instance
     * @param classPath what that user may read
     */
    public static OtherProcess start(List<String> prefix, String classPath, Class<?> main, String... arguments) {
        var command = new ArrayList<>(prefix);
        command.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m"));
        var kind = System.getProperty("vitrine.test.db");
        if (kind != null) command.add("-Dvitrine.test.db=" + kind);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new StringBuilder();
            var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String line; (line = lines.readLine()) != null; ) {
                if (line.equals("ready")) return new OtherProcess(process);
                said.append(line).append('\n');
            }
            throw new IllegalStateException("It ended with " + process.waitFor() + " and said:\n" + said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** As {@code kill -9} does: no hook, no farewell. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
