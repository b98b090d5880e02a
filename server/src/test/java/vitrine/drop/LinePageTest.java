package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;

/** What the page of a line says by itself, also to whoever has no script: where she stands, and that the last one is gone. */
class LinePageTest {

    private static final String DROP = "/d/line-sale";
    private static final String BEFORE_YOU = "data-when=\"calling\"";
    private static final String YOUR_TURN = "data-when=\"called\"";
    private static final String SOON = "in about 1 to 2 minutes";
    private static final String NOBODY_KNOWS = "Nobody can say yet how long it takes";
    private static final String SOLD_OUT = "data-when=\"sold-out\"";

    @Test
    void whenTheLastOneIsGoneNobodyIsToldOfHerPlaceOrHerTurnAndThePageRests() {
        try (PayTown town = new PayTown()) {
            Saleroom room = new Saleroom(town, "line", 1);
            room.opens(Way.ALIPAY_PAGE, stage -> stage.by(Stage.Mode.QUEUE));
            town.server.bean(ListClosing.class).run();
            town.db()
                    .sql("update queues set drawn_at = closed_at, signature = '\\x00'") // of a list that nobody is on
                    .update();
            knowsAnew(town);
            room.somebody("ada");
            Visitor ada = Visitor.signedIn(town, "ada@example.com");
            assertThat(ada.sends(DROP, DROP + "/join", Map.of()).headers().firstValue("Location"))
                    .hasValueSatisfying(there -> assertThat(there).endsWith("said=drop.joined"));
            knowsAnew(town);
            String waits = ada.page(DROP);
            assertThat(waits)
                    .contains("Before you", "data-line=\"true\"", "http-equiv=\"refresh\"", SOLD_OUT + " hidden")
                    .doesNotContain(BEFORE_YOU + " hidden");

            town.db()
                    .sql("update drop_stages set sold_out_at = :now")
                    .param("now", Timestamp.from(town.clock.instant()))
                    .update();
            knowsAnew(town);
            rests(ada.page(DROP));
            town.db().sql("update queues set called = 1").update();
            knowsAnew(town);
            rests(ada.page(DROP));
            town.clock.advance(Duration.ofDays(3));
            knowsAnew(town);
            assertThat(ada.page(DROP + "/queue.json")).contains("\"state\":\"over\"", "\"phase\":\"sold-out\"");
            rests(ada.page(DROP));
        }
    }

    @Test
    void nobodyIsToldHowLongItTakesWhileNobodyIsCalled() {
        try (PayTown town = new PayTown()) {
            Saleroom room = new Saleroom(town, "line", 1);
            room.opens(Way.ALIPAY_PAGE, stage -> stage.by(Stage.Mode.QUEUE));
            town.server.bean(ListClosing.class).run();
            town.db()
                    .sql("update queues set drawn_at = closed_at, signature = '\\x00', call_rate = 0.02")
                    .update();
            knowsAnew(town);
            CollectorId ada = room.somebody("ada");
            Visitor adas = Visitor.signedIn(town, "ada@example.com");
            adas.sends(DROP, DROP + "/join", Map.of());
            room.somebody("bo");
            Visitor bo = Visitor.signedIn(town, "bo@example.com");
            bo.sends(DROP, DROP + "/join", Map.of());
            town.db().sql("update queues set called = 1, call_rate = 0.02").update();
            town.db().sql("delete from queue_calls").update();
            knowsNot(town, bo, "before the first call");

            called(town);
            assertThat(bo.page(DROP)).contains(SOON).doesNotContain("Somebody is looking");
            hearsSoon(bo, "\"rate\":0.02");
            town.server
                    .bean(Reviews.class)
                    .holdYoung(room.open().id(), room.open().stages().getFirst(), Duration.ofDays(30));
            assertThat(bo.page(DROP))
                    .as("who waits reads it before she has claimed anything, and can answer")
                    .contains(
                            "Somebody is looking at your place in line",
                            "Your account was made shortly before.",
                            "You keep your place.",
                            DROP + "/appeal");
            DropPlans plans = town.server.bean(DropPlans.class);
            plans.pause(room.open().id(), new Bilingual("稍等", "Wait"));
            knowsNot(town, bo, "while it is paused");
            plans.resume(room.open().id());
            knowsAnew(town);
            assertThat(bo.page(DROP)).contains(SOON);
            town.clock.advance(Duration.ofSeconds(11));
            knowsNot(town, bo, "since the calling stands still");

            room.claims(ada, 1);
            called(town);
            hearsSoon(bo, "\"phase\":\"all-held\"");
            knowsNot(town, bo, "while all are on hold");
        }
    }

    /** The first place, a moment ago. */
    private static void called(PayTown town) {
        town.db().sql("delete from queue_calls").update();
        town.db().sql("""
                        insert into queue_calls (brand_id, drop_id, stage_id, called_at, turn_from, up_to, taken)
                        select brand_id, drop_id, stage_id, :now, :now, 1, 0 from queues
                        """).param("now", Timestamp.from(town.clock.instant())).update();
        knowsAnew(town);
    }

    private static void knowsNot(PayTown town, Visitor who, String when) {
        knowsAnew(town);
        assertThat(who.page(DROP))
                .as(when)
                .contains("<span data-wait>" + NOBODY_KNOWS)
                .doesNotContain(SOON);
        hearsSoon(who, "\"rate\":0.0,");
    }

    /** What is told to all is made anew twice a second. */
    private static void hearsSoon(Visitor who, String what) {
        String heard = "";
        for (int n = 0; n < 200 && !heard.contains(what); n++) {
            LockSupport.parkNanos(50_000_000);
            heard = who.page(DROP + "/queue.json");
        }
        assertThat(heard).contains(what);
    }

    private static void rests(String page) {
        assertThat(page)
                .contains(SOLD_OUT, BEFORE_YOU + " hidden", YOUR_TURN + " hidden")
                .doesNotContain(SOLD_OUT + " hidden", "data-line", "http-equiv=\"refresh\"", "data-claim");
    }

    private static void knowsAnew(PayTown town) {
        town.server.bean(WaitingRoom.class).changed();
        town.server.bean(LiveDrops.class).changed();
    }
}
