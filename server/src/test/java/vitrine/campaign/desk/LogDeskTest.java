package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Identities;
import vitrine.ledger.HighWater;
import vitrine.ledger.Ledger;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

class LogDeskTest {

    private static Workplace lumen;
    private static Browser olga;
    private static String page;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        olga = lumen.hired("Olga", new BrandId(Identities.HOUSE), Colleagues.Role.OPERATOR);
        lumen.drain();
        page = "/desk/" + Identities.HOUSE + "/log";
        olga.get(page + "?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void theOperatorSeesHowTheLogIsChangesItsKeyGoesOnInANewOneAndIsToldOfAnOldBackup() {
        assertThat(olga.get(page).body())
                .contains("There is nothing to do", "Sealed", "Largest size signed", "Nobody cosigns this log");

        assertThat(Workplace.send(olga, page, page + "/key", Map.of("days", "999"))
                        .body())
                .contains("for 0 to 366 days");
        olga.get(Workplace.location(Workplace.send(olga, page, page + "/key", Map.of("days", "30"))));
        lumen.drain();
        assertThat(olga.get(page).body()).contains("Witnesses must know it by then", "A file or a variable");
        assertThat(Workplace.send(olga, page, page + "/key", Map.of("days", "30"))
                        .body())
                .contains("not over yet");

        assertThat(Workplace.send(olga, page, page + "/successor", Map.of("name", "No Name"))
                        .body())
                .contains("1 to 32 small letters");
        Workplace.send(olga, page, page + "/successor", Map.of("name", "2027"));
        lumen.drain();
        assertThat(olga.get(page).body()).contains("/logs/2027", "Earlier logs", "Closed");

        // As if this database were an old backup: this machine signed more than is here.
        var ledger = lumen.server.bean(Ledger.class);
        lumen.server.bean(HighWater.class).raise(ledger.main(), 50);
        assertThat(olga.get(page).body())
                .contains("This database is older than the log: 1 records are here, 50 were signed");
        assertThat(Workplace.send(olga, page, page + "/successor", Map.of("name", "after"))
                        .body())
                .contains("say that you accept the loss");
        Workplace.send(olga, page, page + "/successor", Map.of("name", "after", "loss", "true"));
        lumen.drain();
        assertThat(olga.get(page).body())
                .contains(
                        "There is nothing to do",
                        "/logs/after",
                        "49 of its signed records were lost",
                        "Ended with a loss");
        assertThat(olga.get("/desk/" + Identities.HOUSE + "/audit").body())
                .contains("changed the log", "went on in a new log");
    }

    @Test
    void theOperatorGivesABrandALogOfItsOwnAndLooksAfterItLikeTheHouses() {
        BrandId heron = brand("heron", "Heron");
        assertThat(olga.get(page).body()).contains("Give a brand a log of its own", "<option value=\"" + heron);

        assertThat(begin(heron, "No Name").body()).contains("1 to 32 small letters", "value=\"No Name\"");
        assertThat(Workplace.location(begin(heron, "heron"))).contains("log=logs", "heron", "said=log-brand-begun");
        lumen.drain();
        assertThat(begin(heron, "heron-2").body()).contains("Heron has a log of its own already");
        assertThat(olga.get(page).body())
                .contains("/logs/heron", "The house")
                .doesNotContain("<option value=\"" + heron);

        String its = page + "?log=logs/heron";
        assertThat(olga.get(its).body()).contains("/logs/heron", "There is nothing to do");
        Workplace.send(olga, its, page + "/key", Map.of("days", "30", "log", "logs/heron"));
        lumen.drain();
        assertThat(olga.get(its).body()).contains("Witnesses must know it by then");

        // An alarm of one log shows on the page of every other.
        lumen.server.bean(HighWater.class).raise(lumen.server.bean(Ledger.class).of(heron), 50);
        assertThat(olga.get(page).body()).contains("Waits for you");
        Workplace.send(
                olga, its, page + "/successor", Map.of("name", "heron-after", "loss", "true", "log", "logs/heron"));
        lumen.drain();
        assertThat(olga.get(its).body()).contains("/logs/heron-after", "Ended with a loss", "There is nothing to do");
        assertThat(olga.get(page).body()).doesNotContain("Waits for you");
        assertThat(olga.get("/desk/" + Identities.HOUSE + "/audit").body()).contains("gave a brand a log of its own");
        assertThat(olga.get(page + "?log=logs/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void aBrandThatHasPublishedStaysInTheHousesLogAndTheOperatorIsToldWhy() {
        assertThat(begin(Workplace.LUMEN, "lumen").body()).contains("Lumen has published already");
    }

    private static BrandId brand(String slug, String name) {
        return lumen.server
                .bean(Catalog.class)
                .addBrand(Brand.Kind.BRAND, slug, new Bilingual(name, name), new Bilingual("", ""), "plain");
    }

    private static HttpResponse<String> begin(BrandId brand, String name) {
        return Workplace.send(olga, page, page + "/brand", Map.of("own", brand.toString(), "ownName", name));
    }

    @Test
    void onlyWhoWorksForTheHouseSeesIt() {
        var wen = lumen.team("Wen", Workplace.LUMEN);
        assertThat(wen.get(page).statusCode()).isEqualTo(403);
        assertThat(wen.get("/desk/lumen/log").statusCode()).isEqualTo(404);
    }
}
