package vitrine.launch;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

/** What the server's jar can be told to do; the script {@code vitrine} says it for people. */
public final class CommandLine {

    /** Does it. A refusal is one line on standard error and an exit code, never a stack trace. */
    public static void run(Class<?> application, String... arguments) {
        try {
            var command = arguments.length == 0 || arguments[0].startsWith("--") ? "serve" : arguments[0];
            var options = List.of(arguments)
                    .subList(arguments.length > 0 && command.equals(arguments[0]) ? 1 : 0, arguments.length);
            var environment = System.getenv();
            switch (command) {
                case "serve" -> serve(application, Settings.of(options, environment));
                case "train" ->
                    train(application, Settings.of(options, environment).with(Setting.DEMO, "off"));
                default -> throw new StartRefused(StartRefused.USAGE, "The server knows no command " + command + ".");
            }
        } catch (StartRefused e) {
            System.err.println("vitrine: " + e.line());
            System.exit(e.exitCode());
        }
    }

    private static void serve(Class<?> application, Settings settings) {
        var node = Node.start(application, settings);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        System.out.println("Vitrine is open at " + node.bean(Settings.class).baseUrl());
        System.out.println(
                "Health and metrics: " + node.managementAddress() + "/actuator/health, /actuator/prometheus");
    }

    /** Starts, shows the first pages to itself and ends, so that the Java machine can write down which classes it took. */
    private static void train(Class<?> application, Settings settings) {
        try (var node = Node.start(application, settings);
                var http = HttpClient.newHttpClient()) {
            for (var page : List.of(
                    node.address().resolve("/"), node.managementAddress().resolve("/actuator/health"))) {
                http.send(
                        HttpRequest.newBuilder(page)
                                .header("Accept", "text/html")
                                .build(),
                        BodyHandlers.discarding());
            }
        } catch (IOException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The server did not answer itself: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CommandLine() {}
}
