package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.PieceNumber;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.ownership.Pieces;
import vitrine.payment.PayTown;
import vitrine.payment.PaymentId;
import vitrine.payment.Payments;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.messages.Message;

/** A colleague finds a purchase and gives a part or all of its money back, once, with a reason; and answers a buyer's bank. */
class GivingBackDeskTest {

    /** Whose notices sign no time: the clock goes on from sale to sale. */
    private static final Way ALIPAY = Way.ALIPAY_PAGE;

    private static final Pattern WISH = Pattern.compile("name=\"wish\" value=\"([^\"]+)\"");

    private static PayTown town;
    private static Visitor wen;

    @BeforeAll
    static void open() {
        town = new PayTown();
        wen = Visitor.hired(town, new Saleroom(town, "first", 1).lumen, "wen", Colleagues.Role.TEAM);
    }

    @AfterAll
    static void close() {
        town.close();
    }

    private static PaymentId paid(Saleroom room, Claim bought) {
        return town.payments().paid(room.lumen, bought.id()).orElseThrow().payment();
    }

    private record Bought(Started started, PaymentId payment) {}

    private static Bought byCard(Saleroom room, String who) throws Exception {
        CollectorId buyer = room.somebody(who);
        room.opens(Way.STRIPE_CARD);
        Claim held = room.claims(buyer, 1);
        town.clock.backToReal(); // Stripe's notices are signed then
        Started started = room.begins(buyer, held, Way.STRIPE_CARD);
        town.pays(started);
        town.drain();
        return new Bought(started, paid(room, held));
    }

    private static String page(PaymentId payment) {
        return "/desk/lumen/money/payments/" + payment;
    }

