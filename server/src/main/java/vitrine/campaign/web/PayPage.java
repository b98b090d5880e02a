package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.Entrances;
import vitrine.drop.LiveDrops;
import vitrine.drop.Networks;
import vitrine.drop.Reviews;
import vitrine.drop.SaleReturns;
import vitrine.drop.SaleReturns.Withdrawing;
import vitrine.drop.Sales;
import vitrine.drop.Sales.Sale;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Who;
import vitrine.payment.PaymentState;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.payment.WeChatPeople;
import vitrine.platform.BusinessClock;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;
import vitrine.platform.Money;
import vitrine.platform.web.Fresh;
import vitrine.platform.web.Freshness;
import vitrine.platform.web.Here;
import vitrine.platform.web.Heres;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;

/**
 * Where somebody pays for what is held for her. It can be left and come back to, on another device too: what is under way at a gateway
 * goes on, and what a gateway says changes the page.
 */
@Controller
public class PayPage {

    private static final Set<String> SAID = Set.of(
            "drop.hold-expired",
            "drop.pay-too-late",
            "drop.pay-too-often",
            "drop.too-often",
            "drop.pay-not-offered",
            "drop.pay-gateway-away");

    /** As every page's, and Stripe's script with its frames: whoever takes cards may not see their numbers (docs/payments.md). */
    private static final String WITH_CARD_FIELDS = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
            "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
            "connect-src 'self' https://api.stripe.com",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'none'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'");

    private static final int MARK = 32;
    private static final int WORKS_KEPT = 100;

    private final DropPlans plans;
    private final LiveDrops lives;
    private final Sales sales;
    private final SaleReturns returns;
    private final Entrances entrances;
    private final WeChatPeople weChat;
    private final Networks networks;
    private final Keys keys;
    private final Fresh<CollectibleId, Optional<Exhibit>> exhibits;
    private final Access access;
    private final Heres heres;
    private final BusinessClock clock;

    PayPage(
            DropPlans plans,
            LiveDrops lives,
            Sales sales,
            SaleReturns returns,
            Entrances entrances,
            WeChatPeople weChat,
            Networks networks,
            Keys keys,
            Exhibits exhibits,
            Access access,
            Freshness freshness,
            Heres heres,
            BusinessClock clock) {
        this.plans = plans;
        this.lives = lives;
        this.sales = sales;
        this.returns = returns;
        this.entrances = entrances;
        this.weChat = weChat;
        this.networks = networks;
        this.keys = keys;
        // A crowd pays for the same work.
        this.exhibits =
                freshness.of(WORKS_KEPT, id -> exhibits.of(List.of(id)).stream().findFirst());
        this.access = access;
        this.heres = heres;
        this.clock = clock;
    }

