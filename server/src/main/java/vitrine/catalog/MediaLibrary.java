package vitrine.catalog;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.BusinessClock;
import vitrine.proof.Hash32;

/**
 * Pictures, models and films by what they contain: the SHA-256 of the bytes is the name, so a file that a manifest in the log names
 * can be checked by anyone and never silently change. What a file is, its bytes say, not its name.
 */
@Component
public class MediaLibrary {

    public static final long IMAGE_BYTES_MAX = 20L << 20;
    public static final long MODEL_BYTES_MAX = 16L << 20;
    public static final long VIDEO_BYTES_MAX = 64L << 20;
    public static final long SOUND_BYTES_MAX = 8L << 20;
    /** Looked at before a single pixel is decoded: a small file may unpack to gigabytes. */
    public static final long PIXELS_MAX = 40_000_000;

    private static final int UNPACKED_MOST = 3_000;

    static final List<Integer> WIDTHS = List.of(320, 640, 1024);

    private final JdbcClient db;
    private final BusinessClock clock;
    /** One picture is unpacked at a time: two large ones at once are more than a small heap holds. */
    private final ReentrantLock unpacking = new ReentrantLock();

    MediaLibrary(JdbcClient db, BusinessClock clock) {
        this.db = db;
        this.clock = clock;
    }

    public sealed interface Adding {

        record Added(
                Hash32 sha256,
                String type,
                @Nullable Integer width,
                @Nullable Integer height) implements Adding {}

        /** {@code code} is stable ({@code media.too-many-pixels}); got and want are plain numbers or words. */
        record Refused(String code, String got, String want) implements Adding {}
    }

    /** Keeps the file, with smaller pictures of it. The same bytes twice are one file. */
    @Transactional
    public Adding add(byte[] bytes) {
        return switch (MediaKind.of(bytes)) {
            case IMAGE_PNG, IMAGE_JPEG, IMAGE_WEBP -> addImage(bytes, MediaKind.of(bytes));
            case MODEL_GLB -> addModel(bytes);
            case VIDEO_MP4 ->
                bytes.length > VIDEO_BYTES_MAX
                        ? tooLarge(bytes, VIDEO_BYTES_MAX)
                        : keep(bytes, MediaKind.VIDEO_MP4, null, null);
            case SOUND_MP3 ->
                bytes.length > SOUND_BYTES_MAX
                        ? tooLarge(bytes, SOUND_BYTES_MAX)
                        : keep(bytes, MediaKind.SOUND_MP3, null, null);
            case SVG -> new Adding.Refused("media.svg", "image/svg+xml", "PNG, JPEG, WebP, GLB, MP4, MP3");
            case TABLE_CSV, UNKNOWN -> new Adding.Refused("media.type-unknown", "?", "PNG, JPEG, WebP, GLB, MP4, MP3");
        };
    }

    /** Whether its bytes begin as those of a picture that is taken here. */
    public static boolean isPicture(byte[] bytes) {
        return switch (MediaKind.of(bytes)) {
            case IMAGE_PNG, IMAGE_JPEG, IMAGE_WEBP -> true;
            case MODEL_GLB, VIDEO_MP4, SOUND_MP3, TABLE_CSV, SVG, UNKNOWN -> false;
        };
    }

    /** Keeps the file if it is a sound. */
    @Transactional
    public Adding addSound(byte[] bytes) {
        MediaKind kind = MediaKind.of(bytes);
        return kind == MediaKind.SOUND_MP3 ? add(bytes) : new Adding.Refused("media.no-sound", kind.type(), "MP3");
    }

