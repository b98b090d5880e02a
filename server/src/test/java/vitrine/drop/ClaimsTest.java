package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Entrances.Entrance;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Persons;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Jobs;
import vitrine.testing.PersonDesk;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** What a crowd gets: never one too many, never two for one, and whoever won hears so. Two nodes on one database. */
class ClaimsTest {

    private static final Bilingual MOONRISE = new Bilingual("月升", "Moonrise");

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
        Catalog catalog = one.bean(Catalog.class);
        lumen = catalog.addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), MOONRISE, "night");
        moonrise = catalog.draft(new CollectibleDraft(
                lumen,
                "moonrise",
                null,
                null,
                "brand",
                MOONRISE,
                MOONRISE,
                MOONRISE,
                MOONRISE,
                2026,
                "night",
                MOONRISE,
                12,
                2,
                List.of(),
                List.of()));
        one.bean(TransactionTemplate.class)
                .executeWithoutResult(s -> one.bean(Drops.class).publish(moonrise));
    }

    /** Both nodes' clocks, and the business, go ahead together; the database's does not, so {@link #aNodeWhoseClockIsOffServesNobody} checks it. */
    private TestServer node() {
        return node(ahead, "off", "off");
    }

    private TestServer node(AtomicReference<Duration> ahead, String clockCheck, String byHand) {
        InstantSource source = () -> Instant.now().plus(ahead.get());
        return TestServer.start(
                database,
                Map.of(
                        "vitrine.jobs",
                        "manual",
                        "vitrine.drop.clock-check",
                        clockCheck,
                        "vitrine.drop.by-hand",
                        byHand,
                        "vitrine.drop.grants-wait-seconds",
                        "0",
                        "vitrine.person-check-url",
                        PersonDesk.URL,
                        "vitrine.person-check-key",
                        PersonDesk.KEY),
                beans -> beans.registerBean(Clock.class, () -> source.withZone(ZoneOffset.UTC)));
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        database.close();
    }

    @Test
    void aCrowdTakesWhatThereIsAndNotOneMore() {
        Drop drop = published(1, null, null);
        List<Claiming> ended = together(collectors(40).stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1))
                .toList());
        assertThat(serials(ended)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(codes(ended, "drop.sold-out")).isEqualTo(30);
        drain();
        assertThat(stock()).isEqualTo(new Stock(12, 0, 0, 10, 2, 0, 10));
        assertThat(one.bean(ClaimPace.class).of(drop.id()).steps().stream()
                        .mapToInt(ClaimPace.Step::claims)
                        .sum())
                .as("the plot of those who watch has each of them")
                .isEqualTo(10);
        for (int serial = 1; serial <= 10; serial++) {
            assertThat(one.bean(Pieces.class)
                            .find(new PieceNumber(moonrise, serial))
                            .orElseThrow()
                            .owner())
                    .isNotNull();
        }
        assertThat(database.jdbc()
                        .sql("select distinct rules_hash from pieces")
                        .query(byte[].class)
                        .list())
                .as("each record names the frozen rules")
                .containsExactly(requireNonNull(drop.rules()).bytes());
    }

    @Test
    void aWarmUpGoesTheWholeWayAndLeavesNothing() throws InterruptedException {
        Drop drop = published("drop", Duration.ofHours(1), 1, null, null);
        Stock before = stock();
        int warmedUp = one.bean(WarmUp.class).warmUp(drop, one.address().getPort(), 200);
        assertThat(warmedUp).isEqualTo(200);
        assertThat(stock()).isEqualTo(before);
        assertThat(database.jdbc()
                        .sql("select (select count(*) from claims) + (select sum(taken) from drop_stages)")
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(one.bean(MeterRegistry.class).find("vitrine.drop.claims").counters())
                .as("nobody who watches takes it for a crowd")
                .isEmpty();
        ahead.updateAndGet(by -> by.plus(Duration.ofHours(1)).plusSeconds(2));
        assertThat(serials(List.of(claim(one, drop, collectors(1).getFirst(), 1))))
                .as("the first who comes gets the first piece")
                .containsExactly(1);
    }

    @Test
    void twoNodesOneCollector() {
        Drop drop = published(1, null, null);
        CollectorId ada = collectors(1).getFirst();
        List<Callable<Claiming>> tries = new ArrayList<>();
        for (int n = 1; n <= 12; n++) {
            int nth = n;
            tries.add(() -> claim(one, drop, ada, nth));
            tries.add(() -> claim(two, drop, ada, nth));
        }
        List<Claiming> ended = together(tries);
        assertThat(new TreeSet<>(serials(ended))).containsExactly(1);
        assertThat(ended)
                .as("more at once than she may have are sent away")
                .allMatch(e -> e instanceof Claiming.Claimed
                        || e.code().equals("drop.limit-reached")
                        || e.code().equals("drop.busy"));
        CollectorId bo = collectors(2).getLast();
        Claim his = ((Claiming.Claimed) claim(two, drop, bo, 1)).claim();
        assertThat(his.serial()).as("nobody was skipped by it").isEqualTo(2);
        assertThat(claim(one, drop, bo, 1)).isEqualTo(new Claiming.Claimed(his, true));
    }

    @Test
    void limitsUnderParallelRequests() throws IOException {
        Drop drop = published(3, null, null);
        CollectorId ada = collectors(1).getFirst();
        CollectorId bo = collectors(2).getLast();
        List<String> said = inOneBreath(pass(one, drop, ada), 40);
        assertThat(said.stream().filter(answer -> answer.contains("\"drop.claimed\"")))
                .as("tries of hers that all reach both nodes at once")
                .hasSize(3);
        assertThat(said.stream()
                        .filter(answer ->
                                answer.contains("\"drop.limit-reached\"") || answer.contains("\"drop.busy\"")))
                .hasSize(37);
        assertThat(claim(two, drop, ada, 41)).isInstanceOf(Claiming.LimitReached.class);
        assertThat(one.bean(Claims.class).of(drop.id(), ada))
                .extracting(Claim::serial)
                .containsExactlyInAnyOrder(1, 2, 3);
        assertThat(serials(List.of(claim(two, drop, bo, 1))))
                .as("nobody was skipped by it")
                .containsExactly(4);
    }

    /** Each try has a connection of its own; all but the last byte is there before the last bytes leave together. */
    private List<String> inOneBreath(String pass, int tries) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        try {
            for (int n = 1; n <= tries; n++) {
                var socket = new Socket(
                        "127.0.0.1", (n % 2 == 0 ? one : two).address().getPort());
                sockets.add(socket);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(20_000);
                String body = "{\"pass\":\"%s\",\"n\":%d".formatted(pass, n);
                socket.getOutputStream()
                        .write(
                                "POST /api/drops/claims HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                                        .formatted(body.length() + 1, body)
                                        .getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket socket : sockets) socket.getOutputStream().write('}');
            for (Socket socket : sockets)
                answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            for (Socket socket : sockets) socket.close();
        }
        return answers;
    }

    @Test
    void limitIsGivenBackAfterExpiry() {
        Drop drop = published(1, null, Duration.ofMinutes(10));
        CollectorId ada = collectors(1).getFirst();
        assertThat(claim(one, drop, ada, 1).code()).isEqualTo("drop.held");
        assertThat(claim(two, drop, ada, 2)).isInstanceOf(Claiming.LimitReached.class);
        ahead.set(Duration.ofMinutes(11));
        drain();
        two.bean(LiveDrops.class).changed();
        assertThat(claim(two, drop, ada, 1)).as("that hold is over").isInstanceOf(Claiming.HoldExpired.class);
        assertThat(claim(two, drop, ada, 2).code())
                .as("and hers to try again, on either node")
                .isEqualTo("drop.held");
        assertThat(claim(one, drop, ada, 3)).isInstanceOf(Claiming.LimitReached.class);
        assertThat(stock()).isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
    }

    @Test
    void nobodyIsExcludedWhoBoughtFirst() {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(50);
        List<CollectorId> first = people.subList(0, 10);
        for (CollectorId who : first) {
            assertThat(claim(first.indexOf(who) % 2 == 0 ? one : two, drop, who, 1))
                    .isInstanceOf(Claiming.Claimed.class);
        }
        List<Claiming> ended = together(people.stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1))
                .toList());
        drain();
        for (int n = 0; n < first.size(); n++) {
            assertThat(ended.get(n))
                    .as("whoever came before the crowd hears it in the crowd as well")
                    .isInstanceOf(Claiming.Claimed.class);
            assertThat(one.bean(Pieces.class)
                            .find(new PieceNumber(moonrise, n + 1))
                            .orElseThrow()
                            .owner())
                    .as("the number in the order in which they came")
                    .isEqualTo(first.get(n));
        }
        assertThat(ended.subList(10, 50)).allMatch(e -> e instanceof Claiming.SoldOut);
    }

    @Test
    void aWinnersRetryAfterSellOut() {
        Drop drop = published(1, 1, null);
        List<CollectorId> people = collectors(2);
        String pass = pass(one, drop, people.getFirst());
        String other = pass(one, drop, people.getLast());
        assertThat(one.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
        for (TestServer node : List.of(one, two)) {
            assertThat(node.bean(Claims.class).claim(other, 1)).isInstanceOf(Claiming.SoldOut.class);
            assertThat(node.bean(Claims.class).claim(pass, 1)).isInstanceOfSatisfying(Claiming.Claimed.class, again -> {
                assertThat(again.again()).isTrue();
                assertThat(again.claim().serial()).isEqualTo(1);
            });
            assertThat(node.bean(Claims.class).claim(other, 1)).isInstanceOf(Claiming.SoldOut.class);
        }
        ahead.set(Duration.ofDays(3)); // the stage is closed and her pass has ended
        one.bean(LiveDrops.class).changed();
        assertThat(one.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(Claims.class).claim(other, 1)).isInstanceOf(Claiming.Closed.class);
    }

    @Test
    void aHoldThatEndsGivesUnitAndLimitBackAndLeavesNoGap() {
        Drop drop = published(1, 1, Duration.ofMinutes(10));
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(claim(one, drop, ada, 1)).isInstanceOfSatisfying(Claiming.Claimed.class, held -> assertThat(
                        held.claim().serial())
                .isNull());
        assertThat(claim(two, drop, bo, 1)).isInstanceOf(Claiming.AllHeld.class);
        assertThat(stock()).isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
        ahead.set(Duration.ofMinutes(11));
        drain();
        assertThat(stock()).isEqualTo(new Stock(12, 10, 0, 0, 2, 0, 0));
        two.bean(LiveDrops.class).changed();
        assertThat(claim(one, drop, ada, 1)).as("the old try stays ended").isInstanceOf(Claiming.HoldExpired.class);
        Claim his = ((Claiming.Claimed) claim(two, drop, bo, 1)).claim();
        assertThat(his.serial())
                .as("what is held has no number, so none can be missing")
                .isNull();
        assertThat(stock()).isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
        assertThat(claim(one, drop, ada, 2)).isInstanceOf(Claiming.AllHeld.class);
    }

    @Test
    void whatComesBackNeverReopensAStageThatSoldOut() {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(11);
        for (CollectorId who : people.subList(0, 10)) claim(one, drop, who, 1);
        drain();
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> one.bean(Drops.class)
                .takeBack(List.of(new PieceNumber(moonrise, 4)), "returned"));
        assertThat(stock().available()).isEqualTo(1);
        two.bean(LiveDrops.class).changed();
        assertThat(claim(one, drop, people.getLast(), 1)).isInstanceOf(Claiming.SoldOut.class);
        assertThat(claim(two, drop, people.getLast(), 1)).isInstanceOf(Claiming.SoldOut.class);
    }

    @Test
    void beforeItOpensWhilePausedAndWithoutAPassNobodyTakesAnything() {
        CollectorId ada = collectors(1).getFirst();
        Drop later = published("later", Duration.ofHours(1), 1, null, null);
        assertThat(claim(one, later, ada, 1)).isInstanceOf(Claiming.NotOpen.class);
        ahead.set(Duration.ofMinutes(61));
        one.bean(LiveDrops.class).changed();
        assertThat(one.bean(DropPlans.class).pause(later.id(), new Bilingual("稍等", "Wait")))
                .isInstanceOf(DropPlans.Turn.Done.class);
        assertThat(claim(two, later, ada, 1)).isInstanceOf(Claiming.Paused.class);
        assertThat(one.bean(DropPlans.class).resume(later.id())).isInstanceOf(DropPlans.Turn.Done.class);
        String pass = pass(one, later, ada);
        String forged = pass.substring(0, 30) + (pass.charAt(30) == 'A' ? 'B' : 'A') + pass.substring(31);
        assertThat(one.bean(Claims.class).claim(forged, 1)).isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(one.bean(Claims.class).claim("", 1)).isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(one.bean(Claims.class).claim(pass, 0)).isInstanceOf(Claiming.NotAdmitted.class);
        assertThat(stock().available()).isEqualTo(10);
        ahead.set(Duration.ofMinutes(95));
        one.bean(LiveDrops.class).changed();
        assertThat(one.bean(Claims.class).claim(pass, 1))
                .as("a pass of half an hour ago")
                .isInstanceOf(Claiming.NotAdmitted.class);
    }

    @Test
    void codesUsedTwice() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 2, null, null, "code"));
        String code = code(drop, 1);
        List<Claiming> ended = together(collectors(16).stream()
                .<Callable<Claiming>>map(who -> () -> claim(who.hashCode() % 2 == 0 ? one : two, drop, who, 1, code))
                .toList());
        assertThat(serials(ended)).containsExactly(1);
        assertThat(codes(ended, "drop.code-used")).isEqualTo(15);
        CollectorId winner = collectors(16).get(indexOfClaimed(ended));
        assertThat(claim(two, drop, winner, 1, code))
                .as("her own answer, again")
                .isInstanceOfSatisfying(Claiming.Claimed.class, again -> assertThat(again.again())
                        .isTrue());
        assertThat(claim(two, drop, winner, 2, code)).isInstanceOf(Claiming.CodeUsed.class);
    }

    @Test
    void aCodeIsReadAsItIsTypedAndWhatIsNoneOpensNothing() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, null, "code"));
        String code = code(drop, 1);
        CollectorId ada = collectors(1).getFirst();
        assertThat(claim(one, drop, ada, 1)).as("no code").isInstanceOf(Claiming.CodeUnknown.class);
        assertThat(claim(one, drop, ada, 1, "ABCD")).isInstanceOf(Claiming.CodeUnknown.class);
        assertThat(claim(one, drop, ada, 1, "0000-0000-0000-0000")).isInstanceOf(Claiming.CodeUnknown.class);
        String typed =
                " " + code.toLowerCase(java.util.Locale.ROOT).replace("-", " ").replace('0', 'o');
        assertThat(claim(one, drop, ada, 1, typed)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claim(two, drop, ada, 1)).as("the winner needs no code").isInstanceOf(Claiming.Claimed.class);
    }

    @Test
    void whoGuessesCodesIsKeptFromIt() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, null, "code"));
        CollectorId ada = collectors(1).getFirst();
        List<Claiming> ended = IntStream.range(10, 40)
                .mapToObj(n -> claim(one, drop, ada, 1, "0000-0000-0000-00" + n))
                .toList();
        assertThat(codes(ended, "drop.code-unknown")).isBetween(10L, 15L);
        assertThat(ended.getLast()).isInstanceOf(Claiming.Busy.class);
    }

    @Test
    void aCodeForThreeWorksThreeTimesAndComesBackWithAHoldThatEnds() {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, Duration.ofMinutes(10), "code"));
        String code = code(drop, 3);
        List<CollectorId> people = collectors(5);
        List<Claiming> ended =
                people.stream().map(who -> claim(one, drop, who, 1, code)).toList();
        assertThat(codes(ended, "drop.held")).isEqualTo(3);
        assertThat(codes(ended, "drop.code-used")).isEqualTo(2);
        ahead.set(Duration.ofMinutes(11));
        drain();
        two.bean(LiveDrops.class).changed();
        assertThat(claim(two, drop, people.getLast(), 1, code)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(DropCodes.class).of(drop.id()).getFirst().used()).isEqualTo(1);
        assertThat(database.jdbc()
                        .sql(
                                "select count(*) from drop_codes where encode(code_hash, 'escape') like '%' || :code || '%'")
                        .param("code", code.substring(0, 4))
                        .query(Integer.class)
                        .single())
                .as("no code is kept, only its hash")
                .isZero();
    }

    @Test
    void oneNamedPieceGoesToOneAndTheOthersChooseAnother() {
        Drop drop = publish("choose", chosen(null));
        List<CollectorId> people = collectors(12);
        List<Claiming> ended = together(people.stream()
                .<Callable<Claiming>>map(who -> () -> choose(who.hashCode() % 2 == 0 ? one : two, drop, who, 7))
                .toList());
        assertThat(serials(ended)).containsExactly(7);
        assertThat(codes(ended, "drop.unit-taken")).isEqualTo(11);
        CollectorId winner = people.get(indexOfClaimed(ended));
        assertThat(choose(two, drop, winner, 8))
                .as("her first try, said again with another number, is the same claim")
                .isInstanceOfSatisfying(Claiming.Claimed.class, again -> {
                    assertThat(again.again()).isTrue();
                    assertThat(again.claim().serial()).isEqualTo(7);
                });
        CollectorId other =
                people.stream().filter(who -> !who.equals(winner)).findFirst().orElseThrow();
        assertThat(claim(one, drop, other, 1)).as("no number").isInstanceOf(Claiming.UnitWanted.class);
        assertThat(choose(one, drop, other, 13)).as("no such number").isInstanceOf(Claiming.UnitTaken.class);
        assertThat(choose(one, drop, other, 12)).isInstanceOfSatisfying(Claiming.Claimed.class, his -> assertThat(
                        his.claim().serial())
                .isEqualTo(12));
        assertThat(one.bean(LiveDrops.class).free(moonrise).stream())
                .as("what went away is offered to nobody")
                .containsExactly(1, 2, 3, 4, 5, 6, 8, 9, 10, 11);
        drain();
        assertThat(stock()).isEqualTo(new Stock(12, 8, 0, 2, 2, 0, 12));
        assertThat(one.bean(Pieces.class)
                        .find(new PieceNumber(moonrise, 12))
                        .orElseThrow()
                        .owner())
                .isEqualTo(other);
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> one.bean(Drops.class)
                .takeBack(List.of(new PieceNumber(moonrise, 12)), "returned"));
        assertThat(choose(two, drop, collectors(13).getLast(), 12))
                .as("a number that came back can be chosen while the stage is open")
                .isInstanceOf(Claiming.Claimed.class);
    }

    @Test
    void whatIsHeldIsNobodyElsesAndCanBeChosenAgainWhenItsTimeIsOver() {
        Drop drop = publish("choose", chosen(Duration.ofMinutes(10)));
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(choose(one, drop, ada, 5)).isInstanceOfSatisfying(Claiming.Claimed.class, held -> {
            assertThat(held.claim().serial()).isNull();
            assertThat(held.claim().unit()).isEqualTo(5);
        });
        assertThat(choose(two, drop, bo, 5)).isInstanceOf(Claiming.UnitTaken.class);
        assertThat(two.bean(LiveDrops.class).free(moonrise).get(5)).isFalse();
        ahead.set(Duration.ofMinutes(11));
        drain();
        two.bean(LiveDrops.class).changed();
        assertThat(two.bean(LiveDrops.class).free(moonrise).get(5)).isTrue();
        Claim his = ((Claiming.Claimed) choose(two, drop, bo, 5)).claim();
        assertThat(his.unit()).isEqualTo(5);
        assertThat(choose(one, drop, ada, 5)).isInstanceOf(Claiming.HoldExpired.class);
    }

    @Test
    void aListenerHearsOnceThatADropWasPublishedSoldOutAndEnded() {
        Drop drop = published(1, 1, null);
        claim(one, drop, collectors(1).getFirst(), 1);
        drain();
        two.bean(Jobs.class).drain();
        assertThat(heard()).containsExactly("drop.published", "drop.sold-out");
        ahead.set(Duration.ofDays(2));
        two.bean(Jobs.class).drain();
        drain();
        assertThat(heard()).containsExactly("drop.published", "drop.sold-out", "drop.ended");
        Drop byHand = published("by-hand", Duration.ofHours(1), 1, null, null);
        one.bean(DropPlans.class).end(byHand.id());
        drain();
        assertThat(heard()).endsWith("drop.published", "drop.ended").hasSize(5);
    }

    /** All that was said of drops, in the order in which a listener reads it. */
    private List<String> heard() {
        return database.jdbc()
                .sql("select type from events where type like 'drop.%' order by seq")
                .query(String.class)
                .list();
    }

    @Test
    void aCodeThatChoosesIsUsedUpWithTheNumberAndNotWithoutIt() {
        Drop drop = publish("pop-up", chosen(null, "code"));
        String code = code(drop, 2);
        List<CollectorId> people = collectors(8);
        List<Claiming> ended = together(people.stream()
                .<Callable<Claiming>>map(who -> () -> choose(who.hashCode() % 2 == 0 ? one : two, drop, who, 7, code))
                .toList());
        assertThat(serials(ended)).containsExactly(7);
        assertThat(codes(ended, "drop.unit-taken") + codes(ended, "drop.busy"))
                .as("of the others, who wanted the same number, none has used the code up")
                .isEqualTo(7);
        CollectorId other = people.stream()
                .filter(who -> !who.equals(people.get(indexOfClaimed(ended))))
                .findFirst()
                .orElseThrow();
        assertThat(serials(List.of(choose(two, drop, other, 8, code)))).containsExactly(8);
        CollectorId third = collectors(9).getLast();
        assertThat(choose(one, drop, third, 9, code)).isInstanceOf(Claiming.CodeUsed.class);
        assertThat(one.bean(DropCodes.class).of(drop.id()).getFirst().used()).isEqualTo(2);
    }

    private DropDraft.StageDraft chosen(@Nullable Duration hold) {
        return chosen(hold, "everyone");
    }

    private DropDraft.StageDraft chosen(@Nullable Duration hold, String entry) {
        DropDraft.StageDraft s = stage(Duration.ZERO, 1, null, hold, entry);
        return new DropDraft.StageDraft(
                s.id(),
                s.name(),
                s.collectible(),
                s.opensAt(),
                s.closesAt(),
                s.cap(),
                s.limit(),
                s.entry(),
                s.entryId(),
                s.holdMinutes(),
                s.giftPolicy(),
                true,
                false);
    }

    private Claiming choose(TestServer node, Drop drop, CollectorId who, int unit) {
        return choose(node, drop, who, unit, null);
    }

    private Claiming choose(TestServer node, Drop drop, CollectorId who, int unit, @Nullable String code) {
        return node.bean(Claims.class).claim(pass(node, drop, who), 1, code, unit);
    }

    private String code(Drop drop, int uses) {
        DropCodes codes = one.bean(DropCodes.class);
        codes.make(drop, drop.stages().getFirst().id(), 2, uses);
        return codes.codes(codes.of(drop.id()).getFirst()).findFirst().orElseThrow();
    }

    private static int indexOfClaimed(List<Claiming> ended) {
        return IntStream.range(0, ended.size())
                .filter(n -> ended.get(n) instanceof Claiming.Claimed)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aListLetsInWhoIsOnIt() {
        DropDraft.StageDraft stage = stage(Duration.ZERO, 1, null, null, "list");
        Drop drop = publish("for-guests", stage);
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(one.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.NotEligible.class);
        assertThat(one.bean(Entrances.class)
                        .invite(drop.id(), drop.stages().getFirst().id(), List.of(buyer(0), buyer(0))))
                .isEqualTo(1);
        assertThat(claim(one, drop, ada, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(Entrances.class).enter(drop, bo)).isInstanceOf(Entrance.NotEligible.class);
    }

    @Test
    void aStageForMembersLetsInWhoIsInTheBrandsList() {
        Drop drop = publish("for-members", stage(Duration.ZERO, 1, null, null, "members"));
        CollectorId ada = collectors(2).getFirst();
        CollectorId bo = collectors(2).getLast();
        assertThat(one.bean(Entrances.class).enter(drop, ada)).isInstanceOf(Entrance.NotEligible.class);
        one.bean(vitrine.identity.Members.class).add(drop.id().brand(), List.of(buyer(0)));
        assertThat(claim(one, drop, ada, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(one.bean(Entrances.class).enter(drop, bo)).isInstanceOf(Entrance.NotEligible.class);
    }

    @Test
    void twoAccountsOfOneHumanGetOnePiece() {
        Drop drop = publish("one-each", forPeople(stage(Duration.ZERO, 1, null, null, "everyone")));
        CollectorId ada = collectors(3).getFirst();
        CollectorId adaAgain = collectors(3).get(1);
        CollectorId bo = collectors(3).getLast();
        assertThat(one.bean(Entrances.class).enter(drop, ada))
                .as("nobody has confirmed")
                .isInstanceOf(Entrance.PersonUnchecked.class);
        confirm(ada, "Ada");
        confirm(adaAgain, "Ada");
        confirm(bo, "Bo");
        List<Claiming> ended = together(IntStream.range(0, 12)
                .<Callable<Claiming>>mapToObj(
                        n -> () -> claim(n % 2 == 0 ? one : two, drop, n % 3 == 0 ? ada : adaAgain, 1))
                .toList());
        assertThat(new TreeSet<>(serials(ended))).containsExactly(1);
        assertThat(ended)
                .allMatch(e -> e instanceof Claiming.Claimed || e.code().equals("drop.limit-reached"));
        assertThat(serials(List.of(claim(one, drop, bo, 1)))).containsExactly(2);
    }

    @Test
    void aNodeThatFreezesUnderTheLockStopsNobody() throws Exception {
        Drop drop = published("moonrise", Duration.ZERO, 1, null, null);
        Drop held = published("moonset", Duration.ZERO, 1, null, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(6);
        claim(one, drop, people.getFirst(), 1);
        assertThat(whileFrozen(() -> one.bean(ClaimGrants.class).run(), drop, people.get(1)))
                .as("while pieces are made of claims")
                .isInstanceOf(Claiming.Claimed.class);
        assertThat(whileFrozen(() -> one.bean(Drops.class).hold(moonrise, 3), drop, people.get(2)))
                .as("while a campaign sets units aside")
                .isInstanceOf(Claiming.Claimed.class);
        assertThat(whileFrozen(
                        () -> one.bean(DropPlans.class).pause(drop.id(), new Bilingual("稍等", "Wait")),
                        drop,
                        people.get(3)))
                .as("while the staff pause")
                .isInstanceOf(Claiming.Claimed.class);
        claim(one, held, people.getFirst(), 1);
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(11)));
        assertThat(whileFrozen(() -> one.bean(SaleEnds.class).run(), held, people.get(4)))
                .as("while a hold ends")
                .isInstanceOf(Claiming.Claimed.class);
        drain();
        assertThat(stock()).as("what was undone is done again, and once").isEqualTo(new Stock(12, 5, 1, 4, 2, 0, 4));
    }

    /** Node one does this and freezes before it commits; meanwhile somebody claims at the other. */
    private Claiming whileFrozen(Runnable act, Drop drop, CollectorId who) throws Exception {
        String pass = pass(two, drop, who);
        var frozen = new CountDownLatch(1);
        var thaws = new CountDownLatch(1);
        try (var node = Executors.newSingleThreadExecutor()) {
            Future<?> acted =
                    node.submit(() -> one.bean(TransactionTemplate.class).executeWithoutResult(s -> {
                        act.run();
                        frozen.countDown();
                        await(thaws);
                    }));
            try {
                await(frozen);
                return two.bean(Claims.class).claim(pass, 1);
            } finally {
                thaws.countDown();
                assertThatThrownBy(acted::get).as("its transaction is no more").isNotNull();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoHasTheLockAndWaitsForAnotherGivesWay() throws Exception {
        Drop drop = published(1, null, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(2);
        claim(one, drop, people.getFirst(), 1);
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(11)));
        String pass = pass(two, drop, people.getLast());
        try (var node = Executors.newSingleThreadExecutor()) {
            database.transactions().executeWithoutResult(s -> {
                database.jdbc().sql("select 1 from claims for update").query().listOfRows();
                Future<?> ends = node.submit(() -> ends(drop, people.getFirst()));
                untilSomebodyWaits();
                assertThat(two.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
                assertThatThrownBy(ends::get).hasMessageContaining("lock timeout");
            });
        }
        drain();
        assertThat(stock()).as("the hold's end came again").isEqualTo(new Stock(12, 9, 1, 0, 2, 0, 0));
    }

    /** As the worker does that ends holds. */
    private void ends(Drop drop, CollectorId who) {
        UUID claim = one.bean(Claims.class).of(drop.id(), who).getFirst().id();
        Holds holds = one.bean(Holds.class);
        Holds.Stages of = requireNonNull(holds.of(lumen, List.of(claim)).get(claim));
        one.bean(TransactionTemplate.class).executeWithoutResult(s -> holds.release(of, new UUID[] {claim}, now()));
    }

    private void untilSomebodyWaits() {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < until) {
            if (database.jdbc()
                            .sql("select count(*) from pg_locks where not granted")
                            .query(Integer.class)
                            .single()
                    > 0) return;
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        throw new AssertionError("nobody waits");
    }

    @Test
    void whileTheDatabaseIsAwayEverybodyHearsBusyAndThenItGoesOn() {
        Asked asked = asked();
        database.goesAway();
        assertAllBusy(asked);
        database.comesBack();
        assertItWentOn(asked);
    }

    @Test
    void whileTheDatabaseDoesNotAnswerEverybodyHearsBusyAndThenItGoesOn() {
        Asked asked = asked();
        database.transactions().executeWithoutResult(s -> {
            database.jdbc()
                    .sql("lock table drops, claims in access exclusive mode")
                    .update();
            assertAllBusy(asked);
        });
        assertItWentOn(asked);
    }

    /** Passes of somebody who has no piece yet, and of one who won. */
    private record Asked(String fresh, String won, String paused, String soldOut, String unheardOf) {}

    private Asked asked() {
        List<CollectorId> people = collectors(2);
        CollectorId ada = people.getFirst();
        CollectorId bo = people.getLast();
        Drop open = published("open", Duration.ZERO, 1, null, null);
        Drop paused = published("paused", Duration.ZERO, 1, null, null);
        Drop soldOut = published("sold-out", Duration.ZERO, 1, 1, null);
        claim(two, open, ada, 1);
        claim(two, soldOut, ada, 1);
        String hers = pass(two, open, ada);
        String his = pass(two, open, bo);
        String hisPaused = pass(two, paused, bo);
        String hisSoldOut = pass(two, soldOut, bo);
        one.bean(DropPlans.class).pause(paused.id(), new Bilingual("稍等", "Wait"));
        two.bean(LiveDrops.class).changed();
        assertThat(requireNonNull(two.bean(LiveDrops.class).of(paused.id()))
                        .drop()
                        .state())
                .isEqualTo(Drop.State.PAUSED);
        Drop unheardOf = published("unheard-of", Duration.ZERO, 1, null, null);
        return new Asked(his, hers, hisPaused, hisSoldOut, pass(one, unheardOf, bo));
    }

    private void assertAllBusy(Asked asked) {
        two.bean(LiveDrops.class).changed();
        Claims claims = two.bean(Claims.class);
        List<Claiming> ended = together(List.of(
                () -> claims.claim(asked.fresh, 1),
                () -> claims.claim(asked.won, 1),
                () -> claims.claim(asked.paused, 1),
                () -> claims.claim(asked.soldOut, 1),
                () -> claims.claim(asked.unheardOf, 1)));
        assertThat(ended).extracting(Claiming::code).containsOnly("drop.busy");
    }

    private void assertItWentOn(Asked asked) {
        Claims claims = two.bean(Claims.class);
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (claims.claim(asked.fresh, 1) instanceof Claiming.Busy && System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
        }
        two.bean(LiveDrops.class).changed();
        assertThat(claims.claim(asked.fresh, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claims.claim(asked.won, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(claims.claim(asked.paused, 1)).isInstanceOf(Claiming.Paused.class);
        assertThat(claims.claim(asked.soldOut, 1)).isInstanceOf(Claiming.SoldOut.class);
        assertThat(claims.claim(asked.unheardOf, 1)).isInstanceOf(Claiming.Claimed.class);
        assertThat(database.jdbc()
                        .sql("select count(*) from claims")
                        .query(Integer.class)
                        .single())
                .as("nothing was half made")
                .isEqualTo(4);
    }

    @Test
    void aNodeWhoseClockIsOffServesNobody() {
        ahead.set(Duration.ofMinutes(-1));
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(3);
        var off = new AtomicReference<>(Duration.ZERO);
        try (TestServer third = node(off, "on", "off")) {
            for (int by : List.of(300, -300)) {
                off.set(Duration.ofMillis(by));
                looksAtItsClock(third, drop, true);
                assertThat(claim(third, drop, people.getFirst(), 1))
                        .as("%d ms", by)
                        .isInstanceOf(Claiming.Busy.class);
                off.set(Duration.ZERO);
                looksAtItsClock(third, drop, false);
                assertThat(claim(third, drop, people.get(by > 0 ? 1 : 2), 1))
                        .as("put right")
                        .isInstanceOf(Claiming.Claimed.class);
            }
        }
        assertThat(one.bean(Claims.class).of(drop.id(), people.getFirst())).isEmpty();
    }

    /** On a machine with much to do the answer may take so long that one look does not tell. */
    private static void looksAtItsClock(TestServer node, Drop drop, boolean off) {
        LiveDrops lives = node.bean(LiveDrops.class);
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        do {
            lives.changed();
            lives.of(drop.id());
        } while (node.bean(ClockCheck.class).off() != off && System.nanoTime() < until);
        assertThat(node.bean(ClockCheck.class).off()).isEqualTo(off);
    }

    @Test
    void aDayTooEarlyOrTooLateANodeRefusesNobodyAndForgetsNoWinner() {
        ahead.set(Duration.ofMinutes(-1));
        Drop drop = published("drop", Duration.ZERO, 1, null, null);
        Drop held = published("held", Duration.ZERO, 1, 1, Duration.ofMinutes(10));
        List<CollectorId> people = collectors(3);
        assertThat(claim(one, held, people.getFirst(), 1).code()).isEqualTo("drop.held");
        var off = new AtomicReference<>(Duration.ZERO);
        try (TestServer third = node(off, "on", "off")) {
            String pass = pass(third, drop, people.getFirst());
            String late = pass(third, drop, people.getLast());
            third.bean(LiveDrops.class).of(drop.id());
            for (int days : List.of(2, -2)) {
                off.set(Duration.ofDays(days)); // a step, and nobody has looked since
                assertThat(third.bean(Claims.class).claim(pass, 1))
                        .as("%d days: neither closed nor not open yet", days)
                        .isInstanceOf(Claiming.Busy.class);
                third.bean(SaleEnds.class).run();
                third.bean(DropNews.class).run();
                assertThat(one.bean(Claims.class).of(held.id(), people.getFirst()))
                        .as("%d days: what is held stays held", days)
                        .hasSize(1);
                off.set(Duration.ZERO);
                looksAtItsClock(third, drop, false);
            }
            assertThat(heard()).doesNotContain("drop.ended");
            assertThat(claim(one, drop, people.getFirst(), 1)).isInstanceOf(Claiming.Claimed.class);
            one.bean(DropPlans.class).end(drop.id());
            third.bean(LiveDrops.class).changed();
            assertThat(third.bean(Claims.class).claim(pass, 1))
                    .as("who won afterwards is no stranger to it")
                    .isInstanceOf(Claiming.Claimed.class);
            assertThat(third.bean(Claims.class).claim(late, 1)).isInstanceOf(Claiming.Closed.class);
        }
    }

    @Test
    void whoPressesFourThousandTimesKeepsNobodyWaiting() throws Exception {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(3);
        CollectorId ada = people.getFirst();
        try (TestServer third = node(ahead, "off", "on")) {
            Claims claims = third.bean(Claims.class);
            List<CompletableFuture<ClaimWriter.Answer>> hers = new ArrayList<>();
            for (int n = 0; n < ClaimWriter.QUEUE_MAX; n++) hers.add(requireNonNull(take(third, drop, ada, 1)));
            assertThat(claims.waiting()).as("the same try is one").isEqualTo(1);
            assertThat(take(third, drop, ada, 2))
                    .as("one more than she may have")
                    .isNotNull();
            for (int n = 3; n < ClaimWriter.QUEUE_MAX; n++)
                assertThat(take(third, drop, ada, n)).isNull();
            var his = requireNonNull(take(third, drop, people.get(1), 1));
            // One human with more accounts than a batch is long.
            ClaimWriter writer = claims.writers().iterator().next();
            byte[] human = new byte[16];
            List<CompletableFuture<ClaimWriter.Answer>> many = new ArrayList<>();
            for (int n = 0; n < 2 * ClaimWriter.BATCH_MAX; n++)
                many.add(requireNonNull(writer.offer(UUID.randomUUID(), new byte[] {1}, human, 1, null, null)));
            var last = requireNonNull(take(third, drop, people.getLast(), 1));
            writer.writeNext();
            assertThat(his.isDone())
                    .as("whoever came behind her is in the first batch")
                    .isTrue();
            assertThat(last.isDone())
                    .as("and who came behind the many accounts")
                    .isTrue();
            many.forEach(each -> each.cancel(false));
            assertThat(outcomes(hers)).containsOnlyOnce(ClaimSql.Outcome.TAKEN);
            assertThat(outcomes(hers.subList(1, hers.size()))).containsOnly(ClaimSql.Outcome.AGAIN);
            while (claims.waiting() > 0) writer.writeNext();
        }
        assertThat(one.bean(Claims.class).of(drop.id(), ada)).hasSize(1);
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotMadeAndWhoComesAgainHasKeptHerPlace() throws Exception {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(3);
        try (TestServer third = node(ahead, "off", "on")) {
            requireNonNull(take(third, drop, people.getFirst(), 1)).cancel(false);
            requireNonNull(take(third, drop, people.get(1), 1)).cancel(false);
            var other = requireNonNull(take(third, drop, people.getLast(), 1));
            var again = requireNonNull(take(third, drop, people.get(1), 1));
            third.bean(Claims.class).writers().iterator().next().writeNext();
            assertThat(requireNonNull(requireNonNull(again.get().written()).claim())
                            .serial())
                    .as("before who came after her")
                    .isEqualTo(1);
            assertThat(requireNonNull(requireNonNull(other.get().written()).claim())
                            .serial())
                    .isEqualTo(2);
        }
        assertThat(one.bean(Claims.class).of(drop.id(), people.getFirst()))
                .as("she heard that nothing was taken, and nothing was")
                .isEmpty();
    }

    @Test
    void aCrowdWithOneCodeIsOneBatchAndTakesWhatTheCodeHasLeft() throws Exception {
        Drop drop = publish("pop-up", stage(Duration.ZERO, 1, null, null, "code"));
        String three = code(drop, 3);
        List<CollectorId> people = collectors(30);
        try (TestServer third = node(ahead, "off", "on")) {
            List<CompletableFuture<ClaimWriter.Answer>> first = new ArrayList<>();
            for (CollectorId who : people.subList(0, 8)) first.add(requireNonNull(take(third, drop, who, 1, three)));
            ClaimWriter writer = third.bean(Claims.class).writers().iterator().next();
            writer.writeNext();
            assertThat(outcomes(first))
                    .containsExactly(
                            ClaimSql.Outcome.TAKEN,
                            ClaimSql.Outcome.TAKEN,
                            ClaimSql.Outcome.TAKEN,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED,
                            ClaimSql.Outcome.CODE_USED);
            String nine = code(drop, 9);
            List<CompletableFuture<ClaimWriter.Answer>> then = new ArrayList<>();
            for (CollectorId who : people.subList(10, 20)) then.add(requireNonNull(take(third, drop, who, 1, nine)));
            writer.writeNext();
            assertThat(outcomes(then).subList(0, 7)).containsOnly(ClaimSql.Outcome.TAKEN);
            assertThat(outcomes(then).subList(7, 10))
                    .as("it is not the code that is used up")
                    .containsOnly(ClaimSql.Outcome.NO_ROOM);
        }
        assertThat(one.bean(DropCodes.class).of(drop.id()))
                .extracting(DropCodes.Batch::used)
                .containsExactlyInAnyOrder(3, 7);
        assertThat(stock()).isEqualTo(new Stock(12, 0, 10, 0, 2, 0, 10));
    }

    private static @Nullable CompletableFuture<ClaimWriter.Answer> take(
            TestServer node, Drop drop, CollectorId who, int nth) {
        return take(node, drop, who, nth, null);
    }

    /** What the gate does with what memory has nothing against. */
    private static @Nullable CompletableFuture<ClaimWriter.Answer> take(
            TestServer node, Drop drop, CollectorId who, int nth, @Nullable String code) {
        Stage stage = drop.stages().getFirst();
        ClaimPasses passes = node.bean(ClaimPasses.class);
        ClaimPass pass = passes.of(drop.id(), stage.id(), who, null, stage.limit());
        return node.bean(Claims.class)
                .take(stage, pass, ClaimPasses.key(pass, nth), code == null ? null : DropCodes.hash(code), null);
    }

    private static List<ClaimSql.Outcome> outcomes(List<CompletableFuture<ClaimWriter.Answer>> ended) {
        return ended.stream()
                .map(each -> requireNonNull(requireNonNull(each.getNow(null)).written())
                        .outcome())
                .toList();
    }

    @Test
    void whatWasReadBeforeACommitSaysNothingOfWhatIsHeldSince() throws Exception {
        Drop drop = published(1, 1, Duration.ofMinutes(10));
        LiveDrops lives = two.bean(LiveDrops.class);
        lives.changed();
        long change;
        try (var node = Executors.newSingleThreadExecutor()) {
            var reads = new AtomicReference<@Nullable Future<?>>();
            change = requireNonNull(database.transactions().execute(s -> {
                database.jdbc().sql("lock table drops in access exclusive mode").update();
                reads.set(node.submit(() -> lives.of(drop.id())));
                untilSomebodyWaits();
                return lives.changed(); // a batch was committed while somebody read
            }));
            requireNonNull(reads.get()).get();
        }
        assertThat(lives.knows(change)).as("by a look that began before").isFalse();
        lives.of(drop.id());
        assertThat(lives.knows(change)).isTrue();
    }

    @Test
    void whoIsRefusedAgainAndAgainWhileItIsFullPausedOrMistypedIsNotLookedUpEachTime() {
        Drop paused = published("paused", Duration.ZERO, 1, null, null);
        Drop full = published("full", Duration.ZERO, 1, 1, Duration.ofMinutes(10));
        Drop coded = publish("coded", stage(Duration.ZERO, 1, null, null, "code"));
        Drop chosen = publish("chosen", chosen(null));
        List<CollectorId> people = collectors(4);
        claim(one, full, people.getFirst(), 1);
        one.bean(DropPlans.class).pause(paused.id(), new Bilingual("稍等", "Wait"));
        one.bean(LiveDrops.class).changed();
        for (Map.Entry<Drop, String> each : Map.of(
                        paused,
                        "drop.paused",
                        full,
                        "drop.all-held",
                        coded,
                        "drop.code-unknown",
                        chosen,
                        "drop.unit-wanted")
                .entrySet()) {
            CollectorId who =
                    people.get(1 + List.of(paused, full, coded, chosen).indexOf(each.getKey()) % 3);
            String pass = pass(one, each.getKey(), who);
            List<Claiming> ended = IntStream.range(0, 60)
                    .mapToObj(n -> one.bean(Claims.class).claim(pass, 1))
                    .toList();
            assertThat(codes(ended, each.getValue())).as(each.getValue()).isBetween(5L, 30L);
            assertThat(codes(ended, "drop.busy")).isEqualTo(60 - codes(ended, each.getValue()));
        }
    }

    @Test
    void aCrowdAtAnotherNodeIsSeenInTheRows() {
        Claims claims = one.bean(Claims.class);
        numbered(99, Duration.ZERO);
        assertThat(claims.rushed(moonrise)).isFalse();
        numbered(1, Duration.ZERO);
        assertThat(claims.rushed(moonrise)).isTrue();
        ahead.set(Duration.ofSeconds(3));
        assertThat(claims.rushed(moonrise)).as("three seconds later").isFalse();
    }

    private void numbered(int count, Duration ago) {
        database.jdbc()
                .sql("""
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, serial, claimed_at)
                select :brand, gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'k', :id,
                    n + (select count(*) from claims), :at
                from generate_series(1, :count) n
                """)
                .param("brand", lumen.value())
                .param("id", moonrise.value())
                .param("at", java.sql.Timestamp.from(now().minus(ago)))
                .param("count", count)
                .update();
    }

    @Test
    void whatIsLongOverIsReadOnceAndStaysKnown() {
        Drop drop = published(1, 1, null);
        CollectorId ada = collectors(1).getFirst();
        claim(one, drop, ada, 1);
        String pass = pass(one, drop, ada);
        one.bean(DropPlans.class).end(drop.id());
        drain();
        LiveDrops lives = one.bean(LiveDrops.class);
        lives.changed();
        assertThat(lives.published("drop")).isNotNull();
        database.jdbc()
                .sql("update drops set name_en = 'Read again', told_end_at = told_end_at - interval '3 days'")
                .update();
        lives.changed();
        assertThat(requireNonNull(lives.published("drop")).name().en()).isEqualTo("Moonrise");
        assertThat(one.bean(Claims.class).claim(pass, 1)).isInstanceOf(Claiming.Claimed.class);
        lives.forget();
        assertThat(requireNonNull(lives.published("drop")).name().en())
                .as("a node that starts")
                .isEqualTo("Read again");
    }

    @Test
    void aFullQueueSendsAwayAtDifferentTimesAndHalfMakesNothing() throws InterruptedException {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(25);
        try (TestServer third = node(ahead, "off", "on")) {
            Claims claims = third.bean(Claims.class);
            ClaimPass first = requireNonNull(third.bean(ClaimPasses.class).read(pass(third, drop, people.getFirst())));
            assertThat(claims.take(drop.stages().getFirst(), first, ClaimPasses.key(first, 1), null, null))
                    .isNotNull();
            ClaimWriter writer = claims.writers().iterator().next();
            for (int n = 1; n < ClaimWriter.QUEUE_MAX; n++) {
                byte[] key = ("crowd " + n).getBytes(StandardCharsets.US_ASCII);
                assertThat(writer.offer(UUID.randomUUID(), key, null, 1, null, null))
                        .isNotNull();
            }
            List<HttpResponse<String>> late = people.subList(1, 25).stream()
                    .map(who -> post(third, "{\"pass\":\"%s\",\"n\":1}".formatted(pass(third, drop, who))))
                    .toList();
            for (HttpResponse<String> answer : late) assertSays(answer, 503, "drop.busy");
            assertThat(late.stream()
                            .map(answer ->
                                    answer.headers().firstValue("Retry-After").orElse("none"))
                            .distinct())
                    .as("they do not all come again at once")
                    .isSubsetOf("1", "2", "3")
                    .hasSizeGreaterThan(1);
            while (claims.waiting() > 0) writer.writeNext();
        }
        assertThat(one.bean(Claims.class).of(drop.id(), people.getFirst())).hasSize(1);
        for (CollectorId who : people.subList(1, 25))
            assertThat(one.bean(Claims.class).of(drop.id(), who)).isEmpty();
        assertThat(stock()).as("who was in the queue was served").isEqualTo(new Stock(12, 0, 10, 0, 2, 0, 10));
    }

    @Test
    void eachEndingHasItsStatusAndItsCodeAtTheDoor() {
        List<CollectorId> people = collectors(2);
        CollectorId ada = people.getFirst();
        CollectorId bo = people.getLast();
        Drop open = published("open", Duration.ZERO, 1, null, null);
        Drop held = published("held", Duration.ZERO, 1, 1, Duration.ofMinutes(10));
        Drop soldOut = published("sold-out", Duration.ZERO, 1, 1, null);
        Drop paused = published("paused", Duration.ZERO, 1, null, null);
        Drop ended = published("ended", Duration.ZERO, 1, null, null);
        Drop later = published("later", Duration.ofHours(1), 1, null, null);
        Drop coded = publish("coded", stage(Duration.ZERO, 1, null, null, "code"));
        Drop chosen = publish("chosen", chosen(null));
        String code = code(coded, 1);
        String bosPaused = pass(one, paused, bo);
        String bosEnded = pass(one, ended, bo);
        one.bean(DropPlans.class).pause(paused.id(), new Bilingual("稍等", "Wait"));
        one.bean(DropPlans.class).end(ended.id());
        one.bean(LiveDrops.class).changed();

        assertThat(says(pass(one, open, ada), 1, "", 200, "drop.claimed")).doesNotContain("again");
        assertThat(says(pass(one, open, ada), 1, "", 200, "drop.claimed")).contains("\"again\":true");
        says(pass(one, open, ada), 2, "", 409, "drop.limit-reached");
        says(pass(one, held, ada), 1, "", 200, "drop.held");
        says(pass(one, held, bo), 1, "", 409, "drop.all-held");
        says(pass(one, soldOut, ada), 1, "", 200, "drop.claimed");
        says(pass(one, soldOut, bo), 1, "", 409, "drop.sold-out");
        says(bosPaused, 1, "", 409, "drop.paused");
        says(bosEnded, 1, "", 409, "drop.closed");
        says(pass(one, later, bo), 1, "", 409, "drop.not-open");
        says(pass(one, coded, ada), 1, ",\"code\":\"" + code + "\"", 200, "drop.claimed");
        says(pass(one, coded, bo), 1, ",\"code\":\"" + code + "\"", 409, "drop.code-used");
        says(pass(one, coded, bo), 1, "", 409, "drop.code-unknown");
        says(pass(one, chosen, ada), 1, ",\"unit\":7", 200, "drop.claimed");
        says(pass(one, chosen, bo), 1, ",\"unit\":7", 409, "drop.unit-taken");
        says(pass(one, chosen, bo), 1, "", 409, "drop.unit-wanted");
        says("nobody's", 1, "", 403, "drop.not-admitted");
        says(pass(one, open, bo), 0, "", 400, "drop.claim-malformed");
        ahead.updateAndGet(by -> by.plus(Duration.ofMinutes(11)));
        drain();
        says(pass(one, held, ada), 1, "", 409, "drop.hold-expired");
    }

    /** Returns the body. */
    private String says(String pass, int nth, String more, int status, String code) {
        HttpResponse<String> answer = post(one, "{\"pass\":\"%s\",\"n\":%d%s}".formatted(pass, nth, more));
        assertSays(answer, status, code);
        return answer.body();
    }

    private static void assertSays(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        if (status == 200) return;
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .contains("\"type\":\"urn:vitrine:problem:" + code + "\"")
                .contains("\"status\":" + status);
    }

    private static HttpResponse<String> post(TestServer node, String body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(node.address().resolve("/api/drops/claims"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theHotStatementsReadNoTableFromEndToEnd() {
        Drop drop = published(1, null, null);
        List<CollectorId> people = collectors(6);
        claim(one, drop, people.getFirst(), 1); // on the empty table, where the plan is made and kept
        database.jdbc().sql("""
                insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, serial,
                    claimed_at, granted_at)
                select :brand, gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'k', gen_random_uuid(), n,
                    now(), now()
                from generate_series(1, 200000) n
                """).param("brand", lumen.value()).update();
        long before = scans("seq_scan");
        long looked = scans("idx_scan");
        for (CollectorId who : people.subList(1, 6)) {
            assertThat(claim(one, drop, who, 1)).isInstanceOf(Claiming.Claimed.class);
        }
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (scans("idx_scan") < looked + 10 && System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
        }
        assertThat(scans("idx_scan")).as("the counts have arrived").isGreaterThanOrEqualTo(looked + 10);
        assertThat(scans("seq_scan")).isEqualTo(before);
    }

    private long scans(String kind) {
        return database.jdbc()
                .sql("select sum(" + kind + ") from pg_stat_user_tables where relname in ('claims', 'claims_ended')")
                .query(Long.class)
                .single();
    }

    @Test
    void anUnfinishedPlanSaysWhatItLacksAndAPublishedOneStaysAsItIs() {
        DropPlans plans = one.bean(DropPlans.class);
        var empty = new DropDraft(new Bilingual("", ""), MOONRISE, List.of());
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(lumen, "night-drop", empty)).id();
        assertThat(plans.publish(id))
                .isInstanceOfSatisfying(DropPlans.Publishing.Unfinished.class, no -> assertThat(no.problems())
                        .extracting(DropPlans.Problem::code)
                        .containsExactly("drop.no-name", "drop.no-stage"));
        assertThat(plans.draft(lumen, "night-drop", empty)).isInstanceOf(DropPlans.Drafting.SlugTaken.class);
        var tooMany = new DropDraft(MOONRISE, MOONRISE, List.of(stage(Duration.ofHours(1), 1, 11, null, "everyone")));
        assertThat(plans.check(lumen, tooMany))
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.cap");
        assertThat(plans.check(
                        lumen,
                        new DropDraft(
                                MOONRISE,
                                MOONRISE,
                                List.of(stage(Duration.ofHours(1), 1, 10, Duration.ofMinutes(10), "everyone")))))
                .as("nothing would ever confirm it")
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.hold-without-price");
        Drop drop = published(1, null, null);
        assertThat(plans.save(drop.id(), tooMany)).isFalse();
        assertThat(plans.publish(drop.id())).isInstanceOf(DropPlans.Publishing.NotADraft.class);
    }

    // ---- how it is asked

    private Claiming claim(TestServer node, Drop drop, CollectorId who, int nth) {
        return node.bean(Claims.class).claim(pass(node, drop, who), nth);
    }

    private Claiming claim(TestServer node, Drop drop, CollectorId who, int nth, String code) {
        return node.bean(Claims.class).claim(pass(node, drop, who), nth, code, null);
    }

    private static String pass(TestServer node, Drop drop, CollectorId who) {
        Drop now = node.bean(DropPlans.class).find(drop.id()).orElseThrow();
        return ((Entrance.Admitted) node.bean(Entrances.class).enter(now, who)).pass();
    }

    private Drop published(int limit, @Nullable Integer cap, @Nullable Duration hold) {
        return published("drop", Duration.ZERO, limit, cap, hold);
    }

    private Drop published(String slug, Duration in, int limit, @Nullable Integer cap, @Nullable Duration hold) {
        return publish(slug, stage(in, limit, cap, hold, "everyone"));
    }

    private Drop publish(String slug, DropDraft.StageDraft stage) {
        DropPlans plans = one.bean(DropPlans.class);
        var draft = new DropDraft(MOONRISE, MOONRISE, List.of(stage.held(null)));
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(lumen, slug, draft)).id();
        assertThat(plans.publish(id)).isInstanceOf(DropPlans.Publishing.Published.class);
        // What is held without a price cannot be published; here nobody pays, and holds are what it is about.
        if (stage.holdMinutes() != null)
            database.jdbc()
                    .sql("update drop_stages set hold_seconds = :seconds where drop_id = :drop")
                    .param("seconds", 60 * stage.holdMinutes())
                    .param("drop", id.value())
                    .update();
        Drop drop = plans.find(id).orElseThrow();
        if (drop.stages().getFirst().opensAt().isBefore(now().plusSeconds(5)))
            ahead.updateAndGet(by -> by.plusSeconds(2));
        return drop;
    }

    private Instant now() {
        return Instant.now().plus(ahead.get());
    }

    private DropDraft.StageDraft stage(
            Duration in, int limit, @Nullable Integer cap, @Nullable Duration hold, String entry) {
        Instant opens = now().plus(in).plusSeconds(1);
        return new DropDraft.StageDraft(
                null,
                MOONRISE,
                moonrise.value(),
                opens,
                opens.plus(Duration.ofDays(1)),
                cap,
                limit,
                entry,
                null,
                hold == null ? null : (int) hold.toMinutes(),
                "never",
                false,
                false);
    }

    private static DropDraft.StageDraft forPeople(DropDraft.StageDraft stage) {
        return new DropDraft.StageDraft(
                stage.id(),
                stage.name(),
                stage.collectible(),
                stage.opensAt(),
                stage.closesAt(),
                stage.cap(),
                stage.limit(),
                stage.entry(),
                stage.entryId(),
                stage.holdMinutes(),
                stage.giftPolicy(),
                stage.chosen(),
                true);
    }

    private void confirm(CollectorId who, String human) {
        Persons persons = one.bean(Persons.class);
        String state = PersonDesk.asked(persons.ask(who, URI.create("http://localhost/back"), "en"))
                .getOrDefault("state", "");
        assertThat(persons.confirm(who, state, PersonDesk.answer(state, human, 18, now())))
                .isInstanceOf(Persons.Confirming.Done.class);
    }

    private List<CollectorId> collectors(int count) {
        List<BuyerKey> keys =
                IntStream.range(0, count).mapToObj(ClaimsTest::buyer).toList();
        Map<BuyerKey, CollectorId> people = one.bean(Collectors.class).forBuyerKeys(keys);
        return keys.stream().map(key -> requireNonNull(people.get(key))).toList();
    }

    private static BuyerKey buyer(int n) {
        return new BuyerKey(BuyerKey.Kind.EMAIL, ("buyer " + n).getBytes(StandardCharsets.UTF_8));
    }

    private Stock stock() {
        return one.bean(TransactionTemplate.class)
                .execute(s -> one.bean(Drops.class).stock(moonrise));
    }

    private void drain() {
        one.bean(Jobs.class).drain();
    }

    private static List<Integer> serials(List<Claiming> ended) {
        List<Integer> serials = new ArrayList<>();
        for (Claiming each : ended) {
            if (each instanceof Claiming.Claimed claimed && claimed.claim().serial() != null)
                serials.add(claimed.claim().serial());
        }
        Collections.sort(serials);
        return serials;
    }

    private static long codes(List<Claiming> ended, String code) {
        return ended.stream().filter(e -> e.code().equals(code)).count();
    }

    private static <T> List<T> together(List<Callable<T>> acts) {
        try (var crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> ended = new ArrayList<>();
            for (Future<T> each : crowd.invokeAll(acts)) ended.add(each.get());
            return ended;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
