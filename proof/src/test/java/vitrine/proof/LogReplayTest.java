package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay of the whole log finds what no certificate can show. */
class LogReplayTest {
    private static final Hash32 RULES = Moonrise.RULES.leafHash();
    private static final LogRecord.OfPiece GRANTED = Moonrise.grantedTo(Moonrise.ADA, 3);

    @Test
    void anHonestLogIsReplayedAndCounted() {
        var story = Story.ofMoonrise();
        var prev = story.append(Moonrise.grantedTo(Moonrise.BO, 5));
        story.append(LogRecord.retired(Moonrise.LOG, Moonrise.COLLECTIBLE, 5, prev.leafHash(), null));
        story.append(new LogRecord.SupplyLowered(Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, 5));
        story.append(Encoding.utf8("{\"log\":\"lumen.example/log\",\"type\":\"draw.committed\",\"v\":1}"));
        story.append(new LogRecord.LogClosed(Moonrise.LOG, "lumen.example/log2"));
        var report = replay(story);
        assertThat(report.violations()).isEmpty();
        assertThat(report.holds()).isTrue();
        assertThat(report.entries()).isEqualTo(story.size());
        assertThat(report.live()).isEqualTo(3);
        assertThat(report.returned()).isZero();
        assertThat(report.retired()).isEqualTo(1);
        assertThat(report.collectibles()).isEqualTo(1);
        assertThat(report.records()).containsEntry("piece.granted", 5L).containsEntry("piece.moved", 1L);
        assertThat(report.notChecked()).containsOnly(java.util.Map.entry("record.type-reserved draw.committed", 1L));
        assertThat(report.successor()).isEqualTo("lumen.example/log2");
    }

    @Test
    void everyWayToBreakTheStoryIsNamed() {
        var moved = LogRecord.moved(
                Moonrise.LOG, Moonrise.COLLECTIBLE, 3, GRANTED.leafHash(), RULES, Moonrise.owner(Moonrise.BO, 3, 1));
        assertFinds("replay.transition", GRANTED, Moonrise.grantedTo(Moonrise.BO, 3));
        assertFinds("replay.prev", GRANTED, moved, moved);
        assertFinds("replay.prev", GRANTED, LogRecord.revoked(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, RULES, null));
        assertFinds("replay.transition", LogRecord.revoked(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, RULES, null));
        assertFinds(
                "replay.owner",
                GRANTED,
                LogRecord.redeemed(
                        Moonrise.LOG,
                        Moonrise.COLLECTIBLE,
                        3,
                        GRANTED.leafHash(),
                        null,
                        Moonrise.owner(Moonrise.BO, 3, 1)));
        assertFinds(
                "replay.owner",
                GRANTED,
                LogRecord.moved(
                        Moonrise.LOG,
                        Moonrise.COLLECTIBLE,
                        3,
                        GRANTED.leafHash(),
                        null,
                        Moonrise.owner(Moonrise.ADA, 3, 0)));
        assertFinds("replay.serial", Moonrise.grantedTo(Moonrise.ADA, 11));
        assertFinds(
                "replay.log",
                LogRecord.granted(
                        "other.example/log", Moonrise.COLLECTIBLE, 3, null, null, Moonrise.owner(Moonrise.ADA, 3, 0)));
        assertFinds(
                "replay.collectible-unknown",
                LogRecord.granted(Moonrise.LOG, RULES, 3, null, null, Moonrise.owner(Moonrise.ADA, 3, 0)));
        assertFinds(
                "replay.rules-unknown",
                LogRecord.granted(
                        Moonrise.LOG,
                        Moonrise.COLLECTIBLE,
                        3,
                        null,
                        Moonrise.COLLECTIBLE,
                        Moonrise.owner(Moonrise.ADA, 3, 0)));
        assertFinds("replay.collectible-twice", Moonrise.PUBLISHED);
        assertFinds("replay.rules-version", Moonrise.RULES);
        assertFinds(
                "replay.supply-raised",
                new LogRecord.SupplyLowered(Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, 10));
        assertFinds(
                "replay.supply",
                GRANTED,
                Moonrise.grantedTo(Moonrise.BO, 2),
                new LogRecord.SupplyLowered(Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, 1));
        assertFinds("replay.after-close", new LogRecord.LogClosed(Moonrise.LOG, null), GRANTED);
        assertFinds("replay.queue-twice", arrivals(RULES, 1_000), arrivals(RULES, 1_000));
        assertFinds("replay.queue-twice", arrivals(RULES, 1_000), arrivals(RULES, 999));
        assertFinds("replay.queue-twice", arrivals(RULES, 1_000), arrivals(RULES, 1_001, Moonrise.RULES.leafHash()));
        assertFinds("replay.rules-unknown", arrivals(Moonrise.COLLECTIBLE, 1_000));
        var two = new Manifest(
                Moonrise.MANIFEST.name(),
                null,
                Moonrise.MANIFEST.issuer(),
                null,
                List.of(),
                List.of(),
                null,
                Manifest.Supply.of(11),
                1,
                List.of());
        assertFinds(
                "replay.amended-supply",
                new LogRecord.CollectibleAmended(Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, two));
    }

