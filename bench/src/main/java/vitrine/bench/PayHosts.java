package vitrine.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.sandbox.PayContracts;

/** The sandbox as a process of its own that plays the three payment hosts, and its own list of who paid. */
final class PayHosts implements AutoCloseable {

    private final Process process;
    private final Path folder;

    private PayHosts(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * @param folder of its own
     * @param server the address to which notices go
     */
    static PayHosts start(PayContracts contracts, Path folder, int port, String server) throws IOException {
        Files.createDirectories(folder);
        Path config = contracts.write(folder.resolve("sandbox.json"), server);
        // With the whole compiler, unlike the demo's: the hosts' own signatures should not be what is measured.
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m", // it remembers each payment of the run
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "vitrine.sandbox.Sandbox",
                "--port",
                String.valueOf(port),
                "--data",
                folder.toString(),
                "--config",
                config.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        List<String> said = new ArrayList<>();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.add(line);
            if (!line.contains(" open at ")) continue;
            // What goes wrong there is this run's, too.
            Thread.ofPlatform().daemon().name("words-of-pay-hosts").start(() -> out.lines()
                    .forEach(System.err::println));
            return new PayHosts(process, folder);
        }
        throw new IllegalStateException("the sandbox did not start:\n" + String.join("\n", said));
    }

    long pid() {
        return process.pid();
    }

    /** @param number the merchant's; Stripe's is the intent's id */
    record Trade(String host, String number, long amount, String currency, boolean paid) {}

    /** From its file, in which a trade's last line counts. */
    List<Trade> trades() throws IOException {
        Map<String, Trade> trades = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve("payments.jsonl"))) {
            JsonNode said = JsonMapper.shared().readTree(line);
            Trade trade = new Trade(
                    said.path("host").asString(),
                    said.path("number").asString(),
                    said.path("amount").longValue(),
                    said.path("currency").asString(),
                    said.path("state").asString().equals("PAID"));
            trades.put(trade.host + "/" + trade.number, trade);
        }
        return List.copyOf(trades.values());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
