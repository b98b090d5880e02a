package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records of the log: written in one way, read in that way, and honest about what is not understood. */
class RecordTest {
    private static final Hash32 HASH = Hash32.sha256();

    static List<LogRecord> oneOfEachType() {
        var granted = Moonrise.grantedTo(Moonrise.ADA, 3);
        var prev = granted.leafHash();
        var rules = Moonrise.RULES.leafHash();
        var owner = Moonrise.owner(Moonrise.BO, 3, 1);
        return List.of(
                Moonrise.PUBLISHED,
                new LogRecord.CollectibleAmended(
                        Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, Moonrise.MANIFEST),
                new LogRecord.SupplyLowered(Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, 8),
                granted,
                LogRecord.moved(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, prev, rules, owner),
                LogRecord.revoked(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, prev, rules),
                LogRecord.redeemed(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, prev, null, owner),
                LogRecord.retired(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, prev, null),
                new LogRecord.OfPiece(
                        Moonrise.LOG, RecordType.PIECE_MINTED, Moonrise.COLLECTIBLE, 3, prev, null, owner),
                Moonrise.RULES,
                new LogRecord.LogClosed(Moonrise.LOG, "lumen.example/log2"),
                new LogRecord.LogOpened("lumen.example/log2", Moonrise.LOG, 100, rules, 150),
                new LogRecord.KeyRotated(Moonrise.LOG, prev, rules),
                new LogRecord.QueueArrivals(
                        Moonrise.LOG,
                        rules,
                        "01975a3c-0000-7000-8000-000000000001",
                        3,
                        prev,
                        BeaconChain.QUICKNET.hash(),
                        20_791_007));
    }

    @Test
    void everyTypeIsWrittenAsCanonicalJsonAndReadBackAsItself() {
        var types = oneOfEachType().stream().map(LogRecord::type).collect(Collectors.toSet());
        for (var type : RecordType.values()) assertThat(types.contains(type)).isEqualTo(!type.isReserved());
        for (var record : oneOfEachType()) {
            assertThat(LogRecord.read(record.bytes())).isEqualTo(new LogRecord.Reading.Known(record, List.of()));
            assertThat(record.leafHash()).isEqualTo(Merkle.leafHash(record.bytes()));
        }
    }

