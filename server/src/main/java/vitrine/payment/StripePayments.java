package vitrine.payment;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.exception.StripeException;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Charge;
import com.stripe.model.PaymentIntent;
import com.stripe.net.RequestOptions;
import com.stripe.net.Webhook;
import com.stripe.param.BalanceTransactionListParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.RefundCreateParams;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * Stripe: one PaymentIntent a try. It has no deadline of its own, so ours is kept by cancelling it. An intent whose making was not
 * answered is found by making it once more under its idempotency key.
 */
@Component
class StripePayments implements Gateway {
    static {
        // The SDK speaks through HttpURLConnection, which keeps five connections of a host; the rest of a crowd would
        // each make its own.
        if (System.getProperty("http.maxConnections") == null) System.setProperty("http.maxConnections", "64");
    }

    private static final Logger log = LoggerFactory.getLogger(StripePayments.class);
    private static final JsonMapper JSON = new JsonMapper();
    /** Stripe's idea of their minor unit is not ISO 4217's. */
    private static final Set<String> OTHER_UNITS =
            Set.of("ISK", "UGX", "HUF", "TWD", "BHD", "JOD", "KWD", "OMR", "TND", "IQD", "LYD");

    /**
     * Stripe's published minimums of what can be chosen as a price. Of yuan it publishes none: converted they must come to the least of the
     * currency in which the account settles, half a dollar say, and a rate moves.
     */
    private static final Map<String, Long> LEAST =
            Map.of("USD", 50L, "EUR", 50L, "GBP", 30L, "HKD", 400L, "JPY", 50L, "CNY", 400L);

    private static final String BRAND = "vitrine_brand";
    private static final String PAYMENT = "vitrine_payment";
    private static final String REFUND = "vitrine_refund";
    private static final long AGE_MAX_SECONDS = 300;

    private final PayAccounts accounts;
    private volatile @Nullable Connected connected;

    private record Connected(PayAccounts.Stripe account, StripeClient client) {}

