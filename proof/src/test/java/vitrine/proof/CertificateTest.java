package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stranger learns from a certificate, and what nobody can make a stranger believe. */
class CertificateTest {
    private static final List<VerifierKey> PINNED = List.of(Moonrise.KEY.verifier());
    private static final LogRecord.OfPiece GRANTED = Moonrise.grantedTo(Moonrise.ADA, 3);
    private static final Hash32 RULES = Moonrise.RULES.leafHash();

    private final Story story = Story.ofMoonrise();
    private final Certificate certificate = story.certificate(3, Moonrise.RULES_DOCUMENT);

    @Test
    void aStrangerWithTheLogsKeyLearnsWhoOwnsThePieceAsOfTheCheckpoint() {
        var verdict = CertificateCheck.verify(certificate.format(), PINNED, null);
        assertThat(verdict).isInstanceOfSatisfying(CertificateVerdict.Valid.class, valid -> {
            var ownership = valid.ownership();
            assertThat(ownership.owner()).isEqualTo(Moonrise.owner(Moonrise.ADA, 3, 2));
            assertThat(ownership.state()).isEqualTo(PieceState.OWNED);
            assertThat(ownership.serial()).isEqualTo(3);
            assertThat(ownership.moves()).isEqualTo(2);
            assertThat(ownership.size()).isEqualTo(8);
            assertThat(ownership.manifest()).isEqualTo(Moonrise.MANIFEST);
            assertThat(valid.signedBy()).containsExactly(Moonrise.KEY.verifier());
        });
        assertThat(verdict.checks())
                .extracting(CertificateVerdict.Check::code)
                .contains(
                        "checkpoint.signature",
                        "inclusion",
                        "chain.followed",
                        "chain.supply",
                        "rules.document",
                        "media");
    }

    @Test
    void aCertificateIsReadBackAsItWasWritten() {
        var read = Certificate.parse(certificate.format()).orThrow();
        assertThat(read.notChecked()).isEmpty();
        assertThat(read.certificate().format()).isEqualTo(certificate.format());
    }

    @Test
    void withoutAPinnedKeyNothingIsEverValid() {
        assertThat(CertificateCheck.verify(certificate.format(), List.of(), null))
                .isInstanceOf(CertificateVerdict.NotPinned.class);
        var witness = new SignerKey("witness.example", new byte[32]);
        var note = story.checkpoint().signedBy(Moonrise.KEY, witness).format();
        assertThat(CertificateCheck.verify(withCheckpoint(note).format(), List.of(witness.verifier()), null))
                .isInstanceOf(CertificateVerdict.Invalid.class);
        var impostor = new SignerKey(Moonrise.LOG, new byte[32]);
        assertFails(certificate.format(), List.of(impostor.verifier()), "checkpoint.signature");
    }

