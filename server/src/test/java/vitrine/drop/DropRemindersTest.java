package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.PieceNumber;
import vitrine.drop.DropReminders.About;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.Pieces;
import vitrine.payment.PayTown;
import vitrine.payment.Way;
import vitrine.platform.BuyerKeys;
import vitrine.platform.messages.Message;

/** Who hears of a piece that is free again, when, and that nobody is called for a piece that another was called for. */
class DropRemindersTest {

    private static final Duration NEXT_ROUND = Duration.ofSeconds(30);

    private static PayTown town;

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @Test
    void ofThreeWhoWaitForOnePieceTheFirstIsToldAndTheNextOnlyWhenHerTimeIsOver() {
        Saleroom room = new Saleroom(town, "in-line", 1);
        room.opens(Way.ALIPAY_PAGE);
        room.claims(room.somebody("holder"), 1);
        for (String name : List.of("bo", "cem", "dea")) asks(room, name, About.FREE);
        town.drain();
        assertThat(told(room)).as("while it is held").isEmpty();

        town.later(Saleroom.HOLD.plusSeconds(1));
        town.later(NEXT_ROUND);
        assertThat(room.stock().available()).isOne();
        assertThat(told(room)).containsExactly("bo");
        assertThat(room.mails("bo")).extracting(Message::subject).containsExactly("“Moonrise”: one was given back");
        town.later(DropReminders.CALLED.minus(NEXT_ROUND.multipliedBy(2)));
        assertThat(told(room)).as("her time is not over").containsExactly("bo");
        town.later(NEXT_ROUND.multipliedBy(2));
        assertThat(told(room)).containsExactly("bo", "cem");
    }

    @Test
    void aPauseUsesUpNobodysTurn() {
        Saleroom room = new Saleroom(town, "paused-turn", 1);
        room.opens(Way.ALIPAY_PAGE);
        room.claims(room.somebody("paused-holder"), 1);
        for (String name : List.of("sam", "tia")) asks(room, name, About.FREE);
        town.later(Saleroom.HOLD.plusSeconds(1));
        town.later(NEXT_ROUND);
        assertThat(told(room)).containsExactly("sam");
        DropPlans plans = town.server.bean(DropPlans.class);
        plans.pause(room.open().id(), Works.MOONRISE);
        town.later(DropReminders.CALLED.multipliedBy(2));
        plans.resume(room.open().id());
        town.later(NEXT_ROUND);
        assertThat(told(room)).as("she could not take it meanwhile").containsExactly("sam");
        town.later(DropReminders.CALLED);
        assertThat(told(room)).containsExactly("sam", "tia");
    }

    @Test
    void whoWasToldAndTookItIsNoLongerCountedWhenAnotherPieceComesBack() {
        Saleroom room = new Saleroom(town, "came-at-once", 2);
        room.opens(Way.ALIPAY_PAGE);
        room.claims(room.somebody("holder-one"), 1);
        town.later(Duration.ofMinutes(3));
        room.claims(room.somebody("holder-two"), 1);
        CollectorId eli = asks(room, "eli", About.FREE);
        asks(room, "fay", About.FREE);
        town.later(Saleroom.HOLD.minusMinutes(3).plusSeconds(1));
        town.later(NEXT_ROUND);
        assertThat(told(room)).containsExactly("eli");

        room.claims(eli, 1);
        town.later(NEXT_ROUND);
        assertThat(told(room)).as("nothing is free").containsExactly("eli");
        town.later(Duration.ofMinutes(3));
        town.later(NEXT_ROUND);
        assertThat(told(room)).as("the other hold has ended").containsExactly("eli", "fay");
    }

    @Test
    void whoGotOneMeanwhileWasRefusedOrIsGoneIsNotCalledAndCostsTheNextNoTime() {
        Saleroom room = new Saleroom(town, "settled", 2);
        room.opens(Way.ALIPAY_PAGE);
        room.claims(room.somebody("settled-holder"), 1);
        town.later(Duration.ofMinutes(3));
        CollectorId liv = asks(room, "liv", About.FREE);
        CollectorId mia = asks(room, "mia", About.FREE);
        CollectorId ned = asks(room, "ned", About.FREE);
        CollectorId oda = asks(room, "oda", About.FREE);
        room.claims(liv, 1);
        town.db()
                .sql("""
                insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at, decision, decided_at)
                values (:brand, :drop, :who, 'sudden-crowd', now(), 'refused', now())
                """)
                .param("brand", room.lumen.value())
                .param("drop", room.open().id().value())
                .param("who", mia.value())
                .update();
        town.db()
                .sql("update collectors set contact_sealed = null where collector_id = :who")
                .param("who", ned.value())
                .update();
        assertThat(asked(room, liv)).as("she has what she asked for").isFalse();
        assertThat(asked(room, oda)).isTrue();

        town.later(Saleroom.HOLD.minusMinutes(3).plusSeconds(1));
        town.later(NEXT_ROUND);
        assertThat(told(room)).as("of the one that came back").containsExactly("oda");

        asks(room, liv, About.FREE);
        assertThat(asked(room, liv)).as("again").isTrue();
        town.later(Duration.ofMinutes(4));
        town.later(NEXT_ROUND);
        assertThat(told(room)).as("her own hold has ended").containsExactly("oda", "liv");
    }

