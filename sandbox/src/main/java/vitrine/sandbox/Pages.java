package vitrine.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Part;
import vitrine.sandbox.SandboxOrder.Wish;

/** The demo shop in a browser: shelves with a Buy button, an order's page, the clock strip, the switches. No script. */
final class Pages {
    private static final String[] WALLS = {"moss", "indigo", "ochre", "lotus"};

    private final SandboxConfig config;
    private final Shops shops;
    private final Courier courier;

    Pages(SandboxConfig config, Shops shops, Courier courier) {
        this.config = config;
        this.shops = shops;
        this.courier = courier;
    }

    Answer answer(Call call) {
        var words = Words.of(call);
        var answer = page(call, words);
        return call.query().containsKey("lang")
                ? answer.with("Set-Cookie", "lang=" + words.language() + "; Path=/; Max-Age=31536000; SameSite=Lax")
                : answer;
    }

    private Answer page(Call call, Words words) {
        if (call.is("GET")) {
            return street(call, words);
        }
        if (call.is("GET", "person")) {
            return person(call, words);
        }
        if (call.is("GET", "engineers")) {
            return engineers(call, words);
        }
        if (call.is("POST", "clock")) {
            return moveClock(call);
        }
        if (call.is("POST", "engineers", "switches")) {
            return set(call);
        }
        if (call.is("GET", "shops", "*")) {
            return shop(call, words, shops.shop(call.segment(1)));
        }
        if (call.is("POST", "shops", "*", "buy")) {
            return buy(call, shops.shop(call.segment(1)));
        }
        if (call.is("GET", "shops", "*", "art", "*")) {
            boolean pixels = call.segment(3).endsWith(".png");
            var product = shops.shop(call.segment(1)).product(call.segment(3).replaceAll("\\.(svg|png)$", ""));
            return new Answer(
                    200,
                    pixels ? "image/png" : "image/svg+xml",
                    java.util.Map.of("Cache-Control", "public, max-age=86400"),
                    pixels ? Art.png(product) : Art.svg(product).getBytes(StandardCharsets.UTF_8));
        }
        if (call.is("GET", "shops", "*", "products.xml") || call.is("GET", "shops", "*", "products.tsv")) {
            return ProductFeed.answer(
                    call, shops.shop(call.segment(1)), call.segment(2).endsWith(".tsv"));
        }
        if (call.is("GET", "shops", "*", "orders")) {
            return orders(call, words, shops.shop(call.segment(1)));
        }
        if (call.is("GET", "shops", "*", "orders", "*")) {
            return order(call, words, shops.shop(call.segment(1)), call.orderNumber(3));
        }
        if (call.is("POST", "shops", "*", "orders", "*", "*")) {
            return act(call, shops.shop(call.segment(1)), call.orderNumber(3));
        }
        throw Refused.notFound("page.unknown", "there is no such page");
    }

    /** A refusal as a page: the sentence, and a way on. */
    Answer refusal(Call call, Refused refused) {
        var words = Words.of(call);
        var text = refused.status() == 404 ? words.get("not.found") : refused.detail();
        var title = refused.status() == 404 ? words.get("not.found") : words.get("refused");
        return Answer.html(
                refused.status(),
                frame(
                        call,
                        words,
                        title,
                        """
                        <div class="wrap room stack"><div class="note"><i class="i i-box" aria-hidden="true"></i><b>%s</b>\
                        <span>%s <span class="hash">%s</span></span><a href="/">%s</a></div></div>
                        """.formatted(
                                esc(words.get("refused")), esc(text), esc(refused.code()), esc(words.get("shops"))),
                        "/"));
    }

    // --- pages ------------------------------------------------------------------------------------------------------

