package vitrine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.catalog.GlbCheck.Bad;
import vitrine.catalog.GlbCheck.Good;

/** The festival's own models are taken; one fault in the paper crane, and it is refused with what is wrong and where. */
class GlbCheckTest {

    private static final Path ART = Path.of("../demo/art");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void everyModelOfTheFestivalIsWhole() throws IOException {
        try (var files = Files.list(ART)) {
            var models = files.filter(f -> f.toString().endsWith(".glb")).toList();
            assertThat(models).hasSizeGreaterThan(8);
            for (Path model : models)
                assertThat(GlbCheck.of(Files.readAllBytes(model)))
                        .as(model.toString())
                        .isEqualTo(new Good());
        }
    }

    @Test
    void unchangedItIsGoodAndWithAnUnknownChunkBehindItToo() throws IOException {
        byte[] whole = crane(model -> {});
        assertThat(GlbCheck.of(whole)).isEqualTo(new Good());
        byte[] more = Arrays.copyOf(whole, whole.length + 12);
        ByteBuffer.wrap(more)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(8, more.length)
                .putInt(whole.length, 4)
                .putInt(whole.length + 4, 0x21212121);
        assertThat(GlbCheck.of(more)).isEqualTo(new Good());
    }

    @Test
    void aFileThatWasCutOffOrIsOfAnotherVersionIsRefused() throws IOException {
        byte[] whole = crane(model -> {});
        byte[] cut = Arrays.copyOf(whole, whole.length - 400);
        assertThat(code(GlbCheck.of(cut))).isEqualTo("media.model-damaged");
        // Its head was put right, its binary chunk was not.
        ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(8, cut.length);
        assertThat(code(GlbCheck.of(cut))).isEqualTo("media.model-damaged");
        refused(model -> ((ObjectNode) model.get("asset")).put("version", "1.0"), "media.model-version", "1.0");
        refused(model -> model.remove("asset"), "media.model-version", "?");
    }

    @Test
    void aMeshWithoutAnythingInItIsNoModel() throws IOException {
        refused(model -> model.putArray("meshes").addObject(), "media.model-no-positions", "meshes[0].primitives");
        refused(model -> model.remove("meshes"), "media.model-empty", "0 meshes");
        refused(
                model -> ((ObjectNode) primitive(model).get("attributes")).remove("POSITION"),
                "media.model-no-positions",
                "meshes[0].primitives[0]");
        refused(model -> model.remove("scenes"), "media.model-reference", "scene");
        refused(model -> ((ObjectNode) model.get("scenes").get(0)).putArray("nodes"), "media.model-empty", "scenes[0]");
    }

