package vitrine.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.books.CallHistory;
import vitrine.books.CallHistory.Call;
import vitrine.drop.Crowds;
import vitrine.identity.CollectorId;

/**
 * People who claim at nodes that fall: who hears nothing or Busy asks again with the same pass, here or there, and some ask again
 * although they know. For whom something is held three in five pay, and all ask again until it is theirs or over. Every call and what came
 * of it is kept.
 */
final class HardCrowd {

    private static final int AT_EACH_NODE = 8;
    private static final int ANSWER_WITHIN_MILLIS = 6_000;
    private static final long REFUSED_REST_NANOS = 50_000_000;

    private static final double TWICE_AT_ONCE = 0.05;
    private static final double AGAIN_SOON = 0.2;
    private static final double AGAIN_LATE = 0.1;
    private static final double SHUT_OUT = 0.1;

    /** Where what is held is paid for. */
    interface Till {
        /** The number that she has now; null: it was not held, or not any more. */
        @Nullable
        Integer pay(Crowds.Crowd crowd, CollectorId who, UUID claim);
    }

    /**
     * Who comes.
     *
     * @param codes what each of them types; empty: nobody is asked for a code
     */
    record Guests(Crowds.Crowd crowd, List<String> codes) {
        static Guests of(Crowds.Crowd crowd) {
            return new Guests(crowd, List.of());
        }
    }

    /** One who asks, with one try. */
    private static final class Person {
        private final Crowds.Crowd crowd;
        private final CollectorId who;
        private final boolean pays;
        private final UUID drop;
        private final UUID collector;
        private final byte[] request;
        private volatile @Nullable UUID claim;
        private volatile boolean decided;

        Person(Guests guests, int n) {
            this.crowd = guests.crowd;
            this.who = crowd.people().get(n);
            this.pays = n % 5 < 3;
            this.drop = crowd.drop().value();
            this.collector = who.value();
            String code = guests.codes.isEmpty() ? "" : ",\"code\":\"" + guests.codes.get(n) + "\"";
            String body = "{\"pass\":\"" + crowd.passes().get(n) + "\",\"n\":1" + code + "}";
            this.request = ("POST /api/drops/claims HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** @param at nanoseconds before which she does not ask */
    private record Visit(Person who, long at) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(at, ((Visit) other).at);
        }
    }

    private final List<Person> people = new ArrayList<>();
    /** Of drops that are not open; who is told so has her answer. */
    private final List<Person> shutOut = new ArrayList<>();

    private final IntUnaryOperator ports;
    private final int nodes;
    private final int perSecond;
    private final long lateNanos;
    private final Till till;
    private final Set<UUID> payable = ConcurrentHashMap.newKeySet();
    private final Set<UUID> paid = ConcurrentHashMap.newKeySet();
    private final List<DelayQueue<Visit>> visits = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Set<Asking> asking = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closing;
    private volatile boolean over;

    /**
     * @param crowds those of one list come at the same time, one list after the other
     * @param shut drops that are not open while all this happens
     * @param ports of the nodes, as they are at this moment
     * @param perSecond so many come for the first time in a second
     * @param lateNanos after how long the last repeats come
     */
    HardCrowd(
            List<List<Guests>> crowds,
            List<Crowds.Crowd> shut,
            IntUnaryOperator ports,
            int nodes,
            int perSecond,
            long lateNanos,
            Till till) {
        crowds.forEach(this::comeTogether);
        for (Crowds.Crowd crowd : shut)
            for (int n = 0; n < crowd.people().size(); n++) shutOut.add(new Person(Guests.of(crowd), n));
        this.ports = ports;
        this.nodes = nodes;
        this.perSecond = perSecond;
        this.lateNanos = lateNanos;
        this.till = till;
    }

    /** Side by side, each crowd as densely as it is large, so that whatever falls falls on all of them. */
    private void comeTogether(List<Guests> crowds) {
        int all =
                crowds.stream().mapToInt(guests -> guests.crowd.people().size()).sum();
        int[] came = new int[crowds.size()];
        for (int n = 1; n <= all; n++) {
            for (int each = 0; each < came.length; each++) {
                int most = crowds.get(each).crowd.people().size() * n / all;
                while (came[each] < most) people.add(new Person(crowds.get(each), came[each]++));
            }
        }
    }

    void start(Random random) {
        long begun = System.nanoTime();
        for (int node = 0; node < nodes; node++) visits.add(new DelayQueue<>());
        for (int node = 0; node < nodes; node++) {
            for (int n = 0; n < AT_EACH_NODE; n++) {
                int here = node;
                long seed = random.nextLong();
                threads.add(Thread.ofVirtual().start(() -> claim(here, new Random(seed), begun)));
            }
        }
    }

    /** Nobody new comes; whoever waits for an answer gets one, and then everybody asks once more. False: some still have none. */
    boolean finish(Random random, long withinNanos) throws InterruptedException {
        closing = true;
        long end = System.nanoTime() + withinNanos;
        boolean all = undecided(end);
        List<Person> asked = people.subList(0, Math.min(next.get(), people.size()));
        for (Person who : asked) visits.get(random.nextInt(nodes)).add(new Visit(who, System.nanoTime()));
        while (visits.stream().anyMatch(queue -> !queue.isEmpty()) && System.nanoTime() < end)
            LockSupport.parkNanos(20_000_000);
        all &= undecided(end);
        over = true;
        for (Thread thread : threads) thread.join();
        return all;
    }

