package vitrine.proof.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vitrine.proof.OwnPlace;
import vitrine.proof.Parsed;
import vitrine.proof.Policy;
import vitrine.proof.VerifierKey;
import vitrine.proof.WitnessKey;

/** What the command line asks for: a command, its files, and options that this command knows. */
final class Arguments {
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

    private static final Set<String> FLAGS = Set.of("--json", "--help", "-h", "--once");
    private static final Set<String> REPEATED = Set.of("--key", "--witness", "--seen", "--earlier");
    private static final Set<String> TRUST = Set.of("--key", "--witness", "--quorum", "--policy");

    private static final Map<String, Set<String>> COMMANDS = Map.of(
            "verify", Set.of("--log", "--seen", "--earlier", "--media", "--holder", "--challenge"),
            "diff", Set.of("--log"),
            "place", Set.of("--list", "--log", "--signature", "--seen", "--rules"),
            "prove", Set.of("--challenge"),
            "monitor", Set.of("--log", "--state", "--every"),
            "witness", Set.of("--signer", "--state", "--listen"));

    private final String command;
    private final List<String> files = new ArrayList<>();
    private final Map<String, List<String>> options = new HashMap<>();

    private Arguments(String command) {
        this.command = command;
    }

    static Arguments parse(String... args) throws Wrong {
        if (args.length == 0) throw new Wrong("usage.command", "");
        if (Set.of("--help", "-h", "help").contains(args[0])) return help();
        var own = COMMANDS.get(args[0]);
        if (own == null) throw new Wrong("usage.command", args[0]);
        var arguments = new Arguments(args[0]);
        for (int i = 1; i < args.length; i++) {
            var arg = args[i];
            if (!arg.startsWith("-")) {
                arguments.files.add(arg);
                continue;
            }
            boolean known = FLAGS.contains(arg) || arg.equals("--lang") || TRUST.contains(arg) || own.contains(arg);
            if (!known) throw new Wrong("usage.unknown", arg);
            var values = arguments.options.computeIfAbsent(arg, none -> new ArrayList<>());
            if (FLAGS.contains(arg)) continue;
            if (++i == args.length) throw new Wrong("usage.value", arg);
            if (!values.isEmpty() && !REPEATED.contains(arg)) throw new Wrong("usage.twice", arg);
            values.add(args[i]);
        }
        if (!arguments.isHelp()) arguments.check();
        return arguments;
    }

    private static Arguments help() {
        var help = new Arguments("help");
        help.options.put("--help", List.of());
        return help;
    }

    /** What does not go together, or is missing, is said before anything is read. */
    private void check() throws Wrong {
        var language = one("--lang");
        if (language != null && !language.equals("zh") && !language.equals("en")) {
            throw new Wrong("usage.lang", language);
        }
        keys();
        witnesses();
        var log = one("--log");
        if (log != null && isWeb(log) && !isUri(log)) throw new Wrong("usage.url", log);
        if (one("--policy") != null && !all("--witness").isEmpty()) throw new Wrong("usage.policy", "--witness");
        if (one("--policy") != null && one("--quorum") != null) throw new Wrong("usage.policy", "--quorum");
        quorum();
        switch (command) {
            case "verify" -> checkVerify(log);
            case "diff" -> files(2, "usage.diff");
            case "place" -> {
                files(1, "usage.place");
                required("--list");
                var signature = one("--signature");
                if (signature != null && !OwnPlace.SIGNATURE.matcher(signature).matches())
                    throw new Wrong("usage.signature", signature);
            }
            case "prove" -> {
                files(1, "usage.prove");
                required("--challenge");
            }
            case "monitor" -> {
                files(0, "usage.monitor");
                required("--log");
                required("--state");
                if (all("--key").isEmpty() && one("--policy") == null) throw new Wrong("usage.value", "--key");
                every();
            }
            case "witness" -> checkWitness();
            default -> throw new AssertionError(command);
        }
    }

