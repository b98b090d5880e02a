package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.MailPage;
import vitrine.platform.messages.Message;

/** A mail as its reader sees it, made from the text of the same mail. */
class MailPageTest {

    @Test
    void aCodeStandsOnceInTheMailUnderAHeadingThatSaysWhatItIs() {
        String page = page(
                "271828 is your code for Vitrine",
                "Your code: 271828\n\nSign in:\nhttps://vitrine.example/sign-in/link/a\n\nGood once.\n");
        assertThat(page)
                .contains("<h1>Your code</h1>", "<p class=\"code\">271828</p>", ">Sign in</a>")
                .doesNotContain("<p>Your code:</p>", "<h1>271828")
                .as("the button has the address; the plain text says it")
                .contains("href=\"https://vitrine.example/sign-in/link/a\"")
                .doesNotContain(">https://");
    }

    @Test
    void eachHalfOfAMailInTwoLanguagesSaysWhichItIs() {
        String page =
                page("「红白」到了", "「红白」№ 002/400 是你的了，来自一家做伞的店。\n\n— — —\n\n“Bow”, № 002/400, is yours, from Lumen.");
        assertThat(page)
                .contains("<html lang=\"zh-CN\">", "<div class=\"also\" lang=\"en\">", ".also:lang(en){font-family:");
    }

    @Test
    void onlyTheFirstAddressOfEachHalfIsTheMainButton() {
        String half = "Here it is:\nhttps://vitrine.example/p/bow-1\n\nWithdraw:\nhttps://vitrine.example/withdraw/1";
        assertThat(page("“Bow” is yours", half + "\n\n— — —\n\n" + half))
                .containsSubsequence(
                        "<p class=\"go\"><a href=\"https://vitrine.example/p/bow-1\">Here it is</a>",
                        "<p class=\"next\"><a href=\"https://vitrine.example/withdraw/1\">Withdraw</a>",
                        "class=\"also\"",
                        "<p class=\"go\">",
                        "<p class=\"next\">");
    }

    /** In the words of all mails: what stands before an address alone in its line becomes the button. */
    @Test
    void aButtonSaysInAFewWordsWhereItLeads() throws Exception {
        Pattern button = Pattern.compile("(?:^|\\n)([^\\n]*[:：])\\n\\{\\d}");
        int buttons = 0;
        for (Resource file :
                new PathMatchingResourcePatternResolver().getResources("classpath*:messages/*.properties")) {
            Properties words = new Properties();
            try (Reader reader = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
                words.load(reader);
            }
            for (String key : words.stringPropertyNames()) {
                if (key.contains("mail")) {
                    assertThat(words.getProperty(key))
                            .as("its last address has words before it, which become the button: " + key)
                            .doesNotContainPattern("[^:：]\\n\\{\\d}$");
                }
                for (var found = button.matcher(words.getProperty(key)); found.find(); buttons++) {
                    assertThat(found.group(1)).as(key).hasSizeLessThan(33).doesNotContainPattern("[.;。；]");
                }
            }
        }
        assertThat(buttons).isGreaterThan(20);
    }

    private static String page(String subject, String text) {
        return MailPage.of(
                new Message(new UUID(0, 1), Address.email("ada@shop.example"), subject, text, null, Instant.EPOCH));
    }
}
