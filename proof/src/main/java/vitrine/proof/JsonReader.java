package vitrine.proof;

import java.util.ArrayList;
import java.util.TreeMap;

/** A strict RFC 8259 reader over one text. */
final class JsonReader {
    private final String text;
    private final int depthMax;
    private int at;
    private int values;

    JsonReader(String text, int depthMax) {
        this.text = text;
        this.depthMax = depthMax;
    }

    Parsed<Json> read() {
        try {
            skipSpace();
            var value = value(0);
            skipSpace();
            if (at < text.length()) throw refused("json.trailing", "something follows the value");
            return Parsed.ok(value);
        } catch (Refused refused) {
            return Parsed.bad(refused.code, refused.detail);
        }
    }

    private Json value(int depth) throws Refused {
        if (++values > Json.VALUES_MAX) throw refused("json.too-many", "at most " + Json.VALUES_MAX + " values");
        return switch (peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> new Json.Str(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", Json.NULL);
            default -> number();
        };
    }

    private Json object(int depth) throws Refused {
        requireDepth(depth);
        var members = new TreeMap<String, Json>();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return new Json.Obj(members);
        }
        while (true) {
            skipSpace();
            if (peek() != '"') throw refused("json.syntax", "a member begins with its name");
            var name = string();
            skipSpace();
            expect(':');
            skipSpace();
            if (members.put(name, value(depth)) != null) {
                throw refused("json.duplicate-name", "twice in one object: " + name);
            }
            skipSpace();
            if (peek() == '}') {
                at++;
                return new Json.Obj(members);
            }
            expect(',');
        }
    }

    private Json array(int depth) throws Refused {
        requireDepth(depth);
        var values = new ArrayList<Json>();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return new Json.Arr(values);
        }
        while (true) {
            skipSpace();
            values.add(value(depth));
            skipSpace();
            if (peek() == ']') {
                at++;
                return new Json.Arr(values);
            }
            expect(',');
        }
    }

    private String string() throws Refused {
        at++;
        var out = new StringBuilder();
        while (true) {
            char c = peek();
            at++;
            if (c == '"') break;
            if (c < 0x20) throw refused("json.syntax", "a control character stands bare in a string");
            out.append(c == '\\' ? escaped() : c);
        }
        var value = out.toString();
        if (!Json.wellFormed(value)) throw refused("json.lone-surrogate", "half of a surrogate pair stands alone");
        return value;
    }

    private char escaped() throws Refused {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    char digit = peek();
                    int value = digit < 128 ? Character.digit(digit, 16) : -1;
                    if (value < 0) throw refused("json.syntax", "four hexadecimal digits follow \\u");
                    unit = unit << 4 | value;
                    at++;
                }
                yield (char) unit;
            }
            default -> throw refused("json.syntax", "there is no escape \\" + c);
        };
    }

    private Json number() throws Refused {
        int from = at;
        if (peek() == '-') at++;
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            at++;
            if (peek() == '+' || peek() == '-') at++;
            digits();
        }
        double value = Double.parseDouble(text.substring(from, at));
        if (!Double.isFinite(value)) throw refused("json.number-range", "beyond a double");
        return new Json.Num(value);
    }

    private void digits() throws Refused {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
        if (at == from) throw refused("json.syntax", "a digit is missing");
    }

    private Json word(String word, Json value) throws Refused {
        if (!text.startsWith(word, at)) throw refused("json.syntax", "no such word");
        at += word.length();
        return value;
    }

    private void skipSpace() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
            at++;
        }
    }

    private void expect(char wanted) throws Refused {
        if (peek() != wanted) throw refused("json.syntax", "here stands " + wanted);
        at++;
    }

    private char peek() throws Refused {
        if (at >= text.length()) throw refused("json.syntax", "the text ends early");
        return text.charAt(at);
    }

    private void requireDepth(int depth) throws Refused {
        if (depth > depthMax) throw refused("json.too-deep", "at most " + depthMax + " levels");
    }

    private Refused refused(String code, String detail) {
        return new Refused(code, detail + " (at character " + at + ")");
    }

    /** Leaves the recursion; never seen outside. */
    private static final class Refused extends Exception {
        private final String code;
        private final String detail;

        Refused(String code, String detail) {
            super(detail, null, false, false);
            this.code = code;
            this.detail = detail;
        }
    }
}
