package vitrine.proof.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Json;

/**
 * The stranger's command line: checks a certificate, replays a whole log, says what lies between two checkpoints, computes a place by
 * lot again, proves who holds a piece, follows a log, and watches logs as a witness; with nothing but keys that the stranger already
 * has. docs/verify.md says how.
 */
public final class Main {
    /** Everything holds and a pinned key signed it. */
    static final int VALID = 0;
    /** Something does not hold. */
    static final int INVALID = 1;
    /** It agrees with itself, but no key was given. */
    static final int NOT_PINNED = 2;
    /** A part could not be checked. */
    static final int PARTLY = 3;
    /** The command line is not understood (sysexits EX_USAGE). */
    static final int USAGE = 64;
    /** A file cannot be read (EX_NOINPUT). */
    static final int NO_INPUT = 66;
    /** The log's server does not answer (EX_UNAVAILABLE). */
    static final int UNAVAILABLE = 69;

    private final PrintStream out;
    private final PrintStream err;
    private final Words words;

    private Main(PrintStream out, PrintStream err, Words words) {
        this.out = out;
        this.err = err;
        this.words = words;
    }

    public static void main(String[] args) {
        // Names and ticks are UTF-8 whatever the terminal's locale claims.
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err, Locale.getDefault()));
    }

    static int run(String[] args, PrintStream out, PrintStream err, Locale locale) {
        var spoken = locale.getLanguage();
        try {
            var arguments = Arguments.parse(args);
            var language = arguments.one("--lang");
            return new Main(out, err, new Words(language == null ? spoken : language)).run(arguments);
        } catch (Arguments.Wrong wrong) {
            var words = new Words(spoken);
            err.println(words.say(wrong.key, wrong.about));
            err.println(words.say("usage"));
            return USAGE;
        }
    }

    private int run(Arguments arguments) throws Arguments.Wrong {
        if (arguments.isHelp()) {
            out.println(words.say("usage"));
            return VALID;
        }
        try {
            return switch (arguments.command()) {
                case "verify" ->
                    arguments.one("--log") == null
                            ? new CertificateCommand(out, words, arguments).verify()
                            : new LogCommand(out, words, arguments).verify();
                case "diff" -> new LogCommand(out, words, arguments).diff();
                case "place" -> new PlaceCommand(out, words, arguments).verify();
                case "prove" -> new CertificateCommand(out, words, arguments).prove();
                case "monitor" -> new MonitorCommand(out, words, arguments).run();
                case "witness" -> new WitnessCommand(out, words, arguments).run();
                default -> throw new AssertionError(arguments.command());
            };
        } catch (NoSuchFileException missing) {
            return trouble(arguments, NO_INPUT, "no-input.missing", missing.getFile());
        } catch (AccessDeniedException closed) {
            return trouble(arguments, NO_INPUT, "no-input.closed", closed.getFile());
        } catch (FileAlreadyExistsException there) {
            return trouble(arguments, NO_INPUT, "no-input.exists", there.getFile());
        } catch (IOException unreadable) {
            return trouble(arguments, NO_INPUT, "no-input", unreadable.getMessage());
        } catch (UncheckedIOException outside) {
            return trouble(arguments, UNAVAILABLE, "unavailable", reason(outside));
        }
    }

    private static @Nullable String reason(UncheckedIOException outside) {
        var cause = outside.getCause();
        return cause == null ? outside.getMessage() : cause.getMessage();
    }

    private int trouble(Arguments arguments, int exit, String key, @Nullable String about) {
        if (arguments.isJson()) {
            out.println(Json.object(
                            "outcome", Json.of(outcome(exit)),
                            "exit", Json.of(exit),
                            "detail", Json.of(readable(about)))
                    .text());
        } else {
            err.println(words.say(key, about));
        }
        return exit;
    }

    /** A message of the system may hold anything; JSON may not. */
    private static String readable(@Nullable String about) {
        var text = String.valueOf(about);
        return Json.wellFormed(text) ? text : "?";
    }

    static String outcome(int exit) {
        return switch (exit) {
            case VALID -> "valid";
            case INVALID -> "invalid";
            case NOT_PINNED -> "not-pinned";
            case PARTLY -> "partly-checked";
            case NO_INPUT -> "no-input";
            case UNAVAILABLE -> "unavailable";
            default -> throw new IllegalArgumentException("no outcome has exit " + exit);
        };
    }

    static byte[] read(String file) throws IOException {
        return Files.readAllBytes(Path.of(file));
    }
}
