package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.platform.messages.Message;

/** A brand writes to those who hold its pieces: to who can be written to and wants it, once, and seldom. */
class HolderMessagesTest {

    private static Workplace lumen;
    private static Browser wen;
    private static Browser cai;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
        Feast.published(lumen, wen, "feast", 300, 0);
        for (String buyer : List.of("ada", "bo", "cai", "never")) {
            lumen.order(
                    buyer.hashCode() & 0xffff, buyer, "300.00", Instant.now().minusSeconds(60));
        }
        for (int round = 0; round < 4; round++) lumen.drain();
        answer(opened("ada"), "yes");
        answer(opened("bo"), "yes");
        cai = opened("cai");
    }

    /** She signs in, is asked nothing yet, opens her gift, and is asked. */
    private static Browser opened(String buyer) {
        Browser one = lumen.signedIn(buyer + "@home.example");
        assertThat(one.get("/me?lang=en").body()).as("nothing was opened yet").doesNotContain("write to you?");
        open(one);
        assertThat(one.get("/me").body()).contains("May the brands whose pieces you hold write to you?");
        return one;
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    /** Takes the first gift that waits out of its wrapping. */
    private static void open(Browser one) {
        var gift = java.util.regex.Pattern.compile("action=\"(/[^\"]+/open)\"")
                .matcher(one.get("/me").body());
        assertThat(gift.find()).isTrue();
        Workplace.send(one, "/me", gift.group(1), Map.of());
    }

    private static void answer(Browser one, String answer) {
        Workplace.send(one, "/me", "/me/account/news/holders", Map.of("answer", answer));
        assertThat(one.get("/me").body()).as("asked once").doesNotContain("write to you?");
    }

    private static final String LIST = "/desk/lumen/messages";

    private static String drafted() {
        var drafted = Workplace.send(
                wen, LIST, LIST, Map.of("about", lumen.moonrise.value().toString()));
        return Workplace.location(drafted).replaceFirst("^https?://[^/]+", "");
    }

    private static Map<String, String> form(String what) {
        return Map.of(
                "subject.zh", "月升的新邻居",
                "subject.en", "A new neighbour of Moonrise",
                "text.zh", "下个月有新作。\n\n欢迎来看。",
                "text.en", "There is a new work next month.\n\nCome and see.",
                "sure", "yes",
                "do", what);
    }

    private static List<Message> mails(String subject) {
        return lumen.postbox.received.stream()
                .filter(m -> m.subject().contains(subject))
                .toList();
    }

    private static void send(String draft) {
        Workplace.send(wen, LIST, draft, form("send"));
        for (int round = 0; round < 4; round++) lumen.drain();
    }

    @Test
    void holdersAreWrittenToOnceUnlessTheyRefusedOrHadEnough() {
        String draft = drafted();
        assertThat(wen.get(draft).body())
                .as("counted before anything is sent")
                .contains("2 of 4 holders would be written to now")
                .contains("never signed in")
                .contains("1 person: did not answer yet whether brands may write to them");
        answer(cai, "yes");
        assertThat(wen.get(draft).body()).contains("3 of 4 holders would be written to now");
        // Bo says no, by the address in a mail of this kind that somebody tries on herself first.
        Workplace.send(wen, draft, draft, form("test"));
        lumen.drain();
        assertThat(mails("[Test]")).hasSize(1);
        assertThat(mails("【测试】")).hasSize(1);
        assertThat(mails("[Test]").getFirst().text())
                .as("as every holder will read it, with the way to end such mails")
                .contains("/unsubscribe/");
        assertThat(mails("neighbour of Moonrise")).as("nobody else got it").hasSize(1);
        var bo = lumen.signedIn("bo@home.example");
        Workplace.send(bo, "/me/account", "/me/account/news", Map.of("wanted", "gift-progress"));
        assertThat(wen.get(draft).body())
                .contains("2 of 4 holders would be written to now")
                .contains("want no such mails");
        assertThat(Workplace.send(wen, draft, draft, Map.of("do", "send", "sure", "yes"))
                        .statusCode())
                .as("without words")
                .isEqualTo(422);
        send(draft);
        assertThat(wen.get(draft).body()).contains("4 of 4 seen to: 2 written to, 2 left out. That was all.");
        var written = lumen.postbox.received.stream()
                .filter(m -> m.subject().contains("月升的新邻居") || m.subject().contains("new neighbour"))
                .filter(m -> !m.subject().startsWith("[") && !m.subject().startsWith("【"))
                .toList();
        assertThat(written)
                .extracting(m -> m.to().value())
                .containsExactlyInAnyOrder("ada@home.example", "cai@home.example");
        assertThat(written).allSatisfy(mail -> {
            assertThat(mail.text()).contains("/o/moonrise").contains("/unsubscribe/");
            assertThat(mail.unsubscribe()).isNotNull();
        });
        send(draft);
        assertThat(wen.get(draft).body()).as("a second press writes to nobody").contains("2 written to");

        send(drafted());
        String third = drafted();
        assertThat(wen.get(third).body())
                .contains("0 of 4 holders would be written to now")
                .contains("had 2 from you within 30 days");
        send(third);
        assertThat(wen.get(third).body()).contains("0 written to, 4 left out");
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 50))
                .anySatisfy(entry -> assertThat(entry.act()).isEqualTo("message.sent"));
    }

    @Test
    void aLetterThatIsTooLongComesBackAsItWasTyped() {
        String draft = drafted();
        Workplace.send(wen, draft, draft, form("save"));
        String lengthy = "Come and see. ".repeat(1_000);
        var typed = new java.util.HashMap<>(form("save"));
        typed.put("subject.en", "Another subject");
        typed.put("text.zh", "另一段话");
        typed.put("text.en", lengthy);
        var refused = Workplace.send(wen, draft, draft, typed);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("value=\"Another subject\"", ">另一段话</textarea>", lengthy.strip() + "</textarea>")
                .doesNotContain("There is a new work next month");
        assertThat(wen.get(draft).body())
                .as("the draft that was kept is still the old one")
                .contains("There is a new work next month")
                .as("and a browser lets nobody type more than is taken")
                .contains("maxlength=\"" + vitrine.campaign.HolderMessages.TEXT_MAX + "\"");
    }

    @Test
    void whatAColleagueWroteMeanwhileIsNeitherWrittenOverNorSent() {
        String draft = drafted();
        var mine = new java.util.HashMap<>(form("save"));
        mine.put("seen", Workplace.seen(wen, draft));
        var theirs = new java.util.HashMap<>(mine);
        theirs.put("text.en", "Words of the colleague.");
        assertThat(Workplace.send(wen, draft, draft, theirs).statusCode()).isEqualTo(303);
        mine.put("do", "send");
        mine.put("text.en", "My words.");
        var late = Workplace.send(wen, draft, draft, mine);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).contains("This was saved after you opened it", ">My words.</textarea>");
        assertThat(wen.get(draft).body()).contains(">Words of the colleague.</textarea>", "value=\"save\"");
    }

    @Test
    void anAgencyWritesOnlyWhenThatRightWasGivenAndNoLongerThanItIs() {
        var agent = lumen.hired("Agent", Workplace.LUMEN, Colleagues.Role.AGENCY);
        assertThat(agent.get(LIST).statusCode()).isEqualTo(403);
        String row = wen.get("/desk/lumen/team").body();
        var path = java.util.regex.Pattern.compile("/desk/lumen/team/[0-9a-f-]{36}/may")
                .matcher(row);
        assertThat(path.find()).isTrue();
        String until = java.time.LocalDate.now().plusDays(20).toString();
        var given = Workplace.send(wen, "/desk/lumen/team", path.group(), Map.of("may", "messages", "until", until));
        assertThat(given.statusCode()).isEqualTo(303);
        assertThat(agent.get(LIST).statusCode()).isEqualTo(200);
        assertThat(agent.get("/desk/lumen/team").statusCode()).isEqualTo(403);
        assertThat(agent.get("/desk/lumen/campaigns").body()).doesNotContain("name=\"nameZh\"");

        // Team and keys: it sees who may what and makes keys of its own, and still it gives nobody anything.
        var form = new java.util.ArrayList<Map.Entry<String, String>>();
        form.add(Map.entry("may", "manage"));
        form.add(Map.entry("until", until));
        form.add(Map.entry("_csrf", Workplace.token(wen, "/desk/lumen/team")));
        assertThat(wen.post(path.group(), form).statusCode()).isEqualTo(303);
        assertThat(agent.get(LIST).statusCode()).as("taken again").isEqualTo(403);
        assertThat(agent.get("/desk/lumen/team?lang=en").body())
                .contains("Who may do what")
                .doesNotContain("team/");
        String token = Workplace.token(agent, "/desk/lumen/keys");
        assertThat(agent.post(path.group(), Map.of("may", "manage", "until", until, "_csrf", token))
                        .statusCode())
                .isEqualTo(422);
        var friend = Map.of("name", "Friend", "email", "friend@work.example", "role", "team", "_csrf", token);
        assertThat(agent.post("/desk/lumen/team", friend).statusCode()).isEqualTo(422);
        assertThat(agent.post(path.group().replace("/may", "/end"), Map.of("_csrf", token))
                        .statusCode())
                .isEqualTo(403);
        var key = Workplace.send(
                agent, "/desk/lumen/keys", "/desk/lumen/keys", Map.of("name", "till", "scope", "manage"));
        var text = java.util.regex.Pattern.compile("vk_[\\w-]+").matcher(key.body());
        assertThat(text.find()).isTrue();
        var keys = lumen.server.bean(vitrine.identity.ApiKeys.class);
        assertThat(keys.whose(text.group())).isPresent();
        Workplace.send(wen, "/desk/lumen/team", path.group().replace("/may", "/end"), Map.of());
        assertThat(keys.whose(text.group())).as("its programs end with it").isEmpty();
    }
}
