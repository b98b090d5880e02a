package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vitrine.payment.PayTown;
import vitrine.payment.Way;

/** What the page of a line says by itself, also to whoever has no script: where she stands, and that the last one is gone. */
class LinePageTest {

    private static final String DROP = "/d/line-sale";
    private static final String BEFORE_YOU = "data-when=\"calling\"";
    private static final String YOUR_TURN = "data-when=\"called\"";
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