    private Answer street(Call call, Words words) {
        var doors = new StringBuilder();
        for (var shop : shops.all()) {
            doors.append("""
                    <li><a href="/shops/%s"><span class="niche" data-wall="%s"><img src="%s" alt="" width="480" height="480" \
                    loading="lazy"></span><span class="caption caption--s"><b>%s</b><span>%s · %s</span></span></a></li>
                    """.formatted(
                            shop.shop(),
                            wall(shop.products().getFirst()),
                            art(shop, shop.products().getFirst()),
                            esc(shop.name().in(words.language())),
                            sourceName(shop.source()),
                            esc(words.get("products", shop.products().size()))));
        }
        return Answer.html(
                200,
                frame(
                        call,
                        words,
                        words.get("title"),
                        """
                        <div class="wrap room stack-l"><div class="stack"><h1>%s</h1><p class="lead">%s</p></div>
                        <ul class="doors">%s</ul></div>
                        """.formatted(esc(words.get("title")), esc(words.get("lead")), doors),
                        "/"));
    }

    /** Everybody of the cast may say who she is; the address that she goes back to carries the signed answer, so nothing is posted. */
    private Answer person(Call call, Words words) {
        if (config.personKey() == null) throw Refused.notFound("page.unknown", "there is no such page");
        var back = call.query().getOrDefault("back", "");
        var state = call.query().getOrDefault("state", "");
        if (!back.startsWith(config.server() + "/")) {
            throw Refused.invalid("person.back", "back is a page of " + config.server());
        }
        var check = new PersonDesk(config.personKey());
        var cast = new StringBuilder();
        for (var one : PersonDesk.CAST) {
            cast.append("""
                    <li><a class="btn" href="%s">%s</a></li>
                    """.formatted(
                            esc(check.answer(one, state, back, Instant.now())),
                            esc(words.get("person.as", one.name(), one.ageLeast()))));
        }
        return Answer.html(
                200,
                frame(
                        call,
                        words,
                        words.get("person.title"),
                        """
                        <div class="wrap room stack-l"><div class="stack"><h1>%s</h1><p class="lead">%s</p></div>
                        <ul class="stack">%s</ul></div>
                        """.formatted(esc(words.get("person.title")), esc(words.get("person.lead")), cast),
                        esc("/person?state=" + encoded(state) + "&back=" + encoded(back))));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private Answer shop(Call call, Words words, ShopConfig shop) {
        var last = LastBuyer.of(call.header("Cookie"));
        var wares = new StringBuilder();
        for (var product : shop.products()) {
            var options = new StringBuilder();
            for (int n = 1; n <= 9; n++) {
                options.append("<option>").append(n).append("</option>");
            }
            var name = esc(product.name().in(words.language()));
            wares.append("""
                    <li class="ware"><span class="niche" data-wall="%s"><img src="%s" alt="" width="480" height="480" \
                    loading="lazy"></span>
                    <div class="caption"><h2><b>%s</b></h2><p class="price num">%s</p>%s</div>
                    <div class="buy"><label class="vh" for="q-%s">%s</label><select id="q-%s" name="quantity-%s">%s</select>
                    <button class="btn" name="product" value="%s">%s<span class="vh"> %s</span></button></div></li>
                    """.formatted(
                            wall(product),
                            art(shop, product),
                            name,
                            money(product.price(), shop.currency()),
                            product.earns() == null ? "" : earns(words, product.earns()),
                            esc(product.id()),
                            esc(words.get("quantity")),
                            esc(product.id()),
                            esc(product.id()),
                            options,
                            esc(product.id()),
                            esc(words.get("buy")),
                            name));
        }
        var body = """
                <form class="wrap room stack-l" method="post" action="/shops/%s/buy">
                <div class="between"><h1>%s</h1><a class="sm nb" href="/shops/%s/orders">%s</a></div>
                <details class="board buyer"><summary>%s</summary><div class="who">
                <div class="field"><label for="email">%s</label><input id="email" name="email" type="email" \
                value="%s" autocomplete="off"><small>%s</small></div>
                <div class="field"><label for="phone">%s</label><input id="phone" name="phone" type="tel" value="%s" \
                autocomplete="off" placeholder="+86 100 0000 0007"><small>%s</small></div>
                <div class="field"><label for="code">%s</label><input id="code" name="code" autocomplete="off"><small>%s</small>\
                </div></div></details>
                <ul class="shelves">%s</ul></form>
                """.formatted(
                shop.shop(),
                esc(shop.name().in(words.language())),
                shop.shop(),
                esc(words.get("your.orders")),
                words.get("buyer.as", "<b>" + esc(last.email().isEmpty() ? last.phone() : last.email()) + "</b>"),
                esc(words.get("email")),
                esc(last.email()),
                esc(words.get("email.hint")),
                esc(words.get("phone")),
                esc(last.phone()),
                esc(words.get("phone.hint")),
                esc(words.get("code")),
                esc(words.get("code.hint")),
                wares);
        return Answer.html(200, frame(call, words, shop.name().in(words.language()), body, "/shops/" + shop.shop()));
    }

    private static String earns(Words words, Text earns) {
        return "<p class=\"earns\"><i class=\"i i-gift\" aria-hidden=\"true\"></i><span>"
                + esc(words.get("earns", earns.in(words.language()))) + "</span></p>";
    }

    private Answer orders(Call call, Words words, ShopConfig shop) {
        var rows = new StringBuilder();
        for (var order : shops.orders(shop.shop()).stream().limit(50).toList()) {
            rows.append("""
                    <li class="order"><header><a href="/shops/%s/orders/%d">%s</a><span>%s</span></header>
                    <p class="between"><span>%s</span><span class="num">%s</span></p>%s</li>
                    """.formatted(
                            shop.shop(),
                            order.number(),
                            esc(words.get("order", "#" + order.number())),
                            when(order.createdAt(), shop.zone(), words),
                            esc(String.join(
                                    words.language().equals("zh") ? "、" : ", ",
                                    order.lines().stream()
                                            .map(l -> l.product().name().in(words.language()))
                                            .toList())),
                            money(order.goodsTotal(), shop.currency()),
                            chip(order, words)));
        }
        var body = """
                <div class="wrap room stack-l"><div class="between"><h1>%s</h1><a class="sm nb" href="/shops/%s">%s</a></div>
                %s</div>
                """.formatted(
                        esc(words.get("your.orders")),
                        shop.shop(),
                        esc(words.get("back")),
                        rows.isEmpty()
                                ? "<p class=\"lead\">" + esc(words.get("no.orders")) + "</p>"
                                : "<ul class=\"orders\">" + rows + "</ul>");
        return Answer.html(
                200, frame(call, words, words.get("your.orders"), body, "/shops/" + shop.shop() + "/orders"));
    }

    private Answer order(Call call, Words words, ShopConfig shop, long number) {
        var order = shops.order(shop.shop(), number);
        var lines = new StringBuilder();
        for (int i = 0; i < order.lines().size(); i++) {
            var line = order.lines().get(i);
            var returned = order.returned(i) == 0
                    ? ""
                    : "<br><span class=\"xs mut\">" + esc(words.get("returned", order.returned(i), line.quantity()))
                            + "</span>";
            var back = order.paidAt() != null && order.kept(i) > 0
                    ? """
                      <form method="post" action="/shops/%s/orders/%d/return-one"><input type="hidden" name="line" \
                      value="%d"><button class="btn btn--s">%s</button></form>
                      """.formatted(shop.shop(), number, i, esc(words.get("return.one")))
                    : "";
            lines.append("""
                    <li><span class="niche" data-wall="%s"><img src="%s" alt="" width="480" height="480"></span>
                    <span>%s × %d<br><span class="num mut">%s</span>%s</span>%s</li>
                    """.formatted(
                            wall(line.product()),
                            art(shop, line.product()),
                            esc(line.product().name().in(words.language())),
                            line.quantity(),
                            money(line.total(), shop.currency()),
                            returned,
                            back));
        }
        var body = """
                <div class="wrap room stack-l">
                <div class="stack"><p class="eyebrow"><a href="/shops/%s">%s</a> · %s</p><h1>%s</h1>%s</div>
                <div class="split"><div class="stack-l">
                <section class="stack"><a class="btn btn--main" href="%s"><i class="i i-gift" aria-hidden="true"></i>%s\
                <i class="i i-out" aria-hidden="true"></i></a><p class="xs mut">%s</p></section>
                <ul class="lines">%s</ul>
                <section class="stack"><h2>%s</h2><div class="acts">%s</div></section></div>
                <div class="stack-l"><section class="board"><ol class="steps">%s</ol></section>
                <section class="board"><dl class="facts">%s</dl></section></div></div>
                <details><summary>%s</summary>%s</details></div>
                """.formatted(
                        shop.shop(),
                        esc(shop.name().in(words.language())),
                        esc(words.get("bought.at", when(order.createdAt(), shop.zone(), words))),
                        esc(words.get("order", "#" + number)),
                        chip(order, words),
                        esc(orderPage(shop, order, words)),
                        esc(words.get("see.gift")),
                        esc(words.get("gift.hint")),
                        lines,
                        esc(words.get("more")),
                        acts(words, shop, order),
                        steps(words, shop, order),
                        facts(words, shop, order),
                        esc(words.get("messages")),
                        deliveries(words, shop.shop(), number));
        return Answer.html(
                200,
                frame(
                        call,
                        words,
                        words.get("order", "#" + number),
                        body,
                        "/shops/" + shop.shop() + "/orders/" + number));
    }

    private static String acts(Words words, ShopConfig shop, SandboxOrder order) {
        var acts = new ArrayList<String>();
        boolean arrived = order.wholeDelivered();
        if (order.paidAt() == null && order.cancelledAt() == null) {
            acts.add("pay");
        }
        if (order.paidAt() != null && order.cancelledAt() == null && !arrived && !order.wholeReturned()) {
            acts.add("deliver");
        }
        if (order.paidAt() != null && !order.wholeReturned()) {
            acts.add("return-all");
        }
        if (order.cancelledAt() == null && order.fulfilments().stream().allMatch(f -> f.deliveredAt() == null)) {
            acts.add("cancel");
        }
        var out = new StringBuilder();
        for (var act : acts) {
            var key =
                    switch (act) {
                        case "pay" -> "step.paid";
                        case "return-all" -> "return.all";
                        default -> act;
                    };
            out.append("""
                    <form method="post" action="/shops/%s/orders/%d/%s"><button class="btn">%s</button></form>
                    """.formatted(shop.shop(), order.number(), act, esc(words.get(key))));
        }
        return out.toString();
    }

    private static String steps(Words words, ShopConfig shop, SandboxOrder order) {
        var steps = new StringBuilder();
        step(steps, words.get("step.bought"), order.createdAt(), shop, words);
        if (order.paidAt() != null) {
            step(steps, words.get("step.paid"), order.paidAt(), shop, words);
        }
        for (var fulfilment : order.fulfilments()) {
            step(steps, words.get("step.sent"), fulfilment.at(), shop, words);
            if (fulfilment.deliveredAt() != null) {
                step(steps, words.get("step.arrived"), fulfilment.deliveredAt(), shop, words);
            }
        }
        for (var refund : order.refunds()) {
            step(steps, words.get("step.returned", money(refund.amount(), shop.currency())), refund.at(), shop, words);
        }
        if (order.cancelledAt() != null) {
            step(steps, words.get("step.cancelled"), order.cancelledAt(), shop, words);
        }
        return steps.toString();
    }

    private static void step(StringBuilder out, String text, Instant at, ShopConfig shop, Words words) {
        out.append("<li class=\"done\"><div>")
                .append(esc(text))
                .append("<br><span class=\"xs num\">")
                .append(when(at, shop.zone(), words))
                .append("</span></div></li>");
    }

    private static String facts(Words words, ShopConfig shop, SandboxOrder order) {
        long discount =
                order.lines().stream().mapToLong(SandboxOrder.Line::discount).sum();
        long gross = order.goodsTotal() + discount;
        var out = new StringBuilder();
        fact(out, words.get("goods"), money(gross, shop.currency()));
        if (discount > 0) {
            fact(out, words.get("discount", String.valueOf(order.discountCode())), money(-discount, shop.currency()));
        }
        fact(out, words.get("shipping"), money(order.shipping(), shop.currency()));
        long onTop = order.lines().stream()
                .mapToLong(line -> shop.tax().onTop(line.total()))
                .sum();
        if (onTop > 0) {
            fact(out, shop.tax().title(), money(onTop, shop.currency()));
        }
        fact(out, words.get("total"), money(order.goodsTotal() + order.shipping() + onTop, shop.currency()));
        var buyer = order.buyer();
        fact(out, words.get("buyer"), buyer.email() != null ? buyer.email() : String.valueOf(buyer.phone()));
        return out.toString();
    }

    private static void fact(StringBuilder out, String name, String value) {
        out.append("<div><dt>")
                .append(esc(name))
                .append("</dt><dd class=\"num\">")
                .append(esc(value))
                .append("</dd></div>");
    }

    private Answer engineers(Call call, Words words) {
        var options = new StringBuilder("<option value=\"\">")
                .append(esc(words.get("all.shops")))
                .append("</option>");
        var only = new StringBuilder();
        var rows = new StringBuilder();
        var counts = courier.counts();
        for (var shop : shops.all()) {
            options.append("<option>").append(shop.shop()).append("</option>");
            only.append("<option>").append(shop.shop()).append("</option>");
            var now = courier.switches(shop.shop());
            var mine = counts.getOrDefault(shop.shop(), java.util.Map.of());
            rows.append("<tr><td>").append(shop.shop()).append("</td><td>");
            rows.append(now.equals(Switches.OFF) ? esc(words.get("off")) : esc(describe(words, now)));
            rows.append("</td>");
            for (var name : COUNTED) {
                rows.append("<td class=\"r\">")
                        .append(mine.getOrDefault(name, 0L))
                        .append("</td>");
            }
            rows.append("</tr>");
        }
        var dials = new StringBuilder();
        for (var name : Switches.NAMES) {
            dials.append("""
                    <div class="field"><label for="%s">%s</label><input id="%s" name="%s" type="number" min="0" value="0">\
                    </div>
                    """.formatted(name, esc(words.get(name)), name, name));
        }
        var heads = new StringBuilder();
        for (var name : COUNTED) {
            heads.append("<th class=\"r\">").append(name.replace('_', ' ')).append("</th>");
        }
        var body = """
                <div class="wrap room stack-l"><h1>%s</h1>
                <section class="board stack"><h2>%s</h2><p class="sm mut">%s</p>
                <form class="dials" method="post" action="/engineers/switches"><div class="field"><label for="shop">%s</label>\
                <select id="shop" name="shop">%s</select></div>%s<button class="btn btn--s">%s</button></form></section>
                <section class="board stack"><h2>%s</h2><p class="sm mut">%s</p>
                <form class="dials" method="post" action="/engineers/switches"><input type="hidden" name="burst" value="1">
                <div class="field"><label for="bshop">%s</label><select id="bshop" name="shop">%s</select></div>
                <div class="field"><label for="orders">%s</label><input id="orders" name="orders" type="number" min="1" \
                max="5000" value="100"></div>
                <div class="field"><label for="rate">%s</label><input id="rate" name="rate" type="number" min="1" max="1000" \
                value="50"></div><button class="btn btn--s">%s</button></form></section>
                <section class="board stack"><h2>%s</h2><div class="scroll"><table class="tbl"><thead><tr><th>%s</th><th>%s\
                </th>%s</tr></thead><tbody>%s</tbody></table></div></section>
                <section class="board stack"><h2>%s</h2>%s</section></div>
                """.formatted(
                        esc(words.get("engineers")),
                        esc(words.get("switches")),
                        esc(words.get("switches.lead")),
                        esc(words.get("shop")),
                        options,
                        dials,
                        esc(words.get("set")),
                        esc(words.get("burst")),
                        esc(words.get("burst.lead")),
                        esc(words.get("shop")),
                        only,
                        esc(words.get("burst.orders")),
                        esc(words.get("burst.rate")),
                        esc(words.get("burst.go")),
                        esc(words.get("counts")),
                        esc(words.get("shop")),
                        esc(words.get("switches")),
                        heads,
                        rows,
                        esc(words.get("deliveries")),
                        deliveries(words, null, 0));
        return Answer.html(200, frame(call, words, words.get("engineers"), body, "/engineers"));
    }

    private static final List<String> COUNTED =
            List.of("sent", "accepted", "refused", "failed", "repeated", "gave_up", "dropped", "doubled");

    private static String describe(Words words, Switches now) {
        var node = Json.MAPPER.valueToTree(now);
        var said = new ArrayList<String>();
        for (var name : Switches.NAMES) {
            if (node.path(name).asLong(0) > 0) {
                said.add(words.get(name) + " " + node.path(name).asLong(0));
            }
        }
        return String.join("; ", said);
    }

    private String deliveries(Words words, @Nullable String shop, long number) {
        var rows = new StringBuilder();
        courier.log().stream()
                .filter(d -> shop == null || d.shop().equals(shop) && d.number() == number)
                .limit(60)
                .forEach(d -> rows.append(
                        "<tr><td class=\"num\">%s</td><td>%s</td><td>#%d</td><td>%s</td><td class=\"r\">%d</td><td>%s</td></tr>"
                                .formatted(
                                        DateTimeFormatter.ofPattern("HH:mm:ss")
                                                .format(d.at().atZone(ZoneId.systemDefault())),
                                        d.shop(),
                                        d.number(),
                                        esc(d.topic()),
                                        d.attempt(),
                                        esc(d.outcome()))));
        if (rows.isEmpty()) {
            return "<p class=\"sm mut\">" + esc(words.get("message.none")) + "</p>";
        }
        return """
                <div class="scroll"><table class="tbl"><thead><tr><th>%s</th><th>%s</th><th></th><th>%s</th>\
                <th class="r">%s</th><th>%s</th></tr></thead><tbody>%s</tbody></table></div>
                """.formatted(
                        esc(words.get("when")),
                        esc(words.get("shop")),
                        esc(words.get("topic")),
                        esc(words.get("try")),
                        esc(words.get("answer")),
                        rows);
    }

    // --- forms ------------------------------------------------------------------------------------------------------

    private Answer buy(Call call, ShopConfig shop) {
        var form = call.form();
        var id = form.getOrDefault("product", "");
        var product = shop.product(id);
        var email = blankToNull(form.get("email"));
        var phone = blankToNull(form.get("phone"));
        if (email == null && phone == null) {
            throw Refused.invalid("buyer.invalid", "a buyer has an e-mail address or a phone number");
        }
        int quantity = count(form.getOrDefault("quantity-" + id, "1"));
        var buyer = Control.buyer(shop, email, phone, true, false);
        var code = blankToNull(form.get("code"));
        long gross = product.price() * quantity;
        Discount discount = null;
        if (code != null) {
            if (!code.equalsIgnoreCase("TENOFF")) {
                throw Refused.invalid("discount.unknown", "there is no discount code " + code);
            }
            discount = new Discount("TENOFF", gross / 10);
        }
        var order = shops.buy(shop, buyer, List.of(new Wish(product, quantity)), discount, 0, false, null);
        shops.act(shop.shop(), order.number(), null, SandboxOrder::pay);
        return Answer.seeOther("/shops/" + shop.shop() + "/orders/" + order.number())
                .with("Set-Cookie", new LastBuyer(email == null ? "" : email, phone == null ? "" : phone).cookie());
    }

    /** Who bought last in this browser is who buys next; Ada at first. */
    private record LastBuyer(String email, String phone) {
        static LastBuyer of(@Nullable String cookies) {
            for (var cookie : cookies == null ? new String[0] : cookies.split(";\\s*")) {
                if (cookie.startsWith("buyer=")) {
                    try {
                        var json = Json.readObject(Base64.getUrlDecoder().decode(cookie.substring("buyer=".length())));
                        return new LastBuyer(
                                json.path("email").asString(""),
                                json.path("phone").asString(""));
                    } catch (IllegalArgumentException | Refused notOurs) {
                        break;
                    }
                }
            }
            return new LastBuyer("ada@example.com", "");
        }

        String cookie() {
            var json = Json.object().put("email", email).put("phone", phone);
            return "buyer=" + Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json))
                    + "; Path=/; HttpOnly; SameSite=Lax";
        }
    }

    private Answer act(Call call, ShopConfig shop, long number) {
        var name = shop.shop();
        switch (call.segment(4)) {
            case "pay" -> shops.act(name, number, null, SandboxOrder::pay);
            case "deliver" -> shops.arrive(name, number, null);
            case "return-one" -> {
                int line = count(call.form().getOrDefault("line", "0"));
                shops.act(name, number, null, (o, at) -> o.giveBack(at, List.of(new Part(line, 1)), "returned"));
            }
            case "return-all" -> shops.act(name, number, null, (o, at) -> o.giveBackAll(at, "returned"));
            case "cancel" -> shops.act(name, number, null, SandboxOrder::cancel);
            default -> throw Refused.notFound("page.unknown", "there is no such page");
        }
        return Answer.seeOther("/shops/" + name + "/orders/" + number);
    }

    private Answer moveClock(Call call) {
        var back = call.form().getOrDefault("back", "/");
        if (!back.startsWith("/") || back.startsWith("//") || back.contains("\\")) {
            throw Refused.invalid("back.invalid", "back is a page of the sandbox");
        }
        switch (call.form().getOrDefault("move", "")) {
            case "P1D" -> shops.advance(Duration.ofDays(1));
            case "P7D" -> shops.advance(Duration.ofDays(7));
            case "deliver" -> shops.deliverAll(null);
            default -> throw Refused.invalid("move.unknown", "the clock moves by P1D or P7D, or all is delivered");
        }
        return Answer.seeOther(back);
    }

    private Answer set(Call call) {
        var form = call.form();
        if (form.containsKey("burst")) {
            var shop = shops.shop(form.getOrDefault("shop", ""));
            int orders = Math.min(5000, Math.max(1, count(form.getOrDefault("orders", "100"))));
            int rate = Math.min(1000, Math.max(1, count(form.getOrDefault("rate", "50"))));
            Thread.ofVirtual().name("burst").start(() -> {
                try {
                    shops.burst(shop, orders, rate, 64);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
            return Answer.seeOther("/engineers");
        }
        var json = Json.object();
        for (var name : Switches.NAMES) {
            json.put(name, count(form.getOrDefault(name, "0")));
        }
        var switches = Switches.OFF.with(json);
        var only = form.getOrDefault("shop", "");
        for (var shop : only.isBlank() ? shops.all() : List.of(shops.shop(only))) {
            courier.set(shop.shop(), switches);
        }
        return Answer.seeOther("/engineers");
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException wrong) {
            throw Refused.invalid("number.invalid", text + " is no whole number");
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    // --- shared parts -----------------------------------------------------------------------------------------------

    String frame(Call call, Words words, String title, String body, String here) {
        return """
                <!doctype html>
                <html lang="%s">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, \
                viewport-fit=cover"><title>%s</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" \
                href="/shop.css"></head>
                <body><a class="skip" href="#main">%s</a>
                <header class="top"><div class="wrap"><a class="mark" href="/">Vitrine<small>%s</small></a><div class="end">\
                <a class="tool" href="/engineers">%s</a><a class="tool" href="%slang=%s" lang="%s">%s</a></div></div></header>
                %s<main id="main">%s</main>
                <footer class="foot"><div class="wrap"><p>%s</p></div></footer></body></html>
                """.formatted(
                        words.language().equals("zh") ? "zh-CN" : "en",
                        esc(title),
                        esc(words.get("skip")),
                        esc(words.get("title")),
                        esc(words.get("engineers")),
                        here + (here.contains("?") ? "&amp;" : "?"),
                        words.get("other.code"),
                        words.get("other.code"),
                        words.get("other.lang"),
                        strip(words, here),
                        body,
                        esc(words.get("fiction")));
    }

    private String strip(Words words, String here) {
        String now;
        try {
            var at = shops.now();
            now = esc(words.get("clock.now")) + " <time datetime=\"" + at + "\">"
                    + when(at, ZoneId.of("Asia/Shanghai"), words) + "</time>";
        } catch (Refused silent) {
            now = esc(words.get("clock.silent"));
        }
        return """
                <div class="clockstrip" role="region" aria-label="%s"><div class="wrap"><span>%s</span>\
                <form method="post" action="/clock"><input type="hidden" name="back" value="%s">\
                <button class="btn" name="move" value="P1D">%s</button><button class="btn" name="move" value="P7D">%s</button>\
                <button class="btn" name="move" value="deliver">%s</button></form></div></div>
                """.formatted(
                        esc(words.get("clock.label")),
                        now,
                        here,
                        esc(words.get("clock.day")),
                        esc(words.get("clock.week")),
                        esc(words.get("clock.deliver")));
    }

    private static String chip(SandboxOrder order, Words words) {
        var state = order.cancelledAt() != null
                ? "cancelled"
                : order.wholeReturned()
                        ? "returned"
                        : !order.refunds().isEmpty()
                                ? "part"
                                : order.wholeDelivered()
                                        ? "arrived"
                                        : !order.fulfilments().isEmpty()
                                                ? "sent"
                                                : order.paidAt() != null ? "paid" : "new";
        var looks =
                state.equals("arrived") ? " is-good" : state.equals("sent") || state.equals("paid") ? " is-wait" : "";
        var chip = "<span class=\"chip" + looks + "\">" + esc(words.get("state." + state)) + "</span>";
        return order.test()
                ? "<p class=\"row\">" + chip + " <span class=\"chip\">" + esc(words.get("test")) + "</span></p>"
                : chip;
    }

    private String orderPage(ShopConfig shop, SandboxOrder order, Words words) {
        return config.orderPage()
                .replace("{server}", config.server())
                .replace("{source}", shop.source().wire())
                .replace("{shop}", shop.shop())
                .replace("{number}", String.valueOf(order.number()))
                .replace("{lang}", words.language());
    }

    private static String art(ShopConfig shop, Product product) {
        return "/shops/" + shop.shop() + "/art/" + URLEncoder.encode(product.id(), StandardCharsets.UTF_8) + ".svg";
    }

    private static String wall(Product product) {
        return WALLS[Math.floorMod(product.category().hashCode() + product.sku().hashCode() / 7, WALLS.length)];
    }

    private static String sourceName(Source source) {
        return switch (source) {
            case SHOPIFY -> "Shopify";
            case WOOCOMMERCE -> "WooCommerce";
            case SALEOR -> "Saleor";
            case STANDARD -> "Standard Webhooks";
        };
    }

    static String money(long amount, String currency) {
        var symbol =
                switch (currency) {
                    case "CNY", "JPY" -> "¥";
                    case "USD" -> "$";
                    case "EUR" -> "€";
                    case "GBP" -> "£";
                    default -> currency + " ";
                };
        return (amount < 0 ? "−" : "") + symbol + Money.decimal(Math.abs(amount), currency);
    }

    private static String when(Instant at, ZoneId zone, Words words) {
        return words.language().equals("zh")
                ? DateTimeFormatter.ofPattern("M 月 d 日 HH:mm", Locale.CHINA).format(at.atZone(zone))
                : DateTimeFormatter.ofPattern("d MMMM, HH:mm", Locale.ENGLISH).format(at.atZone(zone));
    }

    static String esc(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
