package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.drop.Crowds;
import vitrine.identity.Browsers;
import vitrine.launch.Node;
import vitrine.platform.BrandId;
import vitrine.platform.FreePort;
import vitrine.platform.Money;
import vitrine.sandbox.PayContracts;

/**
 * Crowds that pay, by each of the three services: claim, pay page, service, callback, number. Server, database, the services' stand-in and
 * the driver share the machine. What each line means stands in docs/performance.md. In the end the stand-in's own list of who paid is
 * held against the rows, and the books are audited.
 */
final class PricedBench {

    private static final Money PRICE = new Money(9_900, Currency.getInstance("CNY"));
    private static final long NUMBERED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long REST_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(600);
    /** Of a hundred callbacks so many come twice. */
    private static final int DOUBLED_PERCENT = 10;

    /** How somebody pays who sits in front of a phone's browser, as the page's form and the figures name it. */
    enum By {
        STRIPE("stripe-card"),
        WECHAT("wechat-h5"),
        ALIPAY("alipay-wap");

        private final String way;

        By(String way) {
            this.way = way;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<By> named(String text) {
            return Arrays.stream(values()).filter(by -> by.text().equals(text)).findFirst();
        }
    }

    /**
     * @param people who pay by each service
     * @param warmUp who did before them, in each round; @param rounds at most, for the first service: until the server compiles no more
     */
    record Plan(List<By> by, int people, int warmUp, int rounds, int connections) {
        static Plan whole() {
            return new Plan(List.of(By.values()), 8_000, 4_000, 10, 96);
        }

        Plan brief() {
            return new Plan(by, 60, 20, 1, 8);
        }

        Plan only(By service) {
            return new Plan(List.of(service), people, warmUp, rounds, connections);
        }

        /** Most of the way is the same whoever takes the money. */
        int rounds(By service) {
            return service == by.getFirst() ? rounds : Math.min(rounds, NEXT_ROUNDS);
        }
    }

    private static final int NEXT_ROUNDS = 3;

    private record Buyers(Crowds.Crowd crowd, List<String> cookies) {}

    private final Plan plan;
    private final Consumer<String> out;
    private final Map<String, Buyers> buyers = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private long paid;

    private PricedBench(Plan plan, Consumer<String> out) {
        this.plan = plan;
        this.out = out;
    }

