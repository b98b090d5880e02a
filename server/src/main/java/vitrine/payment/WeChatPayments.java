package vitrine.payment;

import com.wechat.pay.java.core.RSAPublicKeyConfig;
import com.wechat.pay.java.core.exception.DecryptionException;
import com.wechat.pay.java.core.exception.HttpException;
import com.wechat.pay.java.core.exception.ServiceException;
import com.wechat.pay.java.core.http.DefaultHttpClientBuilder;
import com.wechat.pay.java.core.http.HttpClient;
import com.wechat.pay.java.service.billdownload.BillDownloadServiceExtension;
import com.wechat.pay.java.service.billdownload.DigestBillEntity;
import com.wechat.pay.java.service.billdownload.model.BillType;
import com.wechat.pay.java.service.billdownload.model.GetTradeBillRequest;
import com.wechat.pay.java.service.payments.h5.H5Service;
import com.wechat.pay.java.service.payments.jsapi.JsapiService;
import com.wechat.pay.java.service.payments.model.Transaction;
import com.wechat.pay.java.service.payments.nativepay.NativePayService;
import com.wechat.pay.java.service.payments.nativepay.model.CloseOrderRequest;
import com.wechat.pay.java.service.payments.nativepay.model.QueryOrderByOutTradeNoRequest;
import com.wechat.pay.java.service.refund.RefundService;
import com.wechat.pay.java.service.refund.model.AmountReq;
import com.wechat.pay.java.service.refund.model.CreateRequest;
import com.wechat.pay.java.service.refund.model.QueryByOutRefundNoRequest;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Money;
import vitrine.platform.Setting;

/**
 * WeChat Pay, API v3, on its official SDK. The SDK does not look at a notice's age, lets a malformed signature end in an exception of
 * another kind, and puts whole messages into its warnings: all three are met here.
 */
@Component
class WeChatPayments implements Gateway {

