package vitrine.catalog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.GlbCheck.Bad;
import vitrine.proof.Json;

/**
 * What a glTF's JSON says of its parts, checked against each other and against its bytes (Khronos glTF 2.0 §3 and §5): every
 * reference leads to something, nothing reads past an end, every mesh has positions and names only those, every picture is one that
 * pages can show, and the scene holds something to look at. Places are written as the JSON would: {@code meshes[0].primitives[1].indices}.
 */
final class GltfParts {

    /** Bytes a component takes, by its code. */
    private static final Map<Integer, Integer> COMPONENTS =
            Map.of(5120, 1, 5121, 1, 5122, 2, 5123, 2, 5125, 4, 5126, 4);

    private static final int BYTE = 5121;
    private static final int SHORT = 5123;
    private static final int INT = 5125;
    private static final int FLOAT = 5126;

    private static final Map<String, Integer> TYPES =
            Map.of("SCALAR", 1, "VEC2", 2, "VEC3", 3, "VEC4", 4, "MAT2", 4, "MAT3", 9, "MAT4", 16);

    private static final Set<String> PICTURES = Set.of("image/png", "image/jpeg", "image/webp");
    private static final int TRIANGLE_FAN = 6;

    /** Ends the reading at the first fault. */
    private static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Bad bad;

