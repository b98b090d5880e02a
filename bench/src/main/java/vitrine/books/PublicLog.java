package vitrine.books;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogReplay;
import vitrine.proof.SignedNote;
import vitrine.proof.TileSource;

/** Replays each log as a stranger would, from its tiles and its signed checkpoint, and counts against the tables. */
final class PublicLog {

    private final Connection connection;

    PublicLog(Connection connection) {
        this.connection = connection;
    }

    List<Violation> audit() throws SQLException {
        List<Violation> found = new ArrayList<>();
        List<LogReplay.Volume> earlier = new ArrayList<>();
        String line = null;
        try (PreparedStatement query = connection.prepareStatement("""
                        select log_id, signed_note, origin, closed_size, root, brand_id::text from logs
                        order by brand_id nulls first, opened_at, predecessor_id nulls first, log_id
                        """);
                ResultSet logs = query.executeQuery()) {
            while (logs.next()) {
                UUID log = logs.getObject(1, UUID.class);
                String brand = logs.getString(6);
                if (!Objects.equals(brand, line)) earlier.clear(); // the next line of logs, with a history of its own
                line = brand;
                if (logs.getObject(4) != null) {
                    // Each goes on from the one before: together they are one history.
                    earlier.add(new LogReplay.Volume(
                            new Rows(log),
                            new Checkpoint(logs.getString(3), logs.getLong(4), Hash32.of(logs.getBytes(5)))));
                } else if (logs.getString(2) != null) {
                    audit(log, brand, earlier, logs.getString(2), found);
                }
            }
        }
        return found;
    }

    private void audit(
            UUID log, @Nullable String brand, List<LogReplay.Volume> earlier, String note, List<Violation> found)
            throws SQLException {
        Checkpoint checkpoint =
                Checkpoint.parse(SignedNote.parse(note).orThrow().text()).orThrow();
        TreeMap<Long, Hash32> heads = new TreeMap<>();
        List<Long> ends = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select size, root from log_heads where log_id = ? and size <= ? order by size")) {
            query.setObject(1, log);
            query.setLong(2, checkpoint.size()); // what was sealed and never signed, the checkpoint does not speak of
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    heads.put(rows.getLong(1), Hash32.of(rows.getBytes(2)));
                    ends.add(rows.getLong(1));
                }
            }
        }
        var options = new LogReplay.Options(true, 4_000_000, 20, heads, ends);
        List<LogReplay.Volume> volumes = new ArrayList<>(earlier);
        volumes.add(new LogReplay.Volume(new Rows(log), checkpoint));
        LogReplay.Report report = LogReplay.run(volumes, options);
        for (LogReplay.Violation violation : report.violations()) {
            found.add(new Violation(
                    violation.code(),
                    "entry " + violation.index() + ": " + violation.what() + ", got " + violation.got() + ", want "
                            + violation.want()));
        }
        count(found, "log.live", report.live(), "owned", brand);
        count(found, "log.returned", report.returned(), "returned", brand);
    }

    /** The pieces of a brand with a log of its own stand there, all others in the house's. */
    private void count(List<Violation> found, String code, long inLog, String state, @Nullable String brand)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select count(*) from pieces p where state = ? and (brand_id::text = ? or ?::text is null
                    and not exists (select from logs l where l.brand_id = p.brand_id))
                """)) {
            query.setString(1, state);
            query.setString(2, brand);
            query.setString(3, brand);
            ResultSet row = query.executeQuery();
            row.next();
            if (row.getLong(1) != inLog) {
                found.add(new Violation(code, "the log says " + inLog + ", the tables say " + row.getLong(1)));
            }
        }
    }

    private final class Rows implements TileSource {
        private final UUID log;

        Rows(UUID log) {
            this.log = log;
        }

        @Override
        public byte @Nullable [] tile(int level, long index, int width) {
            return bytes("select hashes from log_tiles where log_id = ? and level = " + level + " and tile = ?", index);
        }

        @Override
        public byte @Nullable [] entries(long index, int width) {
            return bytes("select entries from log_bundles where log_id = ? and bundle = ?", index);
        }

        private byte @Nullable [] bytes(String sql, long index) {
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                query.setObject(1, log);
                query.setLong(2, index);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? row.getBytes(1) : null;
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
