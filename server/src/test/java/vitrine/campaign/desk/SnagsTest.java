package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
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

    /** Whoever looks once a day sees the day by which a bank wants its answer, and what yesterday's bill said. */
    @Test
    void moneyThatNeedsPeopleIsSaidToWhoeverLooksAfterIt() {
        Browser wen = lumen.team("Wen", Workplace.LUMEN);
        JdbcClient db = lumen.server.bean(JdbcClient.class);
        LocalDate yesterday =
                clock.instant().atZone(ZoneId.of("Asia/Shanghai")).toLocalDate().minusDays(1);
        LocalDate lastMonth = yesterday.minusDays(30);
        for (String state : List.of("open", "closed"))
            db.sql("""
                    insert into payments (brand_id, payment_id, purpose, attempt, payer, way, amount, currency, title, state, late, refunded,
                        disputed, other_amount, other_currency, deadline, started_at, asked)
                    values (:brand, gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), 'stripe-card', 9900, 'EUR', 'Moonrise', :state,
                        false, 0, 0, 9800, 'EUR', now(), now(), 0)
                    """)
                    .param("brand", Workplace.LUMEN.value())
                    .param("state", state)
                    .update();
        for (String state : List.of("open", "review"))
            db.sql("""
                    insert into disputes (brand_id, dispute_id, payment_id, gateway_id, amount, currency, reason, state, opened_at, due_by, said_at)
                    select brand_id, gen_random_uuid(), payment_id, :state, amount, currency, 'general', :state, now(), '2031-05-06 00:00Z', now()
                    from payments where state = 'open'
                    """).param("state", state).update();
        for (LocalDate day : List.of(yesterday, lastMonth)) {
            db.sql("""
                    insert into reconciliations (gateway, day, lines, agreed, others, checked_at, rounds)
                    values ('stripe', :day, 1, 0, 0, now(), 1)
                    """).param("day", day).update();
            db.sql("""
                    insert into reconciliation_differences (gateway, day, nth, reason, about, brand_id, ours, currency)
                    values ('stripe', :day, 1, 'payment-not-on-bill', :about, :brand, 9900, 'EUR'),
                        ('stripe', :day, 2, 'unknown-payment', 'nobodys', null, 9900, 'EUR')
                    """)
                    .param("day", day)
                    .param("about", "of-" + day)
                    .param("brand", Workplace.LUMEN.value())
                    .update();
        }
        wen.get("/desk/lumen?lang=en");
        assertThat(wen.get("/desk/lumen").body())
                .contains("1 dispute to answer", "The first is due by", "2031", "href=\"/desk/lumen/money#look\"")
                .contains("2 payments of another sum")
                .contains(
                        "1 difference from the gateways’ bills",
                        "href=\"/desk/lumen/money?day=" + yesterday + "#bills\"");
        assertThat(wen.get("/desk/lumen/money").body())
                .as("without a day named, the newest that was compared")
                .contains("The newest day that was compared", "of-" + yesterday)
                .doesNotContain("of-" + lastMonth, "nobodys");
        assertThat(wen.get("/desk/lumen/money?day=" + lastMonth).body())
                .contains("of-" + lastMonth)
                .doesNotContain("The newest day that was compared");
        Browser olga = lumen.hired("Olga", HOUSE, Colleagues.Role.OPERATOR);
        olga.get("/desk/house?lang=en");
        assertThat(olga.get("/desk/house").body())
                .as("what is nobody's is the house's")
                .contains("1 difference from the gateways’ bills")
                .doesNotContain("to answer");
        Browser bo = lumen.hired("Bo", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(bo.get("/desk/lumen?lang=en").body()).doesNotContain("to answer", "bills", "another sum");
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