    @Test
    void whoWaitedForAStageIsNotToldThatOneWasGivenBackWhenTheNextOpens() throws Exception {
        Saleroom room = new Saleroom(town, "two-in-turn", 3);
        var first = room.stage(Saleroom.price(Way.ALIPAY_PAGE));
        var opens = requireNonNull(first.opensAt());
        var second = later(first, opens.plus(Duration.ofHours(2)));
        room.announces(capped(first, 1).until(opens.plus(Duration.ofHours(1))), second);
        town.clock.advance(Duration.ofMinutes(2));
        CollectorId buyer = room.somebody("two-buyer");
        Claim held = room.claims(buyer, 1);
        asks(room, "pia", About.FREE);
        CollectorId quin = room.somebody("quin");
        town.server
                .bean(DropReminders.class)
                .ask(room.open().id(), room.open().stages().getLast(), quin, About.OPENING);
        town.pays(room.begins(buyer, held, Way.ALIPAY_PAGE));
        town.drain();
        town.later(Duration.ofMinutes(90));
        assertThat(told(room)).as("half an hour ahead").isEmpty();
        town.later(Duration.ofMinutes(20));
        assertThat(told(room)).containsExactly("quin");
        town.later(Duration.ofMinutes(20));
        assertThat(told(room)).as("nothing was given back").containsExactly("quin");
    }

    @Test
    void whoWantsToHearOfAQueueIsToldToComeInBeforeItOpens() {
        Saleroom room = new Saleroom(town, "by-lot", 1);
        room.announces(later(
                        room.stage(Saleroom.price(Way.ALIPAY_PAGE)),
                        town.clock.instant().plus(Duration.ofHours(2)))
                .by(Stage.Mode.QUEUE));
        asks(room, "rue", About.OPENING);
        town.later(Duration.ofMinutes(110));
        assertThat(room.mails("rue")).singleElement().satisfies(mail -> assertThat(mail.text())
                .contains("Come into the waiting room before then", "drawn by lot")
                .doesNotContain("the button comes by itself"));
    }

    @Test
    void whoCameTooLateForOneStageCanLeaveItsListWhenThePageIsAboutTheNext() throws Exception {
        Saleroom room = new Saleroom(town, "late-for-one", 3);
        var first = room.stage(Saleroom.price(Way.ALIPAY_PAGE));
        var opens = requireNonNull(first.opensAt());
        var second = later(first, opens.plus(Duration.ofHours(2)));
        room.announces(capped(first, 1).until(opens.plus(Duration.ofHours(1))), second);
        town.clock.advance(Duration.ofMinutes(2));
        room.buys(room.somebody("late-buyer"), Way.ALIPAY_PAGE);
        town.later(NEXT_ROUND);
        town.server.bean(LiveDrops.class).changed();
        String drop = "/d/late-for-one-sale";
        Visitor yun = Visitor.signedIn(town, "yun@example.com");
        assertThat(yun.page(drop)).contains("Put me on the waiting list");
        yun.sends(drop, drop + "/waiting-list", Map.of());
        assertThat(yun.page(drop)).contains("Take me off the list");

        town.clock.advance(Duration.ofMinutes(130));
        assertThat(yun.page(drop))
                .as("the second stage is open")
                .contains("Take me off the list")
                .doesNotContain("Put me on the waiting list");
        for (String buyer : List.of("late-buyer-2", "late-buyer-3")) room.buys(room.somebody(buyer), Way.ALIPAY_PAGE);
        town.later(NEXT_ROUND);
        town.server.bean(LiveDrops.class).changed();
        assertThat(yun.page(drop)).as("it is gone too").contains("Take me off the list", "Put me on the waiting list");
        yun.sends(drop, drop + "/waiting-list", Map.of());
        assertThat(yun.page(drop)).contains("Take me off the list").doesNotContain("Put me on the waiting list");
        yun.sends(drop, drop + "/waiting-list", Map.of("on", "no"));
        assertThat(yun.page(drop)).contains("Put me on the waiting list").doesNotContain("Take me off the list");
        assertThat(town.server
                        .bean(WaitingLists.class)
                        .count(room.open().id(), room.open().stages().getFirst().id()))
                .isZero();
    }