    @Test
    void whatReadsPastAnEndIsNamed() throws IOException {
        refused(model -> object(model, "buffers", 0).put("byteLength", 9_999_999), "media.model-range", "buffers[0]");
        refused(
                model -> object(model, "bufferViews", 1).put("byteOffset", 9_999_999),
                "media.model-range",
                "bufferViews[1]");
        refused(model -> object(model, "accessors", 0).put("count", 999_999), "media.model-range", "accessors[0]");
        byte[] whole = crane(model -> {});
        ByteBuffer in = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        int json = in.getInt(12);
        byte[] without = Arrays.copyOf(whole, 20 + json);
        ByteBuffer.wrap(without).order(ByteOrder.LITTLE_ENDIAN).putInt(8, without.length);
        assertThat(GlbCheck.of(without))
                .as("no binary chunk at all")
                .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.got()).isEqualTo("buffers[0]"));
    }

    @Test
    void everyReferenceLeadsToSomething() throws IOException {
        refused(
                model -> primitive(model).put("material", 99),
                "media.model-reference",
                "meshes[0].primitives[0].material");
        refused(
                model -> primitive(model).put("indices", 99),
                "media.model-reference",
                "meshes[0].primitives[0].indices");
        refused(
                model -> object(model, "bufferViews", 0).put("buffer", 7),
                "media.model-reference",
                "bufferViews[0].buffer");
        refused(model -> object(model, "textures", 0).put("source", 42), "media.model-reference", "textures[0].source");
        refused(model -> model.put("scene", 5), "media.model-reference", "scene");
        refused(
                model -> object(model, "nodes", 0).putArray("children").add(77),
                "media.model-reference",
                "nodes[0].children[0]");
        refused(
                model ->
                        object(model, "materials", 0).putObject("normalTexture").put("index", 30),
                "media.model-reference",
                "materials[0].normalTexture.index");
        refused(
                model -> ((ObjectNode) object(model, "animations", 0)
                                .get("channels")
                                .get(0)
                                .get("target"))
                        .put("node", 88),
                "media.model-reference",
                "animations[0].channels[0].target.node");
        refused(model -> object(model, "nodes", 0).putArray("children").add(0), "media.model-circle", "nodes[0]");
    }

    @Test
    void anIndexNamesOnlyPointsThatAreThere() throws IOException {
        byte[] whole = crane(model -> {});
        ByteBuffer in = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        ObjectNode model = model(whole);
        int indices = primitive(model).get("indices").intValue();
        ObjectNode accessor = object(model, "accessors", indices);
        int view = accessor.get("bufferView").intValue();
        int at = 20
                + in.getInt(12)
                + 8
                + object(model, "bufferViews", view).path("byteOffset").asInt(0)
                + accessor.path("byteOffset").asInt(0);
        for (int i = 0; i < 4; i++) whole[at + i] = (byte) 0xff;
        assertThat(GlbCheck.of(whole)).isInstanceOfSatisfying(Bad.class, bad -> {
            assertThat(bad.code()).isEqualTo("media.model-index");
            assertThat(bad.got()).isEqualTo("meshes[0].primitives[0].indices");
            assertThat(bad.want()).matches("[0-9]+ ≥ [0-9]+");
        });
    }

    @Test
    void whatTheStandardDoesNotKnowIsRefused() throws IOException {
        refused(
                model -> object(model, "accessors", 0).put("componentType", 1),
                "media.model-value",
                "accessors[0].componentType");
        refused(model -> object(model, "accessors", 0).put("type", "VEC9"), "media.model-value", "accessors[0].type");
        refused(model -> object(model, "accessors", 0).put("count", -3), "media.model-value", "accessors[0].count");
        refused(model -> primitive(model).put("mode", 9), "media.model-value", "meshes[0].primitives[0].mode");
        refused(model -> model.put("meshes", "none"), "media.model-value", "meshes");
    }

    @Test
    void picturesAreOnesThatPagesShowAndSayWhatTheyAre() throws IOException {
        refused(model -> object(model, "images", 0).put("mimeType", "image/bmp"), "media.model-picture", "images[0]");
        refused(model -> object(model, "images", 0).put("mimeType", "image/png"), "media.model-picture", "images[0]");
        // A view that is there and holds no picture.
        refused(
                model -> object(model, "images", 0)
                        .put(
                                "bufferView",
                                object(model, "accessors", 0).get("bufferView").intValue()),
                "media.model-picture",
                "images[0]");
    }

    @Test
    void anExtensionThatThePagesDoNotKnowMayHelpAndMustNotBeNeeded() throws IOException {
        assertThat(GlbCheck.of(crane(model -> model.putArray("extensionsUsed").add("VENDOR_magic"))))
                .isEqualTo(new Good());
        refused(
                model -> model.putArray("extensionsRequired").add("VENDOR_magic"),
                "media.model-extension",
                "VENDOR_magic");
        refused(
                model -> model.putArray("extensionsRequired").add("KHR_draco_mesh_compression"),
                "media.model-compressed",
                "KHR_draco_mesh_compression");
        assertThat(GlbCheck.of(
                        crane(model -> model.putArray("extensionsRequired").add("KHR_texture_transform"))))
                .isEqualTo(new Good());
    }

    // ---- the crane, with one fault

    private static void refused(Consumer<ObjectNode> fault, String code, String where) throws IOException {
        assertThat(GlbCheck.of(crane(fault))).as(code + " " + where).isInstanceOfSatisfying(Bad.class, bad -> {
            assertThat(bad.code()).isEqualTo(code);
            assertThat(bad.got()).isEqualTo(where);
        });
    }

    private static String code(GlbCheck found) {
        return found instanceof Bad bad ? bad.code() : "good";
    }

    private static ObjectNode primitive(ObjectNode model) {
        return (ObjectNode) model.get("meshes").get(0).get("primitives").get(0);
    }

    private static ObjectNode object(ObjectNode model, String list, int nth) {
        return (ObjectNode) ((ArrayNode) model.get(list)).get(nth);
    }

    private static ObjectNode model(byte[] glb) {
        int length = ByteBuffer.wrap(glb).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        return (ObjectNode) JSON.readTree(Arrays.copyOfRange(glb, 20, 20 + length));
    }

    private static byte[] crane(Consumer<ObjectNode> change) throws IOException {
        byte[] glb = Files.readAllBytes(ART.resolve("paper-crane.glb"));
        int length = ByteBuffer.wrap(glb).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        ObjectNode model = model(glb);
        change.accept(model);
        byte[] text = JSON.writeValueAsBytes(model);
        int padded = (text.length + 3) / 4 * 4;
        int rest = glb.length - 20 - length;
        ByteBuffer out = ByteBuffer.allocate(20 + padded + rest)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(glb, 0, 8)
                .putInt(20 + padded + rest)
                .putInt(padded)
                .putInt(GlbCheck.JSON_CHUNK)
                .put(text);
        while (out.position() < 20 + padded) out.put((byte) ' ');
        return out.put(glb, 20 + length, rest).array();
    }
}
