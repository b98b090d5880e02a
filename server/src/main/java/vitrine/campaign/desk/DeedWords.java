package vitrine.campaign.desk;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.identity.ApiKeys;
import vitrine.identity.Audit;
import vitrine.identity.Colleagues;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.proof.Parsed;

/** What was done, in words: the names of what stands in the audit log by its id or its address, and the numbers beside it. */
@Component
public class DeedWords {

    /** Enough to tell a brand's files apart by. */
    private static final int HASH_SHOWN = 12;

    private final Colleagues colleagues;
    private final ApiKeys keys;
    private final Catalog catalog;
    private final Campaigns campaigns;
    private final DropPlans drops;

    DeedWords(Colleagues colleagues, ApiKeys keys, Catalog catalog, Campaigns campaigns, DropPlans drops) {
        this.colleagues = colleagues;
        this.keys = keys;
        this.catalog = catalog;
        this.campaigns = campaigns;
        this.drops = drops;
    }

    /**
     * @param to what it was done to, by its name where it has one
     * @param details each a few words
     */
    public record Deed(Audit.Entry entry, String to, List<String> details) {}

    List<Deed> of(BrandId brand, List<Audit.Entry> entries, Texts t) {
        if (entries.isEmpty()) return List.of();
        Map<String, String> names = names(brand, t);
        return entries.stream()
                .map(e -> new Deed(e, to(e, names), details(e.detail(), names, t)))
                .toList();
    }

    /** By the act's first word and the subject: a campaign and a collectible may have the same address. */
    private Map<String, String> names(BrandId brand, Texts t) {
        Map<String, String> names = new HashMap<>();
        colleagues.names(brand).forEach((id, name) -> names.put("team " + id, name));
        for (ApiKeys.ApiKey key : keys.of(brand)) names.put("api-key " + key.id(), key.name());
        for (Campaign c : campaigns.of(brand)) {
            names.put("campaign " + c.slug(), t.of(c.name()));
            names.put("campaign " + c.id(), t.of(c.name()));
        }
        for (Collectible c : catalog.collectibles(brand)) {
            names.put("collectible " + c.slug(), t.of(c.name()));
            names.put("spots " + c.slug(), t.of(c.name()));
        }
        for (Drop d : drops.of(brand)) names.put("drop " + d.slug(), t.of(d.name()));
        names.values().removeIf(String::isBlank);
        return names;
    }

    private static String to(Audit.Entry e, Map<String, String> names) {
        String kind = e.act().contains(".") ? e.act().substring(0, e.act().indexOf('.')) : e.act();
        String name = names.get(kind + " " + e.subject());
        if (name != null) return name;
        try {
            return EntitlementsDesk.shortId(UUID.fromString(e.subject()));
        } catch (IllegalArgumentException written) {
            return e.subject();
        }
    }

    private static List<String> details(String json, Map<String, String> names, Texts t) {
        List<String> words = new ArrayList<>();
        if (!(Json.parse(json) instanceof Parsed.Ok<Json>(Json.Obj told))) return List.of(json);
        told.members().forEach((name, value) -> words.add(detail(name, value, names, t)));
        return words;
    }

    private static String detail(String name, Json value, Map<String, String> names, Texts t) {
        String key = "desk.audit.detail." + name;
        if (value instanceof Json.Num n && n.isWhole() && t.has(key)) return t.get(key, n.whole());
        String text = value instanceof Json.Str(String written) ? written : value.text();
        if (!t.has(key)) return name + ": " + text;
        return t.get(
                key,
                switch (name) {
                    case "role" -> word("desk.role.", text, t);
                    case "may" ->
                        Arrays.stream(text.split(" "))
                                .sorted(Comparator.comparing(DeedWords::place))
                                .map(scope -> word("desk.may.", scope, t))
                                .collect(Collectors.joining(" · "));
                    case "reason" -> word("desk.bulk.reason.", text, t);
                    case "template" -> word("desk.questions.template.", text, t);
                    case "from" -> names.getOrDefault("campaign " + text, text);
                    case "found", "feed", "by" -> word(key + ".", text, t);
                    case "state" -> word("shop.delivery.", text, t);
                    case "until" -> moment(text, t);
                    case "sha256" -> text.substring(0, Math.min(HASH_SHOWN, text.length())) + "…";
                    default -> text;
                });
    }

    /** Where the desk's tables have this permission. */
    private static int place(String scope) {
        return Permission.ofScope(scope).map(Permission::ordinal).orElse(Integer.MAX_VALUE);
    }

    private static String word(String family, String code, Texts t) {
        return t.has(family + code) ? t.get(family + code) : code;
    }

    private static String moment(String text, Texts t) {
        try {
            return t.dateTime(Instant.parse(text));
        } catch (DateTimeException e) {
            return text;
        }
    }
}
