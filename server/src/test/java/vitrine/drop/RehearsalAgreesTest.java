package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.drop.Works.MOONRISE;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Currency;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Jobs;
import vitrine.platform.Money;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.sandbox.DrandNetwork;
import vitrine.sandbox.PayContracts;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/**
 * What a rehearsal says happens. Each of its acts is done again at the same moment with a real drop on a real database, by people who
 * exist, and each must end as it was said: who got a piece, who was over the limit, whom nothing was left for, and how far the line was
 * called.
 */
class RehearsalAgreesTest {

    private static final AtomicReference<Instant> NOW =
            new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private static TestDatabase database;
    private static TestServer server;
    private static BrandId lumen;

    private static Instant now() {
        return requireNonNull(NOW.get());
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        Settings settings = TestServer.settings(database);
        Map<String, String> pays = PayContracts.make().variables("http://127.0.0.1:9");
        for (Setting setting : Setting.values()) {
            String value = pays.get(setting.variable());
            if (value != null) settings = settings.with(setting, value);
        }
        InstantSource source = RehearsalAgreesTest::now;
        server = TestServer.start(
                settings,
                Map.of(
                        "vitrine.beacon-chain",
                        DrandNetwork.info(),
                        "vitrine.jobs",
                        "manual",
                        "vitrine.clock.check",
                        "off",
                        "vitrine.queue-claims-per-second",
                        "2"),
                beans -> beans.registerBean(Clock.class, () -> source.withZone(ZoneOffset.UTC)));
        lumen = Works.lumen(server);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    /** Programs have five accounts each; two in five people let their hold end. */
    private static RehearsedCrowd crowd(int accounts, int botsPercent) {
        return new RehearsedCrowd(accounts, botsPercent, 5, 60, 5, 100, 60, 60, 0);
    }

    @Test
    void aRaceEndsAsItWasSaid() {
        Drop drop = drop("race", 15, null, stage -> stage);
        Again again = again(drop, Rehearsal.Rule.PLANNED, crowd(60, 25), 3);
        assertThat(again.wrong).isEmpty();
        assertThat(again.said.getFirst().sold()).isEqualTo(15);
        assertThat(again.ended).contains(Rehearsal.Ended.CLAIMED, Rehearsal.Ended.SOLD_OUT);
        assertThat(stock(drop)).isEqualTo(new Stock(15, 0, 15, 0, 0, 0, 15));
    }

    @Test
    void whatNobodyPaysForGoesToTheNextAsItWasSaid() {
        Drop drop = drop("sale", 30, 3, stage -> stage.at(new Money(9_900, Currency.getInstance("CNY"))));
        Again again = again(drop, Rehearsal.Rule.PLANNED, crowd(60, 10), 3);
        assertThat(again.wrong).isEmpty();
        RehearsedStage said = again.said.getFirst();
        assertThat(said.back()).as("somebody let a hold end").isPositive();
        assertThat(again.ended).contains(Rehearsal.Ended.HELD, Rehearsal.Ended.ALL_HELD);
        assertThat(count("select count(*) from claims where serial is not null and drop_id = ?", drop))
                .isEqualTo(said.sold());
        assertThat(count("select count(*) from claims_ended where drop_id = ?", drop))
                .isEqualTo(said.back());
        assertThat(requireNonNull(stock(drop).available())).isEqualTo(said.left());
    }

    @Test
    void aLineIsCalledAsFarAsItWasSaid() {
        Drop drop = drop("line", 12, null, stage -> stage.by(Stage.Mode.QUEUE));
        Again again = again(drop, Rehearsal.Rule.PLANNED, crowd(40, 25), 5);
        assertThat(again.wrong).isEmpty();
        RehearsedStage said = again.said.getFirst();
        assertThat(said.sold()).isEqualTo(12);
        assertThat(again.steps).as("it was called in many steps").isGreaterThan(100);
        assertThat(count("select count(*) from claims where drop_id = ?", drop)).isEqualTo(12);
        assertThat(count("select called from queues where drop_id = ?", drop)).isGreaterThan(12);
    }

    @Test
    void aRehearsalByAnotherRuleDoesNotAgree() {
        Drop drop = drop("other", 15, null, stage -> stage);
        assertThat(again(drop, Rehearsal.Rule.NO_LIMIT, crowd(60, 25), 3).wrong)
                .isNotEmpty()
                .allMatch(line ->
                        line.contains("LIMIT_REACHED") || line.contains("SOLD_OUT") || line.contains("CLAIMED"));
    }

    private interface More {
        DropDraft.StageDraft of(DropDraft.StageDraft stage);
    }

    /** A stage of half an hour, two for each person. */
    private static Drop drop(String slug, int pieces, @Nullable Integer holdMinutes, More more) {
        CollectibleId id = Works.published(server, lumen, slug, pieces, 0);
        Instant opens = now().plus(Duration.ofHours(2));
        DropDraft.StageDraft stage = more.of(new DropDraft.StageDraft(
                null,
                MOONRISE,
                id.value(),
                opens,
                opens.plus(Duration.ofMinutes(30)),
                null,
                2,
                "everyone",
                null,
                holdMinutes,
                "never",
                false,
                false));
        DropPlans plans = server.bean(DropPlans.class);
        DropId drop = ((DropPlans.Drafting.Drafted)
                        plans.draft(lumen, slug, new DropDraft(MOONRISE, MOONRISE, List.of(stage))))
                .id();
        return ((DropPlans.Publishing.Published) plans.publish(drop)).drop();
    }

    private static Again again(Drop drop, Rehearsal.Rule rule, RehearsedCrowd crowd, long seed) {
        Rehearsals rehearsals = server.bean(Rehearsals.class);
        DropDraft draft = server.bean(DropPlans.class).draft(drop.id());
        Rehearsal.Plan plan = requireNonNull(rehearsals.plan(lumen, draft).under(rule));
        Again again = new Again(drop, crowd.accounts());
        again.said = Rehearsal.run(plan, crowd, seed, again, share -> {});
        return again;
    }

    /** Does with the real drop what the rehearsal does, and writes down where the two part. */
    private static final class Again implements Rehearsal.Witness {
        private final Drop drop;
        private final Stage real;
        private final List<CollectorId> people;
        /** Which of the people an account is: in a line, whoever has its place. */
        private final Map<Integer, CollectorId> who = new HashMap<>();

        private final Map<Integer, Integer> places = new HashMap<>();
        private final Map<Integer, Integer> tries = new HashMap<>();
        private final Map<Integer, Deque<UUID>> holds = new HashMap<>();
        private final List<String> wrong = new ArrayList<>();
        private final List<Rehearsal.Ended> ended = new ArrayList<>();
        private List<RehearsedStage> said = List.of();
        private boolean closed;
        private int line;
        private int steps;

        Again(Drop drop, int accounts) {
            this.drop = drop;
            this.real = drop.stages().getFirst();
            List<BuyerKey> keys = IntStream.range(0, accounts)
                    .mapToObj(
                            n -> new BuyerKey(BuyerKey.Kind.EMAIL, (drop.slug() + n).getBytes(StandardCharsets.UTF_8)))
                    .toList();
            Map<BuyerKey, CollectorId> known = server.bean(Collectors.class).forBuyerKeys(keys);
            this.people =
                    keys.stream().map(key -> requireNonNull(known.get(key))).toList();
            for (int n = 0; n < accounts; n++) who.put(n, people.get(n));
        }

        private void at(Instant at) {
            if (real.mode() == Stage.Mode.QUEUE && !closed && !at.isBefore(real.opensAt())) {
                closed = true;
                NOW.set(real.opensAt());
                server.bean(Jobs.class).drain(); // the list is closed, and in a checkpoint before its round
            }
            if (at.isAfter(now())) NOW.set(at);
            server.bean(LiveDrops.class).changed();
            server.bean(WaitingRoom.class).changed();
        }

        private CollectorId who(int account) {
            return requireNonNull(who.get(account));
        }

        @Override
        public void joins(Instant at, int account, Stage stage) {
            at(at);
            var joined = server.bean(WaitingRoom.class).join(drop, real, who(account), null, null);
            if (!(joined instanceof WaitingRoom.Joining.Joined)) wrong.add("joins: " + joined);
            line++;
            if (!at.isBefore(real.opensAt())) places.put(account, line);
        }

        /** The lot gives other places to the same people; the place is what counts. */
        @Override
        public void drawn(Instant at, Stage stage, List<Integer> order) {
            at(at);
            long round = requireNonNull(queue().round());
            NOW.set(at.plusSeconds(10)); // until the round is there
            if (!(server.bean(Lots.class).draw(drop.id(), real.id(), DrandNetwork.sign(round))
                    instanceof Lots.Bringing.Drawn)) wrong.add("not drawn");
            NOW.set(at);
            Map<Integer, CollectorId> byPlace = new HashMap<>();
            database.jdbc()
                    .sql("select place, collector_id from queue_arrivals where stage_id = :stage")
                    .param("stage", real.id())
                    .query(row -> {
                        byPlace.put(row.getInt(1), new CollectorId(row.getObject(2, UUID.class)));
                    });
            for (int place = 1; place <= order.size(); place++) {
                int account = order.get(place - 1);
                Integer late = places.get(account);
                if (late != null && late != place) wrong.add("who came " + late + ". stands at " + place);
                places.put(account, place);
                who.put(account, requireNonNull(byPlace.get(place)));
            }
        }

        @Override
        public void steps(Instant at, Stage stage, int called) {
            at(at);
            steps++;
            server.bean(Calls.class).run();
            int really = queue().called();
            if (really != called) wrong.add(at + " called " + called + ", really " + really);
        }

        private Queues.Queue queue() {
            return server.bean(Queues.class).find(drop.id(), real.id()).orElseThrow();
        }

        @Override
        public void tries(Instant at, int account, Stage stage, Rehearsal.Ended expected) {
            at(at);
            ClaimPasses passes = server.bean(ClaimPasses.class);
            ClaimPass pass = real.mode() == Stage.Mode.QUEUE
                    ? passes.ticket(
                            drop.id(), real.id(), who(account), null, real.limit(), requireNonNull(places.get(account)))
                    : passes.of(drop.id(), real.id(), who(account), null, real.limit());
            Claiming claiming = server.bean(Claims.class).claim(passes.write(pass), tries.getOrDefault(account, 0) + 1);
            Rehearsal.@Nullable Ended really =
                    switch (claiming) {
                        case Claiming.Claimed(Claim claim, boolean repeated) -> {
                            if (repeated) yield null;
                            tries.merge(account, 1, Integer::sum);
                            if (claim.serial() != null) yield Rehearsal.Ended.CLAIMED;
                            holds.computeIfAbsent(account, a -> new ArrayDeque<>())
                                    .add(claim.id());
                            yield Rehearsal.Ended.HELD;
                        }
                        case Claiming.LimitReached l -> Rehearsal.Ended.LIMIT_REACHED;
                        case Claiming.AllHeld h -> Rehearsal.Ended.ALL_HELD;
                        case Claiming.SoldOut s -> Rehearsal.Ended.SOLD_OUT;
                        case Claiming.Closed c -> Rehearsal.Ended.CLOSED;
                        default -> null;
                    };
            ended.add(expected);
            if (really != expected) wrong.add(at + " " + account + " " + expected + ", really " + claiming);
        }

        /** As the money that came in for it does ({@link SalesTaken}). */
        @Override
        public void pays(Instant at, int account, Stage stage) {
            at(at);
            withHold(account, (all, of, claim) -> {
                all.lock(of);
                return all.number(
                                of,
                                List.of(requireNonNull(
                                        all.held(of, List.of(claim)).get(claim))))
                        .size();
            });
        }

        /** As the worker does that ends them ({@link SaleEnds}). */
        @Override
        public void ends(Instant at, int account, Stage stage) {
            at(at);
            withHold(account, (all, of, claim) -> all.release(of, new UUID[] {claim}, now()));
        }

        private interface Deed {
            int of(Holds all, Holds.Stages of, UUID claim);
        }

        /** One hold, and no more; whose they are they are alike: the first one made is the first one to end. */
        private void withHold(int account, Deed deed) {
            UUID claim = requireNonNull(requireNonNull(holds.get(account)).poll());
            Holds all = server.bean(Holds.class);
            server.bean(TransactionTemplate.class).executeWithoutResult(status -> {
                Holds.Stages of = all.of(lumen, List.of(claim)).get(claim);
                if (of == null || deed.of(all, of, claim) != 1)
                    wrong.add(now() + " " + account + " really holds nothing that ends now");
            });
        }
    }

    private static Stock stock(Drop drop) {
        CollectibleId id = drop.stages().getFirst().collectible();
        return requireNonNull(server.bean(TransactionTemplate.class)
                .execute(s -> server.bean(Drops.class).stock(id)));
    }

    private static int count(String sql, Drop drop) {
        return database.jdbc()
                .sql(sql)
                .param(drop.id().value())
                .query(Integer.class)
                .single();
    }
}