    private static long sumOfAll(Saleroom room) {
        return town.balances(room.lumen).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static String shows(HttpResponse<String> answer) {
        return wen.page(answer.headers().firstValue("Location").orElseThrow(() -> new AssertionError(answer.body())));
    }

    /** Looks at it once more and presses the button. */
    private static HttpResponse<String> gives(PaymentId payment, String amount, String reason) {
        return wen.sends("/desk/lumen/money", page(payment) + "/back", form(payment, amount, reason));
    }

    private static Map<String, String> form(PaymentId payment, String amount, String reason) {
        String sure = wen.page(page(payment) + "?amount=" + amount + "&reason=" + reason);
        return Map.of("amount", amount, "reason", reason, "wish", Visitor.first(WISH, sure, 1));
    }

    @Test
    void aPartGoesBackOnceHoweverOftenTheButtonIsPressedAndThePieceStaysHers() throws Exception {
        Saleroom room = new Saleroom(town, "a-part", 2);
        CollectorId ada = room.somebody("a-part");
        room.opens(ALIPAY);
        Claim bought = room.buys(ada, ALIPAY);
        PaymentId payment = paid(room, bought);
        String found = wen.lands(
                "/desk/lumen/money/payments",
                "/desk/lumen/money/payments",
                Map.of("sought", bought.id().toString()));
        assertThat(found).contains("Payment for “Moonrise”", "¥99.00", "№&thinsp;1", "Held by: Alipay");
        assertThat(wen.lands("/desk/lumen/money", "/desk/lumen/money/payments", Map.of("sought", "a-part@example.com")))
                .as("by the buyer's address")
                .contains("Payment for “Moonrise”");
        assertThat(wen.lands("/desk/lumen/people", "/desk/lumen/people", Map.of("sought", "a-part@example.com")))
                .as("who bought in a drop, among the people")
                .contains("Pieces held now", ">drop</td>");
        assertThat(wen.lands("/desk/lumen/money", "/desk/lumen/money/payments", Map.of("sought", "nobody@example.com")))
                .contains("No payment of this brand was found.");
        assertThat(wen.page(page(payment) + "?amount=9.00&reason=goodwill"))
                .contains("Give back ¥9.00?", "It is a part: the piece stays hers.");
        var form = form(payment, "9.00", "goodwill");
        assertThat(wen.lands("/desk/lumen/money", page(payment) + "/back", form))
                .contains("The piece stays hers.", "¥90.00", "As a courtesy");
        assertThat(wen.lands("/desk/lumen/money", page(payment) + "/back", form))
                .contains("given back already, once");
        town.drain();
        assertThat(town.payments().refunds(payment)).hasSize(1);
        assertThat(room.stock().granted()).isEqualTo(1);
        assertThat(room.mails("a-part").getFirst().text()).contains("as a courtesy", "¥9.00 goes back");
        assertThat(shows(gives(payment, "1.00", "goodwill")))
                .as("another day, another part")
                .contains("¥89.00");
        town.drain();
        assertThat(sumOfAll(room)).isZero();
        assertThat(wen.page("/desk/lumen/audit")).contains("gave money back to a buyer", "looked for a payment");
    }

    @Test
    void whoLooksUpAPurchaseFindsThePaymentThatPaidForItAndBesideItEveryOtherTry() throws Exception {
        Saleroom room = new Saleroom(town, "two-tries", 1);
        CollectorId ada = room.somebody("two-tries");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        Started first = room.begins(ada, held, ALIPAY);
        town.opened(first);
        town.opened(room.begins(ada, held, Way.WECHAT_NATIVE));
        town.pays(first);
        town.drain();
        PaymentId paid = paid(room, held);
        String found = wen.lands(
                "/desk/lumen/money/payments",
                "/desk/lumen/money/payments",
                Map.of("sought", held.id().toString()));
        assertThat(found).contains("Held by: Alipay", "All tries to pay for this", "This one", "№&thinsp;1");
        PaymentId other = town.payments().of(room.lumen, held.id()).getLast().payment();
        assertThat(other).isNotEqualTo(paid);
        assertThat(found).contains(page(other));
        assertThat(wen.page(page(other))).contains(page(paid));
    }

    @Test
    void aRefundThatTheGatewayRefusedIsNotToldAsGivenBack() throws Exception {
        Saleroom room = new Saleroom(town, "refused-back", 1);
        CollectorId ada = room.somebody("refused-back");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        Started begun = room.begins(ada, held, ALIPAY);
        town.pays(begun);
        town.drain();
        town.does(begun, "give-back");
        assertThat(town.server.bean(SaleReturns.class).withdraw(room.lumen, ada, held.id()))
                .isInstanceOf(SaleReturns.Withdrawing.Undone.class);
        town.drain();
        Visitor buyer = Visitor.signedIn(town, "refused-back@example.com");
        assertThat(buyer.page("/d/refused-back-sale/pay/" + held.id()))
                .contains("did not take our refund of ¥99.00", "We owe it to you")
                .doesNotContain("was given back");
        assertThat(wen.page(page(room.sale(ada, held).tries().getFirst().payment())))
                .contains("A refund was refused: still owed", "Refused");
    }

    @Test
    void withAllOfItThePieceComesBackToTheStockAsWhenSheWithdraws() throws Exception {
        Saleroom room = new Saleroom(town, "all-of-it", 2);
        CollectorId ada = room.somebody("all-of-it");
        room.opens(ALIPAY);
        PaymentId payment = paid(room, room.buys(ada, ALIPAY));
        gives(payment, "9.00", "goodwill");
        assertThat(wen.page(page(payment) + "?amount=90.00&reason=not-as-described"))
                .contains("the piece goes back to the stock under its number");
        assertThat(shows(gives(payment, "90.00", "not-as-described")))
                .contains("the piece is in the stock again", "All was given back on");
        town.drain();
        assertThat(room.stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 1));
        assertThat(room.mails("all-of-it"))
                .extracting(Message::text)
                .anySatisfy(text -> assertThat(text).contains("as a courtesy", "¥9.00"))
                .anySatisfy(text -> assertThat(text).contains("was not as it had been described", "¥90.00"));
        assertThat(town.balances(room.lumen)).containsEntry("refunds", 0L);
        assertThat(sumOfAll(room)).isZero();
    }

