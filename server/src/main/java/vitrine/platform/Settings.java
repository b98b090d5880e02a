package vitrine.platform;

import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What this node was told: by the environment, and over it by the command line. */
public final class Settings {
    private static final Map<String, Setting> OPTIONS = Map.of(
            "--port", Setting.PORT,
            "--data", Setting.DATA,
            "--host", Setting.BIND,
            "--base-url", Setting.BASE_URL,
            "--db", Setting.DB_URL);

    private final Map<String, String> environment;
    private final Map<Setting, String> values;

    private Settings(Map<String, String> environment, Map<Setting, String> values) {
        this.environment = Map.copyOf(environment);
        this.values = new EnumMap<>(values);
    }

    /** Options are {@code --port P --data DIR --host ADDRESS --base-url URL --db URL --no-demo}. */
    public static Settings of(List<String> options, Map<String, String> environment) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (var setting : Setting.values()) {
            var given = environment.get(setting.variable());
            if (given != null && !given.isBlank()) values.put(setting, given.strip());
            else if (setting.initial() != null) values.put(setting, setting.initial());
        }
        for (var i = 0; i < options.size(); i++) {
            var option = options.get(i);
            if (option.equals("--no-demo")) {
                values.put(Setting.DEMO, "off");
                continue;
            }
            var setting = OPTIONS.get(option);
            if (setting == null) throw new StartRefused(StartRefused.USAGE, "There is no option " + option + ".");
            if (++i == options.size()) throw new StartRefused(StartRefused.USAGE, option + " needs a value after it.");
            values.put(setting, options.get(i));
        }
        return new Settings(environment, values);
    }

    /** The same with one more value: a test's own port, say. */
    public Settings with(Setting setting, String value) {
        var changed = new Settings(environment, values);
        changed.values.put(setting, value);
        return changed;
    }

    public Optional<String> find(Setting setting) {
        return Optional.ofNullable(values.get(setting));
    }

    public String get(Setting setting) {
        return find(setting)
                .orElseThrow(() -> new StartRefused(StartRefused.CONFIGURATION, setting.variable() + " is not set."));
    }

    public int number(Setting setting) {
        try {
            return Integer.parseInt(get(setting));
        } catch (NumberFormatException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "%s must be a number, not '%s'.".formatted(setting.variable(), get(setting)),
                    e);
        }
    }

    public ZoneId zone() {
        try {
            return ZoneId.of(get(Setting.ZONE));
        } catch (DateTimeException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "VITRINE_ZONE must be a zone like Asia/Shanghai, not '%s'.".formatted(get(Setting.ZONE)),
                    e);
        }
    }

    public boolean on(Setting setting) {
        return switch (get(setting)) {
            case "on", "true", "yes", "1" -> true;
            case "off", "false", "no", "0" -> false;
            case String other ->
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "%s must be on or off, not '%s'.".formatted(setting.variable(), other));
        };
    }

    public Path data() {
        return Path.of(get(Setting.DATA)).toAbsolutePath().normalize();
    }

    /** The public address: as set, else this machine's own with the port. Never ends in a slash. */
    public URI baseUrl() {
        var given = find(Setting.BASE_URL).orElse("http://localhost:" + get(Setting.PORT));
        try {
            var url = URI.create(given.endsWith("/") ? given.substring(0, given.length() - 1) : given);
            var web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (web && url.getHost() != null && url.getRawPath().isEmpty()) return url;
        } catch (IllegalArgumentException e) {
            throw badAddress(given);
        }
        throw badAddress(given);
    }

    private static StartRefused badAddress(String given) {
        return new StartRefused(
                StartRefused.CONFIGURATION,
                "VITRINE_BASE_URL must be like https://vitrine.example, without a path, not '%s'.".formatted(given));
    }

    /** The environment as it was given, for what has names of its own (the keys). */
    public Map<String, String> environment() {
        return new HashMap<>(environment);
    }
}
