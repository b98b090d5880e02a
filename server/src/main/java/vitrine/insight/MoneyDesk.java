package vitrine.insight;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.desk.Desk;
import vitrine.campaign.desk.Desks;
import vitrine.campaign.desk.Tables;
import vitrine.drop.Cause;
import vitrine.drop.Causes;
import vitrine.identity.Audit;
import vitrine.payment.DisputeState;
import vitrine.payment.MoneyJournal;
import vitrine.payment.Payments;
import vitrine.payment.Reconciliation;
import vitrine.platform.BrandId;
import vitrine.platform.Money;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** A brand's money, day by day: what came in and went back, what the gateways' own bills say of it, and where the two differ. */
@Controller
@Requires(Permission.SHOPS)
public class MoneyDesk {

    private static final int LINES_MOST = 200;
    private static final int REASON_MAX = 200;
    private static final int CSV_MOST = 1_000_000;

    private final Desks desks;
    private final MoneyJournal journal;
    private final Reconciliation reconciliation;
    private final Payments payments;
    private final Causes causes;
    private final Audit audit;
    private final TransactionTemplate transactions;
    private final Clock clock;

    MoneyDesk(
            Desks desks,
            MoneyJournal journal,
            Reconciliation reconciliation,
            Payments payments,
            Causes causes,
            Audit audit,
            TransactionTemplate transactions,
            Clock clock) {
        this.desks = desks;
        this.journal = journal;
        this.reconciliation = reconciliation;
        this.payments = payments;
        this.causes = causes;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** @param balance of all time, in the same account and currency as the day's movements */
    public record Account(MoneyJournal.Balance day, MoneyJournal.Balance all) {}

    /**
     * @param accounts whatever ever moved, with the day's part of it
     * @param more whether the day has more lines than are shown
     * @param refunds on their way, or refused by the gateway
     * @param disputes that wait for an answer, or for a bank
     * @param others payments whose gateway speaks of another sum than was asked for
     * @param billed whose bills are shown: the day's, or where none was named those of the newest that was compared
     */
    public record Shown(
            LocalDate day,
            LocalDate today,
            List<Account> accounts,
            List<MoneyJournal.Line> lines,
            boolean more,
            List<Payments.RefundState> refunds,
            List<DisputeState> disputes,
            List<Payments.Found> others,
            LocalDate billed,
            List<Reconciliation.Checked> checks,
            boolean takesMoney,
            List<String> away,
            List<String> unreadable,
            List<Cause> causes) {}

    /**
     * What somebody is owed, and how it came about.
     *
     * @param cause null: the brand
     * @param until the last day of it
     * @param before what was owed when it begins, by currency
     * @param after what is owed when it ends
     * @param more whether it has more lines than are shown
     */
    public record Statement(
            @Nullable Cause cause,
            String account,
            LocalDate from,
            LocalDate until,
            List<Money> before,
            List<MoneyJournal.Line> lines,
            List<Money> after,
            boolean more,
            List<Cause> causes) {

        /** What a line adds to what is owed, or takes off. */
        public Money change(MoneyJournal.Line line) {
            return line.credit().equals(account)
                    ? line.amount()
                    : new Money(-line.amount().minor(), line.amount().currency());
        }

        /** As addresses name whom it is about. */
        public String of() {
            return cause == null ? BRAND : cause.id().toString();
        }
    }

    private static final String BRAND = "brand";

    @GetMapping("/desk/{brand}/money")
    ModelAndView money(
            @PathVariable BrandId brand,
            @RequestParam(required = false) @Nullable String day,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String away,
            @RequestParam(required = false) @Nullable String unreadable,
            Texts t) {
        Desk desk = desks.of(brand, said);
        LocalDate today = today(t);
        LocalDate named = day == null ? null : Desks.day(day);
        LocalDate shown = named == null ? today : named;
        // Bills are compared the day after, so today's are hardly ever there.
        LocalDate billed = named == null ? reconciliation.newestDay().orElse(shown) : named;
        var lines = journal.lines(brand, shown, t.zone(), LINES_MOST + 1);
        return Desks.page(
                "money",
                desk,
                new Shown(
                        shown,
                        today,
                        accounts(brand, shown, t),
                        lines.stream().limit(LINES_MOST).toList(),
                        lines.size() > LINES_MOST,
                        payments.refundsNotDone(brand, LINES_MOST),
                        payments.disputesUnderWay(brand, LINES_MOST),
                        payments.ofAnotherSum(brand, LINES_MOST),
                        billed,
                        reconciliation.of(billed, desk.isHouse() ? null : brand),
                        payments.takesMoney(),
                        gateways(away),
                        gateways(unreadable),
                        causes.of(brand)));
    }

    private List<Account> accounts(BrandId brand, LocalDate day, Texts t) {
        var ofDay = journal.statement(brand, day, day.plusDays(1), t.zone());
        return journal.statement(brand, null, null, t.zone()).stream()
                .map(all -> new Account(
                        ofDay.stream()
                                .filter(one -> one.account().equals(all.account())
                                        && one.balance()
                                                .currency()
                                                .equals(all.balance().currency()))
                                .findFirst()
                                .orElseGet(() -> nothing(all)),
                        all))
                .sorted(Comparator.comparing(
                        account -> account.all.balance().currency().getCurrencyCode()))
                .toList();
    }

    private static MoneyJournal.Balance nothing(MoneyJournal.Balance like) {
        Money zero = new Money(0, like.balance().currency());
        return new MoneyJournal.Balance(like.account(), zero, zero, zero);
    }

    @PostMapping("/desk/{brand}/money/reconcile")
    ModelAndView reconcile(@PathVariable BrandId brand, @RequestParam @Nullable String day, Texts t) {
        LocalDate of = day(day, today(t));
        if (of.isAfter(today(t)))
            return Desks.to(Desks.address(desks.of(brand, null).path("money"), "day", of, "said", "day-ahead"));
        List<Reconciliation.NotRead> missing = reconciliation.reconcile(of);
        transactions.executeWithoutResult(
                status -> audit.write(desks.who(), brand, "money.reconciled", of.toString(), "{}"));
        return Desks.to(Desks.address(
                desks.of(brand, null).path("money"),
                "day",
                of,
                "said",
                missing.isEmpty() ? "reconciled" : null,
                "away",
                names(missing.stream().filter(one -> !one.isUnreadable())),
                "unreadable",
                names(missing.stream().filter(Reconciliation.NotRead::isUnreadable))));
    }

    private static String names(Stream<Reconciliation.NotRead> gateways) {
        return gateways.map(Reconciliation.NotRead::gateway).collect(Collectors.joining(","));
    }

    private static List<String> gateways(@Nullable String names) {
        return names == null || names.isBlank() ? List.of() : List.of(names.split(","));
    }

    @PostMapping("/desk/{brand}/money/refunds/{refund}/again")
    ModelAndView refundAgain(@PathVariable BrandId brand, @PathVariable UUID refund) {
        Boolean again = transactions.execute(status -> {
            if (!payments.refundAgain(brand, refund)) return false;
            audit.write(desks.who(), brand, "money.refund-again", refund.toString(), "{}");
            return true;
        });
        return Desks.to(Desks.address(
                desks.of(brand, null).path("money"),
                "said",
                Boolean.TRUE.equals(again) ? "refund-again" : "refund-not-refused"));
    }

    /** @param why it counts as given back, for whoever reads the audit log */
    @PostMapping("/desk/{brand}/money/refunds/{refund}/by-hand")
    ModelAndView refundedByHand(
            @PathVariable BrandId brand, @PathVariable UUID refund, @RequestParam(defaultValue = "") String why) {
        String reason = why.strip();
        String money = desks.of(brand, null).path("money");
        if (reason.isEmpty() || reason.length() > REASON_MAX)
            return Desks.to(Desks.address(money, "said", "refund-by-hand-why"));
        Boolean done = transactions.execute(status -> {
            if (!payments.refundedByHand(brand, refund)) return false;
            audit.write(
                    desks.who(),
                    brand,
                    "money.refund-by-hand",
                    refund.toString(),
                    Json.object("reason", Json.of(reason)).text());
            return true;
        });
        return Desks.to(
                Desks.address(money, "said", Boolean.TRUE.equals(done) ? "refund-by-hand" : "refund-not-refused"));
    }

    @GetMapping("/desk/{brand}/money.csv")
    void csv(
            @PathVariable BrandId brand,
            @RequestParam(required = false) @Nullable String day,
            Texts t,
            HttpServletResponse response)
            throws IOException {
        LocalDate of = day(day, today(t));
        try (CsvWriter csv = Tables.csv(response, "money-" + of)) {
            csv.writeRecord("booked at", "kind", "about", "payment", "debit", "credit", "amount", "currency", "reason");
            for (MoneyJournal.Line line : journal.lines(brand, of, t.zone(), CSV_MOST)) {
                csv.writeRecord(
                        line.bookedAt().toString(),
                        line.kind(),
                        line.about().toString(),
                        line.payment().toString(),
                        line.debit(),
                        line.credit(),
                        plain(line.amount()),
                        code(line.amount()),
                        line.reason() == null ? "" : line.reason());
            }
        }
    }

    @GetMapping("/desk/{brand}/money/statement")
    ModelAndView statement(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = BRAND) String of,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String until,
            Texts t) {
        return Desks.page("statement", desks.of(brand, null), statement(brand, of, from, until, LINES_MOST, t));
    }

