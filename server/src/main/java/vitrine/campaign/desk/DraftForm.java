package vitrine.campaign.desk;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import vitrine.campaign.rules.Waiting;
import vitrine.catalog.CollectibleId;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.BrandId;
import vitrine.platform.Money;
import vitrine.proof.Json;

/**
 * A campaign's draft as the fields of a form. A field is called as its place in the draft, so a finding about a place is shown beside
 * it; what cannot be read is kept as it was typed. Sums are typed in the currency's own units, times in the campaign's zone.
 */
public record DraftForm(
        String nameZh,
        String nameEn,
        String aboutZh,
        String aboutEn,
        String currency,
        String zone,
        String from,
        String until,
        List<OfferForm> offers) {

    private static final int OFFERS_MAX = 20;
    private static final int TIERS_MAX = 10;
    /** Beyond it a JSON number is not exact. */
    private static final long NUMBER_MAX = 9_000_000_000_000_000L;

    /**
     * @param collectible {@code BRAND/ID}, or empty
     * @param members only who is in the brand's list of members
     * @param way {@code tiers} or {@code every}
     * @param gift {@code never}, {@code after-days}, {@code careful}, {@code from} or {@code free}
     * @param giftDays the days to keep it, or the day from which it may be given
     */
    public record OfferForm(
            String id,
            String nameZh,
            String nameEn,
            String collectible,
            String goods,
            String categories,
            String vendors,
            List<String> brands,
            boolean members,
            String measure,
            String basis,
            String way,
            String every,
            List<TierForm> tiers,
            String perCollector,
            String piecesMax,
            String days,
            String calendar,
            String gift,
            String giftDays) {

        static OfferForm fresh(String collectible) {
            return new OfferForm(
                    "",
                    "",
                    "",
                    collectible,
                    "",
                    "",
                    "",
                    List.of(),
                    false,
                    "amount",
                    "order",
                    "tiers",
                    "",
                    List.of(new TierForm("", "1")),
                    "1",
                    "",
                    "7",
                    "cn",
                    "never",
                    "");
        }

        OfferForm with(List<TierForm> other) {
            return changed(id, other);
        }

        OfferForm called(String otherId) {
            return changed(otherId, tiers);
        }

        private OfferForm changed(String otherId, List<TierForm> other) {
            return new OfferForm(
                    otherId,
                    nameZh,
                    nameEn,
                    collectible,
                    goods,
                    categories,
                    vendors,
                    brands,
                    members,
                    measure,
                    basis,
                    way,
                    every,
                    other,
                    perCollector,
                    piecesMax,
                    days,
                    calendar,
                    gift,
                    giftDays);
        }
    }

    public record TierForm(String from, String pieces) {}

    static DraftForm fresh(String nameZh, String nameEn, String collectible, ZoneId zone) {
        return new DraftForm(
                nameZh, nameEn, "", "", "CNY", zone.getId(), "", "", List.of(OfferForm.fresh(collectible)));
    }

    // ---- as it was sent

    static DraftForm sent(MultiValueMap<String, String> fields) {
        List<OfferForm> offers = new ArrayList<>();
        for (int i = 0; i < OFFERS_MAX && fields.containsKey("offers[" + i + "].measure"); i++) {
            offers.add(offer(fields, "offers[" + i + "]."));
        }
        return new DraftForm(
                field(fields, "name.zh"),
                field(fields, "name.en"),
                field(fields, "about.zh"),
                field(fields, "about.en"),
                field(fields, "currency"),
                field(fields, "zone"),
                field(fields, "from"),
                field(fields, "until"),
                offers);
    }

    private static OfferForm offer(MultiValueMap<String, String> fields, String at) {
        List<TierForm> tiers = new ArrayList<>();
        for (int j = 0; j < TIERS_MAX && fields.containsKey(at + "tiers[" + j + "].from"); j++) {
            tiers.add(new TierForm(
                    field(fields, at + "tiers[" + j + "].from"), field(fields, at + "tiers[" + j + "].pieces")));
        }
        return new OfferForm(
                field(fields, at + "id"),
                field(fields, at + "name.zh"),
                field(fields, at + "name.en"),
                field(fields, at + "collectible"),
                GoodsPicks.together(fields, at + "goods"),
                field(fields, at + "categories"),
                field(fields, at + "vendors"),
                List.copyOf(fields.getOrDefault(at + "brands", List.of())),
                field(fields, at + "buyers").equals("members"),
                field(fields, at + "measure"),
                field(fields, at + "basis"),
                field(fields, at + "way"),
                field(fields, at + "every"),
                tiers,
                field(fields, at + "perCollector"),
                field(fields, at + "piecesMax"),
                field(fields, at + "waiting.days"),
                field(fields, at + "waiting.calendar"),
                field(fields, at + "gift"),
                field(fields, at + "giftDays"));
    }

    private static String field(MultiValueMap<String, String> fields, String name) {
        String value = fields.getFirst(name);
        return value == null ? "" : value.strip();
    }

    /** The same for another campaign: without dates, and with offers that are others than these. */
    DraftForm asNew() {
        return new DraftForm(
                nameZh,
                nameEn,
                aboutZh,
                aboutEn,
                currency,
                zone,
                "",
                "",
                offers.stream().map(o -> o.called("")).toList());
    }

    /** What a button asks for besides saving: an offer or a tier more or less. */
    DraftForm after(String act) {
        List<OfferForm> changed = new ArrayList<>(offers);
        String[] part = act.split(":");
        if (act.equals("offer-add") && changed.size() < OFFERS_MAX) changed.add(OfferForm.fresh(""));
        int offer = part.length > 1 ? index(part[1], changed.size()) : -1;
        if (offer >= 0 && part[0].equals("offer-drop")) changed.remove(offer);
        if (offer >= 0 && part[0].startsWith("tier-")) {
            List<TierForm> tiers = new ArrayList<>(changed.get(offer).tiers());
            int tier = part.length > 2 ? index(part[2], tiers.size()) : -1;
            if (part[0].equals("tier-add") && tiers.size() < TIERS_MAX) tiers.add(new TierForm("", ""));
            if (part[0].equals("tier-drop") && tier >= 0) tiers.remove(tier);
            changed.set(offer, changed.get(offer).with(tiers));
        }
        return new DraftForm(nameZh, nameEn, aboutZh, aboutEn, currency, zone, from, until, changed);
    }

    /** One offer in a draft that lacks nothing else, so that it can be read and said by itself. */
    DraftForm alone(int nth, BrandId brand) {
        OfferForm offer = offers.get(nth);
        return new DraftForm(
                "…",
                "…",
                "",
                "",
                currency,
                Waiting.CHINA.getId(),
                "2026-01-01T00:00",
                "2026-01-02T00:00",
                List.of(new OfferForm(
                        new UUID(0, 1).toString(),
                        offer.nameZh,
                        offer.nameEn,
                        collectible(offer).isPresent() ? offer.collectible : brand + "/" + new UUID(0, 0),
                        offer.goods,
                        offer.categories,
                        offer.vendors,
                        offer.brands,
                        offer.members,
                        offer.measure,
                        offer.basis,
                        offer.way,
                        offer.every,
                        offer.tiers,
                        "",
                        "",
                        "0",
                        "cn",
                        "never",
                        "")));
    }

    static Optional<CollectibleId> collectible(OfferForm offer) {
        String[] parts = offer.collectible.split("/", 2);
        try {
            return parts.length == 2
                    ? Optional.of(new CollectibleId(new BrandId(UUID.fromString(parts[0])), UUID.fromString(parts[1])))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int index(String text, int size) {
        if (!text.matches("[0-9]{1,3}")) return -1;
        int index = Integer.parseInt(text);
        return index < size ? index : -1;
    }

    // ---- as the draft says it

    Json.Obj json() {
        var members = new TreeMap<String, Json>();
        members.put("name", bilingual(nameZh, nameEn));
        members.put("about", bilingual(aboutZh, aboutEn));
        members.put("currency", Json.of(currency));
        members.put("zone", Json.of(zone));
        members.put("from", Json.of(instant(from)));
        members.put("until", Json.of(instant(until)));
        members.put("offers", Json.of(offers.stream().map(this::json).toList()));
        return new Json.Obj(members);
    }

    private Json json(OfferForm offer) {
        boolean amount = !offer.measure.equals("quantity");
        var members = new TreeMap<String, Json>();
        if (!offer.id.isEmpty()) members.put("id", Json.of(offer.id));
        members.put("name", bilingual(offer.nameZh, offer.nameEn));
        String[] collectible = offer.collectible.split("/", 2);
        if (collectible.length == 2) {
            members.put("collectible", Json.object("brand", Json.of(collectible[0]), "id", Json.of(collectible[1])));
        }
        members.put(
                "when",
                Json.object(
                        "goods",
                        words(offer.goods),
                        "categories",
                        words(offer.categories),
                        "vendors",
                        words(offer.vendors),
                        "brands",
                        Json.of(offer.brands.stream().map(Json::of).toList())));
        if (offer.members) members.put("buyers", Json.of("members"));
        members.put("measure", Json.of(offer.measure));
        members.put("basis", Json.of(offer.basis));
        if (offer.way.equals("every")) members.put("every", measured(offer.every, amount));
        else {
            members.put(
                    "tiers",
                    Json.of(offer.tiers.stream()
                            .map(t -> (Json) Json.object("from", measured(t.from, amount), "pieces", whole(t.pieces)))
                            .toList()));
        }
        if (!offer.perCollector.isEmpty()) members.put("perCollector", whole(offer.perCollector));
        if (!offer.piecesMax.isEmpty()) members.put("piecesMax", whole(offer.piecesMax));
        members.put("waiting", Json.object("days", whole(offer.days), "calendar", Json.of(offer.calendar)));
        members.put(
                "giftPolicy",
                Json.of(
                        switch (offer.gift) {
                            case "after-days" -> "after-days:" + offer.giftDays;
                            case "from" -> "from:" + offer.giftDays;
                            case "careful" -> GiftPolicy.CAREFUL.text();
                            default -> offer.gift;
                        }));
        return new Json.Obj(members);
    }

    private static Json bilingual(String zh, String en) {
        return Json.object("zh", Json.of(zh), "en", Json.of(en));
    }

    /** Separated by commas of either language, or by lines: a name may hold blanks. */
    static List<String> words(Collection<String> texts) {
        return texts.stream()
                .flatMap(text -> Arrays.stream(text.split("[,，、;；\\r\\n]+")))
                .map(String::strip)
                .filter(w -> !w.isEmpty())
                .toList();
    }

    private static Json words(String text) {
        return Json.of(words(List.of(text)).stream().map(Json::of).toList());
    }

    private static Json whole(String text) {
        return text.matches("[0-9]{1,9}") ? Json.of(Long.parseLong(text)) : Json.of(text);
    }

    private Json measured(String text, boolean amount) {
        if (!amount) return whole(text);
        Long minor = Money.typed(text, digits());
        return minor == null || minor > NUMBER_MAX ? Json.of(text) : Json.of(minor);
    }

    private int digits() {
        return digits(currency);
    }

    private static int digits(String currency) {
        try {
            return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
        } catch (IllegalArgumentException e) {
            return 2;
        }
    }

    private String instant(String local) {
        try {
            LocalDateTime at = LocalDateTime.parse(local);
            return Desks.isOfOurTime(at.toLocalDate())
                    ? at.atZone(ZoneId.of(zone)).toInstant().toString()
                    : local;
        } catch (DateTimeException e) {
            return local;
        }
    }

    // ---- as it was saved

    static DraftForm of(Json draft) {
        var d = new Reader(draft);
        String currency = d.text("currency");
        // The rules read a draft that names no zone so, too.
        String zone = d.has("zone") ? d.text("zone") : Waiting.CHINA.getId();
        List<OfferForm> offers = d.list("offers").stream()
                .map(each -> offer(new Reader(each), currency))
                .toList();
        return new DraftForm(
                d.part("name").text("zh"),
                d.part("name").text("en"),
                d.part("about").text("zh"),
                d.part("about").text("en"),
                currency,
                zone,
                local(d.text("from"), zone),
                local(d.text("until"), zone),
                offers);
    }

    private static OfferForm offer(Reader o, String currency) {
        boolean amount = !o.text("measure").equals("quantity");
        Reader collectible = o.part("collectible");
        Reader when = o.part("when");
        String gift = o.text("giftPolicy");
        boolean careful = gift.equals(GiftPolicy.CAREFUL.text());
        String kind = careful ? "careful" : gift.replaceAll(":.*", "");
        return new OfferForm(
                o.text("id"),
                o.part("name").text("zh"),
                o.part("name").text("en"),
                collectible.text("id").isEmpty() ? "" : collectible.text("brand") + "/" + collectible.text("id"),
                when.words("goods"),
                when.words("categories"),
                when.words("vendors"),
                when.list("brands").stream().map(Reader::text).toList(),
                o.text("buyers").equals("members"),
                o.text("measure"),
                o.text("basis"),
                o.has("every") ? "every" : "tiers",
                measured(o.get("every"), amount, currency),
                o.list("tiers").stream()
                        .map(Reader::new)
                        .map(tier -> new TierForm(measured(tier.get("from"), amount, currency), tier.text("pieces")))
                        .toList(),
                o.text("perCollector"),
                o.text("piecesMax"),
                o.part("waiting").text("days"),
                o.part("waiting").text("calendar").isEmpty()
                        ? "cn"
                        : o.part("waiting").text("calendar"),
                kind.isEmpty() ? "never" : kind,
                careful || kind.equals(gift) ? "" : gift.substring(kind.length() + 1));
    }

    private static String measured(@Nullable Json value, boolean amount, String currency) {
        if (!(value instanceof Json.Num n) || !n.isWhole() || !amount) return Reader.text(value);
        BigDecimal sum = BigDecimal.valueOf(n.whole(), digits(currency));
        return (sum.stripTrailingZeros().scale() <= 0 ? sum.setScale(0) : sum).toPlainString();
    }

    private static String local(String instant, String zone) {
        try {
            return Instant.parse(instant)
                    .atZone(ZoneId.of(zone))
                    .toLocalDateTime()
                    .truncatedTo(ChronoUnit.MINUTES)
                    .toString();
        } catch (DateTimeException e) {
            return instant;
        }
    }

    /** Of a draft that may say anything, or nothing. */
    private record Reader(@Nullable Json json) {
        @Nullable
        Json get(String name) {
            return json instanceof Json.Obj o ? o.get(name) : null;
        }

        boolean has(String name) {
            return get(name) != null;
        }

        Reader part(String name) {
            return new Reader(get(name));
        }

        List<Json> list(String name) {
            return get(name) instanceof Json.Arr a ? a.values() : List.of();
        }

        String text(String name) {
            return text(get(name));
        }

        String words(String name) {
            return list(name).stream().map(Reader::text).collect(Collectors.joining(", "));
        }

        static String text(@Nullable Json value) {
            return switch (value) {
                case null -> "";
                case Json.Str s -> s.value();
                case Json.Null n -> "";
                case Json other -> other.text();
            };
        }
    }
}
