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

    /**
     * The authors of the standard publish 100 million numbers as the SHA-256 of the first thousand, ten thousand … lines
     * {@code bits,text}; this makes the first million again: edge values, 2,000 neighbours, then a chain of hashes.
     */
    @Test
    void aMillionNumbersAreWrittenAsTheAuthorsOfTheStandardPublishThem() {
        var published = java.util.Map.of(
                1_000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
                10_000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
                100_000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
                1_000_000, "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16");
        var edges = Fixtures.text("jcs/es6-numbers.txt").lines().toList();
        var sha = Merkle.sha256();
        var block = java.nio.ByteBuffer.wrap(new byte[32]).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        block.position(32);
        var line = new StringBuilder();
        for (int n = 0; n < 1_000_000; n++) {
            double value = 0;
            if (n < edges.size()) {
                value = Double.longBitsToDouble(Long.parseUnsignedLong(edges.get(n), 16));
            } else if (n < edges.size() + 2_000) {
                value = Double.longBitsToDouble(0x0010000000000000L + (n - edges.size()));
            } else {
                while (value == 0 || !Double.isFinite(value)) {
                    if (!block.hasRemaining()) {
                        block.clear().put(Merkle.sha256().digest(block.array())).flip();
                    }
                    value = block.getDouble();
                }
            }
            line.setLength(0);
            line.append(Long.toHexString(Double.doubleToRawLongBits(value))).append(',');
            JsonWriter.write(new Json.Num(value), line);
            sha.update(Encoding.utf8(line.append('\n').toString()));
            var want = published.get(n + 1);
            if (want != null)
                assertThat(Encoding.hex(digestSoFar(sha))).as("%d lines", n + 1).isEqualTo(want);
        }
    }

    private static byte[] digestSoFar(java.security.MessageDigest sha) {
        try {
            return ((java.security.MessageDigest) sha.clone()).digest();
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void anotherPartysSignedDocumentIsCanonicalAndItsSignatureHolds() {
        var line = (Json.Obj) Json.parse(
                        Fixtures.text("eddsa-jcs-2022-more/basic-create.jsonl").strip())
                .orThrow();
        var proof = (Json.Obj) ((Json.Arr) java.util.Objects.requireNonNull(line.get("proof")))
                .values()
                .getFirst();
        var document = new java.util.TreeMap<>(line.members());
        document.remove("proof");
        var options = new java.util.TreeMap<>(proof.members());
        options.remove("proofValue");
        var message = new java.io.ByteArrayOutputStream();
        message.writeBytes(Hash32.sha256(new Json.Obj(options).bytes()).bytes());
        message.writeBytes(Hash32.sha256(new Json.Obj(document).bytes()).bytes());
        var method = ((Json.Str) java.util.Objects.requireNonNull(proof.get("verificationMethod"))).value();
        var key = base58(method.substring(method.indexOf("#z") + 2));
        var signature = base58(((Json.Str) java.util.Objects.requireNonNull(proof.get("proofValue")))
                .value()
                .substring(1));
        var publicKey = java.util.Arrays.copyOfRange(key, 2, 34);
        assertThat(Ed25519.verify(publicKey, message.toByteArray(), signature)).isTrue();
        message.write(0);
        assertThat(Ed25519.verify(publicKey, message.toByteArray(), signature)).isFalse();
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
        var many = Encoding.utf8("[" + "{},".repeat(Json.VALUES_MAX) + "1]");
        assertThat(Json.parse(many, new Json.Limits(8 << 20, 8)))
                .isInstanceOfSatisfying(
                        Parsed.Bad.class, bad -> assertThat(bad.code()).isEqualTo("json.too-many"));
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
