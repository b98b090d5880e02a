package vitrine.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitrine.drop.Crowds;

/**
 * People who claim and pay, as a browser would, over kept connections: the claim, the way to pay, the page that leads to the service, and
 * the service's button. Who comes back to the page looks at it like at any other, so that is not in it.
 */
final class Payers {

    private static final Pattern CLAIM = Pattern.compile("\"claim\":\"([0-9a-f-]{36})\"");
    private static final Pattern SERVICE = Pattern.compile("class=\"btn btn--main drop__act\" href=\"([^\"]+)\"");
    private static final int TRIES = 100;

    private final int server;
    private final int hosts;
    private final String slug;
    private final String way;
    private final Crowds.Crowd crowd;
    private final List<String> cookies;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger paid = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    /**
     * @param cookies of the crowd's people, in their order
     * @param way as the form names it: {@code stripe-card}
     */
    Payers(int server, int hosts, String slug, String way, Crowds.Crowd crowd, List<String> cookies) {
        this.server = server;
        this.hosts = hosts;
        this.slug = slug;
        this.way = way;
        this.crowd = crowd;
        this.cookies = cookies;
    }

    int people() {
        return cookies.size();
    }

    /** Whose button at the service was pressed and answered. */
    int paid() {
        return paid.get();
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** As fast as they are answered, until everybody paid. */
    void pay(int connections) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int n = 0; n < connections; n++) {
            threads.add(Thread.ofVirtual().name("payer-" + n).start(() -> {
                try (var here = new KeptConnection(server);
                        var there = new KeptConnection(hosts)) {
                    for (int person = next.getAndIncrement(); person < people(); person = next.getAndIncrement())
                        pay(here, there, person);
                } catch (IOException e) {
                    wrong.add(e.toString());
                }
            }));
        }
        for (Thread thread : threads) thread.join();
    }

    private void pay(KeptConnection here, KeptConnection there, int person) throws IOException {
        String claim = claim(here, person);
        if (claim == null) return;
        String page = "/d/" + slug + "/pay/" + claim;
        String cookie = cookies.get(person);
        int status = say(here, request("POST", page, cookie, "way=" + way));
        if (status != 303 || !here.location().endsWith(page)) {
            wrong.add(way + ": " + status + " " + here.location());
            return;
        }
        status = say(here, request("GET", page, cookie, ""));
        Matcher service = SERVICE.matcher(here.body());
        if (status != 200 || !service.find()) {
            wrong.add(way + ": no way on, " + status);
            return;
        }
        URI address = URI.create(service.group(1).replace("&amp;", "&"));
        String checkout = address.getRawPath();
        if (!checkout.startsWith("/checkout/")) {
            // Alipay makes the order when its payer opens the signed address.
            status = say(there, request("GET", address.getRawPath() + "?" + address.getRawQuery(), "", ""));
            checkout = there.location();
            if (status != 303) {
                wrong.add(way + ": the service does not open, " + status + " " + there.body());
                return;
            }
        }
        status = say(there, request("POST", checkout + "/pay", "", "back="));
        if (status != 303) {
            wrong.add(way + ": not paid, " + status + " " + there.body());
            return;
        }
        paid.incrementAndGet();
    }

    /** Null: she got nothing. */
    private @Nullable String claim(KeptConnection here, int person) throws IOException {
        String body = "{\"pass\":\"" + crowd.passes().get(person) + "\",\"n\":1}";
        byte[] request = ("POST /api/drops/claims HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        for (int tries = 1; ; tries++) {
            int status = say(here, request);
            Matcher claimed = CLAIM.matcher(here.body());
            if (status == 200 && claimed.find()) return claimed.group(1);
            if (status != 503 || tries == TRIES) {
                wrong.add("a claim: " + status + " " + here.body());
                return null;
            }
            LockSupport.parkNanos(20_000_000L);
        }
    }

    private static int say(KeptConnection connection, byte[] request) throws IOException {
        return connection.say(request, request.length);
    }

    private static byte[] request(String method, String path, String cookie, String form) {
        return (method + " " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench Mobile\r\nAccept: text/html\r\n"
                        + (cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n")
                        + (form.isEmpty()
                                ? ""
                                : "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length()
                                        + "\r\n")
                        + "\r\n" + form)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
