package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Award;
import vitrine.drop.Drops;
import vitrine.drop.OfferId;
import vitrine.fulfilment.Fulfilments;
import vitrine.fulfilment.Fulfilments.Asking;
import vitrine.fulfilment.ParcelAddress;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Promise;
import vitrine.ownership.Promises;
import vitrine.platform.Bilingual;
import vitrine.platform.BuyerKeys;

/** Staff hand over perks against their receipt and send parcels, one by one or from a table. */
class RedemptionsDeskTest {

    private static final String PAGE = "/desk/lumen/redemptions";

    private static Workplace lumen;
    private static Browser wen;
    private static int given;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void aPerkIsHandedOverAgainstItsReceiptAndNotASecondTime() {
        String receipt = redeemed(Promise.Kind.PERK, null);
        assertThat(wen.get(PAGE + "?receipt="
                                + receipt.toLowerCase(java.util.Locale.ROOT).replace("-", "+"))
                        .body())
                .contains("To hand over", "A seat", "Hand over");
        assertThat(wen.get(PAGE + "?receipt=0000-0000-0000").body()).contains("There is no such receipt");
        assertThat(send(Map.of("receipt", receipt, "do", "ship", "carrier", "Post", "tracking", "1"))
                        .body())
                .contains("A perk is not shipped");
        assertThat(send(Map.of("receipt", receipt, "do", "finish")).statusCode())
                .isEqualTo(303);
        var again = send(Map.of("receipt", receipt, "do", "finish"));
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(again.body()).contains("It was done before");
        assertThat(wen.get("/desk/lumen/audit").body()).contains("marked a redemption as handed over");
    }

    @Test
    void aParcelThatWasRefusedKeepsTheCarrierAndTheNumberThatWereTyped() {
        String receipt = redeemed(Promise.Kind.GOODS, home("Ada"));
        var refused = send(Map.of("receipt", receipt, "do", "ship", "carrier", "Harbour Post", "tracking", ""));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("value=\"Harbour Post\"");
    }

    @Test
    void theTableOfParcelsComesBackWithWhatBecameOfThem() {
        String first = redeemed(Promise.Kind.GOODS, home("Ada"));
        String second = redeemed(Promise.Kind.GOODS, home("=HYPERLINK(1)"));
        String perk = redeemed(Promise.Kind.PERK, null);
        assertThat(wen.get(PAGE + "/parcels.csv").statusCode())
                .as("no link writes anything down")
                .isGreaterThanOrEqualTo(400);
        String table = parcels();
        assertThat(table)
                .contains(first + ",A seat,moonrise-", ",Ada,1 Pier Road,HB1,Harbour,Isle,", ",'=HYPERLINK(1),")
                .doesNotContain(perk);
        assertThat(wen.get("/desk/lumen/audit").body()).contains("took the addresses of parcels home");

        String back = "\uFEFFreceipt,carrier,tracking,delivered\n" + first + ",Post,RR1,yes\n" + second + ",Post,RR2,\n"
                + perk + ",Post,RR3,\n0000-0000-0000,Post,RR4,\n" + second + ",Post,,\n";
        assertThat(upload(back).body())
                .contains("2 lines changed something", "Line 4: " + perk, "A perk is not shipped")
                .contains("Line 5: 0000-0000-0000", "There is no such receipt");
        assertThat(upload(back).body()).as("read again").contains("0 lines changed something");
        assertThat(wen.get(PAGE + "?receipt=" + first).body()).contains("Delivered");
        assertThat(wen.get(PAGE + "?receipt=" + second).body())
                .contains("On its way", "Post RR2", "Correct carrier or number");
        assertThat(upload("receipt;carrier;tracking;delivered\n" + second + ";Post;RR20;;\n" + second + ";Post;RR21\n")
                        .body())
                .as("from a spreadsheet with other separators, and lines that differ in length")
                .contains("2 lines changed something");
        assertThat(upload("receipt,carrier,tracking\n" + second + ",Post,RR29\n" + ",,\n".repeat(10_000))
                        .statusCode())
                .isEqualTo(422);
        assertThat(wen.get(PAGE + "?receipt=" + second).body())
                .as("a table that is refused changes nothing")
                .contains("Post RR21");
        assertThat(upload("receipt,carrier,tracking\n" + second + ",Post,RR22\n" + first + ",Post,RR11\n")
                        .body())
                .contains("1 line changed something", "1 of them replaced a carrier or a number", second)
                .contains("Line 3: " + first, "carrier and number change no more");
        assertThat(wen.get(PAGE + "?receipt=" + second).body()).contains("Post RR22");
        assertThat(send(Map.of("receipt", second, "do", "ship", "carrier", "Harbour Post", "tracking", "RR23"))
                        .statusCode())
                .isEqualTo(303);
        assertThat(wen.get(PAGE + "?receipt=" + second).body()).contains("Harbour Post RR23");
        String sooner = "receipt,carrier,tracking,delivered\n" + second + ",Post,RR2,%s\n";
        assertThat(upload(sooner.formatted("")).body())
                .as("of the file that was sent first, since then put right twice")
                .contains("0 lines changed something");
        assertThat(upload(sooner.formatted("yes")).body())
                .as("the same file, filled in further")
                .contains("1 line changed something")
                .doesNotContain("replaced a carrier or a number", "change no more");
        assertThat(wen.get(PAGE + "?receipt=" + second).body()).contains("Harbour Post RR23", "Delivered");
        assertThat(upload(sooner.formatted("yes")).body())
                .as("and once more")
                .contains("0 lines changed something")
                .doesNotContain("change no more");
        assertThat(parcels()).doesNotContain(first, second);
        for (String wrong : List.of("", "a,b\n1,2\n", "receipt,receipt\n1,2\n")) {
            assertThat(upload(wrong).statusCode()).as(wrong).isEqualTo(422);
        }
    }