    public boolean isSound(Hash32 file) {
        return db.sql("select count(*) from media where sha256 = :sha256 and type like 'audio/%'")
                        .param("sha256", file.bytes())
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** A table that the server wrote. */
    Hash32 addTable(byte[] bytes) {
        keep(bytes, MediaKind.TABLE_CSV, null, null);
        return Hash32.sha256(bytes);
    }

    /** Those of the files that are pictures. */
    java.util.Set<Hash32> pictures(java.util.Collection<Hash32> files) {
        return new java.util.HashSet<>(
                db.sql("select sha256 from media where sha256 = any(:files) and type like 'image/%'")
                        .param("files", new org.springframework.jdbc.support.SqlArrayValue("bytea", (Object[])
                                files.stream().map(Hash32::bytes).toArray(byte[][]::new)))
                        .query((row, n) -> Hash32.of(row.getBytes(1)))
                        .list());
    }

    public record Content(String type, byte[] bytes) {}

    /** For pictures that are drawn with; pages stream a {@link MediaFile}. @param variant {@code original}, or {@code w320}, {@code w640}, {@code w1024} */
    public Optional<Content> content(Hash32 sha256, String variant) {
        return db.sql("select type, content from media_contents where sha256 = :sha256 and variant = :variant")
                .param("sha256", sha256.bytes())
                .param("variant", variant)
                .query((row, n) -> new Content(row.getString(1), row.getBytes(2)))
                .optional();
    }

    /** To be read in slices. {@code head}: how many bytes of its beginning come with it. */
    Optional<MediaFile> file(Hash32 sha256, String variant, int head) {
        return db.sql("""
                select type, octet_length(content) as bytes, substring(content from 1 for :head) as head from media_contents
                where sha256 = :sha256 and variant = :variant
                """)
                .param("sha256", sha256.bytes())
                .param("variant", variant)
                .param("head", head)
                .query((row, n) -> new MediaFile(
                        this, sha256, variant, row.getString("type"), row.getLong("bytes"), row.getBytes("head")))
                .optional();
    }

    /** Up to {@code most} bytes from {@code at} on: stored apart and not compressed, PostgreSQL reads no others. */
    byte[] slice(Hash32 sha256, String variant, long at, int most) {
        return db.sql("""
                select substring(content from :from for :most) from media_contents
                where sha256 = :sha256 and variant = :variant
                """)
                .param("sha256", sha256.bytes())
                .param("variant", variant)
                .param("from", Math.toIntExact(at) + 1)
                .param("most", most)
                .query((row, n) -> row.getBytes(1))
                .optional()
                .orElse(new byte[0]);
    }

    private Adding addImage(byte[] bytes, MediaKind kind) {
        if (bytes.length > IMAGE_BYTES_MAX) return tooLarge(bytes, IMAGE_BYTES_MAX);
        unpacking.lock();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) return new Adding.Refused("media.damaged", kind.type(), kind.type());
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > PIXELS_MAX) {
                    return new Adding.Refused("media.too-many-pixels", width + "×" + height, Long.toString(PIXELS_MAX));
                }
                BufferedImage picture = unpacked(reader, width, height);
                Adding added = keep(bytes, kind, width, height);
                if (added instanceof Adding.Added file) {
                    for (int each : WIDTHS)
                        keepVariant(file.sha256(), "w" + each, "image/webp", smaller(picture, each));
                }
                return added;
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // Decoders meet hostile bytes with whatever exception comes first; for the person who uploads it is one
            // thing.
            return new Adding.Refused("media.damaged", kind.type(), kind.type());
        } finally {
            unpacking.unlock();
        }
    }

    /** Not finer than the largest of our sizes needs, for a picture of all the pixels that we take would fill the heap. */
    private static BufferedImage unpacked(ImageReader reader, int width, int height) throws IOException {
        int step = Math.max(1, Math.max(width, height) / UNPACKED_MOST);
        var how = reader.getDefaultReadParam();
        how.setSourceSubsampling(step, step, 0, 0);
        return reader.read(0, how);
    }

    private Adding addModel(byte[] bytes) {
        if (bytes.length > MODEL_BYTES_MAX) return tooLarge(bytes, MODEL_BYTES_MAX);
        return switch (GlbCheck.of(bytes)) {
            case GlbCheck.Good() -> keep(bytes, MediaKind.MODEL_GLB, null, null);
            case GlbCheck.Bad(String code, String got, String want) -> new Adding.Refused(code, got, want);
        };
    }

    private Adding keep(byte[] bytes, MediaKind kind, @Nullable Integer width, @Nullable Integer height) {
        Hash32 sha256 = Hash32.sha256(bytes);
        db.sql("""
                insert into media (sha256, type, bytes, width, height, added_at)
                values (:sha256, :type, :bytes, :width, :height, :now) on conflict do nothing
                """)
                .param("sha256", sha256.bytes())
                .param("type", kind.type())
                .param("bytes", bytes.length)
                .param("width", width)
                .param("height", height)
                .param("now", Timestamp.from(clock.now()))
                .update();
        keepVariant(sha256, "original", kind.type(), bytes);
        return new Adding.Added(sha256, kind.type(), width, height);
    }

    private void keepVariant(Hash32 sha256, String variant, String type, byte[] content) {
        db.sql("""
                insert into media_contents (sha256, variant, type, content) values (:sha256, :variant, :type, :content)
                on conflict do nothing
                """)
                .param("sha256", sha256.bytes())
                .param("variant", variant)
                .param("type", type)
                .param("content", content)
                .update();
    }

    private static Adding tooLarge(byte[] bytes, long most) {
        return new Adding.Refused("media.too-large", Long.toString(bytes.length), Long.toString(most));
    }

    /** The picture at most {@code width} pixels wide, as WebP with its transparency. */
    private static byte[] smaller(BufferedImage picture, int width) {
        int w = Math.min(width, picture.getWidth());
        int h = Math.max(1, Math.round((float) picture.getHeight() * w / picture.getWidth()));
        BufferedImage scaled = picture;
        // In halves, then the rest: one large step with bilinear filtering skips pixels and shimmers.
        while (scaled.getWidth() > 2 * w)
            scaled = scale(scaled, scaled.getWidth() / 2, Math.max(1, scaled.getHeight() / 2));
        return webp(scale(scaled, w, h));
    }

    private static BufferedImage scale(BufferedImage from, int width, int height) {
        BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        Graphics2D g = to.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        g.drawImage(from, 0, 0, width, height, null);
        g.dispose();
        return to;
    }

    private static byte[] webp(BufferedImage picture) {
        ImageWriter writer = ImageIO.getImageWritersByMIMEType("image/webp").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionType("Lossy");
            how.setCompressionQuality(0.82f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), how);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
