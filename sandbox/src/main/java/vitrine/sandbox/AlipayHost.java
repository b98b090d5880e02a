package vitrine.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Alipay's gateway: one address for everything, RSA2 over sorted parameters both ways. A page payment is made by the payer's browser.
 */
final class AlipayHost implements PayHost {
    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final Charset GBK = Charset.forName("GBK");
    private static final List<Duration> RETRIES = PayCourier.seconds(240, 600, 600, 3600, 7200, 21600, 54000);

    private final PayConfig.Alipay account;
    private final TradeBook book;
    private final PayCourier courier;
    private final String url;
    private final Clock clock;
    private final PrivateKey alipayKey;
    private final PublicKey appKey;
    private final SecureRandom random = new SecureRandom();

    AlipayHost(PayConfig.Alipay account, TradeBook book, PayCourier courier, String url, Clock clock) {
        this.account = account;
        this.book = book;
        this.courier = courier;
        this.url = url;
        this.clock = clock;
        this.alipayKey = Keys.rsa(account.alipayKey());
        this.appKey = WeChatHost.publicKey(account.appPublicKey());
    }

    @Override
    public @Nullable Answer answer(Call call) {
        if (!call.segment(0).equals("alipay")) {
            return null;
        }
        if (call.is("GET", "alipay", "bill", "*")) {
            return new Answer(200, "application/zip", Map.of(), bill(call.segment(2)));
        }
        if (!call.segment(1).equals("gateway.do")) {
            return null;
        }
        var said = new TreeMap<>(call.query());
        said.putAll(call.form());
        var method = said.getOrDefault("method", "");
        boolean page = method.equals("alipay.trade.page.pay") || method.equals("alipay.trade.wap.pay");
        if (!account.appid().equals(said.get("app_id"))) {
            return page ? refusal("isv.invalid-app-id") : error("40002", "isv.invalid-app-id");
        }
        if (!isSignedByApp(said)) {
            return page ? refusal("isv.invalid-signature") : error("40002", "isv.invalid-signature");
        }
        var content = Json.read(said.getOrDefault("biz_content", "{}"));
        if (page) {
            return open(method, said, content);
        }
        return switch (method) {
            case "alipay.trade.query" -> query(method, content);
            case "alipay.trade.close" -> close(method, content);
            case "alipay.trade.refund" -> refund(method, content);
            case "alipay.trade.fastpay.refund.query" -> askRefund(method, content);
            case "alipay.data.dataservice.bill.downloadurl.query" ->
                done(
                        method,
                        Json.object()
                                .put(
                                        "bill_download_url",
                                        url + "/alipay/bill/"
                                                + content.path("bill_date").asString("")));
            default -> error("40002", "isv.invalid-method");
        };
    }

    private static Answer refusal(String code) {
        return Answer.problem(Refused.invalid(code, "the address was not signed by this app"));
    }

