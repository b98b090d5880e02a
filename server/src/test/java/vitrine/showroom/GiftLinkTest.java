package vitrine.showroom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Gallery;
import vitrine.drop.Airdrops;
import vitrine.identity.Browser;
import vitrine.market.Transfers;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Pieces;
import vitrine.platform.BusinessClock;

/** What a gift's link opens, and what it does not any more. */
class GiftLinkTest {

    private static final String PASSED_ON = "This gift was opened or passed on";

    private static Gallery gallery;
    private static CollectibleId moonrise;

    @BeforeAll
    static void open() {
        gallery = new Gallery();
        moonrise = gallery.moonrise();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    private record Sent(String link, PieceNumber piece) {}

    /** Given by hand to her address. */
    private static Sent given(String name) {
        var airdrops = gallery.server.bean(Airdrops.class);
        var read = (Airdrops.Reading.Read)
                airdrops.read(moonrise, new GiftPolicy.Free(), false, Stream.of(name + "@example.com"));
        assertThat(airdrops.begin(moonrise.brand(), read.airdrop().id())).isInstanceOf(Airdrops.Beginning.Begun.class);
        gallery.seal();
        List<Airdrops.Line> lines = new ArrayList<>();
        gallery.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(
                        s -> airdrops.lines(moonrise.brand(), read.airdrop().id(), lines::add));
        var line = lines.getFirst();
        return new Sent(
                URI.create(requireNonNull(line.link())).getPath(),
                new PieceNumber(moonrise, requireNonNull(line.serial())));
    }

    @Test
    void herOwnLinkOpensItOnceAndLeadsToThePieceEverAfter() {
        var gift = given("ada");
        var answer = guest().post(gift.link(), Map.of());
        assertThat(answer.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/reveal"));
        assertThat(isWrapped(gift.piece())).isFalse();
        assertThat(guest().get(gift.link()).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/p/moonrise-" + piece(gift)));
    }

    @Test
    void whatWasGivenToAFriendUnopenedIsOpenedByTheFriendAlone() {
        var gift = given("cy");
        var transfers = gallery.server.bean(Transfers.class);
        var way = ((Transfers.Giving.Given) transfers.give(gift.piece(), gallery.collector("cy"), "Cy", "")).transfer();
        gallery.signedIn("dee");
        transfers.accept(moonrise.brand(), way, gallery.collector("dee"), "Dee", 0);
        gallery.server.bean(BusinessClock.class).advance(Duration.ofHours(25));
        gallery.seal();

        opensNothing(gift);
    }

    @Test
    void whatWentBackAndWasGivenAgainIsOpenedByItsNextOwnerAlone() {
        var gift = given("eve");
        gallery.takeBack(gift.piece());
        assertThat(guest().get(gift.link()).statusCode()).isEqualTo(410);
        assertThat(gallery.give(moonrise, gallery.collector("fay"), new GiftPolicy.Never()))
                .as("under the number that came back")
                .isEqualTo(gift.piece());

        opensNothing(gift);
    }

    private static void opensNothing(Sent gift) {
        var stranger = guest();
        assertThat(stranger.get(gift.link() + "?lang=en").body())
                .contains(PASSED_ON)
                .doesNotContain("/p/moonrise-");
        assertThat(stranger.post(gift.link(), Map.of()).headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith(gift.link()));
        assertThat(isWrapped(gift.piece())).isTrue();
        assertThat(stranger.post("/p/moonrise-" + piece(gift) + "/open", Map.of())
                        .statusCode())
                .as("nor does the browser count as hers")
                .isEqualTo(403);
    }

    private static int piece(Sent gift) {
        return gift.piece().serial();
    }

    private static boolean isWrapped(PieceNumber piece) {
        return gallery.server.bean(Pieces.class).find(piece).orElseThrow().openedAt() == null;
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }
}
