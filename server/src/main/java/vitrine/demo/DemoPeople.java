package vitrine.demo;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import vitrine.catalog.PieceNumber;
import vitrine.identity.ApiKeys;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.News;
import vitrine.identity.StaffId;
import vitrine.identity.Who;
import vitrine.ownership.CollectorPieces;
import vitrine.ownership.Pieces;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKeys;
import vitrine.platform.api.Permission;

/**
 * The festival's staff: an operator, a brand's team, an agency with an end. Whoever shops becomes a collector by herself; one of them
 * has unwrapped what she was given and shows it, so that there is a room to visit.
 */
@Component
class DemoPeople {

    /** @param brand the brand's key, or the house's */
    record Colleague(String name, String email, String role, String brand, String apiKey) {}

    private record Part(String name, String email, Colleagues.Role role, String brand) {}

    private final Colleagues colleagues;
    private final ApiKeys apiKeys;
    private final BuyerKeys buyerKeys;
    private final Collectors collectors;
    private final CollectorPieces collectorPieces;
    private final Pieces pieces;
    private final News news;
    private final BusinessClock clock;

    DemoPeople(
            Colleagues colleagues,
            ApiKeys apiKeys,
            BuyerKeys buyerKeys,
            Collectors collectors,
            CollectorPieces collectorPieces,
            Pieces pieces,
            News news,
            BusinessClock clock) {
        this.colleagues = colleagues;
        this.apiKeys = apiKeys;
        this.buyerKeys = buyerKeys;
        this.collectors = collectors;
        this.collectorPieces = collectorPieces;
        this.pieces = pieces;
        this.news = news;
        this.clock = clock;
    }

    List<Colleague> hire(Festival festival, BrandId house, Map<String, BrandId> brands) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(
                "Qiu",
                "qiu@example.com",
                Colleagues.Role.OPERATOR,
                festival.house().key()));
        parts.add(new Part("Mei", "mei@example.com", Colleagues.Role.TEAM, "lumen"));
        parts.add(new Part("Tang", "tang@example.com", Colleagues.Role.AGENCY, "lumen"));
        parts.add(new Part(
                "Iris",
                "iris@example.com",
                Colleagues.Role.TEAM,
                festival.brands().get(1).key()));
        List<Colleague> hired = new ArrayList<>();
        for (Part part : parts) {
            BrandId brand = brands.getOrDefault(part.brand(), house);
            StaffId staff = colleagues.add(part.name(), part.email());
            colleagues.join(
                    brand,
                    staff,
                    part.role(),
                    part.role() == Colleagues.Role.AGENCY ? clock.now().plus(java.time.Duration.ofDays(120)) : null,
                    new Who.Guest());
            String key = apiKeys.make(
                            brand,
                            "demo " + part.name(),
                            part.role() == Colleagues.Role.AGENCY
                                    ? EnumSet.of(Permission.SEE, Permission.CAMPAIGNS)
                                    : EnumSet.allOf(Permission.class),
                            new Who.Guest())
                    .text();
            hired.add(new Colleague(part.name(), part.email(), part.role().code(), part.brand(), key));
        }
        return hired;
    }

    /** Ada, who bought most, has unwrapped her gifts, opened her showroom and passed some of it on. */
    void showRoom() {
        CollectorId ada = collectors.signedIn(buyerKeys.email("ada@example.com").orElseThrow(), "en");
        collectors.name(ada, "ada");
        collectors.introduce(ada, "Ada");
        collectors.show(ada, true);
        news.answer(ada, News.Topic.HOLDERS, true);
        List<PieceNumber> hers = collectorPieces.of(collectors.family(ada));
        hers.forEach(pieces::open);
        pieces.share(hers.subList(0, hers.size() / 2));
    }
}
