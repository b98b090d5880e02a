package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.stripe.model.PaymentIntent;
import com.stripe.net.ApiResource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;
import vitrine.payment.Notices.Said;

/** What gateways, and those who play them, tell us: doubled, late, forged, out of order, wrong. One right outcome each. */
class NoticesTest {

    private static PayTown town;
    private static Notices notices;
    private final UUID claim = UUID.randomUUID();

    @BeforeAll
    static void open() throws Exception {
        town = new PayTown();
        notices = new Notices(town, town.sandboxConfig);
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @BeforeEach
    void now() {
        town.clock.backToReal();
    }

    private Said paidNotice(Way way) throws Exception {
        town.opened(town.payments().start(town.wanted(claim, way, 2_000)));
        return Said.paid(town.only(claim), town.clock.instant());
    }

    private long booked() {
        return town.db()
                .sql("select count(*) from money_journal where about = :id")
                .param("id", town.only(claim).payment().value())
                .query(Long.class)
                .single();
    }

    private void isNotPaid() {
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.OPEN);
        assertThat(booked()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aStormOfTheSameNoticeBooksItOnceAndEachIsAnsweredYes(Way way) throws Exception {
        Said said = paidNotice(way);
        List<Callable<Integer>> storm = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Said one = i % 2 == 0 ? said : said.another(true);
            storm.add(() -> notices.send(one).statusCode());
        }
        try (var crowd = Executors.newFixedThreadPool(16)) {
            for (Future<Integer> answer : crowd.invokeAll(storm))
                assertThat(answer.get()).isEqualTo(200);
        }
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(booked()).isEqualTo(1);
        if (way.gateway().equals("alipay"))
            assertThat(notices.send(said).body()).isEqualTo("success");
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void anotherAmountIsRefusedEachTimeAndTheRightOneIsTakenAfterwards(Way way) throws Exception {
        Said said = paidNotice(way);
        Said wrong = said.minor(1_999).another(true);
        assertThat(notices.send(wrong).statusCode()).isEqualTo(409);
        assertThat(notices.send(wrong).statusCode()).isEqualTo(409);
        assertThat(town.outcomeOf(said.payment())).isEqualTo("wrong-amount");
        isNotPaid();
        assertThat(notices.send(said).statusCode()).isEqualTo(200);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "STRIPE_CARD"})
    void theRightNumberInAnotherCurrencyIsRefused(Way way) throws Exception {
        Said said = paidNotice(way);
        assertThat(notices.send(said.currency("JPY")).statusCode()).isEqualTo(409);
        assertThat(town.outcomeOf(said.payment())).isEqualTo("wrong-currency");
        isNotPaid();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE"})
    void aNoticeForAnotherAccountIsRefusedThoughItsSignatureIsRight(Way way) throws Exception {
        Said said = paidNotice(way);
        assertThat(notices.send(said.account("2088999999999999")).statusCode()).isEqualTo(404);
        isNotPaid();
    }

    @Test
    void anotherShopsEventAtTheSameStripeAccountIsLeftToThatShop() throws Exception {
        Said said = paidNotice(Way.STRIPE_CARD);
        assertThat(notices.send(said.account("another shop")).statusCode()).isEqualTo(200);
        isNotPaid();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aPaymentThatNobodyStartedIsRefusedAndNotKept(Way way) throws Exception {
        Said said = paidNotice(way).payment(new PaymentId(town.lumen, UUID.randomUUID()));
        assertThat(notices.send(said).statusCode()).isEqualTo(404);
        assertThat(town.outcomeOf(said.payment())).isNull();
        isNotPaid();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aPaymentThatWasStartedElsewhereIsNotThisGatewaysToSettle(Way way) throws Exception {
        Said said = paidNotice(way);
        Way other = way == Way.STRIPE_CARD ? Way.WECHAT_NATIVE : Way.STRIPE_CARD;
        Said elsewhere = new Said(
                other, said.payment(), said.id(), said.minor(), said.currency(), true, "", said.signedAt(), "");
        assertThat(notices.send(elsewhere).statusCode()).isEqualTo(404);
        isNotPaid();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aForgedOrMalformedSignatureIsRefusedAndIsNoError(Way way) throws Exception {
        Said said = paidNotice(way);
        String another = Base64.getEncoder().encodeToString(new byte[256]);
        for (String forged : List.of(another, "not base64 at all!", "WECHATPAY/SIGNTEST/" + another, "00")) {
            assertThat(notices.send(said.signature(forged)).statusCode()).isEqualTo(401);
        }
        isNotPaid();
    }

    @Test
    void aNoticeThatOurKeyDoesNotOpenIsNoErrorAndTheLogNamesTheKey() throws Exception {
        Said said = paidNotice(Way.WECHAT_NATIVE);
        var log = (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(WeChatPayments.class);
        var heard = new ListAppender<ILoggingEvent>();
        heard.start();
        log.addAppender(heard);
        try {
            assertThat(notices.weChat(said, "0".repeat(32)).statusCode()).isEqualTo(400);
        } finally {
            log.detachAppender(heard);
        }
        assertThat(heard.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("payment.notice-not-decrypted gateway=wechat suspected=VITRINE_PAY_WECHAT_APIV3_KEY");
        isNotPaid();
        assertThat(notices.send(said).statusCode()).isEqualTo(200);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "STRIPE_CARD"})
    void whatWasSignedTooLongAgoIsRefusedAndItsRepetitionIsTaken(Way way) throws Exception {
        Said said = paidNotice(way);
        assertThat(notices.send(said.signedAt(said.signedAt().minus(Duration.ofMinutes(6))))
                        .statusCode())
                .isEqualTo(401);
        assertThat(notices.send(said.signedAt(said.signedAt().plus(Duration.ofMinutes(6))))
                        .statusCode())
                .isEqualTo(401);
        isNotPaid();
        assertThat(notices.send(said).statusCode()).isEqualTo(200);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void anEndThatIsToldAfterTheMoneyEndsNothing(Way way) throws Exception {
        Said said = paidNotice(way);
        notices.send(said);
        assertThat(notices.send(said.another(false)).statusCode()).isEqualTo(200);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(booked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void moneyThatIsToldAfterTheEndIsLateAndBooked(Way way) throws Exception {
        Said said = paidNotice(way);
        notices.send(said.another(false));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.CLOSED);
        notices.send(said);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(town.only(claim).late()).isTrue();
        assertThat(booked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void probesAndForgeriesBeforeTheGenuineOneChangeNothing(Way way) throws Exception {
        double before = refused(way);
        town.goesWrong("{\"signTestNext\": 1, \"badSignatureNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, way, 700)));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(refused(way) - before).isEqualTo(2);
    }

    private static double refused(Way way) {
        Counter counter = town.server
                .bean(MeterRegistry.class)
                .find("vitrine.payment.notices")
                .tags("gateway", way.gateway(), "outcome", "signature-wrong")
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void nothingOfThePayerIsKeptOfANotice(Way way) throws Exception {
        notices.send(paidNotice(way));
        assertThat(town.db()
                        .sql("select says from payment_notices where payment_id = :id")
                        .param("id", town.only(claim).payment().value())
                        .query(String.class)
                        .single())
                .isEqualTo("paid 2000 " + town.only(claim).amount().currency());
    }

    @Test
    void aRealNoticeOfWeChatsIsKnownAndOneChangedLetterIsNot() throws Exception {
        Path folder = Path.of("src/test/resources/payments/wechatpay-v3-notify");
        var headers = PayTown.JSON.readTree(Files.readAllBytes(folder.resolve("headers.json")));
        byte[] body = Files.readAllBytes(folder.resolve("body.json"));
        var certificate = java.security.cert.CertificateFactory.getInstance("X.509")
                .generateCertificate(Files.newInputStream(folder.resolve("platform-certificate.pem")));
        var gateway = new WeChatPayments(
                accounts(new PayAccounts.WeChat(
                        "1900000109",
                        "wx",
                        "serial",
                        String.valueOf(town.contract.get("VITRINE_PAY_WECHAT_KEY")),
                        Files.readString(folder.resolve("apiv3-key.txt")),
                        Base64.getEncoder()
                                .encodeToString(certificate.getPublicKey().getEncoded()),
                        headers.path("Wechatpay-Serial").asString(),
                        null,
                        null)),
                town.server.bean(NotifyUrls.class),
                town.server.bean(vitrine.platform.Ids.class),
                town.clock);
        var signedAt = java.time.Instant.ofEpochSecond(
                headers.path("Wechatpay-Timestamp").asLong());
        Gateway.Headers said = name -> headers.path(name).asString(null);
        assertThat(gateway.read(said, body, signedAt.plusSeconds(20)))
                .isEqualTo(new Gateway.Notice.Other("3119dfba-e649-5eec-ab1e-3412bc4d2e17"));
        assertThat(gateway.read(said, body, signedAt.plusSeconds(300))).isEqualTo(new Gateway.Notice.OutOfTime(300));
        body[body.length - 3] ^= 1;
        assertThat(gateway.read(said, body, signedAt)).isEqualTo(new Gateway.Notice.Forged());
    }

    private static PayAccounts accounts(PayAccounts.WeChat weChat) {
        var accounts = new PayAccounts(new org.springframework.mock.env.MockEnvironment());
        accounts.rehearse(
                weChat, new PayAccounts.Alipay("", "", "", "", null), new PayAccounts.Stripe("", "", "", null));
        return accounts;
    }

    @Test
    void aRealAnswerOfAlipaysIsKnownAndOneChangedLetterIsNot() throws Exception {
        var answer = PayTown.JSON.readTree(
                Files.readAllBytes(Path.of("src/test/resources/payments/alipay/sync-response-signed.json")));
        var client = new AlipayClient(
                new PayAccounts.Alipay(
                        "app",
                        "seller",
                        String.valueOf(town.contract.get("VITRINE_PAY_ALIPAY_KEY")),
                        answer.path("alipay_public_key_base64_der").asString(),
                        null),
                town.clock);
        String content = answer.path("sign_content").asString();
        String whole = "{\"alipay_trade_query_response\":" + content + ",\"sign\":\"…\"}";
        String member = AlipayClient.member(whole, "alipay_trade_query_response");
        assertThat(member).isEqualTo(content);
        assertThat(client.verify(content, answer.path("sign").asString())).isTrue();
        assertThat(client.verify(
                        content.replace("0.01", "0.02"), answer.path("sign").asString()))
                .isFalse();
    }

    @Test
    void aRealNoticeOfAlipaysWhoseSignatureDoesNotFitIsRefused() throws Exception {
        var answer = town.post(
                "/pay/alipay/notify",
                Files.readAllBytes(Path.of("src/test/resources/payments/alipay/notify-1.form")),
                java.util.Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("failure");
    }

    @Test
    void realEventsOfStripesThatAreNotOursAreAnsweredYesAndLeft() throws Exception {
        for (String name : List.of("payment_intent.succeeded", "charge.refunded")) {
            byte[] body = Files.readAllBytes(Path.of("src/test/resources/payments/stripe/" + name + ".json"));
            assertThat(notices.stripe(body, town.clock.instant(), "").statusCode())
                    .isEqualTo(200);
        }
    }

    /** A recorded intent, in the form in which it is answered today: its last charge in the place of a list of all. */
    @Test
    void stripesMoneyCameWhenItsChargeWasMadeAndNotWhenSomebodyBeganToPay() throws Exception {
        byte[] body = Files.readAllBytes(Path.of("src/test/resources/payments/stripe/payment_intent.succeeded.json"));
        var intent = (ObjectNode) PayTown.JSON.readTree(body).path("data").path("object");
        var charge = (ObjectNode) intent.path("charges").path("data").path(0);
        intent.remove("charges");
        intent.put("created", charge.path("created").asLong() - 600);
        intent.set("latest_charge", charge);
        assertThat(StripePayments.says(ApiResource.GSON.fromJson(intent.toString(), PaymentIntent.class)))
                .isInstanceOfSatisfying(Gateway.Says.Paid.class, paid -> assertThat(paid.at())
                        .isEqualTo(Instant.ofEpochSecond(1648320032)));
        intent.put("latest_charge", charge.path("id").asString());
        assertThat(StripePayments.says(ApiResource.GSON.fromJson(intent.toString(), PaymentIntent.class)))
                .isInstanceOfSatisfying(Gateway.Says.Paid.class, paid -> assertThat(paid.at())
                        .isEqualTo(Instant.ofEpochSecond(1648320032 - 600)));
    }

    @Test
    void aBodyThatIsNoMessageOrTooLargeIsRefused() throws Exception {
        byte[] nonsense = "{".getBytes(StandardCharsets.UTF_8);
        assertThat(notices.stripe(nonsense, town.clock.instant(), "").statusCode())
                .isEqualTo(400);
        assertThat(notices.stripe(new byte[300 * 1024], town.clock.instant(), "")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void theJournalTakesNoLineThatIsNotTwoSided() throws Exception {
        Said said = paidNotice(Way.STRIPE_CARD);
        notices.send(said);
        for (String bad : List.of(
                "update money_journal set credit = debit where about = :id",
                "update money_journal set amount = 0 where about = :id",
                "insert into money_journal select * from money_journal where about = :id")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> town.db()
                            .sql(bad)
                            .param("id", said.payment().value())
                            .update()))
                    .isInstanceOf(org.springframework.dao.DataIntegrityViolationException.class);
        }
        assertThat(town.balances().values().stream().mapToLong(Long::longValue).sum())
                .isZero();
    }
}