    @Test
    void aGrantReadsLikeThis() {
        assertThat(new String(Moonrise.grantedTo(Moonrise.ADA, 3).bytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"collectible\":\"" + Moonrise.COLLECTIBLE + "\",\"log\":\"lumen.example/log\",\"owner\":\""
                                + Moonrise.owner(Moonrise.ADA, 3, 0) + "\",\"prev\":null,\"rules\":\""
                                + Moonrise.RULES.leafHash() + "\",\"serial\":3,\"type\":\"piece.granted\",\"v\":1}");
    }

    @Test
    void everyMissingFieldIsNamed() {
        for (var record : oneOfEachType()) {
            for (var name : record.json().members().keySet()) {
                var without = new TreeMap<>(record.json().members());
                without.remove(name);
                assertThat(LogRecord.read(new Json.Obj(without).bytes()))
                        .isEqualTo(new LogRecord.Reading.Malformed("record.field-missing", name + " is missing"));
            }
        }
    }

    @Test
    void aFieldOfANewerWriterIsNamedAsNotChecked() {
        for (var record : oneOfEachType()) {
            var more = new TreeMap<>(record.json().members());
            more.put("gift", Json.of("wrapped"));
            assertThat(LogRecord.read(new Json.Obj(more).bytes()))
                    .isEqualTo(new LogRecord.Reading.Known(record, List.of("gift")));
        }
        var inside = Moonrise.PUBLISHED
                .json()
                .text()
                .replace("\"type\":\"image/png\"", "\"type\":\"image/png\",\"width\":96");
        assertThat(LogRecord.read(Encoding.utf8(inside)))
                .isEqualTo(new LogRecord.Reading.Known(Moonrise.PUBLISHED, List.of("manifest.media.0.width")));
    }

    @Test
    void unknownVersionsAndTypesAreNotCheckedRatherThanWrong() {
        assertNotChecked("{\"log\":\"a\",\"type\":\"piece.granted\",\"v\":2}", "record.version");
        assertNotChecked("{\"log\":\"a\",\"type\":\"piece.painted\",\"v\":1}", "record.type");
        assertNotChecked("{\"log\":\"a\",\"type\":\"draw.committed\",\"v\":1}", "record.type-reserved");
    }

    @Test
    void whatIsNoRecordOfAnyVersionIsMalformed() {
        assertMalformed("", "record.not-json");
        assertMalformed("{\"v\":1,\"log\":\"a\",\"type\":\"b\"}", "record.not-canonical");
        assertMalformed("{\"log\":\"a\",\"type\":\"b\",\"v\":1} ", "record.not-canonical");
        assertMalformed("[1]", "record.not-object");
        assertMalformed("{\"log\":\"a\",\"type\":\"b\",\"v\":0}", "record.field");
        assertMalformed("{\"log\":\"a b\",\"type\":\"b\",\"v\":1}", "record.field");
        assertMalformed("{\"log\":\"a\",\"type\":7,\"v\":1}", "record.field");
        assertMalformed("\"" + "x".repeat(32_766) + "\"", "record.too-large");
        var granted = Moonrise.grantedTo(Moonrise.ADA, 3).json().text();
        assertMalformed(granted.replace("\"serial\":3", "\"serial\":0"), "record.field");
        assertMalformed(granted.replace("\"serial\":3", "\"serial\":3.5"), "record.field");
        assertMalformed(granted.replace("\"serial\":3", "\"serial\":1000000001"), "record.field");
        assertMalformed(granted.replace("\"serial\":3", "\"serial\":\"3\""), "record.field");
        assertMalformed(granted.replace("\"prev\":null", "\"prev\":\"\""), "record.field");
        assertMalformed(
                granted.replace(
                        Moonrise.COLLECTIBLE.hex(), Moonrise.COLLECTIBLE.hex().toUpperCase()),
                "record.field");
        assertMalformed(granted.replace("piece.granted", "piece.revoked"), "record.field");
        assertMalformed(granted.replace("piece.granted", "piece.moved"), "record.field");
        var published = Moonrise.PUBLISHED.json().text();
        assertMalformed(published.replace("\"withheld\":1", "\"withheld\":11"), "record.field");
        assertMalformed(published.replace("\"supply\":10", "\"supply\":\"many\""), "record.field");
        assertMalformed(published.replace("\"kind\":\"brand\"", "\"kind\":\"bank\""), "record.field");
        assertMalformed(published.replace("Moonrise", "Moon\u202erise"), "record.field");
        assertMalformed(published.replace("image/png", "image"), "record.field");
    }

    @Test
    void anOpenSupplyIsSaidInAWord() {
        var open = new Manifest(
                Moonrise.MANIFEST.name(),
                null,
                Moonrise.MANIFEST.issuer(),
                null,
                List.of(),
                List.of(),
                null,
                Manifest.Supply.open(),
                0,
                List.of());
        var record = new LogRecord.CollectiblePublished(Moonrise.LOG, "open", open);
        assertThat(record.json().text()).contains("\"supply\":\"open\"");
        assertThat(LogRecord.read(record.bytes())).isEqualTo(new LogRecord.Reading.Known(record, List.of()));
    }

    @Test
    void recordsThatTheFormatForbidsCannotBeMade() {
        assertForbidden(() -> LogRecord.granted("a log", HASH, 1, null, null, HASH));
        assertForbidden(() -> LogRecord.granted(Moonrise.LOG, HASH, 0, null, null, HASH));
        assertForbidden(() -> new LogRecord.OfPiece(Moonrise.LOG, RecordType.PIECE_MOVED, HASH, 1, null, null, HASH));
        assertForbidden(() -> new LogRecord.OfPiece(Moonrise.LOG, RecordType.PIECE_REVOKED, HASH, 1, HASH, null, HASH));
        assertForbidden(() -> new LogRecord.OfPiece(Moonrise.LOG, RecordType.PIECE_GRANTED, HASH, 1, HASH, null, null));
        assertForbidden(() -> new LogRecord.OfPiece(Moonrise.LOG, RecordType.LOG_CLOSED, HASH, 1, HASH, null, HASH));
        assertForbidden(() -> new LogRecord.RulesPublished(Moonrise.LOG, "festival 1", 1, HASH));
        assertForbidden(() -> new LogRecord.RulesPublished(Moonrise.LOG, "festival", 0, HASH));
        assertForbidden(() -> LocalText.of());
        assertForbidden(() -> LocalText.of("English", "x"));
        assertForbidden(() -> LocalText.of("en", "two\nlines"));
        assertForbidden(() -> new Manifest.Media("image", HASH, "image/png; charset=x", 1));
        var wordy = LocalText.of("en", "w".repeat(500));
        var traits = IntStream.range(0, 64)
                .mapToObj(i -> new Manifest.Trait(wordy, wordy))
                .toList();
        var huge = new LogRecord.CollectiblePublished(
                Moonrise.LOG,
                "huge",
                new Manifest(
                        wordy,
                        null,
                        Moonrise.MANIFEST.issuer(),
                        null,
                        List.of(),
                        List.of(),
                        null,
                        Manifest.Supply.of(1),
                        0,
                        traits));
        assertThatThrownBy(huge::bytes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("32767");
    }

    @Test
    void aHolderProvesPossessionOfThisPieceAndOfNoOther() {
        var seed = OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 0);
        var owner = Moonrise.owner(Moonrise.ADA, 3, 0);
        var challenge = Encoding.utf8("the guest list of 21 November");
        var answer = OwnerKeys.provePossession(seed, challenge);
        assertThat(OwnerKeys.possesses(owner, challenge, answer)).isTrue();
        assertThat(OwnerKeys.possesses(owner, Encoding.utf8("another list"), answer))
                .isFalse();
        assertThat(OwnerKeys.possesses(Moonrise.owner(Moonrise.ADA, 4, 0), challenge, answer))
                .isFalse();
        assertThat(OwnerKeys.possesses(owner, challenge, new byte[96])).isFalse();
        assertThat(OwnerKeys.possesses(owner, challenge, new byte[0])).isFalse();
        var owners = List.of(
                owner,
                Moonrise.owner(Moonrise.ADA, 3, 1),
                Moonrise.owner(Moonrise.ADA, 4, 0),
                Moonrise.owner(Moonrise.BO, 3, 0));
        assertThat(owners).doesNotHaveDuplicates();
    }

    private static void assertNotChecked(String entry, String code) {
        assertThat(LogRecord.read(Encoding.utf8(entry)))
                .isInstanceOfSatisfying(LogRecord.Reading.NotChecked.class, not -> assertThat(not.code())
                        .isEqualTo(code));
    }

    private static void assertMalformed(String entry, String code) {
        assertThat(LogRecord.read(Encoding.utf8(entry)))
                .as(entry)
                .isInstanceOfSatisfying(LogRecord.Reading.Malformed.class, wrong -> assertThat(wrong.code())
                        .isEqualTo(code));
    }

    private static void assertForbidden(org.assertj.core.api.ThrowableAssert.ThrowingCallable made) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class);
    }
}
