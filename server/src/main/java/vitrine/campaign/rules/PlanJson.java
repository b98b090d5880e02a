package vitrine.campaign.rules;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.drop.OfferId;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Json;

/**
 * The plan as JSON: what the staff's forms save as a draft and what is published as the rules' document (docs/campaigns.md has the
 * field list). Reading checks everything that the plan alone can say; each finding has a code and a place.
 */
public final class PlanJson {

    /** Said in every published document, so that nobody has to trust our word for it. */
    static final String SCARCE = "first-order-to-reach-us;one-batch-by-payment;waiting-list-by-payment";

    private PlanJson() {}

    public sealed interface Reading {
        record Whole(Plan plan) implements Reading {}

        record Unfinished(List<Problem> problems) implements Reading {}
    }

    /** The document of a published version. */
    public static Json.Obj document(UUID campaign, Plan plan) {
        var members = new TreeMap<>(draft(plan).members());
        members.put("v", Json.of(1));
        members.put("campaign", Json.of(campaign.toString()));
        members.put("scarce", Json.of(SCARCE));
        return new Json.Obj(members);
    }

    public static Json.Obj draft(Plan plan) {
        return Json.object(
                "name",
                bilingual(plan.name()),
                "about",
                bilingual(plan.about()),
                "currency",
                Json.of(plan.currency().getCurrencyCode()),
                "zone",
                Json.of(plan.zone().getId()),
                "from",
                Json.of(plan.window().from().toString()),
                "until",
                Json.of(plan.window().until().toString()),
                "offers",
                Json.of(plan.offers().stream().map(PlanJson::offer).toList()));
    }

    private static Json.Obj offer(Offer offer) {
        var members = new TreeMap<String, Json>();
        members.put("id", Json.of(offer.id().value().toString()));
        members.put("name", bilingual(offer.name()));
        members.put(
                "collectible",
                Json.object(
                        "brand",
                        Json.of(offer.collectible().brand().toString()),
                        "id",
                        Json.of(offer.collectible().value().toString())));
        members.put("when", selector(offer.selector()));
        // Only where it is so: what was published before there were members reads, and hashes, as it did.
        if (offer.members()) members.put("buyers", Json.of("members"));
        members.put("measure", Json.of(offer.measure() == Offer.Measure.AMOUNT ? "amount" : "quantity"));
        members.put("basis", Json.of(offer.basis() == Offer.Basis.ORDER ? "order" : "cumulative"));
        switch (offer.earning()) {
            case Earning.Every(long each) -> members.put("every", Json.of(each));
            case Earning.Tiers(List<Earning.Tier> tiers) ->
                members.put(
                        "tiers",
                        Json.of(tiers.stream()
                                .map(t -> Json.object("from", Json.of(t.from()), "pieces", Json.of(t.pieces())))
                                .toList()));
        }
        if (offer.perCollector() != null) members.put("perCollector", Json.of(offer.perCollector()));
        if (offer.piecesMax() != null) members.put("piecesMax", Json.of(offer.piecesMax()));
        members.put(
                "waiting",
                Json.object(
                        "days",
                        Json.of(offer.waiting().days()),
                        "calendar",
                        Json.of(offer.waiting().calendar().name())));
        members.put("giftPolicy", Json.of(offer.giftPolicy().text()));
        return new Json.Obj(members);
    }

    private static Json.Obj selector(Selector selector) {
        var members = new TreeMap<String, Json>();
        words(members, "goods", selector.goods());
        words(members, "categories", selector.categories());
        words(members, "vendors", selector.vendors());
        words(members, "brands", selector.brandIds());
        return new Json.Obj(members);
    }

    private static void words(TreeMap<String, Json> members, String name, Collection<?> words) {
        if (words.isEmpty()) return;
        members.put(
                name,
                Json.of(words.stream()
                        .map(Object::toString)
                        .sorted()
                        .map(Json::of)
                        .toList()));
    }

    private static Json.Obj bilingual(Bilingual text) {
        return Json.object("zh", Json.of(text.zh()), "en", Json.of(text.en()));
    }

    /**
     * @param owner whose campaign it is
     * @param house whether that is the house, which may sum over brands
     */
    public static Reading read(BrandId owner, boolean house, Json json) {
        var reader = new Reader(owner, house);
        Plan plan = json instanceof Json.Obj object ? reader.plan(object) : null;
        if (plan == null && reader.problems.isEmpty()) reader.problem("campaign.draft-not-an-object", "", json.text());
        return plan != null && reader.problems.isEmpty()
                ? new Reading.Whole(plan)
                : new Reading.Unfinished(List.copyOf(reader.problems));
    }

    /** Reads on after a finding, so that a form shows all of them at once. */
    private static final class Reader {
        final List<Problem> problems = new ArrayList<>();
        final BrandId owner;
        final boolean house;

        Reader(BrandId owner, boolean house) {
            this.owner = owner;
            this.house = house;
        }

        void problem(String code, String where, @Nullable Object got) {
            problems.add(new Problem(code, where, got == null ? "" : got.toString()));
        }

