package vitrine.identity;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.web.Refused;

/** Ends mails of one kind: by the mail program's own button (RFC 8058), or by ours. Looking alone ends nothing: scanners look. */
@Controller
public class UnsubscribePages {

    private final News news;

    UnsubscribePages(News news) {
        this.news = news;
    }

    public record Shown(String token, String topic, boolean done) {}

    @GetMapping("/unsubscribe/{token}")
    ModelAndView ask(@PathVariable String token) {
        return page(token, find(token), false);
    }

    @PostMapping("/unsubscribe/{token}")
    ModelAndView stop(@PathVariable String token) {
        var subscription = find(token);
        news.answer(subscription.collector(), subscription.topic(), false);
        return page(token, subscription, true);
    }

    private News.Subscription find(String token) {
        return news.read(token).orElseThrow(Refused::notFound);
    }

    private static ModelAndView page(String token, News.Subscription subscription, boolean done) {
        return new ModelAndView(
                "unsubscribe", "it", new Shown(token, subscription.topic().text(), done));
    }
}
