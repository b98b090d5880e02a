package vitrine.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The page on which somebody pays, declines or thinks better of it: {@code /checkout/{page}}. No money is asked for. */
final class Checkout {
    private final PayDesk desk;
    private final Pages pages;
    private final String server;

    Checkout(PayDesk desk, Pages pages, String server) {
        this.desk = desk;
        this.pages = pages;
        this.server = server;
    }

    @Nullable
    Answer answer(Call call) {
        if (call.is("GET", "checkout", "*")) {
            return page(call, desk.ofPage(call.segment(1)));
        }
        if (call.is("POST", "checkout", "*", "*")) {
            var trade = desk.ofPage(call.segment(1));
            desk.act(trade, call.segment(2));
            var back = call.form().getOrDefault("back", "");
            return Answer.seeOther("/checkout/" + trade.page() + "?did=" + call.segment(2)
                    + (back.isEmpty() ? "" : "&back=" + URLEncoder.encode(back, StandardCharsets.UTF_8)));
        }
        return null;
    }

    private Answer page(Call call, Trade trade) {
        if ("h5".equals(call.query().get("via"))) {
            checkPhone(call, trade);
        }
        var words = Words.of(call);
        var back = back(call, trade);
        boolean open = desk.isOpen(trade);
        var state =
                switch (trade.state()) {
                    case PAID -> words.get(trade.refunds().isEmpty() ? "pay.paid" : "pay.refunded");
                    case CLOSED -> words.get("pay.closed");
                    case OPEN ->
                        open
                                ? words.get("decline".equals(call.query().get("did")) ? "pay.declined" : "pay.open")
                                : words.get("pay.closed");
                };
        var acts = new StringBuilder();
        if (open) {
            acts.append(button(trade, "pay", words.get("pay.now"), "btn btn--main btn--wide", back));
            acts.append(button(trade, "decline", words.get("pay.decline"), "btn btn--wide", back));
        }
        if (!back.isEmpty()) {
            acts.append("<a class=\"btn %s btn--wide\" href=\"%s\">%s</a>"
                    .formatted(
                            open ? "btn--quiet" : "btn--main",
                            Pages.esc(back),
                            Pages.esc(words.get(open ? "pay.abandon" : "pay.back"))));
        }
        if (trade.state() == Trade.State.PAID) {
            acts.append(button(trade, "again", words.get("pay.again"), "btn btn--wide", back));
            if (trade.host().equals("stripe") && trade.dispute() == null) {
                acts.append(button(trade, "dispute", words.get("pay.dispute"), "btn btn--quiet btn--wide", back));
            }
            if (trade.dispute() != null && trade.dispute().state().equals("needs_response")) {
                acts.append(
                        button(trade, "dispute-won", words.get("pay.dispute-won"), "btn btn--quiet btn--wide", back));
                acts.append(
                        button(trade, "dispute-lost", words.get("pay.dispute-lost"), "btn btn--quiet btn--wide", back));
            }
            if (trade.host().equals("stripe") && trade.refunded() > 0) {
                acts.append(
                        button(trade, "refund-fails", words.get("pay.refund-fails"), "btn btn--quiet btn--wide", back));
            }
        } else if (!open) {
            acts.append(button(trade, "late", words.get("pay.late"), "btn btn--wide", back));
        }
        var chip = trade.state() == Trade.State.PAID ? "chip is-good" : open ? "chip is-wait" : "chip";
        var body = """
                <div class="wrap room stack-l"><div class="stack"><p class="eyebrow">%s</p><h1>%s</h1>\
                <p class="lead num">%s</p><p><span class="%s" role="status">%s</span></p></div>
                <div class="stack pay">%s</div><p class="eyebrow hash">%s</p></div>
                """.formatted(
                        Pages.esc(words.get("pay.host." + trade.host())),
                        Pages.esc(trade.title()),
                        Pages.money(trade.amount(), trade.currency()),
                        chip,
                        Pages.esc(state),
                        acts,
                        Pages.esc(trade.number()));
        return Answer.html(
                200,
                pages.frame(
                        call,
                        words,
                        trade.title(),
                        body,
                        Pages.esc("/checkout/" + trade.page()
                                + (back.isEmpty() ? "" : "?back=" + URLEncoder.encode(back, StandardCharsets.UTF_8)))));
    }

    /** WeChat's page for phones opens from the merchant's own domain alone, and for five minutes. */
    private void checkPhone(Call call, Trade trade) {
        var from = call.header("Referer");
        if (from == null || from.isEmpty()) {
            throw Refused.of(403, "h5.referer-empty", "whoever comes to H5 payment says from which page");
        }
        if (!(from + "/").startsWith(server + "/")) {
            throw Refused.of(403, "h5.referer-unknown", "this domain is no H5 payment domain of the merchant's");
        }
        if (desk.isStale(trade)) {
            throw Refused.conflict("h5.over", "this address is older than five minutes: ask for a fresh one");
        }
    }

    /** Where the merchant said that its payer comes from: never a page of anybody else. */
    private String back(Call call, Trade trade) {
        var said = call.query()
                .getOrDefault(
                        "redirect_url",
                        call.query().getOrDefault("back", Objects.requireNonNullElse(trade.backUrl(), "")));
        return said.startsWith(server + "/") ? said : "";
    }

    private static String button(Trade trade, String act, String text, String looks, String back) {
        return """
                <form method="post" action="/checkout/%s/%s"><input type="hidden" name="back" value="%s">\
                <button class="%s">%s</button></form>
                """.formatted(trade.page(), act, Pages.esc(back), looks, Pages.esc(text));
    }
}