    @Test
    void noByteOfACertificateCanBeChangedAndStillBeValid() {
        var file = certificate
                .withHolder(OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 2))
                .format();
        assertThat(CertificateCheck.verify(file, PINNED, null)).isInstanceOf(CertificateVerdict.Valid.class);
        for (int i = 0; i < file.length; i++) {
            // One bit of each byte, all of them, and the case of a letter.
            for (int flip : new int[] {1 << (i % 8), 0xff, 0x20}) {
                var changed = file.clone();
                changed[i] ^= (byte) flip;
                assertThat(CertificateCheck.verify(changed, PINNED, null))
                        .as("byte %d ^ %d", i, flip)
                        .isNotInstanceOf(CertificateVerdict.Valid.class);
            }
        }
        for (int length = 0; length < file.length; length += 7) {
            var cut = java.util.Arrays.copyOf(file, length);
            assertThat(CertificateCheck.verify(cut, PINNED, null)).isInstanceOf(CertificateVerdict.Invalid.class);
        }
    }

    @Test
    void whiteSpaceBetweenTokensMeansNothing() {
        var text = new String(certificate.format(), java.nio.charset.StandardCharsets.UTF_8);
        var spaced = Encoding.utf8("\n " + text.replaceFirst("\\{", "{ \n\t") + "\r\n");
        assertThat(CertificateCheck.verify(spaced, PINNED, null)).isInstanceOf(CertificateVerdict.Valid.class);
    }

    @Test
    void aRecordMayNotBeLeftOutTurnedRoundOrBorrowed() {
        var records = certificate.records();
        assertFails(withRecords(records.subList(1, 4)), "chain.prev");
        assertFails(withRecords(List.of(records.get(0), records.get(2), records.get(3))), "chain.prev");
        assertFails(withRecords(List.of(records.get(1), records.get(0))), "chain.prev");
        assertFails(withRecords(List.of()), "chain.empty");
        var sibling = story.enclosed(Moonrise.grantedTo(Moonrise.ADA, 1).bytes());
        assertFails(withRecords(List.of(records.get(0), sibling)), "chain.serial");
        assertFails(withRecords(List.of(story.enclosed(Moonrise.PUBLISHED.bytes()))), "chain.record");
        var elsewhere =
                new Certificate.Enclosed(records.get(0).entry(), records.get(1).proof());
        assertFails(withRecords(List.of(elsewhere)), "inclusion");
    }

    @Test
    void recordsOfTwoPiecesCannotBeCutSplicedOrShuffledIntoOne() {
        var mine = certificate.records();
        var others = new ArrayList<Certificate.Enclosed>();
        for (var record : story.certificate(1, null).records()) others.add(record);
        for (var record : story.certificate(2, null).records()) others.add(record);
        for (var other : others) {
            for (int at = 0; at <= mine.size(); at++) {
                var more = new ArrayList<>(mine);
                more.add(at, other);
                assertNamed(withRecords(more));
                if (at == mine.size()) continue;
                var instead = new ArrayList<>(mine);
                instead.set(at, other);
                assertNamed(withRecords(instead));
                var entryOnly = new ArrayList<>(mine);
                entryOnly.set(
                        at, new Certificate.Enclosed(other.entry(), mine.get(at).proof()));
                assertNamed(withRecords(entryOnly));
            }
        }
        // Every order but the true one, and every choice that leaves out one that others follow.
        var orders = new ArrayList<List<Certificate.Enclosed>>();
        permute(new ArrayList<>(mine), 0, orders);
        assertThat(orders).hasSize(24);
        for (var order : orders) if (!order.equals(mine)) assertNamed(withRecords(order));
        for (int choice = 0; choice < 1 << mine.size(); choice++) {
            if ((choice & choice + 1) == 0 && choice != 0) continue; // a beginning is an older truth
            var some = new ArrayList<Certificate.Enclosed>();
            for (int i = 0; i < mine.size(); i++) if ((choice >>> i & 1) == 1) some.add(mine.get(i));
            assertNamed(withRecords(some));
        }
    }

    private static void permute(List<Certificate.Enclosed> list, int from, List<List<Certificate.Enclosed>> into) {
        if (from == list.size()) into.add(List.copyOf(list));
        for (int i = from; i < list.size(); i++) {
            java.util.Collections.swap(list, from, i);
            permute(list, from + 1, into);
            java.util.Collections.swap(list, from, i);
        }
    }

    /** Refused, and the answer says what and where. */
    private static void assertNamed(Certificate changed) {
        assertThat(CertificateCheck.verify(changed.format(), PINNED, null))
                .isInstanceOfSatisfying(CertificateVerdict.Invalid.class, invalid -> {
                    assertThat(invalid.failed().code()).matches("chain\\.[a-z]+|inclusion");
                    assertThat(invalid.failed().where()).matches("records(\\.[0-9]+)?");
                });
    }

    @Test
    void aThousandCertificatesMadeAndMarredFromASeedAreAnsweredEachAsItMust() {
        var corpus = new CertificateCorpus(20261121);
        var again = new CertificateCorpus(20261121);
        var outcomes = new java.util.TreeMap<String, Integer>();
        var codes = new java.util.TreeSet<String>();
        for (int n = 0; n < 1_000; n++) {
            var sample = corpus.sample(n);
            var verdict = sample.verdict();
            outcomes.merge(CertificateCorpus.outcome(verdict), 1, Integer::sum);
            codes.add(CertificateCorpus.code(verdict));
            if (n % 20 == 0) assertThat(again.sample(n).file()).isEqualTo(sample.file());
            boolean pinned = sample.pinned().contains(Moonrise.KEY.verifier());
            if (CertificateCorpus.isHarmless(sample)) {
                assertThat(CertificateCorpus.outcome(verdict))
                        .as("%d: %s", n, sample.kind())
                        .isEqualTo(pinned ? "valid" : sample.pinned().isEmpty() ? "not-pinned" : "invalid");
            } else if (verdict instanceof CertificateVerdict.Valid) {
                var records =
                        Certificate.parse(sample.file()).orThrow().certificate().records();
                assertThat(sample.pinned()).isNotEmpty();
                // A story cut short at its end is true as of then, a record for another may be that one's whole story,
                // and marred bytes may be white space or another spelling.
                assertThat(sample.kind())
                        .isIn(
                                "bytes",
                                "a record left out",
                                "a record of another piece",
                                "a member of another kind",
                                "signed by both",
                                "signed by a stranger",
                                "under a policy",
                                "over several logs",
                                "with a holder's answer");
                var newest = records.getLast().entry();
                if (sample.kind().equals("over several logs")) {
                    assertThat(newest)
                            .isIn(
                                    AcrossLogs.certificate(2)
                                            .records()
                                            .getLast()
                                            .entry(),
                                    AcrossLogs.certificate(3)
                                            .records()
                                            .getLast()
                                            .entry());
                } else assertThat(story.entries).contains(newest);
            }
        }
        assertThat(outcomes).containsOnlyKeys("valid", "invalid", "not-pinned", "partly-checked");
        assertThat(codes).hasSizeGreaterThan(25);
    }

    @Test
    void anOlderStateIsTrueAsOfItsOwnCheckpointOnly() {
        var older = Story.ofMoonrise();
        var verdict = CertificateCheck.verify(
                withRecords(certificate.records().subList(0, 2)).format(), PINNED, null);
        assertThat(verdict).isInstanceOfSatisfying(CertificateVerdict.Valid.class, valid -> {
            assertThat(valid.ownership().size()).isEqualTo(older.size());
            assertThat(valid.ownership().owner()).isEqualTo(Moonrise.owner(Moonrise.BO, 3, 1));
        });
    }

    @Test
    void thePlatformItselfCannotRecordAStoryThatBreaksTheRules() {
        assertStoryFails(
                "chain.transition",
                LogRecord.granted(
                        Moonrise.LOG,
                        Moonrise.COLLECTIBLE,
                        3,
                        GRANTED.leafHash(),
                        RULES,
                        Moonrise.owner(Moonrise.BO, 3, 1)));
        assertStoryFails(
                "chain.owner",
                LogRecord.moved(
                        Moonrise.LOG,
                        Moonrise.COLLECTIBLE,
                        3,
                        GRANTED.leafHash(),
                        RULES,
                        Moonrise.owner(Moonrise.ADA, 3, 0)));
        assertStoryFails(
                "chain.owner",
                LogRecord.redeemed(
                        Moonrise.LOG,
                        Moonrise.COLLECTIBLE,
                        3,
                        GRANTED.leafHash(),
                        RULES,
                        Moonrise.owner(Moonrise.BO, 3, 1)));
        assertStoryFails(
                "chain.prev", LogRecord.revoked(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, Moonrise.COLLECTIBLE, RULES));
        assertStoryFails("chain.collectible", LogRecord.revoked(Moonrise.LOG, RULES, 3, GRANTED.leafHash(), RULES));
        assertStoryFails(
                "record.log",
                LogRecord.revoked("other.example/log", Moonrise.COLLECTIBLE, 3, GRANTED.leafHash(), RULES));
    }

    @Test
    void aSerialAboveTheSupplyIsRefused() {
        var over = new Story();
        over.append(Moonrise.PUBLISHED, Moonrise.RULES, Moonrise.grantedTo(Moonrise.ADA, 11));
        assertFails(over.certificate(11, null).format(), PINNED, "chain.supply");
    }

    @Test
    void whatARecordNamesMustHaveComeBeforeIt() {
        var early = new Story();
        early.append(Moonrise.PUBLISHED, Moonrise.grantedTo(Moonrise.ADA, 3), Moonrise.RULES);
        assertFails(early.certificate(3, null).format(), PINNED, "chain.order");
        var earlier = new Story();
        earlier.append(Moonrise.RULES, Moonrise.grantedTo(Moonrise.ADA, 3), Moonrise.PUBLISHED);
        assertFails(earlier.certificate(3, null).format(), PINNED, "chain.order");
    }

    @Test
    void rulesThatAreNotEnclosedAreNotCheckedAndOthersDocumentsAreRefused() {
        var none = with(List.of());
        assertThat(CertificateCheck.verify(none.format(), PINNED, null))
                .isInstanceOfSatisfying(CertificateVerdict.PartlyChecked.class, partly -> assertThat(partly.ownership())
                        .isNotNull());
        var other = story.certificate(3, "{\"minimum\":\"1.00\",\"pieces\":1}");
        assertFails(other.format(), PINNED, "rules.document");
    }

    @Test
    void aNewerRecordMakesThePieceNotFullyChecked() {
        var newer = new Story();
        newer.append(Moonrise.PUBLISHED, Moonrise.RULES);
        var more = new java.util.TreeMap<>(GRANTED.json().members());
        more.put("gift", Json.of(true));
        var entry = new Json.Obj(more).bytes();
        newer.append(entry);
        assertThat(CertificateCheck.verify(newer.certificate(3, null).format(), PINNED, null))
                .isInstanceOfSatisfying(CertificateVerdict.PartlyChecked.class, partly -> assertThat(partly.checks())
                        .contains(new CertificateVerdict.Check(
                                "record.unknown-field",
                                CertificateVerdict.Status.NOT_CHECKED,
                                "records.0.gift",
                                "version 1 does not know this field")));
        var text = new String(certificate.format(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(CertificateCheck.verify(Encoding.utf8(text.replaceFirst("\"v\":1}$", "\"v\":2}")), PINNED, null))
                .isInstanceOfSatisfying(CertificateVerdict.PartlyChecked.class, partly -> assertThat(partly.ownership())
                        .isNull());
        assertThat(CertificateCheck.verify(
                        Encoding.utf8(text.replaceFirst("\"v\":1}$", "\"v\":1,\"w\":0}")), PINNED, null))
                .isInstanceOf(CertificateVerdict.PartlyChecked.class);
    }

    @Test
    void aWrongRecordIsNotExcusedByAFieldOfANewerVersion() {
        var text = new String(
                withRecords(List.of(story.enclosed(Moonrise.RULES.bytes()))).format(),
                java.nio.charset.StandardCharsets.UTF_8);
        var newer = Encoding.utf8(text.replaceFirst("\"v\":1}$", "\"v\":1,\"w\":0}"));
        assertFails(newer, PINNED, "chain.record");
    }

    @Test
    void theHoldersFileMustHoldTheKeyOfTheOwner() {
        var mine = certificate.withHolder(OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 2));
        assertThat(CertificateCheck.verify(mine.format(), PINNED, null)).isInstanceOf(CertificateVerdict.Valid.class);
        var old = certificate.withHolder(OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 0));
        assertFails(old.format(), PINNED, "holder.key");
    }

    @Test
    void theFilesOfTheDesignAreFoundByNameOrContent(@TempDir Path folder) throws IOException {
        var hash = Hash32.sha256(Moonrise.IMAGE).hex();
        assertThat(CertificateCheck.verify(certificate.format(), PINNED, folder))
                .isInstanceOf(CertificateVerdict.PartlyChecked.class);
        Files.write(folder.resolve("moon.png"), Moonrise.IMAGE);
        assertThat(CertificateCheck.verify(certificate.format(), PINNED, folder))
                .isInstanceOf(CertificateVerdict.Valid.class);
        Files.write(
                folder.resolve(hash + ".png"),
                "a picture of the sun!".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(CertificateCheck.verify(certificate.format(), PINNED, folder))
                .isInstanceOfSatisfying(
                        CertificateVerdict.Invalid.class,
                        invalid -> assertThat(invalid.failed().code()).isEqualTo("media"));
    }

    private void assertStoryFails(String code, LogRecord second) {
        var bad = new Story();
        bad.append(Moonrise.PUBLISHED, Moonrise.RULES, GRANTED, second);
        assertFails(bad.certificate(3, null).format(), PINNED, code);
    }

    private static void assertFails(Certificate certificate, String code) {
        assertFails(certificate.format(), PINNED, code);
    }

    private static void assertFails(byte[] file, List<VerifierKey> pinned, String code) {
        assertThat(CertificateCheck.verify(file, pinned, null))
                .isInstanceOfSatisfying(
                        CertificateVerdict.Invalid.class,
                        invalid -> assertThat(invalid.failed().code()).isEqualTo(code));
    }

    private Certificate withRecords(List<Certificate.Enclosed> records) {
        return new Certificate(
                certificate.log(),
                certificate.keyHint(),
                certificate.collectible(),
                certificate.rules(),
                new ArrayList<>(records),
                certificate.checkpoint(),
                null);
    }

    private Certificate with(List<Certificate.EnclosedRules> rules) {
        return new Certificate(
                certificate.log(),
                certificate.keyHint(),
                certificate.collectible(),
                rules,
                certificate.records(),
                certificate.checkpoint(),
                null);
    }

    private Certificate withCheckpoint(String note) {
        return new Certificate(
                certificate.log(),
                certificate.keyHint(),
                certificate.collectible(),
                certificate.rules(),
                certificate.records(),
                note,
                null);
    }
}