    /** How far it is. */
    public enum State {
        /** To choose a way; nothing is under way. */
        CHOOSE,
        /** A gateway waits for her. */
        UNDER_WAY,
        /** The gateway has the money, and the piece is being numbered. */
        PAID,
        /** It has its number, and is hers once somebody has looked at her claim. */
        LOOKED_AT,
        SOLD,
        /** It was sold, and undone: withdrawn, or refused by the staff. */
        UNDONE,
        /** The time to pay is over, and the gateways are asked whether she paid in time. */
        CLOSING,
        /** Over, and nothing was charged. */
        OVER,
        /** Her money is on its way back, or was given back. */
        RETURNED;

        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * @param goesOn what she goes on with; null: nothing is under way
     * @param ways those that fit her device, to begin with or to change to
     * @param address of this page, for whoever sends her back
     * @param stands how it stands with withdrawing; null: it is not sold
     * @param review of her claims here; null: nobody doubted her, or it is told otherwise
     * @param waives whether she ticked that she gives it up, when she last began to pay
     * @param inWeChat in its own browser
     * @param said the code of why it did not begin
     */
    public record Shown(
            Drop drop,
            Exhibit exhibit,
            Sale sale,
            State state,
            @Nullable Started goesOn,
            List<Way> ways,
            String address,
            @Nullable Withdrawing stands,
            Reviews.@Nullable Review review,
            boolean waives,
            boolean inWeChat,
            @Nullable String said) {

        /** How far it is with money that goes back, as its words are named. */
        public static String far(PaymentState one) {
            return switch (one.is()) {
                case OWED -> "owed";
                case REFUNDING -> "returning";
                case STARTED, OPEN, PAID, CLOSED, FAILED, REFUNDED -> "returned";
            };
        }

        /** What was undone; null: nothing was. */
        public Withdrawing.@Nullable Undone undone() {
            return stands instanceof Withdrawing.Undone undone ? undone : null;
        }

        /** Until when she may withdraw; null: she may not. */
        public @Nullable Instant until() {
            return stands instanceof Withdrawing.May may ? may.until() : null;
        }

        /** What she gets then; null as there. */
        public @Nullable Money back() {
            return stands instanceof Withdrawing.May may ? may.back() : null;
        }

        /** Why not, as a code. */
        public @Nullable String not() {
            return switch (stands) {
                case Withdrawing.May may -> null;
                case Withdrawing.Undone undone -> null;
                case Withdrawing.NotBought not -> null;
                case null -> null;
                default -> stands.code();
            };
        }

        public String href() {
            return "/d/" + drop.slug() + "/pay/" + sale.claim();
        }

        /** Where its button leads: the gateway's page, or in a rehearsal the stand-in's. */
        public @Nullable URI url() {
            return switch (goesOn) {
                case Started.GoTo to -> to.url();
                case Started.Card card
                when card.payPage() != null ->
                    URI.create(card.payPage() + "?back=" + URLEncoder.encode(address, StandardCharsets.UTF_8));
                case null, default -> null;
            };
        }

        /** Card fields to fill in here: those of Stripe's script. */
        public Started.@Nullable Card fields() {
            return goesOn instanceof Started.Card card && card.payPage() == null ? card : null;
        }

        /** What WeChat's bridge is called with, as JSON. */
        public @Nullable String bridge() {
            return goesOn instanceof Started.CallBridge call
                    ? JsonMapper.shared().writeValueAsString(call.parameters())
                    : null;
        }

        public @Nullable QrCode qr() {
            return goesOn instanceof Started.ShowCode code ? QrCode.of(code.text()) : null;
        }

        /** Whether what she was shown is over, and she may begin anew. */
        public boolean stale() {
            return goesOn instanceof Started.Stale;
        }

        /** What {@code state.json} is held against: the page is read again when it says another word. */
        public String step() {
            return PayPage.step(state, goesOn, stands);
        }

        /** The piece's page; null: it is not sold, or not granted yet. */
        public @Nullable String piece() {
            return state == State.SOLD && !(stands instanceof Withdrawing.NotYet)
                    ? "/p/" + exhibit.slug() + "-" + sale.serial()
                    : null;
        }

        /** For a browser without a script. */
        public int again() {
            return switch (state) {
                case UNDER_WAY, PAID, CLOSING -> 5;
                case SOLD -> piece() == null ? 5 : 0;
                default -> 0;
            };
        }

        /** Seconds until its script asks again; 0: nothing moves. Where she may tick or write something the page is not read again before that changes. */
        public int every() {
            return switch (state) {
                case UNDER_WAY, PAID, CLOSING -> 2;
                case SOLD -> piece() == null ? 2 : 0;
                case CHOOSE -> 5;
                case LOOKED_AT -> 30;
                case UNDONE, OVER, RETURNED -> 0;
            };
        }
    }

