package vitrine.fulfilment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Gallery;
import vitrine.fulfilment.Fulfilments.Asking;
import vitrine.fulfilment.Fulfilments.Step;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Departures;
import vitrine.market.Transfers;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.HolderKeys;
import vitrine.ownership.Pieces;
import vitrine.ownership.Promise;
import vitrine.ownership.Promises;
import vitrine.ownership.Redemptions.Redeeming;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.testing.TestServer;

/** What a piece brings besides itself: taken once, seen by everybody before it changes hands, and sent or handed over. */
class FulfilmentsTest {

    private static final ParcelAddress HOME =
            new ParcelAddress("Ada Lovelace", "12 St James's Square", "London", "SW1Y 4JH", "United Kingdom", "");

    private static Gallery gallery;
    private static CollectibleId moonrise;
    private static CollectorId ada;
    private static CollectorId bo;
    private static Browser adas;
    private static Browser bos;

    @BeforeAll
    static void open() {
        gallery = new Gallery();
        moonrise = gallery.publish(
                "moonrise", new Bilingual("月升", "Moonrise"), new Bilingual("可个人展示。", "May be shown."), 100);
        adas = gallery.signedIn("ada");
        bos = gallery.signedIn("bo");
        for (Browser one : List.of(adas, bos)) {
            one.get("/?lang=en");
            Gallery.press(one, "/me/account/language", Map.of("language", "en"));
        }
        ada = root("ada");
        bo = root("bo");
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void aPerkIsRedeemedOnceStandsInTheRecordAndIsHandedOverOnce() {
        PieceNumber piece = bringing(Promise.Kind.PERK, null);
        assertThat(adas.get("/p/" + slug(piece)).body())
                .contains("A seat", "not redeemed yet", "/me/redeem/" + slug(piece));
        assertThat(post(adas, piece, Map.of()).statusCode())
                .as("without the tick")
                .isEqualTo(422);
        assertThat(post(adas, piece, Map.of("sure", "yes")).statusCode()).isEqualTo(303);
        assertThat(post(adas, piece, Map.of("sure", "yes")).statusCode())
                .as("again")
                .isEqualTo(303);
        Fulfilment one = of(piece);
        assertThat(adas.get("/me/redeem/" + slug(piece)).body()).contains(one.receipt(), "Show this at the counter");
        assertThat(count("piece_records", "kind = 'redeemed' and serial = " + piece.serial()))
                .isEqualTo(1);
        gallery.seal();
        assertThat(guest().get("/c/" + slug(piece) + "?lang=en").body())
                .contains("A seat", "redeemed", "The number is unique and was not taken back");
        assertThat(guest().get("/c/" + slug(piece) + "/certificate.json").body())
                .contains("piece.redeemed");
        assertThat(gallery.server.bean(HolderKeys.class).of(piece, ada))
                .as("her key is the same")
                .isPresent();

        Fulfilments fulfilments = gallery.server.bean(Fulfilments.class);
        assertThat(fulfilments.finish(brand(), " " + one.receipt().toLowerCase(java.util.Locale.ROOT) + " "))
                .isInstanceOf(Step.Done.class);
        assertThat(fulfilments.finish(brand(), one.receipt())).isInstanceOf(Step.Before.class);
        assertThat(fulfilments.ship(brand(), one.receipt(), "Post", "1")).isInstanceOf(Step.NotGoods.class);
        assertThat(fulfilments.finish(brand(), "AAAA-BBBB-CCCC")).isInstanceOf(Step.Unknown.class);
    }

    @Test
    void goodsGoToTheAddressWhichIsSealedAndForgottenTwoWeeksAfterTheyArrived() {
        PieceNumber piece = bringing(Promise.Kind.GOODS, null);
        assertThat(adas.get("/me/redeem/" + slug(piece)).body()).contains("Street and number", "forgotten two weeks");
        Map<String, String> form = new java.util.LinkedHashMap<>(HOME.fields());
        form.put("sure", "yes");
        form.put("city", "");
        var bad = post(adas, piece, form);
        assertThat(bad.statusCode()).isEqualTo(422);
        assertThat(bad.body())
                .contains("12 St James", "field--bad", "“City” cannot stay as it is")
                .containsOnlyOnce("aria-invalid");
        assertThat(count("redemptions", "serial = " + piece.serial()))
                .as("nothing is used up by a slip")
                .isZero();
        form.put("city", "London");
        assertThat(post(adas, piece, form).statusCode()).isEqualTo(303);
        assertThat(gallery.database
                        .jdbc()
                        .sql("select encode(address_sealed, 'escape') from fulfilments where serial = :serial")
                        .param("serial", piece.serial())
                        .query(String.class)
                        .single())
                .doesNotContain("London");
        form.put("city", "");
        assertThat(Gallery.press(adas, "/me/redeem/" + slug(piece) + "/address", form)
                        .body())
                .as("the form that was not taken is open")
                .contains("<details class=\"stack-s\" open>", "“City” cannot stay as it is");
        form.put("city", "Leeds");
        assertThat(Gallery.press(adas, "/me/redeem/" + slug(piece) + "/address", form)
                        .statusCode())
                .isEqualTo(303);

        Fulfilments fulfilments = gallery.server.bean(Fulfilments.class);
        String receipt = of(piece).receipt();
        assertThat(fulfilments.export(brand(), 100))
                .filteredOn(each -> each.fulfilment().receipt().equals(receipt))
                .singleElement()
                .satisfies(each -> assertThat(
                                Objects.requireNonNull(each.address()).city())
                        .isEqualTo("Leeds"));
        assertThat(fulfilments.finish(brand(), receipt)).isInstanceOf(Step.NotShipped.class);
        assertThat(fulfilments.ship(brand(), receipt, "", "1")).isInstanceOf(Step.NoTracking.class);
        gallery.postbox.received.clear();
        assertThat(fulfilments.ship(brand(), receipt, "Post", "RR123")).isInstanceOf(Step.Done.class);
        assertThat(fulfilments.ship(brand(), receipt, "Post", "RR123")).isInstanceOf(Step.Before.class);
        assertThat(Gallery.press(adas, "/me/redeem/" + slug(piece) + "/address", form)
                        .statusCode())
                .as("it is on its way")
                .isEqualTo(422);
        gallery.seal();
        gallery.seal();
        assertThat(gallery.postbox.received).singleElement().satisfies(mail -> {
            assertThat(mail.subject()).isEqualTo("“The print” is on its way");
            assertThat(mail.text()).contains("Post, number RR123", "/me/redeem/" + slug(piece));
        });
        gallery.postbox.received.clear();
        Instant shipped = of(piece).shippedAt();
        assertThat(fulfilments.ship(brand(), receipt, " Post", "RR321 ")).isInstanceOf(Step.Corrected.class);
        gallery.seal();
        gallery.seal();
        assertThat(gallery.postbox.received).singleElement().satisfies(mail -> {
            assertThat(mail.subject()).isEqualTo("“The print”: another tracking number");
            assertThat(mail.text()).contains("was wrong", "Post, number RR321", "/me/redeem/" + slug(piece));
        });
        assertThat(of(piece).shippedAt()).as("it left the house then").isEqualTo(shipped);
        gallery.postbox.received.clear();
        assertThat(fulfilments.shipByTable(brand(), receipt, "Post", "RR123"))
                .as("by the line that said it first")
                .isInstanceOf(Step.Before.class);
        gallery.seal();
        gallery.seal();
        assertThat(gallery.postbox.received).as("she knows the right one").isEmpty();
        assertThat(adas.get("/me/redeem/" + slug(piece)).body()).contains("Post RR321");
        assertThat(fulfilments.finish(brand(), receipt)).isInstanceOf(Step.Done.class);
        assertThat(fulfilments.ship(brand(), receipt, "Post", "RR999")).isInstanceOf(Step.Over.class);
        assertThat(of(piece).tracking()).isEqualTo("RR321");
        assertThat(of(piece).addressKept()).isTrue();
        gallery.server.bean(BusinessClock.class).advance(FulfilmentCare.KEPT_AFTER_DELIVERY.plusHours(2));
        gallery.seal();
        assertThat(of(piece).addressKept()).isFalse();
        assertThat(of(piece).tracking()).as("nor by what number it went there").isNull();
        assertThat(of(piece).carrier()).isNull();
        assertThat(count("fulfilments", "replaced is not null and serial = " + piece.serial()))
                .as("nor by the one that was wrong")
                .isZero();
        assertThat(of(piece).state()).isEqualTo("delivered");
        assertThat(fulfilments.ship(brand(), receipt, "Post", "RR321"))
                .as("of a table that is read again")
                .isInstanceOf(Step.Before.class);
        assertThat(of(piece).tracking()).isNull();
        assertThat(adas.get("/me/redeem/" + slug(piece)).body()).doesNotContain("RR321", "null");
    }

    @Test
    void onThePageTheNumberThatWasReplacedCanBeBroughtBack() {
        PieceNumber piece = bringing(Promise.Kind.GOODS, null);
        Fulfilments fulfilments = gallery.server.bean(Fulfilments.class);
        assertThat(fulfilments.ask(piece, ada, HOME)).isInstanceOf(Asking.Asked.class);
        String receipt = of(piece).receipt();
        assertThat(fulfilments.shipByTable(brand(), receipt, "Post", "RR1")).isInstanceOf(Step.Done.class);
        assertThat(fulfilments.ship(brand(), receipt, "Post", "RR2")).isInstanceOf(Step.Corrected.class);
        assertThat(fulfilments.ship(brand(), receipt, "Post", "RR1"))
                .as("it had been right")
                .isInstanceOf(Step.Corrected.class);
        assertThat(fulfilments.shipByTable(brand(), receipt, "Post", "RR2")).isInstanceOf(Step.Before.class);
        assertThat(of(piece).tracking()).isEqualTo("RR1");
    }

    @Test
    void anAddressOfWhatIsNeverShippedIsForgottenAndSheIsToldAndMayGiveItAgain() {
        PieceNumber piece = bringing(Promise.Kind.GOODS, null);
        Map<String, String> form = new java.util.LinkedHashMap<>(HOME.fields());
        form.put("sure", "yes");
        assertThat(post(adas, piece, form).statusCode()).isEqualTo(303);
        BusinessClock clock = gallery.server.bean(BusinessClock.class);
        gallery.database
                .jdbc()
                .sql("update fulfilments set addressed_at = :then where serial = :serial")
                .param("then", java.sql.Timestamp.from(clock.now().minus(FulfilmentCare.KEPT_UNSHIPPED)))
                .param("serial", piece.serial())
                .update();
        gallery.postbox.received.clear();
        clock.advance(java.time.Duration.ofHours(2));
        gallery.seal();
        gallery.seal();
        assertThat(of(piece).addressKept()).isFalse();
        assertThat(gallery.postbox.received).singleElement().satisfies(mail -> {
            assertThat(mail.subject()).isEqualTo("The address for “The print” was forgotten");
            assertThat(mail.text()).contains("180 days", "/me/redeem/" + slug(piece));
        });
        assertThat(Gallery.press(adas, "/me/redeem/" + slug(piece) + "/address", form)
                        .statusCode())
                .isEqualTo(303);
        clock.advance(java.time.Duration.ofHours(2));
        gallery.seal();
        assertThat(of(piece).addressKept()).as("half a year from now on").isTrue();
    }

    @Test
    void twoNodesOneRedeeming() throws Exception {
        PieceNumber piece = bringing(Promise.Kind.PERK, null);
        try (var other = TestServer.start(
                        gallery.database,
                        Map.of("vitrine.jobs", "manual", "vitrine.clock.movable", "true"),
                        beans -> {});
                var hands = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Asking>> presses = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                presses.add(() -> gallery.server.bean(Fulfilments.class).ask(piece, ada, null));
                presses.add(() -> other.bean(Fulfilments.class).ask(piece, ada, null));
            }
            List<Object> redemptions = new ArrayList<>();
            for (var ended : hands.invokeAll(presses)) {
                redemptions.add(((Asking.Asked) ended.get()).redemption().id());
            }
            assertThat(redemptions).as("all hear of the same one").hasSize(8).containsOnly(redemptions.getFirst());
        }
        assertThat(count("redemptions", "serial = " + piece.serial())).isEqualTo(1);
        assertThat(count("fulfilments", "serial = " + piece.serial())).isEqualTo(1);
        assertThat(count("piece_records", "kind = 'redeemed' and serial = " + piece.serial()))
                .isEqualTo(1);
    }

