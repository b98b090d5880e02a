package vitrine.outgoing;

import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.desk.Desk;
import vitrine.campaign.desk.Desks;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** Who is told what happens to the brand's things: addresses, their secrets, every message with its tries, and once more. */
@Controller
@Requires(Permission.MANAGE)
public class WebhooksDesk {

    private final Desks desks;
    private final Webhooks webhooks;

    WebhooksDesk(Desks desks, Webhooks webhooks) {
        this.desks = desks;
        this.webhooks = webhooks;
    }

    public record Listing(
            List<Webhooks.Webhook> hooks,
            List<String> types,
            String url,
            List<String> chosen,
            @Nullable String refusal) {}

    /**
     * @param secret the one that was just made: it is shown this once; null: there is none to show
     * @param only {@code undelivered}, or empty: all messages
     */
    public record One(
            Webhooks.Webhook hook,
            List<String> types,
            @Nullable String secret,
            @Nullable String refusal,
            String only,
            List<Webhooks.Message> messages,
            boolean first,
            @Nullable String older) {}

    public record Sent(Webhooks.Webhook hook, Webhooks.Message message, String body, List<Webhooks.Attempt> attempts) {}

    @GetMapping("/desk/{brand}/webhooks")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("webhooks", desks.of(brand, said), listing(brand, "", types(), null));
    }

    private Listing listing(BrandId brand, String url, List<String> chosen, @Nullable String refusal) {
        return new Listing(webhooks.of(brand), types(), url, chosen, refusal);
    }

    private static List<String> types() {
        return Webhooks.TYPES.stream().sorted().toList();
    }

    @PostMapping("/desk/{brand}/webhooks")
    ModelAndView make(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String url,
            @RequestParam(name = "type", defaultValue = "") List<String> types,
            Texts t,
            HttpServletResponse response) {
        Desk desk = desks.of(brand, null);
        return switch (webhooks.make(brand, url.strip(), types, desks.who())) {
            case Webhooks.Making.Made(Webhooks.Webhook made, String secret) ->
                once(desks.of(brand, "webhook-made"), made, secret, response);
            case Webhooks.Making.NotThere(String why) ->
                refused(desk, listing(brand, url, types, t.get("webhook." + why)));
            case Webhooks.Making.UnknownType unknown ->
                refused(desk, listing(brand, url, types, t.get("webhook.no-type")));
        };
    }

    private static ModelAndView refused(Desk desk, Listing listing) {
        return Desks.page("webhooks", desk, listing, HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private ModelAndView once(Desk desk, Webhooks.Webhook hook, String secret, HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        return Desks.page("webhook", desk, one(hook, "", "", secret, null));
    }

    @GetMapping("/desk/{brand}/webhooks/{webhook}")
    ModelAndView one(
            @PathVariable BrandId brand,
            @PathVariable UUID webhook,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(defaultValue = "") String only,
            @RequestParam(defaultValue = "") String after) {
        return Desks.page("webhook", desks.of(brand, said), one(find(brand, webhook), only, after, null, null));
    }

    private One one(
            Webhooks.Webhook hook, String only, String after, @Nullable String secret, @Nullable String refusal) {
        Cursor from = Cursor.of(after, 1);
        boolean undelivered = only.equals("undelivered");
        List<Webhooks.Message> found = webhooks.messages(
                hook.brand(), hook.id(), undelivered, from == null ? null : from.uuid(0), Desks.PAGE + 1);
        List<Webhooks.Message> shown = found.subList(0, Math.min(found.size(), Desks.PAGE));
        String older = found.size() <= Desks.PAGE
                ? null
                : Desks.address(
                        path(hook),
                        "only",
                        undelivered ? only : "",
                        "after",
                        Cursor.at(shown.getLast().id()));
        return new One(hook, types(), secret, refusal, undelivered ? only : "", shown, after.isEmpty(), older);
    }

    private String path(Webhooks.Webhook hook) {
        return desks.of(hook.brand(), null).path("webhooks/" + hook.id());
    }

    @PostMapping("/desk/{brand}/webhooks/{webhook}")
    ModelAndView change(
            @PathVariable BrandId brand,
            @PathVariable UUID webhook,
            @RequestParam(name = "type", defaultValue = "") List<String> types,
            Texts t) {
        Webhooks.Webhook hook = find(brand, webhook);
        if (webhooks.listenTo(brand, webhook, types, desks.who())) return Desks.to(path(hook) + "?said=saved");
        return Desks.page(
                "webhook",
                desks.of(brand, null),
                one(hook, "", "", null, t.get("webhook.no-type")),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    @PostMapping("/desk/{brand}/webhooks/{webhook}/secret")
    ModelAndView rotate(@PathVariable BrandId brand, @PathVariable UUID webhook, HttpServletResponse response) {
        String secret = webhooks.rotate(brand, webhook, desks.who()).orElseThrow(Refused::notFound);
        return once(desks.of(brand, "webhook-rotated"), find(brand, webhook), secret, response);
    }

    @PostMapping("/desk/{brand}/webhooks/{webhook}/test")
    ModelAndView test(@PathVariable BrandId brand, @PathVariable UUID webhook) {
        Webhooks.Webhook hook = find(brand, webhook);
        boolean queued = webhooks.test(brand, webhook, desks.who()).isPresent();
        return Desks.to(path(hook) + (queued ? "?said=webhook-tested#list" : "?said=webhook-is-off"));
    }

    @PostMapping("/desk/{brand}/webhooks/{webhook}/enable")
    ModelAndView enable(@PathVariable BrandId brand, @PathVariable UUID webhook) {
        Webhooks.Webhook hook = find(brand, webhook);
        if (!webhooks.enable(brand, webhook, desks.who())) throw Refused.notFound();
        return Desks.to(path(hook) + "?said=webhook-enabled");
    }

    @PostMapping("/desk/{brand}/webhooks/{webhook}/remove")
    ModelAndView remove(@PathVariable BrandId brand, @PathVariable UUID webhook) {
        if (!webhooks.remove(brand, webhook, desks.who())) throw Refused.notFound();
        return Desks.to(desks.of(brand, null).path("webhooks") + "?said=webhook-removed");
    }

    @GetMapping("/desk/{brand}/webhooks/{webhook}/messages/{message}")
    ModelAndView message(
            @PathVariable BrandId brand,
            @PathVariable UUID webhook,
            @PathVariable UUID message,
            @RequestParam(required = false) @Nullable String said) {
        Webhooks.Webhook hook = find(brand, webhook);
        Webhooks.Message sent = webhooks.message(brand, webhook, message).orElseThrow(Refused::notFound);
        return Desks.page(
                "webhook-message",
                desks.of(brand, said),
                new Sent(
                        hook,
                        sent,
                        webhooks.body(brand, webhook, message),
                        webhooks.attempts(brand, webhook, message)));
    }

    @PostMapping("/desk/{brand}/webhooks/{webhook}/messages/{message}/replay")
    ModelAndView replay(@PathVariable BrandId brand, @PathVariable UUID webhook, @PathVariable UUID message) {
        Webhooks.Webhook hook = find(brand, webhook);
        if (!webhooks.replay(brand, webhook, message, desks.who())) throw Refused.notFound();
        return Desks.to(path(hook) + "/messages/" + message + "?said=webhook-replayed");
    }

    private Webhooks.Webhook find(BrandId brand, UUID webhook) {
        return webhooks.find(brand, webhook).orElseThrow(Refused::notFound);
    }
}
