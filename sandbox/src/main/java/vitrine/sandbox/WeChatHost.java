package vitrine.sandbox;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * WeChat Pay, API v3: requests signed by the merchant, answers and notices signed by the platform, what a notice says encrypted.
 */
final class WeChatHost implements PayHost {
    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final DateTimeFormatter BILL_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final Pattern PART = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final List<Duration> RETRIES =
            PayCourier.seconds(15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600);
    private static final long AGE_MAX_SECONDS = 300;

    private final PayConfig.WeChat account;
    private final TradeBook book;
    private final PayCourier courier;
    private final String url;
    private final Clock clock;
    /** WeChat's library holds an answer's age against the machine's clock, whatever day it is in a simulated world. */
    private final Clock wire = Clock.systemUTC();

    private final SecureRandom random = new SecureRandom();
    private final WeChatPeople people;
    private final PrivateKey platformKey;
    private final PublicKey merchantKey;

    WeChatHost(PayConfig.WeChat account, TradeBook book, PayCourier courier, String url, Clock clock) {
        this.account = account;
        this.book = book;
        this.courier = courier;
        this.url = url;
        this.clock = clock;
        this.people = new WeChatPeople(account);
        this.platformKey = Keys.rsa(account.platformKey());
        this.merchantKey = publicKey(account.merchantPublicKey());
    }