    private static final Logger log = LoggerFactory.getLogger(WeChatPayments.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Currency CNY = Currency.getInstance("CNY");
    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final long AGE_MAX_SECONDS = 300;
    /** WeChat refuses longer ones; it counts bytes. */
    private static final int TITLE_BYTES_MAX = 127;

    /** The client's own pool keeps five; the rest of a crowd would each make its own. */
    private static final int CONNECTIONS_KEPT = 64;

    /** WeChat opens an address for phones for five minutes, and a code or a prepay number for two hours: she needs a moment of it. */
    private static final Duration ADDRESS_SHOWN = Duration.ofMinutes(4);

    private static final Duration CODE_SHOWN = Duration.ofMinutes(115);

    private static final List<String> SIGNATURE_HEADERS =
            List.of("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature", "Request-ID");

    private final PayAccounts accounts;
    private final NotifyUrls notifyUrls;
    private final Ids ids;
    private final Clock clock;
    private volatile @Nullable Connected connected;

    private record Connected(
            PayAccounts.WeChat account,
            RSAPublicKeyConfig config,
            NativePayService nativePay,
            H5Service h5,
            JsapiService jsapi,
            RefundService refunds,
            BillDownloadServiceExtension bills) {}

    WeChatPayments(PayAccounts accounts, NotifyUrls notifyUrls, Ids ids, Clock clock) {
        this.accounts = accounts;
        this.notifyUrls = notifyUrls;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "wechat";
    }

    @Override
    public boolean isSetUp() {
        return accounts.weChat() != null;
    }

    @Override
    public boolean offers(Way way, Currency currency) {
        PayAccounts.WeChat account = accounts.weChat();
        return account != null
                && way.gateway().equals(name())
                && currency.equals(CNY)
                && (way != Way.WECHAT_JSAPI || account.appSecret() != null);
    }

    @Override
    public ZoneId zone() {
        return CHINA;
    }

    @Override
    public Made make(Payment payment, Wanted wanted) throws Away {
        Connected at = connected();
        String expire = WITH_OFFSET.format(
                payment.deadline().truncatedTo(ChronoUnit.SECONDS).atZone(CHINA));
        String notify = notifyUrls.of(name());
        String brand = payment.id().brand().toString();
        int total = Math.toIntExact(payment.amount().minor());
        try {
            return called(() -> switch (payment.way()) {
                case WECHAT_NATIVE -> {
                    var amount = new com.wechat.pay.java.service.payments.nativepay.model.Amount();
                    amount.setTotal(total);
                    amount.setCurrency("CNY");
                    var order = new com.wechat.pay.java.service.payments.nativepay.model.PrepayRequest();
                    order.setAppid(at.account.appid());
                    order.setMchid(at.account.mchid());
                    order.setDescription(shortened(payment.title()));
                    order.setOutTradeNo(payment.id().orderNo());
                    order.setTimeExpire(expire);
                    order.setAttach(brand);
                    order.setNotifyUrl(notify);
                    order.setAmount(amount);
                    yield new Made.Ready(null, at.nativePay.prepay(order).getCodeUrl());
                }
                case WECHAT_H5 -> {
                    var amount = new com.wechat.pay.java.service.payments.h5.model.Amount();
                    amount.setTotal(total);
                    amount.setCurrency("CNY");
                    var device = new com.wechat.pay.java.service.payments.h5.model.H5Info();
                    device.setType("Wap");
                    var scene = new com.wechat.pay.java.service.payments.h5.model.SceneInfo();
                    scene.setPayerClientIp(wanted.clientIp());
                    scene.setH5Info(device);
                    var order = new com.wechat.pay.java.service.payments.h5.model.PrepayRequest();
                    order.setAppid(at.account.appid());
                    order.setMchid(at.account.mchid());
                    order.setDescription(shortened(payment.title()));
                    order.setOutTradeNo(payment.id().orderNo());
                    order.setTimeExpire(expire);
                    order.setAttach(brand);
                    order.setNotifyUrl(notify);
                    order.setAmount(amount);
                    order.setSceneInfo(scene);
                    String url = at.h5.prepay(order).getH5Url();
                    yield new Made.Ready(
                            null,
                            url + (url.contains("?") ? "&" : "?") + "redirect_url="
                                    + URLEncoder.encode(wanted.backUrl(), StandardCharsets.UTF_8));
                }
                case WECHAT_JSAPI -> {
                    if (wanted.openid() == null) yield new Made.Refused("openid-missing");
                    var amount = new com.wechat.pay.java.service.payments.jsapi.model.Amount();
                    amount.setTotal(total);
                    amount.setCurrency("CNY");
                    var payer = new com.wechat.pay.java.service.payments.jsapi.model.Payer();
                    payer.setOpenid(wanted.openid());
                    var order = new com.wechat.pay.java.service.payments.jsapi.model.PrepayRequest();
                    order.setAppid(at.account.appid());
                    order.setMchid(at.account.mchid());
                    order.setDescription(shortened(payment.title()));
                    order.setOutTradeNo(payment.id().orderNo());
                    order.setTimeExpire(expire);
                    order.setAttach(brand);
                    order.setNotifyUrl(notify);
                    order.setAmount(amount);
                    order.setPayer(payer);
                    yield new Made.Ready(null, at.jsapi.prepay(order).getPrepayId());
                }
                case ALIPAY_PAGE, ALIPAY_WAP, STRIPE_CARD -> throw new IllegalArgumentException("not WeChat");
            });
        } catch (RefusedByWeChat e) {
            return e.isThere() ? new Made.There(e.code) : new Made.Refused(e.code);
        }
    }

    @Override
    public Duration shownFor(Way way) {
        return way == Way.WECHAT_H5 ? ADDRESS_SHOWN : CODE_SHOWN;
    }

    @Override
    public Started goOn(Payment payment, String shown) {
        return switch (payment.way()) {
            case WECHAT_NATIVE -> new Started.ShowCode(shown);
            case WECHAT_H5 -> new Started.GoTo(URI.create(shown));
            case WECHAT_JSAPI -> new Started.CallBridge(bridge(shown));
            case ALIPAY_PAGE, ALIPAY_WAP, STRIPE_CARD -> throw new IllegalArgumentException("not WeChat");
        };
    }

    /** Signed anew each time that it is shown, since WeChat looks at its age. */
    private Map<String, String> bridge(String prepayId) {
        Connected at;
        try {
            at = connected();
        } catch (Away e) {
            throw new IllegalStateException("there is no account at WeChat", e);
        }
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        String nonce = PaymentId.plain(ids.next());
        String said = "prepay_id=" + prepayId;
        String signed = at.config
                .createSigner()
                .sign(at.account.appid() + "\n" + timestamp + "\n" + nonce + "\n" + said + "\n")
                .getSign();
        return Map.of(
                "appId", at.account.appid(),
                "timeStamp", timestamp,
                "nonceStr", nonce,
                "package", said,
                "signType", "RSA",
                "paySign", signed);
    }

    @Override
    public Says ask(Payment payment) throws Away {
        try {
            return says(order(payment));
        } catch (RefusedByWeChat e) {
            if (e.isUnheard()) return new Says.Unheard();
            throw new Away(e.code);
        }
    }

    private Transaction order(Payment payment) throws Away {
        Connected at = connected();
        var question = new QueryOrderByOutTradeNoRequest();
        question.setMchid(at.account.mchid());
        question.setOutTradeNo(payment.id().orderNo());
        return called(() -> at.nativePay.queryOrderByOutTradeNo(question));
    }

    /** WeChat lists no refunds, and names no sum: an order of which anything was to go back says so, and no more. */
    @Override
    public GivenBack givenBack(Payment payment) throws Away {
        try {
            return switch (order(payment).getTradeState()) {
                case SUCCESS -> new GivenBack.Sum(new Money(0, CNY));
                case REFUND -> new GivenBack.Some();
                case NOTPAY, CLOSED, REVOKED, USERPAYING, PAYERROR, ACCEPT -> new GivenBack.Unsaid();
            };
        } catch (RefusedByWeChat e) {
            throw new Away(e.code);
        }
    }

    private static Says says(Transaction transaction) {
        return switch (transaction.getTradeState()) {
            // What was given back was paid before.
            case SUCCESS, REFUND ->
                new Says.Paid(
                        transaction.getTransactionId(),
                        new Money(
                                transaction.getAmount().getTotal(),
                                Currency.getInstance(transaction.getAmount().getCurrency())),
                        at(transaction.getSuccessTime()));
            case CLOSED, REVOKED, PAYERROR -> new Says.Ended();
            case USERPAYING, ACCEPT -> new Says.Pending();
            case NOTPAY -> new Says.Unpaid();
        };
    }

    @Override
    public Says close(Payment payment) throws Away {
        Connected at = connected();
        var order = new CloseOrderRequest();
        order.setMchid(at.account.mchid());
        order.setOutTradeNo(payment.id().orderNo());
        try {
            called(() -> {
                at.nativePay.closeOrder(order);
                return Boolean.TRUE;
            });
            return new Says.Ended();
        } catch (RefusedByWeChat e) {
            // Refusals are not signed. What WeChat says of the order itself is.
            return ask(payment);
        }
    }

    @Override
    public Returned refund(Payment payment, Refund refund) throws Away {
        Connected at = connected();
        var amount = new AmountReq();
        amount.setRefund(refund.amount().minor());
        amount.setTotal(payment.amount().minor());
        amount.setCurrency("CNY");
        var request = new CreateRequest();
        request.setOutTradeNo(payment.id().orderNo());
        request.setOutRefundNo(refund.number());
        request.setAmount(amount);
        try {
            return returned(called(() -> at.refunds.create(request)));
        } catch (RefusedByWeChat e) {
            // Our account there is empty for now; the next payers fill it.
            if (e.code.equals("NOT_ENOUGH")) throw new Away(e.code);
            // WeChat wants what it did not take to come again under the same number.
            return new Returned.Refused(e.code, false);
        }
    }

    @Override
    public Returned askRefund(Payment payment, Refund refund) throws Away {
        Connected at = connected();
        var question = new QueryByOutRefundNoRequest();
        question.setOutRefundNo(refund.number());
        try {
            return returned(called(() -> at.refunds.queryByOutRefundNo(question)));
        } catch (RefusedByWeChat e) {
            if (e.isUnheard()) return new Returned.Unheard();
            throw new Away(e.code);
        }
    }

    private static Returned returned(com.wechat.pay.java.service.refund.model.Refund refund) {
        return switch (refund.getStatus()) {
            case SUCCESS ->
                new Returned.Done(refund.getRefundId(), at(refund.getSuccessTime()), at(refund.getCreateTime()));
            case PROCESSING -> new Returned.UnderWay(refund.getRefundId());
            // Our account there was empty for a week: a refund under this number stays closed.
            case CLOSED -> new Returned.Refused(refund.getStatus().name(), true);
            // Her card is no more; the money waits at WeChat until somebody sends it on there, under this number.
            case ABNORMAL -> new Returned.Refused(refund.getStatus().name(), false);
        };
    }

    /**
     * A line for each payment and each refund, every cell behind a backquote; then a line of names and one of sums. A refund stands on the
     * bill of the day that accepted it, and nowhere else.
     */
    @Override
    public List<BillLine> bill(LocalDate day) throws Away {
        Connected at = connected();
        var request = new GetTradeBillRequest();
        request.setBillDate(day.toString());
        request.setBillType(BillType.ALL);
        DigestBillEntity bill;
        try {
            bill = called(() -> at.bills.getTradeBill(request));
        } catch (RefusedByWeChat e) {
            if (e.code.equals("NO_STATEMENT_EXIST")) return List.of();
            throw new Away(e.code);
        }
        List<BillLine> lines = new ArrayList<>();
        try (var csv = CsvReader.builder()
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(new InputStreamReader(bill.getInputStream(), StandardCharsets.UTF_8))) {
            for (var row : csv) {
                if (row.getFieldCount() < 26 || !row.getField(0).startsWith("`")) continue;
                lines.add(line(row.getFields().stream()
                        .map(cell -> cell.startsWith("`") ? cell.substring(1) : cell)
                        .toList()));
            }
        } catch (IOException e) {
            throw new Away(Reconciliation.UNREADABLE);
        }
        if (!bill.verifyHash()) throw new Away("bill-digest-wrong");
        return lines;
    }

    /** A fee that comes back with a refund is negative. */
    private static BillLine line(List<String> cells) {
        Currency currency = Currency.getInstance(cells.get(11));
        Money fee = cells.get(22).isBlank() ? null : new Money(fen(cells.get(22)), currency);
        if (cells.get(9).equals("REFUND")) {
            boolean done = cells.get(19).equals("SUCCESS");
            return new BillLine(
                    done ? BillLine.Kind.REFUND : BillLine.Kind.REFUND_UNDER_WAY,
                    cells.get(15),
                    cells.get(14),
                    new Money(fen(cells.get(25)), currency),
                    fee);
        }
        return new BillLine(
                BillLine.Kind.PAYMENT, cells.get(6), cells.get(5), new Money(fen(cells.get(24)), currency), fee);
    }

    /** Half a fen of a fee is rounded as people round. */
    private static long fen(String yuan) {
        return new BigDecimal(yuan)
                .movePointRight(2)
                .setScale(0, java.math.RoundingMode.HALF_UP)
                .longValueExact();
    }

    @Override
    public Notice read(Headers headers, byte[] body, Instant now) {
        Connected at;
        try {
            at = connected();
        } catch (Away e) {
            return new Notice.NotSetUp();
        }
        String timestamp = headers.get("Wechatpay-Timestamp");
        String nonce = headers.get("Wechatpay-Nonce");
        String serial = headers.get("Wechatpay-Serial");
        String signature = headers.get("Wechatpay-Signature");
        if (timestamp == null || nonce == null || serial == null || signature == null) return new Notice.Forged();
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            if (!at.config.createVerifier().verify(serial, timestamp + "\n" + nonce + "\n" + text + "\n", signature))
                return new Notice.Forged();
            long off = Math.abs(now.getEpochSecond() - Long.parseLong(timestamp));
            if (off >= AGE_MAX_SECONDS) return new Notice.OutOfTime(off);
        } catch (RuntimeException e) {
            // Not base64, as WeChat's own probes are, or not a number: whoever signed for us writes both.
            return new Notice.Forged();
        }
        try {
            return notice(at, JSON.readTree(body));
        } catch (DecryptionException e) {
            // WeChat signed it, so what it sealed is whole, and our key is not the one that it was sealed with.
            log.error(
                    "payment.notice-not-decrypted gateway=wechat suspected={}",
                    Setting.PAY_WECHAT_APIV3_KEY.variable());
            return new Notice.Unreadable();
        } catch (JacksonException | GeneralSecurityException | IllegalArgumentException | DateTimeException e) {
            return new Notice.Unreadable();
        }
    }

