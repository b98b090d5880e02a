package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A log ends and another goes on: pieces live on, and whoever reads both sees one history. */
class LogSuccessionTest {
    private static final String NEXT = "lumen.example/logs/2027";
    private static final SignerKey NEXT_KEY =
            new SignerKey(NEXT, Hash32.sha256(Encoding.utf8("the key of 2027")).bytes());
    private static final Hash32 RULES = Moonrise.RULES.leafHash();
    private static final LogRecord.OfPiece GRANTED = Moonrise.grantedTo(Moonrise.ADA, 5);
    private static final LogRecord.OfPiece MOVED = LogRecord.moved(
            NEXT, Moonrise.COLLECTIBLE, 5, GRANTED.leafHash(), RULES, Moonrise.owner(Moonrise.BO, 5, 1));

    private final Story old = Story.ofMoonrise();
    private final Story next = new Story(NEXT);

    private LogRecord opened(long seen) {
        return new LogRecord.LogOpened(
                NEXT, Moonrise.LOG, old.size(), old.checkpoint().root(), Math.max(seen, old.size()));
    }

    private void succeed() {
        old.append(GRANTED);
        old.append(new LogRecord.LogClosed(Moonrise.LOG, NEXT));
        next.append(opened(0));
        next.append(MOVED);
    }

    private LogReplay.Report both() {
        return LogReplay.run(List.of(old.volume(), next.volume()), LogReplay.Options.DEFAULT);
    }

    @Test
    void aPieceThatWasGivenInOneLogIsPassedOnInTheNext() {
        succeed();
        var report = both();
        assertThat(report.violations()).isEmpty();
        assertThat(report.live()).isEqualTo(4);
        assertThat(report.earlier()).containsExactly(new LogReplay.Earlier(Moonrise.LOG, old.size(), 0, true));
        assertThat(report.closed()).isFalse();
        assertThat(report.checkpoint().origin()).isEqualTo(NEXT);
    }

    @Test
    void aRecordThatTheOldLogCouldNotTakeAnyMoreStandsInTheNext() {
        old.append(new LogRecord.LogClosed(Moonrise.LOG, NEXT));
        next.append(opened(0));
        next.append(GRANTED);
        assertThat(both().violations()).isEmpty();
        next.append(Moonrise.grantedTo(Moonrise.BO, 5));
        assertThat(both().violations()).extracting(LogReplay.Violation::code).contains("replay.transition");
    }

    @Test
    void logsThatGoOnFromEachOtherInACircleProveNothing() {
        var circle = AcrossLogs.circle();
        assertThat(CertificateCheck.verify(circle.format(), List.of(circle.keyHint()), null))
                .isInstanceOfSatisfying(CertificateVerdict.Invalid.class, invalid -> {
                    assertThat(invalid.failed().code()).isEqualTo("earlier.log");
                    assertThat(invalid.failed().where()).isEqualTo("earlier.1");
                });
    }

    @Test
    void whatWasLostIsSaidAndIsNoFork() {
        old.append(GRANTED);
        next.append(opened(old.size() + 50));
        next.append(MOVED);
        var report = both();
        assertThat(report.violations()).isEmpty();
        assertThat(report.earlier()).containsExactly(new LogReplay.Earlier(Moonrise.LOG, old.size(), 50, false));
    }

    @Test
    void aSuccessorThatGoesOnFromAnotherHistoryIsFound() {
        succeed();
        old.append(new LogRecord.LogClosed(Moonrise.LOG, NEXT));
        assertThat(both().violations()).extracting(LogReplay.Violation::code).contains("replay.opened");
        var elsewhere = new Story("lumen.example/logs/other");
        elsewhere.append(MOVED);
        assertThat(LogReplay.run(List.of(old.volume(), elsewhere.volume()), LogReplay.Options.DEFAULT)
                        .violations())
                .extracting(LogReplay.Violation::code)
                .contains("replay.opened", "replay.log");
    }

    @Test
    void withoutTheOldLogTheNextIsCheckedInPart() {
        succeed();
        var report = LogReplay.run(List.of(next.volume()), LogReplay.Options.DEFAULT);
        assertThat(report.violations()).isEmpty();
        assertThat(report.notChecked()).containsKey("replay.earlier piece.moved");
    }

    @Test
    void aCertificateOfSuchAPieceNeedsTheNewLogsKeyOnly() {
        succeed();
        var certificate = certificate();
        var verdict = CertificateCheck.verify(certificate.format(), List.of(NEXT_KEY.verifier()), null);
        assertThat(verdict).as(verdict.toString()).isInstanceOf(CertificateVerdict.Valid.class);
        assertThat(CertificateCheck.verify(certificate.format(), List.of(Moonrise.KEY.verifier()), null))
                .isInstanceOf(CertificateVerdict.Invalid.class);
    }

    @Test
    void anEarlierLogThatTheNewOneDoesNotNameProvesNothing() {
        succeed();
        var good = certificate();
        var forged = new Story(NEXT);
        forged.append(new LogRecord.LogOpened(NEXT, Moonrise.LOG, old.size(), RULES, old.size()));
        forged.append(MOVED);
        var bad = new Certificate(
                NEXT,
                null,
                good.collectible(),
                good.rules(),
                good.records(),
                good.checkpoint(),
                List.of(new Certificate.Earlier(Moonrise.LOG, forged.enclosed(forged.entries.getFirst()))),
                null);
        assertThat(CertificateCheck.verify(bad.format(), List.of(NEXT_KEY.verifier()), null))
                .isInstanceOf(CertificateVerdict.Invalid.class);
    }

    private Certificate certificate() {
        return new Certificate(
                NEXT,
                NEXT_KEY.verifier(),
                inOld(Moonrise.PUBLISHED.bytes()),
                List.of(new Certificate.EnclosedRules(inOld(Moonrise.RULES.bytes()), null)),
                List.of(inOld(GRANTED.bytes()), next.enclosed(MOVED.bytes())),
                next.checkpoint().signedBy(NEXT_KEY).format(),
                List.of(new Certificate.Earlier(Moonrise.LOG, next.enclosed(next.entries.getFirst()))),
                null);
    }

    private Certificate.Enclosed inOld(byte[] entry) {
        var enclosed = old.enclosed(entry);
        return new Certificate.Enclosed(enclosed.entry(), enclosed.proof(), Moonrise.LOG);
    }

    @Test
    void aChangeOfTheKeyIsReadAndMustFollowTheOneBefore() {
        var first = Hash32.of(Moonrise.KEY.verifier().publicKey());
        old.append(new LogRecord.KeyRotated(Moonrise.LOG, first, RULES));
        var report = LogReplay.run(old.log, old.checkpoint(), LogReplay.Options.DEFAULT);
        assertThat(report.rotations()).containsExactly(new LogReplay.Rotation(old.size() - 1, first, RULES));
        old.append(new LogRecord.KeyRotated(Moonrise.LOG, first, GRANTED.leafHash()));
        assertThat(LogReplay.run(old.log, old.checkpoint(), LogReplay.Options.DEFAULT)
                        .violations())
                .extracting(LogReplay.Violation::code)
                .containsExactly("replay.key-rotated");
    }
}