    static PublicKey publicKey(String base64) {
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(
                            Base64.getDecoder().decode(base64.replaceAll("-----[A-Z ]+-----|\\s", ""))));
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            throw Refused.invalid("config.invalid", "a public key is X.509 in base64");
        }
    }

    @Override
    public @Nullable Answer answer(Call call) {
        if (!call.segment(0).equals("v3")) {
            return people.answer(call);
        }
        Answer answer;
        try {
            checkSignature(call);
            if (call.is("GET", "v3", "billdownload", "file")) {
                // The one answer that WeChat does not sign: its digest came in a signed one.
                return new Answer(200, "text/plain", Map.of(), bill(call.query().getOrDefault("token", "")));
            }
            answer = act(call);
        } catch (No no) {
            answer = json(no.status, Json.object().put("code", no.code).put("message", no.code));
        }
        return signed(answer);
    }

    /** A refusal in WeChat's own form. */
    private static final class No extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String code;

        No(int status, String code) {
            super(code, null, false, false);
            this.status = status;
            this.code = code;
        }
    }

    private Answer act(Call call) {
        if (call.is("POST", "v3", "pay", "transactions", "*")) {
            return prepay(call.segment(3), Json.readObject(call.body()));
        }
        if (call.is("GET", "v3", "pay", "transactions", "out-trade-no", "*")) {
            require(account.mchid().equals(call.query().get("mchid")), 400, "PARAM_ERROR");
            return json(200, transaction(current(call.segment(4))));
        }
        if (call.is("POST", "v3", "pay", "transactions", "out-trade-no", "*", "close")) {
            return close(call.segment(4));
        }
        if (call.is("POST", "v3", "refund", "domestic", "refunds")) {
            return refund(Json.readObject(call.body()));
        }
        if (call.is("GET", "v3", "refund", "domestic", "refunds", "*")) {
            return askRefund(call.segment(4));
        }
        if (call.is("GET", "v3", "bill", "tradebill")) {
            return billAddress(call.query().getOrDefault("bill_date", ""));
        }
        throw new No(404, "RESOURCE_NOT_EXISTS");
    }

    private Answer prepay(String kind, JsonNode order) {
        require(List.of("native", "h5", "jsapi").contains(kind), 404, "RESOURCE_NOT_EXISTS");
        require(
                account.mchid().equals(order.path("mchid").asString(""))
                        && account.appid().equals(order.path("appid").asString("")),
                400,
                "APPID_MCHID_NOT_MATCH");
        var number = order.path("out_trade_no").asString("");
        long total = order.path("amount").path("total").asLong(0);
        var title = order.path("description").asString("");
        require(number.matches("[0-9A-Za-z_\\-|*]{6,32}"), 400, "PARAM_ERROR");
        require(total > 0, 400, "PARAM_ERROR");
        require(order.path("amount").path("currency").asString("CNY").equals("CNY"), 400, "PARAM_ERROR");
        require(!title.isEmpty() && title.getBytes(StandardCharsets.UTF_8).length <= 127, 400, "PARAM_ERROR");
        require(order.path("notify_url").asString("").startsWith("http"), 400, "PARAM_ERROR");
        require(
                !kind.equals("jsapi")
                        || !order.path("payer").path("openid").asString("").isEmpty(),
                400,
                "PARAM_ERROR");
        require(
                !kind.equals("h5")
                        || !order.path("scene_info")
                                .path("payer_client_ip")
                                .asString("")
                                .isEmpty(),
                400,
                "PARAM_ERROR");
        var now = clock.instant();
        var fresh = new Trade(
                "wechat",
                number,
                "w" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(12)),
                kind,
                total,
                "CNY",
                title,
                Map.of("attach", order.path("attach").asString("")),
                Trade.State.OPEN,
                now,
                time(order.path("time_expire").asString(""), now.plus(Duration.ofHours(2))),
                null,
                null,
                order.path("notify_url").asString(""),
                null,
                List.of(),
                null);
        var trade = book.putIfAbsent(fresh);
        require(trade.state() != Trade.State.PAID, 400, "ORDERPAID");
        require(trade.isOpenAt(now), 400, "ORDER_CLOSED");
        require(trade.amount() == total && trade.kind().equals(kind), 403, "OUT_TRADE_NO_USED");
        return json(
                200,
                switch (kind) {
                    case "native" -> Json.object().put("code_url", url + "/checkout/" + trade.page());
                    case "h5" -> Json.object().put("h5_url", url + "/checkout/" + trade.page() + "?via=h5");
                    default -> Json.object().put("prepay_id", "wx" + trade.page());
                });
    }

    private Trade current(String number) {
        var trade = book.find("wechat", number);
        if (trade == null) {
            throw new No(404, "ORDER_NOT_EXIST");
        }
        return trade;
    }

    private Answer close(String number) {
        var trade = current(number);
        require(trade.state() != Trade.State.CLOSED, 400, "ORDER_CLOSED");
        require(!courier.findsBusy(trade), 400, "USERPAYING");
        var closed = book.change(trade.key(), there -> there.state() == Trade.State.OPEN ? there.closed() : there);
        require(closed.state() == Trade.State.CLOSED, 400, "ORDERPAID");
        return new Answer(204, "application/json", Map.of(), new byte[0]);
    }

    private ObjectNode transaction(Trade trade) {
        var now = clock.instant();
        var state =
                switch (trade.state()) {
                    case PAID -> trade.refunds().isEmpty() ? "SUCCESS" : "REFUND";
                    case CLOSED -> "CLOSED";
                    case OPEN -> courier.wasBusy(trade) ? "USERPAYING" : trade.isOpenAt(now) ? "NOTPAY" : "CLOSED";
                };
        var said = Json.object()
                .put("appid", account.appid())
                .put("mchid", account.mchid())
                .put("out_trade_no", trade.number())
                .put("trade_state", state)
                .put("trade_state_desc", state)
                .put("attach", trade.words().getOrDefault("attach", ""));
        if (trade.paidAt() != null) {
            said.put("transaction_id", trade.paidId())
                    .put(
                            "trade_type",
                            switch (trade.kind()) {
                                case "native" -> "NATIVE";
                                case "h5" -> "MWEB";
                                default -> "JSAPI";
                            })
                    .put("bank_type", "OTHERS")
                    .put("success_time", TIME.format(trade.paidAt().atZone(CHINA)));
            said.putObject("payer").put("openid", "o" + Ids.base64url("payer of " + trade.number(), 27));
            said.putObject("amount")
                    .put("total", trade.amount())
                    .put("payer_total", trade.amount())
                    .put("currency", "CNY")
                    .put("payer_currency", "CNY");
        }
        return said;
    }

    private Answer refund(JsonNode wish) {
        var trade = current(wish.path("out_trade_no").asString(""));
        var number = wish.path("out_refund_no").asString("");
        long amount = wish.path("amount").path("refund").asLong(0);
        require(!number.isEmpty() && amount > 0, 400, "PARAM_ERROR");
        require(wish.path("amount").path("total").asLong(0) == trade.amount(), 400, "PARAM_ERROR");
        boolean pends = courier.switches().refundsPend();
        var changed = book.change(trade.key(), there -> {
            if (there.refund(number) != null) {
                return there;
            }
            require(there.state() == Trade.State.PAID, 400, "INVALID_REQUEST");
            require(there.refunded() + amount <= there.amount(), 400, "INVALID_REQUEST");
            return there.refunding(new Trade.Back(
                    number, "503" + digits("refund " + number, 25), amount, !pends, clock.instant(), Map.of()));
        });
        return json(200, refund(changed, number));
    }

    private Answer askRefund(String number) {
        for (var trade : book.all()) {
            var back = trade.host().equals("wechat") ? trade.refund(number) : null;
            if (back != null) {
                var answer = json(200, refund(trade, number));
                // Asked for once, it is done the next time.
                book.change(
                        trade.key(),
                        there -> there.refunding(
                                Objects.requireNonNull(there.refund(number)).asked(clock.instant())));
                return answer;
            }
        }
        throw new No(404, "RESOURCE_NOT_EXISTS");
    }

    /**
     * {@code refund-closed}: our account was empty for a week; {@code refund-abnormal}: the payer's card is no more; {@code refund-sent}:
     * somebody sent on by hand what waited here.
     */
    @Override
    public @Nullable Trade trouble(Trade trade, String act) {
        var trouble =
                switch (act) {
                    case "refund-closed" -> "closed";
                    case "refund-abnormal" -> "abnormal";
                    case "refund-sent" -> "";
                    default -> null;
                };
        if (trouble == null || trade.refunds().isEmpty()) {
            return null;
        }
        var now = clock.instant();
        return book.change(
                trade.key(),
                there -> there.refunding(
                        trouble.isEmpty()
                                ? there.refunds().getLast().with(null, now).asked(now)
                                : there.refunds().getLast().with(trouble, now)));
    }

    private ObjectNode refund(Trade trade, String number) {
        var back = trade.refund(number);
        if (back == null) {
            throw new No(404, "RESOURCE_NOT_EXISTS");
        }
        var said = Json.object()
                .put("refund_id", back.id())
                .put("out_refund_no", back.number())
                .put("transaction_id", trade.paidId())
                .put("out_trade_no", trade.number())
                .put("channel", "ORIGINAL")
                .put("user_received_account", "-")
                .put("create_time", TIME.format(back.at().atZone(CHINA)))
                .put("status", state(back));
        if (back.doneAt() != null) {
            said.put("success_time", TIME.format(back.doneAt().atZone(CHINA)));
        }
        said.putObject("amount")
                .put("total", trade.amount())
                .put("refund", back.amount())
                .put("payer_total", trade.amount())
                .put("payer_refund", back.amount())
                .put("settlement_refund", back.amount())
                .put("settlement_total", trade.amount())
                .put("discount_refund", 0)
                .put("currency", "CNY");
        return said;
    }

    private static String state(Trade.Back back) {
        return back.trouble() != null
                ? back.trouble().toUpperCase(Locale.ROOT)
                : back.done() ? "SUCCESS" : "PROCESSING";
    }

    private Answer billAddress(String date) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(bill(date));
            return json(
                    200,
                    Json.object()
                            .put("hash_type", "SHA1")
                            .put("hash_value", HexFormat.of().formatHex(digest))
                            .put("download_url", "https://api.mch.weixin.qq.com/v3/billdownload/file?token=" + date));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A refund stands on the bill of the day that accepted it, done or not: its state is that of the hour in which the bill is asked for. */
    private byte[] bill(String date) {
        LocalDate day;
        try {
            day = LocalDate.parse(date);
        } catch (DateTimeException wrong) {
            throw new No(400, "PARAM_ERROR");
        }
        var text = new StringBuilder(Bills.word("wechat")).append("\r\n");
        for (var trade : book.all().stream()
                .filter(one -> one.host().equals("wechat") && one.paidAt() != null)
                .sorted(Comparator.comparing(Trade::number))
                .toList()) {
            if (trade.paidAt() != null && on(day, trade.paidAt())) {
                text.append(row(trade, null, trade.paidAt()));
            }
            for (var back : trade.refunds()) {
                if (on(day, back.at())) {
                    text.append(row(trade, back, back.at()));
                }
            }
        }
        text.append(Bills.word("wechat.sums")).append("\r\n`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\r\n");
        String bill = courier.switches().garbledBill() ? text.toString().replace('.', '?') : text.toString();
        return bill.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean on(LocalDate day, Instant at) {
        return at.atZone(CHINA).toLocalDate().equals(day);
    }

    private String row(Trade trade, Trade.@Nullable Back back, Instant at) {
        boolean refund = back != null;
        var total = yuan(trade.amount());
        var given = back == null ? "0.00" : yuan(back.amount());
        var fee = new BigDecimal(back == null ? trade.fee() : -courier.feeBack(trade, back))
                .movePointLeft(2)
                .setScale(5)
                .toPlainString();
        return "`"
                + String.join(
                        ",`",
                        BILL_TIME.format(at.atZone(CHINA)),
                        account.appid(),
                        account.mchid(),
                        "0",
                        "",
                        String.valueOf(trade.paidId()),
                        trade.number(),
                        "o" + Ids.base64url("payer of " + trade.number(), 27),
                        trade.kind().toUpperCase(java.util.Locale.ROOT),
                        refund ? "REFUND" : "SUCCESS",
                        "OTHERS",
                        "CNY",
                        refund ? "0.00" : total,
                        "0.00",
                        back == null ? "0" : back.id(),
                        back == null ? "0" : back.number(),
                        given,
                        "0.00",
                        refund ? "ORIGINAL" : "",
                        back == null ? "" : state(back),
                        trade.title().replace(',', ' '),
                        trade.words().getOrDefault("attach", ""),
                        fee,
                        "0.60%",
                        refund ? "0.00" : total,
                        given,
                        "")
                + "\r\n";
    }

    static String yuan(long fen) {
        return BigDecimal.valueOf(fen, 2).toPlainString();
    }

    @Override
    public String paidId(Trade trade) {
        return "4200" + digits("paid " + trade.number(), 24);
    }

    static String digits(String name, int count) {
        return new java.math.BigInteger(1, Ids.sha256(name)).toString().substring(0, count);
    }

    @Override
    public void tell(Trade trade) {
        var notifyUrl = trade.notifyUrl();
        if (trade.state() != Trade.State.PAID || notifyUrl == null) {
            return; // an order that was closed is not told of
        }
        var id = Ids.uuid("notice " + trade.number()).toString();
        courier.tell(
                (now, sort) -> notice(notifyUrl, id, trade, now, sort),
                RETRIES,
                answer -> answer.statusCode() >= 200 && answer.statusCode() <= 299);
    }

    private PayCourier.Outgoing notice(String notifyUrl, String id, Trade trade, Instant now, PayCourier.Sort sort) {
        var order = transaction(trade);
        if (sort == PayCourier.Sort.SHORT_OF_ONE) {
            order.withObject("amount").put("total", trade.amount() - 1).put("payer_total", trade.amount() - 1);
        }
        var nonce = HexFormat.of().formatHex(bytes(6));
        var body = Json.object()
                .put(
                        "id",
                        sort == PayCourier.Sort.SHORT_OF_ONE
                                ? Ids.uuid("short " + id).toString()
                                : id)
                .put("create_time", TIME.format(now.atZone(CHINA)))
                .put("resource_type", "encrypt-resource")
                .put("event_type", "TRANSACTION.SUCCESS")
                .put("summary", "paid");
        body.putObject("resource")
                .put("original_type", "transaction")
                .put("algorithm", "AEAD_AES_256_GCM")
                .put("ciphertext", sealed(Json.bytes(order), nonce, "transaction"))
                .put("associated_data", "transaction")
                .put("nonce", nonce);
        var bytes = Json.bytes(body);
        var headers = signature(bytes, now, sort);
        headers.put("Content-Type", "application/json");
        return new PayCourier.Outgoing(notifyUrl, headers, bytes);
    }

    private String sealed(byte[] plain, String nonce, String associated) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(account.apiV3Key().getBytes(StandardCharsets.UTF_8), "AES"),
                    new GCMParameterSpec(128, nonce.getBytes(StandardCharsets.UTF_8)));
            cipher.updateAAD(associated.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(cipher.doFinal(plain));
        } catch (GeneralSecurityException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    private Map<String, String> signature(byte[] body, Instant now, PayCourier.Sort sort) {
        var timestamp = String.valueOf(now.getEpochSecond());
        var nonce = HexFormat.of().formatHex(bytes(16));
        var headers = new LinkedHashMap<String, String>();
        headers.put("Wechatpay-Timestamp", timestamp);
        headers.put("Wechatpay-Nonce", nonce);
        headers.put("Wechatpay-Serial", account.platformKeyId());
        headers.put("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048");
        headers.put(
                "Wechatpay-Signature",
                switch (sort) {
                    case PROBE -> "WECHATPAY/SIGNTEST/" + Base64.getEncoder().encodeToString(bytes(96));
                    case FORGED -> Base64.getEncoder().encodeToString(bytes(256));
                    case GENUINE, SHORT_OF_ONE ->
                        Base64.getEncoder()
                                .encodeToString(Keys.sign(
                                        "SHA256withRSA",
                                        platformKey,
                                        (timestamp + "\n" + nonce + "\n").getBytes(StandardCharsets.UTF_8),
                                        body,
                                        "\n".getBytes(StandardCharsets.UTF_8)));
                });
        return headers;
    }

    private Answer signed(Answer answer) {
        var headers = new LinkedHashMap<>(answer.headers());
        headers.putAll(signature(
                answer.body(),
                wire.instant(),
                courier.answersWrongly() ? PayCourier.Sort.PROBE : PayCourier.Sort.GENUINE));
        return new Answer(answer.status(), answer.type(), headers, answer.body());
    }

    private void checkSignature(Call call) {
        var said = call.header("Authorization");
        require(said != null && said.startsWith("WECHATPAY2-SHA256-RSA2048 "), 401, "SIGN_ERROR");
        var parts = new LinkedHashMap<String, String>();
        PART.matcher(String.valueOf(said)).results().forEach(part -> parts.put(part.group(1), part.group(2)));
        require(
                account.mchid().equals(parts.get("mchid")) && account.serial().equals(parts.get("serial_no")),
                401,
                "SIGN_ERROR");
        try {
            long off = Math.abs(wire.instant().getEpochSecond() - Long.parseLong(parts.getOrDefault("timestamp", "0")));
            require(off < AGE_MAX_SECONDS, 401, "SIGN_ERROR");
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(merchantKey);
            signature.update((call.method() + "\n" + call.target() + "\n" + parts.get("timestamp") + "\n"
                            + parts.get("nonce_str") + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            signature.update(call.body());
            signature.update((byte) '\n');
            require(
                    signature.verify(Base64.getDecoder().decode(parts.getOrDefault("signature", ""))),
                    401,
                    "SIGN_ERROR");
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            throw new No(401, "SIGN_ERROR");
        }
    }

    private byte[] bytes(int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Instant time(String text, Instant otherwise) {
        try {
            return text.isEmpty() ? otherwise : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException wrong) {
            throw new No(400, "PARAM_ERROR");
        }
    }

    /** With the plain type alone: a merchant's library may take no other. */
    private static Answer json(int status, JsonNode body) {
        return new Answer(status, "application/json", Map.of(), Json.bytes(body));
    }

    private static void require(boolean so, int status, String code) {
        if (!so) {
            throw new No(status, code);
        }
    }
}
