package vitrine.launch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.KeyFingerprints;
import vitrine.platform.Keys;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.platform.postgres.Database;
import vitrine.proof.Checkpoint;
import vitrine.proof.Parsed;
import vitrine.proof.SignedNote;
import vitrine.proof.VerifierKey;

/**
 * Looks at a running installation from beside it and says, line by line, what is well, what wants a look, and what is
 * wrong and what to do. It reads and changes nothing.
 */
final class Doctor {
    enum How {
        OK,
        LOOK,
        FAIL
    }

    /** One line: how it is, what was looked at, and what to do. */
    record Finding(How how, String what, String words) {
        String line() {
            return "%-5s%-16s%s".formatted(how.name().toLowerCase(Locale.ROOT), what, words);
        }
    }

    /** A drop opens by the node's clock and the rows are stamped by the database's: more than this apart is unfair. */
    private static final Duration CLOCKS_APART_MAX = Duration.ofMillis(250);

    private static final Duration BACKUP_AGE_MAX = Duration.ofDays(2);
    private static final Duration SILENT_SHOP_AFTER = Duration.ofDays(2);

    private final Settings settings;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();
    private final Keys keys;
    private @Nullable String address;

    private Doctor(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.keys = new Keys(settings.data().resolve("keys"), settings.environment(), new SecureRandom());
    }

    static List<Finding> examine(Settings settings, Clock clock) {
        var doctor = new Doctor(settings, clock);
        doctor.examine();
        return doctor.findings;
    }

    private void examine() {
        server();
        baseUrl();
        mail();
        relays();
        keyBackup();
        try (var connection = Backup.connection(settings)) {
            each("clock", connection, this::clocks);
            each("durability", connection, this::durability);
            each("keys", connection, this::fingerprints);
            each("schema", connection, this::schema);
            each("shops", connection, this::shops);
            each("log", connection, this::log);
        } catch (StartRefused e) {
            say(How.FAIL, "database", e.line());
        } catch (SQLException | IOException e) {
            say(How.FAIL, "database", "does not answer: start Vitrine, or see DIR/logs (" + e.getMessage() + ")");
        }
    }

    private interface Check {
        void look(Connection connection) throws SQLException, IOException;
    }

    private void each(String what, Connection connection, Check check) {
        try {
            check.look(connection);
        } catch (SQLException | IOException | StartRefused e) {
            say(How.FAIL, what, "could not be looked at: " + e.getMessage());
        }
    }

    private void say(How how, String what, String words) {
        findings.add(new Finding(how, what, words));
    }

    /** The holder of the lock says where it listens. */
    private void server() {
        var lock = settings.data().resolve("vitrine.lock");
        try {
            var holder = Files.exists(lock) ? Files.readString(lock) : "";
            var address = holder.replaceFirst("^.*, ", "");
            if (!address.startsWith("http")) {
                say(How.FAIL, "server", "does not run on %s: './vitrine up' starts it".formatted(settings.data()));
                return;
            }
            var status = get(URI.create(address + "/")).statusCode();
            if (status < 500) {
                this.address = address;
                say(How.OK, "server", holder);
            } else say(How.FAIL, "server", "answers %d at %s: see DIR/logs/vitrine.log".formatted(status, address));
        } catch (IOException e) {
            say(How.FAIL, "server", "does not answer: see DIR/logs/vitrine.log (" + e.getMessage() + ")");
        }
    }

    private void baseUrl() {
        var url = settings.baseUrl();
        if (settings.find(Setting.BASE_URL).isEmpty()) {
            say(
                    How.LOOK,
                    "public address",
                    "VITRINE_BASE_URL is not set: links and certificates lead to this machine only");
            return;
        }
        if (!"https".equals(url.getScheme())) {
            say(How.LOOK, "public address", url + " is not https: cookies and sign-in links travel in the open");
        }
        leadsHere(url);
    }

