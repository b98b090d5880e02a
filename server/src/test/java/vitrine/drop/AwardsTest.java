package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Certificates;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogKeys;
import vitrine.ledger.Logs;
import vitrine.ownership.CollectorPieces;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Piece;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Jobs;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Checkpoint;
import vitrine.proof.Merkle;
import vitrine.proof.SignedNote;
import vitrine.proof.SignerKey;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** From a unit of stock to a piece that is in the log: what a brand promises when it says "300 pieces". */
class AwardsTest {

    private static final Bilingual MOONRISE = new Bilingual("月升", "Moonrise");

    private TestDatabase database;
    private TestServer server;
    private Drops drops;
    private BrandId lumen;
    private CollectibleId moonrise;
    private CollectorId ada;
    private CollectorId bo;
    private final UUID offer = new UUID(0, 7);

    @BeforeEach
    void lumenPublishesMoonriseOfTen() {
        database = TestDatabase.fresh();
        server = TestServer.start(database, beans -> beans.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("workers", Map.of("vitrine.jobs", "manual"))));
        drops = server.bean(Drops.class);
        Catalog catalog = server.bean(Catalog.class);
        lumen = catalog.addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), MOONRISE, "night");
        moonrise = catalog.draft(draft("moonrise", 10, 2));
        inOneTransaction(() -> drops.publish(moonrise));
        Map<BuyerKey, CollectorId> people =
                server.bean(Collectors.class).forBuyerKeys(List.of(buyer("ada"), buyer("bo")));
        ada = requireNonNull(people.get(buyer("ada")));
        bo = requireNonNull(people.get(buyer("bo")));
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    @Test
    void tenPiecesWithTwoWithheldGiveEightAndNotOneMore() {
        assertThat(held(5)).isEqualTo(5);
        assertThat(held(5)).isEqualTo(3);
        assertThat(held(1)).isZero();
        assertThat(stock()).isEqualTo(new Stock(10, 0, 8, 0, 2, 0, 0));
    }

    @Test
    void serialsRunFromOneWithoutAGapAndBelongToOneOwnerEach() {
        held(8);
        assertThat(serials(award("order 1", ada), award("order 2", bo))).containsExactly(1, 2);
        assertThat(serials(award("order 3", ada))).containsExactly(3);
        assertThat(stock()).isEqualTo(new Stock(10, 0, 5, 3, 2, 0, 3));
        assertThat(piece(2).owner()).isEqualTo(bo);
    }

    @Test
    void theSameReasonNeverGivesASecondPiece() {
        held(2);
        assertThat(serials(award("order 1", ada))).containsExactly(1);
        assertThat(serials(award("order 1", ada), award("order 2", bo))).containsExactly(1, 2);
        assertThat(stock()).isEqualTo(new Stock(10, 6, 0, 2, 2, 0, 2));
    }

    @Test
    void aPieceThatCameBackIsTheFirstToBeGivenAgain() {
        held(3);
        serials(award("order 1", ada), award("order 2", bo));
        inOneTransaction(() -> drops.takeBack(List.of(number(1)), "returned"));
        assertThat(piece(1).state()).isEqualTo(Piece.State.RETURNED);
        assertThat(stock()).isEqualTo(new Stock(10, 6, 1, 1, 2, 0, 2));
        assertThat(serials(award("order 3", bo))).containsExactly(1);
        assertThat(piece(1).records())
                .extracting(Piece.PieceRecord::kind)
                .containsExactly("granted", "revoked", "granted");
        assertThat(piece(1).moves()).isEqualTo(1);
    }

    @Test
    void theDatabaseItselfRefusesOneTooMany() {
        assertThatThrownBy(() -> database.jdbc()
                        .sql("update stock set granted = granted + 1 where collectible_id = :id")
                        .param("id", moonrise.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("stock_never_one_too_many");
    }

    @Test
    void unitsThatWereAllottedToTheHouseAreNobodyElses() {
        var allotments = server.bean(Allotments.class);
        BrandId house = server.bean(Catalog.class)
                .addBrand(Brand.Kind.HOUSE, "isle", new Bilingual("灯屿", "Isle"), MOONRISE, "plain");
        assertThat(allotments.allot(house, moonrise, 6)).isEqualTo(6);
        assertThat(allotments.allot(house, moonrise, 6)).isEqualTo(6);
        assertThat(held(8)).isEqualTo(2);
        Integer promised =
                server.bean(TransactionTemplate.class).execute(status -> allotments.hold(house, moonrise, 7));
        assertThat(promised).isEqualTo(6);
        assertThat(stock()).isEqualTo(new Stock(10, 0, 8, 0, 2, 0, 0));
    }

    @Test
    void everyRecordIsSealedOnceAndProvesItselfAgainstTheSignedCheckpoint() {
        held(8);
        IntStream.range(0, 5).forEach(n -> serials(award("order " + n, n % 2 == 0 ? ada : bo)));
        inOneTransaction(() -> drops.takeBack(List.of(number(2)), "returned"));
        assertThat(recorded(2)).isEmpty();
        server.bean(Jobs.class).drain();

        var checkpoint = SignedNote.parse(requireNonNull(server.bean(Ledger.class)
                        .head(server.bean(Ledger.class).main())
                        .note()))
                .orThrow();
        var ledger = server.bean(Ledger.class);
        var key = server.bean(LogKeys.class).verifier(ledger.main());
        assertThat(checkpoint.verify(List.of(key))).isInstanceOf(SignedNote.Check.Verified.class);
        var head = Checkpoint.parse(checkpoint.text()).orThrow();
        assertThat(head.size()).isEqualTo(7); // the publication, five grants, one revocation
        for (int serial = 1; serial <= 5; serial++) {
            for (var sealed : recorded(serial)) {
                assertThat(sealed.proof()
                                .verify(Merkle.leafHash(sealed.entry()), head.root())
                                .holds())
                        .isTrue();
            }
        }
        assertThat(new String(recorded(2).getLast().entry(), StandardCharsets.UTF_8))
                .contains("piece.revoked");
    }

    @Test
    void aRecordNeverSharesASealWithTheOneBeforeIt() {
        held(1);
        serials(award("order 1", ada));
        inOneTransaction(() -> drops.takeBack(List.of(number(1)), "returned"));
        server.bean(Jobs.class).drain();
        // Grant and revocation were both pending when the sealer came: two heads, not one.
        assertThat(database.jdbc()
                        .sql("select count(*) from log_heads")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void aPieceThatWasGivenInOneLogAndTakenBackInTheNextProvesItselfWithTheNewLogsKeyAlone() {
        held(2);
        serials(award("order 1", ada), award("order 2", bo));
        server.bean(Jobs.class).drain();
        server.bean(Logs.class).succeed(server.bean(Ledger.class).main(), "2027", false);
        server.bean(Jobs.class).drain();
        inOneTransaction(() -> drops.takeBack(List.of(number(1)), "returned"));
        server.bean(Jobs.class).drain();
        var key = server.bean(LogKeys.class).verifier(server.bean(Ledger.class).main());
        var certificates = server.bean(Certificates.class);
        var moved = ((Certificates.Certified.Proven) certificates.of(number(1)).orElseThrow()).certificate();
        assertThat(moved.log()).endsWith("/logs/2027");
        assertThat(CertificateCheck.verify(moved.format(), List.of(key), null))
                .isInstanceOf(CertificateVerdict.Valid.class);
        var untouched =
                ((Certificates.Certified.Proven) certificates.of(number(2)).orElseThrow()).certificate();
        assertThat(untouched.log())
                .as("it stays with the log that has all of it")
                .endsWith("/log");
        assertThat(untouched.earlier()).isEmpty();
    }

    @Test
    void aStrangerWithThePinnedKeyFindsTheCertificateValidAndWithAnotherKeyNever() {
        held(2);
        serials(award("order 1", ada), award("order 2", bo));
        server.bean(Jobs.class).drain();
        var certified = server.bean(Certificates.class).of(number(2)).orElseThrow();
        byte[] file = ((Certificates.Certified.Proven) certified).certificate().format();
        var ledger = server.bean(Ledger.class);
        var key = server.bean(LogKeys.class).verifier(ledger.main());
        assertThat(CertificateCheck.verify(file, List.of(key), null)).isInstanceOf(CertificateVerdict.Valid.class);
        assertThat(CertificateCheck.verify(file, List.of(), null)).isInstanceOf(CertificateVerdict.NotPinned.class);
        var other = new SignerKey(key.name(), new byte[32]).verifier();
        assertThat(CertificateCheck.verify(file, List.of(other), null)).isInstanceOf(CertificateVerdict.Invalid.class);
    }

    @Test
    void untilItsRecordIsSealedAPieceHasNoCertificate() {
        held(1);
        serials(award("order 1", ada));
        assertThat(server.bean(Certificates.class).of(number(1)).orElseThrow())
                .isInstanceOf(Certificates.Certified.BeingRecorded.class);
        assertThat(server.bean(Certificates.class).of(number(2))).isEmpty();
    }

    @Test
    void aCollectorsListShowsWhatSheHasAndNoLongerWhatWentBack() {
        held(3);
        serials(award("order 1", ada), award("order 2", ada), award("order 3", bo));
        inOneTransaction(() -> drops.takeBack(List.of(number(1)), "returned"));
        server.bean(Jobs.class).drain();
        var lists = server.bean(CollectorPieces.class);
        assertThat(lists.of(List.of(ada))).containsExactly(number(2));
        assertThat(lists.of(List.of(ada, bo))).containsExactlyInAnyOrder(number(2), number(3));
    }

    // ----

    private int held(int units) {
        Integer held = server.bean(TransactionTemplate.class).execute(status -> drops.hold(moonrise, units));
        return held == null ? 0 : held;
    }

    private List<Integer> serials(Award... awards) {
        List<Awarded> awarded = server.bean(TransactionTemplate.class).execute(status -> drops.award(List.of(awards)));
        return awarded == null
                ? List.of()
                : awarded.stream().map(Awarded::serial).toList();
    }

    private Award award(String reason, CollectorId to) {
        return new Award(new OfferId(lumen, offer), reason, moonrise, to, null, new GiftPolicy.Never());
    }

    private Stock stock() {
        Stock stock = server.bean(TransactionTemplate.class).execute(status -> drops.stock(moonrise));
        if (stock == null) throw new IllegalStateException();
        return stock;
    }

    private PieceNumber number(int serial) {
        return new PieceNumber(moonrise, serial);
    }

    private Piece piece(int serial) {
        return server.bean(Pieces.class).find(number(serial)).orElseThrow();
    }

    private List<Ledger.Proven> recorded(int serial) {
        var ledger = server.bean(Ledger.class);
        var ids = piece(serial).records().stream().map(Piece.PieceRecord::id).toList();
        var places = ledger.places(ids);
        return ids.stream()
                .filter(places::containsKey)
                .map(id -> ledger.proven(
                        requireNonNull(places.get(id)),
                        ledger.head(ledger.main()).size()))
                .toList();
    }

    private void inOneTransaction(Runnable act) {
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> act.run());
    }

    private CollectibleDraft draft(String slug, Integer supply, int withheld) {
        return new CollectibleDraft(
                lumen, slug, null, null, "brand", MOONRISE, MOONRISE, MOONRISE, MOONRISE, 2026, "night", MOONRISE,
                supply, withheld, List.of(), List.of());
    }

    private static BuyerKey buyer(String name) {
        return new BuyerKey(BuyerKey.Kind.EMAIL, (name + "@example.com").getBytes(StandardCharsets.UTF_8));
    }
}