    @Test
    void whatSheGaveOnStaysWhereItIs() throws Exception {
        Saleroom room = new Saleroom(town, "gave-on", 1);
        CollectorId ada = room.somebody("gave-on-a");
        CollectorId bo = room.somebody("gave-on-b");
        room.opens(ALIPAY);
        PaymentId payment = paid(room, room.buys(ada, ALIPAY));
        room.<Object>inOne(() -> town.server.bean(Pieces.class).move(new PieceNumber(room.collectible(), 1), ada, bo));
        assertThat(shows(gives(payment, "99.00", "by-mistake"))).contains("The piece stays where it is.");
        town.drain();
        assertThat(room.stock().granted()).isEqualTo(1);
        assertThat(sumOfAll(room)).isZero();
    }

    @Test
    void whatCannotBeGivenBackIsSaidAtItsFieldAndNothingMoves() throws Exception {
        Saleroom room = new Saleroom(town, "not-so-much", 1);
        CollectorId ada = room.somebody("not-so-much");
        room.opens(ALIPAY);
        PaymentId payment = paid(room, room.buys(ada, ALIPAY));
        for (String amount : new String[] {"", "0", "-1", "abc", "1.234", "1e999"}) {
            HttpResponse<String> answer = wen.get(page(payment) + "?amount=" + amount + "&reason=goodwill");
            assertThat(answer.statusCode()).as(amount).isEqualTo(422);
            assertThat(answer.body()).contains("An amount, such as 9.90");
        }
        assertThat(wen.page(page(payment) + "?amount=99.01&reason=goodwill")).contains("At most ¥99.00 is left.");
        assertThat(wen.page(page(payment) + "?amount=9.00&reason=whim")).contains("Choose a reason");
        var more = Map.of(
                "amount",
                "100.00",
                "reason",
                "goodwill",
                "wish",
                UUID.randomUUID().toString());
        assertThat(wen.sends("/desk/lumen/money", page(payment) + "/back", more).body())
                .contains("At most ¥99.00 is left.");
        var unnamed = Map.of("amount", "1.00", "reason", "goodwill", "wish", "x");
        wen.sends("/desk/lumen/money", page(payment) + "/back", unnamed);
        assertThat(town.payments().refunds(payment)).isEmpty();
        assertThat(wen.get(page(new PaymentId(room.lumen, UUID.randomUUID()))).statusCode())
                .isEqualTo(404);
    }

    @Test
    void anAgencyGivesNothingBack() {
        Visitor agency = Visitor.hired(town, new Saleroom(town, "agency", 1).lumen, "agency", Colleagues.Role.AGENCY);
        assertThat(agency.get("/desk/lumen/money/payments").statusCode()).isEqualTo(403);
    }

    @Test
    void whoGivesInToHerBankTakesThePieceBack() throws Exception {
        Saleroom room = new Saleroom(town, "her-bank", 1);
        Bought bought = byCard(room, "her-bank");
        PaymentId payment = bought.payment;
        town.does(bought.started, "dispute");
        assertThat(wen.page("/desk/lumen/money")).contains("A buyer’s bank asks for the money");
        String open = wen.page(page(payment));
        assertThat(open)
                .contains("Waits for an answer", "She says that she did not pay")
                .doesNotContain("Give money back");
        String giveIn = open.replaceAll("(?s).*action=\"([^\"]+/give-in)\".*", "$1");
        assertThat(wen.lands("/desk/lumen/money", giveIn, Map.of()))
                .contains("She keeps the money.", "Take the piece back");
        assertThat(wen.lands("/desk/lumen/money", page(payment) + "/take-back", Map.of()))
                .contains("The piece is in the stock again.", "after a lost dispute")
                .doesNotContain("Take the piece back");
        town.drain();
        assertThat(room.stock().granted()).isZero();
        assertThat(room.mails("her-bank")).extracting(Message::subject).hasSize(1);
        assertThat(sumOfAll(room)).isZero();
    }

