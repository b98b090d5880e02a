package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.PieceNumber;
import vitrine.drop.SaleReturns.Why;
import vitrine.drop.SaleReturns.Withdrawing;
import vitrine.identity.CollectorId;
import vitrine.identity.Departures;
import vitrine.ownership.Piece;
import vitrine.ownership.Pieces;
import vitrine.payment.PayTown;
import vitrine.payment.PaymentState;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;
import vitrine.platform.messages.MailPage;
import vitrine.platform.messages.Message;

/** What a buyer may give back, and what she is told: fourteen days, all of the money, and nothing that was used up. */
class SaleReturnsTest {

    private static final Way ALIPAY = Way.ALIPAY_PAGE;

    /** On two processors the common pool has one thread. */
    private static final Executor EACH_ITS_OWN = task -> Thread.ofPlatform().start(task);

    private static PayTown town;

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @Test
    void whoWithdrawsInTimeHasAllOfHerMoneyBackAndThePieceIsInTheStockUnderItsNumber() throws Exception {
        Saleroom room = new Saleroom(town, "changed-mind", 2);
        CollectorId ada = room.somebody("changed-mind");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        assertThat(look(room, ada, bought)).isInstanceOf(Withdrawing.May.class);
        assertThat(withdraw(room, ada, bought)).isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> {
            assertThat(undone.why()).isEqualTo(Why.WITHDRAWN);
            assertThat(undone.back()).isEqualTo(Saleroom.price(ALIPAY));
        });
        assertThat(withdraw(room, ada, bought)).as("pressed again").isInstanceOf(Withdrawing.Undone.class);
        town.later(Duration.ofSeconds(30));
        assertThat(room.stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 1));
        assertThat(piece(room, 1).state()).isEqualTo(Piece.State.RETURNED);
        PaymentState paid = room.sale(ada, bought).tries().getFirst();
        assertThat(paid.is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(paid.refunded()).isEqualTo(paid.amount());
        assertThat(town.balances(room.lumen).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isZero();
        assertThat(room.mails("changed-mind"))
                .extracting(Message::subject)
                .containsExactly("¥99.00 comes back to you: “Moonrise”", "Your purchase: “Moonrise”, № 1/2");
        assertThat(room.mails("changed-mind").getFirst().text())
                .contains("You withdrew", "¥99.00 goes back by the way it came: Alipay", "/pay/" + bought.id());
        assertThat(town.server.bean(Entrances.class).enter(room.open(), ada))
                .as("her place is used: nobody draws again for a lower number")
                .isInstanceOfSatisfying(Entrances.Entrance.Admitted.class, in -> assertThat(in.has())
                        .hasSize(1));
    }

    @Test
    void whoTickedThatSheGivesItUpCannotWithdrawOnceHerMailHasConfirmedIt() throws Exception {
        Saleroom room = new Saleroom(town, "for-good", 1);
        CollectorId ada = room.somebody("for-good");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        town.server.bean(Sales.class).waive(room.open(), ada, held.id(), "I give it up.");
        town.pays(room.begins(ada, held, ALIPAY));
        town.drain();
        town.drain();
        assertThat(withdraw(room, ada, held)).isInstanceOf(Withdrawing.Waived.class);
        assertThat(room.stock().granted()).isEqualTo(1);
        assertThat(room.mails("for-good").getFirst().text()).contains("I give it up.", "cannot be withdrawn");
    }

    @Test
    void aWaiverThatNoMailConfirmedWaivesNothing() throws Exception {
        Saleroom room = new Saleroom(town, "unreachable", 1);
        CollectorId ada = room.somebody("unreachable");
        town.db()
                .sql("update collectors set contact_sealed = null where collector_id = :id")
                .param("id", ada.value())
                .update();
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        town.server.bean(Sales.class).waive(room.open(), ada, held.id(), "I give it up.");
        town.pays(room.begins(ada, held, ALIPAY));
        town.drain();
        assertThat(look(room, ada, held)).isInstanceOf(Withdrawing.May.class);
    }

    /** A confirmation that lies with us is none: until her mail server has it she may withdraw. */
    @Test
    void aWaiverCountsFromTheMomentInWhichAMailServerTookTheMailThatConfirmsIt() throws Exception {
        Saleroom room = new Saleroom(town, "full-postbox", 1);
        CollectorId ada = room.somebody("full-postbox");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        town.server.bean(Sales.class).waive(room.open(), ada, held.id(), "I give it up.");
        town.postbox.full(true);
        try {
            town.pays(room.begins(ada, held, ALIPAY));
            town.drain();
            assertThat(look(room, ada, held)).as("written, and not taken").isInstanceOf(Withdrawing.May.class);
        } finally {
            town.postbox.full(false);
        }
        town.later(Duration.ofMinutes(1));
        town.drain();
        assertThat(room.mails("full-postbox").getFirst().text()).contains("I give it up.");
        assertThat(look(room, ada, held)).isInstanceOf(Withdrawing.Waived.class);
    }

    @Test
    void whoTakesHerTickBackBeforeShePaysKeepsTheRight() throws Exception {
        Saleroom room = new Saleroom(town, "unticked", 1);
        CollectorId ada = room.somebody("unticked");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        Sales sales = town.server.bean(Sales.class);
        sales.waive(room.open(), ada, held.id(), "I give it up.");
        sales.waive(room.open(), ada, held.id(), null);
        town.pays(room.begins(ada, held, ALIPAY));
        town.drain();
        sales.waive(room.open(), ada, held.id(), "I give it up.");
        assertThat(sales.waives(room.open(), held.id())).as("after the money").isFalse();
        assertThat(look(room, ada, held)).isInstanceOf(Withdrawing.May.class);
    }

    @Test
    void afterItsTimeItIsOver() throws Exception {
        Saleroom room = new Saleroom(town, "too-late", 1);
        CollectorId ada = room.somebody("too-late");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        Instant until = ((Withdrawing.May) look(room, ada, bought)).until();
        town.clock.advance(Duration.between(town.clock.instant(), until));
        assertThat(withdraw(room, ada, bought)).isEqualTo(new Withdrawing.Over(until));
        assertThat(room.stock().granted()).isEqualTo(1);
    }

    /** The day of the sale is not counted; the last day counts whole; a weekend goes on to Monday. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-03T12:00:00Z, 2026-03-18T00:00:00Z",
        "2026-03-06T00:00:01Z, 2026-03-21T00:00:00Z",
        "2026-03-07T23:59:00Z, 2026-03-24T00:00:00Z",
        "2026-03-08T12:00:00Z, 2026-03-24T00:00:00Z"
    })
    void theDaysAreCountedAsTheLawCountsThem(Instant sold, Instant until) {
        assertThat(SaleReturns.until(sold, ZoneId.of("UTC"))).isEqualTo(until);
    }

    @Test
    void whatSheGaveOnIsNotWithdrawn() throws Exception {
        Saleroom room = new Saleroom(town, "given-on", 1);
        CollectorId ada = room.somebody("given-on-a");
        CollectorId bo = room.somebody("given-on-b");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        var number = new PieceNumber(room.collectible(), 1);
        Pieces pieces = town.server.bean(Pieces.class);
        assertThat(room.<Object>inOne(() -> pieces.move(number, ada, bo))).isEqualTo(new Pieces.Moving.Moved());
        assertThat(withdraw(room, ada, bought)).isInstanceOf(Withdrawing.GivenOn.class);
        town.drain();
        assertThat(room.<Object>inOne(() -> pieces.move(number, bo, ada))).isEqualTo(new Pieces.Moving.Moved());
        assertThat(withdraw(room, ada, bought)).as("though it came back").isInstanceOf(Withdrawing.GivenOn.class);
        assertThat(room.sale(ada, bought).returned()).as("money that left").isEmpty();
    }

    /** As text and as the page that a mail program shows; kept as files, to be looked at. */
    @ParameterizedTest
    @CsvSource({"en, Your purchase, comes back to you", "zh, 你买到了, 会退给你"})
    void sheIsWrittenToInHerLanguageAndThePageOfAMailSaysWhatItsTextSays(String language, String bought, String back)
            throws Exception {
        String name = "mails-" + language;
        Saleroom room = new Saleroom(town, name, 1);
        CollectorId ada = room.somebody(name, language);
        room.opens(ALIPAY);
        Claim claim = room.buys(ada, ALIPAY);
        withdraw(room, ada, claim);
        town.later(Duration.ofSeconds(5));
        List<Message> mails = room.mails(name);
        assertThat(mails).hasSize(2);
        assertThat(mails.getLast().subject()).contains(bought);
        assertThat(mails.getLast().text()).contains("/pay/" + claim.id() + "/withdraw");
        assertThat(mails.getFirst().subject()).contains(back);
        Path folder = Files.createDirectories(Path.of("target", "mails"));
        for (Message mail : mails) {
            String page = MailPage.of(mail);
            Files.writeString(folder.resolve("sale-" + language + "-" + mails.indexOf(mail) + ".html"), page);
            String seen = page.replaceAll("(?s)<style>.*?</style>", "").replaceAll("<[^>]+>", " ");
            for (String word : mail.text().split("\\s+")) {
                assertThat(word.startsWith("http") ? page : seen).contains(word.replaceAll("[:：]$", ""));
            }
        }
    }

    /** Her payment stays for the books; when their time is over nothing at it leads to her, here or at the gateway, and the sums stay. */
    @Test
    void theNumbersOfAnErasedPersonsPaymentGoWhenTheTimeOfTheBooksIsOver() throws Exception {
        Saleroom room = new Saleroom(town, "long-ago", 2);
        CollectorId ada = room.somebody("long-ago-a");
        CollectorId bo = room.somebody("long-ago-b");
        room.opens(ALIPAY);
        room.buys(ada, ALIPAY);
        room.buys(bo, ALIPAY);
        var house = new Bilingual("本店", "House");
        town.server.bean(Catalog.class).addBrand(Brand.Kind.HOUSE, "house", house, house, "night");
        town.server.bean(Departures.class).erase(ada);
        ForgottenPayments worker = town.server.bean(ForgottenPayments.class);
        town.clock.advance(Duration.ofDays(10 * 365));
        worker.run();
        assertThat(numbers(ada)).as("two leap days are missing").isEqualTo(1);
        town.clock.advance(Duration.ofDays(5));
        worker.run();
        assertThat(numbers(ada)).isZero();
        assertThat(numbers(bo)).as("who is here keeps hers").isEqualTo(1);
        assertThat(town.db()
                        .sql("select count(*) from payments where gateway_id = 'forgotten' and amount = 9900")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        town.clock.backToReal();
    }

    private static int numbers(CollectorId who) {
        return town.db()
                .sql("select count(*) from payments where payer = :who and gateway_id <> 'forgotten'")
                .param("who", who.value())
                .query(Integer.class)
                .single();
    }

    @Test
    void nobodyWithdrawsWhatSomebodyElseBought() throws Exception {
        Saleroom room = new Saleroom(town, "not-hers", 1);
        CollectorId ada = room.somebody("not-hers-a");
        CollectorId bo = room.somebody("not-hers-b");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        assertThat(withdraw(room, bo, bought)).isEqualTo(new Withdrawing.NotBought());
    }

    @Test
    void whoGotAPartBackForGoodwillWithdrawsAndGetsTheRest() throws Exception {
        Saleroom room = new Saleroom(town, "rest", 1);
        CollectorId ada = room.somebody("rest");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        Money price = ((Withdrawing.May) look(room, ada, bought)).back();
        Money part = new Money(price.minor() / 4, price.currency());
        var payments = town.server.bean(vitrine.payment.Payments.class);
        var paid = payments.paid(room.lumen, bought.id()).orElseThrow();
        payments.refund(paid.payment(), part, "goodwill");
        assertThat(((Withdrawing.May) look(room, ada, bought)).back()).isEqualTo(price.minus(part));
        assertThat(withdraw(room, ada, bought))
                .isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> assertThat(undone.back())
                        .isEqualTo(price.minus(part)));
        town.later(Duration.ofSeconds(30));
        assertThat(payments.paid(room.lumen, bought.id()).orElseThrow().refunded())
                .isEqualTo(price);
        assertThat(refunds(bought)).isEqualTo(2);
        assertThat(withdraw(room, ada, bought))
                .as("pressed again")
                .isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> assertThat(undone.back())
                        .isEqualTo(price.minus(part)));
    }

    @Test
    void whoGotAllOfItBackForGoodwillGivesThePieceBackForNothing() throws Exception {
        Saleroom room = new Saleroom(town, "nothing-left", 1);
        CollectorId ada = room.somebody("nothing-left");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        var payments = town.server.bean(vitrine.payment.Payments.class);
        var paid = payments.paid(room.lumen, bought.id()).orElseThrow();
        payments.refund(paid.payment(), paid.amount(), "goodwill");
        assertThat(withdraw(room, ada, bought)).isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> assertThat(
                        undone.back().minor())
                .isZero());
        assertThat(refunds(bought)).isEqualTo(1);
    }

    /** The right is hers on the day she uses it; her bank has the money, so nothing can go back twice, and what it returns is not the brand's. */
    @Test
    void whoWithdrawsWhileHerBankHasTheMoneyGetsItWhenTheBankReturnsIt() throws Exception {
        Saleroom room = new Saleroom(town, "bank-first", 1);
        CollectorId ada = room.somebody("bank-first");
        room.opens(Way.STRIPE_CARD);
        Claim bought = room.claims(ada, 1);
        town.clock.backToReal(); // Stripe's notices are signed then
        Started started = room.begins(ada, bought, Way.STRIPE_CARD);
        town.pays(started);
        town.drain();
        town.does(started, "dispute");
        Money price = Saleroom.price(Way.STRIPE_CARD);
        Money nothing = price.minus(price);
        assertThat(look(room, ada, bought)).isInstanceOfSatisfying(Withdrawing.May.class, may -> {
            assertThat(may.back()).isEqualTo(nothing);
            assertThat(may.atBank()).isEqualTo(price);
        });
        Visitor her = Visitor.signedIn(town, "bank-first@example.com");
        String pay = "/d/bank-first-sale/pay/" + bought.id();
        assertThat(her.page(pay + "/withdraw"))
                .contains("Your bank asked for €99.00", "today is the day that counts")
                .doesNotContain("All that you paid comes back");
        assertThat(her.lands(pay + "/withdraw", pay + "/withdraw", java.util.Map.of()))
                .contains("You withdrew on", "€99.00 is with your bank");
        assertThat(look(room, ada, bought)).isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> {
            assertThat(undone.back()).isEqualTo(nothing);
            assertThat(undone.atBank()).isEqualTo(price);
        });
        town.drain();
        assertThat(room.stock()).isEqualTo(new Stock(1, 1, 0, 0, 0, 0, 1));
        assertThat(refunds(bought)).isZero();
        assertThat(room.mails("bank-first").getFirst().text())
                .as("in writing, though nothing comes back yet")
                .contains("You withdrew from your purchase", "€99.00 is with your bank");
        town.does(started, "dispute-won");
        town.drain();
        town.drain();
        assertThat(reasons(bought)).as("once").containsExactly("regained");
        assertThat(look(room, ada, bought)).isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> {
            assertThat(undone.back()).isEqualTo(price);
            assertThat(undone.atBank()).isEqualTo(nothing);
        });
        assertThat(room.sale(ada, bought).tries().getFirst().refunded()).isEqualTo(price);
        assertThat(room.mails("bank-first"))
                .anySatisfy(mail -> assertThat(mail.text()).contains("Your bank returned €99.00 to us"));
        assertThat(town.balances(room.lumen).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isZero();
    }

    @Test
    void twoPressesAtOnceGiveBackOnce() throws Exception {
        Saleroom room = new Saleroom(town, "two-presses", 1);
        CollectorId ada = room.somebody("two-presses");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        Callable<Withdrawing> press = () -> withdraw(room, ada, bought);
        try (var hands = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var ended : hands.invokeAll(List.of(press, press, press))) {
                assertThat(ended.get()).isInstanceOf(Withdrawing.Undone.class);
            }
        }
        town.later(Duration.ofSeconds(30));
        assertThat(refunds(bought)).isEqualTo(1);
        assertThat(room.stock()).isEqualTo(new Stock(1, 1, 0, 0, 0, 0, 1));
    }

    @Test
    void aStageThatSoldOutIsNotOpenedAgainByAWithdrawal() throws Exception {
        Saleroom room = new Saleroom(town, "sold-out", 1);
        CollectorId ada = room.somebody("sold-out");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        town.later(Duration.ofSeconds(5));
        withdraw(room, ada, bought);
        LiveDrops.Seen seen = town.server.bean(LiveDrops.class).look(room.open(), town.clock.instant());
        assertThat(java.util.Objects.requireNonNull(seen).phase()).isEqualTo(LiveDrops.Phase.SOLD_OUT);
        assertThat(seen.left()).as("what came back is not for this stage").isZero();
    }

    @Test
    void whoPaidTooLateIsTold() throws Exception {
        Saleroom room = new Saleroom(town, "late-money", 1);
        CollectorId ada = room.somebody("late-money");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        var begun = room.begins(ada, held, ALIPAY);
        town.opened(begun);
        town.later(Saleroom.HOLD.plusSeconds(1));
        town.does(begun, "late");
        town.later(Duration.ofSeconds(30));
        town.drain();
        assertThat(room.mails("late-money")).hasSize(1);
        assertThat(room.mails("late-money").getFirst().text())
                .contains("arrived when your hold was over", "¥99.00 goes back", "Alipay");
    }

    @Test
    void whatStaffRefuseAfterItWasPaidIsGivenBackAndSheIsTold() throws Exception {
        Saleroom room = new Saleroom(town, "refused", 1);
        CollectorId ada = room.somebody("refused");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        doubts(room, ada);
        town.pays(room.begins(ada, held, ALIPAY));
        town.drain();
        assertThat(look(room, ada, held)).isEqualTo(new Withdrawing.NotYet());
        Reviews reviews = town.server.bean(Reviews.class);
        assertThat(reviews.refuse(room.open(), ada))
                .as("she was told a moment ago")
                .isInstanceOfSatisfying(Reviews.Refusing.TooEarly.class, early -> assertThat(early.from())
                        .isAfter(town.clock.instant().plus(Duration.ofHours(23))));
        town.later(Reviews.ANSWERED_WITHIN);
        assertThat(reviews.refuse(room.open(), ada)).isEqualTo(new Reviews.Refusing.Refused());
        assertThat(reviews.refuse(room.open(), ada)).isEqualTo(new Reviews.Refusing.DecidedBefore());
        town.later(Duration.ofSeconds(30));
        assertThat(look(room, ada, held))
                .isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> assertThat(undone.why())
                        .isEqualTo(Why.REFUSED));
        assertThat(room.sale(ada, held).returned()).isPresent();
        assertThat(room.stock().available()).isEqualTo(1);
        assertThat(room.mails("refused").getFirst().text()).contains("looked at your claim");
    }

    @Test
    void aUnitThatStaffRefuseIsFreeOnlyAfterTheGatewayClosedItsPaymentAndLateMoneySaysWhy() throws Exception {
        Saleroom room = new Saleroom(town, "refused-open", 1);
        CollectorId ada = room.somebody("refused-open");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        var begun = room.begins(ada, held, ALIPAY);
        town.opened(begun);
        doubts(room, ada);
        town.goesWrong("{\"away\": true}");
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        town.drain();
        assertThat(room.stock()).as("she could still pay for it").isEqualTo(new Stock(1, 0, 1, 0, 0, 0, 0));
        assertThat(room.pays(ada, held, ALIPAY)).isEqualTo(new Sales.Paying.TooLate());
        town.goesWrong("{\"away\": false}");
        town.later(Duration.ofSeconds(10));
        assertThat(room.stock()).isEqualTo(new Stock(1, 1, 0, 0, 0, 0, 0));
        town.does(begun, "late");
        town.later(Duration.ofSeconds(30));
        assertThat(reasons(held)).containsExactly("refused");
        assertThat(room.mails("refused-open").getFirst().text()).contains("looked at your claim", "charged nothing");
    }

    @Test
    void whoPaidInTheMomentInWhichSheIsRefusedHasHerMoneyBackAndTheUnitIsFree() throws Exception {
        Saleroom room = new Saleroom(town, "refused-paid", 1);
        CollectorId ada = room.somebody("refused-paid");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        doubts(room, ada);
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(room.begins(ada, held, ALIPAY));
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        for (int n = 0; n < 4; n++) town.later(Duration.ofSeconds(10));
        assertThat(room.sold()).isZero();
        assertThat(room.stock()).isEqualTo(new Stock(1, 1, 0, 0, 0, 0, 0));
        assertThat(reasons(held)).containsExactly("refused");
        assertThat(room.sale(ada, held).tries().getFirst().is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(room.mails("refused-paid").getFirst().text()).contains("looked at your claim");
    }

    @Test
    void whoseMoneyIsTakenUpInTheMomentInWhichSheIsRefusedHasItBack() throws Exception {
        Saleroom room = new Saleroom(town, "refused-taken", 1);
        CollectorId ada = room.somebody("refused-taken");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        doubts(room, ada);
        town.pays(room.begins(ada, held, ALIPAY));
        Drop drop = room.open();
        town.server.bean(Reviews.class).appeal(drop.id(), ada, "It was I.");
        var taken = new CompletableFuture<Boolean>();
        var refused = new CompletableFuture<Reviews.Refusing>();
        town.server.bean(TransactionTemplate.class).executeWithoutResult(status -> {
            town.server
                    .bean(JdbcClient.class)
                    .sql("select 1 from stock where collectible_id = :id for update")
                    .param("id", room.collectible().value())
                    .query()
                    .singleRow();
            // It has the drop's lock, and waits for the stock's; who refuses her waits for the drop's, in the midst of
            // her transaction.
            taken.completeAsync(() -> town.server.bean(SalesTaken.class).run(), EACH_ITS_OWN);
            elsewhere(
                    "select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
            refused.completeAsync(() -> town.server.bean(Reviews.class).refuse(drop, ada), EACH_ITS_OWN);
            elsewhere(
                    "select count(*) > 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction'");
        });
        assertThat(taken.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(refused.get(20, TimeUnit.SECONDS)).isEqualTo(new Reviews.Refusing.Refused());
        for (int n = 0; n < 4; n++) town.later(Duration.ofSeconds(10));
        assertThat(reasons(held)).containsExactly("refused");
        assertThat(look(room, ada, held))
                .isInstanceOfSatisfying(Withdrawing.Undone.class, undone -> assertThat(undone.why())
                        .isEqualTo(Why.REFUSED));
        assertThat(room.stock().available()).isEqualTo(1);
        assertThat(room.sale(ada, held).tries().getFirst().is()).isEqualTo(PaymentState.Is.REFUNDED);
    }

    /** Asked outside of the test's transaction, in which the answer would stay the same. */
    private static void elsewhere(String asked) {
        CompletableFuture.runAsync(
                        () -> {
                            long end =
                                    System.nanoTime() + Duration.ofSeconds(10).toNanos();
                            while (!town.db().sql(asked).query(Boolean.class).single()) {
                                assertThat(System.nanoTime()).as(asked).isLessThan(end);
                                LockSupport.parkNanos(10_000_000);
                            }
                        },
                        EACH_ITS_OWN)
                .join();
    }

    private static void doubts(Saleroom room, CollectorId who) {
        town.db()
                .sql("""
                insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at) values (:brand, :drop, :who, 'young-account', :now)
                """)
                .param("brand", room.lumen.value())
                .param("drop", room.open().id().value())
                .param("who", who.value())
                .param("now", java.sql.Timestamp.from(town.clock.instant()))
                .update();
    }

    private static List<String> reasons(Claim claim) {
        return town.db()
                .sql(
                        "select r.reason from refunds r join payments p using (brand_id, payment_id) where p.purpose = :claim")
                .param("claim", claim.id())
                .query(String.class)
                .list();
    }

    private static Withdrawing look(Saleroom room, CollectorId who, Claim claim) {
        return town.server.bean(SaleReturns.class).look(room.lumen, who, claim.id());
    }

    private static Withdrawing withdraw(Saleroom room, CollectorId who, Claim claim) {
        return town.server.bean(SaleReturns.class).withdraw(room.lumen, who, claim.id());
    }

    private static Piece piece(Saleroom room, int serial) {
        return town.server
                .bean(Pieces.class)
                .find(new PieceNumber(room.collectible(), serial))
                .orElseThrow();
    }

    private static int refunds(Claim claim) {
        UUID purpose = claim.id();
        return town.db()
                .sql(
                        "select count(*) from refunds r join payments p using (brand_id, payment_id) where p.purpose = :claim")
                .param("claim", purpose)
                .query(Integer.class)
                .single();
    }
}