        /** @param place where in the JSON, {@code found} what stands there */
        Fault(String code, String place, Object found) {
            super(code, null, false, false);
            bad = new Bad(code, place, found.toString());
        }
    }

    /** @param stride how many bytes further each element begins than the one before; {@code view} null: all zeros */
    private record Accessor(@Nullable ByteBuffer view, int offset, int stride, int component, String type, int count) {}

    private final Json.Obj model;
    private final ByteBuffer bin;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<ByteBuffer> views = new ArrayList<>();
    private final List<Integer> strides = new ArrayList<>();
    private final List<Accessor> accessors = new ArrayList<>();

    private GltfParts(Json.Obj model, ByteBuffer bin) {
        this.model = model;
        this.bin = bin;
    }

    static GlbCheck check(Json.Obj model, ByteBuffer bin) {
        try {
            new GltfParts(model, bin).read();
            return new GlbCheck.Good();
        } catch (Fault fault) {
            return fault.bad;
        }
    }

    private void read() throws Fault {
        buffers();
        views();
        accessors();
        images();
        textures();
        materials(list(model, "materials", ""), "materials");
        meshes();
        skins();
        animations();
        nodes();
        scenes();
    }

    private void buffers() throws Fault {
        List<Json.Obj> all = list(model, "buffers", "");
        for (int i = 0; i < all.size(); i++) {
            String at = "buffers[" + i + "]";
            ByteBuffer bytes = all.get(i).get("uri") instanceof Json.Str uri
                    ? data(uri.value(), at + ".uri")
                    : i == 0 ? bin : ByteBuffer.allocate(0);
            int length = number(all.get(i), "byteLength", 0, at);
            within(at, length, bytes.capacity());
            buffers.add(bytes.slice(0, length));
        }
    }

    private void views() throws Fault {
        List<Json.Obj> all = list(model, "bufferViews", "");
        for (int i = 0; i < all.size(); i++) {
            String at = "bufferViews[" + i + "]";
            ByteBuffer buffer = buffers.get(must(all.get(i), "buffer", buffers.size(), "buffers", at));
            int offset = number(all.get(i), "byteOffset", 0, at);
            int length = number(all.get(i), "byteLength", 0, at);
            within(at, (long) offset + length, buffer.capacity());
            views.add(buffer.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN));
            int stride = number(all.get(i), "byteStride", 0, at);
            if (stride != 0 && (stride < 4 || stride > 252 || stride % 4 != 0))
                throw new Fault("media.model-value", at + ".byteStride", stride);
            strides.add(stride);
        }
    }

    private void accessors() throws Fault {
        List<Json.Obj> all = list(model, "accessors", "");
        for (int i = 0; i < all.size(); i++) {
            String at = "accessors[" + i + "]";
            Json.Obj one = all.get(i);
            String type = one.get("type") instanceof Json.Str said ? said.value() : "?";
            if (!TYPES.containsKey(type)) throw new Fault("media.model-value", at + ".type", type);
            int count = number(one, "count", 0, at);
            if (count == 0) throw new Fault("media.model-value", at + ".count", 0);
            accessors.add(accessor(one, type, count, at));
            if (one.get("sparse") instanceof Json.Obj sparse) {
                int some = number(sparse, "count", 0, at + ".sparse");
                Json.Obj indices = object(sparse, "indices", at + ".sparse");
                Json.Obj values = object(sparse, "values", at + ".sparse");
                Accessor places = accessor(indices, "SCALAR", some, at + ".sparse.indices");
                below(places, count, at + ".sparse.indices");
                accessor(with(values, one.get("componentType")), type, some, at + ".sparse.values");
            }
        }
    }

    private Accessor accessor(Json.Obj one, String type, int count, String at) throws Fault {
        int component = number(one, "componentType", 0, at);
        if (!COMPONENTS.containsKey(component)) throw new Fault("media.model-value", at + ".componentType", component);
        int view = reference(one, "bufferView", views.size(), "bufferViews", at);
        int offset = number(one, "byteOffset", 0, at);
        // Without bytes of its own it is all zeros.
        if (view < 0) return new Accessor(null, 0, 0, component, type, count);
        int size = size(type, component);
        int stride = strides.get(view) == 0 ? size : strides.get(view);
        if (count > 0)
            within(
                    at,
                    offset + (long) stride * (count - 1) + size,
                    views.get(view).capacity());
        return new Accessor(views.get(view), offset, stride, component, type, count);
    }

    /** Of one element; the columns of a matrix begin at multiples of four (§3.6.2.4). */
    private static int size(String type, int component) {
        int each = COMPONENTS.getOrDefault(component, 4);
        int parts = TYPES.getOrDefault(type, 1);
        if (!type.startsWith("MAT")) return parts * each;
        int columns = type.charAt(3) - '0';
        return columns * ((columns * each + 3) / 4 * 4);
    }

    private void images() throws Fault {
        List<Json.Obj> all = list(model, "images", "");
        for (int i = 0; i < all.size(); i++) {
            String at = "images[" + i + "]";
            int view = reference(all.get(i), "bufferView", views.size(), "bufferViews", at);
            ByteBuffer bytes = view >= 0
                    ? views.get(view)
                    : all.get(i).get("uri") instanceof Json.Str uri
                            ? data(uri.value(), at + ".uri")
                            : ByteBuffer.allocate(0);
            byte[] head = new byte[Math.min(64, bytes.capacity())];
            bytes.get(0, head);
            String is = MediaKind.of(head).type();
            String said = all.get(i).get("mimeType") instanceof Json.Str mime ? mime.value() : is;
            if (!PICTURES.contains(said)) throw new Fault("media.model-picture", at, said);
            if (!said.equals(is))
                throw new Fault("media.model-picture", at, PICTURES.contains(is) ? is + " ≠ " + said : is);
        }
    }

    private void textures() throws Fault {
        List<Json.Obj> all = list(model, "textures", "");
        int images = size("images");
        for (int i = 0; i < all.size(); i++) {
            String at = "textures[" + i + "]";
            reference(all.get(i), "source", images, "images", at);
            reference(all.get(i), "sampler", size("samplers"), "samplers", at);
            if (all.get(i).get("extensions") instanceof Json.Obj extensions
                    && extensions.get("EXT_texture_webp") instanceof Json.Obj webp)
                reference(webp, "source", images, "images", at + ".extensions.EXT_texture_webp");
        }
    }

    /** Every {@code …Texture} of a material, in its extensions too, names a texture by its index. */
    private void materials(List<Json.Obj> all, String name) throws Fault {
        int textures = size("textures");
        for (int i = 0; i < all.size(); i++) texturesOf(all.get(i), name + "[" + i + "]", textures);
    }

    private void texturesOf(Json.Obj part, String at, int textures) throws Fault {
        for (var member : part.members().entrySet()) {
            if (!(member.getValue() instanceof Json.Obj inside)) continue;
            String here = at + "." + member.getKey();
            if (member.getKey().endsWith("Texture")) must(inside, "index", textures, "textures", here);
            texturesOf(inside, here, textures);
        }
    }

    private void meshes() throws Fault {
        List<Json.Obj> all = list(model, "meshes", "");
        if (all.isEmpty()) throw new Fault("media.model-empty", "0 meshes", "1 mesh or more");
        for (int i = 0; i < all.size(); i++) {
            String at = "meshes[" + i + "]";
            List<Json.Obj> primitives = list(all.get(i), "primitives", at);
            if (primitives.isEmpty()) throw new Fault("media.model-no-positions", at + ".primitives", "[]");
            for (int p = 0; p < primitives.size(); p++) primitive(primitives.get(p), at + ".primitives[" + p + "]");
        }
    }

    private void primitive(Json.Obj primitive, String at) throws Fault {
        int mode = number(primitive, "mode", 4, at);
        if (mode > TRIANGLE_FAN) throw new Fault("media.model-value", at + ".mode", mode);
        reference(primitive, "material", size("materials"), "materials", at);
        Json.Obj attributes = primitive.get("attributes") instanceof Json.Obj some ? some : Json.object();
        if (attributes.get("POSITION") == null) throw new Fault("media.model-no-positions", at, "POSITION");
        int corners = accessors
                .get(must(attributes, "POSITION", accessors.size(), "accessors", at + ".attributes"))
                .count();
        same(attributes, corners, at + ".attributes");
        List<Json.Obj> targets = list(primitive, "targets", at);
        for (int i = 0; i < targets.size(); i++) same(targets.get(i), corners, at + ".targets[" + i + "]");
        int indices = reference(primitive, "indices", accessors.size(), "accessors", at);
        if (indices >= 0) below(accessors.get(indices), corners, at + ".indices");
    }

    /** All attributes of a mesh are of the same corners; positions are in space. */
    private void same(Json.Obj attributes, int corners, String at) throws Fault {
        for (String name : attributes.members().keySet()) {
            Accessor found = accessors.get(must(attributes, name, accessors.size(), "accessors", at));
            if (found.count() != corners)
                throw new Fault("media.model-count", at + "." + name, found.count() + " ≠ " + corners);
            if (name.equals("POSITION") && !found.type().equals("VEC3"))
                throw new Fault("media.model-value", at + "." + name, found.type());
        }
    }

    /** Whole numbers that all lie below this. */
    private static void below(Accessor indices, int end, String at) throws Fault {
        int component = indices.component();
        if (!indices.type().equals("SCALAR") || component != BYTE && component != SHORT && component != INT)
            throw new Fault("media.model-value", at, indices.type() + " " + component);
        ByteBuffer view = indices.view();
        for (int i = 0, from = indices.offset(); view != null && i < indices.count(); i++, from += indices.stride()) {
            long value =
                    switch (component) {
                        case BYTE -> view.get(from) & 0xff;
                        case SHORT -> view.getShort(from) & 0xffff;
                        default -> view.getInt(from) & 0xffff_ffffL;
                    };
            if (value >= end) throw new Fault("media.model-index", at, value + " ≥ " + end);
        }
    }

    private void skins() throws Fault {
        List<Json.Obj> all = list(model, "skins", "");
        for (int i = 0; i < all.size(); i++) {
            String at = "skins[" + i + "]";
            references(all.get(i), "joints", size("nodes"), "nodes", at);
            reference(all.get(i), "skeleton", size("nodes"), "nodes", at);
            reference(all.get(i), "inverseBindMatrices", accessors.size(), "accessors", at);
        }
    }

    private void animations() throws Fault {
        List<Json.Obj> all = list(model, "animations", "");
        for (int i = 0; i < all.size(); i++) {
            String at = "animations[" + i + "]";
            List<Json.Obj> samplers = list(all.get(i), "samplers", at);
            for (int s = 0; s < samplers.size(); s++) {
                String here = at + ".samplers[" + s + "]";
                Accessor times = accessors.get(must(samplers.get(s), "input", accessors.size(), "accessors", here));
                if (times.component() != FLOAT)
                    throw new Fault("media.model-value", here + ".input", times.component());
                must(samplers.get(s), "output", accessors.size(), "accessors", here);
            }
            List<Json.Obj> channels = list(all.get(i), "channels", at);
            for (int c = 0; c < channels.size(); c++) {
                String here = at + ".channels[" + c + "]";
                must(channels.get(c), "sampler", samplers.size(), at + ".samplers", here);
                reference(object(channels.get(c), "target", here), "node", size("nodes"), "nodes", here + ".target");
            }
        }
    }

    /** Each node hangs on one other at most, and on itself by no way: else the viewer goes round for ever. */
    private void nodes() throws Fault {
        List<Json.Obj> all = list(model, "nodes", "");
        int[] hangsOn = new int[all.size()];
        java.util.Arrays.fill(hangsOn, -1);
        for (int i = 0; i < all.size(); i++) {
            String at = "nodes[" + i + "]";
            reference(all.get(i), "mesh", size("meshes"), "meshes", at);
            reference(all.get(i), "skin", size("skins"), "skins", at);
            reference(all.get(i), "camera", size("cameras"), "cameras", at);
            for (int child : references(all.get(i), "children", all.size(), "nodes", at)) {
                if (hangsOn[child] >= 0 || child == i)
                    throw new Fault("media.model-circle", at, "nodes[" + child + "]");
                hangsOn[child] = i;
            }
        }
        for (int i = 0; i < hangsOn.length; i++) {
            int up = i;
            for (int steps = 0; up >= 0; up = hangsOn[up])
                if (steps++ > hangsOn.length)
                    throw new Fault("media.model-circle", "nodes[" + i + "]", "nodes[" + up + "]");
        }
    }

    private void scenes() throws Fault {
        List<Json.Obj> nodes = list(model, "nodes", "");
        List<Json.Obj> scenes = list(model, "scenes", "");
        for (int i = 0; i < scenes.size(); i++)
            references(scenes.get(i), "nodes", nodes.size(), "nodes", "scenes[" + i + "]");
        int shown = Math.max(0, reference(model, "scene", scenes.size(), "scenes", ""));
        if (scenes.isEmpty()) throw new Fault("media.model-empty", "0 scenes", "1 scene or more");
        Set<Integer> seen = new HashSet<>();
        var next = new java.util.ArrayDeque<>(
                references(scenes.get(shown), "nodes", nodes.size(), "nodes", "scenes[" + shown + "]"));
        while (!next.isEmpty()) {
            int node = next.pop();
            if (!seen.add(node)) continue;
            if (nodes.get(node).get("mesh") != null) return;
            next.addAll(references(nodes.get(node), "children", nodes.size(), "nodes", "nodes[" + node + "]"));
        }
        throw new Fault("media.model-empty", "scenes[" + shown + "]", "a node with a mesh");
    }

    // ---- reading

    private int size(String name) {
        return model.get(name) instanceof Json.Arr all ? all.values().size() : 0;
    }

    private static List<Json.Obj> list(Json.Obj of, String name, String at) throws Fault {
        List<Json.Obj> list = new ArrayList<>();
        Json all = of.get(name);
        if (all == null) return list;
        if (!(all instanceof Json.Arr array)) throw new Fault("media.model-value", path(at, name), kind(all));
        for (Json each : array) {
            if (!(each instanceof Json.Obj one))
                throw new Fault("media.model-value", path(at, name) + "[" + list.size() + "]", kind(each));
            list.add(one);
        }
        return list;
    }

    private static Json.Obj object(Json.Obj of, String name, String at) throws Fault {
        if (of.get(name) instanceof Json.Obj one) return one;
        throw new Fault("media.model-value", path(at, name), kind(of.get(name)));
    }

    private static int number(Json.Obj of, String name, int missing, String at) throws Fault {
        return whole(of.get(name), missing, path(at, name));
    }

    private static int whole(@Nullable Json value, int missing, String at) throws Fault {
        if (value == null) return missing;
        if (value instanceof Json.Num number
                && number.isWhole()
                && number.value() >= 0
                && number.value() <= Integer.MAX_VALUE) return (int) number.whole();
        throw new Fault("media.model-value", at, kind(value));
    }

    /** What is named by its number among others; below 0: nothing is. */
    private static int reference(Json.Obj of, String name, int among, String kind, String at) throws Fault {
        int found = number(of, name, -1, at);
        if (found >= among) throw new Fault("media.model-reference", path(at, name), kind + "[" + found + "]");
        return found;
    }

    private static int must(Json.Obj of, String name, int among, String kind, String at) throws Fault {
        int found = reference(of, name, among, kind, at);
        if (found < 0) throw new Fault("media.model-reference", path(at, name), kind + "[?]");
        return found;
    }

    private static List<Integer> references(Json.Obj of, String name, int among, String kind, String at) throws Fault {
        List<Integer> found = new ArrayList<>();
        Json all = of.get(name);
        if (all == null) return found;
        if (!(all instanceof Json.Arr array)) throw new Fault("media.model-value", path(at, name), kind(all));
        for (Json each : array) {
            String here = path(at, name) + "[" + found.size() + "]";
            int one = whole(each, -1, here);
            if (one < 0 || one >= among) throw new Fault("media.model-reference", here, kind + "[" + one + "]");
            found.add(one);
        }
        return found;
    }

    private static void within(String at, long end, int there) throws Fault {
        if (end > there) throw new Fault("media.model-range", at, end + " > " + there);
    }

    private static ByteBuffer data(String uri, String at) throws Fault {
        int comma = uri.indexOf(',');
        if (comma < 0 || !uri.substring(0, comma).endsWith(";base64"))
            throw new Fault("media.model-value", at, "data:");
        try {
            return ByteBuffer.wrap(Base64.getDecoder().decode(uri.substring(comma + 1)));
        } catch (IllegalArgumentException e) {
            throw new Fault("media.model-value", at, "data:");
        }
    }

    private static Json.Obj with(Json.Obj one, @Nullable Json component) {
        var members = new java.util.TreeMap<>(one.members());
        if (component != null) members.put("componentType", component);
        return new Json.Obj(members);
    }

    private static String path(String at, String name) {
        return at.isEmpty() ? name : at + "." + name;
    }

    /** As it is written, so far as it fits into a sentence. */
    private static String kind(@Nullable Json value) {
        String text = value == null ? "–" : value.text();
        return text.length() <= 40 ? text : text.substring(0, 39) + "…";
    }
}
