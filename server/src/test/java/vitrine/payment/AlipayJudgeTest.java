package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.api.AlipayConfig;
import com.alipay.api.DefaultAlipayClient;
import com.alipay.api.internal.util.AlipaySignature;
import com.alipay.api.request.AlipayTradeCloseRequest;
import com.alipay.api.request.AlipayTradeFastpayRefundQueryRequest;
import com.alipay.api.request.AlipayTradePagePayRequest;
import com.alipay.api.request.AlipayTradeQueryRequest;
import com.alipay.api.request.AlipayTradeRefundRequest;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Alipay's own SDK judges our client, and the sandbox that plays Alipay. */
class AlipayJudgeTest {

    private static PayTown town;
    private static DefaultAlipayClient sdk;
    private final UUID claim = UUID.randomUUID();

    @BeforeAll
    static void open() throws Exception {
        town = new PayTown();
        var config = new AlipayConfig();
        config.setServerUrl(town.contract.get("VITRINE_PAY_ALIPAY_URL"));
        config.setAppId(town.contract.get("VITRINE_PAY_ALIPAY_APPID"));
        config.setPrivateKey(town.contract.get("VITRINE_PAY_ALIPAY_KEY"));
        config.setAlipayPublicKey(town.contract.get("VITRINE_PAY_ALIPAY_PUBLIC_KEY"));
        sdk = new DefaultAlipayClient(config);
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @Test
    void theAddressThatWeSignIsSignedAsTheSdkChecksIt() throws Exception {
        var there = (Started.GoTo) town.payments().start(town.wanted(claim, Way.ALIPAY_PAGE, 1990));
        Map<String, String> said = parameters(there.url());
        String publicKey = appPublicKey();
        assertThat(AlipaySignature.rsaCheckV2(new HashMap<>(said), publicKey, "utf-8", "RSA2"))
                .isTrue();
        said.put("biz_content", String.valueOf(said.get("biz_content")).replace("19.90", "0.01"));
        assertThat(AlipaySignature.rsaCheckV2(said, publicKey, "utf-8", "RSA2")).isFalse();
    }

    @Test
    void theSdkPaysAsksRefundsAndClosesAtTheSandboxAsWeDo() throws Exception {
        town.pays(town.payments().start(town.wanted(claim, Way.ALIPAY_WAP, 1990)));
        String number = town.only(claim).payment().orderNo();
        var query = new AlipayTradeQueryRequest();
        query.setBizContent("{\"out_trade_no\":\"" + number + "\"}");
        var state = sdk.execute(query);
        assertThat(state.isSuccess()).isTrue();
        assertThat(state.getTradeStatus()).isEqualTo("TRADE_SUCCESS");
        assertThat(state.getTotalAmount()).isEqualTo("19.90");
        var refund = new AlipayTradeRefundRequest();
        refund.setBizContent(
                "{\"out_trade_no\":\"" + number + "\",\"refund_amount\":\"9.90\",\"out_request_no\":\"first\"}");
        assertThat(sdk.execute(refund).getFundChange()).isEqualTo("Y");
        assertThat(sdk.execute(refund).getFundChange()).isEqualTo("N");
        var asked = new AlipayTradeFastpayRefundQueryRequest();
        asked.setBizContent("{\"out_trade_no\":\"" + number + "\",\"out_request_no\":\"first\"}");
        assertThat(sdk.execute(asked).getRefundStatus()).isEqualTo("REFUND_SUCCESS");
        assertThat(sdk.execute(asked).getGmtRefundPay())
                .as("nobody asked for it")
                .isNull();
        asked.setBizContent("{\"out_trade_no\":\"" + number
                + "\",\"out_request_no\":\"first\",\"query_options\":[\"gmt_refund_pay\"]}");
        assertThat(sdk.execute(asked).getGmtRefundPay()).isNotNull();
        var close = new AlipayTradeCloseRequest();
        close.setBizContent("{\"out_trade_no\":\"" + number + "\"}");
        assertThat(sdk.execute(close).getSubCode()).isEqualTo("ACQ.REASON_TRADE_STATUS_INVALID");
    }

    /** Somebody gave all of it back in Alipay's own pages before we heard that it was paid: the money came, and the books say so. */
    @Test
    void aTradeThatIsClosedBecauseAllWasGivenBackThereWasPaid() throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, Way.ALIPAY_PAGE, 1990)));
        var payment = town.only(claim).payment();
        var refund = new AlipayTradeRefundRequest();
        town.goesWrong("{\"dropNext\": 1}");
        refund.setBizContent("{\"out_trade_no\":\"" + payment.orderNo()
                + "\",\"refund_amount\":\"19.90\",\"out_request_no\":\"by-hand\"}");
        assertThat(sdk.execute(refund).getFundChange()).isEqualTo("Y");
        town.quiet();
        var query = new AlipayTradeQueryRequest();
        query.setBizContent("{\"out_trade_no\":\"" + payment.orderNo() + "\"}");
        assertThat(sdk.execute(query).getTradeStatus()).isEqualTo("TRADE_CLOSED");
        assertThat(town.only(claim).is()).as("nobody told us").isEqualTo(PaymentState.Is.OPEN);
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Paid(payment));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @Test
    void theSdksAddressAndOursAreOpenedAlike() throws Exception {
        var page = new AlipayTradePagePayRequest();
        page.setBizContent("{\"out_trade_no\":\"by-the-sdk\",\"product_code\":\"FAST_INSTANT_TRADE_PAY\","
                + "\"total_amount\":\"1.00\",\"subject\":\"Moonrise 月升\"}");
        String url = sdk.pageExecute(page, "GET").getBody();
        assertThat(town.opened(new Started.GoTo(URI.create(url)))).startsWith("/checkout/a");
    }

    /** What Alipay tells us by itself is signed by other rules than what we tell Alipay. */
    @Test
    void theSdkAndOurClientJudgeANoticeAlike() throws Exception {
        var told = new java.util.concurrent.ArrayBlockingQueue<String>(8);
        var server = com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", asked -> {
            told.add(new String(asked.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer = "success".getBytes(StandardCharsets.UTF_8);
            asked.sendResponseHeaders(200, answer.length);
            asked.getResponseBody().write(answer);
            asked.close();
        });
        server.start();
        Map<String, String> notice;
        try {
            var page = new AlipayTradePagePayRequest();
            page.setNotifyUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/notify");
            // Nothing is passed back: an empty value is in the notice and not in what is signed.
            page.setBizContent("{\"out_trade_no\":\"noticed\",\"product_code\":\"FAST_INSTANT_TRADE_PAY\","
                    + "\"total_amount\":\"1.00\",\"subject\":\"Moon & rise = 月升\"}");
            town.pays(new Started.GoTo(URI.create(sdk.pageExecute(page, "GET").getBody())));
            notice = parameters(String.valueOf(told.poll(10, java.util.concurrent.TimeUnit.SECONDS)));
        } finally {
            server.stop(0);
        }
        assertThat(notice).containsEntry("subject", "Moon & rise = 月升").containsEntry("passback_params", "");
        String alipaysKey = town.contract.get("VITRINE_PAY_ALIPAY_PUBLIC_KEY");
        var ours = new AlipayClient(
                java.util.Objects.requireNonNull(
                        town.server.bean(PayAccounts.class).alipay()),
                town.clock);
        // The SDK takes sign and sign_type out of what it is given.
        assertThat(AlipaySignature.rsaCheckV1(new HashMap<>(notice), alipaysKey, "utf-8", "RSA2"))
                .isTrue();
        assertThat(ours.isSignedByAlipay(notice)).isTrue();

        Map<String, String> theirs = new HashMap<>(notice);
        theirs.put("buyer_memo", "");
        theirs.put("body", "a=b&c=d 月");
        String key = PayTown.JSON
                .readTree(java.nio.file.Files.readAllBytes(town.sandboxConfig))
                .path("pay")
                .path("alipay")
                .path("alipayKey")
                .asString();
        theirs.put(
                "sign",
                AlipaySignature.rsaSign(
                        AlipaySignature.getSignCheckContentV1(new HashMap<>(theirs)), key, "utf-8", "RSA2"));
        assertThat(ours.isSignedByAlipay(theirs)).isTrue();
        theirs.put("total_amount", "0.01");
        assertThat(ours.isSignedByAlipay(theirs)).isFalse();
        assertThat(AlipaySignature.rsaCheckV1(theirs, alipaysKey, "utf-8", "RSA2"))
                .isFalse();
    }

    private static String appPublicKey() throws Exception {
        var key = (java.security.interfaces.RSAPrivateCrtKey) java.security.KeyFactory.getInstance("RSA")
                .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(java.util.Base64.getDecoder()
                        .decode(String.valueOf(town.contract.get("VITRINE_PAY_ALIPAY_KEY")))));
        return java.util.Base64.getEncoder()
                .encodeToString(java.security.KeyFactory.getInstance("RSA")
                        .generatePublic(
                                new java.security.spec.RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()))
                        .getEncoded());
    }

    private static Map<String, String> parameters(URI url) {
        return parameters(url.getRawQuery());
    }

    private static Map<String, String> parameters(String form) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : form.split("&")) {
            int equals = pair.indexOf('=');
            parameters.put(
                    pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }
}
