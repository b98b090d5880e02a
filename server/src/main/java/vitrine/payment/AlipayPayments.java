package vitrine.payment;

import de.siegmar.fastcsv.reader.CsvReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * Alipay's page and wap payments. Nothing is made at Alipay when a payment starts: the signed address makes it, when its payer opens
 * it. So an order that Alipay has not heard of can still be paid until the deadline that was signed into that address.
 */
@Component
class AlipayPayments implements Gateway {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Currency CNY = Currency.getInstance("CNY");
    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final int TITLE_MAX = 200;
    private static final int BILL_BYTES_MAX = 256 * 1024 * 1024;

    private final PayAccounts accounts;
    private final NotifyUrls notifyUrls;
    private final Clock clock;
    private volatile @Nullable AlipayClient connected;

    AlipayPayments(PayAccounts accounts, NotifyUrls notifyUrls, Clock clock) {
        this.accounts = accounts;
        this.notifyUrls = notifyUrls;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "alipay";
    }

    @Override
    public boolean isSetUp() {
        return accounts.alipay() != null;
    }

    @Override
    public boolean offers(Way way, Currency currency) {
        return way.gateway().equals(name()) && currency.equals(CNY) && accounts.alipay() != null;
    }

    @Override
    public ZoneId zone() {
        return CHINA;
    }

    @Override
    public Made make(Payment payment, Wanted wanted) throws Away {
        boolean wap = payment.way() == Way.ALIPAY_WAP;
        ObjectNode order = JSON.createObjectNode()
                .put("out_trade_no", payment.id().orderNo())
                .put("product_code", wap ? "QUICK_WAP_WAY" : "FAST_INSTANT_TRADE_PAY")
                .put("total_amount", yuan(payment.amount()))
                .put("subject", subject(payment.title()))
                .put("time_expire", SECONDS.format(payment.deadline().atZone(CHINA)))
                .put("passback_params", payment.id().brand().toString());
        if (wap) order.put("quit_url", wanted.backUrl());
        return new Made.Ready(
                null,
                client().page(
                                wap ? "alipay.trade.wap.pay" : "alipay.trade.page.pay",
                                JSON.writeValueAsString(order),
                                notifyUrls.of(name()),
                                wanted.backUrl()));
    }

    @Override
    public Started goOn(Payment payment, String shown) {
        return new Started.GoTo(URI.create(shown));
    }

    private JsonNode trade(Payment payment) throws Away {
        return client().call(
                        "alipay.trade.query",
                        JSON.writeValueAsString(JSON.createObjectNode()
                                .put("out_trade_no", payment.id().orderNo())));
    }

    @Override
    public Says ask(Payment payment) throws Away {
        JsonNode answer = trade(payment);
        if (isUnheard(answer)) return new Says.Unheard();
        require(answer);
        return says(
                answer.path("trade_status").asString(""),
                answer.path("trade_no").asString(""),
                answer.path("total_amount").asString("0"),
                answer.path("send_pay_date").asString(""),
                answer.hasNonNull("send_pay_date"));
    }

    /**
     * TRADE_CLOSED is the end of a trade that nobody paid, and also of one that was given back entirely.
     *
     * @param wasPaid whether money came at all, wherever it is by now
     */
    private Says says(String status, String tradeNo, String amount, String paidAt, boolean wasPaid) {
        return switch (status) {
            case "TRADE_SUCCESS", "TRADE_FINISHED" -> new Says.Paid(tradeNo, money(amount), time(paidAt));
            case "TRADE_CLOSED" -> wasPaid ? new Says.Paid(tradeNo, money(amount), time(paidAt)) : new Says.Ended();
            default -> new Says.Unpaid();
        };
    }

    @Override
    public Says close(Payment payment) throws Away {
        JsonNode answer = client().call(
                        "alipay.trade.close",
                        JSON.writeValueAsString(JSON.createObjectNode()
                                .put("out_trade_no", payment.id().orderNo())));
        if (answer.path("code").asString("").equals("10000")) return new Says.Ended();
        // Not heard of, paid, or closed already: its state is the answer.
        return ask(payment);
    }