    @Test
    void whoCameTooLateStandsOnAListInOrderAndThePieceThatComesBackIsGivenToTheFirst() throws Exception {
        Saleroom room = new Saleroom(town, "too-late", 1);
        room.opens(Way.ALIPAY_PAGE);
        room.buys(room.somebody("uma"), Way.ALIPAY_PAGE);
        town.later(NEXT_ROUND);
        town.server.bean(LiveDrops.class).changed();
        String drop = "/d/too-late-sale";
        String list = drop + "/waiting-list";
        assertThat(page(room)).as("a guest comes to sign in").contains(list);
        assertThat(Visitor.signedIn(town, "uma@example.com").page(drop))
                .as("whoever has hers")
                .doesNotContain(list);
        Visitor val = Visitor.signedIn(town, "val@example.com");
        Visitor wim = Visitor.signedIn(town, "wim@example.com");
        assertThat(val.page(drop)).contains("Put me on the waiting list", "nothing is promised");
        for (Visitor each : List.of(val, wim, val)) {
            assertThat(each.sends(drop, list, Map.of()).headers().firstValue("Location"))
                    .hasValueSatisfying(there -> assertThat(there).endsWith("said=drop.listed"));
            town.clock.advance(Duration.ofSeconds(1));
        }
        Visitor xan = Visitor.signedIn(town, "xan@example.com");
        xan.sends(drop, list, Map.of());
        assertThat(xan.page(drop)).contains("Take me off the list");
        xan.sends(drop, list, Map.of("on", "no"));
        assertThat(xan.page(drop)).contains("Put me on the waiting list");

        Visitor flo = Visitor.hired(town, room.lumen, "flo", Colleagues.Role.TEAM);
        String desk = "/desk/lumen/drops/too-late-sale";
        String stage = room.open().stages().getFirst().id().toString();
        String table = desk + "/waiting.csv?stage=" + stage;
        assertThat(flo.page(desk)).contains("Waiting list of Moonrise", "<b class=\"num\">2</b>");
        List<String> rows = flo.page(table).lines().toList();
        assertThat(rows).hasSize(3);
        assertThat(flo.sends(desk, desk + "/waiting", Map.of("stage", stage, "pieces", "0"))
                        .statusCode())
                .isEqualTo(422);
        var piece = new PieceNumber(room.collectible(), 1);
        room.inOne(() -> {
            town.server.bean(Drops.class).takeBack(List.of(piece), "returned");
            return true;
        });
        town.drain();
        String airdrop = flo.sends(desk, desk + "/waiting", Map.of("stage", stage, "pieces", "1"))
                .headers()
                .firstValue("Location")
                .orElseThrow()
                .replaceFirst("^https?://[^/]+", "");
        assertThat(flo.page(table).lines().toList())
                .as("whom it names is not named again")
                .containsExactly(rows.getFirst(), rows.getLast());
        assertThat(val.page(drop)).as("nothing is given yet").contains("Take me off the list");
        flo.sends(airdrop, airdrop, Map.of("do", "give", "sure", "yes"));
        town.drain();
        assertThat(town.server.bean(Pieces.class).find(piece).orElseThrow().owner())
                .isEqualTo(somebody("val"));
        assertThat(flo.page(table).lines().toList()).containsExactly(rows.getFirst(), rows.getLast());
        assertThat(told(room)).as("nobody is written to").isEmpty();
    }

    @Test
    void whoTookOneWasRefusedOrIsTheSameAsSomebodyWhoWasGivenOneIsOnTheListNoLonger() throws Exception {
        Saleroom room = new Saleroom(town, "off-the-list", 3);
        room.opens(Way.ALIPAY_PAGE, stage -> capped(stage, 2).held(null).at(null));
        Drop drop = room.open();
        Stage stage = drop.stages().getFirst();
        WaitingLists lists = town.server.bean(WaitingLists.class);
        CollectorId zoe = room.somebody("zoe");
        CollectorId fay = room.somebody("fay");
        for (CollectorId each : List.of(zoe, fay)) lists.ask(drop, stage, each);
        assertThat(lists.asked(drop, zoe)).containsOnlyKeys(stage.id());
        assertThat(lists.count(drop.id(), stage.id())).isEqualTo(2);
        room.claims(zoe, 1);
        room.claims(room.somebody("abe"), 1);
        town.server.bean(LiveDrops.class).changed();
        assertThat(lists.asked(drop, zoe)).as("she has one").isEmpty();
        assertThat(lists.count(drop.id(), stage.id())).isOne();
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.holdYoung(drop.id(), stage, Duration.ofDays(30))).isEqualTo(2);
        assertThat(reviews.appeal(drop.id(), zoe, "It was I.")).isTrue();
        assertThat(room.refuses(zoe)).isEqualTo(new Reviews.Refusing.Refused());
        assertThat(lists.asked(drop, zoe)).as("she may have none").isEmpty();
        assertThat(lists.count(drop.id(), stage.id())).isOne();

