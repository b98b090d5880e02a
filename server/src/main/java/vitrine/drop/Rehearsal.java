package vitrine.drop;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Stage.Mode;

/**
 * A drop lived through once with a crowd that does not exist, from a seed: who comes when, who gets what, who pays and who walks away.
 * The rules are the drop's own: windows, caps, limits, holds and the pace of the calls ({@link CallPace}); the people are an assumption,
 * and what is assumed of them stands in docs/rehearsal.md. The same plan, crowd and seed have the same ending.
 */
final class Rehearsal {

    /** What the writer of a stage is taken to write in a second: a third of what two cores did when it was measured. */
    private static final long CLAIM_MICROS = SECONDS.toMicros(1) / 5_000;

    /** From opening a page to the button, half of the people in so many seconds; half again as long, or as short, is common. */
    private static final double HAND_SECONDS = 2.5;

    private static final double TURN_SECONDS = 6;
    private static final double PAY_SECONDS = 60;
    private static final double SPREAD = 0.6;

    /** A program needs no hand. */
    private static final double BOT_SECONDS = 0.3;

    /** Where all units are held, a person looks again every ten seconds for five minutes, a program every second until the end. */
    private static final double LOOKS_AGAIN_SECONDS = 10;

    private static final double BOT_LOOKS_AGAIN_SECONDS = 1;
    private static final long PATIENCE_MICROS = SECONDS.toMicros(300);

    /** After the list is closed its round comes, and a little later the places are there. */
    private static final Duration LOT = Queues.MARGIN.plusSeconds(3);

    /** How long a worker takes to end a hold that is over, at the most. */
    private static final long ENDING_MICROS = SECONDS.toMicros(1) / 2;

    private static final long NUMBERING_MICROS = SECONDS.toMicros(1) / 4;
    private static final double NINE_IN_TEN = Math.log(10);

    private Rehearsal() {}

    /** The drop as it is planned, or another one to compare it with. */
    enum Rule {
        PLANNED,
        /** Everybody may have as many as there are. */
        NO_LIMIT,
        /** Each human once, whatever accounts he has. */
        ONE_PERSON,
        /** The other way to a piece: a line in place of a race, a race in place of a line. */
        OTHER_WAY;

        String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** @param stock what there is of each collectible; an open supply is a large one */
    record Plan(List<Stage> stages, Map<CollectibleId, Integer> stock, double claimsAimed) {

        /** Null: this rule changes nothing here. */
        @Nullable
        Plan under(Rule rule) {
            List<Stage> changed = stages.stream()
                    .map(s -> switch (rule) {
                        case PLANNED -> s;
                        case NO_LIMIT -> s.mode() == Mode.WINDOW ? s : with(s, Integer.MAX_VALUE, false, s.mode());
                        case ONE_PERSON -> with(s, s.limit(), true, s.mode());
                        case OTHER_WAY ->
                            switch (s.mode()) {
                                case RACE -> with(s, s.limit(), s.onePerson(), Mode.QUEUE);
                                case QUEUE -> with(s, s.limit(), s.onePerson(), Mode.RACE);
                                case WINDOW -> s;
                            };
                    })
                    .toList();
            return rule != Rule.PLANNED && changed.equals(stages) ? null : new Plan(changed, stock, claimsAimed);
        }

        private static Stage with(Stage s, int limit, boolean onePerson, Mode mode) {
            return new Stage(
                    s.id(),
                    s.nth(),
                    s.name(),
                    s.collectible(),
                    s.opensAt(),
                    s.closesAt(),
                    s.cap(),
                    limit,
                    s.entry(),
                    s.entryId(),
                    s.hold(),
                    s.giftPolicy(),
                    s.chosen(),
                    onePerson,
                    mode,
                    s.price(),
                    s.cause(),
                    s.promise());
        }
    }

    /** How a try ended, in the words of {@link Claiming}. */
    enum Ended {
        CLAIMED,
        HELD,
        LIMIT_REACHED,
        ALL_HELD,
        SOLD_OUT,
        CLOSED
    }

