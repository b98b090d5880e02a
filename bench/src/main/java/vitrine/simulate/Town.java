package vitrine.simulate;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.sandbox.Product;
import vitrine.sandbox.ShopConfig;
import vitrine.sandbox.Source;
import vitrine.sandbox.Text;

/**
 * What stands still in a world: three brands and the house, seven shops of all four kinds in three currencies, eight offers of every
 * kind. Everything here is the world's truth, said in its own words; the server is told it through its own doors.
 */
final class Town {

    static final String HOUSE = "house";

    /** Before the labour holidays of 2026, whose working days are moved. */
    static final Instant BEGIN = Instant.parse("2026-04-19T16:00:00Z");

    static final Duration OPEN_FROM = Duration.ofDays(2);
    static final Duration OPEN_UNTIL = Duration.ofDays(15);
    static final Duration TRADE = Duration.ofDays(18);

    record Brand(String slug) {}

    record Shop(String brand, ShopConfig config) {}

    /** @param supply null: open */
    record Design(String slug, String brand, @Nullable Integer supply, int allottedToHouse) {}

    record Tier(long from, int pieces) {}

    /**
     * @param owner whose campaign
     * @param tiers empty: {@code every}
     * @param brands whose orders count, in a campaign of the house
     */
    record Deal(
            UUID id,
            String name,
            String owner,
            String design,
            Set<String> skus,
            Set<String> categories,
            Set<String> vendors,
            Set<String> brands,
            boolean amount,
            boolean cumulative,
            List<Tier> tiers,
            long every,
            String currency,
            @Nullable Integer perCollector,
            @Nullable Integer piecesMax,
            int waitingDays,
            String calendar) {

        int pieces(long counted) {
            if (tiers.isEmpty()) return (int) (counted / every);
            int pieces = 0;
            for (Tier tier : tiers) if (tier.from <= counted) pieces = tier.pieces;
            return pieces;
        }

        /** The same a little better for whoever takes part; null: there is nothing of this kind to better. */
        @Nullable
        Deal better(int kind) {
            return switch (kind) {
                case 0 -> perCollector == null ? null : with(tiers, every, perCollector + 1, waitingDays);
                case 1 -> waitingDays == 0 ? null : with(tiers, every, perCollector, waitingDays - 1);
                default -> !amount ? null : with(scaled(9, 10), every * 9 / 10, perCollector, waitingDays);
            };
        }

        /** The same, and somebody who takes part would lose by it. */
        Deal worse(int kind) {
            return switch (kind) {
                case 0 -> with(tiers, every, perCollector, waitingDays + 1);
                default -> with(scaled(2, 1), every * 2, perCollector, waitingDays);
            };
        }

        private List<Tier> scaled(int times, int through) {
            return tiers.stream()
                    .map(t -> new Tier(t.from * times / through, t.pieces))
                    .toList();
        }

        private Deal with(List<Tier> tiers, long every, @Nullable Integer perCollector, int waitingDays) {
            return new Deal(
                    id,
                    name,
                    owner,
                    design,
                    skus,
                    categories,
                    vendors,
                    brands,
                    amount,
                    cumulative,
                    tiers,
                    every,
                    currency,
                    perCollector,
                    piecesMax,
                    waitingDays,
                    calendar);
        }

        boolean looksAt(String brand) {
            return owner.equals(HOUSE) ? brands.isEmpty() || brands.contains(brand) : owner.equals(brand);
        }

        boolean fits(Product goods) {
            return (skus.isEmpty() || skus.contains(goods.sku()))
                    && (categories.isEmpty() || categories.contains(goods.category()))
                    && (vendors.isEmpty() || vendors.contains(goods.vendor()));
        }
    }

    private static final RSAPrivateCrtKey SALEOR_KEY = newKey();

    final List<Brand> brands = List.of(new Brand("lumen"), new Brand("kiln"), new Brand("orbit"));
    final List<Shop> shops = new ArrayList<>();
    final List<Design> designs = new ArrayList<>();
    final List<Deal> deals = new ArrayList<>();
    private final Random random;

