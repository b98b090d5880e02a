package vitrine.proof;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes named fields out of a JSON object and remembers which ones nobody asked for. All fields of a format are always
 * present; "nothing" is null. Paths in messages are dotted.
 */
final class FieldReader {
    private final Json.Obj object;
    private final String path;
    private final Set<String> asked = new HashSet<>();
    private final List<FieldReader> inner = new ArrayList<>();

    FieldReader(Json.Obj object, String path) {
        this.object = object;
        this.path = path;
    }

    /** A field is missing or is not what the format says. */
    static final class Wrong extends Exception {
        final String code;
        final String detail;

        Wrong(String code, String detail) {
            super(detail, null, false, false);
            this.code = code;
            this.detail = detail;
        }
    }

    interface Item<T> {
        T read(FieldReader list, int at) throws Wrong;
    }

    Json field(String name) throws Wrong {
        asked.add(name);
        var value = object.get(name);
        if (value == null) throw new Wrong("field-missing", path(name) + " is missing");
        return value;
    }

    /** A field that may be absent altogether. */
    @Nullable
    Json optional(String name) {
        asked.add(name);
        return object.get(name);
    }

    String string(String name) throws Wrong {
        if (field(name) instanceof Json.Str text) return text.value();
        throw wrong(name, "a string");
    }

    String matching(String name, Pattern pattern) throws Wrong {
        var text = string(name);
        if (!pattern.matcher(text).matches()) throw wrong(name, pattern.pattern());
        return text;
    }

    String oneOf(String name, List<String> values) throws Wrong {
        var text = string(name);
        if (!values.contains(text)) throw wrong(name, "one of " + values);
        return text;
    }

    long whole(String name, long min, long max) throws Wrong {
        if (field(name) instanceof Json.Num number && number.isWhole()) {
            long value = number.whole();
            if (value >= min && value <= max) return value;
        }
        throw wrong(name, "a whole number from " + min + " to " + max);
    }

    Hash32 hash(String name) throws Wrong {
        var hash = field(name) instanceof Json.Str text ? Hash32.hexOrNull(text.value()) : null;
        if (hash == null) throw wrong(name, "64 lower-case hexadecimal digits");
        return hash;
    }

    @Nullable
    Hash32 hashOrNull(String name) throws Wrong {
        return field(name) instanceof Json.Null ? null : hash(name);
    }

    LocalText localText(String name) throws Wrong {
        return localText(field(name), name);
    }

    @Nullable
    LocalText localTextOrNull(String name) throws Wrong {
        return field(name) instanceof Json.Null ? null : localText(name);
    }

    Manifest.Supply supply(String name) throws Wrong {
        if (field(name) instanceof Json.Str text && text.value().equals("open")) return Manifest.Supply.open();
        return Manifest.Supply.of(whole(name, 1, LogRecord.PIECES_MAX));
    }

    FieldReader object(String name) throws Wrong {
        return reader(field(name), name);
    }

    <T> List<T> list(String name, int max, Item<T> item) throws Wrong {
        if (!(field(name) instanceof Json.Arr array) || array.values().size() > max) {
            throw wrong(name, "a list of at most " + max);
        }
        var members = new TreeMap<String, Json>();
        for (int i = 0; i < array.values().size(); i++)
            members.put(Integer.toString(i), array.values().get(i));
        var list = new FieldReader(new Json.Obj(members), path(name));
        inner.add(list);
        var items = new ArrayList<T>();
        for (int i = 0; i < array.values().size(); i++) items.add(item.read(list, i));
        return items;
    }

    LocalText asLocalText(int at) throws Wrong {
        return localText(Integer.toString(at));
    }

    FieldReader asObject(int at) throws Wrong {
        return object(Integer.toString(at));
    }

    Hash32 asHash(int at) throws Wrong {
        return hash(Integer.toString(at));
    }

    /** The dotted paths of all fields that nobody asked for, here and below. */
    List<String> unread() {
        var unread = new ArrayList<String>();
        for (var name : object.members().keySet()) if (!asked.contains(name)) unread.add(path(name));
        for (var reader : inner) unread.addAll(reader.unread());
        return unread;
    }

    Wrong wrong(String name, String want) {
        return new Wrong("field", path(name) + " wants " + want);
    }

    private FieldReader reader(Json value, String name) throws Wrong {
        if (!(value instanceof Json.Obj nested)) throw wrong(name, "an object");
        var reader = new FieldReader(nested, path(name));
        inner.add(reader);
        return reader;
    }

    private LocalText localText(Json value, String name) throws Wrong {
        if (!(value instanceof Json.Obj texts)
                || texts.members().isEmpty()
                || texts.members().size() > LocalText.LANGUAGES_MAX) {
            throw wrong(name, "texts by language");
        }
        var byLanguage = new TreeMap<String, String>();
        for (var member : texts.members().entrySet()) {
            if (!LocalText.isTag(member.getKey())
                    || !(member.getValue() instanceof Json.Str text)
                    || !LocalText.isLine(text.value())) {
                throw wrong(name + "." + member.getKey(), "one line of 1 to 500 characters");
            }
            byLanguage.put(member.getKey(), text.value());
        }
        return new LocalText(byLanguage);
    }

    private String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
