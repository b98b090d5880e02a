package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.identity.Browser;
import vitrine.platform.Jobs;

/** Staff give a piece to each line of a file, watch it, and take home what became of each line. */
class AirdropsDeskTest {

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void aFileIsReadCountedGivenAndToldLineByLine() {
        assertThat(wen.get("/desk/lumen/airdrops").body()).contains("No airdrops yet");
        var nothing = upload("");
        assertThat(nothing.statusCode()).isEqualTo(422);
        assertThat(nothing.body())
                .contains(
                        "Choose a published collectible and a file",
                        "value=\"" + lumen.moonrise.value() + "\" selected")
                .as("nobody who said no is written to because the file was missing")
                .doesNotContain("name=\"mails\" value=\"yes\" checked");
        assertThat(upload("nobody here\n").body()).contains("No line of that file names anybody");

        var read = upload("email,note\nada@home.example,first\n\"bo@home.example\",second\nada@home.example,again\n");
        assertThat(read.statusCode()).isEqualTo(303);
        String page = Workplace.location(read).replaceFirst("^https?://[^/]+", "");
        assertThat(wen.get(page).body())
                .contains("Nothing is given yet. 2 will get a piece each", "Named twice", "Not an address")
                .contains("<dd>to nobody</dd>");
        assertThat(Workplace.send(wen, page, page, Map.of()).body()).contains("Tick the box first");
        assertThat(Workplace.send(wen, page, page, Map.of("sure", "yes")).statusCode())
                .isEqualTo(303);
        lumen.server.bean(Jobs.class).drain();
        var far = wen.get(page + "/far");
        assertThat(far.body()).contains("All 2 are given");
        assertThat(far.headers().firstValue("HX-Refresh"))
                .as("who watches sees what it counted, and stops asking")
                .contains("true");
        assertThat(wen.get(page).body()).doesNotContain("every 1s", ">Discard<");
        assertThat(Workplace.send(wen, page, page, Map.of("do", "discard")).body())
                .as("what was given is not discarded")
                .contains("This cannot be done now");
        String csv = wen.get(page + "/lines.csv").body();
        assertThat(csv.lines().toList()).hasSize(5);
        assertThat(csv).contains("1,unreadable,,", "4,twice,,").doesNotContain("home.example,");
        String link = csv.lines()
                .filter(line -> line.startsWith("2,given,"))
                .map(line -> line.substring(line.indexOf("/g/")))
                .findFirst()
                .orElseThrow();
        Browser ada = new Browser(lumen.server.address());
        assertThat(ada.get(link + "?lang=en").body()).contains("Moonrise");
        assertThat(lumen.team("Otto", Workplace.OTHER).get(page).statusCode()).isEqualTo(403);
    }

    @Test
    void whatWasReadAndIsNotWantedIsDiscardedAndStandsInTheAuditLog() {
        String page = Workplace.location(upload("dea@home.example\n")).replaceFirst("^https?://[^/]+", "");
        assertThat(wen.get(page).body()).contains(">Discard<", "within 30 days is discarded by itself");
        var discarded = Workplace.send(wen, page, page, Map.of("do", "discard"));
        assertThat(Workplace.location(discarded)).endsWith("/desk/lumen/airdrops?said=airdrop-discarded");
        assertThat(wen.get("/desk/lumen/airdrops?said=airdrop-discarded").body())
                .contains("The airdrop is discarded.")
                .doesNotContain(page);
        assertThat(wen.get(page).statusCode()).isEqualTo(404);
        assertThat(lumen.server
                        .bean(JdbcClient.class)
                        .sql("select count(*) from audit_log where act = 'airdrop.discarded'")
                        .query(Integer.class)
                        .single())
                .isOne();
    }

    private static java.net.http.HttpResponse<String> upload(String file) {
        return wen.upload(
                "/desk/lumen/airdrops",
                Map.of(
                        "_csrf",
                        Workplace.token(wen, "/desk/lumen/airdrops"),
                        "collectible",
                        lumen.moonrise.value().toString(),
                        "giftPolicy",
                        "never"),
                "file",
                file.isEmpty() ? Map.of() : Map.of("guests.csv", file.getBytes(StandardCharsets.UTF_8)));
    }
}