    @GetMapping("/desk/{brand}/money/statement.csv")
    void statementCsv(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = BRAND) String of,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String until,
            Texts t,
            HttpServletResponse response)
            throws IOException {
        Statement it = statement(brand, of, from, until, CSV_MOST, t);
        try (CsvWriter csv = Tables.csv(response, "statement-" + it.from + "-" + it.until)) {
            csv.writeRecord("booked at", "what", "reason", "payment", "amount", "currency");
            for (Money sum : it.before)
                csv.writeRecord(it.from.toString(), "brought forward", "", "", plain(sum), code(sum));
            for (MoneyJournal.Line line : it.lines.reversed()) {
                csv.writeRecord(
                        line.bookedAt().toString(),
                        line.kind(),
                        line.reason() == null ? "" : line.reason(),
                        line.payment().toString(),
                        plain(it.change(line)),
                        code(line.amount()));
            }
            for (Money sum : it.after)
                csv.writeRecord(it.until.toString(), "carried forward", "", "", plain(sum), code(sum));
        }
    }

    /** This month's, where nothing else is said. */
    private Statement statement(
            BrandId brand, String of, @Nullable String from, @Nullable String until, int most, Texts t) {
        List<Cause> all = causes.of(brand);
        Cause cause = of.equals(BRAND)
                ? null
                : all.stream()
                        .filter(one -> one.id().toString().equals(of))
                        .findFirst()
                        .orElseThrow(Refused::notFound);
        LocalDate today = today(t);
        LocalDate first = day(from, today.withDayOfMonth(1));
        LocalDate last = day(until, today);
        if (last.isBefore(first)) last = first;
        String account = MoneyJournal.payable(cause == null ? null : cause.id());
        var lines = journal.lines(brand, account, first, last.plusDays(1), t.zone(), most + 1);
        return new Statement(
                cause,
                account,
                first,
                last,
                journal.owed(brand, account, first, t.zone()),
                lines.stream().limit(most).toList(),
                journal.owed(brand, account, last.plusDays(1), t.zone()),
                lines.size() > most,
                all);
    }

    /** In the currency's own units. */
    private static String plain(Money money) {
        return BigDecimal.valueOf(money.minor(), Math.max(0, money.currency().getDefaultFractionDigits()))
                .toPlainString();
    }

    private static String code(Money money) {
        return money.currency().getCurrencyCode();
    }

    /** Money moves in real time, also where a demo's business is days ahead. */
    private LocalDate today(Texts t) {
        return clock.instant().atZone(t.zone()).toLocalDate();
    }

    private static LocalDate day(@Nullable String text, LocalDate otherwise) {
        LocalDate day = text == null ? null : Desks.day(text);
        return day == null ? otherwise : day;
    }

    /** Why money goes back, in words; a reason that has none is said as it is. */
    public static String reason(Texts t, String reason) {
        String key = "money.reason." + reason;
        return t.has(key) ? t.get(key) : reason;
    }

    /** An account by its name in the journal, as people read it. */
    public static String account(Texts t, List<Cause> causes, String account) {
        int colon = account.indexOf(':');
        String kind = colon < 0 ? account : account.substring(0, colon);
        String rest = colon < 0 ? "" : account.substring(colon + 1);
        return switch (kind) {
            case "clearing" -> t.get("money.account.clearing", t.get("payment.way." + rest));
            case "fees" -> t.get("money.account.fees", t.get("payment.gateway." + rest));
            case "refunds" -> t.get("money.account.refunds");
            case "disputes" -> t.get("money.account.disputes");
            default ->
                rest.equals("brand")
                        ? t.get("money.account.brand")
                        : t.get(
                                "money.account.cause",
                                causes.stream()
                                        .filter(cause -> account.equals(MoneyJournal.payable(cause.id())))
                                        .map(cause -> t.of(cause.name()))
                                        .findFirst()
                                        .orElse(rest));
        };
    }
}
