package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.identity.Browser;

/** Staff watch a line fill, see who came in three pictures, hold whom they doubt, and take the entries home. */
class LineDeskTest {

    private static final String DESK = "/desk/lumen/drops/by-lot";

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        Map<String, String> form = new HashMap<>(Map.of("slug", "by-lot", "nameZh", "抽签", "nameEn", "By lot"));
        Workplace.send(wen, "/desk/lumen/drops", "/desk/lumen/drops", form);
        LocalDateTime opens = LocalDateTime.now(ZoneId.of("Asia/Shanghai")).plusMinutes(30);
        form.putAll(Map.of(
                "s0-collectible", lumen.moonrise.value().toString(),
                "s0-opens", opens.toString().substring(0, 16),
                "s0-closes", opens.plusDays(1).toString().substring(0, 16),
                "s0-cap", "5",
                "s0-limit", "1",
                "s0-giftPolicy", "never",
                "s0-entry", "everyone",
                "s0-mode", "window",
                "s0-hold", "10",
                "do", "publish"));
        form.put("sure", "yes");
        assertThat(Workplace.send(wen, DESK, DESK, form).body()).contains("nothing is claimed in it");
        form.put("s0-mode", "queue");
        form.put("s0-hold", "");
        assertThat(Workplace.location(Workplace.send(wen, DESK, DESK, form))).endsWith("said=published");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void whoeverComesIsCountedAndWhoIsDoubtedIsHeld() {
        var guest = new Browser(lumen.server.address());
        assertThat(guest.get("/d/by-lot?lang=en").body()).contains("Waiting room", "Sign in and come in");
        Browser ada = lumen.signedIn("ada@home.example");
        ada.get("/d/by-lot?lang=en");
        assertThat(ada.post("/d/by-lot/pass", Map.of()).statusCode())
                .as("nobody has a ticket before the opening")
                .isEqualTo(409);
        var joined = ada.post("/d/by-lot/join", Map.of());
        assertThat(Workplace.location(joined)).endsWith("said=drop.joined");
        String page = ada.get("/d/by-lot?lang=en").body();
        assertThat(page).contains("You are in", "http-equiv=\"refresh\"").doesNotContain("action=\"/d/by-lot/join\"");
        assertThat(ada.get("/d/by-lot/line.json").body())
                .contains("salt", "arrival")
                .doesNotContain("place");
        assertThat(guest.get("/d/by-lot/queue.json").body()).contains("\"state\":\"gathering\"", "\"arrivals\":");
        assertThat(guest.get("/d/by-lot/arrivals.txt").statusCode())
                .as("the list is nobody's while it is open")
                .isEqualTo(404);

        String desk = wen.get(DESK + "/line").body();
        assertThat(desk).contains("The line", "How old the accounts are", "From which networks", "Nobody is held");
        assertThat(Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "bring", "signature", "00"))
                        .body())
                .contains("The relays still have time");
        var held = Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "young", "what", "PT1H"));
        assertThat(Workplace.location(held)).endsWith("said=saved");
        assertThat(wen.get(DESK + "/line").body()).contains("Your account was made shortly before", "Let go");
        assertThat(Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "young", "what", "PT1H"))
                        .body())
                .contains("Nobody was held");
        assertThat(Workplace.send(wen, DESK + "/line", DESK + "/line", Map.of("do", "network", "what", "no hash"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(wen.get(DESK + "/entries.csv").body().lines()).hasSize(2);
        assertThat(lumen.team("Otto", Workplace.OTHER).get(DESK + "/line").statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoeverAsksTooOftenHearsWhenToComeAgain() {
        Browser bo = lumen.signedIn("bo@home.example");
        int refused = 0;
        for (int n = 0; n < 40 && refused == 0; n++) {
            var answer = bo.get("/d/by-lot/line.json");
            if (answer.statusCode() != 429) continue;
            refused++;
            assertThat(answer.body()).contains("drop.too-often");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        assertThat(refused).isEqualTo(1);
    }
}