    @GetMapping("/d/{slug}/pay/{claim}")
    ModelAndView page(
            @PathVariable String slug,
            @PathVariable UUID claim,
            @RequestParam(required = false) @Nullable String said,
            HttpServletRequest request,
            HttpServletResponse response,
            Here here) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) return new ModelAndView("redirect:/sign-in?to=/d/" + drop.slug() + "/pay/" + claim);
        Sale sale = sales.find(drop, who, claim).orElseThrow(Refused::notFound);
        Started goesOn = sale.goesOn();
        Withdrawing stands = stands(drop, who, sale);
        Reviews.Review review = review(drop, who, sale);
        State state = state(sale, stands, review);
        if (goesOn instanceof Started.Card card && card.payPage() == null)
            response.setHeader("Content-Security-Policy", WITH_CARD_FIELDS);
        else if (inWeChat(request.getHeader("User-Agent")))
            // The form's answer leads there, and a browser holds that against the form, too.
            weChat.host()
                    .ifPresent(host -> response.setHeader(
                            "Content-Security-Policy",
                            Objects.requireNonNull(response.getHeader("Content-Security-Policy"))
                                    .replace("form-action 'self'", "form-action 'self' " + host)));
        // WeChat lets a phone in only from the domain that it knows. It hears the domain, and not whose payment this
        // is.
        if (goesOn instanceof Started.GoTo && sale.tries().getLast().way() == Way.WECHAT_H5)
            response.setHeader("Referrer-Policy", "strict-origin");
        List<Way> ways = state == State.CHOOSE || state == State.UNDER_WAY
                ? fitting(sales.ways(sale.stage()), request.getHeader("User-Agent"))
                : List.of();
        return new ModelAndView(
                "pay",
                "it",
                new Shown(
                        drop,
                        exhibit(sale),
                        sale,
                        state,
                        goesOn,
                        others(ways, sale),
                        heres.baseUrl() + "/d/" + drop.slug() + "/pay/" + claim,
                        stands,
                        told(state, review),
                        sale.waives(),
                        inWeChat(request.getHeader("User-Agent")),
                        said != null && SAID.contains(said) ? said : null));
    }

    private Exhibit exhibit(Sale sale) {
        return exhibits.get(sale.stage().collectible()).orElseThrow(Refused::notFound);
    }

    private Reviews.@Nullable Review review(Drop drop, CollectorId who, Sale sale) {
        return sale.doubted() ? entrances.review(drop, who).orElse(null) : null;
    }

    /** Asked of what was sold: everything else has nothing to withdraw. */
    private @Nullable Withdrawing stands(Drop drop, CollectorId who, Sale sale) {
        if (sale.soldBy() == null) return null;
        return returns.look(drop.id().brand(), who, sale.claim());
    }

    private State state(Sale sale, @Nullable Withdrawing stands, Reviews.@Nullable Review review) {
        if (stands instanceof Withdrawing.Undone) return State.UNDONE;
        if (sale.serial() != null)
            return review != null && review.decision() == null && !sale.granted() ? State.LOOKED_AT : State.SOLD;
        if (sale.returned().isPresent()) return State.RETURNED;
        if (sale.paid()) return State.PAID;
        if (sale.ended()) return sale.otherSum().isPresent() ? State.RETURNED : State.OVER;
        Instant until = Objects.requireNonNull(sale.holdUntil());
        Instant now = clock.now();
        if (!now.isBefore(until) || sale.closes(now)) return State.CLOSING;
        return sale.goesOn() == null ? State.CHOOSE : State.UNDER_WAY;
    }

    /** Of what is over only that it was refused: nothing is held any more on which somebody could decide. */
    private static Reviews.@Nullable Review told(State state, Reviews.@Nullable Review review) {
        return switch (state) {
            case CHOOSE, UNDER_WAY, PAID, LOOKED_AT, CLOSING -> review;
            case OVER, RETURNED -> review != null && review.decision() == Reviews.Decision.REFUSED ? review : null;
            case SOLD, UNDONE -> null;
        };
    }

    /**
     * A phone is not asked to scan its own screen, and a desk has no app to go to. WeChat's own browser has a bridge, and opens neither
     * the page that leads into WeChat nor Alipay's.
     */
    private static List<Way> fitting(List<Way> ways, @Nullable String agent) {
        boolean inside = inWeChat(agent);
        boolean phone = agent != null && agent.contains("Mobi");
        return ways.stream()
                .filter(way -> switch (way) {
                    case WECHAT_NATIVE, ALIPAY_PAGE -> !phone && !inside;
                    case WECHAT_H5, ALIPAY_WAP -> phone && !inside;
                    case WECHAT_JSAPI -> inside;
                    case STRIPE_CARD -> true;
                })
                .toList();
    }

    /** Without the one that she is in, unless she needs it to begin anew or has no other. */
    private static List<Way> others(List<Way> ways, Sale sale) {
        boolean canGoOn =
                switch (sale.goesOn()) {
                    case Started.GoTo to -> true;
                    case Started.ShowCode code -> true;
                    case Started.CallBridge call -> true;
                    case Started.Card card -> true;
                    case Started.Stale stale -> false;
                    case Started.NotOffered not -> false;
                    case Started.GatewayAway away -> false;
                    case Started.TooOften often -> false;
                    case Started.AlreadyPaid paid -> false;
                    case null -> false;
                };
        if (!canGoOn || ways.size() < 2) return ways;
        Way current = sale.tries().getLast().way();
        return ways.stream().filter(way -> way != current).toList();
    }

    /** A state; one of its own for what a gateway no longer opens, and between the number and the grant. */
    private static String step(State state, @Nullable Started goesOn, @Nullable Withdrawing stands) {
        if (state == State.UNDER_WAY && goesOn instanceof Started.Stale) return "stale";
        return state == State.SOLD && stands instanceof Withdrawing.NotYet ? "numbered" : state.code();
    }

    private static boolean inWeChat(@Nullable String agent) {
        return agent != null && agent.contains("MicroMessenger");
    }

    /** What a waiting page asks: when it is another word than the page's, the page is read again. */
    @GetMapping("/d/{slug}/pay/{claim}/state.json")
    ResponseEntity<Map<String, Object>> state(@PathVariable String slug, @PathVariable UUID claim) {
        Drop drop = open(slug);
        CollectorId who = person();
        if (who == null) throw Refused.notFound();
        Sale sale = sales.find(drop, who, claim).orElseThrow(Refused::notFound);
        Withdrawing stands = stands(drop, who, sale);
        State state = state(sale, stands, review(drop, who, sale));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(Map.of("state", step(state, sale.goesOn(), stands)));
    }

    @PostMapping("/d/{slug}/pay/{claim}")
    ResponseEntity<Void> pay(
            @PathVariable String slug,
            @PathVariable UUID claim,
            @RequestParam(defaultValue = "") String way,
            @RequestParam(defaultValue = "") String waives,
            HttpServletRequest request,
            Here here) {
        Drop drop = open(slug);
        String page = "/d/" + drop.slug() + "/pay/" + claim;
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=" + page);
        Way by = Sales.way(way).orElseThrow(Refused::notFound);
        if (!networks.mayPay(who)) return to(page + "?said=drop.too-often");
        sales.waive(drop, who, claim, waives.equals("yes") ? here.t().get("drop.pay.waive") : null);
        if (by == Way.WECHAT_JSAPI) {
            return weChat.ask(heres.baseUrl() + page + "/wechat", mark(who, claim))
                    .map(there -> to(there.toString()))
                    .orElseGet(() -> to(page + "?said=drop.pay-not-offered"));
        }
        return begin(drop, who, claim, by, null, page, request, here);
    }

    /** WeChat sends her back, and says who she is there: now her payment can begin. */
    @GetMapping("/d/{slug}/pay/{claim}/wechat")
    ResponseEntity<Void> fromWeChat(
            @PathVariable String slug,
            @PathVariable UUID claim,
            @RequestParam(defaultValue = "") String code,
            @RequestParam(defaultValue = "") String state,
            HttpServletRequest request,
            Here here) {
        Drop drop = open(slug);
        String page = "/d/" + drop.slug() + "/pay/" + claim;
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=" + page);
        // Nobody else's answer: whoever pays for her would be the wrong one.
        if (!MessageDigest.isEqual(
                mark(who, claim).getBytes(StandardCharsets.US_ASCII), state.getBytes(StandardCharsets.UTF_8)))
            throw Refused.notFound();
        if (!networks.mayPay(who)) return to(page + "?said=drop.too-often");
        return weChat.openid(code)
                .map(openid -> begin(drop, who, claim, Way.WECHAT_JSAPI, openid, page, request, here))
                .orElseGet(() -> to(page + "?said=drop.pay-gateway-away"));
    }

    /** What comes back from WeChat is the answer to a question of hers. */
    private String mark(CollectorId who, UUID claim) {
        return HexFormat.of()
                .formatHex(keys.mac(
                        KeyName.CLAIM_PASS.text(),
                        ("pay in wechat\n" + who.value() + "\n" + claim).getBytes(StandardCharsets.US_ASCII)))
                .substring(0, MARK);
    }

    private ResponseEntity<Void> begin(
            Drop drop,
            CollectorId who,
            UUID claim,
            Way by,
            @Nullable String openid,
            String page,
            HttpServletRequest request,
            Here here) {
        Sales.Paying paying = sales.pay(
                drop,
                who,
                claim,
                by,
                heres.baseUrl() + page,
                request.getRemoteAddr(),
                openid,
                Locale.of(here.t().language().code()));
        return switch (paying) {
            case Sales.Paying.Begun begun -> {
                String why =
                        switch (begun.started()) {
                            case Started.NotOffered not -> "drop.pay-not-offered";
                            case Started.GatewayAway away -> "drop.pay-gateway-away";
                            case Started.TooOften often -> "drop.pay-too-often";
                            default -> null;
                        };
                yield to(why == null ? page : page + "?said=" + why);
            }
            case Sales.Paying.Sold sold -> to(page);
            case Sales.Paying.NotHeld not -> to(page + "?said=" + not.code());
            case Sales.Paying.TooLate late -> to(page + "?said=" + late.code());
        };
    }

    /** The act itself, on a page of its own: what goes back, what comes back, and one button. */
    @GetMapping("/d/{slug}/pay/{claim}/withdraw")
    ModelAndView withdrawal(@PathVariable String slug, @PathVariable UUID claim) {
        Drop drop = open(slug);
        String page = "/d/" + drop.slug() + "/pay/" + claim;
        CollectorId who = person();
        if (who == null) return new ModelAndView("redirect:/sign-in?to=" + page + "/withdraw");
        Sale sale = sales.find(drop, who, claim).orElseThrow(Refused::notFound);
        Withdrawing stands = returns.look(drop.id().brand(), who, claim);
        if (!(stands instanceof Withdrawing.May)) return new ModelAndView("redirect:" + page);
        return new ModelAndView(
                "withdraw",
                "it",
                new Shown(
                        drop,
                        exhibit(sale),
                        sale,
                        State.SOLD,
                        null,
                        List.of(),
                        page,
                        stands,
                        null,
                        false,
                        false,
                        null));
    }

    @PostMapping("/d/{slug}/pay/{claim}/withdraw")
    ResponseEntity<Void> withdraw(@PathVariable String slug, @PathVariable UUID claim) {
        Drop drop = open(slug);
        String page = "/d/" + drop.slug() + "/pay/" + claim;
        CollectorId who = person();
        if (who == null) return to("/sign-in?to=" + page + "/withdraw");
        // Whatever became of it, the page says it by itself.
        if (returns.withdraw(drop.id().brand(), who, claim) instanceof Withdrawing.NotBought) throw Refused.notFound();
        return to(page);
    }

    private Drop open(String slug) {
        // What this page shows of a drop was frozen when it was published.
        Drop known = lives.published(slug);
        if (known != null) return known;
        Drop drop = plans.at(slug).orElseThrow(Refused::notFound);
        if (drop.state() == Drop.State.DRAFT) throw Refused.notFound();
        return drop;
    }

    private @Nullable CollectorId person() {
        return switch (access.who()) {
            case Who.Person p -> p.collector();
            case Who.Colleague c -> c.collector();
            case Who.Guest g -> null;
            case Who.Machine m -> null;
        };
    }

    private static ResponseEntity<Void> to(String address) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(Objects.requireNonNull(URI.create(address)))
                .build();
    }
}
