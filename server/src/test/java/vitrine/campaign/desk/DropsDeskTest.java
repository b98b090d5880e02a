package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Drops;
import vitrine.identity.Browser;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;

/** Staff write a drop, hear what it lacks, publish it for good, let guests in, pause it, and take its claims home as a table. */
class DropsDeskTest {

    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final int DPI = 200;

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
    void fromTheFirstWordToAPauseWithItsReason() {
        assertThat(wen.get("/desk/lumen/drops").body()).contains("A new drop");
        Map<String, String> form = new HashMap<>();
        form.put("slug", "night-drop");
        form.put("nameZh", "夜航");
        form.put("nameEn", "");
        assertThat(send("/desk/lumen/drops", form).statusCode()).isEqualTo(303);
        String page = "/desk/lumen/drops/night-drop";
        assertThat(wen.get(page).body()).contains("A name in both languages", "At least one stage");

        form.remove("slug");
        form.put("nameEn", "Night drop");
        stage(form, "11", "list");
        form.put("do", "publish");
        form.put("sure", "yes");
        var refused = send(page, form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("At most 10: that is what the stock has to give", "cannot be published yet");
        assertThat(drop().state()).isEqualTo(Drop.State.DRAFT);
        assertThat(guest().get("/d/night-drop").statusCode())
                .as("a draft is nobody's")
                .isEqualTo(404);

        form.put("s0-cap", "1,000");
        assertThat(send(page, form).body())
                .as("what is no number is not taken for no limit")
                .contains("At most 10: that is what the stock has to give");
        form.put("s0-entry", "followers");
        form.put("s0-entryOf", lumen.moonrise.value().toString());
        assertThat(send(page, form).body()).contains("Whose holders or followers may enter");
        form.put("s0-entry", "members");
        form.put("s0-entryOf", "");
        assertThat(send(page, form).body()).doesNotContain("Whose holders or followers may enter");
        String byHand = "This server fetches no random rounds";
        assertThat(wen.get(page).body()).doesNotContain(byHand);
        form.put("s0-mode", "queue");
        assertThat(send(page, form).body()).contains(byHand);
        form.put("s0-mode", "race");
        form.put("s0-entry", "list");
        form.put("s0-cap", "3");
        for (String field : List.of("collectible", "limit", "giftPolicy", "entry"))
            form.put("s1-" + field, form.get("s0-" + field));
        form.put("s1-opens", form.get("s0-closes"));
        form.put("s1-closes", form.get("s0-opens"));
        assertThat(send(page, form).body())
                .as("what the second stage wants is said beside its field, and the list leads there")
                .contains("href=\"#s1-opens\"", "id=\"s1-opens-said\"", "Leave this stage out");
        form.put("s1-out", "yes");
        form.remove("sure");
        assertThat(send(page, form).body()).contains("Tick the box first");
        assertThat(drop().state()).isEqualTo(Drop.State.DRAFT);
        form.put("sure", "yes");
        assertThat(Workplace.location(send(page, form))).endsWith("said=published");
        assertThat(drop().stages()).hasSize(1);
        String published = wen.get(page).body();
        assertThat(published)
                .contains("The list of “Night drop”", "Claims as CSV")
                .doesNotContain("name=\"s0-cap\"");
        assertThat(guest().get("/d/night-drop?lang=en").body()).contains("Night drop", "Those on the list");

        String stage = drop().stages().getFirst().id().toString();
        String list = page + "/guests/" + stage;
        assertThat(wen.get(list).body())
                .contains("The list of “Night drop”", "0 on the list", "nobody is taken from the list");
        assertThat(upload(list, "not an address\n").body()).contains("Nothing of that names anybody");
        String file = Workplace.location(upload(list, "email,note\nada@home.example,first\nada@home.example,again\n"))
                .replaceFirst("^https?://[^/]+", "");
        assertThat(wen.get(file).body())
                .contains("Nobody is let in by it yet. It names 1", "Not an address", "Named twice", "Add to the list")
                .doesNotContain("Replace the list");
        assertThat(send(file, Map.of("do", "replace")).body()).contains("nobody is taken from its list");
        assertThat(send(file, Map.of("do", "add")).statusCode()).isEqualTo(303);
        lumen.server.bean(vitrine.platform.Jobs.class).drain();
        assertThat(wen.get(file + "/far").headers().firstValue("HX-Refresh")).contains("true");
        assertThat(wen.get(file).body()).contains("All 3 lines are done", "1 on the list");
        assertThat(wen.get(file + "/lines.csv").body()).contains("1,unreadable", "2,added", "3,twice");
        assertThat(lumen.team("Otta", Workplace.OTHER).get(file).statusCode()).isEqualTo(403);

        assertThat(send(page, Map.of("do", "pause", "whyZh", "稍等", "whyEn", "")).body())
                .contains("in both languages")
                .as("and what was typed stands in its field")
                .contains("value=\"稍等\"");
        assertThat(drop().state()).isEqualTo(Drop.State.PUBLISHED);
        send(page, Map.of("do", "pause", "whyZh", "稍等片刻", "whyEn", "One moment"));
        assertThat(drop().state()).isEqualTo(Drop.State.PAUSED);
        assertThat(guest().get("/d/night-drop?lang=en").body()).contains("One moment");
        assertThat(send(page, form).body())
                .contains("It is published and cannot change")
                .as("and what was typed too late stays in sight")
                .containsSubsequence("id=\"typed\"", "<dd>Night drop</dd>", "Stage 1", "<dd>3</dd>");
        assertThat(Workplace.send(
                                wen,
                                "/desk/lumen/catalogue/moonrise/supply",
                                "/desk/lumen/catalogue/moonrise/supply",
                                Map.of("supply", "9", "why.zh", "少做些。", "why.en", "Fewer.", "sure", "yes"))
                        .body())
                .as("a supply that was announced is not lowered before the drop is over")
                .contains("is not over");
        send(page, Map.of("do", "resume"));
        assertThat(send(page, Map.of("do", "end")).body()).contains("Tick the box first");
        send(page, Map.of("do", "end", "sure", "yes"));
        assertThat(drop().state()).isEqualTo(Drop.State.ENDED);
        assertThat(wen.get(page).body())
                .as("what is over is neither live nor to be paused, and its figures stand still")
                .contains("How it went", ">Over</span>")
                .doesNotContain("value=\"pause\"", "value=\"end\"", "every 1s");
        assertThat(wen.get(page + "/claims.csv").body()).contains("claimed at,stage,nth of this person,number");
        assertThat(wen.get(page + "/watch").body()).contains("Night drop");
    }

    @Test
    void aDropIsRehearsedBeforeAnybodyHearsOfItAndStaffReadHowItWouldGo() {
        Map<String, String> form = new HashMap<>();
        form.put("slug", "dress");
        form.put("nameZh", "彩排");
        form.put("nameEn", "Dress");
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/dress";
        String rehearsal = page + "/rehearsal";
        assertThat(wen.get(page).body()).contains("href=\"" + rehearsal + "\"");
        Map<String, String> crowd = new HashMap<>(Map.of(
                "accounts", "2000", "botsPercent", "20", "botAccounts", "50", "earlyPercent", "60", "minutes", "30"));
        crowd.putAll(Map.of("entitledPercent", "20", "comePercent", "80", "payPercent", "85", "mailPercent", "30"));
        crowd.put("seed", "7");
        assertThat(send(rehearsal, crowd).body())
                .as("what cannot be published cannot be tried")
                .contains("It cannot be published yet");

        form.remove("slug");
        stage(form, "5", "everyone");
        form.put("do", "save");
        send(page, form);
        crowd.put("botsPercent", "101");
        assertThat(send(rehearsal, crowd).body())
                .contains("This is out of its range: Bots among them, per cent", "value=\"101\"");
        crowd.put("botsPercent", "20");
        String one = Workplace.location(send(rehearsal, crowd)).replaceFirst("^https?://[^/]+", "");
        assertThat(wen.get(one).body()).contains("<progress max=\"100\" value=\"0\"");
        assertThat(Workplace.location(send(rehearsal, crowd)))
                .as("one after the other")
                .endsWith(one);
        lumen.server.bean(vitrine.platform.Jobs.class).drain();
        assertThat(wen.get(one + "/far").headers().firstValue("HX-Refresh")).contains("true");
        assertThat(wen.get(one).body())
                .contains("Seed 7, by Wen", "Reminders by mail: 480", "By another rule", "As a queue", "data-plot")
                .doesNotContain("The drop was changed since");
        List<String> stages = wen.get(one + "/stages.csv").body().lines().toList();
        assertThat(stages).hasSize(5);
        assertThat(stages.get(1)).matches("planned,Dress,race,5,1600,400,5,5,0,0,0(\\.[0-9]+)?,.*");
        assertThat(stages.get(4)).startsWith("other-way,Dress,queue,5,");
        assertThat(wen.get(one + "/steps.csv").body()).contains("rule,stage,from seconds", "one-person,Dress,0,");
        assertThat(guest().get("/d/dress").statusCode())
                .as("nobody heard of it")
                .isEqualTo(404);

        form.put("s0-cap", "4");
        send(page, form);
        assertThat(wen.get(one).body()).contains("The drop was changed since");
        assertThat(lumen.team("Otto", Workplace.OTHER).get(one).statusCode()).isEqualTo(403);
    }

    @Test
    void codesAreMadePrintedAndCountedAndTheirPageUsesNoneByItself() throws Exception {
        Map<String, String> form = new HashMap<>();
        form.put("slug", "pop-up");
        form.put("nameZh", "快闪");
        form.put("nameEn", "Pop-up");
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/pop-up";
        form.remove("slug");
        stage(form, "3", "code");
        form.put("do", "publish");
        form.put("sure", "yes");
        assertThat(Workplace.location(send(page, form))).endsWith("said=published");
        Drop drop = lumen.server.bean(DropPlans.class).at("pop-up").orElseThrow();
        String stage = drop.stages().getFirst().id().toString();
        assertThat(codes(page, Map.of("stage", stage, "codes", "9999999", "uses", "1"))
                        .body())
                .contains("At most");
        codes(page, Map.of("stage", stage, "codes", "30", "uses", "2"));
        assertThat(wen.get(page).body()).contains("Codes for Pop-up", "0 of 60");

        var batch = lumen.server.bean(DropCodes.class).of(drop.id()).getFirst();
        String csv = wen.get(page + "/codes/" + batch.id() + ".csv").body();
        assertThat(csv.lines()).hasSize(31);
        String code = csv.lines().skip(1).findFirst().orElseThrow().split(",")[0];
        assertThat(code).matches("([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}");
        byte[] paper = wen.download(page + "/codes/" + batch.id() + ".pdf");
        try (var document = org.apache.pdfbox.Loader.loadPDF(paper)) {
            assertThat(document.getNumberOfPages()).isEqualTo(2);
            assertThat(new org.apache.pdfbox.text.PDFTextStripper().getText(document))
                    .contains(code.substring(0, 9), code.substring(10));
            assertThat(new PDFRenderer(document).renderImageWithDPI(0, DPI))
                    .as("what a phone reads on the first card is the first address of the table")
                    .satisfies(page1 -> assertThat(readOn(page1))
                            .isEqualTo(csv.lines()
                                    .skip(1)
                                    .findFirst()
                                    .orElseThrow()
                                    .split(",")[1]));
        }
        assertThat(guest().get("/d/pop-up?lang=en&code=" + code).body())
                .as("a guest comes back with it after sign-in")
                .contains("Whoever has a code");
        assertThat(wen.get(page).body()).as("and looking uses nothing").contains("0 of 60");
        assertThat(wen.get(page).body()).contains("name=\"uses\"");
        send(page, Map.of("do", "end", "sure", "yes"));
        assertThat(wen.get(page).body())
                .as("when it is over they are still counted, and no more are made")
                .contains("Codes for Pop-up", "0 of 60", "/codes/" + batch.id() + ".csv")
                .doesNotContain("name=\"uses\"");
        assertThat(lumen.team("Otto", Workplace.OTHER)
                        .get(page + "/codes/" + batch.id() + ".csv")
                        .statusCode())
                .isEqualTo(403);
    }

    /** The code on the upper left card of 24. */
    private static String readOn(BufferedImage page) {
        int width = page.getWidth() / 3;
        int height = page.getHeight() / 8;
        int[] pixels = page.getRGB(0, 0, width, height + height / 4, null, 0, width);
        try {
            return new MultiFormatReader()
                    .decode(new BinaryBitmap(
                            new HybridBinarizer(new RGBLuminanceSource(width, height + height / 4, pixels))))
                    .getText();
        } catch (NotFoundException e) {
            throw new AssertionError("nothing to read", e);
        }
    }

    @Test
    void aStageWhoseNumbersAreChosenListsThemOnItsPage() {
        Map<String, String> form = new HashMap<>();
        form.put("slug", "choose-yours");
        form.put("nameZh", "自选");
        form.put("nameEn", "Choose yours");
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/choose-yours";
        form.remove("slug");
        stage(form, "2", "everyone");
        form.put("s0-collectible", seats("seat").value().toString());
        form.put("s0-chosen", "yes");
        assertThat(Workplace.location(send(page, form))).endsWith("said=saved");
        assertThat(wen.get(page).body())
                .as("the tick is kept")
                .containsPattern("name=\"s0-chosen\" value=\"yes\"\\s+checked");
        form.put("do", "publish");
        form.put("sure", "yes");
        assertThat(Workplace.location(send(page, form))).endsWith("said=published");
        String day = LocalDateTime.now(SHANGHAI).plusHours(2).toLocalDate().toString();
        assertThat(guest().get("/calendar/" + day).body()).contains("href=\"/d/choose-yours\"");
        assertThat(guest().get("/ics/en/all.ics").body()).contains("/d/choose-yours\r\n");
        assertThat(guest().get("/ics/en/d/choose-yours.ics").body()).contains("SUMMARY:Choose yours · Lumen");
        assertThat(guest().get("/ics/en/d/hers-not.ics").statusCode()).isEqualTo(404);
        var state = guest().get("/d/choose-yours/state.json");
        assertThat(state.body()).contains("\"free\":\"1-8\"");
        assertThat(state.headers().firstValue("Cache-Control").orElse(""))
                .as("one answer serves a crowd")
                .contains("public", "max-age=1");
        assertThat(state.headers().map()).as("and is nobody's own").doesNotContainKey("set-cookie");
        assertThat(guest().get("/d/choose-yours?lang=en&said=drop.unit-taken").body())
                .as("a guest looks at the pieces, and chooses when signed in")
                .contains("The pieces", "data-unit=\"1\"", "went to somebody else")
                .doesNotContain("name=\"unit\"");
    }

    @Test
    void proceedsAndAPromiseAreTypedCheckedFrozenAndToldOnTheDropsPage() {
        Map<String, String> form = new HashMap<>();
        form.put("slug", "with-a-seat");
        form.put("nameZh", "带座位");
        form.put("nameEn", "With a seat");
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/with-a-seat";
        form.remove("slug");
        stage(form, "1", "everyone");
        form.put("s0-causeEn", "Keep the dunes");
        form.put("s0-causeLink", "dunes.example");
        form.put("s0-promise", "perk");
        form.put("s0-promiseZh", "首演座位");
        form.put("s0-promiseTextEn", "Show it at the door.");
        send(page, form);
        assertThat(wen.get(page).body())
                .contains("href=\"#s0-causeZh\"", "Proceeds need a price", "An address that begins with https://")
                .contains("href=\"#s0-promiseZh\"", "How it is redeemed stands in both languages")
                .contains("value=\"Keep the dunes\"", "value=\"首演座位\"");
        form.put("s0-causeEn", "");
        form.put("s0-causeLink", "");
        form.put("s0-promiseEn", "A seat");
        form.put("s0-promiseTextZh", "入口出示。");
        form.put("do", "publish");
        form.put("sure", "yes");
        assertThat(Workplace.location(send(page, form))).endsWith("said=published");
        assertThat(guest().get("/d/with-a-seat?lang=en").body())
                .contains("With each piece", "A seat", "Show it at the door.")
                .doesNotContain("All of the price goes to");
    }

    @Test
    void whoSavesADropThatAColleagueSavedMeanwhileKeepsWhatSheTypedAndIsTold() {
        Map<String, String> form = new HashMap<>(Map.of("slug", "two-desks", "nameZh", "两张桌", "nameEn", "Two desks"));
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/two-desks";
        var seen = Workplace.seen(wen, page);
        form.put("seen", seen);
        form.put("do", "save");
        form.put("aboutEn", "Written by the colleague.");
        assertThat(send(page, form).statusCode()).isEqualTo(303);
        form.put("aboutEn", "Written too late.");
        form.put("do", "publish");
        form.put("sure", "yes");
        var late = send(page, form);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("This was saved after you opened it", "Written too late.");
        assertThat(wen.get(page).body()).contains("Written by the colleague.").doesNotContain("Written too late.");
    }

    @Test
    void anAddressThatNobodyTypedIsMadeFromTheEnglishName() {
        Map<String, String> form = new HashMap<>(Map.of("nameZh", "三张桌", "nameEn", "Three Desks"));
        var made = send("/desk/lumen/drops", form);
        assertThat(made.headers().firstValue("Location").orElseThrow())
                .endsWith("/desk/lumen/drops/three-desks?said=saved");
        assertThat(send("/desk/lumen/drops", form).body()).contains("The address three-desks is taken.");
        form.put("nameEn", "三张桌");
        assertThat(send("/desk/lumen/drops", form).body())
                .contains("An address has small letters, digits and hyphens.", "value=\"三张桌\"");
    }

    @Test
    void whatIsTypedOfAStageStaysWhateverItLacksAndItBearsTheDropsNewName() {
        Map<String, String> form = new HashMap<>(Map.of("slug", "half-typed", "nameZh", "半", "nameEn", "Half"));
        form.putAll(Map.of("s0-limit", "1", "s0-price", "59.00", "s0-currency", "EUR"));
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/half-typed";
        assertThat(wen.get(page).body())
                .contains("value=\"59.00\"")
                .contains("name=\"s0-nameEn\" type=\"text\" value=\"\"");
    }

    @Test
    void aStagesIdIsBelievedOnceAndOfItsOwnDropAlone() {
        DropPlans plans = lumen.server.bean(DropPlans.class);
        Map<String, String> form = new HashMap<>(Map.of("slug", "kept", "nameZh", "留", "nameEn", "Kept"));
        stage(form, "1", "everyone");
        send("/desk/lumen/drops", form);
        DropId kept = plans.at("kept").orElseThrow().id();
        String id = stages(kept).getFirst();

        Browser otto = lumen.team("Ottavia", Workplace.OTHER);
        String desk = "/desk/"
                + lumen.server.bean(Catalog.class).brand(Workplace.OTHER).slug() + "/drops";
        form.putAll(Map.of("slug", "taken-over", "s0-id", id));
        assertThat(Workplace.send(otto, desk, desk, form).statusCode()).isEqualTo(303);
        DropId theirs = plans.at("taken-over").orElseThrow().id();
        assertThat(stages(theirs)).hasSize(1).doesNotContain(id);
        form.remove("slug");
        assertThat(Workplace.send(otto, desk + "/taken-over", desk + "/taken-over", form)
                        .statusCode())
                .isEqualTo(303);
        assertThat(stages(theirs)).as("nor when it is written again").doesNotContain(id);

        for (String field : List.of("id", "collectible", "limit", "giftPolicy", "entry", "cap"))
            form.put("s1-" + field, form.get("s0-" + field));
        form.put("s1-opens", form.get("s0-closes"));
        form.put(
                "s1-closes",
                LocalDateTime.parse(form.get("s0-closes")).plusDays(1).toString());
        form.put("do", "publish");
        form.put("sure", "yes");
        assertThat(Workplace.location(send("/desk/lumen/drops/kept", form)))
                .as("a form with one id twice")
                .endsWith("said=published");
        assertThat(plans.at("kept").orElseThrow().stages().stream()
                        .map(stage -> stage.id().toString()))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .startsWith(id);
        Workplace.send(wen, "/desk/lumen/drops/kept", "/desk/lumen/drops/kept", Map.of("do", "end", "sure", "yes"));
    }

    private static List<String> stages(DropId drop) {
        return lumen.server.bean(DropPlans.class).draft(drop).stages().stream()
                .map(stage -> String.valueOf(stage.id()))
                .toList();
    }

    @Test
    void aTextThatIsTooLongIsSaidToBeAndStaysAsItWasWritten() {
        String most = "n".repeat(400);
        Map<String, String> form = new HashMap<>(Map.of("slug", "long-words", "nameZh", "长", "nameEn", most));
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/long-words";
        assertThat(wen.get(page).body()).doesNotContain("At most 400 signs").contains("maxlength=\"400\"");
        form.remove("slug");
        stage(form, "1", "everyone");
        form.put("nameEn", most + "n");
        form.put("aboutZh", "关".repeat(500));
        form.put("s0-nameZh", "阶".repeat(402));
        form.put("s0-nameEn", "First");
        form.put("s0-promise", "perk");
        form.put("s0-promiseZh", "座");
        form.put("s0-promiseEn", "s".repeat(403));
        send(page, form);
        assertThat(wen.get(page).body())
                .contains("At most 400 signs: these are 401", "href=\"#nameEn\"", most + "n")
                .contains("these are 500", "href=\"#aboutZh\"", "these are 402", "href=\"#s0-nameZh\"")
                .contains("these are 403", "href=\"#s0-promiseEn\"");
        form.put("do", "publish");
        form.put("sure", "yes");
        var refused = send(page, form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .as("saved once more the stage stays the one that a list may have been brought to")
                .contains(stages(lumen.server
                                .bean(DropPlans.class)
                                .at("long-words")
                                .orElseThrow()
                                .id())
                        .getFirst());
    }

    @Test
    void aPriceWithACommaThatIsNotBetweenThousandsIsNoPrice() {
        Map<String, String> form = new HashMap<>(Map.of("slug", "for-59", "nameZh", "价", "nameEn", "Price"));
        stage(form, "1", "everyone");
        form.put("s0-price", "59,00");
        form.put("s0-currency", "EUR");
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/for-59";
        DropId id =
                lumen.server.bean(DropPlans.class).at("for-59").orElseThrow().id();
        assertThat(wen.get(page).body()).contains("a comma stands between thousands alone", "value=\"?\"");
        form.remove("slug");
        form.put("s0-price", "?");
        send(page, form);
        assertThat(wen.get(page).body())
                .as("what was no amount never becomes none")
                .contains("a comma stands between thousands alone");
        form.put("s0-price", "1,299.50");
        send(page, form);
        assertThat(wen.get(page).body())
                .doesNotContain("a comma stands between")
                .contains("value=\"1299.50\"");
        assertThat(lumen.server
                        .bean(DropPlans.class)
                        .draft(id)
                        .stages()
                        .getFirst()
                        .price())
                .isEqualTo(new Money(129_950, Currency.getInstance("EUR")));
    }

    @Test
    void whoTakesTheClaimsHomeSeesWhichNumberIsHeld() {
        Map<String, String> form = new HashMap<>(Map.of("slug", "held-number", "nameZh", "留号", "nameEn", "Held"));
        stage(form, "1", "everyone");
        form.put("s0-collectible", seats("held-seat").value().toString());
        form.put("s0-chosen", "yes");
        send("/desk/lumen/drops", form);
        String page = "/desk/lumen/drops/held-number";
        form.remove("slug");
        form.putAll(Map.of(
                "do",
                "publish",
                "sure",
                "yes",
                "s0-id",
                stages(lumen.server
                                .bean(DropPlans.class)
                                .at("held-number")
                                .orElseThrow()
                                .id())
                        .getFirst()));
        assertThat(Workplace.location(send(page, form))).endsWith("said=published");
        Drop drop = lumen.server.bean(DropPlans.class).at("held-number").orElseThrow();
        var stage = drop.stages().getFirst();
        lumen.server
                .bean(JdbcClient.class)
                .sql("""
                        insert into claims (brand_id, drop_id, collector_id, nth, claim_id, stage_id, claim_key, collectible_id, claimed_at,
                            hold_until, unit)
                        values (:brand, :drop, gen_random_uuid(), 1, gen_random_uuid(), :stage, 'k', :collectible, now(),
                            now() + interval '1 year', 7)
                        """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("stage", stage.id())
                .param("collectible", stage.collectible().value())
                .update();
        assertThat(wen.get(page + "/claims.csv").body().lines().toList())
                .hasSize(2)
                .first()
                .asString()
                .endsWith("claimed at,stage,nth of this person,number,held until,chosen");
        assertThat(wen.get(page + "/claims.csv").body()).containsPattern("Z,1,1,,[^,]+Z,7\r?\n");
    }

    @Test
    void anotherBrandsTeamSeesNothingOfIt() {
        send("/desk/lumen/drops", Map.of("slug", "hers-alone", "nameZh", "独", "nameEn", "Alone"));
        Browser other = lumen.team("Otto", Workplace.OTHER);
        assertThat(other.get("/desk/lumen/drops/hers-alone").statusCode()).isEqualTo(403);
        var twice = send("/desk/lumen/drops", Map.of("slug", "hers-alone", "nameZh", "独", "nameEn", "Alone"));
        assertThat(twice.statusCode()).isEqualTo(422);
        assertThat(twice.body()).contains("The address hers-alone is taken");
    }

    /** Eight pieces that nothing else gives. */
    private static CollectibleId seats(String slug) {
        var word = new Bilingual("座", "Seat");
        CollectibleId id = lumen.server
                .bean(Catalog.class)
                .draft(new CollectibleDraft(
                        Workplace.LUMEN,
                        slug,
                        null,
                        null,
                        "brand",
                        word,
                        word,
                        word,
                        word,
                        2026,
                        "plain",
                        word,
                        8,
                        0,
                        List.of(),
                        List.of()));
        lumen.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(status -> lumen.server.bean(Drops.class).publish(id));
        return id;
    }

    private static void stage(Map<String, String> form, String cap, String entry) {
        LocalDateTime opens = LocalDateTime.now(SHANGHAI).plus(Duration.ofHours(2));
        form.put("s0-collectible", lumen.moonrise.value().toString());
        form.put("s0-opens", opens.toString().substring(0, 16));
        form.put("s0-closes", opens.plusDays(1).toString().substring(0, 16));
        form.put("s0-cap", cap);
        form.put("s0-limit", "1");
        form.put("s0-giftPolicy", "after-days:30");
        form.put("s0-entry", entry);
    }

    private static java.net.http.HttpResponse<String> send(String to, Map<String, String> form) {
        return Workplace.send(wen, to, to, form);
    }

    private static java.net.http.HttpResponse<String> codes(String page, Map<String, String> form) {
        return Workplace.send(wen, page, page + "/codes", form);
    }

    private static java.net.http.HttpResponse<String> upload(String to, String file) {
        return wen.upload(
                to,
                Map.of("_csrf", Workplace.token(wen, to), "guests", ""),
                "file",
                Map.of("guests.csv", file.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static Drop drop() {
        return lumen.server.bean(DropPlans.class).at("night-drop").orElseThrow();
    }

    private static Browser guest() {
        return new Browser(lumen.server.address());
    }
}
