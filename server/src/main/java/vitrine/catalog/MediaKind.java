package vitrine.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a file is by its first bytes. */
enum MediaKind {
    IMAGE_PNG("image/png"),
    IMAGE_JPEG("image/jpeg"),
    IMAGE_WEBP("image/webp"),
    MODEL_GLB("model/gltf-binary"),
    VIDEO_MP4("video/mp4"),
    SOUND_MP3("audio/mpeg"),
    /** Not told from its bytes: written by the server itself ({@link UniquePieces}). */
    TABLE_CSV("text/csv"),
    /** Never taken: an SVG is a document that can carry script. */
    SVG("image/svg+xml"),
    UNKNOWN("application/octet-stream");

    private final String type;

    MediaKind(String type) {
        this.type = type;
    }

    String type() {
        return type;
    }

    static MediaKind of(byte[] bytes) {
        if (at(bytes, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) return IMAGE_PNG;
        if (at(bytes, 0, 0xff, 0xd8, 0xff)) return IMAGE_JPEG;
        if (at(bytes, 0, 'R', 'I', 'F', 'F') && at(bytes, 8, 'W', 'E', 'B', 'P')) return IMAGE_WEBP;
        if (at(bytes, 0, 'g', 'l', 'T', 'F')) return MODEL_GLB;
        if (at(bytes, 4, 'f', 't', 'y', 'p')) return VIDEO_MP4;
        // With its tag before it, or the sound at once: MPEG 1 or 2, layer III.
        if (at(bytes, 0, 'I', 'D', '3') || at(bytes, 0, 0xff, 0xfb) || at(bytes, 0, 0xff, 0xf3)) return SOUND_MP3;
        String head =
                new String(bytes, 0, Math.min(bytes.length, 1024), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        if (head.contains("<svg")) return SVG;
        return UNKNOWN;
    }

    private static boolean at(byte[] bytes, int from, int... expected) {
        if (bytes.length < from + expected.length) return false;
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[from + i] & 0xff) != expected[i]) return false;
        }
        return true;
    }
}