    /** @param orders how many there will be: scarce means scarce for so many */
    Town(long seed, int orders) {
        random = new Random(seed);
        shop("lumen", Source.SHOPIFY, "lumen-shop", "CNY");
        shop("lumen", Source.STANDARD, "lumen-store", "CNY");
        shop("kiln", Source.WOOCOMMERCE, "kiln-shop", "CNY");
        shop("kiln", Source.SALEOR, "kiln-market", "CNY");
        shop("orbit", Source.SHOPIFY, "orbit-tokyo", "JPY");
        shop("orbit", Source.STANDARD, "orbit-kyoto", "JPY");
        shop("lumen", Source.WOOCOMMERCE, "lumen-abroad", "USD");

        designs.add(new Design("moonrise", "lumen", Math.max(2, orders / 14), 0));
        designs.add(new Design("tide", "lumen", null, 0));
        designs.add(new Design("lantern", "lumen", Math.max(3, orders / 30), Math.max(1, orders / 60)));
        designs.add(new Design("ash", "kiln", Math.max(2, orders / 16), 0));
        designs.add(new Design("ember", "kiln", null, 0));
        designs.add(new Design("comet", "orbit", Math.max(1, orders / 25), 0));
        designs.add(new Design("festival", HOUSE, null, 0));
        designs.add(new Design("dawn", "kiln", Math.max(2, orders / 12), 0));

        deals.add(deal("any-lamp", "lumen", "moonrise", "CNY")
                .category("lamp")
                .units()
                .tier(1, 1)
                .waits(3, "cn")
                .made());
        deals.add(deal("three-hundred", "lumen", "tide", "CNY")
                .tier(30_000, 1)
                .tier(60_000, 3)
                .waits(7, "cn")
                .made());
        deals.add(deal("wen-sum", "lumen", "lantern", "CNY")
                .vendor("Wen")
                .cumulative()
                .every(25_000)
                .limit(2)
                .made());
        // Two who have a hundred each earned two, and one who has two hundred earns one.
        deals.add(deal("first-hundred", "lumen", "tide", "CNY")
                .cumulative()
                .tier(10_000, 1)
                .waits(1, "every-day")
                .made());
        deals.add(deal("two-cups", "kiln", "ash", "CNY")
                .sku("CUP-1")
                .units()
                .every(2)
                .waits(15, "cn")
                .made());
        deals.add(deal("books-in-all", "kiln", "ember", "CNY")
                .category("book")
                .units()
                .cumulative()
                .tier(2, 1)
                .tier(4, 2)
                .tier(7, 4)
                .most(Math.max(2, orders / 20))
                .waits(4, "every-day")
                .made());
        deals.add(deal("five-thousand", "orbit", "comet", "JPY")
                .tier(5_000, 1)
                .limit(1)
                .waits(5, "weekdays")
                .made());
        deals.add(deal("festival-sum", HOUSE, "lantern", "CNY")
                .category("book", "lamp")
                .brand("lumen", "kiln")
                .cumulative()
                .every(40_000)
                .limit(3)
                .waits(2, "cn")
                .made());
        deals.add(deal("festival-basket", HOUSE, "festival", "CNY")
                .tier(45_000, 1)
                .waits(1, "weekdays")
                .made());
        // Nothing to wait for: who takes her goods home from the till has her piece in the moment of judgement.
        deals.add(deal("taken-home", "kiln", "dawn", "CNY")
                .units()
                .tier(1, 1)
                .limit(2)
                .made());
    }

    static Instant opensAt() {
        return BEGIN.plus(OPEN_FROM);
    }

    static Instant closesAt() {
        return BEGIN.plus(OPEN_UNTIL);
    }

    Shop shop(String slug) {
        return shops.stream()
                .filter(s -> s.config.shop().equals(slug))
                .findFirst()
                .orElseThrow();
    }

