package vitrine.proof.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Parsed;
import vitrine.proof.VerifierKey;

/**
 * What the command line asks for: exactly one of {@code file} and {@code log} is set.
 *
 * @param log an http or https prefix, or a folder
 * @param seen files with checkpoints that this log signed before
 */
record Arguments(
        @Nullable String file,
        @Nullable String log,
        List<VerifierKey> keys,
        @Nullable String media,
        List<String> seen,
        @Nullable String language,
        boolean json,
        boolean help) {
    /** The command line cannot be understood; key of the message and what it is about. */
    static final class Wrong extends Exception {
        final String key;
        final String about;

        Wrong(String key, String about) {
            super(key + ": " + about);
            this.key = key;
            this.about = about;
        }
    }

    static Arguments parse(String... args) throws Wrong {
        String file = null;
        String log = null;
        String media = null;
        String language = null;
        var keys = new ArrayList<VerifierKey>();
        var seen = new ArrayList<String>();
        boolean json = false;
        if (args.length == 0) throw new Wrong("usage.command", "");
        if (args[0].equals("--help") || args[0].equals("-h") || args[0].equals("help")) return help(null);
        if (!args[0].equals("verify")) throw new Wrong("usage.command", args[0]);
        for (int i = 1; i < args.length; i++) {
            var arg = args[i];
            switch (arg) {
                case "--help", "-h" -> {
                    return help(language);
                }
                case "--json" -> json = true;
                case "--key" -> keys.add(key(value(args, ++i, arg)));
                case "--log" -> log = once(log, value(args, ++i, arg), arg);
                case "--media" -> media = once(media, value(args, ++i, arg), arg);
                case "--seen" -> seen.add(value(args, ++i, arg));
                case "--lang" -> {
                    language = once(language, value(args, ++i, arg), arg);
                    if (!language.equals("zh") && !language.equals("en")) throw new Wrong("usage.lang", language);
                }
                default -> {
                    if (arg.startsWith("-")) throw new Wrong("usage.unknown", arg);
                    file = once(file, arg, arg);
                }
            }
        }
        if (file == null && log == null) throw new Wrong("usage.what", "");
        if (file != null && log != null) throw new Wrong("usage.both", file);
        if (log != null && isWeb(log) && !isUri(log)) throw new Wrong("usage.url", log);
        if (log != null && media != null) throw new Wrong("usage.file-only", "--media");
        if (file != null && !seen.isEmpty()) throw new Wrong("usage.log-only", "--seen");
        return new Arguments(file, log, List.copyOf(keys), media, List.copyOf(seen), language, json, false);
    }

    static boolean isWeb(String log) {
        return log.startsWith("http://") || log.startsWith("https://");
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).getHost() != null;
        } catch (URISyntaxException wrong) {
            return false;
        }
    }

    private static Arguments help(@Nullable String language) {
        return new Arguments(null, null, List.of(), null, List.of(), language, false, true);
    }

    private static VerifierKey key(String text) throws Wrong {
        return switch (VerifierKey.parse(text)) {
            case Parsed.Ok<VerifierKey> ok -> ok.value();
            case Parsed.Bad<VerifierKey> bad -> throw new Wrong("usage.key", bad.code() + ": " + bad.detail());
        };
    }

    private static String value(String[] args, int at, String option) throws Wrong {
        if (at >= args.length) throw new Wrong("usage.value", option);
        return args[at];
    }

    private static String once(@Nullable String before, String now, String option) throws Wrong {
        if (before != null) throw new Wrong("usage.twice", option);
        return now;
    }
}
