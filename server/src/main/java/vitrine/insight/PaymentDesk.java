package vitrine.insight;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.desk.Desk;
import vitrine.campaign.desk.Desks;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.drop.Cause;
import vitrine.drop.Causes;
import vitrine.drop.SaleReturns;
import vitrine.drop.SaleReturns.GivingBack;
import vitrine.drop.SaleReturns.Withdrawing;
import vitrine.identity.Audit;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.payment.DisputeState;
import vitrine.payment.MoneyJournal;
import vitrine.payment.OtherSum;
import vitrine.payment.PaymentId;
import vitrine.payment.PaymentState;
import vitrine.payment.Payments;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Ids;
import vitrine.platform.Money;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.proof.Json;

/** One payment with its whole story, and what the staff do with it: give back a part or all, settle another sum, answer a dispute. */
@Controller
@Requires(Permission.SHOPS)
public class PaymentDesk {

    /** Why the staff give money back, as the buyer reads it. */
    public static final List<String> REASONS = List.of("goodwill", "not-as-described", "by-mistake");

    private final Desks desks;
    private final Payments payments;
    private final MoneyJournal journal;
    private final SaleReturns returns;
    private final Causes causes;
    private final Catalog catalog;
    private final Collectors collectors;
    private final BuyerKeys buyers;
    private final Audit audit;
    private final Ids ids;
    private final TransactionTemplate transactions;

    PaymentDesk(
            Desks desks,
            Payments payments,
            MoneyJournal journal,
            SaleReturns returns,
            Causes causes,
            Catalog catalog,
            Collectors collectors,
            BuyerKeys buyers,
            Audit audit,
            Ids ids,
            TransactionTemplate transactions) {
        this.desks = desks;
        this.payments = payments;
        this.journal = journal;
        this.returns = returns;
        this.causes = causes;
        this.catalog = catalog;
        this.collectors = collectors;
        this.buyers = buyers;
        this.audit = audit;
        this.ids = ids;
        this.transactions = transactions;
    }

    /** @param sought whether somebody looked for a payment and found none */
    public record Listing(boolean nobody, List<Payments.Found> rows) {}

    /**
     * What was typed, and what is wrong with it.
     *
     * @param amountSaid a code under {@code money.said}, as is {@code reasonSaid}; empty: nothing is wrong
     */
    public record Typed(String amount, String reason, String amountSaid, String reasonSaid) {}

    /**
     * To be looked at once more before it is done.
     *
     * @param wish of this form: the same one again is the same refund
     */
    public record Confirm(Money amount, String reason, SaleReturns.Unit unit, String wish) {}

    /**
     * @param sold what it bought; null: nothing
     * @param work of which that is a piece; null: nothing was bought
     * @param undone whether the piece came back; null: it did not
     * @param tries to pay for the same, this one among them, the first one first
     * @param lines all of the journal's, the oldest first
     * @param confirm what is about to be done; null: nothing was asked for
     */
    public record Shown(
            PaymentId id,
            Payments.Story story,
            SaleReturns.@Nullable Sold sold,
            @Nullable Collectible work,
            Withdrawing.@Nullable Undone undone,
            List<PaymentState> tries,
            List<MoneyJournal.Line> lines,
            List<Cause> causes,
            Typed typed,
            @Nullable Confirm confirm) {

        /** Whether there is a sum to give back, and somebody's purchase that it belongs to. */
        public boolean mayGiveBack() {
            return sold != null && story.state().left().minor() > 0;
        }

        /** Another sum than was asked for, which nobody settled yet. */
        public @Nullable Money other() {
            return story.state().paidAt() == null ? story.state().other() : null;
        }

        /** Her bank has the money, and the piece is still hers. */
        public boolean mayTakeBack() {
            return sold != null
                    && undone == null
                    && sold.unit() == SaleReturns.Unit.BACK
                    && story.state().left().minor() == 0
                    && story.disputes().stream().anyMatch(DisputeState::isLost);
        }
    }

    @GetMapping("/desk/{brand}/money/payments")
    ModelAndView list(
            @PathVariable BrandId brand,
            @RequestParam(required = false) @Nullable UUID of,
            @RequestParam(required = false) @Nullable String sought) {
        List<Payments.Found> rows = of == null
                ? List.of()
                : payments.find(
                        brand,
                        collectors.family(collectors.root(new CollectorId(of))).stream()
                                .map(CollectorId::value)
                                .toList());
        return Desks.page("payments", desks.of(brand, null), new Listing("nobody".equals(sought), rows));
    }

