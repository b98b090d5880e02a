package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.payment.Closing;
import vitrine.payment.PayAccounts;
import vitrine.payment.Payments;
import vitrine.payment.Started;
import vitrine.payment.Wanted;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;
import vitrine.sandbox.PayContracts;
import vitrine.sandbox.Sandbox;
import vitrine.testing.TestPostgres;

/** A colleague reads the money journal, and compares a day with the gateways' bills. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MoneyDeskTest {

    private static final Currency EUR = Currency.getInstance("EUR");
    private static final LocalDate TODAY = LocalDate.now(ZoneId.of("Asia/Shanghai"));

    private static Workplace lumen;
    private static Sandbox sandbox;
    private static Browser wen;

    @BeforeAll
    static void open() throws Exception {
        lumen = new Workplace();
        var contracts = PayContracts.make();
        Path data = TestPostgres.newFolder("pay-desk");
        String server = lumen.server.address().toString();
        sandbox = Sandbox.start(
                "127.0.0.1", 0, contracts.write(data.resolve("sandbox.json"), server), data.resolve("data"), null);
        Map<String, String> set = contracts.variables("http://127.0.0.1:" + sandbox.port());
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        assertThat(wen.get("/desk/lumen/money").body()).contains("No way to pay is set up");
        lumen.server
                .bean(PayAccounts.class)
                .rehearse(
                        new PayAccounts.WeChat(
                                set(set, "WECHAT_MCHID"),
                                set(set, "WECHAT_APPID"),
                                set(set, "WECHAT_SERIAL"),
                                set(set, "WECHAT_KEY"),
                                set(set, "WECHAT_APIV3_KEY"),
                                set(set, "WECHAT_PUBLIC_KEY"),
                                set(set, "WECHAT_PUBLIC_KEY_ID"),
                                set(set, "WECHAT_URL"),
                                null),
                        new PayAccounts.Alipay(
                                set(set, "ALIPAY_APPID"),
                                set(set, "ALIPAY_SELLER"),
                                set(set, "ALIPAY_KEY"),
                                set(set, "ALIPAY_PUBLIC_KEY"),
                                set(set, "ALIPAY_URL")),
                        new PayAccounts.Stripe(
                                set(set, "STRIPE_KEY"),
                                set(set, "STRIPE_PUBLISHABLE_KEY"),
                                set(set, "STRIPE_WEBHOOK_SECRET"),
                                set(set, "STRIPE_URL")));
    }

    private static String set(Map<String, String> variables, String name) {
        return Objects.requireNonNull(variables.get("VITRINE_PAY_" + name));
    }

    @AfterAll
    static void close() {
        sandbox.close();
        lumen.close();
    }

    /** First: what others pay and give back stands on the same day's bill. */
    @Test
    @Order(1)
    void aDaysMoneyStandsInTheJournalAgreesWithTheBillAndGoesIntoASpreadsheet() throws Exception {
        Payments payments = lumen.server.bean(Payments.class);
        Closing.Paid paid = paid(new Money(4_900, EUR), "/pay");
        payments.refund(paid.payment(), new Money(900, EUR), "withdrawn");
        assertThat(wen.get("/desk/lumen/money").body())
                .contains("Held by: Card, by Stripe")
                .contains("€49.00")
                .contains("Refunds that are not finished")
                .contains("Not compared yet");
        lumen.server
                .bean(JdbcClient.class)
                .sql("update refunds set state = 'failed', why = 'account_closed', try_at = null")
                .update();
        lumen.drain();
        String refused = wen.get("/desk/lumen/money").body();
        assertThat(refused).contains("account_closed", "Try again");
        assertThat(wen.get("/desk/lumen").body()).contains("1 refund refused", "/desk/lumen/money#refunds");
        String again = refused.replaceAll("(?s).*action=\"([^\"]+/again)\".*", "$1");
        assertThat(wen.get(Workplace.location(Workplace.send(wen, "/desk/lumen/money", again, Map.of())))
                        .body())
                .contains("The refund is being tried again.")
                .doesNotContain("account_closed");
        assertThat(wen.get(Workplace.location(Workplace.send(wen, "/desk/lumen/money", again, Map.of())))
                        .body())
                .as("pressed twice")
                .contains("not, or no longer, refused");
        lumen.drain();
        LocalDate day = LocalDate.now(ZoneId.of("UTC"));
        var pressed =
                Workplace.send(wen, "/desk/lumen/money", "/desk/lumen/money/reconcile", Map.of("day", day.toString()));
        String after = wen.get(Workplace.location(pressed)).body();
        assertThat(after)
                .contains("Compared with the gateways")
                .contains("Agrees")
                .doesNotContain("lines agree")
                .contains("compared again by itself");
        var ahead = Workplace.send(
                wen,
                "/desk/lumen/money",
                "/desk/lumen/money/reconcile",
                Map.of("day", day.plusDays(3).toString()));
        assertThat(wen.get(Workplace.location(ahead)).body()).contains("That day has not begun");
        assertThat(after).doesNotContain("Refunds that are not finished");
        assertThat(wen.get("/desk/lumen/money.csv?day=" + TODAY).body())
                .contains("clearing:stripe-card,payable:brand,49.00,EUR")
                .contains("refunds,clearing:stripe-card,9.00,EUR");
        assertThat(wen.get("/desk/lumen/money/statement").body())
                .contains("Statement for Lumen", "€40.00", "€49.00", "-€9.00", "Withdrawn by the buyer");
        assertThat(wen.get("/desk/lumen/money/statement.csv").body())
                .contains(
                        "payment,,",
                        ",49.00,EUR",
                        "refund-owed,withdrawn,",
                        ",-9.00,EUR",
                        "carried forward,,,40.00,EUR");
        assertThat(wen.get("/desk/lumen/money/statement.csv?from=2020-01-01&until=2020-01-31")
                        .body())
                .as("nothing was owed then")
                .doesNotContain("EUR");
        assertThat(wen.get("/desk/lumen/money/statement?of=" + UUID.randomUUID())
                        .statusCode())
                .as("no cause of this brand")
                .isEqualTo(404);
        assertThat(wen.get("/desk/lumen/audit").body())
                .contains("compared a day with the gateways", "had a refused refund tried again");
        assertThat(wen.get("/desk/lumen/money?lang=zh").body()).contains("资金").contains("在途：银行卡（Stripe）");
        wen.get("/desk/lumen?lang=en");
    }

    @Test
    void aRefusedRefundThatWasGivenBackByHandIsBookedOnceAndWithItsReason() throws Exception {
        Payments payments = lumen.server.bean(Payments.class);
        Closing.Paid paid = paid(new Money(2_000, EUR), "/pay", "/give-back");
        payments.refund(paid.payment(), new Money(2_000, EUR), "withdrawn");
        lumen.drain();
        String refused = wen.get("/desk/lumen/money").body();
        assertThat(refused).contains("charge_already_refunded", "It was given back by hand");
        String act = refused.replaceAll("(?s).*action=\"([^\"]+/by-hand)\".*", "$1");
        assertThat(said(act, " "))
                .as("a reason is wanted")
                .contains("Say how it was given back", "charge_already_refunded");
        assertThat(said(act, "In the dashboard, by Wen"))
                .contains("Booked as given back by hand")
                .doesNotContain("charge_already_refunded");
        assertThat(said(act, "In the dashboard, by Wen")).as("pressed twice").contains("not, or no longer, refused");
        assertThat(wen.get("/desk/lumen/money/payments/" + paid.payment().value())
                        .body())
                .contains("Given back by hand");
        assertThat(payments.refundsNotDone(Workplace.LUMEN, 10)).isEmpty();
        assertThat(wen.get("/desk/lumen/audit").body())
                .contains("booked a refused refund as given back by hand", "In the dashboard, by Wen");
    }

    @Test
    void aDayThatNoDatabaseKnowsIsTakenForToday() {
        for (String day : List.of("%2B999999999-12-31", "-999999999-01-01", "%2B300000-01-01", "1582-10-05", "x")) {
            for (String address : List.of(
                    "money?day=",
                    "money.csv?day=",
                    "money/statement?from=",
                    "money/statement?until=",
                    "money/statement.csv?until="))
                assertThat(wen.get("/desk/lumen/" + address + day).statusCode())
                        .as(address + day)
                        .isEqualTo(200);
        }
        assertThat(wen.get("/desk/lumen/money?day=9999-12-31").statusCode()).isEqualTo(200);
        assertThat(wen.get("/desk/lumen/money/statement?until=9999-12-31").statusCode())
                .isEqualTo(200);
    }

    /** By card, at the gateway's own pages. @param acts what happens there, one after the other */
    private static Closing.Paid paid(Money sum, String... acts) throws Exception {
        Payments payments = lumen.server.bean(Payments.class);
        UUID claim = UUID.randomUUID();
        Started started = payments.start(new Wanted(
                Workplace.LUMEN,
                claim,
                UUID.randomUUID(),
                sum,
                new Bilingual("月升", "Moonrise"),
                null,
                Way.STRIPE_CARD,
                Instant.now().plusSeconds(600),
                lumen.server.address() + "/back",
                "203.0.113.7",
                null,
                Locale.ENGLISH));
        String trade = Objects.requireNonNull(((Started.Card) started).payPage())
                .toString()
                .replace("/checkout/", "/control/pay/trades/");
        try (var http = HttpClient.newHttpClient()) {
            for (String act : acts)
                http.send(
                        HttpRequest.newBuilder(URI.create(trade + act))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        }
        return (Closing.Paid) payments.close(Workplace.LUMEN, claim);
    }

    private static String said(String act, String why) throws Exception {
        return wen.get(Workplace.location(Workplace.send(wen, "/desk/lumen/money", act, Map.of("why", why))))
                .body();
    }

    @Test
    void anAgencyPlansAndSeesNoMoney() {
        Browser agency = lumen.hired("Bo", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(agency.get("/desk/lumen/money").statusCode()).isEqualTo(403);
        assertThat(agency.get("/desk/lumen").body()).doesNotContain("/desk/lumen/money");
    }
}
