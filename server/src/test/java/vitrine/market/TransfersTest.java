package vitrine.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Gallery;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.market.Transfers.Accepting;
import vitrine.market.Transfers.Giving;
import vitrine.market.Transfers.SteppingBack;
import vitrine.ownership.CollectorPieces;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.HolderKeys;
import vitrine.ownership.Pieces;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/** Ada gives a piece to a friend. */
class TransfersTest {

    private static Gallery gallery;
    private static Transfers transfers;
    private static CollectorId ada;
    private static CollectorId bo;
    private static CollectorId cleo;
    private static int designs;
    private CollectibleId moonrise;

    @BeforeAll
    static void open() {
        gallery = new Gallery();
        transfers = gallery.server.bean(Transfers.class);
        ada = gallery.collector("ada");
        bo = gallery.collector("bo");
        cleo = gallery.collector("cleo");
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @BeforeEach
    void aDesignOfTen() {
        moonrise = gallery.publish(
                "moonrise" + (char) ('a' + designs / 26) + (char) ('a' + designs++ % 26),
                new vitrine.platform.Bilingual("月升", "Moonrise"),
                new vitrine.platform.Bilingual("可个人展示。", "May be shown in private."));
    }

    @Test
    void aPieceIsGivenAcceptedAndADayLaterItIsTheFriends() {
        PieceNumber piece = free();
        UUID way = given(piece);
        assertThat(owner(piece)).isEqualTo(ada);

        assertThat(accept(piece, way, bo)).isInstanceOf(Accepting.Accepted.class);
        assertThat(owner(piece)).as("in the day between").isEqualTo(ada);
        pass(Duration.ofHours(23));
        assertThat(owner(piece)).isEqualTo(ada);

        pass(Duration.ofHours(1).plusMinutes(1));
        assertThat(owner(piece)).isEqualTo(bo);
        assertThat(state(piece, way)).isEqualTo(Transfer.State.MOVED);
        var pieces = gallery.server.bean(CollectorPieces.class);
        assertThat(pieces.of(List.of(bo))).contains(piece);
        assertThat(pieces.of(List.of(ada))).doesNotContain(piece);
    }

    @Test
    void theLogSaysThatThePieceMovedAndNamesNobody() {
        PieceNumber piece = free();
        accept(piece, given(piece), bo);
        pass(Duration.ofHours(25));
        assertThat(gallery.server.bean(Pieces.class).find(piece).orElseThrow().records())
                .extracting(r -> r.kind())
                .containsExactly("granted", "moved");
        String entry = new Browser(gallery.server.address())
                .get("/c/" + slug() + "-" + piece.serial() + "/certificate.json")
                .body();
        assertThat(entry).contains("piece.moved").doesNotContain(ada.toString(), bo.toString(), "example.com");
    }

    @Test
    void theFriendProvesPossessionAndTheGiverNoLongerCan() {
        PieceNumber piece = free();
        accept(piece, given(piece), bo);
        var keys = gallery.server.bean(HolderKeys.class);
        assertThat(keys.of(piece, ada)).isPresent();
        pass(Duration.ofHours(25));
        assertThat(keys.of(piece, bo)).isPresent();
        assertThat(keys.of(piece, ada)).isEmpty();
    }

    @Test
    void aFriendWhoAcceptedAndThenHadHerAccountErasedLeavesThePieceWithItsGiver() {
        PieceNumber piece = free();
        UUID way = given(piece);
        CollectorId dee = gallery.collector("dee");
        accept(piece, way, dee);
        erase(dee);
        assertThat(state(piece, way)).isEqualTo(Transfer.State.RETURNED);
        assertThat(transfers.find(brand(), way).orElseThrow().answeredAs()).isEmpty();
        pass(Duration.ofHours(25));
        assertThat(owner(piece)).isEqualTo(ada);
        assertThat(give(piece)).as("and she may give it again").isInstanceOf(Giving.Given.class);
    }

    @Test
    void whatAFriendAcceptedFromHerIsHisThoughSheHadHerAccountErasedInBetween() {
        CollectorId eli = gallery.collector("eli");
        PieceNumber piece = gallery.give(moonrise, eli, new GiftPolicy.Free());
        UUID way = ((Giving.Given) transfers.give(piece, eli, "Eli", "for you")).transfer();
        accept(piece, way, bo);
        erase(eli);
        assertThat(transfers.find(brand(), way).orElseThrow().signed()).isEmpty();
        pass(Duration.ofHours(25));
        assertThat(owner(piece)).isEqualTo(bo);
    }

    @Test
    void whatNobodyAcceptedFromHerStaysInTheLogWithAnOwnerNobodyKnows() {
        CollectorId fay = gallery.collector("fay");
        PieceNumber piece = gallery.give(moonrise, fay, new GiftPolicy.Free());
        UUID way = ((Giving.Given) transfers.give(piece, fay, "Fay", "for you")).transfer();
        erase(fay);
        assertThat(state(piece, way)).isEqualTo(Transfer.State.WITHDRAWN);
        assertThat(accept(piece, way, bo)).isInstanceOf(Accepting.Over.class);
        assertThat(gallery.server.bean(HolderKeys.class).of(piece, fay)).isEmpty();
        gallery.seal();
        assertThat(new Browser(gallery.server.address())
                        .get("/c/" + slug() + "-" + piece.serial() + "/certificate.json")
                        .statusCode())
                .isEqualTo(200);
    }

    private static void erase(CollectorId who) {
        gallery.server.bean(vitrine.identity.Departures.class).erase(who);
        gallery.seal();
    }

    @Test
    void whatMayNeverBeGivenOnIsNotGiven() {
        PieceNumber piece = gallery.give(moonrise, ada, new GiftPolicy.Never());
        assertThat(refusal(piece)).isInstanceOf(Pieces.Moving.NeverToGive.class);
    }

    @Test
    void aKeepPeriodSaysTheDayOnWhichItEnds() {
        PieceNumber piece = gallery.give(moonrise, ada, new GiftPolicy.AfterDays(30));
        Instant granted =
                gallery.server.bean(Pieces.class).find(piece).orElseThrow().grantedAt();
        assertThat(refusal(piece)).isEqualTo(new Pieces.Moving.NotYet(granted.plus(Duration.ofDays(30))));
        pass(Duration.ofDays(30).plusMinutes(1));
        assertThat(give(piece)).isInstanceOf(Giving.Given.class);
    }

    @Test
    void aDateOpensTheWayForAll() {
        LocalDate day =
                now().atZone(java.time.ZoneId.of("Asia/Shanghai")).toLocalDate().plusDays(2);
        PieceNumber piece = gallery.give(moonrise, ada, new GiftPolicy.FromDate(day));
        assertThat(refusal(piece)).isInstanceOf(Pieces.Moving.NotYet.class);
        pass(Duration.ofDays(2));
        assertThat(give(piece)).isInstanceOf(Giving.Given.class);
    }

    @Test
    void underTheCarefulRuleAFriendKeepsItForTwoYears() {
        PieceNumber piece = gallery.give(moonrise, ada, GiftPolicy.CAREFUL);
        assertThat(refusal(piece)).isInstanceOf(Pieces.Moving.NotYet.class);
        pass(Duration.ofDays(181));
        UUID way = given(piece);
        assertThat(accept(piece, way, bo)).isEqualTo(new Accepting.AgeNotSaid(14));
        assertThat(transfers.accept(brand(), way, bo, "", 14)).isInstanceOf(Accepting.Accepted.class);
        pass(Duration.ofDays(181));
        assertThat(owner(piece)).isEqualTo(bo);
        assertThat(transfers.give(piece, bo, "", ""))
                .isInstanceOfSatisfying(
                        Giving.NotAllowed.class, no -> assertThat(no.why()).isInstanceOf(Pieces.Moving.NotYet.class));
        pass(Duration.ofDays(730));
        assertThat(transfers.give(piece, bo, "", "")).isInstanceOf(Giving.Given.class);
    }

    @Test
    void whatIsNotHersSheCannotGive() {
        PieceNumber piece = free();
        assertThat(transfers.give(piece, bo, "", "")).isEqualTo(new Giving.NotAllowed(new Pieces.Moving.NotHolder()));
    }

    @Test
    void nobodyGivesToHerself() {
        PieceNumber piece = free();
        assertThat(accept(piece, given(piece), ada)).isEqualTo(new Accepting.ToOneself());
    }

    @Test
    void aSecondFriendHearsThatItIsTaken() {
        PieceNumber piece = free();
        UUID way = given(piece);
        accept(piece, way, bo);
        assertThat(accept(piece, way, cleo)).isEqualTo(new Accepting.Taken());
    }

    @Test
    void afterSevenDaysTheLinkIsOverAndThePieceStays() {
        PieceNumber piece = free();
        UUID way = given(piece);
        pass(Duration.ofDays(7).plusMinutes(1));
        assertThat(accept(piece, way, bo)).isInstanceOfSatisfying(Accepting.Over.class, over -> assertThat(over.state())
                .isEqualTo(Transfer.State.EXPIRED));
        assertThat(owner(piece)).isEqualTo(ada);
        assertThat(give(piece)).as("she may give it again").isInstanceOf(Giving.Given.class);
    }

    @Test
    void takenBackBeforeItWasAcceptedTheLinkSaysSo() {
        PieceNumber piece = free();
        UUID way = given(piece);
        assertThat(transfers.takeBack(brand(), way, ada)).isInstanceOf(SteppingBack.Done.class);
        assertThat(accept(piece, way, bo)).isInstanceOfSatisfying(Accepting.Over.class, over -> assertThat(over.state())
                .isEqualTo(Transfer.State.WITHDRAWN));
    }

    @Test
    void withinTheDayTheGiverTakesItBack() {
        PieceNumber piece = free();
        UUID way = given(piece);
        accept(piece, way, bo);
        pass(Duration.ofHours(23));
        assertThat(transfers.takeBack(brand(), way, ada)).isInstanceOf(SteppingBack.Done.class);
        pass(Duration.ofHours(2));
        assertThat(owner(piece)).isEqualTo(ada);
    }

    @Test
    void withinTheDayTheFriendGivesItBack() {
        PieceNumber piece = free();
        UUID way = given(piece);
        accept(piece, way, bo);
        assertThat(transfers.giveBack(brand(), way, bo)).isInstanceOf(SteppingBack.Done.class);
        pass(Duration.ofHours(25));
        assertThat(owner(piece)).isEqualTo(ada);
        assertThat(state(piece, way)).isEqualTo(Transfer.State.RETURNED);
    }

    @Test
    void afterTheDayItIsTooLateToTakeItBack() {
        PieceNumber piece = free();
        UUID way = given(piece);
        accept(piece, way, bo);
        // The worker has not run yet: the hour counts, not who comes first.
        gallery.server.bean(BusinessClock.class).advance(Duration.ofHours(25));
        assertThat(transfers.takeBack(brand(), way, ada)).isInstanceOf(SteppingBack.TooLate.class);
        pass(Duration.ZERO);
        assertThat(owner(piece)).isEqualTo(bo);
    }

    @Test
    void aStrangerTakesNothingBack() {
        PieceNumber piece = free();
        UUID way = given(piece);
        accept(piece, way, bo);
        assertThat(transfers.takeBack(brand(), way, cleo)).isInstanceOf(SteppingBack.NotYours.class);
        assertThat(transfers.giveBack(brand(), way, cleo)).isInstanceOf(SteppingBack.NotYours.class);
        assertThat(state(piece, way)).isEqualTo(Transfer.State.ACCEPTED);
    }

    @Test
    void whatGoesBackToTheBrandMeanwhileIsNotMoved() {
        PieceNumber piece = free();
        UUID way = given(piece);
        accept(piece, way, bo);
        gallery.takeBack(piece);
        pass(Duration.ofHours(25));
        assertThat(state(piece, way)).isEqualTo(Transfer.State.FALLEN);
        assertThat(gallery.server.bean(Pieces.class).find(piece).orElseThrow().owner())
                .isNull();
    }

    @Test
    void aFriendAcceptsNothingThatWentBackToTheBrand() {
        PieceNumber piece = free();
        UUID way = given(piece);
        gallery.takeBack(piece);
        assertThat(transfers.openOf(piece)).as("nothing is on its way").isEmpty();
        assertThat(accept(piece, way, bo)).isInstanceOfSatisfying(Accepting.Over.class, over -> assertThat(over.state())
                .isEqualTo(Transfer.State.FALLEN));
        assertThat(state(piece, way)).isEqualTo(Transfer.State.FALLEN);
    }

    @Test
    void anEarlierOwnersLinkDoesNotKeepAPieceFromTheNextOne() {
        PieceNumber piece = free();
        UUID way = given(piece);
        gallery.takeBack(piece);
        assertThat(gallery.give(moonrise, cleo, new GiftPolicy.Free())).isEqualTo(piece);
        assertThat(transfers.openOf(piece)).isEmpty();
        assertThat(transfers.give(piece, cleo, "Cleo", ""))
                .isInstanceOfSatisfying(Giving.Given.class, given -> assertThat(accept(piece, given.transfer(), bo))
                        .isInstanceOf(Accepting.Accepted.class));
        assertThat(state(piece, way)).isEqualTo(Transfer.State.FALLEN);
    }

    @Test
    void whoIsGivenThePieceAnewDecidesAnew() {
        PieceNumber piece = free();
        UUID way = given(piece);
        gallery.takeBack(piece);
        pass(Duration.ofMinutes(1));
        assertThat(free()).isEqualTo(piece);
        assertThat(accept(piece, way, bo)).isInstanceOf(Accepting.Over.class);
        assertThat(give(piece)).isInstanceOf(Giving.Given.class);
    }

    @Test
    void aLinkWhosePieceWentBackDoesNotSayThatItStayedWithHer() {
        PieceNumber piece = free();
        UUID way = given(piece);
        gallery.takeBack(piece);
        pass(Transfers.GOOD_FOR.plusMinutes(1));
        assertThat(state(piece, way)).isEqualTo(Transfer.State.FALLEN);
    }

    @Test
    void aDoubledClickOnGiveIsOneGift() {
        PieceNumber piece = free();
        var ends = atOnce(8, () -> give(piece));
        assertThat(ends.stream().filter(Giving.Given.class::isInstance)).hasSize(1);
        assertThat(ends.stream()
                        .map(end -> end instanceof Giving.Given given
                                ? given.transfer()
                                : ((Giving.OnItsWay) end).transfer()))
                .containsOnly(transfers.openOf(piece).orElseThrow().id());
    }

    @Test
    void aDoubledClickOnAcceptIsOneAcceptance() {
        PieceNumber piece = free();
        UUID way = given(piece);
        var ends = atOnce(8, () -> accept(piece, way, bo));
        assertThat(ends).hasSize(8).containsOnly(ends.getFirst());
        assertThat(ends.getFirst()).isInstanceOf(Accepting.Accepted.class);
    }

    @Test
    void ofTwoFriendsAtOnceExactlyOneHasIt() {
        PieceNumber piece = free();
        UUID way = given(piece);
        List<Callable<Accepting>> both = List.of(() -> accept(piece, way, bo), () -> accept(piece, way, cleo));
        var ends = atOnce(both);
        assertThat(ends.stream().filter(Accepting.Accepted.class::isInstance)).hasSize(1);
        assertThat(ends.stream().filter(Accepting.Taken.class::isInstance)).hasSize(1);
        pass(Duration.ofHours(25));
        assertThat(owner(piece)).isIn(bo, cleo);
    }

    @Test
    void takingBackWhileTheFriendAcceptsLeavesThePieceWithTheGiver() {
        for (int n = 0; n < 5; n++) {
            PieceNumber piece = free();
            UUID way = given(piece);
            List<Callable<Object>> both =
                    List.of(() -> transfers.takeBack(brand(), way, ada), () -> accept(piece, way, bo));
            var ends = atOnce(both);
            assertThat(ends.getFirst()).isInstanceOf(SteppingBack.Done.class);
            assertThat(state(piece, way)).isEqualTo(Transfer.State.WITHDRAWN);
            pass(Duration.ofHours(25));
            assertThat(owner(piece)).isEqualTo(ada);
        }
    }

    @Test
    void twoNodesThatEndADayAtOnceMoveThePieceOnce() {
        PieceNumber piece = free();
        accept(piece, given(piece), bo);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofHours(25));
        var ends = gallery.server.bean(TransferEnds.class);
        atOnce(6, () -> {
            while (ends.run()) {}
            return true;
        });
        assertThat(gallery.server.bean(Pieces.class).find(piece).orElseThrow().moves())
                .isEqualTo(1);
        assertThat(owner(piece)).isEqualTo(bo);
    }

