package vitrine.showroom;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import vitrine.campaign.Applications;
import vitrine.campaign.HolderMessages;
import vitrine.campaign.OrdersOnFile;
import vitrine.catalog.Catalog;
import vitrine.drop.DropsOnFile;
import vitrine.fulfilment.Fulfilments;
import vitrine.fulfilment.ParcelAddress;
import vitrine.identity.Colleagues;
import vitrine.identity.Collector;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Devices;
import vitrine.identity.Follows;
import vitrine.identity.News;
import vitrine.identity.Passkeys;
import vitrine.identity.Persons;
import vitrine.identity.RecoveryCodes;
import vitrine.market.Transfers;
import vitrine.payment.Payments;
import vitrine.platform.Money;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Texts;

/**
 * All that is stored about a collector, gathered from whoever keeps it. A table that says whose its rows are is read here, or stands
 * with its reason in the list that {@code StoredOfMeTest} has.
 */
@Component
class StoredOfMe {

    private static final int TRANSFERS = 1000;

    private final Rooms rooms;
    private final Transfers transfers;
    private final Collectors collectors;
    private final Follows follows;
    private final Catalog catalog;
    private final News news;
    private final HolderMessages letters;
    private final RecoveryCodes codes;
    private final Passkeys passkeys;
    private final Persons persons;
    private final Payments payments;
    private final Fulfilments fulfilments;
    private final OrdersOnFile orders;
    private final DropsOnFile drops;
    private final Applications applications;
    private final Colleagues colleagues;

    StoredOfMe(
            Rooms rooms,
            Transfers transfers,
            Collectors collectors,
            Follows follows,
            Catalog catalog,
            News news,
            HolderMessages letters,
            RecoveryCodes codes,
            Passkeys passkeys,
            Persons persons,
            Payments payments,
            Fulfilments fulfilments,
            OrdersOnFile orders,
            DropsOnFile drops,
            Applications applications,
            Colleagues colleagues) {
        this.rooms = rooms;
        this.transfers = transfers;
        this.collectors = collectors;
        this.follows = follows;
        this.catalog = catalog;
        this.news = news;
        this.letters = letters;
        this.codes = codes;
        this.passkeys = passkeys;
        this.persons = persons;
        this.payments = payments;
        this.fulfilments = fulfilments;
        this.orders = orders;
        this.drops = drops;
        this.applications = applications;
        this.colleagues = colleagues;
    }

    /**
     * @param gifts rights that orders earned, whatever became of them
     * @param applications to the house, and {@code works} for brands, now or before: by the addresses that she proved to be hers
     * @param unwanted kinds of mail that she does not want
     */
    public record Counts(
            int pieces,
            int orders,
            int gifts,
            int payments,
            int redemptions,
            int transfers,
            int claims,
            int places,
            int reminders,
            int follows,
            int likes,
            int likesOfHers,
            int letters,
            int applications,
            int works,
            int unwanted) {}

    Counts counts(CollectorId person) {
        List<CollectorId> family = collectors.family(person);
        return new Counts(
                rooms.hooks(person).size(),
                orders.orders(person).size(),
                orders.promised(family).size(),
                paid(family).size(),
                fulfilments.ofPerson(family).size(),
                transfers.of(family, TRANSFERS).size(),
                drops.claims(family).size(),
                drops.places(family).size(),
                drops.asked(family).size(),
                follows.of(person).size(),
                rooms.liked(family).size(),
                rooms.likes(person),
                letters.to(family).size(),
                applications.of(collectors.provenKeys(person)).size(),
                colleagues.everOf(collectors.provenKeys(person)).size(),
                (int) news.answers(person).values().stream().filter(yes -> !yes).count());
    }

    private List<Payments.Own> paid(List<CollectorId> family) {
        return payments.ofPayers(family.stream().map(CollectorId::value).toList());
    }