    @Test
    void anAgencyAndAnotherBrandSeeNoAddress() {
        String receipt = redeemed(Promise.Kind.GOODS, home("Ada"));
        assertThat(wen.get("/desk/lumen").body())
                .containsPattern("[0-9]+ parcels? to send")
                .contains(PAGE);
        Browser agency = lumen.hired("Bo", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(agency.get(PAGE).statusCode()).isEqualTo(403);
        assertThat(Workplace.send(agency, "/me/account", PAGE + "/parcels.csv", Map.of())
                        .statusCode())
                .isEqualTo(403);
        assertThat(agency.get("/desk/lumen").body()).doesNotContain(PAGE);
        Browser otto = lumen.team("Otto", Workplace.OTHER);
        assertThat(otto.get(PAGE).statusCode()).isEqualTo(403);
        assertThat(lumen.server.bean(Fulfilments.class).byReceipt(Workplace.OTHER, receipt))
                .isEmpty();
    }

    /** Somebody redeems what a piece of hers brings; her receipt. */
    private static String redeemed(Promise.Kind kind, @org.jspecify.annotations.Nullable ParcelAddress address) {
        var key = lumen.server
                .bean(BuyerKeys.class)
                .email("ada" + ++given + "@home.example")
                .orElseThrow();
        CollectorId ada = lumen.server.bean(Collectors.class).signedIn(key, "en");
        Promises promises = lumen.server.bean(Promises.class);
        var piece = inOne(() -> {
            Drops drops = lumen.server.bean(Drops.class);
            drops.hold(lumen.moonrise, 1);
            int serial = drops.award(List.of(new Award(
                            new OfferId(Workplace.LUMEN, new UUID(0, 7)),
                            "present " + given,
                            lumen.moonrise,
                            ada,
                            null,
                            new GiftPolicy.Free())))
                    .getFirst()
                    .serial();
            var number = new PieceNumber(lumen.moonrise, serial);
            Promise promise =
                    promises.publish(Workplace.LUMEN, kind, new Bilingual("座位", "A seat"), new Bilingual("", ""), null);
            promises.give(List.of(new Promises.Bringing(number, promise.id())));
            return number;
        });
        return ((Asking.Asked) lumen.server.bean(Fulfilments.class).ask(piece, ada, address))
                .redemption()
                .receipt();
    }

    private static ParcelAddress home(String name) {
        return new ParcelAddress(name, "1 Pier Road", "Harbour", "HB1", "Isle", "");
    }

    private static <T> T inOne(Supplier<T> act) {
        return Objects.requireNonNull(
                lumen.server.bean(TransactionTemplate.class).execute(status -> act.get()));
    }

    private static String parcels() {
        return Workplace.send(wen, PAGE, PAGE + "/parcels.csv", Map.of()).body();
    }

    private static HttpResponse<String> send(Map<String, String> form) {
        return Workplace.send(wen, PAGE, PAGE, form);
    }

    private static HttpResponse<String> upload(String file) {
        return wen.upload(
                PAGE + "/table",
                Map.of("_csrf", Workplace.token(wen, PAGE)),
                "file",
                file.isEmpty() ? Map.of() : Map.of("parcels.csv", file.getBytes(StandardCharsets.UTF_8)));
    }
}