        @Nullable
        Plan plan(Json.Obj o) {
            Bilingual name = name(o, "name");
            Bilingual about = bilingual(o, "about");
            Currency currency = parsed(o, "", "currency", "campaign.unknown-currency", Currency::getInstance);
            ZoneId zone =
                    o.get("zone") == null ? Waiting.CHINA : parsed(o, "", "zone", "campaign.unknown-zone", ZoneId::of);
            Instant from = moment(o, "from", "campaign.no-from");
            Instant until = moment(o, "until", "campaign.no-until");
            // A form's times of day are moments only in a zone: while there is none, the zone alone is asked for.
            if (zone == null) problems.removeIf(p -> p.code().equals("campaign.unreadable-date"));
            if (from != null && until != null && !from.isBefore(until)) {
                problem("campaign.window-empty", "until", until);
            }
            List<Json> listed = o.get("offers") instanceof Json.Arr a ? a.values() : List.of();
            if (listed.isEmpty()) problem("campaign.no-offer", "offers", "");
            if (name == null || currency == null || zone == null || from == null || until == null) {
                // The offers are still read, for their own findings.
                currency = currency == null ? Currency.getInstance("CNY") : currency;
                zone = zone == null ? Waiting.CHINA : zone;
                from = from == null ? Instant.EPOCH : from;
                until = until == null ? Instant.EPOCH.plusSeconds(1) : until;
                name = name == null ? new Bilingual("", "") : name;
            }
            List<Offer> offers = new ArrayList<>();
            Set<UUID> seen = new HashSet<>();
            for (int i = 0; i < listed.size(); i++) {
                String where = "offers[" + i + "].";
                if (!(listed.get(i) instanceof Json.Obj each)) {
                    problem("campaign.draft-not-an-object", where, listed.get(i).text());
                    continue;
                }
                Offer offer = offer(each, where, new Window(from, until), currency, zone);
                if (offer == null) continue;
                if (!seen.add(offer.id().value())) problem("campaign.offer-twice", where + "id", offer.id());
                offers.add(offer);
            }
            return new Plan(name, about, currency, zone, new Window(from, until), offers);
        }

        @Nullable
        Offer offer(Json.Obj o, String where, Window window, Currency currency, ZoneId zone) {
            int before = problems.size();
            UUID id = parsed(o, where, "id", "campaign.no-id", UUID::fromString);
            Bilingual name = bilingual(o, "name");
            CollectibleId collectible = collectible(o, where);
            Selector selector = selector(o, where);
            Offer.Measure measure = choice(o, where, "measure", Offer.Measure.AMOUNT, Offer.Measure.QUANTITY);
            Offer.Basis basis = choice(o, where, "basis", Offer.Basis.ORDER, Offer.Basis.CUMULATIVE);
            Earning earning = earning(o, where);
            Integer perCollector = count(o, where, "perCollector");
            Integer piecesMax = count(o, where, "piecesMax");
            if (perCollector != null && piecesMax != null && perCollector > piecesMax) {
                problem("campaign.limit-above-quantity", where + "perCollector", perCollector);
            }
            Waiting waiting = waiting(o, where, zone);
            GiftPolicy policy = o.get("giftPolicy") == null
                    ? new GiftPolicy.Never()
                    : parsed(o, where, "giftPolicy", "campaign.unknown-gift-policy", GiftPolicy::of);
            String buyers = text(o, "buyers");
            if (!buyers.isEmpty() && !buyers.equals("members"))
                problem("campaign.not-a-choice", where + "buyers", buyers);
            if (problems.size() > before
                    || id == null
                    || collectible == null
                    || measure == null
                    || basis == null
                    || earning == null
                    || waiting == null
                    || policy == null) {
                return null;
            }
            return new Offer(
                    new OfferId(owner, id),
                    name,
                    collectible,
                    selector,
                    buyers.equals("members"),
                    measure,
                    basis,
                    earning,
                    window,
                    currency,
                    perCollector,
                    piecesMax,
                    waiting,
                    policy);
        }

        private @Nullable CollectibleId collectible(Json.Obj o, String where) {
            if (!(o.get("collectible") instanceof Json.Obj c)) {
                problem("campaign.no-collectible", where + "collectible", "");
                return null;
            }
            UUID brand = parsed(c, where + "collectible.", "brand", "campaign.no-collectible", UUID::fromString);
            UUID id = parsed(c, where + "collectible.", "id", "campaign.no-collectible", UUID::fromString);
            if (brand == null || id == null) return null;
            if (!house && !brand.equals(owner.value())) {
                problem("campaign.collectible-of-another-brand", where + "collectible.brand", brand);
            }
            return new CollectibleId(new BrandId(brand), id);
        }

        private Selector selector(Json.Obj o, String where) {
            Json.Obj when = o.get("when") instanceof Json.Obj w ? w : Json.object();
            Set<BrandId> brands = new HashSet<>();
            for (String brand : words(when, "brands")) {
                try {
                    brands.add(new BrandId(UUID.fromString(brand)));
                } catch (IllegalArgumentException e) {
                    problem("campaign.no-id", where + "when.brands", brand);
                }
            }
            if (!house && !brands.isEmpty()) problem("campaign.brands-in-a-brands-campaign", where + "when.brands", "");
            return new Selector(words(when, "goods"), words(when, "categories"), words(when, "vendors"), brands);
        }

