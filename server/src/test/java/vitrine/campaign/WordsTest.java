package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.at;
import static vitrine.campaign.Stage.plan;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.LineCount;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.PlanJson;
import vitrine.campaign.rules.Verdict;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Language;
import vitrine.platform.web.Phrases;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** What shoppers and staff read. */
class WordsTest {

    private static final Bilingual FROST = new Bilingual("霜降", "Frost");
    private final Stage stage = Stage.of(10);
    private final Phrases phrases = new Phrases();
    private final Texts en = texts(Language.EN);
    private final Texts zh = texts(Language.ZH);

    @Test
    void anOfferIsOneSentence() {
        Offer anyFrame = read(stage.offer("quantity", "order", tier(1, 1)));
        assertThat(Words.offer(en, anyFrame, FROST, Map.of()))
                .isEqualTo("Buy goods of the kind “lamp” and get 1 “Frost” with the order.");
        assertThat(Words.offer(zh, anyFrame, FROST, Map.of())).isEqualTo("买「lamp」类商品，这一单得 1 件「霜降」。");
        Offer tiers = read(stage.offer("amount", "order", tier(30_000, 1), tier(60_000, 3)));
        assertThat(Words.offer(en, tiers, FROST, Map.of()))
                .isEqualTo(
                        "Buy goods of the kind “lamp” in one order and get “Frost”: ¥300 brings 1 and ¥600 bring 3.");
        assertThat(Words.offer(zh, tiers, FROST, Map.of())).isEqualTo("单笔买「lamp」类商品得「霜降」：满 300 元得 1 件和满 600 元得 3 件。");
    }

    @Test
    void goodsAreCalledAsTheShopCallsThemAndByTheirNumberWhereNobodyToldTheirName() {
        Offer lamps = read(Stage.with(
                stage.offer("quantity", "order", tier(1, 1)),
                "when",
                Json.object("goods", Json.of(java.util.List.of(Json.of("LUM-PEND"), Json.of("LUM-NEW"))))));
        var titles = Map.of("LUM-PEND", "圆月吊灯");
        assertThat(Words.offer(zh, lamps, FROST, titles))
                .as("any one of them will do")
                .contains("「LUM-NEW」或「圆月吊灯」")
                .doesNotContain("LUM-PEND");
        assertThat(Words.offer(en, lamps, FROST, titles)).contains("“LUM-NEW” or “圆月吊灯”");
        assertThat(Words.verdict(zh, lamps, FROST, new Verdict.NothingMatches(), titles))
                .contains("「圆月吊灯」");
    }

    @Test
    void aVerdictSaysFactNumberWayOn() {
        Offer sum = read(stage.offer("amount", "cumulative", tier(30_000, 1)));
        var shortOf = new Verdict.ShortOfTier(25_900, 30_000, 1, at("2026-06-19T00:00"));
        assertThat(Words.verdict(en, sum, FROST, shortOf, Map.of()))
                .isEqualTo("¥259.00 of ¥300.00 counted; ¥41.00 more by 19 June, 00:00 for 1 “Frost”.");
        assertThat(Words.verdict(zh, sum, FROST, shortOf, Map.of()))
                .isEqualTo("已计 259.00 元，满 300.00 元得 1 件「霜降」；6 月 19 日 00:00 前再买 41.00 元即可。");
        Offer each = read(stage.offer("quantity", "order", tier(1, 1)));
        assertThat(Words.verdict(en, each, FROST, new Verdict.LimitReached(1, 0, 2, 2), Map.of()))
                .isEqualTo("1 item counted. At most 2 each, and you have 2 “Frost”.");
    }

    /** Whatever code a rule can say, both languages have words for it. */
    @Test
    void everyCodeHasWords() throws Exception {
        var codes = new TreeSet<String>();
        var pattern = Pattern.compile("\"((?:campaign|entitlement)\\.[a-z-]+)\"");
        try (var files = Files.walk(Path.of("src/main/java/vitrine/campaign"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")
                            && !f.toString().contains("/web/")
                            && !f.toString().contains("/desk/"))
                    .toList()) {
                var matcher = pattern.matcher(Files.readString(file));
                while (matcher.find()) codes.add(matcher.group(1));
            }
        }
        for (LineCount.Why why : LineCount.Why.values()) codes.add(why.code());
        codes.removeAll(List.of("campaign.published", "campaign.paused", "campaign.resumed", "campaign.ended"));
        codes.removeIf(code -> code.endsWith("-")); // completed by a calendar's name
        assertThat(codes).hasSizeGreaterThan(60);
        for (Language language : Language.values())
            assertThat(phrases.keys(language)).containsAll(codes);
        for (String calendar : List.of("cn", "weekdays", "every-day")) {
            assertThat(phrases.has("campaign.say-wait-" + calendar)).isTrue();
        }
    }

    private Offer read(Json.Obj offer) {
        var reading = PlanJson.read(
                stage.lumen, false, plan(with(offer, "id", Json.of(stage.id(7).toString()))));
        Plan plan = ((PlanJson.Reading.Whole) reading).plan();
        return plan.offers().getFirst();
    }

    private Texts texts(Language language) {
        return new Texts(phrases, language, Stage.CHINA, InstantSource.fixed(Stage.day(18)));
    }
}
