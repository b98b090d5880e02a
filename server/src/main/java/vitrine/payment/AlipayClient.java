package vitrine.payment;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Alipay's gateway protocol, signed with RSA2 (SHA256withRSA): requests, answers and notices. Alipay's own SDK judges it in a test and
 * is not in the product; docs/decisions/alipay-client.md says why.
 */
final class AlipayClient {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String REAL = "https://openapi.alipay.com/gateway.do";
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final PayAccounts.Alipay account;
    private final Clock clock;
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final String gateway;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    AlipayClient(PayAccounts.Alipay account, Clock clock) {
        this.account = account;
        this.clock = clock;
        this.gateway = account.url() == null ? REAL : account.url();
        try {
            KeyFactory rsa = KeyFactory.getInstance("RSA");
            this.privateKey = rsa.generatePrivate(
                    new PKCS8EncodedKeySpec(Base64.getDecoder().decode(account.privateKey())));
            this.publicKey = rsa.generatePublic(
                    new X509EncodedKeySpec(Base64.getDecoder().decode(account.publicKey())));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("the keys of the account at Alipay are no RSA keys", e);
        }
    }

    boolean isOf(PayAccounts.Alipay other) {
        return account.equals(other);
    }

    /** The address that a payer opens: nothing is sent to Alipay before. */
    String page(String method, String content, String notifyUrl, String returnUrl) {
        TreeMap<String, String> said = common(method, content);
        said.put("notify_url", notifyUrl);
        said.put("return_url", returnUrl);
        said.put("sign", sign(said));
        return gateway + "?" + encoded(said);
    }

    /** What Alipay answered, its signature checked. A refusal of Alipay's is an answer, too. */
    JsonNode call(String method, String content) throws Gateway.Away {
        TreeMap<String, String> said = common(method, content);
        said.put("sign", sign(said));
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(said)))
                .build();
        String answer = new String(send(request), StandardCharsets.UTF_8);
        try {
            String name = method.replace('.', '_') + "_response";
            String body = member(answer, name);
            JsonNode whole = JSON.readTree(answer);
            if (body == null) {
                // Refused before the method was looked at; such answers may come unsigned, so they decide nothing.
                throw new Gateway.Away(
                        whole.path("error_response").path("sub_code").asString("error-response"));
            }
            if (!verify(body, whole.path("sign").asString(""))) throw new Gateway.Away("answer-not-genuine");
            return whole.path(name);
        } catch (JacksonException e) {
            throw new Gateway.Away("answer-unreadable");
        }
    }

    /** The address came in a signed answer; the bill itself is not signed. */
    byte[] download(String address) throws Gateway.Away {
        return send(HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofSeconds(60))
                .build());
    }

    /** Keys in order, without sign, sign_type and what is empty: so Alipay signs what it tells us of. */
    boolean isSignedByAlipay(Map<String, String> notice) {
        return verify(text(notice, Set.of("sign", "sign_type")), notice.getOrDefault("sign", ""));
    }

    private TreeMap<String, String> common(String method, String content) {
        TreeMap<String, String> said = new TreeMap<>();
        said.put("app_id", account.appid());
        said.put("method", method);
        said.put("format", "JSON");
        said.put("charset", "utf-8");
        said.put("sign_type", "RSA2");
        said.put("timestamp", SECONDS.format(clock.instant().atZone(CHINA)));
        said.put("version", "1.0");
        said.put("biz_content", content);
        return said;
    }

    private byte[] send(HttpRequest request) throws Gateway.Away {
        try {
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) throw new Gateway.Away("http-" + answer.statusCode());
            return answer.body();
        } catch (IOException e) {
            throw new Gateway.Away("no-answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Gateway.Away("stopping");
        }
    }

    private static String text(Map<String, String> said, Set<String> without) {
        return new TreeMap<>(said)
                .entrySet().stream()
                        .filter(one -> !one.getValue().isEmpty() && !without.contains(one.getKey()))
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(Collectors.joining("&"));
    }

    private static String encoded(Map<String, String> said) {
        return said.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private String sign(Map<String, String> said) {
        try {
            Signature rsa2 = Signature.getInstance("SHA256withRSA");
            rsa2.initSign(privateKey);
            rsa2.update(text(said, Set.of("sign")).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(rsa2.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean verify(String text, String signature) {
        try {
            Signature rsa2 = Signature.getInstance("SHA256withRSA");
            rsa2.initVerify(publicKey);
            rsa2.update(text.getBytes(StandardCharsets.UTF_8));
            return rsa2.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The very characters of one member of the answer, since those were signed; null: there is none. */
    static @Nullable String member(String json, String name) {
        int at = json.indexOf("\"" + name + "\"");
        int from = at < 0 ? -1 : json.indexOf('{', at + name.length() + 2);
        if (from < 0 || !json.substring(at + name.length() + 2, from).strip().equals(":")) return null;
        int depth = 0;
        boolean quoted = false;
        for (int i = from; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted) {
                if (c == '\\') i++;
                else if (c == '"') quoted = false;
            } else if (c == '"') quoted = true;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return json.substring(from, i + 1);
        }
        return null;
    }
}