    StripePayments(PayAccounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public String name() {
        return "stripe";
    }

    @Override
    public boolean isSetUp() {
        return accounts.stripe() != null;
    }

    @Override
    public boolean offers(Way way, Currency currency) {
        return way == Way.STRIPE_CARD && accounts.stripe() != null && !OTHER_UNITS.contains(currency.getCurrencyCode());
    }

    @Override
    public long leastMinor(Currency currency) {
        return LEAST.getOrDefault(currency.getCurrencyCode(), 1L);
    }

    @Override
    public ZoneId zone() {
        return ZoneId.of("UTC");
    }

    @Override
    public Made make(Payment payment, Wanted wanted) throws Away {
        try {
            PaymentIntent intent = intent(payment);
            return new Made.Ready(intent.getId(), intent.getClientSecret());
        } catch (InvalidRequestException e) {
            return new Made.Refused(code(e));
        } catch (StripeException e) {
            throw away(e);
        }
    }

    /** The same intent however often it is called, since its key and its words are the payment's own. */
    private PaymentIntent intent(Payment payment) throws StripeException, Away {
        return client().v1()
                .paymentIntents()
                .create(
                        PaymentIntentCreateParams.builder()
                                .setAmount(payment.amount().minor())
                                .setCurrency(payment.amount()
                                        .currency()
                                        .getCurrencyCode()
                                        .toLowerCase(Locale.ROOT))
                                .setDescription(payment.title())
                                .addPaymentMethodType("card")
                                .putMetadata(BRAND, payment.id().brand().toString())
                                .putMetadata(PAYMENT, payment.id().toString())
                                .build(),
                        RequestOptions.builder()
                                .setIdempotencyKey("pay-" + payment.id())
                                .build());
    }

    /**
     * The intent's id. One whose making was not answered is made once more under its key: only its id is of use, for Stripe repeats the
     * state in which it was made. @return null: Stripe refuses to make it, so there is none, and nobody can ever pay it
     */
    private @Nullable String id(Payment payment) throws StripeException, Away {
        if (payment.gatewayId() != null) return payment.gatewayId();
        try {
            return intent(payment).getId();
        } catch (InvalidRequestException e) {
            log.warn("payment.refused-by-gateway gateway=stripe code={}", code(e));
            return null;
        }
    }

    @Override
    public Started goOn(Payment payment, String shown) {
        PayAccounts.Stripe account = account();
        URI payPage = account.url() == null
                ? null
                : URI.create(account.url() + "/checkout/" + shown.substring(0, shown.indexOf("_secret_")));
        return new Started.Card(shown, account.publishableKey(), payPage);
    }

    @Override
    public Says ask(Payment payment) throws Away {
        try {
            String id = id(payment);
            if (id == null) return new Says.Ended();
            return says(client().v1()
                    .paymentIntents()
                    .retrieve(
                            id,
                            PaymentIntentRetrieveParams.builder()
                                    .addExpand("latest_charge")
                                    .build()));
        } catch (InvalidRequestException e) {
            if (isMissing(e)) return new Says.Unheard();
            throw away(e);
        } catch (StripeException e) {
            throw away(e);
        }
    }

    @Override
    public Says close(Payment payment) throws Away {
        try {
            String id = id(payment);
            if (id == null) return new Says.Ended();
            return says(client().v1().paymentIntents().cancel(id));
        } catch (InvalidRequestException e) {
            // It cannot be cancelled in the state that it is in: that state is the answer.
            return ask(payment);
        } catch (StripeException e) {
            throw away(e);
        }
    }

    /** An intent is made when somebody begins to pay; the money came with its last charge, where the answer has that. */
    static Says says(PaymentIntent intent) {
        Charge charge = intent.getLatestChargeObject();
        long at = charge == null ? intent.getCreated() : charge.getCreated();
        return switch (intent.getStatus()) {
            case "succeeded" ->
                new Says.Paid(
                        intent.getId(),
                        money(intent.getAmountReceived(), intent.getCurrency()),
                        Instant.ofEpochSecond(at));
            case "canceled" -> new Says.Ended();
            case "processing", "requires_capture" -> new Says.Pending();
            default -> new Says.Unpaid();
        };
    }

    @Override
    public Returned refund(Payment payment, Refund refund) throws Away {
        try {
            com.stripe.model.Refund made = client().v1()
                    .refunds()
                    .create(
                            RefundCreateParams.builder()
                                    .setPaymentIntent(payment.gatewayId())
                                    .setAmount(refund.amount().minor())
                                    .putMetadata(BRAND, payment.id().brand().toString())
                                    .putMetadata(REFUND, refund.number())
                                    .build(),
                            RequestOptions.builder()
                                    // Under the key of a refusal Stripe would only repeat it.
                                    .setIdempotencyKey("refund-" + refund.number())
                                    .build());
            return returned(made);
        } catch (InvalidRequestException e) {
            // Our balance there is empty for now; the next payers fill it.
            if ("balance_insufficient".equals(e.getCode())) throw away(e);
            Returned found = find(payment, refund);
            return found instanceof Returned.Unheard ? new Returned.Refused(code(e), true) : found;
        } catch (StripeException e) {
            throw away(e);
        }
    }

    @Override
    public Returned askRefund(Payment payment, Refund refund) throws Away {
        return find(payment, refund);
    }

    /** By our number among the payment's refunds: a key is forgotten after a day, and a refund may wait longer. */
    private Returned find(Payment payment, Refund refund) throws Away {
        for (com.stripe.model.Refund one : refunds(payment)) {
            if (refund.number().equals(one.getMetadata().get(REFUND))) return returned(one);
        }
        return new Returned.Unheard();
    }

    private List<com.stripe.model.Refund> refunds(Payment payment) throws Away {
        try {
            return client().v1()
                    .refunds()
                    .list(com.stripe.param.RefundListParams.builder()
                            .setPaymentIntent(payment.gatewayId())
                            .setLimit(100L)
                            .build())
                    .getData();
        } catch (StripeException e) {
            throw away(e);
        }
    }

    @Override
    public GivenBack givenBack(Payment payment) throws Away {
        long minor = 0;
        for (com.stripe.model.Refund one : refunds(payment)) {
            if (!(returned(one) instanceof Returned.Refused)) minor += one.getAmount();
        }
        return new GivenBack.Sum(new Money(minor, payment.amount().currency()));
    }

    private static Returned returned(com.stripe.model.Refund refund) {
        return switch (String.valueOf(refund.getStatus())) {
            case "succeeded" -> {
                Instant at = Instant.ofEpochSecond(refund.getCreated());
                yield new Returned.Done(refund.getId(), at, at);
            }
            case "failed", "canceled" -> new Returned.Refused(refund.getStatus(), true);
            default -> new Returned.UnderWay(refund.getId());
        };
    }

    @Override
    public List<BillLine> bill(LocalDate day) throws Away {
        List<BillLine> lines = new ArrayList<>();
        try {
            String after = null;
            boolean more = true;
            while (more) {
                var page = client().v1()
                        .balanceTransactions()
                        .list(BalanceTransactionListParams.builder()
                                .setCreated(BalanceTransactionListParams.Created.builder()
                                        .setGte(day.atStartOfDay(zone()).toEpochSecond())
                                        .setLt(day.plusDays(1)
                                                .atStartOfDay(zone())
                                                .toEpochSecond())
                                        .build())
                                .setLimit(100L)
                                .setStartingAfter(after)
                                .addExpand("data.source")
                                .build());
                for (BalanceTransaction one : page.getData()) {
                    BillLine line = line(one);
                    if (line != null) lines.add(line);
                    after = one.getId();
                }
                more = Boolean.TRUE.equals(page.getHasMore()) && !page.getData().isEmpty();
            }
            return lines;
        } catch (StripeException e) {
            throw away(e);
        }
    }

    /** Its own sums are in the currency in which the account settles; what the payer paid or got back stands on the source. */
    private static @Nullable BillLine line(BalanceTransaction one) {
        Money fee = money(one.getFee(), one.getCurrency());
        Object source = one.getSourceObject();
        if (source instanceof Charge charge && List.of("charge", "payment").contains(one.getType())) {
            return line(
                    BillLine.Kind.PAYMENT,
                    plain(charge.getMetadata().get(PAYMENT)),
                    charge.getPaymentIntent(),
                    String.valueOf(charge.getPaymentIntent()),
                    money(charge.getAmount(), charge.getCurrency()),
                    fee);
        }
        if (source instanceof com.stripe.model.Refund refund
                && List.of("refund", "payment_refund").contains(one.getType())) {
            return line(BillLine.Kind.REFUND, refund, fee);
        }
        if (source instanceof com.stripe.model.Refund refund
                && List.of("refund_failure", "payment_failure_refund").contains(one.getType())) {
            return line(BillLine.Kind.REFUND_FAILED, refund, fee);
        }
        if (source instanceof com.stripe.model.Dispute dispute && one.getType().equals("adjustment")) {
            BillLine.Kind kind = one.getAmount() < 0 ? BillLine.Kind.DISPUTE_TAKEN : BillLine.Kind.DISPUTE_RETURNED;
            Dispute said = dispute(JSON.readTree(dispute.toJson()), Instant.ofEpochSecond(one.getCreated()));
            return new BillLine(
                    kind,
                    dispute.getId(),
                    dispute.getId(),
                    money(dispute.getAmount(), dispute.getCurrency()),
                    fee,
                    said,
                    null);
        }
        return null; // payouts and the like move our own money
    }

    private static @Nullable String plain(@Nullable String id) {
        return id == null ? null : id.replace("-", "");
    }

    private static BillLine line(BillLine.Kind kind, com.stripe.model.Refund refund, Money fee) {
        return line(
                kind,
                refund.getMetadata().get(REFUND),
                refund.getPaymentIntent(),
                refund.getId(),
                money(refund.getAmount(), refund.getCurrency()),
                fee);
    }

    /** @param number of ours, as its metadata has it; null: it is another shop's, or was made at Stripe's own pages */
    private static BillLine line(
            BillLine.Kind kind,
            @Nullable String number,
            @Nullable String intent,
            String gatewayId,
            Money money,
            Money fee) {
        return new BillLine(
                kind,
                number == null ? "" : number,
                gatewayId,
                money,
                fee,
                null,
                number != null ? null : intent == null ? "" : intent);
    }

    @Override
    public Dispute giveIn(String disputeGatewayId, Instant now) throws Away {
        try {
            var dispute = client().v1().disputes().close(disputeGatewayId);
            return dispute(JSON.readTree(dispute.toJson()), now);
        } catch (StripeException e) {
            throw away(e);
        }
    }

    /**
     * As events, bills and answers have it. Its transactions say what was taken and what came back: Stripe names none, one or two.
     *
     * @param saidAt of the event; a bill or an answer is as new as its reading
     */
    private static Dispute dispute(JsonNode said, Instant saidAt) {
        Instant taken = null;
        Instant returned = null;
        Money fee = null;
        Money feeReturned = null;
        for (JsonNode move : said.path("balance_transactions")) {
            Instant at = Instant.ofEpochSecond(move.path("created").asLong(0));
            if (move.path("amount").asLong(0) < 0) taken = at;
            else returned = at;
            // In the currency in which the account settles, which need not be the payment's.
            Money kept = money(move.path("fee").asLong(0), move.path("currency").asString(""));
            if (kept.minor() > 0) fee = fee == null ? kept : fee.plus(kept);
            Money back = new Money(-kept.minor(), kept.currency());
            if (back.minor() > 0) feeReturned = feeReturned == null ? back : feeReturned.plus(back);
        }
        long due = said.path("evidence_details").path("due_by").asLong(0);
        return new Dispute(
                said.path("id").asString(""),
                said.path("payment_intent").asString(""),
                money(said.path("amount").asLong(0), said.path("currency").asString("")),
                said.path("reason").asString("general"),
                switch (said.path("status").asString("")) {
                    case "needs_response", "warning_needs_response" -> Dispute.State.OPEN;
                    case "won" -> Dispute.State.WON;
                    case "lost" -> Dispute.State.LOST;
                    case "warning_closed", "prevented" -> Dispute.State.CLOSED;
                    default -> Dispute.State.REVIEW;
                },
                Instant.ofEpochSecond(said.path("created").asLong(0)),
                due == 0 ? null : Instant.ofEpochSecond(due),
                taken,
                returned,
                fee,
                feeReturned,
                saidAt);
    }

    @Override
    public Notice read(Headers headers, byte[] body, Instant now) {
        PayAccounts.Stripe account = accounts.stripe();
        if (account == null) return new Notice.NotSetUp();
        String signature = headers.get("Stripe-Signature");
        if (signature == null) return new Notice.Forged();
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            // Its own look at the age takes the machine's clock and no other; ours follows.
            Webhook.Signature.verifyHeader(text, signature, account.webhookSecret(), 0);
        } catch (SignatureVerificationException | RuntimeException e) {
            return new Notice.Forged();
        }
        long off = Math.abs(now.getEpochSecond() - signedAt(signature));
        if (off > AGE_MAX_SECONDS) return new Notice.OutOfTime(off);
        try {
            return notice(JSON.readTree(body));
        } catch (JacksonException | IllegalArgumentException e) {
            return new Notice.Unreadable();
        }
    }

