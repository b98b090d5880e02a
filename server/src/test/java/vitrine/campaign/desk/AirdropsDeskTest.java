package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
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
        Browser otto = lumen.team("Otto", Workplace.OTHER);
        assertThat(otto.get(page).statusCode()).isEqualTo(403);

        lumen.settle();
        String person = sought("ada@home.example");
        assertThat(person).matches("/desk/lumen/people/[0-9a-f-]{36}");
        String number = number(person);
        assertThat(wen.get(person).body())
                .as("who never bought anything here")
                .contains(">airdrop</td>")
                .doesNotContain("ada@home", "Contact on the order");
        assertThat(sought("moonrise-" + number)).as("by the piece").isEqualTo(person);
        assertThat(sought("nobody@home.example")).isEqualTo("/desk/lumen/people?sought=nobody");
        assertThat(Workplace.rows(wen, "/desk/lumen/people?who=holds"))
                .hasSize(2)
                .contains(id(person));
        assertThat(wen.get("/desk/lumen/pieces").body()).contains("href=\"" + person + "\"", ">airdrop</td>");
        assertThat(wen.get("/desk/lumen/pieces?holder=" + id(person)).body())
                .contains("/p/moonrise-" + number + "\"")
                .doesNotContain("/p/moonrise-" + (number.equals("1") ? 2 : 1) + "\"");
        assertThat(otto.get(person.replace("lumen", "other")).statusCode()).isEqualTo(404);
        assertThat(Workplace.location(Workplace.send(
                        otto, "/desk/other/people", "/desk/other/people", Map.of("sought", "ada@home.example"))))
                .as("what she has of another brand")
                .isEqualTo("/desk/other/people?sought=nobody");

        Browser bo = lumen.signedIn("bo@home.example");
        String waits = bo.get("/me/orders?lang=en").body();
        assertThat(waits)
                .as("nothing was ordered, and something waits")
                .contains("A gift from Lumen", "Given to you on")
                .containsPattern("action=\"/p/moonrise-\\d+/open\"")
                .doesNotContain("No order yet", "Moonrise");
        var open = Pattern.compile("action=\"(/p/moonrise-\\d+)/open\"").matcher(waits);
        assertThat(open.find()).isTrue();
        bo.post(open.group(1) + "/open", Map.of());
        assertThat(bo.get("/me/orders").body())
                .contains("href=\"" + open.group(1) + "\"", "Moonrise")
                .doesNotContain("/open\"");

        // Her gift's id is part of her own from now on: she stands in the list once, under that.
        lumen.signedIn(ada, "ada@elsewhere.example");
        ada.post(link, Map.of());
        lumen.settle();
        String joined = sought("ada@home.example");
        assertThat(joined).isNotEqualTo(person).isEqualTo(sought("ada@elsewhere.example"));
        assertThat(Workplace.rows(wen, "/desk/lumen/people"))
                .hasSize(2)
                .contains(id(joined))
                .doesNotContain(id(person));
        assertThat(number(joined)).isEqualTo(number);
        assertThat(number(person)).as("the old address leads to her").isEqualTo(number);
        assertThat(wen.get("/desk/lumen/pieces?holder=" + id(joined)).body())
                .contains("/p/moonrise-" + number + "\"", "href=\"" + joined + "\"");
    }

    private static String sought(String words) {
        String list = "/desk/lumen/people";
        return Workplace.location(Workplace.send(wen, list, list, Map.of("sought", words)));
    }

    private static String id(String person) {
        return person.substring(person.lastIndexOf('/') + 1);
    }

    /** Of the one piece that this person's page shows. */
    private static String number(String person) {
        var piece = Pattern.compile("href=\"/p/moonrise-(\\d+)\"")
                .matcher(wen.get(person).body());
        assertThat(piece.find()).as(person).isTrue();
        return piece.group(1);
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
