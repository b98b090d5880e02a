package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Way;

/** In a race nobody waits: whom staff doubt there they hold between the claim and the piece, and she hears why and answers. */
class HeldClaimsTest {

    private static final Way ALIPAY = Way.ALIPAY_PAGE;

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
    void whoIsHeldInARaceSaysWhyItIsAMistakeAndIsLetGoOrRefused() throws Exception {
        Saleroom room = new Saleroom(town, "doubted", 3);
        Visitor wen = Visitor.hired(town, room.lumen, "wen", Colleagues.Role.TEAM);
        CollectorId ada = room.somebody("ada");
        CollectorId bo = room.somebody("bo");
        room.opens(ALIPAY);
        Claim adas = room.claims(ada, 1);
        Claim bos = room.claims(bo, 1);
        String desk = "/desk/lumen/drops/doubted-sale/line";
        assertThat(wen.page(desk))
                .contains("Who came", "Nobody waits in this stage", "How suddenly they came")
                .doesNotContain("From which networks");
        Instant minute = claimedAt(adas).truncatedTo(ChronoUnit.MINUTES);
        assertThat(wen.page(desk)).contains("value=\"" + minute + "\"");
        String moment = wen.lands(desk, desk, Map.of("do", "moment", "what", minute.toString()));
        assertThat(moment).contains("Very many came in the same moment.", "2 are held.");
        HttpResponse<String> again = wen.sends(desk, desk, Map.of("do", "young", "what", "PT1H"));
        assertThat(again.body()).contains("Nobody was held");
        town.pays(room.begins(ada, adas, ALIPAY));
        town.pays(room.begins(bo, bos, ALIPAY));
        town.drain();
        assertThat(room.stock().granted())
                .as("nothing is granted before somebody has looked")
                .isZero();

        Visitor she = Visitor.signedIn(town, "ada@example.com");
        String drop = "/d/doubted-sale";
        Instant until = claimedAt(adas).plus(Reviews.DECIDED_WITHIN);
        assertThat(she.page(drop))
                .contains(
                        "Somebody is looking at this claim",
                        "Very many came in the same moment.",
                        "If nobody has decided by")
                .contains(String.valueOf(
                        until.atZone(java.time.ZoneId.of("Asia/Shanghai")).getDayOfMonth()));
        assertThat(she.lands(drop, drop + "/appeal", Map.of("words", "We all sit in one dormitory.")))
                .contains("Your words were sent.")
                .doesNotContain("name=\"words\"");
        assertThat(wen.page(desk)).contains("We all sit in one dormitory.");
        assertThat(wen.lands(desk, desk, Map.of("do", "release " + ada.value())))
                .contains("1 is held.");
        assertThat(wen.sends(desk, desk, Map.of("do", "release " + ada.value())).body())
                .contains("decided before");
        town.drain();
        assertThat(room.stock().granted()).isEqualTo(1);

        assertThat(wen.lands(desk, desk, Map.of("do", "refuse " + bo.value()))).contains("Nobody is held.");
        assertThat(wen.sends(desk, desk, Map.of("do", "refuse " + UUID.randomUUID()))
                        .statusCode())
                .isEqualTo(422);
        assertThat(wen.sends(desk, desk, Map.of("do", "refuse nobody")).statusCode())
                .isEqualTo(404);
        town.later(java.time.Duration.ofSeconds(5));
        assertThat(Visitor.signedIn(town, "bo@example.com").page(drop)).contains("This claim was refused");
        assertThat(room.mails("bo"))
                .anySatisfy(mail -> assertThat(mail.text()).contains("refused it. You are charged nothing."));
        assertThat(room.stock().available()).isEqualTo(2);
        assertThat(wen.page("/desk/lumen/audit")).contains("let a held claim go", "refused a held claim");
    }

    private static Instant claimedAt(Claim claim) {
        return town.db()
                .sql("select claimed_at from claims where claim_id = :id")
                .param("id", claim.id())
                .query(java.sql.Timestamp.class)
                .single()
                .toInstant();
    }
}