    /** As the file {@code me.json} has it. @param pieces what it tells of each, with the name of its file */
    Map<String, Object> all(CollectorId person, List<Object> pieces, List<Devices.Device> devices, Texts t) {
        List<CollectorId> family = collectors.family(person);
        Map<String, Object> all = new LinkedHashMap<>();
        Collector collector = collectors.find(person).orElseThrow();
        all.put("name", collector.displayName());
        all.put("address", collector.handle());
        all.put("language", collector.language());
        all.put("showroomOpen", collector.isPublic());
        all.put("contact", collectors.contact(person).map(Address::value).orElse(null));
        all.put(
                "mailAnswers",
                news.answers(person).entrySet().stream()
                        .collect(java.util.stream.Collectors.toMap(
                                answer -> answer.getKey().text(), answer -> answer.getValue() ? "yes" : "no")));
        all.put("recoveryCodesLeft", codes.left(person));
        all.put(
                "passkeys",
                passkeys.of(person).stream()
                        .map(key ->
                                Map.of("name", key.name(), "made", key.madeAt().toString()))
                        .toList());
        all.put(
                "confirmedAsOnePerson",
                persons.of(person)
                        .map(one -> Map.of(
                                "ageAtLeast", one.ageLeast(), "on", one.at().toString()))
                        .orElse(null));
        all.put("pieces", pieces);
        all.put(
                "giftsToAndFromFriends",
                transfers.of(family, TRANSFERS).stream()
                        .map(way -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("fromMe", family.contains(way.giver()));
                            told.put("state", way.state().name().toLowerCase(java.util.Locale.ROOT));
                            told.put("card", way.words());
                            told.put("signed", way.signed());
                            told.put("answeredAs", way.answeredAs());
                            told.put("offered", way.offeredAt().toString());
                            told.put(
                                    "ended",
                                    way.endedAt() == null ? null : way.endedAt().toString());
                            return told;
                        })
                        .toList());
        all.put(
                "payments",
                paid(family).stream()
                        .map(own -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("for", own.title());
                            told.put("amount", sum(own.state().amount()));
                            told.put("by", own.state().way().text());
                            told.put("state", own.state().is().name().toLowerCase(java.util.Locale.ROOT));
                            told.put("begun", own.state().startedAt().toString());
                            told.put(
                                    "paid",
                                    own.state().paidAt() == null
                                            ? null
                                            : own.state().paidAt().toString());
                            told.put("givenBack", sum(own.state().refunded()));
                            return told;
                        })
                        .toList());
        all.put(
                "redemptions",
                fulfilments.ofPerson(family).stream()
                        .map(one -> {
                            Map<String, Object> told = new LinkedHashMap<>();
                            told.put("what", one.promised());
                            told.put(
                                    "piece", one.pieceSlug() + "-" + one.piece().serial());
                            told.put("state", one.state());
                            told.put("redeemed", one.askedAt().toString());
                            told.put(
                                    "address",
                                    fulfilments
                                            .address(one, person)
                                            .map(ParcelAddress::fields)
                                            .orElse(null));
                            return told;
                        })
                        .toList());
        all.put(
                "mailsOfBrands",
                letters.to(family).stream()
                        .map(letter -> Map.of(
                                "brand", t.of(letter.brand()),
                                "subject", t.of(letter.subject()),
                                "written", letter.at().toString()))
                        .toList());
        all.put(
                "applications",
                applications.of(collectors.provenKeys(person)).stream()
                        .map(one -> told(
                                "name", t.of(one.name()),
                                "person", one.person(),
                                "email", one.email(),
                                "website", one.website(),
                                "words", one.words(),
                                "sent", one.madeAt(),
                                "answer", one.state(),
                                "answered", one.answeredAt()))
                        .toList());
        all.put(
                "worksFor",
                colleagues.everOf(collectors.provenKeys(person)).stream()
                        .map(one -> told(
                                "brand", t.of(catalog.brand(one.brand()).name()),
                                "called", one.name(),
                                "as", one.role().code(),
                                "since", one.givenAt(),
                                "until", one.endedAt() != null ? one.endedAt() : one.goodUntil()))
                        .toList());
        all.put("signedIn", devices.stream().map(StoredOfMe::device).toList());
        all.put(
                "follows",
                follows.since(person).entrySet().stream()
                        .map(each -> followed(each.getKey(), each.getValue(), t))
                        .toList());
        all.put(
                "likes",
                rooms.liked(family).stream()
                        .map(one -> told("room", one.room(), "at", one.at()))
                        .toList());
        all.put("likesOfMyRoom", rooms.likes(person));
        all.put(
                "orders",
                orders.orders(person).stream().map(one -> order(one, t)).toList());
        all.put(
                "countedTowardsGifts",
                orders.counted(family).stream()
                        .map(one -> told(
                                "campaign", t.of(one.campaign()),
                                "counted", one.counted(),
                                "pieces", one.pieces(),
                                "changed", one.changed()))
                        .toList());
        all.put(
                "gifts",
                orders.promised(family).stream()
                        .map(one -> told(
                                "of", t.of(one.collectible()),
                                "state", one.state(),
                                "due", one.due(),
                                "number", one.serial()))
                        .toList());
        all.put(
                "claimsInDrops",
                drops.claims(family).stream()
                        .map(one -> told(
                                "drop", t.of(one.drop()),
                                "at", one.at(),
                                "number", one.serial(),
                                "heldUntil", one.heldUntil(),
                                "ended", one.ended()))
                        .toList());
        all.put(
                "waitingRooms",
                drops.places(family).stream()
                        .map(one -> told(
                                "drop", t.of(one.drop()),
                                "stage", one.stage(),
                                "collector", one.collector(),
                                "came", one.at(),
                                "salt", one.salt(),
                                "arrival", one.arrival(),
                                "place", one.place()))
                        .toList());
        all.put(
                "remindersOfDrops",
                drops.asked(family).stream()
                        .map(one -> told(
                                "drop", t.of(one.drop()),
                                "stage", t.of(one.stage()),
                                "about", one.about(),
                                "asked", one.at(),
                                "told", one.told()))
                        .toList());
        all.put(
                "claimsLookedAt",
                drops.reviews(family).stream()
                        .map(one -> told(
                                "drop", t.of(one.drop()),
                                "why", one.reason(),
                                "since", one.at(),
                                "myWords", one.appeal(),
                                "answer", one.decision()))
                        .toList());
        return all;
    }

    private static Map<String, Object> device(Devices.Device one) {
        return told("with", one.name(), "since", one.signedInAt(), "lastSeen", one.lastSeen());
    }

    private Map<String, Object> followed(Follows.Followed whom, Instant since, Texts t) {
        String name =
                switch (whom.kind()) {
                    case BRAND -> t.of(catalog.brand(whom.brand()).name());
                    case CREATOR ->
                        catalog.creators(whom.brand()).stream()
                                .filter(one -> one.id().equals(whom.id()))
                                .map(one -> t.of(one.name()))
                                .findFirst()
                                .orElse("");
                    case SERIES ->
                        catalog.series(whom.brand()).stream()
                                .filter(one -> one.id().equals(whom.id()))
                                .map(one -> t.of(one.name()))
                                .findFirst()
                                .orElse("");
                };
        return told("whom", name, "since", since);
    }

    private static Map<String, Object> order(OrdersOnFile.Told one, Texts t) {
        return told(
                "brand",
                t.of(one.brand()),
                "number",
                one.number(),
                "goods",
                one.lines().stream()
                        .map(line ->
                                told("what", line.title(), "quantity", line.quantity(), "returned", line.returned()))
                        .toList(),
                "sum",
                one.sum(),
                "received",
                one.received(),
                "paid",
                one.paid(),
                "receipt",
                one.receipt(),
                "cancelled",
                one.cancelled(),
                "whatOffersSaid",
                one.verdicts().stream()
                        .map(said -> told(
                                "campaign", t.of(said.campaign()),
                                "code", said.code(),
                                "counted", said.counted(),
                                "numbers", JsonMapper.shared().readTree(said.numbers()),
                                "judged", said.judged()))
                        .toList());
    }

    /** Names and what they stand for, in turn; a time as its text. */
    private static Map<String, Object> told(@Nullable Object... each) {
        Map<String, Object> told = new LinkedHashMap<>();
        for (int n = 0; n < each.length; n += 2)
            told.put(String.valueOf(each[n]), each[n + 1] instanceof Instant at ? at.toString() : each[n + 1]);
        return told;
    }

    private static String sum(Money money) {
        int digits = Math.max(0, money.currency().getDefaultFractionDigits());
        return BigDecimal.valueOf(money.minor(), digits).toPlainString() + " " + money.currency();
    }
}