    @Test
    void aRefundThatWaitsForAWordOfThePeopleSaysWhatIsBookedByHandAlready() throws Exception {
        Saleroom room = new Saleroom(town, "by-hand", 1);
        Bought bought = byCard(room, "by-hand");
        PaymentId payment = bought.payment;
        for (String amount : new String[] {"9.00", "8.00"}) {
            gives(payment, amount, "goodwill");
            town.drain();
            town.does(bought.started, "refund-fails");
            town.does(bought.started, "give-back-" + amount.replace(".", ""));
            wen.lands("/desk/lumen/money", act(payment, "again"), Map.of());
            town.later(java.time.Duration.ofSeconds(1));
            assertThat(wen.page(page(payment))).contains("given back at the payment service’s own pages");
            if (amount.equals("9.00")) {
                assertThat(wen.page(page(payment))).doesNotContain("is booked by hand here already");
                assertThat(wen.lands("/desk/lumen/money", act(payment, "by-hand"), Map.of("why", "By Wen, there")))
                        .contains("Booked as given back by hand");
            }
        }
        assertThat(wen.page(page(payment))).contains("€9.00 of this payment is booked by hand here already");
        assertThat(wen.page("/desk/lumen/money")).contains("€9.00 of this payment is booked by hand here already");
        assertThat(wen.lands("/desk/lumen/money", act(payment, "by-hand"), Map.of("why", "By Wen, there")))
                .contains("Booked as given back by hand");
    }

    private static String act(PaymentId payment, String what) {
        return wen.page(page(payment)).replaceAll("(?s).*action=\"([^\"]+/" + what + ")\".*", "$1");
    }

    @Test
    void anotherSumIsShownAndGoesBackAndHerHoldEnds() throws Exception {
        Saleroom room = new Saleroom(town, "other-sum", 1);
        CollectorId ada = room.somebody("other-sum");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(room.begins(ada, held, ALIPAY));
        PaymentId payment = town.payments().of(room.lumen, held.id()).getFirst().payment();
        // As if another sum had been asked for than the gateway was told.
        town.db()
                .sql("update payments set amount = 9800 where payment_id = :id")
                .param("id", payment.value())
                .update();
        town.payments().close(room.lumen, held.id());
        assertThat(wen.page("/desk/lumen/money")).contains("Another sum came than was asked for");
        assertThat(wen.page(page(payment))).contains("¥99.00 came in, and ¥98.00 was asked for");
        assertThat(wen.lands("/desk/lumen/money", page(payment) + "/other", Map.of()))
                .contains("What came was booked and is on its way back.");
        assertThat(wen.lands("/desk/lumen/money", page(payment) + "/other", Map.of()))
                .contains("settled already");
        Visitor buyer = Visitor.signedIn(town, "other-sum@example.com");
        String pays = "/d/other-sum-sale/pay/" + held.id();
        assertThat(buyer.page(pays))
                .as("her hold goes on, and she may pay what was asked for")
                .contains("data-state=\"choose\"", "¥99.00 came in where ¥98.00 was asked for", "It bought nothing")
                .doesNotContain("when your hold was over, or twice");
        town.later(Saleroom.HOLD.plusMinutes(1));
        town.later(java.time.Duration.ofSeconds(10));
        assertThat(room.stock().held()).as("free for somebody else").isZero();
        assertThat(buyer.page(pays))
                .contains("data-state=\"returned\"", "¥99.00 came in where ¥98.00 was asked for", "was given back")
                .doesNotContain("when your hold was over, or twice");
        assertThat(room.mails("other-sum")).extracting(Message::text).anySatisfy(text -> assertThat(text)
                .contains("another sum came in"));
        assertThat(town.server.bean(Payments.class).ofAnotherSum(room.lumen, 10))
                .isEmpty();
        assertThat(sumOfAll(room)).isZero();
    }
}