    /** The log's key is the one thing that another installation cannot have. */
    private void leadsHere(URI url) {
        try {
            var there = get(url.resolve("/log/key"));
            if (there.statusCode() >= 500) {
                say(How.FAIL, "public address", "%s answers %d: look at the proxy".formatted(url, there.statusCode()));
                return;
            }
            var here = address == null ? null : get(URI.create(address + "/log/key"));
            if (here != null && !here.body().equals(there.body())) {
                say(How.FAIL, "public address", url + " leads to something else: look at name server and proxy");
                return;
            }
            say(How.OK, "public address", url + " answers");
        } catch (IOException e) {
            say(How.FAIL, "public address", url + " does not answer from here: look at name server and proxy");
        }
    }

    private static HttpResponse<String> get(URI address) throws IOException {
        try (var http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            var request = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void mail() {
        var smtp = settings.find(Setting.SMTP_URL);
        if (smtp.isEmpty()) {
            say(
                    How.LOOK,
                    "mail",
                    settings.on(Setting.DEMO)
                            ? "VITRINE_SMTP_URL is not set: mail shows on a page of the demo and is not sent"
                            : "VITRINE_SMTP_URL is not set: no mail leaves this installation");
            return;
        }
        try {
            var url = URI.create(smtp.get());
            var port = url.getPort() > 0 ? url.getPort() : "smtps".equals(url.getScheme()) ? 465 : 587;
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(url.getHost(), port), 5_000);
            }
            say(How.OK, "mail", "%s:%d takes connections".formatted(url.getHost(), port));
        } catch (IOException | IllegalArgumentException e) {
            say(How.FAIL, "mail", "the server of VITRINE_SMTP_URL does not take a connection: " + e.getMessage());
        }
    }

    private void relays() {
        if (settings.find(Setting.BEACON_RELAYS).isPresent())
            say(How.OK, "random rounds", "VITRINE_BEACON_RELAYS is set");
        else
            say(
                    How.LOOK,
                    "random rounds",
                    "VITRINE_BEACON_RELAYS is not set: a queue's places are drawn once a colleague brings the round by hand");
    }

    /** A key that no backup has is a key that one broken disk takes away, and with it everything that it sealed. */
    private void keyBackup() {
        var backup = settings.data().resolve("last-backup.json");
        try {
            var newest = newestKey();
            if (newest == null) {
                say(
                        How.LOOK,
                        "key backup",
                        "%s has no keys: keep those of the environment (VITRINE_KEY_…) in a safe place of their own"
                                .formatted(settings.data().resolve("keys")));
                return;
            }
            if (!Files.exists(backup)) {
                // A demo may be lost; whatever has buyers may not.
                var how = settings.on(Setting.DEMO) ? How.LOOK : How.FAIL;
                say(how, "key backup", "there was never one: './vitrine backup OUT', and keep the file elsewhere");
                return;
            }
            var madeAt = Instant.parse(JsonMapper.shared()
                    .readTree(Files.readAllBytes(backup))
                    .path("madeAt")
                    .asString(""));
            var age = Duration.between(madeAt, clock.instant());
            if (newest.isAfter(madeAt)) {
                say(
                        How.FAIL,
                        "key backup",
                        "a key is newer than the last backup of %s: './vitrine backup OUT'".formatted(madeAt));
            } else if (age.compareTo(BACKUP_AGE_MAX) > 0) {
                say(
                        How.LOOK,
                        "key backup",
                        "the last one is %d days old: './vitrine backup OUT'".formatted(age.toDays()));
            } else {
                say(How.OK, "key backup", "made at " + madeAt);
            }
        } catch (IOException | JacksonException | DateTimeException e) {
            say(How.FAIL, "key backup", "%s cannot be read: %s".formatted(backup, e.getMessage()));
        }
    }

    private @Nullable Instant newestKey() throws IOException {
        var folder = settings.data().resolve("keys");
        if (!Files.isDirectory(folder)) return null;
        @Nullable Instant newest = null;
        try (var keys = Files.list(folder)) {
            for (Path key : keys.toList()) {
                var changed = Files.getLastModifiedTime(key).toInstant();
                if (newest == null || changed.isAfter(newest)) newest = changed;
            }
        }
        return newest;
    }

