package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.drop.DropReminders.About;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Way;
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
    void whoAskedBeforeTheOpeningIsToldAQuarterOfAnHourAheadAndOnce() {
        Saleroom room = new Saleroom(town, "not-yet", 1);
        room.announces(Way.ALIPAY_PAGE, Duration.ofHours(2));
        asks(room, "gus", About.OPENING);
        asks(room, "hal", About.OPENING);
        town.later(Duration.ofMinutes(100));
        assertThat(told(room)).as("twenty minutes ahead").isEmpty();
        town.later(Duration.ofMinutes(6));
        town.later(Duration.ofMinutes(20));
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

    private static CollectorId asks(Saleroom room, String name, About about) {
        CollectorId who = room.somebody(name);
        town.server.bean(DropReminders.class).ask(room.open().id(), who, about);
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