    @Test
    void aPieceGivenAgainAfterTheSupplyWasLoweredStillCounts() {
        var revoked = LogRecord.revoked(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, GRANTED.leafHash(), null);
        var again = LogRecord.granted(
                Moonrise.LOG, Moonrise.COLLECTIBLE, 3, revoked.leafHash(), null, Moonrise.owner(Moonrise.BO, 3, 1));
        var lowered = new LogRecord.SupplyLowered(Moonrise.LOG, Moonrise.COLLECTIBLE, Moonrise.COLLECTIBLE, 3);
        assertFinds(
                "replay.supply",
                GRANTED,
                Moonrise.grantedTo(Moonrise.ADA, 8),
                Moonrise.grantedTo(Moonrise.ADA, 9),
                Moonrise.grantedTo(Moonrise.ADA, 10),
                revoked,
                lowered,
                again);
    }

    @Test
    void aLogThatDoesNotMatchItsCheckpointTilesOrEarlierHeadsIsFound() {
        var story = Story.ofMoonrise();
        var honest = story.checkpoint();
        var wrongRoot = new Checkpoint(Moonrise.LOG, honest.size(), Merkle.EMPTY_ROOT);
        assertThat(codes(LogReplay.run(story.log, wrongRoot, LogReplay.Options.DEFAULT)))
                .containsExactly("replay.root");

        var heads = new TreeMap<Long, Hash32>();
        heads.put(0L, Merkle.EMPTY_ROOT);
        heads.put(5L, new TreeProofs(story.log, 8).rootAt(5));
        var options = new LogReplay.Options(true, 1000, 10, heads, List.of());
        assertThat(LogReplay.run(story.log, honest, options).holds()).isTrue();
        heads.put(4L, Merkle.EMPTY_ROOT);
        heads.put(9L, Merkle.EMPTY_ROOT);
        assertThat(codes(LogReplay.run(story.log, honest, options))).containsExactly("replay.head", "replay.head");

        var tile = java.util.Objects.requireNonNull(story.log.rows.get(MemoryLog.key(0, 0)));
        tile[0] ^= 1;
        assertThat(codes(replay(story))).containsExactly("replay.tile");
        story.log.rows.remove(MemoryLog.key(-1, 0));
        assertThat(codes(replay(story))).containsExactly("replay.missing");
    }

    @Test
    void aRecordThatSharesASealWithTheOneBeforeItIsFound() {
        var story = Story.ofMoonrise();
        // 0 published, 1 rules, 2 #1, 3 #3, 4 #2, 5 #3 moved, 6 #3 revoked, 7 #3 again
        assertThat(replaySealed(story, 2L, 5L, 6L, 7L, 8L).holds()).isTrue();
        assertThat(codes(replaySealed(story, 2L, 6L, 7L, 8L))).containsExactly("replay.same-seal");
    }

