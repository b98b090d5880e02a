package vitrine.campaign.desk;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.Brand;
import vitrine.platform.api.Permission;
import vitrine.platform.web.Texts;

/**
 * Whose desk a page stands on, and what its reader may do there.
 *
 * @param everyBrand its reader works for all brands
 * @param said what was just done, a word under {@code desk.said}; null: nothing
 */
public record Desk(
        Brand brand,
        Set<Permission> may,
        boolean everyBrand,
        @Nullable String said) {

    private static final Set<String> REFUSALS = Set.of(
            "allotted-fewer",
            "allotted-no-less",
            "day-ahead",
            "gave-in-not",
            "given-back-again",
            "letter-no-address",
            "none-chosen",
            "nothing-new",
            "other-away",
            "other-not-so",
            "piece-not-taken-back",
            "refund-by-hand-why",
            "refund-not-refused",
            "too-large",
            "webhook-is-off");

    /** What is said is that it was not done, or not as it was wanted. */
    public boolean refused() {
        return said != null && REFUSALS.contains(said);
    }

    public String path(String place) {
        return "/desk/" + brand.slug() + (place.isEmpty() ? "" : "/" + place);
    }

    /** A place of this desk with a question that may hold any letters. */
    public String address(String place, String name, String value) {
        return Desks.address(path(place), name, value);
    }

    /** The same brand as everybody sees it. */
    public String publicPage() {
        return isHouse() ? "/" : "/b/" + brand.slug();
    }

    /** What a shop is called here: one that bears the brand's own name in one language bears it in both. */
    public String called(Texts t, String shop) {
        var own = brand.name();
        return shop.equals(own.zh()) || shop.equals(own.en()) ? t.of(own) : shop;
    }

    public boolean isHouse() {
        return brand.kind() == Brand.Kind.HOUSE;
    }

    public boolean mayShops() {
        return may.contains(Permission.SHOPS);
    }

    public boolean mayCampaigns() {
        return may.contains(Permission.CAMPAIGNS);
    }

    public boolean mayMessages() {
        return may.contains(Permission.MESSAGES);
    }

    public boolean mayManage() {
        return may.contains(Permission.MANAGE);
    }
}
