package vitrine.payment;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who a payer is to our app inside WeChat, which its payments there want to know: she is sent to WeChat, asked nothing (scope {@code
 * snsapi_base}), and sent back with a code that is good once and for five minutes. Nothing of it is kept.
 */
@Component
public class WeChatPeople {

    private static final String ASKS = "https://open.weixin.qq.com";
    private static final String TELLS = "https://api.weixin.qq.com";
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final int CODE_MAX = 512;

    private final PayAccounts accounts;
    private final JsonMapper json = new JsonMapper();
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(2))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    WeChatPeople(PayAccounts accounts) {
        this.accounts = accounts;
    }

    /**
     * Where she is sent; empty: nobody can pay inside WeChat here.
     *
     * @param back of ours; its host is one that the app's account names
     * @param state comes back unchanged
     */
    public Optional<URI> ask(String back, String state) {
        PayAccounts.WeChat account = account();
        if (account == null) return Optional.empty();
        return Optional.of(URI.create((account.url() == null ? ASKS : account.url())
                + "/connect/oauth2/authorize?appid=" + text(account.appid()) + "&redirect_uri=" + text(back)
                + "&response_type=code&scope=snsapi_base&state=" + text(state) + "#wechat_redirect"));
    }

    /** Of the address that {@link #ask} gives; for the policy of the page that leads there. */
    public Optional<String> host() {
        return Optional.ofNullable(account()).map(account -> account.url() == null ? ASKS : account.url());
    }

    /** Her number at our app; empty: the code is none, was used, is old, or WeChat does not answer. Another one is asked for then. */
    public Optional<String> openid(String code) {
        PayAccounts.WeChat account = account();
        if (account == null || code.isEmpty() || code.length() > CODE_MAX) return Optional.empty();
        var asked = HttpRequest.newBuilder(URI.create((account.url() == null ? TELLS : account.url())
                        + "/sns/oauth2/access_token?appid=" + text(account.appid()) + "&secret="
                        + text(String.valueOf(account.appSecret())) + "&code=" + text(code)
                        + "&grant_type=authorization_code"))
                .timeout(PATIENCE)
                .build();
        try {
            // Of the type text/plain, whatever it is.
            JsonNode told = json.readTree(
                    http.send(asked, HttpResponse.BodyHandlers.ofByteArray()).body());
            String openid = told.path("openid").asString("");
            return openid.isEmpty() ? Optional.empty() : Optional.of(openid);
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private PayAccounts.@Nullable WeChat account() {
        PayAccounts.WeChat account = accounts.weChat();
        return account == null || account.appSecret() == null ? null : account;
    }

    private static String text(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
