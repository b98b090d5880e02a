package vitrine.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.proof.Parsed;
import vitrine.proof.Policy;

/** Who cosigns our checkpoints and how many must: one policy file (C2SP tlog-policy), read again when it changes. */
@Component
public class WitnessPolicies {

    private static final Logger log = LoggerFactory.getLogger(WitnessPolicies.class);
    private static final String FILE = "witnesses.policy";

    private final Path file;
    private final boolean required;
    private final @Nullable Duration patience;
    private @Nullable FileTime readAt;
    private Policy policy = Policy.NONE;

    WitnessPolicies(Settings settings) {
        var named = settings.find(Setting.WITNESSES);
        this.required = named.isPresent();
        this.file = named.map(Path::of).orElse(settings.data().resolve(FILE));
        this.patience = settings.get(Setting.WITNESS_PATIENCE).equals("hold")
                ? null
                : Duration.ofSeconds(settings.number(Setting.WITNESS_PATIENCE));
        // A file that cannot be read is said before anything starts; one that is spoilt later leaves the last good one
        // in force.
        readAgain(true);
    }

    public synchronized Policy policy() {
        readAgain(false);
        return policy;
    }

    /** How long a checkpoint waits for its witnesses; null: for as long as it takes. */
    public @Nullable Duration patience() {
        return patience;
    }

    private void readAgain(boolean starting) {
        try {
            if (!Files.exists(file)) {
                if (required && starting) throw refused("there is no such file");
                if (readAt == null || required) return;
                readAt = null;
                policy = Policy.NONE;
                return;
            }
            var changed = Files.getLastModifiedTime(file);
            if (changed.equals(readAt)) return;
            readAt = changed;
            switch (Policy.parse(Files.readAllBytes(file))) {
                case Parsed.Ok<Policy> read -> {
                    var mute = read.value().witnesses().stream()
                            .filter(witness -> witness.url() == null)
                            .findFirst();
                    if (mute.isEmpty()) policy = read.value();
                    else spoilt(starting, "witness " + mute.get().name() + " has no address to be asked at");
                }
                case Parsed.Bad<Policy> bad -> spoilt(starting, bad.code() + ": " + bad.detail());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("witness policy " + file, e);
        }
    }

    private void spoilt(boolean starting, String why) {
        if (starting) throw refused(why);
        log.error("log.witness-policy file={} kept=the-last-good-one why={}", file, why);
    }

    private StartRefused refused(String why) {
        return new StartRefused(
                StartRefused.CONFIGURATION, "The policy of the log's witnesses, %s: %s.".formatted(file, why));
    }
}
