package vitrine.campaign;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.collectible;
import static vitrine.campaign.Stage.plan;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.BrandLogs;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.certificate.Certificates;
import vitrine.drop.Allotments;
import vitrine.drop.Drops;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.ledger.Logs;
import vitrine.ownership.Pieces;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Certificate;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Checkpoint;
import vitrine.proof.Json;
import vitrine.proof.LogReplay;
import vitrine.proof.SignedNote;
import vitrine.proof.TilePath;
import vitrine.proof.TileSource;
import vitrine.proof.VerifierKey;

/** Heron has a log of its own beside the house's, in which Lumen's pieces are. */
class BrandLogsTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Stage stage = Stage.of(10);
    private final BrandId house = stage.house();
    private final BrandId heron = brand("heron");
    private final String name = "heron" + stage.nth;
    private final Ledger ledger = stage.server.bean(Ledger.class);
    private final Logs logs = stage.server.bean(Logs.class);
    private CollectibleId reed = new CollectibleId(heron, stage.id(1));

    @BeforeEach
    void heronBeginsItsLogAndPublishesReed() {
        assertThat(begin(heron, name)).isInstanceOf(BrandLogs.Beginning.Opened.class);
        reed = stage.publish(heron, "reed", 10);
    }

    // --- whose log it is
    // -------------------------------------------------------------------------------------------------

    @Test
    void aBrandsRecordsStandInItsOwnLogAndNobodyElsesDo() {
        stage.drain();
        LogId own = ledger.of(heron);
        assertThat(ledger.originOf(own)).endsWith("/logs/" + name);
        assertThat(ledger.of(stage.lumen)).isEqualTo(ledger.main()).isNotEqualTo(own);
        assertThat(ledger.of(house)).isEqualTo(ledger.main());
        assertThat(texts(own)).singleElement().asString().contains("collectible.published", "reed");
        assertThat(texts(ledger.main())).noneMatch(text -> text.contains("\"reed" + stage.nth));
        assertThat(key(own).publicKey())
                .as("it has a key of its own")
                .isNotEqualTo(key(ledger.main()).publicKey());
    }

    @Test
    void aLogOfItsOwnBeginsBeforeTheFirstCollectibleOrNever() {
        assertThat(begin(stage.lumen, "late" + stage.nth)).isEqualTo(new BrandLogs.Beginning.HasRecords(1));
        assertThat(begin(heron, "again" + stage.nth))
                .isEqualTo(new BrandLogs.Beginning.HasLog(ledger.originOf(ledger.of(heron))));
        assertThat(begin(house, "house" + stage.nth)).isInstanceOf(BrandLogs.Beginning.IsHouse.class);
        BrandId owl = brand("owl");
        assertThat(begin(owl, name)).isInstanceOf(BrandLogs.Beginning.NameTaken.class);
        assertThat(begin(owl, "No Name")).isInstanceOf(BrandLogs.Beginning.NoName.class);
        assertThat(stage.server.bean(BrandLogs.class).possible()).contains(owl).doesNotContain(heron, stage.lumen);
    }

    @Test
    void whoeverPublishesInThatMomentIsWaitedForAndThenItIsTooLate() {
        BrandId owl = brand("owl");
        var begun = new CompletableFuture<BrandLogs.Beginning>();
        var design = draft(owl, "dusk");
        stage.inOneTransaction(() -> {
            stage.server.bean(Drops.class).publish(design);
            Thread.ofVirtual().start(() -> complete(begun, () -> begin(owl, "owl" + stage.nth)));
            assertWaits(begun);
        });
        assertThat(begun.join()).isEqualTo(new BrandLogs.Beginning.HasRecords(1));
        assertThat(ledger.of(owl)).isEqualTo(ledger.main());
    }

    @Test
    void whatIsPublishedWhileTheLogIsBegunStandsInIt() {
        BrandId owl = brand("owl");
        var published = new CompletableFuture<Object>();
        var design = draft(owl, "dusk");
        stage.inOneTransaction(() -> {
            assertThat(begin(owl, "owl" + stage.nth)).isInstanceOf(BrandLogs.Beginning.Opened.class);
            Thread.ofVirtual()
                    .start(() -> complete(published, () -> stage.server
                            .bean(TransactionTemplate.class)
                            .execute(status -> stage.server.bean(Drops.class).publish(design))));
            assertWaits(published);
        });
        published.join();
        stage.drain();
        assertThat(texts(ledger.of(owl))).singleElement().asString().contains("dusk");
    }

    // --- the house's campaign
    // --------------------------------------------------------------------------------------------

    @Test
    void aCampaignOfTheHouseGivesPiecesOfTwoLogsAndEachProvesItselfWithItsOwnLogsKeyAlone() {
        isle(plan(gives(stage.moonrise), gives(reed)));
        buy(1);
        stage.drain();
        assertThat(stage.entitlements("ada"))
                .allMatch(right -> right.endsWith("granted"))
                .hasSize(2);

        Certificate ofLumen = certificate(stage.moonrise, 1);
        Certificate ofHeron = certificate(reed, 1);
        assertThat(ofLumen.log()).isEqualTo(ledger.originOf(ledger.main()));
        assertThat(ofHeron.log()).isEqualTo(ledger.originOf(ledger.of(heron)));
        assertValid(ofLumen, key(ledger.main()));
        assertValid(ofHeron, key(ledger.of(heron)));
        assertThat(CertificateCheck.verify(ofHeron.format(), List.of(key(ledger.main())), null))
                .as("the house's key says nothing of Heron's log")
                .isNotInstanceOf(CertificateVerdict.Valid.class);
        assertThat(ofHeron.rules().getFirst().document())
                .as("the rules are the same in both")
                .isEqualTo(ofLumen.rules().getFirst().document());
        assertReplays(ledger.main());
        assertReplays(ledger.of(heron));
    }

    @Test
    void aBrandThatComesIntoACampaignLaterHasAllVersionsOfItsRulesInItsLog() {
        CampaignId isle = isle(plan(gives(stage.moonrise)));
        stage.campaigns().save(isle, plan(gives(stage.moonrise), gives(reed)));
        assertThat(stage.campaigns().publish(isle)).isInstanceOf(Publication.Published.class);
        buy(1);
        stage.drain();
        assertThat(texts(ledger.of(heron)).stream().filter(text -> text.contains("rules.published")))
                .satisfiesExactly(one -> assertThat(one).contains("\"version\":1"), two -> assertThat(two)
                        .contains("\"version\":2"));
        assertReplays(ledger.of(heron));
        assertValid(certificate(reed, 1), key(ledger.of(heron)));
    }

    @Test
    void aCampaignOfTheBrandItselfStandsInItsLogAndNotInTheHouses() {
        CampaignId reeds = stage.draft(
                heron,
                "reeds",
                plan(with(stage.offer("quantity", "order", tier(1, 1)), "collectible", collectible(reed))));
        assertThat(stage.campaigns().publish(reeds)).isInstanceOf(Publication.Published.class);
        stage.drain();
        assertThat(texts(ledger.of(heron))).anyMatch(text -> text.contains("rules.published"));
        assertThat(texts(ledger.main()))
                .noneMatch(text -> text.contains(reeds.value().toString()));
    }

    // --- its life
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void itsKeyChangesAndItGoesOnInANewLogWithoutTheHousesKnowing() {
        isle(plan(gives(reed)));
        buy(1);
        stage.drain();
        LogId first = ledger.of(heron);
        VerifierKey old = key(first);
        VerifierKey ofHouse = key(ledger.main());
        LogId main = ledger.main();

        assertThat(logs.rotate(first, 30)).isInstanceOf(Logs.Rotated.Begun.class);
        stage.drain();
        assertThat(key(first)).isNotEqualTo(old);
        assertThat(key(main)).isEqualTo(ofHouse);

        assertThat(logs.succeed(first, name + "-2027", false)).isInstanceOf(Logs.Succeeded.Opened.class);
        stage.drain();
        LogId second = ledger.of(heron);
        assertThat(ledger.originOf(second)).endsWith("/logs/" + name + "-2027");
        assertThat(ledger.main()).isEqualTo(main);

        // A return: the piece's next record stands in the log that is open now, and names the one before it in the
        // closed one.
        stage.inOneTransaction(
                () -> stage.server.bean(Pieces.class).revoke(List.of(new PieceNumber(reed, 1)), "returned"));
        stage.drain();
        Certificate crossing = certificate(reed, 1);
        assertThat(crossing.log()).isEqualTo(ledger.originOf(second));
        assertThat(crossing.earlier()).hasSize(1);
        assertValid(crossing, key(second));
        var both = LogReplay.run(List.of(volume(first), volume(second)), LogReplay.Options.DEFAULT);
        assertThat(both.violations()).isEmpty();
        assertThat(both.returned()).isOne();
        assertReplays(main);
    }

    @Test
    void eachLogIsServedWhereItsNameSaysAndAPieceIsFoundInWhichever() {
        isle(plan(gives(stage.moonrise), gives(reed)));
        buy(1);
        stage.drain();
        assertThat(get("/logs/" + name + "/checkpoint")).startsWith(ledger.originOf(ledger.of(heron)) + "\n");
        assertThat(get("/log/proof?piece=reed" + stage.nth + "-1"))
                .contains("\"log\":\"" + ledger.originOf(ledger.of(heron)) + "\"", "piece.granted");
        assertThat(get("/log/proof?piece=moonrise" + stage.nth + "-1"))
                .contains("\"log\":\"" + ledger.originOf(ledger.main()) + "\"");
        assertThat(get("/records?lang=en&log=logs/" + name)).contains("Newest entries of Heron", "Rules published");
        assertThat(get("/records?lang=en&q=reed" + stage.nth + "-1"))
                .contains(
                        "Piece given",
                        "/records/3?log=logs/" + name,
                        key(ledger.of(heron)).vkey().substring(0, 20));
        assertThat(get("/records?lang=en")).contains("/records?log=logs/" + name, "Heron");
        assertThat(get("/verify?lang=en"))
                .contains(
                        "keys", key(ledger.main()).vkey(), key(ledger.of(heron)).vkey());
        assertThat(get("/c/reed" + stage.nth + "-1?lang=en")).contains("/logs/" + name, "/records/3?log=logs/" + name);
    }

    // ----

    private BrandId brand(String slug) {
        return stage.catalog()
                .addBrand(
                        Brand.Kind.BRAND,
                        slug + stage.nth,
                        new Bilingual("鹭", slug.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + slug.substring(1)),
                        new Bilingual("", ""),
                        "plain");
    }

    private CollectibleId draft(BrandId brand, String slug) {
        var words = new Bilingual(slug, slug);
        return stage.catalog()
                .draft(new vitrine.catalog.CollectibleDraft(
                        brand,
                        slug + stage.nth,
                        null,
                        null,
                        "brand",
                        words,
                        words,
                        words,
                        words,
                        2026,
                        "night",
                        words,
                        5,
                        0,
                        List.of(),
                        List.of()));
    }

    private BrandLogs.Beginning begin(BrandId brand, String logName) {
        return stage.server.bean(BrandLogs.class).begin(brand, logName);
    }

    private static <T> void complete(CompletableFuture<T> answer, Supplier<T> act) {
        try {
            answer.complete(act.get());
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private static void assertWaits(CompletableFuture<?> answer) {
        try {
            TimeUnit.MILLISECONDS.sleep(400);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(answer).isNotDone();
    }

    /** A lamp of Lumen brings one of it. */
    private Json.Obj gives(CollectibleId id) {
        var lamps = Json.object(
                "brands",
                Json.of(List.of(Json.of(stage.lumen.toString()))),
                "categories",
                Json.of(List.of(Json.of("lamp"))));
        boolean ofHouse = id.brand().equals(stage.lumen);
        return with(
                with(with(stage.offer("quantity", "order", tier(1, 1)), "when", lamps), "collectible", collectible(id)),
                "id",
                Json.of(stage.id(ofHouse ? 71 : 72).toString()));
    }

    private CampaignId isle(Json.Obj plan) {
        var allotments = stage.server.bean(Allotments.class);
        allotments.allot(house, stage.moonrise, 4);
        allotments.allot(house, reed, 4);
        CampaignId id = stage.draft(house, "isle", plan);
        assertThat(stage.campaigns().publish(id)).isInstanceOf(Publication.Published.class);
        return id;
    }

    private void buy(int number) {
        stage.tell(
                house,
                stage.order(number, "ada")
                        .from(stage.lumen)
                        .lamp(30_000)
                        .received()
                        .paid());
        stage.match();
    }

    private Certificate certificate(CollectibleId id, int serial) {
        return ((Certificates.Certified.Proven) stage.server
                        .bean(Certificates.class)
                        .of(new PieceNumber(id, serial))
                        .orElseThrow())
                .certificate();
    }

    private VerifierKey key(LogId log) {
        return stage.server.bean(LogKeys.class).verifier(log);
    }

    private static void assertValid(Certificate certificate, VerifierKey key) {
        assertThat(CertificateCheck.verify(certificate.format(), List.of(key), null))
                .isInstanceOf(CertificateVerdict.Valid.class);
    }

    private List<String> texts(LogId log) {
        List<String> texts = new ArrayList<>();
        ledger.entries(log, 0, 1_000)
                .forEach(entry -> texts.add(new String(entry, java.nio.charset.StandardCharsets.UTF_8)));
        return texts;
    }

    private void assertReplays(LogId log) {
        assertThat(LogReplay.run(List.of(volume(log)), LogReplay.Options.DEFAULT)
                        .violations())
                .as(ledger.originOf(log))
                .isEmpty();
    }

    /** The log as a stranger reads it. */
    private LogReplay.Volume volume(LogId log) {
        String origin = ledger.originOf(log);
        String path = origin.substring(origin.indexOf('/'));
        var note = SignedNote.parse(requireNonNull(ledger.head(log).note())).orThrow();
        return new LogReplay.Volume(
                new TileSource() {
                    @Override
                    public byte @Nullable [] tile(int level, long index, int width) {
                        return bytes(path + "/" + new TilePath.Hashes(level, index, width).text());
                    }

                    @Override
                    public byte @Nullable [] entries(long index, int width) {
                        return bytes(path + "/" + new TilePath.Entries(index, width).text());
                    }
                },
                Checkpoint.parse(note.text()).orThrow());
    }

    private byte @Nullable [] bytes(String path) {
        try {
            var answer = HTTP.send(
                    HttpRequest.newBuilder(URI.create(stage.server.address() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return answer.statusCode() == 200 ? answer.body() : null;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String get(String path) {
        return new String(requireNonNull(bytes(path), path), java.nio.charset.StandardCharsets.UTF_8);
    }
}
