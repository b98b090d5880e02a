package vitrine.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import vitrine.identity.HandMovedClock;
import vitrine.identity.Identities;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Jobs;
import vitrine.platform.Targets;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class OutgoingTest {

    private static final BrandId LUMEN = new BrandId(Identities.LUMEN);
    private static final BrandId OTHER = new BrandId(Identities.OTHER);
    private static final HandMovedClock clock = new HandMovedClock();
    private static TestDatabase database;
    private static TestServer server;
    private static Webhooks webhooks;

    /** A subscriber who answers what the test says and keeps what he hears. */
    private static final class Receiver implements AutoCloseable {
        record Heard(Map<String, List<String>> headers, String body) {
            String header(String name) {
                return headers.getOrDefault(name, List.of("")).getFirst();
            }
        }

        final List<Heard> heard = new CopyOnWriteArrayList<>();
        volatile int answer = 200;
        volatile String header = "";
        private final HttpServer http;

        Receiver() throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/", exchange -> {
                var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                heard.add(new Heard(Map.copyOf(exchange.getRequestHeaders()), body));
                if (!header.isEmpty()) exchange.getResponseHeaders().set(header.split(": ")[0], header.split(": ")[1]);
                exchange.sendResponseHeaders(answer, -1);
                exchange.close();
            });
            http.start();
        }

        String url() {
            return "http://localhost:" + http.getAddress().getPort() + "/hook";
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of(), beans -> {
            beans.registerBean(Clock.class, () -> clock);
            beans.registerBean(Targets.class, () -> new Targets(true));
        });
        webhooks = server.bean(Webhooks.class);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    @AfterEach
    void leave() {
        for (var brand : List.of(LUMEN, OTHER))
            for (var hook : webhooks.of(brand)) webhooks.remove(brand, hook.id(), new Who.Guest());
    }

    private static Webhooks.Making.Made subscribe(BrandId brand, Receiver receiver) {
        return (Webhooks.Making.Made)
                webhooks.make(brand, receiver.url(), List.of("campaign.published"), new Who.Guest());
    }

    private static void happens(BrandId brand, String type, String subject) {
        var ids = server.bean(Ids.class);
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> server.bean(Events.class)
                .publish(List.of(new Event(brand, ids.next(), type, subject, "{\"version\":1}", clock.instant()))));
        server.bean(Jobs.class).drain();
    }

    private static void later(Duration by) {
        clock.push(by);
        server.bean(Jobs.class).drain();
    }

    @Test
    void aSubscriberHearsOfItsBrandSignedInBothWays() throws Exception {
        try (var receiver = new Receiver()) {
            var made = subscribe(LUMEN, receiver);
            happens(OTHER, "campaign.published", "theirs");
            happens(LUMEN, "campaign.ended", "not-asked-for");
            happens(LUMEN, "campaign.published", "spring");
            assertThat(receiver.heard).hasSize(1);
            var heard = receiver.heard.getFirst();
            var body = JsonMapper.shared().readTree(heard.body());
            assertThat(body.get("type").asString()).isEqualTo("campaign.published");
            assertThat(body.at("/data/subject").asString()).isEqualTo("spring");
            assertThat(body.at("/data/facts/version").asInt()).isEqualTo(1);

            var id = heard.header("Webhook-id");
            var at = heard.header("Webhook-timestamp");
            assertThat(Long.parseLong(at))
                    .isCloseTo(clock.instant().getEpochSecond(), org.assertj.core.data.Offset.offset(60L));
            var signed = (id + "." + at + "." + heard.body()).getBytes(StandardCharsets.UTF_8);
            var signatures =
                    new ArrayList<>(List.of(heard.header("Webhook-signature").split(" ")));
            assertThat(signatures).hasSize(2);

            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(
                    Base64.getDecoder().decode(made.secret().substring("whsec_".length())), "HmacSHA256"));
            assertThat(signatures.get(0)).isEqualTo("v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed)));

            // The public key as the JDK wants it: RFC 8410's fixed beginning, then its 32 bytes.
            var spki = HexFormat.of()
                    .parseHex("302a300506032b6570032100"
                            + HexFormat.of()
                                    .formatHex(Base64.getDecoder()
                                            .decode(made.webhook().publicKey().substring("whpk_".length()))));
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
            verifier.update(signed);
            assertThat(verifier.verify(
                            Base64.getDecoder().decode(signatures.get(1).substring("v1a,".length()))))
                    .isTrue();
        }
    }

    @Test
    void whatWasNotTakenIsSentAgainUnderTheSameId() throws Exception {
        try (var receiver = new Receiver()) {
            var made = subscribe(LUMEN, receiver);
            receiver.answer = 500;
            happens(LUMEN, "campaign.published", "again");
            assertThat(receiver.heard).hasSize(1);
            later(Duration.ofSeconds(2));
            assertThat(receiver.heard).as("five seconds have not passed").hasSize(1);
            later(Duration.ofSeconds(6));
            assertThat(receiver.heard).hasSize(2);
            receiver.answer = 204;
            later(Duration.ofMinutes(7));
            assertThat(receiver.heard).hasSize(3);
            assertThat(receiver.heard.stream().map(h -> h.header("Webhook-id")).distinct())
                    .hasSize(1);
            later(Duration.ofDays(3));
            assertThat(receiver.heard).as("it was taken").hasSize(3);
            var attempts = webhooks.attempts(LUMEN, made.webhook().id(), null, 10);
            assertThat(attempts.stream().map(Webhooks.Attempt::status)).containsExactly(204, 500, 500);

            var message = attempts.getFirst().message();
            assertThat(webhooks.replay(OTHER, made.webhook().id(), message, new Who.Guest()))
                    .as("another brand replays nothing of ours")
                    .isFalse();
            assertThat(webhooks.replay(LUMEN, made.webhook().id(), message, new Who.Guest()))
                    .isTrue();
            server.bean(Jobs.class).drain();
            assertThat(receiver.heard).hasSize(4);
            assertThat(receiver.heard.getLast().header("Webhook-id"))
                    .isEqualTo(receiver.heard.getFirst().header("Webhook-id"));
        }
    }

    @Test
    void afterAChangeOfTheSecretBothSignForADay() throws Exception {
        try (var receiver = new Receiver()) {
            var made = subscribe(LUMEN, receiver);
            var fresh =
                    webhooks.rotate(LUMEN, made.webhook().id(), new Who.Guest()).orElseThrow();
            assertThat(fresh).isNotEqualTo(made.secret());
            happens(LUMEN, "campaign.published", "both");
            assertThat(signedBy(receiver.heard.getFirst(), fresh)).isTrue();
            assertThat(signedBy(receiver.heard.getFirst(), made.secret())).isTrue();
            later(Duration.ofHours(25));
            happens(LUMEN, "campaign.published", "new-only");
            assertThat(signedBy(receiver.heard.getLast(), fresh)).isTrue();
            assertThat(signedBy(receiver.heard.getLast(), made.secret())).isFalse();
            assertThat(webhooks.rotate(OTHER, made.webhook().id(), new Who.Guest()))
                    .as("another brand's")
                    .isEmpty();
        }
    }

    private static boolean signedBy(Receiver.Heard heard, String secret) throws Exception {
        var signed = heard.header("Webhook-id") + "." + heard.header("Webhook-timestamp") + "." + heard.body();
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
        var right = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        return List.of(heard.header("Webhook-signature").split(" ")).contains(right);
    }

    @Test
    void aListOfTriesGoesOnWhereItEndedThoughSeveralWereMadeInOneInstant() throws Exception {
        try (var receiver = new Receiver()) {
            var made = subscribe(LUMEN, receiver);
            receiver.answer = 500;
            for (int n = 0; n < 5; n++) happens(LUMEN, "campaign.published", "same-instant-" + n);
            var id = made.webhook().id();
            database.jdbc()
                    .sql("update webhook_attempts set at = '2026-01-01T00:00:00Z' where webhook_id = :id")
                    .param("id", id)
                    .update();
            List<java.util.UUID> seen = new ArrayList<>();
            Webhooks.TryKey after = null;
            for (var page = webhooks.attempts(LUMEN, id, after, 2);
                    !page.isEmpty();
                    page = webhooks.attempts(LUMEN, id, after, 2)) {
                for (var each : page) seen.add(each.message());
                var last = page.getLast();
                after = new Webhooks.TryKey(last.at(), last.message(), last.nth());
            }
            assertThat(seen).hasSize(5).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsNeverTakenIsGivenUpAfterSomeDays() throws Exception {
        try (var receiver = new Receiver()) {
            subscribe(LUMEN, receiver);
            receiver.answer = 400;
            happens(LUMEN, "campaign.published", "never");
            for (int n = 0; n < 20; n++) later(Duration.ofHours(30));
            assertThat(receiver.heard).hasSize(10);
        }
    }

    @Test
    void aReceiverThatIsGoneIsNotAskedAgain() throws Exception {
        try (var receiver = new Receiver()) {
            var made = subscribe(LUMEN, receiver);
            receiver.answer = 410;
            happens(LUMEN, "campaign.published", "gone");
            happens(LUMEN, "campaign.published", "after");
            later(Duration.ofDays(1));
            assertThat(receiver.heard).hasSize(1);
            assertThat(webhooks.of(LUMEN)).singleElement().satisfies(hook -> assertThat(hook.disabledAt())
                    .isNotNull());
            receiver.answer = 200;
            assertThat(webhooks.enable(LUMEN, made.webhook().id(), new Who.Guest()))
                    .isTrue();
            happens(LUMEN, "campaign.published", "back");
            assertThat(receiver.heard).hasSize(2);
        }
    }

    @Test
    void aReceiverThatAsksForARestGetsIt() throws Exception {
        try (var receiver = new Receiver()) {
            subscribe(LUMEN, receiver);
            receiver.answer = 503;
            receiver.header = "Retry-After: 600";
            happens(LUMEN, "campaign.published", "busy");
            receiver.answer = 200;
            happens(LUMEN, "campaign.published", "meanwhile");
            later(Duration.ofMinutes(9));
            assertThat(receiver.heard).hasSize(1);
            later(Duration.ofMinutes(2));
            assertThat(receiver.heard).hasSize(3);
        }
    }

    @Test
    void aReceiverLeadsUsNowhereElse() throws Exception {
        try (var receiver = new Receiver();
                var elsewhere = new Receiver()) {
            subscribe(LUMEN, receiver);
            receiver.answer = 307;
            receiver.header = "Location: " + elsewhere.url();
            happens(LUMEN, "campaign.published", "moved");
            assertThat(receiver.heard).hasSize(1);
            assertThat(elsewhere.heard).isEmpty();
        }
    }

    @Test
    void ourOwnNetworkIsNobodysSubscriber() {
        var targets = new Targets(false);
        for (var url : List.of(
                "https://localhost/hook",
                "https://127.0.0.1/hook",
                "https://[::1]/hook",
                "https://[::ffff:127.0.0.1]/hook",
                "https://10.1.2.3/hook",
                "https://172.16.0.1/hook",
                "https://192.168.1.1/hook",
                "https://169.254.169.254/latest/meta-data",
                "https://100.64.0.1/hook",
                "https://0.0.0.0/hook",
                "https://[fd00::1]/hook",
                "https://[fe80::1]/hook",
                "https://[64:ff9b::7f00:1]/hook",
                "https://[2002:7f00:1::]/hook",
                "https://224.0.0.1/hook"))
            assertThat(targets.refuses(url)).as(url).contains("not-public");
        assertThat(targets.refuses("http://shop.example/hook")).contains("not-https");
        assertThat(targets.refuses("ftp://shop.example/hook")).contains("not-https");
        assertThat(targets.refuses("https://user:word@8.8.8.8/hook")).contains("not-an-address");
        assertThat(targets.refuses("https:///hook")).contains("not-an-address");
        assertThat(targets.refuses("https://8.8.8.8/hook")).isEmpty();
    }
}