    /** It is posted, for what is typed here may not stand in an address bar or a log. */
    @PostMapping("/desk/{brand}/money/payments")
    ModelAndView seek(@PathVariable BrandId brand, @RequestParam(defaultValue = "") String sought) {
        Desk desk = desks.of(brand, null);
        String words = sought.strip();
        List<Payments.Found> found = words.isEmpty() ? List.of() : payments.find(brand, words);
        List<CollectorId> people = found.isEmpty() ? people(words) : List.of();
        if (!people.isEmpty())
            found = payments.find(brand, people.stream().map(CollectorId::value).toList());
        String seen = found.isEmpty() ? "no" : "yes";
        transactions.executeWithoutResult(status -> audit.write(
                desks.who(),
                brand,
                "money.payment-sought",
                "",
                Json.object("found", Json.of(seen)).text()));
        if (found.isEmpty()) return Desks.to(Desks.address(desk.path("money/payments"), "sought", "nobody"));
        if (found.size() == 1 || people.isEmpty())
            return Desks.to(path(desk, best(found).payment()));
        return Desks.to(Desks.address(
                desk.path("money/payments"), "of", people.getFirst().value()));
    }

    /** Of the tries to pay for one thing the one that paid for it; else one that was paid, else the newest. */
    private static PaymentState best(List<Payments.Found> tries) {
        return tries.stream()
                .map(Payments.Found::state)
                .min(Comparator.comparingInt(one -> one.paidAt() == null ? 2 : one.other() == null ? 0 : 1))
                .orElseThrow();
    }

    private List<CollectorId> people(String sought) {
        return Stream.of(buyers.email(sought), buyers.phone(sought))
                .flatMap(Optional::stream)
                .flatMap(key -> collectors.known(key).stream())
                .map(collectors::root)
                .map(collectors::family)
                .flatMap(Collection::stream)
                .distinct()
                .toList();
    }

    private static String path(Desk desk, PaymentId payment) {
        return desk.path("money/payments/" + payment.value());
    }

    /** @param amount with it, and a reason, the page shows what would be done and asks once more */
    @GetMapping("/desk/{brand}/money/payments/{payment}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable UUID payment,
            @RequestParam(required = false) @Nullable String amount,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        var id = new PaymentId(brand, payment);
        if (amount == null) return page(desk, id, new Typed("", "", "", ""), null);
        Shown now = shown(id, new Typed("", "", "", ""), null);
        Typed typed = checked(now, amount.strip(), reason);
        if (!typed.amountSaid.isEmpty() || !typed.reasonSaid.isEmpty() || now.sold == null)
            return page(desk, id, typed, null);
        Money asked = java.util.Objects.requireNonNull(
                Money.typed(typed.amount, now.story.state().left().currency()));
        boolean all = asked.equals(now.story.state().left());
        SaleReturns.Unit unit = all ? now.sold.unit() : SaleReturns.Unit.STAYS;
        return page(desk, id, typed, new Confirm(asked, reason, unit, ids.next().toString()));
    }

    private static Typed checked(Shown now, String amount, String reason) {
        Money left = now.story.state().left();
        Money asked = Money.typed(amount, left.currency());
        String amountSaid = "";
        if (asked == null || asked.minor() <= 0) amountSaid = "payment.amount-unreadable";
        else if (asked.minor() > left.minor()) amountSaid = "payment.too-much";
        else if (asked.equals(left) && now.sold != null && !now.sold.granted()) amountSaid = "payment.not-yet";
        return new Typed(amount, reason, amountSaid, REASONS.contains(reason) ? "" : "payment.reason-missing");
    }

    /** What is left, as it is typed. */
    public static String plain(Money money) {
        return BigDecimal.valueOf(money.minor(), Math.max(0, money.currency().getDefaultFractionDigits()))
                .toPlainString();
    }

    private ModelAndView page(Desk desk, PaymentId id, Typed typed, @Nullable Confirm confirm) {
        boolean wrong = !typed.amountSaid.isEmpty() || !typed.reasonSaid.isEmpty();
        return Desks.page(
                "payment", desk, shown(id, typed, confirm), wrong ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.OK);
    }

    private Shown shown(PaymentId id, Typed typed, @Nullable Confirm confirm) {
        Payments.Story story = payments.story(id).orElseThrow(Refused::notFound);
        SaleReturns.Sold sold = returns.sold(id).orElse(null);
        Collectible work =
                sold == null ? null : catalog.collectible(sold.piece().collectible());
        return new Shown(
                id,
                story,
                sold,
                work,
                returns.undone(id).orElse(null),
                payments.of(id.brand(), story.purpose()),
                journal.lines(id),
                causes.of(id.brand()),
                typed,
                confirm);
    }