    private static Notice notice(Connected at, JsonNode envelope) throws GeneralSecurityException {
        String id = envelope.path("id").asString("");
        JsonNode sealed = envelope.path("resource");
        if (id.isEmpty()) return new Notice.Unreadable();
        if (!envelope.path("event_type").asString("").startsWith("TRANSACTION.")) return new Notice.Other(id);
        String plain = at.config
                .createAeadCipher()
                .decrypt(
                        sealed.path("associated_data").asString("").getBytes(StandardCharsets.UTF_8),
                        sealed.path("nonce").asString("").getBytes(StandardCharsets.UTF_8),
                        Base64.getDecoder().decode(sealed.path("ciphertext").asString("")));
        JsonNode order = JSON.readTree(plain);
        if (!order.path("mchid").asString("").equals(at.account.mchid())) return new Notice.NotOurs("mchid");
        if (!order.path("appid").asString("").equals(at.account.appid())) return new Notice.NotOurs("appid");
        BrandId brand;
        UUID payment;
        try {
            brand = new BrandId(UUID.fromString(order.path("attach").asString("")));
            payment = PaymentId.ofPlain(order.path("out_trade_no").asString(""));
        } catch (IllegalArgumentException e) {
            return new Notice.NotOurs("out_trade_no");
        }
        Says says =
                switch (order.path("trade_state").asString("")) {
                    case "SUCCESS", "REFUND" ->
                        new Says.Paid(
                                order.path("transaction_id").asString(""),
                                new Money(
                                        order.path("amount").path("total").asLong(0),
                                        Currency.getInstance(order.path("amount")
                                                .path("currency")
                                                .asString("CNY"))),
                                at(order.path("success_time").asString("")));
                    case "CLOSED", "REVOKED", "PAYERROR" -> new Says.Ended();
                    case "USERPAYING", "ACCEPT" -> new Says.Pending();
                    default -> new Says.Unpaid();
                };
        return new Notice.Of(id, brand, payment, says);
    }

