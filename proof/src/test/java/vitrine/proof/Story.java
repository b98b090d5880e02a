package vitrine.proof;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that is written record by record, and the certificates that it can give. */
final class Story {
    final MemoryLog log = new MemoryLog();
    final List<byte[]> entries = new ArrayList<>();
    final String origin;
    private final TreeAppender tree = TreeAppender.empty();
    private TreeEdge edge = TreeEdge.EMPTY;

    Story() {
        this(Moonrise.LOG);
    }

    Story(String origin) {
        this.origin = origin;
    }

    /** Moonrise, its rules, and the whole life of piece 3 among its siblings. */
    static Story ofMoonrise() {
        var story = new Story();
        var rules = Moonrise.RULES.leafHash();
        story.append(Moonrise.PUBLISHED, Moonrise.RULES);
        var granted = Moonrise.grantedTo(Moonrise.ADA, 3);
        story.append(Moonrise.grantedTo(Moonrise.ADA, 1), granted, Moonrise.grantedTo(Moonrise.BO, 2));
        var moved = story.append(LogRecord.moved(
                Moonrise.LOG, Moonrise.COLLECTIBLE, 3, granted.leafHash(), rules, Moonrise.owner(Moonrise.BO, 3, 1)));
        var revoked = story.append(LogRecord.revoked(Moonrise.LOG, Moonrise.COLLECTIBLE, 3, moved.leafHash(), rules));
        story.append(LogRecord.granted(
                Moonrise.LOG, Moonrise.COLLECTIBLE, 3, revoked.leafHash(), rules, Moonrise.owner(Moonrise.ADA, 3, 2)));
        return story;
    }

    /** Appends records, each its own seal, and returns the last. */
    LogRecord append(LogRecord... records) {
        for (var record : records) append(record.bytes());
        return records[records.length - 1];
    }

    void append(byte[] entry) {
        var appended = tree.append(List.of(entry));
        log.store(appended);
        entries.add(entry);
        edge = appended.edge();
    }

    long size() {
        return edge.size();
    }

    Checkpoint checkpoint() {
        return new Checkpoint(origin, edge.size(), edge.root());
    }

    Certificate.Enclosed enclosed(byte[] entry) {
        for (int i = 0; i < entries.size(); i++) {
            if (java.util.Arrays.equals(entries.get(i), entry)) {
                return new Certificate.Enclosed(entry, new TreeProofs(log, size()).inclusion(i));
            }
        }
        throw new IllegalArgumentException("not in this log");
    }

    LogReplay.Volume volume() {
        return new LogReplay.Volume(log, checkpoint());
    }

    Certificate certificate(long serial, @Nullable String rulesDocument) {
        var records = new ArrayList<Certificate.Enclosed>();
        for (var entry : entries) {
            if (LogRecord.read(entry) instanceof LogRecord.Reading.Known known
                    && known.record() instanceof LogRecord.OfPiece piece
                    && piece.serial() == serial) {
                records.add(enclosed(entry));
            }
        }
        return new Certificate(
                Moonrise.LOG,
                Moonrise.KEY.verifier(),
                enclosed(Moonrise.PUBLISHED.bytes()),
                List.of(new Certificate.EnclosedRules(enclosed(Moonrise.RULES.bytes()), rulesDocument)),
                records,
                checkpoint().signedBy(Moonrise.KEY).format(),
                null);
    }
}
