package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vitrine.drop.Works.MOONRISE;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.desk.Desk;
import vitrine.campaign.desk.Snags;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Entrances.Coming;
import vitrine.drop.Entrances.Entrance;
import vitrine.drop.JoinWriter.Outcome;
import vitrine.drop.WaitingRoom.Joining;
import vitrine.drop.WaitingRoom.Standing;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ledger.Ledger;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Jobs;
import vitrine.platform.api.Permission;
import vitrine.proof.Arrivals;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogRecord;
import vitrine.proof.OwnPlace;
import vitrine.proof.PlaceCheck;
import vitrine.rulebook.Rules;
import vitrine.sandbox.DrandNetwork;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** A place in line is by lot or in order, is somebody's own, and admits once. Two nodes on one database. */
class WaitingRoomTest {

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private TestDatabase database;
    private TestServer one;
    private TestServer two;
    private BrandId lumen;
    private CollectibleId moonrise;

    @BeforeEach
    void twoNodes() {
        database = TestDatabase.fresh();
        one = node();
        two = node();
        lumen = Works.lumen(one);
        moonrise = Works.published(one, lumen, "moonrise", 10, 0);
    }

    private TestServer node() {
        InstantSource source = () -> Instant.now().plus(ahead.get());
        Map<String, Object> settings = new HashMap<>();
        settings.put("vitrine.beacon-chain", DrandNetwork.info());
        settings.put("vitrine.jobs", "manual");
        settings.put("vitrine.clock.check", "off");
        settings.put("vitrine.drop.grants-wait-seconds", "0");
        return TestServer.start(
                database, settings, beans -> beans.registerBean(Clock.class, () -> source.withZone(ZoneOffset.UTC)));
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        database.close();
    }

