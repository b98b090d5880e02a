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
 * compression whose decoder a strict page may not run, nothing that the pages' viewer would have to guess. What its JSON says of
 * its parts is checked by {@link GltfParts}.
 */
sealed interface GlbCheck {

    record Good() implements GlbCheck {}

    record Bad(String code, String got, String want) implements GlbCheck {}

    int JSON_CHUNK = 0x4E4F534A;
    int BIN_CHUNK = 0x004E4942;
    Set<String> NEEDS_A_DECODER = Set.of(
            "KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_texture_basisu");

    /** What model-viewer 4 and the glTF loader beneath it read by themselves. */
    Set<String> READ = Set.of(
            "KHR_lights_punctual",
            "KHR_materials_anisotropy",
            "KHR_materials_clearcoat",
            "KHR_materials_dispersion",
            "KHR_materials_emissive_strength",
            "KHR_materials_ior",
            "KHR_materials_iridescence",
            "KHR_materials_sheen",
            "KHR_materials_specular",
            "KHR_materials_transmission",
            "KHR_materials_unlit",
            "KHR_materials_variants",
            "KHR_materials_volume",
            "KHR_mesh_quantization",
            "KHR_texture_transform",
            "EXT_materials_bump",
            "EXT_mesh_gpu_instancing",
            "EXT_texture_webp");

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
        ByteBuffer bin = bin(in, 20 + length);
        if (bin == null) return new Bad("media.model-damaged", bytes.length + " bytes", "whole chunks");
        if (!(model.get("asset") instanceof Json.Obj asset
                && asset.get("version") instanceof Json.Str said
                && said.value().matches("2\\.[0-9]+"))) {
            return new Bad("media.model-version", written(model.get("asset")), "2");
        }
        String outside = outside(model.get("buffers"));
        if (outside == null) outside = outside(model.get("images"));
        if (outside != null) return new Bad("media.model-not-self-contained", outside, "everything inside the file");
        if (model.get("extensionsRequired") instanceof Json.Arr required) {
            for (Json each : required) {
                String name = each instanceof Json.Str str ? str.value() : each.text();
                if (NEEDS_A_DECODER.contains(name)) {
                    return new Bad("media.model-compressed", name, "plain meshes, PNG, JPEG or WebP textures");
                }
                if (!READ.contains(name)) return new Bad("media.model-extension", name, String.join(", ", READ));
            }
        }
        return GltfParts.check(model, bin);
    }

    private static String written(@Nullable Json asset) {
        return asset instanceof Json.Obj obj && obj.get("version") instanceof Json.Str said ? said.value() : "?";
    }

    /** The binary chunk behind the JSON, empty where there is none; null: a chunk is longer than the file. */
    private static @Nullable ByteBuffer bin(ByteBuffer in, int from) {
        ByteBuffer bin = ByteBuffer.allocate(0);
        boolean second = true;
        // Chunks behind it of a kind that nobody knows are passed over, as the standard asks.
        for (int at = from; at < in.capacity(); second = false) {
            if (in.capacity() - at < 8) return null;
            int length = in.getInt(at);
            if (length < 0 || length > in.capacity() - at - 8) return null;
            if (second && in.getInt(at + 4) == BIN_CHUNK) bin = in.slice(at + 8, length);
            at += 8 + length;
        }
        return bin.order(ByteOrder.LITTLE_ENDIAN);
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
