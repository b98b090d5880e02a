package vitrine.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vitrine.sandbox.Buyer;
import vitrine.sandbox.Event;
import vitrine.sandbox.Messages;
import vitrine.sandbox.Product;
import vitrine.sandbox.SandboxOrder;
import vitrine.sandbox.ShopConfig;
import vitrine.sandbox.Source;
import vitrine.sandbox.Text;

/**
 * Orders as a real shop sends them, some 20 kB each, paid and delivered at once, and every one by a buyer of its own. A body is made
 * once for each basket; for the others the digits in which two orders of that basket differ are counted on, which gives the very
 * bytes that the shop would have written ({@link #same} looks), with other random tokens; and the whole is signed anew.
 */
final class OrderBodies {

    /** The first number; all have as many digits. */
    static final long FIRST = 20_000_000;

    private static final String TOPIC = "orders/updated";
    private static final int PARTS_MAX = 18;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final ShopConfig shop;
    private final Instant paidAt;
    private final List<Basket> baskets = new ArrayList<>();
    private final SecretKeySpec key;

    /** @param most how many lines the largest basket has; baskets differ, as people do */
    OrderBodies(ShopConfig shop, Instant paidAt, int least, int most) {
        this.shop = shop;
        this.paidAt = paidAt;
        this.key = new SecretKeySpec(shop.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
        for (int lines = least; lines <= most; lines++) baskets.add(basket(lines));
    }

    static ShopConfig shop(String slug, String secret) {
        List<Product> products = new ArrayList<>();
        for (int i = 1; i <= PARTS_MAX; i++) {
            products.add(new Product(
                    String.valueOf(7_100_000_000_000L + i),
                    "LUM-" + (100 + i),
                    new Text("流光系列夜灯 " + i, "Moonrise night lamp, series " + i),
                    "lamps",
                    "Lumen",
                    12_900 + 100 * i,
                    null));
        }
        return ShopConfig.of(Source.SHOPIFY, slug, "CNY", secret, "http://localhost", products);
    }

    /** Digits of one width at one place: {@code first + step * (number - FIRST)}; step 0: hexadecimal digits of a random token. */
    private record Place(int at, int width, long first, long step) {}

    private record Basket(byte[] body, List<Place> places) {}

    private Basket basket(int lines) {
        byte[] one = original(lines, FIRST);
        byte[] next = original(lines, FIRST + 1);
        if (one.length != next.length) throw new IllegalStateException("two orders of one basket differ in length");
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < one.length; i++) {
            if (one[i] == next[i]) continue;
            int from = i;
            while (Character.isLetterOrDigit(one[from - 1])) from--;
            int to = i;
            while (Character.isLetterOrDigit(one[to])) to++;
            String before = new String(one, from, to - from, StandardCharsets.US_ASCII);
            String after = new String(next, from, to - from, StandardCharsets.US_ASCII);
            boolean counts = before.matches("[0-9]+") && after.matches("[0-9]+");
            places.add(
                    counts
                            ? new Place(
                                    from,
                                    to - from,
                                    Long.parseLong(before),
                                    Long.parseLong(after) - Long.parseLong(before))
                            : new Place(from, to - from, 0, 0));
            i = to;
        }
        return new Basket(one, places);
    }

    private byte[] original(int lines, long number) {
        Buyer buyer = Buyer.withEmail(
                number,
                "Ada",
                "Lin",
                "buyer-" + number + "@example.com",
                new Buyer.Address("示例路 1 号", "静安区", "上海市", "Shanghai", "SH", "200000", "China", "CN"));
        List<SandboxOrder.Wish> wishes = new ArrayList<>();
        for (int i = 0; i < lines; i++)
            wishes.add(new SandboxOrder.Wish(shop.products().get(i), 1 + i % 2));
        SandboxOrder.Step step = SandboxOrder.buy(
                        shop.shop(), number, shop.currency(), buyer, wishes, null, 1_000, false, paidAt)
                .order()
                .pay(paidAt)
                .order()
                .fulfil(paidAt)
                .order()
                .deliver(paidAt, 0);
        return Messages.body(shop, new Event(TOPIC, step));
    }