    @Test
    void whoeverComesBeforeTheOpeningGetsAPlaceByLot() {
        Drop drop = queue("night");
        Stage stage = drop.stages().getFirst();
        List<CollectorId> early = people("early", 40);
        for (CollectorId who : early)
            assertThat(come(who.hashCode() % 2 == 0 ? one : two, drop, who)).isInstanceOf(Joining.Joined.class);
        assertThat(come(two, drop, early.getFirst()))
                .as("a second time changes nothing")
                .isInstanceOf(Joining.Joined.class);
        assertThat(one.bean(WaitingRoom.class).standing(drop, stage, early.subList(0, 1)))
                .isInstanceOf(Standing.Listed.class);

        open(drop);
        assertThat(come(one, drop, people("early", 41).getLast()))
                .as("while the list is being closed nobody can be told a place")
                .isInstanceOf(Joining.Busy.class);
        one.bean(Jobs.class).drain();
        two.bean(Jobs.class).drain();
        Queues.Queue closed = queue(drop);
        assertThat(closed.listed()).isEqualTo(40);
        List<CollectorId> late = people("late", 3);
        for (CollectorId who : late) assertThat(come(one, drop, who)).isInstanceOf(Joining.Joined.class);
        assertThat(late.stream().map(who -> place(drop, who)))
                .as("behind the list, in order of arrival")
                .containsExactly(41, 42, 43);

        draw(drop);
        List<Integer> places = early.stream().map(who -> place(drop, who)).toList();
        assertThat(places)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 40).boxed().toList());
        assertThat(places).isNotEqualTo(IntStream.rangeClosed(1, 40).boxed().toList());

        // What a stranger does: the list, the record in the log and the round's signature give the same places.
        drain();
        List<Hash32> list = Arrivals.readFile(
                new String(one.bean(WaitingRoom.class).list(drop, stage).orElseThrow(), StandardCharsets.US_ASCII));
        long round = requireNonNull(closed.round());
        byte[] rules = one.bean(vitrine.rulebook.Rules.class)
                .version(lumen, drop.id().value(), 1)
                .orElseThrow()
                .document()
                .bytes();
        String fromTheNetwork = HexFormat.of().formatHex(DrandNetwork.sign(round));
        for (CollectorId who : early) {
            WaitingRoom.Line mine = requireNonNull(one.bean(Entrances.class).line(drop, stage, who));
            Ledger.Place sealed = requireNonNull(mine.sealed());
            OwnPlace own = new OwnPlace(
                    stage.id(),
                    mine.collector(),
                    mine.salt(),
                    mine.arrival(),
                    requireNonNull(mine.record()),
                    sealed.index(),
                    round,
                    HexFormat.of().formatHex(requireNonNull(mine.signature())),
                    requireNonNull(mine.place()));
            assertThat(PlaceCheck.verify(own, list, one.bean(Ledger.class).entry(sealed), fromTheNetwork, rules))
                    .isNotEmpty()
                    .allSatisfy(check -> assertThat(check.status()).isEqualTo(CertificateVerdict.Status.PASSED));
        }
    }

    @Test
    void theListIsInTheLogBeforeItsRoundIsThere() {
        Drop drop = queue("night");
        for (CollectorId who : people("early", 3)) come(one, drop, who);
        open(drop);
        one.bean(ListClosing.class).run();
        Queues.Queue closed = queue(drop);
        assertThat(DrandNetwork.CHAIN.timeOf(requireNonNull(closed.round())))
                .as("nobody knows the round when the list is closed")
                .isAfter(Instant.now().plus(ahead.get()).plusSeconds(10));
        byte[] entry = database.jdbc()
                .sql("select entry from log_pending where leaf = :leaf")
                .param("leaf", requireNonNull(closed.record()).bytes())
                .query(byte[].class)
                .single();
        assertThat(LogRecord.read(entry)).isInstanceOfSatisfying(LogRecord.Reading.Known.class, known -> {
            var record = (LogRecord.QueueArrivals) known.record();
            assertThat(record.count()).isEqualTo(3);
            assertThat(record.root()).isEqualTo(closed.root());
            assertThat(record.rules()).isEqualTo(drop.rules());
            assertThat(record.chain()).isEqualTo(DrandNetwork.CHAIN.hash());
            assertThat(record.round()).isEqualTo(closed.round());
        });
        two.bean(Jobs.class).drain();
        assertThat(queue(drop)).usingRecursiveComparison().isEqualTo(closed);
    }

    @Test
    void aListThatCannotBeClosedKeepsNoOtherOpen() {
        List<Drop> drops = List.of(queue("before"), queue("broken"), queue("behind"));
        CollectorId ada = people("early", 1).getFirst();
        for (Drop drop : drops) come(one, drop, ada);
        UUID broken = drops.get(1).stages().getFirst().id();
        byte[] arrival = database.jdbc()
                .sql("select arrival from queue_arrivals where stage_id = :stage")
                .param("stage", broken)
                .query(byte[].class)
                .single();
        standsAs(new byte[] {0}, broken);
        open(drops.getLast());
        ListClosing closing = one.bean(ListClosing.class);
        assertThatThrownBy(closing::run).as("and it is said").isInstanceOf(IllegalArgumentException.class);
        assertThat(drops.stream().map(drop -> queue(drop).closed()))
                .as("whichever comes first")
                .containsExactly(true, false, true);
        standsAs(arrival, broken);
        closing.run();
        assertThat(queue(drops.get(1)).closed()).isTrue();
    }

    private void standsAs(byte[] arrival, UUID stage) {
        database.jdbc()
                .sql("update queue_arrivals set arrival = :arrival where stage_id = :stage")
                .param("arrival", arrival)
                .param("stage", stage)
                .update();
    }

    /** Whose two accounts come in one batch: what one of them hears is what became of the other, and not what might have. */
    @Test
    void whoComesWithTwoAccountsAtOnceHearsWhatBecameOfHer() throws Exception {
        Drop drop = queue("night");
        List<CollectorId> people = people("early", 4);
        byte[] human = {1};
        CollectorId first = people.getFirst();
        CollectorId second = people.get(1);
        assertThat(together(drop, human, first, second)).containsExactly(Outcome.IN, Outcome.PERSON_IN);
        assertThat(together(drop, human, second, first))
                .as("whose account is in is in, whichever of them comes first")
                .containsExactly(Outcome.PERSON_IN, Outcome.IN);
        open(drop);
        byte[] another = {2};
        assertThat(together(drop, another, people.get(2), people.get(3)))
                .as("while the list is being closed she is in with neither")
                .containsExactly(Outcome.CLOSING, Outcome.CLOSING);
        assertThat(together(drop, human, second, first)).containsExactly(Outcome.CLOSING, Outcome.IN);
    }

    /** In one batch: the writer waits for the list behind somebody else. */
    private List<Outcome> together(Drop drop, byte[] human, CollectorId... accounts) throws Exception {
        JoinWriter writer = one.bean(JoinWriter.class);
        Stage stage = drop.stages().getFirst();
        List<CompletableFuture<Outcome>> heard = new ArrayList<>();
        one.bean(TransactionTemplate.class).executeWithoutResult(status -> {
            one.bean(Queues.class).lock(drop.id(), stage.id());
            writer.add(arrival(drop, stage, people("ahead", 1).getFirst(), new byte[] {9}));
            for (CollectorId who : accounts) heard.add(requireNonNull(writer.add(arrival(drop, stage, who, human))));
        });
        List<Outcome> outcomes = new ArrayList<>();
        for (CompletableFuture<Outcome> each : heard) outcomes.add(each.get(10, TimeUnit.SECONDS));
        return outcomes;
    }

    private static JoinWriter.Arrival arrival(Drop drop, Stage stage, CollectorId who, byte[] human) {
        Hash32 salt = Hash32.sha256(who.value().toString().getBytes(StandardCharsets.US_ASCII));
        return new JoinWriter.Arrival(
                drop.id(), stage, who.value(), human, salt, Arrivals.arrival(stage.id(), who.value(), salt), null);
    }

    /** The record names its rules and its round, the rules name the network, the delay and the way to draw: nothing else is asked. */
    @Test
    void aStrangerDrawsThePlacesFromTheLogTheFrozenRulesTheListAndTheRoundAlone() {
        Drop drop = queue("night");
        Stage stage = drop.stages().getFirst();
        List<CollectorId> early = people("early", 12);
        for (CollectorId who : early) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        byte[] document = one.bean(Rules.class)
                .named(requireNonNull(drop.rules()))
                .orElseThrow()
                .version()
                .document()
                .bytes();
        String list =
                new String(one.bean(WaitingRoom.class).list(drop, stage).orElseThrow(), StandardCharsets.US_ASCII);

        Ledger ledger = one.bean(Ledger.class);
        LogRecord.RulesPublished published = null;
        LogRecord.QueueArrivals arrivals = null;
        for (byte[] entry : ledger.entries(ledger.main(), 0, 1_000)) {
            LogRecord record = ((LogRecord.Reading.Known) LogRecord.read(entry)).record();
            if (record instanceof LogRecord.QueueArrivals found) arrivals = found;
            if (record instanceof LogRecord.RulesPublished found
                    && found.sha256().equals(Hash32.sha256(document))) published = found;
        }
        assertThat(requireNonNull(arrivals).rules())
                .as("the list names the rules that were frozen before anybody came")
                .isEqualTo(requireNonNull(published).leafHash());
        var frozen = (Json.Obj) Json.parse(document).orThrow();
        var lot = (Json.Obj) ((Json.Obj) ((Json.Arr) requireNonNull(frozen.get("stages")))
                        .values()
                        .getFirst())
                .get("lot");
        assertThat(requireNonNull(lot).get("places")).isEqualTo(Json.of("vitrine/places/v1"));
        assertThat(lot.get("chain")).isEqualTo(Json.of(arrivals.chain().hex()));
        Instant round = DrandNetwork.CHAIN.timeOf(arrivals.round());
        assertThat(round)
                .as("as long after the opening as the rules say, and no round later")
                .isBetween(stage.opensAt().plusSeconds(30), stage.opensAt().plusSeconds(60));

        Hash32 seed = Arrivals.seed(arrivals.leafHash(), DrandNetwork.sign(arrivals.round()));
        List<Hash32> drawn = Arrivals.inOrder(seed, Arrivals.readFile(list));
        for (CollectorId who : early) {
            WaitingRoom.Line mine = requireNonNull(one.bean(Entrances.class).line(drop, stage, who));
            assertThat(drawn.indexOf(mine.arrival()) + 1).isEqualTo(mine.place());
        }
    }

    /** Who runs the place could know the round before anybody could see the list: it must not be that round which orders it. */
    @Test
    void aListThatWasInNoSignedCheckpointBeforeItsRoundIsDrawnByALaterOne() {
        Drop drop = queue("night");
        UUID stage = drop.stages().getFirst().id();
        for (CollectorId who : people("early", 5)) come(one, drop, who);
        open(drop);
        one.bean(ListClosing.class).run();
        Queues.Queue closed = queue(drop);
        long first = requireNonNull(closed.round());
        Lots lots = one.bean(Lots.class);
        ahead.updateAndGet(by -> by.plusSeconds(60));
        assertThat(lots.draw(drop.id(), stage, DrandNetwork.sign(first)))
                .as("no checkpoint has the list")
                .isInstanceOf(Lots.Bringing.NotNow.class);
        assertThat(queue(drop).round()).as("and it waits for one").isEqualTo(first);
        drain();
        assertThat(lots.draw(drop.id(), stage, DrandNetwork.sign(first)))
                .as("the first checkpoint with it came after the round")
                .isInstanceOf(Lots.Bringing.NotNow.class);
        Queues.Queue later = queue(drop);
        assertThat(later.drawn()).isFalse();
        assertThat(later.root()).as("the same list").isEqualTo(closed.root());
        assertThat(DrandNetwork.CHAIN.timeOf(requireNonNull(later.round())))
                .as("a round that nobody knows yet")
                .isAfter(Instant.now().plus(ahead.get()).plusSeconds(10));
        assertThat(lots.draw(drop.id(), stage, DrandNetwork.sign(first)))
                .isEqualTo(new Lots.Bringing.NotTheRound(later.round()));
        drain();
        draw(drop);
        assertThat(queue(drop).record()).isEqualTo(later.record());
        assertThat(queue(drop).drawn()).isTrue();
    }

    /** As if somebody had set this server up for another one after the drop was published. */
    private void rulesNameAnotherNetwork(boolean another) {
        byte[] hash = DrandNetwork.CHAIN.hash().bytes();
        if (another) hash[0] ^= 1;
        database.jdbc()
                .sql("update queues set chain = :hash")
                .param("hash", hash)
                .update();
    }

    @Test
    void withoutTheRoundNobodyIsCalledAndNobodyCanBringAnother() {
        Drop drop = queue("night");
        UUID stage = drop.stages().getFirst().id();
        CollectorId ada = people("early", 1).getFirst();
        come(one, drop, ada);
        var reader = new Desk(one.bean(Catalog.class).brand(lumen), EnumSet.of(Permission.SEE), false, null);
        assertThat(one.bean(Snags.class).of(reader).each()).isEmpty();
        rulesNameAnotherNetwork(true);
        assertThat(one.bean(Snags.class).of(reader).each())
                .as("before the list is to be closed")
                .extracting(Snags.Snag::name)
                .containsExactly("undrawn");
        open(drop);
        drain();
        assertThat(queue(drop).closed()).isFalse();
        assertThat(one.bean(WaitingRoom.class)
                        .lookAgain(drop, drop.stages().getFirst())
                        .otherNetwork())
                .isEqualTo(queue(drop).chain());
        rulesNameAnotherNetwork(false);
        drain();
        assertThat(queue(drop).closed()).isTrue();
        rulesNameAnotherNetwork(true);
        assertThat(one.bean(Lots.class)
                        .draw(
                                drop.id(),
                                stage,
                                DrandNetwork.sign(requireNonNull(queue(drop).round()))))
                .isEqualTo(new Lots.Bringing.OtherNetwork(queue(drop).chain()));
        rulesNameAnotherNetwork(false);
        long round = requireNonNull(queue(drop).round());
        Lots lots = one.bean(Lots.class);
        String right = java.util.HexFormat.of().formatHex(DrandNetwork.sign(round));
        assertThat(lots.bring(drop.id(), stage, right))
                .as("the relays have time first")
                .isInstanceOf(Lots.Bringing.NotNow.class);
        ahead.updateAndGet(by -> by.plus(Queues.BY_HAND_AFTER).plusSeconds(60));
        drain();
        assertThat(one.bean(WaitingRoom.class)
                        .look(drop, drop.stages().getFirst())
                        .late())
                .isTrue();
        var desk = new Desk(one.bean(Catalog.class).brand(lumen), EnumSet.of(Permission.SEE), false, null);
        assertThat(one.bean(Snags.class).of(desk).each()).anySatisfy(snag -> {
            assertThat(snag.name()).isEqualTo("undrawn");
            assertThat(snag.place()).isEqualTo("drops/night/line?stage=" + stage);
        });
        assertThat(one.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.Waits.class);
        for (String wrong : List.of(
                "",
                "no",
                java.util.HexFormat.of().formatHex(DrandNetwork.sign(round + 1)),
                "00".repeat(48),
                "ff".repeat(48)))
            assertThat(lots.bring(drop.id(), stage, wrong)).isEqualTo(new Lots.Bringing.NotTheRound(round));
        assertThat(lots.bring(drop.id(), stage, right)).isEqualTo(new Lots.Bringing.Drawn(1));
        assertThat(one.bean(Snags.class).of(desk).each())
                .extracting(Snags.Snag::name)
                .doesNotContain("undrawn");
        assertThat(lots.bring(drop.id(), stage, right)).isInstanceOf(Lots.Bringing.DrawnBefore.class);
    }

    @Test
    void nobodyJumpsTheQueueAndATicketAdmitsOnce() {
        Drop drop = queue("night");
        List<CollectorId> people = people("early", 30);
        for (CollectorId who : people) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        List<CollectorId> inLine = new ArrayList<>(people);
        inLine.sort(java.util.Comparator.comparing(who -> place(drop, who)));
        for (CollectorId who : people)
            assertThat(one.bean(Entrances.class).enter(drop, who))
                    .as("nobody is called yet")
                    .isInstanceOf(Entrance.Waits.class);
        tick();
        int called = queue(drop).called();
        assertThat(called).as("no more are called than there are pieces").isEqualTo(10);
        for (CollectorId who : inLine.subList(called, 30))
            assertThat(two.bean(Entrances.class).enter(drop, who)).isInstanceOf(Entrance.Waits.class);

        CollectorId first = inLine.getFirst();
        Entrance.Admitted ticket = (Entrance.Admitted) one.bean(Entrances.class).enter(drop, first);
        assertThat(ticket.place()).isEqualTo(1);
        Claiming.Claimed claimed = (Claiming.Claimed) one.bean(Claims.class).claim(ticket.pass(), ticket.next());
        assertThat(claimed.again()).isFalse();
        assertThat(two.bean(Claims.class).claim(ticket.pass(), 1))
                .as("the same ticket again is the same piece")
                .isEqualTo(new Claiming.Claimed(claimed.claim(), true));
        assertThat(two.bean(Claims.class).claim(ticket.pass(), 2)).isInstanceOf(Claiming.NotAdmitted.class);
        // The cookie was copied to another device: it is the same account, with the same place, ticket and piece.
        Entrance.Admitted copied = (Entrance.Admitted) two.bean(Entrances.class).enter(drop, first);
        assertThat(two.bean(Claims.class).claim(copied.pass(), copied.next()))
                .isEqualTo(new Claiming.Claimed(claimed.claim(), true));
        drain();
        assertThat(database.jdbc()
                        .sql("select count(*) from claims")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void whoLetsHerHoldEndHearsThatHerTurnIsUsedAndIsNotCalledAgain() {
        Drop drop = queue("night");
        // What is held without a price cannot be published; here nobody pays, and a hold is what it is about.
        database.jdbc().sql("update drop_stages set hold_seconds = 600").update();
        CollectorId ada = people("early", 1).getFirst();
        come(one, drop, ada);
        open(drop);
        drain();
        draw(drop);
        tick();
        Drop held = one.bean(DropPlans.class).find(drop.id()).orElseThrow();
        Entrance.Admitted ticket = (Entrance.Admitted) one.bean(Entrances.class).enter(held, ada);
        assertThat(one.bean(Claims.class).claim(ticket.pass(), 1).code()).isEqualTo("drop.held");
        assertThat(two.bean(Entrances.class).enter(held, ada))
                .as("while it is held the same ticket is the same claim")
                .isInstanceOf(Entrance.Admitted.class);
        ahead.updateAndGet(by -> by.plusMinutes(11));
        drain();
        fresh();
        assertThat(one.bean(Claims.class).of(drop.id(), ada)).isEmpty();
        Entrance.TurnUsed used = (Entrance.TurnUsed) two.bean(Entrances.class).enter(held, ada);
        assertThat(used.place()).isEqualTo(1);
        assertThat(two.bean(Claims.class).claim(ticket.pass(), 1).code())
                .as("her old ticket, as the button shows it")
                .isEqualTo("drop.turn-used");
    }

    @Test
    void aTicketOfAnotherDropOrAPassWithoutAPlaceDoesNotAdmit() {
        Drop drop = queue("night");
        Drop other = queue("another-night");
        CollectorId ada = people("early", 1).getFirst();
        come(one, other, ada);
        open(other);
        drain();
        draw(other);
        tick();
        Entrance.Admitted ticket = (Entrance.Admitted) one.bean(Entrances.class).enter(other, ada);
        ClaimPasses passes = one.bean(ClaimPasses.class);
        ClaimPass read = requireNonNull(passes.read(ticket.pass()));
        assertThat(read.drop()).isEqualTo(other.id());
        Stage stage = drop.stages().getFirst();
        String crossed = passes.write(new ClaimPass(
                drop.id(), read.stage(), read.collector(), null, 1, read.ticket(), read.nonce(), read.end()));
        assertThat(one.bean(Claims.class).claim(crossed, 1)).isInstanceOf(Claiming.NotAdmitted.class);
        String withoutPlace = passes.write(passes.of(drop.id(), stage.id(), ada, null, 1));
        assertThat(one.bean(Claims.class).claim(withoutPlace, 1)).isInstanceOf(Claiming.NotAdmitted.class);
        byte[] forged = java.util.Base64.getUrlDecoder().decode(ticket.pass());
        forged[17] ^= 1;
        assertThat(one.bean(Claims.class)
                        .claim(java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(forged), 1))
                .isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(one.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.Waits.class);
    }

    @Test
    void aTicketThatHasEndedAdmitsNobodyAndItsTurnIsNotOver() {
        Drop drop = queue("night");
        CollectorId ada = people("early", 1).getFirst();
        come(one, drop, ada);
        open(drop);
        drain();
        draw(drop);
        tick();
        Entrance.Admitted old = (Entrance.Admitted) one.bean(Entrances.class).enter(drop, ada);
        ahead.updateAndGet(by -> by.plus(old.lasts()).plusSeconds(1));
        fresh();
        assertThat(one.bean(Claims.class).claim(old.pass(), 1)).isInstanceOf(Claiming.NotAdmitted.class);
        Entrance.Admitted anew = (Entrance.Admitted) two.bean(Entrances.class).enter(drop, ada);
        assertThat(anew.place()).isEqualTo(old.place());
        assertThat(two.bean(Claims.class).claim(anew.pass(), 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(two.bean(Claims.class).claim(anew.pass(), 2))
                .as("one turn is one claim, by however many tickets")
                .isInstanceOf(Claiming.NotAdmitted.class);
    }

    @Test
    void whoeverDoesNotComeMakesRoomAndMayStillComeLater() {
        Drop drop = queue("night");
        List<CollectorId> people = people("early", 15);
        for (CollectorId who : people) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        tick();
        assertThat(queue(drop).called()).isEqualTo(10);
        tick();
        assertThat(queue(drop).called()).isEqualTo(10);
        ahead.updateAndGet(by -> by.plus(CallPace.PATIENCE));
        tick();
        assertThat(queue(drop).called())
                .as("after their minute the next ones are called")
                .isEqualTo(15);
        CollectorId last =
                people.stream().filter(who -> place(drop, who) == 1).findFirst().orElseThrow();
        Entrance.Admitted ticket = (Entrance.Admitted) one.bean(Entrances.class).enter(drop, last);
        assertThat(one.bean(Claims.class).claim(ticket.pass(), 1)).isInstanceOf(Claiming.Claimed.class);
    }

    @Test
    void theLineGoesOnWhenMoreUnitsCameBackThanWereClaimedSince() {
        Drop drop = queue("night");
        for (CollectorId who : people("early", 15)) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        tick();
        assertThat(queue(drop).called()).isEqualTo(10);
        // As if thousands had been taken by then, whose holds have ended since.
        database.jdbc().sql("update queue_calls set taken = taken + 3000").update();
        ahead.updateAndGet(by -> by.plus(CallPace.PATIENCE));
        tick();
        assertThat(queue(drop).called()).isEqualTo(15);
    }

    @Test
    void aPauseUsesUpNobodysTurn() {
        Drop drop = queue("night");
        List<CollectorId> people = people("early", 15);
        for (CollectorId who : people) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        tick();
        assertThat(queue(drop).called()).isEqualTo(10);
        ahead.updateAndGet(by -> by.plusSeconds(20));
        DropPlans plans = one.bean(DropPlans.class);
        // Twice, and the second time before the turn that is left is over.
        for (int n = 0; n < 2; n++) {
            plans.pause(drop.id(), MOONRISE);
            ahead.updateAndGet(by -> by.plusSeconds(600));
            fresh();
            plans.resume(drop.id());
            tick();
            assertThat(queue(drop).called()).as("their pieces are theirs").isEqualTo(10);
        }
        ahead.updateAndGet(by -> by.plusSeconds(25));
        tick();
        assertThat(queue(drop).called()).isEqualTo(10);
        ahead.updateAndGet(by -> by.plusSeconds(15));
        tick();
        assertThat(queue(drop).called()).as("a minute in all").isEqualTo(15);
    }

    @Test
    void whoComesLateTakesNobodysTurn() {
        Drop drop = queue("night");
        List<CollectorId> early = people("early", 5);
        for (CollectorId who : early) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        tick();
        assertThat(queue(drop).called()).isEqualTo(5);
        ahead.updateAndGet(by -> by.plus(CallPace.PATIENCE));
        come(one, drop, people("late", 1).getFirst());
        tick();
        assertThat(queue(drop).called()).isEqualTo(6);
        for (CollectorId who : early) {
            Entrance.Admitted ticket =
                    (Entrance.Admitted) one.bean(Entrances.class).enter(drop, who);
            assertThat(one.bean(Claims.class).claim(ticket.pass(), 1)).isInstanceOf(Claiming.Claimed.class);
        }
        for (CollectorId who : people("late", 8)) come(one, drop, who);
        tick();
        assertThat(queue(drop).called())
                .as("five pieces are left, and one of those is for her who was called and has not come")
                .isEqualTo(10);
    }

    @Test
    void inAWindowEverybodyEntersOnceAndNothingIsClaimed() {
        Drop drop = publish("entries", stage(Duration.ofMillis(500)).by(Stage.Mode.WINDOW));
        Stage stage = drop.stages().getFirst();
        List<CollectorId> people = people("early", 5);
        assertThat(((Coming.Came) one.bean(Entrances.class).come(drop, people.getFirst(), null)).how())
                .isInstanceOf(Joining.NotOpen.class);
        ahead.updateAndGet(by -> by.plusSeconds(2));
        for (CollectorId who : people) assertThat(come(one, drop, who)).isInstanceOf(Joining.Joined.class);
        assertThat(come(two, drop, people.getFirst())).isInstanceOf(Joining.Joined.class);
        ClaimPasses passes = one.bean(ClaimPasses.class);
        assertThat(one.bean(Claims.class)
                        .claim(passes.write(passes.of(drop.id(), stage.id(), people.getFirst(), null, 1)), 1))
                .isInstanceOf(Claiming.NotAdmitted.class);
        ahead.updateAndGet(by -> by.plusDays(1));
        assertThat(come(one, drop, people("late", 1).getFirst())).isInstanceOf(Joining.Over.class);
        drain();
        Queues.Queue closed = queue(drop);
        assertThat(closed.listed()).isEqualTo(5);
        assertThat(closed.root())
                .isEqualTo(Arrivals.root(Arrivals.readFile(new String(
                        one.bean(WaitingRoom.class).list(drop, stage).orElseThrow(), StandardCharsets.US_ASCII))));
        ahead.updateAndGet(by -> by.plus(Queues.BY_HAND_AFTER).plusSeconds(60));
        assertThat(one.bean(WaitingRoom.class).lookAgain(drop, stage).late()).isFalse();
        assertThat(one.bean(Lots.class)
                        .bring(
                                drop.id(),
                                stage.id(),
                                HexFormat.of().formatHex(DrandNetwork.sign(requireNonNull(closed.round())))))
                .isInstanceOf(Lots.Bringing.NotNow.class);
        assertThat(queue(drop).drawnAt()).isNull();

        ahead.updateAndGet(by -> by.minusHours(10));
        assertThat(come(two, drop, people("later", 1).getFirst()))
                .as("by this node's clock the window is open, and its list is in the log")
                .isNotInstanceOf(Joining.Joined.class);
        assertThat(queue(drop).arrivals()).isEqualTo(5);
    }

    @Test
    void whatIsDoubtedIsNotGrantedBeforeSomebodyHasLookedOrTheTimeIsOver() {
        Drop drop = queue("night");
        Stage stage = drop.stages().getFirst();
        List<CollectorId> people = people("early", 4);
        byte[] crowded = {1, 2, 3};
        for (CollectorId who : people)
            one.bean(Entrances.class).come(drop, who, who.equals(people.getLast()) ? null : crowded);
        open(drop);
        drain();
        draw(drop);
        tick();
        Reviews reviews = one.bean(Reviews.class);
        assertThat(reviews.holdNetwork(drop.id(), stage, new byte[] {9})).isZero();
        assertThat(reviews.holdNetwork(drop.id(), stage, crowded)).isEqualTo(3);
        assertThat(reviews.holdNetwork(drop.id(), stage, crowded))
                .as("a second time")
                .isZero();
        for (CollectorId who : people) {
            Entrance.Admitted ticket =
                    (Entrance.Admitted) two.bean(Entrances.class).enter(drop, who);
            assertThat(two.bean(Claims.class).claim(ticket.pass(), 1)).isInstanceOf(Claiming.Claimed.class);
        }
        drain();
        assertThat(granted()).as("only whom nobody doubts").isEqualTo(1);
        CollectorId ada = people.getFirst();
        assertThat(reviews.appeal(drop.id(), ada, " We all sit in one dormitory. "))
                .isTrue();
        assertThat(reviews.appeal(drop.id(), ada, "Again")).as("once").isFalse();
        assertThat(reviews.open(drop.id(), Reviews.Filter.ALL, 0, 50).getFirst().appeal())
                .isEqualTo("We all sit in one dormitory.");
        assertThat(reviews.release(drop.id(), ada)).isTrue();
        drain();
        assertThat(granted()).isEqualTo(2);

        CollectorId bo = people.get(1);
        int serial = requireNonNull(
                one.bean(Claims.class).of(drop.id(), bo).getFirst().serial());
        assertThat(reviews.refuse(drop, bo)).isInstanceOf(Reviews.Refusing.TooEarly.class);
        assertThat(reviews.appeal(drop.id(), bo, "It was I.")).isTrue();
        assertThat(reviews.refuse(drop, bo)).isEqualTo(new Reviews.Refusing.Refused());
        assertThat(reviews.refuse(drop, bo)).isEqualTo(new Reviews.Refusing.DecidedBefore());
        assertThat(one.bean(Claims.class).of(drop.id(), bo)).isEmpty();
        Stock stock = stock();
        assertThat(stock.held()).as("the one that still waits").isEqualTo(1);
        assertThat(stock.available()).isEqualTo(7);
        assertThat(one.bean(Entrances.class).enter(drop, bo))
                .as("her turn is over")
                .isInstanceOf(Entrance.Refused.class);
        assertThat(one.bean(Entrances.class).come(drop, bo, null).code()).isEqualTo("drop.refused");
        CollectorId next = people("late", 1).getFirst();
        come(one, drop, next);
        tick();
        Entrance.Admitted ticket = (Entrance.Admitted) one.bean(Entrances.class).enter(drop, next);
        assertThat(((Claiming.Claimed) one.bean(Claims.class).claim(ticket.pass(), 1))
                        .claim()
                        .serial())
                .as("the number that was never a piece is given first")
                .isEqualTo(serial);

        var desk = new Desk(one.bean(Catalog.class).brand(lumen), EnumSet.allOf(Permission.class), false, null);
        assertThat(one.bean(Snags.class).of(desk).each())
                .as("there is time")
                .extracting(Snags.Snag::name)
                .doesNotContain("reviews");
        ahead.updateAndGet(by -> by.plus(Reviews.DECIDED_WITHIN).minusHours(23));
        assertThat(one.bean(Snags.class).of(desk).each()).as("the last day").anySatisfy(snag -> {
            assertThat(snag.name()).isEqualTo("reviews");
            assertThat(snag.place()).isEqualTo("drops/" + drop.slug() + "/line");
        });
        ahead.updateAndGet(by -> by.plusHours(23));
        drain();
        assertThat(reviews.open(drop.id(), Reviews.Filter.ALL, 0, 50))
                .as("nobody decided in time")
                .isEmpty();
        drain();
        assertThat(granted()).isEqualTo(4);
        assertThat(stock().held()).isZero();
    }

    @Test
    void whoWasRefusedInTheQueueGetsNothingInTheRaceThatFollowsThoughHerPassIsOlder() {
        DropDraft.StageDraft queue = stage(Duration.ofMinutes(30)).by(Stage.Mode.QUEUE);
        DropDraft.StageDraft race = stage(Duration.ofMinutes(30).plus(Duration.ofHours(20)));
        Drop drop = publish("two-ways", queue, race);
        List<CollectorId> people = people("early", 2);
        for (CollectorId who : people) come(one, drop, who);
        open(drop);
        drain();
        draw(drop);
        tick();
        CollectorId ada = people.getFirst();
        Entrance.Admitted ticket = (Entrance.Admitted) one.bean(Entrances.class).enter(drop, ada);
        assertThat(one.bean(Claims.class).claim(ticket.pass(), 1)).isInstanceOf(Claiming.Claimed.class);
        Reviews reviews = one.bean(Reviews.class);
        assertThat(reviews.holdYoung(drop.id(), drop.stages().getFirst(), Duration.ofDays(30)))
                .isEqualTo(2);
        ahead.updateAndGet(by -> by.plus(Duration.ofHours(20)).plusMinutes(1));
        fresh();
        Entrance.Admitted older = (Entrance.Admitted) two.bean(Entrances.class).enter(drop, ada);
        assertThat(older.stage().mode()).isEqualTo(Stage.Mode.RACE);
        assertThat(reviews.appeal(drop.id(), ada, "It was I.")).isTrue();
        assertThat(reviews.refuse(drop, ada)).isEqualTo(new Reviews.Refusing.Refused());
        assertThat(two.bean(Claims.class).claim(older.pass(), older.next()))
                .as("under the lock, whatever the pass says")
                .isInstanceOf(Claiming.Refused.class);
        assertThat(two.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.Refused.class);
        assertThat(stock().available()).isEqualTo(10);
        Entrance.Admitted bo = (Entrance.Admitted) two.bean(Entrances.class).enter(drop, people.getLast());
        assertThat(two.bean(Claims.class).claim(bo.pass(), bo.next()))
                .as("who is only doubted may claim")
                .isInstanceOf(Claiming.Claimed.class);
    }

    private Stock stock() {
        return requireNonNull(one.bean(TransactionTemplate.class)
                .execute(status -> one.bean(Drops.class).stock(moonrise)));
    }

    private int granted() {
        return database.jdbc()
                .sql("select count(*) from pieces where state = 'owned'")
                .query(Integer.class)
                .single();
    }

    // ---- the stage hands

    private Drop queue(String slug) {
        return publish(slug, stage(Duration.ofMinutes(30)).by(Stage.Mode.QUEUE));
    }

    private DropDraft.StageDraft stage(Duration in) {
        Instant opens = Instant.now().plus(ahead.get()).plus(in);
        return new DropDraft.StageDraft(
                null,
                MOONRISE,
                moonrise.value(),
                opens,
                opens.plus(Duration.ofHours(20)),
                null,
                1,
                "everyone",
                null,
                null,
                "never",
                false,
                false);
    }

    private Drop publish(String slug, DropDraft.StageDraft... stages) {
        DropPlans plans = one.bean(DropPlans.class);
        DropId id = ((DropPlans.Drafting.Drafted)
                        plans.draft(lumen, slug, new DropDraft(MOONRISE, MOONRISE, List.of(stages))))
                .id();
        return ((DropPlans.Publishing.Published) plans.publish(id)).drop();
    }

    private void open(Drop drop) {
        Instant opens = drop.stages().getFirst().opensAt();
        ahead.set(Duration.between(Instant.now(), opens).plusMillis(200));
        fresh();
    }

    private void draw(Drop drop) {
        ahead.updateAndGet(by -> by.plusSeconds(40));
        long round = requireNonNull(queue(drop).round());
        assertThat(one.bean(Lots.class).draw(drop.id(), drop.stages().getFirst().id(), DrandNetwork.sign(round)))
                .isInstanceOf(Lots.Bringing.Drawn.class);
        fresh();
    }

    private void tick() {
        ahead.updateAndGet(by -> by.plusSeconds(1));
        drain();
        fresh();
    }

    private void fresh() {
        for (TestServer node : List.of(one, two)) {
            node.bean(WaitingRoom.class).changed();
            node.bean(LiveDrops.class).changed();
        }
    }

    private void drain() {
        one.bean(Jobs.class).drain();
    }

    private Joining come(TestServer node, Drop drop, CollectorId who) {
        return ((Coming.Came) node.bean(Entrances.class).come(drop, who, null)).how();
    }

    private Queues.Queue queue(Drop drop) {
        return one.bean(Queues.class)
                .find(drop.id(), drop.stages().getFirst().id())
                .orElseThrow();
    }

    private int place(Drop drop, CollectorId who) {
        return requireNonNull(requireNonNull(
                        one.bean(Entrances.class).line(drop, drop.stages().getFirst(), who))
                .place());
    }

    private List<CollectorId> people(String crowd, int count) {
        List<BuyerKey> keys = IntStream.range(0, count)
                .mapToObj(n -> new BuyerKey(BuyerKey.Kind.EMAIL, (crowd + n).getBytes(StandardCharsets.UTF_8)))
                .toList();
        Map<BuyerKey, CollectorId> known = one.bean(Collectors.class).forBuyerKeys(keys);
        return keys.stream().map(key -> requireNonNull(known.get(key))).toList();
    }
}
