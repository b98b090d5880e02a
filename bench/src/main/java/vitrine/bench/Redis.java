package vitrine.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import vitrine.platform.FreePort;

/** A Redis of this run alone: append-only file, written to the disk once a second, no snapshots; else as Debian has it. */
record Redis(Process process, int port) implements AutoCloseable {

    private static final long STARTS_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Null: this machine has none. */
    static @Nullable Redis startOrNull(Path folder) throws IOException {
        String path = System.getenv("PATH");
        Path program = null;
        for (String place : (path == null ? "" : path).split(File.pathSeparator)) {
            Path there = Path.of(place, "redis-server");
            if (!place.isEmpty() && Files.isExecutable(there)) program = there;
        }
        if (program == null) return null;
        int port = FreePort.on("127.0.0.1");
        Process process = new ProcessBuilder(List.of(
                        program.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--dir",
                        folder.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "everysec"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("redis.out").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        for (long begin = System.nanoTime(); ; LockSupport.parkNanos(50_000_000L)) {
            try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Redis(process, port);
            } catch (IOException e) {
                if (System.nanoTime() - begin > STARTS_WITHIN_NANOS) throw e;
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
