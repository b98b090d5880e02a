package vitrine.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Rows past the server, in PostgreSQL's binary COPY (its manual, "COPY", "Binary Format"): each row after the number of its fields, each
 * field after its length. While one is open its connection can do nothing else.
 */
final class BinaryCopy implements AutoCloseable {
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final OutputStream out;

    private BinaryCopy(OutputStream out) {
        this.out = out;
    }

    /** @param table with its columns, as COPY wants them */
    static BinaryCopy into(Connection db, String table) throws SQLException, IOException {
        var out = new PGCopyOutputStream(
                db.unwrap(PGConnection.class), "copy " + table + " from stdin (format binary)", 1 << 20);
        out.write("PGCOPY\n".getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[] {-1, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0});
        return new BinaryCopy(out);
    }

    BinaryCopy row(int fields) throws IOException {
        out.write(new byte[] {0, (byte) fields});
        return this;
    }

    BinaryCopy bytes(byte[] bytes) throws IOException {
        out.write(ByteBuffer.allocate(4).putInt(bytes.length).array());
        out.write(bytes);
        return this;
    }

    BinaryCopy text(String text) throws IOException {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    BinaryCopy uuid(UUID id) throws IOException {
        return bytes(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    BinaryCopy time(Instant instant) throws IOException {
        return number8(ChronoUnit.MICROS.between(EPOCH, instant));
    }

    BinaryCopy number2(int number) throws IOException {
        return bytes(ByteBuffer.allocate(2).putShort((short) number).array());
    }

    BinaryCopy number4(int number) throws IOException {
        return bytes(ByteBuffer.allocate(4).putInt(number).array());
    }

    BinaryCopy number8(long number) throws IOException {
        return bytes(ByteBuffer.allocate(8).putLong(number).array());
    }

    /** An int4[] of one dimension: its flags, its element's type, its length and first place, then each with its size. */
    BinaryCopy numbers4(int[] numbers) throws IOException {
        ByteBuffer array = ByteBuffer.allocate(20 + 8 * numbers.length);
        array.putInt(1).putInt(0).putInt(23).putInt(numbers.length).putInt(1);
        for (int number : numbers) array.putInt(4).putInt(number);
        return bytes(array.array());
    }

    BinaryCopy none() throws IOException {
        out.write(new byte[] {-1, -1, -1, -1});
        return this;
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[] {-1, -1});
        out.close();
    }
}