    @Test
    void aFriendUnwrapsItAnew() {
        PieceNumber piece = free();
        var pieces = gallery.server.bean(Pieces.class);
        pieces.open(piece);
        accept(piece, given(piece), bo);
        pass(Duration.ofHours(25));
        assertThat(pieces.find(piece).orElseThrow().openedAt()).isNull();
    }

    private PieceNumber free() {
        return gallery.give(moonrise, ada, new GiftPolicy.Free());
    }

    private static Giving give(PieceNumber piece) {
        return transfers.give(piece, ada, "Ada", "For your new flat.");
    }

    private static UUID given(PieceNumber piece) {
        return ((Giving.Given) give(piece)).transfer();
    }

    private static Pieces.Moving refusal(PieceNumber piece) {
        return ((Giving.NotAllowed) give(piece)).why();
    }

    private static Accepting accept(PieceNumber piece, UUID way, CollectorId who) {
        return transfers.accept(piece.collectible().brand(), way, who, "Bo", 0);
    }

    private String slug() {
        return gallery.server.bean(Catalog.class).collectible(moonrise).slug();
    }

    private BrandId brand() {
        return moonrise.brand();
    }

    private static Transfer.State state(PieceNumber piece, UUID way) {
        return transfers.find(piece.collectible().brand(), way).orElseThrow().state();
    }

    private static CollectorId owner(PieceNumber piece) {
        var owner = gallery.server.bean(Pieces.class).find(piece).orElseThrow().owner();
        return gallery.server.bean(Collectors.class).root(java.util.Objects.requireNonNull(owner));
    }

    private static Instant now() {
        return gallery.server.bean(BusinessClock.class).now();
    }

    private static void pass(Duration time) {
        gallery.server.bean(BusinessClock.class).advance(time);
        gallery.seal();
    }

    private static <T> List<T> atOnce(int times, Callable<T> act) {
        return atOnce(java.util.Collections.nCopies(times, act));
    }

    private static <T> List<T> atOnce(List<? extends Callable<? extends T>> acts) {
        var start = new CyclicBarrier(acts.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<java.util.concurrent.Future<T>> running = new ArrayList<>();
            for (var act : acts) {
                running.add(threads.submit(() -> {
                    start.await();
                    return act.call();
                }));
            }
            List<T> ends = new ArrayList<>();
            for (var each : running) ends.add(each.get());
            return ends;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