    /** True: who paid has a piece, who has a piece paid, and the money is in the books. */
    static boolean run(Plan plan, Consumer<String> out) {
        try {
            return new PricedBench(plan, out).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean run() throws IOException, InterruptedException {
        int serverPort = FreePort.on("127.0.0.1");
        int hostsPort = FreePort.on("127.0.0.1");
        PayContracts contracts = PayContracts.make();
        Map<String, String> accounts = contracts.variables("http://localhost:" + hostsPort);
        try (Installation installation = Installation.found(Instant.now(), false, accounts, this::gather);
                Installation.Server server = installation.start(List.of(), serverPort, accounts);
                PayHosts hosts = PayHosts.start(
                        contracts,
                        Path.of(installation.folder().toString(), "sandbox"),
                        hostsPort,
                        "http://localhost:" + serverPort)) {
            JdbcClient db = JdbcClient.create(installation.database());
            say("fsync", db.sql("show fsync").query().singleValue());
            tellTwice(hostsPort);
            for (By by : plan.by) {
                warmUp(db, server, hostsPort, by);
                rest(db); // what is measured is the paying, not the granting of those before
                measure(db, server, hosts, hostsPort, by);
                rest(db);
            }
            say("server_rss_mb", Usage.peakMegabytes(server.pid()));
            return settle(db, installation, hosts);
        }
    }

    private void gather(Node node) {
        BrandId lumen = new BrandId(node.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        try {
            for (By by : plan.by) {
                for (int round = 1; round <= plan.rounds(by); round++)
                    gather(node, lumen, slug(by, warm(round)), plan.warmUp);
                gather(node, lumen, slug(by, "paid"), plan.people);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void gather(Node node, BrandId brand, String slug, int people) throws InterruptedException {
        var crowd = Crowds.sale(node, brand, slug, people, Duration.ZERO, PRICE, people);
        buyers.put(slug, new Buyers(crowd, Browsers.cookies(node, crowd.people())));
    }

    /** No work's address ends in a number: that is how its pieces are called. */
    private static String warm(int round) {
        return "warm-" + round + "th";
    }

    private static String slug(By by, String part) {
        return by.text() + "-" + part;
    }

    private static void tellTwice(int hostsPort) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + hostsPort + "/control/pay/switches"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"doublePercent\":" + DOUBLED_PERCENT + "}"))
                    .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) throw new IllegalStateException("the sandbox: " + answer.body());
        }
    }

    private void pay(JdbcClient db, int server, int hosts, By by, String part) throws InterruptedException {
        String slug = slug(by, part);
        Buyers those = Objects.requireNonNull(buyers.get(slug));
        Payers payers = new Payers(server, hosts, slug, by.way, those.crowd, those.cookies);
        payers.pay(plan.connections);
        wrong.addAll(payers.wrong());
        paid += payers.paid();
        UUID drop = those.crowd.drop().value();
        long end = System.nanoTime() + NUMBERED_WITHIN_NANOS;
        while (count(db, "select count(*) from sales where drop_id = ?", drop) < payers.paid()
                && System.nanoTime() < end) LockSupport.parkNanos(20_000_000L);
    }

    /** As long as the server still compiles what it runs, which on two cores is some minutes. */
    private void warmUp(JdbcClient db, Installation.Server server, int hosts, By by) throws InterruptedException {
        double compiling = 1;
        for (int round = 1; round <= plan.rounds(by) && compiling > Usage.COMPILED; round++) {
            String drop = warm(round);
            compiling = Usage.compilingShare(server, () -> pay(db, server.port(), hosts, by, drop));
        }
    }

    /** A payment counts when its claim has its number: the clock stops at the last one's. */
    private void measure(JdbcClient db, Installation.Server server, PayHosts hosts, int hostsPort, By by)
            throws InterruptedException {
        Usage before = server.usage();
        long compiled = Usage.compilingMicros(server.pid());
        long hostsBefore = Usage.of(hosts.pid(), server.postmaster()).serverMicros();
        long begin = System.nanoTime();
        pay(db, server.port(), hostsPort, by, "paid");
        long took = System.nanoTime() - begin;
        Usage used = server.usage().since(before);
        compiled = Usage.compilingMicros(server.pid()) - compiled;
        long hostsUsed = Usage.of(hosts.pid(), server.postmaster()).serverMicros() - hostsBefore;
        UUID drop = Objects.requireNonNull(buyers.get(slug(by, "paid")))
                .crowd
                .drop()
                .value();
        long sold = count(db, "select count(*) from sales where drop_id = ?", drop);
        String name = by.text();
        out.accept(LogBench.figure(name + "_paid_per_second", sold * 1e9 / took, 1));
        long each = Math.max(1, sold);
        say(name + "_cpu_us_server", used.serverMicros() / each);
        say(name + "_cpu_us_compiling", compiled / each);
        say(name + "_cpu_us_postgres", used.postgresMicros() / each);
        say(name + "_cpu_us_sandbox", hostsUsed / each);
        say(name + "_cpu_us_driver", used.driverMicros() / each);
        // From when the callback was taken to the number.
        String lateness = """
                select coalesce(percentile_cont(%s) within group (order by extract(epoch from s.sold_at - n.received_at)), 0) * 1000
                from sales s
                cross join lateral (
                    select min(received_at) as received_at from payment_notices n
                    where n.brand_id = s.brand_id and n.payment_id = s.payment_id) n
                where s.drop_id = ?
                """;
        for (int percent : new int[] {50, 99}) {
            Number millis = (Number) db.sql(lateness.formatted(percent / 100.0))
                    .param(drop)
                    .query()
                    .singleValue();
            out.accept(LogBench.figure(name + "_callback_to_number_p" + percent + "_ms", millis.doubleValue(), 1));
        }
    }

    private static void rest(JdbcClient db) {
        long end = System.nanoTime() + REST_WITHIN_NANOS;
        while (!String.valueOf(db.sql("""
                        select (select count(*) from claims where granted_at is null) + (select count(*) from log_pending)
                            + (select count(*) from logs where signed_size < size)
                            + (select count(*) from payments where paid_at is not null and taken_up_at is null)
                        """).query().singleValue()).equals("0")) {
            if (System.nanoTime() > end) throw new IllegalStateException("it does not come to rest");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    // ---- the books

    /** A payment as the services know it: host, number, sum and currency. */
    private static String key(String host, String number, long amount, String currency) {
        return host + " " + number + " " + amount + " " + currency;
    }

    private boolean settle(JdbcClient db, Installation installation, PayHosts hosts) throws IOException {
        Set<String> theirs = new HashSet<>();
        long taken = 0;
        for (PayHosts.Trade trade : hosts.trades()) {
            if (!trade.paid()) continue;
            theirs.add(key(trade.host(), trade.number(), trade.amount(), trade.currency()));
            taken += trade.amount();
        }
        Set<String> booked = ours(db, """
                select p.way, p.payment_id, p.gateway_id, p.amount, p.currency from payments p
                join money_journal j on j.brand_id = p.brand_id and j.about = p.payment_id and j.kind = 'payment'
                where p.paid_at is not null
                """);
        // A number, given once, to whoever paid, with its piece.
        Set<String> sold = ours(db, """
                select p.way, p.payment_id, p.gateway_id, p.amount, p.currency from payments p
                join sales s on s.brand_id = p.brand_id and s.payment_id = p.payment_id
                join claims k on k.brand_id = s.brand_id and k.claim_id = s.claim_id and k.claim_id = p.purpose
                    and k.serial = s.serial and k.collector_id = p.payer
                join pieces i on i.brand_id = k.brand_id and i.collectible_id = k.collectible_id and i.serial = k.serial
                    and i.owner_id = p.payer
                """);
        long withoutPayment = sold.stream().filter(one -> !theirs.contains(one)).count() + count(db, """
                        select count(*) from claims k
                        join drop_stages s on s.brand_id = k.brand_id and s.stage_id = k.stage_id
                        where s.price is not null and k.serial is not null and not exists (
                            select from sales x where x.brand_id = k.brand_id and x.claim_id = k.claim_id)
                        """);
        long lost = missing(theirs, booked);
        long withoutPiece = missing(theirs, sold);
        // A line cannot be lopsided, so all accounts together are nothing whatever was booked. What can fail: whatever
        // the services hold
        // by their own books, with all that our journal owes for it.
        long sum = taken + count(db, """
                select coalesce(sum(case when debit not like 'clearing:%' then amount else 0 end)
                    - sum(case when credit not like 'clearing:%' then amount else 0 end), 0) from money_journal
                """);
        long clearing = count(
                db,
                "select coalesce(sum(case when debit like 'clearing:%' then amount else 0 end)"
                        + " - sum(case when credit like 'clearing:%' then amount else 0 end), 0) from money_journal");
        say("payments", theirs.size());
        say("lost_payments", lost);
        say("paid_without_piece", withoutPiece);
        say("piece_without_payment", withoutPayment);
        say("journal_sum", sum);
        say("journal_less_services", clearing - taken);
        say("wrong_answers", wrong.size());
        wrong.stream().limit(5).forEach(out);
        List<Violation> violations = new Books(installation.database()).audit();
        violations.forEach(violation -> out.accept(violation.toString()));
        say("violations", violations.size());
        return lost + withoutPiece + withoutPayment + Math.abs(sum) == 0
                && clearing == taken
                && theirs.size() == paid
                && wrong.isEmpty()
                && violations.isEmpty();
    }

    private static long missing(Set<String> all, Set<String> there) {
        return all.stream().filter(one -> !there.contains(one)).count();
    }

    private static Set<String> ours(JdbcClient db, String sql) {
        return new HashSet<>(db.sql(sql)
                .query((row, n) -> {
                    String host = row.getString(1).replaceFirst("-.*", "");
                    String number = host.equals("stripe")
                            ? row.getString(3)
                            : row.getString(2).replace("-", "");
                    return key(host, number, row.getLong(4), row.getString(5));
                })
                .list());
    }

    private static long count(JdbcClient db, String sql, Object... parameters) {
        return db.sql(sql).params(List.of(parameters)).query(Long.class).single();
    }

    private void say(String name, Object value) {
        out.accept(name + ": " + value);
    }
}