    @Override
    public Returned refund(Payment payment, Refund refund) throws Away {
        JsonNode answer = client().call(
                        "alipay.trade.refund",
                        JSON.writeValueAsString(JSON.createObjectNode()
                                .put("out_trade_no", payment.id().orderNo())
                                .put("refund_amount", yuan(refund.amount()))
                                .put("out_request_no", refund.number())));
        String code = answer.path("code").asString("");
        if (code.equals("10000")) {
            // "Y": money moved by this very call. "N" may be the repetition of a done one: the refund itself says.
            if (answer.path("fund_change").asString("").equals("Y")) return done(refund, clock.instant());
            Returned said = askRefund(payment, refund);
            return said instanceof Returned.Unheard ? new Returned.UnderWay(null) : said;
        }
        String why = answer.path("sub_code").asString(code);
        // An account that is empty for now is filled by the next payers.
        boolean comesAgain = why.equals("ACQ.SYSTEM_ERROR") || why.equals("ACQ.SELLER_BALANCE_NOT_ENOUGH");
        if (comesAgain || code.equals("20000")) throw new Away(why);
        return new Returned.Refused(why, false);
    }

    @Override
    public Returned askRefund(Payment payment, Refund refund) throws Away {
        JsonNode answer = client().call(
                        "alipay.trade.fastpay.refund.query",
                        JSON.writeValueAsString(JSON.createObjectNode()
                                .put("out_trade_no", payment.id().orderNo())
                                .put("out_request_no", refund.number())
                                // Its bill has it on that day, whenever we come to hear of it.
                                .set("query_options", JSON.createArrayNode().add("gmt_refund_pay"))));
        if (isUnheard(answer)) return new Returned.Unheard();
        require(answer);
        if (answer.path("refund_status").asString("").equals("REFUND_SUCCESS"))
            return done(refund, time(answer.path("gmt_refund_pay").asString("")));
        // An answer without a state is Alipay's way of not having heard of it.
        return new Returned.Unheard();
    }

    private static Returned done(Refund refund, Instant at) {
        return new Returned.Done(refund.number(), at, at);
    }

    /** A trade that was paid and is closed was given back whole; of parts a trade says nothing, and refunds are asked for by our number alone. */
    @Override
    public GivenBack givenBack(Payment payment) throws Away {
        JsonNode answer = trade(payment);
        require(answer);
        return answer.path("trade_status").asString("").equals("TRADE_CLOSED")
                ? new GivenBack.Sum(payment.amount())
                : new GivenBack.Unsaid();
    }