        Airdrops airdrops = town.server.bean(Airdrops.class);
        var read = (Airdrops.Reading.Read)
                airdrops.read(room.collectible(), stage.giftPolicy(), false, Stream.of("fay-at-work@example.com"));
        town.clock.advance(Duration.ofSeconds(1));
        assertThat(airdrops.begin(room.lumen, read.airdrop().id())).isInstanceOf(Airdrops.Beginning.Begun.class);
        town.drain();
        assertThat(lists.count(drop.id(), stage.id())).as("to a stranger").isOne();
        town.db()
                .sql("update collectors set joined_into = :fay where collector_id = :work")
                .param("fay", fay.value())
                .param("work", somebody("fay-at-work").value())
                .update();
        assertThat(lists.count(drop.id(), stage.id())).as("it was she").isZero();
        assertThat(lists.asked(drop, fay)).isEmpty();

        town.server.bean(DropPlans.class).end(drop.id());
        town.server.bean(LiveDrops.class).changed();
        String page = "/d/off-the-list-sale";
        assertThat(Visitor.signedIn(town, "zoe@example.com").page(page))
                .as("nor is she offered it when the drop was ended")
                .doesNotContain("waiting-list");
        assertThat(Visitor.signedIn(town, "cat@example.com").page(page)).contains("Put me on the waiting list");
    }

    @Test
    void whoAsksForWhatComesBackLongAfterItsEndIsKeptForAMonth() throws Exception {
        Saleroom room = new Saleroom(town, "long-gone", 1);
        room.opens(Way.ALIPAY_PAGE);
        room.buys(room.somebody("dot"), Way.ALIPAY_PAGE);
        town.later(NEXT_ROUND);
        town.later(Duration.ofDays(40));
        town.server.bean(LiveDrops.class).changed();
        String drop = "/d/long-gone-sale";
        Visitor eve = Visitor.signedIn(town, "eve@example.com");
        eve.sends(drop, drop + "/waiting-list", Map.of());
        town.later(Duration.ofDays(29));
        assertThat(Visitor.signedIn(town, "eve@example.com").page(drop)).contains("Take me off the list");
        town.later(Duration.ofDays(2));
        assertThat(Visitor.signedIn(town, "eve@example.com").page(drop)).contains("Put me on the waiting list");
    }

    private static CollectorId somebody(String name) {
        return town.server
                .bean(Collectors.class)
                .signedIn(
                        town.server
                                .bean(BuyerKeys.class)
                                .email(name + "@example.com")
                                .orElseThrow(),
                        "en");
    }

    private static String page(Saleroom room) {
        town.server.bean(LiveDrops.class).changed();
        return new Browser(town.server.address())
                .get("/d/" + room.open().slug())
                .body();
    }

    private static DropDraft.StageDraft capped(DropDraft.StageDraft stage, int cap) {
        return anew(stage, requireNonNull(stage.opensAt()), cap);
    }

    /** The same, at another hour and for a day. */
    private static DropDraft.StageDraft later(DropDraft.StageDraft stage, Instant opensAt) {
        return anew(stage, opensAt, null);
    }

    private static DropDraft.StageDraft anew(DropDraft.StageDraft stage, Instant opensAt, @Nullable Integer cap) {
        return new DropDraft.StageDraft(
                        null,
                        stage.name(),
                        stage.collectible(),
                        opensAt,
                        opensAt.plus(Duration.ofDays(1)),
                        cap,
                        stage.limit(),
                        stage.entry(),
                        null,
                        stage.holdMinutes(),
                        stage.giftPolicy(),
                        false,
                        false)
                .at(requireNonNull(stage.price()));
    }

    private static boolean asked(Saleroom room, CollectorId who) {
        Stage stage = room.open().stages().getFirst();
        return town.server.bean(DropReminders.class).asked(room.open().id(), stage, who, About.FREE);
    }

    @Test
    void whoAskedBeforeTheOpeningIsToldAQuarterOfAnHourAheadAndOnce() {
        Saleroom room = new Saleroom(town, "not-yet", 1);
        room.announces(Way.ALIPAY_PAGE, Duration.ofHours(2));
        asks(room, "gus", About.OPENING);
        asks(room, "hal", About.OPENING);
        assertThat(page(room)).as("far ahead").doesNotContain("http-equiv=\"refresh\"");
        town.later(Duration.ofMinutes(100));
        assertThat(told(room)).as("twenty minutes ahead").isEmpty();
        town.later(Duration.ofMinutes(6));
        assertThat(page(room)).doesNotContain("http-equiv=\"refresh\"");
        town.later(Duration.ofMinutes(10));
        assertThat(page(room))
                .as("without a script nothing else brings the button")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"60\"></noscript>");
        town.later(Duration.ofMinutes(10));
        assertThat(page(room)).as("it is open").doesNotContain("http-equiv=\"refresh\"");
        assertThat(told(room)).as("once each").containsExactlyInAnyOrder("gus", "hal");
        assertThat(room.mails("gus")).extracting(Message::subject).containsExactly("“Moonrise” opens soon");
    }

    @Test
    void whoWaitedForADropAndWhoStoodOnItsListIsForgottenAMonthAfterIt() {
        Saleroom room = new Saleroom(town, "long-ago", 3);
        room.announces(Way.ALIPAY_PAGE, Duration.ofHours(2));
        asks(room, "ida", About.FREE);
        UUID stage = list(room);
        Guests.File brought = read(room, stage, "jo@example.com");
        Guests.File left = read(room, stage, "kai@example.com");
        assertThat(town.server.bean(Guests.class).begin(brought, false)).isInstanceOf(Guests.Beginning.Begun.class);
        town.drain();
        town.later(Duration.ofDays(29));
        assertThat(rows("drop_waiting", room.open().id())).isOne();
        assertThat(rows("drop_guests", brought.drop())).isOne();
        assertThat(rows("guest_files", brought.drop())).isEqualTo(2);
        town.later(Duration.ofDays(2));
        assertThat(town.server.bean(Guests.class).find(room.lumen, left.id()))
                .as("what nobody brought to a list")
                .isEmpty();
        assertThat(rows("drop_guests", brought.drop())).as("closed 29 days ago").isOne();
        town.later(Duration.ofDays(2));
        assertThat(rows("drop_guests", brought.drop())).isZero();
        assertThat(rows("guest_files", brought.drop())).isZero();
        assertThat(rows("drop_waiting", room.open().id())).isZero();
    }

    /** Of a drop beside the room's own, which is open for the same two days. */
    private static UUID list(Saleroom room) {
        Stage of = room.open().stages().getFirst();
        var stage = new DropDraft.StageDraft(
                null,
                Works.MOONRISE,
                of.collectible().value(),
                of.opensAt(),
                of.closesAt(),
                1,
                1,
                "list",
                null,
                null,
                "never",
                false,
                false);
        DropPlans plans = town.server.bean(DropPlans.class);
        var made = (DropPlans.Drafting.Drafted)
                plans.draft(room.lumen, "long-ago-list", new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(stage)));
        return ((DropPlans.Publishing.Published) plans.publish(made.id()))
                .drop()
                .stages()
                .getFirst()
                .id();
    }

    private static Guests.File read(Saleroom room, UUID stage, String address) {
        Drop drop = town.server.bean(DropPlans.class).at("long-ago-list").orElseThrow();
        return ((Guests.Reading.Read) town.server.bean(Guests.class).read(drop, stage, Stream.of(address))).file();
    }

    private static int rows(String table, DropId drop) {
        return town.db()
                .sql("select count(*) from " + table + " where drop_id = :drop")
                .param("drop", drop.value())
                .query(Integer.class)
                .single();
    }

    private static void asks(Saleroom room, CollectorId who, About about) {
        Stage stage = room.open().stages().getFirst();
        town.server.bean(DropReminders.class).ask(room.open().id(), stage, who, about);
    }

    private static CollectorId asks(Saleroom room, String name, About about) {
        CollectorId who = room.somebody(name);
        asks(room, who, about);
        return who;
    }

    /** Who was written to with the way to this drop, in that order. */
    private static List<String> told(Saleroom room) {
        return town.postbox.received.stream()
                .filter(mail -> mail.text().endsWith("/d/" + room.open().slug()))
                .map(mail -> mail.to().value().replace("@example.com", ""))
                .toList();
    }
}