    private void clocks(Connection connection) throws SQLException {
        var before = clock.instant();
        Instant there = one(connection, "SELECT clock_timestamp()", OffsetDateTime.class)
                .toInstant();
        var after = clock.instant();
        var here = before.plus(Duration.between(before, after).dividedBy(2));
        var apart = Duration.between(here, there).abs();
        if (apart.compareTo(CLOCKS_APART_MAX) <= 0) {
            say(How.OK, "clock", "%d ms from the database's".formatted(apart.toMillis()));
        } else {
            say(
                    How.FAIL,
                    "clock",
                    "%d ms from the database's, more than %d: set both by NTP"
                            .formatted(apart.toMillis(), CLOCKS_APART_MAX.toMillis()));
        }
    }

    private void durability(Connection connection) throws SQLException {
        var off = Database.forgetful(connection);
        if (off.isEmpty()) say(How.OK, "durability", "fsync, synchronous_commit and full_page_writes are on");
        else say(How.FAIL, "durability", String.join(" and ", off) + " off: the server will not start again like this");
    }

    /** The database knows which keys have sealed it. */
    private void fingerprints(Connection connection) throws SQLException {
        var foreign = KeyFingerprints.compare(connection, keys);
        if (foreign.isEmpty()) say(How.OK, "keys", "are those that this database knows");
        else
            say(
                    How.FAIL,
                    "keys",
                    "%s: bring %s back from a backup before the next start".formatted(foreign.words(), keys.folder()));
    }

    private void schema(Connection connection) throws SQLException {
        var version = one(
                connection,
                "SELECT max(version::numeric)::text FROM flyway_schema_history WHERE success",
                String.class);
        say(
                How.OK,
                "schema",
                "version %s on PostgreSQL %s"
                        .formatted(version, connection.getMetaData().getDatabaseProductVersion()));
    }