    private static Instant at(String time) {
        return OffsetDateTime.parse(time).toInstant();
    }

    private static String shortened(String title) {
        String text = title;
        while (text.getBytes(StandardCharsets.UTF_8).length > TITLE_BYTES_MAX) {
            text = text.substring(0, text.offsetByCodePoints(text.length(), -1));
        }
        return text;
    }

    /** WeChat's own refusal, by its code: it was heard, and not done. */
    private static final class RefusedByWeChat extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;

        RefusedByWeChat(String code) {
            super(code, null, false, false);
            this.code = code;
        }

        boolean isThere() {
            return code.equals("ORDERPAID") || code.equals("OUT_TRADE_NO_USED") || code.equals("ORDER_CLOSED");
        }

        boolean isUnheard() {
            return code.equals("ORDER_NOT_EXIST") || code.equals("RESOURCE_NOT_EXISTS");
        }
    }

    /** The SDK's exceptions carry whole messages with their signatures: none of them goes further than here. */
    private static <T> T called(Supplier<T> call) throws Away {
        try {
            return call.get();
        } catch (ServiceException e) {
            String code = Objects.requireNonNullElse(e.getErrorCode(), "http-" + e.getHttpStatusCode());
            int status = e.getHttpStatusCode();
            if (status >= 500 || status == 429 || status == 401 || code.startsWith("http-")) throw new Away(code);
            throw new RefusedByWeChat(code);
        } catch (HttpException e) {
            throw new Away("no-answer");
        } catch (RefusedByWeChat e) {
            throw e;
        } catch (RuntimeException e) {
            // Unsigned, or signed by somebody else: whatever it says was not said by WeChat.
            throw new Away("answer-not-genuine " + e.getClass().getSimpleName());
        }
    }

    private Connected connected() throws Away {
        PayAccounts.WeChat account = accounts.weChat();
        if (account == null) throw new Away("no-account");
        Connected known = connected;
        if (known != null && known.account.equals(account)) return known;
        RSAPublicKeyConfig config = new RSAPublicKeyConfig.Builder()
                .merchantId(account.mchid())
                .privateKey(account.privateKey())
                .merchantSerialNumber(account.serial())
                .publicKey(account.publicKey())
                .publicKeyId(account.publicKeyId())
                .apiV3Key(account.apiV3Key())
                .build();
        HttpClient http = new DefaultHttpClientBuilder()
                .config(config)
                .okHttpClient(client(account.url()))
                .build();
        Connected fresh = new Connected(
                account,
                config,
                new NativePayService.Builder().httpClient(http).build(),
                new H5Service.Builder().httpClient(http).build(),
                new JsapiService.Builder().httpClient(http).build(),
                new RefundService.Builder().httpClient(http).build(),
                new BillDownloadServiceExtension.Builder()
                        .httpClient(http)
                        .decryptor(config.createDecryptor())
                        .build());
        connected = fresh;
        return fresh;
    }

    /** The SDK knows two hosts and no others. A signature does not cover the host, so a request may be turned to the stand-in. */
    private static OkHttpClient client(@Nullable String url) {
        var builder = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(CONNECTIONS_KEPT, 5, TimeUnit.MINUTES))
                .connectTimeout(2, TimeUnit.SECONDS)
                .readTimeout(8, TimeUnit.SECONDS)
                .callTimeout(10, TimeUnit.SECONDS);
        // The SDK looks for its headers letter by letter; over HTTP/2, and behind some proxies, they come in small
        // ones.
        builder.addInterceptor(chain -> {
            Response answer = chain.proceed(chain.request());
            Response.Builder named = answer.newBuilder();
            for (String header : SIGNATURE_HEADERS) {
                String value = answer.header(header);
                if (value != null) named.removeHeader(header).addHeader(header, value);
            }
            return named.build();
        });
        if (url != null) {
            HttpUrl instead = HttpUrl.get(url);
            builder.addInterceptor(chain -> chain.proceed(chain.request()
                    .newBuilder()
                    .url(chain.request()
                            .url()
                            .newBuilder()
                            .scheme(instead.scheme())
                            .host(instead.host())
                            .port(instead.port())
                            .build())
                    .build()));
        }
        return builder.build();
    }
}