    @Test
    void aFriendSeesWhatIsLeftBeforeSheAcceptsAndWhatWasTakenStaysTaken() {
        PieceNumber piece = bringing(Promise.Kind.PERK, null);
        Transfers transfers = gallery.server.bean(Transfers.class);
        var given = (Transfers.Giving.Given) transfers.give(piece, ada, "Ada", "");
        String link = transfers.path(transfers.find(brand(), given.transfer()).orElseThrow());
        assertThat(guest().get(link + "?lang=en").body()).contains("A seat", "not redeemed yet");
        assertThat(post(adas, piece, Map.of("sure", "yes")).body())
                .as("what is on its way keeps what it brings")
                .contains("on its way to a friend");
        assertThat(Gallery.press(adas, "/me/give/" + slug(piece) + "/take-back", Map.of())
                        .statusCode())
                .isEqualTo(303);
        assertThat(post(adas, piece, Map.of("sure", "yes")).statusCode()).isEqualTo(303);
        gallery.seal();

        given = (Transfers.Giving.Given) transfers.give(piece, ada, "Ada", "");
        link = transfers.path(transfers.find(brand(), given.transfer()).orElseThrow());
        assertThat(adas.get("/me/give/" + slug(piece)).body()).contains("A seat", "redeemed");
        assertThat(guest().get(link + "?lang=en").body())
                .contains("A seat", "redeemed")
                .doesNotContain("not redeemed");
        assertThat(bos.post(link, Map.of("name", "Bo", "seen", "open")).body())
                .as("she looked before it was taken")
                .contains("has changed since you looked");
        assertThat(bos.post(link, Map.of("name", "Bo", "seen", "redeemed")).statusCode())
                .isEqualTo(303);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofHours(25));
        gallery.seal();
        gallery.seal();
        assertThat(gallery.server.bean(Pieces.class).find(piece).orElseThrow().owner())
                .isEqualTo(bo);
        assertThat(bos.get("/me/redeem/" + slug(piece)).body()).contains("nothing left to redeem");
        assertThat(gallery.server.bean(Fulfilments.class).ask(piece, bo, null))
                .isInstanceOfSatisfying(Asking.Refused.class, refused -> assertThat(refused.why())
                        .isInstanceOf(Redeeming.Before.class));
        assertThat(adas.get("/me/redeem/" + slug(piece)).body())
                .as("who redeemed sees how far it is, though the piece is another's")
                .contains(of(piece).receipt());
        assertThat(guest().get("/me/redeem/" + slug(piece)).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).contains("/sign-in"));
    }

    @Test
    void whatHasEndedOrNeverWasOrIsAnothersIsNotRedeemed() {
        Instant soon = gallery.server
                .bean(BusinessClock.class)
                .now()
                .plus(Duration.ofDays(1))
                .truncatedTo(ChronoUnit.SECONDS);
        PieceNumber piece = bringing(Promise.Kind.PERK, soon);
        Fulfilments fulfilments = gallery.server.bean(Fulfilments.class);
        assertThat(why(fulfilments.ask(piece, bo, null))).isInstanceOf(Redeeming.NotHolder.class);
        assertThat(bos.get("/me/redeem/" + slug(piece)).statusCode()).isEqualTo(404);
        PieceNumber plain = gallery.give(moonrise, ada, new GiftPolicy.Free());
        assertThat(why(fulfilments.ask(plain, ada, null))).isInstanceOf(Redeeming.Nothing.class);
        assertThat(adas.get("/me/redeem/" + slug(plain)).statusCode()).isEqualTo(404);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofDays(2));
        assertThat(why(fulfilments.ask(piece, ada, null))).isEqualTo(new Redeeming.Over(soon));
        assertThat(guest().get("/p/" + slug(piece) + "?lang=en").body()).contains("not redeemed; ended");
    }

    @Test
    void aPieceThatWentBackBringsNothingAnyMore() {
        PieceNumber piece = bringing(Promise.Kind.PERK, null);
        gallery.takeBack(piece);
        assertThat(gallery.server.bean(Promises.class).of(piece)).isEmpty();
    }

    @Test
    void whoHasHerAccountErasedLeavesNoAddressBehind() {
        Browser dees = gallery.signedIn("dee");
        CollectorId dee = root("dee");
        PieceNumber piece = bringing(Promise.Kind.GOODS, null, dee);
        PieceNumber sent = bringing(Promise.Kind.GOODS, null, dee);
        Fulfilments fulfilments = gallery.server.bean(Fulfilments.class);
        assertThat(fulfilments.ask(piece, dee, HOME)).isInstanceOf(Asking.Asked.class);
        assertThat(fulfilments.ask(sent, dee, HOME)).isInstanceOf(Asking.Asked.class);
        assertThat(fulfilments.ship(brand(), of(sent).receipt(), "Post", "RR7")).isInstanceOf(Step.Done.class);
        assertThat(dees.get("/me/redeem/" + slug(piece)).body()).contains("London");
        gallery.server.bean(Departures.class).erase(dee);
        gallery.seal();
        gallery.seal();
        assertThat(of(piece).addressKept()).isFalse();
        assertThat(of(sent).addressKept()).isFalse();
        assertThat(of(sent).tracking())
                .as("by which its way to her door can be read")
                .isNull();
        assertThat(of(sent).carrier()).isNull();
        assertThat(of(sent).state()).isEqualTo("shipped");
        assertThat(gallery.server.bean(Fulfilments.class).export(brand(), 100))
                .filteredOn(each -> each.fulfilment().piece().equals(piece))
                .singleElement()
                .satisfies(each -> assertThat(each.address()).isNull());
    }

    // ---- small words

    private static PieceNumber bringing(Promise.Kind kind, @Nullable Instant until) {
        return bringing(kind, until, ada);
    }

    private static PieceNumber bringing(Promise.Kind kind, @Nullable Instant until, CollectorId who) {
        PieceNumber piece = gallery.give(moonrise, who, new GiftPolicy.Free());
        Promises promises = gallery.server.bean(Promises.class);
        inOne(() -> {
            Promise promise = promises.publish(
                    brand(),
                    kind,
                    kind == Promise.Kind.GOODS ? new Bilingual("原作版画", "The print") : new Bilingual("首演座位", "A seat"),
                    new Bilingual("", ""),
                    until);
            promises.give(List.of(new Promises.Bringing(piece, promise.id())));
            return promise;
        });
        gallery.server.bean(Pieces.class).open(piece);
        gallery.seal();
        return piece;
    }

    private static <T> T inOne(Supplier<T> act) {
        return Objects.requireNonNull(
                gallery.server.bean(TransactionTemplate.class).execute(status -> act.get()));
    }

    private static java.net.http.HttpResponse<String> post(Browser who, PieceNumber piece, Map<String, String> form) {
        return Gallery.press(who, "/me/redeem/" + slug(piece), form);
    }

    private static Fulfilment of(PieceNumber piece) {
        return gallery.server.bean(Fulfilments.class).of(piece).orElseThrow();
    }

    private static Redeeming why(Asking asking) {
        return ((Asking.Refused) asking).why();
    }

    private static CollectorId root(String name) {
        return gallery.server.bean(Collectors.class).root(gallery.collector(name));
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }

    private static String slug(PieceNumber piece) {
        return "moonrise-" + piece.serial();
    }

    private static BrandId brand() {
        return moonrise.brand();
    }

    private static int count(String table, String where) {
        return gallery.database
                .jdbc()
                .sql("select count(*) from " + table + " where " + where)
                .query(Integer.class)
                .single();
    }
}
