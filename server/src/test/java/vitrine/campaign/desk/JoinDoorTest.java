package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.altcha.altcha.Altcha;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.Stage;
import vitrine.identity.Browser;
import vitrine.platform.Bilingual;

/** A crowd of machines at the waiting room's door, and a browser that does its second of work behind them. */
class JoinDoorTest {

    private static final Bilingual NAME = new Bilingual("门", "The door");

    private static Workplace lumen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        DropPlans plans = lumen.server.bean(DropPlans.class);
        Instant opens = Instant.now().plusSeconds(1_800);
        var stage = new DropDraft.StageDraft(
                        null,
                        NAME,
                        lumen.moonrise.value(),
                        opens,
                        opens.plusSeconds(80_000),
                        null,
                        1,
                        "everyone",
                        null,
                        null,
                        "never",
                        false,
                        false)
                .by(Stage.Mode.QUEUE);
        plans.publish(((DropPlans.Drafting.Drafted)
                        plans.draft(Workplace.LUMEN, "door", new DropDraft(NAME, NAME, List.of(stage))))
                .id());
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void whoDoesNoWorkComesByTheNarrowWayAndWhoDoesComesPastIt() throws Exception {
        Browser ada = lumen.signedIn("ada@door.example");
        assertThat(Workplace.location(ada.post("/d/door/join", Map.of())))
                .as("without a script, alone")
                .endsWith("said=drop.joined");
        int machines = 0;
        int refused = 0;
        while (refused == 0 && machines < 60) {
            Browser machine = lumen.signedIn("machine" + machines++ + "@door.example");
            for (int n = 0; n < 5 && refused == 0; n++)
                if (tooOften(machine.post("/d/door/join", Map.of("altcha", "")))) refused++;
        }
        assertThat(refused).as("the network's narrow way is full").isEqualTo(1);
        Browser bo = lumen.signedIn("bo@door.example");
        HttpResponse<String> turnedAway = bo.post("/d/door/join", Map.of());
        assertThat(tooOften(turnedAway)).isTrue();
        assertThat(bo.get(Workplace.location(turnedAway) + "&lang=en").body())
                .as("it is a form, so she is back on the page that says why")
                .contains("That was too often. Please wait a few seconds.", "action=\"/d/door/join\"");
        String work = solved(bo);
        assertThat(Workplace.location(bo.post("/d/door/join", Map.of("altcha", work))))
                .as("the same network, after a second of work")
                .endsWith("said=drop.joined");
        Browser copy = lumen.signedIn("copy@door.example");
        assertThat(tooOften(copy.post("/d/door/join", Map.of("altcha", work))))
                .as("somebody else's work")
                .isTrue();
    }

    private static boolean tooOften(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(303);
        return Workplace.location(answer).endsWith("/d/door?said=drop.too-often");
    }

    private static String solved(Browser browser) throws Exception {
        JsonNode asked = JsonMapper.shared()
                .readTree(browser.get("/d/door/challenge.json").body());
        String challenge = asked.path("challenge").asString();
        String salt = asked.path("salt").asString();
        long number = Altcha.solveChallenge(
                        challenge,
                        salt,
                        Altcha.Algorithm.SHA256,
                        asked.path("maxnumber").asLong(),
                        0)
                .number;
        String json =
                "{\"algorithm\":\"SHA-256\",\"challenge\":\"%s\",\"number\":%d,\"salt\":\"%s\",\"signature\":\"%s\"}"
                        .formatted(
                                challenge, number, salt, asked.path("signature").asString());
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.US_ASCII));
    }
}
