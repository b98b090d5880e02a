package vitrine.catalog;

import java.io.IOException;
import java.io.InputStream;
import org.springframework.core.io.AbstractResource;
import vitrine.proof.Hash32;

/**
 * A file of the library that is read slice by slice, each by a query of its own: a film is never whole in memory, and a phone that
 * takes its time holds no connection of the database. What is behind a hash never changes, so the slices fit.
 */
final class MediaFile extends AbstractResource {

    /** Bytes. Larger than most of the pages' pictures, which so come with one query. */
    static final int SLICE = 256 << 10;

    private final MediaLibrary library;
    private final Hash32 sha256;
    private final String variant;
    private final String type;
    private final long bytes;
    private final byte[] head;

    /** @param head the first bytes of it, none to {@link #SLICE} */
    MediaFile(MediaLibrary library, Hash32 sha256, String variant, String type, long bytes, byte[] head) {
        this.library = library;
        this.sha256 = sha256;
        this.variant = variant;
        this.type = type;
        this.bytes = bytes;
        this.head = head;
    }

    String type() {
        return type;
    }

    /** The same for as long as the bytes are. */
    String etag() {
        return "\"" + sha256.hex() + "-" + variant + "\"";
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public long contentLength() {
        return bytes;
    }

    @Override
    public String getDescription() {
        return "media " + sha256.hex() + " " + variant;
    }

    @Override
    public InputStream getInputStream() {
        return new Slices();
    }

    private final class Slices extends InputStream {
        private long at;
        private long from;
        private byte[] slice = head;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (length == 0) return 0;
            if (at >= bytes) return -1;
            if (at < from || at >= from + slice.length) {
                slice = library.slice(sha256, variant, at, SLICE);
                from = at;
                if (slice.length == 0) throw new IOException("no bytes at " + at + " of " + getDescription());
            }
            int within = (int) (at - from);
            int count = Math.min(length, slice.length - within);
            System.arraycopy(slice, within, to, offset, count);
            at += count;
            return count;
        }

        /** Nothing is read of what is passed over. */
        @Override
        public long skip(long count) {
            long passed = Math.clamp(count, 0, bytes - at);
            at += passed;
            return passed;
        }
    }
}
