package vitrine.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The payment hosts that the configuration names, what their payers do ({@code /checkout/…} and {@code /control/pay/…}), and what goes
 * wrong on the way.
 */
final class PayDesk implements Closeable {
    private static final Duration PHONE_ADDRESS = Duration.ofMinutes(5);

    private final TradeBook book;
    private final PayCourier courier;
    private final Map<String, PayHost> hosts = new LinkedHashMap<>();
    private final Clock clock;

    PayDesk(PayConfig config, Path data, String url, PayPost post, double retryScale, Clock clock) throws IOException {
        this.book = TradeBook.open(data);
        this.courier = new PayCourier(post, clock, retryScale);
        this.clock = clock;
        if (config.weChat() != null) {
            hosts.put("wechat", new WeChatHost(config.weChat(), book, courier, url, clock));
        }
        if (config.alipay() != null) {
            hosts.put("alipay", new AlipayHost(config.alipay(), book, courier, url, clock));
        }
        if (config.stripe() != null) {
            hosts.put("stripe", new StripeHost(config.stripe(), book, courier, clock));
        }
    }

    /** What merchants ask for; null: it is no host's address. */
    @Nullable
    Answer host(Call call) throws InterruptedException {
        for (var named : hosts.entrySet()) {
            var host = named.getValue();
            if (!isFor(host, call)) {
                continue;
            }
            var switches = courier.switches();
            boolean meant = switches.mean(named.getKey());
            if (meant && switches.slowMillis() > 0) {
                Thread.sleep(switches.slowMillis());
            }
            if (meant && switches.away()) {
                return Answer.text(503, "away");
            }
            var answer = host.answer(call);
            // It was done; its merchant never hears of it.
            return answer != null && switches.unansweredNext() > 0 && courier.take("unansweredNext")
                    ? Answer.text(504, "no answer")
                    : answer;
        }
        return null;
    }

    private static boolean isFor(PayHost host, Call call) {
        return switch (host) {
            case WeChatHost weChat -> Set.of("v3", "connect", "sns").contains(call.segment(0));
            case AlipayHost alipay -> call.segment(0).equals("alipay");
            default -> call.segment(0).equals("stripe");
        };
    }

    Trade ofPage(String page) {
        var trade = book.ofPage(page);
        if (trade == null) {
            throw Refused.notFound("trade.unknown", "there is nothing to pay here");
        }
        return trade;
    }

    boolean isOpen(Trade trade) {
        return trade.isOpenAt(clock.instant());
    }

    /** Whether an address for phones can be opened no longer. */
    boolean isStale(Trade trade) {
        return trade.isOpenAt(clock.instant())
                && clock.instant().isAfter(trade.madeAt().plus(PHONE_ADDRESS));
    }

    /** What a payer does, or what a host does against its own word. */
    Trade act(Trade trade, String act) {
        var now = clock.instant();
        var host = hosts.get(trade.host());
        if (host == null) {
            throw Refused.notFound("host.unknown", "there is no such host");
        }
        switch (act) {
            case "pay" -> {
                var paid = book.change(trade.key(), there -> {
                    if (there.state() == Trade.State.PAID) {
                        throw Refused.conflict("trade.paid", "this is paid already");
                    }
                    if (!there.isOpenAt(now)) {
                        throw Refused.conflict("trade.closed", "this can no longer be paid");
                    }
                    return there.paid(now, host.paidId(there));
                });
                host.tell(paid);
                return paid;
            }
            // A host takes money for what it said was over.
            case "late" -> {
                var paid = book.change(
                        trade.key(),
                        there -> there.state() == Trade.State.PAID ? there : there.paid(now, host.paidId(there)));
                host.tell(paid);
                return paid;
            }
            case "decline" -> host.tellDeclined(trade);
            case "again" -> host.tell(trade);
            case "give-back" -> {
                return givenBack(trade, trade.amount() - trade.refunded(), now);
            }
            default -> {
                if (act.matches("give-back-[1-9][0-9]{0,9}")) {
                    return givenBack(trade, Long.parseLong(act.substring("give-back-".length())), now);
                }
                var changed = host.trouble(trade, act);
                if (changed == null) {
                    throw Refused.notFound("act.unknown", "this host knows no " + act + " of this trade");
                }
                return changed;
            }
        }
        return trade;
    }

    /** By the merchant's people at the host's own pages: under a number of the host's, and nobody is told. */
    private Trade givenBack(Trade trade, long amount, Instant now) {
        return book.change(trade.key(), there -> {
            if (there.state() != Trade.State.PAID || amount < 1 || there.refunded() + amount > there.amount()) {
                throw Refused.conflict("trade.not-so-much", "there is not so much to give back");
            }
            var id = Ids.hex("by hand " + there.key() + " " + there.refunds().size(), 24);
            return there.refunding(new Trade.Back(
                    "hand-" + id, there.host().equals("stripe") ? "re_" + id : id, amount, true, now, Map.of()));
        });
    }

    /** {@code /control/pay/…}. */
    Answer control(Call call) throws InterruptedException {
        if (call.is("GET", "control", "pay", "switches")) {
            return Answer.json(Json.MAPPER.valueToTree(courier.switches()));
        }
        if (call.is("POST", "control", "pay", "switches")) {
            courier.set(Json.readObject(call.body()));
            return Answer.json(Json.MAPPER.valueToTree(courier.switches()));
        }
        if (call.is("POST", "control", "pay", "wait")) {
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!courier.isQuiet() && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            return Answer.json(Json.object().put("quiet", courier.isQuiet()));
        }
        if (call.is("POST", "control", "pay", "forget")) {
            book.forget();
            return Answer.json(Json.object());
        }
        if (call.is("GET", "control", "pay", "trades")) {
            var list = Json.object();
            var trades = list.putArray("trades");
            book.all().stream()
                    .sorted(Comparator.comparing(Trade::madeAt).reversed())
                    .limit(call.number("limit", 100, 10_000))
                    .forEach(trade -> trades.add(view(trade)));
            return Answer.json(list);
        }
        if (call.is("GET", "control", "pay", "trades", "*")) {
            return Answer.json(view(any(call.segment(3))));
        }
        if (call.is("POST", "control", "pay", "trades", "*", "*")) {
            return Answer.json(view(act(any(call.segment(3)), call.segment(4))));
        }
        throw Refused.notFound(
                "control.unknown", "there is no " + call.method() + " /" + String.join("/", call.path()));
    }

    /** By its page or by the merchant's number. */
    private Trade any(String name) {
        var trade = book.ofPage(name);
        for (var host : hosts.keySet()) {
            if (trade == null) {
                trade = book.find(host, name);
            }
        }
        if (trade == null) {
            throw Refused.notFound("trade.unknown", "there is no trade " + name);
        }
        return trade;
    }

    private static ObjectNode view(Trade trade) {
        var view = Json.object()
                .put("host", trade.host())
                .put("number", trade.number())
                .put("page", trade.page())
                .put("amount", trade.amount())
                .put("currency", trade.currency())
                .put("state", trade.state().name().toLowerCase(java.util.Locale.ROOT))
                .put("refunded", trade.refunded());
        view.set("words", Json.MAPPER.valueToTree(trade.words()));
        return view;
    }

    @Override
    public void close() throws IOException {
        courier.close();
        book.close();
    }
}