    /** Only of a header that was found right. */
    private static long signedAt(String header) {
        for (String part : header.split(",")) {
            if (part.startsWith("t=")) return Long.parseLong(part.substring(2).strip());
        }
        return 0;
    }

    private static Notice notice(JsonNode event) {
        String id = event.path("id").asString("");
        JsonNode intent = event.path("data").path("object");
        if (id.isEmpty() || !intent.isObject()) return new Notice.Unreadable();
        String type = event.path("type").asString("");
        if (type.startsWith("charge.dispute.")) {
            Instant at = Instant.ofEpochSecond(event.path("created").asLong(0));
            return new Notice.Disputed(id, dispute(intent, at));
        }
        if (type.startsWith("refund.") || type.startsWith("charge.refund.")) return refundNotice(id, intent);
        if (!type.startsWith("payment_intent.")) return new Notice.Other(id);
        BrandId brand;
        UUID payment;
        try {
            brand = new BrandId(
                    UUID.fromString(intent.path("metadata").path(BRAND).asString("")));
            payment = UUID.fromString(intent.path("metadata").path(PAYMENT).asString(""));
        } catch (IllegalArgumentException e) {
            // An account may serve other shops of its owner as well.
            return new Notice.NotOurs("metadata");
        }
        Says says =
                switch (type) {
                    case "payment_intent.succeeded" ->
                        new Says.Paid(
                                intent.path("id").asString(""),
                                money(
                                        intent.path("amount_received").asLong(0),
                                        intent.path("currency").asString("")),
                                Instant.ofEpochSecond(event.path("created").asLong(0)));
                    case "payment_intent.canceled" -> new Says.Ended();
                    case "payment_intent.processing" -> new Says.Pending();
                    default -> new Says.Unpaid();
                };
        return new Notice.Of(id, brand, payment, says);
    }

