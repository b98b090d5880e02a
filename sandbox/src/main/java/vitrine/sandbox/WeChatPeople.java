package vitrine.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who somebody is to a merchant's app inside WeChat, asked without a question to her (scope {@code snsapi_base}): the address that sends
 * her back with a code, and the code's one exchange. Refusals come with 200 and {@code errcode}, and JSON as plain text, as WeChat's do.
 */
final class WeChatPeople {
    private static final int CODES_MAX = 10_000;

    private final PayConfig.WeChat account;
    /** By code; false: it was exchanged. */
    private final Map<String, Boolean> codes = new ConcurrentHashMap<>();

    WeChatPeople(PayConfig.WeChat account) {
        this.account = account;
    }

    @Nullable
    Answer answer(Call call) {
        if (call.is("GET", "connect", "oauth2", "authorize")) {
            return authorize(call.query());
        }
        if (call.is("GET", "sns", "oauth2", "access_token")) {
            return new Answer(200, "text/plain", Map.of(), Json.bytes(exchange(call.query())));
        }
        return null;
    }

    private Answer authorize(Map<String, String> asked) {
        var back = asked.getOrDefault("redirect_uri", "");
        if (!account.appid().equals(asked.get("appid"))
                || !back.matches("https?://.*")
                || !"code".equals(asked.get("response_type"))
                || !"snsapi_base".equals(asked.get("scope"))) {
            return Answer.text(400, "redirect_uri, appid or scope is wrong (10003)");
        }
        if (codes.size() >= CODES_MAX) {
            codes.clear();
        }
        var code = Ids.base64url("code " + UUID.randomUUID(), 32);
        codes.put(code, true);
        return Answer.seeOther(back + (back.contains("?") ? "&" : "?") + "code=" + code + "&state="
                + URLEncoder.encode(asked.getOrDefault("state", ""), StandardCharsets.UTF_8));
    }

    private ObjectNode exchange(Map<String, String> asked) {
        if (!account.appid().equals(asked.get("appid"))) {
            return refused(40013, "invalid appid");
        }
        if (account.appSecret().isEmpty() || !account.appSecret().equals(asked.get("secret"))) {
            return refused(40125, "invalid appsecret");
        }
        var code = asked.getOrDefault("code", "");
        var fresh = codes.put(code, false);
        if (fresh == null) {
            codes.remove(code);
            return refused(40029, "invalid code");
        }
        if (!fresh) {
            return refused(40163, "code been used");
        }
        return Json.object()
                .put("access_token", Ids.base64url("token " + code, 43))
                .put("expires_in", 7200)
                .put("refresh_token", Ids.base64url("refresh " + code, 43))
                .put("openid", "o" + Ids.base64url("person " + code, 27))
                .put("scope", "snsapi_base");
    }

    private static ObjectNode refused(int code, String why) {
        return Json.object().put("errcode", code).put("errmsg", why);
    }
}
