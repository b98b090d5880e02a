package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.BrandLogs;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.HandMovedClock;
import vitrine.identity.Identities;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** What somebody is woken for at night stands first on the desk, with a button that leads to where it is put right. */
class SnagsTest {

    private static final BrandId HOUSE = new BrandId(Identities.HOUSE);

    private final HandMovedClock clock = new HandMovedClock();
    private Workplace lumen;

    @BeforeEach
    void open() {
        lumen = new Workplace(beans -> beans.registerBean(Clock.class, () -> clock));
    }

    @AfterEach
    void close() {
        lumen.close();
    }

    @Test
    void aShopThatStopsIsQuietAfterTwiceItsLongestPauseAndNoEarlier() {
        Browser wen = lumen.team("Wen", Workplace.LUMEN);
        assertThat(wen.get("/desk/lumen?lang=en").body()).contains("1 shop never heard of");
        lumen.order(501, "ada", "120.00", Instant.now());
        lumen.drain();
        assertThat(wen.get("/desk/lumen").body()).contains("Nothing is stuck.");
        clock.push(Duration.ofMinutes(100));
        lumen.order(502, "ada", "120.00", Instant.now());
        lumen.drain();
        clock.push(Duration.ofMinutes(190));
        assertThat(wen.get("/desk/lumen").body())
                .as("once it paused for 100 minutes")
                .contains("Nothing is stuck.");
        clock.push(Duration.ofMinutes(15));
        assertThat(wen.get("/desk/lumen").body())
                .as("what is usual with it nobody knows on its first day")
                .contains("Nothing is stuck.");
        lumen.server
                .bean(JdbcClient.class)
                .sql("update shops set created_at = created_at - interval '3 days'")
                .update();
        assertThat(wen.get("/desk/lumen").body())
                .contains("1 shop quiet for longer than usual", "href=\"/desk/lumen/shops\"", "Send a test");
        assertThat(wen.get("/desk/lumen/shops").body()).contains(">quiet</span>");
        assertThat(lumen.deliver("msg-late", "{\"type\": \"ping\", \"data\": {}}"))
                .isEqualTo(200);
        lumen.drain();
        assertThat(wen.get("/desk/lumen").body()).doesNotContain("quiet for longer");
    }

    @Test
    void aLogThatStandsStillIsSaidWithHowManyRecordsWait() {
        Browser olga = lumen.hired("Olga", HOUSE, Colleagues.Role.OPERATOR);
        olga.get("/desk/house?lang=en");
        lumen.publish(lumen.draft("sunset", new Bilingual("夕照", "Sunset")));
        assertThat(olga.get("/desk/house").body()).as("it has a minute").doesNotContain("not sealed");
        clock.push(Duration.ofMinutes(2));
        assertThat(olga.get("/desk/house").body())
                .contains("1 record not sealed or signed for a minute", "href=\"/desk/house/log?log=log\"");
        lumen.drain();
        assertThat(olga.get("/desk/house").body()).doesNotContain("not sealed");
    }

    /** The page of the logs is the house's: a brand's row led nowhere. */
    @Test
    void aBrandsOwnLogThatStandsStillIsSaidAtTheHouseAndFoundThere() {
        var begun = lumen.server.bean(BrandLogs.class).begin(Workplace.OTHER, "other");
        assertThat(begun).isInstanceOf(BrandLogs.Beginning.Opened.class);
        lumen.drain();
        Browser olga = lumen.hired("Olga", HOUSE, Colleagues.Role.OPERATOR);
        olga.get("/desk/house?lang=en");
        lumen.publish(lumen.draft(Workplace.OTHER, "sunset", new Bilingual("夕照", "Sunset")));
        clock.push(Duration.ofMinutes(2));
        String itsPage = "/desk/house/log?log=logs/other";
        assertThat(olga.get("/desk/house").body())
                .contains("1 record not sealed or signed for a minute", "href=\"" + itsPage + "\"");
        assertThat(olga.get("/desk").body()).containsOnlyOnce("not sealed");
        assertThat(olga.get(itsPage).statusCode()).isEqualTo(200);
    }

    @Test
    void aMailThatNobodyTookIsSeenAndSentAgain() {
        lumen.postbox.full(true);
        new Browser(lumen.server.address()).post("/sign-in", Map.of("address", "bo@home.example"));
        for (int i = 0; i < 12; i++) {
            lumen.drain();
            clock.push(Duration.ofHours(1));
        }
        lumen.postbox.full(false);
        Browser olga = lumen.hired("Olga", HOUSE, Colleagues.Role.OPERATOR);
        assertThat(olga.get("/desk/house?lang=en").body())
                .contains("1 mail given up", "href=\"/desk/house/mails\"", "See why, send again");
        assertThat(lumen.team("Wen", Workplace.LUMEN).get("/desk/lumen/mails").statusCode())
                .as("a brand has no outbox")
                .isEqualTo(404);
        assertThat(olga.get("/desk/house/mails").body())
                .contains("b•••@home.example", "452 mailbox full")
                .doesNotContain("bo@home.example");
        int before = lumen.postbox.received.size();
        var sent = Workplace.send(olga, "/desk/house/mails", "/desk/house/mails", Map.of());
        assertThat(olga.get(Workplace.location(sent)).body())
                .contains("They are sent again now.", "Every mail and text message was taken.");
        lumen.drain();
        assertThat(List.copyOf(lumen.postbox.received).subList(before, lumen.postbox.received.size()))
                .anyMatch(mail -> mail.to().value().equals("bo@home.example"));
        assertThat(olga.get("/desk/house").body()).doesNotContain("given up");
        assertThat(olga.get("/desk/house/audit").body()).contains("sent given-up mails again");
    }
}
