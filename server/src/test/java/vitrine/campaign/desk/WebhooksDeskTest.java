package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Browser;
import vitrine.platform.Targets;

/** A brand's own systems are told what happens, and its people see what came of each message. */
class WebhooksDeskTest {

    private static final Pattern SECRET = Pattern.compile("whsec_[A-Za-z0-9+/=]{40,}");
    private static final Pattern MESSAGE = Pattern.compile("/desk/lumen/webhooks/[0-9a-f-]{36}/messages/[0-9a-f-]{36}");

    private static final List<String> heard = new CopyOnWriteArrayList<>();
    private static volatile int answer = 200;
    private static HttpServer receiver;
    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            heard.add(exchange.getRequestHeaders().getFirst("webhook-id"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        receiver.start();
        lumen = new Workplace(beans -> beans.registerBean(Targets.class, () -> new Targets(true)));
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
        receiver.stop(0);
    }

    private static String url() {
        return "http://localhost:" + receiver.getAddress().getPort() + "/hook";
    }

    @Test
    void anAddressIsMadeTestedAndASendingIsRepeatedUnderItsOwnId() {
        heard.clear();
        var made = Workplace.send(
                wen, "/desk/lumen/webhooks", "/desk/lumen/webhooks", Map.of("url", url(), "type", "piece.granted"));
        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(made.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(v -> assertThat(v).contains("no-store"));
        var secret = SECRET.matcher(made.body());
        assertThat(secret.find()).as("the secret, this once").isTrue();
        String hook = Pattern.compile("/desk/lumen/webhooks/[0-9a-f-]{36}")
                .matcher(made.body())
                .results()
                .findFirst()
                .orElseThrow()
                .group();
        assertThat(wen.get(hook).body()).doesNotContain(secret.group()).contains("No messages yet.");

        answer = 500;
        Workplace.send(wen, hook, hook + "/test", Map.of());
        lumen.drain();
        var listed = wen.get(hook).body();
        assertThat(listed)
                .contains("to be tried again")
                .containsPattern(">\\s*500\\s*<")
                .contains("Next try");
        var message = MESSAGE.matcher(listed);
        assertThat(message.find()).isTrue();
        assertThat(wen.get(message.group()).body()).contains("webhook.test").contains("to be tried again");
        answer = 200;
        Workplace.send(wen, message.group(), message.group() + "/replay", Map.of());
        lumen.drain();
        assertThat(wen.get(message.group()).body())
                .contains("delivered")
                .containsPattern(">\\s*200\\s*<")
                .containsPattern(">\\s*500\\s*<");
        assertThat(heard).hasSize(2).containsOnly(heard.getFirst());
        assertThat(wen.get(hook + "?only=undelivered").body()).contains("Nothing");

        var turned = Workplace.send(wen, hook, hook + "/secret", Map.of());
        var other = SECRET.matcher(turned.body());
        assertThat(other.find()).isTrue();
        assertThat(other.group()).isNotEqualTo(secret.group());
        assertThat(turned.body()).contains("Signed with the old one as well until");

        var changed = Workplace.send(wen, hook, hook, Map.of("type", "campaign.published"));
        assertThat(wen.get(Workplace.location(changed)).body()).contains("value=\"campaign.published\" checked");
        assertThat(Workplace.send(wen, hook, hook, Map.of()).statusCode()).isEqualTo(422);
        var removed = Workplace.send(wen, hook, hook + "/remove", Map.of());
        assertThat(wen.get(Workplace.location(removed)).body()).contains("No address yet.");
        assertThat(wen.get(hook).statusCode()).isEqualTo(404);
    }

    @Test
    void whatWasGivenUpAndWhatIsSwitchedOffStandsOnTheOverview() {
        var made = Workplace.send(
                wen, "/desk/lumen/webhooks", "/desk/lumen/webhooks", Map.of("url", url(), "type", "piece.granted"));
        String hook = Pattern.compile("/desk/lumen/webhooks/[0-9a-f-]{36}")
                .matcher(made.body())
                .results()
                .findFirst()
                .orElseThrow()
                .group();
        answer = 500;
        Workplace.send(wen, hook, hook + "/test", Map.of());
        lumen.drain();
        answer = 200;
        assertThat(wen.get("/desk/lumen").body()).doesNotContain("webhook message", "webhook switched off");
        JdbcClient db = lumen.server.bean(JdbcClient.class);
        db.sql("update webhook_messages set given_up_at = now(), next_try_at = null where delivered_at is null")
                .update();
        assertThat(wen.get("/desk/lumen").body())
                .contains("1 webhook message given up", hook + "?only=undelivered", "Look and send again");
        db.sql("update webhooks set disabled_at = now(), disabled_why = 'gone' where removed_at is null")
                .update();
        assertThat(wen.get("/desk/lumen").body()).contains("1 webhook switched off", "Switch on again");
        var agent = lumen.hired("Mei", Workplace.LUMEN, vitrine.identity.Colleagues.Role.AGENCY);
        assertThat(agent.get("/desk/lumen").body()).as("she may not go there").doesNotContain("/desk/lumen/webhooks");
        Workplace.send(wen, hook, hook + "/remove", Map.of());
        assertThat(wen.get("/desk/lumen").body()).doesNotContain("webhook message", "webhook switched off");
    }

    @Test
    void anAddressThatMayNotBeIsRefusedInWords() {
        for (var wrong : Map.of(
                        "ftp://shop.example/hook", "must begin with https://",
                        "https://me:word@shop.example/", "no user name")
                .entrySet()) {
            var refused = Workplace.send(
                    wen,
                    "/desk/lumen/webhooks",
                    "/desk/lumen/webhooks",
                    Map.of("url", wrong.getKey(), "type", "piece.granted"));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains(wrong.getValue()).contains("value=\"" + wrong.getKey() + "\"");
        }
        assertThat(Workplace.send(wen, "/desk/lumen/webhooks", "/desk/lumen/webhooks", Map.of("url", url()))
                        .body())
                .contains("Choose one event at least.");
    }

    @Test
    void onlyWhoManagesTheBrandSeesThem() {
        var agent = lumen.hired("Tang", Workplace.LUMEN, vitrine.identity.Colleagues.Role.AGENCY);
        assertThat(agent.get("/desk/lumen/webhooks").statusCode()).isEqualTo(403);
        assertThat(agent.get("/desk/lumen").body()).doesNotContain("/desk/lumen/webhooks");
    }
}
