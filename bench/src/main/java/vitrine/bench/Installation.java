package vitrine.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.VitrineServer;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Publication;
import vitrine.campaign.rules.WorkingDays;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drops;
import vitrine.launch.Node;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.platform.postgres.PostgresOptions;
import vitrine.platform.postgres.PostgresServer;
import vitrine.proof.Json;
import vitrine.shop.Shops;

/**
 * An installation in a folder of its own, as {@code ./vitrine up --no-demo} makes it: embedded PostgreSQL, and the server as a process
 * of its own with the script's options. The brand Lumen gives a piece of Moonrise, of open supply, with every paid order.
 */
final class Installation implements AutoCloseable {

    static final String SHOP = "lumen";
    static final String SECRET = "bench-8f14e45fceea167a5a36dedd4bea2543";

    /** As in the script. */
    private static final List<String> JVM = List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:MetaspaceSize=128m",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED");

    private static final String OPEN = "Vitrine is open at ";
    private static final long STARTS_WITHIN_SECONDS = 120;

    private final Path folder;
    private final boolean keep;

    private Installation(Path folder, boolean keep) {
        this.folder = folder;
        this.keep = keep;
    }

    /** @param paidAt the hour of all payments; the campaign is around it */
    static Installation found(Instant paidAt, boolean keep) {
        return found(paidAt, keep, node -> {});
    }

    /** @param more what else is there when the server starts */
    static Installation found(Instant paidAt, boolean keep, Consumer<Node> more) {
        return found(paidAt, keep, Map.of(), more);
    }

    /** @param variables of the surroundings, while it is furnished */
    static Installation found(Instant paidAt, boolean keep, Map<String, String> variables, Consumer<Node> more) {
        try {
            var installation = new Installation(Files.createTempDirectory("vitrine-bench-"), keep);
            String lines = System.getenv("VITRINE_BENCH_POSTGRES");
            if (lines != null) Files.writeString(installation.folder.resolve("postgres.conf"), lines + "\n");
            Settings settings = Settings.of(
                    List.of("--no-demo", "--port", "0", "--data", installation.folder.toString()), variables);
            try (Node node = Node.start(VitrineServer.class, settings)) {
                furnish(node, paidAt);
                more.accept(node);
            } catch (RuntimeException e) {
                installation.close();
                throw e;
            }
            return installation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void furnish(Node node, Instant paidAt) {
        Catalog catalog = node.bean(Catalog.class);
        BrandId brand = catalog.addBrand(Brand.Kind.BRAND, "lumen", both("Lumen"), both(""), "plain");
        CollectibleId moonrise = catalog.draft(new CollectibleDraft(
                brand,
                "moonrise",
                null,
                null,
                "brand",
                both("Moonrise"),
                both(""),
                both(""),
                both("A moon over a sea"),
                2026,
                "plain",
                both(""),
                null,
                0,
                List.of(),
                List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(moonrise));
        var shop = node.bean(Shops.class)
                .create(new Shops.NewShop(
                        brand, "shopify", SHOP, "Lumen", Currency.getInstance("CNY"), 7, SECRET, null, null));
        if (!(shop instanceof Shops.Creation.Created)) throw new IllegalStateException("no shop: " + shop);
        Json.Obj offer = Json.object(
                "name", text("A Moonrise with every order"),
                "collectible",
                        Json.object(
                                "brand",
                                Json.of(brand.toString()),
                                "id",
                                Json.of(moonrise.value().toString())),
                "when", Json.object(),
                "measure", Json.of("amount"),
                "basis", Json.of("order"),
                "tiers", Json.of(List.of(Json.object("from", Json.of(100), "pieces", Json.of(1)))),
                "waiting", Json.object("days", Json.of(0), "calendar", Json.of(WorkingDays.CHINA.name())),
                "giftPolicy", Json.of("never"));
        Json.Obj plan = Json.object(
                "name", text("Moonrise"),
                "about", text(""),
                "currency", Json.of("CNY"),
                "from", Json.of(paidAt.minus(Duration.ofDays(1)).toString()),
                "until", Json.of(paidAt.plus(Duration.ofDays(10)).toString()),
                "offers", Json.of(List.of(offer)));
        Campaigns campaigns = node.bean(Campaigns.class);
        if (!(campaigns.draft(brand, "moonrise-gift", plan) instanceof Campaigns.Drafting.Drafted drafted)) {
            throw new IllegalStateException("no draft");
        }
        Publication published = campaigns.publish(drafted.id());
        if (!(published instanceof Publication.Published)) throw new IllegalStateException("not: " + published);
    }

    private static Bilingual both(String text) {
        return new Bilingual(text, text);
    }

    private static Json.Obj text(String text) {
        return Json.object("zh", Json.of(text), "en", Json.of(text));
    }

    /** The server as a process, while it runs. */
    final class Server implements AutoCloseable {
        private final Process process;
        private final int port;
        private final long postmaster;

        private Server(Process process, int port, long postmaster) {
            this.process = process;
            this.port = port;
            this.postmaster = postmaster;
        }

        int port() {
            return port;
        }

        long pid() {
            return process.pid();
        }

        long postmaster() {
            return postmaster;
        }

        Usage usage() {
            return Usage.of(pid(), postmaster);
        }

        /** As a machine ends it that loses its power: the server at least, the database goes on. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        /** As an operator ends it: it finishes what it took. */
        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(90, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new IllegalStateException("the server did not end by itself");
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** @param properties for the Java machine of the server, as {@code -Dname=value} */
    Server start(List<String> properties) {
        return start(properties, 0, Map.of());
    }

    /**
     * @param port that others were told; 0: any
     * @param variables of the surroundings
     */
    Server start(List<String> properties, int port, Map<String, String> variables) {
        return start(properties, folder, port, variables, List.of("vitrine.VitrineServer"));
    }

    /**
     * A second node beside the first: a folder of its own with the same keys, on the first one's database. It answers, and leaves the
     * workers' part to the first.
     */
    Server second(Server first) {
        return beside(first, "second-node", List.of(), List.of("vitrine.VitrineServer"));
    }

    /**
     * @param name of its folder
     * @param main the class to start, and what it hears before its options
     */
    Server beside(Server first, String name, List<String> properties, List<String> main) {
        List<String> byHand = new ArrayList<>(properties);
        byHand.add("-Dvitrine.jobs=manual");
        byHand.add("-Dspring.datasource.hikari.maximum-pool-size=8"); // four nodes have a hundred connections among
        // them
        int database = ((PGSimpleDataSource) database()).getPortNumbers()[0];
        Server second = node(name, 0, database, byHand, main);
        return new Server(second.process, second.port, first.postmaster());
    }

    /**
     * A node on a database that runs already. Its folder has the installation's keys and how far its logs were signed; a node that comes
     * again has what it left there.
     *
     * @param name of its folder
     * @param port that others were told; 0: any
     * @param database the port at which it finds the database
     * @param main the class to start, and what it hears before its options
     */
    Server node(String name, int port, int database, List<String> properties, List<String> main) {
        return start(properties, beside(name), port, onDatabase(database), main);
    }

    /** A node in this process: nobody runs its jobs, and nobody breaks it. */
    Node inside(String name, int database) {
        Settings settings = Settings.of(
                List.of("--no-demo", "--port", "0", "--data", beside(name).toString()), onDatabase(database));
        return Node.start(VitrineServer.class, settings, beans -> beans.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("inside", Map.of("vitrine.jobs", "manual"))));
    }

    private Path beside(String name) {
        try {
            Path other = Files.createDirectories(folder.resolve(name));
            for (String part : List.of("keys", "log")) {
                if (Files.exists(other.resolve(part)) || !Files.exists(folder.resolve(part))) continue;
                Path copies = Files.createDirectories(other.resolve(part));
                try (var files = Files.list(folder.resolve(part))) {
                    for (Path file : files.toList())
                        Files.copy(file, copies.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            return other;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> onDatabase(int port) {
        return Map.of(
                "VITRINE_DB_URL",
                "jdbc:postgresql://127.0.0.1:" + port + "/" + PostgresServer.DATABASE,
                "VITRINE_DB_USER",
                PostgresServer.USER,
                // Four nodes have a hundred connections among them.
                "VITRINE_DB_POOL",
                "8",
                "VITRINE_DB_PASSWORD",
                String.valueOf(((PGSimpleDataSource) database()).getPassword()));
    }

    /** Its database alone, for nodes that come and go: as the server does it, it is started again when it dies. */
    final class Database implements AutoCloseable {
        private final DataFolder locked = DataFolder.lock(folder);
        private final PostgresServer postgres = PostgresServer.start(
                locked, new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()), PostgresOptions.embedded());

        int port() {
            return postgres.port();
        }

        /** Of the postmaster that runs now. */
        long pid() {
            return postgres.pid();
        }

        @Override
        public void close() {
            postgres.close();
            locked.close();
        }
    }

    Database databaseAlone() {
        return new Database();
    }

    private Server start(
            List<String> properties, Path folder, int port, Map<String, String> environment, List<String> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        String more = System.getenv("VITRINE_BENCH_JVM");
        if (more != null && !more.isBlank()) command.addAll(List.of(more.strip().split(" +")));
        command.addAll(properties);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(main);
        command.addAll(List.of("serve", "--no-demo", "--port", String.valueOf(port), "--data", folder.toString()));
        try {
            Path said = folder.resolve("server.out");
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            // What the surroundings say of another installation is not for this one.
            builder.environment().keySet().removeIf(name -> name.startsWith("VITRINE_"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            int answers = port(process, said);
            long postmaster = Long.parseLong(
                    Files.readAllLines(this.folder.resolve("pgdata").resolve("postmaster.pid"))
                            .getFirst()
                            .strip());
            return new Server(process, answers, postmaster);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(Process process, Path said) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        var timer = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(STARTS_WITHIN_SECONDS, TimeUnit.SECONDS)) process.destroy();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
            if (!line.startsWith(OPEN)) continue;
            timer.interrupt();
            // The rest of what it says must go somewhere, or it stops when the pipe is full; and a virtual thread
            // that reads a pipe keeps one of the driver's processors for itself.
            Thread.ofPlatform().daemon().name("words-of-server").start(() -> {
                try (var rest = Files.newBufferedWriter(said)) {
                    out.transferTo(rest);
                } catch (IOException e) {
                    // Process.destroy closes the stream, before the server has ended.
                    if ("Stream closed".equalsIgnoreCase(e.getMessage())) return;
                    System.err.println("the server's words are lost: " + e.getMessage());
                }
            });
            return URI.create(line.substring(OPEN.length()).strip()).getPort();
        }
        throw new IllegalStateException("the server did not start:\n" + String.join("\n", lines));
    }

    /** Past the server, for who counts afterwards. Only while it runs: the database is its child. */
    DataSource database() {
        try {
            var keys = new Keys(folder.resolve("keys"), Map.of(), new SecureRandom());
            var source = new PGSimpleDataSource();
            source.setServerNames(new String[] {"127.0.0.1"});
            source.setPortNumbers(new int[] {
                Integer.parseInt(
                        Files.readString(folder.resolve("postgres.port")).strip())
            });
            source.setDatabaseName(PostgresServer.DATABASE);
            source.setUser(PostgresServer.USER);
            source.setPassword(PostgresServer.password(keys));
            return source;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        if (keep) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
