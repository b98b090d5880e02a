package vitrine.campaign;

import java.util.Locale;

/** How whoever holds a piece now came by it. */
public enum Origin {
    ORDER,
    DROP,
    AIRDROP,
    GIFT;

    /**
     * The same of a row {@code p} of pieces; null where nobody holds it. Its last change of hands decides: given on by a friend, or granted
     * under rules, which are a drop's or a campaign's, or by hand. Read by keys of the piece, and of no claim.
     */
    public static final String SQL = """
            case when p.owner_id is null then null
                when (select r.kind from piece_records r where r.brand_id = p.brand_id and r.collectible_id = p.collectible_id
                    and r.serial = p.serial and r.kind in ('granted', 'moved') order by r.nth desc limit 1) = 'moved' then 'gift'
                when p.rules_hash is null then 'airdrop'
                when exists (select from rules_versions v join drops d on d.brand_id = v.brand_id and d.drop_id = v.rules_id
                    where v.brand_id = p.brand_id and v.leaf = p.rules_hash) then 'drop'
                else 'order' end""";

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As {@link #SQL} has it. */
    public static Origin of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