    @Test
    void aLongLogReadInSeveralPassesGivesTheSameAnswerAsInOne() {
        var random = new Random(42);
        var story = new Story();
        var manifest = new Manifest(
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
        var published = new LogRecord.CollectiblePublished(Moonrise.LOG, "open", manifest);
        story.append(published);
        var last = new ArrayList<LogRecord.OfPiece>();
        for (int i = 0; i < 2_500; i++) {
            LogRecord.OfPiece next;
            var owner = Hash32.sha256(Encoding.utf8("owner " + i));
            int serial = random.nextInt(2 * (last.size() + 1)) + 1;
            if (serial > last.size()) {
                serial = last.size() + 1;
                next = LogRecord.granted(Moonrise.LOG, published.leafHash(), serial, null, null, owner);
                last.add(next);
            } else {
                var before = last.get(serial - 1);
                next = before.owner() == null
                        ? LogRecord.granted(Moonrise.LOG, published.leafHash(), serial, before.leafHash(), null, owner)
                        : random.nextInt(4) == 0
                                ? LogRecord.revoked(Moonrise.LOG, published.leafHash(), serial, before.leafHash(), null)
                                : LogRecord.moved(
                                        Moonrise.LOG, published.leafHash(), serial, before.leafHash(), null, owner);
                last.set(serial - 1, next);
            }
            story.append(next);
        }
        var inOne = LogReplay.run(story.log, story.checkpoint(), LogReplay.Options.DEFAULT);
        var several = new LogReplay.Options(true, 1_000, 100, new TreeMap<>(), List.of());
        var inThree = LogReplay.run(story.log, story.checkpoint(), several);
        assertThat(inOne.holds()).isTrue();
        assertThat(inThree.holds()).isTrue();
        assertThat(inThree.passes()).isEqualTo(3);
        assertThat(inThree.live()).isEqualTo(inOne.live());
        assertThat(inOne.live())
                .isEqualTo(last.stream().filter(piece -> piece.owner() != null).count());

        // One wrong prev for a serial of each pass: every one is found, once.
        for (int serial = 1; serial <= 3; serial++) {
            var before = last.get(serial - 1);
            story.append(
                    before.owner() == null
                            ? LogRecord.granted(Moonrise.LOG, published.leafHash(), serial, null, null, Hash32.sha256())
                            : LogRecord.moved(
                                    Moonrise.LOG,
                                    published.leafHash(),
                                    serial,
                                    published.leafHash(),
                                    null,
                                    Hash32.sha256()));
        }
        assertThat(codes(LogReplay.run(story.log, story.checkpoint(), several)))
                .containsExactly("replay.prev", "replay.prev", "replay.prev");
    }

    /** Whether its record was late for the earlier round only witnesses can say, so this reader calls it unchecked and not wrong. */
    @Test
    void theSameListUnderALaterRoundIsNotCheckedAndASecondListIsWrong() {
        var story = new Story();
        story.append(Moonrise.PUBLISHED, Moonrise.RULES, arrivals(RULES, 1_000), arrivals(RULES, 1_010));
        var report = replay(story);
        assertThat(report.holds()).isTrue();
        assertThat(report.notChecked()).containsExactly(java.util.Map.entry("replay.queue-postponed", 1L));
        story.append(arrivals(RULES, 1_005));
        assertThat(codes(replay(story))).as("no later than the last").containsExactly("replay.queue-twice");
    }

    @Test
    void whatWasWantedIsSaidInFull() {
        var story = new Story();
        var moved = LogRecord.moved(
                Moonrise.LOG, Moonrise.COLLECTIBLE, 3, GRANTED.leafHash(), RULES, Moonrise.owner(Moonrise.BO, 3, 1));
        story.append(Moonrise.PUBLISHED, Moonrise.RULES, GRANTED, moved, moved);
        assertThat(replay(story).violations())
                .contains(new LogReplay.Violation(
                        "replay.prev",
                        4,
                        Moonrise.COLLECTIBLE + " #3",
                        GRANTED.leafHash().hex(),
                        moved.leafHash().hex()))
                .contains(new LogReplay.Violation(
                        "replay.owner",
                        4,
                        Moonrise.COLLECTIBLE + " #3",
                        String.valueOf(moved.owner()),
                        "piece.moved from " + moved.owner()));
    }

    @Test
    void aCheckpointThatClaimsMoreThanThereIsEndsTheReplay() {
        var story = Story.ofMoonrise();
        for (long size : new long[] {9, 1L << 40, 1L << 62, Long.MAX_VALUE}) {
            var claim = new Checkpoint(Moonrise.LOG, size, Merkle.EMPTY_ROOT);
            assertThat(codes(LogReplay.run(story.log, claim, LogReplay.Options.DEFAULT)))
                    .hasSize(1)
                    .first()
                    .isIn("replay.bundle", "replay.missing");
        }
        story.log.rows.computeIfPresent(
                MemoryLog.key(-1, 0), (key, bytes) -> java.util.Arrays.copyOf(bytes, bytes.length + 1));
        assertThat(codes(replay(story))).containsExactly("replay.bundle");
    }

    @Test
    void moreNamesThanThereIsRoomForAreNotCheckedAndThatIsSaid() {
        var story = new Story();
        story.append(Moonrise.PUBLISHED, Moonrise.RULES);
        var other = new LogRecord.CollectiblePublished(Moonrise.LOG, "other", Moonrise.MANIFEST);
        var late = new LogRecord.RulesPublished(Moonrise.LOG, "festival", 2, Merkle.EMPTY_ROOT);
        story.append(other, late, GRANTED);
        story.append(LogRecord.granted(
                Moonrise.LOG, other.leafHash(), 1, null, late.leafHash(), Moonrise.owner(Moonrise.BO, 1, 0)));
        var options = new LogReplay.Options(true, 1_000, 10, new TreeMap<>(), List.of(), 1);
        var report = LogReplay.run(story.log, story.checkpoint(), options);
        assertThat(report.violations()).isEmpty();
        assertThat(report.live()).isEqualTo(1);
        assertThat(report.notChecked())
                .containsEntry("replay.too-many collectible.published", 1L)
                .containsEntry("replay.too-many rules.published", 1L)
                .containsEntry("replay.too-many piece.granted", 2L);
    }

    @Test
    void aFolderOfFilesIsReplayedLikeRows(@TempDir Path folder) {
        var files = new TileDirectory(folder);
        var entries = new ArrayList<byte[]>();
        entries.add(Moonrise.PUBLISHED.bytes());
        entries.add(Moonrise.RULES.bytes());
        entries.add(GRANTED.bytes());
        var appended = TreeAppender.empty().append(entries);
        files.write(appended);
        var checkpoint = new Checkpoint(Moonrise.LOG, 3, appended.root());
        assertThat(LogReplay.run(files, checkpoint, LogReplay.Options.DEFAULT).holds())
                .isTrue();
    }

    private static void assertFinds(String code, LogRecord... records) {
        var story = new Story();
        story.append(Moonrise.PUBLISHED, Moonrise.RULES);
        story.append(records);
        assertThat(codes(replay(story))).contains(code);
    }

    private static LogReplay.Report replay(Story story) {
        return LogReplay.run(story.log, story.checkpoint(), LogReplay.Options.DEFAULT);
    }

    private static LogReplay.Report replaySealed(Story story, Long... ends) {
        var options = new LogReplay.Options(true, 1_000, 10, new TreeMap<>(), List.of(ends));
        return LogReplay.run(story.log, story.checkpoint(), options);
    }

    private static List<String> codes(LogReplay.Report report) {
        assertThat(report.violations()).hasSize((int) Math.min(report.violationCount(), 100));
        return report.violations().stream().map(LogReplay.Violation::code).toList();
    }

    private static LogRecord arrivals(Hash32 rules, long round) {
        return arrivals(rules, round, Moonrise.COLLECTIBLE);
    }

    private static LogRecord arrivals(Hash32 rules, long round, Hash32 root) {
        return new LogRecord.QueueArrivals(Moonrise.LOG, rules, "early", 2, root, BeaconChain.QUICKNET.hash(), round);
    }
}
