package vitrine.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;

/** What the server's jar can be told to do; the script {@code vitrine} says it for people. */
public final class CommandLine {
    /** Something in us that should not be (sysexits' EX_SOFTWARE). */
    private static final int FAILED = 70;

    /** What of the demo is loaded, in the order in which it is, in words for whoever waits. */
    private static final Map<String, String> STEPS = new LinkedHashMap<>();

    static {
        STEPS.put("people", "40 brands with their shops, and their people");
        STEPS.put("designs", "50 designs");
        STEPS.put("campaigns", "campaigns, published");
        STEPS.put("play", "nine weeks of orders, delivered and judged");
    }

    /** Does it. A refusal is one line on standard error and an exit code, never a stack trace. */
    public static void run(Class<?> application, String... arguments) {
        try {
            var command = arguments.length == 0 || arguments[0].startsWith("--") ? "serve" : arguments[0];
            var options = List.of(arguments)
                    .subList(arguments.length > 0 && command.equals(arguments[0]) ? 1 : 0, arguments.length);
            var environment = System.getenv();
            speakCalmly(command.equals("serve") ? Level.INFO : Level.WARN);
            switch (command) {
                case "serve" -> serve(application, Settings.of(options, environment));
                case "train" -> train(application, options);
                case "doctor" -> {
                    var wrong = Doctor.print(Settings.of(options, environment), Clock.systemUTC(), System.out::println);
                    if (wrong != 0) System.exit(wrong);
                }
                case "backup" -> backup(options, environment);
                case "restore" -> restore(options, environment);
                case "accept-log" -> acceptLog(options, environment);
                default -> throw new StartRefused(StartRefused.USAGE, "The server knows no command " + command + ".");
            }
        } catch (RuntimeException e) {
            var refused = refusal(e);
            if (refused != null) {
                System.err.println("vitrine: " + refused.line());
                System.exit(refused.exitCode());
            }
            LoggerFactory.getLogger(CommandLine.class).error("start.failed", e);
            System.err.println("vitrine: It did not get on: " + words(NestedExceptionUtils.getMostSpecificCause(e))
                    + ". All of it is in DIR/logs/vitrine.log.");
            System.exit(FAILED);
        }
    }

    /** Until the application sets its own log up, the library's default would show every class name and each detail. */
    private static void speakCalmly(Level level) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) return;
        context.reset();
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss} %-5level %msg%n%ex{short}");
        encoder.start();
        var terminal = new ConsoleAppender<ILoggingEvent>();
        terminal.setContext(context);
        terminal.setEncoder(encoder);
        terminal.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(terminal);
        context.getLogger("vitrine").setLevel(level);
    }

    private static String words(Throwable cause) {
        var said = cause.getMessage() == null ? "" : ": " + cause.getMessage().strip();
        return cause.getClass().getSimpleName() + said;
    }

    /** A part of the application may refuse as well; what starts the parts puts its own words around that. */
    private static @Nullable StartRefused refusal(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartRefused refused) return refused;
        }
        return null;
    }

    private static void serve(Class<?> application, Settings settings) {
        // Before anything starts: a Ctrl-C in the middle of it must find what there is to end.
        var undoing = new Undoing();
        var open = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (open.get()) System.out.println("Ending: requests first, then the database.");
                            undoing.close();
                            if (open.get()) System.out.println("Ended. Everything is kept in " + settings.data() + ".");
                        },
                        "shutdown"));
        var node = Node.start(application, settings, beans -> {}, undoing);
        open.set(true);
        System.out.println("Vitrine is open at " + node.bean(Settings.class).baseUrl());
        System.out.println("Health and metrics: " + node.managementAddress()
                + "/actuator/health, /actuator/prometheus. Ctrl-C ends it and keeps its data.");
        if (settings.on(Setting.DEMO)) Thread.ofPlatform().daemon().start(() -> introduce(node));
    }

    /** The demo is loaded while the pages are open already; its people are introduced when they are there. */
    private static void introduce(Node node) {
        var settings = node.bean(Settings.class);
        var db = node.bean(JdbcClient.class);
        var told = new HashSet<String>();
        var atFirst = !loaded(db).contains("play");
        if (atFirst) System.out.println("The demo is being loaded; this takes a minute or two, once:");
        while (!Thread.currentThread().isInterrupted()) {
            var loaded = loaded(db);
            STEPS.forEach((step, words) -> {
                if (atFirst && loaded.contains(step) && told.add(step)) System.out.println("  + " + words);
            });
            var lines = Cast.lines(
                    node.folder().resolve("demo.json"), settings.baseUrl().toString());
            if (loaded.containsAll(STEPS.keySet()) && lines.isPresent()) {
                lines.get().forEach(System.out::println);
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        }
    }

    private static Set<String> loaded(JdbcClient db) {
        try {
            return Set.copyOf(
                    db.sql("select step from demo_steps").query(String.class).list());
        } catch (DataAccessException e) {
            return Set.of(); // it is away for a moment; the log says so
        }
    }

    /** Starts, shows the first pages to itself and ends, so that the Java machine can write down which classes it took. */
    private static void train(Class<?> application, List<String> options) {
        // Without the environment: a rehearsal must not touch the database or the mail server that it names.
        var settings = Settings.of(options, Map.of()).with(Setting.DEMO, "off");
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

    private static void backup(List<String> options, Map<String, String> environment) {
        var out = first(options, "backup needs the folder to write to.");
        var file = Backup.make(Settings.of(rest(options), environment), Path.of(out), Clock.systemUTC());
        System.out.println("Backup, keys included: " + file);
        System.out.println("Whoever has this file has the keys. Keep it where the server is not.");
    }

    private static void restore(List<String> options, Map<String, String> environment) {
        var file = first(options, "restore needs the file to read.");
        var settings = Settings.of(rest(options), environment);
        var manifest = Backup.restore(Path.of(file), settings);
        System.out.println("Restored into %s what was there at %s.".formatted(settings.data(), manifest.madeAt()));
        for (var log : manifest.logs()) {
            System.out.println("The log %s had %d records, signed up to %d."
                    .formatted(log.origin(), log.size(), log.signedSize()));
        }
        if (!manifest.logs().isEmpty()) {
            System.out.println(
                    "It signs nothing until you say which size the world has seen: './vitrine accept-log SIZE'"
                            + " (LOG=SIZE for each of several; docs/operations.md).");
        }
    }

    private static void acceptLog(List<String> options, Map<String, String> environment) {
        var size = first(options, "accept-log needs the largest size of a checkpoint that was ever published.");
        var said = Pattern.compile("(?:([a-z0-9/-]+)=)?(\\d{1,18})").matcher(size);
        if (!said.matches()) {
            throw new StartRefused(
                    StartRefused.USAGE,
                    "accept-log takes a size, or LOG=SIZE where there are several, not '%s'.".formatted(size));
        }
        System.out.println("Accepted: "
                + AcceptedLog.accept(
                        Settings.of(rest(options), environment), said.group(1), Long.parseLong(said.group(2))));
    }

    private static String first(List<String> options, String otherwise) {
        if (options.isEmpty() || options.getFirst().startsWith("--")) {
            throw new StartRefused(StartRefused.USAGE, otherwise);
        }
        return options.getFirst();
    }

    private static List<String> rest(List<String> options) {
        return options.subList(1, options.size());
    }

    private CommandLine() {}
}
