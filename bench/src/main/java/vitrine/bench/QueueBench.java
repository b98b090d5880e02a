package vitrine.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.drop.Crowds;
import vitrine.platform.BrandId;
import vitrine.platform.Setting;
import vitrine.proof.Arrivals;
import vitrine.proof.Hash32;
import vitrine.sandbox.DrandNetwork;

/**
 * A hundred thousand who wait for a drop with a queue: in before the opening, drawn by a public random value, told how far it is, and
 * called as fast as those who were called claim. What each line means stands in docs/performance.md.
 */
final class QueueBench {

    private static final int CONNECTIONS = 32;
    /** Of those who are called seven in ten come, each after two to eight seconds. */
    private static final double COME = 0.7;

    /**
     * @param aim claims in a second that the line is called for
     * @param settle seconds until the pace is measured
     * @param asked how often a second the crowd asks how far it is, while it is called
     */
    record Plan(int waiting, int aim, int stateSeconds, int settle, int seconds, int asked) {
        static Plan whole() {
            return new Plan(100_000, 250, 15, 30, 90, 5_000);
        }

        Plan brief() {
            return new Plan(2_000, 20, 1, 8, 8, 100);
        }

        Plan withWaiting(int number) {
            return new Plan(number, aim, stateSeconds, settle, seconds, asked);
        }
    }

    private final Plan plan;
    private final Consumer<String> out;
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private Crowds.@Nullable Line gathered;

    private QueueBench(Plan plan, Consumer<String> out) {
        this.plan = plan;
        this.out = out;
    }

