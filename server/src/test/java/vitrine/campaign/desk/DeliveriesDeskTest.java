package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;

class DeliveriesDeskTest {

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void aColleagueSeesHerBrandAndNoOther() {
        assertThat(wen.get("/desk").headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/desk/lumen"));
        assertThat(wen.get("/desk/lumen").statusCode()).isEqualTo(200);
        var otherDesk = wen.get("/desk/other/deliveries");
        assertThat(otherDesk.statusCode()).isEqualTo(403);
        assertThat(otherDesk.body()).contains("</html>").doesNotContain("access.denied");
        assertThat(wen.get("/desk/nobody").statusCode()).isEqualTo(404);
        assertThat(new Browser(lumen.server.address()).get("/desk/lumen").statusCode())
                .isEqualTo(302);
        assertThat(lumen.signedIn("buyer@home.example").get("/desk").statusCode())
                .isEqualTo(403);
    }

    @Test
    void aDeliveryIsShownWithWhatItSaidAndWithoutWhoBought() {
        lumen.order(501, "ada", "120.00", Instant.now());
        lumen.drain();
        var list = wen.get("/desk/lumen/deliveries?state=folded&lang=en").body();
        assertThat(list).contains("ord_501").contains("In its order").contains("Lumen on the pier");
        var one = wen.get("/desk/lumen/delivery?shop=" + lumen.shop.id() + "&id=msg-501")
                .body();
        assertThat(one).contains("120.00").contains("LUM-1").doesNotContain("ada@home.example");
    }

    @Test
    void whatWasNotUnderstoodIsReadAgainByAButton() {
        assertThat(lumen.deliver("msg-odd", "{\"type\": \"order.paid\", \"data\": {}}"))
                .isEqualTo(200);
        lumen.drain();
        assertThat(wen.get("/desk/lumen?lang=en").body()).contains("not understood");
        String page = "/desk/lumen/delivery?shop=" + lumen.shop.id() + "&id=msg-odd";
        assertThat(wen.get(page).body()).contains("data.order is missing");
        var form = Map.of("shop", lumen.shop.id().toString(), "id", "msg-odd");
        assertThat(wen.post("/desk/lumen/delivery", form).statusCode())
                .as("a form without the page's token")
                .isEqualTo(403);
        var sent = Workplace.send(wen, page, "/desk/lumen/delivery", form);
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(wen.get(Workplace.location(sent)).body()).contains("role=\"status\"");
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 50))
                .anySatisfy(entry -> {
                    assertThat(entry.act()).isEqualTo("delivery.replayed");
                    assertThat(entry.actorName()).isEqualTo("Wen");
                    assertThat(entry.subject()).endsWith("/msg-odd");
                });
    }

    @Test
    void anOrderThatCannotBeJudgedIsShownWithItsReasonAndJudgedAgainByAButton() {
        lumen.order(503, "ada", "20.00", Instant.now());
        lumen.drain();
        var db = lumen.server.bean(org.springframework.jdbc.core.simple.JdbcClient.class);
        db.sql("""
                insert into orders_aside (brand_id, order_brand_id, order_id, error, aside_at)
                select brand_id, brand_id, order_id, 'ArithmeticException: long overflow', now() from orders where number = '503'
                """).update();
        assertThat(wen.get("/desk/lumen?lang=en").body()).contains("1 order could not be judged");
        assertThat(wen.get("/desk/lumen/aside?lang=en").body())
                .contains("503")
                .contains("ArithmeticException: long overflow");
        var sent = Workplace.send(wen, "/desk/lumen/aside", "/desk/lumen/aside", Map.of());
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(wen.get(Workplace.location(sent)).body()).contains("role=\"status\"");
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 50))
                .anySatisfy(entry -> assertThat(entry.act()).isEqualTo("orders.tried-again"));
    }

    @Test
    void anAgencyReadsDeliveriesButDoesNotReplayThem() {
        lumen.order(502, "ada", "20.00", Instant.now());
        var agent = lumen.hired("Agent", Workplace.LUMEN, Colleagues.Role.AGENCY);
        String page = "/desk/lumen/delivery?shop=" + lumen.shop.id() + "&id=msg-502";
        assertThat(agent.get(page).statusCode()).isEqualTo(200);
        assertThat(agent.get(page).body()).doesNotContain("action=\"/desk/lumen/delivery\"");
    }

    @Test
    void refusalsAreCountedByCodeAndHour() {
        var forged = new Browser(lumen.server.address());
        for (int i = 0; i < 3; i++)
            forged.json(
                    "POST",
                    lumen.shop.inboxPath(),
                    "{}",
                    "webhook-id",
                    "x" + i,
                    "webhook-timestamp",
                    "1",
                    "webhook-signature",
                    "v1,AAAA");
        lumen.drain();
        assertThat(wen.get("/desk/lumen/deliveries").body())
                .contains("shop.signature-wrong")
                .containsPattern("<td class=\"r\">3</td>");
    }
}
