package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vitrine.VitrineServer;
import vitrine.launch.Node;
import vitrine.platform.Jobs;
import vitrine.platform.Setting;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Messages;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class SmtpTest {

    /** A mail server of one conversation: it takes one mail and remembers every line. */
    private static CompletableFuture<List<String>> takesOneMail(ServerSocket socket) {
        return CompletableFuture.supplyAsync(() -> {
            List<String> lines = new ArrayList<>();
            try (var line = socket.accept();
                    var in = new BufferedReader(new InputStreamReader(line.getInputStream(), StandardCharsets.UTF_8));
                    var out = line.getOutputStream()) {
                out.write("220 mail.example\r\n".getBytes(StandardCharsets.US_ASCII));
                boolean text = false;
                for (var said = in.readLine(); said != null; said = in.readLine()) {
                    lines.add(said);
                    if (text && !said.equals(".")) continue;
                    String answer = text ? "250 taken" : said.equals("DATA") ? "354 go on" : "250 mail.example";
                    text = said.equals("DATA");
                    out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    if (said.equals("QUIT")) break;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return lines;
        });
    }

    @Test
    void aMailIsHandedToTheConfiguredServerAndThenForgotten() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var database = TestDatabase.fresh()) {
            var settings = TestServer.settings(database)
                    .with(Setting.SMTP_URL, "smtp://localhost:" + socket.getLocalPort())
                    .with(Setting.MAIL_FROM, "no-reply@vitrine.example");
            var taken = takesOneMail(socket);
            try (var node = Node.start(VitrineServer.class, settings, beans -> beans.getEnvironment()
                    .getPropertySources()
                    .addFirst(new org.springframework.core.env.MapPropertySource(
                            "workers", java.util.Map.of("vitrine.jobs", "manual"))))) {
                var messages = node.bean(Messages.class);
                assertThat(messages.reaches(Address.Kind.PHONE)).isFalse();
                messages.write(Address.email("ada@shop.example"), "Your code", "It is 271828.");
                node.bean(Jobs.class).drain();
                assertThat(taken.get(30, TimeUnit.SECONDS))
                        .contains(
                                "MAIL FROM:<no-reply@vitrine.example>", "RCPT TO:<ada@shop.example>", "It is 271828.");
                assertThat(messages.newest(10)).isEmpty();
                assertThat(database.jdbc()
                                .sql(
                                        "select count(*) from messages where carried_at is not null and text_sealed is null")
                                .query(Integer.class)
                                .single())
                        .isEqualTo(1);
            }
        }
    }
}