    /** True: everybody has one place, nobody was let in out of turn, no ticket let in twice. */
    static boolean run(Plan plan, Consumer<String> out) {
        try {
            return new QueueBench(plan, out).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean run() throws IOException, InterruptedException, SQLException {
        HttpServer relay = relay();
        // The rules name it when they are published, and the server that closes and draws must be told of the same.
        Map<String, String> network = Map.of(Setting.BEACON_CHAIN.variable(), DrandNetwork.info());
        List<String> told = List.of(
                "-Dvitrine.beacon-chain=" + DrandNetwork.info(),
                "-Dvitrine.beacon-relays=http://127.0.0.1:" + relay.getAddress().getPort(),
                "-Dvitrine.queue-claims-per-second=" + plan.aim);
        try (Installation installation = Installation.found(Instant.now(), false, network, this::gather);
                Installation.Server server = installation.start(told);
                Connection db = installation.database().getConnection()) {
            out.accept("waiting: " + plan.waiting);
            out.accept("joins_per_second: " + plan.waiting * 1_000_000_000L / line().joinNanos());
            statesPerSecond(server.port(), 3); // what is compiled while it is asked for
            out.accept("state_per_second: " + statesPerSecond(server.port(), plan.stateSeconds));
            awaitCalls(server.port());
            Map<Integer, UUID> places = places(db);
            int[] claimsInSecond = claims(server.port(), installation, places);
            double measured = 0;
            for (int second = plan.settle; second < plan.settle + plan.seconds; second++)
                measured += claimsInSecond[second];
            measured /= plan.seconds;
            out.accept("claims_aimed_per_second: " + plan.aim);
            out.accept(LogBench.figure("claims_at_the_pace_per_second", measured, 1));
            out.accept(LogBench.figure("admit_error_percent", 100 * Math.abs(measured - plan.aim) / plan.aim, 2));
            out.accept("server_rss_mb: " + Usage.peakMegabytes(server.pid()));
            return holds(db, places);
        } finally {
            relay.stop(0);
        }
    }

    private void gather(vitrine.launch.Node node) {
        BrandId lumen = new BrandId(node.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        try {
            gathered = Crowds.line(
                    node, lumen, "line", plan.waiting, Duration.ofSeconds(45 + plan.waiting / 2_000), plan.waiting);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Crowds.Line line() {
        return Objects.requireNonNull(gathered);
    }

    /** Of a network whose key is known; it answers as drand's relays do. */
    private static HttpServer relay() throws IOException {
        HttpServer relay = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        relay.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            long round = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
            byte[] answer = ("{\"round\":" + round + ",\"signature\":\""
                            + HexFormat.of().formatHex(DrandNetwork.sign(round)) + "\"}")
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        relay.start();
        return relay;
    }

    private long statesPerSecond(int port, int seconds) throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        var answers = new AtomicLong();
        byte[] request = get(port);
        each(port, connection -> {
            long mine = 0;
            while (System.nanoTime() < end) {
                // A refusal is an answer, too, and a cheap one: it is no state.
                if (ask(connection, request)) mine++;
            }
            answers.addAndGet(mine);
        });
        return answers.get() * 1_000_000_000L / (System.nanoTime() - begin);
    }

    private static byte[] get(int port) {
        return ("GET /d/line/queue.json HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private boolean ask(KeptConnection connection, byte[] request) throws IOException {
        int status = connection.say(request, request.length);
        if (status != 200) wrong.add("queue.json: " + status);
        return status == 200;
    }

    private void awaitCalls(int port) throws IOException, InterruptedException {
        try (var connection = new KeptConnection(port)) {
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            while (System.nanoTime() < end) {
                if (connection.get("/d/line/queue.json") == 200
                        && JsonMapper.shared()
                                .readTree(connection.body())
                                .path("state")
                                .asString("")
                                .equals("calling")) return;
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("the places were not drawn in five minutes");
    }

    /** By place whose it is; drawn again here, from the list and the round. */
    private Map<Integer, UUID> places(Connection db) throws SQLException {
        Map<Integer, UUID> places = new HashMap<>();
        Map<Hash32, Integer> drawn = new HashMap<>();
        try (PreparedStatement select =
                db.prepareStatement("select place, collector_id, arrival from queue_arrivals where stage_id = ?")) {
            select.setObject(1, line().stage().id());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    places.put(row.getInt(1), row.getObject(2, UUID.class));
                    drawn.put(Hash32.of(row.getBytes(3)), row.getInt(1));
                }
            }
        }
        try (PreparedStatement select =
                db.prepareStatement("select record_leaf, signature from queues where stage_id = ?")) {
            select.setObject(1, line().stage().id());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                List<Hash32> order =
                        Arrivals.inOrder(Arrivals.seed(Hash32.of(row.getBytes(1)), row.getBytes(2)), drawn.keySet());
                for (int place = 1; place <= order.size(); place++) {
                    if (drawn.getOrDefault(order.get(place - 1), 0) != place)
                        wrong.add("place " + place + " is another's");
                }
            }
        }
        if (places.size() != plan.waiting) wrong.add(places.size() + " places for " + plan.waiting);
        return places;
    }

    /** Somebody who was called, and presses the button at this moment. */
    private record Coming(int place, long nanos) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(nanos, ((Coming) other).nanos);
        }
    }

    private int[] claims(int port, Installation installation, Map<Integer, UUID> places) throws InterruptedException {
        var tickets = new Crowds.Tickets(line(), installation.folder().resolve("keys"));
        var random = new Random(7);
        var coming = new DelayQueue<Coming>();
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(plan.settle + plan.seconds + 2);
        int[] inSecond = new int[plan.settle + plan.seconds + 30];
        byte[] request = get(port);
        var timetable = new Timetable(begin, plan.asked, plan.asked * (plan.settle + plan.seconds + 2));
        var asked = new LongAdder();
        Thread crowd = Thread.ofVirtual().start(() -> {
            try {
                each(port, connection -> {
                    while (timetable.next() >= 0 && System.nanoTime() < end) {
                        ask(connection, request);
                        asked.increment();
                    }
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Thread watch = Thread.ofVirtual().start(() -> {
            try (var connection = new KeptConnection(port)) {
                int called = 0;
                while (System.nanoTime() < end) {
                    connection.get("/d/line/queue.json");
                    JsonNode state = JsonMapper.shared().readTree(connection.body());
                    int now = state.path("called").intValue();
                    for (int place = called + 1; place <= now; place++) {
                        if (random.nextDouble() < COME)
                            coming.add(new Coming(
                                    place,
                                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_000 + random.nextInt(6_000))));
                    }
                    called = now;
                    Thread.sleep(200);
                }
            } catch (IOException e) {
                wrong.add(e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        each(port, connection -> {
            while (System.nanoTime() < end) {
                Coming one = poll(coming);
                if (one == null) continue;
                String ticket = tickets.of(places.getOrDefault(one.place, new UUID(0, 0)), one.place);
                int status = claim(connection, ticket, 1);
                if (status != 200) {
                    wrong.add("place " + one.place + ": " + status + " " + connection.body());
                    continue;
                }
                synchronized (inSecond) {
                    inSecond[(int) ((System.nanoTime() - begin) / 1_000_000_000L)]++;
                }
                if (one.place % 50 != 0) continue;
                // Some try more than they have: the same ticket again, a second piece with it, and no ticket.
                if (claim(connection, ticket, 1) != 200 || !connection.body().contains("\"again\":true"))
                    wrong.add("the same ticket again: " + connection.body());
                if (claim(connection, ticket, 2) != 403) wrong.add("a ticket twice: " + connection.body());
                UUID last = places.getOrDefault(plan.waiting, new UUID(0, 0));
                if (claim(connection, tickets.without(last), 1) != 403) wrong.add("no ticket: " + connection.body());
            }
        });
        crowd.join();
        watch.join();
        out.accept("asked_meanwhile_per_second: " + asked.sum() / (plan.settle + plan.seconds + 2));
        return inSecond;
    }

    private static @Nullable Coming poll(DelayQueue<Coming> coming) {
        try {
            return coming.poll(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static int claim(KeptConnection connection, String ticket, int nth) throws IOException {
        String body = "{\"pass\":\"" + ticket + "\",\"n\":" + nth + "}";
        byte[] request = ("POST /api/drops/claims HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        for (int n = 1; ; n++) {
            int status = connection.say(request, request.length);
            if (status != 503 || n == 20) return status;
            LockSupport.parkNanos(50_000_000L * n);
        }
    }

    private interface Work {
        void run(KeptConnection connection) throws IOException;
    }

    private void each(int port, Work work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int n = 0; n < CONNECTIONS; n++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (var connection = new KeptConnection(port)) {
                    work.run(connection);
                } catch (IOException e) {
                    wrong.add(e.toString());
                }
            }));
        }
        for (Thread thread : threads) thread.join();
    }

    private boolean holds(Connection db, Map<Integer, UUID> places) throws SQLException {
        long twice = count(db, """
                select count(*) from (
                    select place from queue_arrivals where stage_id = ? group by place having count(*) > 1) t
                """);
        long early = count(db, """
                select count(*) from claims c
                join queue_arrivals a on a.stage_id = c.stage_id and a.collector_id = c.collector_id
                cross join lateral (
                    select min(k.called_at) as called_at from queue_calls k where k.stage_id = c.stage_id and k.up_to >= a.place) k
                where c.stage_id = ? and (k.called_at is null or k.called_at > c.claimed_at)
                """);
        long order = count(db, """
                select count(*) from (
                    select called_at, lag(called_at) over (order by up_to) as before from queue_calls where stage_id = ?) k
                where k.before >= k.called_at
                """);
        long reused = count(db, """
                select count(*) from (
                    select collector_id from claims where stage_id = ? group by collector_id having count(*) > 1) t
                """);
        out.accept("places_given_twice: " + twice);
        out.accept("admitted_out_of_order: " + (early + order));
        out.accept("tickets_used_twice: " + reused);
        out.accept("wrong_answers: " + wrong.size());
        wrong.stream().limit(5).forEach(out);
        return twice + early + order + reused == 0 && wrong.isEmpty() && places.size() == plan.waiting;
    }

    private long count(Connection db, String sql) throws SQLException {
        try (PreparedStatement select = db.prepareStatement(sql)) {
            select.setObject(1, line().stage().id());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
