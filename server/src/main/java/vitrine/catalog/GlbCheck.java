package vitrine.catalog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Json;
import vitrine.proof.Parsed;

/**
 * Whether a binary glTF 2.0 (Khronos glTF 2.0 §4.4) shows the same object everywhere: one file, nothing fetched from elsewhere, no
 * compression whose decoder a strict page may not run.
 */
sealed interface GlbCheck {

    record Good() implements GlbCheck {}

    record Bad(String code, String got, String want) implements GlbCheck {}

    int JSON_CHUNK = 0x4E4F534A;
    Set<String> NEEDS_A_DECODER = Set.of(
            "KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_texture_basisu");

    static GlbCheck of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 20) return new Bad("media.model-damaged", bytes.length + " bytes", "20 bytes or more");
        int version = in.getInt(4);
        if (version != 2) return new Bad("media.model-version", Integer.toString(version), "2");
        if (in.getInt(8) != bytes.length) {
            return new Bad("media.model-damaged", bytes.length + " bytes", in.getInt(8) + " bytes");
        }
        int length = in.getInt(12);
        if (in.getInt(16) != JSON_CHUNK || length < 2 || length > bytes.length - 20) {
            return new Bad("media.model-damaged", "no JSON chunk", "a JSON chunk first");
        }
        Parsed<Json> parsed = Json.parse(Arrays.copyOfRange(bytes, 20, 20 + length), new Json.Limits(4 << 20, 64));
        if (!(parsed.orNull() instanceof Json.Obj model)) {
            return new Bad("media.model-damaged", "JSON cannot be read", "glTF 2.0");
        }
        String outside = outside(model.get("buffers"));
        if (outside == null) outside = outside(model.get("images"));
        if (outside != null) return new Bad("media.model-not-self-contained", outside, "everything inside the file");
        if (model.get("extensionsRequired") instanceof Json.Arr required) {
            for (Json each : required) {
                if (each instanceof Json.Str name && NEEDS_A_DECODER.contains(name.value())) {
                    return new Bad("media.model-compressed", name.value(), "plain meshes, PNG, JPEG or WebP textures");
                }
            }
        }
        if (!(model.get("meshes") instanceof Json.Arr meshes) || meshes.values().isEmpty()) {
            return new Bad("media.model-empty", "0 meshes", "1 mesh or more");
        }
        return new Good();
    }

    private static @Nullable String outside(@Nullable Json list) {
        if (!(list instanceof Json.Arr array)) return null;
        for (Json each : array) {
            if (each instanceof Json.Obj object
                    && object.get("uri") instanceof Json.Str uri
                    && !uri.value().startsWith("data:")) {
                return uri.value();
            }
        }
        return null;
    }
}