    /** The payer's browser comes with the signed address: only now is there a trade. */
    private Answer open(String method, Map<String, String> said, JsonNode order) {
        var now = clock.instant();
        var amount = new BigDecimal(order.path("total_amount").asString("0"))
                .movePointRight(2)
                .longValueExact();
        var until = time(order.path("time_expire").asString(""));
        if (amount <= 0 || order.path("out_trade_no").asString("").isEmpty()) {
            return refusal("ACQ.INVALID_PARAMETER");
        }
        if (until != null && !now.isBefore(until)) {
            var there = book.find("alipay", order.path("out_trade_no").asString(""));
            return there == null
                    ? Answer.problem(Refused.conflict("ACQ.TRADE_HAS_CLOSE", "its time is over"))
                    : Answer.seeOther("/checkout/" + there.page());
        }
        var fresh = new Trade(
                "alipay",
                order.path("out_trade_no").asString(""),
                "a" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(12)),
                method.equals("alipay.trade.wap.pay") ? "wap" : "page",
                amount,
                "CNY",
                order.path("subject").asString(""),
                Map.of("passback_params", order.path("passback_params").asString("")),
                Trade.State.OPEN,
                now,
                until,
                null,
                null,
                said.get("notify_url"),
                said.get("return_url"),
                List.of(),
                null);
        return Answer.seeOther("/checkout/" + book.putIfAbsent(fresh).page());
    }

    private Answer query(String method, JsonNode content) {
        var trade = book.find("alipay", content.path("out_trade_no").asString(""));
        if (trade == null) {
            return no(method, "ACQ.TRADE_NOT_EXIST");
        }
        var answer = Json.object()
                .put("out_trade_no", trade.number())
                .put("trade_no", paidId(trade))
                .put("trade_status", status(trade))
                .put("total_amount", WeChatHost.yuan(trade.amount()))
                .put("buyer_logon_id", "ada***@example.com");
        if (trade.paidAt() != null) {
            answer.put("send_pay_date", SECONDS.format(trade.paidAt().atZone(CHINA)));
        }
        return done(method, answer);
    }

    private String status(Trade trade) {
        return switch (trade.state()) {
            case OPEN -> courier.wasBusy(trade) || trade.isOpenAt(clock.instant()) ? "WAIT_BUYER_PAY" : "TRADE_CLOSED";
            case CLOSED -> "TRADE_CLOSED";
            case PAID -> trade.refunded() == trade.amount() ? "TRADE_CLOSED" : "TRADE_SUCCESS";
        };
    }

    private Answer close(String method, JsonNode content) {
        var trade = book.find("alipay", content.path("out_trade_no").asString(""));
        if (trade == null) {
            return no(method, "ACQ.TRADE_NOT_EXIST");
        }
        if (courier.findsBusy(trade)) {
            return no(method, "ACQ.REASON_TRADE_STATUS_INVALID");
        }
        var closed = book.change(trade.key(), there -> there.state() == Trade.State.OPEN ? there.closed() : there);
        if (trade.state() != Trade.State.OPEN || closed.state() != Trade.State.CLOSED) {
            return no(method, "ACQ.REASON_TRADE_STATUS_INVALID");
        }
        return done(method, Json.object().put("out_trade_no", trade.number()).put("trade_no", paidId(trade)));
    }

    private Answer refund(String method, JsonNode content) {
        var trade = book.find("alipay", content.path("out_trade_no").asString(""));
        if (trade == null) {
            return no(method, "ACQ.TRADE_NOT_EXIST");
        }
        long amount = new BigDecimal(content.path("refund_amount").asString("0"))
                .movePointRight(2)
                .longValueExact();
        var number = content.path("out_request_no").asString("");
        boolean again = trade.refund(number) != null;
        if (!again) {
            if (trade.state() != Trade.State.PAID) {
                return no(method, "ACQ.TRADE_STATUS_ERROR");
            }
            if (amount <= 0 || trade.refunded() + amount > trade.amount()) {
                return no(method, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL");
            }
        }
        boolean pends = courier.switches().refundsPend();
        var changed = book.change(
                trade.key(),
                there -> there.refund(number) != null || there.refunded() + amount > there.amount()
                        ? there
                        : there.refunding(new Trade.Back(number, number, amount, !pends, clock.instant(), Map.of())));
        if (!again && !pends) {
            tell(changed);
        }
        return done(
                method,
                Json.object()
                        .put("out_trade_no", trade.number())
                        .put("trade_no", paidId(trade))
                        .put("fund_change", again || pends ? "N" : "Y")
                        .put("refund_fee", WeChatHost.yuan(changed.refunded())));
    }

    private Answer askRefund(String method, JsonNode content) {
        var trade = book.find("alipay", content.path("out_trade_no").asString(""));
        if (trade == null) {
            return no(method, "ACQ.TRADE_NOT_EXIST");
        }
        var number = content.path("out_request_no").asString("");
        var back = trade.refund(number);
        var answer = Json.object();
        if (back != null) {
            book.change(
                    trade.key(),
                    there -> there.refunding(java.util.Objects.requireNonNull(there.refund(number))
                            .asked(clock.instant())));
            if (back.done()) {
                answer.put("out_trade_no", trade.number())
                        .put("out_request_no", number)
                        .put("refund_amount", WeChatHost.yuan(back.amount()))
                        .put("refund_status", "REFUND_SUCCESS");
                // Said to whoever asks for it, and to nobody else.
                if (back.doneAt() != null
                        && content.path("query_options").toString().contains("\"gmt_refund_pay\"")) {
                    answer.put("gmt_refund_pay", SECONDS.format(back.doneAt().atZone(CHINA)));
                }
            }
        }
        return done(method, answer);
    }

    private byte[] bill(String date) {
        LocalDate day;
        try {
            day = LocalDate.parse(date);
        } catch (DateTimeException wrong) {
            throw Refused.invalid("bill.date", "bill_date is a day");
        }
        var table = new StringBuilder("#\r\n").append(Bills.word("alipay")).append("\r\n");
        for (var trade : book.all().stream()
                .filter(one -> one.host().equals("alipay") && one.paidAt() != null)
                .sorted(Comparator.comparing(Trade::number))
                .toList()) {
            if (trade.paidAt() != null && on(day, trade.paidAt())) {
                table.append(row(trade, null, trade.paidAt()));
            }
            for (var back : trade.refunds()) {
                if (back.doneAt() != null && on(day, back.doneAt())) {
                    table.append(row(trade, back, back.doneAt()));
                }
            }
        }
        table.append("#\r\n");
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes, GBK)) {
            zip.putNextEntry(new ZipEntry(account.seller() + "_" + date.replace("-", "") + ".csv"));
            zip.write(table.toString().getBytes(GBK));
            zip.closeEntry();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    private static boolean on(LocalDate day, Instant at) {
        return at.atZone(CHINA).toLocalDate().equals(day);
    }

    private String row(Trade trade, Trade.@Nullable Back back, Instant at) {
        var amount = back == null ? WeChatHost.yuan(trade.amount()) : "-" + WeChatHost.yuan(back.amount());
        var time = SECONDS.format(at.atZone(CHINA));
        return String.join(
                        "\t,",
                        paidId(trade),
                        trade.number(),
                        Bills.word(back == null ? "alipay.trade" : "alipay.refund"),
                        trade.title().replace(',', ' '),
                        time,
                        time,
                        "",
                        "",
                        "",
                        "",
                        "ada***@example.com",
                        amount,
                        amount,
                        "0.00",
                        "0.00",
                        "0.00",
                        "0.00",
                        "0.00",
                        "",
                        "0.00",
                        "0.00",
                        back == null ? "" : back.number(),
                        back == null
                                ? "-" + WeChatHost.yuan(trade.fee())
                                : WeChatHost.yuan(courier.feeBack(trade, back)),
                        "0.00",
                        "")
                + "\r\n";
    }

    @Override
    public String paidId(Trade trade) {
        return "2026" + WeChatHost.digits("alipay " + trade.number(), 24);
    }

    @Override
    public void tell(Trade trade) {
        var notifyUrl = trade.notifyUrl();
        if (trade.paidAt() == null || notifyUrl == null) {
            return;
        }
        // Every repetition of one event carries the same id; another state is another event.
        var id = "2026" + Ids.hex("notice " + trade.number() + " " + trade.refunded(), 30);
        courier.tell((now, sort) -> notice(notifyUrl, id, trade, now, sort), RETRIES, answer -> answer.body()
                .strip()
                .equals("success"));
    }

    private PayCourier.Outgoing notice(String notifyUrl, String id, Trade trade, Instant now, PayCourier.Sort sort) {
        boolean isShort = sort == PayCourier.Sort.SHORT_OF_ONE;
        var said = new TreeMap<String, String>();
        said.put("notify_time", SECONDS.format(now.atZone(CHINA)));
        said.put("notify_type", "trade_status_sync");
        said.put("notify_id", isShort ? "2026" + Ids.hex("short " + id, 30) : id);
        said.put("app_id", account.appid());
        said.put("charset", "utf-8");
        said.put("version", "1.0");
        said.put("sign_type", "RSA2");
        said.put("trade_no", paidId(trade));
        said.put("out_trade_no", trade.number());
        said.put("seller_id", account.seller());
        said.put("buyer_id", "2088" + WeChatHost.digits("buyer " + trade.number(), 12));
        said.put("trade_status", status(trade));
        said.put("total_amount", WeChatHost.yuan(isShort ? trade.amount() - 1 : trade.amount()));
        said.put("receipt_amount", said.get("total_amount"));
        said.put("subject", trade.title());
        said.put("gmt_create", SECONDS.format(trade.madeAt().atZone(CHINA)));
        if (trade.paidAt() != null) {
            said.put("gmt_payment", SECONDS.format(trade.paidAt().atZone(CHINA)));
        }
        said.put("passback_params", trade.words().getOrDefault("passback_params", ""));
        if (trade.refunded() > 0) {
            said.put("refund_fee", WeChatHost.yuan(trade.refunded()));
            said.put("gmt_refund", SECONDS.format(now.atZone(CHINA)));
        }
        var text = text(said, Set.of("sign", "sign_type"));
        said.put(
                "sign",
                switch (sort) {
                    case GENUINE, SHORT_OF_ONE -> sign(text);
                    case FORGED, PROBE -> Base64.getEncoder().encodeToString(bytes(256));
                });
        var body = said.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return new PayCourier.Outgoing(
                notifyUrl,
                Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Map<String, String> said, Set<String> without) {
        return new TreeMap<>(said)
                .entrySet().stream()
                        .filter(one -> !one.getValue().isEmpty() && !without.contains(one.getKey()))
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(Collectors.joining("&"));
    }

    private String sign(String text) {
        return Base64.getEncoder()
                .encodeToString(Keys.sign("SHA256withRSA", alipayKey, text.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean isSignedByApp(Map<String, String> said) {
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(appKey);
            signature.update(text(said, Set.of("sign")).getBytes(StandardCharsets.UTF_8));
            return signature.verify(Base64.getDecoder().decode(said.getOrDefault("sign", "")));
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            return false;
        }
    }

    private Answer done(String method, ObjectNode answer) {
        answer.put("code", "10000").put("msg", "Success");
        return answered(method, answer);
    }

    private Answer no(String method, String code) {
        return answered(
                method,
                Json.object()
                        .put("code", "40004")
                        .put("msg", "Business Failed")
                        .put("sub_code", code)
                        .put("sub_msg", code));
    }

    private Answer answered(String method, ObjectNode answer) {
        var body = new String(Json.bytes(answer), StandardCharsets.UTF_8);
        var sign = courier.answersWrongly() ? Base64.getEncoder().encodeToString(bytes(256)) : sign(body);
        return text("{\"" + method.replace('.', '_') + "_response\":" + body + ",\"sign\":\"" + sign + "\"}");
    }

    private static Answer error(String code, String subCode) {
        return text(new String(
                Json.bytes(Json.object()
                        .set("error_response", Json.object().put("code", code).put("sub_code", subCode))),
                StandardCharsets.UTF_8));
    }

    private static Answer text(String text) {
        return new Answer(200, "text/html;charset=utf-8", Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty()
                    ? null
                    : LocalDateTime.parse(text, SECONDS).atZone(CHINA).toInstant();
        } catch (DateTimeException wrong) {
            throw Refused.invalid("ACQ.INVALID_PARAMETER", "time_expire is no time");
        }
    }

    private byte[] bytes(int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