    /** Whether counting on gives what the shop itself would write, its random tokens aside. */
    boolean same(long number) {
        int which = which(number);
        Basket basket = baskets.get(which);
        byte[] ours = new byte[basket.body.length];
        fill(which, number, ours, 0);
        byte[] theirs = original(lines(which), number);
        for (Place token : basket.places) {
            if (token.step == 0) System.arraycopy(theirs, token.at, ours, token.at, token.width);
        }
        return Arrays.equals(ours, theirs);
    }

    private int lines(int which) {
        int lines = 0;
        String body = new String(baskets.get(which).body, StandardCharsets.UTF_8);
        for (Product product : shop.products()) if (body.contains('"' + product.sku() + '"')) lines++;
        return lines;
    }

    private int which(long number) {
        return (int) (number * 7 % baskets.size());
    }

    private void fill(int which, long number, byte[] into, int offset) {
        Basket basket = baskets.get(which);
        System.arraycopy(basket.body, 0, into, offset, basket.body.length);
        for (Place place : basket.places) {
            if (place.step == 0) {
                token(number + place.at, into, offset + place.at, place.width);
                continue;
            }
            long value = place.first + place.step * (number - FIRST);
            for (int i = place.at + place.width - 1; i >= place.at; i--) {
                into[offset + i] = (byte) ('0' + value % 10);
                value /= 10;
            }
        }
    }

    /** As random as a real one: it must not compress better than that. */
    private static void token(long seed, byte[] into, int at, int width) {
        long state = seed * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < width; i++) {
            if (i % 16 == 0) {
                state ^= state >>> 29;
                state *= 0xBF58476D1CE4E5B9L;
                state ^= state >>> 32;
            }
            into[at + i] = HEX[(int) (state >>> (i % 16 * 4)) & 15];
        }
    }

    double averageBytes() {
        return baskets.stream().mapToInt(b -> b.body.length).average().orElse(0);
    }

    static String deliveryId(long number) {
        return "b5fe11e4-0000-4000-8000-0000" + number;
    }

    static long number(String deliveryId) {
        return Long.parseLong(deliveryId.substring(deliveryId.length() - 8));
    }

    /** Writes whole requests into a buffer of its own; one for each sender. */
    final class Writer {
        private static final int SIGNATURE = 44;

        private final byte[] head;
        private final Mac mac;
        private byte[] request = new byte[0];
        private int length;

        Writer(String host) {
            head = ("POST /in/shopify/" + shop.shop() + " HTTP/1.1\r\nHost: " + host
                            + "\r\nUser-Agent: Shopify-Captain-Hook\r\nAccept: */*\r\nContent-Type: application/json\r\nX-Shopify-Topic: "
                            + TOPIC + "\r\nX-Shopify-Shop-Domain: " + shop.domain()
                            + "\r\nX-Shopify-API-Version: 2026-10\r\nX-Shopify-Test: false\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            try {
                mac = Mac.getInstance("HmacSHA256");
                mac.init(key);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        void write(long number) {
            int which = which(number);
            int body = baskets.get(which).body.length;
            byte[] own = ("X-Shopify-Webhook-Id: " + deliveryId(number) + "\r\nContent-Length: " + body
                            + "\r\nX-Shopify-Hmac-SHA256: ")
                    .getBytes(StandardCharsets.US_ASCII);
            int signature = head.length + own.length;
            int begin = signature + SIGNATURE + 4;
            length = begin + body;
            if (request.length < length) request = Arrays.copyOf(head, length + 2048);
            System.arraycopy(own, 0, request, head.length, own.length);
            fill(which, number, request, begin);
            mac.update(request, begin, body);
            byte[] signed = Base64.getEncoder().encode(mac.doFinal());
            System.arraycopy(signed, 0, request, signature, SIGNATURE);
            for (int i = 0; i < 4; i++) request[begin - 4 + i] = (byte) "\r\n\r\n".charAt(i);
        }

        byte[] request() {
            return request;
        }

        int length() {
            return length;
        }
    }

    @Override
    public String toString() {
        return baskets.size() + " baskets of " + Math.round(averageBytes()) + " bytes";
    }
}
