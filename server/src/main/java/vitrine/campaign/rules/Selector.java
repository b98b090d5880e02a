package vitrine.campaign.rules;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import vitrine.platform.BrandId;
import vitrine.shop.OrderLine;

/**
 * Which goods count: a line must fit every kind of condition that is named, and within a kind any one of them. An empty kind asks
 * nothing, so the empty selector is "everything". Words are compared without regard to case and surrounding blanks, as shops write
 * them both ways.
 *
 * @param goods skus or the shop's product ids: either fits
 * @param brands whose shops; only a campaign of the house has a choice here
 */
public record Selector(Set<String> goods, Set<String> categories, Set<String> vendors, Set<BrandId> brands) {

    public static final Selector ALL = new Selector(Set.of(), Set.of(), Set.of(), Set.of());

    public Selector {
        goods = Set.copyOf(goods);
        categories = Set.copyOf(categories);
        vendors = Set.copyOf(vendors);
        brands = Set.copyOf(brands);
    }

    public static Selector goods(String... goods) {
        return new Selector(Set.of(goods), Set.of(), Set.of(), Set.of());
    }

    public static Selector categories(String... categories) {
        return new Selector(Set.of(), Set.of(categories), Set.of(), Set.of());
    }

    public static Selector vendors(String... vendors) {
        return new Selector(Set.of(), Set.of(), Set.of(vendors), Set.of());
    }

    public Selector of(BrandId... shops) {
        return new Selector(goods, categories, vendors, Set.of(shops));
    }

    /** An order of any other brand is not looked at, and gets no verdict. */
    public boolean looksAt(BrandId shop) {
        return brands.isEmpty() || brands.contains(shop);
    }

    public boolean fits(OrderLine line) {
        return (goods.isEmpty() || any(goods, line.sku()) || any(goods, line.product()))
                && (categories.isEmpty() || any(categories, line.category()))
                && (vendors.isEmpty() || any(vendors, line.vendor()));
    }

    /** Whether everything that fitted {@code before} fits this one too. */
    public boolean includes(Selector before) {
        return wider(spelled(before.goods), spelled(goods))
                && wider(spelled(before.categories), spelled(categories))
                && wider(spelled(before.vendors), spelled(vendors))
                && wider(before.brands, brands);
    }

    /** What it names, for a sentence: goods, then categories, then vendors. */
    public List<String> names() {
        List<String> names = new java.util.ArrayList<>(new TreeSet<>(goods));
        names.addAll(new TreeSet<>(categories));
        names.addAll(new TreeSet<>(vendors));
        return names;
    }

    public Set<UUID> brandIds() {
        return brands.stream().map(BrandId::value).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean any(Collection<String> wanted, String got) {
        String spelled = spelled(got);
        if (spelled.isEmpty()) return false;
        for (String want : wanted) if (spelled(want).equals(spelled)) return true;
        return false;
    }

    private static boolean wider(Set<?> before, Set<?> now) {
        return now.isEmpty() || !before.isEmpty() && now.containsAll(before);
    }

    private static Set<String> spelled(Set<String> words) {
        return words.stream().map(Selector::spelled).collect(Collectors.toSet());
    }

    private static String spelled(String word) {
        return word.strip().toLowerCase(Locale.ROOT);
    }
}