    /** Hears of each act in its order, so that it can be done again elsewhere. */
    interface Witness {
        Witness NOBODY = new Witness() {};

        default void joins(Instant at, int account, Stage stage) {}

        /** The list is closed and the places are drawn: the first one's account first. */
        default void drawn(Instant at, Stage stage, List<Integer> line) {}

        /** @param called places up to this one have their turn */
        default void steps(Instant at, Stage stage, int called) {}

        default void tries(Instant at, int account, Stage stage, Ended ended) {}

        default void pays(Instant at, int account, Stage stage) {}

        /** A hold that nobody paid for is over. */
        default void ends(Instant at, int account, Stage stage) {}
    }

    /** @param far told how far it is, 0 to 1 */
    static List<RehearsedStage> run(Plan plan, RehearsedCrowd crowd, long seed, Witness witness, DoubleConsumer far) {
        return new Run(plan, crowd, seed, witness, far).run();
    }

    private enum What {
        OPENS,
        JOINS,
        DRAWS,
        STEPS,
        TRIES,
        LOOKS_AGAIN,
        PAYS,
        ENDS
    }

    private record Event(long at, long nth, What what, int stage, int account) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(nth, other.nth);
        }
    }

    private record Call(long at, int upTo, int taken) {}

    /** A stage while it is lived through. */
    private static final class Window {
        private final Stage stage;
        private final RehearsedStage.Tally tally;
        private final long opens;
        private int taken;
        private int holds;
        private boolean soldOut;
        private long doorFreeAt;
        /** When each came who came, by account. */
        private final Map<Integer, Long> since = new HashMap<>();

        /** Where all is held: who looks again. */
        private final List<Integer> bots = new ArrayList<>();

        private final List<Integer> people = new ArrayList<>();
        private boolean lookedAfter;

        private final BitSet humansInLine = new BitSet();
        private final List<Integer> line = new ArrayList<>();
        private final Map<Integer, Integer> places = new HashMap<>();
        private final BitSet claimedPlaces = new BitSet();
        private final Deque<Call> calls = new ArrayDeque<>();
        private boolean drawn;
        private boolean stepping;
        private int called;
        private int calledBefore;
        private int takenBefore;
        private int takenThen;
        private long tickedAt;
        private CallPace pace = CallPace.START;

        Window(Stage stage) {
            this.stage = stage;
            this.opens = micros(stage.opensAt());
            this.tally = new RehearsedStage.Tally(stage, opens);
        }
    }

    private static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static final class Run {
        private final RehearsedCrowd crowd;
        private final double claimsAimed;
        private final Witness witness;
        private final DoubleConsumer far;
        private final Random random;
        private final List<Window> windows;
        private final Map<CollectibleId, Integer> stock;
        private final PriorityQueue<Event> events = new PriorityQueue<>();
        private long nth;
        private final int bots;
        private final int[] have;
        private final int[] humanHas;
        private final double[] entitled;
        private int opened;

        Run(Plan plan, RehearsedCrowd crowd, long seed, Witness witness, DoubleConsumer far) {
            this.crowd = crowd;
            this.claimsAimed = plan.claimsAimed;
            this.witness = witness;
            this.far = far;
            this.random = new Random(seed);
            this.stock = new HashMap<>(plan.stock);
            this.windows = plan.stages.stream().map(Window::new).toList();
            this.bots = crowd.bots();
            this.have = new int[crowd.accounts()];
            this.humanHas = new int[crowd.accounts()];
            this.entitled = random.doubles(crowd.accounts()).toArray();
        }

        /** The first ones are programs. */
        private boolean isBot(int account) {
            return account < bots;
        }

        /** Whoever runs programs is one human, known by the first of his accounts. */
        private int human(int account) {
            return isBot(account) ? account / crowd.botAccounts() * crowd.botAccounts() : account;
        }

        private int room(Window w) {
            int there = stock.getOrDefault(w.stage.collectible(), 0);
            return w.stage.cap() == null ? there : Math.min(there, w.stage.cap() - w.taken);
        }

        List<RehearsedStage> run() {
            for (int n = 0; n < windows.size(); n++) at(windows.get(n).opens, What.OPENS, n, 0);
            for (Event next = events.poll(); next != null; next = events.poll()) {
                Window w = windows.get(next.stage);
                switch (next.what) {
                    case OPENS -> opens(w, next.stage);
                    case JOINS -> joins(w, next);
                    case DRAWS -> draws(w, next);
                    case STEPS -> steps(w, next);
                    case TRIES -> tries(w, next);
                    case LOOKS_AGAIN -> looksAgain(w, next);
                    case PAYS -> pays(w, next);
                    case ENDS -> ends(w, next);
                }
            }
            return windows.stream().map(w -> w.tally.sum()).toList();
        }

        private void at(long at, What what, int stage, int account) {
            events.add(new Event(at, nth++, what, stage, account));
        }

        /** Half of them need this long, a sixth more than twice as long. */
        private long about(double seconds) {
            return (long) (seconds * Math.exp(SPREAD * random.nextGaussian()) * SECONDS.toMicros(1));
        }

        private long after(double meanSeconds) {
            return (long) (-Math.log(1 - random.nextDouble()) * meanSeconds * SECONDS.toMicros(1));
        }

        private boolean happens(int percent) {
            return random.nextInt(100) < percent;
        }

        private void opens(Window w, int n) {
            far.accept((double) opened++ / windows.size());
            w.tally.opens(room(w));
            List<Integer> early = new ArrayList<>();
            for (int account = 0; account < have.length; account++) {
                if (w.stage.entry() != Stage.Entry.EVERYONE && entitled[account] * 100 >= crowd.entitledPercent())
                    continue;
                boolean bot = isBot(account);
                // A person wants one; a program what it may have.
                if (bot ? isAtLimit(w, account) : have[account] > 0) continue;
                boolean here = bot || happens(crowd.earlyPercent());
                long comes = here ? w.opens : w.opens + after(crowd.minutes() * 60 / NINE_IN_TEN);
                if (comes >= micros(w.stage.closesAt())) continue;
                if (w.stage.mode() == Mode.RACE) {
                    long hand = bot ? after(BOT_SECONDS) : about(HAND_SECONDS);
                    w.since.put(account, comes);
                    w.tally.came(bot);
                    at(comes + hand, What.TRIES, n, account);
                } else if (here && w.stage.mode() == Mode.QUEUE) {
                    early.add(account);
                } else {
                    at(comes, What.JOINS, n, account);
                }
            }
            if (w.stage.mode() != Mode.QUEUE) return;
            for (int account : early) join(w, account, w.opens - 1);
            // The lot: nobody can say more of it than that every order is as likely.
            Collections.shuffle(w.line, random);
            at(w.opens + MICROSECONDS.convert(LOT), What.DRAWS, n, 0);
        }

        private void joins(Window w, Event e) {
            join(w, e.account, e.at);
            step(w, e.stage, e.at);
        }

        private void join(Window w, int account, long at) {
            int human = human(account);
            if (w.stage.onePerson() && w.humansInLine.get(human)) return;
            w.humansInLine.set(human);
            w.since.put(account, at);
            w.tally.came(isBot(account));
            if (w.stage.mode() == Mode.QUEUE) {
                w.line.add(account);
                if (w.drawn) w.places.put(account, w.line.size());
            }
            witness.joins(instant(at), account, w.stage);
        }

        private void draws(Window w, Event e) {
            w.drawn = true;
            for (int place = 1; place <= w.line.size(); place++) w.places.put(w.line.get(place - 1), place);
            witness.drawn(instant(e.at), w.stage, List.copyOf(w.line));
            step(w, e.stage, e.at);
        }

        private void step(Window w, int n, long at) {
            if (!w.drawn || w.stepping || w.stage.mode() != Mode.QUEUE) return;
            w.stepping = true;
            at(Math.max(at, w.tickedAt + MICROSECONDS.convert(Calls.STEP)), What.STEPS, n, 0);
        }

        /** As {@link Calls} does it, with what its row would say. */
        private void steps(Window w, Event e) {
            w.stepping = false;
            if (w.called >= w.line.size() || w.soldOut || !w.stage.openAt(instant(e.at))) return;
            long step = MICROSECONDS.convert(Calls.STEP);
            if (w.tickedAt == 0) w.tickedAt = e.at - step;
            long patience = e.at - MICROSECONDS.convert(CallPace.PATIENCE);
            for (Call first = w.calls.peek(); first != null && first.at <= patience; first = w.calls.peek()) {
                w.calls.poll();
                w.calledBefore = first.upTo;
                w.takenBefore = first.taken;
            }
            int recently = w.called - w.calledBefore;
            int room = room(w);
            CallPace.Next next = w.pace.after(new CallPace.Seen(
                    claimsAimed,
                    Math.max(0.001, (e.at - w.tickedAt) / 1e6),
                    w.taken - w.takenThen,
                    recently,
                    room >= Calls.ENOUGH * recently
                            ? Math.max(0, w.taken - w.takenBefore)
                            : w.claimedPlaces
                                    .get(w.calledBefore + 1, w.called + 1)
                                    .cardinality(),
                    room,
                    w.line.size() - w.called));
            w.pace = next.pace();
            w.tickedAt = e.at;
            w.takenThen = w.taken;
            for (int place = w.called + 1; place <= w.called + next.calls(); place++) {
                int account = w.line.get(place - 1);
                if (isBot(account)) at(e.at + after(1), What.TRIES, e.stage, account);
                else if (happens(crowd.comePercent())) at(e.at + about(TURN_SECONDS), What.TRIES, e.stage, account);
            }
            w.called += next.calls();
            if (next.calls() > 0) w.calls.add(new Call(e.at, w.called, w.taken));
            witness.steps(instant(e.at), w.stage, w.called);
            step(w, e.stage, e.at);
        }

        private void tries(Window w, Event e) {
            long answered = Math.max(e.at, w.doorFreeAt) + CLAIM_MICROS;
            w.doorFreeAt = answered;
            switch (judge(w, e.account, answered, e.stage)) {
                case CLAIMED, HELD -> {
                    if (isBot(e.account) && w.stage.mode() == Mode.RACE && !isAtLimit(w, e.account))
                        at(answered + after(BOT_SECONDS), What.TRIES, e.stage, e.account);
                }
                case ALL_HELD -> {
                    (isBot(e.account) ? w.bots : w.people).add(e.account);
                    lookAgain(w, e.stage, answered);
                }
                case LIMIT_REACHED, SOLD_OUT, CLOSED -> {}
            }
        }

        private boolean isAtLimit(Window w, int account) {
            return have[account] >= w.stage.limit()
                    || w.stage.onePerson() && humanHas[human(account)] >= w.stage.limit();
        }

        /** In the order in which the gate and the writer judge: what memory knows, then the limit, then what is left. */
        private Ended judge(Window w, int account, long at, int n) {
            Ended ended = judged(w, account, at);
            witness.tries(instant(at), account, w.stage, ended);
            if (ended != Ended.CLAIMED && ended != Ended.HELD) return ended;
            w.taken++;
            stock.merge(w.stage.collectible(), -1, Integer::sum);
            have[account]++;
            humanHas[human(account)]++;
            Integer place = w.places.get(account);
            if (place != null) w.claimedPlaces.set(place);
            w.tally.took(at, isBot(account), at - w.since.getOrDefault(account, at));
            if (w.stage.hold() == null) {
                w.soldOut = room(w) <= 0 && held(w) == 0;
                w.tally.sold(isBot(account));
            } else {
                w.holds++;
                holds(w, account, at, n);
            }
            look(w, at);
            return ended;
        }

        private Ended judged(Window w, int account, long at) {
            if (!w.stage.openAt(instant(at))) return Ended.CLOSED;
            boolean full = room(w) <= 0;
            boolean held = held(w) > 0;
            if (full && held) return Ended.ALL_HELD;
            if (w.soldOut || full && w.stage.hold() != null) return Ended.SOLD_OUT;
            // Whoever asks where nothing is left has it written down that nothing is.
            if (full) w.soldOut = true;
            if (isAtLimit(w, account)) return Ended.LIMIT_REACHED;
            if (full) return Ended.SOLD_OUT;
            return w.stage.hold() == null ? Ended.CLAIMED : Ended.HELD;
        }

        /** Units that may come back to this stage: of its own holds when it has its cap, of any of its stock else. */
        private int held(Window w) {
            if (w.stage.cap() != null && w.taken >= w.stage.cap()) return w.holds;
            return windows.stream()
                    .filter(other -> isOfItsStock(other, w))
                    .mapToInt(other -> other.holds)
                    .sum();
        }

        private static boolean isOfItsStock(Window one, Window other) {
            return one.stage.collectible().equals(other.stage.collectible());
        }

        /** What becomes of a hold is settled when it begins: it is paid in time, or it ends. */
        private void holds(Window w, int account, long at, int n) {
            Duration hold = Objects.requireNonNull(w.stage.hold());
            long takes = about(isBot(account) ? BOT_SECONDS : PAY_SECONDS);
            long last = MICROSECONDS.convert(hold.minus(Sales.MARGIN));
            boolean pays = w.stage.price() != null && (isBot(account) || happens(crowd.payPercent())) && takes < last;
            if (pays) at(at + takes + NUMBERING_MICROS, What.PAYS, n, account);
            else at(at + MICROSECONDS.convert(hold) + ENDING_MICROS, What.ENDS, n, account);
        }

        private void pays(Window w, Event e) {
            w.holds--;
            w.tally.sold(isBot(e.account));
            witness.pays(instant(e.at), e.account, w.stage);
            look(w, e.at);
        }

        private void ends(Window w, Event e) {
            w.holds--;
            w.taken--;
            stock.merge(w.stage.collectible(), 1, Integer::sum);
            have[e.account]--;
            humanHas[human(e.account)]--;
            Integer place = w.places.get(e.account);
            if (place != null) w.claimedPlaces.clear(place);
            w.tally.back(e.at);
            witness.ends(instant(e.at), e.account, w.stage);
            look(w, e.at);
            for (int n = 0; n < windows.size(); n++)
                if (isOfItsStock(windows.get(n), w)) lookAgain(windows.get(n), n, e.at);
        }

        private void look(Window w, long at) {
            for (Window each : windows)
                if (each == w || isOfItsStock(each, w) && each.stage.openAt(instant(at)))
                    each.tally.left(at, room(each), held(each));
        }

        /** Those who look again do so each at a moment of his own: the next one of them all, where there is something. */
        private void lookAgain(Window w, int n, long at) {
            if (w.lookedAfter || room(w) <= 0 || !w.stage.openAt(instant(at))) return;
            double aSecond = w.bots.size() / BOT_LOOKS_AGAIN_SECONDS + w.people.size() / LOOKS_AGAIN_SECONDS;
            if (aSecond == 0) return;
            w.lookedAfter = true;
            at(at + after(1 / aSecond), What.LOOKS_AGAIN, n, 0);
        }

        private void looksAgain(Window w, Event e) {
            w.lookedAfter = false;
            double ofBots = w.bots.size() / BOT_LOOKS_AGAIN_SECONDS;
            double all = ofBots + w.people.size() / LOOKS_AGAIN_SECONDS;
            List<Integer> kind = random.nextDouble() * all < ofBots ? w.bots : w.people;
            if (kind.isEmpty()) return;
            int which = random.nextInt(kind.size());
            int account = kind.get(which);
            boolean gone = !isBot(account) && e.at - w.since.getOrDefault(account, e.at) > PATIENCE_MICROS + turn(w);
            Ended ended = gone ? Ended.CLOSED : judge(w, account, e.at, e.stage);
            boolean again = ended == Ended.ALL_HELD || ended == Ended.HELD && isBot(account) && !isAtLimit(w, account);
            if (!again) {
                kind.set(which, kind.getLast());
                kind.removeLast();
            }
            lookAgain(w, e.stage, e.at);
        }

        /** Whoever stood in line for an hour has not lost her patience by it. */
        private static long turn(Window w) {
            return w.stage.mode() == Mode.QUEUE ? Long.MAX_VALUE / 4 : 0;
        }
    }
}