    /** A zip of two tables in GBK: each trade and refund of the day, and their sums. */
    @Override
    public List<BillLine> bill(LocalDate day) throws Away {
        JsonNode answer = client().call(
                        "alipay.data.dataservice.bill.downloadurl.query",
                        JSON.writeValueAsString(JSON.createObjectNode()
                                .put("bill_type", "trade")
                                .put("bill_date", day.toString())));
        if (answer.path("sub_code").asString("").contains("BILL_NOT_EXIST")) return List.of();
        require(answer);
        byte[] zip = client().download(answer.path("bill_download_url").asString(""));
        List<BillLine> lines = new ArrayList<>();
        try (var in = new ZipInputStream(new ByteArrayInputStream(zip), Charset.forName("GBK"))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] table = in.readNBytes(BILL_BYTES_MAX);
                try (var csv = CsvReader.builder()
                        .allowExtraFields(true)
                        .allowMissingFields(true)
                        .ofCsvRecord(new InputStreamReader(new ByteArrayInputStream(table), Charset.forName("GBK")))) {
                    for (var row : csv) {
                        if (row.getFieldCount() < 25) continue;
                        BillLine line =
                                line(row.getFields().stream().map(String::strip).toList());
                        if (line != null) lines.add(line);
                    }
                }
            }
        } catch (IOException e) {
            throw new Away(Reconciliation.UNREADABLE);
        }
        return lines;
    }

    /** A refund's amount is negative, as is a fee that was kept: one that came back is not. The line of names has no number where a trade has its own. */
    private static @Nullable BillLine line(List<String> cells) {
        if (cells.get(0).isEmpty() || !cells.get(0).chars().allMatch(c -> c >= '0' && c <= '9')) return null;
        Money money = money(cells.get(11));
        Money fee =
                cells.get(22).isEmpty() ? null : new Money(-money(cells.get(22)).minor(), CNY);
        if (money.minor() < 0) {
            return new BillLine(BillLine.Kind.REFUND, cells.get(21), cells.get(0), new Money(-money.minor(), CNY), fee);
        }
        return new BillLine(BillLine.Kind.PAYMENT, cells.get(1), cells.get(0), money, fee);
    }

    @Override
    public Notice read(Headers headers, byte[] body, Instant now) {
        PayAccounts.Alipay account = accounts.alipay();
        AlipayClient client;
        try {
            client = client();
        } catch (Away e) {
            return new Notice.NotSetUp();
        }
        if (account == null) return new Notice.NotSetUp();
        Map<String, String> said;
        try {
            said = form(new String(body, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return new Notice.Unreadable();
        }
        if (!client.isSignedByAlipay(said)) return new Notice.Forged();
        String id = said.getOrDefault("notify_id", "");
        if (id.isEmpty()) return new Notice.Unreadable();
        if (!said.getOrDefault("notify_type", "").equals("trade_status_sync")) return new Notice.Other(id);
        if (!account.appid().equals(said.get("app_id"))) return new Notice.NotOurs("app_id");
        if (!account.seller().equals(said.get("seller_id"))) return new Notice.NotOurs("seller_id");
        BrandId brand;
        UUID payment;
        try {
            brand = new BrandId(UUID.fromString(said.getOrDefault("passback_params", "")));
            payment = PaymentId.ofPlain(said.getOrDefault("out_trade_no", ""));
        } catch (IllegalArgumentException e) {
            return new Notice.NotOurs("out_trade_no");
        }
        try {
            return new Notice.Of(
                    id,
                    brand,
                    payment,
                    says(
                            said.getOrDefault("trade_status", ""),
                            said.getOrDefault("trade_no", ""),
                            said.getOrDefault("total_amount", ""),
                            said.getOrDefault("gmt_payment", ""),
                            said.containsKey("gmt_refund")));
        } catch (NumberFormatException | ArithmeticException e) {
            return new Notice.Unreadable();
        }
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.putIfAbsent(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    private static boolean isUnheard(JsonNode answer) {
        String code = answer.path("sub_code").asString("");
        return code.equals("ACQ.TRADE_NOT_EXIST") || code.equals("TRADE_NOT_EXIST");
    }

    private static void require(JsonNode answer) throws Away {
        if (!answer.path("code").asString("").equals("10000"))
            throw new Away(answer.path("sub_code").asString(answer.path("code").asString("no-code")));
    }

    private Instant time(String text) {
        try {
            return LocalDateTime.parse(text, SECONDS).atZone(CHINA).toInstant();
        } catch (DateTimeException e) {
            return clock.instant();
        }
    }

    private static String subject(String title) {
        String plain = title.replaceAll("[/=&]", " ");
        return plain.length() <= TITLE_MAX ? plain : plain.substring(0, TITLE_MAX);
    }

    private static String yuan(Money money) {
        return BigDecimal.valueOf(money.minor(), 2).toPlainString();
    }

    private static Money money(String yuan) {
        return new Money(new BigDecimal(yuan).movePointRight(2).longValueExact(), CNY);
    }

    private AlipayClient client() throws Away {
        PayAccounts.Alipay account = accounts.alipay();
        if (account == null) throw new Away("no-account");
        AlipayClient known = connected;
        if (known != null && known.isOf(account)) return known;
        AlipayClient fresh = new AlipayClient(account, clock);
        connected = fresh;
        return fresh;
    }
}