    /** That one was made or done is what we ask for; that one failed may come days after it was done. */
    private static Notice refundNotice(String id, JsonNode refund) {
        if (!List.of("failed", "canceled").contains(refund.path("status").asString(""))) return new Notice.Other(id);
        try {
            String number = refund.path("metadata").path(REFUND).asString("");
            return new Notice.RefundFailed(
                    id,
                    new BrandId(
                            UUID.fromString(refund.path("metadata").path(BRAND).asString(""))),
                    Refund.ofNumber(number),
                    number,
                    refund.path("failure_reason").asString(refund.path("status").asString("")));
        } catch (IllegalArgumentException e) {
            return new Notice.NotOurs("metadata");
        }
    }

    private static Money money(@Nullable Long minor, String currency) {
        return new Money(minor == null ? 0 : minor, Currency.getInstance(currency.toUpperCase(Locale.ROOT)));
    }

    private static boolean isMissing(StripeException e) {
        return "resource_missing".equals(e.getCode());
    }

    private static String code(StripeException e) {
        return e.getCode() == null ? "http-" + e.getStatusCode() : e.getCode();
    }

    /** Its code alone: messages quote what was sent. */
    private static Away away(StripeException e) {
        return new Away(code(e));
    }

    private PayAccounts.Stripe account() {
        PayAccounts.Stripe account = accounts.stripe();
        if (account == null) throw new IllegalStateException("there is no account at Stripe");
        return account;
    }

    private StripeClient client() throws Away {
        PayAccounts.Stripe account = accounts.stripe();
        if (account == null) throw new Away("no-account");
        Connected known = connected;
        if (known != null && known.account.equals(account)) return known.client;
        var builder = StripeClient.builder()
                .setApiKey(account.key())
                .setHttpClient(new StripeHttp())
                .setConnectTimeout(2_000)
                .setReadTimeout(8_000)
                .setMaxNetworkRetries(0);
        if (account.url() != null) builder.setApiBase(account.url() + "/stripe");
        StripeClient client = builder.build();
        connected = new Connected(account, client);
        return client;
    }
}