    private boolean undecided(long end) {
        while (System.nanoTime() < end) {
            if (people.subList(0, Math.min(next.get(), people.size())).stream().allMatch(who -> who.decided))
                return true;
            LockSupport.parkNanos(50_000_000);
        }
        return false;
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Claims that somebody went to pay for; whether the till's answer was heard is another matter. */
    Set<UUID> payable() {
        return Set.copyOf(payable);
    }

    /** Claims of which the till said that they are paid. */
    Set<UUID> paid() {
        return Set.copyOf(paid);
    }

    /** The first moment after {@code since} in which this node decided something; {@link Long#MAX_VALUE}: not yet. */
    long decidedAfter(int node, long since) {
        long first = Long.MAX_VALUE;
        for (Call call : calls)
            if (call.node() == node && call.decided() && call.returnedAt() > since)
                first = Math.min(first, call.returnedAt());
        return first;
    }

    /** How long the people of one drop were stopped at this node, at the most; whoever still waits for an answer is one of them. */
    long silence(int node, long from, long until) {
        List<Call> all = new ArrayList<>(calls);
        for (Asking each : asking)
            all.add(new Call(
                    each.who.drop,
                    each.who.collector,
                    each.node,
                    each.calledAt,
                    until,
                    CallHistory.BROKEN,
                    null,
                    null,
                    each.who.claim));
        return Silence.longest(all, node, from, until);
    }

    /** A call without an answer yet. */
    private record Asking(Person who, int node, long calledAt) {}

    private void claim(int node, Random random, long begun) {
        KeptConnection connection = null;
        while (!over) {
            Visit visit = visits.get(node).poll();
            Person who = visit == null ? newcomer(random, begun) : visit.who;
            if (who == null) {
                LockSupport.parkNanos(5_000_000);
                continue;
            }
            if (visit == null && random.nextDouble() < TWICE_AT_ONCE)
                visits.get((node + 1) % nodes).add(new Visit(who, System.nanoTime()));
            try {
                if (connection == null)
                    connection = new KeptConnection(
                            ports.applyAsInt(node), InetAddress.getLoopbackAddress(), ANSWER_WITHIN_MILLIS);
            } catch (IOException e) {
                again(who, random, 0, 200_000_000); // she was not heard by anybody
                LockSupport.parkNanos(REFUSED_REST_NANOS);
                continue;
            }
            var mine = new Asking(who, node, System.nanoTime());
            asking.add(mine);
            Call call = call(node, who, connection);
            calls.add(call);
            asking.remove(mine);
            if (call.code().equals(CallHistory.BROKEN)) {
                close(connection);
                connection = null;
            }
            if (call.code().equals(CallHistory.HELD) && who.pays) pay(who, Objects.requireNonNull(call.claim()));
            if (call.unheard()) again(who, random, 20_000_000, 300_000_000);
            else if (call.waits()) again(who, random, 500_000_000, 2_000_000_000);
            else if (!closing && random.nextDouble() < AGAIN_SOON) again(who, random, 0, 1_000_000_000);
            else if (!closing && random.nextDouble() < AGAIN_LATE) again(who, random, 1_000_000_000, lateNanos);
        }
        if (connection != null) close(connection);
    }

    private void pay(Person who, UUID claim) {
        payable.add(claim);
        try {
            if (till.pay(who.crowd, who.who, claim) == null) return;
            paid.add(claim);
            who.claim = claim;
        } catch (DataAccessException | TransactionException e) {
            // The database fell: whether it is paid she hears when she asks again.
        }
    }

    private void again(Person who, Random random, long from, long until) {
        long after = from + (long) (random.nextDouble() * (until - from));
        visits.get(random.nextInt(nodes)).add(new Visit(who, System.nanoTime() + after));
    }

    /** Null: nobody comes just now. When all have come, one of them comes again. */
    private @Nullable Person newcomer(Random random, long begun) {
        if (closing || next.get() >= (System.nanoTime() - begun) * perSecond / 1_000_000_000L) return null;
        if (!shutOut.isEmpty() && random.nextDouble() < SHUT_OUT) return shutOut.get(random.nextInt(shutOut.size()));
        int number = next.getAndIncrement();
        return people.get(number < people.size() ? number : random.nextInt(people.size()));
    }

    private static Call call(int node, Person who, KeptConnection connection) {
        UUID had = who.claim;
        long called = System.nanoTime();
        String code = CallHistory.BROKEN;
        UUID claim = null;
        Integer serial = null;
        try {
            int status = connection.say(who.request, who.request.length);
            String body = connection.body();
            try {
                JsonNode said = JsonMapper.shared().readTree(body);
                code = said.path("code").isString() ? said.path("code").stringValue() : "status " + status;
                if (said.path("claim").isString())
                    claim = UUID.fromString(said.path("claim").stringValue());
                if (said.path("serial").isInt()) serial = said.path("serial").intValue();
            } catch (JacksonException e) {
                code = "status " + status;
            }
        } catch (IOException e) {
            // The call is in the log all the same: what it asked for may be written.
        }
        var call = new Call(who.drop, who.collector, node, called, System.nanoTime(), code, claim, serial, had);
        // What is only held may be over when she asks again.
        if (serial != null) who.claim = claim;
        if (call.decided()) who.decided = true;
        return call;
    }

    private static void close(KeptConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It is gone already.
        }
    }
}
