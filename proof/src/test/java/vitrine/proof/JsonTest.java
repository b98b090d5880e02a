package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 8785 against its authors' vectors, its appendix B and the W3C's credentials. */
class JsonTest {
    @Test
    void theAuthorsVectorsComeOutToTheByte() {
        for (var name : List.of("arrays", "structures", "unicode")) {
            var canonical = Json.parse(Fixtures.bytes("jcs/input/" + name + ".json"))
                    .orThrow()
                    .bytes();
            assertThat(canonical).isEqualTo(Fixtures.bytes("jcs/output/" + name + ".json"));
            var hex = Fixtures.text("jcs/outhex/" + name + ".txt").replaceAll("\\s", "");
            assertThat(canonical).isEqualTo(HexFormat.of().parseHex(hex));
        }
    }

    @Test
    void theW3csCredentialIsCanonicalAndHashedAsPublished() {
        var document =
                Json.parse(Fixtures.bytes("vc-eddsa-jcs-2022/unsigned.json")).orThrow();
        var options = Json.parse(Fixtures.bytes("vc-eddsa-jcs-2022/proofConfigJCS.json"))
                .orThrow();
        assertThat(document.text()).isEqualTo(Fixtures.text("vc-eddsa-jcs-2022/canonDocJCS.txt"));
        assertThat(options.text()).isEqualTo(Fixtures.text("vc-eddsa-jcs-2022/proofCanonJCS.txt"));
        var documentHash = Hash32.sha256(document.bytes());
        var optionsHash = Hash32.sha256(options.bytes());
        assertThat(documentHash.hex()).isEqualTo(Fixtures.text("vc-eddsa-jcs-2022/docHashJCS.txt"));
        assertThat(optionsHash.hex()).isEqualTo(Fixtures.text("vc-eddsa-jcs-2022/proofHashJCS.txt"));
        assertThat(optionsHash.hex() + documentHash.hex())
                .isEqualTo(Fixtures.text("vc-eddsa-jcs-2022/combinedHashJCS.txt"));
        var signature = HexFormat.of().parseHex(Fixtures.text("vc-eddsa-jcs-2022/sigHexJCS.txt"));
        var message = HexFormat.of().parseHex(optionsHash.hex() + documentHash.hex());
        var publicKey = base58("6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
        assertThat(Ed25519.verify(java.util.Arrays.copyOfRange(publicKey, 2, 34), message, signature))
                .isTrue();
    }

    @Test
    void numbersAreWrittenAsAppendixBOfTheStandardDoes() {
        assertNumber(0x0000000000000000L, "0");
        assertNumber(0x8000000000000000L, "0");
        assertNumber(0x0000000000000001L, "5e-324");
        assertNumber(0x8000000000000001L, "-5e-324");
        assertNumber(0x7fefffffffffffffL, "1.7976931348623157e+308");
        assertNumber(0xffefffffffffffffL, "-1.7976931348623157e+308");
        assertNumber(0x4340000000000000L, "9007199254740992");
        assertNumber(0xc340000000000000L, "-9007199254740992");
        assertNumber(0x4430000000000000L, "295147905179352830000");
        assertNumber(0x44b52d02c7e14af5L, "9.999999999999997e+22");
        assertNumber(0x44b52d02c7e14af6L, "1e+23");
        assertNumber(0x44b52d02c7e14af7L, "1.0000000000000001e+23");
        assertNumber(0x444b1ae4d6e2ef4eL, "999999999999999700000");
        assertNumber(0x444b1ae4d6e2ef4fL, "999999999999999900000");
        assertNumber(0x444b1ae4d6e2ef50L, "1e+21");
        assertNumber(0x3eb0c6f7a0b5ed8cL, "9.999999999999997e-7");
        assertNumber(0x3eb0c6f7a0b5ed8dL, "0.000001");
        assertNumber(0x41b3de4355555553L, "333333333.3333332");
        assertNumber(0x41b3de4355555554L, "333333333.33333325");
        assertNumber(0x41b3de4355555555L, "333333333.3333333");
        assertNumber(0x41b3de4355555556L, "333333333.3333334");
        assertNumber(0x41b3de4355555557L, "333333333.33333343");
        assertNumber(0xbecbf647612f3696L, "-0.0000033333333333333333");
        assertNumber(0x43143ff3c1cb0959L, "1424953923781206.2");
        assertThatThrownBy(() -> new Json.Num(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Json.Num(Double.POSITIVE_INFINITY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyDoubleReadsBackAsItself() {
        var random = new Random(8785);
        for (int i = 0; i < 100_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (!Double.isFinite(value)) continue;
            assertThat(Json.parse(new Json.Num(value).text()).orThrow()).isEqualTo(new Json.Num(value));
        }
    }

    @Test
    void membersAreSortedByUtf16CodeUnitsAndOnlyWhatMustBeEscapedIs() {
        var json = "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew\",\"1\":\"One\","
                + "\"\\ud83d\\ude00\":\"Emoji\",\"\\u0080\":\"Control\",\"\\u00f6\":\"O\"}";
        assertThat(Json.parse(json).orThrow().text())
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"O\","
                        + "\"\u20ac\":\"Euro Sign\",\"\ud83d\ude00\":\"Emoji\",\"\ufb33\":\"Hebrew\"}");
        assertThat(Json.of("\u20ac$\u000f\nA'B\"\\\\\"/").text())
                .isEqualTo("\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
    }

    @Test
    void whatIsNotStrictJsonIsRefusedByName() {
        for (var text : List.of(
                "",
                " ",
                "{",
                "[",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{a:1}",
                "'a'",
                "-",
                "1.",
                ".5",
                "+1",
                "1e",
                "tru",
                "NaN",
                "Infinity",
                "\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "[1 2]",
                "\u00a01",
                "\ufeff1",
                "/**/1")) {
            assertRefused(text, "json.syntax");
        }
        assertRefused("1 2", "json.trailing");
        assertRefused("01", "json.trailing");
        assertRefused("0x1", "json.trailing");
        assertRefused("{\"a\":1,\"\\u0061\":2}", "json.duplicate-name");
        assertRefused("\"\\ud800\"", "json.lone-surrogate");
        assertRefused("\"\\udc00\\ud800\"", "json.lone-surrogate");
        assertRefused("{\"\\ud800\":1}", "json.lone-surrogate");
        assertRefused("1e400", "json.number-range");
        assertRefused("[".repeat(33) + "]".repeat(33), "json.too-deep");
        assertThat(Json.parse("[".repeat(32) + "]".repeat(32))).isInstanceOf(Parsed.Ok.class);
        assertThat(Json.parse(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'}))
                .isEqualTo(Parsed.bad("json.not-utf8", "the bytes are not well-formed UTF-8"));
        assertThat(Json.parse(new byte[11], new Json.Limits(10, 4)))
                .isEqualTo(Parsed.bad("json.too-large", "at most 10 bytes, got 11"));
    }

    private static void assertRefused(String text, String code) {
        assertThat(Json.parse(text)).as(text).isInstanceOfSatisfying(Parsed.Bad.class, bad -> assertThat(bad.code())
                .isEqualTo(code));
    }

    private static void assertNumber(long bits, String text) {
        assertThat(new Json.Num(Double.longBitsToDouble(bits)).text()).isEqualTo(text);
    }

    private static byte[] base58(String text) {
        var alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var number = java.math.BigInteger.ZERO;
        for (char c : text.toCharArray()) {
            number = number.multiply(java.math.BigInteger.valueOf(58))
                    .add(java.math.BigInteger.valueOf(alphabet.indexOf(c)));
        }
        var bytes = number.toByteArray();
        return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
}