        private @Nullable Earning earning(Json.Obj o, String where) {
            boolean every = o.get("every") != null;
            boolean tiers = o.get("tiers") != null;
            if (every == tiers) {
                problem("campaign.tiers-or-every", where + "tiers", "");
                return null;
            }
            if (every) {
                Long each = number(o, where, "every");
                return each == null ? null : new Earning.Every(each);
            }
            List<Json> listed = o.get("tiers") instanceof Json.Arr a ? a.values() : List.of();
            if (listed.isEmpty()) problem("campaign.tiers-or-every", where + "tiers", "");
            List<Earning.Tier> read = new ArrayList<>();
            for (int i = 0; i < listed.size(); i++) {
                String at = where + "tiers[" + i + "].";
                Json.Obj tier = listed.get(i) instanceof Json.Obj t ? t : Json.object();
                Long from = number(tier, at, "from");
                Integer pieces = tier.get("pieces") == null ? null : count(tier, at, "pieces");
                if (pieces == null && tier.get("pieces") == null) problem("campaign.not-a-number", at + "pieces", "");
                if (from == null || pieces == null) continue;
                Earning.Tier below = read.isEmpty() ? new Earning.Tier(0, 0) : read.getLast();
                if (from <= below.from() || pieces <= below.pieces()) {
                    problem("campaign.tiers-do-not-rise", at + "from", from + " → " + pieces);
                }
                read.add(new Earning.Tier(from, pieces));
            }
            return read.isEmpty() ? null : new Earning.Tiers(read);
        }

        private @Nullable Waiting waiting(Json.Obj o, String where, ZoneId zone) {
            if (!(o.get("waiting") instanceof Json.Obj w)) {
                problem("campaign.no-waiting-time", where + "waiting", "");
                return null;
            }
            Integer days = w.get("days") instanceof Json.Num n && n.isWhole() && n.whole() >= 0 && n.whole() <= 365
                    ? (Integer) (int) n.whole()
                    : null;
            if (days == null) problem("campaign.no-waiting-time", where + "waiting.days", w.get("days"));
            String calendar = w.get("calendar") instanceof Json.Str s ? s.value() : WorkingDays.CHINA.name();
            WorkingDays named = WorkingDays.named(calendar).orElse(null);
            if (named == null) problem("campaign.unknown-calendar", where + "waiting.calendar", calendar);
            return days == null || named == null ? null : new Waiting(days, named, zone);
        }

        private @Nullable Bilingual name(Json.Obj o, String field) {
            Bilingual name = bilingual(o, field);
            if (!name.zh().isBlank() && !name.en().isBlank()) return name;
            problem("campaign.no-name", field, "");
            return null;
        }

        private static Bilingual bilingual(Json.Obj o, String field) {
            return o.get(field) instanceof Json.Obj t
                    ? new Bilingual(text(t, "zh"), text(t, "en"))
                    : new Bilingual("", "");
        }

        private static String text(Json.Obj o, String field) {
            return o.get(field) instanceof Json.Str s ? s.value() : "";
        }

        private static Set<String> words(Json.Obj o, String field) {
            Set<String> words = new HashSet<>();
            if (o.get(field) instanceof Json.Arr a) {
                for (Json each : a)
                    if (each instanceof Json.Str s && !s.value().isBlank())
                        words.add(s.value().strip());
            }
            return words;
        }

        private @Nullable Instant moment(Json.Obj o, String field, String none) {
            String code = text(o, field).isBlank() ? none : "campaign.unreadable-date";
            return parsed(o, "", field, code, Instant::parse);
        }

        private <T> @Nullable T parsed(Json.Obj o, String where, String field, String code, Function<String, T> parse) {
            String text = text(o, field);
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException | DateTimeException e) {
                problem(code, where + field, text);
                return null;
            }
        }

        @SafeVarargs
        private <E extends Enum<E>> @Nullable E choice(Json.Obj o, String where, String field, E... choices) {
            String text = text(o, field);
            for (E each : choices)
                if (each.name().toLowerCase(java.util.Locale.ROOT).equals(text)) return each;
            problem("campaign.not-a-choice", where + field, text);
            return null;
        }

        /** At least 1; null when it is not there. */
        private @Nullable Integer count(Json.Obj o, String where, String field) {
            if (o.get(field) == null || o.get(field) instanceof Json.Null) return null;
            Long number = number(o, where, field);
            if (number != null && number > 1_000_000_000) {
                problem("campaign.not-a-number", where + field, number);
                return null;
            }
            return number == null ? null : Math.toIntExact(number);
        }

        private @Nullable Long number(Json.Obj o, String where, String field) {
            Json got = o.get(field);
            if (got instanceof Json.Num n && n.isWhole() && n.whole() >= 1) return n.whole();
            problem("campaign.not-a-number", where + field, got == null ? "" : got.text());
            return null;
        }
    }
}
