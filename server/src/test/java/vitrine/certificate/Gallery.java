package vitrine.certificate;

import static java.util.Objects.requireNonNull;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleDraft.DraftMedia;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Award;
import vitrine.drop.Drops;
import vitrine.drop.OfferId;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Postbox;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Jobs;
import vitrine.platform.messages.Carrier;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** The stage of these tests: Lumen's designs with a picture, given to Ada and Bo, on a server whose workers are run by hand. */
public final class Gallery implements AutoCloseable {

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public final TestDatabase database = TestDatabase.fresh();
    public final Postbox postbox = new Postbox();
    public final TestServer server;
    /** Two collectors who turn out to be one are the house's news, so there is a house. */
    private final BrandId isle;

    private final BrandId lumen;
    private final UUID offer = new UUID(0, 7);
    private final AtomicInteger reasons = new AtomicInteger();

    public Gallery() {
        this(beans -> {});
    }

    /** @param more beans that come before the application's own */
    public Gallery(Consumer<GenericApplicationContext> more) {
        server =
                TestServer.start(database, Map.of("vitrine.jobs", "manual", "vitrine.clock.movable", "true"), beans -> {
                    beans.registerBean(Carrier.class, () -> postbox);
                    more.accept(beans);
                });
        isle = server.bean(Catalog.class)
                .addBrand(Brand.Kind.HOUSE, "isle", words("灯屿", "Isle"), words("灯屿", "Isle"), "plain");
        lumen = server.bean(Catalog.class)
                .addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), words("灯", "lamps"), "night");
    }

    static Bilingual words(String zh, String en) {
        return new Bilingual(zh, en);
    }

    /** A design of ten pieces, published and in the log. */
    public CollectibleId publish(String slug, Bilingual name, Bilingual licence) {
        return publish(slug, name, licence, 10);
    }

    public CollectibleId publish(String slug, Bilingual name, Bilingual licence, int supply) {
        return publish(slug, name, licence, supply, null);
    }

    /** Wen, whom Lumen lists, and who stands behind designs of his own. */
    public Creator wen() {
        return server.bean(Catalog.class)
                .addCreator(lumen, "wen", words("小文", "Wen"), words("灯匠", "makes lamps"), false);
    }

    /** @param issuer null: the brand stands behind it */
    public CollectibleId publish(String slug, Bilingual name, Bilingual licence, int supply, @Nullable Creator issuer) {
        return publish(slug, name, licence, supply, issuer, null);
    }

    /** @param series null: it stands by itself */
    public CollectibleId publish(
            String slug,
            Bilingual name,
            Bilingual licence,
            int supply,
            @Nullable Creator issuer,
            @Nullable UUID series) {
        var picture =
                (MediaLibrary.Adding.Added) server.bean(MediaLibrary.class).add(picture());
        CollectibleId id = server.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen,
                        slug,
                        series,
                        issuer,
                        issuer == null ? "brand" : "creator",
                        name,
                        words("玻璃", "glass"),
                        words("一盏灯", "a lamp"),
                        words("一盏灯", "a lamp"),
                        2026,
                        "moss",
                        licence,
                        supply,
                        0,
                        List.of(),
                        List.of(new DraftMedia("image", picture.sha256()))));
        inOneTransaction(() -> server.bean(Drops.class).publish(id));
        return id;
    }

    public CollectibleId moonrise() {
        return publish(
                "moonrise",
                words("月升", "Moonrise"),
                words("可个人展示，不得商用。", "May be shown in private, not used in trade."));
    }

    /** One piece of it; its record is pending until {@link #seal}. */
    PieceNumber give(CollectibleId design, CollectorId to) {
        return give(design, to, new GiftPolicy.Never());
    }

    public PieceNumber give(CollectibleId design, CollectorId to, GiftPolicy policy) {
        String reason = "order " + reasons.incrementAndGet();
        var awarded = server.bean(TransactionTemplate.class).execute(status -> {
            server.bean(Drops.class).hold(design, 1);
            return server.bean(Drops.class)
                    .award(List.of(new Award(new OfferId(lumen, offer), reason, design, to, null, policy)));
        });
        return new PieceNumber(design, requireNonNull(awarded).getFirst().serial());
    }

    public void takeBack(PieceNumber piece) {
        inOneTransaction(() -> server.bean(Drops.class).takeBack(List.of(piece), "returned"));
    }

    public void seal() {
        server.bean(Jobs.class).drain();
    }

    public CollectorId collector(String name) {
        var key = server.bean(BuyerKeys.class).email(name + "@example.com").orElseThrow();
        return requireNonNull(
                server.bean(Collectors.class).forBuyerKeys(List.of(key)).get(key));
    }

    /** Her browser, in which she has signed in. */
    public Browser signedIn(String name) {
        return signedIn(new Browser(server.address()), name);
    }

    public Browser signedIn(Browser browser, String name) {
        browser.post("/sign-in", Map.of("address", name + "@example.com", "to", "/me"));
        seal();
        browser.post("/sign-in/sent", Map.of("code", postbox.code()));
        return browser;
    }

    /** A form of a page of her own, with the token that such a page carries. */
    public static HttpResponse<String> press(Browser browser, String path, Map<String, String> form) {
        var found = TOKEN.matcher(browser.get("/me/account").body());
        if (!found.find()) throw new AssertionError("no token: she is not signed in");
        var all = new HashMap<>(form);
        all.put("_csrf", found.group(1));
        return browser.post(path, all);
    }

    HttpResponse<byte[]> get(String path, String... headers) {
        try {
            var request = HttpRequest.newBuilder(URI.create(server.address() + path));
            if (headers.length > 0) request.headers(headers);
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void inOneTransaction(Runnable act) {
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> act.run());
    }

    /** A round lamp on a transparent ground. */
    private static byte[] picture() {
        var lamp = new BufferedImage(480, 480, BufferedImage.TYPE_INT_ARGB);
        var g = lamp.createGraphics();
        g.setColor(new Color(0xd8a13a));
        g.fillOval(130, 150, 220, 240);
        g.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(lamp, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        server.close();
        database.close();
    }
}