    @PostMapping("/desk/{brand}/money/payments/{payment}/back")
    ModelAndView giveBack(
            @PathVariable BrandId brand,
            @PathVariable UUID payment,
            @RequestParam(defaultValue = "") String amount,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String wish) {
        Desk desk = desks.of(brand, null);
        var id = new PaymentId(brand, payment);
        Money left = payments.story(id).orElseThrow(Refused::notFound).state().left();
        Money asked = Money.typed(amount.strip(), left.currency());
        if (asked == null || !REASONS.contains(reason) || !isWish(wish))
            return page(desk, id, checked(shown(id, new Typed("", "", "", ""), null), amount, reason), null);
        GivingBack ended = java.util.Objects.requireNonNull(transactions.execute(status -> {
            GivingBack done = returns.giveBack(id, asked, reason, "desk-" + wish);
            if (done instanceof GivingBack.Done given) {
                var detail = Json.object(
                        "minor", Json.of(given.amount().minor()),
                        "currency", Json.of(given.amount().currency().getCurrencyCode()),
                        "reason", Json.of(reason),
                        "unit", Json.of(given.unit().name().toLowerCase(java.util.Locale.ROOT)));
                audit.write(desks.who(), brand, "money.given-back", payment.toString(), detail.text());
            }
            return done;
        }));
        return switch (ended) {
            case GivingBack.Done done -> said(desk, id, ended.code().substring("payment.".length()));
            case GivingBack.Again again -> said(desk, id, "given-back-again");
            case GivingBack.TooMuch much -> page(desk, id, new Typed(amount, reason, "payment.too-much", ""), null);
            case GivingBack.NotYet not -> page(desk, id, new Typed(amount, reason, "payment.not-yet", ""), null);
        };
    }

    private static boolean isWish(String wish) {
        try {
            return UUID.fromString(wish).toString().equals(wish);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ModelAndView said(Desk desk, PaymentId id, String said) {
        return Desks.to(Desks.address(path(desk, id), "said", said));
    }

    /** The gateway is asked once more, outside of any transaction; what it has then goes back. */
    @PostMapping("/desk/{brand}/money/payments/{payment}/other")
    ModelAndView giveOtherBack(@PathVariable BrandId brand, @PathVariable UUID payment) {
        Desk desk = desks.of(brand, null);
        var id = new PaymentId(brand, payment);
        return said(
                desk,
                id,
                switch (payments.askAboutOther(id)) {
                    case OtherSum.AsAsked as -> "other-as-asked";
                    case OtherSum.Nothing nothing -> "other-nothing";
                    case OtherSum.Over over -> {
                        audited(brand, "money.other-over", id, () -> true);
                        yield "other-over";
                    }
                    case OtherSum.Away away -> "other-away";
                    case OtherSum.NotSo not -> "other-not-so";
                    case OtherSum.Came came ->
                        audited(brand, "money.other-back", id, () -> payments.giveOtherBack(came))
                                ? "other-back"
                                : "other-not-so";
                });
    }

    private boolean audited(BrandId brand, String act, PaymentId id, java.util.function.BooleanSupplier deed) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            boolean done = deed.getAsBoolean();
            if (done) audit.write(desks.who(), brand, act, id.toString(), "{}");
            return done;
        }));
    }

    @PostMapping("/desk/{brand}/money/payments/{payment}/disputes/{dispute}/give-in")
    ModelAndView giveIn(@PathVariable BrandId brand, @PathVariable UUID payment, @PathVariable UUID dispute) {
        Desk desk = desks.of(brand, null);
        var id = new PaymentId(brand, payment);
        if (payments.dispute(brand, dispute)
                .filter(it -> it.payment().equals(id))
                .isEmpty()) throw Refused.notFound();
        boolean done = payments.giveIn(brand, dispute);
        if (done) audited(brand, "money.gave-in", id, () -> true);
        return said(desk, id, done ? "gave-in" : "gave-in-not");
    }

    @PostMapping("/desk/{brand}/money/payments/{payment}/take-back")
    ModelAndView takeBack(@PathVariable BrandId brand, @PathVariable UUID payment) {
        Desk desk = desks.of(brand, null);
        var id = new PaymentId(brand, payment);
        boolean done = audited(brand, "money.piece-taken-back", id, () -> returns.takeBackDisputed(id)
                .filter(unit -> unit == SaleReturns.Unit.BACK)
                .isPresent());
        return said(desk, id, done ? "piece-taken-back" : "piece-not-taken-back");
    }
}
