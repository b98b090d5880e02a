package vitrine.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;

/** What worlds are played on, one after the other: a database, one or two nodes, a clock. */
final class Ground implements AutoCloseable {

    final SimDatabase database;
    final HandClock clock;
    final List<SimNode> nodes = new ArrayList<>();
    final JdbcClient books;
    private final List<DataFolder> folders = new ArrayList<>();
    private final @Nullable OutsideHosts hosts;
    private @Nullable Consumer<SimNode> mischief;
    private final Map<String, String> dropped = new LinkedHashMap<>();
    private final Thread.@Nullable UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    Ground(int nodeCount, Instant begin) {
        this(nodeCount, begin, false);
    }

    /** With payment hosts and a relay of random rounds, which keep the world's time. */
    static Ground withHosts(int nodeCount, Instant begin) {
        return new Ground(nodeCount, begin, true);
    }

    private Ground(int nodeCount, Instant begin, boolean withHosts) {
        // A node has threads of its own that die with it, and nobody need hear of it.
        Thread.setDefaultUncaughtExceptionHandler((thread, why) -> {
            if (!(why instanceof Died)) why.printStackTrace();
        });
        database = SimDatabase.start();
        clock = new HandClock(begin);
        hosts = withHosts ? new OutsideHosts(clock, database.folder().resolve("outside"), SimNode.BASE_URL) : null;
        books = JdbcClient.create(database.pool());
        var keys = new Keys(database.folder().resolve("keys"), Map.of(), new SecureRandom());
        for (int i = 0; i < nodeCount; i++) {
            DataFolder folder = DataFolder.lock(database.folder().resolve("node-" + i));
            folders.add(folder);
            SimNode node = new SimNode(
                    "node-" + i, database, clock, folder, keys, 7_000 + i, hosts == null ? Map.of() : hosts.settings());
            node.start();
            nodes.add(node);
        }
    }

    OutsideHosts hosts() {
        return Objects.requireNonNull(hosts, "a world without hosts");
    }

    /** A new world begins: nothing of the last one is left, and what was infected stays so. */
    void begin(long seed, Instant at) {
        database.empty();
        clock.beginAgain(at);
        if (hosts != null) hosts.beginWorld();
        for (DataFolder folder : folders) forget(folder);
        for (SimNode node : nodes) {
            node.beginWorld(seed);
            infect(node);
        }
    }

    /** The height of another world's log says nothing about this one's. */
    private static void forget(DataFolder folder) {
        try (var files = java.nio.file.Files.list(folder.privateFolder("log"))) {
            for (var file : files.toList()) java.nio.file.Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The worlds from here on are broken: constraints are gone, and each node's wire has something on it. */
    void infect(Consumer<SimNode> each, List<String> drops) {
        mischief = each;
        for (String drop : drops) {
            String[] words = drop.split(" ");
            String back = words[1].equals("index")
                    ? books.sql("select pg_get_indexdef(:name::regclass)")
                            .param("name", words[2])
                            .query(String.class)
                            .single()
                    : constraint(words[2], words[5]);
            database.execute(drop);
            dropped.put(drop, back);
        }
    }

    private String constraint(String table, String name) {
        return "alter table " + table + " add constraint " + name + " "
                + books.sql("""
                        select pg_get_constraintdef(oid) from pg_constraint where conname = :name and conrelid = :table::regclass
                        """)
                        .param("name", name)
                        .param("table", table)
                        .query(String.class)
                        .single();
    }

    /** A node that was started anew has nothing on its wire. */
    void infect(SimNode node) {
        if (mischief != null) mischief.accept(node);
    }

    /** And whole again, with nothing in them. */
    void heal() {
        mischief = null;
        database.empty();
        // The last one first: a key comes back before what points to it.
        List.copyOf(dropped.values()).reversed().forEach(database::execute);
        dropped.clear();
    }

    @Override
    public void close() {
        for (SimNode node : nodes) node.close();
        for (DataFolder folder : folders) folder.close();
        if (hosts != null) hosts.close();
        database.close();
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
