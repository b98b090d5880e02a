package vitrine.bench;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.imageio.ImageIO;
import javax.sql.DataSource;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.Series;
import vitrine.drop.Drops;
import vitrine.launch.Node;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Keys;
import vitrine.proof.Hash32;

/**
 * A platform that is grown up: brands, creators and designs as staff would make them; collectors and their pieces as COPY, past the
 * server, and without the log: their records are not what is measured. One collector, {@link #STAR}, holds a room full of pieces.
 */
final class Crowd {

    static final String STAR = "star";

    private static final int PICTURES = 48;
    private static final int CREATORS = 60;
    private static final int PIECES_PER_DESIGN = 1_000;

    /** @param pieces a multiple of the designs; of each design there are equally many */
    record Size(int brands, int designsPerBrand, int collectors, int pieces, int starPieces) {
        static Size whole() {
            return new Size(200, 5, 100_000, 1_000_000, 500);
        }

        Size brief() {
            return new Size(8, 2, 300, 1_600, 12);
        }

        int designs() {
            return brands * designsPerBrand;
        }
    }

    private final Size size;
    private final Random random = new Random(20261128);
    private final List<CollectibleId> designs = new ArrayList<>();
    private final List<UUID> collectors = new ArrayList<>();

    Crowd(Size size) {
        this.size = size;
    }

    static String brand(int n) {
        return "brand-n" + n;
    }

    static String design(int n) {
        return "design-n" + n;
    }

    static String handle(int n) {
        return n == 0 ? STAR : "collector" + n;
    }