    private void shops(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT s.source, s.slug, s.secret_sealed,
                               (SELECT max(d.received_at) FROM deliveries d
                                 WHERE d.brand_id = s.brand_id AND d.shop_id = s.shop_id) AS last_at,
                               (SELECT coalesce(sum(r.times), 0) FROM refusals r
                                 WHERE r.brand_id = s.brand_id AND r.shop_id = s.shop_id
                                   AND r.last_at > now() - interval '1 day') AS refused
                          FROM shops s WHERE s.closed_at IS NULL ORDER BY s.source, s.slug
                        """)) {
            var shops = 0;
            var silent = new ArrayList<String>();
            while (rows.next()) {
                shops++;
                var name = rows.getString("source") + "/" + rows.getString("slug");
                if (!opens(rows.getBytes("secret_sealed"))) {
                    say(How.FAIL, "shops", name + ": its secret cannot be read: enter it anew on its page");
                }
                var last = rows.getTimestamp("last_at");
                if (last == null) silent.add(name + " never");
                else if (Duration.between(last.toInstant(), clock.instant()).compareTo(SILENT_SHOP_AFTER) > 0) {
                    silent.add("%s not for %d days"
                            .formatted(
                                    name,
                                    Duration.between(last.toInstant(), clock.instant())
                                            .toDays()));
                }
                if (rows.getLong("refused") > 0) {
                    say(
                            How.LOOK,
                            "shops",
                            "%s: %d deliveries refused within a day; its page says why"
                                    .formatted(name, rows.getLong("refused")));
                }
            }
            if (shops == 0) say(How.LOOK, "shops", "there are none yet");
            else if (silent.isEmpty()) say(How.OK, "shops", "%d, all heard of within two days".formatted(shops));
            else
                say(
                        How.LOOK,
                        "shops",
                        "%d of %d delivered nothing lately: %s"
                                .formatted(
                                        silent.size(),
                                        shops,
                                        String.join(", ", silent.subList(0, Math.min(5, silent.size())))));
        }
    }

    private boolean opens(byte[] sealed) {
        if (keys.find("shop-secret").isEmpty()) return true; // the line about keys says it for all of them
        try {
            keys.unseal("shop-secret", sealed);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The database against the file that knows what was signed: the log may be ahead of it, never behind. */
    private void log(Connection connection) throws SQLException, IOException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT l.log_id, l.origin, l.size, l.signed_size, l.signed_note,
                               (SELECT array_agg(k.public_key) FROM log_keys k WHERE k.log_id = l.log_id) AS keys, l.orphaned_at, l.closed_at,
                       (SELECT s.root FROM log_heads s WHERE s.log_id = l.log_id AND s.size = l.signed_size) AS signed_root,
                               (SELECT count(*) FROM log_pending p WHERE p.log_id = l.log_id) AS waiting,
                               h.root = l.root AS same_root
                          FROM logs l LEFT JOIN log_heads h ON h.log_id = l.log_id AND h.size = l.size
                         ORDER BY l.origin
                        """)) {
            while (rows.next()) {
                var origin = rows.getString("origin");
                var size = rows.getLong("size");
                var signed = rows.getLong("signed_size");
                var file = settings.data().resolve("log").resolve(rows.getString("log_id") + ".high-water");
                var seen = Files.exists(file)
                        ? Long.parseLong(Files.readString(file).strip())
                        : -1;
                if (size > 0 && !rows.getBoolean("same_root")) {
                    say(
                            How.FAIL,
                            "log",
                            "%s: the root of size %d is not that of its stored head".formatted(origin, size));
                } else if (signed > 0
                        && !bears(
                                rows.getString("signed_note"),
                                origin,
                                keysOf(rows),
                                signed,
                                rows.getBytes("signed_root"))) {
                    say(
                            How.FAIL,
                            "log",
                            "%s: what was signed at size %d is not what stands here; see docs/operations.md"
                                    .formatted(origin, signed));
                } else if (rows.getTimestamp("orphaned_at") != null) {
                    say(
                            How.OK,
                            "log",
                            "%s: ended with a loss at %d records; what came after is in its successor"
                                    .formatted(origin, size));
                } else if (rows.getTimestamp("closed_at") != null) {
                    say(How.OK, "log", "%s: closed at %d records, signed up to %d".formatted(origin, size, signed));
                } else if (seen > size) {
                    say(
                            How.FAIL,
                            "log",
                            "%s: %d records here, %d were signed: an older state; see docs/operations.md"
                                    .formatted(origin, size, seen));
                } else if (seen < 0 && signed > 0) {
                    say(
                            How.FAIL,
                            "log",
                            "%s: no high-water file for a signed log; './vitrine accept-log %s=SIZE'"
                                    .formatted(origin, origin.substring(origin.indexOf('/') + 1)));
                } else {
                    say(
                            How.OK,
                            "log",
                            "%s: %d records, signed up to %d, %d waiting"
                                    .formatted(origin, size, signed, rows.getLong("waiting")));
                }
            }
        }
    }

    private static byte[][] keysOf(ResultSet row) throws SQLException {
        return (byte[][]) row.getArray("keys").getArray();
    }

    /** Whether the published checkpoint says what the database says, and is signed with a key of the log. */
    private boolean bears(@Nullable String note, String origin, byte[][] known, long size, byte @Nullable [] root) {
        if (note == null || root == null) return false;
        var verifiers =
                Arrays.stream(known).map(key -> new VerifierKey(origin, key)).toList();
        return SignedNote.parse(note) instanceof Parsed.Ok<SignedNote>(SignedNote signed)
                && signed.verify(verifiers) instanceof SignedNote.Check.Verified
                && Checkpoint.parse(signed.text()) instanceof Parsed.Ok<Checkpoint>(Checkpoint checkpoint)
                && checkpoint.size() == size
                && Arrays.equals(checkpoint.root().bytes(), root);
    }

    private static <T> T one(Connection connection, String sql, Class<T> type) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getObject(1, type);
        }
    }

    /** Prints the findings; the exit code says whether something is wrong. */
    static int print(Settings settings, Clock clock, Consumer<String> out) {
        if (!Files.isDirectory(settings.data()) && settings.find(Setting.DB_URL).isEmpty()) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION, "There is no installation in %s.".formatted(settings.data()));
        }
        var findings = examine(settings, clock);
        findings.forEach(finding -> out.accept(finding.line()));
        return findings.stream().anyMatch(finding -> finding.how() == How.FAIL) ? 1 : 0;
    }
}