    private void shop(String brand, Source source, String slug, String currency) {
        long unit = currency.equals("JPY") ? 15 : 100;
        List<Product> shelf = List.of(
                product("1", "LAMP-1", "lamp", "Lumen", 129 * unit),
                product("2", "LAMP-2", "lamp", "Wen", 318 * unit),
                product("3", "CUP-1", "cup", "Kiln", 45 * unit + 7),
                product("4", "BOOK-1", "book", "Wen", 68 * unit),
                product("5", "BOOK-2", "book", "Kiln", 199 * unit + 3),
                product("6", "CARD-1", "lamp", "Lumen", 0));
        shops.add(new Shop(
                brand,
                ShopConfig.of(source, slug, currency, secret(source, slug), "http://simulated.example", shelf)
                        .withTax(new vitrine.sandbox.Tax(java.math.BigDecimal.ZERO, true, ""))));
    }

    private static Product product(String id, String sku, String category, String vendor, long price) {
        return new Product(id, sku, new Text(sku, sku), category, vendor, price, null);
    }

    private static String secret(Source source, String slug) {
        return switch (source) {
            case SHOPIFY, WOOCOMMERCE -> "secret of " + slug;
            case STANDARD ->
                "whsec_"
                        + Base64.getEncoder()
                                .encodeToString((slug + ", thirty-two bytes at least")
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case SALEOR -> Base64.getEncoder().encodeToString(SALEOR_KEY.getEncoded());
        };
    }

    /** What the server is told of the shop's secret. */
    static String told(ShopConfig shop) {
        return shop.source() == Source.SALEOR ? "" : shop.secret();
    }

    private static RSAPrivateCrtKey newKey() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Terms deal(String name, String owner, String design, String currency) {
        return new Terms(name, owner, design, currency);
    }

    /** Reads like the sentence that a brand says. */
    private final class Terms {
        private final String name;
        private final String owner;
        private final String design;
        private final String currency;
        private Set<String> skus = Set.of();
        private Set<String> categories = Set.of();
        private Set<String> vendors = Set.of();
        private Set<String> of = Set.of();
        private boolean amount = true;
        private boolean sums;
        private final List<Tier> tiers = new ArrayList<>();
        private long every;
        private @Nullable Integer perCollector;
        private @Nullable Integer most;
        private int days;
        private String calendar = "cn";

        Terms(String name, String owner, String design, String currency) {
            this.name = name;
            this.owner = owner;
            this.design = design;
            this.currency = currency;
        }

        Terms sku(String... words) {
            skus = Set.of(words);
            return this;
        }

        Terms category(String... words) {
            categories = Set.of(words);
            return this;
        }

        Terms vendor(String... words) {
            vendors = Set.of(words);
            return this;
        }

        Terms brand(String... words) {
            of = Set.of(words);
            return this;
        }

        Terms units() {
            amount = false;
            return this;
        }

        Terms cumulative() {
            sums = true;
            return this;
        }

        Terms tier(long from, int pieces) {
            tiers.add(new Tier(from, pieces));
            return this;
        }

        Terms every(long each) {
            every = each;
            return this;
        }

        Terms limit(int pieces) {
            perCollector = pieces;
            return this;
        }

        Terms most(int pieces) {
            most = pieces;
            return this;
        }

        Terms waits(int workingDays, String by) {
            days = workingDays;
            calendar = by;
            return this;
        }

        Deal made() {
            return new Deal(
                    new UUID(random.nextLong() & ~0xf000L | 0x7000L, random.nextLong() >>> 2 | 0x8000_0000_0000_0000L),
                    name,
                    owner,
                    design,
                    skus,
                    categories,
                    vendors,
                    of,
                    amount,
                    sums,
                    List.copyOf(tiers),
                    every,
                    currency,
                    perCollector,
                    most,
                    days,
                    calendar);
        }
    }

    /** Deals by whose campaign they stand in. */
    Map<String, List<Deal>> plans() {
        Map<String, List<Deal>> plans = new LinkedHashMap<>();
        for (Deal deal : deals)
            plans.computeIfAbsent(deal.owner, o -> new ArrayList<>()).add(deal);
        return plans;
    }
}