    void gather(Node node) {
        designs(node);
        try (Connection db = node.bean(DataSource.class).getConnection()) {
            db.setAutoCommit(false);
            collectors(db, node.bean(Keys.class));
            pieces(db);
            db.commit();
            db.setAutoCommit(true);
            try (Statement statement = db.createStatement()) {
                statement.execute("vacuum analyze");
                // Else what the bench wrote before goes on to the disk beside what it measures.
                statement.execute("checkpoint");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void designs(Node node) {
        Catalog catalog = node.bean(Catalog.class);
        List<Hash32> pictures = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            if (node.bean(MediaLibrary.class).add(picture(i)) instanceof MediaLibrary.Adding.Added added) {
                pictures.add(added.sha256());
            }
        }
        BrandId house = catalog.addBrand(Brand.Kind.HOUSE, "house", both("展馆", "House"), both("", ""), "plain");
        List<Creator> creators = new ArrayList<>();
        for (int i = 0; i < CREATORS; i++) {
            var about = both("画月亮的人", "Paints moons");
            creators.add(
                    catalog.addCreator(house, "creator-n" + i, both("创作者" + i, "Creator " + i), about, i % 5 == 0));
        }
        for (int i = 0; i < size.brands; i++) {
            var about = both("第 " + i + " 家品牌，做灯与瓷", "Makes lamps and china");
            BrandId brand = catalog.addBrand(Brand.Kind.BRAND, brand(i), both("品牌" + i, "Brand " + i), about, "plain");
            Series series = catalog.addSeries(brand, "series-n" + i, both("四季" + i, "Seasons " + i));
            for (int j = 0; j < size.designsPerBrand; j++) {
                int n = i * size.designsPerBrand + j;
                CollectibleId id = catalog.draft(new CollectibleDraft(
                        brand,
                        design(n),
                        series.id(),
                        creators.get(n % CREATORS),
                        "brand",
                        both("月光" + n, "Moonlight " + n),
                        both("瓷", "China"),
                        both("月亮照在海上", "A moon over a sea"),
                        both("海上的月亮", "A moon over a sea"),
                        2026,
                        "plain",
                        both("供个人收藏与展示", "To keep and to show"),
                        2 * PIECES_PER_DESIGN,
                        0,
                        List.of(),
                        List.of(new CollectibleDraft.DraftMedia("image", pictures.get(n % pictures.size())))));
                node.bean(TransactionTemplate.class)
                        .executeWithoutResult(status -> node.bean(Drops.class).publish(id));
                designs.add(id);
            }
        }
    }

    private void collectors(Connection db, Keys keys) throws SQLException, IOException {
        Instant then = Instant.now().minus(Duration.ofDays(100));
        for (int i = 0; i < size.collectors; i++)
            collectors.add(new UUID(0x0190_0000_0000_7000L + i, random.nextLong()));
        byte[] secret = new byte[32];
        try (var copy = BinaryCopy.into(
                db,
                "collectors (collector_id, secret_sealed, created_at, claimed_at, handle, display_name, language, public_since)")) {
            for (int i = 0; i < size.collectors; i++) {
                random.nextBytes(secret);
                copy.row(8)
                        .uuid(collectors.get(i))
                        .bytes(keys.seal("collector", secret))
                        .time(then)
                        .time(then)
                        .text(handle(i))
                        .text("藏家" + i)
                        .text("zh")
                        .time(then);
            }
        }
        try (var copy = BinaryCopy.into(db, "handles (handle, collector_id, taken_at)")) {
            for (int i = 0; i < size.collectors; i++) {
                copy.row(3).text(handle(i)).uuid(collectors.get(i)).time(then);
            }
        }
    }

    /** The star has the first of the pieces, spread over the designs; whose the others are, chance says. */
    private void pieces(Connection db) throws SQLException, IOException {
        int each = size.pieces / size.designs();
        Instant granted = Instant.now().minus(Duration.ofDays(30));
        long seed = random.nextLong();
        try (var copy = BinaryCopy.into(db, """
                pieces (brand_id, collectible_id, serial, state, owner_id, moves, last_leaf, last_record_id, gift_policy,
                    granted_at, opened_at)""")) {
            for (Given piece : given(each, seed)) {
                copy.row(11)
                        .uuid(piece.design.brand().value())
                        .uuid(piece.design.value())
                        .number4(piece.serial)
                        .text("owned")
                        .uuid(piece.owner)
                        .number4(0)
                        .bytes(new Hash32(piece.n, 1, 2, 3).bytes())
                        .uuid(new UUID(0x0190_0000_0000_7000L, piece.n))
                        .text("never")
                        .time(granted.plusSeconds(piece.n % 100_000))
                        .time(granted.plusSeconds(200_000));
            }
        }
        try (var copy = BinaryCopy.into(
                db, "piece_records (brand_id, collectible_id, serial, nth, kind, record_id, owner_id, happened_at)")) {
            for (Given piece : given(each, seed)) {
                copy.row(8)
                        .uuid(piece.design.brand().value())
                        .uuid(piece.design.value())
                        .number4(piece.serial)
                        .number4(1)
                        .text("granted")
                        .uuid(new UUID(0x0190_0000_0000_7000L, piece.n))
                        .uuid(piece.owner)
                        .time(granted.plusSeconds(piece.n % 100_000));
            }
        }
        try (var copy =
                BinaryCopy.into(db, "collector_pieces (collector_id, brand_id, collectible_id, serial, got_at)")) {
            for (Given piece : given(each, seed)) {
                copy.row(5)
                        .uuid(piece.owner)
                        .uuid(piece.design.brand().value())
                        .uuid(piece.design.value())
                        .number4(piece.serial)
                        .time(granted.plusSeconds(piece.n % 100_000));
            }
        }
        try (Statement statement = db.createStatement()) {
            statement.execute("""
                    update stock set granted = given.pieces, available = available - given.pieces, last_serial = given.pieces
                    from (select brand_id, collectible_id, count(*)::int as pieces from pieces group by 1, 2) given
                    where stock.brand_id = given.brand_id and stock.collectible_id = given.collectible_id
                    """);
        }
    }

    private record Given(long n, CollectibleId design, int serial, UUID owner) {}

    private Iterable<Given> given(int each, long seed) {
        return () -> {
            var chance = new Random(seed);
            return java.util.stream.IntStream.range(0, each * designs.size())
                    .mapToObj(n -> new Given(
                            n,
                            designs.get(n % designs.size()),
                            n / designs.size() + 1,
                            collectors.get(n < size.starPieces ? 0 : 1 + chance.nextInt(size.collectors - 1))))
                    .iterator();
        };
    }

    private static Bilingual both(String zh, String en) {
        return new Bilingual(zh, en);
    }

    private byte[] picture(int n) {
        var image = new BufferedImage(1200, 1200, BufferedImage.TYPE_INT_RGB);
        var canvas = image.createGraphics();
        float hue = n / (float) PICTURES;
        canvas.setPaint(new GradientPaint(
                0, 0, Color.getHSBColor(hue, .35f, .95f), 1200, 1200, Color.getHSBColor(hue + .1f, .6f, .35f)));
        canvas.fillRect(0, 0, 1200, 1200);
        for (int i = 0; i < 40; i++) {
            canvas.setColor(Color.getHSBColor(hue + random.nextFloat() / 5, .5f, .3f + random.nextFloat() * .6f));
            int side = 20 + random.nextInt(300);
            canvas.fill(new Ellipse2D.Double(random.nextInt(1200), random.nextInt(1200), side, side));
        }
        canvas.dispose();
        try {
            var png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            return png.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