    private void checkVerify(@Nullable String log) throws Wrong {
        if (files.size() > 1) throw new Wrong("usage.twice", files.get(1));
        if (files.isEmpty() && log == null) throw new Wrong("usage.what", "");
        if (!files.isEmpty() && log != null) throw new Wrong("usage.both", files.getFirst());
        for (var option : List.of("--media", "--holder", "--challenge")) {
            if (log != null && one(option) != null) throw new Wrong("usage.file-only", option);
        }
        if (log == null && !all("--seen").isEmpty()) throw new Wrong("usage.log-only", "--seen");
        if ((one("--holder") == null) != (one("--challenge") == null)) throw new Wrong("usage.holder", "");
    }

    private void checkWitness() throws Wrong {
        required("--signer");
        required("--state");
        boolean init = files.size() == 2 && files.getFirst().equals("init");
        boolean run = files.equals(List.of("run"));
        if (!init && !run) throw new Wrong("usage.witness", String.join(" ", files));
        if (run && all("--key").isEmpty()) throw new Wrong("usage.value", "--key");
        if (run) listen();
    }

    private void files(int count, String otherwise) throws Wrong {
        if (files.size() != count) throw new Wrong(otherwise, String.join(" ", files));
    }

    String required(String option) throws Wrong {
        var value = one(option);
        if (value == null) throw new Wrong("usage.value", option);
        return value;
    }

    String command() {
        return command;
    }

    List<String> files() {
        return List.copyOf(files);
    }

    boolean isHelp() {
        return options.containsKey("--help") || options.containsKey("-h");
    }

    boolean isGiven(String flag) {
        return options.containsKey(flag);
    }

    /** How long a monitor waits between two looks. */
    java.time.Duration every() throws Wrong {
        var text = one("--every");
        if (text == null) return java.time.Duration.ofMinutes(1);
        if (!text.matches("[1-9][0-9]{0,5}")) throw new Wrong("usage.every", text);
        return java.time.Duration.ofSeconds(Integer.parseInt(text));
    }

    boolean isJson() {
        return options.containsKey("--json");
    }

    @Nullable
    String one(String option) {
        var values = options.get(option);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    List<String> all(String option) {
        return List.copyOf(options.getOrDefault(option, List.of()));
    }

    /** The keys that {@code --key} names. */
    Collection<VerifierKey> keys() throws Wrong {
        var keys = new ArrayList<VerifierKey>();
        for (var text : all("--key")) {
            switch (VerifierKey.parse(text)) {
                case Parsed.Ok<VerifierKey> ok -> keys.add(ok.value());
                case Parsed.Bad<VerifierKey> bad -> throw new Wrong("usage.key", bad.code() + ": " + bad.detail());
            }
        }
        return keys;
    }

    private List<WitnessKey> witnesses() throws Wrong {
        var keys = new ArrayList<WitnessKey>();
        for (var text : all("--witness")) {
            switch (WitnessKey.parse(text)) {
                case Parsed.Ok<WitnessKey> ok -> keys.add(ok.value());
                case Parsed.Bad<WitnessKey> bad -> throw new Wrong("usage.key", bad.code() + ": " + bad.detail());
            }
        }
        return keys;
    }

    /** How many of the witnesses must have cosigned: all of them where {@code --quorum} does not say. */
    private int quorum() throws Wrong {
        long witnesses = witnesses().stream().distinct().count();
        var text = one("--quorum");
        if (text == null) return (int) witnesses;
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) > witnesses) throw new Wrong("usage.quorum", text);
        return Integer.parseInt(text);
    }

    /** Whom the reader trusts, by {@code --key}, {@code --witness}, {@code --quorum} and {@code --policy}. */
    Policy policy() throws Wrong, IOException {
        var file = one("--policy");
        if (file == null) return Policy.of(keys(), witnesses(), quorum());
        return switch (Policy.parse(Files.readAllBytes(Path.of(file)))) {
            case Parsed.Ok<Policy> ok -> ok.value().andLogs(keys());
            case Parsed.Bad<Policy> bad -> throw new Wrong("usage.policy-file", bad.code() + ": " + bad.detail());
        };
    }

    /** Where a witness listens: host and port, by default only this machine's own programs reach it. */
    java.net.InetSocketAddress listen() throws Wrong {
        var text = one("--listen") == null ? "127.0.0.1:7380" : required("--listen");
        int colon = text.lastIndexOf(':');
        var port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new Wrong("usage.listen", text);
        }
        return new java.net.InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
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
}
